"""Where a file says two things about one field: the evidence decides, and the officer is told."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

import veldpdf
from tests.forms import FormBuilder
from tests.reading_form import small_form
from veldpdf.model import Answer, Origin, State

FORM = small_form("Veld01", "Veld02")
EXAMPLE = "voorbeeld"


def read(data: bytes) -> dict[str, Answer]:
    return dict(veldpdf.read(data, form=FORM).answers)


def apart(form: FormBuilder, on_field: str, on_widget: str, **widget: Any) -> pikepdf.Object:
    """Add a field and its widget as two objects that say different things."""
    field = form.dictionary(FT=Name.Tx, T=String("Veld01"), Ff=4096, V=String(on_field))
    field.Kids = Array([form.widget(Parent=field, V=String(on_widget), **widget)])
    form.fields.append(field)
    return field


def picture(form: FormBuilder, text: str) -> Dictionary:
    """Return the appearance of a widget that shows a text."""
    lines = b"".join(b"(%b) Tj 0 -12 Td\n" % line.encode("cp1252") for line in text.split("\n"))
    stream = form.pdf.make_stream(
        b"/Tx BMC q BT /Helv 10 Tf 2 30 Td\n" + lines + b"ET Q EMC",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, 495, 50]),
        Resources=Dictionary(Font=Dictionary(Helv=form.font)),
    )
    return Dictionary(N=stream)


@pytest.mark.parametrize(
    ("on_field", "on_widget", "answer"),
    [
        pytest.param(EXAMPLE, "nieuw", "nieuw", id="Evince: the example stays on the field"),
        pytest.param("nieuw", EXAMPLE, "nieuw", id="Acrobat after Evince: it stays on the widget"),
        pytest.param(EXAMPLE, "", "", id="cleared on the widget"),
        pytest.param("", "nieuw", "nieuw", id="an empty value against a text"),
    ],
)
def test_what_was_there_before_does_not_count(on_field: str, on_widget: str, answer: str) -> None:
    form = FormBuilder()
    apart(form, on_field, on_widget)
    found = read(form.bytes())["Veld01"]
    assert found.text == answer
    assert len(found.warnings) == 1


@pytest.mark.parametrize("later", ["field", "widget"])
def test_of_two_answers_the_one_saved_last_counts(later: str) -> None:
    """Whatever the structure says: the revision tells which was typed later."""
    form = FormBuilder()
    apart(form, "field", "widget")
    original = form.bytes(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    with pikepdf.open(BytesIO(original)) as pdf:
        found = next(obj for obj in pdf.objects if isinstance(obj, Dictionary) and obj.get("/T") == "Veld01")
        touched = found if later == "field" else found.Kids[0]
        number = touched.objgen[0]
        body = touched.unparse(resolved=True)
    update = b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(original) + len(update)
    appended = (
        original
        + update
        + b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (number, len(original), 50, int(original.split(b"startxref\n")[-1].split()[0]), start)
    )
    assert read(appended)["Veld01"].text == later


@pytest.mark.parametrize("shown", ["eerste antwoord", "tweede antwoord"])
def test_of_two_answers_in_one_revision_the_one_that_shows_counts(shown: str) -> None:
    form = FormBuilder()
    apart(form, "eerste antwoord", "tweede antwoord", AP=picture(form, shown))
    found = read(form.bytes())["Veld01"]
    assert found.text == shown
    assert len(found.warnings) == 1


def test_a_stale_picture_does_not_count_against_a_value() -> None:
    """Firefox saves without a usable appearance, others with a stale one (mozilla/pdf.js#12264)."""
    form = FormBuilder()
    form.text_field("Veld01", "de waarde", AP=picture(form, "oud plaatje"))
    found = read(form.bytes())["Veld01"]
    assert (found.text, found.origin, found.warnings) == ("de waarde", Origin.FIELD, ())


def test_without_any_value_the_picture_is_the_answer_and_says_so() -> None:
    form = FormBuilder()
    form.text_field("Veld01", AP=picture(form, "alleen getekend\nop twee regels"))
    found = read(form.bytes())["Veld01"]
    assert (found.text, found.origin) == ("alleen getekend\nop twee regels", Origin.APPEARANCE)
    assert len(found.warnings) == 1


def test_formatted_text_that_says_something_else_is_told() -> None:
    form = FormBuilder()
    rich = '<body xmlns="http://www.w3.org/1999/xhtml"><p>een <b>ander</b></p><p>tekst</p></body>'
    form.text_field("Veld01", "de waarde", RV=String(rich))
    form.text_field("Veld02", "een ander\ntekst", RV=String(rich))
    answers = read(form.bytes())
    assert (answers["Veld01"].text, len(answers["Veld01"].warnings)) == ("de waarde", 1)
    assert answers["Veld02"].warnings == ()


def test_formatted_text_alone_is_the_answer() -> None:
    form = FormBuilder()
    form.text_field("Veld01", RV=String("<body><p>eerste</p><p>tweede &amp; laatste</p></body>"))
    assert read(form.bytes())["Veld01"].text == "eerste\ntweede & laatste"


XFA = """<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><xfa:datasets
xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><form1><Veld01>{}</Veld01></form1></xfa:data>
</xfa:datasets></xdp:xdp>"""


@pytest.mark.parametrize(("in_xfa", "warnings"), [("de waarde", 0), ("iets anders", 1)])
def test_xfa_data_that_says_otherwise_is_told(in_xfa: str, warnings: int) -> None:
    form = FormBuilder()
    form.text_field("Veld01", "de waarde")
    form.pdf.Root.AcroForm.XFA = form.pdf.make_stream(XFA.format(in_xfa).encode())
    found = read(form.bytes())["Veld01"]
    assert (found.text, len(found.warnings)) == ("de waarde", warnings)


def test_xfa_that_would_fill_the_memory_is_not_opened() -> None:
    bomb = (
        '<!DOCTYPE x [<!ENTITY a "' + "a" * 1000 + '"><!ENTITY b "' + "&a;" * 1000 + '">]>' + XFA.format("&b;")
    )
    form = FormBuilder()
    form.text_field("Veld01", "de waarde")
    form.pdf.Root.AcroForm.XFA = form.pdf.make_stream(bomb.encode())
    assert read(form.bytes())["Veld01"].warnings == ()


def note(form: FormBuilder, subtype: Name, text: str, rectangle: list[float], **more: object) -> None:
    form.pdf.pages[0].obj.Annots.append(
        form.dictionary(Type=Name.Annot, Subtype=subtype, Contents=String(text), Rect=Array(rectangle), **more)
    )


@pytest.mark.parametrize("subtype", [Name.FreeText, Name.Text])
def test_what_was_typed_over_a_field_is_its_answer_when_it_says_nothing(subtype: Name) -> None:
    """Some viewers cannot fill forms, but can put text on a page."""
    form = FormBuilder()
    form.text_field("Veld01", EXAMPLE)
    form.text_field("Veld02", "ingevuld")
    note(form, subtype, "over het veld\rgetypt", [60, 760, 200, 790])
    answers = read(form.bytes())
    assert (answers["Veld01"].text, answers["Veld01"].origin) == ("over het veld\ngetypt", Origin.ANNOTATION)
    assert answers["Veld01"].state is State.ANSWERED
    assert len(answers["Veld01"].warnings) == 1
    assert answers["Veld02"].notes == ()


def test_it_stands_beside_the_answer_when_there_is_one() -> None:
    form = FormBuilder()
    form.text_field("Veld01", "ingevuld")
    form.text_field("Veld02", "")
    note(form, Name.FreeText, "nog iets", [60, 760, 200, 790])
    found = read(form.bytes())["Veld01"]
    assert (found.text, found.notes, len(found.warnings)) == ("ingevuld", ("nog iets",), 1)


def test_what_was_typed_away_from_any_field_is_kept_with_the_submission() -> None:
    form = FormBuilder()
    form.text_field("Veld01", "ingevuld")
    form.text_field("Veld02", "")
    note(form, Name.FreeText, "onderaan de bladzijde", [60, 20, 200, 60])
    note(form, Name.Popup, "onderaan de bladzijde", [300, 20, 400, 60])
    note(form, Name.FreeText, "verborgen", [60, 80, 200, 90], F=2)
    submission = veldpdf.read(form.bytes(), form=FORM)
    assert submission.notes == ("onderaan de bladzijde",)
    assert "page 1" in submission.warnings[0]
