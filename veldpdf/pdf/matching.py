"""Which fields of a file are which fields of a definition, and how many worksheets a file holds.

A worksheet is known by its field names, but names change on the way: a program that puts forms together
renames them (qpdf to ``Veld01+1``, pdftk to ``1.Veld01``, MuPDF to ``Veld01 [170]``), hangs them below a name
of its own, or leaves two sets of the same names (pdfunite). So names tell which field it is, and pages tell
which worksheet it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from veldpdf.model import FormDefinition
from veldpdf.pdf.acroform import Field, FieldType, Holder

# The kinds of field that a partner answers; a button is pressed, a signature is no text.
ANSWERABLE = frozenset({FieldType.TEXT, FieldType.CHECKBOX, FieldType.RADIO, FieldType.CHOICE})

# The field in which a prefilled worksheet carries the name of the partner that it was sent to. A hidden, read-only
# field is what every form engine keeps when it saves: PDFium, pdf.js, Poppler, PDFBox, pdftk and MuPDF all do,
# while some of them drop metadata or write it anew.
PARTNER_FIELD = "veldpdf_partner"

# What merging programs put behind a name that is taken.
_MERGE_SUFFIX = re.compile(r"(?:[#+]\d+| \[\d+\])$")
# A file with fewer of its fields known than this, and fewer of the definition's, is another form.
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One worksheet's fields in a file.

    Attributes:
        fields: By the definition's names, in its order; those that the file has.
        unknown: Names of fields that the definition does not have.
        partner: The field that carries the partner's name; None in a worksheet that was not prefilled by us.
    """

    fields: Mapping[str, Field]
    unknown: tuple[str, ...]
    partner: Field | None = None

    @property
    def is_renamed(self) -> bool:
        """Whether any field goes by another name than the definition's."""
        return any(field.name != name for name, field in self.fields.items())


@dataclass(frozen=True, slots=True)
class _Part:
    """One dictionary that is a field of the definition.

    Attributes:
        name: The definition's name.
        field: The file's field that has it.
        pages: Where it shows, in order; empty where it shows nowhere.
    """

    name: str
    field: Field
    holder: Holder
    pages: tuple[int, ...]


def find_worksheets(form: FormDefinition, fields: Iterable[Field]) -> tuple[Worksheet, ...]:
    """Return the worksheets of one definition in a file, in the order of its pages: none in another form."""
    parts: list[_Part] = []
    unknown: list[str] = []
    for field in fields:
        if field.type not in ANSWERABLE:
            continue
        name = definition_name(form, field.name)
        if name is None:
            unknown.append(field.name)
        else:
            parts += (_Part(name, field, holder, _pages(holder)) for holder in field.holders)
    known = {part.name for part in parts} - {PARTNER_FIELD}
    if not known or len(known) < _LEAST_SHARE * min(len(form.fields), len(known) + len(unknown)):
        return ()
    return tuple(_worksheet(form, _by_name(group), tuple(unknown)) for group in _separated(parts))


def _worksheet(form: FormDefinition, group: Mapping[str, list[_Part]], unknown: tuple[str, ...]) -> Worksheet:
    return Worksheet(
        {name: _field(group, name) for name in form.names if name in group},
        unknown,
        _field(group, PARTNER_FIELD) if PARTNER_FIELD in group else None,
    )


def _pages(holder: Holder) -> tuple[int, ...]:
    return tuple(sorted({widget.page for widget in holder.widgets if widget.page is not None}))


def _separated(parts: list[_Part]) -> list[list[_Part]]:
    """Return the parts worksheet by worksheet.

    Going through the pages, a new worksheet begins with the page that shows a field for the second time: as
    another dictionary, for one field may show in many places.
    """
    placed = sorted((part for part in parts if part.pages), key=lambda part: part.pages[0])
    worksheets: list[list[_Part]] = [[]]
    first_page: dict[str, int] = {}
    for part in placed:
        page = part.pages[0]
        if part.name in first_page and first_page[part.name] != page:
            # What this page has shown so far belongs to the new worksheet as well.
            moved = [other for other in worksheets[-1] if other.pages[0] == page]
            worksheets[-1] = [other for other in worksheets[-1] if other.pages[0] != page]
            worksheets.append(moved)
            first_page = {other.name: page for other in moved}
        worksheets[-1].append(part)
        first_page.setdefault(part.name, page)
    for part in parts:
        if not part.pages:
            _home_of(part, worksheets).append(part)
    return [worksheet for worksheet in worksheets if worksheet]


def _home_of(part: _Part, worksheets: list[list[_Part]]) -> list[_Part]:
    """Return the worksheet of a field that shows nowhere: the first that shows one of its name."""
    for wanted in (part.field.name, part.name):
        for worksheet in worksheets:
            if any(wanted in (other.field.name, other.name) for other in worksheet):
                return worksheet
    return worksheets[0]


def _by_name(parts: Iterable[_Part]) -> dict[str, list[_Part]]:
    groups: dict[str, list[_Part]] = {}
    for part in parts:
        groups.setdefault(part.name, []).append(part)
    return groups


def _field(group: Mapping[str, list[_Part]], name: str) -> Field:
    """Return one worksheet's field: the dictionaries in the tree first, as everywhere."""
    parts = sorted(group[name], key=lambda part: not part.holder.in_tree)
    first = parts[0].field
    # The file's own, where it is all of it: what was found out of it stays known.
    is_whole = len(parts) == 1 == len(first.holders)
    return first if is_whole else Field(first.name, tuple(part.holder for part in parts))


def definition_name(form: FormDefinition, qualified: str) -> str | None:
    """Return which field of a definition a fully qualified name means; None for none of them."""
    for candidate in (qualified, qualified.rsplit(".", 1)[-1]):
        for name in (candidate, _MERGE_SUFFIX.sub("", candidate)):
            if name in form or name == PARTNER_FIELD:
                return name
    return None
