"""Lines in boxes: nothing is wider than the box, and nothing gets lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from unittest import mock

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from veldpdf.typesetting.boxes import TextBox
from veldpdf.typesetting.layout import (
    AUTO_SIZE_MAXIMUM,
    AUTO_SIZE_MINIMUM,
    break_lines,
    fitting_length,
    lay_out,
    text_width,
)
from veldpdf.typesetting.metrics import standard_widths

HELVETICA = standard_widths("Helvetica")
ROOM = 20_000  # thousandths: about forty letters

paragraphs = st.text(st.sampled_from("aé€ -/\t\n\u00ad\u00a0Ww."), max_size=300)


class Monospaced(dict[str, float]):
    """Every character is half as wide as the font is high."""

    def __missing__(self, _character: str) -> float:
        return 500.0


def lines_of(text: str, columns: int = 10) -> list[str]:
    return list(break_lines(text, columns * 500, Monospaced()))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        pytest.param("een twee drie", ["een twee", "drie"], id="at a space"),
        pytest.param("een\n\n\ntwee", ["een", "", "", "twee"], id="blank lines stay"),
        pytest.param("  - een punt", ["  - een", "punt"], id="an indent stays"),
        pytest.param("a\tb", ["a\tb"], id="a tab stays"),
        pytest.param("a\tb\tcd", ["a\tb\tcd"], id="two tabs lead to the eighth column"),
        pytest.param("a\tb\tcde", ["a\tb", "cde"], id="what no longer fits behind a tab"),
        pytest.param("een twee \t drie", ["een twee", "drie"], id="white space hangs over the end"),
        pytest.param("\tingesprongen", ["\tingesp", "rongen"], id="a word behind an indent"),
        pytest.param("een\u00a0twee drie", ["een\u00a0twee", "drie"], id="not at a no-break space"),
        pytest.param("jeugd-zorg nu", ["jeugd-zorg", "nu"], id="a hyphenated word that fits"),
        pytest.param("de jeugd-zorg", ["de jeugd-", "zorg"], id="behind a hyphen"),
        pytest.param("samen\u00adwerking", ["samen-", "werking"], id="a soft hyphen shows where it breaks"),
        pytest.param("sa\u00admen", ["samen"], id="and only there"),
        pytest.param("abcdefghijklmnop", ["abcdefghij", "klmnop"], id="a word longer than the line"),
        pytest.param("een\u2028twee\x0bdrie\x85vier", ["een", "twee", "drie", "vier"], id="every line end"),
        pytest.param("een\r\ntwee", ["een", "twee"], id="a Windows line end is one"),
    ],
)
def test_lines_break_where_a_reader_expects(text: str, lines: list[str]) -> None:
    assert lines_of(text) == lines


@pytest.mark.parametrize(
    ("text", "columns"),
    [("\t", 4), ("a\t", 4), ("abc\t", 4), ("abcd\t", 8), ("a\tb", 5), ("a\t\tb", 9), ("iiiiiiii\tb", 13)],
)
def test_a_tab_leads_to_the_next_stop(text: str, columns: int) -> None:
    """A stop every four letters of average width; never so near that words would touch."""
    assert text_width(text, Monospaced()) == columns * 500


def test_tab_stops_do_not_depend_on_what_stands_before_them() -> None:
    """Counted in characters, they did: columns in a proportional font never lined up."""
    assert text_width("illi\tx", HELVETICA) == text_width("MM\tx", HELVETICA) == 2000 + HELVETICA["x"]
    # W and W would all but touch the first stop.
    assert text_width("WW\tx", HELVETICA) == 4000 + HELVETICA["x"]


@given(paragraphs)
def test_no_line_is_wider_than_the_box(text: str) -> None:
    for line in break_lines(text, ROOM, HELVETICA):
        assert text_width(line, HELVETICA) <= ROOM + HELVETICA["-"]  # the hyphen of a broken word


@given(paragraphs)
def test_breaking_loses_no_letter(text: str) -> None:
    """White space and hyphens change at the end of a line; everything else stands there, in order."""

    def letters(shown: str) -> str:
        return "".join(c for c in shown if not c.isspace() and c not in "-\u00ad")

    assert letters("".join(break_lines(text, ROOM, HELVETICA))) == letters(text)


def box(height: float = 100, **more: object) -> TextBox:
    settings: dict[str, object] = {"width": 204.0, "height": height, "font_size": 10.0, **more}
    return TextBox(**settings)  # type: ignore[arg-type]  # each test names what it is about


@given(st.text(st.sampled_from("aéWw.  -/"), max_size=200), st.integers(1, 30))
@example("aaa", 1)
@example("  - een lang-woord/en-nog-iets ", 3)
def test_a_plain_text_breaks_where_any_other_does(text: str, columns: int) -> None:
    """Plain texts take a faster way, which may not show."""
    text = re.sub(
        "[-/]{2,}", "-", re.sub("[-/]( |$)", r"\1", text)
    )  # signs side by side are the author's own break
    assume(len(text) - len(text.lstrip()) < columns)  # an indent wider than the line is nobody's
    with mock.patch("veldpdf.typesetting.layout._is_plain", return_value=False):
        slow = lines_of(text, columns)
    assert lines_of(text, columns) == slow


def test_a_text_that_needs_more_lines_than_there_are_overflows() -> None:
    """(100 - 2 × 2) / (10 × 1.156) = 8.3 lines stand in the box."""
    assert not lay_out("\n".join("12345678"), box(), HELVETICA).overflows
    too_long = lay_out("\n".join("123456789"), box(), HELVETICA)
    assert (len(too_long.lines), too_long.lines_fit, too_long.overflows) == (9, 8, True)
    assert too_long.shown == tuple("12345678")


def test_white_lines_at_the_end_do_not_overflow() -> None:
    assert not lay_out("een" + "\n" * 50, box(), HELVETICA).overflows


def test_an_automatic_size_shrinks_until_the_text_fits_and_stays_legible() -> None:
    short = lay_out("kort", box(font_size=0.0), HELVETICA)
    longer = lay_out("woord " * 60, box(font_size=0.0), HELVETICA)
    longest = lay_out("woord " * 2000, box(font_size=0.0), HELVETICA)
    assert short.font_size == AUTO_SIZE_MAXIMUM
    assert AUTO_SIZE_MINIMUM < longer.font_size < AUTO_SIZE_MAXIMUM
    assert not longer.overflows
    assert (longest.font_size, longest.overflows) == (AUTO_SIZE_MINIMUM, True)


def test_a_single_line_field_never_wraps() -> None:
    layout = lay_out("een\ntwee " * 30, box(multiline=False), HELVETICA)
    assert len(layout.lines) == 1
    assert layout.overflows


def test_a_comb_holds_as_many_characters_as_it_has_cells() -> None:
    comb = box(multiline=False, comb_cells=6)
    assert not lay_out("1234AB", comb, HELVETICA).overflows
    assert lay_out("1234ABC", comb, HELVETICA).overflows


@pytest.mark.parametrize(
    ("height", "multiline", "size", "too_low"),
    [
        pytest.param(16, True, 12.0, False, id="the usual size"),
        pytest.param(12, True, 9.0, False, id="smaller, below the padding"),
        pytest.param(10, True, 7.0, False, id="as small as can be read"),
        pytest.param(9, True, 7.0, True, id="lower than any line"),
        pytest.param(12, False, 8 / 1.156, False, id="a single line"),
        pytest.param(7.5, False, 7.0, False, id="a single line, just inside the edges"),
        pytest.param(7, False, 7.0, True, id="a single line that is clipped"),
    ],
)
def test_an_automatic_size_goes_by_the_height(
    height: float, *, multiline: bool, size: float, too_low: bool
) -> None:
    layout = lay_out("Ég", box(height, multiline=multiline, font_size=0.0), HELVETICA)
    assert layout.font_size == pytest.approx(max(size, AUTO_SIZE_MINIMUM))
    assert (layout.too_low, layout.overflows, layout.shown) == (too_low, too_low, ("Ég",))


@pytest.mark.parametrize(
    ("height", "settings"),
    [(13, {}), (10.5, {"multiline": False}), (10.5, {"multiline": False, "comb_cells": 6})],
    ids=["several lines", "a single line", "a comb"],
)
def test_a_box_lower_than_a_line_of_its_size_shows_none_whole(
    height: float, settings: dict[str, object]
) -> None:
    """Ten points: a line takes 11.56 of them, half a point of which may stick out at an edge."""
    low, enough = box(height, **settings), box(height + 0.1, **settings)
    assert lay_out("Ég", low, HELVETICA).too_low
    assert lay_out("Ég", low, HELVETICA).shown == ("Ég",)
    assert fitting_length("Ég", low, HELVETICA) == 0
    assert not lay_out("Ég", enough, HELVETICA).overflows
    assert fitting_length("Ég", enough, HELVETICA) == 2
    assert not any(lay_out(white, low, HELVETICA).overflows for white in ("", "  "))


def test_a_long_line_in_a_low_box_is_told_to_be_too_low_only() -> None:
    """Whoever shortens what is too wide would be left with nothing to draw."""
    layout = lay_out("woord " * 99, box(8, multiline=False), HELVETICA)
    assert (layout.too_low, layout.too_wide, layout.overflows) == (True, False, True)


@pytest.mark.parametrize(
    ("text", "width", "size"),
    [
        pytest.param("iiiiii", 60, 12.0, id="narrow letters"),
        pytest.param("WWWWWW", 60, 10_000 / 944, id="the widest letter fills its cell"),
        pytest.param("iiWiii", 48, 8_000 / 944, id="one of them decides for all"),
        pytest.param("iiiiiiW", 60, 12.0, id="but for what has no cell"),
        pytest.param("WWWWWW", 24, AUTO_SIZE_MINIMUM, id="not smaller than can be read"),
        pytest.param("", 60, 12.0, id="nothing"),
    ],
)
def test_an_automatic_size_in_a_comb_goes_by_the_width_of_a_cell(text: str, width: float, size: float) -> None:
    comb = box(24, multiline=False, comb_cells=6, font_size=0.0, width=width)
    assert lay_out(text, comb, HELVETICA).font_size == pytest.approx(size)


@pytest.mark.parametrize(
    "settings", [{}, {"multiline": False}, {"multiline": False, "comb_cells": 6}], ids=["lines", "line", "comb"]
)
@pytest.mark.parametrize("text", ["woord " * 300, "een\n\n\ntwee-drie " * 60, "Wi" * 700])
def test_of_a_text_in_an_automatic_size_as_much_fits_as_does_not_overflow(
    text: str, settings: dict[str, object]
) -> None:
    automatic = box(100, font_size=0.0, **settings)
    length = fitting_length(text, automatic, HELVETICA)
    assert 0 < length < len(text)
    assert not lay_out(text[:length], automatic, HELVETICA).overflows
    assert lay_out(text[: length + 1], automatic, HELVETICA).overflows


@pytest.mark.parametrize("blanks", [0, 1, 63, 64, 65, 1000, 20_000])
def test_white_space_at_the_ends_of_lines_is_found_to_fit_in_few_steps(blanks: int) -> None:
    """Eight lines fit; looking for where the ninth begins may not take longer than reading the text."""
    text = ("a" + " " * blanks + "b\n") * 12
    width = 204.0 if blanks < 2 else 10.0  # where there is white, it is at the end of a line
    lines = 8 if blanks < 2 else 4
    with mock.patch("veldpdf.typesetting.layout.lay_out", side_effect=lay_out) as laid_out:
        length = fitting_length(text, box(width=width), HELVETICA)
    assert length == lines * (blanks + 3)
    assert laid_out.call_count < 45


@pytest.mark.parametrize(("character", "width"), [("A", 667), ("€", 556), ("\u00a0", 278), ("\u00ad", 0)])
def test_widths_are_adobes(character: str, width: float) -> None:
    assert HELVETICA[character] == width


def test_what_helvetica_lacks_is_measured_in_the_font_that_will_show_it() -> None:
    widths: Mapping[str, float] = HELVETICA
    assert 0 < widths["Я"] < 1000
