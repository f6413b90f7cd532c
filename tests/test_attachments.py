"""Files inside a PDF: wherever a program put them, and however it named them."""

from __future__ import annotations

import io
import subprocess
import zlib
from collections.abc import Mapping
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.needs import need_program
from veldpdf.pdf import attachments
from veldpdf.pdf.attachments import EmbeddedFile, embedded_pdfs
from veldpdf.pdf.document import open_pdf

PDF = b"%PDF-1.7\n" + b"x" * 50


def cover() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    return pdf


def saved(pdf: pikepdf.Pdf, **settings: object) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, static_id=True, **settings)  # type: ignore[arg-type]  # pikepdf's own options
    return buffer.getvalue()


def found(data: bytes | pikepdf.Pdf) -> list[EmbeddedFile]:
    with open_pdf(data if isinstance(data, bytes) else saved(data)).pdf as pdf:
        return list(embedded_pdfs(pdf))


def specification(pdf: pikepdf.Pdf, data: bytes = PDF, **names: str) -> pikepdf.Object:
    """Return a file specification, called ``ggd.pdf`` unless names are given."""
    stream = pdf.make_stream(data, Type=Name.EmbeddedFile)
    made = pdf.make_indirect(Dictionary(Type=Name.Filespec, EF=Dictionary(F=stream)))
    for key, value in (names or {"UF": "ggd.pdf"}).items():
        made[f"/{key}"] = String(value)
    return made


def tree(pdf: pikepdf.Pdf, *specifications: pikepdf.Object) -> None:
    names = Array([item for one in specifications for item in (String("sleutel.pdf"), one)])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=names))


# What programs make


COMMANDS = {
    "qpdf": "qpdf leeg.pdf --add-attachment ggd.pdf -- uit.pdf",
    "poppler": "pdfattach leeg.pdf ggd.pdf uit.pdf",
    "pdftk": "pdftk leeg.pdf attach_files ggd.pdf output uit.pdf",
    "pdftk, on a page": "pdftk leeg.pdf attach_files ggd.pdf to_page 1 output uit.pdf",
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
def test_what_programs_attach_is_found(command: str, tmp_path: Path) -> None:
    arguments = command.split()
    need_program(arguments[0])
    worksheet = saved(cover())
    (tmp_path / "leeg.pdf").write_bytes(worksheet)
    (tmp_path / "ggd.pdf").write_bytes(worksheet)
    subprocess.run(arguments, cwd=tmp_path, check=True, capture_output=True)
    assert found((tmp_path / "uit.pdf").read_bytes()) == [EmbeddedFile("ggd.pdf", worksheet)]


def test_what_mupdf_attaches_is_found() -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        document.embfile_add("een", PDF, filename="één.pdf", ufilename="één.pdf")
        page.add_file_annot((50, 50), PDF + b"2", "twee.pdf")
        data = document.tobytes()
    assert found(data) == [EmbeddedFile("één.pdf", PDF), EmbeddedFile("twee.pdf", PDF + b"2")]


@pytest.mark.parametrize("revision", [4, 6])
def test_what_is_encrypted_with_an_empty_password_is_found(revision: int) -> None:
    pdf = cover()
    tree(pdf, specification(pdf))
    data = saved_encrypted(pdf, revision)
    assert found(data) == [EmbeddedFile("ggd.pdf", PDF)]


def saved_encrypted(pdf: pikepdf.Pdf, revision: int) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, encryption=pikepdf.Encryption(owner="o", user="", R=revision))  # type: ignore[arg-type]
    return buffer.getvalue()


# Where a file may hang


def test_a_tree_of_any_depth_is_read_in_order() -> None:
    pdf = cover()
    leaves = [
        pdf.make_indirect(
            Dictionary(Names=Array([String(f"{n}"), specification(pdf, PDF + b"%d" % n, UF=f"{n}.pdf")]))
        )
        for n in range(4)
    ]
    halves = [pdf.make_indirect(Dictionary(Kids=Array(leaves[at : at + 2]))) for at in (0, 2)]
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Kids=Array(halves)))
    assert [file.name for file in found(pdf)] == ["0.pdf", "1.pdf", "2.pdf", "3.pdf"]


def test_a_tree_that_holds_itself_ends() -> None:
    pdf = cover()
    node = pdf.make_indirect(Dictionary(Names=Array([String("a"), specification(pdf)])))
    node.Kids = Array([node, node])
    pdf.Root.Names = Dictionary(EmbeddedFiles=node)
    assert len(found(pdf)) == 1


def test_a_file_associated_with_document_or_page_is_found() -> None:
    pdf = cover()
    pdf.Root.AF = Array([specification(pdf, UF="document.pdf")])
    pdf.pages[0].obj.AF = Array([specification(pdf, UF="pagina.pdf")])
    assert [file.name for file in found(pdf)] == ["document.pdf", "pagina.pdf"]


def test_a_file_that_hangs_in_several_places_counts_once() -> None:
    pdf = cover()
    one = specification(pdf)
    tree(pdf, one, one)
    pdf.Root.AF = Array([one])
    assert found(pdf) == [EmbeddedFile("ggd.pdf", PDF)]


def test_a_paper_clip_counts_and_other_annotations_do_not() -> None:
    pdf = cover()
    clip = Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=specification(pdf))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, FS=specification(pdf, UF="niet.pdf"))
    pdf.pages[0].obj.Annots = Array([note, clip])
    assert found(pdf) == [EmbeddedFile("ggd.pdf", PDF)]


# What it is called


@pytest.mark.parametrize(
    ("entries", "name"),
    [
        pytest.param({"UF": "één €.pdf", "F": "een.pdf"}, "één €.pdf", id="the name in Unicode first"),
        pytest.param({"F": "een.pdf"}, "een.pdf", id="only the old name"),
        pytest.param({"DOS": "EEN.PDF"}, "EEN.PDF", id="only the name for DOS"),
        pytest.param({"UF": "/C/map/een.pdf"}, "een.pdf", id="with folders"),
        pytest.param({"UF": "C:\\map\\een.pdf"}, "een.pdf", id="with folders of Windows"),
        pytest.param({"UF": "../../een\n.pdf"}, "een.pdf", id="upwards"),
        pytest.param({"Desc": "niets"}, "sleutel.pdf", id="the key in the tree"),
        pytest.param({"UF": "map/"}, "attachment.pdf", id="no name at all"),
    ],
)
def test_a_name_is_a_label(entries: Mapping[str, str], name: str) -> None:
    pdf = cover()
    tree(pdf, specification(pdf, PDF, **entries))
    assert [file.name for file in found(pdf)] == [name]


# What it holds


def test_only_pdfs_are_handed_on_by_what_they_hold() -> None:
    pdf = cover()
    tree(
        pdf,
        specification(pdf, b"PK\x03\x04", UF="geen.pdf"),
        specification(pdf, PDF, UF="wel"),
        specification(pdf, b"", UF="leeg.pdf"),
    )
    assert found(pdf) == [EmbeddedFile("wel", PDF)]


def test_a_portfolio_in_a_portfolio_is_the_callers_to_open() -> None:
    inner = cover()
    tree(inner, specification(inner))
    outer = cover()
    tree(outer, specification(outer, saved(inner)))
    [file] = found(outer)
    assert found(file.data) == [EmbeddedFile("ggd.pdf", PDF)]


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(Array([]), id="an array"),
        pytest.param(String("tekst"), id="a string"),
        pytest.param(Dictionary(Names=Array([String("a"), 3, None, Dictionary()])), id="values that are none"),
        pytest.param(Dictionary(Names=Array([Dictionary(EF=Dictionary(F=3))])), id="no stream"),
        pytest.param(Dictionary(Kids=Array([1, String("x"), Dictionary(Kids=3)])), id="kids that are none"),
    ],
)
def test_what_is_broken_is_passed_over(broken: pikepdf.Object) -> None:
    pdf = cover()
    pdf.Root.Names = Dictionary(EmbeddedFiles=broken)
    pdf.Root.AF = Array([specification(pdf)])
    assert found(pdf) == [EmbeddedFile("ggd.pdf", PDF)]


def test_a_stream_that_does_not_unpack_is_passed_over() -> None:
    pdf = cover()
    bad = specification(pdf, UF="stuk.pdf")
    bad.EF.F.write(b"%PDF- geen deflate", filter=Name.FlateDecode)
    tree(pdf, bad, specification(pdf))
    assert found(pdf) == [EmbeddedFile("ggd.pdf", PDF)]


def test_a_stream_cut_off_gives_what_is_there() -> None:
    """Reading may still find the fields in it, and says that the file was damaged."""
    pdf = cover()
    cut = specification(pdf)
    cut.EF.F.write(zlib.compress(PDF)[:-8], filter=Name.FlateDecode)
    tree(pdf, cut)
    [file] = found(pdf)
    assert PDF.startswith(file.data)


@pytest.mark.parametrize(
    ("filters", "is_found"),
    [
        pytest.param([], True, id="as it is"),
        pytest.param(["/FlateDecode"], True, id="deflate"),
        pytest.param(["/ASCIIHexDecode", "/FlateDecode"], True, id="deflate as text"),
        pytest.param(["/FlateDecode", "/FlateDecode"], False, id="a bomb in a bomb"),
    ],
)
def test_what_is_packed_within_reason_is_unpacked(filters: list[str], is_found: bool) -> None:  # noqa: FBT001
    raw = PDF
    for name in reversed(filters):
        raw = zlib.compress(raw) if name == "/FlateDecode" else raw.hex().encode() + b">"
    pdf = cover()
    one = specification(pdf)
    one.EF.F.write(raw, filter=Array([Name(name) for name in filters]))
    tree(pdf, one)
    with open_pdf(
        saved(pdf, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    ).pdf as read:
        assert bool(list(embedded_pdfs(read))) is is_found


def test_a_file_larger_than_any_worksheet_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is lowered for the test: a real bomb would take a second to unpack."""
    monkeypatch.setattr(attachments, "_LARGEST", 1_000_000)
    pdf = cover()
    tree(pdf, specification(pdf, PDF + bytes(2_000_000)), specification(pdf))
    assert found(saved(pdf, compress_streams=True)) == [EmbeddedFile("ggd.pdf", PDF)]
