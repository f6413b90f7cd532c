"""The picture that a house style calls its logo: PNG or SVG, known by what is in it and not by its name."""

from __future__ import annotations

import io
import warnings
from struct import unpack_from

from veldpdf.errors import HouseStyleError
from veldpdf.house_style.svg import size_of_svg
from veldpdf.house_style.values import Logo, LogoKind
from veldpdf.messages import Message

LARGEST_LOGO = 2 * 1024 * 1024

_PNG = b"\x89PNG\r\n\x1a\n"
# Bytes from the beginning of a PNG to the end of its size, which always comes first.
_PNG_HEAD = 24
# More than a printed page at 300 dots to the inch; unpacked, it still fits in memory.
_MOST_PIXELS = 4_000
# How many times the one side is the other, at most: beyond it, a logo is a line, or nothing.
_LARGEST_RATIO = 50
_OTHER_KINDS = {
    b"\xff\xd8\xff": Message("this is a JPEG picture"),
    b"GIF8": Message("this is a GIF picture"),
    b"RIFF": Message("this is a WebP picture"),
    b"%PDF": Message("this is a PDF"),
    b"%!PS": Message("this is an EPS file"),
    b"\x1f\x8b": Message("this is a compressed file (.svgz, perhaps)"),
}
_GIVE_BOTH = Message("Give the logo as PNG or SVG.")


def read_logo(data: bytes, source: str) -> Logo:
    """Return a logo.

    Args:
        data: The file.
        source: What to call it.

    Raises:
        HouseStyleError: It is neither PNG nor SVG, is damaged, too large or too narrow, or holds what can act.
    """
    logo = _read(data, source)
    if max(logo.width, logo.height) > _LARGEST_RATIO * min(logo.width, logo.height):
        raise HouseStyleError(
            source,
            Message(
                "one side of this picture is more than {most} times as long as the other", most=_LARGEST_RATIO
            ),
            Message("Have it saved once more, cut to the logo itself."),
        )
    return logo


def _read(data: bytes, source: str) -> Logo:
    if data.startswith(_PNG):
        width, height = _size_of_png(data, source)
        return Logo(data=data, kind=LogoKind.PNG, width=width, height=height, png=data, source=source)
    for beginning, problem in _OTHER_KINDS.items():
        if data.startswith(beginning):
            raise HouseStyleError(source, problem, _GIVE_BOTH)
    if b"<" not in data[:1024].replace(b"\0", b""):
        raise HouseStyleError(source, Message("this is neither a PNG nor an SVG"), _GIVE_BOTH)
    across, up = size_of_svg(data, source)
    return Logo(data=data, kind=LogoKind.SVG, width=across, height=up, source=source)


def _size_of_png(data: bytes, source: str) -> tuple[int, int]:
    """Return the size of a picture in pixels, when all of it could be unpacked."""
    from PIL import Image  # noqa: PLC0415 - whoever makes a report without a logo does not wait for it

    # Before anything is unpacked: some kilobytes may hold gigabytes.
    width, height = unpack_from(">LL", data, 16) if len(data) >= _PNG_HEAD else (0, 0)
    if max(width, height) > _MOST_PIXELS:
        raise HouseStyleError(
            source,
            Message("this picture has {width} × {height} pixels", width=width, height=height),
            Message("Give one of at most {most} × {most}.", most=_MOST_PIXELS),
        )
    try:
        # Pillow warns of what it thinks odd; what it cannot unpack it raises for.
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data), formats=["PNG"]) as picture:
            picture.load()
    except Exception as exc:  # a file from outside may be broken in ways that nobody has thought of
        raise HouseStyleError(
            source, Message("this PNG is damaged"), Message("Save the logo once more, as PNG or SVG.")
        ) from exc
    return width, height
