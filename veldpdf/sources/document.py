"""What comes out of files and containers, and how much of it is let out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath

from veldpdf.files import LARGEST_FILE
from veldpdf.messages import Message

MEGABYTE = 1024 * 1024

# Longer than any file system lets a name be.
_LONGEST_NAME = 255
_UNNAMED = "unnamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much comes out of one file that is given.

    Attributes:
        document: Bytes of one document, whether it lies in a folder or in a container.
        total: Bytes of all that one file unpacks to: the returned worksheets of several hundred partners.
        entries: Files in one container and all that lie in it, whatever they are.
        depth: Containers in containers. A zip file in an e-mail that was forwarded is the third; every one more
            is an accident or an attack.
    """

    document: int = LARGEST_FILE
    total: int = 2048 * MEGABYTE
    entries: int = 10_000
    depth: int = 3


LIMITS = Limits()


class Kind(StrEnum):
    """What a document is, by its content."""

    PDF = "pdf"
    FDF = "fdf"
    XFDF = "xfdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file that may hold answers, wherever it lay.

    Attributes:
        source: What to call it: ``"ggd.pdf"``, ``"post.eml/ggd.pdf"``, ``"retour.zip/map/ggd.pdf"``. No two
            documents of one file have the same.
        data: What it holds; nothing where there is a problem.
        kind: What it is. A file that is none of the kinds but was given, or is called, as if it were, is a
            PDF: reading it tells what it is instead.
        modified: When it was last changed, as the container or the e-mail around it says, else the file
            system; None where nothing does. Always with a time zone.
        problem: Why there is nothing to read; None where there is.
    """

    source: str
    data: bytes = b""
    kind: Kind = Kind.PDF
    modified: datetime | None = None
    problem: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file in a container.

    Attributes:
        name: What the container calls it, folders and all; not to be trusted.
        data: What it holds; nothing where there is a problem.
        modified: When it was last changed; None where the container does not say.
        problem: Why there is nothing to read; None where there is.
    """

    name: str
    data: bytes = b""
    modified: datetime | None = None
    problem: Message | None = None


class ContainerError(Exception):
    """A container cannot be read on.

    Attributes:
        reason: Why, for the user.
    """

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


class SpentError(ContainerError):
    """A file unpacks to more than is let out: nothing more of it is read."""


class Budget:
    """What one file may still unpack to, at all depths together.

    Attributes:
        limits: What it began with.
        skipped: Names of the entries that cannot hold answers, such as ``"antwoord.docx"``.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.skipped: list[str] = []
        self._entries = limits.entries
        self._bytes = limits.total

    def take_entry(self) -> None:
        """Count one entry; raises SpentError where that is one too many."""
        self._entries -= 1
        if self._entries < 0:
            raise too_many(self.limits)

    def take_bytes(self, count: int) -> None:
        """Count bytes that were unpacked; raises SpentError where those are too many."""
        self._bytes -= count
        if self._bytes < 0:
            raise SpentError(
                Message(
                    "This unpacks to more than {limit} MB; the rest was not read. Give the PDFs themselves.",
                    limit=self.limits.total // MEGABYTE,
                )
            )


def too_many(limits: Limits) -> SpentError:
    """Return the error for more entries than are let out."""
    return SpentError(
        Message(
            "This holds more than {limit} files; the rest was not read. Give the PDFs themselves.",
            limit=limits.entries,
        )
    )


def too_large(limits: Limits) -> Message:
    """Return the problem of a document that is larger than any worksheet."""
    return Message(
        "This is larger than {limit} MB and was not read. Ask the partner for the worksheet alone.",
        limit=limits.document // MEGABYTE,
    )


def too_deep(limits: Limits) -> Message:
    """Return the problem of what is packed in a packing in a packing, and so on."""
    return Message(
        "This is packed more than {depth} times over and was not read. Unpack it and give the PDF itself.",
        depth=limits.depth,
    )


def label(name: str) -> str:
    r"""Return the name of an entry as something to show: ``C:\map\..\ggd.pdf`` → ``map/ggd.pdf``."""
    parts = (_printable(part) for part in name.replace("\\", "/").split("/"))
    kept = [part for part in parts if part and part not in (".", "..") and not _is_drive(part)]
    return "/".join(kept) or _UNNAMED


def _printable(part: str) -> str:
    # Formatting characters go as well: one that turns the direction of text makes "fdp.exe" read "exe.pdf".
    shown = "".join(c for c in part if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return shown.strip()[:_LONGEST_NAME]


def _is_drive(part: str) -> bool:
    return len(part) == len("C:") and part.endswith(":")


class Labels:
    """The labels in one container, each given out once: a second ``ggd.pdf`` is ``ggd (2).pdf``."""

    def __init__(self) -> None:
        self._given: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """Return the label of a name, with a number where another entry has it already."""
        wanted = label(name)
        number = self._given.get(wanted.casefold(), 0)
        chosen = wanted
        while chosen.casefold() in self._given:
            number += 1
            path = PurePosixPath(wanted)
            chosen = str(path.with_name(f"{path.stem} ({number + 1}){path.suffix}"))
        self._given[wanted.casefold()] = number
        self._given.setdefault(chosen.casefold(), 0)
        return chosen
