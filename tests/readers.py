"""Independent readers of PDFs, which know nothing of veldpdf: what they see is what partners' programs see."""

from __future__ import annotations

import ctypes
import json
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import pikepdf
import pymupdf
import pypdfium2 as pdfium
from pypdfium2 import raw

from tests.engines import pdfjs, pdftk, poppler


def with_pikepdf(pdf: bytes) -> dict[str, str]:
    """Return the values of the fields at the top of the tree."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        with pikepdf.open(file.name) as document:
            return {str(field.T): str(field.get("/V", "")) for field in document.Root.AcroForm.Fields}


def with_mupdf(pdf: bytes) -> dict[str, str]:
    """Return the values of the widgets on the pages."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return {widget.field_name: widget.field_value for page in document for widget in page.widgets()}


def with_pdftk(pdf: bytes) -> dict[str, str]:
    """Return the values of the fields, as pdftk lists them."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out.fdf")
        source.write_bytes(pdf)
        subprocess.run(["pdftk", source, "dump_data_fields_utf8", "output", target], check=True, timeout=60)
        text = target.read_text("utf-8")
    return _pdftk_values(text)


def _pdftk_values(dump: str) -> dict[str, str]:
    """Return the values in a dump; a value may hold line breaks, and ends where the next key begins."""
    values: dict[str, str] = {}
    for block in dump.split("---\n"):
        name, value, inside = "", [], False
        for line in block.split("\n"):
            key, colon, rest = line.partition(": ")
            if key == "FieldName":
                name, inside = rest, False
            elif line.startswith("FieldValue:"):
                value, inside = [line.removeprefix("FieldValue:").removeprefix(" ")], True
            elif inside and (colon or key.endswith(":")) and key.startswith("Field"):
                inside = False
            elif inside:
                value.append(line)
        if name:
            values[name] = "\n".join(value)
    return values


def with_pdfium(pdf: bytes) -> dict[str, str]:
    """Return the values that PDFium's form filler shows for the widgets on the pages."""
    document = pdfium.PdfDocument(pdf)
    document.init_forms()
    values: dict[str, str] = {}
    for index in range(len(document)):
        page = document[index]
        for number in range(raw.FPDFPage_GetAnnotCount(page)):
            annotation = raw.FPDFPage_GetAnnot(page, number)
            if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET:
                name = _wide(raw.FPDFAnnot_GetFormFieldName, document, annotation)
                values[name] = _wide(raw.FPDFAnnot_GetFormFieldValue, document, annotation)
            raw.FPDFPage_CloseAnnot(annotation)
        page.close()
    document.close()
    return values


def _wide(function: Callable[..., int], document: pdfium.PdfDocument, annotation: object) -> str:
    size = function(document.formenv, annotation, None, 0)
    buffer = ctypes.create_string_buffer(size)
    function(document.formenv, annotation, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le")


def with_pdfjs(pdf: bytes) -> dict[str, str]:
    """Return the values of the widgets on the pages, as Firefox shows them."""
    return _told_by(["node", pdfjs.FOLDER / "read.mjs", "pdfjs-newest"], pdf)


def with_poppler(pdf: bytes) -> dict[str, str]:
    """Return the values of the text fields on the pages, as Evince and Okular show them."""
    return _told_by([poppler.PYTHON, Path(poppler.__file__).with_name("poppler_read.py")], pdf)


def _told_by(command: list[str | Path], pdf: bytes) -> dict[str, str]:
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        done = subprocess.run([*command, file.name], check=True, capture_output=True, timeout=60)
    values: dict[str, str] = json.loads(done.stdout)
    return values


READERS: Mapping[str, Callable[[bytes], dict[str, str]]] = MappingProxyType(
    {
        "pikepdf": with_pikepdf,
        "pdftk": with_pdftk,
        "pdfium": with_pdfium,
        "mupdf": with_mupdf,
        "pdfjs": with_pdfjs,
        "poppler": with_poppler,
    }
)


# Poppler's helper reads texts only, and pdf.js tells values of choices as lists.
READERS_OF_CHOICES = MappingProxyType({name: READERS[name] for name in ("pikepdf", "pdftk", "pdfium", "mupdf")})


def missing(reader: str) -> str | None:
    """Say what to install for a reader, or None."""
    reasons: Mapping[str, Callable[[], str | None]] = {
        "pdftk": pdftk.missing,
        "pdfjs": pdfjs.missing,
        "poppler": poppler.missing,
    }
    return reasons[reader]() if reader in reasons else None
