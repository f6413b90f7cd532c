"""A line as it is seen: what stands on it from left to right, each piece in the font that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from veldpdf.typesetting.bidi import Order, is_bidirectional, order_of, visual_runs
from veldpdf.typesetting.layout import next_tab_stop, text_width
from veldpdf.typesetting.typeface import Piece, Typeface


class Gap(NamedTuple):
    """A tab, and how wide it is here, in thousandths of the font size."""

    width: float


def settled_order(line: str, order: Order | None, typeface: Typeface) -> Order | None:
    """Return how the characters of a line stand; None where all run from left to right.

    Args:
        line: Without line ends.
        order: What the paragraph says of it; None for a line that is a paragraph by itself.
        typeface: Says whether it can turn anything around.
    """
    if order is not None and order.text != line:
        order = None  # that of another line, which stood here
    is_turned = order is not None and order.base
    if not (is_turned or is_bidirectional(line)) or not typeface.reorders:
        return None
    return order or order_of(line)


def visual_pieces(
    line: str, order: Order | None, typeface: Typeface, widths: Mapping[str, float]
) -> Iterator[Piece | Gap]:
    """Yield the pieces of a line from left to right.

    Args:
        line: Without line ends.
        order: As `settled_order` returns it.
        typeface: What it is set in.
        widths: What it was measured with; decides how wide tabs are.
    """
    gaps = _gaps(line, widths)
    if order is None:
        yield from _tabbed(line, gaps, typeface, right_to_left=False)
        return
    for start, end, level in visual_runs(order):
        skipped = line.count("\t", 0, start)
        yield from _tabbed(line[start:end], gaps[skipped:], typeface, right_to_left=level % 2 == 1)


def _tabbed(
    text: str, gaps: Sequence[float], typeface: Typeface, *, right_to_left: bool
) -> Iterator[Piece | Gap]:
    """Yield the pieces of what runs in one direction.

    Args:
        text: What stands there.
        gaps: Width of each tab in it, and of those behind it.
        typeface: What it is set in.
        right_to_left: Whether it runs from right to left.
    """
    parts = list(enumerate(text.split("\t")))
    for number, part in reversed(parts) if right_to_left else parts:
        if number and not right_to_left:
            yield Gap(gaps[number - 1])
        yield from typeface.pieces(part, right_to_left=right_to_left)
        if number and right_to_left:
            yield Gap(gaps[number - 1])


def _gaps(line: str, widths: Mapping[str, float]) -> list[float]:
    """Return the width of each tab of a line, in the order typed, in thousandths of the font size."""
    gaps: list[float] = []
    position = 0.0
    for part in line.split("\t")[:-1]:
        position += text_width(part, widths)
        stop = next_tab_stop(position)
        gaps.append(stop - position)
        position = stop
    return gaps
