r"""Submissions as JSON that holds everything of them, and back: what comes out equals what went in.

`veldpdf.export` writes the JSON that users read; it leaves out what they do not need. Here nothing is left out, so
that a submission need not be read from its file again: half characters, the values of a message (told later in
another language), the box of an answer with the widths of its font.

Whoever wrote the text may have meant harm. So every value is looked at: its type, its number, how deep it lies, how
long a message made of it becomes. What does not hold is a `MalformedError`; nothing else is raised, and nothing that
the text names is ever called or looked up.

Rows are lists and not objects, and tables of widths stand once for all boxes that share them: it must take a fraction
of the time that reading the PDF takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timezone
from functools import lru_cache
from math import isfinite
from typing import Any

from veldpdf.messages import Message, counted
from veldpdf.model import Answer, NameFrom, Origin, State, Status, Submission
from veldpdf.typesetting.boxes import Alignment, TextBox

# A message holds a message that holds a reason: one or two more than that is no message of ours.
_MESSAGE_DEPTH = 8
# Larger than anything on a page, in points or thousandths of the font size; any number up to it is exact.
_LARGEST = 2**40
_ENCODING = ("utf-8", "surrogatepass")
# Only plain names stand in our messages: no attributes, no items, no widths to pad to.
_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_STATUSES = {status.value: status for status in Status}
_STATES = {state.value: state for state in State}
_ORIGINS = {origin.value: origin for origin in Origin}
_NAMES_FROM = {name_from.value: name_from for name_from in NameFrom}
_ALIGNMENTS = {alignment.value: alignment for alignment in Alignment}
_SUBMISSION_PARTS = len(fields(Submission))
# A submission's parts are told apart in two lots: the texts and what hangs on them, then what is about the file.
_FIRST = 7
# An answer has a name before its parts, and a box a table behind its own in place of the widths.
_ANSWER_PARTS = 1 + len(fields(Answer))
_BOX_PARTS = len(fields(TextBox))
# Counted up when a row changes. (A part more in one of the model's classes needs a place in its row.)
FORMAT = 2


class MalformedError(ValueError):
    """A text does not hold submissions, or a submission holds what no text can."""


def to_json(submissions: Iterable[Submission]) -> bytes:
    """Return submissions as JSON in UTF-8, from which `from_json` makes the same.

    Raises:
        MalformedError: One holds a value that would not come back the same: a number that is none, a time zone
            with rules of its own, a message about an object.
    """
    tables = _Tables()
    try:
        rows = [_submission_row(submission, tables) for submission in submissions]
        text = json.dumps(
            [FORMAT, tables.rows, rows], ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        # Two halves of a character that are no pair must not become one: so they are kept as they are, unescaped.
        return text.encode(*_ENCODING)
    except (TypeError, ValueError, RecursionError) as exc:
        raise MalformedError("a value that cannot be kept") from exc


def from_json(data: bytes) -> tuple[Submission, ...]:
    """Return the submissions in a text of `to_json`.

    Raises:
        MalformedError: It is something else.
    """
    try:
        return _submissions(json.loads(data.decode(*_ENCODING)))
    except MalformedError:
        raise
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as exc:
        raise MalformedError("not the JSON of submissions") from exc


def _submissions(value: object) -> tuple[Submission, ...]:
    version, tables, rows = _list(value, 3)
    if _whole(version) != FORMAT:
        raise MalformedError("another format")
    widths = [_widths(table) for table in _list(tables)]
    return tuple([_submission(row, widths) for row in _list(rows)])


class _Tables:
    """The tables of widths of some submissions, each of them once."""

    def __init__(self) -> None:
        self.rows: list[object] = []
        self._places: dict[int, int] = {}
        # An object's number is its own only as long as it lives.
        self._kept: list[Mapping[str, float]] = []

    def place_of(self, widths: Mapping[str, float] | None) -> int | None:
        """Return where a table stands, None for no table; put it there when it is new."""
        if widths is None:
            return None
        place = self._places.get(id(widths))
        if place is None:
            if type(widths) is not dict:  # one that knows more than it holds would not come back the same
                raise MalformedError("a table of widths that is no plain dictionary")
            row = [list(map(_text, widths)), [_number(width) for width in widths.values()]]
            place = self.rows.index(row) if row in self.rows else len(self.rows)
            if place == len(self.rows):
                self.rows.append(row)
            self._places[id(widths)] = place
            self._kept.append(widths)
        return place


def _submission_row(submission: Submission, tables: _Tables) -> list[object]:
    return [
        _text(submission.source),
        _text(submission.partner),
        submission.status.value,
        _text(submission.form),
        [[_text(name), *_answer_row(answer, tables)] for name, answer in submission.answers.items()],
        [_message_row(warning) for warning in submission.warnings],
        list(map(_text, submission.notes)),
        _moment_row(submission.modified),
        _moment_row(submission.received),
        submission.name_from.value,
        _text(submission.digest),
        _text(submission.superseded_by),
        _flag(submission.is_chosen),
    ]


def _submission(row: object, tables: Sequence[Mapping[str, float]]) -> Submission:
    parts = _list(row, _SUBMISSION_PARTS)
    source, partner, status, form, answers, warnings, notes = parts[:_FIRST]
    modified, received, name_from, digest, superseded_by, is_chosen = parts[_FIRST:]
    found = dict([_named_answer(answer, tables) for answer in _list(answers)])
    if len(found) != len(answers):
        raise MalformedError("an answer twice")
    return Submission(
        source=_text(source),
        partner=_text(partner),
        status=_STATUSES[status],
        form=_text(form),
        answers=found,
        warnings=_messages(warnings),
        notes=_texts(notes),
        modified=_moment(modified),
        received=_moment(received),
        name_from=_NAMES_FROM[name_from],
        digest=_text(digest),
        superseded_by=_text(superseded_by),
        is_chosen=_flag(is_chosen),
    )


def _answer_row(answer: Answer, tables: _Tables) -> list[object]:
    return [
        _text(answer.text),
        answer.state.value,
        answer.origin.value,
        [_message_row(warning) for warning in answer.warnings],
        list(map(_text, answer.notes)),
        None if answer.box is None else [*_box_row(answer.box), tables.place_of(answer.box.glyph_widths)],
        _flag(answer.is_cut_off),
    ]


def _named_answer(row: object, tables: Sequence[Mapping[str, float]]) -> tuple[str, Answer]:
    name, text, state, origin, warnings, notes, box, is_cut_off = _list(row, _ANSWER_PARTS)
    return _text(name), Answer(
        text=_text(text),
        state=_STATES[state],
        origin=_ORIGINS[origin],
        # Mostly there are none, and a form has many fields.
        warnings=() if warnings == [] else _messages(warnings),
        notes=() if notes == [] else _texts(notes),
        box=None if box is None else _text_box(box, tables),
        is_cut_off=_flag(is_cut_off),
    )


def _box_row(box: TextBox) -> list[object]:
    return [
        _number(box.width),
        _number(box.height),
        _text(box.font),
        _number(box.font_size),
        _number(box.border),
        _flag(box.multiline),
        _whole(box.comb_cells),
        _ALIGNMENTS[box.alignment].value,
    ]


def _text_box(row: object, tables: Sequence[Mapping[str, float]]) -> TextBox:
    *parts, table = _list(row, _BOX_PARTS)
    if table is None:
        return _box_of(*parts)
    if _whole(table) < 0:
        raise MalformedError("no table of widths")
    return _box(*parts, glyph_widths=tables[table])


def _box(*parts: Any, glyph_widths: Mapping[str, float] | None = None) -> TextBox:
    width, height, font, font_size, border, multiline, comb_cells, alignment = parts
    return TextBox(
        width=_number(width),
        height=_number(height),
        font=_text(font),
        font_size=_number(font_size),
        border=_number(border),
        multiline=_flag(multiline),
        comb_cells=_whole(comb_cells),
        alignment=_ALIGNMENTS[_whole(alignment)],
        glyph_widths=glyph_widths,
    )


# The copies of a worksheet that come back share all of their boxes. Types are told apart: 1 is neither 1.0 nor true.
_box_of = lru_cache(maxsize=1024, typed=True)(_box)


def _widths(row: object) -> dict[str, float]:
    characters, widths = _list(row, 2)
    if not {str} >= set(map(type, _list(characters))):
        raise MalformedError("no text")
    table = dict(zip(characters, map(_number, _list(widths)), strict=True))
    if len(table) != len(characters):
        raise MalformedError("a character twice")
    return table


def _message_row(message: str, depth: int = _MESSAGE_DEPTH) -> list[object]:
    """Return a message as its msgid, its plural, and its values by name: a message among them is a row again."""
    if type(message) is not Message or depth == 0:
        raise MalformedError("no message, or one in messages without end")
    for msgid in filter(None, (message.msgid, message.plural)):
        _require_plain(msgid, message.values.keys())
    values = {
        _text(name): _message_row(value, depth - 1) if isinstance(value, Message) else _bare_value(value)
        for name, value in message.values.items()
    }
    return [_text(message.msgid), message.plural, values]


def _bare_value(value: object) -> str | int:
    return value if type(value) is str else _whole(value)


def _messages(rows: object) -> tuple[Message, ...]:
    return tuple([_message(row) for row in _list(rows)])


def _message(row: object, depth: int = _MESSAGE_DEPTH) -> Message:
    if depth == 0:
        raise MalformedError("messages in messages without end")
    msgid, plural, values = _list(row, 3)
    if type(values) is not dict:
        raise MalformedError("no values")
    made: dict[str, Any] = {
        name: _message(value, depth - 1) if type(value) is list else _bare_value(value)
        for name, value in values.items()
    }
    _require_plain(_text(msgid), made.keys())
    if plural is None:
        return Message(msgid, **made)
    _require_plain(_text(plural), made.keys())
    count = _whole(made.pop("n"))
    return counted(msgid, plural, count, **made)


def _require_plain(msgid: str, names: Iterable[str]) -> None:
    """Make sure that a text can be filled in without harm: each value stands there once at most, as it is.

    A format could otherwise look into objects, pad to a billion characters, or repeat a value a million times.
    """
    places = _PLACE.findall(msgid)
    rest = _PLACE.sub("", msgid)
    if "{" in rest or "}" in rest or len(set(places)) != len(places) or not set(places) <= set(names):
        raise MalformedError("no text of a message")


def _moment_row(moment: datetime | None) -> str | None:
    if moment is None:
        return None
    # Rules of summer and winter time have no place in a text; neither has which of two equal hours it was.
    if type(moment.tzinfo) not in (timezone, type(None)) or moment.fold:
        raise MalformedError("a time zone with rules")
    text = moment.isoformat()
    back = datetime.fromisoformat(text)
    if (back, back.utcoffset()) != (moment, moment.utcoffset()):  # Python loses microseconds of a zone
        raise MalformedError("a moment that no text tells")
    return text


def _moment(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(_text(text))


def _list(value: object, length: int | None = None) -> list[Any]:
    if type(value) is not list or (length is not None and len(value) != length):
        raise MalformedError("no list of that length")
    return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise MalformedError("no text")
    return value


def _texts(values: object) -> tuple[str, ...]:
    return tuple(map(_text, _list(values)))


def _flag(value: object) -> bool:
    if type(value) is not bool:
        raise MalformedError("neither true nor false")
    return value


def _whole(value: object) -> int:
    if type(value) is not int or not -_LARGEST <= value <= _LARGEST:
        raise MalformedError("no whole number")
    return value


def _number(value: object) -> float:
    if type(value) is float and isfinite(value) and -_LARGEST <= value <= _LARGEST:
        return value
    return _whole(value)
