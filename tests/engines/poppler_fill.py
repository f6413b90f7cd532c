"""Fill a form with Poppler; a program for the system's Python, see ``poppler.py``.

Orders come as ``engine.py`` says: ``poppler_fill.py IN.pdf OUT.pdf``.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

# By name, as a type checker in a virtual environment cannot see the system's binding.
importlib.import_module("gi").require_version("Poppler", "0.18")
Poppler: Any = importlib.import_module("gi.repository.Poppler")


def main(source: str, target: str) -> None:
    """Type the texts of standard input into the fields, and save a copy."""
    orders = sys.stdin.buffer.read().decode("utf-8").split("\0")
    left = dict(zip(orders[::2], orders[1::2], strict=False))
    document = Poppler.Document.new_from_file(Path(source).absolute().as_uri())
    known = {
        name for number in range(document.get_n_pages()) for name in _fill_page(document.get_page(number), left)
    }
    if unknown := sorted(left.keys() - known):
        sys.exit(f"the form has no text field {', '.join(unknown)}")
    document.save(Path(target).absolute().as_uri())


def _fill_page(page: Any, values: dict[str, str]) -> list[str]:
    """Fill the fields on one page, and return their names."""
    filled = []
    for mapping in page.get_form_field_mapping():
        field = mapping.field
        name = field.get_name()
        if field.get_field_type() == Poppler.FormFieldType.TEXT and name in values:
            field.text_set_text(values[name])
            filled.append(name)
    return filled


if __name__ == "__main__":
    main(*sys.argv[1:])
