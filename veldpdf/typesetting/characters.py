"""What must be known of single characters to set them: which show nothing, which belong together, which are emoji.

Python's ``unicodedata`` knows letters and marks, and nothing of emoji; what is missing there stands here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from types import MappingProxyType
from unicodedata import bidirectional, category

# Characters that show nothing: control and format characters, and what else Unicode calls default ignorable.
_INVISIBLE = frozenset(
    [
        *map(chr, range(0x20)),
        *map(chr, range(0x7F, 0xA0)),
        *"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u3164\ufeff\uffa0",
        *map(chr, range(0x180B, 0x1810)),
        *map(chr, range(0x200B, 0x2010)),
        *map(chr, range(0x2028, 0x202F)),
        *map(chr, range(0x2060, 0x2070)),
        *map(chr, range(0xFE00, 0xFE10)),
        *map(chr, range(0xFFF9, 0xFFFC)),
    ]
)
# Plane 14 holds tags and variation selectors only.
_FIRST_TAG, _LAST_TAG = "\U000e0000", "\U000e0fff"

# White space that takes the room of a space, or about it, in fonts that lack it.
_LIKE_A_SPACE = frozenset(
    "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)

# Word's bullets and arrow. It writes them with the fonts Symbol and Wingdings, and pastes the codes of those: private
# use characters that no other font shows. They are drawn as what was seen in Word; the value keeps them as pasted,
# or it would not be what the partner wrote. The same codes mean other things in other fonts, but hardly ever as text.
_STAND_INS = MappingProxyType(
    {
        "\uf0b7": "•",  # Symbol: Word's first bullet
        "\uf0a7": "▪",  # Wingdings, as all that follow
        "\uf0d8": "➢",
        "\uf076": "❖",
        "\uf0fc": "✓",
        "\uf0e0": "→",  # what Word makes of "-->"
    }
)

# Where a character may look otherwise beside others: marks, scripts that run from right to left or join, signs for
# those, and what emoji are made of. Coarse on purpose: what is in it costs time, no more.
_WITH_CARE = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0590-\u109f\u1100-\u1cff\u1dc0-\u1dff\u200c-\u200f\u202a-\u202e\u2060-\u206f"
    "\u20d0-\u20ff\u2ce0-\u2dff\u3000-\u30ff\ua660-\ud7ff\ufb00-\uffff\U00010000-\U0010ffff]"
)

_TEXT_STYLE, _EMOJI_STYLE = "\ufe0e", "\ufe0f"  # variation selectors (UTS 51)
_JOINER, _NON_JOINER, _KEYCAP = "\u200d", "\u200c", "\u20e3"
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_FIRST_FLAG, _LAST_FLAG = "\U0001f1e6", "\U0001f1ff"  # regional indicators: two of them are a flag
_FIRST_PICTOGRAPH = "\U0001f000"
# Below the planes of pictographs, what is an emoji though nothing asks for one: Emoji_Presentation in emoji-data.txt.
_EMOJI_BY_DEFAULT = frozenset(
    "\u231a\u231b\u23e9\u23ea\u23eb\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648\u2649\u264a\u264b\u264c\u264d\u264e"
    "\u264f\u2650\u2651\u2652\u2653\u267f\u2693\u26a1\u26aa\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3"
    "\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c\u274e\u2753\u2754\u2755\u2757\u2795\u2796\u2797\u27b0\u27bf\u2b1b"
    "\u2b1c\u2b50\u2b55"
)
# The joiner makes one picture of two pictographs; some of those are old symbols.
_FIRST_OLD_PICTOGRAPH, _LAST_OLD_PICTOGRAPH = "\u203c", "\u3299"

# In characters; Unicode's own emoji take ten. Whoever piles up more gets them drawn side by side, and a glyph that
# is made of so many stays within what a font can count.
_LONGEST_CLUSTER = 12

# N'Ko, which joins, and of which Unicode's bidirectional classes do not tell it.
_FIRST_NKO, _LAST_NKO = "\u07ca", "\u07ff"


def is_invisible(character: str) -> bool:
    """Whether a character shows nothing and takes no room."""
    return character in _INVISIBLE or _FIRST_TAG <= character <= _LAST_TAG


def plain_space(character: str) -> str:
    """Return an ordinary space for any kind of space, and every other character as it is."""
    return " " if character in _LIKE_A_SPACE else character


def stand_in(character: str) -> str:
    """Return what is drawn for one of Word's own bullets, and every other character as it is."""
    return _STAND_INS.get(character, character)


def needs_care(text: str) -> bool:
    """Whether a text may have characters that cannot be set one by one."""
    if text.isascii():
        return False
    try:  # what Windows-1252 holds needs none, and looking is ten times as fast this way
        text.encode("cp1252")
    except UnicodeEncodeError:
        return _WITH_CARE.search(text) is not None
    return False


def is_joining(character: str) -> bool:
    """Whether a letter takes another form beside others: Arabic and what is written like it."""
    return bidirectional(character) == "AL" or _FIRST_NKO <= character <= _LAST_NKO


def clusters(text: str) -> Iterator[str]:
    """Yield each letter with its marks, and each emoji with all it is made of: what must stay together.

    These are Unicode's extended grapheme clusters (annex 29) as far as the scripts go that our fonts show.
    """
    if not needs_care(text):
        yield from text
        return
    cluster = ""
    for character in text:
        if cluster and not extends(cluster, character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def kept_together(parts: Iterable[str]) -> Iterator[str]:
    """Yield the parts of a text, joined again where one would begin with a mark of the one before it."""
    whole = ""
    for part in parts:
        if whole and part and not extends(whole[-1], part[0]):
            yield whole
            whole = ""
        whole += part
    if whole:
        yield whole


def extends(cluster: str, character: str) -> bool:
    """Whether a character belongs to what stands before it."""
    kind = category(character)
    if kind[0] in "LNPZ":  # nearly every character: letters, digits, punctuation, spaces
        return False
    if is_control(cluster[-1]) or len(cluster) == _LONGEST_CLUSTER:
        return False
    if kind[0] == "M" or character in (_JOINER, _NON_JOINER):
        return True
    if character in _SKIN_TONES:
        return is_pictograph(cluster[0])
    if cluster.endswith(_JOINER):
        return is_pictograph(character) and is_pictograph(cluster[0])
    is_tag = _FIRST_TAG <= character <= _LAST_TAG
    return is_tag or (len(cluster) == 1 and _is_flag(character) and _is_flag(cluster))


def is_control(character: str) -> bool:
    """Whether a character belongs to nothing: a line end, a tab, or a sign that says how text runs."""
    belongs = character in (_JOINER, _NON_JOINER) or _FIRST_TAG <= character <= _LAST_TAG
    return not belongs and category(character) in ("Cc", "Cf", "Zl", "Zp")


def is_pictograph(character: str) -> bool:
    """Whether a character may be part of an emoji that a joiner makes."""
    return (
        _FIRST_PICTOGRAPH <= character < _FIRST_TAG
        or _FIRST_OLD_PICTOGRAPH <= character <= _LAST_OLD_PICTOGRAPH
    )


def _is_flag(character: str) -> bool:
    return _FIRST_FLAG <= character <= _LAST_FLAG


def is_emoji(cluster: str) -> bool:
    """Whether a cluster is to be drawn as an emoji rather than as text (UTS 51)."""
    if _TEXT_STYLE in cluster:
        return False
    return (
        _EMOJI_STYLE in cluster
        or _KEYCAP in cluster
        or any(
            character in _EMOJI_BY_DEFAULT or _FIRST_PICTOGRAPH <= character < _FIRST_TAG
            for character in cluster
        )
    )
