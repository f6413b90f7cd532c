"""The report's page in a real browser: accessible in every look, silent, and what is chosen is what is shown."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from veldpdf import read
from veldpdf.completeness import classify
from veldpdf.definition import load_form
from veldpdf.house_style import HouseFonts, HouseStyle, Logo, LogoKind
from veldpdf.merging import Report, ReportOptions, merge
from veldpdf.messages import Message
from veldpdf.model import Answer, Status, Submission
from veldpdf.report.presentation import LayoutFile
from veldpdf.resources import fonts_folder

from .browser import browse
from .rendering import rendered
from .test_merging import make_submission, merged
from .test_report_formats import NASTY, sample

SAMPLES = Path(__file__).parent.parent / "samples" / "returned"
# A picture that would tell of itself if it were more than a picture.
SVG = b"""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60" onload="alert(1)"><script>alert(2)</script>
<image href="http://example.org/x.png" width="9" height="9"/><circle cx="30" cy="30" r="20" fill="#c00"/></svg>"""
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"scheme": "dark"},
    "phone": {"width": 320},
    "print": {"media": "print"},
    "chosen": {"choose": {"fp": 2, "fs": 1}},
}
# Of level AAA; all that is asked of public bodies is AA (EN 301 549, WCAG 2.1), and text here has 4.5 to 1 and more.
NOT_ASKED = {"color-contrast-enhanced"}


def font(name: str) -> bytes:
    return next(fonts_folder().glob(name)).read_bytes()


def house() -> HouseStyle:
    regular = font("NotoSans-Regular.ttf")
    return HouseStyle(
        name='Gemeente "Proef" <b>',
        logo=Logo(data=SVG, kind=LogoKind.SVG, width=200, height=60),
        main="#767676",
        second="#ffdd00",
        fonts=HouseFonts(family="x", regular=regular, bold=regular, italic=regular),
    )


@cache
def samples() -> Report:
    submissions = [read(path) for path in sorted(SAMPLES.glob("*.pdf"))]
    options = ReportOptions(title="De antwoorden samen", municipality="Waterrijk", date=date(2026, 11, 23))
    return merge(load_form(), submissions, options)


@cache
def many() -> Report:
    """Forty partners, and every state among them."""
    form = load_form()
    submissions = []
    for number in range(1, 41):
        texts = {
            spec.name: [
                "Wij ook.",
                spec.example,
                "",
                f"{spec.example}\n- Partner {number} vult aan.",
                "Ja.\n\n- x",
            ][(number + index) % 5]
            for index, spec in enumerate(form.fields)
            if (number * index) % 7 != 1
        }
        answers = {
            name: Answer(text=text, state=classify(form.field(name), text)) for name, text in texts.items()
        }
        submissions.append(
            Submission(
                partner=f"Partner {number}",
                source=f"{number}.pdf",
                status=Status.READ,
                form=form.id,
                answers=answers,
            )
        )
    scan = Submission(
        partner="Huisarts",
        source="scan.pdf",
        status=Status.SCAN,
        form=form.id,
        answers={},
        warnings=(Message("Ask for the original."),),
    )
    return merge(form, [*submissions, scan], ReportOptions())


def put(folder: Path, report: Report, language: str = "nl", **more: Any) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.html"
    path.write_bytes(rendered(report, ".html", language, **more))
    return path


def test_axe_finds_nothing_in_any_look_language_or_house_style(tmp_path: Path) -> None:
    """All rules that there are, the best practices and the experimental ones too."""
    pages = {
        "samples, Dutch": put(tmp_path, samples()),
        "forty, English": put(tmp_path, many(), "en"),
        "house style": put(tmp_path, samples(), "en", style=house()),
        "everything": put(tmp_path, sample()),
        "nobody": put(tmp_path, merged()),
    }
    asked = [
        (f"{page}, {look}", {"file": path, "axe": True, **more})
        for page, path in pages.items()
        for look, more in LOOKS.items()
        if page != "nobody" or "choose" not in more
    ]
    for (name, order), found in zip(asked, browse(tmp_path, [order for _, order in asked]), strict=True):
        assert [each for each in found["violations"] if each["id"] not in NOT_ASKED] == [], name
        assert found["passes"] > 30, name
        assert [found[each] for each in ("requests", "refused", "complaints")] == [[], [], []], name
        assert found["width"] <= order.get("width", 1280), f"{name}: nothing but tables scrolls sideways"


def test_nothing_typed_makes_the_browser_do_anything(tmp_path: Path) -> None:
    orders = []
    for text in NASTY.values():
        report = merged(make_submission(text, {"A": text}, source=text), title=text, municipality=text)
        style = HouseStyle(name=text, logo=Logo(data=SVG, kind=LogoKind.SVG, width=9, height=9))
        orders.append({"file": put(tmp_path, report, style=style), "shown": ".entry dd"})
    for text, found in zip(NASTY.values(), browse(tmp_path, orders), strict=True):
        assert [found[each] for each in ("requests", "refused", "complaints")] == [[], [], []], text
        assert found["shown"] == [" ".join(text.split())], text


HEADINGS = "main h2, main h3"
NAMES = ".entry dt, .unsaid, .plan tbody th, .matrix tbody th, .returned h3, .nothing, .none, .partial span"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a reader without scripts sees after choosing by keyboard; see `sample` for who said what."""
    folder = tmp_path_factory.mktemp("chosen")
    page = put(folder, sample(), "en")
    choices: dict[str, dict[str, Any]] = {
        "nothing": {"choose": {}},
        "Sportclub": {"choose": {"fp": 3}},
        "Huisarts": {"choose": {"fp": 4}},
        "Label B": {"choose": {"fq": 2}},
        "partly": {"choose": {"fs": 2}},
        "example": {"choose": {"fs": 3}},
        "empty": {"choose": {"fs": 4}},
        "School, answered": {"choose": {"fp": 2, "fs": 1}},
        "Sportclub, empty": {"choose": {"fp": 3, "fs": 4}},
        "Sportclub, Label B, answered": {"choose": {"fp": 3, "fq": 2, "fs": 1}},
        "School, all again": {"choose": {"fp": 2, "fs": 1}, "reset": True},
    }
    orders = [
        {"file": page, "shown": shown, **choice} for choice in choices.values() for shown in (HEADINGS, NAMES)
    ]
    found = [each["shown"] for each in browse(folder, orders)]
    return {
        f"{name}: {what}": found[2 * index + offset]
        for index, name in enumerate(choices)
        for offset, what in enumerate(("headings", "names"))
    }


def test_of_a_partner_only_their_own_is_shown(shown: dict[str, list[str]]) -> None:
    assert shown["Sportclub: names"] == [
        "Only a part of the report is shown.",
        "Sportclub",
        "Sportclub",
        *["Not in the returned file: Sportclub"] * 6,
        "Sportclub",
    ]


def test_of_a_partner_without_answers_it_says_that_nothing_matches(shown: dict[str, list[str]]) -> None:
    assert shown["Huisarts: headings"] == ["Summary", "Annex: the returned worksheets", "Huisarts"]
    assert shown["Huisarts: names"] == [
        "Only a part of the report is shown.",
        "Huisarts",
        "Nothing matches this choice.",
        "Huisarts",
    ]


def test_of_a_question_only_that_is_shown(shown: dict[str, list[str]]) -> None:
    assert shown["Label B: headings"] == ["Summary", "Eerste deel", "2 Label B"]


def test_of_a_state_only_who_is_in_it_is_shown(shown: dict[str, list[str]]) -> None:
    assert shown["partly: headings"] == ["Summary", "Eerste deel", "2 Label B"]
    assert [each for each in shown["partly: names"] if "◐" in each] == [
        "GGD ◐ partly the example; only their own words are shown"
    ]
    assert shown["example: headings"] == ["Summary", "Eerste deel", "2 Label B"]
    assert shown["empty: headings"] == [
        "Summary",
        "Tweede deel",
        "4 Indicator 2",
        "5 Hoe vaak",
        "6 Wie",
        "7 Actie",
    ]
    assert [each for each in shown["empty: names"] if "answered" in each] == ["Not answered: School"] * 4


def test_choices_go_together(shown: dict[str, list[str]]) -> None:
    assert shown["School, answered: headings"] == [
        *("Summary", "Eerste deel", "1 Label A", "Tweede deel", "3 Indicator 1", "Monitoring plan")
    ]
    assert shown["Sportclub, empty: headings"] == ["Summary"]
    assert "Nothing matches this choice." in shown["Sportclub, empty: names"]
    assert shown["Sportclub, Label B, answered: headings"] == ["Summary", "Eerste deel", "2 Label B"]
    assert shown["Sportclub, Label B, answered: names"][-1] == "Nothing matches this choice."


def test_everything_comes_back(shown: dict[str, list[str]]) -> None:
    for what in ("headings", "names"):
        assert shown[f"School, all again: {what}"] == shown[f"nothing: {what}"]
    assert "Only a part of the report is shown." not in shown["nothing: names"]
    assert "Nothing matches this choice." not in shown["nothing: names"]


def test_a_script_in_a_users_layout_never_runs_nor_does_what_was_typed_in_a_careless_one(
    tmp_path: Path,
) -> None:
    careless = (
        "<html><head><title>x</title></head><body><h1 title={{ title }}>x</h1><script>document.title = 'ran'</script>"
        "<a id=k href=\"{{ title }}\">k</a><img src='http://127.0.0.1:9/{{ title }}'>{{ title }}</body></html>"
    )
    title = "x onmouseover=document.title='ran' autofocus tabindex=0 onfocus=document.title='ran'"
    pages = []
    for number, text in enumerate((title, "javascript:document.title='ran'")):
        report = merged(make_submission("GGD", {"A": "x"}), title=text)
        layouts = ((".html", LayoutFile(source="report.html", text=careless)),)
        path = tmp_path / f"{number}.html"
        path.write_bytes(rendered(report, ".html", layouts=layouts))
        pages.append({"file": path, "scripts": True, "evaluate": "document.title"})
    pages[1]["click"] = "#k"
    for found in browse(tmp_path, pages):
        assert found["evaluated"] == "x"
        assert found["requests"] == []
        assert [each[:19] for each in found["refused"]] == ["http://127.0.0.1:9/"]
        assert any("Content Security Policy" in each for each in found["complaints"])
