"""The document's objects as the bytes of a file: object streams and a cross-reference stream (ISO 32000-2, 7.5.7-8).

reportlab writes each object as plain text. In a tagged document those are mostly elements of the structure tree,
which all look alike: packed together they take a tenth of the room.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reportlab.pdfbase.pdfdoc import PDFObject
from reportlab.pdfbase.pdfdoc import format as formatted

_HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
# More would make a viewer unpack much to get at little; qpdf takes as many.
_PER_STREAM = 100
# The line end before ``endstream`` is no part of the data. Two characters cannot be taken for an end of data that
# happens to be one of them.
_BEGIN, _END = b"\nstream\n", b"\r\nendstream"
_LENGTH = re.compile(rb"/Length (\d+)")
_IN_FILE, _IN_STREAM = 1, 2  # types of entries in a cross-reference stream (table 18)


class Raw(PDFObject):
    """An object as it stands in the file, to be referred to by reportlab's objects and ours.

    Attributes:
        body: What stands in the file; may be told later.
    """

    def __init__(self, body: bytes = b"") -> None:
        self.body = body

    def format(self, document: object) -> bytes:  # noqa: ARG002 - reportlab's signature
        """Return the object."""
        return self.body


def packed(document: Any, more: Callable[[int], Mapping[int, bytes]]) -> bytes:
    """Return a document as the bytes of a file; the same document makes the same bytes.

    Args:
        document: reportlab's PDFDocument; its catalog and its information are referred to.
        more: Returns further objects by number, from one on. They may be among those that reportlab knows.
    """
    catalog = document.idToObjectNumberAndVersion[document.Catalog.__InternalName__][0]
    info = document.idToObjectNumberAndVersion[document.info.__InternalName__][0]
    bodies: dict[int, bytes] = {}
    number = 1
    while number in document.numberToId:  # formatting one object may bring in others
        body = formatted(document.idToObject[document.numberToId[number]], document, toplevel=1)
        bodies[number] = _tidied(body) if _is_stream(body) else body
        number += 1
    bodies |= more(number)
    return _written(bodies, catalog, info)


def _written(bodies: Mapping[int, bytes], catalog: int, info: int) -> bytes:
    output = bytearray(_HEADER)
    places: dict[int, tuple[int, int, int]] = {0: (0, 0, 0xFFFF)}
    small = {number: body for number, body in bodies.items() if not _is_stream(body)}
    next_number = max(bodies) + 1
    streams = {number: body for number, body in bodies.items() if number not in small}
    for numbers, body in _object_streams(small):
        for index, number in enumerate(numbers):
            places[number] = (_IN_STREAM, next_number, index)
        streams[next_number] = body
        next_number += 1
    for number, body in streams.items():
        places[number] = (_IN_FILE, len(output), 0)
        output += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    places[next_number] = (_IN_FILE, len(output), 0)
    identifier = hashlib.sha256(output).hexdigest()[:32]
    start = len(output)
    rows = b"".join(
        kind.to_bytes(1, "big") + where.to_bytes(5, "big") + rest.to_bytes(2, "big")
        for kind, where, rest in (places[number] for number in range(next_number + 1))
    )
    entries = (
        f"/Type/XRef/Size {next_number + 1}/W[1 5 2]/Root {catalog} 0 R/Info {info} 0 R"
        f"/ID[<{identifier}><{identifier}>]"
    )
    output += b"%d 0 obj\n%b\nendobj\n" % (next_number, stream(rows, entries))
    output += b"startxref\n%d\n%%%%EOF\n" % start
    return bytes(output)


def _object_streams(bodies: Mapping[int, bytes]) -> Iterator[tuple[list[int], bytes]]:
    """Yield streams that each hold some objects, with the numbers of those."""
    numbers = list(bodies)
    for begin in range(0, len(numbers), _PER_STREAM):
        chunk = numbers[begin : begin + _PER_STREAM]
        offsets, position = [], 0
        for number in chunk:
            offsets.append(f"{number} {position}")
            position += len(bodies[number]) + 1
        head = " ".join(offsets).encode("ascii") + b"\n"
        content = head + b"\n".join(bodies[number] for number in chunk)
        yield chunk, stream(content, f"/Type/ObjStm/N {len(chunk)}/First {len(head)}")


def stream(content: bytes, entries: str = "") -> bytes:
    """Return a stream object, compressed."""
    data = zlib.compress(content, level=6)
    head = f"<<{entries}/Filter/FlateDecode/Length {len(data)}>>".encode("ascii")
    return head + _BEGIN + data + _END


def uncompressed(content: bytes, entries: str) -> bytes:
    """Return a stream that anybody can read without unpacking it, as metadata should be (14.3.2)."""
    return f"<<{entries}/Length {len(content)}>>".encode("ascii") + _BEGIN + content + _END


def _is_stream(body: bytes) -> bool:
    return body.endswith((b"endstream", b"endstream\n"))


def _tidied(body: bytes) -> bytes:
    """Return a stream object that ends as 7.3.8.1 has it, and is compressed if reportlab left that to us.

    reportlab puts no line end before ``endstream``. PDF/A asks for one (ISO 19005-2, 6.1.7.1).
    """
    head, _, rest = body.partition(_BEGIN)
    length = _LENGTH.search(head)
    assert length is not None, "every stream has one"
    data = rest[: int(length[1])]
    if b"/Filter" not in head and b"/Metadata" not in head:
        data = zlib.compress(data, level=6)
        head = _LENGTH.sub(b"/Filter /FlateDecode /Length %d" % len(data), head, count=1)
    return head + _BEGIN + data + _END
