"""Worksheets of which only the pages are left: as text, or as pictures."""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterator, Sequence

import pikepdf

from veldpdf.completeness import classify
from veldpdf.messages import Message
from veldpdf.model import Answer, FormDefinition, Origin, Status
from veldpdf.pdf import ocr
from veldpdf.pdf.filled import about_loose, modified
from veldpdf.pdf.found import Found
from veldpdf.pdf.geometry import WorksheetGeometry
from veldpdf.pdf.notes import Note, read_notes
from veldpdf.pdf.pages import has_text
from veldpdf.pdf.pagetext import PageText, PageTextError, read_pages
from veldpdf.pdf.recovery import Recovered, RecoveredAnswer, recover_pages


def printed_worksheets(
    data: bytes,
    pdf: pikepdf.Pdf,
    form: FormDefinition,
    geometries: Callable[[], Sequence[WorksheetGeometry]],
    *,
    password: str = "",
    leaving_out: Collection[int] = (),
) -> Iterator[Found]:
    """Yield the worksheets on the pages of a file.

    Args:
        data: The file.
        pdf: The same, opened.
        form: The definition.
        geometries: Returns where the fields stand on the worksheets that were sent out.
        password: To open an encrypted file with.
        leaving_out: Numbers of the pages that show fields of the definition.
    """
    notes = [note for note in read_notes(pdf) if note.page not in leaving_out]
    pages = [page for page in _pages(data, pdf, notes, password) if page.number not in leaving_out]
    for worksheet in recover_pages(pages, geometries(), form) if pages else ():
        # A text box is part of the picture of its page, and was read with it; a sticky note is not.
        loose = [note for note in notes if not note.is_drawn and note.page in worksheet.pages]
        yield Found(
            status=Status.RECOVERED,
            answers={name: _answer(answer, form, name) for name, answer in worksheet.answers.items()},
            warnings=(*_about(worksheet), *worksheet.warnings, *((about_loose(loose),) if loose else ())),
            notes=tuple(note.text for note in loose),
            modified=modified(pdf),
            first_page=min(worksheet.pages, default=0),
        )


def _pages(data: bytes, pdf: pikepdf.Pdf, notes: Sequence[Note], password: str) -> Sequence[PageText]:
    """Return the words on the pages of a file; of pictures only where Tesseract is there."""
    if has_text(pdf):
        try:
            return read_pages(
                _with_notes_drawn(pdf) if any(note.is_drawn for note in notes) else data, password
            )
        except PageTextError:
            return ()
    return ocr.read_pictures(data, password) if ocr.is_available() else ()


def _with_notes_drawn(pdf: pikepdf.Pdf) -> bytes:
    """Return the file with the text boxes on its pages as part of them.

    Raises:
        PageTextError: It is too damaged for that.
    """
    copied, drawn = io.BytesIO(), io.BytesIO()
    pdf.save(copied)
    try:
        with pikepdf.open(copied) as copy:
            copy.flatten_annotations("screen")
            copy.save(drawn)
    except (pikepdf.PdfError, RuntimeError, OverflowError, ValueError) as exc:
        raise PageTextError from exc
    return drawn.getvalue()


def _answer(answer: RecoveredAnswer, form: FormDefinition, name: str) -> Answer:
    return Answer(
        text=answer.text,
        state=classify(form.field(name), answer.text),
        origin=answer.origin,
        warnings=answer.warnings,
        # What the box does not show was not printed: the text itself tells nothing of it any more.
        box=None,
        is_cut_off=answer.cut_off,
    )


def _about(worksheet: Recovered) -> tuple[Message, ...]:
    """Return what the officer should know about how a printed copy was read."""
    answers = worksheet.answers.values()
    if not any(answer.text for answer in answers):
        # Some programs that join PDFs leave the fields behind, and their pictures with them.
        return (
            Message("The form fields are gone and all boxes are empty. Ask the partner for the original PDF."),
        )
    if any(answer.origin is Origin.OCR for answer in answers):
        return (Message("The answers were recognised in scanned pictures; compare each with the PDF."),)
    return (Message("The form fields are gone; the answers were taken from the printed pages."),)
