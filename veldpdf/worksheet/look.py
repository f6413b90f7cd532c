"""How a worksheet looks: its measures, colours and type. Lengths are in points."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from veldpdf.resources import fonts_folder
from veldpdf.worksheet.pages import LINK, Tone

# On its side: the examples were written for lines of up to 580 points, which an upright page cannot give.
PAGE_WIDTH, PAGE_HEIGHT = landscape(A4)
MARGIN = 42.0
BODY_WIDTH = PAGE_WIDTH - 2 * MARGIN
BODY_TOP = PAGE_HEIGHT - 58.0
BODY_BOTTOM = 48.0
COVER_HEIGHT = 190.0
# Viewers set text two points from the edge of a field. So the visible frame is drawn on the page, this far
# outside the field, whose own border has the colour of its ground.
FIELD_INSET = 4.0

# Every colour of text has a contrast of at least 4.5 : 1 with its ground, every line one of 3 : 1
# (WCAG 2.2, 1.4.3 and 1.4.11).
INK: Color = HexColor("#1C2B33")
MUTED: Color = HexColor("#50616A")
PRIMARY: Color = HexColor("#0F4C5C")
ACCENT: Color = HexColor("#A8480A")
WHITE: Color = HexColor("#FFFFFF")
RULE: Color = HexColor("#C3D2D8")  # decoration only: it separates what white space separates already
TINT: Color = HexColor("#E9F1F3")
FIELD_BORDER: Color = HexColor("#5F7F8B")
FIELD_GROUND: Color = HexColor("#FBFDFD")

REGULAR = "veldpdf-worksheet"
BOLD = "veldpdf-worksheet-bold"


@dataclass(frozen=True, slots=True)
class PanelLook:
    """The colours of a panel."""

    ground: Color
    bar: Color


PANELS: dict[Tone, PanelLook] = {
    "cool": PanelLook(ground=TINT, bar=PRIMARY),
    "warm": PanelLook(ground=HexColor("#FCF2E8"), bar=ACCENT),
}


def _style(
    name: str, size: float, leading: float, *, bold: bool = False, colour: Color = INK
) -> ParagraphStyle:
    return ParagraphStyle(
        name, fontName=BOLD if bold else REGULAR, fontSize=size, leading=leading, textColor=colour
    )


COVER_TITLE = _style("cover-title", 32, 42, bold=True, colour=WHITE)
COVER_SUBTITLE = _style("cover-subtitle", 18, 24, colour=WHITE)
TITLE = _style("title", 17, 22, bold=True, colour=PRIMARY)
HEADING = _style("heading", 13, 17, bold=True, colour=PRIMARY)
BODY = _style("body", 10.5, 15)
LIST_ITEM = _style("list", 10, 13.5)
PANEL = _style("panel", 10, 14)
LEAD = _style("lead", 12, 16, bold=True, colour=PRIMARY)
QUESTION = _style("question", 10.5, 14.5, bold=True)
NOTE = _style("note", 10, 14)
NOTICE = _style("notice", 9.5, 13, colour=MUTED)
DIAGRAM_PART = _style("part", 10, 14, bold=True, colour=PRIMARY)
DIAGRAM_TOTAL = _style("total", 12, 16, bold=True, colour=WHITE)
DIAGRAM_CAPTION = _style("caption", 10, 14, colour=WHITE)
for _centred in (DIAGRAM_PART, DIAGRAM_TOTAL, DIAGRAM_CAPTION):
    _centred.alignment = 1

RUNNING_SIZE = 9.5

_EMPHASIS = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)


@cache
def register_fonts() -> None:
    """Make the fonts known to reportlab, once; the names are ours, so nobody else's fonts change."""
    for name, file in ((REGULAR, "NotoSans-Regular.ttf"), (BOLD, "NotoSans-Bold.ttf")):
        pdfmetrics.registerFont(TTFont(name, fonts_folder() / file))
    # No italics are used, but reportlab wants all four faces before it sees the bold one.
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    pdfmetrics.registerFontFamily(BOLD, normal=BOLD, bold=BOLD, italic=BOLD, boldItalic=BOLD)


def markup(text: str) -> str:
    """Return a text of the pages file in reportlab's markup; whatever looks like a tag in it is text."""
    linked = LINK.sub(_link, escape(text))
    return _EMPHASIS.sub(r"<b>\1</b>", linked)


def _link(match: re.Match[str]) -> str:
    # The address is escaped already, and holds no quotes (see `pages`).
    words, address = match.groups()
    return f'<a href="{address}" color="{PRIMARY.hexval()}"><u>{words}</u></a>'


def plain(text: str) -> str:
    """Return a text of the pages file without its marks, as a reader sees it."""
    return _EMPHASIS.sub(r"\1", LINK.sub(r"\1", text))
