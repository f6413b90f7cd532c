"""Starting and stopping the server, on 127.0.0.1 and nowhere else."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from veldpdf.errors import VeldpdfError
from veldpdf.files import reason_of
from veldpdf.limits import Limits
from veldpdf.messages import Message
from veldpdf.model import FormDefinition

if TYPE_CHECKING:
    import uvicorn

    from veldpdf.web.guarding import Guard
    from veldpdf.web.storage import RunFolder

_HOST = "127.0.0.1"
# Where the page is to be found, unless something else is there: an address that can be remembered.
USUAL_PORT = 8371


class WebError(VeldpdfError):
    """The page cannot be had in a browser."""


def serve(
    form: FormDefinition,
    *,
    language: str,
    port: int | None = None,
    limits: Limits | None = None,
    jobs: int | None = None,
    on_link: Callable[[str], None],
    on_intruder: Callable[[], None] = lambda: None,
) -> None:
    """Serve the pages until somebody stops them, from the page or with Ctrl-C.

    Args:
        form: The definition that files are read with.
        language: Of the pages, to begin with.
        port: Where to listen; by default the usual one, or any that is free.
        limits: What one file may take to be read.
        jobs: How many files to read side by side.
        on_link: Told of the link that lets a browser in, and of the next one each time one has been used.
        on_intruder: Told when a link that has been used is tried by another browser.

    Raises:
        WebError: A package is not installed, nobody can listen there, or no folder can be made for the files.
    """
    _require()
    from veldpdf.web.app import application  # noqa: PLC0415 - needs an extra
    from veldpdf.web.guarding import Guard  # noqa: PLC0415 - the same
    from veldpdf.web.run import Run  # noqa: PLC0415 - start-up time

    with _listening(port) as listener, _folder() as folder:
        run = Run(form, folder, language=language, limits=limits, jobs=jobs)
        guard = Guard(
            application(run), port=listener.getsockname()[1], on_used=on_link, on_tried_again=on_intruder
        )
        server = _server(guard)

        def stop() -> None:
            server.should_exit = True

        run.stop, run.base = stop, guard.base
        try:
            with _ended_in_order(stop):
                on_link(guard.link)
                server.run(sockets=[listener])
        finally:
            run.close()


def _require() -> None:
    """Make sure that pages can be served.

    Raises:
        WebError: A package is not installed.
    """
    try:
        import starlette  # noqa: F401, PLC0415 - an extra
        import uvicorn  # noqa: F401, PLC0415 - the same
    except ModuleNotFoundError as exc:
        raise WebError(
            Message("The page in the browser needs the packages {packages}.", packages="starlette, uvicorn"),
            Message("Install them with: {command}.", command="pip install 'veldpdf[web]'"),
        ) from exc


def _server(guard: Guard) -> uvicorn.Server:
    """Return the server, which writes nothing to any log: addresses hold what partners and files are called."""
    import uvicorn  # noqa: PLC0415 - an extra

    from veldpdf.web.connections import connections  # noqa: PLC0415 - needs it

    config = uvicorn.Config(
        guard,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
        http=connections(),
    )
    return uvicorn.Server(config)


@contextmanager
def _ended_in_order(stop: Callable[[], None]) -> Iterator[None]:
    """Have Ctrl-C, a request to end and a window that is closed end the run so that its folder is deleted.

    uvicorn stops at a signal and then raises it again, which by itself would end the process on the spot.
    """
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):  # Windows has no hang-up
            number = getattr(signal, name)
            before[number] = signal.signal(number, lambda *_: stop())
    try:
        yield
    except KeyboardInterrupt:
        return
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _folder() -> RunFolder:
    from veldpdf.web.storage import RunFolder  # noqa: PLC0415 - start-up time

    try:
        return RunFolder()
    except OSError as exc:
        raise WebError(
            Message("No folder can be made for the files: {reason}.", reason=reason_of(exc)),
            Message("Make room on the disk, or name another folder in TMPDIR."),
        ) from exc


def _listening(port: int | None) -> socket.socket:
    """Return a socket that listens on this computer alone."""
    for wanted in (USUAL_PORT, 0) if port is None else (port,):
        try:
            return socket.create_server((_HOST, wanted))
        except OSError as exc:
            problem = exc
    raise WebError(
        Message("The page cannot be had at port {port}: {reason}.", port=port or 0, reason=reason_of(problem)),
        Message("Name another port with --port, or none."),
    ) from problem
