"""Whether an answer is the publisher's example still, and which of its words are the partner's. Pure: text only.

No tool for PDF forms that we know of notices an example that was left standing. The rule:

    A sentence or bullet of an answer is the example's where it is one of the example's with nothing put in, changed or
    taken out but its spelling; any other is the partner's, whole. An answer is partly the example where such sentences
    of eight words together stand in it, or such a bullet of five in lines of its own, or all of the example, or where
    most of its words do, in runs of four or more.

So a sentence that quotes the example among words of its own is the partner's, and so is one with a name or another
number in a slot of the example: the officer reads it whole. A remark of up to three words beside a sentence, in its
line, is read with it, for "ja" and "nog niet" say nothing without.

Texts are compared by their words: viewers, printers and word processors change white space, line ends, quotes, dashes,
bullets, ligatures and the way accents are written, break words at line ends, and leave out line ends and with them the
space between two words. Capitals do not make an answer either: who has something to say does not retype the example
for it, and there are fields that turn all into capitals.

A question mark counts as a word. It is a remark: "Gemeente pakt coördinerende rol op?" is not what the example says.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import accumulate, pairwise
from string import digits
from unicodedata import category, normalize

from veldpdf.model import FieldSpec, State

# What must still stand of an example, in words: of sentences together, of one bullet, of the whole (as a part of it,
# and at least), and in how long a run. Shorter runs are chance: "kinderen en jongeren".
_SENTENCES = 8
_BULLET = 5
_PART = 0.5
_AT_LEAST = 6
_RUN = 4

# Shorter sentences are the example's to the letter only. In others one word may be misspelt, in long ones two.
_MAY_BE_MISSPELT = 4
_MAY_BE_MISSPELT_TWICE = 10
# Shorter words are other words when a letter differs: "geen" and "een", "GGD" and "GGZ", "regie" and "regio".
_SHORTEST_MISSPELT = 6

# Longer answers are judged by their beginning, in characters: no box shows so much, and whoever sends it must not keep
# all others waiting.
_LONGEST = 50_000
# The same piece of an example is looked at so often, for the same reason.
_MOST_OFTEN = 1_000
# Longer texts say more than "n.v.t.", in characters and in words.
_LONGEST_THIN = 80
_MOST_THIN_WORDS = 12

# Of so many signs it is faster to replace one after the other.
_FEW_SIGNS = 32

# What may end between two words: nothing, a sentence, a line or bullet.
_NOTHING, _SENTENCE_END, _LINE_END = range(3)

# Unicode's format characters (Cf): soft hyphens, zero-width spaces, directions, byte order marks.
_NO_FORM = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0001\U000e0020-\U000e007f"
)
_ACCENTS = "\u0300-\u036f"
# Word's own bullets come as characters for private use.
_BULLETS = "•·▪‣⁃∙●○◦■□▶►▸➢➤❖\ue000-\uf8ff"
_QUOTES = "\"'“”„‟‘’‚‛«»‹›`´"
# Whatever is neither white space nor one of these counts as a word: "%", "+", "€", "✓".
_NO_WORD = (
    r"\x00-\x1f!\"'()*,\-./:;\[\\\]^_`{|}~\x7f-\x9f¡¨«¬¯´¶·¸»¿"
    rf"{_ACCENTS}{_NO_FORM}\u2000-\u206f\u2212\u2219\u25a0-\u25ff\u2756\u27a1-\u27be\u3000-\u303f\ud800-\uf8ff"
    r"\ufe00-\ufe0f\ufff0-\uffff"
)
_WORD_PATTERN = re.compile(rf"\w[\w{_ACCENTS}{_NO_FORM}]*|[^\w\s{_NO_WORD}]")
_ASCII_SET = frozenset(map(chr, range(128)))
_ASCII_SIGNS = [sign for sign in sorted(_ASCII_SET - {"_"}) if _WORD_PATTERN.match(sign) and not sign.isalnum()]
# What the bytes of a text in UTF-8 become: small letters, signs and space; what is not in ASCII stays.
_ASCII = bytes(
    ord(sign.lower() if sign.isalnum() or sign in _ASCII_SIGNS else " ") for sign in map(chr, range(128))
) + bytes(range(128, 256))
# Unicode does not take these for letters with accents.
_WITHOUT_STROKE = {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}
_UNFOLDED = re.compile(rf"[{_ACCENTS}{_NO_FORM}\s]+")
_BETWEEN_DIGITS = re.compile(r" (?<=\d )(?=\d)")
_APART = "\x1f"

_LINE_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_FULL_STOP = re.compile(r"[.!?…][^\w\s]*\s")
_BEFORE_CAPITAL = re.compile(r"\A[.!…]|[)\]]\s")
_BULLET_MARK = re.compile(rf"(?:\A|\s)[{_BULLETS}](?=\s)")
_DASH_MARK = re.compile(r"\s[-–—‐‑−*](?=\s)")
_CLOSING_QUOTE = re.compile(rf"[^\w\s]*[{_QUOTES}]")
_OPENING_QUOTE = re.compile(rf"[{_QUOTES}][^\w\s]*\Z")
_END_OF_WORD = re.compile(r"\S*\s*")


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of an answer.

    Attributes:
        text: As it stands there; the passages of an answer are the answer, to the letter.
        is_example: Whether the publisher wrote it.
    """

    text: str
    is_example: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an answer says.

    Attributes:
        state: Judged against the example of its field.
        passages: What is the example's in it, and what the partner's. All is the partner's where the state is
            answered, and where it is partly the example but every sentence was edited.
        is_thin: Whether the partner wrote something that says next to nothing: marks, "n.v.t.", "zie boven".
    """

    state: State
    passages: tuple[Passage, ...]
    is_thin: bool


def judge(spec: FieldSpec, text: str, thin: Collection[str] = ()) -> Judgement:
    """Return what a text says as the answer to a field.

    Args:
        spec: The field.
        text: The answer. What there is beyond fifty thousand characters counts as the partner's.
        thin: Phrases that say next to nothing by themselves; capitals, marks and spaces in them do not matter.
    """
    if _is_blank(text):
        return Judgement(State.EMPTY, _whole(text, is_example=False), is_thin=False)
    example = _read_example(spec.example)
    if not example.words:
        return Judgement(State.ANSWERED, _whole(text, is_example=False), _is_thin(text, thin))
    head = _head(text, max(_LONGEST, 2 * len(spec.example)))
    words = _words(head)
    key = _squeeze(words)
    if key == example.key and len(head) == len(text):
        return Judgement(State.EXAMPLE, _whole(text, is_example=True), is_thin=False)
    may_have_sentences = example.may_have_sentences_in(key)
    if may_have_sentences or example.may_have_runs_in(words):
        answer = _Answer(head, words, key)
        standing = _find_standing(example, answer) if may_have_sentences else []
        if _is_partly(example, answer, standing):
            passages = tuple(_passages(text, answer, _without_remarked(standing, answer)))
            own = _own_words(passages)
            return Judgement(State.PARTLY_EXAMPLE, passages, bool(own) and _is_thin(own, thin, example.heading))
    return Judgement(State.ANSWERED, _whole(text, is_example=False), _is_thin(text, thin, example.heading))


def own_words(judgement: Judgement) -> str:
    """Return what of an answer the partner wrote, to be read without the rest.

    Bullets and blank lines left behind at the joins are taken away; an answer with nothing of the example in it comes
    to the letter. Empty for an example, and for one that the partner only shortened by whole sentences, put in another
    order or mended the spelling of: who keeps some of the bullets may mean just those, so show all of such an answer.
    """
    if judgement.state in (State.EMPTY, State.EXAMPLE):
        return ""
    return _own_words(judgement.passages)


def _whole(text: str, *, is_example: bool) -> tuple[Passage, ...]:
    return (Passage(text, is_example),) if text else ()


def _is_blank(text: str) -> bool:
    """Whether nothing shows: white space, format characters (a byte order mark, a soft hyphen) and NUL do not."""
    if any(map(str.isalnum, text[:_LONGEST_THIN])):
        return False
    return all(
        character.isspace() or character == "\0" or category(character) == "Cf" for character in set(text)
    )


def _head(text: str, length: int) -> str:
    """Return a text, or whole words at the beginning of one that is longer; white space at its end is not counted."""
    if len(text) <= length or len(text.rstrip()) <= length:
        return text
    return text[: max(text.rfind(" ", 0, length), text.rfind("\n", 0, length)) + 1 or length]


# Words.


def _words(text: str) -> list[str]:
    """Return the words of a text, and the signs that count as words, as they are compared.

    Those that `_WORD_PATTERN` finds, in a third of the time: of most answers nothing else is looked at.
    """
    if not text.isascii():
        text = _fold(text)
    text = text.encode().translate(_ASCII).decode()
    for sign in _ASCII_SIGNS:
        if sign in text:
            text = text.replace(sign, f" {sign} ")
    return text.split()


def _places(text: str) -> list[tuple[int, int]]:
    """Return where each word begins and ends; underscores are there to be written on."""
    return [match.span() for match in _WORD_PATTERN.finditer(text.replace("_", " "))]


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
    if not _WORD_PATTERN.match(sign):
        return "" if _UNFOLDED.match(sign) and not sign.isspace() else " "
    plain = _UNFOLDED.sub("", normalize("NFKD", sign)).casefold()
    plain = _WITHOUT_STROKE.get(plain, plain)
    # One word stays one word, though "⑴" is "(1)".
    letters = "".join(part for part in plain if part.isalnum() or not part.isascii())
    plain = letters or (plain if plain in _ASCII_SIGNS else sign)
    return plain if sign.isalnum() else f" {plain} "


def _squeeze(words: Iterable[str]) -> str:
    """Return words in one string without spaces, which come and go; numbers stay apart: "1,5" is not "15"."""
    spaced = " ".join(words)
    if not spaced.isascii() or any(f" {digit}" in spaced for digit in digits):
        spaced = _BETWEEN_DIGITS.sub(_APART, spaced)
    return spaced.replace(" ", "")


def _is_misspelt(one: str, other: str) -> bool:
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


# Thin answers.


def _is_thin(text: str, thin: Collection[str], heading: str = "") -> bool:
    """Whether a text is marks only, or made of phrases that say next to nothing.

    Args:
        text: What the partner wrote.
        thin: Those phrases.
        heading: The example's, squeezed: who wiped out the rest of it said as little.
    """
    if len(text) > _LONGEST_THIN:
        text = text.strip()
    if not any(map(str.isalnum, text[:_LONGEST_THIN])) and not any(map(str.isalnum, set(text))):
        return True
    if len(text) > _LONGEST_THIN:
        return False
    words = [word for word in _words(text) if word[0].isalnum()]
    if len(words) > _MOST_THIN_WORDS:
        return False
    phrases = _phrases(tuple(thin))
    reached = {0}
    for end in range(1, len(words) + 1):
        parts = (_squeeze(words[start:end]) for start in reached)
        if any(part in phrases or part == heading for part in parts):
            reached.add(end)
    return len(words) in reached


@lru_cache(maxsize=16)
def _phrases(thin: tuple[str, ...]) -> frozenset[str]:
    squeezed = (_squeeze(word for word in _words(phrase) if word[0].isalnum()) for phrase in thin)
    return frozenset(squeezed) - {""}


# Where sentences and lines end.


def _what_ends(text: str, end: int, start: int) -> int:
    """Return what ends between two words of a text.

    Args:
        text: They stand in it.
        end: Where the one ends.
        start: Where the other begins.
    """
    between = text[end:start]
    if _LINE_BREAK.search(between) or _BULLET_MARK.search(between):
        return _LINE_END
    if _ends_sentence(text, end, start):
        return _LINE_END if _DASH_MARK.search(between) else _SENTENCE_END
    # Typed right behind the example's full stop; or in brackets, before its next sentence.
    if text[start : start + 1].isupper() and _BEFORE_CAPITAL.search(between):
        return _SENTENCE_END
    return _NOTHING


def _ends_sentence(text: str, end: int, start: int) -> bool:
    # The first of the two words may be a question mark.
    return _FULL_STOP.search(text[end - 1 : start]) is not None


def _is_quoted(text: str, start: int, end: int) -> bool:
    """Whether a stretch of a text begins or ends with quotes."""
    before = text[max(start - 4, 0) : start]
    return bool(_OPENING_QUOTE.search(before) or _CLOSING_QUOTE.match(text, end))


# Examples.


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence of an example, or the heading above it.

    Attributes:
        words: As they are compared.
        first: Which word of the example is its first.
        bullet: The number of the bullet or paragraph that it stands in.
        is_quoted: Whether there are quotes at either end.
        key: Its words, squeezed.
        pieces: Parts of it, squeezed, with the number of their first word: one more than there may be words misspelt,
            so that one of them stands wherever the sentence does.
    """

    words: tuple[str, ...]
    first: int
    bullet: int
    is_quoted: bool
    key: str
    pieces: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Example:
    """An example, as answers are compared with it.

    Attributes:
        words: All of them.
        key: They, squeezed.
        sentences: In order.
        heading: "Voorbeelden:" or the like, squeezed; empty means none.
        pieces: One of these stands wherever enough of its sentences does.
        vocabulary: Its words, each once.
        fewest: Without so many of those there is not enough of it in an answer, however often it says each.
        runs: Where each run of words is.
    """

    words: tuple[str, ...]
    key: str
    sentences: tuple[_Sentence, ...]
    heading: str
    pieces: tuple[str, ...]
    vocabulary: frozenset[str]
    fewest: int
    runs: dict[tuple[str, ...], list[int]]

    def may_have_sentences_in(self, key: str) -> bool:
        """Whether sentences of it may stand in squeezed words."""
        return any(piece in key for piece in self.pieces)

    def may_have_runs_in(self, words: Sequence[str]) -> bool:
        """Whether most of it may stand among words."""
        if len(self.vocabulary.intersection(words)) < self.fewest:
            return False
        known = bytes(map(self.vocabulary.__contains__, words)).split(b"\0")
        return _is_most(sum(len(run) for run in known if len(run) >= _RUN), self.words)


def _runs(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(_RUN)), strict=False)


@cache
def _read_example(text: str) -> _Example:
    words = _words(text)
    key = _squeeze(words)
    sentences, heading = _split_example(text, words)
    pieces = (piece for each in sentences if len(each.words) >= _RUN - 1 for piece, _ in each.pieces)
    runs: dict[tuple[str, ...], list[int]] = {}
    for at, run in enumerate(_runs(words)):
        runs.setdefault(run, []).append(at)
    return _Example(
        words=tuple(words),
        key=key,
        sentences=sentences,
        heading=heading,
        pieces=tuple(dict.fromkeys([key, *pieces])),
        vocabulary=frozenset(words),
        fewest=_fewest_of_most(words),
        runs=runs,
    )


def _fewest_of_most(words: Sequence[str]) -> int:
    """Return how many different words at least there are among those that most of some words may be."""
    often = [count for _, count in Counter(words).most_common()]
    return next(
        (number for number, sum_ in enumerate(accumulate(often), 1) if _is_most(sum_, words)), len(often) + 1
    )


def _is_most(count: int, words: Sequence[str]) -> bool:
    return count >= _AT_LEAST and count > _PART * len(words)


def _split_example(text: str, words: Sequence[str]) -> tuple[tuple[_Sentence, ...], str]:
    """Return the sentences of an example, and its heading, squeezed."""
    places = _places(text)
    sentences: list[_Sentence] = []
    heading = ""
    first = bullet = 0
    for end in range(1, len(words) + 1):
        ends_heading = not sentences and _ends_heading(text, places, end)
        kind = _LINE_END if ends_heading or end == len(words) else _what_ends_in_example(text, places, end)
        if kind == _NOTHING:
            continue
        part = tuple(words[first:end])
        is_quoted = _is_quoted(text, places[first][0], places[end - 1][1])
        sentences.append(_Sentence(part, first, bullet, is_quoted, _squeeze(part), _pieces(part)))
        if ends_heading:
            heading = sentences[0].key
        first, bullet = end, bullet + (kind == _LINE_END)
    return tuple(sentences), heading


def _pieces(words: Sequence[str]) -> tuple[tuple[str, int], ...]:
    parts = 1 + _may_be_misspelt(len(words))
    ends = [len(words) * part // parts for part in range(parts + 1)]
    return tuple((_squeeze(words[start:end]), start) for start, end in pairwise(ends))


def _may_be_misspelt(length: int) -> int:
    """Return how many words of a sentence may be misspelt, by its length in words."""
    return (length >= _MAY_BE_MISSPELT) + (length >= _MAY_BE_MISSPELT_TWICE)


def _ends_heading(text: str, places: Sequence[tuple[int, int]], word: int) -> bool:
    """Whether a heading ends before a word: "Voorbeeld:", or "For example:" in a line of its own."""
    if word == len(places):
        return False
    between = text[places[word - 1][1] : places[word][0]]
    return between.lstrip().startswith(":") and (word == 1 or _LINE_BREAK.search(between) is not None)


def _what_ends_in_example(text: str, places: Sequence[tuple[int, int]], word: int) -> int:
    """Return what ends before a word of an example, where sentences and bullets may go on in the next line.

    A sentence does where the next line begins with a small letter, or the line ends with a comma; a bullet does where
    the next line is indented. "O.a." ends no sentence.
    """
    end, start = places[word - 1][1], places[word][0]
    kind = _what_ends(text, end, start)
    if kind != _LINE_END:
        return _NOTHING if text[start].islower() else kind
    rest, *lines = _LINE_BREAK.split(text[end:start])
    sign = rest.strip()[:1]
    if len(lines) != 1 or lines[0].strip() or sign in (":", ";"):
        return _LINE_END
    if _ends_sentence(text, end, start):
        return _SENTENCE_END if lines[0] else _LINE_END
    return _NOTHING if sign == "," or text[start].islower() else _LINE_END


# Answers in which something of the example may stand.


class _Answer:
    """An answer, with the places of its words."""

    def __init__(self, text: str, words: Sequence[str], key: str) -> None:
        self.text = text
        self.words = words
        self._key = key

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        return _places(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        """Where in the squeezed words each begins, and where they end."""
        if _APART not in self._key:
            return list(accumulate(map(len, self.words), initial=0))
        starts, at = [], 0
        for word in self.words:
            at += self._key.startswith(_APART, at)
            starts.append(at)
            at += len(word)
        return [*starts, at]

    def find(self, piece: str) -> Iterator[tuple[int, int]]:
        """Yield where squeezed words stand: the first of them, and the word behind them."""
        at = self._key.find(piece)
        for _ in range(_MOST_OFTEN):
            if at < 0:
                return
            end = at + len(piece)
            first, last = self._word_at(at), self._word_at(end + self._key.startswith(_APART, end))
            if first is None or last is None:
                at = self._key.find(piece, at + 1)
            else:
                yield first, last
                at = self._key.find(piece, end)

    def _word_at(self, place: int) -> int | None:
        """Return which word begins at a place in the squeezed words, or ends there if it is the last."""
        word = bisect_left(self._starts, place)
        return word if word < len(self._starts) and self._starts[word] == place else None

    def what_ends_before(self, word: int) -> int:
        """Return what ends before a word, or behind the last."""
        if word in (0, len(self.words)):
            return _LINE_END
        return _what_ends(self.text, self._places[word - 1][1], self._places[word][0])

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether words begin or end with quotes: the first of them, and the word behind them."""
        return _is_quoted(self.text, self._places[start][0], self._places[end - 1][1])

    def between(self, word: int) -> str:
        """Return what is between a word and the one before it."""
        return self.text[self._places[word - 1][1] : self._places[word][0]]

    def begins_anew(self, word: int) -> bool:
        """Whether a line that a word begins does not go on with what was said in the line before."""
        _, *lines = _LINE_BREAK.split(self.between(word))
        if len(lines) != 1 or lines[0].strip():
            return True
        return _ends_sentence(self.text, self._places[word - 1][1], self._places[word][0])

    def cut_before(self, word: int) -> int:
        """Return where in the text to cut before a word: a full stop goes with what it ends, a bullet does not."""
        if word == 0:
            return 0
        between = self.between(word)
        cuts = [match.end() for match in _LINE_BREAK.finditer(between)]
        cuts = cuts or [match.end() for match in _END_OF_WORD.finditer(between)][:1]
        return self._places[word - 1][1] + cuts[-1]


@dataclass(frozen=True, slots=True)
class _Found:
    """A sentence of the example in an answer: its first word there, the word behind it, and which it is."""

    start: int
    end: int
    sentence: int


def _find_standing(example: _Example, answer: _Answer) -> list[_Found]:
    """Return the sentences of the example that were left in an answer, in the order of the answer."""
    found: list[_Found] = []
    for each in sorted(_candidates(example, answer), key=lambda each: (each.start, -each.end)):
        if not found or each.start >= found[-1].end:
            found.append(each)
    return [each for group in _groups(found) for each in _between_ends(group, answer, example)]


def _candidates(example: _Example, answer: _Answer) -> Iterator[_Found]:
    """Yield where the words of a sentence stand, to the letter or with slips; in quotes they are a quote."""
    for number, sentence in enumerate(example.sentences):
        for start, end in set(answer.find(sentence.key)) or set(_find_misspelt(sentence, answer)):
            if sentence.is_quoted or not answer.is_quoted(start, end):
                yield _Found(start, end, number)


def _find_misspelt(sentence: _Sentence, answer: _Answer) -> Iterator[tuple[int, int]]:
    length = len(sentence.words)
    most = _may_be_misspelt(length)
    if not most:
        return
    for piece, offset in sentence.pieces:
        for word, _ in answer.find(piece):
            start = word - offset
            there = answer.words[max(start, 0) : start + length]
            pairs = [pair for pair in zip(there, sentence.words, strict=False) if pair[0] != pair[1]]
            if len(there) == length and len(pairs) <= most and all(_is_misspelt(*pair) for pair in pairs):
                yield start, start + length


def _groups(found: Iterable[_Found]) -> list[list[_Found]]:
    """Return sentences in groups with nothing of the partner's between them."""
    groups: list[list[_Found]] = []
    for each in found:
        if groups and groups[-1][-1].end == each.start:
            groups[-1].append(each)
        else:
            groups.append([each])
    return groups


def _between_ends(group: Sequence[_Found], answer: _Answer, example: _Example) -> Sequence[_Found]:
    """Return those sentences of a group that do not begin or end within a sentence of the partner's."""
    start, end = 0, len(group)
    while start < end and answer.what_ends_before(group[start].start) == _NOTHING:
        start += 1
    while start < end and answer.what_ends_before(group[end - 1].end) == _NOTHING:
        if _is_heading(group[end - 1], answer, example):
            break
        end -= 1
    return group[start:end]


def _is_heading(found: _Found, answer: _Answer, example: _Example) -> bool:
    """Whether this is the example's heading, with the partner's words in the same line."""
    if not example.heading or (found.start, found.sentence) != (0, 0):
        return False
    return answer.between(found.end).lstrip().startswith(":")


# How much of the example stands.


def _is_partly(example: _Example, answer: _Answer, standing: Sequence[_Found]) -> bool:
    """Whether enough of an example stands in an answer, by the rule that the module states."""
    if sum(len(example.sentences[each.sentence].words) for each in standing) >= _SENTENCES:
        return True
    if len({each.sentence for each in standing}) == len(example.sentences):
        return True
    if any(_is_bullet(example, answer, standing, at) for at in range(len(standing))):
        return True
    if not standing and not example.may_have_runs_in(answer.words):
        return False
    return _is_most(_words_standing(example, answer, standing), example.words)


def _is_bullet(example: _Example, answer: _Answer, standing: Sequence[_Found], at: int) -> bool:
    """Whether the sentences from here on are a bullet of the example, in lines of their own."""
    bullet = example.sentences[standing[at].sentence].bullet
    sentences = [number for number, sentence in enumerate(example.sentences) if sentence.bullet == bullet]
    group = standing[at : at + len(sentences)]
    return (
        [each.sentence for each in group] == sentences
        and sum(len(example.sentences[number].words) for number in sentences) >= _BULLET
        and all(before.end == after.start for before, after in pairwise(group))
        and answer.what_ends_before(group[0].start) == _LINE_END
        and answer.what_ends_before(group[-1].end) == _LINE_END
    )


def _words_standing(example: _Example, answer: _Answer, standing: Sequence[_Found]) -> int:
    """Return how many words of an example stand in an answer, in runs; each counts once."""
    stands = bytearray(len(example.words))
    start = 0
    for each in standing:
        sentence = example.sentences[each.sentence]
        stands[sentence.first : sentence.first + len(sentence.words)] = b"\1" * len(sentence.words)
        _mark_runs(example, answer.words[start : each.start], stands)
        start = each.end
    _mark_runs(example, answer.words[start:], stands)
    return sum(stands)


def _mark_runs(example: _Example, words: Sequence[str], stands: bytearray) -> None:
    """Mark which words of an example stand among words of an answer; those marked before are taken."""
    behind = 0
    for at, run in enumerate(_runs(words)):
        if at < behind or run not in example.runs:
            continue
        free = [place for place in example.runs[run] if not stands[place]]
        if free:
            length, place = max((_length_of_run(example.words, place, words, at), -place) for place in free)
            stands[-place : -place + length] = b"\1" * length
            behind = at + length


def _length_of_run(example: Sequence[str], place: int, words: Sequence[str], at: int) -> int:
    """Return how many words are the same in both, from a place in each."""
    most = min(len(example) - place, len(words) - at)
    return next((length for length in range(most) if example[place + length] != words[at + length]), most)


# What is whose.


def _without_remarked(standing: Sequence[_Found], answer: _Answer) -> list[_Found]:
    """Return the sentences that have no remark of a few words beside them in their line: "ja", "nog niet", "???".

    Such a remark is about the sentence, mostly the one before it, and cannot be read without.
    """
    remarked: set[_Found] = set()
    for before, after in pairwise([None, *standing, None]):
        start = 0 if before is None else before.end
        end = len(answer.words) if after is None else after.start
        if start == end:
            continue
        if before is not None and _is_remark(answer, start, range(start + 1, end + 1)):
            remarked.add(before)
        elif after is not None and _is_remark(answer, end, range(end - 1, start - 1, -1)):
            remarked.add(after)
    return [each for each in standing if each not in remarked]


def _is_remark(answer: _Answer, edge: int, words: range) -> bool:
    """Whether what the partner wrote beside a sentence, in its line, is a few words and no part of a sentence.

    Args:
        answer: They stand in it.
        edge: The word before which the one meets the other.
        words: Before which of the partner's the line may begin or end, going away from the edge.
    """
    if answer.what_ends_before(edge) == _LINE_END:
        return False
    return any(
        answer.what_ends_before(word) == _LINE_END and (word == words[-1] or answer.begins_anew(word))
        for word in words[: _RUN - 1]
    )


def _passages(text: str, answer: _Answer, standing: Iterable[_Found]) -> Iterator[Passage]:
    """Yield the passages of a text, given the sentences of the example that stand in its beginning."""
    done = 0
    for group in _groups(standing):
        start, last = answer.cut_before(group[0].start), group[-1].end
        if done < start:
            yield Passage(text[done:start], is_example=False)
        done = len(answer.text) if last == len(answer.words) else answer.cut_before(last)
        yield Passage(text[start:done], is_example=True)
    if done < len(text):
        yield Passage(text[done:], is_example=False)


def _own_words(passages: Sequence[Passage]) -> str:
    if not any(passage.is_example for passage in passages):
        return "".join(passage.text for passage in passages)
    parts: list[str] = []
    between = ""
    for passage in passages:
        before, core, after = (passage.text, "", "") if passage.is_example else _split_remnants(passage.text)
        between += before
        if core:
            if parts:
                parts.append("\n" if _LINE_BREAK.search(between) else " ")
            parts.append(core)
            between = after
    return "".join(parts)


def _split_remnants(text: str) -> tuple[str, str, str]:
    """Return a text in three: lines without a word, what was said, and lines without a word."""
    lines = text.splitlines(keepends=True)
    saying = [at for at, line in enumerate(lines) if _WORD_PATTERN.search(line)]
    if not saying:
        return text, "", ""
    first, last = saying[0], saying[-1] + 1
    core = "".join(lines[first:last])
    return "".join(lines[:first]), core.strip(), core[len(core.rstrip()) :] + "".join(lines[last:])
