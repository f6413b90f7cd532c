"""What an answer says, and what is still missing from a submission. Pure: no files, no PDF.

No required-field check that we know of notices that an answer is still the publisher's example, so that is
the heart of it: an example that was left standing says nothing, however white space and line ends came back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from unicodedata import category

from veldpdf.model import Answer, Completeness, FieldSpec, FormDefinition, State, Submission, TooLong
from veldpdf.typesetting.layout import fitting_length, lay_out
from veldpdf.typesetting.metrics import widths_for

SAYS_NOTHING = frozenset({State.EMPTY, State.EXAMPLE})

# Format characters, which shape their neighbours: a zero-width space, a byte order mark, a soft hyphen.
_FORMLESS = frozenset({"Cf"})

# What part of the example must still stand, in words, before an answer counts as partly example. Below it a
# partner merely quotes a few of its words.
_PARTLY_SHARE = 0.5
# Runs of words shorter than this are chance: "van de", "kinderen en jongeren".
_SHORTEST_RUN = 4


def classify(spec: FieldSpec, text: str) -> State:
    """Return what a text says as the answer to a field.

    White space and line ends never make an answer: viewers change both.
    """
    words = _words(text)
    if not words:
        return State.EMPTY
    example = _words(spec.example)
    if not example:
        return State.ANSWERED
    if words == example:
        return State.EXAMPLE
    if _share_standing(example, words) >= _PARTLY_SHARE:
        return State.PARTLY_EXAMPLE
    return State.ANSWERED


def _words(text: str) -> list[str]:
    """Return the words of a text as they show: what has no form of its own does not count."""
    if text.isascii() and text.isprintable():
        return text.split()
    shown = (character for character in text if character != "\0" and category(character) not in _FORMLESS)
    return "".join(shown).split()


def _share_standing(example: list[str], words: list[str]) -> float:
    """Return what part of the example's words still stands in an answer, in runs of some length."""
    matcher = SequenceMatcher(None, example, words, autojunk=False)
    shortest = min(_SHORTEST_RUN, len(example))
    standing = sum(block.size for block in matcher.get_matching_blocks() if block.size >= shortest)
    return standing / len(example)


def missing_fields(form: FormDefinition, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the required fields that say nothing yet, in the worksheet's order.

    An example that was left standing says nothing: it is the publisher's text. A field that the file lacks
    says nothing either.
    """
    return tuple(
        spec.name
        for spec in form.fields
        if spec.required and (spec.name not in answers or answers[spec.name].state in SAYS_NOTHING)
    )


def too_long_texts(answers: Mapping[str, Answer]) -> Mapping[str, TooLong]:
    """Return the texts that are longer than their box on the page shows, and by how much, in order."""
    return {name: by for name, answer in answers.items() if (by := _too_long(answer)) is not None}


def _is_cut_off(answer: Answer) -> bool:
    """Whether a printed copy shows less than was typed, where there is no box to tell by."""
    return answer.is_cut_off and (answer.box is None or answer.state is State.EMPTY)


def _too_long(answer: Answer) -> TooLong | None:
    if answer.box is None or answer.state is State.EMPTY:
        return None
    widths = widths_for(answer.box)
    layout = lay_out(answer.text, answer.box, widths)
    if not layout.overflows:
        return None
    return TooLong(
        lines=len(layout.lines),
        lines_that_fit=layout.lines_fit,
        characters_over=len(answer.text.rstrip()) - fitting_length(answer.text, answer.box, widths),
    )


def find_gaps(form: FormDefinition, submission: Submission) -> Completeness:
    """Return what is still to be asked of the partner who sent a submission."""
    answers = submission.answers
    too_long = too_long_texts(answers)
    return Completeness(
        submission=submission,
        missing=missing_fields(form, answers) if submission.status.has_answers else (),
        overflow=tuple(name for name, answer in answers.items() if name in too_long or _is_cut_off(answer)),
        states={name: answer.state for name, answer in answers.items()},
        too_long=too_long,
    )


def all_complete(results: Iterable[Completeness]) -> bool:
    """Whether nothing is to be asked of anybody; of a submission that another replaces nothing ever is."""
    return all(
        result.submission.superseded_by or (result.complete and not result.overflow) for result in results
    )
