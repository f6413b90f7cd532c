"""Whether a text fits, in a few words, and the pieces of making one worksheet for each partner."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

import veldpdf
from tests.forms import FormBuilder
from veldpdf.errors import ValuesError, VeldpdfError
from veldpdf.fits import about_characters, about_fits, how_it_fits
from veldpdf.language import catalogue
from veldpdf.pdf.filling.template import Fit, Template
from veldpdf.prefilling_many import (
    How,
    Tried,
    check_template,
    common_fits,
    example_rows,
    list_of,
    namesakes,
    try_rows,
    worksheets,
    write_zip,
)
from veldpdf.recipients import Recipient

PLAIN = How(examples=True, lock=(), continuation=False, flatten=False, language=None)


@pytest.mark.parametrize(
    ("fit", "words"),
    [
        (Fit(lines=12, lines_that_fit=20, fits=True), "fits (12 of 20 lines)"),
        (Fit(lines=1, lines_that_fit=1, fits=True), "fits (1 of 1 line)"),
        (
            Fit(lines=23, lines_that_fit=20, fits=False, characters_over=210),
            "too long by 3 lines: 210 characters too many",
        ),
        (
            Fit(lines=21, lines_that_fit=20, fits=False, characters_over=1),
            "too long by 1 line: 1 character too many",
        ),
        (Fit(lines=1, lines_that_fit=1, fits=False, characters_over=4), "too wide: 4 characters too many"),
        (Fit(lines=1, lines_that_fit=0, fits=False, is_too_low=True), "the field is lower than a line of text"),
    ],
)
def test_how_a_text_fits_is_told_in_a_few_words(fit: Fit, words: str) -> None:
    assert catalogue("en")(how_it_fits(fit)) == words


def test_what_no_font_shows_is_told_whether_or_not_the_text_fits() -> None:
    form = veldpdf.load_form()
    fit = Fit(lines=1, lines_that_fit=9, fits=True, unshown=("\U00012000",))
    about = about_characters("Veld01", fit, form)
    assert about == tuple(about_fits({"Veld01": fit}, form))
    assert len(about) == 1
    assert "U+12000" in about[0]
    assert about_characters("Veld01", Fit(lines=1, lines_that_fit=9, fits=True), form) == ()


def a_list(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "000001.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_called_what_its_owner_calls_it(tmp_path: Path) -> None:
    table = list_of(a_list(tmp_path, "partner,Veld01\n,a\nGGD,b,c\n"), "lijst.csv", ["Veld01"])
    told = [row.what for row in table.rows if isinstance(row, VeldpdfError)]
    assert told == [
        "lijst.csv, line 2: the partner has no name.",
        "lijst.csv, line 3: there are 3 cells under 2 columns.",
    ]
    assert told[0].msgid == "{path}, line {line}: the partner has no name."
    with pytest.raises(ValuesError, match=r"^lijst\.csv: there are two columns 'Veld01'\."):
        list_of(a_list(tmp_path, "partner,Veld01,Veld01\nGGD,a,b\n"), "lijst.csv", [])


def test_rows_are_tried_one_by_one_and_texts_for_all_only_once(tmp_path: Path) -> None:
    builder = FormBuilder()
    for name in ("A", "B"):
        builder.text_field(name, MaxLen=3)
    template = Template.open(builder.bytes())
    table = list_of(a_list(tmp_path, "partner,A\nEen,abcd\nTwee,\n,x\nDrie,abc\n"), "lijst.csv", ["A"])
    common = {"A": "z", "B": "b"}
    assert list(common_fits(template, table.rows, common)) == ["B"]
    tried = list(try_rows(template, table.rows, common, source="lijst.csv"))
    assert [
        (each.recipient.partner, list(each.fits)) if isinstance(each, Tried) else str(each.what)
        for each in tried
    ] == [
        "lijst.csv, line 2: Field A holds at most 3 characters; the value has 4.",
        ("Twee", ["A"]),
        "lijst.csv, line 4: the partner has no name.",
        ("Drie", ["A"]),
    ]


def test_a_partners_own_text_comes_before_the_text_for_all() -> None:
    template = Template.open()
    partners = [
        Recipient(partner="GGD", values={"Veld01": "eigen"}, line=2),
        Recipient(partner="ggd", values={}, line=3),
    ]
    made = dict(worksheets(template, partners, {"Veld01": "voor allen"}, PLAIN))
    assert made == {
        "GGD.pdf": template.fill({"Veld01": "eigen"}, partner="GGD"),
        "ggd (2).pdf": template.fill({"Veld01": "voor allen"}, partner="ggd"),
    }
    assert namesakes(partners) == ("ggd",)
    assert namesakes(partners[:1]) == ()


def test_a_zip_file_is_the_same_at_any_time() -> None:
    contents = [("é.pdf", b"een"), ("b.pdf", b"twee" * 1000)]
    made = []
    for _ in range(2):
        file = io.BytesIO()
        write_zip(file, contents)
        made.append(file.getvalue())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert [(info.filename, archive.read(info)) for info in archive.infolist()] == contents
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_pdf_is_looked_at_before_it_is_filled(tmp_path: Path, template: Path) -> None:
    form = veldpdf.load_form()
    assert check_template(template, form)
    pictures = FormBuilder()
    for spec in form.fields:
        pictures.text_field(spec.name)
    (tmp_path / "beeld.pdf").write_bytes(pictures.bytes())
    assert not check_template(tmp_path / "beeld.pdf", form)
    (tmp_path / "leeg.pdf").write_bytes(FormBuilder().bytes())
    with pytest.raises(veldpdf.VeldpdfError):
        check_template(tmp_path / "leeg.pdf", form)


def test_the_table_to_begin_with_has_one_partner_and_no_text() -> None:
    assert example_rows(["A", "B"]) == [["partner", "A", "B"], ["GGD", "", ""]]
