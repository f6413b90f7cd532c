"""The objects of one update, as they come together while a template is filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from veldpdf.pdf.filling.embedding import EmbeddedFonts
from veldpdf.pdf.filling.targets import FormFont
from veldpdf.pdf.objects import ObjectId
from veldpdf.typesetting.typeface import Typeface


class Changes:
    """The objects that one update replaces or adds, and the fonts that it embeds.

    One of these lives as long as one fill: the template itself holds no answers.

    Attributes:
        number: Gives out an object number.
        fonts: The fonts that it embeds.
        marks: By field name, what its box tells where a continuation page has the rest; the fullest first.
    """

    def __init__(self, first_free: int) -> None:
        """Begin an update.

        Args:
            first_free: The first object number that it may give out.
        """
        self._objects: dict[ObjectId, bytes] = {}
        # What is handed on is no method of this object: the two would keep each other, and the answers, in memory.
        self.number = map(_object_id, count(first_free)).__next__
        self.fonts = EmbeddedFonts(self.number)
        self._typefaces: dict[bytes, Typeface] = {}
        self.marks: dict[str, Sequence[str]] = {}

    def typeface(self, font: FormFont) -> Typeface:
        """Return a form's font with the shipped fonts behind it; what it has measured is kept meanwhile."""
        if font.obj not in self._typefaces:
            self._typefaces[font.obj] = Typeface(font.font.widths)
        return self._typefaces[font.obj]

    def replace(self, objects: Mapping[ObjectId, bytes]) -> None:
        """Take in objects under numbers of their own: what stands between ``obj`` and ``endobj``."""
        self._objects.update(objects)

    def add(self, body: bytes) -> ObjectId:
        """Take in a new object, and return its number."""
        key = self.number()
        self._objects[key] = body
        return key

    def __getitem__(self, key: ObjectId) -> bytes:
        return self._objects[key]

    def __contains__(self, key: object) -> bool:
        return key in self._objects

    def finished(self) -> Mapping[ObjectId, bytes]:
        """Return all objects, those of the embedded fonts among them."""
        self._objects.update(self.fonts.objects())
        return self._objects


def _object_id(number: int) -> ObjectId:
    return number, 0
