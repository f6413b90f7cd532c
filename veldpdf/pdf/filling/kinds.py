"""Which kind of field takes which value: the one place that tells them apart."""

from __future__ import annotations

from veldpdf.pdf.acroform import Field, FieldFlag, FieldType
from veldpdf.pdf.filling import buttons, choices, texts
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.targets import ButtonTarget, ChoiceTarget, Part, Target, TextTarget, Value
from veldpdf.pdf.filling.texts import Fit
from veldpdf.pdf.values import read_text, text_of
from veldpdf.pdf.widgets import max_length

# The kinds of field that show what is filled in as text, in a font of the form.
SHOWING_TEXT = frozenset({FieldType.TEXT, FieldType.CHOICE})


def target_of(name: str, item: Field, parts: tuple[Part, ...]) -> Target:
    """Return what filling knows of a field that a partner answers.

    Args:
        name: What the user calls it.
        item: The field.
        parts: Its dictionaries.
    """
    match item.type:
        case FieldType.CHECKBOX | FieldType.RADIO:
            return buttons.target_of(name, item, parts)
        case FieldType.CHOICE:
            return choices.target_of(name, item, parts)
    default = item.inherited("/DV")
    return TextTarget(
        name=name,
        pages=item.pages,
        parts=parts,
        text=read_text(item).text,
        default="" if default is None else text_of(default).text,
        max_length=max_length(item),
        is_password=FieldFlag.PASSWORD in item.flags,
    )


def checked(target: Target, value: object) -> Value:
    """Return a value that may go into a field.

    Raises:
        ValuesError: The field cannot have it.
        ValueTooLongError: It has more characters than the field's ``/MaxLen``.
    """
    match target:
        case ButtonTarget():
            return buttons.checked(target, value)
        case ChoiceTarget():
            return choices.checked(target, value)
    assert isinstance(target, TextTarget)
    return texts.checked_text(target, value)


def fit_of(target: Target, value: Value) -> Fit | None:
    """Return how a checked value fits its field; None where nothing is set in lines."""
    match target:
        case ButtonTarget():
            return None
        case ChoiceTarget():
            return choices.fit_of(target, value)
    assert isinstance(target, TextTarget)
    assert isinstance(value, str)
    return texts.fit_of(target, value)


def set_value(changes: Changes, target: Target, value: Value, *, lock: bool) -> None:
    """Write a checked value, or one that the field already has, and draw it in each of the field's widgets."""
    match target:
        case ChoiceTarget():
            choices.set_choice(changes, target, value, lock=lock)
            return
        case ButtonTarget():
            assert isinstance(value, str)
            buttons.set_button(changes, target, value, lock=lock)
            return
    assert isinstance(target, TextTarget)
    assert isinstance(value, str)
    texts.set_text(changes, target, value, lock=lock)
