"""Imports point down: what the design says is what the code does."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "veldpdf"

# From the ground up: a module may import those of lower layers, and of its own. docs/design.md draws the same.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"json_text", "limits", "messages", "resources", "scratch", "typed_text"}),
    frozenset({"typesetting"}),
    frozenset({"errors", "language", "model", "worker_process"}),
    frozenset({"judging", "rules"}),
    frozenset(
        {
            *("files", "office_packages", "completeness", "superseding", "templating", "submission_json"),
            "isolation",
        }
    ),
    frozenset({"tables_in_toml", "cell_texts"}),
    frozenset({"workbooks", "workbook_writing"}),
    frozenset({"definition", "house_style", "spreadsheets", "merging", "changes_since", "sources"}),
    frozenset({"partners", "prefill_values", "recipients", "pdf", "worksheet", "report"}),
    frozenset({"cache", "fits"}),
    frozenset({"returned_file"}),
    frozenset({"executors"}),
    frozenset(
        {
            "batch",
            "branding",
            "cluster",
            "export",
            "export_xfdf",
            "filling_many",
            "letters",
            "returned_pages",
            "prefilling_many",
        }
    ),
    frozenset({"api", "worker"}),
    frozenset({"web"}),
    frozenset({"cli"}),
)
# The package's own `__init__` names what lies in `api` and below; `__main__` starts `cli`.
DOORS = frozenset({"__init__", "__main__"})

# Who may not know whom though the layers would let them: each is tested without the other.
STRANGERS = (
    ("report", "pdf"),
    ("pdf", "report"),
    ("worksheet", "pdf"),
    ("pdf", "worksheet"),
    ("merging", "pdf"),
)

# Libraries that one place only deals with.
HOMES = {
    "bidi": ("typesetting",),
    "cryptography": ("pdf",),
    "pikepdf": ("pdf",),
    "pypdf": ("pdf",),
    "pypdfium2": ("pdf",),
    "pytesseract": ("pdf",),
    "click": ("cli",),
    "uharfbuzz": ("typesetting",),
    "jinja2": ("templating",),
    "openpyxl": ("workbooks", "workbook_writing"),
    "distributed": ("cluster",),
    "docx": ("report",),
    "svglib": ("house_style",),
    "starlette": ("web",),
    "uvicorn": ("web",),
}


def parts() -> list[str]:
    return sorted(
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    )


def modules() -> Iterator[tuple[str, Path]]:
    """Yield each module's part of the package and its path."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE).parts[0].removesuffix(".py"), path


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            assert node.module is not None
            if node.module in ("veldpdf", "veldpdf.pdf", "veldpdf.report", "veldpdf.worksheet"):
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
            else:
                yield node.module


def layer_of(part: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part in layer)


def test_every_part_has_its_layer() -> None:
    assert set(parts()) - DOORS == frozenset().union(*LAYERS)


@pytest.mark.parametrize("part", sorted(frozenset().union(*LAYERS)))
def test_imports_point_down(part: str) -> None:
    for owner, path in modules():
        if owner != part:
            continue
        for name in imported(path):
            top, _, rest = name.partition(".")
            other = rest.split(".")[0]
            if top != "veldpdf" or other == part or other.startswith("__"):
                continue
            assert layer_of(other) < layer_of(part), f"{path} imports {name}"
            assert (part, other) not in STRANGERS, f"{path} imports {name}"


@pytest.mark.parametrize("library", HOMES)
def test_a_library_has_one_home(library: str) -> None:
    users = {part for part, path in modules() for name in imported(path) if name.split(".")[0] == library}
    assert users <= set(HOMES[library])


def test_only_the_command_line_prints_or_exits() -> None:
    for part, path in modules():
        if part in ("cli", "__main__"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "exit", "input"), path


def test_nothing_in_the_package_depends_on_another_machine() -> None:
    """No absolute path, and no time of day: the same input gives the same bytes everywhere."""
    for _, path in modules():
        text = path.read_text("utf-8")
        for word in ("/home/", "/root/", "/tmp/", "datetime.now", "date.today", "time.time("):
            assert word not in text, f"{path} holds {word}"
