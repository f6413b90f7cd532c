"""Entries of dictionaries, as the modules beside this one look them up and take them out.

`veldpdf.pdf.objects` only looks. Flattening changes what it finds, in files that nobody has checked.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import pikepdf

from veldpdf.pdf.objects import get, get_name, items_of, owner_of_inherited


def is_widget(annotation: pikepdf.Dictionary) -> bool:
    """Return whether an annotation belongs to the form (12.5.6.19)."""
    # A field is a field, whatever kind of annotation it says it is.
    return get_name(annotation, "/Subtype") == "/Widget" or get(annotation, "/FT") is not None


def entry(obj: pikepdf.Dictionary, name: pikepdf.Name) -> object:
    """Return an entry by a name as the file has it, which need not be UTF-8."""
    return obj.get(name)


def inherited(page: pikepdf.Dictionary, key: str) -> object:
    """Return an inheritable entry of a page (7.7.3.4)."""
    return get(owner_of_inherited(page, key), key)


def remove(obj: pikepdf.Object, key: str) -> None:
    """Take out an entry, if it is there."""
    # A name that is no UTF-8 cannot be looked up by the text it was given as; no entry of the standard has one.
    with contextlib.suppress(ValueError):
        if key in obj:
            del obj[key]


def listed(obj: pikepdf.Dictionary, key: str) -> list[object]:
    """Return what stands where the standard allows one thing or an array of them."""
    value = get(obj, key)
    if isinstance(value, pikepdf.Array):
        return list(items_of(obj, key))
    return [] if value is None else [value]


def set_listed(obj: pikepdf.Dictionary, key: str, items: Sequence[object]) -> None:
    """Write what `listed` reads: one thing as itself, several as an array, and no entry for nothing."""
    # Null in an array says nothing, and by itself cannot be an entry (7.3.9).
    kept = [item for item in items if item is not None]
    if kept:
        obj[key] = kept[0] if len(kept) == 1 else pikepdf.Array(kept)
    else:
        remove(obj, key)
