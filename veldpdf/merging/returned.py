"""A submission on its way into the report: what the report calls it, and what is to be known about its answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from veldpdf.completeness import SAYS_NOTHING
from veldpdf.merging.values import Said
from veldpdf.model import Answer, Completeness, State, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A submission, what the report calls it, and what is to be known about its answers."""

    name: str
    submission: Submission
    gaps: Completeness

    @property
    def answers(self) -> Mapping[str, Answer]:
        """What was read, by field."""
        return self.submission.answers if self.submission.status.has_answers else {}

    def said(self, field: str) -> Said | None:
        """Return what the answer to a question says; None where it says nothing."""
        answer = self.answers.get(field)
        if answer is None or answer.state in SAYS_NOTHING:
            return None
        if answer.state is not State.PARTLY_EXAMPLE:
            return Said(typed=answer.text)
        return Said(typed=answer.text, own_words=self.gaps.own_words.get(field, answer.text))


def names_of(submissions: Sequence[Submission]) -> list[str]:
    """Return what to call each submission, no two alike: one that another replaces goes by its file as well."""
    partners = [submission.partner.strip() or submission.source for submission in submissions]
    counting = Counter(
        partner
        for partner, submission in zip(partners, submissions, strict=True)
        if not submission.superseded_by
    )
    names = [
        f"{partner} ({submission.source})" if submission.superseded_by or counting[partner] > 1 else partner
        for partner, submission in zip(partners, submissions, strict=True)
    ]
    # Those that count choose first.
    order = sorted(range(len(names)), key=lambda index: bool(submissions[index].superseded_by))
    taken: set[str] = set()
    free = {index: _free(names[index], taken) for index in order}
    return [free[index] for index in range(len(names))]


def _free(name: str, taken: set[str]) -> str:
    """Return the name, numbered if it is taken, and take it."""
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name} #{number}", number + 1
    taken.add(candidate)
    return candidate
