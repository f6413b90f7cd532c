"""The form fields of a file, as every viewer leaves them.

The tree below ``/AcroForm /Fields`` is what the standard calls the form (12.7.3), but no reader may rely on it
alone: macOS Preview re-saves a form so that the tree and the widgets on the pages become two copies, other
programs drop the tree. So the fields are the union of the tree and of every page's widgets, joined by their
fully qualified name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntFlag, StrEnum
from functools import cached_property, lru_cache

import pikepdf

from veldpdf.pdf import textstring
from veldpdf.pdf.annotations import Annotation, annotations_of
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    as_name,
    dictionaries_of,
    get,
    get_bytes,
    get_dictionary,
    identity,
)

# Deeper than any form is; a tree made to exhaust the stack ends here.
_MAX_DEPTH = 64
# More fields than any form has; a file made to exhaust memory ends here.
_MAX_NODES = 200_000
# Bytes of a partial name. Every field below repeats those above it.
_LONGEST_NAME = 1_000


class FieldFlag(IntFlag):
    """Bits of ``/Ff`` that matter here (tables 227, 229, 231 and 233)."""

    READ_ONLY = 1 << 0
    REQUIRED = 1 << 1
    MULTILINE = 1 << 12
    PASSWORD = 1 << 13
    RADIO = 1 << 15
    PUSHBUTTON = 1 << 16
    COMBO = 1 << 17
    EDIT = 1 << 18
    MULTI_SELECT = 1 << 21
    COMB = 1 << 24
    RADIOS_IN_UNISON = 1 << 25


class FieldType(StrEnum):
    """What kind of field it is, as `inspect` names it."""

    TEXT = "text"
    CHECKBOX = "checkbox"
    RADIO = "radio"
    CHOICE = "choice"
    BUTTON = "button"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Widget:
    """One place where a field shows on a page.

    Attributes:
        obj: The annotation dictionary, which may be the field's own dictionary.
        page: Number of the page that it stands on, from 1; None where no page has it.
    """

    obj: pikepdf.Dictionary
    page: int | None


@dataclass(frozen=True, slots=True)
class Holder:
    """One dictionary that says it is the field, with its widgets.

    Attributes:
        chain: The dictionary, its parent, and so on up: where inheritable entries are looked for.
        widgets: Where it shows.
        in_tree: Whether it hangs in the tree below ``/AcroForm /Fields``.
    """

    chain: tuple[pikepdf.Dictionary, ...]
    widgets: tuple[Widget, ...]
    in_tree: bool

    def inherited(self, key: str) -> object:
        """Return an inheritable entry from the nearest dictionary that has it (12.7.4.1)."""
        return self.owner_of(key)[1]

    def owner_of(self, key: str) -> tuple[ObjectId, object]:
        """Return which dictionary an inheritable entry comes from, and the entry."""
        for obj in self.chain:
            value = get(obj, key)
            if value is not None:
                return identity(obj), value
        return DIRECT, None


@dataclass(frozen=True)
class Field:
    """A field: one name, which one or more dictionaries share.

    Attributes:
        name: Fully qualified name (12.7.4.2).
        holders: Those found in the tree first.
    """

    name: str
    holders: tuple[Holder, ...]

    @cached_property
    def widgets(self) -> tuple[Widget, ...]:
        """Every place where the field shows."""
        return tuple(widget for holder in self.holders for widget in holder.widgets)

    @cached_property
    def pages(self) -> tuple[int, ...]:
        """The pages that it shows on, each once, in order."""
        return tuple(sorted({widget.page for widget in self.widgets if widget.page is not None}))

    def inherited(self, key: str) -> object:
        """Return an inheritable entry from the first dictionary that has it."""
        for holder in self.holders:
            value = holder.inherited(key)
            if value is not None:
                return value
        return None

    @cached_property
    def flags(self) -> FieldFlag:
        """The bits of ``/Ff``."""
        value = self.inherited("/Ff")
        return _flags(value & 0xFFFFFFFF) if isinstance(value, int) else _NO_FLAGS

    @cached_property
    def type(self) -> FieldType:
        """What kind of field it is; text where the file does not say."""
        kind = self.inherited("/FT")
        match as_name(kind):
            case "/Btn" if FieldFlag.PUSHBUTTON in self.flags:
                return FieldType.BUTTON
            case "/Btn" if FieldFlag.RADIO in self.flags:
                return FieldType.RADIO
            case "/Btn":
                return FieldType.CHECKBOX
            case "/Ch":
                return FieldType.CHOICE
            case "/Sig":
                return FieldType.SIGNATURE
        return FieldType.TEXT


_NO_FLAGS = FieldFlag(0)
# Making one takes longer than looking it up, and the fields of a form share a few.
_flags = lru_cache(maxsize=256)(FieldFlag)


def read_fields(pdf: pikepdf.Pdf, annotations: Sequence[Annotation] | None = None) -> tuple[Field, ...]:
    """Return every field of a file, in the order of the tree, then of the pages.

    Args:
        pdf: The file.
        annotations: Those of its pages, where they were looked up before.
    """
    found = annotations_of(pdf) if annotations is None else annotations
    on_pages = [(each.obj, each.page) for each in found if each.subtype == "/Widget"]
    pages = {identity(obj): page for obj, page in on_pages if identity(obj) != DIRECT}
    walk = _Walk(pages, never=(pdf.Root, get_dictionary(pdf.trailer, "/Encrypt")))
    acroform = get_dictionary(pdf.Root, "/AcroForm")
    if acroform is not None:
        for root in dictionaries_of(acroform, "/Fields"):
            walk.visit(root, (), "")
    for obj, page in on_pages:
        walk.adopt(obj, page)
    return walk.fields()


@dataclass(slots=True)
class _Building:
    """A holder being put together."""

    name: str
    chain: tuple[pikepdf.Dictionary, ...]
    in_tree: bool
    widgets: list[Widget] = field(default_factory=list)


class _Walk:
    """One walk over all fields of a file. Each indirect object is visited once, so cycles end."""

    def __init__(self, pages: dict[ObjectId, int], never: Sequence[pikepdf.Object | None] = ()) -> None:
        self._pages = pages
        # What is no field, whatever a damaged file says: what is written over these takes the whole file along.
        self._seen: set[ObjectId] = {identity(obj) for obj in never if obj is not None} - {DIRECT}
        self._holders: list[_Building] = []
        self._visits = 0
        self._by_id: dict[ObjectId, _Building] = {}

    def visit(self, obj: pikepdf.Dictionary, parents: tuple[pikepdf.Dictionary, ...], prefix: str) -> None:
        """Take in one node of the tree and all below it."""
        self._visits += 1
        if len(parents) >= _MAX_DEPTH or self._visits > _MAX_NODES or not self._is_new(obj):
            return
        chain = (obj, *parents)
        name = _joined(prefix, obj)
        kids = list(dictionaries_of(obj, "/Kids"))
        if not kids:
            holder = self._hold(name, chain, in_tree=True)
            # A field may also show nowhere, e.g. to carry a value along.
            if get(obj, "/Rect") is not None:
                holder.widgets.append(self._widget(obj))
            return
        holder_of_widgets: _Building | None = None
        for kid in kids:
            if _is_widget_only(kid):
                if self._is_new(kid):
                    holder_of_widgets = holder_of_widgets or self._hold(name, chain, in_tree=True)
                    holder_of_widgets.widgets.append(self._widget(kid))
            else:
                self.visit(kid, chain, name)

    def adopt(self, obj: pikepdf.Dictionary, page: int) -> None:
        """Take in a widget of a page that the tree did not lead to."""
        if not self._is_new(obj):
            return
        chain = _chain_upwards(obj)
        widget = Widget(obj, page)
        if _is_widget_only(obj) and len(chain) > 1:
            owner = self._by_id.get(identity(chain[1]))
            if owner is None:
                owner = self._hold(_name_of_chain(chain[1:]), chain[1:], in_tree=False)
            owner.widgets.append(widget)
        else:
            self._hold(_name_of_chain(chain), chain, in_tree=False).widgets.append(widget)

    def fields(self) -> tuple[Field, ...]:
        """Return what was found, dictionaries of one name together."""
        by_name: dict[str, list[Holder]] = {}
        for building in self._holders:
            holder = Holder(building.chain, tuple(building.widgets), building.in_tree)
            by_name.setdefault(building.name, []).append(holder)
        return tuple(Field(name, tuple(holders)) for name, holders in by_name.items())

    def _is_new(self, obj: pikepdf.Dictionary) -> bool:
        key = identity(obj)
        if key == DIRECT:
            return True
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _hold(self, name: str, chain: tuple[pikepdf.Dictionary, ...], *, in_tree: bool) -> _Building:
        building = _Building(name, chain, in_tree)
        self._holders.append(building)
        if identity(chain[0]) != DIRECT:
            self._by_id[identity(chain[0])] = building
        return building

    def _widget(self, obj: pikepdf.Dictionary) -> Widget:
        return Widget(obj, self._pages.get(identity(obj)))


def _is_widget_only(obj: pikepdf.Dictionary) -> bool:
    """Whether a kid is merely a place where its parent shows: a field has a name or kids (12.7.4.1)."""
    return get(obj, "/T") is None and get(obj, "/Kids") is None


def _joined(prefix: str, obj: pikepdf.Dictionary) -> str:
    """Return the fully qualified name of a node below one of that name (12.7.4.2)."""
    raw = get_bytes(obj, "/T")
    if raw is None:
        return prefix
    partial = textstring.decode(raw[:_LONGEST_NAME]).text
    return f"{prefix}.{partial}" if prefix else partial


def _chain_upwards(obj: pikepdf.Dictionary) -> tuple[pikepdf.Dictionary, ...]:
    """Return a dictionary and its ancestors by ``/Parent``, as far as they are sound."""
    chain, seen = [obj], {identity(obj)}
    while len(chain) < _MAX_DEPTH:
        parent = get_dictionary(chain[-1], "/Parent")
        if parent is None or identity(parent) in seen:
            break
        chain.append(parent)
        seen.add(identity(parent))
    return tuple(chain)


def _name_of_chain(chain: tuple[pikepdf.Dictionary, ...]) -> str:
    name = ""
    for obj in reversed(chain):
        name = _joined(name, obj)
    return name
