"""What content streams refer to by name (ISO 32000-2, 7.8.3).

Pages share and inherit their resources, and pictures lack some of theirs. So a name is looked up in several places,
and given in a copy that is the page's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

import pikepdf

from veldpdf.pdf.flattening.entries import entry, inherited
from veldpdf.pdf.objects import DIRECT, ObjectId, copied, get, get_dictionary, identity


class PageResources:
    """A page's resources, a copy of its own: other pages may share or inherit the same."""

    def __init__(self, pdf: pikepdf.Pdf, page: pikepdf.Dictionary) -> None:
        self._pdf = pdf
        self._own = copied(inherited(page, "/Resources"))
        self._categories: dict[str, pikepdf.Dictionary] = {}
        self._numbers: dict[str, Iterator[int]] = {}
        self._names: dict[tuple[str, ObjectId], bytes] = {}
        page["/Resources"] = self._own

    def name(self, category: str, obj: pikepdf.Object) -> bytes:
        """Return the name, with its slash, by which content draws an object or is marked with it."""
        if identity(obj) == DIRECT:
            obj = self._pdf.make_indirect(obj)
        key = (category, identity(obj))
        if key not in self._names:
            if category not in self._categories:
                self._categories[category] = copied(get(self._own, category))
                self._own[category] = self._categories[category]
                self._numbers[category] = count(1)
            taken = self._categories[category]
            names = (f"/Veldpdf{number}" for number in self._numbers[category])
            name = next(name for name in names if name not in taken)
            taken[name] = obj
            self._names[key] = name.encode()
        return self._names[key]


def resource(category: str, name: pikepdf.Name, dictionaries: Sequence[object]) -> pikepdf.Object | None:
    """Return what a name stands for in the first resource dictionary that has it."""
    for resources in dictionaries:
        entries = get_dictionary(resources, category) if isinstance(resources, pikepdf.Dictionary) else None
        value = None if entries is None else entry(entries, name)
        if isinstance(value, pikepdf.Object):
            return value
    return None
