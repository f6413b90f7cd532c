"""Whom to ask for what: from what `veldpdf check` found to the facts of a letter. Pure.

A letter goes to whom the check counts as not done: something is missing, a rule is not kept, a text is cut off, or
the file was no worksheet with fields any more. Such a letter also names what is worth a second look. An answer that
merely says little is no reason to write. No letter holds the text of an answer: it may reach the wrong person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from veldpdf.messages import Message
from veldpdf.model import Breach, Completeness, FormDefinition, NameFrom, Rule, State, Status, Submission

_ANSWERED = frozenset({State.ANSWERED, State.PARTLY_EXAMPLE})


class Gap(StrEnum):
    """Why a question is asked again, in the order in which a letter asks."""

    EMPTY = "empty"
    ABSENT = "absent"
    EXAMPLE = "example"
    PARTLY = "partly"
    TOO_LONG = "too_long"
    THIN = "thin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question that is asked again.

    Attributes:
        name: Of its field.
        label: A few words that stand for it.
        page: Page of the worksheet, from 1.
        text: The question in full.
        over: Characters at the end that its field does not show; None where that is not known.
    """

    name: str
    label: str
    page: int
    text: str
    over: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a rule of the definition asks.

    Attributes:
        message: What, by the questions' labels.
        page: Page of the first question to look at.
    """

    message: Message
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The facts of one letter.

    Attributes:
        partner: Whom it is for.
        source: Which file it is about, as the submission has it.
        status: What could be done with that file.
        answered: How many questions have an answer of the partner's own.
        questions: What to ask for each reason there is, in the worksheet's order.
        requests: What rules ask beside that.
        open_fields: Fields that the partner has to look at.
    """

    partner: str
    source: str
    status: Status
    answered: int
    questions: Mapping[Gap, tuple[Question, ...]]
    requests: tuple[Request, ...]
    open_fields: frozenset[str]

    @property
    def count(self) -> int:
        """How many questions and requests there are; a question in two groups counts once."""
        return len({question.name for group in self.questions.values() for question in group}) + len(
            self.requests
        )


def letters_for(form: FormDefinition, results: Sequence[Completeness]) -> list[tuple[Letter, Submission]]:
    """Return the letters that go with the results of a check, each with the submission that it is about.

    Who sent a scan and then the worksheet itself is not asked for the worksheet.
    """
    have_sent = {
        _name(result.submission)
        for result in results
        if result.submission.status is Status.READ and not result.submission.superseded_by
    } - {""}
    return [
        (letter, result.submission)
        for result in results
        if (result.submission.status is Status.READ or _name(result.submission) not in have_sent)
        and (letter := letter_for(form, result)) is not None
    ]


def _name(submission: Submission) -> str:
    """Return what a partner is called; empty where only a file name says so, which is anybody's."""
    return "" if submission.name_from is NameFrom.FILE else " ".join(submission.partner.split()).casefold()


def letter_for(form: FormDefinition, result: Completeness) -> Letter | None:
    """Return what to ask the partner who sent a submission; None where that is nothing."""
    submission = result.submission
    only_moved = [name for name, words in result.own_words.items() if not words.strip()]
    is_done = submission.status is Status.READ and result.complete and not result.overflow and not only_moved
    if submission.superseded_by or is_done:
        return None
    answered = sum(state in _ANSWERED for state in result.states.values())
    # Printed pages without any answer are pages that lost them: asking every question again would be odd.
    is_lost = submission.status is Status.RECOVERED and not answered
    told = [] if is_lost else [breach for breach in result.breaches if not _is_told(form, result, breach)]
    by_rule = {breach.fields[0] for breach in told if breach.rule is not Rule.AT_LEAST}
    gaps = {} if is_lost else {gap: [n for n in names if n in form] for gap, names in _gaps(result, by_rule)}
    return Letter(
        partner=submission.partner,
        source=submission.source,
        status=submission.status,
        answered=answered,
        questions={
            gap: tuple(_question(form, result, name) for name in sorted(names, key=form.names.index))
            for gap, names in gaps.items()
            if names
        },
        requests=tuple(
            Request(message=breach.message, page=form.field(breach.fields[0]).page) for breach in told
        ),
        open_fields=frozenset(
            [
                *(name for names in gaps.values() for name in names),
                *(name for breach in told for name in _asked(breach)),
                *result.thin,
            ]
        ),
    )


def _asked(breach: Breach) -> tuple[str, ...]:
    """Return the fields in which a rule asks for something; what made it ask is as it should be."""
    return breach.fields[:1] if breach.rule is Rule.REQUIRED_WITH else breach.fields


def _is_told(form: FormDefinition, result: Completeness, breach: Breach) -> bool:
    """Whether the missing fields alone tell what a rule asks: they would be required without it."""
    missing = {name for name in result.missing if form.field(name).required}
    match breach.rule:
        case Rule.REQUIRED_WITH:
            return breach.fields[0] in missing
        case Rule.AT_LEAST:
            return all(name in missing or result.states.get(name) in _ANSWERED for name in breach.fields)
    return False


def _gaps(result: Completeness, by_rule: set[str]) -> Iterator[tuple[Gap, list[str]]]:
    """Yield the fields of each group; what a rule asks is not asked twice.

    An example is named even so: its box is full of text, and the partner would take it for answered. The same goes for
    one of which words were taken out or moved, and nothing put in.
    """
    only_moved = {name for name, words in result.own_words.items() if not words.strip()}
    missing = {state: [n for n in result.missing if result.states.get(n) is state] for state in (*State, None)}
    yield Gap.EMPTY, [name for name in missing[State.EMPTY] if name not in by_rule]
    yield Gap.EXAMPLE, [*missing[State.EXAMPLE], *only_moved]
    yield Gap.ABSENT, [name for name in missing[None] if name not in by_rule]
    partly = [name for name, state in result.states.items() if state is State.PARTLY_EXAMPLE]
    yield Gap.PARTLY, [name for name in partly if name not in only_moved]
    yield Gap.TOO_LONG, list(result.overflow)
    yield Gap.THIN, [name for name in result.thin if name not in by_rule]


def _question(form: FormDefinition, result: Completeness, name: str) -> Question:
    spec, by = form.field(name), result.too_long.get(name)
    return Question(
        name=name,
        label=spec.label,
        page=spec.page,
        text=spec.question,
        over=None if by is None else by.characters_over,
    )
