"""Filling: the original bytes stay, every reader sees the value, every viewer shows it."""

from __future__ import annotations

import gc
import subprocess
import threading
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pikepdf
import pymupdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

import veldpdf
from tests import pictures
from tests.forms import STRUCTURES, FormBuilder, merged, orphaned
from tests.needs import need, need_program
from tests.readers import READERS, missing
from tests.reading_form import small_form
from veldpdf.errors import TemplateError, UnknownFieldError, ValuesError, ValueTooLongError
from veldpdf.pdf.filling.template import Template

NASTY = "Één lijn: “samen” – €5 • Łódź Ş\n\n- punt <b> {{ x }} =1+1 (haakje \\ \n\tingesprongen \n"
SCRIPTS = "Łódź Şükrü • Ελλάδα • Київ • ☎ ✓"


@pytest.fixture(scope="module")
def embedded() -> Template:
    return Template.open()


def check_with_qpdf(pdf: bytes, folder: Path) -> None:
    """Fail unless qpdf finds nothing to say about a file."""
    need_program("qpdf")
    path = folder / "checked.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("reader", READERS)
def test_every_value_reads_back_with_an_independent_reader(reader: str, embedded: Template) -> None:
    need(missing(reader))
    values = {name: f"{name}: {NASTY}{SCRIPTS}" for name in embedded.fields}
    assert READERS[reader](embedded.fill(values)) == values


def test_the_original_bytes_stay_and_qpdf_is_silent(embedded: Template, template: Path, tmp_path: Path) -> None:
    original = template.read_bytes()
    filled = embedded.fill({"Veld01": NASTY, "Veld02": SCRIPTS}, lock=["Veld03"])
    assert filled.startswith(original)
    check_with_qpdf(filled, tmp_path)


def test_nothing_asked_is_nothing_done(embedded: Template, template: Path) -> None:
    assert embedded.fill({}) == template.read_bytes()


def test_the_same_input_gives_the_same_bytes(embedded: Template) -> None:
    values = {"Veld01": NASTY, "Veld02": SCRIPTS}
    assert embedded.fill(values) == Template.open().fill(dict(reversed(values.items())))


def test_a_template_may_be_filled_from_many_threads(embedded: Template) -> None:
    """Embedding a subset goes through one open font file; threads must not meet there."""
    expected = {index: embedded.fill({"Veld01": f"{index} {SCRIPTS}"}) for index in range(8)}
    made: dict[int, bytes] = {}

    def fill(index: int) -> None:
        for _ in range(5):
            made[index] = embedded.fill({"Veld01": f"{index} {SCRIPTS}"})

    threads = [threading.Thread(target=fill, args=(index,)) for index in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == expected


def test_nothing_of_an_answer_stays_in_memory(embedded: Template) -> None:
    """A cycle would keep the answers of each fill until Python looks for cycles, which may be never."""
    values = {"Veld01": f"{SCRIPTS} שלום 🙂\n" * 40, "Veld02": NASTY}
    embedded.fill(values, partner="GGD", continuation=True)
    gc.collect()
    gc.disable()
    try:
        embedded.fill(values, partner="GGD", continuation=True)
        embedded.measure(values)
        assert gc.collect() == 0
    finally:
        gc.enable()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@example("þÿ")
@example("\r\n\r")
@example("(\\")
def test_what_is_filled_is_read(embedded: Template, text: str) -> None:
    answer = veldpdf.read(embedded.fill({"Veld04": text})).answers["Veld04"]
    assert answer.text == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES.keys())
def test_every_structure_can_be_filled(
    structure: Callable[[Mapping[str, str]], FormBuilder], tmp_path: Path
) -> None:
    opened = Template.open(structure({"Veld01": "oud", "Veld02": "blijft"}).bytes())
    first = opened.fields[0]
    filled = opened.fill({first: NASTY})
    check_with_qpdf(filled, tmp_path)
    again = Template.open(filled)
    assert {name: again._compiled.targets[name].text for name in opened.fields} == {
        first: NASTY,
        opened.fields[1]: "blijft",
    }


@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode))
def test_the_update_is_of_the_files_own_kind(mode: pikepdf.ObjectStreamMode, tmp_path: Path) -> None:
    """A reader need not follow /Prev from a table to a stream (7.5.8)."""
    filled = Template.open(merged({"Veld01": "oud"}).bytes(object_stream_mode=mode)).fill({"Veld01": NASTY})
    check_with_qpdf(filled, tmp_path)
    with pikepdf.open(BytesIO(filled)) as pdf:
        assert str(pdf.Root.AcroForm.Fields[0].V) == NASTY
        assert ("/Type" in pdf.trailer) == (mode is pikepdf.ObjectStreamMode.generate)


def test_a_locked_field_loses_no_other_flag(embedded: Template) -> None:
    """Setting read-only by overwriting /Ff wiped Multiline elsewhere (codeshell/fpdm#31)."""
    with pikepdf.open(BytesIO(embedded.fill({"Veld01": "x"}, lock=["Veld01", "Veld02"]))) as pdf:
        flags = {str(field.T): int(field.Ff) for field in pdf.Root.AcroForm.Fields}
        example_kept = next(field for field in pdf.Root.AcroForm.Fields if field.T == "Veld02")
        assert (flags["Veld01"], flags["Veld02"], flags["Veld03"]) == (4097, 4097, 4096)
        assert example_kept.V == example_kept.DV
        assert "/AP" in example_kept


def test_without_examples_value_and_picture_go_and_the_default_stays(embedded: Template) -> None:
    filled = embedded.fill({"Veld01": "ja"}, examples=False)
    with pikepdf.open(BytesIO(filled)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            assert str(field.get("/V", "")) == ("ja" if field.T == "Veld01" else "")
        assert "Voorbeeld" in str(next(f for f in pdf.Root.AcroForm.Fields if f.T == "Veld02").DV)
    with pymupdf.open(stream=filled, filetype="pdf") as document:
        drawn = "".join(widget.get_text() for page in document for widget in page.annots() or ())
        assert "Voorbeeld" not in "".join(page.get_text() for page in document) + drawn


def widget_boxes(pdf: bytes) -> dict[str, tuple[int, pictures.Box]]:
    """Return page and rectangle of each field."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return {
            str(widget.T): (number, tuple(map(float, widget.Rect)))  # type: ignore[misc]  # four numbers
            for number, page in enumerate(document.pages)
            for widget in page.obj.get("/Annots", ())
            if widget.get("/Subtype") == Name.Widget
        }


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
def test_a_long_answer_is_drawn_inside_its_box_and_nowhere_else(
    engine: Callable[[bytes, int], pictures.Picture], embedded: Template, template: Path
) -> None:
    original = template.read_bytes()
    filled = embedded.fill({"Veld01": "Wij praten met jongeren. " * 200, "Veld02": "W" * 3000})
    boxes = {name: place for name, place in widget_boxes(original).items() if name in ("Veld01", "Veld02")}
    for name, (page, box) in boxes.items():
        before, after = engine(original, page), engine(filled, page)
        on_page = [other for number, other in boxes.values() if number == page]
        assert (pictures.blanked(before, on_page) == pictures.blanked(after, on_page)).all(), name
        assert pictures.ink(pictures.inside(after, box)) > 0.05, name


def test_the_drawn_text_is_the_text_that_fits(embedded: Template) -> None:
    text = "\n".join(f"Regel {number} met “aanhalingstekens” en €" for number in range(1, 6)) + "\n" + SCRIPTS
    filled = embedded.fill({"Veld01": text})
    page, (left, bottom, right, top) = widget_boxes(filled)["Veld01"]
    with pymupdf.open(stream=filled, filetype="pdf") as document:
        document.bake()
        area = document[page]
        clip = pymupdf.Rect(left, area.rect.height - top, right, area.rect.height - bottom)
        assert area.get_text(clip=clip).split() == text.split()


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_widget_keeps_its_turn(
    rotation: int, engine: Callable[[bytes, int], pictures.Picture]
) -> None:
    """The rotation comes from the widget, not from the old picture (mozilla/pdf.js#12574)."""

    def drawn(turn: int, rect: list[int]) -> pictures.Picture:
        form = FormBuilder()
        field = form.text_field("Veld01", MK=Dictionary(R=turn))
        field.Rect = Array(rect)
        filled = Template.open(form.bytes()).fill({"Veld01": "Gedraaid\nnaar boven"})
        return pictures.inside(engine(filled, 0), (rect[0], rect[1], rect[2], rect[3]))

    upright = drawn(0, [100, 400, 300, 500])
    rect = [100, 400, 300, 500] if rotation == 180 else [100, 400, 200, 600]
    turned = drawn(rotation, rect)
    ink = [pictures.ink(part) for part in (upright, turned)]
    assert ink[1] == pytest.approx(ink[0], rel=0.1)
    # Turning it back gives the same picture, up to the smoothing of letters.
    back = np.rot90(turned, k=-rotation // 90)
    difference = abs(back.astype(int) - upright.astype(int)).mean()
    assert difference < 4


def test_what_helvetica_cannot_show_is_embedded_and_only_then(embedded: Template) -> None:
    plain, foreign = embedded.fill({"Veld01": "gewoon"}), embedded.fill({"Veld01": SCRIPTS})
    assert b"/FontFile2" not in plain[-4000:]
    assert len(foreign) - len(plain) < 30_000
    assert embedded.measure({"Veld01": SCRIPTS})["Veld01"].unshown == ()


def test_what_no_font_shows_is_told_by_code_point_and_stays_in_the_value(embedded: Template) -> None:
    text = "vlag \U0001f1f3\U0001f1f1 en \U00010330"
    assert embedded.measure({"Veld01": text})["Veld01"].unshown[-1] == "\U00010330"
    assert READERS["pikepdf"](embedded.fill({"Veld01": text}))["Veld01"] == text


def test_overflow_is_measured_before_anything_is_written(embedded: Template) -> None:
    fits = embedded.measure({"Veld01": "kort", "Veld02": "regel\n" * 80})
    assert (fits["Veld01"].fits, fits["Veld02"].fits) == (True, False)
    assert fits["Veld02"].lines == 80
    assert 0 < fits["Veld02"].lines_that_fit < 80


def test_rich_text_of_a_parent_does_not_contradict_the_new_value() -> None:
    form = FormBuilder()
    parent = form.dictionary(FT=Name.Tx, T=String("Deel"), RV=String("<p>oud</p>"), Kids=Array())
    parent.Kids.append(form.widget(T=String("Naam"), Parent=parent, RV=String("<p>ook oud</p>")))
    form.fields.append(parent)
    with pikepdf.open(BytesIO(Template.open(form.bytes()).fill({"Deel.Naam": "Anna"}))) as pdf:
        kid = pdf.Root.AcroForm.Fields[0].Kids[0]
        assert (str(kid.V), str(kid.RV)) == ("Anna", "")


def test_what_is_typed_into_a_password_field_does_not_show() -> None:
    form = FormBuilder()
    form.fields.append(form.widget(FT=Name.Tx, T=String("Wachtwoord"), Ff=1 << 13))
    with pikepdf.open(BytesIO(Template.open(form.bytes()).fill({"Wachtwoord": "geheim"}))) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert str(field.V) == "geheim"
        assert b"(******)" in field.AP.N.read_bytes()


def test_colour_size_and_alignment_may_come_from_the_form_as_a_whole() -> None:
    form = FormBuilder()
    form.text_field("Naam")
    form.pdf.Root.AcroForm.DA = String("/Helv 14 Tf 1 0 0 rg")
    form.pdf.Root.AcroForm.Q = 2
    with pikepdf.open(BytesIO(Template.open(form.bytes()).fill({"Naam": "Anna"}))) as pdf:
        drawn = pdf.Root.AcroForm.Fields[0].AP.N.read_bytes()
        assert b"1 0 0 rg" in drawn
        assert b"/Helv 14 Tf" in drawn
        # 495 points wide, 2 of padding; "Anna" is 667 + 3 × 556 thousandths wide.
        assert b"1 0 0 1 %.2f" % (495 - 2 - (667 + 3 * 556) * 14 / 1000) in drawn


def test_letters_and_loose_accents_are_drawn_in_one() -> None:
    form = FormBuilder()
    form.text_field("Naam")
    with pikepdf.open(BytesIO(Template.open(form.bytes()).fill({"Naam": "Zoe\u0308"}))) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert str(field.V) == "Zoe\u0308"
        assert b"(Zo\xeb)" in field.AP.N.read_bytes()


def test_title_and_dates_of_the_file_survive(embedded: Template) -> None:
    with pikepdf.open(BytesIO(embedded.fill({"Veld01": "x"}))) as pdf:
        assert "Bouwsteen 3-A" in str(pdf.docinfo.Title)


@pytest.mark.parametrize("tail", [b" " * 3000, b"\n\0\0\n", b""])
def test_white_space_behind_the_end_is_no_damage(tail: bytes) -> None:
    data = merged({"Naam": "oud"}).bytes() + tail
    assert Template.open(data).fill({"Naam": "nieuw"}).startswith(data)


def test_a_signature_that_will_not_hold_is_told() -> None:
    """Appending keeps it whole; a file that must be repaired first loses it."""
    form = merged({"Naam": "oud"})
    form.fields.append(form.widget(FT=Name.Sig, T=String("Handtekening"), V=Dictionary(Type=Name.Sig)))
    sound = form.bytes()
    assert Template.open(sound).warnings == ()
    (warning,) = Template.open(b"rommel\n" + sound).warnings
    assert "signature" in warning


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_an_encrypted_template_keeps_its_encryption(
    revision: Literal[2, 3, 4, 6], embedded: Template, template: Path, tmp_path: Path
) -> None:
    data = encrypted(template.read_bytes(), R=revision)
    opened = Template.open(data, form=embedded.form)
    values = {"Veld01": NASTY, "Veld02": SCRIPTS}
    filled = opened.fill(values, partner="GGD Noord")
    assert filled.startswith(data)
    assert filled == opened.fill(values, partner="GGD Noord")
    check_with_qpdf(filled, tmp_path)
    with pikepdf.open(BytesIO(filled)) as pdf:
        assert revision == pdf.encryption.R
    submission = veldpdf.read(filled)
    assert (submission.partner, submission.answers["Veld01"].text) == ("GGD Noord", NASTY)


def test_what_nobody_may_fill_its_owner_may(template: Path) -> None:
    """The file opens for everybody; only its owner's password lets fill it."""
    data = encrypted(
        template.read_bytes(),
        R=4,
        allow=pikepdf.Permissions(modify_form=False, modify_annotation=False, modify_other=False),
    )
    with pytest.raises(TemplateError, match="owner password"):
        Template.open(data)
    assert Template.open(data, password="eigenaar").fill({"Veld01": "x"}).startswith(data)


def test_an_encrypted_form_that_must_be_mended_first_is_refused() -> None:
    form = orphaned({"Naam": "oud"})
    data = form.bytes(encryption=pikepdf.Encryption(owner="eigenaar", user="", R=4))
    with pytest.raises(TemplateError, match="mended"):
        Template.open(data)


def encrypted(pdf: bytes, **settings: Any) -> bytes:
    """Return a file that opens without a password, and is encrypted all the same."""
    if settings["R"] < 4:
        settings |= {"aes": False, "metadata": False}
    buffer = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(buffer, encryption=pikepdf.Encryption(owner="eigenaar", user="", **settings))
    return buffer.getvalue()


def test_the_text_is_clipped_to_its_box_and_the_path_is_ended() -> None:
    """Most viewers clip at the edge of the picture as well; a path that is never ended draws nothing in some."""
    form = FormBuilder()
    form.text_field("Naam", MK=Dictionary(BC=Array([0])))
    with pikepdf.open(BytesIO(Template.open(form.bytes()).fill({"Naam": "Anna"}))) as pdf:
        drawn = pdf.Root.AcroForm.Fields[0].AP.N.read_bytes()
        assert b"q\n1 1 493 48 re W n\nBT\n" in drawn


def test_two_widgets_of_a_field_each_get_a_picture_of_their_own() -> None:
    """Sharing one stream, the second fill would change the first (pypdf 7.1)."""
    form = FormBuilder()
    field = form.dictionary(FT=Name.Tx, T=String("Naam"), Ff=4096)
    field.Kids = Array([form.widget(Parent=field), form.widget(Parent=field)])
    form.fields.append(field)
    with pikepdf.open(BytesIO(Template.open(form.bytes()).fill({"Naam": "Anna"}))) as pdf:
        pictures_of = [kid.AP.N for kid in pdf.Root.AcroForm.Fields[0].Kids]
        assert pictures_of[0].objgen != pictures_of[1].objgen
        assert all(b"(Anna)" in picture.read_bytes() for picture in pictures_of)
        assert "/V" not in pdf.Root.AcroForm.Fields[0].Kids[0]


def test_a_font_that_the_form_lacks_is_added() -> None:
    """A /DA that names a font outside /DR shows other letters once someone types (py-pdf/pypdf#1997)."""
    form = FormBuilder()
    form.text_field("Naam", DA=String("/Arial 0 Tf 0 0 1 rg"))
    with pikepdf.open(BytesIO(Template.open(form.bytes()).fill({"Naam": "Anna"}))) as pdf:
        assert pdf.Root.AcroForm.DR.Font.Arial.BaseFont == Name.Helvetica
        assert pdf.Root.AcroForm.DR.Font.Helv.is_indirect, "the font that was there stays as it was"
        assert b"0 0 1 rg" in pdf.Root.AcroForm.Fields[0].AP.N.read_bytes()


def test_more_characters_than_the_field_holds_is_an_error_with_both_counts() -> None:
    form = FormBuilder()
    form.text_field("Postcode", MaxLen=6)
    opened = Template.open(form.bytes())
    assert READERS["pikepdf"](opened.fill({"Postcode": "1234AB"})) == {"Postcode": "1234AB"}
    with pytest.raises(ValueTooLongError, match=r"(?s)6.*7"):
        opened.fill({"Postcode": "1234 AB"})


def test_an_unknown_name_is_an_error_with_the_nearest(embedded: Template) -> None:
    with pytest.raises(UnknownFieldError, match="'Veld07'"):
        embedded.fill({"veld7": "x"})
    with pytest.raises(UnknownFieldError):
        embedded.fill({}, lock=["Veld99"])


def test_a_value_that_is_no_text_is_an_error(embedded: Template) -> None:
    with pytest.raises(ValuesError, match="Veld01"):
        embedded.fill({"Veld01": 5})  # type: ignore[dict-item]  # that is the point


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"geen pdf", "not a PDF", id="no PDF"),
        pytest.param(FormBuilder().bytes(), "no fields", id="no fields"),
        pytest.param(merged({"Naam": "", "Adres": ""}).bytes(), "another form", id="another form"),
    ],
)
def test_what_cannot_be_filled_is_told(data: bytes, said: str) -> None:
    with pytest.raises(TemplateError, match=said):
        Template.open(data, form=veldpdf.load_form())


def test_an_appearance_that_viewers_would_draw_anew_is_ours_to_keep() -> None:
    """/NeedAppearances makes Acrobat ask to save a file that nobody changed."""
    form = FormBuilder()
    form.text_field("Naam")
    form.pdf.Root.AcroForm.NeedAppearances = True
    with pikepdf.open(BytesIO(Template.open(form.bytes()).fill({"Naam": "Anna"}))) as pdf:
        assert "/NeedAppearances" not in pdf.Root.AcroForm


def test_an_addressed_copy_is_addressed_anew(embedded: Template) -> None:
    """A second field with another name would have the answers booked to the first partner."""
    pdf = embedded.fill({}, partner="Partner 0")
    for number in range(1, 4):
        pdf = Template.open(pdf, form=embedded.form).fill({"Veld01": "x"}, partner=f"Partner {number}")
    assert veldpdf.read(pdf).partner == "Partner 3"
    with pikepdf.open(BytesIO(pdf)) as document:
        names = [str(field.T) for field in document.Root.AcroForm.Fields]
    assert names.count("veldpdf_partner") == 1


def test_flattening_draws_the_fields_that_the_definition_does_not_have() -> None:
    form = merged({"Naam": "Anna", "Gemeente": "Utrecht"})
    form.pdf.Root.AcroForm.NeedAppearances = True
    flat = Template.open(form.bytes(), form=small_form("Naam")).fill({}, flatten=True)
    with pymupdf.open(stream=flat, filetype="pdf") as document:
        assert document[0].get_text().split() == ["Anna", "Utrecht"]


def test_pictures_that_viewers_drew_anew_are_drawn_before_that_is_no_longer_asked() -> None:
    """A stale picture beside a value was never seen while /NeedAppearances stood."""
    form = merged({"Naam": "nieuw", "Ander": ""})
    form.fields[0].AP = Dictionary(N=form.pdf.make_stream(b"", Subtype=Name.Form, BBox=Array([0, 0, 9, 9])))
    form.fields[1].AP = form.fields[0].AP
    form.pdf.Root.AcroForm.NeedAppearances = True
    filled = Template.open(form.bytes()).fill({"Ander": "x"})
    with pikepdf.open(BytesIO(filled)) as pdf:
        assert "/NeedAppearances" not in pdf.Root.AcroForm
        assert b"(nieuw) Tj" in pdf.Root.AcroForm.Fields[0].AP.N.read_bytes()


def test_locking_a_field_with_formatted_text_changes_nothing_else(tmp_path: Path) -> None:
    form = FormBuilder()
    parent = form.dictionary(FT=Name.Tx, T=String("Deel"), RV=String("<p>oud</p>"), Kids=Array())
    form.fields.append(parent)
    field = form.widget(T=String("Naam"), Parent=parent, V=String("oud"), RV=String("<p>oud</p>"))
    parent.Kids.append(field)
    locked = Template.open(form.bytes()).fill({}, lock=["Deel.Naam"])
    check_with_qpdf(locked, tmp_path)
    with pikepdf.open(BytesIO(locked)) as pdf:
        kid = pdf.Root.AcroForm.Fields[0].Kids[0]
        assert (str(kid.RV), int(kid.Ff)) == ("<p>oud</p>", 1)


def test_a_length_of_nothing_is_no_limit() -> None:
    form = FormBuilder()
    form.text_field("Naam", MaxLen=0)
    assert Template.open(form.bytes()).measure({"Naam": "Anna"})["Naam"].fits


def test_a_font_with_a_name_that_is_not_utf_8_is_no_damage() -> None:
    data = (
        merged({"Naam": ""}).bytes().replace(b"/Helv 2 0 R", b"/F#E9 2 0 R").replace(b"/Helv 10", b"/Los 10 ")
    )
    filled = Template.open(data).fill({"Naam": "Anna"})
    assert b"/F#E9" in filled or b"/F#e9" in filled
    assert READERS["pikepdf"](filled) == {"Naam": "Anna"}


def test_a_field_that_is_lower_than_a_line_is_told_as_such() -> None:
    """Shortening the text would be of no use."""
    form = FormBuilder()
    form.text_field("Laag").Rect = Array([50, 700, 300, 706])
    form.text_field("Naam")
    fits = Template.open(form.bytes()).measure({"Laag": "tekst", "Naam": "tekst"})
    assert (fits["Laag"].fits, fits["Laag"].is_too_low) == (False, True)
    assert (fits["Naam"].fits, fits["Naam"].is_too_low) == (True, False)
