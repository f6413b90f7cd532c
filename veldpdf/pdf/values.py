"""What a field says: its value, from every place where a viewer may have put it.

The standard keeps a field's value in one place, ``/V`` of the field (12.7.4.1). Viewers differ: where field and
widget are separate objects, Poppler (Evince, Okular) and pdf.js up to version 3 write the new value on the
widget and leave the old one, often the example, on the field; macOS Preview makes a second field of each
widget. So all values are collected, and where they differ the evidence decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pikepdf

from veldpdf.messages import Message
from veldpdf.model import Origin
from veldpdf.pdf import textstring
from veldpdf.pdf.acroform import Field, Holder, Widget
from veldpdf.pdf.drawn import drawn_text
from veldpdf.pdf.evidence import Evidence, is_shown, shows
from veldpdf.pdf.objects import DIRECT, ObjectId, as_name, get, identity
from veldpdf.pdf.streams import read_limited

# A value of more bytes than this is no answer but an attack on the memory.
_LONGEST_STREAM = 16 * 1024 * 1024
# No field has as many values; comparing all of them with all pictures would take for ever.
_MOST_VALUES = 50


@dataclass(frozen=True, slots=True)
class TextValue:
    r"""What a text field says.

    Attributes:
        text: Its text; line ends are ``\n``.
        origin: Where it was found.
        warnings: What the reader should know about it.
    """

    text: str
    origin: Origin = Origin.FIELD
    warnings: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class _Candidate:
    """One value that the field may have.

    Attributes:
        owner: The object that holds it.
        widgets: Where it should show.
    """

    text: str
    origin: Origin
    damaged: bool
    owner: ObjectId
    widgets: tuple[Widget, ...]

    @property
    def on_page(self) -> bool:
        """Whether any page shows it."""
        return any(widget.page is not None for widget in self.widgets)


def read_text(field: Field, example: str = "", evidence: Evidence | None = None) -> TextValue:
    """Return what a text field says.

    Args:
        field: Which one.
        example: The text that the publisher put there: the value that a viewer leaves behind when it writes
            the answer elsewhere.
        evidence: What the file tells about its own history, for values that disagree.
    """
    single = _single_value(field)
    if single is not None:
        return single
    candidates = list(islice(_candidates(field), _MOST_VALUES))
    if not candidates:
        return _without_value(field)
    chosen, warnings = _decide(candidates, _settled(field, example), evidence)
    if chosen.damaged:
        warnings = (*warnings, Message("Some characters were damaged by the program that saved the file."))
    if _rich_text_differs(field, chosen.text):
        warnings = (*warnings, Message("The file also holds a formatted text that says something else."))
    return TextValue(chosen.text, chosen.origin, warnings)


def _single_value(field: Field) -> TextValue | None:
    """Return what most fields say: one dictionary, one sound string, nothing beside it; None for all others."""
    if len(field.holders) != 1:
        return None
    (holder,) = field.holders
    value = holder.inherited("/V")
    if not isinstance(value, pikepdf.String):
        return None
    # Plain loops: in most files there is one of each, and this is asked of every field.
    for obj in holder.chain:
        if "/RV" in obj:
            return None
    for widget in holder.widgets:
        if widget.obj is not holder.chain[0] and "/V" in widget.obj:
            return None
    decoded = textstring.decode(bytes(value))
    return None if decoded.damaged else TextValue(decoded.text)


def _candidates(field: Field) -> Iterator[_Candidate]:
    """Yield every value of the field: of its dictionaries, then of widgets that are objects of their own."""
    for holder in field.holders:
        owner, value = holder.owner_of("/V")
        if value is not None:
            yield _candidate(value, Origin.FIELD, owner, holder.widgets)
        for widget in holder.widgets:
            own = None if is_same(widget, holder) else get(widget.obj, "/V")
            if own is not None:
                yield _candidate(own, Origin.WIDGET, identity(widget.obj), (widget,))


def is_same(widget: Widget, holder: Holder) -> bool:
    """Whether widget and field are one dictionary, as they are where a field shows once (12.5.6.19)."""
    return widget.obj is holder.chain[0] or (
        identity(widget.obj) != DIRECT and identity(widget.obj) == identity(holder.chain[0])
    )


def _candidate(value: object, origin: Origin, owner: ObjectId, widgets: tuple[Widget, ...]) -> _Candidate:
    decoded = text_of(value)
    return _Candidate(decoded.text, origin, decoded.damaged, owner, widgets)


def _without_value(field: Field) -> TextValue:
    """Return what a field without any value says: its formatted text, what is drawn in it, or nothing."""
    rich = _rich_text(field)
    if rich.strip():
        return TextValue(rich, Origin.FIELD, (Message("Only the formatted text was there; its form is lost."),))
    pictures = (drawn_text(widget.obj) for widget in field.widgets)
    drawn = next((picture for picture in pictures if picture and picture.strip()), None)
    if drawn is None:
        return TextValue("")
    warning = Message("The field has no value; this is the text that is drawn in it, as far as it shows.")
    return TextValue(drawn, Origin.APPEARANCE, (warning,))


def _rich_text(field: Field) -> str:
    value = field.inherited("/RV")
    if value is None:
        return ""
    from veldpdf.pdf.richtext import plain  # noqa: PLC0415 - start-up time, for what few files hold

    return plain(text_of(value).text)


def _rich_text_differs(field: Field, text: str) -> bool:
    rich = _rich_text(field)
    return bool(rich.strip()) and _words(rich) != _words(text)


def _settled(field: Field, example: str) -> frozenset[str]:
    """Return the texts that were there before the partner came, by their words."""
    default = field.inherited("/DV")
    texts = [example] if default is None else [example, text_of(default).text]
    return frozenset(_words(text) for text in texts if text.strip())


def _words(text: str) -> str:
    return " ".join(text.split())


def _decide(
    candidates: list[_Candidate], settled: frozenset[str], evidence: Evidence | None
) -> tuple[_Candidate, tuple[Message, ...]]:
    """Return the value that the partner typed, and a warning where values differ.

    The example is what a viewer left behind, so whoever typed something else typed later. Then the revisions
    of the file tell, then the picture, which shows what the partner saw; and of two copies the one on a page.
    """
    first = candidates[0]
    if all(candidate.text == first.text for candidate in candidates):
        return first, ()
    fresh = [candidate for candidate in candidates if _words(candidate.text) not in settled] or candidates
    left = fresh
    for narrow in (_latest, _pictured, _saying, _on_page):
        if len({candidate.text for candidate in left}) > 1:
            left = narrow(left, evidence) or left
    chosen = left[0]
    if all(candidate.text == chosen.text for candidate in fresh):
        return chosen, (Message("The file holds another value for this field as well; it was not used."),)
    return chosen, (Message("The file holds different answers for this field; check it in the PDF."),)


def _latest(candidates: list[_Candidate], evidence: Evidence | None) -> list[_Candidate]:
    """Return those that the last revision touched; nothing where the file does not tell."""
    if evidence is None:
        return []
    revisions = [evidence.revision_of(candidate.owner) for candidate in candidates]
    known = [revision for revision in revisions if revision is not None]
    if len(known) < len(candidates):
        return []
    return [
        candidate for candidate, revision in zip(candidates, revisions, strict=True) if revision == max(known)
    ]


def _pictured(candidates: list[_Candidate], _evidence: Evidence | None) -> list[_Candidate]:
    """Return those that the widgets show."""
    widgets = {identity(w.obj): w.obj for candidate in candidates for w in candidate.widgets}
    scores = [shows(candidate.text, list(widgets.values())) for candidate in candidates]
    best = max((score for score in scores if score is not None), default=None)
    if not is_shown(best):
        return []
    return [candidate for candidate, score in zip(candidates, scores, strict=True) if score == best]


def _saying(candidates: list[_Candidate], _evidence: Evidence | None) -> list[_Candidate]:
    """Return those that say something: nothing typed may be lost."""
    return [candidate for candidate in candidates if candidate.text.strip()]


def _on_page(candidates: list[_Candidate], _evidence: Evidence | None) -> list[_Candidate]:
    """Return those that a page shows: of two copies it is the one that the partner saw."""
    return [candidate for candidate in candidates if candidate.on_page]


def text_of(value: object, *, nested: bool = False) -> textstring.Decoded:
    """Return the text of a value: a string in any encoding, a stream, a name or a number."""
    match value:
        case pikepdf.String():
            decoded = textstring.decode(bytes(value))
        case pikepdf.Stream():
            decoded = textstring.decode(read_limited(value, _LONGEST_STREAM) or b"")
        case pikepdf.Name():
            decoded = textstring.Decoded((as_name(value) or "").removeprefix("/"))
        case pikepdf.Array() if not nested:
            # Some programs store a choice of one as a list of one.
            decoded = textstring.Decoded("\n".join(text_of(item, nested=True).text for item in value))
        case pikepdf.Object():
            decoded = textstring.Decoded("")
        case _:
            decoded = textstring.Decoded(str(value))
    return decoded


def has_value(field: Field) -> bool:
    """Whether any of a text field's dictionaries holds a value, if only an empty one."""
    return next(_candidates(field), None) is not None
