"""Who sent a file: the officer's list, else the file's name made readable."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from veldpdf.errors import InputError, ValuesError
from veldpdf.partners import (
    awaited_of,
    known_partner,
    read_addresses,
    read_partners,
    readable_name,
    unused_rows,
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "partners.csv"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("file,partner\nggd.pdf,GGD Waterrijk\n", id="as documented"),
        pytest.param("Partner ;nr; Bestand\r\n GGD Waterrijk ;1; GGD.PDF \r\n", id="Dutch, in another order"),
        pytest.param("file,partner\npost\\ggd.pdf,GGD Waterrijk\n", id="with a Windows folder"),
        pytest.param("file,partner\npost/ggd.pdf,GGD Waterrijk\n", id="with a folder"),
        pytest.param("file,partner\nggd.pdf,GGD Waterrijk\nGGD.pdf,GGD Waterrijk\n", id="the same twice"),
    ],
)
def test_the_list_says_who_sent_a_file(table: Path, content: str) -> None:
    table.write_text(content)
    partners = read_partners(table)

    assert known_partner("ggd.pdf", partners) == "GGD Waterrijk"
    assert known_partner("GGD.pdf", partners) == "GGD Waterrijk"
    assert known_partner("politie.pdf", partners) == ""


def test_accents_are_compared_whole_or_taken_apart(table: Path) -> None:
    table.write_text("file,partner\ncafé.pdf,Café De Kade\n", encoding="utf-8")

    assert known_partner(unicodedata.normalize("NFD", "Café.pdf"), read_partners(table)) == "Café De Kade"


def test_two_files_of_one_name_are_told_apart_by_their_folder(table: Path) -> None:
    table.write_text("file,partner\nggd/werkblad.pdf,GGD\nretour/politie/werkblad.pdf,Politie\n")
    partners = read_partners(table)

    assert known_partner("ggd/werkblad.pdf", partners) == "GGD"
    assert known_partner("politie/werkblad.pdf", partners) == "Politie"
    assert known_partner("school/werkblad.pdf", partners) == ""
    assert known_partner("werkblad.pdf", partners) == ""


def test_the_list_may_name_the_mail_that_a_file_came_in(table: Path) -> None:
    table.write_text("file,partner\npost.eml,GGD\n")

    assert known_partner("post.eml/werkblad.pdf", read_partners(table)) == "GGD"


def test_a_file_without_a_partner_in_the_list_has_none(table: Path) -> None:
    table.write_text("file,partner\nggd.pdf,\n")

    assert known_partner("ggd.pdf", read_partners(table)) == ""


def test_the_sample_list_names_every_returned_file(returned: Path) -> None:
    partners = read_partners(ROOT / "samples" / "prefill" / "partners.csv")

    assert set(partners) == {path.name for path in returned.glob("*.pdf")}
    assert known_partner("samples/returned/ggd.pdf", partners) == "GGD Regio Waterrijk"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("file;naam\nggd.pdf;GGD\n", ": there is no column partner.", id="no partner"),
        pytest.param("pdf,partner\nggd.pdf,GGD\n", ": there is no column file.", id="no file"),
        pytest.param("file,partner\n\nggd.pdf\n", ", line 3: a cell is not there.", id="half a row"),
        pytest.param(
            "file,partner\na/ggd.pdf,GGD Noord\na\\GGD.pdf,GGD Zuid\n",
            ", line 3: this file has another partner above.",
            id="two partners for one file",
        ),
    ],
)
def test_a_mistake_in_the_list_is_told_with_its_place(table: Path, content: str, problem: str) -> None:
    table.write_text(content)

    with pytest.raises(ValuesError) as caught:
        read_partners(table)

    assert caught.value.what == f"{table}{problem}"


def test_a_list_that_is_not_there_is_told(table: Path) -> None:
    with pytest.raises(InputError, match=r"partners\.csv"):
        read_partners(table)


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("veilig-thuis (1).pdf", "Veilig thuis"),
        ("post/ggd.pdf", "GGD"),
        ("ggd_regio.noord.pdf", "GGD regio noord"),
        ("GGD-ingevuld-definitief-v2.pdf", "GGD"),
        ("Bouwsteen 3A - politie kopie(2).PDF", "Bouwsteen 3A politie"),
        ("school versie 3.pdf", "School"),
        ("SV10.pdf", "SV10"),
        ("Blindef.pdf", "Blindef"),
        ("De Kade.pdf", "De Kade"),
        ("Łódź\nclub.pdf", "Łódź club"),
        ("(1).pdf", "(1)"),
        ("---.pdf", "---"),
        ("NJi.pdf", "NJi"),
    ],
)
def test_a_file_name_is_made_readable(source: str, name: str) -> None:
    assert readable_name(source) == name


@given(st.text(st.characters(exclude_characters="/\0"), min_size=1).filter(lambda name: name.strip(" .")))
def test_every_file_has_a_partner(stem: str) -> None:
    assert readable_name(f"map/{stem}.pdf")


# Where to write to.


@pytest.mark.parametrize("heading", ["email", "e-mail", "Mail", " E-Mail "])
def test_the_list_tells_where_to_write_to(table: Path, heading: str) -> None:
    table.write_text(f"file,{heading},partner\nggd.pdf,jeugd@ggd.example,GGD\npolitie.pdf,,Politie\n")

    addresses = read_addresses(table)

    assert addresses.of("post/GGD.pdf", "iemand") == ("jeugd@ggd.example",)
    assert addresses.of("anders.pdf", "ggd") == ("jeugd@ggd.example",)  # by the name that the worksheet carries
    assert addresses.of("politie.pdf", "Politie") == ()
    assert addresses.of("anders.pdf", "Anders") == ()


@pytest.mark.parametrize(
    "cell",
    [
        "a@b.example; c.d@e-f.example",
        "a@b.example,c.d@e-f.example;",
        " a@b.example ;; c.d@e-f.example ; a@b.example",
    ],
)
def test_a_partner_may_have_several_addresses(table: Path, cell: str) -> None:
    table.write_text(f'file,partner,email\nggd.pdf,GGD,"{cell}"\n')

    assert read_addresses(table).of("ggd.pdf", "GGD") == ("a@b.example", "c.d@e-f.example")


def test_a_name_with_several_addresses_for_several_files_decides_nothing(table: Path) -> None:
    table.write_text("file,partner,email\na.pdf,GGD,noord@ggd.example\nb.pdf,GGD,zuid@ggd.example\n")
    addresses = read_addresses(table)

    assert addresses.of("b.pdf", "GGD") == ("zuid@ggd.example",)
    assert addresses.of("c.pdf", "GGD") == ()


def test_a_list_without_addresses_is_read_as_one(table: Path) -> None:
    table.write_text("file,partner\nggd.pdf,GGD\n")

    assert read_addresses(table).of("ggd.pdf", "GGD") == ()


def test_a_row_that_ends_before_its_address_has_none(table: Path) -> None:
    table.write_text("file,partner,email\nggd.pdf,GGD\n")

    assert read_addresses(table).of("ggd.pdf", "GGD") == ()


@pytest.mark.parametrize(
    "cell",
    [
        "ggd",
        "ggd@example",
        "@ggd.example",
        "jeugd@",
        "jeugd@ggd..example",
        ".jeugd@ggd.example",
        "jeugd.@ggd.example",
        "jeugd@-ggd.example",
        "jeugd@ggd.example\nBcc: x@y.example",
        "jeugd@ggd.example\r\nBcc: x@y.example",
        "jeugd@ggd.example Bcc: x@y.example",
        "GGD <jeugd@ggd.example>",
        "a@b@c.example",
        "jeugdé@ggd.example",
        "jeugd@ggd.example\x00",
        "a" * 250 + "@ggd.example",
    ],
)
def test_what_is_no_address_is_refused_and_not_shown(table: Path, cell: str) -> None:
    table.write_text(f'file,partner,email\n\nggd.pdf,GGD,"{cell}"\n', newline="")

    with pytest.raises(ValuesError) as caught:
        read_addresses(table)

    assert caught.value.what == f"{table}, line 3: this is no e-mail address."
    assert "ggd.example" not in str(caught.value)


def test_the_sample_list_has_addresses() -> None:
    addresses = read_addresses(ROOT / "samples" / "prefill" / "partners.csv")

    assert addresses.of("sportclub.pdf", "") == ()
    assert addresses.of("basisschool.pdf", "") == ("directie@blauwereiger.example", "ib@blauwereiger.example")


def test_partners_whose_files_have_no_name_yet_are_awaited_until_something_comes_from_them(table: Path) -> None:
    table.write_text("file,partner\nggd.pdf,GGD\n,Politie\n,Wijkteam  Zuid\n,wijkteam zuid\n,\n")
    partners = read_partners(table)

    assert unused_rows(partners, ["ggd.pdf"]) == []
    assert known_partner("", partners) == ""
    assert known_partner("politie", partners) == ""
    assert awaited_of(partners, [("ggd.pdf", "GGD")]) == ("Politie", "Wijkteam  Zuid")
    assert awaited_of(partners, [("ggd.pdf", "GGD"), ("x.pdf", "POLITIE")]) == ("Wijkteam  Zuid",)
