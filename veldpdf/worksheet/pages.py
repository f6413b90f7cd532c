"""What stands on the pages of a worksheet: TOML in, blocks out.

The head of ``forms/bouwsteen-3a.pages.toml`` tells which kinds of block there are. As in a definition, a
mistake is told with the file, the place and the remedy, and an unknown key is one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from veldpdf.errors import DefinitionError, nearest
from veldpdf.messages import Message
from veldpdf.model import FieldSpec, FormDefinition
from veldpdf.tables_in_toml import Table, read_toml

Tone: TypeAlias = Literal["cool", "warm"]
_TONES: tuple[Tone, ...] = ("cool", "warm")

# `[words](address)` in a text. Only the web's two schemes: a link in a form that was mailed around must not
# start a program.
LINK = re.compile(r"\[([^]]+)\]\(([^)\s]+)\)")
_ADDRESS = re.compile(r"https?://[^\s\"<>]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text; a blank line begins a new paragraph."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading within a page."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletList:
    """Points in a list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Text set apart on a tinted ground: a tip, a piece of advice.

    Attributes:
        lead: The bold word that it begins with.
        text: The rest.
        tone: Which of the two colours it has.
    """

    lead: str
    text: str
    tone: Tone


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """Parts that add up to a whole, which leads to a goal.

    Attributes:
        parts: What is added up.
        total: What they are together.
        caption: A line under the total; empty means none.
        goal: What it is for.
    """

    parts: tuple[str, ...]
    total: str
    caption: str
    goal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question with the box for its answer.

    Attributes:
        field: Whose box it is.
        lines: How many lines the box must show at least; it gets more where the page has room.
        lead: A few words above the question; empty means none.
        text: The question as the page words it.
        note: What stands under the question in plain type; empty means nothing.
    """

    field: FieldSpec
    lines: int
    lead: str
    text: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Blocks with a circled number beside them."""

    number: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One of the columns of `Columns`; its width is relative to the others'."""

    width: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Blocks side by side."""

    columns: tuple[Column, ...]


Block: TypeAlias = Paragraph | Heading | BulletList | Panel | Diagram | Question | Step | Columns


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page.

    Attributes:
        title: The heading at its top; empty on a first page, which shows the worksheet's own title.
        blocks: From top to bottom.
    """

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetPages:
    """All pages of a worksheet.

    Attributes:
        notice: What the first page says about the worksheet's origin.
        footer: The same in one line, for the foot of every page.
        numbering: How a page is numbered, with ``{page}`` and ``{pages}``.
        pages: In order.
        source: Path of the file, for messages.
    """

    notice: str
    footer: str
    numbering: str
    pages: tuple[Page, ...]
    source: str

    def questions(self) -> Iterator[tuple[int, Question]]:
        """Yield each question with the number of its page, in the order of the pages."""
        for number, page in enumerate(self.pages, start=1):
            for question in _questions(page.blocks):
                yield number, question


def _questions(blocks: tuple[Block, ...]) -> Iterator[Question]:
    for block in blocks:
        match block:
            case Question():
                yield block
            case Step():
                yield from _questions(block.blocks)
            case Columns():
                for column in block.columns:
                    yield from _questions(column.blocks)


def load_pages(path: Path, form: FormDefinition) -> WorksheetPages:
    """Return the pages that a TOML file describes.

    Args:
        path: The file.
        form: The definition of the worksheet that they are the pages of.

    Raises:
        DefinitionError: The file has a mistake, or does not fit the definition.
        InputError: The file cannot be read.
    """
    return parse_pages(read_toml(path), form, source=str(path))


def parse_pages(values: Mapping[str, Any], form: FormDefinition, *, source: str) -> WorksheetPages:
    """Return the pages in a TOML table.

    Args:
        values: What the TOML file holds.
        form: The definition of the worksheet.
        source: Name of the file, for messages.

    Raises:
        DefinitionError: The table has a mistake, or does not fit the definition.
    """
    table = Table(values, source=source, keys=("notice", "footer", "numbering", "pages"))
    pages = WorksheetPages(
        notice=_marked_up(table, "notice"),
        footer=table.text("footer"),
        numbering=_numbering(table),
        pages=tuple(
            _page(part, form, Message("{source}, page {page}", source=source, page=number))
            for number, part in enumerate(table.tables("pages"), start=1)
        ),
        source=source,
    )
    _require_every_field(pages, form)
    return pages


def _numbering(table: Table) -> str:
    text = table.text("numbering")
    if "{page}" not in text or "{pages}" not in text:
        raise table.error(
            Message("{key} does not tell the page and the number of pages", key="numbering"),
            Message("Name both places, as in: {example}", example='numbering = "{page} / {pages}"'),
        )
    return text


def _page(values: Mapping[str, Any], form: FormDefinition, source: str) -> Page:
    table = Table(values, source=source, keys=("title", "blocks"))
    return Page(title=_marked_up(table, "title", default=""), blocks=_blocks(table, form, source))


def _blocks(table: Table, form: FormDefinition, source: str) -> tuple[Block, ...]:
    return tuple(
        _block(part, form, Message("{source}, block {block}", source=source, block=number))
        for number, part in enumerate(table.tables("blocks"), start=1)
    )


def _block(values: Mapping[str, Any], form: FormDefinition, source: str) -> Block:
    kind = values.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise DefinitionError(
            source,
            Message("there is no kind of block {value}", value=repr(kind)),
            nearest(str(kind), [*_KINDS]),
        )
    keys, read = _KINDS[kind]
    return read(_BlockTable(values, form, source, ("kind", *keys)))


class _BlockTable:
    """The table of one block: what the readers below take it from."""

    def __init__(
        self, values: Mapping[str, Any], form: FormDefinition, source: str, keys: tuple[str, ...]
    ) -> None:
        self.table = Table(values, source=source, keys=keys)
        self.values = values
        self.form = form
        self.source = source

    def text(self, key: str, *, default: str | None = None) -> str:
        return _marked_up(self.table, key, default=default)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            raise self.table.error(
                Message("{key} is not a list of texts", key=key), Message('Write: {key} = ["…", "…"]', key=key)
            )
        return tuple(_marked_up(Table({key: part}, source=self.source, keys=(key,)), key) for part in value)

    def tone(self) -> Tone:
        value = self.table.text("tone", default="cool")
        for tone in _TONES:
            if value == tone:
                return tone
        raise self.table.error(Message("there is no tone {value}", value=repr(value)), nearest(value, _TONES))

    def field(self) -> FieldSpec:
        name = self.table.text("field")
        if name not in self.form:
            raise self.table.error(
                Message("the definition has no field {name}", name=repr(name)), nearest(name, self.form.names)
            )
        return self.form.field(name)

    def blocks(self) -> tuple[Block, ...]:
        return _blocks(self.table, self.form, self.source)

    def columns(self) -> Iterator[_BlockTable]:
        for number, part in enumerate(self.table.tables("columns"), start=1):
            source = Message("{source}, column {column}", source=self.source, column=number)
            yield _BlockTable(part, self.form, source, ("width", "blocks"))


def _question(block: _BlockTable) -> Question:
    spec = block.field()
    return Question(
        field=spec,
        lines=block.table.page("lines"),
        lead=block.text("lead", default=""),
        text=block.text("text", default=spec.question),
        note=block.text("note", default=""),
    )


def _diagram(block: _BlockTable) -> Diagram:
    return Diagram(
        parts=block.texts("parts"),
        total=block.text("total"),
        caption=block.text("caption", default=""),
        goal=block.text("goal"),
    )


def _columns(block: _BlockTable) -> Columns:
    return Columns(
        columns=tuple(
            Column(width=column.table.page("width"), blocks=column.blocks()) for column in block.columns()
        )
    )


# Each kind of block: the keys that it may have beside `kind`, and what reads them.
_KINDS: Mapping[str, tuple[tuple[str, ...], Callable[[_BlockTable], Block]]] = {
    "paragraph": (("text",), lambda block: Paragraph(text=block.text("text"))),
    "heading": (("text",), lambda block: Heading(text=block.text("text"))),
    "list": (("items",), lambda block: BulletList(items=block.texts("items"))),
    "panel": (
        ("lead", "text", "tone"),
        lambda block: Panel(lead=block.text("lead"), text=block.text("text"), tone=block.tone()),
    ),
    "diagram": (("parts", "total", "caption", "goal"), _diagram),
    "question": (("field", "lines", "lead", "text", "note"), _question),
    "step": (
        ("number", "blocks"),
        lambda block: Step(number=block.table.page("number"), blocks=block.blocks()),
    ),
    "columns": (("columns",), _columns),
}


def _marked_up(table: Table, key: str, *, default: str | None = None) -> str:
    """Return a text whose links lead somewhere."""
    text = table.text(key, default=default)
    for words, address in LINK.findall(text):
        if not _ADDRESS.fullmatch(address):
            raise table.error(
                Message("the link of {words} leads to {address}", words=repr(words), address=repr(address)),
                Message("Write an address that begins with https:// or http://."),
            )
    return text


def _require_every_field(pages: WorksheetPages, form: FormDefinition) -> None:
    """Raise unless every field stands in one question, on the page that the definition tells."""
    found: dict[str, int] = {}
    for page, question in pages.questions():
        spec = question.field
        if spec.name in found:
            raise DefinitionError(
                pages.source,
                Message(
                    "it stands on the pages twice: on {first} and {second}", first=found[spec.name], second=page
                ),
                Message("Take out one of the two questions."),
                field=spec.name,
            )
        if spec.page != page:
            raise DefinitionError(
                pages.source,
                Message("it stands on page {page}, but the definition says {told}", page=page, told=spec.page),
                Message("Move the question, or write page = {page} in the definition.", page=page),
                field=spec.name,
            )
        found[spec.name] = page
    missing = next((name for name in form.names if name not in found), None)
    if missing is not None:
        raise DefinitionError(
            pages.source,
            Message("it does not stand on any page"),
            Message('Add a block with kind = "question" and this field, or take it out of the definition.'),
            field=missing,
        )
