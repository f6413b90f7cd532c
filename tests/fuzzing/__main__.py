"""Fuzzing by hand: ``python -m tests.fuzzing`` lists the targets, and runs one of them for as long as it is told to.

Coverage-guided by Atheris, an extra: inputs that reach lines which none reached before are kept and changed further.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from hashlib import sha256
from importlib import import_module
from math import ceil
from pathlib import Path

from tests.fuzzing.target import Target

MODULES = ("text", "form_data", "tables", "definitions", "containers", "pdfs")
# Of the changes to inputs, one in so many knows their structure; Atheris makes the others.
_KNOWING = 2
_LARGEST = 4096


def load_targets() -> dict[str, Target]:
    """Return all targets by name."""
    targets = [target for name in MODULES for target in import_module(f"tests.fuzzing.{name}").TARGETS]
    by_name = {target.name: target for target in targets}
    assert len(by_name) == len(targets), "two targets of one name"
    return by_name


def find_target(name: str) -> Target:
    """Return a target by name; modules behind its own are not imported.

    Raises:
        SystemExit: There is none of that name.
    """
    for module in MODULES:
        for target in import_module(f"tests.fuzzing.{module}").TARGETS:
            if target.name == name:
                assert isinstance(target, Target)
                return target
    raise SystemExit(f"there is no target {name}; without a name they are listed")  # noqa: EM102 - as commands do


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    options = _options().parse_args(arguments)
    if options.name is None:
        print(*load_targets(), sep="\n")  # noqa: T201 - a command
        return 0
    if options.check:
        return _check(find_target(options.name), options.check)
    _run(options)
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing", description=__doc__)
    parser.add_argument("name", nargs="?", help="the target; without one they are listed")
    parser.add_argument("--runs", type=int, default=-1, help="executions at most")
    parser.add_argument("--seconds", type=int, default=0, help="seconds at most; 0 for no end")
    parser.add_argument("--corpus", type=Path, help="folder that inputs are kept in from run to run")
    parser.add_argument(
        "--artifacts", type=Path, default=Path(), help="folder for inputs that break the target"
    )
    parser.add_argument("--seed", type=int, default=0, help="another one makes other changes; 0 for any")
    parser.add_argument("--largest", type=int, default=_LARGEST, help="bytes of an input at most")
    parser.add_argument("--check", nargs="+", type=Path, metavar="FILE", help="run these inputs only")
    return parser


def _check(target: Target, files: Sequence[Path]) -> int:
    """Run inputs, without Atheris, so that what breaks is told with its traceback."""
    for path in files:
        began = time.perf_counter()
        target.run(path.read_bytes())
        print(f"{path}: {time.perf_counter() - began:.3f} s")  # noqa: T201 - a command
    return 0


def _run(options: argparse.Namespace) -> None:
    """Run a target under Atheris, which ends the process itself."""
    import atheris  # noqa: PLC0415 - an extra

    # Around all of it: what a function imports only where it needs it is counted as well.
    with atheris.instrument_imports(include=["veldpdf"]):
        target = find_target(options.name)

        def mutated(data: bytes, most: int, seed: int) -> bytes:
            if target.mutate is None or seed % _KNOWING:
                return bytes(atheris.Mutate(data, most))
            return target.mutate(data, most, seed)

        options.artifacts.mkdir(parents=True, exist_ok=True)
        atheris.Setup([sys.argv[0], *_settings(options, target)], target.run, custom_mutator=mutated)
        atheris.Fuzz()


def _settings(options: argparse.Namespace, target: Target) -> list[str]:
    """Return what libFuzzer is told, which Atheris drives."""
    settings = [
        f"-runs={options.runs}",
        f"-max_total_time={options.seconds}",
        f"-timeout={ceil(target.seconds)}",
        f"-rss_limit_mb={target.megabytes}",
        f"-artifact_prefix={options.artifacts.resolve()}/",
        f"-max_len={options.largest}",
        f"-seed={options.seed}",
        "-print_final_stats=1",
    ]
    if options.corpus is not None:
        folder = options.corpus / target.name
        put_seeds(target, folder)
        settings.append(str(folder))
    return settings


def put_seeds(target: Target, folder: Path) -> None:
    """Put the inputs that a target begins with into a folder, each under a name made of what it holds."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in [*target.seeds(), *(path.read_bytes() for path in target.found())]:
        (folder / sha256(data).hexdigest()[:40]).write_bytes(data)


if __name__ == "__main__":
    sys.exit(main())
