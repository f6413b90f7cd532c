"""The words that a page shows, with the place of each: what recovery of printed worksheets stands on.

PDFium reads the text; nothing else of veldpdf knows that. It was chosen by the figures: of the visible words of 14
worksheets printed by nine programs (``benchmarks/recovery.py``), 99.9 % came back, and with pypdf's positions 67 %.
pypdf tells where a piece of text begins, but not where its words do nor how wide they are. Either takes a tenth of
a second for a file, but for pages drawn letter by letter, where PDFium is three times as fast.

Places are complex numbers in the page's default user space (8.3.2.3): points where ``/UserUnit`` is 1, not turned by
``/Rotate`` and not moved by the crop box. PDFium's own order of characters is kept, because it is the one in
which the program wrote them; spaces that PDFium infers from gaps separate words like spaces that are there.
"""

from __future__ import annotations

import cmath
import contextlib
import ctypes
import io
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import pikepdf

from veldpdf.pdf.document import LockedError, UnreadableError, open_pdf

# More than any worksheet has; a file made to exhaust the machine ends here.
_MAX_PAGES = 500
_MAX_CHARACTERS = 60_000

# PDFium is not thread-safe, and its Python face does not lock: whoever calls it holds this.
PDFIUM_LOCK = Lock()

# PDFium tells a gap that is wide enough for a space, because it knows the advance of each glyph; we see only its
# ink, and the ink of a full-width quote fills a third of it. So only a gap wider than this part of the font size
# separates words that PDFium does not; a step across the line, or back, does so too.
_WORD_GAP = 1.0
_LINE_STEP = 0.35
# Text that runs less askew than this, in radians, is taken for straight.
_ASKEW = 0.003
# Corners of a clip that lie closer than this, in units of the page, are the same.
_ROUNDING = 0.5
# What stands for a hyphen at a line's end in PDFium's text, which may be a soft one: it is drawn, so it counts.
_PDFIUM_HYPHENS = ("\x02", "\ufffe")
# Format characters that a text may need to read right.
_JOINERS = ("\u200c", "\u200d")
# A glyph of unknown meaning and less than this wide or high, in font sizes, is none: Ghostscript draws the zero
# bytes of a text in UTF-16, where a viewer left the field without a picture.
_NO_INK = 0.05
# Stands for a glyph of unknown meaning.
UNREADABLE = "\ufffd"
# What belongs together in reading but not on the page.
_LEADS, _TRAILS = range(0xD800, 0xDC00), range(0xDC00, 0xE000)  # the halves of surrogate pairs
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}


class PageTextError(Exception):
    """The text of a file cannot be read at all."""


@dataclass(frozen=True, slots=True)
class Word:
    """Characters between two white spaces, as they stand on a page.

    Attributes:
        text: In reading order; ligatures taken apart.
        start: Where the baseline begins, seen in the direction of writing.
        end: Where it ends.
        size: Font size in units of the page, with all scaling.
        follows_space: Whether the file has white space between it and the word before it. If not, a gap parts them.
        clip: Corners of the rectangle outside of which it does not show; empty where all of it shows.
        is_drawn: Whether it is drawn at all. Scanners lay the text that they recognise over a picture, in a mode
            that draws nothing (9.3.6).
    """

    text: str
    start: complex
    end: complex
    size: float
    follows_space: bool = True
    clip: tuple[complex, ...] = ()
    is_drawn: bool = True

    def moved(self, where: Callable[[complex], complex], scale: float = 1.0) -> Word:
        """Return the word in another place.

        Args:
            where: Where each point goes.
            scale: By how much that changes lengths.
        """
        start, end, clip = where(self.start), where(self.end), tuple(map(where, self.clip))
        return replace(self, start=start, end=end, size=self.size * scale, clip=clip)


def key(text: str) -> str:
    """Return a word as it is compared: compatibility forms and case are the font's, or the program's."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of one page.

    Attributes:
        number: From 1.
        corners: Lower left and upper right of what the page shows (the crop box, 14.11.2).
        words: In the order of the file.
    """

    number: int
    corners: tuple[complex, complex]
    words: tuple[Word, ...]


def read_pages(data: bytes, password: str = "") -> tuple[PageText, ...]:
    """Return the text of every page that can be read.

    Raises:
        PageTextError: The file is no PDF that PDFium or qpdf can make sense of, or another password opens it.
    """
    import pypdfium2  # noqa: PLC0415 - 40 ms that reading form fields never pays

    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(data, password=password or None)
        except pypdfium2.PdfiumError:
            document = _open_repaired(pypdfium2, data, password)
        try:
            return tuple(_pages(pypdfium2, document))
        finally:
            document.close()


def _open_repaired(pypdfium2: Any, data: bytes, password: str) -> Any:
    """Open a file that qpdf mends better than PDFium does."""
    buffer = io.BytesIO()
    try:
        with open_pdf(data, password).pdf as pdf:
            pdf.save(buffer)
        return pypdfium2.PdfDocument(buffer.getvalue())
    except (LockedError, UnreadableError, pikepdf.PdfError, RuntimeError, pypdfium2.PdfiumError) as exc:
        raise PageTextError from exc


def _pages(pypdfium2: Any, document: Any) -> Iterator[PageText]:
    for index in range(min(len(document), _MAX_PAGES)):
        try:
            yield _page(pypdfium2, document, index)
        except (pypdfium2.PdfiumError, ValueError, OverflowError):
            continue


def _page(pypdfium2: Any, document: Any, index: int) -> PageText:
    """Return the text of one page, read upright.

    PDFium tells gaps and lines well in upright text only, so a page whose text runs another way is turned first,
    and the words are turned back.
    """
    with contextlib.closing(document[index]) as page:
        left, bottom, right, top = page.get_cropbox()
        words = _Reader(pypdfium2.raw, page).words()
        direction = _main_direction(words)
        is_turned = abs(direction - 1) > _ASKEW and _turn(pypdfium2.raw, page, direction.conjugate())
    if is_turned:
        with contextlib.closing(document[index]) as page:
            turned = _Reader(pypdfium2.raw, page).words()
        words = tuple(word.moved(lambda point: point * direction) for word in turned)
    return PageText(index + 1, (complex(left, bottom), complex(right, top)), words)


def _main_direction(words: Sequence[Word]) -> complex:
    """Return the direction in which most of a page's text runs, of length 1."""
    vectors = [word.end - word.start for word in words if len(word.text) > 1 and word.end != word.start]
    sectors: dict[int, complex] = {}
    for vector in vectors:
        # Sectors of a quarter turn, the first one about the horizontal.
        sector = round(cmath.phase(vector) / (cmath.pi / 2)) % 4
        sectors[sector] = sectors.get(sector, 0j) + vector
    if not sectors:
        return 1 + 0j
    sector, whole = max(sectors.items(), key=lambda item: abs(item[1]))
    direction, straight = whole / abs(whole), (1j) ** sector
    return straight if abs(direction - straight) < _ASKEW else direction


def _turn(raw: Any, page: Any, turn: complex) -> bool:
    """Turn the content of a page about the origin; it shows when the page is opened again."""
    matrix = raw.FS_MATRIX(turn.real, turn.imag, -turn.imag, turn.real, 0.0, 0.0)
    return bool(raw.FPDFPage_TransFormWithClip(page, matrix, None))


@dataclass(frozen=True, slots=True)
class _Run:
    """What the characters of one text object share.

    Attributes:
        direction: Of writing on the page, of length 1.
        size: Font size in units of the page.
        clip: As in `Word`.
        is_drawn: As in `Word`.
        is_bullet: Whether PDFium drew a bullet here (see `_is_mangled_bullet`).
    """

    direction: complex
    size: float
    clip: tuple[complex, ...]
    is_drawn: bool
    is_bullet: bool


@dataclass(slots=True)
class _Pending:
    """A word being put together."""

    run: _Run
    start: complex
    follows_space: bool
    end: float
    text: list[str] = field(default_factory=list)


class _Reader:
    """Reads the words of one page. Holds PDFium's handles, so it lives no longer than the page."""

    def __init__(self, raw: Any, page: Any) -> None:
        self._raw = raw
        self._text_page = page.get_textpage()
        self._runs: dict[int, _Run] = {}
        self._words: list[Word] = []
        self._pending: _Pending | None = None
        self._after_space = True

    def words(self) -> tuple[Word, ...]:
        """Return the words in the order of the file."""
        raw, text_page = self._raw, self._text_page
        x, y = ctypes.c_double(), ctypes.c_double()
        edges = tuple(ctypes.c_double() for _ in range(4))
        lead = 0
        for index in range(min(text_page.count_chars(), _MAX_CHARACTERS)):
            handle = raw.FPDFText_GetTextObject(text_page, index)
            if not handle or raw.FPDFText_IsGenerated(text_page, index) == 1:
                # A gap that PDFium takes for a space or a line end.
                self._finish()
                continue
            code = raw.FPDFText_GetUnicode(text_page, index)
            if code in _LEADS:  # PDFium counts in UTF-16: an emoji comes in two
                lead = code
                continue
            character, lead = _character(_joined(lead, code)), 0
            run = self._run(handle, index)
            if character.isspace() and not run.is_bullet:
                self._finish()
                self._after_space = True
                continue
            raw.FPDFText_GetCharOrigin(text_page, index, x, y)
            raw.FPDFText_GetCharBox(text_page, index, *edges)
            left, right, bottom, top = (edge.value for edge in edges)
            if not character:
                if min(right - left, top - bottom) < _NO_INK * run.size:
                    continue
                character = UNREADABLE
            corners = (complex(left, bottom), complex(right, bottom), complex(left, top), complex(right, top))
            self._add(character, run, complex(x.value, y.value), corners)
        self._finish()
        text_page.close()
        return tuple(self._words)

    def _finish(self) -> None:
        """End the word that is being put together, if one is."""
        pending, self._pending = self._pending, None
        if pending is None:
            return
        run = pending.run
        end = pending.start + run.direction * pending.end
        self._words.append(
            Word(
                text="".join(pending.text),
                start=pending.start,
                end=end,
                size=run.size,
                follows_space=pending.follows_space,
                clip=run.clip,
                is_drawn=run.is_drawn,
            )
        )

    def _add(self, character: str, run: _Run, origin: complex, corners: tuple[complex, ...]) -> None:
        pending = self._pending
        if pending is not None and not _goes_on(pending, run, origin):
            self._finish()
            pending = None
        if pending is None:
            pending = self._pending = _Pending(run, origin, self._after_space, 0.0)
            self._after_space = False
        reach = max(_along(corner - pending.start, pending.run.direction) for corner in corners)
        offset = _along(origin - pending.start, pending.run.direction)
        if offset < 0:
            # Written from right to left: the word grows at its beginning.
            pending.start += pending.run.direction * offset
            pending.end, reach = pending.end - offset, reach - offset
        pending.end = max(pending.end, reach)
        if not run.is_bullet:
            pending.text.append(character)
        elif pending.text[-1:] != ["•"]:
            pending.text.append("•")

    def _run(self, handle: Any, index: int) -> _Run:
        key = ctypes.cast(handle, ctypes.c_void_p).value or 0
        if key not in self._runs:
            self._runs[key] = self._read_run(handle, index)
        return self._runs[key]

    def _read_run(self, handle: Any, index: int) -> _Run:
        raw = self._raw
        on_page, in_form = raw.FS_MATRIX(), raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(self._text_page, index, on_page)
        raw.FPDFPageObj_GetMatrix(handle, in_form)
        size = raw.FPDFText_GetFontSize(self._text_page, index)
        along, up = complex(on_page.a, on_page.b), complex(on_page.c, on_page.d)
        if size < 0:  # mirrored twice: some programs draw upside down with a negative size
            along, size = -along, -size
        return _Run(
            direction=along / abs(along) if along else 1 + 0j,
            size=size * (abs(up) or abs(along) or 1.0),
            clip=_clip(raw, handle, in_form, on_page),
            is_drawn=raw.FPDFTextObj_GetTextRenderMode(handle) != raw.FPDF_TEXTRENDERMODE_INVISIBLE,
            is_bullet=self._is_mangled_bullet(handle, index),
        )

    def _is_mangled_bullet(self, handle: Any, index: int) -> bool:
        """Whether a text object is what PDFium makes of a typed bullet.

        For a character that a field's font lacks, PDFium takes a font with the encoding GBK-EUC-H. That has no
        bullet, U+2022, so its two bytes are written instead: a space and a straight quote, as a text object of
        their own in a font of their own.
        """
        raw = self._raw
        buffer = (ctypes.c_ushort * 8)()
        raw.FPDFTextObj_GetText(handle, self._text_page, buffer, ctypes.sizeof(buffer))
        text = "".join(map(chr, buffer)).rstrip("\0")
        if text.rstrip() != ' "':
            return False
        # The index is that of the space or, behind a line end, of the quote.
        step = 2 if raw.FPDFText_GetUnicode(self._text_page, index) == ord(" ") else 1
        behind = raw.FPDFText_GetTextObject(self._text_page, index + step)
        return not behind or self._font(behind) != self._font(handle)

    def _font(self, handle: Any) -> bytes:
        """Return the name of a text object's font."""
        raw = self._raw
        name = ctypes.create_string_buffer(128)
        font = raw.FPDFTextObj_GetFont(handle)
        if font:
            raw.FPDFFont_GetBaseFontName(font, name, len(name))
        return name.value


def _joined(lead: int, code: int) -> int:
    """Return the code point of a surrogate pair; the code itself where it is no second half of one."""
    if not lead or code not in _TRAILS:
        return code
    return 0x10000 + ((lead - _LEADS.start) << 10) + (code - _TRAILS.start)


def _character(code: int) -> str:
    """Return a character of PDFium's text as it reads; empty where PDFium does not know what a glyph means."""
    if code in _LIGATURES:
        return _LIGATURES[code]
    character = chr(code) if code <= sys.maxunicode else ""
    if character in _PDFIUM_HYPHENS:
        return "-"
    if character.isspace() or character in _JOINERS:
        return character
    return "" if unicodedata.category(character or "\0") in ("Cc", "Cf", "Cs") else character


def _goes_on(pending: _Pending, run: _Run, origin: complex) -> bool:
    """Whether a character continues the word before it, by its place."""
    direction = pending.run.direction
    if run is not pending.run and not _is_alike(run, pending.run):
        return False
    offset = (origin - pending.start) / direction
    size = max(run.size, pending.run.size)
    if abs(offset.imag) > _LINE_STEP * size:
        return False
    # Back by a character is how a right-to-left script, or an accent drawn apart, goes on.
    return -2 * size < offset.real - pending.end < _WORD_GAP * size or -2 * size < offset.real < 0


def _is_alike(one: _Run, other: _Run) -> bool:
    """Whether characters of two text objects may be one word."""
    if abs(one.direction - other.direction) > 0.02 or len(one.clip) != len(other.clip):  # noqa: PLR2004 - a degree
        return False
    return all(abs(here - there) < _ROUNDING for here, there in zip(one.clip, other.clip, strict=True))


def _along(vector: complex, direction: complex) -> float:
    return (vector * direction.conjugate()).real


def _clip(raw: Any, handle: Any, in_form: Any, on_page: Any) -> tuple[complex, ...]:
    """Return the corners, on the page, of what a text object is clipped to; empty where it all shows.

    PDFium forgets a clip that the object lies within, and tells the others in the space of the form XObject.
    """
    path = raw.FPDFPageObj_GetClipPath(handle)
    count = raw.FPDFClipPath_CountPaths(path) if path else 0
    if count <= 0:
        return ()
    x, y = ctypes.c_float(), ctypes.c_float()
    left, bottom, right, top = -1e9, -1e9, 1e9, 1e9
    for number in range(count):
        xs, ys = [], []
        for part in range(raw.FPDFClipPath_CountPathSegments(path, number)):
            raw.FPDFPathSegment_GetPoint(raw.FPDFClipPath_GetPathSegment(path, number, part), x, y)
            xs.append(x.value)
            ys.append(y.value)
        if xs:
            left, right = max(left, min(xs)), min(right, max(xs))
            bottom, top = max(bottom, min(ys)), min(top, max(ys))
    if right <= left or top <= bottom or right - left > 1e8:  # noqa: PLR2004 - no path had points
        return ()
    corners = ((left, bottom), (right, bottom), (right, top), (left, top))
    return tuple(_through(corner, in_form, on_page) for corner in corners)


def _through(point: tuple[float, float], in_form: Any, on_page: Any) -> complex:
    """Carry a point of a form's space to the page, by the two places that are known of one text object."""
    determinant = in_form.a * in_form.d - in_form.b * in_form.c
    if not determinant:
        return complex(*point)
    dx, dy = point[0] - in_form.e, point[1] - in_form.f
    u = (in_form.d * dx - in_form.c * dy) / determinant
    v = (in_form.a * dy - in_form.b * dx) / determinant
    return complex(on_page.a * u + on_page.c * v + on_page.e, on_page.b * u + on_page.d * v + on_page.f)
