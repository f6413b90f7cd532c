"""Many files: read one after another or side by side, and told in the order they were given."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from veldpdf.errors import VeldpdfError
from veldpdf.files import read_bytes
from veldpdf.messages import Message
from veldpdf.model import FormDefinition, Status, Submission
from veldpdf.partners import partner_for
from veldpdf.pdf.reading import read_submissions

# Starting a worker costs about as much as reading this many files.
_WORTH_A_WORKER = 40
# Files on their way for each worker: enough to keep it busy, few enough to hold in memory.
_AHEAD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How returned files are read.

    Attributes:
        form: The definition to read them with.
        password: To open encrypted files with.
        partners: Partner names by file name, as `read_partners` gives them.
    """

    form: FormDefinition
    password: str = ""
    partners: Mapping[str, str] = field(default_factory=dict)


def read_file(path: Path, options: ReadingOptions) -> tuple[Submission, ...]:
    """Return every worksheet in one file. What cannot be read is a submission, too: its status says so."""
    partner = partner_for(str(path), options.partners)
    try:
        data = read_bytes(path)
    except VeldpdfError as exc:
        return (
            Submission(
                source=path.name,
                partner=partner,
                status=Status.UNREADABLE,
                form=options.form.id,
                warnings=(Message("{what} {remedy}", what=exc.what, remedy=exc.remedy),),
            ),
        )
    return read_submissions(
        data, form=options.form, source=path.name, partner=partner, password=options.password
    )


def read_files(
    paths: Iterable[Path],
    options: ReadingOptions,
    *,
    executor: Executor | None = None,
    jobs: int | None = None,
    on_file: Callable[[Path], None] = lambda _path: None,
) -> Iterator[Submission]:
    """Yield the worksheets in many files, in the order of the files, as soon as they are read.

    Args:
        paths: Which files.
        options: How to read them.
        executor: Where to do the work. Without one: here, or in worker processes where there are files enough
            to make that worth while.
        jobs: How many worker processes to use at most; as many as there are cores by default.
        on_file: Told of each file when its turn has come.
    """
    files = list(paths)
    read = partial(read_file, options=options)
    workers = min(jobs or os.cpu_count() or 1, len(files) // _WORTH_A_WORKER + 1)
    with ExitStack() as stack:
        if executor is None and workers > 1:
            # "spawn" is the one way that is safe next to threads and the same on every system.
            executor = stack.enter_context(ProcessPoolExecutor(workers, mp_context=get_context("spawn")))
        results = map(read, files) if executor is None else _in_order(executor, read, files, workers * _AHEAD)
        for path, submissions in zip(files, results, strict=True):
            on_file(path)
            yield from submissions


def _in_order(
    executor: Executor,
    read: Callable[[Path], tuple[Submission, ...]],
    files: list[Path],
    ahead: int,
) -> Iterator[tuple[Submission, ...]]:
    """Yield results in order, with a bounded number of files under way."""
    waiting: deque[Future[tuple[Submission, ...]]] = deque()
    remaining = iter(files)
    for path in remaining:
        waiting.append(executor.submit(read, path))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
