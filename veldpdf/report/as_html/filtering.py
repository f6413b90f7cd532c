"""Choosing a partner, a question and a state on the page, without a script.

The page has three lists to choose from, and style rules that look which option is chosen (``:has()``, Selectors
level 4). Everything that can be hidden says in its classes what it is about. What anybody typed is no class; the
places of partners and questions in the report are:

- ``p3`` is about the third partner, ``q5`` about the fifth question, ``sa``, ``sh``, ``se``, ``sm`` and ``sx`` are
  states;
- ``p3a`` holds something in which the third partner's state is ``sa``: what tells, for a partner and a state together,
  whether anything would be left below a heading.

A browser looks rules up by the last part of their selector. So a choice hides everything by one rule, and another,
which ends in the class of what was chosen, shows that again: each element is compared with the rules of its own
classes only, and a page of 1,000 partners stays quick. Rules of the kind "hide what is not the third partner's"
would compare every element with every partner.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from types import MappingProxyType

from markupsafe import Markup

from veldpdf.merging import Chapter, Entry, Participant, PlanRow, Question, Report
from veldpdf.model import FieldSpec, State

_LETTERS: Mapping[State | None, str] = MappingProxyType(
    {State.ANSWERED: "a", State.PARTLY_EXAMPLE: "h", State.EXAMPLE: "e", State.EMPTY: "m", None: "x"}
)
_PLAN_CELLS = ("indicator", "frequency", "responsible")

# A partner's place and the letter of a state, e.g. ``(3, "a")``.
_Pair = tuple[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGroup:
    """Lines of the monitoring plan that share how often and who.

    Attributes:
        rows: The lines, the first of which speaks for all.
        classes: What they are about.
    """

    rows: tuple[PlanRow, ...]
    classes: Markup


def _classes(names: Iterable[str]) -> Markup:
    # Letters and digits of our own making.
    return Markup(" ".join(dict.fromkeys(names)))  # noqa: S704


class Filter:
    """What each part of the page is about, and the rules that go with it."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._places = {each.name: place for place, each in enumerate(report.participants, start=1)}
        self._numbers = {question.spec.name: question.number for question in report.questions}
        self._pairs_of_question = [
            [
                (place, _LETTERS[participant.states[index]])
                for place, participant in enumerate(report.participants, start=1)
                if participant.status.has_answers
            ]
            for index in range(len(report.questions))
        ]

    def state(self, state: State | None) -> Markup:
        """Return the class of a state."""
        return _classes([f"s{_LETTERS[state]}"])

    def partners(self, names: Iterable[str]) -> Markup:
        """Return the classes of what is about some partners, by the names that the report gives them."""
        return _classes(f"p{self._places[name]}" for name in names)

    def sender(self, participant: Participant) -> Markup:
        """Return the classes of a submission: the partners that the same sender is, if an older one was replaced."""
        if participant.name in self._places:
            return self.partners([participant.name])
        return _classes(f"p{place}" for place in self._by_sender.get(participant.partner, ()))

    def entry(self, entry: Entry, spec: FieldSpec) -> Markup:
        """Return the classes of an answer: who gave it, and the state of that."""
        letters = (letter for _, letter in self._pairs_of_entry(entry, spec))
        return _classes(chain((f"s{letter}" for letter in letters), self.partners(entry.names).split()))

    def question(self, question: Question) -> Markup:
        """Return the classes of a question: which it is, and what there is below it."""
        return _classes([f"q{question.number}", *_found(self._pairs_of_question[question.number - 1])])

    def chapter(self, chapter: Chapter) -> Markup:
        """Return the classes of a section."""
        numbers = [question.number for question in chapter.questions]
        pairs = chain.from_iterable(self._pairs_of_question[number - 1] for number in numbers)
        return _classes([*(f"q{number}" for number in numbers), *_found(pairs)])

    @cached_property
    def everything(self) -> Markup:
        """The classes of the whole."""
        return _classes(_found(self._all_pairs))

    def example(self, question: Question) -> Markup:
        """Return the classes of the publisher's example: of who left it, and of who is shown without it."""
        shortened = [
            pair
            for entry in question.entries
            if entry.is_shortened
            for pair in self._pairs_of_entry(entry, question.spec)
        ]
        left = [(self._places[name], "e") for name in question.example_left_by]
        return _about([*left, *shortened])

    def actions(self, spec: FieldSpec, entries: Iterable[Entry]) -> Markup:
        """Return the classes of the actions under one question."""
        return _about(pair for entry in entries for pair in self._pairs_of_entry(entry, spec))

    @cached_property
    def all_actions(self) -> Markup:
        """The classes of all actions together."""
        return _about(
            pair
            for action in self._report.actions or ()
            for pair in self._pairs_of_entry(action.entry, action.question)
        )

    @cached_property
    def plan(self) -> tuple[PlanGroup, ...]:
        """The monitoring plan, in groups of lines that are one table's row group each."""
        groups: list[list[PlanRow]] = []
        for row in self._report.plan or ():
            if row.span:
                groups.append([])
            groups[-1].append(row)
        return tuple(PlanGroup(rows=tuple(rows), classes=_about(self._pairs_of_rows(rows))) for rows in groups)

    @cached_property
    def whole_plan(self) -> Markup:
        """The classes of the monitoring plan."""
        return _about(self._pairs_of_rows(self._report.plan or ()))

    @cached_property
    def rules(self) -> str:
        """The rules for what can be chosen, beside those that are the same for every report."""
        return "\n".join(
            chain(
                map(_rule_of_question, self._numbers.values()),
                (
                    f".filter:has(#p{place}:checked)~* .p{place}{{display:var(--d)}}"
                    for place in self._places.values()
                ),
                (
                    f".filter:has(#p{place}:checked):has(#s{letter}:checked)~* .p{place}{letter}"
                    "{--hit:block;--miss:none}"
                    for place, letter in sorted(set(self._all_pairs))
                ),
            )
        )

    @cached_property
    def _all_pairs(self) -> list[_Pair]:
        return list(dict.fromkeys(chain.from_iterable(self._pairs_of_question)))

    @cached_property
    def _by_sender(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, participant in enumerate(self._report.participants, start=1):
            found.setdefault(participant.partner, []).append(place)
        return found

    def _pairs_of_entry(self, entry: Entry, spec: FieldSpec) -> Iterator[_Pair]:
        """Yield who gave an answer, with the state of the field: a note beside it goes with that."""
        index = self._numbers[spec.name] - 1
        for name in entry.names:
            place = self._places[name]
            yield place, _LETTERS[self._report.participants[place - 1].states[index]]

    def _pairs_of_rows(self, rows: Iterable[PlanRow]) -> Iterator[_Pair]:
        for row in rows:
            for cell in _PLAN_CELLS:
                said = getattr(row, cell)
                if said.typed:
                    yield self._places[row.name], "h" if said.partly_example else "a"


def _rule_of_question(number: int) -> str:
    return f".filter:has(#q{number}:checked)~* .q{number}{{display:var(--dq)}}"


def _found(pairs: Iterable[_Pair]) -> list[str]:
    """Return the classes of what holds something of these partners in these states."""
    unique = dict.fromkeys(pairs)
    return [
        *dict.fromkeys(f"s{letter}" for _, letter in unique),
        *(f"p{place}{letter}" for place, letter in unique),
    ]


def _about(pairs: Iterable[_Pair]) -> Markup:
    """Return the same, for what is left out where it holds nothing of the partner who was chosen."""
    unique = list(dict.fromkeys(pairs))
    return _classes([*_found(unique), *(f"p{place}" for place, _ in unique)])
