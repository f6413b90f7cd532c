"""What is drawn is the text that fits: extracted from the pages of a flattened copy, inside each box.

Two engines that share no code read the page; white space does not count, for each makes its own of where a line
ends or a font changes.
"""

from __future__ import annotations

import ctypes
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary
from pypdfium2 import raw

from tests import pictures
from tests.forms import FormBuilder
from tests.needs import need_program
from tests.pictures import Box
from veldpdf.pdf.filling.targets import TextTarget
from veldpdf.pdf.filling.template import Template

LONG = "\n".join(f"{number}. Wij praten met de jongeren zelf, op school en thuis." for number in range(60))
TEXTS: Mapping[str, str] = {
    "a short one": "Met een jongerenpanel.",
    "indents and blank lines": "Begin\n\n    - ingesprongen\n\t- met een tab\n\nEind",
    "quotes and dashes": "“Samen” – ‘zo’ … • € 5 ½ één coördinator",
    "Polish and Turkish": "Łódź Şükrü ğ ű ő č ž",
    "Greek": "Ελληνικά και άλλα",
    "Cyrillic": "Київ и другие слова",
    "symbols": "☎ ✓ → ≥ ★",
    "a long word": "https://www.voorbeeld.nl/" + "heellangadres/" * 30,
    "more than fits": LONG,
}


def with_pdfium(pdf: bytes, page: int, box: Box, _folder: Path) -> str:
    left, bottom, right, top = box
    text_page = pdfium.PdfDocument(pdf)[page].get_textpage()
    return str(text_page.get_text_bounded(left, bottom, right, top))


def with_poppler(pdf: bytes, page: int, box: Box, folder: Path) -> str:
    need_program("pdftotext")
    path = folder / "drawn.pdf"
    path.write_bytes(pdf)
    left, bottom, right, top = box
    height = pdfium.PdfDocument(pdf)[page].get_height()
    place = {"-x": left, "-y": height - top, "-W": right - left, "-H": top - bottom}
    options = [part for name, value in place.items() for part in (name, str(round(value)))]
    command = ["pdftotext", "-f", str(page + 1), "-l", str(page + 1), "-enc", "UTF-8", *options, str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


EXTRACTORS = {"pdfium": with_pdfium, "poppler": with_poppler}


def spaceless(text: str) -> str:
    return "".join(text.split()).replace("\ufeff", "")


def what_fits(template: Template, name: str, text: str) -> str:
    """Return the text that a field shows, told by measuring alone."""
    fit = template.measure({name: text})[name]
    return text.rstrip()[: len(text.rstrip()) - fit.characters_over]


@pytest.fixture(scope="module")
def embedded() -> Template:
    return Template.open()


def box_of(template: Template, name: str) -> tuple[int, Box]:
    """Return the page, from 0, and the rectangle of a field."""
    target = template._compiled.targets[name]
    assert isinstance(target, TextTarget)
    document = pdfium.PdfDocument(template._compiled.base.data)
    document.init_forms()
    for number in range(len(document)):
        page = document[number]
        for index in range(raw.FPDFPage_GetAnnotCount(page)):
            annotation = raw.FPDFPage_GetAnnot(page, index)
            size = raw.FPDFAnnot_GetFormFieldName(document.formenv, annotation, None, 0)
            buffer = ctypes.create_string_buffer(size)
            wide = ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR))
            raw.FPDFAnnot_GetFormFieldName(document.formenv, annotation, wide, size)
            if buffer.raw[: size - 2].decode("utf-16-le") == name:
                rect = raw.FS_RECTF()
                raw.FPDFAnnot_GetRect(annotation, rect)
                return number, (rect.left, rect.bottom, rect.right, rect.top)
    raise AssertionError(name)


@pytest.mark.parametrize("extract", EXTRACTORS.values(), ids=EXTRACTORS.keys())
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_each_box_holds_the_text_that_fits(
    text: str, extract: Callable[[bytes, int, Box, Path], str], embedded: Template, tmp_path: Path
) -> None:
    names = ["Veld01", "Veld05", "Veld14"]
    flat = embedded.fill(dict.fromkeys(names, text), flatten=True)
    for name in names:
        drawn = extract(flat, *box_of(embedded, name), tmp_path)
        assert spaceless(drawn) == spaceless(what_fits(embedded, name, text)), name


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_on_a_turned_page_a_turned_field_draws_inside_its_box_only(
    turn: int, rotate: int, engine: Callable[[bytes, int], pictures.Picture]
) -> None:
    form = FormBuilder()
    field = form.text_field("Veld01", MK=Dictionary(R=turn, BC=Array([0.5])))
    field.Rect = Array([100, 300, 320, 460])
    form.pdf.pages[0].Rotate = rotate
    data = form.bytes()
    template = Template.open(data)
    before = engine(template.fill({"Veld01": ""}), 0)
    after = engine(template.fill({"Veld01": "Gedraaid, tot in de hoeken. " * 40}), 0)
    changed = (before != after).nonzero()
    left, bottom, right, top = _shown_as((100, 300, 320, 460), rotate)
    height = after.shape[0]
    assert len(changed[0])
    assert left * pictures.SCALE <= changed[1].min() <= changed[1].max() <= right * pictures.SCALE
    assert (
        height - top * pictures.SCALE
        <= changed[0].min()
        <= changed[0].max()
        <= height - bottom * pictures.SCALE
    )


def _shown_as(box: Box, rotate: int) -> Box:
    """Return where a rectangle of an A4 page stands once the page is turned clockwise (table 31)."""
    left, bottom, right, top = box
    width, height = 595, 842
    return {
        0: box,
        90: (bottom, width - right, top, width - left),
        180: (width - right, height - top, width - left, height - bottom),
        270: (height - top, left, height - bottom, right),
    }[rotate]


@pytest.mark.parametrize("alignment", [0, 1, 2])
def test_alignment_is_the_fields(alignment: int) -> None:
    form = FormBuilder()
    form.text_field("Veld01", Q=alignment)
    flat = Template.open(form.bytes()).fill({"Veld01": "kort"}, flatten=True)
    page = pdfium.PdfDocument(flat)[0]
    text_page = page.get_textpage()
    left, _, right, _ = text_page.get_rect(0) if text_page.count_rects() else (0, 0, 0, 0)
    middle = (left + right) / 2
    assert {0: left < 60, 1: abs(middle - 297.5) < 2, 2: right > 535}[alignment]


def test_characters_over_is_what_has_to_go(embedded: Template) -> None:
    """Who shortens the text by as much has one that fits, and by one less has not."""
    for text in (LONG, "woord " * 900, "x" * 5000, "één–twee " * 400 + "\n\n\n"):
        fit = embedded.measure({"Veld14": text})["Veld14"]
        enough = text.rstrip()[: len(text.rstrip()) - fit.characters_over]
        assert not fit.fits
        assert embedded.measure({"Veld14": enough})["Veld14"].fits
        longer = text[: len(enough) + 1] if text[len(enough)].strip() else text[: len(enough) + 2]
        assert not embedded.measure({"Veld14": longer})["Veld14"].fits
