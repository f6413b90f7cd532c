"""The chapters of the report, from the cover to the annex."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from reportlab.platypus import CondPageBreak, Flowable, Spacer

from veldpdf.language import Catalogue
from veldpdf.merging import Participant, PlanRow, Question, Report, Said
from veldpdf.model import FieldSpec, State
from veldpdf.report.as_pdf.blocks import (
    ANSWER_WIDTH,
    ANSWER_X,
    Column,
    answer_rows,
    column_width,
    heading,
    paragraph,
    table,
)
from veldpdf.report.as_pdf.lines import Line, set_names, set_text
from veldpdf.report.as_pdf.pages import Anchor, Book
from veldpdf.report.as_pdf.rows import Cell, Row, Rows
from veldpdf.report.as_pdf.styles import (
    BAND,
    BODY,
    COVER_FACT,
    EXAMPLE,
    EXAMPLE_NAMES,
    NAME,
    NAME_WIDTH,
    NOTE,
    NUMBER,
    RULE,
    STRONG,
    SUBHEADING,
    SUBTITLE,
    TABLE,
    TABLE_MARK,
    TABLE_SOFT,
    TABLE_STRONG,
    TEXT_WIDTH,
    TITLE,
    WORDING,
)
from veldpdf.report.wording import (
    STATES,
    STATUSES,
    SYMBOLS,
    completeness_of,
    date_in_words,
    example_caption,
    summary_of,
)

# So many partners stand on the title page; more of them stand in the summary.
MOST_ON_COVER = 16
_NUMBER_WIDTH = 22.0


def cover(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield the title page: what this is, for whom, and who took part."""
    catalogue, options, form = book.catalogue, report.options, report.form
    yield Spacer(1, 84)
    if options.municipality.strip():
        yield paragraph(options.municipality, SUBTITLE, after=8)
    yield paragraph(book.title, TITLE, after=14)
    yield paragraph(form.title, STRONG._replace(size=12, leading=17))
    if form.subtitle:
        yield paragraph(form.subtitle, COVER_FACT)
    yield paragraph(catalogue("A worksheet by {publisher}", publisher=form.publisher), WORDING, after=12)
    if options.date is not None:
        yield paragraph(date_in_words(options.date, catalogue), COVER_FACT)
    yield Spacer(1, 36)
    yield paragraph(" ".join(map(catalogue, summary_of(report))), BODY, after=4)
    if 0 < len(report.participants) <= MOST_ON_COVER:
        yield partners(report.participants, catalogue)


def partners(participants: Iterable[Participant], catalogue: Catalogue) -> Rows:
    """Return the list of partners, with what came of their worksheets."""
    columns = [
        Column(catalogue("Partner"), 0.46),
        Column(catalogue("Worksheet"), 0.32),
        Column(catalogue("Complete"), 0.22),
    ]
    widths = [column_width(column) for column in columns]

    def cells(participant: Participant) -> Sequence[Sequence[Line]]:
        return (
            set_names([participant.name], TABLE_STRONG, widths[0]),
            set_text(catalogue(STATUSES[participant.status]), TABLE, widths[1]),
            set_text(catalogue(completeness_of(participant)), TABLE, widths[2]),
        )

    return table(columns, map(cells, participants), TABLE)


def chapters(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield all sections: each question with all that was said to it."""
    for number, chapter in enumerate(report.chapters, start=1):
        title = chapter.section.title
        yield from heading(book, title, Anchor(f"section-{number}", title, 0), needs=110)
        for question in chapter.questions:
            yield from _question(question, book)


def _question(question: Question, book: Book) -> Iterator[Flowable]:
    spec = question.spec
    rows = [_question_row(question.number, spec)]
    if spec.question.strip() != spec.label.strip():
        wording = set_text(spec.question, WORDING, TEXT_WIDTH - _NUMBER_WIDTH)
        rows.append(Row(cells=(Cell(_NUMBER_WIDTH, wording),), leading=WORDING.leading))
    anchor = Anchor(f"question-{question.number}", f"{question.number}. {spec.label}", 1)
    yield CondPageBreak(14 + sum(row.height for row in rows) + 70)
    yield Rows(rows, space_before=14, space_after=6, on_draw=partial(book.mark, anchor))
    said = [row for entry in question.entries for row in answer_rows(entry, book.catalogue)]
    if said:
        yield Rows(said)
    yield from _not_said(question, book.catalogue)


def _question_row(number: int, spec: FieldSpec) -> Row:
    label = set_text(spec.label, SUBHEADING, TEXT_WIDTH - _NUMBER_WIDTH)
    return Row(
        cells=(Cell(0, (Line(0, str(number), NUMBER),)), Cell(_NUMBER_WIDTH, label)),
        leading=SUBHEADING.leading,
        below=1,
    )


def _not_said(question: Question, catalogue: Catalogue) -> Iterator[Flowable]:
    """Yield the example that was left standing, and the names of all who said nothing."""
    if question.example:
        yield _example(question, catalogue)
    left_by = () if question.example else question.example_left_by
    rows = [
        *_names_row(catalogue("Only the example"), left_by),
        *_names_row(catalogue("Not answered"), question.empty_from),
        *_names_row(catalogue("Not in the returned file"), question.absent_from),
    ]
    if rows:
        yield Rows(rows, space_before=3, space_after=2)


def _example(question: Question, catalogue: Catalogue) -> Rows:
    words = catalogue(example_caption(question))
    width = TEXT_WIDTH - 20
    head = set_text(words, EXAMPLE_NAMES, width)
    text = set_text(question.example.rstrip(), EXAMPLE, width)
    row = Row(
        cells=(Cell(10, (*head, *text)),),
        leading=EXAMPLE.leading,
        above=5,
        below=6,
        background=BAND,
        bar=RULE,
    )
    return Rows([row], space_before=6, space_after=4)


def _names_row(words: str, names: Sequence[str]) -> Iterator[Row]:
    if names:
        lines = set_text(f"{words}: {_joined(names)}", NOTE, TEXT_WIDTH)
        yield Row(cells=(Cell(0, lines),), leading=NOTE.leading)


def _joined(names: Sequence[str]) -> str:
    return ", ".join(" ".join(name.split()) for name in names)


def plan(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield the monitoring plan as one table, where the worksheet asks for one."""
    if report.plan is None:
        return
    catalogue = book.catalogue
    title = catalogue("Monitoring plan")
    yield from heading(book, title, Anchor("plan", title, 0))
    if not report.plan:
        yield paragraph(catalogue("Nobody has filled this in yet."), BODY)
        return
    columns = [
        Column(catalogue("Indicator or signal"), 0.32),
        Column(catalogue("How often"), 0.21),
        Column(catalogue("Who is responsible"), 0.28),
        Column(catalogue("Partner"), 0.19, repeats=True),
    ]
    yield table(columns, [_plan_cells(rows, columns, catalogue) for rows in _spans(report.plan)], TABLE)


def _spans(rows: Sequence[PlanRow]) -> Iterator[Sequence[PlanRow]]:
    """Yield the rows that share all but their indicator."""
    for index, row in enumerate(rows):
        if row.span:
            yield rows[index : index + row.span]


def _plan_cell(said: Said, width: float, catalogue: Catalogue) -> tuple[Line, ...]:
    text = set_text(said.text.rstrip(), TABLE, width)
    if not said.partly_example:
        return text
    words = catalogue(STATES[State.PARTLY_EXAMPLE])
    return (*set_text(f"{SYMBOLS[State.PARTLY_EXAMPLE]} {words}", TABLE_MARK, width), *text)


def _plan_cells(
    rows: Sequence[PlanRow], columns: Sequence[Column], catalogue: Catalogue
) -> Sequence[Sequence[Line]]:
    widths = [column_width(column) for column in columns]
    indicators: list[Line] = []
    for row in rows:
        if indicators:
            indicators.append(Line(0, "", TABLE))
        indicators += _plan_cell(row.indicator, widths[0], catalogue)
    return (
        indicators,
        _plan_cell(rows[0].frequency, widths[1], catalogue),
        _plan_cell(rows[0].responsible, widths[2], catalogue),
        set_names([rows[0].name], TABLE_STRONG, widths[3]),
    )


def actions(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield the actions as one list, where the worksheet asks for them."""
    if report.actions is None:
        return
    catalogue = book.catalogue
    title = catalogue("Actions")
    yield from heading(book, title, Anchor("actions", title, 0))
    if not report.actions:
        yield paragraph(catalogue("Nobody has named an action yet."), BODY)
    for question, entries in report.actions_by_question:
        yield CondPageBreak(80)
        yield paragraph(question.label, SUBHEADING, before=8, after=4)
        yield Rows([row for entry in entries for row in answer_rows(entry, catalogue)])


def annex(report: Report, book: Book) -> Iterator[Flowable]:
    """Yield where each submission came from and what is to be known about it."""
    catalogue = book.catalogue
    title = catalogue("Annex: the returned worksheets")
    yield from heading(book, title, Anchor("annex", title, 0))
    if report.returned:
        yield Rows([_annex_row(participant, catalogue) for participant in report.returned])


def _annex_row(participant: Participant, catalogue: Catalogue) -> Row:
    lines = [
        *set_text(catalogue("File: {source}", source=participant.source), TABLE, ANSWER_WIDTH),
        *set_text(
            f"{catalogue(STATUSES[participant.status])}, {catalogue(completeness_of(participant))}",
            TABLE,
            ANSWER_WIDTH,
        ),
    ]
    if participant.missing:
        labels = "; ".join(spec.label for spec in participant.missing)
        lines += set_text(catalogue("Open: {questions}", questions=labels), TABLE_SOFT, ANSWER_WIDTH)
    if participant.shortened:
        labels = "; ".join(spec.label for spec in participant.shortened)
        words = catalogue("The example's part is left out of the answers to: {questions}", questions=labels)
        lines += set_text(words, TABLE_SOFT, ANSWER_WIDTH)
    for message in participant.warnings:
        lines += set_text(f"• {catalogue(message)}", TABLE, ANSWER_WIDTH)
    for warning in participant.answer_warnings:
        words = f"• {warning.question.label}: {catalogue(warning.message)}"
        lines += set_text(words, TABLE, ANSWER_WIDTH)
    for note in participant.notes:
        words = catalogue("Typed on the page: {text}", text=note)
        lines += set_text(f"• {words}", TABLE, ANSWER_WIDTH)
    names = set_names([participant.name], NAME, NAME_WIDTH)
    again = set_text(catalogue("(continued)"), NOTE, NAME_WIDTH)
    return Row(
        cells=(Cell(0, names, (*names, *again)), Cell(ANSWER_X, tuple(lines))),
        leading=TABLE.leading,
        above=6,
        below=6,
        ruled=True,
    )
