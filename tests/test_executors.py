"""Limits for files that are read in somebody else's executor: one that hangs takes no process of it along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT
from tests.test_isolation import SAMPLE, workers_of
from veldpdf import executors
from veldpdf.batch import ReadingOptions, read_files
from veldpdf.definition import load_form
from veldpdf.limits import Limits
from veldpdf.model import Status, Submission

OPTIONS = ReadingOptions(form=load_form())
LIMITS = Limits(seconds=2, megabytes=300)

# What Python runs first in each process: by its name a file hangs, crashes or takes all memory there is.
_MISBEHAVING = """
import os, time
import veldpdf.returned_file as returned_file
read_file = returned_file.read_file

def misbehaving(path, options, **more):
    if "hangs" in path.name:
        time.sleep(600)
    if "crashes" in path.name:
        os.abort()
    if "swells" in path.name:
        list(bytearray(1_000_000) for _ in range(100_000))
    return read_file(path, options, **more)

returned_file.read_file = misbehaving
"""


@pytest.fixture
def misbehaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "first"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_MISBEHAVING, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


@pytest.fixture(autouse=True)
def none_kept() -> Any:
    """Stop the workers that this process keeps, before and after."""
    executors._kept.close()
    yield
    executors._kept.close()


def files(folder: Path, *names: str) -> list[Path]:
    """Return copies of a returned worksheet under these names."""
    folder.mkdir()
    return [Path(shutil.copy(SAMPLE, folder / f"{name}.pdf")) for name in names]


def told(submissions: list[Submission]) -> list[tuple[str, Status, str]]:
    return [
        (one.source, one.status, str(one.warnings[0]).split(",")[0] if one.status is Status.UNREADABLE else "")
        for one in submissions
    ]


def spawned() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def forked() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("fork"))


KINDS = [
    ThreadPoolExecutor,
    spawned,
    pytest.param(forked, marks=pytest.mark.skipif(sys.platform != "linux", reason="no safe fork")),
]


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize("start", KINDS, ids=["threads", "spawned", "forked"])
def test_each_bad_file_is_unreadable_and_all_others_come_in_order(
    start: Callable[[], Executor], tmp_path: Path
) -> None:
    names = ["een", "hangs", "twee", "crashes", "drie", "swells", "vier"]
    begun = time.monotonic()
    with start() as executor:
        found = list(read_files(files(tmp_path / "in", *names), OPTIONS, executor=executor, limits=LIMITS))
    assert time.monotonic() - begun < 20
    assert told(found) == [
        ("een.pdf", Status.READ, ""),
        (
            "hangs.pdf",
            Status.UNREADABLE,
            "Reading this file took longer than 2 seconds and was stopped. Look at it yourself",
        ),
        ("twee.pdf", Status.READ, ""),
        ("crashes.pdf", Status.UNREADABLE, "Reading this file brought the reader down"),
        ("drie.pdf", Status.READ, ""),
        (
            "swells.pdf",
            Status.UNREADABLE,
            "Reading this file takes more memory than 300 MB and was stopped. Look at it yourself",
        ),
        ("vier.pdf", Status.READ, ""),
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_process_keeps_one_worker_from_file_to_file_and_none_when_it_ends(tmp_path: Path) -> None:
    paths = files(tmp_path / "in", *map(str, range(12)))
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        process = pool.submit(os.getpid).result()
        seen: set[frozenset[int]] = set()
        for _ in range(2):
            found = list(read_files(paths, OPTIONS, executor=pool, limits=LIMITS))
            assert [one.status for one in found] == [Status.READ] * 12
            seen.add(frozenset(workers_of(process)))
        (workers,) = seen
        assert len(workers) == 1
    gone = time.monotonic() + 5
    while (left := [each for each in workers if Path(f"/proc/{each}").exists()]) and time.monotonic() < gone:
        time.sleep(0.05)
    assert left == []


@pytest.mark.skipif(sys.platform != "linux", reason="no safe fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_process_that_is_a_copy_of_this_one_starts_workers_of_its_own(tmp_path: Path) -> None:
    """Those of this one it has only in name: the threads that talk to them were not copied."""
    paths = files(tmp_path / "in", "een", "twee", "drie")
    with ThreadPoolExecutor(1) as executor:
        here = list(read_files(paths, OPTIONS, executor=executor, limits=LIMITS))
    with forked() as executor:
        assert list(read_files(paths, OPTIONS, executor=executor, limits=LIMITS)) == here


def test_another_run_gets_workers_that_read_in_its_way(tmp_path: Path) -> None:
    paths = files(tmp_path / "in", "een", "twee")
    named = ReadingOptions(form=load_form(), partners={"een.pdf": "De club"})
    with ThreadPoolExecutor(1) as executor:
        for options, name in ((OPTIONS, "GGD"), (named, "De club"), (OPTIONS, "GGD")):
            first, _ = read_files(paths, options, executor=executor, limits=LIMITS)
            assert (first.partner == "De club") is (name == "De club")


def test_two_runs_at_the_same_time_do_not_stop_each_others_workers(tmp_path: Path) -> None:
    paths = files(tmp_path / "in", *map(str, range(20)))
    named = ReadingOptions(form=load_form(), partners={f"{number}.pdf": "De club" for number in range(20)})
    found: dict[str, list[str]] = {}
    with ThreadPoolExecutor(2) as executor:

        def run(name: str, options: ReadingOptions) -> None:
            read = read_files(paths, options, executor=executor, limits=LIMITS)
            found[name] = [one.partner if one.status is Status.READ else "?" for one in read]

        threads = [threading.Thread(target=run, args=given) for given in (("plain", OPTIONS), ("named", named))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert set(found["named"]) == {"De club"}
    assert not {"De club", "?"} & set(found["plain"])


def test_where_no_process_can_be_started_files_are_read_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(subprocess, "Popen", refuse)
    paths = files(tmp_path / "in", "een", "twee", "drie")
    with ThreadPoolExecutor(1) as executor:
        found = list(read_files(paths, OPTIONS, executor=executor, limits=LIMITS))
    assert [one.status for one in found] == [Status.READ] * 3


def test_without_limits_no_worker_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file may take is then the executor's affair, as its owner may want it."""
    started: list[object] = []
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **_: started.append(given))
    paths = files(tmp_path / "in", "een", "twee")
    with ThreadPoolExecutor(1) as executor:
        found = list(read_files(paths, OPTIONS, executor=executor))
    assert [one.status for one in found] == [Status.READ] * 2
    assert started == []


_SCRIPT = """
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from veldpdf.batch import ReadingOptions, read_files
from veldpdf.definition import load_form
from veldpdf.limits import Limits
paths = [Path({path!r})] * 3
with ThreadPoolExecutor(1) as executor:
    found = read_files(paths, ReadingOptions(form=load_form()), executor=executor, limits=Limits())
    print(*[one.status for one in found])
"""


def test_a_script_ends_though_workers_are_kept(tmp_path: Path) -> None:
    script = _SCRIPT.format(path=str(SAMPLE))
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert (done.stdout, done.stderr) == ("read read read\n", "")
