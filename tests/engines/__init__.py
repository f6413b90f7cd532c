"""Real form engines, one module each, for tests and samples.

``ENGINES`` holds them by name. A test takes one as a parameter and skips where it is missing::

    @pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES.keys())
    def test_it(engine: Engine) -> None:
        if reason := engine.missing():
            pytest.skip(reason)
        returned = engine.fill(worksheet, {"Veld01": "Wij vragen het de jongeren zelf."})
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from . import mupdf, pdfbox, pdfium, pdfjs, pdftk, poppler
from .engine import Engine, EngineError

__all__ = ["ENGINES", "Engine", "EngineError"]

ENGINES: Mapping[str, Engine] = MappingProxyType(
    {
        engine.name: engine
        for engine in (
            Engine("pdfium", "Chrome, Edge", pdfium.fill, pdfium.missing),
            Engine("pdfjs", "Firefox", pdfjs.fill, pdfjs.missing),
            Engine("pdfjs-3", "Firefox before 2024", pdfjs.fill_3, pdfjs.missing_3),
            Engine("pdftk", "web forms, office macros", pdftk.fill, pdftk.missing),
            Engine("pdfbox", "form servers in Java", pdfbox.fill, pdfbox.missing),
            Engine("poppler", "Evince, Okular", poppler.fill, poppler.missing),
            Engine("mupdf", "SumatraPDF, MuPDF", mupdf.fill, mupdf.missing),
        )
    }
)
