"""Drawing the pages: templates with loops and layout only, in the language that the user chose.

Everything that is printed passes through `visible` and is escaped, as in the report: what partners typed, and what
their files are called, is shown and does nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from veldpdf.errors import VeldpdfError
from veldpdf.language import LANGUAGES, catalogue
from veldpdf.messages import Message, counted
from veldpdf.report import wording
from veldpdf.templating import Environment, RootedAddresses, environment_of
from veldpdf.typed_text import one_line, visible
from veldpdf.web.run import Run

_TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """All templates, in each language."""

    def __init__(self) -> None:
        """Prepare the templates; each is compiled when it is first asked for."""
        self._environments = {language: _environment(language) for language in LANGUAGES}

    def page(self, request: Request, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Return a page or a piece of one.

        Args:
            request: Who asks.
            name: Of the template.
            status: Of the answer.
            values: What the template is to show.
        """
        run = run_of(request)
        text = (
            self._environments[run.language]
            .get_template(name)
            .render(
                run=run,
                base=run.base,
                workspace=run.workspace,
                form=run.workspace.form,
                path=request.url.path,
                **values,
            )
        )
        return HTMLResponse(text, status)

    def problem(self, request: Request, error: VeldpdfError, *, status: int = 400) -> HTMLResponse:
        """Return what went wrong and what to do, to be shown where the page says so."""
        return self.page(request, "problem.html", status=status, what=error.what, remedy=error.remedy)


def run_of(request: Request) -> Run:
    """Return the run that a request belongs to."""
    run: Run = request.app.state.run
    return run


def pages_of(request: Request) -> Pages:
    """Return what draws the pages."""
    pages: Pages = request.app.state.pages
    return pages


def is_piece(request: Request) -> bool:
    """Whether a page of ours asks for a piece of itself, rather than the browser for a whole page."""
    return request.headers.get("hx-request") == "true"


def _environment(language: str) -> Environment:
    say = catalogue(language)
    made = environment_of(_TEMPLATES, autoescape=True, finalize=_shown)
    made.add_extension(RootedAddresses)
    made.filters["one_line"] = one_line
    made.filters["say"] = say
    made.globals.update(
        {
            "_": say,
            "counted": counted,
            "language": language,
            "languages": LANGUAGES,
            "symbols": wording.SYMBOLS,
            "states": wording.STATES,
            "statuses": wording.STATUSES,
        }
    )
    return made


def _shown(value: object) -> object:
    """Make a printed value fit to be looked at, unless it is markup of our own."""
    if isinstance(value, Message):  # a sentence that nobody asked to be translated is a mistake of ours
        raise TypeError(value.msgid)
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value
