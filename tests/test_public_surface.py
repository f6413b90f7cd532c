"""The public names are true, typed, and cheap to ask for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

import veldpdf


def test_every_public_name_is_there_and_sorted() -> None:
    assert veldpdf.__all__ == sorted(veldpdf.__all__)
    for name in veldpdf.__all__:
        assert getattr(veldpdf, name) is not None
    assert dir(veldpdf) == veldpdf.__all__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="raed"):
        veldpdf.raed  # type: ignore[attr-defined]  # noqa: B018  # asking is the test


@pytest.mark.parametrize("name", [name for name in veldpdf.__all__ if not name.startswith("__")])
def test_every_public_name_says_what_it_is_for(name: str) -> None:
    assert (getattr(veldpdf, name).__doc__ or "").strip()


def test_every_error_is_a_veldpdf_error() -> None:
    errors = [getattr(veldpdf, name) for name in veldpdf.__all__ if name.endswith("Error")]
    assert len(errors) > 5
    assert all(issubclass(error, veldpdf.VeldpdfError) for error in errors)


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        pytest.param("import veldpdf", ["pikepdf", "pypdf", "reportlab", "click", "jinja2"], id="import"),
        pytest.param(
            "from veldpdf.cli import main; main(['--help'])",
            ["pikepdf", "pypdf", "reportlab", "jinja2"],
            id="help",
        ),
        pytest.param(
            "import veldpdf; veldpdf.read('samples/returned/ggd.pdf')",
            ["pypdf", "reportlab", "PIL", "email.policy"],
            id="read",
        ),
        pytest.param(
            "from veldpdf.cli import main; main(['extract', 'samples/returned/ggd.pdf', '-o', os.devnull, '--force'])",
            ["pypdf", "reportlab.rl_config", "PIL", "email.policy", "xml", "openpyxl", "veldpdf.changes_since"],
            id="extract",
        ),
    ],
)
def test_nobody_waits_for_what_they_do_not_use(code: str, heavy: list[str]) -> None:
    """Start-up is counted in modules here; benchmarks/startup.py counts it in milliseconds."""
    probe = (
        f"import os, sys\n{code}\nprint(*[name for name in {heavy!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == ""


@pytest.mark.parametrize("data", [b"geen pdf", None], ids=["no PDF", "another form"])
def test_a_template_of_no_use_is_told_before_anything_is_read(data: bytes | None, tmp_path: Path) -> None:
    template = tmp_path / "anders.pdf"
    other = pikepdf.new()
    other.add_blank_page()
    other.save(template)
    if data is not None:
        template.write_bytes(data)
    sample = Path("samples/returned/ggd.pdf")
    with pytest.raises(veldpdf.TemplateError):
        veldpdf.read(sample, templates=[template])
    with pytest.raises(veldpdf.TemplateError):
        veldpdf.read_many([sample], templates=[template])
