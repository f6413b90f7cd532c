"""An example taken apart into sentences and bullets, once, for all answers that are compared with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise

from veldpdf.judging.endings import (
    LINE_BREAK,
    LINE_END,
    NOTHING,
    SENTENCE_END,
    ends_sentence,
    is_quoted,
    what_ends,
)
from veldpdf.judging.words import places_of, squeeze, words_of

# How much of an example most of it is, as a part of it and in words at least, and in runs how long. Shorter runs are
# chance: "kinderen en jongeren".
_PART = 0.5
_AT_LEAST = 6
RUN = 4

# Shorter sentences are the example's to the letter only. In others one word may be misspelt, in long ones two.
_MAY_BE_MISSPELT = 4
_MAY_BE_MISSPELT_TWICE = 10


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of an example, or the heading above it.

    Attributes:
        words: As they are compared.
        first: Which word of the example is its first.
        bullet: The number of the bullet or paragraph that it stands in.
        is_quoted: Whether there are quotes at either end.
        key: Its words, squeezed.
        pieces: Parts of it, squeezed, with the number of their first word: one more than there may be words misspelt,
            so that one of them stands wherever the sentence does.
    """

    words: tuple[str, ...]
    first: int
    bullet: int
    is_quoted: bool
    key: str
    pieces: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Example:
    """An example, as answers are compared with it.

    Attributes:
        words: All of them.
        key: They, squeezed.
        sentences: In order.
        heading: "Voorbeelden:" or the like, squeezed; empty means none.
        pieces: One of these stands wherever enough of its sentences does.
        vocabulary: Its words, each once.
        fewest: Without so many of those there is not enough of it in an answer, however often it says each.
        runs: Where each run of words is.
    """

    words: tuple[str, ...]
    key: str
    sentences: tuple[Sentence, ...]
    heading: str
    pieces: tuple[str, ...]
    vocabulary: frozenset[str]
    fewest: int
    runs: dict[tuple[str, ...], list[int]]

    def may_have_sentences_in(self, key: str) -> bool:
        """Whether sentences of it may stand in squeezed words."""
        return any(piece in key for piece in self.pieces)

    def may_have_runs_in(self, words: Sequence[str]) -> bool:
        """Whether most of it may stand among words."""
        if len(self.vocabulary.intersection(words)) < self.fewest:
            return False
        known = bytes(map(self.vocabulary.__contains__, words)).split(b"\0")
        return is_most(sum(len(run) for run in known if len(run) >= RUN), self.words)


def runs_of(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Return all runs of words that are just long enough to be no chance, by their first word."""
    return zip(*(words[start:] for start in range(RUN)), strict=False)


@lru_cache(maxsize=1024)
def read_example(text: str) -> Example:
    """Return an example taken apart; a definition has a few dozen, and each answer asks for one."""
    words = words_of(text)
    key = squeeze(words)
    sentences, heading = _split_example(text, words)
    pieces = (piece for each in sentences if len(each.words) >= RUN - 1 for piece, _ in each.pieces)
    runs: dict[tuple[str, ...], list[int]] = {}
    for at, run in enumerate(runs_of(words)):
        runs.setdefault(run, []).append(at)
    return Example(
        words=tuple(words),
        key=key,
        sentences=sentences,
        heading=heading,
        pieces=tuple(dict.fromkeys([key, *pieces])),
        vocabulary=frozenset(words),
        fewest=_fewest_of_most(words),
        runs=runs,
    )


def _fewest_of_most(words: Sequence[str]) -> int:
    """Return how many different words at least there are among those that most of some words may be."""
    often = [count for _, count in Counter(words).most_common()]
    return next(
        (number for number, sum_ in enumerate(accumulate(often), 1) if is_most(sum_, words)), len(often) + 1
    )


def is_most(count: int, words: Sequence[str]) -> bool:
    """Whether so many of some words are most of them."""
    return count >= _AT_LEAST and count > _PART * len(words)


def _split_example(text: str, words: Sequence[str]) -> tuple[tuple[Sentence, ...], str]:
    """Return the sentences of an example, and its heading, squeezed."""
    places = places_of(text)
    sentences: list[Sentence] = []
    heading = ""
    first = bullet = 0
    for end in range(1, len(words) + 1):
        ends_heading = not sentences and _ends_heading(text, places, end)
        kind = LINE_END if ends_heading or end == len(words) else _what_ends_in_example(text, places, end)
        if kind == NOTHING:
            continue
        part = tuple(words[first:end])
        quoted = is_quoted(text, places[first][0], places[end - 1][1])
        sentences.append(Sentence(part, first, bullet, quoted, squeeze(part), _pieces(part)))
        if ends_heading:
            heading = sentences[0].key
        first, bullet = end, bullet + (kind == LINE_END)
    return tuple(sentences), heading


def _pieces(words: Sequence[str]) -> tuple[tuple[str, int], ...]:
    parts = 1 + may_be_misspelt(len(words))
    ends = [len(words) * part // parts for part in range(parts + 1)]
    return tuple((squeeze(words[start:end]), start) for start, end in pairwise(ends))


def may_be_misspelt(length: int) -> int:
    """Return how many words of a sentence may be misspelt, by its length in words."""
    return (length >= _MAY_BE_MISSPELT) + (length >= _MAY_BE_MISSPELT_TWICE)


def _ends_heading(text: str, places: Sequence[tuple[int, int]], word: int) -> bool:
    """Whether a heading ends before a word: "Voorbeeld:", or "For example:" in a line of its own."""
    if word == len(places):
        return False
    between = text[places[word - 1][1] : places[word][0]]
    return between.lstrip().startswith(":") and (word == 1 or LINE_BREAK.search(between) is not None)


def _what_ends_in_example(text: str, places: Sequence[tuple[int, int]], word: int) -> int:
    """Return what ends before a word of an example, where sentences and bullets may go on in the next line.

    A sentence does where the next line begins with a small letter, or the line ends with a comma; a bullet does where
    the next line is indented. "O.a." ends no sentence.
    """
    end, start = places[word - 1][1], places[word][0]
    kind = what_ends(text, end, start)
    if kind != LINE_END:
        return NOTHING if text[start].islower() else kind
    rest, *lines = LINE_BREAK.split(text[end:start])
    sign = rest.strip()[:1]
    if len(lines) != 1 or lines[0].strip() or sign in (":", ";"):
        return LINE_END
    if ends_sentence(text, end, start):
        return SENTENCE_END if lines[0] else LINE_END
    return NOTHING if sign == "," or text[start].islower() else LINE_END
