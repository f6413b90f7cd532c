"""Texts broken into lines, and lines drawn on a page.

reportlab's own paragraphs are not used: they read markup, squeeze spaces, and are slow on long texts. Here a
text is drawn as it is, so there is nothing to escape and nothing that can act.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from veldpdf.report.as_pdf.faces import face
from veldpdf.report.as_pdf.styles import TextStyle
from veldpdf.typesetting.layout import break_lines, text_width

# What a list item begins with, as people type it and Word pastes it: an indent, a bullet or a number, a space.
_ITEM = re.compile(r"[ \xa0]*(?:(?:[-–—•*·▪◦‣●○■□➢✓→>o]|\d{1,3}[.)]|[A-Za-z][.)])[ \xa0]+)?(?=\S)")
_TAB_STOP = 4  # columns, as in a form field
# An indent that would leave less of the line than this is not followed.
_LEAST_ROOM = 0.5


class Line(NamedTuple):
    """A line to be drawn.

    Attributes:
        indent: How far it stands from the left edge of its cell.
        text: Without line end; every character can be drawn.
        style: How it is set.
    """

    indent: float
    text: str
    style: TextStyle


@cache
def colour(value: str) -> Color:
    """Return reportlab's value for a hexadecimal colour."""
    return HexColor(value)


def set_text(text: str, style: TextStyle, width: float) -> tuple[Line, ...]:
    """Break a text into lines that are no wider than there is room for.

    Line breaks, blank lines and inner spaces stay as typed.
    """
    room = width * 1000 / style.size
    return tuple(
        line
        for paragraph in face(style.face).showable(text).expandtabs(_TAB_STOP).split("\n")
        for line in _set_paragraph(paragraph, style, room)
    )


def _set_paragraph(paragraph: str, style: TextStyle, room: float) -> Iterator[Line]:
    widths = face(style.face).widths
    item = _ITEM.match(paragraph) if style.hangs else None
    indent = text_width(item[0], widths) if item else 0.0
    if item is None or not 0 < indent <= _LEAST_ROOM * room:
        yield from (Line(0.0, line, style) for line in break_lines(paragraph, room, widths))
        return
    first, *others = break_lines(paragraph[item.end() :], room - indent, widths)
    yield Line(0.0, item[0] + first, style)
    yield from (Line(indent * style.size / 1000, line, style) for line in others)


def set_names(names: Sequence[str], style: TextStyle, width: float) -> tuple[Line, ...]:
    """Return the lines that show names below each other."""
    return tuple(line for name in names for line in set_text(" ".join(name.split()), style, width))


def text_size(text: str, style: TextStyle) -> float:
    """Return how wide a text is on one line."""
    typeface = face(style.face)
    return typeface.width(typeface.showable(text), style.size)


def draw_lines(canvas: Canvas, x: float, top: float, lines: Iterable[Line], leading: float) -> None:
    """Draw lines below each other.

    Args:
        canvas: Where.
        x: Left edge.
        top: Upper edge of the first line.
        lines: What to draw.
        leading: From one baseline to the next.
    """
    text = canvas.beginText()
    style: TextStyle | None = None
    font = ""
    # The baseline lies so that capitals stand in the middle of the line.
    y = top
    for line in lines:
        if line.style is not style:
            style, font = line.style, ""
            text.setFillColor(colour(style.colour))
        text.setTextOrigin(x + line.indent, y - (leading + 0.72 * style.size) / 2)
        for name, piece in face(style.face).runs(line.text):
            if name != font:
                font = name
                text.setFont(font, style.size)
            text.textOut(piece)
        y -= leading
    canvas.drawText(text)


def draw_line(canvas: Canvas, x: float, baseline: float, text: str, style: TextStyle) -> None:
    """Draw one line of any text at a baseline."""
    line = Line(0.0, face(style.face).showable(text).replace("\n", " "), style)
    draw_lines(canvas, x, baseline + (style.leading + 0.72 * style.size) / 2, [line], style.leading)
