"""MuPDF, by way of PyMuPDF: SumatraPDF, MuPDF's own viewers, and scripts.

What it does to a text: nothing; line ends stay ``\\n``, a tab stays a tab. It turns the ``/DA`` of
the field around (``0 g /Helv 10 Tf``) and gives the widget a ``/BS``. A cleared field keeps an
empty ``/V``. The value goes to the field, also where field and widget are two objects. The file is
written anew. Same input, same bytes.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from typing import Any

from .engine import unknown_fields

NAME = "mupdf"


def missing() -> str | None:
    """Say what to install, or None."""
    if importlib.util.find_spec("pymupdf") is None:
        return "PyMuPDF is not there: pip install pymupdf"
    return None


def fill(pdf: bytes, values: Mapping[str, str]) -> bytes:
    """Fill the text fields of a PDF with MuPDF, and save all of it anew."""
    pymupdf = importlib.import_module("pymupdf")
    left = dict(values)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        for page in document:
            for widget in page.widgets(types=[pymupdf.PDF_WIDGET_TYPE_TEXT]):
                if widget.field_name in left:
                    _type(widget, left.pop(widget.field_name))
        if left:
            raise unknown_fields(NAME, sorted(left))
        return bytes(document.tobytes(no_new_id=True))


def _type(widget: Any, text: str) -> None:
    """Set one field, and have MuPDF draw it."""
    mupdf = importlib.import_module("pymupdf").mupdf
    if text:
        widget.field_value = text
        widget.update()
    else:
        # PyMuPDF takes an empty text for "no change"; MuPDF's own viewers do clear a field.
        mupdf.pdf_set_text_field_value(widget._annot.this, text)
        mupdf.pdf_update_annot(widget._annot.this)
