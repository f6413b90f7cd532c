r"""PDF text strings: the four encodings in which a value may come, and those in which we write.

A text string is UTF-16 or UTF-8 behind a byte order mark, else PDFDocEncoding (7.9.2.2). One file mixes them
freely, string by string, and so do line ends: ``\r`` from Acrobat and PDFium, ``\n`` from Evince, ``\r\n``
from what was pasted.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

REPLACEMENT = "\ufffd"

_LANGUAGE_ESCAPE = re.compile("\x1b[A-Za-z]{2,3}(?:-?[A-Za-z]{2})?\x1b")
_IN_LITERAL = re.compile(rb"\\.|[()]", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_END = re.compile("\r\n?")

# PDFDocEncoding (annex D.2): Latin-1, but for these.
_PDFDOC_SPECIALS = dict(
    zip(
        [*range(0x18, 0x20), *range(0x80, 0x9F), 0xA0],
        "˘ˇˆ˙˝˛˚˜•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž€",
        strict=True,
    )
)
# Undefined codes (7F, 9F, AD) keep their Latin-1 meaning: a soft hyphen was meant by whoever wrote AD.
_PDFDOC_DECODE = "".join(_PDFDOC_SPECIALS.get(code, chr(code)) for code in range(256))
# Built for codecs.charmap_encode, ten times as fast as a dictionary; U+FFFE stands for no character.
_PDFDOC_ENCODE = codecs.charmap_build(
    "".join(
        "\ufffe" if code in (0x7F, 0x9F, 0xAD) else character for code, character in enumerate(_PDFDOC_DECODE)
    )
)
_MARKS = (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF8)


@dataclass(frozen=True, slots=True)
class Decoded:
    r"""What a text string says.

    Attributes:
        text: Line ends are ``\n``.
        damaged: Whether part of it could not be decoded and stands as U+FFFD.
    """

    text: str
    damaged: bool = False


def decode(raw: bytes) -> Decoded:
    """Return the text of a text string, whatever its encoding; never raises."""
    if raw.isascii() and not raw.translate(None, delete=_PLAIN):
        return Decoded(raw.decode("ascii"))  # most of them
    text, damaged = _decode(raw)
    return Decoded(_LINE_END.sub("\n", text) if "\r" in text else text, damaged)


def _decode(raw: bytes) -> tuple[str, bool]:
    if raw.startswith(codecs.BOM_UTF8):
        try:
            return raw[3:].decode("utf-8"), False
        except UnicodeDecodeError:
            # "ï»¿" was typed, or what follows is no UTF-8 after all: PDFDocEncoding, as the standard has it
            # for a string without a mark.
            return _from_pdfdoc(raw), False
    if raw.startswith(codecs.BOM_UTF16_BE):
        return _from_utf16(raw, "utf-16-be")
    if raw.startswith(codecs.BOM_UTF16_LE):
        return _from_utf16(raw, "utf-16-le")
    return _from_pdfdoc(raw), False


def _from_utf16(raw: bytes, codec: str) -> tuple[str, bool]:
    body = raw[2:]
    cut = len(body) % 2 == 1
    if cut and b"\0" not in body:
        # Half a character too many, and no Latin letter in it: somebody typed "þÿ" (PDFBox stores it so).
        return _from_pdfdoc(raw), False
    # A pair in reverse order or half a pair decodes to surrogates: Chromium stores an emoji so when only
    # half of it fits.
    text = body[: len(body) - cut].decode(codec, "surrogatepass")
    text, surrogates = _SURROGATE.subn(REPLACEMENT, text)
    return _LANGUAGE_ESCAPE.sub("", text), bool(surrogates or cut)


def _from_pdfdoc(raw: bytes) -> str:
    # Decoding as Latin-1 and translating is several times as fast as a look-up for each byte.
    text = raw.decode("latin-1")
    return text if raw.isascii() and _is_plain(raw) else text.translate(_PDFDOC_TABLE)


_PDFDOC_TABLE = {code: character for code, character in enumerate(_PDFDOC_DECODE) if ord(character) != code}
# ASCII that means itself in PDFDocEncoding, and needs no line end changed.
_PLAIN = bytes(set(range(128)) - set(range(0x18, 0x20)) - {0x0D, 0x7F})
_NO_ACCENTS = bytes(set(range(256)) - set(range(0x18, 0x20)))


def _is_plain(raw: bytes) -> bool:
    """Whether none of the bytes is one of the accents that PDFDocEncoding keeps below the letters."""
    return not raw.translate(None, delete=_NO_ACCENTS)


def encode(text: str) -> bytes:
    """Return a text as the bytes of a text string: PDFDocEncoding where that holds it, else UTF-16BE.

    PDFDocEncoding comes first because old readers know it best. A text whose first letters would be taken for
    a byte order mark is written as UTF-16; one in which something would be taken for a language escape, as UTF-8. Half
    a surrogate pair is no text and becomes U+FFFD.
    """
    try:
        raw = codecs.charmap_encode(text, "strict", _PDFDOC_ENCODE)[0]
    except UnicodeEncodeError:
        raw = b""
    if raw.startswith(_MARKS) or len(raw) != len(text):
        whole = _SURROGATE.sub(REPLACEMENT, text)
        if _LANGUAGE_ESCAPE.search(whole):  # typed, and yet UTF-16 would take it for one
            return codecs.BOM_UTF8 + whole.encode("utf-8")
        return codecs.BOM_UTF16_BE + whole.encode("utf-16-be")
    return raw


def literal(raw: bytes) -> bytes:
    """Return bytes as a literal string (7.3.4.2), fit to stand in a PDF."""
    # A bare carriage return would be read as a line feed.
    escaped = raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)").replace(b"\r", b"\\r")
    return b"(" + escaped + b")"


def end_of_literal(body: bytes, start: int) -> int | None:
    """Return where a literal string ends (7.3.4.2): parentheses in it are in pairs or escaped; None for no end.

    Args:
        body: Bytes of a file.
        start: Where the string begins, behind its first parenthesis.
    """
    depth = 1
    for found in _IN_LITERAL.finditer(body, start):
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return None
