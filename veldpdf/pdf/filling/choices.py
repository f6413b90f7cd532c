"""Filling list boxes and combo boxes: which options are chosen, and how the field shows them (12.7.5.4).

An option has an export value, which is what a program gets to know, and a text, which is what people see. The
value of the field is the export value; the picture shows the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from math import ceil
from unicodedata import normalize

from veldpdf.errors import ValuesError
from veldpdf.messages import Message
from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import Field, FieldFlag
from veldpdf.pdf.chosen import Option, options_of, read_value
from veldpdf.pdf.filling import texts
from veldpdf.pdf.filling.appearance import Drawing, Face, draw, form_xobject
from veldpdf.pdf.filling.canvas import Canvas
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.targets import ChoiceTarget, Part, TextTarget, Value
from veldpdf.pdf.filling.texts import Fit
from veldpdf.pdf.filling.update import reference
from veldpdf.pdf.objects import get
from veldpdf.pdf.values import text_of
from veldpdf.pdf.widgets import Look
from veldpdf.typesetting.boxes import LEADING
from veldpdf.typesetting.layout import AUTO_SIZE_MAXIMUM, Layout, lay_out

# A list of countries has two hundred; a message names no more than these, and no more of each.
_MOST_NAMED = 20
_LONGEST_NAMED = 60
# The colour behind chosen options: Acrobat's, which people know.
_CHOSEN_COLOUR = b"0.6 0.75686 0.8549 rg\n"
# Where the picture of a text begins; what lies behind the lines goes there.
_BEGIN = b"/Tx BMC\n"


def target_of(name: str, item: Field, parts: tuple[Part, ...]) -> ChoiceTarget:
    """Return what filling knows of a list box or combo box."""
    chosen = read_value(item)
    default = item.inherited("/DV")
    options = options_of(item)
    is_combo = FieldFlag.COMBO in item.flags
    takes_several = FieldFlag.MULTI_SELECT in item.flags and not is_combo
    has_twins = len({option.export for option in options}) < len(options)
    # What a parent says of the indices would go for this field as well.
    parents = (parent for holder in item.holders for parent in holder.chain[1:])
    is_told_above = any(get(parent, "/I") is not None for parent in parents)
    return ChoiceTarget(
        name=name,
        pages=item.pages,
        parts=tuple(map(_in_one_line, parts)),
        text="\n".join(chosen) if isinstance(chosen, list) else chosen or "",
        default="" if default is None else text_of(default).text,
        options=options,
        is_combo=is_combo,
        is_editable=is_combo and FieldFlag.EDIT in item.flags,
        takes_several=takes_several,
        needs_indices=takes_several or has_twins or is_told_above,
    )


def _in_one_line(part: Part) -> Part:
    """Return a part without the flags of text fields, whose bits mean nothing here (table 233)."""
    if part.look is None:
        return part
    box = replace(part.look.box, multiline=False, comb_cells=0)
    return replace(part, canvas=Canvas.of(replace(part.look, box=box)))


def checked(target: ChoiceTarget, value: object) -> Value:
    """Return a value that may go into a choice field: a text, or several where it takes several.

    Raises:
        ValuesError: The field does not have this choice, or takes only one.
    """
    made = _texts_in(target, value)
    wrong = next((item for item in _chosen(target, made) if isinstance(item, str)), None)
    if wrong is not None and not target.is_editable:
        exports = [option.export for option in target.options]
        raise wrong_choice(target.name, wrong, exports, also=[option.display for option in target.options])
    return made


def _texts_in(target: ChoiceTarget, value: object) -> Value:
    """Return what may be a value: one text, or a tuple of them where the field takes several."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        return texts.checked_text(_as_text(target), value)
    made = tuple(texts.checked_text(_as_text(target), item) for item in value)
    if target.takes_several:
        return made
    if len(made) > 1:
        raise ValuesError(
            Message("Field {name} takes one value; there are {count}.", name=target.name, count=len(made)),
            Message("Keep one of them."),
        )
    return "".join(made)


def wrong_choice(
    name: str, value: str, choices: Sequence[str], *, also: Iterable[str] = (), is_tick: bool = False
) -> ValuesError:
    """Return what to say of a value that is none of a field's choices; the value itself may be an answer.

    Args:
        name: The field.
        value: What was given.
        choices: What would have been right.
        also: What would have been accepted as well.
        is_tick: Whether there is one box, so that the first choice ticks it.
    """
    what = Message("The value of field {name} is none of its choices.", name=name)
    near = next((choice for choice in (*choices, *also) if _folded(choice) == _folded(value)), None)
    if not choices:
        remedy = Message("It has none at all.")
    elif near is not None:
        remedy = Message(
            "Did you mean {choice}? Write one of: {choices}.", choice=_named(near), choices=_listed(choices)
        )
    elif is_tick:
        remedy = Message("Write {choice} to tick it, or Off to clear it.", choice=_named(choices[0]))
    else:
        remedy = Message("Write one of: {choices}.", choices=_listed(choices))
    return ValuesError(what, remedy)


def _folded(text: str) -> str:
    return text.strip().casefold()


def _named(choice: str) -> str:
    return repr(choice if len(choice) <= _LONGEST_NAMED else choice[: _LONGEST_NAMED - 1] + "…")


def _listed(choices: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(choices))
    named = [_named(choice) for choice in distinct[:_MOST_NAMED]]
    return ", ".join([*named, "…"] if len(distinct) > _MOST_NAMED else named)


def fit_of(target: ChoiceTarget, value: Value) -> Fit | None:
    """Return how the text that a combo box shows fits it; None for a list box, which can be scrolled."""
    return texts.fit_of(_as_text(target), _shown(_chosen(target, value))) if target.is_combo else None


def _as_text(target: ChoiceTarget) -> TextTarget:
    """Return a choice field as the text field that it looks like; ``/MaxLen`` says nothing of choices."""
    return TextTarget(
        name=target.name,
        pages=target.pages,
        parts=target.parts,
        text=target.text,
        default=target.default,
        max_length=None,
        is_password=False,
    )


def set_choice(changes: Changes, target: ChoiceTarget, value: Value, *, lock: bool) -> None:
    """Write which options are chosen, and draw the field in each of its widgets.

    What is no option stays a value: it was typed into a combo box, or comes from a file that contradicts itself.
    """
    chosen = _chosen(target, value)
    top = _top_row(target, _rows(chosen))
    entries = _value_entries(target, chosen) + (b"" if target.is_combo else b"/TI %d" % top)
    objects = {}
    for part in target.parts:
        written = part.entries + part.flag_entry(lock=lock)
        if part.is_field:
            written += entries
        if part.look is not None:
            picture = _picture(changes, part, target, chosen, top)
            written += b"/AP<</N %b>>" % reference(changes.add(picture))
        objects[part.key] = b"<<%b>>" % written
    changes.replace(objects)


def _chosen(target: ChoiceTarget, value: Value) -> list[Option | str]:
    """Return the options that a value means, in the order of the list, then what is none of them."""
    chosen: dict[Option | str, None] = {}
    for text in _items(target, value):
        chosen[_find(target, text, chosen) or text] = None
    return sorted(chosen, key=lambda item: len(target.options) if isinstance(item, str) else item.index)


def _items(target: ChoiceTarget, value: Value) -> Sequence[str]:
    """Return the texts in a value: where several may be chosen, one text may have a line for each."""
    if not isinstance(value, str):
        return value
    if _find(target, value) is not None:
        return (value,)
    if not target.takes_several:
        return (value,) if value else ()
    has_blank = _find(target, "") is not None
    return [line for line in value.split("\n") if line or has_blank]


def _find(target: ChoiceTarget, text: str, taken: Collection[Option | str] = ()) -> Option | None:
    """Return the option with an export value, else the one that shows as this text and no other does.

    Of several with the same export value the first that is not taken.
    """
    found = [option for option in target.options if option.export == text]
    if text and not found:  # an empty text clears, whatever shows as nothing
        found = [option for option in target.options if option.display == text]
        if len({option.export for option in found}) > 1:
            return None
    return next((option for option in found if option not in taken), found[0] if found else None)


def _value_entries(target: ChoiceTarget, chosen: Sequence[Option | str]) -> bytes:
    """Return ``/V``, and ``/I`` where that is called for (table 234)."""
    values = [
        textstring.literal(textstring.encode(item)) if isinstance(item, str) else item.raw for item in chosen
    ]
    value = b"[%b]" % b" ".join(values) if len(values) > 1 else b"".join(values) or b"()"
    if not target.needs_indices:
        return b"/V " + value
    return b"/V %b/I[%b]" % (value, b" ".join(b"%d" % row for row in _rows(chosen)))


def _rows(chosen: Sequence[Option | str]) -> list[int]:
    """Return the places of the options in the list."""
    return [item.index for item in chosen if not isinstance(item, str)]


def _shown(chosen: Sequence[Option | str]) -> str:
    """Return the text that a combo box shows."""
    return "".join(item if isinstance(item, str) else item.display for item in chosen[:1])


def _picture(
    changes: Changes, part: Part, target: ChoiceTarget, chosen: Sequence[Option | str], top: int
) -> bytes:
    """Return the picture of one widget; of a list box from some option on."""
    if target.is_combo:
        return _line(changes, part, _shown(chosen))
    return _list(changes, part, target.options, _rows(chosen), top)


def _line(changes: Changes, part: Part, text: str) -> bytes:
    """Return the picture of a combo box: a line of text."""
    assert part.canvas is not None
    face = _face(changes, part)
    layout = lay_out(normalize("NFC", text), part.canvas.look.box, face.widths)
    return form_xobject(part.canvas, draw(part.canvas, layout, face))


def _face(changes: Changes, part: Part) -> Face:
    assert part.font is not None
    return Face(part.font, changes.fonts, changes.typeface(part.font))


def _top_row(target: ChoiceTarget, rows: Sequence[int]) -> int:
    """Return the first option that a list box shows, so that the first one chosen shows in each of its widgets."""
    boxes = [_list_look(part.look) for part in target.parts if part.look is not None]
    room = min((look.box.lines_that_fit(_list_size(look)) for look in boxes), default=1)
    if not rows or rows[0] < room:
        return 0
    return min(rows[0], len(target.options) - room)


def _list_look(look: Look) -> Look:
    return replace(look, box=replace(look.box, multiline=True))


def _list_size(look: Look) -> float:
    return look.appearance.size or AUTO_SIZE_MAXIMUM


def _list(changes: Changes, part: Part, options: Sequence[Option], chosen: Sequence[int], top: int) -> bytes:
    """Return the picture of a list box: its options from some row on, those chosen on a colour."""
    assert part.look is not None
    look = _list_look(part.look)
    canvas = Canvas.of(look)
    size = _list_size(look)
    # The last row may stand in the box with its upper half only.
    rows = options[top : top + ceil(look.box.height / (LEADING * size))]
    lines = tuple(normalize("NFC", option.display.replace("\n", " ")) for option in rows)
    layout = Layout(lines=lines, lines_fit=len(lines), font_size=size)
    drawing = draw(canvas, layout, _face(changes, part))
    before, begin, text = drawing.content.partition(_BEGIN)
    bars = b"".join(_bar(look, row - top) for row in chosen if top <= row < top + len(rows))
    behind = b"q\n%b%bQ\n" % (_CHOSEN_COLOUR, bars) if bars else b""
    return form_xobject(canvas, Drawing(before + begin + behind + text, drawing.fonts))


def _bar(look: Look, row: int) -> bytes:
    """Return the rectangle behind a row of a list box."""
    box = look.box
    height = LEADING * _list_size(look)
    edge = box.border if look.border_colour else 0.0
    top = box.height - box.padding - row * height
    bottom = max(top - height, edge)
    return b"%.2f %.2f %.2f %.2f re f\n" % (
        edge,
        bottom,
        max(box.width - 2 * edge, 0.0),
        max(top - bottom, 0.0),
    )
