"""How much of the answers comes back from printed worksheets, and how long that takes.

    python benchmarks/recovery.py [--source pypdf] [--quick] [--json]

Worksheets filled by real form engines (``samples/returned``, and texts made to be nasty) are printed by real programs,
then distorted. For each printer and distortion: word recall, word precision, and seconds for one file.

* recall: of the words typed that MuPDF, which knows nothing of veldpdf, still sees on the printed page, the part that
  is recovered in the right field, in order. What a form engine does not draw, nobody can read.
* precision: of the words recovered, the part that was typed in that field.

``--source pypdf`` reads the pages with pypdf's positions instead of PDFium's, which is how PDFium was chosen.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import statistics
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pymupdf

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this is a script: Python looks beside it, not above it

from samples import rebuild  # noqa: E402 - only found after the line above
from tests.engines import ENGINES  # noqa: E402
from tests.printing import PRINTERS  # noqa: E402
from tests.printing.distortions import DISTORTIONS  # noqa: E402
from veldpdf.definition import load_form  # noqa: E402
from veldpdf.pdf.filling.template import Template  # noqa: E402
from veldpdf.pdf.geometry import read_geometry  # noqa: E402
from veldpdf.pdf.pagetext import PageText, Word, read_pages  # noqa: E402
from veldpdf.pdf.recovery import recover_pages  # noqa: E402
from veldpdf.typesetting.metrics import standard_widths  # noqa: E402

FORM = ROOT / "forms" / "bouwsteen-3a.pdf"
TARGETS = {"none": 0.99}
TARGET_DISTORTED = 0.97
QUICK = ("none", "scaled", "turned")

SENTENCE = "Wij werken met jeugd- en jongerenwerk en met vrijetijdsorganisaties/sportclubs in de wijk. "
NASTY = {
    "Veld01": (SENTENCE * 5).strip() + "\n\nTweede alinea: " + (SENTENCE * 3).strip(),
    "Veld02": "Punten:\n• eerste punt\n• tweede punt, "
    + (SENTENCE * 2).strip()
    + "\n  - dieper\n\n\nNa twee witregels.",
    "Veld03": "Zie https://www.example.org/" + "een/lang/adres/" * 14 + "einde?a=1&b=2 voor meer.",
    "Veld04": "“Aanhaling” – met streepje — en ‘enkel’ … € 5,- é ë ï ö ü ñ ç ½ °C\n1. een\n2. twee\n10. tien",
    "Veld05": "a\nb\nc\n\nd",
    "Veld06": "Met welke partners doen we dit samen en hoe betrekken we die? Denk aan samenwerking.",
    "Veld07": "Pagina 5 van 12",
    "Veld08": "<b>vet</b> {{ x }} =1+1 @SUM(A1) C:\\map\\bestand & co; 100% #hashtag",
    "Veld09": "   begint met spaties\neinde",
    "Veld10": "X",
    "Veld11": "Officiële financiële efficiënte affiche fluiten effect office",
    "Veld12": "\n".join(f"{number}. Regel nummer {number}" for number in range(1, 21)),
    "Veld13": "",
    "Veld14": "kort",
    "Veld15": "smal vak met eenheelergongewoonlangwoordzonderspatieshoorvanjewelste en verder",
    "Veld16": (SENTENCE * 3).strip(),
    "Veld18": "-",
    "Veld19": "?",
    "Veld20": "Ja.\nNee.",
}


def typed() -> Iterator[tuple[str, bytes, dict[str, str]]]:
    """Yield filled worksheets: a name, the file, and what stands in each field."""
    examples = {
        spec["name"]: spec.get("example", "")
        for spec in tomllib.loads(FORM.with_suffix(".toml").read_text("utf-8"))["fields"]
    }
    for path in sorted((ROOT / "samples" / "answers").glob("*.json")):
        partner = rebuild.load_partner(path.stem, examples)
        data = (ROOT / "samples" / "returned" / f"{path.stem}.pdf").read_bytes()
        yield f"{path.stem} ({partner.engine})", data, {**examples, **partner.values}
    blank = FORM.read_bytes()
    for engine in ENGINES.values():
        if engine.missing() is None:
            yield f"nasty ({engine.name})", engine.fill(blank, NASTY), {**examples, **NASTY}
    yield "nasty (veldpdf)", Template.open(blank, form=load_form()).fill(NASTY), {**examples, **NASTY}


@dataclass(frozen=True)
class Score:
    """Words of one file."""

    hits: int = 0
    visible: int = 0
    right: int = 0
    recovered: int = 0
    seconds: tuple[float, ...] = ()

    def __add__(self, other: Score) -> Score:
        return Score(
            self.hits + other.hits,
            self.visible + other.visible,
            self.right + other.right,
            self.recovered + other.recovered,
            self.seconds + other.seconds,
        )

    @property
    def recall(self) -> float:
        """Part of the visible words that were recovered."""
        return self.hits / self.visible if self.visible else 1.0

    @property
    def precision(self) -> float:
        """Part of the recovered words that were typed."""
        return self.right / self.recovered if self.recovered else 1.0


def measure(pdf: bytes, seen: Counter[str], answers: Mapping[str, str], source: str) -> Score:
    form = load_form()
    geometry = read_geometry(FORM.read_bytes(), form)
    assert geometry is not None
    begin = time.perf_counter()
    found = recover_pages(SOURCES[source](pdf), [geometry], form)
    seconds = time.perf_counter() - begin
    score = Score(seconds=(seconds,))
    left = seen.copy()
    for name, text in answers.items():
        got = found[0].answers[name].text.split() if found and name in found[0].answers else []
        words = text.split()
        visible = [word for word in words if _take(left, word)]
        score += Score(_common(visible, got), len(visible), _common(words, got), len(got))
    return score


def _take(left: Counter[str], word: str) -> bool:
    left[word] -= 1
    return left[word] >= 0


def _common(one: list[str], other: list[str]) -> int:
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks)


def seen_by_mupdf(pdf: bytes) -> Counter[str]:
    """Return the words that stand on the pages, beside those that are printed on the empty worksheet."""

    def words(data: bytes) -> Counter[str]:
        with pymupdf.open(stream=data, filetype="pdf") as document:
            return Counter(word[4] for page in document for word in page.get_text("words"))

    blank = PRINTERS["pikepdf"].print(
        Template.open(FORM.read_bytes(), form=load_form()).fill({}, examples=False)
    )
    return words(pdf) - words(blank)


# What pypdf tells of a page, made into words.


def pypdf_pages(pdf: bytes) -> tuple[PageText, ...]:
    """Return a page's words by pypdf's visitor.

    pypdf gives each piece of text with the matrices at its beginning, and begins anew in each form XObject; the
    place of those is followed here by the operators. It tells no widths: Helvetica's are taken.
    """
    import pypdf  # noqa: PLC0415 - only where it is measured

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return tuple(_pypdf_page(number, page) for number, page in enumerate(reader.pages, start=1))


def _pypdf_page(number: int, page: Any) -> PageText:
    words: list[Word] = []
    bases: list[Matrix] = [IDENTITY]
    resources: list[Any] = [page.get("/Resources", {})]

    def before(operator: bytes, operands: Any, cm: Any, _tm: Any) -> None:
        if operator == b"Do":
            form = resources[-1].get_object().get("/XObject", {})[operands[0]].get_object()
            matrix = tuple(map(float, form.get("/Matrix", IDENTITY)))
            bases.append(multiplied(multiplied(matrix, tuple(map(float, cm))), bases[-1]))
            resources.append(form.get("/Resources", resources[-1]))

    def after(operator: bytes, _operands: Any, _cm: Any, _tm: Any) -> None:
        if operator == b"Do":
            bases.pop()
            resources.pop()

    def piece(text: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        words.extend(_pypdf_words(text, multiplied(multiplied(tuple(tm), tuple(cm)), bases[-1]), float(size)))

    page.extract_text(visitor_text=piece, visitor_operand_before=before, visitor_operand_after=after)
    box = page.cropbox
    return PageText(number, (complex(*box.lower_left), complex(*box.upper_right)), tuple(words))


Matrix = tuple[float, ...]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def multiplied(one: Matrix, other: Matrix) -> Matrix:
    """Return the matrix that does the one, then the other (8.3.4)."""
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _pypdf_words(text: str, matrix: Matrix, size: float) -> Iterator[Word]:
    widths = standard_widths("Helvetica")
    along, origin = complex(matrix[0], matrix[1]), complex(matrix[4], matrix[5])
    offset = 0.0
    for token in _tokens(text):
        width = sum(map(widths.__getitem__, token)) / 1000 * size
        if token.strip():
            yield Word(token, origin + along * offset, origin + along * (offset + width), size * abs(along))
        offset += width


def _tokens(text: str) -> Iterator[str]:
    token = ""
    for character in text:
        if token and (character.isspace() or token.isspace()):
            yield token
            token = ""
        token += character
    if token:
        yield token


SOURCES: Mapping[str, Callable[[bytes], tuple[PageText, ...]]] = {"pdfium": read_pages, "pypdf": pypdf_pages}


@dataclass(frozen=True)
class Job:
    """One filled worksheet to print, distort and read.

    Attributes:
        printer: Key in `PRINTERS`.
        filled: The worksheet.
        answers: What stands in it.
        source: Key in `SOURCES`.
        kinds: Keys in `DISTORTIONS`.
    """

    printer: str
    filled: bytes
    answers: Mapping[str, str]
    source: str
    kinds: tuple[str, ...]

    def run(self) -> dict[str, Score]:
        """Return the score of each distortion."""
        printed = PRINTERS[self.printer].print(self.filled)
        seen = seen_by_mupdf(printed)
        return {
            kind: measure(DISTORTIONS[kind](printed), seen, self.answers, self.source) for kind in self.kinds
        }


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", choices=SOURCES, default="pdfium")
    parser.add_argument("--quick", action="store_true", help="three distortions only")
    parser.add_argument("--json", action="store_true", help="each file's figures as JSON")
    options = parser.parse_args()
    kinds = QUICK if options.quick else tuple(DISTORTIONS)
    sheets = list(typed())
    printers = [printer.name for printer in PRINTERS.values() if printer.missing() is None]
    totals: dict[tuple[str, str], Score] = {}
    with ProcessPoolExecutor() as pool:
        jobs = {
            (printer, name): pool.submit(Job(printer, filled, answers, options.source, kinds).run)
            for printer in printers
            for name, filled, answers in sheets
        }
        for (printer, name), future in jobs.items():
            for kind, score in future.result().items():
                totals[printer, kind] = totals.get((printer, kind), Score()) + score
                if options.json:
                    print(json.dumps([printer, name, kind, score.recall, score.precision, score.seconds[0]]))
    return report(options.source, len(sheets), totals)


def report(source: str, sheets: int, totals: Mapping[tuple[str, str], Score]) -> int:
    kinds = list(dict.fromkeys(kind for _, kind in totals))
    print(f"{source}: recall / precision in %, {sheets} worksheets each")
    print(f"{'':12}" + "".join(f"{kind:>14}" for kind in kinds) + f"{'s a file':>10}")
    missed = False
    for printer in dict.fromkeys(printer for printer, _ in totals):
        scores = [totals[printer, kind] for kind in kinds]
        cells = "".join(f"{100 * score.recall:7.2f}/{100 * score.precision:6.2f}" for score in scores)
        seconds = statistics.median(second for score in scores for second in score.seconds)
        print(f"{printer:12}{cells}{seconds:10.2f}")
    for kind in kinds:
        every = sum((score for (_, of), score in totals.items() if of == kind), Score())
        target = TARGETS.get(kind, TARGET_DISTORTED)
        missed = missed or min(every.recall, every.precision) < target
        print(f"{kind}: {100 * every.recall:.2f} / {100 * every.precision:.2f} (target {100 * target:.0f})")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
