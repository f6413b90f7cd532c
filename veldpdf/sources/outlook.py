"""E-mails that Outlook saved (.msg): a small file system (MS-CFB) with a stream for each property (MS-OXMSG).

olefile reads the file system; the few properties that matter here are read directly. Not chosen: python-oxmsg
(MIT), which does not reach the attachments of a forwarded e-mail, and extract-msg, which is under the GPL.
"""

from __future__ import annotations

import importlib
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

from veldpdf.messages import Message
from veldpdf.sources.document import (
    Budget,
    ContainerError,
    Entry,
    label,
    too_deep,
    too_large,
)
from veldpdf.sources.formats import may_hold_answers

# Names of storages and streams (MS-OXMSG, 2.1.3 and 2.2).
_ATTACHMENT = "__attach_version1.0_#"
_PROPERTY = "__substg1.0_"
_PROPERTIES = "__properties_version1.0"

# Properties that are streams (MS-OXPROPS): a number and a type.
_DATA = _PROPERTY + "37010102"
_EMBEDDED = _PROPERTY + "3701000D"
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME, _SUBJECT = "3707", "3704", "3001", "0037"
# A text is stored in UTF-16, or by old versions in the code page of whoever wrote it.
_TEXT_TYPES = {"001F": "utf-16-le", "001E": "cp1252"}

# Properties of a fixed length: when it was submitted by the sender, else delivered.
_SENT = (0x00390040, 0x0E060040)
_PROPERTY_ENTRY = struct.Struct("<IIQ")
# The list follows a header: 32 bytes in the e-mail itself, 24 in one inside it (MS-OXMSG, 2.4.1).
_HEADER, _HEADER_INSIDE = 32, 24
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

# Bytes of a name or subject that are of use.
_LONGEST_TEXT = 2048

_Path = tuple[str, ...]


def entries(file: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """Yield the attachments of an e-mail that may hold answers, those of e-mails inside it as well.

    Raises:
        ContainerError: It is damaged, or the library that reads it is not installed.
        SpentError: It holds more than is let out.
    """
    try:
        olefile = importlib.import_module("olefile")
    except ImportError as exc:
        raise ContainerError(_NOT_INSTALLED) from exc
    try:
        _check_header(file)
        with olefile.OleFileIO(file) as ole:
            yield from _OutlookMessage(ole, (), file.seek(0, 2)).entries(budget)
    except ContainerError:
        raise
    except Exception as exc:  # olefile raises whatever a damaged file makes it run into
        raise ContainerError(_DAMAGED) from exc


_NOT_INSTALLED = Message(
    "An e-mail saved by Outlook (.msg) is read with an extra: pip install 'veldpdf[mail]'. "
    "Or save its attachments and give those."
)
_DAMAGED = Message("This e-mail is damaged. Ask the partner to send it again, or save its attachments.")

# The header (MS-CFB, 2.2): the sizes of sectors as powers of two, the number of sectors that the table of sectors
# takes, and the first places of that table.
_SHIFTS, _TABLE_LENGTH, _TABLE = struct.Struct("<30xHH"), struct.Struct("<44xI"), struct.Struct("<76x109I")
_KNOWN_SHIFTS = ((9, 6), (12, 6))
_LAST_SECTOR = 0xFFFFFFFA
# Twice what the file needs, and some: writers may reserve more than they use.
_SPARE = 8


def _check_header(file: BinaryIO) -> None:
    """Make sure that the tables are no larger than the file needs: olefile reads gigabytes if it is told to."""
    header = file.read(_TABLE.size)
    size = file.seek(0, 2)
    file.seek(0)
    shifts = _SHIFTS.unpack_from(header)
    if shifts not in _KNOWN_SHIFTS:
        raise ContainerError(_DAMAGED)
    sector = 1 << shifts[0]
    # The table has four bytes for each sector of the file.
    needed = 4 * (size // sector) // sector
    given = sum(place < _LAST_SECTOR for place in _TABLE.unpack_from(header))
    if max(given, *_TABLE_LENGTH.unpack_from(header)) > 2 * needed + _SPARE:
        raise ContainerError(_DAMAGED)


class _OutlookMessage:
    """An e-mail in a file, or in an attachment of another."""

    def __init__(self, ole: Any, path: _Path, size: int, depth: int = 0) -> None:
        self._ole = ole
        self._size = size
        self._path = path
        self._depth = depth

    def entries(self, budget: Budget) -> Iterator[Entry]:
        """Yield the attachments that may hold answers."""
        modified = self._sent()
        for path in self._attachments():
            budget.take_entry()
            inner = _OutlookMessage(self._ole, (*path, _EMBEDDED), self._size, self._depth + 1)
            if self._ole.exists("/".join((*inner._path, _PROPERTIES))):
                yield from self._forwarded(inner, path, budget)
                continue
            data = self._read((*path, _DATA))
            name = self._name(path)
            budget.take_bytes(len(data))
            if len(data) > budget.limits.document:
                yield Entry(name=name, modified=modified, problem=too_large(budget.limits))
            elif may_hold_answers(name, data):
                yield Entry(name=name, data=data, modified=modified)
            else:
                budget.skipped.append(label(name))

    def _attachments(self) -> Iterator[_Path]:
        for path in self._ole.listdir(streams=False, storages=True):
            *parent, name = path
            if tuple(parent) == self._path and name.startswith(_ATTACHMENT):
                yield tuple(path)

    def _forwarded(self, inner: _OutlookMessage, path: _Path, budget: Budget) -> Iterator[Entry]:
        subject = inner._text(inner._path, _SUBJECT) or self._name(path)
        name = subject.replace("/", "-").replace("\\", "-")
        if inner._depth >= budget.limits.depth:
            yield Entry(name=f"{name}.msg", problem=too_deep(budget.limits))
            return
        for entry in inner.entries(budget):
            yield Entry(
                name=f"{name}.msg/{entry.name}",
                data=entry.data,
                modified=entry.modified,
                problem=entry.problem,
            )

    def _name(self, path: _Path) -> str:
        found = (self._text(path, number) for number in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
        return next((name for name in found if name), "attachment")

    def _text(self, path: _Path, number: str) -> str:
        for kind, encoding in _TEXT_TYPES.items():
            raw = self._read((*path, f"{_PROPERTY}{number}{kind}"))
            if raw:
                return raw[:_LONGEST_TEXT].decode(encoding, "replace").strip("\0 ")
        return ""

    def _read(self, path: _Path) -> bytes:
        """Return what a stream holds; nothing where there is none."""
        name = "/".join(path)
        # A stream that says it is larger than the file goes round in circles. (The root is all small streams.)
        if not self._ole.exists(name) or max(self._ole.get_size(name), self._ole.root.size) > self._size:
            return b""
        with self._ole.openstream(name) as stream:
            return bytes(stream.read())

    def _sent(self) -> datetime | None:
        raw = self._read((*self._path, _PROPERTIES))[_HEADER_INSIDE if self._path else _HEADER :]
        usable = len(raw) - len(raw) % _PROPERTY_ENTRY.size
        found = {tag: value for tag, _flags, value in _PROPERTY_ENTRY.iter_unpack(raw[:usable])}
        ticks = next((found[tag] for tag in _SENT if found.get(tag)), None)
        try:
            # In tenths of a microsecond.
            return None if ticks is None else _EPOCH + timedelta(microseconds=ticks // 10)
        except OverflowError:
            return None
