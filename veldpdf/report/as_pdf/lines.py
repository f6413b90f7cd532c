"""Texts broken into lines, and lines drawn on a page.

reportlab's own paragraphs are not used: they read markup, squeeze spaces, and are slow on long texts. Here a
text is drawn as it is, so there is nothing to escape and nothing that can act.

Each line knows the element of the structure tree that it belongs to. What was typed has an element for each of its
lines as typed, or a list where it is one; a space at which a line was broken stays at its end, so that who listens
or copies gets the text as it was typed (ISO 32000-2, 14.8.2.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from reportlab.lib.colors import Color, HexColor

from veldpdf.report.as_pdf.canvas import ReportCanvas
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import TextStyle
from veldpdf.typesetting.bidi import Order, is_bidirectional, order_of
from veldpdf.typesetting.layout import Line as BrokenLine
from veldpdf.typesetting.layout import lines_of, text_width

# What a list item begins with, as people type it and Word pastes it: an indent, a bullet or a number, a space.
_ITEM = re.compile(
    r"[ \xa0]*(?:(?P<bullet>[-–—•*·▪◦‣●○■□➢✓→>o\uf0b7\uf0a7\uf0d8\uf0fc])|(?P<number>\d{1,3}[.)])"
    r"|(?P<letter>[A-Za-z][.)]))[ \xa0]+(?=\S)"
)
_INDENT = re.compile(r"[ \xa0]+(?=\S)")
# What a list says of its labels (ISO 32000-2, table 382).
_NUMBERING = {"bullet": "Disc", "number": "Decimal", "letter": "LowerAlpha"}
# An indent that would leave less of the line than this is not followed.
_LEAST_ROOM = 0.5
# Capitals are about so high, as a part of the font size: they stand in the middle of the line.
_CAPITALS = 0.72


class Line(NamedTuple):
    """A line to be drawn.

    Attributes:
        indent: How far it stands from the left edge of its cell.
        text: Without line end; every character can be drawn.
        style: How it is set.
        owner: The element that it belongs to; None for what no reader needs to hear.
        order: How its characters stand, where its paragraph says so.
        label: The bullet or number that stands before it, at the left edge.
        label_owner: The element that this belongs to.
    """

    indent: float
    text: str
    style: TextStyle
    owner: Element | None = None
    order: Order | None = None
    label: str = ""
    label_owner: Element | None = None


@cache
def colour(value: str) -> Color:
    """Return reportlab's value for a hexadecimal colour."""
    return HexColor(value)


def set_text(text: str, style: TextStyle, width: float, owner: Element | None = None) -> tuple[Line, ...]:
    """Break a text into lines that are no wider than there is room for; all belong to one element.

    Line breaks, blank lines and inner spaces stay as typed.
    """
    room = width * 1000 / style.size
    shown = style.face.showable(text)
    if owner is not None and is_bidirectional(shown):
        # What runs from right to left is drawn the other way around.
        owner = owner.add("Span", replacement=shown)
    *paragraphs, last = shown.split("\n")
    # Who listens hears the lines of one element in one go: the space keeps words apart.
    return tuple(
        line
        for paragraph in (*(f"{each} " for each in paragraphs), last)
        for line in _set_paragraph(paragraph, style, room, 0.0, owner)
    )


def set_typed(text: str, style: TextStyle, width: float, parent: Element) -> tuple[Line, ...]:
    """Break what somebody typed into lines; each line as typed becomes an element, or an item of a list.

    White lines at the end are left out: they cannot be seen, but could fill pages.
    """
    room = width * 1000 / style.size
    items: Element | None = None
    kind = ""
    lines: list[Line] = []
    for paragraph in style.face.showable(text).rstrip().split("\n"):
        found = _ITEM.match(paragraph) if style.hangs and not is_bidirectional(paragraph) else None
        if found is not None:
            if items is None or kind != found.lastgroup:
                kind = found.lastgroup or ""
                items = parent.add("L", attributes=f"/O/List/ListNumbering/{_NUMBERING[kind]}")
            lines += _set_item(paragraph, found.end(), style, room, items.add("LI"))
        elif paragraph.strip():
            items = None
            indent = _INDENT.match(paragraph) if style.hangs else None
            hanging = text_width(indent[0], style.face.typeface) if indent else 0.0
            replacement = paragraph if is_bidirectional(paragraph) else ""
            owner = parent.add("P", replacement=replacement)
            lines += _set_paragraph(paragraph, style, room, hanging, owner)
        else:
            lines.append(Line(0.0, "", style))
    return tuple(lines)


def _set_item(paragraph: str, end: int, style: TextStyle, room: float, item: Element) -> Iterator[Line]:
    """Yield the lines of a list item, all of them beside its label."""
    label = paragraph[:end]
    indent = text_width(label, style.face.typeface)
    label_owner, owner = item.add("Lbl"), item.add("LBody")
    if indent > _LEAST_ROOM * room:
        yield from _set_paragraph(paragraph, style, room, 0.0, owner)
        return
    first, *others = _set_paragraph(paragraph[end:], style, room - indent, 0.0, owner)
    points = indent * style.size / 1000
    yield first._replace(indent=first.indent + points, label=label, label_owner=label_owner)
    yield from (line._replace(indent=line.indent + points) for line in others)


def _set_paragraph(
    paragraph: str, style: TextStyle, room: float, hanging: float, owner: Element | None
) -> Iterator[Line]:
    """Yield the lines of a paragraph.

    Args:
        paragraph: Without line ends; every character can be drawn.
        style: How it is set.
        room: For one line, in thousandths of the font size.
        hanging: How far its first line is indented, and all others therefore as well.
        owner: What the lines belong to.
    """
    typeface = style.face.typeface
    if 0 < hanging <= _LEAST_ROOM * room and text_width(paragraph, typeface) > room:
        stripped = paragraph.lstrip(" \xa0")
        first, *others = lines_of(stripped, room - hanging, typeface)
        indent = paragraph[: len(paragraph) - len(stripped)]
        yield Line(0.0, indent + _text_of(first), style, owner)
        yield from (Line(hanging * style.size / 1000, _text_of(line), style, owner) for line in others)
        return
    order = order_of(paragraph) if is_bidirectional(paragraph) else None
    for line in lines_of(paragraph, room, typeface):
        if order is None:
            yield Line(0.0, _text_of(line), style, owner)
            continue
        own = order.of_line(line.text, line.places)
        # What runs from right to left begins at the right edge.
        left = max(room - text_width(line.text, typeface), 0.0) if order.base else 0.0
        yield Line(left * style.size / 1000, line.text, style, owner, own)


def _text_of(line: BrokenLine) -> str:
    """Return what is drawn of a line: with the space at which it was broken, which hangs over its end."""
    return line.text + " " if line.paragraph[line.end - 1 : line.end] in (" ", "\t") else line.text


def set_names(
    names: Sequence[str], style: TextStyle, width: float, owner: Element | None = None
) -> tuple[Line, ...]:
    """Return the lines that show names below each other."""
    shown = [style.face.showable(" ".join(name.split())) for name in names]
    if owner is not None and len(shown) > 1:
        owner = owner.add("Span", replacement=", ".join(shown))
    return tuple(line for name in shown for line in set_text(name, style, width, owner))


def text_size(text: str, style: TextStyle) -> float:
    """Return how wide a text is on one line."""
    return style.face.width(style.face.showable(text), style.size)


class _Segment(NamedTuple):
    """A text at a place on the page, and whose it is."""

    owner: Element | None
    x: float
    baseline: float
    text: str
    style: TextStyle
    order: Order | None


def draw_lines(canvas: ReportCanvas, x: float, top: float, lines: Iterable[Line], leading: float) -> None:
    """Draw lines below each other.

    Args:
        canvas: Where.
        x: Left edge.
        top: Upper edge of the first line.
        lines: What to draw.
        leading: From one baseline to the next.
    """
    for _, group in groupby(_segments(x, top, lines, leading), lambda segment: id(segment.owner)):
        _draw(canvas, list(group))


def _segments(x: float, top: float, lines: Iterable[Line], leading: float) -> Iterator[_Segment]:
    for number, line in enumerate(lines):
        style = line.style
        baseline = top - number * leading - (leading + _CAPITALS * style.size) / 2
        if line.label:
            yield _Segment(line.label_owner, x, baseline, line.label, style, None)
        if line.text:
            yield _Segment(line.owner, x + line.indent, baseline, line.text, style, line.order)


def _draw(canvas: ReportCanvas, segments: Sequence[_Segment]) -> None:
    """Draw texts that belong to one element."""
    with canvas.content_of(segments[0].owner):
        canvas.operators("BT")
        fill = ""
        for segment in segments:
            style = segment.style
            if style.colour != fill:
                fill = style.colour
                red, green, blue = colour(fill).rgb()
                canvas.operators(f"{red:.4g} {green:.4g} {blue:.4g} rg")
            canvas.show(style.face.runs(segment.text, segment.order), segment.x, segment.baseline, style.size)
        canvas.operators("ET")


def draw_line(
    canvas: ReportCanvas,
    at: tuple[float, float],
    text: str,
    style: TextStyle,
    owner: Element | None = None,
) -> None:
    """Draw one line of any text; `at` is where it begins and its baseline."""
    shown = style.face.showable(text).replace("\n", " ")
    if shown:
        _draw(canvas, [_Segment(owner, *at, shown, style, None)])
