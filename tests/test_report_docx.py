"""The report in Word: real styles, exact texts, nothing that acts, and LibreOffice opens it."""

from __future__ import annotations

import ast
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import docx
import pytest
from docx.shared import Mm
from docx.text.paragraph import Paragraph
from hypothesis import given
from hypothesis import strategies as st

import veldpdf.report
from tests.texts import says_something
from veldpdf.errors import VeldpdfError
from veldpdf.house_style import HouseStyle, Logo, LogoKind
from veldpdf.merging import Report, Tally, merge
from veldpdf.model import FormDefinition, Section, Status
from veldpdf.report import check_available
from veldpdf.report.as_docx.chart import bar
from veldpdf.typed_text import one_line, visible

from .office import opened_by_libreoffice
from .rendering import rendered
from .test_merging import EXAMPLE, everything, make_field, make_submission, merged
from .test_report_formats import NASTY, sample

WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def opened(report: Report, language: str = "en", **more: Any) -> Any:
    """Return the report as python-docx reads it."""
    return docx.Document(BytesIO(rendered(report, ".docx", language, **more)))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def xml_of(part: bytes) -> ET.Element:
    return ET.fromstring(part)  # noqa: S314 - we made it, and expat of today expands nothing without end


def styled(document: Any, style: str) -> list[str]:
    """Return the texts of all paragraphs outside tables that have a style, by its identifier."""
    return [each.text for each in document.paragraphs if each.style.style_id == style]


def answers(document: Any) -> Iterator[tuple[str, str]]:
    """Yield what stands in the line with the names, and the answer below it."""
    name, said = "", []
    for each in [*document.paragraphs, None]:
        style = each.style.style_id if each is not None else ""
        if style == "Answer":
            said.append(each.text)
            continue
        if said:
            yield name, "\n".join(said)
        name, said = (each.text if style == "Respondent" else "", [])


def tables(document: Any) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


@given(st.text(alphabet=st.characters(exclude_categories=[]), max_size=200).filter(says_something))
def test_a_text_can_be_read_back_to_the_letter(text: str) -> None:
    document = opened(merged(make_submission("GGD", {"A": text})))
    assert list(answers(document)) == [("GGD", visible(text))]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_nothing_that_was_typed_is_anything_but_text(text: str) -> None:
    report = merged(make_submission(text, everything(text), source=text), title=text, municipality=text)
    data = rendered(report, ".docx")
    for name, part in parts(data).items():
        if name.endswith((".xml", ".rels")):
            xml_of(part)
            assert b"<w:altChunk" not in part
            assert b'TargetMode="External"' not in part
    document = docx.Document(BytesIO(data))
    said = list(answers(document))
    assert {answer for _, answer in said} == {visible(text)}
    assert {name for name, _ in said} == {one_line(text)}
    assert styled(document, "Title") == [one_line(text)]


def test_all_fields_are_ours() -> None:
    text = 'INCLUDETEXT "/etc/passwd" { DDEAUTO c:\\\\cmd }'
    data = parts(rendered(merged(make_submission(text, everything(text)), title=text), ".docx"))
    code = [
        element.text
        for part in data
        if part.startswith("word/") and part.endswith(".xml")
        for element in xml_of(data[part]).iter(f"{W}instrText")
    ]
    # Upright pages, the plan's, and upright ones again each have a footer.
    assert sorted(map(str, code)) == [*[" NUMPAGES "] * 3, *[" PAGE "] * 3, ' TOC \\o "1-2" \\h \\z ']


def test_sections_questions_and_what_follows_are_headings() -> None:
    document = opened(sample())
    heads = [(each.style.name, each.text) for each in document.paragraphs if "Heading" in each.style.name]
    assert heads == [
        ("TOC Heading", "Contents"),
        ("Heading 1", "Summary"),
        ("Heading 1", "Eerste deel"),
        ("Heading 2", "1. Label A"),
        ("Heading 2", "2. Label B"),
        ("Heading 1", "Tweede deel"),
        ("Heading 2", "3. Indicator 1"),
        ("Heading 2", "4. Indicator 2"),
        ("Heading 2", "5. Hoe vaak"),
        ("Heading 2", "6. Wie"),
        ("Heading 2", "7. Actie"),
        ("Heading 1", "Monitoring plan"),
        ("Heading 1", "Actions"),
        ("Heading 2", "Actie"),
        ("Heading 1", "Annex: the returned worksheets"),
        *(("Heading in annex", name) for name in ("GGD", "School", "Sportclub", "Huisarts")),
    ]


def test_every_link_leads_to_a_bookmark_of_which_there_is_one() -> None:
    root = xml_of(parts(rendered(sample(), ".docx"))["word/document.xml"])
    names = [element.get(f"{W}name") for element in root.iter(f"{W}bookmarkStart")]
    numbers = [element.get(f"{W}id") for element in root.iter(f"{W}bookmarkStart")]
    assert len(set(names)) == len(names) == len(set(numbers))
    wanted = {element.get(f"{W}anchor") for element in root.iter(f"{W}hyperlink")}
    assert wanted <= set(names)
    assert {"summary", "question_1", "question_7", "partner_4", "annex"} <= wanted


def test_line_breaks_blank_lines_and_tabs_are_as_typed() -> None:
    text = "- een\n\n\ttwee\n  drie "
    document = opened(merged(make_submission("GGD", {"A": text})))
    assert styled(document, "Answer") == ["- een", "", "\ttwee", "  drie "]


def test_an_example_left_standing_stands_once_and_an_edited_one_is_marked() -> None:
    document = opened(sample())
    assert styled(document, "ExampleCaption") == ["The publisher's example, left standing by: School"]
    assert styled(document, "Example") == EXAMPLE.split("\n")
    assert ("GGD  ◐ partly the example; only their own words are shown", "En wij vullen aan.") in list(
        answers(document)
    )


def test_hidden_examples_are_told_of_by_name_only() -> None:
    report = merged(make_submission("GGD", {"B": EXAMPLE}), hide_examples=True)
    document = opened(report)
    assert styled(document, "Example") == []
    assert "Only the example: GGD" in styled(document, "Remark")


def test_who_said_nothing_is_named() -> None:
    remarks = styled(opened(sample()), "Remark")
    assert "Not answered: School" in remarks
    assert "Not in the returned file: Sportclub" in remarks


def test_the_tables_tell_who_is_how_far_and_repeat_their_headings() -> None:
    document = opened(sample())
    partners, matrix, totals, plan = tables(document)
    assert partners[0] == ["Partner", "Worksheet", "Complete"]
    assert partners[1] == ["GGD", "read", "complete"]
    assert matrix[1] == ["GGD", "●", "◐", "●", "●", "●", "●", "●", "7/7"]
    assert matrix[4][:2] == ["Huisarts", "not read: scan: pictures without text"]
    assert totals[2] == ["2. Label B", "", "0", "1", "1", "0", "1"]
    assert plan[0] == ["Partner", "Indicator or signal", "How often", "Who is responsible"]
    assert plan[3][:2] == ["School", "aantal lessen"]
    for table in document.tables:
        assert table._tbl.tr_lst[0].trPr.find(f"{W}tblHeader") is not None
        assert not [row for row in table._tbl.tr_lst[1:] if row.trPr is not None], (
            "rows may go on on the next page"
        )


@pytest.mark.parametrize(("count", "in_front"), [(20, True), (21, False)])
def test_many_partners_stand_behind_the_contents(count: int, in_front: bool) -> None:  # noqa: FBT001 - a parameter
    report = merged(*(make_submission(f"Partner {number}", {"A": "x"}) for number in range(count)))
    root = xml_of(parts(rendered(report, ".docx"))["word/document.xml"])
    body = list(root[0])
    contents = next(at for at, each in enumerate(body) if "Contents" in "".join(each.itertext()))
    first_table = next(at for at, each in enumerate(body) if each.tag == f"{W}tbl")
    assert (first_table < contents) is in_front


def test_a_logo_stands_in_front_with_the_name_of_its_house() -> None:
    picture = bar(Tally(answered=1), "#7a0019")
    logo = Logo(data=picture, kind=LogoKind.PNG, width=300, height=24)
    data = parts(rendered(sample(), ".docx", style=HouseStyle(name="Regio X", logo=logo)))
    first = next(xml_of(data["word/document.xml"]).iter(f"{WP}inline"))
    assert first.find(f"{WP}docPr").get("descr") == "Regio X"  # type: ignore[union-attr]
    # No wider than 60 mm, no higher than 30, and not out of proportion.
    size = first.find(f"{WP}extent")
    assert size is not None
    assert (size.get("cx"), size.get("cy")) == (str(60 * 36_000), str(round(60 * 36_000 * 24 / 300)))
    assert picture in data.values()


def test_charts_say_in_words_what_they_show() -> None:
    document = parts(rendered(sample(), ".docx"))["word/document.xml"].decode()
    assert re.findall(r'descr="([^"]*)"', document)[:2] == [
        "answered: 3",
        "partly example: 1, only the example: 1, not in the file: 1",
    ]


def test_many_questions_make_several_overviews() -> None:
    fields = tuple(make_field(f"V{number}") for number in range(60))
    form = FormDefinition(
        id="proef",
        title="Lang",
        publisher="x",
        language="nl",
        sections=(Section(id="een", title="Een"),),
        fields=fields,
    )
    document = opened(merge(form, [make_submission("GGD")]))
    heads = [table[0] for table in tables(document)[1:-1]]
    assert [len(head) for head in heads] == [22, 22, 22]
    assert heads[2][1:-1] == [str(number) for number in range(41, 61)]


def test_each_language_is_told() -> None:
    data = parts(rendered(sample(), ".docx", "en"))
    styles = xml_of(data["word/styles.xml"])
    assert styles.find(f"{W}docDefaults//{W}lang").get(f"{W}val") == "en-GB"  # type: ignore[union-attr]
    answer = next(style for style in styles if style.get(f"{W}styleId") == "Answer")
    assert answer.find(f".//{W}lang").get(f"{W}val") == "nl-NL"  # type: ignore[union-attr]
    assert b"nl-NL" not in parts(rendered(sample(), ".docx", "nl"))["word/document.xml"]
    assert b"nl-NL" in data["word/document.xml"], "headings are the worksheet's"


def test_what_is_read_from_right_to_left_says_so() -> None:
    text = "مرحبا، GGD 12."
    document = opened(merged(make_submission("جمعية", {"A": f"{text}\nLinks"})))
    turned, plain = (each for each in document.paragraphs if each.style.style_id == "Answer")
    assert (turned.text, plain.text) == (text, "Links")
    assert turned._p.pPr.find(f"{W}bidi") is not None
    assert plain._p.pPr.find(f"{W}bidi") is None
    assert [(run.text, run.font.rtl) for run in turned.runs] == [
        ("مرحبا", True),
        ("، ", True),
        ("GGD 12", None),
        (".", True),
    ]


def test_what_was_typed_away_from_any_field_stands_in_the_annex() -> None:
    document = opened(merged(make_submission("GGD", {"A": "x"}, notes=("een\x00\n\u202etwee",))))
    assert "Typed on the page: een\ufffd\n[U+202E]twee" in styled(document, "ListBullet")


def test_an_override_of_the_reading_order_is_shown() -> None:
    document = opened(merged(make_submission("GGD", {"A": "factuur\u202efdp.exe"})))
    assert styled(document, "Answer") == ["factuur[U+202E]fdp.exe"]


def test_the_properties_are_those_of_the_report_and_of_no_clock() -> None:
    told = opened(sample()).core_properties
    assert (told.title, told.author, told.language) == ("Werksessie", "Gemeente Proef", "en-GB")
    assert told.created == told.modified == datetime(2026, 11, 19, tzinfo=UTC)
    assert opened(merged()).core_properties.created == datetime(1980, 1, 1, tzinfo=UTC)
    with zipfile.ZipFile(BytesIO(rendered(sample(), ".docx"))) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist()[0] == "[Content_Types].xml"


def test_the_header_names_the_report_and_the_footer_counts_pages() -> None:
    sections = opened(sample()).sections
    for section in sections:
        assert section.header.paragraphs[0].text == "Werksessie\tGemeente Proef"
        assert section.footer.paragraphs[0].text == "\tpage 1 of 1"
    assert [each.different_first_page_header_footer for each in sections] == [True, False, False]


def test_the_plan_alone_lies_on_its_side_with_edges_as_wide_as_the_page() -> None:
    document = opened(sample())
    sizes = [(round(each.page_width.mm), round(each.page_height.mm)) for each in document.sections]
    assert sizes == [(210, 297), (297, 210), (210, 297)]
    wide = document.sections[1]
    room = wide.page_width - wide.left_margin - wide.right_margin
    stops = wide.header.paragraphs[0].paragraph_format.tab_stops
    assert abs(stops[len(stops) - 1].position - room) < Mm(1)
    section_of = [
        [each.text for each in part.iter_inner_content() if isinstance(each, Paragraph)]
        for part in document.sections
    ]
    assert ["Monitoring plan" in texts for texts in section_of] == [True, True, False], "contents, and the plan"
    assert "7. Actie" in section_of[0]
    assert "Actions" in section_of[2]


def test_without_lines_in_the_plan_all_pages_are_upright() -> None:
    [section] = opened(merged(make_submission("GGD", {"A": "x"}))).sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


def test_the_house_stands_where_no_municipality_is_named() -> None:
    style = HouseStyle(name="Regio X")
    document = opened(merged(make_submission("GGD", {"A": "x"})), style=style)
    assert styled(document, "Municipality") == ["Regio X"]
    assert document.sections[0].header.paragraphs[0].text.endswith("\tRegio X")
    named = opened(sample(), style=style)
    assert styled(named, "Municipality") == ["Gemeente Proef"]
    assert named.sections[0].header.paragraphs[0].text == "Werksessie\tGemeente Proef"


def test_a_cell_of_the_plan_without_words_has_a_dash() -> None:
    report = merged(make_submission("GGD", {"M1": "aantal"}))
    assert tables(opened(report))[-1][1] == ["GGD", "aantal", "–", "–"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Voorbeeld:\n\neen\ntwee", [True, True, False, False]),
        ("Voorbeeld:\neen", [True, False]),
        ("een", [False]),
        ("een\n\n", [False, False, False]),
        ("w" * 61 + "\neen", [False, False]),
        ("een\n\n\n\ntwee", [False] * 5),
    ],
)
def test_a_short_first_line_goes_with_what_follows_it(text: str, kept: list[bool]) -> None:
    document = opened(merged(make_submission("GGD", {"A": text})))
    paragraphs = [each for each in document.paragraphs if each.style.style_id == "Answer"]
    assert [each.paragraph_format.keep_with_next is True for each in paragraphs] == kept


def test_what_is_kept_and_read_from_right_to_left_says_so_in_the_order_of_the_schema() -> None:
    document = opened(merged(make_submission("GGD", {"A": "مثال\nمرحبا"})))
    first = next(each for each in document.paragraphs if each.style.style_id == "Answer")
    assert [each.tag.removeprefix(W) for each in first._p.pPr] == ["pStyle", "keepNext", "bidi"]


@pytest.mark.parametrize("suffix", [".docx", ".xlsx"])
def test_every_sentence_of_the_code_is_found_for_the_catalogues(suffix: str) -> None:
    """A sentence given to ``self._say`` is not."""
    folder = Path(veldpdf.report.__file__).parent
    name = f"as_{suffix[1:]}"
    for path in [*folder.glob(f"{name}.py"), *folder.glob(f"{name}/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("._say"):
                assert not isinstance(node.args[0], ast.Constant), ast.unparse(node)


def test_colours_are_those_of_the_house() -> None:
    styles = parts(rendered(sample(), ".docx", style=HouseStyle(name="X", main="#7a0019", second="#ffcc33")))
    text = styles["word/styles.xml"].decode()
    assert 'w:color w:val="7a0019"' in text
    assert 'w:color="ffcc33"' in text
    assert "14496b" not in text


def test_a_long_answer_goes_on_from_page_to_page() -> None:
    text = "\n".join(f"Regel {number} " + "woord " * 12 for number in range(1_000)).rstrip()
    assert list(answers(opened(merged(make_submission("GGD", {"A": text}))))) == [("GGD", text)]


def test_without_the_extra_it_is_told_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(VeldpdfError) as caught:
        check_available(".DOCX")
    assert caught.value.args == (
        "Writing Word files needs the package python-docx.",
        "Install it with: pip install 'veldpdf[office]'.",
    )


def test_libreoffice_shows_all_of_it() -> None:
    text = opened_by_libreoffice(rendered(sample(), ".docx", "nl"), ".docx")
    for words in (
        "Werksessie",
        "Gemeente Proef",
        "1. Label A",
        "Wij doen mee.",
        "- trainen",
        "Monitoringsplan",
    ):
        assert words in text
    assert date(2026, 11, 19).strftime("19 november %Y") in text


def test_a_report_whose_files_could_not_be_read_is_one() -> None:
    document = opened(merged(make_submission("Huisarts", status=Status.SCAN)))
    assert tables(document)[0][1] == ["Huisarts", "scan: pictures without text", "not read"]
