"""The report in Excel: four sheets of texts, of which none is a formula, and nothing is lost."""

from __future__ import annotations

import re
import sys
import zipfile
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import says_something
from veldpdf.errors import VeldpdfError
from veldpdf.language import catalogue
from veldpdf.merging import Report, Said
from veldpdf.messages import Message
from veldpdf.report import Presentation, check_available, render
from veldpdf.typed_text import visible
from veldpdf.workbook_writing import LONGEST_TEXT, Column, Properties, Sheet, cell_text, pieces, units, workbook

from .office import opened_by_libreoffice
from .rendering import rendered
from .test_merging import EXAMPLE, everything, make_submission, merged
from .test_report_formats import NASTY, sample

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")

# Excel would take each for something else.
ACTIVE = [
    "=1+1",
    "+31 6 1234",
    "-2",
    "- een punt",
    "@SUM(A1)",
    "\t=1+1",
    "'quoted",
    "007",
    "1-2",
    "WAAR",
    "_x0041_",
    "_x005F_x0041_",
    '=cmd|" /C calc"!A0',
]


def opened(report: Report, language: str = "en") -> Any:
    return openpyxl.load_workbook(BytesIO(rendered(report, ".xlsx", language)))


def shown(value: object) -> object:
    """Return what Excel shows for a value as it stands in the file (29500-1, 22.9.2.19)."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value) if isinstance(value, str) else value


def rows(sheet: Any) -> list[list[object]]:
    return [[shown(cell.value) for cell in row] for row in sheet.iter_rows()]


def column(sheet: Any, heading: str) -> list[object]:
    table = rows(sheet)
    place = table[0].index(heading)
    return [row[place] for row in table[1:]]


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=200).filter(says_something))
def test_a_text_can_be_read_back_to_the_letter(text: str) -> None:
    book = opened(merged(make_submission("GGD", {"A": text})))
    # XML has no other line end than the line feed, and `visible` leaves no other.
    assert column(book["Answers"], "1. Label A (A)") == [visible(text)]
    assert column(book["List"], "Text")[0] == visible(text)


@pytest.mark.parametrize("text", [*ACTIVE, *NASTY.values()])
def test_nothing_is_a_formula_or_a_number_also_when_it_is_edited(text: str) -> None:
    book = opened(merged(make_submission(text, everything(text), source=text), title=text, municipality=text))
    for sheet in book:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                assert cell.data_type != "f"
                if cell.value == text and cell.data_type == "s" and text[0] in "=+-@'0\t":
                    assert cell.quotePrefix
    cell = book["Answers"]["C2"]
    assert (shown(cell.value), cell.data_type) == (text, "s")


def test_answers_are_a_table_of_partners_and_questions() -> None:
    table = rows(opened(sample())["Answers"])
    assert table[0][:4] == ["Partner", "Worksheet", "1. Label A (A)", "2. Label B (B)"]
    assert [row[:4] for row in table[1:]] == [
        ["GGD", "read", "Wij doen mee.", "En wij vullen aan."],
        ["School", "recovered from the printed page", "Wij doen mee.", "○ only the example"],
        ["Sportclub", "read", "x\n\n  y", "✕ not in the file"],
        ["Huisarts", "scan: pictures without text", None, None],
    ]


def test_the_list_has_a_row_for_each_answer_with_all_that_was_typed() -> None:
    table = rows(opened(sample())["List"])
    assert table[0] == [
        *("Partner", "Section", "Number", "Question", "Full question", "Field", "State", "Text"),
        *("Own words", "Remarks"),
    ]
    assert len(table) == 1 + 3 * 7
    assert table[2][:7] == ["GGD", "Eerste deel", 2, "Label B", "Vraag B?", "B", "partly example"]
    assert table[2][7:9] == [EXAMPLE + "\nEn wij vullen aan.", "En wij vullen aan."]
    assert table[9][6:8] == ["only the example", EXAMPLE]


def test_completeness_counts_and_names_what_is_open() -> None:
    table = rows(opened(sample())["Completeness"])
    assert table[1][:9] == ["GGD", "ggd.pdf", "read", "complete", 6, 1, 0, 0, 0]
    assert table[3][3:10] == [
        "5 questions open",
        1,
        0,
        0,
        0,
        6,
        "Indicator 1; Indicator 2; Hoe vaak; Wie; Label B",
    ]
    assert table[1][10:12] == ["● answered", "◐ partly example"]
    assert table[4][-1] == "Ask for the original."


def test_the_plan_says_all_of_it_on_each_line() -> None:
    table = rows(opened(sample())["Monitoring plan"])
    assert table[0] == ["Partner", "Indicator or signal", "How often", "Who is responsible"]
    assert table[1:3] == [["GGD", "Wij doen mee.", "Wij doen mee.", "Wij doen mee."]] * 2
    assert table[3][:2] == ["School", "aantal lessen"]


def test_the_plan_marks_what_is_partly_the_example_and_has_a_dash_where_nothing_was_said() -> None:
    report = merged(make_submission("GGD", {"M1": "aantal"}))
    said = Said(typed="voorbeeld en eigen", own_words="eigen")
    [row] = report.plan or ()
    report = replace(report, plan=(replace(row, responsible=said),))
    assert rows(opened(report)["Monitoring plan"])[1] == ["GGD", "aantal", "–", "◐ partly example\neigen"]


def test_headings_stay_in_sight_are_repeated_and_filter() -> None:
    for sheet in opened(sample()):
        assert sheet.freeze_panes == "B2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        upright = sheet.title == "Answers"
        assert sheet.page_setup.orientation == ("portrait" if upright else "landscape")
        assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
        cell = sheet["A2"]
        assert (cell.alignment.vertical, cell.alignment.wrap_text) == ("top", True)
        assert all(dimension.width >= 9 for dimension in sheet.column_dimensions.values())


@pytest.mark.parametrize("letter", ["woord ", "x", "🙂", "_x0041_ "])
def test_what_a_cell_cannot_hold_goes_on_in_further_rows(letter: str) -> None:
    text = (letter * 100_000)[:100_000].strip()
    report = merged(make_submission("GGD", {"A": text}))
    result = render(report, ".xlsx", Presentation(catalogue=catalogue("en")))
    assert result.warnings == (
        "GGD, question 1: this answer is longer than a cell of Excel holds;"
        " it goes on in the rows below it on the sheet List.",
    )
    book = openpyxl.load_workbook(BytesIO(result.data))
    [answer] = column(book["Answers"], "1. Label A (A)")
    assert str(answer).endswith("[Cut off here: the whole text is on the sheet List.]")
    parts = [row[7] for row in rows(book["List"])[1:] if row[5] == "A"]
    assert "".join(map(str, parts)) == text
    assert rows(book["List"])[1][6] == f"answered (part 1 of {len(parts)})"
    assert max(units(str(part)) for part in [*parts, answer]) <= LONGEST_TEXT


@given(st.text(max_size=300), st.integers(min_value=2, max_value=50))
def test_pieces_are_the_text(text: str, limit: int) -> None:
    cut = pieces(text, limit)
    assert "".join(cut) == text
    assert all(units(piece) <= limit for piece in cut)


def test_a_long_answer_can_be_read_and_a_row_is_no_higher_than_excel_allows() -> None:
    texts = {"A": "regel\n" * 5 + "x"}
    sheet = opened(merged(make_submission("GGD", texts), make_submission("B", {"A": "r\n" * 99 + "x"})))[
        "Answers"
    ]
    assert sheet.row_dimensions[2].height >= 6 * 15
    assert sheet.row_dimensions[3].height == 409


def test_a_row_has_room_for_words_that_go_to_the_next_line() -> None:
    # By its letters it would be two lines of a column that is 34 wide.
    text = "secretaris en vertrouwenscontactpersoon (vcp@example.org)"
    sheet = opened(merged(make_submission("GGD", {"M1": "x", "R": text})))["Monitoring plan"]
    assert sheet.row_dimensions[2].height == 3 * 15


def test_the_footer_stands_clear_of_the_rows() -> None:
    for sheet in opened(sample()):
        margins = sheet.page_margins
        # A line of the footer is about 0.2 inch.
        assert margins.footer + 0.3 <= margins.bottom
        assert margins.header <= margins.top


@pytest.mark.parametrize(
    ("count", "lines", "pages"),
    [
        # 20 and 20 columns of 50: two fit beside the fixed one at 0.85, and all rows below each other.
        (20, 10, 10),
        # A little more than that page holds: smaller, so that no second page has one row.
        (20, 65, 7),
        # More than can be read on one page anyhow.
        (20, 400, 10),
    ],
)
def test_print_is_made_smaller_only_where_that_brings_all_rows_on_one_page(
    count: int, lines: int, pages: int
) -> None:
    columns = [Column("Wie", 20), *(Column(f"Vraag {number}", 50) for number in range(count))]
    made = workbook(
        [Sheet(name="A", columns=columns, rows=[["x"]] * lines, is_upright=True)], Properties(title="x")
    )
    assert openpyxl.load_workbook(BytesIO(made))["A"].page_setup.fitToWidth == pages


def test_a_character_that_xml_lacks_is_written_as_excel_does() -> None:
    assert cell_text("a\x0bb_x0041_\ud800<&") == "a_x000B_b_x005F_x0041_\ufffd&lt;&amp;"


def test_names_of_sheets_are_in_the_reports_language_and_short_enough() -> None:
    names = opened(sample(), "nl").sheetnames
    assert names[-1] == "Monitoringsplan"
    assert len(set(names)) == len(names) == 4
    assert all(len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_the_properties_are_those_of_the_report_and_of_no_clock() -> None:
    told = opened(sample()).properties
    assert (told.title, told.creator, told.language) == ("Werksessie", "Gemeente Proef", "en")
    assert told.created == told.modified == datetime(2026, 11, 19)  # noqa: DTZ001 - openpyxl knows no time zones
    with zipfile.ZipFile(BytesIO(rendered(sample(), ".xlsx"))) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_remark_that_a_cell_cannot_hold_is_told_of() -> None:
    report = merged(make_submission("GGD", {"A": "x"}, warnings=(Message("{x}", x="y" * 40_000),)))
    result = render(report, ".xlsx", Presentation(catalogue=catalogue("en")))
    assert result.warnings == ("A name or remark of 40000 characters was cut off for Excel.",)


def test_without_the_extra_it_is_told_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(VeldpdfError) as caught:
        check_available(".xlsx")
    assert caught.value.args == (
        "Writing Excel files needs the package openpyxl.",
        "Install it with: pip install 'veldpdf[office]'.",
    )


def test_libreoffice_shows_all_of_it() -> None:
    text = opened_by_libreoffice(rendered(sample(), ".xlsx", "nl"), ".xlsx")
    for words in ("1. Label A", "Wij doen mee.", "- trainen", "Monitoringsplan", "alleen het voorbeeld"):
        assert words in text
