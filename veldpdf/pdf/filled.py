"""A worksheet whose form fields are there: what its fields say, and what was typed beside them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import pikepdf

from veldpdf.completeness import SAYS_NOTHING, classify
from veldpdf.messages import Message
from veldpdf.model import Answer, FieldSpec, FormDefinition, Origin, State, Status
from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import Field, FieldType
from veldpdf.pdf.annotations import Annotation
from veldpdf.pdf.chosen import read_value
from veldpdf.pdf.document import OpenedPdf
from veldpdf.pdf.evidence import Evidence
from veldpdf.pdf.found import Found
from veldpdf.pdf.matching import Worksheet
from veldpdf.pdf.notes import Note, assign, read_notes
from veldpdf.pdf.objects import get_bytes, get_dictionary
from veldpdf.pdf.values import TextValue, read_text
from veldpdf.pdf.widgets import LookReader
from veldpdf.pdf.xfa import xfa_values

_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:Z|([+-])(\d{2})'?(\d{2})?)?")


# A form of another make may have hundreds of fields, with names of any length.
_MOST_NAMED = 10
_LONGEST_NAME = 60


class WorksheetReader:
    """Reads the worksheets of one file; what they share is looked up once."""

    def __init__(
        self, data: bytes, opened: OpenedPdf, annotations: Sequence[Annotation], form: FormDefinition
    ) -> None:
        self._form = form
        self._looks = LookReader(opened.pdf)
        self._evidence = Evidence(data)
        self._xfa = xfa_values(opened.pdf)
        self._notes = read_notes(opened.pdf, annotations)
        self._modified = modified(opened.pdf)
        self._about_file = _about_file(opened)

    def read(self, worksheet: Worksheet) -> Found:
        """Return what one worksheet says."""
        pages = {page for field in worksheet.fields.values() for page in field.pages}
        notes, loose = assign((note for note in self._notes if note.page in pages), worksheet.fields)
        answers = {
            name: self._guarded(field, name, notes.get(name, ())) for name, field in worksheet.fields.items()
        }
        warnings = (*self._about_file, *_about(worksheet))
        if loose:
            warnings = (*warnings, about_loose(loose))
        return Found(
            status=Status.READ,
            answers=answers,
            warnings=warnings,
            notes=tuple(note.text for note in loose),
            modified=self._modified,
            partner="" if worksheet.partner is None else read_text(worksheet.partner).text.strip(),
            first_page=min(pages, default=0),
        )

    def _guarded(self, field: Field, name: str, notes: Sequence[Note]) -> Answer:
        """Return the answer of one field; one that is broken must not take the others along."""
        try:
            return self._answer(field, name, notes)
        except Exception:
            return Answer(
                text="",
                state=State.EMPTY,
                warnings=(Message("This field is damaged and could not be read; look in the PDF."),),
            )

    def _answer(self, field: Field, name: str, notes: Sequence[Note]) -> Answer:
        spec = self._form.field(name)
        value = self._value(field, spec)
        widgets = field.widgets
        # What a button or list shows is not its export value, so nothing can be told from their boxes.
        is_text = field.type is FieldType.TEXT
        box = self._looks.box(field, widgets[0]) if widgets and is_text else None
        warnings = value.warnings
        if self._xfa:
            warnings = (*warnings, *self._about_xfa(name, value.text))
        state = classify(spec, value.text)
        if not notes:
            return Answer(text=value.text, state=state, origin=value.origin, warnings=warnings, box=box)
        if state in SAYS_NOTHING:
            text = "\n".join(note.text for note in notes)
            warning = Message("The answer was typed on the page, not in the field.")
            return Answer(
                text=text,
                state=classify(spec, text),
                origin=Origin.ANNOTATION,
                warnings=(*warnings, warning),
                box=box,
            )
        warnings = (*warnings, Message("Something was typed on the page beside this field as well."))
        return Answer(
            text=value.text,
            state=state,
            origin=value.origin,
            warnings=warnings,
            notes=tuple(note.text for note in notes),
            box=box,
        )

    def _value(self, field: Field, spec: FieldSpec) -> TextValue:
        """Return what a field says; of a button or list the export value, of several a line for each."""
        if field.type is FieldType.TEXT:
            return read_text(field, spec.example, self._evidence)
        chosen = read_value(field)
        return TextValue("\n".join(chosen) if isinstance(chosen, list) else chosen or "")

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


def about_loose(notes: Sequence[Note]) -> Message:
    """Return what to say of notes that lie over no field."""
    pages = ", ".join(str(page) for page in sorted({note.page for note in notes}))
    return Message("Something was typed on the page away from any field: page {pages}.", pages=pages)


def _about(worksheet: Worksheet) -> tuple[Message, ...]:
    """Return what the officer should know about the worksheet as a whole."""
    warnings = []
    if worksheet.unknown:
        named = [name[:_LONGEST_NAME] for name in worksheet.unknown[:_MOST_NAMED]]
        names = ", ".join([*named, "…"] if len(worksheet.unknown) > _MOST_NAMED else named)
        warnings.append(Message("The file has fields that the worksheet does not know: {names}.", names=names))
    if worksheet.is_renamed:
        warnings.append(
            Message("The fields go by other names in this file; they were matched by the last part.")
        )
    return tuple(warnings)


def modified(pdf: pikepdf.Pdf) -> datetime | None:
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
