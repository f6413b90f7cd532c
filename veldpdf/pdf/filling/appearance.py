"""Drawing a text field: lines of text in, a content stream out (12.7.4.3 and 12.5.5).

The picture is always ours. Leaning on ``/NeedAppearances`` leaves the field blank in macOS Preview and on
Windows, and makes Acrobat ask to save a file that nobody changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest

from veldpdf.pdf.filling.canvas import Canvas, numbers
from veldpdf.pdf.filling.embedding import EmbeddedFonts
from veldpdf.pdf.filling.targets import FormFont
from veldpdf.pdf.filling.update import reference, stream
from veldpdf.pdf.textstring import literal
from veldpdf.typesetting.bidi import Order, visual_runs
from veldpdf.typesetting.boxes import LEADING, Alignment, TextBox
from veldpdf.typesetting.characters import clusters, needs_care
from veldpdf.typesetting.layout import ASCENT, Layout, text_width
from veldpdf.typesetting.typeface import Piece, Typeface
from veldpdf.typesetting.visual import Gap, settled_order, visual_pieces

# The text of a field stands between these, so that viewers know what to replace while someone types.
_BEGIN, _END = b"/Tx BMC\n", b"EMC\n"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line that is set in one font.

    Attributes:
        resource: Name of the font in content streams.
        font: Reference to the font, or the font itself, as bytes.
        operand: Operand of ``Tj``.
        width: In thousandths of the font size.
        is_gap: Whether it is a tab: what follows stands where it ends, however wide its spaces are.
    """

    resource: str
    font: bytes
    operand: bytes
    width: float
    is_gap: bool = False


class Face:
    """What lines are set in: the form's own font where it has the character, else an embedded one.

    Attributes:
        own: The form's font.
        embedded: The shipped fonts of the file that is being made.
        widths: Width of every character, in thousandths of the font size.
    """

    def __init__(self, own: FormFont, embedded: EmbeddedFonts, widths: Mapping[str, float]) -> None:
        """Put them together."""
        self.own = own
        self.embedded = embedded
        self.widths = widths
        self._typeface = widths if isinstance(widths, Typeface) else Typeface(own.font.widths)

    def runs(self, line: str, order: Order | None = None) -> Iterator[Run]:
        """Yield the pieces of a line from left to right.

        Args:
            line: Without line ends.
            order: How its characters stand; None for a line that is a paragraph by itself.
        """
        order = self.order(line, order)
        if order is None and "\t" not in line and not needs_care(line):
            try:  # nearly every line: the form's own font has it all
                raw = self.own.font.encode(line)
            except KeyError:
                pass
            else:
                yield self._own_run(raw, text_width(line, self.widths))
                return
        yield from self._ordered_runs(line, order)

    def runs_of_cluster(self, cluster: str, *, right_to_left: bool) -> list[Run]:
        """Return the pieces of a character that stands by itself."""
        return list(self._pieces(cluster, right_to_left=right_to_left))

    def order(self, line: str, order: Order | None) -> Order | None:
        """Return how the characters of a line stand; None where all run from left to right."""
        return settled_order(line, order, self._typeface)

    def _ordered_runs(self, line: str, order: Order | None) -> Iterator[Run]:
        for piece in visual_pieces(line, order, self._typeface, self.widths):
            if isinstance(piece, Gap):
                yield self._gap(piece.width)
            elif piece.is_shown:
                yield self._run(piece)

    def _pieces(self, text: str, *, right_to_left: bool) -> Iterator[Run]:
        pieces = self._typeface.pieces(text, right_to_left=right_to_left)
        return (self._run(piece) for piece in pieces if piece.is_shown)

    def _run(self, piece: Piece) -> Run:
        if piece.font is None:
            return self._own_run(self.own.font.encode(piece.text), piece.width)
        subset = self.embedded.subset(piece.font)
        return Run(subset.resource, reference(subset.key), subset.encode(piece.glyphs), piece.width)

    def _own_run(self, raw: bytes, width: float) -> Run:
        return Run(self.own.resource, self.own.obj, literal(raw), width)

    def _gap(self, width: float) -> Run:
        """Return a tab: spaces, for who copies the text, that are no wider than it."""
        spaces = ""
        if " " in self.own.font.codes:
            spaces = " " * max(int(width / (self.widths[" "] or width)), 1)
        run = self._own_run(self.own.font.encode(spaces), width)
        return Run(run.resource, run.font, run.operand, width, is_gap=True)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of a field.

    Attributes:
        content: The content stream.
        fonts: The fonts that it uses, by resource name: a reference, or the font itself, as bytes.
    """

    content: bytes
    fonts: Mapping[str, bytes]


def draw(canvas: Canvas, layout: Layout, face: Face) -> Drawing:
    """Return a widget that shows a text: background, border, then the lines."""
    box = canvas.look.box
    # The form's own font is named even where nothing is drawn: viewers look it up when someone types.
    fonts = {face.own.resource: face.own.obj}
    text = b"".join(_comb(box, layout, face, fonts) if box.comb_cells else _lines(box, layout, face, fonts))
    if not text:
        return Drawing(b"%b%b%b" % (canvas.frame, _BEGIN, _END), fonts)
    parts = (canvas.frame, _BEGIN, canvas.clip, canvas.look.appearance.colour, text, _END)
    return Drawing(b"%b%bq\n%b re W n\nBT\n%b\n%bET\nQ\n%b" % parts, fonts)


def form_xobject(canvas: Canvas, drawing: Drawing) -> bytes:
    """Return a picture as the appearance stream of a widget (12.5.5)."""
    fonts = b"".join(b"/%b %b" % (resource_name(name), font) for name, font in drawing.fonts.items())
    return stream(b"%b/Resources<</Font<<%b>>>>" % (canvas.entries, fonts), drawing.content)


def _lines(box: TextBox, layout: Layout, face: Face, fonts: dict[str, bytes]) -> Iterator[bytes]:
    """Yield the operators for each line that fits, top down; a single line stands in the middle of the height."""
    size = layout.font_size
    leading = LEADING * size
    if box.multiline:
        baseline = box.height - box.padding - ASCENT * size
    else:
        baseline = (box.height - leading) / 2 + (LEADING - ASCENT) * size
    plain = _plain_lines(box, layout, face)
    if plain is not None:
        yield b"/%b %b Tf %b TL %b Td\n%b\n" % (
            resource_name(face.own.resource),
            *(numbers(number) for number in (size, leading)),
            numbers(box.padding, baseline),
            plain,
        )
        return
    for line, order in zip_longest(layout.shown, layout.orders[: len(layout.shown)]):
        runs = list(face.runs(line, order))
        if any(run.operand for run in runs):
            width = sum(run.width for run in runs) * size / 1000
            start = _start(box, width, face.order(line, order))
            yield from show_runs(runs, start, baseline, size, fonts)
        baseline -= leading


def _plain_lines(box: TextBox, layout: Layout, face: Face) -> bytes | None:
    """Return the operators for lines that all begin at the left edge and that the form's own font shows.

    Nearly every answer is of that kind; None where this one is not, or has nothing to show.
    """
    if box.alignment is not Alignment.LEFT or not layout.is_plain or not any(layout.shown):
        return None
    try:
        rows = face.own.font.encode_lines(layout.shown)
    except KeyError:
        return None
    return b"\nT*\n".join([b"(%b) Tj" % row if row else b"" for row in rows])


def _start(box: TextBox, width: float, order: Order | None) -> float:
    """Return where a line of some width begins.

    Where it is wider than the box, its beginning shows: on the right for what runs from right to left.
    """
    left, right = box.padding, box.width - box.padding - width
    starts = {Alignment.LEFT: left, Alignment.CENTRE: (box.width - width) / 2, Alignment.RIGHT: right}
    start = starts[box.alignment]
    return min(start, right) if order is not None and order.base else max(start, left)


def _comb(box: TextBox, layout: Layout, face: Face, fonts: dict[str, bytes]) -> Iterator[bytes]:
    """Yield the operators for a comb field: each character in the middle of its cell (table 231)."""
    size = layout.font_size
    cell = box.width / box.comb_cells
    baseline = (box.height - LEADING * size) / 2 + (LEADING - ASCENT) * size
    characters = _in_cells(layout.lines[0], face, box.comb_cells)
    empty = box.comb_cells - len(characters)
    first = {Alignment.LEFT: 0, Alignment.CENTRE: empty // 2, Alignment.RIGHT: empty}[box.alignment]
    for index, runs in enumerate(characters, start=first):
        width = sum(run.width for run in runs) * size / 1000
        if runs:
            yield from show_runs(runs, index * cell + (cell - width) / 2, baseline, size, fonts)


def _in_cells(line: str, face: Face, cells: int) -> list[list[Run]]:
    """Return what stands in each cell from left to right; letters stand apart there, and join with none."""
    shown = list(clusters(line))[:cells]
    line = "".join(shown)
    order = face.order(line, None)
    if order is None:
        return [face.runs_of_cluster(cluster, right_to_left=False) for cluster in shown]
    placed = []
    for start, end, level in visual_runs(order):
        is_turned = level % 2 == 1
        found = [face.runs_of_cluster(each, right_to_left=is_turned) for each in clusters(line[start:end])]
        placed += found[::-1] if is_turned else found
    return placed


def show_runs(
    runs: Sequence[Run], x: float, baseline: float, size: float, fonts: dict[str, bytes]
) -> Iterator[bytes]:
    """Yield the operators that show the pieces of a line, inside a text object.

    Args:
        runs: From left to right.
        x: Where they begin, in points.
        baseline: Where they stand, in points.
        size: Font size in points.
        fonts: Takes in the fonts that are used, by resource name.
    """
    is_placed = False
    for run in runs:
        if not is_placed:
            yield b"1 0 0 1 %b Tm\n" % numbers(x, baseline)
        is_placed = not run.is_gap
        x += run.width * size / 1000
        fonts[run.resource] = run.font
        yield b"/%b %b Tf %b Tj\n" % (resource_name(run.resource), numbers(size), run.operand)


@cache
def resource_name(name: str) -> bytes:
    """Return a name as it stands in a PDF behind its slash (7.3.5)."""
    return b"".join(
        bytes([byte]) if (chr(byte).isalnum() and byte < 0x80) or byte in b"-_.+," else b"#%02X" % byte  # noqa: PLR2004
        for byte in name.encode()
    )
