"""Whether texts fit their fields, in words: beside a field while somebody types, or as a warning about a worksheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from veldpdf.messages import Message, counted
from veldpdf.model import FormDefinition
from veldpdf.pdf.filling.template import Fit


def how_it_fits(fit: Fit) -> Message:
    """Return in a few words how a text fits, for those who have the field before them."""
    if fit.fits:
        return counted(
            "fits ({lines} of {n} line)", "fits ({lines} of {n} lines)", fit.lines_that_fit, lines=fit.lines
        )
    if fit.is_too_low:
        return Message("the field is lower than a line of text")
    characters = counted("{n} character too many", "{n} characters too many", fit.characters_over)
    over = fit.lines - fit.lines_that_fit
    if over <= 0:
        return Message("too wide: {characters}", characters=characters)
    return counted(
        "too long by {n} line: {characters}", "too long by {n} lines: {characters}", over, characters=characters
    )


def about_fits(
    fits: Mapping[str, Fit], form: FormDefinition, *, partner: str = "", continued: bool = False
) -> Iterator[Message]:
    """Yield what the fields do not show whole, or not as it should be; nothing where all is well.

    Args:
        fits: How each text fits, by field name.
        form: What the fields are called.
        partner: Whose worksheet it is; empty where it is everybody's.
        continued: Whether the rest stands on pages at the end.
    """
    for field, fit in fits.items():
        place = {
            "name": f"{partner}: {field}" if partner else field,
            "label": form.field(field).label if field in form else field,
        }
        if not fit.fits:
            yield _too_long(fit, place)
            if continued:
                yield Message("{name} ({label}): the whole text stands on a page at the end.", **place)
        yield from _about_characters(fit, place)


def about_characters(name: str, fit: Fit, form: FormDefinition) -> tuple[Message, ...]:
    """Return what of a field's text is not drawn as it should be, whether or not it fits."""
    return tuple(
        _about_characters(fit, {"name": name, "label": form.field(name).label if name in form else name})
    )


def _about_characters(fit: Fit, place: Mapping[str, str]) -> Iterator[Message]:
    if fit.is_unshaped:
        yield Message(
            "{name} ({label}): Arabic or Hebrew is drawn with loose letters from left to right; the text itself"
            " is right. To have it drawn as it should be: {command}.",
            command="pip install 'veldpdf[shaping]'",
            **place,
        )
    if fit.unshown:
        points = ", ".join(f"U+{ord(character):04X}" for character in fit.unshown)
        yield Message(
            "{name} ({label}): no font shows {points}; the text keeps it, and the page has a gap.",
            points=points,
            **place,
        )


def _too_long(fit: Fit, place: Mapping[str, str]) -> Message:
    if fit.is_too_low:
        return Message("{name} ({label}): the field is lower than a line of text.", **place)
    if fit.lines <= fit.lines_that_fit:
        return counted(
            "{name} ({label}): the text is wider than the field: {n} character too many.",
            "{name} ({label}): the text is wider than the field: {n} characters too many.",
            fit.characters_over,
            **place,
        )
    return counted(
        "{name} ({label}): the text takes {lines} lines, the field shows {fit}: {n} character too many.",
        "{name} ({label}): the text takes {lines} lines, the field shows {fit}: {n} characters too many.",
        fit.characters_over,
        lines=fit.lines,
        fit=fit.lines_that_fit,
        **place,
    )
