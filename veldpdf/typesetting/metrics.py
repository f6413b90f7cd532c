"""Glyph widths: of the standard 14 fonts by name, of a field's own font as its file tells, and beyond.

The figures of the standard fonts are Adobe's, as reportlab ships them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import import_module

from veldpdf.typesetting.boxes import TextBox
from veldpdf.typesetting.shipped import shipped_fonts
from veldpdf.typesetting.typeface import Typeface, WidthTable

__all__ = ["WidthTable", "glyph_widths", "standard_font", "standard_widths", "widths_for"]

# The fonts that every viewer has (ISO 32000-2, 9.6.2.2).
_STANDARD_14 = {
    *("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
    *("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    *("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    *("Symbol", "ZapfDingbats"),
}
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


@lru_cache(maxsize=1024)  # names come from files, which may have any number of them
def standard_font(name: str) -> str | None:
    """Return which of the standard 14 fonts a name asks for, or None where it is none of them."""
    plain = name.split("+", 1)[-1].replace(" ", "")
    return plain if plain in _STANDARD_14 else _STANDARD_NAMES.get(plain)


@cache
def glyph_widths(name: str) -> Mapping[str, float]:
    """Return the width of each glyph of a standard font by glyph name, in thousandths of the font size."""
    # reportlab's table of all fonts brings its settings and Pillow along, which take longer than reading a file.
    module = import_module(f"reportlab.pdfbase._fontdata_widths_{name.lower().replace('-', '')}")
    widths: Mapping[str, float] = module.widths
    return widths


def _widths_by_character(name: str) -> Mapping[str, float]:
    return _widths_of_standard(standard_font(name) or "Helvetica")


@cache
def _widths_of_standard(name: str) -> Mapping[str, float]:
    from reportlab.pdfbase._glyphlist import _glyphname2unicode  # noqa: PLC0415 - the same

    return {
        chr(_glyphname2unicode[glyph]): float(width)
        for glyph, width in glyph_widths(name).items()
        if glyph in _glyphname2unicode
    }


@lru_cache(maxsize=32)
def standard_widths(name: str) -> Mapping[str, float]:
    """Return the width of every character in a standard font, in thousandths of the font size.

    A name that is none of the 14 gets Helvetica's widths, as viewers do. Characters that the font lacks get
    the width they have in the fonts that veldpdf ships.
    """
    return WidthTable(_widths_by_character(name), shipped_fonts().width)


def widths_for(box: TextBox) -> Mapping[str, float]:
    """Return the width of every text as a field shows it, in thousandths of the font size.

    What we have no font for counts as about a letter wide: the viewer of whoever typed it may well have one.
    """
    own = _widths_by_character(box.font) if box.glyph_widths is None else box.glyph_widths
    return Typeface(own, unshown=None)
