"""A worker process: ``python -m veldpdf.worker``. Reads files that it is told of, one after the other.

`veldpdf.isolation` starts it and talks to it over its standard input and output. It holds itself to a limit of
memory, and qpdf to limits of its own. Whatever goes wrong in it, the process at the other end goes on.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from veldpdf.batch import ReadingOptions, read_file
from veldpdf.isolation import Failure, Limits, receive, send
from veldpdf.pdf.limits import set_tight_limits


def main() -> None:
    """Serve until nobody is at the other end any more."""
    answers, tasks = _pipes()
    options, limits = receive(tasks)
    set_tight_limits(limits.megabytes)
    _limit_memory(limits)
    send(answers, "ready")
    with suppress(EOFError, BrokenPipeError):
        while True:
            path, label = receive(tasks)
            answer = _read(path, options, label)
            send(answers, answer)
            if isinstance(answer, Failure):
                return  # what is left of the memory is in pieces: a new worker has all of it


def _read(path: Path, options: ReadingOptions, label: str) -> object:
    try:
        return read_file(path, options, label=label)
    except MemoryError:
        return Failure.MEMORY
    except Exception:
        return Failure.CRASH


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the pipes to and from the other end, which nothing else in this process can write to or read."""
    answers = os.fdopen(os.dup(1), "wb")
    tasks = os.fdopen(os.dup(0), "rb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 - numbers
    return answers, tasks


def _limit_memory(limits: Limits) -> None:
    """Hold this process to what it takes now and so much more; not possible on every system."""
    try:
        import resource  # noqa: PLC0415 - not on Windows

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + limits.megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
    except (ImportError, OSError, ValueError):
        return


if __name__ == "__main__":
    main()
