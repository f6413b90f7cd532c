"""Users' own layouts of the report: found, filled, bounded, and never a way for what was typed to act."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from veldpdf.errors import InputError
from veldpdf.language import catalogue
from veldpdf.report.as_html.own_layout import POLICY
from veldpdf.report.layouts import load_layouts, values_of
from veldpdf.report.presentation import LayoutFile
from veldpdf.templating import Layout, LayoutError

from .rendering import rendered
from .test_merging import EXAMPLE, merged
from .test_report_formats import NASTY, sample

MANUAL = (Path(__file__).parent.parent / "docs" / "layouts.md").read_text(encoding="utf-8")
POLICED = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'


def made(text: str, suffix: str = ".md", report: Any = None, language: str = "en") -> str:
    layouts = ((suffix, LayoutFile(source=f"report{suffix}", text=text)),)
    return rendered(sample() if report is None else report, suffix, language, layouts=layouts).decode()


def body(text: str, **more: Any) -> str:
    """Return what a layout of HTML makes, without what we put before it."""
    page = made(text, ".html", **more)
    assert page.startswith(f'<!DOCTYPE html>\n<meta charset="utf-8">{POLICED}')
    return page.partition(POLICED)[2]


def test_a_layout_of_the_language_wins_over_one_for_all(tmp_path: Path) -> None:
    for name in ("report.nl.html", "report.html", "report.md"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    assert [
        [(suffix, file.text) for suffix, file in load_layouts(tmp_path, [".html", ".md", ".pdf"], language)]
        for language in ("nl", "en")
    ] == [
        [(".html", "report.nl.html"), (".md", "report.md")],
        [(".html", "report.html"), (".md", "report.md")],
    ]


def test_a_format_without_a_layout_is_made_as_always(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("x", encoding="utf-8")
    found = load_layouts(tmp_path, [".HTML", ".md"], "nl")
    assert [suffix for suffix, _ in found] == [".md"]
    assert rendered(sample(), ".html", layouts=found) == rendered(sample(), ".html")


def test_a_folder_with_nothing_of_what_is_asked_for_is_told(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_text("x", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_layouts(tmp_path, [".html", ".pdf"], "nl")
    assert str(caught.value) == (
        f"{tmp_path}: there is no report.nl.html in this folder.\n"
        "Put the layout there under this name, or as report.html."
    )
    assert load_layouts(tmp_path, [".pdf", ".json"], "nl") == ()


def test_a_layout_may_be_saved_by_windows(tmp_path: Path) -> None:
    (tmp_path / "report.md").write_bytes("Reünie".encode("cp1252"))
    (tmp_path / "report.html").write_bytes("\ufeffReünie".encode())
    assert [file.text for _, file in load_layouts(tmp_path, [".md", ".html"], "nl")] == ["Reünie", "Reünie"]


def test_the_documented_page_is_one() -> None:
    (layout,) = re.findall(r"^```html\n(.*?)^```", MANUAL, re.DOTALL | re.MULTILINE)
    page = made(layout, ".html")
    assert page.startswith(
        f'<!DOCTYPE html>\n<html lang="en">\n<head>{POLICED}\n<meta charset="utf-8">\n<title>'
    )
    assert "<h1>Werksessie</h1>\n<p>Gemeente Proef, 19 November 2026</p>" in page
    assert '<h4>GGD, School</h4>\n<p class="typed">Wij doen mee.</p>' in page
    assert '<h4>GGD</h4>\n<p class="typed">En wij vullen aan.</p>' in page


def test_the_documented_markdown_is_one() -> None:
    (layout,) = re.findall(r"^```jinja\n(.*?)^```", MANUAL, re.DOTALL | re.MULTILINE)
    source = made(layout)
    assert source.startswith(
        "# Werksessie\n\n| Partner | answered |\n| --- | ---: |\n| GGD | 6 |\n| School | 2 |\n"
    )
    assert (
        "**GGD, School**\n\n> Wij doen mee\\.\n" in source or "**GGD, School**\n\n> Wij doen mee.\n" in source
    )


def test_the_manual_names_all_that_a_layout_is_given() -> None:
    values = values_of(sample(), catalogue("nl"))
    question = values["sections"][0]["questions"][1]
    groups = [
        values,
        values["partners"][0],
        question,
        question["answers"][0],
        values["plan"][0],
        values["actions"][0],
    ]
    groups += [values["worksheet"], values["totals"], values["states"][0], question["tally"]]
    for name in {name for group in groups for name in group}:
        assert re.search(rf"`{name}`|`tally\[\"{name}\"\]`", MANUAL), name


def test_words_stand_beside_the_codes() -> None:
    values = values_of(sample(), catalogue("nl"))
    school = values["partners"][1]
    assert (school["status"], school["status_in_words"]) == (
        "recovered",
        "teruggehaald uit de afdruk",
    )
    assert [cell["state"] for cell in school["cells"]][:3] == ["answered", "example", "answered"]
    assert values["partners"][3]["cells"] == []
    assert values["states"][4]["state"] == "absent"
    asked = values["sections"][0]["questions"][1]
    assert [(each["text"], each["shown"]) for each in asked["answers"]] == [
        (EXAMPLE + "\nEn wij vullen aan.", "En wij vullen aan.")
    ]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
@pytest.mark.parametrize("filters", ["", "|inline", "|quoted", "|cell"])
def test_what_was_typed_stays_text_in_markdown_whatever_the_layout_does(text: str, filters: str) -> None:
    """Also in HTML that the layout holds, where a backslash does nothing."""
    reader = MarkdownIt("commonmark").enable("table")
    layout = f"{{{{ title{filters} }}}}\n\n<div>\n{{{{ title{filters} }}}}\n</div>\n"

    def kinds(title: str) -> set[str]:
        source = made(layout, report=merged(title=title))
        html = [token.content for token in reader.parse(source) if token.type == "html_block"]
        assert {each.lower() for each in re.findall(r"<[^>]*>?", "".join(html))} <= {"<div>", "</div>", "<br>"}
        found = [token for token in reader.parse(source) if token.type != "html_block"]
        inner = {child.type for token in found for child in token.children or ()}
        return {token.type for token in found} | inner - {"html_inline", "hardbreak", "softbreak"}

    assert kinds(text) == kinds("x")


def test_what_is_made_of_an_escaped_text_is_escaped_again() -> None:
    report = merged(title="<b>*x*")
    escaped = r"&lt;b&gt;\*x\*"
    assert made("{{ title|inline }}", report=report) == escaped
    again = r"&amp;lt;b&amp;gt;\\\*x\\\*"
    for expression in ("title|inline ~ ''", "title|inline|trim", "[title|inline]|join", "title|inline + ''"):
        assert made(f"{{{{ {expression} }}}}", report=report) == again, expression


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_what_was_typed_is_escaped_in_html(text: str) -> None:
    from html import escape, unescape  # noqa: PLC0415 - two names for one test

    for expression in ("title", "title ~ ''", "[title]|join('<')", "title|trim", "title + ''"):
        shown = body(f"{{{{ {expression} }}}}", report=merged(title=text))
        assert unescape(shown) == text.strip()
        assert escape(unescape(shown), quote=False).count("&lt;") == shown.count("&lt;")
        assert "<" not in shown
        assert '"' not in shown


@pytest.mark.parametrize(
    "beginning",
    [
        "",
        "<!-- <head> -->",
        "<!DOCTYPE html>\n<html lang='nl' data-x='a>b'><head>",
        "<header>",
        "<html><!-- x --><HEAD class=y>",
        "<script>x</script><head>",
        "text <head>",
    ],
)
def test_the_policy_comes_before_anything_that_could_act(beginning: str) -> None:
    page = made(f"{beginning}<title>x</title><script>x</script>", ".html")
    before, after = page.split(POLICED)
    assert "<script" not in before
    assert "<title>" in after
    assert before.lower().lstrip().startswith("<!doctype html>")
    assert re.sub(r"<!--.*?-->", "", before).count("<head") <= 1


MISTAKES = [
    pytest.param("{{ ''.__class__ }}", 1, "a layout may not do this", id="Python's insides"),
    pytest.param("{{ partners['__class__'] }}", 1, "a layout may not do this", id="the same by another way"),
    pytest.param("{{ title.__init__ }}", 1, "a layout may not do this", id="of a text"),
    pytest.param("a\n{{ title.upper }}", 2, "there is no 'upper'", id="a method"),
    pytest.param("{{ totals.items }}", 1, "there is no 'items'", id="a method of a group"),
    pytest.param("{{ totals['keys'] }}", 1, "there is no 'keys'", id="the same by another way, of a group"),
    pytest.param(
        "{% for i in partners %}{{ loop.cycle }}{% endfor %}", 1, "there is no 'cycle'", id="of a loop"
    ),
    pytest.param("{{ partners }}", 1, "this is a list or a group of names, and no text", id="a list"),
    pytest.param("\n{{ totals }}", 2, "this is a list or a group of names, and no text", id="a group"),
    pytest.param("{{ title|safe }}", 1, "a layout has no 'safe'", id="not escaped"),
    pytest.param("{{ title|attr('x') }}", 1, "a layout has no 'attr'", id="a filter to the insides"),
    pytest.param("{{ title|_joined }}", 1, "a layout has no '_joined'", id="a filter of ours"),
    pytest.param(
        "{% autoescape false %}{{ title }}{% endautoescape %}", 1, "a layout has no 'scope'", id="escaping"
    ),
    pytest.param("{% include '/etc/passwd' %}", 1, "a layout has no 'include'", id="another file"),
    pytest.param("{% set x = 1 %}", 1, "a layout has no 'assign'", id="set"),
    pytest.param("{% macro f() %}{% endmacro %}", 1, "a layout has no 'macro'", id="macro"),
    pytest.param("{{ nothing }}", 1, "there is no 'nothing'", id="no such name"),
    pytest.param(
        "x\n" + "{% for a in states %}" * 9 + "{% endfor %}" * 9, 2, "this goes on for too long", id="rounds"
    ),
    pytest.param(
        "{% for a in states %}" * 7 + "x" * 300 + "{% endfor %}" * 7,
        None,
        "this goes on for too long",
        id="length",
    ),
    pytest.param("{{ " + "~".join(["'" + "x" * 900 + "'"] * 50_000) + " }}", 1, "too long", id="joined"),
    pytest.param("{{ (title" + "|upper|lower" * 500 + ") * 9 }}", 1, "a layout has no 'mul'", id="made longer"),
]


@pytest.mark.parametrize(("text", "line", "problem"), MISTAKES)
@pytest.mark.parametrize("suffix", [".html", ".md"])
def test_a_mistake_is_told_with_its_line_and_what_to_do(
    suffix: str, text: str, line: int | None, problem: str
) -> None:
    with pytest.raises(LayoutError) as caught:
        made(text, suffix)
    assert problem in caught.value.what
    assert caught.value.source == f"report{suffix}"
    if line is not None:
        assert caught.value.line == line
    assert caught.value.remedy.startswith(("Mend that line; docs/layouts.md", "A layout may use: form, title"))


@pytest.mark.parametrize(
    "text",
    [
        "x\n[klik]({{ title }})",
        "x\n![klik](<{{ title }}>)",
        "x\n[klik](https://example.org/{{ partners[0].name|inline }})",
        "x\n<a href='{{ title }}'>",
        "x\n<a\nhref={{ title|cell }}>",
        "x\n<https://{{ title }}>",
        "x\n<{{ title }}>",
        "x\n[klik]: {{ title }}",
        "x\n<!-- {{ title }} -->",
    ],
)
def test_markdown_prints_nothing_where_escaping_would_not_help(text: str) -> None:
    with pytest.raises(LayoutError) as caught:
        made(text)
    assert str(caught.value) == (
        "report.md, line 2: nothing may be printed inside a tag, or as the address of a link.\n"
        "Print it beside the tag or the link."
    )


def test_a_loop_tells_where_it_is() -> None:
    assert (
        made("{% for p in partners %}{{ loop.index }}{{ loop.last }} {% endfor %}")
        == "1False 2False 3False 4True "
    )


def test_two_reports_by_one_layout_are_the_same() -> None:
    layout = Layout("{{ a }}", source="x", finalize=str)
    assert layout.render({"a": 1}) == layout.render({"a": 1}) == "1"


@pytest.mark.parametrize(
    "beginning",
    [
        pytest.param("<!-- a --!><script>x</script> -->", id="a comment ends at --!> as well"),
        pytest.param("<!doctype html>" + "<!--a-->\n" * 40_000 + "<body>", id="forty thousand comments"),
        pytest.param("<html " + "a='b' " * 40_000, id="a tag without end"),
    ],
)
def test_nothing_that_acts_comes_before_the_policy_however_a_page_begins(beginning: str) -> None:
    page = rendered(
        merged(), ".html", layouts=((".html", LayoutFile(source="x", text=beginning + "<p>x</p>")),)
    ).decode()
    policy = page.index("Content-Security-Policy")
    assert "<script" not in page[:policy]
