"""Which files are meant by files and folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.test_files import TOO_LONG, as_mortal, looping, touched
from veldpdf.errors import InputError
from veldpdf.sources import find_files


def test_a_folder_is_searched_by_ending_in_any_case_and_sorted_by_name(tmp_path: Path) -> None:
    touched(tmp_path, "b.pdf", "a.PDF", "c.Pdf", "d.txt", "e.pdf.docx", "pdf", "é 🙂\n.pdf")
    (tmp_path / "onder").mkdir()
    touched(tmp_path / "onder", "f.pdf")

    assert [path.name for path in find_files([tmp_path])] == ["a.PDF", "b.pdf", "c.Pdf", "f.pdf", "é 🙂\n.pdf"]


def test_a_file_counts_whatever_its_name(tmp_path: Path) -> None:
    assert find_files(touched(tmp_path, "zonder ending")) == [tmp_path / "zonder ending"]


def test_files_keep_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    first, second = touched(tmp_path, "b.pdf", "a.pdf")

    assert find_files([first, second]) == [first, second]


def test_a_file_that_is_named_twice_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [file] = touched(tmp_path, "a.pdf")
    (tmp_path / "b.pdf").symlink_to(file)
    monkeypatch.chdir(tmp_path)

    assert find_files([file, Path("a.pdf"), tmp_path / "b.pdf", tmp_path, Path("./a.pdf")]) == [file]


def test_a_folder_is_no_pdf_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "map.pdf").mkdir()
    [file] = touched(tmp_path, "a.pdf")

    assert find_files([tmp_path]) == [file]
    with pytest.raises(InputError, match="holds no PDF"):
        find_files([tmp_path / "map.pdf"])


def test_a_link_that_leads_nowhere_is_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """The officer must hear of it, and of the other files as well."""
    loop = looping(tmp_path / "a.pdf")
    broken = tmp_path / "b.pdf"
    broken.symlink_to("nergens.pdf")
    [file] = touched(tmp_path, "c.pdf")

    assert find_files([tmp_path]) == [loop, broken, file]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_nobody_waits_for_a_pipe_that_lies_in_a_folder(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.pdf")
    [file] = touched(tmp_path, "b.pdf")

    assert find_files([tmp_path]) == [file]


def test_a_folder_without_pdfs_is_told(tmp_path: Path) -> None:
    touched(tmp_path, "a.docx")

    with pytest.raises(InputError) as caught:
        find_files([tmp_path])

    assert caught.value.what == f"{tmp_path}: this folder holds no PDF."


def test_a_path_that_does_not_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        find_files([tmp_path / "nergens.pdf"])

    assert caught.value.what == f"{tmp_path / 'nergens.pdf'}: there is no such file or folder."


@pytest.mark.parametrize("name", [TOO_LONG, "lus.pdf", "bestand/x.pdf"])
def test_a_path_that_the_system_refuses_is_told(tmp_path: Path, name: str) -> None:
    looping(tmp_path / "lus.pdf")
    touched(tmp_path, "bestand")

    with pytest.raises(InputError) as caught:
        find_files([tmp_path / name])

    assert caught.value.what.startswith(f"{tmp_path / name}: ")


@as_mortal
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0)
    try:
        with pytest.raises(InputError, match="cannot be read"):
            find_files([tmp_path])
    finally:
        tmp_path.chmod(0o700)
