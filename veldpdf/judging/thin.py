"""Answers that say next to nothing: marks, and phrases that the definition names, such as "n.v.t."."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

from veldpdf.judging.words import squeeze, words_of

# Longer texts say more than "n.v.t.", in characters and in words.
_LONGEST = 80
_MOST_WORDS = 12


def is_thin(text: str, thin: Collection[str], heading: str = "") -> bool:
    """Whether a text is marks only, or made of phrases that say next to nothing.

    Args:
        text: What the partner wrote.
        thin: Those phrases.
        heading: The example's, squeezed: who wiped out the rest of it said as little.
    """
    if len(text) > _LONGEST:
        text = text.strip()
    if not any(map(str.isalnum, text[:_LONGEST])) and not any(map(str.isalnum, set(text))):
        return True
    if len(text) > _LONGEST:
        return False
    words = [word for word in words_of(text) if word[0].isalnum()]
    if len(words) > _MOST_WORDS:
        return False
    phrases = _phrases(tuple(thin))
    reached = {0}
    for end in range(1, len(words) + 1):
        parts = (squeeze(words[start:end]) for start in reached)
        if any(part in phrases or part == heading for part in parts):
            reached.add(end)
    return len(words) in reached


@lru_cache(maxsize=16)
def _phrases(thin: tuple[str, ...]) -> frozenset[str]:
    squeezed = (squeeze(word for word in words_of(phrase) if word[0].isalnum()) for phrase in thin)
    return frozenset(squeezed) - {""}
