"""Looking at pikepdf objects without trusting them.

A returned file may hold anything anywhere: a string where a dictionary belongs, null in an array, a reference
to nothing. These helpers give what was expected or nothing at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy

import pikepdf

# Identity of an object in its file; direct objects have none.
ObjectId = tuple[int, int]
DIRECT: ObjectId = (0, 0)

_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_DEEPEST_PAGE_TREE = 64  # levels
# What is asked for in every field; pikepdf takes long to make a string of a name.
_NAMES = {
    name.encode(): name
    for name in (
        "/Tx",
        "/Btn",
        "/Ch",
        "/Sig",
        "/Widget",
        "/Link",
        "/FreeText",
        "/S",
        "/Off",
        "/Annot",
        "/Type1",
    )
}
# Larger than any length, size or flag in a file (annex C.2 has 32 bits).
_LARGEST = 2.0**32


def identity(obj: pikepdf.Object) -> ObjectId:
    """Return the object and generation number, `DIRECT` for a direct object."""
    return obj.objgen


def get(obj: pikepdf.Object, key: str) -> object:
    """Return the value of a key of a dictionary or stream; None where there is none, or null.

    Numbers and booleans come as Python's own, everything else as a pikepdf object.
    """
    try:
        # Asking first takes a tenth of the time in which pikepdf finds that a key is not there.
        return obj.get(key) if key in obj else None
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError):
        return None


def get_dictionary(obj: pikepdf.Object, key: str) -> pikepdf.Dictionary | None:
    """Return the value of a key where it is a dictionary."""
    value = get(obj, key)
    return value if isinstance(value, pikepdf.Dictionary) else None


def as_name(value: object) -> str | None:
    """Return a name with its slash; None for anything else.

    A name should be UTF-8 (7.3.5), and is Latin-1 in files by programs that did not know.
    """
    if not isinstance(value, pikepdf.Name):
        return None
    known = _NAMES.get(value.unparse())
    if known is not None:
        return known
    try:
        return str(value)
    except UnicodeDecodeError:
        escaped = value.unparse()
        raw = _ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), escaped)
        return raw.decode("latin-1")


def get_name(obj: pikepdf.Object, key: str) -> str | None:
    """Return the value of a key where it is a name, with its slash."""
    return as_name(get(obj, key))


def get_bytes(obj: pikepdf.Object, key: str) -> bytes | None:
    """Return the bytes of a string value."""
    value = get(obj, key)
    return bytes(value) if isinstance(value, pikepdf.String) else None


def get_number(obj: pikepdf.Object, key: str) -> float | None:
    """Return the value of a key where it is a number."""
    return as_number(get(obj, key))


def as_number(value: object) -> float | None:
    """Return a number as a float; None for anything else, and for one that no file can mean."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]  # what is no number raises
    except (TypeError, ValueError, OverflowError):
        return None
    # A file may hold a number of 400 digits; nothing on a page is that large.
    return number if abs(number) < _LARGEST else None


def pages_of(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """Return the pages of a file in order; none where the page tree is a ruin, for the fields may be sound."""
    try:
        return [page.obj for page in pdf.pages if isinstance(page.obj, pikepdf.Dictionary)]
    except (pikepdf.PdfError, RuntimeError, ValueError):
        return []


def items_of(obj: pikepdf.Object, key: str) -> Iterator[pikepdf.Object]:
    """Yield the elements of an array value; nothing where it is no array."""
    value = get(obj, key)
    if not isinstance(value, pikepdf.Array):
        return
    try:
        yield from list(value)
    except (pikepdf.PdfError, ValueError, TypeError):  # one of them is broken: the others count
        for index in range(len(value)):
            try:
                yield value[index]
            except (pikepdf.PdfError, ValueError, TypeError):
                continue


def dictionaries_of(obj: pikepdf.Object, key: str) -> Iterator[pikepdf.Dictionary]:
    """Yield those elements of an array value that are dictionaries."""
    return (item for item in items_of(obj, key) if isinstance(item, pikepdf.Dictionary))


def numbers_of(obj: pikepdf.Object, key: str) -> tuple[float, ...]:
    """Return those elements of an array value that are numbers."""
    return tuple(number for item in items_of(obj, key) if (number := as_number(item)) is not None)


def copied(obj: object) -> pikepdf.Dictionary:
    """Return a copy of a dictionary that may be changed; an empty one where it is none."""
    return copy(obj) if isinstance(obj, pikepdf.Dictionary) else pikepdf.Dictionary()


def owner_of_inherited(page: pikepdf.Dictionary, key: str) -> pikepdf.Dictionary:
    """Return the page, or the node above it from which it inherits an entry (7.7.3.4); the topmost for none."""
    node = page
    for _ in range(_DEEPEST_PAGE_TREE):
        parent = get_dictionary(node, "/Parent")
        if get(node, key) is not None or parent is None:
            break
        node = parent
    return node
