"""The actions that go with a form (ISO 32000-2, 12.6): scripts, which were written for its fields.

Other actions stay, for a document may open on a page or lead elsewhere without any form.
"""

from __future__ import annotations

from collections.abc import Sequence

import pikepdf

from veldpdf.pdf.flattening.entries import listed, remove, set_listed
from veldpdf.pdf.objects import get_dictionary, get_name

# Longer than chains of actions are; files made to exhaust us end here.
_MAX_ACTIONS = 100


def remove_scripts(pdf: pikepdf.Pdf, pages: Sequence[pikepdf.Dictionary]) -> None:
    """Take out the scripts of a document and its pages: they were written for fields that are gone."""
    names = get_dictionary(pdf.Root, "/Names")
    if names is not None:
        remove(names, "/JavaScript")
        if not len(names):
            del pdf.Root["/Names"]
    _remove_script(pdf.Root, "/OpenAction")
    for holder in (pdf.Root, *pages):
        actions = get_dictionary(holder, "/AA")
        if actions is not None:
            for trigger in list(actions.keys()):
                _remove_script(actions, trigger)
            if not len(actions):
                del holder["/AA"]


def _remove_script(holder: pikepdf.Object, key: str) -> None:
    """Take out an action that is a script, or the scripts that follow another (12.6.2)."""
    first = get_dictionary(holder, key)
    if first is None:
        return  # nothing, or a destination
    if _is_script(first):
        remove(holder, key)
        return
    waiting = [first]
    for _ in range(_MAX_ACTIONS):
        if not waiting:
            return
        action = waiting.pop(0)  # nearest first, for a chain may lead back to itself
        following = listed(action, "/Next")
        kept = [one for one in following if isinstance(one, pikepdf.Dictionary) and not _is_script(one)]
        if len(kept) < len(following):
            set_listed(action, "/Next", kept)
        waiting += kept[:_MAX_ACTIONS]


def _is_script(action: pikepdf.Dictionary) -> bool:
    return get_name(action, "/S") == "/JavaScript"
