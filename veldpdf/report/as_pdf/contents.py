"""The table of contents, with the page of each chapter and question, and links to them."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import Flowable

from veldpdf.merging import Report
from veldpdf.report.as_pdf.blocks import heading
from veldpdf.report.as_pdf.canvas import ReportCanvas
from veldpdf.report.as_pdf.cover import MOST_ON_COVER
from veldpdf.report.as_pdf.lines import colour, set_text, text_size
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import Cell, Row, Rows, Target
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import RULE, TEXT_WIDTH
from veldpdf.typed_text import one_line

_INDENT = 16.0
_NUMBERS_WIDTH = 40.0


def contents(report: Report, book: Book, *, pages_follow: bool) -> Iterator[Flowable]:
    """Yield the table of contents."""
    title = book.catalogue("Contents")
    section = book.root.add("Sect")
    yield from heading(book, title, Anchor("contents", title, 0), section)
    table = section.add("TOC")
    yield Rows(
        [contents_row(anchor, book, table) for anchor in _anchors(report, book, pages_follow=pages_follow)]
    )


def _anchors(report: Report, book: Book, *, pages_follow: bool) -> Iterator[Anchor]:
    """Yield what the contents list, by the keys that the chapters give their headings."""
    catalogue = book.catalogue
    yield Anchor("summary", catalogue("Summary"), 0)
    if len(report.participants) > MOST_ON_COVER:
        yield Anchor("partners", catalogue("Partners"), 0)
    for number, chapter in enumerate(report.chapters, start=1):
        yield Anchor(f"section-{number}", chapter.section.title, 0)
        for question in chapter.questions:
            yield Anchor(f"question-{question.number}", f"{question.number}. {question.spec.label}", 1)
    if report.plan is not None:
        yield Anchor("plan", catalogue("Monitoring plan"), 0)
    if report.actions is not None:
        yield Anchor("actions", catalogue("Actions"), 0)
    yield Anchor("annex", catalogue("Annex: the returned worksheets"), 0)
    if pages_follow:
        yield Anchor("pages", catalogue("Annex: the pages as they came back"), 0)


def contents_row(anchor: Anchor, book: Book, table: Element, *, indent: float = _INDENT) -> Row:
    """Return a row that tells on which page an anchor is, and leads there.

    Args:
        anchor: It may be drawn later, or stand behind the report.
        book: The document.
        table: The TOC element that the row becomes an item of.
        indent: How far each level of the outline stands to the right of the one above.
    """
    styles = book.styles
    style = styles.contents if anchor.level else styles.contents_head
    x = anchor.level * indent
    title = " ".join(one_line(anchor.title).split())
    link = table.add("TOCI").add("Reference").add("Link")
    lines = set_text(title, style, TEXT_WIDTH - _NUMBERS_WIDTH - x, link)
    end = x + text_size(lines[-1].text, style)
    # The space is for who hears the title and the page after each other.
    lines = (*lines[:-1], lines[-1]._replace(text=f"{lines[-1].text} "))

    def paint(canvas: ReportCanvas, left: float, top: float, height: float) -> None:
        baseline = top - height + 4
        with canvas.content_of(None):
            canvas.saveState()
            canvas.setStrokeColor(colour(RULE))
            canvas.setLineWidth(0.8)
            canvas.setLineCap(1)
            canvas.setDash([0.1, 4])
            canvas.line(left + end + 6, baseline, TEXT_WIDTH - 26, baseline)
            canvas.restoreState()

    def show_page(canvas: ReportCanvas, left: float, top: float, height: float) -> None:
        with canvas.content_of(link):
            book.draw_page_of(canvas, anchor.key, left + TEXT_WIDTH, top - height + 4)

    above = 0 if anchor.level else 5
    return Row(
        cells=(Cell(x, lines),),
        leading=style.leading,
        above=above,
        painter=paint,
        after=show_page,
        link=Target(anchor.key, title, link),
    )
