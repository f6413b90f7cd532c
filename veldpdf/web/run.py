"""One run of ``veldpdf web``: what its pages share beside the files themselves."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from veldpdf.isolation import IsolatedWorkers, Outcome
from veldpdf.language import LANGUAGES
from veldpdf.limits import Failure, Limits
from veldpdf.model import FormDefinition, Status
from veldpdf.returned_file import FileRead, LabelledPath, ReadingOptions, not_started, read_labelled, stopped
from veldpdf.web.prefill_state import PrefillState
from veldpdf.web.reports import ReportState
from veldpdf.web.storage import RunFolder
from veldpdf.web.uploads import LARGEST_RUN
from veldpdf.web.workspace import DroppedFile, Progress, Workspace

Result = TypeVar("Result")

# Of files that turned out so, another worksheet to lay them on may tell more; what has its fields needs none.
_NEED_GEOMETRY = frozenset({Status.RECOVERED, Status.SCAN, Status.OTHER, Status.UNREADABLE})


class Run:
    """What one run holds: the folder, the workspace, and the workers that read files.

    Attributes:
        language: Of the pages; the user may change it.
        workspace: What was dropped and read.
        folder: Where files lie.
        report: What is wanted of the report and the letters.
        stop: Ends the run.
        base: The path below which the pages lie; empty for none.
        prefilling: What the page that prefills worksheets knows.
    """

    def __init__(
        self,
        form: FormDefinition,
        folder: RunFolder,
        *,
        language: str,
        limits: Limits | None = None,
        jobs: int | None = None,
    ) -> None:
        """Begin a run; workers start with the first file.

        Args:
            form: The definition that files are read with.
            folder: Where files lie.
            language: Of the pages, to begin with.
            limits: What one file may take.
            jobs: How many files to read side by side; as many as there are cores by default.
        """
        self.language = language
        self.folder = folder
        self.workspace = Workspace(form)
        self.report = ReportState()
        self.stop: Callable[[], None] = lambda: None
        self.base = ""
        self.prefilling = PrefillState(form)
        self._limits = limits or Limits()
        self._jobs = jobs or os.cpu_count() or 1
        self._options = ReadingOptions(form=form)
        self._lock = threading.Lock()
        self._coming = 0
        self._readers: IsolatedWorkers[LabelledPath, FileRead] | None = None
        self._helpers: IsolatedWorkers[tuple[Callable[..., Any], tuple[Any, ...]], Any] | None = None

    @property
    def limits(self) -> Limits:
        """What one file may take."""
        return self._limits

    @property
    def jobs(self) -> int:
        """How many files are dealt with side by side."""
        return self._jobs

    @property
    def templates(self) -> tuple[Path | bytes, ...]:
        """The fillable PDFs that readers know, beside the one that comes with veldpdf."""
        return self._options.templates

    def speak(self, language: str) -> None:
        """Show pages in another language; nothing where there is no such."""
        if language in LANGUAGES:
            self.language = language

    @property
    def room(self) -> int:
        """Bytes that may still come in, beside those that are on their way."""
        return LARGEST_RUN - sum(file.size for file in self.workspace.files) - self._coming

    @contextmanager
    def receiving(self, size: int) -> Iterator[None]:
        """Keep room for a file while it comes in.

        Args:
            size: What the browser says of it, in bytes.
        """
        with self._lock:
            self._coming += size
        try:
            yield
        finally:
            with self._lock:
                self._coming -= size

    def get_ready(self) -> None:
        """Start the workers that read, so that the first file finds them there."""
        with self._lock:
            self._pool().start()

    def _pool(self) -> IsolatedWorkers[LabelledPath, FileRead]:
        if self._readers is None:
            work = partial(read_labelled, self._options)
            self._readers = IsolatedWorkers(work, count=self._jobs, limits=self._limits)
        return self._readers

    def read(self, file: DroppedFile) -> None:
        """Have a file read by a worker; the workspace is told when that is done."""
        with self._lock:
            future = self._pool().submit((file.path, file.name))
            options = self._options
        future.add_done_callback(partial(self._arrived, file, options))

    async def unlock(self, key: str, password: str) -> None:
        """Read a file once more with a password; nothing where there is no such file.

        Args:
            key: Of the file.
            password: What the user typed.
        """
        file = next((each for each in self.workspace.files if each.key == key), None)
        if file is None:
            return
        options = replace(self._options, password=password)
        outcome = await self.apart(read_labelled, options, (file.path, file.name))
        if isinstance(outcome, FileRead):
            self.workspace.arrived(key, outcome.submissions)

    def know(self, templates: tuple[Path, ...]) -> None:
        """Read with other worksheets that were sent out; waits until the workers have stopped.

        Files of which these may tell more are read again, and those that were being read.

        Args:
            templates: Fillable PDFs that readers take.
        """
        with self._lock:
            self._options = replace(self._options, templates=templates)
            readers, self._readers = self._readers, None
        if readers is not None:
            readers.close()
        for file in self.workspace.files:
            if file.progress is Progress.DONE and any(
                each.status in _NEED_GEOMETRY for each in file.submissions
            ):
                self.workspace.waits_again(file.key)
                self.read(file)
            elif file.progress is Progress.WAITING:
                self.read(file)

    def _arrived(self, file: DroppedFile, options: ReadingOptions, future: Future[Outcome[FileRead]]) -> None:
        if future.cancelled() or options is not self._options:  # stopped, to be read otherwise
            return
        task = (file.path, file.name)
        if future.exception() is not None:  # no worker can be started; the next file begins with a new pool
            self._readers = None
            read = not_started(task, options)
        else:
            outcome = future.result()
            failure = outcome if isinstance(outcome, Failure) else Failure.CRASH
            read = outcome if isinstance(outcome, FileRead) else stopped(task, options, failure, self._limits)
        self.workspace.arrived(file.key, read.submissions)

    async def apart(self, work: Callable[..., Result], *arguments: object) -> Outcome[Result]:
        """Have something else done with what partners sent, within the limits that reading has, and wait for it.

        Args:
            work: A function of a module.
            arguments: What to call it with; what can be pickled.

        Returns:
            What it returns, the VeldpdfError that it raises, or why there is neither.
        """
        with self._lock:
            if self._helpers is None:
                self._helpers = IsolatedWorkers(_called, count=1, limits=self._limits)
            future = self._helpers.submit((work, arguments))
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Stop the workers."""
        with self._lock:
            for workers in (self._readers, self._helpers):
                if workers is not None:
                    workers.close()
            self._readers = self._helpers = None


def _called(task: tuple[Callable[..., Any], tuple[Any, ...]]) -> Any:
    work, arguments = task
    return work(*arguments)
