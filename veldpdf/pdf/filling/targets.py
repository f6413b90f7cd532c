"""What filling knows of each field: the bytes that stay, how it draws, and what it takes for a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from veldpdf.pdf.chosen import Option
from veldpdf.pdf.filling.canvas import Canvas
from veldpdf.pdf.fonts import FieldFont
from veldpdf.pdf.objects import ObjectId
from veldpdf.pdf.widgets import Look

# What may be filled in: a text, or an export value; several of them where a list takes several.
Value: TypeAlias = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class FormFont:
    """The font that a widget's text is set in, as its file has it.

    Attributes:
        resource: Name that it goes by.
        font: What it shows.
        obj: Reference to the font, or the font itself, as bytes.
        is_missing: Whether the form has no such font, so that ours takes its place.
    """

    resource: str
    font: FieldFont
    obj: bytes
    is_missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One dictionary of a field: the field, a widget, or both in one.

    Attributes:
        key: Its object and generation number.
        entries: What stays of it, as bytes.
        previous: What filling replaces, as it was, as bytes; without its flags.
        no_rich_text: What keeps a parent's rich text from contradicting a new value, as bytes.
        flags: Its own ``/Ff``; None where it has none.
        locked_flags: The field's flags with the read-only bit set.
        is_field: Whether the value belongs here.
        canvas: How it looks; None where it is no widget.
        font: What its text is set in; None where it is no widget, or shows no text.
    """

    key: ObjectId
    entries: bytes = field(repr=False)
    previous: bytes = field(repr=False)
    no_rich_text: bytes = field(repr=False, default=b"")
    flags: int | None
    locked_flags: int
    is_field: bool
    canvas: Canvas | None
    font: FormFont | None

    @property
    def look(self) -> Look | None:
        """How it draws text; None where it is no widget."""
        return None if self.canvas is None else self.canvas.look

    def flag_entry(self, *, lock: bool) -> bytes:
        """Return its ``/Ff``, with the read-only bit set where the field is to be locked; none for none."""
        flags = self.locked_flags if lock and self.is_field else self.flags
        return b"" if flags is None else b"/Ff %d" % flags

    def locked(self) -> bytes:
        """Return it read-only, and otherwise as it was."""
        return b"<<%b%b%b>>" % (self.entries, self.flag_entry(lock=True), self.previous)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A field that can be filled.

    Attributes:
        name: What the user calls it.
        pages: The pages that it shows on, from 1.
        parts: Its dictionaries.
        text: What it says: a text, or export values, a line for each.
        default: What its default value, ``/DV``, says.
    """

    name: str
    pages: tuple[int, ...]
    parts: tuple[Part, ...]
    text: str = field(repr=False)
    default: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTarget(Target):
    """A text field (12.7.5.3).

    Attributes:
        max_length: Characters that it may hold; None for no limit.
        is_password: Whether what is typed must not show (table 231).
    """

    max_length: int | None
    is_password: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonWidget:
    """A widget of a checkbox or radio field, and the pictures that it has.

    Attributes:
        states: The export value that each of its on-states stands for, by the state's name as bytes.
        pictures: Reference to the picture of each state that has one, ``Off`` among them.
        rest: The pictures for when it is pressed or pointed at, as bytes.
        symbol: What marks it as on: a character of ZapfDingbats.
        is_round: Whether its border is a circle.
    """

    states: Mapping[bytes, str]
    pictures: Mapping[bytes, bytes]
    rest: bytes = field(repr=False)
    symbol: str
    is_round: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonTarget(Target):
    """A checkbox, or a group of radio buttons (12.7.5.2.3 and 12.7.5.2.4).

    Attributes:
        widgets: By the key of their part.
        is_in_unison: Whether all widgets that stand for the same go on together.
    """

    widgets: Mapping[ObjectId, ButtonWidget]
    is_in_unison: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoiceTarget(Target):
    """A list box or combo box (12.7.5.4).

    Attributes:
        options: What there is to choose from.
        is_combo: Whether it shows only what is chosen.
        is_editable: Whether any other text may be typed as well.
        takes_several: Whether more than one option may be chosen.
        needs_indices: Whether the value alone does not tell which options are chosen.
    """

    options: tuple[Option, ...]
    is_combo: bool
    is_editable: bool
    takes_several: bool
    needs_indices: bool
