"""Targets over what officers write by hand: definitions, house styles, logos, layouts of reports and letters."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from datetime import date
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from struct import pack
from typing import Any
from unittest import mock

from tests.fuzzing.feed import fed, text_of
from tests.fuzzing.mutations import knowing
from tests.fuzzing.tables import check_error
from tests.fuzzing.target import Target
from tests.rendering import rendered
from veldpdf.completeness import classify, find_gaps
from veldpdf.definition import form_as_toml, load_form, parse_form
from veldpdf.errors import HouseStyleError, VeldpdfError
from veldpdf.house_style import loading
from veldpdf.house_style.colours import ENOUGH_FOR_TEXT, contrast_with_white
from veldpdf.house_style.loading import load_house_style
from veldpdf.house_style.logos import read_logo
from veldpdf.language import catalogue
from veldpdf.letters.letters import letters_for
from veldpdf.letters.rendering import Wishes, render
from veldpdf.merging import Report, ReportOptions, merge
from veldpdf.model import Answer, FieldSpec, FormDefinition, NameFrom, Role, Section, State, Status, Submission
from veldpdf.report import as_html, as_markdown
from veldpdf.report.presentation import LayoutFile
from veldpdf.report.templating import environment
from veldpdf.tables_in_toml import parse_toml
from veldpdf.templating import Bounds, Environment, Layout, LayoutError, text_of_layout
from veldpdf.typed_text import visible
from veldpdf.worksheet.pages import parse_pages

_ROOT = Path(__file__).parents[2]
_TOML = (
    "[[fields]]\n",
    "[[sections]]\n",
    "[[groups]]\n",
    "[",
    "]",
    "{",
    "}",
    "=",
    '"',
    "'''",
    '"""',
    "\\u0000",
    "true",
    "1",
)
_TOML_MORE = (
    "1e9",
    "inf",
    "1979-05-27T07:32:00Z",
    "0x1f",
    "a.b.c = 1\n",
    "required_with = [",
    "role = ",
    "name = ",
    "#",
)
_JINJA = (
    *(
        "{{ ",
        " }}",
        "{% ",
        " %}",
        "{% if ",
        "{% endif %}",
        "{% for x in ",
        "{% endfor %}",
        "{# ",
        " #}",
        "|join(",
        "|",
    ),
    *(
        "x",
        "partners",
        "loop",
        "loop.index",
        "__class__",
        "[0]",
        "[-1]",
        ".a",
        "~",
        "+",
        "-",
        "*",
        "'a'",
        "(",
        ")",
        "1",
    ),
    *(
        "not ",
        " and ",
        " or ",
        " in ",
        " is ",
        "else",
        "range(9)",
        "self",
        "{% raw %}",
        "{% set x = ",
        "{% macro a() %}",
    ),
)
_SVG = (
    *(
        "<svg ",
        "</svg>",
        "<g ",
        "<use href='#a'/>",
        " id='a'",
        "<style>",
        "</style>",
        "url(",
        "@import",
        "<script>",
        "/*",
        "*/",
    ),
    *(
        "xlink:href=",
        "width='1'",
        "viewBox='0 0 1 1'",
        "&#x6f;",
        "<!DOCTYPE svg [",
        "<?xml-stylesheet ?>",
        "\\",
        "{",
        "}",
        "~",
    ),
)


# Definitions.


def _definition(data: bytes) -> None:
    try:
        form = parse_form(parse_toml(data, source="a.toml"), source="a.toml")
    except VeldpdfError as error:
        check_error(error)
        return
    written = form_as_toml(form).encode("utf-8")
    assert parse_form(parse_toml(written, source="a.toml"), source="a.toml") == form
    answers = {spec.name: Answer(text="x" * 30, state=classify(spec, "x" * 30)) for spec in form.fields}
    found = find_gaps(
        form, Submission(source="a", partner="a", status=Status.READ, form=form.id, answers=answers)
    )
    assert set(found.missing) <= {
        name for name, answer in answers.items() if answer.state is not State.ANSWERED
    }


def _definition_seeds() -> Iterator[bytes]:
    yield (_ROOT / "forms" / "bouwsteen-3a.toml").read_bytes()[:3500]
    yield form_as_toml(_form()).encode("utf-8")
    yield (
        b'id="a"\ntitle="b"\npublisher="c"\nlanguage="nl"\nthin=["n.v.t."]\n[[sections]]\nid="s"\ntitle='
        b'"t"\n[[fields]]\n'
        b'name="A"\nsection="s"\nlabel="l\\u007f\\b"\nquestion="q"\nexample="""\nEen.\r\n- twee"""\nrequired_with='
        b'["A"]\nrole="action"\n'
        b'min_length=3\n[[groups]]\nlabel="g"\nfields=["A"]\nat_least=1\n'
    )


def _pages(data: bytes) -> None:
    try:
        parse_pages(parse_toml(data, source="a.pages.toml"), load_form(), source="a.pages.toml")
    except VeldpdfError as error:
        check_error(error)


# House styles.


def _house_style(data: bytes) -> None:
    with mock.patch.object(loading, "read_bytes", lambda _path: data):  # noqa: PT008 - a Mock takes ten times as long
        try:
            style = load_house_style(_ROOT / "samples" / "huisstijl" / "house.toml")
        except VeldpdfError as error:
            check_error(error)
            return
    assert contrast_with_white(style.main) >= ENOUGH_FOR_TEXT
    assert style.name.isprintable()
    assert len(style.warnings) <= 1


def _logo(data: bytes) -> None:
    try:
        logo = read_logo(data, "logo")
    except HouseStyleError as error:
        check_error(error)
        return
    assert logo.width > 0
    assert logo.height > 0


def _png_seeds() -> Iterator[bytes]:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return pack(">L", len(content)) + kind + content + pack(">L", zlib.crc32(kind + content))

    for depth, colour, samples in ((8, 2, 3), (8, 6, 4), (1, 0, 1), (8, 3, 1)):
        rows = b"".join(b"\0" + bytes(4 * samples) for _ in range(4))
        yield b"\x89PNG\r\n\x1a\n" + b"".join(
            (
                chunk(b"IHDR", pack(">LLBBBBB", 4, 4, depth, colour, 0, 0, 0)),
                chunk(b"PLTE", bytes(6)) if colour == 3 else b"",  # a palette (PNG, 11.2.2)
                chunk(b"tEXt", b"Title\0x"),
                chunk(b"IDAT", zlib.compress(rows)),
                chunk(b"IEND", b""),
            )
        )


def _svg_seeds() -> Iterator[bytes]:
    yield (_ROOT / "samples" / "huisstijl" / "logo.svg").read_bytes()
    yield (
        b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 '
        b'0 20 8.5"><defs>'
        b"<style>g > .a~b:first-child, #c { fill: url(#d) /* x */ }</style><g id='a'><rect id='b' class="
        b"'a'/></g></defs>"
        b"<use href='#a'/><use xlink:href='%23b'/><a href='#a'><text onload='x'>y</text></a></svg>"
    )


# Layouts.


def _template(data: bytes) -> None:
    values = {
        "x": "<b>twee\n{{ x }}</b>",
        "partners": [{"name": "GGD", "a": [1, 2, {"b": None}]}, {"name": "\u202e", "a": []}],
        "count": 3,
        "empty": "",
    }
    try:
        bounds = Bounds(rounds=2_000, characters=20_000)
        layout = Layout(
            text_of_layout(data),
            source="a.txt",
            finalize=_printed,
            bounds=bounds,
            autoescape=len(data) % 2 == 0,
        )
        made = layout.render(values)
    except LayoutError as error:
        check_error(error)
        return
    assert len(made) <= bounds.characters
    assert " object at 0x" not in made
    assert layout.render(values) == made


def _printed(value: object) -> object:
    return visible(value) if isinstance(value, str) else value


def _template_seeds() -> Iterator[bytes]:
    yield b"{# x #}\n{% if x %}a{{ x|upper }}{% elif count == 1 %}b{% else %}{{ 'c' ~ count }}{% endif %}\n"
    yield (
        b"{% for partner in partners %}{{ loop.index }}: {{ partner.name|title }} "
        b"{{ partner['a'][0] }}{% else %}-{% endfor %}"
    )
    yield (
        b"{{ x|join(', ') }}{{ [1, 'a']|sort|first }}{{ partners|length - count + 2 }}"
        b"{{ x if x is defined else empty }}"
    )


def _report_layout(data: bytes) -> None:
    """Make a report by a layout, as a page and as Markdown."""
    for suffix in (".html", ".md"):
        layout = LayoutFile(source=f"report{suffix}", text=text_of_layout(data))
        try:
            made = rendered(_report("Wij <b>doen</b> mee"), suffix, layouts=((suffix, layout),))
        except LayoutError as error:
            check_error(error)
            continue
        made.decode("utf-8")


def _letter(data: bytes) -> None:
    submission = _submissions("x")[1]
    letters = letters_for(_form(), [find_gaps(_form(), submission)])
    try:
        layout = Layout(text_of_layout(data), source="letter.txt", finalize=_printed)
        for letter, _ in letters:
            text = render(
                layout, letter, _form(), catalogue("nl"), wishes=Wishes(sender="A", deadline=date(2026, 12, 1))
            )
            assert text.subject.strip()
            assert "\n" not in text.subject
            assert text.body.endswith("\n")
    except LayoutError as error:
        check_error(error)


def _letter_seeds() -> Iterator[bytes]:
    yield (_ROOT / "veldpdf" / "letters" / "templates" / "letter.en.txt").read_bytes()[:4000]
    yield (
        b"Over {{ title }}\n\nBeste {{ partner }},\n{% for q in questions.empty %}- {{ q.label }} ("
        b"{{ q.page }})\n{% endfor %}"
    )


# Reports.


@cache
def _form() -> FormDefinition:
    return FormDefinition(
        id="klein",
        title="Klein werkblad",
        publisher="Gemeente",
        language="nl",
        sections=(Section(id="s", title="Deel"),),
        fields=tuple(
            FieldSpec(
                name=name,
                section="s",
                label=f"Over {name}",
                question=f"Wat is {name}?",
                example=example,
                role=role,
            )
            for name, example, role in (
                ("A", "Wij bespreken dit elk kwartaal met alle partners.", None),
                ("M", "", Role.INDICATOR),
                ("F", "", Role.FREQUENCY),
                ("D", "", Role.ACTION),
            )
        ),
        thin=("n.v.t.",),
    )


def _submissions(*texts: str) -> list[Submission]:
    form = _form()
    texts = (*texts, "", "", "")
    made = []
    for place, partner in enumerate((texts[1] or "GGD", "School")):
        answers = {
            spec.name: Answer(text=text, state=classify(spec, text), notes=texts[1:2] if place else ())
            for spec, text in zip(form.fields, texts[place:], strict=False)
        }
        made.append(
            Submission(
                source=f"{place}.pdf",
                partner=partner,
                status=Status.READ,
                form=form.id,
                answers=answers,
                name_from=NameFrom.WORKSHEET,
            )
        )
    return made


def _report(*texts: str) -> Report:
    return merge(
        _form(), _submissions(*texts), ReportOptions(title=texts[-1] or "Sessie", municipality="Gemeente")
    )


class _Page(HTMLParser):
    """Looks for what acts in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "iframe", "object", "embed", "base"}
        for name, value in attrs:
            assert not name.startswith("on")
            assert "javascript:" not in (value or "").lower()
            assert name not in {"href", "src"} or (value or "").startswith(("#", "data:"))

    def handle_data(self, data: str) -> None:
        self.shown.append(data)


def _reports(data: bytes) -> None:
    """Make a report of any texts: nothing in it acts, and what was typed stands there."""
    texts = [text_of(part) for part in data.split(b"\xff")][:6]
    report = _report(*texts)
    with (
        mock.patch.object(as_html, "environment", _compiled),
        mock.patch.object(as_markdown, "environment", _compiled),
    ):
        made = {suffix: rendered(report, suffix).decode("utf-8") for suffix in (".html", ".md", ".json")}
    page = _Page()
    page.feed(made[".html"])
    page.close()
    if classify(_form().fields[0], texts[0]) is State.ANSWERED:
        assert "".join(visible(texts[0]).split()) in "".join("".join(page.shown).split())


_COMPILED: dict[bool, Environment] = {}


def _compiled(*args: Any, autoescape: bool, **more: Any) -> Environment:
    """Return the environment of a format, only once: compiling templates is what takes time."""
    if autoescape not in _COMPILED:
        _COMPILED[autoescape] = environment(*args, autoescape=autoescape, **more)
    return _COMPILED[autoescape]


def _office_reports(data: bytes) -> None:
    """Make a report of any texts for Word and Excel."""
    report = _report(*[text_of(part) for part in data.split(b"\xff")][:6])
    for suffix in (".docx", ".xlsx"):
        assert rendered(report, suffix) == rendered(report, suffix)


def _report_seeds() -> Iterator[bytes]:
    yield fed(
        "Wij doen mee.\n- een\n- twee", "GGD Noord", "aantal <lessen>", "elk kwartaal & vaker", "", "Sessie"
    )
    yield fed("<script>alert(1)</script>", '" onload="x', "`a` *b* [c](d)", "|", "\u202ea\x00", "=1+1")
    yield fed(
        "Wij bespreken dit elk kwartaal met alle partners.",
        "",
        "Wij bespreken dit elk kwartaal met alle partners. Ja",
    )


TARGETS = (
    Target(name="definitions", run=_definition, seeds=_definition_seeds, mutate=knowing(*_TOML, *_TOML_MORE)),
    Target(
        name="worksheet-pages",
        run=_pages,
        seeds=lambda: [(_ROOT / "forms" / "bouwsteen-3a.pages.toml").read_bytes()[:4000]],
        mutate=knowing(*_TOML, *_TOML_MORE),
    ),
    Target(
        name="house-styles",
        run=_house_style,
        seeds=lambda: [
            (_ROOT / "samples" / "huisstijl" / "house.toml").read_bytes(),
            b'name="A"\n[colours]\nmain="#eee"\nsecond="#b3005e"\n[fonts]\nfamily="x"\nregular="house.toml"\n',
        ],
        mutate=knowing(
            *_TOML, "#fff", "logo = ", "../", "C:\\", "\\u0000", "house.toml", "[fonts]\n", "[colours]\n"
        ),
    ),
    Target(name="svg-logos", run=_logo, seeds=_svg_seeds, mutate=knowing(*_SVG)),
    Target(name="png-logos", run=_logo, seeds=_png_seeds),
    Target(name="templates", run=_template, seeds=_template_seeds, mutate=knowing(*_JINJA)),
    Target(
        name="report-layouts",
        changes=200,
        run=_report_layout,
        seeds=lambda: [
            b"<!DOCTYPE html><html><head><title>{{ title }}</title></head>{% for p in partners %}<p>"
            b"{{ p.name }}</p>{% endfor %}",
            b"# {{ title }}\n{% for s in sections %}{% for q in s.questions %}{% for a in q.answers %}"
            b"{{ a.shown|quoted }}"
            b"{% endfor %}{% endfor %}{% endfor %}|{{ title|cell }}|",
        ],
        mutate=knowing(
            *_JINJA,
            "<head>",
            "<!--",
            "-->",
            "<meta charset=",
            "|quoted",
            "|cell",
            "|inline",
            "](",
            "<a href=",
            "]:",
        ),
    ),
    Target(
        name="letters",
        changes=300,
        run=_letter,
        seeds=_letter_seeds,
        mutate=knowing(*_JINJA, "\n\n", "questions", "partner"),
    ),
    Target(
        name="reports",
        changes=40,
        run=_reports,
        seeds=_report_seeds,
        mutate=knowing("<", ">", "&", '"', "\n- ", "`", "|", b"\xff", "]("),
    ),
    Target(
        name="office-reports",
        changes=5,
        run=_office_reports,
        seeds=_report_seeds,
        mutate=knowing("_x000D_", "=", "\n", "&", b"\xff"),
    ),
)
