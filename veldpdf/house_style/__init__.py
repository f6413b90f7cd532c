"""The house style of who makes a report: name, logo, two colours, fonts.

`values` says what a house style is, `loading` reads it from the file that a user wrote, and `logos`, `svg` and
`fonts` look at the files that it names: a report is handed round and published, so nothing in it may act, and
nothing in it may be there without the right to be.
"""

from veldpdf.house_style.loading import load_house_style
from veldpdf.house_style.values import HouseFonts, HouseStyle, Logo, LogoKind

__all__ = ["HouseFonts", "HouseStyle", "Logo", "LogoKind", "load_house_style"]
