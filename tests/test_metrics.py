"""The figures of the standard fonts are those that reportlab ships, though its tables are not asked as a whole."""

from __future__ import annotations

import pikepdf
import pytest
from reportlab.pdfbase._fontdata import encodings, widthsByFontGlyph
from reportlab.pdfbase._glyphlist import _glyphname2unicode

from veldpdf.pdf.fonts import read_font, standard_by_name
from veldpdf.typesetting import metrics
from veldpdf.typesetting.metrics import glyph_widths, standard_font


@pytest.mark.parametrize("name", sorted(widthsByFontGlyph))
def test_each_of_the_standard_fonts_has_its_widths(name: str) -> None:
    assert standard_font(name) == name
    assert glyph_widths(name) == widthsByFontGlyph[name]


def test_no_other_font_is_standard() -> None:
    assert standard_font("Verdana") is None
    assert standard_font("ABCDEF+Arial,Bold") == "Helvetica-Bold"


@pytest.mark.parametrize("encoding", ["WinAnsiEncoding", "MacRomanEncoding", "StandardEncoding"])
def test_each_encoding_is_what_reportlab_has(encoding: str) -> None:
    font = pikepdf.Dictionary(
        Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica, Encoding=pikepdf.Name("/" + encoding)
    )
    found = read_font(font)
    assert found is not None
    widths = widthsByFontGlyph["Helvetica"]
    glyphs = [glyph for glyph in encodings[encoding] if glyph in widths]
    assert found.widths == {chr(_glyphname2unicode[glyph]): widths[glyph] for glyph in glyphs}
    assert len(found.widths) > 140


@pytest.mark.parametrize("name", ["Helvetica", "ArialMT", "Times-Roman", "Symbol", "ZapfDingbats", "Verdana"])
@pytest.mark.parametrize("entries", [{}, {"Widths": [500]}, {"Encoding": pikepdf.Name.PDFDocEncoding}])
def test_a_font_known_by_its_name_alone_is_what_reading_all_of_it_tells(
    name: str, entries: dict[str, object]
) -> None:
    font = pikepdf.Dictionary(Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/" + name))
    for key, value in entries.items():
        font[f"/{key}"] = pikepdf.Array(value) if isinstance(value, list) else value
    by_name = standard_by_name(font)
    is_plain = not entries and name in ("Helvetica", "ArialMT", "Times-Roman")
    assert by_name == (name if is_plain else None)
    if by_name is not None:
        whole = read_font(font)
        assert whole is not None
        assert (whole.name, whole.is_standard) == (by_name, True)


def test_fonts_that_nobody_has_share_one_table() -> None:
    """Their names come from files: a thousand files may have a hundred thousand of them."""
    tables = {id(metrics._widths_by_character(f"F{number}")) for number in range(100)}
    assert len(tables) == 1
