"""Flattening: the pages show what the fields showed, and nothing of the form is left in the file."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pymupdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, Pdf, String

import veldpdf
from tests import pictures
from tests.forms import STRUCTURES, FormBuilder, merged
from tests.needs import need_program
from veldpdf.errors import TemplateError
from veldpdf.model import Status
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.flattening import flatten

ANSWER = "Eén antwoord: “samen” – €5, Łódź ☎"
DISABLED = pikepdf.ObjectStreamMode.disable
RED, BLUE = b"1 0 0 rg", b"0 0 1 rg"


def check_with_qpdf(pdf: bytes, folder: Path) -> None:
    """Fail unless qpdf finds nothing to say about a file."""
    need_program("qpdf")
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def opened(pdf: bytes, password: str = "") -> Pdf:
    return pikepdf.open(BytesIO(pdf), password=password)


def assert_shows_the_same(before: bytes, after: bytes) -> None:
    """Fail where a page looks different; MuPDF sets letters a hair apart when it draws them through a matrix."""
    with opened(before) as pdf:
        pages = len(pdf.pages)
    for draw in pictures.ENGINES.values():
        for page in range(pages):
            first, second = draw(before, page).astype(int), draw(after, page).astype(int)
            assert first.shape == second.shape
            assert np.abs(first - second).max() <= 40
            assert (first != second).mean() < 0.002


def objects(pdf: Pdf) -> Iterator[pikepdf.Object]:
    """Yield every dictionary and stream of a file, direct ones too."""
    waiting: list[object] = [pdf.trailer, *pdf.objects]
    while waiting:
        obj = waiting.pop()
        if isinstance(obj, pikepdf.Array):
            waiting += [item for item in obj if not getattr(item, "is_indirect", False)]
        elif isinstance(obj, pikepdf.Dictionary | pikepdf.Stream):
            yield obj
            waiting += [value for _, value in obj.items() if not getattr(value, "is_indirect", False)]


def forms_drawn(pdf: Pdf) -> list[pikepdf.Object]:
    """Return the form XObjects of a file."""
    return [obj for obj in objects(pdf) if obj.get("/Subtype") == Name.Form]


def assert_holds_no_form(pdf: bytes, password: str = "") -> None:
    with opened(pdf, password) as document:
        assert not {"/AcroForm", "/NeedsRendering", "/Perms"} & set(document.Root.keys())
        for obj in objects(document):
            assert obj.get("/Subtype") != Name.Widget
            assert not {"/FT", "/XFA", "/NeedAppearances"} & set(obj.keys())


def unpacked(pdf: bytes) -> bytes:
    """Return a file with nothing compressed."""
    buffer = BytesIO()
    with opened(pdf) as document:
        document.save(
            buffer,
            object_stream_mode=DISABLED,
            stream_decode_level=pikepdf.StreamDecodeLevel.all,
            compress_streams=False,
            static_id=True,
        )
    return buffer.getvalue()


def texts(pdf: bytes) -> list[str]:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        return [page.get_text() for page in document]


def drawn(pdf: bytes) -> bytes:
    """Return what stands at the end of the first page's contents."""
    with opened(pdf) as document:
        contents = document.pages[0].obj.Contents
        last = contents[len(contents) - 1] if isinstance(contents, Array) else contents
        return last.read_bytes()


def add_text(form: FormBuilder, name: str = "Naam", **entries: Any) -> pikepdf.Object:
    """Add a text field, with a picture unless it says otherwise."""
    made = form.text_field(name)
    for key, value in ({"AP": Dictionary(N=picture(form))} | entries).items():
        made[f"/{key}"] = value
    return made


def picture(form: FormBuilder, content: bytes = BLUE + b" 0 0 495 50 re f", **entries: Any) -> pikepdf.Object:
    """Return an appearance stream as large as the builder's widgets."""
    return form.pdf.make_stream(
        content, **{"Type": Name.XObject, "Subtype": Name.Form, "BBox": Array([0, 0, 495, 50]), **entries}
    )


def is_coloured(pdf: bytes, box: pictures.Box = (50, 750, 545, 800)) -> bool:
    """Return whether both engines draw something in a box; they must agree."""
    inks = {name: pictures.ink(pictures.inside(draw(pdf, 0), box)) for name, draw in pictures.ENGINES.items()}
    assert len({value > 0.5 for value in inks.values()}) == 1, inks
    return inks["pdfium"] > 0.5


# Fields that were filled


@pytest.fixture(scope="module")
def filled() -> bytes:
    template = Template.open()
    return template.fill({name: f"{name} {ANSWER}" for name in template.fields}, partner="GGD Waterrijk")


@pytest.fixture(scope="module")
def flat(filled: bytes) -> bytes:
    return flatten(filled)


def test_the_worksheet_shows_the_same_and_has_no_form(filled: bytes, flat: bytes, tmp_path: Path) -> None:
    assert_shows_the_same(filled, flat)
    assert_holds_no_form(flat)
    check_with_qpdf(flat, tmp_path)


def test_the_text_of_the_answers_is_text_of_the_pages(flat: bytes) -> None:
    text = "\n".join(texts(flat))
    assert [f"Veld{n:02}" for n in range(1, 30) if f"Veld{n:02} {ANSWER}" in text] == list(
        Template.open().fields
    )


def test_the_flattened_worksheet_reads_as_a_printed_one(filled: bytes, flat: bytes) -> None:
    submission = veldpdf.read(flat)
    assert submission.status is Status.RECOVERED
    assert {name: answer.text for name, answer in submission.answers.items()} == {
        name: answer.text for name, answer in veldpdf.read(filled).answers.items()
    }


def test_the_same_input_gives_the_same_bytes(filled: bytes, flat: bytes) -> None:
    assert flatten(filled) == flat


def test_a_file_without_a_form_shows_the_same(flat: bytes) -> None:
    assert [drawn(flatten(flat)), texts(flatten(flat))] == [drawn(flat), texts(flat)]


def test_the_hidden_name_of_the_partner_goes(filled: bytes, flat: bytes) -> None:
    assert b"GGD Waterrijk" in unpacked(filled)
    assert b"GGD Waterrijk" not in unpacked(flat)
    assert b"veldpdf_partner" not in unpacked(flat)


def test_a_former_value_is_nowhere_in_the_file() -> None:
    first = Template.open(merged({"Naam": "voorbeeld"}).bytes()).fill({"Naam": "geheim"})
    second = Template.open(first).fill({"Naam": "openbaar"})
    assert all(word in second for word in (b"(voorbeeld)", b"(geheim)", b"(openbaar)"))
    after = unpacked(flatten(second))
    assert [word in after for word in (b"voorbeeld", b"geheim", b"openbaar")] == [False, False, True]
    assert after.count(b"openbaar") == 1, "where it is drawn, and in no value"


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES.keys())
def test_every_structure_shows_the_same(
    structure: Callable[[Mapping[str, str]], FormBuilder], tmp_path: Path
) -> None:
    template = Template.open(structure({"Veld01": "oud", "Veld02": "ouder"}).bytes())
    before = template.fill({name: f"{name} {ANSWER}" for name in template.fields})
    after = flatten(before)
    assert_shows_the_same(before, after)
    assert_holds_no_form(after)
    check_with_qpdf(after, tmp_path)
    assert [f"{name} {ANSWER}" in texts(after)[0] for name in template.fields] == [True, True]


@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode))
def test_the_file_stays_of_its_own_kind(mode: pikepdf.ObjectStreamMode, tmp_path: Path) -> None:
    form = FormBuilder()
    add_text(form, V=String("x"), AP=Dictionary(N=picture(form)))
    after = flatten(form.bytes(object_stream_mode=mode))
    check_with_qpdf(after, tmp_path)
    assert (b"/ObjStm" in after) == (mode is pikepdf.ObjectStreamMode.generate)


# Where a picture goes


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
@pytest.mark.parametrize("page_turned", [0, 90, 180, 270, -90])
def test_turned_fields_on_turned_pages_show_the_same(turned: int, page_turned: int) -> None:
    form = FormBuilder()
    add_text(form, MK=Dictionary(R=turned, BC=Array([0])), Rect=Array([50, 400, 250, 700]))
    form.pdf.pages[0].obj.MediaBox = Array([0, 350, 300, 750])
    form.pdf.pages[0].obj.Rotate = page_turned
    form.pdf.pages[0].obj.UserUnit = 1.5
    before = Template.open(form.bytes()).fill({"Naam": "Een antwoord"})
    after = flatten(before)
    assert_shows_the_same(before, after)
    assert "Een antwoord" in texts(after)[0]
    with opened(after) as pdf:
        page = pdf.pages[0].obj
        assert (int(page.Rotate), float(page.UserUnit)) == (page_turned, 1.5)


@pytest.mark.parametrize("page_turned", [0, 90, 180, 270])
def test_a_picture_that_does_not_turn_with_the_page_stays_upright(page_turned: int) -> None:
    form = FormBuilder()
    look = picture(form, BLUE + b" 0 0 495 50 re f " + RED + b" 0 0 20 20 re f")
    add_text(form, AP=Dictionary(N=look), F=4 | 16, Rect=Array([300, 300, 420, 350]))
    form.pdf.Root.Pages.Rotatz = page_turned  # what pages inherit, qpdf would give them when it saves
    before = form.bytes(object_stream_mode=DISABLED).replace(b"/Rotatz", b"/Rotate")
    assert_shows_the_same(before, flatten(before))


def misplaced(first: pictures.Picture, second: pictures.Picture) -> float:
    """Return the share of pixels of one picture that none next to them has in the other.

    An edge may be smoothed another way, or be a pixel further, for its place was rounded elsewhere.
    """
    tone = 8
    shifts = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    around = np.stack([np.roll(first.astype(int), shift, axis=(0, 1)) for shift in shifts])
    second = second.astype(int)
    return float(((second < around.min(axis=0) - tone) | (second > around.max(axis=0) + tone)).mean())


coordinates = st.integers(min_value=-400, max_value=400)
factors = st.sampled_from([-2.5, -1.0, -0.3, 0.0, 0.01, 0.5, 1.0, 3.0])


@settings(max_examples=60)
@given(
    box=st.tuples(coordinates, coordinates, coordinates, coordinates),
    matrix=st.none() | st.tuples(factors, factors, factors, factors, coordinates, coordinates),
    rect=st.tuples(*[st.integers(min_value=-20, max_value=220)] * 4),
)
def test_any_picture_goes_where_viewers_put_it(
    box: tuple[int, ...], matrix: tuple[float, ...] | None, rect: tuple[int, ...]
) -> None:
    form = FormBuilder()
    form.pdf.pages[0].obj.MediaBox = Array([0, 0, 200, 200])
    left, bottom = min(box[::2]), min(box[1::2])
    width, height = max(box[::2]) - left, max(box[1::2]) - bottom
    content = BLUE + f" {left} {bottom} {width} {height} re f ".encode()
    content += RED + f" {left} {bottom} {width / 2} {height / 3} re f".encode()
    look = picture(form, content, BBox=Array(box))
    if matrix is not None:
        look.Matrix = Array(matrix)
    add_text(form, AP=Dictionary(N=look), Rect=Array(rect))
    after = flatten(form.bytes())
    a, b, c, d = matrix[:4] if matrix is not None else (1, 0, 0, 1)
    if not all((abs(a * d - b * c) > 0.001, width, height, rect[0] - rect[2], rect[1] - rect[3])):
        return  # a picture of no area is a line in some viewers
    for draw in pictures.ENGINES.values():
        assert misplaced(draw(form.bytes(), 0), draw(after, 0)) < 0.005


# Which widgets are seen, and in which state


def button(form: FormBuilder, states: Mapping[str, bytes], **entries: Any) -> pikepdf.Object:
    """Add a check box or a radio button with a picture for each state."""
    looks = {f"/{state}": picture(form, content) for state, content in states.items()}
    made = form.widget(FT=Name.Btn, AP=Dictionary(N=Dictionary(looks)), **entries)
    form.fields.append(made)
    return made


MARKED = BLUE + b" 0 0 495 50 re f"


@pytest.mark.parametrize(
    ("entries", "is_seen"),
    [
        pytest.param({"AS": Name.Ja, "V": Name.Ja}, True, id="on"),
        pytest.param({"AS": Name.Off}, False, id="off"),
        pytest.param({"AS": Name.Nee}, False, id="a state without a picture"),
        pytest.param({}, False, id="no state"),
        pytest.param({"AS": String("Ja")}, False, id="a state that is no name"),
    ],
)
def test_a_check_box_shows_the_state_that_it_is_in(entries: dict[str, Any], is_seen: bool) -> None:  # noqa: FBT001 - a parameter
    form = FormBuilder()
    button(form, {"Ja": MARKED}, T=String("Akkoord"), **entries)
    after = flatten(form.bytes())
    assert is_coloured(after) is is_seen
    assert_holds_no_form(after)


def test_the_picture_for_off_is_drawn_where_there_is_one() -> None:
    form = FormBuilder()
    button(form, {"Ja": b"", "Off": MARKED}, T=String("Akkoord"), AS=Name.Off)
    button(form, {"Ja": b"", "Off": MARKED}, T=String("Ook"))
    after = flatten(form.bytes())
    assert [is_coloured(after), is_coloured(after, (50, 690, 545, 740))] == [True, True]


def test_of_radio_buttons_the_chosen_one_is_marked() -> None:
    form = FormBuilder()
    field = form.dictionary(FT=Name.Btn, Ff=1 << 15, T=String("Keuze"), V=Name.B)
    field.Kids = Array(
        [
            button(form, {"A": MARKED, "Off": b""}, Parent=field, AS=Name.Off),
            button(form, {"B": MARKED, "Off": b""}, Parent=field, AS=Name.B),
        ]
    )
    form.fields.append(field)
    after = flatten(form.bytes())
    assert_shows_the_same(form.bytes(), after)
    assert [is_coloured(after), is_coloured(after, (50, 690, 545, 740))] == [False, True]


def test_a_state_whose_name_is_no_utf_8_is_found() -> None:
    form = FormBuilder()
    button(form, {"Jaxx": MARKED}, T=String("Akkoord"), AS=Name("/Jaxx"))
    data = form.bytes(object_stream_mode=DISABLED)
    assert data.count(b"/Jaxx") == 2
    assert is_coloured(flatten(data.replace(b"/Jaxx", b"/Ja\xebx")))


@pytest.mark.parametrize(
    ("flags", "is_seen"),
    [
        pytest.param(4, True, id="print"),
        pytest.param(0, True, id="not printed, but seen"),
        pytest.param(1, False, id="invisible"),
        pytest.param(2, False, id="hidden"),
        pytest.param(4 | 32, False, id="not viewed"),
        pytest.param(String("4"), True, id="flags that are no number"),
    ],
)
@pytest.mark.parametrize(
    "kind", [{"FT": Name.Tx}, {"FT": Name.Btn, "Ff": 1 << 16}], ids=["text", "push button"]
)
def test_what_is_seen_on_screen_is_drawn(kind: dict[str, Any], flags: object, is_seen: bool) -> None:  # noqa: FBT001 - a parameter
    form = FormBuilder()
    made = form.widget(T=String("Naam"), AP=Dictionary(N=picture(form)), **kind)
    made.F = flags
    form.fields.append(made)
    after = flatten(form.bytes())
    assert is_coloured(after) is is_seen
    assert_shows_the_same(form.bytes(), after)
    assert_holds_no_form(after)


def test_a_signature_keeps_its_picture_and_nothing_that_could_be_checked() -> None:
    form = FormBuilder()
    signature = form.dictionary(Type=Name.Sig, Contents=String("zegel"))
    made = form.widget(FT=Name.Sig, T=String("Handtekening"), V=signature, AP=Dictionary(N=picture(form)))
    form.fields.append(made)
    form.pdf.Root.AcroForm.SigFlags = 3
    form.pdf.Root.Perms = Dictionary(DocMDP=signature)
    after = flatten(form.bytes())
    assert is_coloured(after)
    assert_holds_no_form(after)
    assert b"zegel" not in unpacked(after)


@pytest.mark.parametrize(
    "breakage",
    [
        pytest.param({"Rect": Array([50, 750, 50, 800])}, id="no width"),
        pytest.param({"Rect": Array([1, 2, 3])}, id="three numbers"),
        pytest.param({"Rect": Name.Hier}, id="no rectangle"),
        pytest.param({"AP": Name.Nee}, id="no appearances"),
        pytest.param({"AP": Dictionary(N=5)}, id="no stream"),
        pytest.param({"AP": Dictionary(N=Dictionary(Off=Dictionary()))}, id="a state that is no stream"),
        pytest.param({"AP": Dictionary(D=Dictionary())}, id="only a picture for the mouse"),
    ],
)
def test_what_cannot_be_drawn_goes_and_the_rest_is_drawn(breakage: dict[str, Any], tmp_path: Path) -> None:
    form = FormBuilder()
    broken = add_text(form, "Kapot")
    for key, value in breakage.items():
        broken[f"/{key}"] = value
    add_text(form, "Heel")
    after = flatten(form.bytes())
    assert [is_coloured(after), is_coloured(after, (50, 690, 545, 740))] == [False, True]
    assert_holds_no_form(after)
    check_with_qpdf(after, tmp_path)


@pytest.mark.parametrize("key", ["/BBox", "/Matrix", "/Subtype", "/Type", "/Resources"])
@pytest.mark.parametrize("value", [b"", b"[1 2 /Drie]", b"/Nee"], ids=["missing", "array", "name"])
def test_a_picture_that_is_not_quite_a_form_xobject_is_drawn(key: str, value: bytes) -> None:
    form = FormBuilder()
    look = picture(form)
    if value:
        look[key] = pikepdf.Object.parse(value)
    elif key in look:
        del look[key]
    add_text(form, AP=Dictionary(N=look))
    after = flatten(form.bytes())
    assert is_coloured(after)
    with opened(after) as pdf:
        (drawn_by,) = forms_drawn(pdf)
        assert len(drawn_by.BBox) == 4


def test_nulls_and_direct_dictionaries_among_the_annotations_do_no_harm() -> None:
    form = FormBuilder()
    add_text(form)
    annotations = form.pdf.pages[0].obj.Annots
    annotations.insert(0, None)
    annotations.append(5)
    annotations.append(
        Dictionary(Subtype=Name.Widget, Rect=Array([50, 600, 545, 650]), AP=Dictionary(N=picture(form)))
    )
    annotations.append(Dictionary(FT=Name.Tx, T=String("zonder soort"), Rect=Array([50, 500, 545, 550])))
    annotations.append(Dictionary(FT=Name.Tx, T=String("van een andere soort"), Subtype=Name.Tekst))
    after = flatten(form.bytes())
    assert [is_coloured(after), is_coloured(after, (50, 600, 545, 650))] == [True, True]
    assert_holds_no_form(after)
    with opened(after) as pdf:
        assert "/Annots" not in pdf.pages[0].obj


@pytest.mark.parametrize("junk", [Name.Nee, Dictionary(), 5])
def test_annotations_that_are_no_list_do_no_harm(junk: object) -> None:
    form = FormBuilder(pages=2)
    add_text(form)
    form.pdf.pages[1].obj.Annots = junk
    assert is_coloured(flatten(form.bytes()))


def test_widgets_that_share_a_picture_share_it_still() -> None:
    form = FormBuilder()
    look = picture(form)
    for name in "abc":
        add_text(form, name, AP=Dictionary(N=look))
    after = flatten(form.bytes())
    assert_shows_the_same(form.bytes(), after)
    with opened(after) as pdf:
        assert len(forms_drawn(pdf)) == 1
    assert drawn(after).count(b"/Veldpdf1 Do") == 3


# Resources


def test_names_that_are_taken_and_pages_that_share_their_resources() -> None:
    """Of three pages the first two share one dictionary; the third inherits another."""
    form = FormBuilder(pages=3)
    other = picture(form, RED + b" 0 0 495 50 re f")
    shared = form.dictionary(XObject=form.dictionary(Veldpdf1=other), Font=Dictionary(F=form.font))
    for page in (0, 1):
        form.pdf.pages[page].obj.Resources = shared
        form.pdf.pages[page].obj.Contents = form.pdf.make_stream(b"q 1 0 0 1 50 100 cm /Veldpdf1 Do Q")
    del form.pdf.pages[2].obj["/Resources"]
    # qpdf gives every page what it inherits when it saves; under another name it does not.
    form.pdf.Root.Pages.Resourcez = Dictionary(XObject=Dictionary(Veldpdf2=other))
    form.pdf.pages[2].obj.Contents = form.pdf.make_stream(b"q 1 0 0 1 50 100 cm /Veldpdf2 Do Q")
    for page in (0, 2):
        made = form.widget(page, FT=Name.Tx, T=String(str(page)), AP=Dictionary(N=picture(form)))
        form.fields.append(made)
    before = form.bytes(object_stream_mode=DISABLED).replace(b"/Resourcez", b"/Resources")
    after = flatten(before)
    assert_shows_the_same(before, after)
    with opened(after) as pdf:
        names = [set(page.resources.XObject.keys()) for page in pdf.pages]
        assert names == [{"/Veldpdf1", "/Veldpdf2"}, {"/Veldpdf1"}, {"/Veldpdf1", "/Veldpdf2"}]
        assert set(pdf.pages[0].obj.Resources.keys()) == {"/XObject", "/Font"}


TEXT = b"BT /Helv 30 Tf 0 g 5 10 Td (Hallo) Tj ET"


def courier(form: FormBuilder) -> pikepdf.Object:
    """Make the form's font one that no viewer takes for want of another."""
    form.font.BaseFont = Name.Courier
    return form.font


@pytest.mark.parametrize(
    "resources",
    [
        pytest.param(None, id="none"),
        pytest.param(Dictionary(), id="empty"),
        pytest.param(Dictionary(ProcSet=Array([Name.PDF]), Font=Dictionary()), id="without the font"),
    ],
)
def test_a_font_that_only_the_form_had_is_kept(resources: pikepdf.Dictionary | None) -> None:
    form = FormBuilder()
    courier(form)
    look = picture(form, TEXT)
    if resources is not None:
        look.Resources = resources
    add_text(form, AP=Dictionary(N=look))
    complete = FormBuilder()
    sound = picture(complete, TEXT, Resources=Dictionary(Font=Dictionary(Helv=courier(complete))))
    add_text(complete, AP=Dictionary(N=sound))
    after = flatten(form.bytes())
    assert_shows_the_same(complete.bytes(), after)
    with opened(after) as pdf:
        (drawn_by,) = forms_drawn(pdf)
        assert drawn_by.Resources.Font.Helv.BaseFont == Name.Courier


def test_a_font_that_a_picture_has_itself_is_not_replaced() -> None:
    form = FormBuilder()
    times = form.dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name("/Times-Roman"))
    resources = Dictionary(Font=Dictionary(Helv=times))
    add_text(form, AP=Dictionary(N=picture(form, TEXT, Resources=resources)))
    after = flatten(form.bytes())
    assert_shows_the_same(form.bytes(), after)
    with opened(after) as pdf:
        fonts = [obj.BaseFont for obj in objects(pdf) if obj.get("/Type") == Name.Font]
        assert fonts == [Name("/Times-Roman")]


def test_a_picture_in_a_picture_gets_the_forms_font_too() -> None:
    """As signatures are drawn."""
    form = FormBuilder()
    courier(form)
    inner = picture(form, TEXT)
    resources = Dictionary(XObject=Dictionary(FRM=inner))
    add_text(form, AP=Dictionary(N=picture(form, b"q /FRM Do Q", Resources=resources)))
    after = flatten(form.bytes())
    with opened(after) as pdf:
        fonts = [obj.Resources.get("/Font") for obj in forms_drawn(pdf)]
        assert [font.Helv.BaseFont for font in fonts if font is not None] == [Name.Courier]
    assert "Hallo" in texts(after)[0]


def test_a_picture_that_the_page_draws_as_well_is_changed_in_a_copy() -> None:
    form = FormBuilder()
    look = picture(form, TEXT)
    add_text(form, AP=Dictionary(N=look))
    form.pdf.pages[0].obj.Resources = Dictionary(XObject=Dictionary(Eigen=look))
    form.pdf.pages[0].obj.Contents = form.pdf.make_stream(b"/Eigen Do")
    with opened(flatten(form.bytes())) as pdf:
        xobjects = pdf.pages[0].obj.Resources.XObject
        assert "/Resources" not in xobjects.Eigen
        assert "/Helv" in xobjects.Veldpdf1.Resources.Font


# Contents


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param([b"q 2 0 0 2 90 90 cm q 0 0 1 RG"], id="states left open"),
        pytest.param([b"q 1 0 0 1 9 9 cm Q Q Q 2 0 0 2 50 50 cm 0 0 20 20 re f"], id="states closed too often"),
        pytest.param([b"Q q 1 0 0 1 5 5 cm", b"0 0 20 20 re f Q", b"Q 0 30 20 20 re f"], id="several streams"),
        pytest.param([b"q 0 0 10 10 re W n", None, b"/Artifact BMC"], id="a clip and a mark left open"),
        pytest.param([b"BT 1 0 0 1 90 90 Tm 3 Tr"], id="text left open"),
        pytest.param([b"/OC /Uit BDC q 0 0 9 9 re f"], id="a hidden layer left open"),
        pytest.param([b"(q q q) Tj % q q\n/X <</q [/q (q)]>> DP"], id="words that are no operators"),
        pytest.param([b"0 0 20 20 re f"], id="sound"),
        pytest.param([], id="an empty list"),
        pytest.param(None, id="none"),
    ],
)
def test_whatever_the_contents_leave_behind_does_not_move_the_field(
    contents: list[bytes | None] | None, tmp_path: Path
) -> None:
    form = FormBuilder()
    page = form.pdf.pages[0].obj
    layer = form.dictionary(Type=Name.OCG, Name=String("Uit"))
    form.pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=Dictionary(OFF=Array([layer])))
    page.Resources = Dictionary(Properties=Dictionary(Uit=layer))
    if contents is None:
        del page["/Contents"]
    else:
        page.Contents = Array([part if part is None else form.pdf.make_stream(part) for part in contents])
    add_text(form)
    after = flatten(form.bytes())
    assert is_coloured(after)
    assert_shows_the_same(form.bytes(), after)
    check_with_qpdf(after, tmp_path)


def test_what_the_contents_leave_open_is_closed() -> None:
    form = FormBuilder()
    form.pdf.pages[0].obj.Contents = form.pdf.make_stream(b"q /Artifact BMC q BT")
    add_text(form)
    assert drawn(flatten(form.bytes())).startswith(b"\nET\nEMC\nQ\nQ\nQ\nq\n1 0 0 1 50 750 cm")


@pytest.mark.parametrize("broken", [b"q [(x) >> Q q 9 <<] /X Do", b"/P <</MCID q>> BDC"])
def test_contents_that_are_no_contents_do_no_harm(broken: bytes) -> None:
    form = FormBuilder()
    form.pdf.pages[0].obj.Contents = form.pdf.make_stream(broken + b"\n")
    add_text(form)
    assert is_coloured(flatten(form.bytes()))


def test_contents_that_two_pages_share_change_on_one() -> None:
    form = FormBuilder(pages=2)
    streams = form.pdf.make_indirect(Array([form.pdf.make_stream(b"0 0 20 20 re f")]))
    for page in form.pdf.pages:
        page.obj.Contents = streams
    add_text(form)
    after = flatten(form.bytes())
    assert_shows_the_same(form.bytes(), after)
    with opened(after) as pdf:
        assert [len(page.obj.Contents) for page in pdf.pages] == [3, 1]


def test_contents_that_cannot_be_unpacked_stay_as_they_are() -> None:
    """MuPDF shows nothing behind them; PDFium does."""
    form = FormBuilder()
    form.pdf.pages[0].obj.Contents = form.pdf.make_stream(b"niet ingepakt", Filter=Name.FlateDecode)
    add_text(form)
    before = form.bytes(stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert (pictures.with_pdfium(flatten(before), 0) == pictures.with_pdfium(before, 0)).all()


# Layers


def layered(form: FormBuilder, *, is_on: bool) -> pikepdf.Object:
    """Add a layer to a form."""
    layer = form.dictionary(Type=Name.OCG, Name=String("Laag"))
    shown = Dictionary(OFF=Array([] if is_on else [layer]), Order=Array([layer]))
    form.pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=shown)
    return layer


@pytest.mark.parametrize("is_on", [True, False])
@pytest.mark.parametrize("by_membership", [True, False])
def test_a_layer_shows_and_hides_what_it_did(is_on: bool, by_membership: bool) -> None:  # noqa: FBT001 - parameters
    form = FormBuilder()
    layer = layered(form, is_on=is_on)
    # A membership dictionary need not be an object of its own.
    member: pikepdf.Object = Dictionary(Type=Name.OCMD, OCGs=layer) if by_membership else layer
    add_text(form, OC=member)
    add_text(form, "Altijd")
    after = flatten(form.bytes())
    assert [is_coloured(after), is_coloured(after, (50, 690, 545, 740))] == [is_on, True]
    assert b"/OC /Veldpdf1 BDC\nq\n1 0 0 1 50 750 cm\n/Veldpdf1 Do\nQ\nEMC\nq" in drawn(after)


# What is no field


def test_other_annotations_stay_in_their_order() -> None:
    form = FormBuilder(pages=2)
    page = form.pdf.pages[0].obj
    page.Tabs = Name.S
    for number in range(3):
        add_text(form, f"Veld{number}")
    link, note, popup = (
        form.dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=Array([0, 0, 9, 9]), NM=String(kind))
        for kind in ("Link", "Text", "Popup")
    )
    note.Popup, popup.Parent = popup, note
    page.Annots.insert(1, link)
    page.Annots.insert(3, note)
    page.Annots.append(popup)
    form.pdf.pages[1].obj.Annots = form.pdf.make_indirect(Array([link, None]))
    with opened(flatten(form.bytes())) as pdf:
        first, second = (page.obj for page in pdf.pages)
        assert [str(annotation.NM) for annotation in first.Annots] == ["Link", "Text", "Popup"]
        assert first.Annots[1].Popup.objgen == first.Annots[2].objgen
        assert first.Tabs == Name.S
        assert len(second.Annots) == 2, "a page without fields stays as it is"


def test_nothing_reaches_a_field_by_another_way() -> None:
    """A link that resets the form refers to its fields."""
    form = FormBuilder()
    field = add_text(form, V=String("geheim"))
    reset = Dictionary(S=Name.ResetForm, Fields=Array([field]))
    link = form.dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=reset)
    form.pdf.pages[0].obj.Annots.append(link)
    after = flatten(form.bytes())
    assert_holds_no_form(after)
    assert b"geheim" not in unpacked(after)
    with opened(after) as pdf:
        assert str(pdf.pages[0].obj.Annots[0].A.S) == "/ResetForm"


def test_a_page_that_a_field_takes_for_its_parent_stays() -> None:
    form = FormBuilder()
    add_text(form, Parent=form.pdf.pages[0].obj)
    form.pdf.Root.AcroForm.Fields = (
        Array()
    )  # so that the field is found on the page, and its parents from there
    after = flatten(form.bytes())
    assert_shows_the_same(form.bytes(), after)
    assert_holds_no_form(after)


def script(**entries: Any) -> pikepdf.Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("reken()"), **entries)


def test_scripts_of_the_document_and_its_pages_go_and_other_actions_stay() -> None:
    form = FormBuilder()
    add_text(form)
    page = form.pdf.pages[0].obj
    jump = form.dictionary(S=Name.GoTo, D=Array([page, Name.Fit]))
    jump.Next = Array([script(), form.dictionary(S=Name.Named, N=Name.LastPage, Next=script()), jump])
    form.pdf.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("rekenen"), script()])), Dests=Dictionary(Names=Array())
    )
    form.pdf.Root.OpenAction = jump
    form.pdf.Root.AA = Dictionary(WP=script())
    page.AA = Dictionary(O=script(), C=jump)
    link = form.dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=script())
    page.Annots.append(link)
    with opened(flatten(form.bytes())) as pdf:
        root, flat_page = pdf.Root, pdf.pages[0].obj
        assert list(root.Names.keys()) == ["/Dests"]
        assert [sorted(action.keys()) for action in root.OpenAction.Next] == [
            ["/N", "/S"],
            ["/D", "/Next", "/S"],
        ]
        assert "/AA" not in root
        assert list(flat_page.AA.keys()) == ["/C"]
        assert "/JS" in flat_page.Annots[0].A, "annotations stay as they are"


@pytest.mark.parametrize(
    ("action", "stays"),
    [
        pytest.param(script(), False, id="a script"),
        pytest.param(script(Next=Dictionary(S=Name.Named, N=Name.LastPage)), False, id="a script and more"),
        pytest.param(Dictionary(S=Name.Named, N=Name.LastPage), True, id="another action"),
        pytest.param(Array([0, Name.Fit]), True, id="a destination"),
        pytest.param(String("hoofdstuk 1"), True, id="a named destination"),
    ],
)
def test_only_scripts_are_taken_from_what_opening_does(action: pikepdf.Object, stays: bool) -> None:  # noqa: FBT001 - a parameter
    form = FormBuilder()
    form.pdf.Root.OpenAction = action
    form.pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("x"), script()])))
    with opened(flatten(form.bytes())) as pdf:
        assert ("/OpenAction" in pdf.Root) is stays
        assert "/Names" not in pdf.Root
    assert stays or b"reken" not in unpacked(flatten(form.bytes()))


def test_what_marks_the_form_goes_with_it() -> None:
    form = FormBuilder()
    add_text(form)
    form.pdf.Root.AcroForm.XFA = Array([String("datasets"), form.pdf.make_stream(b"<geheim/>")])
    form.pdf.Root.AcroForm.NeedAppearances = True
    form.pdf.Root.NeedsRendering = True
    after = flatten(form.bytes())
    assert_holds_no_form(after)
    assert b"geheim" not in unpacked(after)
    assert is_coloured(after)


# Tagged files


class Tagged:
    """A tagged form: a heading as marked content, a link, and fields, each in its place of the tree."""

    def __init__(self, pages: int = 1) -> None:
        self.form = FormBuilder(pages)
        pdf = self.form.pdf
        self.page = pdf.pages[0].obj
        self.root = self.form.dictionary(Type=Name.StructTreeRoot)
        self.document = self.element(Name.Document, self.root)
        self.root.K = self.document
        heading = self.element(Name.H1, self.document, Pg=self.page, K=0)
        self.page.StructParents = 0
        self.page.Contents = pdf.make_stream(b"/H1 <</MCID 0>> BDC BT /F 12 Tf 50 20 Td (Kop) Tj ET EMC")
        self.page.Resources = Dictionary(Font=Dictionary(F=self.form.font))
        self.parents: dict[int, pikepdf.Object] = {0: Array([heading])}
        pdf.Root.StructTreeRoot = self.root
        pdf.Root.MarkInfo = Dictionary(Marked=True)
        pdf.Root.Lang = String("nl")
        self.link = self.form.dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), StructParent=1
        )
        self.page.Annots = Array([self.link])
        about_link = self.element(Name.Link, self.document, Pg=self.page)
        about_link.K = Dictionary(Type=Name.OBJR, Obj=self.link)
        self.parents[1] = about_link

    def element(self, kind: Name, parent: pikepdf.Object, **entries: Any) -> pikepdf.Object:
        made = self.form.dictionary(Type=Name.StructElem, S=kind, P=parent, **entries)
        if "/K" not in parent and parent is not self.root:
            parent.K = Array()
        if parent is not self.root:
            parent.K.append(made)
        return made

    def field(
        self, name: str, *, page: int = 0, key: int, **entries: Any
    ) -> tuple[pikepdf.Object, pikepdf.Object]:
        """Add a text field that says its name; return it, and its structure element."""
        fonts = Dictionary(Font=Dictionary(Helv=self.form.font))
        look = picture(self.form, TEXT.replace(b"Hallo", name.encode()), Resources=fonts)
        entries = {"FT": Name.Tx, "AP": Dictionary(N=look), "T": String(name), **entries}
        made = self.form.widget(page, StructParent=key, **entries)
        self.form.fields.append(made)
        element = self.element(Name.Form, self.document, Pg=self.form.pdf.pages[page].obj)
        element.K = Dictionary(Type=Name.OBJR, Obj=made)
        self.parents[key] = element
        return made, element

    def bytes(self) -> bytes:
        """Return the file, its parent tree in two halves (7.9.7)."""
        keys = sorted(self.parents)
        halves = [keys[: len(keys) // 2], keys[len(keys) // 2 :]]
        kids = [
            self.form.dictionary(
                Nums=Array([part for key in half for part in (key, self.parents[key])]),
                Limits=Array([half[0], half[-1]]),
            )
            for half in halves
            if half
        ]
        self.root.ParentTree = self.form.dictionary(Kids=Array(kids))
        if "/ParentTreeNextKey" not in self.root:
            self.root.ParentTreeNextKey = keys[-1] + 1
        return self.form.bytes()


def structure(pdf: bytes) -> list[tuple[str, str]]:
    """Return the elements of the tree with what they hold, in order; fail where tree and pages disagree."""
    with opened(pdf) as document:
        numbers = document.Root.StructTreeRoot.ParentTree.Nums
        parents = {int(numbers[index]): numbers[index + 1] for index in range(0, len(numbers), 2)}
        assert list(parents) == sorted(parents)
        assert int(document.Root.StructTreeRoot.ParentTreeNextKey) > max(parents, default=-1)
        marked = set()
        for number, page in enumerate(document.pages):
            found = [
                int(instruction.operands[1].MCID)
                for instruction in pikepdf.parse_content_stream(page, "BDC")
                if isinstance(instruction.operands[1], pikepdf.Dictionary)
            ]
            assert len(set(found)) == len(found), "each number once"
            if found:
                array = parents[int(page.obj.StructParents)]
                assert sorted(found) == [index for index, item in enumerate(array) if item is not None]
            marked |= {(number, index) for index in found}
        pages = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        held: list[tuple[int, int]] = []
        rows = list(_rows(document.Root.StructTreeRoot, pages, parents, document, held))
        assert sorted(held) == sorted(marked), "what is marked hangs in the tree, and the other way about"
        return rows


def _rows(
    element: pikepdf.Object,
    pages: Mapping[tuple[int, int], int],
    parents: Mapping[int, pikepdf.Object],
    document: Pdf,
    held: list[tuple[int, int]],
) -> Iterator[tuple[str, str]]:
    kids = element.get("/K", Array())
    items = []
    inside = []
    for kid in kids if isinstance(kids, Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/Obj" in kid:
            assert kid.Obj.Subtype != Name.Widget
            assert parents[int(kid.Obj.StructParent)].objgen == element.objgen
            items.append("object")
        elif isinstance(kid, pikepdf.Dictionary) and "/MCID" not in kid:
            assert kid.P.objgen == element.objgen
            inside.append(kid)
        else:
            page = pages[(kid.Pg if isinstance(kid, pikepdf.Dictionary) else element.Pg).objgen]
            number = int(kid.MCID if isinstance(kid, pikepdf.Dictionary) else kid)
            array = parents[int(document.pages[page].obj.StructParents)]
            assert array[number].objgen == element.objgen
            held.append((page, number))
            items.append(f"{page}.{number}")
    if "/S" in element:
        yield str(element.S), " ".join(items)
    for kid in inside:
        yield from _rows(kid, pages, parents, document, held)


def test_a_tagged_field_becomes_marked_content_in_its_place(tmp_path: Path) -> None:
    tagged = Tagged()
    tagged.field("Naam", key=2)
    tagged.field("Adres", key=3)
    before = tagged.bytes()
    after = flatten(before)
    assert_shows_the_same(before, after)
    assert_holds_no_form(after)
    check_with_qpdf(after, tmp_path)
    assert structure(after) == [
        ("/Document", ""),
        ("/H1", "0.0"),
        ("/Link", "object"),
        ("/Form", "0.1"),
        ("/Form", "0.2"),
    ]
    with opened(after) as pdf:
        assert [int(key) for key in list(pdf.Root.StructTreeRoot.ParentTree.Nums)[::2]] == [0, 1]
        assert pdf.Root.StructTreeRoot.ParentTreeNextKey == 4
        assert bool(pdf.Root.MarkInfo.Marked)
    assert flatten(before) == after


def test_a_reader_of_structure_finds_the_text_where_the_field_was(tmp_path: Path) -> None:
    need_program("pdfinfo")
    tagged = Tagged()
    tagged.field("Naam", key=2)
    tagged.field("Adres", key=3)
    path = tmp_path / "plat.pdf"
    path.write_bytes(flatten(tagged.bytes()))
    done = subprocess.run(["pdfinfo", "-struct-text", path], capture_output=True, text=True, check=True)
    words = [line.strip() for line in done.stdout.splitlines() if line.strip()]
    assert words[4].startswith("Object")
    del words[4]
    assert words == ["Document", "H1 (block)", '"Kop"', "Link (inline)", "Form", '"Naam"', "Form", '"Adres"']


def test_an_element_of_another_page_says_which_page_its_content_is_on() -> None:
    tagged = Tagged(pages=2)
    _, element = tagged.field("Naam", key=2, page=1)
    element.Pg = tagged.page
    _, without = tagged.field("Adres", key=3, page=1)
    del without["/Pg"]
    after = flatten(tagged.bytes())
    assert structure(after)[3:] == [("/Form", "1.0"), ("/Form", "1.1")]
    with opened(after) as pdf:
        kids = pdf.Root.StructTreeRoot.K.K
        assert {str(key) for key in kids[2].K.keys()} == {"/Type", "/Pg", "/MCID"}  # noqa: SIM118 - no mapping
        assert pdf.pages[1].obj.StructParents == 4, "a key that nothing had"


def test_a_key_beyond_those_that_the_file_says_are_next_is_not_given_twice() -> None:
    tagged = Tagged(pages=2)
    tagged.root.ParentTreeNextKey = 1
    tagged.field("Naam", key=7, page=1)
    after = flatten(tagged.bytes())
    assert structure(after)[3:] == [("/Form", "1.0")]
    with opened(after) as pdf:
        assert pdf.pages[1].obj.StructParents == 8


def test_one_reference_of_several_is_replaced_and_the_others_stay() -> None:
    tagged = Tagged()
    widget, element = tagged.field("Naam", key=2)
    label = tagged.element(Name.Lbl, element)
    element.K = Array([label, Dictionary(Type=Name.OBJR, Obj=widget, Pg=tagged.page)])
    after = flatten(tagged.bytes())
    assert structure(after)[3:] == [("/Form", "0.1"), ("/Lbl", "")]


def test_numbers_that_only_the_contents_know_are_not_given_again() -> None:
    tagged = Tagged()
    tagged.field("Naam", key=2)
    tagged.page.Contents = tagged.form.pdf.make_stream(
        b"/H1 <</MCID 0>> BDC EMC /P /Vijf BDC EMC /P <</MCID 4000000000>> BDC EMC /P <</MCID /x>> BDC EMC"
    )
    tagged.page.Resources.Properties = Dictionary(Vijf=Dictionary(MCID=5))
    after = flatten(tagged.bytes())
    assert b"/Form <</MCID 6>> BDC" in drawn(after)
    with opened(after) as pdf:
        array = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
        assert [index for index, item in enumerate(array) if item is not None] == [0, 6]


def lost_from_the_parent_tree(tagged: Tagged, _widget: pikepdf.Object, _element: pikepdf.Object) -> str:
    del tagged.parents[2]
    return "0.1"


def another_element_in_the_parent_tree(
    tagged: Tagged, _widget: pikepdf.Object, _element: pikepdf.Object
) -> str:
    tagged.parents[2] = tagged.document
    return "0.1"


def lost_from_the_element(_tagged: Tagged, _widget: pikepdf.Object, element: pikepdf.Object) -> str:
    del element["/K"]
    return "0.1"


def hidden(_tagged: Tagged, widget: pikepdf.Object, _element: pikepdf.Object) -> str:
    widget.F = 2
    return ""


def on_no_page(tagged: Tagged, widget: pikepdf.Object, _element: pikepdf.Object) -> str:
    del tagged.page.Annots[[item.objgen for item in tagged.page.Annots].index(widget.objgen)]
    return ""


@pytest.mark.parametrize(
    "change",
    [
        lost_from_the_parent_tree,
        another_element_in_the_parent_tree,
        lost_from_the_element,
        hidden,
        on_no_page,
    ],
)
def test_a_tree_that_is_not_quite_sound_is_sound_afterwards(
    change: Callable[[Tagged, pikepdf.Object, pikepdf.Object], str],
) -> None:
    tagged = Tagged()
    held = change(tagged, *tagged.field("Naam", key=2))
    after = flatten(tagged.bytes())
    assert structure(after)[3:] == [("/Form", held)]
    assert_holds_no_form(after)


@pytest.mark.parametrize("key", [-1, 1, 2**31, 2**63 - 1, Name.Nul])
def test_a_page_whose_key_is_that_of_nothing_or_of_a_link_gets_another(key: object) -> None:
    tagged = Tagged(pages=2)
    tagged.form.pdf.pages[1].obj.StructParents = key
    tagged.parents |= {-5: tagged.document, 2**40: tagged.document}
    tagged.root.ParentTreeNextKey = 2**63 - 1
    tagged.field("Naam", key=2, page=1)
    after = flatten(tagged.bytes())
    assert structure(after)[3:] == [("/Form", "1.0")]
    with opened(after) as pdf:
        assert [int(key) for key in list(pdf.Root.StructTreeRoot.ParentTree.Nums)[::2]] == [0, 1, 3]
        assert pdf.Root.StructTreeRoot.ParentTreeNextKey == 4


def test_a_long_tree_is_read_to_its_end() -> None:
    """Marked content of other pages stands in it as dictionaries, of which there may be many."""
    tagged = Tagged()
    tagged.field("Naam", key=2)
    del tagged.parents[2]
    tagged.document.K.extend(Dictionary(Type=Name.MCR, MCID=n, Pg=tagged.page) for n in range(1, 12_000))
    assert b"/Form <</MCID 1>> BDC" in drawn(flatten(tagged.bytes()))


def test_of_two_elements_that_refer_to_a_field_it_stays_in_the_one_that_it_names() -> None:
    tagged = Tagged()
    widget, first = tagged.field("Naam", key=2)
    second = tagged.element(Name.Form, tagged.document, Pg=tagged.page)
    second.K = Array([Dictionary(Type=Name.OBJR, Obj=widget)])
    tagged.parents[2] = second
    assert structure(flatten(tagged.bytes()))[3:] == [("/Form", ""), ("/Form", "0.1")]
    tagged.parents[2] = first
    assert structure(flatten(tagged.bytes()))[3:] == [("/Form", "0.1"), ("/Form", "")]


def test_what_the_tree_does_not_know_is_no_part_of_the_text() -> None:
    tagged = Tagged()
    _, element = tagged.field("Naam", key=2)
    del tagged.parents[2]
    del element["/K"]
    before = tagged.bytes()
    after = flatten(before)
    assert drawn(after).count(b"/Artifact BMC") == 1
    assert structure(after)[3:] == [("/Form", "")]
    assert "Naam" in texts(after)[0]


def test_an_untagged_file_gets_no_marks() -> None:
    form = FormBuilder()
    add_text(form, StructParent=0)
    assert drawn(flatten(form.bytes())) == b"\nQ\nq\n1 0 0 1 50 750 cm\n/Veldpdf1 Do\nQ\n"


@pytest.mark.parametrize(
    ("kind", "role", "state"),
    [
        pytest.param({"FT": Name.Tx}, Name.tv, None, id="text"),
        pytest.param({"FT": Name.Ch}, Name.tv, None, id="choice"),
        pytest.param({"FT": Name.Btn, "AS": Name.Ja}, Name.cb, Name.on, id="checked"),
        pytest.param({"FT": Name.Btn, "AS": Name.Off}, Name.cb, Name.off, id="not checked"),
        pytest.param({"FT": Name.Btn, "Ff": 1 << 15, "AS": Name.Ja}, Name.rb, Name.on, id="radio"),
        pytest.param({"FT": Name.Btn, "Ff": 1 << 16}, Name.pb, None, id="push button"),
    ],
)
def test_the_element_says_what_kind_of_field_it_was(
    kind: dict[str, Any], role: Name, state: Name | None
) -> None:
    """Without a field, a form element has to have print field attributes (14.8.5.6)."""
    tagged = Tagged()
    _, element = tagged.field("Naam", key=2, TU=String("Hoe heet u?"), **kind)
    element.A = Dictionary(O=Name.Layout, Placement=Name.Block)
    after = flatten(tagged.bytes())
    with opened(after) as pdf:
        layout, attributes = pdf.Root.StructTreeRoot.K.K[2].A
        assert (str(layout.O), str(attributes.O)) == ("/Layout", "/PrintField")
        assert (attributes.Role, attributes.get("/Checked")) == (role, state)
        assert str(attributes.Desc) == "Hoe heet u?"


def test_print_field_attributes_that_are_there_stay() -> None:
    tagged = Tagged()
    _, element = tagged.field("Naam", key=2)
    element.A = Dictionary(O=Name.PrintField, Role=Name.tv, Desc=String("van de maker"))
    with opened(flatten(tagged.bytes())) as pdf:
        assert str(pdf.Root.StructTreeRoot.K.K[2].A.Desc) == "van de maker"


def test_a_widget_that_is_there_three_times_is_in_the_tree_once() -> None:
    tagged = Tagged(pages=2)
    widget, _ = tagged.field("Naam", key=2)
    tagged.page.Annots.append(widget)
    tagged.form.pdf.pages[1].obj.Annots = Array([widget])
    after = flatten(tagged.bytes())
    assert structure(after)[3:] == [("/Form", "0.1")]
    assert [text.count("Naam") for text in texts(after)] == [2, 1]


def test_trees_without_end_come_to_an_end() -> None:
    tagged = Tagged()
    tagged.field("Naam", key=2)
    tagged.document.K.append(tagged.document)
    endless = tagged.form.pdf.make_indirect(Array())
    endless.append(Dictionary(Kidz=endless, Kz=endless))
    tagged.root.Kz = endless
    data = tagged.bytes()
    with opened(data) as pdf:
        pdf.Root.StructTreeRoot.ParentTree.Kids.append(pdf.Root.StructTreeRoot.ParentTree)
        pdf.Root.StructTreeRoot.ParentTree.Kids.append(pdf.Root.StructTreeRoot.Kz[0])
        pdf.Root.StructTreeRoot.K.K.append(pdf.Root.StructTreeRoot.Kz[0])
        buffer = BytesIO()
        pdf.save(buffer, object_stream_mode=DISABLED)
    hostile = buffer.getvalue().replace(b"/Kidz", b"/Kids").replace(b"/Kz", b"/K ")
    begin = time.perf_counter()
    assert_holds_no_form(flatten(hostile))
    assert time.perf_counter() - begin < 10


def test_pictures_that_hold_one_another_come_to_an_end() -> None:
    form = FormBuilder()
    inner = picture(form, b" ".join(b"/X%d Do" % number for number in range(40)) + b" " + TEXT)
    inner.Resources = Dictionary(XObject=Dictionary({f"/X{number}": inner for number in range(40)}))
    add_text(form, AP=Dictionary(N=inner))
    begin = time.perf_counter()
    assert_holds_no_form(flatten(form.bytes()))
    assert time.perf_counter() - begin < 5


# Encryption and errors


@pytest.mark.filterwarnings("ignore:Encryption R=5 is deprecated")  # which files have all the same
@pytest.mark.parametrize("user", ["", "geheim"])
@pytest.mark.parametrize("revision", [2, 3, 4, 5, 6])
def test_an_encrypted_file_stays_encrypted_the_same_way(revision: int, user: str, tmp_path: Path) -> None:
    form = FormBuilder()
    add_text(form, V=String("een antwoord"), AP=Dictionary(N=picture(form, TEXT)))
    encryption = pikepdf.Encryption(
        owner="baas",
        user=user,
        R=revision,  # type: ignore[arg-type]  # a literal, to mypy
        allow=pikepdf.Permissions(extract=False),
        aes=revision >= 4,
        metadata=revision >= 4,
    )
    form.pdf.docinfo["/Title"] = "Werkblad"
    buffer = BytesIO()
    form.pdf.save(buffer, encryption=encryption)
    after = flatten(buffer.getvalue(), user)
    for password in (user, "baas"):
        with opened(buffer.getvalue(), user) as first, opened(after, password) as second:
            for attribute in ("R", "V", "P", "bits", "stream_method", "string_method", "encryption_key"):
                assert getattr(first.encryption, attribute) == getattr(second.encryption, attribute)
            assert str(second.docinfo.Title) == "Werkblad"
    assert_holds_no_form(after, user)
    assert b"Werkblad" not in after
    if user:
        with pytest.raises(TemplateError, match="password"):
            flatten(after)
    else:
        assert "Hallo" in texts(after)[0]
        check_with_qpdf(after, tmp_path)


def test_a_damaged_file_is_repaired_on_the_way(filled: bytes, tmp_path: Path) -> None:
    after = flatten(b"rommel\n" + filled[:-40])
    assert_shows_the_same(filled, after)
    check_with_qpdf(after, tmp_path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"geen pdf", "not a PDF", id="no PDF"),
        pytest.param(b"", "empty", id="nothing"),
    ],
)
def test_what_cannot_be_flattened_is_told(data: bytes, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        flatten(data)


def test_a_file_whose_pages_are_gone_is_not_made_empty() -> None:
    form = FormBuilder(pages=0)
    form.fields.append(form.widget(page=None, FT=Name.Tx, T=String("Naam"), V=String("een antwoord")))
    with pytest.raises(TemplateError, match="no page"):
        flatten(form.bytes())


def test_what_nobody_thought_of_is_an_error_of_ours(filled: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("veldpdf.pdf.flattening.document.read_fields", fail)
    with pytest.raises(TemplateError, match="damaged"):
        flatten(filled)
