"""On which page of a returned PDF each field of a worksheet stands, and where on it, for who looks at the page.

Where the fields are there, their widgets tell (ISO 32000-2, 12.5.6.19). Of a printed copy the page is laid on the known
worksheet once more, as it was to be read. Several worksheets in one file are counted as reading counts them. What is
not certain is left out: no place is better than another partner's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pikepdf

from veldpdf.model import Answer, FormDefinition, State, Status
from veldpdf.pdf.acroform import Field, read_fields
from veldpdf.pdf.document import LockedError, UnreadableError, open_pdf
from veldpdf.pdf.found import Found, joined
from veldpdf.pdf.geometry import PageGeometry, WorksheetGeometry
from veldpdf.pdf.matching import find_worksheets
from veldpdf.pdf.objects import get_number, numbers_of, owner_of_inherited, pages_of
from veldpdf.pdf.pagetext import PageText, PageTextError, read_pages
from veldpdf.pdf.recovery import recover_pages
from veldpdf.pdf.recovery_alignment import find_alignment

_QUARTER, _CIRCLE = 90, 360
_CORNERS = 4
_USUAL = (0.0, 0.0, 612.0, 792.0)
Geometries = Callable[[], Sequence[WorksheetGeometry]]


@dataclass(frozen=True, slots=True)
class Mark:
    """A rectangle on a page as it is shown, turned and cropped. In points, from its upper left corner.

    Attributes:
        x: Its left side.
        y: Its upper side.
        width: From left to right.
        height: From top to bottom.
    """

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where one field stands.

    Attributes:
        page: The first page that shows it, from 1.
        marks: Its rectangles on that page; none where that is not certain.
    """

    page: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldPlaces:
    """Where the fields of one worksheet stand.

    Attributes:
        sizes: Width and height of each page of the file as it is shown, in points.
        fields: By the definition's names; those that were found.
    """

    sizes: tuple[tuple[float, float], ...] = ()
    fields: Mapping[str, FieldPlace] | None = None

    def place_of(self, name: str) -> FieldPlace | None:
        """Return where a field stands; None where nothing tells."""
        return None if self.fields is None else self.fields.get(name)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A worksheet in the file.

    Attributes:
        status: Whether its fields are there or only its pages.
        first_page: Where it begins; 0 where its fields show nowhere.
        places: Of all its fields; None for those whose place is not certain.
    """

    status: Status
    first_page: int
    places: Mapping[str, FieldPlace | None]


@dataclass(frozen=True, slots=True)
class _View:
    """What of a page is shown, in default user space, and by how much it is turned clockwise (7.7.3.3)."""

    low: complex
    high: complex
    turned: int

    @property
    def size(self) -> tuple[float, float]:
        across, down = self.high.real - self.low.real, self.high.imag - self.low.imag
        return (down, across) if self.turned % (2 * _QUARTER) else (across, down)

    def mark(self, points: Sequence[complex]) -> Mark | None:
        """Return the rectangle around some points, as far as it shows; None where it does not."""
        shown = [self._shown(point) for point in points]
        width, height = self.size
        left, right = (min(max(edge(x for x, _ in shown), 0.0), width) for edge in (min, max))
        top, bottom = (min(max(edge(y for _, y in shown), 0.0), height) for edge in (min, max))
        if right <= left or bottom <= top:
            return None
        return Mark(round(left, 1), round(top, 1), round(right - left, 1), round(bottom - top, 1))

    def _shown(self, point: complex) -> tuple[float, float]:
        """Return where a point comes to stand, from the upper left corner to the right and down."""
        x, up = point.real - self.low.real, point.imag - self.low.imag
        across, high = self.high.real - self.low.real, self.high.imag - self.low.imag
        return {0: (x, high - up), 90: (up, x), 180: (across - x, up), 270: (high - up, across - x)}[
            self.turned
        ]


def field_places(
    data: bytes,
    form: FormDefinition,
    *,
    number: int,
    has_printed: bool,
    geometries: Geometries = tuple,
    password: str = "",
) -> FieldPlaces:
    """Return where the fields of one worksheet in a PDF stand; nothing where it cannot be opened.

    Args:
        data: The file.
        form: The definition that it was read with.
        number: Which of the worksheets in it, from 1, PDFs inside it left aside.
        has_printed: Whether any of them was read from printed pages, wholly or in part.
        geometries: Returns where the fields stand on the worksheets that were sent out; asked only for those.
        password: To open an encrypted file with.
    """
    try:
        with open_pdf(data, password).pdf as pdf:
            views = [_view(page) for page in pages_of(pdf)]
            filled = [_filled(worksheet.fields, views) for worksheet in find_worksheets(form, read_fields(pdf))]
    except (LockedError, UnreadableError, pikepdf.PdfError, RuntimeError, ValueError):
        return FieldPlaces()
    printed: Sequence[_Placed] = ()
    if has_printed:
        shown = {place.page for each in filled for place in each.places.values() if place is not None}
        printed = _printed(_pages(data, password, shown), geometries(), form, views)
    all_places = _in_order(filled, printed, form)
    found = all_places[number - 1] if 0 < number <= len(all_places) else {}
    return FieldPlaces(tuple(view.size for view in views), found)


def _view(page: pikepdf.Dictionary) -> _View:
    """Return what is shown of a page: its crop box as far as the media box reaches (14.11.2)."""
    media = _box(page, "/MediaBox") or _USUAL
    crop = _box(page, "/CropBox") or media
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right <= left or top <= bottom:
        left, bottom, right, top = media
    turned = int(get_number(owner_of_inherited(page, "/Rotate"), "/Rotate") or 0) % _CIRCLE
    return _View(complex(left, bottom), complex(right, top), 0 if turned % _QUARTER else turned)


def _box(page: pikepdf.Dictionary, key: str) -> tuple[float, float, float, float] | None:
    numbers = numbers_of(owner_of_inherited(page, key), key)
    if len(numbers) != _CORNERS:
        return None
    (left, right), (bottom, top) = sorted(numbers[::2]), sorted(numbers[1::2])
    return (left, bottom, right, top) if left < right and bottom < top else None


def _filled(fields: Mapping[str, Field], views: Sequence[_View]) -> _Placed:
    """Return where the fields of a worksheet show, as their widgets tell."""
    pages = {page for field in fields.values() for page in field.pages}
    places = {name: _place(field, views) for name, field in fields.items()}
    return _Placed(Status.READ, min(pages, default=0), places)


def _place(field: Field, views: Sequence[_View]) -> FieldPlace | None:
    page = next(iter(field.pages), 0)
    if not 0 < page <= len(views):
        return None
    rectangles = (numbers_of(widget.obj, "/Rect") for widget in field.widgets if widget.page == page)
    marks = (
        views[page - 1].mark(_corners(complex(*rectangle[:2]), complex(*rectangle[2:])))
        for rectangle in rectangles
        if len(rectangle) == _CORNERS
    )
    return FieldPlace(page, tuple(mark for mark in marks if mark is not None))


def _corners(low: complex, high: complex) -> tuple[complex, ...]:
    return low, complex(high.real, low.imag), high, complex(low.real, high.imag)


def _pages(data: bytes, password: str, leaving_out: Collection[int]) -> list[PageText]:
    """Return the words on the pages that show no field; none where they cannot be read."""
    try:
        return [page for page in read_pages(data, password) if page.number not in leaving_out]
    except PageTextError:
        return []


def _printed(
    pages: Sequence[PageText],
    known: Sequence[WorksheetGeometry],
    form: FormDefinition,
    views: Sequence[_View],
) -> list[_Placed]:
    """Return where the fields of each printed worksheet stand."""
    boxed = [page for geometry in known for page in geometry.pages if page.words]
    worksheets = recover_pages(pages, known, form)
    aligned = {page.number: dict(_aligned(page, boxed, views)) for page in pages if page.number <= len(views)}
    # Where one worksheet ends and another begins on the same sheet, nobody knows whose box it is.
    uses = Counter(number for worksheet in worksheets for number in worksheet.pages)
    placed = []
    for worksheet in worksheets:
        known_places = {
            name: place
            for number in reversed(worksheet.pages)
            for name, place in aligned.get(number, {}).items()
            if uses[number] == 1
        }
        places = {name: known_places.get(name) for name in worksheet.answers}
        placed.append(_Placed(Status.RECOVERED, min(worksheet.pages, default=0), places))
    return placed


def _aligned(
    page: PageText, known: Sequence[PageGeometry], views: Sequence[_View]
) -> Iterator[tuple[str, FieldPlace]]:
    """Yield where fields stand on a printed page, on which several of the worksheet's may have been put."""
    words, left = list(page.words), list(known)
    while left:
        alignment = find_alignment(words, left)
        if alignment is None:
            return
        back = alignment.transform.inverse
        marks: dict[str, list[Mark]] = {}
        for box in alignment.page.boxes:
            mark = views[page.number - 1].mark([back(corner) for corner in _corners(box.low, box.high)])
            marks.setdefault(box.name, []).extend([] if mark is None else [mark])
        for name, found in marks.items():
            yield name, FieldPlace(page.number, tuple(found))
        words = [word for number, word in enumerate(words) if number not in alignment.printed]
        left = [each for each in left if each is not alignment.page]


def _in_order(
    filled: Sequence[_Placed], printed: Sequence[_Placed], form: FormDefinition
) -> list[dict[str, FieldPlace]]:
    """Return the places of all worksheets in the order in which reading numbers them."""
    # `joined` says which goes where, and hands on the answers that it is given: what they say does not matter to it.
    place_of: dict[int, FieldPlace | None] = {}

    def stand_in(each: _Placed) -> Found:
        answers = {name: Answer(text="", state=State.EMPTY) for name in each.places}
        place_of.update({id(answers[name]): place for name, place in each.places.items()})
        return Found(status=each.status, answers=answers, first_page=each.first_page)

    found = joined([stand_in(each) for each in filled], [stand_in(each) for each in printed], form)
    located = [{name: place_of[id(answer)] for name, answer in each.answers.items()} for each in found]
    return [{name: place for name, place in each.items() if place is not None} for each in located]
