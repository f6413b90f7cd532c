"""Measures, colours and text styles of the PDF. Lengths are in points unless a name says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from veldpdf.house_style import HouseStyle
from veldpdf.model import State
from veldpdf.report.as_pdf.faces import Face, faces_of

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
        face: Its cut.
        size: Font size.
        leading: From one baseline to the next.
        colour: Hexadecimal.
        hangs: Whether the lines of a list item stand under its text and not under its bullet.
    """

    face: Face
    size: float
    leading: float
    colour: str
    hangs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Styles:
    """The text styles of one report, and the colours of who makes it."""

    main: str
    second: str
    title: TextStyle
    subtitle: TextStyle
    cover_form: TextStyle
    cover_fact: TextStyle
    heading: TextStyle
    subheading: TextStyle
    number: TextStyle
    wording: TextStyle
    body: TextStyle
    name: TextStyle
    note: TextStyle
    mark: TextStyle
    example: TextStyle
    example_names: TextStyle
    table: TextStyle
    table_strong: TextStyle
    table_head: TextStyle
    table_soft: TextStyle
    table_mark: TextStyle
    chart: TextStyle
    chart_head: TextStyle
    tiny: TextStyle
    tiny_number: TextStyle
    bar_number: TextStyle
    matrix_name: TextStyle
    matrix_note: TextStyle
    running: TextStyle
    contents: TextStyle
    contents_head: TextStyle

    @property
    def unshown(self) -> frozenset[str]:
        """The characters of all texts so far that no font shows."""
        return self.body.face.unshown | self.name.face.unshown | self.note.face.unshown

    def symbol(self, state: State | None, size: float = 9.0) -> TextStyle:
        """Return the style of the symbol of a state."""
        return TextStyle(self.body.face, size, 12, STATE_COLOURS[state])


def styles_for(house: HouseStyle) -> Styles:
    """Return the styles for one report."""
    regular, bold, italic = faces_of(house.fonts)
    main = house.main
    mark = STATE_COLOURS[State.PARTLY_EXAMPLE]
    return Styles(
        main=main,
        second=house.second,
        title=TextStyle(bold, 28, 34, main),
        subtitle=TextStyle(regular, 14, 20, SOFT),
        cover_form=TextStyle(bold, 12, 17, INK),
        cover_fact=TextStyle(regular, 11, 16, INK),
        heading=TextStyle(bold, 18, 23, main),
        subheading=TextStyle(bold, 11.5, 15.5, INK),
        number=TextStyle(bold, 11.5, 15.5, main),
        wording=TextStyle(regular, 9.5, 13.5, SOFT),
        body=TextStyle(regular, 9.5, 13.5, INK, hangs=True),
        name=TextStyle(bold, 9, 13.5, main),
        note=TextStyle(italic, 8.5, 13.5, SOFT),
        mark=TextStyle(italic, 8, 13.5, mark),
        example=TextStyle(italic, 9, 13, SOFT, hangs=True),
        example_names=TextStyle(bold, 8.5, 13, SOFT),
        table=TextStyle(regular, 8.5, 12, INK, hangs=True),
        table_strong=TextStyle(bold, 8.5, 12, INK),
        table_head=TextStyle(bold, 8.5, 12, main),
        table_soft=TextStyle(regular, 8.5, 12, SOFT),
        table_mark=TextStyle(italic, 8, 12, mark),
        chart=TextStyle(regular, 8, 11, INK),
        chart_head=TextStyle(bold, 8, 11, main),
        tiny=TextStyle(regular, 6.3, 7.1, SOFT),
        tiny_number=TextStyle(bold, 7, 9, main),
        bar_number=TextStyle(bold, 6.8, 9, WHITE),
        matrix_name=TextStyle(regular, 8, 9.6, INK),
        matrix_note=TextStyle(italic, 8, 9.6, SOFT),
        running=TextStyle(regular, 8, 10, SOFT),
        contents=TextStyle(regular, 9.5, 13.5, INK),
        contents_head=TextStyle(bold, 10, 13.5, main),
    )
