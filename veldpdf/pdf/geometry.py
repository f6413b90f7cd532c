"""Where things stand on the pages of a fillable worksheet: its printed words and its boxes.

A worksheet that was printed to PDF has no fields left, but its own text still tells how each page was scaled,
moved and turned (`recovery_alignment`). So the fillable file that was sent out is kept as two lists per page: the
words that are printed on it, without what stands in its fields, and the rectangles of its fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import pikepdf

from veldpdf.model import FormDefinition
from veldpdf.pdf.acroform import FieldFlag, FieldType, Widget, read_fields
from veldpdf.pdf.document import LockedError, UnreadableError, open_pdf
from veldpdf.pdf.matching import find_worksheets
from veldpdf.pdf.objects import numbers_of
from veldpdf.pdf.pagetext import PageText, PageTextError, Word, key, read_pages
from veldpdf.pdf.widgets import LookReader
from veldpdf.typesetting.boxes import TextBox


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldBox:
    """One place where a field shows.

    Attributes:
        name: The definition's name of the field.
        low: Lower left corner, in default user space of the page as it is not turned (8.3.2.3): x + yi.
        high: Upper right corner.
        box: The space that the text has, seen upright.
        is_text: Whether it is a text field; of any other the page shows no more than what is drawn.
        shows_all: Whether it is a list box, which shows what was not chosen as well.
    """

    name: str
    low: complex
    high: complex
    box: TextBox
    is_text: bool = True
    shows_all: bool = False


@dataclass(frozen=True, kw_only=True)
class PageGeometry:
    """One page of a worksheet.

    Attributes:
        number: From 1.
        low: Lower left corner of what the page shows, in default user space.
        high: Upper right corner.
        words: What is printed on it, in the order of the file.
        boxes: Its fields' rectangles.
    """

    number: int
    low: complex
    high: complex
    words: tuple[Word, ...]
    boxes: tuple[FieldBox, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The words as they are compared."""
        return tuple(key(word.text) for word in self.words)

    @cached_property
    def key_counts(self) -> Counter[str]:
        """How often each of them stands on the page."""
        return Counter(self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksheetGeometry:
    """A fillable worksheet's pages, those without fields included."""

    pages: tuple[PageGeometry, ...]


# A template is some megabytes at most, and a run knows few of them.
@lru_cache(maxsize=8)
def read_geometry(data: bytes, form: FormDefinition, password: str = "") -> WorksheetGeometry | None:
    """Return where things stand in a fillable PDF; None where it is not the definition's, or has no text.

    Args:
        data: The file.
        form: The definition that its fields belong to.
        password: Of an encrypted file.
    """
    try:
        with open_pdf(data, password).pdf as pdf:
            boxes = _boxes(pdf, form)
        pages = read_pages(data, password) if boxes else ()
    except (LockedError, UnreadableError, PageTextError, pikepdf.PdfError, RuntimeError):
        return None
    if not any(page.words for page in pages):
        return None
    return WorksheetGeometry(pages=tuple(_page(page, boxes.get(page.number, ())) for page in pages))


def _page(page: PageText, boxes: tuple[FieldBox, ...]) -> PageGeometry:
    low, high = page.corners
    return PageGeometry(number=page.number, low=low, high=high, words=page.words, boxes=boxes)


def _boxes(pdf: pikepdf.Pdf, form: FormDefinition) -> Mapping[int, tuple[FieldBox, ...]]:
    """Return the rectangles of the definition's fields by page number, one for each widget."""
    worksheets = find_worksheets(form, read_fields(pdf))
    if not worksheets:
        return {}
    looks = LookReader(pdf)
    found: dict[int, list[FieldBox]] = {}
    for name, field in worksheets[0].fields.items():
        for widget in field.widgets:
            corners = _corners(widget)
            if widget.page is not None and corners is not None:
                low, high = corners
                box = looks.box(field, widget)
                is_text = field.type is FieldType.TEXT
                shows_all = field.type is FieldType.CHOICE and FieldFlag.COMBO not in field.flags
                placed = FieldBox(name=name, low=low, high=high, box=box, is_text=is_text, shows_all=shows_all)
                found.setdefault(widget.page, []).append(placed)
    return {page: tuple(boxes) for page, boxes in found.items()}


def _corners(widget: Widget) -> tuple[complex, complex] | None:
    """Return lower left and upper right of a widget's rectangle, whichever corners it names (7.9.5)."""
    numbers = numbers_of(widget.obj, "/Rect")
    if len(numbers) != 4:  # noqa: PLR2004 - two corners
        return None
    left, right = sorted((numbers[0], numbers[2]))
    bottom, top = sorted((numbers[1], numbers[3]))
    return (complex(left, bottom), complex(right, top)) if right > left and top > bottom else None
