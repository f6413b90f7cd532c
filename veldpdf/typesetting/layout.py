"""Breaking a text into the lines that a form field shows.

One algorithm serves drawing a field, telling whether a text fits it, and telling so about a field that came
back; so the figures always agree with the picture. A limit counted in characters failed in practice (a field
for "1,500 characters" held 900 of some and 1,900 of other texts): only glyph widths tell.

Lengths are in points, glyph widths in thousandths of the font size, as everywhere in PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

# Acrobat keeps this many border widths free between the edge of a field and its text.
_PADDING_IN_BORDERS = 2
_LEAST_PADDING = 2.0

# Height of a line as a multiple of the font size: the height of Helvetica's bounding box, which Acrobat and
# PDFBox use as well (931 + 225 thousandths).
LEADING = 1.156
# The part of it that lies above the baseline.
ASCENT = 0.931

# An automatic size (font size 0; ISO 32000-2, 12.7.4.3) lies between these. Below the minimum a printed copy
# cannot be read, so the text counts as too long instead.
AUTO_SIZE_MAXIMUM = 12.0
AUTO_SIZE_MINIMUM = 7.0
_AUTO_SIZE_STEP = 0.5

_TAB_STOP = 4  # columns
_SEARCH_STEP = 64  # characters
_SOFT_HYPHEN = "\u00ad"
_ZERO_WIDTH_SPACE = "\u200b"

# Every way in which a text may begin a new line: Unicode's mandatory breaks, as Word and the web paste them.
_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")

# Pieces between which a line may be broken: runs of spaces, and words, which may also end behind a hyphen
# or slash, a zero-width space or a soft hyphen. A no-break space is part of its word.
_PIECE = re.compile(
    f"[ \t]+|[^ \t{_SOFT_HYPHEN}{_ZERO_WIDTH_SPACE}/-]*"
    f"(?:[/-]+(?=[^ \t])|[{_SOFT_HYPHEN}{_ZERO_WIDTH_SPACE}]|[/-]*)"
)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A text set in a box.

    Attributes:
        lines: All lines, those that do not fit included; without line ends.
        lines_fit: How many of them the box shows.
        font_size: The size they are set in, in points.
        too_wide: Whether the one line of a single-line field is longer than the field.
    """

    lines: tuple[str, ...]
    lines_fit: int
    font_size: float
    too_wide: bool = False

    @property
    def overflows(self) -> bool:
        """Whether the box does not show all of the text."""
        return self.too_wide or len(self.lines) > self.lines_fit

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines that the box shows."""
        return self.lines[: self.lines_fit]


def lay_out(text: str, box: TextBox, widths: Mapping[str, float]) -> Layout:
    """Set a text in a box.

    Args:
        text: What to set; any line end counts.
        box: Where to set it.
        widths: Width of each character in thousandths of the font size. Must know every character.
    """
    if box.comb_cells:
        size = box.font_size or min(AUTO_SIZE_MAXIMUM, max(box.text_height / LEADING, AUTO_SIZE_MINIMUM))
        return Layout(lines=(text,), lines_fit=1, font_size=size, too_wide=len(text) > box.comb_cells)
    if not box.multiline:
        return _lay_out_single_line(text, box, widths)
    # White lines at the end show nothing, so nothing is lost when they fall outside the box.
    visible = text.rstrip()
    for size in _sizes(box):
        lines = tuple(break_lines(visible, box.text_width * 1000 / size, widths)) if visible else ()
        layout = Layout(lines=lines, lines_fit=box.lines_that_fit(size), font_size=size)
        if not layout.overflows:
            break
    return layout


def fitting_length(text: str, box: TextBox, widths: Mapping[str, float]) -> int:
    """Return how many characters of a text a box shows; arguments as `lay_out`.

    What is left out is what somebody who shortens the text has to take away.
    """

    def fits(length: int) -> bool:
        return not lay_out(text[:length], box, widths).overflows

    # A long text is never set as a whole again: looking begins with what one layout says that fits.
    layout = lay_out(text, box, widths)
    if not layout.overflows:
        return len(text)
    low = 0 if layout.too_wide else min(sum(map(len, layout.shown)), len(text))
    while low + _SEARCH_STEP < len(text) and fits(low + _SEARCH_STEP):
        low += _SEARCH_STEP
    high = min(low + _SEARCH_STEP, len(text))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def _sizes(box: TextBox) -> Iterator[float]:
    """Yield the sizes to try: the one that the field asks for, or the automatic ones from large to small."""
    if box.font_size:
        yield box.font_size
        return
    steps = int((AUTO_SIZE_MAXIMUM - AUTO_SIZE_MINIMUM) / _AUTO_SIZE_STEP)
    for step in range(steps + 1):
        yield AUTO_SIZE_MAXIMUM - step * _AUTO_SIZE_STEP


def _lay_out_single_line(text: str, box: TextBox, widths: Mapping[str, float]) -> Layout:
    line = _expand_tabs(_LINE_END.sub(" ", text).replace(_SOFT_HYPHEN, "").replace(_ZERO_WIDTH_SPACE, ""))
    natural = text_width(line, widths) or 1.0
    size = box.font_size
    if not size:
        tallest = min(AUTO_SIZE_MAXIMUM, box.text_height / LEADING)
        size = max(min(tallest, box.text_width * 1000 / natural), AUTO_SIZE_MINIMUM)
    room = box.text_width * 1000 / size
    # A hair of tolerance, or an automatic size that was just computed to fit would not.
    too_wide = text_width(line.rstrip(), widths) > room * 1.0001
    return Layout(lines=(line,), lines_fit=1, font_size=size, too_wide=too_wide)


def text_width(text: str, widths: Mapping[str, float]) -> float:
    """Return the width of a text in thousandths of the font size."""
    return sum(map(widths.__getitem__, text))


def break_lines(text: str, room: float, widths: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines of a text, none wider than there is room for.

    Blank lines and indents stay. Spaces at which a line is broken hang over its end. A word longer than the
    line is broken where the line is full, so that a pasted address is never cut off.

    Args:
        text: What to break; any line end counts.
        room: Length of a line, in thousandths of the font size.
        widths: Width of each character, likewise.
    """
    for paragraph in _LINE_END.split(text):
        line = _expand_tabs(paragraph)
        plain = line.replace(_SOFT_HYPHEN, "").replace(_ZERO_WIDTH_SPACE, "")
        if text_width(plain, widths) <= room:
            yield plain.rstrip(" ")
        else:
            yield from _wrap(line, room, widths)


def _expand_tabs(line: str) -> str:
    return line.expandtabs(_TAB_STOP) if "\t" in line else line


def _wrap(line: str, room: float, widths: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines of one paragraph that is longer than a line."""
    built, used = "", 0.0
    for piece in _PIECE.findall(line):
        if not piece:
            continue
        visible = piece.rstrip(_SOFT_HYPHEN + _ZERO_WIDTH_SPACE)
        width = text_width(visible, widths)
        if used + width <= room or piece.isspace():
            built += piece
            used += width
            continue
        if built.strip():
            yield _finished(built)
            built, used = "", 0.0
        else:
            # Only an indent stands there: the word goes behind it, broken if need be.
            visible = built + visible
            width += used
        *full, built = _break_word(visible, width, room, widths)
        yield from full
        used = text_width(built, widths)
        # What the word ended in decides how the line ends if it is broken here.
        built += piece[len(piece.rstrip(_SOFT_HYPHEN + _ZERO_WIDTH_SPACE)) :]
    yield _finished(built, last=True)


def _finished(line: str, *, last: bool = False) -> str:
    """Return a line as it is drawn: a soft hyphen shows only where the line is broken at it."""
    ends_soft = line.endswith(_SOFT_HYPHEN) and not last
    shown = line.replace(_SOFT_HYPHEN, "").replace(_ZERO_WIDTH_SPACE, "").rstrip(" ")
    return shown + "-" if ends_soft else shown


def _break_word(word: str, width: float, room: float, widths: Mapping[str, float]) -> Iterator[str]:
    """Yield the parts of a word that each fit in a line."""
    if width <= room:
        yield word
        return
    start, used = 0, 0.0
    for index, character in enumerate(word):
        advance = widths[character]
        if used + advance > room and index > start:
            yield word[start:index]
            start, used = index, 0.0
        used += advance
    yield word[start:]
