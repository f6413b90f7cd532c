"""The PDF report as who listens to it gets it, and as an archive takes it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from importlib import import_module

import pytest

from veldpdf.house_style import HouseStyle
from veldpdf.merging import Report, merge
from veldpdf.model import FormDefinition
from veldpdf.report.presentation import Following
from veldpdf.typed_text import visible

from .rendering import rendered
from .tagged_pdf import Element, by_pdfium, on_pages, problems, structure
from .test_merging import FORM, everything, make_submission, merged, returned
from .test_report_formats import NASTY, sample

SCRIPTS = {
    "Arabic": "مرحبا بالعالم هذا نص عربي طويل جدا يجب أن يمتد على أكثر من سطر واحد في الصفحة",
    "Hebrew and English": "שלום עולם, זה טקסט (בעברית) עם 123 מספרים and English.",
    "European": "Łódź, Şişli, Ελλάδα, Москва, ẞ",
    "emoji": "leuk 👍🏽 hoor 🇳🇱",
    "what no font has": "你好",
}
TYPED = (
    "Een alinea die langer is dan een regel, zodat zij over het einde van de regel heen loopt, met  twee spaties.\n"
    "\n"
    "- eerst trainen\n"
    "- dan meten, en dat zo lang volhouden dat ook dit punt over het einde van de regel heen zal lopen\n"
    "1. daarna\n"
    "  ingesprongen\ttab"
)


@cache
def report_of(name: str) -> Report:
    """Return a report by what it is good for."""
    many = [make_submission(f"Partner {number}", everything(f"x{number}")) for number in range(40)]
    reports: dict[str, Callable[[], Report]] = {
        "everything that may occur": sample,
        "examples with words added": returned,
        "nobody": merged,
        "forty partners": lambda: merge(FORM, many),
        "texts that could act": lambda: merged(
            *(make_submission(text, everything(text), source=text) for text in NASTY.values()),
            title="<b>Titel</b>",
            municipality="(\\)",
            date=date(2026, 11, 23),
        ),
        "all scripts": lambda: merged(
            *(make_submission(text, everything(text)) for text in SCRIPTS.values()), title="Titel שלום 你好"
        ),
    }
    return reports[name]()


REPORTS = [
    "everything that may occur",
    "examples with words added",
    "nobody",
    "forty partners",
    "texts that could act",
    "all scripts",
]


def broken_rules(pdf: bytes, profile: str) -> list[str]:
    """Return what another checker (page-validation on PyPI) finds wrong: ``"ua1"`` PDF/UA-1, ``"2a"`` PDF/A-2a."""
    checked = import_module("page").validate_pdf_bytes(pdf, profile=profile)
    return [f"{failure.rule_id}: {failure.message}" for failure in checked.failures]


def heard(report: Report, language: str = "nl") -> Element:
    """Return the structure tree of a report."""
    return structure(rendered(report, ".pdf", language))


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("name", REPORTS)
def test_the_report_keeps_to_pdf_ua(name: str, language: str) -> None:
    assert problems(rendered(report_of(name), ".pdf", language)) == []


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("profile", ["ua1", "2a"])
def test_another_checker_takes_it_for_pdf_ua_and_pdf_a(name: str, profile: str) -> None:
    assert broken_rules(rendered(report_of(name), ".pdf", "nl"), profile) == []


@pytest.mark.parametrize("name", REPORTS)
def test_pdfium_reads_the_same_tree(name: str) -> None:
    pdf = rendered(report_of(name), ".pdf", "nl")
    ours = on_pages(structure(pdf))
    theirs = by_pdfium(pdf)
    for page, other in zip(ours, theirs, strict=False):
        # PDFium gives the elements of a page in the order of the page's content.
        assert sorted((kinds, number) for kinds, number, _ in page) == sorted(
            (kinds, number) for kinds, number, _ in other
        )


def test_the_headings_are_those_of_the_report() -> None:
    headings = [(each.kind, each.text) for each in heard(sample(), "en").find("H1", "H2", "H3")]
    assert headings[:6] == [
        ("H1", "Werksessie"),
        ("H2", "Contents"),
        ("H2", "Summary"),
        ("H3", "Answers to each question"),
        ("H2", "Eerste deel"),
        ("H3", "1 Label A"),
    ]
    assert [text for kind, text in headings if kind == "H2"][-3:] == [
        "Monitoring plan",
        "Actions",
        "Annex: the returned worksheets",
    ]


def answer_of(tree: Element, question: str, name: str) -> Element:
    """Return the body of the list item in which a partner answers a question."""
    section = next(each for each in tree.find("Sect") if [h.text for h in each.elements[:1]] == [question])
    for item in section.find("LI"):
        label, *body = item.elements
        if label.text == name and body:
            return body[0]
    raise AssertionError(name)


def typed_lines(body: Element) -> list[str]:
    """Return the lines of an answer as they are heard."""
    return [each.text for each in body.walk() if each.kind in ("P", "LI")]


def test_an_answer_is_heard_line_for_line_as_it_was_typed() -> None:
    tree = heard(merged(make_submission("GGD", {"A": TYPED})))
    body = answer_of(tree, "1 Label A", "GGD")
    assert typed_lines(body) == [line for line in TYPED.split("\n") if line.strip()]
    assert body.kinds == ["P", "L", "L", "P"]
    assert [each.attributes["ListNumbering"] for each in body.find("L")] == ["Disc", "Decimal"]


@pytest.mark.parametrize("text", [*NASTY.values(), *list(SCRIPTS.values())[:3]])
def test_what_could_act_or_turns_around_is_heard_as_typed(text: str) -> None:
    tree = heard(merged(make_submission("GGD", {"A": text})))
    lines = typed_lines(answer_of(tree, "1 Label A", "GGD"))
    assert lines == [line for line in visible(text).split("\n") if line.strip()]


def test_names_are_heard_apart() -> None:
    tree = heard(merged(make_submission("GGD", {"A": "Ja."}), make_submission("שלום", {"A": "Ja."})))
    assert typed_lines(answer_of(tree, "1 Label A", "GGD, שלום")) == ["Ja."]


def test_the_matrix_is_a_table_whose_cells_say_the_state_in_words() -> None:
    tables = heard(sample(), "en").find("Table")
    matrix = tables[1]
    head, body = matrix.elements
    assert [cell.attributes["Scope"] for cell in head.find("TH")] == ["Column"] * 9
    first = body.elements[0]
    assert first.kinds == ["TH", *["TD"] * 8]
    assert [cell.text for cell in first.elements][:4] == ["GGD", "answered", "partly example", "answered"]
    unread = body.elements[3]
    assert [cell.text for cell in unread.elements] == ["Huisarts", "not read: scan: pictures without text"]
    assert unread.elements[1].attributes["ColSpan"] == 8


def test_each_bar_of_the_chart_is_a_figure_that_says_what_it_shows() -> None:
    figures = heard(sample(), "en").find("Figure")
    assert figures[0].entries["Alt"] == "3 answered"
    assert figures[1].entries["Alt"] == "1 partly example, 1 only the example, 1 not in the file"
    assert all(each.attributes["BBox"] for each in figures)


def test_what_is_repeated_on_the_next_page_is_heard_once() -> None:
    lines = "\n".join(f"regel {number}" for number in range(200))
    tree = heard(merged(make_submission("Politie", {"A": lines})))
    labels = [each.text for each in tree.find("Lbl")]
    assert labels.count("Politie") == 2, "beside the answer and in the annex"
    assert tree.text.count("vervolg") == 0
    many = heard(report_of("forty partners"))
    assert sum(each.text == "Partner" for each in many.find("TH")) == 3, "the matrix, the list, the plan"


def test_parts_in_the_language_of_the_worksheet_say_so() -> None:
    tree = heard(sample(), "en")
    section = next(
        each for each in tree.find("Sect") if each.elements and each.elements[0].text == "Eerste deel"
    )
    assert section.entries["Lang"] == FORM.language == "nl"
    captions = [each for each in section.find("P") if each.text.startswith("The publisher's example")]
    assert [each.entries["Lang"] for each in captions] == ["en"]
    assert not any("Lang" in each.entries for each in heard(sample(), "nl").walk())


def test_pages_of_others_behind_the_report_take_back_what_it_claims() -> None:
    """The fonts of returned pages need not be embedded, say."""
    pdf = rendered(sample(), ".pdf", "nl", following=(Following("GGD", 2),))
    assert b"pdfuaid:part" not in pdf
    assert b"pdfaid:part" not in pdf
    assert [each.text for each in structure(pdf).find("H2")][
        -1
    ] == "Bijlage: de bladzijden zoals ze terugkwamen"


def test_a_house_style_with_other_colours_keeps_to_the_standards() -> None:
    style = replace(HouseStyle(), name="Gemeente Waterrijk", main="#7a1f3d", second="#e0a100")
    pdf = rendered(sample(), ".pdf", "nl", style=style)
    assert problems(pdf) == []
    assert broken_rules(pdf, "2a") == []


def test_a_title_that_breaks_over_a_page_of_the_contents_has_one_link() -> None:
    fields = [
        replace(FORM.fields[0], name=f"V{number}", label="woord " * 70, role=None) for number in range(40)
    ]
    form = FormDefinition(
        id="lang", title="Lang", language="nl", publisher="P", sections=FORM.sections[:1], fields=tuple(fields)
    )
    assert problems(rendered(merge(form, []), ".pdf", "nl")) == []


def test_a_list_item_that_shows_nothing_is_a_whole_item_all_the_same() -> None:
    assert problems(rendered(merged(make_submission("1e Lijns", {"A": "1. \u00ad\n2. twee"})), ".pdf")) == []
