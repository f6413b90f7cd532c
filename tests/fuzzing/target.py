"""What a fuzzer runs: one part of veldpdf, given bytes of any kind, with what must hold whatever they are.

The same targets serve the long runs of :mod:`tests.fuzzing` (Atheris, guided by which lines an input reaches) and the
short one in ``tests/test_fuzzing.py``, which needs nothing but Python.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

FOUND = Path(__file__).parent / "found"
"""A folder per target, with the inputs that once broke it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One part of veldpdf and what must hold of it.

    Attributes:
        name: What it is called on the command line, and its folder under ``found``.
        run: Gives the bytes to that part. Raises AssertionError where something does not hold; a
            :class:`~veldpdf.errors.VeldpdfError` is an answer like any other, so none may come out.
        seeds: Small inputs to start from, the same ones each time.
        mutate: Changes an input in a way that knows its structure: the input, the most bytes that may come out, and
            a seed. The same three give the same bytes. None leaves it to changes of single bytes.
        seconds: How long one execution may take.
        megabytes: How much memory the process may hold.
        changes: How many changed inputs the tests give it each time.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    mutate: Callable[[bytes, int, int], bytes] | None = None
    seconds: float = 5.0
    megabytes: int = 1024
    changes: int = 1000

    def found(self) -> list[Path]:
        """The inputs that once broke it, in the order of their names."""
        return sorted(path for path in (FOUND / self.name).glob("*") if path.is_file())
