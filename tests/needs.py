"""What a test does when a program that it needs is missing."""

from __future__ import annotations

import os
import shutil

import pytest


def need(reason: str | None) -> None:
    """Go on if there is no reason not to; else skip on a user's machine, and fail in CI.

    Args:
        reason: One line that says what is missing, or None.
    """
    if reason is None:
        return
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def need_program(name: str) -> None:
    """Go on if a program is on the path."""
    need(None if shutil.which(name) else f"{name} is not installed")
