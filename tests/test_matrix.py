"""Engine × structure × packaging: what was typed comes back, character by character.

Each cell is a form of some structure, packed in some way, filled by a real form engine and read by us. What an
engine itself changes in a text before it saves is named in `CHANGES`; nothing else may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO

import pikepdf
import pytest

import veldpdf
from tests.engines import ENGINES, Engine
from tests.forms import FormBuilder, inherited, merged, with_kids
from tests.needs import need
from tests.reading_form import small_form
from veldpdf.model import Status

TEXTS = {
    "Veld01": "Één lijn: “samen” – €5 • Zoë’s ‘idee’…",
    "Veld02": "Łódź Şükrü Ğ Ő ẞ",
    "Veld03": "Кириллица Ελληνικά العربية עברית",
    "Veld04": "emoji 🙂 👩‍👧 en vlag",
    "Veld05": "tab\ttab\n\n\nna blanco regels \neinde met spaties   ",
    "Veld06": "<b>vet</b> &amp; {{ 7*7 }} ${x} =1+1 @SUM(A1) \\n (haakje",
    "Veld07": "woord " * 833 + "zo",
    "Veld08": "",
    "Veld09": "  - inspringing\n    - dieper",
}
OLD = dict.fromkeys(TEXTS, "voorbeeld")
FORM = small_form(*TEXTS)

STRUCTURES: Mapping[str, Callable[[Mapping[str, str]], FormBuilder]] = {
    "field and widget in one": merged,
    "field and widget apart": with_kids,
    "all inherited": inherited,
}

PACKAGINGS: Mapping[str, Mapping[str, object]] = {
    "plain": {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
    "object streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "linearized": {"linearize": True},
}


def pdfium(text: str) -> str:
    """PDFium's field editor knows no tab, and keeps the lower half of what lies beyond U+FFFF."""
    return "".join(
        " " if character == "\t" else chr(ord(character) & 0xFFFF) if ord(character) > 0xFFFF else character
        for character in text
    )


CHANGES: Mapping[str, Callable[[str], str]] = {"pdfium": pdfium}


def unchanged(text: str) -> str:
    return text


@pytest.mark.parametrize("packaging", PACKAGINGS.values(), ids=PACKAGINGS.keys())
@pytest.mark.parametrize("structure", STRUCTURES.values(), ids=STRUCTURES.keys())
@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES.keys())
def test_every_character_comes_back(
    engine: Engine,
    structure: Callable[[Mapping[str, str]], FormBuilder],
    packaging: Mapping[str, object],
) -> None:
    need(engine.missing())
    empty = structure(OLD).bytes(**packaging)
    with pikepdf.open(BytesIO(empty)) as pdf:
        prefix = "Formulier." if str(pdf.Root.AcroForm.Fields[0].T) == "Formulier" else ""
    submission = veldpdf.read(
        engine.fill(empty, {prefix + name: text for name, text in TEXTS.items()}), form=FORM
    )
    change = CHANGES.get(engine.name, unchanged)
    assert submission.status is Status.READ
    assert {name: answer.text for name, answer in submission.answers.items()} == {
        name: change(text) for name, text in TEXTS.items()
    }
