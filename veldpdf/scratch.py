"""Scratch files that lie beside an output for a moment: what they are called, and which of them nobody wants any more.

A run that is killed leaves its scratch files behind, with personal data in them. The next run that writes in that
folder takes them away, but only those that are surely nobody's: the folder may be shared, and the file another
computer's that is just being written. Who made a file stands in its name: a mark of the computer, and the process. One
of a process of this computer that no longer runs goes at once; any other when it is a day older than what is written
there now. The clock that counts is that of the disk the files lie on, for computers do not agree on the time.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from stat import S_ISREG

PREFIX = ".veldpdf-"
SUFFIX = ".part"
# What lay in the place of an output, until all outputs are in theirs.
OLD_SUFFIX = ".old.part"

# The mark of a computer and a process, and what `mkstemp` puts behind them; older versions had the latter only.
_NAME = re.compile(r"\.veldpdf-(?:([0-9a-f]{12})-(\d{1,10})-)?[a-z0-9_]{8}(?:\.old)?\.part")
_MARK_LENGTH = 12
_DAY = 24 * 60 * 60  # seconds


# Folders that this process has swept: one that writes a thousand worksheets there looks once.
_swept: set[str] = set()


def prefix() -> str:
    """Return how the names of this process's scratch files begin."""
    computer = _computer()
    return f"{PREFIX}{computer}-{os.getpid()}-" if computer else PREFIX


def sweep_once(folder: Path, now: float) -> None:
    """Take away scratch files that are surely nobody's, when a folder is first written in. Never raises.

    Args:
        folder: Where outputs were written.
        now: When that was, as the disk says it of one of them: seconds since its epoch.
    """
    place = os.path.realpath(folder)
    if place in _swept:
        return
    _swept.add(place)
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if (name := _NAME.fullmatch(entry.name)) is not None:
                with suppress(OSError):
                    _take_away(entry, name, now)


def _take_away(entry: os.DirEntry[str], name: re.Match[str], now: float) -> None:
    status = entry.stat(follow_symlinks=False)
    # A link or another user's file is not what we left here, whatever it is called.
    if not S_ISREG(status.st_mode) or (hasattr(os, "geteuid") and status.st_uid != os.geteuid()):
        return
    computer, process = name.groups()
    is_orphan = computer is not None and computer == _computer() and _has_ended(int(process))
    # What lay there before is as old as it is; that it got this name is what changed last (not told on Windows).
    touched = max(status.st_mtime, status.st_ctime)
    if is_orphan or now - touched > _DAY:
        os.unlink(entry.path)  # noqa: PTH108 - an entry of a folder has no method for it


def _has_ended(process: int) -> bool:
    """Whether a process of this computer surely runs no longer; its number may have gone to another since."""
    if os.name != "posix":  # asking would end it there
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


@cache
def _computer() -> str:
    """Return a mark of this computer since it started, and of this container; empty where that cannot be told.

    A name is not enough: two computers may have the same, and process numbers count anew in each container.
    """
    try:
        started = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        container = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - what it leads to is no path
    except (OSError, ValueError):  # not Linux
        return ""
    return hashlib.sha256(f"{platform.node()} {started} {container}".encode()).hexdigest()[:_MARK_LENGTH]
