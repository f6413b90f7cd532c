"""The chapters of the report that hold what partners said: sections with their questions, the plan, the actions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from reportlab.platypus import CondPageBreak, Flowable

from veldpdf.merging import Entry, PlanRow, Question, Report, Said
from veldpdf.model import FieldSpec, State
from veldpdf.report.as_pdf.blocks import (
    NAMED_ITEMS,
    CellText,
    Column,
    answer_rows,
    heading,
    name_cell,
    paragraph,
    table,
)
from veldpdf.report.as_pdf.lines import Line, set_text, set_typed
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import Cell, Row, Rows
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import BAND, RULE, TEXT_HEIGHT, TEXT_WIDTH
from veldpdf.report.wording import STATES, SYMBOLS, example_caption

_NUMBER_WIDTH = 22.0
_EXAMPLE_INDENT = 10.0
# White above a question, and how much of what was said to it must stand below its wording.
_ABOVE_QUESTION, _BEGINNING = 14.0, 70.0
# Wording that is longer than this is not kept together.
_MOST_KEPT = TEXT_HEIGHT / 2


def chapters(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield all sections: each question with all that was said to it."""
    for number, chapter in enumerate(report.chapters, start=1):
        title = chapter.section.title
        section = book.root.add("Sect", language=book.worksheet_language)
        needs = _room_for(chapter.questions[0], book)
        yield from heading(book, title, Anchor(f"section-{number}", title, 0), section, needs=needs)
        for question in chapter.questions:
            yield from _question(question, book, section.add("Sect"))


def _room_for(question: Question, book: Book) -> float:
    """Return how much of a question must stand on one page: its wording, and the beginning of what was said."""
    rows = _question_rows(question, book, Element("Sect"))
    return min(_ABOVE_QUESTION + sum(row.height for row in rows) + _BEGINNING, _MOST_KEPT)


def _question(question: Question, book: Book, section: Element) -> Iterator[Flowable]:
    rows = _question_rows(question, book, section)
    height = _ABOVE_QUESTION + sum(row.height for row in rows) + _BEGINNING
    anchor = Anchor(f"question-{question.number}", f"{question.number}. {question.spec.label}", 1)
    yield CondPageBreak(min(height, _MOST_KEPT))
    yield Rows(rows, space_before=_ABOVE_QUESTION, space_after=6, on_draw=partial(book.mark, anchor))
    if question.entries:
        answers = section.add("L", language=_ours(book), attributes=NAMED_ITEMS)
        yield Rows(partial(_answers, question.entries, book, answers))
    yield from _not_said(question, book, section)


def _question_rows(question: Question, book: Book, section: Element) -> list[Row]:
    """Return the label of a question and its full wording."""
    spec = question.spec
    rows = [_question_row(question.number, spec, book, section.add("H3"))]
    if spec.question.strip() != spec.label.strip():
        style = book.styles.wording
        wording = set_typed(spec.question, style, TEXT_WIDTH - _NUMBER_WIDTH, section)
        rows.append(Row(cells=(Cell(_NUMBER_WIDTH, wording),), leading=style.leading))
    return rows


def _answers(entries: Sequence[Entry], book: Book, answers: Element) -> Sequence[Row]:
    return [row for entry in entries for row in answer_rows(entry, book, answers)]


def _ours(book: Book) -> str:
    """Return the language of our own words within the worksheet's; empty where they are the same."""
    return book.facts.language if book.worksheet_language else ""


def _question_row(number: int, spec: FieldSpec, book: Book, title: Element) -> Row:
    styles = book.styles
    label = set_text(spec.label, styles.subheading, TEXT_WIDTH - _NUMBER_WIDTH, title)
    return Row(
        # The space is for who hears the number and the label after each other.
        cells=(Cell(0, (Line(0, f"{number} ", styles.number, title),)), Cell(_NUMBER_WIDTH, label)),
        leading=styles.subheading.leading,
        below=1,
    )


def _not_said(question: Question, book: Book, section: Element) -> Iterator[Flowable]:
    """Yield the example that was left standing, and the names of all who said nothing."""
    if question.example:
        yield _example(question, book, section.add("Div"))
    left_by = () if question.example else question.example_left_by
    catalogue = book.catalogue
    rows = [
        *_names_row(catalogue("Only the example"), left_by, book, section),
        *_names_row(catalogue("Not answered"), question.empty_from, book, section),
        *_names_row(catalogue("Not in the returned file"), question.absent_from, book, section),
    ]
    if rows:
        yield Rows(rows, space_before=3, space_after=2)


def _example(question: Question, book: Book, element: Element) -> Rows:
    styles = book.styles
    width = TEXT_WIDTH - 2 * _EXAMPLE_INDENT
    caption = element.add("P", language=_ours(book))
    head = set_text(book.catalogue(example_caption(question)), styles.example_names, width, caption)
    text = set_typed(question.example, styles.example, width, element.add("BlockQuote"))
    row = Row(
        cells=(Cell(_EXAMPLE_INDENT, (*head, *text)),),
        leading=styles.example.leading,
        above=5,
        below=6,
        background=BAND,
        bar=RULE,
    )
    return Rows([row], space_before=6, space_after=4)


def _names_row(words: str, names: Sequence[str], book: Book, section: Element) -> Iterator[Row]:
    if names:
        style = book.styles.note
        joined = ", ".join(" ".join(name.split()) for name in names)
        lines = set_text(f"{words}: {joined}", style, TEXT_WIDTH, section.add("P", language=_ours(book)))
        yield Row(cells=(Cell(0, lines),), leading=style.leading)


def plan(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield the monitoring plan as one table, where the worksheet asks for one."""
    if report.plan is None:
        return
    catalogue, styles = book.catalogue, book.styles
    title = catalogue("Monitoring plan")
    section = book.root.add("Sect")
    yield from heading(book, title, Anchor("plan", title, 0), section)
    if not report.plan:
        yield paragraph(catalogue("Nobody has filled this in yet."), styles.body, section.add("P"))
        return
    columns = [
        Column(catalogue("Indicator or signal"), 0.32),
        Column(catalogue("How often"), 0.21),
        Column(catalogue("Who is responsible"), 0.28),
        Column(catalogue("Partner"), 0.19, repeats=True, heads=True),
    ]
    rows = (_plan_cells(rows, book) for rows in _spans(report.plan))
    yield table(columns, rows, styles.table, book, section)


def _spans(rows: Sequence[PlanRow]) -> Iterator[Sequence[PlanRow]]:
    """Yield the rows that share all but their indicator."""
    for index, row in enumerate(rows):
        if row.span:
            yield rows[index : index + row.span]


def _plan_cells(rows: Sequence[PlanRow], book: Book) -> Sequence[CellText]:
    first = rows[0]
    return (
        _said_cell([row.indicator for row in rows], book),
        _said_cell([first.frequency], book),
        _said_cell([first.responsible], book),
        name_cell(first.name, book.styles.table_strong),
    )


def _said_cell(texts: Sequence[Said], book: Book) -> CellText:
    """Return what sets some answers below each other, a white line between them."""

    def cell(owner: Element, width: float) -> tuple[Line, ...]:
        owner.language = book.worksheet_language
        lines: list[Line] = []
        for said in texts:
            if lines:
                lines.append(Line(0, "", book.styles.table))
            lines += _said_lines(said, width, book, owner)
        return tuple(lines)

    return cell


def _said_lines(said: Said, width: float, book: Book, owner: Element) -> Iterator[Line]:
    if said.partly_example:
        words = book.catalogue(STATES[State.PARTLY_EXAMPLE])
        mark = owner.add("P", language=_ours(book), replacement=words)
        yield from set_text(f"{SYMBOLS[State.PARTLY_EXAMPLE]} {words}", book.styles.table_mark, width, mark)
    if said.text.strip():
        yield from set_typed(said.text, book.styles.table, width, owner)
    else:
        yield from set_text(SYMBOLS[State.EMPTY], book.styles.table_soft, width, owner)


def actions(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield the actions as one list, where the worksheet asks for them."""
    if report.actions is None:
        return
    catalogue, styles = book.catalogue, book.styles
    title = catalogue("Actions")
    section = book.root.add("Sect")
    yield from heading(book, title, Anchor("actions", title, 0), section)
    if not report.actions:
        yield paragraph(catalogue("Nobody has named an action yet."), styles.body, section.add("P"))
    for question, entries in report.actions_by_question:
        yield CondPageBreak(80)
        label = section.add("H3", language=book.worksheet_language)
        yield paragraph(question.label, styles.subheading, label, before=8, after=4)
        answers = section.add("L", attributes=NAMED_ITEMS)
        yield Rows(partial(_answers, entries, book, answers))
