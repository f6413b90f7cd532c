"""What happens to files on their way, and how it is undone before qpdf repairs the rest.

Each function takes the bytes as they came in and gives them as they may have been sent, or None where this is
not what happened to them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

_OBJECT = re.compile(rb"(?<![^\s])(\d{1,10})\s{1,4}(\d{1,5})\s{1,4}obj\b")
_COUNT, _FIRST = re.compile(rb"/N\s*(\d{1,7})"), re.compile(rb"/First\s*(\d{1,9})")
_DIGITS = re.compile(rb"\d{1,10}")
# What a field and a page have in their dictionary; a value may be long, the keys stand near the beginning or end.
_FIELD = re.compile(rb"/T\s{0,4}[(<](?!<)")
_PAGE = re.compile(rb"/Type\s{0,4}/Page(?![A-Za-z])")
_HEAD = 65_536
_LARGEST_STREAM = 16 * 1024 * 1024
_END = b"%%EOF"
_OBJECT_END = b"endobj"


def unsaved_tail(data: bytes) -> bytes | None:
    """Return what stands behind the last end-of-file marker where that is part of a revision, else None.

    A mail that was cut off leaves the first revision whole: readers see the untouched examples and no error.
    """
    end = data.rfind(_END)
    tail = data[end + len(_END) :] if end >= 0 else b""
    return tail if b" obj" in tail else None


def is_cut_off(data: bytes) -> bool:
    """Whether the end of the file is missing."""
    # From behind: in a sound file it is the first thing met.
    return data.rfind(_END) < 0 or unsaved_tail(data) is not None


def with_tail(data: bytes) -> bytes | None:
    """Return a file whose objects must be looked for one by one, those behind the last whole revision included.

    The object in which the file was cut is left out, so that its earlier revision counts. Without any
    ``startxref`` qpdf goes through the whole file, and of several objects of one number it takes the last.
    """
    tail = unsaved_tail(data)
    if tail is None or _OBJECT_END not in tail:
        return None
    whole = data[: data.rfind(_OBJECT_END) + len(_OBJECT_END)]
    # It does not take an object for whole that nothing follows.
    return whole.replace(b"startxref", b"startxxxx") + b"\n%%EOF\n"


def without_windows_line_ends(data: bytes) -> bytes | None:
    """Return a file as it was before a mail gateway turned its line feeds into Windows line ends."""
    ends = data.count(b"\r\n")
    # In a sound file with compressed streams some line feeds stand alone by chance.
    return data.replace(b"\r\n", b"\n") if ends and ends == data.count(b"\n") else None


def without_double_encoding(data: bytes) -> bytes | None:
    """Return a file as it was before it was taken for Latin-1 text and sent as UTF-8."""
    if data.isascii():
        return None
    try:
        return data.decode("utf-8").encode("latin-1")
    except UnicodeError:
        return None


def with_catalogue(data: bytes) -> bytes | None:
    """Return a file of which only a beginning is left, with a catalogue over the fields and pages in it.

    Programs that write a file anew put the catalogue, or the table that leads to it, at its end. None where the
    file is or may be encrypted: its strings could not be read.
    """
    end = data.rfind(_OBJECT_END)
    if end < 0 or b"/Encrypt" in data:
        return None
    whole = data[: end + len(_OBJECT_END)].replace(b"startxref", b"startxxxx").replace(b"trailer", b"trailxx")
    objects = _objects_in(whole)
    packed = {
        number: body
        for stream in list(objects.values())
        for number, body in _packed_in(stream).items()
        if number not in objects
    }
    objects |= packed
    fields = [number for number, body in objects.items() if _FIELD.search(body[:_HEAD])]
    pages = [number for number, body in objects.items() if _PAGE.search(body[:_HEAD])]
    if not fields:
        return None
    root = max(objects) + 1
    loose = b"".join(b"\n%d 0 obj\n%b\nendobj" % item for item in packed.items())
    return (
        whole
        + loose
        + (
            b"\n%d 0 obj\n<</Type/Catalog/Pages %d 0 R/AcroForm<</Fields[%b]>>>>\nendobj"
            b"\n%d 0 obj\n<</Type/Pages/Count %d/Kids[%b]>>\nendobj"
            b"\ntrailer<</Root %d 0 R/Size %d>>\n%%%%EOF\n"
        )
        % (root, root + 1, _references(fields), root + 1, len(pages), _references(pages), root, root + 2)
    )


def _objects_in(data: bytes) -> dict[int, bytes]:
    """Return what stands between ``obj`` and ``endobj``, by object number; of several the last."""
    starts = list(_OBJECT.finditer(data))
    ends = [found.start() for found in starts[1:]] + [len(data)][: len(starts)]
    return {
        int(found[1]): data[found.end() : end].strip().removesuffix(_OBJECT_END)
        for found, end in zip(starts, ends, strict=True)
    }


def _packed_in(body: bytes) -> dict[int, bytes]:
    """Return the objects in an object stream (7.5.7); none in anything else."""
    head, keyword, content = body.partition(b"stream")
    count, first = _COUNT.search(head), _FIRST.search(head)
    if b"/ObjStm" not in head or not keyword or count is None or first is None:
        return {}
    try:
        plain = zlib.decompressobj().decompress(content.lstrip(b"\r\n"), _LARGEST_STREAM)
    except zlib.error:
        return {}
    begin = int(first[1])
    numbers = [int(number) for number in _DIGITS.findall(plain[:begin])[: 2 * int(count[1])]]
    offsets = [begin + offset for offset in numbers[1::2]]
    ends = [*offsets[1:], len(plain)]
    return {number: plain[offset:end] for number, offset, end in zip(numbers[::2], offsets, ends, strict=False)}


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in sorted(numbers))
