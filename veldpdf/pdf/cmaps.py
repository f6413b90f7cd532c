"""From the codes in a content stream to characters (9.10): what a font says about itself.

A ``/ToUnicode`` map comes first. Without one a simple font's encoding tells, and of composite fonts only those
whose CMap is a known legacy encoding: PDFium, for one, draws characters that Helvetica lacks with GBK-EUC-H.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pikepdf

from veldpdf.pdf.fonts import characters_by_code
from veldpdf.pdf.objects import get, get_name
from veldpdf.pdf.tounicode import parse_to_unicode

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


def decoder(font: pikepdf.Object | None) -> Decoder:
    """Return what turns the string operand of a text-showing operator into text."""
    if not isinstance(font, pikepdf.Dictionary):
        return lambda raw: raw.decode("latin-1")
    is_composite = get_name(font, "/Subtype") == "/Type0"
    to_unicode = get(font, "/ToUnicode")
    if isinstance(to_unicode, pikepdf.Stream):
        mapped, width = parse_to_unicode(to_unicode)
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
