"""A page as a picture made of pixels, drawn by PDFium: for formats that cannot hold what a PDF holds."""

from __future__ import annotations

import io

import pypdfium2
from PIL import Image

from veldpdf.pdf.pagetext import PDFIUM_LOCK

_CLEAR = (255, 255, 255, 0)


def png_of_page(pdf: bytes, *, longest: int) -> bytes:
    """Return the first page of a PDF as a PNG; where nothing is drawn, it is see-through.

    Args:
        pdf: The file.
        longest: Pixels of its longer side.
    """
    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            bitmap = page.render(scale=longest / max(page.get_size()), fill_color=_CLEAR, rev_byteorder=True)
            picture: Image.Image = bitmap.to_pil().copy()
        finally:
            document.close()
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG", optimize=True)
    return buffer.getvalue()
