"""A worksheet's definition: TOML in, `FormDefinition` out.

A new worksheet must be a new file in ``forms/`` and never a code change, and the person who writes that file
is not a programmer. So every mistake is told with the file, the field and the remedy, and an unknown key is a
mistake too: a misspelt ``requird = false`` must not be passed over in silence.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from veldpdf.errors import nearest
from veldpdf.language import LANGUAGES
from veldpdf.messages import Message
from veldpdf.model import FieldSpec, FormDefinition, Group, Role, Section
from veldpdf.resources import forms_folder
from veldpdf.tables_in_toml import Table, read_toml

DEFAULT_FORM = "bouwsteen-3a"

# Beside each definition may lie the text of its pages, which `worksheet` draws; it is no definition.
PAGES_SUFFIX = ".pages.toml"

_FORM_KEYS = ("id", "title", "subtitle", "publisher", "language", "thin", "sections", "fields", "groups")
_SECTION_KEYS = ("id", "title")
_FIELD_KEYS = (
    *("name", "section", "label", "question", "hint", "example", "page"),
    *("required", "required_with", "min_length", "role"),
)
_GROUP_KEYS = ("label", "fields", "at_least")


def load_form(source: str | Path | None = None) -> FormDefinition:
    """Return the definition in a TOML file; without one, that of the embedded worksheet.

    Args:
        source: Path of the file.

    Raises:
        DefinitionError: The file has a mistake.
        InputError: The file cannot be read.
    """
    return _embedded_form(DEFAULT_FORM) if source is None else _load(Path(source))


@cache
def known_forms() -> tuple[FormDefinition, ...]:
    """Return the definitions that come with veldpdf, by file name."""
    return tuple(_embedded_form(path.stem) for path in _definition_files(forms_folder()))


def embedded_worksheet(form: FormDefinition) -> Path | None:
    """Return the fillable PDF that comes with veldpdf for a definition; None where there is none."""
    # A definition's id may be anything; only that of one of our own names a file.
    path = forms_folder() / f"{form.id}.pdf"
    return path if form.id in {known.id for known in known_forms()} and path.exists() else None


@cache
def _embedded_form(form_id: str) -> FormDefinition:
    return _load(forms_folder() / f"{form_id}.toml")


def _definition_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.glob("*.toml")) if not path.name.endswith(PAGES_SUFFIX))


def _load(path: Path) -> FormDefinition:
    return parse_form(read_toml(path), source=str(path))


def parse_form(table: Mapping[str, Any], *, source: str) -> FormDefinition:
    """Return the definition in a TOML table.

    Args:
        table: What the TOML file holds.
        source: Name of the file, for messages.

    Raises:
        DefinitionError: The table has a mistake.
    """
    whole = Table(table, source=source, keys=_FORM_KEYS)
    language = whole.text("language")
    if language not in LANGUAGES:
        raise whole.error(
            Message("language is {value}", value=repr(language)),
            Message("Write one of: {known}.", known=", ".join(LANGUAGES)),
        )
    sections = tuple(
        _section(Table(part, source=source, keys=_SECTION_KEYS, section=_name_in(part, "id", number)))
        for number, part in enumerate(whole.tables("sections"), start=1)
    )
    _require_distinct(whole, [section.id for section in sections])
    known = [section.id for section in sections]
    fields = tuple(
        _field(Table(part, source=source, keys=_FIELD_KEYS, field=_name_in(part, "name", number)), known)
        for number, part in enumerate(whole.tables("fields"), start=1)
    )
    names = [spec.name for spec in fields]
    _require_distinct(whole, names)
    for spec in fields:
        _require_known(whole, spec.required_with, names)
    groups = tuple(
        _group(Table(part, source=source, keys=_GROUP_KEYS), names)
        for part in whole.tables("groups", may_lack=True)
    )
    return FormDefinition(
        id=whole.text("id"),
        title=whole.text("title"),
        subtitle=whole.text("subtitle", default=""),
        publisher=whole.text("publisher"),
        language=language,
        sections=sections,
        fields=fields,
        groups=groups,
        thin=whole.texts("thin"),
        source=source,
    )


def _section(table: Table) -> Section:
    return Section(id=table.text("id"), title=table.text("title"))


def _name_in(part: Mapping[str, Any], key: str, number: int) -> str:
    """Return what to call a table in messages: its name, or where it stands when it has none."""
    name = part.get(key)
    return name if isinstance(name, str) and name else f"#{number}"


def _field(table: Table, sections: list[str]) -> FieldSpec:
    name = table.text("name")
    section = table.text("section")
    if section not in sections:
        raise table.error(
            Message("there is no section {value}", value=repr(section)), nearest(section, sections)
        )
    if not name.isprintable():
        raise table.error(
            Message("its name holds a line break or a control character"),
            Message("Write the name as 'veldpdf inspect' shows it."),
        )
    role = table.choice("role", [known.value for known in Role])
    return FieldSpec(
        name=name,
        section=section,
        label=table.text("label"),
        question=table.text("question"),
        hint=table.text("hint", default=""),
        # Stored texts come from the PDF, where a line may end in any of three ways.
        example=table.text("example", default="", blank=True).replace("\r\n", "\n").replace("\r", "\n"),
        page=table.page("page"),
        required=table.flag("required", default=True),
        required_with=table.texts("required_with"),
        min_length=table.number("min_length", default=0),
        role=None if role is None else Role(role),
    )


def _group(table: Table, known: list[str]) -> Group:
    names = table.texts("fields")
    _require_known(table, names, known)
    _require_distinct(table, list(names))
    at_least = table.number("at_least", default=1, least=1)
    if at_least > len(names):
        raise table.error(
            Message("at_least is {n}, and the group has {fields} fields", n=at_least, fields=len(names)),
            Message("Name more fields, or ask for fewer."),
        )
    return Group(label=table.text("label"), fields=names, at_least=at_least)


def _require_known(table: Table, names: Sequence[str], known: list[str]) -> None:
    for name in names:
        if name not in known:
            raise table.error(Message("there is no field {value}", value=repr(name)), nearest(name, known))


def _require_distinct(table: Table, names: list[str]) -> None:
    twice = next((name for index, name in enumerate(names) if name in names[:index]), None)
    if twice is not None:
        raise table.error(
            Message("{value} is there twice", value=repr(twice)),
            Message("Give each section and each field a name of its own."),
        )


def form_as_toml(form: FormDefinition) -> str:
    """Return a definition as the file that `load_form` reads."""
    about = {
        "id": form.id,
        "title": form.title,
        "subtitle": form.subtitle,
        "publisher": form.publisher,
        "language": form.language,
        "thin": form.thin,
    }
    tables = [_as_lines(about)]
    tables += [
        "[[sections]]\n" + _as_lines({"id": section.id, "title": section.title}) for section in form.sections
    ]
    tables += ["[[fields]]\n" + _as_lines(_entries_of(spec)) for spec in form.fields]
    tables += [
        "[[groups]]\n" + _as_lines({"label": group.label, "fields": group.fields, "at_least": group.at_least})
        for group in form.groups
    ]
    return "\n\n".join(tables) + "\n"


def _entries_of(spec: FieldSpec) -> dict[str, object]:
    return {
        "name": spec.name,
        "section": spec.section,
        "label": spec.label,
        "question": spec.question,
        "hint": spec.hint,
        "example": spec.example,
        "page": spec.page,
        "required": spec.required,
        "required_with": spec.required_with,
        "min_length": spec.min_length or "",
        "role": "" if spec.role is None else spec.role.value,
    }


def _as_lines(entries: Mapping[str, object]) -> str:
    """Return the lines of a table; what is empty is left out."""
    return "\n".join(f"{key} = {_as_value(value)}" for key, value in entries.items() if value not in ("", ()))


def _as_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return f"[{', '.join(map(_as_value, value))}]"
    # A TOML basic string has the escapes of JSON, and one more control character that it wants escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
