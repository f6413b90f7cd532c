"""The one flowable of the report: rows of cells that flow over pages, between any two lines if need be.

Headings, answers, tables, the matrix and the chart are all rows. A row is broken where the page is full, so an
answer of twenty pages flows; the work grows with the number of lines, whatever the number of pages.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from reportlab.platypus import Flowable

from veldpdf.report.as_pdf.canvas import ReportCanvas
from veldpdf.report.as_pdf.lines import Line, colour, draw_lines
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import RULE, TEXT_WIDTH

# No fewer lines of a row than this stand alone at the foot or the head of a page.
FEWEST = 2
# Rows up to this long are not broken at all.
_KEPT_WHOLE = 4
# To keep a line from standing alone, no more lines than this are moved to the next page.
_MOST_GIVEN_UP = 8
_BELOW_HEADER = 4.0

# Draws what is no text: gets the canvas, the left and the upper edge of the row, and its height.
Painter = Callable[[ReportCanvas, float, float, float], None]


class Target(NamedTuple):
    """Where a click on a row leads to.

    Attributes:
        key: Name of the destination.
        title: What it leads to, in words.
        element: The Link element that the row shows.
    """

    key: str
    title: str
    element: Element


class Cell(NamedTuple):
    """Lines below each other.

    Attributes:
        x: Left edge, from that of the page's text.
        lines: All of them.
        again: What to show at the head of the next page, where the row goes on and these lines do not.
    """

    x: float
    lines: tuple[Line, ...]
    again: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Cells side by side.

    Attributes:
        cells: Left to right.
        leading: From one baseline to the next, in all cells.
        above: White above the first line.
        below: White below the last.
        keep: So many lines at least stand on the page where the row begins.
        ruled: Whether a line stands on top of the row, unless it is the first on its page.
        background: Colour behind it; empty for none.
        bar: Colour of a bar at the left edge; empty for none.
        painter: Draws behind the text what is no text.
        after: Draws what is to be heard after the text.
        link: Where a click on the row leads to; None for nowhere.
    """

    cells: tuple[Cell, ...]
    leading: float
    above: float = 0.0
    below: float = 0.0
    keep: int = FEWEST
    ruled: bool = False
    background: str = ""
    bar: str = ""
    painter: Painter | None = None
    after: Painter | None = None
    link: Target | None = None

    @property
    def lines(self) -> int:
        """How many lines high it is."""
        return max((len(cell.lines) for cell in self.cells), default=0)

    def best_break(self, fit: int) -> int:
        """Return before which line to go on to the next page, where so many lines fit on this one.

        Some lines go along, so that none stands there alone, and the name that is repeated has room.
        """
        fewest = max(FEWEST, *(len(cell.again) for cell in self.cells))
        for candidate in range(fit, max(fit - _MOST_GIVEN_UP, 0), -1):
            if self.lines - self.after_blank(candidate) >= fewest:
                return candidate
        return min(fit, self.lines - FEWEST)

    def after_blank(self, line: int) -> int:
        """Return the first line, from this one, on which anything stands."""
        while line < self.lines and all(
            not cell.lines[line : line + 1] or not cell.lines[line].text for cell in self.cells
        ):
            line += 1
        return line

    @property
    def height(self) -> float:
        """How high it is, unbroken."""
        return self.above + self.lines * self.leading + self.below


class _Place(NamedTuple):
    """Between two lines: before line `line` of row `row`."""

    row: int
    line: int


class Rows(Flowable):
    """Rows below each other.

    Attributes:
        canv: What it is drawn on; reportlab sets it.
        header: Stands above the first row on each page; None for none.
        on_draw: Called with the canvas and the upper edge when the first row is drawn.
    """

    canv: ReportCanvas

    def __init__(
        self,
        rows: Sequence[Row] | Callable[[], Sequence[Row]],
        *,
        header: Row | None = None,
        space_before: float = 0.0,
        space_after: float = 0.0,
        on_draw: Callable[[ReportCanvas, float], None] | None = None,
    ) -> None:
        """Put rows below each other.

        Args:
            rows: They themselves, or what makes them when their turn comes: of a thousand partners' answers only those
                are held as lines that are being drawn.
            header: Stands above the first row on each page; None for none.
            space_before: White above, unless it stands at the head of a page.
            space_after: White below.
            on_draw: Called with the canvas and the upper edge when the first row is drawn.
        """
        super().__init__()
        self._make = rows if callable(rows) else lambda: rows
        self.header = header
        self.on_draw = on_draw
        self.spaceBefore = space_before
        self.spaceAfter = space_after
        self._start = _Place(0, 0)
        self._stop: _Place | None = None

    @cached_property
    def rows(self) -> Sequence[Row]:
        """All rows, those on other pages included."""
        return self._make()

    @cached_property
    def _tops(self) -> Sequence[float]:
        return [0.0, *accumulate(row.height for row in self.rows)]

    @property
    def _end(self) -> _Place:
        return self._stop or _Place(len(self.rows), 0)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - reportlab's names
        """Return the space it takes."""
        self.width, self.height = TEXT_WIDTH, self._header_height + self._depth(self._end)
        return self.width, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:  # noqa: ARG002, N803 - reportlab's names
        """Return it in two pieces, the first as high as fits; nothing if not even the least of it fits."""
        place = self._last_place(aH - self._header_height)
        if place == self._start:
            return []
        # White lines at the head of a page are not drawn: the end of the page stands for them.
        goes_on = place._replace(line=self.rows[place.row].after_blank(place.line)) if place.line else place
        return [self._piece(self._start, place), self._piece(goes_on, self._end)]

    def draw(self) -> None:
        """Draw it."""
        top = self.height
        if self.on_draw is not None and self._start == (0, 0):
            self.on_draw(self.canv, top)
        if self.header is not None:
            # On the first page it heads the table; on all others it only looks so.
            with nullcontext() if self._start == (0, 0) else self.canv.content_of(None):
                self._draw_row(self.header, top, 0, self.header.lines, first=True)
            top -= self._header_height
        last = self._end.row + (self._end.line > 0)
        for index in range(self._start.row, last):
            row = self.rows[index]
            begin = self._start.line if index == self._start.row else 0
            end = self._end.line if index == self._end.row else row.lines
            first = index == self._start.row and (self._start != (0, 0) or self.header is None)
            top -= self._draw_row(row, top, begin, end, first=first)

    @property
    def _header_height(self) -> float:
        if self.header is None:
            return 0.0
        # Where a row goes on, its own white above is on the page before.
        return self.header.height + (_BELOW_HEADER if self._start.line else 0.0)

    def _depth(self, place: _Place) -> float:
        """Return how far a place lies below the start."""
        return self._top(place) - self._top(self._start)

    def _top(self, place: _Place) -> float:
        if not place.line:
            return self._tops[place.row]
        row = self.rows[place.row]
        return self._tops[place.row] + row.above + place.line * row.leading

    def _last_place(self, room: float) -> _Place:
        """Return the last place before the room is used up; the start if there is none."""
        index = self._start.row
        while self._depth(_Place(index + 1, 0)) <= room:
            index += 1
        row = self.rows[index]
        begin = self._start.line if index == self._start.row else 0
        fit = int((room - self._depth(_Place(index, 0)) - row.above) / row.leading) if row.leading else 0
        fit = row.best_break(fit)
        if row.lines <= _KEPT_WHOLE or fit - begin < (FEWEST if begin else row.keep):
            return _Place(index, 0) if index > self._start.row else self._start
        return _Place(index, fit)

    def _piece(self, start: _Place, end: _Place) -> Rows:
        piece = Rows(self.rows, header=self.header, on_draw=self.on_draw)
        piece._tops = self._tops
        piece._start, piece._stop = start, end
        if start == self._start:
            piece.spaceBefore = self.spaceBefore
        if end == self._end:
            piece.spaceAfter = self.spaceAfter
        return piece

    def _draw_row(self, row: Row, top: float, begin: int, end: int, *, first: bool) -> float:
        """Draw lines `begin` to `end` of a row, and return how high that is."""
        above = 0.0 if begin else row.above
        below = row.below if end == row.lines else 0.0
        height = above + (end - begin) * row.leading + below
        self._draw_ground(row, top, height, first=first)
        for cell in row.cells:
            lines = cell.lines[begin:end]
            if begin and not lines:
                lines = cell.again[: end - begin]
            if lines:
                draw_lines(self.canv, cell.x, top - above, lines, row.leading)
        if end < row.lines:
            return height
        if row.after is not None:
            row.after(self.canv, 0.0, top, height)
        if row.link is not None:  # one annotation, wherever the row began (ISO 14289-1, 7.18.5)
            rectangle = (0, top - height, TEXT_WIDTH, top)
            self.canv.link_to(row.link.element, row.link.key, row.link.title, rectangle)
        return height

    def _draw_ground(self, row: Row, top: float, height: float, *, first: bool) -> None:
        """Draw all of a row but its text."""
        canvas = self.canv
        if row.background or row.bar or (row.ruled and not first):
            with canvas.content_of(None):
                for fill, width in ((row.background, TEXT_WIDTH), (row.bar, 2.5)):
                    if fill:
                        canvas.setFillColor(colour(fill))
                        canvas.rect(0, top - height, width, height, stroke=0, fill=1)
                if row.ruled and not first:
                    canvas.setStrokeColor(colour(RULE))
                    canvas.setLineWidth(0.5)
                    canvas.line(0, top, TEXT_WIDTH, top)
        if row.painter is not None:
            row.painter(canvas, 0.0, top, height)
