"""What holds for the report in every format: the registry, exact texts, nothing that acts, the same bytes."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

import veldpdf
from veldpdf.errors import UnknownFormatError
from veldpdf.language import catalogue
from veldpdf.merging import Report, ReportOptions, merge
from veldpdf.messages import Message
from veldpdf.model import State, Status
from veldpdf.report import known_formats
from veldpdf.report.wording import date_in_words, title_of
from veldpdf.typed_text import one_line, visible

from .rendering import rendered
from .test_merging import EXAMPLE, FORM, everything, make_submission, merged

ENGLISH = catalogue("en")

# What has done harm elsewhere, or is apt to. Each must come out as text.
NASTY = {
    "markup": "Dit is <b>vet</b> & dit &amp; dat </p>",
    "a picture of a local file": '<img src="/etc/passwd"> <img src="https://example.org/x.png"/>',
    "a script": "<script>alert(1)</script>\"' onload='x()",
    "template syntax": "{{ 7*7 }} {% include '/etc/passwd' %} {# weg #} {n}",
    "a formula": '=HYPERLINK("https://example.org";"klik")',
    "markdown": "# Kop\n- *vet* [klik](javascript:alert(1)) ![x](y)\n---\n1. een\n```\ncode\n> citaat | tabel",
    "a link of reportlab": '<a href="https://example.org">x</a><para backColor="red">',
    "end of a string in PDF": r"\) Tj ET \( /Launch \377",
}


# How a file of each format begins.
BEGINNINGS = {
    ".pdf": b"%PDF-",
    ".html": b"<!DOCTYPE html>",
    ".docx": b"PK",
    ".xlsx": b"PK",
    ".md": b"# ",
    ".json": b"{",
}


@pytest.fixture(params=known_formats())
def suffix(request: pytest.FixtureRequest) -> str:
    """Each of the formats."""
    return str(request.param)


def sample() -> Report:
    """Return a report in which everything occurs that a report can hold."""
    ggd = everything("Wij doen mee.") | {"B": EXAMPLE + "\nEn wij vullen aan.", "C": "- trainen\n- meten"}
    school = everything("") | {"A": "Wij doen mee.", "B": EXAMPLE, "M1": "aantal lessen"}
    return merge(
        FORM,
        [
            make_submission("GGD", ggd),
            make_submission("School", school, status=Status.RECOVERED, warnings=(Message("It was printed."),)),
            make_submission("Sportclub", {"A": "x\n\n  y"}),
            make_submission("Huisarts", status=Status.SCAN, warnings=(Message("Ask for the original."),)),
        ],
        ReportOptions(title="Werksessie", municipality="Gemeente Proef", date=date(2026, 11, 19)),
    )


def test_every_format_is_whole(suffix: str) -> None:
    assert len(rendered(sample(), suffix)) > 1000


def test_the_ending_counts_in_any_case() -> None:
    assert rendered(sample(), ".JSON") == rendered(sample(), ".json")


def test_an_ending_that_nobody_knows_is_told_with_those_that_are_known() -> None:
    with pytest.raises(UnknownFormatError, match=r"\.pdf, \.html, \.docx, \.xlsx, \.md, \.json"):
        rendered(sample(), ".odt")


def test_a_report_of_nothing_is_a_file_in_every_format(suffix: str) -> None:
    assert rendered(merged(), suffix)


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_nothing_that_was_typed_acts_or_stops_the_run(suffix: str, text: str) -> None:
    """Wherever it was typed: in an answer, as a name, as the name of a file, as the title."""
    form_text = everything(text)
    report = merged(
        make_submission(text, form_text, source=text, warnings=(Message("{x}", x=text),)),
        title=text,
        municipality=text,
    )
    assert rendered(report, suffix)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ud83d los", id="half a surrogate pair"),
        pytest.param("a\x00b\x07c\x1b[31m", id="control characters"),
        pytest.param("factuur\u202efdp.exe\u2067x", id="bidirectional overrides"),
        pytest.param("\ufffe\uffff\ufdd0", id="noncharacters"),
        pytest.param("x" * 5000, id="a word of 5,000 characters"),
        pytest.param("woord " * 17_000, id="an answer of 100,000 characters"),
        pytest.param("\n" * 300 + "x" + "\n" * 300, id="blank lines"),
        pytest.param("e" + "\u0301" * 500, id="accents piled up"),
    ],
)
def test_no_character_stops_the_run(suffix: str, text: str) -> None:
    """What becomes of it in each format `test_report_nothing_acts` tells."""
    report = merged(make_submission("GGD" + text, {"A": text, "M1": text}, source=text + ".pdf"), title=text)
    data = rendered(report, suffix)
    assert data.startswith(BEGINNINGS[suffix])
    if suffix in (".html", ".json", ".md"):
        data.decode()


_PROGRAM = """
import sys
from tests.rendering import rendered
from tests.test_report_formats import sample
from veldpdf.report import known_formats
import hashlib
for suffix in known_formats():
    print(suffix, hashlib.sha256(rendered(sample(), suffix, "nl")).hexdigest())
"""


def test_the_same_input_makes_the_same_bytes_in_any_process() -> None:
    """Whatever the order in which Python keeps sets, the time zone, or the time."""
    outputs = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            check=True,
            capture_output=True,
            text=True,
            cwd=Path(veldpdf.__file__).parents[1],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
        ).stdout
        for seed, zone in [("1", "UTC"), ("20261119", "Asia/Tokyo")]
    }
    assert len(outputs) == 1


def test_no_library_of_a_format_is_imported_before_it_is_asked_for() -> None:
    program = (
        "import sys, veldpdf.report; print({'reportlab', 'jinja2', 'docx', 'openpyxl'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert run.stdout.strip() == "set()"


def test_the_report_knows_nothing_of_pdf_fields() -> None:
    """Formats render a Report; what reads PDFs lies on the other side of the drawing."""
    folder = Path(veldpdf.__file__).parent
    for path in [*sorted((folder / "merging").rglob("*.py")), *sorted((folder / "report").rglob("*.py"))]:
        tree = ast.parse(path.read_text("utf-8"))
        modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {module for module in modules if module.startswith(("veldpdf.pdf", "pikepdf", "pypdf"))}, (
            path
        )


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("a\r\nb\rc\vd\u2028e\x85f", "a\nb\nc\nd\ne\nf", id="every line end is one"),
        pytest.param("  twee\tspaties ", "  twee\tspaties ", id="white space stays"),
        pytest.param("x\u202ey", "x[U+202E]y", id="an override is shown, and does nothing"),
        pytest.param("x\x00\ud800y", "x\ufffd\ufffdy", id="what cannot be shown leaves a mark"),
        pytest.param("🙂 مرحبا é e\u0301", "🙂 مرحبا é e\u0301", id="everything else is as typed"),
    ],
)
def test_a_text_is_made_visible(typed: str, shown: str) -> None:
    assert visible(typed) == shown


def test_a_heading_has_one_line() -> None:
    assert one_line("GGD\nRegio Noord") == "GGD Regio Noord"


def test_dates_are_written_in_words() -> None:
    assert date_in_words(date(2026, 3, 4), ENGLISH) == "4 March 2026"


def test_a_report_without_a_title_calls_itself_something() -> None:
    assert title_of(merged(), ENGLISH) == "The answers together"


def test_states_and_statuses_all_have_words() -> None:
    from veldpdf.report.wording import STATES, STATUSES, SYMBOLS  # noqa: PLC0415 - only this test needs them

    assert set(STATES) == set(SYMBOLS) == {*State, None}
    assert set(STATUSES) == set(Status)
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
