"""A file in, submissions out. Never raises for what is in the file: the status says it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pikepdf

from veldpdf.completeness import SAYS_NOTHING, classify
from veldpdf.messages import Message, counted
from veldpdf.model import Answer, FormDefinition, Origin, Status, Submission
from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import Field, read_fields
from veldpdf.pdf.document import LockedError, OpenedPdf, UnreadableError, open_pdf
from veldpdf.pdf.evidence import Evidence
from veldpdf.pdf.matching import Worksheet, find_worksheets
from veldpdf.pdf.notes import Note, assign, read_notes
from veldpdf.pdf.objects import get_bytes, get_dictionary
from veldpdf.pdf.pages import has_text
from veldpdf.pdf.values import read_text
from veldpdf.pdf.widgets import LookReader
from veldpdf.pdf.xfa import xfa_values

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
            return _read_opened(data, opened, form, source, partner)
        except Exception:
            problem = Message("The file is damaged beyond repair. Ask the partner to send the PDF again.")
            return (_without_answers(Status.UNREADABLE, problem, form, source, partner),)


def _without_answers(
    status: Status, problem: Message, form: FormDefinition, source: str, partner: str
) -> Submission:
    return Submission(source=source, partner=partner, status=status, form=form.id, warnings=(problem,))


def _read_opened(
    data: bytes, opened: OpenedPdf, form: FormDefinition, source: str, partner: str
) -> tuple[Submission, ...]:
    pdf = opened.pdf
    fields = read_fields(pdf)
    worksheets = find_worksheets(form, fields)
    if not worksheets:
        status, problem = _why_no_worksheet(pdf, fields, form)
        return (_without_answers(status, problem, form, source, partner),)
    reader = _Reader(data, opened, form)
    several = len(worksheets) > 1
    return tuple(
        reader.submission(
            worksheet,
            source=f"{source}#{number}" if several else source,
            partner=f"{partner} ({number})" if several else partner,
        )
        for number, worksheet in enumerate(worksheets, start=1)
    )


class _Reader:
    """What reading the worksheets of one file shares."""

    def __init__(self, data: bytes, opened: OpenedPdf, form: FormDefinition) -> None:
        self._form = form
        self._looks = LookReader(opened.pdf)
        self._evidence = Evidence(data)
        self._xfa = xfa_values(opened.pdf)
        self._notes = read_notes(opened.pdf)
        self._modified = _modified(opened.pdf)
        self._about_file = _about_file(opened)

    def submission(self, worksheet: Worksheet, *, source: str, partner: str) -> Submission:
        """Return one worksheet, read."""
        pages = {page for field in worksheet.fields.values() for page in field.pages}
        notes, loose = assign((note for note in self._notes if note.page in pages), worksheet.fields)
        answers = {
            name: self._answer(field, name, notes.get(name, ())) for name, field in worksheet.fields.items()
        }
        warnings = (*self._about_file, *_about(worksheet, self._form))
        if loose:
            warnings = (*warnings, _about_loose(loose))
        return Submission(
            source=source,
            partner=partner,
            status=Status.READ,
            form=self._form.id,
            answers=answers,
            warnings=warnings,
            notes=tuple(note.text for note in loose),
            modified=self._modified,
        )

    def _answer(self, field: Field, name: str, notes: Sequence[Note]) -> Answer:
        spec = self._form.field(name)
        value = read_text(field, spec.example, self._evidence)
        widgets = field.widgets
        box = self._looks.read(field, widgets[0]).box if widgets else None
        warnings = (*value.warnings, *self._about_xfa(name, value.text))
        state = classify(spec, value.text)
        if notes and state in SAYS_NOTHING:
            text = "\n".join(note.text for note in notes)
            warning = Message("The answer was typed on the page, not in the field.")
            return Answer(
                text=text,
                state=classify(spec, text),
                origin=Origin.ANNOTATION,
                warnings=(*warnings, warning),
                box=box,
            )
        if notes:
            warnings = (*warnings, Message("Something was typed on the page beside this field as well."))
        return Answer(
            text=value.text,
            state=state,
            origin=value.origin,
            warnings=warnings,
            notes=tuple(note.text for note in notes),
            box=box,
        )

    def _about_xfa(self, name: str, text: str) -> tuple[Message, ...]:
        """Return a warning where the XFA data says otherwise; the AcroForm counts."""
        other = self._xfa.get(name, ())
        if not other or any(value.split() == text.split() for value in other):
            return ()
        return (Message("The XFA form in the file says something else for this field."),)


def _about_file(opened: OpenedPdf) -> tuple[Message, ...]:
    """Return what the officer should know about the file as a whole."""
    if opened.is_cut_off:
        return (Message("The file was cut off on its way: what was saved last may be missing."),)
    if opened.is_repaired:
        return (Message("The file was damaged and has been repaired; compare the answers with the PDF."),)
    return ()


def _about_loose(notes: Sequence[Note]) -> Message:
    pages = ", ".join(str(page) for page in sorted({note.page for note in notes}))
    return Message("Something was typed on the page away from any field: page {pages}.", pages=pages)


def _why_no_worksheet(
    pdf: pikepdf.Pdf, fields: tuple[Field, ...], form: FormDefinition
) -> tuple[Status, Message]:
    """Return what a sound PDF is that holds none of the definition's fields."""
    if fields:
        return Status.OTHER, Message("This PDF is another form than {form}.", form=form.id)
    pages = len(pdf.pages)
    if pages and not has_text(pdf):
        return Status.SCAN, counted(
            "The page is a picture without text (a scan). Ask the partner for the original PDF.",
            "The {n} pages are pictures without text (a scan). Ask the partner for the original PDF.",
            pages,
        )
    return Status.OTHER, Message(
        "This PDF has no form fields. If it is a printed copy, ask the partner for the original PDF."
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
    if worksheet.is_renamed:
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
