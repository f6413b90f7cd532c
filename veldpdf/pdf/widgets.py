"""How a text field looks: the facts of a widget that setting text in it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import pikepdf

from veldpdf.pdf.acroform import Field, FieldFlag, Widget
from veldpdf.pdf.fonts import DefaultAppearance, FieldFont, read_font
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
from veldpdf.typesetting.layout import Alignment, TextBox

_QUARTER_TURN = 90


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

    def read(self, field: Field, widget: Widget) -> Look:
        """Return how a text field's widget draws its text."""
        obj = widget.obj
        raw = self._inherited(field, obj, "/DA")
        appearance = DefaultAppearance.parse(bytes(raw) if isinstance(raw, pikepdf.String) else b"")
        font = self._font(obj, appearance.font)
        characteristics = get_dictionary(obj, "/MK")
        rotation = _rotation(characteristics)
        return Look(
            box=self._box(field, obj, appearance, font, rotation),
            rotation=rotation,
            appearance=appearance,
            font=font,
            background=_colour(characteristics, "/BG"),
            border_colour=_colour(characteristics, "/BC"),
            border_style=_border_style(obj),
        )

    def resource(self, widget: Widget, name: str) -> pikepdf.Dictionary | None:
        """Return the font object that a resource name stands for: in the form's ``/DR``, else the widget's."""
        for holder in (self._acroform, widget.obj):
            resources = None if holder is None else get_dictionary(holder, "/DR")
            fonts = None if resources is None else get_dictionary(resources, "/Font")
            found = None if fonts is None or not name else get_dictionary(fonts, "/" + name)
            if found is not None:
                return found
        return None

    def _font(self, obj: pikepdf.Dictionary, name: str) -> FieldFont | None:
        found = self.resource(Widget(obj, None), name)
        if found is None:
            return None
        key = name if identity(found) == DIRECT else identity(found)
        if key not in self._fonts:
            self._fonts[key] = read_font(found)
        return self._fonts[key]

    def _inherited(self, field: Field, obj: pikepdf.Dictionary, key: str) -> object:
        """Return a variable-text entry: from the widget, the field, or the whole form (12.7.4.3)."""
        value: object = get(obj, key)
        if value is None:
            value = field.inherited(key)
        if value is None and self._acroform is not None:
            value = get(self._acroform, key)
        return value

    def _box(
        self,
        field: Field,
        obj: pikepdf.Dictionary,
        appearance: DefaultAppearance,
        font: FieldFont | None,
        rotation: int,
    ) -> TextBox:
        width, height = _size(obj)
        if rotation % (2 * _QUARTER_TURN):
            width, height = height, width
        limit = max_length(field)
        alignment = as_number(self._inherited(field, obj, "/Q"))
        is_comb = FieldFlag.COMB in field.flags and FieldFlag.MULTILINE not in field.flags and limit
        return TextBox(
            width=width,
            height=height,
            font="Helvetica" if font is None else font.name,
            font_size=appearance.size,
            border=_border_width(obj),
            multiline=FieldFlag.MULTILINE in field.flags,
            comb_cells=limit if is_comb and limit else 0,
            alignment=Alignment(int(alignment)) if alignment in (0, 1, 2) else Alignment.LEFT,
            glyph_widths=None if font is None or font.is_standard else font.widths,
        )


def max_length(field: Field) -> int | None:
    """Return how many characters a text field may hold; None for no limit (table 232).

    Viewers take 0 for no limit: a field that holds nothing is no field.
    """
    limit = as_number(field.inherited("/MaxLen"))
    return None if limit is None or limit < 1 else int(limit)


def _size(obj: pikepdf.Dictionary) -> tuple[float, float]:
    """Return width and height of the widget's rectangle, whichever corners it names (7.9.5)."""
    numbers = numbers_of(obj, "/Rect")
    if len(numbers) != 4:  # noqa: PLR2004 - two corners
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
