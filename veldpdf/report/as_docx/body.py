"""The text of the Word document: title page, contents, summary, questions with their answers, plan, actions, annex."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count

from veldpdf.merging import Chapter, Entry, Participant, PlanRow, Question, Report, Said, Tally
from veldpdf.model import State
from veldpdf.report.as_docx import chart
from veldpdf.report.as_docx.markup import (
    FIELD_END,
    TEXT_WIDTH,
    bookmarked,
    cell,
    character_style,
    field_begin,
    language,
    lines,
    link,
    merged,
    paragraph,
    picture,
    runs,
    spanning,
    table,
    text,
)
from veldpdf.report.as_docx.styles import language_tag
from veldpdf.report.presentation import Presentation
from veldpdf.report.wording import (
    STATES,
    STATUSES,
    SYMBOLS,
    completeness_of,
    date_in_words,
    example_caption,
    maker_of,
    summary_of,
    title_of,
)
from veldpdf.typed_text import one_line

_PAGE_BREAK = "<w:pageBreakBefore/>"
_LINK = character_style("Hyperlink")
_REMARK = character_style("RemarkText")

# English metric units to the millimetre; how large a logo may be.
_PER_MM = 36_000
_LOGO_WIDTH, _LOGO_HEIGHT = 60, 30
_BAR_WIDTH, _BAR_HEIGHT = 36, 3

# The matrix, in twentieths of a point. With more questions than fit beside the names there is another table.
_MATRIX_NAME, _MATRIX_COUNT, _MOST_QUESTIONS = 2_150, 740, 24
_WIDEST_MARK = 560
_TOTAL = 500
# The plan, in the same, over a page on its side: an e-mail address of 30 letters fits a column.
_PLAN = (2_470, 5_400, 3_000, 3_700)
# Partners that fit on the title page; more of them would part it from the contents.
_MOST_IN_FRONT = 20


def body(
    report: Report,
    presentation: Presentation,
    add_picture: Callable[[bytes], str],
    section_ends: Sequence[str],
) -> str:
    """Return the text of the document, as WordprocessingML.

    Args:
        report: What it says.
        presentation: How it is to look.
        add_picture: Puts a picture in the document, and returns what refers to it.
        section_ends: What ends the sections before and with the monitoring plan; none where that has no lines.
    """
    return "".join(_Body(report, presentation, add_picture, section_ends).all())


class _Body:
    """One pass over a report, keeping the numbers that are the document's own."""

    def __init__(
        self,
        report: Report,
        presentation: Presentation,
        add_picture: Callable[[bytes], str],
        section_ends: Sequence[str],
    ) -> None:
        self._report, self._style, self._say = report, presentation.style, presentation.catalogue
        self._add_picture, self._section_ends = add_picture, section_ends
        self._bookmarks, self._pictures = count(1), count(1)
        # What stands in a heading of ours but is the worksheet's.
        same = report.form.language == self._say.language
        self._worksheet = "" if same else language(language_tag(report.form.language))
        self._partners = {each.name: f"partner_{at}" for at, each in enumerate(report.returned, start=1)}

    def all(self) -> Iterator[str]:
        """Yield everything, from the title to the annex."""
        yield from self._title_page()
        yield from self._contents()
        yield from self._summary()
        for number, chapter in enumerate(self._report.chapters, start=1):
            yield from self._chapter(chapter, f"section_{number}")
        if self._report.plan is not None:
            yield from self._plan(self._report.plan)
        if self._report.actions is not None:
            yield from self._actions()
        yield from self._annex()

    def _title_page(self) -> Iterator[str]:
        say, form, options = self._say, self._report.form, self._report.options
        yield from self._logo()
        yield text("Municipality", one_line(maker_of(self._report, self._style)))
        yield text("Title", one_line(title_of(self._report, say)))
        worksheet = ": ".join(filter(None, (one_line(form.title), one_line(form.subtitle))))
        yield text("Subtitle", worksheet, properties=self._worksheet)
        yield text("Subtitle", say("A worksheet by {publisher}", publisher=one_line(form.publisher)))
        if options.date:
            yield text("Subtitle", date_in_words(options.date, say))
        if options.municipality and self._style.name and self._style.name != options.municipality:
            yield text("Subtitle", one_line(self._style.name))
        yield text("TableTitle", say("Partners"))
        yield text("Normal", " ".join(map(say, summary_of(self._report))))
        if 0 < len(self._report.participants) <= _MOST_IN_FRONT:
            yield self._partner_table()

    def _logo(self) -> Iterator[str]:
        logo = self._style.logo
        # A PNG is its own picture; an SVG has one where somebody drew it.
        data = (logo.png or (logo.data if logo.kind == "png" else b"")) if logo else b""
        if logo and data:
            scale = min(_LOGO_WIDTH / logo.width, _LOGO_HEIGHT / logo.height) * _PER_MM
            size = round(logo.width * scale), round(logo.height * scale)
            say = self._say
            alt = one_line(self._style.name) or say("Logo")
            yield paragraph("Normal", picture(self._add_picture(data), next(self._pictures), alt, *size))

    def _partner_table(self) -> str:
        say = self._say
        widths = (4_638, 2_700, 2_300)
        head = _headings(widths, (say("Partner"), say("Worksheet"), say("Complete")))
        rows = (
            cell(widths[0], self._partner_link(each.name))
            + cell(widths[1], text("TableText", say(STATUSES[each.status])))
            + cell(widths[2], text("TableText", say(completeness_of(each))))
            for each in self._report.participants
        )
        return table(widths, head, rows, title=say("Partners"))

    def _partner_link(self, name: str) -> str:
        shown = one_line(name)
        return paragraph("TableText", link(self._partners[name], runs(shown, _LINK)), of=shown)

    # Contents

    def _contents(self) -> Iterator[str]:
        """Yield the table of contents: a field, filled in already.

        Only a program that lays out pages knows their numbers. The setting that has Word work out fields on opening
        (``updateFields``) makes it ask first, each time, whether a document that refers to other files is to be
        trusted; a wrong number is worse than none. So the entries stand there as links, and the line below them says
        how to get numbers. It is part of the field's result, so it is gone as soon as somebody does.
        """
        say = self._say
        yield text("TOCHeading", say("Contents"), more=_PAGE_BREAK)
        begin = field_begin('TOC \\o "1-2" \\h \\z')
        for style, title, bookmark in self._entries():
            yield paragraph(style, begin, link(bookmark, runs(title)), of=title)
            begin = ""
        hint = say("For page numbers, click here with the right mouse button and choose to update the field.")
        yield paragraph("Remark", runs(hint), FIELD_END)

    def _entries(self) -> Iterator[tuple[str, str, str]]:
        say = self._say
        yield "TOC1", say("Summary"), "summary"
        for number, chapter in enumerate(self._report.chapters, start=1):
            yield "TOC1", one_line(chapter.section.title), f"section_{number}"
            for question in chapter.questions:
                yield "TOC2", _title(question), f"question_{question.number}"
        if self._report.plan is not None:
            yield "TOC1", say("Monitoring plan"), "plan"
        if self._report.actions is not None:
            yield "TOC1", say("Actions"), "actions"
        yield "TOC1", say("Annex: the returned worksheets"), "annex"

    def _heading(self, style: str, title: str, bookmark: str, *, more: str = "", properties: str = "") -> str:
        shown = one_line(title)
        content = bookmarked(bookmark, next(self._bookmarks), runs(shown, properties))
        return paragraph(style, content, more=more, of=shown)

    # Summary

    def _summary(self) -> Iterator[str]:
        say, report = self._say, self._report
        yield self._heading("Heading1", say("Summary"), "summary", more=_PAGE_BREAK)
        yield text("Normal", " ".join(map(say, summary_of(report))))
        if len(report.participants) > _MOST_IN_FRONT:
            yield text("TableTitle", say("Partners"))
            yield self._partner_table()
        if not (report.participants and report.questions):
            return
        yield text("TableTitle", say("Who answered what"))
        legend = "   ".join(f"{SYMBOLS[state]} {say(words)}" for state, words in STATES.items())
        yield text("Remark", legend)
        parts = -(-len(report.questions) // _MOST_QUESTIONS)
        size = -(-len(report.questions) // parts)
        for first in range(0, len(report.questions), size):
            yield self._matrix(first, report.questions[first : first + size])
        yield text("TableTitle", say("Answers to each question"))
        yield self._totals()

    def _matrix(self, first: int, questions: Sequence[Question]) -> str:
        say = self._say
        mark = min((TEXT_WIDTH - _MATRIX_NAME - _MATRIX_COUNT) // len(questions), _WIDEST_MARK)
        widths = (_MATRIX_NAME, *[mark] * len(questions), _MATRIX_COUNT)
        head = cell(_MATRIX_NAME, text("TableHeading", say("Partner")))
        for question in questions:
            number = link(f"question_{question.number}", runs(str(question.number), "<w:b/>"))
            head += cell(mark, paragraph("TableMark", number))
        head += cell(_MATRIX_COUNT, text("TableMark", say("answers")))
        # The same for every partner: with a thousand of them, most of the work.
        marks = {state: cell(mark, text("TableMark", symbol)) for state, symbol in SYMBOLS.items()}
        rows = []
        for each in self._report.participants:
            row = cell(_MATRIX_NAME, text("TableText", one_line(each.name)))
            if each.status.has_answers:
                row += "".join(marks[state] for state in each.states[first : first + len(questions)])
                row += cell(_MATRIX_COUNT, text("TableMark", f"{each.tally.said}/{each.tally.total}"))
            else:
                reason = say("not read: {reason}", reason=STATUSES[each.status])
                rest = sum(widths[1:])
                row += cell(rest, text("TableText", reason), spanning(len(questions) + 1))
            rows.append(row)
        return table(widths, head, rows, title=say("Who answered what"), style="MatrixTable")

    def _totals(self) -> str:
        say = self._say
        widths = (4_938, 2_200, *[_TOTAL] * 5)
        head = _headings(widths[:2], (say("Question"), say("Chart")))
        head += "".join(cell(_TOTAL, text("TableMark", symbol)) for symbol in SYMBOLS.values())
        rows = []
        for question in self._report.questions:
            label = link(f"question_{question.number}", runs(_title(question), _LINK + self._worksheet))
            tally = question.tally
            row = cell(widths[0], paragraph("TableText", label)) + cell(
                widths[1], paragraph("TableText", self._bar(tally))
            )
            rows.append(
                row + "".join(cell(_TOTAL, text("TableMark", str(number))) for number in _counts(tally))
            )
        return table(widths, head, rows, title=say("Answers to each question"))

    def _bar(self, tally: Tally) -> str:
        alt = ", ".join(
            f"{self._say(STATES[state])}: {number}"
            for state, number in zip(STATES, _counts(tally), strict=True)
            if number
        )
        relationship = self._add_picture(chart.bar(tally, self._style.main))
        return picture(relationship, next(self._pictures), alt, _BAR_WIDTH * _PER_MM, _BAR_HEIGHT * _PER_MM)

    # Questions

    def _chapter(self, chapter: Chapter, bookmark: str) -> Iterator[str]:
        title = chapter.section.title
        yield self._heading("Heading1", title, bookmark, properties=self._worksheet)
        for question in chapter.questions:
            bookmark = f"question_{question.number}"
            yield self._heading("Heading2", _title(question), bookmark, properties=self._worksheet)
            if question.spec.question.strip() != question.spec.label.strip():
                yield text("QuestionWording", question.spec.question)
            yield from self._entries_of(question.entries)
            yield from self._unsaid(question)

    def _entries_of(self, entries: Iterable[Entry]) -> Iterator[str]:
        for entry in entries:
            names = ", ".join(map(one_line, entry.names))
            remarks = "".join(runs(f"  {remark}", _REMARK) for remark in self._remarks(entry))
            yield paragraph("Respondent", runs(names), remarks, of=names)
            yield lines("Answer", entry.text)

    def _remarks(self, entry: Entry) -> Iterator[str]:
        say = self._say
        if entry.is_note:
            yield say("typed on the page beside the field")
        if entry.partly_example:
            words = (
                say("partly the example; only their own words are shown")
                if entry.is_shortened
                else say("part of the example still stands here")
            )
            yield f"{SYMBOLS[State.PARTLY_EXAMPLE]} {words}"

    def _unsaid(self, question: Question) -> Iterator[str]:
        say = self._say
        if question.example:
            yield text("ExampleCaption", one_line(say(example_caption(question))))
            yield lines("Example", question.example)
        elif question.example_left_by:
            yield _named(say("Only the example"), question.example_left_by)
        if question.empty_from:
            yield _named(say("Not answered"), question.empty_from)
        if question.absent_from:
            yield _named(say("Not in the returned file"), question.absent_from)

    # What follows from them

    def _plan(self, plan: Sequence[PlanRow]) -> Iterator[str]:
        say = self._say
        if not plan:
            yield self._heading("Heading1", say("Monitoring plan"), "plan", more=_PAGE_BREAK)
            yield text("Normal", say("Nobody has filled this in yet."))
            return
        # A section has a page of its own, so the heading needs no break of page.
        upright, on_its_side = self._section_ends
        yield paragraph("AfterTable", more=upright)
        yield self._heading("Heading1", say("Monitoring plan"), "plan")
        widths = _PLAN
        titles = (say("Partner"), say("Indicator or signal"), say("How often"), say("Who is responsible"))
        yield table(
            widths,
            _headings(widths, titles),
            (self._plan_row(row, widths) for row in plan),
            title=say("Monitoring plan"),
        )
        yield paragraph("AfterTable", more=on_its_side)

    def _plan_row(self, row: PlanRow, widths: Sequence[int]) -> str:
        # Cells of several lines are one, and what it says stands in the first.
        first = row.span > 0
        one = merged(begins=first)
        name = text("TableHeading", one_line(row.name)) if first else paragraph("TableText")
        return (
            cell(widths[0], name, one)
            + cell(widths[1], self._said(row.indicator))
            + cell(widths[2], self._said(row.frequency) if first else paragraph("TableText"), one)
            + cell(widths[3], self._said(row.responsible) if first else paragraph("TableText"), one)
        )

    def _said(self, said: Said) -> str:
        state = State.PARTLY_EXAMPLE
        mark = (
            text("TableText", f"{SYMBOLS[state]} {self._say(STATES[state])}", properties=_REMARK)
            if said.partly_example
            else ""
        )
        # A cell without anything would look forgotten.
        return mark + lines("TableAnswer", said.text if said.text.strip() else SYMBOLS[State.EMPTY])

    def _actions(self) -> Iterator[str]:
        say = self._say
        yield self._heading("Heading1", say("Actions"), "actions")
        groups = self._report.actions_by_question
        if not groups:
            yield text("Normal", say("Nobody has named an action yet."))
        for spec, entries in groups:
            yield text("Heading2", one_line(spec.label), properties=self._worksheet)
            yield from self._entries_of(entries)

    def _annex(self) -> Iterator[str]:
        say = self._say
        title = say("Annex: the returned worksheets")
        yield self._heading("Heading1", title, "annex", more=_PAGE_BREAK)
        for each in self._report.returned:
            yield self._heading("Returned", each.name, self._partners[each.name])
            yield from (text("ListBullet", told) for told in self._told(each))

    def _told(self, participant: Participant) -> Iterator[str]:
        say = self._say
        yield say("File: {source}", source=one_line(participant.source))
        yield f"{say(STATUSES[participant.status])}, {say(completeness_of(participant))}"
        if participant.missing:
            yield say("Open: {questions}", questions="; ".join(each.label for each in participant.missing))
        if participant.shortened:
            labels = "; ".join(each.label for each in participant.shortened)
            yield say("The example's part is left out of the answers to: {questions}", questions=labels)
        yield from map(say, participant.warnings)
        yield from (f"{each.question.label}: {say(each.message)}" for each in participant.answer_warnings)
        yield from (say("Typed on the page: {text}", text=note) for note in participant.notes)


def _headings(widths: Sequence[int], titles: Iterable[str]) -> str:
    return "".join(
        cell(width, text("TableHeading", title)) for width, title in zip(widths, titles, strict=True)
    )


def _title(question: Question) -> str:
    return f"{question.number}. {one_line(question.spec.label)}"


def _counts(tally: Tally) -> tuple[int, ...]:
    """Return the counts in the order of the states."""
    return tally.answered, tally.partly_example, tally.example, tally.empty, tally.absent


def _named(words: str, names: Iterable[str]) -> str:
    return text("Remark", f"{words}: {', '.join(map(one_line, names))}")
