"""The bytes of an input, taken apart into what a part of veldpdf is given: numbers first, texts behind them.

Texts end at a byte that UTF-8 never has, so a person can read an input and write one by hand, and a fuzzer that
changes a byte changes one thing. What is no UTF-8 becomes halves of surrogate pairs: such texts come in from odd file
names and cut-off emoji, and must be borne.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_END_OF_TEXT = b"\xff"

_Any = TypeVar("_Any")


class Feed:
    """An input, from its beginning to its end; behind its end there are zeros and empty texts."""

    def __init__(self, data: bytes) -> None:
        self._left = data

    def number(self, most: int) -> int:
        """Return a whole number from 0 to a most of at most 65,535."""
        taken, self._left = self._left[:2], self._left[2:]
        return int.from_bytes(taken, "big") % (most + 1)

    def flag(self) -> bool:
        """Return true or false."""
        return bool(self.number(1))

    def one_of(self, these: Sequence[_Any]) -> _Any:
        """Return one of some values."""
        return these[self.number(len(these) - 1)]

    def part(self) -> bytes:
        """Return the bytes up to where a text ends."""
        taken, _, self._left = self._left.partition(_END_OF_TEXT)
        return taken

    def text(self) -> str:
        """Return the next text."""
        return text_of(self.part())

    def texts(self) -> list[str]:
        """Return all texts that are left."""
        left = self.rest()
        return list(map(text_of, left.split(_END_OF_TEXT))) if left else []

    def rest(self) -> bytes:
        """Return all that is left."""
        taken, self._left = self._left, b""
        return taken


def text_of(raw: bytes) -> str:
    """Return bytes as a text: any text but one with halves of pairs that are not written as UTF-8 has them."""
    return raw.decode("utf-8", "surrogateescape")


def fed(*parts: int | str | bytes) -> bytes:
    """Return the input that a `Feed` takes apart into these numbers and texts."""
    numbers = b"".join(part.to_bytes(2, "big") for part in parts if isinstance(part, int))
    texts = [part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part for part in parts
             if not isinstance(part, int)]  # fmt: skip
    return numbers + _END_OF_TEXT.join(texts)
