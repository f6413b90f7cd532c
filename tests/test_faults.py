"""Files and folders that misbehave: each is told in a line, ends soon, and costs no other file its answers."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import BinaryIO, NamedTuple

import pytest

import veldpdf
from tests.conftest import Run
from tests.test_files import looping, names_in, touched
from veldpdf import files
from veldpdf.batch import ReadingOptions, labels_for, read_files
from veldpdf.definition import load_form
from veldpdf.errors import InputError, OutputError
from veldpdf.files import content_mark, read_bytes, write_files
from veldpdf.model import Status
from veldpdf.sources import documents_in, find_files, passed_over
from veldpdf.sources.document import MEGABYTE, Limits

ROOT = Path(__file__).parents[1]
ADVICE = "Check the name, the folder and your rights to it."
NO_FILE = f"this cannot be read: it is a device or a connection, not a file. {ADVICE}"
NO_RIGHT = f"this cannot be read: you have no right to it. {ADVICE}"
SECONDS = 20.0  # a wait without end is what is looked for; a slow machine is not
GIGABYTE = 1024 * MEGABYTE

on_posix = pytest.mark.skipif(os.name != "posix", reason="this system has no such files")

# Starts the command line with less than this process may do. Root reads and writes everywhere; without these two
# capabilities (capabilities(7)) it has no more rights than others to what it owns.
LAUNCH = """
import ctypes, os, resource, sys
without_rights, largest = int(sys.argv[1]), int(sys.argv[2])
if without_rights and os.geteuid() == 0:
    PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0):
            sys.exit(99)
if largest:
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
os.execv(sys.executable, [sys.executable, "-m", "veldpdf", *sys.argv[3:]])
"""


class Told(NamedTuple):
    """What a command that read some files did: its status, what it says of each file, its errors."""

    status: int
    files: dict[str, tuple[str, list[str]]]
    err: list[str]


def command(*arguments: object, without_rights: bool = False, largest: int = 0) -> Told:
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, str(int(without_rights)), str(largest), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "LANGUAGE": "en"},
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode == 99:
        pytest.skip("root may read and write everywhere, and cannot give that up here")
    submissions = json.loads(done.stdout)["submissions"] if done.stdout else []
    return Told(
        done.returncode,
        {each["source"]: (each["status"], each["warnings"]) for each in submissions},
        done.stderr.decode().splitlines(),
    )


def extracted(*arguments: object, without_rights: bool = False, largest: int = 0) -> Told:
    return command("extract", "--lang", "en", *arguments, without_rights=without_rights, largest=largest)


@pytest.fixture
def good(returned: Path, tmp_path: Path) -> Path:
    """A file that can be read, in a folder of its own."""
    folder = tmp_path / "goed"
    folder.mkdir()
    return Path(shutil.copy(returned / "ggd.pdf", folder / "goed.pdf"))


def problem_of(path: Path, limits: Limits | None = None) -> str:
    [document] = documents_in(path, limits or Limits())
    assert document.problem is not None
    return str(document.problem)


@on_posix
class TestWhatIsNoFile:
    @staticmethod
    def a_socket(path: Path) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))

    @staticmethod
    def a_device(path: Path) -> None:
        path.symlink_to("/dev/zero")

    @staticmethod
    def a_terminal(path: Path) -> None:
        path.symlink_to("/dev/ptmx")

    @pytest.mark.parametrize("make", [a_socket, a_device, a_terminal])
    def test_it_is_told_and_the_others_are_read(self, make: Callable[[Path], None], good: Path) -> None:
        odd = good.with_name("a.pdf")
        make(odd)

        assert extracted(odd, good) == (
            1,
            {"a.pdf": ("unreadable", [f"{odd}: {NO_FILE}"]), "goed.pdf": ("read", [])},
            [],
        )

    @pytest.mark.parametrize("make", [a_socket, a_device, a_terminal, os.mkfifo])
    def test_in_a_folder_it_is_left_alone(self, make: Callable[[Path], None], good: Path) -> None:
        make(good.with_name("a.pdf"))
        make(good.with_name("a.docx"))

        assert extracted(good.parent) == (0, {"goed.pdf": ("read", [])}, [])

    def test_nobody_waits_for_a_pipe_without_a_writer(self, good: Path) -> None:
        pipe = good.with_name("a.pdf")
        os.mkfifo(pipe)

        assert extracted(pipe, good) == (
            1,
            {
                "a.pdf": (
                    "unreadable",
                    [f"{pipe}: this cannot be read: nothing comes out of it. {ADVICE}"],
                ),
                "goed.pdf": ("read", []),
            },
            [],
        )

    def test_a_pipe_with_a_writer_is_read(self, good: Path) -> None:
        pipe = good.with_name("a.pdf")
        os.mkfifo(pipe)
        writer = Thread(target=lambda: pipe.write_bytes(good.read_bytes()), daemon=True)
        writer.start()

        [document] = documents_in(pipe)

        assert (document.data, document.modified, document.problem) == (good.read_bytes(), None, None)

    def test_a_pipe_without_end_is_too_large(self) -> None:
        with subprocess.Popen(["yes"], stdout=subprocess.PIPE) as endless:
            assert endless.stdout is not None
            path = Path(f"/dev/fd/{endless.stdout.fileno()}")
            try:
                assert problem_of(path, Limits(document=MEGABYTE)).startswith("This is larger than 1 MB")
            finally:
                endless.kill()

    @pytest.mark.parametrize("make", [a_socket, a_device, os.mkfifo])
    def test_nor_is_it_waited_for_elsewhere(
        self, make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(files, "_PATIENCE", 0.01)
        make(tmp_path / "a.csv")

        with pytest.raises(InputError, match=r"a\.csv: this cannot be read: (it is a device|nothing comes)"):
            read_bytes(tmp_path / "a.csv")


class TestSizes:
    @pytest.mark.parametrize(
        ("head", "problem"),
        [
            (
                b"%PDF-1.7",
                "This is larger than 256 MB and was not read. Ask the partner for the worksheet alone.",
            ),
            (b"PK\3\4", "This zip file is damaged. Ask the partner to send it again."),
        ],
    )
    def test_ten_gigabytes_are_not_read(self, head: bytes, problem: str, tmp_path: Path) -> None:
        path = tmp_path / "a.pdf"
        with path.open("wb") as file:
            file.write(head)
            file.truncate(10 * GIGABYTE)
        begin = time.perf_counter()

        assert problem_of(path) == problem
        with pytest.raises(InputError) as caught:
            veldpdf.read(path)

        assert caught.value.what == f"{path}: this is larger than 256 MB and was not read."
        assert time.perf_counter() - begin < 1.0

    def test_the_limit_can_be_chosen(self, good: Path) -> None:
        size = good.stat().st_size

        assert problem_of(good, Limits(document=size - 1)).startswith("This is larger than")
        [document] = documents_in(good, Limits(document=size))
        assert document.data == good.read_bytes() == read_bytes(good, limit=size)
        with pytest.raises(InputError, match="larger than"):
            read_bytes(good, limit=size - 1)

    def test_an_empty_file_and_a_folder_called_pdf_are_told(self, good: Path) -> None:
        good.with_name("leeg.pdf").touch()
        good.with_name("map.pdf").mkdir()

        assert extracted(good.parent) == (
            1,
            {
                "goed.pdf": ("read", []),
                "leeg.pdf": (
                    "unreadable",
                    ["The file is empty (0 bytes). Ask the partner to send the PDF again."],
                ),
            },
            [],
        )

    def test_a_directory_of_a_zip_file_that_fits_in_no_memory_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(100):
                entry = zipfile.ZipInfo(f"{number}.txt")
                entry.comment = b"x" * 60_000
                archive.writestr(entry, b"")

        assert problem_of(path, Limits(entries=100)).startswith("This holds more than 100 files")


class TestFilesThatChange:
    @pytest.fixture
    def changes(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, int], None]:
        """Have a file grow while it is being read, so many times."""

        def plan(path: Path, times: int) -> None:
            looks = iter(range(2 * times))

            def growing(file: BinaryIO) -> tuple[int, int]:
                # Each second look comes after reading.
                if next(looks, 0) % 2:
                    with path.open("ab") as more:
                        more.write(b"%")
                return content_mark(file)

            monkeypatch.setattr(files, "content_mark", growing)

        return plan

    def test_what_changes_once_is_read_once_more(
        self, good: Path, changes: Callable[[Path, int], None]
    ) -> None:
        before = good.read_bytes()
        changes(good, 1)

        [document] = documents_in(good)

        assert document.data == before + b"%"

    def test_what_goes_on_changing_is_told(self, good: Path, changes: Callable[[Path, int], None]) -> None:
        changes(good, 2)

        assert problem_of(good) == (
            f"{good}: this was changed while it was being read. Wait until it has been saved or copied, then try again."
        )

    def test_a_zip_file_that_changes_is_told_after_what_was_in_it(self, good: Path) -> None:
        path = good.with_name("a.zip")
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(good, "ggd.pdf")
        reading = documents_in(path)
        first = next(reading)
        with path.open("ab") as more:
            more.write(b"x")

        [second] = reading

        assert (first.source, first.data) == ("a.zip/ggd.pdf", good.read_bytes())
        assert (second.source, second.data) == ("a.zip", b"")
        assert str(second.problem).startswith(f"{path}: this was changed while it was being read.")

    def test_what_vanishes_is_told_and_the_others_are_read(self, good: Path, returned: Path) -> None:
        shutil.copy(returned / "politie.pdf", good.with_name("weg.pdf"))
        found = find_files([good.parent])
        good.with_name("weg.pdf").unlink()

        read = list(read_files(found, ReadingOptions(form=load_form())))

        gone = f"{good.with_name('weg.pdf')}: this cannot be read: there is no such file or folder. {ADVICE}"
        assert [(each.source, each.status, each.warnings) for each in read] == [
            ("goed.pdf", Status.READ, ()),
            ("weg.pdf", Status.UNREADABLE, (gone,)),
        ]


@on_posix
class TestNames:
    def test_a_name_that_is_no_utf_8_is_shown_once_and_its_file_read(self, good: Path) -> None:
        odd = Path(os.fsdecode(bytes(good.parent) + b"/\xff.pdf"))
        try:
            good.rename(odd)
        except OSError:
            pytest.skip("this file system has no such names")

        assert extracted(odd) == (0, {"\ufffd.pdf": ("read", [])}, [])
        assert extracted(good.parent) == (0, {"\ufffd.pdf": ("read", [])}, [])
        [document] = documents_in(odd)
        assert document.source == "\ufffd.pdf"

    @pytest.mark.parametrize(
        "name", ["x" * 251 + ".pdf", "a\nb.pdf", "c\x1b[31m\x07\r.pdf", "\u202efdp.exe.pdf"]
    )
    def test_any_name_is_read_and_shown_on_one_line(
        self, name: str, good: Path, run: Run, tmp_path: Path
    ) -> None:
        good.rename(good.with_name(name))

        shown = run("check", good.parent)
        outputs = [tmp_path / f"uit{ending}" for ending in (".html", ".docx", ".xlsx", ".md", ".json", ".pdf")]
        merged = run("merge", good.parent, *(part for output in outputs for part in ("-o", output)))

        assert extracted(good.parent) == (0, {name: ("read", [])}, [])
        assert (shown.status, len(shown.out.strip().splitlines()[1:]) >= 1, merged.status) == (0, True, 0)
        assert not set(shown.out) & {"\x1b", "\x07", "\r", "\u202e"}
        assert sorted(path for path in tmp_path.iterdir() if path.is_file()) == sorted(outputs)

    def test_a_path_that_is_too_long_is_an_error_that_can_be_read(self, good: Path) -> None:
        told = extracted("/".join(["y" * 200] * 30), good)

        assert (told.status, told.files, len(told.err)) == (2, {}, 2)
        assert told.err[0].startswith("Error: …y")
        assert told.err[0].endswith("y: this cannot be read: the name is too long.")
        assert len(told.err[0]) < 1100

    def test_a_folder_deeper_than_any_path_is_told_and_the_others_are_read(self, good: Path) -> None:
        place = os.open(good.parent, os.O_RDONLY)
        for _ in range(60):
            os.mkdir("z" * 100, dir_fd=place)
            inside = os.open("z" * 100, os.O_RDONLY, dir_fd=place)
            os.close(place)
            place = inside
        os.close(place)

        told = extracted(good.parent)

        assert (told.status, told.err, told.files.pop("goed.pdf")) == (1, [], ("read", []))
        [(status, [warning])] = told.files.values()
        assert status == "unreadable"
        assert warning.endswith(f"this cannot be read: the name is too long. {ADVICE}")

    def test_links_that_lead_round_are_told_and_nothing_is_read_twice_or_unasked(
        self, good: Path, tmp_path: Path
    ) -> None:
        shutil.copy(good, tmp_path / "elders.pdf")
        first = looping(good.with_name("a.pdf"))
        first.unlink()
        first.symlink_to("b.pdf")
        good.with_name("b.pdf").symlink_to("a.pdf")
        good.with_name("boven").symlink_to("..")
        good.with_name("zelf").symlink_to(".")

        told = extracted(good.parent)

        loop = "this cannot be read: it is a link that leads to itself."
        assert (told.status, told.err) == (1, [])
        assert told.files == {
            "a.pdf": ("unreadable", [f"{good.with_name('a.pdf')}: {loop} {ADVICE}"]),
            "b.pdf": ("unreadable", [f"{good.with_name('b.pdf')}: {loop} {ADVICE}"]),
            "goed.pdf": ("read", []),
        }

    def test_ten_thousand_files_are_found_and_named_at_once(self, tmp_path: Path) -> None:
        for number in range(10_000):
            (tmp_path / f"{number:05}.pdf").touch()
        begin = time.process_time()

        found = find_files([tmp_path])
        labels = labels_for(found)
        others = passed_over([tmp_path])

        assert time.process_time() - begin < 1.0
        assert (len(found), labels[-1], others) == (10_000, "09999.pdf", [])


@on_posix
class TestRights:
    @pytest.fixture
    def closed(self, good: Path) -> Iterator[Path]:
        """A folder in which only one file can be read."""
        folder = good.parent
        shutil.copy(good, folder / "dicht.pdf")
        (folder / "map").mkdir()
        (folder / "map2").mkdir()
        shutil.copy(good, folder / "map2" / "b.pdf")
        modes = {"dicht.pdf": 0, "map": 0, "map2": 0o400}
        for name, mode in modes.items():
            (folder / name).chmod(mode)
        yield folder
        for name in modes:
            (folder / name).chmod(0o700)

    def test_what_may_not_be_read_is_told_and_the_others_are_read(self, closed: Path) -> None:
        assert extracted(closed, without_rights=True) == (
            1,
            {
                "dicht.pdf": ("unreadable", [f"{closed}/dicht.pdf: {NO_RIGHT}"]),
                "goed.pdf": ("read", []),
                "map": ("unreadable", [f"{closed}/map: {NO_RIGHT}"]),
                "b.pdf": ("unreadable", [f"{closed}/map2/b.pdf: {NO_RIGHT}"]),
            },
            [],
        )

    def test_a_folder_that_was_named_and_may_not_be_read_is_an_error(self, closed: Path) -> None:
        for place in (closed / "map", closed / "map" / "x.pdf"):
            assert extracted(place, without_rights=True) == (
                2,
                {},
                [f"Error: {place}: this cannot be read: you have no right to it.", ADVICE],
            )

    def test_a_folder_that_may_not_be_written_is_told_before_any_work(self, good: Path) -> None:
        good.parent.chmod(0o500)
        output = good.with_name("uit.json")
        try:
            told = extracted(good, "-o", output, without_rights=True)
        finally:
            good.parent.chmod(0o700)

        assert told == (
            2,
            {},
            [f"Error: {output}: nothing may be written in {good.parent}.", "Choose another folder."],
        )
        assert names_in(good.parent) == ["goed.pdf"]


@on_posix
class TestFullDisks:
    @pytest.mark.parametrize("there", [False, True])
    def test_a_file_that_may_not_grow_leaves_the_old_one(
        self, good: Path, tmp_path: Path, *, there: bool
    ) -> None:
        output = tmp_path / "uit.json"
        if there:
            output.write_text("oud")

        told = extracted(good, "-o", output, "--force", largest=1000)

        assert told == (
            2,
            {},
            [
                f"Error: {output}: this cannot be written: it is larger than a file may be there.",
                "Choose another name or folder, or make room on the disk.",
            ],
        )
        assert names_in(tmp_path) == (["goed", "uit.json"] if there else ["goed"])
        assert not there or output.read_text() == "oud"

    @pytest.fixture
    def small_disk(self, tmp_path: Path) -> Iterator[Path]:
        """A disk of 64 kB."""
        folder = tmp_path / "schijf"
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "veldpdf-test", str(folder)]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("only root may mount a small disk")
        yield folder
        subprocess.run(["umount", str(folder)], check=True)

    def test_a_full_disk_leaves_the_old_files_and_none_of_the_new(self, small_disk: Path) -> None:
        old, new, large = (small_disk / name for name in ("oud.json", "nieuw.json", "groot.json"))
        old.write_bytes(b"oud")

        with pytest.raises(OutputError) as caught:
            write_files({old: b"1", new: b"2", large: b"3" * 100_000}, overwrite=True)

        assert caught.value.what == f"{large}: this cannot be written: the disk is full."
        assert (names_in(small_disk), old.read_bytes()) == (["oud.json"], b"oud")


class TestSeveralOutputs:
    @pytest.mark.parametrize("fails", [1, 2])
    def test_where_the_last_cannot_take_its_place_the_others_are_put_back(
        self, fails: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        touched(tmp_path, "a", "c")
        real, moved = Path.replace, []

        def replace(self: Path, target: Path) -> Path:
            moved.append(target)
            if len(moved) == fails + 1:
                raise PermissionError(1, "Operation not permitted")
            return real(self, target)

        monkeypatch.setattr(Path, "replace", replace)
        with pytest.raises(OutputError, match="you have no right to it"):
            write_files({tmp_path / name: b"nieuw" for name in "abc"[: fails + 1]}, overwrite=True)

        assert {name: (tmp_path / name).read_bytes() for name in names_in(tmp_path) if name != "b"} == {
            "a": b"a",
            "c": b"c",
        }

    def test_a_name_that_is_taken_meanwhile_takes_the_others_away(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = os.link

        def link(scratch: Path, path: Path, **settings: bool) -> None:
            if path.name == "b":
                path.write_bytes(b"van een ander")
            real(scratch, path, **settings)

        monkeypatch.setattr(os, "link", link)
        with pytest.raises(OutputError, match="exists already"):
            write_files({tmp_path / "a": b"1", tmp_path / "b": b"2"}, overwrite=False)

        assert {name: (tmp_path / name).read_bytes() for name in names_in(tmp_path)} == {"b": b"van een ander"}

    def test_a_folder_that_vanishes_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = tmp_path / "map"
        folder.mkdir()
        monkeypatch.setattr(files, "check_writable", lambda *_, **__: folder.rmdir())

        with pytest.raises(OutputError) as caught:
            write_files({folder / "a": b"1"}, overwrite=False)

        assert caught.value.what == f"{folder / 'a'}: this cannot be written: there is no such file or folder."

    def test_who_stops_while_a_file_is_written_finds_nothing_beside_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(os, "fsync", stop)
        with pytest.raises(KeyboardInterrupt):
            write_files({tmp_path / "a": b"1"}, overwrite=False)

        assert names_in(tmp_path) == []


# Starts the same command again and again, and ends each without warning at another moment. In a process of its own,
# which has no threads and so may fork; what is imported once need not be imported a hundred times.
KILLING = """
import os, random, signal, sys, time
from veldpdf.cli import main
arguments = sys.argv[2:]
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
begin = time.perf_counter()
main(arguments)
takes = time.perf_counter() - begin
begin = time.perf_counter()
main(arguments)
takes = min(takes, time.perf_counter() - begin)
outputs = {name: open(name, "rb").read() for name in os.listdir(".")}
moments = random.Random(7)
killed = number = 0
while killed < int(sys.argv[1]):
    number += 1
    if number % 2:  # nothing lies there yet
        for name in outputs:
            if os.path.exists(name):
                os.unlink(name)
    before = [name for name in outputs if os.path.exists(name)]
    child = os.fork()
    if child == 0:
        os._exit(main(arguments))
    time.sleep(moments.uniform(0, takes))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        takes *= 0.95  # it was faster
        continue
    killed += 1
    takes *= 1.01
    there = [name for name in outputs if os.path.exists(name)]
    whole = all(open(name, "rb").read() == outputs[name] for name in there)
    print(len(there), "whole" if whole and set(before) <= set(there) else "lost")
"""


@on_posix
class TestKilling:
    def test_whoever_ends_a_run_at_any_moment_finds_whole_files(self, good: Path, tmp_path: Path) -> None:
        folder = tmp_path / "uit"
        folder.mkdir()
        outputs = ["rapport.html", "rapport.json", "rapport.md", "rapport.xlsx"]
        options = [part for output in outputs for part in ("-o", output)]

        done = subprocess.run(
            [sys.executable, "-c", KILLING, "100", "merge", str(good), *options, "--force"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
            timeout=10 * SECONDS,
        )

        runs = [line.split() for line in done.stdout.splitlines()]
        assert [kind for _, kind in runs] == ["whole"] * 100
        left = {name for name in names_in(folder) if name not in outputs}
        assert all(name.startswith(".veldpdf-") and name.endswith(".part") for name in left)
        assert [path for path in passed_over([folder]) if path.name in left] == []
