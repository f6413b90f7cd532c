"""How a text field looks: the facts of a widget that setting text in it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import pikepdf

from veldpdf.pdf.acroform import Field, FieldFlag, Widget
from veldpdf.pdf.fonts import DefaultAppearance, FieldFont, read_font, standard_by_name
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    as_number,
    get,
    get_dictionary,
    get_name,
    get_number,
    identity,
    numbers_of,
)
from veldpdf.typesetting.boxes import Alignment, TextBox

_QUARTER_TURN = 90
_USUAL = 100  # bytes of a rectangle; what is longer is not kept to be looked up again
_LARGEST = 2.0**32  # as for all numbers in a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one widget draws its text.

    Attributes:
        box: The space there is.
        rotation: Degrees counterclockwise that the text is turned on the page (``/MK /R``).
        appearance: Font, size and colour.
        font: The font that the form keeps under that name; None where text cannot be set in it.
        background: Colour components of ``/MK /BG``; empty for none.
        border_colour: The same of ``/MK /BC``.
        border_style: ``/BS /S``: S, D, B, I or U.
    """

    box: TextBox
    rotation: int
    appearance: DefaultAppearance
    font: FieldFont | None
    background: tuple[float, ...]
    border_colour: tuple[float, ...]
    border_style: str


class LookReader:
    """Reads the looks of one file's widgets; fonts that widgets share are read once."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._acroform = get_dictionary(pdf.Root, "/AcroForm")
        self._fonts: dict[ObjectId | str, FieldFont | None] = {}
        # What all widgets share that do not say otherwise.
        self._form_fonts: dict[str, FieldFont | None] = {}
        self._form_entries: dict[str, object] = {}
        # Names of standard fonts of the form: to read all of a font takes long, and few files need it.
        self._standard: dict[str, str | None] = {}

    def read(self, field: Field, widget: Widget) -> Look:
        """Return how a text field's widget draws its text."""
        obj = widget.obj
        characteristics = get_dictionary(obj, "/MK")
        appearance, font = self._set_in(field, obj)
        return Look(
            box=self.box(field, widget),
            rotation=_rotation(characteristics),
            appearance=appearance,
            font=font,
            background=_colour(characteristics, "/BG"),
            border_colour=_colour(characteristics, "/BC"),
            border_style=_border_style(obj),
        )

    def box(self, field: Field, widget: Widget) -> TextBox:
        """Return the space that a text field's widget has for its text."""
        obj = widget.obj
        appearance = self._appearance(field, obj)
        font, widths = self._widths_in(obj, appearance.font)
        box = _box(
            size=_size(obj),
            rotation=_rotation(get_dictionary(obj, "/MK")),
            border=_border_width(obj),
            flags=int(field.flags),
            limit=max_length(field),
            alignment=as_number(self._inherited(field, obj, "/Q")),
            font=font,
            font_size=appearance.size,
        )
        return box if widths is None else replace(box, glyph_widths=widths)

    def _set_in(self, field: Field, obj: pikepdf.Dictionary) -> tuple[DefaultAppearance, FieldFont | None]:
        """Return what a widget's text is set in."""
        appearance = self._appearance(field, obj)
        return appearance, self._font(obj, appearance.font)

    def _appearance(self, field: Field, obj: pikepdf.Dictionary) -> DefaultAppearance:
        raw = self._inherited(field, obj, "/DA")
        return DefaultAppearance.parse(bytes(raw) if isinstance(raw, pikepdf.String) else b"")

    def _widths_in(self, obj: pikepdf.Dictionary, name: str) -> tuple[str, Mapping[str, float] | None]:
        """Return the font that tells how wide a text is, and its widths where its name does not tell them."""
        if name not in self._standard:
            of_form = None if self._acroform is None else _font_in(self._acroform, name)
            self._standard[name] = None if of_form is None else standard_by_name(of_form)
        standard = self._standard[name]
        if standard is not None:
            return standard, None
        font = self._font(obj, name)
        if font is None:
            return "Helvetica", None
        return font.name, None if font.is_standard else font.widths

    def resource(self, widget: Widget, name: str) -> pikepdf.Dictionary | None:
        """Return the font object that a resource name stands for: in the form's ``/DR``, else the widget's."""
        found = None if self._acroform is None else _font_in(self._acroform, name)
        return found if found is not None else _font_in(widget.obj, name)

    def _font(self, obj: pikepdf.Dictionary, name: str) -> FieldFont | None:
        if name in self._form_fonts:
            return self._form_fonts[name]
        of_form = None if self._acroform is None else _font_in(self._acroform, name)
        if of_form is not None:
            self._form_fonts[name] = read_font(of_form)
            return self._form_fonts[name]
        found = _font_in(obj, name)
        if found is None:
            return None
        key = name if identity(found) == DIRECT else identity(found)
        if key not in self._fonts:
            self._fonts[key] = read_font(found)
        return self._fonts[key]

    def _inherited(self, field: Field, obj: pikepdf.Dictionary, key: str) -> object:
        """Return a variable-text entry: from the widget, the field, or the whole form (12.7.4.3)."""
        value: object = get(obj, key)
        if value is None and not _is_all(field, obj):
            value = field.inherited(key)
        if value is None and self._acroform is not None:
            if key not in self._form_entries:
                self._form_entries[key] = get(self._acroform, key)
            value = self._form_entries[key]
        return value


def _is_all(field: Field, obj: pikepdf.Dictionary) -> bool:
    """Whether one dictionary is all there is of a field, so that there is nobody to inherit from."""
    return len(field.holders) == 1 and len(field.holders[0].chain) == 1 and field.holders[0].chain[0] is obj


def _font_in(holder: pikepdf.Dictionary, name: str) -> pikepdf.Dictionary | None:
    """Return a font in the default resources of a form or widget."""
    resources = get_dictionary(holder, "/DR")
    fonts = None if resources is None else get_dictionary(resources, "/Font")
    return None if fonts is None or not name else get_dictionary(fonts, "/" + name)


@lru_cache(maxsize=1024)
def _box(
    *,
    size: tuple[float, float],
    rotation: int,
    border: float,
    flags: int,
    limit: int | None,
    alignment: float | None,
    font: str,
    font_size: float,
) -> TextBox:
    """Return the space for a text; the copies of a worksheet that come back share all of theirs."""
    width, height = size[::-1] if rotation % (2 * _QUARTER_TURN) else size
    is_multiline = bool(flags & FieldFlag.MULTILINE)
    return TextBox(
        width=width,
        height=height,
        font=font,
        font_size=font_size,
        border=border,
        multiline=is_multiline,
        comb_cells=limit if limit and flags & FieldFlag.COMB and not is_multiline else 0,
        alignment=Alignment(int(alignment)) if alignment in (0, 1, 2) else Alignment.LEFT,
    )


def max_length(field: Field) -> int | None:
    """Return how many characters a text field may hold; None for no limit (table 232).

    Viewers take 0 for no limit: a field that holds nothing is no field.
    """
    limit = as_number(field.inherited("/MaxLen"))
    return None if limit is None or limit < 1 else int(limit)


def _size(obj: pikepdf.Dictionary) -> tuple[float, float]:
    """Return width and height of the widget's rectangle, whichever corners it names (7.9.5)."""
    rectangle = get(obj, "/Rect")
    if not isinstance(rectangle, pikepdf.Array):
        return 0.0, 0.0
    written = rectangle.unparse()
    size = _size_as_written(written) if len(written) <= _USUAL else None
    return _size_of(numbers_of(obj, "/Rect")) if size is None else size


@lru_cache(maxsize=1024)
def _size_as_written(rectangle: bytes) -> tuple[float, float] | None:
    """Return the size of a rectangle as it stands in the file; None where it refers to other objects."""
    try:
        return _size_of([float(number) for number in rectangle.strip(b"[ ]").split()])
    except ValueError:
        return None


def _size_of(numbers: Sequence[float]) -> tuple[float, float]:
    if len(numbers) != 4 or max(map(abs, numbers)) > _LARGEST:  # noqa: PLR2004 - two corners
        return 0.0, 0.0
    return abs(numbers[2] - numbers[0]), abs(numbers[3] - numbers[1])


def _rotation(characteristics: pikepdf.Dictionary | None) -> int:
    turned = None if characteristics is None else get_number(characteristics, "/R")
    return int(turned or 0) % 360 // _QUARTER_TURN * _QUARTER_TURN


def _colour(characteristics: pikepdf.Dictionary | None, key: str) -> tuple[float, ...]:
    return () if characteristics is None else numbers_of(characteristics, key)


def _border_width(obj: pikepdf.Dictionary) -> float:
    """Return the width of the border: of ``/BS``, else of ``/Border``, else 1 (12.5.4)."""
    style = get_dictionary(obj, "/BS")
    if style is not None:
        width = get_number(style, "/W")
        return 1.0 if width is None else max(width, 0.0)
    border = numbers_of(obj, "/Border")
    return max(border[2], 0.0) if len(border) > 2 else 1.0  # noqa: PLR2004 - two radii come first


def _border_style(obj: pikepdf.Dictionary) -> str:
    style = get_dictionary(obj, "/BS")
    return ((style is not None and get_name(style, "/S")) or "/S").removeprefix("/")
