"""A file in, submissions out. Never raises for what is in the file: the status says it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

import pikepdf

from veldpdf.completeness import classify
from veldpdf.messages import Message
from veldpdf.model import Answer, FormDefinition, Status, Submission
from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import Field, read_fields
from veldpdf.pdf.document import LockedError, OpenedPdf, UnreadableError, open_pdf
from veldpdf.pdf.matching import Worksheet, find_worksheets
from veldpdf.pdf.objects import get_bytes, get_dictionary
from veldpdf.pdf.pages import has_text
from veldpdf.pdf.values import read_text
from veldpdf.pdf.widgets import LookReader

_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:Z|([+-])(\d{2})'?(\d{2})?)?")


def read_submissions(
    data: bytes, *, form: FormDefinition, source: str, partner: str, password: str = ""
) -> tuple[Submission, ...]:
    """Return every worksheet in a file, at least one submission: its status says what could be done.

    Args:
        data: The file.
        form: The definition to read it with.
        source: What to call the file.
        partner: Who sent it.
        password: To open an encrypted file with.
    """
    try:
        opened = open_pdf(data, password)
    except LockedError:
        problem = Message("The file needs a password. Ask the partner for it and give it with --password.")
        return (_without_answers(Status.LOCKED, problem, form, source, partner),)
    except UnreadableError as exc:
        problem = Message("{reason} Ask the partner to send the PDF again.", reason=exc.reason)
        return (_without_answers(Status.UNREADABLE, problem, form, source, partner),)
    with opened.pdf:
        try:
            return _read_opened(opened, form, source, partner)
        except Exception:
            problem = Message("The file is damaged beyond repair. Ask the partner to send the PDF again.")
            return (_without_answers(Status.UNREADABLE, problem, form, source, partner),)


def _without_answers(
    status: Status, problem: Message, form: FormDefinition, source: str, partner: str
) -> Submission:
    return Submission(source=source, partner=partner, status=status, form=form.id, warnings=(problem,))


def _read_opened(opened: OpenedPdf, form: FormDefinition, source: str, partner: str) -> tuple[Submission, ...]:
    pdf = opened.pdf
    fields = read_fields(pdf)
    worksheets = find_worksheets(form, fields)
    if not worksheets:
        status, problem = _why_no_worksheet(pdf, fields, form)
        return (_without_answers(status, problem, form, source, partner),)
    looks = LookReader(pdf)
    modified = _modified(pdf)
    repaired = (Message("The file was damaged and has been repaired; compare the answers with the PDF."),)
    return tuple(
        Submission(
            source=source if len(worksheets) == 1 else f"{source}#{number}",
            partner=partner,
            status=Status.READ,
            form=form.id,
            answers=_answers(worksheet, form, looks),
            warnings=(repaired if opened.is_repaired else ()) + _about(worksheet, form),
            modified=modified,
        )
        for number, worksheet in enumerate(worksheets, start=1)
    )


def _why_no_worksheet(
    pdf: pikepdf.Pdf, fields: tuple[Field, ...], form: FormDefinition
) -> tuple[Status, Message]:
    """Return what a sound PDF is that holds none of the definition's fields."""
    if fields:
        return Status.OTHER, Message("This PDF is another form than {form}.", form=form.id)
    pages = len(pdf.pages)
    if pages and not has_text(pdf):
        return Status.SCAN, Message(
            "The {pages} page(s) are pictures without text (a scan). Ask the partner for the original PDF.",
            pages=pages,
        )
    return Status.OTHER, Message(
        "This PDF has no form fields. If it is a printed copy, ask the partner for the original PDF."
    )


def _answers(worksheet: Worksheet, form: FormDefinition, looks: LookReader) -> Mapping[str, Answer]:
    return {name: _answer(field, form, name, looks) for name, field in worksheet.fields.items()}


def _answer(field: Field, form: FormDefinition, name: str, looks: LookReader) -> Answer:
    spec = form.field(name)
    value = read_text(field, spec.example)
    widgets = field.widgets
    return Answer(
        text=value.text,
        state=classify(spec, value.text),
        origin=value.origin,
        warnings=value.warnings,
        box=looks.read(field, widgets[0]).box if widgets else None,
    )


def _about(worksheet: Worksheet, form: FormDefinition) -> tuple[Message, ...]:
    """Return what the officer should know about the worksheet as a whole."""
    warnings = []
    lacking = [name for name in form.names if name not in worksheet.fields]
    if lacking:
        warnings.append(Message("The file lacks these fields: {names}.", names=", ".join(lacking)))
    if worksheet.unknown:
        names = ", ".join(worksheet.unknown)
        warnings.append(Message("The file has fields that the worksheet does not know: {names}.", names=names))
    if worksheet.renamed:
        warnings.append(
            Message("The fields go by other names in this file; they were matched by the last part.")
        )
    return tuple(warnings)


def _modified(pdf: pikepdf.Pdf) -> datetime | None:
    """Return when the file was last saved, as its information dictionary says (14.3.3)."""
    info = get_dictionary(pdf.trailer, "/Info")
    raw = None if info is None else get_bytes(info, "/ModDate") or get_bytes(info, "/CreationDate")
    return None if raw is None else parse_date(textstring.decode(raw).text)


def parse_date(text: str) -> datetime | None:
    """Return a PDF date (7.9.4); None where it is none. A date without a time zone counts as UTC."""
    found = _DATE.match(text if text.startswith("D:") else f"D:{text}")
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    offset = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0))
    try:
        zone = timezone(-offset if found[7] == "-" else offset)
        return datetime(year, month or 1, day or 1, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
