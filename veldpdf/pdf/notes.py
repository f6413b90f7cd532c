"""What partners typed beside the fields: text boxes laid over them, sticky notes, comments (12.5.6).

Some viewers cannot fill forms but can put text on a page, so people type their answers there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pikepdf

from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import Field
from veldpdf.pdf.objects import dictionaries_of, get, get_name, numbers_of, pages_of
from veldpdf.pdf.richtext import plain

# Markup annotations (table 171) whose contents a person typed. A popup repeats those of its parent.
_TYPED = frozenset(
    {"/FreeText", "/Text", "/Stamp", "/Ink", "/Caret"}
    | {"/Highlight", "/Underline", "/Squiggly", "/StrikeOut"}
    | {"/Square", "/Circle", "/Line", "/Polygon", "/PolyLine"}
)
# A note beside a field, rather than on it, belongs to it when it is no further away than this, in points.
_NEAR = 20.0
_HIDDEN = 1 << 1

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Note:
    """A text that somebody put on a page.

    Attributes:
        text: Line ends are line feeds.
        page: Number of the page, from 1.
        rectangle: Left, bottom, right and top in points.
        is_drawn: Whether its text shows on the page, rather than behind an icon.
    """

    text: str
    page: int
    rectangle: Rectangle
    is_drawn: bool = False


def read_notes(pdf: pikepdf.Pdf) -> tuple[Note, ...]:
    """Return all that was typed on the pages of a file beside its fields, top down."""
    return tuple(
        note
        for number, page in enumerate(pages_of(pdf), start=1)
        for note in sorted(_notes_of(page, number), key=lambda note: -note.rectangle[3])
    )


def _notes_of(page: pikepdf.Dictionary, number: int) -> Iterator[Note]:
    for annotation in dictionaries_of(page, "/Annots"):
        if get_name(annotation, "/Subtype") not in _TYPED:
            continue
        flags = get(annotation, "/F")
        if isinstance(flags, int) and flags & _HIDDEN:
            continue
        rectangle = rectangle_of(annotation)
        text = _text_of(annotation)
        if text.strip() and rectangle is not None:
            is_drawn = get_name(annotation, "/Subtype") == "/FreeText"
            yield Note(text, number, rectangle, is_drawn)


def _text_of(annotation: pikepdf.Dictionary) -> str:
    contents = get(annotation, "/Contents")
    if isinstance(contents, pikepdf.String) and bytes(contents):
        return textstring.decode(bytes(contents)).text
    rich = get(annotation, "/RC")
    return plain(textstring.decode(bytes(rich)).text) if isinstance(rich, pikepdf.String) else ""


def rectangle_of(annotation: pikepdf.Dictionary) -> Rectangle | None:
    """Return an annotation's rectangle, whichever corners it names (7.9.5)."""
    numbers = numbers_of(annotation, "/Rect")
    if len(numbers) != 4:  # noqa: PLR2004 - two corners
        return None
    left, right = sorted((numbers[0], numbers[2]))
    bottom, top = sorted((numbers[1], numbers[3]))
    return left, bottom, right, top


def assign(notes: Iterable[Note], fields: Mapping[str, Field]) -> tuple[dict[str, list[Note]], list[Note]]:
    """Return which notes belong to which field, and those that belong to none."""
    boxes = [
        (name, widget.page, rectangle)
        for name, field in fields.items()
        for widget in field.widgets
        if (rectangle := rectangle_of(widget.obj)) is not None
    ]
    by_field: dict[str, list[Note]] = {}
    loose: list[Note] = []
    for note in notes:
        near = [(_closeness(note.rectangle, box), name) for name, page, box in boxes if page == note.page]
        best = max(near, default=(float("-inf"), ""))
        if best[0] > -_NEAR:
            by_field.setdefault(best[1], []).append(note)
        else:
            loose.append(note)
    return by_field, loose


def _closeness(note: Rectangle, box: Rectangle) -> float:
    """Return the area that two rectangles share, or their distance in points as a negative number."""
    width = min(note[2], box[2]) - max(note[0], box[0])
    height = min(note[3], box[3]) - max(note[1], box[1])
    if width > 0 and height > 0:
        return width * height
    return -max(-width, -height, 0.0)
