"""The blocks that chapters are built of: headings, paragraphs, answers beside names, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import NamedTuple

from reportlab.platypus import CondPageBreak, Flowable

from veldpdf.language import Catalogue
from veldpdf.merging import Entry
from veldpdf.model import State
from veldpdf.report.as_pdf.lines import Line, set_names, set_text
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import FEWEST, Cell, Row, Rows
from veldpdf.report.as_pdf.styles import (
    BAND,
    BODY,
    GAP,
    HEADING,
    MARK,
    NAME,
    NAME_WIDTH,
    NOTE,
    TABLE_HEAD,
    TEXT_WIDTH,
    TextStyle,
)
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


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        heading: What stands above it.
        share: Its part of the width.
        repeats: Whether its first lines are shown again where a row goes on on the next page.
    """

    heading: str
    share: float
    repeats: bool = False


def paragraph(text: str, style: TextStyle, *, before: float = 0.0, after: float = 0.0, x: float = 0.0) -> Rows:
    """Return a text over the whole width."""
    lines = set_text(text, style, TEXT_WIDTH - x)
    return Rows([Row(cells=(Cell(x, lines),), leading=style.leading)], space_before=before, space_after=after)


def heading(book: Book, text: str, anchor: Anchor, *, needs: float = _ROOM_BELOW_HEADING) -> Iterable[Flowable]:
    """Yield a heading that the outline and the contents lead to.

    Args:
        book: The document.
        text: The heading.
        anchor: Where the outline puts it.
        needs: How much of what follows must stand on the same page.
    """
    row = Row(cells=(Cell(0, set_text(text, HEADING, TEXT_WIDTH)),), leading=HEADING.leading)
    yield CondPageBreak(26 + row.height + needs)
    yield Rows([row], space_before=26, space_after=8, on_draw=partial(book.mark, anchor))


def answer_rows(entry: Entry, catalogue: Catalogue) -> list[Row]:
    """Return an answer beside the names of who gave it; above it, where they are many."""
    # White lines at the end cannot be seen, but could fill pages.
    text = set_text(entry.text.rstrip(), BODY, ANSWER_WIDTH)
    mark = _mark(entry, catalogue)
    names = set_names(entry.names, NAME, NAME_WIDTH)
    if len(names) + len(mark) > max(_NAMES_BESIDE, len(text)):
        joined = set_text(", ".join(" ".join(name.split()) for name in entry.names), NAME, TEXT_WIDTH)
        above = Row(cells=(Cell(0, joined),), leading=NAME.leading, above=7, ruled=True)
        beside = Row(cells=(Cell(0, mark), Cell(ANSWER_X, text)), leading=BODY.leading, below=7)
        return [above, beside]
    again = (*names[:2], *set_text(catalogue("(continued)"), NOTE, NAME_WIDTH))
    cells = (Cell(0, (*names, *mark), again), Cell(ANSWER_X, text))
    keep = min(len(names) + len(mark), _NAMES_BESIDE)
    return [Row(cells=cells, leading=BODY.leading, above=7, below=7, keep=max(keep, FEWEST), ruled=True)]


def _mark(entry: Entry, catalogue: Catalogue) -> tuple[Line, ...]:
    """Return what to say about an answer below the names of those who gave it."""
    if entry.is_note:
        return set_text(catalogue("typed on the page beside the field"), MARK, NAME_WIDTH)
    if not entry.partly_example:
        return ()
    words = catalogue("part of the example still stands here")
    if entry.is_shortened:
        words = catalogue("partly the example; only their own words are shown")
    return set_text(f"{SYMBOLS[State.PARTLY_EXAMPLE]} {words}", MARK, NAME_WIDTH)


def table(columns: Sequence[Column], rows: Iterable[Sequence[Sequence[Line]]], style: TextStyle) -> Rows:
    """Return a table; its heading is repeated on each page.

    Args:
        columns: From left to right.
        rows: The lines of each cell, from left to right.
        style: What the leading of the cells comes from.
    """
    edges = [0.0]
    for column in columns:
        edges.append(edges[-1] + column.share * TEXT_WIDTH)
    head = tuple(
        Cell(x + 6, set_text(column.heading, TABLE_HEAD, column_width(column)))
        for x, column in zip(edges, columns, strict=False)
    )
    return Rows(
        [_table_row(edges, columns, cells, style) for cells in rows],
        header=Row(cells=head, leading=TABLE_HEAD.leading, above=5, below=5, background=BAND),
        space_before=6,
        space_after=10,
    )


def _table_row(
    edges: Sequence[float], columns: Sequence[Column], cells: Sequence[Sequence[Line]], style: TextStyle
) -> Row:
    return Row(
        cells=tuple(
            Cell(x + 6, tuple(lines), tuple(lines[:FEWEST]) if column.repeats else ())
            for x, column, lines in zip(edges, columns, cells, strict=False)
        ),
        leading=style.leading,
        above=5,
        below=5,
        keep=min(max(map(len, cells)), _KEPT_IN_TABLE),
        ruled=True,
    )


def column_width(column: Column) -> float:
    """Return how wide a line in a column may be."""
    return column.share * TEXT_WIDTH - _BETWEEN_COLUMNS
