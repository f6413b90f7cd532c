"""A worksheet of real size, for benchmarks: what a publisher sends out, where the embedded one is small.

    python benchmarks/real_size.py FOLDER

The embedded worksheet, grown to what InDesign and Acrobat make of such a document: about 1.3 MB, tagged (ISO 32000-2,
14.8) with some 6,000 structure elements down to the word, pictures on its pages, a font embedded whole for its
fields. Saved either with a cross-reference table, or with object and cross-reference streams and linearized (annex
F), which is how Acrobat saves. The fields and all that is seen but the pictures stay as they are; same input, same
bytes.

It is made in order to be measured with, not to be sent: its tags are nested as deep as publishers' files have them,
and say nothing worth reading aloud.
"""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, String
from reportlab.pdfbase.ttfonts import TTFontFile

ROOT = Path(__file__).resolve().parent.parent
FORM = ROOT / "forms" / "bouwsteen-3a.pdf"
FONTS = ROOT / "veldpdf" / "fonts"

# InDesign nests a Span for each character style, language and tracking that differs.
_SPANS_PER_WORD = 3
# Number tree nodes of Adobe's have about this many pairs (7.9.7).
_PAIRS_PER_NODE = 32
# Embedded whole, as Acrobat does with a font that somebody may type in. Noto Sans itself, under a name of its own.
_FIELD_FONT = "NotoSans-Regular"
# Pictures are noise, so that packing takes nothing off them. Tags that stand in object streams take a tenth of the
# room, and then the pictures are larger: both files are of one size.
_PICTURES = 4
_PICTURE_WIDTH = 200
_PICTURE_HEIGHT = {False: 140, True: 345}
_PICTURE_SIDE = 34  # points; in the corner of a page, where nothing else stands


def build(*, object_streams: bool) -> bytes:
    """Return a worksheet of real size.

    Args:
        object_streams: Whether it has object streams and a cross-reference stream (7.5.7 and 7.5.8) and is linearized;
            else every object stands by itself, and a table tells where.
    """
    with pikepdf.open(FORM) as pdf:
        _add_field_font(pdf)
        del pdf.Root.Outlines  # qpdf, when it linearizes, miscounts the objects of one
        tags = Tags(pdf)
        for number, page in enumerate(pdf.pages):
            section = tags.element("Sect", tags.document)
            _tag_page(tags, page, section, picture=_picture(pdf, number, _PICTURE_HEIGHT[object_streams]))
        tags.finish()
        mode = pikepdf.ObjectStreamMode
        buffer = io.BytesIO()
        pdf.save(
            buffer,
            min_version="1.6",
            object_stream_mode=mode.generate if object_streams else mode.disable,
            linearize=object_streams,
            deterministic_id=True,
        )
        return buffer.getvalue()


@dataclass
class Tags:
    """The structure of one document, as it grows.

    Attributes:
        pdf: The document.
        document: The element that all others are below.
        elements: How many there are.
    """

    pdf: pikepdf.Pdf
    document: pikepdf.Object = field(init=False)
    elements: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        roles = Dictionary(Verhaal=Name.Sect)
        self._root = self.pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=Array(), RoleMap=roles))
        self._keys = count()
        self._parents: list[object] = []
        self.document = self.element("Document", self._root)

    def element(self, kind: str, parent: pikepdf.Object, **entries: Any) -> pikepdf.Object:
        """Return a new structure element (14.7.2), the last one below its parent."""
        made = self.pdf.make_indirect(
            Dictionary(Type=Name.StructElem, S=Name("/" + kind), P=parent, K=Array(), **entries)
        )
        parent.K.append(made)
        self.elements += 1
        return made

    def parent_key(self, parent: object) -> int:
        """Return a key of the parent tree (14.7.5.4) that leads to an element, or to those of a page."""
        key = next(self._keys)
        self._parents += [key, parent]
        return key

    def finish(self) -> None:
        """Hang the structure in the document."""
        size = 2 * _PAIRS_PER_NODE
        nodes = [self._parents[start : start + size] for start in range(0, len(self._parents), size)]
        kids = [
            self.pdf.make_indirect(Dictionary(Limits=Array([node[0], node[-2]]), Nums=Array(node)))
            for node in nodes
        ]
        self._root.ParentTree = self.pdf.make_indirect(Dictionary(Kids=Array(kids)))
        self._root.ParentTreeNextKey = next(self._keys)
        self.pdf.Root.StructTreeRoot = self._root
        self.pdf.Root.MarkInfo = Dictionary(Marked=True)


def _tag_page(
    tags: Tags, page: pikepdf.Page, section: pikepdf.Object, *, picture: pikepdf.Object | None
) -> None:
    """Mark the content of a page and its annotations, and put a picture in its corner."""
    marked: list[pikepdf.Object] = []  # the element of each marked-content identifier (14.7.5.2)
    instructions = list(_marked_up(tags, page, section, marked))
    if picture is not None:
        page.add_resource(picture, Name.XObject, Name.Im0)
        figure = tags.element("Figure", section, Pg=page.obj, Alt=String("Foto"))
        figure.K.append(len(marked))
        instructions += _instructions(
            f"/Figure <</MCID {len(marked)}>> BDC q {_PICTURE_SIDE} 0 0 {_PICTURE_SIDE} 2 2 cm /Im0 Do Q EMC"
        )
        marked.append(figure)
    page.obj.Contents = tags.pdf.make_stream(pikepdf.unparse_content_stream(instructions))
    page.obj.StructParents = tags.parent_key(tags.pdf.make_indirect(Array(marked)))
    page.obj.Tabs = Name.S
    for annotation in page.obj.get("/Annots", Array()):
        kind = "Form" if annotation.Subtype == Name.Widget else "Link"
        element = tags.element(kind, section, Pg=page.obj)
        element.K.append(Dictionary(Type=Name.OBJR, Obj=annotation, Pg=page.obj))
        annotation.StructParent = tags.parent_key(element)


def _marked_up(
    tags: Tags, page: pikepdf.Page, section: pikepdf.Object, marked: list[pikepdf.Object]
) -> Iterator[ContentStreamInstruction]:
    """Yield the content of a page with each word marked; what is no text is left as it is."""
    paragraph = section
    for instruction in pikepdf.parse_content_stream(page):
        assert isinstance(instruction, ContentStreamInstruction), "the worksheet has no inline images"
        operator = str(instruction.operator)
        if operator == "BT":
            story = tags.element("Verhaal", tags.element("Sect", section))
            paragraph = tags.element("P", story, A=Dictionary(O=Name.Layout, SpaceAfter=6))
            tags.element("P", story)  # a white line: InDesign tags it, too
        if operator != "Tj":
            yield instruction
            continue
        line = tags.element("Span", paragraph)
        for word in re.findall(rb"[^ ]* *", bytes(instruction.operands[0]))[:-1]:
            span = line
            for _ in range(_SPANS_PER_WORD):
                span = tags.element("Span", span)
            span.Pg = page.obj
            span.K.append(len(marked))
            yield from _instructions(f"/Span <</MCID {len(marked)}>> BDC")
            yield ContentStreamInstruction([String(word)], Operator("Tj"))
            yield ContentStreamInstruction([], Operator("EMC"))
            marked.append(span)


def _instructions(content: str) -> list[ContentStreamInstruction]:
    """Return the instructions of a content stream that is written out."""
    with pikepdf.new() as scratch:
        parsed = pikepdf.parse_content_stream(scratch.make_stream(content.encode()))
    return [instruction for instruction in parsed if isinstance(instruction, ContentStreamInstruction)]


def _picture(pdf: pikepdf.Pdf, number: int, height: int) -> pikepdf.Object | None:
    """Return a picture for a page, or None where it has none."""
    if number >= _PICTURES:
        return None
    pixels = hashlib.shake_256(b"%d" % number).digest(3 * _PICTURE_WIDTH * height)
    return pdf.make_stream(
        pixels,
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=_PICTURE_WIDTH,
        Height=height,
        ColorSpace=Name.DeviceRGB,
        BitsPerComponent=8,
    )


def _add_field_font(pdf: pikepdf.Pdf) -> None:
    """Put a font among the form's resources, and the form in an object of its own, as Acrobat does."""
    path = FONTS / f"{_FIELD_FONT}.ttf"
    program = path.read_bytes()
    metrics = TTFontFile(str(path))
    name = Name("/" + _FIELD_FONT)
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=name,
        FontFile2=pdf.make_stream(program, Length1=len(program)),
        Flags=32,
        FontBBox=Array([round(edge) for edge in metrics.bbox]),
        Ascent=round(metrics.ascent),
        Descent=round(metrics.descent),
        CapHeight=round(metrics.capHeight),
        ItalicAngle=0,
        StemV=80,
    )
    characters = bytes(range(32, 256)).decode("cp1252", "replace")
    widths = [round(metrics.charWidths.get(ord(character), 0)) for character in characters]
    font = Dictionary(
        Type=Name.Font,
        Subtype=Name.TrueType,
        BaseFont=name,
        Encoding=Name.WinAnsiEncoding,
        FirstChar=32,
        LastChar=255,
        Widths=Array(widths),
        FontDescriptor=pdf.make_indirect(descriptor),
    )
    pdf.Root.AcroForm = pdf.make_indirect(pdf.Root.AcroForm)
    pdf.Root.AcroForm.DR.Font[f"/{_FIELD_FONT}"] = pdf.make_indirect(font)


def main() -> int:
    folder = Path(sys.argv[1])
    worst = 0
    for object_streams in (False, True):
        path = folder / f"real-size-{'streams' if object_streams else 'table'}.pdf"
        path.write_bytes(build(object_streams=object_streams))
        with pikepdf.open(path) as pdf:
            elements = sum(
                isinstance(obj, Dictionary) and obj.get("/Type") == Name.StructElem for obj in pdf.objects
            )
            print(f"{path}: {path.stat().st_size:,} bytes, {elements:,} structure elements")
        checked = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
        print(checked.stdout + checked.stderr)
        worst = max(worst, checked.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
