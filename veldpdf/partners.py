"""Who sent a file: from the officer's list, else from the file's name made readable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from veldpdf.errors import ValuesError
from veldpdf.messages import Message

_FILE_HEADINGS = ("file", "bestand")
_PARTNER_HEADINGS = ("partner",)
_EMAIL_HEADINGS = ("email", "e-mail", "mail")

# An address without anything around it (RFC 5322, 3.4.1: dot-atom, and a domain name): a line end would begin
# another header, a comma another address.
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]+", re.A | re.I)
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets

# What mail programs, viewers and people put behind the name of a file that came back.
_ENDINGS = re.compile(
    r"(?:[\s_-]*\(\d+\)|[\s_-]+(?:kopie|copy|ingevuld|filled|definitief|def|final|retour|v\d+|versie\s*\d+))+$",
    re.IGNORECASE,
)
# One of several worksheets in a file.
_NUMBERED = re.compile(r"(.+)#(\d+)", re.DOTALL)
_SEPARATORS = re.compile(r"[\s_.-]+")
_VOWELS = frozenset("aeiouyAEIOUY")
_LONGEST_ABBREVIATION = 4
_LONGEST_NAME = 255  # characters; no file system takes more
_DEEPEST = 100


def read_partners(path: Path) -> dict[str, str]:
    """Return the partner's name for each file name in a table with columns ``file`` and ``partner``.

    A row without a file is a partner of whom it is not known yet what the file will be called: its key is no file
    name, and ends with a slash.

    Raises:
        InputError: The file cannot be read.
        ValuesError: It is no table, or lacks a column.
    """
    from veldpdf.spreadsheets import read_table  # noqa: PLC0415 - start-up time

    header, *rows = read_table(path)
    headings = [cell.strip().lower() for cell in header.cells]
    file_column = _column(path, headings, _FILE_HEADINGS)
    partner_column = _column(path, headings, _PARTNER_HEADINGS)
    partners: dict[str, str] = {}
    for row in rows:
        if max(file_column, partner_column) >= len(row.cells):
            raise ValuesError(
                Message("{path}, line {line}: a cell is not there.", path=path, line=row.line),
                Message("Each line needs a file and a partner."),
            )
        partner = row.cells[partner_column].strip()
        key = _key(row.cells[file_column])
        if not key:
            partners.setdefault(f"{_folded(partner)}/", partner)
        elif partners.setdefault(key, partner) != partner:
            raise ValuesError(
                Message("{path}, line {line}: this file has another partner above.", path=path, line=row.line),
                Message("Keep one line for each file."),
            )
    return partners


def _column(path: Path, headings: list[str], wanted: tuple[str, ...]) -> int:
    for heading in wanted:
        if heading in headings:
            return headings.index(heading)
    raise ValuesError(
        Message("{path}: there is no column {name}.", path=path, name=wanted[0]),
        Message("The first line must name the columns: file,partner."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """The e-mail addresses in the officer's list.

    Attributes:
        by_file: Addresses by file name, as `read_partners` has names.
        by_partner: Addresses by the partner's name, where the list has only one set of them for it.
    """

    by_file: Mapping[str, tuple[str, ...]]
    by_partner: Mapping[str, tuple[str, ...]]

    def of(self, source: str, partner: str) -> tuple[str, ...]:
        """Return where to write to about a file; empty where the list does not tell.

        Args:
            source: What the file is called.
            partner: What its sender is called: a worksheet may carry a name that the list has for another file.
        """
        found = known_partner(source, {file: file for file in self.by_file})
        return self.by_file.get(found) or self.by_partner.get(_folded(partner), ())


def read_addresses(path: Path) -> Addresses:
    """Return the addresses in a table with columns ``file``, ``partner`` and ``email``; none without the last.

    Several addresses in a cell are separated by ``;`` or ``,``.

    Raises:
        InputError: The file cannot be read.
        ValuesError: It is no table, or a cell holds something else than addresses.
    """
    from veldpdf.spreadsheets import read_table  # noqa: PLC0415 - start-up time

    header, *rows = read_table(path)
    headings = [cell.strip().lower() for cell in header.cells]
    file_column = _column(path, headings, _FILE_HEADINGS)
    partner_column = _column(path, headings, _PARTNER_HEADINGS)
    column = next((headings.index(heading) for heading in _EMAIL_HEADINGS if heading in headings), None)
    by_file: dict[str, tuple[str, ...]] = {}
    by_partner: dict[str, set[tuple[str, ...]]] = {}
    for row in rows if column is not None else ():
        cells = dict(enumerate(row.cells))
        found = _addresses(path, row.line, cells.get(column or 0, ""))
        if found:
            by_file.setdefault(_key(cells.get(file_column, "")), found)
            by_partner.setdefault(_folded(cells.get(partner_column, "")), set()).add(found)
    return Addresses(
        by_file={file: found for file, found in by_file.items() if file},
        by_partner={name: min(found) for name, found in by_partner.items() if name and len(found) == 1},
    )


def _addresses(path: Path, line: int, cell: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in re.split("[;,]", cell) if part.strip())
    for address in found:
        if len(address) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
            raise ValuesError(
                Message("{path}, line {line}: this is no e-mail address.", path=path, line=line),
                Message("Write the address alone, such as name@example.org; a semicolon between several."),
            )
    return tuple(dict.fromkeys(found))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()


def known_partner(source: str, partners: Mapping[str, str], *, of_container: bool = True) -> str:
    """Return who sent a file, as the officer's list says; empty where it does not.

    The list may name a file by itself or with its folder, or the e-mail or zip file that it came in.

    Args:
        source: What the file is called: ``"ggd.pdf"``, ``"post.eml/ggd.pdf"``.
        partners: Names by file, as `read_partners` gives them.
        of_container: Whether the name that the list has for the e-mail or zip file counts as well.
    """
    parts = _key(source).split("/")
    tails = ("/".join(parts[start:]) for start in range(len(parts)))
    for candidate in (*tails, *(parts if of_container else ())):
        if candidate in partners:
            return partners[candidate]
    # The list may know more of the way to the file than its source tells.
    longer = [name for file, name in partners.items() if file.endswith("/" + "/".join(parts))]
    return longer[0] if len(longer) == 1 else ""


def listed_name(source: str, partners: Mapping[str, str]) -> str:
    """Return what the officer's list calls the sender of a worksheet that was read already; empty where it does not.

    Of several worksheets in one file each may have a name of its own in the list. Else they share that of the file,
    with a number, as they do where the list is known before the file is read.

    Args:
        source: What the worksheet is called: ``"ggd.pdf"``, ``"verzameld.pdf#2"``.
        partners: Names by file, as `read_partners` gives them.
    """
    numbered = _NUMBERED.fullmatch(source)
    name = known_partner(source, partners, of_container=numbered is None)
    if name or numbered is None:
        return name
    shared = known_partner(numbered[1], partners)
    return f"{shared} ({numbered[2]})" if shared else ""


def unused_rows(partners: Mapping[str, str], sources: Iterable[str]) -> list[str]:
    """Return the files of the officer's list that did not come back: misspelt, or not sent yet.

    Args:
        partners: Names by file, as `read_partners` gives them.
        sources: What came back.
    """
    there: set[str] = set()
    for source in sources:
        parts = _key(source).split("/")
        there.update(parts)
        there.update("/".join(parts[start:]) for start in range(len(parts)))
    return [
        file
        for file in partners
        if not file.endswith("/") and file not in there and file.rsplit("/", 1)[-1] not in there
    ]


def awaited_of(partners: Mapping[str, str], came: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the partners on the officer's list from whom nothing came, each once.

    Args:
        partners: Names by file, as `read_partners` gives them.
        came: Source and partner of everything that came back.
    """
    there = list(came)
    names = {_folded(partner) for _, partner in there}
    unused = set(unused_rows(partners, [source for source, _ in there]))
    missing = (partner for file, partner in partners.items() if file in unused or file.endswith("/"))
    return tuple(dict.fromkeys(name for name in missing if name and _folded(name) not in names))


def _key(path: str) -> str:
    """Return what file names are compared by: macOS takes accents apart, Windows does not know case."""
    parts = path.strip().replace("\\", "/").split("/")
    # All ends of a path are looked up: of one of thousands of folders, as only a zip file may tell, no more than these.
    plain = "/".join([part for part in parts if part not in ("", ".")][-_DEEPEST:])
    return unicodedata.normalize("NFC", plain).casefold()


def readable_name(source: str) -> str:
    """Return the name of a file as the name of a partner: ``veilig-thuis (1).pdf`` → ``Veilig thuis``."""
    stem = PurePath(source).stem
    # Looking for its ending takes the square of its length.
    plain = stem[:-_LONGEST_NAME] + _ENDINGS.sub("", stem[-_LONGEST_NAME:]) or stem
    words = [word for word in _SEPARATORS.split(plain) if word]
    if not words:
        return stem
    # A short word without vowels is an abbreviation: GGD, NJi's own spelling aside.
    words = [
        word.upper()
        if len(word) <= _LONGEST_ABBREVIATION and not _VOWELS & set(unicodedata.normalize("NFD", word))
        else word
        for word in words
    ]
    return " ".join([words[0][:1].upper() + words[0][1:], *words[1:]])
