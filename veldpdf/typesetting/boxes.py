"""The space that a text field has on its page, whatever text is set in it.

Lengths are in points, glyph widths in thousandths of the font size, as everywhere in PDF.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

# Acrobat keeps this many border widths free between the edge of a field and its text.
_PADDING_IN_BORDERS = 2
_LEAST_PADDING = 2.0

# Height of a line as a multiple of the font size: the height of Helvetica's bounding box, which Acrobat and
# PDFBox use as well (931 + 225 thousandths).
LEADING = 1.156

# How much of the height of a line may stick out at an edge, as a multiple of the font size: less than that is white
# in all letters but a few.
_UNSEEN = 0.05


class Alignment(IntEnum):
    """Where lines stand between the edges: the values of ``/Q`` (ISO 32000-2, table 228)."""

    LEFT = 0
    CENTRE = 1
    RIGHT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TextBox:
    """The space that a text field has on the page, seen upright.

    Attributes:
        width: Inside the widget's rectangle, in points, after turning it upright (``/MK /R``).
        height: The same.
        font: Name of the font that the field asks for (``/BaseFont``).
        font_size: In points; 0 lets the program choose.
        border: Width of the border in points.
        multiline: Whether the text may take more than one line.
        comb_cells: Number of cells that share the width, one character each; 0 for none.
        alignment: Where the lines stand.
        glyph_widths: Width of each character that the field's own font shows; None for one of the standard
            14 fonts, whose widths are known by name.
    """

    width: float
    height: float
    font: str = "Helvetica"
    font_size: float = 0.0
    border: float = 1.0
    multiline: bool = True
    comb_cells: int = 0
    alignment: Alignment = Alignment.LEFT
    glyph_widths: Mapping[str, float] | None = None

    @property
    def padding(self) -> float:
        """Space between the edge and the text, in points."""
        return max(_PADDING_IN_BORDERS * self.border, _LEAST_PADDING)

    @property
    def text_width(self) -> float:
        """Longest line that fits, in points."""
        return max(self.width - 2 * self.padding, 0.0)

    @property
    def text_height(self) -> float:
        """Height in which lines may stand, in points."""
        return max(self.height - 2 * self.padding, 0.0)

    def lines_that_fit(self, font_size: float) -> int:
        """Return how many lines of this size stand in the box whole; never fewer than one."""
        if not self.multiline:
            return 1
        # The white below the last line may stick out: viewers clip at the edge, not at the padding.
        return max(int((self.text_height + 0.1 * font_size) / (LEADING * font_size)), 1)

    def holds_a_line(self, font_size: float) -> bool:
        """Whether one line of this size stands inside the edges, from its ascent to its descent.

        Where it does not, viewers clip it. A single line stands in the middle of the height, the first of several
        lines as far below the top as the padding.
        """
        line = LEADING * font_size
        if not self.multiline:
            return line - 2 * _UNSEEN * font_size <= self.height
        is_counted = self.text_height + 0.1 * font_size >= line
        return is_counted or self.padding + line - _UNSEEN * font_size <= self.height
