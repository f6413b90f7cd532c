"""The blocks that chapters are built of: headings, paragraphs, answers beside names, tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import NamedTuple

from reportlab.platypus import CondPageBreak, Flowable

from veldpdf.merging import Entry
from veldpdf.model import State
from veldpdf.report.as_pdf.lines import Line, set_names, set_text, set_typed
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import FEWEST, Cell, Row, Rows
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import BAND, GAP, NAME_WIDTH, TEXT_WIDTH, TextStyle
from veldpdf.report.wording import SYMBOLS

ANSWER_X = NAME_WIDTH + GAP
ANSWER_WIDTH = TEXT_WIDTH - ANSWER_X
# So many lines of names may stand beside an answer; more of them stand above it.
_NAMES_BESIDE = 8
# A row of a table up to about this long goes to the next page whole.
_KEPT_IN_TABLE = 12
# What must fit below a heading, or it goes to the next page.
_ROOM_BELOW_HEADING = 60.0
_BETWEEN_COLUMNS = 10.0

# What a header cell says of itself (ISO 32000-2, table 384).
HEADS_COLUMN = "/O/Table/Scope/Column"
HEADS_ROW = "/O/Table/Scope/Row"
# What a list says of itself whose labels are no numbers, though a name may begin with one (table 382).
NAMED_ITEMS = "/O/List/ListNumbering/None"

# Sets a text in a cell of a table: gets the element of the cell, and the width.
CellText = Callable[[Element, float], tuple[Line, ...]]


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        heading: What stands above it.
        share: Its part of the width.
        repeats: Whether its first lines are shown again where a row goes on on the next page.
        heads: Whether its cells say what their rows are about.
    """

    heading: str
    share: float
    repeats: bool = False
    heads: bool = False


def paragraph(
    text: str, style: TextStyle, owner: Element, *, before: float = 0.0, after: float = 0.0, x: float = 0.0
) -> Rows:
    """Return a text over the whole width; it belongs to one element."""
    lines = set_text(text, style, TEXT_WIDTH - x, owner)
    return Rows([Row(cells=(Cell(x, lines),), leading=style.leading)], space_before=before, space_after=after)


def heading(
    book: Book, text: str, anchor: Anchor, section: Element, *, needs: float = _ROOM_BELOW_HEADING
) -> Iterable[Flowable]:
    """Yield a heading that the outline and the contents lead to.

    Args:
        book: The document.
        text: The heading.
        anchor: Where the outline puts it.
        section: The element that it heads.
        needs: How much of what follows must stand on the same page.
    """
    style = book.styles.heading
    lines = set_text(text, style, TEXT_WIDTH, section.add("H2"))
    row = Row(cells=(Cell(0, lines),), leading=style.leading)
    yield CondPageBreak(26 + row.height + needs)
    yield Rows([row], space_before=26, space_after=8, on_draw=partial(book.mark, anchor))


def answer_rows(entry: Entry, book: Book, answers: Element) -> list[Row]:
    """Return an answer beside the names of who gave it; above it, where they are many.

    Args:
        entry: The answer.
        book: The document.
        answers: The list that it becomes an item of: the names are its label.
    """
    styles = book.styles
    item = answers.add("LI")
    label, body = item.add("Lbl"), item.add("LBody", language=book.worksheet_language)
    beside = set_names(entry.names, styles.name, NAME_WIDTH, label)
    mark = _mark(entry, book, label)
    text = set_typed(entry.text, styles.body, ANSWER_WIDTH, body)
    if len(beside) + len(mark) > max(_NAMES_BESIDE, len(text)):
        names = ", ".join(" ".join(name.split()) for name in entry.names)
        joined = set_text(names, styles.name, TEXT_WIDTH, label)
        above = Row(cells=(Cell(0, joined),), leading=styles.name.leading, above=7, ruled=True)
        below = Row(cells=(Cell(0, mark), Cell(ANSWER_X, text)), leading=styles.body.leading, below=7)
        return [above, below]
    again = _untagged((*beside[:2], *set_text(book.catalogue("(continued)"), styles.note, NAME_WIDTH)))
    cells = (Cell(0, (*beside, *mark), again), Cell(ANSWER_X, text))
    keep = min(len(beside) + len(mark), _NAMES_BESIDE)
    return [Row(cells=cells, leading=styles.body.leading, above=7, below=7, keep=max(keep, FEWEST), ruled=True)]


def _untagged(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return lines that are shown again: a reader hears them once."""
    return tuple(line._replace(owner=None, label_owner=None) for line in lines)


def _mark(entry: Entry, book: Book, label: Element) -> tuple[Line, ...]:
    """Return what to say about an answer below the names of those who gave it."""
    catalogue, style = book.catalogue, book.styles.mark
    if entry.is_note:
        words = catalogue("typed on the page beside the field")
        return set_text(words, style, NAME_WIDTH, label.add("Span"))
    if not entry.partly_example:
        return ()
    words = catalogue("part of the example still stands here")
    if entry.is_shortened:
        words = catalogue("partly the example; only their own words are shown")
    shown = f"{SYMBOLS[State.PARTLY_EXAMPLE]} {words}"
    return set_text(shown, style, NAME_WIDTH, label.add("Span", replacement=words))


def table(
    columns: Sequence[Column], rows: Iterable[Sequence[CellText]], style: TextStyle, book: Book, parent: Element
) -> Rows:
    """Return a table; its heading is repeated on each page.

    Args:
        columns: From left to right.
        rows: What sets each cell, from left to right.
        style: What the leading of the cells comes from.
        book: The document.
        parent: What the table stands in.
    """
    element = parent.add("Table")
    edges = [0.0]
    for column in columns:
        edges.append(edges[-1] + column.share * TEXT_WIDTH)
    head_style = book.styles.table_head
    titles = element.add("THead").add("TR")
    head = tuple(
        Cell(
            x + 6,
            set_text(
                column.heading, head_style, column_width(column), titles.add("TH", attributes=HEADS_COLUMN)
            ),
        )
        for x, column in zip(edges, columns, strict=False)
    )
    body = element.add("TBody")
    return Rows(
        [_table_row(edges, columns, cells, style, body.add("TR")) for cells in rows],
        header=Row(cells=head, leading=head_style.leading, above=5, below=5, background=BAND),
        space_before=6,
        space_after=10,
    )


def _table_row(
    edges: Sequence[float],
    columns: Sequence[Column],
    cells: Sequence[CellText],
    style: TextStyle,
    element: Element,
) -> Row:
    made: list[Cell] = []
    for x, column, cell in zip(edges, columns, cells, strict=False):
        owner = element.add("TH", attributes=HEADS_ROW) if column.heads else element.add("TD")
        lines = cell(owner, column_width(column))
        made.append(Cell(x + 6, lines, _untagged(lines[:FEWEST]) if column.repeats else ()))
    return Row(
        cells=tuple(made),
        leading=style.leading,
        above=5,
        below=5,
        keep=min(max(len(cell.lines) for cell in made), _KEPT_IN_TABLE),
        ruled=True,
    )


def column_width(column: Column) -> float:
    """Return how wide a line in a column may be."""
    return column.share * TEXT_WIDTH - _BETWEEN_COLUMNS


def plain_cell(text: str, style: TextStyle) -> CellText:
    """Return what sets a text of our own."""

    def cell(owner: Element, width: float) -> tuple[Line, ...]:
        return set_text(text, style, width, owner)

    return cell


def name_cell(name: str, style: TextStyle) -> CellText:
    """Return what sets a name."""

    def cell(owner: Element, width: float) -> tuple[Line, ...]:
        return set_names([name], style, width, owner)

    return cell
