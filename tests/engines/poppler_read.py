"""Print the values of a form's text fields as JSON, read by Poppler; a program for the system's Python.

poppler_read.py IN.pdf
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

# By name, as a type checker in a virtual environment cannot see the system's binding.
importlib.import_module("gi").require_version("Poppler", "0.18")
Poppler: Any = importlib.import_module("gi.repository.Poppler")


def values(path: Path) -> dict[str, str]:
    """Return the text of each text field by its name."""
    document = Poppler.Document.new_from_file(path.resolve().as_uri(), None)
    found = {}
    for number in range(document.get_n_pages()):
        for mapping in document.get_page(number).get_form_field_mapping():
            if mapping.field.get_field_type() == Poppler.FormFieldType.TEXT:
                found[mapping.field.get_name()] = mapping.field.text_get_text() or ""
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(values(Path(sys.argv[1]))))
