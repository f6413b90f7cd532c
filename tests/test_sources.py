"""From paths to documents: what partners send, and how they and their programs pack it."""

from __future__ import annotations

import base64
import importlib.util
import io
import os
import struct
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.needs import need, need_program
from veldpdf.errors import InputError
from veldpdf.sources import Document, Kind, documents_in, documents_in_bytes, find_files
from veldpdf.sources.document import Limits, label

PDF = b"%PDF-1.7\n" + b"x" * 50
OTHER_PDF = b"%PDF-1.4\n" + b"y" * 50
FDF = b"%FDF-1.2\n1 0 obj<</FDF<</Fields[]>>>>endobj\ntrailer<</Root 1 0 R>>\n"
XFDF = '<?xml version="1.0"?>\n<xfdf xmlns="http://ns.adobe.com/xfdf/"/>'

SENT = datetime(2026, 11, 3, 14, 5, tzinfo=timezone(timedelta(hours=1)))


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 2, 9, 30, 0)), content)
    return buffer.getvalue()


def mail(**attachments: bytes) -> EmailMessage:
    """Return an e-mail; a double underscore in a name stands for the full stop."""
    message = EmailMessage()
    message["From"] = "Partner <partner@example.org>"
    message["Subject"] = "Werkblad"
    message["Date"] = SENT
    message.set_content("Hierbij ons werkblad.")
    for name, content in attachments.items():
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=name.replace("__", ".")
        )
    return message


def word_file() -> bytes:
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w:document/>"})


def found(name: str, data: bytes, limits: Limits | None = None) -> list[Document]:
    return list(documents_in_bytes(name, data, limits=limits or Limits()))


def sources(name: str, data: bytes) -> list[str]:
    documents = found(name, data)
    assert [document.problem for document in documents] == [None] * len(documents)
    return [document.source for document in documents]


def problem(name: str, data: bytes, limits: Limits | None = None) -> str:
    """Return what is wrong with the one document that there is."""
    [document] = found(name, data, limits)
    assert document.problem is not None
    assert not document.data
    return document.problem


# Which files


def files(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(PDF)


def test_a_folder_is_searched_with_all_folders_in_it(tmp_path: Path) -> None:
    wanted = ["A.PDF", "b.pdf", "mail/post.eml", "mail/post.Msg", "noord/diep/er.xfdf", "z.zip", "zuid.fdf"]
    files(tmp_path, *reversed(wanted), "brief.docx", "mail/foto.png", "noord/lijst.csv")
    assert find_files([tmp_path]) == sorted(tmp_path / name for name in wanted)


def test_what_programs_leave_behind_is_not_meant(tmp_path: Path) -> None:
    files(tmp_path, "ggd.pdf", ".ggd.pdf", "._ggd.pdf", "~$ggd.pdf", "__MACOSX/ggd.pdf", ".git/ggd.pdf")
    assert find_files([tmp_path]) == [tmp_path / "ggd.pdf"]


def test_a_file_counts_whatever_its_name(tmp_path: Path) -> None:
    files(tmp_path, ".verborgen", "zonder ending")
    named = [tmp_path / "zonder ending", tmp_path / ".verborgen"]
    assert find_files(named) == named


def test_a_file_found_twice_counts_once(tmp_path: Path) -> None:
    files(tmp_path, "map/a.pdf", "map/b.pdf")
    again = tmp_path / "map" / ".." / "map" / "a.pdf"
    assert find_files([again, tmp_path, tmp_path / "map"]) == [again, tmp_path / "map" / "b.pdf"]


def test_links_between_folders_do_not_loop(tmp_path: Path) -> None:
    files(tmp_path, "map/ggd.pdf")
    (tmp_path / "map" / "terug").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "nog eens").symlink_to(tmp_path / "map", target_is_directory=True)
    assert find_files([tmp_path]) == [tmp_path / "map" / "ggd.pdf"]


def test_a_pipe_in_a_folder_is_left_alone(tmp_path: Path) -> None:
    files(tmp_path, "ggd.pdf")
    os.mkfifo(tmp_path / "pijp.pdf")
    assert find_files([tmp_path]) == [tmp_path / "ggd.pdf"]


def test_a_broken_link_is_found_and_told(tmp_path: Path) -> None:
    (tmp_path / "weg.pdf").symlink_to(tmp_path / "nergens.pdf")
    [path] = find_files([tmp_path])
    [document] = documents_in(path)
    assert document.source == "weg.pdf"
    assert "cannot be read" in str(document.problem)


def test_a_path_to_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        find_files([tmp_path / "nergens"])


def test_a_folder_without_any_such_file_is_an_error(tmp_path: Path) -> None:
    files(tmp_path, "diep/brief.docx")
    with pytest.raises(InputError, match="holds no PDF"):
        find_files([tmp_path])


# Plain files


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        pytest.param("ggd.pdf", PDF, Kind.PDF, id="PDF"),
        pytest.param("ggd", b"rommel\r\n" * 20 + PDF, Kind.PDF, id="rubbish before the header"),
        pytest.param("ggd.pdf", FDF, Kind.FDF, id="FDF named .pdf"),
        pytest.param("ggd.fdf", PDF, Kind.PDF, id="PDF named .fdf"),
        pytest.param("ggd.xfdf", XFDF.encode(), Kind.XFDF, id="XFDF"),
        pytest.param("ggd.xml", XFDF.encode("utf-16"), Kind.XFDF, id="XFDF in UTF-16"),
        pytest.param("ggd.pdf", b"", Kind.PDF, id="nothing at all"),
        pytest.param("ggd.pdf", word_file(), Kind.PDF, id="Word named .pdf"),
        pytest.param("ggd.docx", word_file(), Kind.PDF, id="Word"),
        pytest.param("ggd.pdf", b"From: begin van een zin\nen verder", Kind.PDF, id="a text"),
        pytest.param("ggd.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9000), Kind.PDF, id="old Word"),
    ],
)
def test_a_file_that_holds_no_others_is_one_document(name: str, data: bytes, kind: Kind) -> None:
    """What it is, its content says; what it is instead of a PDF, reading it will tell."""
    assert found(name, data) == [Document(source=name, data=data, kind=kind)]


def test_a_file_is_as_old_as_the_file_system_says(tmp_path: Path) -> None:
    path = tmp_path / "ggd.pdf"
    path.write_bytes(PDF)
    os.utime(path, (SENT.timestamp(), SENT.timestamp()))
    assert list(documents_in(path)) == [Document(source="ggd.pdf", data=PDF, modified=SENT)]


def test_a_file_that_vanished_is_told(tmp_path: Path) -> None:
    [document] = documents_in(tmp_path / "weg.pdf")
    assert "weg.pdf: this cannot be read" in str(document.problem)


def test_a_file_that_is_no_worksheet_by_its_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "film.pdf"
    path.write_bytes(bytes(1001))
    [document] = documents_in(path, Limits(document=1000))
    assert (document.source, document.data) == ("film.pdf", b"")
    assert "larger than" in str(document.problem)


# Zip files


def test_a_zip_file_gives_every_document_in_it(tmp_path: Path) -> None:
    path = tmp_path / "retour.zip"
    contents = {
        "ggd.pdf": PDF,
        "map/ggd.pdf": OTHER_PDF,
        "map/x.fdf": FDF,
        "foto.png": b"\x89PNG",
        "leeg/": b"",
    }
    path.write_bytes(zipped(contents))
    moment = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    assert list(documents_in(path)) == [
        Document(source="retour.zip/ggd.pdf", data=PDF, modified=moment),
        Document(source="retour.zip/map/ggd.pdf", data=OTHER_PDF, modified=moment),
        Document(source="retour.zip/map/x.fdf", data=FDF, kind=Kind.FDF, modified=moment),
    ]


def test_content_decides_in_a_zip_file_too() -> None:
    """A PDF without the ending counts, and a Word file that says it is one is not passed over in silence."""
    data = zipped({"scan": PDF, "ggd.pdf": word_file(), "brief.docx": word_file()})
    assert sources("retour.zip", data) == ["retour.zip/scan", "retour.zip/ggd.pdf"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        pytest.param("../../../etc/ggd.pdf", "etc/ggd.pdf", id="upwards"),
        pytest.param("/root/ggd.pdf", "root/ggd.pdf", id="absolute"),
        pytest.param("C:\\Users\\map\\ggd.pdf", "Users/map/ggd.pdf", id="from Windows"),
        pytest.param("a//./b/ggd.pdf", "a/b/ggd.pdf", id="empty steps"),
        pytest.param("fout\u202efdp.exe\n.pdf", "foutfdp.exe.pdf", id="characters that deceive"),
        pytest.param("..", "unnamed", id="nothing but steps"),
        pytest.param("x" * 500, "x" * 255, id="endless"),
    ],
)
def test_a_name_is_a_label_and_no_place(name: str, shown: str) -> None:
    assert label(name) == shown


@given(st.text())
def test_no_label_leads_anywhere(name: str) -> None:
    parts = label(name).split("/")
    assert not {"", ".", ".."} & set(parts)
    assert label(name).isprintable() or " " in label(name) or not label(name).isascii()


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
def test_no_two_documents_have_the_same_name() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("ggd.pdf", "ggd (2).pdf", "GGD.pdf", "ggd.pdf", "map/../ggd.pdf"):
            archive.writestr(name, PDF)
    shown = sources("r.zip", buffer.getvalue())
    assert shown[0] == "r.zip/ggd.pdf"
    assert len({name.casefold() for name in shown}) == len(shown)


def stored_name(raw: bytes) -> bytes:
    """Return a zip file whose one entry has a name in bytes, without the flag that tells the encoding."""
    return zipped({"N" * len(raw): PDF}).replace(b"N" * len(raw), raw)


@pytest.mark.parametrize(
    "raw", [pytest.param("één.pdf".encode("cp437"), id="cp437"), pytest.param("één.pdf".encode(), id="UTF-8")]
)
def test_names_are_read_in_the_encoding_they_were_written_in(raw: bytes) -> None:
    assert sources("r.zip", stored_name(raw)) == ["r.zip/één.pdf"]
    assert sources("r.zip", zipped({"één €.pdf": PDF})) == ["r.zip/één €.pdf"]


def test_an_entry_without_a_name_has_one_to_show() -> None:
    assert sources("r.zip", stored_name(b"\0.pdf")) == ["r.zip/unnamed"]


def test_what_macos_adds_is_skipped() -> None:
    double = b"\x00\x05\x16\x07" + bytes(50)
    data = zipped({"ggd.pdf": PDF, "__MACOSX/._ggd.pdf": double, "map/._x.pdf": double, "y.pdf": double})
    assert sources("r.zip", data) == ["r.zip/ggd.pdf"]


def test_zip_files_in_zip_files_are_opened() -> None:
    data = zipped({"map/b.zip": zipped({"c.zip": zipped({"ggd.pdf": PDF})}), "los.pdf": PDF})
    assert sources("a.zip", data) == ["a.zip/map/b.zip/c.zip/ggd.pdf", "a.zip/los.pdf"]


def test_a_zip_file_too_deep_inside_is_told() -> None:
    data = PDF
    for name in ("ggd.pdf", "d.zip", "c.zip", "b.zip"):
        data = zipped({name: data})
    [document] = found("a.zip", data)
    assert document.source == "a.zip/b.zip/c.zip/d.zip"
    assert "more than 3 times" in str(document.problem)


def encrypted(data: bytes) -> bytes:
    """Return a zip file whose first entry says that it is encrypted."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[data.index(mark) + offset] |= 1
    return bytes(changed)


def test_what_is_encrypted_is_told_and_the_rest_is_read() -> None:
    first, second = found("r.zip", encrypted(zipped({"ggd.pdf": PDF, "politie.pdf": PDF})))
    assert first.source == "r.zip/ggd.pdf"
    assert "encrypted" in str(first.problem)
    assert (second.source, second.data) == ("r.zip/politie.pdf", PDF)


def test_an_entry_encrypted_by_info_zip_is_told(tmp_path: Path) -> None:
    need_program("zip")
    (tmp_path / "ggd.pdf").write_bytes(PDF)
    subprocess.run(["zip", "-q", "-P", "geheim", "r.zip", "ggd.pdf"], cwd=tmp_path, check=True)
    [document] = documents_in(tmp_path / "r.zip")
    assert "encrypted" in str(document.problem)


def test_an_entry_by_info_zip_has_the_time_of_the_file(tmp_path: Path) -> None:
    """Info-ZIP writes the time in UTC as well; without that, the clock on the wall would be an hour off."""
    need_program("zip")
    (tmp_path / "ggd.pdf").write_bytes(PDF)
    os.utime(tmp_path / "ggd.pdf", (SENT.timestamp(), SENT.timestamp()))
    environment = {**os.environ, "TZ": "Asia/Tokyo"}
    subprocess.run(["zip", "-q", "r.zip", "ggd.pdf"], cwd=tmp_path, check=True, env=environment)
    [document] = documents_in(tmp_path / "r.zip")
    assert document.modified == SENT


def test_an_unknown_compression_is_told() -> None:
    data = bytearray(zipped({"ggd.pdf": PDF}))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.index(mark) + offset] = 9  # deflate64, which Windows uses for large files
    assert "packed in a way" in problem("r.zip", bytes(data))


LONG_LINE = b"Content-Type: " + b"abc " * 1100


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_long_line_that_was_typed_loses_no_attachment(end: bytes) -> None:
    mail = EmailMessage()
    mail["Subject"] = "werkblad"
    mail.set_content("PLAATS")
    mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="ggd.pdf")
    raw = mail.as_bytes().replace(b"\n", end).replace(b"PLAATS", b"Zie hier:" + 2 * end + LONG_LINE)
    assert [entry.source for entry in found("post.eml", raw)] == ["post.eml/ggd.pdf"]
    assert "damaged" in problem("post.eml", LONG_LINE + 2 * end + b"x")
    assert "damaged" in problem("post.eml", raw.replace(b"Content-Type: app", LONG_LINE + b"; app"))


def test_a_damaged_entry_is_told_and_the_rest_is_read() -> None:
    data = bytearray(zipped({"ggd.pdf": PDF * 40, "politie.pdf": PDF}))
    data[data.index(b"ggd.pdf") + 12] ^= 0xFF
    first, second = found("r.zip", bytes(data))
    assert "damaged" in str(first.problem)
    assert second.data == PDF


def test_a_zip_file_cut_off_is_told() -> None:
    assert "damaged" in problem("r.zip", zipped({"ggd.pdf": PDF})[:-30])


def test_a_zip_file_without_a_pdf_says_what_it_holds() -> None:
    assert "antwoord.docx" in problem("r.zip", zipped({"map/antwoord.docx": word_file()}))
    assert "holds no PDF" in problem("r.zip", zipped({}))


def test_an_entry_that_unpacks_to_too_much_is_told() -> None:
    data = zipped({"bom.pdf": PDF + bytes(3_000_000), "ggd.pdf": PDF})
    bomb, sound = found("r.zip", data, Limits(document=1_000_000))
    assert "larger than" in str(bomb.problem)
    assert sound.data == PDF


def test_a_header_that_lies_about_the_size_is_not_believed() -> None:
    data = bytearray(zipped({"bom.pdf": PDF + bytes(3_000_000)}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 10)
    for document in found("r.zip", bytes(data), Limits(document=1_000_000)):
        assert len(document.data) <= 1_000_000


def test_all_that_unpacks_together_has_an_end() -> None:
    bombs = zipped({f"{number}.pdf": PDF + bytes(1_000_000) for number in range(20)})
    documents = found("r.zip", zipped({"a.zip": bombs, "b.zip": bombs}), Limits(total=5_000_000))
    assert sum(len(document.data) for document in documents) <= 5_000_000
    assert documents[-1].source == "r.zip"
    assert "the rest was not read" in str(documents[-1].problem)


def test_what_cannot_hold_answers_is_not_unpacked() -> None:
    data = zipped({f"{number}.bin": bytes(1_000_000) for number in range(20)} | {"ggd.pdf": PDF})
    [document] = found("r.zip", data, Limits(total=500_000))
    assert document.data == PDF


@pytest.mark.parametrize("entries", [11, 500])
def test_the_number_of_files_has_an_end(entries: int) -> None:
    data = zipped({f"{number}.pdf": PDF for number in range(entries)})
    documents = found("r.zip", data, Limits(entries=10))
    assert "more than 10 files" in str(documents[-1].problem)
    assert len(documents) <= 11


# E-mails


def test_an_email_gives_its_pdfs(tmp_path: Path) -> None:
    path = tmp_path / "post.eml"
    path.write_bytes(bytes(mail(ggd__pdf=PDF, logo__png=b"\x89PNG", data__fdf=FDF)))
    assert list(documents_in(path)) == [
        Document(source="post.eml/ggd.pdf", data=PDF, modified=SENT),
        Document(source="post.eml/data.fdf", data=FDF, kind=Kind.FDF, modified=SENT),
    ]


def test_an_email_is_known_without_its_name() -> None:
    assert sources("post", b"MIME-Version: 1.0\n" + bytes(mail(ggd__pdf=PDF))) == ["post/ggd.pdf"]


def written(*headers: str, content: bytes = PDF) -> bytes:
    """Return an e-mail with one attachment, under the headers of the attachment as a program wrote them."""
    encoded = base64.encodebytes(content).decode()
    part = "\n".join([*headers, "Content-Transfer-Encoding: base64", "", encoded])
    return (
        "From: a@example.org\nDate: Tue, 3 Nov 2026 14:05:00 +0100\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="=_grens"\n\n'
        f"--=_grens\nContent-Type: text/plain\n\nZie %PDF-1.7 bijlage.\n--=_grens\n{part}\n--=_grens--\n"
    ).encode()


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        pytest.param(["Content-Type: application/pdf; name=ggd.pdf"], "ggd.pdf", id="name of the type"),
        pytest.param(
            ["Content-Type: application/pdf", "Content-Disposition: inline; filename=ggd.pdf"],
            "ggd.pdf",
            id="shown within the text, as Apple Mail has it",
        ),
        pytest.param(
            [
                "Content-Type: application/octet-stream",
                "Content-Disposition: attachment; filename*=UTF-8''%C3%A9%C3%A9n.pdf",
            ],
            "één.pdf",
            id="RFC 2231",
        ),
        pytest.param(
            [
                "Content-Type: application/octet-stream",
                "Content-Disposition: attachment;\n filename*0*=UTF-8''%C3%A9%C3%A9n;\n filename*1*=%20twee.pdf",
            ],
            "één twee.pdf",
            id="RFC 2231 in pieces",
        ),
        pytest.param(
            ['Content-Type: application/octet-stream; name="=?iso-8859-1?Q?=E9=E9n.pdf?="'],
            "één.pdf",
            id="RFC 2047, quoted against its rules, as Outlook has it",
        ),
        pytest.param(
            ['Content-Type: application/pdf; name="=?utf-8?B?w6nDqW4=?=\n =?utf-8?B?LnBkZg==?="'],
            "één.pdf",
            id="RFC 2047 over two lines",
        ),
        pytest.param(["Content-Type: application/pdf; name=één.pdf"], "één.pdf", id="UTF-8 as it is"),
        pytest.param(["Content-Type: application/pdf"], "attachment.pdf", id="no name"),
        pytest.param(["Content-Type: application/octet-stream"], "attachment", id="no name and no type"),
        pytest.param(["Content-Type: image/png; name=ggd.png"], "ggd.png", id="a lie"),
        pytest.param(["Content-Type: ;;=;", "Content-Disposition: =?"], "attachment", id="nonsense"),
        pytest.param(['Content-Type: application/pdf; charset="\0"'], "attachment.pdf", id="no such alphabet"),
    ],
)
def test_an_attachment_is_found_whatever_it_is_called(headers: list[str], name: str) -> None:
    [document] = found("post.eml", written(*headers))
    assert document.source.rpartition("/")[2] == name
    assert document.data == PDF


def test_a_word_file_that_says_it_is_a_pdf_is_handed_on() -> None:
    """Reading it will say what it is, which is better than silence."""
    [document] = found("post.eml", bytes(mail(ggd__pdf=word_file())))
    assert (document.source, document.kind) == ("post.eml/ggd.pdf", Kind.PDF)


def test_an_email_without_a_pdf_says_what_it_holds() -> None:
    assert "holds no PDF" in problem("post.eml", bytes(mail()))
    assert "antwoord.docx" in problem("post.eml", bytes(mail(antwoord__docx=word_file())))


def test_what_only_outlook_reads_is_told() -> None:
    message = bytes(mail(winmail__dat=b"\x78\x9f\x3e\x22" + bytes(100)))
    [document] = found("post.eml", message)
    assert document.source == "post.eml/winmail.dat"
    assert "rich text" in str(document.problem)


def test_a_forwarded_email_is_opened() -> None:
    inner = mail(ggd__pdf=PDF)
    inner.replace_header("Subject", "Werkblad 3a/b: één")
    inner.replace_header("Date", SENT - timedelta(days=3))
    outer = mail(politie__pdf=OTHER_PDF)
    outer.add_attachment(inner)
    assert found("post.eml", bytes(outer)) == [
        Document(source="post.eml/politie.pdf", data=OTHER_PDF, modified=SENT),
        Document(source="post.eml/Werkblad 3a-b: één.eml/ggd.pdf", data=PDF, modified=SENT - timedelta(days=3)),
    ]


def test_a_forwarded_email_wrapped_against_the_rules_is_opened() -> None:
    headers = ["Content-Type: message/rfc822; name=door.eml"]
    assert sources("post.eml", written(*headers, content=bytes(mail(ggd__pdf=PDF)))) == [
        "post.eml/door.eml/ggd.pdf"
    ]


def test_zip_files_and_emails_are_opened_in_each_other() -> None:
    inside = bytes(mail(retour__zip=zipped({"map/ggd.pdf": PDF})))
    assert sources("a.zip", zipped({"post.eml": inside})) == ["a.zip/post.eml/retour.zip/map/ggd.pdf"]


def test_an_email_of_parts_in_parts_ends() -> None:
    deep = b"MIME-Version: 1.0\nFrom: a\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (number, number) for number in range(3000)
    )
    assert "PDF" in problem("post.eml", deep) or "damaged" in problem("post.eml", deep)


@pytest.mark.parametrize("date", ["", "gisteren", "Tue, 3 Nov 2026 25:61:00 +9999", "Mon, 0 Jan 0000 00:00:00"])
def test_a_date_that_is_none_does_no_harm(date: str) -> None:
    message = bytes(mail(ggd__pdf=PDF)).replace(b"Tue, 03 Nov 2026 14:05:00 +0100", date.encode())
    [document] = found("post.eml", message)
    assert (document.data, document.modified) == (PDF, None)


# What Outlook saves

_FREE, _LAST, _FAT_SECTOR, _NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
_SECTOR, _SMALL_SECTOR, _SMALL = 512, 64, 4096

Storage = Mapping[str, "bytes | Storage"]


class CompoundFile:
    """A writer of compound files (MS-CFB), the file system that Outlook's e-mails are: just enough for tests."""

    def __init__(self, content: Storage) -> None:
        self._sectors: list[bytes] = []
        self._fat: list[int] = []
        self._small = b""
        self._small_fat: list[int] = []
        self._entries: list[tuple[str, int, int, int, int]] = []
        self._siblings: dict[int, int] = {}
        self._add("Root Entry", content)

    def data(self) -> bytes:
        small_start, small_size = self._chain(self._small), len(self._small)
        small_fat = self._chain(struct.pack(f"<{len(self._small_fat)}I", *self._small_fat), fill=b"\xff")
        directory = self._chain(
            b"".join(self._entry(number, small_start, small_size) for number in range(len(self._entries)))
        )
        fat_start = len(self._sectors)
        per_sector = _SECTOR // 4
        count = next(n for n in range(1, 110) if n * per_sector >= fat_start + n)
        fat = [*self._fat, *[_FAT_SECTOR] * count]
        fat += [_FREE] * (count * per_sector - len(fat))
        header = struct.pack(
            "<8s16xHHHHH6xIII4xIIIII",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            0x3E,
            3,
            0xFFFE,
            9,
            6,
            0,
            count,
            directory,
            _SMALL,
            small_fat,
            -(-len(self._small_fat) // per_sector),
            _LAST,
            0,
        )
        header += struct.pack("<109I", *(fat_start + n if n < count else _FREE for n in range(109)))
        return header + b"".join(self._sectors) + struct.pack(f"<{len(fat)}I", *fat)

    def _add(self, name: str, node: bytes | Storage) -> int:
        number = len(self._entries)
        if isinstance(node, bytes):
            self._entries.append((name, 2, _NONE, self._stream(node), len(node)))
            return number
        self._entries.append((name, 1 if number else 5, _NONE, 0, 0))
        # A chain instead of a balanced tree: in order, which is all that the standard asks of it.
        kids = [self._add(kid, node[kid]) for kid in sorted(node, key=lambda kid: (len(kid), kid.upper()))]
        self._siblings |= dict(pairwise(kids))
        if kids:
            self._entries[number] = (name, 1 if number else 5, kids[0], 0, 0)
        return number

    def _entry(self, number: int, small_start: int, small_size: int) -> bytes:
        name, kind, child, start, size = self._entries[number]
        if number == 0:
            start, size = small_start, small_size
        raw = (name + "\0").encode("utf-16-le")
        sibling = self._siblings.get(number, _NONE)
        return struct.pack("<64sHBBIII36xIQ", raw, len(raw), kind, 1, _NONE, sibling, child, start, size)

    def _stream(self, data: bytes) -> int:
        if len(data) >= _SMALL:
            return self._chain(data)
        if not data:
            return _LAST
        start = len(self._small_fat)
        count = -(-len(data) // _SMALL_SECTOR)
        self._small_fat += [*range(start + 1, start + count), _LAST]
        self._small += data.ljust(count * _SMALL_SECTOR, b"\0")
        return start

    def _chain(self, data: bytes, fill: bytes = b"\0") -> int:
        start = len(self._sectors)
        pieces = [data[at : at + _SECTOR].ljust(_SECTOR, fill) for at in range(0, len(data), _SECTOR)]
        self._sectors += pieces
        self._fat += [*range(start + 1, start + len(pieces)), _LAST] if pieces else []
        return start if pieces else _LAST


def outlook(*attachments: Storage, subject: str = "Werkblad", inside: bool = False) -> Storage:
    """Return an e-mail as Outlook stores it (MS-OXMSG)."""
    ticks = (SENT - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10
    sent = struct.pack("<IIQ", 0x00390040, 6, ticks)
    return {
        "__properties_version1.0": bytes(24 if inside else 32) + sent,
        "__substg1.0_0037001F": subject.encode("utf-16-le"),
        **{f"__attach_version1.0_#{number:08X}": item for number, item in enumerate(attachments)},
    }


def attached(name: str, data: bytes) -> Storage:
    return {
        "__properties_version1.0": bytes(8),
        "__substg1.0_37010102": data,
        "__substg1.0_3704001F": "KORT~1.PDF".encode("utf-16-le"),
        "__substg1.0_3707001F": name.encode("utf-16-le"),
    }


def forwarded(message: Storage) -> Storage:
    return {"__properties_version1.0": bytes(8), "__substg1.0_3701000D": message}


@pytest.fixture
def olefile() -> None:
    need(None if importlib.util.find_spec("olefile") else "olefile is not installed")


@pytest.mark.usefixtures("olefile")
def test_an_outlook_email_gives_its_pdfs() -> None:
    large = PDF + bytes(20_000)
    data = CompoundFile(
        outlook(attached("één.pdf", PDF), attached("ggd.pdf", large), attached("x.png", b"\x89PNG"))
    ).data()
    assert found("post.msg", data) == [
        Document(source="post.msg/één.pdf", data=PDF, modified=SENT),
        Document(source="post.msg/ggd.pdf", data=large, modified=SENT),
    ]


@pytest.mark.usefixtures("olefile")
def test_an_outlook_email_forwarded_in_another_is_opened() -> None:
    inner = outlook(attached("ggd.zip", zipped({"ggd.pdf": PDF})), subject="Re: 3a/b", inside=True)
    data = CompoundFile(outlook(forwarded(inner))).data()
    assert sources("post.msg", data) == ["post.msg/Re: 3a-b.msg/ggd.zip/ggd.pdf"]


@pytest.mark.usefixtures("olefile")
def test_an_outlook_email_of_an_old_version_is_read() -> None:
    """Names were stored in the code page of the computer."""
    old = {"__substg1.0_37010102": PDF, "__substg1.0_3707001E": "één.pdf".encode("cp1252")}
    assert sources("post.msg", CompoundFile(outlook(old)).data()) == ["post.msg/één.pdf"]


@pytest.mark.usefixtures("olefile")
def test_outlook_emails_in_outlook_emails_end() -> None:
    message = outlook(attached("ggd.pdf", PDF), inside=True)
    for _ in range(5):
        message = outlook(forwarded(message), inside=True)
    assert "more than 3 times" in problem("post.msg", CompoundFile(outlook(forwarded(message))).data())


@pytest.mark.usefixtures("olefile")
def test_an_outlook_email_cut_off_is_told() -> None:
    data = CompoundFile(outlook(attached("ggd.pdf", PDF + bytes(20_000)))).data()
    for length in range(1024, len(data), 1500):
        assert found("post.msg", data[:length])


@pytest.mark.usefixtures("olefile")
@pytest.mark.parametrize(
    ("offset", "raw"),
    [
        pytest.param(30, b"\x1e\x00", id="sectors of a gigabyte"),
        pytest.param(44, b"\xff\xff\xff\x7f", id="a table larger than the file"),
        pytest.param(80, bytes(4) * 60, id="a table that repeats itself"),
    ],
)
def test_an_outlook_email_that_would_fill_the_memory_is_told(offset: int, raw: bytes) -> None:
    data = bytearray(CompoundFile(outlook(attached("ggd.pdf", PDF))).data())
    data[offset : offset + len(raw)] = raw
    assert "damaged" in problem("post.msg", bytes(data))


@pytest.mark.usefixtures("olefile")
def test_an_outlook_attachment_larger_than_the_file_is_not_read() -> None:
    data = CompoundFile(outlook(attached("ggd.pdf", PDF + bytes(9_000)))).data()
    size = struct.pack("<Q", len(PDF) + 9_000)
    [document] = found("post.msg", data.replace(size, struct.pack("<Q", 1 << 31)))
    assert document.data == b""


def test_without_the_extra_an_outlook_email_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "olefile", None)
    data = CompoundFile(outlook(attached("ggd.pdf", PDF))).data()
    assert "veldpdf[mail]" in problem("post.msg", data)


# Whatever comes

SAMPLES = {
    "r.zip": zipped({"map/ggd.pdf": PDF, "b.zip": zipped({"c.pdf": PDF * 20})}),
    "post.eml": bytes(mail(ggd__pdf=PDF, retour__zip=zipped({"ggd.pdf": PDF}))),
    "post.msg": CompoundFile(outlook(attached("ggd.pdf", PDF), attached("b.pdf", PDF * 100))).data(),
    "ggd.xfdf": XFDF.encode(),
}


@pytest.mark.parametrize("name", SAMPLES)
@given(data=st.data())
def test_damage_is_told_and_never_raised(name: str, data: st.DataObject) -> None:
    sample = bytearray(SAMPLES[name])
    for position in data.draw(st.lists(st.integers(0, len(sample) - 1), max_size=5)):
        sample[position] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(sample)))
    documents = found(name, bytes(sample[:cut]))
    assert documents
    assert len({document.source for document in documents}) == len(documents)
    assert all(document.modified is None or document.modified.tzinfo for document in documents)
