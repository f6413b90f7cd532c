"""The exit status of commands that read submissions."""

from __future__ import annotations

from collections.abc import Iterable

from veldpdf.completeness import all_complete
from veldpdf.model import Completeness


def status_of(results: Iterable[Completeness]) -> int:
    """Return 0 where nothing asks for attention, 1 where a submission is unreadable or incomplete."""
    return 0 if all_complete(results) else 1
