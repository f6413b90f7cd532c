"""What the templates of the formats know beside what `veldpdf.templating` gives every template.

A template holds loops and layout only. Translated sentences are asked for with ``_("…")``, which Babel's
extractor finds; everything that is printed passes through `visible` first, so no template can forget it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from veldpdf.language import Catalogue
from veldpdf.merging import Report
from veldpdf.messages import counted
from veldpdf.report import wording
from veldpdf.report.presentation import Presentation
from veldpdf.templating import Environment, environment_of
from veldpdf.typed_text import one_line, visible

TEMPLATES = Path(__file__).parent / "templates"


def environment(
    catalogue: Catalogue, *, autoescape: bool, filters: Mapping[str, Callable[[str], str]] | None = None
) -> Environment:
    """Return an environment for one language.

    Args:
        catalogue: The language.
        autoescape: Whether what is printed is escaped for HTML.
        filters: What else the templates need to write a text.
    """
    made = environment_of(TEMPLATES, autoescape=autoescape, finalize=_shown)
    made.filters["one_line"] = one_line
    made.filters.update(filters or {})
    made.globals.update(
        {
            "_": catalogue,
            "counted": counted,
            "language": catalogue.language,
            "symbols": wording.SYMBOLS,
            "states": wording.STATES,
            "statuses": wording.STATUSES,
            "completeness_of": wording.completeness_of,
            "example_caption": wording.example_caption,
        }
    )
    return made


def values_for(report: Report, presentation: Presentation) -> dict[str, Any]:
    """Return what every template gets: the report, and the words that are made from it in code."""
    catalogue, day = presentation.catalogue, report.options.date
    return {
        "report": report,
        "form": report.form,
        "options": report.options,
        "title": wording.title_of(report, catalogue),
        "maker": wording.maker_of(report, presentation.style),
        "date": wording.date_in_words(day, catalogue) if day else "",
        "summary": [catalogue(sentence) for sentence in wording.summary_of(report)],
    }


def _shown(value: object) -> object:
    """Make a printed value fit to be looked at, unless it is markup of our own."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
