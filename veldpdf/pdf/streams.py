"""Unpacking streams with a limit: a few kilobytes of a returned file can hold gigabytes (7.3.8 and 7.4)."""

from __future__ import annotations

import zlib

import pikepdf

from veldpdf.pdf.objects import as_name, get, get_name, items_of

# Deflate makes at most 1,032 bytes of one. Other compressions cannot be stopped half-way, so what they are given
# must be small enough that even the worst fits in memory: this times the growth is about 1 GB.
_LARGEST_UNSTOPPABLE = 1024 * 1024
_COMPRESSIONS = frozenset({"/FlateDecode", "/LZWDecode", "/RunLengthDecode", "/Fl", "/LZW", "/RL"})


def read_limited(stream: pikepdf.Stream, limit: int) -> bytes | None:
    """Return what a stream holds; None where it cannot be unpacked, or is larger than the limit.

    Args:
        stream: Which one.
        limit: Bytes that may come out at most.
    """
    try:
        raw = stream.read_raw_bytes()
        filters = _filters(stream)
        if not filters:
            data = raw
        elif filters == ["/FlateDecode"] and get(stream, "/DecodeParms") is None:
            # One byte more than is let out at most; as much as there is of a cut-off file.
            data = zlib.decompressobj().decompress(raw, limit + 1)
        elif len(raw) > _LARGEST_UNSTOPPABLE or sum(name in _COMPRESSIONS for name in filters) > 1:
            return None
        else:
            data = stream.read_bytes()
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, MemoryError, zlib.error):
        return None
    return data if len(data) <= limit else None


def _filters(stream: pikepdf.Stream) -> list[str]:
    single = get_name(stream, "/Filter")
    if single is not None:
        return [single]
    return [name for item in items_of(stream, "/Filter") if (name := as_name(item)) is not None]
