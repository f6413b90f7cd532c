"""Returned pages that hang, crash or swell while they are made: the report comes all the same, without them."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pikepdf
import pytest

import veldpdf
from tests.conftest import ROOT, Run
from veldpdf.limits import Limits
from veldpdf.merging import ReportOptions, merge
from veldpdf.returned_pages import ReturnedPages, documents_of, returned_pages

SAMPLES = ROOT / "samples" / "returned"

# What Python runs first in each worker: by what is in it a file hangs, crashes or takes all memory there is.
_MISBEHAVING = """
import os, time
import veldpdf.returned_pages as returned_pages
stills_of = returned_pages.stills_of

def misbehaving(data, password=""):
    if b"%hangs" in data:
        time.sleep(600)
    if b"%crashes" in data:
        os.abort()
    if b"%swells" in data:
        list(bytearray(1_000_000) for _ in range(100_000))
    if b"%breaks" in data:
        raise RuntimeError("een antwoord")
    return stills_of(data, password)

returned_pages.stills_of = misbehaving
"""


@pytest.fixture
def misbehaving(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make files misbehave in worker processes, by what stands in a comment of theirs."""
    folder = tmp_path_factory.mktemp("first")
    (folder / "sitecustomize.py").write_text(_MISBEHAVING, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def returned(partner: str, comment: str = "") -> bytes:
    """Return a worksheet of a partner, with a comment behind its end."""
    filled = veldpdf.Template.open().fill({"Veld01": f"Van {partner}"}, partner=partner)
    return filled + f"%{comment}\n".encode() if comment else filled


def slow() -> bytes:
    """Return a worksheet that is read at once, and has a page of which each of millions of words is looked at."""
    with pikepdf.open(SAMPLES / "ggd.pdf") as pdf:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Contents = pdf.make_stream(b"/P BMC EMC\n" + b"0 0 m\n" * 1_500_000)
        buffer = io.BytesIO()
        pdf.save(buffer)
        return buffer.getvalue()


def parts_of(pages: ReturnedPages) -> list[tuple[str, int]]:
    return [(following.title, following.pages) for following in pages.following]


def left_out(source: str, reason: str) -> str:
    return f"{source}: its pages do not stand behind the report: {reason}."


TIME = "making them took longer than 2 seconds (--time-limit)"
MEMORY = "making them takes more memory than 300 MB (--memory-limit)"
CRASH = "making them brought the program down, so something is wrong with the file"


@pytest.mark.usefixtures("misbehaving")
@pytest.mark.parametrize("jobs", [1, 2])
def test_each_bad_file_is_left_out_with_the_reason_and_all_others_come_in_order(desk: Path, jobs: int) -> None:
    kinds = ["", "hangs", "", "crashes", "", "swells", "", "breaks", ""]
    files = [desk / f"{number}-{kind or 'goed'}.pdf" for number, kind in enumerate(kinds)]
    for file, kind in zip(files, kinds, strict=True):
        file.write_bytes(returned(file.stem, kind))
    submissions = list(veldpdf.read_many(files))

    pages = returned_pages(
        merge(veldpdf.load_form(), submissions, ReportOptions()),
        submissions,
        documents_of(files),
        jobs=jobs,
        limits=Limits(seconds=2, megabytes=300),
    )

    assert parts_of(pages) == [(f"{number}-goed", 12) for number in (0, 2, 4, 6, 8)]
    assert [part.title for part in pages.parts] == [title for title, _ in parts_of(pages)]
    assert [str(warning) for warning in pages.warnings] == [
        left_out("1-hangs.pdf", TIME),
        left_out("3-crashes.pdf", CRASH),
        left_out("5-swells.pdf", MEMORY),
        left_out("7-breaks.pdf", CRASH),
    ]


@pytest.mark.usefixtures("misbehaving")
def test_what_lies_in_a_zip_file_that_fails_is_told_as_well(desk: Path) -> None:
    with zipfile.ZipFile(desk / "post.zip", "w") as packed:
        packed.writestr("een.pdf", returned("Een"))
        packed.writestr("twee.pdf", returned("Twee", "crashes"))
    (desk / "drie.pdf").write_bytes(returned("Drie"))
    files = [desk / "post.zip", desk / "drie.pdf"]
    submissions = list(veldpdf.read_many(files))

    report = merge(veldpdf.load_form(), submissions, ReportOptions())
    pages = returned_pages(report, submissions, documents_of(files))

    assert parts_of(pages) == [("Drie", 12)]
    assert [str(warning) for warning in pages.warnings] == [
        left_out("post.zip/een.pdf", CRASH),
        left_out("post.zip/twee.pdf", CRASH),
    ]


def test_a_page_that_takes_too_long_costs_the_report_no_more_than_that_page(run: Run, desk: Path) -> None:
    (desk / "traag.pdf").write_bytes(slow())
    (desk / "goed.pdf").write_bytes(returned("Goed"))
    begun = time.monotonic()

    told = run(
        *("--lang", "en", "merge", "traag.pdf", "goed.pdf", "--annex", "-o", "uit.pdf"), "--time-limit", "1.5"
    )

    assert time.monotonic() - begun < 15
    assert (told.status, told.out) == (1, "")
    assert told.err.splitlines()[1] == left_out(
        "traag.pdf", "making them took longer than 1.5 seconds (--time-limit)"
    )
    with pikepdf.open(desk / "uit.pdf") as pdf, pdf.open_outline() as outline:
        behind = [[child.title for child in item.children] for item in outline.root]
        assert ["Goed"] in behind


def test_the_pages_of_one_file_are_made_in_a_worker_as_well(desk: Path) -> None:
    """Not here, where a page that brings the program down takes the report along."""
    (desk / "traag.pdf").write_bytes(slow())
    submissions = [veldpdf.read(desk / "traag.pdf")]
    report = merge(veldpdf.load_form(), submissions, ReportOptions())
    pages = returned_pages(report, submissions, documents_of([desk / "traag.pdf"]), limits=Limits(seconds=1))
    assert (pages.parts, pages.following) == ((), ())
    assert [str(warning) for warning in pages.warnings] == [
        left_out("traag.pdf", "making them took longer than 1 seconds (--time-limit)")
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_the_same_pages_come_whatever_does_the_work(desk: Path, jobs: int) -> None:
    """Files as bytes, too, which go to the workers over their pipes."""
    files = sorted(SAMPLES.glob("*.pdf"))
    submissions = list(veldpdf.read_many(files))
    report = merge(veldpdf.load_form(), submissions, ReportOptions())
    by_path = returned_pages(report, submissions, documents_of(files), jobs=jobs)
    by_bytes = returned_pages(
        report, submissions, documents_of([file.read_bytes() for file in files]), jobs=jobs
    )
    assert by_path == by_bytes
    assert len(by_path.parts) == len(files)


def test_where_no_process_can_be_started_pages_are_made_here(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    files = [SAMPLES / "ggd.pdf", SAMPLES / "sportclub.pdf"]
    submissions = [veldpdf.read(file) for file in files]
    report = merge(veldpdf.load_form(), submissions, ReportOptions())
    in_workers = returned_pages(report, submissions, documents_of(files))
    monkeypatch.setattr("subprocess.Popen", refuse)
    assert returned_pages(report, submissions, documents_of(files)) == in_workers
    assert len(in_workers.parts) == 2


def test_files_that_are_the_same_are_looked_into_once(desk: Path) -> None:
    for name in ("een.pdf", "twee.pdf"):
        (desk / name).write_bytes((SAMPLES / "ggd.pdf").read_bytes())
    given = [each.file for each in documents_of([desk / "een.pdf", desk / "twee.pdf", desk / "weg.pdf"])]
    assert given == [desk / "een.pdf", desk / "weg.pdf"]


def test_a_file_that_also_lies_in_a_zip_file_stands_there_once(desk: Path) -> None:
    with zipfile.ZipFile(desk / "post.zip", "w") as packed:
        packed.write(SAMPLES / "ggd.pdf", "ggd.pdf")
        packed.write(SAMPLES / "ggd.pdf", "nog eens.pdf")
    files = [SAMPLES / "ggd.pdf", desk / "post.zip"]
    submissions = list(veldpdf.read_many(files))
    report = merge(veldpdf.load_form(), submissions, ReportOptions())
    pages = returned_pages(report, submissions, documents_of(files))
    assert [part.title for part in pages.parts] == [pages.following[0].title]
    assert pages.warnings == ()
