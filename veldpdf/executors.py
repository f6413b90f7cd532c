"""Files read in an executor that is not ours: a pool of processes, or a cluster.

A bounded number of files is under way. What one of them may take is held to by workers of our own that each process
of the executor starts for itself (`veldpdf.isolation`) and keeps for the next files: an executor knows no limits for
one task, so a file that hangs would hold a process for ever.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from veldpdf.isolation import IsolatedWorkers, NoWorkersError, wait_for
from veldpdf.limits import Failure, Limits
from veldpdf.returned_file import FileRead, LabelledPath, ReadingOptions, read_here, read_labelled, stopped

# Files on their way in an executor, whose size only its owner knows: enough to keep it busy, few enough to hold.
_AHEAD = 512
# Files of a large lot that go to an executor together: with each lot goes the list of partners, which may be long.
_TOGETHER = 8

# Files that an executor was given together, and what will come of them.
_Sent: TypeAlias = tuple[Sequence[LabelledPath], Future[list[FileRead]]]
_Workers: TypeAlias = IsolatedWorkers[LabelledPath, FileRead]


def in_executor(
    executor: Executor, tasks: Sequence[LabelledPath], options: ReadingOptions, limits: Limits | None
) -> Iterator[FileRead]:
    """Yield what comes of each file, in their order.

    Args:
        executor: Where to read them.
        tasks: Which files.
        options: How to read them.
        limits: What one of them may take; None leaves that to the executor.

    Raises:
        BrokenExecutor: The executor is of no use any more; what was not yielded was not read.
        CancelledError: The same.
    """
    size = max(1, min(_TOGETHER, len(tasks) // _AHEAD))
    send = partial(_sent, executor, _from_anywhere(options), limits)
    waiting: deque[_Sent] = deque()
    try:
        for start in range(0, len(tasks), size):
            waiting.append(send(tasks[start : start + size]))
            if len(waiting) * size >= _AHEAD:
                yield from _taken(waiting.popleft(), options, send)
        while waiting:
            yield from _taken(waiting.popleft(), options, send)
    finally:
        for _, future in waiting:
            future.cancel()


def _sent(
    executor: Executor, options: ReadingOptions, limits: Limits | None, tasks: Sequence[LabelledPath]
) -> _Sent:
    found_anywhere = [(path.absolute(), label) for path, label in tasks]
    with _without_interruption():  # submitting is what starts the processes of a pool
        try:
            return tasks, executor.submit(_read_several, found_anywhere, options, limits)
        except RuntimeError as exc:  # it was shut down
            raise BrokenExecutor from exc


def _taken(
    sent: _Sent,
    options: ReadingOptions,
    send: Callable[[Sequence[LabelledPath]], _Sent],
    *,
    is_last_try: bool = False,
) -> Iterator[FileRead]:
    """Yield what came of files that were sent together; one that raises or kills its worker brought the reader down.

    Raises:
        BrokenExecutor: The executor is of no use any more.
        CancelledError: The same.
    """
    tasks, future = sent
    try:
        results = future.result()
    except (BrokenExecutor, CancelledError):
        raise
    except Exception:
        if is_last_try:
            yield stopped(tasks[0], options, Failure.CRASH, Limits())
            return
    else:
        yield from results
        return
    # One of them did it, so each by itself now. One that was by itself gets a second chance: dask blames a worker's
    # death on whatever waited there as well.
    for task in tasks:
        yield from _taken(send([task]), options, send, is_last_try=len(tasks) == 1)


def _read_several(
    tasks: Sequence[LabelledPath], options: ReadingOptions, limits: Limits | None
) -> list[FileRead]:
    """Return what comes of some files: what a process of the executor does."""
    if limits is None:
        return [read_here(options, task) for task in tasks]
    with _kept.borrowed(options, limits) as workers:
        # One after the other: how many are read side by side is for the executor to say.
        return [_read_limited(workers, task, options, limits) for task in tasks]


def _read_limited(workers: _Workers, task: LabelledPath, options: ReadingOptions, limits: Limits) -> FileRead:
    try:
        result = wait_for(workers.submit(task))
    except NoWorkersError:  # where nobody may start processes, the executor's own limits must do
        return read_here(options, task)
    if isinstance(result, FileRead):
        return result
    return stopped(task, options, result if isinstance(result, Failure) else Failure.CRASH, limits)


class _KeptWorkers:
    """The workers of one process of an executor, kept from one lot of files to the next.

    A process reads for one run at a time as a rule, so those of one run are kept; of another that comes in between,
    they last for one lot.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._options: tuple[ReadingOptions, Limits] | None = None
        self._workers: _Workers | None = None
        self._borrowers = 0

    @contextmanager
    def borrowed(self, options: ReadingOptions, limits: Limits) -> Iterator[_Workers]:
        """Give workers that read in this way, for a ``with`` block."""
        workers = self._kept_for(options, limits)
        if workers is None:
            with _started(options, limits) as passing:
                yield passing
            return
        try:
            yield workers
        finally:
            with self._lock:
                self._borrowers -= 1

    def _kept_for(self, options: ReadingOptions, limits: Limits) -> _Workers | None:
        with self._lock:
            if self._workers is None or self._options != (options, limits):
                if self._borrowers:
                    return None
                if self._workers is not None:
                    self._workers.close()
                self._options, self._workers = (options, limits), _started(options, limits)
            self._borrowers += 1
            return self._workers

    def close(self) -> None:
        """Stop them."""
        with self._lock:
            if self._workers is not None:
                self._workers.close()
            self._workers = None


def _started(options: ReadingOptions, limits: Limits) -> _Workers:
    # As many as there are threads that wait for one; mostly that is one thread.
    return IsolatedWorkers(partial(read_labelled, options), count=os.cpu_count() or 1, limits=limits)


def _forget() -> None:
    """Begin without workers: those that this process was copied with are its parent's."""
    global _kept  # noqa: PLW0603 - there is one for each process, and nobody hands it to what an executor calls
    _kept = _KeptWorkers()


def _close() -> None:
    _kept.close()


_kept = _KeptWorkers()
atexit.register(_close)
if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(after_in_child=_forget)


def _from_anywhere(options: ReadingOptions) -> ReadingOptions:
    """Return options that mean the same in a process that was started in another folder."""
    return replace(
        options,
        templates=tuple(each if isinstance(each, bytes) else each.absolute() for each in options.templates),
        cache=None if options.cache is None else replace(options.cache, folder=options.cache.folder.absolute()),
    )


@contextmanager
def _without_interruption() -> Iterator[None]:
    """Start processes that ignore Ctrl-C from their first moment on: they inherit it."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # only the main thread may say so
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
