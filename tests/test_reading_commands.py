"""What all commands that read returned files have in common: which files, and what is told of the cache."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from veldpdf import batch
from veldpdf.cache import open_cache
from veldpdf.definition import load_form
from veldpdf.model import Submission


@pytest.fixture
def desk(tmp_path: Path, returned: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a folder of returned worksheets in it."""
    (tmp_path / "retour").mkdir()
    for name in ("ggd.pdf", "sportclub.pdf", "basisschool.pdf"):
        shutil.copy(returned / name, tmp_path / "retour")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def vanishing(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take the folder away as soon as all in it was read."""
    read_files = batch.read_files

    def read(*given: Any, **more: Any) -> Iterator[Submission]:
        yield from read_files(*given, **more)
        shutil.rmtree(desk / "retour")

    monkeypatch.setattr(batch, "read_files", read)


@pytest.mark.usefixtures("vanishing")
def test_a_report_is_made_though_the_files_are_gone_by_then(run: Run, desk: Path) -> None:
    told = run("--lang", "en", "merge", "retour", "--annex", "-o", "uit.pdf")
    assert (told.status, told.out) == (1, "")
    lines = told.err.splitlines()
    assert lines[0] == "Written: uit.pdf."
    assert [line for line in lines if "behind the report" in line] == [
        f"{name}.pdf: its pages do not stand behind the report: the file that it was read from is not among those"
        " given."
        for name in ("basisschool", "ggd", "sportclub")
    ]
    assert (desk / "uit.pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.usefixtures("vanishing")
def test_letters_are_written_though_the_files_are_gone_by_then(run: Run, desk: Path) -> None:
    told = run("--lang", "en", "check", "retour", "--letters", "brieven")
    assert told.status == 1
    assert len(list((desk / "brieven").glob("*.txt"))) == 2


@pytest.mark.usefixtures("desk")
def test_letters_replace_nothing_that_was_read(run: Run, desk: Path) -> None:
    run("--lang", "en", "check", "retour", "--letters", "brieven")
    (letter, _) = sorted((desk / "brieven").glob("*.txt"))
    content = (desk / "retour" / "sportclub.pdf").read_bytes()
    for each in (desk / "brieven").glob("*.txt"):
        each.write_bytes(content)
    told = run(
        *("--lang", "en", "check", "retour", letter.relative_to(desk), "--letters", "brieven", "--force")
    )
    assert told.status == 2
    assert "this file is an input; it cannot be the output as well" in told.err
    assert letter.read_bytes() == content


@pytest.fixture
def blocked(desk: Path) -> Path:
    """A cache in which nothing can be kept: a file lies where each of its folders should be."""
    cache = desk / "bewaard"
    open_cache(cache, form=load_form())
    for number in range(256):
        (cache / f"{number:02x}").write_bytes(b"")
    return cache


PROBLEM = "bewaard: what was read cannot be kept here for the next run: part of the path is no folder."


@pytest.mark.usefixtures("blocked")
@pytest.mark.parametrize("paths", [["retour"], ["retour/ggd.pdf"]], ids=["in workers", "here"])
@pytest.mark.parametrize("command", ["extract", "check", "merge"])
def test_that_nothing_can_be_kept_is_told_once_at_the_end(run: Run, command: str, paths: list[str]) -> None:
    more = ["-o", "uit.json"] if command == "merge" else []
    told = run("--lang", "en", command, *paths, *more, "--cache", "bewaard")
    plain = run("--lang", "en", command, *paths, *more, *(["--force"] if more else []))
    assert told.err.splitlines() == [PROBLEM, *plain.err.splitlines()]
    assert (told.status, told.out) == (plain.status, plain.out)


@pytest.mark.usefixtures("desk")
def test_of_a_cache_that_can_keep_everything_nothing_is_told(run: Run) -> None:
    assert run("--lang", "en", "extract", "retour", "--cache", "bewaard").err == ""
    assert run("--lang", "en", "extract", "retour", "--cache", "bewaard").err == ""
