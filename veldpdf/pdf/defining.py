"""A definition to start from, for any fillable PDF: what the file tells about its fields."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePath

import pikepdf

from veldpdf.errors import TemplateError
from veldpdf.language import catalogue
from veldpdf.messages import Message
from veldpdf.model import FieldSpec, FormDefinition, Section
from veldpdf.pdf.acroform import Field, FieldFlag, FieldType, read_fields
from veldpdf.pdf.document import open_fillable
from veldpdf.pdf.matching import ANSWERABLE, PARTNER_FIELD
from veldpdf.pdf.notes import rectangle_of
from veldpdf.pdf.objects import get, get_bytes, get_dictionary
from veldpdf.pdf.textstring import decode
from veldpdf.pdf.values import read_text

_NOT_IN_ID = re.compile(r"[^a-z0-9]+")
_LANGUAGES = ("nl", "en")


def define_form(data: bytes, *, source: str, password: str = "") -> FormDefinition:
    """Return a definition of a fillable PDF, with a section for each page.

    Labels and questions are the fields' tooltips, else their names; examples are what stands in the fields.

    Args:
        data: The file.
        source: Its name, which gives the definition its id.
        password: To open an encrypted file with.

    Raises:
        TemplateError: It cannot be read, or has no fields.
    """
    opened = open_fillable(data, source, password)
    with opened.pdf as pdf:
        fields = sorted(_answerable(read_fields(pdf)), key=_place)
        if not fields:
            raise TemplateError(
                Message("{source}: this PDF has no fields to answer.", source=source),
                Message("Give the fillable PDF, not a printed copy of it."),
            )
        return _definition(pdf, fields, PurePath(source).stem)


def _answerable(fields: tuple[Field, ...]) -> list[Field]:
    """Return the fields that a partner answers, but for those with names that no definition can hold."""
    return [
        field
        for field in fields
        if field.type in ANSWERABLE
        and field.name != PARTNER_FIELD
        and field.name.isprintable()
        and field.name.strip()
    ]


def _place(field: Field) -> tuple[int, float, float]:
    """Return what fields are ordered by: the page, then as one reads."""
    page = field.pages[0] if field.pages else 0
    box = rectangle_of(field.widgets[0].obj) if field.widgets else None
    return (page, -box[3], box[0]) if box is not None else (page, 0.0, 0.0)


def _definition(pdf: pikepdf.Pdf, fields: list[Field], stem: str) -> FormDefinition:
    pages = sorted({_page(field) for field in fields})
    last_parts = Counter(_last_part(field.name) for field in fields)
    required = any(FieldFlag.REQUIRED in field.flags for field in fields)
    title = _title(pdf) or stem
    language = _language(pdf)
    say = catalogue(language)  # a definition speaks the language of its worksheet
    return FormDefinition(
        id=_NOT_IN_ID.sub("-", stem.lower()).strip("-") or "form",
        title=title,
        publisher=say("Unknown"),
        language=language,
        sections=tuple(Section(id=f"p{page}", title=say("Page {page}", page=page)) for page in pages),
        fields=tuple(
            _spec(field, unique=last_parts[_last_part(field.name)] == 1, all_required=not required)
            for field in fields
        ),
    )


def _spec(field: Field, *, unique: bool, all_required: bool) -> FieldSpec:
    name = _last_part(field.name) if unique else field.name
    tooltip = _tooltip(field) or name
    is_text = field.type is FieldType.TEXT
    return FieldSpec(
        name=name,
        section=f"p{_page(field)}",
        label=" ".join(tooltip.split()),
        question=tooltip,
        example=read_text(field).text if is_text else "",
        page=_page(field),
        required=FieldFlag.REQUIRED in field.flags or (all_required and is_text),
    )


def _page(field: Field) -> int:
    return field.pages[0] if field.pages else 1


def _last_part(name: str) -> str:
    last = name.rsplit(".", 1)[-1]
    return last if last.strip() else name


def _tooltip(field: Field) -> str:
    """Return what viewers show for a field and screen readers speak: ``/TU`` (12.7.4.1)."""
    for holder in field.holders:
        raw = get_bytes(holder.chain[0], "/TU")
        if raw is not None and decode(raw).text.strip():
            return decode(raw).text.strip()
    return ""


def _title(pdf: pikepdf.Pdf) -> str:
    info = get_dictionary(pdf.trailer, "/Info")
    raw = None if info is None else get_bytes(info, "/Title")
    return "" if raw is None else " ".join(decode(raw).text.split())


def _language(pdf: pikepdf.Pdf) -> str:
    lang = get(pdf.Root, "/Lang")
    told = decode(bytes(lang)).text[:2].lower() if isinstance(lang, pikepdf.String) else ""
    return told if told in _LANGUAGES else _LANGUAGES[0]
