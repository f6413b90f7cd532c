"""The house style of who makes a report: name, logo, two colours, fonts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from veldpdf.messages import Message


class LogoKind(StrEnum):
    """What kind of picture a logo is."""

    PNG = "png"
    SVG = "svg"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """A picture that stands on the title page.

    Attributes:
        data: The file, all of it.
        kind: What it is.
        width: How wide it is, in its own units; only the ratio to its height counts.
        height: How high it is.
        png: The same picture for formats that cannot hold an SVG: the file itself where that is a PNG. Empty where
            nobody has drawn it yet; `veldpdf.branding.ready_for` does.
        source: What to call it in messages.
    """

    data: bytes
    kind: LogoKind
    width: float
    height: float
    png: bytes = b""
    source: str = "logo"


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseFonts:
    """TrueType fonts of one family.

    Attributes:
        family: Its name, as programs know it that have it installed.
        regular: The font file, all of it.
        bold: The same; the regular one where there is none.
        italic: The same; the regular one where there is none.
    """

    family: str
    regular: bytes
    bold: bytes
    italic: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseStyle:
    """What a report looks like.

    Attributes:
        name: Whose it is, e.g. the municipality's; empty for nobody's.
        logo: None for none.
        main: Colour of headings and names, hexadecimal (``"#14496b"``). Its contrast with white is at least 4.5 to 1.
        second: Colour of what is drawn beside text: bands and rules.
        fonts: None for those that come with veldpdf.
        warnings: What it asked for and does not get, and why.
    """

    name: str = ""
    logo: Logo | None = None
    main: str = "#14496b"
    second: str = "#14496b"
    fonts: HouseFonts | None = None
    warnings: tuple[Message, ...] = ()
