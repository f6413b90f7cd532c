"""The state of one run: what was dropped, what was read of it, and what the officer changed by hand. No HTTP here.

What is read never changes. What the officer says about it (a partner's name, which version counts, an answer that was
misread) is kept beside it and put on top each time, so that nothing typed is lost by a correction.

Requests come from several tabs and threads at once: every method may be called from any of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

from veldpdf.batch import labels_for
from veldpdf.completeness import classify, find_gaps
from veldpdf.messages import Message
from veldpdf.model import Answer, Completeness, FormDefinition, NameFrom, Submission
from veldpdf.partners import listed_name
from veldpdf.superseding import rivals, settle


class Progress(Enum):
    """How far a dropped file is."""

    WAITING = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class DroppedFile:
    """A file that was dropped on the page.

    Attributes:
        key: What it is called in addresses; nothing of its name is in it.
        name: What the browser called it, made fit to be shown; no two files have the same.
        path: Where it lies in the folder of the run.
        size: In bytes.
        progress: Whether it has been read.
        submissions: Every worksheet in it, as read; none while it waits.
    """

    key: str
    name: str
    path: Path
    size: int
    progress: Progress = Progress.WAITING
    submissions: tuple[Submission, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One worksheet as it counts now: as read, with what the officer said about it.

    Attributes:
        key: What it is called in addresses: the file's key and which of its worksheets it is.
        file: Where it came from.
        submission: With the officer's name, choice and corrections.
        corrected: Names of the fields that were corrected by hand.
        is_listed: Whether its partner has the name that the officer's list has for it.
    """

    key: str
    file: DroppedFile
    submission: Submission
    corrected: frozenset[str] = frozenset()
    is_listed: bool = False


@dataclass(slots=True)
class _ByHand:
    """What the officer said about one worksheet."""

    partner: str = ""
    chosen: bool = False
    corrections: dict[str, str] = field(default_factory=dict)


class Workspace:
    """Everything about one run that pages show."""

    def __init__(self, form: FormDefinition) -> None:
        """Begin with nothing.

        Args:
            form: The definition that files are read with.
        """
        self.form = form
        self._lock = threading.RLock()
        self._files: dict[str, DroppedFile] = {}
        self._by_hand: dict[str, _ByHand] = {}
        self._list: Mapping[str, str] = {}
        self._listed: dict[str, str] = {}
        self._count = 0
        self._version = 0
        self._rows: tuple[Row, ...] | None = None
        self._results: dict[str, Completeness] = {}

    @property
    def version(self) -> int:
        """A number that grows with every change."""
        return self._version

    def add(self, name: str, path: Path, size: int) -> DroppedFile:
        """Take in a file that is to be read.

        Args:
            name: What to call it; a number is put to it where another file has that name.
            path: Where it lies.
            size: In bytes.
        """
        with self._lock:
            self._count += 1
            file = DroppedFile(key=str(self._count), name=self._free_name(name), path=path, size=size)
            self._files[file.key] = file
            self._changed()
            return file

    def _free_name(self, name: str) -> str:
        taken = {file.name for file in self._files.values()}
        number, free = 1, name
        while free in taken:
            number += 1
            stem, dot, ending = name.rpartition(".")
            free = f"{stem} ({number}).{ending}" if dot else f"{name} ({number})"
        return free

    def arrived(self, key: str, submissions: Iterable[Submission]) -> None:
        """Take in what a file says; nothing where it was taken away meanwhile."""
        with self._lock:
            file = self._files.get(key)
            if file is not None:
                self._files[key] = replace(file, progress=Progress.DONE, submissions=tuple(submissions))
                self._changed()

    def waits_again(self, key: str) -> None:
        """Have a file be read once more; what the officer said about it stays."""
        with self._lock:
            if key in self._files:
                self._files[key] = replace(self._files[key], progress=Progress.WAITING)
                self._changed()

    def remove(self, key: str) -> DroppedFile | None:
        """Take a file away, and what was said about it; return it, or None where there is none."""
        with self._lock:
            file = self._files.pop(key, None)
            for kept in (self._by_hand, self._results):
                for row in [each for each in kept if each.partition("-")[0] == key]:
                    del kept[row]
            self._changed()
            return file

    @property
    def files(self) -> tuple[DroppedFile, ...]:
        """All files, sorted by name as the command line reads a folder: several arrive at a time, in any order."""
        with self._lock:
            return tuple(sorted(self._files.values(), key=lambda file: file.name.split("/")))

    @property
    def is_busy(self) -> bool:
        """Whether files are still being read."""
        return any(file.progress is Progress.WAITING for file in self.files)

    def rows(self) -> tuple[Row, ...]:
        """Return all worksheets that were read, in the order of their files, as they count now."""
        with self._lock:
            if self._rows is None:
                self._rows = self._settled()
            return self._rows

    def row(self, key: str) -> Row | None:
        """Return one worksheet; None where there is none of that key."""
        return next((row for row in self.rows() if row.key == key), None)

    def submissions(self) -> tuple[Submission, ...]:
        """Return all worksheets, for a report."""
        return tuple(row.submission for row in self.rows())

    def result(self, row: Row) -> Completeness:
        """Return what is missing in a worksheet."""
        with self._lock:
            known = self._results.get(row.key)
            if known is None or known.submission != row.submission:
                known = self._results[row.key] = find_gaps(self.form, row.submission)
            return known

    def rename(self, key: str, partner: str) -> None:
        """Call the partner of a worksheet otherwise; by an empty name as the list says, or else as it was read."""
        with self._lock:
            said = self._said(key)
            if said.partner != " ".join(partner.split()):
                # It was chosen from those of the partner that it was thought to be of.
                said.partner, said.chosen = " ".join(partner.split()), False
            self._changed()

    def name_by(self, partners: Mapping[str, str]) -> None:
        """Name partners as the officer's list says, now and when they come in; who was named by hand stays so.

        Args:
            partners: Names by file, as `read_partners` gives them; none takes the names of an earlier list back.
        """
        with self._lock:
            self._list, self._listed = partners, {}
            self._changed()

    def _name_in_list(self, source: str) -> str:
        """Return what the list says of a source; a long list is gone through once for each."""
        if source not in self._listed:
            self._listed[source] = listed_name(source, self._list)
        return self._listed[source]

    def choose(self, key: str) -> None:
        """Have a worksheet count instead of others of the same partner, however new those are."""
        with self._lock:
            rows = self.rows()
            for group in rivals([row.submission for row in rows]):
                keys = [rows[index].key for index in group]
                if key in keys:
                    for each in keys:
                        self._said(each).chosen = each == key
            self._changed()

    def correct(self, key: str, name: str, text: str) -> None:
        """Put another text in the place of one that was misread; the text as read takes the correction back.

        Args:
            key: Which worksheet.
            name: Which field; one that the worksheet does not have stays as it is.
            text: Line ends are line feeds.
        """
        with self._lock:
            read = self._as_read(key)
            if read is None or name not in read.answers:
                return
            corrections = self._said(key).corrections
            if text == read.answers[name].text:
                corrections.pop(name, None)
            else:
                corrections[name] = text
            self._changed()

    def as_read(self, key: str, name: str) -> str:
        """Return what a field says in the file itself; empty where the file lacks it."""
        read = self._as_read(key)
        return "" if read is None or name not in read.answers else read.answers[name].text

    def _as_read(self, key: str) -> Submission | None:
        file_key, _, number = key.partition("-")
        file = self._files.get(file_key)
        found = file.submissions if file is not None else ()
        return found[int(number)] if number.isdecimal() and int(number) < len(found) else None

    def _said(self, key: str) -> _ByHand:
        return self._by_hand.setdefault(key, _ByHand())

    def _changed(self) -> None:
        self._version += 1
        self._rows = None

    def _settled(self) -> tuple[Row, ...]:
        files = self.files
        # As the command line calls the files of a folder: two that agree go by their folders as well.
        labels = labels_for([Path(file.name) for file in files])
        rows = [
            (f"{file.key}-{number}", file, _called(submission, file.name, label))
            for file, label in zip(files, labels, strict=True)
            for number, submission in enumerate(file.submissions)
        ]
        said = [self._by_hand.get(key, _ByHand()) for key, _, _ in rows]
        listed = [
            "" if each.partner else self._name_in_list(submission.source)
            for (_, _, submission), each in zip(rows, said, strict=True)
        ]
        spoken = [
            _with_said(self.form, submission, each, name)
            for (_, _, submission), each, name in zip(rows, said, listed, strict=True)
        ]
        return tuple(
            Row(key, file, submission, frozenset(each.corrections), is_listed=bool(name))
            for (key, file, _), submission, each, name in zip(rows, settle(spoken), said, listed, strict=True)
        )


def _called(submission: Submission, name: str, label: str) -> Submission:
    """Return a worksheet of a file that is to be called otherwise."""
    if name == label or not submission.source.startswith(name):
        return submission
    return replace(submission, source=label + submission.source.removeprefix(name))


def _with_said(form: FormDefinition, submission: Submission, said: _ByHand, listed: str) -> Submission:
    """Return a worksheet with what the officer said about it, by hand or in the list."""
    if name := said.partner or listed:
        submission = replace(submission, partner=name, name_from=NameFrom.OFFICER)
    if said.corrections:
        answers = {
            name: _corrected(form, name, answer, said.corrections)
            for name, answer in submission.answers.items()
        }
        submission = replace(submission, answers=answers)
    return replace(submission, is_chosen=True) if said.chosen else submission


def _corrected(form: FormDefinition, name: str, answer: Answer, corrections: Mapping[str, str]) -> Answer:
    if name not in corrections:
        return answer
    text = corrections[name]
    return replace(
        answer,
        text=text,
        state=classify(form.field(name), text),
        warnings=(*answer.warnings, Message("Corrected by hand; the file says something else.")),
        # What was typed fits or not whatever the printed page shows.
        is_cut_off=False,
    )
