"""Glyph widths: of the standard 14 fonts by name, of a field's own font as its file tells, and beyond.

The figures of the standard fonts are Adobe's, as reportlab ships them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from veldpdf.typesetting.layout import TextBox

# Names under which files ask for a standard font without embedding it (ISO 32000-2, 9.6.2.2, and what
# Windows programs write instead), each with the font whose widths it shares.
_STANDARD_NAMES = {
    "Helv": "Helvetica",
    "Arial": "Helvetica",
    "ArialMT": "Helvetica",
    "Arial,Bold": "Helvetica-Bold",
    "Arial-BoldMT": "Helvetica-Bold",
    "Arial,Italic": "Helvetica-Oblique",
    "Arial-ItalicMT": "Helvetica-Oblique",
    "Arial,BoldItalic": "Helvetica-BoldOblique",
    "Arial-BoldItalicMT": "Helvetica-BoldOblique",
    "CourierNew": "Courier",
    "CourierNewPSMT": "Courier",
    "CourierNew,Bold": "Courier-Bold",
    "CourierNewPS-BoldMT": "Courier-Bold",
    "TimesNewRoman": "Times-Roman",
    "TimesNewRomanPSMT": "Times-Roman",
    "TimesNewRoman,Bold": "Times-Bold",
    "TimesNewRomanPS-BoldMT": "Times-Bold",
    "TimesNewRoman,Italic": "Times-Italic",
    "TimesNewRomanPS-ItalicMT": "Times-Italic",
    "TimesNewRoman,BoldItalic": "Times-BoldItalic",
    "TimesNewRomanPS-BoldItalicMT": "Times-BoldItalic",
}

# Characters that show nothing. A control character in an answer has no glyph, and takes no room.
_INVISIBLE = frozenset(
    [
        *map(chr, range(0x20)),
        *map(chr, range(0x7F, 0xA0)),
        *"\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f",
    ]
)
# White space that takes the room of a space, or about it, in fonts that lack it.
_LIKE_A_SPACE = frozenset(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000"
)


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing and takes no room."""
    return character in _INVISIBLE


def plain_space(character: str) -> str:
    """Return an ordinary space for any kind of space, and every other character as it is."""
    return " " if character in _LIKE_A_SPACE else character


class WidthTable(dict[str, float]):
    """Widths by character that know every character: what a font lacks is looked up elsewhere, once."""

    def __init__(self, widths: Mapping[str, float], elsewhere: Callable[[str], float]) -> None:
        super().__init__(widths)
        self._elsewhere = elsewhere

    def __missing__(self, character: str) -> float:
        if character in _INVISIBLE:
            width = 0.0
        elif character in _LIKE_A_SPACE:
            width = self.get(" ", 250.0)
        else:
            width = self._elsewhere(character)
        self[character] = width
        return width


@cache
def standard_font(name: str) -> str | None:
    """Return which of the standard 14 fonts a name asks for, or None where it is none of them."""
    plain = name.split("+", 1)[-1].replace(" ", "")
    from reportlab.pdfbase._fontdata import widthsByFontGlyph  # noqa: PLC0415 - 40 ms that reading never pays

    return plain if plain in widthsByFontGlyph else _STANDARD_NAMES.get(plain)


@cache
def glyph_widths(name: str) -> Mapping[str, float]:
    """Return the width of each glyph of a standard font by glyph name, in thousandths of the font size."""
    from reportlab.pdfbase._fontdata import widthsByFontGlyph  # noqa: PLC0415 - 40 ms that reading never pays

    widths: Mapping[str, float] = widthsByFontGlyph[name]
    return widths


@cache
def standard_widths(name: str) -> Mapping[str, float]:
    """Return the width of every character in a standard font, in thousandths of the font size.

    A name that is none of the 14 gets Helvetica's widths, as viewers do. Characters that the font lacks get
    the width they have in the fonts that veldpdf ships.
    """
    from reportlab.pdfbase._glyphlist import _glyphname2unicode  # noqa: PLC0415 - the same

    by_glyph = glyph_widths(standard_font(name) or "Helvetica")
    known = {
        chr(_glyphname2unicode[glyph]): float(width)
        for glyph, width in by_glyph.items()
        if glyph in _glyphname2unicode
    }
    return WidthTable(known, _shipped_width)


def widths_for(box: TextBox) -> Mapping[str, float]:
    """Return the width of every character as a field shows it, in thousandths of the font size."""
    if box.glyph_widths is None:
        return standard_widths(box.font)
    return WidthTable(box.glyph_widths, _shipped_width)


def _shipped_width(character: str) -> float:
    from veldpdf.typesetting.shipped import shipped_fonts  # noqa: PLC0415 - parsing fonts costs 100 ms

    return shipped_fonts().width(character)
