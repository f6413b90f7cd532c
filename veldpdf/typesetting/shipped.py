"""The fonts that come with veldpdf, for what a form's own font cannot show.

Noto Sans for everything European, DejaVu Sans behind it for Arabic, Hebrew and symbols. The first font that
has a character shows it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from veldpdf.resources import fonts_folder

if TYPE_CHECKING:
    from reportlab.pdfbase.ttfonts import TTFontFile

_FILES = ("NotoSans-Regular.ttf", "DejaVuSans.ttf")
# Widths are asked in thousandths of the font size; where no font has a character, a box of this width.
_UNKNOWN_WIDTH = 600.0


_SUBSETTING = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class FontMetrics:
    """Measures of a font, in thousandths of the font size (ISO 32000-2, 9.8)."""

    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    cap_height: int


@dataclass(frozen=True)
class ShippedFont:
    """One TrueType font file that comes with veldpdf.

    Attributes:
        path: Where it lies.
    """

    path: Path

    @property
    def name(self) -> str:
        """Name to use in a PDF, e.g. ``"NotoSans-Regular"``."""
        return self.path.stem

    @cached_property
    def file(self) -> TTFontFile:
        """The font, parsed."""
        from reportlab.pdfbase.ttfonts import TTFontFile  # noqa: PLC0415 - only who needs the font pays

        return TTFontFile(str(self.path))

    @cached_property
    def metrics(self) -> FontMetrics:
        """The measures of the font as a whole."""
        file = self.file
        return FontMetrics(
            box=(round(file.bbox[0]), round(file.bbox[1]), round(file.bbox[2]), round(file.bbox[3])),
            ascent=round(file.ascent),
            descent=round(file.descent),
            cap_height=round(file.capHeight),
        )

    def subset(self, characters: Collection[str]) -> tuple[bytes, list[int]]:
        """Return the font cut down to some characters, and the glyph of each of them in it."""
        glyphs_of_whole = [self.file.charToGlyph.get(ord(character), 0) for character in characters]
        # The subset numbers its glyphs in the order in which they are first asked for, behind ".notdef".
        renumbered = {0: 0}
        for glyph in glyphs_of_whole:
            renumbered.setdefault(glyph, len(renumbered))
        # The parsed font is one open file with one position in it.
        with _SUBSETTING:
            program: bytes = self.file.makeSubset([ord(character) for character in characters])
        return program, [renumbered[glyph] for glyph in glyphs_of_whole]

    def has(self, character: str) -> bool:
        """Whether the font has a glyph for a character."""
        return bool(self.file.charToGlyph.get(ord(character)))

    def width(self, character: str) -> float:
        """Return the width of a character that the font has, in thousandths of the font size."""
        return float(self.file.charWidths.get(ord(character), self.file.defaultWidth))


@dataclass(frozen=True)
class FontChain:
    """Fonts to try in order.

    Attributes:
        fonts: The first one that has a character shows it.
    """

    fonts: tuple[ShippedFont, ...]

    def font_for(self, character: str) -> ShippedFont | None:
        """Return the font that shows a character, or None where none can."""
        return next((font for font in self.fonts if font.has(character)), None)

    def width(self, character: str) -> float:
        """Return the width of any character, in thousandths of the font size."""
        font = self.font_for(character)
        return _UNKNOWN_WIDTH if font is None else font.width(character)

    def runs(self, text: str) -> Iterator[tuple[ShippedFont | None, str]]:
        """Yield a text in pieces that one font shows; None goes with what no font can."""
        for font, characters in groupby(text, self.font_for):
            yield font, "".join(characters)


@cache
def shipped_fonts() -> FontChain:
    """Return the fonts that come with veldpdf, in the order to try them."""
    folder = fonts_folder()
    return FontChain(tuple(ShippedFont(folder / name) for name in _FILES))
