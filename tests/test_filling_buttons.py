"""Checkboxes and radio buttons: filled by export value, shown by every viewer, read back as they were filled."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
import pymupdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

import veldpdf
from tests import pictures
from tests.forms import FormBuilder
from tests.needs import need_program
from tests.readers import READERS_OF_CHOICES as READERS
from veldpdf.errors import ValuesError
from veldpdf.pdf.acroform import FieldType
from veldpdf.pdf.defining import define_form
from veldpdf.pdf.filling import kinds
from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.inspecting import inspect_pdf

RADIO = 1 << 15
NO_TOGGLE_TO_OFF = 1 << 14
IN_UNISON = 1 << 25
PUSHBUTTON = 1 << 16

CHECKBOX_OF_MUPDF = 2  # PDF_WIDGET_TYPE_CHECKBOX, which its types do not know
# A widget without any picture.
NONE = None
BOX = (50.0, 700.0, 70.0, 720.0)


def group(
    *states: bytes | None, options: Sequence[object] | None = None, flags: int = RADIO, **entries: Any
) -> FormBuilder:
    """Return a form with one field: a widget for each state, and a square that shows while it is on."""
    form = FormBuilder()
    field = form.dictionary(FT=Name.Btn, T=String("keuze"), Ff=flags, Kids=Array(), **entries)
    if options is not None:
        field.Opt = Array(options)
    for index, state in enumerate(states):
        widget = form.widget(Parent=field)
        widget.Rect = Array([50 + 40 * index, 700, 70 + 40 * index, 720])
        if state is not None:
            pictures_of = pikepdf.Object.parse(b"<</Off 0/%b 0>>" % state)
            for key in list(pictures_of.keys()):
                pictures_of[key] = picture(form, b"" if key == "/Off" else b"0 g 4 4 12 12 re f")
            widget.AP = Dictionary(N=pictures_of)
            widget.AS = Name.Off
        field.Kids.append(widget)
    form.fields.append(field)
    return form


def picture(form: FormBuilder, content: bytes) -> pikepdf.Stream:
    return form.pdf.make_stream(
        content, Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 20, 20]), Resources=Dictionary()
    )


def checkbox(**entries: Any) -> FormBuilder:
    """Return a form with one checkbox, 20 points square, that is field and widget in one."""
    form = FormBuilder()
    field = form.widget(FT=Name.Btn, T=String("akkoord"), **entries)
    field.Rect = Array(BOX)
    form.fields.append(field)
    return form


def states_of(pdf: bytes) -> tuple[bytes, list[bytes]]:
    """Return the value of the first field and the state of each of its widgets, and see that each has a picture."""
    with pikepdf.open(BytesIO(pdf)) as document:
        field = document.Root.AcroForm.Fields[0]
        widgets = list(field.get("/Kids", [field]))
        for widget in widgets:
            assert widget.AS in widget.AP.N
            assert all(isinstance(state, pikepdf.Stream) for state in widget.AP.N.values())
            assert ("/V" in widget) == (widget == field)
        return field.V.unparse(), [widget.AS.unparse() for widget in widgets]


def read(pdf: bytes) -> dict[str, object]:
    """Return what `veldpdf inspect` shows."""
    return {field.name: field.value for field in inspect_pdf(pdf, source="x.pdf", forms=()).fields}


def with_reportlab() -> bytes:
    """Return a form as reportlab draws it."""
    buffer = BytesIO()
    canvas = Canvas(buffer, pagesize=(400, 500), invariant=1)
    canvas.drawString(50, 470, "Formulier")
    canvas.acroForm.checkbox(name="akkoord", x=50, y=430, size=20, buttonStyle="check")
    canvas.acroForm.checkbox(name="nieuwsbrief", x=100, y=430, size=20, buttonStyle="cross", checked=True)
    for index, (value, shape) in enumerate([("een", "circle"), ("twee", "circle"), ("drie", "square")]):
        canvas.acroForm.radio(
            name="keuze", value=value, x=50 + 50 * index, y=380, size=20, shape=shape, selected=index == 0
        )
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS.keys())
def test_every_reader_finds_the_export_values_that_were_filled(
    reader: Callable[[bytes], dict[str, str]],
) -> None:
    if reader is READERS["pdftk"]:
        need_program("pdftk")
    filled = Template.open(with_reportlab()).fill({"akkoord": "Yes", "nieuwsbrief": "Off", "keuze": "drie"})
    found = {name: value.removeprefix("/") for name, value in reader(filled).items()}
    assert found == {"akkoord": "Yes", "nieuwsbrief": "Off", "keuze": "drie"}
    assert read(filled) == {"akkoord": "Yes", "nieuwsbrief": None, "keuze": "drie"}


def test_a_definition_reads_the_same_values() -> None:
    data = with_reportlab()
    form = define_form(data, source="formulier.pdf")
    filled = Template.open(data, form=form).fill({"akkoord": "Yes", "keuze": "twee"})
    answers = veldpdf.read(filled, form=form).answers
    assert {name: answer.text for name, answer in answers.items()} == {
        "akkoord": "Yes",
        "nieuwsbrief": "Yes",
        "keuze": "twee",
    }


def test_the_original_bytes_stay_and_qpdf_is_silent(tmp_path: Path) -> None:
    need_program("qpdf")
    data = group(b"Ja#20of#2fnee", NONE, b"#e9").bytes()
    filled = Template.open(data).fill({"keuze": "Ja of/nee"}, lock=["keuze"])
    assert filled.startswith(data)
    path = tmp_path / "filled.pdf"
    path.write_bytes(filled)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("form", "value", "state", "shown"),
    [
        pytest.param(group(b"a", b"b", b"c"), "b", b"/b", [b"/Off", b"/b", b"/Off"], id="radio"),
        pytest.param(group(b"a", b"b", flags=0), "b", b"/b", [b"/Off", b"/b"], id="two states of a checkbox"),
        pytest.param(group(b"a", b"a", b"b", flags=0), "a", b"/a", [b"/a", b"/a", b"/Off"], id="two places"),
        pytest.param(group(b"a", b"a"), "a", b"/a", [b"/a", b"/a"], id="one state, twice"),
        pytest.param(
            group(b"0", b"1", b"2", options=["A", "A", "B"]), "A", b"/0", [b"/0", b"/Off", b"/Off"], id="/Opt"
        ),
        pytest.param(
            group(b"0", b"1", b"2", options=["A", "A", "B"], flags=RADIO | IN_UNISON),
            "A",
            b"/0",
            [b"/0", b"/1", b"/Off"],
            id="/Opt, in unison",
        ),
        pytest.param(
            group(b"0", b"1", b"2", options=["A", "A", "B"], flags=0),
            "A",
            b"/0",
            [b"/0", b"/1", b"/Off"],
            id="/Opt of a checkbox",
        ),
        pytest.param(group(b"x", b"y", options=["Łódź"]), "Łódź", b"/x", [b"/x", b"/Off"], id="/Opt by place"),
        pytest.param(group(b"x", b"y", options=["Łódź"]), "y", b"/y", [b"/Off", b"/y"], id="/Opt too short"),
        pytest.param(
            group(b"x", b"y", options=[None, ""]), "y", b"/y", [b"/Off", b"/y"], id="/Opt that says nothing"
        ),
        pytest.param(
            group(b"Yes", b"Yes", options=["A", "B"]), "B", b"/Yes", [b"/Off", b"/Yes"], id="/Opt alone tells"
        ),
        pytest.param(
            group(b"0", b"1", options=["On", "Off"]), "Off", b"/1", [b"/Off", b"/1"], id="a choice called Off"
        ),
        pytest.param(
            group(b"Caf#e9", b"x"), "Café", b"/Caf#e9", [b"/Caf#e9", b"/Off"], id="a state in Latin-1"
        ),
        pytest.param(
            group(b"Caf#c3#a9", b"x"), "Café", b"/Caf#c3#a9", [b"/Caf#c3#a9", b"/Off"], id="a state in UTF-8"
        ),
        pytest.param(
            group(b"Ja#20of#2fnee#23", b"x"),
            "Ja of/nee#",
            b"/Ja#20of#2fnee#23",
            [b"/Ja#20of#2fnee#23", b"/Off"],
            id="space, slash and number sign",
        ),
        pytest.param(group(NONE, NONE), "1", b"/1", [b"/Off", b"/1"], id="no pictures"),
        pytest.param(
            group(NONE, NONE, options=["A", "B"]), "B", b"/1", [b"/Off", b"/1"], id="/Opt, no pictures"
        ),
        pytest.param(group(NONE), "Yes", b"/Yes", [b"/Yes"], id="one widget, no picture"),
        pytest.param(group(b"a", NONE, V=Name.b), "b", b"/b", [b"/Off", b"/b"], id="only the value tells"),
        pytest.param(group(b"a", NONE, V=Name.b), "a", b"/a", [b"/a", b"/Off"], id="and the other one"),
    ],
)
def test_a_choice_turns_its_widgets_on_and_all_others_off(
    form: FormBuilder, value: str, state: bytes, shown: list[bytes]
) -> None:
    filled = Template.open(form.bytes()).fill({"keuze": value})
    assert states_of(filled) == (state, shown)
    assert read(filled) == {"keuze": value}


@pytest.mark.parametrize("value", ["Off", ""])
@pytest.mark.parametrize("flags", [0, RADIO, RADIO | NO_TOGGLE_TO_OFF])
def test_a_choice_can_be_taken_back(flags: int, value: str) -> None:
    form = group(b"a", b"b", flags=flags, V=Name.b)
    form.fields[0].Kids[1].AS = Name.b
    filled = Template.open(form.bytes()).fill({"keuze": value})
    assert states_of(filled) == (b"/Off", [b"/Off", b"/Off"])
    assert read(filled) == {"keuze": None}


def test_a_field_in_several_dictionaries_of_one_name_is_one_choice() -> None:
    form = FormBuilder()
    for state in ("een", "twee"):
        drawn = Dictionary({f"/{state}": picture(form, b"0 0 9 9 re f"), "/Off": picture(form, b"")})
        form.fields.append(
            form.widget(FT=Name.Btn, Ff=RADIO, T=String("keuze"), AP=Dictionary(N=drawn), AS=Name.Off)
        )
    filled = Template.open(form.bytes()).fill({"keuze": "twee"})
    with pikepdf.open(BytesIO(filled)) as pdf:
        fields = pdf.Root.AcroForm.Fields
        assert [(field.V, field.AS) for field in fields] == [(Name.twee, Name.Off), (Name.twee, Name.twee)]
    assert read(filled) == {"keuze": "twee"}


def test_fields_of_one_name_below_one_parent_share_its_texts() -> None:
    form = group(b"0", b"1", flags=RADIO, options=["A", "B"])
    parent = form.fields[0]
    parent.T = String("deel")
    for kid in parent.Kids:
        kid.T = String("keuze")
    filled = Template.open(form.bytes()).fill({"deel.keuze": "B"})
    with pikepdf.open(BytesIO(filled)) as pdf:
        kids = pdf.Root.AcroForm.Fields[0].Kids
        assert [(str(kid.V), str(kid.AS)) for kid in kids] == [("/1", "/Off"), ("/1", "/1")]
    assert read(filled) == {"deel.keuze": "B"}


def test_kind_and_value_may_come_from_a_parent() -> None:
    form = group(b"a", b"b")
    field = form.fields[0]
    parent = form.dictionary(
        FT=Name.Btn, Ff=RADIO, T=String("deel"), V=Name.a, Opt=Array(["A", "B"]), Kids=Array([field])
    )
    field.Parent = parent
    for key in ("/FT", "/Ff"):
        del field[key]
    form.pdf.Root.AcroForm.Fields = Array([parent])
    data = form.bytes()
    assert read(data) == {"deel.keuze": "A"}
    filled = Template.open(data).fill({"deel.keuze": "B"})
    with pikepdf.open(BytesIO(filled)) as pdf:
        kid = pdf.Root.AcroForm.Fields[0].Kids[0]
        found = (kid.V, *(widget.AS for widget in kid.Kids))
        assert [str(name) for name in found] == ["/b", "/Off", "/b"]
    assert read(filled) == {"deel.keuze": "B"}


def test_null_among_the_kids_is_no_widget() -> None:
    form = group(b"0", b"1", options=["A", "B"])
    kids = form.fields[0].Kids
    form.fields[0].Kids = Array([None, kids[0], None, kids[1]])
    filled = Template.open(form.bytes()).fill({"keuze": "B"})
    with pikepdf.open(BytesIO(filled)) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        found = (field.V, field.Kids[1].AS, field.Kids[3].AS)
        assert [str(name) for name in found] == ["/1", "/Off", "/1"]
    assert read(filled) == {"keuze": "B"}


def form_with_pictures(kind: str) -> FormBuilder:
    """Return a checkbox with pictures that leave something to be wished."""
    form = checkbox(MK=Dictionary(CA=String("4"), BC=Array([0])))
    field = form.fields[0]
    on, off = picture(form, b"0 g 4 4 12 12 re f"), picture(form, b"0 G 1 1 18 18 re S")
    field.AP = {
        "none": Dictionary(),
        "only off": Dictionary(N=Dictionary(Off=off)),
        "only on": Dictionary(N=Dictionary(Yes=on)),
        "one for all": Dictionary(N=on),
        "only pressed": Dictionary(D=Dictionary(Yes=on, Off=off)),
        "no streams": Dictionary(N=Dictionary(Yes=Dictionary(), Off=5)),
        "null": Dictionary(N=pikepdf.Object.parse(b"<</Yes null/Off null>>")),
    }[kind]
    return form


KINDS = ["none", "only off", "only on", "one for all", "only pressed", "no streams", "null"]


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_picture_is_drawn_and_nothing_outside_the_widget_changes(
    kind: str, engine: Callable[[bytes, int], pictures.Picture]
) -> None:
    data = form_with_pictures(kind).bytes()
    on, off = (Template.open(data).fill({"akkoord": value}) for value in ("Yes", "Off"))
    assert states_of(on) == (b"/Yes", [b"/Yes"])
    assert states_of(off) == (b"/Off", [b"/Off"])
    assert (read(on), read(off)) == ({"akkoord": "Yes"}, {"akkoord": None})
    before, ticked, cleared = engine(data, 0), engine(on, 0), engine(off, 0)
    for after in (ticked, cleared):
        assert (pictures.blanked(before, [BOX]) == pictures.blanked(after, [BOX])).all()
    inner = (55.0, 705.0, 65.0, 715.0)
    assert pictures.ink(pictures.inside(ticked, inner)) > 0.1
    assert pictures.ink(pictures.inside(cleared, inner)) == 0


def test_a_box_that_is_drawn_on_the_page_is_not_drawn_again() -> None:
    data = form_with_pictures("only on").bytes()
    filled = Template.open(data).fill({"akkoord": "Off"})
    for engine in pictures.ENGINES.values():
        assert pictures.ink(pictures.inside(engine(filled, 0), BOX)) == 0


def test_pictures_for_a_button_that_is_pressed_stay() -> None:
    form = form_with_pictures("only off")
    form.fields[0].AP.D = Dictionary(Ja=picture(form, b"1 1 9 9 re f"))
    filled = Template.open(form.bytes()).fill({"akkoord": "Ja"})
    with pikepdf.open(BytesIO(filled)) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert field.AP.D.Ja.read_bytes() == b"1 1 9 9 re f"
        assert field.AP.N.Off.read_bytes() == b"0 G 1 1 18 18 re S"
        assert str(field.AS) == "/Ja"


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
@pytest.mark.parametrize("flags", [0, RADIO])
@pytest.mark.parametrize("symbol", "4l8unH")
def test_each_symbol_stands_in_the_middle_of_its_widget(
    symbol: str, flags: int, engine: Callable[[bytes, int], pictures.Picture]
) -> None:
    data = checkbox(Ff=flags, MK=Dictionary(CA=String(symbol)), BS=Dictionary(W=0)).bytes()
    drawn = pictures.inside(engine(Template.open(data).fill({"akkoord": "Yes"}), 0), BOX)
    rows, columns = (np.flatnonzero(drawn.min(axis=axis) < 128) for axis in (1, 0))
    for dark in (rows, columns):
        middle = (dark[0] + dark[-1] + 1) / 2 / pictures.SCALE
        assert middle == pytest.approx(10, abs=1.0)
    assert len(rows) / pictures.SCALE == pytest.approx(10 if flags and symbol == "l" else 14, abs=3)


def test_the_symbols_differ() -> None:
    drawn = []
    for symbol in "4l8unH":
        data = checkbox(MK=Dictionary(CA=String(symbol))).bytes()
        filled = Template.open(data).fill({"akkoord": "Yes"})
        drawn.append(pictures.inside(pictures.with_pdfium(filled, 0), BOX))
    assert all((one != other).any() for one, other in itertools.combinations(drawn, 2))


def test_a_round_button_has_a_round_border() -> None:
    colours = Dictionary(CA=String("l"), BC=Array([0]), BG=Array([0.2]))
    corner = (50.0, 717.0, 53.0, 720.0)
    inks = {}
    for flags in (0, RADIO):
        filled = Template.open(checkbox(Ff=flags, MK=colours).bytes()).fill({"akkoord": "Off"})
        for name, engine in pictures.ENGINES.items():
            shown = engine(filled, 0)
            assert pictures.ink(pictures.inside(shown, BOX)) > 0.7
            inks[flags, name] = pictures.ink(pictures.inside(shown, corner))
    assert inks == {
        (0, "pdfium"): 1,
        (0, "mupdf"): 1,
        (RADIO, "pdfium"): pytest.approx(0, abs=0.15),
        (RADIO, "mupdf"): pytest.approx(0, abs=0.15),
    }


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_button_keeps_its_turn(rotation: int) -> None:
    shown = {}
    for turn in (0, rotation):
        data = checkbox(MK=Dictionary(CA=String("4"), R=turn)).bytes()
        filled = Template.open(data).fill({"akkoord": "Yes"})
        shown[turn] = pictures.inside(pictures.with_mupdf(filled, 0), BOX)
    back = np.rot90(shown[rotation], k=-rotation // 90)
    assert (shown[0] != shown[rotation]).any()
    assert abs(back.astype(int) - shown[0].astype(int)).mean() < 12


def test_the_size_that_a_field_asks_for_its_symbol_counts_and_that_of_texts_does_not() -> None:
    """The form's own /DA names a size for texts."""
    sizes = {}
    for name, appearance in (
        ("own", "/ZaDb 7 Tf 1 0 0 rg"),
        ("text", "/Helv 7 Tf 0 g"),
        ("large", "/ZaDb 90 Tf"),
    ):
        filled = Template.open(checkbox(DA=String(appearance)).bytes()).fill({"akkoord": "Yes"})
        with pikepdf.open(BytesIO(filled)) as pdf:
            drawn = pdf.Root.AcroForm.Fields[0].AP.N.Yes
            assert drawn.Resources.Font.ZaDb.BaseFont == Name.ZapfDingbats
            sizes[name] = float(drawn.read_bytes().partition(b"/ZaDb ")[2].split()[0])
    # 20 points less twice the padding of 2, for a check that is 0.846 wide.
    assert sizes == {"own": 7, "text": pytest.approx(16 / 0.846, abs=0.01), "large": sizes["text"]}


def test_a_locked_choice_keeps_its_other_flags() -> None:
    form = group(b"a", b"b", flags=RADIO | NO_TOGGLE_TO_OFF, V=Name.a)
    form.fields[0].Kids[0].AS = Name.a
    for values, state in (({}, b"/a"), ({"keuze": "b"}, b"/b")):
        filled = Template.open(form.bytes()).fill(values, lock=["keuze"])
        with pikepdf.open(BytesIO(filled)) as pdf:
            field = pdf.Root.AcroForm.Fields[0]
            assert field.Ff == RADIO | NO_TOGGLE_TO_OFF | 1
        assert states_of(filled)[0] == state
        assert states_of(filled)[1].count(state) == 1


def test_without_examples_a_choice_that_is_the_default_goes_and_another_stays() -> None:
    for value, expected in ((Name.a, None), (Name.b, "b")):
        form = group(b"a", b"b", V=value, DV=Name.a)
        data = form.bytes()
        assert read(Template.open(data).fill({}, examples=False)) == {"keuze": expected}
        definition = define_form(data, source="formulier.pdf")
        assert read(Template.open(data, form=definition).fill({}, examples=False)) == {"keuze": expected}


def refused(form: FormBuilder, value: object) -> ValuesError:
    opened = Template.open(form.bytes())
    with pytest.raises(ValuesError) as caught:
        opened.fill({opened.fields[0]: value})  # type: ignore[dict-item]  # not every value is one
    return caught.value


@pytest.mark.parametrize("value", ["ja", "nee", "x", "X", "true", "false", "on", "1", " "])
def test_a_word_for_yes_is_no_export_value(value: str) -> None:
    error = refused(checkbox(), value)
    assert error.what == "The value of field akkoord is none of its choices."
    assert error.remedy == "Write 'Yes' to tick it, or Off to clear it."


def test_a_wrong_choice_is_told_with_the_right_ones_and_without_the_value() -> None:
    error = refused(group(b"een", b"twee#20of#20drie", b"een"), "geheim antwoord")
    assert str(error) == (
        "The value of field keuze is none of its choices.\nWrite one of: 'een', 'twee of drie', 'Off'."
    )


@pytest.mark.parametrize(("value", "meant"), [("EEN", "een"), (" een\n", "een"), ("off", "Off")])
def test_a_choice_that_differs_by_case_or_white_space_is_offered(value: str, meant: str) -> None:
    error = refused(group(b"een", b"twee"), value)
    assert error.remedy == f"Did you mean {meant!r}? Write one of: 'een', 'twee', 'Off'."


def test_a_message_names_no_more_choices_than_fit() -> None:
    states = [b"keuze%d" % number for number in range(30)]
    error = refused(group(*states, options=["x" * 99]), "?")
    assert error.remedy.count("'") == 2 * 20
    assert error.remedy.endswith("'keuze19', ….")
    assert "'" + "x" * 59 + "…'" in error.remedy


@pytest.mark.parametrize("value", [True, 1, None, ["een"]])
def test_a_value_that_is_no_text_is_an_error(value: object) -> None:
    assert refused(group(b"een"), value).what == "The value of field keuze is not a text."


def test_a_field_that_shows_nowhere_can_only_be_cleared() -> None:
    form = FormBuilder()
    form.fields.append(form.dictionary(FT=Name.Btn, T=String("keuze"), V=Name.Ja))
    assert refused(form, "Ja").remedy == "Write one of: 'Off'."
    assert read(Template.open(form.bytes()).fill({"keuze": "Off"})) == {"keuze": None}


def test_buttons_to_press_and_signatures_are_not_filled() -> None:
    form = checkbox()
    form.fields.append(form.widget(FT=Name.Btn, Ff=PUSHBUTTON, T=String("verstuur")))
    form.fields.append(form.widget(FT=Name.Sig, T=String("handtekening")))
    assert Template.open(form.bytes()).fields == ("akkoord",)


def test_what_is_set_beside_a_checkbox_has_no_measure() -> None:
    assert Template.open(checkbox().bytes()).measure({"akkoord": "Yes"}) == {}


def test_a_value_that_no_widget_stands_for_is_left_alone() -> None:
    """Who fills what the file says already must not make a ruin of it."""
    form = group(b"a", b"b", V=Name.elders)
    form.fields[0].Kids[0].AS = Name.a
    opened = Template.open(form.bytes())
    changes = Changes(100)
    kinds.set_value(changes, opened._compiled.targets["keuze"], "elders", lock=False)
    assert changes.finished() == {}
    kinds.set_value(changes, opened._compiled.targets["keuze"], "elders", lock=True)
    (body,) = changes.finished().values()
    assert b"/V /elders" in body
    assert b"/Ff 32769" in body


def names() -> st.SearchStrategy[str]:
    return st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=8)


@given(
    st.lists(names().filter(lambda name: name != "Off"), min_size=1, max_size=4),
    st.sampled_from([0, RADIO, RADIO | IN_UNISON]),
)
@example(["#", "/", " ", "()<>[]{}%"], RADIO)
def test_any_states_are_filled_as_they_are_read(states: list[str], flags: int) -> None:
    raw = [Name("/" + state).unparse().removeprefix(b"/") for state in states]
    opened = Template.open(group(*raw, flags=flags).bytes())
    for value in states:
        filled = opened.fill({"keuze": value})
        assert read(filled) == {"keuze": value}
        on = [state for state in states_of(filled)[1] if state != b"/Off"]
        assert len(on) == states.count(value)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\x1b"), max_size=5), max_size=5
    ),
    st.integers(min_value=1, max_value=4),
    st.sampled_from([0, RADIO, RADIO | IN_UNISON]),
    st.data(),
)
def test_any_texts_of_states_are_filled_as_they_are_read(
    texts: list[str], widgets: int, flags: int, data: st.DataObject
) -> None:
    """More of them than widgets, or fewer; some the same, some empty."""
    form = group(*(b"%d" % number for number in range(widgets)), options=list(map(String, texts)), flags=flags)
    opened = Template.open(form.bytes())
    known = [text or str(number) for number, text in enumerate([*texts, *[""] * widgets][:widgets])]
    value = data.draw(st.sampled_from(known))
    assert read(opened.fill({"keuze": value})) == {"keuze": value}


def test_forms_by_libreoffice_are_filled(tmp_path: Path) -> None:
    need_program("soffice")
    page = tmp_path / "formulier.html"
    page.write_text(
        '<form><p><input type="checkbox" name="akkoord" value="Akkoord é"> akkoord</p>'
        '<p><input type="radio" name="keuze" value="een"> een'
        '<input type="radio" name="keuze" value="twee of drie"> twee of drie</p></form>',
        "utf-8",
    )
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    export = ["--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(tmp_path), str(page)]
    subprocess.run(["soffice", profile, "--headless", *export], check=True, capture_output=True, timeout=120)
    opened = Template.open(page.with_suffix(".pdf"))
    assert opened.fields == ("akkoord", "keuze")
    filled = opened.fill({"akkoord": "Akkoord é", "keuze": "twee of drie"})
    assert read(filled) == {"akkoord": "Akkoord é", "keuze": "twee of drie"}
    assert READERS["mupdf"](filled) == read(filled)


def test_forms_by_mupdf_are_filled() -> None:
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=200)
        widget = pymupdf.Widget()
        widget.field_name, widget.field_type = "akkoord", CHECKBOX_OF_MUPDF
        widget.rect = pymupdf.Rect(20, 20, 40, 40)
        page.add_widget(widget)
        data = document.tobytes(no_new_id=True)
    filled = Template.open(data).fill({"akkoord": "Yes"})
    assert READERS["mupdf"](filled) == READERS["pdfium"](filled) == read(filled) == {"akkoord": "Yes"}
    assert pictures.ink(pictures.inside(pictures.with_pdfium(filled, 0), (20, 160, 40, 180))) > 0.05


def test_a_checkbox_that_the_tree_has_lost_is_filled() -> None:
    """Filling it means writing the file anew."""
    form = group(b"a", b"b")
    del form.pdf.Root.AcroForm["/Fields"][0]
    data = form.bytes()
    (found,) = inspect_pdf(data, source="x.pdf", forms=()).fields
    assert (found.name, found.type) == ("keuze", FieldType.RADIO)
    assert read(Template.open(data).fill({"keuze": "b"})) == {"keuze": "b"}
