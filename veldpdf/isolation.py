"""Worker processes that may hang, crash or run out of memory without harm: to the run, and to other files.

A thread for each worker hands it tasks and waits for what comes back; one that takes too long is killed, and another
takes its place. What a worker was given beside the task that stopped it is given to the next one. So is that task
itself, once, where nothing tells why the worker died: the system takes any process when memory runs short.

What they do is any function of one argument that can be pickled, so that each worker imports it for itself: one that
reads a file, or one that draws a page. What it returns travels back as bytes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from veldpdf.errors import VeldpdfError
from veldpdf.limits import Failure, Limits
from veldpdf.worker_process import WorkerProcess, packed

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
# How often the watch looks for workers that take too long, in seconds.
_WATCH = 0.1
# Workers that die before they can work, one after the other: the machine cannot start any.
_MOST_FAILED_STARTS = 3
# Seconds for which a machine that did start workers may fail to, because it is short of something for a while; and
# those between two tries, at first and at most.
_PATIENCE = 60.0
_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
# How often a task that takes its worker along is tried, where that may have been somebody else's doing.
_TRIES = 2


# What came of a task: what it returned, the error that it raised on purpose, or why there is neither.
Outcome: TypeAlias = Result | VeldpdfError | Failure


class NoWorkersError(Exception):
    """No worker process can be started on this machine."""


@dataclass(slots=True, eq=False)
class _Job(Generic[Task, Result]):
    """A task on its way.

    Attributes:
        message: The task, packed.
        future: Where those who wait for it find what came of it. It can be cancelled until that is known.
        begun: When its worker turned to it, in seconds of the monotonic clock.
        tries: How often a worker turned to it.
    """

    message: bytes
    future: Future[Outcome[Result]] = field(default_factory=Future)
    begun: float = 0.0
    tries: int = 0

    def settle(self, outcome: Outcome[Result]) -> None:
        """Tell what came of it to those who still want to know."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_result(outcome)

    def refuse(self) -> None:
        """Tell that no worker will do it."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(NoWorkersError())

    def cancel(self) -> None:
        """Tell that nobody will do it any more."""
        self.future.cancel()
        self.future.set_running_or_notify_cancel()


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
        self._workers: set[WorkerProcess] = set()
        self._over = threading.Event()
        self._threads: list[threading.Thread] = []
        self._watching: threading.Thread | None = None
        # Threads with nothing to do, or with nothing but a worker to start.
        self._free = 0
        # Starts that failed since one succeeded, and when the first of them did; whether any ever succeeded, and
        # whether it was given up.
        self._failed_starts = 0
        self._failing_since = 0.0
        self._has_worked = False
        self._is_lost = False
        # Workers to start though there are no tasks yet.
        self._early = 0

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
            threads = [*self._threads, *([] if self._watching is None else [self._watching])]
            left, self._waiting = self._waiting, deque()
            self._changed.notify_all()
        for job in left:
            job.cancel()
        for thread in threads:
            thread.join()

    def start(self) -> None:
        """Start all workers now: the first task is not to wait for one."""
        with self._changed, suppress(RuntimeError):  # no thread left: they start when there are tasks
            while len(self._threads) < self._count and not self._over.is_set():
                self._start_thread()
                self._early += 1
            self._changed.notify_all()

    def submit(self, task: Task) -> Future[Outcome[Result]]:
        """Have a task done, and return where to wait for what comes of it: see `wait_for`.

        The future raises NoWorkersError where no worker can be started, and is cancelled when they are closed.
        """
        job = _Job[Task, Result](packed(task))
        with self._changed:
            can_be_done = not self._over.is_set() and not self._is_lost and self._has_thread_for_one_more()
            if can_be_done:
                self._waiting.append(job)
                self._changed.notify()
        if not can_be_done:
            job.cancel() if self._over.is_set() else job.refuse()
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

    def _has_thread_for_one_more(self) -> bool:
        """Whether a thread will take one more task; starts another where it is worth its worker."""
        waiting = len(self._waiting) + 1
        if self._free < waiting >= self._worth * len(self._threads) < self._worth * self._count:
            with suppress(RuntimeError):  # the system has no thread left: those that there are must do
                self._start_thread()
        return bool(self._threads)

    def _start_thread(self) -> None:
        if self._watching is None:
            watching = threading.Thread(target=self._watch, daemon=True)
            watching.start()
            self._watching = watching
        thread = threading.Thread(target=self._serve, daemon=True)
        thread.start()
        self._threads.append(thread)
        self._free += 1

    def _serve(self) -> None:
        """Keep one worker busy, and replace it when it is lost, until all is over."""
        while self._has_work():
            worker = self._started()
            if worker is None:
                return
            given: deque[_Job[Task, Result]] = deque()
            while self._is_given(worker, given) and self._is_alive_after(worker, given):
                pass
            why = self._ended(worker)
            if given:
                self._part_with(worker, given, why)

    def _has_work(self) -> bool:
        """Wait until there is a task, and return whether there ever is."""
        with self._changed:
            while not self._over.is_set() and not self._early and not self._has_waiting():
                self._changed.wait()
            self._early = max(self._early - 1, 0)
            return not self._over.is_set()

    def _started(self) -> WorkerProcess | None:
        """Return a worker that is ready to work; None where none can be had, or none is needed any more."""
        pause = _PAUSE
        while True:
            if (worker := self._tried()) is not None:
                return worker
            if self._over.is_set() or self._gives_up():
                return None
            self._over.wait(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _tried(self) -> WorkerProcess | None:
        """Return a worker that is ready to work; None where it did not come to that."""
        try:
            worker = WorkerProcess()
        except OSError:
            return None
        with self._changed:
            self._workers.add(worker)
            if self._over.is_set():  # `close` did not see it
                worker.stop()
        worker.give(self._setting)
        try:
            worker.take()
        except EOFError:
            self._ended(worker)
            return None
        with self._changed:
            self._failed_starts = 0
            self._has_worked = True
            worker.deadline = None
        return worker

    def _gives_up(self) -> bool:
        """Count a start that failed, and return whether there is no sense in another.

        A machine that started none yet will not do so. One that did may be short of something for a while; and as
        long as other workers are at work, nothing is lost by waiting.
        """
        with self._changed:
            now = time.monotonic()
            if not self._failed_starts:
                self._failing_since = now
            self._failed_starts += 1
            if self._has_worked:
                is_enough = now - self._failing_since >= _PATIENCE
            else:
                is_enough = self._failed_starts >= _MOST_FAILED_STARTS
            if not self._is_lost and (not is_enough or self._workers):
                return False
            self._is_lost = True
            left, self._waiting = self._waiting, deque()
        for job in left:
            job.refuse()
        return True

    def _ended(self, worker: WorkerProcess) -> Failure:
        """End a worker, and return why it ended if it did so by itself."""
        with self._changed:
            self._workers.discard(worker)  # so that nobody stops what has been waited for
        return worker.end()

    def _is_given(self, worker: WorkerProcess, given: deque[_Job[Task, Result]]) -> bool:
        """Give a worker as many tasks as it may have, and return whether it has any."""
        while len(given) < _GIVEN and (job := self._next_job(worker, is_busy=bool(given))) is not None:
            given.append(job)
            if len(given) == 1:
                self._begins(worker, job)
            worker.give(job.message)
        return bool(given)

    def _begins(self, worker: WorkerProcess, job: _Job[Task, Result]) -> None:
        job.begun = time.monotonic()
        job.tries += 1
        worker.deadline = job.begun + self._limits.seconds

    def _is_alive_after(self, worker: WorkerProcess, given: deque[_Job[Task, Result]]) -> bool:
        """Take the answer to the first of the tasks that a worker has, and return whether it will give others."""
        try:
            answer = worker.take()
        except EOFError:
            return False
        worker.deadline = None
        done = given.popleft()
        # After what it ran out of memory for, or stumbled over, a worker ends.
        is_alive = not isinstance(answer, Failure)
        if is_alive and given:
            self._begins(worker, given[0])
        else:
            # Before anybody hears of it: who then comes with another task is to find a worker that is free.
            self._put_back(given)
        done.settle(answer)
        return is_alive

    def _part_with(self, worker: WorkerProcess, given: deque[_Job[Task, Result]], why: Failure) -> None:
        """Tell what came of the task that a worker died of, and put back those that it did not die of."""
        first = given[0]
        if worker.was_stopped and time.monotonic() - first.begun >= self._limits.seconds:
            why, is_its_doing = Failure.TIME, True
        elif worker.was_stopped:
            # The answer to the one before came in the moment in which its time was up.
            first.tries -= 1
            is_its_doing = False
        else:
            is_its_doing = why is not Failure.CRASH or first.tries >= _TRIES
        if self._over.is_set() or not is_its_doing:  # `close` killed it
            self._put_back(given)
            return
        given.popleft()
        self._put_back(given)
        first.settle(why)

    def _put_back(self, given: deque[_Job[Task, Result]]) -> None:
        """Let others have what a worker will not do, and count its thread as free."""
        left = list(given)
        given.clear()
        with self._changed:
            is_over = self._over.is_set()
            if not is_over:
                self._waiting.extendleft(reversed(left))
            self._free += 1
            self._changed.notify_all()
        if is_over:
            for job in left:
                job.cancel()

    def _next_job(self, worker: WorkerProcess, *, is_busy: bool) -> _Job[Task, Result] | None:
        """Return the next task for a worker; None where it is to have none, or none yet.

        One that is busy takes no task that another could begin with, and none that fills the pipe.
        """
        with self._changed:
            if is_busy:
                is_for_it = self._has_waiting() and len(self._waiting) >= len(self._threads)
                is_small = is_for_it and len(self._waiting[0].message) <= _LIES_READY
                return self._waiting.popleft() if is_small else None
            while not self._over.is_set() and not self._has_waiting():
                self._changed.wait()
            if self._over.is_set() or worker.is_dead:
                return None
            self._free -= 1
            return self._waiting.popleft()

    def _has_waiting(self) -> bool:
        """Whether there is a task that somebody still wants done."""
        while self._waiting and self._waiting[0].future.cancelled():
            self._waiting.popleft().cancel()
        return bool(self._waiting)

    def _watch(self) -> None:
        """Kill workers that take too long."""
        while not self._over.wait(_WATCH):
            with self._changed:
                now = time.monotonic()
                for worker in self._workers:
                    if worker.deadline is not None and worker.deadline < now:
                        worker.was_stopped = True
                        worker.stop()


def wait_for(future: Future[Outcome[Result]]) -> Outcome[Result]:
    """Return what came of a task, when it is there.

    Raises:
        NoWorkersError: No worker can be started.
        CancelledError: The workers were closed, or somebody cancelled it.
    """
    while True:
        with suppress(TimeoutError):
            # A moment only, or Windows would not let Ctrl-C through.
            return future.result(timeout=1.0)
