"""The values to prefill a worksheet with: from JSON, from a table, and from the command line.

Only the shape is judged here. Whether the worksheet has such a field, and whether the text fits it, is for the
template to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from veldpdf.errors import ValuesError, shown_name
from veldpdf.files import read_bytes
from veldpdf.messages import Message
from veldpdf.spreadsheets import OTHER_ENDINGS, TABLE_ENDINGS, Row, read_table, too_many_cells

# Headings of a table with one field in each row, in either language.
_NAME_HEADINGS = frozenset({"field", "name", "veld", "naam"})
_TEXT_HEADINGS = frozenset({"text", "value", "answer", "tekst", "waarde", "antwoord"})
# Columns of `extract --format csv` that hold no answer.
_OTHER_HEADINGS = frozenset({"source", "partner", "status", "warnings", "missing", "partly_example"})


def read_values(path: Path) -> dict[str, str]:
    """Return the values in a file, by field name.

    JSON: an object with a text for each field, or what ``extract`` wrote for one submission. A table, in
    CSV or in an Excel workbook: a row for each field (columns ``field`` and ``text``), or one row with a column
    for each field.

    Raises:
        InputError: The file cannot be read.
        ValuesError: It holds something else.
    """
    ending = path.suffix.lower()
    if ending == ".json":
        return _read_json(path)
    if ending in TABLE_ENDINGS or ending in OTHER_ENDINGS:  # of which reading tells what is wrong with it
        return _read_table(path)
    raise ValuesError(
        Message("{path}: values cannot be read from this kind of file.", path=path),
        Message("Use a file name that ends in one of: {known}.", known=", ".join((".json", *TABLE_ENDINGS))),
    )


def parse_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """Return the values that were given as ``NAME=TEXT``.

    Raises:
        ValuesError: One of them has no equals sign, or a name comes twice.
    """
    values: dict[str, str] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name:
            raise ValuesError(
                Message("--set needs the name of a field, an equals sign and a text."),
                Message("For example: --set Veld01='…'"),
            )
        if name in values:
            raise _given_twice("--set", name)
        values[name] = text
    return values


def _given_twice(where: str, name: str, *, may_be_answer: bool = False) -> ValuesError:
    shown = shown_name(name, (), may_be_answer=may_be_answer)
    return ValuesError(
        Message("{where}: field {name} is given twice.", where=where, name=repr(shown)),
        Message("Keep one of the two."),
    )


def _read_json(path: Path) -> dict[str, str]:
    where = str(path)
    try:
        content = json.loads(
            read_bytes(path).decode("utf-8-sig"), object_pairs_hook=lambda pairs: _distinct(pairs, where)
        )
    except UnicodeDecodeError as exc:
        raise ValuesError(
            Message("{path}: byte {offset} is not UTF-8.", path=path, offset=exc.start),
            Message("Save the file as UTF-8 in your editor."),
        ) from exc
    except json.JSONDecodeError as exc:
        raise ValuesError(
            Message(
                "{path}, line {line}, column {column}: this is not JSON.",
                path=path,
                line=exc.lineno,
                column=exc.colno,
            ),
            Message("Check quotes and commas there; a line break inside a text is written \\n."),
        ) from exc
    except (RecursionError, ValueError) as exc:  # nested without end, or a number without end
        raise _wrong_shape(where) from exc
    return _texts(content, where)


def _distinct(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    """Return an object of the file; JSON lets a name come twice, and one of the two would be lost."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _given_twice(where, name)
        found[name] = value
    return found


def _texts(content: object, where: str) -> dict[str, str]:
    """Return the texts in the content of a JSON file, whichever shape it has."""
    if not isinstance(content, dict):
        raise _wrong_shape(where)
    submissions = content.get("submissions")
    if isinstance(submissions, list):
        if len(submissions) != 1:
            raise ValuesError(
                Message("{path}: this holds {n} submissions, not one.", path=where, n=len(submissions)),
                Message("Extract one PDF, and give that file."),
            )
        if not isinstance(submissions[0], dict):
            raise _wrong_shape(where)
        content = submissions[0]
        if not content.get("answers"):
            raise ValuesError(
                Message("{path}: no answers could be read from this submission.", path=where),
                Message("Extract a PDF that could be read, and give that file."),
            )
    answers = content.get("answers")
    if isinstance(answers, dict):
        content = answers
    return {name: _text(name, value, where) for name, value in content.items()}


def _text(name: str, value: object, where: str) -> str:
    if isinstance(value, dict) and "text" in value:
        value = value["text"]
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        return "\n".join(value)  # several choices of a list, as `inspect` shows them
    kinds = {
        bool: Message("true or false"),
        int: Message("a number"),
        float: Message("a number"),
        list: Message("a list"),
        dict: Message("an object"),
        type(None): Message("null"),
    }
    raise ValuesError(
        Message(
            "{path}: the value of field {name} is {kind}, not a text.",
            path=where,
            name=repr(name),
            kind=kinds.get(type(value), Message("something else")),
        ),
        Message('Write it between double quotes; "" clears the field.'),
    )


def _wrong_shape(where: str) -> ValuesError:
    return ValuesError(
        Message("{path}: this is not a JSON object with a text for each field.", path=where),
        Message("Write it as {example}.", example='{"Veld01": "…", "Veld02": "…"}'),
    )


def _read_table(path: Path) -> dict[str, str]:
    header, *rows = read_table(path)
    headings = [cell.strip() for cell in header.cells]
    for row in rows:
        if len(row.cells) > len(headings):
            raise too_many_cells(path, row, len(headings))
    lowered = [heading.lower() for heading in headings]
    name_column = next((i for i, heading in enumerate(lowered) if heading in _NAME_HEADINGS), None)
    text_column = next((i for i, heading in enumerate(lowered) if heading in _TEXT_HEADINGS), None)
    if name_column is not None and text_column is not None:
        return _from_rows(path, rows, name_column, text_column)
    if _has_no_headings(headings, rows):
        return _from_rows(path, [header, *rows], 0, 1)
    return _from_columns(path, headings, rows)


def _has_no_headings(headings: list[str], rows: list[Row]) -> bool:
    """Whether a table of two columns begins with a field and its text at once: ``Veld01;…`` above ``Veld02;…``."""
    first_column = [headings[0], *(row.cells[0].strip() for row in rows if row.cells)]
    return len(headings) == 2 and len(rows) > 0 and len({_shape(name) for name in first_column}) == 1  # noqa: PLR2004


def _shape(name: str) -> str:
    """Return a name with its digits alike, or nothing that another could share where it is no name."""
    return re.sub(r"\d", "0", name) if re.fullmatch(r"[\w.]*\d", name) else f"no name: {name}"


def _from_rows(path: Path, rows: list[Row], name_column: int, text_column: int) -> dict[str, str]:
    values: dict[str, str] = {}
    for row in rows:
        if max(name_column, text_column) >= len(row.cells):
            # Told without the name: where cells are separated otherwise, it holds the text as well.
            raise ValuesError(
                Message("{path}, line {line}: a cell is not there.", path=path, line=row.line),
                Message("Each line needs a field and a text, separated as in the first line."),
            )
        name = row.cells[name_column].strip()
        if not name:
            raise ValuesError(
                Message("{path}, line {line}: the name of the field is not there.", path=path, line=row.line),
                Message("Write it in the first column, or leave the whole line out."),
            )
        if name in values:
            raise _given_twice(Message("{path}, line {line}", path=path, line=row.line), name)
        values[name] = row.cells[text_column]
    return values


def _from_columns(path: Path, headings: list[str], rows: list[Row]) -> dict[str, str]:
    if len(rows) != 1:
        raise ValuesError(
            Message(
                "{path}: one row of values is needed under the names; there are {n}.", path=path, n=len(rows)
            ),
            Message("Keep one row, or write two columns: field and text."),
        )
    values: dict[str, str] = {}
    if len(rows[0].cells) < len(headings):
        raise ValuesError(
            Message("{path}, line {line}: a cell is not there.", path=path, line=rows[0].line),
            Message("Each column needs a text, if only an empty one."),
        )
    for name, text in zip(headings, rows[0].cells, strict=True):
        if not name and text.strip():
            raise ValuesError(
                Message("{path}: a column has a text and no name.", path=path),
                Message("Write the name of the field in the first line."),
            )
        if not name or name.lower() in _OTHER_HEADINGS:
            continue
        if name in values:
            raise _given_twice(str(path), name, may_be_answer=True)
        values[name] = text
    return values
