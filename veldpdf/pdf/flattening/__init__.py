"""Flattening a filled form: its pages show the same, and it holds no field any more."""

from __future__ import annotations

from veldpdf.pdf.flattening.document import flatten

__all__ = ["flatten"]
