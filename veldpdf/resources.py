"""Where the data that travels with the program lies.

In a wheel ``forms/`` lies inside the package; in a checkout it stands beside it, at the top level, where
people look for it.
"""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def forms_folder() -> Path:
    """Return the folder of the definitions and worksheets that come with veldpdf."""
    installed = _PACKAGE / "forms"
    return installed if installed.is_dir() else _PACKAGE.parent / "forms"


def fonts_folder() -> Path:
    """Return the folder of the fonts that come with veldpdf."""
    return _PACKAGE / "fonts"
