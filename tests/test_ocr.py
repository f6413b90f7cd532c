"""Typed, printed, scanned: read from the pictures where Tesseract is there, and marked as such."""

from __future__ import annotations

import shutil
from collections import Counter
from importlib.util import find_spec
from io import BytesIO

import pypdfium2
import pytest

import veldpdf
from tests.needs import need
from veldpdf.model import Origin, State, Status
from veldpdf.pdf import ocr
from veldpdf.pdf.filling.template import Template

ANSWER = (
    "Wij bespreken dit elk kwartaal met de jongerenraad van Waterrijk.\n"
    "De uitkomsten gaan naar de directie en komen terug in het jaarplan van 2027."
)


@pytest.fixture(scope="module")
def scan() -> bytes:
    """The first three pages of a filled worksheet, as pictures."""
    filled = pypdfium2.PdfDocument(Template.open().fill({"Veld01": ANSWER}))
    filled.init_forms()
    pictures = [filled[index].render(scale=200 / 72, may_draw_forms=True).to_pil() for index in range(3)]
    buffer = BytesIO()
    pictures[0].save(buffer, "PDF", resolution=200, save_all=True, append_images=pictures[1:])
    return buffer.getvalue()


def test_without_tesseract_it_is_a_scan(scan: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "is_available", lambda: False)
    submission = veldpdf.read(scan)
    assert (submission.status, submission.answers) == (Status.SCAN, {})
    assert "3 pages" in submission.warnings[0]


def test_with_tesseract_what_was_typed_is_recognised(scan: bytes) -> None:
    need(None if find_spec("pytesseract") else "pytesseract is not there: pip install 'veldpdf[ocr]'")
    need(None if shutil.which("tesseract") else "tesseract is not installed: apt-get install tesseract-ocr-nld")
    submission = veldpdf.read(scan)
    assert submission.status is Status.RECOVERED
    answer = submission.answers["Veld01"]
    assert answer.origin is Origin.OCR
    assert answer.warnings
    found, typed = Counter(answer.text.split()), Counter(ANSWER.split())
    assert (found & typed).total() >= 0.9 * typed.total()
    assert submission.answers["Veld02"].state in (State.EXAMPLE, State.PARTLY_EXAMPLE)
    assert list(submission.answers) == ["Veld01", "Veld02", "Veld03"]
    assert any("compare" in warning for warning in submission.warnings)
