"""The words of a text, as they are compared, and where they stand.

Texts are compared by their words: viewers, printers and word processors change white space, line ends, quotes, dashes,
bullets, ligatures and the way accents are written, break words at line ends, and leave out line ends and with them the
space between two words. Capitals do not make an answer either: who has something to say does not retype the example
for it, and there are fields that turn all into capitals.

A question mark counts as a word. It is a remark: "Gemeente pakt coördinerende rol op?" is not what the example says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from string import digits
from unicodedata import category, normalize

# Shorter words are other words when a letter differs: "geen" and "een", "GGD" and "GGZ", "regie" and "regio".
_SHORTEST_MISSPELT = 6

# Most texts show something in so many characters.
_BEGINNING = 80
# Of so many signs it is faster to replace one after the other.
_FEW_SIGNS = 32

# Unicode's format characters (Cf): soft hyphens, zero-width spaces, directions, byte order marks.
_NO_FORM = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
_ACCENTS = "\u0300-\u036f"
# Whatever is neither white space nor one of these counts as a word: "%", "+", "€", "✓".
_NO_WORD = (
    r"\x00-\x1f!\"'()*,\-./:;\[\\\]^_`{|}~\x7f-\x9f¡¨«¬¯´¶·¸»¿"
    rf"{_ACCENTS}{_NO_FORM}\u2000-\u206f\u2212\u2219\u25a0-\u25ff\u2756\u27a1-\u27be\u3000-\u303f\ud800-\uf8ff"
    r"\ufe00-\ufe0f\ufff0-\uffff"
)
WORD = re.compile(rf"\w[\w{_ACCENTS}{_NO_FORM}]*|[^\w\s{_NO_WORD}]")
_ASCII_SET = frozenset(map(chr, range(128)))
_ASCII_SIGNS = [sign for sign in sorted(_ASCII_SET - {"_"}) if WORD.match(sign) and not sign.isalnum()]
# What the bytes of a text in UTF-8 become: small letters, signs and space; what is not in ASCII stays.
_ASCII = bytes(
    ord(sign.lower() if sign.isalnum() or sign in _ASCII_SIGNS else " ") for sign in map(chr, range(128))
) + bytes(range(128, 256))
# Unicode does not take these for letters with accents.
_WITHOUT_STROKE = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}
_UNFOLDED = re.compile(rf"[{_ACCENTS}{_NO_FORM}\s]+")
_BETWEEN_DIGITS = re.compile(r" (?<=\d )(?=\d)")
APART = "\x1f"


def is_blank(text: str) -> bool:
    """Whether nothing shows: white space, format characters (a byte order mark, a soft hyphen) and NUL do not."""
    if any(map(str.isalnum, text[:_BEGINNING])):
        return False
    return all(
        character.isspace() or character == "\0" or category(character) == "Cf" for character in set(text)
    )


def words_of(text: str) -> list[str]:
    """Return the words of a text, and the signs that count as words, as they are compared.

    Those that `WORD` finds, in a third of the time: of most answers nothing else is looked at.
    """
    if not text.isascii():
        text = _fold(text)
    text = text.encode().translate(_ASCII).decode()
    for sign in _ASCII_SIGNS:
        if sign in text:
            text = text.replace(sign, f" {sign} ")
    return text.split()


def places_of(text: str) -> list[tuple[int, int]]:
    """Return where each word begins and ends; underscores are there to be written on."""
    return [match.span() for match in WORD.finditer(text.replace("_", " "))]


def _fold(text: str) -> str:
    """Return a text with each sign that is not in ASCII as it is compared; no surrogate is left."""
    folded = {sign: _fold_sign(sign) for sign in set(text) - _ASCII_SET}
    # To replace one after the other is faster, and the same where nothing is replaced twice.
    if len(folded) > _FEW_SIGNS or any(
        other != sign and folded.get(other, other) != other for sign, plain in folded.items() for other in plain
    ):
        return text.translate({ord(sign): plain for sign, plain in folded.items()})
    for sign, plain in folded.items():
        text = text.replace(sign, plain)
    return text


@lru_cache(maxsize=1024)
def _fold_sign(sign: str) -> str:
    """Return a letter without its accent, a ligature as its letters, space for a mark, nothing for what has no form."""
    if not WORD.match(sign):
        return "" if _UNFOLDED.match(sign) and not sign.isspace() else " "
    plain = _UNFOLDED.sub("", normalize("NFKD", sign)).casefold()
    plain = _WITHOUT_STROKE.get(plain, plain)
    # One word stays one word, though "⑴" is "(1)".
    letters = "".join(part for part in plain if part.isalnum() or not part.isascii())
    plain = letters or (plain if plain in _ASCII_SIGNS else sign)
    return plain if sign.isalnum() else f" {plain} "


def squeeze(words: Iterable[str]) -> str:
    """Return words in one string without spaces, which come and go; numbers stay apart: "1,5" is not "15"."""
    spaced = " ".join(words)
    if not spaced.isascii() or any(f" {digit}" in spaced for digit in digits):
        spaced = _BETWEEN_DIGITS.sub(APART, spaced)
    return spaced.replace(" ", "")


def is_misspelt(one: str, other: str) -> bool:
    """Whether two words differ by a slip: a letter more or less, another letter, or two that changed places."""
    if min(len(one), len(other)) < _SHORTEST_MISSPELT or one[0] != other[0]:
        return False
    if not (one.isalpha() and other.isalpha()):
        return False
    at = next((at for at, (mine, yours) in enumerate(zip(one, other, strict=False)) if mine != yours), len(one))
    return (
        one[at + 1 :] in (other[at + 1 :], other[at:])
        or one[at:] == other[at + 1 :]
        or (one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :])
    )
