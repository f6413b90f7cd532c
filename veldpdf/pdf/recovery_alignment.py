"""How a printed page lies on the worksheet's page, from the words that both have.

Words that occur once on either page are pairs of points; two pairs give a scale, a turn and a shift; the pairs
of such pairs that most other words agree with win (random sample consensus, but with fixed pairs, so that the
same file gives the same answer). Then all words that fall on their place, the repeated ones as well, fit an affine
map by least squares, which also takes up paper that was stretched or laid slightly askew.

Points are complex numbers x + yi, and an affine map is ``a·z + b·conj(z) + c``; where b is 0, it keeps shapes.
"""

from __future__ import annotations

import cmath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from veldpdf.pdf.geometry import PageGeometry
from veldpdf.pdf.pagetext import Word, key

# A word is where it belongs if it begins within this much of its place: units of the worksheet's page, plus a part
# of the font size. Programs that set text anew in another font (LibreOffice) move words along their line.
_NEAR = 2.0
_NEAR_IN_SIZES = 0.3
# How far a word may slide along its line, and across it, in font sizes.
_STRAY_ALONG = 3.0
_STRAY_ACROSS = 0.4
# Pages are printed between a quarter and four times their size: four on a sheet, or as a poster.
_SCALES = (0.2, 5.0)
# Two words closer together than this part of the page say little about its turn and scale.
_LEAST_SPREAD = 0.15
_MOST_TRIALS = 300
# Trials end when so large a part of the pairs agrees.
_GOOD_SHARE = 0.9
# Where fewer pairs of words than this are known for sure, those that occur a few times are tried as well.
_ENOUGH_PAIRS = 10
_FEW = 12
# An affine map has six numbers to find: it takes more words than this, and in more than one line.
_ENOUGH_FOR_AFFINE = 12
_ROUNDS = 3

# A page is the worksheet's if at least so many of its words stand in their place, and such a part of them all.
# Two words always agree with some map; a third is evidence.
_LEAST_WORDS = 3
_LEAST_SHARE = 0.4
# Where other pages of the file tell how this one may lie, one word of very few is evidence.
_LEAST_GUESSED = 1
_LEAST_GUESSED_SHARE = 0.5
# How many pages of the worksheets are tried for one of the file.
_MOST_CANDIDATES = 6
# Below this share of common words, a place for them is not looked for.
_LEAST_COMMON = 0.3


@dataclass(frozen=True, slots=True)
class Transform:
    """A map from a printed page to the worksheet's page: ``a·z + b·conj(z) + c``."""

    a: complex
    b: complex
    c: complex

    def __call__(self, point: complex) -> complex:
        """Return where a point of the printed page lies on the worksheet's."""
        return self.a * point + self.b * point.conjugate() + self.c

    @property
    def scale(self) -> float:
        """By how much lengths grow, on average."""
        return abs(self.a)

    @property
    def inverse(self) -> Transform:
        """The map from the worksheet's page to the printed one."""
        determinant = abs(self.a) ** 2 - abs(self.b) ** 2
        a, b = self.a.conjugate() / determinant, -self.b / determinant
        return Transform(a, b, -(a * self.c + b * self.c.conjugate()))

    def word(self, word: Word) -> Word:
        """Return a word of the printed page as it stands on the worksheet's."""
        return word.moved(self, self.scale)


@dataclass(frozen=True, slots=True)
class Alignment:
    """How a printed page lies on a page of the worksheet.

    Attributes:
        page: The worksheet's page.
        transform: From the printed page to it.
        printed: Positions, among the words of the printed page, of the worksheet's own words.
        share: The part of the worksheet's words that stand in their place.
        error: How far they lie from it, in points of the worksheet's page (root of the mean square).
    """

    page: PageGeometry
    transform: Transform
    printed: frozenset[int]
    share: float
    error: float

    @property
    def confidence(self) -> float:
        """How sure the place of the boxes is, from 0 to 1."""
        # A tenth of the words may be drawn as something else, e.g. links or symbols.
        return min(1.0, self.share / 0.9) * max(0.0, 1.0 - max(0.0, self.error - 1.0) / 4.0)


def find_alignment(
    words: Sequence[Word], pages: Sequence[PageGeometry], guesses: Sequence[Transform] = ()
) -> Alignment | None:
    """Return how some words of a printed page lie on the page of the worksheet that they fit best.

    Args:
        words: Of the printed page.
        pages: The worksheet's pages that it may be.
        guesses: How other pages of the file lie. With one of them, less evidence does.
    """
    keys = [key(word.text) for word in words]
    best: Alignment | None = None
    for most, page in _likely(keys, pages, _LEAST_GUESSED if guesses else _LEAST_WORDS):
        # No page further down can do better, and of pages that do equally well the first one counts.
        if best is not None and _merit(best) >= most:
            break
        attempt = _Attempt(words, keys, page)
        found = attempt.by_words() or attempt.by_guess(guesses)
        if found is not None and (best is None or _merit(found) > _merit(best)):
            best = found
    return best


def _merit(alignment: Alignment) -> float:
    """Return how much speaks for an alignment: many words, and many of those that there should be."""
    return alignment.share * len(alignment.printed)


def _likely(keys: Sequence[str], pages: Sequence[PageGeometry], least: int) -> list[tuple[float, PageGeometry]]:
    """Return the pages that have many words in common with the printed one, each with its highest possible merit.

    The likeliest comes first, and of equals the first one given.
    """
    there = Counter(keys)
    ranked = []
    for page in pages:
        common = sum(min(count, there[text]) for text, count in page.key_counts.items())
        if common >= max(least, _LEAST_COMMON * len(page.words)):
            ranked.append((common / len(page.words) * common, page))
    return sorted(ranked, key=lambda item: -item[0])[:_MOST_CANDIDATES]


class _Attempt:
    """An attempt to lay a printed page on one page of the worksheet."""

    def __init__(self, words: Sequence[Word], keys: Sequence[str], page: PageGeometry) -> None:
        self._words = words
        self._keys = keys
        self._page = page
        self._own_keys = page.keys

    def by_words(self) -> Alignment | None:
        """Return what the words alone tell."""
        positions = _unique_pairs(self._keys, self._own_keys)
        if len(positions) < _ENOUGH_PAIRS:
            positions = sorted({*positions, *_few_pairs(self._keys, self._own_keys)})
        transform = _consensus(self._points(positions), abs(self._page.high - self._page.low))
        if transform is None:
            return None
        for _ in range(_ROUNDS):
            matches = self._matches(transform)
            if len(matches) < _LEAST_WORDS:
                return None
            transform = _fit(self._points(matches.items()))
        return self._alignment(transform, _LEAST_WORDS, _LEAST_SHARE)

    def by_guess(self, guesses: Sequence[Transform]) -> Alignment | None:
        """Return the first guess that the words bear out."""
        found = (self._alignment(guess, _LEAST_GUESSED, _LEAST_GUESSED_SHARE) for guess in guesses)
        return next((alignment for alignment in found if alignment is not None), None)

    def _points(self, positions: Iterable[tuple[int, int]]) -> list[tuple[complex, complex]]:
        return [(self._words[i].start, self._page.words[j].start) for i, j in positions]

    def _matches(self, transform: Transform) -> dict[int, int]:
        return _matches(self._words, self._keys, self._page.words, self._own_keys, transform)

    def _alignment(self, transform: Transform, least: int, least_share: float) -> Alignment | None:
        """Return the alignment by a transform, if words enough stand in their place."""
        matches = self._matches(transform)
        share = len(matches) / len(self._page.words)
        if len(matches) < least or share < least_share:
            return None
        squares = sum(abs(transform(here) - there) ** 2 for here, there in self._points(matches.items()))
        error = (squares / len(matches)) ** 0.5
        printed = frozenset(matches) | self._strays(transform, matches)
        return Alignment(self._page, transform, printed, share, error)

    def _strays(self, transform: Transform, matches: Mapping[int, int]) -> frozenset[int]:
        """Return words that are the worksheet's, but slid along their line, as in another font they do.

        Only a word that is missing in its place is looked for beside it.
        """
        missing = set(range(len(self._page.words))).difference(matches.values())
        if not missing:
            return frozenset()
        strays: set[int] = set()
        places = _places(self._keys)
        for j in sorted(missing):
            own = self._page.words[j]
            line = own.end - own.start
            near = []
            for i in places.get(self._own_keys[j], ()):
                if i in matches or i in strays or not line:
                    continue
                offset = (transform(self._words[i].start) - own.start) / (line / abs(line))
                if abs(offset.real) < _STRAY_ALONG * own.size and abs(offset.imag) < _STRAY_ACROSS * own.size:
                    near.append((abs(offset), i))
            if near:
                strays.add(min(near)[1])
        return frozenset(strays)


def _unique_pairs(keys: Sequence[str], own: Sequence[str]) -> list[tuple[int, int]]:
    """Return positions of what occurs once on either page: words, and words with the one after them."""
    pairs: dict[tuple[int, int], None] = {}
    for length in (1, 2, 3):
        here, there = _once(keys, length), _once(own, length)
        pairs.update(((here[gram], there[gram]), None) for gram in here if gram in there)
    return list(pairs)


def _few_pairs(keys: Sequence[str], own: Sequence[str]) -> list[tuple[int, int]]:
    """Return positions of words that occur a few times on either page, every way they may go together."""
    here, there = _places(keys), _places(own)
    return [
        (i, j)
        for text, positions in there.items()
        if len(positions) * len(here.get(text, ())) <= _FEW
        for i in here.get(text, ())
        for j in positions
    ]


def _places(keys: Sequence[str]) -> dict[str, list[int]]:
    places: dict[str, list[int]] = {}
    for position, text in enumerate(keys):
        places.setdefault(text, []).append(position)
    return places


def _once(keys: Sequence[str], length: int) -> Mapping[tuple[str, ...], int]:
    grams = [tuple(keys[start : start + length]) for start in range(len(keys) - length + 1)]
    count = Counter(grams)
    return {gram: start for start, gram in enumerate(grams) if count[gram] == 1}


def _consensus(pairs: Sequence[tuple[complex, complex]], extent: float) -> Transform | None:
    """Return the shape-keeping map that most pairs agree with."""
    best, most = None, 1.0
    for first, second in _trials(len(pairs)):
        (p, q), (r, s) = pairs[first], pairs[second]
        if abs(s - q) < _LEAST_SPREAD * extent or p == r:
            continue
        a = (s - q) / (r - p)
        if not _SCALES[0] < abs(a) < _SCALES[1]:
            continue
        c = q - a * p
        agreeing = sum(abs(a * here + c - there) < 2 * _NEAR for here, there in pairs) + _straightness(a)
        if agreeing > most:
            best, most = Transform(a, 0j, c), agreeing
        if most > _GOOD_SHARE * len(pairs):
            break
    return best


def _straightness(a: complex) -> float:
    """Return a bonus of less than a word for what printers do: quarter turns, and sizes near the original."""
    turn = cmath.phase(a) / (cmath.pi / 2)
    return 0.5 * (abs(turn - round(turn)) < 0.03) + 0.4 * min(abs(a), 1 / abs(a))  # noqa: PLR2004 - three degrees


def _trials(count: int) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions, far apart ones first, until enough were tried."""
    trials = 0
    for step in sorted(range(1, count), key=lambda step: abs(step - count / 2)):
        for first in range(0, count - step, max(1, (count - step) // 6)):
            if trials == _MOST_TRIALS:
                return
            trials += 1
            yield first, first + step


def _matches(
    words: Sequence[Word],
    keys: Sequence[str],
    own: Sequence[Word],
    own_keys: Sequence[str],
    transform: Transform,
) -> dict[int, int]:
    """Return which words of the printed page are which of the worksheet's, by text and place."""
    places = _places(own_keys)
    candidates = []
    for i, text in enumerate(keys):
        if text in places:
            point = transform(words[i].start)
            for j in places[text]:
                distance = abs(point - own[j].start)
                if distance < _NEAR + _NEAR_IN_SIZES * own[j].size:
                    candidates.append((distance, i, j))
    matches: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j in sorted(candidates):
        if i not in matches and j not in taken:
            matches[i] = j
            taken.add(j)
    return matches


def _fit(pairs: Sequence[tuple[complex, complex]]) -> Transform:
    """Return the map with the least squares: affine where there are words enough, else shape-keeping."""
    count = len(pairs)
    here = sum(p for p, _ in pairs) / count
    there = sum(q for _, q in pairs) / count
    centred = [(p - here, q - there) for p, q in pairs]
    power = sum(abs(p) ** 2 for p, _ in centred) or 1.0
    skew = sum(p * p for p, _ in centred)
    along = sum((q * p.conjugate() for p, q in centred), 0j)
    across = sum((q * p for p, q in centred), 0j)
    # Words in one line would make the square of the matrix below vanish.
    determinant = power**2 - abs(skew) ** 2
    if count >= _ENOUGH_FOR_AFFINE and determinant > 0.01 * power**2:
        a = (along * power - across * skew.conjugate()) / determinant
        b = (across * power - along * skew) / determinant
    else:
        a, b = along / power, 0j
    return Transform(a, b, there - a * here - b * here.conjugate())
