"""What LibreOffice makes of a Word or Excel file."""

from __future__ import annotations

import subprocess
import tempfile
from io import BytesIO
from pathlib import Path

import pypdf

from .needs import need_program


def opened_by_libreoffice(data: bytes, suffix: str) -> str:
    """Return the text that LibreOffice prints of a file; fails where it does not open it."""
    need_program("soffice")
    with tempfile.TemporaryDirectory(prefix="veldpdf-office-") as folder:
        file = Path(folder, f"rapport{suffix}")
        file.write_bytes(data)
        # A profile of its own: it refuses to run twice with one.
        profile = f"-env:UserInstallation={Path(folder, 'profile').as_uri()}"
        run = subprocess.run(
            ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(file)],
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        printed = file.with_suffix(".pdf")
        assert printed.exists(), run.stdout + run.stderr
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(printed.read_bytes())).pages)
