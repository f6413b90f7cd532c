"""What ``veldpdf check --since`` tells of what came in meanwhile, and which files it takes as an earlier check."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.reading_form import small_form
from tests.rendering import rendered
from veldpdf.changes_since import Changes, Earlier, compare, parse_earlier
from veldpdf.completeness import find_gaps
from veldpdf.errors import ValuesError
from veldpdf.export import completeness_json, submissions_json
from veldpdf.language import LANGUAGES, catalogue
from veldpdf.merging import merge
from veldpdf.model import Answer, FormDefinition, State, Status, Submission

SAY = catalogue("en")
FORM = small_form("A", "B", "C")
MARKER = "Jan slaat zijn zusje"


def sent(partner: str, source: str = "", *, superseded_by: str = "", **texts: str | None) -> Submission:
    """Return a submission: a text for each field, "" for empty, "voorbeeld" for the example, None for absent."""

    def state(text: str) -> State:
        return State.EMPTY if not text else State.EXAMPLE if text == "voorbeeld" else State.ANSWERED

    given = {"A": "", "B": "", "C": "", **texts}
    return Submission(
        source=source or f"{partner.lower()}.pdf",
        partner=partner,
        status=Status.READ,
        form="klein",
        answers={
            name: Answer(text=text, state=state(text)) for name, text in given.items() if text is not None
        },
        superseded_by=superseded_by,
    )


def scan(partner: str, source: str = "") -> Submission:
    return Submission(
        source=source or f"{partner.lower()}.pdf", partner=partner, status=Status.SCAN, form="klein"
    )


def written_by_check(*submissions: Submission) -> bytes:
    return completeness_json(FORM, [find_gaps(FORM, each) for each in submissions], SAY).encode()


def written_by_extract(*submissions: Submission) -> bytes:
    return submissions_json(FORM, submissions, SAY).encode()


def written_by_merge(*submissions: Submission) -> bytes:
    return rendered(merge(FORM, submissions), ".json", SAY.language)


WRITERS = [written_by_check, written_by_extract, written_by_merge]


def since(then: bytes, *now: Submission, form: FormDefinition = FORM) -> Changes:
    return compare(form, parse_earlier(then, form, "then.json"), [find_gaps(form, each) for each in now])


def told(changes: Changes) -> dict[str, Any]:
    """Return changes as the JSON tells them, the keys that say nothing left out."""
    text = completeness_json(FORM, [], SAY, changes)
    found: dict[str, Any] = json.loads(text)["since"]
    for partner in found["partners"]:
        for key in ("answered", "changed", "emptied"):
            if not partner[key]:
                del partner[key]
        for key in ("read", "complete"):
            if partner[key]["then"] == partner[key]["now"]:
                del partner[key]
    return {key: value for key, value in found.items() if value}


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_changed_where_nothing_did(write: Any) -> None:
    all_kinds = [
        sent("GGD", A="a", B="voorbeeld", C=None),
        scan("Politie"),
        sent("School", A="a", B="b", C="c"),
    ]
    assert told(since(write(*all_kinds), *all_kinds)) == {"unchanged": 3}


@pytest.mark.parametrize("write", WRITERS)
def test_each_field_is_told_by_what_happened_to_it(write: Any) -> None:
    then = write(sent("GGD", A="", B="b", C="c"), sent("School", A="voorbeeld", B="b", C="c"))
    now = [sent("GGD", A="a", B="B", C="voorbeeld"), sent("School", A="a", B="b", C="c")]
    assert told(since(then, *now)) == {
        "partners": [
            {"partner": "GGD", "source": "ggd.pdf", "answered": ["A"], "changed": ["B"], "emptied": ["C"]},
            {
                "partner": "School",
                "source": "school.pdf",
                "answered": ["A"],
                "complete": {"then": False, "now": True},
            },
        ],
        "newly_complete": ["School"],
    }


@pytest.mark.parametrize("write", WRITERS)
def test_new_submissions_and_gone_ones_are_named(write: Any) -> None:
    then = write(sent("GGD"), sent("School", "map/school.pdf"))
    changes = since(then, sent("GGD"), sent("Politie", A="a", B="b", C="c"), scan("Sport"))
    assert told(changes) == {
        "new": [
            {"partner": "Politie", "source": "politie.pdf", "complete": True},
            {"partner": "Sport", "source": "sport.pdf", "complete": False},
        ],
        "gone": [{"partner": "School", "source": "map/school.pdf"}],
        "newly_complete": ["Politie"],
        "unchanged": 1,
    }


@pytest.mark.parametrize("write", WRITERS)
def test_a_scan_that_was_sent_again_can_be_read_now(write: Any) -> None:
    [change] = told(since(write(scan("GGD")), sent("GGD", A="a")))["partners"]
    assert (change["read"], change["answered"]) == ({"then": False, "now": True}, ["A"])


def test_of_a_file_that_cannot_be_read_now_no_field_was_emptied() -> None:
    [change] = told(since(written_by_check(sent("GGD", A="a", B="b", C="c")), scan("GGD")))["partners"]
    assert change == {
        "partner": "GGD",
        "source": "ggd.pdf",
        "read": {"then": True, "now": False},
        "complete": {"then": True, "now": False},
    }


def test_partners_are_known_by_name_whatever_file_they_send() -> None:
    then = written_by_check(sent("GGD  Noord", "oud.pdf", A="a"))
    assert told(since(then, sent("ggd noord", "nieuw.pdf", A="a"))) == {"unchanged": 1}


def test_then_by_file_and_the_former_name_is_told() -> None:
    then = written_by_check(sent("Formulier 3", "formulier.pdf"))
    [change] = told(since(then, sent("GGD", "formulier.pdf", A="a")))["partners"]
    assert change == {
        "partner": "GGD",
        "source": "formulier.pdf",
        "formerly": "Formulier 3",
        "answered": ["A"],
    }


def test_a_name_goes_before_a_file() -> None:
    """Two partners who exchanged the names of their files."""
    then = written_by_check(sent("GGD", "a.pdf", A="g"), sent("School", "b.pdf", A="s"))
    assert told(since(then, sent("GGD", "b.pdf", A="g"), sent("School", "a.pdf", A="s"))) == {"unchanged": 2}


def test_two_of_one_name_are_told_apart_by_their_folders() -> None:
    noord, zuid = sent("W", "noord/w.pdf", A="n"), sent("W", "zuid/w.pdf", A="z")
    assert told(since(written_by_check(noord, zuid), zuid, noord)) == {"unchanged": 2}


@pytest.mark.parametrize("write", WRITERS[:2])
def test_what_is_replaced_counts_neither_then_nor_now(write: Any) -> None:
    replaced = sent("GGD", "oud.pdf", A="x", superseded_by="nieuw.pdf")
    newer = sent("GGD", "nieuw.pdf", A="a")
    assert told(since(write(replaced, newer), newer)) == {"unchanged": 1}
    assert told(since(write(newer), replaced, newer)) == {"unchanged": 1}


def test_texts_are_compared_as_a_file_holds_them() -> None:
    half = sent("GGD", A="a\ud800b")
    assert told(since(written_by_check(half), half)) == {"unchanged": 1}


def test_fields_that_the_definition_lost_or_gained_are_no_change_of_the_partner() -> None:
    then = written_by_check(sent("GGD", A="a", B="b"))
    form = small_form("A", "D")
    changes = since(then, sent("GGD", A="a", B=None, C=None), form=form)
    assert changes.partners == ()


def test_no_text_of_an_answer_is_in_what_is_known_of_a_partner() -> None:
    [then] = parse_earlier(written_by_check(sent("GGD", A=MARKER)), FORM, "then.json")
    assert then.texts == {"A": MARKER}
    assert MARKER not in repr(then)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_file_that_a_shell_wrote_is_read_in_its_encoding(encoding: str) -> None:
    content = written_by_check(sent("Één", A="é")).decode().encode(encoding)
    [then] = parse_earlier(content, FORM, "then.json")
    assert (then.partner, then.texts) == ("Één", {"A": "é"})


def earlier(**changed: Any) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(written_by_check(sent("GGD", A=MARKER)))
    [item] = table["submissions"]
    item.update(changed)
    return table


REPORT = json.loads(written_by_merge(sent("GGD", A=MARKER)))


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        pytest.param(
            f'{{"form": "klein",\n "x" "{MARKER}"}}', "line 2, column 6: this is not JSON", id="syntax"
        ),
        pytest.param(b"\xff\xfe\x00", "this is not JSON", id="encoding"),
        pytest.param("", "line 1, column 1: this is not JSON", id="empty"),
        pytest.param("[" * 100_000, "this is not JSON", id="nested"),
        pytest.param([MARKER], "this holds no submissions", id="list"),
        pytest.param({"A": MARKER}, "at form: here a text must stand", id="values for prefilling"),
        pytest.param({"form": "ander", "submissions": []}, "about another worksheet than klein", id="other"),
        pytest.param({"form": "klein"}, "at submissions: here a list must stand", id="no submissions"),
        pytest.param(
            {"form": "klein", "submissions": [MARKER]},
            "at submissions[0]: here an object must stand",
            id="item",
        ),
        pytest.param(earlier(partner=3), "at submissions[0].partner: here a text must stand", id="partner"),
        pytest.param(earlier(source=None), "at submissions[0].source: here a text must stand", id="source"),
        pytest.param(
            earlier(status=MARKER), "at submissions[0].status: here one of read, recovered, scan", id="status"
        ),
        pytest.param(
            earlier(complete=MARKER), "at submissions[0].complete: here true or false must stand", id="complete"
        ),
        pytest.param(
            earlier(answers=[MARKER]), "at submissions[0].answers: here an object must stand", id="answers"
        ),
        pytest.param(
            earlier(answers={"A": MARKER}),
            "at submissions[0].answers.A: here an object must stand",
            id="answer",
        ),
        pytest.param(
            earlier(answers={"A": {"text": 1, "state": "answered"}}),
            "at submissions[0].answers.A.text: here a text must stand",
            id="text",
        ),
        pytest.param(
            earlier(answers={"A": {"text": MARKER, "state": MARKER}}),
            "at submissions[0].answers.A.state: here one of answered, empty, example, partly-example",
            id="state",
        ),
        pytest.param({**REPORT, "partners": MARKER}, "at partners: here a list must stand", id="report"),
        pytest.param({**REPORT, "sections": [[]]}, "at sections[0]: here an object must stand", id="section"),
    ],
)
def test_another_file_is_refused_with_the_place_and_without_a_text(content: Any, fact: str) -> None:
    raw = content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else None
    with pytest.raises(ValuesError) as caught:
        parse_earlier(json.dumps(content).encode() if raw is None else raw, FORM, "then.json")
    assert caught.value.what.startswith("then.json")
    assert fact in caught.value.what
    assert MARKER not in str(caught.value)
    assert "veldpdf check" in caught.value.remedy or "same worksheet" in caught.value.remedy


def test_a_submission_says_what_it_is() -> None:
    assert parse_earlier(written_by_extract(sent("GGD", A="a"), scan("School")), FORM, "x") == (
        Earlier(partner="GGD", source="ggd.pdf", is_read=True, is_complete=False, texts={"A": "a"}),
        Earlier(partner="School", source="school.pdf", is_read=False, is_complete=False),
    )


class TestCommand:
    @pytest.fixture
    def desk(self, tmp_path: Path, returned: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A folder with two submissions, checked; then one of them came again, a third came, and one is gone."""
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("COLUMNS", "80")
        inbox = tmp_path / "in"
        inbox.mkdir()
        shutil.copy(returned / "politie.pdf", inbox / "ggd.pdf")
        shutil.copy(returned / "sportclub.pdf", inbox / "sport.pdf")
        shutil.copy(returned / "veilig-thuis.pdf", inbox / "thuis.pdf")
        (tmp_path / "toen.json").write_text(run("check", "in", "--format", "json").out, encoding="utf-8")
        shutil.copy(returned / "ggd.pdf", inbox / "ggd.pdf")
        shutil.copy(returned / "basisschool.pdf", inbox / "school.pdf")
        (inbox / "sport.pdf").unlink()
        return tmp_path

    @pytest.mark.usefixtures("desk")
    def test_the_end_tells_what_changed_partner_by_partner(self, run: Run) -> None:
        outcome = run("check", "in", "--since", "toen.json", "--lang", "en")
        lines = outcome.out.splitlines()
        last = lines[lines.index("Since toen.json:") :]
        assert last[:4] == [
            "Since toen.json:",
            "  School (school.pdf): new, 10 of 23 answered",
            "  GGD",
            "    complete now",
        ]
        assert last[4] == "    answered since: Veld04, Veld07, Veld08, Veld10, Veld16, Veld21"
        assert last[5].startswith("    changed: Veld01, Veld02, ")
        assert last[6:] == [
            "  Sport (sport.pdf): not among the files any more",
            "  Nothing changed for 1 partner.",
        ]
        assert outcome.status == 1

    @pytest.mark.usefixtures("desk")
    def test_who_listens_is_told_of_whom_in_each_line(self, run: Run) -> None:
        lines = run("check", "in", "--since", "toen.json", "--plain", "--lang", "en").out.splitlines()
        last = lines[lines.index("Since toen.json:") + 1 :]
        assert [line.partition(":")[0] for line in last] == [
            *("School (school.pdf)", "GGD", "GGD", "GGD", "Sport (sport.pdf)"),
            "Nothing changed for 1 partner.",
        ]

    @pytest.mark.usefixtures("desk")
    def test_json_has_it_under_a_key_of_its_own(self, run: Run) -> None:
        found = json.loads(run("check", "in", "--since", "toen.json", "--format", "json").out)
        assert list(found) == ["form", "submissions", "totals", "since"]
        assert list(found["since"]) == ["new", "gone", "partners", "newly_complete", "unchanged"]
        assert found["since"]["newly_complete"] == ["GGD"]
        [change] = found["since"]["partners"]
        assert list(change) == [
            *("partner", "source", "answered", "changed", "emptied", "read", "complete"),
        ]

    @pytest.mark.usefixtures("desk")
    def test_without_it_there_is_no_such_key(self, run: Run) -> None:
        assert list(json.loads(run("check", "in", "--format", "json").out)) == ["form", "submissions", "totals"]

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("name", ["weg.json", "kapot.json", "in"])
    def test_a_file_that_cannot_be_used_is_told_before_anything_is_read(
        self, desk: Path, run: Run, language: str, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (desk / "kapot.json").write_text(f'{{"form": "bouwsteen-3a", "{MARKER}', encoding="utf-8")
        monkeypatch.setattr("veldpdf.cli.settings.Readers.read", lambda *_: pytest.fail("it was read"))
        outcome = run("check", "in", "--since", name, "--lang", language)
        assert (outcome.status, outcome.out) == (2, "")
        assert len(outcome.err.splitlines()) == 2
        assert name in outcome.err
        assert MARKER not in outcome.err

    @pytest.mark.usefixtures("desk")
    def test_the_same_input_gives_the_same_bytes(self, run: Run) -> None:
        asked = ("check", "in", "--since", "toen.json")
        assert run(*asked) == run(*asked)
