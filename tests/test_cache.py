"""What was read before need not be read again; and whatever lies in the folder, the answers are the file's."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache as remembered
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests import test_hostile
from tests.forms import merged
from tests.test_submission_json import parts
from veldpdf import cache as module
from veldpdf.batch import ReadingOptions, known_geometries
from veldpdf.cache import Cache, Reading, open_cache
from veldpdf.definition import load_form
from veldpdf.errors import OutputError
from veldpdf.model import NameFrom, Status, Submission
from veldpdf.pdf import ocr
from veldpdf.pdf.filling.template import Template
from veldpdf.pdf.flattening import flatten
from veldpdf.pdf.reading import Envelope, Knowledge, read_pdf
from veldpdf.submission_json import to_json

FORM = load_form()
KNOWLEDGE = Knowledge(form=FORM, geometries=lambda: known_geometries(ReadingOptions(form=FORM)))
ENVELOPE = Envelope(source="ggd.pdf", fallback="Ggd")
TYPED = "Een geheim antwoord."
needs_rights = pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")


@pytest.fixture(autouse=True)
def without_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it finds in pictures is not what these tests are about, and takes long."""
    monkeypatch.setattr(ocr, "is_available", remembered(lambda: True))
    monkeypatch.setattr(ocr, "read_pictures", lambda _data, _password: ())


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return open_cache(tmp_path / "cache", form=FORM)


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return Template.open().fill({"Veld01": TYPED})


def never(_data: bytes, _envelope: Envelope, _knowledge: Knowledge) -> tuple[Submission, ...]:
    raise AssertionError("this was to come from the cache")


def again(
    cache: Cache, data: bytes, envelope: Envelope = ENVELOPE, knowledge: Knowledge = KNOWLEDGE
) -> Reading:
    """Return what the cache knows of a file, without reading it."""
    return cache.read(data, envelope, knowledge, never)


def entries(cache: Cache) -> list[Path]:
    return sorted(path for path in cache.folder.rglob("*") if path.is_file() and path.name != "CACHEDIR.TAG")


def saved(pdf: pikepdf.Pdf, **settings: object) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, static_id=True, **settings)  # type: ignore[arg-type]  # pikepdf's own options
    return buffer.getvalue()


def joined(*files: bytes) -> bytes:
    with pikepdf.new() as whole:
        for file in files:
            with pikepdf.open(io.BytesIO(file)) as part:
                whole.add_pages_from(part)
        return saved(whole)


def portfolio(*files: bytes) -> bytes:
    with pikepdf.new() as whole:
        whole.add_blank_page()
        for number, file in enumerate(files):
            name = f"{number}#2.pdf"
            whole.attachments[name] = pikepdf.AttachedFileSpec(whole, file, filename=name)
        return saved(whole)


def filled(text: str, partner: str = "") -> bytes:
    return Template.open().fill({"Veld01": text}, partner=partner)


@remembered
def documents() -> dict[str, bytes]:
    """Return files of every kind that there are entries for."""
    other = pikepdf.new()
    other.add_blank_page()
    found = {
        "with a name": filled("een", "GGD"),
        "without": filled("een"),
        "printed": flatten(filled("een")),
        "joined": joined(filled("een", "GGD"), filled("twee")),
        "joined, with names": joined(filled("een", "GGD"), filled("twee", "Politie")),
        "portfolio": portfolio(filled("een"), saved(other), filled("twee")),
        "portfolio, with names": portfolio(saved(other), filled("een", "GGD"), filled("twee", "Politie")),
        "portfolio of one, with a name": portfolio(saved(other), filled("een", "GGD")),
        "portfolio of joined ones": portfolio(
            joined(filled("een", "GGD"), filled("twee")), portfolio(filled("drie", "GGD"), filled("vier"))
        ),
        "cut off": filled("een")[:-300],
        "empty page": saved(other),
        "another form": merged({"Naam": "x"}).bytes(),
    }
    for path in sorted((Path(__file__).parents[1] / "samples" / "returned").glob("*.pdf")):
        found[path.name] = path.read_bytes()
    return found


ENVELOPES = [
    Envelope(source="ggd.pdf", fallback="Ggd"),
    Envelope(source="post.eml/ggd#2.pdf", fallback="Ggd", received=datetime(2026, 3, 1, tzinfo=UTC)),
    Envelope(source="x.pdf", partner="Van de lijst", fallback="X"),
    Envelope(source="", fallback=""),
]


@pytest.mark.parametrize("name", documents())
@pytest.mark.parametrize("first", ENVELOPES, ids=lambda envelope: envelope.source or "nameless")
def test_what_is_kept_is_what_reading_finds_whatever_the_file_is_called(
    name: str, first: Envelope, cache: Cache
) -> None:
    data = documents()[name]
    reading = cache.read(data, first, KNOWLEDGE)
    assert (parts(reading.submissions), reading.was_kept) == (parts(read_pdf(data, first, KNOWLEDGE)), False)
    for envelope in ENVELOPES:
        reading = again(cache, data, envelope)
        assert (parts(reading.submissions), reading.was_kept) == (
            parts(read_pdf(data, envelope, KNOWLEDGE)),
            True,
        )
    assert len(entries(cache)) == 1


HOSTILE = [
    test_hostile.kids_that_are_their_own_kids,
    test_hostile.forms_in_forms,
    test_hostile.a_font_size_without_end,
    test_hostile.xfa_in_an_unknown_encoding,
]


@pytest.mark.filterwarnings("ignore::pikepdf.PageCopyWarning")
@pytest.mark.parametrize("make", HOSTILE)
def test_what_a_hostile_file_says_is_kept_too(make: test_hostile.Hostile, template: Path, cache: Cache) -> None:
    with pikepdf.open(template) as opened:
        make(opened, opened.Root.AcroForm.Fields[0])
        data = test_hostile.saved(opened)
    cache.read(data, ENVELOPE, KNOWLEDGE)
    assert parts(again(cache, data).submissions) == parts(read_pdf(data, ENVELOPE, KNOWLEDGE))


# What makes reading find something else


@pytest.mark.parametrize(
    "make",
    [
        lambda folder: open_cache(folder, form=replace(FORM, thin=("x",))),
        lambda folder: open_cache(folder, form=FORM, templates=[b"een"]),
        lambda folder: open_cache(folder, form=FORM, settings=["megabytes=100"]),
    ],
    ids=["another definition", "another template", "other limits"],
)
def test_under_other_circumstances_a_file_is_read_again(
    make: Callable[[Path], Cache], cache: Cache, pdf: bytes
) -> None:
    cache.read(pdf, ENVELOPE, KNOWLEDGE)
    other = make(cache.folder)
    assert not other.read(pdf, ENVELOPE, KNOWLEDGE).was_kept
    assert again(other, pdf).was_kept
    assert again(cache, pdf).was_kept


def test_templates_and_settings_are_not_taken_for_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    found = {
        open_cache(folder, form=FORM, templates=templates, settings=settings).circumstances
        for templates, settings in [
            ([b"ab"], []),
            ([b"a", b"b"], []),
            ([b"b", b"a"], []),
            ([], ["ab"]),
            ([], []),
        ]
    }
    assert len(found) == 5


def test_where_the_definition_lies_makes_no_difference(cache: Cache) -> None:
    assert open_cache(cache.folder, form=replace(FORM, source="elders.toml")) == cache


def test_another_program_reads_again(cache: Cache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def circumstances() -> bytes:
        module._program.cache_clear()  # it is found out once
        return open_cache(cache.folder, form=FORM).circumstances

    monkeypatch.setattr(module, "__file__", str(tmp_path / "cache.py"))
    before = circumstances()
    assert circumstances() == before
    for name, other in (("__version__", "99"), ("FORMAT", 99), ("version", lambda _library: "99")):
        with monkeypatch.context() as patched:
            patched.setattr(module, name, other)
            assert circumstances() != before, name
    (tmp_path / "reading.py").write_text("changed = True")
    assert circumstances() != before
    module._program.cache_clear()


def test_a_scan_is_read_again_when_pictures_can_be_read(cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    data = documents()["empty page"]
    monkeypatch.setattr(ocr, "is_available", remembered(lambda: False))
    assert cache.read(data, ENVELOPE, KNOWLEDGE).submissions[0].status is Status.SCAN
    assert again(cache, data).was_kept
    monkeypatch.setattr(ocr, "is_available", remembered(lambda: True))
    assert not cache.read(data, ENVELOPE, KNOWLEDGE).was_kept
    assert again(cache, data).was_kept


def test_whoever_has_no_scans_never_waits_for_tesseract(
    cache: Cache, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    @remembered
    def is_available() -> bool:
        raise AssertionError

    monkeypatch.setattr(ocr, "is_available", is_available)
    open_cache(cache.folder, form=FORM).read(pdf, ENVELOPE, KNOWLEDGE)
    assert again(cache, pdf).was_kept


# Passwords


@pytest.fixture(scope="module")
def locked(pdf: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return saved(opened, encryption=pikepdf.Encryption(owner="baas", user="sesam", R=4))


def with_password(password: str) -> Knowledge:
    return replace(KNOWLEDGE, password=password)


def test_what_a_password_opens_is_read_each_time_and_lies_nowhere(cache: Cache, locked: bytes) -> None:
    for knowledge, status in (
        (KNOWLEDGE, Status.LOCKED),
        (with_password("sesam"), Status.READ),
        (with_password("fout"), Status.LOCKED),
        (KNOWLEDGE, Status.LOCKED),
        (with_password("sesam"), Status.READ),
    ):
        reading = cache.read(locked, ENVELOPE, knowledge)
        assert parts(reading.submissions) == parts(read_pdf(locked, ENVELOPE, knowledge))
        assert reading.submissions[0].status is status
    for path in entries(cache):
        assert TYPED.encode() not in zlib.decompress(path.read_bytes()[49:])


@pytest.mark.parametrize("passwords", [["", "sesam", "fout", "sesam", ""], ["sesam", "fout", "", "sesam"]])
def test_what_is_locked_inside_a_file_is_read_each_time(
    passwords: list[str], cache: Cache, locked: bytes
) -> None:
    data = portfolio(locked, filled("open"))
    for password in passwords:
        reading = cache.read(data, ENVELOPE, with_password(password))
        assert parts(reading.submissions) == parts(read_pdf(data, ENVELOPE, with_password(password)))
    for path in entries(cache):
        assert TYPED.encode() not in zlib.decompress(path.read_bytes()[49:])


def test_a_password_makes_no_difference_to_files_without(cache: Cache, pdf: bytes) -> None:
    assert not cache.read(pdf, ENVELOPE, with_password("sesam")).was_kept
    assert again(cache, pdf).was_kept
    assert again(cache, pdf, knowledge=with_password("anders")).was_kept


def test_what_could_not_be_read_is_tried_again(cache: Cache) -> None:
    for _ in range(2):
        reading = cache.read(b"%PDF-1.7 en verder niets", ENVELOPE, KNOWLEDGE)
        assert (reading.submissions[0].status, reading.was_kept) == (Status.UNREADABLE, False)
    assert entries(cache) == []


# Entries that are not as they were written


def spoilt(content: bytes) -> Iterator[bytes]:
    """Yield an entry cut off, lengthened, and with each of its bytes changed."""
    yield b""
    yield from (content[:length] for length in range(1, len(content), 29))
    yield content + b"x"
    for place in range(0, len(content), 11):
        yield content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    yield os.urandom(1000)
    yield b"\0" * (module._LARGEST_ENTRY + 1)


def test_a_spoilt_entry_is_read_again_and_replaced(cache: Cache, pdf: bytes) -> None:
    kept = cache.read(pdf, ENVELOPE, KNOWLEDGE).submissions
    (path,) = entries(cache)
    content = path.read_bytes()
    nameless = read_pdf(pdf, Envelope(source=""), KNOWLEDGE)
    read_again = 0

    def read(_data: bytes, _envelope: Envelope, _knowledge: Knowledge) -> tuple[Submission, ...]:
        nonlocal read_again
        read_again += 1
        return nameless

    for number, other in enumerate(spoilt(content), start=1):
        path.write_bytes(other)
        reading = cache.read(pdf, ENVELOPE, KNOWLEDGE, read)
        assert (reading.submissions, reading.was_kept, read_again) == (kept, False, number)
        assert path.read_bytes() == content


def made_up(cache: Cache, path: Path, text: bytes) -> None:
    """Write an entry that is whole, with any text."""
    name = path.parent.name + path.name
    body = b"-" + zlib.compress(text)
    path.write_bytes(b"veldpdf entry 1\n" + hashlib.sha256(name.encode() + body).digest() + body)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: b"[" * 100_000,
        lambda known: to_json([known]) + b" " * module._LARGEST_UNPACKED,
        lambda _: to_json([]),
        lambda known: to_json([replace(known, form="een-ander")]),
        lambda known: to_json([replace(known, digest="0" * 64)]),
        lambda known: to_json([replace(known, name_from=NameFrom.OFFICER, partner="x")]),
        lambda known: to_json([replace(known, received=datetime(2026, 1, 1, tzinfo=UTC))]),
        lambda known: to_json([replace(known, status=Status.UNREADABLE, answers={})]),
        lambda known: to_json([replace(known, status=Status.SCAN)]),
        lambda known: to_json([replace(known, answers={"Veld99": known.answers["Veld01"]})]),
    ],
    ids=[
        "a hundred thousand brackets", "a bomb", "nothing", "another form", "of another file", "of the officer",
        "received", "unreadable", "a scan with answers", "an unknown field",
    ],
)  # fmt: skip
def test_a_made_up_entry_that_cannot_be_the_files_is_replaced(
    change: Callable[[Submission], bytes], cache: Cache, pdf: bytes
) -> None:
    cache.read(pdf, ENVELOPE, KNOWLEDGE)
    (path,) = entries(cache)
    (known,) = read_pdf(pdf, Envelope(source=""), KNOWLEDGE)
    made_up(cache, path, to_json([known]))
    assert again(cache, pdf).was_kept
    made_up(cache, path, change(known))
    reading = cache.read(pdf, ENVELOPE, KNOWLEDGE)
    assert (parts(reading.submissions), reading.was_kept) == (parts(read_pdf(pdf, ENVELOPE, KNOWLEDGE)), False)
    assert again(cache, pdf).was_kept


def test_an_entry_under_another_name_is_none(cache: Cache, pdf: bytes) -> None:
    other = filled("twee")
    cache.read(pdf, ENVELOPE, KNOWLEDGE)
    (path,) = entries(cache)
    cache.read(other, ENVELOPE, KNOWLEDGE)
    (second,) = set(entries(cache)) - {path}
    shutil.copy(path, second)
    reading = cache.read(other, ENVELOPE, KNOWLEDGE)
    assert (reading.was_kept, reading.submissions[0].answers["Veld01"].text) == (False, "twee")


# What else may lie in the folder


@needs_rights
def test_a_link_a_queue_or_a_device_in_the_place_of_an_entry_is_replaced(
    cache: Cache, pdf: bytes, tmp_path: Path
) -> None:
    cache.read(pdf, ENVELOPE, KNOWLEDGE)
    (path,) = entries(cache)
    elsewhere = tmp_path / "elders"
    path.rename(elsewhere)
    content = elsewhere.read_bytes()
    makers: list[Callable[[], None]] = [
        lambda: path.symlink_to(elsewhere),
        lambda: os.mkfifo(path),
        lambda: path.symlink_to("/dev/zero"),
    ]
    for make in makers:
        make()
        assert not cache.read(pdf, ENVELOPE, KNOWLEDGE).was_kept
        assert (path.is_symlink(), path.read_bytes(), elsewhere.read_bytes()) == (False, content, content)
        path.unlink()


def test_a_folder_in_the_place_of_an_entry_is_left_alone(cache: Cache, pdf: bytes) -> None:
    cache.read(pdf, ENVELOPE, KNOWLEDGE)
    (path,) = entries(cache)
    path.unlink()
    path.mkdir()
    reading = cache.read(pdf, ENVELOPE, KNOWLEDGE)
    assert reading.problem is not None
    assert reading.submissions == read_pdf(pdf, ENVELOPE, KNOWLEDGE)
    assert entries(cache) == []


@needs_rights
def test_nothing_is_written_through_a_link(cache: Cache, pdf: bytes, tmp_path: Path) -> None:
    cache.read(pdf, ENVELOPE, KNOWLEDGE)
    (path,) = entries(cache)
    shutil.rmtree(path.parent)
    (tmp_path / "elders").mkdir()
    path.parent.symlink_to(tmp_path / "elders")
    reading = cache.read(pdf, ENVELOPE, KNOWLEDGE)
    assert reading.problem is not None
    assert "part of the path is no folder" in reading.problem
    assert list((tmp_path / "elders").iterdir()) == []


def test_an_entry_that_nobody_may_look_for_is_none(
    cache: Cache, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder in the cache may have lost its rights; the superuser of the tests has them all the same."""
    cache.read(pdf, ENVELOPE, KNOWLEDGE)
    assert cache.has(pdf)
    stat = os.stat

    def refuse(path: Any, **how: Any) -> os.stat_result:
        if cache.folder in Path(path).parents:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return stat(path, **how)

    monkeypatch.setattr(os, "stat", refuse)
    assert not cache.has(pdf)


# The folder itself


@needs_rights
def test_nobody_else_may_look_into_it(cache: Cache, pdf: bytes) -> None:
    umask = os.umask(0)
    try:
        cache.read(pdf, ENVELOPE, KNOWLEDGE)
    finally:
        os.umask(umask)
    (path,) = entries(cache)
    assert [place.stat().st_mode & 0o777 for place in (cache.folder, path.parent, path)] == [
        0o700,
        0o700,
        0o600,
    ]


def test_backups_leave_it_out(cache: Cache) -> None:
    tag = (cache.folder / "CACHEDIR.TAG").read_bytes()
    assert tag.startswith(b"Signature: 8a477f597d28d172789f06886806bc55")


def test_a_folder_that_is_there_and_empty_becomes_one(tmp_path: Path, pdf: bytes) -> None:
    cache = open_cache(tmp_path, form=FORM)
    cache.read(pdf, ENVELOPE, KNOWLEDGE)
    assert again(open_cache(tmp_path, form=FORM), pdf).was_kept


@pytest.mark.parametrize("name", ["brief.docx", "CACHEDIR.TAG", ".verborgen"])
def test_a_folder_of_something_else_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"Signature: 8a477f597d28d172789f06886806bc55\n# of a browser\n")
    with pytest.raises(OutputError) as caught:
        open_cache(tmp_path, form=FORM)
    assert str(caught.value) == (
        f"{tmp_path}: this folder holds other files and is no cache of veldpdf.\nName a new or an empty folder."
    )
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("weg/cache", "there is no such file or folder"),
        ("bestand", "part of the path is no folder"),
        ("bestand/cache", "part of the path is no folder"),
        ("een\0twee", "ValueError"),
    ],
)
def test_what_cannot_be_a_folder_is_told(place: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "bestand").write_bytes(b"")
    with pytest.raises(OutputError) as caught:
        open_cache(tmp_path / place, form=FORM)
    assert caught.value.what == f"{tmp_path / place}: this cannot be the folder of the cache: {reason}."


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO])
def test_when_nothing_can_be_written_files_are_read_all_the_same(
    number: int, cache: Cache, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.read(filled("twee"), ENVELOPE, KNOWLEDGE)

    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    for owner, name in ((tempfile, "mkstemp"), (os, "replace")):
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, fail)
            reading = cache.read(pdf, ENVELOPE, KNOWLEDGE)
            assert reading.submissions == read_pdf(pdf, ENVELOPE, KNOWLEDGE)
            assert reading.problem is not None
            assert reading.problem.startswith(
                f"{cache.folder}: what was read cannot be kept here for the next run: "
            )
            assert again(cache, filled("twee")).was_kept
        assert len(entries(cache)) == 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_a_folder_that_cannot_be_made_ready_is_told_and_left_alone(
    number: int, tmp_path: Path, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(tempfile, "mkstemp", fail)
        cache = open_cache(tmp_path / "cache", form=FORM)
    reading = cache.read(pdf, ENVELOPE, KNOWLEDGE)
    assert (reading.submissions, reading.problem) == (read_pdf(pdf, ENVELOPE, KNOWLEDGE), cache.problem)
    assert cache.problem is not None
    assert entries(cache) == []


def test_a_run_that_is_stopped_while_writing_leaves_nothing_half(
    cache: Cache, pdf: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", stop)
        with pytest.raises(KeyboardInterrupt):
            cache.read(pdf, ENVELOPE, KNOWLEDGE)
    assert entries(cache) == []


def read_all(cache: Cache, files: list[bytes]) -> list[tuple[bool, bool]]:
    readings = [cache.read(data, ENVELOPE, KNOWLEDGE) for data in files]
    return [
        (reading.problem is None, reading.submissions == read_pdf(data, ENVELOPE, KNOWLEDGE))
        for reading, data in zip(readings, files, strict=True)
    ]


def test_many_processes_may_use_it_at_a_time(cache: Cache) -> None:
    files = [filled(str(number)) for number in range(8)]
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        for outcome in pool.map(read_all, [cache] * 3, [files] * 3):
            assert outcome == [(True, True)] * 8
    assert len(entries(cache)) == 8
    assert all(again(cache, data).was_kept for data in files)


def test_what_cannot_be_kept_the_same_is_not_kept(cache: Cache, pdf: bytes) -> None:
    def read(data: bytes, envelope: Envelope, knowledge: Knowledge) -> tuple[Submission, ...]:
        (known,) = read_pdf(data, envelope, knowledge)
        return (replace(known, modified=datetime(2026, 10, 25, 2, 30, fold=1)),)  # noqa: DTZ001 - as files say it

    reading = cache.read(pdf, ENVELOPE, KNOWLEDGE, read)
    assert (reading.submissions, reading.problem) == (read(pdf, ENVELOPE, KNOWLEDGE), None)
    assert entries(cache) == []
