"""Whom worksheets are sent to: a row for each partner, and a file name that any system takes.

The name of a file is made from a cell that somebody typed: ``../x``, ``CON``, ``a/b``, 300 characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from veldpdf.errors import ValuesError
from veldpdf.messages import Message
from veldpdf.spreadsheets import Row, read_table, too_many_cells

_PARTNER_HEADING = "partner"
# Columns of the list that names returned files; it may be the same list.
_OTHER_HEADINGS = frozenset({"file", "bestand", "email", "e-mail", "mail"})

# What no file name may hold on Windows, and what separates folders elsewhere.
_NOT_IN_NAMES = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
# Names that Windows keeps for devices, whatever stands behind the full stop.
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
# Bytes; file systems take 255, and there must be room for a number and an ending.
_LONGEST_NAME = 120
_UNNAMED = "partner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A partner that a worksheet is made for.

    Attributes:
        partner: The name.
        values: Text by field name, for this partner alone.
        line: Where it stands in the list.
    """

    partner: str
    values: Mapping[str, str]
    line: int


@dataclass(frozen=True, slots=True)
class RecipientTable:
    """A list of partners as it stands in a file.

    Attributes:
        columns: The names that must be those of fields, whether or not anything stands under them.
        rows: The partners, and what is wrong with the rows that are of no use.
    """

    columns: tuple[str, ...]
    rows: tuple[Recipient | ValuesError, ...]


def read_recipients(path: Path, *, fields: Collection[str] = ()) -> list[Recipient]:
    """Return the partners in a table: a column ``partner``, and a column for any field.

    An empty cell says nothing about its field.

    Args:
        path: The table.
        fields: The names of the worksheet's fields: a column is for a field first, then for anything else.

    Raises:
        InputError: The file cannot be read.
        ValuesError: It is no table, or one of its rows is of no use.
    """
    return [row for row in try_recipients(path, fields=fields).rows if _is_sound(row)]


def _is_sound(row: Recipient | ValuesError) -> TypeGuard[Recipient]:
    if isinstance(row, ValuesError):
        raise row
    return True


def try_recipients(path: Path, *, fields: Collection[str] = ()) -> RecipientTable:
    """Return the partners in a table, and what is wrong with the rows that are of no use.

    Args: as `read_recipients`.

    Raises: as `read_recipients`, where the table as a whole is of no use.
    """
    header, *rows = read_table(path)
    headings = [cell.strip() for cell in header.cells]
    lowered = [heading.lower() for heading in headings]
    if _PARTNER_HEADING not in lowered:
        raise ValuesError(
            Message("{path}: there is no column {name}.", path=path, name=_PARTNER_HEADING),
            Message("The first line must name the columns: partner, and any fields."),
        )
    counts = Counter(headings)
    twice = next((name for name in headings if name and counts[name] > 1), None)
    if twice is not None:
        raise ValuesError(
            Message("{path}: there are two columns {name}.", path=path, name=repr(twice)),
            Message("Keep one of them."),
        )
    if not rows:
        raise ValuesError(
            Message("{path}: there is no partner in this table.", path=path),
            Message("Write a line for each partner under the names of the columns."),
        )
    column = lowered.index(_PARTNER_HEADING)
    columns = {
        place: name
        for place, name in enumerate(headings)
        if name and place != column and (name in fields or name.lower() not in _OTHER_HEADINGS)
    }
    return RecipientTable(
        tuple(columns.values()), tuple(_recipient(path, headings, row, column, columns) for row in rows)
    )


def _recipient(
    path: Path, headings: list[str], row: Row, column: int, columns: Mapping[int, str]
) -> Recipient | ValuesError:
    partner = row.cells[column].strip() if column < len(row.cells) else ""
    if not partner:
        return ValuesError(
            Message("{path}, line {line}: the partner has no name.", path=path, line=row.line),
            Message("Write it in the column partner, or leave the whole line out."),
        )
    if any(cell.strip() for cell in row.cells[len(headings) :]):
        return too_many_cells(path, row, len(headings))
    if any(cell.strip() for heading, cell in zip(headings, row.cells, strict=False) if not heading):
        return ValuesError(
            Message("{path}, line {line}: a column has a text and no name.", path=path, line=row.line),
            Message("Write the name of the field in the first line."),
        )
    values = {columns[place]: text for place, text in enumerate(row.cells) if text and place in columns}
    return Recipient(partner=partner, values=values, line=row.line)


def file_names(partners: Iterable[str]) -> list[str]:
    """Return a file name for each partner: safe on every system, and no two alike, whatever their case."""
    taken: set[str] = set()
    numbers: dict[str, int] = {}  # the next to try, so that many namesakes do not try all anew
    names = []
    for partner in partners:
        stem = _safe(partner)
        name, number = stem, numbers.get(stem.casefold(), 2)
        while name.casefold() in taken:
            name, number = f"{stem} ({number})", number + 1
        taken.add(name.casefold())
        numbers[stem.casefold()] = number
        names.append(f"{name}.pdf")
    return names


def _safe(text: str) -> str:
    plain = _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", text))
    plain = "".join(character for character in plain if character.isprintable())
    # Windows drops full stops and spaces at the end; a full stop in front hides a file elsewhere.
    plain = plain.strip(" .-")
    cut = plain.encode("utf-8", "ignore")[:_LONGEST_NAME].decode("utf-8", "ignore").strip(" .-")
    name = cut or _UNNAMED
    return f"_{name}" if _DEVICES.match(name) else name
