"""The checker of tagged PDFs itself: a sound file passes, and each fault in it is found, once, and by its name."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFile
from reportlab.pdfgen.canvas import Canvas

import veldpdf
from tests.needs import need, need_program
from tests.tagged_content import (
    Contents,
    Program,
    Unreadable,
    mapped_to_nothing,
    to_unicode,
    wrong_in_fonts,
)
from tests.tagged_pdf import (
    Item,
    by_page,
    by_pdfium,
    by_poppler,
    missing_page,
    on_pages,
    problems,
    structure,
)

LETTERS = "".join(map(chr, range(32, 127))) + "é–●"
FONT = Path(veldpdf.__file__).with_name("fonts") / "NotoSans-Regular.ttf"
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Proef</rdf:li></rdf:Alt></dc:title>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


@cache
def program() -> bytes:
    """Return a font with the letters that the files show."""
    made: bytes = TTFontFile(str(FONT)).makeSubset([*map(ord, LETTERS)])
    return made


class Sheet:
    """A tagged PDF of two pages, made by hand.

    Attributes:
        pdf: The file.
        made: Elements, by the name that they were given.
        content: The content stream of each page, by the time it is written.
        parents: The arrays in the parent tree of each page.
    """

    def __init__(self) -> None:
        self.pdf = pikepdf.new()
        self.pages = [self.pdf.add_blank_page(page_size=(595, 842)).obj for _ in range(2)]
        self.content = ["", ""]
        self.baseline = 800
        self.parents: list[list[Any]] = [[], []]
        self.annotations: list[Any] = []
        self.made: dict[str, pikepdf.Object] = {}
        self.font = self._font()
        self.forms = self.own()
        root = self.pdf.Root
        self.tree = self.own(Type=Name.StructTreeRoot, K=Array())
        root.StructTreeRoot = self.tree
        root.Lang = String("nl")
        root.MarkInfo = Dictionary(Marked=True)
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        root.Metadata = pikepdf.Stream(self.pdf, XMP.encode(), Type=Name.Metadata, Subtype=Name.XML)
        self.pdf.docinfo.Title = String("Proef")

    def own(self, **entries: Any) -> pikepdf.Object:
        """Return an object of its own."""
        return self.pdf.make_indirect(Dictionary(**entries))

    def _font(self) -> pikepdf.Object:
        font = Program(program())
        # A subset numbers its letters from 0 on, in the order in which they were asked for.
        glyphs = [font.glyph_of(index, "") for index in range(len(LETTERS))]
        self.glyphs = dict(zip(LETTERS, glyphs, strict=True))
        widths = [each for glyph in glyphs for each in (glyph, Array([round(font.width(glyph))]))]
        texts = [f"<{glyph:04x}> <{ord(letter):04x}>" for letter, glyph in self.glyphs.items()]
        cmap = "\n".join(
            f"{len(part)} beginbfchar\n" + "\n".join(part) + "\nendbfchar"
            for part in (texts[index : index + 100] for index in range(0, len(texts), 100))
        )
        head = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        )
        tail = "\nendcmap CMapName currentdict /CMap defineresource pop end end"
        descriptor = self.own(
            Type=Name.FontDescriptor,
            FontName=Name("/AAAAAA+Proef"),
            Flags=4,
            FontBBox=Array([0, -200, 1000, 900]),
            ItalicAngle=0,
            Ascent=900,
            Descent=-200,
            CapHeight=700,
            StemV=80,
            FontFile2=pikepdf.Stream(self.pdf, program(), Length1=len(program())),
        )
        self.cid = self.own(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name("/AAAAAA+Proef"),
            CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
            CIDToGIDMap=Name.Identity,
            FontDescriptor=descriptor,
            W=Array(widths),
        )
        return self.own(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name("/AAAAAA+Proef"),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([self.cid]),
            ToUnicode=pikepdf.Stream(self.pdf, (head + cmap + tail).encode()),
        )

    def element(self, kind: str, above: pikepdf.Object, name: str = "", **entries: Any) -> pikepdf.Object:
        """Return a new element inside another."""
        made = self.own(Type=Name.StructElem, S=Name(f"/{kind}"), P=above, K=Array(), **entries)
        above.K.append(made)
        self.made[name or kind] = made
        return made

    def drawn(self, text: str) -> str:
        """Return operators that show a text, each on a line of its own: engines leave out what lies on other text."""
        self.baseline -= 12
        codes = "".join(f"{self.glyphs[letter]:04x}" for letter in text)
        return f"BT /F 10 Tf 50 {self.baseline} Td <{codes}> Tj ET"

    def say(self, above: pikepdf.Object, text: str, page: int = 0, *, operators: str = "") -> None:
        """Put a content item into an element: a text, or other operators."""
        mcid = len(self.parents[page])
        self.parents[page].append(above)
        above.K.append(mcid)
        above.Pg = self.pages[page]
        tag = str(above.S)
        self.content[page] += f"{tag} <</MCID {mcid}>> BDC {operators or self.drawn(text)} EMC\n"

    def link(self, above: pikepdf.Object, text: str, page: int = 0) -> pikepdf.Object:
        """Put a link into an element."""
        element = self.element("Link", above)
        self.say(element, text, page)
        annotation = self.own(
            Type=Name.Annot,
            Subtype=Name.Link,
            Rect=Array([50, 700, 90, 712]),
            Contents=String(text),
            Dest=Array([self.pages[1], Name.Fit]),
            F=4,
        )
        element.K.append(Dictionary(Type=Name.OBJR, Obj=annotation, Pg=self.pages[page]))
        self.pages[page].Annots = Array([annotation])
        self.pages[page].Tabs = Name.S
        annotation.StructParent = 2 + len(self.annotations)
        self.annotations.append(element)
        self.made["annotation"] = annotation
        return element

    def form(self, name: str, operators: str, **entries: Any) -> pikepdf.Object:
        """Return a form XObject."""
        made = pikepdf.Stream(
            self.pdf,
            operators.encode(),
            Type=Name.XObject,
            Subtype=Name.Form,
            BBox=Array([0, 0, 595, 842]),
            Resources=Dictionary(Font=Dictionary(F=self.font)),
            **entries,
        )
        self.forms[f"/{name}"] = self.pdf.make_indirect(made)
        return self.forms[f"/{name}"]

    def finish(self) -> None:
        """Put together what is only known at the end; what comes after this can break it."""
        for number, page in enumerate(self.pages):
            page.StructParents = number
            page.Resources = Dictionary(Font=Dictionary(F=self.font), XObject=self.forms)
        entries = [*map(Array, self.parents), *self.annotations]
        flat = [each for number, entry in enumerate(entries) for each in (number, self._indirect(entry))]
        self.tree.ParentTree = self.own(Nums=Array(flat))
        self.tree.ParentTreeNextKey = len(entries)
        target = Array([self.pages[0], Name.Fit])
        outline = self.own(Type=Name.Outlines, Count=1)
        entry = self.own(Title=String("Rapport"), Parent=outline, Dest=target)
        outline.First = outline.Last = entry
        self.pdf.Root.Outlines = outline

    def _indirect(self, entry: Any) -> pikepdf.Object:
        return self.pdf.make_indirect(entry) if isinstance(entry, Array) else entry

    def written(self) -> bytes:
        """Return the file."""
        for page, content in zip(self.pages, self.content, strict=True):
            page.Contents = pikepdf.Stream(self.pdf, content.encode("latin-1"))
        stream = io.BytesIO()
        self.pdf.save(stream, deterministic_id=True)
        return stream.getvalue()


def attribute(owner: str, **entries: Any) -> Dictionary:
    """Return an attribute object (14.7.6)."""
    return Dictionary(O=Name(f"/{owner}"), **entries)


def sound() -> Sheet:
    """Return a file without faults, in which everything occurs that is checked."""
    sheet = Sheet()
    sheet.content[0] += f"/Artifact <</Type /Pagination>> BDC 0 0 9 9 re f {sheet.drawn('kop')} EMC\n"
    document = sheet.element("Document", sheet.tree)
    sheet.say(sheet.element("H1", document), "Rapport")
    toc = sheet.element("TOC", document)
    sheet.link(sheet.element("Reference", sheet.element("TOCI", toc)), "Inleiding 2")
    sheet.say(sheet.element("H2", document), "Inleiding")
    paragraph = sheet.element("P", document)
    sheet.say(paragraph, "Eén tekst ")
    said = f"{sheet.drawn('a')} /Span <</ActualText <feff00650065006e>>> BDC {sheet.drawn('x')} EMC"
    sheet.say(paragraph, "", operators=said)
    items = sheet.element("L", document, A=attribute("List", ListNumbering=Name.Decimal))
    item = sheet.element("LI", items)
    sheet.say(sheet.element("Lbl", item), "1. ")
    sheet.say(sheet.element("LBody", item), "een")
    _add_table(sheet, document)
    box = attribute("Layout", BBox=Array([0, 0, 9, 9]))
    figure = sheet.element("Figure", document, Alt=String("Een blok"), A=box)
    sheet.say(figure, "", operators="0 0 9 9 re f")
    note = sheet.element("Note", document, ID=String("noot"), Lang=String("en-GB"))
    sheet.tree.IDTree = Dictionary(Names=Array([String("noot"), note]))
    sheet.say(note, "Note")
    _add_second_page(sheet, document)
    sheet.finish()
    return sheet


def _add_table(sheet: Sheet, document: pikepdf.Object) -> None:
    table = sheet.element("Table", document)
    sheet.say(sheet.element("Caption", table), "Stand")
    row = sheet.element("TR", sheet.element("THead", table), "head")
    for text in ("Partner", "Stand"):
        sheet.say(sheet.element("TH", row, A=attribute("Table", Scope=Name.Column)), text)
    row = sheet.element("TR", sheet.element("TBody", table), "row")
    sheet.say(sheet.element("TH", row, "name", A=attribute("Table", Scope=Name.Row)), "GGD")
    sheet.say(sheet.element("TD", row), "3")


def _add_second_page(sheet: Sheet, document: pikepdf.Object) -> None:
    """One form XObject that is part of a content item, and one that is an artifact."""
    sheet.form("Inside", sheet.drawn("van 2"))
    paragraph = sheet.element("P", document, "last")
    sheet.say(paragraph, "", 1, operators=f"q {sheet.drawn('pagina 1 ')} /Inside Do Q")
    sheet.content[1] += "/Artifact BMC /Inside Do EMC\n"


def found(sheet: Sheet) -> list[str]:
    """Return the problems of a file, without the numbers of objects."""
    return [re.sub(r" #\d+", "", finding) for finding in problems(sheet.written())]


def test_a_sound_file_has_no_problems() -> None:
    assert problems(sound().written()) == []


def test_another_checker_has_nothing_against_it_either() -> None:
    need(missing_page())
    assert by_page(sound().written()) == []


def test_the_structure_is_told_as_a_screen_reader_hears_it() -> None:
    root = structure(sound().written())
    assert [*root.lines()] == [
        "StructTreeRoot",
        "  Document",
        "    H1 'Rapport'",
        "    TOC",
        "      TOCI",
        "        Reference",
        "          Link 'Inleiding 2'",
        "    H2 'Inleiding'",
        "    P 'Eén tekst aeen'",
        "    L[ListNumbering=Decimal]",
        "      LI",
        "        Lbl '1. '",
        "        LBody 'een'",
        "    Table",
        "      Caption 'Stand'",
        "      THead",
        "        TR",
        "          TH[Scope=Column] 'Partner'",
        "          TH[Scope=Column] 'Stand'",
        "      TBody",
        "        TR",
        "          TH[Scope=Row] 'GGD'",
        "          TD '3'",
        "    Figure[Alt=Een blok]",
        "    Note[ID=noot, Lang=en-GB] 'Note'",
        "    P 'pagina 1 van 2'",
    ]
    assert [row.text for row in root.find("TR")] == ["PartnerStand", "GGD3"]
    assert root.find("Figure")[0].attributes["BBox"] == [0, 0, 9, 9]


def test_an_element_of_a_type_of_ones_own_is_what_the_role_map_says() -> None:
    sheet = sound()
    sheet.made["H1"].S = Name.Titel
    sheet.tree.RoleMap = Dictionary(Titel=Name.Kop, Kop=Name.H1)
    (heading,) = structure(sheet.written()).find("H1")
    assert (heading.kind, heading.own_kind, heading.text) == ("H1", "Titel", "Rapport")
    assert found(sheet) == []


def test_poppler_hears_the_same() -> None:
    """But for words that stand for others, which it does not look for inside of a content item."""
    need_program("pdfinfo")
    pdf = sound().written()
    items = [child for each in structure(pdf).walk() for child in each.children if isinstance(child, Item)]
    ours = "".join(item.text or "" for item in items)
    assert "".join(by_poppler(pdf)) == ours.replace("aeen", "ax")


def test_pdfium_has_the_same_tree_and_texts() -> None:
    pdf = sound().written()
    ours = on_pages(structure(pdf))
    theirs = by_pdfium(pdf)
    assert [[place[:2] for place in page] for page in ours] == [
        [place[:2] for place in page] for page in theirs
    ]
    # It takes no form XObject apart, and sets a space at the end of a line.
    said = [place[2].rstrip() for page in theirs for place in page]
    expected = [place[2].rstrip() for page in ours for place in page]
    assert said == [text.removesuffix(" van 2") for text in expected]


def test_a_simple_font_is_read_by_its_own_codes() -> None:
    """As reportlab embeds fonts: a byte for each letter, symbolic, with a cmap of its own."""
    pdfmetrics.registerFont(TTFont("Simple", str(FONT)))
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1)
    canvas.setFont("Simple", 10)
    canvas.drawString(50, 700, "Eén voor allen")
    canvas.save()
    with pikepdf.open(stream) as pdf:
        contents = Contents(pdf)
        faces = [face for face in contents.faces.values() if face.used]
        assert [*wrong_in_fonts(faces), *mapped_to_nothing(faces)] == []
        (face,) = faces
        assert {face.unicode[code] for code in face.used} == set("Eén voor allen")
        assert contents.findings == ["01-005: page 1: text is neither tagged nor an artifact"]


def test_codes_may_be_mapped_in_ranges_and_to_several_characters() -> None:
    source = b"""1 beginbfchar <0001> <00660069> endbfchar
    3 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0061> <D83DDE00>] <0030> <0031> <D83DDE00> endbfrange"""
    with pikepdf.new() as pdf:
        texts = to_unicode(pikepdf.Stream(pdf, source))
    assert texts == {
        0x01: "fi",
        0x10: "A",
        0x11: "B",
        0x12: "C",
        0x20: "a",
        0x21: "😀",
        0x30: "😀",
        0x31: "😁",
    }


def test_what_the_reader_does_not_know_it_does_not_guess() -> None:
    sheet = sound()
    sheet.font.Encoding = Name("/UniJIS-UTF16-H")
    with pytest.raises(Unreadable, match="whose encoding is not Identity"):
        problems(sheet.written())


# Every fault, and what is said of it. The findings are all there are, in their order.


def _without(holder: Callable[[Sheet], Any], name: str) -> Callable[[Sheet], None]:
    def broken(sheet: Sheet) -> None:
        del holder(sheet)[f"/{name}"]

    return broken


def _put(name: str, entry: str, value: Any) -> Callable[[Sheet], None]:
    """Return what sets an entry of an element."""

    def broken(sheet: Sheet) -> None:
        sheet.made[name][f"/{entry}"] = value

    return broken


def _content(old: str, new: str, page: int = 0) -> Callable[[Sheet], None]:
    """Return what changes the operators of a page."""

    def broken(sheet: Sheet) -> None:
        assert old in sheet.content[page]
        sheet.content[page] = sheet.content[page].replace(old, new, 1)

    return broken


def _catalog(sheet: Sheet) -> Any:
    return sheet.pdf.Root


def _xmp(old: str, new: str) -> Callable[[Sheet], None]:
    def broken(sheet: Sheet) -> None:
        sheet.pdf.Root.Metadata.write(XMP.replace(old, new).encode())

    return broken


def _roles(**roles: Name) -> Callable[[Sheet], None]:
    def broken(sheet: Sheet) -> None:
        sheet.tree.RoleMap = Dictionary({f"/{name}": role for name, role in roles.items()})
        sheet.made["P"].S = Name.Eigen

    return broken


def _two_kinds_of_headings(sheet: Sheet) -> None:
    sheet.made["H2"].S = Name.H


def _element_without_content(kind: str, above: str) -> Callable[[Sheet], None]:
    def broken(sheet: Sheet) -> None:
        sheet.element(kind, sheet.made[above], "added")

    return broken


def _moved(name: str, to: str) -> Callable[[Sheet], None]:
    """Return what hangs an element into another place of the tree, as its last child."""

    def broken(sheet: Sheet) -> None:
        element, target = sheet.made[name], sheet.made[to]
        kids = element.P.K
        element.P.K = Array([kid for kid in kids if not _same(kid, element)])
        element.P = target
        target.K.append(element)

    return broken


def _same(kid: Any, element: pikepdf.Object) -> bool:
    return isinstance(kid, Dictionary) and kid.objgen == element.objgen


def _number_tree(*nums: int, limits: tuple[int, int] | None = None) -> Callable[[Sheet], None]:
    """Return what writes the parent tree in another order, or with a node below it."""

    def broken(sheet: Sheet) -> None:
        entries = list(sheet.tree.ParentTree.Nums)
        held = dict(zip(map(int, entries[::2]), entries[1::2], strict=True))
        flat = Array([each for number in nums for each in (number, held[number])])
        if limits is None:
            sheet.tree.ParentTree = Dictionary(Nums=flat)
        else:
            node = sheet.own(Nums=flat, Limits=Array(limits))
            sheet.tree.ParentTree = Dictionary(Kids=Array([node]))

    return broken


def _another_in_parent_tree(sheet: Sheet) -> None:
    sheet.tree.ParentTree.Nums[1][0] = sheet.made["H2"]


def _none_in_parent_tree(sheet: Sheet) -> None:
    sheet.tree.ParentTree.Nums[1][0] = None


def _link_of_another(sheet: Sheet) -> None:
    sheet.tree.ParentTree.Nums[5] = sheet.made["H2"]


def _claimed_twice(sheet: Sheet) -> None:
    sheet.made["H2"].K.append(0)


def _claims_nothing(sheet: Sheet) -> None:
    sheet.made["H2"].K.append(77)


def _wrong_width(sheet: Sheet) -> None:
    sheet.cid.W[2 * LETTERS.index("R") + 1] = Array([1])


def _text_is(code: str) -> Callable[[Sheet], None]:
    """Return what makes the letter R say something else."""

    def broken(sheet: Sheet) -> None:
        stream = sheet.font.ToUnicode
        stream.write(stream.read_bytes().replace(b"<0052>", code.encode()))

    return broken


def _shows_notdef(sheet: Sheet) -> None:
    font = sheet.font.ToUnicode
    font.write(font.read_bytes().replace(b"\nendcmap", b"\n1 beginbfchar <0000> <0041> endbfchar\nendcmap"))
    code = f"<{sheet.glyphs['R']:04x}"
    _content(code, f"<0000{code[1:]}")(sheet)


def _form_twice(sheet: Sheet) -> None:
    """A form XObject with content items of its own, once as it should be and then again."""
    operators = f"/P <</MCID 0>> BDC {sheet.drawn('eigen')} EMC"
    form = sheet.form("Own", operators, StructParents=3)
    element = sheet.element("P", sheet.made["Document"], "own")
    element.K.append(Dictionary(Type=Name.MCR, Pg=sheet.pages[1], Stm=form, MCID=0))
    sheet.tree.ParentTree.Nums.append(3)
    sheet.tree.ParentTree.Nums.append(Array([element]))
    sheet.tree.ParentTreeNextKey = 4
    sheet.content[1] += "/Own Do\n/Own Do\n"


def _numbered_by_nothing(sheet: Sheet) -> None:
    del sheet.made["L"]["/A"]


def _attachment(sheet: Sheet) -> None:
    stream = pikepdf.Stream(sheet.pdf, b"x", Type=Name.EmbeddedFile)
    spec = sheet.own(Type=Name.Filespec, F=String("x.txt"), EF=Dictionary(F=stream))
    names = Dictionary(Names=Array([String("x.txt"), spec]))
    sheet.pdf.Root.Names = Dictionary(EmbeddedFiles=names)


def _script(sheet: Sheet) -> None:
    sheet.pdf.Root.OpenAction = sheet.own(S=Name.JavaScript, JS=String("1"))


def _field(sheet: Sheet) -> None:
    """A field that is in no Form element, and has no name to be read aloud."""
    widget = sheet.own(
        Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("Veld01"), Rect=Array([0, 0, 9, 9])
    )
    sheet.pages[0].Annots.append(widget)
    sheet.pdf.Root.AcroForm = Dictionary(Fields=Array([widget]), XFA=String("<xdp/>"))


def _note(sheet: Sheet) -> None:
    del sheet.made["Note"]["/ID"]
    del sheet.tree["/IDTree"]


def _ids_twice(sheet: Sheet) -> None:
    sheet.made["P"].ID = String("noot")


def _headers(sheet: Sheet) -> None:
    sheet.made["TD"].A = attribute("Table", Headers=Array([String("weg")]))


def _layers(sheet: Sheet) -> None:
    sheet.pdf.Root.OCProperties = Dictionary(OCGs=Array(), D=Dictionary(AS=Array()))


def _text_in_a_table(sheet: Sheet) -> None:
    sheet.say(sheet.made["Table"], "los")
    sheet.tree.ParentTree.Nums[1] = Array(sheet.parents[0])


TITLE_BDC = "/H1 <</MCID 0>> BDC"

FAULTS: dict[str, tuple[Callable[[Sheet], None], list[str]]] = {
    "not marked": (
        _without(_catalog, "MarkInfo"),
        ["14.7.1: MarkInfo does not say that the file is tagged"],
    ),
    "suspects": (
        lambda sheet: setattr(sheet.pdf.Root.MarkInfo, "Suspects", True),
        ["01-007: MarkInfo says that some tags are suspect"],
    ),
    "no language": (_without(_catalog, "Lang"), ["11-001: the catalog names no language"]),
    "a wrong language": (_put("Note", "Lang", String("Engels!")), ["14.9.2: Note: 'Engels!' is no language"]),
    "title not shown": (
        _without(_catalog, "ViewerPreferences"),
        ["07-001: ViewerPreferences does not have the title shown"],
    ),
    "no outline": (_without(_catalog, "Outlines"), ["14289-1, 7.17: no outline"]),
    "no metadata": (_without(_catalog, "Metadata"), ["06-001: no XMP metadata"]),
    "no part": (
        _xmp("<pdfuaid:part>1</pdfuaid:part>", ""),
        ["06-002: XMP does not say that this is part 1 of PDF/UA"],
    ),
    "no title": (_xmp("dc:title", "dc:rights"), ["06-003: XMP names no title"]),
    "two titles": (
        _xmp("Proef", "Iets anders"),
        ["14.3.3: the title in XMP is not that in the document information"],
    ),
    "a script": (_script, ["14289-1, 7.19: object is an action that does something"]),
    "an attachment": (_attachment, ["21-001: object: an attachment without F and UF"]),
    "layers": (_layers, ["20-001: layers without a name", "20-003: layers that switch by themselves"]),
    "no role": (_roles(Anders=Name.P), ["02-001: Eigen stands for no standard type"]),
    "roles in a circle": (
        _roles(Eigen=Name.Anders, Anders=Name.Eigen),
        ["02-003: Eigen stands for no standard type"],
    ),
    "a standard type remapped": (
        _roles(Eigen=Name.P, H2=Name.P),
        ["02-004: the role map gives another meaning to H2"],
    ),
    "no document on top": (
        _put("Document", "S", Name.Part),
        ["14.8.4.3: at the top stands ['Part'] and not one Document"],
    ),
    "another parent": (
        lambda sheet: setattr(sheet.made["H2"], "P", sheet.made["Table"]),
        ["14.7.2: H2 names another parent than the one that holds it"],
    ),
    "another kind of object": (
        _put("H2", "Type", Name.Page),
        ["14.7.2: H2 is of another /Type than StructElem"],
    ),
    "a first heading of level 2": (_put("H1", "S", Name.H2), ["14-002: the first heading is H2"]),
    "a level skipped": (_put("H2", "S", Name.H3), ["14-003: H3 follows H1"]),
    "two kinds of headings": (_two_kinds_of_headings, ["14-007: headings with and without a level"]),
    "a heading without words": (_element_without_content("H3", "Document"), ["14.8.4: H3 says nothing"]),
    "a cell outside of rows": (
        _moved("TD", "TBody"),
        [
            "09-004: TBody holds TD",
            "14289-1, 7.5: Table: rows [2] are not as wide as the first",
        ],
    ),
    "a row outside of tables": (
        _moved("row", "Document"),
        ["09-004: Document holds TR", "09-004: TBody is empty"],
    ),
    "words between rows": (_text_in_a_table, ["14.8.4: Table holds content that is in none of its elements"]),
    "no table without cells": (
        _element_without_content("TR", "TBody"),
        ["09-004: TR is empty", "14289-1, 7.5: Table: rows [3] are not as wide as the first"],
    ),
    "a caption in the middle": (
        lambda sheet: setattr(sheet.made["Table"], "K", Array([sheet.made["Table"].K[n] for n in (1, 0, 2)])),
        ["14.8.4.8: Table: the caption is neither first nor last"],
    ),
    "a list without items": (_put("LI", "S", Name.P), ["09-005: L holds P", "09-005: P holds LBody"]),
    "an item without a body": (
        _put("LBody", "S", Name.Span),
        ["09-005: LI holds Span", "09-005: LI has no LBody"],
    ),
    "numbered by nothing": (_numbered_by_nothing, ["16-001: L is numbered and does not say how"]),
    "contents of something else": (
        _put("TOCI", "S", Name.P),
        ["09-006: TOC holds P"],
    ),
    "no scope": (_without(lambda sheet: sheet.made["name"], "A"), ["15-003: TH does not say what it heads"]),
    "headers that are not there": (_headers, ["15-005: TD names header cells that the table lacks"]),
    "spans that do not fit": (
        _put("TD", "A", attribute("Table", ColSpan=2)),
        ["14289-1, 7.5: Table: rows [2] are not as wide as the first"],
    ),
    "a cell below the last row": (
        _put("TD", "A", attribute("Table", RowSpan=2)),
        ["14289-1, 7.5: Table: a cell reaches below the last row"],
    ),
    "a figure without words": (
        _without(lambda sheet: sheet.made["Figure"], "Alt"),
        ["13-004: Figure has no alternative text"],
    ),
    "a formula without words": (
        lambda sheet: sheet.made["Figure"].update({"/S": Name.Formula, "/Alt": String(" ")}),
        ["17-002: Formula has no alternative text"],
    ),
    "a figure without a place": (
        _without(lambda sheet: sheet.made["Figure"], "A"),
        ["14.8.5.4.3: Figure has no bounding box"],
    ),
    "a note without an ID": (_note, ["19-003: Note has no ID"]),
    "one ID twice": (_ids_twice, ["19-004: 2 elements have the ID 'noot'"]),
    "an ID that no tree knows": (
        lambda sheet: sheet.tree.__delitem__("/IDTree"),
        ["14.7.2: the ID 'noot' is not in the IDTree"],
    ),
    "text without a mark": (
        lambda sheet: sheet.content.__setitem__(1, sheet.content[1] + sheet.drawn("los")),
        ["01-005: page 2: text is neither tagged nor an artifact"],
    ),
    "a path without a mark": (
        lambda sheet: sheet.content.__setitem__(1, sheet.content[1] + "0 0 9 9 re f"),
        ["01-005: page 2: a path is neither tagged nor an artifact"],
    ),
    "an artifact inside": (
        _content("/Span <</ActualText", "/Artifact <</ActualText"),
        ["01-003: page 1: an artifact stands inside tagged content"],
    ),
    "tagged content in an artifact": (
        _content(f"EMC\n{TITLE_BDC}", TITLE_BDC),
        [
            "01-004: page 1: tagged content stands inside an artifact",
            "14.6.1: page 1: 1 marked-content sequences stay open",
        ],
    ),
    "a mark left open": (
        lambda sheet: sheet.content.__setitem__(1, sheet.content[1].rsplit("EMC", 1)[0]),
        ["14.6.1: page 2: 1 marked-content sequences stay open"],
    ),
    "a mark closed twice": (
        lambda sheet: sheet.content.__setitem__(1, sheet.content[1] + "EMC"),
        ["14.6.1: page 2: a mark is closed that was not opened"],
    ),
    "a mark across a text object": (
        _content(f"{TITLE_BDC} BT", f"BT {TITLE_BDC}"),
        [
            "14.6.1: page 1: a mark begins in a text object and ends behind it",
            "14.6.1: page 1: a mark and a text object cross each other",
        ],
    ),
    "one identifier twice": (
        _content("/P <</MCID 3>>", "/P <</MCID 4>>"),
        [
            "14.7.5.2: P: no content item 3 on page 1",
            "14.7.5.2: page 1: marked-content identifier 4 is used twice",
        ],
    ),
    "an item of nobody": (_none_in_parent_tree, ["14.7.5.4: page 1: content item 0 is not in the parent tree"]),
    "an item of another": (
        _another_in_parent_tree,
        ["14.7.5.4: page 1: content item 0 is another element's in the parent tree"],
    ),
    "an item of two": (_claimed_twice, ["01-005: page 1: content item 0 belongs to 2 elements"]),
    "an item that is not there": (_claims_nothing, ["14.7.5.2: H2: no content item 77 on page 1"]),
    "a parent tree in disorder": (
        _number_tree(1, 0, 2),
        ["7.9.7: the keys of the parent tree are not in order"],
    ),
    "limits that are none": (
        _number_tree(0, 1, 2, limits=(0, 9)),
        ["7.9.7: a node of the parent tree tells the limits [0, 9]"],
    ),
    "the next key is taken": (
        lambda sheet: setattr(sheet.tree, "ParentTreeNextKey", 2),
        ["14.7.2: ParentTreeNextKey is taken"],
    ),
    "one key twice": (
        lambda sheet: setattr(sheet.pages[1], "StructParents", 0),
        [
            "14.7.5.4: page 2: content item 0 is another element's in the parent tree",
            "14.7.5.4: several objects have the keys [0] of the parent tree",
            "14.7.5.4: nothing has the keys [1] of the parent tree",
        ],
    ),
    "no order of tabs": (
        lambda sheet: sheet.pages[0].__delitem__("/Tabs"),
        ["28-009: page 1: the tab order does not follow the structure"],
    ),
    "a link without a description": (
        _without(lambda sheet: sheet.made["annotation"], "Contents"),
        ["28-012: page 1: Link has no description"],
    ),
    "a link in no Link": (
        lambda sheet: sheet.made["Link"].K.__delitem__(1),
        [
            "28-011: page 1: Link stands in [] and not in one Link",
            "28-011: Link holds 0 objects and not one link annotation",
        ],
    ),
    "a link of another": (
        _link_of_another,
        ["14.7.5.4: page 1: Link is another element's in the parent tree"],
    ),
    "a field beside the tree": (
        _field,
        [
            "25-001: an XFA form",
            "28-010: page 1: Widget stands in [] and not in one Form",
            "14.7.5.4: page 1: Widget is not in the parent tree",
            "28-005: page 1: Widget has no name that can be read aloud",
        ],
    ),
    "a font that is not there": (
        lambda sheet: sheet.cid.FontDescriptor.__delitem__("/FontFile2"),
        ["31-009: font AAAAAA+Proef is not embedded"],
    ),
    "no map of glyphs": (
        lambda sheet: sheet.cid.__delitem__("/CIDToGIDMap"),
        ["31-005: font AAAAAA+Proef: no CIDToGIDMap"],
    ),
    "a width that is not so": (
        _wrong_width,
        ["31-016: font AAAAAA+Proef: code is told to be 1 wide, and is 622"],
    ),
    "a letter that says nothing": (
        _text_is("<0000>"),
        ["31-028: font AAAAAA+Proef: code maps to U+0000"],
    ),
    "a letter that says a byte order mark": (
        _text_is("<feff>"),
        ["31-029: font AAAAAA+Proef: code maps to U+FEFF or U+FFFE"],
    ),
    "a glyph that is none": (_shows_notdef, ["31-030: font AAAAAA+Proef: code shows .notdef"]),
    "a form with items, painted twice": (
        _form_twice,
        ["30-002: form XObject holds marked-content identifiers and is painted more than once"],
    ),
}


@pytest.mark.parametrize(("fault", "findings"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_found(fault: Callable[[Sheet], object], findings: Iterable[str]) -> None:
    sheet = sound()
    fault(sheet)
    assert found(sheet) == [*findings]
