"""What one file may take, and why there is no result of one that takes more. See `veldpdf.isolation`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Failure(Enum):
    """Why there is no result."""

    TIME = auto()
    MEMORY = auto()
    CRASH = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one task may take.

    Attributes:
        seconds: Time.
        megabytes: Memory beside what the worker itself takes. Only Linux holds a process to it.
    """

    seconds: float = 60.0
    megabytes: int = 1024
