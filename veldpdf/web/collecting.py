"""The first page: drop what came back, and see of each file whose it is, how far it is, and what is wrong with it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from veldpdf.errors import OutputError
from veldpdf.files import LARGEST_FILE, reason_of
from veldpdf.merging.participants import participant_of
from veldpdf.merging.returned import Returned, names_of
from veldpdf.merging.values import Participant
from veldpdf.messages import Message
from veldpdf.web.pages import is_piece, pages_of, run_of
from veldpdf.web.uploads import MOST_FILES, UploadError, announced, form_of, save, shown_name
from veldpdf.web.workspace import DroppedFile, Progress, Row, Workspace

_LATEST = 32_503_680_000  # seconds: the year 3000, beyond which no file system counts


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: a worksheet, or a file that waits to be read.

    Attributes:
        file: Which file.
        row: The worksheet; None while the file waits.
        participant: What a report would say of it.
    """

    file: DroppedFile
    row: Row | None = None
    participant: Participant | None = None


def listed(workspace: Workspace) -> dict[str, Any]:
    """Return what the list is drawn from.

    The version comes first: what changes while the lines are gathered must look new to whoever asks next.
    """
    version = workspace.version
    return {"version": version, "lines": lines_of(workspace)}


def lines_of(workspace: Workspace) -> list[Line]:
    """Return the list as it stands, by file name."""
    rows = workspace.rows()
    form = workspace.form
    specs = tuple(spec for section in form.sections for spec in form.fields_of(section))
    names = names_of([row.submission for row in rows])
    by_file: dict[str, list[Line]] = {}
    for row, name in zip(rows, names, strict=True):
        returned = Returned(name=name, submission=row.submission, gaps=workspace.result(row))
        line = Line(row.file, row, participant_of(form, specs, returned))
        by_file.setdefault(row.file.key, []).append(line)
    lines: list[Line] = []
    for file in workspace.files:
        lines += [Line(file)] if file.progress is Progress.WAITING else by_file.get(file.key, [])
    return lines


async def show(request: Request) -> Response:
    """Show the page, or the list alone where it has changed since it was drawn."""
    run = run_of(request)
    workspace = run.workspace
    if is_piece(request):
        if request.query_params.get("version") == str(workspace.version):
            return Response(status_code=204)
        return await _list(request)
    values = await run_in_threadpool(listed, workspace)
    return pages_of(request).page(request, "collect.html", most=LARGEST_FILE, **values)


async def _list(request: Request) -> Response:
    values = await run_in_threadpool(listed, run_of(request).workspace)
    return pages_of(request).page(request, "collect_list.html", **values)


async def drop(request: Request) -> Response:
    """Take in one file: its bytes are the body, its name stands in the address and is only ever shown."""
    run = run_of(request)
    if len(run.workspace.files) >= MOST_FILES:
        raise UploadError(
            Message("No more than {n} files go in here at a time.", n=MOST_FILES),
            Message("Make the report of these first."),
        )
    path = run.folder.new_file()
    try:
        room = run.room
        with run.receiving(announced(request)):
            size = await save(request, path, room=room)
    except OSError as exc:
        raise OutputError(
            Message("The file cannot be kept for reading: {reason}.", reason=reason_of(exc)),
            Message("Make room on the disk, and drop it again."),
        ) from exc
    _date(path, request.query_params.get("modified", ""))
    run.read(run.workspace.add(shown_name(request.query_params.get("name", "")), path, size))
    return Response(status_code=204)


def _date(path: os.PathLike[str], milliseconds: str) -> None:
    """Date a file as it was on the user's disk: of two versions the newer counts."""
    if milliseconds.isdecimal() and 0 < int(milliseconds[:15]) // 1000 < _LATEST:
        seconds = int(milliseconds[:15]) // 1000
        os.utime(path, (seconds, seconds))


async def remove(request: Request) -> Response:
    """Take a file away, from the page and from the disk."""
    file = run_of(request).workspace.remove(request.path_params["file"])
    if file is not None:
        with suppress(OSError):  # a worker that has it open on Windows; it goes with the folder
            file.path.unlink(missing_ok=True)
    return await _list(request)


async def unlock(request: Request) -> Response:
    """Read a file once more with the password that the user typed, which is kept nowhere."""
    form = await form_of(request)
    run = run_of(request)
    await run.unlock(request.path_params["file"], form.get("password", ""))
    return await _list(request)


async def rename(request: Request) -> Response:
    """Call the partner of a worksheet otherwise."""
    form = await form_of(request)
    row = found_row(request)
    run_of(request).workspace.rename(row.key, form.get("partner", ""))
    return await _list(request)


async def choose(request: Request) -> Response:
    """Have a worksheet count instead of others of the same partner."""
    run_of(request).workspace.choose(found_row(request).key)
    return await _list(request)


def found_row(request: Request) -> Row:
    """Return the worksheet that an address names.

    Raises:
        HTTPException: There is none (any more).
    """
    row = run_of(request).workspace.row(request.path_params["row"])
    if row is None:
        raise HTTPException(404)
    return row


ROUTES = [
    Route("/", show),
    Route("/files", drop, methods=["POST"]),
    Route("/files/{file}/remove", remove, methods=["POST"]),
    Route("/files/{file}/password", unlock, methods=["POST"]),
    Route("/rows/{row}/partner", rename, methods=["POST"]),
    Route("/rows/{row}/choose", choose, methods=["POST"]),
]
