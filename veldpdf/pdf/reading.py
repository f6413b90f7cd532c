"""A file in, submissions out. Never raises for what is in the file: the status says it.

What is looked for: form fields; PDFs inside the PDF (a portfolio); printed pages, where no field tells what they
say. What holds none of them is a scan or another document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from veldpdf.completeness import classify
from veldpdf.messages import Message, counted
from veldpdf.model import Answer, FormDefinition, NameFrom, Status, Submission
from veldpdf.pdf.acroform import Field, read_fields
from veldpdf.pdf.annotations import Annotation, annotations_of
from veldpdf.pdf.attachments import embedded_pdfs
from veldpdf.pdf.document import LockedError, OpenedPdf, UnreadableError, open_pdf
from veldpdf.pdf.filled import WorksheetReader, about_loose
from veldpdf.pdf.found import Found, joined
from veldpdf.pdf.matching import definition_name, find_worksheets
from veldpdf.pdf.notes import read_notes
from veldpdf.pdf.objects import get_dictionary, get_number
from veldpdf.pdf.pages import has_text

if TYPE_CHECKING:
    from veldpdf.pdf.geometry import WorksheetGeometry

# Pages of a worksheet that have no fields of their own: a cover, an explanation. More of them in a file may be the
# pages of a worksheet that was printed.
_PAGES_WITHOUT_FIELDS = 3
# PDFs inside PDFs inside PDFs: deeper is an accident or an attack.
_MAX_DEPTH = 3
# The largest collection of worksheets there is reason for: a file made to exhaust time ends here.
MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is known of a file before it is opened.

    Attributes:
        source: What to call it.
        partner: Who sent it, where the officer said so. Otherwise the name that travels in the PDF counts.
        fallback: What to call the partner where neither tells.
        received: When the file was last changed, or the e-mail around it sent.
    """

    source: str
    partner: str = ""
    fallback: str = ""
    received: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What files are read with.

    Attributes:
        form: The definition.
        password: To open encrypted files with.
        geometries: Returns where the fields stand on the worksheets that were sent out; asked only when a file
            has no fields left.
    """

    form: FormDefinition
    password: str = ""
    geometries: Callable[[], Sequence[WorksheetGeometry]] = tuple


def read_pdf(data: bytes, envelope: Envelope, knowledge: Knowledge) -> tuple[Submission, ...]:
    """Return every worksheet in a PDF; at least one submission, whose status says what could be done.

    Raises:
        MemoryError: There is too little memory for it, which says nothing about the file.
    """
    digest = hashlib.sha256(data).hexdigest()
    try:
        submissions = _read(data, envelope, knowledge, _MAX_DEPTH)
    except MemoryError:
        raise
    except Exception:
        problem = Message("The file is damaged beyond repair. Ask the partner to send the PDF again.")
        submissions = (without_answers(Status.UNREADABLE, problem, envelope, knowledge.form),)
    return tuple(
        replace(submission, digest=f"{digest}{submission.source.removeprefix(envelope.source)}")
        for submission in submissions
    )


def read_form_data(
    data: bytes, envelope: Envelope, knowledge: Knowledge, *, is_xml: bool
) -> tuple[Submission, ...]:
    """Return the worksheet in an FDF or XFDF file: the fields' values without the PDF."""
    from veldpdf.pdf.fdf import read_fdf  # noqa: PLC0415 - start-up time, for what few send
    from veldpdf.pdf.xfdf import read_xfdf  # noqa: PLC0415 - the same

    form = knowledge.form
    try:
        values = read_xfdf(data) if is_xml else read_fdf(data)
    except UnreadableError as exc:
        return (without_answers(Status.UNREADABLE, exc.reason, envelope, form),)
    texts: dict[str, str] = {}
    for qualified, text in values.items():
        name = definition_name(form, qualified)
        if name is not None and name in form:
            texts.setdefault(name, text)
    if not texts:
        return (without_answers(Status.OTHER, _another(form), envelope, form),)
    partner, name_from = _named(envelope)
    return (
        Submission(
            source=envelope.source,
            partner=partner,
            status=Status.READ,
            form=form.id,
            answers=_data_answers(form, texts),
            received=envelope.received,
            name_from=name_from,
            digest=hashlib.sha256(data).hexdigest(),
        ),
    )


def _data_answers(form: FormDefinition, texts: Mapping[str, str]) -> dict[str, Answer]:
    return {
        spec.name: Answer(text=texts[spec.name], state=classify(spec, texts[spec.name]))
        for spec in form.fields
        if spec.name in texts
    }


def without_answers(status: Status, problem: Message, envelope: Envelope, form: FormDefinition) -> Submission:
    """Return the submission for a file that holds no answers, or none that can be read."""
    partner, name_from = _named(envelope)
    return Submission(
        source=envelope.source,
        partner=partner,
        status=status,
        form=form.id,
        warnings=(problem,),
        received=envelope.received,
        name_from=name_from,
    )


def _read(data: bytes, envelope: Envelope, knowledge: Knowledge, depth: int) -> tuple[Submission, ...]:
    form = knowledge.form
    try:
        opened = open_pdf(data, knowledge.password)
    except LockedError as exc:
        problem = Message(
            "The file needs a password. Ask the partner for it; on the command line, give it with --password."
        )
        if exc.was_tried:
            problem = Message("The password does not open this file. Ask the partner for the right one.")
        return (without_answers(Status.LOCKED, problem, envelope, form),)
    except UnreadableError as exc:
        if exc.is_for_lack_of_memory:
            raise MemoryError from exc
        problem = Message("{reason} Ask the partner to send the PDF again.", reason=exc.reason)
        return (without_answers(Status.UNREADABLE, problem, envelope, form),)
    with opened.pdf:
        pages = get_number(get_dictionary(opened.pdf.Root, "/Pages") or opened.pdf.Root, "/Count")
        if pages is not None and pages > MOST_PAGES:
            problem = Message(
                "The file has {pages} pages; no more than {most} are looked at. Ask the partner for the worksheet"
                " alone.",
                pages=int(pages),
                most=MOST_PAGES,
            )
            return (without_answers(Status.UNREADABLE, problem, envelope, form),)
        return _read_opened(data, opened, envelope, knowledge, depth)


def _read_opened(
    data: bytes, opened: OpenedPdf, envelope: Envelope, knowledge: Knowledge, depth: int
) -> tuple[Submission, ...]:
    form = knowledge.form
    annotations = annotations_of(opened.pdf)
    fields = read_fields(opened.pdf, annotations)
    found = _filled(data, opened, fields, annotations, form)
    attached = list(_attached(opened, annotations, envelope, knowledge, depth))
    bare = _bare_pages(opened, fields, form)
    if (not found and not attached) or _may_hold_more(found, bare, form):
        # A printed copy may have got fields again: of a signature, or of the program that joined it with others.
        from veldpdf.pdf.printed import printed_worksheets  # noqa: PLC0415 - most files have their fields

        shown = set(range(1, len(opened.pdf.pages) + 1)) - bare
        printed = printed_worksheets(
            data, opened.pdf, form, knowledge.geometries, password=knowledge.password, leaving_out=shown
        )
        found = joined(found, list(printed), form)
    submissions = [*_submissions(found, envelope, form), *attached]
    return tuple(submissions) or (_none_found(opened, fields, envelope, form),)


def _filled(
    data: bytes,
    opened: OpenedPdf,
    fields: Sequence[Field],
    annotations: Sequence[Annotation],
    form: FormDefinition,
) -> list[Found]:
    """Return the worksheets whose form fields are there."""
    worksheets = find_worksheets(form, fields)
    if not worksheets:
        return []
    reader = WorksheetReader(data, opened, annotations, form)
    return [reader.read(worksheet) for worksheet in worksheets]


def _bare_pages(opened: OpenedPdf, fields: Sequence[Field], form: FormDefinition) -> set[int]:
    """Return the numbers of the pages that show no field of the definition."""
    shown = {page for field in fields if definition_name(form, field.name) is not None for page in field.pages}
    return set(range(1, len(opened.pdf.pages) + 1)) - shown


def _may_hold_more(found: Sequence[Found], bare: Collection[int], form: FormDefinition) -> bool:
    """Whether pages without fields may be printed pages of a worksheet."""
    if not found or not bare:
        return False
    return len(bare) > _PAGES_WITHOUT_FIELDS * len(found) or any(each.lacking(form) for each in found)


def _submissions(found: Sequence[Found], envelope: Envelope, form: FormDefinition) -> Iterator[Submission]:
    """Yield the worksheets of a file with their names."""
    for each, own in zip(found, _one_for_each(envelope, len(found)), strict=True):
        partner, name_from = _named(own, each.partner)
        yield Submission(
            source=own.source,
            partner=partner,
            status=each.status,
            form=form.id,
            answers=each.answers,
            warnings=(*each.warnings, *_about_lacking(each.lacking(form))),
            notes=each.notes,
            modified=each.modified,
            received=own.received,
            name_from=name_from,
        )


def _about_lacking(names: Sequence[str]) -> tuple[Message, ...]:
    """Return what to say of the definition's fields that a file does not have."""
    return (Message("The file lacks these fields: {names}.", names=", ".join(names)),) if names else ()


def _one_for_each(envelope: Envelope, count: int) -> list[Envelope]:
    """Return an envelope for each worksheet of a file: ``verzameld.pdf#2``."""
    if count == 1:
        return [envelope]
    return [
        replace(
            envelope,
            source=f"{envelope.source}#{number}",
            partner=f"{envelope.partner} ({number})" if envelope.partner else "",
            fallback=f"{envelope.fallback} ({number})",
        )
        for number in range(1, count + 1)
    ]


def _named(envelope: Envelope, travelled: str = "") -> tuple[str, NameFrom]:
    """Return what to call a partner: as the officer says, as the worksheet says, or after the file."""
    if envelope.partner:
        return envelope.partner, NameFrom.OFFICER
    if travelled:
        return travelled, NameFrom.WORKSHEET
    return envelope.fallback, NameFrom.FILE


def _attached(
    opened: OpenedPdf,
    annotations: Sequence[Annotation],
    envelope: Envelope,
    knowledge: Knowledge,
    depth: int,
) -> Iterator[Submission]:
    """Yield the worksheets in PDFs inside the PDF; other PDFs inside it are nobody's business."""
    if depth == 0:
        return
    files = list(embedded_pdfs(opened.pdf, annotations))
    # Several files are a collection, and not several versions of one partner's.
    for file, numbered in zip(files, _one_for_each(envelope, len(files)), strict=True):
        own = replace(numbered, source=f"{envelope.source}/{file.name}")
        for submission in _read(file.data, own, knowledge, depth - 1):
            if submission.status not in (Status.OTHER, Status.UNREADABLE):
                yield submission


def _none_found(
    opened: OpenedPdf, fields: Sequence[Field], envelope: Envelope, form: FormDefinition
) -> Submission:
    """Return what a PDF is that holds no worksheet of the definition."""
    if opened.is_salvaged:
        problem = Message("The file is damaged beyond repair. Ask the partner to send the PDF again.")
        return without_answers(Status.UNREADABLE, problem, envelope, form)
    if fields:
        return without_answers(Status.OTHER, _another(form), envelope, form)
    pages = len(opened.pdf.pages)
    if pages and not has_text(opened.pdf):
        problem = counted(
            "The page is a picture without text (a scan). Ask the partner for the original PDF.",
            "The {n} pages are pictures without text (a scan). Ask the partner for the original PDF.",
            pages,
        )
        scan = without_answers(Status.SCAN, problem, envelope, form)
        notes = read_notes(opened.pdf)
        if not notes:
            return scan
        # On a picture nothing tells which field a note belongs to; but nothing typed may be lost.
        warnings = (*scan.warnings, about_loose(notes))
        return replace(scan, warnings=warnings, notes=tuple(note.text for note in notes))
    problem = Message("This PDF has no form fields, and its pages are not those of {form}.", form=form.id)
    return without_answers(Status.OTHER, problem, envelope, form)


def _another(form: FormDefinition) -> Message:
    return Message("This PDF is another form than {form}.", form=form.id)
