"""Each kind of block as a part of the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from veldpdf.typesetting.boxes import LEADING
from veldpdf.worksheet import look
from veldpdf.worksheet.fields import BORDER, FONT_SIZE
from veldpdf.worksheet.pages import (
    Block,
    BulletList,
    Columns,
    Diagram,
    Heading,
    Panel,
    Paragraph,
    Question,
    Step,
)
from veldpdf.worksheet.parts import Area, Part, Pen, Stack, Text, Title

_COLUMN_GAP = 18.0
_BOX_GAP = 5.0  # between a question and its box


def stacked(blocks: Iterable[Block]) -> Stack:
    """Return the blocks of a page, ready to be measured and drawn."""
    return Stack([_part(block) for block in blocks])


def _part(block: Block) -> Part:
    part: Part
    match block:
        case Paragraph():
            part = Text(block.text, look.BODY, gap=8.0)
        case Heading():
            part = Title(block.text, look.HEADING, gap=16.0)
        case BulletList():
            part = _Points(block.items)
        case Panel():
            part = _Panel(block)
        case Diagram():
            part = _Diagram(block)
        case Question():
            part = _Question(block)
        case Step():
            part = _Step(block.number, stacked(block.blocks))
        case Columns():
            widths = [column.width for column in block.columns]
            part = _Row(widths, [stacked(column.blocks) for column in block.columns])
    return part


@dataclass(frozen=True)
class _Points(Part):
    """A list with bullets."""

    items: tuple[str, ...]
    gap: float = 6.0

    _INDENT = 12.0
    _GAP = 4.5

    def _texts(self) -> list[Text]:
        return [Text(item, look.LIST_ITEM) for item in self.items]

    def height(self, width: float) -> float:
        texts = self._texts()
        return sum(text.height(width - self._INDENT) for text in texts) + self._GAP * (len(texts) - 1)

    def draw(self, pen: Pen, area: Area) -> None:
        top = area.top
        for text in self._texts():
            pen.canvas.setFillColor(look.ACCENT)
            pen.canvas.circle(area.left + 3, top - 7.5, 2, stroke=0, fill=1)
            inner = Area(area.left + self._INDENT, top, area.width - self._INDENT, 0)
            text.draw(pen, inner)
            top -= text.height(inner.width) + self._GAP


@dataclass(frozen=True)
class _Panel(Part):
    """A panel: text on a tinted ground, with a bar at its left."""

    panel: Panel

    _PADDING = (14.0, 8.0)

    def _text(self) -> Text:
        return Text(f"**{self.panel.lead}** {self.panel.text.strip()}", look.PANEL)

    def height(self, width: float) -> float:
        horizontal, vertical = self._PADDING
        return self._text().height(width - 2 * horizontal) + 2 * vertical

    def draw(self, pen: Pen, area: Area) -> None:
        colours = look.PANELS[self.panel.tone]
        height = self.height(area.width)
        pen.canvas.setFillColor(colours.ground)
        pen.canvas.rect(area.left, area.top - height, area.width, height, stroke=0, fill=1)
        pen.canvas.setFillColor(colours.bar)
        pen.canvas.rect(area.left, area.top - height, 4, height, stroke=0, fill=1)
        self._text().draw(pen, Area(area.left, area.top, area.width, height).inset(*self._PADDING))


@dataclass(frozen=True)
class _Question(Part):
    """A question and, under it, the box for the answer.

    Attributes:
        question: The question.
        caption_height: Height of what stands above the box, if it is to be more than the text needs.
    """

    question: Question
    caption_height: float = 0.0
    gap: float = 12.0

    def caption(self) -> Stack:
        """Return what stands above the box."""
        texts = (
            (self.question.lead, look.LEAD),
            (self.question.text, look.QUESTION),
            (self.question.note, look.NOTE),
        )
        return Stack([Text(text, style, gap=1.5) for text, style in texts if text])

    def _box_offset(self, width: float) -> float:
        return max(self.caption().height(width), self.caption_height) + _BOX_GAP

    def height(self, width: float) -> float:
        return self._box_offset(width) + _box_height(self.question.lines)

    @property
    def appetite(self) -> float:
        return float(self.question.lines)

    def draw(self, pen: Pen, area: Area) -> None:
        self.caption().draw(pen, Area(area.left, area.top, area.width, self.caption().height(area.width)))
        box = area.below(self._box_offset(area.width))
        _rounded(pen.canvas, box, fill=look.FIELD_GROUND, stroke=look.FIELD_BORDER)
        inner = box.inset(look.FIELD_INSET, look.FIELD_INSET)
        rectangle = (inner.left, inner.top - inner.height, inner.left + inner.width, inner.top)
        pen.place_field(self.question.field, rectangle)


@dataclass(frozen=True)
class _Row(Part):
    """Parts side by side.

    Attributes:
        widths: Of each part, relative to the others.
        stacks: The parts.
    """

    widths: Sequence[float]
    stacks: Sequence[Stack]

    def _columns(self, width: float) -> list[tuple[float, Stack]]:
        """Return each column with its width; boxes under questions at the top begin at one height."""
        unit = (width - _COLUMN_GAP * (len(self.stacks) - 1)) / sum(self.widths)
        columns = [(share * unit, stack) for share, stack in zip(self.widths, self.stacks, strict=True)]
        highest = max(
            (
                stack.parts[0].caption().height(column)
                for column, stack in columns
                if isinstance(stack.parts[0], _Question)
            ),
            default=0.0,
        )
        return [(column, _with_caption_height(stack, highest)) for column, stack in columns]

    def height(self, width: float) -> float:
        return max(stack.height(column) for column, stack in self._columns(width))

    @property
    def appetite(self) -> float:
        return max(stack.appetite for stack in self.stacks)

    def draw(self, pen: Pen, area: Area) -> None:
        left = area.left
        for column, stack in self._columns(area.width):
            stack.draw(pen, Area(left, area.top, column, area.height))
            left += column + _COLUMN_GAP


def _with_caption_height(stack: Stack, height: float) -> Stack:
    first, *others = stack.parts
    if not isinstance(first, _Question):
        return stack
    return Stack([replace(first, caption_height=height), *others])


@dataclass(frozen=True)
class _Step(Part):
    """Parts with a circled number at their left."""

    number: int
    stack: Stack
    gap: float = 14.0

    _RADIUS = 11.0
    _INDENT = 34.0

    def height(self, width: float) -> float:
        return self.stack.height(width - self._INDENT)

    @property
    def appetite(self) -> float:
        return self.stack.appetite

    def draw(self, pen: Pen, area: Area) -> None:
        canvas = pen.canvas
        x, y = area.left + self._RADIUS, area.top - self._RADIUS + 3
        canvas.setFillColor(look.ACCENT)
        canvas.circle(x, y, self._RADIUS, stroke=0, fill=1)
        canvas.setFillColor(look.WHITE)
        canvas.setFont(look.BOLD, 12)
        canvas.drawCentredString(x, y - 4.3, str(self.number))
        inner = Area(area.left + self._INDENT, area.top, area.width - self._INDENT, area.height)
        self.stack.draw(pen, inner)


@dataclass(frozen=True)
class _Diagram(Part):
    """The diagram: parts that add up to a whole, which leads to a goal."""

    diagram: Diagram
    gap: float = 30.0

    _HEIGHT = 108.0
    _SIGN_WIDTH = 18.0
    # The total and the goal are wider than a part.
    _WIDE = 1.15
    _POINT = 14.0

    def height(self, width: float) -> float:  # noqa: ARG002 - it is as high at any width
        return self._HEIGHT

    def draw(self, pen: Pen, area: Area) -> None:
        parts = self.diagram.parts
        signs = ["+"] * (len(parts) - 1) + ["=", ""]
        unit = (area.width - self._SIGN_WIDTH * len(signs)) / (len(parts) + 2 * self._WIDE)
        cell = Area(area.left, area.top, unit, self._HEIGHT)
        for part, sign in zip(parts, signs, strict=False):
            _rounded(pen.canvas, cell, fill=look.TINT, stroke=look.PRIMARY)
            _centre(pen, cell, [Text(part, look.DIAGRAM_PART)])
            cell = self._after(pen, cell, sign)
        total = Area(cell.left, cell.top, unit * self._WIDE, cell.height)
        self._draw_total(pen, total)
        goal = Area(total.left + total.width + self._SIGN_WIDTH, cell.top, total.width, cell.height)
        _rounded(pen.canvas, goal, fill=look.WHITE, stroke=look.ACCENT)
        _centre(pen, goal, [Text(self.diagram.goal, look.DIAGRAM_PART)])

    def _after(self, pen: Pen, cell: Area, sign: str) -> Area:
        """Draw the sign behind a cell and return where the next one stands."""
        right = cell.left + cell.width
        pen.canvas.setFillColor(look.ACCENT)
        pen.canvas.setFont(look.BOLD, 18)
        pen.canvas.drawCentredString(right + self._SIGN_WIDTH / 2, cell.top - cell.height / 2 - 6.5, sign)
        return Area(right + self._SIGN_WIDTH, cell.top, cell.width, cell.height)

    def _draw_total(self, pen: Pen, area: Area) -> None:
        """Draw the total as an arrow that points at the goal."""
        right, bottom = area.left + area.width, area.top - area.height
        outline = pen.canvas.beginPath()
        outline.moveTo(area.left, area.top)
        outline.lineTo(right, area.top)
        outline.lineTo(right + self._POINT, area.top - area.height / 2)
        outline.lineTo(right, bottom)
        outline.lineTo(area.left, bottom)
        outline.close()
        pen.canvas.setFillColor(look.PRIMARY)
        pen.canvas.drawPath(outline, stroke=0, fill=1)
        texts = [Text(self.diagram.total, look.DIAGRAM_TOTAL)]
        if self.diagram.caption:
            texts.append(Text(self.diagram.caption, look.DIAGRAM_CAPTION, gap=3.0))
        _centre(pen, area, texts)


def _box_height(lines: int) -> float:
    """Return the height of a box that shows this many lines, its frame included."""
    return lines * LEADING * FONT_SIZE + 4 * BORDER + 2 * look.FIELD_INSET


def _rounded(canvas: Canvas, area: Area, *, fill: Color, stroke: Color) -> None:
    canvas.setFillColor(fill)
    canvas.setStrokeColor(stroke)
    canvas.setLineWidth(1)
    canvas.roundRect(area.left, area.top - area.height, area.width, area.height, 4, stroke=1, fill=1)


def _centre(pen: Pen, area: Area, texts: Sequence[Text]) -> None:
    stack, inner = Stack(texts), area.inset(4, 0)
    height = stack.height(inner.width)
    stack.draw(pen, Area(inner.left, area.top - (area.height - height) / 2, inner.width, height))
