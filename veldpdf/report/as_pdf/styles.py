"""Measures, colours and text styles of the PDF. Lengths are in points unless a name says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from veldpdf.model import State
from veldpdf.report.as_pdf.faces import BOLD, ITALIC, REGULAR

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN_SIDE = 22 * mm
MARGIN_TOP = 24 * mm
MARGIN_BOTTOM = 21 * mm
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN_SIDE
TEXT_HEIGHT = PAGE_HEIGHT - MARGIN_TOP - MARGIN_BOTTOM

# The names of partners stand in a column of their own, left of what they say.
NAME_WIDTH = 36 * mm
GAP = 5 * mm

INK = "#1c2530"
SOFT = "#55606e"
ACCENT = "#14496b"
RULE = "#c9d1da"
BAND = "#eef2f6"
WHITE = "#ffffff"

# Contrast with white is at least 4.5 to 1 for all but the last, which only ever fills a bar.
STATE_COLOURS: Mapping[State | None, str] = MappingProxyType(
    {
        State.ANSWERED: "#1b7a55",
        State.PARTLY_EXAMPLE: "#a35a00",
        State.EXAMPLE: "#6a5aa8",
        State.EMPTY: "#5c6774",
        None: "#5c6774",
    }
)
EMPTY_BAR = "#d3d9e0"


class TextStyle(NamedTuple):
    """How a text is set.

    Attributes:
        face: Name of the first font.
        size: Font size.
        leading: From one baseline to the next.
        colour: Hexadecimal.
        hangs: Whether the lines of a list item stand under its text and not under its bullet.
    """

    face: str
    size: float
    leading: float
    colour: str
    hangs: bool = False


TITLE = TextStyle(BOLD, 28, 34, ACCENT)
SUBTITLE = TextStyle(REGULAR, 14, 20, SOFT)
COVER_FACT = TextStyle(REGULAR, 11, 16, INK)
HEADING = TextStyle(BOLD, 18, 23, ACCENT)
SUBHEADING = TextStyle(BOLD, 11.5, 15.5, INK)
NUMBER = TextStyle(BOLD, 11.5, 15.5, ACCENT)
WORDING = TextStyle(REGULAR, 9.5, 13.5, SOFT)
BODY = TextStyle(REGULAR, 9.5, 13.5, INK, hangs=True)
STRONG = TextStyle(BOLD, 9.5, 13.5, INK)
NAME = TextStyle(BOLD, 9, 13.5, ACCENT)
NOTE = TextStyle(ITALIC, 8.5, 13.5, SOFT)
MARK = TextStyle(ITALIC, 8, 13.5, STATE_COLOURS[State.PARTLY_EXAMPLE])
EXAMPLE = TextStyle(ITALIC, 9, 13, SOFT, hangs=True)
EXAMPLE_NAMES = TextStyle(BOLD, 8.5, 13, SOFT)
TABLE = TextStyle(REGULAR, 8.5, 12, INK, hangs=True)
TABLE_STRONG = TextStyle(BOLD, 8.5, 12, INK)
TABLE_HEAD = TextStyle(BOLD, 8.5, 12, ACCENT)
TABLE_SOFT = TextStyle(REGULAR, 8.5, 12, SOFT)
TABLE_MARK = TextStyle(ITALIC, 8, 12, STATE_COLOURS[State.PARTLY_EXAMPLE])
CHART = TextStyle(REGULAR, 8, 11, INK)
CHART_HEAD = TextStyle(BOLD, 8, 11, ACCENT)
TINY = TextStyle(REGULAR, 6.3, 7.1, SOFT)
TINY_NUMBER = TextStyle(BOLD, 7, 9, ACCENT)
BAR_NUMBER = TextStyle(BOLD, 6.8, 9, WHITE)
MATRIX_NAME = TextStyle(REGULAR, 8, 9.6, INK)
MATRIX_NOTE = TextStyle(ITALIC, 8, 9.6, SOFT)
RUNNING = TextStyle(REGULAR, 8, 10, SOFT)
CONTENTS = TextStyle(REGULAR, 9.5, 13.5, INK)
CONTENTS_HEAD = TextStyle(BOLD, 10, 13.5, ACCENT)


def symbol_style(state: State | None, size: float = 9.0) -> TextStyle:
    """Return the style of the symbol of a state."""
    return TextStyle(REGULAR, size, 12, STATE_COLOURS[state])
