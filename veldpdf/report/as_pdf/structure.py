"""The structure tree: what a screen reader reads, in its order (ISO 32000-2, 14.7 and 14.8; ISO 14289-1, PDF/UA-1).

Elements are made with the story, so they stand in reading order whatever the order of drawing. Drawing adds to each
what shows it: marked content on a page, by its number there, or a link. A report of a thousand partners has some
hundred thousand elements, so they are written as plain text here and not as reportlab's objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypedDict, Unpack

# Entries of a number tree that stand in one leaf (7.9.7).
_PER_LEAF = 64


class Marked(NamedTuple):
    """Content on a page that belongs to an element: the page, from 0, and the content's number there (14.7.5.2)."""

    page: int
    number: int


class Linked(NamedTuple):
    """An annotation that belongs to an element: the page, from 0, and the annotation's name (14.7.5.3)."""

    page: int
    annotation: str


class _Entries(TypedDict, total=False):
    """What an element may be made with; see `Element`."""

    language: str
    attributes: str
    alternative: str
    replacement: str


class Element:
    """A structure element (14.7.2).

    Attributes:
        kind: Its standard structure type, e.g. ``"P"`` (14.8.4).
        language: Where it is not that of what surrounds it; else empty.
        attributes: Entries of its attribute object, as they stand in a file; empty for none.
        alternative: What describes it to whoever cannot see it (14.9.3); empty for none.
        replacement: The text that its content stands for (14.9.4); empty for none.
    """

    __slots__ = ("alternative", "attributes", "content", "kind", "language", "number", "parent", "replacement")

    def __init__(self, kind: str, **entries: Unpack[_Entries]) -> None:
        self.kind = kind
        self.language = entries.get("language", "")
        self.attributes = entries.get("attributes", "")
        self.alternative = entries.get("alternative", "")
        self.replacement = entries.get("replacement", "")
        self.content: list[Element | Marked | Linked] = []
        self.parent: Element | None = None
        self.number = 0

    def add(self, kind: str, **entries: Unpack[_Entries]) -> Element:
        """Return a new element behind all that is in this one."""
        child = Element(kind, **entries)
        child.parent = self
        self.content.append(child)
        return child

    def elements(self) -> Iterator[Element]:
        """Yield this element and all below it, each before those below it."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += [each for each in reversed(element.content) if isinstance(each, Element)]

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it shows anything; what a table or a list must have counts all the same."""
        return self.kind not in ("TD", "TH", "LBody") and all(
            isinstance(each, Element) and each.is_empty for each in self.content
        )


class Marks:
    """What was marked on each page while it was drawn, for the parent tree (14.7.5.4)."""

    def __init__(self) -> None:
        self.pages: list[list[Element]] = []
        self.links: list[Element] = []

    def mark(self, page: int, element: Element) -> int:
        """Return the number of content that is about to be drawn for an element.

        Args:
            page: On which page, from 0.
            element: What the content belongs to.
        """
        while len(self.pages) <= page:
            self.pages.append([])
        owners = self.pages[page]
        element.content.append(Marked(page, len(owners)))
        owners.append(element)
        return len(owners) - 1

    def link(self, page: int, element: Element, annotation: str) -> int:
        """Return the key by which an annotation finds its element; pages have the keys below a billion."""
        element.content.append(Linked(page, annotation))
        self.links.append(element)
        return FIRST_LINK + len(self.links) - 1


# Pages go by their index in the parent tree; links come behind whatever page there may be.
FIRST_LINK = 1_000_000_000


class References(NamedTuple):
    """How objects that others write are referred to.

    Attributes:
        page: Reference to a page, by its index.
        annotation: Reference to an annotation, by its name.
    """

    page: Callable[[int], str]
    annotation: Callable[[str], str]


def tree_objects(
    root: Element, marks: Marks, own: int, first: int, references: References
) -> Mapping[int, bytes]:
    """Return the objects of the structure tree by number.

    Args:
        root: The element that holds all others.
        marks: What was marked.
        own: The number of the root of the tree.
        first: The number of the first of the other objects; the rest follow.
        references: To pages and annotations.
    """
    elements = [element for element in root.elements() if element is root or not element.is_empty]
    for number, element in enumerate(elements, start=first):
        element.number = number
    objects = {element.number: _element(element, own, references) for element in elements}
    parents, parent_root = _parent_tree(marks, first + len(elements))
    objects |= parents
    objects[own] = (
        f"<</Type/StructTreeRoot/K[{root.number} 0 R]/ParentTree {parent_root} 0 R"
        f"/ParentTreeNextKey {FIRST_LINK + len(marks.links)}>>"
    ).encode("ascii")
    return objects


def _element(element: Element, root: int, references: References) -> bytes:
    above = element.parent.number if element.parent is not None else root
    entries = [f"<</Type/StructElem/S/{element.kind}/P {above} 0 R"]
    pages = [each.page for each in element.content if isinstance(each, Marked)]
    home = pages[0] if pages else None
    if home is not None:
        entries.append(f"/Pg {references.page(home)}")
    kids = [_kid(each, home, references) for each in element.content if not _is_left_out(each)]
    if kids:
        entries.append(f"/K {kids[0]}" if len(kids) == 1 else f"/K[{' '.join(kids)}]")
    if element.attributes:
        entries.append(f"/A<<{element.attributes}>>")
    for key, text in (
        ("Lang", element.language),
        ("Alt", element.alternative),
        ("ActualText", element.replacement),
    ):
        if text:
            entries.append(f"/{key}{text_string(text)}")
    return ("".join(entries) + ">>").encode("ascii")


def _is_left_out(content: Element | Marked | Linked) -> bool:
    return isinstance(content, Element) and not content.number


def _kid(content: Element | Marked | Linked, home: int | None, references: References) -> str:
    if isinstance(content, Element):
        return f"{content.number} 0 R"
    if isinstance(content, Linked):
        page, annotation = references.page(content.page), references.annotation(content.annotation)
        return f"<</Type/OBJR/Pg {page}/Obj {annotation}>>"
    if content.page == home:
        return str(content.number)
    return f"<</Type/MCR/Pg {references.page(content.page)}/MCID {content.number}>>"


def _parent_tree(marks: Marks, first: int) -> tuple[Mapping[int, bytes], int]:
    """Return the objects of the parent tree, and the number of its root, which is the first."""
    entries = [
        (page, f"[{' '.join(f'{owner.number} 0 R' for owner in owners)}]")
        for page, owners in enumerate(marks.pages)
        if owners
    ]
    entries += [(FIRST_LINK + index, f"{element.number} 0 R") for index, element in enumerate(marks.links)]
    leaves = [entries[start : start + _PER_LEAF] for start in range(0, len(entries), _PER_LEAF)]
    objects = {first + 1 + index: _leaf(leaf) for index, leaf in enumerate(leaves)}
    kids = " ".join(f"{number} 0 R" for number in objects)
    return {first: f"<</Kids[{kids}]>>".encode("ascii"), **objects}, first


def _leaf(entries: Sequence[tuple[int, str]]) -> bytes:
    rows = " ".join(f"{key} {value}" for key, value in entries)
    return f"<</Limits[{entries[0][0]} {entries[-1][0]}]/Nums[{rows}]>>".encode("ascii")


def text_string(text: str) -> str:
    """Return a text string object, as it stands in a file (7.9.2.2)."""
    if text.isascii() and text.isprintable():
        escaped = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return f"({escaped})"
    return f"<FEFF{text.encode('utf-16-be', 'replace').hex().upper()}>"
