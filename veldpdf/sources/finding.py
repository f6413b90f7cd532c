"""Which files are meant by files and folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from stat import S_ISDIR

from veldpdf.errors import InputError
from veldpdf.files import unreadable
from veldpdf.messages import Message
from veldpdf.sources.formats import ENDINGS

# Hidden files, what Office leaves beside an open file, and what macOS puts into zip files.
_NOT_MEANT = (".", "~$", "__MACOSX")


def find_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are meant by files and folders.

    A file counts whatever its name. A folder is searched, with all folders in it, for PDFs, zip files, saved
    e-mails and form data, by the endings of their names in any case, sorted by path. A file that is found
    twice counts once. A folder in it that cannot be searched counts as a file: reading it tells why.

    Raises:
        InputError: A path does not exist or cannot be read, or a folder holds no such file.
    """
    found: dict[str, Path] = {}
    for path in paths:
        for item in _items_at(path):
            found.setdefault(item.real, item.path)
    return list(found.values())


def passed_over(paths: Iterable[Path]) -> list[Path]:
    """Return the files in folders that are of no kind that can be read: a Word file, say.

    Whoever keeps a folder of returned files must hear of an answer that is not in the report.
    """
    found: dict[str, Path] = {}
    for folder in paths:
        if _is_folder(folder):
            items = [item for item in _items_below(folder) if item.kind is _Kind.OTHER]
            found.update({item.real: item.path for item in sorted(items, key=_by_path)})
    return list(found.values())


class _Kind(Enum):
    """What lies in a folder."""

    MEANT = auto()
    OTHER = auto()
    # A folder that cannot be searched: the officer must hear of it, and of the other files as well.
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class _Item:
    """What was found.

    Attributes:
        real: Where it lies, past all links.
        path: How it was reached.
        kind: What it is.
    """

    real: str
    path: Path
    kind: _Kind


def _by_path(item: _Item) -> tuple[str, ...]:
    return item.path.parts


def _items_at(path: Path) -> list[_Item]:
    try:
        is_folder = S_ISDIR(path.stat().st_mode)
    except FileNotFoundError as exc:
        raise InputError(
            Message("{path}: there is no such file or folder.", path=path),
            Message("Check the name and the folder."),
        ) from exc
    except (OSError, ValueError) as exc:  # ValueError: a name with a NUL character in it
        raise unreadable(path, exc) from exc
    if not is_folder:
        return [_Item(os.path.realpath(path), path, _Kind.MEANT)]
    items = [item for item in _items_below(path) if item.kind is not _Kind.OTHER]
    if not items:
        raise InputError(
            Message("{path}: this folder holds no PDF.", path=path),
            Message("Give the folder in which the returned PDFs were saved."),
        )
    return sorted(items, key=_by_path)


def _items_below(folder: Path) -> Iterator[_Item]:
    """Yield the files of a folder and of those in it; each real folder once, so that links cannot loop.

    A link to a folder that this one lies in leads round as well: nobody who names a folder means what is beside it.
    """
    waiting, seen = [folder], set()
    around = set(map(str, Path(os.path.realpath(folder)).parents))
    while waiting:
        current = waiting.pop()
        real = os.path.realpath(current)
        if real in seen or real in around:
            continue
        seen.add(real)
        try:
            entries = _entries(current)
        except OSError as exc:
            if current is folder:
                raise unreadable(current, exc) from exc
            yield _Item(real, current, _Kind.CLOSED)
            continue
        folders = []
        for entry in entries:
            path = current / entry.name
            if _is_folder(entry):
                folders.append(path)
            elif _counts(entry):
                # Finding out where each of thousands of files lies would take longer than listing them.
                lies = os.path.realpath(path) if entry.is_symlink() else str(Path(real, entry.name))
                meant = entry.name.lower().endswith(ENDINGS)
                yield _Item(lies, path, _Kind.MEANT if meant else _Kind.OTHER)
        waiting.extend(reversed(folders))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what lies in a folder and is meant, by name: of two links it is always the same that counts."""
    with os.scandir(folder) as entries:
        meant = [entry for entry in entries if not entry.name.startswith(_NOT_MEANT)]
    return sorted(meant, key=lambda entry: entry.name)


def _is_folder(place: os.DirEntry[str] | Path) -> bool:
    try:
        return place.is_dir()
    except (OSError, ValueError):
        return False


def _counts(entry: os.DirEntry[str]) -> bool:
    """Whether what lies in a folder is a file, or may be one: the officer must hear of a broken link."""
    try:
        return entry.is_file() or (entry.is_symlink() and not Path(entry).exists())
    except OSError:
        return True
