"""The fields of a worksheet, written so that every viewer works with them.

Each field is one object, its widget merged into it (ISO 32000-2, 12.7.4): viewers that keep a field and its
widget apart have left two different texts in one answer. Each has an appearance of its own, so it is seen
before it is clicked, and nothing leans on ``/NeedAppearances``, which some viewers ignore and others answer
by asking whether to save. A field without an example has neither ``/V`` nor ``/DV``: nobody has entered
anything yet, and resetting the form clears it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString
from reportlab.pdfgen.canvas import Canvas

from veldpdf.errors import DefinitionError
from veldpdf.messages import Message
from veldpdf.model import FieldSpec
from veldpdf.typesetting.boxes import LEADING, TextBox
from veldpdf.typesetting.layout import ASCENT, Layout, lay_out
from veldpdf.typesetting.metrics import standard_widths

Rectangle: TypeAlias = tuple[float, float, float, float]
"""Left, bottom, right and top on the page, in points."""

FONT = "Helvetica"
FONT_SIZE = 10.0
BORDER = 1.0

# The name that viewers themselves give Helvetica in a form.
_FONT_NAME = "Helv"
_DEFAULT_APPEARANCE = f"/{_FONT_NAME} {FONT_SIZE:g} Tf 0 g"
_ENCODING = "cp1252"  # what PDF calls WinAnsiEncoding

_PRINT = 1 << 2  # /F: ISO 32000-2, table 167, bit 3
_MULTILINE = 1 << 12  # /Ff: ISO 32000-2, table 231, bit 13


def inner_document(canvas: Canvas) -> Any:
    """Return what the canvas writes to: it has no public way to add an annotation, a form or metadata."""
    return canvas._doc  # type: ignore[attr-defined]  # noqa: SLF001 - see above


class FieldWriter:
    """Writes the fields of one document.

    reportlab's own form fields have appearances that do not wrap, so the objects are made here.
    """

    def __init__(self, canvas: Canvas, *, source: str, border: Color, ground: Color) -> None:
        self._canvas: Any = canvas
        self._document = inner_document(canvas)
        self._source = source
        self._border = border
        self._ground = ground
        self._fields: dict[str, Any] = {}
        self._font = self._document.Reference(
            PDFDictionary(
                {
                    "Type": PDFName("Font"),
                    "Subtype": PDFName("Type1"),
                    "BaseFont": PDFName(FONT),
                    "Encoding": PDFName("WinAnsiEncoding"),
                }
            )
        )

    def place(self, spec: FieldSpec, rectangle: Rectangle) -> None:
        """Put a field on the current page.

        Raises:
            DefinitionError: The example does not fit the box, or the field's font cannot show it.
        """
        left, bottom, right, top = rectangle
        widget = PDFDictionary(
            {
                "Type": PDFName("Annot"),
                "Subtype": PDFName("Widget"),
                "FT": PDFName("Tx"),
                "T": PDFString(spec.name),
                "TU": PDFString(f"{spec.label}: {spec.question}"),
                "F": _PRINT,
                "Ff": _MULTILINE,
                "Rect": PDFArray([round(edge, 2) for edge in rectangle]),
                "P": self._document.thisPageRef(),
                "DA": PDFString(_DEFAULT_APPEARANCE),
                "MK": PDFDictionary({"BC": _components(self._border), "BG": _components(self._ground)}),
                "BS": PDFDictionary({"W": BORDER, "S": PDFName("S")}),
                "AP": PDFDictionary({"N": self._appearance(spec, right - left, top - bottom)}),
            }
        )
        if spec.example:
            widget["V"] = PDFString(spec.example)
            widget["DV"] = PDFString(spec.example)
        self._canvas._addAnnotation(widget)  # noqa: SLF001 - there is no public way
        self._fields[spec.name] = self._document.Reference(widget)

    def finish(self, names: Sequence[str]) -> None:
        """Write the form that holds the fields, in the order of these names."""
        self._document.Catalog.AcroForm = PDFDictionary(
            {
                "Fields": PDFArray([self._fields[name] for name in names]),
                "DA": PDFString(_DEFAULT_APPEARANCE),
                "DR": self._resources(),
            }
        )
        for page in self._document.Pages.pages:
            # Tab goes from row to row; the annotations stand in that order, too, for viewers that go by it.
            # reportlab writes only the page entries that it knows by name.
            page.__NoDefault__ = [*page.__NoDefault__, "Tabs"]
            page.Tabs = PDFName("R")

    def _resources(self) -> PDFDictionary:
        return PDFDictionary({"Font": PDFDictionary({_FONT_NAME: self._font})})

    def _appearance(self, spec: FieldSpec, width: float, height: float) -> Any:
        layout = self._lay_out(spec, TextBox(width=width, height=height, font_size=FONT_SIZE, border=BORDER))
        dictionary = PDFDictionary(
            {
                "Type": PDFName("XObject"),
                "Subtype": PDFName("Form"),
                "BBox": PDFArray([0, 0, round(width, 2), round(height, 2)]),
                "Resources": self._resources(),
            }
        )
        lines = [*self._ground_and_border(width, height), *_text(layout, width, height)]
        # reportlab writes "endstream" right behind the content: it must end its own last line.
        content = "".join(line + "\n" for line in lines)
        return self._document.Reference(PDFStream(dictionary, content.encode(_ENCODING)))

    def _lay_out(self, spec: FieldSpec, box: TextBox) -> Layout:
        strange = next((character for character in spec.example if not _is_shown(character)), None)
        if strange is not None:
            raise DefinitionError(
                self._source,
                Message(
                    "the font of the field cannot show {character}, which its example holds",
                    character=repr(strange),
                ),
                Message("Write the example with the characters of western European languages."),
                field=spec.name,
            )
        layout = lay_out(spec.example, box, standard_widths(FONT))
        if layout.overflows:
            raise DefinitionError(
                self._source,
                Message(
                    "its example takes {lines} lines, and its box shows {fit}",
                    lines=len(layout.lines),
                    fit=layout.lines_fit,
                ),
                Message("Ask for more lines in the question's block."),
                field=spec.name,
            )
        return layout

    def _ground_and_border(self, width: float, height: float) -> list[str]:
        return [
            f"{_operands(self._ground)} rg",
            f"0 0 {width:.2f} {height:.2f} re f",
            f"{_operands(self._border)} RG",
            f"{BORDER:g} w",
            f"{BORDER / 2:g} {BORDER / 2:g} {width - BORDER:.2f} {height - BORDER:.2f} re s",
        ]


def _text(layout: Layout, width: float, height: float) -> list[str]:
    """Return the part of an appearance that viewers replace when the text changes (12.7.4.3)."""
    padding = 2 * BORDER
    first = height - padding - ASCENT * FONT_SIZE
    return [
        "/Tx BMC",
        "q",
        f"{BORDER:g} {BORDER:g} {width - 2 * BORDER:.2f} {height - 2 * BORDER:.2f} re W n",
        "BT",
        _DEFAULT_APPEARANCE,
        f"{LEADING * FONT_SIZE:g} TL",
        f"{padding:g} {first:.2f} Td",
        *(f"({_escaped(line)}) Tj T*" for line in layout.lines),
        "ET",
        "Q",
        "EMC",
    ]


def _is_shown(character: str) -> bool:
    try:
        character.encode(_ENCODING)
    except UnicodeEncodeError:
        return False
    return True


def _escaped(line: str) -> str:
    """Return a line as it stands in a literal string (ISO 32000-2, 7.3.4.2)."""
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _components(colour: Color) -> PDFArray:
    return PDFArray([round(part, 4) for part in colour.rgb()])


def _operands(colour: Color) -> str:
    return " ".join(f"{part:.4f}" for part in colour.rgb())
