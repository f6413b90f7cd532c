"""Turning a fillable PDF into what filling needs: for each field the bytes that stay, and how it looks."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pikepdf

from veldpdf.errors import TemplateError
from veldpdf.messages import Message
from veldpdf.model import FormDefinition
from veldpdf.pdf.acroform import Field, FieldFlag, FieldType, Holder, Widget, read_fields
from veldpdf.pdf.document import OpenedPdf, open_pdf
from veldpdf.pdf.filling.form_objects import FormObjects
from veldpdf.pdf.filling.targets import FormFont, Part, Target, TextTarget
from veldpdf.pdf.filling.update import Base
from veldpdf.pdf.fonts import HELVETICA, FieldFont
from veldpdf.pdf.matching import find_worksheets
from veldpdf.pdf.objects import DIRECT, ObjectId, dictionaries_of, get, get_dictionary, identity
from veldpdf.pdf.values import read_text, text_of
from veldpdf.pdf.widgets import Look, LookReader, max_length

# Resource name for Helvetica where a field names no font at all.
_DEFAULT_RESOURCE = "Helv"
# Entries that filling writes anew. Rich text (/RV) would contradict the new value.
_REPLACED = frozenset({"/V", "/RV", "/AP", "/Ff"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A template, ready to fill.

    Attributes:
        base: The file that updates are appended to.
        targets: Its fields, by the name that the user knows.
        mended: Objects of the file that every filled copy replaces.
        partner_key: Number of the object in which a filled copy carries the partner's name.
        with_partner: Objects that a copy with a partner's name replaces, those of ``mended`` among them.
        warnings: What the user should know before filling it.
    """

    base: Base
    targets: Mapping[str, Target]
    mended: Mapping[ObjectId, bytes]
    partner_key: ObjectId
    with_partner: Mapping[ObjectId, bytes]
    warnings: tuple[Message, ...]


def compile_template(data: bytes, opened: OpenedPdf, form: FormDefinition | None, source: str) -> Compiled:
    """Read all that filling needs from an opened file.

    Raises:
        TemplateError: It has no text fields, or is not the definition's worksheet, or cannot be filled.
    """
    if opened.pdf.is_encrypted:
        raise TemplateError(
            Message("{source}: the PDF is encrypted, so it cannot be filled.", source=source),
            Message("Ask the publisher for a copy without protection."),
        )
    base = Base.of(data, opened.pdf)
    if base is not None and is_replaceable(opened.pdf) and not opened.is_repaired:
        return _compile(base, opened.pdf, form, source)
    return _compile_rewritten(opened.pdf, form, source)


def _compile_rewritten(pdf: pikepdf.Pdf, form: FormDefinition | None, source: str) -> Compiled:
    """Compile a file that cannot be appended to as it stands, from a sound copy of it."""
    lost = _is_signed(pdf)
    _make_fields_indirect(pdf)
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True)
    data = buffer.getvalue()
    with open_pdf(data).pdf as rewritten:
        base = Base.of(data, rewritten)
        assert base is not None, "qpdf writes sound files"
        compiled = _compile(base, rewritten, form, source)
    if not lost:
        return compiled
    warning = Message("The PDF is signed, but must be repaired to be filled: its signature will not hold.")
    return replace(compiled, warnings=(*compiled.warnings, warning))


def _is_signed(pdf: pikepdf.Pdf) -> bool:
    """Whether changing the file's own bytes breaks a signature or usage rights (12.8)."""
    return get_dictionary(pdf.Root, "/Perms") is not None or any(
        found.type is FieldType.SIGNATURE and found.inherited("/V") is not None for found in read_fields(pdf)
    )


def is_replaceable(pdf: pikepdf.Pdf) -> bool:
    """Whether each field hangs in the form's tree, and is an object of its own that can be replaced."""
    return get_dictionary(pdf.Root, "/AcroForm") is not None and all(
        identity(obj) != DIRECT and holder.in_tree
        for found in read_fields(pdf)
        for holder in found.holders
        for obj in (holder.chain[0], *(widget.obj for widget in holder.widgets))
    )


def _make_fields_indirect(pdf: pikepdf.Pdf) -> None:
    """Give every field and widget an object of its own, and hang it in the form's tree."""
    found = read_fields(pdf)
    acroform = get_dictionary(pdf.Root, "/AcroForm")
    arrays: list[tuple[pikepdf.Object, str]] = [(page.obj, "/Annots") for page in pdf.pages]
    arrays += [(obj, "/Kids") for item in found for holder in item.holders for obj in holder.chain]
    if acroform is not None:
        arrays.append((acroform, "/Fields"))
    for owner, key in arrays:
        array = get(owner, key)
        if not isinstance(array, pikepdf.Array):
            continue
        for index in range(len(array)):
            if isinstance(array[index], pikepdf.Dictionary) and identity(array[index]) == DIRECT:
                array[index] = pdf.make_indirect(array[index])
    _make_reachable(pdf)


def _make_reachable(pdf: pikepdf.Pdf) -> None:
    """Hang every field in the form's tree: Acrobat shows no field that it does not lead to."""
    if get_dictionary(pdf.Root, "/AcroForm") is None:
        pdf.Root["/AcroForm"] = pikepdf.Dictionary()
    acroform = pdf.Root["/AcroForm"]
    if not isinstance(get(acroform, "/Fields"), pikepdf.Array):
        acroform["/Fields"] = pikepdf.Array()
    known = {identity(root) for root in dictionaries_of(acroform, "/Fields")}
    for found in read_fields(pdf):
        for holder in found.holders:
            root = holder.chain[-1]
            if identity(root) not in known:
                known.add(identity(root))
                acroform["/Fields"].append(root)


def _compile(base: Base, pdf: pikepdf.Pdf, form: FormDefinition | None, source: str) -> Compiled:
    looks = LookReader(pdf)
    found = _named_fields(pdf, form, source)
    targets = {name: _target(name, item, looks) for name, item in found.items()}
    missing_fonts = sorted({font.resource for target in targets.values() for font in _missing_fonts(target)})
    pages = [page for item in found.values() for page in item.pages]
    partner_key = (base.size, 0)
    objects = FormObjects(pdf, missing_fonts)
    return Compiled(
        base=base,
        targets=targets,
        mended=objects.mended(),
        partner_key=partner_key,
        with_partner=objects.with_partner(partner_key, page=pages[0] if pages else 1),
        warnings=_warnings(pdf),
    )


def _named_fields(pdf: pikepdf.Pdf, form: FormDefinition | None, source: str) -> Mapping[str, Field]:
    """Return the text fields by the name that the user knows."""
    fields = [item for item in read_fields(pdf) if item.type is FieldType.TEXT and item.name]
    if not fields:
        raise TemplateError(
            Message("{source}: this PDF has no text fields to fill.", source=source),
            Message("Give the fillable PDF, not a printed copy of it."),
        )
    if form is None:
        return {item.name: item for item in fields}
    worksheets = find_worksheets(form, fields)  # of its text fields: the others are not filled yet
    if not worksheets:
        raise TemplateError(
            Message("{source}: this PDF is another form than {form}.", source=source, form=form.id),
            Message("Give the worksheet that belongs to the definition, or its definition with --form."),
        )
    return worksheets[0].fields


def _missing_fonts(target: Target) -> list[FormFont]:
    """Return the fonts that a field's default appearance names and the form does not have."""
    return [part.font for part in target.parts if part.font is not None and part.font.is_missing]


def _target(name: str, item: Field, looks: LookReader) -> Target:
    parts = {part.key: part for holder in item.holders for part in _parts(item, holder, looks)}
    default = item.inherited("/DV")
    return TextTarget(
        name=name,
        pages=item.pages,
        parts=tuple(parts.values()),
        text=read_text(item).text,
        default="" if default is None else text_of(default).text,
        max_length=max_length(item),
        is_password=FieldFlag.PASSWORD in item.flags,
    )


def _font(widget: Widget, look: Look, looks: LookReader) -> FormFont:
    """Return the font of a widget: the form's where text can be set in it, else Helvetica."""
    name = look.appearance.font or _DEFAULT_RESOURCE
    found = looks.resource(widget, name)
    if look.font is None or found is None:
        # A font that is there but of no use keeps its name; ours needs another one then.
        resource = name if found is None else f"{_DEFAULT_RESOURCE}Veldpdf"
        return FormFont(resource, FieldFont.helvetica(), HELVETICA, is_missing=True)
    return FormFont(name, look.font, found.unparse(), is_missing=False)


def _parts(item: Field, holder: Holder, looks: LookReader) -> Sequence[Part]:
    """Return the dictionaries of one holder that filling writes: the field's first."""
    owner = holder.chain[0]
    widgets = {identity(widget.obj): widget for widget in holder.widgets}
    parts = []
    for obj in (owner, *(widget.obj for key, widget in widgets.items() if key != identity(owner))):
        key = identity(obj)
        own_flags = get(obj, "/Ff")
        widget = widgets.get(key)
        look = None if widget is None else looks.read(item, widget)
        parts.append(
            Part(
                key=key,
                entries=_entries(obj, leaving_out=_REPLACED) + _no_rich_text(obj, owner, holder),
                previous=_entries(obj, only=_REPLACED - {"/Ff"}),
                flags=own_flags if isinstance(own_flags, int) else None,
                locked_flags=int(item.flags | FieldFlag.READ_ONLY),
                is_field=obj is owner,
                look=look,
                font=None if widget is None or look is None else _font(widget, look, looks),
            )
        )
    return parts


def _no_rich_text(obj: pikepdf.Dictionary, owner: pikepdf.Dictionary, holder: Holder) -> bytes:
    """Return an entry that keeps a parent's rich text from contradicting the new value."""
    is_inherited = any(get(parent, "/RV") is not None for parent in holder.chain[1:])
    return b"/RV()" if is_inherited and obj is owner else b""


def _entries(
    obj: pikepdf.Dictionary, *, leaving_out: frozenset[str] = frozenset(), only: frozenset[str] | None = None
) -> bytes:
    """Return entries of a dictionary as they stand in a PDF."""
    kept = pikepdf.Dictionary()
    for key in sorted(obj.keys()):
        if key not in leaving_out and (only is None or key in only):
            kept[key] = obj[key]
    return kept.unparse().removeprefix(b"<<").removesuffix(b">>").strip()


def _warnings(pdf: pikepdf.Pdf) -> tuple[Message, ...]:
    warnings = []
    acroform = get_dictionary(pdf.Root, "/AcroForm")
    if acroform is not None and get(acroform, "/XFA") is not None:
        warnings.append(
            Message("The PDF also holds an XFA form; Acrobat may show that instead of the values filled in.")
        )
    if get_dictionary(pdf.Root, "/Perms") is not None:
        warnings.append(Message("The PDF is signed or has usage rights; a viewer may object to the changes."))
    return tuple(warnings)
