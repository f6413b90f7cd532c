"""A definition to start from, for any fillable PDF, and reading that PDF with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

import veldpdf
from tests.forms import FormBuilder
from veldpdf.definition import form_as_toml, load_form, parse_form
from veldpdf.errors import TemplateError
from veldpdf.model import FieldSpec, FormDefinition, Section, State
from veldpdf.pdf.defining import define_form


def everything() -> FormBuilder:
    """A form with every type of field, and two fields that share the last part of their names."""
    form = FormBuilder(pages=2)
    for parent in ("melder", "partner"):
        group = form.dictionary(T=String(parent), Kids=Array())
        group.Kids.append(
            form.widget(FT=Name.Tx, T=String("naam"), Parent=group, V=String(f"naam van {parent}"))
        )
        form.fields.append(group)
    states = Dictionary(N=Dictionary(Ja=form.pdf.make_stream(b""), Off=form.pdf.make_stream(b"")))
    form.fields.append(
        form.widget(FT=Name.Btn, T=String("akkoord"), TU=String("Akkoord?"), V=Name.Ja, AS=Name.Ja, AP=states)
    )
    radio = form.dictionary(FT=Name.Btn, Ff=1 << 15, T=String("keuze"), V=Name("/2"), Kids=Array())
    for number in ("1", "2"):
        picture = Dictionary({f"/{number}": form.pdf.make_stream(b""), "/Off": form.pdf.make_stream(b"")})
        radio.Kids.append(form.widget(1, Parent=radio, AP=Dictionary(N=picture), AS=Name("/Off")))
    form.fields.append(radio)
    options = Array([Array([String("nl"), String("Nederlands")]), String("en"), String("fy")])
    form.fields.append(
        form.widget(1, FT=Name.Ch, T=String("talen"), Opt=options, V=Array([String("nl"), String("fy")]))
    )
    form.fields.append(form.widget(1, FT=Name.Btn, Ff=1 << 16, T=String("verstuur")))
    form.fields.append(form.widget(1, FT=Name.Sig, T=String("handtekening")))
    return form


def test_any_form_gives_a_definition_that_reads_it(tmp_path: Path) -> None:
    data = everything().bytes()
    path = tmp_path / "eigen.toml"
    path.write_text(form_as_toml(define_form(data, source="Mijn formulier.pdf")), encoding="utf-8")
    form = load_form(path)
    assert form.id == "mijn-formulier"
    assert form.names == ("melder.naam", "partner.naam", "akkoord", "keuze", "talen")
    submission = veldpdf.read(data, form=form)
    assert {name: answer.text for name, answer in submission.answers.items()} == {
        "melder.naam": "naam van melder",
        "partner.naam": "naam van partner",
        "akkoord": "Ja",
        "keuze": "2",
        "talen": "nl\nfy",
    }
    assert submission.answers["melder.naam"].state is State.EXAMPLE
    assert submission.warnings == ()


def test_labels_and_pages_come_from_the_file() -> None:
    form = define_form(everything().bytes(), source="x.pdf")
    assert form.field("akkoord").label == "Akkoord?"
    assert (form.field("akkoord").page, form.field("keuze").page) == (1, 2)
    assert [section.title for section in form.sections] == ["Bladzijde 1", "Bladzijde 2"]
    assert not form.field("akkoord").required


def test_a_required_flag_is_taken_over() -> None:
    form = FormBuilder()
    for name, flags in (("moet", 2), ("mag", 0)):
        form.fields.append(form.widget(FT=Name.Tx, T=String(name), Ff=flags))
    defined = define_form(form.bytes(), source="x.pdf")
    assert (defined.field("moet").required, defined.field("mag").required) == (True, False)


def test_the_embedded_worksheet_defines_itself(template: Path) -> None:
    defined, ours = define_form(template.read_bytes(), source="x.pdf"), load_form()
    assert {spec.name: (spec.example, spec.page) for spec in defined.fields} == {
        spec.name: (spec.example, spec.page) for spec in ours.fields
    }


@pytest.mark.parametrize("data", [b"geen pdf", FormBuilder().bytes()], ids=["no PDF", "no fields"])
def test_what_has_no_fields_has_no_definition(data: bytes) -> None:
    with pytest.raises(TemplateError, match=r"x\.pdf"):
        define_form(data, source="x.pdf")


@given(st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: text.replace("\r", "")))
def test_any_text_survives_the_file(text: str) -> None:
    import tomllib  # noqa: PLC0415 - only this test looks into the file

    spec = FieldSpec(name="a", section="s", label="b", question="c", example=text)
    form = FormDefinition(
        id="x", title="t", publisher="p", language="nl", sections=(Section(id="s", title="S"),), fields=(spec,)
    )
    again = parse_form(tomllib.loads(form_as_toml(form)), source="x.toml")
    assert again.fields[0].example == text
