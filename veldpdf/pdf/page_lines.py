"""A line at the lower edge of pages that come from elsewhere: whose they are, and which page of the whole this is.

Once printed, a returned page says nowhere that it belongs to the report. The line stands where the reader sees the
lower edge, also on a page that is turned (ISO 32000-2, table 31: Rotate) or cropped, and on a white ground, so that
it can be read over anything. It is page furniture, no content (14.8.2.2.2): whoever listens is told by the structure
tree whose page it is.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import NamedTuple, cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    PdfObject,
    StreamObject,
    read_object,
)

from veldpdf.pdf.filling.embedding import EmbeddedFonts
from veldpdf.pdf.objects import ObjectId
from veldpdf.typed_text import code_point, one_line
from veldpdf.typesetting.characters import clusters
from veldpdf.typesetting.typeface import Piece, Typeface
from veldpdf.typesetting.visual import Gap, settled_order, visual_pieces

# Font size in points on a page as small as A4; on a larger one as much larger, for it is printed on A4 as well.
_SIZE = 7.5
_A4_WIDTH = 595.0
# From the edges of the page to the ground of the line, in font sizes. Its baseline is 4 mm from the edge: lower,
# printers do not print; higher stand the footers of worksheets.
_FROM_SIDE, _FROM_BOTTOM = 2.6, 1.35
# White around the text, and how high the letters reach above the baseline and below it, in font sizes.
_PADDING, _ASCENT, _DESCENT = 0.35, 0.82, 0.25
# Contrast of 7 to 1 with white.
_GREY = 0.35
_SEPARATOR = " · "
_ELLIPSIS = "…"
# Characters of a name that are looked at; more fit on no line.
_LONGEST = 1000
_QUARTER = 90


class _Sheet(NamedTuple):
    """A page as the reader sees it.

    Attributes:
        matrix: From there, with the origin at the lower left, to the page's own coordinates (8.3.3).
        width: Of what shows, in the page's units.
        size: Font size of the line, in the page's units.
    """

    matrix: str
    width: float
    size: float


class PageLines:
    """The lines of one file, in the fonts that come with us: each stands in the file once."""

    def __init__(self, writer: PdfWriter) -> None:
        """Begin without a line.

        Args:
            writer: The file; `finish` writes the fonts into it.
        """
        self._writer = writer
        # Nothing is of the form's own font here: there is none.
        self._typeface = Typeface({})
        self._fonts = EmbeddedFonts(self._number)
        # All pages of a partner are mostly of one size.
        self._names: dict[tuple[str, float], list[Piece]] = {}
        self._resources = DictionaryObject()
        self._resources_reference = self._added(self._resources)

    def add(self, page: PageObject, name: str, place: str) -> None:
        """Draw a line on a page.

        Args:
            page: One of the file's own, whose content leaves nothing open.
            name: Whose it is; shortened where it is too long.
            place: Which page it is, in words.
        """
        sheet = _sheet(page)
        resources = page["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject), "every still has its own"
        resources[NameObject("/Font")] = self._resources_reference
        stream = StreamObject()
        stream.set_data(self._drawing(sheet, name, place))
        contents = page.raw_get("/Contents")
        page[NameObject("/Contents")] = ArrayObject([contents, self._added(stream)])

    def finish(self) -> None:
        """Write the fonts, when all lines are drawn."""
        for key, body in self._fonts.objects().items():
            # All that it asks of a file is to be named in references.
            read = read_object(io.BytesIO(body), cast("PdfReader", self._writer))
            self._writer._replace_object(key[0], read)  # noqa: SLF001 - pypdf has no public way to fill a number

    def _drawing(self, sheet: _Sheet, name: str, place: str) -> bytes:
        """Return the operators that draw a line, marked as what they are."""
        margins = 2 * (_FROM_SIDE + _PADDING)
        room = (sheet.width / sheet.size - margins) * 1000
        end = self._pieces(self._showable(_SEPARATOR + place))
        pieces = [*self._named(name, room - _width_of(end)), *end]
        width = _width_of(pieces)
        # On a page as small as a stamp the words become as small.
        size = min(sheet.size, sheet.width / (width / 1000 + margins))
        x = sheet.width - (_FROM_SIDE + _PADDING) * size - width * size / 1000
        baseline = (_FROM_BOTTOM + _DESCENT) * size
        left, breadth = x - _PADDING * size, width * size / 1000 + 2 * _PADDING * size
        operators = [
            f"q {sheet.matrix} cm 1 g".encode(),
            b"%.3f %.3f %.3f %.3f re f" % (left, _FROM_BOTTOM * size, breadth, (_ASCENT + _DESCENT) * size),
            b"%g g BT" % _GREY,
        ]
        for piece in pieces:
            if piece.font is not None:
                font = self._fonts.subset(piece.font)
                self._resources[NameObject(f"/{font.resource}")] = IndirectObject(*font.key, self._writer)
                shown = font.encode(piece.glyphs)
                operators.append(
                    b"/%b %.4f Tf 1 0 0 1 %.3f %.3f Tm %b Tj"
                    % (font.resource.encode(), size, x, baseline, shown)
                )
            x += piece.width * size / 1000
        begin = b"/Artifact <</Type/Pagination/Subtype/Footer>> BDC"
        return b"\n".join([begin, *operators, b"ET Q", b"EMC", b""])

    def _named(self, name: str, room: float) -> list[Piece]:
        """Return a name as it is drawn in so much room, in thousandths of the font size."""
        if (name, room) not in self._names:
            shown = self._showable(" ".join(name[:_LONGEST].split()))
            self._names[name, room] = self._pieces(self._shortened(shown, room))
        return self._names[name, room]

    def _showable(self, text: str) -> str:
        """Return a text on one line, in which every character can be drawn, or is invisible."""
        shown = one_line(text)
        strange = {ord(character): code_point(character) for character in self._typeface.unshown(shown)}
        return shown.translate(strange)

    def _shortened(self, name: str, room: float) -> str:
        """Return a name cut off with an ellipsis where it is wider than there is room for.

        Args:
            name: Every character can be drawn.
            room: In thousandths of the font size.
        """
        if self._typeface.measure(name) <= room:
            return name
        left = room - self._typeface[_ELLIPSIS]
        kept: list[str] = []
        for cluster in clusters(name):
            left -= self._typeface.measure(cluster)
            if left < 0:
                break
            kept.append(cluster)
        return "".join(kept).rstrip() + _ELLIPSIS

    def _pieces(self, text: str) -> list[Piece]:
        """Return a text as it is drawn from left to right; its direction is its own, whatever stands beside it."""
        order = settled_order(text, None, self._typeface)
        pieces = visual_pieces(text, order, self._typeface, self._typeface)
        return [piece for piece in pieces if not isinstance(piece, Gap)]

    def _number(self) -> ObjectId:
        reference = self._added(NullObject())
        return reference.idnum, reference.generation

    def _added(self, obj: PdfObject) -> IndirectObject:
        return self._writer._add_object(obj)  # noqa: SLF001 - pypdf has no public way to add an object of its own


def _width_of(pieces: Iterable[Piece]) -> float:
    """Return how wide pieces are side by side, in thousandths of the font size."""
    return sum(piece.width for piece in pieces)


def _sheet(page: PageObject) -> _Sheet:
    """Return a page as the reader sees it: cut to its crop box, and turned (14.11.2; table 31)."""
    crop, media = page.cropbox, page.mediabox
    left, right = max(crop.left, media.left), min(crop.right, media.right)
    bottom, top = max(crop.bottom, media.bottom), min(crop.top, media.top)
    if left >= right or bottom >= top:
        # What shows then is the viewer's own choice.
        left, bottom, right, top = media.left, media.bottom, media.right, media.top
    width, height = float(right - left), float(top - bottom)
    matrix, across = (
        (f"1 0 0 1 {left:f} {bottom:f}", width),
        (f"0 1 -1 0 {right:f} {bottom:f}", height),
        (f"-1 0 0 -1 {right:f} {top:f}", width),
        (f"0 -1 1 0 {left:f} {top:f}", height),
    )[int(page.get("/Rotate", 0)) // _QUARTER % 4]
    unit = float(page.user_unit)
    return _Sheet(matrix, across, _SIZE / unit * max(1.0, min(width, height) * unit / _A4_WIDTH))
