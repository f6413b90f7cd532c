"""Workers that do whatever function they are given: what goes there, what comes back, and who does the next."""

from __future__ import annotations

import operator
import os
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from veldpdf.errors import InputError
from veldpdf.files import read_bytes
from veldpdf.isolation import IsolatedWorkers, wait_for
from veldpdf.limits import Failure, Limits

LIMITS = Limits(seconds=10)


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


@pytest.mark.skipif(sys.platform == "win32", reason="another way to end a process")
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
    assert all(future.done() for future in futures)
