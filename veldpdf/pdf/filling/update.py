"""Appending to a PDF: an incremental update (7.5.6), which leaves every byte of the file as it was.

That is what makes filling as fast as copying, and what keeps signatures and Reader rights whole. The update's
cross-reference section is of the kind that the file has, because a reader need not follow ``/Prev`` from a
table to a stream (7.5.8).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

import pikepdf

from veldpdf.pdf.filling.encryption import FileCipher
from veldpdf.pdf.objects import ObjectId, as_number, get, get_name
from veldpdf.pdf.streams import read_limited

_START_XREF = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*$")
# Only the end of the file tells where its last cross-reference section is; the standard's "last 1024 bytes".
_TAIL = 1024
_WHITE = b"\0\t\n\f\r "
_REFERENCE = re.compile(rb"\b(\d{1,7})\s+\d{1,5}\s+R\b")
_LONGEST_PACKED = 64 * 1024 * 1024
# Bytes that an object takes at least; qpdf gives up on numbers that are much larger than its file has room for.
_SMALLEST = 8
_HASH_BYTES = 16
_STREAM_ENTRY = "{:02x}{:08x}{:04x}"


@dataclass(frozen=True, slots=True)
class Base:
    """A file that updates are appended to.

    Attributes:
        data: All of its bytes.
        xref_offset: Where its last cross-reference section begins.
        has_xref_stream: Whether that is a stream; else a table.
        size: The first number for objects that are added.
        told_size: One more than its highest object number.
        trailer: The entries that every later trailer repeats: ``/Root``, ``/Info`` and ``/Encrypt``, as bytes.
        first_id: First part of its ``/ID``, or made from its bytes where it has none.
        cipher: What its objects are encrypted with; None for a file that is not.
    """

    data: bytes
    xref_offset: int
    has_xref_stream: bool
    size: int
    told_size: int
    trailer: bytes
    first_id: bytes
    cipher: FileCipher | None = None

    @classmethod
    def of(cls, data: bytes, pdf: pikepdf.Pdf, cipher: FileCipher | None = None) -> Base | None:
        """Take in a file; None where its structure is not sound, so that it must be rewritten first.

        Args:
            data: Its bytes.
            pdf: The same, opened.
            cipher: What its objects are encrypted with.
        """
        found = _START_XREF.search(data.rstrip(_WHITE)[-_TAIL:])
        if found is None or not data.startswith(b"%PDF-"):
            return None
        offset = int(found[1])
        begins = data[offset : offset + 32].lstrip()
        has_stream = re.match(rb"\d+\s+\d+\s+obj\b", begins) is not None
        if not has_stream and not begins.startswith(b"xref"):
            return None
        # A wrong /Size is common; numbers of our own must lie beyond every object there is.
        told_size = max(_numbers_of(pdf)) + 1
        return cls(
            data=data,
            xref_offset=offset,
            has_xref_stream=has_stream,
            size=max(told_size - 1, *_referred_to(data, pdf)) + 1,
            told_size=told_size,
            trailer=_lasting_entries(pdf.trailer),
            first_id=_first_id(pdf.trailer, data),
            cipher=cipher,
        )


def _numbers_of(pdf: pikepdf.Pdf) -> Iterator[int]:
    """Yield the object numbers of a file, and what it says of them itself."""
    size = as_number(get(pdf.trailer, "/Size"))
    yield int(size or 1) - 1
    # Null and numbers come as Python's own, without telling which object they were.
    yield from (obj.objgen[0] for obj in pdf.objects if isinstance(obj, pikepdf.Object))


def _referred_to(data: bytes, pdf: pikepdf.Pdf) -> Iterator[int]:
    """Yield the numbers in a file's references, as far as a file of so many bytes can have as many objects.

    A reference to an object that is not there means null (7.3.10), and must not come to mean one of ours. qpdf shows
    it as null, so objects are searched as they stand, packed ones as well.
    """
    yield 0
    packed = (
        obj for obj in pdf.objects if isinstance(obj, pikepdf.Stream) and get_name(obj, "/Type") == "/ObjStm"
    )
    # Packed objects may take less; then those just behind the last one count. qpdf takes no number that is much beyond.
    most = max(len(data) // _SMALLEST, len(pdf.objects) + 16)
    for written in chain([data], (read_limited(obj, _LONGEST_PACKED) or b"" for obj in packed)):
        for found in _REFERENCE.findall(written):
            if int(found) <= most:
                yield int(found)


def _lasting_entries(trailer: pikepdf.Object) -> bytes:
    entries = b""
    for key in ("/Root", "/Info", "/Encrypt"):
        value = get(trailer, key)
        if isinstance(value, pikepdf.Object):
            entries += key.encode() + b" " + value.unparse()
    return entries


def _first_id(trailer: pikepdf.Object, data: bytes) -> bytes:
    parts = get(trailer, "/ID")
    if isinstance(parts, pikepdf.Array) and len(parts) > 0 and isinstance(parts[0], pikepdf.String):
        return bytes(parts[0])
    return hashlib.sha256(data).digest()[:_HASH_BYTES]


def append(base: Base, objects: Mapping[ObjectId, bytes]) -> bytes:
    """Return a file with an update that replaces or adds objects.

    Args:
        base: The file.
        objects: What stands between ``obj`` and ``endobj``, by object and generation number.
    """
    if not objects:
        return base.data
    # A file may end without a line end behind %%EOF.
    parts = [base.data, b"" if base.data.endswith((b"\n", b"\r")) else b"\n"]
    position = len(base.data) + len(parts[1])
    offsets: dict[ObjectId, int] = {}
    for key in sorted(objects):
        body = objects[key] if base.cipher is None else base.cipher.sealed(key, objects[key])
        part = b"%d %d obj\n%b\nendobj\n" % (*key, body)
        offsets[key] = position
        parts.append(part)
        position += len(part)
    # The second part of the identifier changes with every update (14.4), and the same update makes the same.
    changed = hashlib.sha256(b"".join(parts[1:])).digest()[:_HASH_BYTES]
    write = _xref_stream if base.has_xref_stream else _xref_table
    parts.append(write(base, offsets, position, changed))
    parts.append(b"startxref\n%d\n%%%%EOF\n" % position)
    return b"".join(parts)


def _trailer_entries(base: Base, size: int, changed: bytes) -> bytes:
    return b"/Size %d/Prev %d%b/ID[<%b><%b>]" % (
        size,
        base.xref_offset,
        base.trailer,
        base.first_id.hex().encode(),
        changed.hex().encode(),
    )


def _subsections(offsets: Mapping[ObjectId, int]) -> list[list[tuple[ObjectId, int]]]:
    """Return the entries in runs of consecutive object numbers (7.5.4)."""
    runs: list[list[tuple[ObjectId, int]]] = []
    for key, offset in sorted(offsets.items()):
        if runs and runs[-1][-1][0][0] + 1 == key[0]:
            runs[-1].append((key, offset))
        else:
            runs.append([(key, offset)])
    return runs


def _xref_table(base: Base, offsets: Mapping[ObjectId, int], _position: int, changed: bytes) -> bytes:
    size = max(base.told_size, max(number for number, _ in offsets) + 1)
    lines = [b"xref\n"]
    for run in _subsections(offsets):
        lines.append(b"%d %d\n" % (run[0][0][0], len(run)))
        lines += [b"%010d %05d n \n" % (offset, generation) for (_, generation), offset in run]
    lines.append(b"trailer\n<<%b>>\n" % _trailer_entries(base, size, changed))
    return b"".join(lines)


def _xref_stream(base: Base, offsets: Mapping[ObjectId, int], position: int, changed: bytes) -> bytes:
    """Return a cross-reference stream (7.5.8), which lists itself as well."""
    number = max(base.size, max(number for number, _ in offsets) + 1)
    entries = {**offsets, (number, 0): position}
    runs = _subsections(entries)
    index = " ".join(f"{run[0][0][0]} {len(run)}" for run in runs)
    rows = "".join(
        _STREAM_ENTRY.format(1, offset, generation) for run in runs for (_, generation), offset in run
    )
    body = bytes.fromhex(rows)
    head = b"/Type/XRef/W[1 4 2]/Index[%b]/Length %d" % (index.encode(), len(body))
    trailer = _trailer_entries(base, number + 1, changed)
    return b"%d 0 obj\n<<%b%b>>\nstream\n%b\nendstream\nendobj\n" % (number, head, trailer, body)


def stream(entries: bytes, content: bytes) -> bytes:
    """Return a stream object with these dictionary entries."""
    return b"<<%b/Length %d>>\nstream\n%b\nendstream" % (entries, len(content), content)


def entries_without(obj: pikepdf.Object, *keys: str) -> bytes:
    """Return the entries of a dictionary but some, as they stand in a PDF."""
    return entries_of(obj, obj.keys() - set(keys))


def entries_of(obj: pikepdf.Object, keys: Collection[str]) -> bytes:
    """Return some of the entries of a dictionary, as they stand in a PDF."""
    kept = pikepdf.Dictionary()
    for name in sorted(obj.keys()):
        if name in keys:
            kept[name] = obj[name]  # one by one: made from a mapping, a name that is not UTF-8 is an error
    return kept.unparse().removeprefix(b"<<").removesuffix(b">>").strip()


def reference(key: ObjectId) -> bytes:
    """Return an indirect reference."""
    return b"%d %d R" % key
