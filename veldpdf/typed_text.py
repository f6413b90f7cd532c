"""Texts that others typed, made fit to be looked at.

Answers, names and file names come from anybody's keyboard and through anybody's software. They are shown as
typed, but for the characters that have no form of their own and do something instead. What these become can be
seen, so that nothing is lost in silence. Escaping is each format's own affair and comes after this.
"""

from __future__ import annotations

import re

REPLACEMENT = "\ufffd"

# Unicode's mandatory line breaks (UAX #14, BK, CR, NL): what Word and the web paste for a new line.
_LINE_END = "\r\n|[\r\v\f\x85\u2028\u2029]"
# They turn the order of the text that follows, also outside the answer (CVE-2021-42574, "Trojan Source").
_BIDI = "[\u202a-\u202e\u2066-\u2069]"
# No format that we write can hold them: control characters, halves of surrogate pairs, noncharacters.
_UNPRINTABLE = "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"

_SPECIAL = re.compile(f"(?P<line_end>{_LINE_END})|(?P<bidi>{_BIDI})|{_UNPRINTABLE}")


def visible(text: str) -> str:
    """Return a text as a report shows it: lines end with a line feed, and what cannot be shown is told of."""
    return _SPECIAL.sub(_shown, text)


def typed_again(shown: str, text: str) -> str:
    """Return a text that was changed where it was shown, with the characters that `visible` told of in their place.

    Args:
        shown: What the user made of it.
        text: What it was, as typed.
    """
    for character in set(re.findall(_BIDI, text)):
        if code_point(character) not in text:
            shown = shown.replace(code_point(character), character)
    return shown


def changed_characters(text: str) -> int:
    """Return how many characters of a text `visible` shows as something else, line ends aside."""
    return sum(1 for match in _SPECIAL.finditer(text) if not match["line_end"])


def one_line(text: str) -> str:
    """Return a text as it stands in a heading or a list, where a line break has no place."""
    return " ".join(visible(text).split("\n"))


def code_point(character: str) -> str:
    """Return what to show for a character that cannot be shown, e.g. ``[U+202E]``."""
    return f"[U+{ord(character):04X}]"


def _shown(match: re.Match[str]) -> str:
    if match["line_end"]:
        return "\n"
    return code_point(match[0]) if match["bidi"] else REPLACEMENT
