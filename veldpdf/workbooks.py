"""Tables in Excel workbooks: the cells of a sheet as texts, the way the officer sees them there.

A workbook is a zip file of XML parts (ISO/IEC 29500-2); openpyxl, an extra, knows what is in them (29500-1, 18).
It trusts them, and it gives up on filters and names that Excel itself writes. So what it is given is looked through
first, with a limit on all that takes time or memory, and without the parts that no cell needs.
"""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from io import BytesIO
from itertools import repeat
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from veldpdf.cell_texts import CellError, text_of_cell
from veldpdf.errors import ValuesError
from veldpdf.messages import Message

if TYPE_CHECKING:
    from openpyxl import Workbook

# What a file begins with: a zip file; and what Excel wrote until 2003, in which it still puts protected workbooks.
ZIP, COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PROTECTED = "EncryptedPackage".encode("utf-16-le")

# No list of partners comes near any of these; each keeps a hostile file from taking minutes or gigabytes.
_MEGABYTE = 2**20
_MOST_PARTS = 10_000
_MOST_BYTES = 64 * _MEGABYTE
_MOST_BYTES_OF_SHEETS = 300 * _MEGABYTE
_MOST_ELEMENTS_OF_CELLS = 2_000_000
_MOST_OTHER_ELEMENTS = 200_000
_MOST_PLACES = 10_000_000
# Excel's own: the rows and columns of a sheet, and the characters of a number format.
_MOST_ROWS, _MOST_COLUMNS = 2**20, 2**14
_LONGEST_FORMAT = 255

# Folders of a package that no cell needs. openpyxl stumbles over dates in docProps that Excel takes.
_UNREAD = frozenset({"chartsheets", "charts", "docProps", "drawings", "externalLinks", "pivotCache", "theme"})
_OF_CELLS = frozenset({"row", "c", "v", "f", "is", "si", "t", "r"})
# From where to where a part is cut, and what is put there. openpyxl refuses some of what Excel writes: filters,
# validations and page headers stand behind the cells, and names and styles may point to what is gone.
_NEEDLESS = (
    (b"</sheetData>", b"</worksheet>", b"</sheetData></worksheet>"),
    (b"<definedNames>", b"</definedNames>", b""),
    (b"<cellStyles ", b"</cellStyles>", b""),
)
# A formula is of no use without Excel; that there is one is told.
_FORMULA = re.compile(rb"<f(?: [^<>]*)?(?:/>|>[^<]*</f>)")


def read_workbook(path: Path, raw: bytes) -> list[tuple[int, tuple[str, ...]]]:
    """Return the rows of a workbook's table: the number of each in the sheet, and its cells.

    The table is all that stands on the first visible sheet that is not empty. Rows that are hidden or filtered
    out count like any other. Empty rows are left out, and so are empty columns on either side; all rows have the
    same number of cells. Of merged cells the first has the text.

    Args:
        path: What the file is called in errors.
        raw: What it holds.

    Raises:
        ValuesError: It is no workbook, or a cell's text is not known: it holds an error or a formula that was
            never calculated; or openpyxl is not installed.
    """
    if raw.startswith(COMPOUND):
        raise _protected(path) if _PROTECTED in raw else other_kind(path)
    if not raw.startswith(ZIP):
        raise _no_workbook(path)
    try:
        package = _looked_through(raw)
        rows = _first_table(package)
    except ImportError as exc:
        raise ValuesError(
            Message("{path}: reading Excel files needs the package openpyxl.", path=path),
            Message("Install it with: {command}.", command="pip install 'veldpdf[office]'"),
        ) from exc
    except CellError as exc:
        raise ValuesError(
            Message("{path}, cell {cell}: {problem}", path=path, cell=exc.cell, problem=exc.problem), exc.remedy
        ) from exc
    except _TooLargeError as exc:
        raise ValuesError(
            Message("{path}: this workbook is too large.", path=path),
            Message("Put the table in a workbook of its own, or save it as .csv."),
        ) from exc
    except _NoWorkbookError as exc:
        raise _no_workbook(path) from exc
    except Exception as exc:  # openpyxl raises whatever a damaged file makes it run into
        raise ValuesError(
            Message("{path}: this workbook is damaged, or of a kind that cannot be read.", path=path),
            Message("Open it in Excel and save it anew, as .xlsx or .csv."),
        ) from exc
    return _trimmed(rows)


def other_kind(path: Path) -> ValuesError:
    """Return the error for a spreadsheet that is neither text nor an Excel workbook of today."""
    return ValuesError(
        Message("{path}: a spreadsheet of this kind cannot be read.", path=path),
        Message("Open it, and save it as .xlsx or .csv."),
    )


def _protected(path: Path) -> ValuesError:
    return ValuesError(
        Message("{path}: this workbook is protected, with a password or by a sensitivity label.", path=path),
        Message("Open it in Excel and save a copy without protection, as .xlsx or .csv."),
    )


def _no_workbook(path: Path) -> ValuesError:
    return ValuesError(
        Message("{path}: this is no Excel workbook.", path=path),
        Message("Save it as .xlsx in Excel; or if it is text, give it a name that ends in .csv."),
    )


class _NoWorkbookError(Exception):
    """A zip file with something else in it."""


class _TooLargeError(Exception):
    """More than is read, whether there is or is only said to be."""


# Before openpyxl


@dataclass(slots=True)
class _Package:
    """What openpyxl is given, and what was seen on the way.

    Attributes:
        file: The parts that cells need, as a zip file.
        has_formulas: Whether there is a formula in any cell.
        is_stale: Whether formulas are to be calculated when it is opened (29500-1, 18.2.2): it was written by a
            program that cannot calculate, and put there what it liked; XlsxWriter puts 0.
    """

    file: BytesIO
    has_formulas: bool = False
    is_stale: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {"cells": 0, "others": 0, "sheets": 0})

    def look_through(self, part: bytes) -> None:
        """Make sure that a part is XML of a reasonable size, in which nothing is defined."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self._element
        parser.StartDoctypeDeclHandler = _doctype
        parser.Parse(part, True)  # noqa: FBT003 - expat takes no keywords

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        counts = self.counts
        counts["cells" if name in _OF_CELLS else "others"] += 1
        if name == "f":
            self.has_formulas = True
        elif name == "sheet":
            counts["sheets"] += 1
        elif name == "calcPr":
            self.is_stale = attributes.get("fullCalcOnLoad") in {"1", "true"}
        elif name == "numFmt" and len(attributes.get("formatCode", "")) > _LONGEST_FORMAT:
            raise _TooLargeError
        if counts["cells"] > _MOST_ELEMENTS_OF_CELLS or counts["others"] > _MOST_OTHER_ELEMENTS:
            raise _TooLargeError


def _doctype(*_: object) -> None:
    # A package may have none (29500-2:2008, 9.1.4), and all that XML does to harm begins with one.
    raise _NoWorkbookError


def _looked_through(raw: bytes) -> _Package:
    if raw.count(b"PK\x01\x02") > _MOST_PARTS:
        raise _TooLargeError  # `zipfile` would read the whole directory
    package = _Package(BytesIO())
    with zipfile.ZipFile(BytesIO(raw)) as archive, zipfile.ZipFile(package.file, "w") as kept:
        wanted = [info for info in archive.infolist() if _is_needed(info.filename)]
        if "[Content_Types].xml" not in archive.namelist():
            raise _NoWorkbookError
        if sum(info.file_size for info in wanted) > _MOST_BYTES:
            raise _TooLargeError
        for info in wanted:
            if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
                raise _NoWorkbookError  # a package has no others (29500-2:2008, annex C), and they take more memory
            with archive.open(info) as file:
                part = file.read(info.file_size)  # told how much, `zipfile` unpacks no more
            package.look_through(part)
            kept.writestr(info.filename, _reduced(part))
    # Sheets are read until one is not empty, and many of them may name one part.
    if package.counts["sheets"] * max(info.file_size for info in wanted) > _MOST_BYTES_OF_SHEETS:
        raise _TooLargeError
    return package


def _is_needed(name: str) -> bool:
    return name.endswith((".xml", ".rels")) and _UNREAD.isdisjoint(PurePosixPath(name).parts)


def _reduced(part: bytes) -> bytes:
    """Return a part without what openpyxl would stumble over or lose its time with."""
    for begin, end, instead in _NEEDLESS:
        first, last = part.find(begin), part.rfind(end)
        if 0 <= first < last:
            part = part[:first] + instead + part[last + len(end) :]
    # It takes out every x005F_ of a shared text, and then an underscore's escape is none. It knows capitals only.
    return _FORMULA.sub(b"<f/>", part).replace(b"_x005F_", b"_x005f_")


# From openpyxl


def _first_table(package: _Package) -> list[tuple[int, tuple[str, ...]]]:
    import openpyxl  # noqa: PLC0415 - an extra

    def load(*, data_only: bool) -> closing[Workbook]:
        return closing(
            openpyxl.load_workbook(package.file, read_only=True, data_only=data_only, keep_links=False)
        )

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it leaves out, which no cell needs
        # The same sheets twice: openpyxl gives either the values or the formulas.
        twin = load(data_only=False) if package.has_formulas else nullcontext()
        with load(data_only=True) as workbook, twin as with_formulas:
            if not workbook.worksheets:
                raise _NoWorkbookError
            others = with_formulas.worksheets if with_formulas else repeat(None)
            for sheet, formulas in zip(workbook.worksheets, others, strict=False):
                if sheet.sheet_state != "visible":
                    continue
                rows = list(_rows(sheet, formulas, is_stale=package.is_stale))
                if rows:
                    return rows
    return []


def _rows(sheet: Any, formulas: Any, *, is_stale: bool) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield the rows of a sheet that hold anything."""
    for each in (sheet, formulas):
        if each is not None:
            each.reset_dimensions()  # what a sheet says of its size may be wrong
    places = 0
    twins: Iterable[Sequence[Any]] = repeat(()) if formulas is None else formulas.iter_rows()
    for number, (row, twin) in enumerate(zip(sheet.iter_rows(), twins, strict=False), start=1):
        places += len(row)
        if number > _MOST_ROWS or len(row) > _MOST_COLUMNS or places > _MOST_PLACES:
            raise _TooLargeError
        for cell in twin:
            if cell.data_type == "f" and (is_stale or not _is_calculated(row[cell.column - 1])):
                raise CellError(
                    cell.coordinate,
                    Message("this formula has not been calculated."),
                    Message("Open the file in Excel and save it; or write the text itself in the cell."),
                )
        cells = tuple("" if cell.value is None else text_of_cell(cell) for cell in row)
        if any(map(str.strip, cells)):
            yield number, cells


def _is_calculated(cell: Any) -> bool:
    # A formula whose text is empty has a value as well, if its kind says that it is a text.
    return cell.value is not None or cell.data_type == "str"


def _trimmed(rows: list[tuple[int, tuple[str, ...]]]) -> list[tuple[int, tuple[str, ...]]]:
    """Return rows of one length, without the columns on either side in which nothing stands."""
    filled = [[place for place, cell in enumerate(cells) if cell.strip()] for _, cells in rows]
    first, last = min((places[0] for places in filled), default=0), max((p[-1] for p in filled), default=0)
    return [
        (number, cells[first : last + 1] + ("",) * (last + 1 - max(len(cells), first)))
        for number, cells in rows
    ]
