"""Hybrid-reference files: fields that only a cross-reference stream tells of are read and filled."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pikepdf
import pytest

import veldpdf
from tests.forms import merged
from tests.needs import need, need_program
from tests.readers import READERS, missing
from tests.reading_form import small_form
from veldpdf.pdf import hybrid as hybrid_files
from veldpdf.pdf.hybrid import with_hidden_objects

FORM = small_form("Veld01", "Veld02")


def row(kind: int, first: int, second: int) -> bytes:
    return bytes([kind]) + first.to_bytes(4, "big") + second.to_bytes(2, "big")


@pytest.fixture(scope="module")
def hybrid() -> bytes:
    """A form whose second field lies in an object stream; the table calls it free (7.5.8.4)."""
    plain = merged({"Veld01": "één", "Veld02": "twee"}).bytes(
        object_stream_mode=pikepdf.ObjectStreamMode.disable
    )
    found = next(
        one
        for one in re.finditer(rb"(\d+) 0 obj\n(<<.*?>>)\nendobj\n", plain, re.DOTALL)
        if b"(Veld02)" in one[2]
    )
    number, size = int(found[1]), int(plain.split(b"/Size ")[1].split()[0])
    begin = plain.rindex(b"\nxref\n") + 1
    body = plain[: found.start()] + b" " * (found.end() - found.start()) + plain[found.end() : begin]
    content = b"%d 0 " % number + found[2]
    packed, stream = len(body), 0
    body += b"%d 0 obj\n<</Type/ObjStm/N 1/First %d/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        size,
        len(b"%d 0 " % number),
        len(content),
        content,
    )
    stream = len(body)
    rows = row(2, size, 0) + row(1, packed, 0) + row(1, stream, 0)
    body += (
        b"%d 0 obj\n<</Type/XRef/W[1 4 2]/Index[%d 1 %d 2]/Size %d/Length %d>>\nstream\n%b\nendstream\nendobj\n"
        % (
            size + 1,
            number,
            size,
            size + 2,
            len(rows),
            rows,
        )
    )
    table = plain[begin : plain.index(b"trailer", begin)].split(b"\n")
    table[2 + number] = b"0000000000 65535 f "
    root = plain.split(b"/Root ")[1].split(b" R")[0]
    return b"%b%btrailer\n<</Size %d/Root %b R/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        body,
        b"\n".join(table),
        size + 2,
        root,
        stream,
        len(body),
    )


def test_a_field_that_only_the_stream_tells_of_is_read(hybrid: bytes) -> None:
    submission = veldpdf.read(hybrid, form=FORM)
    assert {name: answer.text for name, answer in submission.answers.items()} == {
        "Veld01": "één",
        "Veld02": "twee",
    }
    assert submission.warnings == ()


@pytest.mark.parametrize("reader", READERS)
def test_it_is_filled_as_a_file_that_every_program_reads(reader: str, hybrid: bytes, tmp_path: Path) -> None:
    """Most programs do not look for the objects that it hides; a template is written anew for their sake."""
    need(missing(reader))
    need_program("qpdf")
    filled = veldpdf.Template.open(hybrid, form=FORM).fill({"Veld01": "nieuw"})
    assert b"/XRefStm" not in filled
    assert READERS[reader](filled) == {"Veld01": "nieuw", "Veld02": "twee"}
    path = tmp_path / "filled.pdf"
    path.write_bytes(filled)
    assert subprocess.run(["qpdf", "--check", path], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_no_damage_to_it_does_harm(place: int, hybrid: bytes) -> None:
    cut = len(hybrid) - 400 + place
    damaged = hybrid[:cut] + b"9" + hybrid[cut + 1 :]
    with_hidden_objects(damaged)
    veldpdf.read(damaged, form=FORM)


def test_a_table_that_comes_before_itself_is_looked_at_once() -> None:
    """Each look goes through the whole file."""
    filler = b"% " + b"x" * 2_000_000 + b"\n"
    body = b"%PDF-1.4\n"
    data = (
        body
        + b"xref\n0 1\n0000000000 65535 f \n%b" % filler
        + b"trailer\n<</Size 1/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (len(body), len(body))
    )
    assert list(hybrid_files._sections(data, len(body))) == [
        ((len(body) + 4, data.index(b"trailer")), data[data.index(b"trailer") : data.index(b"startxref")])
    ]
    assert with_hidden_objects(data) is None


def test_other_files_are_left_alone(template: Path) -> None:
    assert with_hidden_objects(template.read_bytes()) is None
