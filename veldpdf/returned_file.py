"""One returned file → its worksheets, whatever it is: a PDF, form data, or a zip file or e-mail that holds some.

Whoever reads many files reads each with what is here: at once, in a worker process, or on another machine. What the
user must hear of beside the worksheets travels with them, since nobody sees what a worker says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from veldpdf.definition import embedded_worksheet
from veldpdf.errors import TemplateError, VeldpdfError
from veldpdf.files import encodable, read_bytes
from veldpdf.limits import Failure, Limits
from veldpdf.messages import Message
from veldpdf.model import FormDefinition, NameFrom, Status, Submission
from veldpdf.partners import known_partner, readable_name
from veldpdf.pdf.reading import Envelope, Knowledge, read_form_data, read_pdf, without_answers
from veldpdf.sources import Document, Kind, documents_in, documents_in_bytes

if TYPE_CHECKING:
    from veldpdf.cache import Cache, Read
    from veldpdf.pdf.geometry import WorksheetGeometry

# A file, and what to call it.
LabelledPath: TypeAlias = tuple[Path, str]
# The bytes of a file, what to call it, and who sent it where that is known.
Content: TypeAlias = tuple[bytes, str, str]
Told: TypeAlias = Callable[[Message], None]

# Characters in all answers of one worksheet together, ten times what anybody types. Some kilobytes may unpack to
# gigabytes of text, which nobody holds to limits any more once it is read: checking, and laying out a report.
_MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class FileRead:
    """What came of one file.

    Attributes:
        submissions: Every worksheet in it.
        problems: Why what was read of it cannot be kept for the next run; mostly nothing.
    """

    submissions: tuple[Submission, ...]
    problems: tuple[Message, ...] = ()


def _nobody(_problem: Message) -> None:
    """Tell nobody."""


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


def read_labelled(options: ReadingOptions, task: LabelledPath) -> FileRead:
    """Return what comes of one file: what a worker does with each."""
    path, label = task
    problems: list[Message] = []
    submissions = read_file(path, options, label=label, on_problem=problems.append)
    return FileRead(submissions, tuple(dict.fromkeys(problems)))


def read_here(options: ReadingOptions, task: LabelledPath) -> FileRead:
    """Return what comes of one file that no worker reads: nothing holds it but the memory that there is."""
    try:
        return read_labelled(options, task)
    except MemoryError:
        return _unread(task, options, _too_little_memory())


def read_file(
    path: Path, options: ReadingOptions, *, label: str = "", on_problem: Told = _nobody
) -> tuple[Submission, ...]:
    """Return every worksheet in one file: a PDF, form data, or a zip file or e-mail that holds some.

    What cannot be read is a submission, too: its status says so.

    Args:
        path: Which file.
        options: How to read it.
        label: What to call it; its name by default.
        on_problem: Told why what was read cannot be kept.
    """
    return tuple(
        submission
        for document in documents_in(path)
        for submission in _read_document(_labelled(document, path, label), options, on_problem=on_problem)
    )


def kept_of(options: ReadingOptions, task: LabelledPath) -> FileRead | None:
    """Return what the cache has of a file; None where there is none, or it has nothing of use.

    Only a PDF by itself is looked for: what is in others must be unpacked, which may harm. And only a file that is
    still there afterwards: what is read from a pipe is gone.
    """
    path, label = task
    if options.cache is None or path.suffix.lower() != ".pdf":
        return None
    try:
        if not path.is_file() or not options.cache.has(read_bytes(path)):
            return None
        return FileRead(
            tuple(
                submission
                for document in documents_in(path)
                for submission in _read_document(_labelled(document, path, label), options, read=_not_kept)
            )
        )
    except (
        _NotKeptError,
        VeldpdfError,
        OSError,
        MemoryError,
    ):  # whoever reads it will say what is wrong with it
        return None


class _NotKeptError(Exception):
    """The cache has nothing of a file."""


def _not_kept(*_: object) -> tuple[Submission, ...]:
    raise _NotKeptError


def _labelled(document: Document, path: Path, label: str) -> Document:
    inside = document.source.removeprefix(encodable(path.name))
    return replace(document, source=label + inside) if label else document


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
    try:
        return read_content(options, (data, name, partner))
    except MemoryError:
        return _unread((Path(name), name), options, _too_little_memory(), partner).submissions


def read_content(options: ReadingOptions, content: Content) -> tuple[Submission, ...]:
    """Return every worksheet in the bytes of one file: what a worker does with them.

    Raises:
        MemoryError: There is too little memory for it.
    """
    data, name, partner = content
    return tuple(
        submission
        for document in documents_in_bytes(name, data)
        for submission in _read_document(document, options, partner)
    )


def _read_document(
    document: Document,
    options: ReadingOptions,
    partner: str = "",
    *,
    read: Read = read_pdf,
    on_problem: Told = _nobody,
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
            reading = options.cache.read(document.data, envelope, knowledge, read)
            submissions = reading.submissions
            if reading.problem is not None:
                on_problem(reading.problem)
        submissions = tuple(_named_by_officer(submission, options) for submission in submissions)
    else:
        submissions = read_form_data(document.data, envelope, knowledge, is_xml=document.kind is Kind.XFDF)
    return tuple(_within_reason(submission, envelope, options) for submission in submissions)


def _within_reason(submission: Submission, envelope: Envelope, options: ReadingOptions) -> Submission:
    """Return a worksheet, without its answers where they are more than anybody typed."""
    answers = submission.answers.values()
    texts = [submission.partner, *submission.notes, *(answer.text for answer in answers)]
    texts += [note for answer in answers for note in answer.notes]
    if sum(map(len, texts)) <= _MOST_CHARACTERS:
        return submission
    problem = Message(
        "This holds more text than anybody types into a worksheet, and was left out. Look at the file yourself, or ask"
        " the partner to send it again."
    )
    envelope = replace(envelope, source=submission.source)
    return without_answers(Status.UNREADABLE, problem, envelope, options.form)


def _named_by_officer(submission: Submission, options: ReadingOptions) -> Submission:
    """Return a worksheet of several in one file with the name that the officer's list has for it alone."""
    name = known_partner(submission.source, options.partners, of_container=False)
    return replace(submission, partner=name, name_from=NameFrom.OFFICER) if name else submission


def stopped(
    task: LabelledPath, options: ReadingOptions, failure: Failure, limits: Limits, partner: str = ""
) -> FileRead:
    """Return what comes of a file that stopped the worker which read it."""
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
    return _unread(task, options, problems[failure], partner)


def not_started(task: LabelledPath, options: ReadingOptions, partner: str = "") -> FileRead:
    """Return what comes of a file that was to be read within limits, where no worker can be started to hold to them."""
    problem = Message(
        "This file was not read: this computer cannot start a process that holds reading to the limits. Try again"
        " when it has less to do, or leave out the limits."
    )
    return _unread(task, options, problem, partner)


def _too_little_memory() -> Message:
    return Message(
        "Reading this file takes more memory than there is. Look at it yourself, or read it on a computer with more."
    )


def _unread(task: LabelledPath, options: ReadingOptions, problem: Message, partner: str = "") -> FileRead:
    """Return what comes of a file that was not read, through no fault that could be found in it."""
    path, label = task
    source = label or encodable(path.name)
    envelope = Envelope(
        source=source,
        partner=partner or known_partner(source, options.partners),
        fallback=readable_name(source),
    )
    return FileRead((without_answers(Status.UNREADABLE, problem, envelope, options.form),))
