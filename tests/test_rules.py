"""What a definition asks beside that a field is filled in, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from veldpdf.completeness import find_gaps
from veldpdf.definition import load_form, parse_form
from veldpdf.language import catalogue
from veldpdf.model import Answer, FormDefinition, Rule, State, Status, Submission
from veldpdf.rules import breaches, needed_fields

FORM = parse_form(
    {
        "id": "klein",
        "title": "Klein",
        "publisher": "Wij",
        "language": "nl",
        "thin": ["n.v.t."],
        "sections": [{"id": "s", "title": "Deel"}],
        "fields": [
            {"name": "Een", "section": "s", "label": "Indicator 1", "question": "?", "required": False},
            {"name": "Twee", "section": "s", "label": "Indicator 2", "question": "?", "required": False},
            {
                "name": "Vaak",
                "section": "s",
                "label": "Hoe vaak",
                "question": "?",
                "required": False,
                "required_with": ["Een", "Twee"],
            },
            {"name": "Waarom", "section": "s", "label": "Waarom", "question": "?", "min_length": 20},
        ],
        "groups": [{"label": "Indicatoren", "fields": ["Een", "Twee"], "at_least": 1}],
    },
    source="klein.toml",
)
LONG = "Omdat het helpt, en wel hierom."


def answers(**texts: str) -> dict[str, Answer]:
    return answers_of(FORM, texts)


def answers_of(form: FormDefinition, texts: Mapping[str, str]) -> dict[str, Answer]:
    said = dict.fromkeys(form.names, "") | dict(texts)
    return {
        name: Answer(text=text, state=State.ANSWERED if text else State.EMPTY) for name, text in said.items()
    }


def told(**texts: str) -> list[str]:
    say = catalogue("nl")
    return [say(breach.message) for breach in breaches(FORM, answers(**texts))]


def test_all_is_well_where_every_rule_is_kept() -> None:
    assert told(Een="12 %", Vaak="Elk jaar", Waarom=LONG) == []


def test_an_answer_makes_another_field_required() -> None:
    assert told(Twee="12 %", Waarom=LONG) == ["Hoe vaak is nodig omdat Indicator 2 is beantwoord."]
    assert needed_fields(FORM, answers(Twee="12 %")) == {"Vaak", "Waarom"}
    assert needed_fields(FORM, answers()) == {"Waarom"}


def test_an_example_left_standing_makes_no_other_field_required() -> None:
    said = answers(Waarom=LONG) | {"Een": Answer(text="voorbeeld", state=State.EXAMPLE)}
    assert [breach.rule for breach in breaches(FORM, said)] == [Rule.AT_LEAST]


def test_some_of_a_group_is_asked_by_the_groups_label() -> None:
    assert told(Waarom=LONG) == ["Indicatoren: er wordt er minstens 1 gevraagd; 0 beantwoord."]


@pytest.mark.parametrize(("text", "kept"), [("x" * 20, True), ("  " + "x" * 19 + "\n\n", False), ("", True)])
def test_a_minimum_length_counts_no_white_space_around_and_asks_nothing_of_an_empty_field(
    text: str,
    kept: bool,  # noqa: FBT001 - a parameter
) -> None:
    found = breaches(FORM, answers(Een="1", Vaak="1", Waarom=text))
    assert (found == ()) is kept
    if not kept:
        assert catalogue("nl")(found[0].message) == "Waarom heeft 19 tekens; er worden er minstens 20 gevraagd."


def test_breaches_come_in_the_worksheets_order() -> None:
    found = breaches(FORM, answers(Waarom="kort"))
    assert [breach.fields for breach in found] == [("Een", "Twee"), ("Waarom",)]


def test_a_submission_that_breaks_a_rule_is_not_complete() -> None:
    def result(**texts: str) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
        submission = Submission(
            source="a.pdf", partner="A", status=Status.READ, form=FORM.id, answers=answers(**texts)
        )
        gaps = find_gaps(FORM, submission)
        return gaps.complete, gaps.missing, gaps.thin

    assert result(Een="12 %", Vaak="Elk jaar", Waarom=LONG) == (True, (), ())
    assert result(Een="12 %", Waarom=LONG) == (False, ("Vaak",), ())
    assert result(Een="n.v.t.", Vaak="-", Waarom=LONG) == (True, (), ("Een", "Vaak"))
    assert result(Een="12 %", Vaak="Elk jaar", Waarom="Daarom.") == (False, (), ())


def test_where_nothing_could_be_read_no_rule_is_broken() -> None:
    gaps = find_gaps(FORM, Submission(source="a.pdf", partner="A", status=Status.SCAN, form=FORM.id))
    assert (gaps.complete, gaps.breaches) == (False, ())


def test_the_embedded_worksheet_asks_of_an_indicator_how_often_and_by_whom() -> None:
    form = load_form()
    found = breaches(form, answers_of(form, {"Veld15": "Het aandeel leerlingen dat zich veilig voelt"}))
    assert [(breach.rule, breach.fields) for breach in found] == [
        (Rule.REQUIRED_WITH, ("Veld17", "Veld15")),
        (Rule.REQUIRED_WITH, ("Veld18", "Veld15")),
    ]
    assert [breach.rule for breach in breaches(form, answers_of(form, {}))] == [Rule.AT_LEAST]
