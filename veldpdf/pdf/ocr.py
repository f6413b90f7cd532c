"""The text of pages that are pictures, by Tesseract: with the extra ``ocr``, and only then.

What was typed and then scanned can be read so, though never as surely as a form field: such answers are marked
with the origin ``ocr``, and handwriting is beyond it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from statistics import median
from typing import Any

from veldpdf.pdf.pagetext import PDFIUM_LOCK, PageText, Word

# What scanners use, and what Tesseract was trained on.
_DOTS_PER_INCH = 300
_POINTS_PER_INCH = 72
_LANGUAGES = ("nld", "eng")
# Seconds for one page; a page of noise would take minutes.
_TIME_LIMIT = 60
# A few pages more than any worksheet has, scanned with its cover: what is longer is another document.
_MOST_PAGES = 40
# Percent. Below it Tesseract guesses at stains and lines.
_LEAST_SURE = 30
# Letters that reach below the baseline, and marks that stand elsewhere.
_NOT_ON_BASELINE = frozenset("gjpqyçQJ,;()[]{}/|_-–—'\"“”‘’*^°•·")
# The part of the height of a line that lies above the baseline; the rest is for letters that reach below it.
_ABOVE_BASELINE = 0.8


@cache
def is_available() -> bool:
    """Whether Tesseract, its Dutch, and its Python face are there."""
    if find_spec("pytesseract") is None or shutil.which("tesseract") is None:
        return False
    import pytesseract  # noqa: PLC0415 - an extra

    return _LANGUAGES[0] in pytesseract.get_languages()


def read_pictures(data: bytes, password: str = "") -> tuple[PageText, ...]:
    """Return the words in the pictures of a file, as recovery takes them.

    Must not be called unless `is_available`.
    """
    import pypdfium2  # noqa: PLC0415 - only who has scans pays

    pages = []
    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(data, password=password or None)
        try:
            for index in range(min(len(document), _MOST_PAGES)):
                page = document[index]
                bitmap = page.render(scale=_DOTS_PER_INCH / _POINTS_PER_INCH, grayscale=True)
                pages.append((page.get_size(), bitmap.to_pil()))
        finally:
            document.close()
    return tuple(
        PageText(number, (0j, complex(*size)), tuple(_words(_recognised(picture), size[1])))
        for number, (size, picture) in enumerate(pages, start=1)
    )


def _recognised(picture: Any) -> Mapping[str, Sequence[Any]]:
    """Return Tesseract's table: a list for each column, an entry for each word."""
    import pytesseract  # noqa: PLC0415 - an extra

    try:
        table: Mapping[str, Sequence[Any]] = pytesseract.image_to_data(
            picture, lang="+".join(_LANGUAGES), timeout=_TIME_LIMIT, output_type=pytesseract.Output.DICT
        )
    except (RuntimeError, pytesseract.TesseractError):
        return {}
    return table


@dataclass(frozen=True, slots=True)
class _Seen:
    """A word in a picture; lengths in dots, from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    line: tuple[int, int, int]


def _words(table: Mapping[str, Sequence[Any]], height: float) -> list[Word]:
    """Return the words of a page, places in points from the lower left corner."""
    seen = [
        _Seen(text, left, top, left + width, top + tall, (block, paragraph, line))
        for text, left, top, width, tall, block, paragraph, line, sure in zip(
            *(
                table.get(column, ())
                for column in (
                    "text",
                    "left",
                    "top",
                    "width",
                    "height",
                    "block_num",
                    "par_num",
                    "line_num",
                    "conf",
                )
            ),
            strict=True,
        )
        if text.strip() and float(sure) >= _LEAST_SURE
    ]
    return [word for _, line in groupby(seen, lambda one: one.line) for word in _placed(list(line), height)]


def _placed(line: list[_Seen], height: float) -> list[Word]:
    """Return the words of one line, all on its baseline."""
    scale = _POINTS_PER_INCH / _DOTS_PER_INCH
    top, bottom = min(word.top for word in line), max(word.bottom for word in line)
    standing = [word.bottom for word in line if not _NOT_ON_BASELINE & set(word.text)]
    baseline = median(standing) if standing else top + _ABOVE_BASELINE * (bottom - top)
    size = max(baseline - top, 1.0) / _ABOVE_BASELINE * scale
    y = height - baseline * scale
    return [
        Word(word.text, complex(word.left * scale, y), complex(word.right * scale, y), size, is_drawn=False)
        for word in line
    ]
