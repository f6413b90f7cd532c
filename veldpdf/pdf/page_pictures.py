"""One page of a returned file as a picture, for who looks at files on a screen.

It shows what the page behind a report shows (`veldpdf.pdf.stills`): answers as they stood there, and nothing that can
act. Only that page is looked at, so the last page of a long file comes as fast as the first.

The page of a stranger may bring PDFium down, and this process with it, so these functions are made to be tasks of
`veldpdf.isolation.IsolatedWorkers`: they take and return what can be pickled.
"""

from __future__ import annotations

import io

import pikepdf
import pypdfium2
from PIL import Image

from veldpdf.errors import InputError
from veldpdf.messages import Message, counted
from veldpdf.pdf.document import LockedError, UnreadableError, open_pdf
from veldpdf.pdf.measuring import UnshowableError
from veldpdf.pdf.pagetext import PDFIUM_LOCK
from veldpdf.pdf.stills import stills_of

# Pixels: a page as wide as a large screen, and one three times as high as it is wide.
WIDEST, TALLEST = 4_000, 12_000
_PAPER = (255, 255, 255, 255)


class PagePictureError(InputError):
    """There is no such page, or it cannot be shown."""


def number_of_pages(data: bytes, *, password: str = "") -> int:
    """Return how many pages a PDF has.

    Args:
        data: The file.
        password: To open it with, where it is encrypted.

    Raises:
        PagePictureError: It cannot be opened.
    """
    try:
        with open_pdf(data, password).pdf as pdf:
            return len(pdf.pages)
    except LockedError as exc:
        raise _unshowable(Message("it needs a password")) from exc
    except UnreadableError as exc:
        raise _unshowable(Message("it is damaged beyond repair")) from exc
    except MemoryError:  # the worker tells
        raise
    except Exception as exc:  # a file may be broken in ways that nobody has thought of
        raise _unshowable(Message("it is damaged, and its pages cannot be shown")) from exc


def picture_of_page(data: bytes, number: int, *, width: int, password: str = "") -> bytes:
    """Return a page of a returned PDF as a PNG, on white paper. The same input gives the same bytes.

    Args:
        data: The file.
        number: Which page, from 1.
        width: Pixels from left to right, at most `WIDEST`; the height follows the page. Of a page that would be
            higher than `TALLEST`, the width follows the height.
        password: To open it with, where it is encrypted.

    Raises:
        PagePictureError: There is no such page, or it cannot be shown.
    """
    total = number_of_pages(data, password=password)
    if not 1 <= number <= total:
        raise PagePictureError(
            counted(
                "There is no page {number}: the file has {n} page.",
                "There is no page {number}: the file has {n} pages.",
                total,
                number=number,
            ),
            Message("Ask for a page from 1 to {total}.", total=total),
        )
    try:
        if total > 1:
            data, password = _alone(data, number, password), ""
        return _drawn(stills_of(data, password).data, min(max(width, 1), WIDEST))
    except UnshowableError as exc:
        raise _unshowable(exc.reason) from exc
    except MemoryError:
        raise
    except Exception as exc:  # as above
        raise _unshowable(Message("it is damaged, and its pages cannot be shown")) from exc


def _alone(data: bytes, number: int, password: str) -> bytes:
    """Return a file of which only one page is left in the page tree; its fields stay as they are."""
    with open_pdf(data, password).pdf as pdf:
        # Another page at the end has qpdf make one list of the page tree, and give each page what it inherited.
        pdf.add_blank_page()
        tree = pdf.Root.Pages
        tree["/Kids"] = pikepdf.Array([pdf.pages[number - 1].obj])
        tree["/Count"] = 1
        buffer = io.BytesIO()
        pdf.save(buffer, deterministic_id=True, encryption=False)
        return buffer.getvalue()


def _drawn(pdf: bytes, width: int) -> bytes:
    """Return the only page of a file as a PNG."""
    with PDFIUM_LOCK:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            across, down = page.get_size()
            # Pixels are rounded up: a hair less, or arithmetic adds one.
            scale = min((width - 0.01) / across, (TALLEST - 0.01) / down)
            bitmap = page.render(scale=scale, fill_color=_PAPER, rev_byteorder=True)
            picture: Image.Image = bitmap.to_pil().convert("RGB")
        finally:
            document.close()
    buffer = io.BytesIO()
    picture.save(buffer, format="PNG")
    return buffer.getvalue()


def _unshowable(reason: Message) -> PagePictureError:
    return PagePictureError(
        Message("This page cannot be shown: {reason}.", reason=reason),
        Message("Open the file in a PDF viewer, or ask the partner to send it again."),
    )
