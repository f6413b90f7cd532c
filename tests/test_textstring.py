"""Text strings: whatever was typed comes back, from any of the four encodings."""

from __future__ import annotations

import codecs

import pikepdf
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from veldpdf.pdf.textstring import decode, encode, literal

SENTENCE = "Zorg voor één lijn: “samen” – €5 • Łódź Ş\tklaar "

typed = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(codecs.BOM_UTF16_BE + SENTENCE.encode("utf-16-be"), id="UTF-16BE"),
        pytest.param(codecs.BOM_UTF16_LE + SENTENCE.encode("utf-16-le"), id="UTF-16LE"),
        pytest.param(codecs.BOM_UTF8 + SENTENCE.encode(), id="UTF-8"),
    ],
)
def test_a_marked_string_is_read_in_its_encoding(raw: bytes) -> None:
    assert decode(raw).text == SENTENCE


def test_a_string_without_a_mark_is_pdfdocencoding() -> None:
    """Annex D.2 agrees with pikepdf's own table, for every code that it defines."""
    defined = bytes(code for code in range(256) if code not in (0x0D, 0x7F, 0x9F, 0xAD))
    assert decode(defined).text == defined.decode("pdfdoc")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_every_line_end_is_a_line_feed(end: str) -> None:
    assert decode(f"een{end}twee{end}{end}vier".encode("ascii")).text == "een\ntwee\n\nvier"


def test_a_language_escape_inside_utf_16_is_no_text() -> None:
    raw = codecs.BOM_UTF16_BE + "\x1bnl-NL\x1bHallo".encode("utf-16-be")
    assert decode(raw).text == "Hallo"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"\xfe\xffab!", "þÿab!", id="an odd number of letters behind thorn and y"),
        pytest.param(b"\xef\xbb\xbf\xe9", "ï»¿é", id="no UTF-8 behind its mark"),
    ],
)
def test_what_only_looks_like_a_mark_was_typed(raw: bytes, text: str) -> None:
    """PDFBox stores a typed "þÿ" in PDFDocEncoding, where it looks like the mark of UTF-16."""
    assert decode(raw).text == text
    assert not decode(raw).damaged


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(codecs.BOM_UTF16_BE + b"\0a\xd8\x3d", "a\ufffd", id="half a surrogate pair"),
        pytest.param(codecs.BOM_UTF16_BE + b"\0a\0b\0", "ab", id="cut off in a character"),
    ],
)
def test_damage_is_told_and_never_raised(raw: bytes, text: str) -> None:
    """Chromium stores an emoji as a lone surrogate when only half of it fits."""
    decoded = decode(raw)
    assert (decoded.text, decoded.damaged) == (text, True)


@given(typed)
@example("þÿ looks like a mark")
@example("ï»¿ too")
@example("\x18\x1f\xad\x7f\x9f\u02d8")
@example(SENTENCE)
def test_what_is_written_reads_back(text: str) -> None:
    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert decode(encode(text)).text == expected


@given(typed)
def test_pikepdf_reads_what_is_written(text: str) -> None:
    # pikepdf takes UTF-8 behind its mark, as PDF 2.0 does, and language escapes at face value.
    if "\x1b" not in text:
        assert str(pikepdf.String(encode(text))) == text


@given(st.binary())
@example(b"\\(\\)\r\n\r((")
def test_a_literal_string_holds_any_bytes(raw: bytes) -> None:
    assert bytes(pikepdf.Object.parse(literal(raw))) == raw


@given(st.binary())
def test_no_bytes_make_decoding_fail(raw: bytes) -> None:
    text = decode(raw).text
    assert "\r" not in text
    text.encode("utf-8")
