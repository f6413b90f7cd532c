"""The annotations of a file's pages, gone through once: widgets, what was typed beside them, attached files."""

from __future__ import annotations

from itertools import islice
from typing import NamedTuple

import pikepdf

from veldpdf.pdf.objects import dictionaries_of, get_name, pages_of

# More than any form has; a file made to exhaust memory ends here.
_MOST = 200_000


class Annotation(NamedTuple):
    """One annotation of a page (12.5).

    Attributes:
        obj: Its dictionary.
        page: Number of the page, from 1.
        subtype: With its slash; None where it has none.
    """

    obj: pikepdf.Dictionary
    page: int
    subtype: str | None


def annotations_of(pdf: pikepdf.Pdf) -> tuple[Annotation, ...]:
    """Return all annotations, page by page in their order."""
    found = (
        Annotation(obj, number, get_name(obj, "/Subtype"))
        for number, page in enumerate(pages_of(pdf), start=1)
        for obj in dictionaries_of(page, "/Annots")
    )
    return tuple(islice(found, _MOST))
