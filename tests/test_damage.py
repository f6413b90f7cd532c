"""Files that were cut off or changed by the mail: what can be saved is read, and it is said."""

from __future__ import annotations

import errno
import mmap
import os
import sys
from pathlib import Path
from types import ModuleType

import pikepdf
import pytest

import veldpdf
from tests.engines import ENGINES, Engine
from tests.forms import merged
from tests.needs import need
from tests.reading_form import small_form
from veldpdf.limits import Limits
from veldpdf.model import State, Status
from veldpdf.pdf.flattening import flatten

TYPED = {"Veld01": "Eerste antwoord", "Veld19": "Laatste antwoord"}


@pytest.mark.parametrize("engine", [ENGINES["pdfjs"], ENGINES["poppler"]], ids=["pdfjs", "poppler"])
def test_a_mail_cut_off_in_the_last_revision_keeps_the_answers_that_arrived(
    engine: Engine, template: Path
) -> None:
    """Every other reader shows the untouched examples here, and no error."""
    need(engine.missing())
    original = template.read_bytes()
    saved = engine.fill(original, TYPED)
    cut = saved[: saved.rindex(b"endobj", 0, saved.rindex(b"startxref")) + 6]
    submission = veldpdf.read(cut)
    assert {name: submission.answers[name].text for name in TYPED} == TYPED
    assert "cut off" in submission.warnings[0]


def test_a_field_that_was_cut_in_two_falls_back_on_what_it_was(template: Path) -> None:
    original = template.read_bytes()
    saved = veldpdf.Template.open().fill({"Veld01": "Eerste", "Veld02": "Tweede " * 50})
    place = saved.index(b"Tweede Tweede", len(original))
    submission = veldpdf.read(saved[: place + 20])
    # So little is behind the first revision that a reader still finds that one, and its examples, in order.
    assert place - len(original) < 1024
    assert submission.answers["Veld01"].text == "Eerste"
    assert submission.answers["Veld02"].state is State.EXAMPLE
    assert "cut off" in submission.warnings[0]
    assert len(submission.answers) == 23


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95, 0.999])
def test_cut_anywhere_it_is_read_or_unreadable_and_never_silent(share: float, template: Path) -> None:
    data = template.read_bytes()
    submission = veldpdf.read(data[: int(len(data) * share)])
    assert submission.status in (Status.READ, Status.UNREADABLE, Status.OTHER)
    assert submission.warnings


def test_a_mail_gateway_that_changed_line_ends_is_undone() -> None:
    form = small_form("Veld01")
    text = "regel één\nŁódź\n\neinde"
    data = merged({"Veld01": text}).bytes(
        object_stream_mode=pikepdf.ObjectStreamMode.disable, compress_streams=False
    )
    changed = data.replace(b"\n", b"\r\n")
    assert veldpdf.read(changed, form=form).answers["Veld01"].text == text


def test_a_mail_gateway_that_took_it_for_latin_1_is_undone() -> None:
    form = small_form("Veld01")
    text = "één “aanhaling” Łódź"
    data = merged({"Veld01": text}).bytes()
    changed = data.decode("latin-1").encode("utf-8")
    assert veldpdf.read(changed, form=form).answers["Veld01"].text == text


def test_where_there_is_no_memory_to_map_a_file_is_read_all_the_same(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows and macOS have no files that lie in memory alone."""
    filled = veldpdf.Template.open(template).fill(TYPED)
    mapped = veldpdf.read(filled)
    monkeypatch.delattr(os, "memfd_create", raising=False)
    assert veldpdf.read(filled) == mapped
    assert {name: mapped.answers[name].text for name in TYPED} == TYPED


@pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="no files in memory alone")
@pytest.mark.parametrize("owner", [os, mmap], ids=["no call", "no address space"])
@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENOSYS, errno.ENOMEM])
def test_where_memory_cannot_be_mapped_a_file_is_read_all_the_same(
    owner: ModuleType, number: int, template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sandbox that refuses the call, too many open files, or a limit of memory."""
    filled = veldpdf.Template.open(template).fill(TYPED)
    printed = flatten(filled)
    mapped = [veldpdf.read(each) for each in (filled, printed)]
    failed: list[int] = []

    def fail(*_: object, **__: object) -> None:
        failed.append(number)
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(owner, "memfd_create" if owner is os else "mmap", fail)
    assert [veldpdf.read(each) for each in (filled, printed)] == mapped
    assert failed
    assert [each.status for each in mapped] == [Status.READ, Status.RECOVERED]


@pytest.mark.skipif(sys.platform != "linux", reason="nothing else holds a process to a limit of memory")
def test_a_large_file_is_read_within_a_limit_that_it_almost_fills(template: Path, tmp_path: Path) -> None:
    path = tmp_path / "groot.pdf"
    filled = veldpdf.Template.open(template).fill(TYPED)
    path.write_bytes(filled[:-6] + b"\n%" + b" " * 60_000_000 + filled[-100:])
    found = [each.status for each in veldpdf.read_many([path], limits=Limits(megabytes=100))]
    assert found == [Status.READ]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux lists open files there")
def test_no_file_stays_open_after_reading(template: Path) -> None:
    data = template.read_bytes()
    veldpdf.read(data)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        veldpdf.read(data)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
