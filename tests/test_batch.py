"""Many files: in order, side by side or not, and one that is broken hurts nobody."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import veldpdf
from veldpdf import batch, returned_file
from veldpdf.batch import ReadingOptions, labels_for, read_files
from veldpdf.cache import open_cache
from veldpdf.definition import load_form
from veldpdf.isolation import IsolatedWorkers
from veldpdf.limits import Limits
from veldpdf.model import Status
from veldpdf.returned_file import FileRead, LabelledPath


def processes() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty filled worksheets, one of them no PDF at all."""
    made = tmp_path_factory.mktemp("retour")
    template = veldpdf.Template.open()
    for number in range(50):
        (made / f"{number:02}.pdf").write_bytes(template.fill({"Veld01": f"antwoord {number}"}))
    (made / "17.pdf").write_bytes(b"geen pdf")
    return made


@pytest.mark.parametrize("start", [None, ThreadPoolExecutor, processes], ids=["here", "threads", "processes"])
def test_submissions_come_in_the_order_of_the_files(start: Callable[[], Executor] | None, folder: Path) -> None:
    paths = sorted(folder.glob("*.pdf"), reverse=True)
    if start is None:
        submissions = list(veldpdf.read_many(paths))
    else:
        with start() as executor:
            submissions = list(veldpdf.read_many(paths, executor=executor))
    assert [submission.source for submission in submissions] == [path.name for path in paths]
    assert [one.source for one in submissions if one.status is not Status.READ] == ["17.pdf"]
    assert submissions[0].answers["Veld01"].text == "antwoord 49"


def test_workers_of_our_own_give_the_same(folder: Path) -> None:
    paths, options = sorted(folder.glob("*.pdf")), ReadingOptions(form=load_form())
    assert list(read_files(paths, options, jobs=2)) == list(read_files(paths, options, jobs=1))


def test_a_file_that_vanishes_is_a_submission_that_says_so(tmp_path: Path) -> None:
    (submission,) = veldpdf.read_many([tmp_path / "weg.pdf"])
    assert submission.status is Status.UNREADABLE
    assert submission.warnings


def test_calling_ten_thousand_files_takes_no_time() -> None:
    """Comparing each with all others took 15 seconds, before the first was read."""
    begin = time.perf_counter()
    labels = labels_for([Path(f"retour/{number}/werkblad.pdf") for number in range(10_000)])
    assert (labels[7], len(set(labels))) == ("7/werkblad.pdf", 10_000)
    assert time.perf_counter() - begin < 3


@pytest.mark.parametrize(
    ("paths", "labels"),
    [
        (["a/x.pdf", "a/y.pdf"], ["x.pdf", "y.pdf"]),
        (["a/x.pdf", "b/x.pdf", "b/y.pdf"], ["a/x.pdf", "b/x.pdf", "y.pdf"]),
        (["p/a/x.pdf", "q/a/x.pdf"], ["p/a/x.pdf", "q/a/x.pdf"]),
    ],
)
def test_files_are_called_by_as_much_as_tells_them_apart(paths: list[str], labels: list[str]) -> None:
    assert labels_for([Path(path) for path in paths]) == labels


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What workers are given, by its label."""
    submit = IsolatedWorkers.submit
    labels: list[str] = []

    def counted(workers: IsolatedWorkers[LabelledPath, FileRead], task: LabelledPath) -> object:
        labels.append(task[1])
        return submit(workers, task)

    monkeypatch.setattr(IsolatedWorkers, "submit", counted)
    return labels


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The worker processes that are started."""
    start = subprocess.Popen
    programs: list[str] = []

    def counted(program: list[str], **more: Any) -> subprocess.Popen[bytes]:
        programs.append(program[-1])
        return start(program, **more)

    monkeypatch.setattr(subprocess, "Popen", counted)
    return programs


def spoil(cache: Path) -> None:
    """Put something else in the place of all entries."""
    for entry in cache.rglob("*"):
        if entry.is_file() and entry.name != "CACHEDIR.TAG":
            entry.write_bytes(b"nothing of use")


def test_what_was_kept_needs_no_worker_and_what_is_of_no_use_gets_one(
    folder: Path, tmp_path: Path, given: list[str], started: list[str]
) -> None:
    paths = sorted(folder.iterdir())[16:19]
    options = ReadingOptions(form=load_form(), cache=open_cache(tmp_path / "cache", form=load_form()))
    first = list(read_files(paths, options))
    given.clear()
    assert list(read_files(paths, options)) == first
    assert given == ["17.pdf"], "what could not be read is read again: the cause may have passed"
    kept = [path for path in paths if path.name != "17.pdf"]
    started.clear()
    assert [each.source for each in read_files(kept, options)] == [path.name for path in kept]
    assert started == []
    given.clear()
    spoil(tmp_path / "cache")
    assert list(read_files(paths, options)) == first
    assert given == [path.name for path in paths]


def test_a_cache_that_is_spoilt_as_a_whole_costs_no_more_workers_than_one_that_is_empty(
    folder: Path, tmp_path: Path, started: list[str]
) -> None:
    paths = sorted(folder.iterdir(), reverse=True)
    options = ReadingOptions(form=load_form(), cache=open_cache(tmp_path / "cache", form=load_form()))
    first = list(read_files(paths, options, jobs=2))
    assert len(started) <= 2
    started.clear()
    spoil(tmp_path / "cache")
    assert list(read_files(paths, options, jobs=2)) == first
    assert len(started) <= 2
    started.clear()
    # The entries are whole again.
    assert list(read_files([path for path in paths if path.name != "17.pdf"], options, jobs=2))
    assert started == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_what_comes_through_a_pipe_is_not_looked_for_in_the_cache(folder: Path, tmp_path: Path) -> None:
    """It can be read once, and that is for the worker."""
    pipe = tmp_path / "pijp.pdf"
    os.mkfifo(pipe)
    options = ReadingOptions(form=load_form(), cache=open_cache(tmp_path / "cache", form=load_form()))
    writer = threading.Thread(target=lambda: pipe.write_bytes((folder / "01.pdf").read_bytes()), daemon=True)
    writer.start()
    found = list(read_files([pipe, folder / "02.pdf"], options, limits=Limits(seconds=5)))
    assert [(one.source, one.status) for one in found] == [
        ("pijp.pdf", Status.READ),
        ("02.pdf", Status.READ),
    ]
    assert found[0].answers["Veld01"].text == "antwoord 1"


@pytest.mark.parametrize("start", [ThreadPoolExecutor, processes], ids=["threads", "processes"])
def test_an_executor_that_was_shut_down_costs_no_file(start: Callable[[], Executor], folder: Path) -> None:
    paths = sorted(folder.glob("*.pdf"))[:3]
    executor = start()
    executor.shutdown()
    assert [one.source for one in veldpdf.read_many(paths, executor=executor)] == [path.name for path in paths]


def test_results_come_while_the_cache_is_looked_through(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not first all that was kept and then the rest: ten thousand results would lie in memory."""
    paths = sorted(path for path in folder.iterdir() if path.name != "17.pdf")
    options = ReadingOptions(form=load_form(), cache=open_cache(tmp_path / "cache", form=load_form()))
    assert len(list(read_files(paths, options))) == 49
    looked_for: list[str] = []
    kept_of = returned_file.kept_of

    def counted(options: ReadingOptions, task: LabelledPath) -> FileRead | None:
        looked_for.append(task[1])
        return kept_of(options, task)

    monkeypatch.setattr(batch, "kept_of", counted)
    results = read_files(paths, options)
    assert next(results).source == "00.pdf"
    assert looked_for == ["00.pdf"]
    assert len(list(results)) == 48
