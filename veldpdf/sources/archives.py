"""Zip files: their entries, however they were made, and without trusting what their headers say."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from lzma import LZMAError
from typing import BinaryIO

from veldpdf.messages import Message
from veldpdf.sources.document import (
    MEGABYTE,
    Budget,
    ContainerError,
    Entry,
    Limits,
    label,
    too_large,
    too_many,
)
from veldpdf.sources.formats import ENDINGS, HEAD, may_hold_answers

_IS_ENCRYPTED = 1 << 0
_NAME_IS_UTF8 = 1 << 11

# Extra fields (APPNOTE.TXT, 4.5 and 4.6): what Info-ZIP and macOS say about time and name.
_EXTENDED_TIME = 0x5455
_UNICODE_PATH = 0x7075
_HAS_MTIME = 1 << 0

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    LZMAError,
    EOFError,
    OSError,  # bz2 has no error of its own
    ValueError,
    IndexError,
    OverflowError,
    struct.error,
)


def entries(file: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """Yield the entries of a zip file that may hold answers; its folders and the rest are skipped.

    Raises:
        ContainerError: It is damaged.
        SpentError: It holds more than is let out.
    """
    try:
        archive = zipfile.ZipFile(_Guarded(file, budget.limits))
    except (*_BROKEN, NotImplementedError) as exc:
        raise ContainerError(_DAMAGED) from exc
    with archive:
        for info in archive.infolist():
            name = _name(info)
            if name.endswith("/") or _is_of_macos(name):
                continue
            budget.take_entry()
            entry = _entry(archive, info, name, budget)
            if entry is None:
                budget.skipped.append(label(name))
            else:
                yield entry


_DAMAGED = Message("This zip file is damaged. Ask the partner to send it again.")
_DAMAGED_ENTRY = Message("This is damaged inside the zip file. Ask the partner to send it again.")
_ENCRYPTED = Message("This is encrypted. Unpack the zip file with its password and give the PDF itself.")
_PACKED_OTHERWISE = Message(
    "This is packed in a way that cannot be read. Unpack the zip file and give the PDF itself."
)

# What each entry of the directory begins with (APPNOTE.TXT, 4.3.12).
_DIRECTORY_MARK = b"PK\x01\x02"
# `zipfile` reads the whole directory, at some 500 bytes each, before it gives the first entry. Zip files stored
# in this one have directories as well, so this is more than one file may hold: a guard, not a count.
_MARKS_PER_ENTRY = 20
# Bytes that are read at once: of a directory, as many for each entry as a long name takes. Entries come in less.
_BYTES_PER_ENTRY = 4096


class _Guarded(io.RawIOBase):
    """A zip file whose directory is refused where it does not fit in memory, or its entries do not.

    `zipfile` asks for a directory in one go, as many bytes of it as the end of the file says there are
    (APPNOTE.TXT, 4.3.16). So the rest of the file, gigabytes perhaps, need not be looked at.
    """

    def __init__(self, file: BinaryIO, limits: Limits) -> None:
        super().__init__()
        self._file = file
        self._limits = limits

    def read(self, size: int = -1) -> bytes:
        """Read at most so many bytes; to the end only where little is left."""
        most = _BYTES_PER_ENTRY * self._limits.entries + MEGABYTE
        wanted = most + 1 if size < 0 else size
        # What is asked for may not be there: only what is counts.
        data = self._file.read(min(wanted, most + 1))
        if len(data) > most or data.count(_DIRECTORY_MARK) > _MARKS_PER_ENTRY * self._limits.entries:
            raise too_many(self._limits)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in the file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file."""
        return self._file.tell()

    def seekable(self) -> bool:
        """Whether one can go to a place: always, for the directory stands last."""
        return True

    def readable(self) -> bool:
        """Whether it can be read: it is there for nothing else."""
        return True


def _is_of_macos(name: str) -> bool:
    parts = name.split("/")
    return parts[0] == "__MACOSX" or parts[-1].startswith("._")


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: Budget) -> Entry | None:
    """Return an entry, with a problem where it cannot be read; None where it cannot hold answers."""
    modified = _modified(info)
    if info.flag_bits & _IS_ENCRYPTED:
        # Its content cannot be seen, so its name must do.
        return _problem(name, modified, _ENCRYPTED)
    try:
        data = _read(archive, info, name, budget)
    except NotImplementedError:
        return _problem(name, modified, _PACKED_OTHERWISE)
    except _BROKEN:
        return _problem(name, modified, _DAMAGED_ENTRY)
    if data is None:
        return None
    if len(data) > budget.limits.document:
        return Entry(name=name, modified=modified, problem=too_large(budget.limits))
    return Entry(name=name, data=data, modified=modified)


def _problem(name: str, modified: datetime | None, problem: Message) -> Entry | None:
    if not name.lower().endswith(ENDINGS):
        return None
    return Entry(name=name, modified=modified, problem=problem)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, budget: Budget) -> bytes | None:
    """Return what an entry holds, one byte more than is let out at most; None where it is of no use.

    Counted while it is unpacked: the sizes in the headers of a bomb are lies.
    """
    with archive.open(info) as stream:
        head = stream.read(HEAD)
        budget.take_bytes(len(head))
        if not may_hold_answers(name, head):
            return None
        pieces, size = [head], len(head)
        while size <= budget.limits.document and (piece := stream.read(MEGABYTE)):
            budget.take_bytes(len(piece))
            pieces.append(piece)
            size += len(piece)
    return b"".join(pieces)


def _name(info: zipfile.ZipInfo) -> str:
    r"""Return the name of an entry, with slashes.

    Without the flag for UTF-8, `zipfile` takes names for cp437. macOS and many libraries write UTF-8 all the
    same; hardly any name in cp437 happens to be UTF-8 as well.
    """
    name = info.orig_filename
    if not info.flag_bits & _NAME_IS_UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            stored = _extra(info, _UNICODE_PATH)
            # One byte for the version and four for a checksum go before it.
            name = stored[5:].decode("utf-8", "replace") if stored else name
    return name.partition("\0")[0].replace("\\", "/")


def _modified(info: zipfile.ZipInfo) -> datetime | None:
    """Return when an entry was last changed.

    The directory's own time is that of a clock on a wall somewhere; counted as UTC, it is off by hours at most.
    """
    stored = _extra(info, _EXTENDED_TIME)
    try:
        if stored and stored[0] & _HAS_MTIME:
            return datetime.fromtimestamp(struct.unpack_from("<i", stored, 1)[0], UTC)
        return datetime(*info.date_time, tzinfo=UTC)
    except (ValueError, OverflowError, OSError, struct.error):
        return None


def _extra(info: zipfile.ZipInfo, wanted: int) -> bytes | None:
    """Return one of the extra fields of an entry."""
    rest = info.extra
    while len(rest) >= struct.calcsize("<HH"):
        kind, length = struct.unpack_from("<HH", rest)
        if kind == wanted:
            return rest[4 : 4 + length]
        rest = rest[4 + length :]
    return None
