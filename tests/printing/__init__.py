"""Real programs that print or flatten a filled worksheet, so that no form fields are left.

``PRINTERS`` holds them by name; `distortions` does to their pages what printers and scanners' users do.
A test takes one as a parameter and skips where it is missing, as with ``tests.engines``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import programs
from .printer import Printer, PrinterError

__all__ = ["PRINTERS", "Printer", "PrinterError"]

PRINTERS: Mapping[str, Printer] = MappingProxyType(
    {
        printer.name: printer
        for printer in (
            Printer("cairo", "Evince, GNOME's print to PDF", programs.cairo, programs.missing_cairo),
            Printer("ghostscript", "PDF printers on Windows", programs.ghostscript, programs.missing_gs),
            Printer("postscript", "CUPS, by way of PostScript", programs.postscript, programs.missing_ps),
            Printer("pdfium", "Chrome's save as PDF", programs.pdfium, programs.missing_pdfium),
            Printer(
                "chromium", "what Chrome draws, printed by Skia", programs.chromium, programs.missing_chromium
            ),
            Printer("pdftk", "pdftk's flatten", programs.pdftk, programs.missing_pdftk),
            Printer("mupdf", "MuPDF's bake", programs.mupdf, programs.missing_mupdf),
            Printer("pikepdf", "qpdf's flatten", programs.pikepdf, lambda: None),
            Printer("libreoffice", "Draw: opened and exported", programs.libreoffice, programs.missing_office),
        )
    }
)
