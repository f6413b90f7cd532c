"""The returned pages behind the report: they show what they showed, do nothing, and can be found and heard."""

from __future__ import annotations

import io
import re
import subprocess
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pymupdf
import pypdf
import pypdfium2 as pdfium
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, String

import veldpdf
from tests import pictures
from tests.conftest import Run
from tests.forms import FormBuilder
from tests.needs import need_program
from tests.pictures import Box
from tests.rendering import rendered
from tests.tagged_pdf import problems
from veldpdf.pdf.assembly import Part, with_pages
from veldpdf.pdf.measuring import UnshowableError
from veldpdf.pdf.stills import MOST_PAGES, stills_of
from veldpdf.report.presentation import Following, destination_of

BOX: Box = (100, 600, 300, 700)
# Up to where the line at the lower edge of an A4 page reaches, in points.
LINE = 18.5
DARK = b"0 g 100 600 200 100 re f\n"
# Entries through which a file does something, or holds what pages do not show.
ACTING = frozenset(
    {"/AA", "/OpenAction", "/JavaScript", "/JS", "/Launch", "/EmbeddedFiles", "/EF", "/FS", "/AF", "/Annots"}
    | {"/AcroForm", "/URI", "/Ref", "/OPI", "/Metadata", "/PieceInfo", "/XFA", "/RichMediaContent"}
)


def opened(pdf: bytes) -> Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def saved(pdf: Pdf) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        # Widgets out of the tree's reach are what some of these files are about.
        warnings.simplefilter("ignore", pikepdf.PageCopyWarning)
        pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def check_with_qpdf(pdf: bytes, folder: Path) -> None:
    need_program("qpdf")
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def entries(pdf: bytes) -> Iterator[tuple[str, pikepdf.Object]]:
    """Yield the entries of every dictionary and stream in a file."""
    with opened(pdf) as document:
        waiting: list[object] = [document.trailer, *document.objects]
        while waiting:
            obj = waiting.pop()
            if isinstance(obj, Array):
                waiting += [item for item in obj if not getattr(item, "is_indirect", False)]
            elif isinstance(obj, Dictionary | pikepdf.Stream):
                yield from obj.items()
                waiting += [value for _, value in obj.items() if not getattr(value, "is_indirect", False)]


def with_content(content: bytes, **resources: Any) -> Pdf:
    """Return a file of one page."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    page.Contents = pdf.make_stream(content)
    page.Resources = Dictionary(**resources)
    return pdf


def picture_of(pdf: Pdf, content: bytes = DARK) -> pikepdf.Stream:
    """Return an appearance stream that fills its annotation."""
    stream = pdf.make_stream(content)
    stream.Type, stream.Subtype, stream.BBox = Name.XObject, Name.Form, Array([100, 600, 300, 700])
    return stream


def annotated(kind: Name, **more: Any) -> Pdf:
    """Return a file with an annotation whose picture is a dark box."""
    pdf = with_content(b"")
    annotation = Dictionary(
        Type=Name.Annot,
        Subtype=kind,
        Rect=Array(BOX),
        AP=Dictionary(N=picture_of(pdf)),
        Contents=String("Ons antwoord"),
        **more,
    )
    pdf.pages[0].Annots = Array([pdf.make_indirect(annotation)])
    return pdf


def ink(pdf: bytes, page: int = 0) -> list[float]:
    """Return how dark the place of the dark box is, for each engine."""
    return [round(pictures.ink(pictures.inside(draw(pdf, page), BOX)), 1) for draw in pictures.ENGINES.values()]


def assert_shows_the_same(before: bytes, after: bytes, first: int = 0, *, above: float = 0) -> None:
    """Compare pages; what stands lower than so many points above their lower edges is left out."""
    with opened(before) as pdf:
        pages = len(pdf.pages)
    for draw in pictures.ENGINES.values():
        for page in range(pages):
            one, other = draw(before, page).astype(int), draw(after, first + page).astype(int)
            assert one.shape == other.shape
            shown = one.shape[0] - round(above * pictures.SCALE)
            one, other = one[:shown], other[:shown]
            assert np.abs(one - other).max() <= 40
            assert (one != other).mean() < 0.003


class TestStills:
    @pytest.mark.parametrize("name", ["ggd", "basisschool", "sportclub"])
    def test_a_returned_worksheet_shows_the_same(self, returned: Path, name: str, tmp_path: Path) -> None:
        data = (returned / f"{name}.pdf").read_bytes()

        stills = stills_of(data)

        assert (stills.count, stills.total, stills.unseen) == (12, 12, 0)
        assert_shows_the_same(data, stills.data)
        check_with_qpdf(stills.data, tmp_path)
        assert not ACTING & {key for key, _ in entries(stills.data)}

    @pytest.mark.parametrize("kind", [Name.FreeText, Name.Stamp, Name.Ink, Name.Highlight, Name.FileAttachment])
    def test_what_was_put_on_the_page_still_shows(self, kind: Name) -> None:
        assert ink(stills_of(saved(annotated(kind))).data) == [1.0, 1.0]

    @pytest.mark.parametrize("flags", [1, 2, 32])
    def test_what_nobody_saw_does_not_show(self, flags: int) -> None:
        assert ink(stills_of(saved(annotated(Name.FreeText, F=flags))).data) == [0.0, 0.0]

    @pytest.mark.parametrize("kind", [Name.Popup, Name.Link])
    def test_what_has_no_picture_of_its_own_does_not_show(self, kind: Name) -> None:
        assert ink(stills_of(saved(annotated(kind))).data) == [0.0, 0.0]

    @pytest.mark.parametrize(
        ("more", "unseen"),
        [
            ({"Subtype": Name.FreeText, "Contents": String("Ons antwoord")}, 1),
            ({"Subtype": Name.FreeText, "Contents": String("  ")}, 0),
            ({"Subtype": Name.FreeText, "Contents": String("Ons antwoord"), "F": 2}, 0),
            ({"Subtype": Name.Widget, "Parent": Dictionary(V=String("Ons antwoord")), "FT": Name.Ch}, 1),
            ({"Subtype": Name.Widget, "FT": Name.Btn, "V": Name.Yes}, 0),
        ],
    )
    def test_a_text_without_a_picture_is_counted(self, more: dict[str, Any], unseen: int) -> None:
        pdf = with_content(b"")
        pdf.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Rect=Array(BOX), **more)])
        assert stills_of(saved(pdf)).unseen == unseen

    def test_an_answer_without_a_picture_is_drawn(self, returned: Path) -> None:
        # pdf.js leaves out the picture of what Helvetica cannot set.
        data = (returned / "politie.pdf").read_bytes()
        with opened(data) as pdf:
            answers = [
                str(each.V)
                for page in pdf.pages
                for each in page.get("/Annots", [])
                if "/V" in each and "/AP" not in each
            ]
        assert len(answers) == 1

        stills = stills_of(data)

        with pymupdf.open(stream=stills.data, filetype="pdf") as document:
            text = "".join(page.get_text() for page in document)
        assert "".join(answers[0].split()) in "".join(text.split())
        assert stills.unseen == 0

    def test_nothing_is_left_that_can_act(self, tmp_path: Path) -> None:
        pdf = annotated(Name.Link, A=Dictionary(S=Name.URI, URI=String("https://example.org")))
        page = pdf.pages[0]
        script = pdf.make_indirect(Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert(1)")))
        file = pdf.make_stream(b"MZ", Type=Name.EmbeddedFile)
        specification = pdf.make_indirect(
            Dictionary(Type=Name.Filespec, F=String("x.exe"), EF=Dictionary(F=file))
        )
        pdf.Root.OpenAction = script
        pdf.Root.AA = Dictionary(WC=script)
        pdf.Root.AF = Array([specification])
        pdf.Root.Names = Dictionary(
            EmbeddedFiles=Dictionary(Names=Array([String("x"), specification])),
            JavaScript=Dictionary(Names=Array([String("x"), script])),
        )
        page.AA = Dictionary(O=Dictionary(S=Name.Launch, F=specification))
        page.Metadata = pdf.make_stream(b"<x/>")
        page.Annots.append(
            pdf.make_indirect(
                Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, Rect=Array(BOX), FS=specification)
            )
        )
        leading_out = picture_of(pdf)
        leading_out.Ref = Dictionary(F=specification, Page=0)
        leading_out.AF = Array([specification])
        leading_out.OPI = Dictionary(F=specification)
        page.Resources = Dictionary(
            XObject=Dictionary(X=leading_out),
            Properties=Dictionary(P=Dictionary(Hidden=specification)),
            Hidden=specification,
        )
        page.Contents = pdf.make_stream(b"/Span /P BDC /X Do EMC")

        stills = stills_of(saved(pdf)).data

        assert not ACTING & {key for key, _ in entries(stills)}
        assert ink(stills) == [1.0, 1.0]
        check_with_qpdf(stills, tmp_path)
        with opened(stills) as document:
            held = [bytes(obj.read_bytes()) for obj in document.objects if isinstance(obj, pikepdf.Stream)]
            assert not any(b"MZ" in data for data in held)

    def test_marks_of_the_files_own_structure_go_and_layers_stay(self) -> None:
        layer = Dictionary(Type=Name.OCG, Name=String("Laag"))
        pdf = with_content(
            b"/P <</MCID 0>> BDC q 0 g EMC /OC /L BDC /Artifact BMC 100 600 200 100 re f EMC EMC /A MP Q"
            b" BI /W 1 /H 1 /CS /G /BPC 8 ID \x00 EI"
        )
        pdf.pages[0].Resources.Properties = Dictionary(L=pdf.make_indirect(layer))
        pdf.pages[0].StructParents = 0
        stills = stills_of(saved(pdf)).data
        with opened(stills) as document:
            (drawn,) = [obj for obj in document.objects if get(obj, "/Subtype") == Name.Form]
            operators = [str(instruction.operator) for instruction in pikepdf.parse_content_stream(drawn)]
        assert operators == ["q", "g", "BDC", "re", "f", "EMC", "Q", "INLINE IMAGE"]
        assert ink(stills) == [1.0, 1.0]
        assert "/StructParents" not in {key for key, _ in entries(stills)}

    @pytest.mark.parametrize(
        ("settings", "shown"),
        [
            ({}, True),
            ({"OFF": True}, False),
            ({"BaseState": Name.OFF}, False),
            ({"BaseState": Name.OFF, "ON": True}, True),
            ({"view": Name.OFF}, False),
            ({"OFF": True, "view": Name.ON}, True),
        ],
    )
    def test_a_layer_shows_as_it_did(self, settings: dict[str, Any], *, shown: bool) -> None:
        data = layered(**settings)
        assert stills_of(data).count == 1
        whole = with_pages(
            report(), [part("Een", data), part("Twee", data)], heading="Achter", alternative=heard, place=placed
        )
        assert ink(data)[0] == float(shown)
        assert [ink(whole, page) for page in (2, 3)] == [[float(shown)] * 2] * 2

    def test_a_layer_that_nothing_is_on_stays_behind(self) -> None:
        pdf = with_content(DARK)
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Laag")))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        assert "/OCProperties" not in {key for key, _ in entries(stills_of(saved(pdf)).data)}

    @pytest.mark.parametrize(("depth", "is_shown"), [(30, True), (300, False), (30_000, False)])
    def test_pictures_in_pictures_without_end_are_told(self, *, depth: int, is_shown: bool) -> None:
        pdf = with_content(b"/X Do")
        inner = picture_of(pdf)
        for _ in range(depth):
            outer = picture_of(pdf, b"/X Do")
            outer.Resources = Dictionary(XObject=Dictionary(X=inner))
            inner = outer
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(X=inner))
        data = saved(pdf)
        if is_shown:
            whole = with_pages(report(), [part("Een", data)], heading="Achter", alternative=heard, place=placed)
            assert len(outline_of(whole)) == 2
        else:
            with pytest.raises(UnshowableError):
                stills_of(data)

    def test_what_the_contents_left_open_ends_with_the_page(self, tmp_path: Path) -> None:
        data = saved(with_content(b"Q Q q q 0.5 0 0 0.5 0 0 cm 0 g 200 1200 400 200 re f BT /P BMC"))
        stills = stills_of(data).data
        assert_shows_the_same(data, stills)
        whole = with_pages(report(), [part("Een", data)], heading="Achter", alternative=heard, place=placed)
        assert_shows_the_same(data, whole, first=2, above=LINE)
        check_with_qpdf(whole, tmp_path)

    def test_pages_keep_size_and_turn(self) -> None:
        pdf = with_content(DARK)
        pdf.pages[0].CropBox = Array([50, 500, 400, 800])
        pdf.Root.Pages.Rotate = 90
        pdf.Root.Pages.MediaBox = pdf.pages[0].MediaBox
        del pdf.pages[0].MediaBox
        data = saved(pdf)
        assert_shows_the_same(data, stills_of(data).data)

    def test_what_pages_share_is_held_once(self, returned: Path) -> None:
        data = (returned / "ggd.pdf").read_bytes()
        counts = [sum(key == "/FontFile2" for key, _ in entries(pdf)) for pdf in (data, stills_of(data).data)]
        assert counts[0] == counts[1] > 0

    def test_an_encrypted_file_is_shown_with_its_password(self, returned: Path) -> None:
        with pikepdf.open(returned / "ggd.pdf") as pdf:
            buffer = io.BytesIO()
            pdf.save(buffer, encryption=pikepdf.Encryption(owner="baas", user="sesam"))
        stills = stills_of(buffer.getvalue(), "sesam")
        with opened(stills.data) as document:
            assert not document.is_encrypted
            assert len(document.pages) == 12
        with pytest.raises(UnshowableError) as told:
            stills_of(buffer.getvalue())
        assert told.value.reason == "it needs a password"

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"Geachte heer", "it is damaged beyond repair"),
            (b"", "it is damaged beyond repair"),
            (b"%PDF-1.7\ntrailer<</Root 1 0 R>>\n1 0 obj<</Type/Catalog>>endobj", None),
        ],
    )
    def test_what_is_no_sound_pdf_is_told(self, data: bytes, reason: str | None) -> None:
        with pytest.raises(UnshowableError) as told:
            stills_of(data)
        assert reason in (None, told.value.reason)

    def test_no_file_shows_more_pages_than_any_worksheet_has(self) -> None:
        pdf = with_content(DARK)
        pdf.pages.extend([pdf.pages[0]] * MOST_PAGES)
        stills = stills_of(saved(pdf))
        assert (stills.count, stills.total) == (MOST_PAGES, MOST_PAGES + 1)

    def test_the_same_file_gives_the_same_bytes(self, returned: Path) -> None:
        data = (returned / "veilig-thuis.pdf").read_bytes()
        assert stills_of(data) == stills_of(data)


def get(obj: pikepdf.Object, key: str) -> object:
    return obj.get(key) if isinstance(obj, Dictionary | pikepdf.Stream) else None


def layered(**settings: Any) -> bytes:
    """Return a page with a dark box on a layer, in a file with settings for it."""
    pdf = with_content(b"/OC /L BDC " + DARK + b"EMC")
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Laag")))
    pdf.pages[0].Resources.Properties = Dictionary(L=layer)
    default = Dictionary()
    for key, value in settings.items():
        if key == "view":
            layer.Usage = Dictionary(View=Dictionary(ViewState=value))
            default.AS = Array([Dictionary(Event=Name.View, Category=Array([Name.View]), OCGs=Array([layer]))])
        else:
            default[f"/{key}"] = Array([layer]) if value is True else value
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=default)
    return saved(pdf)


def part(title: str, data: bytes) -> Part:
    return Part(title=title, data=stills_of(data).data)


def heard(title: str, number: int) -> str:
    return f"Bladzijde {number} van {title}"


def placed(page: int, total: int) -> str:
    return f"bladzijde {page} van de {total}"


def report(*, is_tagged: bool = False, has_nodes: bool = False, has_outline: bool = False) -> bytes:
    """Return a report of two pages."""
    pdf = pikepdf.new()
    root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    above = pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array()))
    numbers = Array()
    for number in range(2):
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Contents = pdf.make_stream(b"/P <</MCID 0>> BDC 0 0 m n EMC")
        if is_tagged:
            page.StructParents = number
            element = pdf.make_indirect(
                Dictionary(
                    Type=Name.StructElem, S=Name.P, P=above, Pg=page.obj, K=0, ActualText=String("tekst")
                )
            )
            above.K.append(element)
            numbers.append(number)
            numbers.append(Array([element]))
    if is_tagged:
        root.K = above
        node = Dictionary(Nums=numbers)
        if has_nodes:
            node.Limits = Array([0, 1])
            node = Dictionary(Kids=Array([pdf.make_indirect(node)]))
        root.ParentTree = pdf.make_indirect(node)
        pdf.Root.StructTreeRoot = root
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.Lang = String("nl")
    if has_outline:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("Begin", 0))
    return saved(pdf)


def outline_of(pdf: bytes) -> list[tuple[int, str, int]]:
    """Return level, title and page of each entry of the outline, as MuPDF reads it."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return [(level, title, page) for level, title, page in document.get_toc()]


class TestAssembly:
    @pytest.mark.parametrize("is_tagged", [False, True])
    @pytest.mark.parametrize("has_outline", [False, True])
    def test_the_outline_leads_to_each_part(
        self, tmp_path: Path, *, is_tagged: bool, has_outline: bool
    ) -> None:
        begin = report(is_tagged=is_tagged, has_outline=has_outline)
        two = with_content(DARK)
        two.pages.append(two.pages[0])

        whole = with_pages(
            begin,
            [part("GGD “Noord”", saved(two)), part("Politie", saved(with_content(DARK)))],
            heading="Teruggekomen",
            alternative=heard,
            place=placed,
        )

        before = [(1, "Begin", 1)] if has_outline else []
        assert outline_of(whole) == [*before, (1, "Teruggekomen", 3), (2, "GGD “Noord”", 3), (2, "Politie", 5)]
        check_with_qpdf(whole, tmp_path)
        with opened(whole) as document:
            assert len(document.pages) == 5
            # Closed, so what is below it does not count as shown (12.3.3).
            assert document.Root.Outlines.Count == len(before) + 1
            assert document.Root.Outlines.Last.Count == -2
        assert pypdf.PdfReader(io.BytesIO(whole)).outline
        assert [ink(whole, page) for page in range(5)] == [[0.0] * 2] * 2 + [[1.0] * 2] * 3

    @pytest.mark.parametrize("has_nodes", [False, True])
    def test_a_tagged_report_tells_of_each_page(self, *, has_nodes: bool) -> None:
        two = with_content(DARK)
        two.pages.append(two.pages[0])
        two.pages[1].CropBox = Array([0, 400, 595, 842])

        whole = with_pages(
            report(is_tagged=True, has_nodes=has_nodes),
            [part("GGD", saved(two)), part("Politie", saved(with_content(DARK)))],
            heading="Teruggekomen",
            alternative=heard,
            place=placed,
        )

        with opened(whole) as document:
            root = document.Root.StructTreeRoot
            assert str(document.Root.Lang) == "nl"
            assert document.Root.MarkInfo.Marked
            *own, added = root.K.K
            assert [str(element.S) for element in own] == ["/P", "/P"]
            assert (added.S, str(added.T), added.P) == (Name.Part, "Teruggekomen", root.K)
            assert [(str(section.S), str(section.T)) for section in added.K] == [
                ("/Sect", "GGD"),
                ("/Sect", "Politie"),
            ]
            figures = [figure for section in added.K for figure in section.K]
            assert [str(figure.Alt) for figure in figures] == [
                "Bladzijde 1 van GGD",
                "Bladzijde 2 van GGD",
                "Bladzijde 1 van Politie",
            ]
            assert [list(map(int, figure.A.BBox)) for figure in figures] == [
                [0, 0, 595, 842],
                [0, 400, 595, 842],
                [0, 0, 595, 842],
            ]
            parents = pikepdf.NumberTree(root.ParentTree)
            for page, figure in zip(list(document.pages)[2:], figures, strict=True):
                assert figure.Pg == page.obj
                assert int(figure.K) == 0
                assert list(parents[int(page.StructParents)]) == [figure]
                assert page.Tabs == Name.S
                picture, line = (content.read_bytes() for content in page.Contents)
                assert picture == b"/Figure <</MCID 0>> BDC\n/Returned Do\nEMC\n"
                assert line.startswith(b"/Artifact <</Type/Pagination/Subtype/Footer>> BDC\n")
                assert line.endswith(b"\nEMC\n")
            keys = [int(page.StructParents) for page in document.pages]
            assert keys == sorted(set(keys)) == [0, 1, 2, 3, 4]
            assert root.ParentTreeNextKey == 5

    def test_a_real_report_stays_accessible(self, returned: Path) -> None:
        data = (returned / "sportclub.pdf").read_bytes()
        submissions = [veldpdf.read(data)]
        alone = veldpdf.merge(submissions).render(".pdf")
        with opened(alone) as document:
            pages = len(document.pages)

        whole = with_pages(
            alone, [part("GGD", saved(with_content(DARK)))], heading="Achter", alternative=heard, place=placed
        )

        assert problems(whole) == problems(alone)
        with opened(whole) as document:
            above = document.Root.StructTreeRoot.K
            above = above[0] if isinstance(above, Array) else above
            assert str(above.S) == "/Document"
            added = above.K[-1]
            assert (str(added.T), str(added.K[0].K[0].Alt)) == ("Achter", "Bladzijde 1 van GGD")
        assert_shows_the_same(alone, whole)
        assert ink(whole, pages) == [1.0, 1.0]

    def test_without_pages_the_report_stays_as_it_is(self) -> None:
        assert with_pages(report(), [], heading="x", alternative=heard, place=placed) == report()

    def test_the_same_input_gives_the_same_bytes(self, returned: Path) -> None:
        parts = [part(path.stem, path.read_bytes()) for path in sorted(returned.glob("[gs]*.pdf"))]
        first, second = (
            with_pages(report(is_tagged=True), parts, heading="x", alternative=heard, place=placed)
            for _ in range(2)
        )
        assert first == second

    def test_a_version_is_never_taken_back(self) -> None:
        pdf = opened(report())
        buffer = io.BytesIO()
        pdf.save(buffer, force_version="2.0")
        whole = with_pages(
            buffer.getvalue(),
            [part("GGD", saved(with_content(DARK)))],
            heading="x",
            alternative=heard,
            place=placed,
        )
        assert whole.startswith(b"%PDF-2.0")


def by_pdfium(pdf: bytes, page: int) -> str:
    with pdfium.PdfDocument(pdf) as document:
        return str(document[page].get_textpage().get_text_range())


def by_poppler(pdf: bytes, page: int) -> str:
    need_program("pdftotext")
    command = ["pdftotext", "-enc", "UTF-8", "-f", str(page + 1), "-l", str(page + 1), "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


READERS = (by_pdfium, by_poppler)
# What readers put around what runs from right to left.
MARKS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c"))


def read(pdf: bytes, page: int) -> list[str]:
    """Return the last line of a page, as each engine reads it."""
    return [reader(pdf, page).translate(MARKS).strip().splitlines()[-1] for reader in READERS]


def with_line(data: bytes, name: str = "GGD") -> bytes:
    return with_pages(report(), [part(name, data)], heading="Achter", alternative=heard, place=placed)


def sheet(width: float = 595, height: float = 842, **entries: Any) -> bytes:
    """Return a page that is dark all over."""
    pdf = with_content(b"0 g -5000 -5000 10000 10000 re f")
    pdf.pages[0].MediaBox = Array([0, 0, width, height])
    for key, value in entries.items():
        pdf.pages[0][f"/{key}"] = value
    return saved(pdf)


def ground(picture: pictures.Picture) -> tuple[float, float, float, float]:
    """Return where the white ground on a dark page ends: from its left, right and lower edge, and how high it is.

    In parts of the width that shows.
    """
    rows, columns = np.nonzero(picture > 200)
    height, width = picture.shape
    ends = (columns.min(), width - 1 - columns.max(), height - 1 - rows.max(), rows.max() + 1 - rows.min())
    return ends[0] / width, ends[1] / width, ends[2] / width, ends[3] / width


class TestLines:
    """The line at the lower edge of each page."""

    def test_each_page_tells_whose_it_is_and_which_of_all(self) -> None:
        two = with_content(DARK)
        two.pages.append(two.pages[0])
        parts = [part("GGD “Noord”", saved(two)), part("Żłobek Łódź", saved(with_content(DARK)))]
        whole = with_pages(report(), parts, heading="Achter", alternative=heard, place=placed)
        assert [read(whole, page) for page in (2, 3, 4)] == [
            ["GGD “Noord” · bladzijde 3 van de 5"] * 2,
            ["GGD “Noord” · bladzijde 4 van de 5"] * 2,
            ["Żłobek Łódź · bladzijde 5 van de 5"] * 2,
        ]
        assert [(title, page) for _, title, page in outline_of(whole)[1:]] == [
            ("GGD “Noord”", 3),
            ("Żłobek Łódź", 5),
        ]

    @pytest.mark.parametrize("turn", [0, 90, 180, 270, -90, 450])
    @pytest.mark.parametrize("crop", [None, (50, 100, 475, 700), (-50, -60, 2000, 2000)])
    def test_it_stands_at_the_lower_right_as_the_page_is_seen(
        self, turn: int, crop: tuple[int, ...] | None
    ) -> None:
        whole = with_line(sheet(Rotate=turn, CropBox=Array(crop or (0, 0, 595, 842))))
        for draw in pictures.ENGINES.values():
            picture = draw(whole, 2)
            width = picture.shape[1] / pictures.SCALE
            left, right, below, high = (part_ * width for part_ in ground(picture))
            assert left > width / 2
            assert (right, below, high) == pytest.approx((19.5, 10.1, 8.0), abs=1)
        assert read(whole, 2) == ["GGD · bladzijde 3 van de 3"] * 2

    @pytest.mark.parametrize(("width", "unit"), [(595, 1), (1190, 1), (2380, 1), (595, 4), (119, 10)])
    def test_it_grows_with_the_page(self, width: float, unit: int) -> None:
        whole = with_line(sheet(width, width * 1.4, UserUnit=unit))
        for draw in pictures.ENGINES.values():
            assert ground(draw(whole, 2))[1:] == pytest.approx((19.5 / 595, 10.1 / 595, 8 / 595), abs=0.01)

    @pytest.mark.parametrize("width", [40, 60, 150])
    def test_it_stays_on_a_page_as_small_as_a_stamp(self, width: float) -> None:
        whole = with_line(sheet(width, 40), "Gemeente Waterrijk")
        for draw in pictures.ENGINES.values():
            left, right, below, _ = ground(draw(whole, 2))
            assert min(left, right, below) > 0

    def test_a_long_name_is_shortened(self) -> None:
        whole = with_line(saved(with_content(b"")), "Stichting voor welzijn en wonen " * 3000)
        (first, second) = read(whole, 2)
        assert first == second
        assert re.fullmatch(r"Stichting voor welzijn .{80,160}… · bladzijde 3 van de 3", first)
        assert len(whole) < 100_000 + 2 * len(report())

    @pytest.mark.parametrize("name", ["مدرسة النور", "בית ספר", "مدرسة Noord 12"])
    def test_a_name_from_right_to_left_is_read(self, name: str) -> None:
        whole = with_line(saved(with_content(b"")), name)
        for text in read(whole, 2):
            # Readers disagree on the order of what stands between both directions.
            assert text.endswith("bladzijde 3 van de 3")
            assert all(word in text for word in name.split())

    def test_what_no_font_shows_stands_as_its_number(self) -> None:
        whole = with_line(saved(with_content(b"")), "市\u202e\tA\n")
        assert read(whole, 2) == ["[U+5E02][U+202E] A · bladzijde 3 van de 3"] * 2

    def test_each_font_is_held_once(self) -> None:
        sheets = [part(f"Partner {number}", sheet()) for number in range(9)]
        whole = with_pages(report(), sheets, heading="Achter", alternative=heard, place=placed)
        assert sum(key == "/FontFile2" for key, _ in entries(whole)) == 1


@pytest.fixture
def desk(tmp_path: Path, returned: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    for name in ("ggd.pdf", "sportclub.pdf"):
        (tmp_path / name).write_bytes((returned / name).read_bytes())
    monkeypatch.chdir(tmp_path)
    return tmp_path


def below(pdf: Path) -> list[str]:
    """Return what the outline calls the parts behind the report."""
    toc = outline_of(pdf.read_bytes())
    start = next((index for index, entry in enumerate(toc) if entry[1] == "Returned pages"), len(toc))
    return [title for _, title, _ in toc[start + 1 :]]


@pytest.mark.usefixtures("desk")
class TestMergeCommand:
    def merge(self, run: Run, *more: str) -> tuple[int, list[str]]:
        outcome = run("--lang", "en", "merge", *more, "--annex", "-o", "uit.pdf")
        assert outcome.out == ""
        return outcome.status, outcome.err.splitlines()

    def test_pages_stand_behind_the_report(self, run: Run, desk: Path) -> None:
        status, told = self.merge(run, "ggd.pdf", "sportclub.pdf")
        assert (status, told[0]) == (1, "Written: uit.pdf.")
        assert below(desk / "uit.pdf") == ["GGD", "Sportclub"]
        whole = (desk / "uit.pdf").read_bytes()
        with opened(whole) as document:
            assert len(document.pages) > 24
            first = len(document.pages) - 24
        assert_shows_the_same((desk / "ggd.pdf").read_bytes(), whole, first=first, above=LINE)
        check_with_qpdf(whole, desk)

    def test_a_complete_file_asks_for_nothing(self, run: Run) -> None:
        assert self.merge(run, "ggd.pdf") == (0, ["Written: uit.pdf."])

    def test_only_a_pdf_can_hold_them(self, run: Run, desk: Path) -> None:
        outcome = run("--lang", "en", "merge", "ggd.pdf", "--annex", "-o", "uit.md")
        assert outcome.status == 2
        assert outcome.err.splitlines()[0] == "Error: --annex goes with an output that ends in .pdf."
        assert not (desk / "uit.md").exists()

    def test_what_cannot_be_shown_is_told(self, run: Run, desk: Path) -> None:
        with pikepdf.open(desk / "sportclub.pdf") as pdf:
            pdf.save(desk / "slot.pdf", encryption=pikepdf.Encryption(owner="baas", user="sesam"))
        (desk / "brief.pdf").write_text("Geachte heer", encoding="utf-8")
        (desk / "leeg.zip").write_bytes(b"PK\x05\x06" + bytes(18))
        (desk / "school.xfdf").write_text(
            '<xfdf xmlns="http://ns.adobe.com/xfdf/"><fields><field name="Veld01"><value>a</value></field>'
            "</fields></xfdf>",
            encoding="utf-8",
        )
        status, told = self.merge(run, "ggd.pdf", "slot.pdf", "brief.pdf", "leeg.zip", "school.xfdf")
        assert status == 1
        assert below(desk / "uit.pdf") == ["GGD"]
        assert told[1:5] == [
            "slot.pdf: its pages do not stand behind the report: it needs a password.",
            "brief.pdf: its pages do not stand behind the report: it is damaged beyond repair.",
            "school.xfdf: its pages do not stand behind the report: it is form data without pages.",
            "leeg.zip: its pages do not stand behind the report: it could not be read.",
        ]

    def test_a_password_opens_them(self, run: Run, desk: Path) -> None:
        with pikepdf.open(desk / "ggd.pdf") as pdf:
            pdf.save(desk / "slot.pdf", encryption=pikepdf.Encryption(owner="baas", user="sesam"))
        assert self.merge(run, "slot.pdf", "--password", "sesam") == (0, ["Written: uit.pdf."])
        with pikepdf.open(desk / "uit.pdf") as document:
            assert not document.is_encrypted
        assert len(below(desk / "uit.pdf")) == 1

    def test_a_file_with_several_worksheets_stands_there_once(self, run: Run, desk: Path) -> None:
        with pikepdf.new() as whole, pikepdf.open("ggd.pdf") as one, pikepdf.open("sportclub.pdf") as other:
            whole.add_pages_from(one)
            whole.add_pages_from(other)
            whole.save(desk / "samen.pdf")
        _, told = self.merge(run, "samen.pdf")
        titles = below(desk / "uit.pdf")
        assert len(titles) == 1
        assert len(titles[0].split(", ")) == 2
        assert not [line for line in told if "behind the report" in line]

    def test_what_is_packed_is_found(self, run: Run, desk: Path) -> None:
        with zipfile.ZipFile(desk / "post.zip", "w") as packed:
            packed.write(desk / "ggd.pdf", "ggd.pdf")
        with pikepdf.new() as portfolio:
            portfolio.add_blank_page()
            portfolio.attachments["club.pdf"] = (desk / "sportclub.pdf").read_bytes()
            portfolio.save(desk / "map.pdf")
        _, told = self.merge(run, "post.zip", "map.pdf")
        assert below(desk / "uit.pdf") == ["ggd", "club"] or len(below(desk / "uit.pdf")) == 2
        assert not [line for line in told if "behind the report" in line]
        with pikepdf.open(desk / "uit.pdf") as document:
            assert [int(page.MediaBox[2]) for page in document.pages].count(612) == 0

    def test_what_was_replaced_does_not_stand_there(self, run: Run, desk: Path) -> None:
        (desk / "oud").mkdir()
        old = opened((desk / "sportclub.pdf").read_bytes())
        old.docinfo["/ModDate"] = "D:20200101000000Z"
        (desk / "oud" / "een.pdf").write_bytes(saved(old))
        (desk / "lijst.csv").write_text(
            "file;partner\noud/een.pdf;De club\nsportclub.pdf;De club\n", encoding="utf-8"
        )
        self.merge(run, "oud", "sportclub.pdf", "--partners", "lijst.csv")
        assert below(desk / "uit.pdf") == ["De club"]

    def test_a_file_that_two_partners_sent_stands_there_once(self, run: Run, desk: Path) -> None:
        (desk / "lijst.csv").write_text("file;partner\neen.pdf;De club\ntwee.pdf;De school\n", encoding="utf-8")
        for name in ("een.pdf", "twee.pdf"):
            (desk / name).write_bytes((desk / "sportclub.pdf").read_bytes())
        _, told = self.merge(run, "een.pdf", "twee.pdf", "--partners", "lijst.csv")
        assert below(desk / "uit.pdf") == ["De club, De school"]
        assert not [line for line in told if "behind the report" in line]

    def test_more_pages_than_are_shown_are_told(self, run: Run, desk: Path) -> None:
        with pikepdf.open(desk / "ggd.pdf") as pdf:
            for _ in range(MOST_PAGES):
                pdf.add_blank_page()
            pdf.save(desk / "dik.pdf")
        status, told = self.merge(run, "dik.pdf")
        assert status == 1
        assert told[1] == "dik.pdf: only the first 500 of its 512 pages stand behind the report."

    def test_answers_that_do_not_show_are_told(self, run: Run, desk: Path) -> None:
        with pikepdf.open(desk / "ggd.pdf") as pdf:
            box = Dictionary(
                Type=Name.Annot, Subtype=Name.FreeText, Rect=Array(BOX), Contents=String("Naast het veld")
            )
            pdf.pages[1].Annots.append(pdf.make_indirect(box))
            pdf.save(desk / "kaal.pdf")
        status, told = self.merge(run, "kaal.pdf")
        assert status == 1
        assert told[1] == (
            "kaal.pdf: 1 answer does not show on its pages: the program that saved it left out its picture."
            " The report has it."
        )


class TestAnnouncement:
    """What the report says of the pages behind it."""

    @pytest.fixture(name="whole")
    def whole_(self, returned: Path) -> bytes:
        files = [returned / "ggd.pdf", returned / "sportclub.pdf"]
        return veldpdf.merge(list(veldpdf.read_many(files)), annex=files, language="en").render(".pdf")

    def test_every_page_is_counted_in_one_count(self, whole: bytes) -> None:
        with opened(whole) as document:
            total = len(document.pages)
        for page in range(1, total):
            for reader in READERS:
                told = " ".join(reader(whole, page).split())
                assert re.findall(r"(?<!\w)page (\d+) of (\d+)", told) == [(str(page + 1), str(total))]
        owners = [read(whole, page)[0].partition(" · ")[0] for page in range(total - 24, total)]
        assert owners == ["GGD"] * 12 + ["Sportclub"] * 12

    def test_it_tells_where_the_pages_of_each_partner_begin(self, whole: bytes) -> None:
        firsts = [(title, page) for level, title, page in outline_of(whole) if level == 2][-2:]
        assert [title for title, _ in firsts] == ["GGD", "Sportclub"]
        last = firsts[0][1] - 2
        # Poppler reads the numbers as a column of their own.
        told = " ".join(by_pdfium(whole, last).split())
        assert all(f"{title} {page}" in told for title, page in firsts)

    def test_its_rows_lead_there(self, whole: bytes) -> None:
        with opened(whole) as document:
            numbers = {page.obj.objgen: number for number, page in enumerate(document.pages, start=1)}
            links = [
                (str(link.Contents), numbers[document.Root.Dests[str(link.Dest)][0].objgen])
                for page in document.pages
                for link in page.get("/Annots", [])
                if isinstance(link.Dest, Name)
            ]
        assert links == [(title, page) for level, title, page in outline_of(whole) if level == 2][-2:]

    def test_it_stays_accessible(self, returned: Path) -> None:
        merged = veldpdf.merge([veldpdf.read(returned / "ggd.pdf")], language="en")
        announced = rendered(merged.content, ".pdf", following=(Following("GGD", 1),))
        pages = stills_of(saved(with_content(DARK)))
        behind = [Part(title="GGD", data=pages.data, destination=destination_of(1))]
        whole = with_pages(announced, behind, heading="Achter", alternative=heard, place=placed)
        claim = problems(announced)
        # It does not call itself PDF/UA, for it cannot answer for the pages of others.
        assert [finding[:6] for finding in claim] == ["06-002"]
        assert problems(whole) == claim

    def test_without_pages_it_announces_none(self, returned: Path) -> None:
        submissions = [veldpdf.read(returned / "ggd.pdf")]
        other = (returned / "sportclub.pdf").read_bytes()
        with_none = veldpdf.merge(submissions, annex=[other], language="en").render(".pdf")
        assert with_none == veldpdf.merge(submissions, language="en").render(".pdf")


class TestPython:
    def test_files_are_known_by_what_is_in_them(self, returned: Path, tmp_path: Path) -> None:
        data = (returned / "sportclub.pdf").read_bytes()
        submissions = [veldpdf.read(returned / "ggd.pdf"), veldpdf.read(data)]
        merged = veldpdf.merge(submissions, annex=[str(returned / "ggd.pdf"), data], language="en")

        assert merged.write(tmp_path / "uit.pdf") == ()

        assert len(below(tmp_path / "uit.pdf")) == 2
        assert merged.render(".PDF") == (tmp_path / "uit.pdf").read_bytes()
        assert b"Returned pages" not in merged.render(".md")

    def test_a_file_that_was_not_given_is_told(self, returned: Path, tmp_path: Path) -> None:
        submissions = list(veldpdf.read_many([returned / "ggd.pdf", returned / "sportclub.pdf"]))
        merged = veldpdf.merge(submissions, annex=[returned / "ggd.pdf"], language="en")
        assert merged.write(tmp_path / "uit.pdf") == (
            "sportclub.pdf: its pages do not stand behind the report: the file that it was read from is not among"
            " those given.",
        )

    def test_without_files_nothing_stands_behind(self, returned: Path, tmp_path: Path) -> None:
        veldpdf.merge([veldpdf.read(returned / "ggd.pdf")], language="en").write(tmp_path / "uit.pdf")
        assert below(tmp_path / "uit.pdf") == []

    def test_form_fields_go(self) -> None:
        form = FormBuilder()
        form.text_field("Naam", "Jan", AP=Dictionary(N=picture_of(form.pdf)))
        assert "/FT" not in {key for key, _ in entries(stills_of(form.bytes()).data)}


@pytest.mark.parametrize("annex", ["weg.pdf", ["weg.pdf"], Path("weg.pdf")], ids=["a name", "a list", "a path"])
def test_a_file_for_the_annex_that_is_not_there_is_told_before_anything_is_made(annex: Any) -> None:
    with pytest.raises(veldpdf.InputError, match=r"weg\.pdf"):
        veldpdf.merge([], annex=annex)


def test_a_single_file_may_be_given_by_itself() -> None:
    source = Path(__file__).parent.parent / "samples" / "returned" / "ggd.pdf"
    submission = veldpdf.read(source)
    one = veldpdf.merge([submission], annex=str(source)).render(".pdf")
    assert one == veldpdf.merge([submission], annex=[source]).render(".pdf")
