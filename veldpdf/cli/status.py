"""The exit status of commands that read submissions."""

from __future__ import annotations

from collections.abc import Iterable

from veldpdf.cli.codes import ATTENTION, DONE
from veldpdf.completeness import all_complete
from veldpdf.model import Completeness


def status_of(results: Iterable[Completeness]) -> int:
    """Return whether a submission is unreadable or incomplete, and so asks for attention."""
    return DONE if all_complete(results) else ATTENTION
