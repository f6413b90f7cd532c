"""The annex: where each submission came from and what is to be known about it."""

from __future__ import annotations

from collections.abc import Iterator

from reportlab.platypus import CondPageBreak, Flowable

from veldpdf.merging import Participant, Report
from veldpdf.report.as_pdf.blocks import ANSWER_WIDTH, ANSWER_X, NAMED_ITEMS, heading, paragraph
from veldpdf.report.as_pdf.contents import contents_row
from veldpdf.report.as_pdf.lines import Line, set_names, set_text
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import Cell, Row, Rows
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import NAME_WIDTH
from veldpdf.report.presentation import destination_of
from veldpdf.report.wording import STATUSES, completeness_of

_REMARK_INDENT = 8.0


def annex(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield what is to be known about each submission."""
    title = book.catalogue("Annex: the returned worksheets")
    section = book.root.add("Sect")
    yield from heading(book, title, Anchor("annex", title, 0), section)
    if report.returned:
        entries = section.add("L", attributes=NAMED_ITEMS)
        yield Rows(lambda: [_row(participant, book, entries.add("LI")) for participant in report.returned])


def pages_to_come(book: Book) -> Iterator[Flowable]:
    """Yield the announcement of the pages that will be put behind the report, and where each partner's begin."""
    title = book.catalogue("Annex: the pages as they came back")
    section = book.root.add("Sect")
    yield CondPageBreak(120)
    yield from heading(book, title, Anchor("pages", title, 0), section)
    words = book.catalogue("The pages that follow are as the partners sent them, answers and all.")
    yield paragraph(words, book.styles.body, section.add("P"), after=6)
    table = section.add("TOC")
    anchors = [
        Anchor(destination_of(number), each.title, 1) for number, each in enumerate(book.following, start=1)
    ]
    yield Rows([contents_row(anchor, book, table, indent=0) for anchor in anchors])


def _row(participant: Participant, book: Book, item: Element) -> Row:
    styles = book.styles
    names = set_names([participant.name], styles.name, NAME_WIDTH, item.add("Lbl"))
    again = set_text(book.catalogue("(continued)"), styles.note, NAME_WIDTH)
    return Row(
        cells=(
            Cell(0, names, (*(line._replace(owner=None) for line in names), *again)),
            Cell(ANSWER_X, tuple(_facts(participant, book, item.add("LBody")))),
        ),
        leading=styles.table.leading,
        above=6,
        below=6,
        ruled=True,
    )


def _facts(participant: Participant, book: Book, body: Element) -> Iterator[Line]:
    """Yield the lines that stand beside a name."""
    catalogue, styles = book.catalogue, book.styles
    status = f"{catalogue(STATUSES[participant.status])}, {catalogue(completeness_of(participant))}"
    facts = [(catalogue("File: {source}", source=participant.source), styles.table), (status, styles.table)]
    if participant.missing:
        labels = "; ".join(spec.label for spec in participant.missing)
        facts.append((catalogue("Open: {questions}", questions=labels), styles.table_soft))
    if participant.shortened:
        labels = "; ".join(spec.label for spec in participant.shortened)
        words = catalogue("The example's part is left out of the answers to: {questions}", questions=labels)
        facts.append((words, styles.table_soft))
    for text, style in facts:
        yield from set_text(text, style, ANSWER_WIDTH, body.add("P"))
    remarks = [
        *map(catalogue, participant.warnings),
        *(f"{warning.question.label}: {catalogue(warning.message)}" for warning in participant.answer_warnings),
        *(catalogue("Typed on the page: {text}", text=note) for note in participant.notes),
    ]
    items = body.add("L", attributes="/O/List/ListNumbering/Disc")
    for remark in remarks:
        item = items.add("LI")
        label, owner = item.add("Lbl"), item.add("LBody")
        first, *others = set_text(remark, styles.table, ANSWER_WIDTH - _REMARK_INDENT, owner)
        yield first._replace(indent=_REMARK_INDENT + first.indent, label="• ", label_owner=label)
        yield from (line._replace(indent=_REMARK_INDENT + line.indent) for line in others)
