"""The text that a cell of a workbook shows.

A cell holds a value and a number format, and Excel shows the two as one text. Here they are put together as a
computer set to Dutch does it: a comma before decimals, a full stop between thousands, WAAR and ONWAAR, and the day
before the month. What a workbook shows depends on the computer that it is opened on, and the file does not tell
which; the lists are those of Dutch municipalities.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from math import isfinite
from typing import Any

from veldpdf.files import encodable
from veldpdf.messages import Message

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class CellError(Exception):
    """A cell whose text is not known."""

    def __init__(self, cell: str, problem: Message, remedy: Message) -> None:
        super().__init__(cell)
        self.cell, self.problem, self.remedy = cell, problem, remedy


def text_of_cell(cell: Any) -> str:
    """Return what a cell shows."""
    value = cell.value
    if cell.data_type == "e" or (isinstance(value, float) and not isfinite(value)):
        raise CellError(
            cell.coordinate,
            Message("this holds an error, not a text."),
            Message("Correct it in Excel, or clear the cell."),
        )
    if isinstance(value, str):
        # What XML cannot hold is written as the number of a UTF-16 unit (29500-1, 22.9.2.19).
        return encodable(_ESCAPED.sub(lambda match: chr(int(match[1], 16)), value))
    if isinstance(value, bool):
        return "WAAR" if value else "ONWAAR"
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    return _moment(value, cell.number_format)


# What a date's format shows, when all that is shown to the letter is taken out.
_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)


def _moment(value: dt.datetime | dt.date | dt.time | dt.timedelta, number_format: str) -> str:
    """Return a date, a time or both: what the format shows, always in the same form.

    A time of midnight behind a date is left out: it is how programs write a date that has no time.
    """
    code = _LITERAL.sub("", number_format).lower()
    if isinstance(value, dt.timedelta):
        return _clock(value, code)
    shows_time = re.search("[hs]", code) is not None
    shows_date = re.search("[dy]", code) is not None or ("m" in code and not shows_time)
    if not (shows_time or shows_date):  # a cell of the kind for dates, without a format for them
        shows_time = shows_date = True
    if isinstance(value, dt.time):  # openpyxl's for less than a day, which is day 0 of January
        return _clock(_since_midnight(value), code) if shows_time else "00-01-1900"
    date = f"{value.day:02}-{value.month:02}-{value.year:04}"
    time = _since_midnight(value.time()) if isinstance(value, dt.datetime) else dt.timedelta()
    if not shows_date:
        return _clock(time, code)
    return f"{date} {_clock(time, code)}" if shows_time and time else date


def _since_midnight(time: dt.time) -> dt.timedelta:
    return dt.timedelta(hours=time.hour, minutes=time.minute, seconds=time.second)


def _clock(time: dt.timedelta, code: str) -> str:
    sign = "-" if time < dt.timedelta() else ""
    minutes, seconds = divmod(int(abs(time).total_seconds()), 60)
    shown = f"{sign}{minutes // 60:02}:{minutes % 60:02}"
    return f"{shown}:{seconds:02}" if seconds and ("s" in code or "h" not in code) else shown


# The signs of a number format (29500-1, 18.8.31), and what is to be done with them.
_SIGN = re.compile(
    r"""
    "(?P<quoted>[^"]*)"?
    | \\(?P<escaped>.)
    | (?P<room>_.)                       # as much room as the next sign takes
    | (?P<filling>\*.)                   # repeated until the cell is full
    | \[\$(?P<currency>[^\]-]*)[^\]]*\]
    | \[(?P<condition>[<>=][^\]]*)\]
    | (?P<colour>\[[^\]]*\])
    | (?P<unknown>General|[@/]|E[+-])
    | (?P<end>;)
    | (?P<place>[0\#?])
    | (?P<point>\.)
    | (?P<comma>,)
    | (?P<percent>%)
    | (?P<other>.)
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# Digits that Excel keeps of a number with a fraction; from and below which it shows a power of ten.
_DIGITS, _LARGE, _SMALL = 15, Decimal("1e21"), Decimal("1e-9")
# More digits than any number that `int` reads: nothing is rounded but where that is asked for.
_EXACT = Context(prec=5000)


@dataclass(frozen=True, slots=True)
class _Sign:
    """A part of a number format: of which kind, and the text that it shows."""

    kind: str
    text: str


def _number(value: float, number_format: str) -> str:
    """Return a number as its format shows it; as General does where that holds what is not known here."""
    number = Decimal(value) if isinstance(value, int) else Decimal(f"{value:.{_DIGITS}g}")
    if not number_format:  # some programs write none for General; ``;;;`` is how to hide a number
        return _general(number)
    more, *others = _sections(number_format)  # than zero, less, and zero itself
    section = others[0] if others and number < 0 else others[1] if len(others) > 1 and number == 0 else more
    if any(sign.kind in {"unknown", "condition"} for sign in section):
        return _general(number)
    sign = "-" if number < 0 and section is more else ""
    # Accounting formats have room on either side, to stand in line with others of their column.
    return (sign + _filled_in(abs(number), section)).strip()


def _general(number: Decimal) -> str:
    if number == number.to_integral_value() and abs(number) < _LARGE:
        return f"{number.to_integral_value():f}"
    shown = f"{number.normalize():E}" if not _SMALL <= abs(number) < _LARGE else f"{number.normalize():f}"
    return shown.replace(".", ",")


def _sections(number_format: str) -> list[list[_Sign]]:
    sections: list[list[_Sign]] = [[]]
    for match in _SIGN.finditer(number_format):
        kind = match.lastgroup or "other"
        if kind == "end":
            sections.append([])
        elif kind == "room":
            sections[-1].append(_Sign("other", " "))
        elif kind not in {"filling", "colour"}:
            sections[-1].append(_Sign(kind, match[kind]))
    return sections


def _filled_in(number: Decimal, section: list[_Sign]) -> str:
    """Return a section of a number format with the digits of a number in their places."""
    kinds = [sign.kind for sign in section]
    point = kinds.index("point") if "point" in kinds else len(kinds)
    last_place = max((place for place in range(point) if kinds[place] == "place"), default=-1)
    # A comma between places separates thousands; each one behind the last of them leaves three digits out.
    is_grouped = "comma" in kinds[: max(last_place, 0)]
    thousands = kinds[last_place + 1 :].count("comma")
    number = number.scaleb(2 * kinds.count("percent") - 3 * thousands, _EXACT)
    decimals = kinds[point:].count("place")
    number = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT)
    whole, _, fraction = f"{number:f}".partition(".")
    return _whole(whole.lstrip("0"), section[:point], is_grouped=is_grouped) + _fraction(
        fraction, section[point:]
    )


def _whole(digits: str, section: list[_Sign], *, is_grouped: bool) -> str:
    """Return what stands before the point: digits go to their places from the right, the rest to the first."""
    shown: list[str] = []
    left, count = list(digits), 0
    places = sum(sign.kind == "place" for sign in section)
    for sign in reversed(section):
        if sign.kind != "place":
            shown.append("" if sign.kind == "comma" else sign.text)
            continue
        places -= 1
        while True:
            digit = left.pop() if left else _NOTHING[sign.text]
            if is_grouped and digit.isdigit() and count and count % 3 == 0:
                shown.append(".")
            shown.append(digit)
            count += 1
            if places or not left:
                break
    return "".join(reversed(shown))


# What a place shows that no digit needs.
_NOTHING = {"0": "0", "#": "", "?": " "}


def _fraction(digits: str, section: list[_Sign]) -> str:
    """Return the point and what stands behind it."""
    shown = []
    left = list(digits)
    for sign in section:
        if sign.kind == "point":
            shown.append(",")
        elif sign.kind == "place":
            digit = left.pop(0)
            needed = digit != "0" or any(rest != "0" for rest in left)
            shown.append(digit if needed else _NOTHING[sign.text])
        elif sign.kind != "comma":
            shown.append(sign.text)
    return "".join(shown)
