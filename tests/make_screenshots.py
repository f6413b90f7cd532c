"""The pictures of the manual, made anew from ``samples/``, so that they show what a reader of today sees.

Not a test, but what a test asks: ``python -m tests.make_screenshots`` goes through the pages as the manual tells it
and writes all pictures into ``docs/images``. Sizes are the same each time, and pixels nearly so on a machine with the
same fonts and browser; elsewhere letters look a little different.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageDraw

from tests.web import PATIENCE, SAMPLES, Served, chromium, dropped, enter, served

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
PARTNERS = ROOT / "samples" / "prefill" / "partners.csv"
RECIPIENTS = ROOT / "samples" / "prefill" / "verzendlijst.csv"
MUNICIPALITY = "Gemeente Waterrijk"
DATE = "2026-11-23"

# What is shown of the page, in pixels: enough to see what the text beside it is about.
SIZES: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "invullen.png": (1100, 548),
        "lijst.png": (1100, 570),
        "verzamelen.png": (1100, 1030),
        "bekijken.png": (1280, 740),
        "antwoord.png": (1100, 830),
        "brieven.png": (1100, 790),
        "rapport.png": (1100, 990),
    }
)
REPORT = "report.png"
# Pages of the report that are shown beside each other, from 1: its front, who answered what, and answers.
REPORT_PAGES = (1, 3, 4)
REPORT_SCALE = 0.86  # pixels for each point
PICTURES = (*SIZES, REPORT)

# For a field with room for eight lines.
TOO_LONG = (
    "In 2025 kwamen er meer meldingen binnen dan in 2024. Onze vragen:",
    "- Is er meer aan de hand, of wordt er vaker gemeld?",
    "- Zien jullie het ook in jullie eigen cijfers?",
    "- In welke wijken en op welke scholen valt het op?",
    "- Wie meldde het: jongeren zelf, ouders of anderen?",
    "- Wat is er in die tijd veranderd in jullie werk?",
    "- Welke verklaring ligt voor de hand, en welke niet?",
    "- Wie weet hier meer van, en wie vragen we dat?",
    "- Wat moeten we nog uitzoeken voor de werksessie?",
    "- Wat nemen we mee naar het overleg in november?",
)

# Milliseconds after which a page that follows the reader has done so.
PAUSE = 700

# So many are enough for text and signs, and make a picture less than half as large.
COLOURS = 256
ALMOST_WHITE = 252
MOST_BYTES = 120_000
GROUND, EDGE, GAP = (223, 229, 236), (170, 180, 192), 16


def main() -> int:
    """Make all pictures; exit status 1 if a program is missing."""
    try:
        make(IMAGES)
    except pytest.skip.Exception as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


def make(folder: Path) -> None:
    """Write all pictures into a folder.

    Args:
        folder: It is there already.
    """
    with (
        TemporaryDirectory() as scratch,
        served(folder=Path(scratch)) as server,
        chromium() as browser,
        _page(browser, server) as page,
    ):
        _filling_in(page, server, folder)
        _collecting(page, server, folder, Path(scratch))
        _looking(page, server, folder)
        _reporting(page, server, folder)


@contextmanager
def _page(browser: Any, server: Served) -> Iterator[Any]:
    """Let a browser in whose user likes to read Dutch."""
    context = browser.new_context(
        locale="nl-NL", color_scheme="light", reduced_motion="reduce", accept_downloads=True
    )
    context.set_default_timeout(PATIENCE)
    shown = context.new_page()
    enter(shown, server)
    yield shown
    context.close()


def _filling_in(page: Any, server: Served, folder: Path) -> None:
    """One text that fits and one that does not; then a list of partners."""
    page.goto(f"{server.root}/prefill")
    page.fill("#field-19", "In juni bespreken we de cijfers met elkaar. Neem mee wat jullie zelf zien.")
    page.fill("#field-20", "\n".join(TOO_LONG))
    page.wait_for_selector("#too-long .bad")
    page.wait_for_selector("#told-19 .good")
    _show(page, "fieldset:has(#field-19)", folder / "invullen.png")
    page.fill("#field-20", "")
    page.wait_for_selector("#too-long .bad", state="detached")
    page.set_input_files("#partners-file", str(RECIPIENTS))
    page.wait_for_selector("#download-all")
    _show(page, "#partners .drop", folder / "lijst.png")


def _collecting(page: Any, server: Served, folder: Path, scratch: Path) -> None:
    """Worksheets as they come: complete, with examples left, and one behind a password; then all samples."""
    locked = scratch / "wijkteam.pdf"
    locked.write_bytes(_locked(SAMPLES[0]))
    page.goto(f"{server.root}/")
    dropped(page, [*SAMPLES[1:3], locked])
    _show(page, None, folder / "verzamelen.png")
    page.locator(".worksheet", has_text="wijkteam.pdf").get_by_role("button").last.click()
    page.wait_for_selector(".unread", state="detached")
    dropped(page, [SAMPLES[0], *SAMPLES[3:]])
    page.locator(".worksheet").nth(len(SAMPLES) - 1).wait_for()
    page.wait_for_selector(".next")


def _looking(page: Any, server: Served, folder: Path) -> None:
    """All answers at once; then one that goes on in the example, about to be corrected, beside its page."""
    page.goto(f"{server.root}/answers")
    _show(page, None, folder / "bekijken.png")
    page.get_by_role("link", name="Jongerenwerk", exact=True).click()
    page.wait_for_selector("#beside .marks")
    page.click("#e-Veld05")
    _turn(page, "#Veld05", SIZES["antwoord.png"])
    page.locator("#beside .which", has_text="Leidende principes").wait_for()
    page.evaluate("() => document.querySelector('#beside img').decode()")
    _take(page, folder / "antwoord.png")


def _reporting(page: Any, server: Served, folder: Path) -> None:
    """The report's wishes with its preview, the letters, and the report itself."""
    page.goto(f"{server.root}/report")
    page.set_input_files("#list-file", str(PARTNERS))
    page.wait_for_selector("#forget-list")
    page.fill("#municipality", MUNICIPALITY)
    page.fill("#date", DATE)
    with page.expect_response(lambda answer: "/report/preview" in answer.url):
        page.dispatch_event("#date", "change")
    page.frame_locator("iframe").get_by_text(MUNICIPALITY).first.wait_for()
    _show(page, ".desk", folder / "rapport.png")
    page.fill("#sender", f"Sanne de Wit, {MUNICIPALITY}")
    page.fill("#deadline", "2026-12-01")
    page.check("#attach")
    _show(page, ".letters", folder / "brieven.png")
    with page.expect_download() as waited:
        page.click("#get-pdf")
    _keep(_beside_each_other(Path(waited.value.path()).read_bytes()), folder / REPORT)


# Debian's Chromium speaks English only, and a Dutch one writes the day first. What is sent stays as it was chosen.
_DATES_AS_IN_DUTCH = """() => { for (const each of document.querySelectorAll('input[type=date]')) {
    const chosen = each.value;
    each.type = 'text'; each.dataset.chosen = chosen;
    each.value = chosen ? chosen.split('-').reverse().join('-') : 'dd-mm-jjjj'; } }"""
_DATES_AS_THEY_WERE = """() => { for (const each of document.querySelectorAll('input[data-chosen]')) {
    each.value = each.dataset.chosen; each.type = 'date'; delete each.dataset.chosen; } }"""


def _show(page: Any, top: str | None, target: Path) -> None:
    """Keep what the window shows from some element on, or from the top of the page."""
    _turn(page, top, SIZES[target.name])
    _take(page, target)


def _turn(page: Any, top: str | None, size: tuple[int, int]) -> None:
    """Give the window its size, and scroll it to some element, or to the top of the page.

    The focus is taken away, and so is the pointer: both draw what readers need not look for.
    """
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.mouse.move(0, 0)
    page.evaluate(
        "top => { document.activeElement?.blur();"
        " for (const each of document.querySelectorAll('textarea')) each.scrollTop = 0;"
        " const place = top ? document.querySelector(top).getBoundingClientRect().top + scrollY - 4 : 0;"
        " window.scrollTo({top: Math.round(place), behavior: 'instant'}); }",
        top,
    )
    page.wait_for_timeout(PAUSE)


def _take(page: Any, target: Path) -> None:
    """Keep what the window shows."""
    page.evaluate(_DATES_AS_IN_DUTCH)
    shown = page.screenshot(animations="disabled")
    page.evaluate(_DATES_AS_THEY_WERE)
    _keep(Image.open(io.BytesIO(shown)), target)


def _keep(picture: Image.Image, target: Path) -> None:
    """Write a picture with few colours, as small as that makes it."""
    few = picture.convert("RGB").quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # The nearest of those colours to white is almost white, and would stand out against the page around it.
    few.putpalette([255 if part > ALMOST_WHITE else part for part in few.getpalette() or ()])
    few.save(target, "PNG", optimize=True)


def _locked(path: Path) -> bytes:
    """Return a worksheet as it is behind a password."""
    with pikepdf.open(path) as document:
        kept = io.BytesIO()
        document.save(kept, encryption=pikepdf.Encryption(user="geheim", owner="geheim", R=6))
        return kept.getvalue()


def _beside_each_other(report: bytes) -> Image.Image:
    """Return some pages of a report on a ground that tells them apart."""
    document = pdfium.PdfDocument(report)
    pages = [document[number - 1].render(scale=REPORT_SCALE).to_pil() for number in REPORT_PAGES]
    width = sum(page.width + GAP for page in pages) + GAP
    ground = Image.new("RGB", (width, pages[0].height + 2 * GAP), GROUND)
    left = GAP
    for page in pages:
        edge = (left - 1, GAP - 1, left + page.width, GAP + page.height)
        ImageDraw.Draw(ground).rectangle(edge, outline=EDGE)
        ground.paste(page, (left, GAP))
        left += page.width + GAP
    return ground


if __name__ == "__main__":
    sys.exit(main())
