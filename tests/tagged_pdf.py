"""What a screen reader is told by a tagged PDF, and whether the file keeps to PDF/UA-1 (ISO 14289-1).

`structure` returns the structure tree with the text that stands under each element, in the order of the tree:
what is heard. `problems` says in which points a file is not PDF/UA-1, as far as a program can tell. A finding begins
with the checkpoint of the Matterhorn Protocol 1.1 that it is about (``15-003``), or with the clause of
ISO 32000-2 (``14.7.5``) where the protocol has none. What only people can judge is left to them: whether an
alternative text says what a figure shows, or whether the order of the tree is the order of reading.

Other eyes: `by_poppler` and `by_pdfium` tell what two engines make of the same tree, and `by_page` what another
checker says, which is calibrated on veraPDF's corpus.
"""

from __future__ import annotations

import ctypes
import io
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import pikepdf
import pypdfium2 as pdfium
from pypdfium2 import raw

from tests.tagged_content import Contents, Key, Unreadable, mapped_to_nothing, wrong_in_fonts

__all__ = [
    "Element",
    "Item",
    "Reference",
    "Unreadable",
    "by_page",
    "by_pdfium",
    "by_poppler",
    "on_pages",
    "problems",
    "structure",
]

HEADINGS = frozenset({"H1", "H2", "H3", "H4", "H5", "H6"})
# ISO 32000-1, 14.8.4: PDF/UA-1 rests on PDF 1.7.
STANDARD = HEADINGS | {
    *("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct"),
    *(
        "Private",
        "P",
        "H",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "TR",
        "TH",
        "TD",
        "THead",
        "TBody",
        "TFoot",
        "Span",
    ),
    *(
        "Quote",
        "Note",
        "Reference",
        "BibEntry",
        "Code",
        "Link",
        "Annot",
        "Ruby",
        "Warichu",
        "RB",
        "RT",
        "RP",
        "WT",
    ),
    *("WP", "Figure", "Formula", "Form"),
}
# BCP 47, as far as its form goes.
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z]{3}){0,3}(-[A-Za-z]{4})?(-([A-Za-z]{2}|\d{3}))?(-\w{4,8})*")
_PDFUA_PART = "{http://www.aiim.org/pdfua/ns/id/}part"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
# Annotations that need no place in the structure tree (ISO 14289-1, 7.18.1).
_UNTAGGED = frozenset({"Popup", "PrinterMark"})
_HIDDEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A piece of content of the page: what is read aloud.

    Attributes:
        page: Its page, from 1.
        owner: The page or form XObject that holds it.
        mcid: Its identifier in there.
        text: What it says; None where there is no such content.
    """

    page: int
    owner: Key
    mcid: int
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An annotation or XObject in the tree (14.7.5.3).

    Attributes:
        page: Its page, from 1.
        key: The object.
    """

    page: int
    key: Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A structure element, or the root above them.

    Attributes:
        kind: Its type, after the role map; "StructTreeRoot" for the root.
        own_kind: Its type as the file says it.
        key: The object that it is.
        parent_key: The object that it names as its parent.
        children: What is in it, in order.
        attributes: Of all owners, e.g. ``{"Scope": "Column"}``; names without their slash.
        entries: Those of Alt, ActualText, E, ID, Lang, T that it has, and Type where that is wrong.
    """

    kind: str
    own_kind: str
    key: Key
    parent_key: Key | None
    children: tuple[Element | Item | Reference, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    entries: Mapping[str, str] = field(default_factory=dict)

    @property
    def elements(self) -> tuple[Element, ...]:
        """The elements among its children."""
        return tuple(child for child in self.children if isinstance(child, Element))

    @property
    def text(self) -> str:
        """What is heard of it and of all in it: replacement text goes before what it replaces (14.9.4)."""
        if "ActualText" in self.entries:
            return self.entries["ActualText"]
        return "".join(child.text or "" for child in self.children if not isinstance(child, Reference))

    @property
    def kinds(self) -> list[str]:
        """The types of the elements in it, one level down."""
        return [child.kind for child in self.elements]

    def walk(self) -> Iterator[Element]:
        """Yield it and all elements in it, in the order of reading."""
        yield self
        for child in self.elements:
            yield from child.walk()

    def find(self, *kinds: str) -> list[Element]:
        """Return all elements of some types in it, in the order of reading."""
        return [element for element in self.walk() if element.kind in kinds]

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Yield the tree as indented lines, for assertions: ``TH[Scope=Column] 'Partner'``."""
        shown = {name: value for name, value in self.attributes.items() if name != "BBox"}
        marks = [f"{name}={value}" for name, value in sorted((shown | dict(self.entries)).items())]
        own = "".join(child.text or "" for child in self.children if isinstance(child, Item))
        told = f"[{', '.join(marks)}]" * bool(marks) + f" {own!r}" * bool(own)
        yield f"{'  ' * depth}{self.kind}{told}"
        for child in self.elements:
            yield from child.lines(depth + 1)


class _Tagged:
    """A file taken apart for checking."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.contents = Contents(pdf)
        self.pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, start=1)}
        self.findings: list[str] = []
        self.tree = pdf.Root.get("/StructTreeRoot")
        self.roles = {} if self.tree is None else _roles(self.tree.get("/RoleMap", {}))
        self._seen: set[Key] = set()
        self.root = None if self.tree is None else self._root(self.tree)

    def _root(self, tree: pikepdf.Object) -> Element:
        kids = self._children(tree.get("/K"), None, tree.objgen)
        return Element(
            kind="StructTreeRoot",
            own_kind="StructTreeRoot",
            key=tree.objgen,
            parent_key=None,
            children=kids,
        )

    def _children(
        self, kids: Any, page: pikepdf.Object | None, owner: Key
    ) -> tuple[Element | Item | Reference, ...]:
        if kids is None:
            return ()
        many = kids if isinstance(kids, pikepdf.Array) else [kids]
        made = (self._child(kid, page, owner) for kid in many)
        return tuple(child for child in made if child is not None)

    def _child(self, kid: Any, page: pikepdf.Object | None, owner: Key) -> Element | Item | Reference | None:
        if isinstance(kid, int):
            return self._item(page, None, kid, owner)
        kind = str(kid.get("/Type", "/StructElem"))
        if kind == "/MCR":
            return self._item(kid.get("/Pg", page), kid.get("/Stm"), int(kid.MCID), owner)
        if kind == "/OBJR":
            where = kid.get("/Pg", page)
            number = 0 if where is None else self.pages.get(where.objgen, 0)
            if not number:
                self.findings.append(f"14.7.5.3: element #{owner[0]}: an object reference without a page")
            return Reference(page=number, key=kid.Obj.objgen)
        return self._element(kid, page)

    def _item(self, page: pikepdf.Object | None, stream: Any, mcid: int, owner: Key) -> Item | None:
        if page is None or page.objgen not in self.pages:
            self.findings.append(f"14.7.5.2: element #{owner[0]}: content item {mcid} without a page")
            return None
        key = page.objgen if stream is None else stream.objgen
        number = self.pages[page.objgen]
        return Item(page=number, owner=key, mcid=mcid, text=self.contents.items.get((key, mcid)))

    def _element(self, entry: pikepdf.Object, above: pikepdf.Object | None) -> Element | None:
        key = entry.objgen
        if key in self._seen or not entry.is_indirect:
            self.findings.append(
                f"14.7.2: element #{key[0]} stands in the tree twice, or is no object of its own"
            )
            return None
        self._seen.add(key)
        own_kind = str(entry.get("/S", "/"))[1:]
        entries = {
            name: str(entry[f"/{name}"])
            for name in ("Alt", "ActualText", "E", "ID", "Lang", "T")
            if f"/{name}" in entry
        }
        return Element(
            kind=_role(own_kind, self.roles),
            own_kind=own_kind,
            key=key,
            parent_key=entry.P.objgen if "/P" in entry else None,
            children=self._children(entry.get("/K"), entry.get("/Pg", above), key),
            attributes=self._attributes(entry),
            entries=entries if entry.get("/Type", "/StructElem") == "/StructElem" else {**entries, "Type": "?"},
        )

    def _attributes(self, entry: pikepdf.Object) -> dict[str, Any]:
        """Return the attributes of an element: those of its classes, then its own (14.7.6)."""
        classes = self.pdf.Root.StructTreeRoot.get("/ClassMap", pikepdf.Dictionary())
        names = [name for name in _listed(entry.get("/C", pikepdf.Array())) if isinstance(name, pikepdf.Name)]
        given = [classes[str(name)] for name in names if str(name) in classes]
        given.append(entry.get("/A", pikepdf.Array()))
        # Numbers between attribute objects are revisions.
        dictionaries = [each for one in given for each in _listed(one) if isinstance(each, pikepdf.Dictionary)]
        return {
            name[1:]: _plain(value) for each in dictionaries for name, value in each.items() if name != "/O"
        }

    @property
    def elements(self) -> Iterator[Element]:
        """All elements, in the order of the tree; without the root."""
        if self.root is not None:
            yield from list(self.root.walk())[1:]

    @cached_property
    def parents(self) -> Mapping[int, Any]:
        """What the parent tree holds (14.7.5.4)."""
        numbers: dict[int, Any] = {}
        if self.tree is not None and "/ParentTree" in self.tree:
            self._node(self.tree.ParentTree, numbers, depth=0)
        return numbers

    def _node(self, node: pikepdf.Object, numbers: dict[int, Any], *, depth: int) -> None:
        """Take in one node of a number tree (7.9.7)."""
        keys: list[int] = []
        flat = list(node.get("/Nums", ()))
        for number, value in zip(flat[::2], flat[1::2], strict=True):
            keys.append(int(number))
            numbers[int(number)] = value
        before = set(numbers) - set(keys)
        for kid in node.get("/Kids", ()):
            self._node(kid, numbers, depth=depth + 1)
            keys += sorted(set(numbers) - before - set(keys))
        if any(after <= first for first, after in pairwise(keys)):
            self.findings.append("7.9.7: the keys of the parent tree are not in order")
        limits = [int(limit) for limit in node.get("/Limits", ())]
        if depth and keys and limits != [min(keys), max(keys)]:
            self.findings.append(f"7.9.7: a node of the parent tree tells the limits {limits}")


def _roles(mapping: Any) -> dict[str, str]:
    return {name[1:]: str(target)[1:] for name, target in mapping.items()}


def _role(kind: str, roles: Mapping[str, str]) -> str:
    """Return what a type stands for; itself where the role map leads nowhere."""
    passed = {kind}
    while kind not in STANDARD and kind in roles and roles[kind] not in passed:
        kind = roles[kind]
        passed.add(kind)
    return kind


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else [value]


def _plain(value: Any) -> Any:
    """Return a value of an attribute as Python has it."""
    if isinstance(value, pikepdf.Array):
        return [_plain(each) for each in value]
    if isinstance(value, pikepdf.Name):
        return str(value)[1:]
    if isinstance(value, pikepdf.String):
        return str(value)
    return value if isinstance(value, (int, bool)) else float(value)


def _opened(pdf: bytes | Path) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf)


def structure(pdf: bytes | Path) -> Element:
    """Return the structure tree, from its root."""
    with _opened(pdf) as document:
        root = _Tagged(document).root
    assert root is not None, "the file has no structure tree"
    return root


def problems(pdf: bytes | Path) -> list[str]:
    """Return in which points a file is not PDF/UA-1; none twice, in the order of the checks."""
    with _opened(pdf) as document:
        tagged = _Tagged(document)
        found = [finding for check in CHECKS for finding in check(tagged)]
        return list(dict.fromkeys([*found, *tagged.contents.findings, *tagged.findings]))


# The document as a whole.


def _document(tagged: _Tagged) -> Iterator[str]:
    """7.1 and 7.2: that it is tagged, and in which language."""
    root = tagged.pdf.Root
    info = _entries(root, "MarkInfo")
    if not _is_true(info.get("/Marked")):
        yield "14.7.1: MarkInfo does not say that the file is tagged"
    if _is_true(info.get("/Suspects")):
        yield "01-007: MarkInfo says that some tags are suspect"
    if tagged.root is None:
        yield "14.7.2: no structure tree"
    if "/Lang" not in root:
        yield "11-001: the catalog names no language"
    if not _is_true(_entries(root, "ViewerPreferences").get("/DisplayDocTitle")):
        yield "07-001: ViewerPreferences does not have the title shown"
    if "/First" not in _entries(root, "Outlines"):
        yield "14289-1, 7.17: no outline"


def _is_true(value: Any) -> bool:
    return value is True  # pikepdf gives Python's own


def _entries(dictionary: pikepdf.Object, name: str) -> pikepdf.Object:
    """Return a dictionary inside another; an empty one where there is none."""
    return dictionary.get(f"/{name}", pikepdf.Dictionary())


def _metadata(tagged: _Tagged) -> Iterator[str]:
    """Clause 5 and 7.1: what XMP says."""
    if "/Metadata" not in tagged.pdf.Root:
        yield "06-001: no XMP metadata"
        return
    with tagged.pdf.open_metadata(update_docinfo=False, set_pikepdf_as_editor=False) as metadata:
        part, title = metadata.get(_PDFUA_PART), metadata.get(_TITLE)
    if part != "1":
        yield "06-002: XMP does not say that this is part 1 of PDF/UA"
    if not title:
        yield "06-003: XMP names no title"
    own = str(tagged.pdf.docinfo.get("/Title", title or ""))
    if title and own != title:
        yield "14.3.3: the title in XMP is not that in the document information"


def _languages(tagged: _Tagged) -> Iterator[str]:
    """7.2: that every language named is one."""
    named = [("the catalog", str(tagged.pdf.Root.Lang))] if "/Lang" in tagged.pdf.Root else []
    named += [
        (f"{element.kind} #{element.key[0]}", element.entries["Lang"])
        for element in tagged.elements
        if "Lang" in element.entries
    ]
    for where, language in [*named, *tagged.contents.langs]:
        if not LANGUAGE.fullmatch(language):
            yield f"14.9.2: {where}: {language!r} is no language"


def _acts(tagged: _Tagged) -> Iterator[str]:
    """Scripts, forms of another kind, attachments, locks, layers (7.10, 7.11, 7.15, 7.16, 7.19)."""
    root = tagged.pdf.Root
    if "/XFA" in _entries(root, "AcroForm"):
        yield "25-001: an XFA form"
    for thing in tagged.pdf.objects:
        if isinstance(thing, pikepdf.Dictionary):
            yield from _acting(thing)
    if tagged.pdf.is_encrypted and not tagged.pdf.allow.accessibility:
        yield "26-002: encryption keeps out assistive technology"
    layers = _entries(root, "OCProperties")
    for settings in [each for each in (layers.get("/D"), *layers.get("/Configs", ())) if each is not None]:
        if not str(settings.get("/Name", "")):
            yield "20-001: layers without a name"
        if "/AS" in settings:
            yield "20-003: layers that switch by themselves"


def _acting(thing: pikepdf.Object) -> Iterator[str]:
    number = thing.objgen[0]
    inside = (each for each in thing.values() if isinstance(each, pikepdf.Dictionary) and not each.is_indirect)
    nested = [thing, *inside]
    for each in nested:
        if each.get("/S") in ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm") or "/JS" in each:
            yield f"14289-1, 7.19: object #{number} is an action that does something"
        if "/EF" in each and not {"/F", "/UF"} <= set(each.keys()):
            yield f"21-001: object #{number}: an attachment without F and UF"


# Types of elements, and which may stand in which.


def _types(tagged: _Tagged) -> Iterator[str]:
    """7.1: every type is a standard one or stands for one; links between elements agree (14.7.2)."""
    for kind in sorted(set(tagged.roles) & STANDARD):
        yield f"02-004: the role map gives another meaning to {kind}"
    for kind in sorted({element.own_kind for element in tagged.elements}):
        if _role(kind, tagged.roles) not in STANDARD:
            circular = _role(kind, tagged.roles) in tagged.roles
            yield f"{'02-003' if circular else '02-001'}: {kind} stands for no standard type"
    if tagged.root is None:
        return
    if tagged.root.kinds != ["Document"]:
        yield f"14.8.4.3: at the top stands {tagged.root.kinds} and not one Document"
    for parent in tagged.root.walk():
        for child in parent.elements:
            if child.parent_key != parent.key:
                yield f"14.7.2: {child.kind} #{child.key[0]} names another parent than the one that holds it"
            if "Type" in child.entries:
                yield f"14.7.2: {child.kind} #{child.key[0]} is of another /Type than StructElem"


_ROWS = frozenset({"TR"})
_CELLS = frozenset({"TH", "TD"})
_GROUPS = frozenset({"THead", "TBody", "TFoot"})
# What may stand in what, where the type says so (ISO 32000-1, tables 333, 336 and 337).
_HOLDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "Table": ("09-004", _GROUPS | _ROWS | {"Caption"}),
    **dict.fromkeys(_GROUPS, ("09-004", _ROWS)),
    "TR": ("09-004", _CELLS),
    "L": ("09-005", frozenset({"Caption", "LI"})),
    "LI": ("09-005", frozenset({"Lbl", "LBody"})),
    "TOC": ("09-006", frozenset({"Caption", "TOC", "TOCI"})),
    "TOCI": ("09-006", frozenset({"Lbl", "Reference", "NonStruct", "P", "TOC", "Link"})),
}
_STANDS_IN: Mapping[str, tuple[str, frozenset[str]]] = {
    **dict.fromkeys(_GROUPS, ("09-004", frozenset({"Table"}))),
    "TR": ("09-004", _GROUPS | {"Table"}),
    **dict.fromkeys(_CELLS, ("09-004", _ROWS)),
    "LI": ("09-005", frozenset({"L"})),
    "LBody": ("09-005", frozenset({"LI"})),
    "TOCI": ("09-006", frozenset({"TOC"})),
}
# Those hold elements only; a word between them belongs to none (14.8.4.8).
_NO_TEXT = frozenset({"Document", "Table", "TR", "L", "LI", "TOC"}) | _GROUPS


def _nesting(tagged: _Tagged) -> Iterator[str]:
    """7.2, 7.5 and 7.6: which element stands in which."""
    for parent in tagged.elements:
        where = f"{parent.kind} #{parent.key[0]}"
        checkpoint, allowed = _HOLDS.get(parent.kind, ("", STANDARD))
        for child in parent.elements:
            needs, homes = _STANDS_IN.get(child.kind, ("", STANDARD))
            if child.kind in STANDARD and child.kind not in allowed:
                yield f"{checkpoint}: {where} holds {child.kind}"
            elif parent.kind in STANDARD and parent.kind not in homes:
                yield f"{needs}: {where} holds {child.kind}"
        if parent.kind in _NO_TEXT and any(isinstance(child, Item) for child in parent.children):
            yield f"14.8.4: {where} holds content that is in none of its elements"
        if parent.kind in _HOLDS and not parent.elements:
            yield f"{checkpoint}: {where} is empty"
        if "Caption" in parent.kinds[1:-1] or parent.kinds.count("Caption") > 1:
            yield f"14.8.4.8: {where}: the caption is neither first nor last"


def _headings(tagged: _Tagged) -> Iterator[str]:
    """7.4: headings go down one level at a time."""
    kinds = [element.own_kind for element in tagged.elements if re.fullmatch(r"H\d*", element.kind)]
    numbered = [int(kind[1:]) for kind in (_role(each, tagged.roles) for each in kinds) if len(kind) > 1]
    if numbered and len(numbered) < len(kinds):
        yield "14-007: headings with and without a level"
    if numbered and numbered[0] != 1:
        yield f"14-002: the first heading is H{numbered[0]}"
    for before, after in pairwise(numbered):
        if after > before + 1:
            yield f"14-003: H{after} follows H{before}"
    for element in tagged.elements:
        if element.kinds.count("H") > 1:
            yield f"14-006: {element.kind} #{element.key[0]} holds more than one H"
        if (element.kind in HEADINGS or element.kind == "H") and not element.text.strip():
            yield f"14.8.4: {element.kind} #{element.key[0]} says nothing"


# Tables.


def _tables(tagged: _Tagged) -> Iterator[str]:
    """7.5: every cell has its place, and every header cell says what it heads."""
    for table in tagged.elements:
        if table.kind != "Table":
            continue
        rows = [row.elements for row in table.find("TR")]
        yield from _irregular(rows, f"Table #{table.key[0]}")
        cells = [cell for row in rows for cell in row]
        ids = {cell.entries.get("ID") for cell in cells}
        by_headers = any("Headers" in cell.attributes for cell in cells)
        for cell in cells:
            yield from _cell(cell, ids, by_headers=by_headers)
        if not any(cell.kind == "TH" for cell in cells):
            yield f"15-001: Table #{table.key[0]} has no header cell"


def _cell(cell: Element, ids: set[str | None], *, by_headers: bool) -> Iterator[str]:
    where = f"{cell.kind} #{cell.key[0]}"
    scope = cell.attributes.get("Scope")
    if cell.kind == "TH" and scope not in ("Row", "Column", "Both") and not by_headers:
        yield f"15-003: {where} does not say what it heads"
    missing = [name for name in cell.attributes.get("Headers", ()) if name not in ids]
    if missing:
        yield f"15-005: {where} names header cells that the table lacks"


def _irregular(rows: Sequence[Sequence[Element]], where: str) -> Iterator[str]:
    """Yield what does not fit of the spans: every place of the grid is taken by one cell."""
    taken: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while (number, column) in taken:
                column += 1
            height, width = (int(cell.attributes.get(name, 1)) for name in ("RowSpan", "ColSpan"))
            places = [(number + down, column + right) for down in range(height) for right in range(width)]
            if any(place in taken for place in places):
                yield f"14289-1, 7.5: {where}: cells overlap in row {number + 1}"
            taken.update(dict.fromkeys(places, number))
            column += width
    widths = Counter(row for row, _ in taken)
    if any(row >= len(rows) for row in widths):
        yield f"14289-1, 7.5: {where}: a cell reaches below the last row"
    uneven = sorted(row + 1 for row in range(len(rows)) if widths[row] != widths[0])
    if uneven:
        yield f"14289-1, 7.5: {where}: rows {uneven} are not as wide as the first"


# Lists, figures, notes.


def _lists(tagged: _Tagged) -> Iterator[str]:
    """7.6: an ordered list says how it is numbered, and every item has a body."""
    for element in tagged.elements:
        if element.kind == "LI" and element.elements and "LBody" not in element.kinds:
            yield f"09-005: LI #{element.key[0]} has no LBody"
        if element.kind == "L" and element.attributes.get("ListNumbering", "None") == "None":
            labels = [label.text for item in element.elements for label in item.elements if label.kind == "Lbl"]
            if any(re.match(r"\d+\b", label.strip()) for label in labels):
                yield f"16-001: L #{element.key[0]} is numbered and does not say how"


def _figures(tagged: _Tagged) -> Iterator[str]:
    """7.3 and 7.7: a figure says in words what it shows, and where it stands."""
    for element in tagged.elements:
        if element.kind not in ("Figure", "Formula"):
            continue
        where = f"{element.kind} #{element.key[0]}"
        if not (element.entries.get("Alt", "").strip() or element.entries.get("ActualText", "").strip()):
            yield f"{'13-004' if element.kind == 'Figure' else '17-002'}: {where} has no alternative text"
        box = element.attributes.get("BBox", [])
        if len(box) != 4 or box[0] >= box[2] or box[1] >= box[3]:
            yield f"14.8.5.4.3: {where} has no bounding box"


def _notes(tagged: _Tagged) -> Iterator[str]:
    """7.9: each note has an ID; and no ID is there twice (14.7.2)."""
    ids = Counter(element.entries["ID"] for element in tagged.elements if "ID" in element.entries)
    for element in tagged.elements:
        if element.kind == "Note" and not element.entries.get("ID"):
            yield f"19-003: Note #{element.key[0]} has no ID"
    for name, often in sorted(ids.items()):
        if often > 1:
            yield f"19-004: {often} elements have the ID {name!r}"
    names = set(_names(tagged.tree.get("/IDTree"))) if tagged.tree is not None else set()
    for name in sorted(set(ids) - names):
        yield f"14.7.2: the ID {name!r} is not in the IDTree"


def _names(node: Any) -> Iterator[str]:
    """Yield the names in a name tree (7.9.6)."""
    if node is None:
        return
    yield from (str(name) for name in list(node.get("/Names", ()))[::2])
    for kid in node.get("/Kids", ()):
        yield from _names(kid)


# Content items and the parent tree, in both directions.


def _content(tagged: _Tagged) -> Iterator[str]:
    """14.7.5.4: each content item belongs to one element, which the parent tree names."""
    claims: dict[tuple[Key, int], list[Element]] = {}
    for element in tagged.elements:
        for child in element.children:
            if isinstance(child, Item):
                claims.setdefault((child.owner, child.mcid), []).append(element)
                if child.text is None:
                    place = f"page {child.page}"
                    yield f"14.7.5.2: {element.kind} #{element.key[0]}: no content item {child.mcid} on {place}"
    for owner, mcid in tagged.contents.items:
        where = f"{_place(tagged, owner)}: content item {mcid}"
        claiming = claims.get((owner, mcid), [])
        if len(claiming) != 1:
            yield f"01-005: {where} belongs to {len(claiming)} elements"
        told = _told_parent(tagged, owner, mcid)
        if told is None:
            yield f"14.7.5.4: {where} is not in the parent tree"
        elif claiming and told != claiming[0].key:
            yield f"14.7.5.4: {where} is another element's in the parent tree"


def _place(tagged: _Tagged, owner: Key) -> str:
    return f"page {tagged.pages[owner]}" if owner in tagged.pages else f"form XObject #{owner[0]}"


def _told_parent(tagged: _Tagged, owner: Key, mcid: int) -> Key | None:
    """Return the element that the parent tree names for a content item."""
    number = tagged.contents.owners[owner].get("/StructParents")
    entry = tagged.parents.get(int(number)) if number is not None else None
    if not isinstance(entry, pikepdf.Array) or mcid >= len(entry) or entry[mcid] is None:
        return None
    key: Key = entry[mcid].objgen
    return key


def _parent_tree(tagged: _Tagged) -> Iterator[str]:
    """14.7.5.4: the parent tree is there, its keys are used once, and the next one is free."""
    if tagged.tree is None:
        return
    if "/ParentTree" not in tagged.tree:
        yield "14.7.5.4: no parent tree"
    following = tagged.tree.get("/ParentTreeNextKey")
    if following is not None and tagged.parents and int(following) <= max(tagged.parents):
        yield f"14.7.2: ParentTreeNextKey #{int(following)} is taken"
    owners = [owner for owner in tagged.contents.owners.values() if "/StructParents" in owner]
    keys = [int(owner.StructParents) for owner in owners]
    keys += [
        int(each.StructParent)
        for page in tagged.pdf.pages
        for each in _annotations(page)
        if "/StructParent" in each
    ]
    twice = sorted(key for key, often in Counter(keys).items() if often > 1)
    if twice:
        yield f"14.7.5.4: several objects have the keys {twice} of the parent tree"
    left = sorted(set(tagged.parents) - set(keys))
    if left:
        yield f"14.7.5.4: nothing has the keys {left} of the parent tree"
    known = {element.key for element in tagged.elements}
    for key, entry in tagged.parents.items():
        held = entry if isinstance(entry, pikepdf.Array) else [entry]
        if any(each is not None and each.objgen not in known for each in held):
            yield f"14.7.5.4: key {key} of the parent tree leads to what is not in the structure tree"


# Annotations.


def _annotations(page: pikepdf.Page) -> list[pikepdf.Object]:
    return list(page.obj.get("/Annots", ()))


_HOMES = {"Link": ("28-011", "Link"), "Widget": ("28-010", "Form")}


def _on_pages(tagged: _Tagged) -> Iterator[str]:
    """7.18: annotations are in the tree, say what they are, and are reached in its order."""
    holders: dict[Key, list[Element]] = {}
    for element in tagged.elements:
        for child in element.children:
            if isinstance(child, Reference):
                holders.setdefault(child.key, []).append(element)
    known = {element.key: element for element in tagged.elements}
    for number, page in enumerate(tagged.pdf.pages, start=1):
        annotations = _annotations(page)
        if annotations and page.obj.get("/Tabs") != "/S":
            yield f"28-009: page {number}: the tab order does not follow the structure"
        for annotation in annotations:
            where = f"page {number}: {str(annotation.Subtype)[1:]} #{annotation.objgen[0]}"
            hidden = int(annotation.get("/F", 0)) & _HIDDEN
            if str(annotation.Subtype)[1:] in _UNTAGGED or hidden:
                continue
            yield from _annotation(tagged, annotation, where, holders.get(annotation.objgen, []))
            yield from _named(annotation, where, known)


def _annotation(
    tagged: _Tagged, annotation: pikepdf.Object, where: str, holders: Sequence[Element]
) -> Iterator[str]:
    """Yield what is wrong with the place of an annotation in the tree."""
    checkpoint, home = _HOMES.get(str(annotation.Subtype)[1:], ("28-002", "Annot"))
    if [holder.kind for holder in holders] != [home]:
        yield f"{checkpoint}: {where} stands in {[holder.kind for holder in holders]} and not in one {home}"
    number = annotation.get("/StructParent")
    told = None if number is None else tagged.parents.get(int(number))
    if told is None:
        yield f"14.7.5.4: {where} is not in the parent tree"
    elif holders and (isinstance(told, pikepdf.Array) or told.objgen != holders[0].key):
        yield f"14.7.5.4: {where} is another element's in the parent tree"


def _named(annotation: pikepdf.Object, where: str, known: Mapping[Key, Element]) -> Iterator[str]:
    """Yield where an annotation does not say what it is."""
    if annotation.Subtype == "/Widget":
        field_ = annotation
        while "/TU" not in field_ and "/Parent" in field_:
            field_ = field_.Parent
        if not str(field_.get("/TU", "")).strip():
            yield f"28-005: {where} has no name that can be read aloud"
    elif not str(annotation.get("/Contents", "")).strip():
        yield f"{'28-012' if annotation.Subtype == '/Link' else '28-004'}: {where} has no description"


def _links(tagged: _Tagged) -> Iterator[str]:
    """7.18.5: a Link holds one link annotation, and says something."""
    kinds = {each.objgen: str(each.Subtype) for page in tagged.pdf.pages for each in _annotations(page)}
    for element in tagged.elements:
        if element.kind == "Link":
            held = [kinds.get(child.key) for child in element.children if isinstance(child, Reference)]
            if held != ["/Link"]:
                yield f"28-011: Link #{element.key[0]} holds {len(held)} objects and not one link annotation"
            if not element.text.strip() and not element.entries.get("Alt", "").strip():
                yield f"14.8.4: Link #{element.key[0]} says nothing"


def _fonts(tagged: _Tagged) -> Iterator[str]:
    """7.21: fonts are in the file, tell the text of what they show, and are as wide as they say."""
    faces = tagged.contents.faces.values()
    yield from mapped_to_nothing(faces)
    yield from wrong_in_fonts(faces)


CHECKS: tuple[Callable[[_Tagged], Iterator[str]], ...] = (
    _document,
    _metadata,
    _languages,
    _acts,
    _types,
    _nesting,
    _headings,
    _tables,
    _lists,
    _figures,
    _notes,
    _content,
    _parent_tree,
    _on_pages,
    _links,
    _fonts,
)


# Other eyes.

Place: TypeAlias = tuple[tuple[str, ...], int, str]
"""The types of the elements around a content item, its identifier, and its text."""


def on_pages(root: Element) -> list[list[Place]]:
    """Return the content items of pages in the order of the tree, page by page; to be compared with `by_pdfium`."""
    pages: dict[int, list[Place]] = {}
    _gather(root, (), pages)
    return [pages.get(number, []) for number in range(1, max(pages, default=0) + 1)]


def _gather(element: Element, above: tuple[str, ...], pages: dict[int, list[Place]]) -> None:
    path = above if element.kind == "StructTreeRoot" else (*above, element.kind)
    for child in element.children:
        if isinstance(child, Element):
            _gather(child, path, pages)
        elif isinstance(child, Item):
            pages.setdefault(child.page, []).append((path, child.mcid, child.text or ""))


def by_pdfium(pdf: bytes) -> list[list[Place]]:
    """Return what PDFium makes of the structure tree and of the texts in it, page by page."""
    document = pdfium.PdfDocument(pdf)
    try:
        return [_pdfium_page(page) for page in document]
    finally:
        document.close()


def _pdfium_page(page: pdfium.PdfPage) -> list[Place]:
    texts: dict[int, str] = {}
    text_page = raw.FPDFText_LoadPage(page.raw)
    for thing in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        mcid = raw.FPDFPageObj_GetMarkedContentID(thing.raw)
        texts[mcid] = texts.get(mcid, "") + _wide(raw.FPDFTextObj_GetText, raw.FPDF_WCHAR, thing.raw, text_page)
    raw.FPDFText_ClosePage(text_page)
    tree = raw.FPDF_StructTree_GetForPage(page.raw)
    places: list[Place] = []
    for index in range(raw.FPDF_StructTree_CountChildren(tree)):
        _pdfium_element(raw.FPDF_StructTree_GetChildAtIndex(tree, index), (), texts, places)
    raw.FPDF_StructTree_Close(tree)
    return places


def _pdfium_element(
    element: Any, above: tuple[str, ...], texts: Mapping[int, str], places: list[Place]
) -> None:
    path = (*above, _wide(raw.FPDF_StructElement_GetType, None, element))
    for index in range(raw.FPDF_StructElement_CountChildren(element)):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
        if child:
            _pdfium_element(child, path, texts, places)
            continue
        mcid = raw.FPDF_StructElement_GetChildMarkedContentID(element, index)
        if mcid >= 0:
            places.append((path, mcid, texts.get(mcid, "")))


def _wide(function: Callable[..., int], unit: Any, *arguments: Any) -> str:
    """Return a text that PDFium writes into a buffer of such units; None for bytes that may be anything."""
    size = function(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(max(size, 2))
    function(*arguments, buffer if unit is None else ctypes.cast(buffer, ctypes.POINTER(unit)), size)
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le", "replace")


def by_poppler(pdf: bytes) -> list[str]:
    """Return the texts in the structure tree, as Poppler tells them; needs ``pdfinfo``."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(pdf)
        file.flush()
        done = subprocess.run(
            ["pdfinfo", "-enc", "UTF-8", "-struct-text", file.name],
            check=True,
            capture_output=True,
            timeout=120,
        )
    told = done.stdout.decode("utf-8")
    return re.findall(r'^ *"(.*?)"$', told, re.MULTILINE | re.DOTALL)


def missing_page() -> str | None:
    """Say what to install for `by_page`, or None."""
    return None if find_spec("page") else "page-validation is not installed"


def by_page(pdf: bytes) -> list[str]:
    """Return where another checker (page-validation on PyPI) finds a file not to be PDF/UA-1."""
    page = import_module("page")
    report = page.validate_pdf_bytes(pdf, profile="ua1")
    return [f"{failure.rule_id}: {failure.message}" for failure in report.failures]
