"""A file in, submissions out. Never raises for what is in the file: the status says it.

What is tried, in this order: form fields; PDFs inside the PDF (a portfolio); the text of a printed copy. What
none of them finds is a scan or another document.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from veldpdf.completeness import classify
from veldpdf.messages import Message, counted
from veldpdf.model import Answer, FormDefinition, NameFrom, Origin, Status, Submission
from veldpdf.pdf import ocr
from veldpdf.pdf.acroform import Field, read_fields
from veldpdf.pdf.attachments import embedded_pdfs
from veldpdf.pdf.document import LockedError, OpenedPdf, UnreadableError, open_pdf
from veldpdf.pdf.fdf import read_fdf
from veldpdf.pdf.filled import WorksheetReader, about_lacking, modified
from veldpdf.pdf.geometry import WorksheetGeometry
from veldpdf.pdf.matching import definition_name, find_worksheets
from veldpdf.pdf.pages import has_text
from veldpdf.pdf.recovery import Recovered, RecoveredAnswer, recover, recover_pages
from veldpdf.pdf.xfdf import read_xfdf

# PDFs inside PDFs inside PDFs: deeper is an accident or an attack.
_MAX_DEPTH = 3


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
    """Return every worksheet in a PDF; at least one submission, whose status says what could be done."""
    digest = hashlib.sha256(data).hexdigest()
    return tuple(
        replace(submission, digest=f"{digest}{submission.source.removeprefix(envelope.source)}")
        for submission in _read(data, envelope, knowledge, _MAX_DEPTH)
    )


def read_form_data(
    data: bytes, envelope: Envelope, knowledge: Knowledge, *, is_xml: bool
) -> tuple[Submission, ...]:
    """Return the worksheet in an FDF or XFDF file: the fields' values without the PDF."""
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
    return (
        Submission(
            source=envelope.source,
            partner=envelope.partner or envelope.fallback,
            status=Status.READ,
            form=form.id,
            answers=_data_answers(form, texts),
            received=envelope.received,
            name_from=NameFrom.OFFICER if envelope.partner else NameFrom.FILE,
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
    return Submission(
        source=envelope.source,
        partner=envelope.partner or envelope.fallback,
        status=status,
        form=form.id,
        warnings=(problem,),
        received=envelope.received,
        name_from=NameFrom.OFFICER if envelope.partner else NameFrom.FILE,
    )


def _read(data: bytes, envelope: Envelope, knowledge: Knowledge, depth: int) -> tuple[Submission, ...]:
    form = knowledge.form
    try:
        opened = open_pdf(data, knowledge.password)
    except LockedError as exc:
        problem = Message("The file needs a password. Ask the partner for it and give it with --password.")
        if exc.was_tried:
            problem = Message("The password does not open this file. Ask the partner for the right one.")
        return (without_answers(Status.LOCKED, problem, envelope, form),)
    except UnreadableError as exc:
        problem = Message("{reason} Ask the partner to send the PDF again.", reason=exc.reason)
        return (without_answers(Status.UNREADABLE, problem, envelope, form),)
    with opened.pdf:
        try:
            return _read_opened(data, opened, envelope, knowledge, depth)
        except Exception:
            problem = Message("The file is damaged beyond repair. Ask the partner to send the PDF again.")
            return (without_answers(Status.UNREADABLE, problem, envelope, form),)


def _read_opened(
    data: bytes, opened: OpenedPdf, envelope: Envelope, knowledge: Knowledge, depth: int
) -> tuple[Submission, ...]:
    fields = read_fields(opened.pdf)
    found = [
        *_filled(data, opened, fields, envelope, knowledge),
        *_attached(opened, envelope, knowledge, depth),
    ]
    if not found:
        # A printed copy may have got fields again: of a signature, or of the program that joined it with others.
        found = list(_printed(data, opened, envelope, knowledge))
    return tuple(found) or (_none_found(opened, fields, envelope, knowledge.form),)


def _filled(
    data: bytes,
    opened: OpenedPdf,
    fields: Sequence[Field],
    envelope: Envelope,
    knowledge: Knowledge,
) -> Iterator[Submission]:
    """Yield the worksheets whose form fields are there."""
    worksheets = find_worksheets(knowledge.form, fields)
    if not worksheets:
        return
    reader = WorksheetReader(data, opened, knowledge.form)
    for worksheet, own in zip(worksheets, _one_for_each(envelope, len(worksheets)), strict=True):
        read = reader.read(worksheet)
        partner, name_from = _named(own, read.partner)
        yield Submission(
            source=own.source,
            partner=partner,
            status=Status.READ,
            form=knowledge.form.id,
            answers=read.answers,
            warnings=read.warnings,
            notes=read.notes,
            modified=read.modified,
            received=own.received,
            name_from=name_from,
        )


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


def _named(envelope: Envelope, travelled: str) -> tuple[str, NameFrom]:
    """Return what to call a partner: as the officer says, as the worksheet says, or after the file."""
    if envelope.partner:
        return envelope.partner, NameFrom.OFFICER
    if travelled:
        return travelled, NameFrom.WORKSHEET
    return envelope.fallback, NameFrom.FILE


def _attached(opened: OpenedPdf, envelope: Envelope, knowledge: Knowledge, depth: int) -> Iterator[Submission]:
    """Yield the worksheets in PDFs inside the PDF; other PDFs inside it are nobody's business."""
    if depth == 0:
        return
    for file in embedded_pdfs(opened.pdf):
        own = replace(envelope, source=f"{envelope.source}/{file.name}")
        for submission in _read(file.data, own, knowledge, depth - 1):
            if submission.status not in (Status.OTHER, Status.UNREADABLE):
                yield submission


def _printed(data: bytes, opened: OpenedPdf, envelope: Envelope, knowledge: Knowledge) -> Iterator[Submission]:
    """Yield the worksheets of which only the pages are left, as text or as pictures."""
    form = knowledge.form
    if has_text(opened.pdf):
        worksheets = recover(data, knowledge.geometries(), form, knowledge.password)
    elif ocr.is_available():
        pages = ocr.read_pictures(data, knowledge.password)
        worksheets = recover_pages(pages, knowledge.geometries(), form)
    else:
        return
    for worksheet, own in zip(worksheets, _one_for_each(envelope, len(worksheets)), strict=True):
        partner, name_from = _named(own, "")
        lacking = [name for name in form.names if name not in worksheet.answers]
        yield Submission(
            source=own.source,
            partner=partner,
            status=Status.RECOVERED,
            form=form.id,
            answers={name: _recovered(answer, form, name) for name, answer in worksheet.answers.items()},
            warnings=(*_about_printed(worksheet), *worksheet.warnings, *about_lacking(lacking)),
            modified=modified(opened.pdf),
            received=own.received,
            name_from=name_from,
        )


def _recovered(answer: RecoveredAnswer, form: FormDefinition, name: str) -> Answer:
    return Answer(
        text=answer.text,
        state=classify(form.field(name), answer.text),
        origin=answer.origin,
        warnings=answer.warnings,
        # What the box does not show was not printed: the text itself tells nothing of it any more.
        box=None,
        is_cut_off=answer.cut_off,
    )


def _about_printed(worksheet: Recovered) -> tuple[Message, ...]:
    """Return what the officer should know about how a printed copy was read."""
    if any(answer.origin is Origin.OCR for answer in worksheet.answers.values()):
        return (Message("The answers were recognised in scanned pictures; compare each with the PDF."),)
    return (Message("The form fields are gone; the answers were taken from the printed pages."),)


def _none_found(
    opened: OpenedPdf, fields: Sequence[Field], envelope: Envelope, form: FormDefinition
) -> Submission:
    """Return what a sound PDF is that holds no worksheet of the definition."""
    if fields:
        return without_answers(Status.OTHER, _another(form), envelope, form)
    pages = len(opened.pdf.pages)
    if pages and not has_text(opened.pdf):
        problem = counted(
            "The page is a picture without text (a scan). Ask the partner for the original PDF.",
            "The {n} pages are pictures without text (a scan). Ask the partner for the original PDF.",
            pages,
        )
        return without_answers(Status.SCAN, problem, envelope, form)
    problem = Message("This PDF has no form fields, and its pages are not those of {form}.", form=form.id)
    return without_answers(Status.OTHER, problem, envelope, form)


def _another(form: FormDefinition) -> Message:
    return Message("This PDF is another form than {form}.", form=form.id)
