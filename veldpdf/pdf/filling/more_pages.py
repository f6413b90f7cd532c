"""Putting pages behind those of a file, by an update: the root of the page tree gets more kids (7.7.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pikepdf

from veldpdf.pdf.filling.changes import Changes
from veldpdf.pdf.filling.update import entries_without, reference, stream
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    as_name,
    get,
    get_dictionary,
    get_number,
    identity,
    numbers_of,
    owner_of_inherited,
    pages_of,
)

A4 = (595.0, 842.0)
# A page that is turned shows its height as its width.
_QUARTER_TURN, _HALF_TURN = 90, 180
_SMALLEST_SIDE = 200.0  # points; text cannot be set on less
_CORNERS = 4  # coordinates of two corners
# What tells our pages from the file's own, in a file that is filled again (annex E: a second-class name).
_MARK = "/VELD_More"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTree:
    """Where more pages go.

    Attributes:
        root: Number of the object at the root of the page tree; None where pages cannot be added.
        entries: What it says beside its kids and their number, as bytes.
        kids: Its kids, as bytes, without the brackets.
        count: How many pages there are.
        has_stale: Whether an earlier fill put pages behind them, which are left out here.
        size: Width and height that the first page is shown with, in points.
    """

    root: ObjectId | None
    entries: bytes = field(repr=False)
    kids: bytes = field(repr=False)
    count: int
    size: tuple[float, float]
    has_stale: bool = False

    @classmethod
    def of(cls, pdf: pikepdf.Pdf) -> PageTree:
        """Take in a file's page tree."""
        pages = pages_of(pdf)
        size = _size(pages[0]) if pages else A4
        root = get_dictionary(pdf.Root, "/Pages")
        kids = None if root is None else get(root, "/Kids")
        # A catalog may point to a page, or into the middle of a tree, and viewers make do with it.
        is_sound = root is not None and identity(root) != DIRECT and as_name(get(root, "/Type")) == "/Pages"
        if root is None or not is_sound or not isinstance(kids, pikepdf.Array):
            return cls(root=None, entries=b"", kids=b"", count=len(pages), size=size)
        every = [kid for kid in kids if isinstance(kid, pikepdf.Dictionary)]
        own = [kid for kid in every if get(kid, _MARK) is None]
        stale = len(every) - len(own)
        return cls(
            root=identity(root),
            entries=entries_without(root, "/Kids", "/Count"),
            kids=b" ".join(kid.unparse() for kid in own),
            count=len(pages) - stale,
            size=size,
            has_stale=stale > 0,
        )

    def add(self, changes: Changes, contents: Sequence[tuple[bytes, Mapping[str, bytes]]]) -> None:
        """Put pages behind the others.

        Those of an earlier fill go.

        Args:
            changes: The update that they become part of.
            contents: For each page, its content stream and the fonts that it uses by resource name.
        """
        assert self.root is not None
        kids = [self._page(changes, content, fonts) for content, fonts in contents]
        new = b" ".join(reference(kid) for kid in kids)
        entries = (self.entries, self.kids, new, self.count + len(kids))
        changes.replace({self.root: b"<<%b/Kids[%b %b]/Count %d>>" % entries})

    def _page(self, changes: Changes, content: bytes, fonts: Mapping[str, bytes]) -> ObjectId:
        assert self.root is not None
        resources = b"".join(b"/%b %b" % (name.encode(), font) for name, font in fonts.items())
        box = b"[0 0 %.2f %.2f]" % self.size
        # All that a page could inherit is its own: the others may be turned or cut (table 31).
        return changes.add(
            b"<</Type/Page%b true/Parent %b/MediaBox%b/CropBox%b/Rotate 0/Resources<</Font<<%b>>>>/Contents %b>>"
            % (
                _MARK.encode(),
                reference(self.root),
                box,
                box,
                resources,
                reference(changes.add(stream(b"", content))),
            )
        )


def _size(page: pikepdf.Dictionary) -> tuple[float, float]:
    """Return width and height of a page as it is shown; A4 for one that does not tell, or is tiny."""
    for key in ("/CropBox", "/MediaBox"):
        box = numbers_of(owner_of_inherited(page, key), key)
        if len(box) == _CORNERS:
            break
    else:
        return A4
    width, height = abs(box[2] - box[0]), abs(box[3] - box[1])
    if min(width, height) < _SMALLEST_SIDE:
        return A4
    turned = get_number(owner_of_inherited(page, "/Rotate"), "/Rotate") or 0
    return (height, width) if turned % _HALF_TURN == _QUARTER_TURN else (width, height)
