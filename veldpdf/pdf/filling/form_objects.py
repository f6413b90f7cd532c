"""The objects of a file that a filled copy replaces beside its fields: the form's dictionary and a page's list.

They change where the form needs mending, and where the copy carries the name of the partner that it is sent to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pikepdf

from veldpdf.pdf.acroform import read_fields
from veldpdf.pdf.filling.update import entries_without, reference
from veldpdf.pdf.fonts import HELVETICA
from veldpdf.pdf.matching import PARTNER_FIELD
from veldpdf.pdf.objects import DIRECT, ObjectId, copied, get, get_dictionary, identity
from veldpdf.pdf.textstring import encode, literal

_HIDDEN = 1 << 1
_READ_ONLY = 1


def partner_field(partner: str) -> bytes:
    """Return the field that carries a partner's name; merged with a widget that nobody sees."""
    return b"<</Type/Annot/Subtype/Widget/FT/Tx/T %b/V %b/Ff %d/F %d/Rect[0 0 0 0]/DA(/Helv 10 Tf 0 g)>>" % (
        literal(encode(PARTNER_FIELD)),
        literal(encode(partner)),
        _READ_ONLY,
        _HIDDEN,
    )


class FormObjects:
    """The form's dictionary as filled copies should have it.

    A font that ``/DA`` names must stand in ``/DR``, or viewers show other letters as soon as someone types.
    Viewers asked to draw everything anew (``/NeedAppearances``) would discard our pictures for theirs.
    """

    def __init__(self, pdf: pikepdf.Pdf, missing_fonts: Sequence[str]) -> None:
        self._pdf = pdf
        self._original = get_dictionary(pdf.Root, "/AcroForm") or pikepdf.Dictionary()
        self._form = copied(self._original)
        self._is_changed = False
        # Whether viewers drew the fields anew, so that their pictures may be older than their values.
        self.was_drawn_anew = False
        # A flag is a Python bool here, never an object that only looks true.
        if get(self._form, "/NeedAppearances") is True and _all_drawn(pdf):
            del self._form["/NeedAppearances"]
            self._is_changed = self.was_drawn_anew = True
        if missing_fonts:
            self._form["/DR"] = _resources_with(self._original, missing_fonts)
            self._is_changed = True

    def mended(self) -> Mapping[ObjectId, bytes]:
        """Return the objects that every filled copy replaces; none in a sound form."""
        return self._written(self._form) if self._is_changed else {}

    def with_partner(self, key: ObjectId, *, page: int) -> Mapping[ObjectId, bytes]:
        """Return the objects that a copy replaces which has one field more.

        Args:
            key: Number of the object that the field will be.
            page: Number of the page that its widget goes on, from 1.
        """
        objects = dict(self.mended())
        fields = get(self._form, "/Fields")
        if isinstance(fields, pikepdf.Array) and identity(fields) != DIRECT:
            objects[identity(fields)] = _longer(fields, key)
        else:
            form = entries_without(self._form, "/Fields") + b"/Fields" + _longer(fields, key)
            objects.update(self._written_as(b"<<%b>>" % form))
        pages = self._pdf.pages
        if page > len(pages):  # a form without a page carries the name all the same
            return objects
        owner = pages[page - 1].obj
        annotations = get(owner, "/Annots")
        if isinstance(annotations, pikepdf.Array) and identity(annotations) != DIRECT:
            objects[identity(annotations)] = _longer(annotations, key)
        else:
            entries = entries_without(owner, "/Annots")
            objects[identity(owner)] = b"<<%b/Annots%b>>" % (entries, _longer(annotations, key))
        return objects

    def _written(self, form: pikepdf.Dictionary) -> Mapping[ObjectId, bytes]:
        return self._written_as(form.unparse())

    def _written_as(self, form: bytes) -> Mapping[ObjectId, bytes]:
        """Return the object that holds the form's dictionary: itself, or the catalog."""
        if identity(self._original) != DIRECT:
            return {identity(self._original): form}
        root = entries_without(self._pdf.Root, "/AcroForm")
        return {identity(self._pdf.Root): b"<<%b/AcroForm%b>>" % (root, form)}


def _longer(array: object, key: ObjectId) -> bytes:
    """Return an array with one reference more, as it stands in a PDF."""
    items = pikepdf.Array(array).unparse() if isinstance(array, pikepdf.Array) else b"[]"
    return items.rstrip().removesuffix(b"]") + b" " + reference(key) + b"]"


def _resources_with(acroform: pikepdf.Dictionary, fonts: Sequence[str]) -> pikepdf.Dictionary:
    """Return the form's default resources with Helvetica under the names that lack a font."""
    resources = copied(get(acroform, "/DR"))
    known = copied(get(resources, "/Font"))
    for name in fonts:
        known["/" + name] = pikepdf.Object.parse(HELVETICA)
    resources["/Font"] = known
    return resources


def _all_drawn(pdf: pikepdf.Pdf) -> bool:
    """Whether no viewer has to draw a field that we leave alone."""
    return all(
        get_dictionary(widget.obj, "/AP") is not None or found.inherited("/V") is None
        for found in read_fields(pdf)
        for widget in found.widgets
    )
