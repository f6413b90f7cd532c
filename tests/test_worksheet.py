"""Drawing a worksheet: fields that every viewer understands, on pages that say what the data says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from reportlab.lib.colors import Color

from veldpdf.definition import load_form, parse_form
from veldpdf.errors import DefinitionError
from veldpdf.model import FormDefinition
from veldpdf.resources import forms_folder
from veldpdf.typesetting.boxes import TextBox
from veldpdf.typesetting.layout import lay_out
from veldpdf.typesetting.metrics import standard_widths
from veldpdf.worksheet import draw_worksheet, load_pages, look
from veldpdf.worksheet.pages import parse_pages

MULTILINE, DO_NOT_SCROLL = 1 << 12, 1 << 23

FORM = load_form()
PAGES_FILE = forms_folder() / "bouwsteen-3a.pages.toml"
PAGES = load_pages(PAGES_FILE, FORM)

SMALL_FORM = """
id = "klein"
title = "Klein"
publisher = "Kwaliteitskompas"
language = "nl"
[[sections]]
id = "een"
title = "Eén"
[[fields]]
name = "Veld01"
section = "een"
label = "Eerste"
question = "Wat eerst?"
example = "Dit (eerst)."
[[fields]]
name = "Veld02"
section = "een"
label = "Tweede"
question = "Wat dan?"
page = 2
"""
SMALL_PAGES = """
notice = "Nagemaakt."
footer = "Nagemaakt"
numbering = "{page}/{pages}"
[[pages]]
[[pages.blocks]]
kind = "panel"
lead = "Tip:"
text = "Kijk [hier](https://example.org/?a=1&b=2) en bij R&D <b>."
[[pages.blocks]]
kind = "question"
field = "Veld01"
lines = 4
[[pages]]
title = "Dan"
[[pages.blocks]]
kind = "columns"
[[pages.blocks.columns]]
[[pages.blocks.columns.blocks]]
kind = "list"
items = ["a", "b"]
[[pages.blocks.columns]]
width = 2
[[pages.blocks.columns.blocks]]
kind = "question"
field = "Veld02"
lines = 4
"""


@pytest.fixture(scope="module")
def drawn() -> bytes:
    """The worksheet, as it is drawn now."""
    return draw_worksheet(FORM, PAGES)


@pytest.fixture(scope="module")
def pdf(drawn: bytes) -> Iterator[pikepdf.Pdf]:
    """The same, opened."""
    with pikepdf.open(BytesIO(drawn)) as opened:
        yield opened


@pytest.fixture(scope="module")
def texts(drawn: bytes) -> list[str]:
    """What a reader sees on each page, as words with single spaces between them."""
    with pypdfium2.PdfDocument(drawn) as document:
        return [words(page.get_textpage().get_text_bounded()) for page in document]


def words(text: str) -> str:
    # PDFium marks a hyphen at the end of a line with U+FFFE.
    return " ".join(re.findall(r"\w+", text.replace("\ufffe", "-")))


def widgets(pdf: pikepdf.Pdf) -> list[tuple[int, pikepdf.Object]]:
    """The widgets with the numbers of their pages, in the order of the file."""
    return [
        (number, annotation)
        for number, page in enumerate(pdf.pages, start=1)
        for annotation in page.get("/Annots", pikepdf.Array()).as_list()
        if annotation.Subtype == "/Widget"
    ]


def box_of(widget: pikepdf.Object) -> TextBox:
    left, bottom, right, top = (float(edge) for edge in widget.Rect.as_list())
    return TextBox(width=right - left, height=top - bottom, font_size=10, border=float(widget.BS.W))


def test_fields_stand_at_the_top_of_the_tree_each_with_its_widget(pdf: pikepdf.Pdf) -> None:
    """A viewer that writes to the widget then writes to the field."""
    fields = pdf.Root.AcroForm.Fields.as_list()
    assert [str(field.T) for field in fields] == list(FORM.names)
    assert {field.objgen for field in fields} == {widget.objgen for _, widget in widgets(pdf)}
    assert not any("/Parent" in field or "/Kids" in field for field in fields)


def test_each_field_stands_on_the_page_that_the_definition_tells(pdf: pikepdf.Pdf) -> None:
    assert {str(widget.T): page for page, widget in widgets(pdf)} == {
        spec.name: spec.page for spec in FORM.fields
    }
    for page, widget in widgets(pdf):
        assert widget.P.objgen == pdf.pages[page - 1].obj.objgen


def test_tab_goes_through_the_questions_in_order(pdf: pikepdf.Pdf) -> None:
    assert [str(widget.T) for _, widget in widgets(pdf)] == list(FORM.names)
    assert {str(page.obj.Tabs) for page in pdf.pages} == {"/R"}


def test_fields_take_any_number_of_lines(pdf: pikepdf.Pdf) -> None:
    for _, widget in widgets(pdf):
        assert widget.FT == "/Tx"
        assert int(widget.Ff) == MULTILINE
        assert not int(widget.Ff) & DO_NOT_SCROLL
        assert "/MaxLen" not in widget


def test_a_field_holds_its_example_to_the_letter(pdf: pikepdf.Pdf) -> None:
    for _, widget in widgets(pdf):
        example = FORM.field(str(widget.T)).example
        if example:
            assert (str(widget.V), str(widget.DV)) == (example, example)
        else:
            assert "/V" not in widget
            assert "/DV" not in widget


def test_the_tooltip_is_the_question(pdf: pikepdf.Pdf) -> None:
    """It is all that a screen reader says about the field."""
    for _, widget in widgets(pdf):
        spec = FORM.field(str(widget.T))
        assert str(widget.TU) == f"{spec.label}: {spec.question}"


def test_the_font_of_the_fields_is_there(pdf: pikepdf.Pdf) -> None:
    form = pdf.Root.AcroForm
    assert {str(widget.DA) for _, widget in widgets(pdf)} == {"/Helv 10 Tf 0 g"}
    assert form.DR.Font.Helv.BaseFont == "/Helvetica"
    assert form.DR.Font.Helv.Encoding == "/WinAnsiEncoding"
    assert "/NeedAppearances" not in form


def test_each_field_shows_its_example_before_it_is_clicked(pdf: pikepdf.Pdf) -> None:
    streams = set()
    for _, widget in widgets(pdf):
        appearance = widget.AP.N
        streams.add(appearance.objgen)
        shown = "".join(lines_in(appearance))
        assert words(shown).replace(" ", "") == words(FORM.field(str(widget.T)).example).replace(" ", "")
        content = appearance.read_bytes().decode("cp1252")
        assert re.search(r"/Tx BMC\nq\n.* re W n\nBT\n(.*\n)*ET\nQ\nEMC\n", content)
        assert [float(edge) for edge in appearance.BBox.as_list()[2:]] == pytest.approx(
            [box_of(widget).width, box_of(widget).height], abs=0.02
        )
    assert len(streams) == len(FORM.fields)


def lines_in(appearance: pikepdf.Object) -> list[str]:
    return [
        bytes(instruction.operands[0]).decode("cp1252")
        for instruction in pikepdf.parse_content_stream(appearance)
        if str(instruction.operator) == "Tj"
    ]


def test_an_example_may_hold_what_pdf_uses_for_itself() -> None:
    """A bracket without its fellow or a backslash must not end the string that it stands in."""
    form = small_form(**{"Dit (eerst).": r"a :) \\ b"})
    with pikepdf.open(BytesIO(draw_worksheet(form, small_pages(form)))) as pdf:
        _, widget = widgets(pdf)[0]
        assert lines_in(widget.AP.N) == [r"a :) \ b"]
        assert str(widget.V) == r"a :) \ b"


@pytest.mark.parametrize("spec", FORM.fields, ids=lambda spec: spec.name)
def test_boxes_are_roomy(pdf: pikepdf.Pdf, spec: Any) -> None:
    """Partners answer below the example, or at more length; they must not have to scroll for that."""
    box = next(box_of(widget) for _, widget in widgets(pdf) if str(widget.T) == spec.name)
    layout = lay_out(spec.example, box, standard_widths("Helvetica"))
    assert layout.lines_fit >= max(1.4 * len(layout.lines), 6)


def test_boxes_get_the_space_that_a_page_has_left_over() -> None:
    form = small_form()
    with pikepdf.open(BytesIO(draw_worksheet(form, small_pages(form)))) as pdf:
        _, widget = widgets(pdf)[1]
        assert float(widget.Rect[1]) == pytest.approx(look.BODY_BOTTOM + look.FIELD_INSET, abs=0.01)


def test_boxes_neither_touch_each_other_nor_the_edge_of_the_page(pdf: pikepdf.Pdf) -> None:
    placed = [(page, [float(edge) for edge in widget.Rect.as_list()]) for page, widget in widgets(pdf)]
    for index, (page, (left, bottom, right, top)) in enumerate(placed):
        assert left > 30
        assert bottom > 40
        assert right < look.PAGE_WIDTH - 30
        assert top < look.PAGE_HEIGHT - 60
        for other_page, (other_left, other_bottom, other_right, other_top) in placed[index + 1 :]:
            apart = right < other_left or other_right < left or top < other_bottom or other_top < bottom
            assert page != other_page or apart


def test_the_document_tells_its_language_and_title(pdf: pikepdf.Pdf) -> None:
    title = "Bouwsteen 3-A – Bepaal hoe je de maatschappelijke resultaten gaat bereiken"
    assert str(pdf.Root.Lang) == "nl-NL"
    assert str(pdf.docinfo.Title) == title
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        assert metadata["dc:title"] == title
    assert pdf.pdf_version >= "1.5"


def test_it_says_that_it_is_not_the_official_worksheet(pdf: pikepdf.Pdf, texts: list[str]) -> None:
    notice = (
        "Dit werkblad is nagemaakt door veldpdf. Het is niet het officiële werkblad van het Kwaliteitskompas."
    )
    assert words(notice) in texts[0]
    assert all(words("Reconstructie door veldpdf – niet het officiële werkblad") in text for text in texts)
    assert notice in str(pdf.docinfo.Subject)
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        assert notice in metadata["dc:description"]


def test_pages_are_numbered(texts: list[str]) -> None:
    for number, text in enumerate(texts, start=1):
        assert f"Pagina {number} van {len(texts)}" in text


def test_headings_stand_in_the_outline(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles == ["Bouwsteen 3-A", *(page.title for page in PAGES.pages[1:])]


def test_links_are_alive(pdf: pikepdf.Pdf) -> None:
    addresses = {
        str(annotation.A.URI)
        for page in pdf.pages
        for annotation in page.get("/Annots", pikepdf.Array()).as_list()
        if annotation.Subtype == "/Link"
    }
    assert addresses == {
        "https://www.nji.nl/seksueel-grensoverschrijdend-gedrag/"
        "factoren-die-invloed-kunnen-hebben-op-seksueel-grensoverschrijdend-gedrag",
        "https://seksindepraktijk.nl/themas/seksuele-grensoverschrijding/stappenplan/preventie/",
        "https://rutgers.nl/wp-content/uploads/2022/05/Preventie_van_seksueel_geweld_in_de_gemeente.pdf",
        "https://www.nji.nl/publicaties/leidende-principes-geven-richting-aan-het-sociaal-domein",
    }


def test_every_text_of_the_pages_file_stands_on_its_page(texts: list[str]) -> None:
    pages = tomllib.loads(PAGES_FILE.read_text(encoding="utf-8"))["pages"]
    for page, text in zip(pages, texts, strict=True):
        for wanted in texts_in(page):
            for paragraph in wanted.split("\n\n"):
                assert words(look.plain(paragraph)) in text


def texts_in(value: object) -> Iterator[str]:
    """Yield the texts in a table of the pages file, down to its last block."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in ("kind", "field", "tone"):
                yield from texts_in(part)


@pytest.mark.parametrize("spec", FORM.fields, ids=lambda spec: spec.name)
def test_question_and_hint_stand_on_the_page_of_the_field(texts: list[str], spec: Any) -> None:
    """A letter that quotes them quotes what the partner has seen, and no sentence of a question is lost."""
    # Advice for several fields stands together, on the page of the first.
    nearby = texts[spec.page - 2] + texts[spec.page - 1]
    for sentence in re.split(r"(?<=[.?!])\s+", f"{spec.question} {spec.hint}".strip()):
        assert words(sentence) in nearby


def test_text_never_counts_as_markup() -> None:
    """Only bold and links are marks; reportlab would take `<b>` for one, too."""
    form = small_form()
    drawn = draw_worksheet(form, small_pages(form))
    with pypdfium2.PdfDocument(drawn) as document:
        assert "Kijk hier en bij R&D <b>." in document[0].get_textpage().get_text_bounded()
    with pikepdf.open(BytesIO(drawn)) as pdf:
        link = next(part for part in pdf.pages[0].Annots.as_list() if part.Subtype == "/Link")
        assert str(link.A.URI) == "https://example.org/?a=1&b=2"


def test_the_same_definition_gives_the_same_bytes(drawn: bytes) -> None:
    assert draw_worksheet(FORM, PAGES) == drawn


def test_neither_hash_seed_nor_time_zone_changes_a_byte() -> None:
    program = (
        "import hashlib; from veldpdf.definition import load_form; from veldpdf.resources import forms_folder;"
        "from veldpdf.worksheet import draw_worksheet, load_pages; form = load_form();"
        "pages = load_pages(forms_folder() / 'bouwsteen-3a.pages.toml', form);"
        "print(hashlib.sha256(draw_worksheet(form, pages)).hexdigest())"
    )
    sums = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    }
    assert len(sums) == 1


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        pytest.param(look.INK, look.WHITE, 4.5, id="text"),
        pytest.param(look.MUTED, look.WHITE, 4.5, id="footer"),
        pytest.param(look.PRIMARY, look.WHITE, 4.5, id="heading"),
        pytest.param(look.PRIMARY, look.TINT, 4.5, id="link in a panel"),
        pytest.param(look.WHITE, look.ACCENT, 4.5, id="number of a step"),
        pytest.param(look.WHITE, look.PRIMARY, 4.5, id="cover"),
        pytest.param(look.FIELD_BORDER, look.WHITE, 3.0, id="box"),
    ],
)
def test_colours_have_enough_contrast(text: Color, ground: Color, least: float) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11."""
    darker, lighter = sorted((luminance(text), luminance(ground)))
    assert (lighter + 0.05) / (darker + 0.05) >= least


def luminance(colour: Color) -> float:
    """Relative luminance as WCAG defines it."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour.rgb()
    )
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def small_form(**changes: str) -> FormDefinition:
    return parse_form(tomllib.loads(changed(SMALL_FORM, changes)), source="klein.toml")


def small_pages(form: FormDefinition, text: str = SMALL_PAGES) -> Any:
    return parse_pages(tomllib.loads(text), form, source="klein.pages.toml")


def changed(text: str, changes: Mapping[str, str]) -> str:
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize(
    ("old", "new", "problem", "remedy"),
    [
        pytest.param(
            'kind = "panel"',
            'kind = "pannel"',
            "page 1, block 1: there is no kind of block 'pannel'",
            "Did you mean 'panel'?",
            id="an unknown kind",
        ),
        pytest.param(
            'kind = "panel"', "", "block 1: there is no kind of block None", "It has: paragraph", id="no kind"
        ),
        pytest.param(
            'lead = "Tip:"', 'led = "Tip:"', "unknown key 'led'", "Did you mean 'lead'?", id="an unknown key"
        ),
        pytest.param('lead = "Tip:"', "", "lead is not there", 'Add a line: lead = "…"', id="a missing key"),
        pytest.param(
            'lead = "Tip:"',
            'lead = "Tip:"\ntone = "worm"',
            "there is no tone 'worm'",
            "Did you mean 'warm'?",
            id="an unknown tone",
        ),
        pytest.param(
            '"Veld02"',
            '"Veld2"',
            "page 2, block 1, column 2, block 1: the definition has no field 'Veld2'",
            "Did you mean 'Veld02'?",
            id="an unknown field",
        ),
        pytest.param(
            '"Veld02"',
            '"Veld01"',
            "field Veld01: it stands on the pages twice: on 1 and 2",
            "Take out one",
            id="a field twice",
        ),
        pytest.param(
            'kind = "question"\nfield = "Veld02"\nlines = 4',
            'kind = "paragraph"\ntext = "Niets"',
            "field Veld02: it does not stand on any page",
            'Add a block with kind = "question"',
            id="a field left out",
        ),
        pytest.param(
            "lines = 4", 'lines = "4"', "lines has a value of the wrong type", "from 1", id="lines in quotes"
        ),
        pytest.param(
            'items = ["a", "b"]',
            'items = "a"',
            "block 1: items is not a list of texts",
            'Write: items = ["…", "…"]',
            id="a text for a list",
        ),
        pytest.param(
            "https://example.org/?a=1&b=2",
            "example.org",
            "the link of 'hier' leads to 'example.org'",
            "begins with https://",
            id="a link without scheme",
        ),
        pytest.param(
            "https://example.org/?a=1&b=2",
            "file:///C:/x.exe",
            "the link of 'hier' leads to 'file:///C:/x.exe'",
            "begins with https://",
            id="a link that is a program",
        ),
        pytest.param(
            '"{page}/{pages}"',
            '"{page}"',
            "numbering does not tell the page and the number of pages",
            'numbering = "{page} / {pages}"',
            id="pages not counted",
        ),
        pytest.param('notice = "Nagemaakt."', "", "notice is not there", "Add a line", id="no notice"),
    ],
)
def test_a_mistake_is_told_with_file_and_remedy(old: str, new: str, problem: str, remedy: str) -> None:
    form = small_form()
    with pytest.raises(DefinitionError) as caught:
        small_pages(form, changed(SMALL_PAGES, {old: new}))
    assert str(caught.value.what).startswith("klein.pages.toml")
    assert problem in caught.value.what
    assert remedy in caught.value.remedy


def test_a_field_on_another_page_than_the_definition_says_is_a_mistake() -> None:
    """Messages name the page, so both files must agree."""
    form = small_form(**{"page = 2": "page = 3"})
    with pytest.raises(DefinitionError, match="field Veld02: it stands on page 2, but the definition says 3"):
        small_pages(form)


@pytest.mark.parametrize(
    ("form_changes", "page_changes", "problem", "remedy"),
    [
        pytest.param(
            {}, {"lines = 4": "lines = 50"}, "page 1 is .* points too full", "fewer lines", id="a page too full"
        ),
        pytest.param(
            {"Dit (eerst).": "\\n".join("abcdefghij" * 8)},
            {},
            "field Veld01: its example takes 80 lines",
            "more lines",
            id="an example longer than its box",
        ),
        pytest.param(
            {"Dit (eerst).": "Şimdi"},
            {},
            "field Veld01: the font of the field cannot show 'Ş'",
            "western European",
            id="a character that the font lacks",
        ),
    ],
)
def test_what_cannot_be_drawn_is_told(
    form_changes: dict[str, str], page_changes: dict[str, str], problem: str, remedy: str
) -> None:
    form = small_form(**form_changes)
    pages = small_pages(form, changed(SMALL_PAGES, page_changes))
    with pytest.raises(DefinitionError, match=problem) as caught:
        draw_worksheet(form, pages)
    assert remedy in caught.value.remedy


def test_a_pages_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "klein.pages.toml"
    broken.write_text("[[pages", encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"klein\.pages\.toml: this is not TOML"):
        load_pages(broken, FORM)
