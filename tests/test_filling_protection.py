"""Signatures, usage rights and XFA: what is appended leaves them whole, and who fills knows and may choose."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.conftest import Run
from tests.forms import FormBuilder, merged
from veldpdf.pdf.filling.template import Template


def signed(method: str, **parameters: Any) -> FormBuilder:
    """Return a form with a signature that allows something; nothing in it is real but its structure."""
    form = merged({"Naam": "oud"})
    transform = Dictionary(
        Type=Name.SigRef,
        TransformMethod=Name("/" + method),
        TransformParams=Dictionary(Type=Name.TransformParams, **parameters),
    )
    signature = form.dictionary(
        Type=Name.Sig,
        Filter=Name("/Adobe.PPKLite"),
        ByteRange=Array([0, 10, 20, 30]),
        Contents=String("handtekening"),
        Reference=Array([transform]),
    )
    if method == "UR3":
        form.pdf.Root.Perms = Dictionary(UR3=signature)
    else:
        picture = form.pdf.make_stream(b"0 0 10 10 re f", Type=Name.XObject, Subtype=Name.Form)
        form.fields.append(
            form.widget(FT=Name.Sig, T=String("Handtekening"), V=signature, AP=Dictionary(N=picture))
        )
        form.pdf.Root.AcroForm.SigFlags = 3
        if method == "DocMDP":
            form.pdf.Root.Perms = Dictionary(DocMDP=signature)
    return form


def with_xfa() -> bytes:
    form = merged({"Naam": "oud"})
    form.pdf.Root.AcroForm.XFA = form.pdf.make_stream(b"<xdp/>")
    form.pdf.Root.NeedsRendering = False
    return form.bytes()


ALLOWING = {
    "certified, filling in allowed": signed("DocMDP", P=2),
    "certified, comments allowed": signed("DocMDP", P=3),
    "certified, without a word on what is allowed": signed("DocMDP"),
    "usage rights with filling in": signed("UR3", Form=Array([Name.FillIn, Name.Export])),
}
FORBIDDING = {
    "certified as final": signed("DocMDP", P=1),
    "fields locked by a signature": signed("FieldMDP", Action=Name.All),
    "usage rights without filling in": signed("UR3", Document=Array([Name.FullSave])),
}


@pytest.mark.parametrize("form", ALLOWING.values(), ids=ALLOWING.keys())
def test_what_allows_filling_stays_whole_and_nothing_is_said(form: FormBuilder) -> None:
    data = form.bytes()
    template = Template.open(data)
    assert (template.warnings, template.protection.lets_fill) == ((), True)
    filled = template.fill({"Naam": "nieuw"})
    assert filled.startswith(data)
    with pikepdf.open(BytesIO(filled)) as pdf:
        assert "/Perms" in pdf.Root


@pytest.mark.parametrize("form", FORBIDDING.values(), ids=FORBIDDING.keys())
def test_what_forbids_filling_is_told_and_can_be_taken_out(form: FormBuilder) -> None:
    data = form.bytes()
    (warning,) = Template.open(data).warnings
    assert "--drop-rights" in warning
    assert Template.open(data).fill({"Naam": "nieuw"}).startswith(data)

    template = Template.open(data, drop_rights=True)
    assert template.warnings == ()
    filled = template.fill({"Naam": "nieuw"})
    assert filled.startswith(data)
    with pikepdf.open(BytesIO(filled)) as pdf:
        assert "/Perms" not in pdf.Root
        assert "/SigFlags" not in pdf.Root.AcroForm
        values = {str(field.T): field.get("/V") for field in pdf.Root.AcroForm.Fields}
        assert {name: value and str(value) for name, value in values.items()} in (
            {"Naam": "nieuw", "Handtekening": None},
            {"Naam": "nieuw"},
        )
        assert all("/AP" not in field for field in pdf.Root.AcroForm.Fields if Name.Sig == field.FT)


@pytest.mark.parametrize("form", [*ALLOWING.values(), *FORBIDDING.values()])
def test_no_field_is_added_where_that_would_break_a_signature(form: FormBuilder) -> None:
    """Certification and usage rights that allow filling in do not allow a field more (tables 257 and 258)."""
    template = Template.open(form.bytes())
    assert not template.protection.lets_add
    assert template.fill({"Naam": "x"}, partner="GGD") == template.fill({"Naam": "x"})
    freed = Template.open(form.bytes(), drop_rights=True)
    assert freed.fill({"Naam": "x"}, partner="GGD") != freed.fill({"Naam": "x"})


def test_an_xfa_form_is_told_and_can_be_taken_out() -> None:
    data = with_xfa()
    (warning,) = Template.open(data).warnings
    assert "--drop-xfa" in warning
    with pikepdf.open(BytesIO(Template.open(data).fill({"Naam": "nieuw"}))) as pdf:
        assert "/XFA" in pdf.Root.AcroForm

    template = Template.open(data, drop_xfa=True)
    assert template.warnings == ()
    for filled in (template.fill({"Naam": "nieuw"}), template.fill({})):
        assert filled.startswith(data)
        with pikepdf.open(BytesIO(filled)) as pdf:
            assert "/XFA" not in pdf.Root.AcroForm
            assert "/NeedsRendering" not in pdf.Root


def test_a_damaged_file_loses_its_xfa_form_as_well() -> None:
    template = Template.open(b"rommel\n" + with_xfa(), drop_xfa=True)
    with pikepdf.open(BytesIO(template.fill({"Naam": "nieuw"}))) as pdf:
        assert "/XFA" not in pdf.Root.AcroForm
        assert str(pdf.Root.AcroForm.Fields[0].V) == "nieuw"


def test_the_command_line_tells_and_gives_the_choice(run: Run, tmp_path: Path) -> None:
    (tmp_path / "xfa.pdf").write_bytes(with_xfa())
    (tmp_path / "klein.toml").write_text(
        'id = "klein"\ntitle = "Klein"\npublisher = "Wij"\nlanguage = "nl"\n'
        '[[sections]]\nid = "s"\ntitle = "Deel"\n'
        '[[fields]]\nname = "Naam"\nsection = "s"\nlabel = "Naam"\nquestion = "Wie?"\n',
        encoding="utf-8",
    )
    asked = (
        "prefill",
        "--form",
        tmp_path / "klein.toml",
        "--template",
        tmp_path / "xfa.pdf",
        "--set",
        "Naam=Jo",
    )
    told = run(*asked, "-o", tmp_path / "een.pdf", "--lang", "nl")
    assert (told.status, "--drop-xfa" in told.err) == (1, True)
    chosen = run(*asked, "-o", tmp_path / "twee.pdf", "--drop-xfa")
    assert (chosen.status, "XFA" in chosen.err) == (0, False)
