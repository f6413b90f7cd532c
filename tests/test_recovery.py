"""Answers from worksheets that were printed or flattened: what stands in the boxes, and nothing else."""

from __future__ import annotations

import io
import pickle
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from reportlab.pdfgen.canvas import Canvas

import veldpdf
from tests.forms import FormBuilder
from tests.needs import need
from tests.printing import PRINTERS, Printer
from tests.printing.distortions import DISTORTIONS
from veldpdf.completeness import classify
from veldpdf.definition import load_form, parse_form
from veldpdf.model import FormDefinition, Origin, State, Status
from veldpdf.pdf import recovery
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.geometry import WorksheetGeometry, read_geometry
from veldpdf.pdf.pagetext import PageTextError, read_pages
from veldpdf.pdf.recovery import Recovered, recover, recover_pages

ROOT = Path(__file__).parent.parent
EMBEDDED = ROOT / "forms" / "bouwsteen-3a.pdf"

SENTENCE = "Wij werken met jeugd- en jongerenwerk en met sportclubs aan een aanpak die past bij de wijk. "

# What partners type, and what must come back to the letter; fields left out keep their example.
ANSWERS = {
    "Veld01": f"{SENTENCE * 4}\n\n{SENTENCE * 3}".replace(" \n", "\n").strip(),
    "Veld02": "Punten:\n• eerste punt\n• tweede punt, "
    + SENTENCE * 2
    + "\n  - ingesprongen\n\n\nNa twee witregels.",
    "Veld03": "Zie https://www.example.org/" + "een/lang/adres/" * 14 + "einde?a=1&b=2 voor meer.",
    "Veld04": "1. één € 5,- ½ °C\n2. twee: ë ï ö ü ñ ç ø",
    "Veld05": "",
    "Veld06": "Met welke partners doen we dit samen en hoe betrekken we die?",
    "Veld07": "Pagina 5 van 12",
    "Veld08": "<b>vet</b> {{ x }} =1+1 C:\\map & co; 100% #1",
    "Veld09": "Officiële financiële affiche: fluiten, effect",
    "Veld10": "X",
    "Veld12": "\n".join(f"{number}. Regel nummer {number}" for number in range(1, 15)),
    "Veld14": "eenheelergongewoonlangwoordzonderspatieswaaroverdelijnmoet wordengebroken",
    "Veld15": "-",
}
ANSWERS["Veld02"] = ANSWERS["Veld02"].replace(" \n", "\n")


@cache
def form() -> FormDefinition:
    return load_form()


@cache
def geometry() -> WorksheetGeometry:
    found = read_geometry(EMBEDDED.read_bytes(), form())
    assert found is not None
    return found


@cache
def filled() -> bytes:
    """A worksheet with answers and examples."""
    return Template.open(EMBEDDED.read_bytes(), form=form()).fill(ANSWERS)


@cache
def printed(name: str = "pikepdf") -> bytes:
    return PRINTERS[name].print(filled())


def expected() -> dict[str, str]:
    return {spec.name: ANSWERS.get(spec.name, spec.example) for spec in form().fields}


def texts(found: Recovered) -> dict[str, str]:
    return {name: answer.text for name, answer in found.answers.items()}


def words(answers: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: text.split() for name, text in answers.items()}


def only(found: Sequence[Recovered]) -> Recovered:
    assert len(found) == 1
    return found[0]


def read(data: bytes) -> Recovered:
    return only(recover(data, [geometry()], form()))


@pytest.mark.parametrize("printer", PRINTERS.values(), ids=PRINTERS.keys())
def test_every_printer_gives_every_word_and_no_other(printer: Printer) -> None:
    """No word of an answer is lost, and no word of the worksheet gets into one."""
    need(printer.missing())
    found = read(printed(printer.name))
    assert words(texts(found)) == words(expected())
    assert found.pages == tuple(range(1, 13))
    assert found.warnings == ()


@pytest.mark.parametrize("printer", PRINTERS.values(), ids=PRINTERS.keys())
def test_an_example_left_standing_stays_one(printer: Printer) -> None:
    need(printer.missing())
    found = read(printed(printer.name))
    standing = [spec for spec in form().fields if spec.example and spec.name not in ANSWERS]
    assert standing
    for spec in standing:
        assert classify(spec, found.answers[spec.name].text) is State.EXAMPLE
        assert not found.answers[spec.name].cut_off


@pytest.mark.parametrize("name", ["pikepdf", "pdfium", "cairo", "ghostscript", "mupdf", "libreoffice"])
def test_paragraphs_bullets_and_indents_survive(name: str) -> None:
    """Lines that the field wrapped are joined again; those that somebody ended are not."""
    need(PRINTERS[name].missing())
    found = texts(read(printed(name)))
    assert {name: found[name] for name in ANSWERS} == ANSWERS


@pytest.mark.parametrize("distortion", DISTORTIONS.values(), ids=DISTORTIONS.keys())
def test_no_distortion_costs_a_word(distortion: Any) -> None:
    found = read(distortion(printed()))
    assert words(texts(found)) == words(expected())
    assert all(not answer.warnings for answer in found.answers.values())


def test_reversed_pages_are_told_in_the_order_of_the_file() -> None:
    found = read(DISTORTIONS["reversed"](printed()))
    assert found.pages == tuple(range(1, 13))
    assert tuple(found.answers) == form().names


def test_a_cover_page_is_named_as_not_read() -> None:
    found = read(DISTORTIONS["cover"](printed()))
    assert found.pages == tuple(range(2, 14))
    assert found.warnings == ("Page 1 is no page of the worksheet; its text was not read.",)


def test_pages_that_are_missing_lose_their_own_fields_only() -> None:
    with pikepdf.open(_stream(printed())) as document:
        del document.pages[4:6]
        found = read(_saved(document))
    there = [spec.name for spec in form().fields if spec.page not in (5, 6)]
    assert list(found.answers) == there
    assert words(texts(found)) == words({name: expected()[name] for name in there})


def test_two_worksheets_in_one_file_are_two() -> None:
    other = Template.open(EMBEDDED.read_bytes(), form=form()).fill({"Veld01": "De tweede."})
    with pikepdf.open(_stream(printed())) as document, pikepdf.open(_stream(_flat(other))) as second:
        document.pages.extend(second.pages)
        first, last = recover(_saved(document), [geometry()], form())
    assert words(texts(first)) == words(expected())
    assert last.answers["Veld01"].text == "De tweede."
    assert last.pages == tuple(range(13, 25))


def test_another_form_is_no_worksheet() -> None:
    other = Worksheet([Label(50, 800, "Aanvraag parkeervergunning voor bewoners"), Label(50, 600, "Kenteken")])
    assert recover(other.bytes(), [geometry()], form()) == ()


def test_an_empty_page_and_rubbish_are_no_worksheet() -> None:
    with pikepdf.new() as document:
        document.add_blank_page()
        assert recover(_saved(document), [geometry()], form()) == ()
    assert recover(b"%PDF-1.7 rubbish", [geometry()], form()) == ()
    assert recover(b"", [geometry()], form()) == ()


def test_a_file_that_another_password_opens_is_no_worksheet_here() -> None:
    with pikepdf.open(_stream(printed())) as document:
        locked = _saved(document, encryption=pikepdf.Encryption(owner="o", user="geheim", R=6))
    assert recover(locked, [geometry()], form()) == ()
    with pytest.raises(PageTextError):
        read_pages(locked)
    assert words(texts(only(recover(locked, [geometry()], form(), "geheim")))) == words(expected())


LONG = " ".join(f"woord{number}" for number in range(600))


def test_text_beyond_the_box_is_kept_and_told_where_the_file_still_has_it() -> None:
    """Hidden lines lie over the next box; the clip tells whose they are."""
    need(PRINTERS["pdftk"].missing())
    need(PRINTERS["mupdf"].missing())
    from tests.engines import ENGINES  # noqa: PLC0415 - the engine draws lines that its box hides

    long = ENGINES["mupdf"].fill(EMBEDDED.read_bytes(), {"Veld01": LONG, "Veld02": "eigen tekst"})
    answers = read(PRINTERS["pdftk"].print(long)).answers
    assert answers["Veld01"].text == LONG
    assert answers["Veld01"].cut_off
    assert "was still in the file" in answers["Veld01"].warnings[0]
    assert answers["Veld02"].text == "eigen tekst"


def test_text_that_fills_its_box_is_told_to_be_cut_off() -> None:
    need(PRINTERS["cairo"].missing())
    long = Template.open(EMBEDDED.read_bytes(), form=form()).fill({"Veld01": LONG, "Veld10": "kort"})
    answers = read(PRINTERS["cairo"].print(long)).answers
    assert LONG.startswith(answers["Veld01"].text)
    assert answers["Veld01"].cut_off
    assert "may lack the end" in answers["Veld01"].warnings[0]
    assert not answers["Veld10"].cut_off


def test_a_place_that_few_words_bear_out_is_told_to_be_unsure() -> None:
    """Half of the printed words are other ones, as when a partner's version of the worksheet differs."""
    pages = read_pages(printed())
    changed = [
        replace(page, words=tuple(w for i, w in enumerate(page.words) if i % 2 or w.start.imag < 400))
        for page in pages
    ]
    answers = only(recover_pages(changed, [geometry()], form())).answers
    unsure = [answer for answer in answers.values() if answer.confidence < recovery.SURE]
    assert unsure
    for answer in answers.values():
        told = any("little certainty" in warning for warning in answer.warnings)
        assert told == (answer.confidence < recovery.SURE)


def test_what_a_scanner_recognised_is_told_apart() -> None:
    """A scanner lays text that it does not draw over the picture."""
    with pikepdf.open(_stream(printed())) as document:
        for page in document.pages:
            page.contents_add(b"3 Tr", prepend=True)
        answers = read(_saved(document)).answers
    assert words({name: answer.text for name, answer in answers.items()}) == words(expected())
    for answer in answers.values():
        assert answer.origin is (Origin.OCR if answer.text else Origin.PAGE_TEXT)
        assert any("recognition" in warning for warning in answer.warnings) == bool(answer.text)


def test_a_stamp_across_the_page_is_no_answer() -> None:
    with pikepdf.open(_stream(printed())) as document:
        for page in document.pages:
            page.Resources.Font["/Stamp"] = Dictionary(
                Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica
            )
            page.contents_add(b"BT /Stamp 80 Tf 0.8 0.6 -0.6 0.8 200 100 Tm (CONCEPT) Tj ET")
        assert words(texts(read(_saved(document)))) == words(expected())


def test_a_short_answer_in_a_low_box_is_not_cut_off() -> None:
    sheet = Worksheet(TWO_QUESTIONS, {"a": TextField([50, 780, 545, 797]), "b": TextField([50, 680, 545, 697])})
    definition = small_form(["a", "b"])
    known = read_geometry(sheet.bytes(), definition)
    assert known is not None
    values = {
        "a": "Jan",
        "b": "een regel die bijna tot het einde van het lage vak loopt, en daar dus misschien ophoudt met",
    }
    flat = _flat(Template.open(sheet.bytes(), form=definition).fill(values))
    answers = only(recover(flat, [known], definition)).answers
    assert {name: answer.text for name, answer in answers.items()} == values
    assert not answers["a"].cut_off
    assert answers["b"].cut_off


def test_of_several_templates_each_page_finds_its_own() -> None:
    small = Worksheet(TWO_QUESTIONS, {"Veld01": TextField([50, 620, 545, 690])})
    other = read_geometry(small.bytes(), form())
    assert other is not None
    known = [other, geometry()]
    assert words(texts(only(recover(printed(), known, form())))) == words(expected())
    copy = Template.open(small.bytes(), form=form()).fill({"Veld01": "Op het kleine blad."})
    assert texts(only(recover(_flat(copy), known, form()))) == {"Veld01": "Op het kleine blad."}


def test_geometry_is_read_once_and_travels_between_processes() -> None:
    assert read_geometry(EMBEDDED.read_bytes(), form()) is geometry()
    assert pickle.loads(pickle.dumps(geometry())) == geometry()  # noqa: S301 - our own bytes
    assert read_geometry(b"no PDF", form()) is None


# Worksheets of other structures, made by hand.


@dataclass(frozen=True)
class Label:
    """Text printed on a page."""

    x: float
    y: float
    text: str
    turned: bool = False

    def draw(self) -> bytes:
        matrix = "0 1 -1 0" if self.turned else "1 0 0 1"
        return f"BT /F 11 Tf {matrix} {self.x} {self.y} Tm ({self.text}) Tj ET\n".encode("cp1252")


@dataclass(frozen=True)
class TextField:
    """A field: its rectangle, and what is special about it."""

    rect: list[float]
    entries: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Worksheet:
    """A page with labels and fields."""

    labels: Sequence[Label]
    fields: Mapping[str, TextField] = field(default_factory=dict)
    page: Mapping[str, Any] = field(default_factory=dict)

    def bytes(self) -> bytes:
        builder = FormBuilder()
        page = builder.pdf.pages[0].obj
        for name, value in self.page.items():
            page[f"/{name}"] = value
        page.Resources = Dictionary(Font=Dictionary(F=builder.font))
        page.Contents = builder.pdf.make_stream(b"".join(label.draw() for label in self.labels))
        for name, made in self.fields.items():
            obj = builder.text_field(name)
            obj.Rect = Array(made.rect)
            for key, value in made.entries.items():
                obj[f"/{key}"] = value
        return builder.bytes()


TWO_QUESTIONS = (
    Label(50, 800, "Naam van de organisatie"),
    Label(50, 700, "Toelichting bij het plan"),
    Label(50, 500, "Datum van vandaag"),
)

SINGLE_LINE = {"Ff": 0}
COMB = {"Ff": 1 << 24, "MaxLen": 12}

STRUCTURES: Mapping[str, tuple[Worksheet, Mapping[str, str]]] = {
    "three words in all": (
        Worksheet(
            (Label(50, 800, "Naam"), Label(50, 700, "Toelichting"), Label(50, 500, "Datum")),
            {
                "a": TextField([120, 795, 400, 812], SINGLE_LINE),
                "b": TextField([50, 520, 545, 690]),
                "c": TextField([120, 495, 300, 512], SINGLE_LINE),
            },
        ),
        {"a": "Jan Jansen", "b": "Een toelichting\nmet Naam en Datum erin", "c": "1 mei 2027"},
    ),
    "labels all alike": (
        Worksheet(
            [Label(50, 800 - 60 * number, f"Vraag {number}") for number in range(8)],
            {f"v{number}": TextField([50, 755 - 60 * number, 545, 795 - 60 * number]) for number in range(8)},
        ),
        {f"v{number}": f"antwoord {number} op vraag" for number in range(8)},
    ),
    "a comb": (
        Worksheet(TWO_QUESTIONS, {"a": TextField([50, 760, 290, 785], COMB)}),
        {"a": "1234 AB 56"},
    ),
    "a page on its side": (
        Worksheet(
            [
                Label(60, 50, "Eerste vraag van de lijst", turned=True),
                Label(300, 50, "Tweede vraag van de lijst", turned=True),
                Label(580, 50, "Tekst onderaan het blad", turned=True),
            ],
            {
                "a": TextField([70, 50, 250, 800], {"MK": Dictionary(R=90)}),
                "b": TextField([320, 50, 500, 800], {"MK": Dictionary(R=90)}),
            },
            {"Rotate": 90},
        ),
        {"a": "Eerste regel\nTweede regel", "b": "Nog een antwoord"},
    ),
    "page boxes and units of its own": (
        Worksheet(
            [replace(label, x=-150) for label in TWO_QUESTIONS],
            {"a": TextField([-20, 795, 300, 812], SINGLE_LINE), "b": TextField([-150, 520, 345, 690])},
            {
                "MediaBox": Array([-200, -20, 400, 830]),
                "CropBox": Array([-190, 0, 390, 820]),
                "UserUnit": 2,
            },
        ),
        {"a": "Jan Jansen", "b": "Een toelichting"},
    ),
    "questions inside the boxes": (
        Worksheet(
            [Label(52, 782, "Naam van de organisatie:"), Label(52, 677, "Toelichting:"), TWO_QUESTIONS[2]],
            {"a": TextField([50, 750, 545, 795]), "b": TextField([50, 520, 545, 690])},
        ),
        {"a": "\nJan Jansen van de organisatie", "b": "\nEen toelichting"},
    ),
    "centred and flush right": (
        Worksheet(
            TWO_QUESTIONS,
            {"a": TextField([50, 750, 545, 795], {"Q": 1}), "b": TextField([50, 520, 545, 690], {"Q": 2})},
        ),
        {"a": "Een lange regel in het midden\nkort", "b": "Rechts uitgelijnd\nop twee regels"},
    ),
    "automatic size": (
        Worksheet(TWO_QUESTIONS, {"a": TextField([50, 750, 200, 795], {"DA": String("/Helv 0 Tf 0 g")})}),
        {"a": "Een lange tekst die klein moet worden om in dit vak te passen, echt waar, en nog wat meer ook"},
    ),
}


def small_form(names: Sequence[str]) -> FormDefinition:
    fields = [{"name": name, "section": "s", "label": name, "question": "?"} for name in names]
    table = {
        "id": "klein",
        "title": "Klein",
        "publisher": "Niemand",
        "language": "nl",
        "sections": [{"id": "s", "title": "Deel"}],
        "fields": fields,
    }
    return parse_form(table, source="klein.toml")


@pytest.mark.parametrize("distortion", DISTORTIONS.values(), ids=DISTORTIONS.keys())
@pytest.mark.parametrize(("sheet", "values"), STRUCTURES.values(), ids=STRUCTURES.keys())
def test_every_structure_gives_its_answers(
    sheet: Worksheet, values: Mapping[str, str], distortion: Any
) -> None:
    definition = small_form(list(values))
    known = read_geometry(sheet.bytes(), definition)
    assert known is not None
    flat = _flat(Template.open(sheet.bytes(), form=definition).fill(values))
    found = only(recover(distortion(flat), [known], definition))
    # A line left blank at the top shows in the place of what follows it only.
    assert texts(found) == {name: text.strip() for name, text in values.items()}
    assert all(not answer.warnings for answer in found.answers.values())


def test_nothing_of_the_worksheet_is_in_an_empty_one() -> None:
    """Every box is empty where nobody typed, however near its question stands."""
    empty = Template.open(EMBEDDED.read_bytes(), form=form()).fill({}, examples=False)
    found = read(_flat(empty))
    assert Counter(texts(found).values()) == {"": len(form().fields)}


def _flat(pdf: bytes) -> bytes:
    return PRINTERS["pikepdf"].print(pdf)


def _stream(data: bytes) -> io.BytesIO:
    return io.BytesIO(data)


def _saved(document: pikepdf.Pdf, **settings: Any) -> bytes:
    stream = _stream(b"")
    document.save(stream, **settings)
    return stream.getvalue()


LIST_FORM = """
id = "feest"
title = "Buurtfeest"
publisher = "Gemeente"
language = "nl"

[[sections]]
id = "alles"
title = "Alles"

[[fields]]
name = "Nodig"
section = "alles"
label = "Nodig"
question = "Welke materialen wilt u gebruiken?"

[[fields]]
name = "Naam"
section = "alles"
label = "Naam"
question = "Hoe heet uw vereniging?"
"""


def test_a_list_box_on_paper_answers_nothing_for_it_shows_what_was_not_chosen_too() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842))
    for row, words in enumerate(
        ("Aanmelding voor het buurtfeest", "Welke materialen wilt u gebruiken?", "Hoe heet uw vereniging?")
    ):
        canvas.drawString(60, 780 - 60 * row, words)
    canvas.acroForm.listbox(
        name="Nodig", value="Stroom", options=["Dranghekken", "Stroom"], x=60, y=560, width=200, height=60
    )
    canvas.acroForm.textfield(name="Naam", x=60, y=500, width=200, height=20)
    canvas.save()
    form = parse_form(tomllib.loads(LIST_FORM), source="lijst.toml")
    template = veldpdf.Template.open(out.getvalue(), form=form)
    paper = template.fill({"Nodig": "Stroom", "Naam": "De Kade"}, flatten=True)
    submission = veldpdf.read(paper, form=form, templates=[out.getvalue()])
    assert submission.status is Status.RECOVERED
    assert submission.answers["Naam"].text == "De Kade"
    assert (submission.answers["Nodig"].text, submission.answers["Nodig"].state) == ("", State.EMPTY)
    assert [str(each)[:25] for each in submission.answers["Nodig"].warnings] == ["What is ticked or chosen "]
