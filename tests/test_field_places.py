"""Where the fields of returned worksheets stand: what is told is where the picture of the page shows them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pikepdf
import pymupdf
import pytest
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageOps

from tests.forms import FormBuilder
from tests.printing.distortions import DISTORTIONS
from veldpdf.definition import load_form
from veldpdf.model import Origin
from veldpdf.pdf.field_places import FieldPlaces, Mark, field_places
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.geometry import WorksheetGeometry
from veldpdf.pdf.page_pictures import picture_of_page
from veldpdf.returned_file import ReadingOptions, known_geometries, read_bytes_of

FORM = load_form()


@cache
def known() -> Sequence[WorksheetGeometry]:
    return known_geometries(ReadingOptions(form=FORM))


@cache
def filled() -> bytes:
    return Template.open().fill({name: f"Ingevuld bij {name}." for name in FORM.names})


@cache
def printed() -> bytes:
    with pymupdf.open(stream=filled(), filetype="pdf") as document:
        document.bake()
        return bytes(document.tobytes(no_new_id=True))


def places(data: bytes, number: int = 1, *, has_printed: bool = False) -> FieldPlaces:
    return field_places(data, FORM, number=number, has_printed=has_printed, geometries=known)


def together(*parts: bytes) -> bytes:
    with pikepdf.new() as whole:
        for data in parts:
            with pikepdf.open(io.BytesIO(data)) as part:
                whole.add_pages_from(part)
        buffer = io.BytesIO()
        whole.save(buffer)
        return buffer.getvalue()


def pages_of(found: FieldPlaces) -> dict[str, int]:
    return {name: place.page for name, place in (found.fields or {}).items()}


def blackened(turned: int, crop: tuple[int, int, int, int] | None) -> bytes:
    """A page with one field, whose picture is black."""
    builder = FormBuilder(pages=2)
    field = builder.text_field("Veld01", "x")
    stream = builder.pdf.make_stream(b"0 0 495 50 re f")
    stream.Type, stream.Subtype, stream.BBox = Name.XObject, Name.Form, Array([0, 0, 495, 50])
    field.AP = Dictionary(N=stream)
    page = builder.pdf.pages[0].obj
    page.Rotate = turned
    if crop is not None:
        page.CropBox = Array(crop)
    return builder.bytes()


@pytest.mark.parametrize("crop", [None, (30, 40, 400, 830), (100, 780, 300, 842)])
@pytest.mark.parametrize("turned", [0, 90, 180, 270, -90])
def test_the_mark_of_a_field_is_where_the_picture_shows_it(
    turned: int, crop: tuple[int, int, int, int] | None
) -> None:
    data = blackened(turned, crop)
    found = places(data)
    place = found.place_of("Veld01")
    assert place is not None
    assert place.page == 1
    width, height = found.sizes[0]
    picture = Image.open(io.BytesIO(picture_of_page(data, 1, width=round(width)))).convert("L")
    assert abs(picture.height - height) <= 1
    box = ImageOps.invert(picture).point(lambda value: 255 * (value > 128)).getbbox()
    assert box is not None
    (mark,) = place.marks
    shown = (mark.x, mark.y, mark.x + mark.width, mark.y + mark.height)
    assert all(abs(one - other) <= 1.5 for one, other in zip(shown, box, strict=True)), (shown, box)


def test_a_field_outside_of_what_its_page_shows_has_a_page_and_no_mark() -> None:
    found = places(blackened(0, (0, 0, 200, 200)))
    place = found.place_of("Veld01")
    assert place is not None
    assert (place.page, place.marks) == (1, ())


def test_each_field_of_the_worksheet_stands_on_the_page_that_the_definition_tells() -> None:
    found = places(filled())
    assert pages_of(found) == {spec.name: spec.page for spec in FORM.fields}
    assert len(found.sizes) == 12
    assert all(len(place.marks) == 1 for place in (found.fields or {}).values())


def test_a_field_that_shows_several_times_is_marked_each_time_on_its_first_page() -> None:
    builder = FormBuilder(pages=2)
    kids = [builder.widget(page) for page in (0, 0, 1)]
    field = builder.dictionary(FT=Name.Tx, T=pikepdf.String("Veld01"), Kids=Array(kids))
    for kid in kids:
        kid.Parent = field
    builder.fields.append(field)
    place = places(builder.bytes()).place_of("Veld01")
    assert place is not None
    assert (place.page, place.marks) == (1, (Mark(50, 42, 495, 50), Mark(50, 102, 495, 50)))


def test_of_a_printed_copy_fields_stand_where_they_did() -> None:
    found = places(printed(), has_printed=True)
    assert pages_of(found) == {spec.name: spec.page for spec in FORM.fields}
    for name, place in (places(filled()).fields or {}).items():
        (there,), (here,) = place.marks, (found.fields or {})[name].marks
        assert abs(there.x - here.x) + abs(there.y - here.y) < 1, name
        assert abs(there.width - here.width) + abs(there.height - here.height) < 1, name


def test_without_leave_to_look_at_printed_pages_nothing_is_told_of_them() -> None:
    assert places(printed()).fields == {}


def test_of_a_copy_fitted_to_the_paper_the_marks_are_smaller() -> None:
    found = places(DISTORTIONS["scaled"](printed()), has_printed=True)
    whole = places(filled())
    for name in ("Veld01", "Veld07", "Veld19"):
        one, other = whole.place_of(name), found.place_of(name)
        assert one is not None
        assert other is not None
        assert abs(other.marks[0].width - 0.94 * one.marks[0].width) < 1
        width, height = whole.sizes[one.page - 1]
        assert abs(other.marks[0].x - (0.94 * one.marks[0].x + 0.03 * width)) < 1
        assert abs(other.marks[0].y - (0.94 * one.marks[0].y + 0.03 * height)) < 1


def test_with_two_pages_on_a_sheet_each_field_stands_on_its_half_of_it() -> None:
    data = DISTORTIONS["two a sheet"](printed())
    found = places(data, has_printed=True)
    assert pages_of(found) == {spec.name: (spec.page + 1) // 2 for spec in FORM.fields}
    for spec in FORM.fields:
        place = found.place_of(spec.name)
        assert place is not None
        (mark,) = place.marks
        _, height = found.sizes[place.page - 1]
        assert (mark.y + mark.height / 2 > height / 2) == (spec.page % 2 == 0), (spec, mark)


def without_page(data: bytes, number: int) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        del pdf.pages[number - 1]
        buffer = io.BytesIO()
        pdf.save(buffer)
        return buffer.getvalue()


def test_of_a_sheet_that_two_worksheets_share_nothing_is_told() -> None:
    """The last page of one and the first of the other: whose box is which, nobody knows."""
    both = together(without_page(printed(), 12), without_page(printed(), 1))
    data = DISTORTIONS["two a sheet"](both)
    first, second = (places(data, number, has_printed=True) for number in (1, 2))
    assert pages_of(first) == {spec.name: (spec.page + 1) // 2 for spec in FORM.fields if spec.page < 11}
    assert pages_of(second) == {spec.name: (spec.page + 11) // 2 for spec in FORM.fields if spec.page > 2}


def test_each_of_several_worksheets_in_a_file_has_its_own_pages() -> None:
    data = together(filled(), filled())
    assert pages_of(places(data, 1)) == {spec.name: spec.page for spec in FORM.fields}
    assert pages_of(places(data, 2)) == {spec.name: spec.page + 12 for spec in FORM.fields}
    assert pages_of(places(data, 3)) == {}
    assert pages_of(places(data, 0)) == {}


def test_worksheets_with_and_without_fields_are_counted_as_reading_counts_them() -> None:
    data = together(printed(), filled(), printed())
    for number in (1, 2, 3):
        expected = {spec.name: spec.page + 12 * (number - 1) for spec in FORM.fields}
        assert pages_of(places(data, number, has_printed=True)) == expected


def test_pages_of_a_worksheet_that_were_printed_go_with_the_rest_of_it() -> None:
    with pikepdf.open(io.BytesIO(filled())) as pdf, pikepdf.open(io.BytesIO(printed())) as copy:
        pdf.pages[4] = copy.pages[4]
        gone = {spec.name for spec in FORM.fields if spec.page == 5}
        fields = pdf.Root.AcroForm.Fields
        pdf.Root.AcroForm.Fields = Array([field for field in fields if str(field.T) not in gone])
        buffer = io.BytesIO()
        pdf.save(buffer)
    (submission,) = read_bytes_of(buffer.getvalue(), "x.pdf", ReadingOptions(form=FORM))
    assert submission.answers["Veld07"].origin is Origin.PAGE_TEXT
    found = places(buffer.getvalue(), has_printed=True)
    assert pages_of(found) == {spec.name: spec.page for spec in FORM.fields}


def test_the_same_file_gives_the_same_places() -> None:
    assert places(printed(), has_printed=True) == places(printed(), has_printed=True)


def test_of_what_cannot_be_opened_nothing_is_told(returned: Path) -> None:
    assert places(b"no PDF") == FieldPlaces()
    assert FieldPlaces().place_of("Veld01") is None
    locked = io.BytesIO()
    with pikepdf.open(returned / "ggd.pdf") as pdf:
        pdf.save(locked, encryption=pikepdf.Encryption(owner="o", user="u"))
    assert places(locked.getvalue()) == FieldPlaces()
    opened = field_places(locked.getvalue(), FORM, number=1, has_printed=False, password="u")
    assert len(opened.fields or {}) == 23


def test_boxes_and_rectangles_that_are_none_harm_nothing() -> None:
    builder = FormBuilder()
    builder.text_field("Veld01")
    builder.text_field("Veld02").Rect = Array([1, 2])
    builder.text_field("Veld03").Rect = Array([Name.X, 2, 3, 4])
    page = builder.pdf.pages[0].obj
    page.CropBox = Array([900, 900, 950, 950])
    page.Rotate = 45
    found = places(builder.bytes())
    assert found.sizes == ((595, 842),)
    assert found.place_of("Veld01") is not None
    assert [place.marks for name, place in (found.fields or {}).items() if name != "Veld01"] == [(), ()]
