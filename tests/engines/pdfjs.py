"""pdf.js, the engine of Firefox, run in Node: the newest version and the last of the 3 series.

What it does to a text: nothing, line ends stay ``\\n``, a tab stays a tab. A text with a character
that the field's font lacks is not drawn; the field loses its appearance and ``/NeedAppearances`` is
set instead. A cleared field keeps an empty ``/V``. The file is kept, and an update appended. Where
field and widget are two objects, version 3 writes the new ``/V`` on the widget and leaves the old
one on the field; the newest writes the field.

Same input, same bytes: the helper stops the clock that pdf.js reads for ``/M`` and ``/ID``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .engine import fill_with, lacks

NAME = "pdfjs"
FOLDER = Path(__file__).with_name("node")


def missing(version: str = "newest") -> str | None:
    """Say what to install, or None."""
    if absent := lacks("node", install="Node.js 20 or newer, with npm"):
        return absent
    if not (FOLDER / "node_modules" / f"pdfjs-{version}").is_dir():
        return "pdf.js is not there: npm ci --prefix tests/engines/node"
    return None


def fill(pdf: bytes, values: Mapping[str, str], version: str = "newest") -> bytes:
    """Fill the text fields of a PDF as Firefox does.

    Args:
        pdf: The fillable PDF.
        values: Texts by fully qualified field name.
        version: ``"newest"``, or ``"3"`` for the one that Firefox had until the end of 2023.
    """
    return fill_with(NAME, ["node", FOLDER / "fill.mjs", f"pdfjs-{version}"], pdf, values)


def missing_3() -> str | None:
    """Say what to install for version 3, or None."""
    return missing("3")


def fill_3(pdf: bytes, values: Mapping[str, str]) -> bytes:
    """Fill the text fields of a PDF with version 3."""
    return fill(pdf, values, "3")
