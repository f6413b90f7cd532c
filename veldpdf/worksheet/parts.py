"""What a page is put together from: parts that know the height they need.

Everything is measured before anything is drawn, because the space that a page has left over goes to the boxes
of its questions. So a `Part` tells the height that it needs at a width, takes the area that it is given, and
fills it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from veldpdf.model import FieldSpec
from veldpdf.worksheet import look
from veldpdf.worksheet.fields import Rectangle

_GAP = 10.0
_PARAGRAPH_GAP = 5.0
_ENDLESS = 100_000.0


@dataclass(frozen=True, slots=True)
class Pen:
    """What drawing needs.

    Attributes:
        canvas: Where to draw.
        place_field: Puts a field on the page.
        bookmark: Puts a heading into the outline: its text, level and height on the page.
    """

    canvas: Canvas
    place_field: Callable[[FieldSpec, Rectangle], None]
    bookmark: Callable[[str, int, float], None]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle on the page, from its upper left corner."""

    left: float
    top: float
    width: float
    height: float

    def below(self, used: float) -> Area:
        """Return what is left under the uppermost strip."""
        return Area(self.left, self.top - used, self.width, self.height - used)

    def inset(self, horizontal: float, vertical: float) -> Area:
        """Return the area within a margin."""
        return Area(
            self.left + horizontal, self.top - vertical, self.width - 2 * horizontal, self.height - 2 * vertical
        )


class Part(ABC):
    """Something that stands on the page.

    Attributes:
        gap: Space that it wants above itself, unless it stands at the top.
    """

    gap: float = _GAP

    @abstractmethod
    def height(self, width: float) -> float:
        """Return the least height that it needs."""

    @property
    def appetite(self) -> float:
        """Its share in space that is left over; 0 for what does not grow."""
        return 0.0

    @abstractmethod
    def draw(self, pen: Pen, area: Area) -> None:
        """Draw it into an area that is at least as high as it needs."""


@dataclass(frozen=True)
class Text(Part):
    """One or more paragraphs in one style."""

    text: str
    style: ParagraphStyle
    gap: float = _GAP

    def _typeset(self) -> list[Paragraph]:
        return [Paragraph(look.markup(part.strip()), self.style) for part in self.text.split("\n\n")]

    def height(self, width: float) -> float:
        """Return the height of the paragraphs and the gaps between them."""
        paragraphs = self._typeset()
        return sum(_height(part, width) for part in paragraphs) + _PARAGRAPH_GAP * (len(paragraphs) - 1)

    def draw(self, pen: Pen, area: Area) -> None:
        """Draw them from the top of the area."""
        top = area.top
        for part in self._typeset():
            height = _height(part, area.width)
            part.drawOn(pen.canvas, area.left, top - height)
            top -= height + _PARAGRAPH_GAP


def _height(paragraph: Paragraph, width: float) -> float:
    return float(paragraph.wrap(width, _ENDLESS)[1])


@dataclass(frozen=True)
class Title(Text):
    """A heading, which also stands in the outline, under the title of its page if it is not that itself."""

    def draw(self, pen: Pen, area: Area) -> None:
        """Draw it, and note where."""
        pen.bookmark(look.plain(self.text), 0 if self.style is look.TITLE else 1, area.top)
        super().draw(pen, area)


@dataclass(frozen=True)
class Stack(Part):
    """Parts from top to bottom; those with an appetite share the space that is left over."""

    parts: Sequence[Part]

    def height(self, width: float) -> float:
        """Return the height of all parts and the gaps between them."""
        return sum(part.height(width) for part in self.parts) + sum(part.gap for part in self.parts[1:])

    @property
    def appetite(self) -> float:
        """That of all parts together."""
        return sum(part.appetite for part in self.parts)

    def draw(self, pen: Pen, area: Area) -> None:
        """Draw the parts, the hungry ones higher than they need."""
        left_over = area.height - self.height(area.width)
        share = left_over / self.appetite if self.appetite else 0.0
        top = area.top
        for part in self.parts:
            if part is not self.parts[0]:
                top -= part.gap
            height = part.height(area.width) + share * part.appetite
            part.draw(pen, Area(area.left, top, area.width, height))
            top -= height
