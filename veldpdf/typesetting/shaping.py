"""Letters that join and marks that find their place, by HarfBuzz where it is installed (the extra ``shaping``).

What comes out is one shape for each cluster: a letter with its marks, or a ligature. Read back from the page, each
must give the text that was typed, and programs that copy text from a line that runs from right to left turn it
around character by character. So there a cluster of several characters is a shape with the first of them, and
before it empty ones of no width with the others, the last one first. /ActualText, the standard's way (14.9.4),
comes out of PDFium and MuPDF backwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import groupby
from threading import Lock
from typing import Any

from veldpdf.typesetting.shipped import FontProgram, Glyph
from veldpdf.typesetting.truetype import Cut, Placed

# Marks that are drawn above one letter, at most: a composite glyph holds only so many.
_MOST_PARTS = 64

# HarfBuzz keeps what it finds in a font with the font, for all threads.
_SHAPING = Lock()


def is_available() -> bool:
    """Whether HarfBuzz is installed."""
    try:
        _harfbuzz()
    except ImportError:
        return False
    return True


def _harfbuzz() -> Any:
    """Return HarfBuzz's Python face, which comes without types; only scripts that need it pay for it."""
    return import_module("uharfbuzz")


@cache
def _font(font: FontProgram) -> Any:
    harfbuzz = _harfbuzz()
    return harfbuzz.Font(harfbuzz.Face(font.data))


def shape(font: FontProgram, text: str, *, right_to_left: bool) -> tuple[Glyph, ...] | None:
    """Return the shapes of a text from left to right; None where the font lacks any of it.

    Args:
        font: Shows all of it.
        text: In one script, in the order typed.
        right_to_left: How it runs.
    """
    harfbuzz = _harfbuzz()
    buffer = harfbuzz.Buffer()
    buffer.add_str(text)
    buffer.direction = "rtl" if right_to_left else "ltr"
    # Left to itself HarfBuzz takes the language of the machine, and some fonts have other letters for some.
    buffer.language = "und"
    buffer.guess_segment_properties()
    buffer.cluster_level = harfbuzz.BufferClusterLevel.MONOTONE_GRAPHEMES
    buffer.flags = (
        harfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES | harfbuzz.BufferFlags.DO_NOT_INSERT_DOTTED_CIRCLE
    )
    with _SHAPING:
        harfbuzz.shape(_font(font), buffer)
    if any(info.codepoint == 0 for info in buffer.glyph_infos):
        return None
    return tuple(_glyphs(buffer, text, right_to_left=right_to_left))


def _glyphs(buffer: Any, text: str, *, right_to_left: bool) -> Iterator[Glyph]:
    begins = sorted({info.cluster for info in buffer.glyph_infos})
    ends = dict(zip(begins, [*begins[1:], len(text)], strict=True))
    placed = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    for begin, group in groupby(placed, lambda pair: pair[0].cluster):
        parts, advance = [], 0
        for info, position in group:
            parts.append(Placed(info.codepoint, advance + position.x_offset, position.y_offset))
            advance += position.x_advance
        kept = parts[-_MOST_PARTS:] if right_to_left else parts[:_MOST_PARTS]  # the letter among them
        cut = Cut(tuple(kept), max(advance, 0))
        meant = text[begin : ends[begin]]
        if right_to_left:
            yield from (Glyph(character, Cut((), 0)) for character in reversed(meant[1:]))
            meant = meant[0]
        yield Glyph(meant, cut)
