"""Where a picture comes to stand: the algorithm of ISO 32000-2, 12.5.5, and its arithmetic.

A viewer does this whenever it shows an annotation. What is part of the page has to bring its matrix along.
"""

from __future__ import annotations

from collections.abc import Mapping

import pikepdf

from veldpdf.pdf.flattening.entries import inherited
from veldpdf.pdf.objects import as_number, numbers_of

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]

IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)

_QUARTER_TURNS: Mapping[int, tuple[int, int]] = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}
# Points. What is smaller shows nothing, and dividing by it would make numbers that no viewer takes.
_SMALLEST = 1e-6


def box_of(obj: pikepdf.Object, key: str) -> Box | None:
    """Return a rectangle, whichever corners it names (7.9.5)."""
    numbers = numbers_of(obj, key)
    if len(numbers) != 4:  # noqa: PLR2004 - two corners
        return None
    (x1, x2), (y1, y2) = sorted(numbers[::2]), sorted(numbers[1::2])
    return x1, y1, x2, y2


def placement(picture: pikepdf.Stream, rect: Box) -> Matrix | None:
    """Return what maps a picture's box, as its own matrix leaves it, to a rectangle (12.5.5).

    None where either has no area, so that nothing shows.
    """
    box = box_of(picture, "/BBox")
    numbers = numbers_of(picture, "/Matrix")
    a, b, c, d, e, f = numbers if len(numbers) == len(IDENTITY) else IDENTITY
    if box is None:
        return None
    corners = [(x, y) for x in box[::2] for y in box[1::2]]
    across = [a * x + c * y + e for x, y in corners]
    up = [b * x + d * y + f for x, y in corners]
    left, bottom = min(across), min(up)
    width, height = max(across) - left, max(up) - bottom
    if min(width, height, rect[2] - rect[0], rect[3] - rect[1]) < _SMALLEST:
        return None
    x_scale, y_scale = (rect[2] - rect[0]) / width, (rect[3] - rect[1]) / height
    return x_scale, 0, 0, y_scale, rect[0] - left * x_scale, rect[1] - bottom * y_scale


def turned_back(page: pikepdf.Dictionary, rect: Box) -> Matrix:
    """Return what keeps a picture upright on a turned page: it pivots on its upper left corner (12.5.3)."""
    turned = int(as_number(inherited(page, "/Rotate")) or 0) % 360
    cosine, sine = _QUARTER_TURNS.get(turned, _QUARTER_TURNS[0])
    x, y = rect[0], rect[3]
    return cosine, sine, -sine, cosine, x - cosine * x + sine * y, y - sine * x - cosine * y


def multiplied(first: Matrix, then: Matrix) -> Matrix:
    """Return the transformation that does one after the other (8.3.3)."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def operands(numbers: Matrix) -> bytes:
    """Return a transformation as the operands of ``cm`` (8.4.4)."""
    # A picture may be drawn in units of a thousandth; never with an exponent, which PDF does not have (7.3.3).
    texts = (f"{number:.8f}".rstrip("0").rstrip(".") for number in numbers)
    return " ".join("0" if text == "-0" else text for text in texts).encode()
