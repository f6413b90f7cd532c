"""``extract --format xlsx`` and ``xfdf``: the same answers as in JSON, in files that other programs take."""

from __future__ import annotations

import json
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Run
from veldpdf.export import submissions_xlsx
from veldpdf.export_xfdf import submission_xfdf, xfdf_names
from veldpdf.language import catalogue
from veldpdf.model import Answer, State, Status, Submission
from veldpdf.office_packages import NOT_IN_XML
from veldpdf.pdf.xfdf import read_xfdf
from veldpdf.workbooks import read_workbook

from .needs import need_program
from .test_merging import FORM, make_submission

TYPED = st.text(alphabet=st.characters(exclude_categories=[]), max_size=200).map(
    lambda text: text.replace("\r", "\n")
)


def submission(**texts: str) -> Submission:
    answers = {name: Answer(text=text, state=State.ANSWERED) for name, text in texts.items()}
    return Submission(source="ggd.pdf", partner="GGD", status=Status.READ, form="proef", answers=answers)


def texts_of(run: Run, *arguments: object) -> Any:
    content = json.loads(run("extract", *arguments).out)
    return {name: answer["text"] for name, answer in content["submissions"][0]["answers"].items()}


@given(TYPED)
def test_our_own_reader_finds_in_xfdf_what_was_typed(text: str) -> None:
    made = submission_xfdf(submission(A=text))
    assert read_xfdf(made.data) == {"A": NOT_IN_XML.sub("\ufffd", text)}
    assert bool(made.warnings) == bool(NOT_IN_XML.search(text))


def test_what_xml_cannot_hold_is_replaced_and_told_of() -> None:
    made = submission_xfdf(submission(A="a\x00b\ud800", B="c\x07"))
    assert read_xfdf(made.data) == {"A": "a\ufffdb\ufffd", "B": "c\ufffd"}
    assert made.warnings == ("ggd.pdf: 3 characters that XML cannot hold were replaced.",)


def test_a_name_of_several_parts_is_fields_in_fields() -> None:
    one = submission()
    answers = {name: Answer(text=name, state=State.ANSWERED) for name in ("x.A", "B<", "x.y.C", "x.D")}
    made = submission_xfdf(Submission(**{**_values(one), "answers": answers}))
    assert read_xfdf(made.data) == {name: name for name in answers}
    assert made.data.count(b'<field name="x">') == 1


def _values(one: Submission) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("source", "partner", "status", "form")}


def test_an_xfdf_file_has_the_fields_that_the_submission_has() -> None:
    assert read_xfdf(submission_xfdf(submission(A="", B="x")).data) == {"A": "", "B": "x"}


def test_files_are_called_after_the_pdf_and_safe() -> None:
    names = xfdf_names(
        ["ggd.pdf", "GGD.PDF", "post.eml/ggd.pdf", "alles.pdf#2", "<b>.pdf", "con.pdf", "ggd.xfdf"]
    )
    assert names == [
        "ggd.xfdf",
        "GGD (2).xfdf",
        "post.eml-ggd.xfdf",
        "alles.pdf#2.xfdf",
        "b.xfdf",
        "_con.xfdf",
        "ggd (3).xfdf",
    ]


def test_pdftk_puts_them_back_in_the_worksheet(
    tmp_path: Path, template: Path, returned: Path, run: Run
) -> None:
    need_program("pdftk")
    data, filled = tmp_path / "ggd.xfdf", tmp_path / "terug.pdf"
    assert run("extract", returned / "ggd.pdf", "-o", data).status == 0
    subprocess.run(["pdftk", template, "fill_form", data, "output", filled], check=True, capture_output=True)
    assert texts_of(run, filled) == texts_of(run, data) == texts_of(run, returned / "ggd.pdf")


def test_one_worksheet_may_be_shown(returned: Path, run: Run) -> None:
    outcome = run("extract", returned / "ggd.pdf", "--format", "xfdf")
    assert (outcome.status, outcome.err) == (0, "")
    assert read_xfdf(outcome.out.encode()) == texts_of(run, returned / "ggd.pdf")


def test_several_worksheets_go_into_a_folder(tmp_path: Path, returned: Path, run: Run) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "brief.pdf").write_bytes(b"")
    folder = tmp_path / "uit"
    outcome = run("extract", returned, tmp_path / "in", "--format", "xfdf", "-o", folder, "--lang", "en")
    assert outcome.status == 1
    assert sorted(path.stem for path in folder.iterdir()) == sorted(
        path.stem for path in returned.glob("*.pdf")
    )
    assert outcome.err.splitlines() == [
        "Not read, so without a file: brief.pdf.",
        f"Written: {folder}.",
        "6 of 7 submissions are incomplete or could not be read; see 'veldpdf check'.",
    ]
    again = run("extract", returned, "--format", "xfdf", "-o", folder)
    assert again.status == 2
    assert run("extract", returned, "--format", "xfdf", "-o", folder, "--force").status == 1


def test_what_asks_for_attention_is_told_beside_a_file(tmp_path: Path, returned: Path, run: Run) -> None:
    (tmp_path / "brief.pdf").write_bytes(b"")
    target = tmp_path / "uit.json"
    outcome = run("extract", returned, tmp_path / "brief.pdf", "-o", target, "--lang", "en")
    assert outcome.err.splitlines() == [
        f"Written: {target}.",
        "Without answers (1): brief.pdf.",
        "6 of 7 submissions are incomplete or could not be read; see 'veldpdf check'.",
    ]
    complete = run("extract", returned / "ggd.pdf", "-o", target, "--force", "--lang", "en")
    assert (complete.status, complete.err.splitlines()) == (0, [f"Written: {target}."])


@pytest.mark.parametrize("more", [[], ["-o", "alles.xfdf"]])
def test_one_xfdf_file_does_not_hold_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, returned: Path, run: Run, more: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = run("extract", returned, "--format", "xfdf", "--lang", "en", *more)
    assert (outcome.status, outcome.out) == (2, "")
    assert "An XFDF file holds the answers of one worksheet, and there are 6." in outcome.err
    assert list(tmp_path.iterdir()) == []


def test_nothing_read_is_nothing_written(tmp_path: Path, run: Run) -> None:
    (tmp_path / "leeg.pdf").write_bytes(b"")
    outcome = run("extract", tmp_path / "leeg.pdf", "-o", tmp_path / "x.xfdf", "--lang", "en")
    assert outcome.status == 2
    assert "No answers could be read" in outcome.err
    assert not (tmp_path / "x.xfdf").exists()


def test_form_data_that_came_in_is_never_replaced(tmp_path: Path, returned: Path, run: Run) -> None:
    data = tmp_path / "ggd.xfdf"
    run("extract", returned / "ggd.pdf", "-o", data)
    before = data.read_bytes()
    outcome = run("extract", data, "--format", "xfdf", "-o", tmp_path, "--force")
    assert (outcome.status, data.read_bytes()) == (2, before)


@given(TYPED)
def test_our_own_reader_finds_in_the_workbook_what_was_typed(text: str) -> None:
    data, warnings = submissions_xlsx(FORM, [submission(A=text, B="x")], catalogue("en"))
    header, row = (cells for _, cells in read_workbook(Path("x.xlsx"), data))
    found = dict(zip(header, row, strict=True))
    expected = "".join("\ufffd" if "\ud800" <= character <= "\udfff" else character for character in text)
    assert (found["A"], found["B"], warnings) == (expected, "x", ())


def test_the_workbook_has_the_columns_of_the_csv_and_only_texts(
    tmp_path: Path, returned: Path, run: Run
) -> None:
    file = tmp_path / "uit.XLSX"
    assert run("extract", returned, "-o", file).status == 1
    [sheet] = openpyxl.load_workbook(BytesIO(file.read_bytes()))
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert table[0][:7] == ["source", "partner", "status", "warnings", "missing", "partly_example", "Veld01"]
    assert [row[0] for row in table[1:]] == sorted(path.name for path in returned.glob("*.pdf"))
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert sheet.freeze_panes == "C2"


def test_an_answer_longer_than_a_cell_goes_on_in_the_next_row() -> None:
    text = "woord " * 12_000
    data, warnings = submissions_xlsx(FORM, [make_submission("GGD", {"A": text})], catalogue("en"))
    rows = [cells for _, cells in read_workbook(Path("x.xlsx"), data)]
    place = rows[0].index("A")
    assert "".join(row[place] for row in rows[1:]) == text
    assert [row[0] for row in rows[1:]] == ["ggd.pdf", "", ""]
    assert warnings == ("ggd.pdf: an answer is longer than a cell of Excel holds; it goes on in the next row.",)


def test_a_workbook_is_not_shown_on_the_screen(returned: Path, run: Run) -> None:
    outcome = run("--lang", "en", "extract", returned / "ggd.pdf", "--format", "xlsx")
    assert (outcome.status, outcome.out) == (2, "")
    assert "-o FILE.xlsx" in outcome.err


def test_without_the_extra_it_is_told_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    outcome = run("extract", tmp_path / "weg.pdf", "-o", tmp_path / "x.xlsx", "--lang", "en")
    assert outcome.status == 2
    assert "Writing Excel files needs the package openpyxl." in outcome.err
