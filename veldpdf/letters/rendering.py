"""A letter's facts → its words, by a layout that officers may replace.

Each language has a layout of its own, whole sentences and all: whoever wants other words edits a text and meets no
catalogue. docs/letters.md tells which names a layout knows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from veldpdf.errors import InputError
from veldpdf.files import read_bytes
from veldpdf.language import Catalogue
from veldpdf.letters.letters import Gap, Letter, Question
from veldpdf.letters.worksheets import Attachment
from veldpdf.messages import Message
from veldpdf.model import FormDefinition
from veldpdf.report.wording import date_in_words
from veldpdf.templating import Layout, LayoutError
from veldpdf.typed_text import one_line, visible

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What the officer says of all letters.

    Attributes:
        sender: Who signs; empty for nobody.
        deadline: Until when answers are awaited.
        date: What the letters are dated.
    """

    sender: str = ""
    deadline: date | None = None
    date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A letter in words.

    Attributes:
        subject: One line.
        body: The rest; it ends with a line feed.
    """

    subject: str
    body: str

    @property
    def whole(self) -> str:
        """Both, as they stand in a text file."""
        return f"{self.subject}\n\n{self.body}"


def find_layout(folder: Path | None, language: str) -> Path:
    """Return which layout is used: the user's for the language, the user's for all languages, else ours.

    Raises:
        InputError: The user's folder has none.
    """
    if folder is None:
        return TEMPLATES / f"letter.{language}.txt"
    wanted = [f"letter.{language}.txt", "letter.txt"]
    for name in wanted:
        if (folder / name).is_file():
            return folder / name
    raise InputError(
        Message("{path}: there is no {name} in this folder.", path=folder, name=wanted[0]),
        Message("Put the layout there under this name, or as {name}.", name=wanted[1]),
    )


def load_layout(path: Path) -> Layout:
    """Return a layout, compiled.

    Raises:
        InputError: It cannot be read.
        LayoutError: It has a mistake.
    """
    raw = read_bytes(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:  # what Windows has always written
        text = raw.decode("cp1252", "replace")
    return Layout(text, source=str(path), finalize=_shown)


def render(
    layout: Layout,
    letter: Letter,
    form: FormDefinition,
    say: Catalogue,
    *,
    wishes: Wishes,
    attachment: Attachment | None = None,
) -> Text:
    """Return a letter in words: the layout's first line is the subject, the rest the text.

    Raises:
        LayoutError: The layout has a mistake.
    """

    def in_words(day: date | None) -> str:
        return "" if day is None else date_in_words(day, say)

    filled = layout.render(
        {
            "partner": one_line(letter.partner).strip(),
            "file": one_line(letter.source.rsplit("/", 1)[-1]),
            "status": letter.status.value,
            "title": one_line(form.title),
            "publisher": one_line(form.publisher),
            "answered": letter.answered,
            "questions": {
                gap.value: [_as_shown(question) for question in letter.questions.get(gap, ())] for gap in Gap
            },
            "requests": [{"text": say(item.message), "page": item.page} for item in letter.requests],
            "count": letter.count,
            "attachment": _about(attachment),
            "sender": one_line(wishes.sender).strip(),
            "deadline": in_words(wishes.deadline),
            "date": in_words(wishes.date),
        }
    )
    lines = _tidied(filled.split("\n"))
    subject, body = (lines[0], lines[1:]) if lines else ("", [])
    if not subject or not any(body):
        raise LayoutError(
            layout.source,
            None,
            Message("this makes no letter for {partner}.", partner=one_line(letter.partner)),
            Message("A layout begins with the subject; the text follows below a blank line."),
        )
    return Text(subject=one_line(subject), body="\n".join(_tidied(body)) + "\n")


def _as_shown(question: Question) -> dict[str, object]:
    return {
        "label": one_line(question.label),
        "page": question.page,
        "text": one_line(question.text),
        "name": question.name,
        "over": question.over,
    }


def _about(attachment: Attachment | None) -> str:
    """Return in a word what goes along: nothing, or a worksheet that is blank, prefilled or locked in part."""
    if attachment is None:
        return ""
    if attachment.is_locked:
        return "locked"
    return "prefilled" if attachment.is_prefilled else "blank"


def _tidied(lines: Iterable[str]) -> list[str]:
    """Return lines without blank ones at the ends, nor two of them on end: what an ``if`` leaves behind."""
    kept: list[str] = []
    for line in map(str.rstrip, lines):
        if line or (kept and kept[-1]):
            kept.append(line)
    if kept and not kept[-1]:
        kept.pop()
    return kept


def _shown(value: object) -> object:
    return visible(value) if isinstance(value, str) else value
