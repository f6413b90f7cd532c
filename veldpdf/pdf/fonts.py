"""The fonts that form fields ask for: which characters they show, with which code and how wide.

A field names its font in the default appearance, ``/DA`` (12.7.4.3), and the form's resources, ``/DR``, say
which font that is. Only simple fonts (9.6) are used as they stand; a composite font, or one whose encoding the
file does not tell, shows nothing that we could be sure of.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import pikepdf

from veldpdf.pdf.objects import as_name, get, get_dictionary, get_name, get_number, items_of, numbers_of
from veldpdf.typesetting.metrics import glyph_widths, standard_font

_FONT_OPERATOR = re.compile(rb"/([^\s/\[\]()<>{}%]*)\s+([-+]?\d*\.?\d+)\s+Tf")

_NUMBER = rb"[-+]?(?:\d+\.?\d*|\.\d+)"
_COLOUR_OPERATOR = re.compile(
    rb"(?<!\S)(?:NUM\s+g|NUM\s+NUM\s+NUM\s+rg|NUM\s+NUM\s+NUM\s+NUM\s+k)(?!\S)".replace(b"NUM", _NUMBER)
)
_LARGEST_SIZE = 1_000.0  # points: larger than a page
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")

_ENCODINGS = {
    "/WinAnsiEncoding": "WinAnsiEncoding",
    "/MacRomanEncoding": "MacRomanEncoding",
    "/StandardEncoding": "StandardEncoding",
    "/PDFDocEncoding": "PDFDocEncoding",
}


@dataclass(frozen=True, slots=True)
class DefaultAppearance:
    """A ``/DA`` string, taken apart.

    Attributes:
        font: Resource name of the font, without its slash; empty where there is none.
        size: In points; 0 for automatic.
        colour: The operator that sets the colour of the text.
    """

    font: str
    size: float
    colour: bytes

    @classmethod
    def parse(cls, raw: bytes) -> DefaultAppearance:
        """Take a ``/DA`` string apart; of several operators of a kind the last one counts."""
        fonts = _FONT_OPERATOR.findall(raw)
        colours = _COLOUR_OPERATOR.findall(raw)
        name, size = fonts[-1] if fonts else (b"", b"0")
        return cls(
            font=_HEX_IN_NAME.sub(lambda found: bytes([int(found[1], 16)]), name).decode("utf-8", "replace"),
            size=min(abs(float(size)), _LARGEST_SIZE),
            colour=colours[-1] if colours else b"0 g",
        )


@dataclass(frozen=True, slots=True)
class SimpleFont:
    """A simple font, as far as setting text in it goes.

    Attributes:
        name: Its ``/BaseFont``, without the slash.
        codes: Code of each character that it shows.
        widths: Width of each of them in thousandths of the font size.
        is_standard: Whether it is one of the standard 14 with their own widths.
    """

    name: str
    codes: Mapping[str, int] = field(repr=False)
    widths: Mapping[str, float] = field(repr=False)
    is_standard: bool

    @classmethod
    def helvetica(cls) -> SimpleFont:
        """Return Helvetica as a file may ask for it without embedding it."""
        font = read_font(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name.Helvetica,
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
        assert font is not None
        return font


HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def read_font(obj: pikepdf.Object | None) -> SimpleFont | None:
    """Return the font in a resource dictionary, or None where text cannot be set in it."""
    if not isinstance(obj, pikepdf.Dictionary):
        return None
    name = (get_name(obj, "/BaseFont") or "/Helvetica").removeprefix("/")
    if get_name(obj, "/Subtype") not in ("/Type1", "/TrueType", "/MMType1"):
        return None
    standard = standard_font(name)
    glyphs = _glyphs_by_code(obj, has_own_program=standard is None)
    if glyphs is None:
        return None
    first = get_number(obj, "/FirstChar")
    file_widths = numbers_of(obj, "/Widths")
    codes: dict[str, int] = {}
    widths: dict[str, float] = {}
    standard_width = glyph_widths(standard) if standard else {}
    for code, glyph in glyphs.items():
        character = _character(glyph)
        if character is None or character in codes:
            continue
        width: float | None = standard_width.get(glyph)
        if first is not None and 0 <= code - int(first) < len(file_widths):
            width = file_widths[code - int(first)]
        if width is not None:
            codes[character] = code
            widths[character] = float(width)
    return SimpleFont(name, codes, widths, is_standard=standard is not None and not file_widths)


def characters_by_code(obj: pikepdf.Dictionary) -> Mapping[int, str]:
    """Return the character for each code of a simple font, as far as the file tells."""
    name = (get_name(obj, "/BaseFont") or "/Helvetica").removeprefix("/")
    glyphs = _glyphs_by_code(obj, has_own_program=standard_font(name) is None)
    if glyphs is None:
        # Only the font program knows, and most of those follow the usual codes.
        glyphs = dict(_encoding("WinAnsiEncoding"))
    return {code: character for code, glyph in glyphs.items() if (character := _character(glyph)) is not None}


def _glyphs_by_code(font: pikepdf.Dictionary, *, has_own_program: bool) -> dict[int, str] | None:
    """Return the name of the glyph for each code; None where only the font program knows (9.6.5)."""
    encoding = get(font, "/Encoding")
    differences: dict[int, str] = {}
    base: str | None = None
    if isinstance(encoding, pikepdf.Name):
        base = str(encoding)
    elif isinstance(encoding, pikepdf.Dictionary):
        base = get_name(encoding, "/BaseEncoding")
        differences = _differences(encoding)
    descriptor = get_dictionary(font, "/FontDescriptor")
    symbolic = descriptor is not None and int(get_number(descriptor, "/Flags") or 0) & 4
    if base is None and not differences and (symbolic or has_own_program):
        return None
    glyphs = dict(_encoding(_ENCODINGS.get(base or "", "StandardEncoding")))
    if base is None and symbolic:
        glyphs = {}
    return glyphs | differences


def _differences(encoding: pikepdf.Dictionary) -> dict[int, str]:
    """Return ``/Differences`` by code (9.6.5.1)."""
    differences: dict[int, str] = {}
    code = 0
    for item in items_of(encoding, "/Differences"):
        if isinstance(item, int):
            code = item
        elif isinstance(item, pikepdf.Name) and 0 <= code < 256:  # noqa: PLR2004 - codes are bytes
            differences[code] = (as_name(item) or "").removeprefix("/")
            code += 1
    return differences


@cache
def _encoding(name: str) -> Mapping[int, str]:
    from reportlab.pdfbase._fontdata import encodings  # noqa: PLC0415 - 40 ms that reading never pays

    return {code: glyph for code, glyph in enumerate(encodings[name]) if glyph and glyph != ".notdef"}


@cache
def _character(glyph: str) -> str | None:
    """Return the character that a glyph shows (9.10.2)."""
    from reportlab.pdfbase._glyphlist import _glyphname2unicode  # noqa: PLC0415 - 40 ms that reading never pays

    if glyph in _glyphname2unicode:
        return chr(_glyphname2unicode[glyph])
    match = re.fullmatch(r"uni([0-9A-F]{4})|u([0-9A-F]{4,6})", glyph)
    return chr(int(match[1] or match[2], 16)) if match else None
