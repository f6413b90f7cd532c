"""What tells which of several values is the partner's, where a file holds more than one.

Looked up only where values disagree, which is rare: in most files nothing here ever runs.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from difflib import SequenceMatcher
from functools import cached_property

import pikepdf

from veldpdf.pdf.drawn import drawn_text
from veldpdf.pdf.objects import ObjectId

_OBJECT = re.compile(rb"(?:^|[\r\n\s])(\d{1,10})\s+(\d{1,5})\s+obj\b")
_END = b"%%EOF"
_LINEARIZED = b"/Linearized"
_FIRST_KILOBYTE = 1024
# A picture agrees with a value when this part of its letters does: fonts are not always decoded right.
_AGREES = 0.8
# Comparing more of a long answer tells nothing new.
_LETTERS_COMPARED = 400


class Evidence:
    """The traces that saving leaves in a file."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def revision_of(self, key: ObjectId) -> int | None:
        """Return in which revision of the file an object was last written, counting from 0.

        Viewers that append an update (7.5.6) leave older revisions in place, so what was written later was
        typed later. None where the file does not tell.
        """
        return self._revisions.get(key)

    @cached_property
    def _revisions(self) -> dict[ObjectId, int]:
        ends = [found.start() for found in re.finditer(_END, self._data)]
        if _LINEARIZED in self._data[:_FIRST_KILOBYTE]:
            # A linearized file ends twice: its first part is no revision of its own (annex F).
            ends = ends[1:]
        return {
            (int(found[1]), int(found[2])): bisect_left(ends, found.start())
            for found in _OBJECT.finditer(self._data)
        }


def agreement(text: str, picture: str) -> float:
    """Return how well a picture shows a text, from 0 to 1: a picture may show only its beginning."""
    shown = _letters(picture)[:_LETTERS_COMPARED]
    letters = _letters(text)[: len(shown) or 1]
    if not shown or not letters:
        return 1.0 if not shown and not letters else 0.0
    return SequenceMatcher(None, letters, shown, autojunk=False).ratio()


def shows(text: str, widgets: list[pikepdf.Dictionary]) -> float | None:
    """Return how well a field's widgets show a text; None where there is no picture to compare."""
    pictures = [picture for picture in map(drawn_text, widgets) if picture is not None]
    return max((agreement(text, picture) for picture in pictures), default=None)


def is_shown(score: float | None) -> bool:
    """Whether a text is what a picture shows."""
    return score is not None and score >= _AGREES


def _letters(text: str) -> str:
    return "".join(text.split())
