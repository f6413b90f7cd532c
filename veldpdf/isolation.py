"""Worker processes that may hang, crash or run out of memory without harm: to the run, and to other files.

Each worker is a Python process of its own (`veldpdf.worker`), started by its command line and not by
`multiprocessing`: that would run the user's script once more in each worker, and a script without a guarded main
part would start workers without end. A thread for each worker hands it tasks and waits for what comes back; one that
takes too long is killed, and another takes its place. What a worker was given beside the task that stopped it is
given to the next one.

Results come in the order of the tasks. No more of them than `_WINDOW` are under way or wait to be taken, however slow
the first of them is.
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeVar, cast

Task = TypeVar("Task")
Result = TypeVar("Result")

# So many results for each worker are under way or wait to be taken.
_WINDOW = 64
# Tasks that a worker has been given at a time: the next one lies ready when one is done.
_GIVEN = 2
# Seconds that a worker may take to start: importing, on a busy machine.
_STARTING = 60.0
# How often the watch looks for workers that take too long, in seconds.
_WATCH = 0.1
# Workers that die before they can work, one after the other: the machine cannot start any.
_MOST_FAILED_STARTS = 3
_LENGTH = struct.Struct(">Q")


class Failure(Enum):
    """Why there is no result."""

    TIME = auto()
    MEMORY = auto()
    CRASH = auto()


class NoWorkersError(Exception):
    """No worker process can be started on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one task may take.

    Attributes:
        seconds: Time.
        megabytes: Memory beside what the worker itself takes. Only Linux holds a process to it.
    """

    seconds: float = 60.0
    megabytes: int = 1024


def send(stream: BinaryIO, value: object) -> None:
    """Write a value to a pipe."""
    body = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(body)) + body)
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


class _Worker:
    """One worker process, seen from here.

    Attributes:
        deadline: When it must have done what it is doing, in seconds of the monotonic clock; None while it has
            nothing to do.
        was_stopped: Whether the watch killed it.
    """

    def __init__(self, setting: bytes) -> None:
        root = str(Path(__file__).resolve().parent.parent)
        paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        flags: dict[str, Any] = (
            # Ctrl-C is for the run: the worker is not to answer it as well.
            {"start_new_session": True}
            if os.name == "posix"
            else {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}  # type: ignore[attr-defined,unused-ignore]
        )
        self._process = subprocess.Popen(
            # -P: no module of the folder that the user happens to be in, which may be full of what partners sent.
            [sys.executable, "-P", "-m", "veldpdf.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            **flags,
        )
        self._input = cast("BinaryIO", self._process.stdin)
        self._output = cast("BinaryIO", self._process.stdout)
        self.deadline: float | None = time.monotonic() + _STARTING
        self.was_stopped = False
        self._input.write(setting)
        self._input.flush()

    def give(self, task: object) -> None:
        """Hand it a task."""
        with suppress(OSError):  # it is dead: taking its answer tells
            send(self._input, task)

    def take(self) -> Any:
        """Wait for its next answer.

        Raises:
            EOFError: It is dead.
        """
        try:
            return receive(self._output)
        except (OSError, pickle.UnpicklingError, ValueError) as exc:
            raise EOFError from exc

    def stop(self) -> None:
        """Kill it."""
        with suppress(OSError):
            self._process.kill()

    def end(self) -> None:
        """Let it end, or kill it, and wait until it has."""
        with suppress(OSError):
            self._input.close()
        self.stop()
        self._process.wait()
        with suppress(OSError):
            self._output.close()


class IsolatedWorkers(Generic[Task, Result]):
    """Some workers for one run; use it in a ``with`` block."""

    def __init__(self, setting: object, *, count: int, limits: Limits) -> None:
        """Prepare workers; they start with the first tasks.

        Args:
            setting: What every worker is told once: see `veldpdf.worker`.
            count: How many of them at most.
            limits: What one task may take.
        """
        body = pickle.dumps((setting, limits), protocol=pickle.HIGHEST_PROTOCOL)
        self._setting = _LENGTH.pack(len(body)) + body
        self._count = count
        self._limits = limits
        self._changed = threading.Condition()
        self._tasks: Sequence[Task] = ()
        self._next = 0
        self._taken = 0
        self._results: dict[int, Result | Failure] = {}
        self._again: list[int] = []
        self._workers: set[_Worker] = set()
        self._over = threading.Event()
        self._threads: tuple[threading.Thread, ...] = ()
        self._failed_starts = 0

    def __enter__(self) -> IsolatedWorkers[Task, Result]:
        return self

    def __exit__(self, *exc: object) -> None:
        with self._changed:
            self._over.set()
            for worker in self._workers:
                worker.stop()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def results(self, tasks: Sequence[Task]) -> Iterator[Result | Failure]:
        """Yield what came of each task, in their order.

        Raises:
            NoWorkersError: No worker can be started.
        """
        self._tasks = tasks
        count = min(self._count, len(tasks))
        threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(count)]
        self._threads = (*threads, threading.Thread(target=self._watch, daemon=True))
        for thread in self._threads:
            thread.start()
        for index in range(len(tasks)):
            with self._changed:
                while index not in self._results:
                    if self._failed_starts >= _MOST_FAILED_STARTS:
                        raise NoWorkersError
                    # A moment only, or Windows would not let Ctrl-C through.
                    self._changed.wait(1.0)
                self._taken = index + 1
                self._changed.notify_all()
                result = self._results.pop(index)
            yield result

    def _serve(self) -> None:
        """Keep one worker busy, and replace it when it is lost, until there are no more tasks."""
        while not self._is_done():
            worker = self._started()
            if worker is None:
                return
            try:
                self._work_with(worker)
            finally:
                with self._changed:
                    self._workers.discard(worker)
                worker.end()

    def _is_done(self) -> bool:
        with self._changed:
            return self._over.is_set() or (self._next >= len(self._tasks) and not self._again)

    def _started(self) -> _Worker | None:
        """Return a worker that is ready to work; None where none can be had."""
        while True:
            try:
                worker = _Worker(self._setting)
            except OSError:
                worker = None
            if worker is not None:
                with self._changed:
                    self._workers.add(worker)
                try:
                    worker.take()
                except EOFError:
                    worker.end()
                    with self._changed:
                        self._workers.discard(worker)
                else:
                    self._failed_starts = 0
                    worker.deadline = None
                    return worker
            with self._changed:
                self._failed_starts += 1
                self._changed.notify_all()
                if self._over.is_set() or self._failed_starts >= _MOST_FAILED_STARTS:
                    return None

    def _work_with(self, worker: _Worker) -> None:
        """Give a worker tasks and take its answers, until there are none or it is lost."""
        given: list[int] = []
        while True:
            while len(given) < _GIVEN and (index := self._next_task(wait=not given)) is not None:
                worker.deadline = worker.deadline or self._deadline()
                worker.give(self._tasks[index])
                given.append(index)
            if not given:
                return
            try:
                answer = worker.take()
            except EOFError:
                answer = Failure.TIME if worker.was_stopped else Failure.CRASH
            is_lost = isinstance(answer, Failure)
            worker.deadline = None if len(given) == 1 else self._deadline()
            self._finish(given.pop(0), answer, given if is_lost else ())
            if is_lost:
                return

    def _deadline(self) -> float:
        return time.monotonic() + self._limits.seconds

    def _next_task(self, *, wait: bool) -> int | None:
        """Return the index of the next task; None where there is none, or none yet and nobody is to wait."""
        with self._changed:
            while not self._over.is_set():
                if self._again:
                    return self._again.pop(0)
                if self._next >= len(self._tasks):
                    return None
                if self._next < self._taken + _WINDOW * self._count:
                    self._next += 1
                    return self._next - 1
                if not wait:
                    return None
                self._changed.wait()
            return None

    def _finish(self, index: int, answer: Result | Failure, unfinished: Sequence[int]) -> None:
        with self._changed:
            self._results[index] = answer
            self._again += unfinished
            self._changed.notify_all()

    def _watch(self) -> None:
        """Kill workers that take too long."""
        while not self._over.wait(_WATCH):
            now = time.monotonic()
            with self._changed:
                late = [each for each in self._workers if each.deadline is not None and each.deadline < now]
            for worker in late:
                worker.was_stopped = True
                worker.stop()
