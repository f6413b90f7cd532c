"""The report as a PDF: A4, to be put on the table, and tagged, to be listened to (ISO 14289-1, PDF/UA-1).

From the bottom up: `structure` is what a screen reader reads, `metadata` what the file says of itself, `packing` its
bytes; `faces` knows fonts, `canvas` draws with them and marks what it draws; `styles` measures and colours, `lines`
breaks and draws texts, `rows` is the flowable that all is made of, `pages` what surrounds the text, `blocks` the parts
that chapters share; `cover`, `contents`, `summary`, `chapters` and `annex` tell the story.
"""

from __future__ import annotations

from collections.abc import Collection

from reportlab.platypus import Flowable, PageBreak

from veldpdf.merging import Report
from veldpdf.messages import Message, counted
from veldpdf.report.as_pdf import annex, chapters
from veldpdf.report.as_pdf.blocks import heading
from veldpdf.report.as_pdf.contents import contents
from veldpdf.report.as_pdf.cover import MOST_ON_COVER, cover, partners
from veldpdf.report.as_pdf.metadata import Facts
from veldpdf.report.as_pdf.pages import Anchor, Book, build
from veldpdf.report.as_pdf.styles import styles_for
from veldpdf.report.as_pdf.summary import summary
from veldpdf.report.presentation import Presentation, Rendered
from veldpdf.report.wording import maker_of, title_of
from veldpdf.typed_text import code_point, one_line

__all__ = ["render"]


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as a PDF."""
    catalogue, options, house = presentation.catalogue, report.options, presentation.style
    author = maker_of(report, house)
    book = Book(
        facts=Facts(
            title=one_line(title_of(report, catalogue)),
            author=one_line(author),
            language=catalogue.language,
            date=options.date,
            is_all_ours=not presentation.pages_follow,
        ),
        running=author or report.form.publisher,
        catalogue=catalogue,
        styles=styles_for(house),
        worksheet_language=report.form.language if report.form.language != catalogue.language else "",
        following=presentation.following,
    )
    story: list[Flowable] = [
        *cover(report, book, house),
        PageBreak(),
        *contents(report, book, pages_follow=presentation.pages_follow),
        PageBreak(),
        *summary(report, book),
        *_partners_beyond_cover(report, book),
        PageBreak(),
        *chapters.chapters(report, book),
        *chapters.plan(report, book),
        *chapters.actions(report, book),
        *annex.annex(report, book),
        *(annex.pages_to_come(book) if presentation.pages_follow else ()),
    ]
    data = build(book, story)
    return Rendered(data=data, warnings=_warnings(book.styles.unshown))


def _warnings(unshown: Collection[str]) -> tuple[Message, ...]:
    if not unshown:
        return ()
    return (
        counted(
            "The PDF shows {n} character as its number, {such}, for no font has it.",
            "The PDF shows {n} characters as their numbers, such as {such}, for no font has them.",
            len(unshown),
            such=code_point(min(unshown)),
        ),
    )


def _partners_beyond_cover(report: Report, book: Book) -> list[Flowable]:
    if len(report.participants) <= MOST_ON_COVER:
        return []
    title = book.catalogue("Partners")
    section = book.root.add("Sect")
    return [
        PageBreak(),
        *heading(book, title, Anchor("partners", title, 0), section),
        partners(report.participants, book, section),
    ]
