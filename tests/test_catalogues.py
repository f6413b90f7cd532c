"""The catalogues hold every sentence that people read, in each language.

``python -m tests.test_catalogues`` brings them up to date: it adds new sentences, without a translation yet,
takes out those that are gone, and compiles. The files it writes hold nothing that changes by itself.
"""

from __future__ import annotations

import ast
import gettext
import io
import os
import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, cast

import pytest

from veldpdf.cli import main
from veldpdf.errors import UnknownFieldError
from veldpdf.language import DOMAIN, LANGUAGES, LOCALE_FOLDER, catalogue
from veldpdf.messages import Message, counted

from .needs import need
from .rendering import rendered
from .test_report_formats import sample

if TYPE_CHECKING:
    from babel.messages import Catalog
    from babel.messages.catalog import Message as Entry

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "veldpdf"
# The functions that make or show a sentence, and which of their arguments are msgids: the first, unless told.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "Message": None,
    "N_": None,
    "_": None,
    "catalogue": None,
    "counted": (1, 2),
    "gettext": None,
    "ngettext": (1, 2),
    "say": None,
}
# What gettext needs to know, and no more: Babel would add dates and names.
HEADER = (
    "Language: {language}\n"
    "MIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Plural-Forms: nplurals=2; plural=(n != 1);\n"
)


def path_of(language: str, ending: str) -> Path:
    return LOCALE_FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}{ending}"


def extracted() -> Catalog:
    """Return all sentences in the code and the templates."""
    from babel.messages import Catalog  # noqa: PLC0415 - Babel may be missing
    from babel.messages.extract import extract_from_dir  # noqa: PLC0415 - the same

    found = Catalog()
    for path in PACKAGE.rglob("*.py"):
        for msgid in calls_in(path.read_text(encoding="utf-8")):
            found.add(msgid)
    for _, _, msgid, _, _ in extract_from_dir(PACKAGE, [("**/templates/**", "jinja2")], keywords=KEYWORDS):
        found.add(msgid)
    return found


def calls_in(code: str) -> Iterator[str | tuple[str, ...]]:
    """Yield the sentences in Python code.

    Babel's own function misses a call within a call, and, before Python 3.12, a call within an f-string.
    """
    for node in ast.walk(ast.parse(code)):
        name = ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""
        if isinstance(node, ast.Call) and name in KEYWORDS:
            count = len(KEYWORDS[name] or (1,))
            texts = tuple(
                each.value
                for each in node.args[:count]
                if isinstance(each, ast.Constant) and isinstance(each.value, str)
            )
            if len(texts) == count:
                yield texts if count > 1 else texts[0]


def written(language: str) -> Catalog:
    """Return the catalogue that translators work in."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 - Babel may be missing

    with path_of(language, ".po").open("rb") as file:
        return read_po(file, locale=language)


def as_po(content: Catalog, language: str) -> bytes:
    """Return a catalogue as the text that translators work in."""
    from babel.messages.pofile import normalize, write_po  # noqa: PLC0415 - Babel may be missing

    buffer = io.BytesIO()
    write_po(
        buffer, content, width=0, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True
    )
    return f'msgid ""\nmsgstr {normalize(HEADER.format(language=language))}\n\n'.encode() + buffer.getvalue()


class Compilable:
    """The sentences of a catalogue under our own header."""

    charset = "utf-8"

    def __init__(self, content: Catalog, language: str) -> None:
        self._content = content
        self._language = language

    def __iter__(self) -> Iterator[Entry]:
        from babel.messages.catalog import Message as Entry  # noqa: PLC0415 - Babel may be missing

        yield Entry("", HEADER.format(language=self._language))
        yield from sentences(self._content)


def as_mo(content: Catalog, language: str) -> bytes:
    """Return a catalogue as gettext reads it."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - Babel may be missing

    buffer = io.BytesIO()
    write_mo(buffer, cast("Catalog", Compilable(content, language)))
    return buffer.getvalue()


def sentences(content: Catalog) -> list[Entry]:
    """Return what a catalogue holds but for its header."""
    return [entry for entry in content if entry.id]


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the forms of a sentence: one, or one for each number that its language tells apart."""
    return ("",) if text is None else (text,) if isinstance(text, str) else tuple(text)


def places(text: str) -> set[str]:
    """Return the places in a sentence that values go into."""
    return {
        f"{name}!{conversion}" if conversion else name
        for _, name, _, conversion in Formatter().parse(text)
        if name is not None
    }


def update() -> None:
    """Bring the catalogues up to date."""
    for language in LANGUAGES:
        content = written(language)
        content.update(extracted(), no_fuzzy_matching=True)
        path_of(language, ".po").write_bytes(as_po(content, language))
        path_of(language, ".mo").write_bytes(as_mo(content, language))


@pytest.fixture
def _babel() -> None:
    need(None if find_spec("babel") else "Babel is not installed")


@pytest.fixture
def _own_words(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give back what the command line changes for the whole process."""
    for variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("LANGUAGE", "")
    before = gettext.textdomain()
    yield
    gettext.textdomain(before)


@pytest.mark.usefixtures("_babel")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_holds_the_sentences_of_the_code_and_no_others(language: str) -> None:
    """If not: ``python -m tests.test_catalogues``."""
    assert {entry.id for entry in sentences(written(language))} == {
        entry.id for entry in sentences(extracted())
    }
    assert not written(language).obsolete


@pytest.mark.usefixtures("_babel")
def test_every_sentence_has_its_dutch() -> None:
    untold = [entry.id for entry in sentences(written("nl")) if entry.fuzzy or not all(forms(entry.string))]
    assert untold == []


@pytest.mark.usefixtures("_babel")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    for entry in sentences(written(language)):
        for own, theirs in zip(forms(entry.id), forms(entry.string), strict=True):
            assert not theirs or places(theirs) == places(own)


@pytest.mark.usefixtures("_babel")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_files_are_what_the_catalogue_makes(language: str) -> None:
    """Both are made by `update`, whatever the day and the version of Babel."""
    content = written(language)
    assert path_of(language, ".po").read_bytes() == as_po(content, language)
    assert path_of(language, ".mo").read_bytes() == as_mo(content, language)


@pytest.mark.parametrize(
    ("language", "number", "said"),
    [
        pytest.param("nl", 0, "Er kwamen 0 werkbladen terug."),
        pytest.param("nl", 1, "Er kwam 1 werkblad terug."),
        pytest.param("nl", 2, "Er kwamen 2 werkbladen terug."),
        pytest.param("en", 0, "0 worksheets came back."),
        pytest.param("en", 1, "1 worksheet came back."),
        pytest.param("en", 2, "2 worksheets came back."),
    ],
)
def test_a_number_chooses_the_form(language: str, number: int, said: str) -> None:
    message = counted("{n} worksheet came back.", "{n} worksheets came back.", number)
    assert catalogue(language)(message) == said


def test_an_error_is_dutch_to_its_last_word() -> None:
    """A message that is a value of another message is translated with it."""
    problem = Message("there is no section {value}", value=repr("extra"))
    message = Message("{source}, field {field}: {problem}", source="x.toml", field="Veld01", problem=problem)
    assert catalogue("nl")(message) == "x.toml, veld Veld01: het onderdeel 'extra' bestaat niet"

    error = UnknownFieldError("Veld7", source="--set", known=["Veld06", "Veld07"])
    assert catalogue("nl")(error.what) == "--set: het werkblad heeft geen veld 'Veld7'."
    assert catalogue("nl")(error.remedy) == "Bedoelt u 'Veld07'?"


@pytest.mark.usefixtures("_own_words")
@pytest.mark.parametrize(
    ("arguments", "dutch", "english"),
    [
        pytest.param(
            ["check"], "Dit ontbreekt nog: 'PATHS...'.", "Missing argument 'PATHS...'.", id="argument"
        ),
        pytest.param(
            ["prefill"],
            "Deze optie ontbreekt nog: '-o' / '--output'.",
            "Missing option '-o' / '--output'.",
            id="option",
        ),
        pytest.param(
            ["inspect", "--password"],
            "Na de optie '--password' hoort een waarde.",
            "Option '--password' requires an argument.",
            id="value",
        ),
        pytest.param(
            ["check", "--format", "xml", "x"],
            "'xml' is niet een van deze: 'table', 'json'.",
            "'xml' is not one of 'table', 'json'.",
            id="choice",
        ),
        pytest.param(["chekc"], "Bedoelt u 'check'?", "Did you mean 'check'?", id="command"),
    ],
)
def test_a_mistake_is_told_in_the_language_of_the_user(
    arguments: list[str],
    dutch: str,
    english: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def said(*before: str) -> str:
        assert main([*before, *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        return err

    for given in (said("--lang", "nl"), said()):
        assert re.match(
            rf"Fout: .*{re.escape(dutch)}\nTyp 'veldpdf.* --help' om te zien hoe het werkt\.$", given
        )
    assert re.match(rf"Error: .*{re.escape(english)}\nRun ", said("--lang", "en"))
    monkeypatch.setenv("LANGUAGE", "en")
    assert re.match(rf"Error: .*{re.escape(english)}\nRun ", said())
    monkeypatch.setenv("LANGUAGE", "nl:en")
    assert said().startswith("Fout: ")


@pytest.mark.usefixtures("_own_words", "_babel")
@pytest.mark.parametrize("command", ["", "prefill", "extract", "check", "merge", "inspect"])
def test_help_is_dutch_to_its_last_word(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "nl", *command.split(), "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.startswith("Gebruik: veldpdf")
    others = {
        form
        for entry in sentences(written("nl"))
        for form in forms(entry.id)
        if form not in forms(entry.string) and "{" not in form and " " in form
    }
    assert [text for text in others if " ".join(text.split()) in shown] == []


def test_a_report_has_dutch_headings() -> None:
    page = rendered(sample(), ".md", "nl").decode()
    headings = [line for line in page.splitlines() if line.startswith("## ")]
    assert headings[0] == "## Samenvatting"
    assert headings[-3:] == ["## Monitoringsplan", "## Acties", "## Bijlage: de teruggestuurde werkbladen"]
    assert "| Partner | Werkblad | Compleet |" in page


if __name__ == "__main__":
    os.chdir(ROOT)
    update()
