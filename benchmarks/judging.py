"""How long it takes to judge answers against the publisher's examples, beside difflib's SequenceMatcher.

    python benchmarks/judging.py

Submissions: 23 answers with nothing of an example in them, of three lengths; and the returned samples, which have all
there is. SequenceMatcher tells the state only: by how much of the example stands in runs of four words or more, which
is the shortest way to use it. Worst cases: answers that no box holds, made to keep a judge busy; SequenceMatcher has
one minute for each.

Targets: a submission with nothing of an example in it, of usual length, under a millisecond; any answer under 50 ms.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import cycle, islice
from pathlib import Path
from typing import TypeAlias

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # this is a script: Python looks beside it, not above it

from samples import rebuild  # noqa: E402 - only found after the line above
from tests.judged import thin  # noqa: E402 - the same
from veldpdf.definition import load_form  # noqa: E402 - the same
from veldpdf.judging import judge  # noqa: E402 - the same
from veldpdf.model import FieldSpec, State  # noqa: E402 - the same

ROUNDS = 41
SUBMISSION_MS = 1.0
ANSWER_MS = 50.0
PATIENCE = 60

Answers: TypeAlias = Sequence[tuple[FieldSpec, str]]
FORM = load_form()


def with_difflib(spec: FieldSpec, text: str) -> State:
    """Return the state of an answer, by difflib."""
    example, words = spec.example.split(), text.split()
    if not words:
        return State.EMPTY
    if words == example:
        return State.EXAMPLE
    if not example:
        return State.ANSWERED
    blocks = SequenceMatcher(None, example, words, autojunk=False).get_matching_blocks()
    standing = sum(block.size for block in blocks if block.size >= 4)
    return State.PARTLY_EXAMPLE if standing >= len(example) / 2 else State.ANSWERED


def with_veldpdf(spec: FieldSpec, text: str) -> State:
    return judge(spec, text, thin()).state


def submissions() -> dict[str, Answers]:
    examples = rebuild.load_examples()
    returned = {
        path.stem: [
            (FORM.field(name), text)
            for name, text in (examples | rebuild.load_partner(path.stem, examples).values).items()
        ]
        for path in sorted(rebuild.ANSWERS.glob("*.json"))
    }
    own = [
        text
        for answers in returned.values()
        for spec, text in answers
        if with_difflib(spec, text) is State.ANSWERED
    ]
    made: dict[str, Answers] = {}
    for name, size in (("short answers", 1), ("usual answers", 2), ("long answers", 20)):
        texts = cycle(own)
        made[name] = [(spec, "\n".join(islice(texts, size))) for spec in FORM.fields]
    return made | returned


def worst_cases() -> dict[str, tuple[FieldSpec, str]]:
    veld03, veld05, veld06, veld12 = (FORM.field(name) for name in ("Veld03", "Veld05", "Veld06", "Veld12"))
    own = "Wij bespreken dit elk kwartaal met alle kinderen en jongeren in onze wijk. "
    return {
        "100,000 words": (veld12, own * 7_700),
        "100,000 words, then the example": (veld12, own * 7_700 + veld12.example),
        "the example 800 times": (veld12, veld12.example * 800),
        "a bullet 50,000 times": (veld06, "Bestuurlijk commitment. " * 50_000),
        "most of a bullet 20,000 times": (veld06, "Gemeente pakt coördinerende rol. " * 20_000),
        "runs of the example": (veld03, "meer kinderen en jongeren in onze " * 17_000),
        "one word 100,000 times": (veld05, "een " * 100_000),
        "700,000 question marks": (veld05, "?" * 700_000),
        "700,000 characters that do not show": (veld05, "\u0600" * 700_000),
    }


def milliseconds(judge_one: Callable[[FieldSpec, str], State], answers: Answers, rounds: int = ROUNDS) -> float:
    """Return how long the answers take, the median of some rounds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        for spec, text in answers:
            judge_one(spec, text)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


def difflib_on_worst(name: str) -> str:
    """Return how long SequenceMatcher takes for a worst case, in a process that may be stopped."""
    command = [sys.executable, __file__, "--difflib", name]
    try:
        done = subprocess.run(command, timeout=PATIENCE, check=True, capture_output=True, text=True)
    except subprocess.TimeoutExpired:
        return f"over {PATIENCE * 1000:,} ms"
    return done.stdout.strip()


def main() -> int:
    if sys.argv[1:2] == ["--difflib"]:
        print(f"{milliseconds(with_difflib, [worst_cases()[sys.argv[2]]], 1):,.0f} ms")
        return 0
    missed = False
    print(f"Submissions of {len(FORM.fields)} answers, median of {ROUNDS} rounds")
    for name, answers in submissions().items():
        ours, theirs = milliseconds(with_veldpdf, answers), milliseconds(with_difflib, answers)
        size = sum(len(text.split()) for _, text in answers)
        verdict = ""
        if name == "usual answers":
            missed = missed or ours > SUBMISSION_MS
            verdict = f"  target {SUBMISSION_MS:.0f} ms: {'reached' if ours <= SUBMISSION_MS else 'MISSED'}"
        print(f"  {name:15} {size:6,} words  {ours:7.2f} ms, difflib {theirs:8.2f} ms{verdict}")
    print("Answers that no box holds")
    for name, answer in worst_cases().items():
        ours = milliseconds(with_veldpdf, [answer], 7)
        missed = missed or ours > ANSWER_MS
        verdict = "reached" if ours <= ANSWER_MS else "MISSED"
        theirs = difflib_on_worst(name)
        print(f"  {name:36} {ours:6.1f} ms, difflib {theirs:>15}  target {ANSWER_MS:.0f} ms: {verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
