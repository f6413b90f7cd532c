"""Fonts of a house style that are broken: refused where they are read, or else good for a whole report."""

from __future__ import annotations

import gc
import struct
import time
import weakref
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

import veldpdf
from tests.test_house_style import FONT, patched
from veldpdf.errors import HouseStyleError
from veldpdf.house_style.fonts import check_font
from veldpdf.house_style.values import HouseFonts, HouseStyle
from veldpdf.model import Answer, State, Status, Submission
from veldpdf.report.as_pdf.faces import faces_of
from veldpdf.resources import fonts_folder
from veldpdf.typesetting.shipped import FontProgram
from veldpdf.typesetting.typeface import Typeface

ARABIC = (fonts_folder() / "NotoSansArabic-Regular.ttf").read_bytes()
# With letters that join, marks on letters and what the font lacks.
TEXT = "The quick brown ﬁox: é̂ x̣́ “AV” مرحباَ नमस्ते 🙂"
TABLES = (
    "cmap",
    "head",
    "hhea",
    "hmtx",
    "loca",
    "maxp",
    "glyf",
    "GSUB",
    "GPOS",
    "GDEF",
    "OS/2",
    "name",
    "post",
)


def tables(font: bytes) -> dict[str, tuple[int, int]]:
    """Return where each table begins, and how long it is."""
    (count,) = struct.unpack_from(">H", font, 4)
    rows = [struct.unpack_from(">4s3L", font, 12 + 16 * row) for row in range(count)]
    return {tag.decode(): (begin, length) for tag, _, begin, length in rows}


def mutated(font: bytes, chance: Random) -> bytes:
    """Return a font with some bytes changed, mostly near the beginning of its tables, or cut off."""
    places = tables(font)
    kind = chance.choice(["table"] * 8 + ["directory", "cut"])
    if kind == "cut":
        return font[: chance.randrange(len(font) // 2, len(font))]
    result = bytearray(font)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        if kind == "directory":
            place = chance.randrange(4, 12 + 16 * len(places))
        else:
            begin, length = places[chance.choice([tag for tag in TABLES if tag in places])]
            place = begin + chance.randrange(min(length, chance.choice([40, 200, length])))
        result[place] = chance.choice([0, 0xFF, 0x7F, 0x80, chance.randrange(256)])
    return bytes(result)


def report(font: bytes) -> bytes:
    """Return a report in PDF with a font, on one answer that asks much of it."""
    form = veldpdf.load_form()
    answers = {form.fields[4].name: Answer(text=TEXT, state=State.ANSWERED)}
    submission = Submission(
        source="a.pdf", partner="Pärtner Łódź", status=Status.READ, form=form.id, answers=answers
    )
    fonts = HouseFonts(family="Eigen", regular=font, bold=font, italic=font)
    return veldpdf.merge([submission], style=HouseStyle(fonts=fonts)).render(".pdf")


def is_refused(font: bytes) -> bool:
    """Return whether a font is refused; anything but the error of a house style goes on."""
    try:
        check_font(font, "a.ttf")
    except HouseStyleError:
        return True
    return False


def with_table(tag: str, table: bytes) -> bytes:
    """Return a font with another table, which stands behind all others."""
    place = 12 + 16 * list(tables(FONT)).index(tag) + 8
    return FONT[:place] + struct.pack(">2L", len(FONT), len(table)) + FONT[place + 8 :] + table


def with_cmap(*lists: bytes, platform: int = 3) -> bytes:
    """Return a font with these lists of characters, in this order."""
    head = struct.pack(">2H", 0, len(lists))
    at = len(head) + 8 * len(lists)
    for characters in lists:
        head += struct.pack(">2HL", platform, 4, at)
        at += len(characters)
    return with_table("cmap", head + b"".join(lists))


def format_12(*groups: tuple[int, int, int]) -> bytes:
    body = b"".join(struct.pack(">3L", *group) for group in groups)
    return struct.pack(">2H3L", 12, 0, 16 + len(body), 0, len(groups)) + body


def format_4(*segments: tuple[int, int, int]) -> bytes:
    firsts, lasts, deltas = zip(*segments, strict=True)
    count = len(segments)
    length = 16 + 8 * count
    numbers = (4, min(length, 0xFFFF), 0, 2 * count, 0, 0, 0, *lasts, 0, *firsts, *deltas, *[0] * count)
    return struct.pack(f">{len(numbers)}H", *numbers)


ASCII = (0x20, 0x7E, 3)


def test_whatever_is_broken_in_a_font_it_is_refused_or_good_for_a_report() -> None:
    chance = Random(20260801)  # noqa: S311 - nothing is secret here
    outcomes: Counter[str] = Counter()
    begun = time.monotonic()
    for _ in range(300):
        font = mutated(chance.choice([FONT, ARABIC]), chance)
        if is_refused(font):
            outcomes["refused"] += 1
        elif outcomes["rendered"] < 40:
            assert report(font).startswith(b"%PDF")
            outcomes["rendered"] += 1
    assert outcomes["rendered"] == 40
    assert outcomes["refused"] > 100
    # Some mutations once kept the parser going for minutes; this is far more than it takes.
    assert time.monotonic() - begun < 60


@pytest.mark.parametrize(
    "cmap",
    [
        format_12((0x20, 0xFFFFFFFE, 3)),
        format_12((0x20, 0x10FFFF, 3)),
        format_12((0x110000, 0x110001, 3)),
        format_12(*[(0x20, 0xFFFF, 3)] * 4),
        format_12()[:12] + b"\xff\xff\xff\xff",
        format_12(),
        format_4(*[(0, 0xFFFE, 0)] * 1000),
        format_4(ASCII)[:20],
        struct.pack(">3H", 7, 6, 0),
        b"",
    ],
    ids=[
        "four billion",
        "all of Unicode",
        "beyond Unicode",
        "the same over and over",
        "more groups than the table holds",
        "none",
        "65 million",
        "cut off",
        "unknown format",
        "nothing",
    ],
)
def test_a_list_of_characters_without_end_is_refused_at_once(cmap: bytes) -> None:
    begun = time.process_time()
    with pytest.raises(HouseStyleError) as told:
        check_font(with_cmap(cmap), "a.ttf")
    assert time.process_time() - begun < 2
    assert str(told.value).splitlines() == [
        "a.ttf: this font is damaged",
        "Take it from where it came once more.",
    ]


@pytest.mark.parametrize("cmap", [format_12(ASCII), format_4(ASCII, (0xFFFF, 0xFFFF, 1))])
@pytest.mark.parametrize("platform", [0, 3])
def test_a_short_list_of_characters_is_read(cmap: bytes, platform: int) -> None:
    font = with_cmap(cmap, platform=platform)
    check_font(font, "a.ttf")
    widths = FontProgram(Path("Eigen"), font).character_widths
    # The parser takes the space for the one that keeps words together too.
    assert set(widths) == {*map(chr, range(0x20, 0x7F)), "\xa0"}


def test_of_several_lists_the_one_that_the_parser_reads_is_checked() -> None:
    endless, short = format_12((0x20, 0xFFFFFFFE, 3)), format_12(ASCII)
    assert not is_refused(with_cmap(endless, short))
    assert is_refused(with_cmap(short, endless))


def composites() -> Iterator[int]:
    """Yield where in ``glyf`` each glyph begins that is made of others."""
    begin, _ = tables(FONT)["loca"]
    (form,) = struct.unpack_from(">h", FONT, tables(FONT)["head"][0] + 50)
    (count,) = struct.unpack_from(">H", FONT, tables(FONT)["maxp"][0] + 4)
    places = struct.unpack_from(f">{count + 1}{'L' if form else 'H'}", FONT, begin)
    glyf, _ = tables(FONT)["glyf"]
    for first, then in pairwise(places):
        place = first * (1 if form else 2)
        if first < then and struct.unpack_from(">h", FONT, glyf + place)[0] < 0:
            yield place


@pytest.mark.parametrize(
    "font",
    [
        patched("glyf", next(composites()) + 12, b"\xff\xff"),
        patched("head", 18, b"\x00\x00"),
        patched("head", 18, b"\x00\x01"),
        patched("head", 12, b"\x00\x00"),
        patched("maxp", 30, b"\xff\xff"),
        patched("hhea", 0, b"\x00\x07"),
        patched("post", 0, b"\x00\x69"),
        patched("name", 0, b"\x00\x7f"),
    ],
    ids=["part", "units of 0", "units of 1", "mark", "depth", "hhea", "post", "name"],
)
def test_what_would_end_a_report_half_made_is_refused_before(font: bytes) -> None:
    with pytest.raises(HouseStyleError, match=r"a\.ttf: this font is damaged\nTake it"):
        check_font(font, "a.ttf")


def test_a_character_whose_glyph_there_is_none_of_is_one_that_the_font_lacks() -> None:
    font = with_cmap(format_12(ASCII, (0x2603, 0x2603, 0xFFF0)))
    check_font(font, "a.ttf")
    program = FontProgram(Path("Eigen"), font)
    assert program.has("a")
    assert not program.has("☃")
    assert "☃" not in program.character_widths
    assert program.glyph("☃").cut == program.glyph("\u2604").cut
    # What stands behind it shows the snowman.
    (piece,) = Typeface(program.character_widths).pieces("☃")
    assert piece.font is not None
    assert piece.font.has("☃")


def test_widths_are_those_that_are_drawn_and_go_with_the_font() -> None:
    program = FontProgram(Path("Eigen"), FONT)
    widths = program.character_widths
    assert program.character_widths is widths
    assert widths["A"] == program.drawn_width(program.glyph("A")) == 639
    assert "\ue000" not in widths
    assert FontProgram(Path("Eigen"), FONT).character_widths is not widths


def test_a_font_goes_with_the_report_that_it_was_for() -> None:
    faces = faces_of(HouseFonts(family="Eigen", regular=FONT, bold=ARABIC, italic=FONT))
    assert faces.regular.width("Aa", 12) > faces.bold.width("", 12)
    fonts = [weakref.ref(face.own) for face in faces]
    del faces
    gc.collect()
    assert [font() for font in fonts] == [None, None, None]
