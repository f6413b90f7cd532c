"""Words inside a box → the text that was typed there.

A page has words with places; the lines, blank lines and indents have to be found again. What is decided:

* Words on one baseline are a line, read in the direction of writing; of a run of right-to-left words the last
  comes first.
* A line end is soft, and becomes a space, where the next word would not have fitted behind the line; where it would
  have, somebody pressed Enter. Fields do not indent what they wrap, so a line that begins further in, or with a
  bullet, is a new one in any case.
* At a hyphen or slash nothing is put in between: veldpdf and other programs break lines there. A Dutch "jeugd- en
  jongerenwerk" keeps its space. No hyphen is ever taken out, because form fields do not hyphenate.
* A word broken in the middle, because it is longer than a line, is joined.
* More than one line's height between lines is blank lines; more than a space before a line is an indent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from statistics import median
from unicodedata import bidirectional

from veldpdf.pdf.geometry import FieldBox
from veldpdf.pdf.pagetext import Word
from veldpdf.typesetting.boxes import LEADING, Alignment
from veldpdf.typesetting.layout import AUTO_SIZE_MAXIMUM
from veldpdf.typesetting.metrics import widths_for

# Words whose baselines lie within this part of the font size of each other are on one line.
_SAME_LINE = 0.4
# Pieces closer together than this part of the font size are one word, unless a space stands between them.
_SAME_WORD = 0.12
# Where a line has its spaces as characters, a gap beside one of these is none: PDFium draws them in the full width
# of a Chinese font.
_WIDE = tuple("‘’“”")
_WIDE_GAP = 0.9
# How far in the quote stands that PDFium draws for a bullet, in font sizes; the field's own space is narrower.
_QUOTE_INDENT = (0.3, 0.5)
# Lines of one text lie at most this many font sizes apart; further, and there are blank lines between them.
_WIDEST_LEADING = 1.65
# No program keeps the text further from the edge of a field than this, in points.
_WIDEST_PADDING = 6.0
# A space is about so wide in most fonts, in font sizes; used where the field's font does not tell.
_SPACE = 0.28
# How far below the baseline letters reach, in font sizes.
_DESCENT = 0.21
# The white at the end of a glyph, in font sizes, and what a line loses in another cut of the font, in line lengths.
_SLACK = 0.1
_SHRUNK = 0.005
# Text that comes this close to the edge of its box, in points, runs over it: programs keep at least one point free.
_EDGE = 0.5
# The size, in points, at which programs set text whose size is automatic, unless it is too long for that.
_UNSHRUNK = AUTO_SIZE_MAXIMUM - 0.2
# In a box of fewer lines than this, a last line that is filled less than this far is taken for the end of the text.
_FEW_LINES = 4
_MOST_OF_A_LINE = 0.7
# A web address; for want of a space it is broken beside one of its marks.
_ADDRESS = re.compile(r"://|www\.|@")

_BULLET = re.compile(r"[-–—•●▪◦‣*+·○■]|\(?(?:\d{1,2}|[a-zA-Z])[.)]")
# Behind a hyphen at a line's end, these say that the hyphen stands for the rest of a word: "jeugd- en jongerenwerk".
_AFTER_SUSPENDED_HYPHEN = frozenset(
    ["en", "of", "tot", "and", "or", "to", "und", "oder", "bis", "et", "ou", "&"]
)


@dataclass(frozen=True, slots=True)
class Composed:
    r"""What was found in a box.

    Attributes:
        text: The text, line ends as ``\n``.
        is_full: Whether the box may have hidden more: nothing fits behind the text, or it runs over the edge. A text
            that ends early in the last line of a low box fills it, too, but is an ordinary short answer.
    """

    text: str
    is_full: bool


# As many line heights as a blank line takes with the one behind it, at most.
_BLANK_LINES = 2.1


@dataclass(slots=True)
class _Line:
    """One line; places as seen in the direction of writing.

    Attributes:
        pieces: Where each word begins and ends, and the word.
        baseline: Height of the first of them.
    """

    baseline: float
    size: float
    pieces: list[tuple[float, float, Word]] = field(default_factory=list)

    @property
    def begin(self) -> float:
        return min(piece[0] for piece in self.pieces)

    @property
    def end(self) -> float:
        return max(piece[1] for piece in self.pieces)

    @property
    def words(self) -> list[tuple[str, float]]:
        """The words in reading order, each with its width."""
        has_spaces = any(word.follows_space for _, _, word in self.pieces[1:])
        joined: list[list[tuple[float, float, Word]]] = []
        for piece in sorted(self.pieces, key=lambda piece: piece[0]):
            if joined and _is_same_word(joined[-1][-1], piece, self.size, has_spaces=has_spaces):
                joined[-1].append(piece)
            else:
                joined.append([piece])
        words = [("".join(p[2].text for p in parts), parts[-1][1] - parts[0][0]) for parts in joined]
        return list(_reordered(words))

    @property
    def text(self) -> str:
        return " ".join(text for text, _ in self.words)


def _is_same_word(
    left: tuple[float, float, Word], right: tuple[float, float, Word], size: float, *, has_spaces: bool
) -> bool:
    """Whether two neighbours were drawn in pieces, and are one word."""
    if right[2].follows_space:
        return False
    gap = right[0] - left[1]
    is_quote = has_spaces and (left[2].text.endswith(_WIDE) or right[2].text.startswith(_WIDE))
    return -2 * _SAME_WORD * size < gap < (_WIDE_GAP if is_quote else _SAME_WORD) * size


def _reordered(words: Sequence[tuple[str, float]]) -> Iterator[tuple[str, float]]:
    """Yield words from left to right, but runs of right-to-left words from right to left."""
    for is_backward, run in groupby(words, lambda word: _is_right_to_left(word[0])):
        together = list(run)
        yield from reversed(together) if is_backward else together


def _is_right_to_left(text: str) -> bool:
    return any(bidirectional(character) in ("R", "AL") for character in text)


@dataclass(frozen=True, slots=True)
class _Frame:
    """A box, seen in the direction of writing.

    Attributes:
        direction: Of writing on the worksheet's page.
        left: Its edges along the line and across it.
        right: The same.
        bottom: The same.
        top: The same.
        space: Width of a space, in font sizes.
    """

    direction: complex
    left: float
    right: float
    bottom: float
    top: float
    space: float


def compose(words: Sequence[Word], box: FieldBox) -> Composed:
    """Return the text of a box.

    Args:
        words: Those that stand in it, on the worksheet's page; none of the worksheet's own.
        box: Where.
    """
    if not words:
        return Composed("", is_full=False)
    frame = _frame(words, box)
    lines = _lines(words, frame)
    if box.box.comb_cells:
        return _compose_comb(lines, frame, box.box.comb_cells)
    size = median(line.size for line in lines)
    if not box.box.multiline:
        is_full = max(line.end for line in lines) > frame.right - box.box.padding / 2
        return Composed(" ".join(line.text for line in lines), is_full)
    leading = _leading(lines, size)
    _mend_bullets(lines, size)
    text = _paragraphs(lines, frame, box, size, leading)
    # Programs that follow an automatic size shrink the text before they cut it off.
    is_shrunk = not box.box.font_size and size < _UNSHRUNK
    # Where blank lines part the paragraphs, the line that is missing is the one behind the next of them.
    blank = max((upper.baseline - lower.baseline for upper, lower in pairwise(lines)), default=leading)
    further = 0.0 if is_shrunk else max(leading, min(blank, _BLANK_LINES * leading))
    lowest = lines[-1].baseline - _DESCENT * size
    runs_over = (
        lowest < frame.bottom - 2 * _SLACK * size or max(line.end for line in lines) > frame.right - _EDGE
    )
    is_filled = lowest - further < frame.bottom - _SLACK * size and (
        frame.top - frame.bottom > _FEW_LINES * leading
        or lines[-1].end - frame.left > _MOST_OF_A_LINE * (frame.right - frame.left)
    )
    return Composed(text, is_full=runs_over or is_filled)


def _frame(words: Sequence[Word], box: FieldBox) -> _Frame:
    """Return the box as most of its characters see it."""
    directions: dict[complex, float] = {}
    for word in words:
        vector = word.end - word.start
        # A quarter turn or none: what else there is, is a page laid askew.
        turned = 1 if abs(vector.real) >= abs(vector.imag) else 1j
        straight = complex(turned * (1 if (vector / turned).real >= 0 else -1))
        directions[straight] = directions.get(straight, 0.0) + len(word.text)
    direction = max(directions, key=lambda found: directions[found])
    corners = [corner / direction for corner in (box.low, box.high)]
    return _Frame(
        direction=direction,
        left=min(corner.real for corner in corners),
        right=max(corner.real for corner in corners),
        bottom=min(corner.imag for corner in corners),
        top=max(corner.imag for corner in corners),
        space=widths_for(box.box).get(" ", 1000 * _SPACE) / 1000 or _SPACE,
    )


def _lines(words: Sequence[Word], frame: _Frame) -> list[_Line]:
    """Return the words as lines, from the top down."""
    placed = sorted(
        ((word.start / frame.direction, word.end / frame.direction, word) for word in words),
        key=lambda item: (-item[0].imag, item[0].real),
    )
    lines: list[_Line] = []
    for start, end, word in placed:
        if not lines or lines[-1].baseline - start.imag > _SAME_LINE * max(word.size, lines[-1].size):
            lines.append(_Line(start.imag, word.size))
        line = lines[-1]
        line.pieces.append((start.real, end.real, word))
        line.size = max(line.size, word.size)
    return lines


def _mend_bullets(lines: Sequence[_Line], size: float) -> None:
    """Put bullets back where PDFium drew a typed one as a wide quote (see `pagetext`), and then it was printed.

    Nobody types a full-width quote in a European language. A straight one that stands by itself at the beginning
    of a line, further in by a space of that other font, which is no space of the field's, is the same.
    """
    begin = min(line.begin for line in lines)
    for line in lines:
        first, end, word = min(line.pieces, key=lambda piece: piece[0])
        is_further_in = _QUOTE_INDENT[0] < (first - begin) / size < _QUOTE_INDENT[1]
        if word.text[0] != "＂" and not (word.text == '"' and is_further_in and len(line.pieces) > 1):
            continue
        line.pieces.remove((first, end, word))
        line.pieces.append((begin, begin, replace(word, text="•")))
        if len(word.text) > 1:
            line.pieces.append((first, end, replace(word, text=word.text[1:], follows_space=True)))


def _compose_comb(lines: Sequence[_Line], frame: _Frame, cells: int) -> Composed:
    """Return the characters of a comb by the cells that they stand in (12.7.5.3)."""
    width = (frame.right - frame.left) / cells
    shown = [" "] * cells
    for line in lines:
        for begin, end, word in line.pieces:
            for index, character in enumerate(word.text):
                centre = begin + (end - begin) * (index + 0.5) / len(word.text)
                shown[min(max(int((centre - frame.left) / width), 0), cells - 1)] = character
    return Composed("".join(shown).rstrip(), is_full=False)


def _leading(lines: Sequence[_Line], size: float) -> float:
    """Return the distance between lines that follow each other."""
    gaps = [upper.baseline - lower.baseline for upper, lower in pairwise(lines)]
    tight = [gap for gap in gaps if gap <= _WIDEST_LEADING * size]
    return median(tight) if tight else LEADING * size


def _paragraphs(lines: Sequence[_Line], frame: _Frame, box: FieldBox, size: float, leading: float) -> str:
    """Return the lines joined: by a space, by nothing, or by line ends."""
    margin = _Margin.of(lines, frame, box)
    text = ""
    before: _Line | None = None
    for line in lines:
        indent = round(margin.indent(line) / (frame.space * size))
        if before is not None:
            blank = max(round((before.baseline - line.baseline) / leading) - 1, 0)
            if blank or indent > 0 or _begins_anew(line):
                text += "\n" * (blank + 1)
            else:
                text += _join(before, line, margin, frame.space * size)
        if not text or text.endswith("\n"):
            text += " " * indent
        text += line.text
        before = line
    return text


@dataclass(frozen=True, slots=True)
class _Margin:
    """Where lines begin, and how long they may be.

    Attributes:
        begin: Where lines begin that are not indented; None where they are centred or flush right.
        room: Length of a line.
        brink: Length of a line that ends at the edge of the box.
    """

    begin: float | None
    room: float
    brink: float

    @classmethod
    def of(cls, lines: Sequence[_Line], frame: _Frame, box: FieldBox) -> _Margin:
        """Return the margin of some lines in a box."""
        if box.box.alignment is not Alignment.LEFT:
            brink = frame.right - frame.left
            room = max([brink - 2 * box.box.padding, *(line.end - line.begin for line in lines)])
            return cls(None, room, brink)
        begin = min(line.begin for line in lines)
        # Text is kept off the right edge as far as off the left one, near enough.
        padding = min(max(begin - frame.left, 1.0), _WIDEST_PADDING)
        inside = [line.end for line in lines if line.end <= frame.right - _EDGE]
        return cls(begin, max([frame.right - padding, *inside]) - begin, frame.right - begin)

    def indent(self, line: _Line) -> float:
        """Return how far in a line begins."""
        return 0.0 if self.begin is None else line.begin - self.begin

    def used(self, line: _Line) -> float:
        """Return how much of its room a line takes."""
        return line.end - (line.begin if self.begin is None else self.begin)


def _begins_anew(line: _Line) -> bool:
    """Whether a line begins with a bullet or a number, so that it is no wrapped one."""
    words = line.words
    return len(words) > 1 and _BULLET.fullmatch(words[0][0]) is not None


def _join(before: _Line, line: _Line, margin: _Margin, space: float) -> str:
    """Return what stands between a line and the next: a space, nothing, or a line end."""
    room, used = margin.room, margin.used(before)
    reach = room - _SLACK * line.size - _SHRUNK * room
    first, width = line.words[0]
    last, last_width = before.words[-1]
    if _breaks_word(last, first):
        return "" if used + width > reach else "\n"
    # PDFium wants room for the space behind a word as well.
    behind = space if len(line.words) > 1 else 0.0
    if used + space + width + behind <= reach:
        return "\n"
    is_longer_than_a_line = last_width + width > room
    if is_longer_than_a_line and _ADDRESS.search(last) and not (last[-1].isalnum() and first[0].isalnum()):
        return ""
    is_alone = len(before.words) == 1
    # Programs that do not break words let them run over the edge.
    is_filled = reach - width / len(first) < used <= margin.brink
    return "" if is_filled and (is_alone or is_longer_than_a_line) else " "


def _breaks_word(last: str, first: str) -> bool:
    """Whether a line ends at a hyphen or slash inside a word."""
    if len(last) < 2 or not last.endswith(("-", "/")) or not last[-2].isalnum():  # noqa: PLR2004 - more than it
        return False
    return first.casefold() not in _AFTER_SUSPENDED_HYPHEN and first[0].isalnum()
