"""Workers that do whatever function they are given: what goes there, what comes back, and who does the next."""

from __future__ import annotations

import operator
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from veldpdf import isolation
from veldpdf.errors import InputError
from veldpdf.files import read_bytes
from veldpdf.isolation import IsolatedWorkers, NoWorkersError, wait_for
from veldpdf.limits import Failure, Limits
from veldpdf.worker_process import WorkerProcess

LIMITS = Limits(seconds=10)
needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="another way to end a process")


def test_any_function_of_a_module_will_do_and_results_come_in_order() -> None:
    with IsolatedWorkers(partial(operator.mul, 3), count=2, limits=LIMITS) as workers:
        assert list(workers.results(range(500))) == [3 * number for number in range(500)]


def test_large_tasks_and_large_results_do_not_wait_for_each_other() -> None:
    """Both pipes would be full, with nobody reading at either end."""
    tasks = [bytes([97 + number]) * 1_000_000 for number in range(8)]
    with IsolatedWorkers(bytes.upper, count=1, limits=LIMITS) as workers:
        assert list(workers.results(tasks)) == [task.upper() for task in tasks]


def test_tasks_are_drawn_as_there_is_room_for_them() -> None:
    drawn: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(10_000):
            drawn.append(number)
            yield number

    with IsolatedWorkers[int, int](operator.neg, count=1, limits=LIMITS) as workers:
        results = workers.results(numbers())
        assert next(results) == 0
        assert len(drawn) <= 65


def test_errors_that_are_raised_on_purpose_come_back_and_cost_no_worker(tmp_path: Path) -> None:
    (tmp_path / "er").write_bytes(b"een")
    paths = [tmp_path / "er", tmp_path / "weg", tmp_path / "er"]
    with IsolatedWorkers(read_bytes, count=1, limits=LIMITS) as workers:
        first, second, third = workers.results(paths)
        assert (first, third) == (b"een", b"een")
        assert isinstance(second, InputError)
        assert second.what.startswith(f"{tmp_path / 'weg'}: this cannot be read")


def test_what_cannot_travel_is_a_crash() -> None:
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        assert list(workers.results(["(each for each in ())", "1 + 1"])) == [Failure.CRASH, 2]


def test_a_worker_is_kept_from_one_lot_to_the_next() -> None:
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        (first,) = workers.results(["__import__('os').getpid()"])
        (second,) = workers.results(["__import__('os').getpid()"])
    assert first == second != os.getpid()


@needs_signals
def test_a_worker_that_died_while_it_had_nothing_to_do_costs_no_task() -> None:
    """The system may have taken it when memory ran short."""
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        (process,) = workers.results(["__import__('os').getpid()"])
        assert isinstance(process, int)
        os.kill(process, signal.SIGKILL)
        time.sleep(0.3)
        assert list(workers.results(["1 + 1"])) == [2]


def test_who_hands_in_one_task_after_the_other_gets_one_worker() -> None:
    with IsolatedWorkers(eval, count=4, limits=LIMITS) as workers:
        processes = {wait_for(workers.submit("__import__('os').getpid()")) for _ in range(50)}
    assert len(processes) == 1


def test_those_who_hand_in_tasks_at_the_same_time_get_a_worker_each() -> None:
    task = "(__import__('time').sleep(0.5), __import__('os').getpid())[1]"
    with (
        IsolatedWorkers(eval, count=3, limits=LIMITS) as workers,
        ThreadPoolExecutor(3) as threads,
    ):
        processes = set(threads.map(lambda _: wait_for(workers.submit(task)), range(3)))
    assert len(processes) == 3


def test_what_is_not_done_when_they_are_closed_is_cancelled() -> None:
    workers = IsolatedWorkers(time.sleep, count=1, limits=LIMITS)
    futures = [workers.submit(60) for _ in range(5)]
    time.sleep(0.5)
    begun = time.monotonic()
    workers.close()
    assert time.monotonic() - begun < 2
    assert all(future.cancelled() for future in futures)


def test_what_is_handed_in_after_they_are_closed_is_cancelled() -> None:
    workers = IsolatedWorkers(time.sleep, count=1, limits=LIMITS)
    workers.close()
    future = workers.submit(0)
    assert future.cancelled()
    with pytest.raises(CancelledError):
        wait_for(future)


def test_tasks_may_be_handed_in_while_they_are_closed() -> None:
    workers = IsolatedWorkers[float, None](time.sleep, count=2, limits=LIMITS)
    futures: list[Future[Any]] = []

    def hand_in() -> None:
        futures.extend(workers.submit(0.001) for _ in range(2000))

    threads = [threading.Thread(target=hand_in) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    workers.close()
    for thread in threads:
        thread.join()
    assert len(futures) == 4000
    assert all(future.done() for future in futures)


def test_a_task_that_is_cancelled_costs_no_other_its_worker() -> None:
    """A browser goes away while it waits for a page."""
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        begun, waiting = workers.submit("__import__('time').sleep(1)"), workers.submit("2")
        time.sleep(0.5)
        assert begun.cancel()
        assert waiting.cancel()
        after = workers.submit("3")
        assert after.result(timeout=5) == 3


def test_an_answer_that_cannot_be_unpacked_is_a_crash_and_the_next_task_is_done() -> None:
    odd = "type('Odd', (), {'__reduce__': lambda _: (int, ('1', '2', '3'))})()"
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        futures = [workers.submit(task) for task in (odd, "1 + 1", "2 + 2")]
        assert [future.result(timeout=10) for future in futures] == [Failure.CRASH, 2, 4]


def test_a_task_does_not_pay_for_the_time_of_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer to that one comes in the very moment in which its worker is stopped."""
    take = WorkerProcess.take
    answers: list[Any] = []

    def take_late(worker: WorkerProcess) -> Any:
        answers.append(take(worker))
        if answers[-1] == "first":
            worker.was_stopped = True
            worker.stop()
        return answers[-1]

    monkeypatch.setattr(WorkerProcess, "take", take_late)
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        tasks = [
            "__import__('time').sleep(0.3) or 'first'",
            "__import__('time').sleep(0.3) or 'second'",
            "'third'",
        ]
        assert list(workers.results(tasks)) == ["first", "second", "third"]


_DIES = "(open({path!r}, 'a').write('x'), __import__('os').kill(__import__('os').getpid(), 9))"


@needs_signals
def test_a_task_whose_worker_was_killed_from_outside_is_done_by_the_next(tmp_path: Path) -> None:
    """The system takes any process when memory runs short."""
    been = str(tmp_path / "been")
    once = f"'done' if __import__('os').path.exists({been!r}) else " + _DIES.format(path=been)
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        assert list(workers.results(["1", once, "2"])) == [1, "done", 2]


@needs_signals
def test_what_was_tried_again_is_cancelled_as_well_when_they_are_closed(tmp_path: Path) -> None:
    been = str(tmp_path / "been")
    sleeps = "__import__('time').sleep(60)"
    workers = IsolatedWorkers(eval, count=1, limits=LIMITS)
    future = workers.submit(
        f"{sleeps} if __import__('os').path.exists({been!r}) else " + _DIES.format(path=been)
    )
    time.sleep(1)
    workers.close()
    assert Path(been).exists()
    assert future.cancelled()


@needs_signals
def test_a_task_that_kills_its_worker_is_tried_twice_and_no_more(tmp_path: Path) -> None:
    been = tmp_path / "been"
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        assert list(workers.results(["1", _DIES.format(path=str(been)), "2"])) == [1, Failure.CRASH, 2]
    assert been.read_text(encoding="utf-8") == "xx"


@needs_signals
@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("terminate called after throwing an instance of 'std::bad_alloc'", Failure.MEMORY),
        ("OpenBLAS error: Memory allocation still failed after 10 retries, giving up.", Failure.MEMORY),
        ("free(): invalid pointer", Failure.CRASH),
    ],
)
def test_a_library_that_gives_up_for_lack_of_memory_is_no_crash(words: str, outcome: Failure) -> None:
    task = f"(__import__('os').write(2, {words.encode()!r}), __import__('os').abort())"
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        assert list(workers.results([task])) == [outcome]


def test_who_complains_at_length_does_not_wait_for_a_reader() -> None:
    task = "[print('x' * 1000, file=__import__('sys').stderr) for _ in range(1000)] and 1"
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        assert list(workers.results([task])) == [1]


@needs_signals
def test_what_a_task_started_ends_with_its_worker(tmp_path: Path) -> None:
    """The program that reads pictures would go on for minutes, for nobody."""
    number = tmp_path / "number"
    task = (
        f"open({str(number)!r}, 'w').write(str(__import__('subprocess').Popen(['sleep', '60']).pid)),"
        " __import__('time').sleep(60)"
    )
    with IsolatedWorkers(eval, count=1, limits=Limits(seconds=1)) as workers:
        assert list(workers.results([f"({task})"])) == [Failure.TIME]
    assert has_ended(int(number.read_text(encoding="utf-8")))


def has_ended(process: int) -> bool:
    """Return whether a process ends within some seconds, or is a zombie that nobody asks after."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


# A machine that is short of processes or threads


def failing(monkeypatch: pytest.MonkeyPatch, times: int) -> list[int]:
    """Let starting processes fail so many times from now on, and return where it is counted."""
    start = subprocess.Popen
    failed: list[int] = []

    def refuse(*given: Any, **more: Any) -> Any:
        if len(failed) < times:
            failed.append(1)
            raise BlockingIOError
        return start(*given, **more)

    monkeypatch.setattr(subprocess, "Popen", refuse)
    monkeypatch.setattr(isolation, "_PAUSE", 0.01)
    monkeypatch.setattr(isolation, "_LONGEST_PAUSE", 0.02)
    return failed


@needs_signals
def test_a_machine_that_cannot_start_another_worker_for_a_while_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        assert list(workers.results(["1"])) == [1]
        failed = failing(monkeypatch, 10)
        dies = _DIES.format(path=str(tmp_path / "been"))
        assert list(workers.results([dies, "2", "3"])) == [Failure.CRASH, 2, 3]
        assert len(failed) == 10


@needs_signals
def test_a_machine_that_starts_no_more_workers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(isolation, "_PATIENCE", 0.3)
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers:
        assert list(workers.results(["1"])) == [1]
        failed = failing(monkeypatch, 1000)
        futures = [workers.submit(_DIES.format(path=str(tmp_path / "been"))), workers.submit("2")]
        for future in futures:
            with pytest.raises(NoWorkersError):
                future.result(timeout=5)
        with pytest.raises(NoWorkersError):
            workers.submit("3").result(timeout=5)
        assert 5 < len(failed) < 1000


def test_a_machine_that_starts_none_is_given_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = failing(monkeypatch, 1000)
    with IsolatedWorkers(eval, count=1, limits=LIMITS) as workers, pytest.raises(NoWorkersError):
        list(workers.results(["1"]))
    assert len(failed) == 3


def test_a_machine_without_another_thread_has_no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with IsolatedWorkers(eval, count=2, limits=LIMITS) as workers, pytest.raises(NoWorkersError):
        list(workers.results(["1", "2"]))


@pytest.mark.parametrize("wait", [0.0, 0.2, 0.6])
def test_closing_does_not_wait_for_a_worker_that_is_starting(
    wait: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import time; time.sleep(20)", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    start = subprocess.Popen

    def slow(*given: Any, **more: Any) -> Any:
        process = start(*given, **more)
        time.sleep(0.4)
        return process

    monkeypatch.setattr(subprocess, "Popen", slow)
    workers = IsolatedWorkers(eval, count=1, limits=LIMITS)
    future = workers.submit("1")
    time.sleep(wait)
    begun = time.monotonic()
    workers.close()
    assert time.monotonic() - begun < 3
    assert future.cancelled()


def test_workers_that_are_started_early_are_there_when_the_first_task_comes() -> None:
    with IsolatedWorkers[float, None](time.sleep, count=2, limits=Limits()) as workers:
        workers.start()
        deadline = time.monotonic() + 20
        while len(workers._workers) < 2 or any(each.deadline is not None for each in workers._workers):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert list(workers.results([0.0, 0.0, 0.0])) == [None, None, None]
        assert len(workers._threads) == 2
