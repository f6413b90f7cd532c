"""The title page: what this is, for whom, and who took part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from reportlab.platypus import Flowable, Spacer

from veldpdf.house_style import HouseStyle
from veldpdf.merging import Participant, Report
from veldpdf.report.as_pdf.blocks import CellText, Column, name_cell, paragraph, plain_cell, table
from veldpdf.report.as_pdf.logo import LogoOnPage
from veldpdf.report.as_pdf.pages import Book
from veldpdf.report.as_pdf.rows import Rows
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.wording import STATUSES, completeness_of, date_in_words, maker_of, summary_of

# So many partners stand on the title page; more of them stand in the summary.
MOST_ON_COVER = 16
_ABOVE_TITLE = 84


def cover(report: Report, book: Book, house: HouseStyle) -> Iterator[Flowable]:
    """Yield the title page."""
    catalogue, options, form, styles = book.catalogue, report.options, report.form, book.styles
    section = book.root.add("Sect")
    taken = 0.0
    if house.logo is not None:
        logo = LogoOnPage(house.logo, section.add("Figure", alternative=house.name or catalogue("Logo")))
        taken = logo.total_height
        yield logo
    yield Spacer(1, max(_ABOVE_TITLE - taken, 24))
    maker = maker_of(report, house)
    if maker:
        yield paragraph(maker, styles.subtitle, section.add("P"), after=8)
    yield paragraph(book.facts.title, styles.title, section.add("H1"), after=14)
    worksheet = book.worksheet_language
    yield paragraph(form.title, styles.cover_form, section.add("P", language=worksheet))
    if form.subtitle:
        yield paragraph(form.subtitle, styles.cover_fact, section.add("P", language=worksheet))
    publisher = catalogue("A worksheet by {publisher}", publisher=form.publisher)
    yield paragraph(publisher, styles.wording, section.add("P"), after=12)
    if options.date is not None:
        yield paragraph(date_in_words(options.date, catalogue), styles.cover_fact, section.add("P"))
    yield Spacer(1, 36)
    yield paragraph(" ".join(map(catalogue, summary_of(report))), styles.body, section.add("P"), after=4)
    if 0 < len(report.participants) <= MOST_ON_COVER:
        yield partners(report.participants, book, section)


def partners(participants: Iterable[Participant], book: Book, parent: Element) -> Rows:
    """Return the list of partners, with what came of their worksheets."""
    catalogue, styles = book.catalogue, book.styles
    columns = [
        Column(catalogue("Partner"), 0.46, heads=True),
        Column(catalogue("Worksheet"), 0.32),
        Column(catalogue("Complete"), 0.22),
    ]

    def cells(participant: Participant) -> Sequence[CellText]:
        return (
            name_cell(participant.name, styles.table_strong),
            plain_cell(catalogue(STATUSES[participant.status]), styles.table),
            plain_cell(catalogue(completeness_of(participant)), styles.table),
        )

    return table(columns, map(cells, participants), styles.table, book, parent)
