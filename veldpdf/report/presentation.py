"""How a report is to look, and what came of making it look so."""

from __future__ import annotations

from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """How a report is to look.

    Attributes:
        catalogue: The language of everything that is neither the worksheet's text nor a partner's.
        style: Whose name, logo, colours and fonts it has.
        layouts: A user's own templates by the file ending that they make, e.g. ``".html"``.
        pages_follow: Whether the returned pages will be put behind the report, so that it announces them.
    """

    catalogue: Catalogue
    style: HouseStyle = field(default_factory=HouseStyle)
    layouts: tuple[tuple[str, LayoutFile], ...] = ()
    pages_follow: bool = False

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
