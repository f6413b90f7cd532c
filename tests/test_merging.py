"""The report's model: what is said where, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import says_something
from veldpdf import read
from veldpdf.completeness import classify
from veldpdf.definition import load_form
from veldpdf.merging import Bar, Entry, PlanRow, Question, Report, ReportOptions, Said, Tally, merge
from veldpdf.messages import Message
from veldpdf.model import Answer, FieldSpec, FormDefinition, Role, Section, State, Status, Submission
from veldpdf.superseding import settle
from veldpdf.typesetting.boxes import TextBox

SHORT = "Wij bespreken dit elk kwartaal."
BULLET = "- Elk kind heeft recht op een veilige plek om te sporten en te leren."
EXAMPLE = f"Voorbeeld:\n{BULLET}"


SAMPLE = Path(__file__).parent.parent / "samples" / "returned" / "jongerenwerk.pdf"
# Of the answers there that are partly the example, what the partner wrote.
OWN_WORDS = {
    "Veld02": "- Vanuit De Kade: ook de buurtvaders en de twee meidengroepen. Die worden vaak vergeten, maar zij horen "
    "het meeste.",
    "Veld03": "--> onze jongeren zeggen: ‘zeg gewoon dat je je veilig voelt met iemand’. Graag in gewone taal "
    "opschrijven.",
    "Veld05": "Hier zijn we het mee eens, maar wij beginnen liever bij wat wél leuk en fijn is.\n"
    "- Niet oordelen, wel begrenzen.",
    "Veld06": "(Voor ons: minstens 4 uur per week, nu is dat 0.)",
    "Veld10": "Eens. Voeg toe: ook aandacht voor jongeren die zelf over een grens zijn gegaan. Als we hen alleen "
    "wegsturen, verplaatst het probleem zich.",
    "Veld12": "[De Kade: dat ‘daarbuiten’ zijn wij. Elke dinsdag 19.30-21.00 uur Make a Move, € 1.850 per groep van "
    "10.]",
    "Veld14": "+ % jongens dat een training als Make a Move afmaakt (nu 22 van de 27 = 81%)",
}


def make_field(name: str, section: str = "een", **values: object) -> FieldSpec:
    """Return a field; what is not given follows from its name."""
    given: dict[str, object] = {"label": f"Label {name}", "question": f"Vraag {name}?", **values}
    return FieldSpec(name=name, section=section, **given)  # type: ignore[arg-type]


FORM = FormDefinition(
    id="proef",
    title="Proefblad",
    subtitle="Om te proberen",
    publisher="De uitgever",
    language="nl",
    sections=(Section(id="een", title="Eerste deel"), Section(id="twee", title="Tweede deel")),
    fields=(
        make_field("A"),
        make_field("M1", "twee", label="Indicator 1", role=Role.INDICATOR),
        make_field("M2", "twee", label="Indicator 2", role=Role.INDICATOR),
        make_field("F", "twee", label="Hoe vaak", role=Role.FREQUENCY),
        make_field("R", "twee", label="Wie", role=Role.RESPONSIBLE),
        # Declared last, but of the first section: the report goes by section.
        make_field("B", example=EXAMPLE),
        make_field("C", "twee", label="Actie", role=Role.ACTION, required=False),
    ),
)


def make_submission(
    partner: str, texts: Mapping[str, str] | None = None, *, status: Status = Status.READ, **values: object
) -> Submission:
    """Return a submission with these texts; the fields that are not named are not in the file."""
    answers = {
        name: Answer(text=text, state=classify(FORM.field(name), text)) for name, text in (texts or {}).items()
    }
    given: dict[str, object] = {"source": f"{partner.lower()}.pdf", **values}
    return Submission(partner=partner, status=status, form=FORM.id, answers=answers, **given)  # type: ignore[arg-type]


def everything(text: str) -> dict[str, str]:
    """Return one text as the answer to all fields."""
    return dict.fromkeys(FORM.names, text)


def merged(*submissions: Submission, **options: object) -> Report:
    """Return the report of these submissions."""
    return merge(FORM, submissions, ReportOptions(**options))  # type: ignore[arg-type]


def entry(*names: str, typed: str, own_words: str | None = None) -> Entry:
    """Return an answer that all of these partners typed word for word."""
    return Entry(names=names, said=(Said(typed=typed, own_words=own_words),) * len(names))


@cache
def returned(*, hide_examples: bool = False) -> Report:
    """Return the report of a sample in which the partner wrote in the middle of examples and behind them."""
    return merge(load_form(), [read(SAMPLE)], ReportOptions(hide_examples=hide_examples))


def question(report: Report, name: str) -> Question:
    """Return what the report says about one field."""
    return next(each for each in report.questions if each.spec.name == name)


def test_questions_follow_the_sections_and_are_numbered_through() -> None:
    report = merged()
    assert [
        (chapter.section.id, [each.spec.name for each in chapter.questions]) for chapter in report.chapters
    ] == [
        ("een", ["A", "B"]),
        ("twee", ["M1", "M2", "F", "R", "C"]),
    ]
    assert [each.number for each in report.questions] == [1, 2, 3, 4, 5, 6, 7]


def test_partners_stand_in_the_order_given() -> None:
    """Whoever sorts them is the caller: the order of the invitation may mean something."""
    report = merged(make_submission("Politie", {"A": "x"}), make_submission("GGD", {"A": "y"}))
    assert [participant.name for participant in report.participants] == ["Politie", "GGD"]
    assert [said.names for said in question(report, "A").entries] == [("Politie",), ("GGD",)]


def test_an_answer_that_several_gave_word_for_word_is_shown_once() -> None:
    report = merged(
        make_submission("GGD", {"A": "Wij ook."}),
        make_submission("School", {"A": "Wij ook. "}),
        make_submission("Politie", {"A": "Wij ook."}),
    )
    assert question(report, "A").entries == (
        entry("GGD", "Politie", typed="Wij ook."),
        entry("School", typed="Wij ook. "),
    )


def test_an_example_left_standing_is_the_publishers_and_nobodys_answer() -> None:
    asked = question(
        merged(
            make_submission("GGD", {"B": EXAMPLE}),
            make_submission("Politie", {"B": EXAMPLE.replace("\n", "  \n")}),
            make_submission("School", {"B": "Eigen woorden."}),
        ),
        "B",
    )
    assert (asked.example, asked.example_left_by) == (EXAMPLE, ("GGD", "Politie"))
    assert [said.text for said in asked.entries] == ["Eigen woorden."]


def test_a_hidden_example_still_tells_who_left_it() -> None:
    asked = question(merged(make_submission("GGD", {"B": EXAMPLE}), hide_examples=True), "B")
    assert (asked.example, asked.example_left_by) == ("", ("GGD",))


def test_an_example_that_nobody_left_is_not_shown() -> None:
    assert question(merged(make_submission("GGD", {"B": "Eigen woorden."})), "B").example == ""


def test_of_an_answer_that_is_partly_the_example_the_partners_own_words_are_shown() -> None:
    report = merged(make_submission("GGD", {"A": EXAMPLE, "B": EXAMPLE + "\n- En wij."}))

    (said,) = question(report, "B").entries

    assert said == entry("GGD", typed=EXAMPLE + "\n- En wij.", own_words="- En wij.")
    assert (said.text, said.partly_example, said.is_shortened) == ("- En wij.", True, True)
    assert [spec.name for spec in report.participants[0].shortened] == ["B"]


@pytest.mark.parametrize(
    ("text", "own_words"),
    [
        pytest.param(BULLET, "", id="the heading taken out"),
        pytest.param(EXAMPLE.replace("veilige", "veiilge"), "", id="a word misspelt"),
        pytest.param(BULLET.replace("plek", "eigen plek"), None, id="a word put into each sentence"),
    ],
)
def test_where_no_sentence_is_the_partners_own_or_all_are_the_whole_answer_is_shown(
    text: str, own_words: str | None
) -> None:
    report = merged(make_submission("GGD", {"B": text}))

    (said,) = question(report, "B").entries

    assert said == entry("GGD", typed=text, own_words=text if own_words is None else own_words)
    assert (said.text, said.partly_example, said.is_shortened) == (text, True, False)
    assert report.participants[0].shortened == ()


def test_answers_of_which_the_same_is_shown_stand_there_once_and_each_as_it_was_typed() -> None:
    """Whoever typed the same without the example has no mark, so that is another answer."""
    below, above = f"{EXAMPLE}\n{SHORT}", f"{SHORT}\n{EXAMPLE}"
    typed = {"GGD": below, "Politie": SHORT, "School": above, "Halt": below}

    asked = question(merged(*(make_submission(name, {"B": text}) for name, text in typed.items())), "B")

    shortened, whole = asked.entries
    assert (shortened.names, shortened.text) == (("GGD", "School", "Halt"), SHORT)
    assert shortened.as_typed == (
        (Said(typed=below, own_words=SHORT), ("GGD", "Halt")),
        (Said(typed=above, own_words=SHORT), ("School",)),
    )
    assert whole == entry("Politie", typed=SHORT)


def test_to_hide_examples_leaves_the_partners_own_words_as_they_are() -> None:
    submissions = (
        make_submission("GGD", {"B": f"{EXAMPLE}\n{SHORT}"}),
        make_submission("Halt", {"B": EXAMPLE}),
    )
    shown, hidden = (question(merged(*submissions, hide_examples=hide), "B") for hide in (False, True))
    assert shown.entries == hidden.entries
    assert (shown.example, hidden.example) == (EXAMPLE, "")


def test_of_a_superseded_submission_nothing_is_shown_so_nothing_is_left_out() -> None:
    texts = {"B": f"{EXAMPLE}\n{SHORT}"}
    report = merged(*(make_submission("GGD", texts, source=name) for name in ("een.pdf", "twee.pdf")))
    assert [len(each.shortened) for each in report.returned] == [1, 0]


def test_of_a_returned_worksheet_the_partners_own_words_are_shown() -> None:
    """They stand behind the example, and in the middle of it."""
    report = returned()

    shown = {
        each.spec.name: said.text for each in report.questions for said in each.entries if said.partly_example
    }

    assert shown == OWN_WORDS
    assert [spec.name for spec in report.participants[0].shortened] == list(OWN_WORDS)
    assert report.plan is not None
    assert report.plan[0].indicator.text == OWN_WORDS["Veld14"]


def test_empty_absent_and_unread_are_three_things() -> None:
    report = merged(
        make_submission("Leeg", {"A": " \n"}),
        make_submission("Zonder blad 2", {"B": "x"}),
        make_submission("Scan", status=Status.SCAN),
    )
    asked = question(report, "A")
    assert (asked.empty_from, asked.absent_from) == (("Leeg",), ("Zonder blad 2",))
    assert asked.tally == Tally(empty=1, absent=1, unread=1)


def test_each_partner_has_a_state_for_each_question() -> None:
    report = merged(make_submission("GGD", {"A": "x", "B": EXAMPLE, "C": ""}))
    (participant,) = report.participants
    assert participant.states == (State.ANSWERED, State.EXAMPLE, None, None, None, None, State.EMPTY)
    assert participant.tally == Tally(answered=1, example=1, empty=1, absent=4)


def test_what_is_missing_follows_completeness() -> None:
    """A question that is not required is never missing, an example left standing is."""
    report = merged(
        make_submission("GGD", {**everything("x"), "B": EXAMPLE, "C": ""}),
        make_submission("School", {**everything("x"), "C": ""}),
    )
    first, second = report.participants
    assert ([spec.name for spec in first.missing], first.complete) == (["B"], False)
    assert (second.missing, second.complete) == ((), True)
    assert (report.complete, report.read) == (1, 2)


@pytest.mark.parametrize("status", [status for status in Status if not status.has_answers])
def test_a_file_without_answers_is_listed_with_its_reason(status: Status) -> None:
    why = Message("The pages are pictures.")
    report = merged(make_submission("Huisarts", status=status, warnings=(why,)))
    (participant,) = report.participants
    assert (participant.status, participant.warnings, participant.complete) == (status, (why,), False)
    assert participant.tally == Tally(unread=len(FORM.names))
    assert all(not each.empty_from and not each.absent_from for each in report.questions)


def test_of_a_partner_who_sent_twice_what_was_replaced_goes_by_its_file() -> None:
    report = merged(
        make_submission("GGD", {"A": "x"}, source="een.pdf"),
        make_submission("GGD", {"A": "x"}, source="twee.pdf"),
        make_submission("GGD", {"A": "x"}, source="twee.pdf"),
        make_submission("  ", {"A": "x"}, source="zonder-naam.pdf"),
    )
    (said,) = question(report, "A").entries
    assert said.names == ("GGD", "zonder-naam.pdf")
    assert [each.name for each in report.superseded] == ["GGD (een.pdf)", "GGD (twee.pdf)"]


def test_warnings_about_answers_name_the_question() -> None:
    late = Answer(text="x", state=State.ANSWERED, warnings=(Message("Two values."),))
    submission = Submission(
        partner="GGD", source="a.pdf", status=Status.READ, form="proef", answers={"B": late}
    )
    (warning,) = merged(submission).participants[0].answer_warnings
    assert (warning.question.name, warning.message) == ("B", "Two values.")


def plan_row(indicator: str, frequency: str, responsible: str, name: str, span: int) -> PlanRow:
    """Return a line of the plan in which no example stands."""
    texts = {"indicator": indicator, "frequency": frequency, "responsible": responsible}
    cells = {name: Said(typed=text) for name, text in texts.items()}
    return PlanRow(name=name, span=span, **cells)


def test_what_was_asked_once_holds_for_all_indicators_of_a_partner() -> None:
    report = merged(
        make_submission("GGD", {"M1": "aantal lessen", "M2": "aantal trainingen", "F": "elk jaar", "R": "GGD"}),
        make_submission("School", {"M1": "", "M2": "sfeer in de klas", "F": "elke week", "R": ""}),
    )
    assert report.plan == (
        plan_row("aantal lessen", "elk jaar", "GGD", "GGD", 2),
        plan_row("aantal trainingen", "elk jaar", "GGD", "GGD", 0),
        plan_row("sfeer in de klas", "elke week", "", "School", 1),
    )


def test_who_named_no_indicator_but_said_how_often_is_in_the_plan() -> None:
    report = merged(make_submission("GGD", {"M1": "", "M2": "", "F": "elk jaar", "R": ""}))
    assert report.plan == (plan_row("", "elk jaar", "", "GGD", 1),)


def test_where_each_indicator_has_its_own_frequency_they_stay_together() -> None:
    form = FormDefinition(
        id="x",
        title="x",
        publisher="x",
        language="nl",
        sections=(Section(id="een", title="x"),),
        fields=(
            make_field("I1", role=Role.INDICATOR),
            make_field("F1", role=Role.FREQUENCY),
            make_field("I2", role=Role.INDICATOR),
            make_field("F2", role=Role.FREQUENCY),
        ),
    )
    texts = {"I1": "een", "F1": "jaarlijks", "I2": "", "F2": "wekelijks"}
    answers = {
        name: Answer(text=text, state=State.ANSWERED if text else State.EMPTY) for name, text in texts.items()
    }
    submission = Submission(partner="GGD", source="a.pdf", status=Status.READ, form="x", answers=answers)
    assert merge(form, [submission]).plan == (
        plan_row("een", "jaarlijks", "", "GGD", 1),
        plan_row("", "wekelijks", "", "GGD", 1),
    )


def test_a_worksheet_without_roles_has_no_plan_and_no_actions() -> None:
    form = FormDefinition(
        id="x",
        title="x",
        publisher="x",
        language="nl",
        sections=(Section(id="een", title="x"), Section(id="leeg", title="nothing in it")),
        fields=(make_field("A"),),
    )
    report = merge(form, [])
    assert (report.plan, report.actions) == (None, None)
    assert [chapter.section.id for chapter in report.chapters] == ["een"]


def test_actions_are_listed_under_the_question_that_asked_for_them() -> None:
    report = merged(make_submission("GGD", {"C": "trainen"}), make_submission("School", {"C": "trainen"}))
    ((spec, entries),) = report.actions_by_question
    assert spec.name == "C"
    assert entries == (entry("GGD", "School", typed="trainen"),)


ASKED = FormDefinition(
    id="proef",
    title="Proefblad",
    publisher="De uitgever",
    language="nl",
    sections=(Section(id="een", title="Eerste deel"),),
    fields=(
        make_field("I1", role=Role.INDICATOR),
        make_field("I2", role=Role.INDICATOR),
        make_field("F", role=Role.FREQUENCY, example=EXAMPLE),
        make_field("R1", role=Role.RESPONSIBLE, example=EXAMPLE),
        make_field("R2", role=Role.RESPONSIBLE, example=EXAMPLE),
        make_field("R3", role=Role.RESPONSIBLE),
        make_field("C", role=Role.ACTION, example=EXAMPLE),
    ),
)


def answered(texts: Mapping[str, str]) -> Report:
    """Return the report of one partner's worksheet that has examples in its plan and actions."""
    answers = {name: Answer(text=text, state=classify(ASKED.field(name), text)) for name, text in texts.items()}
    return merge(
        ASKED,
        [Submission(partner="GGD", source="a.pdf", status=Status.READ, form=ASKED.id, answers=answers)],
    )


def test_the_plan_shows_own_words_also_where_several_answers_stand_in_one_cell() -> None:
    mixed = f"{EXAMPLE}\n{SHORT}"
    report = answered({"I1": "aantal lessen", "F": mixed, "R1": mixed, "R2": BULLET, "R3": "De wijkagent."})

    assert report.plan is not None
    (row,) = report.plan
    assert row.frequency == Said(typed=mixed, own_words=SHORT)
    assert row.responsible == Said(
        typed=f"{mixed}\n{BULLET}\nDe wijkagent.", own_words=f"{SHORT}\n{BULLET}\nDe wijkagent."
    )
    assert row.indicator == Said(typed="aantal lessen")


def test_actions_show_own_words() -> None:
    mixed = f"{EXAMPLE}\n- trainen"
    ((spec, entries),) = answered({"C": mixed}).actions_by_question
    assert (spec.name, entries) == ("C", (entry("GGD", typed=mixed, own_words="- trainen"),))


def test_a_report_of_nothing_is_a_report() -> None:
    report = merged(title="Leeg", date=date(2026, 11, 19))
    assert (report.participants, report.plan, report.actions, report.complete) == ((), (), (), 0)
    assert all(each.tally.bars == () for each in report.questions)


@given(st.text())
def test_a_text_is_kept_to_the_letter(text: str) -> None:
    asked = question(merged(make_submission("GGD", {"A": text})), "A")
    assert [said.text for said in asked.entries] == ([text] if says_something(text) else [])


@given(st.lists(st.dictionaries(st.sampled_from(FORM.names), st.sampled_from(["", "x", EXAMPLE])), max_size=8))
def test_everybody_is_told_of_once_under_each_question(answers: list[dict[str, str]]) -> None:
    report = merged(*(make_submission(f"P{number}", texts) for number, texts in enumerate(answers)))
    for asked in report.questions:
        gave = [name for said in asked.entries for name in said.names]
        told = [*gave, *asked.example_left_by, *asked.empty_from, *asked.absent_from]
        assert sorted(told) == [f"P{number}" for number in range(len(answers))]
        assert asked.tally.total == len(answers)


@given(st.builds(Tally, **dict.fromkeys(Tally.__dataclass_fields__, st.integers(0, 999))))
def test_a_bar_has_no_gaps_and_no_overlap(tally: Tally) -> None:
    end = 0.0
    for bar in tally.bars:
        assert bar.offset == pytest.approx(end, abs=0.02)
        end = bar.offset + bar.share
    assert end <= 100.02


def test_what_was_not_in_the_file_has_a_place_of_its_own_in_the_bar() -> None:
    assert Tally(answered=1, empty=1, absent=1, unread=1).bars == (
        Bar(state=State.ANSWERED, count=1, offset=0.0, share=25.0),
        Bar(state=State.EMPTY, count=1, offset=25.0, share=25.0),
        Bar(state=None, count=1, offset=50.0, share=25.0),
    )


def test_the_example_stands_once_where_its_part_of_an_answer_is_not_shown() -> None:
    """A remark such as "we agree with this" would point at nothing."""
    asked = question(returned(), "Veld06")
    assert asked.entries[0].is_shortened
    assert asked.example == asked.spec.example
    assert asked.example_left_by == ()
    assert question(returned(hide_examples=True), "Veld06").example == ""


def test_characters_that_no_format_can_show_are_told_of() -> None:
    report = merged(make_submission("GGD", {"A": "een\x07twee\u202edrie\x0bvier"}))
    (participant,) = report.participants
    assert [(each.question.name, each.message) for each in participant.answer_warnings] == [
        ("A", "2 characters cannot be shown; signs stand in their place")
    ]


def test_the_whole_report_is_tallied() -> None:
    report = merged(
        make_submission("GGD", everything("Ja.")),
        make_submission("School", {"A": "Ja.", "B": EXAMPLE}),
        make_submission("Huisarts", status=Status.SCAN),
    )
    count = len(report.questions)
    assert report.tally == Tally(answered=count + 1, example=1, absent=count - 2, unread=count)


def test_what_the_officer_should_look_at_is_told_in_the_annex_as_well() -> None:
    box = TextBox(width=60, height=12)
    answers = {
        "A": Answer(text="-", state=State.ANSWERED),
        "B": Answer(text="woord " * 50, state=State.ANSWERED, box=box),
    }
    submission = replace(make_submission("GGD"), answers=answers)
    (participant,) = merged(submission).participants
    told = [(each.question.name, each.message.split(":")[0]) for each in participant.answer_warnings]
    assert told == [("A", "says little"), ("B", "longer than the field shows")]


def test_settling_twice_tells_of_a_newer_file_once() -> None:
    sent = [make_submission("GGD", {"A": "x"}, source=name) for name in ("een.pdf", "twee.pdf")]
    (older,) = merged(*settle(sent)).superseded
    assert older.name == "GGD (een.pdf)"
    assert older.warnings == ("The same partner also sent twee.pdf, which is newer and counts.",)
