"""Nothing that was typed can act, and all of it is there: each format is read back by a program that knows the format.

Partners' answers, names of partners and files, the title and the municipality hold what has done harm elsewhere. What
is found in the file is what `veldpdf.typed_text.visible` makes of what was typed, to the letter. A format without a
reader here fails: nobody has yet looked at what it does with such texts.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from importlib import import_module
from itertools import pairwise
from types import MappingProxyType
from unicodedata import category

import pikepdf
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from openpyxl import load_workbook

from tests.needs import need_program
from tests.tagged_pdf import Element, Item, by_poppler, problems, structure
from veldpdf.language import catalogue
from veldpdf.merging import Report
from veldpdf.messages import Message
from veldpdf.model import Answer, State, Status, Submission
from veldpdf.report import Presentation, Rendered, known_formats, render
from veldpdf.typed_text import REPLACEMENT, changed_characters, code_point, visible

from .test_merging import FORM, make_submission, merged

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook holds (Excel specifications and limits)."""

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "markup": "Dit is <b>vet</b> & dit &amp; dat </p></dd></td></body>",
        "a comment and CDATA": "a <!-- b --> c <![CDATA[ d ]]> e <?php f ?>",
        "entities": "&lt;b&gt; &#60; &#x3c; &nbsp; &notit; &copy",
        "a script": "<script>alert(1)</script>\"' onload='x()\" <style>*{display:none}</style>",
        "pictures and frames": '<img src="file:///etc/passwd"> <iframe srcdoc="x"></iframe> <svg onload=x>',
        "a template of jinja": "{{ 7*7 }} {% include '/etc/passwd' %} {# weg #} {{ report.__class__ }}",
        "other templates": "${7*7} #{7*7} <%= 7*7 %> {n} {0} %s %(n)s ${jndi:ldap://x/a} $HOME `id`",
        "a formula": '=HYPERLINK("https://example.org";"klik")',
        "a formula with a sum": "=1+1",
        "a formula of old": "@SUM(1+1)*cmd|' /C calc'!A0",
        "a formula with a plus": "+31 6 12345678",
        "a formula with a minus": "-1+1",
        "a formula behind white space": "\t=1+1\n =1+1\n\u00a0=1+1",
        "dynamic data exchange": "=cmd|'/c calc'!A0",
        "a field of Word": '{ DDEAUTO c:\\\\windows\\\\system32 } { INCLUDETEXT "x" } \u0013PAGE\u0015',
        "an apostrophe": "'=1+1",
        "cells and rows": '"a","b";c\td\n"e""f"',
        "escapes of workbooks": "_x0041_ _x000D_ _x005F_x0041_ _xD800_",
        "control characters": "a" + "".join(map(chr, [*range(9), *range(14, 32), *range(127, 160)])) + "b",
        "an escape sequence": "\x1b[31mrood\x1b]0;titel\x07",
        "bidirectional overrides": "a\u202efdp.exe\u202c \u2066x\u2069 \u2067y\u2069 \u2068z \u202ax\u202bx\u202d",
        "half a surrogate pair": "\ud83d los \udc00 en \udc00\ud83d om",
        "noncharacters": "a\ufffe\uffff\ufdd0\ufdefb",
        "a byte order mark": "\ufeffa\ufeffb",
        "line ends": "a\r\nb\rc\vd\fe\u2028f\u2029g\x85h\n\ri",
        "blank lines": "een\n\n\n  twee\n\n drie",
        "white space around": "  begin en eind  ",
        "a link that runs": "javascript:alert(1) [klik](javascript:alert(1)) data:text/html,<b>x</b>",
        "addresses": "https://example.org/?a=b&c=d www.example.org <https://example.org> info@example.org //x",
        "markdown": "# Kop\n- *vet* __ook__ ![x](y)\n---\n1. een\n```\ncode\n> citaat | tabel\n===\n[x]: y\n~~weg~~",
        "tables of markdown": "| a | b |\n| --- | --- |\n| c \\| d |",
        "backslashes": "C:\\nieuw\\tabel \\u0041 \\( \\) \\\\server\\map \\",
        "end of a string in PDF": r"\) Tj ET \( /Launch \377 EMC endstream endobj",
        "zero width": "w\u200bo\u200co\u200dr\u2060d" + "\u200b" * 300 + "x",
        "accents piled up": "e" + "\u0301\u0323\u0489" * 300 + "x",
        "accents without a letter": "\u0301\u0301 x",
        "from right to left": "שלום עולם (1) مرحبا بالعالم 123, en weer Nederlands",
        "emoji": "👍🏽 👩‍👩‍👧‍👦 🇳🇱 ❤️ 1️⃣",
        "beyond the first plane": "𝔘𝔫𝔦 𐍈 𠜎",
        "Chinese and Japanese": "你好，世界 カタカナ 한국어",
        "spaces of all kinds": "a\u00a0b\u2003c\u3000d\u202fe\u205ff\u180eg",
        "soft hyphens": "ver\u00adant\u00adwoor\u00adde\u00adlijk\u2011heid",
        "a word of 5,000 characters": "x" * 5000 + "einde",
        "an answer of 100,000 characters": "".join(f"woord{number} " for number in range(9100))[:100_000]
        + "einde",
        "the name of a file": '../../etc/passwd\\..\\con.pdf:stroom?*|"<>',
        "names of people": 'O’Brien & Zn. <info@example.org>; "d\'Hondt"',
    }
)
# Kinds of cells: texts, numbers, truth values, as openpyxl calls them.
_HARMLESS = ("s", "inlineStr", "n", "b")
NAMES = {name: f"Partner {number:02}" for number, name in enumerate(TEXTS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a reader finds in a file.

    Attributes:
        title: What the report calls itself.
        has_answer: Whether a text is the whole answer of a partner to the first question.
        texts: All texts, each as it stands by itself.
        acting: What is there that does something: scripts, addresses outside the file, formulas.
        kinds: Of what the file is built, in order; what was typed must not change it.
    """

    title: str
    has_answer: Callable[[str, str], bool]
    texts: Sequence[str]
    acting: Sequence[str] = ()
    kinds: Sequence[str] = field(default_factory=tuple)


# Readers.


class _Page(HTMLParser):
    """The texts of elements: of all, and of those that hold names and answers."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.acting: list[str] = []
        self.texts: list[str] = []
        self.title = ""
        self.answers: dict[str, list[str]] = {}
        self._open: list[tuple[str, str]] = []
        self._article = self._name = ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        names = {
            name for name in given if name.startswith("on") or name in ("src", "srcset", "style", "action")
        }
        outside = [
            value for name, value in given.items() if name in ("href", "xlink:href") and value[:1] != "#"
        ]
        self.acting += [
            *sorted(names),
            *outside,
            *[tag for _ in (0,) if tag in ("img", "iframe", "object", "form")],
        ]
        if tag == "article":
            self._article = given.get("aria-labelledby", "")
        if tag == "dd" and self._article == "question-1":
            self.answers.setdefault(self._name, []).append("")
        if tag not in ("meta", "br", "rect", "col", "input", "link"):
            self._open.append((tag, given.get("class", "")))
        self.texts.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("rect", "meta", "br"), attrs
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag
        self.texts.append("")

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _ in self._open]
        if not tags or tags[-1] in ("style", "script"):
            return
        self.texts[-1] += data
        if "h1" in tags:
            self.title += data
        if self._open[-1] == ("span", "name"):
            self._name = data
        if "dd" in tags and self._article == "question-1":
            self.answers[self._name][-1] += data


def _of_html(data: bytes) -> Read:
    page = _Page(data.decode())
    return Read(
        title=page.title,
        has_answer=lambda name, text: page.answers[name] == [visible(text)],
        texts=page.texts,
        acting=page.acting,
        kinds=page.tags,
    )


def _of_json(data: bytes) -> Read:
    """Texts are exact here, but for halves of surrogate pairs, which UTF-8 cannot hold."""
    source = data.decode()
    table = json.loads(source)
    (question,) = [each for part in table["sections"] for each in part["questions"] if each["number"] == 1]
    answers = {name: each["text"] for each in question["answers"] for name in each["names"]}
    return Read(
        title=table["title"],
        has_answer=lambda name, text: answers[name] == re.sub("[\ud800-\udfff]", REPLACEMENT, text),
        texts=[visible(text) for text in _strings(table)],
        acting=re.findall("[\u202a-\u202e\u2066-\u2069]", source),
    )


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)


def _of_markdown(data: bytes) -> Read:
    tokens = MarkdownIt("js-default").parse(data.decode())
    inline = [token for token in tokens if token.type == "inline"]
    answers: dict[str, list[str]] = {}
    heading = name = ""
    for before, token in pairwise(tokens):
        children = token.children or []
        if before.type == "heading_open":
            heading = _text_of(children)
        elif before.type == "paragraph_open" and before.level == 0:
            name = "".join(
                after.content for strong, after in pairwise(children) if strong.type == "strong_open"
            )
        elif before.type == "paragraph_open" and before.level == 1 and heading == "1. Label A":
            answers.setdefault(name, []).append(_text_of(children))
    return Read(
        title=_text_of(inline[0].children or []),
        has_answer=lambda name, text: answers[name] == [visible(text)],
        texts=[_text_of([child]) for token in inline for child in token.children or []]
        + [_text_of(token.children or []) for token in inline],
        acting=[
            child.type
            for token in inline
            for child in token.children or []
            if child.type in ("link_open", "image", "code_inline")
            or (child.type == "html_inline" and child.content != "<br>")
        ]
        + [token.type for token in tokens if token.type in ("html_block", "fence", "code_block")],
        kinds=[token.type for token in tokens],
    )


def _text_of(tokens: Sequence[Token]) -> str:
    breaks = ("softbreak", "hardbreak", "html_inline")
    return "".join("\n" if token.type in breaks else token.content for token in tokens)


def _of_pdf(data: bytes) -> Read:
    assert problems(data) == []
    root = structure(data)
    (question,) = [each for each in root.find("Sect") if _heading(each, "H3").endswith("Label A")]
    (listed,) = [each for each in question.elements if each.kind == "L"]
    answers = {item.find("Lbl")[0].text: item.find("LBody")[0] for item in listed.elements}
    return Read(
        title=root.find("H1")[0].text,
        has_answer=lambda name, text: _says(list(_lines(answers[name])), text),
        texts=[each.text for each in root.walk() if any(isinstance(child, Item) for child in each.children)],
        acting=_acting_in_pdf(data),
    )


def _heading(element: Element, kind: str) -> str:
    first = element.elements[:1]
    return first[0].text if first and first[0].kind == kind else ""


def _lines(body: Element) -> Iterator[str]:
    """Yield the lines of an answer: paragraphs, and items of lists with their labels."""
    for element in body.elements:
        if element.kind == "L":
            yield from (item.text for item in element.elements)
        else:
            yield element.text


def _acting_in_pdf(data: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        acting = [
            str(each.S) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/URI" in each
        ]
        links = [each for page in pdf.pages for each in page.obj.get("/Annots", ())]
        acting += [str(each.A.S) for each in links if "/A" in each and each.A.S != "/GoTo"]
        return acting + [name for name in ("/AA", "/OpenAction", "/AcroForm") if name in pdf.Root]


def _says(lines: Sequence[str], text: str) -> bool:
    """Whether lines of a page are a text; blank lines cannot be heard, nor can white space at the end of a line."""
    typed = [line for line in visible(text).split("\n") if line.strip()]
    return len(lines) == len(typed) and all(map(_is_told, lines, typed))


def _is_told(shown: str, typed: str) -> bool:
    """Whether a line shows every character that was typed: as it is, by its code point, or by what it does.

    What no font has is shown as its code point, which `code_point` writes. Characters that shape or hide others
    (format characters, variation selectors) need no glyph, and may be missing; a space that no font has is a space.
    """
    pattern = "".join(map(_shown_as, typed.rstrip()))
    return re.fullmatch(pattern, shown.rstrip()) is not None


def _shown_as(character: str) -> str:
    same = re.escape(character)
    if category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f":
        return f"(?:{same}|{re.escape(code_point(character))})?"
    if character.isspace():
        return f"(?:{same}| )"
    return same if character.isascii() else f"(?:{same}|{re.escape(code_point(character))})"


def _of_word(data: bytes) -> Read:
    """An answer is any number of paragraphs below each other, and nothing else stands in them."""
    document = import_module("docx").Document(io.BytesIO(data))
    containers = [document.paragraphs]
    containers += [cell.paragraphs for table in document.tables for row in table.rows for cell in row.cells]
    texts = [[paragraph.text for paragraph in container] for container in containers]
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sources = {
            name: parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels"))
        }
    fields = re.findall(r"<w:instrText[^>]*>\s*(\w+)", "".join(sources.values()))
    titles = [each.text for each in document.paragraphs if each.style.name == "Title"]
    return Read(
        title=titles[0],
        has_answer=lambda _, text: any(_stand_below(visible(text), paragraphs) for paragraphs in texts),
        texts=[each for paragraphs in texts for each in paragraphs],
        acting=[each for each in fields if each not in ("TOC", "PAGE", "NUMPAGES", "PAGEREF", "HYPERLINK")]
        + [name for name in sources if "vba" in name.lower()]
        + re.findall(r'Target="([^"]+)" TargetMode="External"', "".join(sources.values())),
    )


def _stand_below(text: str, paragraphs: Sequence[str]) -> bool:
    """Whether some paragraphs below each other are a text."""
    return f"\n{text}\n" in "\n" + "\n".join(paragraphs) + "\n"


def _of_workbook(data: bytes) -> Read:
    """An answer is a cell; of one that is too long for a cell at least what fits is there."""
    book = load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    texts = [_unescaped(cell.value) for cell in cells if isinstance(cell.value, str)]
    known = set(texts)

    def has_answer(_: str, text: str) -> bool:
        shown = visible(text)
        if len(shown) <= LONGEST_CELL:
            return shown in known
        return any(shown.startswith(each[:30_000]) for each in known if len(each) > 30_000)

    return Read(
        title=str(book.properties.title),
        has_answer=has_answer,
        texts=[*texts, str(book.properties.creator)],
        acting=[f"{cell.coordinate} {cell.data_type}" for cell in cells if cell.data_type not in _HARMLESS]
        + [f"{cell.coordinate} link" for cell in cells if cell.hyperlink and cell.hyperlink.target],
    )


def _unescaped(value: str) -> str:
    """Return what a cell shows: ``_x0041_`` stands for a character (ECMA-376, 22.9.2.19)."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), value)


READERS: Mapping[str, Callable[[bytes], Read]] = MappingProxyType(
    {
        ".pdf": _of_pdf,
        ".html": _of_html,
        ".md": _of_markdown,
        ".json": _of_json,
        ".docx": _of_word,
        ".xlsx": _of_workbook,
    }
)


def read_back(rendered: Rendered, suffix: str) -> Read:
    """Return what is found in a report."""
    assert suffix in READERS, f"nobody has yet looked at what {suffix} does with what was typed: write a reader"
    return READERS[suffix](rendered.data)


# Reports.


def report_of(report: Report, suffix: str) -> Rendered:
    """Return a report in one format, in Dutch."""
    return render(report, suffix, Presentation(catalogue=catalogue("nl")))


@cache
def of_answers(suffix: str) -> tuple[Rendered, Read]:
    """Return a report in which every text is somebody's answer, and what is found in it."""
    submissions = [make_submission(NAMES[name], {"A": text}) for name, text in TEXTS.items()]
    rendered = report_of(merged(*submissions, title="Titel"), suffix)
    return rendered, read_back(rendered, suffix)


def everywhere(text: str) -> Report:
    """Return a report in which a text stands wherever anybody can type one."""
    answers = {
        name: Answer(text=text, state=State.ANSWERED, notes=(text,), warnings=(Message("{x}", x=text),))
        for name in ("A", "M1", "F", "R", "C")
    }
    full = Submission(
        partner=text,
        source=f"{text}.pdf",
        status=Status.READ,
        form=FORM.id,
        answers=answers,
        notes=(text,),
        warnings=(Message("{x}", x=text),),
    )
    scan = make_submission("", status=Status.SCAN, source=f"scan-{text}.pdf")
    return merged(full, scan, title=text, municipality=f"Gemeente {text}")


@cache
def of_everywhere(suffix: str, text: str) -> Read:
    """Return what is found in a report in which a text stands everywhere."""
    return read_back(report_of(everywhere(text), suffix), suffix)


# A partner is never called by 100,000 characters, and a title is not that long.
SHORT = {name: text for name, text in TEXTS.items() if len(text) < 3000}


def squeezed(text: str) -> str:
    """Return a text as a name or a title shows it: on one line, without white space that says nothing."""
    return " ".join(visible(text).split())


@pytest.fixture(params=known_formats())
def suffix(request: pytest.FixtureRequest) -> str:
    """Each of the formats."""
    return str(request.param)


@pytest.mark.parametrize("name", TEXTS)
def test_an_answer_is_found_as_it_was_typed(suffix: str, name: str) -> None:
    _, read = of_answers(suffix)
    assert read.has_answer(NAMES[name], TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_another_text_is_not_taken_for_it(suffix: str, name: str) -> None:
    """The readers are strict: a letter more or less is another answer."""
    _, read = of_answers(suffix)
    if suffix != ".xlsx" or len(TEXTS[name]) <= LONGEST_CELL:
        assert not read.has_answer(NAMES[name], TEXTS[name] + "z")
    assert not read.has_answer(NAMES[name], "z" + TEXTS[name])


def test_a_report_of_such_answers_does_nothing(suffix: str) -> None:
    _, read = of_answers(suffix)
    assert read.acting == of_everywhere(suffix, "x").acting


def test_what_does_not_fit_a_format_is_told_of(suffix: str) -> None:
    """No page has a glyph for everything, and no cell room for 100,000 characters."""
    rendered, _ = of_answers(suffix)
    assert bool(rendered.warnings) is (suffix in (".pdf", ".xlsx"))


@pytest.mark.parametrize("name", SHORT)
def test_wherever_it_was_typed_it_does_nothing(suffix: str, name: str) -> None:
    read = of_everywhere(suffix, SHORT[name])
    assert read.acting == of_everywhere(suffix, "x").acting
    # What cannot be shown is warned of, in a line of its own.
    alike = of_everywhere(suffix, "x\0" if changed_characters(SHORT[name]) else "x")
    assert read.kinds == alike.kinds


@pytest.mark.parametrize("name", SHORT)
def test_title_and_names_are_found_as_they_were_typed(suffix: str, name: str) -> None:
    text = SHORT[name]
    read = of_everywhere(suffix, text)
    is_told = _is_told if suffix == ".pdf" else str.__eq__
    assert is_told(squeezed(read.title), squeezed(text))
    ends = [squeezed(each) for each in read.texts]
    # Each is found alone; the name of a file may stand behind what it is.
    wanted = [{text}, {f"Gemeente {text}"}, {f"Bestand: {text}.pdf", f"{text}.pdf"}]
    for each in wanted:
        shown = {squeezed(one) for one in each}
        if suffix == ".pdf":
            # On the cover and in the annex a line break in a name is one; what stands around it is one word.
            shown |= {"".join(one.split()) for one in shown}
            ends += ["".join(one.split()) for one in ends]
        assert any(is_told(one, other) for one in ends for other in shown), each


# What Poppler's own way from glyphs to text is not in doubt about: no marks to place, no order to turn.
PLAIN = sorted(name for name, text in TEXTS.items() if all(ord(each) < 127 for each in visible(text)))


def test_poppler_finds_answers_in_the_pdf() -> None:
    need_program("pdfinfo")
    rendered, _ = of_answers(".pdf")
    said = "".join("".join(by_poppler(rendered.data)).split())
    assert [name for name in PLAIN if "".join(visible(TEXTS[name]).split()) not in said] == []


def test_a_format_that_nobody_can_read_back_fails() -> None:
    with pytest.raises(AssertionError, match=r"\.odt"):
        read_back(Rendered(data=b""), ".odt")
