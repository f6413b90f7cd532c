"""A form's own font with the shipped ones behind it: which of them shows what of a text, in which shape, how wide.

Measuring and drawing both ask here, so that what is told to fit is what is drawn. Most texts need none of it: the
form's own font has all their characters, and each is as wide as its own width.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from itertools import groupby
from typing import NamedTuple
from unicodedata import bidirectional

from veldpdf.typesetting import shaping
from veldpdf.typesetting.bidi import MIRRORS, is_bidirectional
from veldpdf.typesetting.characters import (
    clusters,
    is_emoji,
    is_invisible,
    is_joining,
    kept_together,
    needs_care,
    plain_space,
    stand_in,
)
from veldpdf.typesetting.shipped import FontProgram, Glyph, shipped_fonts

_SPACE_WIDTH = 250.0
_WORD = re.compile(" +|[^ ]+")
# In characters. What is longer is no word in any language; each of its characters counts by itself then, for
# shaping is slow, and what is read may come from anybody.
LONGEST_WORD = 500


class WidthTable(dict[str, float]):
    """Widths by character that know every character: what a font lacks is looked up elsewhere, once."""

    def __init__(self, widths: Mapping[str, float], elsewhere: Callable[[str], float]) -> None:
        super().__init__(widths)
        self._elsewhere = elsewhere

    def __missing__(self, character: str) -> float:
        other = stand_in(plain_space(character))
        if is_invisible(character):
            width = 0.0
        elif other == character:
            width = self.elsewhere(character)
        else:
            width = self.get(" ", _SPACE_WIDTH) if other == " " else self[other]
        self[character] = width
        return width

    def elsewhere(self, character: str) -> float:
        """Return the width of a character that the font itself lacks."""
        return self._elsewhere(character)


class Piece(NamedTuple):
    """Part of a line that one font shows, or that none does.

    Attributes:
        font: The shipped font; None for the form's own, and for none.
        text: Its characters from left to right.
        glyphs: Their shapes from left to right; none in the form's own font.
        width: In thousandths of the font size.
        is_shown: Whether a font shows it.
    """

    font: FontProgram | None
    text: str
    glyphs: tuple[Glyph, ...]
    width: float
    is_shown: bool = True


class _Choice(NamedTuple):
    """What shows a cluster.

    Attributes:
        text: What is drawn of it.
        font: The shipped font; None for the form's own, and for none.
        is_shown: Whether a font shows it.
        is_shaped: Whether its shape is asked of HarfBuzz.
        joined: What kind of letters it joins with, by bidirectional class; empty for none.
    """

    text: str
    font: FontProgram | None = None
    is_shown: bool = True
    is_shaped: bool = False
    joined: str = ""


class Typeface(WidthTable):
    """The form's own font with the shipped fonts behind it."""

    def __init__(self, own: Mapping[str, float], *, unshown: float | None = 0.0) -> None:
        """Begin with nothing measured.

        Args:
            own: Width of each character that the form's own font shows, in thousandths of the font size.
            unshown: Width of a character that no font shows; None for about that of a letter.
        """
        self._chain = shipped_fonts()
        super().__init__(own, self._chain.width)
        self._own = own
        self._unshown = unshown
        # What was found out, for as long as one file is filled: here answers are taken apart.
        self._measured: dict[str, float] = {}
        self._chosen: dict[tuple[str, bool], list[_Choice]] = {}
        self._shapes: dict[tuple[FontProgram, str, bool], tuple[Glyph, ...] | None] = {}

    def elsewhere(self, character: str) -> float:
        """Return the width of a character that the form's own font lacks."""
        font = self._chain.font_for(character)
        if font is not None:
            return font.drawn_width(font.glyph(character))
        return self._chain.width(character) if self._unshown is None else self._unshown

    @cached_property
    def reorders(self) -> bool:
        """Whether letters join, and lines run from right to left where their script does."""
        return shaping.is_available()

    def measure(self, text: str) -> float:
        """Return the width of a text as it is drawn, in thousandths of the font size."""
        if not needs_care(text):
            return sum(map(self.__getitem__, text))
        # Word by word: a word is asked for again in the next line, and in the next size.
        return sum(map(self._measure_word, kept_together(_WORD.findall(text))))

    def _measure_word(self, word: str) -> float:
        if len(word) > LONGEST_WORD:
            return sum(map(self.__getitem__, word))
        if word not in self._measured:
            pieces = self.pieces(word, right_to_left=is_bidirectional(word) and self.reorders)
            self._measured[word] = sum(piece.width for piece in pieces)
        return self._measured[word]

    def unshown(self, text: str) -> tuple[str, ...]:
        """Return the characters of a text that no font shows, each once, in order."""
        strange = {character for character in set(text) - self._own.keys() if not is_invisible(character)}
        words = (
            (word for word in dict.fromkeys(text.split()) if not strange.isdisjoint(word)) if strange else ()
        )
        left_out = (piece.text for word in words for piece in self.pieces(word) if not piece.is_shown)
        return tuple(dict.fromkeys("".join(left_out)))

    def pieces(self, text: str, *, right_to_left: bool = False) -> list[Piece]:
        """Return a text as it is drawn, from left to right, without the characters that show nothing.

        Args:
            text: What runs in one direction.
            right_to_left: Whether that is from right to left.
        """
        choices: list[_Choice] = []
        for cluster in clusters(text):
            key = (cluster, right_to_left)
            if key not in self._chosen:
                self._chosen[key] = list(self._choices(cluster, right_to_left=right_to_left))
            choices += self._chosen[key]
        pieces = [
            piece
            for _, group in groupby(choices, _alike)
            for piece in self._set(list(group), right_to_left=right_to_left)
        ]
        return pieces[::-1] if right_to_left else pieces

    def _choices(self, cluster: str, *, right_to_left: bool) -> Iterator[_Choice]:
        """Yield what shows a cluster: one font, where one has all of it."""
        visible = "".join(character for character in cluster if not is_invisible(character))
        emoji = self._chain.emoji
        if not visible:
            return
        if emoji is not None and self._is_emoji(cluster) and all(map(emoji.has, visible)):
            is_shaped = len(cluster) > 1 and self.reorders
            yield _Choice(cluster if is_shaped else visible, emoji, is_shaped=is_shaped)
        elif len(visible) == 1 and not (is_joining(visible) and self.reorders):
            yield self._single(MIRRORS.get(visible, visible) if right_to_left else visible)
        else:
            yield from self._several(cluster, visible)

    def _is_emoji(self, cluster: str) -> bool:
        # A form's own symbols are meant to be used, but for what asks to be an emoji.
        return cluster not in self._own and is_emoji(cluster)

    def _single(self, character: str) -> _Choice:
        """Return what shows a character by itself."""
        drawn = character if character in self._own else stand_in(plain_space(character))
        font = None if drawn in self._own else self._chain.font_for(drawn)
        is_shown = font is not None or drawn in self._own
        return _Choice(drawn if is_shown else character, font, is_shown=is_shown)

    def _several(self, cluster: str, visible: str) -> Iterator[_Choice]:
        """Yield what shows a letter that joins, or one with its marks: they must come from one font to meet."""
        font = self._chain.font_for(visible)
        if font is not None and self.reorders:
            joined = bidirectional(cluster[0]) if is_joining(cluster[0]) else ""
            yield _Choice(cluster, font, is_shaped=True, joined=joined)
        elif all(character in self._own for character in visible):
            yield _Choice(visible)
        elif font is not None:
            yield _Choice(visible, font)
        else:  # no font has all of it: what shows of it counts
            yield from map(self._single, visible)

    def _set(self, choices: list[_Choice], *, right_to_left: bool) -> Iterator[Piece]:
        """Yield the pieces of clusters that one font shows in one way, in the order typed."""
        first = choices[0]
        texts = [choice.text for choice in choices]
        if first.is_shaped and first.font is not None:
            # Only letters that join need to see each other.
            for text in ["".join(texts)] if first.joined else texts:
                glyphs = self._shape(first.font, text, right_to_left=right_to_left)
                yield _shaped(first.font, glyphs) if glyphs else self._missing(text)
            return
        text = "".join(texts[::-1] if right_to_left else texts)
        if not first.is_shown:
            yield self._missing(text)
        elif first.font is None:
            yield Piece(None, text, (), sum(map(self._own.__getitem__, text)))
        else:
            yield _shaped(first.font, tuple(map(first.font.glyph, text)))

    def _shape(self, font: FontProgram, text: str, *, right_to_left: bool) -> tuple[Glyph, ...] | None:
        key = (font, text, right_to_left)
        if key not in self._shapes:
            self._shapes[key] = shaping.shape(font, text, right_to_left=right_to_left)
        return self._shapes[key]

    def _missing(self, text: str) -> Piece:
        shown = "".join(character for character in text if not is_invisible(character))
        return Piece(None, shown, (), sum(map(self.__getitem__, shown)), is_shown=False)


def _alike(choice: _Choice) -> tuple[object, ...]:
    """Return what two clusters must have in common to be set together."""
    return choice[1:]


def _shaped(font: FontProgram, glyphs: tuple[Glyph, ...]) -> Piece:
    text = "".join(glyph.text for glyph in glyphs)
    return Piece(font, text, glyphs, sum(map(font.drawn_width, glyphs)))
