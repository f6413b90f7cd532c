"""The fields of any fillable PDF, ours or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from veldpdf.messages import Message
from veldpdf.model import FormDefinition, Status
from veldpdf.pdf.acroform import FieldType, read_fields
from veldpdf.pdf.attachments import embedded_pdfs
from veldpdf.pdf.chosen import choices_of, read_value
from veldpdf.pdf.document import LockedError, OpenedPdf, UnreadableError, open_pdf
from veldpdf.pdf.evidence import Evidence
from veldpdf.pdf.fdf import read_fdf
from veldpdf.pdf.matching import definition_name, find_worksheets
from veldpdf.pdf.pages import has_text
from veldpdf.pdf.xfdf import read_xfdf


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectedField:
    """One field of a file.

    Attributes:
        name: Fully qualified name (12.7.4.2).
        type: What kind of field it is.
        value: Its text, its export value, the list of those chosen, or None.
        pages: Where it shows, from 1.
        choices: The export values that it may have; none for a text.
    """

    name: str
    type: FieldType
    value: str | list[str] | None
    pages: tuple[int, ...]
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What is in a file.

    Attributes:
        source: Which file.
        status: ``read`` where fields were read, else why not.
        form: Id of the definition that fits; None where none does.
        fields: All its fields.
        warnings: What the user should know.
    """

    source: str
    status: Status
    form: str | None = None
    fields: tuple[InspectedField, ...] = ()
    warnings: tuple[Message, ...] = ()


def inspect_pdf(data: bytes, *, source: str, forms: Sequence[FormDefinition], password: str = "") -> Inspection:
    """Return the fields of a file, and which of some definitions it fits.

    Args:
        data: The file.
        source: What to call it.
        forms: The definitions to try, in order.
        password: To open an encrypted file with.
    """
    try:
        opened = open_pdf(data, password)
        with opened.pdf:
            return _inspect_opened(opened, source, forms, Evidence(data))
    except LockedError:
        return Inspection(
            source=source,
            status=Status.LOCKED,
            warnings=(Message("The file needs a password; give it with --password."),),
        )
    except UnreadableError as exc:
        return Inspection(source=source, status=Status.UNREADABLE, warnings=(exc.reason,))
    except Exception:
        warning = Message("The file is damaged beyond repair.")
        return Inspection(source=source, status=Status.UNREADABLE, warnings=(warning,))


def inspect_embedded(
    data: bytes, *, source: str, forms: Sequence[FormDefinition], password: str = ""
) -> tuple[Inspection, ...]:
    """Return what is in the PDFs inside a PDF: those of a portfolio; none in most files.

    Args: as of `inspect_pdf`.
    """
    try:
        with open_pdf(data, password).pdf as pdf:
            files = list(embedded_pdfs(pdf))
    except Exception:
        return ()
    return tuple(
        inspect_pdf(file.data, source=f"{source}/{file.name}", forms=forms, password=password) for file in files
    )


def _inspect_opened(
    opened: OpenedPdf, source: str, forms: Sequence[FormDefinition], evidence: Evidence
) -> Inspection:
    pdf = opened.pdf
    fields = read_fields(pdf)
    if not fields:
        status = Status.OTHER if has_text(pdf) or not len(pdf.pages) else Status.SCAN
        warning = Message("This PDF has no form fields.")
        return Inspection(source=source, status=status, warnings=(warning,))
    repaired = (Message("The file was damaged and has been repaired."),) if opened.is_repaired else ()
    return Inspection(
        source=source,
        status=Status.READ,
        form=next((form.id for form in forms if find_worksheets(form, fields)), None),
        fields=tuple(
            InspectedField(
                name=field.name,
                type=field.type,
                value=read_value(field, evidence),
                pages=field.pages,
                choices=choices_of(field),
            )
            for field in fields
        ),
        warnings=repaired,
    )


def inspect_form_data(data: bytes, *, source: str, forms: Sequence[FormDefinition], is_xml: bool) -> Inspection:
    """Return the fields of an FDF or XFDF file, which tells their values and nothing else."""
    try:
        values = read_xfdf(data) if is_xml else read_fdf(data)
    except UnreadableError as exc:
        return Inspection(source=source, status=Status.UNREADABLE, warnings=(exc.reason,))
    fits = (form.id for form in forms if any(definition_name(form, name) in form for name in values))
    return Inspection(
        source=source,
        status=Status.READ,
        form=next(fits, None),
        fields=tuple(
            InspectedField(name=name, type=FieldType.TEXT, value=text, pages=())
            for name, text in values.items()
        ),
    )
