"""What a page looks like, by two engines that share no code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pymupdf
import pypdfium2 as pdfium

Picture = npt.NDArray[np.uint8]
Box = tuple[float, float, float, float]

SCALE = 2.0  # pixels per point


def with_pdfium(pdf: bytes, page: int) -> Picture:
    """Return a page as rows of grey pixels; form fields drawn from their appearance streams."""
    document = pdfium.PdfDocument(pdf)
    document.init_forms()
    bitmap = document[page].render(scale=SCALE, grayscale=True, may_draw_forms=True)
    return np.array(bitmap.to_numpy())


def with_mupdf(pdf: bytes, page: int) -> Picture:
    """Return a page as rows of grey pixels."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        pixels = document[page].get_pixmap(
            matrix=pymupdf.Matrix(SCALE, SCALE), colorspace=pymupdf.csGRAY, annots=True
        )
        return np.frombuffer(pixels.samples, dtype=np.uint8).reshape(pixels.height, pixels.width)


ENGINES: Mapping[str, Callable[[bytes, int], Picture]] = MappingProxyType(
    {"pdfium": with_pdfium, "mupdf": with_mupdf}
)


def inside(picture: Picture, box: Box) -> Picture:
    """Return the part of a picture within a rectangle in points, counted from the page's bottom left."""
    left, bottom, right, top = (round(edge * SCALE) for edge in box)
    height = picture.shape[0]
    return picture[max(height - top, 0) : height - bottom, left:right]


def blanked(picture: Picture, boxes: list[Box], margin: float = 1.0) -> Picture:
    """Return a picture with some rectangles painted over, and a hair around them."""
    copy = picture.copy()
    height = copy.shape[0]
    for left, bottom, right, top in boxes:
        rows = slice(max(round(height - (top + margin) * SCALE), 0), round(height - (bottom - margin) * SCALE))
        columns = slice(max(round((left - margin) * SCALE), 0), round((right + margin) * SCALE))
        copy[rows, columns] = 0
    return copy


def ink(picture: Picture) -> float:
    """Return the share of pixels that are dark."""
    return float((picture < 128).mean()) if picture.size else 0.0
