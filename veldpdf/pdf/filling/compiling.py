"""Turning a fillable PDF into what filling needs: for each field the bytes that stay, and how it looks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pikepdf

from veldpdf.errors import TemplateError
from veldpdf.messages import Message, counted
from veldpdf.model import FormDefinition
from veldpdf.pdf.acroform import Field, FieldFlag, Holder, Widget, read_fields
from veldpdf.pdf.document import OpenedPdf, open_pdf
from veldpdf.pdf.filling import kinds
from veldpdf.pdf.filling.canvas import Canvas
from veldpdf.pdf.filling.encryption import FileCipher
from veldpdf.pdf.filling.form_objects import FormObjects
from veldpdf.pdf.filling.more_pages import PageTree
from veldpdf.pdf.filling.protection import Protection, take_out
from veldpdf.pdf.filling.targets import FormFont, Part, Target
from veldpdf.pdf.filling.update import Base, append, entries_of, entries_without
from veldpdf.pdf.fonts import HELVETICA, FieldFont
from veldpdf.pdf.hybrid import with_hidden_objects
from veldpdf.pdf.matching import ANSWERABLE, PARTNER_FIELD, find_worksheets
from veldpdf.pdf.objects import DIRECT, ObjectId, dictionaries_of, get, get_dictionary, identity
from veldpdf.pdf.widgets import Look, LookReader

# Resource name for Helvetica where a field names no font at all.
_DEFAULT_RESOURCE = "Helv"
# Entries that filling writes anew. Rich text (/RV), and which options were chosen (/I), would contradict the value.
_REPLACED = frozenset({"/V", "/RV", "/AP", "/AS", "/I", "/TI", "/Ff"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A template, ready to fill.

    Attributes:
        base: The file that updates are appended to.
        targets: Its fields, by the name that the user knows.
        others: The fields that the definition does not have, or has already; nobody fills them.
        mended: Objects of the file that every filled copy replaces.
        redraws: Whether a filled copy must draw all fields, for their pictures may be older than their values.
        partner_key: Number of the object in which a filled copy carries the partner's name.
        with_partner: Objects that a copy with a partner's name replaces, those of ``mended`` among them.
        pages: Where more pages can be put behind its own.
        protection: What its owner lets others change.
        warnings: What the user should know before filling it.
    """

    base: Base
    targets: Mapping[str, Target]
    others: Sequence[Target]
    mended: Mapping[ObjectId, bytes]
    redraws: bool
    partner_key: ObjectId
    with_partner: Mapping[ObjectId, bytes]
    pages: PageTree
    protection: Protection
    warnings: tuple[Message, ...]


def without(data: bytes, opened: OpenedPdf, source: str, *, xfa: bool, rights: bool) -> bytes:
    """Return a file without its XFA form, or without its signatures and usage rights.

    Raises:
        TemplateError: It is encrypted in a way that leaves it unfillable.
    """
    cipher = FileCipher.of(opened.pdf, source=source)
    objects = take_out(opened.pdf, xfa=xfa, rights=rights)
    base = Base.of(data, opened.pdf, cipher)
    if base is not None and not opened.is_repaired and DIRECT not in objects:
        return append(base, objects)
    return _rewritten(opened.pdf, source)


def compile_template(data: bytes, opened: OpenedPdf, form: FormDefinition | None, source: str) -> Compiled:
    """Read all that filling needs from an opened file.

    Raises:
        TemplateError: It has no fields, or is not the definition's worksheet, or cannot be filled.
    """
    base = Base.of(data, opened.pdf, FileCipher.of(opened.pdf, source=source))
    # Objects that a hybrid file hides (7.5.8.4) most programs do not see; written anew they do.
    is_sound = not opened.is_repaired and with_hidden_objects(data) is None
    if base is not None and is_replaceable(opened.pdf) and is_sound:
        return _compile(base, opened.pdf, form, source)
    lost = Protection.of(opened.pdf).is_signed
    _make_fields_indirect(opened.pdf)
    data = _rewritten(opened.pdf, source)
    with open_pdf(data).pdf as sound:
        base = Base.of(data, sound)
        assert base is not None, "qpdf writes sound files"
        compiled = _compile(base, sound, form, source)
    if not lost:
        return compiled
    warning = Message("The PDF is signed, but must be repaired to be filled: its signature will not hold.")
    return replace(compiled, warnings=(*compiled.warnings, warning))


def _rewritten(pdf: pikepdf.Pdf, source: str) -> bytes:
    """Return a sound copy of a file that cannot be appended to as it stands.

    Raises:
        TemplateError: It is encrypted: a copy would not be, or not in the same way each time.
    """
    if pdf.is_encrypted:
        raise TemplateError(
            Message(
                "{source}: the form must be mended before it can be filled, and the PDF is encrypted.",
                source=source,
            ),
            Message("Ask the publisher for a copy without protection."),
        )
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


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
    fields = [item for item in read_fields(pdf) if item.type in ANSWERABLE and item.name]
    found, warnings = _named_fields(fields, form, source)
    targets = {name: _target(name, item, looks) for name, item in found.items()}
    others = [_target(item.name, item, looks) for item in _others(fields, found)]
    every = [*targets.values(), *others]
    missing_fonts = sorted({font.resource for target in every for font in _missing_fonts(target)})
    pages = [page for item in found.values() for page in item.pages]
    objects = FormObjects(pdf, missing_fonts)
    partner_key = _partner_key(fields)
    with_partner = objects.mended()
    if partner_key is None:
        partner_key = (base.size, 0)
        with_partner = objects.with_partner(partner_key, page=pages[0] if pages else 1)
    protection = Protection.of(pdf)
    return Compiled(
        base=base,
        targets=targets,
        others=others,
        mended=objects.mended(),
        redraws=objects.was_drawn_anew,
        partner_key=partner_key,
        with_partner=with_partner,
        pages=PageTree.of(pdf),
        protection=protection,
        warnings=(*protection.warnings, *warnings),
    )


def _partner_key(fields: Sequence[Field]) -> ObjectId | None:
    """Return the field in which the file carries a partner's name already; None where it does not."""
    keys = [
        identity(holder.chain[0])
        for item in fields
        if item.name == PARTNER_FIELD
        for holder in item.holders
        if len(holder.chain) == 1
    ]
    return keys[0] if keys else None


def _others(fields: Sequence[Field], found: Mapping[str, Field]) -> Iterator[Field]:
    """Yield the fields, or the dictionaries of a field, that go by no name of the user's."""
    taken = {id(holder) for item in found.values() for holder in item.holders}
    for item in fields:
        holders = tuple(holder for holder in item.holders if id(holder) not in taken)
        if holders and item.name != PARTNER_FIELD:
            yield Field(item.name, holders)


def _named_fields(
    fields: Sequence[Field], form: FormDefinition | None, source: str
) -> tuple[Mapping[str, Field], Sequence[Message]]:
    """Return the fields that a partner answers, by the name that the user knows, and what to know about them."""
    if not fields:
        raise TemplateError(
            Message("{source}: this PDF has no fields to fill.", source=source),
            Message("Give the fillable PDF, not a printed copy of it."),
        )
    if form is None:
        return {item.name: item for item in fields if item.name != PARTNER_FIELD}, ()
    worksheets = find_worksheets(form, fields)
    if not worksheets:
        raise TemplateError(
            Message("{source}: this PDF is another form than {form}.", source=source, form=form.id),
            Message("Give the worksheet that belongs to the definition, or its definition with --form."),
        )
    told = counted(
        "The PDF holds {n} worksheet; the first is filled in.",
        "The PDF holds {n} worksheets; only the first is filled in.",
        len(worksheets),
    )
    return worksheets[0].fields, (told,) if len(worksheets) > 1 else ()


def _missing_fonts(target: Target) -> list[FormFont]:
    """Return the fonts that a field's default appearance names and the form does not have."""
    return [part.font for part in target.parts if part.font is not None and part.font.is_missing]


def _target(name: str, item: Field, looks: LookReader) -> Target:
    parts = {part.key: part for holder in item.holders for part in _parts(item, holder, looks)}
    return kinds.target_of(name, item, tuple(parts.values()))


def _font(widget: Widget, look: Look, looks: LookReader) -> FormFont:
    """Return the font of a widget: the form's where text can be set in it, else Helvetica."""
    name = look.appearance.font or _DEFAULT_RESOURCE
    found = looks.resource(widget, name)
    if look.font is None or found is None:
        # A font that is there but of no use keeps its name; ours needs another one then.
        resource = name if found is None else f"{_DEFAULT_RESOURCE}Veldpdf"
        return FormFont(resource, FieldFont.standard(), HELVETICA, is_missing=True)
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
        shows_text = item.type in kinds.SHOWING_TEXT
        parts.append(
            Part(
                key=key,
                entries=entries_without(obj, *_REPLACED),
                no_rich_text=_no_rich_text(obj, owner, holder),
                previous=entries_of(obj, _REPLACED - {"/Ff"}),
                flags=own_flags if isinstance(own_flags, int) else None,
                locked_flags=_locked(own_flags, holder),
                is_field=obj is owner,
                canvas=None if look is None else Canvas.of(look),
                font=_font(widget, look, looks) if widget and look and shows_text else None,
            )
        )
    return parts


def _locked(own: object, holder: Holder) -> int:
    """Return the flags of one dictionary, its own or inherited, with the read-only bit set and no other changed."""
    flags = own if isinstance(own, int) else holder.inherited("/Ff")
    return (flags if isinstance(flags, int) else 0) | int(FieldFlag.READ_ONLY)


def _no_rich_text(obj: pikepdf.Dictionary, owner: pikepdf.Dictionary, holder: Holder) -> bytes:
    """Return an entry that keeps a parent's rich text from contradicting the new value."""
    is_inherited = any(get(parent, "/RV") is not None for parent in holder.chain[1:])
    return b"/RV()" if is_inherited and obj is owner else b""
