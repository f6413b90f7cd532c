"""What happens to pages on their way through printers: scaled, moved, turned, on other paper, in another order."""

from __future__ import annotations

import cmath
import io
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pikepdf
from pikepdf import Array, Dictionary, Name

LETTER = (612.0, 792.0)

# Where a point of the old page goes on the new one, and the new page's size, by the old one's size.
Placement = Callable[[float, float], tuple[complex, complex, tuple[float, float]]]


def _changed(pdf: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        change(document)
        saved = io.BytesIO()
        document.save(saved, static_id=True)
        return saved.getvalue()


def _placed(pdf: bytes, placement: Placement) -> bytes:
    """Draw each page on a new one: a point z goes to ``turn * z + shift``."""

    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            turn, shift, (width, height) = placement(right - left, top - bottom)
            shift -= turn * complex(left, bottom)
            matrix = (turn.real, turn.imag, -turn.imag, turn.real, shift.real, shift.imag)
            before = "q " + " ".join(f"{number:.6f}" for number in matrix) + " cm\n"
            page.contents_add(before.encode("ascii"), prepend=True)
            page.contents_add(b"\nQ")
            page.obj.MediaBox = Array([0, 0, width, height])
            for box in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox"):
                if box in page.obj:
                    del page.obj[box]

    return _changed(pdf, change)


def scaled(pdf: bytes) -> bytes:
    """Fit to the printable area: 94 %, in the middle."""
    return _placed(pdf, lambda w, h: (0.94 + 0j, 0.03 * complex(w, h), (w, h)))


def shifted(pdf: bytes) -> bytes:
    return _placed(pdf, lambda w, h: (1 + 0j, 14 - 9j, (w, h)))


def turned(pdf: bytes) -> bytes:
    """Content turned by a quarter, as on paper that stands upright."""
    return _placed(pdf, lambda w, h: (1j, complex(h, 0), (h, w)))


def upside_down(pdf: bytes) -> bytes:
    return _placed(pdf, lambda w, h: (-1 + 0j, complex(w, h), (w, h)))


def askew(pdf: bytes) -> bytes:
    """Laid 1.5 degrees askew."""
    return _placed(pdf, lambda w, h: (cmath.rect(0.97, math.radians(1.5)), complex(0.02 * w, 0), (w, h)))


def on_letter(pdf: bytes) -> bytes:
    """Fitted on a Letter sheet, upright or on its side as the page is."""

    def placement(width: float, height: float) -> tuple[complex, complex, tuple[float, float]]:
        sheet = LETTER if height > width else LETTER[::-1]
        scale = min(sheet[0] / width, sheet[1] / height)
        return scale + 0j, complex(sheet[0] - scale * width, sheet[1] - scale * height) / 2, sheet

    return _placed(pdf, placement)


def rotated_page(pdf: bytes) -> bytes:
    """The page says /Rotate 270; nothing in it moves."""

    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            page.rotate(270, relative=True)

    return _changed(pdf, change)


def cropped(pdf: bytes) -> bytes:
    """Page boxes that begin elsewhere, and a unit of half a point."""

    def change(document: pikepdf.Pdf) -> None:
        for page in document.pages:
            left, bottom, right, top = (float(edge) for edge in page.mediabox)
            page.obj.CropBox = Array([left - 30, bottom - 40, right + 10, top + 20])
            page.obj.MediaBox = Array([left - 50, bottom - 50, right + 50, top + 50])
            page.obj.UserUnit = 0.5

    return _changed(pdf, change)


def with_cover(pdf: bytes) -> bytes:
    """A letter in front."""

    def change(document: pikepdf.Pdf) -> None:
        document.add_blank_page(page_size=(595, 842))
        cover = document.pages[-1]
        del document.pages[-1]
        document.pages.insert(0, cover)
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        document.pages[0].obj.Resources = Dictionary(Font=Dictionary(F1=font))
        text = b"BT /F1 12 Tf 60 700 Td (Geachte mevrouw, hierbij ons ingevulde werkblad Bouwsteen 3-A.) Tj ET"
        document.pages[0].obj.Contents = document.make_stream(text)

    return _changed(pdf, change)


def reversed_pages(pdf: bytes) -> bytes:
    return _changed(pdf, lambda document: document.pages.reverse())


def two_on_a_sheet(pdf: bytes) -> bytes:
    """Two pages, one above the other, on an upright sheet."""
    with pikepdf.open(io.BytesIO(pdf)) as document, pikepdf.new() as sheets:
        for first in range(0, len(document.pages), 2):
            sheets.add_blank_page(page_size=(595, 842))
            sheet = pikepdf.Page(sheets.pages[-1])
            for number, page in enumerate(document.pages[first : first + 2]):
                where = pikepdf.Rectangle(0, 421 - 421 * number, 595, 842 - 421 * number)
                sheet.add_overlay(page, where)
        saved = io.BytesIO()
        sheets.save(saved, static_id=True)
        return saved.getvalue()


DISTORTIONS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {
        "none": lambda pdf: pdf,
        "scaled": scaled,
        "shifted": shifted,
        "turned": turned,
        "upside down": upside_down,
        "askew": askew,
        "letter": on_letter,
        "/Rotate": rotated_page,
        "boxes": cropped,
        "cover": with_cover,
        "reversed": reversed_pages,
        "two a sheet": two_on_a_sheet,
    }
)
