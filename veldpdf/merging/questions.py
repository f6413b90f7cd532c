"""What was said to each question, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from veldpdf.merging.returned import Returned
from veldpdf.merging.values import Action, Chapter, Entry, Question, Said, Tally
from veldpdf.model import FieldSpec, Role, State


def question_of(spec: FieldSpec, number: int, counting: Sequence[Returned], *, hide_example: bool) -> Question:
    """Return a question with everything that was said to it.

    Args:
        spec: The field that it is.
        number: Its place in the report.
        counting: The submissions that count, in the order of the report.
        hide_example: Leave out the text of the example.
    """
    by_state: dict[State | None, list[str]] = {}
    read = [returned for returned in counting if returned.submission.status.has_answers]
    for returned in read:
        answer = returned.answers.get(spec.name)
        by_state.setdefault(None if answer is None else answer.state, []).append(returned.name)
    names = {state: tuple(by_state.get(state, ())) for state in (*State, None)}
    entries = (*_entries(spec, read), *_notes(spec, read))
    # Beside an answer of which the example's part is not shown it says what the partner's own words are about.
    is_shown = bool(names[State.EXAMPLE]) or any(entry.is_shortened for entry in entries)
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
        entries=entries,
        example=spec.example if is_shown and not hide_example else "",
        example_left_by=names[State.EXAMPLE],
        empty_from=names[State.EMPTY],
        absent_from=names[None],
    )


def _entries(spec: FieldSpec, read: Iterable[Returned]) -> Iterator[Entry]:
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


def _notes(spec: FieldSpec, read: Iterable[Returned]) -> Iterator[Entry]:
    """Yield what partners typed on the page beside a field that says something itself."""
    for returned in read:
        answer = returned.answers.get(spec.name)
        for note in answer.notes if answer is not None else ():
            yield Entry(names=(returned.name,), said=(Said(typed=note),), is_note=True)


def actions_of(chapters: Iterable[Chapter]) -> tuple[Action, ...] | None:
    """Return what should be done, as one list; None where the worksheet does not ask for it."""
    asked = [
        question for chapter in chapters for question in chapter.questions if question.spec.role is Role.ACTION
    ]
    if not asked:
        return None
    return tuple(
        Action(question=question.spec, entry=entry) for question in asked for entry in question.entries
    )
