"""Continuation pages: the whole of each text that its box does not show, so that a printed copy is complete.

The box then shows where to read on. The value stays whole in the field, so who reads the file, or scrolls in the
box on a screen, needs none of this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from veldpdf.language import Catalogue
from veldpdf.pdf.filling.appearance import Face, show_runs
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.more_pages import PageTree
from veldpdf.pdf.filling.targets import FormFont
from veldpdf.pdf.fonts import FieldFont
from veldpdf.pdf.marks import mark
from veldpdf.typesetting.boxes import TextBox
from veldpdf.typesetting.layout import Layout, break_lines, text_width

_MARGIN = 56.0  # points
_TITLE, _BODY, _SMALL = 18.0, 10.0, 8.0  # font sizes in points
_LEADING = 1.35  # height of a line as a multiple of the font size: easier to read than in a form's narrow box
_SPACE_ABOVE = 16.0  # points above each field's heading
_SPACE_BELOW = 4.0  # points below it
# A heading never stands at the foot of a page without some of its text.
_LINES_WITH_HEADING = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """A text that its box does not show whole.

    Attributes:
        name: Its field.
        label: What the user knows the field by; its name where there is nothing better.
        page: The page that the field shows on, from 1; None for none.
        text: The whole text.
    """

    name: str
    label: str
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a continuation page."""

    text: str
    face: Face
    size: float
    above: float = 0.0  # points of space, if it does not begin a page
    grey: bool = False

    @property
    def height(self) -> float:
        return _LEADING * self.size


class Continuation:
    """The continuation pages of one filled copy.

    Attributes:
        say: The language of whoever reads the worksheet.
    """

    def __init__(
        self, changes: Changes, pages: PageTree, texts: Sequence[Continued], *, title: str, say: Catalogue
    ) -> None:
        """Set some texts on pages of their own.

        Args:
            changes: The update that they become part of.
            pages: The pages of the file.
            texts: In the worksheet's order.
            title: What tells whose pages they are when they lie loose on a table.
            say: The language of whoever reads the worksheet.
        """
        self._changes = changes
        self._tree = pages
        self.say = say
        self._title = title
        self._plain = _face(changes, "Helvetica")
        self._bold = _face(changes, "Helvetica-Bold")
        self._pages: list[list[_Line]] = []
        self._room = 0.0
        self._starts = {text.name: self._set(text) for text in texts}

    def mark_for(self, name: str) -> tuple[str, ...]:
        """Return what tells in a box where to read on, the fullest first; for boxes with little room."""
        page = self._tree.count + self._starts[name]
        return (self.say(mark(page)), f"… {page}", "…")

    def add(self) -> None:
        """Put the pages behind those of the file."""
        last = self._tree.count + len(self._pages)
        contents = [
            self._drawn(lines, f"{self._tree.count + number} / {last}")
            for number, lines in enumerate(self._pages, start=1)
        ]
        self._tree.add(self._changes, contents)

    def _set(self, text: Continued) -> int:
        """Put one text behind the others, and return which continuation page it begins on, from 1."""
        heading = self._broken(text.label, self._bold, _BODY)
        heading[0] = replace(heading[0], above=_SPACE_ABOVE)
        body = self._broken(text.text.rstrip(), self._plain, _BODY)
        if text.page is not None:
            where = self.say("{name}, page {page}", name=text.name, page=text.page)
            heading += [replace(line, grey=True) for line in self._broken(where, self._plain, _SMALL)]
        body[0] = replace(body[0], above=_SPACE_BELOW)
        together = [*heading, *body[:_LINES_WITH_HEADING]]
        if not self._pages or sum(line.height + line.above for line in together) > self._room:
            self._begin_page()
        begins = len(self._pages)
        for line in (*heading, *body):
            if line.height + line.above > self._room:
                self._begin_page()
            self._room -= line.height + line.above
            self._pages[-1].append(line)
        return begins

    def _begin_page(self) -> None:
        self._pages.append([])
        self._room = self._tree.size[1] - 2 * _MARGIN - _SMALL * _LEADING
        if len(self._pages) > 1:
            return
        told = self.say("These texts do not fit their fields. Here they stand in full.")
        first = self._broken(self.say("Continuation"), self._bold, _TITLE)
        if self._title:
            first += self._broken(self._title, self._plain, _BODY)
        first += self._broken(told, self._plain, _BODY)
        self._pages[-1] += first
        self._room -= sum(line.height for line in first)

    def _broken(self, text: str, face: Face, size: float) -> list[_Line]:
        room = (self._tree.size[0] - 2 * _MARGIN) * 1000 / size
        return [_Line(line, face, size) for line in break_lines(text, room, face.widths)]

    def _drawn(self, lines: Sequence[_Line], number: str) -> tuple[bytes, Mapping[str, bytes]]:
        """Return the content stream of one page, and the fonts it uses."""
        width, height = self._tree.size
        fonts: dict[str, bytes] = {}
        parts = []
        y = height - _MARGIN
        for index, line in enumerate(lines):
            y -= line.height + (line.above if index else 0.0)
            parts.append(b"".join(_shown(line, _MARGIN, y, fonts)))
        foot = _Line(number, self._plain, _SMALL, grey=True)
        parts.append(b"".join(_shown(foot, width - 2 * _MARGIN, _MARGIN / 2, fonts)))
        # In a tagged file what is no part of the structure says so (14.8.2.2); a screen reader reads the fields.
        return b"/Artifact BMC\nBT\n%bET\nEMC\n" % b"".join(parts), fonts


def _shown(line: _Line, x: float, y: float, fonts: dict[str, bytes]) -> Iterator[bytes]:
    yield b"%b g\n" % (b"0.35" if line.grey else b"0")
    yield from show_runs(list(line.face.runs(line.text)), x, y, line.size, fonts)


def _face(changes: Changes, name: str) -> Face:
    """Return one of the standard 14 fonts, which need no embedding."""
    font = FieldFont.standard(name)
    obj = b"<</Type/Font/Subtype/Type1/BaseFont/%b/Encoding/WinAnsiEncoding>>" % name.encode()
    own = FormFont(name, font, obj, is_missing=False)
    return Face(own, changes.fonts, changes.typeface(own))


def with_mark(layout: Layout, marks: Sequence[str], box: TextBox, widths: Mapping[str, float]) -> Layout:
    """Return a text that is cut off so that its last line tells where to read on.

    Args:
        layout: The whole text, set in its box.
        marks: What tells it, the fullest first: the first one that fits is taken, on a line of its own where
            there are several lines.
        box: Where it is set.
        widths: As `lay_out`.
    """
    if not layout.overflows or box.comb_cells:
        return layout
    room = box.text_width * 1000 / layout.font_size
    told = next((told for told in marks if text_width(told, widths) <= room), marks[-1])
    shown = layout.lines[: layout.lines_fit]
    if len(shown) > 1:
        lines = (*shown[:-1], told)
    else:
        left = room - text_width(f" {told}", widths)
        begin = next(break_lines(shown[0].lstrip(), left, widths), "") if left > 0 else ""
        whole = f"{begin} {told}"
        lines = (whole if text_width(whole, widths) <= room else told,)
    return replace(layout, lines=lines, too_wide=False)
