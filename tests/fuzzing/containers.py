"""Targets over what answers come in: saved e-mails and zip files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from io import BytesIO
from unicodedata import category

from tests.fuzzing.mutations import knowing
from tests.fuzzing.target import Target
from veldpdf.messages import Message
from veldpdf.partners import readable_name
from veldpdf.sources import documents_in_bytes
from veldpdf.sources.document import Limits

_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LIMITS = Limits(document=20_000, total=100_000, entries=50)


def _check(name: str, data: bytes) -> None:
    documents = list(documents_in_bytes(name, data, limits=_LIMITS))
    assert documents
    for document in documents:
        assert document.source == name or document.source.startswith(f"{name}/")
        document.source.encode("utf-8")
        assert _UNSEEN.isdisjoint(map(category, document.source))
        assert not {"", ".", ".."} & set(document.source.split("/"))
        assert isinstance(document.problem, Message) or document.problem is None
        readable_name(document.source)
    inside = [len(document.data) for document in documents if document.source != name]
    assert sum(inside) <= _LIMITS.total
    assert max(inside, default=0) <= _LIMITS.document


def _mail_seeds() -> Iterator[bytes]:
    yield (
        b"From: a@b.nl\r\nDate: Thu, 19 Nov 2026 12:00:00 +0100\r\nSubject: =?utf-8?q?re=C3=BCnie?=\r\nM"
        b"IME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nHall'
        b"o\r\n--x\r\n"
        b"Content-Type: application/pdf; name*=utf-8''re%C3%BCnie.pdf\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename*0="a"; filename*1="b.pdf"\r\n\r\nJVBERi0xLjcK\r\n--x\r\n'
        b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\nContent-Type: application/x-pdf\r\n\r\n%PDF-"
        b"1.7\r\n--x--\r\n"
    )
    yield (
        b'Received: x\r\nMessage-ID: <a@b>\r\nContent-Type: application/octet-stream; name="=?iso-8859-1'
        b'?B?cmXrbi5wZGY=?="\r\n'
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n%PDF-1=2E7=\r\n"
    )
    message = EmailMessage()
    message["From"], message["Message-ID"] = "a@b.nl", "<c@d>"
    message.set_content("x")
    message.add_attachment(_zip_of("a.pdf"), maintype="application", subtype="zip", filename="a.zip")
    message.set_boundary("y")  # left to itself it is made by chance
    yield message.as_bytes()


def _zip_of(*names: str) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), b"%PDF-1.7\n")
    return made.getvalue()


def _zip_seeds() -> Iterator[bytes]:
    yield _zip_of("ggd.pdf", "map/re\u00fcnie.pdf", "../x.pdf", "__MACOSX/._ggd.pdf", "C:\\a.pdf")
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("a.zip"), _zip_of("b.pdf"))
        archive.writestr(
            zipfile.ZipInfo("b.eml"),
            b"From: a\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7",
        )
    yield made.getvalue()


TARGETS = (
    Target(
        name="e-mails",
        run=lambda data: _check("post.eml", data),
        seeds=_mail_seeds,
        mutate=knowing(
            *(
                "Content-Type: ",
                "multipart/mixed; boundary=x",
                "message/rfc822",
                "--x\r\n",
                "--x--",
                "\r\n\r\n",
                "=?utf-8?q?",
            ),
            *(
                "=?utf-8?b?",
                "?=",
                "filename*0*=",
                "filename=",
                "name=",
                "base64",
                "uuencode",
                "quoted-printable",
                ";",
                '"',
                "(",
            ),
            *("charset=", "utf-16", "idna", "%PDF-", "Date: ", "Subject: ", "../", "utf-8''%ff"),
        ),
        changes=300,
    ),
    Target(
        name="zip-files",
        run=lambda data: _check("post.zip", data),
        seeds=_zip_seeds,
        mutate=knowing(
            "PK\x01\x02", "PK\x03\x04", "PK\x05\x06", "PK\x06\x06", "PK\x06\x07", "../", "\x00\x00\x00\x00"
        ),
        changes=300,
    ),
)
