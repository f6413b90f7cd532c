"""A worker process as it is seen from outside: started, given tasks over a pipe, and ended with all that it started.

It is a Python process of its own (`veldpdf.worker`), started by its command line and not by `multiprocessing`: that
would run the user's script once more in each worker, and a script without a guarded main part would start workers
without end. `veldpdf.isolation` says who gets which task.
"""

from __future__ import annotations

import io
import os
import pickle
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from veldpdf.limits import Failure

# Seconds that a worker may take to start: importing, on a busy machine.
_STARTING = 60.0
_LENGTH = struct.Struct(">Q")
# What C++, Python and the libraries below say last where there is no more memory.
_NO_MEMORY = (b"bad_alloc", b"MemoryError", b"emory allocation")
_LAST_WORDS = 65536


def packed(value: object) -> bytes:
    """Return a value as it goes over a pipe."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


def send(stream: BinaryIO, message: bytes) -> None:
    """Write a packed value to a pipe."""
    stream.write(message)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read a value from a pipe.

    Raises:
        EOFError: Nobody writes to it any more.
    """
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError
    return pickle.loads(body)  # noqa: S301 - from our own worker process, over a pipe that nobody else has


class WorkerProcess:
    """One worker process, seen from here.

    Attributes:
        deadline: When it must have done what it is doing, in seconds of the monotonic clock; None while it has
            nothing to do.
        was_stopped: Whether it was killed because that time was up.
    """

    def __init__(self) -> None:
        """Start it.

        Raises:
            OSError: No process can be started.
        """
        root = str(Path(__file__).resolve().parent.parent)
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        flags: dict[str, Any] = (
            # Ctrl-C is for the run: the worker is not to answer it as well. And what it starts can be ended with it.
            {"start_new_session": True}
            if os.name == "posix"
            else {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined,unused-ignore]
        )
        with _complaints() as (self._complaints, complaints):
            self._process = subprocess.Popen(
                # -P: no module of the folder that the user happens to be in, which may be full of what partners sent.
                [sys.executable, "-P", "-m", "veldpdf.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
                **flags,
            )
        self._input = cast("BinaryIO", self._process.stdin)
        self._output = cast("BinaryIO", self._process.stdout)
        self.deadline: float | None = time.monotonic() + _STARTING
        self.was_stopped = False

    @property
    def is_dead(self) -> bool:
        """Whether it has ended, for whatever reason."""
        return self._process.poll() is not None

    def give(self, message: bytes) -> None:
        """Hand it a packed task, or what it is to do with all of them."""
        with suppress(OSError):  # it is dead: taking its answer tells
            send(self._input, message)

    def take(self) -> Any:
        """Wait for its next answer.

        Raises:
            EOFError: It is dead, or its answer cannot be unpacked here.
        """
        try:
            return receive(self._output)
        except Exception as exc:  # what a class makes of what it is unpacked from may raise anything
            raise EOFError from exc

    def stop(self) -> None:
        """Kill it, and what it started: the program that reads pictures would go on for minutes."""
        if self._process.returncode is not None:
            return  # it was waited for: by now its number may be another's
        with suppress(OSError):
            if os.name == "posix":
                os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(OSError):
            self._process.kill()

    def end(self) -> Failure:
        """Let it end, or kill it, and wait until it has.

        Returns:
            Why it ended, if it did so by itself.
        """
        with suppress(OSError):
            self._input.close()
        self.stop()
        code = self._process.wait()
        with suppress(OSError):
            self._output.close()
        return self._why(code)

    def _why(self, code: int) -> Failure:
        said = b""
        if self._complaints is not None:
            with suppress(OSError), self._complaints:
                said = self._complaints.read(_LAST_WORDS) or b""
        if hasattr(signal, "SIGALRM") and code == -signal.SIGALRM:
            return Failure.TIME
        return Failure.MEMORY if any(words in said for words in _NO_MEMORY) else Failure.CRASH


@contextmanager
def _complaints() -> Iterator[tuple[io.FileIO | None, int]]:
    """Give both ends of a pipe for what a worker complains of, which never makes it wait for a reader.

    What it says is looked through, and neither kept nor shown: there may be pieces of a file in it.
    """
    if os.name != "posix":  # no pipe there is read without waiting
        yield None, subprocess.DEVNULL
        return
    read_end, write_end = os.pipe()
    ours = io.FileIO(read_end)
    try:
        for end in (read_end, write_end):
            os.set_blocking(end, False)
        yield ours, write_end
    except BaseException:
        ours.close()
        raise
    finally:
        os.close(write_end)
