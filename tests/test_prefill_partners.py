"""``veldpdf prefill --partners``: nothing of a row is lost, and each thing is told once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

import veldpdf
from tests.conftest import Run
from tests.forms import FormBuilder

LONG = "woord " * 900


Listed = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture
def listed(tmp_path: Path, run: Run) -> Listed:
    """Return what prefills from a list: its exit status, what was told, and the files that were made."""

    def made(text: str, *options: str) -> tuple[int, str, list[str]]:
        (tmp_path / "lijst.csv").write_text(text, encoding="utf-8")
        folder = tmp_path / "uit"
        outcome = run("prefill", "--partners", tmp_path / "lijst.csv", "-o", folder, "--lang", "nl", *options)
        names = sorted(path.name for path in folder.iterdir()) if folder.exists() else []
        return outcome.status, outcome.err, names

    return made


def test_a_text_with_a_comma_and_no_quotes_is_told_and_not_cut(listed: Listed) -> None:
    status, told, names = listed("partner,Veld01\nGGD,Wij spreken de jongeren, in maart\n")
    assert (status, names) == (2, [])
    assert "regel 2: er staan 3 cellen onder 2 kolommen" in told
    assert "maart" not in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("partner,Veld01,Veld01\nGGD,a,b\n", "twee kolommen 'Veld01'"),
        ("partner,Veld01\n", "geen partner"),
        ("partner,Veld0l\nGGD,a\n", "geen veld 'Veld0l'"),
        ("partner,Veld0l,Veld01\nGGD,,a\n", "geen veld 'Veld0l'"),
    ],
    ids=["a column twice", "no rows", "a column that is no field", "an empty column that is no field"],
)
def test_a_table_of_no_use_is_told(text: str, said: str, listed: Listed) -> None:
    status, told, names = listed(text)
    assert (status, names) == (2, [])
    assert said in told


def test_keep_going_makes_all_that_can_be_made_and_tells_what_to_do(listed: Listed) -> None:
    status, told, names = listed("partner,Veld01\nGGD,a\n,b\nPolitie,c,d\nSchool,e\n", "--keep-going")
    assert (status, names) == (1, ["GGD.pdf", "School.pdf"])
    assert "regel 3: de partner heeft geen naam" in told
    assert "aanhalingstekens" in told


def test_keep_going_leaves_out_a_row_with_a_text_under_no_name(listed: Listed) -> None:
    status, told, names = listed("partner,,Veld01\nGGD,geheim,a\nSchool,,b\n", "--keep-going")
    assert (status, names) == (1, ["School.pdf"])
    assert "2" in told
    assert "geheim" not in told


def test_a_field_called_email_gets_its_text_from_the_list(run: Run, tmp_path: Path) -> None:
    form = FormBuilder()
    form.text_field("email")
    (tmp_path / "t.pdf").write_bytes(form.bytes())
    assert run("define", tmp_path / "t.pdf", "-o", tmp_path / "t.toml").status == 0
    (tmp_path / "lijst.csv").write_text("partner,email,file\nGGD,ggd@voorbeeld.nl,x.pdf\n")
    outcome = run(
        "prefill",
        "--partners",
        tmp_path / "lijst.csv",
        "--template",
        tmp_path / "t.pdf",
        "--form",
        tmp_path / "t.toml",
        "-o",
        tmp_path / "uit",
    )
    assert outcome.status == 0, outcome.err
    with pikepdf.open(tmp_path / "uit" / "GGD.pdf") as pdf:
        assert [str(field.V) for field in pdf.Root.AcroForm.Fields if field.T == "email"] == [
            "ggd@voorbeeld.nl"
        ]


def test_keep_going_without_a_list_is_wrong_use(run: Run, tmp_path: Path) -> None:
    outcome = run("prefill", "-o", tmp_path / "w.pdf", "--keep-going")
    assert (outcome.status, "--partners" in outcome.err) == (2, True)


def test_what_does_not_fit_anybody_is_told_once(listed: Listed) -> None:
    rows = "".join(f"Partner {number},eigen tekst {number}\n" for number in range(20))
    status, told, names = listed(f"partner,Veld02\n{rows}", "--set", f"Veld01={LONG}")
    assert (status, len(names)) == (1, 20)
    assert told.count("tekens te veel") == 1


def test_one_partners_own_text_that_does_not_fit_is_told_with_the_name(listed: Listed) -> None:
    status, told, _ = listed(f"partner,Veld01\nGGD,kort\nPolitie,{LONG}\n", "--set", "Veld01=voor iedereen")
    assert status == 1
    assert told.count("tekens te veel") == told.count("Politie: Veld01") == 1


def test_partners_that_would_be_taken_for_one_are_told(listed: Listed, tmp_path: Path) -> None:
    status, told, names = listed("partner\nGGD Zuid\nggd zuid\nSchool\n")
    assert (status, names) == (0, ["GGD Zuid.pdf", "School.pdf", "ggd zuid (2).pdf"])
    assert "ggd zuid" in told
    assert veldpdf.read(tmp_path / "uit" / "School.pdf").partner == "School"


def test_a_flattened_worksheet_says_that_it_carries_no_name(listed: Listed, tmp_path: Path) -> None:
    _, told, _ = listed("partner\nGGD Zuid\n", "--flatten")
    assert "--partners" in told
    with pikepdf.open(tmp_path / "uit" / "GGD Zuid.pdf") as pdf:
        assert "/AcroForm" not in pdf.Root
