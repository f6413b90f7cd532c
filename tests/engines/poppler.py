"""Poppler, the engine of Evince (GNOME) and Okular (KDE).

Its Python binding belongs to the system's interpreter, not to a virtual environment: hence the
helper beside this file, run as a program.

What it does to a text: a U+FEFF at its start is lost; all else stays, line ends ``\\n`` and tabs
too. Every value is stored in UTF-16BE. A border of the field is not drawn again. Where field and
widget are two objects, the new ``/V`` is written on the widget and the old one stays on the field.
The file is kept, and an update appended.

For a character that the field's font lacks, Poppler embeds a whole font of the system, and up to
version 22.12 at least it takes the line end and the tab for such characters: a megabyte per file,
another on each machine. The fonts are therefore hidden unless asked for; such a character then is
missing in the drawing, and only there.

Same input, same bytes, embedded fonts aside: time and ``/ID`` are set afterwards, as Poppler takes
them from the clock and the file's name.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .engine import fill_with, pin_id

NAME = "poppler"
PYTHON = "/usr/bin/python3"
PROGRAM = Path(__file__).with_name("poppler_fill.py")
NO_FONTS = Path(__file__).with_name("no-fonts.conf")

TIME_OF_CHANGE = re.compile(rb"/M \(D:\d{14}Z\)")
"""What Poppler writes into each field it changes (ISO 32000-2, table 166)."""
STOPPED_CLOCK = b"/M (D:20261116090000Z)"


@cache
def missing() -> str | None:
    """Say what to install, or None."""
    probe = "import gi; gi.require_version('Poppler', '0.18'); from gi.repository import Poppler"
    try:
        subprocess.run([PYTHON, "-c", probe], check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return "Poppler's binding is not there: apt-get install python3-gi gir1.2-poppler-0.18"
    return None


def fill(pdf: bytes, values: Mapping[str, str], *, fonts: bool = False) -> bytes:
    """Fill the text fields of a PDF as Evince does.

    Args:
        pdf: The fillable PDF.
        values: Texts by fully qualified field name.
        fonts: Let it embed fonts of the system, as on a partner's computer.
    """
    command: list[str | Path] = [PYTHON, PROGRAM]
    if not fonts:
        command = ["/usr/bin/env", f"FONTCONFIG_FILE={NO_FONTS}", *command]
    saved = fill_with(NAME, command, pdf, values)
    appended = TIME_OF_CHANGE.sub(STOPPED_CLOCK, saved[len(pdf) :])
    return pin_id(saved[: len(pdf)] + appended)
