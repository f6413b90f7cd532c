"""Continuation pages: a printed copy is complete, whatever its boxes show."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pymupdf
import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary, Name, String

import veldpdf
from tests.conftest import Run
from tests.forms import FormBuilder
from tests.test_template import check_with_qpdf
from veldpdf.pdf.filling.template import Template

LONG = "\n".join(f"Regel {number}: met ouders, scholen en de GGD – €{number}, Łódź." for number in range(80))


def spaceless(text: str) -> str:
    """Return a text without white space: PDFium puts some where the font changes."""
    return "".join(text.split())


def page_text(pdf: bytes, page: int) -> str:
    text: str = pdfium.PdfDocument(pdf)[page].get_textpage().get_text_range()
    return text.replace("\r\n", "\n")


def words_of(pdf: bytes, first: int) -> str:
    """Return all words from a page on, but for the number that each page ends with."""
    pages = [page_text(pdf, page) for page in range(first, len(pdfium.PdfDocument(pdf)))]
    return " ".join(" ".join(re.sub(r"\d+ / \d+\s*$", "", page) for page in pages).split())


@pytest.fixture(scope="module")
def embedded() -> Template:
    return Template.open()


def test_the_pages_hold_the_whole_of_each_text_that_does_not_fit(embedded: Template, tmp_path: Path) -> None:
    values = {"Veld01": LONG, "Veld04": "Past.", "Veld07": f"Begin. {LONG} Einde."}
    filled = embedded.fill(values, continuation=True, partner="GGD Noord")
    check_with_qpdf(filled, tmp_path)
    printed = words_of(filled, 12)
    assert spaceless(LONG) in spaceless(printed)
    assert spaceless(values["Veld07"]) in spaceless(printed)
    assert "Past." not in printed
    assert printed.startswith("Vervolgblad Bouwsteen 3-A · GGD Noord")
    answers = veldpdf.read(filled).answers
    assert {name: answers[name].text for name in values} == values


def test_the_box_tells_where_to_read_on(embedded: Template) -> None:
    """The number is that of the page on which the text begins, not of the first continuation page."""
    filled = embedded.fill({"Veld01": LONG, "Veld07": LONG}, continuation=True)
    with pikepdf.open(BytesIO(filled)) as pdf:
        last = len(pdf.pages)
    with pymupdf.open(stream=filled, filetype="pdf") as document:
        document.bake()
        first, second = document[1].get_text(), document[4].get_text()
    assert "… vervolg op bladzijde 13" in first
    starts = next(page for page in range(12, last) if "Anders, namelijk" in page_text(filled, page))
    assert f"… vervolg op bladzijde {starts + 1}" in second


def test_nothing_is_added_where_all_fits(embedded: Template) -> None:
    assert embedded.fill({"Veld01": "Past."}, continuation=True) == embedded.fill({"Veld01": "Past."})


def test_the_language_is_the_readers(embedded: Template) -> None:
    filled = embedded.fill({"Veld01": LONG}, continuation=True, language="en")
    assert page_text(filled, 12).startswith("Continuation")


def test_a_single_line_keeps_what_fits_before_the_mark() -> None:
    form = FormBuilder()
    form.fields.append(form.widget(FT=Name.Tx, T=String("Lang")))
    form.fields.append(form.widget(FT=Name.Tx, T=String("Smal")))
    form.pdf.pages[0].Annots[1].Rect = Array([50, 100, 62, 120])
    filled = Template.open(form.bytes()).fill({"Lang": "woord " * 60, "Smal": "woorden"}, continuation=True)
    with pymupdf.open(stream=filled, filetype="pdf") as document:
        document.bake()
        text = document[0].get_text()
    assert "woord woord … continued on page 2" in text
    assert "woorden" not in text
    assert page_text(filled, 1).count("woord") == 60 + 1


def test_a_password_is_never_printed() -> None:
    form = FormBuilder()
    form.text_field("Wachtwoord")
    form.fields[0].Ff = 1 << 13
    filled = Template.open(form.bytes()).fill({"Wachtwoord": "geheim " * 40}, continuation=True)
    assert len(pdfium.PdfDocument(filled)) == 1


@pytest.mark.parametrize(("rotate", "size"), [(0, (595, 842)), (90, (842, 595)), (270, (842, 595))])
def test_the_pages_are_as_large_as_the_first_is_shown(rotate: int, size: tuple[int, int]) -> None:
    form = FormBuilder(pages=2)
    form.text_field("Naam")
    form.pdf.Root.Pages.Rotate = rotate
    filled = Template.open(form.bytes()).fill({"Naam": LONG}, continuation=True)
    page = pdfium.PdfDocument(filled)[2]
    assert (page.get_size(), page.get_rotation()) == (size, 0)


def test_a_page_tree_of_several_levels_takes_them_at_its_end() -> None:
    form = FormBuilder(pages=3)
    form.text_field("Naam")
    root = form.pdf.Root.Pages
    middle = form.dictionary(Type=Name.Pages, Parent=root, Kids=Array(list(root.Kids)[:2]), Count=2)
    for kid in middle.Kids:
        kid.Parent = middle
    root.Kids = Array([middle, root.Kids[2]])
    filled = Template.open(form.bytes()).fill({"Naam": LONG}, continuation=True)
    with pikepdf.open(BytesIO(filled)) as pdf:
        assert int(pdf.Root.Pages.Count) == len(pdf.pages) == 5
    assert page_text(filled, 3).startswith("Continuation")


def test_in_a_tagged_file_the_pages_are_no_part_of_the_structure(embedded: Template) -> None:
    """What is neither tagged nor an artifact makes a tagged file inaccessible (14.8.2.2)."""
    filled = embedded.fill({"Veld01": LONG}, continuation=True)
    with pikepdf.open(BytesIO(filled)) as pdf:
        drawn = pdf.pages[12].Contents.read_bytes()
    assert drawn.startswith(b"/Artifact BMC\n")
    assert drawn.endswith(b"EMC\n")


def test_the_command_line_continues_and_still_tells(run: Run, tmp_path: Path) -> None:
    outcome = run("prefill", "-o", tmp_path / "w.pdf", "--set", f"Veld01={LONG}", "--continue", "--lang", "nl")
    assert outcome.status == 1
    assert "tekens te veel" in outcome.err
    assert page_text((tmp_path / "w.pdf").read_bytes(), 12).startswith("Vervolgblad")
    assert "Regel 79" not in outcome.err


def test_a_mark_is_as_short_as_the_box_is_narrow() -> None:
    form = FormBuilder()
    for index, width in enumerate((300, 60, 14)):
        form.text_field(f"F{index}")
        form.fields[index].Rect = Array([50, 700 - 60 * index, 50 + width, 740 - 60 * index])
        form.fields[index].MK = Dictionary()
    filled = Template.open(form.bytes()).fill({f"F{index}": LONG for index in range(3)}, continuation=True)
    with pikepdf.open(BytesIO(filled)) as pdf:
        pictures = [field.AP.N.read_bytes() for field in pdf.Root.AcroForm.Fields]
    assert b"(\x85 continued on page 2)" in pictures[0]
    assert b"(\x85 " in pictures[1]
    assert b"continued" not in pictures[1]
    assert b"(\x85)" in pictures[2]


def test_filling_again_takes_the_earlier_pages_away(embedded: Template) -> None:
    """They would show what the field no longer says."""
    first = embedded.fill({"Veld01": LONG}, continuation=True)
    again = Template.open(first, form=embedded.form)
    for text, pages in (("kort", 12), (LONG, len(pdfium.PdfDocument(first)))):
        second = again.fill({"Veld01": text}, continuation=True)
        assert second.startswith(first)
        assert len(pdfium.PdfDocument(second)) == pages


def test_a_flattened_copy_is_read_without_the_mark(embedded: Template) -> None:
    flat = embedded.fill({"Veld04": LONG, "Veld05": "Past 😀."}, continuation=True, flatten=True)
    answers = veldpdf.read(flat).answers
    begin, warnings = answers["Veld04"].text, answers["Veld04"].warnings
    assert LONG.startswith(begin)
    assert len(begin) > 200
    assert any("page 13" in warning for warning in warnings)
    assert answers["Veld05"].text == "Past 😀."


def test_continuation_pages_come_in_the_worksheets_order(embedded: Template) -> None:
    for flatten in (False, True):
        filled = embedded.fill({"Veld13": LONG, "Veld01": LONG}, continuation=True, flatten=flatten)
        told = words_of(filled, 12)
        assert told.index("Veld01, bladzijde") < told.index("Veld13, bladzijde")


def test_pages_that_are_still_needed_stay_when_another_field_is_filled(embedded: Template) -> None:
    first = embedded.fill({"Veld01": LONG}, continuation=True)
    again = Template.open(first, form=embedded.form).fill({"Veld04": "erbij"})
    assert spaceless(LONG) in spaceless(words_of(again, 12))
    assert len(pdfium.PdfDocument(again)) == len(pdfium.PdfDocument(first))
    answers = veldpdf.read(again).answers
    assert (answers["Veld01"].text, answers["Veld04"].text) == (LONG, "erbij")


@pytest.mark.parametrize("lines", range(20, 36))
def test_a_heading_never_stands_alone_at_the_foot_of_a_page(lines: int, embedded: Template) -> None:
    first = "\n".join(f"Regel {number}" for number in range(lines))
    filled = embedded.fill({"Veld01": first, "Veld07": LONG}, continuation=True)
    for page in range(12, len(pdfium.PdfDocument(filled))):
        *body, foot = page_text(filled, page).split("\n")
        assert re.fullmatch(r"\d+ / \d+", foot)
        assert "bladzijde" not in body[-1]
