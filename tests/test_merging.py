"""The report's model: what is said where, and by whom."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import says_something
from veldpdf.completeness import classify
from veldpdf.merging import Bar, Entry, PlanCell, PlanRow, Question, Report, ReportOptions, Tally, merge
from veldpdf.messages import Message
from veldpdf.model import Answer, FieldSpec, FormDefinition, Role, Section, State, Status, Submission

EXAMPLE = "Voorbeeld:\n- Elk kind heeft recht op een veilige plek om te sporten en te leren."


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
    assert [entry.names for entry in question(report, "A").entries] == [("Politie",), ("GGD",)]


def test_an_answer_that_several_gave_word_for_word_is_shown_once() -> None:
    report = merged(
        make_submission("GGD", {"A": "Wij ook."}),
        make_submission("School", {"A": "Wij ook. "}),
        make_submission("Politie", {"A": "Wij ook."}),
    )
    assert question(report, "A").entries == (
        Entry(names=("GGD", "Politie"), text="Wij ook.", partly_example=False),
        Entry(names=("School",), text="Wij ook. ", partly_example=False),
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
    assert [entry.text for entry in asked.entries] == ["Eigen woorden."]


def test_a_hidden_example_still_tells_who_left_it() -> None:
    asked = question(merged(make_submission("GGD", {"B": EXAMPLE}), hide_examples=True), "B")
    assert (asked.example, asked.example_left_by) == ("", ("GGD",))


def test_an_example_that_nobody_left_is_not_shown() -> None:
    assert question(merged(make_submission("GGD", {"B": "Eigen woorden."})), "B").example == ""


def test_an_answer_with_part_of_the_example_in_it_is_marked() -> None:
    (entry,) = question(merged(make_submission("GGD", {"B": EXAMPLE + "\nEn wij."})), "B").entries
    assert entry == Entry(names=("GGD",), text=EXAMPLE + "\nEn wij.", partly_example=True)


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


def test_a_partner_who_sent_twice_is_called_by_the_file_as_well() -> None:
    report = merged(
        make_submission("GGD", {"A": "x"}, source="een.pdf"),
        make_submission("GGD", {"A": "x"}, source="twee.pdf"),
        make_submission("GGD", {"A": "x"}, source="twee.pdf"),
        make_submission("  ", {"A": "x"}, source="zonder-naam.pdf"),
    )
    (entry,) = question(report, "A").entries
    assert entry.names == ("GGD (twee.pdf) #2", "zonder-naam.pdf")
    assert [each.name for each in report.superseded] == ["GGD (een.pdf)", "GGD (twee.pdf)"]


def test_warnings_about_answers_name_the_question() -> None:
    late = Answer(text="x", state=State.ANSWERED, warnings=(Message("Two values."),))
    submission = Submission(
        partner="GGD", source="a.pdf", status=Status.READ, form="proef", answers={"B": late}
    )
    (warning,) = merged(submission).participants[0].answer_warnings
    assert (warning.question.name, warning.message) == ("B", "Two values.")


def cell(text: str) -> PlanCell:
    """Return a cell of the plan in which no example stands."""
    return PlanCell(text=text, partly_example=False)


def plan_row(indicator: str, frequency: str, responsible: str, name: str, span: int) -> PlanRow:
    """Return a line of the plan in which no example stands."""
    cells = {"indicator": cell(indicator), "frequency": cell(frequency), "responsible": cell(responsible)}
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
    assert entries == (Entry(names=("GGD", "School"), text="trainen", partly_example=False),)


def test_a_report_of_nothing_is_a_report() -> None:
    report = merged(title="Leeg", date=date(2026, 11, 19))
    assert (report.participants, report.plan, report.actions, report.complete) == ((), (), (), 0)
    assert all(each.tally.bars == () for each in report.questions)


@given(st.text())
def test_a_text_is_kept_to_the_letter(text: str) -> None:
    asked = question(merged(make_submission("GGD", {"A": text})), "A")
    assert [entry.text for entry in asked.entries] == ([text] if says_something(text) else [])


@given(st.lists(st.dictionaries(st.sampled_from(FORM.names), st.sampled_from(["", "x", EXAMPLE])), max_size=8))
def test_everybody_is_told_of_once_under_each_question(answers: list[dict[str, str]]) -> None:
    report = merged(*(make_submission(f"P{number}", texts) for number, texts in enumerate(answers)))
    for asked in report.questions:
        said = [name for entry in asked.entries for name in entry.names]
        told = [*said, *asked.example_left_by, *asked.empty_from, *asked.absent_from]
        assert sorted(told) == [f"P{number}" for number in range(len(answers))]
        assert asked.tally.total == len(answers)


@given(st.builds(Tally, **dict.fromkeys(Tally.__dataclass_fields__, st.integers(0, 999))))
def test_a_bar_has_no_gaps_and_no_overlap(tally: Tally) -> None:
    end = 0.0
    for bar in tally.bars:
        assert bar.offset == pytest.approx(end, abs=0.02)
        end = bar.offset + bar.share
    assert end <= 100.02


def test_what_was_not_in_the_file_counts_as_empty_in_the_bar() -> None:
    assert Tally(answered=1, empty=1, absent=1, unread=1).bars == (
        Bar(state=State.ANSWERED, count=1, offset=0.0, share=25.0),
        Bar(state=State.EMPTY, count=2, offset=25.0, share=50.0),
    )
