"""Telling whether texts fit their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from veldpdf.messages import Message, counted
from veldpdf.model import FormDefinition
from veldpdf.pdf.filling.template import Fit


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
