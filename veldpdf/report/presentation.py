"""How a report is to look, and what came of making it look so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from veldpdf.house_style import HouseStyle
from veldpdf.language import Catalogue
from veldpdf.messages import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutFile:
    """A layout as a user wrote it.

    Attributes:
        source: Name of the file, for messages.
        text: What it holds.
    """

    source: str
    text: str


class Following(NamedTuple):
    """Pages that will be put behind the report.

    Attributes:
        title: Whose they are.
        pages: How many.
    """

    title: str
    pages: int


def destination_of(number: int) -> str:
    """Return by which name the report leads to pages behind it; the number is theirs among all that follow, from 1."""
    return f"returned-{number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """How a report is to look.

    Attributes:
        catalogue: The language of everything that is neither the worksheet's text nor a partner's.
        style: Whose name, logo, colours and fonts it has.
        layouts: A user's own templates by the file ending that they make, e.g. ``".html"``.
        following: The pages that will be put behind the report, which announces and counts them.
    """

    catalogue: Catalogue
    style: HouseStyle = field(default_factory=HouseStyle)
    layouts: tuple[tuple[str, LayoutFile], ...] = ()
    following: tuple[Following, ...] = ()

    @property
    def pages_follow(self) -> bool:
        """Whether pages will be put behind the report."""
        return bool(self.following)

    def layout_for(self, suffix: str) -> LayoutFile | None:
        """Return the user's own template for a format; None where there is none."""
        return dict(self.layouts).get(suffix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A report as the contents of a file.

    Attributes:
        data: All of it.
        warnings: What this format cannot hold as it was typed, and what became of it.
    """

    data: bytes
    warnings: tuple[Message, ...] = ()
