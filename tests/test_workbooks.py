"""Tables in Excel workbooks: what the officer sees in a cell is the text, and what is not known is told."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell, MergedCell
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

import veldpdf
from tests.conftest import ROOT, Run
from tests.needs import need, need_program
from veldpdf.errors import ValuesError
from veldpdf.partners import read_partners
from veldpdf.prefill_values import read_values
from veldpdf.recipients import read_recipients
from veldpdf.spreadsheets import Row, read_table, write_csv

SECONDS = 30.0  # many times what any hostile file takes
# A text that no message may ever hold.
MARKER = "het geheim van Jan"
SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

Fill = Callable[[Worksheet], object]
Edit = Callable[[bytes], bytes]


def put(cell: Cell | MergedCell, value: Any, number_format: str = "General") -> None:
    """Set a cell: a text stays a text, whatever it looks like."""
    if isinstance(value, str):
        # As Excel writes what would otherwise be taken for an escape.
        value = re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    if number_format != "General":
        cell.number_format = number_format


def workbook(*rows: Sequence[object], fill: Fill = lambda _: None) -> bytes:
    """Return a workbook with one sheet of these rows; None leaves a cell out."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            if value is not None:
                put(sheet.cell(number, column), value)
    fill(sheet)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def edited(raw: bytes, edits: Mapping[str, Edit], *, left_out: Iterable[str] = ()) -> bytes:
    """Return a workbook with some of its parts changed, as another program would have written them."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in left_out:
                part = old.read(name)
                new.writestr(name, edits[name](part) if name in edits else part)
    return buffer.getvalue()


def with_cells(cells: str, *, before: str = "", after: str = "") -> bytes:
    """Return a workbook with a sheet in so many words."""
    part = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{cells}</sheetData>{after}</worksheet>'
    return edited(calculated(workbook()), {SHEET: lambda _: part.encode()})


def calculated(raw: bytes) -> bytes:
    """Return a workbook as Excel saves it: what openpyxl asks to be calculated has been."""
    return edited(raw, {"xl/workbook.xml": lambda part: part.replace(b' fullCalcOnLoad="1"', b"")})


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "tabel.xlsx"


def rows_of(path: Path, raw: bytes) -> list[tuple[str, ...]]:
    path.write_bytes(raw)
    return [row.cells for row in read_table(path)]


def text_of(path: Path, value: object, number_format: str = "General") -> str:
    """Return what a cell says, beside another so that it may be empty."""
    raw = workbook(["x"], fill=lambda sheet: put(sheet["B1"], value, number_format))
    [(_, *cells)] = rows_of(path, raw)
    return cells[0] if cells else ""


def problem(path: Path, raw: bytes) -> str:
    """Return what is told of a file that cannot be read, without where it is."""
    path.write_bytes(raw)
    with pytest.raises(ValuesError) as caught:
        read_table(path)
    assert caught.value.remedy
    assert MARKER not in str(caught.value)
    assert caught.value.what.startswith(str(path))
    return caught.value.what.removeprefix(str(path))


def told_of(path: Path) -> str:
    """Return what is told of a file, if anything is."""
    try:
        read_table(path)
    except ValuesError as exc:
        return str(exc)
    return ""


# Texts


@pytest.mark.parametrize(
    "text",
    [
        "één “samen” – €5 🙂",
        "een\ntwee\n\nvier",
        "  aan beide kanten  ",
        "=1+1",
        "'=1+1",
        "'",
        "-",
        "@naam",
        "#N/B",
        "0031",
        "WAAR",
        "_x000D_",
        "_x005F_",
        "a_x0041",
        "<b>&amp;</b>",
        "x" * 32_767,
    ],
)
def test_a_text_is_read_to_the_letter(table: Path, text: str) -> None:
    assert text_of(table, text) == text


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("een_x000D_\ntwee", "een\r\ntwee"),
        ("_x0009_x", "\tx"),
        ("_x005F_x000D_", "_x000D_"),
        ("_xD83D__xDE42_", "🙂"),
        ("_xD83D_", "\N{REPLACEMENT CHARACTER}"),
        ("_X000D_ x_000D_", "_X000D_ x_000D_"),
    ],
)
@pytest.mark.parametrize("kind", ["inline", "shared", "formula"])
def test_what_xml_cannot_hold_is_read_from_its_number(table: Path, kind: str, stored: str, text: str) -> None:
    """Excel shares texts, openpyxl writes them in the cell, and a formula's text stands in its value."""
    cell = {
        "inline": f'<c t="inlineStr"><is><t>{stored}</t></is></c>',
        "shared": '<c t="s"><v>0</v></c>',
        "formula": f'<c t="str"><f>A1</f><v>{stored}</v></c>',
    }[kind]
    raw = with_cells(f"<row>{cell}</row>")
    if kind == "shared":
        raw = with_shared_texts(raw, f"<si><t>{stored}</t></si>")

    assert rows_of(table, raw) == [(text,)]


def with_shared_texts(raw: bytes, texts: str) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    raw = edited(raw, {"[Content_Types].xml": lambda part: part.replace(b"</Types>", override.encode())})
    buffer = io.BytesIO(raw)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{texts}</sst>')
    return buffer.getvalue()


def test_a_text_in_several_fonts_is_one_text(table: Path) -> None:
    runs = '<r><t xml:space="preserve">een </t></r><r><rPr><b/><sz val="11"/></rPr><t>twee</t></r>'
    spoken = '<rPh sb="0" eb="1"><t>fonetisch</t></rPh>'
    raw = with_shared_texts(with_cells('<row><c t="s"><v>0</v></c></row>'), f"<si>{runs}{spoken}</si>")

    assert rows_of(table, raw) == [("een twee",)]


# XML 1.0 knows no other controls, and makes one line end of them all.
TEXTS = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], include_characters="\n\t", exclude_characters="\ufffe\uffff"
    ),
    max_size=20,
)


@settings(max_examples=50)
@given(rows=st.lists(st.tuples(TEXTS, TEXTS), max_size=4))
@example(rows=[("", " "), ("x", "=1+1"), ("_x0041_", "_x005F_x0041_")])
def test_a_workbook_and_a_csv_say_the_same(rows: list[tuple[str, str]]) -> None:
    every = [("kop", "kop"), *rows]
    with tempfile.TemporaryDirectory() as folder:
        as_workbook, as_csv = Path(folder, "a.xlsx"), Path(folder, "a.csv")
        as_csv.write_bytes(write_csv(every, with_mark=False))

        assert rows_of(as_workbook, workbook(*every)) == [row.cells for row in read_table(as_csv)]


def test_a_workbook_by_another_program_says_what_its_csv_said(tmp_path: Path) -> None:
    need_program("soffice")
    rows = [
        ("Veld", "Tekst", "Nummer"),
        ("Veld01", "één\ntwee, “drie”; =1+1", "0031"),
        ("Veld02", "  'citaat'  ", "23-11-2026"),
    ]
    source = tmp_path / "lijst.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    texts_as_they_are = "--infilter=CSV:44,34,76,1,,0,true,false"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    target = ["--convert-to", "xlsx", "--outdir", str(tmp_path), str(source)]
    subprocess.run(
        ["soffice", profile, "--headless", texts_as_they_are, *target],
        check=True,
        capture_output=True,
        timeout=120,
    )
    written = tmp_path / "lijst.xlsx"
    need(None if written.exists() else "LibreOffice has no Calc: apt-get install libreoffice-calc")

    assert [row.cells for row in read_table(written)] == rows
    assert read_table(written) == [Row(1, rows[0]), Row(2, rows[1]), Row(3, rows[2])]


# Numbers

ACCOUNTING = r'_ [$€-413]\ * #,##0.00_ ;_ [$€-413]\ * \-#,##0.00_ ;_ [$€-413]\ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (12, "General", "12"),
        (12.0, "General", "12"),
        (-0.5, "General", "-0,5"),
        (0.1 + 0.2, "General", "0,3"),
        (31612345678, "General", "31612345678"),
        (1e20, "General", "100000000000000000000"),
        (1e300, "General", "1E+300"),
        (1.5e-10, "General", "1,5E-10"),
        (0.00001, "General", "0,00001"),
        (31, "0000", "0031"),
        (612345678, r"00\-00000000", "06-12345678"),
        (1234567, "000-000", "1234-567"),
        (0.25, "0%", "25%"),
        (0.255, "0.0%", "25,5%"),
        (7, "0.00", "7,00"),
        (2.5, "0", "3"),
        (1.005, "0.00", "1,01"),
        (1234567, "#,##0", "1.234.567"),
        (31, "0,000", "0.031"),
        (-1234.5, "#,##0.00", "-1.234,50"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1.234,50)"),
        (12.5, '"€" #,##0.00', "€ 12,50"),
        (12.5, "[$€-413] #,##0.00", "€ 12,50"),
        (12.5, ACCOUNTING, "€ 12,50"),
        (-12.5, ACCOUNTING, "€ -12,50"),
        (0, ACCOUNTING, "€ -"),
        (-3, "0;[Red]-0", "-3"),
        (12200000, "0.0,,", "12,2"),
        (1234567, '#,##0,"k"', "1.235k"),
        (12, '0" stuks"', "12 stuks"),
        (0.5, "#.00", ",50"),
        (5, "???", "5"),
        (12.5, "0.0?", "12,5"),
        (1, '"ja";"nee";"onbekend"', "ja"),
        (-1, '"ja";"nee";"onbekend"', "nee"),
        (0, '"ja";"nee";"onbekend"', "onbekend"),
        (0, "0;-0;;@", ""),
        (0.25, "# ?/?", "0,25"),
        (-0.25, "# ?/?;# ?/?", "-0,25"),
        (5, "[>3]0.0;0", "5"),
        (3, "@", "3"),
        (True, "General", "WAAR"),
        (False, "General", "ONWAAR"),
    ],
)
def test_a_number_is_shown_as_dutch_excel_shows_it(
    table: Path, value: float, number_format: str, text: str
) -> None:
    assert text_of(table, value, number_format) == text


def test_a_number_format_that_is_empty_is_the_general_one(table: Path) -> None:
    table.write_bytes(
        edited(
            workbook(["x"], fill=lambda sheet: put(sheet["B1"], -5.5, "0.0000")),
            {"xl/styles.xml": lambda xml: xml.replace(b'formatCode="0.0000"', b'formatCode=""')},
        )
    )

    assert read_table(table)[0].cells[1] == "-5,5"


def test_a_whole_number_keeps_its_digits_however_many_and_a_fraction_fifteen(table: Path) -> None:
    raw = with_cells("<row><c><v>12345678901234567</v></c><c><v>1.2345678901234499E+16</v></c></row>")

    assert rows_of(table, raw) == [("12345678901234567", "12345678901234500")]


# Dates

LONG = '[$-413]dddd d mmmm yyyy" om "h:mm'


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (dt.date(2026, 11, 23), "yyyy-mm-dd", "23-11-2026"),
        (dt.date(2026, 1, 5), "d-m-yy", "05-01-2026"),
        (dt.date(2026, 11, 23), "mm-dd-yy", "23-11-2026"),
        (dt.date(2026, 11, 23), "mmmm", "23-11-2026"),
        (dt.datetime(2026, 11, 23, 14, 5), "d-m-yyyy h:mm", "23-11-2026 14:05"),  # noqa: DTZ001 - a cell has no zone
        (dt.datetime(2026, 11, 23, 14, 5), LONG, "23-11-2026 14:05"),  # noqa: DTZ001 - the same
        (dt.datetime(2026, 11, 23, 14, 5, 9), "d-m-yyyy h:mm:ss", "23-11-2026 14:05:09"),  # noqa: DTZ001 - the same
        (dt.datetime(2026, 11, 23, 14, 5), "d-m-yyyy", "23-11-2026"),  # noqa: DTZ001 - the same
        (dt.datetime(2026, 11, 23, 14, 5), "h:mm AM/PM", "14:05"),  # noqa: DTZ001 - the same
        (dt.datetime(2026, 11, 23), "yyyy-mm-dd h:mm:ss", "23-11-2026"),  # noqa: DTZ001 - the same
        (dt.time(9, 5), "h:mm", "09:05"),
        (dt.time(9, 5, 30), "h:mm", "09:05"),
        (dt.time(0, 0), "h:mm", "00:00"),
        (dt.timedelta(hours=27, minutes=30), "[h]:mm", "27:30"),
        (dt.timedelta(minutes=1, seconds=5), "[h]:mm:ss", "00:01:05"),
        (dt.timedelta(minutes=1, seconds=5), "[h]:mm", "00:01"),
        (0, "d-m-yyyy", "00-01-1900"),
        (46349, "General", "46349"),
    ],
)
def test_a_date_is_shown_with_the_day_first(table: Path, value: object, number_format: str, text: str) -> None:
    assert text_of(table, value, number_format) == text


def test_a_date_of_a_mac_and_one_in_words_are_dates_as_well(table: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    put(book.worksheets[0]["A1"], dt.date(2026, 11, 23), "d-m-yyyy")

    assert rows_of(table, saved(book)) == [("23-11-2026",)]
    assert rows_of(table, with_cells('<row><c t="d"><v>2026-11-23T14:05:00</v></c></row>')) == [
        ("23-11-2026 14:05",)
    ]


# What is not known


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#NAME?", "#DIV/0!"])
@pytest.mark.parametrize("formula", ["", "<f>1/0</f>"])
def test_an_error_in_a_cell_is_told_with_its_place(table: Path, error: str, formula: str) -> None:
    cells = f'<row r="7"><c r="A7" t="inlineStr"><is><t>{MARKER}</t></is></c>'
    raw = with_cells(f'{cells}<c r="B7" t="e">{formula}<v>{error}</v></c></row>')

    assert problem(table, raw) == ", cell B7: this holds an error, not a text."


@pytest.mark.parametrize("value", ["1E999", "-1E999"])
def test_a_number_that_is_none_is_an_error(table: Path, value: str) -> None:
    assert problem(table, with_cells(f'<row><c r="A1"><v>{value}</v></c></row>')) == (
        ", cell A1: this holds an error, not a text."
    )


def test_a_date_before_there_were_any_is_an_error(table: Path) -> None:
    raw = workbook(fill=lambda sheet: put(sheet["C2"], -1e9, "d-m-yyyy"))

    assert problem(table, raw) == ", cell C2: this holds an error, not a text."


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ('<c r="B1"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="B1" t="str"><f>"een"&amp;A1</f><v>eenx</v></c>', "eenx"),
        ('<c r="B1" t="str"><f>""</f><v></v></c>', ""),
        ('<c r="B1" t="str"><f>""</f></c>', ""),
        ('<c r="B1" t="b"><f>TRUE()</f><v>1</v></c>', "WAAR"),
        ('<c r="B1"><f t="shared" ref="B1:B9" si="0">A1+1</f><v>3</v></c>', "3"),
        ('<c r="B1"><f t="shared" si="0"/><v>3</v></c>', "3"),
        ('<c r="B1"><f t="array" ref="B1">SUM(</f><v>3</v></c>', "3"),
    ],
)
def test_a_formula_says_what_it_came_to(table: Path, cell: str, text: str) -> None:
    raw = with_cells(f'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c>{cell}</row>')

    assert rows_of(table, raw) == [("x", text) if text else ("x",)]


@pytest.mark.parametrize(
    "cell", ["<c r='B2'><f>1+1</f><v/></c>", "<c r='B2'><f>1+1</f></c>", "<c r='B2'><f/></c>"]
)
def test_a_formula_that_was_never_calculated_is_told_with_its_place(table: Path, cell: str) -> None:
    raw = with_cells(f'<row r="2"><c r="A2" t="inlineStr"><is><t>{MARKER}</t></is></c>{cell}</row>')

    assert problem(table, raw) == ", cell B2: this formula has not been calculated."
    assert problem(table, workbook(["kop"], fill=lambda sheet: sheet.append([None, "=1+1"]))) == (
        ", cell B2: this formula has not been calculated."
    )


def test_a_value_that_a_program_put_there_for_excel_to_calculate_is_none(table: Path) -> None:
    """XlsxWriter stores 0 for every formula, and asks for a calculation when the file is opened."""
    cells = '<row><c r="A1"><f>1+1</f><v>0</v></c></row>'
    asked = edited(
        with_cells(cells),
        {"xl/workbook.xml": lambda part: part.replace(b"<calcPr ", b'<calcPr fullCalcOnLoad="1" ')},
    )

    assert rows_of(table, with_cells(cells)) == [("0",)]
    assert problem(table, asked) == ", cell A1: this formula has not been calculated."


# Which rows and columns


def test_a_row_is_known_by_its_number_and_empty_ones_are_left_out(table: Path) -> None:
    table.write_bytes(workbook([], ["veld", "tekst"], [None, " "], ["Veld01", "een\ntwee"], [], ["Veld02"]))

    assert read_table(table) == [
        Row(2, ("veld", "tekst")),
        Row(4, ("Veld01", "een\ntwee")),
        Row(6, ("Veld02", "")),
    ]


def test_columns_in_which_nothing_stands_are_left_out_on_either_side(table: Path) -> None:
    def colour(sheet: Worksheet) -> None:
        for column in (1, 2, 9):
            put(sheet.cell(3, column), None, "0.00")

    raw = workbook([None, None, "a", None, "b", "  "], [None, None, None, None, "c"], fill=colour)

    assert rows_of(table, raw) == [("a", "", "b"), ("", "", "c")]


def test_hidden_and_filtered_rows_and_columns_are_read(table: Path) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.auto_filter.ref = "A1:B3"
        sheet.auto_filter.add_filter_column(0, ["GGD"])
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True

    raw = workbook(["partner", "Veld01"], ["GGD", "x"], ["Politie", "y"], fill=hide)

    assert rows_of(table, raw) == [("partner", "Veld01"), ("GGD", "x"), ("Politie", "y")]


def test_merged_cells_have_their_text_in_the_first(table: Path) -> None:
    raw = workbook(["a", "b", "c"], ["x"], fill=lambda sheet: sheet.merge_cells("A2:B3"))

    assert rows_of(table, raw) == [("a", "b", "c"), ("x", "", "")]


@pytest.mark.parametrize("dimension", ["A1", "A1:XFD1048576", "C9:D9", "onzin"])
def test_what_a_sheet_says_of_its_size_is_not_believed(table: Path, dimension: str) -> None:
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="3"><c r="B3"><v>3</v></c></row>'
    )
    raw = with_cells(cells, before=f'<dimension ref="{dimension}"/>')

    if dimension == "onzin":
        assert "damaged" in problem(table, raw)
    else:
        assert rows_of(table, raw) == [("1", "2"), ("", "3")]


def test_cells_that_do_not_say_where_they_are_follow_each_other(table: Path) -> None:
    raw = with_cells("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")

    assert rows_of(table, raw) == [("1", "2"), ("3", "")]


# Which sheet


def test_the_first_sheet_that_can_be_seen_and_is_not_empty_is_read(table: Path) -> None:
    book = openpyxl.Workbook()
    for title, state, text in (
        ("verborgen", "hidden", "a"),
        ("zeer verborgen", "veryHidden", "b"),
        ("leeg", "visible", " "),
        ("lijst", "visible", "c"),
        ("later", "visible", "d"),
    ):
        sheet = book.create_sheet(title)
        sheet.sheet_state = state
        put(sheet["A1"], text)
    book.create_chartsheet("grafiek", 0)
    book.active = len(book.worksheets)

    assert rows_of(table, saved(book)) == [("c",)]


def test_a_workbook_in_which_nothing_stands_is_told(table: Path) -> None:
    assert problem(table, workbook()) == ": this table is empty."


def test_macros_are_of_no_concern(tmp_path: Path) -> None:
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    raw = edited(
        workbook(["a", "b"]),
        {"[Content_Types].xml": lambda part: re.sub(rb"application/[\w.-]+\.sheet\.main\+xml", kind, part)},
    )

    assert rows_of(tmp_path / "LIJST.XLSM", raw) == [("a", "b")]


# What Excel writes and openpyxl refuses


def test_names_are_of_no_concern(table: Path) -> None:
    """Rows to repeat on each page may be named in turn."""
    name = b'<definedName name="_xlnm.Print_Titles" localSheetId="0">Titels</definedName>'
    raw = edited(
        workbook(["a"]),
        {
            "xl/workbook.xml": lambda part: part.replace(
                b"<definedNames/>", b"<definedNames>" + name + b"</definedNames>"
            )
        },
    )

    assert rows_of(table, raw) == [("a",)]


def test_a_style_that_is_gone_is_of_no_concern(table: Path) -> None:
    def lose(part: bytes) -> bytes:
        return part.replace(b'name="Normal" xfId="0"', b'name="Normal" xfId="7"')

    raw = edited(workbook(fill=lambda sheet: put(sheet["A1"], 0.5, "0%")), {"xl/styles.xml": lose})

    assert rows_of(table, raw) == [("50%",)]


def test_another_workbook_that_formulas_look_into_is_of_no_concern(table: Path) -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rId99" Type="{kind}/externalLink" Target="externalLinks/externalLink1.xml"/>'
    reference = f'<externalReferences><externalReference xmlns:r="{kind}" r:id="rId99"/></externalReferences>'
    raw = edited(
        workbook(["a"]),
        {
            "xl/_rels/workbook.xml.rels": lambda part: part.replace(
                b"</Relationships>", link.encode() + b"</Relationships>"
            ),
            "xl/workbook.xml": lambda part: part.replace(b"</sheets>", b"</sheets>" + reference.encode()),
        },
    )

    assert rows_of(table, raw) == [("a",)]


def test_how_a_formula_is_written_is_of_no_concern(table: Path) -> None:
    shared = (
        """<c><f t="shared" ref="A1:B1" si="0">NIEUW("x</f><v>1</v></c><c><f t="shared" si="0"/><v>2</v></c>"""
    )

    assert rows_of(table, with_cells(f"<row>{shared}</row>")) == [("1", "2")]


@pytest.mark.parametrize(
    "behind",
    [
        pytest.param('<dataValidations><dataValidation type="x"/></dataValidations>', id="a validation"),
        pytest.param('<pageSetup orientation="scheef"/>', id="a page setup"),
        pytest.param('<extLst><ext uri="{0}"/></extLst>', id="an extension"),
    ],
)
def test_what_stands_behind_the_cells_is_of_no_concern(table: Path, behind: str) -> None:
    assert rows_of(table, with_cells("<row><c><v>1</v></c></row>", after=behind)) == [("1",)]


def test_dates_of_the_document_are_of_no_concern(table: Path) -> None:
    raw = edited(
        workbook(["a"]),
        {"docProps/core.xml": lambda part: re.sub(rb"\d{4}-\d\d-\d\dT[\d:]+Z", b"gisteren", part)},
    )

    assert rows_of(table, raw) == [("a",)]


# What a file is

ZIP_WITH_A_LETTER = io.BytesIO()
with zipfile.ZipFile(ZIP_WITH_A_LETTER, "w") as archive:
    archive.writestr("word/document.xml", f"<document>{MARKER}</document>")
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
NO_WORKBOOK = ": this is no Excel workbook."
OTHER = ": a spreadsheet of this kind cannot be read."
PROTECTED = ": this workbook is protected, with a password or by a sensitivity label."


def test_a_workbook_under_the_name_of_a_csv_is_read(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "export.csv", workbook(["a;b", "c"])) == [("a;b", "c")]


@pytest.mark.parametrize("name", ["lijst.txt", "lijst.tsv", "lijst"])
def test_any_other_name_is_that_of_a_text(tmp_path: Path, name: str) -> None:
    assert rows_of(tmp_path / name, b"a;b\r\n1;2\r\n") == [("a", "b"), ("1", "2")]


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        pytest.param("a.xlsx", f"veld;tekst\nVeld01;{MARKER}".encode(), NO_WORKBOOK, id="text"),
        pytest.param("a.xlsx", f"<table>{MARKER}</table>".encode(), NO_WORKBOOK, id="HTML"),
        pytest.param("a.xlsm", b"", NO_WORKBOOK, id="nothing"),
        pytest.param("a.xlsx", ZIP_WITH_A_LETTER.getvalue(), NO_WORKBOOK, id="a letter"),
        pytest.param("a.csv", ZIP_WITH_A_LETTER.getvalue(), NO_WORKBOOK, id="a letter, named CSV"),
        pytest.param("a.xlsx", COMPOUND + "EncryptedPackage".encode("utf-16-le"), PROTECTED, id="protected"),
        pytest.param(
            "a.csv", COMPOUND + "EncryptedPackage".encode("utf-16-le"), PROTECTED, id="protected, as CSV"
        ),
        pytest.param("a.xlsx", COMPOUND, OTHER, id="an old workbook under a new name"),
        pytest.param("a.xls", COMPOUND, OTHER, id="an old workbook"),
        pytest.param("A.XLS", b"veld;tekst\n", OTHER, id="what only calls itself one"),
        pytest.param("a.xlsb", workbook(["a"]), OTHER, id="a binary workbook"),
        pytest.param("a.ods", ZIP_WITH_A_LETTER.getvalue(), OTHER, id="a sheet of LibreOffice"),
    ],
)
def test_what_is_no_workbook_is_told(tmp_path: Path, name: str, raw: bytes, told: str) -> None:
    assert problem(tmp_path / name, raw) == told


def test_a_workbook_in_the_strict_form_is_told(table: Path) -> None:
    raw = edited(
        workbook(["a"]),
        {
            name: lambda part: part.replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006",
                b"http://purl.oclc.org/ooxml/officeDocument",
            ).replace(MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
            for name in (SHEET, "xl/workbook.xml")
        },
    )

    assert problem(table, raw) == NO_WORKBOOK


def test_without_the_extra_a_workbook_says_what_to_install(
    table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table.write_bytes(workbook(["a"]))
    monkeypatch.setitem(sys.modules, "openpyxl", None)

    with pytest.raises(ValuesError) as caught:
        read_table(table)

    assert str(caught.value) == (
        f"{table}: reading Excel files needs the package openpyxl.\nInstall it with: pip install 'veldpdf[office]'."
    )


def test_nobody_without_a_workbook_pays_for_openpyxl() -> None:
    code = "import sys, veldpdf.spreadsheets, veldpdf.cli; print('openpyxl' in sys.modules)"
    outcome = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)

    assert outcome.stdout == "False\n"


# Hostile files

TOO_LARGE = ": this workbook is too large."
DAMAGED = ": this workbook is damaged, or of a kind that cannot be read."
HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a bomb": (lambda: with_cells(" " * 70_000_000), TOO_LARGE),
    "a row beyond the sheet": (
        lambda: with_cells('<row r="1"><c><v>1</v></c></row><row r="999999999999"><c><v>1</v></c></row>'),
        TOO_LARGE,
    ),
    "rows as wide as the sheet": (
        lambda: with_cells('<row><c r="XFD1"><v>1</v></c></row>' * 200_000),
        TOO_LARGE,
    ),
    "a row wider than the sheet": (lambda: with_cells(f"<row>{'<c><v>1</v></c>' * 20_000}</row>"), TOO_LARGE),
    "more cells than are read": (lambda: with_cells("<row><c><v>1</v></c></row>" * 700_000), TOO_LARGE),
    "rows without end": (lambda: with_cells("<row/>" * 1_500_000), TOO_LARGE),
    "styles without end": (
        lambda: edited(workbook(["a"]), {"xl/styles.xml": lambda _: b"<s>" + b"<xf/>" * 250_000 + b"</s>"}),
        TOO_LARGE,
    ),
    "a format without end": (
        lambda: edited(
            workbook(["a"]),
            {
                "xl/styles.xml": lambda part: part.replace(
                    b"<numFmts ", b'<numFmt numFmtId="9" formatCode="' + b"[" * 300_000 + b'"/><numFmts '
                ).replace(b"<numFmts/>", b"")
            },
        ),
        TOO_LARGE,
    ),
    "a thousand sheets in one part": (
        lambda: edited(
            with_cells("<row/>" * 60_000),
            {
                "xl/workbook.xml": lambda part: re.sub(
                    rb"(<sheets>)(<sheet .*?/>)", lambda match: match[1] + match[2] * 1000, part
                )
            },
        ),
        TOO_LARGE,
    ),
    "a million parts": (lambda: b"PK\x03\x04" + b"PK\x01\x02" * 1_000_000, TOO_LARGE),
    "an entity in an entity": (
        lambda: edited(
            workbook(["a"]),
            {
                SHEET: lambda part: (
                    b'<!DOCTYPE a [<!ENTITY a "x"><!ENTITY b "&a;&a;">]>' + part.replace(b">a<", b">&b;<")
                )
            },
        ),
        NO_WORKBOOK,
    ),
    "an entity from the disk": (
        lambda: edited(
            workbook(["a"]),
            {
                SHEET: lambda part: (
                    b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + part.replace(b">a<", b">&a;<")
                )
            },
        ),
        NO_WORKBOOK,
    ),
    "elements in elements": (lambda: with_cells("<a>" * 190_000 + "</a>" * 190_000), ": this table is empty."),
    "no sheet": (lambda: edited(workbook(["a"]), {}, left_out=[SHEET]), NO_WORKBOOK),
    "no workbook": (lambda: edited(workbook(["a"]), {}, left_out=["xl/workbook.xml"]), DAMAGED),
    "no kinds": (lambda: edited(workbook(["a"]), {}, left_out=["[Content_Types].xml"]), NO_WORKBOOK),
    "no relations": (
        lambda: edited(workbook(["a"]), {}, left_out=["xl/_rels/workbook.xml.rels"]),
        DAMAGED,
    ),
    "texts that are not there": (lambda: with_cells('<row><c t="s"><v>7</v></c></row>'), DAMAGED),
    "a number in words": (lambda: with_cells("<row><c><v>zeven</v></c></row>"), DAMAGED),
    "a number without end": (lambda: with_cells(f"<row><c><v>{'9' * 5000}</v></c></row>"), DAMAGED),
    "no XML": (lambda: edited(workbook(["a"]), {SHEET: lambda part: part[:-20]}), DAMAGED),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_harm_is_told_in_time(table: Path, name: str) -> None:
    make, told = HOSTILE[name]
    raw = make()
    begin = time.monotonic()

    assert problem(table, raw) == told
    assert time.monotonic() - begin < SECONDS


def test_a_part_that_unpacks_to_more_than_it_says_is_not_unpacked(table: Path) -> None:
    raw = with_cells("<row><c><v>1</v></c></row>" + " " * 50_000_000)
    size = zipfile.ZipFile(io.BytesIO(raw)).getinfo(SHEET).file_size
    table.write_bytes(raw.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))

    tracemalloc.start()
    told = told_of(table)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert DAMAGED in told
    assert most < 5_000_000


def test_a_workbook_packed_otherwise_is_not_unpacked(table: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook(["a"]))) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name), zipfile.ZIP_LZMA)

    assert problem(table, buffer.getvalue()) == NO_WORKBOOK


SAMPLE = workbook(["partner", "Veld01"], ["GGD", MARKER], fill=lambda sheet: put(sheet["C1"], 0.5, "0%"))


@settings(max_examples=200)
@given(data=st.data())
def test_damage_is_told_and_nothing_else_is_raised(data: st.DataObject) -> None:
    raw = bytearray(SAMPLE)
    for position in data.draw(st.lists(st.integers(0, len(raw) - 1), max_size=5)):
        raw[position] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(raw)), st.integers(0, len(raw))))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        path.write_bytes(bytes(raw[:cut]))
        assert MARKER not in told_of(path)


@settings(max_examples=200)
@given(name=st.sampled_from(sorted(zipfile.ZipFile(io.BytesIO(SAMPLE)).namelist())), data=st.data())
def test_damage_inside_a_part_is_told_and_nothing_else_is_raised(name: str, data: st.DataObject) -> None:
    def damage(part: bytes) -> bytes:
        words = re.findall(rb"[\w.:/-]+", part)
        return part.replace(
            data.draw(st.sampled_from(words)), data.draw(st.sampled_from([b"", b"0", b"-1", b"x"]))
        )

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.xlsx")
        path.write_bytes(edited(SAMPLE, {name: damage}))
        assert MARKER not in told_of(path)


# Where tables are read


def test_a_list_of_partners_may_be_a_workbook(table: Path) -> None:
    table.write_bytes(
        workbook(["file", "Partner", "Veld01"], ["ggd.pdf", "GGD", "een"], [], ["x.pdf", "Politie", 31])
    )

    assert read_partners(table) == {"ggd.pdf": "GGD", "x.pdf": "Politie"}
    assert [(one.partner, dict(one.values), one.line) for one in read_recipients(table)] == [
        ("GGD", {"Veld01": "een"}, 2),
        ("Politie", {"Veld01": "31"}, 4),
    ]


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([("veld", "tekst"), ("Veld01", "een\ntwee"), ("Veld02",)], id="a row for each field"),
        pytest.param([("Veld01", "Veld02"), ("een\ntwee",)], id="a column for each field"),
        pytest.param([("Veld01", "een\ntwee"), ("Veld02",)], id="without headings"),
        pytest.param([(None, "Veld01", "een\ntwee"), (None, "Veld02")], id="without headings, to the right"),
        pytest.param([("source", "Veld01", "Veld02"), ("ggd.pdf", "een\ntwee")], id="as extract has it"),
    ],
)
def test_values_may_stand_in_a_workbook_in_every_shape(table: Path, rows: list[tuple[str, ...]]) -> None:
    table.write_bytes(workbook(*rows))

    assert read_values(table) == {"Veld01": "een\ntwee", "Veld02": ""}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("veld", "tekst"), (None, MARKER)], ", line 2: the name of the field is not there."),
        ([("veld", "tekst"), ("Veld01", MARKER), ("Veld01", "b")], ", line 3: field 'Veld01' is given twice."),
        ([("Veld01",), ("a", MARKER)], ": a column has a text and no name."),
        (
            [("Veld01", "Veld02"), ("a", "b"), ("c", MARKER)],
            ": one row of values is needed under the names; there are 2.",
        ),
    ],
)
def test_a_mistake_in_a_workbook_of_values_is_told_without_the_text(
    table: Path, rows: list[tuple[str | None, ...]], told: str
) -> None:
    table.write_bytes(workbook(*rows))

    with pytest.raises(ValuesError) as caught:
        read_values(table)

    assert caught.value.what == f"{table}{told}"
    assert MARKER not in str(caught.value)


@pytest.mark.parametrize("name", ["antwoorden.xls", "antwoorden.ods"])
def test_values_in_an_old_workbook_are_told_how_to_save_them(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValuesError) as caught:
        read_values(tmp_path / name)

    assert caught.value.what == f"{tmp_path / name}{OTHER}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_partner_of_a_workbook_gets_a_worksheet(here: Path, run: Run) -> None:
    def dates(sheet: Worksheet) -> None:
        put(sheet["C2"], dt.date(2026, 11, 23), "d-m-yyyy")

    (here / "lijst.xlsx").write_bytes(
        workbook(["partner", "Veld01", "Veld02"], ["GGD Łódź", "een\ntwee"], ["Politie"], fill=dates)
    )

    outcome = run("prefill", "--partners", "lijst.xlsx", "-o", "uit", "--set", "Veld03=voor allen")

    assert (outcome.status, outcome.err) == (0, "2 werkbladen gemaakt in uit.\n")
    assert sorted(path.name for path in (here / "uit").iterdir()) == ["GGD Łódź.pdf", "Politie.pdf"]
    submission = veldpdf.read((here / "uit" / "GGD Łódź.pdf").read_bytes())
    assert submission.partner == "GGD Łódź"
    assert [submission.answers[name].text for name in ("Veld01", "Veld02", "Veld03")] == [
        "een\ntwee",
        "23-11-2026",
        "voor allen",
    ]


def test_a_worksheet_is_filled_from_a_workbook_as_from_its_csv(here: Path, run: Run) -> None:
    rows = [row.cells for row in read_table(ROOT / "samples" / "prefill" / "antwoorden.csv")]
    (here / "antwoorden.xlsx").write_bytes(workbook(*rows))

    outcomes = [
        run("prefill", "--answers", answers, "-o", f"{number}.pdf")
        for number, answers in enumerate(("antwoorden.xlsx", ROOT / "samples" / "prefill" / "antwoorden.csv"))
    ]

    assert [outcome.status for outcome in outcomes] == [0, 0]
    assert (here / "0.pdf").read_bytes() == (here / "1.pdf").read_bytes()


def test_a_workbook_names_the_files_that_came_back(here: Path, returned: Path, run: Run) -> None:
    rows = [row.cells for row in read_table(ROOT / "samples" / "prefill" / "partners.csv")]
    (here / "partners.xlsx").write_bytes(workbook(*rows))
    lists = (here / "partners.xlsx", ROOT / "samples" / "prefill" / "partners.csv")

    by_workbook, by_csv = (run("check", returned, "--partners", path) for path in lists)

    assert by_workbook == by_csv
    assert "GGD Regio Waterrijk" in by_workbook.out


@pytest.mark.parametrize("text", [MARKER, "geheim"])
def test_a_mistake_in_a_workbook_writes_nothing_and_tells_no_answer(here: Path, run: Run, text: str) -> None:
    (here / "antwoorden.xlsx").write_bytes(workbook([text, text + " twee"], ["Veld01", "b"]))

    outcome = run("prefill", "--answers", "antwoorden.xlsx", "-o", "uit.pdf")

    assert outcome.status == 2
    assert text not in outcome.err
    assert not (here / "uit.pdf").exists()


def test_a_protected_workbook_stops_a_command_with_two_lines(here: Path, run: Run) -> None:
    (here / "lijst.xlsx").write_bytes(COMPOUND + "EncryptedPackage".encode("utf-16-le"))

    outcome = run("prefill", "--partners", "lijst.xlsx", "-o", "uit")

    assert outcome.status == 2
    assert len(outcome.err.splitlines()) == 2
    assert not (here / "uit").exists()
