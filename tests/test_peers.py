"""The comparison with other readers: it is silent where all agree, and tells who says what where they do not."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from pikepdf import Array, Dictionary, Name, String

from tests import peers
from tests.engines import pdftk
from tests.forms import STRUCTURES, FormBuilder
from tests.needs import need
from tests.peers import Comparison, compare, pdfs_below
from veldpdf.pdf.filling.template import Template

HERE = Path(__file__).parent.parent
TEXTS = {"Naam": "Wij vragen het de jongeren zelf.\nElke week.", "Plan": "Één café, 3 €, 中文"}
IN_PROCESS = ("pikepdf", "pdfium", "mupdf")


def compared(data: bytes, *readers: str) -> Comparison:
    if "pdftk" in readers or not readers:
        need(pdftk.missing())
    return compare([("form.pdf", data)], readers or tuple(peers.READERS), workers=0)


def differing(result: Comparison, file: str = "form.pdf") -> dict[str | None, dict[str, tuple[str, ...]]]:
    """Return who disagrees about a file, by field and kind."""
    found: dict[str | None, dict[str, tuple[str, ...]]] = {}
    for each in result.disagreements:
        if each.file == file:
            found.setdefault(each.name, {})[each.kind] = each.readers
    return found


# --- where all agree ------------------------------------------------------------------------------------------------


def test_all_readers_agree_on_every_field_of_the_worksheets_and_the_returned_samples() -> None:
    need(pdftk.missing())
    files = [*pdfs_below(HERE / "forms"), *pdfs_below(HERE / "samples")]
    result = compare(files, tuple(peers.READERS))
    assert result.disagreements == []
    assert result.files == result.forms == len(files) > 6
    assert {name: (tally.agreed, tally.files) for name, tally in result.readers.items()} == dict.fromkeys(
        peers.READERS, (result.fields, len(files))
    )


def buttons_and_lists() -> bytes:
    """Every kind of field, with values by name, by text and in lists."""
    form = FormBuilder()
    on = {"/Yes": form.pdf.make_stream(b""), "/Off": form.pdf.make_stream(b"")}
    for name, state in (("Akkoord", "/Yes"), ("Later", "/Off")):
        states = Dictionary(N=Dictionary(on))
        form.fields.append(form.widget(FT=Name.Btn, T=String(name), V=Name(state), AS=Name(state), AP=states))
    field = form.dictionary(FT=Name.Btn, Ff=1 << 15, T=String("Soort"), V=Name("/1"), Kids=Array())
    field.Opt = Array([String("school"), String("sportclub")])
    for state, shown in (("/0", "/Off"), ("/1", "/1")):
        states = Dictionary(N=Dictionary({state: form.pdf.make_stream(b"")}))
        field.Kids.append(form.widget(Parent=field, AS=Name(shown), AP=states))
    form.fields.append(field)
    options = Array([Array([String("nh"), String("Noord-Holland")]), Array([String("zh"), String("Zuid")])])
    both = Array([String("nh"), String("zh")])
    for name, flags, value in (("Provincie", 1 << 17, String("zh")), ("Waar", 1 << 21, both)):
        form.fields.append(form.widget(FT=Name.Ch, Ff=flags, T=String(name), V=value, Opt=options))
    form.fields.append(form.widget(FT=Name.Btn, Ff=1 << 16, T=String("Wissen")))
    form.fields.append(form.widget(FT=Name.Sig, T=String("Handtekening")))
    return form.bytes()


def test_states_and_options_agree_by_whichever_of_their_names_a_reader_calls_them() -> None:
    result = compared(buttons_and_lists())
    assert result.disagreements == []
    assert [tally.agreed for tally in result.readers.values()] == [7, 7, 7, 7]


@pytest.fixture(scope="module")
def structures() -> Comparison:
    """What is said of the same texts in every structure that viewers leave behind."""
    need(pdftk.missing())
    files = [(name, made(TEXTS).bytes()) for name, made in STRUCTURES.items()]
    return compare(files, tuple(peers.READERS), workers=0)


@pytest.mark.parametrize("structure", ["merged", "with_kids"])
def test_all_readers_agree_on_texts_in_any_script(structures: Comparison, structure: str) -> None:
    assert [each for each in structures.disagreements if each.file == structure] == []
    assert all(tally.agreed >= len(TEXTS) for tally in structures.readers.values())


def test_neither_line_ends_nor_an_empty_value_in_place_of_none_is_a_disagreement() -> None:
    form = FormBuilder()
    form.text_field("Regels", V=String(b"een\rtwee\r\ndrie\nvier\r"))
    form.text_field("Leeg", "")
    result = compared(form.bytes())
    assert result.disagreements == []
    assert [tally.agreed for tally in result.readers.values()] == [2, 2, 2, 2]


def test_a_file_without_fields_is_no_form_and_no_disagreement() -> None:
    result = compared(FormBuilder().bytes(), *IN_PROCESS)
    assert (result.files, result.forms, result.fields, result.disagreements) == (1, 0, 0, [])
    assert [tally.files for tally in result.readers.values()] == [0, 0, 0]


def test_a_field_that_no_page_shows_is_out_of_reach_of_those_who_list_pages() -> None:
    form = FormBuilder()
    form.fields.append(form.dictionary(FT=Name.Tx, T=String("Verborgen"), V=String("basisschool")))
    result = compared(form.bytes())
    assert result.disagreements == []
    assert {name: (tally.agreed, tally.out_of_reach) for name, tally in result.readers.items()} == {
        "pikepdf": (1, 0),
        "pdfium": (0, 1),
        "mupdf": (0, 1),
        "pdftk": (1, 0),
    }


# --- where they do not ----------------------------------------------------------------------------------------------

# What viewers leave behind, and who is led astray by it; docs/peers.md tells why.
LED_ASTRAY: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "orphaned": {"not there": ("pikepdf", "pdftk")},
    "without_form": {"not there": ("pikepdf", "pdfium", "pdftk")},
    "two_copies": {"value": ("pikepdf", "pdfium", "pdftk")},
    "left_on_the_field": {"value": ("pikepdf", "pdfium", "pdftk")},
    "as_stream": {"value": ("pdftk",)},
}


@pytest.mark.parametrize("structure", LED_ASTRAY)
def test_what_viewers_leave_behind_is_told_of_each_field(structures: Comparison, structure: str) -> None:
    assert differing(structures, structure) == dict.fromkeys(TEXTS, LED_ASTRAY[structure])


def test_an_accent_that_the_standard_keeps_among_the_control_characters_is_no_control_character() -> None:
    form = FormBuilder()
    form.text_field("Teken", V=String(b"a\x18b\x8dc"))
    result = compared(form.bytes())
    assert differing(result) == {"Teken": {"value": ("pdftk",)}}
    assert result.disagreements[0].said == {
        "veldpdf": r"text | 'a\u02d8b\u201cc'",
        "pikepdf": r"text | 'a\u02d8b\u201cc'",
        "pdfium": r"text | 'a\u02d8b\u201cc'",
        "mupdf": r"text | 'a\u02d8b\u201cc'",
        "pdftk": r"text | 'a\x18b\u201cc'",
    }


def test_a_state_that_shows_beside_another_value_is_told() -> None:
    form = FormBuilder()
    field = form.dictionary(FT=Name.Btn, Ff=1 << 15, T=String("Soort"), V=Name("/2"), Kids=Array())
    for state, shown in (("/1", "/1"), ("/2", "/Off")):
        states = Dictionary(N=Dictionary({state: form.pdf.make_stream(b"")}))
        field.Kids.append(form.widget(Parent=field, AS=Name(shown), AP=states))
    form.fields.append(field)
    assert differing(compared(form.bytes())) == {"Soort": {"value": ("pdfium", "mupdf")}}


def two_lists_in_one() -> FormBuilder:
    """Two lists of one name, as Acrobat puts them together: the second widget keeps its options and its value."""
    form = FormBuilder()
    pairs = Array([Array([String("44"), String("A")]), Array([String("46"), String("C")])])
    plain = Array([String("A"), String("C")])
    field = form.dictionary(FT=Name.Ch, Ff=1 << 17, T=String("Land"), V=String("46"), Opt=pairs)
    field.Kids = Array([form.widget(Parent=field), form.widget(Parent=field, V=String("A"), Opt=plain)])
    form.fields.append(field)
    return form


def test_of_two_lists_that_acrobat_put_together_the_field_has_the_value() -> None:
    result = compared(two_lists_in_one().bytes(), *IN_PROCESS)
    assert differing(result) == {"Land": {"value": ("mupdf",)}}
    assert result.disagreements[0].said == {
        "veldpdf": "choice | '46'",
        "pikepdf": "choice | '46'",
        "pdfium": "choice | 'C'",
        "mupdf": "choice | '46' | 'A'",
    }


@pytest.mark.parametrize("left_out", ["V", "Opt"])
def test_the_value_of_a_list_is_its_widgets_where_the_field_says_less(left_out: str) -> None:
    form = two_lists_in_one()
    del form.fields[0]["/" + left_out]
    assert peers.ours(form.bytes())["Land"].first_spellings == ("A",)


def test_the_value_of_a_list_is_its_widgets_where_both_have_the_same_options() -> None:
    """So a viewer left it that writes what was chosen on the widget."""
    form = two_lists_in_one()
    form.fields[0].Kids[1].Opt = form.fields[0].Opt
    assert peers.ours(form.bytes())["Land"].first_spellings == ("A",)


@pytest.mark.parametrize(("flags", "said"), [(1 << 15, ("A",)), (0, ())])
def test_a_box_is_cleared_on_its_widgets_and_a_radio_button_never_is(flags: int, said: tuple[str, ...]) -> None:
    form = FormBuilder()
    field = form.dictionary(FT=Name.Btn, Ff=flags, T=String("Soort"), V=Name("/A"), Kids=Array())
    for state in ("/A", "/B") if flags else ("/A",):
        states = Dictionary(N=Dictionary({state: form.pdf.make_stream(b"")}))
        field.Kids.append(form.widget(Parent=field, V=Name.Off, AS=Name.Off, AP=states))
    form.fields.append(field)
    assert peers.ours(form.bytes())["Soort"].first_spellings == said


def test_a_state_that_only_one_reader_sees_is_told() -> None:
    """A widget without pictures has a state all the same, and without a name of its own it is Yes (12.7.5.2.3)."""
    form = FormBuilder()
    form.fields.append(form.widget(FT=Name.Btn, T=String("Akkoord"), V=Name.Off))
    result = compared(form.bytes(), *IN_PROCESS)
    assert differing(result) == {"Akkoord": {"options": ("pikepdf", "mupdf")}}
    assert result.disagreements[0].said == {
        "veldpdf": "checkbox of 'Yes'",
        "pikepdf": "checkbox of nothing",
        "pdfium": "checkbox of 'Yes'",
        "mupdf": "checkbox of nothing",
    }


def nameless_state(value: bytes) -> bytes:
    """A radio button whose state has an empty name (7.3.5), as OpenOffice writes one without a reference value."""
    form = FormBuilder()
    field = form.dictionary(FT=Name.Btn, Ff=3 << 14, T=String("Soort"), V=Name("/Vv"), Kids=Array())
    states = Dictionary(N=Dictionary({name: form.pdf.make_stream(b"") for name in ("/Zz", "/Off")}))
    field.Kids.append(form.widget(Parent=field, AS=Name("/Vv"), AP=states))
    form.fields.append(field)
    return form.bytes().replace(b"/Zz", b"/  ").replace(b"/Vv", value.ljust(3))


def test_a_state_with_an_empty_name_that_is_on_is_no_empty_answer() -> None:
    field = peers.ours(nameless_state(b"/"))["Soort"]
    assert (field.first_spellings, field.options) == (("Yes",), (("Yes", "", ""),))
    assert peers.ours(nameless_state(b"/No"))["Soort"].first_spellings == ("No",)


def test_a_state_with_an_empty_name_that_is_filled_in_is_read_back() -> None:
    filled = Template.open(nameless_state(b"/")).fill({"Soort": ""})
    assert peers.ours(filled)["Soort"].said == ()
    again = Template.open(filled).fill({"Soort": "Yes"})
    assert peers.ours(again)["Soort"].first_spellings == ("Yes",)
    assert peers.with_pikepdf(again)["Soort"].options == {""}


def test_a_type_that_the_file_leaves_out_is_told() -> None:
    form = FormBuilder()
    form.fields.append(form.widget(T=String("Zonder"), V=String("soort")))
    result = compared(form.bytes(), "pikepdf")
    assert differing(result) == {"Zonder": {"type": ("pikepdf",)}}
    assert result.disagreements[0].said["pikepdf"] == "unknown"


def test_a_reader_that_a_file_brings_down_is_told_and_the_others_are_compared() -> None:
    form = FormBuilder()
    form.text_field("Naam", "Zorg")
    ring = form.dictionary(FT=Name.Tx, T=String("Ring"))
    ring.Kids = Array([ring, form.widget(Parent=ring)])
    form.fields.append(ring)
    result = compared(form.bytes())
    opening = next(each for each in result.disagreements if each.kind == "opening")
    assert (opening.name, opening.readers) == (None, ("pdftk",))
    assert opening.said["pdftk"] == "cannot open (ValueError)"
    assert result.readers["pdftk"].files == 0
    assert result.readers["mupdf"].agreed >= 1


def test_a_file_that_needs_a_password_says_nothing_to_anybody() -> None:
    import pikepdf  # noqa: PLC0415 - for this test's encryption only

    locked = STRUCTURES["merged"](TEXTS).bytes(encryption=pikepdf.Encryption(owner="b", user="a"))
    result = compared(locked, *IN_PROCESS)
    assert (result.files, result.forms, result.disagreements) == (1, 0, [])


# --- which files, and what is printed -------------------------------------------------------------------------------


def test_pdfs_are_found_in_folders_and_archives_by_their_first_bytes_and_each_once(tmp_path: Path) -> None:
    one, two, three = (STRUCTURES["merged"]({"Naam": text}).bytes() for text in "abc")
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("data/c.bin", three)
        packed.writestr("data/again.pdf", one)
        packed.writestr("data/no.pdf", b"text")
    with tarfile.open(tmp_path / "dist.tar.gz", "w:gz") as tar:
        for name, data in (("dist/b.pdf", two), ("dist/inner.whl", wheel.getvalue())):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "A.PDF").write_bytes(one)
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 cut off")
    assert [(name, data) for name, data in pdfs_below(tmp_path)] == [
        ("dist.tar.gz/dist/b.pdf", two),
        ("dist.tar.gz/dist/inner.whl/data/again.pdf", one),
        ("dist.tar.gz/dist/inner.whl/data/c.bin", three),
    ]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    need(pdftk.missing())

    def run_it(*arguments: str | Path) -> tuple[int, str]:
        status = peers.main([str(argument) for argument in arguments])
        return status, capsys.readouterr().out

    return run_it


def test_the_command_prints_each_disagreement_and_a_table(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    (tmp_path / "ü.pdf").write_bytes(STRUCTURES["left_on_the_field"]({"Naam": "é" * 60}).bytes())
    status, printed = run(tmp_path)
    cut = r"'\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9\xe9..."
    assert status == 1
    assert printed == (
        "ü.pdf\n"
        "  value 'Naam': pikepdf, pdfium, pdftk\n"
        f"    veldpdf:  text | {cut}\n"
        "    pikepdf:  text | 'voorbeeld'\n"
        "    pdfium:   text | 'voorbeeld'\n"
        f"    mupdf:    text | {cut}\n"
        f"    pdftk:    text | 'voorbeeld', {cut[:64]}...\n"
        "1 PDFs, 1 of them forms; 1 fields\n"
        "    reader       forms      fields       agree     no page"
        "       value     options        type   not there  only there     opening\n"
        "   pikepdf           1           1           0           0"
        "           1           0           0           0           0           0\n"
        "    pdfium           1           1           0           0"
        "           1           0           0           0           0           0\n"
        "     mupdf           1           1           1           0"
        "           0           0           0           0           0           0\n"
        "     pdftk           1           1           0           0"
        "           1           0           0           0           0           0\n"
    )


def test_the_command_tells_a_program_the_same(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(STRUCTURES["orphaned"]({"Naam": "Zorg"}).bytes())
    status, printed = run(tmp_path, "--json")
    told = json.loads(printed)
    assert status == 1
    assert told["disagreements"] == [
        {
            "file": "form.pdf",
            "field": "Naam",
            "kind": "not there",
            "readers": ["pikepdf", "pdftk"],
            "said": {
                "veldpdf": "text | 'Zorg'",
                "pikepdf": "-",
                "pdfium": "text | 'Zorg'",
                "mupdf": "text | 'Zorg'",
                "pdftk": "-",
            },
        }
    ]
    assert (told["files"], told["forms"], told["fields"]) == (1, 1, 1)
    assert told["readers"]["pdfium"]["agree"] == 1


def test_the_command_ends_well_where_all_agree(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(STRUCTURES["merged"](TEXTS).bytes())
    status, printed = run(tmp_path)
    assert status == 0
    assert printed.splitlines()[0] == "1 PDFs, 1 of them forms; 2 fields"
