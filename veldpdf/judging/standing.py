"""Which sentences of an example stand in an answer, and whether that is enough to call it partly the example.

The rule is stated in `veldpdf.judging`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from veldpdf.judging.answers import AnswerText
from veldpdf.judging.endings import LINE_END, NOTHING
from veldpdf.judging.examples import Example, Sentence, is_most, may_be_misspelt, runs_of
from veldpdf.judging.words import is_misspelt

# What must still stand of an example, in words: of sentences together, of one bullet.
_SENTENCES = 8
_BULLET = 5


@dataclass(frozen=True, slots=True)
class Found:
    """A sentence of the example in an answer: its first word there, the word behind it, and which it is."""

    start: int
    end: int
    sentence: int


def find_standing(example: Example, answer: AnswerText) -> list[Found]:
    """Return the sentences of the example that were left in an answer, in the order of the answer."""
    found: list[Found] = []
    for each in sorted(_candidates(example, answer), key=lambda each: (each.start, -each.end)):
        if not found or each.start >= found[-1].end:
            found.append(each)
    return [each for group in in_groups(found) for each in _between_ends(group, answer, example)]


def _candidates(example: Example, answer: AnswerText) -> Iterator[Found]:
    """Yield where the words of a sentence stand, to the letter or with slips; in quotes they are a quote."""
    for number, sentence in enumerate(example.sentences):
        for start, end in set(answer.find(sentence.key)) or set(_find_misspelt(sentence, answer)):
            if sentence.is_quoted or not answer.is_quoted(start, end):
                yield Found(start, end, number)


def _find_misspelt(sentence: Sentence, answer: AnswerText) -> Iterator[tuple[int, int]]:
    length = len(sentence.words)
    most = may_be_misspelt(length)
    if not most:
        return
    for piece, offset in sentence.pieces:
        for word, _ in answer.find(piece):
            start = word - offset
            there = answer.words[max(start, 0) : start + length]
            pairs = [pair for pair in zip(there, sentence.words, strict=False) if pair[0] != pair[1]]
            if len(there) == length and len(pairs) <= most and all(is_misspelt(*pair) for pair in pairs):
                yield start, start + length


def in_groups(found: Iterable[Found]) -> list[list[Found]]:
    """Return sentences in groups with nothing of the partner's between them."""
    groups: list[list[Found]] = []
    for each in found:
        if groups and groups[-1][-1].end == each.start:
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def _between_ends(group: Sequence[Found], answer: AnswerText, example: Example) -> Sequence[Found]:
    """Return those sentences of a group that do not begin or end within a sentence of the partner's."""
    start, end = 0, len(group)
    while start < end and answer.what_ends_before(group[start].start) == NOTHING:
        start += 1
    while start < end and answer.what_ends_before(group[end - 1].end) == NOTHING:
        if _is_heading(group[end - 1], answer, example):
            break
        end -= 1
    return group[start:end]


def _is_heading(found: Found, answer: AnswerText, example: Example) -> bool:
    """Whether this is the example's heading, with the partner's words in the same line."""
    if not example.heading or (found.start, found.sentence) != (0, 0):
        return False
    return answer.between(found.end).lstrip().startswith(":")


def is_partly(example: Example, answer: AnswerText, standing: Sequence[Found]) -> bool:
    """Whether enough of an example stands in an answer, by the rule that the module states."""
    if sum(len(example.sentences[each.sentence].words) for each in standing) >= _SENTENCES:
        return True
    if len({each.sentence for each in standing}) == len(example.sentences):
        return True
    if any(_is_bullet(example, answer, standing, at) for at in range(len(standing))):
        return True
    if not standing and not example.may_have_runs_in(answer.words):
        return False
    return is_most(_words_standing(example, answer, standing), example.words)


def _is_bullet(example: Example, answer: AnswerText, standing: Sequence[Found], at: int) -> bool:
    """Whether the sentences from here on are a bullet of the example, in lines of their own."""
    bullet = example.sentences[standing[at].sentence].bullet
    sentences = [number for number, sentence in enumerate(example.sentences) if sentence.bullet == bullet]
    group = standing[at : at + len(sentences)]
    return (
        [each.sentence for each in group] == sentences
        and sum(len(example.sentences[number].words) for number in sentences) >= _BULLET
        and all(before.end == after.start for before, after in pairwise(group))
        and answer.what_ends_before(group[0].start) == LINE_END
        and answer.what_ends_before(group[-1].end) == LINE_END
    )


def _words_standing(example: Example, answer: AnswerText, standing: Sequence[Found]) -> int:
    """Return how many words of an example stand in an answer, in runs; each counts once."""
    stands = bytearray(len(example.words))
    start = 0
    for each in standing:
        sentence = example.sentences[each.sentence]
        stands[sentence.first : sentence.first + len(sentence.words)] = b"\1" * len(sentence.words)
        _mark_runs(example, answer.words[start : each.start], stands)
        start = each.end
    _mark_runs(example, answer.words[start:], stands)
    return sum(stands)


def _mark_runs(example: Example, words: Sequence[str], stands: bytearray) -> None:
    """Mark which words of an example stand among words of an answer; those marked before are taken."""
    behind = 0
    for at, run in enumerate(runs_of(words)):
        if at < behind or run not in example.runs:
            continue
        free = [place for place in example.runs[run] if not stands[place]]
        if free:
            length, place = max((_length_of_run(example.words, place, words, at), -place) for place in free)
            stands[-place : -place + length] = b"\1" * length
            behind = at + length


def _length_of_run(example: Sequence[str], place: int, words: Sequence[str], at: int) -> int:
    """Return how many words are the same in both, from a place in each."""
    most = min(len(example) - place, len(words) - at)
    return next((length for length in range(most) if example[place + length] != words[at + length]), most)
