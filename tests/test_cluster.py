"""Reading where others say: pools and a dask cluster, whose workers may die."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

import veldpdf
from tests.conftest import ROOT, Run
from veldpdf import cluster
from veldpdf.batch import ReadingOptions, read_files
from veldpdf.definition import load_form
from veldpdf.model import Status, Submission

OPTIONS = ReadingOptions(form=load_form())
COUNT = 120

# What Python runs first in each worker of the cluster: by its name a file brings it down, raises or
# hangs.
_MISBEHAVING = """
import os, time
import veldpdf.returned_file as returned_file
read_file = returned_file.read_file

def misbehaving(path, options, **more):
    if "hangs" in path.name:
        time.sleep(600)
    if "crashes" in path.name:
        os.abort()
    if "breaks" in path.name:
        raise RuntimeError(path)
    return read_file(path, options, **more)

returned_file.read_file = misbehaving
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Filled worksheets, one of them no PDF at all."""
    made = tmp_path_factory.mktemp("retour")
    template = veldpdf.Template.open()
    for number in range(COUNT):
        (made / f"{number:03}.pdf").write_bytes(template.fill({"Veld01": f"antwoord {number}"}))
    (made / "017.pdf").write_bytes(b"geen pdf")
    return made


@pytest.fixture(scope="module")
def paths(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.pdf"), reverse=True)


@pytest.fixture(scope="module")
def here(paths: list[Path]) -> list[Submission]:
    """What is read of the same files in worker processes of our own."""
    return list(veldpdf.read_many(paths))


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A cluster of two worker processes, on this machine only."""
    first = tmp_path_factory.mktemp("first")
    (first / "sitecustomize.py").write_text(_MISBEHAVING, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        root = str(Path(__file__).parent.parent)
        patch.setenv("PYTHONPATH", os.pathsep.join([str(first), root]))
        # Otherwise what dies is logged on standard error, over what pytest shows.
        patch.setenv("DASK_DISTRIBUTED__LOGGING__DISTRIBUTED", "critical")
        # Who asks a dead worker for results waits half a minute by default before others are asked.
        patch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "3s")
        distributed = import_module("distributed")
        import_module("dask").config.refresh()
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
            local_directory=str(tmp_path_factory.mktemp("dask")),
        ) as started:
            yield started


def processes() -> Executor:
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


@pytest.mark.parametrize("start", [ThreadPoolExecutor, processes], ids=["threads", "processes"])
def test_any_executor_reads_the_same_in_the_same_order(
    start: Callable[[], Executor], paths: list[Path], here: list[Submission]
) -> None:
    with start() as executor:
        assert list(veldpdf.read_many(paths, executor=executor)) == here


def test_all_results_are_there_though_a_worker_of_the_cluster_is_killed_half_way(
    dask: Any, paths: list[Path], here: list[Submission]
) -> None:
    distributed = import_module("distributed")
    with distributed.Client(dask.scheduler_address) as client:
        workers = client.run(os.getpid)
        assert len(workers) == 2
        submissions = veldpdf.read_many(paths, executor=client.get_executor())
        read = [next(submissions) for _ in range(5)]
        os.kill(next(iter(workers.values())), signal.SIGKILL)
        read += submissions
        assert set(client.run(os.getpid).values()) != set(workers.values())
    assert read == here
    assert [one.source for one in read if one.status is not Status.READ] == ["017.pdf"]


@pytest.fixture
def bad_ones(folder: Path, tmp_path: Path) -> list[Path]:
    names = ["een", "crashes", "twee", "breaks", "drie"]
    return [Path(shutil.copy(folder / "001.pdf", tmp_path / f"{name}.pdf")) for name in names]


def test_a_file_that_kills_every_worker_or_raises_is_unreadable_and_the_run_goes_on(
    dask: Any, bad_ones: list[Path]
) -> None:
    with cluster.cluster_at(dask.scheduler_address) as executor:
        submissions = list(veldpdf.read_many(bad_ones, executor=executor))
    told = [(one.source, one.status, [one.partner, *map(str, one.warnings)]) for one in submissions]
    down = (
        "Reading this file brought the reader down, so something is wrong with it. Look at it yourself, or ask the"
        " partner to send the PDF again."
    )
    assert told == [
        ("een.pdf", Status.READ, ["Een"]),
        ("crashes.pdf", Status.UNREADABLE, ["Crashes", down]),
        ("twee.pdf", Status.READ, ["Twee"]),
        ("breaks.pdf", Status.UNREADABLE, ["Breaks", down]),
        ("drie.pdf", Status.READ, ["Drie"]),
    ]


def test_when_a_pool_is_broken_the_rest_is_read_by_workers_of_our_own(
    paths: list[Path], here: list[Submission]
) -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        pid = pool.submit(os.getpid).result()
        submissions = veldpdf.read_many(paths, executor=pool)
        read = [next(submissions) for _ in range(3)]
        os.kill(pid, signal.SIGKILL)
        read += submissions
    assert read == here


class Cancelling(ThreadPoolExecutor):
    """An executor that is lost at its tenth task, as a dask client that lost its scheduler: all is cancelled."""

    given = 0

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        self.given += 1
        future = super().submit(*args, **kwargs) if self.given < 10 else Future[Any]()
        if self.given >= 10:
            future.cancel()
        return future


def test_when_a_cluster_goes_away_the_rest_is_read_here(paths: list[Path], here: list[Submission]) -> None:
    with Cancelling() as executor:
        assert list(veldpdf.read_many(paths, executor=executor)) == here


class Lots(ThreadPoolExecutor):
    """An executor that tells how many files it was given each time, and how much of that was cancelled."""

    def __init__(self) -> None:
        super().__init__(1)
        self.sizes: list[int] = []
        self.futures: list[Future[Any]] = []

    def submit(self, call: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sizes.append(len(args[0]))
        self.futures.append(super().submit(call, *args, **kwargs))
        return self.futures[-1]


def test_of_files_that_were_sent_together_only_the_bad_one_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So many files go together in eights, for a long list of partners goes with them each time."""
    from veldpdf import returned_file  # noqa: PLC0415 - what is put in its place below

    def read_file(path: Path, options: ReadingOptions, **more: Any) -> tuple[Submission, ...]:
        if path.name == "777.pdf":
            raise RuntimeError  # a mistake of ours that no test found
        return empty(path, options, **more)

    empty = returned_file.read_file
    monkeypatch.setattr(returned_file, "read_file", read_file)
    missing = [tmp_path / f"{number:04}.pdf" for number in range(4096)]
    missing[1000] = tmp_path / "777.pdf"
    with Lots() as executor:
        submissions = read_files(missing, OPTIONS, executor=executor)
        first = next(submissions)
        assert executor.sizes == [8] * 64
        read = [first, *submissions]
        assert sorted(set(executor.sizes)) == [1, 8]
        assert executor.sizes.count(1) == 9
    assert [one.source for one in read] == [path.name for path in missing]
    assert [one.source for one in read if "brought the reader down" in one.warnings[0]] == ["777.pdf"]


def test_who_stops_taking_results_leaves_no_work_behind(paths: list[Path]) -> None:
    with Lots() as executor:
        submissions = read_files(paths, OPTIONS, executor=executor)
        next(submissions)
        submissions.close()  # type: ignore[attr-defined]  # it is a generator
        assert sum(future.cancelled() for future in executor.futures) > COUNT / 2


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another folder than the one that the workers were started in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", ["extract", "check", "merge"])
def test_each_command_that_reads_many_files_reads_them_on_a_cluster(
    dask: Any, paths: list[Path], elsewhere: Path, run: Run, command: str
) -> None:
    """The paths, the cache and the template are told as seen from another folder than the workers'."""
    folder = Path("retour")
    folder.mkdir()
    for path in paths[:3]:
        shutil.copy(path, folder)
    shutil.copy(ROOT / "forms" / "bouwsteen-3a.pdf", "verstuurd.pdf")
    more = {"extract": [], "check": ["--format", "json"], "merge": ["-o", "{}.json"]}[command]

    def outcome(name: str, *where: str) -> tuple[int, str, str]:
        told = run(
            command, "retour", "--template", "verstuurd.pdf", *[each.format(name) for each in more], *where
        )
        written = Path(f"{name}.json").read_text("utf-8") if command == "merge" else told.out
        return told.status, written, told.err.replace(f"{name}.json", "")

    assert outcome("hier") == outcome("daar", "--dask", dask.scheduler_address, "--cache", "bewaard")
    assert len(list(Path("bewaard").rglob("*"))) > 3


def test_a_command_lets_go_of_the_cluster(dask: Any, paths: list[Path], run: Run) -> None:
    distributed = import_module("distributed")
    assert run("extract", str(paths[0]), "--dask", dask.scheduler_address).status == 1
    with distributed.Client(dask.scheduler_address) as client:
        known = client.run_on_scheduler(lambda dask_scheduler: list(dask_scheduler.clients))
        assert [name for name in known if name.startswith("Client-")] == [client.id]


def test_a_file_that_hangs_on_a_cluster_is_stopped_there(
    dask: Any, folder: Path, tmp_path: Path, run: Run
) -> None:
    """Each worker of the cluster reads in a process of its own, so a file that crashes costs no worker either."""
    distributed = import_module("distributed")
    for name in ("een", "hangs", "crashes", "twee"):
        shutil.copy(folder / "001.pdf", tmp_path / f"{name}.pdf")
    with distributed.Client(dask.scheduler_address) as client:
        workers = client.run(os.getpid)
        told = run(
            *("--lang", "en", "extract", tmp_path, "--dask", dask.scheduler_address, "--time-limit", "2"),
            *("--format", "csv"),
        )
        assert client.run(os.getpid) == workers
    assert told.status == 1
    reasons = {"crashes": "brought the reader down", "hangs": "took longer than 2 seconds and was stopped"}
    for name in ("een", "twee", "hangs", "crashes"):
        rows = [line for line in told.out.splitlines() if f"{name}.pdf" in line]
        assert len(rows) > 0
        assert all(reasons[name] in row if name in reasons else "longer than" not in row for row in rows)


def test_a_number_of_workers_of_our_own_does_not_go_with_a_cluster(paths: list[Path], run: Run) -> None:
    told = run("extract", str(paths[0]), "--dask", "tcp://127.0.0.1:1", "--jobs", "2", "--lang", "en")
    assert (told.status, told.out) == (2, "")
    assert told.err.startswith("Error: --dask goes without --jobs: the cluster")


def refusal(address: str) -> str:
    with pytest.raises(cluster.ClusterError) as caught, cluster.cluster_at(address):
        raise AssertionError
    return str(caught.value)


@pytest.mark.parametrize(
    "address", ["", "rekenhal", "tcp://rekenhal", "http://x:1", "x:y", "x:99999", "tcp://[:1"]
)
def test_what_is_no_address_is_told(address: str) -> None:
    assert refusal(address) == (
        f"{address}: this is no address of a dask scheduler.\nWrite it as the scheduler tells it: tcp://HOST:8786."
    )


def no_scheduler(address: str) -> str:
    return (
        f"{address}: no dask scheduler answers here.\nStart one with 'dask scheduler', or read without --dask: a"
        " laptop will do for thousands of files."
    )


@pytest.fixture
def swept() -> Iterator[None]:
    """Throw away what distributed leaves of connections that came to nothing, before another test meets it."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


# distributed leaves the socket of a connection that it gave up to the garbage collector.
gives_up = pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")


@gives_up
@pytest.mark.usefixtures("swept")
def test_nobody_at_the_address_is_told_within_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_ANSWERING", 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    assert refusal(address) == no_scheduler(address)


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.0 400 Bad Request\r\n\r\n" * 4], ids=["none", "a web server's"]
)
def test_somebody_else_at_the_address_is_told(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_ANSWERING", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    open_ones.append(server.accept()[0])
                    open_ones[-1].sendall(answer)

        open_ones: list[socket.socket] = []
        threading.Thread(target=serve, daemon=True).start()
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        assert refusal(address) == no_scheduler(address)
        server.shutdown(socket.SHUT_RDWR)
    for one in open_ones:
        one.close()


def test_a_cluster_without_workers_is_told(dask_alone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_REPORTING", 1)
    assert refusal(dask_alone) == (
        f"{dask_alone}: this cluster has no workers.\nStart some with: dask worker {dask_alone}."
    )


@pytest.fixture
def dask_alone() -> Iterator[str]:
    """A scheduler without workers."""
    distributed = import_module("distributed")
    with distributed.LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0", host="127.0.0.1") as started:
        yield started.scheduler_address


def test_workers_with_another_veldpdf_are_told(dask: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "__version__", "99")
    assert refusal(dask.scheduler_address) == (
        f"{dask.scheduler_address}: 2 workers do not have veldpdf 99.\n"
        "Install the same version of veldpdf on all of them, and start them again."
    )


def test_without_the_extra_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert refusal("tcp://127.0.0.1:8786") == (
        "Reading on a cluster needs the package distributed.\nInstall it with: pip install 'veldpdf[cluster]'."
    )
