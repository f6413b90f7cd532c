"""Files that hang, crash or swell: they stop neither the run nor each other."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

import veldpdf
from veldpdf.batch import ReadingOptions, read_files
from veldpdf.definition import load_form
from veldpdf.limits import Limits
from veldpdf.model import Status, Submission

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "returned" / "ggd.pdf"
OPTIONS = ReadingOptions(form=load_form())

# What Python runs first in each worker: by its name a file hangs, crashes or takes all memory there is.
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
    if "breaks" in path.name:
        raise RuntimeError(path)
    return read_file(path, options, **more)

returned_file.read_file = misbehaving
"""


@pytest.fixture
def misbehaving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make files misbehave in worker processes, by their names."""
    folder = tmp_path / "first"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_MISBEHAVING, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


def files(folder: Path, *names: str) -> list[Path]:
    """Return copies of a returned worksheet under these names."""
    folder.mkdir()
    return [Path(shutil.copy(SAMPLE, folder / f"{name}.pdf")) for name in names]


def read(paths: list[Path], **more: object) -> list[Submission]:
    return list(read_files(paths, OPTIONS, **more))  # type: ignore[arg-type]


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize("jobs", [1, 2])
def test_each_bad_file_is_unreadable_and_all_others_are_read_in_order(tmp_path: Path, jobs: int) -> None:
    names = [
        "een",
        "hangs",
        "twee",
        "crashes",
        "drie",
        "swells",
        "vier",
        "breaks",
        "vijf",
        "crashes-too",
        "zes",
    ]
    # So many good ones that two workers are worth while.
    names += [f"meer-{number:02}" for number in range(40)]
    found = read(files(tmp_path / "in", *names), jobs=jobs, limits=Limits(seconds=2, megabytes=300))
    assert [submission.source for submission in found] == [f"{name}.pdf" for name in names]
    reasons = {s.source: str(s.warnings[0]) for s in found if s.status is Status.UNREADABLE}
    assert {source: reason.split(",")[0] for source, reason in reasons.items()} == {
        "hangs.pdf": "Reading this file took longer than 2 seconds and was stopped. Look at it yourself",
        "crashes.pdf": "Reading this file brought the reader down",
        "swells.pdf": "Reading this file takes more memory than 300 MB and was stopped. Look at it yourself",
        "breaks.pdf": "Reading this file brought the reader down",
        "crashes-too.pdf": "Reading this file brought the reader down",
    }
    good = [submission for submission in found if submission.source not in reasons]
    assert {submission.status for submission in good} == {Status.READ}
    assert all(submission.answers == good[0].answers for submission in good)


@pytest.mark.usefixtures("misbehaving")
def test_a_single_file_is_read_apart_when_limits_are_given(tmp_path: Path) -> None:
    (only,) = read(files(tmp_path / "in", "hangs"), limits=Limits(seconds=1))
    assert only.status is Status.UNREADABLE
    assert only.partner == "Hangs"


@pytest.mark.usefixtures("misbehaving")
def test_a_slow_consumer_costs_no_file_its_time(tmp_path: Path) -> None:
    """The clock of a file does not run while nobody asks for results."""
    results = read_files(
        files(tmp_path / "in", *map(str, range(12))), OPTIONS, limits=Limits(seconds=1), jobs=2
    )
    statuses = []
    for submission in results:
        statuses.append(submission.status)
        time.sleep(0.3)
    assert statuses == [Status.READ] * 12


def test_what_comes_out_is_what_reading_here_gives() -> None:
    paths = sorted((ROOT / "samples" / "returned").glob("*.pdf"))
    assert [each.answers for each in read(paths)] == [veldpdf.read(path).answers for path in paths]


def test_a_script_needs_no_guarded_main_part(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import veldpdf\nprint(sum(1 for _ in veldpdf.read_many({[str(SAMPLE)] * 3!r})))\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == "3\n"


def test_no_module_of_the_folder_that_the_user_is_in_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody may have unpacked there what a partner sent."""
    paths = files(tmp_path / "in", "een", "twee")
    for name in ("pikepdf", "json", "veldpdf"):
        (tmp_path / "in" / f"{name}.py").write_text("open('was-run', 'w')", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "in")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert [submission.status for submission in read(paths)] == [Status.READ] * 2
    assert not (tmp_path / "in" / "was-run").exists()


def workers_of(pid: int) -> Iterator[int]:
    """Yield the processes that a process started."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            if int(stat[1]) == pid and stat[0] != "Z":
                yield int(entry.name)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_a_run_that_is_stopped_leaves_no_output_and_no_worker(tmp_path: Path, sent: signal.Signals) -> None:
    files(tmp_path / "in", "een", "hangs", "twee")
    program = [sys.executable, "-m", "veldpdf", "extract", "in", "-o", "uit.json"]
    path = os.pathsep.join([os.environ["PYTHONPATH"], str(ROOT)])
    run = subprocess.Popen(
        program, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 20
    while not (workers := list(workers_of(run.pid))) and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(1)
    begun = time.monotonic()
    run.send_signal(sent)
    _, told = run.communicate(timeout=10)
    assert time.monotonic() - begun < 1.5
    assert workers
    gone = time.monotonic() + 5
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < gone:
        time.sleep(0.05)
    # A worker that hangs in a file ends with its run: nobody is at the other end of its pipe any more.
    if sent is signal.SIGINT:
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)
        assert b"Traceback" not in told
    else:
        for worker in workers:
            os.kill(worker, signal.SIGKILL) if Path(f"/proc/{worker}").exists() else None
    assert not (tmp_path / "uit.json").exists()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["first", "in"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.usefixtures("misbehaving")
def test_a_worker_that_hangs_ends_by_itself_when_its_run_was_killed(tmp_path: Path) -> None:
    files(tmp_path / "in", "hangs", "twee")
    program = [sys.executable, "-m", "veldpdf", "extract", "in", "-o", "uit.json", "--time-limit", "1"]
    path = os.pathsep.join([os.environ["PYTHONPATH"], str(ROOT)])
    run = subprocess.Popen(program, cwd=tmp_path, env={**os.environ, "PYTHONPATH": path})
    deadline = time.monotonic() + 20
    while not (workers := list(workers_of(run.pid))) and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.5)
    run.kill()
    run.wait()
    assert workers
    gone = time.monotonic() + 6
    while any(Path(f"/proc/{worker}").exists() for worker in workers) and time.monotonic() < gone:
        time.sleep(0.05)
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def many_fields(count: int) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        fields = [
            pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Tx, T=pikepdf.String(f"f{number}")))
            for number in range(count)
        ]
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields))
        buffer = io.BytesIO()
        pdf.save(buffer, static_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return buffer.getvalue()


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else holds a process to a limit of memory")
@pytest.mark.parametrize("megabytes", [16, 64, 96])
def test_too_little_memory_is_told_as_such_wherever_it_runs_out(megabytes: int, tmp_path: Path) -> None:
    path = tmp_path / "veel.pdf"
    path.write_bytes(many_fields(100_000))
    (only,) = veldpdf.read_many([path], limits=Limits(megabytes=megabytes))
    assert [str(warning) for warning in only.warnings] == [
        f"Reading this file takes more memory than {megabytes} MB and was stopped. Look at it yourself, or allow it"
        " more with --memory-limit."
    ]


def test_too_little_memory_here_says_nothing_against_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(pikepdf, "open", fail)
    expected = (
        "Reading this file takes more memory than there is. Look at it yourself, or read it on a computer with"
        " more."
    )
    (many,) = veldpdf.read_many([SAMPLE])
    for submission in (veldpdf.read(SAMPLE), veldpdf.read(SAMPLE.read_bytes()), many):
        assert (submission.status, list(submission.warnings)) == (Status.UNREADABLE, [expected])


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize("asked", ["read_many", "read"])
def test_who_calls_from_python_may_set_limits(asked: str, tmp_path: Path) -> None:
    first = Path(os.environ["PYTHONPATH"]) / "sitecustomize.py"
    first.write_text(
        _MISBEHAVING + "returned_file.read_content = lambda *given: time.sleep(600)\n",
        encoding="utf-8",
    )
    (path,) = files(tmp_path / "in", "hangs")
    limits = Limits(seconds=1)
    if asked == "read":
        found = veldpdf.read(path, limits=limits, partner="GGD Noord")
        assert found.partner == "GGD Noord"
    else:
        (found,) = veldpdf.read_many([path], limits=limits)
    assert (found.source, found.status) == ("hangs.pdf", Status.UNREADABLE)
    assert str(found.warnings[0]).startswith("Reading this file took longer than 1 seconds and was stopped.")


def test_what_is_read_within_limits_is_what_is_read_without() -> None:
    assert veldpdf.read(SAMPLE, limits=Limits()) == replace(veldpdf.read(SAMPLE), received=None)


def test_where_no_worker_can_be_started_limits_that_were_asked_for_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(subprocess, "Popen", refuse)
    paths = files(tmp_path / "in", "een", "twee")
    assert [one.status for one in read(paths)] == [Status.READ] * 2
    expected = (
        "This file was not read: this computer cannot start a process that holds reading to the limits. Try again"
        " when it has less to do, or leave out the limits."
    )
    for found in (*read(paths, limits=Limits()), veldpdf.read(paths[0], limits=Limits())):
        assert (found.status, list(found.warnings)) == (Status.UNREADABLE, [expected])


def test_where_no_thread_can_be_started_files_are_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert [one.status for one in read(files(tmp_path / "in", "een", "twee"))] == [Status.READ] * 2
