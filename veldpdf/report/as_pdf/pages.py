"""Pages: the running header and footer, destinations, and numbers that are known only at the end.

reportlab's own way to a table of contents lays the whole document out twice or more. Here it is laid out once:
where a page number or the number of pages belongs, the page calls a form XObject (ISO 32000-2, 8.10), and that
is drawn when the last page is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, NamedTuple

from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from veldpdf.language import Catalogue
from veldpdf.report.as_pdf.canvas import ReportCanvas
from veldpdf.report.as_pdf.lines import colour, draw_line, text_size
from veldpdf.report.as_pdf.metadata import Facts
from veldpdf.report.as_pdf.packing import Raw
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import (
    MARGIN_BOTTOM,
    MARGIN_SIDE,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    RULE,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    Styles,
    TextStyle,
)
from veldpdf.report.presentation import Following, destination_of
from veldpdf.typed_text import one_line

COVER = "cover"
INNER = "inner"
_TOTAL = "total"
# Room enough around a number, in points.
_FORM_SIZE = 200
# Stands in the sentence of the footer where the number of pages will be.
_PLACE = "\x00"
# Heights of the bands on the title page.
_BAND, _STRIPE = 10, 4


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
        facts: What it says of itself.
        running: What stands at the head of each page, left.
        catalogue: Its language.
        styles: How its texts are set.
        worksheet_language: That of the worksheet's text and of the answers, where it is another; else empty.
        root: The element that all others stand in.
        pages: The page on which each anchor was drawn.
        awaited: For each anchor, the names of the form XObjects that will show its page.
        following: The pages that will be put behind the report.
    """

    facts: Facts
    running: str
    catalogue: Catalogue
    styles: Styles
    worksheet_language: str = ""
    root: Element = field(default_factory=lambda: Element("Document"))
    pages: dict[str, int] = field(default_factory=dict)
    awaited: dict[str, str] = field(default_factory=dict)
    following: tuple[Following, ...] = ()

    def mark(self, anchor: Anchor, canvas: ReportCanvas, top: float) -> None:
        """Make this place a destination, and give it an entry in the outline."""
        left, y = canvas.absolutePosition(0, top)
        # The zoom stays what the reader made it (ISO 32000-2, table 149: 0).
        canvas.bookmarkPage(anchor.key, fit="XYZ", left=left, top=y + 12, zoom=0)
        canvas.addOutlineEntry(one_line(anchor.title), anchor.key, anchor.level, closed=anchor.level == 0)
        self.pages[anchor.key] = canvas.getPageNumber()

    def draw_page_of(self, canvas: ReportCanvas, key: str, x: float, baseline: float) -> None:
        """Show the page of an anchor, right-aligned at x, also if it is yet to be drawn."""
        name = self.awaited.setdefault(key, f"page-{len(self.awaited)}")
        canvas.saveState()
        canvas.translate(x, baseline)
        canvas.doForm(name)
        canvas.restoreState()

    def draw_frame(self, canvas: Any, _: object) -> None:
        """Draw what stands on every page around the text."""
        canvas.saveState()
        with canvas.page_furniture("Header"):
            self._draw_header(canvas)
        with canvas.page_furniture("Footer"):
            self._draw_footer(canvas)
        canvas.restoreState()

    def _draw_header(self, canvas: ReportCanvas) -> None:
        style = self.styles.running
        baseline = PAGE_HEIGHT - 15 * style.size / 8 - 26
        left = style.face.shortened(style.face.showable(self.running), style.size, TEXT_WIDTH * 0.4)
        room = TEXT_WIDTH - text_size(left, style) - 20
        right = style.face.shortened(style.face.showable(self.facts.title), style.size, room)
        draw_line(canvas, (MARGIN_SIDE, baseline), left, style)
        draw_line(canvas, (PAGE_WIDTH - MARGIN_SIDE - text_size(right, style), baseline), right, style)
        canvas.setStrokeColor(colour(RULE))
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN_SIDE, baseline - 7, PAGE_WIDTH - MARGIN_SIDE, baseline - 7)

    def _draw_footer(self, canvas: ReportCanvas) -> None:
        style = self.styles.running
        before, _ = self._footer(canvas.getPageNumber())
        baseline = MARGIN_BOTTOM - 24
        # Left-aligned, for how wide the whole will be is not known yet.
        draw_line(canvas, (MARGIN_SIDE, baseline), before, style)
        canvas.translate(MARGIN_SIDE + text_size(before, style), baseline)
        canvas.doForm(_TOTAL)

    def draw_cover(self, canvas: Any, _: object) -> None:
        """Draw what stands on the title page around the text: bands in the colours of the house."""
        canvas.saveState()
        with canvas.content_of(None):
            canvas.setFillColor(colour(self.styles.main))
            canvas.rect(0, PAGE_HEIGHT - _BAND, PAGE_WIDTH, _BAND, stroke=0, fill=1)
            if self.styles.second != self.styles.main:
                canvas.setFillColor(colour(self.styles.second))
                canvas.rect(0, PAGE_HEIGHT - _BAND - _STRIPE, PAGE_WIDTH, _STRIPE, stroke=0, fill=1)
        canvas.restoreState()
        canvas.showOutline()

    def _footer(self, page: int) -> tuple[str, str]:
        """Return what the footer says before and after the number of pages."""
        before, _, after = self.catalogue("page {page} of {total}", page=page, total=_PLACE).partition(_PLACE)
        return before, after

    def close(self, canvas: ReportCanvas) -> None:
        """Draw all that waited for the last page."""
        total = canvas.getPageNumber()
        for index, each in enumerate(self.following, start=1):
            key = destination_of(index)
            self.pages[key] = total + 1
            _lead_behind(canvas, key)
            total += each.pages
        _form(canvas, _TOTAL, 0, str(total) + self._footer(total)[1], self.styles.running)
        style = self.styles.contents
        for key, name in self.awaited.items():
            number = str(self.pages.get(key, ""))
            _form(canvas, name, -style.face.width(number, style.size), number, style)


def _form(canvas: ReportCanvas, name: str, x: float, text: str, style: TextStyle) -> None:
    canvas.beginForm(name, -_FORM_SIZE, -_FORM_SIZE, _FORM_SIZE, _FORM_SIZE)
    # What it shows is marked where it is called.
    with canvas.unmarked():
        draw_line(canvas, (x, 0), text, style)
    canvas.endForm()


def _lead_behind(canvas: ReportCanvas, key: str) -> None:
    """Have links lead to a destination by name (12.3.2.4): whoever puts the pages behind the report makes it."""
    destination = canvas._bookmarkReference(key)  # noqa: SLF001 - reportlab knows destinations on its own pages only
    destination.fmt, destination.page = Raw(f"/{key}".encode()), key


class _Close(Flowable):
    """The end of the story."""

    canv: ReportCanvas

    def __init__(self, book: Book) -> None:
        super().__init__()
        self._book = book

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: ARG002, N803 - reportlab's names
        """Return that it takes no space."""
        return 0.0, 0.0

    def draw(self) -> None:
        """Draw what waited."""
        self._book.close(self.canv)


def build(book: Book, story: list[Flowable]) -> bytes:
    """Return the document as the bytes of a PDF; the story is empty afterwards."""
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

    def canvas_for(*args: Any, **kwargs: Any) -> ReportCanvas:
        canvas = ReportCanvas(*args, **kwargs)
        canvas.root, canvas.facts = book.root, book.facts
        return canvas

    document = BaseDocTemplate(
        output,
        pageTemplates=[
            PageTemplate(COVER, [frame], onPage=book.draw_cover, autoNextPageTemplate=INNER),
            PageTemplate(INNER, [frame], onPage=book.draw_frame),
        ],
        lang=book.facts.language,
        displayDocTitle=True,
        # Left to `packing`: reportlab would write compressed pages as ASCII, a quarter longer.
        pageCompression=0,
        # No date and no random identifier: the same report makes the same bytes.
        invariant=1,
    )
    story.append(_Close(book))
    # reportlab takes from the story what it has drawn: nobody else may keep it.
    document.build(story, canvasmaker=canvas_for)
    return output.getvalue()
