"""Forms of many structures, made by hand: what viewers leave behind, without the viewer."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, String

A4 = (595, 842)


class FormBuilder:
    """A PDF to which pages, fields and widgets are added in any arrangement."""

    def __init__(self, pages: int = 1) -> None:
        self.pdf = pikepdf.new()
        for _ in range(pages):
            self.pdf.add_blank_page(page_size=A4)
        self.font = self.pdf.make_indirect(
            Dictionary(
                Type=Name.Font,
                Subtype=Name.Type1,
                BaseFont=Name.Helvetica,
                Encoding=Name.WinAnsiEncoding,
            )
        )
        self.pdf.Root.AcroForm = Dictionary(
            Fields=Array(),
            DA=String("/Helv 10 Tf 0 g"),
            DR=Dictionary(Font=Dictionary(Helv=self.font)),
        )
        self._next = 0

    @property
    def fields(self) -> pikepdf.Object:
        return self.pdf.Root.AcroForm.Fields

    def dictionary(self, **entries: Any) -> pikepdf.Object:
        """Return an object of its own."""
        return self.pdf.make_indirect(Dictionary(**entries))

    def widget(self, page: int | None = 0, **entries: Any) -> pikepdf.Object:
        """Return a widget, set on a page below the one before it."""
        top = 800 - 60 * (self._next % 12)
        self._next += 1
        made = self.dictionary(
            Type=Name.Annot, Subtype=Name.Widget, F=4, Rect=Array([50, top - 50, 545, top]), **entries
        )
        if page is not None:
            annotations = self.pdf.pages[page].obj
            if "/Annots" not in annotations:
                annotations.Annots = Array()
            annotations.Annots.append(made)
        return made

    def text_field(self, name: str, value: str | None = None, **entries: Any) -> pikepdf.Object:
        """Add a field that is its own widget."""
        if value is not None:
            entries["V"] = String(value)
        made = self.widget(FT=Name.Tx, T=String(name), Ff=4096, **entries)
        self.fields.append(made)
        return made

    def bytes(self, **settings: object) -> bytes:
        """Return the file."""
        buffer = io.BytesIO()
        with warnings.catch_warnings():
            # Widgets out of the tree's reach are what some of these forms are about.
            warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
            self.pdf.save(buffer, static_id=True, **settings)  # type: ignore[arg-type]  # pikepdf's own options
        return buffer.getvalue()


def merged(values: Mapping[str, str]) -> FormBuilder:
    """Fields and widgets in one dictionary: what most programs write."""
    form = FormBuilder()
    for name, value in values.items():
        form.text_field(name, value)
    return form


def with_kids(values: Mapping[str, str]) -> FormBuilder:
    """A field with a widget of its own below it: Adobe LiveCycle and LibreOffice."""
    form = FormBuilder()
    for name, value in values.items():
        field = form.dictionary(FT=Name.Tx, T=String(name), Ff=4096, V=String(value))
        field.Kids = Array([form.widget(Parent=field)])
        form.fields.append(field)
    return form


def inherited(values: Mapping[str, str]) -> FormBuilder:
    """Everything but the name stands on a parent; the value on a field between."""
    form = FormBuilder()
    root = form.dictionary(FT=Name.Tx, Ff=4096, T=String("Formulier"), Kids=Array())
    form.fields.append(root)
    for name, value in values.items():
        field = form.dictionary(T=String(name), Parent=root, V=String(value))
        field.Kids = Array([form.widget(Parent=field)])
        root.Kids.append(field)
    return form


def orphaned(values: Mapping[str, str]) -> FormBuilder:
    """Widgets on the page, and a tree that does not know them: qpdf/qpdf#1327."""
    form = FormBuilder()
    for name, value in values.items():
        form.widget(FT=Name.Tx, T=String(name), Ff=4096, V=String(value))
    return form


def without_form(values: Mapping[str, str]) -> FormBuilder:
    """Widgets on the page and no form at all."""
    form = orphaned(values)
    del form.pdf.Root.AcroForm
    return form


def two_copies(values: Mapping[str, str]) -> FormBuilder:
    """The tree still holds the old fields; the page has copies with the answers: macOS Preview."""
    form = FormBuilder()
    for name, value in values.items():
        form.fields.append(form.dictionary(FT=Name.Tx, T=String(name), Ff=4096, V=String("voorbeeld")))
        form.widget(FT=Name.Tx, T=String(name), Ff=4096, V=String(value), DV=String("voorbeeld"))
    return form


def left_on_the_field(values: Mapping[str, str]) -> FormBuilder:
    """The answer stands on the widget, the example still on the field: Evince, Okular, pdf.js 3."""
    form = FormBuilder()
    for name, value in values.items():
        field = form.dictionary(
            FT=Name.Tx, T=String(name), Ff=4096, V=String("voorbeeld"), DV=String("voorbeeld")
        )
        field.Kids = Array([form.widget(Parent=field, V=String(value))])
        form.fields.append(field)
    return form


def as_stream(values: Mapping[str, str]) -> FormBuilder:
    """Values are streams, as the standard allows for long ones (12.7.5.3)."""
    form = FormBuilder()
    for name, value in values.items():
        raw = b"\xfe\xff" + value.encode("utf-16-be")
        form.text_field(name, V=form.pdf.make_stream(raw))
    return form


def direct(values: Mapping[str, str]) -> FormBuilder:
    """Fields that are no objects of their own."""
    form = FormBuilder()
    for name, value in values.items():
        field = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            Rect=Array([50, 700, 545, 800]),
            FT=Name.Tx,
            T=String(name),
            Ff=4096,
            V=String(value),
        )
        form.fields.append(field)
        page = form.pdf.pages[0].obj
        if "/Annots" not in page:
            page.Annots = Array()
        page.Annots.append(form.fields[-1])
    return form


STRUCTURES: Mapping[str, Callable[[Mapping[str, str]], FormBuilder]] = {
    made.__name__: made
    for made in (
        merged,
        with_kids,
        inherited,
        orphaned,
        without_form,
        two_copies,
        left_on_the_field,
        as_stream,
        direct,
    )
}
