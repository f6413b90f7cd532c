"""The part of a font that one file draws with, and what a PDF says of it (ISO 32000-2, 9.7 to 9.10).

Filling writes it into an incremental update, the report into a file of its own; which glyphs there are, under which
codes and with which widths is the same for both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from veldpdf.typesetting.shipped import FontProgram, Glyph

_SUBSET_TAG_LETTERS = 6
_LINES_PER_SECTION = 100  # of a ToUnicode map, at most


class FontSubset:
    """A font that grows by the shapes that are drawn with it.

    Attributes:
        font: The whole font.
    """

    def __init__(self, font: FontProgram) -> None:
        """Begin without glyphs."""
        self.font = font
        # Code of each glyph, from 1, and its number in the subset as well. What it stands for is part of it: Latin A
        # and Cyrillic А may look the same and must still read back as typed.
        self._codes: dict[Glyph, int] = {}

    def code(self, glyph: Glyph) -> int:
        """Return the code of a glyph, which is taken in where it is new."""
        return self._codes.setdefault(glyph, len(self._codes) + 1)

    def encode(self, glyphs: Iterable[Glyph]) -> str:
        """Return glyphs as the hexadecimal digits of the operand of ``Tj``, and take in those that are new."""
        return "".join(f"{self.code(glyph):04x}" for glyph in glyphs)

    @property
    def name(self) -> str:
        """Its name: six letters that mark a subset (9.9.2), the same for the same glyphs, and the font's."""
        shapes = [(glyph.text, *glyph.cut) for glyph in self._codes]
        digest = hashlib.sha256(repr(shapes).encode("utf-8", "backslashreplace")).digest()
        tag = "".join(chr(ord("A") + byte % 26) for byte in digest[:_SUBSET_TAG_LETTERS])
        return f"{tag}+{self.font.name}"

    @property
    def widths(self) -> tuple[int, ...]:
        """Width of each glyph from code 1, in thousandths of the font size (9.7.4.3)."""
        return tuple(map(self.font.drawn_width, self._codes))

    @property
    def program(self) -> bytes:
        """The font file with these glyphs only."""
        return self.font.subset([glyph.cut for glyph in self._codes])

    @property
    def descriptor_entries(self) -> str:
        """The measures in a font descriptor (table 120)."""
        metrics = self.font.metrics
        box = " ".join(map(str, metrics.box))
        return (
            f"/Flags {metrics.flags}/FontBBox[{box}]/ItalicAngle {metrics.italic_angle}"
            f"/Ascent {metrics.ascent}/Descent {metrics.descent}/CapHeight {metrics.cap_height}/StemV 80"
        )

    @property
    def to_unicode(self) -> bytes:
        """The map back to characters (9.10.3), so that drawn text can be found and copied."""
        lines = [
            f"<{code:04x}> <{glyph.text.encode('utf-16-be', 'surrogatepass').hex()}>\n"
            for glyph, code in self._codes.items()
        ]
        sections = (
            lines[start : start + _LINES_PER_SECTION] for start in range(0, len(lines), _LINES_PER_SECTION)
        )
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            + "".join(f"{len(section)} beginbfchar\n{''.join(section)}endbfchar\n" for section in sections)
            + "endcmap CMapName currentdict /CMap defineresource pop end end\n"
        ).encode()
