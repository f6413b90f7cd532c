"""Which submission of a partner counts, when there are several. Pure.

Partners send twice: a better version, or the same file again. Both are kept and told of; the newer counts, unless the
officer chose another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from veldpdf.messages import Message
from veldpdf.model import NameFrom, Submission

# Words of file names that tell what was filled in, and not by whom.
_ABOUT_THE_FORM = frozenset(
    {"werkblad", "formulier", "document", "bijlage", "scan", "worksheet", "form", "ingevuld", "pdf", "bestand"}
)
_PARTS = re.compile(r"[^\W\d_]+|\d+")
_MOST_NAMED = 5
# How many parts tell a sender apart: a name that was said; one after a file, with its folder.
_SAID, _IN_A_FOLDER = 1, 2
# Older than anything a partner sends: stands for "unknown", and is what reproducible PDFs are dated.
_LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def settle(submissions: Iterable[Submission]) -> tuple[Submission, ...]:
    """Return the submissions in the same order, those marked that a newer one of the same partner replaces."""
    kept = list(submissions)
    for group in rivals(kept):
        counting = max(group, key=lambda index: (kept[index].is_chosen, _moments(kept[index]), index))
        for index in group:
            if index != counting:
                kept[index] = _marked(kept[index], kept[counting])
    copies: dict[str, list[str]] = {}
    for submission in kept:
        if submission.digest and not submission.superseded_by:
            copies.setdefault(submission.digest, []).append(submission.source)
    return tuple(_same_as_another(submission, copies) for submission in kept)


def rivals(submissions: Sequence[Submission]) -> list[list[int]]:
    """Return which submissions are of one partner each, by their places: of each group one counts."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for index, submission in enumerate(submissions):
        if submission.status.has_answers:
            groups.setdefault(_sender(submission), []).append(index)
    _join_by_name(groups)
    return list(groups.values())


def _join_by_name(groups: dict[tuple[str, ...], list[int]]) -> None:
    """Put what is called after its file to what the officer or the worksheet itself calls by the same name.

    Who calls one worksheet "GGD" means the partner of `ggd.pdf`. Where several folders hold such a file, nobody knows
    which of them is meant, and all of them count.
    """
    for named in [key for key in groups if len(key) == _SAID]:
        after_file = [key for key in groups if key[0] == named[0] and len(key) == _IN_A_FOLDER]
        if len(after_file) == 1:
            groups[named] += groups.pop(after_file[0])


def _same_as_another(submission: Submission, copies: Mapping[str, Sequence[str]]) -> Submission:
    """Return a submission with a warning where another partner's file is the same, byte for byte.

    Both count: two partners may have sent back the worksheet as it came. But it may also be one partner's
    file under two names.
    """
    same = copies.get(submission.digest, ())
    # Of ten thousand copies all would be gone through for each.
    twins = [source for source in same[: _MOST_NAMED + 2] if source != submission.source]
    if submission.superseded_by or not twins:
        return submission
    named = [*twins[:_MOST_NAMED], "…"] if len(twins) > _MOST_NAMED else twins
    return _warned(submission, Message("This is the same file as {source}.", source=", ".join(named)))


def _warned(submission: Submission, warning: Message) -> Submission:
    """Return a submission that tells of something once, however often it is settled."""
    if warning in submission.warnings:
        return submission
    return replace(submission, warnings=(*submission.warnings, warning))


def _sender(submission: Submission) -> tuple[str, ...]:
    """Return what two submissions of one partner have in common."""
    name = " ".join(submission.partner.split()).casefold()
    if submission.name_from is not NameFrom.FILE:
        return (name,)
    # Named after its file it may be anybody's: "werkblad.pdf" in the folders of two partners, and
    # "werkblad (1).pdf", as browsers and mail programs call the second file of that name.
    if set(_PARTS.findall(name)) <= _ABOUT_THE_FORM | set(_PARTS.findall(submission.form.casefold())):
        return (name, submission.source, "")
    return (name, str(PurePosixPath(submission.source).parent))


def _moments(submission: Submission) -> tuple[datetime, datetime]:
    """Return what tells which submission is newer: the PDF's own date, then that of the file.

    Not every viewer writes a date when it saves; the file's stands in for it then.
    """
    received = max(submission.received or _LONG_AGO, _LONG_AGO)
    modified = submission.modified
    return (modified if modified is not None and modified > _LONG_AGO else received), received


def _marked(submission: Submission, newer: Submission) -> Submission:
    if submission.digest and submission.digest == newer.digest:
        warning = Message("This is the same file as {source}.", source=newer.source)
    elif newer.is_chosen:
        warning = Message(
            "The same partner also sent {source}, which was chosen to count.", source=newer.source
        )
    else:
        warning = Message(
            "The same partner also sent {source}, which is newer and counts.", source=newer.source
        )
    return _warned(replace(submission, superseded_by=newer.source), warning)


def counting(submissions: Sequence[Submission]) -> tuple[Submission, ...]:
    """Return those submissions that count: the settled ones that no other replaces."""
    return tuple(submission for submission in submissions if not submission.superseded_by)
