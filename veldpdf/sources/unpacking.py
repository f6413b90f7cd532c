"""Opening what is a container, again and again, until documents are left."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

from veldpdf.files import (
    ChangedError,
    TooLargeError,
    content_mark,
    encodable,
    open_file,
    read_opened,
    unreadable,
)
from veldpdf.messages import Message
from veldpdf.sources import archives, outlook
from veldpdf.sources.document import (
    LIMITS,
    Budget,
    ContainerError,
    Document,
    Entry,
    Kind,
    Labels,
    Limits,
    SpentError,
    label,
    too_deep,
    too_large,
)
from veldpdf.sources.formats import ENDINGS, HEAD, Format, format_of

_KINDS: Mapping[Format, Kind] = {Format.PDF: Kind.PDF, Format.FDF: Kind.FDF, Format.XFDF: Kind.XFDF}

# Names of other files that are told of when there is no PDF: enough to see what was sent.
_MOST_NAMES = 5


def documents_in(path: Path, limits: Limits = LIMITS) -> Iterator[Document]:
    """Yield what may hold answers in one file, at least one document: its problem says what is wrong.

    Args:
        path: A PDF, form data, a zip file or a saved e-mail, whatever it is called.
        limits: How much comes out of it at most.
    """
    name = encodable(path.name)
    try:
        with open_file(path) as file:
            yield from _documents_in_file(name, file, limits)
    except TooLargeError:
        yield Document(source=name, problem=too_large(limits))
    except OSError as exc:
        error = unreadable(path, exc)
        problem = Message("{what} {remedy}", what=error.what, remedy=error.remedy)
        yield Document(source=name, problem=problem)


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _documents_in_file(name: str, file: BinaryIO, limits: Limits) -> Iterator[Document]:
    status = os.fstat(file.fileno())
    # What comes through a pipe has no time, and cannot be read twice.
    is_regular = S_ISREG(status.st_mode)
    modified = _moment(status.st_mtime) if is_regular else None
    if is_regular:
        head = file.read(HEAD) or b""
        file.seek(0)
        if format_of(name, head) is Format.ZIP:
            # As large as it likes to be: only what is taken out of it comes into memory.
            before = content_mark(file)
            yield from _Unpacking(Budget(limits)).documents(_Found(name, file, Format.ZIP, modified))
            if content_mark(file) != before:
                raise ChangedError
            return
    yield from documents_in_bytes(name, read_opened(file, limits.document), modified=modified, limits=limits)


def documents_in_bytes(
    name: str, data: bytes, *, modified: datetime | None = None, limits: Limits = LIMITS
) -> Iterator[Document]:
    """Yield what may hold answers in the bytes of a file, at least one document.

    Args:
        name: What to call the file.
        data: What it holds.
        modified: When it was last changed, where that is known.
        limits: How much comes out of it at most.
    """
    format_ = format_of(name, data)
    stream = io.BytesIO(data)
    yield from _Unpacking(Budget(limits)).documents(_Found(name, stream, format_, modified))


@dataclass(frozen=True, slots=True)
class _Found:
    """A file on its way: given, or taken out of a container."""

    source: str
    content: BinaryIO
    format: Format
    modified: datetime | None
    depth: int = 0


def _in_mail(file: BinaryIO, budget: Budget) -> Iterator[Entry]:
    from veldpdf.sources import mail  # noqa: PLC0415 - start-up time, for what few folders hold

    return mail.entries(file, budget)


_Opener = Callable[[BinaryIO, Budget], Iterator[Entry]]
_OPENERS: Mapping[Format, _Opener] = {
    Format.ZIP: archives.entries,
    Format.MAIL: _in_mail,
    Format.OUTLOOK: outlook.entries,
}


class _Unpacking:
    """One file being unpacked, with all that is in it."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def documents(self, found: _Found) -> Iterator[Document]:
        """Yield the documents in a file that was given: at least one."""
        is_empty = True
        try:
            for document in self._documents(found):
                is_empty = False
                yield document
        except SpentError as exc:
            yield Document(source=found.source, modified=found.modified, problem=exc.reason)
            return
        if is_empty:
            yield Document(source=found.source, modified=found.modified, problem=self._nothing())

    def _documents(self, found: _Found) -> Iterator[Document]:
        opener = _OPENERS.get(found.format)
        if found.format is Format.TNEF:
            yield Document(source=found.source, modified=found.modified, problem=_TNEF)
        elif opener is not None:
            yield from self._contents(found, opener)
        else:
            kind = _KINDS.get(found.format, Kind.PDF)
            yield Document(source=found.source, data=found.content.read(), kind=kind, modified=found.modified)

    def _contents(self, found: _Found, opener: _Opener) -> Iterator[Document]:
        if found.depth == self._budget.limits.depth:
            yield Document(source=found.source, modified=found.modified, problem=too_deep(self._budget.limits))
            return
        labels = Labels()
        try:
            for entry in opener(found.content, self._budget):
                yield from self._entry(found, entry, labels)
        except SpentError:
            raise
        except ContainerError as exc:
            yield Document(source=found.source, modified=found.modified, problem=exc.reason)

    def _entry(self, parent: _Found, entry: Entry, labels: Labels) -> Iterator[Document]:
        source = f"{parent.source}/{labels.unique(entry.name)}"
        modified = entry.modified or parent.modified
        if entry.problem is not None:
            yield Document(source=source, modified=modified, problem=entry.problem)
            return
        format_ = format_of(entry.name, entry.data)
        if format_ is Format.OTHER and not entry.name.lower().endswith(ENDINGS):
            self._budget.skipped.append(label(entry.name))
            return
        stream = io.BytesIO(entry.data)
        yield from self._documents(_Found(source, stream, format_, modified, parent.depth + 1))

    def _nothing(self) -> Message:
        skipped = self._budget.skipped
        if not skipped:
            return Message("This holds no PDF. Ask the partner to send it again, with the PDF.")
        more = ["…"] if len(skipped) > _MOST_NAMES else []
        return Message(
            "This holds no PDF, but: {names}. Ask the partner for the PDF.",
            names=", ".join([*skipped[:_MOST_NAMES], *more]),
        )


_TNEF = Message(
    "Outlook packed the attachments in a way that only Outlook reads (winmail.dat). "
    "Ask the partner to send the e-mail again as HTML or plain text, not as rich text."
)
