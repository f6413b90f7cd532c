"""Files that were made to harm: reading ends soon, in little memory, and never raises."""

from __future__ import annotations

import logging
import time
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Stream, String

import veldpdf
from veldpdf.model import Status
from veldpdf.pdf import reading
from veldpdf.pdf.filling import compiling
from veldpdf.pdf.inspecting import inspect_pdf

SECONDS = 5.0  # many times what any of them takes
ANSWER = "Een antwoord van een partner."
Hostile = Callable[[pikepdf.Pdf, pikepdf.Object], None]


def kids_that_are_their_own_kids(pdf: pikepdf.Pdf, _field: pikepdf.Object) -> None:
    kids = pdf.make_indirect(Array([]))
    kids.append(Dictionary(Kidz=kids))
    kids.append(Dictionary(Kidz=kids))
    pdf.Root.AcroForm.Fields.append(pdf.make_indirect(Dictionary(T=String("x"), Kidz=kids)))


def forms_in_forms(pdf: pikepdf.Pdf, field: pikepdf.Object) -> None:
    inner = pdf.make_stream(b"/X Do " * 3000, Type=Name.XObject, Subtype=Name.Form)
    inner.Resources = Dictionary(XObject=Dictionary(X=inner))
    field.AP = Dictionary(N=inner)


def a_value_of_lists_of_lists(pdf: pikepdf.Pdf, field: pikepdf.Object) -> None:
    value = pdf.make_indirect(Array([String("x"), String("y")]))
    for _ in range(40):
        value = pdf.make_indirect(Array([value, value]))
    field.V = value


def a_list_that_holds_itself(pdf: pikepdf.Pdf, field: pikepdf.Object) -> None:
    value = pdf.make_indirect(Array([]))
    value.append(value)
    field.V = value


def a_gigabyte_in_a_value(pdf: pikepdf.Pdf, field: pikepdf.Object) -> None:
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b"\0" * 10_000_000) for _ in range(20)) + packer.flush()
    bomb = Stream(pdf, zlib.compress(once, 9))
    bomb.Filter = Array([Name.FlateDecode, Name.FlateDecode])
    field.V = bomb


def an_endless_character_map(pdf: pikepdf.Pdf, field: pikepdf.Object) -> None:
    ranges = b"beginbfrange\n" + b"<00000000> <ffffffff> <0041>\n" * 3000 + b"endbfrange"
    font = Dictionary(Type=Name.Font, Subtype=Name.Type0, ToUnicode=pdf.make_stream(ranges))
    picture = pdf.make_stream(b"BT " + b"/F 1 Tf " * 5000 + b"(abc) Tj ET", Subtype=Name.Form)
    picture.Resources = Dictionary(Font=Dictionary(F=font))
    field.AP = Dictionary(N=picture)
    del field.V


def a_font_size_without_end(_pdf: pikepdf.Pdf, field: pikepdf.Object) -> None:
    field.DA = String("/Helv " + "9" * 400 + " Tf 0 g")


@pytest.mark.parametrize("text", ["<" * 100_000, "<![" * 50_000, "&#" + "9" * 5000 + ";"])
def test_formatted_text_may_be_anything(text: str, template: Path) -> None:
    with pikepdf.open(template) as pdf:
        pdf.Root.AcroForm.Fields[0].V = String(ANSWER)
        pdf.Root.AcroForm.Fields[0].RV = String(text)
        assert veldpdf.read(saved(pdf)).answers["Veld01"].text == ANSWER


def names_that_grow(pdf: pikepdf.Pdf, _field: pikepdf.Object) -> None:
    parent = pdf.make_indirect(Dictionary(T=String("n" * 100_000)))
    parent.Kids = Array(
        [pdf.make_indirect(Dictionary(T=String(str(i)), FT=Name.Tx, Parent=parent)) for i in range(3000)]
    )
    pdf.Root.AcroForm.Fields.append(parent)


def two_thousand_values(pdf: pikepdf.Pdf, field: pikepdf.Object) -> None:
    page = next(page for page in pdf.pages if "/Annots" in page)
    picture = pdf.make_stream(b"BT /F 1 Tf (" + b"abc" * 200 + b") Tj ET")
    page.Annots.extend(
        Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=field.T, V=String(f"{i} " * 100),
            Rect=Array([0, 0, 10, 10]), AP=Dictionary(N=picture),
        )
        for i in range(2000)
    )  # fmt: skip


def xfa_in_an_unknown_encoding(pdf: pikepdf.Pdf, _field: pikepdf.Object) -> None:
    pdf.Root.AcroForm.XFA = pdf.make_stream(b'<?xml version="1.0" encoding="nonsense"?><x/>')


def saved(pdf: pikepdf.Pdf) -> bytes:
    buffer = BytesIO()
    # As it was made: packed as it is packed, and keys by the name under which they become harmful.
    pdf.save(
        buffer,
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        compress_streams=False,
    )
    return buffer.getvalue().replace(b"/Kidz", b"/Kids")


@pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")
@pytest.mark.parametrize(
    "make",
    [
        kids_that_are_their_own_kids,
        forms_in_forms,
        a_value_of_lists_of_lists,
        a_list_that_holds_itself,
        a_gigabyte_in_a_value,
        an_endless_character_map,
        a_font_size_without_end,
        names_that_grow,
        two_thousand_values,
        xfa_in_an_unknown_encoding,
    ],
)
def test_reading_ends_and_the_other_answers_are_there(make: Hostile, template: Path) -> None:
    with pikepdf.open(template) as pdf:
        field, other = pdf.Root.AcroForm.Fields[0], pdf.Root.AcroForm.Fields[1]
        field.V, other.V = String(ANSWER), String(ANSWER)
        make(pdf, field)
        data = saved(pdf)
    begin = time.perf_counter()
    submission = veldpdf.read(data)
    veldpdf.check(submission)
    inspect_pdf(data, source="x.pdf", forms=())
    assert time.perf_counter() - begin < SECONDS
    assert submission.answers["Veld02"].text == ANSWER


def test_a_picture_inside_itself_is_a_picture() -> None:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        inner = pdf.make_stream(b"", Type=Name.XObject, Subtype=Name.Form)
        inner.Resources = Dictionary(XObject=Dictionary({f"/X{i}": inner for i in range(40)}))
        pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(X=inner))
        begin = time.perf_counter()
        assert veldpdf.read(saved(pdf)).status is Status.SCAN
        assert time.perf_counter() - begin < SECONDS


def test_what_nobody_thought_of_is_unreadable(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_pdf: pikepdf.Pdf) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(reading, "read_fields", fail)
    assert veldpdf.read(template).status is Status.UNREADABLE


def test_nothing_of_a_file_reaches_a_log(template: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Libraries log pieces of what they read, and answers are personal data."""
    data = veldpdf.Template.open().fill({"Veld01": "geheim"})
    with caplog.at_level(logging.DEBUG):
        veldpdf.read(data.replace(b"startxref\n", b"startxref\n9"))
        veldpdf.read(template.read_bytes()[:-200])
    assert "geheim" not in caplog.text
    assert caplog.records == []


def test_a_name_that_is_no_utf_8_is_read_as_latin_1(template: Path) -> None:
    with pikepdf.open(template) as pdf:
        pdf.Root.AcroForm.Fields[0].V = Name("/Noord-Oost")
        pdf.Root.AcroForm.Fields[1].FT = Name("/Tx-Oost")
        data = saved(pdf).replace(b"/Noord-Oost", b"/No\xf6rd-Oost").replace(b"/Tx-Oost", b"/T\xfe-Oost")
    submission = veldpdf.read(data)
    assert submission.answers["Veld01"].text == "Noörd-Oost"
    assert len(submission.answers) == 23


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\nendobj", b"%PDF-1.7\n1 0 obj endobj", b"%PDF-1.7\nobj endobj %%EOF obj"]
)
def test_a_file_of_next_to_nothing_is_unreadable(data: bytes) -> None:
    assert veldpdf.read(data).status is Status.UNREADABLE
    assert inspect_pdf(data, source="x.pdf", forms=()).status is Status.UNREADABLE


@pytest.mark.parametrize("nothing", [b"null", b"7777"])
def test_objects_that_hold_nothing_do_not_stop_filling(nothing: bytes, template: Path) -> None:
    with pikepdf.open(template) as pdf:
        pdf.Root.Leeg = pdf.make_indirect(Array([Name.Leeg]))
        data = saved(pdf).replace(b"[ /Leeg ]", nothing.ljust(9))
    assert veldpdf.read(veldpdf.Template.open(data).fill({"Veld01": ANSWER})).answers["Veld01"].text == ANSWER


def test_a_template_that_is_broken_in_an_unknown_way_is_an_error_of_ours(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(compiling, "compile_template", fail)
    with pytest.raises(veldpdf.TemplateError, match="damaged"):
        veldpdf.Template.open(template)


def test_a_file_of_more_pages_than_anybody_sends_is_not_gone_through() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.Root.Pages.Kids = Array([pdf.pages[0].obj] * 20_000)
    pdf.Root.Pages.Count = 20_000
    submission = veldpdf.read(saved(pdf))
    assert submission.status is Status.UNREADABLE
    assert submission.warnings == (
        "The file has 20000 pages; no more than 10000 are looked at. Ask the partner for the worksheet alone.",
    )
