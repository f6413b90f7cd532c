"""Font files that a house style names: whether their letters may and can be put into a report.

Reports hold the part of a font that they use. That takes TrueType outlines: what is written in the other kind
(CFF, mostly ``.otf``) is another format altogether (ISO 14496-22). And it takes the right to, which the font itself
tells (its table OS/2, fsType).

A font comes from outside, and is used long after it was read: when a report is half made. So all that a report can
ask of it is asked here. What would make the parser go on for ever is looked for first; then the parser runs once.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from struct import unpack_from

from veldpdf.errors import HouseStyleError
from veldpdf.messages import Message
from veldpdf.typesetting.shipped import FontProgram
from veldpdf.typesetting.truetype import Cut, Placed, TrueType

LARGEST_FONT = 32 * 1024 * 1024

_TRUE_TYPE = (b"\x00\x01\x00\x00", b"true")
_NEEDED = ("cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp")
# Programs that go into each report as they are; those of real fonts have some kilobytes.
_PROGRAMS = ("cvt ", "fpgm", "prep")
_LARGEST_PROGRAM = 1024 * 1024
_OTHER_KINDS = {
    b"OTTO": Message("this font has PostScript outlines (CFF), of which a report cannot hold a part"),
    b"ttcf": Message("this is a collection of fonts"),
    b"wOFF": Message("this is a font for websites (WOFF)"),
    b"wOF2": Message("this is a font for websites (WOFF2)"),
}
_GIVE_TTF = Message("Give the font as a TrueType file (.ttf).")
# What fsType allows (ISO 14496-22, 5.2.4): its low bits say how far, the high ones under which conditions.
_USAGE, _RESTRICTED, _NO_SUBSETTING, _BITMAPS_ONLY = 0x000F, 0x0002, 0x0100, 0x0200

# Units in the font size (5.2.2 of ISO 14496-22). Beyond them a letter is as wide as a page.
_UNITS = range(16, 16_384 + 1)
_MAXP_SIZE = 32  # of version 1.0, which goes with TrueType outlines
# Three times as many as any font has glyphs.
_MOST_CHARACTERS = 200_000
_LAST_CHARACTER = 0x10FFFF
_UNICODE, _MACINTOSH, _WINDOWS = 0, 1, 3  # platforms
_VARIATIONS = 5  # encoding of platform 0 that holds no characters by themselves
_GLYPH_HEADER = 10  # bytes before the parts of a glyph
# Flags of a part, which tell how long it is and whether another one follows (5.3.3.2).
_WORDS, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO = 0x1, 0x8, 0x20, 0x40, 0x80
# How many characters are put into a part of the font to see that it can be made.
_TRIED = 100


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
    except Exception as exc:  # a file from outside may be broken in ways that nobody has thought of
        raise _damaged(source) from exc
    if "glyf" in lacking and (font.table("CFF ") or font.table("CFF2")):
        raise HouseStyleError(source, _OTHER_KINDS[b"OTTO"], _GIVE_TTF)
    if not is_sound:
        raise _damaged(source)
    _check_rights(rights, source)
    try:
        _try(FontProgram(Path("House"), data))
    except Exception as exc:  # the same, in reportlab's parser
        raise _damaged(source) from exc


def _check_rights(rights: int, source: str) -> None:
    """Make sure that a font lets itself be embedded, and a part of it too."""
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
    """Return whether all glyphs lie where the font says, and there is an end to its characters."""
    head, maxp, hhea, loca = (font.table(tag) for tag in ("head", "maxp", "hhea", "loca"))
    (form,) = unpack_from(">h", head, 50)
    (units,) = unpack_from(">H", head, 18)
    (count,) = unpack_from(">H", maxp, 4)
    (metrics,) = unpack_from(">H", hhea, 34)
    if form not in (0, 1) or units not in _UNITS or len(maxp) < _MAXP_SIZE:
        return False
    size = 4 if form else 2
    if not count or not metrics or metrics > count or len(loca) < size * (count + 1):
        return False
    if len(font.table("hmtx")) < 4 * metrics + 2 * (count - metrics):
        return False
    if any(len(font.table(tag)) > _LARGEST_PROGRAM for tag in _PROGRAMS):
        return False
    places = [place * (1 if form else 2) for place in unpack_from(f">{count + 1}{'L' if form else 'H'}", loca)]
    glyf = font.table("glyf")
    in_order = all(first <= then for first, then in pairwise(places))
    return (
        in_order
        and places[-1] <= len(glyf)
        and all(_is_outline(glyf[first:then], count) for first, then in pairwise(places))
        and _number_of_characters(font.table("cmap")) in range(1, _MOST_CHARACTERS + 1)
    )


def _is_outline(outline: bytes, count: int) -> bool:
    """Return whether a glyph is nothing, drawn, or made of glyphs that there are (5.3.3 of ISO 14496-22).

    Raises:
        struct.error: It ends before it should.
    """
    if not outline:
        return True
    if unpack_from(">5h", outline)[0] >= 0:
        return True
    offset, has_more = _GLYPH_HEADER, True
    while has_more:
        flags, glyph = unpack_from(">2H", outline, offset)
        if glyph >= count:
            return False
        offset += 8 if flags & _WORDS else 6
        offset += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _TWO_BY_TWO else 0
        has_more = bool(flags & _MORE)
    return offset <= len(outline)


def _number_of_characters(cmap: bytes) -> int:
    """Return how many characters of Unicode the font shows (5.2.1 of ISO 14496-22); 0 where that cannot be told.

    A character counts as often as it is named: that is how often the parser goes round. Of several lists it reads
    the last one, whatever others there are.

    Raises:
        struct.error: The table ends before it should.
    """
    (count,) = unpack_from(">H", cmap, 2)
    rows = [unpack_from(">HHL", cmap, 4 + 8 * row) for row in range(count)]
    chosen = [
        begin
        for platform, encoding, begin in rows
        if platform == _WINDOWS
        or (platform == _UNICODE and encoding != _VARIATIONS)
        or (platform, encoding) == (_MACINTOSH, 1)
    ]
    if not chosen:
        return 0
    begin = chosen[-1]
    (form,) = unpack_from(">H", cmap, begin)
    if form == 4:  # noqa: PLR2004 - its name in the standard
        ranges = _ranges_of_format_4(cmap, begin)
    elif form == 12:  # noqa: PLR2004 - the same
        ranges = _ranges_of_format_12(cmap, begin)
    else:
        return 0
    if any(last > _LAST_CHARACTER for _, last in ranges):
        return 0
    return sum(max(last - first + 1, 0) for first, last in ranges)


def _ranges_of_format_4(cmap: bytes, begin: int) -> list[tuple[int, int]]:
    """Return the first and last character of each segment (5.2.1.3.3)."""
    count = unpack_from(">H", cmap, begin + 6)[0] // 2
    ends = unpack_from(f">{count}H", cmap, begin + 14)
    starts = unpack_from(f">{count}H", cmap, begin + 16 + 2 * count)
    return list(zip(starts, ends, strict=True))


def _ranges_of_format_12(cmap: bytes, begin: int) -> list[tuple[int, int]]:
    """Return the first and last character of each group (5.2.1.3.7)."""
    (count,) = unpack_from(">L", cmap, begin + 12)
    # Before memory is asked for as many.
    if count > _MOST_CHARACTERS:
        return [(0, _LAST_CHARACTER)]
    numbers = unpack_from(f">{3 * count}L", cmap, begin + 16)
    return list(zip(numbers[::3], numbers[1::3], strict=True))


def _try(program: FontProgram) -> None:
    """Ask all of a font that a report may ask.

    Raises:
        Exception: Whatever the parser raises for what is broken in it.
    """
    if not (program.metrics and program.character_widths):
        raise ValueError
    shown = list(program.character_widths)
    tried = [program.glyph(character).cut for character in shown[:_TRIED]]
    together = Cut(tuple(Placed(cut.parts[0].glyph) for cut in tried[:2]), tried[0].advance)
    program.subset([*tried, together])


def _rights(font: TrueType) -> int:
    """Return fsType; a font that says nothing forbids nothing."""
    table = font.table("OS/2")
    return int(unpack_from(">H", table, 8)[0]) if table else 0
