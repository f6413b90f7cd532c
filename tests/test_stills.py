"""Hostile returned files behind a report: what they unpack to is bounded, and nothing that acts rides along."""

from __future__ import annotations

import base64
import copy
import io
import subprocess
import sys
import time
import zlib
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from tests import pictures
from veldpdf.pdf.measuring import UnshowableError
from veldpdf.pdf.stills import MOST_PAGES, Stills, stills_of

TOO_MUCH = "it unpacks to far more than a worksheet holds"
MEGABYTE = 1024 * 1024
DARK = b"0 g 100 600 200 100 re f\n"
MARK = b"/P <</MCID 0>> BDC EMC\n"
# Elsewhere it is counted in other units, or not at all.
NEEDS_MEMORY_MEASURE = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured on Linux")


def deflated(megabytes: int, filling: bytes = b" ") -> bytes:
    """Return so many megabytes, packed, without ever holding them."""
    packing = zlib.compressobj(9)
    step = (filling * MEGABYTE)[:MEGABYTE]
    return b"".join([*(packing.compress(step) for _ in range(megabytes)), packing.flush()])


def saved(pdf: Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True, compress_streams=False)
    return buffer.getvalue()


def opened(pdf: bytes) -> Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def with_content(content: bytes = DARK, **resources: Any) -> Pdf:
    """Return a file of one page."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(595, 842))
    page.Contents = pdf.make_stream(content)
    page.Resources = Dictionary(**resources)
    return pdf


def packed(pdf: Pdf, data: bytes, filters: Name | Array = Name.FlateDecode, **entries: Any) -> Stream:
    stream = pdf.make_stream(b"")
    stream.write(data, filter=filters)
    for key, value in entries.items():
        stream[f"/{key}"] = value
    return stream


def form(pdf: Pdf, content: bytes = DARK, **entries: Any) -> Stream:
    box = Array([0, 0, 595, 842])
    return pdf.make_stream(content, Type=Name.XObject, Subtype=Name.Form, BBox=box, **entries)


def image(pdf: Pdf, data: bytes, width: int = 1, height: int = 1) -> Stream:
    entries: dict[str, Any] = {
        "Width": width,
        "Height": height,
        "ColorSpace": Name.DeviceGray,
        "BitsPerComponent": 8,
    }
    return packed(pdf, data, Type=Name.XObject, Subtype=Name.Image, **entries)


def refused(data: bytes) -> str:
    with pytest.raises(UnshowableError) as told:
        stills_of(data)
    return str(told.value.reason)


def entries(pdf: bytes) -> str:
    """Return all objects of a file, streams apart, as they are written."""
    with opened(pdf) as document:
        return " ".join(
            obj.unparse(resolved=True).decode("latin-1")
            if not isinstance(obj, Stream)
            else obj.stream_dict.unparse(resolved=True).decode("latin-1")
            for obj in document.objects
        )


def ink(pdf: bytes, page: int = 0) -> list[float]:
    """Return how dark the place of the dark box is, for each engine."""
    draws = pictures.ENGINES.values()
    return [round(pictures.ink(pictures.inside(draw(pdf, page), (100, 600, 300, 700))), 1) for draw in draws]


def of_page(pdf: bytes) -> dict[str, Any]:
    """Return the boxes and settings of the first page."""
    with opened(pdf) as document:
        page = document.pages[0].obj
        return {
            key: [float(number) for number in value] if isinstance(value, Array) else float(value)
            for key, value in page.items()
            if key in ("/MediaBox", "/CropBox", "/Rotate", "/UserUnit")
        }


# Runs in a process of its own, for the most memory that a process ever took does not go down again.
_MEASURED = """
import resource, sys
from veldpdf.pdf.measuring import UnshowableError
from veldpdf.pdf.stills import stills_of
data = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    told = str(stills_of(data).count)
except UnshowableError as exc:
    told = str(exc.reason)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024, told, sep=chr(10))
"""


def megabytes_taken(data: bytes) -> tuple[int, str]:
    """Return how much memory a file took, and what came of it."""
    done = subprocess.run([sys.executable, "-c", _MEASURED], input=data, capture_output=True, check=True)
    taken, told = done.stdout.decode().splitlines()
    return int(taken), told


class TestSize:
    """What pages unpack to."""

    @NEEDS_MEMORY_MEASURE
    def test_a_bomb_in_the_contents_takes_no_memory(self) -> None:
        pdf = with_content()
        page = pdf.pages[0]
        page.Contents = Array([page.Contents, packed(pdf, deflated(1000))])
        data = saved(pdf)
        assert len(data) < 2 * MEGABYTE
        taken, told = megabytes_taken(data)
        assert told == TOO_MUCH
        assert taken < 150

    @pytest.mark.parametrize(
        "place", ["contents", "form", "pattern", "glyph", "appearance", "font", "layer", "shared"]
    )
    def test_a_bomb_is_told_wherever_it_lies(self, place: str) -> None:
        pdf = with_content()
        page = pdf.pages[0]
        # Fonts may be larger than what is drawn.
        bomb = deflated(300 if place == "font" else 100)
        lying = packed(pdf, bomb, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
        match place:
            case "contents":
                page.Contents = packed(pdf, bomb)
            case "form":
                page.Resources.XObject = Dictionary(
                    X=form(pdf, Resources=Dictionary(XObject=Dictionary(Y=lying)))
                )
            case "pattern":
                page.Resources.Pattern = Dictionary(P=packed(pdf, bomb, PatternType=1))
            case "glyph":
                page.Resources.Font = Dictionary(
                    F=Dictionary(Type=Name.Font, Subtype=Name.Type3, CharProcs=Dictionary(a=packed(pdf, bomb)))
                )
            case "appearance":
                box = Array([0, 0, 9, 9])
                page.Annots = Array([Dictionary(Subtype=Name.Stamp, Rect=box, AP=Dictionary(N=lying))])
            case "font":
                descriptor = Dictionary(Type=Name.FontDescriptor, FontFile2=packed(pdf, bomb))
                page.Resources.Font = Dictionary(F=Dictionary(Type=Name.Font, FontDescriptor=descriptor))
            case "layer":
                layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Laag"), Usage=lying))
                box = Array([0, 0, 9, 9])
                stamp = Dictionary(Subtype=Name.Stamp, Rect=box, AP=Dictionary(N=form(pdf)), OC=layer)
                page.Annots = Array([stamp])
            case _:
                page.Contents = packed(pdf, deflated(10))
                pdf.pages.extend([page] * 9)
        assert refused(saved(pdf)) == TOO_MUCH

    @pytest.mark.parametrize("kind", ["ascii", "lzw", "twice", "run_length"])
    def test_a_bomb_in_another_packing_is_told(self, kind: str) -> None:
        pdf = with_content()
        bomb = deflated(80)
        armoured = base64.a85encode(bomb) + b"~>"
        packings: dict[str, tuple[bytes, Name | Array]] = {
            "ascii": (armoured, Array([Name.ASCII85Decode, Name.FlateDecode])),
            "lzw": (bytes(100_000), Name.LZWDecode),
            "twice": (zlib.compress(bomb), Array([Name.FlateDecode, Name.FlateDecode])),
            "run_length": (b"\x81 " * 600_000 + b"\x80", Name.RunLengthDecode),
        }
        data, filters = packings[kind]
        pdf.pages[0].Contents = packed(pdf, data, filters)
        assert refused(saved(pdf)) == TOO_MUCH

    def test_honest_contents_in_other_packings_show(self) -> None:
        for data, filters in (
            (base64.a85encode(zlib.compress(DARK)) + b"~>", Array([Name.ASCII85Decode, Name.FlateDecode])),
            (zlib.compress(zlib.compress(DARK)), Array([Name.FlateDecode, Name.FlateDecode])),
            (DARK.hex().encode() + b">", Name.ASCIIHexDecode),
        ):
            pdf = with_content()
            pdf.pages[0].Contents = packed(pdf, data, filters)
            assert ink(stills_of(saved(pdf)).data) == [1.0, 1.0]

    def test_of_damaged_contents_what_came_before_the_damage_shows(self) -> None:
        pdf = with_content()
        packing = zlib.compressobj()
        sound = packing.compress(DARK + b"\n" * 100_000) + packing.flush(zlib.Z_FULL_FLUSH)
        pdf.pages[0].Contents = packed(pdf, sound + b"\xff" * 40_000)
        assert ink(stills_of(saved(pdf)).data) == [1.0, 1.0]

    def test_arrays_without_end_are_told(self) -> None:
        pdf = with_content()
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, Widths=Array([0] * 2_600_000))
        pdf.pages[0].Resources.Font = Dictionary(F=font)
        assert refused(saved(pdf)) == TOO_MUCH

    def test_contents_in_pieces_show_as_one(self) -> None:
        pdf = with_content()
        pieces = [b"0 g 100 600", b"200 100 re", b"f"]
        pdf.pages[0].Contents = Array([pdf.make_stream(piece) for piece in pieces])
        data = stills_of(saved(pdf)).data
        assert ink(data) == [1.0, 1.0]

    @pytest.mark.parametrize("streams", [1, 4])
    def test_marks_without_number_are_told_at_once(self, streams: int) -> None:
        pdf = with_content()
        marks = zlib.compress(MARK * (2_500_000 // streams))
        pdf.pages[0].Contents = Array([packed(pdf, marks) for _ in range(streams)])
        started = time.process_time()
        assert refused(saved(pdf)) == TOO_MUCH
        assert time.process_time() - started < 3

    def test_marks_behind_a_predictor_are_counted(self) -> None:
        pdf = with_content()
        row = MARK * 40
        # Each row is as the one above it (7.4.4.4: PNG Up), so that hardly an operator is to be seen.
        rows = b"\x02" + row + (b"\x02" + bytes(len(row))) * 50_000
        parameters = Dictionary(Predictor=12, Columns=len(row))
        pdf.pages[0].Contents = packed(pdf, zlib.compress(rows), DecodeParms=parameters)
        assert refused(saved(pdf)) == TOO_MUCH

    def test_a_picture_larger_than_any_scan_is_told(self) -> None:
        pdf = with_content(b"/I Do")
        pdf.pages[0].Resources.XObject = Dictionary(I=image(pdf, deflated(1), 20_000, 10_001))
        assert refused(saved(pdf)) == "a picture in it has more than 200 million pixels"

    def test_a_picture_that_holds_more_than_it_shows_is_told(self) -> None:
        pdf = with_content(b"/I Do")
        pdf.pages[0].Resources.XObject = Dictionary(I=image(pdf, deflated(200), 100, 100))
        assert refused(saved(pdf)) == TOO_MUCH

    @NEEDS_MEMORY_MEASURE
    def test_a_large_picture_is_copied_packed(self) -> None:
        pdf = with_content(b"/I Do")
        data = deflated(180)
        pdf.pages[0].Resources.XObject = Dictionary(I=image(pdf, data, 18_000, 10_000))
        whole = saved(pdf)
        assert megabytes_taken(whole)[1] == "1"
        assert megabytes_taken(whole)[0] < 150
        with opened(stills_of(whole).data) as document:
            (kept,) = [each for each in document.objects if isinstance(each, Stream) and "/Width" in each]
            assert kept.read_raw_bytes() == data

    def test_what_pages_do_not_draw_does_not_count(self) -> None:
        pdf = with_content()
        pdf.attachments["groot.txt"] = b"x"
        pdf.Root.Names.Hidden = packed(pdf, deflated(300))
        assert ink(stills_of(saved(pdf)).data) == [1.0, 1.0]


class TestPages:
    """How large pages are, which way up, and how many."""

    @pytest.mark.parametrize(
        ("turn", "kept"),
        [("90.0", 90), ("-90", 270), ("450", 90), ("360", None), ("45", None), ("90.5", None), ("(90)", None)],
    )
    def test_a_page_keeps_its_turn(self, turn: str, kept: int | None) -> None:
        pdf = with_content()
        pdf.Root.Pages.Rotate = Object.parse(turn.encode())
        assert of_page(stills_of(saved(pdf)).data).get("/Rotate") == kept

    @pytest.mark.parametrize(
        ("unit", "kept"),
        [("2", 2), ("2.5", 2.5), ("4.0", 4), ("1", None), ("0", None), ("-2", None), ("1000000", None)],
    )
    def test_a_page_keeps_its_unit(self, unit: str, kept: float | None) -> None:
        pdf = with_content()
        pdf.pages[0].UserUnit = Object.parse(unit.encode())
        data = saved(pdf)
        after = stills_of(data).data
        assert of_page(after).get("/UserUnit") == kept

    @pytest.mark.parametrize(
        ("media", "crop", "kept"),
        [
            ([0, 0, 1e9, 1e9], None, {"/MediaBox": [0, 0, 14400, 14400]}),
            ([-100, 50, 500, 1e9], None, {"/MediaBox": [-100, 50, 500, 14450]}),
            ([0, 0, 1e9, 1e9], [10, 20, 400, 800], {"/MediaBox": [10, 20, 400, 800]}),
            ([0, 0, 1e12, 1e12], None, {"/MediaBox": [0, 0, 612, 792]}),
            ([0, 0, 14400, 14400], None, {"/MediaBox": [0, 0, 14400, 14400]}),
            (
                [0, 0, 500, 800],
                [-9, -9, 1e9, 1e9],
                {"/MediaBox": [0, 0, 500, 800], "/CropBox": [0, 0, 500, 800]},
            ),
            ([0, 0, 500, 800], [600, 900, 700, 950], {"/MediaBox": [0, 0, 500, 800]}),
        ],
    )
    def test_no_page_is_larger_than_viewers_take(
        self, media: list[float], crop: list[float] | None, kept: dict[str, list[float]]
    ) -> None:
        pdf = with_content()
        pdf.pages[0].MediaBox = Array(media)
        if crop is not None:
            pdf.pages[0].CropBox = Array(crop)
        assert of_page(stills_of(saved(pdf)).data) == kept

    @pytest.mark.parametrize("is_same", [True, False])
    def test_many_pages_are_cut_off_before_anything_else(self, *, is_same: bool) -> None:
        pdf = with_content()
        page = pdf.pages[0]
        pdf.Root.Pages.MediaBox = page.MediaBox
        del page.MediaBox
        pages = [page.obj if is_same else pdf.make_indirect(copy.copy(page.obj)) for _ in range(9_999)]
        inner = pdf.make_indirect(
            Dictionary(Type=Name.Pages, Parent=pdf.Root.Pages, Kids=Array(pages), Count=9_999)
        )
        if not is_same:
            for each in pages:
                each.Parent = inner
        pdf.Root.Pages.Kids = Array([page.obj, inner])
        pdf.Root.Pages.Count = 10_000
        data = saved(pdf)
        started = time.process_time()
        stills = stills_of(data)
        assert time.process_time() - started < 4
        assert (stills.count, stills.total) == (MOST_PAGES, 10_000)
        assert ink(stills.data, MOST_PAGES - 1) == [1.0, 1.0]
        assert of_page(stills.data) == {"/MediaBox": [0, 0, 595, 842]}

    def test_an_encrypted_file_is_cut_off_too(self) -> None:
        pdf = with_content()
        pdf.pages.extend([pdf.pages[0]] * 4)
        buffer = io.BytesIO()
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="baas", user="sesam"))
        stills = stills_of(buffer.getvalue(), "sesam", most=2)
        assert (stills.count, stills.total, ink(stills.data, 1)) == (2, 5, [1.0, 1.0])


class TestRidingAlong:
    """Untyped actions and files in what pages draw with."""

    @pytest.mark.parametrize(
        "written",
        [
            "<</S/JavaScript/JS(app.alert(1))>>",
            "<</S/Launch/F(app.alert)>>",
            "<</S/URI/URI(app.alert)>>",
            "<</S/GoToR/F(app.alert)/D[0/Fit]>>",
            "<</S/SubmitForm/F<</FS/URL/F(app.alert)>>>>",
            "<</Type/Filespec/F(app.alert)>>",
            "<</F(app.alert)/EF<<>>>>",
            "<</Type/Action/S/Onbekend/X(app.alert)>>",
        ],
    )
    @pytest.mark.parametrize("place", ["state", "font", "deep", "group", "layer", "form", "unknown"])
    def test_what_can_act_goes_wherever_it_hangs(self, written: str, place: str) -> None:
        acting = Object.parse(written.encode())
        pdf = with_content(b"/X Do")
        resources = pdf.pages[0].Resources
        drawn = form(pdf)
        resources.XObject = Dictionary(X=drawn)
        match place:
            case "state":
                resources.ExtGState = Dictionary(G=Dictionary(LW=1, X=acting))
            case "font":
                resources.Font = Dictionary(F=Dictionary(Type=Name.Font, Subtype=Name.Type1, X=acting))
            case "deep":
                resources.ColorSpace = Dictionary(C=Array([Name.Lab, Dictionary(X=Array([Array([acting])]))]))
            case "group":
                drawn.Group = Dictionary(S=Name.Transparency, X=Array([pdf.make_indirect(acting)]))
            case "layer":
                layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Laag"), Usage=acting))
                resources.Properties = Dictionary(L=layer)
                pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary())
            case "form":
                drawn.X = acting
            case _:
                resources.Iets = Dictionary(X=acting)
        data = saved(pdf)
        assert "app.alert" in entries(data)
        stills = stills_of(data).data
        assert "app.alert" not in entries(stills)
        assert ink(stills) == [1.0, 1.0]

    def test_of_graphics_states_only_what_draws_stays(self) -> None:
        pdf = with_content(b"/G gs " + DARK)
        mask = Dictionary(S=Name.Luminosity, G=form(pdf, b"1 g 0 0 595 842 re f"))
        mask.G.Group = Dictionary(S=Name.Transparency, CS=Name.DeviceGray)
        pdf.pages[0].Resources.ExtGState = Dictionary(
            G=Dictionary(
                Type=Name.ExtGState, ca=1, SMask=mask, JS=String("app.alert(1)"), Hidden=String("geheim")
            )
        )
        stills = stills_of(saved(pdf)).data
        with opened(stills) as document:
            (state,) = [
                each.Resources.ExtGState.G
                for each in document.objects
                if isinstance(each, Stream) and "/ExtGState" in each.get("/Resources", Dictionary())
            ]
            assert set(state.keys()) == {"/Type", "/ca", "/SMask"}
            assert str(state.SMask.S) == "/Luminosity"
            assert str(state.SMask.G.Group.S) == "/Transparency"
        assert ink(stills) == [1.0, 1.0]

    def test_fonts_may_be_called_as_entries_are(self) -> None:
        names = ("/Resources", "/S", "/F", "/A", "/AA", "/EF", "/UF", "/JS", "/Type")
        pdf = with_content()
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        pdf.pages[0].Resources.Font = Dictionary(dict.fromkeys(names, pdf.make_indirect(font)))
        with opened(stills_of(saved(pdf)).data) as document:
            (fonts,) = [
                each.Resources.Font
                for each in document.objects
                if isinstance(each, Stream) and "/Font" in each.get("/Resources", Dictionary())
            ]
            assert {key: str(value.BaseFont) for key, value in fonts.items()} == dict.fromkeys(
                names, "/Helvetica"
            )

    def test_programs_for_printers_go(self) -> None:
        pdf = with_content(b"/X Do /F Do")
        program = pdf.make_stream(b"%!PS", Type=Name.XObject, Subtype=Name.PS)
        drawn = form(pdf, Subtype2=Name.PS, PS=program)
        pdf.pages[0].Resources.XObject = Dictionary(X=program, F=drawn)
        pdf.pages[0].Resources.ProcSet = Array(
            [Name.PDF, Dictionary(S=Name.JavaScript, JS=String("app.alert(9)"))]
        )
        stills = stills_of(saved(pdf)).data
        assert ink(stills) == [1.0, 1.0]
        assert not [key for key in ("/PS", "/Subtype2", "/ProcSet", "alert") if key in entries(stills)]

    def test_layers_keep_their_names_alone(self) -> None:
        pdf = with_content(b"/OC /L BDC " + DARK + b"EMC")
        usage = Dictionary(CreatorInfo=Dictionary(Creator=String("geheim"), Subtype=Name.Artwork))
        layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Laag"), Intent=Name.View, Usage=usage))
        loose = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Los"), Usage=usage))
        pdf.pages[0].Resources.Properties = Dictionary(L=layer, M=loose)
        pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
        stills = stills_of(saved(pdf)).data
        with opened(stills) as document:
            layers = [
                dict(each) for each in document.objects if isinstance(each, Dictionary) and "/Name" in each
            ]
            assert {str(each["/Name"]): sorted(each) for each in layers if each.get("/Type") == Name.OCG} == {
                "Laag": ["/Intent", "/Name", "/Type"],
                "Los": ["/Name", "/Type"],
            }
        assert "geheim" not in entries(stills)
        # MuPDF shows what its caller asks for; PDFium heeds the settings of the file.
        assert ink(stills)[0] == 0.0


def test_a_worksheet_is_far_below_the_limits(returned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit, part in (("_MOST_DRAWN", 20), ("_MOST_TOKENS", 20), ("_MOST_BESIDE", 20), ("_MOST_OBJECTS", 20)):
        whole = getattr(sys.modules[UnshowableError.__module__], limit)
        monkeypatch.setattr(f"veldpdf.pdf.measuring.{limit}", whole // part)
    for path in sorted(returned.glob("*.pdf")):
        assert isinstance(stills_of(path.read_bytes()), Stills)
