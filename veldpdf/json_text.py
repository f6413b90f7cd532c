"""JSON for people: indented by two spaces, as ``json.dumps(…, indent=2, ensure_ascii=False)`` has it.

Python's own encoder does without its C part as soon as it is asked to indent, and then takes as long for the answers
of a thousand worksheets as reading a quarter of them.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring as quoted
from typing import Any

_STEP = "  "


def indented(value: object) -> str:
    """Return a value as indented JSON, without a line end behind it.

    Args:
        value: Made of dictionaries with texts as keys, lists, tuples, texts, numbers, booleans and None.

    Raises:
        TypeError: There is something else in it.
    """
    return _indented(value, "\n")


def _indented(value: Any, margin: str) -> str:
    """Return a value as JSON; the margin is the line break and the spaces before what closes it."""
    inner = margin + _STEP
    match value:
        case str():
            return quoted(value)
        case dict():
            # Most values are texts, and a call takes longer than the question.
            rows = [
                f"{quoted(key)}: {quoted(item) if type(item) is str else _indented(item, inner)}"
                for key, item in value.items()
            ]
            opening, closing = "{", "}"
        case list() | tuple():
            rows = [quoted(item) if type(item) is str else _indented(item, inner) for item in value]
            opening, closing = "[", "]"
        case _:
            return json.dumps(value)
    if not rows:
        return opening + closing
    return f"{opening}{inner}{(',' + inner).join(rows)}{margin}{closing}"
