"""Pages: the running header and footer, destinations, and numbers that are known only at the end.

reportlab's own way to a table of contents lays the whole document out twice or more. Here it is laid out once:
where a page number or the number of pages belongs, the page calls a form XObject (ISO 32000-2, 8.10), and that
is drawn when the last page is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from veldpdf.language import Catalogue
from veldpdf.report.as_pdf.faces import face
from veldpdf.report.as_pdf.lines import colour, draw_line, text_size
from veldpdf.report.as_pdf.styles import (
    ACCENT,
    CONTENTS,
    MARGIN_BOTTOM,
    MARGIN_SIDE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RULE,
    RUNNING,
    TEXT_HEIGHT,
    TEXT_WIDTH,
)
from veldpdf.typed_text import one_line

COVER = "cover"
INNER = "inner"
_TOTAL = "total"
# Room enough around a number, in points.
_FORM_SIZE = 200
# Stands in the sentence of the footer where the number of pages will be.
_PLACE = "\x00"


class Anchor(NamedTuple):
    """A place that the outline and the contents lead to.

    Attributes:
        key: Name of the destination.
        title: What the outline calls it.
        level: Depth in the outline, from 0.
    """

    key: str
    title: str
    level: int


@dataclass(slots=True)
class Book:
    """What is known of the document while it is drawn, and what waits for its end.

    Attributes:
        title: Of the whole document.
        running: What stands at the head of each page, left.
        catalogue: Its language.
        pages: The page on which each anchor was drawn.
        awaited: For each anchor, the names of the form XObjects that will show its page.
    """

    title: str
    running: str
    catalogue: Catalogue
    pages: dict[str, int] = field(default_factory=dict)
    awaited: dict[str, str] = field(default_factory=dict)

    def mark(self, anchor: Anchor, canvas: Canvas, top: float) -> None:
        """Make this place a destination, and give it an entry in the outline."""
        left, y = canvas.absolutePosition(0, top)
        # The zoom stays what the reader made it (ISO 32000-2, table 149: 0).
        canvas.bookmarkPage(anchor.key, fit="XYZ", left=left, top=y + 12, zoom=0)
        canvas.addOutlineEntry(one_line(anchor.title), anchor.key, anchor.level, closed=anchor.level == 0)
        self.pages[anchor.key] = canvas.getPageNumber()

    def draw_page_of(self, canvas: Canvas, key: str, x: float, baseline: float) -> None:
        """Show the page of an anchor, right-aligned at x, also if it is yet to be drawn."""
        name = self.awaited.setdefault(key, f"page-{len(self.awaited)}")
        canvas.saveState()
        canvas.translate(x, baseline)
        canvas.doForm(name)
        canvas.restoreState()

    def draw_frame(self, canvas: Canvas, _: object) -> None:
        """Draw what stands on every page around the text."""
        canvas.saveState()
        self._draw_header(canvas)
        self._draw_footer(canvas)
        canvas.restoreState()

    def _draw_header(self, canvas: Canvas) -> None:
        baseline = PAGE_HEIGHT - 15 * RUNNING.size / 8 - 26
        typeface = face(RUNNING.face)
        left = typeface.shortened(typeface.showable(self.running), RUNNING.size, TEXT_WIDTH * 0.4)
        room = TEXT_WIDTH - text_size(left, RUNNING) - 20
        right = typeface.shortened(typeface.showable(self.title), RUNNING.size, room)
        draw_line(canvas, MARGIN_SIDE, baseline, left, RUNNING)
        x = PAGE_WIDTH - MARGIN_SIDE - text_size(right, RUNNING)
        draw_line(canvas, x, baseline, right, RUNNING)
        canvas.setStrokeColor(colour(RULE))
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN_SIDE, baseline - 7, PAGE_WIDTH - MARGIN_SIDE, baseline - 7)

    def _draw_footer(self, canvas: Canvas) -> None:
        before, _ = self._footer(canvas.getPageNumber())
        baseline = MARGIN_BOTTOM - 24
        # Left-aligned, for how wide the whole will be is not known yet.
        draw_line(canvas, MARGIN_SIDE, baseline, before, RUNNING)
        canvas.translate(MARGIN_SIDE + text_size(before, RUNNING), baseline)
        canvas.doForm(_TOTAL)

    def _footer(self, page: int) -> tuple[str, str]:
        """Return what the footer says before and after the number of pages."""
        before, _, after = self.catalogue("page {page} of {total}", page=page, total=_PLACE).partition(_PLACE)
        return before, after

    def close(self, canvas: Canvas) -> None:
        """Draw all that waited for the last page."""
        total = canvas.getPageNumber()
        _form(canvas, _TOTAL, 0, str(total) + self._footer(total)[1])
        for key, name in self.awaited.items():
            number = str(self.pages.get(key, ""))
            _form(canvas, name, -face(CONTENTS.face).width(number, CONTENTS.size), number)


def _form(canvas: Canvas, name: str, x: float, text: str) -> None:
    canvas.beginForm(name, -_FORM_SIZE, -_FORM_SIZE, _FORM_SIZE, _FORM_SIZE)
    draw_line(canvas, x, 0, text, RUNNING if name == _TOTAL else CONTENTS)
    canvas.endForm()


class _Close(Flowable):
    """The end of the story."""

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - reportlab's names
        """Return that it takes no space."""
        return 0.0, 0.0

    def draw(self) -> None:
        """Draw what waited."""
        self._book.close(self.canv)


def build(book: Book, story: Sequence[Flowable], *, author: str) -> bytes:
    """Return the document as the bytes of a PDF."""
    output = BytesIO()
    frame = Frame(
        MARGIN_SIDE,
        MARGIN_BOTTOM,
        TEXT_WIDTH,
        TEXT_HEIGHT,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
        id="text",
    )
    document = BaseDocTemplate(
        output,
        pageTemplates=[
            PageTemplate(COVER, [frame], onPage=_draw_cover, autoNextPageTemplate=INNER),
            PageTemplate(INNER, [frame], onPage=book.draw_frame),
        ],
        title=one_line(book.title),
        author=one_line(author),
        creator="veldpdf",
        lang=book.catalogue.language,
        displayDocTitle=True,
        # No date and no random identifier: the same report makes the same bytes.
        invariant=1,
    )
    document.build([*story, _Close(book)])
    return output.getvalue()


def _draw_cover(canvas: Canvas, _: object) -> None:
    canvas.saveState()
    canvas.setFillColor(colour(ACCENT))
    canvas.rect(0, PAGE_HEIGHT - 10, PAGE_WIDTH, 10, stroke=0, fill=1)
    canvas.restoreState()
    canvas.showOutline()
