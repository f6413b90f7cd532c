"""Form data without the form: FDF and XFDF files, as programs export them and as they get damaged."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import veldpdf
from tests.engines import ENGINES
from tests.needs import need, need_program
from veldpdf.pdf.document import UnreadableError
from veldpdf.pdf.fdf import read_fdf
from veldpdf.pdf.textstring import encode, literal
from veldpdf.pdf.xfdf import read_xfdf

NASTY = "Één lijn: “samen” – €5 • Łódź Ş\n\n- punt <b> {{ x }} =1+1 (haakje\n\tin\\gesprongen \n العربية 🙂"


def fdf(fields: bytes, *objects: bytes) -> bytes:
    """Return an FDF file as Acrobat writes it, with one form and perhaps more objects from number 2 on."""
    more = b"".join(b"%d 0 obj\r%b\rendobj\r" % (number, obj) for number, obj in enumerate(objects, start=2))
    return (
        b"%%FDF-1.2\r%%\xe2\xe3\xcf\xd3\r\n1 0 obj\r<</FDF<</F(form.pdf)/Fields[%b]/ID[<0A><0B>]/UF(form.pdf)>>"
        b"/Type/Catalog>>\rendobj\r%btrailer\r\n<</Root 1 0 R>>\r\n%%%%EOF\r\n" % (fields, more)
    )


def xfdf(fields: str, *, declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return (
        f'{declaration}\n<xfdf xmlns="http://ns.adobe.com/xfdf/" xml:space="preserve">'
        f'<f href="form.pdf"/>\n<fields>\n{fields}\n</fields></xfdf>'
    )


def field(name: str, *values: str) -> str:
    inside = "".join(f"<value\n>{value}</value\n>" for value in values)
    return f"<field name={quoteattr(name)}\n>{inside}</field\n>"


# FDF


def test_what_pdftk_exports_is_what_the_form_says(returned: Path) -> None:
    need_program("pdftk")
    for path in sorted(returned.glob("*.pdf")):
        exported = subprocess.run(
            ["pdftk", path, "generate_fdf", "output", "-"], check=True, capture_output=True
        ).stdout
        answers = veldpdf.read(path).answers
        assert read_fdf(exported) == {name: answer.text for name, answer in answers.items()}


def test_what_pdftk_exports_is_read_to_the_letter(template: Path, tmp_path: Path) -> None:
    pdftk = ENGINES["pdftk"]
    need(pdftk.missing())
    path = tmp_path / "ingevuld.pdf"
    path.write_bytes(pdftk.fill(template.read_bytes(), {"Veld01": NASTY, "Veld02": "kort", "Veld03": ""}))
    exported = subprocess.run(
        ["pdftk", path, "generate_fdf", "output", "-"], check=True, capture_output=True
    ).stdout
    texts = read_fdf(exported)
    assert (texts["Veld01"], texts["Veld02"], texts["Veld03"]) == (NASTY, "kort", "")


def test_names_are_put_together_from_parent_and_child() -> None:
    data = fdf(b"<</T(Formulier)/Kids[<</T(A)/V(een)>><</T(B)/Kids[<</T(C)/V(twee)>>]>>]>><</T(D.E)/V(drie)>>")
    assert read_fdf(data) == {"Formulier.A": "een", "Formulier.B.C": "twee", "D.E": "drie"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(b"(een\\rtwee\\r\\ndrie\\nvier)", "een\ntwee\ndrie\nvier", id="line ends"),
        pytest.param(b"(\\351\\351n \\(\\\\\\))", "één (\\)", id="octal and escapes"),
        pytest.param(b"(a (b) c)", "a (b) c", id="parentheses in pairs"),
        pytest.param(b"(een \\\ntwee)", "een twee", id="a line that goes on"),
        pytest.param(b"<FEFF20AC>", "€", id="UTF-16 in hexadecimal"),
        pytest.param(b"(\xfe\xff\x20\xac)", "€", id="UTF-16"),
        pytest.param(b"(\xff\xfe\xac\x20)", "€", id="UTF-16LE"),
        pytest.param(b"(\xef\xbb\xbf\xe2\x82\xac)", "€", id="UTF-8"),
        pytest.param(b"(\xa0 \x8d\x8e)", "€ “”", id="PDFDocEncoding"),
        pytest.param(b"/Ja", "Ja", id="a name"),
        pytest.param(b"/Heel#20goed", "Heel goed", id="a name with a space"),
        pytest.param(b"[(een)(twee)]", "een\ntwee", id="several"),
        pytest.param(b"12", "12", id="a number"),
        pytest.param(b"2 0 R", "uit een stroom", id="a stream"),
        pytest.param(b"3 0 R", "elders", id="elsewhere"),
        pytest.param(b"null", "", id="nothing"),
        pytest.param(b"9 0 R", "", id="a reference to nothing"),
        pytest.param(b"<</V(x)>>", "", id="a dictionary"),
        pytest.param(b"() /RV(<body><p>een</p><p>twee</p></body>)", "een\ntwee", id="formatted only"),
        pytest.param(b"(plat) /RV(<p>anders</p>)", "plat", id="plain before formatted"),
    ],
)
def test_a_value_is_read_however_it_is_written(value: bytes, text: str) -> None:
    stream = b"<</Length 14>>stream\r\nuit een stroom\r\nendstream"
    assert read_fdf(fdf(b"<</V %b/T(Veld01)>>" % value, stream, b"(elders)")) == {"Veld01": text}


def test_a_field_without_a_value_is_there() -> None:
    assert read_fdf(fdf(b"<</T(A)>><</T(B)/V()>>")) == {"A": "", "B": ""}
    assert read_fdf(fdf(b"")) == {}


def test_of_two_values_for_one_field_none_is_lost_to_an_empty_one() -> None:
    assert read_fdf(fdf(b"<</T(A)/V(een)>><</T(A)/V()>><</T(B)/V(een)>><</T(B)/V(twee)>>")) == {
        "A": "een",
        "B": "twee",
    }


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0\x1b")))
@example("%%EOF\n1 0 obj\n<<>>\nendobj\ntrailer <</Root 7 0 R>>")
@example("stream\nendstream) (% 1 0 obj")
@example(NASTY)
def test_any_text_comes_back_to_the_letter(text: str) -> None:
    """Text that looks like the syntax around it is text all the same."""
    assert read_fdf(fdf(b"<</T(A)/V%b>><</T(B)/V(na)>>" % literal(encode(text)))) == {"A": text, "B": "na"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"rommel\r\n" + fdf(b"<</T(A)/V(een)>>"), id="rubbish before the header"),
        pytest.param(fdf(b"<</T(A)/V(een)>>") + b"\0" * 100, id="rubbish behind the end"),
        pytest.param(fdf(b"<</T(A)/V(een)>>").partition(b"trailer")[0], id="no trailer"),
        pytest.param(
            fdf(b"<</T(A)/V(een)>>").replace(b"\r\n", b"\n").replace(b"\r", b"\r\n"), id="other line ends"
        ),
        pytest.param(fdf(b"<</T(A)/V(een)>>").replace(b"Root 1 0", b"Root 5 0"), id="trailer to nothing"),
        pytest.param(
            fdf(b"<</T(A)/V(oud)>>") + b"1 0 obj<</FDF<</Fields[<</T(A)/V(een)>>]>>>>endobj", id="written twice"
        ),
    ],
)
def test_a_file_is_read_where_the_fields_are_there(data: bytes) -> None:
    assert read_fdf(data) == {"A": "een"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "not an FDF", id="nothing"),
        pytest.param(b"%PDF-1.7", "not an FDF", id="a PDF"),
        pytest.param(b"%FDF-1.2\n", "damaged", id="a header alone"),
        pytest.param(fdf(b"<</T(A)/V(een)>>")[:90], "damaged", id="cut off"),
        pytest.param(b"%FDF-1.2\n1 0 obj<</FDF 3>>endobj", "damaged", id="no form in it"),
        pytest.param(b"%FDF-1.4\n1 0 obj<<>>endobj trailer<</Encrypt 2 0 R>>", "encrypted", id="encrypted"),
    ],
)
def test_what_is_no_fdf_says_so(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_fdf(data)
    assert reason in caught.value.reason


def test_a_tree_that_holds_itself_ends() -> None:
    data = fdf(b"2 0 R", b"<</T(A)/Kids[2 0 R 3 0 R]>>", b"<</T(B)/V(een)/Kids[2 0 R]>>")
    assert read_fdf(data) == {"A.B": "een"}


def test_a_tree_of_absurd_depth_ends() -> None:
    read_fdf(fdf(b"<</T(A)/Kids[" * 200 + b"]>>" * 200))


def test_many_fields_take_no_time() -> None:
    fields = b"".join(b"<</T(Veld%d)/V(een)>>" % number for number in range(5_000))
    started = time.perf_counter()
    assert len(read_fdf(fdf(fields))) == 5_000
    assert time.perf_counter() - started < 5


@given(st.data())
def test_damage_to_an_fdf_is_told(data: st.DataObject) -> None:
    sample = bytearray(fdf(b"<</T(A)/Kids[<</T(B)/V(een (twee))>>]>><</V 2 0 R/T(C)>>", b"(x)"))
    for position in data.draw(st.lists(st.integers(0, len(sample) - 1), max_size=5)):
        sample[position] = data.draw(st.integers(0, 255))
    with suppress(UnreadableError):
        read_fdf(bytes(sample[: data.draw(st.integers(0, len(sample)))]))


# XFDF


def test_fields_in_fields_and_several_values_are_read() -> None:
    text = (
        "<field name='Formulier'>"
        + field("A", "een")
        + field("B", "")
        + "<field name='C'>"
        + field("D", "een", "twee")
        + "</field></field>"
        + "<field name='E'/>"
        + field("F.G", " twee  spaties\n")
    )
    assert read_xfdf(xfdf(text).encode()) == {
        "Formulier.A": "een",
        "Formulier.B": "",
        "Formulier.C.D": "een\ntwee",
        "E": "",
        "F.G": " twee  spaties\n",
    }


@pytest.mark.parametrize(
    "written",
    [
        "een\r\ntwee",
        "een&#xD;twee",
        "een&#13;&#10;twee",
        "een&#xA;twee",
        "een\rtwee",
        "een&#xB;twee",
        "een\x0btwee",
    ],
)
def test_every_line_end_is_a_line_feed(written: str) -> None:
    """Word's line break is a vertical tab, which XML forbids and some programs write all the same."""
    assert read_xfdf(xfdf(field("A", written)).encode()) == {"A": "een\ntwee"}


XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(XML_TEXT)
@example(NASTY)
@example("]]> &amp; <value>")
def test_any_text_comes_back_from_xml_to_the_letter(text: str) -> None:
    assert read_xfdf(xfdf(field("A", escape(text))).encode()) == {"A": text}


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        pytest.param("utf-8", "UTF-8", id="UTF-8"),
        pytest.param("utf-8-sig", "UTF-8", id="UTF-8 with a mark"),
        pytest.param("utf-16", "UTF-16", id="UTF-16"),
        pytest.param("utf-16-be", "UTF-16", id="UTF-16 without a mark"),
        pytest.param("utf-16", "UTF-8", id="UTF-16 that says UTF-8"),
        pytest.param("utf-8", "UTF-16", id="UTF-8 that says UTF-16"),
        pytest.param("iso-8859-1", "ISO-8859-1", id="Latin-1"),
        pytest.param("cp1252", "windows-1252", id="Windows"),
        pytest.param("cp1252", "UTF-8", id="Windows that says UTF-8"),
        pytest.param("utf-8", "onzin", id="an encoding that is none"),
    ],
)
def test_every_encoding_is_read_whatever_it_says_it_is(encoding: str, declared: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>'
    assert read_xfdf(xfdf(field("A", "één"), declaration=declaration).encode(encoding)) == {"A": "één"}


def test_formatted_text_counts_where_there_is_no_plain_one() -> None:
    body = '<body xmlns="http://www.w3.org/1999/xhtml"><p>een &amp; <b>twee</b></p><p>drie</p></body>'
    rich = f"<value-richtext>{body}</value-richtext>"
    text = f'<field name="A">{rich}</field><field name="B">{rich}<value>plat</value></field>'
    assert read_xfdf(xfdf(text).encode()) == {"A": "een & twee\ndrie", "B": "plat"}


def test_a_prefix_does_no_harm_declared_or_not() -> None:
    assert read_xfdf(
        b'<x:xfdf><x:fields><x:field name="A"><x:value>een</x:value></x:field></x:fields></x:xfdf>'
    ) == {"A": "een"}


def test_comments_on_pages_are_no_fields() -> None:
    text = xfdf(field("A", "een")).replace(
        "</xfdf>", "<annots><text><contents>x</contents></text></annots></xfdf>"
    )
    assert read_xfdf(text.encode()) == {"A": "een"}


LAUGHS = "<!DOCTYPE xfdf [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {name} '{f'&{before};' * 10}'>" for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param("", "damaged", id="nothing"),
        pytest.param("geen xml", "damaged", id="no XML"),
        pytest.param("<html><field name='A'/></html>", "not an XFDF", id="other XML"),
        pytest.param(xfdf(field("A", "een"))[:-20], "damaged", id="cut off"),
        pytest.param(xfdf(field("A", "&j;"), declaration=LAUGHS + "]>"), "document type", id="billion laughs"),
        pytest.param(
            xfdf(field("A", "&a;"), declaration="<!DOCTYPE xfdf [<!ENTITY a SYSTEM 'file:///etc/hostname'>]>"),
            "document type",
            id="a file from outside",
        ),
        pytest.param(
            xfdf("", declaration="<!DOCTYPE xfdf SYSTEM 'http://example.org/x.dtd'>"),
            "document type",
            id="a document type from outside",
        ),
        pytest.param(xfdf("<field name='A'>" * 10_000), "damaged", id="absurd depth"),
    ],
)
def test_what_is_no_xfdf_says_so(data: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_xfdf(data.encode())
    assert reason in caught.value.reason


def test_many_xml_fields_take_no_time() -> None:
    fields = "".join(field(f"Veld{number}", "een") for number in range(20_000))
    started = time.perf_counter()
    assert len(read_xfdf(xfdf(fields).encode())) == 20_000
    assert time.perf_counter() - started < 5


@given(st.binary(max_size=60), st.integers(0, 300))
def test_damage_to_an_xfdf_is_told(noise: bytes, position: int) -> None:
    sample = xfdf(field("A", "één") + field("B", "twee")).encode()
    with suppress(UnreadableError):
        read_xfdf(sample[:position] + noise + sample[position + len(noise) :])
