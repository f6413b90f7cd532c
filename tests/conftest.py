"""Fixtures that any test may ask for."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from hypothesis import settings

from veldpdf.cli import main

# A busy machine is slow at times; how long a single example takes tells nothing.
settings.register_profile("veldpdf", deadline=None)
settings.load_profile("veldpdf")

ROOT = Path(__file__).parents[1]


@pytest.fixture
def template() -> Path:
    """The embedded worksheet, with its examples standing in it."""
    return ROOT / "forms" / "bouwsteen-3a.pdf"


@pytest.fixture
def returned() -> Path:
    """Folder of six worksheets, saved by real engines: ``ggd.pdf`` is complete, the others are not."""
    return ROOT / "samples" / "returned"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test depends on the language of the machine, nor leaves another one behind."""
    for variable in ("LC_ALL", "LC_MESSAGES", "VELDPDF_DEBUG"):
        monkeypatch.delenv(variable, raising=False)
    # Set, not deleted: what `main` makes of it is then undone as well.
    monkeypatch.setenv("LANGUAGE", "")
    monkeypatch.setenv("LANG", "C.UTF-8")
    domain = gettext.textdomain()
    yield
    gettext.textdomain(domain)


class Outcome(NamedTuple):
    """What a command did."""

    status: int
    out: str
    err: str


class Run(Protocol):
    """The command line, in this process."""

    def __call__(self, *arguments: object) -> Outcome: ...


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command: what stands behind ``veldpdf``."""

    def run_(*arguments: object) -> Outcome:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        return Outcome(status, *capsys.readouterr())

    return run_
