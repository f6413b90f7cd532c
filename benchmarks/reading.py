"""How long returned worksheets take to be read: one, a thousand, a second time, and on the command line.

    python benchmarks/reading.py [--quick]

Beside it, in the same run: a bare pikepdf walk of the same file (open, go down the field tree, take names and values:
what anybody would write who trusts the file), pypdf's ``get_fields``, and ``pdftk dump_data_fields_utf8`` where it is
installed. Seconds of one core are CPU time of the process; those of many files are by the clock.

Targets: a read at most 1.3 times a bare walk and at most 0.2 of pypdf; 1,000 files with limits on two cores at least
1.6 times as fast as a bare walk of them on one; the memory of the parent for ten times the files at most 1.2 times;
a second run with the cache at least 10 times as fast; one file in a cold process faster than pdftk.
"""

from __future__ import annotations

import argparse
import io
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this is a script: Python looks beside it, not above it

import pikepdf  # noqa: E402 - only found after the line above
import pypdf  # noqa: E402 - the same

import veldpdf  # noqa: E402 - the same

SAMPLES = sorted((ROOT / "samples" / "returned").glob("*.pdf"))
RUN = [sys.executable, "-m", "veldpdf"]
# A user has the modules compiled, whatever this shell says.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
# Prints how much memory a run of read_many takes at most, in kilobytes.
STREAM = """
import resource, sys, veldpdf
from pathlib import Path
for _ in veldpdf.read_many(sorted(Path(sys.argv[1]).iterdir())):
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def bare_walk(data: bytes) -> dict[str, str]:
    """Return names and values as a short script on pikepdf finds them."""
    found: dict[str, str] = {}

    def visit(field: pikepdf.Object, above: str) -> None:
        own = str(field["/T"]) if "/T" in field else ""
        name = f"{above}.{own}" if above and own else above or own
        kids = [kid for kid in field.get("/Kids", ()) if "/T" in kid]
        for kid in kids:
            visit(kid, name)
        if not kids:
            found[name] = str(field.get("/V", ""))

    with pikepdf.open(io.BytesIO(data)) as pdf:
        for field in pdf.Root.AcroForm.Fields:
            visit(field, "")
    return found


def seconds_of(work: Callable[[], object], rounds: int) -> float:
    """Return the best CPU time of some rounds: what comes on top is the machine's."""
    work()
    best = float("inf")
    for _ in range(rounds):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best


def clock(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def copies(folder: Path, number: int) -> Path:
    """Return a folder with so many returned worksheets, all of them different files."""
    target = folder / str(number)
    target.mkdir()
    for index in range(number):
        data = SAMPLES[index % len(SAMPLES)].read_bytes()
        (target / f"{index:05}.pdf").write_bytes(data + b"\n" * (index % 7) + b"%%%d\n" % index + b"%%EOF\n")
    return target


def report(name: str, ratio: float, target: str, *, is_reached: bool) -> None:
    print(f"  {name:58} {ratio:6.2f}   target {target:8} {'reached' if is_reached else 'NOT reached'}")


def one_file(rounds: int) -> None:
    for label, path in (("small", SAMPLES[1]), ("real size", _real_size())):
        data = path.read_bytes()
        ours = seconds_of(lambda data=data: veldpdf.read(data), rounds)
        walk = seconds_of(lambda data=data: bare_walk(data), rounds)
        peer = seconds_of(
            lambda data=data: pypdf.PdfReader(io.BytesIO(data)).get_fields(), max(rounds // 10, 2)
        )
        print(
            f"{label}, {len(data) // 1000} kB: read {ours * 1000:.2f} ms, bare walk {walk * 1000:.2f} ms,"
            f" pypdf {peer * 1000:.1f} ms"
        )
        report("read / bare pikepdf walk", ours / walk, "1.3", is_reached=ours <= 1.3 * walk)
        report("read / pypdf get_fields", ours / peer, "0.2", is_reached=ours <= 0.2 * peer)


def _real_size() -> Path:
    """Return a filled worksheet as large and as tagged as the official one."""
    import real_size  # noqa: PLC0415 - beside this file

    target = Path(tempfile.mkdtemp()) / "real.pdf"
    template = veldpdf.Template.open(real_size.build(object_streams=False))
    target.write_bytes(template.fill({f"Veld{number:02}": "Een antwoord. " * 20 for number in range(1, 24)}))
    return target


def many_files(folder: Path, number: int) -> None:
    paths = sorted(folder.iterdir())
    bare = clock(lambda: [bare_walk(path.read_bytes()) for path in paths])
    output = folder.parent / "uit.json"
    extract = [*RUN, "extract", str(folder), "-o", str(output), "--force"]
    ours = clock(lambda: subprocess.run(extract, env=ENVIRONMENT, capture_output=True, check=False))
    cache = [*extract, "--cache", str(folder.parent / f"cache{number}")]
    first = clock(lambda: subprocess.run(cache, env=ENVIRONMENT, capture_output=True, check=False))
    again = clock(lambda: subprocess.run(cache, env=ENVIRONMENT, capture_output=True, check=False))
    print(
        f"{number:,} files: bare walk {bare:.2f} s, extract {ours:.2f} s, with cache {first:.2f} s, again {again:.2f} s"
    )
    report("bare walk on one core / extract on all", bare / ours, "1.6", is_reached=bare >= 1.6 * ours)
    report("without cache / second run with it", ours / again, "10", is_reached=ours >= 10 * again)


def peak_memory(folder: Path) -> int:
    """Return the peak of the parent that streams a folder, in kilobytes."""
    done = subprocess.run(
        [sys.executable, "-c", STREAM, str(folder)], env=ENVIRONMENT, capture_output=True, check=True, text=True
    )
    return int(done.stdout)


def cold() -> None:
    path = str(SAMPLES[1])
    extract = [*RUN, "extract", path]
    ours = min(
        clock(lambda: subprocess.run(extract, env=ENVIRONMENT, capture_output=True, check=False))
        for _ in range(5)
    )
    line = f"one file in a cold process: {ours * 1000:.0f} ms"
    if shutil.which("pdftk") is None:
        print(f"{line}; pdftk is not installed")
        return
    theirs = min(
        clock(lambda: subprocess.run(["pdftk", path, "dump_data_fields_utf8"], capture_output=True, check=True))
        for _ in range(5)
    )
    print(f"{line}, pdftk {theirs * 1000:.0f} ms")
    report("extract / pdftk dump_data_fields_utf8", ours / theirs, "1", is_reached=ours < theirs)


def main() -> None:
    parser = argparse.ArgumentParser(description="Time reading.")
    parser.add_argument("--quick", action="store_true", help="fewer files and rounds")
    quick = parser.parse_args().quick
    few, many = (100, 1_000) if quick else (1_000, 10_000)
    one_file(20 if quick else 100)
    cold()
    with tempfile.TemporaryDirectory() as name:
        folder = copies(Path(name), few)
        many_files(folder, few)
        small, large = peak_memory(folder), peak_memory(copies(Path(name), many))
        print(
            f"peak memory of the parent: {few:,} files {small / 1000:.0f} MB, {many:,} files {large / 1000:.0f} MB"
        )
        report(f"memory for {many:,} / {few:,} files", large / small, "1.2", is_reached=large <= 1.2 * small)
    print(f"this process took {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


if __name__ == "__main__":
    main()
