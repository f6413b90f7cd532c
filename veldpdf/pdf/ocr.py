"""The text of pages that are pictures, by Tesseract: with the extra ``ocr``, and only then.

What was typed and then scanned can be read so, though never as surely as a form field: such answers are marked
with the origin ``ocr``, and handwriting is beyond it.

Pictures of answers go to Tesseract over a pipe, and the words come back over another: files in the folder for temporary
ones would be there for all who use the machine, and stay when reading is stopped half-way.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

from veldpdf.pdf.pagetext import PDFIUM_LOCK, PageText, Word

# What scanners use, and what Tesseract was trained on.
_DOTS_PER_INCH = 300
_POINTS_PER_INCH = 72
_LANGUAGES = ("nld", "eng")
_PROGRAM = "tesseract.exe" if os.name == "nt" else "tesseract"
# No window for a moment at each page; only Windows has such.
_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0)
# What of Tesseract's table is of use.
_COLUMNS = ("left", "top", "width", "height", "block_num", "par_num", "line_num", "conf", "text")
# Seconds for one page; a page of noise would take minutes.
_TIME_LIMIT = 60
# A few pages more than any worksheet has, scanned with its cover: what is longer is another document.
_MOST_PAGES = 40
# Square points; twice an A1, which takes a quarter of a gigabyte. A file of a kilobyte may ask for a thousand of them.
_LARGEST = 8_000_000
# Percent. Below it Tesseract guesses at stains and lines.
_LEAST_SURE = 30
# Letters that reach below the baseline, and marks that stand elsewhere.
_NOT_ON_BASELINE = frozenset("gjpqyçQJ,;()[]{}/|_-–—'\"“”‘’*^°•·")
# The part of the height of a line that lies above the baseline; the rest is for letters that reach below it.
_ABOVE_BASELINE = 0.8


@cache
def is_available() -> bool:
    """Whether Tesseract, its Dutch, and its Python face are there."""
    program = _program()
    if find_spec("pytesseract") is None or program is None:
        return False
    import pytesseract  # noqa: PLC0415 - an extra

    pytesseract.pytesseract.tesseract_cmd = program
    return _LANGUAGES[0] in pytesseract.get_languages()


def _program() -> str | None:
    """Return where Tesseract is; None where it is not.

    Windows, and a search path with a folder that is not named in full, would look in the folder that the user is in,
    which may be full of what partners sent.
    """
    folders = [Path(folder) for folder in os.get_exec_path()]
    places = (str(folder / _PROGRAM) for folder in folders if folder.is_absolute())
    return next((found for place in places if (found := shutil.which(place))), None)


def read_pictures(data: bytes, password: str = "") -> tuple[PageText, ...]:
    """Return the words in the pictures of a file, as recovery takes them.

    Must not be called unless `is_available`.
    """
    import pypdfium2  # noqa: PLC0415 - only who has scans pays

    pages = []
    with PDFIUM_LOCK:
        try:
            document = pypdfium2.PdfDocument(data, password=password or None)
        except pypdfium2.PdfiumError:  # what qpdf could repair, PDFium may not be able to
            return ()
        try:
            for number in range(1, min(len(document), _MOST_PAGES) + 1):
                with suppress(pypdfium2.PdfiumError):  # a page may be none: the others count
                    page = document[number - 1]
                    width, height = page.get_size()
                    if width * height > _LARGEST:
                        continue
                    bitmap = page.render(scale=_DOTS_PER_INCH / _POINTS_PER_INCH, grayscale=True)
                    pages.append((number, (width, height), bitmap.to_pil()))
        finally:
            document.close()
    return tuple(
        PageText(number, (0j, complex(*size)), tuple(_words(_recognised(picture), size[1])))
        for number, size, picture in pages
    )


def _recognised(picture: Any) -> Sequence[Mapping[str, str]]:
    """Return Tesseract's table: for each word a value in each column; nothing where it finds none in time."""
    program = _program()
    if program is None:  # taken away since it was looked for
        return ()
    png = io.BytesIO()
    picture.save(png, format="PNG")
    command = [program, "stdin", "stdout", "-l", "+".join(_LANGUAGES), "-c", "tessedit_create_tsv=1"]
    try:
        done = subprocess.run(  # noqa: S603 - a program of the search path, with arguments of ours
            command,
            input=png.getvalue(),
            capture_output=True,
            check=True,
            timeout=_TIME_LIMIT,
            creationflags=_FLAGS,
        )
    except (subprocess.SubprocessError, OSError):
        return ()
    text = io.StringIO(done.stdout.decode("utf-8", "replace"), newline="")
    rows = csv.DictReader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
    # A row that is cut short has None in its last columns.
    return [row for row in rows if all(row.get(column) is not None for column in _COLUMNS)]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A word in a picture; lengths in dots, from the upper left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    line: tuple[float, float, float]


def _words(table: Iterable[Mapping[str, str]], height: float) -> list[Word]:
    """Return the words of a page, places in points from the lower left corner."""
    seen = []
    for row in table:
        *numbers, text = (row[column] for column in _COLUMNS)
        left, top, width, tall, block, paragraph, line, sure = map(float, numbers)
        if text.strip() and sure >= _LEAST_SURE:
            seen.append(_Seen(text, left, top, left + width, top + tall, (block, paragraph, line)))
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
