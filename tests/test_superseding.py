"""Of two submissions of one partner the newer counts; the other is kept and told of."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.reading_form import small_form
from veldpdf.merging import merge
from veldpdf.model import Answer, NameFrom, State, Status, Submission
from veldpdf.superseding import settle

MONDAY, TUESDAY = datetime(2026, 9, 14, tzinfo=UTC), datetime(2026, 9, 15, tzinfo=UTC)
REPRODUCIBLE = datetime(2000, 1, 1, tzinfo=UTC)


def sent(source: str, partner: str = "GGD", **more: object) -> Submission:
    settings: dict[str, object] = {
        "status": Status.READ,
        "form": "klein",
        "name_from": NameFrom.OFFICER,
        "answers": {"Veld01": Answer(text=source, state=State.ANSWERED)},
        **more,
    }
    return Submission(source=source, partner=partner, **settings)  # type: ignore[arg-type]  # named by each test


def counts(*submissions: Submission) -> list[str]:
    return [submission.source for submission in settle(submissions) if not submission.superseded_by]


def test_the_newer_counts_by_the_pdfs_own_date() -> None:
    assert counts(sent("a.pdf", modified=TUESDAY), sent("b.pdf", modified=MONDAY)) == ["a.pdf"]


def test_without_it_the_files_date_counts() -> None:
    assert counts(sent("a.pdf", received=TUESDAY), sent("b.pdf", received=MONDAY)) == ["a.pdf"]


def test_the_date_of_a_reproducible_pdf_is_no_date() -> None:
    """A worksheet of ours is dated 2000, and some viewers leave that date as it is."""
    first = sent("a.pdf", modified=REPRODUCIBLE, received=TUESDAY)
    assert counts(first, sent("b.pdf", received=MONDAY)) == ["a.pdf"]


def test_a_date_of_the_file_stands_in_for_one_that_the_viewer_did_not_write() -> None:
    """Otherwise whoever used a viewer that writes dates would always win."""
    dated, undated = sent("a.pdf", modified=MONDAY), sent("b.pdf", modified=REPRODUCIBLE, received=TUESDAY)
    assert counts(dated, undated) == ["b.pdf"]


def test_without_any_date_the_last_one_counts() -> None:
    assert counts(sent("a.pdf"), sent("b.pdf")) == ["b.pdf"]


def test_names_are_compared_without_case_and_space() -> None:
    assert counts(sent("a.pdf", "GGD  Noord"), sent("b.pdf", "ggd noord ")) == ["b.pdf"]


def test_what_cannot_be_read_replaces_nothing() -> None:
    scan = sent("b.pdf", status=Status.SCAN, answers={}, received=TUESDAY)
    assert counts(sent("a.pdf", received=MONDAY), scan) == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    ("second", "left"),
    [
        ("noord/werkblad.pdf", ["noord/werkblad.pdf"]),
        ("zuid/werkblad.pdf", ["noord/werkblad.pdf", "zuid/werkblad.pdf"]),
    ],
)
def test_files_of_one_name_in_two_folders_are_two_partners(second: str, left: list[str]) -> None:
    by_file = {"partner": "Werkblad", "name_from": NameFrom.FILE}
    assert counts(sent("noord/werkblad.pdf", **by_file), sent(second, **by_file)) == left


def test_the_same_file_again_is_recognised() -> None:
    first, second = settle([sent("a.pdf", digest="x"), sent("a (1).pdf", digest="x")])
    assert first.superseded_by == "a (1).pdf"
    assert "same file" in first.warnings[-1]
    assert second.warnings == ()


def test_a_report_holds_the_newer_answers_and_names_the_older_file() -> None:
    report = merge(
        small_form("Veld01"), [sent("oud.pdf", received=MONDAY), sent("nieuw.pdf", received=TUESDAY)]
    )
    assert [entry.text for entry in report.questions[0].entries] == ["nieuw.pdf"]
    assert [participant.source for participant in report.participants] == ["nieuw.pdf"]
    assert [participant.source for participant in report.superseded] == ["oud.pdf"]


def test_of_many_copies_of_one_file_a_few_are_named() -> None:
    many = [sent(f"{number}.pdf", f"Partner {number}", digest="x") for number in range(50)]
    assert settle(many)[40].warnings == ("This is the same file as 0.pdf, 1.pdf, 2.pdf, 3.pdf, 4.pdf, ….",)
    few = settle(many[:3])
    assert [submission.warnings[0] for submission in few] == [
        "This is the same file as 1.pdf, 2.pdf.",
        "This is the same file as 0.pdf, 2.pdf.",
        "This is the same file as 0.pdf, 1.pdf.",
    ]


def test_what_the_officer_chose_counts_however_new_the_other_is() -> None:
    chosen, newer = settle([sent("a.pdf", modified=MONDAY, is_chosen=True), sent("b.pdf", modified=TUESDAY)])
    assert chosen.superseded_by == ""
    assert newer.superseded_by == "a.pdf"
    assert newer.warnings == ("The same partner also sent a.pdf, which was chosen to count.",)


def test_who_says_a_name_means_the_file_of_that_name() -> None:
    """The officer calls a second worksheet "GGD"; the first goes by its file."""
    by_file = sent("ggd.pdf", modified=MONDAY, name_from=NameFrom.FILE)
    assert counts(by_file, sent("politie.pdf", modified=TUESDAY)) == ["politie.pdf"]


def test_of_files_in_several_folders_nobody_knows_which_is_meant() -> None:
    north = sent("noord/ggd.pdf", name_from=NameFrom.FILE)
    south = sent("zuid/ggd.pdf", name_from=NameFrom.FILE)
    said = sent("politie.pdf")
    assert counts(north, south, said) == ["noord/ggd.pdf", "zuid/ggd.pdf", "politie.pdf"]


def test_a_name_that_says_nothing_is_nobodys_though_somebody_is_called_so() -> None:
    nameless = sent("werkblad.pdf", partner="Werkblad", name_from=NameFrom.FILE)
    assert counts(nameless, sent("b.pdf", partner="Werkblad")) == ["werkblad.pdf", "b.pdf"]
