"""Embedding what we ship: a subset of a TrueType font as a composite font (9.7), made anew for each file.

Only the glyphs that the answers need go in, so a file with one Polish name grows by a few kilobytes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from veldpdf.pdf.filling.update import reference, stream
from veldpdf.pdf.objects import ObjectId
from veldpdf.typesetting.shipped import Glyph, ShippedFont, shipped_fonts

_SUBSET_TAG_LETTERS = 6
_LINES_PER_SECTION = 100  # of a ToUnicode map, at most


class SubsetFont:
    """A font that grows by the shapes that are drawn with it.

    Attributes:
        font: The whole font.
        resource: Name to use it by in content streams.
        key: Number of the object that it will be.
    """

    def __init__(self, font: ShippedFont, resource: str, numbers: Callable[[], ObjectId]) -> None:
        """Begin a subset without glyphs.

        Args:
            font: The whole font.
            resource: Name to use it by in content streams.
            numbers: Gives out object numbers.
        """
        self.font = font
        self.resource = resource
        self.key = numbers()
        self._numbers = numbers
        # Code of each glyph, from 1, and its number in the subset as well. What it stands for is part of it: Latin A
        # and Cyrillic А may look the same and must still read back as typed.
        self._codes: dict[Glyph, int] = {}

    def encode(self, glyphs: Iterable[Glyph]) -> bytes:
        """Return glyphs as the string operand of ``Tj``, and take in those that are new."""
        codes = (self._codes.setdefault(glyph, len(self._codes) + 1) for glyph in glyphs)
        return b"<%b>" % "".join(f"{code:04x}" for code in codes).encode()

    def objects(self) -> Iterator[tuple[ObjectId, bytes]]:
        """Yield the objects of the font, the composite font itself first."""
        descendant, descriptor, program, to_unicode = (self._numbers() for _ in range(4))
        name = f"{self._tag()}+{self.font.name}".encode()
        yield (
            self.key,
            b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%b]/ToUnicode %b>>"
            % (name, reference(descendant), reference(to_unicode)),
        )
        yield (
            descendant,
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDToGIDMap/Identity/DW 1000/W[1[%b]]"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %b>>"
            % (name, self._widths(), reference(descriptor)),
        )
        yield descriptor, self._descriptor(name, program)
        subset = self.font.subset([glyph.cut for glyph in self._codes])
        yield program, _compressed(subset, b"/Length1 %d" % len(subset))
        yield to_unicode, _compressed(self._to_unicode())

    def _tag(self) -> str:
        """Return the six letters that mark a subset (9.9.2), the same for the same glyphs."""
        shapes = [(glyph.text, *glyph.cut) for glyph in self._codes]
        digest = hashlib.sha256(repr(shapes).encode("utf-8", "backslashreplace")).digest()
        return "".join(chr(ord("A") + byte % 26) for byte in digest[:_SUBSET_TAG_LETTERS])

    def _widths(self) -> bytes:
        return " ".join(str(self.font.drawn_width(glyph)) for glyph in self._codes).encode()

    def _descriptor(self, name: bytes, program: ObjectId) -> bytes:
        metrics = self.font.metrics
        return (
            b"<</Type/FontDescriptor/FontName/%b/Flags 32/FontBBox[%d %d %d %d]/ItalicAngle 0"
            b"/Ascent %d/Descent %d/CapHeight %d/StemV 80/FontFile2 %b>>"
        ) % (name, *metrics.box, metrics.ascent, metrics.descent, metrics.cap_height, reference(program))

    def _to_unicode(self) -> bytes:
        """Return the map back to characters (9.10.3), so that drawn text can be found and copied."""
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


class EmbeddedFonts:
    """The shipped fonts that one file uses: none, in most."""

    def __init__(self, numbers: Callable[[], ObjectId]) -> None:
        self._numbers = numbers
        self._subsets: dict[ShippedFont, SubsetFont] = {}

    def subset(self, font: ShippedFont) -> SubsetFont:
        """Return the subset of a font that this file uses, begun where it is the first time."""
        if font not in self._subsets:
            index = shipped_fonts().for_emoji(first=False).index(font)
            self._subsets[font] = SubsetFont(font, f"Veldpdf{index}", self._numbers)
        return self._subsets[font]

    def objects(self) -> Mapping[ObjectId, bytes]:
        """Return the objects of all of them."""
        return {key: body for subset in self._subsets.values() for key, body in subset.objects()}


def _compressed(content: bytes, entries: bytes = b"") -> bytes:
    return stream(b"/Filter/FlateDecode" + entries, zlib.compress(content, level=9))
