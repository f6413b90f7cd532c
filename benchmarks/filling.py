"""How long filling takes, beside copying the file and beside other programs; and how a thousand partners go.

    python benchmarks/filling.py [--quick]

All 23 fields of a worksheet get the same texts, and every program that is there writes the result to a file, where
there was none. Worksheets: the embedded one, and one of real size in both ways to save it (``real_size.py``). Every
round runs all contenders, so that a noisy moment hits all alike; slow ones sit rounds out. What each of them writes
is read back first. They do not all do as much: pikepdf.form and pypdf draw an answer as one line, and PyPDFForm
leaves drawing to the viewer. veldpdf has its template open, as it does for a list of partners; the others open the
file each time.

Then a thousand partners, in one process and by the command line: time beside copying the template as often, and
memory, which must not grow with their number.

Targets: real size, at most 4 times a copy and 0.12 times pikepdf.form; small, at most 0.5 times pikepdf.form; never
slower than another program. A thousand partners: 1.5 times the copies and 2 ms for each; memory within 5 %.

The other programs: ``pip install -e '.[benchmark]'`` and pdftk. Those that are missing are named and left out.
"""

from __future__ import annotations

import argparse
import csv
import gc
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import count, cycle
from pathlib import Path
from typing import TypeAlias

import pikepdf
import real_size

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this is a script: Python looks beside it, not above it

import veldpdf  # noqa: E402 - only found after the line above
from samples import rebuild  # noqa: E402 - the same

SMALL = "small"
ROUNDS, QUICK_ROUNDS = 60, 12
PARTNERS, QUICK_PARTNERS = 1000, 200
SLICE = 100
MEMORY_FILLS = (1000, 5000)
ROWS, QUICK_ROWS = (100, 1000, 5000), (100, 300)

TIMES_COPY = 4.0
TIMES_PIKEPDF_SMALL = 0.5
TIMES_PIKEPDF = 0.12
BATCH_TIMES_COPY = 1.5
BATCH_MS = 2.0
MEMORY_RATIO = 1.05

LENGTHS = (20, 180, 900, 45, 320, 610, 90, 240, 750, 60, 410, 130)
"""Characters of an answer: from a few words to a full box."""
LEAD = "Eén plan – “samen” – kost € 500. "
"""What every answer begins with: no program gets away with ASCII."""

Values: TypeAlias = Mapping[str, str]
Fill: TypeAlias = Callable[[Path], object]
"""Writes the filled worksheet to a path."""


def answers() -> Values:
    """Return a text for every field, no two alike."""
    texts = map(answer, cycle(LENGTHS), count(step=max(LENGTHS)))
    return dict(zip(veldpdf.Template.open().fields, texts, strict=False))


def answer(length: int, start: int = 0) -> str:
    """Return an answer of about some length; no space at its end, which some programs take off.

    Args:
        length: In characters.
        start: How far into what was written the text begins.
    """
    whole = written()
    start %= len(whole) - length
    return (LEAD + whole[start : start + length])[:length].rstrip()


@cache
def written() -> str:
    """Return what the partners of the samples wrote, in one line; without words that Helvetica does not show."""
    examples = rebuild.load_examples()
    partners = [rebuild.load_partner(path.stem, examples) for path in sorted(rebuild.ANSWERS.glob("*.json"))]
    words = " ".join(text for partner in partners for text in partner.values.values()).split()
    return " ".join(word for word in words if word.encode("cp1252", "ignore").decode("cp1252") == word)


# The contenders. Each is given what may be done once for many fills, and returns what is done for each.


def with_copy(sheet: Path, _values: Values) -> Fill:
    return lambda target: target.write_bytes(sheet.read_bytes())


def with_veldpdf(sheet: Path, values: Values) -> Fill:
    template = veldpdf.Template.open(sheet, form=veldpdf.load_form())
    return lambda target: target.write_bytes(template.fill(values))


def with_pikepdf(sheet: Path, values: Values) -> Fill:
    from pikepdf.form import DefaultAppearanceStreamGenerator, Form  # noqa: PLC0415 - pikepdf 9.5 and newer

    def fill(target: Path) -> None:
        with pikepdf.open(sheet) as pdf:
            form = Form(pdf, DefaultAppearanceStreamGenerator)
            for name, text in values.items():
                form[name].value = text  # type: ignore[union-attr]  # one field by each name
            pdf.save(target)

    return fill


def with_pymupdf(sheet: Path, values: Values) -> Fill:
    import pymupdf  # noqa: PLC0415 - may be missing

    def fill(target: Path) -> None:
        with pymupdf.open(sheet) as document:
            for page in document:
                for widget in page.widgets():
                    widget.field_value = values[widget.field_name]
                    widget.update()
            document.save(target)

    return fill


def with_pypdf(sheet: Path, values: Values) -> Fill:
    import pypdf  # noqa: PLC0415 - may be missing

    def fill(target: Path) -> None:
        writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(sheet))
        writer.update_page_form_field_values(None, values, auto_regenerate=False)
        writer.write(target)

    return fill


def with_pypdfform(sheet: Path, values: Values) -> Fill:
    from PyPDFForm import PdfWrapper  # type: ignore[import-untyped]  # noqa: PLC0415 - may be missing

    return lambda target: target.write_bytes(PdfWrapper(str(sheet)).fill(dict(values)).read())


def with_pdftk(sheet: Path, values: Values) -> Fill:
    def hexadecimal(text: str) -> str:
        return ("\ufeff" + text).encode("utf-16-be").hex()

    fields = "\n".join(
        f"<</T <{hexadecimal(name)}> /V <{hexadecimal(text)}>>>" for name, text in values.items()
    )
    data = sheet.with_suffix(".fdf")
    data.write_text(
        f"%FDF-1.2\n1 0 obj\n<</FDF <</Fields [{fields}]>>>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n",
        "ascii",
    )
    return lambda target: subprocess.run(["pdftk", sheet, "fill_form", data, "output", target], check=True)


@dataclass(frozen=True)
class Contender:
    """A way to fill a worksheet.

    Attributes:
        name: As the table shows it.
        prepare: Returns what fills one.
        needs: The module or program that may be missing.
        every: It takes part in every so many rounds.
    """

    name: str
    prepare: Callable[[Path, Values], Fill]
    needs: str = ""
    every: int = 1

    @property
    def is_there(self) -> bool:
        """Whether it can be measured here."""
        return not self.needs or find_spec(self.needs) is not None or shutil.which(self.needs) is not None


COPY, VELDPDF, PIKEPDF = "copy", "veldpdf", "pikepdf.form"
CONTENDERS = (
    Contender(COPY, with_copy),
    Contender(VELDPDF, with_veldpdf),
    Contender(PIKEPDF, with_pikepdf),
    Contender("PyMuPDF", with_pymupdf, "pymupdf"),
    Contender("pypdf", with_pypdf, "pypdf", every=6),
    Contender("PyPDFForm", with_pypdfform, "PyPDFForm", every=6),
    Contender("pdftk", with_pdftk, "pdftk", every=6),
)


def check_values(path: Path, values: Values) -> None:
    """Make sure that a file holds the values."""
    with pikepdf.open(path) as pdf:
        held = {str(field.T): str(field.get("/V", "")) for field in pdf.Root.AcroForm.Fields}
    wrong = [name for name, text in values.items() if held.get(name) != text]
    assert not wrong, f"{path.stem} did not fill {', '.join(wrong)}"


def compete(
    sheet: Path, contenders: Sequence[Contender], values: Values, rounds: int
) -> Mapping[str, list[float]]:
    """Return the milliseconds of each fill by contender."""
    fills = {contender: contender.prepare(sheet, values) for contender in contenders}
    for contender, fill in fills.items():
        target = sheet.with_name(f"{contender.name}.pdf")
        fill(target)
        if contender.name != COPY:
            check_values(target, values)
    # What is there by now is left out of what is cleared away before each fill, which then takes no time.
    gc.collect()
    gc.freeze()
    times: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for number in range(rounds):
        for contender, fill in fills.items():
            if number % contender.every == 0:
                times[contender.name].append(milliseconds(fill, sheet.with_name("target.pdf")))
    return times


def milliseconds(fill: Fill, target: Path) -> float:
    """Return how long one fill takes that begins with no file there, and nobody else's objects to clear away."""
    target.unlink(missing_ok=True)
    gc.collect()
    begin = time.perf_counter()
    fill(target)
    return (time.perf_counter() - begin) * 1000


# A thousand partners.


def own_values(number: int) -> Values:
    """Return what one partner's worksheet says that no other's does."""
    return {
        name: f"Partner {number}: {answer(length, length * number)}"
        for name, length in (("Veld01", 60), ("Veld03", 150), ("Veld08", 250))
    }


def prefill(sheet: Path, partners: int) -> tuple[float, float]:
    """Return the seconds that copying a worksheet and prefilling it take for so many partners."""
    copying = filling = 0.0
    begin = time.perf_counter()
    template = veldpdf.Template.open(sheet, form=veldpdf.load_form())
    filling += time.perf_counter() - begin
    # Part by part in turns, and each part taken away, so that the disk is as busy for both.
    for start in range(0, partners, SLICE):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            begin = time.perf_counter()
            for number in range(start, start + SLICE):
                (folder / f"copy-{number}.pdf").write_bytes(sheet.read_bytes())
            copying += time.perf_counter() - begin
            begin = time.perf_counter()
            for number in range(start, start + SLICE):
                filled = template.fill(own_values(number), partner=f"Partner {number}")
                (folder / f"filled-{number}.pdf").write_bytes(filled)
            filling += time.perf_counter() - begin
    return copying, filling


# Runs a command, and tells its seconds and its peak of memory. A process begins with the peak of the one that started
# it (getrusage(2), on Linux), so the command must not be started by this one, which is large.
WATCH = """
import json, resource, subprocess, sys, time
begin = time.perf_counter()
done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
seconds = time.perf_counter() - begin
if done.returncode:
    sys.exit(done.stdout + done.stderr)
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""
FILL_MANY = """
import json, sys, veldpdf
from pathlib import Path
sheet, answers, target, fills = sys.argv[1:]
values = json.loads(Path(answers).read_bytes())
template = veldpdf.Template.open(sheet, form=veldpdf.load_form())
for number in range(int(fills)):
    Path(target).write_bytes(template.fill(values, partner=f"Partner {number}"))
"""


def watched(command: Sequence[str | Path]) -> tuple[float, float]:
    """Return the seconds that a command takes, and its peak of memory in MB."""
    told = subprocess.run(
        [sys.executable, "-c", WATCH, *command], cwd=ROOT, check=True, stdout=subprocess.PIPE
    ).stdout
    seconds, peak = json.loads(told)
    return seconds, peak / (1e6 if sys.platform == "darwin" else 1e3)  # bytes there, kilobytes elsewhere


def memory_of(sheet: Path, values: Values, fills: int) -> float:
    """Return the peak of memory in MB of a process that fills a worksheet so many times."""
    texts, target = sheet.with_suffix(".json"), sheet.with_name("target.pdf")
    texts.write_text(json.dumps(values), "utf-8")
    return watched([sys.executable, "-c", FILL_MANY, sheet, texts, target, str(fills)])[1]


def on_the_command_line(folder: Path, rows: int) -> tuple[float, float]:
    """Return the seconds and the peak of memory in MB of ``veldpdf prefill`` for so many partners."""
    partners, made = folder / f"partners-{rows}.csv", folder / f"made-{rows}"
    with partners.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["partner", *own_values(0)])
        writer.writerows([f"Partner {number}", *own_values(number).values()] for number in range(rows))
    measured = watched([sys.executable, "-m", "veldpdf", "prefill", "--partners", partners, "-o", made])
    assert len([*made.iterdir()]) == rows, "a worksheet for each"
    shutil.rmtree(made)
    return measured


# The figures.

Verdict: TypeAlias = tuple[str, bool]
"""What was measured beside its target, and whether that is reached."""


def show_table(title: str, times: Mapping[str, list[float]]) -> None:
    medians = {name: statistics.median(every) for name, every in times.items()}
    print(f"\n{title}")
    print(f"{'':14}{'median ms':>10}{'x copy':>9}{'x pikepdf.form':>16}{'rounds':>8}")
    for name, median in medians.items():
        ratios = f"{median / medians[COPY]:9.2f}{median / medians[PIKEPDF]:16.3f}"
        print(f"{name:14}{median:10.2f}{ratios}{len(times[name]):8}")


def verdicts_on(sheet: str, times: Mapping[str, list[float]]) -> Iterator[Verdict]:
    """Yield how veldpdf does on one worksheet."""
    medians = {name: statistics.median(every) for name, every in times.items()}
    ours = medians[VELDPDF]
    if sheet != SMALL:
        ratio = ours / medians[COPY]
        yield f"{sheet}: {ratio:.2f} x copy (target {TIMES_COPY:g})", ratio <= TIMES_COPY
    ratio, target = ours / medians[PIKEPDF], TIMES_PIKEPDF_SMALL if sheet == SMALL else TIMES_PIKEPDF
    yield f"{sheet}: {ratio:.3f} x pikepdf.form (target {target:g})", ratio <= target
    best = min(medians.keys() - {COPY, VELDPDF}, key=medians.__getitem__)
    yield f"{sheet}: {ours:.2f} ms, {best} {medians[best]:.2f} ms (never slower)", ours <= medians[best]


def verdict_on_partners(sheet: str, path: Path, partners: int) -> Verdict:
    """Return how a thousand partners go."""
    copying, filling = (1000 * seconds / partners for seconds in prefill(path, partners))
    allowed = BATCH_TIMES_COPY * copying + BATCH_MS
    told = f"{sheet}: {partners} partners {filling:.2f} ms each, a copy {copying:.2f} ms (target {allowed:.2f})"
    return told, filling <= allowed


def verdict_on_memory(sheet: str, path: Path, values: Values) -> Verdict:
    """Return whether many fills take more memory than few."""
    few, many = (memory_of(path, values, fills) for fills in MEMORY_FILLS)
    ratio = many / few
    told = f"{MEMORY_FILLS[0]} fills {few:.1f} MB, {MEMORY_FILLS[1]} fills {many:.1f} MB"
    return f"{sheet}: {told}, {ratio:.3f} x (target {MEMORY_RATIO:g})", ratio <= MEMORY_RATIO


def show_command_line(folder: Path, lists: Sequence[int]) -> None:
    print("\nveldpdf prefill --partners, the small worksheet")
    start_up, peak = on_the_command_line(folder, 1)
    print(f"{1:6} row  {start_up:6.2f} s{'':18}{peak:8.1f} MB")
    for rows in lists:
        seconds, peak = on_the_command_line(folder, rows)
        each = (seconds - start_up) * 1000 / (rows - 1)
        print(f"{rows:6} rows {seconds:6.2f} s, {each:5.2f} ms for each{peak:8.1f} MB")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="few rounds and partners")
    quick: bool = parser.parse_args().quick
    values = answers()
    there = [contender for contender in CONTENDERS if contender.is_there]
    for contender in CONTENDERS:
        if contender not in there:
            print(f"{contender.name} is not installed: left out")
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory() as name:
        sheets = write_sheets(Path(name))
        for sheet, path in sheets.items():
            times = compete(path, there, values, QUICK_ROUNDS if quick else ROUNDS)
            show_table(f"{sheet}: {path.stat().st_size:,} bytes, {len(values)} fields", times)
            verdicts += verdicts_on(sheet, times)
        partners = QUICK_PARTNERS if quick else PARTNERS
        verdicts += [verdict_on_partners(sheet, path, partners) for sheet, path in sheets.items()]
        verdicts += [verdict_on_memory(sheet, path, values) for sheet, path in sheets.items()]
        show_command_line(Path(name), QUICK_ROWS if quick else ROWS)
    print()
    for told, reached in verdicts:
        print(f"{told}: {'reached' if reached else 'MISSED'}")
    return 0 if all(reached for _, reached in verdicts) else 1


def write_sheets(folder: Path) -> Mapping[str, Path]:
    """Write the worksheets, each in a folder of its own, and return where."""
    contents = {
        SMALL: real_size.FORM.read_bytes(),
        "real size, table": real_size.build(object_streams=False),
        "real size, streams": real_size.build(object_streams=True),
    }
    sheets = {name: folder / str(number) / "worksheet.pdf" for number, name in enumerate(contents)}
    for name, path in sheets.items():
        path.parent.mkdir()
        path.write_bytes(contents[name])
    return sheets


if __name__ == "__main__":
    sys.exit(main())
