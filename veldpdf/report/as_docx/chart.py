"""How the answers to a question are divided, as a small picture that any program shows the same.

The numbers stand beside it in the table, and its alternative text says them in words, so nobody depends on it.
"""

from __future__ import annotations

import struct
import zlib

from veldpdf.merging import Tally
from veldpdf.model import State

WIDTH, HEIGHT = 300, 24

# Unlike in lightness, so that they can be told apart in black and white.
_LIGHTNESS = {
    State.ANSWERED: 1.0,
    State.PARTLY_EXAMPLE: 0.55,
    State.EXAMPLE: 0.28,
    State.EMPTY: 0.12,
    None: 0.0,
}
# In the palette: white, then those, then that of the frame.
_FRAME = len(_LIGHTNESS) + 1


def bar(tally: Tally, colour: str) -> bytes:
    """Return a stacked bar as a PNG (ISO/IEC 15948) of `WIDTH` × `HEIGHT` pixels.

    Args:
        tally: What it shows.
        colour: Of what was answered, hexadecimal with ``#``; the others are lighter.
    """
    row = bytearray(WIDTH)
    for piece in tally.bars:
        first, last = (round(WIDTH * share / 100) for share in (piece.offset, piece.offset + piece.share))
        index = list(_LIGHTNESS).index(piece.state) + 1
        row[first:last] = bytes([index]) * (last - first)
    edge = bytes([_FRAME]) * WIDTH
    inner = bytes([_FRAME, *row[1:-1], _FRAME])
    pixels = b"".join(b"\0" + line for line in (edge, *[inner] * (HEIGHT - 2), edge))
    palette = bytes(
        [255, 255, 255, *(part for share in _LIGHTNESS.values() for part in _lighter(colour, share))]
    )
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette + bytes(_lighter("#808080", 1))),
        (b"IDAT", zlib.compress(pixels, 9)),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*each) for each in (*chunks, (b"IEND", b"")))


def _lighter(colour: str, share: float) -> list[int]:
    return [round(255 - share * (255 - int(colour[at : at + 2], 16))) for at in (1, 3, 5)]


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
