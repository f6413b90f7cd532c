"""What the pages of a file show beside form fields."""

from __future__ import annotations

import pikepdf

from veldpdf.pdf.objects import DIRECT, ObjectId, get, get_dictionary, identity, pages_of

# Forms inside forms: deeper than this, nobody draws.
_MAX_DEPTH = 8


def has_text(pdf: pikepdf.Pdf) -> bool:
    """Whether any page draws text, so that it is no mere picture.

    A page that uses a font draws text, near enough; content streams are not run for this.
    """
    seen: set[ObjectId] = set()
    return any(_has_font(page, _MAX_DEPTH, seen) for page in pages_of(pdf))


def _has_font(owner: pikepdf.Object, depth: int, seen: set[ObjectId]) -> bool:
    """Whether the resources of a page or form XObject, or of one inside it, name a font (7.8.3)."""
    key = identity(owner)
    if depth == 0 or key in seen:
        return False
    if key != DIRECT:
        seen.add(key)
    resources = _resources(owner)
    if resources is None:
        return False
    fonts = get_dictionary(resources, "/Font")
    if fonts is not None and len(fonts.keys()) > 0:
        return True
    xobjects = get_dictionary(resources, "/XObject")
    if xobjects is None:
        return False
    return any(
        isinstance(xobject, pikepdf.Stream) and _has_font(xobject, depth - 1, seen)
        for xobject in (get(xobjects, key) for key in xobjects.keys())  # noqa: SIM118 - not a dict
    )


def _resources(owner: pikepdf.Object) -> pikepdf.Dictionary | None:
    """Return resources, which a page may inherit (7.7.3.4)."""
    node: pikepdf.Object | None = owner
    for _ in range(_MAX_DEPTH * 4):
        if node is None:
            return None
        found = get_dictionary(node, "/Resources")
        if found is not None:
            return found
        node = get_dictionary(node, "/Parent")
    return None
