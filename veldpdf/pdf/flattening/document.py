"""Flattening: the pages of a filled form show the same, and hold no field any more.

The appearance stream of each widget becomes a form XObject of its page, put where the algorithm of ISO 32000-2,
12.5.5 puts it; then the form goes, with all that served it. The file is written anew, because an update that is
appended would leave every earlier value behind it, and qpdf writes only what something still refers to.

A tagged file stays tagged (14.7 and 14.8): what a screen reader found through an annotation, it finds as marked
content in the same place of the structure tree.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from itertools import chain

import pikepdf

from veldpdf.errors import TemplateError, VeldpdfError
from veldpdf.messages import Message
from veldpdf.pdf.acroform import Field, read_fields
from veldpdf.pdf.document import open_fillable
from veldpdf.pdf.flattening.entries import is_widget, remove
from veldpdf.pdf.flattening.pages import Flattening
from veldpdf.pdf.flattening.scripts import remove_scripts
from veldpdf.pdf.objects import get, get_name, pages_of

_SOURCE = "PDF"
_REMEDY = Message("Give the fillable PDF as it was published.")


def flatten(data: bytes, password: str = "") -> bytes:
    """Return a PDF whose pages show what its fields show, and which holds no form.

    What is drawn are the appearance streams as they are; nothing is drawn anew. Hidden widgets show nothing, so
    what they carry goes. Signatures keep their picture and no longer hold.

    The same input gives the same bytes. Encryption stays as it is, passwords and permissions included; then only
    what shows is the same each time, for AES begins each string with a random number (7.6.3).

    Args:
        data: The filled form.
        password: Of an encrypted file.

    Raises:
        TemplateError: It cannot be opened, or it is too damaged to say what its pages show.
    """
    opened = open_fillable(data, _SOURCE, password)
    with opened.pdf as pdf:
        try:
            _flatten(pdf)
            return _saved(pdf)
        except VeldpdfError:
            raise
        except Exception as exc:  # a file may be broken in ways that nobody has thought of
            raise TemplateError(
                Message("{source}: the PDF is damaged and cannot be flattened.", source=_SOURCE), _REMEDY
            ) from exc


def _flatten(pdf: pikepdf.Pdf) -> None:
    pages = pages_of(pdf)
    if not pages:
        # Going on would lose every answer without a word.
        raise TemplateError(Message("{source}: no page of the PDF can be read.", source=_SOURCE), _REMEDY)
    fields = read_fields(pdf)
    # Both are looked up before any widget leaves its page.
    form_objects = list(_form_objects(pdf, fields))
    flattening = Flattening(pdf, fields)
    for page in pages:
        flattening.flatten_page(page)
    flattening.finish()
    remove_scripts(pdf, pages)
    for key in ("/AcroForm", "/NeedsRendering", "/Perms"):
        remove(pdf.Root, key)
    for obj in form_objects:
        _empty(obj)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    # qpdf copies the keys of an encrypted file, so no password is needed to keep it the same, and it makes no
    # identifier from what it is about to encrypt.
    pdf.save(buffer, deterministic_id=not pdf.is_encrypted, encryption=pdf.is_encrypted)
    return buffer.getvalue()


def _form_objects(pdf: pikepdf.Pdf, fields: Sequence[Field]) -> Iterator[pikepdf.Dictionary]:
    """Yield all fields and widgets that are objects of their own.

    An action elsewhere may refer to them: a link that resets the form would bring a value along.
    """
    holders = [holder for field in fields for holder in field.holders]
    known = (obj for holder in holders for obj in (*holder.chain, *(widget.obj for widget in holder.widgets)))
    indirect = (obj for obj in pdf.objects if isinstance(obj, pikepdf.Dictionary))
    widgets = (obj for obj in indirect if get_name(obj, "/Subtype") == "/Widget")
    for obj in chain(known, widgets):
        kind = get_name(obj, "/Type")
        # A damaged /Parent may lead to a page, or to what the file is encrypted with.
        is_node = get(obj, "/Subtype") is None and kind in (None, "/Annot") and get(obj, "/Filter") is None
        if is_node or (is_widget(obj) and kind not in ("/Page", "/Pages", "/Catalog")):
            yield obj


def _empty(obj: pikepdf.Dictionary) -> None:
    for key in list(obj.keys()):
        remove(obj, key)
