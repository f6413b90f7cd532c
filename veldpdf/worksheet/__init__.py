"""Draws a worksheet: a definition and the text of its pages in, a fillable PDF out.

The official worksheet does not come with veldpdf, but a worksheet that asks the same can be drawn. It is two
files in ``forms/``: the definition, and beside it ``NAME.pages.toml`` with what its pages say. Another
worksheet of the family is another such pair and never a code change. ``python -m veldpdf.worksheet`` draws
them all.
"""

from __future__ import annotations

from veldpdf.worksheet.drawing import draw_worksheet
from veldpdf.worksheet.pages import load_pages

__all__ = ["draw_worksheet", "load_pages"]
