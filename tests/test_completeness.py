"""What an answer says, and what is missing: an example that was left standing says nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import says_something
from veldpdf.completeness import (
    all_complete,
    asks_for_nothing,
    classify,
    find_gaps,
    missing_fields,
    too_long_texts,
)
from veldpdf.definition import load_form
from veldpdf.model import Answer, FieldSpec, FormDefinition, Group, Section, State, Status, Submission
from veldpdf.typesetting.boxes import TextBox

EXAMPLE = (
    "Voorbeeld: jaarlijks overleg met alle partners\n"
    "- in het voorjaar met de scholen\n"
    "- in het najaar met de politie "
)
# All its words, in its order, and no run of them that says what it says.
PAIRS = " anders ".join(" ".join(EXAMPLE.split()[at : at + 2]) for at in range(0, len(EXAMPLE.split()), 2))
VELD05 = FieldSpec(name="Veld05", section="s", label="Vijf", question="Hoe vaak?", example=EXAMPLE)
BLANK = FieldSpec(name="Veld06", section="s", label="Zes", question="Wie?")
EXAMPLES = [spec for spec in load_form().fields if spec.example]

FORM = FormDefinition(
    id="klein",
    title="Klein",
    publisher="Wij",
    language="nl",
    sections=(Section(id="s", title="S"),),
    fields=(
        BLANK,
        VELD05,
        FieldSpec(name="Veld07", section="s", label="Zeven", question="Nog iets?", required=False),
        FieldSpec(name="Veld08", section="s", label="Acht", question="Wanneer?"),
    ),
)
BOX = TextBox(width=200, height=50)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param(" \n\t\u00a0\u2028\r", "empty", id="white space is no answer"),
        pytest.param("nee", "answered", id="a word is"),
        pytest.param(".", "answered", id="so is a mark"),
        pytest.param(EXAMPLE, "example", id="the example"),
        pytest.param(EXAMPLE.replace("\n", "\r\n"), "example", id="line ends do not make an answer"),
        pytest.param(EXAMPLE.replace("\n", "\r"), "example", id="nor old ones"),
        pytest.param(" ".join(EXAMPLE.split()), "example", id="nor none at all"),
        pytest.param(f"\n {EXAMPLE}\n\n", "example", id="nor white space around it"),
        pytest.param(EXAMPLE.replace(" ", "\u00a0"), "example", id="nor other spaces"),
        pytest.param(f"{EXAMPLE}\nWij doen dit zo.", "partly-example", id="a sentence under the example"),
        pytest.param(f"Wij doen dit zo.\n{EXAMPLE}", "partly-example", id="a sentence above it"),
        pytest.param(
            EXAMPLE.replace("de scholen", "SV Waterrijk"), "partly-example", id="words of it replaced"
        ),
        pytest.param(EXAMPLE.split("\n", 1)[1], "partly-example", id="its heading taken out"),
        pytest.param(EXAMPLE.upper(), "example", id="nor do capitals"),
        pytest.param(f"{EXAMPLE}\n- .", "example", id="nor does a mark under it"),
        pytest.param("Wij overleggen met alle partners, elk jaar.", "answered", id="a few of its words"),
        pytest.param(PAIRS, "answered", id="its words two by two in other sentences"),
    ],
)
def test_an_example_left_standing_is_not_an_answer(text: str, state: str) -> None:
    """What the publisher wrote counts for nothing, however it comes back."""
    assert classify(VELD05, text) == state


@given(st.text())
def test_without_an_example_whatever_is_typed_is_an_answer(text: str) -> None:
    assert classify(BLANK, text) is (State.ANSWERED if says_something(text) else State.EMPTY)


@given(st.sampled_from(EXAMPLES), st.data())
def test_no_white_space_makes_an_answer_of_an_example(spec: FieldSpec, data: st.DataObject) -> None:
    gaps = st.text(" \t\n\r\u00a0", min_size=1, max_size=3)
    text = "".join(word + data.draw(gaps) for word in spec.example.split())

    assert classify(spec, text) is State.EXAMPLE


@given(st.sampled_from(EXAMPLES), st.text())
def test_what_is_typed_under_an_example_is_neither_lost_nor_passed_for_all(spec: FieldSpec, typed: str) -> None:
    state = classify(spec, f"{spec.example}\n{typed}")

    if any(map(str.isalnum, typed)):
        assert state is State.PARTLY_EXAMPLE
    elif not says_something(typed):
        assert state is State.EXAMPLE
    else:  # a full stop or a bullet is no answer, a plus or a tick is
        assert state in (State.EXAMPLE, State.PARTLY_EXAMPLE)


@pytest.mark.parametrize("shapeless", ["\u200b", "\ufeff", "\u00ad", "\0"])
def test_what_does_not_show_says_nothing(shapeless: str) -> None:
    assert classify(BLANK, shapeless) is State.EMPTY
    assert classify(VELD05, VELD05.example + shapeless) is State.EXAMPLE


def answers(**states: State) -> dict[str, Answer]:
    return {name: Answer(text="…", state=state) for name, state in states.items()}


def submission(status: Status = Status.READ, **states: State) -> Submission:
    return Submission(source="a.pdf", partner="A", status=status, form=FORM.id, answers=answers(**states))


def test_missing_is_what_is_required_and_says_nothing_in_the_worksheets_order() -> None:
    said = answers(Veld08=State.EMPTY, Veld05=State.EXAMPLE, Veld07=State.EMPTY, Veld06=State.ANSWERED)

    assert missing_fields(FORM, said) == ("Veld05", "Veld08")


def test_a_field_that_the_file_lacks_is_missing_unless_it_is_optional() -> None:
    assert missing_fields(FORM, {}) == ("Veld06", "Veld05", "Veld08")


def test_a_partly_edited_example_is_an_answer() -> None:
    said = answers(Veld05=State.PARTLY_EXAMPLE, Veld06=State.ANSWERED, Veld08=State.PARTLY_EXAMPLE)

    assert missing_fields(FORM, said) == ()


def test_text_that_its_box_does_not_show_is_too_long() -> None:
    long, short = "woord " * 300, "woord"
    said = {
        "Veld05": Answer(text=long, state=State.ANSWERED, box=BOX),
        "Veld06": Answer(text=short, state=State.ANSWERED, box=BOX),
        "Veld07": Answer(text=long, state=State.ANSWERED),
        "Veld08": Answer(text="\n" * 300, state=State.EMPTY, box=BOX),
    }

    by = too_long_texts(said)
    assert list(by) == ["Veld05"]
    assert by["Veld05"].lines > by["Veld05"].lines_that_fit > 0


def test_who_takes_away_as_many_characters_as_told_has_a_text_that_fits() -> None:
    """The figure is what a partner can act on; it is exact, or it would be asked for twice."""
    text = "\n".join(f"{number}. woord en nog een woord, tot het vak vol is." for number in range(60))
    by = too_long_texts({"Veld05": Answer(text=text, state=State.ANSWERED, box=BOX)})["Veld05"]

    def fits(length: int) -> bool:
        return not too_long_texts({"Veld05": Answer(text=text[:length], state=State.ANSWERED, box=BOX)})

    assert fits(len(text) - by.characters_over)
    assert not fits(len(text) - by.characters_over + 1)


def test_a_submission_is_complete_when_all_that_is_required_is_answered() -> None:
    result = find_gaps(FORM, submission(Veld06=State.ANSWERED, Veld05=State.ANSWERED, Veld08=State.ANSWERED))

    assert (result.complete, result.missing, result.overflow) == (True, (), ())
    assert result.states == {"Veld06": "answered", "Veld05": "answered", "Veld08": "answered"}
    assert all_complete([result])


def test_a_gap_in_one_submission_asks_for_attention() -> None:
    whole = find_gaps(FORM, submission(Veld06=State.ANSWERED, Veld05=State.ANSWERED, Veld08=State.ANSWERED))
    result = find_gaps(FORM, submission(Veld06=State.ANSWERED, Veld05=State.ANSWERED))

    assert (result.complete, result.missing) == (False, ("Veld08",))
    assert not all_complete([whole, result])


def test_text_that_does_not_fit_asks_for_attention_though_nothing_is_missing() -> None:
    said = {
        name: Answer(text="woord " * 300, state=State.ANSWERED, box=BOX)
        for name in ("Veld06", "Veld05", "Veld08")
    }
    result = find_gaps(
        FORM, Submission(source="a.pdf", partner="A", status=Status.READ, form=FORM.id, answers=said)
    )

    assert (result.complete, result.overflow) == (True, ("Veld06", "Veld05", "Veld08"))
    assert not all_complete([result])


@pytest.mark.parametrize("status", [Status.SCAN, Status.LOCKED, Status.OTHER, Status.UNREADABLE])
def test_where_nothing_could_be_read_nothing_is_said_to_be_missing(status: Status) -> None:
    result = find_gaps(FORM, submission(status))

    assert (result.complete, result.missing, result.overflow) == (False, (), ())
    assert not all_complete([result])


def test_a_recovered_worksheet_is_judged_as_any_other() -> None:
    assert find_gaps(FORM, submission(Status.RECOVERED)).missing == ("Veld06", "Veld05", "Veld08")


def test_nothing_is_to_be_asked_of_nobody() -> None:
    assert all_complete([])


@given(
    status=st.sampled_from(Status),
    states=st.dictionaries(st.sampled_from([spec.name for spec in FORM.fields]), st.sampled_from(State)),
    is_long=st.booleans(),
    is_replaced=st.booleans(),
)
def test_asking_for_nothing_is_what_a_full_look_comes_to(
    status: Status, states: dict[str, State], *, is_long: bool, is_replaced: bool
) -> None:
    """It only looks no further than it must."""
    box = TextBox(width=40, height=12) if is_long else None
    found = {
        name: Answer(text="woord " * 9, state=state, box=box)
        for name, state in (states if status.has_answers else {}).items()
    }
    sent = Submission(
        source="x.pdf",
        partner="X",
        status=status,
        form=FORM.id,
        answers=found,
        superseded_by="y.pdf" if is_replaced else "",
    )
    asking = replace(FORM, groups=(Group(label="Een van beide", fields=("Veld05", "Veld06"), at_least=2),))
    for form in (FORM, asking):
        assert asks_for_nothing(form, sent) == all_complete([find_gaps(form, sent)])


def test_a_rule_that_is_not_kept_asks_for_something() -> None:
    said = submission(Veld06=State.ANSWERED, Veld05=State.ANSWERED, Veld08=State.ANSWERED)
    rule = Group(label="Alle vier", fields=("Veld05", "Veld06", "Veld07"), at_least=3)
    assert asks_for_nothing(FORM, said)
    assert not asks_for_nothing(replace(FORM, groups=(rule,)), said)
