"""What happens to files on their way, and how it is undone before qpdf repairs the rest.

Each function takes the bytes as they came in and gives them as they may have been sent, or None where this is
not what happened to them.
"""

from __future__ import annotations

_END = b"%%EOF"
_OBJECT_END = b"endobj"


def unsaved_tail(data: bytes) -> bytes | None:
    """Return what stands behind the last end-of-file marker where that is part of a revision, else None.

    A mail that was cut off leaves the first revision whole: readers see the untouched examples and no error.
    """
    end = data.rfind(_END)
    tail = data[end + len(_END) :] if end >= 0 else b""
    return tail if b" obj" in tail else None


def is_cut_off(data: bytes) -> bool:
    """Whether the end of the file is missing."""
    return _END not in data or unsaved_tail(data) is not None


def with_tail(data: bytes) -> bytes | None:
    """Return a file whose objects must be looked for one by one, those behind the last whole revision included.

    The object in which the file was cut is left out, so that its earlier revision counts. Without any
    ``startxref`` qpdf goes through the whole file, and of several objects of one number it takes the last.
    """
    tail = unsaved_tail(data)
    if tail is None or _OBJECT_END not in tail:
        return None
    whole = data[: data.rfind(_OBJECT_END) + len(_OBJECT_END)]
    # It does not take an object for whole that nothing follows.
    return whole.replace(b"startxref", b"startxxxx") + b"\n%%EOF\n"


def without_windows_line_ends(data: bytes) -> bytes | None:
    """Return a file as it was before a mail gateway turned its line feeds into Windows line ends."""
    ends = data.count(b"\r\n")
    # In a sound file with compressed streams some line feeds stand alone by chance.
    return data.replace(b"\r\n", b"\n") if ends and ends == data.count(b"\n") else None


def without_double_encoding(data: bytes) -> bytes | None:
    """Return a file as it was before it was taken for Latin-1 text and sent as UTF-8."""
    if data.isascii():
        return None
    try:
        return data.decode("utf-8").encode("latin-1")
    except UnicodeError:
        return None
