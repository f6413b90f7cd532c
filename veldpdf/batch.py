"""Many files: read one after another or side by side, and told in the order they were given."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from veldpdf.errors import VeldpdfError
from veldpdf.files import encodable
from veldpdf.limits import Failure, Limits
from veldpdf.messages import Message
from veldpdf.model import Submission
from veldpdf.returned_file import (
    Content,
    FileRead,
    LabelledPath,
    ReadingOptions,
    kept_of,
    known_geometries,
    not_started,
    read_bytes_of,
    read_content,
    read_file,
    read_here,
    read_labelled,
    stopped,
)

__all__ = [
    "ReadingOptions",
    "known_geometries",
    "labels_for",
    "read_apart",
    "read_bytes_of",
    "read_file",
    "read_files",
]

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from veldpdf.isolation import Outcome

    # A file, and what is known of it or will come of it.
    _UnderWay: TypeAlias = tuple[LabelledPath, FileRead | Future[Outcome[FileRead]]]

# Starting another worker costs about as much as reading so many files.
_WORTH_A_WORKER = 40


def labels_for(paths: Sequence[Path]) -> list[str]:
    """Return what to call files: their names, with as many of their folders as it takes to tell them apart."""
    depths = [1] * len(paths)
    waiting = list(range(len(paths)))
    while waiting:
        tails = Counter(paths[index].parts[-depths[index] :] for index in waiting)
        # Only those that share all of it with another take one folder more, as long as they have one.
        waiting = [
            index
            for index in waiting
            if tails[paths[index].parts[-depths[index] :]] > 1 and depths[index] < len(paths[index].parts)
        ]
        for index in waiting:
            depths[index] += 1
    return [encodable("/".join(path.parts[-depth:])) for path, depth in zip(paths, depths, strict=True)]


def read_files(
    paths: Iterable[Path],
    options: ReadingOptions,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    limits: Limits | None = None,
    on_file: Callable[[Path], None] = lambda _path: None,
    on_problem: Callable[[Message], None] = lambda _problem: None,
) -> Iterator[Submission]:
    """Yield the worksheets in many files, in the order of the files, as soon as they are read.

    More files than one are read in worker processes, so that none of them can stop or slow the others: what takes too
    long, too much memory or brings its worker down is ``unreadable``, and the rest goes on.

    Args:
        paths: Which files.
        options: How to read them.
        executor: Where to do the work instead; when it is lost, what is left is read in worker processes after all.
        jobs: How many worker processes to use at most; as many as there are cores by default.
        limits: What one file may take; given, a single file is read in a worker process as well, and each process of
            an executor has such workers of its own. Without them what a file may take there is the executor's affair.
            Where no worker can be started, files are not read rather than read without the limits that were given.
        on_file: Told of each file when its turn has come.
        on_problem: Told why what was read of a file cannot be kept for the next run.
    """
    files = list(paths)
    tasks = list(zip(files, labels_for(files), strict=True))
    if executor is not None:
        results = _in_order(executor, tasks, options, limits)
    elif len(files) > 1 or (files and limits is not None):
        results = _in_workers(tasks, options, jobs or os.cpu_count() or 1, limits)
    else:
        results = (read_here(options, task) for task in tasks)
    for path, result in zip(files, results, strict=True):
        on_file(path)
        for problem in result.problems:
            on_problem(problem)
        yield from result.submissions


def _in_workers(
    tasks: Sequence[LabelledPath], options: ReadingOptions, jobs: int, limits: Limits | None
) -> Iterator[FileRead]:
    """Yield results from the cache, which is faster than any worker, and those of all other files from workers.

    An entry that is of no use after all goes where files without one go: there its file can do no harm.
    """
    from veldpdf.isolation import WINDOW, IsolatedWorkers  # noqa: PLC0415 - start-up time, for one file

    under_way: deque[_UnderWay] = deque()
    with IsolatedWorkers[LabelledPath, FileRead](
        partial(read_labelled, options), count=jobs, limits=limits or Limits(), worth=_WORTH_A_WORKER
    ) as workers:
        for task in tasks:
            under_way.append((task, kept_of(options, task) or workers.submit(task)))
            while under_way and (_is_there(under_way[0]) or len(under_way) >= WINDOW * jobs):
                yield _result(under_way.popleft(), options, limits)
        while under_way:
            yield _result(under_way.popleft(), options, limits)


def _is_there(under_way: _UnderWay) -> bool:
    _, coming = under_way
    return isinstance(coming, FileRead) or coming.done()


def _result(under_way: _UnderWay, options: ReadingOptions, limits: Limits | None) -> FileRead:
    """Return what came of a file, when it is there."""
    from veldpdf.isolation import NoWorkersError, wait_for  # noqa: PLC0415 - the same

    task, coming = under_way
    if isinstance(coming, FileRead):
        return coming
    try:
        result = wait_for(coming)
    except NoWorkersError:
        # A machine that lets nobody start processes: better without them than not at all, but never without limits
        # that somebody asked for.
        return read_here(options, task) if limits is None else not_started(task, options)
    if isinstance(result, FileRead):
        return result
    failure = result if isinstance(result, Failure) else Failure.CRASH
    return stopped(task, options, failure, limits or Limits())


def read_apart(
    data: bytes, name: str, options: ReadingOptions, *, limits: Limits, partner: str = ""
) -> tuple[Submission, ...]:
    """Return every worksheet in the bytes of one file, as `read_bytes_of` does, but read in a worker process.

    Args:
        data: The file.
        name: What to call it.
        options: How to read it.
        limits: What it may take.
        partner: Who sent it, where that is known.

    Raises:
        InputError: A template cannot be read.
        TemplateError: It is no fillable PDF of the definition.
    """
    from veldpdf.isolation import IsolatedWorkers, NoWorkersError, wait_for  # noqa: PLC0415 - the same

    task = (Path(name), name)
    with IsolatedWorkers[Content, tuple[Submission, ...]](
        partial(read_content, options), count=1, limits=limits
    ) as workers:
        try:
            result = wait_for(workers.submit((data, name, partner)))
        except NoWorkersError:
            return not_started(task, options, partner).submissions
    if isinstance(result, Failure):
        return stopped(task, options, result, limits, partner).submissions
    if isinstance(result, VeldpdfError):
        raise result
    return result


def _in_order(
    executor: Executor, tasks: Sequence[LabelledPath], options: ReadingOptions, limits: Limits | None
) -> Iterator[FileRead]:
    """Yield results from an executor that is not ours; when it is lost, the rest from workers of our own."""
    from concurrent.futures import BrokenExecutor, CancelledError  # noqa: PLC0415 - the same

    from veldpdf.executors import in_executor  # noqa: PLC0415 - the same

    done = 0
    try:
        for result in in_executor(executor, tasks, options, limits):
            done += 1
            yield result
    # A pool whose process died or that was shut down, and a cluster whose scheduler went away.
    except (BrokenExecutor, CancelledError):
        yield from _in_workers(tasks[done:], options, os.cpu_count() or 1, limits)
