"""A worker process: ``python -m veldpdf.worker``. Does with one task after the other what it was told to do.

`veldpdf.isolation` starts it and talks to it over its standard input and output. It holds itself to a limit of
memory, and qpdf to limits of its own. Time is for the other end to watch; should there be nobody any more, the worker
ends a moment later by itself. Whatever goes wrong in it, the process at the other end goes on.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from veldpdf.errors import VeldpdfError
from veldpdf.limits import Failure, Limits
from veldpdf.pdf.limits import set_tight_limits
from veldpdf.worker_process import packed, receive, send

# Seconds after a task's time is up: whoever watches from outside kills sooner, and knows what for.
_GRACE = 1.0
# No timer of the system goes on for longer; it is half a year.
_LONGEST = 1.5e7


def main() -> None:
    """Serve until nobody is at the other end any more."""
    answers, tasks = _pipes()
    work, limits = receive(tasks)  # imports all that the work needs, which the limit is not to count
    set_tight_limits(limits.megabytes)
    _limit_memory(limits)
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # it may be inherited as ignored
    send(answers, packed("ready"))
    with suppress(EOFError, BrokenPipeError):
        while True:
            task = receive(tasks)
            with _time_limit(limits.seconds):
                answer = _done(work, task)
            send(answers, packed(answer) if isinstance(answer, Failure) else answer)
            if isinstance(answer, Failure):
                return  # what is left of the memory is in pieces: a new worker has all of it


def _done(work: Callable[[object], object], task: object) -> bytes | Failure:
    """Return what came of a task, packed while its failing can still be told."""
    try:
        try:
            return packed(work(task))
        except VeldpdfError as exc:
            return packed(exc)
    except MemoryError:
        return Failure.MEMORY
    except Exception:
        return Failure.CRASH


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """End this process, whatever it is in the middle of, when a ``with`` block takes longer; not on Windows.

    Python's own handlers wait for the library that hangs to return, so the signal keeps what it does by itself.
    """
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, min(seconds + _GRACE, _LONGEST))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return the pipes to and from the other end, which nothing else in this process can write to or read."""
    answers = os.fdopen(os.dup(1), "wb")
    tasks = os.fdopen(os.dup(0), "rb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115 - numbers
    # Whoever looks through what the libraries say last does not read along: what Python says has no place to stay.
    sys.stderr = sys.stdout
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
