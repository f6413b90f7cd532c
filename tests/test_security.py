"""What docs/security.md says: its tests and versions are those that there are, and here is what no other test holds."""

from __future__ import annotations

import ast
import asyncio
import csv
import hashlib
import io
import json
import os
import pickle
import re
import socket
import stat
import sys
import time
import tomllib
import zipfile
from collections.abc import Iterator, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import veldpdf
from tests.conftest import Run
from tests.test_web_guarding import Client
from tests.web import served
from veldpdf import files
from veldpdf.definition import load_form
from veldpdf.errors import DefinitionError, InputError
from veldpdf.isolation import IsolatedWorkers
from veldpdf.limits import Limits
from veldpdf.model import Status
from veldpdf.pdf import ocr
from veldpdf.pdf.filling.template import Template
from veldpdf.recipients import read_recipients
from veldpdf.spreadsheets import read_table, write_csv
from veldpdf.templating import Layout, LayoutError
from veldpdf.web.guarding import Guard
from veldpdf.web.storage import RunFolder

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "security.md"
SECONDS = 5.0  # many times what any of them takes
needs_posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights, and other names")


# The document


def test_every_test_that_the_document_names_is_there() -> None:
    named = re.findall(r"(test_\w+\.py)::(test_\w+)", DOCUMENT.read_text(encoding="utf-8"))
    assert len(named) > 80
    there = {name: functions_in(ROOT / "tests" / name) for name in {file for file, _ in named}}
    assert [f"{file}::{test}" for file, test in named if test not in there[file]] == []


def functions_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_module_that_the_document_names_is_there() -> None:
    named = re.findall(r"`((?:[\w]+/)*\w+\.py|\w+/)`", DOCUMENT.read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [name for name in named if not (ROOT / "veldpdf" / name).exists()] == []


def least_versions(extra: str = "") -> dict[str, str]:
    """Return the least version of each package that an extra asks for, or veldpdf itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return dict(re.findall(r"^([\w-]+)>=([\d.]+)", "\n".join(asked), re.MULTILINE))


# The others are for who works on it.
EXTRAS = ("", "mail", "ocr", "crypto", "office", "shaping", "svg", "cluster", "web")


def test_the_versions_are_those_of_the_package() -> None:
    rows = re.findall(
        r"^\| `([\w-]+)` \| ?(\w*) \| ([\d.]+) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE
    )
    asked = [(name, extra, version) for extra in EXTRAS for name, version in least_versions(extra).items()]
    assert sorted(rows) == sorted(asked)


def test_no_test_runs_with_an_older_version_than_users_may_have() -> None:
    least = {name: version for extra in EXTRAS[1:] for name, version in least_versions(extra).items()}
    tested = least_versions("test")
    assert tested.keys() & least.keys()
    assert [(name, tested[name]) for name in tested if name in least and tested[name] != least[name]] == []


def test_the_script_of_others_is_the_one_that_was_published() -> None:
    script = (ROOT / "veldpdf" / "web" / "static" / "htmx.min.js").read_bytes()
    assert f"`{hashlib.sha256(script).hexdigest()}`" in DOCUMENT.read_text(encoding="utf-8")
    page = (ROOT / "veldpdf" / "web" / "templates" / "base.html").read_text(encoding="utf-8")
    (settings,) = re.findall(r"name=\"htmx-config\" content='([^']*)'", page)
    told = json.loads(settings)
    assert (told["allowEval"], told["allowScriptTags"], told["selfRequestsOnly"]) == (False, False, True)


# Hostile PDFs


def test_workers_hold_qpdf_to_tight_limits() -> None:
    limits = Limits(seconds=10, megabytes=400)
    with IsolatedWorkers(eval, count=1, limits=limits) as workers:
        (told,) = workers.results(["__import__('pikepdf').settings.get_qpdf_limits()"])
    assert isinstance(told, dict)
    nesting, memory = told["parser_max_nesting"], told["flate_max_memory"]
    assert (nesting, memory) == (100, 100 * 1024 * 1024)


@pytest.mark.parametrize(("words", "status"), [(2_000, Status.READ), (60_000, Status.UNREADABLE)])
def test_some_kilobytes_become_no_report_of_megabytes(words: int, status: Status) -> None:
    """Reading has limits; what is done with the answers afterwards has none."""
    with pikepdf.open(io.BytesIO(Template.open().fill({"Veld01": "kort"}))) as pdf:
        shared = pdf.make_stream(b"Een woord. " * words)
        for field in pdf.Root.AcroForm.Fields:
            field.V = shared
        buffer = io.BytesIO()
        pdf.save(buffer)
    assert len(buffer.getvalue()) < 200_000
    submission = veldpdf.read(buffer.getvalue(), partner="GGD")
    assert (submission.status, submission.partner) == (status, "GGD")
    assert bool(submission.answers) is (status is Status.READ)


def test_form_data_without_end_becomes_no_report_either() -> None:
    field = "<field name='Veld01'><value>" + "woord " * 200_000 + "</value></field>"
    submission = veldpdf.read(f"<xfdf><fields>{field}</fields></xfdf>".encode())
    assert (submission.status, submission.answers, len(submission.warnings)) == (Status.UNREADABLE, {}, 1)


# Pictures of answers


@pytest.fixture
def tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of that name which notes what it is given, in a folder that the search path names in full."""
    folder = tmp_path / "programs"
    folder.mkdir()
    program = folder / "tesseract"
    program.write_text(
        f"#!{sys.executable}\n"
        "import pathlib, sys\n"
        f"here = pathlib.Path({str(tmp_path)!r})\n"
        "(here / 'arguments').write_text(' '.join(sys.argv[1:]))\n"
        "(here / 'picture').write_bytes(sys.stdin.buffer.read())\n"
        "print('level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext')\n"
        "print('5\\t1\\t1\\t1\\t1\\t1\\t10\\t20\\t30\\t40\\t96.5\\tgeheim')\n"
        "print('5\\t1\\t1')\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    return program


@needs_posix
def test_a_picture_of_answers_never_lies_in_the_folder_for_temporary_files(
    tesseract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tijdelijk"
    temporary.mkdir()
    temporary.chmod(0o500)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)

    (row,) = ocr._recognised(Image.new("L", (3, 2), 255))

    assert (row["text"], row["conf"], row["left"]) == ("geheim", "96.5", "10")
    assert (tmp_path / "arguments").read_text() == "stdin stdout -l nld+eng -c tessedit_create_tsv=1"
    with Image.open(tmp_path / "picture") as picture:
        assert picture.size == (3, 2)
    assert list(temporary.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} == {"programs", "arguments", "picture", "tijdelijk"}
    assert ocr._program() == str(tesseract)


@needs_posix
@pytest.mark.parametrize("search", [".", "", "programs", ".:programs"])
def test_no_program_of_the_folder_that_the_user_is_in_is_run(
    search: str, tesseract: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be full of what partners sent."""
    monkeypatch.chdir(tesseract.parent if search in ("", ".") else tesseract.parent.parent)
    monkeypatch.setenv("PATH", search)
    assert ocr._program() is None
    assert ocr._recognised(Image.new("L", (3, 2))) == ()


# Tables that a spreadsheet opens


def could_begin_cells(raw: bytes) -> Iterator[str]:
    """Yield what a spreadsheet may take for a cell, whatever it takes for the sign between two of them.

    To one that takes another sign than we do, our quotes mean nothing.
    """
    text = raw.decode("utf-8-sig")
    yield from (cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row)
    for sign in ";\t":
        for line in re.split(r"[\r\n]+", text):
            yield from (cell.strip(' "\xa0') for cell in line.split(sign))


def acts(cell: str) -> bool:
    """Whether a cell is a formula with a function, another program or another file in it; no bullet with words."""
    cell = cell.lstrip("\0")  # LibreOffice leaves it out
    if re.match("[+-][ \xa0]", cell):
        return re.search(r"\w\(|\||!\$?[A-Za-z]{1,3}\$?\d", cell) is not None
    return cell.startswith(("=", "+", "-", "@")) and any(sign in cell for sign in "(|!#")


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        pytest.param("x;=HYPERLINK(A1);y", "x;'=HYPERLINK(A1);y", id="the separator of Dutch Excel"),
        pytest.param("x\t+SUM(1)", "x\t'+SUM(1)", id="a tab"),
        pytest.param("x, @SUM(1)", "x, @SUM(1)", id="our own separator, where quotes count"),
        pytest.param("x\n=cmd|'/C calc'!A0\ny", "x\n'=cmd|'/C calc'!A0\ny", id="a line end"),
        pytest.param('x;"=SUM(1)"', 'x;"\'=SUM(1)"', id="a quote"),
        pytest.param("a;'=SUM(1)", "a;''=SUM(1)", id="a quote that was typed"),
        pytest.param("=A(1);=B(2)", "'=A(1);'=B(2)", id="in both places"),
        pytest.param("- een\n- twee; =1", "'- een\n- twee; =1", id="what can do no more than reckon"),
        pytest.param("a\n- b (c)\n- wij!", "a\n- b (c)\n- wij!", id="bullets with words"),
        pytest.param("a\n- A(1)\n+ b|'c'!A0", "a\n'- A(1)\n'+ b|'c'!A0", id="bullets that act"),
        pytest.param("a (b); - c", "a (b); - c", id="a sign before the place"),
        pytest.param("\0=SUM(41)", "'\0=SUM(41)", id="NUL"),
        pytest.param("x;\0=SUM(9)", "x;\0'=SUM(9)", id="NUL in the middle"),
        pytest.param("x;='file:///a.csv'#$a.A1", "x;'='file:///a.csv'#$a.A1", id="LibreOffice's other files"),
        pytest.param("\n=1", "'\n=1", id="a line end that begins the cell"),
        pytest.param("\uff1dSUM(1)", "'\uff1dSUM(1)", id="a wide sign"),
    ],
)
def test_nothing_inside_a_cell_acts_where_another_separator_cuts_it(
    typed: str, written: str, tmp_path: Path
) -> None:
    raw = write_csv([["partner", "antwoord"], ["GGD", typed]], with_mark=True)
    table = tmp_path / "tabel.csv"
    table.write_bytes(raw)

    _, [_, cell] = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert cell == written
    assert [row.cells for row in read_table(table)][1] == ("GGD", typed)
    assert not any(acts(cell) for cell in could_begin_cells(raw))


@given(typed=st.text(alphabet="=+-@'\";,\t\r\n (|!#a1\0", max_size=30))
def test_whatever_was_typed_nothing_acts_whichever_separator_counts(typed: str) -> None:
    assert not any(acts(cell) for cell in could_begin_cells(write_csv([["a", typed, "b"]], with_mark=False)))


def test_a_long_cell_of_such_places_takes_no_time() -> None:
    begin = time.monotonic()
    for text in (";=a" * 200_000 + "(", "; " * 200_000 + "(", ";" + "'" * 500_000 + "=(", "\n-a(" * 100_000):
        write_csv([[text]], with_mark=False)
    assert time.monotonic() - begin < SECONDS


def test_a_list_of_more_columns_than_any_spreadsheet_has_takes_no_time(tmp_path: Path) -> None:
    table = tmp_path / "verzendlijst.csv"
    table.write_text(
        "partner;" + ";".join(f"v{number}" for number in range(40_000)) + "\nGGD;x", encoding="utf-8"
    )
    begin = time.monotonic()
    assert len(read_recipients(table)[0].values) == 1
    assert time.monotonic() - begin < SECONDS


# Definitions and layouts of others


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["a"] * 20_000) + " = 1",
        "[" + ".".join(['"a"'] * 20_000) + "]",
        "x = {" + "a . " * 20_000 + "a = 1}",
        ".".join([r'"\""'] * 20_000) + " = 1",
    ],
)
def test_a_name_without_end_is_told_at_once(text: str, tmp_path: Path) -> None:
    path = tmp_path / "eigen.toml"
    path.write_text(text, encoding="utf-8")
    begin = time.monotonic()
    with pytest.raises(DefinitionError, match="without end"):
        load_form(path)
    assert time.monotonic() - begin < SECONDS


def test_sentences_are_no_names_without_end(tmp_path: Path) -> None:
    own = (ROOT / "forms" / "bouwsteen-3a.toml").read_text(encoding="utf-8")
    path = tmp_path / "eigen.toml"
    path.write_text(own + "# " + "Ja. Nee ... " * 500 + "a.b.c", encoding="utf-8")
    assert load_form(path).fields == load_form().fields


def test_a_definition_of_more_than_people_write_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "groot.toml"
    path.write_bytes(b"#" * (5 * 1024 * 1024))
    with pytest.raises(InputError, match="larger"):
        load_form(path)


@needs_posix
def test_a_definition_that_is_a_device_or_a_pipe_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pijp.toml")
    begin = time.monotonic()
    for path in (Path("/dev/zero"), tmp_path / "pijp.toml"):
        with pytest.raises((InputError, DefinitionError)):
            load_form(path)
    assert time.monotonic() - begin < 3 * SECONDS


@pytest.mark.parametrize(
    "text",
    [
        *("{{ ''.__class__ }}", "{{ ''['__class__'] }}", "{{ ''|attr('__class__') }}", "{{ partner.format }}"),
        *("{{ partner.format_map }}", "{{ '{0.__class__}'.format(partner) }}", "{{ lipsum.__globals__ }}"),
        *("{{ self._TemplateReference__context }}", "{{ cycler }}", "{{ range(10**9) }}", "{{ namespace() }}"),
        *("{% include '/etc/passwd' %}", "{% import 'x' as y %}", "{% extends 'x' %}", "{% set x = 1 %}"),
        *("{% macro a() %}{% endmacro %}", "{% for a in [1] recursive %}{{ loop(a) }}{% endfor %}"),
        *("{% for a in [1] %}{{ loop.__init__.__globals__ }}{% endfor %}", "{{ 'a' * 10**9 }}", "{{ 2 ** 9 }}"),
        *("{% for a in [1] %}{{ loop['_iterable'] }}{% endfor %}", "{{ partner|map('attr', '__class__') }}"),
        *("{{ [partner]|join(attribute='__class__') }}", "{{ [partner]|unique(attribute='__class__')|first }}"),
        *("{{ partner|center(999999999) }}", "{{ partner|pprint }}", "{{ [1]|_joined }}", "{{ partner.upper }}"),
        "{% for a in partner %}" * 9 + "x" + "{% endfor %}" * 9,
    ],
)  # fmt: skip
def test_no_way_out_of_a_layout_is_known(text: str) -> None:
    begin = time.monotonic()
    with pytest.raises(LayoutError, match=r"brief\.txt"):
        Layout(text, source="brief.txt", finalize=lambda value: value).render({"partner": "Jongerenraad " * 9})
    assert time.monotonic() - begin < SECONDS


# Shared computers


def test_the_mask_for_new_files_is_never_lifted_not_even_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another thread may be making a file just then."""
    masks: list[int] = []
    umask = os.umask

    def noted(mask: int) -> int:
        masks.append(mask)
        return umask(mask)

    monkeypatch.setattr(os, "umask", noted)
    files.write_files({tmp_path / "a": b"1"}, overwrite=False)
    before = umask(0o077)
    umask(before)
    assert masks
    assert set(masks) <= {0o077, before}


@needs_posix
@pytest.mark.parametrize(("before", "after"), [(0o600, 0o600), (0o640, 0o640), (0o666, 0o644), (0o444, 0o444)])
def test_a_file_that_is_replaced_is_not_opened_to_more_people(before: int, after: int, tmp_path: Path) -> None:
    path = tmp_path / "rapport.pdf"
    path.write_bytes(b"oud")
    path.chmod(before)
    mask = os.umask(0o022)
    try:
        files.write_files({path: b"nieuw"}, overwrite=True)
    finally:
        os.umask(mask)
    assert path.read_bytes() == b"nieuw"
    assert stat.S_IMODE(path.stat().st_mode) == after


@needs_posix
def test_an_output_goes_in_the_place_of_a_link_and_not_where_it_leads(tmp_path: Path) -> None:
    """Somebody else may have put it in a folder that all may write in."""
    elsewhere = tmp_path / "van-een-ander"
    elsewhere.write_bytes(b"blijft")
    elsewhere.chmod(0o666)
    path = tmp_path / "rapport.pdf"
    path.symlink_to(elsewhere)
    files.write_files({path: b"nieuw"}, overwrite=True)
    assert (path.is_symlink(), path.read_bytes(), elsewhere.read_bytes()) == (False, b"nieuw", b"blijft")


@needs_posix
def test_the_folder_of_a_run_is_private_whatever_the_mask_and_what_lies_beside_it(tmp_path: Path) -> None:
    victim = tmp_path / "van-een-ander"
    victim.mkdir()
    (victim / "blijft").write_bytes(b"")
    (tmp_path / "veldpdf-web-planted").symlink_to(victim)
    tmp_path.chmod(0o777)
    mask = os.umask(0)
    try:
        with RunFolder(tmp_path) as folder:
            assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    finally:
        os.umask(mask)
    assert (victim / "blijft").exists()
    assert (tmp_path / "veldpdf-web-planted").is_symlink()
    assert not folder.path.exists()


@needs_posix
def test_no_worker_tells_in_its_command_line_what_it_works_on(tmp_path: Path) -> None:
    """Everybody on the machine can read that."""
    task = "open('/proc/self/cmdline', 'rb').read() # geheim.pdf wachtwoord"
    with IsolatedWorkers(eval, count=1, limits=Limits(seconds=10)) as workers:
        assert list(workers.results([task])) == [
            b"\0".join(map(os.fsencode, (sys.executable, "-P", "-m", "veldpdf.worker", "")))
        ]


class Harmful:
    """What runs something when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.marker,)


def test_nothing_in_the_folder_of_the_cache_is_run(run: Run, returned: Path, tmp_path: Path) -> None:
    command = ["extract", returned / "ggd.pdf", "--cache", tmp_path / "cache", "--format", "json"]
    first = run(*command)
    entries = [
        path for path in (tmp_path / "cache").rglob("*") if path.is_file() and path.name != "CACHEDIR.TAG"
    ]
    assert entries
    for entry in entries:
        entry.write_bytes(pickle.dumps(Harmful(tmp_path / "run")))
    assert run(*command) == first
    assert not (tmp_path / "run").exists()
    assert pickle.loads(pickle.dumps(Harmful(tmp_path / "run"))) is None  # noqa: S301 - it would have been
    assert (tmp_path / "run").exists()


def test_a_password_need_not_stand_in_the_command_line(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who uses the same machine can read those of others, and shells keep them."""
    with pikepdf.open(io.BytesIO(Template.open().fill({"Veld01": "Een antwoord."}))) as pdf:
        pdf.save(tmp_path / "dicht.pdf", encryption=pikepdf.Encryption(user="sesam", owner="eigenaar"))
    command = ["extract", tmp_path / "dicht.pdf", "--format", "json"]
    assert '"status": "locked"' in run(*command).out
    monkeypatch.setenv("VELDPDF_PASSWORD", "sesam")
    told = run(*command)
    assert '"status": "read"' in told.out
    assert "sesam" not in told.out + told.err


# What is made


@pytest.mark.parametrize("suffix", [".pdf", ".html", ".docx", ".xlsx", ".md"])
def test_no_output_tells_who_made_it_where(
    suffix: str, run: Run, returned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "map-van-de-beleidsmedewerker"
    folder.mkdir()
    for variable in ("USER", "LOGNAME", "USERNAME", "LNAME"):
        monkeypatch.setenv(variable, "piet-de-gebruiker")
    monkeypatch.setattr(socket, "gethostname", lambda: "computer-van-piet")
    monkeypatch.chdir(folder)
    assert run("merge", returned, "-o", f"rapport{suffix}").status == 1
    told = everything_in(folder / f"rapport{suffix}")
    for secret in (
        b"map-van-de-beleidsmedewerker",
        b"piet-de-gebruiker",
        b"computer-van-piet",
        os.fsencode(returned),
    ):
        assert secret not in told


def everything_in(path: Path) -> bytes:
    """Return a file with all that is packed in it."""
    data = path.read_bytes()
    if path.suffix == ".pdf":
        with pikepdf.open(path) as pdf:
            streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
            for stream in streams:
                with suppress(pikepdf.PdfError):  # a picture
                    data += stream.read_bytes()
            data += repr(dict(pdf.docinfo)).encode()
    elif path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as package:
            parts = {name: package.read(name) for name in package.namelist()}
        data = b"\n".join(parts.values())
        assert not [name for name in parts if "External" in name]
        for name, part in parts.items():
            if name.endswith(".rels"):
                assert not [each for each in ET.fromstring(part) if each.get("TargetMode") == "External"]  # noqa: S314 - ours
    return data


# Other programs on the same computer


@pytest.mark.skipif(sys.platform == "win32", reason="/proc")
def test_what_no_browser_sends_gets_nothing(tmp_path: Path) -> None:
    with served(folder=tmp_path) as server:
        client = Client(server)
        host, base, cookie = client.host, client.base, client.cookie
        own = f"Host: {host}\r\nCookie: {cookie}\r\nConnection: close\r\n"
        upgrade = own.replace("close", "Upgrade") + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        posted = f"POST {base}/language HTTP/1.1\r\n{own}Content-Length: 0\r\n"
        asked = {
            f"GET {base}/ HTTP/1.1\r\n{own}": {200},
            f"GET {base}/ HTTP/1.1\r\n{own}Host: elders.example\r\n": {400},
            f"GET {base}/ HTTP/1.0\r\nCookie: {cookie}\r\n": {421},
            f"GET http://elders.example{base}/ HTTP/1.1\r\n{own}": {403},
            f"GET /{base}/ HTTP/1.1\r\n{own}": {403},
            f"GET {base}/../begin HTTP/1.1\r\n{own}": {404},
            f"GET {base}/static/..%5c..%5capp.py HTTP/1.1\r\n{own}": {404},
            f"GET /elders HTTP/1.1\r\n{upgrade}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n": {403, 426},
            f"TRACE {base}/ HTTP/1.1\r\n{own}": {403},
            f"TRACE {base}/ HTTP/1.1\r\n{own}Origin: http://{host}\r\n": {405},
            f"{posted}Origin: null\r\n": {403},
            f"{posted}Origin: http://localhost:{host.split(':')[1]}\r\n": {403},
            f"{posted}Origin: http://{host}.elders.example\r\n": {403},
            f"{posted}Origin: http://elders.example\r\nOrigin: http://{host}\r\n": {403},
        }
        for head, right in asked.items():
            assert status_of(host, head) in right, head
        secrets = [cookie.partition("=")[2], server.link.partition("token=")[2]]
        for told in ("cmdline", "environ"):
            public = Path(f"/proc/{server.process.pid}/{told}").read_text("utf-8", "replace")
            assert not [secret for secret in secrets if secret in public]


def status_of(host: str, head: str) -> int:
    name, port = host.split(":")
    with socket.create_connection((name, int(port)), 10) as line:
        line.sendall(f"{head}\r\n".encode())
        return int(line.recv(64).split()[1])


def test_nobody_can_fill_the_window_with_warnings() -> None:
    warned: list[int] = []
    links: list[str] = []
    guard = Guard(nobody, port=1, on_used=links.append, on_tried_again=lambda: warned.append(1))
    used = guard.link.partition("?")[2].encode()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/begin",
        "headers": [(b"host", b"127.0.0.1:1")],
        "query_string": used,
    }
    statuses: list[int] = []

    async def received() -> dict[str, Any]:
        return {"type": "http.request"}

    async def sent(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def asked() -> None:
        for _ in range(4):
            await guard(scope, received, sent)

    asyncio.run(asked())
    assert (statuses, len(warned), len(links)) == ([200, 403, 403, 403], 1, 1)


async def nobody(_scope: object, _receive: object, _send: object) -> None:
    raise AssertionError
