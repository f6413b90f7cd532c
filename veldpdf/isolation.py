"""Worker processes that may hang, crash or run out of memory without harm: to the run, and to other files.

Each worker is a Python process of its own (`veldpdf.worker`), started by its command line and not by
`multiprocessing`: that would run the user's script once more in each worker, and a script without a guarded main
part would start workers without end. A thread for each worker hands it tasks and waits for what comes back; one that
takes too long is killed, and another takes its place. What a worker was given beside the task that stopped it is
given to the next one.

What they do is any function of one argument that can be pickled, so that each worker imports it for itself: one that
reads a file, or one that draws a page. What it returns travels back as bytes.
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Generic, TypeAlias, TypeVar, cast

from veldpdf.errors import VeldpdfError
from veldpdf.limits import Failure, Limits

Task = TypeVar("Task")
Result = TypeVar("Result")

# Tasks for each worker that should be under way or wait to be taken at most: enough to keep it busy while a slow one
# is waited for, few enough to hold their results.
WINDOW = 64
# Tasks that a worker has been given at a time: the next one lies ready when one is done.
_GIVEN = 2
# Bytes of a task that lies ready. A larger one would fill the pipe: then we would wait for the worker to read it, and
# the worker for us to read its answer.
_LIES_READY = 4096
# Seconds that a worker may take to start: importing, on a busy machine.
_STARTING = 60.0
# How often the watch looks for workers that take too long, in seconds.
_WATCH = 0.1
# Workers that die before they can work, one after the other: the machine cannot start any.
_MOST_FAILED_STARTS = 3
_LENGTH = struct.Struct(">Q")


# What came of a task: what it returned, the error that it raised on purpose, or why there is neither.
Outcome: TypeAlias = Result | VeldpdfError | Failure


class NoWorkersError(Exception):
    """No worker process can be started on this machine."""


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


class _Worker:
    """One worker process, seen from here.

    Attributes:
        deadline: When it must have done what it is doing, in seconds of the monotonic clock; None while it has
            nothing to do.
        was_stopped: Whether the watch killed it.
    """

    def __init__(self) -> None:
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


@dataclass(slots=True, eq=False)
class _Job(Generic[Task, Result]):
    """A task on its way.

    Attributes:
        message: The task, packed.
        future: Where those who wait for it find what came of it.
    """

    message: bytes
    future: Future[Outcome[Result]] = field(default_factory=Future)


class IsolatedWorkers(Generic[Task, Result]):
    """Some workers that all do the same; use it in a ``with`` block, or `close` it.

    Any number of threads may hand it tasks.
    """

    def __init__(self, work: Callable[[Task], Result], *, count: int, limits: Limits, worth: int = 1) -> None:
        """Prepare workers; they start when there are tasks for them.

        Args:
            work: What is done with each task: a function of a module, or a ``functools.partial`` of one. It is pickled
                once, and each worker imports it.
            count: How many workers at most.
            limits: What one task may take.
            worth: Waiting tasks for which another worker is worth its start.
        """
        self._setting = packed((work, limits))
        self._count = count
        self._limits = limits
        self._worth = worth
        self._changed = threading.Condition()
        self._waiting: deque[_Job[Task, Result]] = deque()
        self._workers: set[_Worker] = set()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._watching: threading.Thread | None = None
        # Threads with nothing to do, or with nothing but a worker to start.
        self._free = 0
        self._failed_starts = 0

    def __enter__(self) -> IsolatedWorkers[Task, Result]:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop all workers, whatever they are doing; what is not done is cancelled."""
        with self._changed:
            self._over.set()
            for worker in self._workers:
                worker.stop()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        if self._watching is not None:
            self._watching.join()
        for job in self._waiting:
            job.future.cancel()

    def submit(self, task: Task) -> Future[Outcome[Result]]:
        """Have a task done, and return where to wait for what comes of it: see `wait_for`.

        The future raises NoWorkersError where no worker can be started.
        """
        job = _Job[Task, Result](packed(task))
        with self._changed:
            if self._is_lost():
                job.future.set_exception(NoWorkersError())
                return job.future
            self._waiting.append(job)
            if self._free < len(self._waiting) >= self._worth * len(self._threads) < self._worth * self._count:
                self._start_thread()
            self._changed.notify()
        return job.future

    def results(self, tasks: Iterable[Task]) -> Iterator[Outcome[Result]]:
        """Yield what came of each task, in their order; tasks are drawn as there is room for them.

        Raises:
            NoWorkersError: No worker can be started.
        """
        under_way: deque[Future[Outcome[Result]]] = deque()
        for task in tasks:
            under_way.append(self.submit(task))
            while under_way and (under_way[0].done() or len(under_way) >= WINDOW * self._count):
                yield wait_for(under_way.popleft())
        while under_way:
            yield wait_for(under_way.popleft())

    def _start_thread(self) -> None:
        if self._watching is None:
            self._watching = threading.Thread(target=self._watch, daemon=True)
            self._watching.start()
        thread = threading.Thread(target=self._serve, daemon=True)
        self._threads.append(thread)
        self._free += 1
        thread.start()

    def _serve(self) -> None:
        """Keep one worker busy, and replace it when it is lost, until all is over."""
        while self._has_work():
            worker = self._started()
            if worker is None:
                return
            try:
                self._work_with(worker)
            finally:
                with self._changed:
                    self._workers.discard(worker)
                worker.end()

    def _has_work(self) -> bool:
        """Wait until there is a task, and return whether there ever is."""
        with self._changed:
            while not self._over.is_set() and not self._waiting:
                self._changed.wait()
            return not self._over.is_set()

    def _is_lost(self) -> bool:
        return self._failed_starts >= _MOST_FAILED_STARTS

    def _started(self) -> _Worker | None:
        """Return a worker that is ready to work; None where none can be had."""
        while True:
            if (worker := self._tried()) is not None:
                return worker
            with self._changed:
                self._failed_starts += 1
                if self._is_lost():
                    while self._waiting:
                        self._waiting.popleft().future.set_exception(NoWorkersError())
                if self._over.is_set() or self._is_lost():
                    return None

    def _tried(self) -> _Worker | None:
        """Return a worker that is ready to work; None where it did not come to that."""
        try:
            worker = _Worker()
        except OSError:
            return None
        with self._changed:
            self._workers.add(worker)
        worker.give(self._setting)
        try:
            worker.take()
        except EOFError:
            with self._changed:
                self._workers.discard(worker)
            worker.end()
            return None
        self._failed_starts = 0
        worker.deadline = None
        return worker

    def _work_with(self, worker: _Worker) -> None:
        """Give a worker tasks and take its answers, until all is over or it is lost."""
        given: deque[_Job[Task, Result]] = deque()
        while True:
            while len(given) < _GIVEN and (job := self._next_job(worker, is_busy=bool(given))) is not None:
                worker.deadline = worker.deadline or self._deadline()
                worker.give(job.message)
                given.append(job)
            if not given:
                return
            try:
                answer = worker.take()
            except EOFError:
                answer = Failure.TIME if worker.was_stopped else Failure.CRASH
            is_lost = isinstance(answer, Failure)
            worker.deadline = None if len(given) == 1 else self._deadline()
            done = given.popleft()
            with self._changed:
                if is_lost:
                    self._waiting.extendleft(reversed(given))
                # Before anybody hears of it: who then comes with another task is to find a worker that is free.
                self._free += is_lost or not given
                self._changed.notify_all()
            done.future.set_result(answer)
            if is_lost:
                return

    def _deadline(self) -> float:
        return time.monotonic() + self._limits.seconds

    def _next_job(self, worker: _Worker, *, is_busy: bool) -> _Job[Task, Result] | None:
        """Return the next task for a worker; None where it is to have none, or none yet.

        One that is busy takes no task that another could begin with, and none that fills the pipe.
        """
        with self._changed:
            if is_busy:
                is_for_it = len(self._waiting) >= len(self._threads)
                is_small = is_for_it and len(self._waiting[0].message) <= _LIES_READY
                return self._waiting.popleft() if is_small else None
            while not self._over.is_set() and not self._waiting:
                self._changed.wait()
            if self._over.is_set() or worker.is_dead:
                return None
            self._free -= 1
            return self._waiting.popleft()

    def _watch(self) -> None:
        """Kill workers that take too long."""
        while not self._over.wait(_WATCH):
            now = time.monotonic()
            with self._changed:
                late = [each for each in self._workers if each.deadline is not None and each.deadline < now]
            for worker in late:
                worker.was_stopped = True
                worker.stop()


def wait_for(future: Future[Outcome[Result]]) -> Outcome[Result]:
    """Return what came of a task, when it is there.

    Raises:
        NoWorkersError: No worker can be started.
    """
    while True:
        with suppress(TimeoutError):
            # A moment only, or Windows would not let Ctrl-C through.
            return future.result(timeout=1.0)
