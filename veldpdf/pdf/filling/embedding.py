"""Embedding what we ship: a subset of a TrueType font as a composite font (9.7), made anew for each file.

Only the glyphs that the answers need go in, so a file with one Polish name grows by a few kilobytes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from veldpdf.pdf.filling.update import reference, stream
from veldpdf.pdf.objects import ObjectId
from veldpdf.typesetting.shipped import ShippedFont

OBJECTS_PER_FONT = 6

_SUBSET_TAG_LETTERS = 6
_LINES_PER_SECTION = 100  # of a ToUnicode map, at most


@dataclass(frozen=True, slots=True)
class SubsetFont:
    """A font cut down to some characters.

    Attributes:
        font: The whole font.
        codes: Code of each character in content streams, two bytes long. Codes are ours alone, from 1, rather
            than glyph numbers: Latin A and Cyrillic А may share a glyph and must still read back as typed.
    """

    font: ShippedFont
    codes: Mapping[str, int]

    @classmethod
    def of(cls, font: ShippedFont, characters: str) -> SubsetFont:
        """Cut a font down to the characters of a text, in order of their code points."""
        return cls(font, {character: code for code, character in enumerate(sorted(set(characters)), start=1)})

    def encode(self, text: str) -> bytes:
        """Return a text as the string operand of ``Tj``."""
        return b"<%b>" % "".join(f"{self.codes[character]:04x}" for character in text).encode()

    def objects(self, numbers: Sequence[ObjectId]) -> Iterator[tuple[ObjectId, bytes]]:
        """Yield the objects of the font, the composite font itself first.

        Args:
            numbers: `OBJECTS_PER_FONT` free object numbers.
        """
        whole, descendant, descriptor, program, glyph_map, to_unicode = numbers
        name = f"{self._tag()}+{self.font.name}".encode()
        yield (
            whole,
            b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%b]/ToUnicode %b>>"
            % (name, reference(descendant), reference(to_unicode)),
        )
        yield (
            descendant,
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDToGIDMap %b/DW 1000/W[1[%b]]"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %b>>"
            % (name, reference(glyph_map), self._widths(), reference(descriptor)),
        )
        yield descriptor, self._descriptor(name, program)
        subset, glyphs = self.font.subset(self.codes)
        yield program, _compressed(subset, b"/Length1 %d" % len(subset))
        # Two bytes for each code from 0 (table 115).
        yield glyph_map, _compressed(b"\0\0" + b"".join(glyph.to_bytes(2, "big") for glyph in glyphs))
        yield to_unicode, _compressed(self._to_unicode())

    def _tag(self) -> str:
        """Return the six letters that mark a subset (9.9.2), the same for the same characters."""
        digest = hashlib.sha256("".join(self.codes).encode("utf-8", "surrogatepass")).digest()
        return "".join(chr(ord("A") + byte % 26) for byte in digest[:_SUBSET_TAG_LETTERS])

    def _widths(self) -> bytes:
        return " ".join(f"{self.font.width(character):.0f}" for character in self.codes).encode()

    def _descriptor(self, name: bytes, program: ObjectId) -> bytes:
        metrics = self.font.metrics
        return (
            b"<</Type/FontDescriptor/FontName/%b/Flags 32/FontBBox[%d %d %d %d]/ItalicAngle 0"
            b"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %b>>"
        ) % (name, *metrics.box, metrics.ascent, metrics.descent, metrics.cap_height, reference(program))

    def _to_unicode(self) -> bytes:
        """Return the map back to characters (9.10.3), so that drawn text can be found and copied."""
        lines = [
            f"<{code:04x}> <{character.encode('utf-16-be', 'surrogatepass').hex()}>\n"
            for character, code in self.codes.items()
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


def _compressed(content: bytes, entries: bytes = b"") -> bytes:
    return stream(b"/Filter/FlateDecode" + entries, zlib.compress(content, level=9))
