"""PDFium, the engine of Chrome and Edge, driven through its form-fill module.

Nothing is written into the file from outside: each field gets the focus, its text is selected and
replaced, as a paste over everything does, and PDFium itself stores the value and draws it.

What it does to a text: line ends become ``\\r\\n``, a tab becomes a space, a character beyond U+FFFF
loses its upper bits (U+1F642 becomes U+F642). All else is kept. A cleared field keeps an empty
``/V``. The value goes to the field, also where field and widget are two objects. The file is written
anew, with an uncompressed cross-reference table. Same input, same bytes, if the form has an ``/ID``.

What it draws is not always what it stores: a bullet or a curly quote in Helvetica is drawn as its
UTF-16 code in a font of a Chinese encoding (``/GBK-EUC-H``), and looks and extracts as something else.

Not thread-safe, as PDFium is not.
"""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .engine import EngineError, pin_id, unknown_fields

NAME = "pdfium"


def missing() -> str | None:
    """Say what to install, or None."""
    if importlib.util.find_spec("pypdfium2") is None:
        return "pypdfium2 is not there: pip install pypdfium2"
    return None


def fill(pdf: bytes, values: Mapping[str, str]) -> bytes:
    """Fill the text fields of a PDF as a person does in Chrome, and save it as Chrome does."""
    pypdfium2 = importlib.import_module("pypdfium2")
    left = dict(values)
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        # Closing a page takes its form controls along, so each stays open until the file is saved.
        pages = [document[number] for number in range(len(document))]
        for page in pages:
            _OpenPage(pypdfium2.raw, document.formenv.raw, page.raw).fill(left)
        if left:
            raise unknown_fields(NAME, sorted(left))
        saved = io.BytesIO()
        document.save(saved, flags=0)  # as "Save with your changes" in Chrome does
        return pin_id(saved.getvalue())


@dataclass(frozen=True, slots=True)
class _OpenPage:
    """One page on the screen, with PDFium's C functions and its handles."""

    c: ModuleType
    form: Any
    page: Any

    def fill(self, left: dict[str, str]) -> None:
        """Type the texts whose fields are on this page, and take them from `left`."""
        for index in range(self.c.FPDFPage_GetAnnotCount(self.page)):
            annotation = self.c.FPDFPage_GetAnnot(self.page, index)
            try:
                kind = self.c.FPDFAnnot_GetFormFieldType(self.form, annotation)
                if kind == self.c.FPDF_FORMFIELD_TEXTFIELD:
                    name = self._name(annotation)
                    if name in left:
                        self._type(annotation, left.pop(name))
            finally:
                self.c.FPDFPage_CloseAnnot(annotation)

    def _type(self, annotation: Any, text: str) -> None:
        """Replace the whole text of one field, and leave it, which is when PDFium stores it."""
        if not self.c.FORM_SetFocusedAnnot(self.form, annotation):
            raise EngineError(NAME, "a field would not take the focus (is it read-only or hidden?)")
        self.c.FORM_SelectAllText(self.form, self.page)
        wide = ctypes.create_string_buffer(text.encode("utf-16-le") + b"\0\0")
        self.c.FORM_ReplaceSelection(self.form, self.page, ctypes.cast(wide, self.c.FPDF_WIDESTRING))
        self.c.FORM_ForceToKillFocus(self.form)

    def _name(self, annotation: Any) -> str:
        """Return the fully qualified name; PDFium gives it in UTF-16LE, with a closing NUL."""
        size = self.c.FPDFAnnot_GetFormFieldName(self.form, annotation, None, 0)  # in bytes
        buffer = ctypes.create_string_buffer(size)
        wide = ctypes.cast(buffer, ctypes.POINTER(self.c.FPDF_WCHAR))
        self.c.FPDFAnnot_GetFormFieldName(self.form, annotation, wide, size)
        return buffer.raw[: size - 2].decode("utf-16-le")
