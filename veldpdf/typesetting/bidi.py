"""The order in which letters of both directions stand on a line: Unicode's annex 9 (UAX 9).

Our own, because what must be shaped are runs of one level, and which character stands where must stay known for
copying text. python-bidi, the usual library, gives a turned-around string only; tests hold this against it.
The names of classes and rules are the annex's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import NamedTuple
from unicodedata import bidirectional, normalize

from veldpdf.typesetting.characters import extends, stand_in

_MAX_DEPTH = 125

# What may make a line run from right to left: letters of such scripts, and the signs that ask for it.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200f\u202b\u202e\u2067\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

_EMBEDDINGS = MappingProxyType({"RLE": 1, "LRE": 0, "RLO": 1, "LRO": 0})
_OVERRIDES = MappingProxyType({"RLO": "R", "LRO": "L"})
_ISOLATES = frozenset({"LRI", "RLI", "FSI"})
# X9: these take no part in what follows.
_REMOVED = frozenset({"RLE", "LRE", "RLO", "LRO", "PDF", "BN"})
_NEUTRALS = frozenset({"B", "S", "WS", "ON", "FSI", "LRI", "RLI", "PDI"})
_STRONG = MappingProxyType({"L": "L", "R": "R", "EN": "R", "AN": "R"})  # as N0 to N2 see them
_WHITE = frozenset({"WS", "FSI", "LRI", "RLI", "PDI"}) | _REMOVED  # L1, with what X9 left out
_DIRECTIONS = ("L", "R")

# BidiBrackets.txt: each opening bracket with its closing one.
_BRACKETS = (
    "()[]{}\u0f3a\u0f3b\u0f3c\u0f3d\u169b\u169c\u2045\u2046\u207d\u207e\u208d\u208e\u2308\u2309\u230a\u230b\u2329\u232a"
    "\u2768\u2769\u276a\u276b\u276c\u276d\u276e\u276f\u2770\u2771\u2772\u2773\u2774\u2775\u27c5\u27c6\u27e6\u27e7"
    "\u27e8\u27e9\u27ea\u27eb\u27ec\u27ed\u27ee\u27ef\u2983\u2984\u2985\u2986\u2987\u2988\u2989\u298a\u298b\u298c"
    "\u298d\u2990\u298f\u298e\u2991\u2992\u2993\u2994\u2995\u2996\u2997\u2998\u29d8\u29d9\u29da\u29db\u29fc\u29fd"
    "\u2e22\u2e23\u2e24\u2e25\u2e26\u2e27\u2e28\u2e29\u2e55\u2e56\u2e57\u2e58\u2e59\u2e5a\u2e5b\u2e5c\u3008\u3009"
    "\u300a\u300b\u300c\u300d\u300e\u300f\u3010\u3011\u3014\u3015\u3016\u3017\u3018\u3019\u301a\u301b\ufe59\ufe5a"
    "\ufe5b\ufe5c\ufe5d\ufe5e\uff08\uff09\uff3b\uff3d\uff5b\uff5d\uff5f\uff60\uff62\uff63"
)
# U+2329 and U+3008 are the same bracket (BD16): normalizing tells.
_CLOSING = MappingProxyType(
    {
        opening: normalize("NFC", closing)
        for opening, closing in zip(_BRACKETS[::2], _BRACKETS[1::2], strict=True)
    }
)
_CLOSES = frozenset(_BRACKETS[1::2])
_MOST_OPEN_BRACKETS = 63

# What is drawn where a character stands from right to left (BidiMirroring.txt), as far as simple fonts go.
_MIRRORED = "<>\u00ab\u00bb\u2039\u203a\u2264\u2265\u2208\u220b"
MIRRORS = MappingProxyType(
    {
        character: mirror
        for pairs in (_BRACKETS, _MIRRORED)
        for opening, closing in zip(pairs[::2], pairs[1::2], strict=True)
        for character, mirror in ((opening, closing), (closing, opening))
    }
)


class Order(NamedTuple):
    """How characters stand.

    Attributes:
        text: What they are: a paragraph, or a line of one.
        base: The level of the paragraph: 1 where it runs from right to left.
        levels: That of each character.
    """

    text: str
    base: int
    levels: bytes

    def of_line(self, line: str, places: Sequence[int]) -> Order:
        """Return the order of a line of this paragraph.

        Args:
            line: What it shows. A hyphen that was put at its end goes with what stands before it.
            places: Which characters of the paragraph it may show; of those, as many as it has.
        """
        levels = bytes(self.levels[place] for place in places[: len(line)])
        return Order(line, self.base, levels.ljust(len(line), levels[-1:] or bytes([self.base])))


class LevelRun(NamedTuple):
    """Part of a line that runs in one direction: from right to left where its level is odd."""

    start: int
    end: int
    level: int


def is_bidirectional(text: str) -> bool:
    """Whether anything in a text may run from right to left."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def paragraph_level(text: str) -> int:
    """Return 1 where the first strong character runs from right to left, else 0 (P2 and P3)."""
    classes = _classes(text)
    return _first_strong(classes, _matching_isolates(classes), 0, len(classes))


def embedding_levels(text: str, base: int) -> bytes:
    """Return the level of each character of a paragraph (X1 to I2).

    Args:
        text: The paragraph, without line ends.
        base: Its own level.
    """
    classes = _classes(text)
    matching = _matching_isolates(classes)
    explicit, levels = _explicit_levels(classes, matching, base)
    kept = [index for index, original in enumerate(classes) if original not in _REMOVED]
    # All of them first: what is before and after a sequence goes by explicit levels.
    for sequence in list(_isolating_runs(classes, matching, levels, kept, base)):
        _resolve(sequence, text, explicit, levels)
    # What X9 leaves out goes with what stands before it (5.2).
    previous = base
    for index, original in enumerate(classes):
        if original in _REMOVED:
            levels[index] = previous
        previous = levels[index]
    return bytes(levels)


def order_of(paragraph: str) -> Order:
    """Return the order of a paragraph, which runs as its first strong character does."""
    if not is_bidirectional(paragraph):
        return Order(paragraph, 0, bytes(len(paragraph)))
    base = paragraph_level(paragraph)
    return Order(paragraph, base, embedding_levels(paragraph, base))


def visual_runs(order: Order) -> list[LevelRun]:
    """Return the runs of a line from left to right (L1 and L2)."""
    line = order.text
    settled = bytearray(order.levels)
    trailing = True
    for index in range(len(line) - 1, -1, -1):
        original = bidirectional(line[index])
        if original in ("S", "B"):
            trailing = True
        elif original not in _WHITE:
            trailing = False
        if trailing:
            settled[index] = order.base
    # A joiner at the end of a line is white to L1, and part of the letter before it: apart from that, the letter would
    # take another shape. It shows nothing, so it may stand anywhere (5.2).
    for index in range(1, len(line)):
        if settled[index] != settled[index - 1] and extends(line[index - 1], line[index]):
            settled[index] = settled[index - 1]
    runs: list[LevelRun] = []
    for level, group in groupby(enumerate(settled), lambda pair: pair[1]):
        indexes = [index for index, _ in group]
        runs.append(LevelRun(indexes[0], indexes[-1] + 1, level))
    for level in range(max(settled, default=0), 0, -1):
        runs = [run for group in _groups_from(runs, level) for run in group]
    return runs


def _groups_from(runs: list[LevelRun], level: int) -> Iterator[list[LevelRun]]:
    """Yield the runs, those next to each other that are of at least some level turned around."""
    for is_inside, group in groupby(runs, lambda run: run.level >= level):
        beside = list(group)
        yield beside[::-1] if is_inside else beside


def _classes(text: str) -> list[str]:
    # What Unicode had not yet when Python was made counts as a letter, and one of Word's bullets as what it shows.
    return [bidirectional(stand_in(character)) or "L" for character in text]


def _matching_isolates(classes: Sequence[str]) -> dict[int, int]:
    """Return for each isolate initiator where its PDI is, and the other way around (BD9)."""
    matching: dict[int, int] = {}
    open_: list[int] = []
    for index, original in enumerate(classes):
        if original in _ISOLATES:
            open_.append(index)
        elif original == "PDI" and open_:
            begin = open_.pop()
            matching[begin] = index
            matching[index] = begin
    return matching


def _first_strong(classes: Sequence[str], matching: dict[int, int], start: int, end: int) -> int:
    index = start
    while index < end:
        original = classes[index]
        if original in ("L", "R", "AL"):
            return int(original != "L")
        if original in _ISOLATES:  # what is isolated does not count
            index = matching.get(index, end)
        index += 1
    return 0


@dataclass(frozen=True, slots=True)
class _Status:
    """An entry of the directional status stack (BD2)."""

    level: int
    override: str
    is_isolate: bool


class _Embeddings:
    """The directional status stack, with its counters of what did not fit (X1)."""

    def __init__(self, base: int) -> None:
        self._stack = [_Status(base, "", is_isolate=False)]
        self._overflowing_isolates = 0
        self._overflowing_embeddings = 0
        self._valid_isolates = 0

    @property
    def last(self) -> _Status:
        return self._stack[-1]

    def _next(self, parity: int) -> int | None:
        """Return the least level of a parity above the current one; None where it is too deep."""
        level = self.last.level + 1
        level += (level + parity) % 2
        is_free = not self._overflowing_isolates and not self._overflowing_embeddings
        return level if is_free and level <= _MAX_DEPTH else None

    def embed(self, original: str) -> None:
        """Take in RLE, LRE, RLO or LRO (X2 to X5)."""
        level = self._next(_EMBEDDINGS[original])
        if level is not None:
            self._stack.append(_Status(level, _OVERRIDES.get(original, ""), is_isolate=False))
        elif not self._overflowing_isolates:
            self._overflowing_embeddings += 1

    def isolate(self, parity: int) -> None:
        """Take in an isolate initiator (X5a to X5c)."""
        level = self._next(parity)
        if level is None:
            self._overflowing_isolates += 1
        else:
            self._valid_isolates += 1
            self._stack.append(_Status(level, "", is_isolate=True))

    def end_isolate(self) -> None:
        """Take in PDI (X6a)."""
        if self._overflowing_isolates:
            self._overflowing_isolates -= 1
        elif self._valid_isolates:
            self._overflowing_embeddings = 0
            while not self.last.is_isolate:
                self._stack.pop()
            self._stack.pop()
            self._valid_isolates -= 1

    def end_embedding(self) -> None:
        """Take in PDF (X7)."""
        if self._overflowing_isolates:
            return
        if self._overflowing_embeddings:
            self._overflowing_embeddings -= 1
        elif not self.last.is_isolate and len(self._stack) > 1:
            self._stack.pop()


def _explicit_levels(
    classes: Sequence[str], matching: dict[int, int], base: int
) -> tuple[list[str], bytearray]:
    """Return the class of each character after overrides, and its explicit level (X1 to X8)."""
    result = list(classes)
    levels = bytearray([base]) * len(classes)
    embeddings = _Embeddings(base)
    for index, original in enumerate(classes):
        if original == "PDI":
            embeddings.end_isolate()
        if original not in _REMOVED and original != "B":
            levels[index] = embeddings.last.level
            result[index] = embeddings.last.override or original
        if original in _EMBEDDINGS:
            embeddings.embed(original)
        elif original in _ISOLATES:
            parity = int(original == "RLI")
            if original == "FSI":
                parity = _first_strong(classes, matching, index + 1, matching.get(index, len(classes)))
            embeddings.isolate(parity)
        elif original == "PDF":
            embeddings.end_embedding()
    return result, levels


@dataclass(frozen=True, slots=True)
class _IsolatingRun:
    """Characters that are resolved together (BD13): where they stand, their level, and what is around them."""

    indexes: list[int]
    level: int
    before: str
    after: str

    @property
    def direction(self) -> str:
        return _DIRECTIONS[self.level % 2]


def _isolating_runs(
    classes: Sequence[str], matching: dict[int, int], levels: Sequence[int], kept: list[int], base: int
) -> Iterator[_IsolatingRun]:
    """Yield the isolating run sequences of a paragraph (X10)."""
    runs = [list(group) for _, group in groupby(kept, levels.__getitem__)]
    run_from = {run[0]: run for run in runs}
    place = {index: number for number, index in enumerate(kept)}
    for run in runs:
        if classes[run[0]] == "PDI" and run[0] in matching:
            continue  # it goes on where its isolate began
        indexes = list(run)
        while classes[indexes[-1]] in _ISOLATES and indexes[-1] in matching:
            indexes += run_from[matching[indexes[-1]]]
        level = levels[indexes[0]]
        first, last = place[indexes[0]], place[indexes[-1]]
        before = levels[kept[first - 1]] if first else base
        is_open = classes[indexes[-1]] in _ISOLATES
        after = base if is_open or last + 1 == len(kept) else levels[kept[last + 1]]
        yield _IsolatingRun(
            indexes, level, _DIRECTIONS[max(level, before) % 2], _DIRECTIONS[max(level, after) % 2]
        )


def _resolve(run: _IsolatingRun, text: str, explicit: Sequence[str], levels: bytearray) -> None:
    """Write the resolved levels of one isolating run sequence (W1 to I2)."""
    original = [explicit[index] for index in run.indexes]
    types = _weak(original, run.before)
    _brackets(run, [text[index] for index in run.indexes], original, types)
    _neutral(run, types)
    for index, type_ in zip(run.indexes, types, strict=True):
        if type_ in ("AN", "EN"):
            levels[index] = run.level + 2 - run.level % 2
        elif type_ != run.direction:
            levels[index] = run.level + 1


def _weak(types: list[str], before: str) -> list[str]:
    """Return the classes after the rules for weak types (W1 to W7)."""
    result = list(types)
    previous, strong = before, before
    for index, type_ in enumerate(types):
        if type_ == "NSM":  # W1
            type_ = "ON" if previous in _ISOLATES or previous == "PDI" else previous  # noqa: PLW2901
        previous = type_
        if type_ in ("L", "R", "AL"):
            strong = type_
        elif type_ == "EN" and strong == "AL":  # W2
            type_ = "AN"  # noqa: PLW2901
        result[index] = type_
    result = ["R" if type_ == "AL" else type_ for type_ in result]  # W3
    for index in range(1, len(result) - 1):  # W4
        left, right = result[index - 1], result[index + 1]
        if left == right and (
            (left == "EN" and result[index] in ("ES", "CS")) or (left == "AN" and result[index] == "CS")
        ):
            result[index] = left
    _terminators(result)
    strong = before
    for index, type_ in enumerate(result):  # W7
        if type_ in ("L", "R"):
            strong = type_
        elif type_ == "EN" and strong == "L":
            result[index] = "L"
    return result


def _terminators(types: list[str]) -> None:
    """Let signs like % and € go with the number beside them; what is left is neutral (W5 and W6)."""
    start = 0
    for type_, group in groupby(list(types)):
        end = start + len(list(group))
        if type_ == "ET":
            beside = types[start - 1 : start] + types[end : end + 1]
            types[start:end] = ["EN" if "EN" in beside else "ON"] * (end - start)
        elif type_ in ("ES", "CS"):
            types[start:end] = ["ON"] * (end - start)
        start = end


def _brackets(run: _IsolatingRun, characters: list[str], original: list[str], types: list[str]) -> None:
    """Give both brackets of a pair one direction (N0)."""
    for opening, closing in _bracket_pairs(characters, types):
        inside = {_STRONG[type_] for type_ in types[opening + 1 : closing] if type_ in _STRONG}
        if not inside:
            continue
        direction = run.direction
        if direction not in inside:
            context = next(
                (_STRONG[type_] for type_ in reversed(types[:opening]) if type_ in _STRONG), run.before
            )
            direction = context if context != direction else direction
        for bracket in (opening, closing):
            types[bracket] = direction
            for index in range(bracket + 1, len(types)):
                if original[index] != "NSM":
                    break
                types[index] = direction


def _bracket_pairs(characters: list[str], types: list[str]) -> list[tuple[int, int]]:
    """Return the places of brackets that belong together, in the order of the opening ones (BD16)."""
    pairs: list[tuple[int, int]] = []
    open_: list[tuple[str, int]] = []
    for index, character in enumerate(characters):
        if types[index] != "ON":
            continue
        if character in _CLOSING:
            if len(open_) == _MOST_OPEN_BRACKETS:
                return []
            open_.append((_CLOSING[character], index))
        elif character in _CLOSES:
            closing = normalize("NFC", character)
            for depth in range(len(open_) - 1, -1, -1):
                if open_[depth][0] == closing:
                    pairs.append((open_[depth][1], index))
                    del open_[depth:]
                    break
    return sorted(pairs)


def _neutral(run: _IsolatingRun, types: list[str]) -> None:
    """Give what is left between two of a direction that direction, and else the embedding's (N1 and N2)."""
    start = 0
    for is_neutral, group in groupby(list(types), _NEUTRALS.__contains__):
        end = start + len(list(group))
        if is_neutral:
            left = _STRONG[types[start - 1]] if start else run.before
            right = _STRONG[types[end]] if end < len(types) else run.after
            types[start:end] = [left if left == right else run.direction] * (end - start)
        start = end
