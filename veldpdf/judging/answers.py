"""An answer in which something of the example may stand, with the places of its words.

The words of most answers tell that nothing of it does, and then this is never made.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import accumulate

from veldpdf.judging.endings import LINE_BREAK, LINE_END, ends_sentence, is_quoted, what_ends
from veldpdf.judging.words import APART, places_of

# The same piece of an example is looked at so often: whoever sends a long answer must not keep all others waiting.
_MOST_OFTEN = 1_000

_END_OF_WORD = re.compile(r"\S*\s*")


class AnswerText:
    """An answer, with the places of its words."""

    def __init__(self, text: str, words: Sequence[str], key: str) -> None:
        self.text = text
        self.words = words
        self._key = key

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return places_of(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        """Where in the squeezed words each begins, and where they end."""
        if APART not in self._key:
            return list(accumulate(map(len, self.words), initial=0))
        starts, at = [], 0
        for word in self.words:
            at += self._key.startswith(APART, at)
            starts.append(at)
            at += len(word)
        return [*starts, at]

    def find(self, piece: str) -> Iterator[tuple[int, int]]:
        """Yield where squeezed words stand: the first of them, and the word behind them."""
        at = self._key.find(piece)
        for _ in range(_MOST_OFTEN):
            if at < 0:
                return
            end = at + len(piece)
            first, last = self._word_at(at), self._word_at(end + self._key.startswith(APART, end))
            if first is None or last is None:
                at = self._key.find(piece, at + 1)
            else:
                yield first, last
                at = self._key.find(piece, end)

    def _word_at(self, place: int) -> int | None:
        """Return which word begins at a place in the squeezed words, or ends there if it is the last."""
        word = bisect_left(self._starts, place)
        return word if word < len(self._starts) and self._starts[word] == place else None

    def what_ends_before(self, word: int) -> int:
        """Return what ends before a word, or behind the last."""
        if word in (0, len(self.words)):
            return LINE_END
        return what_ends(self.text, self._places[word - 1][1], self._places[word][0])

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether words begin or end with quotes: the first of them, and the word behind them."""
        return is_quoted(self.text, self._places[start][0], self._places[end - 1][1])

    def between(self, word: int) -> str:
        """Return what is between a word and the one before it."""
        return self.text[self._places[word - 1][1] : self._places[word][0]]

    def begins_anew(self, word: int) -> bool:
        """Whether a line that a word begins does not go on with what was said in the line before."""
        _, *lines = LINE_BREAK.split(self.between(word))
        if len(lines) != 1 or lines[0].strip():
            return True
        return ends_sentence(self.text, self._places[word - 1][1], self._places[word][0])

    def cut_before(self, word: int) -> int:
        """Return where in the text to cut before a word: a full stop goes with what it ends, a bullet does not."""
        if word == 0:
            return 0
        between = self.between(word)
        cuts = [match.end() for match in LINE_BREAK.finditer(between)]
        cuts = cuts or [match.end() for match in _END_OF_WORD.finditer(between)][:1]
        return self._places[word - 1][1] + cuts[-1]
