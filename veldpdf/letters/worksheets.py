"""The worksheet that goes along with a letter: what the partner answered stands in it, and what is asked is open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from veldpdf.errors import ValuesError
from veldpdf.letters.letters import Letter
from veldpdf.messages import Message
from veldpdf.model import State, Status, Submission
from veldpdf.pdf.filling.template import Template, Value

_OWN = frozenset({State.ANSWERED, State.PARTLY_EXAMPLE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A worksheet to go along.

    Attributes:
        pdf: The file.
        is_prefilled: Whether answers of the partner stand in it.
        is_locked: Whether fields are locked in it.
        left_out: Why answers could not be put into it, by field name.
    """

    pdf: bytes
    is_prefilled: bool
    is_locked: bool
    left_out: Mapping[str, Message]


def worksheet_for(template: Template, letter: Letter, submission: Submission) -> Attachment:
    """Return a fresh worksheet for a partner.

    Where fields were read, all those are locked that the letter does not ask about. Of a printed copy everything
    stays open: what was read off a page is for the partner to check.
    """
    values: dict[str, Value] = {}
    left_out: dict[str, Message] = {}
    for name, answer in submission.answers.items():
        if answer.state not in _OWN:
            continue
        fitting = _value(template, name, answer.text)
        if isinstance(fitting, Message):
            left_out[name] = fitting
        else:
            values[name] = fitting
    lock = [
        name
        for name in template.fields
        if submission.status is Status.READ and name not in letter.open_fields and name not in left_out
    ]
    return Attachment(
        pdf=template.fill(values, lock=lock, partner=letter.partner),
        is_prefilled=bool(values),
        is_locked=bool(lock),
        left_out=left_out,
    )


def _value(template: Template, name: str, text: str) -> Value | Message:
    """Return an answer as its field takes it, or why it does not."""
    if name not in template.fields:
        return Message("the worksheet has no such field.")
    # Of a list in which several are chosen, an answer has a line for each.
    candidates: tuple[Value, ...] = (text, text.split("\n"))
    reasons = []
    for value in candidates:
        try:
            template.measure({name: value})
        except ValuesError as exc:
            reasons.append(exc.what)
        else:
            return value
    return reasons[0]
