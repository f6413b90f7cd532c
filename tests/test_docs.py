"""What the manuals print works as printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Run

ROOT = Path(__file__).parent.parent
MANUALS = ("README.md", "docs/handleiding.md")


def blocks(manual: str, language: str) -> list[str]:
    text = (ROOT / manual).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def commands(manual: str) -> Iterator[str]:
    """Yield what the reader types for veldpdf, wherever it is installed."""
    for block in blocks(manual, "sh"):
        yield from (line for line in block.splitlines() if line.startswith("veldpdf "))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like a clone."""
    for name in ("samples", "forms"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("manual", MANUALS)
def test_every_command_works_one_after_the_other(manual: str, run: Run) -> None:
    typed = list(commands(manual))
    assert len(typed) > 5
    for command in typed:
        outcome = run(*shlex.split(command)[1:])
        assert outcome.status in (0, 1), f"{command}: {outcome.err}"


@pytest.mark.usefixtures("desk")
def test_the_python_in_the_readme_works() -> None:
    (snippet,) = blocks("README.md", "python")
    exec(snippet, {})  # noqa: S102 - our own text


def test_the_documented_definition_is_one(desk: Path, run: Run) -> None:
    (definition,) = blocks("docs/definitions.md", "toml")
    (desk / "eigen.toml").write_text(definition, encoding="utf-8")
    assert "bouwsteen-3a" in run("inspect", "forms/bouwsteen-3a.pdf", "--form", "eigen.toml").out


def test_the_readme_names_its_two_commands_and_ci_runs_the_second() -> None:
    first, second = (block.strip() for block in blocks("README.md", "sh")[:2])
    assert "veldpdf merge samples/returned" in first
    assert second in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "manual",
    [
        *MANUALS,
        "docs/design.md",
        "docs/definitions.md",
        "docs/letters.md",
        "docs/huisstijl.md",
        "CONTRIBUTING.md",
    ],
)
def test_every_link_leads_somewhere(manual: str) -> None:
    here = ROOT / manual
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", here.read_text(encoding="utf-8")):
        assert (here.parent / target).exists(), target


def test_the_design_names_every_module() -> None:
    drawn = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    for path in (*(ROOT / "veldpdf").glob("*.py"), *(ROOT / "veldpdf" / "pdf").rglob("*.py")):
        if not path.name.startswith("__"):
            assert path.name in drawn, path
