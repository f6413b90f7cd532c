"""What is still missing from a submission, and what is too long in it. Pure: no files, no PDF.

No required-field check that we know of notices that an answer is still the publisher's example; this one does. An
example that was left standing says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from veldpdf.judging import judge, own_words
from veldpdf.messages import Message, counted
from veldpdf.model import Answer, Completeness, FieldSpec, FormDefinition, State, Submission, TooLong
from veldpdf.rules import breaches, needed_fields

SAYS_NOTHING = frozenset({State.EMPTY, State.EXAMPLE})


def classify(spec: FieldSpec, text: str) -> State:
    """Return what a text says as the answer to a field; `veldpdf.judging` tells more of it."""
    return judge(spec, text).state


def missing_fields(form: FormDefinition, answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the required fields that say nothing yet, in the worksheet's order.

    Required are also those that another answer makes so: an indicator asks how often it is measured. An example that
    was left standing says nothing: it is the publisher's text. A field that the file lacks says nothing either.
    """
    needed = needed_fields(form, answers)
    return tuple(
        spec.name
        for spec in form.fields
        if spec.name in needed and (spec.name not in answers or answers[spec.name].state in SAYS_NOTHING)
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
    from veldpdf.typesetting.layout import fitting_length, lay_out  # noqa: PLC0415 - start-up time
    from veldpdf.typesetting.metrics import widths_for  # noqa: PLC0415 - the same

    widths = widths_for(answer.box)
    layout = lay_out(answer.text, answer.box, widths)
    if not layout.overflows:
        return None
    return TooLong(
        lines=len(layout.lines),
        lines_that_fit=layout.lines_fit,
        characters_over=len(answer.text.rstrip()) - fitting_length(answer.text, answer.box, widths),
    )


def about_length(by: TooLong | None) -> Message:
    """Return what to say of a text that is longer than its field shows.

    Args:
        by: By how much; None where nobody knows.
    """
    if by is None:
        return Message("longer than the field shows")
    return counted(
        "longer than the field shows: {n} character too many, {lines} lines where {fit} fit",
        "longer than the field shows: {n} characters too many, {lines} lines where {fit} fit",
        by.characters_over,
        lines=by.lines,
        fit=by.lines_that_fit,
    )


def find_gaps(form: FormDefinition, submission: Submission) -> Completeness:
    """Return what is still to be asked of the partner who sent a submission."""
    answers = submission.answers
    too_long = too_long_texts(answers)
    judged = {
        name: judge(form.field(name), answer.text, form.thin)
        for name, answer in answers.items()
        if name in form
    }
    return Completeness(
        submission=submission,
        missing=missing_fields(form, answers) if submission.status.has_answers else (),
        overflow=tuple(name for name, answer in answers.items() if name in too_long or _is_cut_off(answer)),
        states={name: answer.state for name, answer in answers.items()},
        too_long=too_long,
        thin=tuple(name for name, judgement in judged.items() if judgement.is_thin),
        own_words={
            name: own_words(judgement)
            for name, judgement in judged.items()
            if judgement.state is State.PARTLY_EXAMPLE
        },
        breaches=breaches(form, answers) if submission.status.has_answers else (),
    )


def asks_for_nothing(form: FormDefinition, submission: Submission) -> bool:
    """Whether nothing is to be asked of the partner: what `all_complete` says, without finding out what it would be."""
    if submission.superseded_by:
        return True
    answers = submission.answers
    return (
        submission.status.has_answers
        and not missing_fields(form, answers)
        and not breaches(form, answers)
        and not any(_is_cut_off(answer) or _too_long(answer) is not None for answer in answers.values())
    )


def all_complete(results: Iterable[Completeness]) -> bool:
    """Whether nothing is to be asked of anybody; of a submission that another replaces nothing ever is."""
    return all(
        result.submission.superseded_by or (result.complete and not result.overflow) for result in results
    )
