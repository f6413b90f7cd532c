"""The summary: who said something to what, at a glance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from reportlab.platypus import CondPageBreak, Flowable

from veldpdf.merging import Bar, Chapter, Participant, Question, Report, Tally
from veldpdf.messages import Message
from veldpdf.model import State
from veldpdf.report.as_pdf.blocks import HEADS_COLUMN, HEADS_ROW, heading, paragraph
from veldpdf.report.as_pdf.canvas import ReportCanvas
from veldpdf.report.as_pdf.lines import Line, colour, draw_line, draw_lines, set_text, text_size
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import Cell, Row, Rows, Target
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import (
    BAND,
    EMPTY_BAR,
    INK,
    RULE,
    STATE_COLOURS,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    WHITE,
    Styles,
    TextStyle,
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
    section = book.root.add("Sect")
    yield from heading(book, title, Anchor("summary", title, 0), section)
    sentences = " ".join(map(catalogue, summary_of(report)))
    yield paragraph(sentences, book.styles.body, section.add("P"), after=10)
    if report.questions and report.participants:
        yield _legend(book, section.add("L"))
        yield from _matrix(report, book, section)
        yield from _chart(report, book, section)


def _legend(book: Book, items: Element) -> Rows:
    """Return what the symbols and colours mean, on as many lines as it takes."""
    style = book.styles.table_soft
    rows: list[Row] = []
    cells: list[Cell] = []
    x = 0.0
    for state, words in STATES.items():
        label = book.catalogue(words)
        width = text_size(label, style) + 14
        if x + width > TEXT_WIDTH:
            rows.append(Row(cells=tuple(cells), leading=style.leading))
            cells, x = [], 0.0
        item = items.add("LI")
        symbol = Line(0, SYMBOLS[state], book.styles.symbol(state), item.add("Lbl"))
        cells.append(Cell(x, (symbol,)))
        cells.append(Cell(x + 13, set_text(label, style, TEXT_WIDTH, item.add("LBody"))))
        x += width + 14
    return Rows([*rows, Row(cells=tuple(cells), leading=style.leading)], space_after=8)


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


def _matrix(report: Report, book: Book, section: Element) -> Iterator[Flowable]:
    questions = report.questions
    starts = {chapter.questions[0].number for chapter in report.chapters}
    parts = -(-len(questions) // _MOST_COLUMNS)
    per_part = -(-len(questions) // parts)
    for first in range(0, len(questions), per_part):
        some = questions[first : first + per_part]
        begins = frozenset(column for column, each in enumerate(some) if each.number in starts)
        grid = _Grid(some, first, begins)
        table = section.add("Table")
        header = _matrix_header(grid, book, table.add("THead").add("TR"))
        body = table.add("TBody")
        rows = [
            _matrix_row(participant, grid, book, body.add("TR"), striped=bool(index % 2))
            for index, participant in enumerate(report.participants)
        ]
        yield CondPageBreak(header.height + 40)
        yield Rows(rows, header=header, space_after=16)


def _matrix_header(grid: _Grid, book: Book, row: Element) -> Row:
    styles = book.styles
    partner = row.add("TH", attributes=HEADS_COLUMN)
    partner_lines = set_text(book.catalogue("Partner"), styles.tiny, _NAMES_WIDTH, partner)
    heads = [row.add("TH", attributes=HEADS_COLUMN) for _ in grid.questions]
    labels = [
        _two_lines(
            question.spec.label, styles.tiny, _LONGEST_LABEL, head.add("P", language=book.worksheet_language)
        )
        for question, head in zip(grid.questions, heads, strict=True)
    ]
    longest = max(text_size(line.text, styles.tiny) for lines in labels for line in lines)
    said = set_text(
        book.catalogue("answers"), styles.tiny, _COUNT_WIDTH, row.add("TH", attributes=HEADS_COLUMN)
    )

    def paint(canvas: ReportCanvas, left: float, top: float, height: float) -> None:
        foot = top - height
        draw_lines(canvas, left + 4, foot + 10, partner_lines, styles.tiny.leading)
        for column, (question, lines) in enumerate(zip(grid.questions, labels, strict=True)):
            middle = left + grid.left(column) + grid.width / 2
            number = str(question.number)
            x = middle - text_size(number, styles.tiny_number) / 2
            draw_line(canvas, (x, foot + 4), f"{number} ", styles.tiny_number, heads[column])
            canvas.saveState()
            canvas.translate(middle - styles.tiny.leading * len(lines) / 2, foot + 13)
            canvas.rotate(90)
            draw_lines(canvas, 0, 0, lines, styles.tiny.leading)
            canvas.restoreState()
        end = TEXT_WIDTH - text_size(said[0].text, styles.tiny)
        draw_lines(canvas, end, foot + 10, said, styles.tiny.leading)
        _draw_section_lines(canvas, left, top, height, grid=grid)

    return Row(cells=(), leading=0, above=longest + 18, painter=paint)


def _two_lines(text: str, style: TextStyle, width: float, owner: Element) -> tuple[Line, ...]:
    """Return the first lines of a text, the last with an ellipsis where there are more."""
    lines = set_text(" ".join(text.split()), style, width, owner)
    if len(lines) <= _LABEL_LINES:
        return lines
    # Who listens has room for all of it.
    owner.replacement = text
    rest = "".join(line.text for line in lines[_LABEL_LINES - 1 :])
    last = style.face.shortened(rest, style.size, width)
    return (*lines[: _LABEL_LINES - 1], Line(0, last, style, owner))


def _matrix_row(participant: Participant, grid: _Grid, book: Book, row: Element, *, striped: bool) -> Row:
    styles = book.styles
    name = row.add("TH", attributes=HEADS_ROW).add("P")
    cells = [Cell(4, _two_lines(participant.name, styles.matrix_name, _NAMES_WIDTH - 10, name))]
    if participant.status.has_answers:
        states = participant.states[grid.first : grid.first + len(grid.questions)]
        cells += [
            Cell(grid.left(column), (_symbol(state, grid.width, book, row.add("TD")),))
            for column, state in enumerate(states)
        ]
        count = f"{participant.tally.said}/{participant.tally.total}"
        x = TEXT_WIDTH - text_size(count, styles.matrix_name) - 2
        cells.append(Cell(x, (Line(0, count, styles.matrix_name, row.add("TD")),)))
    else:
        note = book.catalogue("not read: {reason}", reason=STATUSES[participant.status])
        room = TEXT_WIDTH - _NAMES_WIDTH
        whole = row.add("TD", attributes=f"/O/Table/ColSpan {len(grid.questions) + 1}")
        cells.append(Cell(_NAMES_WIDTH + 4, set_text(note, styles.matrix_note, room, whole)))
    return Row(
        cells=tuple(cells),
        leading=styles.matrix_name.leading,
        above=2.5,
        below=2.5,
        background=BAND if striped else "",
        painter=partial(_draw_section_lines, grid=grid) if participant.status.has_answers else None,
    )


def _symbol(state: State | None, width: float, book: Book, cell: Element) -> Line:
    """Return the symbol of a state in the middle of its column; who listens hears the state."""
    style = book.styles.symbol(state)
    owner = cell.add("Span", replacement=book.catalogue(STATES[state]))
    return Line((width - text_size(SYMBOLS[state], style)) / 2, SYMBOLS[state], style, owner)


def _draw_section_lines(canvas: ReportCanvas, left: float, top: float, height: float, *, grid: _Grid) -> None:
    """Draw the lines between the columns of one section and those of the next."""
    with canvas.content_of(None):
        canvas.setStrokeColor(colour(RULE))
        canvas.setLineWidth(0.5)
        for column in sorted(grid.starts):
            x = left + grid.left(column)
            canvas.line(x, top - height, x, top)


def _chart(report: Report, book: Book, section: Element) -> Iterator[Flowable]:
    catalogue, styles = book.catalogue, book.styles
    title = paragraph(
        catalogue("Answers to each question"), styles.subheading, section.add("H3"), before=4, after=2
    )
    table = section.add("Table")
    header = _chart_header(book, table.add("THead").add("TR"))
    body = table.add("TBody")
    rows = [row for chapter in report.chapters for row in _chart_rows(chapter, book, body)]
    height = sum(row.height for row in rows) + 24 + header.height
    # On one page if it fits on one.
    yield CondPageBreak(height if height < TEXT_HEIGHT else 120)
    yield title
    yield Rows(rows, header=header, space_after=10)


def _chart_header(book: Book, row: Element) -> Row:
    style = book.styles.tiny
    question, chart, answered = (
        set_text(book.catalogue(words), style, _BAR_X, row.add("TH", attributes=HEADS_COLUMN))
        for words in (Message("Question"), Message("Chart"), Message("answers"))
    )
    end = TEXT_WIDTH - text_size(answered[0].text, style) - 2
    return Row(
        cells=(Cell(0, question), Cell(_BAR_X, chart), Cell(end, answered)), leading=style.leading, below=2
    )


def _chart_rows(chapter: Chapter, book: Book, body: Element) -> Iterable[Row]:
    styles = book.styles
    row = body.add("TR")
    head = row.add("TH", attributes="/O/Table/Scope/Row/ColSpan 3", language=book.worksheet_language)
    title = set_text(chapter.section.title, styles.chart_head, TEXT_WIDTH, head)
    yield Row(cells=(Cell(0, title),), leading=styles.chart.leading, above=3.5)
    for question in chapter.questions:
        yield _chart_row(question, book, body.add("TR"))


def _chart_row(question: Question, book: Book, row: Element) -> Row:
    styles, spec, tally = book.styles, question.spec, question.tally
    link = row.add("TH", attributes=HEADS_ROW, language=book.worksheet_language).add("Link")
    figure = row.add("TD").add("Figure", alternative=_described(tally, book))
    number = Line(0, f"{question.number} ", styles.tiny_number, link)
    label = set_text(spec.label, styles.chart, _BAR_X - _LABEL_X - 8, link)
    count = f"{tally.said}/{tally.total}"
    x = TEXT_WIDTH - text_size(count, styles.chart) - 2
    return Row(
        cells=(
            Cell(0, (number,)),
            Cell(_LABEL_X, label),
            Cell(x, (Line(0, count, styles.chart, row.add("TD")),)),
        ),
        leading=styles.chart.leading,
        painter=partial(_draw_bar, tally=tally, figure=figure, styles=styles),
        link=Target(f"question-{question.number}", f"{question.number}. {spec.label}", link),
    )


def _described(tally: Tally, book: Book) -> str:
    """Return in words what a bar shows."""
    catalogue = book.catalogue
    parts = [f"{bar.count} {catalogue(STATES[bar.state])}" for bar in tally.bars]
    return ", ".join(parts) or catalogue("nothing")


def _draw_bar(
    canvas: ReportCanvas,
    left: float,
    top: float,
    height: float,
    *,
    tally: Tally,
    figure: Element,
    styles: Styles,
) -> None:
    y = top - height + (height - _BAR_HEIGHT) / 2
    x, bottom = canvas.absolutePosition(left + _BAR_X, y)
    box = f"{x:.2f} {bottom:.2f} {x + _BAR_WIDTH:.2f} {bottom + _BAR_HEIGHT:.2f}"
    figure.attributes = f"/O/Layout/Placement/Block/BBox[{box}]"
    with canvas.content_of(figure):
        canvas.setStrokeColor(colour(RULE))
        canvas.setLineWidth(0.5)
        canvas.rect(left + _BAR_X, y, _BAR_WIDTH, _BAR_HEIGHT, stroke=1, fill=0)
        for bar in tally.bars:
            _draw_bar_piece(canvas, left + _BAR_X, y, bar, styles)


def _draw_bar_piece(canvas: ReportCanvas, left: float, y: float, bar: Bar, styles: Styles) -> None:
    x, width = left + bar.offset / 100 * _BAR_WIDTH, bar.share / 100 * _BAR_WIDTH
    fills = {State.EMPTY: EMPTY_BAR, None: WHITE}
    pale = bar.state in fills
    canvas.setFillColor(colour(fills.get(bar.state, STATE_COLOURS[bar.state])))
    canvas.rect(x, y, width, _BAR_HEIGHT, stroke=0, fill=1)
    style = styles.bar_number._replace(colour=INK if pale else WHITE)
    number = str(bar.count)
    taken = text_size(number, style)
    if taken + 3 <= width:
        draw_line(canvas, (x + (width - taken) / 2, y + 1.8), number, style)
