"""Filling text fields: whether a text may go in, whether it fits, and the objects that show it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from unicodedata import bidirectional, normalize

from veldpdf.errors import ValuesError, ValueTooLongError
from veldpdf.messages import Message
from veldpdf.pdf import textstring
from veldpdf.pdf.filling.appearance import Face, draw, form_xobject
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.continuation import with_mark
from veldpdf.pdf.filling.targets import Part, TextTarget
from veldpdf.pdf.filling.update import reference
from veldpdf.typesetting.bidi import is_bidirectional
from veldpdf.typesetting.layout import fitting_length, lay_out
from veldpdf.typesetting.shaping import is_available
from veldpdf.typesetting.typeface import Typeface

_HALF = re.compile("[\ud800-\udfff]")  # of a surrogate pair
# Bidirectional classes of letters that are written from right to left (Unicode, annex 9).
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How a text fits its field.

    Attributes:
        lines: Lines that there are.
        lines_that_fit: Lines that the field shows.
        characters_over: Characters at the end that the field does not show.
        fits: Whether the field shows all of it.
        unshown: Characters that no font at hand shows. They stay in the value.
        is_unshaped: Whether it holds Arabic or Hebrew, which is drawn unjoined and from left to right where
            HarfBuzz is missing (the extra ``shaping``).
    """

    lines: int
    lines_that_fit: int
    fits: bool
    characters_over: int = 0
    unshown: tuple[str, ...] = ()
    is_unshaped: bool = False
    is_too_low: bool = False


def checked_text(target: TextTarget, value: object) -> str:
    """Return a value that may go into a text field, line ends made ours.

    Raises:
        ValuesError: It is no text, or a damaged one.
        ValueTooLongError: It has more characters than ``/MaxLen``.
    """
    if not isinstance(value, str):
        raise ValuesError(
            Message("The value of field {name} is not a text.", name=target.name),
            Message("Write it between quotes."),
        )
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    half = _HALF.search(text)
    if half is not None:
        raise ValuesError(
            Message(
                "The value of field {name} holds half a character (U+{code}).",
                name=target.name,
                code=f"{ord(half[0]):04X}",
            ),
            Message("Type the character again; it was damaged where the text comes from."),
        )
    if target.max_length is not None and len(text) > target.max_length:
        raise ValueTooLongError(target.name, count=len(text), limit=target.max_length)
    return text


def fit_of(target: TextTarget, text: str) -> Fit:
    """Return how a text fits a field; of several widgets the tightest decides."""
    shown = _drawn(text, target)
    fonts = {part.font.resource: part.font for part in target.parts if part.font is not None}
    faces = {name: Typeface(font.font.widths) for name, font in fonts.items()}
    fit = Fit(
        lines=0,
        lines_that_fit=0,
        fits=True,
        # In order of their code points: told in the order typed, they would spell a word of the answer.
        unshown=tuple(sorted({character for face in faces.values() for character in face.unshown(shown)})),
        is_unshaped=_runs_right_to_left(text) and not is_available(),
    )
    layouts = [
        (part.look.box, faces[part.font.resource], lay_out(shown, part.look.box, faces[part.font.resource]))
        for part in target.parts
        if part.look is not None and part.font is not None
    ]
    if not layouts:
        return fit
    box, face, tightest = max(
        layouts, key=lambda found: (found[2].overflows, len(found[2].lines) - found[2].lines_fit)
    )
    over = len(shown.rstrip()) - fitting_length(shown, box, face) if tightest.overflows else 0
    return replace(
        fit,
        lines=len(tightest.lines),
        lines_that_fit=tightest.lines_fit,
        fits=not tightest.overflows,
        characters_over=over,
        is_too_low=tightest.too_low,
    )


def _runs_right_to_left(text: str) -> bool:
    return is_bidirectional(text) and any(bidirectional(character) in _RIGHT_TO_LEFT for character in text)


def _drawn(text: str, target: TextTarget) -> str:
    """Return a text as it is drawn: letters and their accents in one, and a password as stars."""
    if text.isascii():
        return "*" * len(text) if target.is_password else text
    return "*" * len(text) if target.is_password else normalize("NFC", text)


def set_text(changes: Changes, target: TextTarget, text: str, *, lock: bool) -> None:
    """Write a field's value, and draw it in each of its widgets.

    Two widgets that shared one appearance stream would change each other's picture, so each has its own.
    """
    value = b"/V %b" % textstring.literal(textstring.encode(text))
    shown = _drawn(text, target)
    objects = {}
    for part in target.parts:
        entries = part.entries + part.flag_entry(lock=lock)
        if part.is_field:
            entries += part.no_rich_text + value
        if part.canvas is not None:
            picture = _picture(changes, part, shown, changes.marks.get(target.name, ()))
            entries += b"/AP<</N %b>>" % reference(changes.add(picture))
        objects[part.key] = b"<<%b>>" % entries
    changes.replace(objects)


def _picture(changes: Changes, part: Part, text: str, marks: Sequence[str]) -> bytes:
    assert part.canvas is not None
    assert part.font is not None
    box = part.canvas.look.box
    widths = changes.typeface(part.font)
    layout = lay_out(text, box, widths)
    if marks:
        layout = with_mark(layout, marks, box, widths)
    elif layout.too_wide:  # what is cut off in the middle of a letter reads as another one
        layout = lay_out(text[: fitting_length(text, box, widths)], box, widths)
    return form_xobject(part.canvas, draw(part.canvas, layout, Face(part.font, changes.fonts, widths)))
