"""The report with the returned pages behind it: one file, one outline, one structure tree.

pypdf puts the pages behind the report and writes the entries that lead to them; qpdf then writes the file, small
and with an identifier that depends on what is in it alone.

A tagged report stays tagged (ISO 32000-2, 14.7 and 14.8). Each page that is added is a figure in a part of its own:
its picture is a marked-content sequence, and its alternative text says where what stands on it can be read. For who
reads it on paper, a line at its lower edge tells whose it is and which page of the whole.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import pikepdf
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from veldpdf.pdf.page_lines import PageLines
from veldpdf.pdf.stills import PICTURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The pages of one returned file.

    Attributes:
        title: Whose they are.
        data: A PDF that holds them, as `stills_of` makes it.
        destination: Name by which links in the report lead to the first of them (12.3.2.4); empty for none.
    """

    title: str
    data: bytes
    destination: str = ""


def with_pages(
    report: bytes,
    parts: Iterable[Part],
    *,
    heading: str,
    alternative: Callable[[str, int], str],
    place: Callable[[int, int], str],
) -> bytes:
    """Return a report with returned pages behind it, in the order in which they are given.

    The outline gets one entry for all of them, and below it one for each part. The same input gives the same bytes.

    Args:
        report: A PDF; it is returned as it is where there are no pages.
        parts: The pages, taken one part after the other.
        heading: What the outline calls them together.
        alternative: Returns what a screen reader says of a page, by the title of its part and its number from 1.
        place: Returns what the lower edge of a page says behind the title of its part, by the number of the page in
            the whole file and the number of all pages.
    """
    original = PdfReader(io.BytesIO(report))
    writer = PdfWriter(clone_from=original)
    root = writer.root_object
    tree = _tree(root, "/StructTreeRoot")
    tagging = None if tree is None else _Tagging(writer, tree, heading)
    layers = _Layers(root)
    contents = _contents(writer, is_tagged=tagging is not None)
    firsts: list[tuple[Part, PageObject]] = []
    added: list[tuple[str, PageObject]] = []
    for part in parts:
        reader = PdfReader(io.BytesIO(part.data))
        pages = [writer.add_page(page) for page in reader.pages]
        for page in pages:
            page[NameObject("/Contents")] = contents
        if tagging is not None:
            tagging.add(part.title, pages, alternative)
        layers.add(writer, reader)
        if pages:
            firsts.append((replace(part, data=b""), pages[0]))
        added += [(part.title, page) for page in pages]
        writer.reset_translation(reader)
    if not firsts:
        return report
    _add_outline(writer, heading, [(part.title, page) for part, page in firsts])
    _add_destinations(root, firsts)
    _add_lines(writer, added, place)
    if tagging is not None:
        tagging.finish()
    buffer = io.BytesIO()
    writer.write(buffer)
    return _rewritten(buffer, version=original.pdf_header.removeprefix("%PDF-"))


def _contents(writer: PdfWriter, *, is_tagged: bool) -> IndirectObject:
    """Return what draws the picture of a page: the same for all, as each has one and calls it the same."""
    drawing = f"{PICTURE} Do\n"
    if is_tagged:
        drawing = f"/Figure <</MCID 0>> BDC\n{drawing}EMC\n"
    stream = StreamObject()
    stream.set_data(drawing.encode())
    return _indirect(writer, stream)


def _add_lines(
    writer: PdfWriter, added: Sequence[tuple[str, PageObject]], place: Callable[[int, int], str]
) -> None:
    """Draw on each page whose it is and which of all, as is known only when all are there."""
    lines = PageLines(writer)
    total = len(writer.pages)
    for number, (title, page) in enumerate(added, start=total - len(added) + 1):
        lines.add(page, title, place(number, total))
    lines.finish()


def _add_destinations(root: DictionaryObject, firsts: Sequence[tuple[Part, PageObject]]) -> None:
    """Let links of the report, which name these destinations, lead to the pages (12.3.2.4)."""
    named = {
        NameObject(f"/{part.destination}"): ArrayObject([_reference(page), NameObject("/Fit")])
        for part, page in firsts
        if part.destination
    }
    if named:
        destinations = _tree(root, "/Dests") or DictionaryObject()
        destinations.update(named)
        root[NameObject("/Dests")] = destinations


def _rewritten(written: io.BytesIO, *, version: str) -> bytes:
    """Return the file with its objects packed in streams, as pypdf does not pack them (7.5.7)."""
    buffer = io.BytesIO()
    with pikepdf.open(written) as pdf:
        pdf.save(
            buffer,
            min_version=version,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
    return buffer.getvalue()


class _Tagging:
    """The structure tree of the report, to which the added pages are put as figures."""

    def __init__(self, writer: PdfWriter, tree: DictionaryObject, heading: str) -> None:
        self._writer = writer
        self._tree = tree
        self._all = _element("/Part", heading)
        self._all_reference = _indirect(writer, self._all)
        self._kids = ArrayObject()
        self._numbers: list[PdfObject] = []
        self._key = _next_key(tree)

    def add(self, title: str, pages: Sequence[PageObject], alternative: Callable[[str, int], str]) -> None:
        """Tell of the pages of one part."""
        section = _element("/Sect", title, parent=self._all_reference)
        reference = _indirect(self._writer, section)
        kids = ArrayObject()
        for number, page in enumerate(pages, start=1):
            figure = _element("/Figure", parent=reference)
            figure[NameObject("/Pg")] = _reference(page)
            figure[NameObject("/K")] = NumberObject(0)
            figure[NameObject("/Alt")] = TextStringObject(alternative(title, number))
            figure[NameObject("/A")] = DictionaryObject(
                {
                    NameObject("/O"): NameObject("/Layout"),
                    NameObject("/Placement"): NameObject("/Block"),
                    NameObject("/BBox"): ArrayObject(page.cropbox),
                }
            )
            kids.append(_indirect(self._writer, figure))
            page[NameObject("/StructParents")] = NumberObject(self._key)
            # Tab order is by structure (14289-1, 7.18.3), were there anything to stop at.
            page[NameObject("/Tabs")] = NameObject("/S")
            self._numbers += [NumberObject(self._key), ArrayObject([kids[-1]])]
            self._key += 1
        section[NameObject("/K")] = kids
        self._kids.append(reference)

    def finish(self) -> None:
        """Put all of them behind what the report says, and into its parent tree (14.7.5.4)."""
        self._all[NameObject("/K")] = self._kids
        above = _document_element(self._tree)
        self._all[NameObject("/P")] = _reference(above)
        kids = above.get("/K")
        listed = kids.get_object() if kids is not None else ArrayObject()
        if not isinstance(listed, ArrayObject):
            listed = ArrayObject([above.raw_get("/K")])
        listed.append(self._all_reference)
        above[NameObject("/K")] = listed
        self._number()

    def _number(self) -> None:
        parents = _tree(self._tree, "/ParentTree")
        if parents is None:
            parents = DictionaryObject({NameObject("/Nums"): ArrayObject()})
            self._tree[NameObject("/ParentTree")] = _indirect(self._writer, parents)
        own = ArrayObject(self._numbers)
        if "/Kids" in parents:
            # A tree of several nodes gets another: its numbers are higher than all before (7.9.7).
            limits = ArrayObject([self._numbers[0], self._numbers[-2]])
            node = DictionaryObject({NameObject("/Nums"): own, NameObject("/Limits"): limits})
            _array(parents, "/Kids").append(_indirect(self._writer, node))
        else:
            nums = _array(parents, "/Nums")
            nums.extend(own)
            parents[NameObject("/Nums")] = nums
        self._tree[NameObject("/ParentTreeNextKey")] = NumberObject(self._key)


class _Layers:
    """The optional content properties of the report, to which those of the added pages come (8.11.4)."""

    def __init__(self, root: DictionaryObject) -> None:
        self._root = root

    def add(self, writer: PdfWriter, reader: PdfReader) -> None:
        """Have the layers of added pages show what they showed."""
        own = _tree(reader.root_object, "/OCProperties")
        if own is None:
            return
        # Cloning gives those that the pages refer to once more, for they were cloned with them.
        copied = own.clone(writer)
        known = _tree(self._root, "/OCProperties")
        if known is None:
            self._root[NameObject("/OCProperties")] = copied
            return
        default = _tree(known, "/D")
        added = _tree(copied, "/D")
        _array(known, "/OCGs").extend(_array(copied, "/OCGs"))
        if default is not None and added is not None:
            off = _array(default, "/OFF")
            off.extend(_array(added, "/OFF"))
            default[NameObject("/OFF")] = off


def _add_outline(writer: PdfWriter, heading: str, firsts: Sequence[tuple[str, PageObject]]) -> None:
    """Write an entry for all pages, closed, and one for each part below it (12.3.3).

    pypdf's own way leaves entries of its own behind, and counts what is closed as open.
    """
    outlines = _tree(writer.root_object, "/Outlines")
    if outlines is None:
        outlines = DictionaryObject({NameObject("/Type"): NameObject("/Outlines")})
        writer.root_object[NameObject("/Outlines")] = _indirect(writer, outlines)
    top = _entry(writer, heading, firsts[0][1])
    entries = [_entry(writer, title, page) for title, page in firsts]
    _append_entries(outlines, [top])
    _append_entries(top, entries)
    top[NameObject("/Count")] = NumberObject(-len(entries))
    shown = outlines.get("/Count", 0)
    outlines[NameObject("/Count")] = NumberObject(int(shown) + 1)


def _entry(writer: PdfWriter, title: str, page: PageObject) -> DictionaryObject:
    entry = DictionaryObject(
        {
            NameObject("/Title"): TextStringObject(title),
            NameObject("/Dest"): ArrayObject([_reference(page), NameObject("/Fit")]),
        }
    )
    _indirect(writer, entry)
    return entry


def _append_entries(parent: DictionaryObject, entries: Sequence[DictionaryObject]) -> None:
    """Put entries of the outline behind those that another has."""
    last = _tree(parent, "/Last")
    for entry in entries:
        entry[NameObject("/Parent")] = _reference(parent)
        if last is None:
            parent[NameObject("/First")] = _reference(entry)
        else:
            last[NameObject("/Next")] = _reference(entry)
            entry[NameObject("/Prev")] = _reference(last)
        last = entry
    parent[NameObject("/Last")] = _reference(entries[-1])


def _element(kind: str, title: str = "", *, parent: IndirectObject | None = None) -> DictionaryObject:
    made = DictionaryObject(
        {NameObject("/Type"): NameObject("/StructElem"), NameObject("/S"): NameObject(kind)}
    )
    if title:
        made[NameObject("/T")] = TextStringObject(title)
    if parent is not None:
        made[NameObject("/P")] = parent
    return made


def _document_element(tree: DictionaryObject) -> DictionaryObject:
    """Return the element that all of the report is in; the root where there is no such element."""
    kids = tree.get("/K")
    kids = kids.get_object() if kids is not None else None
    only = kids[0].get_object() if isinstance(kids, ArrayObject) and len(kids) == 1 else kids
    is_document = isinstance(only, DictionaryObject) and only.get("/S") == "/Document"
    return only if is_document and isinstance(only, DictionaryObject) else tree


def _next_key(tree: DictionaryObject) -> int:
    """Return the lowest key above those of a parent tree."""
    following = tree.get("/ParentTreeNextKey", 0)
    highest = int(following) - 1
    top = _tree(tree, "/ParentTree")
    waiting = [] if top is None else [top]
    while waiting:
        node = waiting.pop()
        highest = max([highest, *(int(key) for key in _array(node, "/Nums")[::2])])
        waiting += [kid.get_object() for kid in _array(node, "/Kids")]
    return highest + 1


def _tree(holder: DictionaryObject, key: str) -> DictionaryObject | None:
    """Return an entry where it is a dictionary."""
    value = holder.get(key)
    value = value.get_object() if value is not None else None
    return value if isinstance(value, DictionaryObject) else None


def _array(holder: DictionaryObject, key: str) -> ArrayObject:
    """Return an entry where it is an array, itself; else a new one."""
    value = holder.get(key)
    value = value.get_object() if value is not None else None
    return value if isinstance(value, ArrayObject) else ArrayObject()


def _indirect(writer: PdfWriter, obj: PdfObject) -> IndirectObject:
    return writer._add_object(obj)  # noqa: SLF001 - pypdf has no public way to add an object of its own


def _reference(obj: PdfObject) -> IndirectObject:
    reference = obj.indirect_reference
    assert reference is not None, "every object that is referred to was added"
    return reference
