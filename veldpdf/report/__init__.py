"""The report in each format: functions from `Report` to the bytes of a file.

A format is a module with ``render(report, presentation) -> Rendered``, named in `_MODULES` by the file ending that
asks for it. Modules are imported when first asked for, so a format may need a library that only an extra
brings. A format lays out what `veldpdf.merging` decided; writing the file happens elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from veldpdf.errors import UnknownFormatError
from veldpdf.merging import Report
from veldpdf.report.presentation import Presentation, Rendered

__all__ = ["Presentation", "Rendered", "check_available", "known_formats", "render"]

_MODULES: Mapping[str, str] = MappingProxyType(
    {
        ".pdf": "veldpdf.report.as_pdf",
        ".html": "veldpdf.report.as_html",
        ".docx": "veldpdf.report.as_docx",
        ".xlsx": "veldpdf.report.as_xlsx",
        ".md": "veldpdf.report.as_markdown",
        ".json": "veldpdf.report.as_json",
    }
)


class _Format(Protocol):
    """What a module of a format offers."""

    def render(self, report: Report, presentation: Presentation) -> Rendered: ...


def known_formats() -> tuple[str, ...]:
    """Return the file endings of all formats, the one most people want first."""
    return tuple(_MODULES)


def check_available(suffix: str) -> None:
    """Make sure that a format can be made, before any work is done for it: some need a library of an extra.

    Raises:
        MissingExtraError: The library is not installed.
        UnknownFormatError: No format has this ending.
    """
    require = getattr(_module(suffix), "require", None)
    if require is not None:
        require()


def render(report: Report, suffix: str, presentation: Presentation) -> Rendered:
    """Return the report as the contents of a file; the same report and presentation make the same bytes.

    Args:
        report: What to render.
        suffix: The ending of the file name, in any case, e.g. ``".pdf"``.
        presentation: How it is to look.

    Raises:
        UnknownFormatError: No format has this ending.
    """
    return _module(suffix).render(report, presentation)


def _module(suffix: str) -> _Format:
    name = _MODULES.get(suffix.lower())
    if name is None:
        raise UnknownFormatError(Path(suffix), known=known_formats())
    return cast("_Format", import_module(name))
