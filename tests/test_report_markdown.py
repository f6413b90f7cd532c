"""The report as Markdown: what was typed comes out of a Markdown reader as it went in."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from tests.texts import says_something
from veldpdf.report.as_markdown import cell, inline, quoted
from veldpdf.typed_text import visible

from .rendering import rendered
from .test_merging import BULLET, OWN_WORDS, make_submission, merged, returned
from .test_report_formats import NASTY, sample

READERS = {"commonmark": MarkdownIt("commonmark").enable("table"), "github": MarkdownIt("js-default")}

# Texts of the characters that mean something in Markdown, which random texts seldom hit.
markdown_texts = (
    st.text(alphabet=st.sampled_from("ab \n\t\\`*_[]()<>&~|$#^{}@!-+=.:1\"'\u00a0\u2003")) | st.text()
)


def text_of(tokens: list[Token]) -> str:
    """Return the text in tokens; a token that is neither text nor a line break is a fault."""
    parts: list[str] = []
    for token in tokens:
        if token.type in {"softbreak", "hardbreak"} or (token.type, token.content) == ("html_inline", "<br>"):
            parts.append("\n")
        else:
            assert token.type == "text", token.type
            parts.append(token.content)
    return "".join(parts)


@pytest.fixture(params=list(READERS.values()), ids=list(READERS), scope="module")
def reader(request: pytest.FixtureRequest) -> MarkdownIt:
    """A Markdown reader."""
    reader: MarkdownIt = request.param
    return reader


@given(markdown_texts.filter(says_something))
@example("- een\n  - twee\n\n1. drie\n---\n")
@example("\n\n    code\n\n\n")
@example("<b>x</b> &amp; &#60; \\* https://example.org www.example.org")
@example("a  \nb\\\nc")
@example("[x]: /y\n[x]")
def test_a_quoted_answer_is_read_as_typed(reader: MarkdownIt, text: str) -> None:
    quote, paragraph, body, *_ = reader.parse(f"Inleiding\n\n{quoted(text)}\n\nSlot")[3:]
    assert (quote.type, paragraph.type) == ("blockquote_open", "paragraph_open")
    assert text_of(body.children or []) == visible(text)


@given(markdown_texts.filter(says_something))
def test_a_name_is_read_as_typed_on_one_line(reader: MarkdownIt, text: str) -> None:
    body = reader.parse(f"## {inline(text)}\n")[1]
    assert text_of(body.children or []) == " ".join(visible(text).split())


@given(markdown_texts)
def test_a_cell_of_a_table_is_read_as_typed(text: str) -> None:
    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(f"| kop | x |\n| --- | --- |\n| {cell(text)} | x |\n")
    row = [token for token in tokens if token.type == "inline"][2:]
    assert [text_of(each.children or []) for each in row] == [visible(text), "x"]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_nothing_that_was_typed_becomes_structure(reader: MarkdownIt, text: str) -> None:
    """The same tokens as for a harmless text, wherever it was typed."""

    def kinds(typed: str) -> list[str]:
        report = merged(make_submission(typed, {"A": typed, "M1": typed}, source=typed), title=typed)
        source = rendered(report, ".md").decode()
        return [token.type for token in reader.parse(source)]

    assert kinds(text) == kinds("x")


def test_the_report_is_a_document_of_headings_and_tables() -> None:
    source = rendered(sample(), ".md").decode()
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    headings = [tokens[index + 1].content for index, token in enumerate(tokens) if token.type == "heading_open"]
    assert headings[:4] == ["Werksessie", "Summary", "Eerste deel", r"1\. Label A"]
    assert headings[-1] == "Annex: the returned worksheets"
    assert sum(token.type == "table_open" for token in tokens) == 4
    assert sum(token.type == "html_block" for token in tokens) == 0


def test_of_answers_that_are_partly_the_example_the_partners_own_words_stand_there() -> None:
    source = rendered(returned(hide_examples=True), ".md").decode()
    mark = "**Jongerenwerk** ◐ *partly the example; only their own words are shown*"
    for text in OWN_WORDS.values():
        assert f"{mark}\n\n{quoted(text)}\n" in source
    assert f"| ◐ {cell(OWN_WORDS['Veld14'])} |" in source
    assert "Tijd voor samenwerking en afstemming" not in source
    assert "part of the example still stands here" not in source
    assert "  - The example's part is left out of the answers to: Samenwerking met partners; " in source


def test_an_answer_without_own_words_stands_there_whole_and_is_marked() -> None:
    source = rendered(merged(make_submission("GGD", {"B": BULLET})), ".md").decode()
    assert f"**GGD** ◐ *part of the example still stands here*\n\n{quoted(BULLET)}\n" in source
    assert "left out" not in source
