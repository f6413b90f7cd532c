"""The summary: who said something to what, at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable

from veldpdf.language import Catalogue
from veldpdf.merging import Bar, Chapter, Participant, Question, Report, Tally
from veldpdf.model import State
from veldpdf.report.as_pdf.blocks import heading, paragraph
from veldpdf.report.as_pdf.faces import face
from veldpdf.report.as_pdf.lines import Line, colour, draw_line, draw_lines, set_text, text_size
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import Cell, Row, Rows
from veldpdf.report.as_pdf.styles import (
    BAND,
    BAR_NUMBER,
    BODY,
    CHART,
    CHART_HEAD,
    EMPTY_BAR,
    INK,
    MATRIX_NAME,
    MATRIX_NOTE,
    RULE,
    STATE_COLOURS,
    SUBHEADING,
    TABLE,
    TABLE_SOFT,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    TINY,
    TINY_NUMBER,
    WHITE,
    TextStyle,
    symbol_style,
)
from veldpdf.report.wording import STATES, STATUSES, SYMBOLS, summary_of

# The matrix: a column of names, one for each question, one for the count.
_NAMES_WIDTH = 108.0
_COUNT_WIDTH = 30.0
_WIDEST_COLUMN = 24.0
_MOST_COLUMNS = 28
_LABEL_LINES = 2
_LONGEST_LABEL = 104.0

# The chart: number and label, the bar, the count.
_LABEL_X = 18.0
_BAR_X = 212.0
_BAR_WIDTH = 216.0
_BAR_HEIGHT = 8.4


def summary(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield the summary."""
    catalogue = book.catalogue
    title = catalogue("Summary")
    yield from heading(book, title, Anchor("summary", title, 0))
    yield paragraph(" ".join(map(catalogue, summary_of(report))), BODY, after=10)
    if report.questions and report.participants:
        yield legend(catalogue)
        yield from _matrix(report, catalogue)
        yield from _chart(report, catalogue)


def legend(catalogue: Catalogue) -> Rows:
    """Return what the symbols and colours mean, on as many lines as it takes."""
    rows: list[Row] = []
    cells: list[Cell] = []
    x = 0.0
    for state, words in STATES.items():
        label = catalogue(words)
        width = text_size(label, TABLE_SOFT) + 14
        if x + width > TEXT_WIDTH:
            rows.append(Row(cells=tuple(cells), leading=TABLE.leading))
            cells, x = [], 0.0
        cells.append(Cell(x, (Line(0, SYMBOLS[state], symbol_style(state)),)))
        cells.append(Cell(x + 13, set_text(label, TABLE_SOFT, TEXT_WIDTH)))
        x += width + 14
    return Rows([*rows, Row(cells=tuple(cells), leading=TABLE.leading)], space_after=8)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The columns of one matrix.

    Attributes:
        questions: One for each column.
        first: Index of the first one among all questions.
        starts: Indexes, among the columns, of those that begin a section.
    """

    questions: Sequence[Question]
    first: int
    starts: frozenset[int]

    @property
    def width(self) -> float:
        """How wide a column is."""
        room = TEXT_WIDTH - _NAMES_WIDTH - _COUNT_WIDTH
        return min(room / len(self.questions), _WIDEST_COLUMN)

    def left(self, column: int) -> float:
        """Return the left edge of a column."""
        return _NAMES_WIDTH + column * self.width


def _matrix(report: Report, catalogue: Catalogue) -> Iterator[Flowable]:
    questions = report.questions
    starts = {chapter.questions[0].number for chapter in report.chapters}
    parts = -(-len(questions) // _MOST_COLUMNS)
    per_part = -(-len(questions) // parts)
    for first in range(0, len(questions), per_part):
        some = questions[first : first + per_part]
        begins = frozenset(column for column, each in enumerate(some) if each.number in starts)
        grid = _Grid(some, first, begins)
        header = _matrix_header(grid, catalogue)
        rows = [
            _matrix_row(participant, grid, catalogue, striped=bool(index % 2))
            for index, participant in enumerate(report.participants)
        ]
        yield CondPageBreak(header.height + 40)
        yield Rows(rows, header=header, space_after=16)


def _matrix_header(grid: _Grid, catalogue: Catalogue) -> Row:
    labels = [_two_lines(question.spec.label, TINY, _LONGEST_LABEL) for question in grid.questions]
    longest = max(text_size(line.text, TINY) for lines in labels for line in lines)
    said = set_text(catalogue("answers"), TINY, _COUNT_WIDTH)

    def paint(canvas: Canvas, left: float, top: float, height: float) -> None:
        foot = top - height
        for column, (question, lines) in enumerate(zip(grid.questions, labels, strict=True)):
            middle = left + grid.left(column) + grid.width / 2
            canvas.saveState()
            canvas.translate(middle - TINY.leading * len(lines) / 2, foot + 13)
            canvas.rotate(90)
            draw_lines(canvas, 0, 0, lines, TINY.leading)
            canvas.restoreState()
            number = str(question.number)
            draw_line(canvas, middle - text_size(number, TINY_NUMBER) / 2, foot + 4, number, TINY_NUMBER)
        draw_lines(canvas, TEXT_WIDTH - text_size(said[0].text, TINY), foot + 10, said, TINY.leading)
        _draw_section_lines(canvas, left, top, height, grid=grid)

    return Row(cells=(), leading=0, above=longest + 18, painter=paint)


def _two_lines(text: str, style: TextStyle, width: float) -> tuple[Line, ...]:
    """Return the first lines of a text, the last with an ellipsis where there are more."""
    lines = set_text(" ".join(text.split()), style, width)
    if len(lines) <= _LABEL_LINES:
        return lines
    rest = " ".join(line.text for line in lines[_LABEL_LINES - 1 :])
    last = face(style.face).shortened(rest, style.size, width)
    return (*lines[: _LABEL_LINES - 1], Line(0, last, style))


def _matrix_row(participant: Participant, grid: _Grid, catalogue: Catalogue, *, striped: bool) -> Row:
    cells = [Cell(4, _two_lines(participant.name, MATRIX_NAME, _NAMES_WIDTH - 10))]
    if participant.status.has_answers:
        states = participant.states[grid.first : grid.first + len(grid.questions)]
        cells += [Cell(grid.left(column), (_symbol(state, grid.width),)) for column, state in enumerate(states)]
        count = f"{participant.tally.said}/{participant.tally.total}"
        cells.append(Cell(TEXT_WIDTH - text_size(count, MATRIX_NAME) - 2, (Line(0, count, MATRIX_NAME),)))
    else:
        note = catalogue("not read: {reason}", reason=STATUSES[participant.status])
        room = TEXT_WIDTH - _NAMES_WIDTH
        cells.append(Cell(_NAMES_WIDTH + 4, set_text(note, MATRIX_NOTE, room)))
    return Row(
        cells=tuple(cells),
        leading=MATRIX_NAME.leading,
        above=2.5,
        below=2.5,
        background=BAND if striped else "",
        painter=partial(_draw_section_lines, grid=grid) if participant.status.has_answers else None,
    )


def _symbol(state: State | None, width: float) -> Line:
    style = symbol_style(state)
    return Line((width - text_size(SYMBOLS[state], style)) / 2, SYMBOLS[state], style)


def _draw_section_lines(canvas: Canvas, left: float, top: float, height: float, *, grid: _Grid) -> None:
    """Draw the lines between the columns of one section and those of the next."""
    canvas.setStrokeColor(colour(RULE))
    canvas.setLineWidth(0.5)
    for column in sorted(grid.starts):
        x = left + grid.left(column)
        canvas.line(x, top - height, x, top)


def _chart(report: Report, catalogue: Catalogue) -> Iterator[Flowable]:
    title = catalogue("Answers to each question")
    rows = [row for chapter in report.chapters for row in _chart_rows(chapter)]
    height = sum(row.height for row in rows) + 24
    # On one page if it fits on one.
    yield CondPageBreak(height if height < TEXT_HEIGHT else 120)
    yield paragraph(title, SUBHEADING, before=4, after=2)
    yield Rows(rows, space_after=10)


def _chart_rows(chapter: Chapter) -> Iterable[Row]:
    title = set_text(chapter.section.title, CHART_HEAD, TEXT_WIDTH)
    yield Row(cells=(Cell(0, title),), leading=CHART.leading, above=3.5)
    for question in chapter.questions:
        number = Line(0, str(question.number), TINY_NUMBER)
        label = set_text(question.spec.label, CHART, _BAR_X - _LABEL_X - 8)
        count = f"{question.tally.said}/{question.tally.total}"
        x = TEXT_WIDTH - text_size(count, CHART) - 2
        yield Row(
            cells=(Cell(0, (number,)), Cell(_LABEL_X, label), Cell(x, (Line(0, count, CHART),))),
            leading=CHART.leading,
            painter=partial(_draw_bar, tally=question.tally),
            link=f"question-{question.number}",
        )


def _draw_bar(canvas: Canvas, left: float, top: float, height: float, *, tally: Tally) -> None:
    y = top - height + (height - _BAR_HEIGHT) / 2
    canvas.setStrokeColor(colour(RULE))
    canvas.setLineWidth(0.5)
    canvas.rect(left + _BAR_X, y, _BAR_WIDTH, _BAR_HEIGHT, stroke=1, fill=0)
    for bar in tally.bars:
        _draw_bar_piece(canvas, left + _BAR_X, y, bar)


def _draw_bar_piece(canvas: Canvas, left: float, y: float, bar: Bar) -> None:
    x, width = left + bar.offset / 100 * _BAR_WIDTH, bar.share / 100 * _BAR_WIDTH
    pale = bar.state is State.EMPTY
    canvas.setFillColor(colour(EMPTY_BAR if pale else STATE_COLOURS[bar.state]))
    canvas.rect(x, y, width, _BAR_HEIGHT, stroke=0, fill=1)
    style = BAR_NUMBER._replace(colour=INK if pale else WHITE)
    number = str(bar.count)
    taken = text_size(number, style)
    if taken + 3 <= width:
        draw_line(canvas, x + (width - taken) / 2, y + 1.8, number, style)
