"""Which kind of field takes which value: the one place that tells them apart."""

from __future__ import annotations

from veldpdf.pdf.filling import texts
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.targets import Target, TextTarget, Value
from veldpdf.pdf.filling.texts import Fit


def checked(target: Target, value: object) -> Value:
    """Return a value that may go into a field.

    Raises:
        ValuesError: The field cannot have it.
        ValueTooLongError: It has more characters than the field's ``/MaxLen``.
    """
    assert isinstance(target, TextTarget)
    return texts.checked_text(target, value)


def fit_of(target: Target, value: Value) -> Fit | None:
    """Return how a checked value fits its field; None where nothing is set in lines."""
    assert isinstance(target, TextTarget)
    assert isinstance(value, str)
    return texts.fit_of(target, value)


def set_value(changes: Changes, target: Target, value: Value, *, lock: bool) -> None:
    """Write a checked value, and draw it in each of the field's widgets."""
    assert isinstance(target, TextTarget)
    assert isinstance(value, str)
    texts.set_text(changes, target, value, lock=lock)
