"""Files inside a PDF: a portfolio, or a worksheet that somebody attached to another document.

A file may hang in the tree of embedded files (ISO 32000-2, 7.11.4), as a portfolio has them (12.3.5) and
``pdfattach``, pdftk and qpdf put them; on a page as an annotation with a paper clip (12.5.6.15); or be
associated with the document or a page (14.13). Here all three are searched, and only PDFs are handed on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pikepdf

from veldpdf.pdf import textstring
from veldpdf.pdf.annotations import Annotation, annotations_of
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    dictionaries_of,
    get,
    get_bytes,
    get_dictionary,
    identity,
    items_of,
    pages_of,
)
from veldpdf.pdf.streams import read_limited

# More than any portfolio holds; a tree made to exhaust time or memory ends here.
_MOST_FILES = 1_000
_MOST_NODES = 100_000

# A worksheet with an annex of scans stays far below it; a bomb does not.
_LARGEST = 256 * 1024 * 1024
# Readers have always looked for a header in the first kilobyte (ISO 32000-1, annex H.3.4.1).
_HEADER_WITHIN = 1024

_PAPER_CLIP = "/FileAttachment"

# Where a file specification keeps its name and its stream, the best first (7.11.3).
_NAME_KEYS = ("/UF", "/F", "/Unix", "/Mac", "/DOS")
_UNNAMED = "attachment.pdf"


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A PDF inside a PDF.

    Attributes:
        name: Its file name, without folders; two files may have the same.
        data: What it holds. It may embed files in turn.
    """

    name: str
    data: bytes


def embedded_pdfs(pdf: pikepdf.Pdf, annotations: Sequence[Annotation] | None = None) -> Iterator[EmbeddedFile]:
    """Yield the PDFs that are embedded in a file, each once; never raises for what is broken.

    What is no PDF by its content, or larger than any worksheet, is left out.

    Args:
        pdf: The file.
        annotations: Those of its pages, where they were looked up before.
    """
    seen: set[ObjectId] = set()
    found = annotations_of(pdf) if annotations is None else annotations
    for key, specification in _specifications(pdf, found):
        stream = _stream_of(specification)
        if stream is None or (identity(stream) != DIRECT and identity(stream) in seen):
            continue
        seen.add(identity(stream))
        if len(seen) > _MOST_FILES:
            return
        data = read_limited(stream, _LARGEST)
        if data is not None and b"%PDF-" in data[:_HEADER_WITHIN]:
            yield EmbeddedFile(_name_of(specification, key), data)


def _specifications(
    pdf: pikepdf.Pdf, annotations: Sequence[Annotation]
) -> Iterator[tuple[bytes, pikepdf.Dictionary]]:
    """Yield every file specification that a reader would find, with its key in the tree, if it has one."""
    root = get_dictionary(pdf.trailer, "/Root")
    if root is None:
        return
    names = get_dictionary(root, "/Names")
    tree = None if names is None else get_dictionary(names, "/EmbeddedFiles")
    if tree is not None:
        yield from _in_tree(tree)
    for holder in (root, *pages_of(pdf)):
        yield from ((b"", specification) for specification in dictionaries_of(holder, "/AF"))
    for annotation in annotations:
        specification = get_dictionary(annotation.obj, "/FS") if annotation.subtype == _PAPER_CLIP else None
        if specification is not None:
            yield b"", specification


def _in_tree(tree: pikepdf.Dictionary) -> Iterator[tuple[bytes, pikepdf.Dictionary]]:
    """Yield the keys and values of a name tree (7.9.6), in order; a node that is its own ancestor counts once."""
    waiting, seen, nodes = [tree], set(), 0
    while waiting and nodes < _MOST_NODES:
        node = waiting.pop()
        nodes += 1
        if identity(node) != DIRECT:
            if identity(node) in seen:
                continue
            seen.add(identity(node))
        key = b""
        for item in items_of(node, "/Names"):
            if isinstance(item, pikepdf.String):
                key = bytes(item)
            elif isinstance(item, pikepdf.Dictionary):
                yield key, item
        waiting.extend(reversed(list(dictionaries_of(node, "/Kids"))))


def _stream_of(specification: pikepdf.Dictionary) -> pikepdf.Stream | None:
    files = get_dictionary(specification, "/EF")
    if files is None:
        return None
    found = (get(files, key) for key in _NAME_KEYS)
    return next((value for value in found if isinstance(value, pikepdf.Stream)), None)


def _name_of(specification: pikepdf.Dictionary, key: bytes) -> str:
    raw = next((raw for name in _NAME_KEYS if (raw := get_bytes(specification, name))), key)
    # Folders, of any system, are where the file once lay: nothing for us.
    name = textstring.decode(raw).text.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in name if character.isprintable()).strip() or _UNNAMED
