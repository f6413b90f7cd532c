"""Optional content of a file that becomes part of another (ISO 32000-2, 8.11).

What a layer shows depends on the document's default configuration. Brought along as it is, a dozen files would
each bring one; so what each came to is worked out here, as on a screen, and only the layers that are off are told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import pikepdf

from veldpdf.pdf.objects import ObjectId, dictionaries_of, get, get_dictionary, get_name, identity

# More layers than drawings of engineers have.
_MOST_LAYERS = 10_000
# What tells which layers something is on (tables 96 and 97), once it is settled which of them show.
_KEPT = {"/OCG": frozenset({"/Type", "/Name", "/Intent"}), "/OCMD": frozenset({"/Type", "/OCGs", "/P", "/VE"})}


def brought_along(
    source: pikepdf.Pdf, target: pikepdf.Pdf, used: Collection[ObjectId]
) -> pikepdf.Dictionary | None:
    """Return the optional content properties that make copied layers show what they showed; None without layers.

    Args:
        source: The file that the layers are of.
        target: The file that pages of it were copied to.
        used: The objects of the first that were copied: layers that are not among them show nothing.
    """
    properties = get_dictionary(source.Root, "/OCProperties")
    if properties is None:
        return None
    layers = [layer for layer in dictionaries_of(properties, "/OCGs") if identity(layer) in used]
    layers = layers[:_MOST_LAYERS]
    if not layers:
        return None
    unseen = set(_unseen(properties, layers))
    groups = {identity(layer): target.copy_foreign(layer) for layer in layers}
    return pikepdf.Dictionary(
        OCGs=pikepdf.Array(list(groups.values())),
        D=pikepdf.Dictionary(
            # PDF/UA asks for a name (ISO 14289-1, 7.10), and forbids what switches layers by itself.
            Name=pikepdf.String("Default"),
            OFF=pikepdf.Array([group for key, group in groups.items() if key in unseen]),
        ),
    )


def leave_bare(target: pikepdf.Pdf) -> None:
    """Take from the layers of a file what told when they show, who made them, and anything else hung there."""
    for obj in target.objects:
        kept = _KEPT.get(get_name(obj, "/Type") or "") if isinstance(obj, pikepdf.Dictionary) else None
        if kept is None:
            continue
        for key in list(obj.keys()):
            if key not in kept or (key == "/Name" and not isinstance(get(obj, key), pikepdf.String)):
                del obj[key]


def _unseen(properties: pikepdf.Dictionary, layers: list[pikepdf.Dictionary]) -> Iterator[ObjectId]:
    """Yield which layers are off when the file is opened on a screen (8.11.4.3 and 8.11.4.4)."""
    default = get_dictionary(properties, "/D") or pikepdf.Dictionary()
    off = {identity(layer) for layer in dictionaries_of(default, "/OFF")}
    on = {identity(layer) for layer in dictionaries_of(default, "/ON")}
    by_view = {
        identity(layer)
        for usage in dictionaries_of(default, "/AS")
        if get_name(usage, "/Event") == "/View"
        for layer in dictionaries_of(usage, "/OCGs")
    }
    starts_off = get_name(default, "/BaseState") == "/OFF"
    for layer in layers:
        key = identity(layer)
        is_off = key in off or (starts_off and key not in on)
        usage = get_dictionary(layer, "/Usage") if key in by_view else None
        view = None if usage is None else get_dictionary(usage, "/View")
        state = None if view is None else get_name(view, "/ViewState")
        if state == "/OFF" or (is_off and state != "/ON"):
            yield key
