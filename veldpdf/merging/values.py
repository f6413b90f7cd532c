"""What a report holds: frozen values, from `Report` down to what one partner said to one question."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby

from veldpdf.messages import Message
from veldpdf.model import FieldSpec, FormDefinition, Section, State, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """What the officer may choose about a report.

    Attributes:
        title: What the report calls itself; empty lets the format choose the usual words.
        municipality: Who the report is for; empty leaves it out.
        date: The date on the title page; None leaves it out. Never today's by itself.
        awaited: Partners who were asked and sent nothing yet.
        hide_examples: Leave out the text of examples that were left standing. Who left them is still told.
    """

    title: str = ""
    municipality: str = ""
    date: date | None = None
    awaited: tuple[str, ...] = ()
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
        """The tally as a stacked bar; of what could not be read there is none."""
        counts = {
            State.ANSWERED: self.answered,
            State.PARTLY_EXAMPLE: self.partly_example,
            State.EXAMPLE: self.example,
            State.EMPTY: self.empty,
            None: self.absent,
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
    """One piece of a stacked bar; offset and share are percentages of the whole bar, no state is "not in the file"."""

    state: State | None
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
        example: The example, where somebody left it standing or of somebody's answer its part is not shown; empty
            otherwise, and where it is hidden.
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
    def tally(self) -> Tally:
        """How many answers are in which state, of all questions and partners together."""
        tallies = [participant.tally for participant in self.participants]
        return Tally(
            **{each.name: sum(getattr(tally, each.name) for tally in tallies) for each in fields(Tally)}
        )

    @property
    def read(self) -> int:
        """From how many submissions answers could be taken."""
        return sum(participant.status.has_answers for participant in self.participants)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 2) if whole else 0.0
