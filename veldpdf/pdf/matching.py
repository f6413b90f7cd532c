"""Which fields of a file are which fields of a definition.

A worksheet is known by its field names, but names change on the way: a program that puts forms together
renames them, or hangs them below a name of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from veldpdf.model import FormDefinition
from veldpdf.pdf.acroform import Field, FieldType

# What merging programs put behind a name that is taken: qpdf "+1", others "#1", MuPDF " [170]".
_MERGE_SUFFIX = re.compile(r"(?:[#+]\d+| \[\d+\])$")
# A file with fewer of its fields known than this, and fewer of the definition's, is another form.
_LEAST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Worksheet:
    """One worksheet's fields in a file.

    Attributes:
        fields: By the definition's names, in its order; those that the file has.
        unknown: Names of text fields that the definition does not have.
    """

    fields: Mapping[str, Field]
    unknown: tuple[str, ...]

    @property
    def renamed(self) -> bool:
        """Whether any field goes by another name than the definition's."""
        return any(field.name != name for name, field in self.fields.items())


def find_worksheets(form: FormDefinition, fields: Iterable[Field]) -> tuple[Worksheet, ...]:
    """Return the worksheets of one definition in a file: none where it is another form."""
    known: dict[str, list[Field]] = {}
    unknown: list[str] = []
    for field in fields:
        if field.type is not FieldType.TEXT:
            continue
        name = definition_name(form, field.name)
        if name is None:
            unknown.append(field.name)
        else:
            known.setdefault(name, []).append(field)
    if not known or len(known) < _LEAST_SHARE * min(len(form.fields), len(known) + len(unknown)):
        return ()
    copies = max(map(len, known.values()))
    return tuple(
        Worksheet(
            {name: known[name][copy] for name in form.names if len(known.get(name, ())) > copy},
            tuple(unknown),
        )
        for copy in range(copies)
    )


def definition_name(form: FormDefinition, qualified: str) -> str | None:
    """Return which field of a definition a fully qualified name means; None for none of them."""
    for candidate in (qualified, qualified.rsplit(".", 1)[-1]):
        if candidate in form:
            return candidate
        stripped = _MERGE_SUFFIX.sub("", candidate)
        if stripped in form:
            return stripped
    return None
