"""The report as JSON: all of it, exact, for other programs."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.texts import says_something
from veldpdf import read
from veldpdf.merging import Report

from .rendering import rendered
from .test_merging import BULLET, EXAMPLE, OWN_WORDS, SAMPLE, SHORT, make_submission, merged, returned
from .test_report_formats import sample


def loaded(report: Report) -> Any:
    """Return the JSON of a report, read back."""
    return json.loads(rendered(report, ".json"))


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])).filter(says_something))
def test_a_text_is_exact_to_the_letter(text: str) -> None:
    table = loaded(merged(make_submission("GGD", {"A": text})))
    assert table["sections"][0]["questions"][0]["answers"] == [
        {"names": ["GGD"], "text": text, "partly_example": False, "own_words": None, "is_note": False}
    ]


def test_half_a_surrogate_pair_becomes_a_replacement_character() -> None:
    table = loaded(merged(make_submission("GGD", {"A": "a\ud83db"})))
    assert table["sections"][0]["questions"][0]["answers"][0]["text"] == "a\ufffdb"


def test_the_file_can_be_looked_at_without_harm() -> None:
    """Characters that turn the reading order are escapes in the file, and themselves in the data."""
    report = merged(make_submission("GGD", {"A": "a\u202eb é"}))
    raw = rendered(report, ".json").decode()
    assert r"a\u202eb é" in raw
    assert raw.endswith("}\n")


def test_everything_is_in_it() -> None:
    table = loaded(sample())
    assert list(table) == [
        "form",
        "title",
        "municipality",
        "date",
        "language",
        "awaited",
        "totals",
        "partners",
        "superseded",
        "sections",
        "plan",
        "actions",
    ]
    assert table["date"] == "2026-11-19"
    assert table["totals"] == {"partners": 4, "read": 3, "complete": 1}
    assert table["partners"][1]["states"]["B"] == "example"
    assert table["partners"][2]["states"]["B"] is None
    assert table["partners"][3]["warnings"] == ["Ask for the original."]
    b = table["sections"][0]["questions"][1]
    assert (b["example"], b["example_left_by"]) == (EXAMPLE, ["School"])
    assert b["answers"][0]["partly_example"] is True
    assert table["plan"][-1] == {
        "indicator": "aantal lessen",
        "frequency": "",
        "responsible": "",
        "name": "School",
        "partly_example": [],
        "own_words": {},
    }
    assert table["actions"] == [
        {
            "field": "C",
            "names": ["GGD"],
            "text": "- trainen\n- meten",
            "partly_example": False,
            "own_words": None,
            "is_note": False,
        }
    ]


def test_of_an_answer_that_is_partly_the_example_both_are_in_it() -> None:
    """What was typed, and what of it is the partner's own."""
    typed = {name: answer.text for name, answer in read(SAMPLE).answers.items()}
    table = loaded(returned())

    answers = {
        question["field"]: answer
        for section in table["sections"]
        for question in section["questions"]
        for answer in question["answers"]
    }
    assert {name: answer["text"] for name, answer in answers.items()} == {name: typed[name] for name in answers}
    assert {name: answer["own_words"] for name, answer in answers.items()} == {
        name: OWN_WORDS.get(name) for name in answers
    }
    assert table["plan"][0]["indicator"] == typed["Veld14"]
    assert table["plan"][0]["own_words"] == {"indicator": OWN_WORDS["Veld14"]}


def test_who_typed_the_same_stands_together_though_others_are_shown_with_them() -> None:
    below, above = f"{EXAMPLE}\n{SHORT}", f"{SHORT}\n{EXAMPLE}"
    table = loaded(
        merged(
            make_submission("GGD", {"B": below}),
            make_submission("School", {"B": above}),
            make_submission("Halt", {"B": below}),
        )
    )
    rest = {"partly_example": True, "own_words": SHORT, "is_note": False}
    assert table["sections"][0]["questions"][1]["answers"] == [
        {"names": ["GGD", "Halt"], "text": below, **rest},
        {"names": ["School"], "text": above, **rest},
    ]


def test_where_nothing_is_the_partners_own_the_own_words_are_empty() -> None:
    table = loaded(merged(make_submission("GGD", {"B": BULLET})))
    (answer,) = table["sections"][0]["questions"][1]["answers"]
    assert (answer["text"], answer["own_words"]) == (BULLET, "")


def test_a_worksheet_without_a_plan_says_so() -> None:
    assert loaded(merged())["plan"] == []
