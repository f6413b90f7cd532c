"""Reading what comes back: every structure, every packaging, every engine, to the letter."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

import veldpdf
from tests.engines import ENGINES, Engine
from tests.forms import STRUCTURES, FormBuilder, merged
from tests.needs import need
from tests.reading_form import small_form as make_small_form
from veldpdf.model import FormDefinition, Origin, State, Status

NASTY = "Één lijn: “samen” – €5 • Łódź Ş\n\n- punt <b> {{ x }} =1+1\n\tingesprongen \n"

ANSWERS = {"Veld01": NASTY, "Veld02": "العربية Кириллица Ελληνικά", "Veld03": "kort"}


@pytest.fixture(scope="module")
def small_form() -> FormDefinition:
    """A definition of three fields, each with the same example."""
    return make_small_form(*ANSWERS)


def texts(submission: veldpdf.Submission) -> dict[str, str]:
    return {name: answer.text for name, answer in submission.answers.items()}


@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES.keys())
def test_every_structure_gives_every_answer(
    structure: Callable[[Mapping[str, str]], FormBuilder], small_form: FormDefinition
) -> None:
    submission = veldpdf.read(structure(ANSWERS).bytes(), form=small_form)
    assert submission.status is Status.READ
    assert texts(submission) == ANSWERS


PACKAGINGS: Mapping[str, Mapping[str, object]] = {
    "plain": {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
    "object streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "linearized": {"linearize": True},
    "RC4": {
        "encryption": pikepdf.Encryption(
            owner="o", user="", R=3, allow=pikepdf.Permissions(), aes=False, metadata=False
        )
    },
    "AES-128": {"encryption": pikepdf.Encryption(owner="o", user="", R=4)},
    "AES-256": {"encryption": pikepdf.Encryption(owner="o", user="", R=6)},
}


@pytest.mark.parametrize("settings", PACKAGINGS.values(), ids=PACKAGINGS.keys())
@pytest.mark.filterwarnings("ignore:.*RC4|.*insecure:UserWarning")
def test_every_packaging_gives_every_answer(settings: Mapping[str, object], small_form: FormDefinition) -> None:
    """An empty user password only holds back printing or copying, and opens by itself."""
    form = merged(ANSWERS)
    if "encryption" in settings:
        buffer = BytesIO()
        form.pdf.save(buffer, **settings)  # type: ignore[arg-type]  # pikepdf's own options
        data = buffer.getvalue()
    else:
        data = form.bytes(**settings)
    assert texts(veldpdf.read(data, form=small_form)) == ANSWERS


def test_a_password_is_needed_where_there_is_one(small_form: FormDefinition) -> None:
    buffer = BytesIO()
    merged(ANSWERS).pdf.save(buffer, encryption=pikepdf.Encryption(owner="o", user="geheim", R=6))
    data = buffer.getvalue()
    locked = veldpdf.read(data, form=small_form)
    assert (locked.status, locked.answers) == (Status.LOCKED, {})
    assert "--password" in locked.warnings[0]
    assert veldpdf.read(data, form=small_form, password="fout").status is Status.LOCKED
    assert texts(veldpdf.read(data, form=small_form, password="geheim")) == ANSWERS


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: b"rommel\r\n" * 20 + data, id="rubbish before the header"),
        pytest.param(lambda data: data + b"\0" * 3000, id="rubbish behind the end"),
        pytest.param(lambda data: data[: data.rindex(b"xref")], id="no cross-reference table"),
        pytest.param(lambda data: data.replace(b"startxref\n", b"startxref\n9"), id="a wrong startxref"),
    ],
)
def test_a_damaged_file_is_repaired_and_read(
    damage: Callable[[bytes], bytes], small_form: FormDefinition
) -> None:
    plain = merged(ANSWERS).bytes(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert texts(veldpdf.read(damage(plain), form=small_form)) == ANSWERS


def _docx() -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w:t>antwoord</w:t>")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "empty", id="nothing"),
        pytest.param(_docx(), "Word", id="a Word file by another name"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "picture", id="a picture"),
        pytest.param(b"Beste mensen, zie bijlage.", "not a PDF", id="a text"),
        pytest.param(b"%PDF-1.7\n" + b"\0" * 500, "damaged", id="a header and nothing else"),
    ],
)
def test_what_is_no_pdf_is_unreadable_and_says_why(data: bytes, said: str) -> None:
    submission = veldpdf.read(data)
    assert (submission.status, submission.answers) == (Status.UNREADABLE, {})
    assert said in submission.warnings[0]


def test_another_form_is_other(small_form: FormDefinition) -> None:
    data = merged({"Naam": "x", "Adres": "y", "Plaats": "z"}).bytes()
    assert veldpdf.read(data, form=small_form).status is Status.OTHER


def test_a_picture_of_a_page_is_a_scan() -> None:
    form = FormBuilder(pages=2)
    for page in form.pdf.pages:
        image = form.pdf.make_stream(
            b"\xff" * 16, Type=Name.XObject, Subtype=Name.Image, Width=4, Height=4,
            ColorSpace=Name.DeviceGray, BitsPerComponent=8,
        )  # fmt: skip
        page.obj.Resources = Dictionary(XObject=Dictionary(Im0=image))
        page.obj.Contents = form.pdf.make_stream(b"q 500 0 0 800 0 0 cm /Im0 Do Q")
    del form.pdf.Root.AcroForm
    submission = veldpdf.read(form.bytes())
    assert submission.status is Status.SCAN
    assert "2" in submission.warnings[0]


def test_two_answers_for_one_field_are_told(small_form: FormDefinition) -> None:
    """Neither may be lost in silence: the one on the page counts, and the officer is told to look."""
    form = FormBuilder()
    for name in ANSWERS:
        form.fields.append(form.dictionary(FT=Name.Tx, T=String(name), V=String("het ene")))
        form.widget(FT=Name.Tx, T=String(name), V=String("het andere"))
    answer = veldpdf.read(form.bytes(), form=small_form).answers["Veld01"]
    assert answer.text == "het andere"
    assert len(answer.warnings) == 1


def test_a_value_left_behind_on_the_field_does_not_count(small_form: FormDefinition) -> None:
    answer = veldpdf.read(STRUCTURES["left_on_the_field"](ANSWERS).bytes(), form=small_form).answers["Veld01"]
    assert (answer.text, answer.state, answer.origin) == (NASTY, State.ANSWERED, Origin.WIDGET)


def test_a_cleared_field_is_empty_and_an_absent_field_is_absent(small_form: FormDefinition) -> None:
    submission = veldpdf.read(merged({"Veld01": "", "Veld03": " \n"}).bytes(), form=small_form)
    assert {name: answer.state for name, answer in submission.answers.items()} == {
        "Veld01": State.EMPTY,
        "Veld03": State.EMPTY,
    }
    assert "Veld02" in submission.warnings[0]


@pytest.mark.parametrize("name", ["Veld01+1", "Veld01#1", "1.Veld01", "Formulier.Deel.Veld01", "Veld01 [170]"])
def test_a_renamed_field_is_known_by_its_last_part(name: str, small_form: FormDefinition) -> None:
    submission = veldpdf.read(merged({name: "ja", "Veld02": "", "Veld03": ""}).bytes(), form=small_form)
    assert submission.answers["Veld01"].text == "ja"


def test_a_cycle_in_the_tree_ends(small_form: FormDefinition) -> None:
    form = merged(ANSWERS)
    loop = form.dictionary(T=String("lus"), FT=Name.Tx)
    loop.Kids = Array([loop])
    loop.Parent = loop
    form.fields.append(loop)
    form.pdf.pages[0].obj.Annots.append(form.widget(None, Parent=loop))
    assert texts(veldpdf.read(form.bytes(), form=small_form)) == ANSWERS


@pytest.mark.parametrize("junk", [String("x"), 7, Name.Off, Array([1, 2]), Dictionary(T=5)])
def test_junk_among_the_fields_is_passed_over(junk: object, small_form: FormDefinition) -> None:
    form = merged(ANSWERS)
    form.fields.insert(0, junk)
    form.pdf.pages[0].obj.Annots.insert(0, junk)
    assert texts(veldpdf.read(form.bytes(), form=small_form)) == ANSWERS


def test_a_file_can_be_given_as_path_bytes_or_open_file(tmp_path: Path, small_form: FormDefinition) -> None:
    path = tmp_path / "veilig-thuis (1).pdf"
    path.write_bytes(merged(ANSWERS).bytes())
    by_path = veldpdf.read(path, form=small_form)
    with path.open("rb") as file:
        by_file = veldpdf.read(file, form=small_form)
    assert by_path.answers == by_file.answers == veldpdf.read(path.read_bytes(), form=small_form).answers
    assert (by_path.source, by_path.partner) == ("veilig-thuis (1).pdf", "Veilig thuis")
    assert by_file.partner == "Veilig thuis"


TYPED = {
    "Veld01": "Éérste regel met €, “quotes” en • bolletjes\n\n- tweede alinea \neinde",
    "Veld05": "",
    "Veld12": "<b>vet</b> {{ x }} =1+1 & zo",
}


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES.keys())
def test_what_was_typed_in_a_real_viewer_comes_back(engine: Engine, template: Path) -> None:
    need(engine.missing())
    submission = veldpdf.read(engine.fill(template.read_bytes(), TYPED))
    assert submission.status is Status.READ
    assert {name: submission.answers[name].text for name in TYPED} == TYPED
    assert submission.answers["Veld02"].state is State.EXAMPLE
    assert len(submission.answers) == 23


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES.keys())
def test_it_comes_back_where_field_and_widget_are_apart(engine: Engine, template: Path) -> None:
    """The worst trap: some viewers write the widget and leave the example on the field."""
    need(engine.missing())
    submission = veldpdf.read(engine.fill(split(template.read_bytes()), TYPED))
    assert {name: submission.answers[name].text for name in TYPED} == TYPED


def split(data: bytes) -> bytes:
    """Return the worksheet with each field and its widget as objects of their own."""
    with pikepdf.open(BytesIO(data)) as pdf:
        fields = pdf.Root.AcroForm.Fields
        for index in range(len(fields)):
            widget = fields[index]
            field = pdf.make_indirect(Dictionary(Kids=Array([widget])))
            for key in ("/FT", "/T", "/V", "/DV", "/Ff", "/TU", "/DA"):
                if key in widget:
                    field[key] = widget[key]
                    del widget[key]
            widget.Parent = field
            fields[index] = field
        buffer = BytesIO()
        pdf.save(buffer, static_id=True)
        return buffer.getvalue()
