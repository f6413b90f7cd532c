"""The typefaces of the report: Noto Sans in three cuts, DejaVu Sans behind each for what Noto lacks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, takewhile
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from veldpdf.resources import fonts_folder
from veldpdf.typed_text import code_point, visible
from veldpdf.typesetting.layout import text_width
from veldpdf.typesetting.metrics import WidthTable
from veldpdf.typesetting.shipped import FontChain, ShippedFont

REGULAR = "NotoSans-Regular"
BOLD = "NotoSans-Bold"
ITALIC = "NotoSans-Italic"
_FALLBACK = "DejaVuSans"

ELLIPSIS = "…"

# A code and its character in a ToUnicode CMap, where the character lies outside the Basic Multilingual Plane.
_ASTRAL = re.compile(r"(<[0-9A-F]{2}> )<([0-9A-F]{5,6})>")


class _Showable(dict[int, str]):
    """What to draw for each character, for `str.translate`: the character, or what stands for it."""

    def __init__(self, chain: FontChain) -> None:
        super().__init__()
        self._chain = chain

    def __missing__(self, ordinal: int) -> str:
        character = chr(ordinal)
        category = unicodedata.category(character)
        if character in "\n\t" or self._chain.font_for(character) is not None:
            shown = character
        elif category == "Zs":
            shown = " "
        elif category == "Cf" or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
            # They shape their neighbours and have no form of their own (Unicode 15, 5.21).
            shown = ""
        else:
            shown = code_point(character)
        self[ordinal] = shown
        return shown


@dataclass(frozen=True)
class Face:
    """One cut of the typeface, with its fallback.

    Attributes:
        chain: The fonts to try, in order.
        widths: Width of every character, in thousandths of the font size.
    """

    chain: FontChain
    widths: Mapping[str, float]
    _showable: _Showable
    _own: frozenset[str]

    def showable(self, text: str) -> str:
        """Return a text in which every character but tab and line feed can be drawn."""
        return visible(text).translate(self._showable)

    def width(self, text: str, size: float) -> float:
        """Return how wide a showable text is, in points."""
        return text_width(text, self.widths) * size / 1000

    def shortened(self, text: str, size: float, room: float) -> str:
        """Return a showable text cut off with an ellipsis where it is wider than there is room for."""
        if self.width(text, size) <= room:
            return text
        left = room * 1000 / size - self.widths[ELLIPSIS]
        ends = accumulate(map(self.widths.__getitem__, text))
        fit = sum(1 for _ in takewhile(left.__ge__, ends))
        return text[:fit].rstrip() + ELLIPSIS

    def runs(self, line: str) -> Iterator[tuple[str, str]]:
        """Yield a showable line in pieces, each with the name of the font that draws it."""
        if self._own.issuperset(line):
            yield _registered(self.chain.fonts[0]), line
            return
        for font, piece in self.chain.runs(line):
            yield _registered(font or self.chain.fonts[0]), piece


@cache
def face(name: str) -> Face:
    """Return a typeface by the name of its first font."""
    chain = FontChain(tuple(_shipped(each) for each in (name, _FALLBACK)))
    own = frozenset(map(chr, chain.fonts[0].file.charToGlyph))
    return Face(chain, WidthTable({}, chain.width), _Showable(chain), own)


@cache
def _shipped(name: str) -> ShippedFont:
    return ShippedFont(fonts_folder() / f"{name}.ttf")


@cache
def _registered(font: ShippedFont) -> str:
    """Return the name under which reportlab knows a font, after making it known."""
    # A name of our own: whoever registers the same file under its plain name keeps what they have.
    name = f"report {font.name}"
    pdfmetrics.registerFont(_Font(name, str(font.path)))
    return name


class _Font(TTFont):
    """A font whose text can be copied from the PDF for characters beyond U+FFFF, too.

    reportlab 5.1 writes them into the ToUnicode CMap as five hexadecimal digits, where UTF-16BE is asked for
    (ISO 32000-2, 9.10.3). This may go when it does.
    """

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab's name
        super().addObjects(doc)
        for key, stream in doc.idToObject.items():
            if key.startswith("toUnicodeCMap:"):
                stream.content = _ASTRAL.sub(_utf_16, stream.content)


def _utf_16(match: re.Match[str]) -> str:
    return f"{match[1]}<{chr(int(match[2], 16)).encode('utf-16-be').hex().upper()}>"
