"""A short run of all fuzzing: what to begin with, what once broke something, and some changes of each, always the same.

``python -m tests.fuzzing`` is the long run, which looks for more.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzzing.__main__ import load_targets, main, put_seeds
from tests.fuzzing.feed import Feed, fed, text_of
from tests.fuzzing.mutations import changed
from tests.fuzzing.target import FOUND, Target
from tests.needs import need

TARGETS = load_targets()
# Of whole files each takes a few milliseconds.
OF_WHOLE_FILES = 100
LARGEST = 4096

every_target = pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)


def changes_of(target: Target) -> Iterator[bytes]:
    """Yield the changed inputs that a target is given here: the same ones each time."""
    seeds = [*target.seeds(), *(path.read_bytes() for path in target.found())]
    mutate = target.mutate or changed
    whole = target.name.startswith("pdf-")
    for number in range(min(target.changes, OF_WHOLE_FILES) if whole else target.changes):
        data = seeds[number % len(seeds)]
        for step in range(1 + number % 3):
            data = mutate(data, max(LARGEST, len(data)), 3 * number + step)
        yield data


@every_target
def test_what_a_target_begins_with_and_what_once_broke_it_breaks_nothing(target: Target) -> None:
    seeds = list(target.seeds())
    assert seeds
    assert list(target.seeds()) == seeds
    for data in [*seeds, *(path.read_bytes() for path in target.found())]:
        began = time.perf_counter()
        target.run(data)
        assert time.perf_counter() - began < target.seconds


@every_target
def test_no_change_of_an_input_breaks_anything(target: Target) -> None:
    for number, data in enumerate(changes_of(target)):
        began = time.perf_counter()
        try:
            target.run(data)
        except Exception as exc:  # whatever it is: the input is what matters
            pytest.fail(f"change {number}, {data!r}: {exc!r}")
        assert time.perf_counter() - began < target.seconds, data


@every_target
def test_changes_are_the_same_each_time_and_no_longer_than_asked(target: Target) -> None:
    mutate = target.mutate or changed
    (first, *_) = target.seeds()
    most = len(first) + 100
    made = [mutate(first, most, seed) for seed in range(20)]
    assert made == [mutate(first, most, seed) for seed in range(20)]
    assert len(set(made)) > 10
    assert max(map(len, made)) <= most


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        pytest.param("rich-text", b"<a ", id="tags that are never closed"),
        pytest.param("names", b" ", id="white space where the ending of a name might be"),
        pytest.param("names", b"a/", id="folders in one another"),
        pytest.param("to-unicode", b"beginbfrange", id="parts of a map without an end"),
        pytest.param("report-layouts", b"](", id="links without an end"),
        pytest.param("report-layouts", b"<a", id="tags in Markdown without an end"),
        pytest.param("report-layouts", b"<!--", id="remarks without an end"),
        pytest.param("judging", b"a. ", id="sentences"),
        pytest.param("xfdf", b"<field name='a'>", id="fields in one another"),
        pytest.param("fdf", b"%FDF-1.2 1 0 obj (", id="strings in one another"),
        pytest.param("csv", b'"";', id="quotes"),
        pytest.param("e-mails", b"Content-Type: a\n (a)\n (a)\n (a)\n (a)\n (a)\n (a)", id="headers"),
        pytest.param("e-mails", b"From: a\nContent-Type: a " + b"(a)" * 19_990, id="remarks in a header"),
        pytest.param("default-appearance", b"/F 1 ", id="fonts without an operator"),
    ],
)
def test_what_never_ends_takes_time_in_step_with_its_length(name: str, unit: bytes) -> None:
    """Each of these took the square of it, or might have: minutes for what is here, and hours for a megabyte."""
    data = unit * (60_000 // len(unit)) + b"{{ title }}"
    began = time.perf_counter()
    TARGETS[name].run(data)
    assert time.perf_counter() - began < TARGETS[name].seconds


def test_every_input_that_was_found_belongs_to_a_target() -> None:
    assert {folder.name for folder in FOUND.iterdir() if folder.is_dir()} <= TARGETS.keys()


def test_what_an_input_is_taken_apart_into_is_what_it_was_made_of() -> None:
    feed = Feed(fed(3, 500, "één\ud800", b"\x00\xfe", "twee"))
    assert (feed.number(9), feed.number(999), feed.text(), feed.part(), feed.texts()) == (
        *(3, 500, text_of(b"\xc3\xa9\xc3\xa9n\xed\xa0\x80"), b"\x00\xfe"),
        ["twee"],
    )
    assert (feed.number(5), feed.flag(), feed.text(), feed.rest(), feed.texts()) == (0, False, "", b"", [])


def test_the_command_lists_targets_and_runs_an_input_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out.split() == list(TARGETS)
    file = tmp_path / "input"
    file.write_bytes(b"\xfe\xff\xd8")
    assert main(["text-strings", "--check", str(file)]) == 0
    assert re.fullmatch(rf"{re.escape(str(file))}: \d\.\d+ s\n", capsys.readouterr().out)
    with pytest.raises(SystemExit, match="there is no target x"):
        main(["x", "--check", str(file)])


def test_a_run_begins_with_seeds_and_what_was_found(tmp_path: Path) -> None:
    target = Target(name="names", run=lambda _data: None, seeds=lambda: [b"a", b"b", b"a"])
    put_seeds(target, tmp_path / "new")
    assert {path.read_bytes() for path in (tmp_path / "new").iterdir()} >= {b"a", b"b"}


def test_atheris_runs_a_target_guided_by_the_lines_that_are_reached(tmp_path: Path) -> None:
    need(None if find_spec("atheris") else "atheris is not installed")
    command = [sys.executable, "-m", "tests.fuzzing", "text-strings", "--runs", "3000", "--seed", "1"]
    done = subprocess.run(
        [*command, "--corpus", str(tmp_path), "--artifacts", str(tmp_path / "broken")],
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=Path(__file__).parents[1],
    )
    assert re.search(r"^stat::number_of_executed_units: [3-9]\d{3}$", done.stderr, re.MULTILINE)
    (reached,) = re.findall(r"#\d+\s+DONE\s+cov: (\d+)", done.stderr)
    assert int(reached) > 20
    assert len(list((tmp_path / "text-strings").iterdir())) > len(set(TARGETS["text-strings"].seeds()))
    assert not list((tmp_path / "broken").iterdir())
