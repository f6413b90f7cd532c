"""What partners typed beside the fields: text boxes laid over them, sticky notes, comments (12.5.6).

Some viewers cannot fill forms but can put text on a page, so people type their answers there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pikepdf

from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import Field
from veldpdf.pdf.annotations import Annotation, annotations_of
from veldpdf.pdf.objects import get, numbers_of

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


def read_notes(pdf: pikepdf.Pdf, annotations: Sequence[Annotation] | None = None) -> tuple[Note, ...]:
    """Return all that was typed on the pages of a file beside its fields, page by page and top down.

    Args:
        pdf: The file.
        annotations: Those of its pages, where they were looked up before.
    """
    found = annotations_of(pdf) if annotations is None else annotations
    notes = [note for each in found if each.subtype in _TYPED and (note := _note_of(each)) is not None]
    return tuple(sorted(notes, key=lambda note: (note.page, -note.rectangle[3])))


def _note_of(annotation: Annotation) -> Note | None:
    flags = get(annotation.obj, "/F")
    if isinstance(flags, int) and flags & _HIDDEN:
        return None
    rectangle = rectangle_of(annotation.obj)
    text = _text_of(annotation.obj)
    if not text.strip() or rectangle is None:
        return None
    return Note(text, annotation.page, rectangle, is_drawn=annotation.subtype == "/FreeText")


def _text_of(annotation: pikepdf.Dictionary) -> str:
    contents = get(annotation, "/Contents")
    if isinstance(contents, pikepdf.String) and bytes(contents):
        return textstring.decode(bytes(contents)).text
    rich = get(annotation, "/RC")
    if not isinstance(rich, pikepdf.String):
        return ""
    from veldpdf.pdf.richtext import plain  # noqa: PLC0415 - start-up time, for what few files hold

    return plain(textstring.decode(bytes(rich)).text)


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
    notes = tuple(notes)
    if not notes:
        return {}, []
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
