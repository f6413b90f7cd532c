"""Pages as pictures: they show what the returned page shows, as wide as was asked for, and nothing brings us down."""

from __future__ import annotations

import io
import pickle
from functools import partial
from pathlib import Path

import numpy as np
import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

import veldpdf
from tests import pictures
from tests.forms import FormBuilder
from tests.test_annex_isolation import slow
from veldpdf.isolation import IsolatedWorkers
from veldpdf.limits import Failure, Limits
from veldpdf.pdf.page_pictures import (
    TALLEST,
    WIDEST,
    PagePictureError,
    number_of_pages,
    picture_of_page,
)


def opened(png: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(png))
    picture.load()
    return picture


def grey(png: bytes) -> pictures.Picture:
    return np.array(opened(png).convert("L"))


def coloured(colour: str, size: tuple[float, float] = (200, 100), **entries: object) -> bytes:
    """Return a file of one page that is filled with a colour, as ``"1 0 0 rg"``."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=size)
        page.Contents = pdf.make_stream(f"{colour} 0 0 9999 9999 re f".encode())
        for key, value in entries.items():
            page.obj[f"/{key}"] = value
        return saved(pdf)


def saved(pdf: pikepdf.Pdf, **settings: object) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, **settings)  # type: ignore[arg-type]  # pikepdf's own
    return buffer.getvalue()


def mean_colour(png: bytes) -> tuple[int, ...]:
    red, green, blue = np.array(opened(png)).reshape(-1, 3).mean(axis=0).round()
    return int(red), int(green), int(blue)


@pytest.mark.parametrize("number", [1, 2, 12])
def test_a_page_shows_what_the_returned_page_shows(returned: Path, number: int) -> None:
    data = (returned / "ggd.pdf").read_bytes()
    expected = pictures.with_pdfium(data, number - 1)
    shown = grey(picture_of_page(data, number, width=expected.shape[1]))
    assert shown.shape == expected.shape
    # Shrunk, for nobody sees the difference that half a pixel makes at the edge of a letter.
    small = [
        np.array(Image.fromarray(each).resize((168, 119), Image.Resampling.BOX)).astype(int)
        for each in (shown, expected)
    ]
    assert np.abs(small[0] - small[1]).mean() < 2
    assert pictures.ink(shown) == pytest.approx(pictures.ink(expected), rel=0.1)


def test_an_answer_is_seen(returned: Path) -> None:
    """The answer makes the difference, on its own page and on no other."""
    template = veldpdf.Template.open()
    empty, filled = (template.fill({"Veld01": text}, examples=False) for text in ("", "Een antwoord. " * 20))
    differ = [
        number
        for number in range(1, number_of_pages(empty) + 1)
        if picture_of_page(empty, number, width=300) != picture_of_page(filled, number, width=300)
    ]
    assert len(differ) == 1


def test_a_text_without_a_picture_of_its_own_is_drawn() -> None:
    form = FormBuilder(pages=2)
    form.text_field("Naam")
    before = grey(picture_of_page(form.bytes(), 1, width=400))
    form.text_field("Plaats", "Waterrijk Waterrijk Waterrijk")
    assert pictures.ink(grey(picture_of_page(form.bytes(), 1, width=400))) > pictures.ink(before)


@pytest.mark.parametrize("width", [1, 7, 333, 1000, 2481])
def test_it_is_as_wide_as_was_asked_for_and_as_high_as_the_page(width: int) -> None:
    picture = opened(picture_of_page(coloured("1 0 0 rg"), 1, width=width))
    assert (picture.width, picture.height) == (width, -(-width // 2))
    assert picture.mode == "RGB"


@pytest.mark.parametrize("width", [WIDEST + 1, 10**9])
def test_it_is_no_wider_than_may_be(width: int) -> None:
    assert opened(picture_of_page(coloured("1 0 0 rg"), 1, width=width)).size == (WIDEST, WIDEST // 2)


def test_it_is_no_higher_than_may_be() -> None:
    """A strip of paper as long as viewers take, a point wide."""
    assert opened(picture_of_page(coloured("1 0 0 rg", (3, 14_400)), 1, width=1000)).size == (3, TALLEST)


def test_paper_is_white_and_colours_are_right() -> None:
    assert mean_colour(picture_of_page(coloured("1 0 0 rg"), 1, width=50)) == (255, 0, 0)
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        assert mean_colour(picture_of_page(saved(pdf), 1, width=50)) == (255, 255, 255)


def test_a_turned_page_is_turned() -> None:
    assert opened(picture_of_page(coloured("0 g", Rotate=90), 1, width=100)).size == (100, 200)


def test_pages_are_numbered_from_one_whatever_tree_they_hang_in() -> None:
    """The page tree has two levels; the size of the second page is that of its node (7.7.3.4)."""
    with pikepdf.new() as pdf:
        for colour in ("1 0 0 rg", "0 1 0 rg", "0 0 1 rg"):
            page = pdf.add_blank_page(page_size=(200, 100))
            page.Contents = pdf.make_stream(f"{colour} 0 0 9999 9999 re f".encode())
        first, second, third = (page.obj for page in pdf.pages)
        node = pdf.make_indirect(
            Dictionary(Type=Name.Pages, Count=1, Kids=Array([second]), MediaBox=Array([0, 0, 100, 300]))
        )
        del second["/MediaBox"]
        second["/Parent"] = node
        node["/Parent"] = pdf.Root.Pages
        pdf.Root.Pages["/Kids"] = Array([first, node, third])
        data = saved(pdf)
    made = [picture_of_page(data, number, width=30) for number in (1, 2, 3)]
    assert [mean_colour(png) for png in made] == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert [opened(png).size for png in made] == [(30, 15), (30, 90), (30, 15)]


def test_the_same_input_gives_the_same_bytes(returned: Path) -> None:
    data = (returned / "sportclub.pdf").read_bytes()
    assert picture_of_page(data, 2, width=500) == picture_of_page(data, 2, width=500)


@pytest.mark.parametrize("number", [0, -1, 13, 10**12])
def test_a_page_that_is_not_there_is_told(returned: Path, number: int) -> None:
    with pytest.raises(PagePictureError) as caught:
        picture_of_page((returned / "ggd.pdf").read_bytes(), number, width=100)
    assert str(caught.value) == (
        f"There is no page {number}: the file has 12 pages.\nAsk for a page from 1 to 12."
    )


@pytest.fixture
def locked(returned: Path) -> bytes:
    with pikepdf.open(returned / "ggd.pdf") as pdf:
        return saved(pdf, encryption=pikepdf.Encryption(owner="baas", user="sesam"))


def test_a_password_opens_a_page(returned: Path, locked: bytes) -> None:
    assert number_of_pages(locked, password="sesam") == 12
    plain = picture_of_page((returned / "ggd.pdf").read_bytes(), 3, width=200)
    assert picture_of_page(locked, 3, width=200, password="sesam") == plain


@pytest.mark.parametrize("password", ["", "anders"])
def test_without_the_password_it_is_told(locked: bytes, password: str) -> None:
    for task in (number_of_pages, partial(picture_of_page, number=1, width=100)):
        with pytest.raises(veldpdf.InputError, match=r"^This page cannot be shown: it needs a password\."):
            task(locked, password=password)


@pytest.mark.parametrize("data", [b"", b"Geachte heer", b"%PDF-1.7\n%%EOF", b"%PDF-1.7\n" + b"<<" * 10_000])
def test_what_is_no_pdf_is_told(data: bytes) -> None:
    for task in (number_of_pages, partial(picture_of_page, number=1, width=100)):
        with pytest.raises(PagePictureError):
            task(data)


def test_nothing_that_acts_or_is_hidden_shows() -> None:
    """A hidden note, and a text box whose picture is drawn."""
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page(page_size=(200, 100))
        picture = pdf.make_stream(b"1 0 0 rg 0 0 200 100 re f")
        picture.Type, picture.Subtype, picture.BBox = Name.XObject, Name.Form, Array([0, 0, 200, 100])
        note = Dictionary(
            Type=Name.Annot,
            Subtype=Name.FreeText,
            Rect=Array([0, 0, 200, 100]),
            AP=Dictionary(N=picture),
            Contents=String("x"),
            F=2,
        )
        page.Annots = Array([pdf.make_indirect(note)])
        hidden = saved(pdf)
        page.Annots[0].F = 4
        shown = saved(pdf)
    assert mean_colour(picture_of_page(hidden, 1, width=20)) == (255, 255, 255)
    assert mean_colour(picture_of_page(shown, 1, width=20)) == (255, 0, 0)


def test_pages_are_made_in_workers(returned: Path) -> None:
    data = (returned / "ggd.pdf").read_bytes()
    work = partial(picture_of_page, data, width=200)
    assert pickle.loads(pickle.dumps(work))(2) == work(2)  # noqa: S301 - our own
    with IsolatedWorkers(work, count=2, limits=Limits()) as workers:
        outcomes = list(workers.results([2, 13, 1]))
    assert (outcomes[0], outcomes[2]) == (work(2), work(1))
    assert isinstance(outcomes[1], PagePictureError)
    assert str(outcomes[1].what) == "There is no page 13: the file has 12 pages."


def test_a_page_that_takes_too_long_stops_with_its_worker() -> None:
    with IsolatedWorkers(
        partial(picture_of_page, slow(), width=200), count=1, limits=Limits(seconds=1)
    ) as workers:
        outcomes = list(workers.results([1, 13, 2]))
    assert [outcome if isinstance(outcome, Failure) else type(outcome) for outcome in outcomes] == [
        bytes,
        Failure.TIME,
        bytes,
    ]
