"""Reading and writing files: what is asked for, nothing half done, nothing overwritten unasked."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISLNK, S_ISREG

from veldpdf.errors import InputError, OutputError, OutputExistsError
from veldpdf.messages import Message

_REASONS = {
    errno.ENOENT: Message("there is no such file or folder"),
    errno.EACCES: Message("you have no right to it"),
    errno.EPERM: Message("you have no right to it"),
    errno.ENOSPC: Message("the disk is full"),
    errno.EISDIR: Message("it is a folder"),
    errno.ENOTDIR: Message("part of the path is no folder"),
    errno.ENAMETOOLONG: Message("the name is too long"),
    errno.ELOOP: Message("it is a link that leads to itself"),
    errno.EROFS: Message("the disk may only be read"),
}


def reason_of(exc: OSError | ValueError) -> str:
    """Return why the system refused: a Message for what users meet, the system's own words for the rest."""
    number = getattr(exc, "errno", None)
    if number in _REASONS:
        return _REASONS[number]
    return getattr(exc, "strerror", None) or type(exc).__name__


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        InputError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except (OSError, ValueError) as exc:  # ValueError: a name with a NUL character in it
        raise unreadable(path, exc) from exc


def unreadable(path: Path, exc: OSError | ValueError) -> InputError:
    """Return the error for a path that cannot be read."""
    reason = reason_of(exc)
    return InputError(
        Message("{path}: this cannot be read: {reason}.", path=path, reason=reason),
        Message("Check the name, the folder and your rights to it."),
    )


def check_writable(paths: Iterable[Path], *, overwrite: bool) -> None:
    """Make sure that files can be written, before any work is done.

    Raises:
        OutputExistsError: A file is there already, and may not be replaced.
        OutputError: A file cannot be written there.
    """
    seen: set[str] = set()
    for path in paths:
        try:
            _check_place(path, overwrite=overwrite)
        except OSError as exc:  # such as a name that is too long
            raise _unwritable(path, exc) from exc
        real = os.path.realpath(path)
        if real in seen:
            raise OutputError(
                Message("{path}: this file is named twice.", path=path),
                Message("Give every output a name of its own."),
            )
        seen.add(real)


def _check_place(path: Path, *, overwrite: bool) -> None:
    if path.is_dir():
        raise OutputError(
            Message("{path}: this is a folder, not a file.", path=path),
            Message("Add a file name behind it."),
        )
    if not path.parent.is_dir():
        raise OutputError(
            Message("{path}: the folder {folder} does not exist.", path=path, folder=path.parent),
            Message("Make the folder first, or choose another."),
        )
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        pass
    else:
        if not (S_ISREG(mode) or S_ISLNK(mode)):
            raise OutputError(
                Message("{path}: this is a device, not a file.", path=path),
                Message("Choose another name for the output."),
            )
        if not overwrite:
            raise OutputExistsError(path)
    if not os.access(path.parent, os.W_OK):
        raise OutputError(
            Message("{path}: nothing may be written in {folder}.", path=path, folder=path.parent),
            Message("Choose another folder."),
        )


def check_apart(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Make sure that no output replaces an input, whatever the user allowed: answers exist only once.

    Raises:
        OutputError: A file is both.
    """
    taken = {os.path.realpath(path) for path in inputs}
    for path in outputs:
        if os.path.realpath(path) in taken:
            raise OutputError(
                Message("{path}: this file is an input; it cannot be the output as well.", path=path),
                Message("Choose another name or another folder for the output."),
            )


def make_folder(folder: Path) -> None:
    """Make a folder, unless it is there.

    Raises:
        OutputError: It cannot be made.
    """
    try:
        folder.mkdir(exist_ok=True)
    except (OSError, ValueError) as exc:
        raise OutputError(
            Message("{path}: the folder cannot be made: {reason}.", path=folder, reason=reason_of(exc)),
            Message("Choose another folder."),
        ) from exc


def write_files(contents: Mapping[Path, bytes], *, overwrite: bool) -> None:
    """Write files, each whole or not at all.

    Raises: as `check_writable`.
    """
    check_writable(contents, overwrite=overwrite)
    scratches: dict[Path, Path] = {}
    try:
        # All are written before the first is moved, so that a full disk leaves none of them.
        for path, content in contents.items():
            scratches[path] = _write_beside(path, content)
        for path, scratch in scratches.items():
            _move(scratch, path, overwrite=overwrite)
    finally:
        for scratch in scratches.values():
            with suppress(OSError):
                scratch.unlink(missing_ok=True)


def _write_beside(path: Path, content: bytes) -> Path:
    """Write a file in the same folder, so that moving it is one step: whoever looks sees all of it or none."""
    scratch: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".veldpdf-", suffix=".part")
        scratch = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Scratch files are private; what the user asked for has the rights of any new file.
        scratch.chmod(0o666 & ~_umask())
    except OSError as exc:
        if scratch is not None:
            scratch.unlink(missing_ok=True)
        raise _unwritable(path, exc) from exc
    return scratch


def _move(scratch: Path, path: Path, *, overwrite: bool) -> None:
    try:
        if overwrite:
            scratch.replace(path)
        else:
            _move_if_absent(scratch, path)
    except FileExistsError as exc:
        raise OutputExistsError(path) from exc
    except OSError as exc:
        raise _unwritable(path, exc) from exc


def _unwritable(path: Path, exc: OSError) -> OutputError:
    return OutputError(
        Message("{path}: this cannot be written: {reason}.", path=path, reason=reason_of(exc)),
        Message("Choose another name or folder, or make room on the disk."),
    )


def _move_if_absent(scratch: Path, path: Path) -> None:
    """Move a file to a name that nobody may have taken in the meantime."""
    try:
        os.link(scratch, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links: the check above must do
        scratch.replace(path)
    else:
        scratch.unlink()


def _umask() -> int:
    # There is no way to read the mask but to set it.
    mask = os.umask(0)
    os.umask(mask)
    return mask


def encodable(text: str) -> str:
    """Return a text that any file can hold: Python keeps bytes of odd file names as half characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
