"""The fonts that come with veldpdf, for what a form's own font cannot show.

Noto Sans for everything European, Noto Sans Arabic for all that is written like Arabic (DejaVu lacks letters of
Urdu, Pashto and Kurdish), DejaVu Sans behind them for Hebrew and symbols. The first font that has a character shows
it. Noto Emoji comes before them all for what is an emoji, and behind them for everything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category

from veldpdf.resources import fonts_folder
from veldpdf.typesetting.characters import is_emoji
from veldpdf.typesetting.truetype import Cut, Placed, TrueType

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFontFile

_FILES = ("NotoSans-Regular.ttf", "NotoSansArabic-Regular.ttf", "DejaVuSans.ttf")
_EMOJI_FILE = "NotoEmoji-Regular.ttf"
# Widths are asked in thousandths of the font size; where no font has a character, a box of this width.
_UNKNOWN_WIDTH = 600.0
_NONSYMBOLIC, _ITALIC = 1 << 5, 1 << 6  # flags of a font descriptor (table 121)


@dataclass(frozen=True, slots=True, kw_only=True)
class FontMetrics:
    """Measures of a font, in thousandths of the font size, and its flags (ISO 32000-2, 9.8)."""

    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int
    flags: int = 32
    italic_angle: int = 0


class Glyph(NamedTuple):
    """A shape as it is drawn, and the text that it stands for."""

    text: str
    cut: Cut


@dataclass(frozen=True, eq=False)
class FontProgram:
    """One TrueType font file: one that comes with veldpdf, or one that a user gave.

    Attributes:
        path: Where it lies; of one that is given only the name counts.
        given: All of it, where it was read before.
    """

    path: Path
    given: bytes = field(default=b"", repr=False)

    @property
    def name(self) -> str:
        """Name to use in a PDF, e.g. ``"NotoSans-Regular"``."""
        return self.path.stem

    @cached_property
    def data(self) -> bytes:
        """The font, all of it."""
        return self.given or self.path.read_bytes()

    @cached_property
    def file(self) -> TTFontFile:
        """The font, parsed."""
        from reportlab.pdfbase.ttfonts import TTFontFile  # noqa: PLC0415 - only who needs the font pays

        return TTFontFile(BytesIO(self.data))

    @cached_property
    def units(self) -> int:
        """Its own units in the font size."""
        return int(self.file.unitsPerEm)

    @cached_property
    def metrics(self) -> FontMetrics:
        """The measures of the font as a whole."""
        file = self.file
        return FontMetrics(
            box=(round(file.bbox[0]), round(file.bbox[1]), round(file.bbox[2]), round(file.bbox[3])),
            ascent=round(file.ascent),
            descent=round(file.descent),
            cap_height=round(file.capHeight),
            flags=_NONSYMBOLIC | (_ITALIC if file.italicAngle else 0),
            italic_angle=round(file.italicAngle),
        )

    def subset(self, cuts: Sequence[Cut]) -> bytes:
        """Return the font cut down to some shapes, which become its glyphs from 1."""
        return TrueType(self.data).subset(cuts)

    @cached_property
    def character_widths(self) -> Mapping[str, float]:
        """The width of each character that the font has, as it is drawn, in thousandths of the font size."""
        return {
            character: self.drawn_width(self.glyph(character))
            for character in map(chr, self.file.charToGlyph)
            if self.has(character)
        }

    def has(self, character: str) -> bool:
        """Whether the font has a glyph for a character.

        What it keeps for private use is its own affair: nobody who typed such a character meant that.
        """
        return bool(self._number(character)) and category(character) != "Co"

    def width(self, character: str) -> float:
        """Return the width of a character that the font has, in thousandths of the font size."""
        return float(self.file.charWidths.get(ord(character), self.file.defaultWidth))

    def glyph(self, character: str) -> Glyph:
        """Return a character as this font shows it by itself."""
        number = self._number(character)
        return Glyph(character, Cut((Placed(number),), int(self.file.hmetrics[number][0])))

    def _number(self, character: str) -> int:
        """Return the number of a character's glyph; 0 where there is none, whatever the font says of it."""
        number = int(self.file.charToGlyph.get(ord(character), 0))
        return number if number < len(self.file.hmetrics) else 0

    def drawn_width(self, glyph: Glyph) -> int:
        """Return how wide a shape is in a file, in thousandths of the font size.

        Those are whole numbers: PDFium leaves out what stands behind the point, and the end of a line would not
        be where it was measured.
        """
        return round(glyph.cut.advance * 1000 / self.units)


@dataclass(frozen=True)
class FontChain:
    """Fonts to try in order.

    Attributes:
        fonts: The first one that has a character shows it.
        emoji: Shows emoji before them, and what they lack behind them; None for no such font.
    """

    fonts: tuple[FontProgram, ...]
    emoji: FontProgram | None = None
    # What was found for single characters, of which there are only so many.
    _known: dict[str, FontProgram | None] = field(default_factory=dict, repr=False, compare=False)

    def for_emoji(self, *, first: bool) -> tuple[FontProgram, ...]:
        """Return all fonts in the order to try them: the one for emoji first or last."""
        if self.emoji is None:
            return self.fonts
        return (self.emoji, *self.fonts) if first else (*self.fonts, self.emoji)

    def font_for(self, text: str) -> FontProgram | None:
        """Return the font that shows all of a character or cluster, or None where none can."""
        if text not in self._known:
            fonts = self.for_emoji(first=is_emoji(text))
            font = next((font for font in fonts if all(map(font.has, text))), None)
            if len(text) > 1:
                return font
            self._known[text] = font
        return self._known[text]

    def width(self, character: str) -> float:
        """Return the width of any character, in thousandths of the font size."""
        font = self.font_for(character)
        return _UNKNOWN_WIDTH if font is None else font.width(character)


@cache
def shipped_fonts() -> FontChain:
    """Return the fonts that come with veldpdf, in the order to try them."""
    folder = fonts_folder()
    return FontChain(tuple(FontProgram(folder / name) for name in _FILES), FontProgram(folder / _EMOJI_FILE))
