"""Tables in CSV, as Dutch and other spreadsheets write them, and as they may safely open them."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from veldpdf.errors import InputError, ValuesError
from veldpdf.files import encodable
from veldpdf.spreadsheets import Row, read_table, write_csv

# Half characters cannot be stored in any file; a mark in front of all else is the encoding's.
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=20)
HEADER = ("source", "partner", "status")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "tabel.csv"


def rows_of(path: Path, raw: bytes) -> list[tuple[str, ...]]:
    path.write_bytes(raw)
    return [row.cells for row in read_table(path)]


@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=5), with_mark=st.booleans())
@example(rows=[("=1+1", "'=1+1", "''=1+1")], with_mark=True)
@example(rows=[("-", "@", "+"), ("'", "''", "'a"), ("\t=", "\r=", "'\n=")], with_mark=False)
@example(rows=[('"', '""', 'a"b,c;d'), ("a\r\nb", "a\rb", "a\nb"), (" =1", "x=1", "x")], with_mark=False)
@example(rows=[("\0", "\x85", "\u2028")], with_mark=True)
def test_what_goes_out_comes_back_the_same(rows: list[tuple[str, str, str]], *, with_mark: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tabel.csv")

        cells = rows_of(path, write_csv([HEADER, *rows], with_mark=with_mark))

    assert cells == [HEADER, *(row for row in rows if any(cell.strip() for cell in row))]


@given(CELLS)
@example('=HYPERLINK("http://x")')
@example("- intern")
@example("'=1")
def test_no_cell_that_goes_out_is_a_formula(cell: str) -> None:
    [[written]] = csv.reader(io.StringIO(write_csv([[cell]], with_mark=False).decode(), newline=""))

    assert written[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert written.endswith(cell)


def test_a_spreadsheet_is_told_that_it_is_utf_8() -> None:
    assert write_csv([["é"]], with_mark=True) == "\ufeffé\r\n".encode()
    assert write_csv([["é"]], with_mark=False) == "é\r\n".encode()


def test_half_a_character_does_not_stop_the_table() -> None:
    assert write_csv([["caf\udce9.pdf"]], with_mark=False) == "caf\N{REPLACEMENT CHARACTER}.pdf\r\n".encode()
    assert encodable("🙂 \ud83d x") == "🙂 \N{REPLACEMENT CHARACTER} x"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"veld;tekst\r\nVeld01;a, b\r\n", id="semicolons: Dutch Excel"),
        pytest.param(b'veld,tekst\nVeld01,"a, b"\n', id="commas"),
        pytest.param(b"veld\ttekst\nVeld01\ta, b\n", id="tabs"),
        pytest.param(b'"veld","tekst"\r"Veld01","a, b"\r', id="old Mac line ends"),
        pytest.param(b"\r\n\r\nveld;tekst\r\n;\r\nVeld01;a, b\r\n \r\n", id="blank lines left out"),
        pytest.param("\ufeffveld;tekst\nVeld01;a, b".encode(), id="a mark, and no last line end"),
        pytest.param("veld;tekst\nVeld01;a, b".encode("utf-16"), id="UTF-16: Excel's Unicode text"),
        pytest.param("\ufeffveld;tekst\nVeld01;a, b".encode("utf-16-be"), id="UTF-16, the other way round"),
    ],
)
def test_separators_line_ends_and_encodings_are_recognised(table: Path, raw: bytes) -> None:
    assert rows_of(table, raw) == [("veld", "tekst"), ("Veld01", "a, b")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_letters_and_quotes_come_through_each_encoding(table: Path, encoding: str) -> None:
    text = "één “samen” – €5"

    assert rows_of(table, f"veld;tekst\r\nVeld01;{text}\r\n".encode(encoding)) == [
        ("veld", "tekst"),
        ("Veld01", text),
    ]


def test_a_separator_between_quotes_separates_nothing(table: Path) -> None:
    assert rows_of(table, b'"een, twee, drie";tekst\nx;y\n') == [("een, twee, drie", "tekst"), ("x", "y")]


def test_a_row_is_known_by_the_line_that_it_begins_on(table: Path) -> None:
    table.write_bytes(b'veld,tekst\r\n\r\nVeld01,"een\r\ntwee\r\n\r\nvier"\r\nVeld02,"a ""b"" c"\r\n')

    assert read_table(table) == [
        Row(1, ("veld", "tekst")),
        Row(3, ("Veld01", "een\r\ntwee\r\n\r\nvier")),
        Row(7, ("Veld02", 'a "b" c')),
    ]


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        pytest.param(b'veld,tekst\nVeld01,"geheim\nVeld02,b\n', 2, id="a quote that never ends"),
        pytest.param(b'veld,tekst\n\nVeld01,"een\ntwee"\nVeld02,"geheim"b\n', 5, id="text behind a quote"),
    ],
)
def test_what_is_no_csv_is_told_with_its_line_and_without_its_text(table: Path, raw: bytes, line: int) -> None:
    table.write_bytes(raw)

    with pytest.raises(ValuesError) as caught:
        read_table(table)

    assert caught.value.what.startswith(f"{table}, line {line}: this is not CSV: ")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b";;;\n ; \n", "\ufeff".encode()])
def test_an_empty_table_is_told(table: Path, raw: bytes) -> None:
    table.write_bytes(raw)

    with pytest.raises(ValuesError) as caught:
        read_table(table)

    assert caught.value.what == f"{table}: this table is empty."


def test_a_table_that_is_not_there_is_told(table: Path) -> None:
    with pytest.raises(InputError, match=r"tabel\.csv"):
        read_table(table)


def test_a_cell_may_be_longer_than_python_would_have_it(table: Path) -> None:
    text = "woord " * 50_000

    assert rows_of(table, f"veld,tekst\nVeld01,{text}".encode()) == [("veld", "tekst"), ("Veld01", text)]
