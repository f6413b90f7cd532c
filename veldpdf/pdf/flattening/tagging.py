"""A tagged file stays tagged (ISO 32000-2, 14.7 and 14.8).

What a screen reader found through an annotation, it finds as marked content in the same place of the structure
tree. Trees in the wild disagree with themselves, about which element a widget belongs to for one; afterwards they
do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeGuard

import pikepdf

from veldpdf.pdf.acroform import Field, FieldType
from veldpdf.pdf.flattening.entries import is_widget, listed, set_listed
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    dictionaries_of,
    get,
    get_dictionary,
    get_name,
    identity,
    items_of,
)

# Structure elements are objects of their own; only those that are not can be made to go on without end.
_MAX_DIRECT = 10_000
# Keys of the parent tree count from 0, and fit in 32 bits like all integers (annex C).
_NO_KEY = -1
_MAX_KEY = 2**31 - 1

# How a form element names what kind of field it was (14.8.5.6, table 383).
_ROLES = {
    FieldType.TEXT: pikepdf.Name.tv,
    FieldType.CHOICE: pikepdf.Name.tv,
    FieldType.SIGNATURE: pikepdf.Name.tv,
    FieldType.CHECKBOX: pikepdf.Name.cb,
    FieldType.RADIO: pikepdf.Name.rb,
    FieldType.BUTTON: pikepdf.Name.pb,
}

_FORM = "/Form"


class Structure:
    """The structure tree of a tagged file, where widgets give way to marked content (14.7.5)."""

    def __init__(self, pdf: pikepdf.Pdf, root: pikepdf.Dictionary, fields: Sequence[Field]) -> None:
        self._pdf = pdf
        self._root = root
        # No element refers to a widget that is no object of its own.
        widgets = ((widget.obj, field) for field in fields for widget in field.widgets)
        self._fields = {identity(obj): field for obj, field in widgets if identity(obj) != DIRECT}
        self._parents = dict(_numbered(root))
        # The widgets that the tree refers to, and the elements that do: one for each, in a sound file.
        self._widgets: list[pikepdf.Dictionary] = []
        self._elements: dict[ObjectId, list[pikepdf.Dictionary]] = {}
        for element in _elements(root):
            for widget in filter(None, map(_referenced, listed(element, "/K"))):
                if is_widget(widget):
                    self._widgets.append(widget)
                    self._elements.setdefault(identity(widget), []).append(element)

    def mark(self, widget: pikepdf.Dictionary, page: pikepdf.Dictionary, *, first_free: int) -> bytes:
        """Put a marked-content sequence in a widget's place, and return the operator that begins it.

        Args:
            widget: The annotation.
            page: The page that it is drawn on.
            first_free: The lowest number above those that the page's contents already have.
        """
        element = self._element_of(widget)
        if element is None:
            return b"/Artifact BMC\n"  # neither was it anything to a screen reader
        number = self._claim(page, element, first_free)
        item: object = number
        own_page = get_dictionary(element, "/Pg")
        if own_page is None or identity(own_page) != identity(page):
            item = pikepdf.Dictionary(Type=pikepdf.Name.MCR, Pg=page, MCID=number)
        _replace(element, widget, item)
        field = self._fields.get(identity(widget))
        if field is not None and get_name(element, "/S") == _FORM:
            _describe(element, widget, field)
        self.leave(widget)
        return b"/Form <</MCID %d>> BDC\n" % number

    def leave(self, widget: pikepdf.Dictionary) -> None:
        """Have nothing in the tree lead to a widget any more, nor the widget to the tree."""
        if self._parent_of(widget) is not None:
            del self._parents[_key(widget, "/StructParent")]
        for element in self._elements.pop(identity(widget), ()):
            _replace(element, widget, None)

    def finish(self) -> None:
        """Write the parent tree, when all pages are done (14.7.5.4)."""
        for widget in self._widgets:
            self.leave(widget)
        numbers: list[object] = []
        for key in sorted(self._parents):
            numbers += [key, self._parents[key]]
        tree = pikepdf.Dictionary(Nums=pikepdf.Array(numbers))
        self._root["/ParentTreeNextKey"] = self._next_key()
        self._root["/ParentTree"] = self._pdf.make_indirect(tree)

    def _element_of(self, widget: pikepdf.Dictionary) -> pikepdf.Dictionary | None:
        """Return the element that a widget belongs to; None where the tree does not know it."""
        parent = self._parent_of(widget)
        referring = self._elements.get(identity(widget), []) if identity(widget) != DIRECT else []
        known = [element for element in referring if parent is None or identity(element) == identity(parent)]
        element = [*known, *referring, parent][0]
        # The parent tree refers to elements, so they are objects of their own.
        return None if element is None or identity(element) == DIRECT else element

    def _parent_of(self, widget: pikepdf.Dictionary) -> pikepdf.Dictionary | None:
        parent = self._parents.get(_key(widget, "/StructParent"))
        return parent if isinstance(parent, pikepdf.Dictionary) else None

    def _claim(self, page: pikepdf.Dictionary, element: pikepdf.Dictionary, first_free: int) -> int:
        """Return the number of a new marked-content sequence of a page, which belongs to an element."""
        key = _key(page, "/StructParents")
        if key == _NO_KEY or isinstance(self._parents.get(key), pikepdf.Dictionary):
            key = self._next_key()
            page["/StructParents"] = key
        array = self._parents.setdefault(key, pikepdf.Array())
        while len(array) < first_free:
            array.append(None)
        array.append(element)
        return len(array) - 1

    def _next_key(self) -> int:
        return max([_key(self._root, "/ParentTreeNextKey"), *(key + 1 for key in self._parents), 0])


def _key(obj: pikepdf.Dictionary, name: str) -> int:
    """Return a key of the parent tree: that of an annotation, a page, or the next to be given."""
    key = get(obj, name)
    return key if _is_key(key) else _NO_KEY


def _is_key(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and 0 <= value < _MAX_KEY


def _numbered(root: pikepdf.Dictionary) -> Iterator[tuple[int, pikepdf.Dictionary | pikepdf.Array]]:
    """Yield what the parent tree holds: for an annotation its element, for a page those of its content (7.9.7)."""
    top = get_dictionary(root, "/ParentTree")
    waiting, seen = [] if top is None else [top], {DIRECT}
    while waiting:
        node = waiting.pop()
        if node is not top and identity(node) in seen:
            continue
        seen.add(identity(node))
        parts = list(items_of(node, "/Nums"))
        for key, value in zip(parts[::2], parts[1::2], strict=False):
            if _is_key(key) and isinstance(value, pikepdf.Dictionary | pikepdf.Array):
                yield key, value
        waiting += dictionaries_of(node, "/Kids")  # each is an object of its own


def _elements(root: pikepdf.Dictionary) -> Iterator[pikepdf.Dictionary]:
    """Yield those elements of a structure tree that hold something, each once."""
    waiting, seen, direct = [root], set(), 0
    while waiting and direct < _MAX_DIRECT:
        element = waiting.pop()
        if identity(element) == DIRECT:
            direct += 1
        elif identity(element) in seen:
            continue
        seen.add(identity(element))
        yield element
        waiting += [
            kid
            for kid in listed(element, "/K")
            if isinstance(kid, pikepdf.Dictionary) and get(kid, "/K") is not None
        ]


def _referenced(kid: object) -> pikepdf.Dictionary | None:
    """Return the annotation that a content item refers to (14.7.5.3)."""
    return get_dictionary(kid, "/Obj") if isinstance(kid, pikepdf.Dictionary) else None


def _replace(element: pikepdf.Dictionary, widget: pikepdf.Dictionary, item: object) -> None:
    """Put a content item where an element refers to a widget, or at its end; None takes the reference away."""
    kids: list[object] = []
    for kid in listed(element, "/K"):
        referenced = _referenced(kid)
        if referenced is None or identity(referenced) != identity(widget):
            kids.append(kid)
        elif item is not None:
            kids.append(item)
            item = None
    if item is not None:
        kids.append(item)
    set_listed(element, "/K", kids)


def _describe(element: pikepdf.Dictionary, widget: pikepdf.Dictionary, field: Field) -> None:
    """Say in a form element what kind of field it was: without, it has to be one still (14.8.5.6)."""
    known = listed(element, "/A")
    if any(isinstance(item, pikepdf.Dictionary) and get_name(item, "/O") == "/PrintField" for item in known):
        return
    attributes = pikepdf.Dictionary(O=pikepdf.Name.PrintField, Role=_ROLES[field.type])
    if field.type in (FieldType.CHECKBOX, FieldType.RADIO):
        is_on = get(widget, "/AS") not in (None, pikepdf.Name.Off)
        # PDF 1.7 had the one, PDF 2.0 has the other.
        attributes["/checked"] = attributes["/Checked"] = pikepdf.Name.on if is_on else pikepdf.Name.off
    description = field.inherited("/TU")
    if isinstance(description, pikepdf.String):
        attributes["/Desc"] = description
    set_listed(element, "/A", [*known, attributes])
