"""Reading and writing files: what is asked for, nothing half done, nothing overwritten unasked.

What lies where a file is expected may be anything: a pipe that nobody writes to, a device without end, a file that
is still being copied. Reading it ends all the same, and says what it was.
"""

from __future__ import annotations

import errno
import os
import selectors
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISFIFO, S_ISLNK, S_ISREG
from typing import BinaryIO

from veldpdf import scratch as scratch_files
from veldpdf.errors import InputError, OutputError, OutputExistsError
from veldpdf.messages import Message

_MEGABYTE = 1024 * 1024

# Bytes of one file. No mail system lets through as many (Exchange Online: 150 MB at most) and a worksheet with an
# annex of scans stays far below them; yet a few of them fit in memory side by side.
LARGEST_FILE = 256 * _MEGABYTE

# Seconds without a byte after which nobody is writing to a pipe. What a shell writes to one begins much sooner.
_PATIENCE = 5.0

# A pipe without a writer would be waited for, and a terminal could take over this process. (Windows has neither, but
# would change line ends.)
_OPENING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)

# A path of more characters makes an error unreadable, and is of no use to anybody.
_LONGEST_SHOWN = 1000

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
    errno.EDQUOT: Message("your share of the disk is full"),
    errno.EFBIG: Message("it is larger than a file may be there"),
    errno.EIO: Message("the disk or the network fails"),
    errno.ENXIO: Message("it is a device or a connection, not a file"),
    errno.ETIMEDOUT: Message("nothing comes out of it"),
}


class TooLargeError(OSError):
    """A file is larger than is read of one.

    Attributes:
        limit: How many bytes are read at most.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(errno.EFBIG, os.strerror(errno.EFBIG))
        self.limit = limit


class ChangedError(OSError):
    """A file was written to while it was being read, and again when it was read once more."""


def reason_of(exc: OSError | ValueError) -> str:
    """Return why the system refused: a Message for what users meet, the system's own words for the rest."""
    number = getattr(exc, "errno", None)
    if number in _REASONS:
        return _REASONS[number]
    return getattr(exc, "strerror", None) or type(exc).__name__


def read_bytes(path: Path, *, limit: int = LARGEST_FILE) -> bytes:
    """Return what a file holds.

    Args:
        path: A file, or a pipe that somebody writes to.
        limit: How many bytes it may hold.

    Raises:
        InputError: It cannot be read.
    """
    try:
        with open_file(path) as file:
            return read_opened(file, limit)
    except OSError as exc:
        raise unreadable(path, exc) from exc


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading, without waiting for anything; a pipe counts as one.

    Raises:
        OSError: It cannot be opened, or it is a folder, a device or a socket.
    """
    try:
        # Looked at first: opening is enough to rewind a tape or to start a watchdog.
        _check_kind(path.stat())
        descriptor = os.open(path, _OPENING)
    except ValueError as exc:  # a name with a NUL character in it
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT)) from exc
    try:
        status = os.fstat(descriptor)
        _check_kind(status)  # another may lie there by now
        _check_no_folder(status)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _check_kind(status: os.stat_result) -> None:
    # Of a folder, opening it says more: there may be no right to it.
    if not any(is_kind(status.st_mode) for is_kind in (S_ISREG, S_ISFIFO, S_ISDIR)):
        raise OSError(errno.ENXIO, os.strerror(errno.ENXIO))


def _check_no_folder(status: os.stat_result) -> None:
    if S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))


def read_opened(file: BinaryIO, limit: int = LARGEST_FILE) -> bytes:
    """Return what an opened file holds.

    A file that somebody is still writing to would be taken for one that is cut off. Then it is read once more.

    Args:
        file: As `open_file` gives it, whatever has been read of it.
        limit: How many bytes it may hold.

    Raises:
        TooLargeError: It holds more.
        ChangedError: It was written to both times.
        OSError: It cannot be read.
    """
    if not S_ISREG(os.fstat(file.fileno()).st_mode):
        return _read_pipe(file.fileno(), limit)
    for _ in range(2):
        before = content_mark(file)
        if before[0] > limit:
            raise TooLargeError(limit)
        file.seek(0)
        data = _read_pieces(file, before[0] + 1, limit)
        if len(data) > limit:
            raise TooLargeError(limit)
        if content_mark(file) == before:
            return data
    raise ChangedError(errno.EAGAIN, os.strerror(errno.EAGAIN))


def _read_pieces(file: BinaryIO, first: int, limit: int) -> bytes:
    """Return what a file holds, or a byte more than it may.

    Python makes room for all that it is asked to read, so it is asked for what the file says that it has; what the
    system makes up as it is read, such as a file in ``/proc``, says that it has nothing.
    """
    # None where it gives nothing for now, such as the log of the kernel.
    data = file.read(first) or b""
    while len(data) >= first and len(data) <= limit and (piece := file.read(_MEGABYTE)):
        data += piece
    return data


def content_mark(file: BinaryIO) -> tuple[int, int]:
    """Return what changes when a file is written to: its size in bytes, and when it was changed last."""
    status = os.fstat(file.fileno())
    return status.st_size, status.st_mtime_ns


def _read_pipe(descriptor: int, limit: int) -> bytes:
    """Return what comes through a pipe, as long as something does."""
    data = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while len(data) <= limit:
            if not selector.select(_PATIENCE):
                raise TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT))
            with suppress(BlockingIOError):  # another has read it first
                piece = os.read(descriptor, _MEGABYTE)
                if not piece:
                    return bytes(data)
                data += piece
    raise TooLargeError(limit)


def unreadable(path: Path, exc: OSError | ValueError) -> InputError:
    """Return the error for a path that cannot be read."""
    if isinstance(exc, TooLargeError):
        return InputError(
            Message(
                "{path}: this is larger than {limit} MB and was not read.",
                path=_shown(path),
                limit=exc.limit // _MEGABYTE,
            ),
            Message("Give a smaller file."),
        )
    if isinstance(exc, ChangedError):
        return InputError(
            Message("{path}: this was changed while it was being read.", path=_shown(path)),
            Message("Wait until it has been saved or copied, then try again."),
        )
    reason = reason_of(exc)
    return InputError(
        Message("{path}: this cannot be read: {reason}.", path=_shown(path), reason=reason),
        Message("Check the name, the folder and your rights to it."),
    )


def _shown(path: Path) -> Path | str:
    shown = str(path)
    return path if len(shown) <= _LONGEST_SHOWN else f"…{shown[-_LONGEST_SHOWN:]}"


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
    """Write files, each whole or not at all; where one cannot be written, none is.

    Whoever ends this process half-way finds each file as it was or as it is to be, and perhaps a hidden
    ``.veldpdf-….part`` beside it, which may be thrown away; the next run that writes there does so (`scratch`).

    Raises: as `check_writable`.
    """
    check_writable(contents, overwrite=overwrite)
    placing = _Placing(overwrite=overwrite)
    scratches: dict[Path, Path] = {}
    try:
        # All are written before the first is moved, so that a full disk leaves none of them.
        for path, content in contents.items():
            scratches[path] = _write_beside(path, content)
        # Only where there are several can one fail after another has taken its place.
        for path, scratch in scratches.items():
            placing.place(scratch, path, keeps_old=len(scratches) > 1)
        placing.sweep()
    except BaseException:
        placing.undo()
        raise
    finally:
        for scratch in (*scratches.values(), *placing.kept.values()):
            with suppress(OSError):
                scratch.unlink(missing_ok=True)


class _Placing:
    """Files that take their places one after another, until one cannot.

    Attributes:
        kept: What lay in these places before, under other names.
    """

    def __init__(self, *, overwrite: bool) -> None:
        self._overwrite = overwrite
        self._placed: dict[Path, os.stat_result] = {}
        self.kept: dict[Path, Path] = {}

    def place(self, scratch: Path, path: Path, *, keeps_old: bool) -> None:
        """Move a file to its place; what lies there stays at hand, if asked and the file system can."""
        status = scratch.stat()
        if keeps_old and self._overwrite:
            old = scratch.with_suffix(scratch_files.OLD_SUFFIX)
            # Nothing there, or a file system without links.
            with suppress(OSError, NotImplementedError):
                os.link(path, old, follow_symlinks=False)
                self.kept[path] = old
        _move(scratch, path, overwrite=self._overwrite)
        self._placed[path] = status

    def sweep(self) -> None:
        """Take away what runs that were killed left beside these files."""
        written = {path.parent: status.st_mtime for path, status in self._placed.items()}
        for folder, now in written.items():
            scratch_files.sweep_once(folder, now)

    def undo(self) -> None:
        """Put back what lay there, as far as that can be done; what another has written since stays."""
        for path, status in self._placed.items():
            with suppress(OSError):
                if not os.path.samestat(path.lstat(), status):
                    continue
                if path in self.kept:
                    self.kept[path].replace(path)
                elif not self._overwrite:
                    path.unlink()


def _write_beside(path: Path, content: bytes) -> Path:
    """Write a file in the same folder, so that moving it is one step: whoever looks sees all of it or none."""
    scratch: Path | None = None
    try:
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=scratch_files.prefix(), suffix=scratch_files.SUFFIX
        )
        scratch = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # Scratch files are private; what the user asked for has the rights of any new file.
        scratch.chmod(_rights_at(path))
    except BaseException as exc:  # Ctrl-C as well
        if scratch is not None:
            with suppress(OSError):
                scratch.unlink(missing_ok=True)
        if isinstance(exc, OSError):
            raise _unwritable(path, exc) from exc
        raise
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
        Message("{path}: this cannot be written: {reason}.", path=_shown(path), reason=reason_of(exc)),
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


def _rights_at(path: Path) -> int:
    """Return who may do what with a file that is written there: of one that is replaced, nobody may do more."""
    rights = 0o666 & ~_umask()
    with suppress(OSError):
        status = path.lstat()
        if S_ISREG(status.st_mode):
            rights &= status.st_mode
    return rights


def _umask() -> int:
    # There is no way to read the mask but to set it: to one under which what another thread makes meanwhile is private.
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def encodable(text: str) -> str:
    """Return a text that any file can hold: Python keeps bytes of odd file names as half characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
