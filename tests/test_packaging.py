"""What a user installs is whole: the wheel, in an empty environment, does the main job."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.skipif(not os.environ.get("CI"), reason="builds a wheel and an environment: set CI=true to run it")
def test_the_wheel_does_the_main_job_in_an_empty_environment(tmp_path: Path) -> None:
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(build, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "veldpdf/forms/bouwsteen-3a.toml",
        "veldpdf/forms/bouwsteen-3a.pages.toml",
        "veldpdf/forms/bouwsteen-3a.pdf",
        "veldpdf/fonts/NotoSans-Regular.ttf",
        "veldpdf/fonts/LICENSE-NotoSans.txt",
        "veldpdf/locale/nl/LC_MESSAGES/veldpdf.mo",
        "veldpdf/report/templates/report.html",
        "veldpdf/py.typed",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith(("tests/", "samples/", "forms/"))]

    subprocess.run([sys.executable, "-m", "venv", tmp_path / "empty"], check=True)
    inside = tmp_path / "empty" / "bin"
    veldpdf = str(inside / "veldpdf")
    subprocess.run([inside / "pip", "install", "--quiet", wheel], check=True)
    returned = str(ROOT / "samples" / "returned")
    job = [veldpdf, "merge", returned, "-o", "rapport.pdf", "-o", "rapport.html"]
    done = subprocess.run(job, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr  # five of the six partners have something left to answer
    assert (tmp_path / "rapport.pdf").read_bytes().startswith(b"%PDF-")
    assert "<html" in (tmp_path / "rapport.html").read_text("utf-8")
    prefill = [veldpdf, "prefill", "-o", "werkblad.pdf", "--set", "Veld01=Wij vragen het hun zelf."]
    subprocess.run(prefill, cwd=tmp_path, check=True)
    read = [veldpdf, "extract", "werkblad.pdf"]
    done = subprocess.run(read, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Wij vragen het hun zelf." in done.stdout
