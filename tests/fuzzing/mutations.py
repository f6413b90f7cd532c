"""Changes to inputs, the same ones for the same seed: for runs without Atheris, and words that it would not guess."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

# What breaks programs that read text: ends of lines and files, directions, halves, joiners, quotes, formulas.
_ODD = (
    *(b"\0", b"\t", b"\r", b"\n", b"\r\n", b"\x0b", b"\x0c", b"\x1b", b"\x1c", b"\x7f", b"\xff", b"\xc3"),
    *(b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xed\xb0\x80"),
    *map(
        str.encode,
        "\x85\xa0\xad\u0301\u05d0\u0627\u0661\u200b\u200d\u200f\u2028\u2029\u202e\u2067\u3000\ufffe\ufffd",
    ),
    *map(str.encode, "İßﬁ\"'\\=-@<&{}[]()%#/."),
    *map(
        str.encode,
        ("+1", "\U0001f468\u200d\U0001f469", "0", "-0", "1e999", "9" * 40, "-1", "65536", "NaN", "Infinity"),
    ),
)
_MOST_CHANGES = 4
_LONGEST_PIECE = 64
_MOST_REPEATS = 40


def changed(data: bytes, most: int, seed: int, words: Sequence[bytes] = ()) -> bytes:
    """Return an input with a few changes: pieces put in, left out, doubled, moved; bytes other than they were.

    Args:
        data: The input.
        most: How many bytes may come out.
        seed: The same seed makes the same changes.
        words: What the part that is given the input knows: keywords, signs.
    """
    chance = Random(seed)  # noqa: S311 - nothing is kept secret by it
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        start = chance.randint(0, len(data))
        end = min(start + chance.randint(0, _LONGEST_PIECE), len(data))
        data = data[:start] + _instead(data[start:end], data, chance, words) + data[end:]
    return data[:most]


def _instead(piece: bytes, data: bytes, chance: Random, words: Sequence[bytes]) -> bytes:
    """Return what comes in the place of a piece of an input."""
    start = chance.randint(0, len(data))
    ways: list[Callable[[], bytes]] = [
        lambda: b"",
        lambda: piece * chance.randint(2, _MOST_REPEATS),
        lambda: chance.randbytes(chance.randint(1, 4)) + piece[1:],
        lambda: bytes(byte ^ 1 << chance.randrange(8) for byte in piece[:1]) + piece[1:],
        lambda: piece + data[start : start + chance.randint(1, _LONGEST_PIECE)],
        lambda: chance.choice(_ODD) + piece,
        lambda: chance.choice(words or _ODD) + piece,
        lambda: chance.choice(words or _ODD),
    ]
    return chance.choice(ways)()


def knowing(*words: str | bytes) -> Callable[[bytes, int, int], bytes]:
    """Return a function that changes inputs as `changed` does, and knows words."""
    known = [word.encode() if isinstance(word, str) else word for word in words]
    return lambda data, most, seed: changed(data, most, seed, known)
