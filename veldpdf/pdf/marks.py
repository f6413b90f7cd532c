"""The mark that tells in a box where a text goes on: written when filling, known again on a printed copy."""

from __future__ import annotations

import re
from functools import cache

from veldpdf.language import LANGUAGES, catalogue
from veldpdf.messages import Message

_CONTINUED = "… continued on page {page}"


def mark(page: int) -> Message:
    """Return what a box tells whose text goes on on a page, by its number in the file."""
    return Message("… continued on page {page}", page=page)


def without_mark(text: str) -> tuple[str, int | None]:
    """Return a text without the mark at its end, and the page that the mark names; None for no mark."""
    # White space at both ends is taken away here: a pattern that may begin with it looks at a long run for ever.
    found = _pattern().search(text.rstrip())
    if found is None:
        return text, None
    return text[: found.start()].rstrip(), int(next(filter(None, found.groups())))


@cache
def _pattern() -> re.Pattern[str]:
    """Return what finds the mark in any language, however the words of a page were put together again."""
    told = (catalogue(language).gettext(_CONTINUED) for language in LANGUAGES)
    words = (r"\s*".join(map(re.escape, sentence.split(" ")[:-1])) + r"\s*(\d{1,9})" for sentence in told)
    return re.compile(rf"(?:{'|'.join(words)})$")
