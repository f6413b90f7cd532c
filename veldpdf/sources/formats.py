"""What a file is, by what it holds: names lie, and mail programs leave them out."""

from __future__ import annotations

import re
from enum import Enum, auto

# As much as tells what a file is.
HEAD = 4096
# Readers have always looked for a header in the first kilobyte (ISO 32000-1, annex H.3.4.1).
_HEADER_WITHIN = 1024

# Endings by which a folder is searched, and by which a file is told on that is not what its name says.
ENDINGS = (".pdf", ".zip", ".eml", ".msg", ".fdf", ".xfdf")

_XFDF = re.compile(rb"<(?:[\w.-]+:)?xfdf[\s/>]")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TNEF = b"\x78\x9f\x3e\x22"
# What macOS keeps beside a file, under the file's own name, where a file system cannot hold it.
_APPLE_DOUBLE = b"\x00\x05\x16\x07"
# Every Outlook item has this stream (MS-OXMSG, 2.4); old Word and Excel files have not.
_OUTLOOK_STREAM = "__properties_version1.0".encode("utf-16-le")

# The first entry of zip files that are documents: OOXML, OpenDocument and EPUB, Java.
_DOCUMENT_PARTS = (
    b"[Content_Types].xml",
    b"_rels/",
    b"docProps/",
    b"word/",
    b"xl/",
    b"ppt/",
    b"mimetype",
    b"META-INF/",
)
# Where a local file header keeps its name, and the length of it (APPNOTE.TXT, 4.3.7).
_ZIP_NAME, _ZIP_NAME_LENGTH = 30, slice(26, 28)

_HEADER_LINE = re.compile(rb"([!-9;-~]+)[ \t]*:")
_MAIL_HEADERS = frozenset(
    b"from to cc date subject mime-version content-type received message-id return-path delivered-to".split()
)
# A text may begin with "From:" and "Date:"; only mail programs write these.
_MACHINE_HEADERS = frozenset({b"mime-version", b"received", b"message-id"})


class Format(Enum):
    """What a file is."""

    PDF = auto()
    FDF = auto()
    XFDF = auto()
    ZIP = auto()
    MAIL = auto()
    OUTLOOK = auto()
    TNEF = auto()
    OTHER = auto()


_MARKS = {b"%PDF-": Format.PDF, b"%FDF-": Format.FDF}


def format_of(name: str, data: bytes) -> Format:
    """Return what a file is.

    Args:
        name: Decides only between readings that the content allows.
        data: The file. Its first `HEAD` bytes are enough to tell that it is `OTHER`.
    """
    head = data[:HEAD]
    # First: the PDF inside a zip file, or quoted in an e-mail, may well begin within the first kilobyte.
    container = _container(name.lower(), head, data)
    if container is not None:
        return container
    for mark, format_ in _MARKS.items():
        if mark in head[:_HEADER_WITHIN]:
            return format_
    if _XFDF.search(head.replace(b"\0", b"")):  # in UTF-16 every other byte is zero
        return Format.XFDF
    headers = _mail_headers(head)
    return Format.MAIL if len(headers) > 1 and headers & _MACHINE_HEADERS else Format.OTHER


def _container(name: str, head: bytes, data: bytes) -> Format | None:
    """Return what a file is by its very first bytes; None where those say nothing."""
    if head.startswith(_ZIP):
        return Format.ZIP if name.endswith(".zip") or not _is_office(head) else Format.OTHER
    if head.startswith(_OLE):
        return Format.OUTLOOK if len(data) <= HEAD or _OUTLOOK_STREAM in data else Format.OTHER
    if head.startswith(_TNEF):
        return Format.TNEF
    return Format.MAIL if name.endswith(".eml") and _mail_headers(head) else None


def may_hold_answers(name: str, head: bytes) -> bool:
    """Whether an entry of a container is worth unpacking: by its content, or because its name says so."""
    if head.startswith(_APPLE_DOUBLE):
        return False
    return name.lower().endswith(ENDINGS) or format_of(name, head[:HEAD]) is not Format.OTHER


def _is_office(head: bytes) -> bool:
    length = int.from_bytes(head[_ZIP_NAME_LENGTH], "little")
    return head[_ZIP_NAME : _ZIP_NAME + length].startswith(_DOCUMENT_PARTS)


def _mail_headers(head: bytes) -> frozenset[bytes]:
    """Return the headers of an e-mail that a file begins with, in lower case; none where it is no e-mail."""
    found = set()
    for line in head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").splitlines():
        header = _HEADER_LINE.match(line)
        if header:
            found.add(header[1].lower())
        elif not line.startswith((b" ", b"\t", b"From ", b">From ")):
            break
    return frozenset(found & _MAIL_HEADERS)
