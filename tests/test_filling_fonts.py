"""The font that a field asks for: what it surely shows is set in it, and nothing else is."""

from __future__ import annotations

import time
from typing import Any

import pikepdf
import pymupdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from tests.forms import FormBuilder
from veldpdf.pdf.cmaps import decoder
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.fonts import DefaultAppearance, read_font

ASCII = "".join(map(chr, range(33, 127)))
WIDTHS = Array([600] * 224)  # of all codes from 32


def font(name: str, subtype: pikepdf.Object = Name.Type1, **entries: Any) -> pikepdf.Dictionary:
    """Return a simple font."""
    return Dictionary(Type=Name.Font, Subtype=subtype, BaseFont=Name("/" + name), **entries)


def embedded(name: str, key: str = "FontFile2") -> pikepdf.Dictionary:
    """Return the descriptor of a font whose program stands in the file, as far as anybody looks here."""
    made = Dictionary(Type=Name.FontDescriptor, FontName=Name("/" + name), Flags=32)
    made["/" + key] = Dictionary()
    return made


def shown(obj: pikepdf.Dictionary) -> set[str]:
    """Return the characters that text is set in a font with."""
    found = read_font(obj)
    assert found is not None
    return set(found.codes)


def drawn(obj: pikepdf.Dictionary, text: str) -> str:
    """Return what a viewer finds on the page when a field in this font was filled."""
    form = FormBuilder()
    form.pdf.Root.AcroForm.DR.Font["/Eigen"] = form.pdf.make_indirect(obj)
    form.text_field("Veld", DA=String("/Eigen 12 Tf 0 g"))
    filled = Template.open(form.bytes()).fill({"Veld": text})
    with pymupdf.open(stream=filled) as pdf:
        return str(pdf[0].get_text()).strip()


@pytest.mark.parametrize("name", ["Symbol", "ZapfDingbats"])
@pytest.mark.parametrize(
    "entries",
    [
        pytest.param({}, id="plain"),
        pytest.param({"FirstChar": 32, "Widths": WIDTHS}, id="widths"),
        pytest.param({"Encoding": Name.WinAnsiEncoding, "FirstChar": 32, "Widths": WIDTHS}, id="encoding"),
        pytest.param(
            {"FirstChar": 32, "Widths": WIDTHS, "FontDescriptor": Dictionary(Flags=4)}, id="descriptor"
        ),
    ],
)
def test_a_font_of_signs_shows_no_latin_letters(name: str, entries: dict[str, Any]) -> None:
    found = shown(font(name, **entries))
    assert " " in found
    assert not found & set("Hallo")
    assert drawn(font(name, **entries), "Hallo") == "Hallo"


def test_symbol_shows_greek_by_its_own_codes() -> None:
    found = read_font(font("Symbol", FirstChar=32, Widths=WIDTHS))
    assert found is not None
    assert found.encode("\N{GREEK CAPITAL LETTER ETA}\N{GREEK SMALL LETTER ALPHA}") == b"Ha"


@pytest.mark.parametrize("name", ["PDFDocEncoding", "MacExpertEncoding", "Anders"])
def test_an_encoding_that_viewers_take_differently_is_not_relied_on(name: str) -> None:
    obj = font("Helvetica", Encoding=Name("/" + name))
    assert read_font(obj) is None
    assert drawn(obj, "Café “één”") == "Café “één”"
    # Reading makes of it what it can.
    assert decoder(obj)(b"Hallo") == "Hallo"


def test_the_fonts_that_acrobat_adds_are_used() -> None:
    encoding = Dictionary(
        Type=Name.Encoding, Differences=Array([24, Name.breve, 160, Name.Euro, 233, Name.eacute])
    )
    found = read_font(font("Helvetica", Encoding=encoding))
    assert found is not None
    assert found.encode("é€") == b"\xe9\xa0"


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        pytest.param("ABCDEF+ArialMT", {}, id="by its name"),
        pytest.param("ArialMT", {"FontDescriptor": embedded("ArialMT")}, id="TrueType"),
        pytest.param("Helvetica", {"FontDescriptor": embedded("Helvetica", "FontFile")}, id="Type 1"),
        pytest.param("Helvetica", {"FontDescriptor": embedded("Helvetica", "FontFile3")}, id="CFF"),
    ],
)
def test_a_subset_shows_only_what_it_gives_a_width(name: str, entries: dict[str, Any]) -> None:
    subset = font(
        name,
        Name.TrueType,
        Encoding=Name.WinAnsiEncoding,
        FirstChar=ord("a"),
        Widths=Array([500, 0, 510]),
        **entries,
    )
    found = read_font(subset)
    assert found is not None
    assert dict(found.widths) == {"a": 500.0, "c": 510.0}


def test_a_font_that_is_not_in_the_file_shows_what_its_widths_leave_out() -> None:
    found = shown(
        font("ArialMT", Name.TrueType, Encoding=Name.WinAnsiEncoding, FirstChar=97, Widths=Array([500]))
    )
    assert set(ASCII) <= found


@pytest.mark.parametrize(
    ("raw", "taken"),
    [
        (b"/Helv 12 Tf 0 g", ("Helv", 12.0, b"0 g")),
        (b"/Helv 12. Tf 0 g", ("Helv", 12.0, b"0 g")),
        (b"0 0 1 rg/Helv 12 Tf", ("Helv", 12.0, b"0 0 1 rg")),
        (b"/Helv 12 Tf%x\n0 0 1 rg%x", ("Helv", 12.0, b"0 0 1 rg")),
        (b"/Helv\0.5\0Tf[]0 g[]", ("Helv", 0.5, b"0 g")),
        (b"/Helv 12 Tf 1 0 0 rg %0 0 1 rg /Cour 9 Tf", ("Helv", 12.0, b"1 0 0 rg")),
        (b"/Helv 12 Tfx /1 g 0 1 rgb", ("", 0.0, b"0 g")),
        (b"/Helv 0.004 Tf", ("Helv", 0.0, b"0 g")),
        (b"/Helv -0.1 Tf", ("Helv", 0.1, b"0 g")),
    ],
)
def test_a_default_appearance_is_taken_apart_at_delimiters(raw: bytes, taken: tuple[str, float, bytes]) -> None:
    found = DefaultAppearance.parse(raw)
    assert (found.font, found.size, found.colour) == taken


@pytest.mark.parametrize("raw", [b"/Helv " + b"1" * 100_000, b"1" * 100_000 + b" x"], ids=["size", "colour"])
def test_a_number_without_end_takes_no_time(raw: bytes) -> None:
    start = time.perf_counter()
    assert DefaultAppearance.parse(raw) == DefaultAppearance("", 0.0, b"0 g")
    assert time.perf_counter() - start < 5.0  # it took minutes
