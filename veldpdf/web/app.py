"""All pages of ``veldpdf web`` in one application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from veldpdf.errors import VeldpdfError
from veldpdf.web import collecting, looking, prefilling, reporting
from veldpdf.web.pages import Pages, pages_of, run_of
from veldpdf.web.run import Run
from veldpdf.web.uploads import UploadError, form_of

_LAST_WORDS = 1.0  # seconds
_STATIC = Path(__file__).parent / "static"


def application(run: Run) -> Starlette:
    """Return the pages of a run; `guarding.Guard` goes around them."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        run.get_ready()
        yield
        run.close()

    app = Starlette(
        routes=[
            *collecting.ROUTES,
            *looking.ROUTES,
            *reporting.ROUTES,
            *prefilling.ROUTES,
            Route("/language", _speak, methods=["POST"]),
            Route("/stop", _stop, methods=["POST"]),
            Mount("/static", StaticFiles(directory=_STATIC)),
        ],
        lifespan=lifespan,
        exception_handlers={
            UploadError: _too_much,
            VeldpdfError: _told,
            HTTPException: _not_there,
            Exception: _failed,
        },
    )
    # Starlette would send the browser to an address without the unguessable path of the run.
    app.router.redirect_slashes = False
    app.state.run = run
    app.state.pages = Pages()
    return app


async def _speak(request: Request) -> Response:
    form = await form_of(request)
    run_of(request).speak(form.get("language", ""))
    return Response(status_code=204, headers={"HX-Refresh": "true"})


async def _stop(request: Request) -> Response:
    page = pages_of(request).page(request, "stopped.html")
    # The page asks for its style sheet first.
    asyncio.get_running_loop().call_later(_LAST_WORDS, run_of(request).stop)
    return page


async def _too_much(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, UploadError)
    answer = pages_of(request).problem(request, exc, status=413)
    # Otherwise the rest of it would be taken in all the same, and thrown away.
    answer.headers["connection"] = "close"
    return answer


async def _told(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, VeldpdfError)
    return pages_of(request).problem(request, exc)


async def _not_there(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)
    return pages_of(request).page(request, "missing.html", status=exc.status_code)


async def _failed(request: Request, _exc: Exception) -> Response:
    """Tell of a mistake of ours, without anything that was being worked on."""
    return pages_of(request).page(request, "failed.html", status=500)


Handler = Callable[[Request], Awaitable[Response]]
