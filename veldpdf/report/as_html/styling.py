"""A house style's colours and fonts as CSS.

Two colours are the house's; all others stay, because they were chosen so that states can be told apart. Where a
house's colour would be too faint on one of our grounds, it is made darker, or for the dark page lighter, until it
can be read (WCAG 2.1, 1.4.3 for text: 4.5 to 1). Nothing that anybody typed goes in here.
"""

from __future__ import annotations

import base64
import colorsys
import re
from collections.abc import Mapping
from types import MappingProxyType

from veldpdf.house_style import HouseFonts, HouseStyle

_TEXT, _DRAWN = 4.5, 3.0
# On the dark page a little more than must be, as a thin light letter on black seems thinner.
_TEXT_ON_DARK = 7.0
_STEP = 0.01
_OPENTYPE_CFF = b"OTTO"

_LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#ffffff",
        "band": "#eef2f6",
        "ink": "#1c2530",
        "soft": "#55606e",
        "rule": "#c9d1da",
        "edge": "#6b7683",
        "answered": "#1b7a55",
        "partly-example": "#965200",
        "example": "#6a5aa8",
        "empty": "#5c6774",
        "empty-bar": "#c3cbd4",
        "focus": "#b3005e",
    }
)
_DARK: Mapping[str, str] = MappingProxyType(
    {
        "paper": "#14191f",
        "band": "#1e262f",
        "ink": "#e6ebf0",
        "soft": "#a9b4c0",
        "rule": "#3a4552",
        "edge": "#8592a0",
        "answered": "#5fc79b",
        "partly-example": "#f0a95a",
        "example": "#b3a6ee",
        "empty": "#93a0ae",
        "empty-bar": "#56626f",
        "focus": "#ff9ecf",
    }
)
_PRINT: Mapping[str, str] = MappingProxyType(
    {**_LIGHT, "ink": "#000000", "soft": "#444444", "rule": "#bbbbbb", "band": "#f2f4f6"}
)


def palettes(house: HouseStyle) -> str:
    """Return the colours of the light, the dark and the printed page, as custom properties of the root."""
    light, dark, paper = (_root(colours, house) for colours in (_LIGHT, _DARK, _PRINT))
    return f"{light}\n@media (prefers-color-scheme: dark) {{ {dark} }}\n@media print {{ {paper} }}"


def font_faces(fonts: HouseFonts | None) -> str:
    """Return the rules that embed a house's fonts; empty where it has none."""
    if fonts is None:
        return ""
    faces = [(fonts.regular, "normal", 400)]
    # What is missing came as the regular font once more; a browser slants and thickens that by itself.
    if fonts.bold != fonts.regular:
        faces.append((fonts.bold, "normal", 700))
    if fonts.italic != fonts.regular:
        faces.append((fonts.italic, "italic", 400))
    rules = [
        f'@font-face {{ font-family: "house"; font-style: {style}; font-weight: {weight}; font-display: block; '
        f"src: url(data:{_media_type(data)};base64,{base64.b64encode(data).decode('ascii')}); }}"
        for data, style, weight in faces
    ]
    return "\n".join([*rules, ':root { --family: "house", sans-serif; }'])


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21 (WCAG 2.1)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, grounds: tuple[str, ...], ratio: float) -> str:
    """Return a colour as near to one as has enough contrast with all grounds, which are all light or all dark.

    Args:
        colour: Hexadecimal, e.g. ``"#14496b"``.
        grounds: What it stands on.
        ratio: The contrast ratio that it needs at least.
    """
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    step = -_STEP if _luminance(grounds[0]) > _luminance("#777777") else _STEP
    shade = colour.lower()
    while any(contrast(shade, ground) < ratio for ground in grounds) and 0 < lightness + step < 1:
        lightness += step
        shade = "#" + "".join(
            f"{round(255 * value):02x}" for value in colorsys.hls_to_rgb(hue, lightness, saturation)
        )
    return shade


def _root(colours: Mapping[str, str], house: HouseStyle) -> str:
    grounds = (colours["paper"], colours["band"])
    own = {
        "accent": readable(house.main, grounds, _TEXT_ON_DARK if colours is _DARK else _TEXT),
        # It tells nothing, so it may be as faint as the house wants; but most were chosen for white paper.
        "second": readable(house.second, grounds, _DRAWN) if colours is _DARK else house.second.lower(),
    }
    declared = " ".join(f"--{name}: {value};" for name, value in {**colours, **own}.items())
    return f":root {{ {declared} }}"


def _channels(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue, each from 0 to 1; a colour that is none goes no further than this."""
    found = re.fullmatch(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})", colour)
    assert found is not None, "a house style's colours are hexadecimal"
    red, green, blue = (int(part, 16) / 255 for part in found.groups())
    return red, green, blue


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4  # noqa: PLR2004 - of WCAG
        for value in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _media_type(data: bytes) -> str:
    return "font/otf" if data.startswith(_OPENTYPE_CFF) else "font/ttf"
