"""The fonts that form fields ask for: which characters they show, with which code and how wide.

A field names its font in the default appearance, ``/DA`` (12.7.4.3), and the form's resources, ``/DR``, say
which font that is. Simple fonts (9.6) are used by their encoding, composite fonts (9.7) by their ToUnicode map.
A font that tells neither shows nothing that we could be sure of.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

import pikepdf

from veldpdf.pdf.objects import (
    as_name,
    as_number,
    dictionaries_of,
    get,
    get_dictionary,
    get_name,
    get_number,
    items_of,
    numbers_of,
)
from veldpdf.pdf.textstring import literal
from veldpdf.pdf.tounicode import parse_to_unicode
from veldpdf.typesetting.metrics import glyph_widths, standard_font

# Delimiters end a token as white space does, and a comment runs to the end of its line (7.2.3, 7.2.4).
_COMMENT = re.compile(rb"%[^\r\n]*")
_GAP = rb"[\0\s]+"
_END = rb"(?![^\0\s/\[\]()<>{}%])"
_NUMBER = rb"[-+]?(?:\d++\.?\d*+|\.\d++)"  # possessive: time in step with the digits
_FONT_OPERATOR = re.compile(rb"/([^\0\s/\[\]()<>{}%]*)" + _GAP + b"(" + _NUMBER + b")" + _GAP + b"Tf" + _END)
# What stands right behind a slash is a name, digits or not.
_COLOUR_OPERATOR = re.compile(
    rb"(?<![^\0\s\[\]()<>{}])(?:NUM g|NUM NUM NUM rg|NUM NUM NUM NUM k)".replace(b" ", _GAP).replace(
        b"NUM", _NUMBER
    )
    + _END
)
_LARGEST_SIZE = 1_000.0  # points: larger than a page
_SMALLEST_SIZE = 0.1  # points: no eye sees less, and rounded it would be written as 0, which is automatic
_LARGEST_CODE = 0xFFFF
_LINE_FEED = 0x0A
_DEFAULT_WIDTH = 1_000.0  # where a composite font names none (table 115)
_HEX_IN_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")

_ENCODINGS = {
    "/WinAnsiEncoding": "WinAnsiEncoding",
    "/MacRomanEncoding": "MacRomanEncoding",
    "/StandardEncoding": "StandardEncoding",
    "/PDFDocEncoding": "PDFDocEncoding",
}
# Names for a whole encoding that all viewers take alike. PDFDocEncoding is none of them (table 112): one viewer
# reads it as the standard encoding, another as its own.
_ENCODING_NAMES = frozenset({"/WinAnsiEncoding", "/MacRomanEncoding", "/StandardEncoding"})
# Standard fonts that have an encoding of their own (annex D.5 and D.6).
_BUILT_IN = {"Symbol": "SymbolEncoding", "ZapfDingbats": "ZapfDingbatsEncoding"}
_SIMPLE = ("/Type1", "/TrueType", "/MMType1")
_PROGRAMS = ("/FontFile", "/FontFile2", "/FontFile3")
# What a font brings along that its name does not tell.
_OWN = ("/Widths", "/FontDescriptor", "/FirstChar", "/LastChar", "/ToUnicode", "/DescendantFonts")
_USUAL = 200  # bytes or letters; what is longer is not kept to be looked up again
_SUBSET_TAG = re.compile(r"[A-Z]{6}\+")


@dataclass(frozen=True, slots=True)
class DefaultAppearance:
    """A ``/DA`` string, taken apart.

    Attributes:
        font: Resource name of the font, without its slash; empty where there is none.
        size: In points; 0 for automatic, as is what is too small to be seen.
        colour: The operator that sets the colour of the text.
    """

    font: str
    size: float
    colour: bytes

    @classmethod
    def parse(cls, raw: bytes) -> DefaultAppearance:
        """Take a ``/DA`` string apart; of several operators of a kind the last one counts."""
        return _parsed_before(raw) if len(raw) <= _USUAL else cls._parse(raw)

    @classmethod
    def _parse(cls, raw: bytes) -> DefaultAppearance:
        code = _COMMENT.sub(b"", raw)
        fonts = _FONT_OPERATOR.findall(code)
        colours = _COLOUR_OPERATOR.findall(code)
        name, number = fonts[-1] if fonts else (b"", b"0")
        size = min(abs(float(number)), _LARGEST_SIZE)
        return cls(
            font=_HEX_IN_NAME.sub(lambda found: bytes([int(found[1], 16)]), name).decode("utf-8", "replace"),
            size=size if size >= _SMALLEST_SIZE else 0.0,
            colour=colours[-1] if colours else b"0 g",
        )


@lru_cache(maxsize=256)
def _parsed_before(raw: bytes) -> DefaultAppearance:
    """Return a ``/DA`` string taken apart; all fields of a form have one of a few."""
    return DefaultAppearance._parse(raw)  # noqa: SLF001 - its other half


@dataclass(frozen=True, slots=True)
class FieldFont:
    """A font that a form brings along, as far as setting text in it goes.

    Attributes:
        name: Its ``/BaseFont``, without the slash.
        codes: Code of each character that it shows.
        widths: Width of each of them in thousandths of the font size.
        is_standard: Whether it is one of the standard 14 with their own widths.
        is_composite: Whether its codes take two bytes; else one.
    """

    name: str
    codes: Mapping[str, int] = field(repr=False)
    widths: Mapping[str, float] = field(repr=False)
    is_standard: bool
    is_composite: bool = False
    _map: Any = field(init=False, repr=False, compare=False)
    _takes_lines: bool = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_map", None if self.is_composite else _charmap(self.codes))
        is_free = _LINE_FEED not in self.codes.values()
        object.__setattr__(self, "_takes_lines", is_free and not self.is_composite)

    def encode(self, text: str) -> bytes:
        """Return a text as the bytes of a string operand.

        Raises:
            KeyError: A character that the font does not show.
        """
        if self._map is None:
            return b"".join(self.codes[character].to_bytes(2, "big") for character in text)
        try:
            raw = codecs.charmap_encode(text, "strict", self._map)[0]
        except UnicodeEncodeError as exc:
            raise KeyError(text[exc.start]) from exc
        if b"\0" in raw:
            raise KeyError("\0")
        return raw

    @classmethod
    def standard(cls, name: str = "Helvetica") -> FieldFont:
        """Return one of the standard 14 fonts as a file may ask for it without embedding it."""
        font = read_font(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name("/" + name),
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )
        assert font is not None
        return font

    def encode_lines(self, lines: Sequence[str]) -> list[bytes]:
        """Return each line as what stands between the brackets of a literal string (7.3.4.2).

        Raises:
            KeyError: A character that the font does not show.
        """
        if not self._takes_lines:
            return [literal(self.encode(line))[1:-1] for line in lines]
        # All lines at once: the line feed between them is a code that no character of the font has.
        return literal(self.encode("\n".join(lines)))[1:-1].split(b"\n")


def _charmap(codes: Mapping[str, int]) -> Any:
    """Return codes as `codecs.charmap_encode` takes them, ten times as fast as a dictionary.

    It is fast only if the first character is NUL, which no font shows. U+FFFE stands for no character.
    """
    characters = ["\0"] + ["\ufffe"] * 255
    characters[_LINE_FEED] = "\n"
    for character, code in codes.items():
        if code:
            characters[code] = character
    return codecs.charmap_build("".join(characters))


HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"


def read_font(obj: pikepdf.Object | None) -> FieldFont | None:
    """Return the font in a resource dictionary, or None where text cannot be set in it."""
    if not isinstance(obj, pikepdf.Dictionary):
        return None
    name = (get_name(obj, "/BaseFont") or "/Helvetica").removeprefix("/")
    subtype, encoding = get_name(obj, "/Subtype"), get(obj, "/Encoding")
    is_named = encoding is None or isinstance(encoding, pikepdf.Name)
    is_usual = name.isascii() and name.isprintable() and len(name) <= _USUAL
    if is_named and is_usual and subtype != "/Type0" and not any(key in obj for key in _OWN):
        return _known_font(name, subtype or "", as_name(encoding) or "")
    return _read_font(obj, name)


def standard_by_name(obj: pikepdf.Dictionary) -> str | None:
    """Return the name of a standard font of Latin letters that a file gives no more than a name and an encoding for.

    What `read_font` would tell of it beside its name is in no file. None for any other font, though it may be
    standard as well.
    """
    name = (get_name(obj, "/BaseFont") or "").removeprefix("/")
    encoding = get(obj, "/Encoding")
    if len(name) > _USUAL or standard_font(name) in (None, *_BUILT_IN):
        return None
    if get_name(obj, "/Subtype") not in _SIMPLE or any(key in obj for key in _OWN):
        return None
    return name if encoding is None or as_name(encoding) in _ENCODING_NAMES else None


@lru_cache(maxsize=64)
def _known_font(name: str, subtype: str, encoding: str) -> FieldFont | None:
    """Return a font of which a file says no more than its name; most forms ask for Helvetica so."""
    font = pikepdf.Dictionary(BaseFont=pikepdf.Name("/" + name))
    if subtype:
        font.Subtype = pikepdf.Name(subtype)
    if encoding:
        font.Encoding = pikepdf.Name(encoding)
    return _read_font(font, name)


def _read_font(obj: pikepdf.Dictionary, name: str) -> FieldFont | None:
    if get_name(obj, "/Subtype") == "/Type0":
        return _composite(obj, name)
    if get_name(obj, "/Subtype") not in _SIMPLE:
        return None
    encoding = get(obj, "/Encoding")
    if isinstance(encoding, pikepdf.Name) and str(encoding) not in _ENCODING_NAMES:
        return None
    standard = standard_font(name)
    glyphs = _glyphs_by_code(obj, standard)
    if glyphs is None:
        return None
    shown = _widths_of_glyphs(obj, standard, glyphs)
    codes: dict[str, int] = {}
    widths: dict[str, float] = {}
    for code, glyph in glyphs.items():
        character = _character(glyph)
        if character is not None and character not in codes and code in shown:
            codes[character] = code
            widths[character] = shown[code]
    return FieldFont(name, codes, widths, is_standard=standard is not None and not numbers_of(obj, "/Widths"))


def _widths_of_glyphs(
    font: pikepdf.Dictionary, standard: str | None, glyphs: Mapping[int, str]
) -> dict[int, float]:
    """Return the width of each code that a simple font has a glyph for, in thousandths of the font size."""
    first = get_number(font, "/FirstChar")
    file_widths = numbers_of(font, "/Widths")
    standard_width = glyph_widths(standard) if standard else {}
    # A subset lacks what it gives no width for, whatever font it was cut from.
    is_listed = bool(file_widths) and _has_own_glyphs(font)
    # What stands in for Symbol and ZapfDingbats has their glyphs alone, whatever the file gives a width.
    is_bounded = standard in _BUILT_IN and not _is_embedded(font)
    widths: dict[int, float] = {}
    for code, glyph in glyphs.items():
        width: float | None = None if is_listed else standard_width.get(glyph)
        is_in_range = first is not None and 0 <= code - int(first) < len(file_widths)
        if first is not None and is_in_range and (not is_bounded or glyph in standard_width):
            width = file_widths[code - int(first)]
        if width:  # a subset tells by a width of 0 that it has no such glyph
            widths[code] = float(width)
    return widths


def _has_own_glyphs(font: pikepdf.Dictionary) -> bool:
    """Whether a font's glyphs are those of its own program: a subset by its name (9.9.2), or embedded."""
    name = (get_name(font, "/BaseFont") or "").removeprefix("/")
    return _SUBSET_TAG.match(name) is not None or _is_embedded(font)


def _is_embedded(font: pikepdf.Dictionary) -> bool:
    descriptor = get_dictionary(font, "/FontDescriptor")
    return descriptor is not None and any(get(descriptor, key) is not None for key in _PROGRAMS)


def _composite(font: pikepdf.Dictionary, name: str) -> FieldFont | None:
    """Return a composite font whose codes are glyphs and whose map tells which characters they show.

    Others cannot be relied on: the map is what says which glyphs a subset has.
    """
    to_unicode = get(font, "/ToUnicode")
    descendant = next(dictionaries_of(font, "/DescendantFonts"), None)
    is_plain = get_name(font, "/Encoding") == "/Identity-H"
    if descendant is None or not is_plain or not isinstance(to_unicode, pikepdf.Stream):
        return None
    mapped, _ = parse_to_unicode(to_unicode)
    glyph_widths_by_code = _widths_by_code(descendant)
    default = get_number(descendant, "/DW")
    codes: dict[str, int] = {}
    for code, text in sorted(mapped.items()):
        if len(text) == 1 and 0 < code <= _LARGEST_CODE:
            codes.setdefault(text, code)
    widths = {
        character: glyph_widths_by_code.get(code, _DEFAULT_WIDTH if default is None else default)
        for character, code in codes.items()
    }
    return FieldFont(name, codes, widths, is_standard=False, is_composite=True)


def _widths_by_code(descendant: pikepdf.Dictionary) -> dict[int, float]:
    """Return ``/W`` by code: ``first [w …]`` and ``first last w`` (9.7.4.3)."""
    widths: dict[int, float] = {}
    numbers: list[float] = []
    for item in items_of(descendant, "/W"):
        if isinstance(item, pikepdf.Array) and numbers:
            listed = [as_number(width) for width in list(item)[:_LARGEST_CODE]]
            widths.update((int(numbers[0]) + n, width) for n, width in enumerate(listed) if width is not None)
            numbers = []
            continue
        number = as_number(item)
        if number is not None:
            numbers.append(number)
        if len(numbers) == 3:  # noqa: PLR2004 - first, last and the width of all between
            first, last = int(numbers[0]), min(int(numbers[1]), _LARGEST_CODE)
            widths.update(dict.fromkeys(range(first, last + 1), numbers[2]))
            numbers = []
    return widths


def characters_by_code(obj: pikepdf.Dictionary) -> Mapping[int, str]:
    """Return the character for each code of a simple font, as far as the file tells."""
    name = (get_name(obj, "/BaseFont") or "/Helvetica").removeprefix("/")
    glyphs = _glyphs_by_code(obj, standard_font(name))
    if glyphs is None:
        # Only the font program knows, and most of those follow the usual codes.
        glyphs = dict(_encoding("WinAnsiEncoding"))
    return {code: character for code, glyph in glyphs.items() if (character := _character(glyph)) is not None}


def _glyphs_by_code(font: pikepdf.Dictionary, standard: str | None) -> dict[int, str] | None:
    """Return the name of the glyph for each code; None where only the font program knows (9.6.5).

    Args:
        font: A simple font.
        standard: Which of the standard 14 it is; None where it has a program of its own.
    """
    encoding = get(font, "/Encoding")
    differences: dict[int, str] = {}
    base: str | None = None
    if isinstance(encoding, pikepdf.Name):
        base = str(encoding)
    elif isinstance(encoding, pikepdf.Dictionary):
        base = get_name(encoding, "/BaseEncoding")
        differences = _differences(encoding)
    if base is None and standard in _BUILT_IN and not _is_embedded(font):
        return dict(_encoding(_BUILT_IN[standard])) | differences
    descriptor = get_dictionary(font, "/FontDescriptor")
    symbolic = descriptor is not None and int(get_number(descriptor, "/Flags") or 0) & 4
    if base is None and not differences and (symbolic or standard is None or standard in _BUILT_IN):
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
    # reportlab's table of all encodings brings its settings and Pillow along, which take longer than reading a file.
    module = import_module(f"reportlab.pdfbase._fontdata_enc_{name.removesuffix('Encoding').lower()}")
    glyphs: Sequence[str | None] = getattr(module, name)
    return {code: glyph for code, glyph in enumerate(glyphs) if glyph and glyph != ".notdef"}


@cache
def _character(glyph: str) -> str | None:
    """Return the character that a glyph shows (9.10.2)."""
    from reportlab.pdfbase._glyphlist import _glyphname2unicode  # noqa: PLC0415 - 40 ms that reading never pays

    if glyph in _glyphname2unicode:
        return chr(_glyphname2unicode[glyph])
    match = re.fullmatch(r"uni([0-9A-F]{4})|u([0-9A-F]{4,6})", glyph)
    return chr(int(match[1] or match[2], 16)) if match else None
