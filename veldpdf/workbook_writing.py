"""Excel workbooks of texts: sheets with a heading that stays in sight, filters, widths and a way to print them.

Whatever was typed is a text and stays one. A cell holds it as an inline string (ISO/IEC 29500-1, 18.3.1.53), which
nobody takes for a formula or a number, and where Excel would do so as soon as somebody edits the cell, the
cell says so too (``quotePrefix``, 18.8.45). openpyxl, an extra, makes the workbook; the rows are written here, since
it would make an object of every cell and leaves escapes to the caller.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from veldpdf.messages import Message
from veldpdf.office_packages import NOT_IN_XML, moment_of, repacked, tell_missing, xml_text

if TYPE_CHECKING:
    from openpyxl import Workbook

# What one cell holds (Excel specifications and limits), in UTF-16 units: an emoji counts as two.
LONGEST_TEXT = 32_767
# How far back from its end a piece may be cut, to cut between words.
_LEEWAY = 2_000

# Points. Excel takes no more for a row.
_HIGHEST_ROW = 409.0
_LINE = 15.0
# A column's width counts digits. Letters are as wide on average, and words leave room at the ends of lines.
_LETTERS_PER_DIGIT = 0.92
# An A4 within its margins, upright and on its side, in points; and a digit's width in Calibri 11.
_UPRIGHT, _ON_ITS_SIDE = (537.0, 751.0), (784.0, 505.0)
_DIGIT = 5.25
# How far print is made smaller: Calibri 11 is 8 points then, and at least 6.4, as in a footnote.
_USUAL, _SMALLEST = 0.72, 0.58
# Inches. A footer stands clear of the rows only if it begins well below them (18.3.1.62).
_SIDE, _TOP, _BOTTOM, _EDGE = 0.4, 0.5, 0.75, 0.3

# Excel would read these as a formula, a number, a date or its own quote when somebody edits the cell.
_READ_OTHERWISE = re.compile(r"""[\s]*[=+\-@'\d.,(€$£%#]|(?:true|false|waar|onwaar)\Z""", re.IGNORECASE)
# What Excel takes for a character that XML cannot hold (29500-1, 22.9.2.19), and so must not find in a text.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile("[\ud800-\udfff]")

_INK, _GREY, _WHITE = "FF1F1F1F", "FF595959", "FFFFFFFF"


class Look(StrEnum):
    """What a cell looks like."""

    TEXT = "text"
    HEADING = "heading"
    NAME = "name"
    NUMBER = "number"
    # Words of ours where nothing was typed.
    ASIDE = "aside"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that looks other than its column's others, or holds a number of ours."""

    value: str | int
    look: Look = Look.TEXT


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what stands above it, and how wide it is in digits."""

    heading: str
    width: float = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    r"""A table on a sheet of its own.

    Attributes:
        name: On its tab; at most 31 characters, and none of ``[]:*?/\``.
        columns: From left to right.
        rows: The cells of each; a text is a cell of plain looks.
        fixed_columns: How many columns stay in sight, and are printed on every page.
        pages_wide: Over how many pages the columns go; None for as many as it takes to be read.
        is_upright: Whether it is printed upright: fewer columns beside each other, more of a column on a page.
    """

    name: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell | str | int]]
    fixed_columns: int = 1
    pages_wide: int | None = None
    is_upright: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What a workbook says of itself.

    Attributes:
        title: What it is called.
        author: Who made it.
        language: ``"nl"`` or ``"en"``.
        day: When it was made; None for no day in particular.
        page_of: What the foot of a printed page says, with ``&P`` and ``&N`` for the numbers (18.3.1.46).
        colour: Of headings, hexadecimal with ``#``.
    """

    title: str
    author: str = "veldpdf"
    language: str = ""
    day: dt.date | None = None
    page_of: str = "&P / &N"
    colour: str = "#14496b"


def require() -> None:
    """Make sure that workbooks can be written.

    Raises:
        MissingExtraError: openpyxl is not installed.
    """
    try:
        import openpyxl  # noqa: F401, PLC0415 - an extra, asked for before any work is done
    except ImportError as exc:
        tell_missing(Message("Excel"), "openpyxl", exc)


def workbook(sheets: Sequence[Sheet], properties: Properties) -> bytes:
    """Return a workbook; the same sheets make the same bytes.

    Texts must be no longer than `LONGEST_TEXT`; `pieces` cuts them.

    Raises:
        MissingExtraError: openpyxl is not installed.
    """
    require()
    from openpyxl import Workbook  # noqa: PLC0415 - an extra
    from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415 - the same

    book = Workbook()
    book.remove(book.worksheets[0])
    moment = moment_of(properties.day).replace(tzinfo=None)
    told = book.properties
    # A definition may say anything; the properties are XML like the rest, without escapes of their own.
    told.title = NOT_IN_XML.sub("\ufffd", properties.title)
    told.creator, told.language = properties.author, properties.language or None
    told.created, told.modified, told.lastModifiedBy = moment, moment, properties.author
    looks = _Looks(book, properties.colour.removeprefix("#").upper())
    instead = {}
    for number, sheet in enumerate(sheets, start=1):
        _frame(book.create_sheet(sheet.name), sheet, properties)
        instead[f"xl/worksheets/sheet{number}.xml"] = (
            "<sheetData></sheetData>",
            "".join(("<sheetData>", *_rows(sheet, looks), "</sheetData>")),
        )
    data = BytesIO()
    # Not by `Workbook.save`, which puts the time of day among the properties.
    ExcelWriter(book, ZipFile(data, "w")).save()
    return repacked(data.getvalue(), instead)


def pieces(text: str, limit: int = LONGEST_TEXT) -> list[str]:
    """Return a text cut into pieces that a cell holds each; together they are the text."""
    cut: list[str] = []
    start = 0
    while len(text) - start > limit or units(text[start:]) > limit:
        end = _end_of_piece(text, start, limit)
        cut.append(text[start:end])
        start = end
    return [*cut, text[start:]]


def units(text: str) -> int:
    """Return how long Excel says that a text is: in UTF-16 units."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def _end_of_piece(text: str, start: int, limit: int) -> int:
    """Return where a piece ends: behind white space if there is any near, else where the cell is full."""
    end = start + limit
    over = units(text[start:end]) - limit
    while over > 0:
        end -= (over + 1) // 2
        over = units(text[start:end]) - limit
    near = max(start, end - _LEEWAY)
    space = max(text.rfind(" ", near, end), text.rfind("\n", near, end))
    return space + 1 if space >= 0 else end


# The frame, by openpyxl


def _frame(sheet: Any, content: Sheet, properties: Properties) -> None:
    """Give an empty sheet everything but its rows."""
    from openpyxl.utils import get_column_letter as letter  # noqa: PLC0415 - an extra

    last = letter(len(content.columns))
    for number, column in enumerate(content.columns, start=1):
        sheet.column_dimensions[letter(number)].width = column.width
    sheet.freeze_panes = f"{letter(content.fixed_columns + 1)}2"
    sheet.auto_filter.ref = f"A1:{last}{len(content.rows) + 1}"
    sheet.print_title_rows = "1:1"
    pages = content.pages_wide or _pages_wide(content)
    if pages > 1:
        sheet.print_title_cols = f"A:{letter(content.fixed_columns)}"
    sheet.page_setup.orientation = "portrait" if content.is_upright else "landscape"
    sheet.page_setup.paperSize = 9  # A4 (18.3.1.63)
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth = pages
    sheet.page_setup.fitToHeight = 0
    margins = sheet.page_margins
    margins.left = margins.right = _SIDE
    margins.top, margins.bottom = _TOP, _BOTTOM
    margins.header = margins.footer = _EDGE
    sheet.oddFooter.left.text = "&A"
    sheet.oddFooter.right.text = properties.page_of


def _pages_wide(sheet: Sheet) -> int:
    """Return over how many pages the columns go, so that print can be read.

    Somewhat smaller print is worth it where all rows come on one page: else every second page has one last row.
    """
    columns = sheet.columns
    widths = [column.width * _DIGIT for column in columns]
    digits = [column.width for column in columns]
    height = sum(_points(row, digits) for row in ([column.heading for column in columns], *sheet.rows))
    page_width, page_height = _UPRIGHT if sheet.is_upright else _ON_ITS_SIDE
    scales = [_scale(widths, sheet.fixed_columns, page_width, wide) for wide in range(1, len(widths) + 1)]
    usual = next((wide for wide, scale in enumerate(scales, start=1) if scale >= _USUAL), len(widths))
    for scale in reversed(scales[:usual]):
        if _SMALLEST <= scale <= page_height / height:
            return scales.index(scale) + 1
    return usual


def _scale(widths: Sequence[float], fixed: int, page_width: float, pages: int) -> float:
    """Return the largest scale, in whole percents, at which columns go on so many pages, none of them parted."""
    repeated = sum(widths[:fixed])
    for percent in range(100, 9, -1):
        room = page_width * 100 / percent - repeated
        count, left = 1, room
        for width in widths[fixed:]:
            if width > left:
                count, left = count + 1, room
            left -= width
        if count <= pages and max(widths[fixed:], default=0) <= room:
            return percent / 100
    return 0.1


class _Looks:
    """The numbers that the workbook's table of formats has for the looks of cells (18.8.10)."""

    def __init__(self, book: Workbook, colour: str) -> None:
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - an extra
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415 - the same

        scratch: Any = book.create_sheet("scratch")
        line = Side(style="thin", color="FFD0D0D0")
        fonts = {
            Look.HEADING: Font(name="Calibri", size=11, bold=True, color=_WHITE),
            Look.NAME: Font(name="Calibri", size=11, bold=True, color=_INK),
            Look.ASIDE: Font(name="Calibri", size=11, italic=True, color=_GREY),
        }
        self._numbers: dict[tuple[Look, bool], int] = {}
        for look in Look:
            for quoted in (False, True):
                cell = WriteOnlyCell(scratch)
                cell.font = fonts.get(look) or Font(name="Calibri", size=11, color=_INK)
                side = "right" if look is Look.NUMBER else "left"
                cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True)
                cell.border = Border(bottom=line, right=line)
                if look is Look.HEADING:
                    cell.fill = PatternFill("solid", fgColor=f"FF{colour}")
                if quoted:
                    cell.quotePrefix = True
                self._numbers[look, quoted] = cell.style_id
        book.remove(scratch)

    def number(self, look: Look, *, quoted: bool) -> int:
        """Return the number of one of them."""
        return self._numbers[look, quoted]


# The rows, by ourselves


def _rows(sheet: Sheet, looks: _Looks) -> Iterator[str]:
    headings = [Cell(column.heading, Look.HEADING) for column in sheet.columns]
    widths = [column.width for column in sheet.columns]
    letters = [_letters(number) for number in range(1, len(widths) + 1)]
    for number, row in enumerate((headings, *sheet.rows), start=1):
        cells = "".join(
            _cell(cell, f"{column}{number}", looks) for column, cell in zip(letters, row, strict=False)
        )
        yield f'<row r="{number}"{_height(row, widths)}>{cells}</row>'


def _cell(cell: Cell | str | int, place: str, looks: _Looks) -> str:
    value = cell.value if isinstance(cell, Cell) else cell
    look = cell.look if isinstance(cell, Cell) else Look.TEXT if isinstance(cell, str) else Look.NUMBER
    if isinstance(value, int):
        return f'<c r="{place}" s="{looks.number(look, quoted=False)}"><v>{value}</v></c>'
    style = looks.number(look, quoted=_READ_OTHERWISE.match(value) is not None)
    if not value:
        return f'<c r="{place}" s="{style}"/>'
    return (
        f'<c r="{place}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{cell_text(value)}</t></is></c>'
    )


def cell_text(text: str) -> str:
    """Return a text as XML that Excel takes for that text, to the letter (29500-1, 22.9.2.19)."""
    if "_x" in text:
        text = _ESCAPE.sub("_x005F_", text)
    text = _SURROGATE.sub("\ufffd", text)
    return xml_text(NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", text))


def _height(row: Iterable[Cell | str | int], widths: Sequence[float]) -> str:
    """Return the height of a row, so that it shows its texts: LibreOffice does not fit rows of other programs.

    It is a guess, and not said to be anybody's wish, so that Excel fits the row anew when something in it changes;
    but for a row of more than Excel's limit, which would fill pages in LibreOffice.
    """
    points = _points(row, widths)
    if points == _LINE:
        return ""
    return f' ht="{points:g}"' if points < _HIGHEST_ROW else f' ht="{_HIGHEST_ROW:g}" customHeight="1"'


def _points(row: Iterable[Cell | str | int], widths: Sequence[float]) -> float:
    count = max((_lines(cell, width) for cell, width in zip(row, widths, strict=False)), default=1)
    return min(count * _LINE, _HIGHEST_ROW)


def _lines(cell: Cell | str | int, width: float) -> int:
    """Return on how many lines a text stands in a column; a few more at worst, never fewer by much."""
    value = cell.value if isinstance(cell, Cell) else cell
    room = int(width * _LETTERS_PER_DIGIT)
    if isinstance(value, int) or (len(value) <= room and "\n" not in value):
        return 1
    # Beyond the highest row it makes no difference where words end.
    if len(value) > room * _HIGHEST_ROW / _LINE:
        return 1 + int(_HIGHEST_ROW / _LINE)
    return sum(_wrapped(line, room) for line in value.split("\n"))


def _wrapped(line: str, room: int) -> int:
    """Return on how many lines one goes; only what is longer than a line is parted within a word."""
    count, left = 1, room
    for word in line.split(" ") if len(line) > room else ():
        if len(word) > left and left < room:
            count, left = count + 1, room
        further = max(0, len(word) - 1) // room
        count, left = count + further, left - (len(word) - further * room) - 1
    return count


@cache
def _letters(number: int) -> str:
    """Return what a column is called: A to Z, then AA."""
    before, last = divmod(number - 1, 26)
    return (_letters(before) if before else "") + chr(ord("A") + last)
