"""From the codes in a content stream to characters (9.10): what a font says about itself.

A ``/ToUnicode`` map comes first. Without one a simple font's encoding tells, and of composite fonts only those
whose CMap is a known legacy encoding: PDFium, for one, draws characters that Helvetica lacks with GBK-EUC-H.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pikepdf

from veldpdf.pdf.fonts import characters_by_code
from veldpdf.pdf.objects import get, get_name
from veldpdf.pdf.streams import read_limited

Decoder = Callable[[bytes], str]

UNKNOWN = "\ufffd"

# Predefined CMaps (table 116) and the codec that reads the same codes.
_CODECS = (
    ("GB", "UCS2", "utf-16-be"),
    ("", "UTF16", "utf-16-be"),
    ("", "UCS2", "utf-16-be"),
    ("GB", "", "gb18030"),
    ("", "RKSJ", "cp932"),
    ("KSC", "", "cp949"),
    ("", "B5", "big5hkscs"),
    ("", "HKscs", "big5hkscs"),
    ("CNS", "", "euc_tw"),
    ("", "EUC", "euc_jp"),
)

_SECTION = re.compile(rb"begin(bfchar|bfrange|codespacerange)(.*?)end\1", re.DOTALL)
_TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|([\[\]])")
# Ranges may name millions of codes; no font has more glyphs than this.
_MOST_CODES = 65536
_LONGEST = 4 * 1024 * 1024


def decoder(font: pikepdf.Object | None) -> Decoder:
    """Return what turns the string operand of a text-showing operator into text."""
    if not isinstance(font, pikepdf.Dictionary):
        return lambda raw: raw.decode("latin-1")
    is_composite = get_name(font, "/Subtype") == "/Type0"
    to_unicode = get(font, "/ToUnicode")
    if isinstance(to_unicode, pikepdf.Stream):
        mapped, width = _parse(to_unicode)
        if mapped:
            fallback = {} if is_composite else characters_by_code(font)
            return lambda raw: _by_map(raw, mapped, fallback, 2 if is_composite and width != 1 else 1)
    if is_composite:
        return _legacy(get_name(font, "/Encoding") or "")
    characters = characters_by_code(font)
    return lambda raw: "".join(characters.get(code, UNKNOWN) for code in raw)


def _legacy(name: str) -> Decoder:
    """Return the decoder of a predefined CMap, or one that knows nothing."""
    for begin, inside, codec in _CODECS:
        if name.removeprefix("/").startswith(begin) and inside in name:
            return lambda raw, codec=codec: raw.decode(codec, "replace")  # type: ignore[misc]  # bound now
    return lambda raw: UNKNOWN * (len(raw) // 2)


def _by_map(raw: bytes, mapped: Mapping[int, str], fallback: Mapping[int, str], width: int) -> str:
    codes = (int.from_bytes(raw[start : start + width], "big") for start in range(0, len(raw), width))
    return "".join(mapped.get(code) or fallback.get(code, UNKNOWN) for code in codes)


def _parse(stream: pikepdf.Stream) -> tuple[dict[int, str], int]:
    """Return a ToUnicode map, and how many bytes its codes take."""
    content = read_limited(stream, _LONGEST) or b""
    mapped: dict[int, str] = {}
    width = 0
    for kind, body in _SECTION.findall(content):
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
