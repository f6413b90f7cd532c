"""The widgets of a page become part of its contents (ISO 32000-2, 12.5.5), and leave its annotations.

What nobody sees on screen is not drawn, and goes all the same: a flattened file shows what the form showed, and
holds nothing besides. What belongs to an optional content group, or to a structure element, still does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf

from veldpdf.pdf.acroform import Field
from veldpdf.pdf.flattening.contents import Contents
from veldpdf.pdf.flattening.entries import is_widget
from veldpdf.pdf.flattening.pictures import Pictures, appearance
from veldpdf.pdf.flattening.placement import Matrix, box_of, multiplied, operands, placement, turned_back
from veldpdf.pdf.flattening.resources import PageResources
from veldpdf.pdf.flattening.tagging import Structure
from veldpdf.pdf.objects import dictionaries_of, get_dictionary, get_number

# Annotation flags of what nobody sees on screen (12.5.3). Invisible is meant for annotations of unknown types
# only, but PDFium, MuPDF and pdf.js heed it for all.
_UNSEEN = 1 << 0 | 1 << 1 | 1 << 5
_NO_ROTATE = 1 << 4


@dataclass(frozen=True, slots=True)
class _Placed:
    """A widget that is seen.

    Attributes:
        widget: The annotation.
        picture: The form XObject that it is drawn by.
        matrix: What puts the picture on the page.
    """

    widget: pikepdf.Dictionary
    picture: pikepdf.Stream
    matrix: Matrix


class Flattening:
    """One file on its way from a form to pages."""

    def __init__(self, pdf: pikepdf.Pdf, fields: Sequence[Field]) -> None:
        self._pdf = pdf
        self._pictures = Pictures(pdf)
        root = get_dictionary(pdf.Root, "/StructTreeRoot")
        self._structure = None if root is None else Structure(pdf, root, fields)

    def flatten_page(self, page: pikepdf.Dictionary) -> None:
        """Draw a page's widgets in its contents, and take them from its annotations."""
        annotations = list(dictionaries_of(page, "/Annots"))
        widgets = [annotation for annotation in annotations if is_widget(annotation)]
        if not widgets:
            return
        placed = [seen for widget in widgets if (seen := self._place(page, widget)) is not None]
        if placed:
            self._draw(page, placed)
        if self._structure is not None:
            for widget in widgets:
                self._structure.leave(widget)
        others = [annotation for annotation in annotations if not is_widget(annotation)]
        if others:
            page["/Annots"] = pikepdf.Array(others)
        else:
            del page["/Annots"]

    def finish(self) -> None:
        """Write what belongs to no page."""
        if self._structure is not None:
            self._structure.finish()

    def _place(self, page: pikepdf.Dictionary, widget: pikepdf.Dictionary) -> _Placed | None:
        flags = int(get_number(widget, "/F") or 0)
        stream = appearance(widget)
        rect = box_of(widget, "/Rect")
        if flags & _UNSEEN or stream is None or rect is None:
            return None
        picture = self._pictures.ready(stream, rect, page)
        matrix = placement(picture, rect)
        if matrix is None:
            return None
        if flags & _NO_ROTATE:
            matrix = multiplied(matrix, turned_back(page, rect))
        return _Placed(widget, picture, matrix)

    def _draw(self, page: pikepdf.Dictionary, placed: Sequence[_Placed]) -> None:
        contents = Contents(self._pdf, page)
        resources = PageResources(self._pdf, page)
        drawing = []
        for seen in placed:
            name = resources.name("/XObject", seen.picture)
            part = b"q\n%b cm\n%b Do\nQ\n" % (operands(seen.matrix), name)
            if self._structure is not None:
                mark = self._structure.mark(seen.widget, page, first_free=contents.first_free)
                part = b"%b%bEMC\n" % (mark, part)
            layer = get_dictionary(seen.widget, "/OC")
            if layer is not None:
                part = b"/OC %b BDC\n%bEMC\n" % (resources.name("/Properties", layer), part)
            drawing.append(part)
        contents.append(b"".join(drawing))
