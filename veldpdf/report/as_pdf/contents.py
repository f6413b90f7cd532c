"""The table of contents, with the page of each chapter and question, and links to them."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from veldpdf.merging import Report
from veldpdf.report.as_pdf.blocks import heading
from veldpdf.report.as_pdf.lines import colour, set_text, text_size
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import Cell, Row, Rows
from veldpdf.report.as_pdf.styles import CONTENTS, CONTENTS_HEAD, RULE, TEXT_WIDTH

_INDENT = 16.0
_NUMBERS_WIDTH = 40.0


def contents(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield the table of contents."""
    title = book.catalogue("Contents")
    yield from heading(book, title, Anchor("contents", title, 0))
    yield Rows([_row(anchor, book) for anchor in _anchors(report, book)])


def _anchors(report: Report, book: Book) -> Iterator[Anchor]:
    """Yield what the contents list, by the keys that the chapters give their headings."""
    catalogue = book.catalogue
    yield Anchor("summary", catalogue("Summary"), 0)
    for number, chapter in enumerate(report.chapters, start=1):
        yield Anchor(f"section-{number}", chapter.section.title, 0)
        for question in chapter.questions:
            yield Anchor(f"question-{question.number}", f"{question.number}. {question.spec.label}", 1)
    if report.plan is not None:
        yield Anchor("plan", catalogue("Monitoring plan"), 0)
    if report.actions is not None:
        yield Anchor("actions", catalogue("Actions"), 0)
    yield Anchor("annex", catalogue("Annex: the returned worksheets"), 0)


def _row(anchor: Anchor, book: Book) -> Row:
    style = CONTENTS if anchor.level else CONTENTS_HEAD
    x = anchor.level * _INDENT
    lines = set_text(" ".join(anchor.title.split()), style, TEXT_WIDTH - _NUMBERS_WIDTH - x)
    end = x + text_size(lines[-1].text, style)

    def paint(canvas: Canvas, left: float, top: float, height: float) -> None:
        baseline = top - height + 4
        canvas.saveState()
        canvas.setStrokeColor(colour(RULE))
        canvas.setLineWidth(0.8)
        canvas.setLineCap(1)
        canvas.setDash([0.1, 4])
        canvas.line(left + end + 6, baseline, TEXT_WIDTH - 26, baseline)
        canvas.restoreState()
        book.draw_page_of(canvas, anchor.key, TEXT_WIDTH, baseline)

    above = 0 if anchor.level else 5
    return Row(cells=(Cell(x, lines),), leading=style.leading, above=above, painter=paint, link=anchor.key)
