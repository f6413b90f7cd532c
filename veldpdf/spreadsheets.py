"""Tables: in CSV as a spreadsheet writes it and may safely open it; and in the spreadsheet's own workbook.

Dutch Excel writes semicolons, and Windows-1252 unless told otherwise; so a table that comes in is sniffed.
A cell that begins with ``=``, ``+``, ``-`` or ``@`` becomes a formula when a spreadsheet opens the file
(CWE-1236). Such a cell goes out with a quote in front, and loses it again on the way in. A spreadsheet that takes
another sign for what separates cells, as Dutch Excel does by itself, also begins cells in the middle of ours: so does
what stands there behind such a sign or a line end, if it could do more than reckon.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from veldpdf.errors import ValuesError
from veldpdf.files import encodable, read_bytes
from veldpdf.messages import Message
from veldpdf.workbooks import COMPOUND, ZIP, other_kind, read_workbook

# How the names of files end that hold a table; and of those that hold one in a way that is not read.
_WORKBOOKS = (".xlsx", ".xlsm")
TABLE_ENDINGS = (".csv", *_WORKBOOKS)
OTHER_ENDINGS = (".xls", ".xlsb", ".ods", ".fods", ".numbers")

# The wide forms are the same to a Japanese Excel.
_SIGNS = r"[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
# LibreOffice leaves NUL out.
_ACTIVE = re.compile(rf"['\0]*{_SIGNS}")
_GUARDED = re.compile(rf"'['\0]*{_SIGNS}")
# The same where another separator would begin a cell: quotes mean nothing there to who does not take the comma for
# one. A formula without any of the acting signs has no function, no other program (DDE) and no other file in it.
_BEFORE, _BEHIND = r"((?:^|[;\t])[ \"\xa0\0]*)", r"(?=['\0]*[=+\-@])"
_INNER_ACTIVE = re.compile(_BEFORE + _BEHIND)
_INNER_GUARDED = re.compile(f"{_BEFORE}'{_BEHIND}")
_ACTING = "(|!#"
# A dash or plus and a space begin a bullet: words between brackets are more likely there than a function, which has its
# bracket right behind its name.
_BULLET = re.compile(r"[+-][ \xa0]")
_QUOTES = re.compile(r"['\0]*")
_REACHES = re.compile(r"\w\(|\||[!#]\$?[A-Za-z]{1,3}\$?\d|'#")
_LINE_ENDS = re.compile(r"(\r\n|\r|\n)")
_QUOTED = re.compile(r'"[^"]*"')
_SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
# How a PDF begins (ISO 32000-2, 7.5.2); some programs put a mark or an empty line before it.
_PDF = re.compile(rb"(?:\xef\xbb\xbf)?\s*%PDF-")
# No cell of ours is longer, and Python's own limit (128 kB) is shorter than an answer may be.
_LONGEST_CELL = 2**27


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with the line of the file that it begins on, or its number in the sheet."""

    line: int
    cells: tuple[str, ...]


def read_table(path: Path) -> list[Row]:
    """Return the rows of a table, blank ones left out: of a workbook its first visible sheet that is not empty.

    The name tells what the file is meant to be: an Excel workbook, or text whatever else its ending. What it
    begins with tells what it is: some programs export a workbook under the name of a CSV.

    Raises:
        InputError: The file cannot be read.
        ValuesError: It holds no table, or one that cannot be read.
    """
    ending = path.suffix.lower()
    if ending in OTHER_ENDINGS:
        raise other_kind(path)
    raw = read_bytes(path)
    if _PDF.match(raw):
        raise ValuesError(
            Message("{path}: this is a PDF, not a table.", path=path),
            Message("Choose the table itself: a .csv or .xlsx file."),
        )
    if ending in _WORKBOOKS or raw.startswith((ZIP, COMPOUND)):
        rows = [Row(number, cells) for number, cells in read_workbook(path, raw)]
    else:
        rows = _csv_rows(path, raw)
    if not rows:
        raise ValuesError(
            Message("{path}: this table is empty.", path=path),
            Message("Its first line must hold the names of the columns."),
        )
    return rows


def _csv_rows(path: Path, raw: bytes) -> list[Row]:
    text = _decoded(raw)
    begin = 1
    told = _SEPARATOR_LINE.match(text)
    if told is not None:  # a line for Excel alone, which tells what separates the cells
        text, begin = text[told.end() :], 2
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=told[1] if told else _delimiter(text), strict=True
    )
    rows: list[Row] = []
    before = begin
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(begin, tuple(map(_unguarded, cells))))
            begin = before + reader.line_num
    except csv.Error as exc:
        raise ValuesError(
            Message(
                "{path}, line {line}: this is not CSV: {reason}.", path=path, line=begin, reason=_reason_of(exc)
            ),
            Message("Check the quotes on that line; a quote inside a cell is written twice."),
        ) from exc
    return rows


def _reason_of(exc: csv.Error) -> Message:
    """Return why a table is no CSV: Python says so in English only."""
    words = str(exc)
    if "expected after" in words:
        return Message("something stands behind a closing quote")
    if "end of data" in words:
        return Message("a quote is not closed")
    return Message("the cells cannot be told apart")


def _decoded(raw: bytes) -> str:
    """Return the text of a table: UTF-8, UTF-16 with its mark, or what Windows has always written."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    """Return what separates the cells of the first line; what stands between quotes does not count."""
    first = re.split(r"[\r\n]", _QUOTED.sub("", text.lstrip("\r\n")), maxsplit=1)[0]
    return max(",;\t", key=first.count)


def _guarded(cell: str) -> str:
    inside = _within(cell, _INNER_ACTIVE, r"\1'")
    return f"'{inside}" if _ACTIVE.match(inside) else inside


def _unguarded(cell: str) -> str:
    return _within(cell[1:] if _GUARDED.match(cell) else cell, _INNER_GUARDED, r"\1")


def _within(cell: str, place: re.Pattern[str], put: str) -> str:
    """Return a cell with something put in each place where another separator would begin a cell that acts."""
    # The full stop stands where the cell itself begins: that place is looked after by itself.
    lines = _LINE_ENDS.split(f".{cell}")
    for number in range(0, len(lines), 2):  # every other one is a line end
        lines[number] = _within_line(lines[number], place, put)
    return "".join(lines)[1:]


def _within_line(line: str, place: re.Pattern[str], put: str) -> str:
    acting = max(map(line.rfind, _ACTING))
    if acting < 0:
        return line
    reaching = max((found.start() for found in _REACHES.finditer(line)), default=-1)

    def with_it(found: re.Match[str]) -> str:
        begun = _QUOTES.match(line, found.end())
        at = begun.end() if begun else found.end()
        acts = (reaching if _BULLET.match(line, at) else acting) > at
        return found.expand(put) if acts else found[0]

    return place.sub(with_it, line)


def write_csv(rows: Iterable[Sequence[str]], *, with_mark: bool) -> bytes:
    """Return rows as CSV that any spreadsheet opens as text; lines end as RFC 4180 has them.

    Args:
        rows: The cells, row by row.
        with_mark: Whether to put the mark in front by which a spreadsheet knows UTF-8.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for row in rows:
        writer.writerow([_guarded(cell) for cell in row])
    return encodable(buffer.getvalue()).encode("utf-8-sig" if with_mark else "utf-8")


def too_many_cells(path: Path, row: Row, columns: int) -> ValuesError:
    """Return the error for a row that goes on beyond the names of the columns."""
    return ValuesError(
        Message(
            "{path}, line {line}: there are {n} cells under {columns} columns.",
            path=path,
            line=row.line,
            n=len(row.cells),
            columns=columns,
        ),
        Message("Put a text with a comma or line break between double quotes."),
    )
