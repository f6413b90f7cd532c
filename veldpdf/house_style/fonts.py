"""Font files that a house style names: whether their letters may and can be put into a report.

Reports hold the part of a font that they use. That takes TrueType outlines: what is written in the other kind
(CFF, mostly ``.otf``) is another format altogether (ISO 14496-22). And it takes the right to, which the font itself
tells (its table OS/2, fsType).
"""

from __future__ import annotations

import struct
from itertools import pairwise
from struct import unpack_from

from veldpdf.errors import HouseStyleError
from veldpdf.messages import Message
from veldpdf.typesetting.truetype import TrueType

LARGEST_FONT = 32 * 1024 * 1024

_TRUE_TYPE = (b"\x00\x01\x00\x00", b"true")
_NEEDED = ("cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp")
_OTHER_KINDS = {
    b"OTTO": Message("this font has PostScript outlines (CFF), of which a report cannot hold a part"),
    b"ttcf": Message("this is a collection of fonts"),
    b"wOFF": Message("this is a font for websites (WOFF)"),
    b"wOF2": Message("this is a font for websites (WOFF2)"),
}
_GIVE_TTF = Message("Give the font as a TrueType file (.ttf).")
# What fsType allows (ISO 14496-22, 5.2.4): its low bits say how far, the high ones under which conditions.
_USAGE, _RESTRICTED, _NO_SUBSETTING, _BITMAPS_ONLY = 0x000F, 0x0002, 0x0100, 0x0200


def check_font(data: bytes, source: str) -> None:
    """Make sure that a report can hold a font, and may.

    Raises:
        HouseStyleError: It is no TrueType font, is damaged, or forbids it.
    """
    if data[:4] not in _TRUE_TYPE:
        problem = _OTHER_KINDS.get(data[:4], Message("this is no TrueType font"))
        raise HouseStyleError(source, problem, _GIVE_TTF)
    font = TrueType(data)
    try:
        lacking = [tag for tag in _NEEDED if not font.table(tag)]
        is_sound = not lacking and _is_sound(font)
        rights = _rights(font)
    except (struct.error, IndexError, KeyError) as exc:
        raise _damaged(source) from exc
    if "glyf" in lacking and (font.table("CFF ") or font.table("CFF2")):
        raise HouseStyleError(source, _OTHER_KINDS[b"OTTO"], _GIVE_TTF)
    if not is_sound:
        raise _damaged(source)
    if rights & _USAGE == _RESTRICTED or rights & _BITMAPS_ONLY:
        raise HouseStyleError(
            source,
            Message("this font says that it may not be embedded in documents"),
            Message(
                "Ask its maker for a licence that allows it and the font that goes with it, or choose another."
            ),
        )
    if rights & _NO_SUBSETTING:
        raise HouseStyleError(
            source,
            Message("this font says that no part of it may be embedded, only all of it"),
            Message(
                "Ask its maker for a licence that allows it and the font that goes with it, or choose another."
            ),
        )


def _damaged(source: str) -> HouseStyleError:
    return HouseStyleError(
        source, Message("this font is damaged"), Message("Take it from where it came once more.")
    )


def _is_sound(font: TrueType) -> bool:
    """Return whether all glyphs lie where the font says."""
    (form,) = unpack_from(">h", font.table("head"), 50)
    (count,) = unpack_from(">H", font.table("maxp"), 4)
    (metrics,) = unpack_from(">H", font.table("hhea"), 34)
    loca = font.table("loca")
    size = 4 if form else 2
    if form not in (0, 1) or not count or not metrics or metrics > count or len(loca) < size * (count + 1):
        return False
    if len(font.table("hmtx")) < 4 * metrics + 2 * (count - metrics):
        return False
    places = unpack_from(f">{count + 1}{'L' if form else 'H'}", loca)
    end = len(font.table("glyf")) // (1 if form else 2)
    in_order = all(first <= then for first, then in pairwise(places))
    return in_order and places[-1] <= end and _has_characters(font.table("cmap"))


def _has_characters(cmap: bytes) -> bool:
    """Return whether a font says which glyph shows which character of Unicode (5.2.1.3 of ISO 14496-22)."""
    (count,) = unpack_from(">H", cmap, 2)
    rows = [unpack_from(">HHL", cmap, 4 + 8 * row) for row in range(count)]
    # Platform 0 is Unicode; platform 3 is Windows, where encodings 1 and 10 are.
    return any(
        (platform == 0 or (platform, encoding) in ((3, 1), (3, 10))) and begin < len(cmap)
        for platform, encoding, begin in rows
    )


def _rights(font: TrueType) -> int:
    """Return fsType; a font that says nothing forbids nothing."""
    table = font.table("OS/2")
    return int(unpack_from(">H", table, 8)[0]) if table else 0
