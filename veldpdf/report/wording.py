"""The words that all formats share: states, statuses, dates, and the report's own title."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from veldpdf.house_style import HouseStyle
from veldpdf.language import Catalogue
from veldpdf.merging import Participant, Question, Report
from veldpdf.messages import Message, counted
from veldpdf.model import State, Status

# A symbol beside each colour: whoever prints in black and white, or sees colours otherwise, reads the same.
SYMBOLS: Mapping[State | None, str] = MappingProxyType(
    {
        State.ANSWERED: "●",
        State.PARTLY_EXAMPLE: "◐",
        State.EXAMPLE: "○",
        State.EMPTY: "–",
        None: "✕",
    }
)

STATES: Mapping[State | None, Message] = MappingProxyType(
    {
        State.ANSWERED: Message("answered"),
        State.PARTLY_EXAMPLE: Message("partly example"),
        State.EXAMPLE: Message("only the example"),
        State.EMPTY: Message("empty"),
        None: Message("not in the file"),
    }
)

STATUSES: Mapping[Status, Message] = MappingProxyType(
    {
        Status.READ: Message("read"),
        Status.RECOVERED: Message("recovered from the printed page"),
        Status.SCAN: Message("scan: pictures without text"),
        Status.LOCKED: Message("locked with a password"),
        Status.OTHER: Message("another form"),
        Status.UNREADABLE: Message("unreadable"),
    }
)

_MONTHS = (
    Message("January"),
    Message("February"),
    Message("March"),
    Message("April"),
    Message("May"),
    Message("June"),
    Message("July"),
    Message("August"),
    Message("September"),
    Message("October"),
    Message("November"),
    Message("December"),
)


def title_of(report: Report, catalogue: Catalogue) -> str:
    """Return what the report calls itself."""
    return report.options.title.strip() or catalogue("The answers together")


def date_in_words(day: date, catalogue: Catalogue) -> str:
    """Return a date as people write it, e.g. ``14 maart 2026``."""
    return catalogue("{day} {month} {year}", day=day.day, month=_MONTHS[day.month - 1], year=day.year)


def completeness_of(participant: Participant) -> Message:
    """Return in a few words how far a partner's worksheet is."""
    if not participant.status.has_answers:
        return Message("not read")
    if participant.complete:
        return Message("complete")
    return counted("{n} question open", "{n} questions open", len(participant.missing))


def example_caption(question: Question) -> Message:
    """Return what stands above the publisher's example: what it is, and who left it."""
    if not question.example_left_by:
        return Message("The publisher's example")
    names = ", ".join(" ".join(name.split()) for name in question.example_left_by)
    return Message("The publisher's example, left standing by: {names}", names=names)


def summary_of(report: Report) -> tuple[Message, ...]:
    """Return the sentences that say how far the whole is."""
    total = len(report.participants)
    sentences = [
        counted("{n} worksheet came back.", "{n} worksheets came back.", total),
        counted("{n} is complete.", "{n} are complete.", report.complete)
        if report.complete
        else Message("None is complete yet."),
    ]
    if total > report.read:
        sentences.append(
            counted(
                "{n} could not be read; the annex says why.",
                "{n} could not be read; the annex says why.",
                total - report.read,
            )
        )
    if report.options.awaited:
        names = ", ".join(" ".join(name.split()) for name in report.options.awaited)
        sentences.append(Message("Nothing came yet from: {names}.", names=names))
    totals = _totals_of(report)
    return (*sentences, totals) if totals is not None else tuple(sentences)


def _totals_of(report: Report) -> Message | None:
    """Return how many answers are in which state, over all questions and partners; None where there are none."""
    tally = report.tally
    counts = {
        State.ANSWERED: tally.answered,
        State.PARTLY_EXAMPLE: tally.partly_example,
        State.EXAMPLE: tally.example,
        State.EMPTY: tally.empty,
        None: tally.absent,
    }
    parts = [Message("{n} {state}", n=count, state=STATES[state]) for state, count in counts.items() if count]
    if not parts:
        return None
    joined: Message = parts[0]
    for part in parts[1:]:
        joined = Message("{first}, {second}", first=joined, second=part)
    total = sum(counts.values())
    return counted("{n} question together: {parts}.", "{n} questions together: {parts}.", total, parts=joined)


def maker_of(report: Report, style: HouseStyle) -> str:
    """Return who makes the report: the municipality, else whose house style it has; empty where nobody is known."""
    return report.options.municipality.strip() or style.name
