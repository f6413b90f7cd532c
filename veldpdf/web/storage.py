"""The private folder of one run: where dropped files lie while they are needed, and no longer.

Made for its owner alone, deleted at the end. After a crash or a power failure the next start deletes it: a folder
whose run is over is told by its lock, which the system releases with the process that held it.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR
from types import TracebackType
from typing import BinaryIO, Self

_PREFIX = "veldpdf-web-"
_LOCK = "in-use"
_YOUNG = 60.0  # seconds


class RunFolder:
    """A folder for the files of one run; use it in a ``with`` block.

    Attributes:
        path: Where it is.
    """

    def __init__(self, parent: Path | None = None) -> None:
        """Make the folder, and delete those of runs that ended without deleting theirs.

        Args:
            parent: Where to make it; the system's folder for temporary files by default.

        Raises:
            OSError: It cannot be made.
        """
        base = Path(tempfile.gettempdir()) if parent is None else parent
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))  # for the owner alone (0700)
        self._lock: BinaryIO | None = os.fdopen(_made_private(self.path / _LOCK), "wb")
        _hold(self._lock)
        _delete_left_behind(self.path)
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def new_file(self) -> Path:
        """Return the path of a file that is not there yet. Its name is ours: nothing of it comes from a browser."""
        self._count += 1
        return self.path / f"{self._count:06}"

    def close(self) -> None:
        """Delete the folder and all that is in it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        shutil.rmtree(self.path, ignore_errors=True)


def _delete_left_behind(own: Path) -> None:
    """Delete the folders of runs that are over; those of other people and of other runs stay."""
    now = os.lstat(own).st_mtime
    for folder in own.parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            status = os.lstat(folder)
            # A link, or somebody else's folder, is none of ours, whatever it is called.
            is_ours = S_ISDIR(status.st_mode) and (not hasattr(os, "getuid") or status.st_uid == os.getuid())
            is_young = now - status.st_mtime < _YOUNG
            if folder != own and is_ours and not _is_in_use(folder / _LOCK, is_young=is_young):
                shutil.rmtree(folder, ignore_errors=True)


def _made_private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _is_in_use(path: Path, *, is_young: bool) -> bool:
    try:
        with path.open("r+b") as lock:
            _hold(lock)
    except FileNotFoundError:
        return is_young  # between making a folder and its lock there is a moment
    except OSError:
        return True
    return False


def _hold(lock: BinaryIO) -> None:
    """Take the lock on an open file, which ends with this process at the latest.

    Raises:
        OSError: Another process holds it.
    """
    if os.name == "nt":
        import msvcrt  # noqa: PLC0415 - Windows only

        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl  # noqa: PLC0415 - not on Windows

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
