"""A report as the bytes of a file, for tests that do not ask for more."""

from __future__ import annotations

from typing import Any

from veldpdf.language import catalogue
from veldpdf.merging import Report
from veldpdf.report import Presentation, render


def rendered(report: Report, suffix: str, language: str = "en", **more: Any) -> bytes:
    """Return the report in one format and language; more of its presentation goes by name."""
    return render(report, suffix, Presentation(catalogue=catalogue(language), **more)).data
