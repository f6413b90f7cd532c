"""Answers from a worksheet that has no form fields left: printed to PDF, or flattened.

Each page is laid on the page of a known worksheet (`recovery_alignment`); what then stands inside a field's
rectangle, and is not the worksheet's own text, is the answer (`recovery_layout`). A page that is a picture has
no text, and gives nothing here; words that were read from the picture by other means may take the same way
(`recover_pages`).

Flattening programs leave in the file what the box did not show: text clipped away below its edge, which lies
over other boxes. The clip tells whose text it is, so it goes to its own field, with a warning: nothing typed is lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from unicodedata import category

from veldpdf.completeness import classify
from veldpdf.messages import Message, counted
from veldpdf.model import FormDefinition, Origin, State
from veldpdf.pdf.geometry import FieldBox, PageGeometry, WorksheetGeometry
from veldpdf.pdf.marks import without_mark
from veldpdf.pdf.pagetext import UNREADABLE, PageText, PageTextError, Word, key, read_pages
from veldpdf.pdf.recovery_alignment import Alignment, Transform, find_alignment
from veldpdf.pdf.recovery_layout import compose
from veldpdf.typesetting.boxes import TextBox

# Below this, an answer is told to be uncertain.
SURE = 0.75

# Text may stand this far outside of its box, in points: borders, rounding, another program's padding.
_MARGIN = 2.0
# Letters without ascenders are this high, in font sizes; a word stands where the middle of that is.
_X_HEIGHT = 0.5
# Text that rises by more than this part of its length does not run along the page.
_SLANT = 0.15
# A clip is a field's if most of it lies inside the rectangle, and it covers a good part of that: of a low field
# the padding is a third.
_CLIP_INSIDE = 0.8
_CLIP_COVERS = 0.4
# As many pages of a worksheet on one sheet as anybody prints.
_MOST_PER_SHEET = 9
# Of how the pages of a file lie, so many ways are tried on a page that tells little itself.
_MOST_GUESSES = 8
# Pages on one sheet do not overlap by more than this part of the smaller one.
_MOST_OVERLAP = 0.2
# A box off the sheet by more than this, in points of the worksheet, is cut by the paper's edge.
_OFF_SHEET = 3.0

_CUT_OFF = Message(
    "The text fills its box, so the printed copy may lack the end. Ask the partner for the original PDF."
)
_HIDDEN = Message("Part of this text does not show on the page, but was still in the file.")
_OFF_PAGE = Message("Part of the box falls off the printed page.")
_UNSURE = Message("This answer was taken from the printed page with little certainty; compare it with the PDF.")
_RECOGNISED = Message("This text comes from a scanner's text recognition; compare it with the PDF.")
_NOT_TEXT = Message("What is ticked or chosen cannot be told from a printed page; look in the PDF.")
_UNREAD = Message("Some characters cannot be read from the printed page.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveredAnswer:
    r"""The text that stands in one field's rectangle.

    Attributes:
        text: As it reads; line ends are ``\n``. Empty where nothing stands there.
        confidence: How sure its place and characters are, from 0 to 1.
        cut_off: Whether there may have been more than the box shows.
        warnings: What the reader should know about it.
        origin: ``page-text``, or ``ocr`` where a scanner's text recognition left it in the file.
        box: The space that the field has, as the worksheet tells.
    """

    text: str
    confidence: float
    cut_off: bool
    warnings: tuple[Message, ...]
    origin: Origin
    box: TextBox


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """One printed worksheet.

    Attributes:
        answers: By the definition's names, in its order: the fields whose page is there.
        pages: Numbers of the file's pages that it was found on.
        warnings: What the officer should know about the worksheet as a whole.
    """

    answers: Mapping[str, RecoveredAnswer]
    pages: tuple[int, ...]
    warnings: tuple[Message, ...]


def recover(
    data: bytes, geometries: Sequence[WorksheetGeometry], form: FormDefinition, password: str = ""
) -> tuple[Recovered, ...]:
    """Return the worksheets that were printed into a file, in the order of its pages; none where it is another.

    Args:
        data: The file.
        geometries: The worksheets that were sent out; each page goes with the one that it fits best.
        form: Their definition.
        password: Of an encrypted file.
    """
    try:
        pages = read_pages(data, password)
    except PageTextError:
        return ()
    return recover_pages(pages, geometries, form)


def recover_pages(
    pages: Sequence[PageText], geometries: Sequence[WorksheetGeometry], form: FormDefinition
) -> tuple[Recovered, ...]:
    """Return the worksheets on some pages, wherever their words come from; see `recover`."""
    sheets = _all_sheets(pages, [page for geometry in geometries for page in geometry.pages if page.words])
    strangers = tuple(_strangers(pages, sheets))
    worksheets = [worksheet for worksheet in _worksheets(sheets) if worksheet.answers]
    return tuple(
        _recovered(worksheet, form, strangers if number == 0 else ())
        for number, worksheet in enumerate(worksheets)
    )


def _all_sheets(pages: Sequence[PageText], known: Sequence[PageGeometry]) -> list[_Sheet]:
    """Return what is found on the pages of a file, in their order."""
    found: dict[int, tuple[_Sheet, ...]] = {}
    uses: Counter[int] = Counter()
    for page in pages:
        # Pages that are alike in print are taken in turn.
        turns = sorted(known, key=lambda one: uses[id(one)])
        found[page.number] = tuple(_sheets(page, turns))
        uses.update(id(sheet.page) for sheet in found[page.number])
    sheets = [sheet for several in found.values() for sheet in several]
    if not sheets:
        return []
    # A page with hardly a word on it lies as the others do.
    guesses = list(dict.fromkeys(sheet.transform for sheet in sheets))[:_MOST_GUESSES]
    lacking = [page for page in known if not any(sheet.page is page for sheet in sheets)]
    for page in pages:
        if not found[page.number] and lacking:
            found[page.number] = tuple(_sheets(page, lacking, guesses))
    return [sheet for several in found.values() for sheet in several]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One page of the worksheet, found on a page of the file.

    Attributes:
        number: The file's page.
        page: The worksheet's page.
        transform: How the one lies on the other.
        answers: By field; of several boxes of one field, each.
    """

    number: int
    page: PageGeometry
    transform: Transform
    answers: tuple[tuple[FieldBox, RecoveredAnswer], ...]


@dataclass(slots=True)
class _Worksheet:
    """Sheets that belong together."""

    sheets: list[_Sheet] = field(default_factory=list)

    @property
    def answers(self) -> list[tuple[FieldBox, RecoveredAnswer]]:
        return [answer for sheet in self.sheets for answer in sheet.answers]

    def has(self, page: PageGeometry) -> bool:
        return any(sheet.page is page for sheet in self.sheets)


def _worksheets(sheets: Sequence[_Sheet]) -> list[_Worksheet]:
    """Return the sheets grouped: a page that is there already begins another worksheet."""
    groups: list[_Worksheet] = []
    for sheet in sheets:
        if not groups or groups[-1].has(sheet.page):
            groups.append(_Worksheet())
        groups[-1].sheets.append(sheet)
    return groups


def _recovered(worksheet: _Worksheet, form: FormDefinition, strangers: tuple[int, ...]) -> Recovered:
    found: dict[str, RecoveredAnswer] = {}
    for box, answer in worksheet.answers:
        # A field that shows in several places says the same in each, or one of them is a mere copy of its start.
        if box.name not in found or len(answer.text) > len(found[box.name].text):
            found[box.name] = answer
    warnings: tuple[Message, ...] = ()
    if strangers:
        pages = ", ".join(map(str, strangers))
        warnings = (
            counted(
                "Page {pages} is no page of the worksheet; its text was not read.",
                "Pages {pages} are no pages of the worksheet; their text was not read.",
                len(strangers),
                pages=pages,
            ),
        )
    return Recovered(
        answers={name: _judged(found[name], form, name) for name in form.names if name in found},
        pages=tuple(dict.fromkeys(sheet.number for sheet in worksheet.sheets)),
        warnings=warnings,
    )


def _judged(answer: RecoveredAnswer, form: FormDefinition, name: str) -> RecoveredAnswer:
    """Return an answer as it is in the light of the definition: a whole example is not cut off."""
    if not answer.cut_off or classify(form.field(name), answer.text) is not State.EXAMPLE:
        return answer
    warnings = tuple(warning for warning in answer.warnings if warning not in (_CUT_OFF, _HIDDEN))
    return replace(answer, cut_off=False, warnings=warnings)


def _strangers(pages: Sequence[PageText], sheets: Sequence[_Sheet]) -> Iterator[int]:
    """Yield the pages with text that were not recognised."""
    recognised = {sheet.number for sheet in sheets}
    return (page.number for page in pages if page.words and page.number not in recognised)


def _sheets(
    page: PageText, known: Sequence[PageGeometry], guesses: Sequence[Transform] = ()
) -> Iterator[_Sheet]:
    """Yield what is found on one page of the file: mostly one page of the worksheet, sometimes several."""
    words = list(page.words)
    taken: list[tuple[complex, complex]] = []
    while len(taken) < _MOST_PER_SHEET:
        alignment = find_alignment(words, known, guesses)
        if alignment is None:
            return
        area = _area_on_sheet(alignment)
        if any(_overlap(area, other) > _MOST_OVERLAP for other in taken):
            return
        taken.append(area)
        answers = tuple(_answers(words, alignment, page))
        yield _Sheet(page.number, alignment.page, alignment.transform, answers)
        words = [word for number, word in enumerate(words) if number not in alignment.printed]


def _area_on_sheet(alignment: Alignment) -> tuple[complex, complex]:
    """Return the rectangle that the worksheet's page takes up on the page of the file."""
    back, (low, high) = alignment.transform.inverse, (alignment.page.low, alignment.page.high)
    return _bounds([back(corner) for corner in _corners(low, high)])


def _corners(low: complex, high: complex) -> tuple[complex, ...]:
    return low, complex(high.real, low.imag), high, complex(low.real, high.imag)


def _bounds(points: Sequence[complex]) -> tuple[complex, complex]:
    xs, ys = [point.real for point in points], [point.imag for point in points]
    return complex(min(xs), min(ys)), complex(max(xs), max(ys))


def _size_of(rectangle: tuple[complex, complex]) -> float:
    extent = rectangle[1] - rectangle[0]
    return max(extent.real, 0.0) * max(extent.imag, 0.0)


def _common(one: tuple[complex, complex], other: tuple[complex, complex]) -> float:
    """Return the area that two rectangles share."""
    low = complex(max(one[0].real, other[0].real), max(one[0].imag, other[0].imag))
    high = complex(min(one[1].real, other[1].real), min(one[1].imag, other[1].imag))
    extent = high - low
    return extent.real * extent.imag if extent.real > 0 and extent.imag > 0 else 0.0


def _overlap(one: tuple[complex, complex], other: tuple[complex, complex]) -> float:
    smaller = min(_size_of(one), _size_of(other))
    return _common(one, other) / smaller if smaller else 0.0


@dataclass(frozen=True, slots=True)
class _Placed:
    """A word on the worksheet's page, and whether it shows."""

    word: Word
    shows: bool


def _answers(
    words: Sequence[Word], alignment: Alignment, page: PageText
) -> Iterator[tuple[FieldBox, RecoveredAnswer]]:
    """Yield the answer in each box of a page."""
    boxes = alignment.page.boxes
    if not boxes:
        return
    inside: dict[int, list[_Placed]] = {number: [] for number in range(len(boxes))}
    own = _own_words_in_boxes(alignment.page)
    for number, word in enumerate(words):
        if number in alignment.printed:
            continue
        moved = alignment.transform.word(word)
        if _is_slanted(moved):
            continue
        owner, shows = _owner(moved, boxes)
        if owner is not None and not any(_is_part_of(moved, printed) for printed in own):
            inside[owner].append(_Placed(moved, shows))
    visible = _visible_part(alignment, page)
    for number, box in enumerate(boxes):
        yield box, _answer(inside[number], box, alignment.confidence, visible)


def _is_slanted(word: Word) -> bool:
    """Whether a word runs across the page: a stamp or a watermark, and no answer."""
    vector = word.end - word.start
    lesser, greater = sorted((abs(vector.real), abs(vector.imag)))
    return len(word.text) > 1 and lesser > _SLANT * greater


def _owner(word: Word, boxes: Sequence[FieldBox]) -> tuple[int | None, bool]:
    """Return which box a word belongs to, and whether it shows there."""
    middle = _middle(word)
    clip = _bounds(word.clip) if word.clip else None
    shows = clip is None or all(_is_inside(point, *clip, _MARGIN) for point in (middle, word.end))
    if clip is not None:
        for number, box in enumerate(boxes):
            common = _common(clip, (box.low, box.high))
            if common > max(_CLIP_INSIDE * _size_of(clip), _CLIP_COVERS * _size_of((box.low, box.high))):
                return number, shows
    if not shows:
        # Clipped away by something that is no field: nobody meant it to be read.
        return None, False
    around = [number for number, box in enumerate(boxes) if _is_inside(middle, box.low, box.high, _MARGIN)]
    if not around:
        start = word.start + (middle - (word.start + word.end) / 2)
        around = [number for number, box in enumerate(boxes) if _is_inside(start, box.low, box.high, 0.0)]
    if not around:
        return None, shows
    return min(around, key=lambda number: _size_of((boxes[number].low, boxes[number].high))), shows


def _middle(word: Word) -> complex:
    """Return the middle of a word, at half the height of its small letters."""
    vector = word.end - word.start
    up = 1j * (vector / abs(vector) if vector else 1)
    return (word.start + word.end) / 2 + up * (_X_HEIGHT / 2 * word.size)


def _is_inside(point: complex, low: complex, high: complex, margin: float) -> bool:
    return (
        low.real - margin <= point.real <= high.real + margin
        and low.imag - margin <= point.imag <= high.imag + margin
    )


def _own_words_in_boxes(page: PageGeometry) -> list[Word]:
    """Return the worksheet's words that stand in a box or at its edge, where an answer might be."""
    return [
        word
        for word in page.words
        if any(_is_inside(_middle(word), box.low, box.high, word.size) for box in page.boxes)
    ]


def _is_part_of(word: Word, printed: Word) -> bool:
    """Whether a word is a piece of a printed one, which the printing program drew in pieces, or more of it."""
    texts = key(word.text), key(printed.text)
    if texts[0] not in texts[1] and texts[1] not in texts[0]:
        return False
    line = printed.end - printed.start
    if not line:
        return False
    begin, end = (((point - printed.start) / line) * abs(line) for point in (word.start, word.end))
    if abs(begin.imag) > _X_HEIGHT * printed.size:
        return False
    common = min(end.real, abs(line)) - max(begin.real, 0.0)
    return common > _X_HEIGHT * min(abs(line), end.real - begin.real)


def _visible_part(alignment: Alignment, page: PageText) -> tuple[complex, complex]:
    """Return what of the worksheet's page the page of the file shows."""
    return _bounds([alignment.transform(corner) for corner in _corners(*page.corners)])


def _answer(
    placed: Sequence[_Placed], box: FieldBox, confidence: float, visible: tuple[complex, complex]
) -> RecoveredAnswer:
    everything = compose([item.word for item in placed], box)
    shown = [item.word for item in placed if item.shows]
    is_hidden = len(shown) < len(placed)
    is_full = is_hidden or everything.is_full
    unread = sum(
        category(character) in ("Co", "Cn") or character == UNREADABLE for character in everything.text
    )
    sure = confidence * (1.0 - unread / max(len(everything.text), 1))
    is_recognised = sum(not item.word.is_drawn for item in placed) > len(placed) / 2
    is_off_page = not all(_is_inside(corner, *visible, _OFF_SHEET) for corner in (box.low, box.high))
    text, page = without_mark(everything.text)
    told = (
        (
            Message("The text goes on on page {page} of the PDF; read the end there.", page=page),
            page is not None,
        ),
        (_NOT_TEXT, not box.is_text),
        (_HIDDEN, is_hidden),
        (_CUT_OFF, is_full and not is_hidden and page is None),
        (_OFF_PAGE, is_off_page),
        (_UNREAD, unread > 0),
        (_RECOGNISED, is_recognised),
        (_UNSURE, sure < SURE),
    )
    return RecoveredAnswer(
        text="" if box.shows_all else text,
        confidence=sure,
        cut_off=is_full or page is not None,
        warnings=tuple(warning for warning, applies in told if applies),
        origin=Origin.OCR if is_recognised else Origin.PAGE_TEXT,
        box=box.box,
    )
