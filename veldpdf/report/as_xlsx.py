"""The report as an Excel workbook, for whoever wants to sort, filter and count.

Four sheets: who answered what, the same with a row for each answer, how far everybody is, and the monitoring plan.
The first shows what other formats show; the second has all that was typed, and goes on in further rows where that is
more than a cell holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from veldpdf.language import Catalogue
from veldpdf.merging import Chapter, Participant, Question, Report, Said
from veldpdf.messages import Message, counted
from veldpdf.model import State
from veldpdf.report.presentation import Presentation, Rendered
from veldpdf.report.wording import STATES, STATUSES, SYMBOLS, completeness_of, maker_of, title_of
from veldpdf.typed_text import one_line, visible
from veldpdf.workbook_writing import (
    LONGEST_TEXT,
    Cell,
    Column,
    Look,
    Properties,
    Sheet,
    pieces,
    require,
    units,
    workbook,
)

__all__ = ["render", "require"]

_NAME, _ANSWER, _SHORT = 26, 56, 14
# What goes behind a text that is cut: enough for the sentence in any language.
_ROOM_FOR_SENTENCE = 300


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as a workbook.

    Raises:
        MissingExtraError: openpyxl is not installed.
    """
    book = _Book(report, presentation.catalogue)
    sheets = [book.answers(), book.one_by_one(), book.completeness()]
    if report.plan is not None:
        sheets.append(book.plan())
    say = presentation.catalogue
    properties = Properties(
        title=one_line(title_of(report, say)),
        author=one_line(maker_of(report, presentation.style)) or "veldpdf",
        language=say.language,
        day=report.options.date,
        page_of=say("page {page} of {pages}", page="&P", pages="&N"),
        colour=presentation.style.main,
    )
    return Rendered(data=workbook(sheets, properties), warnings=tuple(book.warnings))


@dataclass(frozen=True, slots=True)
class _Typed:
    """What one partner typed to one question, in the field or beside it."""

    said: Said
    is_note: bool


class _Book:
    """The sheets of one report, and what had to be cut for them."""

    def __init__(self, report: Report, say: Catalogue) -> None:
        self._report, self._say = report, say
        self._typed: dict[tuple[str, int], list[_Typed]] = {}
        for question in report.questions:
            for entry in question.entries:
                for name, said in zip(entry.names, entry.said, strict=True):
                    self._typed.setdefault((name, question.number), []).append(_Typed(said, entry.is_note))
        self.warnings: list[Message] = []

    def answers(self) -> Sheet:
        """Return a row for each partner, with a column for each question."""
        say, questions = self._say, self._report.questions
        columns = [Column(say("Partner"), _NAME), Column(say("Worksheet"), _SHORT)]
        columns += [Column(_heading(question), _ANSWER) for question in questions]
        rows = []
        for each in self._report.participants:
            row: list[Cell | str] = [self._name(each), self._short(say(STATUSES[each.status]))]
            if each.status.has_answers:
                row += [self._answer(each, state, q) for state, q in zip(each.states, questions, strict=True)]
            rows.append(row)
        # Two questions beside each other, and what all partners say to them below: as they are read and compared.
        return Sheet(name=say("Answers"), columns=columns, rows=rows, is_upright=True)

    def _answer(self, participant: Participant, state: State | None, question: Question) -> Cell | str:
        typed = self._typed.get((participant.name, question.number), ())
        if not typed:
            aside = f"{SYMBOLS[state]} {self._say(STATES[state])}" if state is not State.EMPTY else ""
            return Cell(aside, Look.ASIDE)
        say = self._say
        note = say("typed on the page beside the field")
        text = "\n\n".join(f"[{note}]\n{each.said.text}" if each.is_note else each.said.text for each in typed)
        shown = visible(text)
        if units(shown) <= LONGEST_TEXT:
            return shown
        self.warnings.append(
            Message(
                "{partner}, question {number}: this answer is longer than a cell of Excel holds;"
                " it goes on in the rows below it on the sheet {sheet}.",
                partner=one_line(participant.name),
                number=question.number,
                sheet=Message("List"),
            )
        )
        more = say("[Cut off here: the whole text is on the sheet {sheet}.]", sheet=Message("List"))
        return f"{pieces(shown, LONGEST_TEXT - _ROOM_FOR_SENTENCE)[0]}…\n{more}"

    def one_by_one(self) -> Sheet:
        """Return a row for each answer, or each piece of one."""
        say = self._say
        columns = [
            Column(say("Partner"), _NAME),
            Column(say("Section"), 20),
            Column(say("Number"), 9),
            Column(say("Question"), 28),
            Column(say("Full question"), 36),
            Column(say("Field"), 10),
            Column(say("State"), 16),
            Column(say("Text"), 60),
            Column(say("Own words"), 40),
            Column(say("Remarks"), 36),
        ]
        read = (each for each in self._report.participants if each.status.has_answers)
        rows = [row for participant in read for row in self._rows_of(participant)]
        return Sheet(name=say("List"), columns=columns, rows=rows, pages_wide=1)

    def _rows_of(self, participant: Participant) -> Iterator[list[Cell | str | int]]:
        states = iter(participant.states)
        remarks: dict[str, list[str]] = {}
        for warning in participant.answer_warnings:
            remarks.setdefault(warning.question.name, []).append(self._say(warning.message))
        for chapter in self._report.chapters:
            for question in chapter.questions:
                about = "\n".join(remarks.get(question.spec.name, ()))
                yield from self._rows_for(participant, chapter, question, next(states), about)

    def _rows_for(
        self, participant: Participant, chapter: Chapter, question: Question, state: State | None, about: str
    ) -> Iterator[list[Cell | str | int]]:
        spec, say = question.spec, self._say
        front: list[Cell | str | int] = [
            self._name(participant),
            visible(chapter.section.title),
            question.number,
            visible(spec.label),
            visible(spec.question),
            visible(spec.name),
        ]
        in_words = say(STATES[state])
        texts = [
            (
                say("typed on the page beside the field") if typed.is_note else in_words,
                typed.said.typed,
                typed.said.text if typed.said.is_shortened else "",
            )
            for typed in self._typed.get((participant.name, question.number), ())
        ]
        if not texts:
            texts = [(in_words, question.example if state is State.EXAMPLE else "", "")]
        for place, (words, typed_text, own) in enumerate(texts):
            both = pieces(visible(typed_text)), pieces(visible(own))
            count = max(map(len, both))
            for piece in range(count):
                part = say("{state} (part {n} of {total})", state=words, n=piece + 1, total=count)
                whole, mine = (each[piece] if piece < len(each) else "" for each in both)
                shown: Cell | str = Cell(whole, Look.ASIDE) if state is State.EXAMPLE else whole
                remark = about if place == piece == 0 else ""
                yield [*front, part if count > 1 else words, shown, mine, self._short(remark)]

    def completeness(self) -> Sheet:
        """Return how far everybody is."""
        say, questions = self._say, self._report.questions
        states = tuple(STATES)
        columns = [
            Column(say("Partner"), _NAME),
            Column(say("File"), 24),
            Column(say("Worksheet"), _SHORT),
            Column(say("Complete"), _SHORT),
            *(Column(say(STATES[state]), 13) for state in states),
            Column(say("Open questions"), 40),
            *(Column(_heading(question), 18) for question in questions),
            Column(say("Remarks"), 40),
        ]
        rows = []
        for each in self._report.participants:
            tally = each.tally
            counts = (tally.answered, tally.partly_example, tally.example, tally.empty, tally.absent)
            told: list[Cell | str | int] = [
                self._name(each),
                self._short(one_line(each.source)),
                say(STATUSES[each.status]),
                say(completeness_of(each)),
                *(counts if each.status.has_answers else ("",) * len(counts)),
                self._short("; ".join(one_line(spec.label) for spec in each.missing)),
                *(
                    (f"{SYMBOLS[state]} {say(STATES[state])}" for state in each.states)
                    if each.status.has_answers
                    else ("",) * len(questions)
                ),
                self._short("\n".join(visible(say(message)) for message in each.warnings)),
            ]
            rows.append(told)
        return Sheet(name=say("Completeness"), columns=columns, rows=rows)

    def plan(self) -> Sheet:
        """Return the monitoring plan; every line says all of it, so that it can be sorted."""
        say = self._say
        columns = [
            Column(say("Partner"), _NAME),
            Column(say("Indicator or signal"), _ANSWER),
            Column(say("How often"), 30),
            Column(say("Who is responsible"), 34),
        ]
        rows: list[list[Cell | str | int]] = []
        for line in self._report.plan or ():
            name = Cell(self._short(visible(line.name)), Look.NAME)
            cells = [
                pieces(visible(self._planned(said)))
                for said in (line.indicator, line.frequency, line.responsible)
            ]
            rows += [
                [name, *(cell[at] if at < len(cell) else "" for cell in cells)]
                for at in range(max(map(len, cells)))
            ]
        return Sheet(name=say("Monitoring plan"), columns=columns, rows=rows, pages_wide=1)

    def _planned(self, said: Said) -> str:
        """Return a cell of the plan: with its mark, and a dash where nothing was said."""
        state = State.PARTLY_EXAMPLE
        mark = f"{SYMBOLS[state]} {self._say(STATES[state])}\n" if said.partly_example else ""
        return mark + (said.text if said.text.strip() else SYMBOLS[State.EMPTY])

    def _name(self, participant: Participant) -> Cell:
        return Cell(self._short(visible(participant.name)), Look.NAME)

    def _short(self, text: str) -> str:
        """Return a name or remark that fits a cell, whatever somebody typed as one."""
        parts = pieces(text)
        if len(parts) > 1:
            self.warnings.append(
                counted(
                    "A name or remark of {n} character was cut off for Excel.",
                    "A name or remark of {n} characters was cut off for Excel.",
                    len(text),
                )
            )
        return parts[0]


def _heading(question: Question) -> str:
    return f"{question.number}. {one_line(question.spec.label)} ({one_line(question.spec.name)})"
