"""What a run that was killed left beside its output goes, and nothing else does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from veldpdf import scratch
from veldpdf.errors import OutputExistsError
from veldpdf.files import write_files

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="needs a mark of this computer")
HOUR = 3600


def ended() -> int:
    """Return the number of a process that no longer runs."""
    done = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], check=True, capture_output=True
    )
    return int(done.stdout)


def left_by(process: int, folder: Path, *, suffix: str = ".part", hours: float = 0) -> Path:
    """Leave a scratch file of a process of this computer, that is so many hours old."""
    name = scratch.prefix().replace(f"-{os.getpid()}-", f"-{process}-")
    return aged(folder / f"{name}abcd_123{suffix}", hours)


def aged(path: Path, hours: float = 0) -> Path:
    path.write_bytes(b"een antwoord")
    moment = path.stat().st_mtime - hours * HOUR
    os.utime(path, (moment, moment))
    return path


def write(folder: Path) -> None:
    write_files({folder / "uit.json": b"{}"}, overwrite=True)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@on_linux
@pytest.mark.parametrize("suffix", [".part", ".old.part"])
def test_what_a_process_left_that_no_longer_runs_goes(tmp_path: Path, suffix: str) -> None:
    left_by(ended(), tmp_path, suffix=suffix)
    write(tmp_path)
    assert names_in(tmp_path) == ["uit.json"]


@on_linux
@pytest.mark.parametrize("process", [os.getpid, os.getppid, lambda: 1], ids=["this", "its parent", "the first"])
def test_what_a_process_may_still_be_writing_stays(tmp_path: Path, process: object) -> None:
    left = left_by(process(), tmp_path, hours=23)  # type: ignore[operator]
    write(tmp_path)
    assert left.exists()


def test_what_another_computer_or_an_older_version_left_stays_for_a_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The kernel sets when a file was last changed in any way; only a copy of the clock can be older.
    monkeypatch.setattr(scratch, "_DAY", -1)
    for name in (f".veldpdf-{'0' * 12}-{ended()}-abcd_123.part", ".veldpdf-abcd_123.part"):
        aged(tmp_path / name)
    write(tmp_path)
    assert names_in(tmp_path) == ["uit.json"]
    monkeypatch.undo()
    monkeypatch.setattr(scratch, "_swept", set())
    kept = [
        aged(tmp_path / f".veldpdf-{'0' * 12}-{ended()}-abcd_123.part"),
        aged(tmp_path / ".veldpdf-abcd_123.part"),
    ]
    write(tmp_path)
    assert all(path.exists() for path in kept)


def test_the_backup_of_an_old_file_is_as_young_as_its_name(tmp_path: Path) -> None:
    """A run that is just replacing several files keeps what lay there as links, however old that is."""
    old = aged(tmp_path / "rapport.pdf", 10_000)
    link = tmp_path / f".veldpdf-{'0' * 12}-1-abcd_123.old.part"
    os.link(old, link)
    write(tmp_path)
    assert link.exists()


@pytest.mark.parametrize(
    "name",
    [
        ".veldpdf-abcd_123",
        ".veldpdf-notes.part",
        "veldpdf-abcd_123.part",
        ".veldpdf-abcd_123.part.pdf",
        "x.veldpdf-abcd_123.part",
        ".veldpdf-abcd_1234.part",
    ],
)
def test_what_is_called_otherwise_stays(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_DAY", -1)
    aged(tmp_path / name, 10_000)
    write(tmp_path)
    assert (tmp_path / name).exists()


@pytest.mark.skipif(os.name != "posix", reason="links, and other things that are no files")
def test_what_is_no_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_DAY", -1)
    (tmp_path / "in").mkdir()
    target = aged(tmp_path / "in" / "antwoord.pdf")
    (tmp_path / ".veldpdf-abcd_123.part").symlink_to(target)
    (tmp_path / ".veldpdf-abcd_124.part").mkdir()
    os.mkfifo(tmp_path / ".veldpdf-abcd_125.part")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / ".veldpdf-abcd_126.part"))
    before = names_in(tmp_path)
    write(tmp_path)
    assert names_in(tmp_path) == [*before, "uit.json"]
    assert target.read_bytes() == b"een antwoord"


@on_linux
def test_another_users_file_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = left_by(ended(), tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: left.stat().st_uid + 1)
    write(tmp_path)
    assert left.exists()


@on_linux
def test_a_folder_is_looked_through_once_by_a_run(tmp_path: Path) -> None:
    """Prefilling for a thousand partners writes a thousand times."""
    write(tmp_path)
    left = left_by(ended(), tmp_path)
    write(tmp_path)
    assert left.exists()


@on_linux
def test_where_nothing_is_written_nothing_goes(tmp_path: Path) -> None:
    (tmp_path / "uit.json").write_bytes(b"oud")
    left = left_by(ended(), tmp_path)
    with pytest.raises(OutputExistsError):
        write_files({tmp_path / "uit.json": b"{}"}, overwrite=False)
    assert left.exists()


# Stops in the moment before the outputs take their places.
_KILLED = """
import os, signal
from pathlib import Path
from veldpdf import files
files._Placing.place = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
files.write_files({Path("uit.json"): b"{}", Path("uit.md"): b"#"}, overwrite=True)
"""


@on_linux
def test_the_run_after_one_that_was_killed_cleans_up_after_it(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", _KILLED], cwd=tmp_path, env=environment, check=False)
    assert done.returncode == -9
    left = names_in(tmp_path)
    assert len(left) == 2
    assert all(name.startswith(scratch.PREFIX) and name.endswith(scratch.SUFFIX) for name in left)
    write(tmp_path)
    assert names_in(tmp_path) == ["uit.json"]
