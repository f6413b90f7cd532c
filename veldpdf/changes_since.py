"""What came in since an earlier check: new submissions, fields answered meanwhile, partners complete by now. Pure.

Officers check again each time that something arrives, and ask what is new. The earlier state is a file that ``check
--format json``, ``extract`` or ``merge`` wrote; nothing is kept anywhere else. Texts are compared, and never told:
answers are personal data.

Submissions are the same partner's where the names are the same, then where the sources are: a list of partners that
came later gives names to files that were there before. What a newer submission replaces counts neither then nor now.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from veldpdf.completeness import SAYS_NOTHING, missing_fields
from veldpdf.errors import ValuesError
from veldpdf.files import encodable
from veldpdf.messages import Message
from veldpdf.model import Answer, Completeness, FormDefinition, State, Status
from veldpdf.rules import breaches


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One submission, as an earlier file tells of it.

    Attributes:
        partner: Who sent it.
        source: Where it came from.
        is_read: Whether its answers are known.
        is_complete: Whether nothing was to be asked of the partner.
        texts: The answers that say something, by field name.
    """

    partner: str
    source: str
    is_read: bool
    is_complete: bool
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerChange:
    """What changed in the submission of one partner. Fields stand in the worksheet's order.

    Attributes:
        partner: Who sent it.
        source: Where it comes from now.
        formerly: What the partner was called then, where that is another name; else empty.
        answered: Fields that say something now and did not then.
        changed: Fields that said something else then.
        emptied: Fields that said something then and do not now: they are empty, or the example again.
        was_read: Whether there were answers then. Where there are none now, no field is said to have changed.
        is_read: Whether there are answers now.
        was_complete: Whether nothing was to be asked then.
        is_complete: Whether nothing is to be asked now.
    """

    partner: str
    source: str
    formerly: str
    answered: tuple[str, ...]
    changed: tuple[str, ...]
    emptied: tuple[str, ...]
    was_read: bool
    is_read: bool
    was_complete: bool
    is_complete: bool

    @property
    def is_any(self) -> bool:
        """Whether anything changed at all; another name alone is nothing."""
        return bool(
            self.answered
            or self.changed
            or self.emptied
            or self.was_read != self.is_read
            or self.was_complete != self.is_complete
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What changed between an earlier check and this one.

    Attributes:
        new: Submissions of partners of whom there was none.
        gone: Submissions of partners of whom there is none any more.
        partners: What changed for those who are in both.
        unchanged: For how many nothing did.
    """

    new: tuple[Completeness, ...]
    gone: tuple[Earlier, ...]
    partners: tuple[PartnerChange, ...]
    unchanged: int

    @property
    def newly_complete(self) -> tuple[str, ...]:
        """The partners who are complete now and were not then, or were not there."""
        known = [change.partner for change in self.partners if change.is_complete and not change.was_complete]
        return (*known, *(result.submission.partner for result in self.new if result.complete))


def compare(form: FormDefinition, earlier: Sequence[Earlier], results: Iterable[Completeness]) -> Changes:
    """Return what changed since an earlier check, of the submissions that count."""
    now = [result for result in results if not result.submission.superseded_by]
    before = _matched(earlier, now)
    changes = [
        _change(form, then, result) for result, then in zip(now, before, strict=True) if then is not None
    ]
    known = {id(then) for then in before}
    return Changes(
        new=tuple(result for result, then in zip(now, before, strict=True) if then is None),
        gone=tuple(then for then in earlier if id(then) not in known),
        partners=tuple(change for change in changes if change.is_any),
        unchanged=sum(not change.is_any for change in changes),
    )


def _matched(earlier: Sequence[Earlier], now: Sequence[Completeness]) -> list[Earlier | None]:
    """Return for each submission the earlier one of the same partner, or None."""
    # Both first: two partners known by their files only may share a name, each in a folder of its own.
    likenesses: tuple[Callable[[str, str], object], ...] = (
        lambda partner, source: (_folded(partner), source),
        lambda partner, _: _folded(partner),
        lambda _, source: source,
    )
    left = list(earlier)
    found: list[Earlier | None] = [None] * len(now)
    for likeness in likenesses:
        for index, result in enumerate(now):
            sent = result.submission
            key = likeness(encodable(sent.partner), encodable(sent.source))
            same = next((then for then in left if likeness(then.partner, then.source) == key), None)
            if found[index] is None and same is not None:
                found[index] = same
                left = [then for then in left if then is not same]
    return found


def _folded(partner: str) -> str:
    return " ".join(partner.split()).casefold()


def _change(form: FormDefinition, then: Earlier, now: Completeness) -> PartnerChange:
    sent = now.submission
    texts = {
        name: encodable(answer.text)
        for name, answer in sent.answers.items()
        if name in form and answer.state not in SAYS_NOTHING
    }
    # What is in a file that cannot be read is not known: nobody emptied those fields.
    names = form.names if sent.status.has_answers else ()
    return PartnerChange(
        partner=sent.partner,
        source=sent.source,
        formerly="" if _folded(then.partner) == _folded(encodable(sent.partner)) else then.partner,
        answered=tuple(name for name in names if name in texts and name not in then.texts),
        changed=tuple(
            name for name in names if name in texts and then.texts.get(name, texts[name]) != texts[name]
        ),
        emptied=tuple(name for name in names if name in then.texts and name not in texts),
        was_read=then.is_read,
        is_read=sent.status.has_answers,
        was_complete=then.is_complete,
        is_complete=now.complete,
    )


# Reading the earlier file. Nothing of it is taken on trust: people edit files, and mistake one for another.


def parse_earlier(content: bytes, form: FormDefinition, source: str) -> tuple[Earlier, ...]:
    """Return the submissions in what ``check --format json``, ``extract`` or ``merge`` wrote as JSON.

    Fields that the definition does not have are passed over: it may have changed.

    Args:
        content: The file. UTF-16 is read as well: some shells write what a program prints as that.
        form: The definition that it must be about.
        source: What the file is called, for errors.

    Raises:
        ValuesError: It is no such file, or about another worksheet.
    """
    table = _Place(_loaded(content, source), source)
    table.of(dict)
    if table.key("form").of(str) != form.id:
        raise ValuesError(
            Message("{path}: this is about another worksheet than {form}.", path=source, form=form.id),
            Message("Give a file about the same worksheet, or its definition with --form."),
        )
    read = _of_report if "partners" in table.content else _of_submissions
    return tuple(read(table, form))


def _loaded(content: bytes, source: str) -> object:
    try:
        return json.loads(content)
    except json.JSONDecodeError as exc:
        raise ValuesError(
            Message(
                "{path}, line {line}, column {column}: this is not JSON.",
                path=source,
                line=exc.lineno,
                column=exc.colno,
            ),
            _REMEDY,
        ) from exc
    except (RecursionError, ValueError) as exc:  # nested without end, a number without end, or no text at all
        raise ValuesError(Message("{path}: this is not JSON.", path=source), _REMEDY) from exc


_REMEDY = Message("Give a JSON file that veldpdf check, extract or merge wrote, as it was written.")
_KINDS: Mapping[type, Message] = {
    str: Message("a text"),
    bool: Message("true or false"),
    list: Message("a list"),
    dict: Message("an object"),
}


class _Place:
    """A value in the file, that knows where it stands. Names of fields are shown, texts never."""

    def __init__(self, content: Any, source: str, where: str = "") -> None:
        self.content = content
        self._source = source
        self._where = where

    def key(self, name: str) -> _Place:
        """Return the value of a key of an object; None where it has no such key."""
        return _Place(self.of(dict).get(name), self._source, f"{self._where}.{name}".removeprefix("."))

    def items(self) -> Iterator[_Place]:
        """Yield the values of a list."""
        for index, item in enumerate(self.of(list)):
            yield _Place(item, self._source, f"{self._where}[{index}]")

    def of(self, kind: type) -> Any:
        """Return the value, which must be of a kind."""
        if not isinstance(self.content, kind):
            raise self._expected(_KINDS[kind])
        return self.content

    def one_of(self, known: type[State | Status]) -> Any:
        """Return the value, which must be one of a few words."""
        text = self.of(str)
        if text not in set(known):
            raise self._expected(Message("one of {known}", known=", ".join(known)))
        return known(text)

    def _expected(self, kind: Message) -> ValuesError:
        if not self._where:
            return ValuesError(Message("{path}: this holds no submissions.", path=self._source), _REMEDY)
        return ValuesError(
            Message(
                "{path}, at {place}: here {kind} must stand.", path=self._source, place=self._where, kind=kind
            ),
            _REMEDY,
        )


def _of_submissions(table: _Place, form: FormDefinition) -> Iterator[Earlier]:
    """Yield what ``check`` and ``extract`` tell; of what is complete ``extract`` tells nothing."""
    for item in table.key("submissions").items():
        partner, source = item.key("partner").of(str), item.key("source").of(str)
        status: Status = item.key("status").one_of(Status)
        answers = dict(_answers(item.key("answers"), form))
        complete = _complete(form, status, answers)
        if "complete" in item.content:
            complete = item.key("complete").of(bool)
        if item.content.get("superseded_by"):
            continue
        yield Earlier(
            partner=partner,
            source=source,
            is_read=status.has_answers,
            is_complete=complete,
            texts={name: answer.text for name, answer in answers.items() if answer.state not in SAYS_NOTHING},
        )


def _answers(place: _Place, form: FormDefinition) -> Iterator[tuple[str, Answer]]:
    for name in place.of(dict):
        if name in form:
            answer = place.key(name)
            yield name, Answer(text=answer.key("text").of(str), state=answer.key("state").one_of(State))


def _complete(form: FormDefinition, status: Status, answers: Mapping[str, Answer]) -> bool:
    return status.has_answers and not missing_fields(form, answers) and not breaches(form, answers)


def _of_report(table: _Place, form: FormDefinition) -> Iterator[Earlier]:
    """Yield what ``merge`` tells: who takes part, and by question what each of them said."""
    texts: dict[str, dict[str, str]] = {}
    for section in table.key("sections").items():
        for question in section.key("questions").items():
            field_name = question.key("field").of(str)
            for entry in question.key("answers").items():
                if field_name in form and not entry.key("is_note").content:
                    text = entry.key("text").of(str)
                    for name in entry.key("names").items():
                        texts.setdefault(name.of(str), {})[field_name] = text
    for item in table.key("partners").items():
        yield Earlier(
            partner=item.key("partner").of(str),
            source=item.key("source").of(str),
            is_read=item.key("status").one_of(Status).has_answers,
            is_complete=item.key("complete").of(bool),
            texts=texts.get(item.key("name").of(str), {}),
        )
