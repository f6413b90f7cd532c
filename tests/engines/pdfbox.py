"""Apache PDFBox 2, behind form servers and document systems written in Java.

What it does to a text: nothing in ``/V``; line ends stay ``\\n``, a tab stays a tab. But it stores
what it can in PDFDocEncoding, so that a text starting with ``þÿ`` turns into something else for
every reader. A character that the field's font lacks makes it throw when it draws: the value is
stored by then, the drawing is not, and the helper sets ``/NeedAppearances`` as servers do. The
value goes to the field, also where field and widget are two objects. The file is written anew;
if it came with cross-reference streams, the new one lists itself wrongly, and qpdf warns.

Same input, same bytes: the helper gives the number that ``/ID`` is made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .engine import fill_with, lacks

NAME = "pdfbox"
JARS = tuple(Path("/usr/share/java", jar) for jar in ("pdfbox2.jar", "fontbox2.jar", "commons-logging.jar"))
PROGRAM = Path(__file__).parent / "java" / "FillForm.java"


def missing() -> str | None:
    """Say what to install, or None."""
    install = "apt-get install default-jdk-headless libpdfbox2-java"
    # A source file is run by the compiler, which a bare JRE lacks.
    if absent := lacks("java", "javac", install=install):
        return absent
    if not all(jar.exists() for jar in JARS):
        return f"PDFBox 2 is not there: {install}"
    return None


def fill(pdf: bytes, values: Mapping[str, str]) -> bytes:
    """Fill the text fields of a PDF with PDFBox."""
    classpath = ":".join(map(str, JARS))
    command: list[str | Path] = ["java", "-Djava.awt.headless=true", "-cp", classpath, PROGRAM]
    return fill_with(NAME, command, pdf, values)
