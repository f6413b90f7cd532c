"""How long the report takes in each format, how much memory, and how it grows with the number of partners.

    python benchmarks/reporting.py [--quick]

The partners are generated (``generated_partners.py``) and merged before the clock runs: what is measured is the way
from a `Report` to the bytes of a file. Each report takes turns with one of twice as many partners, in one process;
what the first of all loads does not count. Memory is the peak of a process that makes one report, less that of a
process which only merges the same partners.

Then the same content by WeasyPrint (``pip install -e '.[benchmark]'``): our own HTML report with its style for print,
tagged as our PDF is.

Targets: double the partners, at most double the time and 10 %; PDF at least 3 times as fast as WeasyPrint.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this is a script: Python looks beside it, not above it

import generated_partners  # noqa: E402 - only found after the line above

from veldpdf.definition import load_form  # noqa: E402 - the same
from veldpdf.language import catalogue  # noqa: E402 - the same
from veldpdf.merging import Report, ReportOptions, merge  # noqa: E402 - the same
from veldpdf.report import Presentation, known_formats, render  # noqa: E402 - the same

SHOWN = (10, 100, 1000)
DOUBLED = ((10, 20), (100, 200), (500, 1000))
QUICK = 2
"""So many of those with ``--quick``."""
ENOUGH_SECONDS = 6.0
MOST_ROUNDS = 15
FEWEST_ROUNDS = 3
BESIDE, QUICK_BESIDE = (10, 50, 100), (10,)
PATIENCE = 150.0
"""Seconds; where WeasyPrint took longer, it is not asked for more partners."""

GROWTH = 2.2
TIMES_WEASYPRINT = 3.0

Verdict: TypeAlias = tuple[str, bool]
"""What was measured beside its target, and whether that is reached."""

NOTHING = ""
# Makes one report; without a format it only merges.
MAKE = """
import sys
sys.path[:0] = sys.argv[1:3]
import reporting
report = reporting.report_of(int(sys.argv[4]))
if sys.argv[3]:
    reporting.rendered(report, sys.argv[3])
"""
# Runs that, and tells its peak of memory. A process begins with the peak of the one that started it (getrusage(2), on
# Linux), so it must not be started by this one, which is large.
WATCH = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def report_of(partners: int) -> Report:
    """Return the report of so many partners."""
    options = ReportOptions(title="Alle antwoorden", municipality="Gemeente Proef")
    return merge(load_form(), [*generated_partners.submissions(partners)], options)


def rendered(report: Report, suffix: str) -> bytes:
    """Return the report as the contents of a file."""
    return render(report, suffix, Presentation(catalogue=catalogue("nl"))).data


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes, in seconds of the processor: what else it is busy with does not count."""
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def rounds(*works: Callable[[], object]) -> Sequence[Sequence[float]]:
    """Return the seconds of some works that take turns, round by round, as often as is worth while."""
    done: list[list[float]] = []
    while len(done) < FEWEST_ROUNDS or (sum(map(sum, done)) < ENOUGH_SECONDS and len(done) < MOST_ROUNDS):
        done.append([seconds(work) for work in works])
    return done


def peak_of(suffix: str, partners: int) -> float:
    """Return the peak of memory in MB of a process that makes one report; with no format, of one that merges."""
    make = [sys.executable, "-c", MAKE, str(Path(__file__).parent), str(ROOT), suffix, str(partners)]
    command = [sys.executable, "-c", WATCH, *make]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(told) / (1e6 if sys.platform == "darwin" else 1e3)  # bytes there, kilobytes elsewhere


def available() -> Iterator[str]:
    """Yield the formats of which the libraries are there; name the others."""
    for suffix in known_formats():
        try:
            rendered(report_of(1), suffix)
        except ImportError as error:
            print(f"{suffix} is left out: {error}")
        else:
            yield suffix


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubling:
    """One format with some partners and with twice as many.

    Attributes:
        suffix: The format.
        sizes: How many partners.
        medians: The seconds for each.
        ratio: The median of what the larger takes in a round beside the smaller.
        lengths: The bytes of both files.
    """

    suffix: str
    sizes: tuple[int, int]
    medians: tuple[float, float]
    ratio: float
    lengths: tuple[int, int]


def measure(formats: Sequence[str], doubled: Sequence[tuple[int, int]]) -> Iterator[Doubling]:
    """Yield what each format takes; a report and the one twice as large take turns."""
    for sizes in doubled:
        reports = [report_of(size) for size in sizes]
        for suffix in formats:
            few, many = (partial(rendered, report, suffix) for report in reports)
            lengths = len(few()), len(many())
            times = rounds(few, many)
            print(f"{suffix}: {sizes[0]} and {sizes[1]} partners, {len(times)} rounds", flush=True)
            yield Doubling(
                suffix=suffix,
                sizes=sizes,
                medians=(
                    statistics.median(one for one, _ in times),
                    statistics.median(two for _, two in times),
                ),
                ratio=statistics.median(two / one for one, two in times),
                lengths=lengths,
            )


def show_table(doublings: Sequence[Doubling]) -> None:
    base: dict[int, float] = {}
    print(f"\n{'':8}{'partners':>9}{'ms':>10}{'ms each':>9}{'MB':>8}{'file, kB':>10}")
    for each in sorted(doublings, key=lambda doubling: known_formats().index(doubling.suffix)):
        for size, median, length in zip(each.sizes, each.medians, each.lengths, strict=True):
            if size not in SHOWN:
                continue
            base.setdefault(size, peak_of(NOTHING, size))
            more = peak_of(each.suffix, size) - base[size]
            per_partner = f"{median * 1000:10.1f}{median * 1000 / size:9.2f}"
            print(f"{each.suffix:8}{size:9}{per_partner}{more:8.1f}{length / 1000:10.0f}", flush=True)
    print("MB before that, Python and the merged report:", {size: round(mb, 1) for size, mb in base.items()})


def verdicts_on_growth(doublings: Sequence[Doubling]) -> Iterator[Verdict]:
    """Yield what becomes of the time where the partners double."""
    for each in doublings:
        few, many = each.sizes
        told = f"{each.suffix}: {few} to {many} partners {each.ratio:.2f} x (target {GROWTH:g})"
        yield told, each.ratio <= GROWTH


def verdicts_beside_weasyprint(sizes: Sequence[int]) -> Iterator[Verdict]:
    """Yield how many times as fast our PDF is."""
    from weasyprint import HTML  # type: ignore[import-untyped]  # noqa: PLC0415 - may be missing

    for size in sizes:
        report = report_of(size)
        page = rendered(report, ".html").decode()
        ours = statistics.median(one for (one,) in rounds(partial(rendered, report, ".pdf")))
        theirs = seconds(partial(_written_by, HTML, page))
        both = f"{size} partners: PDF {ours:.2f} s, WeasyPrint {theirs:.2f} s"
        ratio = theirs / ours
        yield f"{both}: {ratio:.1f} times as fast (target {TIMES_WEASYPRINT:g})", ratio >= TIMES_WEASYPRINT
        if theirs > PATIENCE:
            break


def _written_by(library: Any, page: str) -> object:
    """Write a page as a PDF that is tagged, as ours is."""
    return library(string=page).write_pdf(pdf_variant="pdf/ua-1")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few partners")
    quick: bool = parser.parse_args().quick
    formats = [*available()]
    doublings = [*measure(formats, DOUBLED[:QUICK] if quick else DOUBLED)]
    show_table(doublings)
    reached = [*told(verdicts_on_growth(doublings))]
    if find_spec("weasyprint") is None:
        print("WeasyPrint is not installed: left out")
    else:
        reached += told(verdicts_beside_weasyprint(QUICK_BESIDE if quick else BESIDE))
    return 0 if all(reached) else 1


def told(verdicts: Iterable[Verdict]) -> Iterator[bool]:
    """Print verdicts as they come, and yield whether each target is reached."""
    print()
    for measured, is_reached in verdicts:
        print(f"{measured}: {'reached' if is_reached else 'MISSED'}", flush=True)
        yield is_reached


if __name__ == "__main__":
    sys.exit(main())
