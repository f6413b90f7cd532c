"""The text that an appearance stream draws: what the partner saw, whatever the value says.

It is evidence where values disagree, and the answer where there is no value at all. It is not the answer
itself: a picture is cut off at the box, may be stale, and does not tell where a line was broken by the viewer.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field

import pikepdf

from veldpdf.pdf.cmaps import Decoder, decoder
from veldpdf.pdf.objects import ObjectId, as_name, as_number, get, get_dictionary, get_name, identity
from veldpdf.pdf.streams import read_limited

_MAX_DEPTH = 4  # of form XObjects inside one another
_MAX_OPERATORS = 100_000
_LONGEST = 8 * 1024 * 1024
# Steps of less than this part of the font size stay on the line.
_SAME_LINE = 0.4
# A step to the right of more than this part of the font size is a space that was not drawn.
_SPACE = 0.18
# Where a font's widths are not looked up, its letters count as this wide.
_AVERAGE_WIDTH = 0.5
# In a TJ array, a move back of more than this many thousandths stands for a space.
_SPACE_IN_ARRAY = -180
_FORM = "/Form"


@dataclass(slots=True)
class _Pen:
    """Where the next letters go, as far as lines are concerned."""

    x: float = 0.0
    y: float = 0.0
    line_x: float = 0.0
    line_y: float = 0.0
    leading: float = 0.0
    size: float = 1.0
    scale: float = 1.0
    decode: Decoder = field(default=lambda raw: raw.decode("latin-1"))

    def move(self, dx: float, dy: float) -> None:
        """Begin the next line, offset from the beginning of this one (``Td``)."""
        self.line_x += dx * self.scale
        self.line_y += dy * self.scale
        self.x, self.y = self.line_x, self.line_y


def drawn_text(widget: pikepdf.Dictionary) -> str | None:
    """Return the text that a widget shows, line by line; None where it has no picture.

    Args:
        widget: The widget annotation.
    """
    appearances = get_dictionary(widget, "/AP")
    normal = None if appearances is None else get(appearances, "/N")
    if not isinstance(normal, pikepdf.Stream):
        return None
    return "\n".join(_lines(list(_Drawing().pieces(normal, _MAX_DEPTH))))


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one operator draws."""

    x: float
    y: float
    size: float
    text: str


def _lines(pieces: list[_Piece]) -> Iterator[str]:
    """Yield the lines in the order in which they are drawn, which is the order of reading in a field."""
    line, previous = "", None
    for piece in pieces:
        if previous is None or abs(piece.y - previous.y) > _SAME_LINE * max(piece.size, previous.size):
            if previous is not None:
                yield line.rstrip()
            line = piece.text
        else:
            end = previous.x + len(previous.text) * _AVERAGE_WIDTH * previous.size
            gap = piece.x > end + _SPACE * previous.size
            line += " " + piece.text if gap and not line.endswith(" ") else piece.text
        previous = piece
    if previous is not None:
        yield line.rstrip()


class _Drawing:
    """One picture being followed: forms inside it count towards one limit, and each font is read once."""

    def __init__(self) -> None:
        self._operators_left = _MAX_OPERATORS
        self._decoders: dict[tuple[ObjectId, str], Decoder] = {}

    def pieces(self, stream: pikepdf.Stream, depth: int) -> Iterator[_Piece]:
        """Yield what a form XObject draws."""
        if read_limited(stream, _LONGEST) is None:
            return
        try:
            # pikepdf warns of an end that came too soon; what there is counts.
            with warnings.catch_warnings(action="ignore"):
                instructions = pikepdf.parse_content_stream(stream)
        except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, IndexError):  # all that it stumbles over
            return
        resources = get_dictionary(stream, "/Resources") or pikepdf.Dictionary()
        pen = _Pen()
        for instruction in instructions:
            self._operators_left -= 1
            if self._operators_left < 0:
                return
            try:
                operator = str(instruction.operator)
            except UnicodeDecodeError:  # no operator at all
                continue
            operands = list(instruction.operands)
            if operator == "Do" and depth:
                inner = _xobject(resources, operands)
                if inner is not None:
                    yield from self.pieces(inner, depth - 1)
                continue
            if operator == "Tf" and operands:
                pen.decode = self._decoder(identity(stream), resources, as_name(operands[0]) or "/")
            _steer(pen, operator, operands)
            text = _shown(pen, operator, operands)
            if text:
                yield _Piece(pen.x, pen.y, abs(pen.size * pen.scale), text)
                pen.x += len(text) * _AVERAGE_WIDTH * pen.size * pen.scale

    def _decoder(self, stream: ObjectId, resources: pikepdf.Dictionary, name: str) -> Decoder:
        key = (stream, name)
        if key not in self._decoders:
            fonts = get_dictionary(resources, "/Font")
            self._decoders[key] = decoder(None if fonts is None else get_dictionary(fonts, name))
        return self._decoders[key]


def _xobject(resources: pikepdf.Dictionary, operands: list[pikepdf.Object]) -> pikepdf.Stream | None:
    xobjects = get_dictionary(resources, "/XObject")
    found = get(xobjects, as_name(operands[0]) or "/") if xobjects is not None and operands else None
    return found if isinstance(found, pikepdf.Stream) and get_name(found, "/Subtype") == _FORM else None


def _steer(pen: _Pen, operator: str, operands: list[pikepdf.Object]) -> None:
    """Follow the operators that place text (9.4.2) and choose its size (9.3)."""
    numbers = [number for number in map(as_number, operands) if number is not None]
    match operator, numbers:
        case "BT", _:
            pen.line_x = pen.line_y = pen.x = pen.y = 0.0
            pen.scale = 1.0
        case "Td", [dx, dy]:
            pen.move(dx, dy)
        case "TD", [dx, dy]:
            pen.leading = -dy
            pen.move(dx, dy)
        case "Tm", [a, b, _, _, e, f]:
            pen.scale = (a * a + b * b) ** 0.5 or 1.0
            pen.line_x, pen.line_y = e, f
            pen.x, pen.y = e, f
        case "TL", [leading]:
            pen.leading = leading
        case (("T*" | "'" | '"'), _):
            pen.move(0, -pen.leading)
        case "Tf", [size]:
            pen.size = size


def _shown(pen: _Pen, operator: str, operands: list[pikepdf.Object]) -> str:
    """Return the text that a text-showing operator draws (9.4.3)."""
    if operator in ("Tj", "'", '"') and operands and isinstance(operands[-1], pikepdf.String):
        return pen.decode(bytes(operands[-1]))
    if operator != "TJ" or not operands or not isinstance(operands[0], pikepdf.Array):
        return ""
    text = ""
    for item in operands[0]:
        if isinstance(item, pikepdf.String):
            text += pen.decode(bytes(item))
        elif (number := as_number(item)) is not None and number < _SPACE_IN_ARRAY and not text.endswith(" "):
            text += " "
    return text
