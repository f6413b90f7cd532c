"""Many submissions in, one `Report` out: the model that every format of the report renders.

Pure: no files, no clock, no language. Whatever a format shows is decided here, once, so that the PDF on the
table and the page on the website say the same; a format only lays it out. Partners stand in the order in which
their submissions were given, questions in the order of the worksheet, and texts are kept to the letter.

What was decided:

- Of two submissions of one partner the newer counts; the other is told of in the annex.
- An example that was left standing is the publisher's text, so it stands there once, with the names of those
  who left it. It is in nobody's answers, plan or actions.
- Of an answer that is partly the example only the partner's own words are shown; the annex tells of which. Where the
  partner merely kept or mended sentences of it, there are none, and those may be meant: then all of it is shown.
- Answers of which the same is shown stand there once, with the names of all who gave them.
- "Empty", "not in the file" and "could not be read" are three things. A partner whose file could not be read is
  not said to have left a question unanswered.
- No date but the one that was given: the same input makes the same report, whenever it is made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain, groupby

from veldpdf.completeness import SAYS_NOTHING, find_gaps
from veldpdf.messages import Message
from veldpdf.model import (
    Answer,
    Completeness,
    FieldSpec,
    FormDefinition,
    Role,
    Section,
    State,
    Status,
    Submission,
)
from veldpdf.superseding import settle

_PLAN_ROLES = (Role.INDICATOR, Role.FREQUENCY, Role.RESPONSIBLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What the officer may choose about a report.

    Attributes:
        title: What the report calls itself; empty lets the format choose the usual words.
        municipality: Who the report is for; empty leaves it out.
        date: The date on the title page; None leaves it out. Never today's by itself.
        hide_examples: Leave out the text of examples that were left standing. Who left them is still told.
    """

    title: str = ""
    municipality: str = ""
    date: date | None = None
    hide_examples: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many answers are in which state, of one question or of one partner.

    Attributes:
        absent: Fields that a file which could be read does not have, such as those of a page left out.
        unread: Fields of which nothing is known, because the file could not be read.
    """

    answered: int = 0
    partly_example: int = 0
    example: int = 0
    empty: int = 0
    absent: int = 0
    unread: int = 0

    @property
    def total(self) -> int:
        """All of them together."""
        return self.answered + self.partly_example + self.example + self.empty + self.absent + self.unread

    @property
    def said(self) -> int:
        """How many say something of their own."""
        return self.answered + self.partly_example

    @property
    def bars(self) -> tuple[Bar, ...]:
        """The tally as a stacked bar; what was not in the file counts with what was left empty."""
        counts = {
            State.ANSWERED: self.answered,
            State.PARTLY_EXAMPLE: self.partly_example,
            State.EXAMPLE: self.example,
            State.EMPTY: self.empty + self.absent,
        }
        bars: list[Bar] = []
        before = 0
        for state, count in counts.items():
            if count:
                offset, end = _percent(before, self.total), _percent(before + count, self.total)
                bars.append(Bar(state=state, count=count, offset=offset, share=round(end - offset, 2)))
            before += count
        return tuple(bars)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One piece of a stacked bar; offset and share are percentages of the whole bar."""

    state: State
    count: int
    offset: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerWarning:
    """What the reader should know about one answer of a partner."""

    question: FieldSpec
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One submission, as the report speaks of it.

    Attributes:
        name: What the report calls the partner. No two participants share one: where two submissions come
            from the same partner, each is called by its source as well.
        partner: Who sent it, as the submission says.
        source: Where it came from, as told to the user.
        status: What could be done with it.
        warnings: Why there are no answers, or what else the officer should know.
        answer_warnings: The same about single answers, in the order of the questions.
        states: One for each question of the report; None for a field that the file does not have.
        tally: How many answers are in which state.
        missing: Required questions that it says nothing about yet.
        complete: Whether it could be read and nothing required is missing.
        shortened: Questions of whose answer only the partner's own words are shown.
        notes: What was typed on its pages away from any field.
    """

    name: str
    partner: str
    source: str
    status: Status
    warnings: tuple[Message, ...]
    answer_warnings: tuple[AnswerWarning, ...]
    states: tuple[State | None, ...]
    tally: Tally
    missing: tuple[FieldSpec, ...]
    complete: bool
    shortened: tuple[FieldSpec, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was typed in one place, and what of it the report shows.

    Attributes:
        typed: All of it, to the letter.
        own_words: What of it is the partner's own, where something of the publisher's example still stands in it;
            empty where the partner merely kept or mended sentences of that. None where nothing of it does.
    """

    typed: str
    own_words: str | None = None

    @property
    def text(self) -> str:
        """What is shown."""
        return self.own_words or self.typed

    @property
    def partly_example(self) -> bool:
        """Whether something of the publisher's example still stands in what was typed."""
        return self.own_words is not None

    @property
    def is_shortened(self) -> bool:
        """Whether the example's part of it is not shown."""
        return self.text != self.typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Answers of which the same is shown, with the names of all who gave them.

    Attributes:
        names: Who gave them.
        said: What each of those typed, in the same order. Apart from what is not shown it is the same.
        is_note: Whether it was typed on the page beside the field, next to the answer in the field.
    """

    names: tuple[str, ...]
    said: tuple[Said, ...]
    is_note: bool = False

    @property
    def text(self) -> str:
        """What is shown."""
        return self.said[0].text

    @property
    def partly_example(self) -> bool:
        """Whether something of the publisher's example still stands in what was typed."""
        return self.said[0].partly_example

    @property
    def is_shortened(self) -> bool:
        """Whether the example's part of it is not shown."""
        return self.said[0].is_shortened

    @property
    def as_typed(self) -> tuple[tuple[Said, tuple[str, ...]], ...]:
        """Each different text that was typed, with the names of all who typed it word for word."""
        names: dict[Said, list[str]] = {}
        for name, said in zip(self.names, self.said, strict=True):
            names.setdefault(said, []).append(name)
        return tuple((said, tuple(who)) for said, who in names.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question and everything that was said to it.

    Attributes:
        number: Its place in the report, from 1.
        spec: The field that it is, with the full wording.
        tally: How many partners are in which state.
        entries: What was answered, in the order of the first who gave each answer.
        example: The example that somebody left standing; empty if nobody did or it is hidden.
        example_left_by: Who left nothing but the example.
        empty_from: Who left it empty.
        absent_from: Who sent a file that can be read but does not have this field.
    """

    number: int
    spec: FieldSpec
    tally: Tally
    entries: tuple[Entry, ...]
    example: str
    example_left_by: tuple[str, ...]
    empty_from: tuple[str, ...]
    absent_from: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A section of the worksheet with its questions."""

    section: Section
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A line of the monitoring plan: what one partner wants to measure, how often, and who does it.

    Attributes:
        indicator: What to measure; empty where nothing was said, as the other two.
        frequency: How often.
        responsible: Who does it.
        name: The partner.
        span: Over how many lines, from this one, frequency, responsible and partner are the same; 0 for a line
            that an earlier one of the same partner speaks for. A table may show them once.
    """

    indicator: Said
    frequency: Said
    responsible: Said
    name: str
    span: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What partners say should be done, and under which question they said so."""

    question: FieldSpec
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All submissions together, question by question.

    Attributes:
        form: The worksheet that was answered.
        options: Title, municipality, date and what to leave out.
        participants: The submissions that count, in the order given, those without answers included.
        superseded: Those that a newer one of the same partner replaces; the annex tells of them.
        chapters: Sections, with their questions and all that was said. Sections without questions are left out.
        plan: The monitoring plan; None where the worksheet has no fields for one.
        actions: What should be done; None where the worksheet does not ask for actions.
    """

    form: FormDefinition
    options: ReportOptions
    participants: tuple[Participant, ...]
    superseded: tuple[Participant, ...]
    chapters: tuple[Chapter, ...]
    plan: tuple[PlanRow, ...] | None
    actions: tuple[Action, ...] | None

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in the order of the report; also that of each `Participant.states`."""
        return tuple(question for chapter in self.chapters for question in chapter.questions)

    @property
    def actions_by_question(self) -> tuple[tuple[FieldSpec, tuple[Entry, ...]], ...]:
        """The actions, under the questions that asked for them."""
        groups = groupby(self.actions or (), lambda action: action.question)
        return tuple((question, tuple(action.entry for action in group)) for question, group in groups)

    @property
    def returned(self) -> tuple[Participant, ...]:
        """All submissions that came back: those that count, then the superseded ones."""
        return (*self.participants, *self.superseded)

    @property
    def complete(self) -> int:
        """How many submissions are complete."""
        return sum(participant.complete for participant in self.participants)

    @property
    def read(self) -> int:
        """From how many submissions answers could be taken."""
        return sum(participant.status.has_answers for participant in self.participants)


def merge(
    form: FormDefinition, submissions: Sequence[Submission], options: ReportOptions | None = None
) -> Report:
    """Return the report of all submissions.

    Args:
        form: The worksheet that they answer.
        submissions: In the order in which the report shall name the partners.
        options: Title, municipality, date and what to leave out.
    """
    options = options or ReportOptions()
    specs = tuple(spec for section in form.sections for spec in form.fields_of(section))
    submissions = settle(submissions)
    every = [
        _Returned(name=name, submission=submission, gaps=find_gaps(form, submission))
        for name, submission in zip(_names(submissions), submissions, strict=True)
    ]
    counting = [returned for returned in every if not returned.submission.superseded_by]
    superseded = [returned for returned in every if returned.submission.superseded_by]
    numbers = {spec.name: number for number, spec in enumerate(specs, start=1)}

    def question(spec: FieldSpec) -> Question:
        return _question(spec, numbers[spec.name], counting, hide_example=options.hide_examples)

    sections = ((section, form.fields_of(section)) for section in form.sections)
    chapters = tuple(
        Chapter(section=section, questions=tuple(map(question, fields)))
        for section, fields in sections
        if fields
    )
    return Report(
        form=form,
        options=options,
        participants=tuple(_participant(form, specs, returned) for returned in counting),
        superseded=tuple(_participant(form, specs, returned) for returned in superseded),
        chapters=chapters,
        plan=_plan(specs, counting),
        actions=_actions(chapters),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Returned:
    """A submission, what the report calls it, and what is to be known about its answers."""

    name: str
    submission: Submission
    gaps: Completeness

    @property
    def answers(self) -> Mapping[str, Answer]:
        return self.submission.answers if self.submission.status.has_answers else {}

    def said(self, field: str) -> Said | None:
        """Return what the answer to a question says; None where it says nothing."""
        answer = self.answers.get(field)
        if answer is None or answer.state in SAYS_NOTHING:
            return None
        if answer.state is not State.PARTLY_EXAMPLE:
            return Said(typed=answer.text)
        return Said(typed=answer.text, own_words=self.gaps.own_words.get(field, answer.text))


def _names(submissions: Sequence[Submission]) -> list[str]:
    """Return what to call each submission, no two alike."""
    partners = [submission.partner.strip() or submission.source for submission in submissions]
    often = Counter(partners)
    names = [
        partner if often[partner] == 1 else f"{partner} ({submission.source})"
        for partner, submission in zip(partners, submissions, strict=True)
    ]
    taken: set[str] = set()
    return [_free(name, taken) for name in names]


def _free(name: str, taken: set[str]) -> str:
    """Return the name, numbered if it is taken, and take it."""
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name} #{number}", number + 1
    taken.add(candidate)
    return candidate


def _participant(form: FormDefinition, specs: Sequence[FieldSpec], returned: _Returned) -> Participant:
    submission, gaps, answers = returned.submission, returned.gaps, returned.answers
    states = tuple(gaps.states.get(spec.name) if answers else None for spec in specs)
    return Participant(
        name=returned.name,
        partner=submission.partner,
        source=submission.source,
        status=submission.status,
        warnings=submission.warnings,
        answer_warnings=tuple(
            AnswerWarning(question=spec, message=message)
            for spec in specs
            if spec.name in answers
            for message in answers[spec.name].warnings
        ),
        states=states,
        tally=_tally(states, read=submission.status.has_answers),
        missing=tuple(form.field(missing) for missing in gaps.missing),
        complete=gaps.complete,
        shortened=() if submission.superseded_by else tuple(_shortened(specs, returned)),
        notes=submission.notes,
    )


def _shortened(specs: Iterable[FieldSpec], returned: _Returned) -> Iterator[FieldSpec]:
    """Yield the questions of whose answer only the partner's own words are shown."""
    for spec in specs:
        said = returned.said(spec.name)
        if said is not None and said.is_shortened:
            yield spec


def _tally(states: Iterable[State | None], *, read: bool) -> Tally:
    counts = Counter(states)
    return Tally(
        answered=counts[State.ANSWERED],
        partly_example=counts[State.PARTLY_EXAMPLE],
        example=counts[State.EXAMPLE],
        empty=counts[State.EMPTY],
        absent=counts[None] if read else 0,
        unread=0 if read else counts[None],
    )


def _question(spec: FieldSpec, number: int, counting: Sequence[_Returned], *, hide_example: bool) -> Question:
    by_state: dict[State | None, list[str]] = {}
    read = [returned for returned in counting if returned.submission.status.has_answers]
    for returned in read:
        answer = returned.answers.get(spec.name)
        by_state.setdefault(None if answer is None else answer.state, []).append(returned.name)
    names = {state: tuple(by_state.get(state, ())) for state in (*State, None)}
    return Question(
        number=number,
        spec=spec,
        tally=Tally(
            answered=len(names[State.ANSWERED]),
            partly_example=len(names[State.PARTLY_EXAMPLE]),
            example=len(names[State.EXAMPLE]),
            empty=len(names[State.EMPTY]),
            absent=len(names[None]),
            unread=len(counting) - len(read),
        ),
        entries=(*_entries(spec, read), *_notes(spec, read)),
        example=spec.example if names[State.EXAMPLE] and not hide_example else "",
        example_left_by=names[State.EXAMPLE],
        empty_from=names[State.EMPTY],
        absent_from=names[None],
    )


def _entries(spec: FieldSpec, read: Iterable[_Returned]) -> Iterator[Entry]:
    """Yield each different text once, with all who gave it; with another mark beside it a text is another."""
    given: dict[tuple[str, bool, bool], list[tuple[str, Said]]] = {}
    for returned in read:
        said = returned.said(spec.name)
        if said is not None:
            shown = (said.text, said.partly_example, said.is_shortened)
            given.setdefault(shown, []).append((returned.name, said))
    for who in given.values():
        names, texts = zip(*who, strict=True)
        yield Entry(names=names, said=texts)


def _notes(spec: FieldSpec, read: Iterable[_Returned]) -> Iterator[Entry]:
    """Yield what partners typed on the page beside a field that says something itself."""
    for returned in read:
        answer = returned.answers.get(spec.name)
        for note in answer.notes if answer is not None else ():
            yield Entry(names=(returned.name,), said=(Said(typed=note),), is_note=True)


def _actions(chapters: Iterable[Chapter]) -> tuple[Action, ...] | None:
    asked = [
        question for chapter in chapters for question in chapter.questions if question.spec.role is Role.ACTION
    ]
    if not asked:
        return None
    return tuple(
        Action(question=question.spec, entry=entry) for question in asked for entry in question.entries
    )


def _plan(specs: Sequence[FieldSpec], counting: Iterable[_Returned]) -> tuple[PlanRow, ...] | None:
    columns = tuple([spec.name for spec in specs if spec.role is role] for role in _PLAN_ROLES)
    if not any(columns):
        return None
    return tuple(row for returned in counting for row in _plan_rows(returned, columns))


def _plan_rows(returned: _Returned, columns: Sequence[Sequence[str]]) -> list[PlanRow]:
    """Return the lines of one partner: one for each indicator that says something.

    Where the worksheet asks how often and who for each indicator apart, they stand in its line. Where it asks
    so once, the answer holds for all lines. Who named no indicator but said how often or who gets a line too.
    """
    height = max(len(columns[0]), 1)
    cells = [_plan_cells(column, returned, height) for column in columns]
    has_own = [len(column) == height for column in columns]
    lines = list(zip(*cells, strict=True))
    kept = [line for line in lines if any(cell and own for cell, own in zip(line, has_own, strict=True))]
    if not kept:
        # Only answers that hold for all lines are left, so any line has them all.
        kept = [line for line in lines[:1] if any(line)]
    rows = [_plan_row(returned.name, line) for line in kept]
    spans = [len(list(same)) for _, same in groupby(rows, lambda row: (row.frequency, row.responsible))]
    covered = [height for span in spans for height in (span, *[0] * (span - 1))]
    return [replace(row, span=span) for row, span in zip(rows, covered, strict=True)]


def _plan_cells(column: Sequence[str], returned: _Returned, height: int) -> list[tuple[Said, ...]]:
    """Return what goes into one column of the plan, for each line: any number of answers."""
    each = [() if said is None else (said,) for said in map(returned.said, column)]
    return [*each] if len(column) == height else [tuple(chain(*each))] * height


def _plan_row(name: str, line: Sequence[tuple[Said, ...]]) -> PlanRow:
    indicator, frequency, responsible = map(_plan_cell, line)
    return PlanRow(indicator=indicator, frequency=frequency, responsible=responsible, name=name, span=1)


def _plan_cell(cell: Sequence[Said]) -> Said:
    """Return any number of answers as one; where the example stands in some, what is shown of each counts as own."""
    if len(cell) == 1:
        return cell[0]
    return Said(
        typed="\n".join(said.typed for said in cell),
        own_words="\n".join(said.text for said in cell) if any(said.partly_example for said in cell) else None,
    )


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
