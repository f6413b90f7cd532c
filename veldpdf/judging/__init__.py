"""Whether an answer is the publisher's example still, and which of its words are the partner's. Pure: text only.

No tool for PDF forms that we know of notices an example that was left standing. The rule:

    A sentence or bullet of an answer is the example's where it is one of the example's with nothing put in, changed or
    taken out but its spelling; any other is the partner's, whole. An answer is partly the example where such sentences
    of eight words together stand in it, or such a bullet of five in lines of its own, or all of the example, or where
    most of its words do, in runs of four or more.

So a sentence that quotes the example among words of its own is the partner's, and so is one with a name or another
number in a slot of the example: the officer reads it whole. A remark of up to three words beside a sentence, in its
line, is read with it, for "ja" and "nog niet" say nothing without.

The words of both are compared, not their letters: `veldpdf.judging.words` tells what counts as one.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from veldpdf.judging.answers import AnswerText
from veldpdf.judging.examples import read_example
from veldpdf.judging.passages import Passage, join_own_words, passages_of, without_remarked
from veldpdf.judging.standing import find_standing, is_partly
from veldpdf.judging.thin import is_thin
from veldpdf.judging.words import is_blank, squeeze, words_of
from veldpdf.model import FieldSpec, State

__all__ = ["Judgement", "Passage", "judge", "own_words"]

# Longer answers are judged by their beginning, in characters: no box shows so much, and whoever sends it must not keep
# all others waiting.
_LONGEST = 50_000


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer says.

    Attributes:
        state: Judged against the example of its field.
        passages: What is the example's in it, and what the partner's. All is the partner's where the state is
            answered, and where it is partly the example but every sentence was edited.
        is_thin: Whether the partner wrote something that says next to nothing: marks, "n.v.t.", "zie boven".
    """

    state: State
    passages: tuple[Passage, ...]
    is_thin: bool


def judge(spec: FieldSpec, text: str, thin: Collection[str] = ()) -> Judgement:
    """Return what a text says as the answer to a field.

    Args:
        spec: The field.
        text: The answer. What there is beyond fifty thousand characters counts as the partner's.
        thin: Phrases that say next to nothing by themselves; capitals, marks and spaces in them do not matter.
    """
    if is_blank(text):
        return Judgement(State.EMPTY, _whole(text, is_example=False), is_thin=False)
    example = read_example(spec.example)
    if not example.words:
        return Judgement(State.ANSWERED, _whole(text, is_example=False), is_thin(text, thin))
    head = _head(text, max(_LONGEST, 2 * len(spec.example)))
    words = words_of(head)
    key = squeeze(words)
    if key == example.key and len(head) == len(text):
        return Judgement(State.EXAMPLE, _whole(text, is_example=True), is_thin=False)
    may_have_sentences = example.may_have_sentences_in(key)
    if may_have_sentences or example.may_have_runs_in(words):
        answer = AnswerText(head, words, key)
        standing = find_standing(example, answer) if may_have_sentences else []
        if is_partly(example, answer, standing):
            passages = tuple(passages_of(text, answer, without_remarked(standing, answer)))
            own = join_own_words(passages)
            return Judgement(State.PARTLY_EXAMPLE, passages, bool(own) and is_thin(own, thin, example.heading))
    return Judgement(State.ANSWERED, _whole(text, is_example=False), is_thin(text, thin, example.heading))


def own_words(judgement: Judgement) -> str:
    """Return what of an answer the partner wrote, to be read without the rest.

    Bullets and blank lines left behind at the joins are taken away; an answer with nothing of the example in it comes
    to the letter. Empty for an example, and for one that the partner only shortened by whole sentences, put in another
    order or mended the spelling of: who keeps some of the bullets may mean just those, so show all of such an answer.
    """
    if judgement.state in (State.EMPTY, State.EXAMPLE):
        return ""
    return join_own_words(judgement.passages)


def _whole(text: str, *, is_example: bool) -> tuple[Passage, ...]:
    return (Passage(text, is_example),) if text else ()


def _head(text: str, length: int) -> str:
    """Return a text, or whole words at the beginning of one that is longer; white space at its end is not counted."""
    if len(text) <= length or len(text.rstrip()) <= length:
        return text
    return text[: max(text.rfind(" ", 0, length), text.rfind("\n", 0, length)) + 1 or length]
