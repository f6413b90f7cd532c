"""The report as a web page: exact texts, no requests, accessible structure."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import says_something
from veldpdf.house_style import HouseFonts, HouseStyle, Logo, LogoKind
from veldpdf.merging import Report
from veldpdf.typed_text import visible

from .rendering import rendered
from .test_merging import BULLET, EXAMPLE, OWN_WORDS, make_submission, merged, question, returned
from .test_report_formats import NASTY, sample

_VOID = {"meta", "br", "rect", "img"}


class Page(HTMLParser):
    """A page as a parser sees it.

    Attributes:
        tags: All start tags with their attributes.
        typed: The text of each element of class "typed".
        text: All text outside the style.
    """

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.typed: list[str] = []
        self.text = ""
        self.style = ""
        self._open: list[tuple[str, bool]] = []
        self.feed(source)
        self.close()
        assert not self._open, "every element is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        typed = "typed" in (attributes.get("class") or "").split()
        if typed:
            self.typed.append("")
        if tag not in _VOID:
            self._open.append((tag, typed))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag

    def handle_data(self, data: str) -> None:
        if any(typed for _, typed in self._open):
            self.typed[-1] += data
        if self._open and self._open[-1][0] == "style":
            self.style += data
        else:
            self.text += data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of a kind."""
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(report: Report, language: str = "nl", **more: Any) -> Page:
    """Return the page of a report, parsed."""
    return Page(rendered(report, ".html", language, **more).decode())


@given(st.text(min_size=1).filter(says_something))
def test_an_answer_stands_there_as_typed(text: str) -> None:
    page = page_of(merged(make_submission("GGD", {"A": text})))
    assert page.typed == [visible(text)]


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_what_was_typed_is_text_and_never_an_element(text: str) -> None:
    plain = page_of(merged(make_submission("x", {"A": "x"}, source="x"), title="x", municipality="x"))
    page = page_of(merged(make_submission(text, {"A": text}, source=text), title=text, municipality=text))
    assert page.typed == [text]
    assert page.tags[:1] == plain.tags[:1]
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert page.text.count(text) >= 5


def test_the_page_asks_nothing_of_anybody() -> None:
    page = page_of(sample())
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "base", "audio", "video"}
        assert not attributes.keys() & {"src", "srcset", "style", "background", "action"}
        assert not [name for name in attributes if name.startswith("on")]
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in page.style
    assert "@import" not in page.style


def test_the_policy_lets_in_this_style_and_nothing_else() -> None:
    page = page_of(sample())
    (policy,) = [
        each["content"] or ""
        for each in page.attributes("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    assert "unsafe" not in policy


def test_the_page_tells_its_language_and_title() -> None:
    page = page_of(sample(), "en")
    assert page.attributes("html") == [{"lang": "en"}]
    assert "Werksessie – Gemeente Proef" in page.text


def test_headings_do_not_skip_a_level() -> None:
    levels = [int(tag[1]) for tag, _ in page_of(sample()).tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_link_leads_somewhere_and_no_name_is_used_twice() -> None:
    page = page_of(sample())
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {(each["href"] or "")[1:] for each in page.attributes("a")}
    labels = {each["aria-labelledby"] for _, each in page.tags if "aria-labelledby" in each}
    assert targets | labels <= set(ids)


def test_every_header_cell_says_what_it_heads() -> None:
    assert {each.get("scope") for each in page_of(sample()).attributes("th")} == {"col", "row", "rowgroup"}


def test_what_scrolls_can_be_reached_with_the_keyboard() -> None:
    regions = [each for each in page_of(sample()).attributes("div") if each.get("class") == "scroll"]
    assert regions
    assert all(each["tabindex"] == "0" and each["role"] == "region" for each in regions)


def test_examples_and_who_said_nothing_are_told() -> None:
    page = page_of(sample(), "en")
    assert "The publisher's example, left standing by: School" in page.text
    assert EXAMPLE in page.typed
    assert "Not in the returned file: Sportclub" in page.text
    assert "not read: scan: pictures without text" in page.text
    assert "Ask for the original." in page.text


def test_of_answers_that_are_partly_the_example_the_partners_own_words_stand_there() -> None:
    page = page_of(returned(hide_examples=True), "en")
    for text in OWN_WORDS.values():
        assert text in page.typed
    # The example of a question that nobody answered with it alone is nowhere.
    (said,) = question(returned(hide_examples=True), "Veld06").entries
    assert said.said[0].typed not in page.text
    assert "Tijd voor samenwerking en afstemming" not in page.text
    assert page.text.count("partly the example; only their own words are shown") == len(OWN_WORDS)
    assert "part of the example still stands here" not in page.text
    assert "The example's part is left out of the answers to: Samenwerking met partners; " in page.text
    assert page.typed.count(OWN_WORDS["Veld14"]) == 2, "under its question and in the plan"


def test_an_answer_without_own_words_stands_there_whole_and_is_marked() -> None:
    page = page_of(merged(make_submission("GGD", {"B": BULLET})), "en")
    assert page.typed == [BULLET]
    assert "part of the example still stands here" in page.text
    assert "left out" not in page.text


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour (WCAG 2.1)."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("main", ["#14496b", "#767676", "#c00000", "#000000", "#0000ff"])
@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_colours_have_enough_contrast(scheme: int, main: str) -> None:
    """4.5 to 1 for text, on the page and on its bands (WCAG 2.1, 1.4.3)."""
    style = page_of(sample(), style=HouseStyle(main=main, second="#ffee00")).style
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    for name in ("ink", "soft", "accent", "answered", "partly-example", "example", "empty"):
        for ground in ("paper", "band"):
            lighter, darker = sorted(map(luminance, (colours[name], colours[ground])), reverse=True)
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, (name, ground)


LOGO = Logo(data=b"<svg xmlns='http://www.w3.org/2000/svg'/>", kind=LogoKind.SVG, width=300, height=100)


def policy_of(page: Page) -> str:
    (policy,) = [each["content"] for each in page.attributes("meta") if "http-equiv" in each]
    assert policy is not None
    return policy


def test_only_a_house_style_with_a_logo_or_fonts_lets_pictures_or_fonts_in() -> None:
    fonts = HouseFonts(family="x", regular=b"r", bold=b"b", italic=b"r")
    plain, logo, both = (
        page_of(sample(), style=style)
        for style in (HouseStyle(name="x"), HouseStyle(logo=LOGO), HouseStyle(logo=LOGO, fonts=fonts))
    )
    assert "img-src" not in policy_of(plain)
    assert "font-src" not in policy_of(plain)
    assert "img-src data:;" in policy_of(logo)
    assert "font-src" not in policy_of(logo)
    assert "img-src data:; font-src data:;" in policy_of(both)
    # The italic is the regular one once more, so the browser slants that.
    assert both.style.count("@font-face") == 2
    assert "@font-face" not in logo.style


def test_a_logo_is_a_picture_inside_the_page_and_says_whose_it_is() -> None:
    (picture,) = page_of(sample(), style=HouseStyle(name='Gemeente "P"', logo=LOGO)).attributes("img")
    data = base64.b64encode(LOGO.data).decode()
    assert picture == {
        "class": "logo",
        "src": f"data:image/svg+xml;base64,{data}",
        "width": "216",
        "height": "72",
        "alt": 'Gemeente "P"',
    }


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_nothing_typed_is_in_the_style_or_in_an_attribute_but_for_the_alternative_of_the_logo(
    text: str,
) -> None:
    harmless, nasty = (
        page_of(
            merged(
                make_submission(typed, {"A": typed, "M1": typed}, source=typed), title=typed, municipality=typed
            ),
            style=HouseStyle(name=typed, logo=LOGO),
        )
        for typed in ("x", text)
    )
    assert nasty.style == harmless.style
    assert [
        (tag, {name: value for name, value in attributes.items() if name != "alt"})
        for tag, attributes in nasty.tags
    ] == [
        (tag, {name: value for name, value in attributes.items() if name != "alt"})
        for tag, attributes in harmless.tags
    ]
    (picture,) = nasty.attributes("img")
    assert picture["alt"] == text.replace("\n", " ")


def test_what_the_worksheet_says_has_its_language_where_the_report_has_another() -> None:
    """WCAG 2.1, 3.1.2."""
    english, dutch = page_of(sample(), "en"), page_of(sample(), "nl")
    headings = [attributes.get("lang") for tag, attributes in english.tags if tag == "h3"]
    assert headings.count("nl") == 8, "seven questions, and the one of the actions"
    assert {each.get("lang") for each in english.attributes("dd")} == {"nl"}
    assert not [tag for tag, attributes in dutch.tags if tag in {"h3", "dd"} and "lang" in attributes]


def test_an_example_that_nobody_left_but_an_answer_is_shown_without_can_be_unfolded() -> None:
    page = page_of(merged(make_submission("GGD", {"B": EXAMPLE + "\n- En wij."})), "en")
    assert len(page.attributes("details")) == 1
    assert "The publisher's example" in page.text
    assert EXAMPLE in page.typed
    left = page_of(merged(make_submission("GGD", {"B": EXAMPLE})), "en")
    assert left.attributes("details") == []


def test_the_rules_grow_with_the_partners_and_name_them_by_their_place() -> None:
    page = page_of(sample())
    assert ".filter:has(#p3:checked)~* .p3{display:var(--d)}" in page.style
    assert ".filter:has(#p2:checked):has(#se:checked)~* .p2e{--hit:block;--miss:none}" in page.style
    assert "#p4:checked):has" not in page.style, "nothing could be read of the fourth"
    ids = [each.get("id") for each in page.attributes("option") if "id" in each]
    assert ids == [
        *(f"p{n}" for n in range(1, 5)),
        *(f"q{n}" for n in range(1, 8)),
        "sa",
        "sh",
        "se",
        "sm",
        "sx",
    ]
