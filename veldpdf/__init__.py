"""Prefill fillable PDF worksheets, read what comes back, see what is missing, and report.

The names below are the public surface. They are loaded when first used, so ``import veldpdf`` is cheap::

    import veldpdf

    form = veldpdf.load_form()
    template = veldpdf.Template.open()
    pdf = template.fill({"Veld01": "…"})
    submission = veldpdf.read("ggd.pdf")
    result = veldpdf.check(submission)
    report = veldpdf.merge([submission])
    report.write("rapport.pdf")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from veldpdf.api import MergedReport, check, merge, read, read_many
    from veldpdf.definition import load_form
    from veldpdf.errors import (
        DefinitionError,
        HouseStyleError,
        InputError,
        OutputError,
        OutputExistsError,
        TemplateError,
        UnknownFieldError,
        UnknownFormatError,
        ValuesError,
        ValueTooLongError,
        VeldpdfError,
    )
    from veldpdf.filling_many import fill_many
    from veldpdf.house_style import HouseStyle, load_house_style
    from veldpdf.limits import Limits
    from veldpdf.model import (
        Answer,
        Completeness,
        FieldSpec,
        FormDefinition,
        Origin,
        Role,
        Section,
        State,
        Status,
        Submission,
        TooLong,
    )
    from veldpdf.pdf.filling.template import Fit, Template

__version__ = "0.9.0"

__all__ = [
    "Answer",
    "Completeness",
    "DefinitionError",
    "FieldSpec",
    "Fit",
    "FormDefinition",
    "HouseStyle",
    "HouseStyleError",
    "InputError",
    "Limits",
    "MergedReport",
    "Origin",
    "OutputError",
    "OutputExistsError",
    "Role",
    "Section",
    "State",
    "Status",
    "Submission",
    "Template",
    "TemplateError",
    "TooLong",
    "UnknownFieldError",
    "UnknownFormatError",
    "ValueTooLongError",
    "ValuesError",
    "VeldpdfError",
    "__version__",
    "check",
    "fill_many",
    "load_form",
    "load_house_style",
    "merge",
    "read",
    "read_many",
]

_HOMES = {
    "veldpdf.api": ("MergedReport", "check", "merge", "read", "read_many"),
    "veldpdf.definition": ("load_form",),
    "veldpdf.errors": tuple(name for name in __all__ if name.endswith("Error")),
    "veldpdf.filling_many": ("fill_many",),
    "veldpdf.house_style": ("HouseStyle", "load_house_style"),
    "veldpdf.limits": ("Limits",),
    "veldpdf.model": (
        "Answer",
        "Completeness",
        "FieldSpec",
        "FormDefinition",
        "Origin",
        "Role",
        "Section",
        "State",
        "Status",
        "Submission",
        "TooLong",
    ),
    "veldpdf.pdf.filling.template": ("Fit", "Template"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # else any name at all would be one to a type checker

    def __getattr__(name: str) -> object:
        """Load a public name when it is first used (PEP 562): most uses need few of them."""
        home = _HOME_OF.get(name)
        if home is None:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)
        value = getattr(import_module(home), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
