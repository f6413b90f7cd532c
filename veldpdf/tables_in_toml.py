"""Reading TOML that people write by hand: every mistake is told with the file, the place and the remedy.

Definitions, the pages that lie beside them, and house styles are such files.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from veldpdf.errors import DefinitionError, InputError, VeldpdfError, nearest
from veldpdf.files import open_file, read_opened, reason_of
from veldpdf.messages import Message

# Bytes. What people write by hand is some kilobytes, and parsing takes many times its length in memory.
_LARGEST = 4 * 1024 * 1024
_HEAD = 1024
# A name of so many parts takes Python's parser seconds, and of ten times as many, minutes. No sentence looks like it.
_PART = r"""(?:[\w-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
_ENDLESS_NAME = re.compile(rf"(?<![\w-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{100}}")


def read_toml(path: Path) -> dict[str, Any]:
    """Return the table in a TOML file.

    Raises:
        DefinitionError: The file is no TOML.
        InputError: The file cannot be read.
    """
    try:
        with open_file(path) as file:
            raw = read_opened(file, _LARGEST)
    except OSError as exc:
        raise InputError(
            Message("{path}: the definition cannot be read: {reason}.", path=path, reason=reason_of(exc)),
            Message("Give the path of a definition file (.toml)."),
        ) from exc
    if raw[:_HEAD].lstrip().startswith(b"%PDF-"):
        raise DefinitionError(
            str(path),
            Message("this is a PDF, and no definition"),
            Message("Give the definition (.toml) here; the PDF goes with --template."),
        )
    return parse_toml(raw, source=str(path))


# Makes the error for a mistake in a file: from its name, what is wrong, and what to do.
Mistake = Callable[[str, Message, Message], VeldpdfError]


def parse_toml(raw: bytes, *, source: str, mistake: Mistake = DefinitionError) -> dict[str, Any]:
    """Return the table in the bytes of a TOML file.

    Args:
        raw: The file.
        source: What to call it.
        mistake: Which error to raise where it is no TOML.
    """
    try:
        return _parsed(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as exc:
        raise mistake(
            source,
            Message("byte {offset} is not UTF-8", offset=exc.start),
            Message("Save the file as UTF-8 in your editor."),
        ) from exc
    except tomllib.TOMLDecodeError as exc:
        raise mistake(
            source,
            Message("this is not TOML: {reason}", reason=exc),
            Message("Mend that line; https://toml.io shows how TOML is written."),
        ) from exc
    except (RecursionError, ValueError) as exc:
        raise mistake(
            source,
            Message("this holds a number or brackets without end"),
            Message("Neither is needed here; take them out."),
        ) from exc


def _parsed(text: str) -> dict[str, Any]:
    """Return the table in a text.

    Raises:
        RecursionError: Something in it goes on for too long.
        ValueError: It is no TOML, or holds a number that is too long.
    """
    if _ENDLESS_NAME.search(text):
        raise RecursionError
    return tomllib.loads(text)


class Table:
    """One table of the file, read key by key, with what a message about it needs."""

    def __init__(
        self,
        values: Mapping[str, Any],
        *,
        source: str,
        keys: tuple[str, ...],
        section: str | None = None,
        field: str | None = None,
        mistake: Mistake | None = None,
        below: str = "",
    ) -> None:
        self._values = values
        self._source = source
        self._mistake = mistake
        self._below = below
        self._section = section
        self._field = field
        unknown = next((key for key in values if key not in keys), None)
        if unknown is not None:
            raise self.error(Message("unknown key {value}", value=repr(unknown)), nearest(unknown, keys))

    def error(self, problem: Message, remedy: Message) -> VeldpdfError:
        """Return the error for a mistake in this table."""
        if self._below:
            problem = Message("[{table}]: {problem}", table=self._below, problem=problem)
        if self._mistake is not None:
            return self._mistake(self._source, problem, remedy)
        if self._section is not None:
            problem = Message("section {section}: {problem}", section=self._section, problem=problem)
        return DefinitionError(self._source, problem, remedy, field=self._field)

    def text(self, key: str, *, default: str | None = None, blank: bool = False) -> str:
        """Return a text; without a default it must be there, and say something unless it may be blank."""
        value = self._values.get(key, default)
        if value is None:
            raise self.error(
                Message("{key} is not there", key=key), Message('Add a line: {key} = "…"', key=key)
            )
        if not isinstance(value, str):
            raise self._wrong_type(key, Message("a text between quotes"))
        if default is None and not blank and not value.strip():
            raise self.error(Message("{key} is empty", key=key), Message('Add a line: {key} = "…"', key=key))
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self._wrong_type(key, Message("true or false, without quotes"))
        return value

    def page(self, key: str) -> int:
        """Return a page number; the first page where none is given."""
        return self._count(key, 1, least=1, wanted=Message("a page number, from 1"))

    def number(self, key: str, *, default: int, least: int = 0) -> int:
        """Return a whole number."""
        wanted = Message("a whole number, {least} or more, without quotes", least=least)
        return self._count(key, default, least=least, wanted=wanted)

    def _count(self, key: str, default: int, *, least: int, wanted: Message) -> int:
        value = self._values.get(key, default)
        # In Python True is a number; in a definition it is a mistake.
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self._wrong_type(key, wanted)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts that each say something; none where the key is not there."""
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self._wrong_type(key, Message('a list of texts: ["…", "…"]'))
        return tuple(value)

    def choice(self, key: str, known: Sequence[str]) -> str | None:
        """Return one of some words; None where the key is not there."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, str) or value not in known:
            raise self.error(
                Message("there is no {key} {value}", key=key, value=repr(value)), nearest(str(value), known)
            )
        return value

    def table(self, key: str, keys: tuple[str, ...]) -> Table | None:
        """Return the table below ``[key]``; None where there is none."""
        value = self._values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.error(
                Message("{key} has a value of the wrong type", key=key),
                Message("Write it as a table, below a line [{key}].", key=key),
            )
        return Table(value, source=self._source, keys=keys, mistake=self._mistake, below=key)

    def tables(self, key: str, *, may_lack: bool = False) -> list[Mapping[str, Any]]:
        """Return the tables below ``[[key]]``, of which there must be one at least unless they may lack."""
        value = self._values.get(key)
        if value is None and may_lack:
            return []
        if not isinstance(value, list) or not value or not all(isinstance(part, dict) for part in value):
            raise self.error(
                Message("there are no {key}", key=key),
                Message("Add at least one table that begins with [[{key}]].", key=key),
            )
        return value

    def _wrong_type(self, key: str, wanted: Message) -> VeldpdfError:
        return self.error(
            Message("{key} has a value of the wrong type", key=key),
            Message("Write {wanted} behind {key} =.", wanted=wanted, key=key),
        )
