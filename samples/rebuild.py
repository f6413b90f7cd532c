"""Rebuild ``samples/returned`` from the answers and the worksheet, with the engines partners have.

Each file in ``samples/answers`` is one invented partner: the engine it fills the worksheet with, and
what it does to each field. A field it does not name is left as it is, example included; an empty
text means the partner cleared it. Typing into an example is written as what is typed, so that the
example itself stays in one place, ``forms/bouwsteen-3a.toml``.

    python samples/rebuild.py [--only NAME]
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this is a script: Python looks beside it, not above it

from tests.engines import ENGINES, EngineError  # noqa: E402  # only found after the line above

FORM = ROOT / "forms" / "bouwsteen-3a.pdf"
DEFINITION = FORM.with_suffix(".toml")
ANSWERS = ROOT / "samples" / "answers"
RETURNED = ROOT / "samples" / "returned"


@dataclass(frozen=True, slots=True)
class Partner:
    """One partner, and what it leaves in the fields.

    Attributes:
        file: Name of its returned file, without suffix.
        engine: Key in `ENGINES`.
        values: What the partner leaves in each field that it touches.
    """

    file: str
    engine: str
    values: Mapping[str, str]


def main() -> int:
    """Rebuild what was asked for; exit status 1 if an engine is missing or fails."""
    names = sorted(path.stem for path in ANSWERS.glob("*.json"))
    parser = argparse.ArgumentParser(description="Rebuild samples/returned from samples/answers.")
    parser.add_argument("--only", choices=names, metavar="NAME", help=f"one of {', '.join(names)}")
    only = parser.parse_args().only
    if not FORM.exists():
        parser.error(f"{FORM.relative_to(ROOT)} is not there: build the worksheet first")
    examples = load_examples()
    partners = [load_partner(name, examples) for name in names if only in (None, name)]
    built = [rebuild(partner) for partner in partners]  # each, also after one that could not be
    return 0 if all(built) else 1


def rebuild(partner: Partner) -> bool:
    """Write one returned file, say so, and return whether that went well."""
    engine = ENGINES[partner.engine]
    target = RETURNED / f"{partner.file}.pdf"
    shown = target.relative_to(ROOT)
    if reason := engine.missing():
        print(f"{shown}: not built, {reason}")
        return False
    try:
        filled = engine.fill(FORM.read_bytes(), partner.values)
    except EngineError as exc:
        print(f"{shown}: not built, {exc}")
        return False
    changed = not target.exists() or target.read_bytes() != filled
    if changed:
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(filled)
    print(f"{shown}: {'written' if changed else 'unchanged'}, {len(filled):,} bytes, by {engine.name}")
    return True


def load_examples() -> dict[str, str]:
    """Return the text that stands in each field of the empty worksheet."""
    definition = tomllib.loads(DEFINITION.read_text("utf-8"))
    return {field["name"]: field.get("example", "") for field in definition["fields"]}


def load_partner(name: str, examples: Mapping[str, str]) -> Partner:
    """Read one file of answers."""
    record = json.loads((ANSWERS / f"{name}.json").read_text("utf-8"))
    values = {field: spell_out(value, examples[field]) for field, value in record["values"].items()}
    return Partner(file=name, engine=record["engine"], values=values)


def spell_out(value: Any, example: str) -> str:
    """Return the text that a partner leaves in a field.

    Args:
        value: A text; a list of its lines; ``{"after_example": …}``, typed behind the example; or
            ``{"in_example": {"find": …, "insert": …}}``, typed into it, right after what is found.
        example: What stood in the field.
    """
    match value:
        case str():
            return value
        case list():
            return "\n".join(value)
        case {"after_example": typed}:
            return example + spell_out(typed, example)
        case {"in_example": {"find": found, "insert": typed}} if example.count(found) == 1:
            return example.replace(found, found + spell_out(typed, example))
    message = f"not a way to write an answer, or not once in the example: {value}"
    raise ValueError(message)


if __name__ == "__main__":
    sys.exit(main())
