"""Which files are meant by files and folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from stat import S_ISDIR, S_ISREG

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
    twice counts once.

    Raises:
        InputError: A path does not exist or cannot be read, or a folder holds no such file.
    """
    found: dict[str, Path] = {}
    for path in paths:
        for file in _files_at(path):
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def passed_over(paths: Iterable[Path]) -> list[Path]:
    """Return the files in folders that are of no kind that can be read: a Word file, say.

    Whoever keeps a folder of returned files must hear of an answer that is not in the report.
    """
    return [
        file
        for folder in paths
        if folder.is_dir()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and not file.name.lower().endswith(ENDINGS)
        and not any(part.startswith(_NOT_MEANT) for part in file.relative_to(folder).parts)
    ]


def _files_at(path: Path) -> Iterator[Path]:
    try:
        is_folder = S_ISDIR(path.stat().st_mode)
    except FileNotFoundError as exc:
        raise InputError(
            Message("{path}: there is no such file or folder.", path=path),
            Message("Check the name and the folder."),
        ) from exc
    except OSError as exc:
        raise unreadable(path, exc) from exc
    if not is_folder:
        yield path
        return
    files = sorted(_files_below(path), key=lambda file: file.parts)
    if not files:
        raise InputError(
            Message("{path}: this folder holds no PDF.", path=path),
            Message("Give the folder in which the returned PDFs were saved."),
        )
    yield from files


def _files_below(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and of those in it; each real folder once, so that links cannot loop."""
    waiting, seen = [folder], set()
    while waiting:
        current = waiting.pop()
        real = os.path.realpath(current)
        if real in seen:
            continue
        seen.add(real)
        try:
            # In order, so that of two links to one folder it is always the same that counts.
            names = sorted(entry.name for entry in current.iterdir())
        except OSError as exc:
            raise unreadable(current, exc) from exc
        meant = [current / name for name in names if not name.startswith(_NOT_MEANT)]
        waiting.extend(reversed([path for path in meant if _is_folder(path)]))
        yield from (path for path in meant if path.name.lower().endswith(ENDINGS) and _counts(path))


def _is_folder(path: Path) -> bool:
    try:
        return S_ISDIR(path.stat().st_mode)
    except OSError:
        return False


def _counts(path: Path) -> bool:
    """Whether what lies in a folder is a file, or may be one: the officer must hear of a broken link."""
    try:
        return S_ISREG(path.stat().st_mode)
    except OSError:
        return True
