"""Embedding what we ship: a subset of a TrueType font as a composite font (9.7), made anew for each file.

Only the glyphs that the answers need go in, so a file with one Polish name grows by a few kilobytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from veldpdf.pdf.filling.update import reference, stream
from veldpdf.pdf.objects import ObjectId
from veldpdf.typesetting.shipped import FontProgram, Glyph, shipped_fonts
from veldpdf.typesetting.subsets import FontSubset


class SubsetFont:
    """A subset of a font as objects of one file.

    Attributes:
        subset: Its glyphs.
        resource: Name to use it by in content streams.
        key: Number of the object that it will be.
    """

    def __init__(self, font: FontProgram, resource: str, numbers: Callable[[], ObjectId]) -> None:
        """Begin a subset without glyphs.

        Args:
            font: The whole font.
            resource: Name to use it by in content streams.
            numbers: Gives out object numbers.
        """
        self.subset = FontSubset(font)
        self.resource = resource
        self.key = numbers()
        self._numbers = numbers

    def encode(self, glyphs: Iterable[Glyph]) -> bytes:
        """Return glyphs as the string operand of ``Tj``, and take in those that are new."""
        return f"<{self.subset.encode(glyphs)}>".encode()

    def objects(self) -> Iterator[tuple[ObjectId, bytes]]:
        """Yield the objects of the font, the composite font itself first."""
        descendant, descriptor, program, to_unicode = (self._numbers() for _ in range(4))
        name = self.subset.name.encode()
        yield (
            self.key,
            b"<</Type/Font/Subtype/Type0/BaseFont/%b/Encoding/Identity-H/DescendantFonts[%b]/ToUnicode %b>>"
            % (name, reference(descendant), reference(to_unicode)),
        )
        yield (
            descendant,
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%b/CIDToGIDMap/Identity/DW 1000/W[1[%b]]"
            b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %b>>"
            % (name, " ".join(map(str, self.subset.widths)).encode(), reference(descriptor)),
        )
        yield (
            descriptor,
            b"<</Type/FontDescriptor/FontName/%b%b/FontFile2 %b>>"
            % (name, self.subset.descriptor_entries.encode(), reference(program)),
        )
        font_file = self.subset.program
        yield program, _compressed(font_file, b"/Length1 %d" % len(font_file))
        yield to_unicode, _compressed(self.subset.to_unicode)


class EmbeddedFonts:
    """The shipped fonts that one file uses: none, in most."""

    def __init__(self, numbers: Callable[[], ObjectId]) -> None:
        self._numbers = numbers
        self._subsets: dict[FontProgram, SubsetFont] = {}

    def subset(self, font: FontProgram) -> SubsetFont:
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
