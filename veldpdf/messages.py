"""Sentences for people, which know their own translation.

The library says what it found in English; the command line and the page say the same in the reader's
language. So a warning or an error is kept as a msgid with its values, and is put into a language only where
it is shown. This is a leaf module: everything may import it, and it imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self


class Translator(Protocol):
    """What a catalogue offers: the two gettext look-ups."""

    def gettext(self, message: str, /) -> str:
        """Return a msgid in the translator's language."""

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """Return the form of a msgid that fits the number."""


class Message(str):
    """A sentence: a plain English string that can also be rendered in another language.

    It compares, prints, pickles and serialises as its English text, so a caller that does not care about
    languages never notices.

    Attributes:
        msgid: The English text with ``{named}`` places, as the catalogues know it.
        plural: The msgid to use when ``values["n"]`` is not one; None for a sentence without a count.
        values: What goes into the places. A value may be a Message itself.
    """

    __slots__ = ("msgid", "plural", "values")

    msgid: str
    plural: str | None
    values: Mapping[str, object]

    def __new__(cls, msgid: str, /, **values: object) -> Self:
        """Make a sentence without a count; `counted` makes one with."""
        return cls._make(msgid, None, values)

    @classmethod
    def _make(cls, msgid: str, plural: str | None, values: Mapping[str, object]) -> Self:
        chosen = msgid if plural is None or values["n"] == 1 else plural
        self = super().__new__(cls, chosen.format(**values))
        self.msgid = msgid
        self.plural = plural
        self.values = dict(values)
        return self

    def render(self, translator: Translator) -> str:
        """Return the sentence in the translator's language."""
        if self.plural is None:
            template = translator.gettext(self.msgid)
        else:
            count = self.values["n"]
            assert isinstance(count, int)
            template = translator.ngettext(self.msgid, self.plural, count)
        return template.format(**{name: rendered(value, translator) for name, value in self.values.items()})

    def __reduce__(self) -> tuple[Callable[..., Message], tuple[Any, ...]]:
        return (Message._make, (self.msgid, self.plural, self.values))


def counted(singular: str, plural: str, n: int, /, **values: object) -> Message:
    """Return a sentence that depends on a number, which both forms may name as ``{n}``."""
    return Message._make(singular, plural, {"n": n, **values})


def rendered(value: object, translator: Translator) -> object:
    """Return a value as it goes into a sentence: translated where it is a Message."""
    return value.render(translator) if isinstance(value, Message) else value
