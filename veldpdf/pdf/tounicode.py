"""ToUnicode maps (9.10.3): what a font says about the characters behind its codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pikepdf

from veldpdf.pdf.streams import read_limited

_BEGIN = re.compile(rb"begin(bfchar|bfrange|codespacerange)")
_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|([\[\]])")
# Ranges may name millions of codes; no font has more glyphs than this.
_MOST_CODES = 65536
_LONGEST = 4 * 1024 * 1024


def parse_to_unicode(stream: pikepdf.Stream) -> tuple[dict[int, str], int]:
    """Return a ToUnicode map, and how many bytes its codes take."""
    content = read_limited(stream, _LONGEST) or b""
    mapped: dict[int, str] = {}
    width = 0
    for kind, body in _sections(content):
        tokens = [_token(found) for found in _TOKEN.finditer(body)]
        if kind == b"codespacerange":
            width = max([width, *(len(token) for token in tokens if isinstance(token, bytes))])
        elif kind == b"bfchar":
            for code, text in zip(tokens[::2], tokens[1::2], strict=False):
                if isinstance(code, bytes) and isinstance(text, bytes):
                    mapped[int.from_bytes(code, "big")] = _utf16(text)
        else:
            _add_ranges(tokens, mapped)
    return mapped, width


def _sections(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield what stands between the beginning and the end of each part of the map, with its kind."""
    position = 0
    endless: set[bytes] = set()  # looked for in vain: once is enough
    while found := _BEGIN.search(content, position):
        kind, position = found[1], found.end()
        end = -1 if kind in endless else content.find(b"end" + kind, position)
        if end < 0:
            endless.add(kind)
            continue
        yield kind, content[position:end]
        position = end


def _token(found: re.Match[bytes]) -> bytes | str:
    """Return a hexadecimal string as bytes, a bracket as text."""
    if found[2]:
        return found[2].decode()
    digits = b"".join(found[1].split()).decode()
    return bytes.fromhex(digits + "0" * (len(digits) % 2))


def _add_ranges(tokens: list[bytes | str], mapped: dict[int, str]) -> None:
    """Take in ``<first> <last> <text>`` and ``<first> <last> [<text> …]``."""
    waiting: list[bytes] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        position += 1
        if isinstance(token, bytes) and len(waiting) < 2:  # noqa: PLR2004 - first and last
            waiting.append(token)
            continue
        if len(waiting) == 2:  # noqa: PLR2004 - the same
            first, last = (int.from_bytes(part, "big") for part in waiting)
            if isinstance(token, bytes):
                begin = _utf16(token)
                for offset in range(min(last - first + 1, _MOST_CODES - len(mapped))):
                    mapped[first + offset] = begin[:-1] + _shifted(begin[-1:], offset)
            else:
                texts = []
                while position < len(tokens) and isinstance(tokens[position], bytes):
                    texts.append(tokens[position])
                    position += 1
                for offset, text in enumerate(texts):
                    assert isinstance(text, bytes)
                    mapped[first + offset] = _utf16(text)
        waiting = []


def _shifted(character: str, offset: int) -> str:
    return chr(min(ord(character) + offset, 0x10FFFF)) if character else ""


def _utf16(raw: bytes) -> str:
    return raw.decode("utf-16-be", "replace").replace("\0", "")
