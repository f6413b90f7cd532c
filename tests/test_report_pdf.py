"""The report as PDF, as two independent engines see it."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pymupdf
import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from veldpdf.house_style import HouseStyle
from veldpdf.merging import Report
from veldpdf.report.as_pdf.faces import Face
from veldpdf.report.as_pdf.lines import set_text, set_typed
from veldpdf.report.as_pdf.packing import stream
from veldpdf.report.as_pdf.structure import Element
from veldpdf.report.as_pdf.styles import styles_for

from .rendering import rendered
from .test_merging import BULLET, OWN_WORDS, make_submission, merged, returned
from .test_report_formats import NASTY, sample

STYLES = styles_for(HouseStyle())
BODY = STYLES.body


def pdf_of(report: Report, language: str = "en") -> bytes:
    """Return the PDF of a report."""
    return rendered(report, ".pdf", language)


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page, as PDFium reads it."""
    document = pdfium.PdfDocument(pdf)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return texts


def squeezed(text: str) -> str:
    """Return a text without white space: where lines are broken is not what is compared."""
    # PDFium gives U+0002 for a hyphen at the end of a line.
    return re.sub(r"\s", "", text.replace("\x02", "-"))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """The report in which everything occurs."""
    return pdf_of(sample())


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_what_was_typed_is_on_the_page_as_typed(text: str) -> None:
    pages = pages_of(pdf_of(merged(make_submission(text, {"A": text}, source=text), title=text)))
    assert squeezed(text) in squeezed(pages[0])
    assert sum(squeezed(text) in squeezed(page) for page in pages) >= 2


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet=st.characters(codec="latin-1", exclude_categories=["C", "Z"]) | st.sampled_from(" \n")))
def test_every_letter_of_an_answer_is_on_the_page(text: str) -> None:
    answer = f"begin {text} einde"
    assert squeezed(answer) in squeezed("".join(pages_of(pdf_of(merged(make_submission("G", {"A": answer}))))))


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        pytest.param("Łódź, Şişli, Ελλάδα, Москва", "Łódź, Şişli, Ελλάδα, Москва", id="European letters"),
        pytest.param("klaar ✓ → ≥ ☐", "klaar ✓ → ≥ ☐", id="symbols, from the second font"),
        pytest.param("leuk 😀 hoor", "leuk 😀 hoor", id="beyond U+FFFF"),
        pytest.param("你好", "[U+4F60][U+597D]", id="what no font has"),
        pytest.param("a\x00b\ud83dc", "a\ufffdb\ufffdc", id="what cannot be shown"),
        pytest.param("x\u202efdp.exe", "x[U+202E]fdp.exe", id="what turns the order"),
        pytest.param("hart\ufe0f\U000e0041", "hart", id="what only shapes its neighbour"),
    ],
)
def test_every_character_is_shown_or_told_of(typed: str, shown: str) -> None:
    text = "".join(pages_of(pdf_of(merged(make_submission("GGD", {"A": typed})))))
    assert squeezed(shown) in squeezed(text)


def test_a_word_of_5000_characters_is_broken_and_whole() -> None:
    pages = pages_of(pdf_of(merged(make_submission("GGD", {"A": "x" * 5000}))))
    assert sum(page.count("x") for page in pages) >= 5000


def test_an_answer_of_twenty_pages_flows() -> None:
    lines = [f"regel-nummer-{number}" for number in range(1100)]
    pages = pages_of(pdf_of(merged(make_submission("Politie", {"A": "\n".join(lines)}))))
    whole = " ".join(pages).split()
    assert [word for word in whole if word.startswith("regel-nummer-")] == lines
    on = [page for page in pages if "regel-nummer-" in page]
    assert len(on) >= 20
    # Whoever opens the report in the middle sees whose answer it is.
    assert all("Politie" in page for page in on)
    assert all("(continued)" in page for page in on[1:])


def test_blank_lines_and_indents_stay() -> None:
    lines = set_typed("Kop\n\n  - een\n\n\n\ttab   drie", BODY, 400, Element("LBody"))
    assert [line.label + line.text for line in lines] == ["Kop", "", "  - een", "", "", "\ttab   drie"]


def test_the_lines_of_a_list_item_hang_below_its_text() -> None:
    first, *others = set_typed("• " + "woord " * 60, BODY, 200, Element("LBody"))
    assert first.label == "• "
    assert first.text.startswith("woord")
    assert others
    assert {line.indent for line in (first, *others)} == {BODY.face.width("• ", BODY.size)}


def test_a_line_that_runs_from_right_to_left_begins_at_the_right_edge() -> None:
    (line,) = set_typed("שלום עולם", BODY, 300, Element("LBody"))
    assert line.indent + BODY.face.width(line.text, BODY.size) == pytest.approx(300, abs=0.1)


@given(st.text(), st.floats(60, 500))
def test_no_line_is_wider_than_its_column(text: str, width: float) -> None:
    for line in set_typed(text, BODY, width, Element("LBody")):
        assert line.indent + BODY.face.width(line.text.rstrip(), BODY.size) <= width + BODY.size


@given(st.text(alphabet=st.characters(exclude_categories=["Z", "C"])))
def test_breaking_a_text_loses_nothing(text: str) -> None:
    shown = squeezed(BODY.face.showable(text))
    assert squeezed("".join(line.text for line in set_text(text, BODY, 100))) == shown
    typed = set_typed(text, BODY, 100, Element("LBody"))
    assert squeezed("".join(line.label + line.text for line in typed)) == shown


@pytest.mark.parametrize("face", [STYLES.body.face, STYLES.name.face, STYLES.note.face])
def test_every_cut_shows_the_symbols_of_the_states(face: Face) -> None:
    assert face.showable("●◐○–✕") == "●◐○–✕"


def test_the_document_tells_its_title_and_language(pdf: bytes) -> None:
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.Lang) == "en"
        assert str(document.docinfo.Title) == "Werksessie"
        assert document.Root.ViewerPreferences.DisplayDocTitle == True  # noqa: E712 - a pikepdf object


def test_the_outline_leads_to_sections_and_questions(pdf: bytes) -> None:
    with pymupdf.open(stream=pdf) as document:
        outline = [(level, title) for level, title, _ in document.get_toc()]
        assert all(page > 0 for _, _, page in document.get_toc())
    assert outline == [
        (1, "Contents"),
        (1, "Summary"),
        (1, "Eerste deel"),
        (2, "1. Label A"),
        (2, "2. Label B"),
        (1, "Tweede deel"),
        (2, "3. Indicator 1"),
        (2, "4. Indicator 2"),
        (2, "5. Hoe vaak"),
        (2, "6. Wie"),
        (2, "7. Actie"),
        (1, "Monitoring plan"),
        (1, "Actions"),
        (1, "Annex: the returned worksheets"),
    ]


def test_the_contents_give_the_pages_that_the_outline_gives_and_link_to_them(pdf: bytes) -> None:
    with pymupdf.open(stream=pdf) as document:
        contents = document[1]
        assert contents.get_text().strip().startswith(("Contents", "Gemeente"))
        numbers = re.findall(r"^\d+$", contents.get_text(), re.MULTILINE)
        goals = [page for _, title, page in document.get_toc() if title != "Contents"]
        links = [link["page"] + 1 for link in contents.get_links()]
    assert [int(number) for number in numbers] == goals
    assert links == goals


def test_every_page_but_the_title_says_which_of_how_many(pdf: bytes) -> None:
    pages = pages_of(pdf)
    assert not re.search(r"page \d+ of", pages[0])
    for number, page in enumerate(pages[1:], start=2):
        assert f"page{number}of{len(pages)}" in squeezed(page)
        assert "Gemeente Proef" in page


def inks(pdf: bytes) -> Iterator[tuple[float, float]]:
    """Yield for each page the part of it that is not white, as PDFium and as MuPDF draw it."""
    document = pdfium.PdfDocument(pdf)
    with pymupdf.open(stream=pdf) as other:
        for first, second in zip(document, other, strict=True):
            drawn = bytes(first.render(scale=0.5, grayscale=True).buffer)
            pixels = second.get_pixmap(matrix=pymupdf.Matrix(0.5, 0.5), colorspace=pymupdf.csGRAY).samples
            yield tuple(sum(byte < 200 for byte in each) / len(each) for each in (drawn, pixels))
    document.close()


def test_two_engines_draw_every_page(pdf: bytes) -> None:
    for ours, theirs in inks(pdf):
        assert 0.002 < ours < 0.3
        assert theirs == pytest.approx(ours, rel=0.5)


def test_all_fonts_are_embedded(pdf: bytes) -> None:
    with pymupdf.open(stream=pdf) as document:
        fonts = {font for page in document for font in page.get_fonts(full=True)}
    assert {font[1] for font in fonts} == {"ttf"}
    assert {font[3].partition("+")[2] for font in fonts} >= {"NotoSans-Regular", "NotoSans-Bold", "DejaVuSans"}


def test_two_hundred_partners_keep_the_head_of_the_matrix_on_every_page() -> None:
    report = merged(*(make_submission(f"Partner {number}", {"A": f"x{number}"}) for number in range(200)))
    pages = pages_of(pdf_of(report))
    start = next(index for index, page in enumerate(pages) if "Summary" in page and "Annex" not in page)
    matrix = [page for page in pages[start:] if "1/7" in page]
    assert len(matrix) > 3
    assert all("Indicator 1" in page for page in matrix)
    names = re.findall(r"Partner \d+", " ".join(matrix))
    assert len(set(names)) == 200


def test_many_who_gave_one_answer_stand_above_it() -> None:
    report = merged(*(make_submission(f"Partner {number}", {"A": "Eens."}) for number in range(60)))
    (page,) = [page for page in pages_of(pdf_of(report)) if "Eens." in page]
    assert "Partner 0, Partner 1, Partner 2" in page


def test_a_heading_never_stands_alone_at_the_foot_of_a_page() -> None:
    """Below the heading of a question stands at least the beginning of what was said to it."""
    for filler in range(30, 60, 3):
        report = merged(make_submission("GGD", {"A": "\n".join(["regel"] * filler), "B": "antwoord-b\n" * 3}))
        pages = pages_of(pdf_of(report))
        (asked,) = [index for index, page in enumerate(pages) if "Vraag B?" in page]
        assert "antwoord-b" in pages[asked]


def test_no_line_of_an_answer_is_left_alone_on_a_page() -> None:
    """Wherever the page ends, the rest of the answer is more than a line, white lines not counted."""
    for filler in range(25, 40):
        texts = {
            "A": "\n".join(["regel"] * filler),
            "B": "\n".join(["begin"] * 8) + "\n\n\nslot een\nslot twee",
        }
        pages = [
            page.split("Tweede deel")[0] for page in pages_of(pdf_of(merged(make_submission("GGD", texts))))
        ]
        ends = [page for page in pages[2:] if "slot" in page]
        assert len(ends) == 1
        assert "slot een" in ends[0]
        assert "slot twee" in ends[0]


def test_of_answers_that_are_partly_the_example_the_partners_own_words_are_on_the_page() -> None:
    text = squeezed("".join(pages_of(pdf_of(returned(hide_examples=True)))))
    for own in OWN_WORDS.values():
        assert squeezed(own) in text
    assert text.count(squeezed("◐ partly the example; only their own words are shown")) == len(OWN_WORDS)
    assert text.count(squeezed(OWN_WORDS["Veld14"])) == 2, "under its question and in the plan"
    for of_example in ("Tijd voor samenwerking en afstemming", "vorming heeft gekregen"):
        assert squeezed(of_example) not in text
    assert squeezed("part of the example still stands here") not in text
    assert squeezed("The example's part is left out of the answers to: Samenwerking met partners; ") in text


def test_an_answer_without_own_words_is_on_the_page_whole_and_marked() -> None:
    text = squeezed("".join(pages_of(pdf_of(merged(make_submission("GGD", {"B": BULLET}))))))
    assert squeezed(BULLET) in text
    assert squeezed("◐ part of the example still stands here") in text
    assert squeezed("left out") not in text


def test_the_end_of_a_stream_cannot_be_taken_for_its_data() -> None:
    """Packed data may itself end in a line feed or a carriage return (ISO 19005-2, 6.1.7.1)."""
    endings = set()
    for number in range(256):
        content = bytes([number])
        body = stream(content)
        head, _, rest = body.partition(b"\nstream\n")
        data = rest.removesuffix(b"\r\nendstream")
        assert zlib.decompress(data) == content
        assert head.endswith(b"/Length %d>>" % len(data))
        endings.add(data[-1:])
    assert {b"\n", b"\r"} <= endings
