"""Many files: read one after another or side by side, and told in the order they were given."""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from veldpdf.definition import embedded_worksheet
from veldpdf.errors import TemplateError
from veldpdf.files import encodable, read_bytes
from veldpdf.messages import Message
from veldpdf.model import FormDefinition, NameFrom, Status, Submission
from veldpdf.partners import known_partner, readable_name
from veldpdf.pdf.geometry import WorksheetGeometry, read_geometry
from veldpdf.pdf.reading import Envelope, Knowledge, read_form_data, read_pdf, without_answers
from veldpdf.sources import Document, Kind, documents_in, documents_in_bytes

# Starting a worker costs about as much as reading this many files.
_WORTH_A_WORKER = 40
# Files on their way for each worker: enough to keep it busy, few enough to hold in memory.
_AHEAD = 4
# The same for an executor whose size only its owner knows.
_AHEAD_OF_ANY = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How returned files are read.

    Attributes:
        form: The definition to read them with.
        password: To open encrypted files with.
        partners: Partner names by file name, as `read_partners` gives them.
        templates: The fillable PDFs that were sent out, as paths or bytes; where their fields stand tells where
            the answers are on a printed copy. The one that comes with veldpdf is always known.
    """

    form: FormDefinition
    password: str = ""
    partners: Mapping[str, str] = field(default_factory=dict)
    templates: tuple[Path | bytes, ...] = ()


def known_geometries(options: ReadingOptions) -> tuple[WorksheetGeometry, ...]:
    """Return where the fields stand on the worksheets that were sent out.

    Raises:
        InputError: A template cannot be read.
        TemplateError: It is no fillable PDF of the definition.
    """
    found = []
    # Those that were given come first: of worksheets that fit as well as each other, theirs is the one.
    for template in options.templates:
        data = template if isinstance(template, bytes) else read_bytes(template)
        geometry = read_geometry(data, options.form, options.password)
        if geometry is None:
            name = "PDF" if isinstance(template, bytes) else template
            raise TemplateError(
                Message("{source}: this is no fillable PDF of {form}.", source=name, form=options.form.id),
                Message("Give the worksheet as it was sent out, with its fields."),
            )
        found.append(geometry)
    own = embedded_worksheet(options.form)
    embedded = None if own is None else read_geometry(own.read_bytes(), options.form)
    return (*found, embedded) if embedded is not None else tuple(found)


def read_file(path: Path, options: ReadingOptions, *, label: str = "") -> tuple[Submission, ...]:
    """Return every worksheet in one file: a PDF, form data, or a zip file or e-mail that holds some.

    What cannot be read is a submission, too: its status says so.

    Args:
        path: Which file.
        options: How to read it.
        label: What to call it; its name by default.
    """
    return tuple(
        submission
        for document in documents_in(path)
        for submission in _read_document(_labelled(document, path, label), options)
    )


def _labelled(document: Document, path: Path, label: str) -> Document:
    inside = document.source.removeprefix(encodable(path.name))
    return replace(document, source=label + inside) if label else document


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


def read_bytes_of(
    data: bytes, name: str, options: ReadingOptions, *, partner: str = ""
) -> tuple[Submission, ...]:
    """Return every worksheet in the bytes of one file, as `read_file` does.

    Args:
        data: The file.
        name: What to call it.
        options: How to read it.
        partner: Who sent it, where that is known.
    """
    return tuple(
        submission
        for document in documents_in_bytes(name, data)
        for submission in _read_document(document, options, partner)
    )


def _read_document(document: Document, options: ReadingOptions, partner: str = "") -> tuple[Submission, ...]:
    envelope = Envelope(
        source=document.source,
        partner=partner or known_partner(document.source, options.partners),
        fallback=readable_name(document.source),
        received=document.modified,
    )
    if document.problem is not None:
        return (without_answers(Status.UNREADABLE, document.problem, envelope, options.form),)
    knowledge = Knowledge(
        form=options.form, password=options.password, geometries=partial(known_geometries, options)
    )
    if document.kind is Kind.PDF:
        submissions = read_pdf(document.data, envelope, knowledge)
        return tuple(_named_by_officer(submission, options) for submission in submissions)
    return read_form_data(document.data, envelope, knowledge, is_xml=document.kind is Kind.XFDF)


def _named_by_officer(submission: Submission, options: ReadingOptions) -> Submission:
    """Return a worksheet of several in one file with the name that the officer's list has for it alone."""
    name = known_partner(submission.source, options.partners, of_container=False)
    return replace(submission, partner=name, name_from=NameFrom.OFFICER) if name else submission


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
    read = partial(_read_labelled, options=options)
    tasks = list(zip(files, labels_for(files), strict=True))
    workers = min(jobs or os.cpu_count() or 1, len(files) // _WORTH_A_WORKER + 1)
    with ExitStack() as stack:
        ahead = _AHEAD_OF_ANY
        if executor is None and workers > 1:
            executor, ahead = stack.enter_context(_workers(workers)), workers * _AHEAD
        results = map(read, tasks) if executor is None else _in_order(executor, read, tasks, ahead)
        for path, submissions in zip(files, results, strict=True):
            on_file(path)
            yield from submissions


@contextmanager
def _workers(count: int) -> Iterator[Executor]:
    """Start worker processes, and end them at once when the user stops the run."""
    # "spawn" is the one way that is safe next to threads and the same on every system.
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_leave_stopping_to_parent)
    try:
        yield pool
    except BaseException:
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - public from Python 3.14 on
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


def _leave_stopping_to_parent() -> None:
    """Ignore Ctrl-C, which a terminal sends to every process of a run: one of them answers it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


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


def _read_labelled(task: tuple[Path, str], options: ReadingOptions) -> tuple[Submission, ...]:
    path, label = task
    return read_file(path, options, label=label)


def _in_order(
    executor: Executor,
    read: Callable[[tuple[Path, str]], tuple[Submission, ...]],
    tasks: Sequence[tuple[Path, str]],
    ahead: int,
) -> Iterator[tuple[Submission, ...]]:
    """Yield results in order, with a bounded number of files under way."""
    waiting: deque[Future[tuple[Submission, ...]]] = deque()
    for task in tasks:
        with _without_interruption():  # submitting is what starts them
            waiting.append(executor.submit(read, task))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
