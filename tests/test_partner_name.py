"""The partner's name travels in the PDF, whatever program saves it, and never shows."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

import veldpdf
from tests import pictures
from tests.engines import ENGINES, Engine
from tests.forms import merged
from tests.needs import need
from veldpdf.model import NameFrom
from veldpdf.pdf.filling.template import Template

NAME = "Stichting “Łódź & Co” – Ålesund"


@pytest.fixture(scope="module")
def sent_out() -> bytes:
    return Template.open().fill({"Veld02": "voor u ingevuld"}, partner=NAME)


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES.keys())
def test_it_survives_being_filled_and_saved(engine: Engine, sent_out: bytes) -> None:
    need(engine.missing())
    submission = veldpdf.read(engine.fill(sent_out, {"Veld01": "ons antwoord"}))
    assert (submission.partner, submission.name_from) == (NAME, NameFrom.WORKSHEET)
    assert submission.answers["Veld01"].text == "ons antwoord"
    assert not any("veldpdf_partner" in warning for warning in submission.warnings)


@pytest.mark.parametrize("engine", pictures.ENGINES.values(), ids=pictures.ENGINES.keys())
def test_it_never_shows(engine: Callable[[bytes, int], pictures.Picture]) -> None:
    template = Template.open()
    with_name, without = template.fill({"Veld01": "x"}, partner=NAME), template.fill({"Veld01": "x"})
    for page in range(2):
        assert (engine(with_name, page) == engine(without, page)).all()


def test_what_the_officer_says_comes_first(sent_out: bytes) -> None:
    assert veldpdf.read(sent_out, partner="GGD").partner == "GGD"


def test_without_either_the_file_gives_the_name(template: Path) -> None:
    submission = veldpdf.read(template)
    assert (submission.partner, submission.name_from) == ("Bouwsteen 3a", NameFrom.FILE)


@pytest.mark.parametrize("mode", list(pikepdf.ObjectStreamMode))
def test_any_form_can_carry_it(mode: pikepdf.ObjectStreamMode) -> None:
    filled = Template.open(merged({"Naam": "x"}).bytes(object_stream_mode=mode)).fill({}, partner=NAME)
    with pikepdf.open(BytesIO(filled)) as pdf:
        assert not pdf.get_warnings()
        assert [str(field.T) for field in pdf.Root.AcroForm.Fields] == ["Naam", "veldpdf_partner"]
        assert len(pdf.pages[0].obj.Annots) == 2
