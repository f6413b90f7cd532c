"""An update under the file's own encryption: every reader decrypts it to what was meant, whatever the method."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, NamedTuple

import numpy as np
import pikepdf
import pymupdf
import pypdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pikepdf import Encryption, Name, Permissions

from tests import pictures
from tests.engines import poppler
from tests.forms import FormBuilder
from tests.needs import need, need_program
from tests.readers import with_mupdf, with_pdfium, with_pikepdf
from veldpdf.errors import TemplateError
from veldpdf.pdf.filling.encryption import FileCipher, Method, rc4
from veldpdf.pdf.filling.update import Base, append, reference, stream
from veldpdf.pdf.objects import ObjectId
from veldpdf.pdf.textstring import encode, literal

SHOWN = "Zichtbaar haakje en schuine streep"
TEXTS = {
    "in PDFDocEncoding": "één (haakje \\ \\( )) “lijn”\tklaar\n\n•",
    "with carriage returns": "regel\rregel\r\nregel\n",
    "whose UTF-16 holds delimiters": "\u2829\u5c0d\u2828\u3c3e\u0a0d\u5c28 Łódź",
    "as long as a block": "zestien letters!",
    "of many blocks": "(\\" * 700,
}


# Files

Revision = Literal[2, 3, 4, 5, 6]


def form() -> FormBuilder:
    """A form of two fields, one empty and one that stays as it is."""
    made = FormBuilder()
    made.text_field("Veld01", DA=pikepdf.String("/Helv 10 Tf 0 g"))
    made.text_field("Veld02", "blijft (zo) \\")
    return made


def saved(encryption: Encryption | None, *, packed: bool = False) -> bytes:
    """Return the form as qpdf encrypts it.

    Args:
        encryption: How.
        packed: Whether objects lie in object streams, so that the file has cross-reference streams.
    """
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Encryption R=5 is deprecated")
        return form().bytes(object_stream_mode=mode, encryption=encryption or False)


PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
PERMISSIONS = -4


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def digest(data: bytes, *, size: int) -> bytes:
    """Return a key as algorithms 2 and 3 make it, from revision 3 on."""
    found = md5(data)
    for _ in range(50):
        found = md5(found[:size])
    return found[:size]


def twenty_times(key: bytes, data: bytes) -> bytes:
    """Return bytes encrypted as the entries /O and /U are (algorithms 3 and 5)."""
    for turn in range(20):
        data = rc4(bytes(byte ^ turn for byte in key), data)
    return data


def by_hand(
    entries: bytes, strings: Method, streams: Method, *, revision: int, size: int, metadata: bool = True
) -> bytes:
    """Return the form encrypted in a way that qpdf does not write.

    Args:
        entries: What the encryption dictionary has beside what every one has.
        strings: How strings are encrypted.
        streams: How streams are.
        revision: Of the security handler, 3 or 4.
        size: Bytes in the file's key.
        metadata: What /EncryptMetadata says, which the key depends on.
    """
    data = saved(None)
    with pikepdf.open(BytesIO(data)) as pdf:
        base = sound(Base.of(data, pdf))
        owner = twenty_times(digest(PADDING, size=size), PADDING)
        mixed = PADDING + owner + PERMISSIONS.to_bytes(4, "little", signed=True) + base.first_id
        key = digest(mixed + b"\xff" * (0 if metadata else 4), size=size)
        user = twenty_times(key, md5(PADDING + base.first_id))
        cipher = FileCipher(key, strings, streams)
        objects = {obj.objgen: cipher.sealed(obj.objgen, written(obj)) for obj in pdf.objects}
    number = (base.size, 0)
    objects[number] = b"<</Filter/Standard%b/R %d/P %d/O<%b>/U<%b>>>" % (
        entries,
        revision,
        PERMISSIONS,
        owner.hex().encode(),
        user.ljust(32, b"\0").hex().encode(),
    )
    return append(replace(base, trailer=base.trailer + b"/Encrypt " + reference(number)), objects)


def written(obj: pikepdf.Object) -> bytes:
    if not isinstance(obj, pikepdf.Stream):
        return obj.unparse(resolved=True)
    assert set(obj.keys()) <= {"/Length", "/Filter"}, "the form's streams are empty pages"
    return stream(b"", obj.read_bytes())


def sound(base: Base | None) -> Base:
    assert base is not None
    return base


IDENTITY, RC4, AES, AES_256 = Method


class Kind(NamedTuple):
    """A way to encrypt a file: what strings and streams are encrypted with, and what makes such a file."""

    strings: Method
    streams: Method
    make: Callable[[], bytes]


def by_qpdf(method: Method, *, revision: Revision, packed: bool = False, metadata: bool | None = None) -> Kind:
    aes = method is not RC4
    protection = Encryption(owner="o", R=revision, aes=aes, metadata=aes if metadata is None else metadata)
    return Kind(method, method, lambda: saved(protection, packed=packed))


def of_version_4(strings: Method, streams: Method, *, metadata: bool = True) -> Kind:
    used = [method for method in dict.fromkeys((streams, strings)) if method is not IDENTITY]
    # MuPDF knows one filter, by the name that everybody gives it.
    names = {**dict(zip(used, ("StdCF", "Tweede"), strict=False)), IDENTITY: "Identity"}
    filters = "".join(f"/{names[method]}<</CFM/{method.value}/AuthEvent/DocOpen/Length 16>>" for method in used)
    entries = (
        f"/V 4/Length 128/CF<<{filters}>>/StrF/{names[strings]}/StmF/{names[streams]}"
        f"/EncryptMetadata {str(metadata).lower()}"
    ).encode()
    return Kind(
        strings,
        streams,
        lambda: by_hand(entries, strings, streams, revision=4, size=16, metadata=metadata),
    )


def of_version_2(entries: bytes, *, size: int) -> Kind:
    return Kind(RC4, RC4, lambda: by_hand(entries, RC4, RC4, revision=3, size=size))


KINDS: Mapping[str, Kind] = {
    "V1 R2": by_qpdf(RC4, revision=2),
    "V2 R3": by_qpdf(RC4, revision=3),
    "V4 RC4": by_qpdf(RC4, revision=4),
    "V4 AES": by_qpdf(AES, revision=4),
    "V5 R5": by_qpdf(AES_256, revision=5),
    "V5 R6": by_qpdf(AES_256, revision=6),
    "V5 R6, metadata plain": by_qpdf(AES_256, revision=6, metadata=False),
    "V2 R3, packed": by_qpdf(RC4, revision=3, packed=True),
    "V4 AES, packed": by_qpdf(AES, revision=4, packed=True),
    "V5 R6, packed": by_qpdf(AES_256, revision=6, packed=True),
    "V1 R3": of_version_2(b"/V 1", size=5),
    "V2 of 40 bits": of_version_2(b"/V 2/Length 40", size=5),
    "V2 of 56 bits": of_version_2(b"/V 2/Length 56", size=7),
    "V2 of 96 bits": of_version_2(b"/V 2/Length 96", size=12),
    "V4, strings plain": of_version_4(IDENTITY, AES),
    "V4, streams plain": of_version_4(AES, IDENTITY),
    "V4, strings RC4, streams AES": of_version_4(RC4, AES),
    "V4, strings AES, streams RC4": of_version_4(AES, RC4),
    "V4, metadata plain": of_version_4(AES, AES, metadata=False),
    "V4, nothing encrypted": of_version_4(IDENTITY, IDENTITY),
}
kinds = pytest.mark.parametrize("kind", KINDS)


def cannot_open(kind: str) -> frozenset[str]:
    """Return who does not read the original either."""
    strings, streams, _ = KINDS[kind]
    if strings is streams:
        # pypdf leaves RC4 to a library, which wants round numbers.
        return frozenset({"pypdf"}) if kind in ("V2 of 56 bits", "V2 of 96 bits") else frozenset()
    # Neither takes one filter for strings and another for streams; MuPDF takes one beside Identity.
    return frozenset({"pdfium", "poppler"}) | frozenset(() if IDENTITY in (strings, streams) else {"mupdf"})


def those_who_open(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, kind) for name in names for kind in KINDS if name not in cannot_open(kind)]


@cache
def of_kind(kind: str) -> bytes:
    return KINDS[kind].make()


def updated(
    data: bytes, objects: Callable[[pikepdf.Pdf, ObjectId], Mapping[ObjectId, bytes]], password: str = ""
) -> bytes:
    """Return a file with an update, under the file's own encryption where it has one.

    Args:
        data: The file.
        objects: Returns the update's objects, from the file and its first free number.
        password: To open it with.
    """
    with pikepdf.open(BytesIO(data), password=password) as pdf:
        base = sound(Base.of(data, pdf, FileCipher.of(pdf, source="werkblad.pdf")))
        return append(base, objects(pdf, (base.size, 0)))


def filled(data: bytes, value: bytes, password: str = "") -> bytes:
    """Return a form with its first field filled, as filling does it: a value and an appearance."""

    def objects(pdf: pikepdf.Pdf, free: ObjectId) -> Mapping[ObjectId, bytes]:
        field = pdf.Root.AcroForm.Fields[0]
        font = reference(pdf.Root.AcroForm.DR.Font.Helv.objgen)
        entries = field.unparse(resolved=True).rstrip().removesuffix(b">>")
        content = b"/Tx BMC q BT /Helv 10 Tf 2 30 Td %b Tj ET Q EMC" % literal(SHOWN.encode())
        form_entries = b"/Type/XObject/Subtype/Form/BBox[0 0 495 50]/Resources<</Font<</Helv %b>>>>" % font
        return {
            field.objgen: b"%b/V %b/AP<</N %b>>>>" % (entries, value, reference(free)),
            free: stream(form_entries, content),
        }

    return updated(data, objects, password)


# Readers


def with_pypdf(pdf: bytes) -> dict[str, str]:
    fields = pypdf.PdfReader(BytesIO(pdf)).get_fields() or {}
    return {name: str(field.get("/V", "")) for name, field in fields.items()}


POPPLER_READS = """
import sys, gi
gi.require_version("Poppler", "0.18")
from gi.repository import Poppler
document = Poppler.Document.new_from_file("file://" + sys.argv[1])
for mapping in document.get_page(0).get_form_field_mapping():
    field = mapping.field
    sys.stdout.buffer.write((field.get_name() + "\\0" + (field.text_get_text() or "") + "\\0").encode())
"""


def with_poppler(pdf: bytes) -> dict[str, str]:
    need(poppler.missing())
    done = in_a_file(pdf, poppler.PYTHON, "-c", POPPLER_READS)
    parts = done.stdout.split("\0")
    return dict(zip(parts[::2], parts[1::2], strict=False))


def in_a_file(pdf: bytes, *command: str, behind: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "in.pdf")
        path.write_bytes(pdf)
        return subprocess.run(
            [*command, str(path), *behind], capture_output=True, encoding="utf-8", check=False, timeout=60
        )


READERS: Mapping[str, Callable[[bytes], dict[str, str]]] = {
    "pikepdf": with_pikepdf,
    "pdfium": with_pdfium,
    "mupdf": with_mupdf,
    "pypdf": with_pypdf,
    "poppler": with_poppler,
}


# What an update says


@pytest.mark.parametrize(("reader", "kind"), those_who_open(READERS))
def test_every_reader_reads_a_value_as_if_nothing_were_encrypted(reader: str, kind: str) -> None:
    read = READERS[reader]
    value = literal(encode(TEXTS["in PDFDocEncoding"]))
    plain = read(filled(saved(None), value))
    assert "(haakje \\ \\( )) “lijn”" in plain["Veld01"]
    assert plain["Veld02"] == "blijft (zo) \\"
    assert read(filled(of_kind(kind), value)) == plain


@kinds
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_value_is_kept_byte_by_byte_however_it_was_written(text: str, kind: str) -> None:
    raw = encode(text)
    for value in (literal(raw), b"<%b>" % raw.hex().encode()):
        with pikepdf.open(BytesIO(filled(of_kind(kind), value))) as pdf:
            assert bytes(pdf.Root.AcroForm.Fields[0].V) == raw


@pytest.mark.parametrize(("engine", "kind"), those_who_open(pictures.ENGINES))
def test_every_engine_draws_the_appearance(engine: str, kind: str) -> None:
    draw = pictures.ENGINES[engine]
    plain = draw(filled(saved(None), b"()"), 0)
    assert pictures.ink(plain) > 0
    assert np.array_equal(draw(filled(of_kind(kind), b"()"), 0), plain)


@pytest.mark.parametrize("kind", [kind for _, kind in those_who_open(["poppler"])])
def test_poppler_finds_the_text_of_the_appearance(kind: str) -> None:
    need_program("pdftotext")
    shown = in_a_file(filled(of_kind(kind), b"()"), "pdftotext", behind=("-",))
    assert (shown.stdout.split("\n")[0], shown.stderr) == (SHOWN, "")


@kinds
def test_qpdf_has_nothing_to_say(kind: str) -> None:
    need_program("qpdf")
    done = in_a_file(filled(of_kind(kind), literal(encode(TEXTS["of many blocks"]))), "qpdf", "--check")
    assert (done.returncode, done.stderr) == (0, "")


@kinds
def test_the_text_stands_nowhere_in_the_file_unless_the_publisher_left_it_plain(kind: str) -> None:
    data = filled(of_kind(kind), b"(Gemeente Voorbeeldstad)")
    assert data.startswith(of_kind(kind))
    assert (b"(Gemeente Voorbeeldstad)" in data) is (KINDS[kind].strings is IDENTITY)
    assert (SHOWN.encode() in data) is (KINDS[kind].streams is IDENTITY)


@kinds
def test_the_cipher_is_the_files_own(kind: str) -> None:
    with pikepdf.open(BytesIO(of_kind(kind))) as pdf:
        cipher = FileCipher.of(pdf, source="werkblad.pdf")
        assert cipher == FileCipher(pdf.encryption.encryption_key, KINDS[kind].strings, KINDS[kind].streams)


@pytest.mark.parametrize("opened_with", ["lezer", "eigenaar"])
@pytest.mark.parametrize(("revision", "aes"), [(2, False), (3, False), (4, False), (4, True), (6, True)])
def test_either_password_gives_the_key_that_both_open(revision: Revision, aes: bool, opened_with: str) -> None:  # noqa: FBT001 - a parameter
    protection = Encryption(owner="eigenaar", user="lezer", R=revision, aes=aes, metadata=aes)
    data = filled(saved(protection), b"(antwoord)", password=opened_with)
    for password in ("lezer", "eigenaar"):
        with pikepdf.open(BytesIO(data), password=password) as pdf:
            assert str(pdf.Root.AcroForm.Fields[0].V) == "antwoord"
        with pymupdf.open(stream=data, filetype="pdf") as document:
            assert document.authenticate(password)
            assert next(widget.field_value for widget in document[0].widgets()) == "antwoord"


def test_a_second_update_goes_on_the_first() -> None:
    for kind in KINDS:
        twice = filled(filled(of_kind(kind), b"(eerst)"), b"(dan)")
        with pikepdf.open(BytesIO(twice)) as pdf:
            assert [str(field.V) for field in pdf.Root.AcroForm.Fields] == ["dan", "blijft (zo) \\"]


# Objects of every shape

regular = st.sampled_from([b"/A", b"/Lang#20e", b"/#28", b"/stream", b"/Length", b"/#e9t#E9", b"/", b"/R"])
atoms = st.one_of(
    regular,
    st.integers(-(10**9), 10**9).map(lambda number: b"%d" % number),
    st.sampled_from([b"0.10000000000000000555", b"-.5", b"4.", b"+7", b"00012", b"true", b"false", b"null"]),
    st.sampled_from([b"1 0 R", b"2 0 R"]),
)
# What literal strings are written with, in any order; what is in pairs is added below.
escapes = st.sampled_from(
    [
        *(b"\\" + bytes([byte]) for byte in b"nrtbf()\\x%\r\n"),
        *(b"\\0", b"\\7", b"\\53", b"\\053", b"\\0053", b"\\777", b"\\\r\n", b"\r\n", b"\r", b"\n", b"()"),
        *(b">>", b"<<", b"<", b"%", b"endobj", b"\nstream\n", b"/Length 3", b"\nendstream", b"]", b"/", b"9"),
    ]
)
unpaired = st.binary(max_size=24).map(lambda raw: raw.translate(None, b"()\\"))
literals = st.recursive(
    st.lists(st.one_of(escapes, unpaired), max_size=8).map(b"".join),
    lambda inner: st.lists(inner.map(lambda text: b"(%b)" % text), max_size=3).map(b"".join),
    max_leaves=4,
).map(lambda text: b"(%b)" % text)
digits = st.text("0123456789abcdefABCDEF \n\t\r\0\f", max_size=40).map(lambda text: b"<%b>" % text.encode())
spaces = st.sampled_from([b" ", b"\n", b"\r\n", b"\t ", b" %(een <opmerking\n"])


def in_array(items: list[bytes], space: bytes) -> bytes:
    return b"[" + space.join(items) + b"]"


def in_dictionary(items: list[bytes], space: bytes) -> bytes:
    return b"<<%b>>" % b"".join(b"/K%d%b%b" % (number, space, item) for number, item in enumerate(items))


values = st.recursive(
    st.one_of(atoms, literals, digits),
    lambda inner: st.one_of(
        st.builds(in_array, st.lists(inner, max_size=4), spaces),
        st.builds(in_dictionary, st.lists(inner, max_size=4), spaces),
    ),
    max_leaves=12,
)
# qpdf believes in no number that is far beyond what a file's length has room for.
ids = st.tuples(st.integers(100, 300), st.integers(0, 65534))
some_kinds = st.sampled_from([kind for kind in KINDS if "packed" not in kind and "metadata" not in kind])
# qpdf keeps an object's key, and uses the one for its strings on its stream as well.
MIXED = [kind for kind, made in KINDS.items() if {made.strings, made.streams} == {RC4, AES}]


def with_object(data: bytes, key: ObjectId, body: bytes) -> pikepdf.Pdf:
    """Return a file with one object more, opened."""

    def objects(_pdf: pikepdf.Pdf, _free: ObjectId) -> Mapping[ObjectId, bytes]:
        return {key: body}

    return pikepdf.open(BytesIO(updated(data, objects)))


@settings(max_examples=300)
@given(some_kinds, ids, values)
@example("V4 AES", (100, 0), b"(\\))")
@example("V5 R6", (100, 7), b"<</K(a\nstream\nb)/L<</Length 3>>/M[<a>(\\)\\\\)]>>")
def test_any_object_reads_as_if_nothing_were_encrypted(kind: str, key: ObjectId, value: bytes) -> None:
    body = b"[%b]" % value
    with with_object(saved(None), key, body) as plain, with_object(of_kind(kind), key, body) as sealed:
        assert sealed.get_object(key).unparse() == plain.get_object(key).unparse()
        assert sealed.get_warnings() == plain.get_warnings() == []


@settings(max_examples=150)
@given(some_kinds.filter(lambda kind: kind not in MIXED), ids, values, st.binary(max_size=200))
@example("V4 AES", (100, 0), b"null", b"\nendstream\nendobj\n")
@example("V2 R3", (100, 0), b"(a\nstream\n/Length 5)", b"")
@example("V5 R6", (100, 0), b"<</Length 5>>", b"\r\n" * 8)
def test_any_stream_reads_as_if_nothing_were_encrypted(
    kind: str, key: ObjectId, value: bytes, content: bytes
) -> None:
    body = stream(b"/Value[%b]" % value, content)
    with with_object(saved(None), key, body) as plain, with_object(of_kind(kind), key, body) as sealed:
        expected, found = plain.get_object(key), sealed.get_object(key)
        assert found.read_bytes() == expected.read_bytes() == content
        assert found.Value.unparse() == expected.Value.unparse()
        assert sealed.get_warnings() == plain.get_warnings() == []


@pytest.mark.parametrize(
    ("string", "says"),
    [
        (b"()", b""),
        (b"(a(b)c(()))", b"a(b)c(())"),
        (rb"(\n\r\t\b\f\(\)\\)", b"\n\r\t\b\f()\\"),
        (rb"(\)\()", b")("),
        (rb"(\\)", b"\\"),
        (rb"(\a\%\ )", b"a% "),
        (rb"(\0053\053\53\5)", b"\x053++\5"),
        (rb"(\0\8\18\400\777)", b"\0008\x018\0\xff"),
        (b"(a\\\nb\\\rc\\\r\nd)", b"abcd"),
        (b"(a\nb\rc\r\nd\n\re)", b"a\nb\nc\nd\n\ne"),
        (b"(a%b\nstream\n<<[/Length 3)", b"a%b\nstream\n<<[/Length 3"),
        (b"(\xfe\xff\x28\x29)", b"\xfe\xff()"),
        (b"<>", b""),
        (b"<4E6f762073686d6f7a>", b"Nov shmoz"),
        (b"<901FA>", b"\x90\x1f\xa0"),
        (b"<9 0\n1\r\nF\tA\0\f3>", b"\x90\x1f\xa3"),
    ],
)
def test_a_string_says_what_the_standard_tells(string: bytes, says: bytes) -> None:
    sealed = FileCipher(b"12345", RC4, RC4).sealed((7, 0), b"[/A%b/B]" % string)
    found = re.fullmatch(rb"\[/A<([0-9a-f]*)>/B\]", sealed)
    assert found is not None
    assert rc4(md5(b"12345\7\0\0\0\0")[:10], bytes.fromhex(found[1].decode())) == says


@pytest.mark.parametrize("kind", MIXED)
def test_a_string_and_a_stream_of_one_object_each_have_their_method(kind: str) -> None:
    key = (100, 0)
    data = updated(of_kind(kind), lambda _pdf, _free: {key: stream(b"/Value(een \\(string\\))", b"een stream")})
    reader = pypdf.PdfReader(BytesIO(data))
    found = pypdf.generic.IndirectObject(*key, reader).get_object()
    assert isinstance(found, pypdf.generic.StreamObject)
    assert (str(found["/Value"]), found.get_data()) == ("een (string)", b"een stream")


@pytest.mark.parametrize("kind", ["V1 R2", "V4 AES", "V5 R6"])
def test_all_bytes_of_a_large_number_go_into_the_key(kind: str) -> None:
    key = (0x123456, 0)
    data = updated(of_kind(kind), lambda _pdf, _free: {key: b"(Gemeente Voorbeeldstad)"})
    reader = pypdf.PdfReader(BytesIO(data))
    assert str(pypdf.generic.IndirectObject(*key, reader).get_object()) == "Gemeente Voorbeeldstad"


def test_all_but_strings_and_the_length_stays_to_the_letter() -> None:
    cipher = FileCipher(bytes(16), RC4, AES)
    body = stream(b"/A#20b 0.10[1 0 R(a)]%(\n/P<</Length 9>>/S/Length", b"0123456789")
    sealed = cipher.sealed((7, 0), body)
    encrypted = rc4(md5(bytes(16) + b"\7\0\0\0\0"), b"a").hex().encode()
    assert sealed.startswith(
        b"<</A#20b 0.10[1 0 R<%b>]%%(\n/P<</Length 9>>/S/Length/Length 32>>\nstream\n" % encrypted
    )
    assert sealed.endswith(b"\nendstream")
    assert len(sealed.partition(b"\nstream\n")[2]) == 32 + len(b"\nendstream")


def test_the_length_is_the_streams_own() -> None:
    cipher = FileCipher(bytes(16), AES, AES)
    body = b"<</P<</Length 9>>/Length 3/Q<</Length 8>>>>stream\r\nabc\nendstream"
    sealed = cipher.sealed((7, 0), body)
    assert sealed.startswith(b"<</P<</Length 9>>/Length 32/Q<</Length 8>>>>stream\r\n")


def test_a_string_without_an_end_is_no_object() -> None:
    with pytest.raises(ValueError, match="without an end"):
        FileCipher(b"12345", RC4, RC4).sealed((7, 0), b"<</A(b\\)>>")


@pytest.mark.parametrize(
    "body", [b"<</A 1/B[1 0 R]>>", b"[/stream\n/A]", b"[/A 0.50 null]", b"12", b"null", stream(b"", b"")]
)
def test_what_holds_nothing_to_encrypt_stays(body: bytes) -> None:
    assert FileCipher(b"12345", RC4, RC4).sealed((7, 0), body) == body
    assert FileCipher(b"12345", IDENTITY, IDENTITY).sealed((7, 0), body) == body


# Ciphers


@pytest.mark.parametrize(
    ("key", "plain", "encrypted"),
    [
        (b"Key", b"Plaintext", "bbf316e8d940af0ad3"),
        (b"Wiki", b"pedia", "1021bf0420"),
        (b"Secret", b"Attack at dawn", "45a01f645fc35b383552544b9bf5"),
        # RFC 6229, the first and last of the 40-bit key.
        (b"\1\2\3\4\5", bytes(16), "b2396305f03dc027ccc3524a0a1118a8"),
        (bytes(range(1, 17)), bytes(16), "9ac7cc9a609d1ef7b2932899cde41b97"),
        (b"Key", b"", ""),
    ],
)
def test_rc4_gives_what_is_published(key: bytes, plain: bytes, encrypted: str) -> None:
    assert rc4(key, plain) == bytes.fromhex(encrypted)
    assert rc4(key, bytes.fromhex(encrypted)) == plain


@pytest.mark.parametrize("method", [AES, AES_256])
def test_vectors_are_the_same_for_the_same_and_others_for_all_else(method: Method) -> None:
    cipher = FileCipher(b"\7" * (32 if method is AES_256 else 16), method, method)
    body = b"<</A(tekst)/B(tekst)/C(Tekst)>>"
    assert cipher.sealed((7, 0), body) == cipher.sealed((7, 0), body)
    other_key = replace(cipher, key=b"\10" * len(cipher.key))
    vectors = [
        vector
        for sealed in (
            cipher.sealed((7, 0), body),
            cipher.sealed((8, 0), body),
            cipher.sealed((7, 1), body),
            other_key.sealed((7, 0), body),
        )
        for vector in re.findall(rb"<([0-9a-f]{32})", sealed)
    ]
    assert len(vectors) == len(set(vectors)) == 12
    # With a vector that the text has no part in, texts that begin alike would be seen to.
    other_text = cipher.sealed((7, 0), body.replace(b"tekst", b"teksten"))
    assert not set(vectors) & set(re.findall(rb"<([0-9a-f]{32})", other_text)[:2])


def test_a_string_and_a_stream_that_say_the_same_look_different() -> None:
    cipher = FileCipher(b"\7" * 32, AES_256, AES_256)
    sealed = cipher.sealed((7, 0), stream(b"/A(zestien letters!)", b"zestien letters!"))
    string, content = sealed.split(b"/A<")[1].split(b">/Length 48>>\nstream\n")
    assert content.endswith(b"\nendstream")
    raw = bytes.fromhex(string.decode())
    assert (len(raw), len(content)) == (48, 48 + len(b"\nendstream"))
    assert not {raw[:16], raw[16:32]} & {content[:16], content[16:32]}


def test_the_key_is_shown_nowhere() -> None:
    assert repr(FileCipher(b"geheim", RC4, AES)) == (
        "FileCipher(strings=<Method.RC4: 'V2'>, streams=<Method.AES: 'AESV2'>)"
    )


# What may not, or cannot, be filled


def locked(**allowed: bool) -> Permissions:
    return Permissions(**{name: allowed.get(name, False) for name in Permissions._fields})


def test_a_file_without_encryption_needs_none() -> None:
    with pikepdf.open(BytesIO(saved(None))) as pdf:
        assert FileCipher.of(pdf, source="werkblad.pdf") is None


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_what_the_publisher_locked_is_filled_only_with_the_owners_password(revision: Revision) -> None:
    data = saved(
        Encryption(owner="eigenaar", R=revision, aes=revision > 3, metadata=revision > 3, allow=locked())
    )
    with pikepdf.open(BytesIO(data)) as pdf, pytest.raises(TemplateError) as caught:
        FileCipher.of(pdf, source="werkblad.pdf")
    assert str(caught.value) == (
        "werkblad.pdf: the publisher does not allow this PDF to be filled in.\n"
        "Give its owner password with --password, or ask the publisher for another copy."
    )
    with pikepdf.open(BytesIO(filled(data, b"(mag)", password="eigenaar"))) as pdf:
        assert str(pdf.Root.AcroForm.Fields[0].V) == "mag"


@pytest.mark.parametrize(
    ("revision", "allowed"),
    [
        pytest.param(2, "modify_annotation", id="revision 2, bit 6"),
        pytest.param(3, "modify_annotation", id="bit 6"),
        pytest.param(3, "modify_form", id="bit 9"),
        pytest.param(6, "modify_form", id="revision 6, bit 9"),
    ],
)
def test_either_bit_allows_filling(revision: Revision, allowed: str) -> None:
    data = saved(
        Encryption(
            owner="eigenaar",
            R=revision,
            aes=revision > 3,
            metadata=revision > 3,
            allow=locked(**{allowed: True}),
        )
    )
    with pikepdf.open(BytesIO(data)) as pdf:
        assert not pdf.owner_password_matched
        assert FileCipher.of(pdf, source="werkblad.pdf") is not None


@pytest.mark.parametrize("other", ["modify_other", "modify_assembly", "extract", "print_highres"])
def test_no_other_permission_allows_filling(other: str) -> None:
    data = saved(Encryption(owner="eigenaar", R=6, allow=locked(**{other: True})))
    with pikepdf.open(BytesIO(data)) as pdf, pytest.raises(TemplateError, match="does not allow"):
        FileCipher.of(pdf, source="werkblad.pdf")


@pytest.mark.parametrize(
    ("entry", "value", "method"),
    [
        pytest.param("/Filter", Name("/Adobe.PubSec"), "Adobe.PubSec", id="public keys"),
        pytest.param("/Filter", 1, "Encrypt", id="no handler"),
        pytest.param("/V", 3, "V 3", id="a secret version"),
        pytest.param("/StrF", Name.Onbekend, "Onbekend", id="a filter that is not there"),
        pytest.param("/CF", 1, "StdCF", id="no filters"),
        pytest.param(
            "/CF",
            pikepdf.Dictionary(StdCF=pikepdf.Dictionary(CFM=Name.None_)),
            "None_",
            id="a method of its own",
        ),
        pytest.param(
            "/CF", pikepdf.Dictionary(StdCF=pikepdf.Dictionary(CFM=Name.AESV2)), "AESV2", id="another version's"
        ),
    ],
)
def test_encryption_of_another_kind_is_refused(entry: str, value: object, method: str) -> None:
    with pikepdf.open(BytesIO(of_kind("V5 R6"))) as pdf:
        pdf.trailer.Encrypt[entry] = value
        with pytest.raises(TemplateError) as caught:
            FileCipher.of(pdf, source="werkblad.pdf")
    assert str(caught.value) == (
        f"werkblad.pdf: the PDF is encrypted in a way that cannot be written ({method}).\n"
        "Ask the publisher for a copy without protection."
    )


@kinds
def test_a_missing_package_is_told_on_opening_and_only_where_aes_is_needed(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = of_kind(kind)
    for name in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pikepdf.open(BytesIO(data)) as pdf:
        if not {KINDS[kind].strings, KINDS[kind].streams} & {AES, AES_256}:
            assert FileCipher.of(pdf, source="werkblad.pdf") is not None
            return
        with pytest.raises(TemplateError) as caught:
            FileCipher.of(pdf, source="werkblad.pdf")
    assert str(caught.value) == (
        "werkblad.pdf: filling a PDF that is encrypted with AES needs the package cryptography.\n"
        "Install it with: pip install 'veldpdf[crypto]'."
    )
