"""Filling text fields: whether a text may go in, whether it fits, and the objects that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from unicodedata import bidirectional, normalize

from veldpdf.errors import ValuesError, ValueTooLongError
from veldpdf.messages import Message
from veldpdf.pdf import textstring
from veldpdf.pdf.filling.appearance import Face, draw, form_xobject
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.continuation import with_mark
from veldpdf.pdf.filling.targets import FormFont, Part, TextTarget
from veldpdf.pdf.filling.update import reference
from veldpdf.typesetting.bidi import is_bidirectional
from veldpdf.typesetting.layout import Layout, fitting_length, lay_out
from veldpdf.typesetting.shaping import is_available
from veldpdf.typesetting.typeface import Typeface

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
    half = next((character for character in text if "\ud800" <= character <= "\udfff"), None)
    if half is not None:
        raise ValuesError(
            Message(
                "The value of field {name} holds half a character (U+{code}).",
                name=target.name,
                code=f"{ord(half):04X}",
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
    unshown = dict.fromkeys(c for font in fonts.values() for c in _widths(font).unshown(shown))
    fit = Fit(
        lines=0,
        lines_that_fit=0,
        fits=True,
        unshown=tuple(unshown),
        is_unshaped=is_bidirectional(text)
        and any(bidirectional(character) in _RIGHT_TO_LEFT for character in text)
        and not is_available(),
    )
    layouts = [(part, _set(part, shown)) for part in target.parts if part.look is not None]
    if not layouts:
        return fit
    part, tightest = max(layouts, key=lambda pair: (pair[1].overflows, len(pair[1].lines) - pair[1].lines_fit))
    return replace(
        fit,
        lines=len(tightest.lines),
        lines_that_fit=tightest.lines_fit,
        fits=not tightest.overflows,
        characters_over=_characters_over(part, shown) if tightest.overflows else 0,
    )


def _characters_over(part: Part, text: str) -> int:
    assert part.look is not None
    assert part.font is not None
    return len(text.rstrip()) - fitting_length(text, part.look.box, _widths(part.font))


def _set(part: Part, text: str) -> Layout:
    assert part.look is not None
    assert part.font is not None
    return lay_out(text, part.look.box, _widths(part.font))


def _drawn(text: str, target: TextTarget) -> str:
    """Return a text as it is drawn: letters and their accents in one, and a password as stars."""
    if text.isascii():
        return "*" * len(text) if target.is_password else text
    return "*" * len(text) if target.is_password else normalize("NFC", text)


def _widths(font: FormFont) -> Typeface:
    return Typeface(font.font.widths)


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
            entries += value
        if part.look is not None:
            picture = _picture(changes, part, shown, changes.marks.get(target.name, ()))
            entries += b"/AP<</N %b>>" % reference(changes.add(picture))
        objects[part.key] = b"<<%b>>" % entries
    changes.replace(objects)


def _picture(changes: Changes, part: Part, text: str, marks: Sequence[str]) -> bytes:
    assert part.look is not None
    assert part.font is not None
    widths = _widths(part.font)
    layout = lay_out(text, part.look.box, widths)
    if marks:
        layout = with_mark(layout, marks, part.look.box, widths)
    return form_xobject(part.look, draw(part.look, layout, Face(part.font, changes.fonts, widths)))
