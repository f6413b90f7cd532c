"""What is done with a dropped file to show its pages, in a worker: nothing here knows the browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from veldpdf.messages import Message
from veldpdf.model import FormDefinition
from veldpdf.pdf.field_places import FieldPlaces, field_places
from veldpdf.pdf.page_pictures import PagePictureError, picture_of_page
from veldpdf.returned_file import ReadingOptions, known_geometries
from veldpdf.returned_pages import ReturnedPdf, returned_pdf


@dataclass(frozen=True, slots=True)
class PlacesTask:
    """What is to be looked at.

    Attributes:
        path: The dropped file.
        digest: `Submission.digest` of the worksheet.
        form: The definition that it was read with.
        templates: The fillable PDFs that were sent out and are known of, beside the one that comes with veldpdf.
        has_printed: Whether a worksheet of the same file was read from printed pages.
    """

    path: Path
    digest: str
    form: FormDefinition
    templates: tuple[Path | bytes, ...]
    has_printed: bool


def places_in(task: PlacesTask) -> FieldPlaces:
    """Return how large the pages of a worksheet's PDF are, and where its fields stand on them.

    Raises:
        PagePictureError: It has no pages.
    """
    pdf = _pdf(task.path, task.digest)
    return field_places(
        pdf.data,
        task.form,
        number=pdf.number,
        has_printed=task.has_printed,
        geometries=lambda: known_geometries(ReadingOptions(form=task.form, templates=task.templates)),
    )


def picture_in(path: Path, digest: str, number: int, width: int) -> bytes:
    """Return a page of a worksheet's PDF as a PNG.

    Args:
        path: The dropped file.
        digest: `Submission.digest` of the worksheet.
        number: Which page, from 1.
        width: In pixels.

    Raises:
        PagePictureError: There is no such page, or it cannot be shown.
    """
    return picture_of_page(_pdf(path, digest).data, number, width=width)


def _pdf(path: Path, digest: str) -> ReturnedPdf:
    found = returned_pdf(path, digest)
    if found is None:
        raise PagePictureError(
            Message("There are no pages to show: this is form data without pages."),
            Message("Compare the answers with the PDF that the partner has."),
        )
    return found
