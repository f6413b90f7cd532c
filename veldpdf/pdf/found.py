"""One worksheet that was found in a file, whether its fields were there or only its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from veldpdf.messages import Message
from veldpdf.model import Answer, FormDefinition, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What one worksheet says.

    Attributes:
        status: ``read`` or ``recovered``.
        answers: By field name, in the definition's order.
        warnings: What the officer should know about the worksheet as a whole.
        notes: What was typed on its pages away from any field.
        modified: When the file was last saved, as the PDF says; None where it does not.
        partner: The name that travels in it; empty where it was not prefilled with one.
        first_page: Where it begins in the file; 0 where its fields show nowhere.
    """

    status: Status
    answers: Mapping[str, Answer]
    warnings: tuple[Message, ...] = ()
    notes: tuple[str, ...] = ()
    modified: datetime | None = None
    partner: str = ""
    first_page: int = 0

    def lacking(self, form: FormDefinition) -> list[str]:
        """Return the definition's fields that it does not have."""
        return [name for name in form.names if name not in self.answers]


def joined(filled: Sequence[Found], printed: Sequence[Found], form: FormDefinition) -> list[Found]:
    """Return worksheets with and without fields of one file, in the order of its pages.

    Some programs print a few pages of a worksheet and leave the fields on the others: what was printed goes with
    the worksheet that lacks just those fields.
    """
    whole = list(filled)
    for extra in printed:
        home = next(
            (i for i, found in enumerate(whole) if not found.answers.keys() & extra.answers.keys()), None
        )
        if home is None:
            whole.append(extra)
        else:
            whole[home] = _completed(whole[home], extra, form)
    return sorted(whole, key=lambda found: found.first_page)


def _completed(found: Found, extra: Found, form: FormDefinition) -> Found:
    answers = {**found.answers, **extra.answers}
    return replace(
        found,
        answers={name: answers[name] for name in form.names if name in answers},
        warnings=(*found.warnings, *extra.warnings),
        notes=(*found.notes, *extra.notes),
    )
