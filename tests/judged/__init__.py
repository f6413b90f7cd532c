"""Answers that were labelled by hand, to measure by how well answers are judged: see ``answers.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from veldpdf.definition import load_form
from veldpdf.model import FieldSpec, State

DATA = Path(__file__).parent / "answers.toml"


@dataclass(frozen=True, slots=True)
class Labelled:
    """An answer, and what an officer says of it.

    Attributes:
        number: Its place in the file, from 1.
        spec: The field that it was given to.
        text: The answer.
        state: What it says.
        is_thin: Whether it says next to nothing.
        own: What of it is the partner's, where it is partly the example.
        is_held_out: Whether no rule was tuned on it.
    """

    number: int
    spec: FieldSpec
    text: str
    state: State
    is_thin: bool
    own: str
    is_held_out: bool


@cache
def thin() -> tuple[str, ...]:
    """Return the phrases that say next to nothing."""
    return tuple(tomllib.loads(DATA.read_text("utf-8"))["thin"])


@cache
def labelled() -> tuple[Labelled, ...]:
    """Return all labelled answers, in the order of the file."""
    data = tomllib.loads(DATA.read_text("utf-8"))
    specs = {spec.name: spec for spec in load_form().fields}
    for made in data["fields"]:
        blank = next(iter(specs.values()))
        specs[made["name"]] = replace(blank, name=made["name"], example=made["example"])
    return tuple(
        Labelled(
            number=number,
            spec=specs[answer["field"]],
            text=spell_out(answer, specs[answer["field"]].example),
            state=State(answer["state"]),
            is_thin=answer.get("thin", False),
            own=answer["own"] if answer["state"] == State.PARTLY_EXAMPLE else "",
            is_held_out=number % 3 == 0,
        )
        for number, answer in enumerate(data["answers"], 1)
    )


def spell_out(answer: dict[str, object], example: str) -> str:
    """Return the text of an answer, the example filled in and the changes made."""
    text = str(answer["text"]).replace("{example}", example)
    changes = answer.get("changes", [])
    assert isinstance(changes, list)
    for old, new in changes:
        if old not in text:
            message = f"nothing to change: {old!r} is not in {text!r}"
            raise ValueError(message)
        text = text.replace(old, new)
    return text
