"""Several worksheets in one file, pages missing or out of order: each answer finds its worksheet."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pymupdf
import pytest

from tests.needs import need_program
from veldpdf.batch import ReadingOptions, read_file
from veldpdf.definition import load_form
from veldpdf.model import Status, Submission
from veldpdf.pdf.filling.template import Template

ANSWERS = [
    {"Veld01": "eerste één", "Veld12": "eerste twaalf", "Veld23": "eerste laatste"},
    {"Veld01": "tweede één", "Veld12": "tweede twaalf", "Veld23": ""},
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("filled")
    opened = Template.open()
    paths = [folder / f"{number}.pdf" for number in range(len(ANSWERS))]
    for path, values in zip(paths, ANSWERS, strict=True):
        path.write_bytes(opened.fill(values))
    return paths


def with_qpdf(files: list[Path], target: Path) -> None:
    need_program("qpdf")
    subprocess.run(["qpdf", "--empty", "--pages", *files, "--", target], check=True)


def with_pdftk(files: list[Path], target: Path) -> None:
    need_program("pdftk")
    subprocess.run(["pdftk", *files, "cat", "output", target], check=True)


def with_pdfunite(files: list[Path], target: Path) -> None:
    need_program("pdfunite")
    subprocess.run(["pdfunite", *files, target], check=True)


def with_mupdf(files: list[Path], target: Path) -> None:
    with pymupdf.open() as whole:
        for file in files:
            with pymupdf.open(file) as part:
                whole.insert_pdf(part)
        whole.save(target)


def with_pikepdf(files: list[Path], target: Path) -> None:
    with pikepdf.new() as whole:
        for file in files:
            with pikepdf.open(file) as part:
                whole.add_pages_from(part)
        whole.save(target)


def read(path: Path) -> tuple[Submission, ...]:
    return read_file(path, ReadingOptions(form=load_form()))


@pytest.mark.parametrize("join", [with_qpdf, with_pdftk, with_pdfunite, with_mupdf, with_pikepdf])
def test_each_worksheet_of_a_joined_file_is_a_submission(
    join: Callable[[list[Path], Path], None], filled: list[Path], tmp_path: Path
) -> None:
    target = tmp_path / "verzameld.pdf"
    join(filled, target)
    submissions = read(target)
    assert [submission.source for submission in submissions] == ["verzameld.pdf#1", "verzameld.pdf#2"]
    for submission, values in zip(submissions, ANSWERS, strict=True):
        assert submission.status is Status.READ
        assert {name: submission.answers[name].text for name in values} == values
        assert len(submission.answers) == 23


def pages_of(source: Path, target: Path, order: list[int]) -> None:
    """Write some pages of a file, in some order, fields and all."""
    need_program("qpdf")
    wanted = ",".join(str(number) for number in order)
    subprocess.run(["qpdf", "--empty", "--pages", source, wanted, "--", target], check=True)


def test_of_a_few_pages_the_rest_is_missing(filled: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "deel.pdf"
    pages_of(filled[0], target, [1, 2])
    (submission,) = read(target)
    assert submission.status is Status.READ
    assert list(submission.answers) == ["Veld01", "Veld02"]
    assert "Veld23" in submission.warnings[0]


def test_pages_in_reverse_are_one_worksheet(filled: list[Path], tmp_path: Path) -> None:
    target = tmp_path / "omgekeerd.pdf"
    pages_of(filled[0], target, list(range(12, 0, -1)))
    (submission,) = read(target)
    assert list(submission.answers) == list(load_form().names)
    assert submission.answers["Veld01"].text == "eerste één"
