"""What the report tells of each submission as a whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from veldpdf.completeness import about_length
from veldpdf.merging.returned import Returned
from veldpdf.merging.values import AnswerWarning, Participant, Tally
from veldpdf.messages import Message, counted
from veldpdf.model import Answer, Completeness, FieldSpec, FormDefinition, State
from veldpdf.typed_text import changed_characters


def participant_of(form: FormDefinition, specs: Sequence[FieldSpec], returned: Returned) -> Participant:
    """Return what the report tells of one submission.

    Args:
        form: The worksheet that it answers.
        specs: The questions of the report, in its order.
        returned: The submission.
    """
    submission, gaps, answers = returned.submission, returned.gaps, returned.answers
    states = tuple(gaps.states.get(spec.name) if answers else None for spec in specs)
    return Participant(
        name=returned.name,
        partner=submission.partner,
        source=submission.source,
        status=submission.status,
        warnings=(*submission.warnings, *(breach.message for breach in gaps.further_breaches)),
        answer_warnings=tuple(
            AnswerWarning(question=spec, message=message)
            for spec in specs
            if spec.name in answers
            for message in _answer_messages(spec.name, answers[spec.name], gaps)
        ),
        states=states,
        tally=_tally(states, read=submission.status.has_answers),
        missing=tuple(form.field(missing) for missing in gaps.missing),
        complete=gaps.complete,
        shortened=() if submission.superseded_by else tuple(_shortened(specs, returned)),
        notes=submission.notes,
    )


def _answer_messages(name: str, answer: Answer, gaps: Completeness) -> Iterator[Message]:
    """Yield what to tell of an answer: what was noticed in it, and what no format can show of it."""
    yield from answer.warnings
    if name in gaps.thin:
        yield Message("says little")
    if name in gaps.overflow:
        yield about_length(gaps.too_long.get(name))
    changed = sum(map(changed_characters, (answer.text, *answer.notes)))
    if changed:
        yield counted(
            "{n} character cannot be shown; a sign stands in its place",
            "{n} characters cannot be shown; signs stand in their place",
            changed,
        )


def _shortened(specs: Iterable[FieldSpec], returned: Returned) -> Iterator[FieldSpec]:
    """Yield the questions of whose answer only the partner's own words are shown."""
    for spec in specs:
        said = returned.said(spec.name)
        if said is not None and said.is_shortened:
            yield spec


def _tally(states: Iterable[State | None], *, read: bool) -> Tally:
    counts = Counter(states)
    return Tally(
        answered=counts[State.ANSWERED],
        partly_example=counts[State.PARTLY_EXAMPLE],
        example=counts[State.EXAMPLE],
        empty=counts[State.EMPTY],
        absent=counts[None] if read else 0,
        unread=0 if read else counts[None],
    )
