"""The command line as users and scripts meet it: what it prints, where, its exit status, and what it leaves."""

from __future__ import annotations

import csv
import gettext
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest

import veldpdf
from tests.conftest import ROOT, Outcome, Run
from tests.forms import FormBuilder, merged
from veldpdf.cli import main
from veldpdf.cli.settings import printable
from veldpdf.language import LANGUAGES

# An answer that no message may ever hold.
MARKER = "Jan slaat zijn zusje"
LONG = "Dit is een lange zin over wat wij doen. " * 200

SMALL_FORM = """
id = "klein"
title = "Klein werkblad"
publisher = "Gemeente Waterrijk"
language = "nl"

[[sections]]
id = "een"
title = "Deel één"

[[fields]]
name = "Naam"
section = "een"
label = "Naam"
question = "Hoe heet je?"

[[fields]]
name = "Actie"
section = "een"
label = "Actie"
question = "Wat ga je doen?"
example = "- bellen met alle partners"

[[fields]]
name = "Nog"
section = "een"
label = "Nog iets"
question = "Nog iets?"
required = false
"""

pytestmark = pytest.mark.usefixtures("desk")


def contents(folder: Path) -> dict[str, bytes | None]:
    """Return all there is in a folder."""
    return {
        os.fsdecode(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def desk(tmp_path: Path, returned: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with what an officer may have there: good files and every kind of bad one."""
    for name in ("ggd.pdf", "basisschool.pdf"):
        shutil.copy(returned / name, tmp_path / name)
    texts = {
        "klein.toml": SMALL_FORM,
        "kapot.toml": SMALL_FORM.replace('"nl"', '"nl'),
        "antwoorden.json": json.dumps({"Veld01": MARKER}),
        "kapot.json": f'{{\n  "Veld01": "{MARKER}"\n  "Veld02": "b"\n}}',
        "getal.json": f'{{"Veld01": "{MARKER}", "Veld02": 3}}',
        "onbekend.json": json.dumps({"Veld01": MARKER, "Veld2": MARKER}),
        "lijst.json": json.dumps([MARKER]),
        "kapot.csv": f'field,text\nVeld01,"{MARKER}\nVeld02,b\n',
        "onbekend.csv": f"field;text\nVeld99;{MARKER}\n",
        "kaal.csv": f"Veld01;{MARKER}\nVeld02;b\n",
        "komma.csv": f"field;text\nVeld01,{MARKER}\n",
        "leeg.csv": "",
        "partners.csv": "file;partner\nggd.pdf;GGD Waterrijk\n",
        "half.csv": "file;partner\nggd.pdf\n",
        "brief.pdf": "Geachte heer, mevrouw,",
        "bestaat.pdf": "was er al",
        "bestaat.html": "was er al",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "ander.pdf").write_bytes(merged({"Naam": "Jan", "Actie": "bellen"}).bytes())
    (tmp_path / "plat.pdf").write_bytes(FormBuilder().bytes())
    with pikepdf.open(returned / "ggd.pdf") as pdf:
        pdf.save(tmp_path / "slot.pdf", encryption=pikepdf.Encryption(owner="baas", user="sesam"))
    (tmp_path / "leeg").mkdir()
    (tmp_path / "map.pdf").mkdir()
    (tmp_path / "lus.pdf").symlink_to("lus.pdf")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def small_worksheet(**values: str) -> bytes:
    return merged({"Naam": "", "Actie": "", **values}).bytes()


def answers_in(path: str | Path) -> dict[str, str]:
    return {name: answer.text for name, answer in veldpdf.read(Path(path)).answers.items()}


class TestRefusals:
    """Wrong use, or an input that cannot be used: two lines at most, status 2, and nothing done."""

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("command", "facts"),
        [
            pytest.param("prefill -o uit.pdf --set Veld5={S}", ["'Veld5'", "'Veld05'"], id="unknown field"),
            pytest.param("prefill -o uit.pdf --set Iets={S}", ["'Iets'", "Veld01, Veld02"], id="nothing near"),
            pytest.param(
                "prefill -o uit.pdf --lock Veld5", ["'Veld5'", "'Veld05'"], id="unknown field to lock"
            ),
            pytest.param("prefill -o uit.pdf --set {S}", ["--set"], id="no equals sign"),
            pytest.param("prefill -o uit.pdf --set Veld01=a {S}", [], id="quotes forgotten"),
            pytest.param(
                "prefill -o uit.pdf --set Veld01={S} --set Veld01=b", ["'Veld01'"], id="field given twice"
            ),
            pytest.param(
                "prefill -o uit.pdf --answers onbekend.json", ["'Veld2'", "'Veld02'"], id="JSON: unknown"
            ),
            pytest.param("prefill -o uit.pdf --answers kapot.json", ["kapot.json", "3"], id="JSON: malformed"),
            pytest.param(
                "prefill -o uit.pdf --answers getal.json", ["getal.json", "'Veld02'"], id="JSON: a number"
            ),
            pytest.param("prefill -o uit.pdf --answers lijst.json", ["lijst.json"], id="JSON: a list"),
            pytest.param("prefill -o uit.pdf --answers kapot.csv", ["kapot.csv", "2"], id="CSV: malformed"),
            pytest.param("prefill -o uit.pdf --answers onbekend.csv", ["'Veld99'"], id="CSV: unknown field"),
            pytest.param(
                "prefill -o uit.pdf --answers komma.csv", ["komma.csv", "2"], id="CSV: other separator"
            ),
            pytest.param("prefill -o uit.pdf --answers leeg.csv", ["leeg.csv"], id="CSV: empty"),
            pytest.param("prefill -o uit.pdf --answers ggd.pdf", ["ggd.pdf", ".json"], id="answers in a PDF"),
            pytest.param("prefill -o uit.pdf --answers weg.json", ["weg.json"], id="answers: missing"),
            pytest.param("prefill -o uit.pdf --template weg.pdf", ["weg.pdf"], id="template: missing"),
            pytest.param("prefill -o uit.pdf --template map.pdf", ["map.pdf"], id="template: a folder"),
            pytest.param("prefill -o uit.pdf --template lus.pdf", ["lus.pdf"], id="template: a loop"),
            pytest.param("prefill -o uit.pdf --template brief.pdf", ["brief.pdf"], id="template: no PDF"),
            pytest.param("prefill -o uit.pdf --template plat.pdf", ["plat.pdf"], id="template: no fields"),
            pytest.param(
                "prefill -o uit.pdf --template ander.pdf",
                ["ander.pdf", "bouwsteen-3a"],
                id="template: other form",
            ),
            pytest.param("prefill -o uit.pdf --template slot.pdf", ["slot.pdf"], id="template: locked"),
            pytest.param("prefill", ["--output"], id="no output"),
            pytest.param("prefill -o bestaat.pdf", ["bestaat.pdf", "--force"], id="existing output of prefill"),
            pytest.param("prefill -o weg/uit.pdf", ["weg/uit.pdf"], id="folder of the output: missing"),
            pytest.param("prefill -o map.pdf --force", ["map.pdf"], id="output: a folder"),
            pytest.param(
                "prefill -o ggd.pdf --template ggd.pdf --force", ["ggd.pdf"], id="output: the template"
            ),
            pytest.param(
                "prefill -o antwoorden.json --answers antwoorden.json --force",
                ["antwoorden.json"],
                id="output: the answers",
            ),
            pytest.param("prefill -o {LONG}.pdf", [], id="output: a name without end"),
            pytest.param("extract weg.pdf", ["weg.pdf"], id="missing path"),
            pytest.param("extract ggd.pdf lus.pdf", ["lus.pdf"], id="a loop"),
            pytest.param("extract {LONG}.pdf", [], id="a name without end"),
            pytest.param("extract leeg", ["leeg"], id="folder without PDFs"),
            pytest.param("extract", ["PATHS"], id="no path at all"),
            pytest.param(
                "extract ggd.pdf --format xml", ["xml", "json", "csv"], id="unknown format of extract"
            ),
            pytest.param(
                "extract ggd.pdf -o uit.doc", ["uit.doc", ".json, .csv"], id="unknown ending of extract"
            ),
            pytest.param("extract ggd.pdf -o bestaat.html", ["bestaat.html"], id="existing output of extract"),
            pytest.param(
                "extract ggd.pdf -o ggd.pdf --format csv --force", ["ggd.pdf"], id="output: the input"
            ),
            pytest.param(
                "extract weg.pdf -o bestaat.html --format csv", ["bestaat.html"], id="told before work"
            ),
            pytest.param("extract ggd.pdf --partners half.csv", ["half.csv", "2"], id="half a partner"),
            pytest.param(
                "extract ggd.pdf --partners antwoorden.json", ["antwoorden.json"], id="partners in JSON"
            ),
            pytest.param("extract ggd.pdf --form weg.toml", ["weg.toml"], id="definition: missing"),
            pytest.param(
                "extract ggd.pdf --form kapot.toml", ["kapot.toml", "line 5"], id="definition: malformed"
            ),
            pytest.param(
                "extract ggd.pdf --form partners.csv", ["partners.csv"], id="definition: another file"
            ),
            pytest.param("extract ggd.pdf --jobs nul", ["--jobs", "nul"], id="jobs: a word"),
            pytest.param("extract ggd.pdf --jobs 0", ["--jobs", "0"], id="jobs: none"),
            pytest.param("check weg", ["weg"], id="check: missing path"),
            pytest.param("check ggd.pdf --format csv", ["csv", "table", "json"], id="unknown format of check"),
            pytest.param(
                "merge ggd.pdf -o uit.doc", ["uit.doc", ".pdf, .html, "], id="unknown ending of merge"
            ),
            pytest.param("merge ggd.pdf -o uit", ["uit", ".pdf, .html, "], id="no ending"),
            pytest.param("merge ggd.pdf -o uit.md -o bestaat.html", ["bestaat.html"], id="one of two exists"),
            pytest.param("merge ggd.pdf -o uit.md -o ./uit.md", ["uit.md"], id="two outputs of one name"),
            pytest.param(
                "merge ggd.pdf -o uit.md -o weg/uit.md", ["weg/uit.md"], id="one of two has no folder"
            ),
            pytest.param("merge ggd.pdf -o uit.md -o {LONG}.md", [], id="one of two has a name without end"),
            pytest.param("merge ggd.pdf", ["--output"], id="merge to nothing"),
            pytest.param("merge . -o ggd.pdf --force", ["ggd.pdf"], id="output: an input in a folder"),
            pytest.param(
                "merge ggd.pdf -o klein.toml.md -o uit.md --date 2026-02-30", ["2026-02-30"], id="no such day"
            ),
            pytest.param("inspect weg.pdf", ["weg.pdf"], id="inspect: missing path"),
            pytest.param(
                "inspect ggd.pdf --format yaml", ["yaml", "table", "json"], id="unknown format of inspect"
            ),
            pytest.param("chek ggd.pdf", ["chek", "'check'"], id="unknown command, with the nearest"),
            pytest.param("drukaf ggd.pdf", ["drukaf"], id="unknown command"),
            pytest.param("check ggd.pdf --forse", ["--forse"], id="unknown option"),
            pytest.param("--lang de check ggd.pdf", ["de", "nl", "en"], id="unknown language"),
        ],
    )
    def test_bad_input_is_told_in_two_lines_and_nothing_is_done(
        self, desk: Path, run: Run, language: str, command: str, facts: list[str]
    ) -> None:
        before = contents(desk)
        filled_in = command.replace("{S}", shlex.quote(MARKER)).replace("{LONG}", "x" * 300)

        outcome = run("--lang", language, *shlex.split(filled_in))

        lines = outcome.err.splitlines()
        assert (outcome.status, outcome.out) == (2, "")
        assert len(lines) in (1, 2)
        assert all(lines)
        assert [fact for fact in facts if fact not in outcome.err] == []
        assert not any(word in outcome.err for word in ("Traceback", "inside veldpdf", MARKER, "zusje"))
        assert contents(desk) == before

    def test_an_error_in_english_reads_like_this(self, run: Run) -> None:
        assert run("--lang", "en", "prefill", "-o", "uit.pdf", "--answers", "kapot.json") == Outcome(
            2,
            "",
            "Error: kapot.json, line 3, column 3: this is not JSON.\n"
            "Check quotes and commas there; a line break inside a text is written \\n.\n",
        )
        assert run("check", "--lang", "en") == Outcome(
            2,
            "",
            "Error: Missing argument 'PATHS...'.\nRun 'veldpdf check --help' to see how it is used.\n",
        )

    def test_an_odd_name_neither_breaks_the_lines_nor_moves_the_cursor(self, run: Run) -> None:
        outcome = run("--lang", "en", "extract", "één\u00a0🙂\n\x1b[31m\u202e.pdf")

        assert outcome.err.splitlines() == [
            "Error: één\u00a0🙂\ufffd\ufffd[31m\ufffd.pdf: there is no such file or folder.",
            "Check the name and the folder.",
        ]

    def test_what_is_not_foreseen_is_told_without_its_text(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> None:
            raise LookupError(MARKER)

        monkeypatch.setattr("veldpdf.cli.check.completeness_table", fail)
        outcome = run("--lang", "en", "check", "ggd.pdf")

        assert (outcome.status, outcome.out) == (2, "")
        assert outcome.err.splitlines() == [
            "Error: Something went wrong inside veldpdf (LookupError).",
            "Please report it; with VELDPDF_DEBUG=1 in the environment it tells where.",
        ]
        monkeypatch.setenv("VELDPDF_DEBUG", "1")
        with pytest.raises(LookupError):
            run("check", "ggd.pdf")

    def test_who_presses_control_c_gets_one_line(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("veldpdf.cli.check.completeness_table", interrupt)

        outcome = run("--lang", "en", "check", "ggd.pdf")

        # A line end goes before it, because the terminal shows ^C.
        assert outcome == Outcome(130, "", "\nStopped.\n")


class TestStatus:
    @pytest.mark.parametrize(
        ("command", "status"),
        [
            pytest.param("extract ggd.pdf", 0, id="complete"),
            pytest.param("extract basisschool.pdf", 1, id="examples left standing"),
            pytest.param("extract ggd.pdf brief.pdf", 1, id="one of two unreadable"),
            pytest.param("extract ander.pdf", 1, id="another form"),
            pytest.param("extract slot.pdf", 1, id="locked"),
            pytest.param("extract slot.pdf --password sesam", 0, id="unlocked"),
            pytest.param("check ggd.pdf", 0, id="check: complete"),
            pytest.param("check ggd.pdf basisschool.pdf", 1, id="check: one of two incomplete"),
            pytest.param("merge ggd.pdf -o uit.md", 0, id="merge: complete"),
            pytest.param("merge ggd.pdf basisschool.pdf -o uit.md", 1, id="merge: one of two incomplete"),
            pytest.param("inspect ggd.pdf ander.pdf", 0, id="inspect: two forms"),
            pytest.param("inspect ggd.pdf brief.pdf", 1, id="inspect: one of two unreadable"),
            pytest.param("inspect plat.pdf", 1, id="inspect: no fields"),
            pytest.param("prefill -o uit.pdf --set Veld01=kort", 0, id="prefill: fits"),
            pytest.param(f"prefill -o uit.pdf --set 'Veld01={LONG}'", 1, id="prefill: does not fit"),
            pytest.param("--help", 0, id="help"),
            pytest.param("extract -h", 0, id="help of a command"),
            pytest.param("--version", 0, id="version"),
            pytest.param("", 2, id="nothing asked"),
        ],
    )
    def test_the_status_says_whether_something_asks_for_attention(
        self, run: Run, command: str, status: int
    ) -> None:
        outcome = run(*shlex.split(command))

        assert outcome.status == status
        assert "Dit is een lange zin" not in outcome.err

    @pytest.mark.parametrize("command", ["extract", "check", "inspect"])
    def test_standard_error_is_silent_where_it_is_no_terminal(self, run: Run, command: str) -> None:
        assert run(command, "ggd.pdf", "basisschool.pdf").err == ""

    def test_progress_is_shown_on_a_terminal_and_never_among_the_data(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        quiet = run("extract", "ggd.pdf", "basisschool.pdf").out
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

        outcome = run("extract", "ggd.pdf", "basisschool.pdf")

        assert "2/2  basisschool.pdf" in outcome.err
        assert outcome.out == quiet

    def test_a_closed_standard_error_does_no_harm(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        expected = run("extract", "ggd.pdf")
        monkeypatch.setattr(sys, "stderr", None)

        assert run("extract", "ggd.pdf") == expected
        assert run("extract", "weg.pdf").status == 2


class TestExtract:
    def test_json_has_the_documented_shape(self, desk: Path, run: Run) -> None:
        (desk / "school.pdf").write_bytes(
            small_worksheet(Naam="Ålands “skola” 🙂\r\nregel 2 ", Actie="- bellen  met alle\npartners")
        )

        outcome = run("extract", "school.pdf", "brief.pdf", "--form", "klein.toml", "--lang", "en")

        assert json.loads(outcome.out) == {
            "form": "klein",
            "submissions": [
                {
                    "source": "school.pdf",
                    "partner": "School",
                    "status": "read",
                    "warnings": ["The file lacks these fields: Nog."],
                    "answers": {
                        "Naam": {
                            "text": "Ålands “skola” 🙂\nregel 2 ",
                            "state": "answered",
                            "origin": "field",
                            "warnings": [],
                        },
                        "Actie": {
                            "text": "- bellen  met alle\npartners",
                            "state": "example",
                            "origin": "field",
                            "warnings": [],
                        },
                    },
                },
                {
                    "source": "brief.pdf",
                    "partner": "Brief",
                    "status": "unreadable",
                    "warnings": ["This is not a PDF. Ask the partner to send the PDF again."],
                    "answers": {},
                },
            ],
        }
        assert outcome.status == 1

    def test_json_keeps_the_order_of_keys_and_fields(self, run: Run) -> None:
        content = json.loads(run("extract", "ggd.pdf").out)
        [submission] = content["submissions"]

        assert list(content) == ["form", "submissions"]
        assert list(submission) == ["source", "partner", "status", "warnings", "answers"]
        assert list(submission["answers"]) == [f"Veld{number:02}" for number in range(1, 24)]
        assert list(submission["answers"]["Veld01"]) == ["text", "state", "origin", "warnings"]

    @pytest.mark.parametrize(
        ("name", "status"),
        [
            ("ggd.pdf", "read"),
            ("plat.pdf", "scan"),
            ("slot.pdf", "locked"),
            ("ander.pdf", "other"),
            ("brief.pdf", "unreadable"),
        ],
    )
    def test_what_holds_no_answers_says_why(self, run: Run, name: str, status: str) -> None:
        [submission] = json.loads(run("extract", name).out)["submissions"]

        assert submission["status"] == status
        assert bool(submission["answers"]) == (status == "read")
        assert bool(submission["warnings"]) == (status != "read")

    def test_a_broken_link_in_a_folder_is_a_submission_that_cannot_be_read(self, run: Run) -> None:
        content = json.loads(run("extract", ".").out)

        found = {item["source"]: item["status"] for item in content["submissions"]}
        assert found["lus.pdf"] == "unreadable"
        assert found["ggd.pdf"] == "read"
        assert "map.pdf" not in found

    def test_a_partner_on_the_list_from_whom_nothing_came_is_in_the_report(self, run: Run) -> None:
        Path("lijst.csv").write_text("file;partner\nggd.pdf;GGD Waterrijk\nweg.pdf;Wijkteam Zuid\n", "utf-8")
        run("merge", "ggd.pdf", "--partners", "lijst.csv", "-o", "uit.json", "-o", "uit.md")
        assert json.loads(Path("uit.json").read_text("utf-8"))["awaited"] == ["Wijkteam Zuid"]
        assert "Nog niets ontvangen van: Wijkteam Zuid." in Path("uit.md").read_text("utf-8")

    def test_the_list_of_partners_names_them(self, run: Run) -> None:
        content = json.loads(run("extract", "ggd.pdf", "basisschool.pdf", "--partners", "partners.csv").out)

        assert [item["partner"] for item in content["submissions"]] == ["GGD Waterrijk", "Basisschool"]

    def test_csv_has_a_row_for_each_and_no_formula(self, desk: Path, run: Run) -> None:
        (desk / "school.pdf").write_bytes(small_worksheet(Naam='=1+1;"a",\nb', Actie="één"))

        outcome = run(
            "extract", "school.pdf", "brief.pdf", "--form", "klein.toml", "--format", "csv", "--lang", "en"
        )

        assert list(csv.reader(io.StringIO(outcome.out, newline=""))) == [
            ["source", "partner", "status", "warnings", "missing", "partly_example", "Naam", "Actie", "Nog"],
            [
                *("school.pdf", "School", "read", "The file lacks these fields: Nog.", "", ""),
                *('\'=1+1;"a",\nb', "één", ""),
            ],
            [
                "brief.pdf",
                "Brief",
                "unreadable",
                "This is not a PDF. Ask the partner to send the PDF again.",
                *[""] * 5,
            ],
        ]

    def test_a_file_holds_what_would_have_been_shown(self, desk: Path, run: Run) -> None:
        as_json, as_csv = run("extract", "ggd.pdf").out, run("extract", "ggd.pdf", "--format", "csv").out

        assert run("extract", "ggd.pdf", "-o", "uit.json") == Outcome(0, "", "Gemaakt: uit.json.\n")
        assert run("extract", "ggd.pdf", "-o", "uit.CSV").status == 0
        assert run("extract", "ggd.pdf", "-o", "uit.txt", "--format", "csv").status == 0

        assert (desk / "uit.json").read_bytes().decode() == as_json
        # The mark by which a spreadsheet knows UTF-8 is for files only.
        assert (desk / "uit.CSV").read_bytes() == (desk / "uit.txt").read_bytes()
        assert csv_rows((desk / "uit.CSV").read_bytes().decode()) == csv_rows("\ufeff" + as_csv)

    def test_an_existing_file_is_replaced_when_asked(self, desk: Path, run: Run) -> None:
        assert run("extract", "ggd.pdf", "-o", "bestaat.html", "--format", "json", "--force").status == 0
        assert json.loads((desk / "bestaat.html").read_bytes())["form"] == "bouwsteen-3a"

    @pytest.mark.skipif(sys.platform != "linux", reason="elsewhere file names are texts")
    @pytest.mark.parametrize("format_", ["json", "csv"])
    def test_a_file_name_that_is_no_text_does_not_stop_the_rest(
        self, desk: Path, run: Run, format_: str
    ) -> None:
        (desk / "leeg" / os.fsdecode(b"caf\xe9.pdf")).write_bytes(b"")

        outcome = run("extract", "leeg", "--format", format_)

        assert (outcome.status, outcome.err) == (1, "")
        assert "caf\ufffd.pdf" in outcome.out

    def test_no_input_is_changed(self, desk: Path, run: Run) -> None:
        before = contents(desk)
        for command in ("extract", "check", "inspect"):
            run(command, ".")

        assert contents(desk) == before


def csv_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


class TestCheck:
    def test_json_adds_what_is_missing_to_the_answers(self, desk: Path, run: Run) -> None:
        (desk / "a.pdf").write_bytes(small_worksheet(Actie=LONG))
        extracted = json.loads(run("extract", "a.pdf", "brief.pdf", "--form", "klein.toml").out)
        outcome = run("check", "a.pdf", "brief.pdf", "--form", "klein.toml", "--format", "json")

        checked = json.loads(outcome.out)
        found = [
            {key: item.pop(key) for key in ("complete", "missing", "overflow", "too_long", "thin", "rules")}
            for item in checked["submissions"]
        ]
        by = found[0]["too_long"].pop("Actie")
        own_words = [item.pop("own_words") for item in checked["submissions"]]
        totals = checked.pop("totals")

        assert found == [
            {
                "complete": False,
                "missing": ["Naam"],
                "overflow": ["Actie"],
                "too_long": {},
                "thin": [],
                "rules": [],
            },
            {"complete": False, "missing": [], "overflow": [], "too_long": {}, "thin": [], "rules": []},
        ]
        assert own_words == [{}, {}]
        assert by["lines"] > by["lines_that_fit"]
        assert 0 < by["characters_over"] < len(LONG)
        assert (totals["complete"], totals["read"], totals["submissions"]) == (0, 1, 2)
        assert totals["fields"]["Naam"] == {
            "answered": 0,
            "partly-example": 0,
            "example": 0,
            "empty": 1,
            "absent": 0,
            "missing": 1,
        }
        assert totals["fields"]["Nog"] == {
            "answered": 0,
            "partly-example": 0,
            "example": 0,
            "empty": 0,
            "absent": 1,
            "missing": 0,
        }
        assert checked == extracted
        assert outcome.status == 1

    def test_json_keeps_the_order_of_the_documentation(self, run: Run) -> None:
        [item] = json.loads(run("check", "ggd.pdf", "--format", "json").out)["submissions"]

        assert list(item) == [
            *("source", "partner", "status", "warnings"),
            *("complete", "missing", "overflow", "too_long", "thin", "own_words", "rules", "answers"),
        ]
        assert (item["complete"], item["missing"], item["overflow"]) == (True, [], [])

    def test_the_table_tells_people_what_to_ask(
        self, desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        (desk / "school.pdf").write_bytes(small_worksheet(Actie="- bellen met alle partners"))

        outcome = run("check", "school.pdf", "brief.pdf", "--form", "klein.toml", "--lang", "en")

        assert outcome.out.splitlines() == [
            "Partner  File        Status      Answered  Missing",
            "-------  ----------  ----------  --------  -------",
            "School   school.pdf  read        0 of 3    2",
            "Brief    brief.pdf   unreadable  -         -",
            "",
            "School (school.pdf)",
            "  The file lacks these fields: Nog.",
            "  Naam  Naam (empty)",
            "  Actie  Actie (still the example)",
            "",
            "Brief (brief.pdf)",
            "  This is not a PDF. Ask the partner to send the PDF again.",
            "",
            "Partner   1 2 3",
            "--------  -----  ---",
            "School    – ○ ✕  0/3",
            "Brief     unre…    -",
            "Answered  0 0 0",
            "",
            "○ only the example  – empty  ✕ not in the file",
            "",
            "   Question  Answered  Not answered by",
            "-  --------  --------  ---------------",
            "1  Naam      0 of 1    School",
            "2  Actie     0 of 1    School",
            "3  Nog iets  0 of 1    School",
            "",
            "0 of 2 are complete.",
        ]

    def test_a_table_never_moves_the_cursor(self, desk: Path, run: Run) -> None:
        (desk / "a\n\x1b[31m\u202e.pdf").write_bytes(b"")

        outcome = run("check", "a\n\x1b[31m\u202e.pdf")

        assert [line for line in outcome.out.splitlines() if line != printable(line)] == []
        assert "\x1b" not in outcome.out

    def test_letters_that_the_terminal_lacks_are_replaced(
        self, desk: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shutil.copy(desk / "ggd.pdf", desk / "Łódź é.pdf")
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))

        assert main(["check", "Łódź é.pdf"]) == 0
        assert "?ód? é.pdf".encode("cp1252") in raw.getvalue()


class TestInspect:
    def test_json_has_the_documented_shape(self, desk: Path, run: Run) -> None:
        form = FormBuilder(pages=2)
        form.text_field("Naam", "Jan é")
        form.text_field("Leeg")
        (desk / "x.pdf").write_bytes(form.bytes())

        outcome = run("inspect", "x.pdf", "brief.pdf", "--format", "json", "--lang", "en")

        assert json.loads(outcome.out) == {
            "files": [
                {
                    "source": "x.pdf",
                    "status": "read",
                    "form": None,
                    "warnings": [],
                    "fields": [
                        {"name": "Naam", "type": "text", "value": "Jan é", "pages": [1]},
                        {"name": "Leeg", "type": "text", "value": None, "pages": [1]},
                    ],
                },
                {
                    "source": "brief.pdf",
                    "status": "unreadable",
                    "form": None,
                    "warnings": ["This is not a PDF."],
                    "fields": [],
                },
            ]
        }

    @pytest.mark.parametrize(
        ("arguments", "form"),
        [
            (["ggd.pdf"], "bouwsteen-3a"),
            (["ander.pdf"], None),
            (["ander.pdf", "--form", "klein.toml"], "klein"),
        ],
    )
    def test_the_definition_that_fits_is_named(self, run: Run, arguments: list[str], form: str | None) -> None:
        [file] = json.loads(run("inspect", *arguments, "--format", "json").out)["files"]

        assert file["form"] == form

    def test_the_table_shows_each_field_on_one_line(self, desk: Path, run: Run) -> None:
        form = FormBuilder()
        form.text_field("Naam", f"één\n\x1b[31m{LONG * 20}")
        (desk / "x.pdf").write_bytes(form.bytes())

        outcome = run("inspect", "x.pdf", "--lang", "en")

        title, header, _, row = outcome.out.splitlines()
        assert title == "x.pdf: read"
        assert header.split() == ["Field", "Type", "Page", "Value"]
        assert row.startswith("Naam   text  1     één \ufffd[31mDit is een lange zin")
        assert (len(row) <= 100, row[-1]) == (True, "…")

    def test_one_file_that_cannot_be_read_does_not_hide_the_others(self, run: Run) -> None:
        found = json.loads(run("inspect", ".", "--format", "json").out)["files"]

        statuses = {item["source"]: item["status"] for item in found}
        assert statuses == {
            "ander.pdf": "read",
            "basisschool.pdf": "read",
            "bestaat.pdf": "unreadable",
            "brief.pdf": "unreadable",
            "ggd.pdf": "read",
            "lus.pdf": "unreadable",
            "plat.pdf": "scan",
            "slot.pdf": "locked",
        }


class TestPrefill:
    def test_texts_come_from_the_command_line_and_from_a_file(self, desk: Path, run: Run) -> None:
        (desk / "waarden.json").write_text(json.dumps({"Veld01": "één\nregel", "Veld02": "uit het bestand"}))

        outcome = run(
            *("prefill", "-o", "uit.pdf", "--answers", "waarden.json"),
            *("--set", "Veld02=a=b €5", "--set", "Veld03="),
        )

        examples = {spec.name: spec.example for spec in veldpdf.load_form().fields}
        assert outcome == Outcome(0, "", "Gemaakt: uit.pdf.\n")
        assert answers_in("uit.pdf") == {**examples, "Veld01": "één\nregel", "Veld02": "a=b €5", "Veld03": ""}

    def test_a_table_without_headings_is_understood(self, desk: Path, run: Run) -> None:
        (desk / "kaal.csv").write_text("Veld01;een\nVeld02;twee\n")

        assert run("prefill", "-o", "uit.pdf", "--answers", "kaal.csv").status == 0
        assert {answers_in("uit.pdf")[name] for name in ("Veld01", "Veld02")} == {"een", "twee"}

    def test_examples_are_cleared_when_asked(self, run: Run) -> None:
        run("prefill", "-o", "uit.pdf", "--no-examples", "--set", "Veld01=ja")

        assert {name: text for name, text in answers_in("uit.pdf").items() if text} == {"Veld01": "ja"}

    def test_a_locked_field_is_read_only_and_others_are_not(self, desk: Path, run: Run) -> None:
        run("prefill", "-o", "uit.pdf", "--set", "Veld01=ja", "--lock", "Veld01", "--lock", "Veld02")

        with pikepdf.open(desk / "uit.pdf") as pdf:
            locked = {str(field.T) for field in pdf.Root.AcroForm.Fields if int(field.get("/Ff", 0)) & 1}
        assert locked == {"Veld01", "Veld02"}

    def test_another_form_is_filled_with_its_own_definition(self, desk: Path, run: Run) -> None:
        outcome = run(
            *(
                "prefill",
                "-o",
                "uit.pdf",
                "--template",
                "ander.pdf",
                "--form",
                "klein.toml",
                "--set",
                "Naam=Piet",
            )
        )

        form = veldpdf.load_form(desk / "klein.toml")
        answers = veldpdf.read(desk / "uit.pdf", form=form).answers
        lacking = "In ander.pdf ontbreekt 1 veld van klein, dus niemand kan het beantwoorden: Nog iets.\n"
        assert outcome == Outcome(0, "", lacking + "Gemaakt: uit.pdf.\n")
        assert {name: answer.text for name, answer in answers.items()} == {"Naam": "Piet", "Actie": "bellen"}

    @pytest.mark.usefixtures("desk")
    def test_a_pdf_that_lacks_fields_is_told_of_before_it_is_sent(self, run: Run) -> None:
        with pikepdf.open(ROOT / "forms" / "bouwsteen-3a.pdf") as pdf:
            fields = pdf.Root.AcroForm.Fields
            gone = next(field for field in fields if str(field.T) == "Veld07")
            for page in pdf.pages:
                page.Annots = pikepdf.Array(
                    [each for each in page.get("/Annots", []) if each.objgen != gone.objgen]
                )
            pdf.Root.AcroForm.Fields = pikepdf.Array([each for each in fields if each.objgen != gone.objgen])
            pdf.save("kaal.pdf")
        done = run("--lang", "en", "prefill", "--template", "kaal.pdf", "-o", "uit.pdf", "--set", "Veld01=ja")
        assert done.status == 0
        assert "kaal.pdf lacks 1 field of bouwsteen-3a, so nobody can answer it: " in done.err
        assert Path("uit.pdf").is_file()

    @pytest.mark.usefixtures("desk")
    def test_a_template_that_somebody_filled_in_is_told_of_before_it_goes_to_all(self, run: Run) -> None:
        Path("lijst.csv").write_text("partner\nPolitie\nSchool\n")
        done = run("--lang", "en", "prefill", "--template", "ggd.pdf", "--partners", "lijst.csv", "-o", "map")
        assert done.status == 1
        assert "ggd.pdf: somebody has filled in this worksheet: 23 fields hold answers." in done.err
        assert "What stands in it goes to all who get a copy." in done.err
        done = run("--lang", "en", "prefill", "--partners", "lijst.csv", "-o", "leeg")
        assert (done.status, "somebody" in done.err) == (0, False)

    @pytest.mark.usefixtures("desk")
    def test_outputs_and_definitions_of_another_kind_are_refused(self, run: Run) -> None:
        Path("lijst.csv").write_text("partner\nPolitie\n")
        assert run("prefill", "--partners", "lijst.csv", "-o", "werk.pdf").status == 2
        assert not Path("werk.pdf").exists()
        assert run("define", "ggd.pdf", "-o", "x.json").status == 2
        done = run("--lang", "en", "check", "ggd.pdf", "--form", "ggd.pdf")
        assert (done.status, "this is a PDF, and no definition" in done.err) == (2, True)

    def test_text_that_does_not_fit_is_filled_in_and_told_without_itself(self, run: Run) -> None:
        outcome = run(
            "--lang", "en", "prefill", "-o", "uit.pdf", "--set", f"Veld05={LONG}", "--set", "Veld01=kort"
        )

        assert (outcome.status, outcome.out) == (1, "")
        [written, line] = outcome.err.splitlines()
        assert written == "Written: uit.pdf."
        assert line.startswith("Veld05 (Leidende principes & waarden): the text takes ")
        assert answers_in("uit.pdf")["Veld05"] == LONG

    def test_an_existing_file_is_replaced_when_asked(self, desk: Path, run: Run) -> None:
        assert run("prefill", "-o", "bestaat.pdf", "--force").status == 0
        assert (desk / "bestaat.pdf").read_bytes().startswith(b"%PDF-")

    def test_the_same_answers_make_the_same_bytes(self, desk: Path, run: Run) -> None:
        for name in ("een.pdf", "twee.pdf"):
            run("prefill", "-o", name, "--set", "Veld01=Łódź", "--set", "Veld02=x")

        assert (desk / "een.pdf").read_bytes() == (desk / "twee.pdf").read_bytes()

    def test_what_is_prefilled_is_extracted_to_the_letter(self, run: Run) -> None:
        sample = ROOT / "samples" / "prefill" / "antwoorden.csv"
        run("prefill", "-o", "uit.pdf", "--no-examples", "--answers", sample)

        [submission] = json.loads(run("extract", "uit.pdf").out)["submissions"]

        texts = {name: answer["text"] for name, answer in submission["answers"].items() if answer["text"]}
        assert texts == json.loads(sample.with_suffix(".json").read_bytes())


class TestMerge:
    def test_one_reading_makes_every_format(self, desk: Path, run: Run) -> None:
        names = ["uit.html", "uit.md", "uit.json"]

        outcome = run(
            *("--lang", "en", "merge", "ggd.pdf", "basisschool.pdf", "--title", "Samen & sterk"),
            *("--municipality", "Waterrijk", "--date", "2026-09-15"),
            *(part for name in names for part in ("-o", name)),
        )

        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.splitlines() == [
            "Written: uit.html, uit.md, uit.json.",
            "1 of 2 submissions is incomplete or could not be read; see 'veldpdf check'.",
        ]
        written = {name: (desk / name).read_text(encoding="utf-8") for name in names}
        assert all("Waterrijk" in text and "2026" in text for text in written.values())
        assert "Samen &amp; sterk" in written["uit.html"]
        assert "sterk" in json.dumps(json.loads(written["uit.json"]))

    def test_a_complete_set_asks_for_nothing(self, run: Run) -> None:
        assert run("--lang", "en", "merge", "ggd.pdf", "-o", "uit.MD") == Outcome(0, "", "Written: uit.MD.\n")

    def test_a_report_is_replaced_when_asked(self, desk: Path, run: Run) -> None:
        assert run("merge", "ggd.pdf", "-o", "bestaat.html", "--force").status == 0
        assert "was er al" not in (desk / "bestaat.html").read_text(encoding="utf-8")

    def test_files_that_cannot_be_read_do_not_stop_the_report(self, desk: Path, run: Run) -> None:
        assert run("merge", ".", "-o", "leeg/uit.md").status == 1
        report = (desk / "leeg" / "uit.md").read_text(encoding="utf-8")

        assert [name for name in ("brief.pdf", "slot.pdf", "lus.pdf") if name not in report] == []


class TestLanguage:
    @pytest.mark.parametrize(
        ("arguments", "language"),
        [
            (["--lang", "en", "check", "weg.pdf"], "en"),
            (["check", "--lang", "en", "weg.pdf"], "en"),
            (["check", "weg.pdf", "--lang=en"], "en"),
            (["check", "weg.pdf", "--lang", "nl"], "nl"),
            (["check", "weg.pdf"], "nl"),
            (["check", "weg.pdf", "--lang"], "nl"),
        ],
    )
    def test_errors_speak_the_language_that_was_asked_for(
        self, run: Run, arguments: list[str], language: str
    ) -> None:
        run(*arguments)

        # click looks its own words up in the same catalogue.
        assert (os.environ["LANGUAGE"], gettext.textdomain()) == (language, "veldpdf")

    def test_without_a_wish_errors_speak_the_language_of_the_system(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LANG", "en_GB.UTF-8")

        assert run("check", "weg.pdf").err.startswith("Error: weg.pdf: there is no such file or folder.\n")

    def test_what_readers_see_is_in_the_definitions_language_whatever_the_system_speaks(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dutch = run("check", "basisschool.pdf", "--lang", "nl").out
        monkeypatch.setenv("LANG", "en_GB.UTF-8")

        assert run("check", "basisschool.pdf").out == dutch

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_help_names_every_command(self, run: Run, language: str) -> None:
        shown = run("--lang", language, "--help").out

        assert [name for name in ("prefill", "extract", "check", "merge", "inspect") if name not in shown] == []


class TestProcess:
    """What only a process of its own can show."""

    def start(self, *arguments: str, **settings: Any) -> subprocess.Popen[bytes]:
        path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
        environment = {**os.environ, "PYTHONPATH": path, **settings.pop("env", {})}
        return subprocess.Popen(
            [sys.executable, "-m", "veldpdf", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **settings,
        )

    def test_python_m_speaks_utf_8_whatever_the_locale(self, desk: Path) -> None:
        """JSON and tables with any letter, where the system knows only ASCII."""
        (desk / "Ålands 🙂.pdf").write_bytes(small_worksheet(Naam="Łódź 🙂", Actie="één"))
        bare = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

        with self.start(
            "extract", "Ålands 🙂.pdf", "--form", "klein.toml", env=bare, stdout=subprocess.PIPE
        ) as process:
            out, err = process.communicate(timeout=30)
        [submission] = json.loads(out.decode("utf-8"))["submissions"]

        assert (process.returncode, err) == (0, b"")
        assert submission["answers"]["Naam"]["text"] == "Łódź 🙂"

    def test_a_table_is_shown_where_the_system_knows_only_ascii(self) -> None:
        with self.start(
            "check", "basisschool.pdf", env={"PYTHONIOENCODING": "ascii"}, stdout=subprocess.PIPE
        ) as process:
            out, err = process.communicate(timeout=30)

        assert (process.returncode, err) == (1, b"")
        assert b"basisschool.pdf" in out

    def test_who_has_read_enough_gets_no_complaint(self) -> None:
        """As ``veldpdf extract … | head`` does."""
        with self.start("extract", "ggd.pdf", stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.close()
            assert process.stderr is not None
            err = process.stderr.read()

        assert (process.returncode, err) == (0, b"")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to offer")
    def test_a_full_disk_under_standard_output_is_told(self) -> None:
        with (
            Path("/dev/full").open("wb") as full,
            self.start("extract", "ggd.pdf", "--lang", "en", stdout=full) as p,
        ):
            _, err = p.communicate(timeout=30)

        assert p.returncode == 2
        assert err.decode().splitlines() == [
            "Error: The system says: the disk is full.",
            "Make room on the disk, or check your rights.",
        ]
