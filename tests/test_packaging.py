"""What a user installs is whole: built from the source distribution, it does the main job in empty environments."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import veldpdf

ROOT = Path(__file__).parent.parent

# Run under warnings as errors: what a next Python takes away is told of before it does.
JOB = (
    ("--version",),
    ("merge", str(ROOT / "samples" / "returned"), "-o", "rapport.pdf", "-o", "rapport.html"),
    ("prefill", "-o", "werkblad.pdf", "--set", "Veld01=Wij vragen het hun zelf."),
    ("extract", "werkblad.pdf", "-o", "antwoorden.json"),
    ("web", "--help"),
)
# Five of the six partners have something left to answer, and so has a worksheet with one field prefilled.
EXPECTED = (0, 1, 0, 1, 0)

CONSUMER = """
import veldpdf
from pathlib import Path

submission = veldpdf.read(Path("werkblad.pdf"))
texts: dict[str, str] = {name: answer.text for name, answer in submission.answers.items()}
limits = veldpdf.Limits(seconds=10)
files: list[str] = [each.source for each in veldpdf.read_many([Path("werkblad.pdf")], limits=limits)]
"""
MISTAKE = 'number: int = veldpdf.read(Path("werkblad.pdf")).source\n'

in_ci = pytest.mark.skipif(
    not os.environ.get("CI"), reason="builds packages and environments: set CI=true to run it"
)


def _works(python: str) -> bool:
    """Whether there is such a Python: pyenv has names for some that it does not have."""
    try:
        # A venv needs ensurepip, which Debian packs by itself.
        done = subprocess.run([python, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def _supported() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    found = [
        re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", each) for each in project["classifiers"]
    ]
    return [each[1] for each in found if each]


def _pythons() -> list[str]:
    """Return the Pythons of this machine that veldpdf says it supports; the one that runs the tests is among them."""
    own = f"3.{sys.version_info.minor}"
    others = [f"python{version}" for version in _supported() if version != own]
    return [sys.executable, *(python for python in others if os.environ.get("CI") and _works(python))]


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The source distribution, and the wheel that is made from it."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, ROOT], check=True, capture_output=True)
    return next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))


@in_ci
def test_the_wheel_holds_what_runs_and_every_licence_and_nothing_else(built: tuple[Path, Path]) -> None:
    names = set(zipfile.ZipFile(built[1]).namelist())
    for needed in (
        "veldpdf/forms/bouwsteen-3a.toml",
        "veldpdf/forms/bouwsteen-3a.pages.toml",
        "veldpdf/forms/bouwsteen-3a.pdf",
        "veldpdf/locale/nl/LC_MESSAGES/veldpdf.mo",
        "veldpdf/report/templates/report.html",
        "veldpdf/web/static/htmx.min.js",
        "veldpdf/web/templates/collect.html",
        "veldpdf/py.typed",
    ):
        assert needed in names
    assert {name.partition("/")[0] for name in names} == {"veldpdf", f"veldpdf-{veldpdf.__version__}.dist-info"}
    licences = {name.rpartition("/")[2] for name in names if "/licenses/" in name}
    shipped = {path.name for path in (ROOT / "veldpdf").rglob("LICENSE-*")}
    assert licences == {"LICENSE", *shipped}
    for path in [*(ROOT / "veldpdf" / "fonts").glob("*.[to]tf"), *(ROOT / "veldpdf").rglob("*.min.js")]:
        family = re.split(r"[-.]", path.name)[0]
        assert any(family.startswith(each.removeprefix("LICENSE-").removesuffix(".txt")) for each in shipped), (
            family
        )


@in_ci
def test_the_source_distribution_holds_what_its_own_tests_need(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    assert {name for name in listed if name and name not in (".gitignore", ".gitattributes")} <= names


@in_ci
@pytest.mark.parametrize("python", _pythons(), ids=lambda python: Path(python).name)
def test_it_does_the_main_job_in_an_empty_environment(
    python: str, built: tuple[Path, Path], tmp_path: Path
) -> None:
    subprocess.run([python, "-m", "venv", tmp_path / "empty"], check=True)
    inside = tmp_path / "empty" / "bin" / "python"
    subprocess.run([inside, "-m", "pip", "install", "--quiet", built[1]], check=True)
    for arguments, expected in zip(JOB, EXPECTED, strict=True):
        done = subprocess.run(
            [inside, "-W", "error", "-m", "veldpdf", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expected, (arguments, done.stderr)
    assert (tmp_path / "rapport.pdf").read_bytes().startswith(b"%PDF-")
    assert "<html" in (tmp_path / "rapport.html").read_text("utf-8")
    assert "Wij vragen het hun zelf." in (tmp_path / "antwoorden.json").read_text("utf-8")
    _check_types(inside, tmp_path)


def _check_types(inside: Path, folder: Path) -> None:
    """Look at a user's own code with mypy: it sees the types of what is installed (PEP 561)."""
    checked = [sys.executable, "-m", "mypy", "--strict", "--python-executable", str(inside)]
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "MYPYPATH")}
    (folder / "right.py").write_text(CONSUMER)
    (folder / "wrong.py").write_text(CONSUMER + MISTAKE)
    for name, expected in (("right.py", 0), ("wrong.py", 1)):
        done = subprocess.run(
            [*checked, name], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == expected, done.stdout
    assert done.stdout.count("error:") == 1
    assert 'expression has type "str", variable has type "int"' in done.stdout


def test_the_version_is_told_everywhere_the_same() -> None:
    from importlib.metadata import version  # noqa: PLC0415 - only here

    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert version("veldpdf") == veldpdf.__version__
    assert re.findall(r"^## (\S+)", changelog, re.MULTILINE)[0].strip("[]") in (
        "Unreleased",
        veldpdf.__version__,
    )
    assert "version" not in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
