"""Breaking a text into the lines that a form field shows.

One algorithm serves drawing a field, telling whether a text fits it, and telling so about a field that came
back; so the figures always agree with the picture. A limit counted in characters failed in practice (a field
for "1,500 characters" held 900 of some and 1,900 of other texts): only glyph widths tell.

Lengths are in points, glyph widths in thousandths of the font size, as everywhere in PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from veldpdf.typesetting.bidi import Order, is_bidirectional, order_of
from veldpdf.typesetting.boxes import LEADING, TextBox
from veldpdf.typesetting.characters import clusters, kept_together, needs_care
from veldpdf.typesetting.typeface import LONGEST_WORD, Typeface

# The part of the height of a line that lies above the baseline.
ASCENT = 0.931

# An automatic size (font size 0; ISO 32000-2, 12.7.4.3) lies between these. Below the minimum a printed copy
# cannot be read, so the text counts as too long instead.
AUTO_SIZE_MAXIMUM = 12.0
AUTO_SIZE_MINIMUM = 7.0
_AUTO_SIZE_STEP = 0.5

# From tab stop to tab stop, and how near one may be to what stands before it; in thousandths of the font size. Four
# letters of average width: what an indent looked like in the file that the text was pasted from.
_TAB_STOP = 2000.0
_LEAST_TAB = 200.0

_SEARCH_STEP = 64  # characters; doubled each time
_USUAL_WIDTH = 450.0  # of a character in a text, in thousandths of the font size
_SOFT_HYPHEN = "\u00ad"
_ZERO_WIDTH_SPACE = "\u200b"
_BREAK_MARKS = _SOFT_HYPHEN + _ZERO_WIDTH_SPACE
_WHITE = " \t"

# Every way in which a text may begin a new line: Unicode's mandatory breaks, as Word and the web paste them.
_LINE_END = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")

# Pieces between which a line may be broken: runs of spaces, and words, which may also end behind a hyphen
# or slash, a zero-width space or a soft hyphen. A no-break space is part of its word.
_PIECE = re.compile(
    f"[ \t]+|[^ \t{_SOFT_HYPHEN}{_ZERO_WIDTH_SPACE}/-]*"
    f"(?:[/-]+(?=[^ \t])|[{_SOFT_HYPHEN}{_ZERO_WIDTH_SPACE}]|[/-]*)"
)


class Line(NamedTuple):
    """A line, and which part of which paragraph it shows."""

    text: str
    paragraph: str
    start: int
    end: int

    @property
    def places(self) -> list[int]:
        """Which characters of the paragraph may show: all but those that only say where it may be broken."""
        return [place for place in range(self.start, self.end) if self.paragraph[place] not in _BREAK_MARKS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A text set in a box.

    Attributes:
        lines: All lines, those that do not fit included; without line ends.
        lines_fit: How many of them the box shows.
        font_size: The size they are set in, in points.
        too_wide: Whether the one line of a single-line field is longer than the field; not told of one that is
            too low.
        too_low: Whether the box is lower than a line of this size, so that no line shows whole.
        sources: Where the lines come from.
        is_plain: Whether all characters run from left to right and are as wide wherever they stand.
    """

    lines: tuple[str, ...]
    lines_fit: int
    font_size: float
    too_wide: bool = False
    too_low: bool = False
    sources: tuple[Line, ...] = ()
    is_plain: bool = False

    @property
    def overflows(self) -> bool:
        """Whether the box does not show all of the text."""
        return self.too_wide or self.too_low or len(self.lines) > self.lines_fit

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines that the box shows."""
        return self.lines[: self.lines_fit]

    @property
    def orders(self) -> tuple[Order, ...]:
        """How the characters of the lines stand that the box shows; nothing where all run from left to right.

        That is for the whole paragraph to tell (UAX 9, 3), wherever it is broken.
        """
        if self.is_plain:
            return ()
        shown = self.sources[: self.lines_fit]
        paragraphs = dict.fromkeys(line.paragraph for line in shown)
        if not any(map(is_bidirectional, paragraphs)):
            return ()
        orders = {paragraph: order_of(paragraph) for paragraph in paragraphs}
        return tuple(orders[line.paragraph].of_line(line.text, line.places) for line in shown)


def lay_out(text: str, box: TextBox, widths: Mapping[str, float]) -> Layout:
    """Set a text in a box.

    Args:
        text: What to set; any line end counts.
        box: Where to set it.
        widths: Width of each character in thousandths of the font size. Must know every character. A `Typeface`
            knows the widths of texts as well: letters that join, and marks above others, tell as a text only.
    """
    if box.comb_cells:
        return _lay_out_comb(text, box, widths)
    if not box.multiline:
        return _lay_out_single_line(text, box, widths)
    # White lines at the end show nothing, so nothing is lost when they fall outside the box.
    visible = text.rstrip()
    is_plain = _is_plain(visible)
    for size in _sizes(box):
        room = box.text_width * 1000 / size
        sources = tuple(_broken(visible, room, widths, is_plain=is_plain)) if visible else ()
        lines_fit = box.lines_that_fit(size)
        layout = Layout(
            lines=tuple([line.text for line in sources]),
            lines_fit=lines_fit,
            font_size=size,
            too_low=lines_fit == 1 and bool(sources) and not box.holds_a_line(size),
            sources=sources,
            is_plain=is_plain,
        )
        if not layout.overflows:
            break
    return layout


def fitting_length(text: str, box: TextBox, widths: Mapping[str, float]) -> int:
    """Return how many characters of a text a box shows; arguments as `lay_out`.

    What is left out is what somebody who shortens the text has to take away: all of it where the box is too low for
    any line.
    """
    layout = lay_out(text, box, widths)
    if not layout.overflows:
        return len(text)
    if layout.too_low:
        return 0
    # An automatic size has become the smallest one, at which the most fits.
    smallest = replace(box, font_size=layout.font_size)

    def fits(length: int) -> bool:
        return not lay_out(text[:length], smallest, widths).overflows

    # A long text is never set as a whole again: looking begins with what one layout says that fits.
    low = 0 if layout.too_wide else min(sum(map(len, layout.shown)), len(text))
    # Nearly always one step suffices. White space that hangs over the ends of lines is not in what they show, and
    # may be of any length.
    step = _SEARCH_STEP
    while low + step < len(text) and fits(low + step):
        low += step
        step *= 2
    high = min(low + step, len(text))
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


def _lay_out_comb(text: str, box: TextBox, widths: Mapping[str, float]) -> Layout:
    characters = list(clusters(text))
    size = box.font_size
    if not size:
        cell = box.width / box.comb_cells
        widest = max((text_width(each, widths) for each in characters[: box.comb_cells]), default=0.0) or 1.0
        tallest = min(AUTO_SIZE_MAXIMUM, box.text_height / LEADING)
        size = max(min(tallest, cell * 1000 / widest), AUTO_SIZE_MINIMUM)
    too_low = _is_too_low(text, box, size)
    too_wide = not too_low and len(characters) > box.comb_cells
    return Layout(lines=(text,), lines_fit=1, font_size=size, too_wide=too_wide, too_low=too_low)


def _is_too_low(line: str, box: TextBox, size: float) -> bool:
    """Whether a box of one line is too low for what is in it; what is white needs no room."""
    return not box.holds_a_line(size) and not line.isspace() and line != ""


def _lay_out_single_line(text: str, box: TextBox, widths: Mapping[str, float]) -> Layout:
    plain = _LINE_END.sub(" ", text)
    line = _without_break_marks(plain)
    natural = text_width(line, widths) or 1.0
    size = box.font_size
    if not size:
        tallest = min(AUTO_SIZE_MAXIMUM, box.text_height / LEADING)
        size = max(min(tallest, box.text_width * 1000 / natural), AUTO_SIZE_MINIMUM)
    room = box.text_width * 1000 / size
    too_low = _is_too_low(line, box, size)
    # A hair of tolerance, or an automatic size that was just computed to fit would not.
    too_wide = not too_low and text_width(line.rstrip(), widths) > room * 1.0001
    source = Line(line, plain, 0, len(plain))
    return Layout(
        lines=(line,), lines_fit=1, font_size=size, too_wide=too_wide, too_low=too_low, sources=(source,)
    )


def text_width(text: str, widths: Mapping[str, float]) -> float:
    """Return the width of a text that begins a line, in thousandths of the font size."""
    if "\t" in text:
        return _end_of(text, 0.0, widths)
    if isinstance(widths, Typeface) and not text.isascii():
        return widths.measure(text)
    return sum(map(widths.__getitem__, text))


def _end_of(text: str, start: float, widths: Mapping[str, float]) -> float:
    """Return where a text ends on its line.

    Args:
        text: Without line ends.
        start: How far from the beginning of the line it begins; counts for tabs.
        widths: As in `lay_out`.
    """
    first, *others = text.split("\t")
    end = start + text_width(first, widths)
    for part in others:
        end = next_tab_stop(end) + text_width(part, widths)
    return end


def next_tab_stop(position: float) -> float:
    """Return where a tab leads to, in thousandths of the font size from the beginning of the line."""
    return ((position + _LEAST_TAB) // _TAB_STOP + 1) * _TAB_STOP


def break_lines(text: str, room: float, widths: Mapping[str, float]) -> Iterator[str]:
    """Yield the lines of a text, none wider than there is room for.

    Blank lines, indents and tabs stay. Spaces at which a line is broken hang over its end. A word longer than the
    line is broken where the line is full, so that a pasted address is never cut off.

    Args:
        text: What to break; any line end counts.
        room: Length of a line, in thousandths of the font size.
        widths: As in `lay_out`.
    """
    return (line.text for line in lines_of(text, room, widths))


def lines_of(text: str, room: float, widths: Mapping[str, float]) -> Iterator[Line]:
    """Yield the lines of a text with where they come from; arguments and rules as `break_lines`."""
    return _broken(text, room, widths, is_plain=_is_plain(text))


def _broken(text: str, room: float, widths: Mapping[str, float], *, is_plain: bool) -> Iterator[Line]:
    if is_plain:
        for paragraph in text.split("\n"):
            yield from _broken_plain(paragraph, room, widths)
        return
    for paragraph in _LINE_END.split(text):
        plain = _without_break_marks(paragraph)
        if text_width(plain, widths) <= room:
            yield Line(plain.rstrip(_WHITE), paragraph, 0, len(paragraph))
            continue
        start = 0
        for part in _wrap(paragraph, room, widths):
            end = start + len(part)
            yield Line(_finished(part, last=end == len(paragraph)), paragraph, start, end)
            start = end


def _is_plain(text: str) -> bool:
    """Whether each character is as wide wherever it stands, and spaces and line feeds are the only white space.

    Nearly every text is of that kind. All other white space, and marks where a line may be broken, are what Python
    calls not printable.
    """
    return text.replace("\n", "").isprintable() and not needs_care(text)


def _broken_plain(paragraph: str, room: float, widths: Mapping[str, float]) -> Iterator[Line]:
    """Yield the lines of a paragraph of a plain text."""
    visible = len(paragraph.rstrip(" "))
    start, guess = 0, int(room / _USUAL_WIDTH)
    while True:
        full = _full(paragraph, start, min(start + guess, visible), room, widths)
        if full >= visible:
            break
        guess = full - start
        cut = _last_break(paragraph, start, full)
        shown = paragraph[start:cut].rstrip(" ")
        if not shown:  # an indent, or nothing: the word is broken where the line is full
            cut, shown = full, paragraph[start:full].rstrip(" ")
        end = cut
        while paragraph[end] == " ":  # spaces at which a line is broken hang over its end
            end += 1
        yield Line(shown, paragraph, start, end)
        start = end
    yield Line(paragraph[start:visible], paragraph, start, len(paragraph))


def _full(paragraph: str, start: int, guess: int, room: float, widths: Mapping[str, float]) -> int:
    """Return where a line that begins somewhere is full; never before its first character has been set.

    Measuring a guess and mending it is faster than measuring letter by letter.
    """
    end = guess
    used = sum(map(widths.__getitem__, paragraph[start:end]))
    length = len(paragraph)
    while used <= room and end < length:
        used += widths[paragraph[end]]
        end += 1
    while used > room and end > start + 1:
        end -= 1
        used -= widths[paragraph[end]]
    return end


def _last_break(paragraph: str, start: int, full: int) -> int:
    """Return the last place where a line may end: before a space, or behind hyphens or slashes inside a word."""
    best = max(paragraph.rfind(" ", start, full + 1), start)
    end = full
    while True:
        sign = max(paragraph.rfind("-", best, end), paragraph.rfind("/", best, end))
        if sign < 0:
            return best
        if paragraph[sign + 1 : sign + 2] not in ("", " ", "-", "/"):
            return sign + 1
        end = sign


def _without_break_marks(text: str) -> str:
    return text.replace(_SOFT_HYPHEN, "").replace(_ZERO_WIDTH_SPACE, "")


def _wrap(paragraph: str, room: float, widths: Mapping[str, float]) -> Iterator[str]:
    """Yield the parts of a paragraph longer than a line that each take a line."""
    built, used = "", 0.0
    for piece in kept_together(_PIECE.findall(paragraph)):
        visible = piece.rstrip(_BREAK_MARKS)
        end = _end_of(visible, used, widths)
        if end <= room or piece.isspace():
            built += piece
            used = end
            continue
        if _finished(built).strip():
            yield built
            built = ""
        # Where only an indent stands, the word goes behind it, broken if need be.
        *full, last = _break_word(built + visible, room, widths)
        yield from full
        used = text_width(last, widths)
        # What the word ended in decides how the line ends if it is broken here.
        built = last + piece[len(visible) :]
    yield built


def _finished(line: str, *, last: bool = False) -> str:
    """Return a line as it is drawn: a soft hyphen shows only where the line is broken at it."""
    ends_soft = line.endswith(_SOFT_HYPHEN) and not last
    shown = _without_break_marks(line).rstrip(_WHITE)
    return shown + "-" if ends_soft else shown


def _break_word(word: str, room: float, widths: Mapping[str, float]) -> Iterator[str]:
    """Yield the parts of a word that each fit in a line; no letter loses its marks."""
    if text_width(word, widths) <= room:
        yield word
        return
    joins = len(word) <= LONGEST_WORD and is_bidirectional(word)
    start, end, used = 0, 0, 0.0
    for cluster in clusters(word):
        after = end + len(cluster)
        if joins:  # a letter may become narrower for the next one
            width = text_width(word[start:after], widths)
        elif len(cluster) == 1 and cluster != "\t":
            width = used + widths[cluster]
        else:
            width = _end_of(cluster, used, widths)
        if width > room and end > start:
            yield word[start:end]
            start, width = end, text_width(cluster, widths)
        end, used = after, width
    yield word[start:]
