"""What a browser sends: files, streamed to disk and counted on the way, and small forms."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.requests import Request

from veldpdf.errors import VeldpdfError
from veldpdf.files import LARGEST_FILE
from veldpdf.messages import Message
from veldpdf.typed_text import one_line

# All that one run may hold, in bytes and in files: the returned worksheets of several hundred partners.
LARGEST_RUN = 2048 * 1024 * 1024
MOST_FILES = 10_000
# A form holds the answers to a few dozen questions at most.
_LARGEST_FORM = 4 * 1024 * 1024
_MOST_ENTRIES = 2_000
_LONGEST_NAME = 200
# Seconds in which something more must come.
_SILENCE = 30.0
_SEPARATORS = re.compile(r"[\\/]+")


class UploadError(VeldpdfError):
    """What a browser sends is too much."""


async def save(request: Request, path: Path, *, room: int) -> int:
    """Write the body of a request to a file, piece by piece, and return how many bytes it has.

    Args:
        request: Its body is the file and nothing else.
        path: Where to write it; only its owner may read it.
        room: Bytes that the run may still take in.

    Raises:
        UploadError: It is larger than may be; nothing is left of it.
        OSError: It cannot be written.
    """
    most = min(LARGEST_FILE, room)
    _check(announced(request), most)
    size = 0
    try:
        with path.open("xb") as file:
            path.chmod(0o600)
            async for piece in _pieces(request):
                size += len(piece)
                _check(size, most)
                file.write(piece)
    except BaseException:  # also where the browser goes away half-way
        path.unlink(missing_ok=True)
        raise
    return size


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """Yield what comes in, as long as something does.

    Raises:
        UploadError: Nothing came for a long time.
    """
    stream = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream, None), _SILENCE)
        except TimeoutError as exc:
            raise UploadError(
                Message("Sending stopped half-way."), Message("Send the file once more.")
            ) from exc
        if piece is None:
            return
        yield piece


def announced(request: Request) -> int:
    """Return how long the body is to be, so that a large one is refused before it comes; 0 for unknown."""
    given = request.headers.get("content-length", "")
    return int(given) if given.isdecimal() and len(given) < _LONGEST_NAME else 0


def _check(size: int, most: int) -> None:
    if size > most:
        raise UploadError(
            Message("This file is larger than {megabytes} MB.", megabytes=most // (1024 * 1024)),
            Message("Leave it out, or have its pictures made smaller."),
        )


def shown_name(name: str) -> str:
    """Return a name that a browser gave, fit to be shown: it may be anything, and never becomes a path."""
    parts = [part for part in _SEPARATORS.split(one_line(name)) if part not in ("", ".", "..")]
    return "/".join(parts)[-_LONGEST_NAME:] or "PDF"


async def form_of(request: Request) -> Mapping[str, str]:
    r"""Return the fields of a small form; line ends are ``\n``. Of two of one name the last counts.

    Raises:
        UploadError: It is larger than any form is.
    """
    body = bytearray()
    async for piece in _pieces(request):
        body += piece
        if len(body) > _LARGEST_FORM:
            raise UploadError(
                Message("This is more text than a form may hold."), Message("Make the answers shorter.")
            )
    try:
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_ENTRIES)
    except ValueError:
        return {}
    return {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in fields}
