"""A worksheet for each partner: safe names, all or nothing, and the name travels along."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import veldpdf
from tests.conftest import Run
from veldpdf.errors import ValuesError
from veldpdf.model import NameFrom
from veldpdf.recipients import Recipient, file_names, read_recipients, try_recipients

SECONDS = 5.0  # many times what it takes, a quarter of what trying each number for each name took
RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(10)), *(f"lpt{n}" for n in range(10))}


@pytest.mark.parametrize(
    ("partner", "name"),
    [
        ("Veilig Thuis", "Veilig Thuis.pdf"),
        ("GGD/GHOR: Noord", "GGD-GHOR- Noord.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ("CON", "_CON.pdf"),
        ("com1.pdf", "_com1.pdf.pdf"),
        ("...", "partner.pdf"),
        ("Café De Kade ", "Café De Kade.pdf"),
        ("a\nb\x00c", "a-b-c.pdf"),
    ],
)
def test_a_name_becomes_a_file_name_that_any_system_takes(partner: str, name: str) -> None:
    assert file_names([partner]) == [name]


def test_names_that_differ_in_case_or_not_at_all_get_a_number() -> None:
    assert file_names(["GGD", "ggd", "GGD"]) == ["GGD.pdf", "ggd (2).pdf", "GGD (3).pdf"]


def test_a_number_that_somebody_typed_is_not_given_again() -> None:
    assert file_names(["GGD (3)", "GGD", "ggd", "GGD", "GGD (3)"]) == [
        "GGD (3).pdf",
        "GGD.pdf",
        "ggd (2).pdf",
        "GGD (4).pdf",
        "GGD (3) (2).pdf",
    ]


def test_many_namesakes_take_no_longer_than_as_many_names() -> None:
    start = time.perf_counter()
    assert file_names(["GGD"] * 20_000)[-1] == "GGD (20000).pdf"
    assert time.perf_counter() - start < SECONDS


@given(st.lists(st.text(), max_size=8))
def test_no_name_leaves_the_folder_and_no_two_are_one(partners: list[str]) -> None:
    names = file_names(partners)
    assert len({name.casefold() for name in names}) == len(partners)
    for name in names:
        assert Path(name).name == name
        assert not name.startswith(".")
        assert len(name.encode()) < 200
        assert name.split(".")[0].lower() not in RESERVED


def test_a_list_has_a_row_for_each_partner(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text("file;Partner;Veld01;Veld02\nggd.pdf;GGD;een;\n\nx.pdf;Politie;;twee\n")
    assert [(one.partner, dict(one.values), one.line) for one in read_recipients(path)] == [
        ("GGD", {"Veld01": "een"}, 2),
        ("Politie", {"Veld02": "twee"}, 4),
    ]


def test_a_text_under_no_name_is_told_with_its_line_and_not_lost(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text("partner;Veld01;;Veld02\nGGD;een; ;twee\nPolitie;een;geheim;twee\n")
    first, second = try_recipients(path).rows
    assert first == Recipient(partner="GGD", values={"Veld01": "een", "Veld02": "twee"}, line=2)
    assert isinstance(second, ValuesError)
    assert str(second.what) == f"{path}, line 3: a column has a text and no name."
    assert "geheim" not in f"{second.what}{second.remedy}"


def test_a_column_is_for_a_field_first_and_named_even_where_all_its_cells_are_empty(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text("partner;email;file;E-mail;Veld01\nGGD;a@b.nl;ggd.pdf;;\n")
    assert try_recipients(path).columns == ("Veld01",)
    table = try_recipients(path, fields=("email", "file", "Veld01"))
    assert table.columns == ("email", "file", "Veld01")
    assert table.rows == (Recipient(partner="GGD", values={"email": "a@b.nl", "file": "ggd.pdf"}, line=2),)


def test_a_partner_without_a_name_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_text("partner,Veld01\nGGD,a\n ,b\n")
    with pytest.raises(ValuesError, match="line 3"):
        read_recipients(path)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_partner_gets_a_worksheet_that_knows_its_name(here: Path, run: Run) -> None:
    (here / "lijst.csv").write_text("partner,Veld01\nGGD Łódź,voor u\nPolitie,\n", encoding="utf-8")
    outcome = run("prefill", "--partners", "lijst.csv", "-o", "uit", "--set", "Veld02=voor allen")
    assert outcome.status == 0
    assert sorted(path.name for path in (here / "uit").iterdir()) == ["GGD Łódź.pdf", "Politie.pdf"]
    submission = veldpdf.read((here / "uit" / "GGD Łódź.pdf").read_bytes())
    assert (submission.partner, submission.name_from) == ("GGD Łódź", NameFrom.WORKSHEET)
    assert [submission.answers[name].text for name in ("Veld01", "Veld02")] == ["voor u", "voor allen"]


@pytest.mark.parametrize("table", ["partner,Veld99\nGGD,x\n", "partner,Veld01\nGGD,a\n,b\n"])
def test_a_mistake_in_the_list_writes_nothing(table: str, here: Path, run: Run) -> None:
    (here / "lijst.csv").write_text(table)
    outcome = run("prefill", "--partners", "lijst.csv", "-o", "uit")
    assert outcome.status == 2
    assert len(outcome.err.splitlines()) == 2
    assert not (here / "uit").exists()


def test_no_file_of_an_earlier_run_is_replaced_unasked(here: Path, run: Run) -> None:
    (here / "lijst.csv").write_text("partner\nGGD\nPolitie\n")
    (here / "uit").mkdir()
    (here / "uit" / "Politie.pdf").write_bytes(b"oud")
    assert run("prefill", "--partners", "lijst.csv", "-o", "uit").status == 2
    assert [path.name for path in (here / "uit").iterdir()] == ["Politie.pdf"]
    assert run("prefill", "--partners", "lijst.csv", "-o", "uit", "--force").status == 0
