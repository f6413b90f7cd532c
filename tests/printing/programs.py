"""How each program is made to print; what it does to a page is told beside it."""

from __future__ import annotations

import importlib
import importlib.util
import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import pikepdf as pike

from tests.engines.engine import lacks

from .printer import PrinterError, run


def _with_files(pdf: bytes, work: Callable[[Path, Path], None]) -> bytes:
    """Let a program read one file and write another; return the bytes of the latter."""
    with tempfile.TemporaryDirectory(prefix="veldpdf-printer-") as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out", "in.pdf")
        target.parent.mkdir()
        source.write_bytes(pdf)
        work(source, target)
        if not target.exists():
            raise PrinterError("printer", "nothing was printed")
        return target.read_bytes()


def missing_cairo() -> str | None:
    return lacks("pdftocairo", install="apt-get install poppler-utils")


def cairo(pdf: bytes) -> bytes:
    """Words are drawn anew in subset fonts; spaces at line ends are dropped."""
    return _with_files(pdf, lambda source, target: run(["pdftocairo", "-pdf", source, target]))


def missing_gs() -> str | None:
    return lacks("gs", install="apt-get install ghostscript")


def ghostscript(pdf: bytes) -> bytes:
    """Everything is run and written anew; what a clip hides wholly is dropped."""
    options = ["-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pdfwrite"]
    return _with_files(pdf, lambda source, target: run(["gs", *options, "-o", target, source]))


def missing_ps() -> str | None:
    return missing_cairo() or missing_gs()


def postscript(pdf: bytes) -> bytes:
    """The page is turned upright, fonts become Type 1 and Type 3, words lie in pieces."""

    def work(source: Path, target: Path) -> None:
        middle = source.with_suffix(".ps")
        run(["pdftops", source, middle])
        run(["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dSAFER", "-sDEVICE=pdfwrite", "-o", target, middle])

    return _with_files(pdf, work)


def missing_pdfium() -> str | None:
    return None if importlib.util.find_spec("pypdfium2") else "pypdfium2 is not there: pip install pypdfium2"


def pdfium(pdf: bytes) -> bytes:
    """What Chrome does when its PDF viewer prints to a file: widgets become form XObjects of the page."""
    pypdfium2 = importlib.import_module("pypdfium2")
    with pypdfium2.PdfDocument(pdf) as document:
        document.init_forms()
        for number in range(len(document)):
            page = document[number]
            pypdfium2.raw.FPDFPage_Flatten(page.raw, pypdfium2.raw.FLAT_PRINT)
            page.close()
        with pypdfium2.PdfDocument.new() as printed:
            printed.import_pages(document)
            saved = io.BytesIO()
            printed.save(saved)
            return saved.getvalue()


def missing_chromium() -> str | None:
    return missing_mupdf() or lacks("chromium", install="apt-get install chromium")


def chromium(pdf: bytes) -> bytes:
    """Print pages of text in a web page: Chromium cannot print a PDF without a window, but Skia writes alike.

    MuPDF turns each page into SVG with its text as text. Fonts are the system's, so words are not as wide as
    on the worksheet; Skia embeds them as subsets.
    """
    pymupdf = importlib.import_module("pymupdf")
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        document.bake()
        size = document[0].rect
        pictures = [page.get_svg_image(text_as_path=False) for page in document]
    style = (
        f"@page{{size:{size.width}pt {size.height}pt;margin:0}}body{{margin:0}}"
        f"svg{{display:block;width:{size.width}pt;height:{size.height - 1}pt;break-after:page}}"
    )
    html = f"<meta charset=utf-8><style>{style}</style>" + "".join(
        _with_own_names(picture[picture.index("<svg") :], number) for number, picture in enumerate(pictures)
    )

    def work(source: Path, target: Path) -> None:
        page = source.with_suffix(".html")
        page.write_text(html, "utf-8")
        quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
        command = [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
        ]
        profile = f"--user-data-dir={source.parent / 'profile'}"
        printing = [f"--print-to-pdf={target}", "--no-pdf-header-footer", page.as_uri()]
        run([*command, *quiet, profile, *printing])

    return _with_files(pdf, work)


def _with_own_names(svg: str, number: int) -> str:
    """Return a picture whose clips and fonts go by names that no other picture of the page uses."""
    return re.sub(r'(id="|"#|\(#)', rf"\g<1>page{number}-", svg)


def missing_pdftk() -> str | None:
    return lacks("pdftk", install="apt-get install pdftk-java")


def pdftk(pdf: bytes) -> bytes:
    """Appearances become form XObjects of the page, hidden text included; fields without one vanish."""
    return _with_files(pdf, lambda source, target: run(["pdftk", source, "output", target, "flatten"]))


def missing_mupdf() -> str | None:
    return None if importlib.util.find_spec("pymupdf") else "PyMuPDF is not there: pip install pymupdf"


def mupdf(pdf: bytes) -> bytes:
    """Appearances become form XObjects of the page; those that are missing are drawn first."""
    pymupdf = importlib.import_module("pymupdf")
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        document.bake()
        return bytes(document.tobytes(garbage=3, clean=True, deflate=True, no_new_id=True))


def pikepdf(pdf: bytes) -> bytes:
    """Appearances become form XObjects of the page; qpdf draws missing ones as one line, without wrapping."""
    with pike.open(io.BytesIO(pdf)) as document:
        document.generate_appearance_streams()
        document.flatten_annotations("print")
        saved = io.BytesIO()
        document.save(saved, static_id=True)
        return saved.getvalue()


def missing_office() -> str | None:
    return lacks("soffice", install="apt-get install libreoffice-draw")


def libreoffice(pdf: bytes) -> bytes:
    """Each piece of a line becomes a text box, set anew in fonts that the system has; links and order change."""

    def work(source: Path, target: Path) -> None:
        profile = f"-env:UserInstallation={(source.parent / 'profile').as_uri()}"
        export = ["--convert-to", "pdf:draw_pdf_Export", "--outdir", str(target.parent), str(source)]
        run(["soffice", profile, "--headless", "--infilter=draw_pdf_import", *export])

    return _with_files(pdf, work)
