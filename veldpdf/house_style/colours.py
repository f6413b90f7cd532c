"""Colours, and whether text in them can be read on white: contrast as WCAG 2.1 reckons it (success criterion 1.4.3)."""

from __future__ import annotations

import re

# Level AA for text of normal size. Names and small headings have it, too.
ENOUGH_FOR_TEXT = 4.5

_LONG = re.compile(r"#[0-9a-fA-F]{6}")
_SHORT = re.compile(r"#[0-9a-fA-F]{3}")
# Steps from a colour to black.
_STEPS = 200


def parse_colour(text: str) -> str | None:
    """Return a colour as six lower-case hexadecimal digits behind a ``#``; None where the text is none.

    ``#14b`` is short for ``#1144bb``, as on the web.
    """
    text = text.strip()
    if _SHORT.fullmatch(text):
        text = "#" + "".join(2 * digit for digit in text[1:])
    return text.lower() if _LONG.fullmatch(text) else None


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio of a colour and white, from 1 to 21."""
    red, green, blue = map(_linear, _channels(colour))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def darkened(colour: str) -> str:
    """Return the colour, or the lightest one of its hue in which text can be read on white."""
    channels = _channels(colour)
    for step in range(_STEPS, -1, -1):
        # Mixed with black, so that the hue stays what it is.
        mixed = "#" + "".join(f"{channel * step // _STEPS:02x}" for channel in channels)
        if contrast_with_white(mixed) >= ENOUGH_FOR_TEXT:
            return mixed
    return "#000000"


def _channels(colour: str) -> tuple[int, int, int]:
    red, green, blue = bytes.fromhex(colour[1:])
    return red, green, blue


def _linear(channel: int) -> float:
    """Return how much light a channel gives, from 0 to 1 (WCAG 2.1, "relative luminance")."""
    share = channel / 255
    return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - from there
