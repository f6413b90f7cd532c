"""Filling checkboxes and radio buttons: which of their states is on, and the pictures of those that have none.

The value of such a field is the name of a state. What people know is its export value, which is that name or a
text in ``/Opt`` (12.7.5.2.3 and 12.7.5.2.4). The pictures are the form's own; only a state without one is drawn
here, because viewers show nothing at all for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pikepdf

from veldpdf.errors import ValuesError
from veldpdf.messages import Message
from veldpdf.pdf.acroform import Field, FieldFlag, FieldType, Widget
from veldpdf.pdf.chosen import export_of, on_states, read_value, written_name
from veldpdf.pdf.filling.appearance import Drawing, Face, draw, form_xobject
from veldpdf.pdf.filling.canvas import FILL, STROKE, Canvas
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.choices import wrong_choice
from veldpdf.pdf.filling.targets import ButtonTarget, ButtonWidget, FormFont, Part
from veldpdf.pdf.filling.update import reference
from veldpdf.pdf.fonts import FieldFont
from veldpdf.pdf.objects import ObjectId, get, get_bytes, get_dictionary, identity
from veldpdf.pdf.textstring import decode
from veldpdf.pdf.widgets import Look
from veldpdf.typesetting.boxes import Alignment
from veldpdf.typesetting.layout import Layout

_OFF = "Off"
_OFF_STATE = b"Off"

# The characters of ZapfDingbats that /MK /CA asks for (table 192), with their widths: a check, a circle, a cross,
# a diamond, a square and a star.
_CHECK, _CIRCLE = "4", "l"
_SYMBOLS = {_CHECK: 846.0, _CIRCLE: 791.0, "8": 677.0, "u": 788.0, "n": 761.0, "H": 816.0}
_ZAPF_DINGBATS = FormFont(
    resource="ZaDb",
    font=FieldFont("ZapfDingbats", {symbol: ord(symbol) for symbol in _SYMBOLS}, _SYMBOLS, is_standard=True),
    obj=b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats>>",
    is_missing=False,
)
# Height of these symbols as a part of the font size.
_SYMBOL_HEIGHT = 0.72
# The part of a round button that its dot takes, and of any button that a symbol takes at the least.
_SHARE = 0.5

# How far the control points of a quarter of a circle lie from its ends, as a part of the radius.
_BEND = 0.5523


def target_of(name: str, item: Field, parts: tuple[Part, ...]) -> ButtonTarget:
    """Return what filling knows of a checkbox or radio field."""
    is_radio = item.type is FieldType.RADIO
    states: dict[ObjectId, dict[bytes, str]] = {}
    for on in on_states(item):
        states.setdefault(identity(on.widget.obj), {}).setdefault(on.name, on.export)
    chosen = read_value(item)
    return ButtonTarget(
        name=name,
        pages=item.pages,
        parts=parts,
        text=chosen if isinstance(chosen, str) else "",
        default=export_of(item, item.inherited("/DV")) or "",
        widgets={
            identity(widget.obj): _widget(widget, states[identity(widget.obj)], is_radio=is_radio)
            for widget in item.widgets
        },
        is_in_unison=not is_radio or FieldFlag.RADIOS_IN_UNISON in item.flags,
    )


def _widget(widget: Widget, states: Mapping[bytes, str], *, is_radio: bool) -> ButtonWidget:
    appearances = get_dictionary(widget.obj, "/AP")
    normal = None if appearances is None else get_dictionary(appearances, "/N")
    characteristics = get_dictionary(widget.obj, "/MK")
    caption = None if characteristics is None else get_bytes(characteristics, "/CA")
    asked = "" if caption is None else decode(caption).text
    symbol = asked if asked in _SYMBOLS else (_CIRCLE if is_radio else _CHECK)
    return ButtonWidget(
        states=states,
        pictures={
            key.encode("utf-8", "surrogateescape")[1:]: value.unparse()
            for key, value in (() if normal is None else sorted(normal.items()))
            if isinstance(value, pikepdf.Stream)
        },
        rest=b"" if appearances is None else _unlike_normal(appearances),
        symbol=symbol,
        is_round=is_radio and symbol == _CIRCLE,
    )


def _unlike_normal(appearances: pikepdf.Dictionary) -> bytes:
    """Return the pictures for when a button is pressed (``/D``) or pointed at (``/R``), as they stand in a PDF."""
    found = ((key, get(appearances, key)) for key in ("/D", "/R"))
    return b"".join(
        b"%b %b" % (key.encode(), obj.unparse()) for key, obj in found if isinstance(obj, pikepdf.Object)
    )


def checked(target: ButtonTarget, value: object) -> str:
    """Return the export value to turn on; empty for none.

    Raises:
        ValuesError: The field has no such state.
    """
    if not isinstance(value, str):
        raise ValuesError(
            Message("The value of field {name} is not a text.", name=target.name),
            Message("Write it between quotes."),
        )
    exports = dict.fromkeys(export for widget in target.widgets.values() for export in widget.states.values())
    if value in exports:
        return value
    if value in ("", _OFF):
        return ""
    named = [export for export in exports if export]
    raise wrong_choice(target.name, value, [*named, _OFF], is_tick=len(named) == 1)


def set_button(changes: Changes, target: ButtonTarget, value: str, *, lock: bool) -> None:
    """Turn the widgets on that stand for a value, and all others off.

    A value that no widget stands for comes from a file that contradicts itself: the field stays as it is.
    """
    on = _turned_on(target, value)
    if value and not on:
        if lock:
            changes.replace({part.key: part.locked() for part in target.parts if part.is_field})
        return
    chosen = written_name(next(iter(on.values()), _OFF_STATE))
    objects = {}
    for part in target.parts:
        entries = part.entries + part.flag_entry(lock=lock)
        if part.is_field:
            entries += b"/V %b" % chosen
        if part.key in target.widgets:
            pictures = _pictures(changes, part, target.widgets[part.key])
            state = written_name(on.get(part.key, _OFF_STATE))
            entries += b"/AS %b/AP<</N<<%b>>%b>>" % (state, pictures, target.widgets[part.key].rest)
        objects[part.key] = b"<<%b>>" % entries
    changes.replace(objects)


def _turned_on(target: ButtonTarget, value: str) -> dict[ObjectId, bytes]:
    """Return the widgets to turn on, each with its state; the first tells the field's value.

    Widgets whose states go by one name always go together: the value does not tell them apart.
    """
    meant = [
        (key, state)
        for key, widget in target.widgets.items()
        for state, export in widget.states.items()
        if value and export == value
    ]
    return {key: state for key, state in meant if target.is_in_unison or state == meant[0][1]}


def _pictures(changes: Changes, part: Part, widget: ButtonWidget) -> bytes:
    """Return the pictures of all states of a widget; those that are missing are drawn."""
    assert part.canvas is not None
    drawn = {}
    for state in widget.states:
        if state not in widget.pictures:
            drawn[state] = _picture(changes, part.canvas.look, widget, widget.symbol)
    if _OFF_STATE not in widget.pictures:
        # The form's own buttons may show nothing while they are off: their boxes are part of the page then.
        shows_box = len(drawn) == len(widget.states)
        drawn[_OFF_STATE] = _picture(changes, part.canvas.look, widget, "") if shows_box else Drawing(b"", {})
    added = {
        state: reference(changes.add(form_xobject(part.canvas, drawing))) for state, drawing in drawn.items()
    }
    pictures = {**widget.pictures, **added}
    return b"".join(b"%b %b" % (written_name(state), pictures[state]) for state in sorted(pictures))


def _picture(changes: Changes, look: Look, widget: ButtonWidget, symbol: str) -> Drawing:
    """Return a button with a symbol in its middle, or with none: background, border, then the symbol."""
    box = replace(look.box, multiline=False, comb_cells=0, alignment=Alignment.CENTRE)
    look = replace(look, box=box)
    # A single line stands so that these symbols, which lie lower than letters, come out in the middle.
    layout = Layout(lines=(symbol,), lines_fit=1 if symbol else 0, font_size=_size(look, widget))
    face = Face(_ZAPF_DINGBATS, changes.fonts, _SYMBOLS)
    if not widget.is_round:
        return draw(Canvas.of(look), layout, face)
    inside = draw(Canvas.of(replace(look, background=(), border_colour=())), layout, face)
    return replace(inside, content=_circle(look) + inside.content)


def _size(look: Look, widget: ButtonWidget) -> float:
    """Return the font size of the symbol: the one that the field asks for, as far as there is room."""
    box = look.box
    side = min(box.width, box.height)
    room = _SHARE * side if widget.is_round else max(side - 2 * box.padding, _SHARE * side)
    fitting = room / max(_SYMBOLS[widget.symbol] / 1000, _SYMBOL_HEIGHT)
    # A size that goes with another font was meant for text, and may come from the form as a whole.
    asked = look.appearance.size if look.appearance.font == _ZAPF_DINGBATS.resource else 0.0
    return min(asked or fitting, fitting)


def _circle(look: Look) -> bytes:
    """Return background and border of a round button."""
    fill, stroke = FILL.get(len(look.background)), STROKE.get(len(look.border_colour))
    operators = []
    if fill is not None:
        operators += [b"%b %b\n" % (_operands(*look.background), fill), _ring(look), b"f\n"]
    if stroke is not None and look.box.border:
        dash = b"[3] 0 d\n" if look.border_style == "D" else b""
        operators += [b"%b %b\n" % (_operands(*look.border_colour), stroke), dash]
        operators += [b"%b w\n" % _operands(look.box.border), _ring(look), b"S\n"]
    return b"q\n%bQ\n" % b"".join(operators) if operators else b""


def _ring(look: Look) -> bytes:
    """Return the path of the largest circle that a button has room for."""
    x, y = look.box.width / 2, look.box.height / 2
    radius = max(min(x, y) - look.box.border / 2, 0.0)
    path = b"%b m\n" % _operands(x + radius, y)
    for u, v in ((1, 0), (0, 1), (-1, 0), (0, -1)):  # the quarters, each by where it begins
        bends = (u - _BEND * v, v + _BEND * u), (-v + _BEND * u, u + _BEND * v), (-v, u)
        path += b"%b c\n" % _operands(*(edge for p, q in bends for edge in (x + radius * p, y + radius * q)))
    return path + b"h\n"


def _operands(*values: float) -> bytes:
    return b" ".join(b"%.2f" % value for value in values)
