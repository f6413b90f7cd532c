"""TOML → HouseStyle: every mistake is told with the file, the key and the remedy.

A house style is a folder: the file, and beside it the logo and the fonts that it names. So it can be handed on as
it is, and names of files never lead out of it.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath

from veldpdf.errors import HouseStyleError, InputError, VeldpdfError
from veldpdf.files import read_bytes
from veldpdf.house_style.colours import contrast_with_white, darkened, parse_colour
from veldpdf.house_style.fonts import LARGEST_FONT, check_font
from veldpdf.house_style.logos import LARGEST_LOGO, read_logo
from veldpdf.house_style.values import HouseFonts, HouseStyle, Logo
from veldpdf.messages import Message
from veldpdf.tables_in_toml import Table, parse_toml

_KEYS = ("name", "logo", "colours", "fonts")
_COLOUR_KEYS = ("main", "second")
_FONT_KEYS = ("family", "regular", "bold", "italic")
# Characters of a name: it stands on one line.
_LONGEST_NAME = 120


def load_house_style(path: str | Path) -> HouseStyle:
    """Return the house style in a TOML file.

    A main colour that is too light for text is made darker; the style's `warnings` tell of it.

    Raises:
        HouseStyleError: It has a mistake, or names a logo or font that cannot be used.
        InputError: The file cannot be read.
    """
    path = Path(path)
    source = str(path)
    values = parse_toml(read_bytes(path), source=source, mistake=HouseStyleError)
    table = Table(values, source=source, keys=_KEYS, mistake=HouseStyleError)
    folder = _Folder(path)
    colours = table.table("colours", _COLOUR_KEYS)
    main, second, warnings = _colours(source, colours)
    return HouseStyle(
        name=_name(table, "name"),
        logo=_logo(table, folder),
        main=main,
        second=second,
        fonts=_fonts(table.table("fonts", _FONT_KEYS), folder),
        warnings=warnings,
    )


def _name(table: Table, key: str) -> str:
    """Return a name that fits on a line; empty where there is none."""
    name = " ".join(table.text(key, default="").split())
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise table.error(
            Message(
                "{key} is longer than {count} characters, or holds some that do not show",
                key=key,
                count=_LONGEST_NAME,
            ),
            Message("Write a name that fits on one line."),
        )
    return name


def _colours(source: str, table: Table | None) -> tuple[str, str, tuple[Message, ...]]:
    """Return both colours, and what is not as it was asked for."""
    ours = HouseStyle()
    if table is None:
        return ours.main, ours.second, ()
    asked = _colour(table, "main", ours.main)
    main = darkened(asked)
    second = _colour(table, "second", main)
    if main == asked:
        return main, second, ()
    warning = Message(
        "{source}: text in {asked} cannot be read well on white (contrast {contrast} to 1, of the 4.5 that are"
        " needed); the darker {used} stands in its place.",
        source=source,
        asked=asked,
        contrast=f"{contrast_with_white(asked):.1f}",
        used=main,
    )
    return main, second, (warning,)


def _colour(table: Table, key: str, default: str) -> str:
    typed = table.text(key, default=default)
    colour = parse_colour(typed)
    if colour is None:
        raise table.error(
            Message("{key} is no colour: {value}", key=key, value=repr(typed)),
            Message('Write it as # and six hexadecimal digits: {key} = "#14496b"', key=key),
        )
    return colour


def _logo(table: Table, folder: _Folder) -> Logo | None:
    name = table.text("logo", default="")
    if not name:
        return None
    data, source = folder.read(table, "logo", name, LARGEST_LOGO)
    return read_logo(data, source)


def _fonts(table: Table | None, folder: _Folder) -> HouseFonts | None:
    if table is None:
        return None
    table.text("family")
    family = _name(table, "family")
    regular = _font(table, "regular", folder, table.text("regular"))
    others = {
        key: _font(table, key, folder, name) if (name := table.text(key, default="")) else regular
        for key in ("bold", "italic")
    }
    return HouseFonts(family=family, regular=regular, **others)


def _font(table: Table, key: str, folder: _Folder, name: str) -> bytes:
    data, source = folder.read(table, key, name, LARGEST_FONT)
    check_font(data, source)
    return data


class _Folder:
    """The folder of a house style, of which files are read by the names that it gives."""

    def __init__(self, path: Path) -> None:
        self._folder = path.parent

    def read(self, table: Table, key: str, name: str, limit: int) -> tuple[bytes, str]:
        """Return what a file holds, and what to call it."""
        # Folders as Windows writes them are as good as any.
        parts = PurePosixPath(name.replace("\\", "/"))
        if parts.is_absolute() or PureWindowsPath(name).drive or ".." in parts.parts or "\0" in name:
            raise table.error(
                Message("{key} leads out of the folder of this file: {value}", key=key, value=repr(name)),
                Message("Put the file beside this one, and write its name alone."),
            )
        path = self._folder / parts
        try:
            size = path.stat().st_size
            is_too_large = size > limit
            data = b"" if is_too_large else read_bytes(path)
        except (OSError, ValueError, InputError) as exc:
            raise self._missing(table, key, path) from exc
        if is_too_large:
            raise HouseStyleError(
                str(path),
                Message(
                    "this file has {size} MB; {key} may have {limit} at most",
                    size=size >> 20,
                    key=key,
                    limit=limit >> 20,
                ),
                Message("Give a smaller one."),
            )
        return data, str(path)

    def _missing(self, table: Table, key: str, path: Path) -> VeldpdfError:
        return table.error(
            Message("{key}: the file {path} cannot be read", key=key, path=path),
            Message("Check its name: it is looked for in the folder of this file."),
        )
