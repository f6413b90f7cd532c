"""The canvas that the report is drawn on: reportlab's, with text in our own fonts and all content marked.

Whatever is drawn stands either in marked content that an element of the structure tree claims, or in an artifact:
nothing else is allowed in a tagged file (ISO 14289-1, 7.1). Text goes out as glyphs of composite fonts (ISO 32000-2,
9.7), for reportlab's fonts neither join letters nor turn lines around.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFObjectReference, PDFPage
from reportlab.pdfgen.canvas import Canvas

from veldpdf.report.as_pdf.faces import Run
from veldpdf.report.as_pdf.metadata import Facts, information, xmp_packet
from veldpdf.report.as_pdf.packing import Raw, packed, stream, uncompressed
from veldpdf.report.as_pdf.structure import Element, Marks, References, text_string, tree_objects
from veldpdf.typesetting.shipped import FontProgram, Glyph
from veldpdf.typesetting.subsets import FontSubset

_FONTS = "BasicFonts"  # reportlab's name for the font resources that all pages share
_TREE = "StructTreeRoot"
_PRINTED = 1 << 2  # flag of an annotation (ISO 32000-2, table 167)


class _Embedded(dict[int, str]):
    """A font as one document uses it; maps characters to their codes, for `str.translate`.

    Attributes:
        name: In content streams.
        subset: The glyphs that were used so far.
    """

    def __init__(self, font: FontProgram, name: str) -> None:
        super().__init__()
        self.name = name
        self.subset = FontSubset(font)

    def __missing__(self, ordinal: int) -> str:
        glyph = self.subset.font.glyph(chr(ordinal))
        self[ordinal] = code = chr(self.subset.code(glyph))
        return code

    def encode(self, text: str, glyphs: Iterable[Glyph]) -> str:
        """Return what ``Tj`` shows, in hexadecimal digits."""
        if text:
            return text.translate(self).encode("utf-16-be", "surrogatepass").hex()
        return self.subset.encode(glyphs)


class ReportCanvas(Canvas):
    """A canvas for one tagged document.

    Attributes:
        marks: What was marked so far.
        root: The element that holds all others; to be set before the document is saved.
        facts: What is known of the document; the same.
    """

    root: Element
    facts: Facts
    # reportlab's own, under its names, which its types leave out.
    _code: list[str]
    _doc: Any
    _filename: BinaryIO
    _absRect: Any  # noqa: N815 - reportlab's name
    _addAnnotation: Any  # noqa: N815 - the same
    _bookmarkReference: Any  # noqa: N815 - the same

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.marks = Marks()
        self._embedded: dict[FontProgram, _Embedded] = {}
        self._is_marked = False

    def _make_preamble(self) -> None:
        # reportlab's own selects Helvetica, which is not embedded (ISO 14289-1, 7.21.4.1).
        self._preamble = "1 0 0 1 0 0 cm"

    @property
    def page_index(self) -> int:
        """The page that is being drawn, from 0."""
        return int(self.getPageNumber()) - 1

    def content_of(self, element: Element | None) -> Any:
        """Mark what is drawn in a ``with`` block as content of an element; of none, as an artifact.

        What is drawn inside of marked content belongs to it, whatever it would be by itself.
        """
        if self._is_marked:
            return self._within("", "")
        if element is None:
            return self._within("/Artifact BMC", "EMC")
        number = self.marks.mark(self.page_index, element)
        return self._within(f"/{element.kind} <</MCID {number}>> BDC", "EMC")

    def page_furniture(self, kind: str) -> Any:
        """Mark what stands on every page in a ``with`` block: a ``"Header"`` or a ``"Footer"`` (14.8.2.2.2)."""
        return self._within(f"/Artifact <</Type/Pagination/Subtype/{kind}>> BDC", "EMC")

    def unmarked(self) -> Any:
        """Mark nothing in a ``with`` block: what is drawn becomes part of something that is marked as a whole."""
        return self._within("", "")

    @contextmanager
    def _within(self, begin: str, end: str) -> Iterator[None]:
        outer, self._is_marked = self._is_marked, True
        if begin:
            self._code.append(begin)
        yield
        if end:
            self._code.append(end)
        self._is_marked = outer

    def show(self, runs: Iterable[Run], x: float, baseline: float, size: float) -> None:
        """Show the pieces of a line, inside a text object.

        Args:
            runs: From left to right.
            x: Where the line begins, in points.
            baseline: Where it stands, in points.
            size: Font size in points.
        """
        for run in runs:
            font = self._embedded.get(run.font)
            if font is None:
                font = self._embedded[run.font] = _Embedded(run.font, f"T{len(self._embedded) + 1}")
            operand = font.encode(run.text, run.glyphs)
            start = x + run.start * size / 1000
            self._code.append(f"/{font.name} {size:g} Tf 1 0 0 1 {start:.2f} {baseline:.2f} Tm <{operand}> Tj")

    def operators(self, *operators: str) -> None:
        """Draw what stands in these operators."""
        self._code += operators

    def link_to(
        self, element: Element, key: str, contents: str, rectangle: tuple[float, float, float, float]
    ) -> None:
        """Make a rectangle lead to a destination.

        Args:
            element: The Link element that the annotation belongs to.
            key: Name of the destination.
            contents: What it leads to, for who cannot see it (ISO 14289-1, 7.18.5).
            rectangle: In points, as what is being drawn has them.
        """
        name = f"link-{len(self.marks.links)}"
        parent = self.marks.link(self.page_index, element, name)
        annotation = PDFDictionary(
            {
                "Type": "/Annot",
                "Subtype": "/Link",
                "Rect": PDFArray(self._absRect(rectangle, 1)),
                "Border": "[0 0 0]",
                "F": _PRINTED,
                "Contents": text_string(contents),
                "Dest": self._bookmarkReference(key),
                "StructParent": parent,
            }
        )
        self._addAnnotation(annotation, name, 1)

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """End a page, and keep no more of it than its compressed contents."""
        super().showPage()
        page = self._doc.Pages.pages[-1]
        content = "\n".join(page.stream) if isinstance(page.stream, list) else page.stream
        page.Contents = self._added(f"contents {self.page_index}", stream(content.encode("latin-1")))
        page.stream = None

    def save(self) -> None:
        """Write the document."""
        if self._code:
            self.showPage()
        document = self._doc
        self._embed_fonts()
        for index, page in enumerate(document.Pages.pages):
            _make_tagged(page, index)
        catalog = document.Catalog
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        catalog.Metadata = self._added(
            "metadata", uncompressed(xmp_packet(self.facts), "/Type/Metadata/Subtype/XML")
        )
        self._embed_output_intent()
        catalog.StructTreeRoot = self._added(_TREE, b"")
        document.info = Raw(information(self.facts))
        document.Reference(catalog)
        document.Reference(document.info)
        document.Outlines.prepare(document, self)
        if document.Outlines.ready < 0:
            catalog.Outlines = None
        self._filename.write(packed(document, self._structure))

    def _embed_output_intent(self) -> None:
        """Say what the colours mean: sRGB (ISO 32000-2, 14.11.5; ISO 19005-2, 6.2.3)."""
        profile = (Path(__file__).parent / "sRGB.icc").read_bytes()
        self._added("colours", stream(profile, "/N 3"))
        number = self._doc.idToObjectNumberAndVersion["colours"][0]
        catalog = self._doc.Catalog
        catalog.__NoDefault__ = [*catalog.__NoDefault__, "OutputIntents"]
        catalog.OutputIntents = (
            "[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"
            f"/DestOutputProfile {number} 0 R>>]"
        )

    def _added(self, name: str, body: bytes) -> PDFObjectReference:
        return cast("PDFObjectReference", self._doc.Reference(Raw(body), name))

    def _structure(self, first: int) -> Mapping[int, bytes]:
        """Return the objects of the structure tree, numbered from one on, but for its root."""
        numbers = self._doc.idToObjectNumberAndVersion
        pages = [f"{numbers[page.__InternalName__][0]} 0 R" for page in self._doc.Pages.pages]
        references = References(
            page=pages.__getitem__,
            annotation=lambda name: f"{numbers[self._doc.annotationName(name)][0]} 0 R",
        )
        return tree_objects(self.root, self.marks, numbers[_TREE][0], first, references)

    def _embed_fonts(self) -> None:
        fonts = self._doc.idToObject[_FONTS].dict
        for font in self._embedded.values():
            fonts[font.name] = self._embed(font.name, font.subset)

    def _embed(self, name: str, subset: FontSubset) -> PDFObjectReference:
        """Return a reference to a font, all its objects added (ISO 32000-2, 9.7.4 and 9.8)."""
        numbers = self._doc.idToObjectNumberAndVersion

        def add(kind: str, body: bytes) -> str:
            self._added(f"{kind} {name}", body)
            return f"{numbers[f'{kind} {name}'][0]} 0 R"

        data = subset.program
        program = add("program", stream(data, f"/Length1 {len(data)}"))
        to_unicode = add("characters", stream(subset.to_unicode))
        descriptor = add(
            "descriptor",
            f"<</Type/FontDescriptor/FontName/{subset.name}{subset.descriptor_entries}/FontFile2 {program}>>".encode(),
        )
        widths = " ".join(map(str, subset.widths))
        descendant = add(
            "descendant",
            f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{subset.name}/CIDToGIDMap/Identity/DW 1000"
            f"/W[1[{widths}]]/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
            f"/FontDescriptor {descriptor}>>".encode(),
        )
        return self._added(
            f"font {name}",
            f"<</Type/Font/Subtype/Type0/BaseFont/{subset.name}/Encoding/Identity-H"
            f"/DescendantFonts[{descendant}]/ToUnicode {to_unicode}>>".encode(),
        )


def _make_tagged(page: Any, index: int) -> None:
    """Give a page its key in the parent tree, and its annotations the order of the structure (ISO 14289-1, 7.18.3)."""
    page.__NoDefault__ = [*PDFPage.__NoDefault__, "StructParents", "Tabs"]
    page.StructParents = index
    page.Tabs = "/S"
