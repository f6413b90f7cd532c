"""What every printing program has in common."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 120
"""Seconds that a program may take; LibreOffice needs ten the first time."""


class PrinterError(Exception):
    """A program did not print; the message never holds the text of an answer."""

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(f"{program}: {reason}")


@dataclass(frozen=True, slots=True)
class Printer:
    """One program that makes a PDF without form fields of a filled one.

    Attributes:
        name: What tests call it.
        use: Where it is met.
        print: Takes a filled PDF, and returns the printed one.
        missing: One line that says what to install, or None when the program is there.
    """

    name: str
    use: str
    print: Callable[[bytes], bytes]
    missing: Callable[[], str | None]


def run(command: Sequence[str | Path]) -> None:
    """Run a program to its end."""
    name = Path(command[0]).name
    try:
        subprocess.run([str(part) for part in command], capture_output=True, timeout=TIMEOUT, check=True)
    except subprocess.TimeoutExpired as exc:
        raise PrinterError(name, f"gave no answer in {TIMEOUT} seconds") from exc
    except subprocess.CalledProcessError as exc:
        raise PrinterError(name, f"exit status {exc.returncode}") from exc
