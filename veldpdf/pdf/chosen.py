"""What is chosen in checkboxes, radio buttons and lists, and what there is to choose from.

A button's value is the name of a state, and what that stands for may be a text in ``/Opt`` (12.7.5.2); a list's value
is one of its options, or several (12.7.5.4). Reading and filling rest on the same answers, so that what is filled
in is what is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pikepdf

from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import Field, FieldType, Holder, Widget
from veldpdf.pdf.evidence import Evidence
from veldpdf.pdf.objects import DIRECT, ObjectId, as_name, get, get_dictionary, items_of
from veldpdf.pdf.values import has_value, is_same, read_text, text_of

# More than any list has; a file made to exhaust memory ends here.
_MOST_OPTIONS = 20_000

# The name of the state in which every checkbox and radio button is off (12.7.5.2.3).
_OFF = b"Off"
# What the one on-state of a button is usually called.
_USUAL = "Yes"
# The bytes that stand for themselves in a name.
_REGULAR = frozenset(range(0x21, 0x7F)) - frozenset(b"#%()/<>[]{}")


def read_value(field: Field, evidence: Evidence | None = None) -> str | list[str] | None:
    """Return what a field of any type says, as `inspect` shows it.

    The text of a text field, the export value of a button or choice, a list where several are chosen, None
    where nothing is.

    Args:
        field: Which one.
        evidence: What the file tells about its own history, for texts that disagree.
    """
    match field.type:
        case FieldType.TEXT:
            return read_text(field, evidence=evidence).text if has_value(field) else None
        case FieldType.CHECKBOX | FieldType.RADIO:
            return _chosen_button(field)
        case FieldType.CHOICE:
            return _chosen_options(field)
    return None


def choices_of(field: Field) -> tuple[str, ...]:
    """Return the export values that a field may have, each once; none for a text."""
    match field.type:
        case FieldType.CHECKBOX | FieldType.RADIO:
            return tuple(dict.fromkeys(state.export for state in on_states(field)))
        case FieldType.CHOICE:
            return tuple(dict.fromkeys(option.export for option in options_of(field)))
    return ()


def _value_beside(field: Field) -> object:
    """Return the value of a button or choice: that of a widget before that of the field.

    Poppler and pdf.js up to version 3 write one on a widget, and leave the old one on the field, as they do with
    texts. Acrobat leaves one there where it put two lists of one name together.
    """
    is_off = False
    for holder in field.holders:
        for widget in holder.widgets:
            own = None if is_same(widget, holder) else get(widget.obj, "/V")
            is_off = is_off or own == pikepdf.Name.Off
            if own is not None and own != pikepdf.Name.Off and not _was_a_list(widget, holder):
                return own
    # pdf.js 3 writes also that a box was cleared on its widgets only; then none of them shows a state. Nobody clears a
    # radio button.
    if (
        is_off
        and field.type is FieldType.CHECKBOX
        and all(state_name(get(widget.obj, "/AS")) is None for widget in field.widgets)
    ):
        return pikepdf.Name.Off
    return field.inherited("/V")


def _was_a_list(widget: Widget, holder: Holder) -> bool:
    """Whether a widget is all that is left of another list: it has options of its own beside those of the field.

    Its value is that of before; what the field says since, the field has (12.7.4.1).
    """
    own, shared = get(widget.obj, "/Opt"), holder.inherited("/Opt")
    return own is not None and shared is not None and holder.inherited("/V") is not None and own != shared


@dataclass(frozen=True, slots=True)
class OnState:
    """One state in which a widget of a checkbox or radio field is on.

    Attributes:
        widget: The widget.
        name: Name of the state without its slash, as bytes: files name states in UTF-8 and in Latin-1.
        export: What it stands for: that name, or the text in ``/Opt`` (table 230).
    """

    widget: Widget
    name: bytes
    export: str


def on_states(field: Field) -> tuple[OnState, ...]:
    """Return the states in which a checkbox or radio field is on, widget by widget (12.7.5.2.3)."""
    named = [[_states(widget) for widget in holder.widgets] for holder in field.holders]
    used = {name for widgets in named for names in widgets for name in names}
    stateless = sum(not names for widgets in named for names in widgets)
    # What the value names and no picture shows can only be the state of the one widget that has none.
    lone = _lone_state(field, used) if stateless == 1 else None
    positions: dict[ObjectId | int, int] = {}
    found = []
    for number, (holder, widgets) in enumerate(zip(field.holders, named, strict=True)):
        owner = holder.owner_of("/Opt")[0]
        options = _texts_of_states(holder)
        for widget, names in zip(holder.widgets, widgets, strict=True):
            position = positions.setdefault(number if owner == DIRECT else owner, 0)
            positions[number if owner == DIRECT else owner] += 1
            for name in names or [lone or _usual_state(len(field.widgets), position, options)]:
                text = options[position] if position < len(options) else ""
                found.append(OnState(widget, name, text or _as_text(name)))
    return tuple(found)


def _states(widget: Widget) -> list[bytes]:
    """Return the names of a widget's on-states; none where no picture and no ``/AS`` tells one."""
    pictures = get_dictionary(widget.obj, "/AP")
    for key in ("/N", "/D"):
        states = None if pictures is None else get_dictionary(pictures, key)
        # A key that is no UTF-8 comes with its bytes in surrogates.
        keys = () if states is None else sorted(states.keys())
        names = [name for key in keys if (name := key.encode("utf-8", "surrogateescape")[1:]) != _OFF]
        if names:
            return names
    shown = state_name(get(widget.obj, "/AS"))
    return [] if shown is None else [shown]


def _lone_state(field: Field, used: set[bytes]) -> bytes | None:
    names = (state_name(field.inherited(key)) for key in ("/V", "/DV"))
    return next((name for name in names if name and name not in used), None)


def _usual_state(widgets: int, position: int, options: list[str]) -> bytes:
    """Return the name that the standard has for a state without one: a number, or Yes (12.7.5.2.3)."""
    return _USUAL.encode() if widgets == 1 and not options else b"%d" % position


def state_name(value: object) -> bytes | None:
    """Return the name of an on-state without its slash; None for ``/Off``, and for what is no name."""
    if not isinstance(value, pikepdf.Name):
        return None
    try:
        name = str(value).encode()
    except UnicodeDecodeError:
        name = (as_name(value) or "").encode("latin-1")
    return None if name[1:] == _OFF else name[1:]


def _as_text(name: bytes) -> str:
    """Return what a state without a text is called; an empty name (7.3.5) could not be told from off."""
    try:
        return name.decode() or _USUAL
    except UnicodeDecodeError:
        return name.decode("latin-1")


def written_name(name: bytes) -> bytes:
    """Return a state as it stands in a PDF, behind its slash (7.3.5)."""
    return b"/" + b"".join(b"%c" % byte if byte in _REGULAR else b"#%02X" % byte for byte in name)


def export_of(field: Field, value: object) -> str | None:
    """Return the export value that a ``/V`` or ``/DV`` of a checkbox or radio field stands for; None for off.

    Where one name is the state of widgets that stand for different things, it means the one that shows it.
    """
    name = state_name(value)
    if name is None:
        return text_of(value).text or None if isinstance(value, pikepdf.String) else None
    meant = [on for on in on_states(field) if on.name == name]
    shown = [on for on in meant if state_name(get(on.widget.obj, "/AS")) == name]
    # pdftk clears a box with a name that is empty; it is a state only where a widget has one of that name.
    return next((on.export for on in shown or meant), _as_text(name) if name else None)


def _chosen_button(field: Field) -> str | None:
    """Return the export value of a checkbox or radio field (12.7.5.2.3 and 12.7.5.2.4)."""
    chosen = export_of(field, _value_beside(field))
    if chosen is not None:
        return chosen
    # Without a value the picture that shows is what the partner chose.
    shown = (get(widget.obj, "/AS") for widget in field.widgets)
    return next((export_of(field, state) for state in shown if state_name(state) is not None), None)


def _texts_of_states(holder: Holder) -> list[str]:
    """Return the texts in ``/Opt``, one for each widget; an empty one could not be told from off."""
    return ["" if item is None else text_of(item).text for item in _options(holder)]


def _options(holder: Holder) -> list[object]:
    """Return the entries of ``/Opt``, which may stand on a parent; null among them, for their places count."""
    listed = (items_of(obj, "/Opt") for obj in holder.chain if get(obj, "/Opt") is not None)
    return list(islice(next(listed, iter(())), _MOST_OPTIONS))


def _chosen_options(field: Field) -> str | list[str] | None:
    """Return the export value of a choice field, or the list of them (12.7.5.4)."""
    value = _value_beside(field)
    if value is None:
        return None
    if isinstance(value, pikepdf.Array):
        return [text_of(item).text for item in value]
    return text_of(value).text


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of a choice field's ``/Opt``.

    Attributes:
        index: Its place in ``/Opt``, from 0.
        export: Its export value.
        display: What the field shows for it.
        raw: The export value as it stands in the file: what ``/V`` must be like, whatever its encoding.
    """

    index: int
    export: str
    display: str
    raw: bytes


def options_of(field: Field) -> tuple[Option, ...]:
    """Return what a choice field has to choose from: texts, or pairs of export value and text (table 234)."""
    listed = next(filter(None, map(_options, field.holders)), [])
    return tuple(_option(index, item) for index, item in enumerate(listed))


def _option(index: int, item: object) -> Option:
    pair = list(islice(item, 2)) if isinstance(item, pikepdf.Array) else [item]
    texts = ["" if part is None else text_of(part).text for part in pair] or [""]
    raw = textstring.literal(textstring.encode(texts[0]))
    if pair and isinstance(pair[0], pikepdf.String):
        raw = pair[0].unparse()
    return Option(index, texts[0], texts[-1], raw)
