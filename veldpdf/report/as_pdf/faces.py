"""The typefaces of a report: Noto Sans in three cuts, or the house's own, with all that we ship behind each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate, takewhile
from pathlib import Path
from typing import NamedTuple

from veldpdf.house_style import HouseFonts
from veldpdf.resources import fonts_folder
from veldpdf.typed_text import code_point, visible
from veldpdf.typesetting.bidi import Order
from veldpdf.typesetting.characters import is_invisible, needs_care
from veldpdf.typesetting.layout import text_width
from veldpdf.typesetting.shipped import FontProgram, Glyph
from veldpdf.typesetting.truetype import Cut
from veldpdf.typesetting.typeface import Typeface
from veldpdf.typesetting.visual import Gap, settled_order, visual_pieces

_REGULAR = "NotoSans-Regular"
_BOLD = "NotoSans-Bold"
_ITALIC = "NotoSans-Italic"

ELLIPSIS = "…"
# A tab as it is drawn: nothing, of no width. Whoever copies the text finds a tab.
_TAB = Glyph("\t", Cut((), 0))


class Run(NamedTuple):
    """A piece of a line that one font draws.

    Attributes:
        font: The font.
        text: Its characters, where each is drawn by itself; empty where there are glyphs.
        glyphs: Its shapes from left to right.
        start: Where it begins, from the beginning of the line, in thousandths of the font size.
    """

    font: FontProgram
    text: str
    glyphs: tuple[Glyph, ...]
    start: float


class _Showable(dict[int, str]):
    """What to draw for each character, for `str.translate`: the character, or what stands for it.

    Attributes:
        told: The characters that something stands for.
    """

    def __init__(self, typeface: Typeface) -> None:
        super().__init__()
        self._typeface = typeface
        self.told: set[str] = set()

    def __missing__(self, ordinal: int) -> str:
        character = chr(ordinal)
        is_shown = character in "\n\t" or is_invisible(character) or not self._typeface.unshown(character)
        if not is_shown:
            self.told.add(character)
        self[ordinal] = shown = character if is_shown else code_point(character)
        return shown


class Face:
    """One cut of the typeface, with the fonts behind it.

    Attributes:
        own: The first font.
        typeface: It and those behind it: measures any text, in thousandths of the font size.
    """

    def __init__(self, own: FontProgram) -> None:
        """Begin with nothing measured; what is measured is kept, so a face lives as long as one report."""
        self.own = own
        self.typeface = Typeface(own.character_widths)
        self._characters = frozenset(own.character_widths)
        self._showable = _Showable(self.typeface)

    def showable(self, text: str) -> str:
        """Return a text in which every character but tab and line feed can be drawn, or is invisible."""
        return visible(text).translate(self._showable)

    @property
    def unshown(self) -> frozenset[str]:
        """The characters of all texts so far that no font shows."""
        return frozenset(self._showable.told)

    def width(self, text: str, size: float) -> float:
        """Return how wide a showable text is, in points."""
        return text_width(text, self.typeface) * size / 1000

    def shortened(self, text: str, size: float, room: float) -> str:
        """Return a showable text cut off with an ellipsis where it is wider than there is room for."""
        if self.width(text, size) <= room:
            return text
        left = room * 1000 / size - self.typeface[ELLIPSIS]
        ends = accumulate(map(self.typeface.__getitem__, text))
        fit = sum(1 for _ in takewhile(left.__ge__, ends))
        return text[:fit].rstrip() + ELLIPSIS

    def runs(self, line: str, order: Order | None) -> Iterator[Run]:
        """Yield a showable line in pieces from left to right.

        Args:
            line: Without line ends.
            order: How its characters stand, where its paragraph says so.
        """
        if self._characters.issuperset(line) and not needs_care(line):
            yield Run(self.own, line, (), 0.0)
            return
        start = 0.0
        for piece in visual_pieces(
            line, settled_order(line, order, self.typeface), self.typeface, self.typeface
        ):
            if isinstance(piece, Gap):
                yield Run(self.own, "", (_TAB,), start)
            elif piece.font is None:
                yield Run(self.own, piece.text, (), start)
            else:
                yield Run(piece.font, "", piece.glyphs, start)
            start += piece.width


class Faces(NamedTuple):
    """The cuts of one report."""

    regular: Face
    bold: Face
    italic: Face


def faces_of(fonts: HouseFonts | None) -> Faces:
    """Return the faces for one report: the house's, or ours."""
    if fonts is None:
        return Faces(*(Face(_shipped(name)) for name in (_REGULAR, _BOLD, _ITALIC)))
    family = "".join(character for character in fonts.family if character.isascii() and character.isalnum())
    cuts = {"Regular": fonts.regular, "Bold": fonts.bold, "Italic": fonts.italic}
    # A font's name stands in the file; it is made of the family's, which anybody may have typed.
    return Faces(*(Face(FontProgram(Path(f"{family or 'House'}-{cut}"), data)) for cut, data in cuts.items()))


@cache
def _shipped(name: str) -> FontProgram:
    return FontProgram(fonts_folder() / f"{name}.ttf")
