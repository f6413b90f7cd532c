"""SVG logos as drawings of reportlab's, which are part of a PDF without becoming pixels.

svglib reads the SVG; it comes with the extra `svg`, so that nobody needs it who has a PNG.
"""

from __future__ import annotations

import io
import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from veldpdf.errors import HouseStyleError
from veldpdf.house_style.values import Logo, LogoKind
from veldpdf.messages import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportlab.graphics.shapes import Drawing


def drawing_of(logo: Logo) -> Drawing:
    """Return an SVG logo as a drawing; its ``width`` and ``height`` are in points.

    Raises:
        HouseStyleError: svglib is not there, or cannot draw it.
    """
    assert logo.kind is LogoKind.SVG, "a PNG needs no drawing"
    try:
        from svglib.svglib import svg2rlg  # noqa: PLC0415 - it comes with an extra
    except ImportError as exc:
        raise HouseStyleError(
            logo.source,
            Message("to draw an SVG takes svglib, which is not installed"),
            Message("Run: pip install 'veldpdf[svg]' – or give the logo as PNG."),
        ) from exc
    try:
        with _quiet():
            drawing = svg2rlg(io.BytesIO(logo.data), resolve_entities=False)
    except Exception as exc:  # a file from outside may be odd in ways that nobody has thought of
        raise _undrawable(logo) from exc
    if drawing is None or not (drawing.width > 0 and drawing.height > 0):
        raise _undrawable(logo)
    return drawing


def pdf_of(logo: Logo) -> bytes:
    """Return a PDF of one page, as large as an SVG logo, that shows it.

    Raises: as `drawing_of`.
    """
    from reportlab.graphics import renderPDF  # noqa: PLC0415 - start-up time
    from reportlab.pdfgen.canvas import Canvas  # noqa: PLC0415 - the same

    drawing = drawing_of(logo)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(drawing.width, drawing.height), invariant=1)
    try:
        renderPDF.draw(drawing, canvas, 0, 0)
    except Exception as exc:  # the same
        raise _undrawable(logo) from exc
    canvas.save()
    return buffer.getvalue()


def _undrawable(logo: Logo) -> HouseStyleError:
    return HouseStyleError(
        logo.source, Message("this SVG cannot be drawn"), Message("Give the logo as PNG as well, or instead.")
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep to ourselves what svglib tells of, such as parts of SVG that it passes over."""
    logger = logging.getLogger("svglib.svglib")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before
