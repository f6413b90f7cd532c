"""Values to prefill with: every shape that people have, and every mistake told without the text."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT, Run
from veldpdf.errors import InputError, ValuesError
from veldpdf.prefill_values import parse_assignments, read_values
from veldpdf.spreadsheets import write_csv

# An answer that no message may ever hold.
MARKER = "het geheim van Jan"

Write = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("a.json", '{"Veld01": "één\\nregel", "Veld02": ""}', id="JSON: a text for each field"),
        pytest.param("A.JSON", '\ufeff{"Veld01": "één\\nregel", "Veld02": ""}', id="JSON from Windows"),
        pytest.param("a.json", '{"answers": {"Veld01": "één\\nregel", "Veld02": ""}}', id="JSON: answers"),
        pytest.param(
            "a.json",
            '{"form": "x", "submissions": [{"source": "ggd.pdf", "status": "read", "answers": {"Veld01":'
            ' {"text": "één\\nregel", "state": "answered"}, "Veld02": {"text": "", "state": "empty"}}}]}',
            id="JSON: what extract writes",
        ),
        pytest.param("a.csv", 'field,text\nVeld01,"één\nregel"\nVeld02,\n', id="CSV: a row for each field"),
        pytest.param("a.csv", 'Tekst; VELD \n"één\nregel";Veld01\n;Veld02\n', id="CSV: Dutch, turned round"),
        pytest.param(
            "a.csv", 'nr,naam,antwoord\n1,Veld01,"één\nregel"\n2, Veld02 ,\n', id="CSV: with another column"
        ),
        pytest.param("a.CSV", 'Veld01,Veld02\n"één\nregel",""\n', id="CSV: a column for each field"),
        pytest.param(
            "a.csv",
            'source,partner,status,warnings,Veld01,Veld02,\nggd.pdf,GGD,read,,"één\nregel",,\n',
            id="CSV: what extract writes",
        ),
    ],
)
def test_values_are_read_from_every_shape(write: Write, name: str, content: str) -> None:
    assert read_values(write(name, content)) == {"Veld01": "één\nregel", "Veld02": ""}


@given(
    st.dictionaries(
        st.from_regex(r"Veld[0-9]{2}", fullmatch=True),
        st.text(st.characters(exclude_categories=["Cs"])),
        min_size=1,
        max_size=5,
    )
)
def test_json_and_a_table_of_rows_say_the_same(values: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        as_json, as_csv = Path(folder, "a.json"), Path(folder, "a.csv")
        as_json.write_text(json.dumps(values))
        as_csv.write_bytes(write_csv([("field", "text"), *values.items()], with_mark=False))

        assert read_values(as_json) == values
        assert read_values(as_csv) == values


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_extract_writes_can_be_prefilled_again(
    run: Run, returned: Path, tmp_path: Path, kind: str
) -> None:
    """For next year's worksheet: last year's answers."""
    extracted = tmp_path / f"ggd.{kind}"
    run("extract", returned / "ggd.pdf", "-o", extracted)

    [submission] = json.loads(run("extract", returned / "ggd.pdf").out)["submissions"]

    assert read_values(extracted) == {name: answer["text"] for name, answer in submission["answers"].items()}


def test_the_samples_say_the_same_in_both_formats() -> None:
    folder = ROOT / "samples" / "prefill"

    assert read_values(folder / "antwoorden.csv") == read_values(folder / "antwoorden.json")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        pytest.param(
            "a.json",
            f'{{\n  "Veld01": "{MARKER}",\n  "Veld02": "b"\n  "Veld03": "c"\n}}',
            ", line 4, column 3: this is not JSON.",
            id="JSON: a comma forgotten",
        ),
        pytest.param(
            "a.json", f'{{"Veld01": "{MARKER}', ", line 1, column 12: this is not JSON.", id="JSON: cut off"
        ),
        pytest.param("a.json", "", ", line 1, column 1: this is not JSON.", id="JSON: nothing"),
        pytest.param(
            "a.json",
            f'{{"Veld01": "{MARKER}\n"}}',
            ", line 1, column 31: this is not JSON.",
            id="JSON: a line break",
        ),
        pytest.param(
            "a.json",
            f'["{MARKER}"]',
            ": this is not a JSON object with a text for each field.",
            id="JSON: a list",
        ),
        pytest.param(
            "a.json",
            "[" * 100_000,
            ": this is not a JSON object with a text for each field.",
            id="JSON: nested without end",
        ),
        pytest.param(
            "a.json",
            f'{{"Veld01": {"1" * 5000}}}',
            ": this is not a JSON object with a text for each field.",
            id="JSON: a number without end",
        ),
        pytest.param(
            "a.json",
            '{"Veld01": 3}',
            ": the value of field 'Veld01' is a number, not a text.",
            id="JSON: number",
        ),
        pytest.param(
            "a.json", '{"V": 0.5}', ": the value of field 'V' is a number, not a text.", id="JSON: a fraction"
        ),
        pytest.param(
            "a.json", '{"V": NaN}', ": the value of field 'V' is a number, not a text.", id="JSON: not a number"
        ),
        pytest.param(
            "a.json", '{"V": true}', ": the value of field 'V' is true or false, not a text.", id="JSON: true"
        ),
        pytest.param("a.json", '{"V": null}', ": the value of field 'V' is null, not a text.", id="JSON: null"),
        pytest.param(
            "a.json",
            f'{{"V": ["{MARKER}", 1]}}',
            ": the value of field 'V' is a list, not a text.",
            id="JSON: a list",
        ),
        pytest.param(
            "a.json",
            f'{{"V": {{"value": "{MARKER}"}}}}',
            ": the value of field 'V' is an object, not a text.",
            id="JSON: an object",
        ),
        pytest.param(
            "a.json",
            '{"V": {"text": 1}}',
            ": the value of field 'V' is a number, not a text.",
            id="JSON: a number for an answer's text",
        ),
        pytest.param(
            "a.json", f'{{"V": "{MARKER}", "V": "b"}}', ": field 'V' is given twice.", id="JSON: a name twice"
        ),
        pytest.param(
            "a.json",
            '{"submissions": [{}, {}]}',
            ": this holds 2 submissions, not one.",
            id="JSON: two submissions",
        ),
        pytest.param(
            "a.json", '{"submissions": []}', ": this holds 0 submissions, not one.", id="JSON: no submission"
        ),
        pytest.param(
            "a.json",
            '{"submissions": ["a"]}',
            ": this is not a JSON object with a text for each field.",
            id="JSON: a submission that is none",
        ),
        pytest.param("a.json", '{"V": "é"}'.encode("cp1252"), ": byte 7 is not UTF-8.", id="JSON: Windows"),
        pytest.param(
            "a.csv",
            f'field,text\n\nVeld01,"{MARKER}\nx"\nVeld02,b,{MARKER}\n',
            ", line 5: there are 3 cells under 2 columns.",
            id="CSV: a comma without quotes",
        ),
        pytest.param(
            "a.csv",
            f"field;text\nVeld01,{MARKER}\n",
            ", line 2: a cell is not there.",
            id="CSV: two separators",
        ),
        pytest.param(
            "a.csv", "Veld01;Veld02\na,b\n", ", line 2: a cell is not there.", id="CSV: columns, the same"
        ),
        pytest.param(
            "a.csv",
            f"field,text\n ,{MARKER}\n",
            ", line 2: the name of the field is not there.",
            id="CSV: no name",
        ),
        pytest.param(
            "a.csv",
            f"field,text\nVeld01,{MARKER}\nVeld01,b\n",
            ", line 3: field 'Veld01' is given twice.",
            id="CSV: a name in two rows",
        ),
        pytest.param(
            "a.csv",
            f"Veld01,Veld01\n{MARKER},b\n",
            ": field 'Veld01' is given twice.",
            id="CSV: a name in two columns",
        ),
        pytest.param(
            "a.csv",
            f"Veld01,\na,{MARKER}\n",
            ": a column has a text and no name.",
            id="CSV: a column without a name",
        ),
        pytest.param(
            "a.csv",
            f"Veld01,Veld02\na,b\nc,{MARKER}\n",
            ": one row of values is needed under the names; there are 2.",
            id="CSV: two rows of values",
        ),
        pytest.param(
            "a.csv",
            "Veld01,Veld02\n",
            ": one row of values is needed under the names; there are 0.",
            id="CSV: names only",
        ),
        pytest.param(
            "a.docx", MARKER, ": values cannot be read from this kind of file.", id="another kind of file"
        ),
        pytest.param("csv", MARKER, ": values cannot be read from this kind of file.", id="no ending"),
    ],
)
def test_a_mistake_is_told_with_file_and_place_and_without_the_text(
    write: Write, name: str, content: str | bytes, problem: str
) -> None:
    path = write(name, content)

    with pytest.raises(ValuesError) as caught:
        read_values(path)

    assert caught.value.what == f"{path}{problem}"
    assert caught.value.remedy
    assert MARKER not in str(caught.value)


def test_another_kind_of_file_is_told_which_there_are(write: Write) -> None:
    with pytest.raises(ValuesError) as caught:
        read_values(write("antwoorden.docx", MARKER))

    assert caught.value.remedy == "Use a file name that ends in one of: .json, .csv, .xlsx, .xlsm."


@pytest.mark.parametrize("name", ["nergens.json", "nergens.csv", "nergens.xlsx"])
def test_a_file_that_is_not_there_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=name):
        read_values(tmp_path / name)


def test_assignments_keep_everything_behind_the_first_equals_sign() -> None:
    assert parse_assignments(["Veld01=a=b\n ", "Veld02=", "Veld 3 ==1"]) == {
        "Veld01": "a=b\n ",
        "Veld02": "",
        "Veld 3 ": "=1",
    }
    assert parse_assignments([]) == {}


@pytest.mark.parametrize("assignment", [MARKER, f"={MARKER}", ""])
def test_an_assignment_needs_a_name_and_an_equals_sign(assignment: str) -> None:
    with pytest.raises(ValuesError) as caught:
        parse_assignments([assignment])

    assert "--set" in caught.value.what
    assert MARKER not in str(caught.value)


def test_a_field_is_assigned_once() -> None:
    with pytest.raises(ValuesError) as caught:
        parse_assignments([f"Veld01={MARKER}", "Veld01=b"])

    assert str(caught.value) == "--set: field 'Veld01' is given twice.\nKeep one of the two."
