"""Errors: what, where, what to do; the same after a trip between processes."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from veldpdf.errors import (
    DefinitionError,
    HouseStyleError,
    InputError,
    OutputError,
    OutputExistsError,
    TemplateError,
    UnknownFieldError,
    UnknownFormatError,
    ValuesError,
    ValueTooLongError,
    VeldpdfError,
    nearest,
)
from veldpdf.messages import Message

WHAT = Message("{path}: it is gone.", path="a.pdf")
REMEDY = Message("Look elsewhere.")
KNOWN = [f"Veld{number:02}" for number in range(1, 24)]

EVERY_ERROR = [
    VeldpdfError(WHAT, REMEDY),
    DefinitionError("a.toml", Message("page is wrong"), REMEDY),
    DefinitionError("a.toml", Message("page is wrong"), REMEDY, field="Veld01"),
    HouseStyleError("a.toml", Message("main is no colour"), REMEDY),
    ValuesError(WHAT, REMEDY),
    UnknownFieldError("Veld99", source="a.pdf", known=KNOWN),
    ValueTooLongError("Veld01", count=12, limit=10),
    TemplateError(WHAT, REMEDY),
    InputError(WHAT, REMEDY),
    OutputError(WHAT, REMEDY),
    OutputExistsError(Path("a.pdf")),
    UnknownFormatError(Path("a.doc"), known=[".pdf", ".html"]),
]


def test_every_kind_of_error_is_in_the_list_above() -> None:
    kinds = {VeldpdfError}
    waiting = [VeldpdfError]
    while waiting:
        below = set(waiting.pop().__subclasses__())
        kinds |= below
        waiting += below

    ours = {kind for kind in kinds if kind.__module__ == "veldpdf.errors"}
    assert {type(error) for error in EVERY_ERROR} == ours


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
def test_an_error_survives_the_trip_between_processes(error: VeldpdfError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert again.args == error.args
    assert str(again) == str(error)
    assert (type(again.what), type(again.remedy)) == (Message, Message)


@pytest.mark.parametrize("error", EVERY_ERROR, ids=lambda error: type(error).__name__)
def test_an_error_says_what_and_then_the_remedy(error: VeldpdfError) -> None:
    assert str(error).splitlines() == [error.what, error.remedy]


def test_a_mistake_in_a_definition_is_told_with_its_field() -> None:
    error = DefinitionError("a.toml", Message("page is wrong"), REMEDY, field="Veld01")

    assert error.what == "a.toml, field Veld01: page is wrong"
    assert (error.source, error.field) == ("a.toml", "Veld01")


def test_an_error_says_its_numbers() -> None:
    error = ValueTooLongError("Veld01", count=12, limit=10)

    assert error.what == "Field Veld01 holds at most 10 characters; the value has 12."
    assert (error.name, error.count, error.limit) == ("Veld01", 12, 10)


def test_an_unknown_field_is_told_with_the_nearest() -> None:
    error = UnknownFieldError("veld5", source="a.pdf", known=KNOWN)

    assert error.name == "veld5"
    assert str(error) == "a.pdf: the worksheet has no field 'veld5'.\nDid you mean 'Veld05'?"


def test_text_in_the_place_of_a_name_is_not_shown() -> None:
    """Who forgets the headings of a table offers an answer as a name: it must not end up in a log."""
    sentence = "Jan slaat zijn zusje"

    assert str(UnknownFieldError(sentence, source="a.pdf", known=["Veld01"])) == (
        "a.pdf: the worksheet has no field '…'.\nIt has: Veld01."
    )
    assert "x" * 41 not in str(UnknownFieldError("x" * 9000, source="a.pdf", known=["Veld01"]))


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        pytest.param("Veld011", "Did you mean 'Veld11'?", id="a digit too many"),
        pytest.param("VELD07", "Did you mean 'Veld07'?", id="case"),
        pytest.param("veld7", "Did you mean 'Veld07'?", id="a zero forgotten"),
        pytest.param("vedl07", "Did you mean 'Veld07'?", id="letters turned"),
        pytest.param("Vraag", f"It has: {', '.join(KNOWN)}.", id="nothing like it"),
        pytest.param("", f"It has: {', '.join(KNOWN)}.", id="nothing at all"),
    ],
)
def test_the_name_that_was_probably_meant_is_offered(name: str, advice: str) -> None:
    assert nearest(name, KNOWN) == advice


def test_nothing_is_offered_where_there_is_nothing() -> None:
    assert nearest("Veld01", []) == "It has none at all."
