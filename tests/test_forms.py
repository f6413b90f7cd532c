"""The files in forms/: what partners' answers are compared with, so every character counts."""

from __future__ import annotations

import hashlib
import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

import veldpdf.worksheet.__main__ as redraw
from veldpdf.definition import PAGES_SUFFIX, load_form
from veldpdf.model import Role
from veldpdf.resources import forms_folder
from veldpdf.worksheet import draw_worksheet, load_pages

FORM = load_form()
PAGED_FORMS = [
    pytest.param(path, id=path.name.removesuffix(PAGES_SUFFIX))
    for path in sorted(forms_folder().glob("*" + PAGES_SUFFIX))
]


def test_bouwsteen_3a_has_its_23_fields_in_the_order_of_the_questions() -> None:
    assert FORM.id == "bouwsteen-3a"
    assert FORM.language == "nl"
    assert FORM.names == tuple(f"Veld{number:02}" for number in range(1, 24))
    assert [section.title for section in FORM.sections] == [
        "Belangrijke vragen vooraf",
        "Maatschappelijk resultaat",
        "Veranderverhaal",
        "Ordenen en prioriteren",
        "Monitoring",
        "Leren en verbeteren",
    ]
    assert [spec for section in FORM.sections for spec in FORM.fields_of(section)] == list(FORM.fields)


def test_every_field_is_required() -> None:
    assert all(spec.required for spec in FORM.fields)


def test_labels_tell_the_fields_apart() -> None:
    """Three questions are the same to the letter; a message about one of them names it by its label."""
    assert len({spec.label for spec in FORM.fields}) == len(FORM.fields)


def test_the_report_finds_indicators_and_actions_by_their_role() -> None:
    assert {spec.name: spec.role for spec in FORM.fields if spec.role} == {
        "Veld14": Role.INDICATOR,
        "Veld15": Role.INDICATOR,
        "Veld16": Role.INDICATOR,
        "Veld17": Role.FREQUENCY,
        "Veld18": Role.RESPONSIBLE,
        "Veld22": Role.ACTION,
        "Veld23": Role.ACTION,
    }


def test_eight_fields_have_no_example() -> None:
    without = [spec.name for spec in FORM.fields if not spec.example]
    assert without == ["Veld01", "Veld04", "Veld09", "Veld19", "Veld20", "Veld21", "Veld22", "Veld23"]


@pytest.mark.parametrize(
    ("name", "part"),
    [
        pytest.param("Veld02", "Voorbeelden: \n- Intern:", id="a space at the end of the first line"),
        pytest.param("Veld02", "GGD, \n  politie", id="a line broken by hand, and an indent"),
        pytest.param("Veld03", "een positief  \n  seksueel", id="two spaces at the end of a line"),
        pytest.param("Veld03", "welzijn.\n  \n- minder", id="a line of two spaces"),
        pytest.param("Veld03", "meemaken.\n \n- meer", id="a line of one space"),
        pytest.param("Veld05", "er één te veel. \n\n- Veil", id="accents"),
        pytest.param("Veld06", "- Een ambiteus en haalbaar plan. \n", id="the misspelling of the original"),
        pytest.param("Veld11", "er één teveel. Dit", id="another spelling of the same words"),
        pytest.param("Veld16", "veiligheidsbeleid. ", id="a percent sign and brackets before it"),
        pytest.param("Veld18", "Voorbeeld:\n\n* We doen dit", id="an asterisk for a bullet"),
    ],
)
def test_examples_keep_what_an_editor_would_tidy_up(name: str, part: str) -> None:
    assert part in FORM.field(name).example


@pytest.mark.parametrize(
    ("name", "end"),
    [
        pytest.param("Veld02", "Centrum Seksueel Geweld. ", id="with a space"),
        pytest.param("Veld03", "op grensoverschrijdend gedrag.", id="without one"),
        pytest.param("Veld18", "en samenwerkingsverbanden. ", id="before an empty field"),
    ],
)
def test_examples_end_as_in_the_original(name: str, end: str) -> None:
    assert FORM.field(name).example.endswith(end)


def test_no_example_has_changed_by_a_character() -> None:
    """The sum was taken from the original's fields; it changes only if the original does."""
    joined = "\0".join(spec.example for spec in FORM.fields)
    assert (
        hashlib.sha256(joined.encode()).hexdigest()
        == "bfe6002fd93c5eee71945ab73e19781a26509220b06a3ea5bb9aa0b7b0a9a921"
    )


@pytest.mark.parametrize("path", sorted(forms_folder().glob("*.toml")), ids=lambda path: path.name)
def test_no_line_ends_in_white_space(path: Path) -> None:
    """An editor that cuts it off must not change an example."""
    assert not re.search(r"[ \t]$", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", PAGED_FORMS)
def test_the_worksheet_is_the_one_its_definition_draws(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever edits a definition runs `python -m veldpdf.worksheet`."""
    # Packagers set this, and reportlab dates the file by it.
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    definition = path.with_name(path.name.removesuffix(PAGES_SUFFIX) + ".toml")
    form = load_form(definition)
    drawn = draw_worksheet(form, load_pages(path, form))
    assert uncompressed(drawn) == uncompressed(definition.with_suffix(".pdf").read_bytes())


def uncompressed(pdf: bytes) -> bytes:
    """Return the file with its streams unpacked: another build of zlib packs the same content differently."""
    out = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as opened:
        opened.save(
            out,
            static_id=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return out.getvalue()


def test_redrawing_writes_every_worksheet_beside_its_definition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in forms_folder().glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(redraw, "forms_folder", lambda: tmp_path)
    redraw.main()
    expected = {path.name.removesuffix(PAGES_SUFFIX) for path in forms_folder().glob("*" + PAGES_SUFFIX)}
    assert {path.stem for path in tmp_path.glob("*.pdf")} == expected
    assert capsys.readouterr() == ("", "")
