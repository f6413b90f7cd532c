"""How long it takes until the program is there: over a bare ``python -c pass``, in fresh processes.

    python benchmarks/startup.py

Targets: ``import veldpdf`` under 60 ms, ``veldpdf --help`` under 150 ms.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15
BARE = ["-c", "pass"]
COMMANDS = {
    "import veldpdf": (["-c", "import veldpdf"], 60),
    "veldpdf --help": (["-m", "veldpdf", "--help"], 150),
    "veldpdf extract (one file)": (["-m", "veldpdf", "extract", "samples/returned/ggd.pdf"], None),
    "import pypdf": (["-c", "import pypdf"], None),
    "import pikepdf": (["-c", "import pikepdf"], None),
}


def milliseconds(arguments: list[str]) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    return (time.perf_counter() - begin) * 1000


def main() -> int:
    every = {"": BARE, **{name: arguments for name, (arguments, _) in COMMANDS.items()}}
    # Side by side: each round runs all of them, so that a noisy moment hits all alike.
    rounds = [{name: milliseconds(arguments) for name, arguments in every.items()} for _ in range(ROUNDS)]
    bare = statistics.median(times[""] for times in rounds)
    print(f"python -c pass: {bare:.0f} ms (median of {ROUNDS} rounds)")
    late = False
    for name, (_, target) in COMMANDS.items():
        over = statistics.median(times[name] - times[""] for times in rounds)
        verdict = ""
        if target is not None:
            verdict = f"  target {target} ms: {'reached' if over <= target else 'MISSED'}"
            late = late or over > target
        print(f"{name:28} +{over:4.0f} ms{verdict}")
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
