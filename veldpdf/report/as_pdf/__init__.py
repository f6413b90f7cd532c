"""The report as a PDF: A4, to be put on the table.

Layout, from the bottom up: `faces` knows fonts, `styles` measures and colours, `lines` breaks and draws texts,
`rows` is the flowable that all is made of, `pages` what surrounds the text, `blocks` the parts that chapters
share; `contents`, `summary` and `chapters` tell the story.
"""

from __future__ import annotations

from reportlab.platypus import Flowable, PageBreak

from veldpdf.language import Catalogue
from veldpdf.merging import Report
from veldpdf.report.as_pdf import chapters
from veldpdf.report.as_pdf.contents import contents
from veldpdf.report.as_pdf.pages import Book, build
from veldpdf.report.as_pdf.summary import summary
from veldpdf.report.presentation import Presentation, Rendered
from veldpdf.report.wording import title_of

__all__ = ["render"]


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as a PDF."""
    catalogue, options = presentation.catalogue, report.options
    book = Book(
        title=title_of(report, catalogue),
        running=options.municipality.strip() or report.form.publisher,
        catalogue=catalogue,
    )
    story: list[Flowable] = [
        *chapters.cover(report, book),
        PageBreak(),
        *contents(report, book),
        PageBreak(),
        *summary(report, book),
        *_partners_beyond_cover(report, catalogue),
        PageBreak(),
        *chapters.chapters(report, book),
        *chapters.plan(report, book),
        *chapters.actions(report, book),
        *chapters.annex(report, book),
    ]
    return Rendered(data=build(book, story, author=options.municipality))


def _partners_beyond_cover(report: Report, catalogue: Catalogue) -> list[Flowable]:
    if len(report.participants) <= chapters.MOST_ON_COVER:
        return []
    return [PageBreak(), chapters.partners(report.participants, catalogue)]
