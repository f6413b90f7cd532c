"""Cutting a TrueType font down to what a file draws, with letters and their marks put together into one glyph.

A letter and its marks go into the font as one composite glyph. Drawn apart, each mark stands at a height of its
own, and PDFium takes that for a new line when it copies text. Neither reportlab nor HarfBuzz's subsetter makes
glyphs, and what HarfBuzz writes differs between its versions; so the tables are written here. Which of them an
embedded font needs is in ISO 32000-2, 9.9.1; how they look, in ISO 14496-22 (OpenType).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from struct import Struct, pack, unpack_from
from typing import NamedTuple

# Flags of a component in a composite glyph (5.3.3.2 of ISO 14496-22).
_WORDS, _XY_VALUES, _SCALE, _MORE, _XY_SCALE, _TWO_BY_TWO = 0x1, 0x2, 0x8, 0x20, 0x40, 0x80
_GLYPH_HEADER = Struct(">5h")
_COMPONENT = Struct(">2H")
_LARGEST = 0xFFFF
_CHECKSUM = 0xB1B0AFBA
# Tables that stay as they are: what the instructions in glyphs lean on.
_COPIED = ("cvt ", "fpgm", "prep")


class Placed(NamedTuple):
    """A glyph of the whole font, at a place in the glyph that is made; in font units."""

    glyph: int
    x: int = 0
    y: int = 0


class Cut(NamedTuple):
    """A glyph to be made: nothing, a glyph of the whole font, or several of them; its advance in font units."""

    parts: tuple[Placed, ...]
    advance: int


@dataclass(frozen=True)
class TrueType:
    """A TrueType font file, as far as cutting it goes.

    Attributes:
        data: All of it.
    """

    data: bytes

    def table(self, tag: str) -> bytes:
        """Return a table of the font; nothing where it has none."""
        begin, length = self._directory.get(tag, (0, 0))
        return self.data[begin : begin + length]

    @cached_property
    def _directory(self) -> Mapping[str, tuple[int, int]]:
        (count,) = unpack_from(">H", self.data, 4)
        rows = (unpack_from(">4s3L", self.data, 12 + 16 * row) for row in range(count))
        return {tag.decode("latin-1"): (begin, length) for tag, _, begin, length in rows}

    @cached_property
    def _places(self) -> Sequence[int]:
        """Where each glyph begins in ``glyf``, and where the last one ends."""
        loca = self.table("loca")
        (is_long,) = unpack_from(">h", self.table("head"), 50)
        if is_long:
            return unpack_from(f">{len(loca) // 4}L", loca)
        return [2 * half for half in unpack_from(f">{len(loca) // 2}H", loca)]

    @cached_property
    def _begin(self) -> int:
        return self._directory["glyf"][0]

    def _outline(self, glyph: int) -> bytes:
        begin, end = self._places[glyph], self._places[glyph + 1]
        return self.data[self._begin + begin : self._begin + end]

    def _metric(self, glyph: int) -> tuple[int, int]:
        """Return the advance of a glyph, and how far its ink begins from its origin."""
        (full,) = unpack_from(">H", self.table("hhea"), 34)
        hmtx = self.table("hmtx")
        bearing = 4 * glyph + 2 if glyph < full else 4 * full + 2 * (glyph - full)
        (advance,) = unpack_from(">H", hmtx, 4 * min(glyph, full - 1))
        return advance, unpack_from(">h", hmtx, bearing)[0]

    def subset(self, cuts: Sequence[Cut]) -> bytes:
        """Return a font with ``.notdef`` for glyph 0, the glyphs to be made behind it, and what they are made of."""
        made = [Cut((Placed(0),), self._metric(0)[0]), *cuts]
        parts = _Parts(len(made))
        outlines = []
        metrics = []
        for cut in made:
            outline, bearing = self._made(cut, parts)
            outlines.append(outline)
            metrics.append((cut.advance, bearing))
        for glyph in parts:  # grows while it is gone through
            outlines.append(_renumbered(self._outline(glyph), parts))
            metrics.append(self._metric(glyph))
        most = max(len(cut.parts) for cut in made)
        return self._written(outlines, metrics, most)

    def _made(self, cut: Cut, parts: _Parts) -> tuple[bytes, int]:
        """Return the outline of a glyph, and how far its ink begins from its origin."""
        inked = [part for part in cut.parts if self._outline(part.glyph)]
        if len(inked) == 1 and (inked[0].x, inked[0].y) == (0, 0):
            glyph = inked[0].glyph
            return _renumbered(self._outline(glyph), parts), self._metric(glyph)[1]
        if not inked:
            return b"", 0
        boxes = [self._box(part) for part in inked]
        box = tuple(
            pick(edge) for pick, edge in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)
        )
        outline = _GLYPH_HEADER.pack(-1, *box)
        for part in inked:
            flags = _WORDS | _XY_VALUES | (_MORE if part is not inked[-1] else 0)
            outline += pack(">2H2h", flags, parts.number(part.glyph), part.x, part.y)
        return outline, box[0]

    def _box(self, part: Placed) -> tuple[int, int, int, int]:
        _, left, bottom, right, top = _GLYPH_HEADER.unpack_from(self._outline(part.glyph))
        return left + part.x, bottom + part.y, right + part.x, top + part.y

    def _written(self, outlines: Sequence[bytes], metrics: Sequence[tuple[int, int]], most: int) -> bytes:
        glyf, places = bytearray(), [0]
        for outline in outlines:
            glyf += outline + b"\0" * (-len(outline) % 4)
            places.append(len(glyf))
        tables = {tag: self.table(tag) for tag in _COPIED if self.table(tag)}
        tables |= {
            "glyf": bytes(glyf),
            "loca": pack(f">{len(places)}L", *places),
            "hmtx": b"".join(pack(">Hh", *metric) for metric in metrics),
            "hhea": self.table("hhea")[:34] + pack(">H", len(metrics)),
            "maxp": _profile(self.table("maxp"), len(metrics), most),
            "head": _changed(_changed(self.table("head"), 8, ">L", 0), 50, ">h", 1),
        }
        return _file(tables)


class _Parts:
    """The glyphs that others are made of, numbered behind those in the order in which they come up."""

    def __init__(self, first: int) -> None:
        self._first = first
        self._glyphs: dict[int, int] = {}

    def number(self, glyph: int) -> int:
        """Return the number of a glyph of the whole font in the one that is made."""
        return self._glyphs.setdefault(glyph, self._first + len(self._glyphs))

    def __iter__(self) -> Iterator[int]:
        done = 0
        while done < len(self._glyphs):
            for glyph in list(self._glyphs)[done:]:
                yield glyph
                done += 1


def _renumbered(outline: bytes, parts: _Parts) -> bytes:
    """Return an outline whose components, if it is made of any, go by their new numbers."""
    if not outline or _GLYPH_HEADER.unpack_from(outline)[0] >= 0:
        return outline
    result = bytearray(outline)
    offset, flags = _GLYPH_HEADER.size, _MORE
    while flags & _MORE:
        flags, glyph = _COMPONENT.unpack_from(outline, offset)
        _COMPONENT.pack_into(result, offset, flags, parts.number(glyph))
        offset += _COMPONENT.size + (4 if flags & _WORDS else 2)
        offset += 2 if flags & _SCALE else 4 if flags & _XY_SCALE else 8 if flags & _TWO_BY_TWO else 0
    return bytes(result)


def _profile(maxp: bytes, glyphs: int, most: int) -> bytes:
    """Return the table of maxima: one level of composition deeper, of at most so many parts."""
    points, contours, composite_points, composite_contours = unpack_from(">4H", maxp, 6)
    elements, depth = unpack_from(">2H", maxp, 28)
    result = _changed(maxp, 4, ">H", glyphs)
    result = _changed(result, 10, ">H", min(most * max(points, composite_points), _LARGEST))
    result = _changed(result, 12, ">H", min(most * max(contours, composite_contours), _LARGEST))
    return _changed(_changed(result, 28, ">H", max(elements, most)), 30, ">H", depth + 1)


def _changed(table: bytes, offset: int, form: str, value: int) -> bytes:
    new = pack(form, value)
    return table[:offset] + new + table[offset + len(new) :]


def _file(tables: Mapping[str, bytes]) -> bytes:
    """Return the tables as a font file (4.5 of ISO 14496-22)."""
    count = len(tables)
    power = count.bit_length() - 1
    head = pack(">L4H", 0x00010000, count, 16 << power, power, 16 * count - (16 << power))
    position = len(head) + 16 * count
    directory, body, head_at = b"", b"", 0
    for tag, table in sorted(tables.items()):
        if tag == "head":
            head_at = position
        directory += pack(">4s3L", tag.encode("latin-1"), _sum(table), position, len(table))
        padded = table + b"\0" * (-len(table) % 4)
        body += padded
        position += len(padded)
    data = head + directory + body
    return _changed(data, head_at + 8, ">L", (_CHECKSUM - _sum(data)) % 2**32)


def _sum(table: bytes) -> int:
    padded = table + b"\0" * (-len(table) % 4)
    words: tuple[int, ...] = unpack_from(f">{len(padded) // 4}L", padded)
    return sum(words) % 2**32
