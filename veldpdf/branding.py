"""A house style, made ready for the formats that a report is written in.

An SVG logo is drawn once, here, as a picture for those formats that cannot hold it: it takes PDFium to do that, and no
format knows how a PDF is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from veldpdf.house_style import HouseStyle, LogoKind
from veldpdf.house_style.drawing import pdf_of
from veldpdf.pdf.raster import png_of_page

# Formats that show an SVG logo as a picture made of pixels, or may.
_WITHOUT_SVG = frozenset({".docx", ".xlsx", ".pdf"})
# Pixels: at 4 cm, as logos are printed, 600 dots to the inch.
_LONGEST = 1_000


def ready_for(style: HouseStyle, suffixes: Iterable[str]) -> HouseStyle:
    """Return a house style whose logo can be shown in all of some formats.

    Args:
        style: As it was loaded.
        suffixes: The endings of the files that will be written.

    Raises:
        HouseStyleError: The logo is an SVG that one of them cannot hold, and svglib is not there or cannot draw it.
    """
    logo = style.logo
    if (
        logo is None
        or logo.kind is LogoKind.PNG
        or logo.png
        or _WITHOUT_SVG.isdisjoint(map(str.lower, suffixes))
    ):
        return style
    return replace(style, logo=replace(logo, png=png_of_page(pdf_of(logo), longest=_LONGEST)))
