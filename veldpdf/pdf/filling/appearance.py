"""Drawing a text field: lines of text in, a content stream out (12.7.4.3 and 12.5.5).

The picture is always ours. Leaning on ``/NeedAppearances`` leaves the field blank in macOS Preview and on
Windows, and makes Acrobat ask to save a file that nobody changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from unicodedata import combining

from veldpdf.pdf.filling.embedding import EmbeddedFonts, SubsetFont
from veldpdf.pdf.filling.targets import FormFont
from veldpdf.pdf.filling.update import reference, stream
from veldpdf.pdf.textstring import literal
from veldpdf.pdf.widgets import Look
from veldpdf.typesetting.layout import ASCENT, LEADING, Alignment, Layout, TextBox, text_width
from veldpdf.typesetting.metrics import is_invisible, plain_space

# The text of a field stands between these, so that viewers know what to replace while someone types.
_BEGIN, _END = b"/Tx BMC\n", b"EMC\n"

# Fill and stroke operators by number of colour components (table 192: none, grey, RGB, CMYK).
_FILL = {1: b"g", 3: b"rg", 4: b"k"}
_STROKE = {1: b"G", 3: b"RG", 4: b"K"}

# The form's matrix turns the picture upright text is drawn in to how the widget stands (table 192, /R).
_MATRICES = {90: "0 1 -1 0 {height} 0", 180: "-1 0 0 -1 {width} {height}", 270: "0 -1 1 0 0 {width}"}


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a line that is set in one font.

    Attributes:
        resource: Name of the font in content streams.
        font: Reference to the font, or the font itself, as bytes.
        operand: Operand of ``Tj``.
        width: In thousandths of the font size.
    """

    resource: str
    font: bytes
    operand: bytes
    width: float


@dataclass(frozen=True, slots=True)
class Face:
    """What lines are set in: the form's own font where it has the character, else an embedded one.

    Attributes:
        own: The form's font.
        embedded: The shipped fonts of the file that is being made.
        widths: Width of every character, in thousandths of the font size.
    """

    own: FormFont
    embedded: EmbeddedFonts
    widths: Mapping[str, float]

    def runs(self, line: str) -> Iterator[Run]:
        """Yield the pieces of a line.

        Characters that show nothing, and those that no font has, are left out. Whoever fills has told of the
        latter by then.
        """
        try:  # nearly every line: the form's own font has it all
            raw = self.own.font.encode(line)
        except KeyError:
            yield from self._mixed_runs(line)
        else:
            yield self._own_run(raw, line)

    def _own_run(self, raw: bytes, text: str) -> Run:
        return Run(self.own.resource, self.own.obj, literal(raw), text_width(text, self.widths))

    def _mixed_runs(self, line: str) -> Iterator[Run]:
        pieces_with_fonts = self._with_fonts("".join(map(self._drawn, line)))
        for font, pieces in groupby(pieces_with_fonts, lambda pair: pair[1]):
            text = "".join(cluster for cluster, _ in pieces)
            if isinstance(font, SubsetFont):
                width = text_width(text, self.widths)
                yield Run(font.resource, reference(font.key), font.encode(text), width)
            elif font is not None:
                yield self._own_run(self.own.font.encode(text), text)

    def _with_fonts(self, line: str) -> Iterator[tuple[str, FormFont | SubsetFont | None]]:
        for cluster in _clusters(line):
            font = self._font_for(cluster)
            if font is None:  # no font has all of it: what shows of it counts
                yield from ((character, self._font_for(character)) for character in cluster)
            else:
                yield cluster, font

    def _drawn(self, character: str) -> str:
        if character in self.own.font.codes:
            return character
        return "" if is_invisible(character) else plain_space(character)

    def _font_for(self, cluster: str) -> FormFont | SubsetFont | None:
        """Return the font that shows a letter with its accents, which must come from one font to meet."""
        if all(character in self.own.font.codes for character in cluster):
            return self.own
        return self.embedded.font_for(cluster)


def _clusters(text: str) -> Iterator[str]:
    """Yield each character with the combining marks behind it."""
    cluster = ""
    for character in text:
        if cluster and not combining(character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of a field.

    Attributes:
        content: The content stream.
        fonts: The fonts that it uses, by resource name: a reference, or the font itself, as bytes.
    """

    content: bytes
    fonts: Mapping[str, bytes]


def matrix(look: Look) -> bytes:
    """Return the ``/Matrix`` entry that a turned widget needs; nothing for an upright one."""
    pattern = _MATRICES.get(look.rotation)
    if pattern is None:
        return b""
    upright = look.box
    entries = pattern.format(width=_number(upright.width), height=_number(upright.height))
    return b"/Matrix[%b]" % entries.encode()


def draw(look: Look, layout: Layout, face: Face) -> Drawing:
    """Return a widget that shows a text: background, border, then the lines."""
    box = look.box
    frame = _frame(look)
    # The form's own font is named even where nothing is drawn: viewers look it up when someone types.
    fonts = {face.own.resource: face.own.obj}
    text = b"".join(_comb(box, layout, face, fonts) if box.comb_cells else _lines(box, layout, face, fonts))
    if not text:
        return Drawing(b"%b%b%b" % (frame, _BEGIN, _END), fonts)
    edge = box.border if look.border_colour else 0.0
    clip = _numbers(edge, edge, max(box.width - 2 * edge, 0.0), max(box.height - 2 * edge, 0.0))
    parts = (frame, _BEGIN, clip, look.appearance.colour, text, _END)
    return Drawing(b"%b%bq\n%b re W n\nBT\n%b\n%bET\nQ\n%b" % parts, fonts)


def form_xobject(look: Look, drawing: Drawing) -> bytes:
    """Return a picture as the appearance stream of a widget (12.5.5)."""
    fonts = b"".join(b"/%b %b" % (resource_name(name), font) for name, font in drawing.fonts.items())
    entries = b"/Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]%b/Resources<</Font<<%b>>>>" % (
        look.box.width,
        look.box.height,
        matrix(look),
        fonts,
    )
    return stream(entries, drawing.content)


def _frame(look: Look) -> bytes:
    """Return background and border: once there is an appearance, viewers draw nothing else."""
    box = look.box
    parts: list[bytes] = []
    if look.background and len(look.background) in _FILL:
        parts.append(
            b"%b %b\n0 0 %b re f\n"
            % (
                _numbers(*look.background),
                _FILL[len(look.background)],
                _numbers(box.width, box.height),
            )
        )
    if look.border_colour and len(look.border_colour) in _STROKE and box.border:
        inset = box.border / 2
        line = _numbers(inset, inset, box.width - box.border, box.height - box.border) + b" re S\n"
        if look.border_style == "U":
            line = b"0 %b m %b l S\n" % (_numbers(inset), _numbers(box.width, inset))
        dash = b"[3] 0 d\n" if look.border_style == "D" else b""
        parts.append(
            b"%b %b\n%b w\n%b%b"
            % (
                _numbers(*look.border_colour),
                _STROKE[len(look.border_colour)],
                _numbers(box.border),
                dash,
                line,
            )
        )
    return b"q\n%bQ\n" % b"".join(parts) if parts else b""


def _lines(box: TextBox, layout: Layout, face: Face, fonts: dict[str, bytes]) -> Iterator[bytes]:
    """Yield the operators for each line that fits, top down; a single line stands in the middle of the height."""
    size = layout.font_size
    leading = LEADING * size
    if box.multiline:
        baseline = box.height - box.padding - ASCENT * size
    else:
        baseline = (box.height - leading) / 2 + (LEADING - ASCENT) * size
    for line in layout.shown:
        runs = list(face.runs(line))
        if any(run.operand for run in runs):
            width = sum(run.width for run in runs) * size / 1000
            yield b"1 0 0 1 %b Tm\n" % _numbers(_start(box, width), baseline)
            yield from _show(runs, size, fonts)
        baseline -= leading


def _start(box: TextBox, width: float) -> float:
    """Return where a line of some width begins."""
    if box.alignment is Alignment.CENTRE:
        return max((box.width - width) / 2, box.padding)
    if box.alignment is Alignment.RIGHT:
        return max(box.width - box.padding - width, box.padding)
    return box.padding


def _comb(box: TextBox, layout: Layout, face: Face, fonts: dict[str, bytes]) -> Iterator[bytes]:
    """Yield the operators for a comb field: each character in the middle of its cell (table 231)."""
    size = layout.font_size
    cell = box.width / box.comb_cells
    baseline = (box.height - LEADING * size) / 2 + (LEADING - ASCENT) * size
    characters = layout.lines[0][: box.comb_cells]
    empty = box.comb_cells - len(characters)
    first = {Alignment.LEFT: 0, Alignment.CENTRE: empty // 2, Alignment.RIGHT: empty}[box.alignment]
    for index, character in enumerate(characters, start=first):
        runs = list(face.runs(character))
        width = sum(run.width for run in runs) * size / 1000
        if runs:
            yield b"1 0 0 1 %b Tm\n" % _numbers(index * cell + (cell - width) / 2, baseline)
            yield from _show(runs, size, fonts)


def _show(runs: list[Run], size: float, fonts: dict[str, bytes]) -> Iterator[bytes]:
    for run in runs:
        fonts[run.resource] = run.font
        yield b"/%b %b Tf %b Tj\n" % (resource_name(run.resource), _numbers(size), run.operand)


def resource_name(name: str) -> bytes:
    """Return a name as it stands in a PDF behind its slash (7.3.5)."""
    return b"".join(
        bytes([byte]) if (chr(byte).isalnum() and byte < 0x80) or byte in b"-_.+," else b"#%02X" % byte  # noqa: PLR2004
        for byte in name.encode()
    )


def _number(value: float) -> str:
    # Two decimals are finer than any printer; more would only make files longer.
    text = f"{value:.2f}"
    return text.rstrip("0").rstrip(".") or "0"


def _numbers(*values: float) -> bytes:
    return " ".join(map(_number, values)).encode()
