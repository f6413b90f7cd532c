"""Form data without the form: FDF files (ISO 32000-2, 12.7.8), as Acrobat and pdftk export them.

An FDF file is written in the syntax of PDF, but without a table of where its objects are and without pages, so
qpdf does not open it. Here the table is added, from a search that knows what a string is, and qpdf does the
rest: strings in every encoding, streams, references, and all the care that broken files take.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

import pikepdf

from veldpdf.messages import Message
from veldpdf.pdf.document import UnreadableError
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    dictionaries_of,
    get,
    get_bytes,
    get_dictionary,
    identity,
    items_of,
)
from veldpdf.pdf.richtext import plain
from veldpdf.pdf.textstring import decode, end_of_literal
from veldpdf.pdf.values import text_of

# Deeper than the fields of any form; a file made to exhaust the stack ends here.
_MAX_DEPTH = 64
# More fields than any form has.
_MAX_NODES = 200_000

_HEADER = re.compile(rb"%FDF-\d\.\d")
_PDF_HEADER = b"%PDF-1.7"  # of the same length
_SPACE = rb"[\0\t\n\f\r ]"
# What decides where objects are: a comment and a string, in which nothing counts, a stream, and an object.
_LANDMARK = re.compile(
    rb"%%[^\r\n]*|(?P<string>\()|(?P<stream>\bstream\r?\n)|"
    rb"(?<![0-9])(?P<number>[0-9]{1,9})%(s)b+(?P<generation>[0-9]{1,5})%(s)b+obj\b" % {b"s": _SPACE}
)
_ENCRYPTED = re.compile(rb"/Encrypt%b+[0-9]+%b+[0-9]+%b+R" % (_SPACE, _SPACE, _SPACE))


def read_fdf(data: bytes) -> Mapping[str, str]:
    r"""Return the texts of an FDF file by fully qualified field name; line ends are ``\n``.

    A field without a value is there with an empty text; one with several has a line for each.

    Raises:
        UnreadableError: It is no FDF file, or damaged.
    """
    try:
        with pikepdf.open(io.BytesIO(_as_pdf(data)), suppress_warnings=True) as pdf:
            form = _form_data(pdf)
            if form is None:
                raise UnreadableError(_damaged(data))
            return _texts(form)
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, IndexError, MemoryError) as exc:
        raise UnreadableError(_damaged(data)) from exc


def _damaged(data: bytes) -> Message:
    if _HEADER.search(data) is None:
        return Message("This is not an FDF file.")
    if _ENCRYPTED.search(data):
        return Message("The FDF file is encrypted, which cannot be read.")
    return Message("The FDF file is damaged beyond repair.")


def _as_pdf(data: bytes) -> bytes:
    """Return an FDF file as a PDF without pages: with another header, a catalogue and a table of objects."""
    header = _HEADER.search(data)
    if header is None:
        raise UnreadableError(_damaged(data))
    body = _PDF_HEADER + data[header.end() :] + b"\n"
    # Of an object that was written twice the last one counts, as in an incremental update.
    places = dict(_places(body))
    root = max(places, default=0) + 1
    for number, content in (
        (root, b"<</Type/Catalog/Pages %d 0 R>>" % (root + 1)),
        (root + 1, b"<</Type/Pages/Kids[]/Count 0>>"),
    ):
        places[number] = (len(body), 0)
        body += b"%d 0 obj%bendobj\n" % (number, content)
    rows = (b"%d 1\n%010d %05d n \n" % (number, *place) for number, place in sorted(places.items()))
    trailer = b"trailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (root + 2, root, len(body))
    return b"".join([body, b"xref\n0 1\n0000000000 65535 f \n", *rows, trailer])


def _places(body: bytes) -> Iterator[tuple[int, tuple[int, int]]]:
    """Yield the number of each object with its offset and generation."""
    position = 0
    while found := _LANDMARK.search(body, position):
        position = found.end()
        if found["string"]:
            position = end_of_literal(body, position) or len(body)
        elif found["stream"]:
            end = body.find(b"endstream", position)
            position = len(body) if end < 0 else end
        elif found["number"]:
            yield int(found["number"]), (found.start("number"), int(found["generation"]))


def _form_data(pdf: pikepdf.Pdf) -> pikepdf.Dictionary | None:
    """Return the FDF dictionary; the last one that there is, whatever the file's own trailer says."""
    found = None
    for obj in pdf.objects:
        if isinstance(obj, pikepdf.Dictionary):
            found = get_dictionary(obj, "/FDF") or found
    return found


def _texts(form: pikepdf.Dictionary) -> Mapping[str, str]:
    texts: dict[str, str] = {}
    for name, field in _fields(form):
        text = _text(field)
        # Of two fields with one name the last counts, unless it says nothing: nothing typed may be lost.
        if text or name not in texts:
            texts[name] = text
    return texts


def _fields(form: pikepdf.Dictionary) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """Yield the fields that may have a value, by their qualified names (12.7.4.2)."""
    waiting = [("", field, 1) for field in reversed(list(dictionaries_of(form, "/Fields")))]
    seen: set[ObjectId] = set()
    nodes = 0
    while waiting and nodes < _MAX_NODES:
        prefix, field, depth = waiting.pop()
        nodes += 1
        if identity(field) != DIRECT:
            if identity(field) in seen:
                continue
            seen.add(identity(field))
        raw = get_bytes(field, "/T")
        partial = "" if raw is None else decode(raw).text
        name = f"{prefix}.{partial}" if prefix and partial else prefix or partial
        kids = list(dictionaries_of(field, "/Kids"))
        if name and (not kids or get(field, "/V") is not None):
            yield name, field
        if depth < _MAX_DEPTH:
            waiting.extend((name, kid, depth + 1) for kid in reversed(kids))


def _text(field: pikepdf.Dictionary) -> str:
    value = get(field, "/V")
    if isinstance(value, pikepdf.Array):
        return "\n".join(text_of(item).text for item in items_of(field, "/V") if _is_simple(item))
    if value is not None and text_of(value).text:
        return text_of(value).text
    rich = get(field, "/RV")
    return "" if rich is None or not _is_simple(rich) else plain(text_of(rich).text)


def _is_simple(value: object) -> bool:
    return not isinstance(value, pikepdf.Array | pikepdf.Dictionary)
