"""Hybrid-reference files (7.5.8.4): a cross-reference table for old readers, and beside it a stream for new ones.

Objects that only the stream tells of are listed in the table as free. qpdf 12 takes the table's word for it and
reads them as null, with no warning, so a form whose fields are compressed loses them. Here the stream's entries are
appended as a section of their own, which every reader believes. This may go when qpdf reads such files again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf

_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
_STREAM_OFFSET = re.compile(rb"/XRefStm\s*(\d+)")
_PREVIOUS = re.compile(rb"/Prev\s*(\d+)")
_ROOT = re.compile(rb"/Root\s*(\d+\s+\d+\s+R)")
_REFERENCE = re.compile(rb"\b\d+\s+\d+\s+R\b")
_SUBSECTION = re.compile(rb"\s*(\d+)\s+(\d+)\s*\r?\n?")
_ENTRY_LENGTH = 20
# More revisions than any file has.
_MOST_SECTIONS = 100
_LONGEST_TRAILER = 4096
_IN_USE, _COMPRESSED = 1, 2

Entry = tuple[int, int, int]


def with_hidden_objects(data: bytes) -> bytes | None:
    """Return a hybrid file in which every reader sees all objects; None where it is not hybrid, or not sound."""
    start = _START.search(data[-1024:])
    if start is None:
        return None
    try:
        if not any(_STREAM_OFFSET.search(trailer) for _, trailer in _sections(data, int(start[1]))):
            return None
        hidden, listed, root = _hidden_entries(data, int(start[1]))
        # What does not fit into the columns below is no place in this file.
        hidden = {key: entry for key, entry in hidden.items() if entry[1] < 2**32 and entry[2] < 2**16}
    except (ValueError, LookupError, TypeError, AttributeError, RuntimeError, pikepdf.PdfError):
        return None
    if not hidden or root is None:
        return None
    number = max([*hidden, *listed]) + 1
    position = len(data) + 1
    rows = {**hidden, number: (_IN_USE, position, 0)}
    index = b" ".join(b"%d 1" % key for key in sorted(rows))
    body = b"".join(
        bytes([kind]) + first.to_bytes(4, "big") + second.to_bytes(2, "big")
        for _, (kind, first, second) in sorted(rows.items())
    )
    return (
        b"%b\n%d 0 obj\n<</Type/XRef/W[1 4 2]/Index[%b]/Size %d/Root %b/Prev %d/Length %d>>\nstream\n%b"
        % (
            data,
            number,
            index,
            number + 1,
            root,
            int(start[1]),
            len(body),
            body,
        )
        + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % position
    )


def _hidden_entries(data: bytes, offset: int) -> tuple[dict[int, Entry], set[int], bytes | None]:
    """Return what only streams tell of, by object number; what tables tell of; the catalogue's reference."""
    hidden: dict[int, Entry] = {}
    listed: set[int] = set()
    root: bytes | None = None
    for (begin, end), trailer in _sections(data, offset):
        listed |= set(_in_use(data[begin:end]))
        found = _ROOT.search(trailer)
        root = root or (found[1] if found else None)
        stream = _STREAM_OFFSET.search(trailer)
        if stream is not None:
            for number, entry in _stream_entries(data, int(stream[1])):
                if number not in listed:
                    hidden.setdefault(number, entry)
    return hidden, listed, root


def _sections(data: bytes, offset: int) -> Iterator[tuple[tuple[int, int], bytes]]:
    """Yield where each cross-reference table begins and ends, the newest first, and its trailer.

    Raises:
        ValueError: A table has no trailer.
    """
    seen: set[int] = set()
    while offset not in seen and len(seen) < _MOST_SECTIONS:
        seen.add(offset)
        if not data[offset : offset + 20].lstrip().startswith(b"xref"):
            return
        end = data.index(b"trailer", offset)
        trailer = data[end : end + _LONGEST_TRAILER].partition(b"startxref")[0]
        yield (data.index(b"xref", offset) + 4, end), trailer
        previous = _PREVIOUS.search(trailer)
        if previous is None:
            return
        offset = int(previous[1])


def _in_use(table: bytes) -> Iterator[int]:
    """Yield the numbers of the objects that a cross-reference table has a place for (7.5.4)."""
    position = 0
    while (head := _SUBSECTION.match(table, position)) is not None:
        first, count = int(head[1]), int(head[2])
        position = head.end()
        for number in range(first, first + min(count, len(table) // _ENTRY_LENGTH + 1)):
            if table[position + 17 : position + 18] == b"n":
                yield number
            position += _ENTRY_LENGTH


def _stream_entries(data: bytes, offset: int) -> Iterator[tuple[int, Entry]]:
    """Yield the entries of a cross-reference stream for objects that are there (7.5.8.3)."""
    begin = data.index(b"<<", offset)
    keyword = data.index(b"stream", begin)
    with pikepdf.new() as scratch:
        # Word repeats the trailer here: references to objects, which the entries can be read without.
        head = pikepdf.Object.parse(_REFERENCE.sub(b"null", data[begin:keyword]))
        content = data[keyword + 6 :].removeprefix(b"\r").removeprefix(b"\n")[: int(head["/Length"])]
        stream = pikepdf.Stream(scratch, content)
        for key in ("/Filter", "/DecodeParms"):
            if key in head:
                stream[key] = head[key]
        body = stream.read_bytes()
    widths = [int(width) for width in head["/W"]]
    runs = [int(number) for number in head.get("/Index", [0, int(head["/Size"])])]
    numbers = (
        number
        for first, count in zip(runs[::2], runs[1::2], strict=True)
        for number in range(first, first + count)
    )
    for number, start in zip(numbers, range(0, len(body), sum(widths)), strict=False):
        fields = []
        for width in widths:
            fields.append(int.from_bytes(body[start : start + width], "big") if width else _IN_USE)
            start += width  # noqa: PLW2901 - walks through the row
        if fields[0] in (_IN_USE, _COMPRESSED):
            yield number, (fields[0], fields[1], fields[2])
