"""What ``veldpdf check`` shows of all partners together, on any screen, and to who listens instead of looks."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run
from tests.forms import merged
from veldpdf.cli import main
from veldpdf.cli.matrix import matrix, plain_totals, totals
from veldpdf.cli.tables import (
    Screen,
    columns,
    completeness_table,
    fitted,
    plain_completeness,
    screen_of_user,
    table,
)
from veldpdf.completeness import find_gaps
from veldpdf.definition import load_form, parse_form
from veldpdf.language import catalogue
from veldpdf.messages import Message
from veldpdf.model import Answer, Completeness, FormDefinition, State, Status, Submission

FORM = load_form(None)
SAY = catalogue("en")
MARKS = {
    "#": State.ANSWERED,
    "%": State.PARTLY_EXAMPLE,
    "o": State.EXAMPLE,
    "-": State.EMPTY,
}
MARKER = "Jan slaat zijn zusje"


def form_of(fields: int) -> FormDefinition:
    """Return a definition with so many questions, all of them required."""
    about = {"section": "s", "question": "?"}
    numbers = range(1, fields + 1)
    return parse_form(
        {
            "id": "klein",
            "title": "Klein",
            "publisher": "Niemand",
            "language": "nl",
            "thin": ["n.v.t."],
            "sections": [{"id": "s", "title": "Deel"}],
            "fields": [{"name": f"V{number}", "label": f"Vraag {number}", **about} for number in numbers],
        },
        source="klein.toml",
    )


def sent(partner: str, marks: str, *, source: str = "", **more: object) -> Completeness:
    """Return a submission with a state for each field: "#" answered, "%" partly, "o" example, "-" empty, "x" absent."""
    form = form_of(len(marks))
    answers = {
        f"V{number}": Answer(text=MARKER if mark in "#%" else "", state=MARKS[mark])
        for number, mark in enumerate(marks, start=1)
        if mark in MARKS
    }
    settings: dict[str, object] = {"status": Status.READ, "answers": answers, **more}
    submission = Submission(
        source=source or f"{partner.lower()}.pdf",
        partner=partner,
        form="klein",
        **settings,  # type: ignore[arg-type]  # named by each test
    )
    return find_gaps(form, submission)


def unread(partner: str) -> Completeness:
    return sent(partner, "x", status=Status.UNREADABLE)


def shown(results: Sequence[Completeness], fields: int, **screen: object) -> list[str]:
    return list(matrix(form_of(fields), results, SAY, Screen(**screen)))  # type: ignore[arg-type]  # a screen's


def summed(results: Sequence[Completeness], fields: int, width: int) -> list[str]:
    return list(totals(form_of(fields), results, SAY, Screen(width=width)))


THREE = [sent("GGD", "#####"), sent("Politie", "%-ox#"), sent("Sportclub", "-----")]


class TestMatrix:
    def test_each_partner_has_a_row_and_each_question_a_column_with_totals_on_both_sides(self) -> None:
        assert shown(THREE, 5, width=80) == [
            "Partner    1 2 3 4 5",
            "---------  ---------  ---",
            "GGD        ● ● ● ● ●  5/5",
            "Politie    ◐ – ○ ✕ ●  2/5",
            "Sportclub  – – – – –  0/5",
            "Answered   2 1 1 1 2",
            "",
            "● answered  ◐ partly example  ○ only the example  – empty  ✕ not in the file",
        ]

    def test_numbers_of_two_digits_stand_upright_and_questions_close_up_before_they_are_split(self) -> None:
        results = [sent("GGD", "#" * 23), sent("Politie", "-" * 23)]
        assert shown(results, 23, width=60)[:6] == [
            "                    1 11111 11112 222",
            "Partner   12345 67890 12345 67890 123",
            "--------  ---------------------------  -----",
            "GGD       ●●●●● ●●●●● ●●●●● ●●●●● ●●●  23/23",
            "Politie   ––––– ––––– ––––– ––––– –––   0/23",
            "Answered  11111 11111 11111 11111 111",
        ]

    def test_what_does_not_fit_goes_on_below_in_whole_groups(self) -> None:
        results = [sent("GGD", "#" * 12), sent("Politie", "-" * 11 + "#")]
        assert shown(results, 12, width=29) == [
            "Partner   1 2 3 4 5",
            "--------  ---------",
            "GGD       ● ● ● ● ●",
            "Politie   – – – – –",
            "Answered  1 1 1 1 1",
            "",
            "                  1",
            "Partner   6 7 8 9 0",
            "--------  ---------",
            "GGD       ● ● ● ● ●",
            "Politie   – – – – –",
            "Answered  1 1 1 1 1",
            "",
            "          1 1",
            "Partner   1 2",
            "--------  ---  -----",
            "GGD       ● ●  12/12",
            "Politie   – ●   1/12",
            "Answered  1 2",
            "",
            "● answered  – empty",
        ]

    @pytest.mark.parametrize("width", [24, 40, 60, 80, 132])
    @pytest.mark.parametrize("fields", [1, 5, 23, 120])
    @pytest.mark.parametrize("partners", [2, 6, 40])
    def test_no_line_is_wider_than_the_screen(self, width: int, fields: int, partners: int) -> None:
        results = [
            sent(f"GGD Regio {'水' * (number % 7)} Noordoost-Veluwe {number}", "#%o-x#"[number % 6] * fields)
            for number in range(partners)
        ]
        results.append(unread("Veilig Thuis"))
        lines = shown(results, fields, width=width) + summed(results, fields, width)
        assert max(map(columns, lines)) <= width

    def test_every_state_is_shown_once_whatever_the_blocks(self) -> None:
        marks = "#%o-x" * 8
        for width in (24, 40, 60, 80):
            lines = shown([sent("A", marks), sent("B", marks)], 40, width=width)
            cells = "".join(line[8:] for line in lines if line.startswith("A "))
            assert [cells.count(symbol) for symbol in "●◐○–✕"] == [8] * 5, width

    def test_a_file_that_cannot_be_read_says_so_in_place_of_symbols(self) -> None:
        lines = shown([*THREE, unread("Veilig Thuis")], 5, width=80)
        assert lines[5] == "Veilig Thuis  unreadab…    -"
        assert lines[6] == "Answered      2 1 1 1 2"

    def test_what_another_replaces_is_neither_in_it_nor_in_the_totals(self) -> None:
        older = sent("GGD", "-----", source="oud.pdf", superseded_by="ggd.pdf")
        assert shown([older, *THREE], 5, width=80) == shown(THREE, 5, width=80)
        assert summed([older, *THREE], 5, 80) == summed(THREE, 5, 80)

    @pytest.mark.parametrize("results", [[], [THREE[0]], [unread("A"), unread("B")]])
    def test_there_is_none_where_nothing_can_be_compared(self, results: list[Completeness]) -> None:
        assert shown(results, 5, width=80) == []

    def test_names_are_shortened_in_the_middle_and_wide_letters_take_two_columns(self) -> None:
        results = [sent("GGD Regio Noord-Holland Noord", "#"), sent("GGD Regio Noord-Holland Zuid", "-")]
        assert [line.split("  ")[0] for line in shown(results, 1, width=60)[2:4]] == [
            "GGD Regio No…Noord",
            "GGD Regio No… Zuid",
        ]
        results = [sent("保健所🙂", "#"), sent("A", "-")]
        assert shown(results, 1, width=60)[1:4] == [
            "--------  -  ---",
            "保健所🙂  ●  1/1",
            "A         –  0/1",
        ]

    def test_two_of_one_name_are_told_apart_by_their_files(self) -> None:
        results = [sent("W", "#", source="a/w.pdf"), sent("W", "-", source="b/w.pdf")]
        assert [line.split("  ")[0] for line in shown(results, 1, width=80)[2:4]] == [
            "W (a/w.pdf)",
            "W (b/w.pdf)",
        ]

    @pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp437"])
    def test_an_encoding_that_lacks_a_symbol_gets_others_for_all(self, encoding: str) -> None:
        lines = shown(
            [sent("GGD Één-en-veertig van Waterrijk…", "#%o-x"), THREE[1]], 5, width=60, encoding=encoding
        )
        assert lines[2].endswith("  # / o - x  2/5")
        assert lines[-2:] == ["# answered  / partly example  o only the example  - empty", "x not in the file"]
        assert "".join(lines).encode(encoding)

    def test_colours_say_no_more_than_symbols_do(self) -> None:
        coloured = shown(THREE, 5, width=80, has_colour=True)
        assert coloured[3].startswith("Politie    \x1b[33m◐\x1b[0m \x1b[31m–\x1b[0m")
        bare = "\n".join(coloured)
        for code in ("\x1b[0m", "\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[35m"):
            bare = bare.replace(code, "")
        assert bare.splitlines() == shown(THREE, 5, width=80)


class TestTotals:
    def test_each_question_tells_how_many_answered_and_who_did_not(self) -> None:
        assert summed([*THREE, unread("Veilig Thuis")], 5, 80) == [
            "   Question  Answered  Not answered by",
            "-  --------  --------  ------------------",
            "1  Vraag 1   2 of 3    Sportclub",
            "2  Vraag 2   1 of 3    Politie, Sportclub",
            "3  Vraag 3   1 of 3    Politie, Sportclub",
            "4  Vraag 4   1 of 3    Politie, Sportclub",
            "5  Vraag 5   2 of 3    Sportclub",
            "",
            "1 of 4 is complete.",
        ]

    def test_names_that_do_not_fit_are_counted(self) -> None:
        results = [sent(f"Partner {number}", "-") for number in range(9)]
        assert summed(results, 1, 60)[2] == "1  Vraag 1   0 of 9    Partner 0, Partner 1, Partner 2 +6"

    def test_a_narrow_screen_has_no_room_for_names(self) -> None:
        assert summed(THREE, 5, 30)[2] == "1  Vraag 1   2 of 3"

    def test_one_partner_needs_no_totals(self) -> None:
        assert summed([THREE[0]], 5, 80) == []
        assert list(plain_totals(form_of(5), [THREE[0]], SAY)) == []


class TestDetails:
    RESULT = find_gaps(
        parse_form(
            {
                "id": "klein",
                "title": "Klein",
                "publisher": "Niemand",
                "language": "nl",
                "thin": ["n.v.t."],
                "sections": [{"id": "s", "title": "Deel"}],
                "fields": [
                    {"name": "A", "section": "s", "label": "Wie", "question": "?"},
                    {"name": "B", "section": "s", "label": "Waarom", "question": "?", "min_length": 20},
                    {"name": "C", "section": "s", "label": "Hoe", "question": "?"},
                ],
            },
            source="klein.toml",
        ),
        Submission(
            source="ggd.pdf",
            partner="GGD",
            status=Status.READ,
            form="klein",
            warnings=(Message("Something odd."),),
            answers={
                "A": Answer(text="", state=State.EMPTY),
                "B": Answer(text="n.v.t.", state=State.ANSWERED),
                "C": Answer(text=MARKER, state=State.PARTLY_EXAMPLE, is_cut_off=True),
            },
        ),
    )
    FORM = parse_form(
        {
            "id": "klein",
            "title": "Klein",
            "publisher": "Niemand",
            "language": "nl",
            "thin": ["n.v.t."],
            "sections": [{"id": "s", "title": "Deel"}],
            "fields": [
                {"name": name, "section": "s", "label": label, "question": "?"}
                for name, label in (("A", "Wie"), ("B", "Waarom"), ("C", "Hoe"))
            ],
        },
        source="klein.toml",
    )

    def test_what_is_missing_what_rules_ask_and_what_to_look_at_stand_apart(self) -> None:
        lines = completeness_table(self.FORM, [self.RESULT], SAY, Screen()).splitlines()
        assert lines[3:] == [
            "",
            "GGD (ggd.pdf)",
            "  Something odd.",
            "  A  Wie (empty)",
            "  Also asked:",
            "  Waarom has 6 characters; at least 20 are asked.",
            "  Worth a look:",
            "  B  Waarom (says little)",
            "  C  Hoe (the example still stands in it)",
            "  C  Hoe (longer than the field shows)",
        ]

    def test_who_listens_gets_one_fact_to_a_line_and_each_says_what_it_is(self) -> None:
        assert list(plain_completeness(self.FORM, [self.RESULT], SAY)) == [
            "GGD (ggd.pdf): 2 of 3 answered.",
            "Warning: Something odd.",
            "Missing: A Wie (empty)",
            "Also asked: Waarom has 6 characters; at least 20 are asked.",
            "Worth a look: B Waarom (says little)",
            "Worth a look: C Hoe (the example still stands in it)",
            "Worth a look: C Hoe (longer than the field shows)",
            "",
        ]

    def test_of_a_submission_that_another_replaces_nothing_is_asked(self) -> None:
        older = sent("GGD", "-%", superseded_by="nieuw.pdf", warnings=(Message("Older."),))
        lines = completeness_table(form_of(2), [older], SAY, Screen()).splitlines()
        assert lines[3:] == ["", "GGD (ggd.pdf)", "  Older."]
        assert list(plain_completeness(form_of(2), [older], SAY)) == [
            "GGD (ggd.pdf): superseded.",
            "Warning: Older.",
            "",
        ]

    def test_prose_is_broken_between_words_on_a_terminal_and_nowhere_else(self) -> None:
        long = sent("GGD", "#", warnings=(Message("One two three four five six seven eight."),))
        narrow = completeness_table(form_of(1), [long], SAY, Screen(width=40, is_terminal=True)).splitlines()
        assert narrow[-2:] == ["  One two three four five six seven", "    eight."]
        piped = completeness_table(form_of(1), [long], SAY, Screen(width=40)).splitlines()
        assert piped[-1] == "  One two three four five six seven eight."

    @pytest.mark.parametrize("width", [20, 40, 60, 80])
    def test_the_first_table_fits_as_well(self, width: int) -> None:
        result = sent("GGD Regio " + "Noord" * 12, "#", source="map/" + "a" * 70 + ".pdf")
        lines = completeness_table(form_of(1), [result], catalogue("nl"), Screen(width=width)).splitlines()
        assert max(map(columns, lines)) <= max(width, 38)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("één", 3), ("e\u0301", 1), ("水", 2), ("🙂", 2), ("❤\ufe0f", 2), ("ที่", 1), ("…", 1)],
)
def test_a_text_takes_the_columns_that_a_terminal_gives_it(text: str, width: int) -> None:
    assert columns(text) == width


@pytest.mark.parametrize("in_the_middle", [False, True])
@pytest.mark.parametrize(
    "text", ["GGD Regio Noord", "水水水水水水", "e\u0301" * 12, "🙂a🙂a🙂a🙂", "a" + "\u0301" * 40]
)
def test_a_cell_has_exactly_its_width(text: str, in_the_middle: bool) -> None:  # noqa: FBT001 - a parameter
    for width in range(1, 20):
        assert columns(fitted(text, width, Screen(), in_the_middle=in_the_middle)) == width


def test_the_widest_columns_of_a_table_give_way() -> None:
    rows = [["Partner", "File", "N"], ["a" * 30, "b" * 20, "12"]]
    assert list(table(rows, Screen(width=40))) == [
        f"{'Partner':17}  {'File':17}  N",
        f"{'-' * 17}  {'-' * 17}  --",
        f"{'a' * 16}…  {'b' * 16}…  12",
    ]


class Terminal(io.TextIOWrapper):
    """Standard output that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


class TestScreen:
    @pytest.fixture(autouse=True)
    def plain_screen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM"):
            monkeypatch.delenv(name, raising=False)

    @pytest.mark.parametrize(
        ("is_terminal", "variables", "has_colour"),
        [
            (True, {}, True),
            (False, {}, False),
            (True, {"NO_COLOR": "1"}, False),
            (True, {"NO_COLOR": "0"}, False),
            (True, {"NO_COLOR": ""}, True),
            (True, {"TERM": "dumb"}, False),
            (True, {"TERM": "xterm"}, True),
            (False, {"FORCE_COLOR": "1"}, True),
            (False, {"FORCE_COLOR": ""}, False),
            (True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True),
            (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ],
    )
    def test_colour_is_for_terminals_and_for_who_wants_it(
        self,
        is_terminal: bool,  # noqa: FBT001 - a parameter
        variables: dict[str, str],
        has_colour: bool,  # noqa: FBT001 - a parameter
        monkeypatch: pytest.MonkeyPatch,
        returned: Path,
    ) -> None:
        raw = io.BytesIO()
        kind = Terminal if is_terminal else io.TextIOWrapper
        monkeypatch.setattr(sys, "stdout", kind(raw, encoding="utf-8"))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

        assert screen_of_user().has_colour is has_colour
        assert main(["check", str(returned)]) == 1
        sys.stdout.flush()
        assert (b"\x1b[" in raw.getvalue()) is has_colour

    @pytest.mark.parametrize(
        ("variables", "width"),
        [({}, 80), ({"COLUMNS": "44"}, 44), ({"COLUMNS": "3"}, 24), ({"COLUMNS": "x"}, 80)],
    )
    def test_the_width_is_that_of_the_terminal_or_as_told_or_eighty(
        self, variables: dict[str, str], width: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def no_terminal(_: int) -> os.terminal_size:
            raise OSError

        monkeypatch.setattr(os, "get_terminal_size", no_terminal)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert screen_of_user().width == width

    def test_a_terminal_that_does_not_know_its_width_is_taken_as_eighty(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os, "get_terminal_size", lambda _: os.terminal_size((0, 0)))
        assert screen_of_user().width == 80


class TestCommand:
    @pytest.mark.parametrize("width", [40, 60, 80])
    def test_the_samples_fit_the_terminal(
        self, width: int, returned: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(shutil, "get_terminal_size", lambda _: os.terminal_size((width, 24)))
        monkeypatch.setattr(
            "veldpdf.cli.check.screen_of_user", lambda: Screen(width=screen_of_user().width, is_terminal=True)
        )
        outcome = run("check", returned, "--partners", ROOT / "samples" / "prefill" / "partners.csv")
        lines = outcome.out.splitlines()
        assert max(map(columns, lines)) <= width
        assert outcome.status == 1

    def test_the_overview_stands_at_the_end_where_a_terminal_shows_it(
        self, returned: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        lines = run("check", returned, "--lang", "en").out.splitlines()
        assert lines[-1] == "1 of 6 is complete."
        start = next(number for number, line in enumerate(lines) if line.startswith("Partner       1 2 3"))
        assert lines[start + 3 : start + 5] == [
            "GGD           ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ● ●  23/23",
            "Jongerenwerk  ● ◐ ◐ ● ◐ ◐ ○ ● ● ◐ ● ◐ ○ ◐ ○ ● ● ● ● – ● ● –  18/23",
        ]

    def test_plain_has_neither_symbols_nor_columns_nor_colour(
        self, returned: Path, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        outcome = run("check", returned, "--plain", "--lang", "en")
        lines = outcome.out.splitlines()
        assert lines[0] == "Basisschool (basisschool.pdf): 10 of 23 answered."
        assert "Missing: Veld09 Tegenspraak tussen elementen (empty)" in lines
        assert "Question 4, Kennis over wat werkt: answered by 4 of 6, not by Politie, Sportclub." in lines
        assert lines[-1] == "1 of 6 is complete."
        assert [line for line in lines if "  " in line or "--" in line or "\x1b" in line] == []
        assert not set(outcome.out) & set("●◐○✕")
        assert outcome.status == 1

    def test_no_answer_is_shown(self, tmp_path: Path, run: Run) -> None:
        for name in ("a", "b"):
            (tmp_path / f"{name}.pdf").write_bytes(merged({"Veld01": MARKER, "Veld02": ""}).bytes())
        for option in ((), ("--plain",)):
            assert MARKER not in run("check", tmp_path, *option).out

    def test_a_partner_who_sent_twice_is_judged_by_the_newer(
        self, tmp_path: Path, returned: Path, run: Run
    ) -> None:
        """``ggd (1).pdf`` is how a browser calls the second file of a name; the list of partners knows both."""
        shutil.copy(returned / "politie.pdf", tmp_path / "oud.pdf")
        shutil.copy(returned / "ggd.pdf", tmp_path / "nieuw.pdf")
        for name, moment in (("oud.pdf", 2_000_000_000), ("nieuw.pdf", 2_000_086_400)):
            os.utime(tmp_path / name, (moment, moment))
        (tmp_path / "lijst.csv").write_text("file,partner\noud.pdf,GGD\nnieuw.pdf,GGD\n", encoding="utf-8")
        asked = ("check", tmp_path / "oud.pdf", tmp_path / "nieuw.pdf", "--partners", tmp_path / "lijst.csv")

        checked = json.loads(run(*asked, "--format", "json").out)
        by_source = {item["source"]: item.get("superseded_by") for item in checked["submissions"]}
        outcome = run(*asked, "--lang", "en")

        assert by_source == {"oud.pdf": "nieuw.pdf", "nieuw.pdf": None}
        assert {name: checked["totals"][name] for name in ("complete", "read", "submissions")} == {
            "complete": 1,
            "read": 1,
            "submissions": 1,
        }
        assert outcome.status == 0
        assert "Veld04" not in outcome.out

    def test_totals_count_states_of_the_submissions_that_count(self, returned: Path, run: Run) -> None:
        made = json.loads(run("check", returned, "--format", "json").out)["totals"]
        assert (made["complete"], made["read"], made["submissions"]) == (1, 6, 6)
        assert made["fields"]["Veld07"] == {
            "answered": 1,
            "partly-example": 1,
            "example": 3,
            "empty": 1,
            "absent": 0,
            "missing": 4,
        }
        assert list(made["fields"]) == list(FORM.names)


def test_help_is_quick() -> None:
    """Nothing is loaded for it that reads PDFs, judges answers or makes reports."""
    heavy = ["pikepdf", "veldpdf.judging", "veldpdf.completeness", "veldpdf.merging", "veldpdf.export"]
    probe = (
        "import sys\nfrom veldpdf.cli import main\nmain(['check', '--help'])\n"
        f"print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
