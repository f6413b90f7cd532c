"""The objects of one update, as they come together while a template is filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count

from veldpdf.pdf.filling.embedding import EmbeddedFonts
from veldpdf.pdf.objects import ObjectId


class Changes:
    """The objects that one update replaces or adds, and the fonts that it embeds.

    One of these lives as long as one fill: the template itself holds no answers.
    """

    def __init__(self, first_free: int) -> None:
        """Begin an update.

        Args:
            first_free: The first object number that it may give out.
        """
        self._objects: dict[ObjectId, bytes] = {}
        self._numbers = count(first_free)
        self.fonts = EmbeddedFonts(self.number)
        # By field name, what its box tells where a continuation page has the rest; the fullest first.
        self.marks: dict[str, Sequence[str]] = {}

    def number(self) -> ObjectId:
        """Give out an object number."""
        return next(self._numbers), 0

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
