"""Every script that people type: drawn whole, in the right order, inside its box, and copied as it was typed."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from itertools import pairwise, zip_longest
from pathlib import Path
from struct import unpack_from
from unicodedata import category, normalize

import numpy as np
import numpy.typing as npt
import pikepdf
import pymupdf
import pypdfium2 as pdfium
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pikepdf import Array
from pypdfium2 import raw

from tests import pictures
from tests.engines import pdfbox
from tests.forms import FormBuilder
from tests.needs import need, need_program
from veldpdf.pdf.filling.appearance import Face
from veldpdf.pdf.filling.embedding import EmbeddedFonts
from veldpdf.pdf.filling.targets import FormFont
from veldpdf.pdf.filling.template import Fit, Template
from veldpdf.pdf.fonts import FieldFont
from veldpdf.typesetting import shaping
from veldpdf.typesetting.bidi import MIRRORS, order_of, visual_runs
from veldpdf.typesetting.boxes import TextBox
from veldpdf.typesetting.characters import clusters
from veldpdf.typesetting.layout import lay_out, text_width
from veldpdf.typesetting.shipped import FontProgram, shipped_fonts
from veldpdf.typesetting.truetype import Placed, TrueType
from veldpdf.typesetting.typeface import Piece, Typeface

NEEDS_SHAPING = {
    "arabic": "شكرا جزيلا على المساعدة، لا إله إلا الله ﷺ",
    "vocalised arabic": "مُحَمَّدٌ كَتَبَ الدَّرْسَ",
    "persian": "تاریخ ۱۲۳ می‌خواهم",
    "urdu": "یہ اردو ہے۔",
    "pashto and kurdish": "ښه ورځ ۍ ڕۆژ باش",
    "hebrew": "שלום עולם",
    "vocalised hebrew": "בְּרֵאשִׁית בָּרָא",
    "mixed": "De heer محمد علي (שלום) heeft 3 kinderen",
    "accents that do not compose": "x̂ en q̃ en m̄̄",
    "emoji sequences": "👍🏽 👩‍👩‍👧 ❤️ 🇳🇱 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈",
}
PLAIN = {
    "latin": "Łódź Şükrü ğ ı ș ț čřž đ Việt Nam ặ ữ ŋ ə ʃ ɐ",
    "greek": "Ελλάδα ᾴ ἄνθρωπος ᾧ",
    "cyrillic": "Київ ґ ї Ђуро",
    "georgian and armenian": "საქართველო Հայաստան",
    "signs": "€ • – — “ ” … ½ ⅓ ² ³ ⁿ ₂ ≤ ≥ ≠ ± × ÷ √ ∞ µ Ω ° № ™ © ® ∙",
    "symbols": "✓ ✔ ✗ ☐ ☑ ☎ ✉ → ⇒ ⟶ ★ ◦ ▪ ■ □ ● ○ ❖ ➢ ➔",
    "emoji": "🙂 👍 🫶",
    "emoji that were symbols first": "⭐ ✅ ❌ ⚡ ⌚",
    "word's bullets": "\uf0b7 \uf0a7 \uf0d8 \uf076 \uf0fc \uf0e0",
}
SCRIPTS = PLAIN | NEEDS_SHAPING

# Where the field of `form` lies on its page.
BOX = (50.0, 700.0, 545.0, 800.0)
HELVETICA = FieldFont.standard("Helvetica")


@pytest.fixture(autouse=True)
def shaping_is_installed(request: pytest.FixtureRequest) -> None:
    if "without" not in request.node.name:
        need(None if shaping.is_available() else "uharfbuzz is not installed: pip install 'veldpdf[shaping]'")


@pytest.fixture
def without_harfbuzz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uharfbuzz", None)


def form(**entries: object) -> Template:
    """Return a form with one field of several lines, called Tekst."""
    made = FormBuilder()
    field = made.text_field("Tekst")
    field.Rect = Array(BOX)
    for key, value in entries.items():
        field[f"/{key}"] = value
    return Template.open(made.bytes())


def filled(text: str, **entries: object) -> bytes:
    return form(**entries).fill({"Tekst": text})


def fit_of(text: str, **entries: object) -> Fit:
    return form(**entries).measure({"Tekst": text})["Tekst"]


def drawn(pdf: bytes) -> str:
    """Return the content stream of the field's picture."""
    with pikepdf.open(BytesIO(pdf)) as document:
        return str(document.Root.AcroForm.Fields[0].AP.N.read_bytes(), "latin-1")


def flattened(pdf: bytes) -> bytes:
    """Return the file with the field's picture on the page itself."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        document.bake()
        return bytes(document.tobytes())


def with_pdfium(pdf: bytes) -> str:
    with pdfium.PdfDocument(flattened(pdf)) as document:
        return str(document[0].get_textpage().get_text_range()).replace("\r", "")


def with_mupdf(pdf: bytes) -> str:
    with pymupdf.open(stream=flattened(pdf), filetype="pdf") as document:
        return str(document[0].get_text())


def with_poppler(pdf: bytes) -> str:
    need_program("pdftotext")
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(flattened(pdf))
        file.flush()
        done = subprocess.run(["pdftotext", file.name, "-"], capture_output=True, check=True)
    # It puts signs for the direction around what it turns.
    return re.sub("[\u202a-\u202e\f]", "", done.stdout.decode())


def with_pdfbox(pdf: bytes) -> str:
    need(pdfbox.missing())
    jars = ":".join(map(str, [*pdfbox.JARS, *Path("/usr/share/java").glob("pdfbox2-tools.jar")]))
    command = ["java", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8", "-cp", jars]
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out.txt")
        source.write_bytes(flattened(pdf))
        extract = "org.apache.pdfbox.tools.ExtractText"
        subprocess.run([*command, extract, "-encoding", "UTF-8", source, target], check=True)
        return target.read_text("utf-8")


COPIERS: dict[str, Callable[[bytes], str]] = {
    "pdfium": with_pdfium,
    "mupdf": with_mupdf,
    "poppler": with_poppler,
    "pdfbox": with_pdfbox,
}


def places(pdf: bytes) -> list[tuple[str, float, float]]:
    """Return each character that PDFium finds on the page, with where it begins on its baseline."""
    found = []
    with pdfium.PdfDocument(flattened(pdf)) as document:
        page = document[0].get_textpage()
        for index in range(raw.FPDFText_CountChars(page)):
            x, y = raw.c_double(), raw.c_double()
            raw.FPDFText_GetCharOrigin(page, index, x, y)
            found.append((chr(raw.FPDFText_GetUnicode(page, index)), x.value, y.value))
    return found


# --- Drawing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_drawn_inside_its_box_and_nowhere_else(
    script: str, engine: Callable[[bytes, int], pictures.Picture]
) -> None:
    picture = engine(filled(SCRIPTS[script]), 0)
    blank = engine(filled(""), 0)
    assert pictures.ink(pictures.inside(picture, BOX)) > 0.001
    assert (pictures.blanked(picture, [BOX]) == pictures.blanked(blank, [BOX])).all()


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_is_shown_whole(script: str) -> None:
    fit = fit_of(SCRIPTS[script])
    assert (fit.unshown, fit.is_unshaped, fit.fits) == ((), False, True)


@pytest.mark.parametrize("script", sorted(set(SCRIPTS) - {"signs"}))
def test_what_is_measured_is_what_is_drawn(script: str) -> None:
    """A bar behind the text stands where the text was measured to end.

    Not so for the signs that Helvetica has: PDFium's own Helvetica has other widths for some of them.
    """
    text = f"a {SCRIPTS[script]} |"
    measured = text_width(normalize("NFC", text[:-1]), Typeface(HELVETICA.widths))
    (x,) = (x for character, x, _ in places(filled(text)) if character == "|")
    assert x == pytest.approx(BOX[0] + 2 + measured * 10 / 1000, abs=0.02)


ODD = st.text(
    st.sampled_from("ab é (1) ٣٤ شكرًا לב\u05b8 x\u0302 👍🏽\u200d🇳 \u200c\u200f\uf0b7•\t日«»"), max_size=60
)


@given(ODD)
@example("aش\u200d")
@example("a ه\u200d")
@example("a ه\u200d \u200d")
def test_every_line_is_as_wide_as_the_pieces_it_is_drawn_in(text: str) -> None:
    typeface = Typeface(HELVETICA.widths)
    own = FormFont("Helv", HELVETICA, b"", is_missing=False)
    face = Face(own, EmbeddedFonts(lambda: (1, 0)), typeface)
    layout = lay_out(text, TextBox(width=120, height=50, font_size=10), typeface)
    for line, order in zip_longest(layout.lines, layout.orders[: len(layout.lines)]):
        drawn_width = sum(run.width for run in face.runs(line, order))
        assert drawn_width == pytest.approx(text_width(line, typeface), abs=3)  # each piece is rounded


@given(ODD)
@example("\u202eab\u202c")
@example("x" + "\u0302" * 500)
@example("ب" + "\u064e" * 500)
@example("👩\u200d" * 200)
@example("\ufe0f\u200d\u064e")
def test_nothing_that_is_typed_stops_the_filling(text: str) -> None:
    pdf = filled(text)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.AcroForm.Fields[0].V) == text
    assert (pictures.blanked(pictures.with_mupdf(pdf, 0), [BOX]) > 0).any()


def test_letters_join() -> None:
    """ب at the beginning, ي in the middle and ت at the end are other shapes than each by itself."""
    font = shipped_fonts().fonts[1]
    joined = shaping.shape(font, "بيت", right_to_left=True)
    assert joined is not None
    assert [glyph.text for glyph in joined] == ["ت", "ي", "ب"]
    assert all(glyph != font.glyph(glyph.text) for glyph in joined)
    alone = sum(font.glyph(letter).cut.advance for letter in "بيت")
    assert sum(glyph.cut.advance for glyph in joined) < 0.7 * alone


def test_letters_join_in_the_picture() -> None:
    """What is joined has no white between its letters; apart, each is one piece of ink."""

    def pieces_of_ink(text: str) -> int:
        lightness = pictures.inside(pictures.with_pdfium(filled(text), 0), BOX).min(axis=0).tolist()
        return sum(left >= 128 > right for left, right in pairwise(lightness))

    assert (pieces_of_ink("ببببب"), pieces_of_ink("ب\u200cب\u200cب\u200cب\u200cب")) == (1, 5)


def test_a_mark_stands_above_its_letter() -> None:
    """Its ink lies within that of the letter, and makes the line no longer."""
    plain, marked = (places(filled(f"{text}|"))[-1][1] for text in ("x", "x\u0302"))
    assert marked == pytest.approx(plain, abs=0.35)  # from Helvetica to Noto Sans, which has the mark
    (piece,) = Typeface({"x": 500.0}).pieces("x\u0302")
    ((letter, mark),) = (glyph.cut.parts for glyph in piece.glyphs)
    font = shipped_fonts().fonts[0]
    assert letter == Placed(font.glyph("x").cut.parts[0].glyph)
    assert mark.glyph == font.glyph("\u0302").cut.parts[0].glyph
    assert 0 < mark.x < font.glyph("x").cut.advance


@pytest.mark.parametrize(
    ("letter", "mark"), [("я", "\u0302"), ("я", "\u0323"), ("م", "\u064e"), ("ב", "\u05b8")]
)
def test_a_mark_is_drawn_in_the_middle_above_or_below(letter: str, mark: str) -> None:
    """Next to it, or at the left end, is where fonts keep it before it is placed."""

    def ink(text: str) -> npt.NDArray[np.bool_]:
        return pictures.inside(pictures.with_pdfium(filled(text, DA="/Helv 40 Tf 0 g"), 0), BOX) < 128

    alone, marked = ink(letter), ink(letter + mark)
    outside = np.delete(marked, np.flatnonzero(alone.any(axis=1)), axis=0)  # above and below the letter
    letters, marks = np.flatnonzero(alone.any(axis=0)), np.flatnonzero(outside.any(axis=0))
    width = letters[-1] - letters[0]
    assert marks.size > 0
    assert abs(marks.mean() - letters.mean()) < 0.25 * width


def test_hebrew_runs_from_right_to_left() -> None:
    letters = places(filled("שלום"))
    assert "".join(letter for letter, _, _ in letters).strip() == "שלום"
    assert all(before[1] > after[1] for before, after in pairwise(letters[:4]))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("המספר 123 (בערך)", ")ךרעב( 123 רפסמה", id="digits and brackets in Hebrew"),
        pytest.param("prijs: אבג, 5 euro", "prijs: 5 ,גבא euro", id="a number belongs to the Hebrew before it"),
        pytest.param("אבג 25 euro (ok) דה", "הד euro (ok) 25 גבא", id="Dutch in Hebrew"),
        pytest.param("\uf0b7 אבג", "גבא •", id="a bullet does not tell the direction"),
        pytest.param("אבג", "גבא", id="Hebrew"),
    ],
)
def test_a_line_of_both_directions_reads_as_unicode_says(text: str, seen: str) -> None:
    """From left to right on the page."""
    by_place = sorted(places(filled(text)), key=lambda place: place[1])
    shown = "".join(character for character, _, _ in by_place if character not in "\r\n")
    # PDFium turns brackets back to what was typed, and tells where they stand.
    assert re.sub("[()]", "|", shown) == re.sub("[()]", "|", seen)


def test_a_line_goes_by_its_paragraph() -> None:
    """The second line begins with a Dutch word and is still part of an Arabic sentence: it ends on the left."""
    text = "شكرا جزيلا على المساعدة في هذا الأمر المهم جدا لنا جميعا في المدينة Amsterdam مدينة"
    box = TextBox(width=310, height=60, font_size=10)
    layout = lay_out(text, box, Typeface(HELVETICA.widths))
    assert layout.lines[1].startswith("Amsterdam ")
    assert [order.base for order in layout.orders] == [1, 1]
    pdf = filled(text, Rect=Array([50, 700, 360, 760]))
    found = {letter: x for letter, x, y in places(pdf) if y < 740}
    assert found["A"] > found["م"]
    # A line that was put there instead, to tell where to read on, is a paragraph of its own.
    face = Face(FormFont("Helv", HELVETICA, b"", is_missing=False), EmbeddedFonts(lambda: (1, 0)), Typeface({}))
    assert face.order("… verder op pagina 3", layout.orders[1]) is None


def test_the_alignment_stays_the_fields() -> None:
    """Who made the form chose it; the language of an answer does not change it."""
    left, right = (drawn(filled("שלום", Q=alignment)) for alignment in (0, 2))
    width = text_width("שלום", Typeface(HELVETICA.widths)) * 10 / 1000
    assert "1 0 0 1 2 " in left
    start = re.search(r"1 0 0 1 (\S+) ", right)
    assert start is not None
    assert float(start[1]) == pytest.approx(495 - 2 - width, abs=0.01)


def test_a_comb_is_filled_from_right_to_left_too() -> None:
    pdf = filled("אבגד", Ff=1 << 24, MaxLen=6)
    letters = [place for place in places(pdf) if place[0].strip()]
    cell = (BOX[2] - BOX[0]) / 6
    assert [(letter, int((x - BOX[0]) / cell)) for letter, x, _ in letters] == [
        ("א", 3),
        ("ב", 2),
        ("ג", 1),
        ("ד", 0),
    ]


def test_letters_in_a_comb_stand_apart_and_keep_their_marks() -> None:
    """A cell takes a letter with its marks; what stands in another cell is joined with nothing."""
    assert fit_of("e\u0302x\u0302b", Ff=1 << 24, MaxLen=5).fits
    content = drawn(filled("ببب", Ff=1 << 24, MaxLen=3))
    assert re.findall(r"<(\w+)> Tj", content) == ["0001"] * 3


def test_of_a_line_that_is_too_long_its_beginning_shows() -> None:
    """That is on the right, in a field of one line that begins with an Arabic word."""
    letters = places(filled("شكرا " + "جزيلا " * 60, Ff=0, Rect=Array([50, 700, 150, 720])))
    assert not fit_of("شكرا " + "جزيلا " * 60, Ff=0, Rect=Array([50, 700, 150, 720])).fits
    first = next(x for letter, x, _ in letters if letter == "ش")
    assert 130 < first < 150


def test_a_password_shows_no_script() -> None:
    assert "(****)" in drawn(filled("שלום", Ff=1 << 13))


def test_letters_and_marks_of_one_cluster_become_one_glyph() -> None:
    """The font that is embedded draws what the two glyphs would draw, in one."""
    font = shipped_fonts().fonts[0]
    (piece,) = Typeface({}).pieces("x\u0302")
    ((_, cut),) = piece.glyphs
    program = font.subset([font.glyph("x").cut, cut])
    assert pymupdf.Font(fontbuffer=program).glyph_count >= 5  # .notdef, the two, and what the second is made of
    table = TrueType(program)
    begins = unpack_from(">3L", table.table("loca"), 4)  # of glyphs 1 and 2
    (contours, *plain), (made_of, *marked) = (unpack_from(">5h", table.table("glyf"), at) for at in begins[:2])
    assert (contours > 0, made_of) == (True, -1)
    # Where its ink begins stands in two places, and rasterizers move the glyph by the difference.
    assert unpack_from(">h", table.table("hmtx"), 4 * 2 + 2) == (marked[0],)
    # As wide and as deep as the letter, and higher.
    assert marked[:3] == plain[:3]
    assert marked[3] > plain[3]


def test_a_font_that_draws_nothing_for_a_letter_is_not_said_to_show_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a font says it has: glyph 0 is a box, or nothing."""
    real = FontProgram.has
    monkeypatch.setattr(FontProgram, "has", lambda font, letter: letter in "שׁ" or real(font, letter))
    assert fit_of("ש\u05c1ב").unshown == ("\u05c1", "ש")


# --- Copying ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("copier", COPIERS)
@pytest.mark.parametrize(
    "text",
    [
        "شكرا جزيلا على المساعدة",
        "لا إله إلا الله",
        "یہ اردو ہے",
        "שלום עולם",
        "x̂ en q̃",
        "Łódź ☎ ✓ ₂",
        "👍🏽 👩‍👩‍👧 ❤️ 🇳🇱",
    ],
)
def test_text_is_copied_as_it_was_typed(text: str, copier: str) -> None:
    assert COPIERS[copier](filled(text)).strip() == text


@pytest.mark.parametrize("copier", ["pdfium", "poppler", "pdfbox"])
@pytest.mark.parametrize("script", ["vocalised arabic", "vocalised hebrew"])
def test_vowel_signs_are_copied_with_their_letters(script: str, copier: str) -> None:
    """Not from MuPDF, which gives a mark at the left end of a line to the line before."""
    text = normalize("NFC", SCRIPTS[script])
    assert normalize("NFC", COPIERS[copier](filled(text)).strip()) == text


@pytest.mark.parametrize("copier", ["pdfium", "pdfbox"])
@pytest.mark.parametrize("text", ["המספר 123 (בערך) הוא", "تاریخ ۱۲۳ (تهران) می‌خواهم"])
def test_digits_and_brackets_are_copied_in_their_place(text: str, copier: str) -> None:
    """MuPDF and poppler leave brackets as they are drawn, and the first puts numbers elsewhere."""
    assert COPIERS[copier](filled(text)).strip() == text


@pytest.mark.parametrize(
    "text", ["De heer محمد علي heeft 3 kinderen", "Zijn naam is שלום (Sjalom), 12 jaar.", "naam: فاطمة"]
)
def test_lines_of_both_directions_are_copied_by_who_follows_unicode(text: str) -> None:
    """PDFBox does; the others each have an order of their own for such lines."""
    assert with_pdfbox(filled(text)).strip() == text


# --- Fonts -----------------------------------------------------------------------------------------------------


def fonts_of(text: str) -> list[str]:
    return [piece.font.name if piece.font else "" for piece in Typeface(HELVETICA.widths).pieces(text)]


@pytest.mark.parametrize(
    ("text", "fonts"),
    [
        pytest.param("☎", ["DejaVuSans"], id="a symbol"),
        pytest.param("☎\ufe0f", ["NotoEmoji-Regular"], id="a symbol that asks to be an emoji"),
        pytest.param("✓✔", ["DejaVuSans"], id="check marks"),
        pytest.param("✅⚡", ["NotoEmoji-Regular"], id="emoji by themselves"),
        pytest.param("✅\ufe0e", ["NotoEmoji-Regular"], id="asked to be text, but only emoji has it"),
        pytest.param("😀", ["NotoEmoji-Regular"], id="an emoji that DejaVu has as well"),
        pytest.param("1\ufe0f\u20e3", ["NotoEmoji-Regular"], id="a keycap"),
        pytest.param("123", [""], id="digits"),
        pytest.param("© ©\ufe0f", ["", "NotoEmoji-Regular"], id="the form's own sign"),
        pytest.param("ى", ["NotoSansArabic-Regular"], id="Arabic"),
        pytest.param("ש", ["DejaVuSans"], id="Hebrew"),
        pytest.param("x\u0302", ["NotoSans-Regular"], id="a letter with its accent, from one font"),
        pytest.param("e\u0661", ["", "NotoSansArabic-Regular"], id="an Arabic digit"),
    ],
)
def test_each_character_comes_from_the_font_that_suits_it(text: str, fonts: list[str]) -> None:
    assert fonts_of(text) == fonts


def test_an_emoji_of_several_characters_is_one_shape() -> None:
    for emoji in ("👍🏽", "👩‍👩‍👧", "❤️", "🇳🇱", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"):
        (piece,) = Typeface(HELVETICA.widths).pieces(emoji)
        ((text, cut),) = piece.glyphs
        assert (text, len(cut.parts)) == (emoji, 1)


def test_words_bullets_stay_in_the_value_and_are_drawn_as_bullets() -> None:
    text = "\uf0b7\teen\n\uf0a7 twee\n\uf0d8 drie"
    pdf = filled(text)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert str(document.Root.AcroForm.Fields[0].V) == text
    assert re.sub(" +", " ", with_mupdf(pdf)).split("\n") == ["• een", "▪ twee", "➢ drie", ""]
    assert (fit_of(text).unshown, fit_of("\uf0ff").unshown) == ((), ("\uf0ff",))


def test_what_no_font_shows_is_told_and_leaves_no_box() -> None:
    text = "日本 ह ไทย \ue000 \uef00 \ufffe ግዕዝ"
    assert fit_of(f"voor {text} na").unshown == tuple(sorted(text.replace(" ", "")))
    assert pictures.ink(pictures.inside(pictures.with_pdfium(filled(text), 0), BOX)) == 0
    # It takes no room either: what stands behind it moves up.
    assert places(filled("日本|"))[-1][1] == places(filled("|"))[-1][1]


def test_a_mark_that_no_font_shows_takes_its_letter_with_it_into_no_other_font() -> None:
    assert fit_of("e\U0001d165").unshown == ("\U0001d165",)
    assert with_mupdf(filled("e\U0001d165n")).strip() == "en"


def test_a_forms_own_font_is_used_where_it_has_the_letter() -> None:
    own = {"ש": 500.0, "ל": 500.0, "ب": 400.0, "(": 300.0, ")": 300.0, " ": 250.0}
    typeface = Typeface(own)
    assert typeface.pieces("(של)", right_to_left=True) == [Piece(None, "(לש)", (), 1600.0)]
    # But not for what must join, as nobody knows its other shapes.
    assert [piece.font and piece.font.name for piece in typeface.pieces("ب")] == ["NotoSansArabic-Regular"]


# --- Breaking and tabs -----------------------------------------------------------------------------------------


@given(st.text(st.sampled_from("aWé-/ شكرلاב\u05b8\u0302\u064e👍🏽\u200d👩🇳🇱\u20e3"), max_size=120))
@example("a-\u0302b" * 30)
def test_breaking_keeps_letters_with_their_marks(text: str) -> None:
    typeface = Typeface(HELVETICA.widths)
    whole = set(clusters(text))
    layout = lay_out(text, TextBox(width=60, height=50, font_size=10), typeface)
    assert "".join(source.paragraph[source.start : source.end] for source in layout.sources) == text.rstrip()
    for line in layout.lines:
        assert all(cluster in whole for cluster in clusters(line))
        assert line == "" or line[0].isspace() or category(line[0])[0] != "M" or text.startswith(line[0])


def test_an_arabic_word_that_is_too_long_is_broken_where_the_line_is_full() -> None:
    typeface = Typeface(HELVETICA.widths)
    box = TextBox(width=100, height=50, font_size=10)
    layout = lay_out("بيت" * 60, box, typeface)
    room = box.text_width * 100
    widths = [text_width(line, typeface) for line in layout.lines]
    assert all(0.9 * room < width <= room for width in widths[:-1])
    assert "".join(layout.lines) == "بيت" * 60


def test_tab_stops_line_up_in_a_proportional_font() -> None:
    pdf = filled("naam\t\t\tbedrag\nlangere naam\tbedrag\nill\tbedrag\nMM\tbedrag")
    columns = [x for (_, _, _), (letter, x, _) in pairwise(places(pdf)) if letter == "b"]
    assert columns[0] == pytest.approx(columns[1], abs=0.01)
    assert columns[2] == pytest.approx(columns[3], abs=0.01)
    # Each at a multiple of two font sizes from where the lines begin.
    assert [round((x - BOX[0] - 2) / 20, 3) for x in columns] == [4, 4, 1, 1]


def test_tab_stops_of_lines_from_right_to_left_count_from_the_right() -> None:
    """Lines that stand on the right begin there, and so do their columns."""
    typeface = Typeface(HELVETICA.widths)
    for text in ("א\tק", "אבג\tק"):
        (x,) = (x for letter, x, _ in places(filled(text, Q=2)) if letter == "ק")
        assert x == pytest.approx(BOX[2] - 2 - (2000 + typeface["ק"]) * 10 / 1000, abs=0.01)


def test_as_many_lines_are_drawn_as_were_told() -> None:
    text = "a\tb\tc\t" * 40 + "\n" + "شكرا جزيلا " * 30 + "\n\tx"
    tall = Array([50, 100, 545, 800])
    baselines = {y for letter, _, y in places(filled(text, Rect=tall)) if not letter.isspace()}
    assert len(baselines) == fit_of(text, Rect=tall).lines


# --- Without the extra, and what it costs ----------------------------------------------------------------------


@pytest.mark.usefixtures("without_harfbuzz")
def test_without_harfbuzz_arabic_is_told_to_be_drawn_unjoined() -> None:
    fit = fit_of("بيت")
    assert (fit.is_unshaped, fit.unshown) == (True, ())
    assert not fit_of("bedankt").is_unshaped
    letters = sorted(places(filled("בית"))[:3], key=lambda place: place[1])
    assert [letter for letter, _, _ in letters] == ["ב", "י", "ת"]  # from left to right, as it always was


@pytest.mark.usefixtures("without_harfbuzz")
@pytest.mark.parametrize("script", SCRIPTS)
def test_without_harfbuzz_every_script_is_still_drawn(script: str) -> None:
    assert fit_of(SCRIPTS[script]).unshown == ()
    assert pictures.ink(pictures.inside(pictures.with_pdfium(filled(SCRIPTS[script]), 0), BOX)) > 0.001


@pytest.mark.usefixtures("without_harfbuzz")
def test_without_harfbuzz_an_emoji_is_drawn_as_its_parts() -> None:
    (piece,) = Typeface(HELVETICA.widths).pieces("👩‍👧")
    assert [glyph.text for glyph in piece.glyphs] == ["👩", "👧"]


def test_who_needs_no_shaping_does_not_pay_for_it() -> None:
    program = (
        "import sys, veldpdf\n"
        "from veldpdf.pdf.filling.template import Template\n"
        "opened = Template.open()\n"
        "opened.fill({'Veld01': 'gewoon één antwoord\\tmet € 5'})\n"
        "opened.measure({'Veld01': 'gewoon één antwoord\\tmet € 5'})\n"
        "print([name for name in ('uharfbuzz', 'reportlab.pdfbase.ttfonts') if name in sys.modules])\n"
        "from veldpdf.typesetting.shipped import shipped_fonts\n"
        "opened.fill({'Veld01': 'Łódź ☎'})\n"
        "print('file' in vars(shipped_fonts().fonts[0]), 'file' in vars(shipped_fonts().emoji))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n") == ["[]", "True False", ""]


def test_the_same_text_gives_the_same_bytes_in_every_thread() -> None:
    opened = form()
    texts = [f"{number} {script}" for number, script in enumerate(SCRIPTS.values())]
    expected = [opened.fill({"Tekst": text}) for text in texts]
    made: dict[int, list[bytes]] = {}

    def fill(number: int) -> None:
        made[number] = [opened.fill({"Tekst": text}) for text in texts]

    threads = [threading.Thread(target=fill, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(made.values()) == [expected] * 6


def test_a_file_grows_by_little() -> None:
    """A kilobyte or so for each font that it needs, and what the glyphs take."""
    for text in SCRIPTS.values():
        assert len(filled(text)) - len(filled("x")) < 25_000


def test_what_is_drawn_more_than_once_is_embedded_once(tmp_path: Path) -> None:
    need_program("qpdf")
    made = FormBuilder()
    made.text_field("Een")
    made.text_field("Twee", Q=2)
    pdf = Template.open(made.bytes()).fill({"Een": SCRIPTS["mixed"], "Twee": SCRIPTS["mixed"]})
    path = tmp_path / "mixed.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["qpdf", "--check", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert pdf.count(b"/FontFile2") == len([name for name in set(fonts_of(SCRIPTS["mixed"])) if name])


# --- The order of characters (UAX 9) ---------------------------------------------------------------------------


def turned(text: str) -> str:
    """Return a line as it stands on the page."""
    runs = visual_runs(order_of(text))
    return "".join(text[start:end][:: -1 if level % 2 else 1] for start, end, level in runs)


@given(
    st.text(
        st.sampled_from("abc אבג شكر 123 ١٢٣ ()[]{} .,:-+/%€ «» \u200f\u200e! ?\u0301\u064e\t"), max_size=30
    )
)
@example("אב(c)ד 1,5%")
@example("a(ב)c [ג d]")
def test_characters_stand_as_another_implementation_puts_them(text: str) -> None:
    need(None if find_spec("bidi") else "python-bidi is not installed: pip install 'veldpdf[test]'")
    assert turned(text) == import_module("bidi").get_display(text)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("a\u2067אב 1\u2069c", "a\u20671 בא\u2069c", id="an isolate"),
        pytest.param("\u202eabc\u202c", "cba", id="an override"),
        pytest.param(
            "א\u2066b (c\u2069)", ")\u2066b (c\u2069א", id="a bracket inside an isolate has no partner"
        ),
        pytest.param("\u2067" * 200 + "ab", "ab", id="deeper than there are levels"),
    ],
)
def test_signs_for_the_direction_are_followed(text: str, seen: str) -> None:
    def letters(shown: str) -> Iterator[str]:
        return (character for character in shown if category(character) != "Cf")

    assert list(letters(turned(text))) == list(letters(seen))


def test_what_is_mirrored_has_its_mirror() -> None:
    assert all(MIRRORS[MIRRORS[character]] == character for character in MIRRORS)
