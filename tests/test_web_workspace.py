"""What one run knows: as the command line would have it, with what the officer said put on top."""

from __future__ import annotations

from pathlib import Path

import pytest

import veldpdf
from veldpdf.batch import read_files
from veldpdf.returned_file import ReadingOptions
from veldpdf.superseding import settle
from veldpdf.web.workspace import Workspace


@pytest.fixture
def workspace() -> Workspace:
    return Workspace(veldpdf.load_form())


def filled(path: Path, text: str, partner: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(veldpdf.Template.open().fill({"Veld01": text}, partner=partner))
    return path


def drop(workspace: Workspace, path: Path, name: str) -> str:
    """Take in a file as a browser sends it; return the key of its worksheet."""
    file = workspace.add(name, path, path.stat().st_size)
    options = ReadingOptions(form=workspace.form)
    read = [veldpdf.read(path)] if path.suffix == ".pdf" else list(read_files([path], options))
    from dataclasses import replace  # noqa: PLC0415 - only here

    workspace.arrived(file.key, [replace(each, source=file.name) for each in read])
    return f"{file.key}-0"


def counting(workspace: Workspace) -> list[str]:
    return [row.submission.source for row in workspace.rows() if not row.submission.superseded_by]


def test_a_folder_that_is_dropped_counts_as_on_the_command_line(workspace: Workspace, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    paths = [filled(folder / "ronde1" / "ggd.pdf", "eerste"), filled(folder / "ronde2" / "GGD.pdf", "tweede")]
    for path in paths:
        drop(workspace, path, path.relative_to(tmp_path).as_posix())
    options = ReadingOptions(form=workspace.form)
    told = [(each.source, bool(each.superseded_by)) for each in settle(read_files(paths, options))]
    rows = [(row.submission.source, bool(row.submission.superseded_by)) for row in workspace.rows()]
    assert rows == told
    assert len(counting(workspace)) == 1


def test_choosing_among_the_files_of_one_partner_leaves_others_alone(
    workspace: Workspace, tmp_path: Path
) -> None:
    first = drop(workspace, filled(tmp_path / "1.pdf", "a", "GGD"), "a.pdf")
    drop(workspace, filled(tmp_path / "2.pdf", "b", "GGD"), "b.pdf")
    third = drop(workspace, filled(tmp_path / "3.pdf", "c", "Politie"), "c.pdf")
    drop(workspace, filled(tmp_path / "4.pdf", "d", "Politie"), "d.pdf")
    workspace.choose(first)
    workspace.choose(third)
    assert counting(workspace) == ["a.pdf", "c.pdf"]


def test_a_choice_does_not_travel_with_another_name(workspace: Workspace, tmp_path: Path) -> None:
    first = drop(workspace, filled(tmp_path / "1.pdf", "a", "GGD"), "a.pdf")
    drop(workspace, filled(tmp_path / "2.pdf", "b", "GGD"), "b.pdf")
    drop(workspace, filled(tmp_path / "3.pdf", "c", "Politie"), "c.pdf")
    workspace.choose(first)
    workspace.rename(first, "Politie")
    assert counting(workspace) == ["b.pdf", "c.pdf"]


def test_what_was_read_stays_beside_what_was_corrected(workspace: Workspace, tmp_path: Path) -> None:
    key = drop(workspace, filled(tmp_path / "1.pdf", "verkerd gelezen", "GGD"), "a.pdf")
    workspace.correct(key, "Veld01", "verkeerd gelezen")
    (row,) = workspace.rows()
    assert row.submission.answers["Veld01"].text == "verkeerd gelezen"
    assert "by hand" in row.submission.answers["Veld01"].warnings[0]
    assert workspace.as_read(key, "Veld01") == "verkerd gelezen"
    workspace.correct(key, "Veld01", "verkerd gelezen")
    assert workspace.rows()[0].corrected == frozenset()


def test_nothing_is_left_of_what_is_taken_away(workspace: Workspace, tmp_path: Path) -> None:
    key = drop(workspace, filled(tmp_path / "1.pdf", "geheim", "GGD"), "a.pdf")
    workspace.correct(key, "Veld01", "ook geheim")
    workspace.result(workspace.rows()[0])
    workspace.remove(key.partition("-")[0])
    assert "geheim" not in repr(vars(workspace))
