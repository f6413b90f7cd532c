"""The values that veldpdf works with, all frozen.

What a worksheet is (`FormDefinition`), what came back (`Submission`, `Answer`) and what is still missing
(`Completeness`). They carry data and answer simple questions about themselves; everything that is done with
them lives elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from veldpdf.messages import Message
from veldpdf.typesetting.boxes import TextBox


class Status(StrEnum):
    """What could be done with one returned file."""

    READ = "read"
    RECOVERED = "recovered"
    SCAN = "scan"
    LOCKED = "locked"
    OTHER = "other"
    UNREADABLE = "unreadable"

    @property
    def has_answers(self) -> bool:
        """Whether a submission with this status holds answers at all."""
        return self in (Status.READ, Status.RECOVERED)


class State(StrEnum):
    """What an answer says, judged against the example of its field."""

    ANSWERED = "answered"
    EMPTY = "empty"
    EXAMPLE = "example"
    PARTLY_EXAMPLE = "partly-example"


class Origin(StrEnum):
    """Where in the file the text of an answer was found."""

    FIELD = "field"
    WIDGET = "widget"
    ANNOTATION = "annotation"
    APPEARANCE = "appearance"
    PAGE_TEXT = "page-text"
    OCR = "ocr"


class NameFrom(StrEnum):
    """Who says what a partner is called, the surest first."""

    OFFICER = "officer"
    WORKSHEET = "worksheet"
    FILE = "file"


class Role(StrEnum):
    """What the report does with an answer beside printing it under its question."""

    INDICATOR = "indicator"
    FREQUENCY = "frequency"
    RESPONSIBLE = "responsible"
    ACTION = "action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of questions, with the heading that stands above them in the report."""

    id: str
    title: str


class Rule(StrEnum):
    """What a definition may ask of answers, beside that they are there."""

    MINIMUM_LENGTH = "minimum-length"
    REQUIRED_WITH = "required-with"
    AT_LEAST = "at-least"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Fields of which some must be answered.

    Attributes:
        label: A few words that stand for them in messages.
        fields: Their names.
        at_least: How many of them.
    """

    label: str
    fields: tuple[str, ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field, as the worksheet's definition declares it.

    Attributes:
        name: Partial field name, e.g. ``"Veld05"``: the last part of the field's name in the PDF. Where two
            fields of a PDF share that part, the fully qualified name, whose parts are joined by full stops
            (ISO 32000-2, 12.7.4.2).
        section: The `Section.id` that it belongs to.
        label: A few words that stand for the question in tables and messages.
        question: What a person reads above the box, in full.
        hint: Advice that the page gives beside the question. Empty means none.
        example: Text that stands in the empty worksheet, to the letter. Empty means none.
        page: Page of the worksheet that it stands on, from 1.
        required: Whether leaving it blank makes a submission incomplete.
        required_with: Names of fields of which any answer makes this one required.
        min_length: Characters that an answer must have at least, white space at its ends aside.
        role: What the report does with it beside printing it; None for most.
    """

    name: str
    section: str
    label: str
    question: str
    hint: str = ""
    example: str = ""
    page: int = 1
    required: bool = True
    required_with: tuple[str, ...] = ()
    min_length: int = 0
    role: Role | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDefinition:
    """What a worksheet is, beside its PDF.

    Attributes:
        id: Short name in file names and JSON, e.g. ``"bouwsteen-3a"``.
        title: What the worksheet calls itself.
        subtitle: The line under the title; empty means none.
        publisher: Who gives the worksheet out.
        language: Language of the worksheet's text, ``"nl"`` or ``"en"``.
        sections: In the order of the worksheet.
        fields: In the order of the worksheet, which need not be that of the PDF.
        groups: Fields of which some must be answered.
        thin: Answers that say little: "n.v.t.", "zie boven"; case, spaces and punctuation do not count.
        source: Path of the definition file, for messages.
    """

    id: str
    title: str
    publisher: str
    language: str
    sections: tuple[Section, ...]
    fields: tuple[FieldSpec, ...]
    subtitle: str = ""
    groups: tuple[Group, ...] = ()
    thin: tuple[str, ...] = ()
    source: str = ""
    _by_name: Mapping[str, FieldSpec] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {spec.name: spec for spec in self.fields})

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all fields, in the worksheet's order."""
        return tuple(self._by_name)

    def field(self, name: str) -> FieldSpec:
        """Return the field of that name; raises KeyError where there is none."""
        return self._by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def fields_of(self, section: Section) -> tuple[FieldSpec, ...]:
        """Return the fields of one section, in the worksheet's order."""
        return tuple(spec for spec in self.fields if spec.section == section.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    r"""The text of one field of one submission.

    Attributes:
        text: What the partner typed, to the letter but for line ends, which are ``\n``.
        state: What it says, judged against the example.
        origin: Where it was found.
        warnings: What the reader should know about it.
        notes: What was typed on the page over or beside the field, where the field itself says something.
        box: The space that it has on the page; None where the file does not tell.
        is_cut_off: Whether a printed copy may have shown less than was typed.
    """

    text: str
    state: State
    origin: Origin = Origin.FIELD
    warnings: tuple[Message, ...] = ()
    notes: tuple[str, ...] = ()
    box: TextBox | None = None
    is_cut_off: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One returned worksheet, read.

    Attributes:
        source: Where it came from, as told to the user: ``"ggd.pdf"``, ``"post.eml/ggd.pdf"``.
        partner: Who sent it.
        status: What could be done with it.
        form: The `FormDefinition.id` it was read with.
        answers: By field name, in the definition's order: every field of the definition that the file has.
            Empty unless the status is ``read`` or ``recovered``.
        warnings: Why there are no answers, or what else the officer should know.
        notes: What was typed on the pages away from any field.
        modified: When the file was last saved, as the PDF says; None where it does not.
        received: When the file around it was last changed, or the e-mail sent; None where nobody knows.
        name_from: Who says what the partner is called.
        digest: The same for files that are the same, byte for byte; empty where it was not taken.
        superseded_by: Source of the submission of the same partner that counts instead; empty where this one does.
        is_chosen: Whether the officer said that this one counts, however new others are.
    """

    source: str
    partner: str
    status: Status
    form: str
    answers: Mapping[str, Answer] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()
    notes: tuple[str, ...] = ()
    modified: datetime | None = None
    received: datetime | None = None
    name_from: NameFrom = NameFrom.FILE
    digest: str = ""
    superseded_by: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLong:
    """By how much a text is longer than its box shows.

    Attributes:
        lines: Lines that there are.
        lines_that_fit: Lines that the box shows.
        characters_over: Characters at the end that it does not show.
    """

    lines: int
    lines_that_fit: int
    characters_over: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule of the definition that a submission does not keep.

    Attributes:
        rule: Which kind of rule.
        fields: The fields to look at, in the worksheet's order.
        message: What is asked, by the questions' labels.
    """

    rule: Rule
    fields: tuple[str, ...]
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What is still to be asked of one partner.

    Attributes:
        submission: What was checked.
        missing: Required fields that say nothing yet, in the worksheet's order.
        overflow: Fields whose text is longer than their box shows.
        states: The state of every field of the definition that the file has.
        too_long: By how much, for those of ``overflow`` whose box is known.
        thin: Fields whose answer says little: "n.v.t.", "zie boven", a mark.
        own_words: Of answers that are partly the example, what is the partner's own; empty where every word of the
            example was merely moved or mended.
        breaches: The rules of the definition that are not kept.
    """

    submission: Submission
    missing: tuple[str, ...]
    overflow: tuple[str, ...]
    states: Mapping[str, State]
    too_long: Mapping[str, TooLong] = field(default_factory=dict)
    thin: tuple[str, ...] = ()
    own_words: Mapping[str, str] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether the file could be read, nothing required is missing and all rules are kept."""
        return self.submission.status.has_answers and not self.missing and not self.breaches

    @property
    def further_breaches(self) -> tuple[Breach, ...]:
        """The rules not kept that ``missing`` does not tell already."""
        return tuple(breach for breach in self.breaches if not self._is_told(breach))

    def _is_told(self, breach: Breach) -> bool:
        asked = breach.fields[:1] if breach.rule is Rule.REQUIRED_WITH else breach.fields
        return set(self.missing).issuperset(asked)
