"""Where the sentences, lines and bullets of a text end, and what stands in quotes."""

from __future__ import annotations

import re

# What may end between two words: nothing, a sentence, a line or bullet.
NOTHING, SENTENCE_END, LINE_END = range(3)

# Word's own bullets come as characters for private use.
_BULLETS = "•·▪‣⁃∙●○◦■□▶►▸➢➤❖\ue000-\uf8ff"
_QUOTES = "\"'“”„‟‘’‚‛«»‹›`´"

LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_FULL_STOP = re.compile(r"[.!?…][^\w\s]*\s")
_BEFORE_CAPITAL = re.compile(r"\A[.!…]|[)\]]\s")
_BULLET_MARK = re.compile(rf"(?:\A|\s)[{_BULLETS}](?=\s)")
_DASH_MARK = re.compile(r"\s[-–—‐‑−*](?=\s)")
_CLOSING_QUOTE = re.compile(rf"[^\w\s]*[{_QUOTES}]")
_OPENING_QUOTE = re.compile(rf"[{_QUOTES}][^\w\s]*\Z")


def what_ends(text: str, end: int, start: int) -> int:
    """Return what ends between two words of a text.

    Args:
        text: They stand in it.
        end: Where the one ends.
        start: Where the other begins.
    """
    between = text[end:start]
    if LINE_BREAK.search(between) or _BULLET_MARK.search(between):
        return LINE_END
    if ends_sentence(text, end, start):
        return LINE_END if _DASH_MARK.search(between) else SENTENCE_END
    # Typed right behind the example's full stop; or in brackets, before its next sentence.
    if text[start : start + 1].isupper() and _BEFORE_CAPITAL.search(between):
        return SENTENCE_END
    return NOTHING


def ends_sentence(text: str, end: int, start: int) -> bool:
    """Whether a full stop or the like ends a sentence between two words, as in `what_ends`."""
    # The first of the two words may be a question mark.
    return _FULL_STOP.search(text[end - 1 : start]) is not None


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether a stretch of a text begins or ends with quotes."""
    before = text[max(start - 4, 0) : start]
    return bool(_OPENING_QUOTE.search(before) or _CLOSING_QUOTE.match(text, end))
