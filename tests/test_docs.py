"""What the manuals print works as printed.

Each manual is followed from its first block to its last, as a reader would who starts in a clone and types along:
commands and scripts run, files are saved, and what is said to be printed is compared with what is. What stands behind
the language of a block tells which of these it is:

    ```sh            typed in a terminal; ends with status 0 or 1
    ```sh fails      the same, but it ends with status 2: a mistake that the manual shows
    ```python        run; names live until the next heading of the second level, so each section stands by itself
    ```toml NAME     saved as a file of that name, in any language; TOML is read as what it is as well
    ```text output   what the block before it printed; a line with an ellipsis alone stands for any lines

A block of commands, Python or TOML that is none of these fails, unless `NOT_RUN` gives the reason.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from PIL import Image

import veldpdf
from tests.conftest import Run
from tests.make_screenshots import IMAGES, MOST_BYTES, PICTURES, make
from veldpdf import definition

ROOT = Path(__file__).parent.parent
MANUALS = ("README.md", *sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")))
# The languages of blocks: those that are run, and those that show what files hold or how something looks. A command
# in a block of any other would be passed over. (test_layouts.py and test_letters.py try the layouts that are shown.)
RUNNABLE = {"sh", "python", "toml"}
SHOWN = {"text", "csv", "json", "jinja", "html"}

# By manual and how the block begins: why nothing runs it.
NOT_RUN = {
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install -q . &&"): "installs; its command runs below",
    ("README.md", "python3 -m venv .venv && .venv/bin/pip install -q '.[test]'"): "is what runs these tests",
    ("docs/handleiding.md", "python3 -m venv .venv"): "installs, as the README's first command does",
    ("docs/cluster.md", "dask scheduler"): "starts servers on several computers",
    ("docs/cluster.md", "veldpdf extract /mnt/"): "needs a cluster; test_cluster.py starts one",
    ("docs/cluster.md", "from distributed import Client"): "needs a cluster; test_cluster.py starts one",
}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a manual.

    Attributes:
        manual: Which one.
        line: Where its text begins.
        section: The heading of the second level above it.
        language: The first word behind the fence.
        kind: The words behind that: what to do with it, or the file that it is saved as.
        text: What stands in it.
    """

    manual: str
    line: int
    section: str
    language: str
    kind: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.manual}:{self.line}"

    @property
    def why_not_run(self) -> str | None:
        reasons = (
            reason
            for (manual, start), reason in NOT_RUN.items()
            if manual == self.manual and self.text.startswith(start)
        )
        return next(reasons, None)


def blocks_of(manual: str) -> Iterator[Block]:
    """Yield the fenced blocks of a manual, those in lists as well."""
    section = ""
    tokens = MarkdownIt("commonmark").parse((ROOT / manual).read_text(encoding="utf-8"))
    for number, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            section = tokens[number + 1].content
        if token.type == "fence":
            assert token.map is not None
            language, _, kind = token.info.strip().partition(" ")
            yield Block(manual, token.map[0] + 2, section, language, kind.strip(), token.content)


class Reader:
    """Someone who does in a folder what a manual says."""

    def __init__(self, folder: Path, run: Run) -> None:
        self._folder = folder
        self._run = run
        self._printed = ""
        self._section = ""
        self._names: dict[str, object] = {}

    def does(self, block: Block) -> None:
        """Do what one block says, and look whether it comes out as printed."""
        if block.section != self._section:
            self._section, self._names = block.section, {"__name__": "__main__"}
        if block.kind == "output":
            printed = self._printed.replace("\r\n", "\n").rstrip("\n") + "\n"
            assert re.fullmatch(_pattern(block.text), printed), f"{block.place}: {printed}"
        elif block.language == "sh":
            status = (2,) if block.kind == "fails" else (0, 1)
            typed = block.text.replace("\\\n", " ").splitlines()
            self._printed = "".join(self._types(line, status, block.place) for line in typed)
        elif block.kind:
            (self._folder / block.kind).write_text(block.text, encoding="utf-8")
            if block.language == "toml":
                _load(self._folder / block.kind)
        elif block.language == "python":
            code = compile("\n" * (block.line - 1) + block.text, block.manual, "exec", dont_inherit=True)
            with redirect_stdout(io.StringIO()) as out:
                exec(code, self._names)  # noqa: S102 - our own text
            self._printed = out.getvalue()
        else:
            assert block.language != "toml", f"{block.place}: say in which file this stands"

    def _types(self, line: str, statuses: tuple[int, ...], place: str) -> str:
        """Run one line of a terminal, and return what it prints."""
        program, *arguments = shlex.split(line, comments=True) or ("#",)
        if program == "veldpdf":
            outcome = self._run(*arguments)
            assert outcome.status in statuses, f"{place}: {line}: {outcome.err}"
            return outcome.out + outcome.err
        if program == "cat":
            return "".join((self._folder / name).read_text(encoding="utf-8") for name in arguments)
        if program == "python":
            done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{place}: {line}: {done.stderr}"
            return done.stdout
        assert program == "#", f"{place}: nothing runs {program} here; give the reason in NOT_RUN"
        return ""


def _pattern(text: str) -> str:
    """Return what matches a printed text."""
    return "".join(
        r"(?:.*\n)*?" if line == "…\n" else re.escape(line) for line in text.splitlines(keepends=True)
    )


def _load(path: Path) -> None:
    """Read TOML as what it is: a definition or a house style."""
    if "fields" in tomllib.loads(path.read_text(encoding="utf-8")):
        veldpdf.load_form(path)
    else:
        veldpdf.load_house_style(path)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like a clone, of someone who has a house style and whom partners have answered."""
    for name in ("samples", "forms"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "samples" / "returned", tmp_path / "werkbladen")
    style = shutil.copytree(ROOT / "samples" / "huisstijl", tmp_path / "huisstijl")
    for weight in ("Regular", "Bold", "Italic"):
        shutil.copy(ROOT / "veldpdf" / "fonts" / f"NotoSans-{weight}.ttf", style / f"FiraSans-{weight}.ttf")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


@pytest.mark.parametrize("manual", MANUALS)
def test_a_manual_works_from_its_first_block_to_its_last(
    manual: str, desk: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "nl_NL.UTF-8" if manual == "docs/handleiding.md" else "en_GB.UTF-8")
    reader = Reader(desk, run)
    for block in blocks_of(manual):
        if block.why_not_run is None:
            reader.does(block)


def test_what_is_not_run_is_there() -> None:
    found = [(block.manual, block.text) for manual in MANUALS for block in blocks_of(manual)]
    for manual, start in NOT_RUN:
        assert [text for where, text in found if where == manual and text.startswith(start)], start


def test_no_block_is_passed_over() -> None:
    blocks = [block for manual in MANUALS for block in blocks_of(manual)]
    for block in blocks:
        assert block.language in RUNNABLE | SHOWN, block.place
    assert sum(block.language in RUNNABLE and block.why_not_run is None for block in blocks) > 50


@pytest.mark.usefixtures("desk")
def test_the_readme_begins_with_its_two_commands_and_ci_runs_the_second(run: Run) -> None:
    first, second = [block.text.strip() for block in blocks_of("README.md")][:2]
    (merge,) = re.findall(r"\.venv/bin/veldpdf (merge samples/returned [^|]+) \|\|", first)
    assert run(*shlex.split(merge)).status == 1
    assert second in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_library_manual_shows_every_public_name() -> None:
    shown = "\n".join(block.text for block in blocks_of("docs/library.md") if block.language == "python")
    prose = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    for name in veldpdf.__all__:
        assert re.search(rf"\bveldpdf\.{name}\b", shown), f"no example shows {name}"
        assert re.search(rf"`(veldpdf\.)?{name}\b", prose), f"nothing is said of {name}"


def test_the_manual_of_definitions_tells_every_key() -> None:
    manual = (ROOT / "docs" / "definitions.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^(?:\| `|`\[\[)(\w+)", manual.split("## All keys\n")[1], re.MULTILINE))
    assert told == {
        *definition._FORM_KEYS,
        *definition._SECTION_KEYS,
        *definition._FIELD_KEYS,
        *definition._GROUP_KEYS,
    }


@pytest.mark.parametrize("manual", [*MANUALS, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_link_leads_somewhere(manual: str) -> None:
    here = ROOT / manual
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", here.read_text(encoding="utf-8")):
        assert (here.parent / target).exists(), target


def test_the_design_names_every_module() -> None:
    drawn = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    for path in (*(ROOT / "veldpdf").glob("*.py"), *(ROOT / "veldpdf" / "pdf").rglob("*.py")):
        if not path.name.startswith("__"):
            assert path.name in drawn, path


def test_every_picture_is_of_the_manual_small_and_told_in_words() -> None:
    text = (ROOT / "docs" / "handleiding.md").read_text(encoding="utf-8")
    told = {name: words for words, name in re.findall(r"!\[(.+?)\]\(images/(.+?)\)", text)}
    assert set(told) == set(PICTURES) == {path.name for path in IMAGES.glob("*.png")}
    for name, words in told.items():
        assert len(words) > 30, name
        assert (IMAGES / name).stat().st_size <= MOST_BYTES, name


def test_the_pictures_of_the_manual_can_be_made_anew_in_the_same_sizes(tmp_path: Path) -> None:
    make(tmp_path)
    made, kept = (
        {path.name: Image.open(io.BytesIO(path.read_bytes())).size for path in folder.glob("*.png")}
        for folder in (tmp_path, IMAGES)
    )
    assert made == kept
