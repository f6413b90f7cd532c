"""Many files: read one after another or side by side, and told in the order they were given."""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from veldpdf.definition import embedded_worksheet
from veldpdf.errors import TemplateError, VeldpdfError
from veldpdf.files import encodable, read_bytes
from veldpdf.isolation import Failure, IsolatedWorkers, Limits, NoWorkersError
from veldpdf.messages import Message
from veldpdf.model import FormDefinition, NameFrom, Status, Submission
from veldpdf.partners import known_partner, readable_name
from veldpdf.pdf.reading import Envelope, Knowledge, read_form_data, read_pdf, without_answers
from veldpdf.sources import Document, Kind, documents_in, documents_in_bytes

if TYPE_CHECKING:
    from veldpdf.cache import Cache, Read
    from veldpdf.pdf.geometry import WorksheetGeometry

_WORTH_A_WORKER = 40
# Files on their way in an executor, whose size only its owner knows: enough to keep it busy, few enough to hold.
_AHEAD = 512
# Files of a large lot that go to an executor together: with each lot goes the list of partners, which may be long.
_TOGETHER = 8

# A file, and what to call it.
LabelledPath: TypeAlias = tuple[Path, str]
# Files that an executor was given together, and what will come of them.
_Sent: TypeAlias = tuple[Sequence[LabelledPath], Future[list[tuple[Submission, ...]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOptions:
    """How returned files are read.

    Attributes:
        form: The definition to read them with.
        password: To open encrypted files with.
        partners: Partner names by file name, as `read_partners` gives them.
        templates: The fillable PDFs that were sent out, as paths or bytes; where their fields stand tells where
            the answers are on a printed copy. The one that comes with veldpdf is always known.
        cache: Keeps what was read for the next run; None for nothing.
    """

    form: FormDefinition
    password: str = ""
    partners: Mapping[str, str] = field(default_factory=dict)
    templates: tuple[Path | bytes, ...] = ()
    cache: Cache | None = None


def known_geometries(options: ReadingOptions) -> tuple[WorksheetGeometry, ...]:
    """Return where the fields stand on the worksheets that were sent out.

    Raises:
        InputError: A template cannot be read.
        TemplateError: It is no fillable PDF of the definition.
    """
    from veldpdf.pdf.geometry import read_geometry  # noqa: PLC0415 - most files have their fields

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


def _read_document(
    document: Document, options: ReadingOptions, partner: str = "", *, read: Read = read_pdf
) -> tuple[Submission, ...]:
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
        if options.cache is None:
            submissions = read(document.data, envelope, knowledge)
        else:
            submissions = options.cache.read(document.data, envelope, knowledge, read).submissions
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
    limits: Limits | None = None,
    on_file: Callable[[Path], None] = lambda _path: None,
) -> Iterator[Submission]:
    """Yield the worksheets in many files, in the order of the files, as soon as they are read.

    More files than one are read in worker processes, so that none of them can stop or slow the others: what takes too
    long, too much memory or brings its worker down is ``unreadable``, and the rest goes on.

    Args:
        paths: Which files.
        options: How to read them.
        executor: Where to do the work instead. What one file may take is its affair then; when it is lost, what is
            left is read in worker processes after all.
        jobs: How many worker processes to use at most; as many as there are cores by default.
        limits: What one file may take; given, a single file is read in a worker process as well.
        on_file: Told of each file when its turn has come.
    """
    files = list(paths)
    tasks = list(zip(files, labels_for(files), strict=True))
    if executor is not None:
        results = _in_order(executor, tasks, options)
    elif len(files) > 1 or (files and limits is not None):
        results = _kept_or_in_workers(tasks, options, jobs or os.cpu_count() or 1, limits or Limits())
    else:
        results = (_read_labelled(task, options) for task in tasks)
    for path, submissions in zip(files, results, strict=True):
        on_file(path)
        yield from submissions


def _read_labelled(task: LabelledPath, options: ReadingOptions) -> tuple[Submission, ...]:
    path, label = task
    return read_file(path, options, label=label)


def _kept_or_in_workers(
    tasks: Sequence[LabelledPath], options: ReadingOptions, jobs: int, limits: Limits
) -> Iterator[tuple[Submission, ...]]:
    """Yield results from the cache, which is faster than any worker, and those of all other files from workers."""
    cache = options.cache
    kept = set() if cache is None else {task for task in tasks if _is_kept(task, cache)}
    others = [task for task in tasks if task not in kept]
    read = _in_workers(others, options, jobs, limits) if others else iter(())
    for task in tasks:
        found = _from_cache(task, options) if task in kept else next(read)
        # An entry that is of no use after all: its file is read as all others are, where it can do no harm.
        yield next(_in_workers([task], options, 1, limits)) if found is None else found


def _is_kept(task: LabelledPath, cache: Cache) -> bool:
    """Whether the cache has an entry for a file: for a PDF by itself, for what is in others must be unpacked."""
    try:
        return task[0].suffix.lower() == ".pdf" and cache.has(read_bytes(task[0]))
    except VeldpdfError:  # whoever reads it will say so
        return False


def _from_cache(task: LabelledPath, options: ReadingOptions) -> tuple[Submission, ...] | None:
    """Return what the cache has of a file; None where that is nothing."""
    path, label = task
    try:
        return tuple(
            submission
            for document in documents_in(path)
            for submission in _read_document(_labelled(document, path, label), options, read=_not_kept)
        )
    except _NotKeptError:
        return None


class _NotKeptError(Exception):
    """The cache has nothing of a file."""


def _not_kept(*_: object) -> tuple[Submission, ...]:
    raise _NotKeptError


def _in_workers(
    tasks: Sequence[LabelledPath], options: ReadingOptions, jobs: int, limits: Limits
) -> Iterator[tuple[Submission, ...]]:
    """Yield results from worker processes of our own."""
    # Starting another worker costs about as much as reading so many files.
    count = min(jobs, len(tasks) // _WORTH_A_WORKER + 1)
    done = 0
    try:
        with IsolatedWorkers[LabelledPath, tuple[Submission, ...]](
            options, count=count, limits=limits
        ) as workers:
            for task, result in zip(tasks, workers.results(tasks), strict=True):
                done += 1
                yield (_failed(task, options, result, limits),) if isinstance(result, Failure) else result
    except NoWorkersError:  # a machine that lets nobody start processes: better without them than not at all
        yield from (_read_labelled(task, options) for task in tasks[done:])


def _failed(task: LabelledPath, options: ReadingOptions, failure: Failure, limits: Limits) -> Submission:
    """Return the submission for a file that stopped the worker which read it."""
    path, label = task
    problems = {
        Failure.TIME: Message(
            "Reading this file took longer than {seconds} seconds and was stopped. Look at it yourself, or give it"
            " more time with --time-limit.",
            seconds=f"{limits.seconds:g}",
        ),
        Failure.MEMORY: Message(
            "Reading this file takes more memory than {megabytes} MB and was stopped. Look at it yourself, or allow"
            " it more with --memory-limit.",
            megabytes=limits.megabytes,
        ),
        Failure.CRASH: Message(
            "Reading this file brought the reader down, so something is wrong with it. Look at it yourself, or ask"
            " the partner to send the PDF again."
        ),
    }
    source = label or encodable(path.name)
    envelope = Envelope(
        source=source, partner=known_partner(source, options.partners), fallback=readable_name(source)
    )
    return without_answers(Status.UNREADABLE, problems[failure], envelope, options.form)


def _in_order(
    executor: Executor, tasks: Sequence[LabelledPath], options: ReadingOptions
) -> Iterator[tuple[Submission, ...]]:
    """Yield results from an executor that is not ours; when it is lost, the rest from workers of our own."""
    done = 0
    try:
        for result in _in_executor(executor, tasks, options):
            done += 1
            yield result
    # A pool whose process died, and a cluster whose scheduler went away.
    except (BrokenExecutor, CancelledError):
        yield from _in_workers(tasks[done:], options, os.cpu_count() or 1, Limits())


def _in_executor(
    executor: Executor, tasks: Sequence[LabelledPath], options: ReadingOptions
) -> Iterator[tuple[Submission, ...]]:
    """Yield results from an executor, with a bounded number of files under way."""
    size = max(1, min(_TOGETHER, len(tasks) // _AHEAD))
    send = partial(_sent, executor, _from_anywhere(options))
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


def _sent(executor: Executor, options: ReadingOptions, tasks: Sequence[LabelledPath]) -> _Sent:
    found_anywhere = [(path.absolute(), label) for path, label in tasks]
    with _without_interruption():  # submitting is what starts the processes of a pool
        return tasks, executor.submit(_read_several, found_anywhere, options)


def _taken(
    sent: _Sent,
    options: ReadingOptions,
    send: Callable[[Sequence[LabelledPath]], _Sent],
    *,
    is_last_try: bool = False,
) -> Iterator[tuple[Submission, ...]]:
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
            yield (_failed(tasks[0], options, Failure.CRASH, Limits()),)
            return
    else:
        yield from results
        return
    # One of them did it, so each by itself now. One that was by itself gets a second chance: dask blames a worker's
    # death on whatever waited there as well.
    for task in tasks:
        yield from _taken(send([task]), options, send, is_last_try=len(tasks) == 1)


def _read_several(tasks: Sequence[LabelledPath], options: ReadingOptions) -> list[tuple[Submission, ...]]:
    return [_read_labelled(task, options) for task in tasks]


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
