"""List boxes and combo boxes: filled by export value, shown by their texts, read back as they were filled."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pymupdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

import veldpdf
from tests import pictures
from tests.conftest import Run
from tests.forms import FormBuilder
from tests.needs import need_program
from tests.readers import READERS_OF_CHOICES as READERS
from veldpdf.errors import ValuesError
from veldpdf.pdf.defining import define_form
from veldpdf.pdf.filling import kinds
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.inspecting import inspect_pdf

COMBO = 1 << 17
EDIT = 1 << 18
SORT = 1 << 19
MULTI_SELECT = 1 << 21

LANGUAGES = ["nl", ["fy", "Frysk"], ["el", "Ελληνικά"], ["nds", "Nedersaksisch"]]
NUMBERS = [f"regel {number}" for number in range(1, 21)]
BOX = (50.0, 640.0, 200.0, 720.0)
COMBOBOX_OF_MUPDF, LISTBOX_OF_MUPDF = 3, 4  # PDF_WIDGET_TYPE_…, which its types do not know
CHOSEN = b"0.6 0.75686 0.8549 rg"


def choice(options: Sequence[object], flags: int = 0, **entries: Any) -> FormBuilder:
    """Return a form with one choice field, that is field and widget in one; pairs of texts are export and text."""
    form = FormBuilder()
    field = form.widget(FT=Name.Ch, Ff=flags, T=String("keuze"), Opt=opt(options), **entries)
    field.Rect = Array(BOX)
    form.fields.append(field)
    return form


def opt(options: Sequence[object]) -> pikepdf.Array:
    return Array([Array(option) if isinstance(option, list) else option for option in options])


def read(pdf: bytes) -> dict[str, object]:
    """Return what `veldpdf inspect` shows."""
    return {field.name: field.value for field in inspect_pdf(pdf, source="x.pdf", forms=()).fields}


def field_of(pdf: bytes) -> dict[str, object]:
    """Return value, indices and top row of the first field, as Python's own."""
    with pikepdf.open(BytesIO(pdf)) as document:
        field = document.Root.AcroForm.Fields[0]
        return {key: plain(field[key]) for key in ("/V", "/I", "/TI") if key in field}


def plain(value: object) -> object:
    if isinstance(value, pikepdf.Array):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, pikepdf.String) else value


def drawn(pdf: bytes) -> bytes:
    """Return the picture of the first field."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return bytes(document.Root.AcroForm.Fields[0].AP.N.read_bytes())


def shown_text(pdf: bytes) -> str:
    """Return the text of the page, with that of its fields."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        document.bake()
        return str(document[0].get_text())


def fill(form: FormBuilder, value: str | Sequence[str], **settings: Any) -> bytes:
    return Template.open(form.bytes()).fill({"keuze": value}, **settings)


def with_reportlab() -> bytes:
    """Return a form as reportlab draws it."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 500), invariant=1)
    canvas.drawString(50, 470, "Formulier")
    languages = ["Nederlands", ("Frysk", "fy"), ("English", "en")]
    form = canvas.acroForm
    form.choice(name="taal", value="Nederlands", options=languages, x=50, y=330, width=120, height=20)
    form.choice(
        name="vrij", value="a", options=["a", "b"], x=50, y=360, width=120, height=20, fieldFlags="combo edit"
    )
    form.listbox(name="regel", value=NUMBERS[1], options=NUMBERS, x=50, y=200, width=120, height=80)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
def test_every_reader_finds_the_export_values_that_were_filled(
    reader: Callable[[bytes], dict[str, str]],
) -> None:
    if reader is READERS["pdftk"]:
        need_program("pdftk")
    values = {"taal": "fy", "vrij": "Łódź: “vrij”", "regel": "regel 17"}
    filled = Template.open(with_reportlab()).fill(values)
    assert reader(filled) == values
    assert read(filled) == values


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
def test_every_viewer_shows_the_choice_and_nothing_outside_the_widgets_changes(
    engine: Callable[[bytes, int], pictures.Picture],
) -> None:
    data = with_reportlab()
    filled = Template.open(data).fill({"taal": "en", "vrij": "Zelf getypt", "regel": "regel 17"})
    boxes = [(50.0, 330.0, 170.0, 350.0), (50.0, 360.0, 170.0, 380.0), (50.0, 200.0, 170.0, 280.0)]
    before, after = engine(data, 0), engine(filled, 0)
    assert (pictures.blanked(before, boxes) == pictures.blanked(after, boxes)).all()
    for box in boxes:
        left, bottom, right, top = box
        inner = (left + 3, bottom + 3, right - 3, top - 3)
        assert pictures.ink(pictures.inside(after, inner)) > 0.02
    words = shown_text(filled).split()
    assert {"English", "Zelf", "getypt", "17"} <= set(words)
    assert not {"Nederlands", "a", "1", "2"} & set(words)


def test_inspecting_tells_what_may_be_chosen(run: Run, tmp_path: Path) -> None:
    """Who fills in a choice must be able to look up what it is called."""
    (tmp_path / "keuzes.pdf").write_bytes(with_reportlab())
    told = json.loads(run("inspect", tmp_path / "keuzes.pdf", "--format", "json").out)["files"][0]["fields"]
    choices = {field["name"]: field["choices"] for field in told}
    assert {"fy", "en"} <= set(choices["taal"])
    assert "regel 17" in choices["regel"]
    assert "fy |" in run("inspect", tmp_path / "keuzes.pdf").out


def test_a_definition_reads_the_same_values() -> None:
    data = choice(LANGUAGES, MULTI_SELECT).bytes()
    form = define_form(data, source="formulier.pdf")
    filled = Template.open(data, form=form).fill({"keuze": ["nds", "nl"]})
    answer = veldpdf.read(filled, form=form).answers["keuze"].text
    assert answer == "nl\nnds"
    assert field_of(Template.open(data, form=form).fill({"keuze": answer})) == field_of(filled)


def test_the_original_bytes_stay_and_qpdf_is_silent(tmp_path: Path) -> None:
    need_program("qpdf")
    data = choice(LANGUAGES, MULTI_SELECT).bytes()
    filled = Template.open(data).fill({"keuze": ["el", "fy"]}, lock=["keuze"])
    assert filled.startswith(data)
    path = tmp_path / "filled.pdf"
    path.write_bytes(filled)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("form", "value", "entries"),
    [
        pytest.param(choice(LANGUAGES, COMBO), "el", {"/V": "el"}, id="combo"),
        pytest.param(choice(LANGUAGES, COMBO), ["el"], {"/V": "el"}, id="a list of one"),
        pytest.param(choice(LANGUAGES, COMBO), "Frysk", {"/V": "fy"}, id="by its text"),
        pytest.param(choice(LANGUAGES, COMBO, I=Array([0]), TI=1), "", {"/V": ""}, id="nothing"),
        pytest.param(choice(LANGUAGES), "el", {"/V": "el", "/TI": 0}, id="list"),
        pytest.param(choice(LANGUAGES, I=Array([0])), "", {"/V": "", "/TI": 0}, id="nothing in a list"),
        pytest.param(choice(LANGUAGES), [], {"/V": "", "/TI": 0}, id="an empty list"),
        pytest.param(
            choice(LANGUAGES, I=Array([3])), "el", {"/V": "el", "/TI": 0}, id="indices that are stale"
        ),
        pytest.param(
            choice(LANGUAGES, MULTI_SELECT), "el", {"/V": "el", "/I": [2], "/TI": 0}, id="one of several"
        ),
        pytest.param(
            choice(LANGUAGES, MULTI_SELECT),
            ["el", "Nedersaksisch", "nl", "el"],
            {"/V": ["nl", "el", "nds"], "/I": [0, 2, 3], "/TI": 0},
            id="several",
        ),
        pytest.param(
            choice(LANGUAGES, MULTI_SELECT),
            "nds\r\nnl\n",
            {"/V": ["nl", "nds"], "/I": [0, 3], "/TI": 0},
            id="a line for each",
        ),
        pytest.param(
            choice(["a\rb", "a", "b"], MULTI_SELECT),
            "a\nb",
            {"/V": "a\rb", "/I": [0], "/TI": 0},
            id="two lines",
        ),
        pytest.param(choice(LANGUAGES, MULTI_SELECT), (), {"/V": "", "/I": [], "/TI": 0}, id="none of several"),
        pytest.param(
            choice([["1", "A"], ["1", "B"], ["2", "C"]]),
            "B",
            {"/V": "1", "/I": [1], "/TI": 0},
            id="twins, by text",
        ),
        pytest.param(
            choice([["1", "A"], ["1", "B"], ["2", "C"]]),
            "1",
            {"/V": "1", "/I": [0], "/TI": 0},
            id="first of twins",
        ),
        pytest.param(
            choice(["a", "b", "a"], MULTI_SELECT),
            ["a", "a"],
            {"/V": ["a", "a"], "/I": [0, 2], "/TI": 0},
            id="both twins",
        ),
        pytest.param(choice(["a", "b"], MULTI_SELECT | COMBO), "a", {"/V": "a"}, id="a combo takes one"),
        pytest.param(choice(["", "b"], COMBO), "", {"/V": ""}, id="a blank option"),
        pytest.param(
            choice(["b", ""], MULTI_SELECT),
            ["", "b"],
            {"/V": ["b", ""], "/I": [0, 1], "/TI": 0},
            id="blank and b",
        ),
        pytest.param(
            choice([None, "b"], MULTI_SELECT),
            ["b"],
            {"/V": "b", "/I": [1], "/TI": 0},
            id="null keeps its place",
        ),
        pytest.param(choice([Name.x, 5, [], ["p"]], COMBO), "5", {"/V": "5"}, id="options that are no texts"),
        pytest.param(choice(LANGUAGES, COMBO | EDIT), "zelf", {"/V": "zelf"}, id="typed"),
        pytest.param(choice(LANGUAGES, COMBO | EDIT), "Frysk", {"/V": "fy"}, id="typed, yet an option"),
        pytest.param(choice([], COMBO | EDIT, MaxLen=2), "lang", {"/V": "lang"}, id="no limit of length"),
    ],
)
def test_a_choice_is_written_as_the_standard_has_it(
    form: FormBuilder, value: str | Sequence[str], entries: Mapping[str, object]
) -> None:
    filled = fill(form, value)
    assert field_of(filled) == entries
    written = read(filled)["keuze"]
    again = fill(form, written)  # type: ignore[arg-type]  # a text or a list of texts
    assert field_of(again)["/V"] == entries["/V"]


def test_an_export_value_keeps_the_encoding_that_the_list_has() -> None:
    """A viewer may compare bytes to tell which option is chosen."""
    raw = b"\xef\xbb\xbf" + "Łódź".encode()
    with pikepdf.open(BytesIO(fill(choice([String(raw), "b"], COMBO), "Łódź"))) as pdf:
        assert bytes(pdf.Root.AcroForm.Fields[0].V) == raw


def test_options_value_and_indices_may_come_from_a_parent() -> None:
    form = FormBuilder()
    parent = form.dictionary(
        FT=Name.Ch, T=String("deel"), Opt=opt(LANGUAGES), V=String("nl"), I=Array([0]), Kids=Array()
    )
    field = form.dictionary(T=String("keuze"), Parent=parent, Kids=Array())
    field.Kids.append(form.widget(Parent=field, V=String("elders")))
    parent.Kids.append(field)
    form.fields.append(parent)
    filled = Template.open(form.bytes()).fill({"deel.keuze": "Ελληνικά"})
    with pikepdf.open(BytesIO(filled)) as pdf:
        kid = pdf.Root.AcroForm.Fields[0].Kids[0]
        assert [plain(value) for value in (kid.V, kid.I, kid.TI)] == ["el", [2], 0]
        assert "/V" not in kid.Kids[0]
    assert read(filled) == {"deel.keuze": "el"}
    assert "Ελληνικά" in shown_text(filled)


def test_a_combo_box_shows_the_text_of_its_option_at_its_size_and_side() -> None:
    form = choice(LANGUAGES, COMBO, DA=String("/Helv 14 Tf 1 0 0 rg"), Q=2)
    picture = drawn(fill(form, "fy"))
    assert b"(Frysk) Tj" in picture
    assert b"1 0 0 rg" in picture
    # 150 points wide, 2 of padding; the letters of "Frysk" are 611, 333, 500, 500 and 500 thousandths wide.
    assert b"1 0 0 1 %.2f" % (150 - 2 - (611 + 333 + 3 * 500) * 14 / 1000) in picture


def test_what_the_font_of_the_form_cannot_show_is_embedded() -> None:
    filled = fill(choice(LANGUAGES, COMBO), "el")
    assert "Ελληνικά" in shown_text(filled)
    assert b"/FontFile2" in filled


def test_the_flags_of_texts_mean_nothing_here() -> None:
    """Their bits are free in a choice field, and a program may set them."""
    text = "een twee drie " * 9
    for bit in (12, 24):  # Multiline, Comb
        form = choice([text], COMBO | 1 << bit, MaxLen=3, DA=String("/Helv 12 Tf 0 g"))
        assert b"(%b) Tj" % text.encode() in drawn(fill(form, text))


def test_a_text_that_is_too_wide_for_its_combo_box_is_measured() -> None:
    opened = Template.open(choice(["x" * 80, "kort"], COMBO | EDIT, DA=String("/Helv 10 Tf 0 g")).bytes())
    fits = {value: opened.measure({"keuze": value})["keuze"].fits for value in ("kort", "x" * 80, "zelf " * 20)}
    assert list(fits.values()) == [True, False, False]
    assert opened.measure({"keuze": "\U00010330"})["keuze"].unshown == ("\U00010330",)
    assert Template.open(choice(["x" * 80]).bytes()).measure({"keuze": "x" * 80}) == {}


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
def test_what_is_chosen_in_a_list_stands_on_a_colour(engine: Callable[[bytes, int], pictures.Picture]) -> None:
    def shades(value: str) -> list[int]:
        filled = fill(choice(NUMBERS[:4], DA=String("/Helv 14 Tf 0 g"), MK=Dictionary(BC=Array([0]))), value)
        right = pictures.inside(engine(filled, 0), (150.0, 640.0, 199.0, 720.0))
        rows = [round((2 + (row + 0.5) * 14 * 1.156) * pictures.SCALE) for row in range(4)]
        return [int(right[row, 10]) for row in rows]

    white, chosen = 255, shades("regel 1")[0]
    assert 100 < chosen < 220
    assert shades("regel 1") == [chosen, white, white, white]
    assert shades("regel 3") == [white, white, chosen, white]
    assert shades("") == [white] * 4


@pytest.mark.parametrize(
    ("value", "top"),
    [("regel 1", 0), ("regel 6", 0), ("regel 7", 6), ("regel 14", 13), ("regel 16", 14), ("regel 20", 14)],
)
def test_a_list_begins_where_the_first_choice_shows(value: str, top: int) -> None:
    """Of 80 points there are 76 without the padding: six rows of ten points, each 11.56 high."""
    filled = fill(choice(NUMBERS, MULTI_SELECT, TI=3), [value, "regel 20"])
    assert field_of(filled)["/TI"] == top
    lines = [line for line in shown_text(filled).splitlines() if line]
    assert lines[:6] == NUMBERS[top : top + 6]
    assert value in lines


def test_the_smallest_widget_decides_where_a_list_begins() -> None:
    form = FormBuilder()
    field = form.dictionary(FT=Name.Ch, T=String("keuze"), Opt=opt(NUMBERS), Kids=Array())
    for height in (80, 30):
        widget = form.widget(Parent=field)
        widget.Rect = Array([50, 600 + height, 200, 600 + 2 * height])
        field.Kids.append(widget)
    form.fields.append(field)
    filled = fill(form, "regel 4")
    with pikepdf.open(BytesIO(filled)) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert field.TI == 3
        pictures_of = [kid.AP.N.read_bytes() for kid in field.Kids]
        assert all(b"(regel 4)" in picture and CHOSEN in picture for picture in pictures_of)
        assert b"(regel 3)" not in b"".join(pictures_of)


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
def test_a_list_stays_in_its_box(engine: Callable[[bytes, int], pictures.Picture]) -> None:
    form = choice(["W" * 200, *NUMBERS], MULTI_SELECT, MK=Dictionary(BC=Array([0])), BS=Dictionary(W=3))
    data = form.bytes()
    filled = Template.open(data).fill({"keuze": ["W" * 200, *NUMBERS]})
    before, after = engine(data, 0), engine(filled, 0)
    assert (pictures.blanked(before, [BOX]) == pictures.blanked(after, [BOX])).all()
    edges = [(50.0, 640.0, 53.0, 720.0), (197.0, 640.0, 200.0, 720.0), (50.0, 640.0, 200.0, 643.0)]
    for edge in edges:
        assert pictures.ink(pictures.inside(after, edge)) > 0.95, "the border is whole"


@pytest.mark.parametrize("rotation", [90, 270])
def test_a_turned_list_has_as_many_rows_as_its_width_allows(rotation: int) -> None:
    filled = fill(choice(NUMBERS, MK=Dictionary(R=rotation)), "regel 12")
    assert field_of(filled) == {"/V": "regel 12", "/TI": 0}
    assert b"(regel 12)" in drawn(filled)
    assert b"(regel 14)" not in drawn(filled)


def test_an_automatic_size_is_that_of_acrobat() -> None:
    assert b"/Helv 12 Tf" in drawn(fill(choice(NUMBERS, DA=String("/Helv 0 Tf 0 g")), "regel 2"))


def test_a_locked_choice_keeps_value_and_flags() -> None:
    form = choice(LANGUAGES, MULTI_SELECT | SORT, V=String("fy"), I=Array([1]), TI=1)
    locked = Template.open(form.bytes()).fill({}, lock=["keuze"])
    assert field_of(locked) == {"/V": "fy", "/I": [1], "/TI": 1}
    for pdf in (locked, fill(form, "el", lock=["keuze"])):
        with pikepdf.open(BytesIO(pdf)) as document:
            assert document.Root.AcroForm.Fields[0].Ff == MULTI_SELECT | SORT | 1


@pytest.mark.parametrize(
    ("value", "expected"),
    [(String("nl"), ""), (String("fy"), "fy"), (Array(["nl", "fy"]), ["nl", "fy"])],
)
def test_without_examples_a_choice_that_is_the_default_goes_and_another_stays(
    value: pikepdf.Object, expected: object
) -> None:
    data = choice(LANGUAGES, MULTI_SELECT, V=value, DV=String("nl")).bytes()
    assert read(Template.open(data).fill({}, examples=False)) == {"keuze": expected}


def refused(form: FormBuilder, value: object) -> ValuesError:
    opened = Template.open(form.bytes())
    with pytest.raises(ValuesError) as caught:
        opened.fill({"keuze": value})  # type: ignore[dict-item]  # not every value is one
    with pytest.raises(ValuesError):
        opened.measure({"keuze": value})  # type: ignore[dict-item]  # the same
    return caught.value


@pytest.mark.parametrize("value", ["geheim", ["nl", "geheim"], "nl\ngeheim", "nl,fy"])
def test_a_wrong_choice_is_told_with_the_right_ones_and_without_the_value(value: str | list[str]) -> None:
    assert str(refused(choice(LANGUAGES, MULTI_SELECT), value)) == (
        "The value of field keuze is none of its choices.\nWrite one of: 'nl', 'fy', 'el', 'nds'."
    )


@pytest.mark.parametrize(("value", "meant"), [("NL ", "nl"), ("frysk", "Frysk")])
def test_a_choice_that_differs_by_case_or_white_space_is_offered(value: str, meant: str) -> None:
    error = refused(choice(LANGUAGES, COMBO), value)
    assert error.remedy == f"Did you mean {meant!r}? Write one of: 'nl', 'fy', 'el', 'nds'."


def test_a_text_that_two_options_show_chooses_neither() -> None:
    assert "none of its choices" in refused(choice([["1", "A"], ["2", "A"]], COMBO), "A").what


def test_a_list_without_options_says_so() -> None:
    assert refused(choice([]), "A").remedy == "It has none at all."


def test_several_values_for_a_field_that_takes_one_are_an_error() -> None:
    for flags in (0, COMBO, COMBO | EDIT, COMBO | MULTI_SELECT):
        error = refused(choice(LANGUAGES, flags), ["nl", "fy"])
        assert error.what == "Field keuze takes one value; there are 2."


@pytest.mark.parametrize("value", [5, None, True, b"nl", [5], {"nl": "x"}])
def test_a_value_that_is_no_text_is_an_error(value: object) -> None:
    assert refused(choice(LANGUAGES, MULTI_SELECT), value).what == "The value of field keuze is not a text."


def test_half_a_character_is_an_error_as_in_texts() -> None:
    assert "U+D800" in refused(choice([], COMBO | EDIT), "\ud800").what


def test_a_value_of_the_file_that_is_no_option_is_shown_as_it_stands() -> None:
    """Who fills what the file says already must not make a ruin of it."""
    form = choice(LANGUAGES, COMBO, V=String("elders"))
    opened = Template.open(form.bytes())
    changes = Changes(100)
    kinds.set_value(changes, opened._compiled.targets["keuze"], "elders", lock=False)
    written = b"".join(changes.finished().values())
    assert b"/V (elders)" in written
    assert b"(elders) Tj" in written


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x1b"), max_size=6)


@given(
    st.lists(st.lists(TEXTS, min_size=1, max_size=2), min_size=1, max_size=6),
    st.sampled_from([0, COMBO, COMBO | EDIT, MULTI_SELECT]),
    st.data(),
)
def test_any_choice_is_read_as_it_was_filled(options: list[list[str]], flags: int, data: st.DataObject) -> None:
    """Of options that are the same, that are empty, and whose texts are the export values of others."""
    exports = [option[0] for option in options]
    form = choice([list(map(String, option)) if option[1:] else String(option[0]) for option in options], flags)
    most = len(exports) if flags == MULTI_SELECT else 1
    rows = data.draw(st.sets(st.integers(0, len(exports) - 1), max_size=most))
    chosen = [exports[row] for row in sorted(rows)]
    filled = fill(form, chosen)
    found = read(filled)["keuze"]
    if len(chosen) > 1:
        assert isinstance(found, list)
        assert sorted(found) == sorted(chosen)
    else:
        assert found == "".join(chosen)
    if flags == MULTI_SELECT:
        chosen_rows = field_of(filled)["/I"]
        assert isinstance(chosen_rows, list)
        assert [exports[row] for row in chosen_rows] == (found if len(chosen) > 1 else chosen)


@given(TEXTS)
def test_any_text_that_is_typed_into_a_combo_box_is_read(text: str) -> None:
    assert read(fill(choice(["a"], COMBO | EDIT), text)) == {"keuze": text}


def test_forms_by_libreoffice_are_filled(tmp_path: Path) -> None:
    need_program("soffice")
    page = tmp_path / "formulier.html"
    page.write_text(
        "<form><p><select name=talen multiple size=3><option>Nederlands<option>Frysk<option>Grieks</select></p>"
        "<p><select name=provincie><option>Utrecht<option>Zeeland</select></p></form>",
        "utf-8",
    )
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    export = ["--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(tmp_path), str(page)]
    subprocess.run(["soffice", profile, "--headless", *export], check=True, capture_output=True, timeout=120)
    opened = Template.open(page.with_suffix(".pdf"))
    assert opened.fields == ("talen", "provincie")
    filled = opened.fill({"talen": ["Frysk", "Grieks"], "provincie": "Zeeland"})
    assert read(filled) == {"talen": ["Frysk", "Grieks"], "provincie": "Zeeland"}
    assert READERS["mupdf"](filled)["provincie"] == READERS["pdfium"](filled)["provincie"] == "Zeeland"


def test_forms_by_mupdf_are_filled() -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=200)
        made: list[tuple[str, int, list[object]]] = [
            ("taal", COMBOBOX_OF_MUPDF, [("nl", "Nederlands"), ("fy", "Frysk")]),
            ("regel", LISTBOX_OF_MUPDF, [*NUMBERS]),
        ]
        for index, (name, kind, values) in enumerate(made):
            widget = pymupdf.Widget()
            widget.field_name, widget.field_type, widget.choice_values = name, kind, values
            widget.rect = pymupdf.Rect(20, 20 + 60 * index, 180, 60 + 60 * index)
            page.add_widget(widget)
        data = document.tobytes(no_new_id=True)
    filled = Template.open(data).fill({"taal": "fy", "regel": "regel 9"})
    assert READERS["mupdf"](filled) == READERS["pdfium"](filled) == read(filled)
    assert read(filled) == {"taal": "fy", "regel": "regel 9"}
    assert {"Frysk", "9"} <= set(shown_text(filled).split())
