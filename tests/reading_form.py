"""A small definition for tests that read made-up forms."""

from __future__ import annotations

from veldpdf.definition import parse_form
from veldpdf.model import FormDefinition


def small_form(*names: str) -> FormDefinition:
    """Return a definition with some fields, each with the same example."""
    about = {"section": "s", "label": "…", "question": "?", "example": "voorbeeld"}
    table = {
        "id": "klein",
        "title": "Klein",
        "publisher": "Niemand",
        "language": "nl",
        "sections": [{"id": "s", "title": "Deel"}],
        "fields": [{"name": name, **about} for name in names],
    }
    return parse_form(table, source="klein.toml")
