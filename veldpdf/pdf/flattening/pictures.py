"""Appearance streams, as the form XObjects that a page can draw (ISO 32000-2, 8.10 and 12.5.5).

Viewers show an appearance stream that lacks a resource, its subtype or its box: they know where to look. Of what a
page draws they expect all of it, so here it gets what it lacks.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

import pikepdf

from veldpdf.pdf.flattening.contents import instructions
from veldpdf.pdf.flattening.entries import entry, inherited
from veldpdf.pdf.flattening.placement import IDENTITY, Box, box_of
from veldpdf.pdf.flattening.resources import resource
from veldpdf.pdf.objects import ObjectId, copied, get, get_dictionary, get_name, identity, numbers_of
from veldpdf.pdf.streams import read_limited

# Deeper than pictures in pictures are; files made to exhaust us end here.
_MAX_NESTED = 4
# Bytes of a content stream; more than any picture has.
_LONGEST_PICTURE = 8 * 1024 * 1024

# Operators that name a resource, and its category (table 34).
_CATEGORIES = {
    "Tf": "/Font",
    "gs": "/ExtGState",
    "Do": "/XObject",
    "cs": "/ColorSpace",
    "CS": "/ColorSpace",
    "scn": "/Pattern",
    "SCN": "/Pattern",
    "sh": "/Shading",
    "BDC": "/Properties",
    "DP": "/Properties",
}

_FORM = "/Form"


def appearance(widget: pikepdf.Dictionary) -> pikepdf.Stream | None:
    """Return the normal appearance that a widget is in, or none (12.5.5)."""
    appearances = get_dictionary(widget, "/AP")
    normal = None if appearances is None else get(appearances, "/N")
    if isinstance(normal, pikepdf.Dictionary):
        state = get(widget, "/AS")
        normal = entry(normal, state if isinstance(state, pikepdf.Name) else pikepdf.Name.Off)
    return normal if isinstance(normal, pikepdf.Stream) else None


class Pictures:
    """Appearance streams, made ready to be drawn on a page.

    A stream is changed in a copy only, for a page may draw it as well. Widgets that share one share its copy.
    """

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        acroform = get_dictionary(pdf.Root, "/AcroForm")
        self._defaults = None if acroform is None else get(acroform, "/DR")
        self._ready: dict[ObjectId, pikepdf.Stream] = {}
        self._completed: dict[ObjectId, pikepdf.Stream] = {}

    def ready(self, stream: pikepdf.Stream, rect: Box, page: pikepdf.Dictionary) -> pikepdf.Stream:
        """Return an appearance stream as the form XObject that it should be (8.10.2).

        Args:
            stream: The appearance stream.
            rect: The widget's rectangle.
            page: The page that it is drawn on.
        """
        key = identity(stream)
        if key not in self._ready:
            # What it lacks, viewers find among the form's default resources (12.7.3), or, as of old, among the
            # page's (7.8.3).
            lenders = [self._defaults, inherited(page, "/Resources")]
            made = self._complete(stream, lenders, _MAX_NESTED)
            if get_name(made, "/Subtype") != _FORM:
                made = _changed(made, "/Subtype", pikepdf.Name.Form)
            if get(made, "/Matrix") is not None and len(numbers_of(made, "/Matrix")) != len(IDENTITY):
                made = _changed(made, "/Matrix", pikepdf.Array(IDENTITY))  # viewers read it each in their way
            if box_of(made, "/BBox") is None:
                # It is required, but not every viewer draws nothing without: rather too much than an answer less.
                made = _changed(made, "/BBox", pikepdf.Array([0, 0, rect[2] - rect[0], rect[3] - rect[1]]))
            self._ready[key] = made
        return self._ready[key]

    def _complete(self, stream: pikepdf.Stream, lenders: Sequence[object], depth: int) -> pikepdf.Stream:
        """Return a stream that has the resources that its content uses, as far as anyone lends them."""
        key = identity(stream)
        if key in self._completed:
            return self._completed[key]
        self._completed[key] = stream  # for a picture that holds itself
        own = get(stream, "/Resources")
        made = copied(own)
        is_changed = False
        for category, name in _used(stream):
            found = resource(category, name, [own])
            value = resource(category, name, lenders) if found is None else found
            if isinstance(value, pikepdf.Stream) and get_name(value, "/Subtype") == _FORM and depth:
                value = self._complete(value, [own, *lenders], depth - 1)
            if value is not None and (found is None or identity(value) != identity(found)):
                held = copied(get(made, category))
                held[name] = value
                made[category] = held
                is_changed = True
        if is_changed:
            self._completed[key] = _changed(stream, "/Resources", made)
        return self._completed[key]


def _changed(stream: pikepdf.Stream, key: str, value: pikepdf.Object) -> pikepdf.Stream:
    """Return a copy of a stream with another entry."""
    made: pikepdf.Stream = copy.copy(stream)
    made[key] = value
    return made


def _used(stream: pikepdf.Stream) -> Iterator[tuple[str, pikepdf.Name]]:
    """Yield category and name of each resource that a content stream uses, each once."""
    if read_limited(stream, _LONGEST_PICTURE) is None:
        return
    seen = set()
    for operator, operands in instructions(stream, " ".join(_CATEGORIES)):
        category = _CATEGORIES[operator]
        for operand in operands[1:] if category == "/Properties" else operands:
            if isinstance(operand, pikepdf.Name) and (category, operand.unparse()) not in seen:
                seen.add((category, operand.unparse()))
                yield category, operand
