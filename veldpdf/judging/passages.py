"""What of an answer is the example's and what the partner's, once it is known which sentences stand in it.

A remark of up to three words beside a sentence, in its line, is read with it, for "ja" and "nog niet" say nothing
without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from veldpdf.judging.answers import AnswerText
from veldpdf.judging.endings import LINE_BREAK, LINE_END
from veldpdf.judging.standing import Found, in_groups
from veldpdf.judging.words import WORD

# Longer remarks, in words, can be read by themselves.
_LONGEST_REMARK = 3


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an answer.

    Attributes:
        text: As it stands there; the passages of an answer are the answer, to the letter.
        is_example: Whether the publisher wrote it.
    """

    text: str
    is_example: bool


def without_remarked(standing: Sequence[Found], answer: AnswerText) -> list[Found]:
    """Return the sentences that have no remark of a few words beside them in their line: "ja", "nog niet", "???".

    Such a remark is about the sentence, mostly the one before it, and cannot be read without.
    """
    remarked: set[Found] = set()
    for before, after in pairwise([None, *standing, None]):
        start = 0 if before is None else before.end
        end = len(answer.words) if after is None else after.start
        if start == end:
            continue
        if before is not None and _is_remark(answer, start, range(start + 1, end + 1)):
            remarked.add(before)
        elif after is not None and _is_remark(answer, end, range(end - 1, start - 1, -1)):
            remarked.add(after)
    return [each for each in standing if each not in remarked]


def _is_remark(answer: AnswerText, edge: int, words: range) -> bool:
    """Whether what the partner wrote beside a sentence, in its line, is a few words and no part of a sentence.

    Args:
        answer: They stand in it.
        edge: The word before which the one meets the other.
        words: Before which of the partner's the line may begin or end, going away from the edge.
    """
    if answer.what_ends_before(edge) == LINE_END:
        return False
    return any(
        answer.what_ends_before(word) == LINE_END and (word == words[-1] or answer.begins_anew(word))
        for word in words[:_LONGEST_REMARK]
    )


def passages_of(text: str, answer: AnswerText, standing: Iterable[Found]) -> Iterator[Passage]:
    """Yield the passages of a text, given the sentences of the example that stand in its beginning."""
    done = 0
    for group in in_groups(standing):
        start, last = answer.cut_before(group[0].start), group[-1].end
        if done < start:
            yield Passage(text[done:start], is_example=False)
        done = len(answer.text) if last == len(answer.words) else answer.cut_before(last)
        yield Passage(text[start:done], is_example=True)
    if done < len(text):
        yield Passage(text[done:], is_example=False)


def join_own_words(passages: Sequence[Passage]) -> str:
    """Return the partner's passages without the example's, as `veldpdf.judging.own_words` does."""
    if not any(passage.is_example for passage in passages):
        return "".join(passage.text for passage in passages)
    parts: list[str] = []
    between = ""
    for passage in passages:
        before, core, after = (passage.text, "", "") if passage.is_example else _split_remnants(passage.text)
        between += before
        if core:
            if parts:
                parts.append("\n" if LINE_BREAK.search(between) else " ")
            parts.append(core)
            between = after
    return "".join(parts)


def _split_remnants(text: str) -> tuple[str, str, str]:
    """Return a text in three: lines without a word, what was said, and lines without a word."""
    lines = text.splitlines(keepends=True)
    saying = [at for at, line in enumerate(lines) if WORD.search(line)]
    if not saying:
        return text, "", ""
    first, last = saying[0], saying[-1] + 1
    core = "".join(lines[first:last])
    return "".join(lines[:first]), core.strip(), core[len(core.rstrip()) :] + "".join(lines[last:])
