"""Filling a PDF under its own encryption (7.6), so that a filled copy is protected as its publisher meant it.

Most encrypted forms open without a password and are encrypted for their permissions only. An update may not be left
plain in such a file: a reader decrypts every string and stream that it finds. So what is appended is encrypted
with the key that the file was opened with; the file's own bytes stay.

What 7.6.2 leaves plain never comes here: the encryption dictionary, the identifier in the trailer, cross-reference
streams, and ``/Contents`` of a signature. Nor do metadata, embedded files and streams that name a crypt filter of
their own: an update writes none of them.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from importlib import import_module
from types import MappingProxyType

import pikepdf

from veldpdf.errors import TemplateError
from veldpdf.messages import Message
from veldpdf.pdf.objects import ObjectId, get_dictionary, get_name, get_number
from veldpdf.pdf.textstring import end_of_literal

# Bytes in a block of AES, and in the vector that stands before what it encrypts.
_BLOCK = 16
# An object's key is that many bytes longer than the file's, as far as the digest goes that it is cut from (7.6.3.2).
_KEY_GROWS = 5
_AES_SALT = b"sAlT"
_IDENTITY = "/Identity"
_INSTALL = "pip install 'veldpdf[crypto]'"

# Where a piece of an object begins and ends.
_Span = tuple[int, int]

# All that tells where strings are. Neither a name nor a number can hold any of it (7.2.3).
_LANDMARK = re.compile(
    rb"%[^\r\n]*|(?P<opens><<|\[)|(?P<closes>>>|\])|(?P<literal>\()|<(?P<hex>[^<>]*)>|"
    rb"/Length[\0\t\n\f\r ]+(?P<length>[0-9]+)|(?<=[\0\t\n\f\r >])(?P<stream>stream\r?\n)"
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)|\r\n?", re.DOTALL)
# Line ends behind a backslash are no part of the string (table 3).
_ESCAPED: Mapping[bytes, bytes] = MappingProxyType(
    {
        b"n": b"\n",
        b"r": b"\r",
        b"t": b"\t",
        b"b": b"\b",
        b"f": b"\f",
        b"\n": b"",
        b"\r": b"",
        b"\r\n": b"",
    }
)


class Method(Enum):
    """How strings or streams are encrypted."""

    IDENTITY = "Identity"
    RC4 = "V2"
    AES = "AESV2"
    AES_256 = "AESV3"


# The methods that a crypt filter may name (table 25), by the version of the algorithm (table 20).
_FILTER_METHODS: Mapping[int, Mapping[str, Method]] = MappingProxyType(
    {4: {"/V2": Method.RC4, "/AESV2": Method.AES}, 5: {"/AESV3": Method.AES_256}}
)
# Versions that know no crypt filters, and use RC4 throughout.
_WITHOUT_FILTERS = frozenset({1, 2})


@dataclass(frozen=True, slots=True)
class FileCipher:
    """What encrypts the objects of one file.

    Under RC4 two filled copies share a key stream, as any two revisions of such a file do: who has both, and not
    the password, may learn where they differ. The format leaves no other way.

    Attributes:
        key: The file's encryption key.
        strings: How strings are encrypted.
        streams: How streams are.
    """

    key: bytes = field(repr=False)
    strings: Method
    streams: Method

    @classmethod
    def of(cls, pdf: pikepdf.Pdf, *, source: str) -> FileCipher | None:
        """Return what encrypts as a file does; None where it is not encrypted.

        Args:
            pdf: The file, opened.
            source: What the user calls it.

        Raises:
            TemplateError: It may not be filled, or is encrypted in a way that cannot be written here.
        """
        if not pdf.is_encrypted:
            return None
        strings, streams = _methods(pdf, source)
        _check_permission(pdf, source)
        if {strings, streams} & {Method.AES, Method.AES_256}:
            _check_aes(source)
        return cls(pdf.encryption.encryption_key, strings, streams)

    def sealed(self, key: ObjectId, body: bytes) -> bytes:
        """Return an object with its strings and its stream encrypted.

        Args:
            key: Its object and generation number.
            body: What stands between ``obj`` and ``endobj``; a stream as `update.stream` makes it.
        """
        parts = _dissect(body)
        changes: list[tuple[_Span, bytes]] = []
        if self.strings is not Method.IDENTITY:
            for place, string in enumerate(parts.strings):
                encrypted = self._encrypted(self.strings, key, place, string.value)
                # Of the two ways to write a string this one needs no escapes.
                changes.append((string.span, b"<%b>" % encrypted.hex().encode()))
        if parts.content is not None and self.streams is not Method.IDENTITY:
            assert parts.length is not None, "a stream tells its length"
            encrypted = self._encrypted(self.streams, key, len(parts.strings), body[slice(*parts.content)])
            changes += [(parts.length, b"%d" % len(encrypted)), (parts.content, encrypted)]
        return _changed(body, changes)

    def _encrypted(self, method: Method, key: ObjectId, place: int, plain: bytes) -> bytes:
        """Return a string or a stream encrypted (algorithms 1 and 1.A).

        Args:
            method: How.
            key: The object that it stands in.
            place: Which string of the object it is, from 0; the stream comes last.
            plain: The string or stream.
        """
        if method is Method.RC4:
            return rc4(self._object_key(key), plain)
        # A synthetic vector, so that the same input gives the same bytes. CBC asks that nobody can foretell the
        # vector, and HMAC's output is random to whoever lacks the key. It is made from all that it stands for:
        # so it comes back only with the same text at the same place, where equal bytes tell no more than that.
        vector = hmac.digest(self.key, b"%d %d %d " % (*key, place) + plain, "sha256")[:_BLOCK]
        object_key = self._object_key(key, _AES_SALT) if method is Method.AES else self.key
        return vector + _aes(object_key, vector, plain)

    def _object_key(self, key: ObjectId, salt: bytes = b"") -> bytes:
        """Return the key for one object (algorithm 1, a to d)."""
        number, generation = (part.to_bytes(4, "little") for part in key)
        mixed = self.key + number[:3] + generation[:2] + salt
        digest = hashlib.md5(mixed, usedforsecurity=False).digest()
        return digest[: len(self.key) + _KEY_GROWS]


def _methods(pdf: pikepdf.Pdf, source: str) -> tuple[Method, Method]:
    """Return how a file's strings and its streams are encrypted."""
    encryption = get_dictionary(pdf.trailer, "/Encrypt") or pikepdf.Dictionary()
    handler = get_name(encryption, "/Filter")
    if handler != "/Standard":
        raise _unknown_method(source, handler)
    version = int(get_number(encryption, "/V") or 0)
    if version in _WITHOUT_FILTERS:
        return Method.RC4, Method.RC4
    if version not in _FILTER_METHODS:
        raise _unknown_method(source, f"V {version}")
    # Not pikepdf's own word: qpdf takes a filter that it does not know for AES once it has met one.
    strings, streams = (_filter_method(encryption, use, version, source) for use in ("/StrF", "/StmF"))
    return strings, streams


def _filter_method(encryption: pikepdf.Dictionary, use: str, version: int, source: str) -> Method:
    """Return the method of the crypt filter for one use (7.6.6); none is named where nothing is encrypted."""
    name = get_name(encryption, use) or _IDENTITY
    if name == _IDENTITY:
        return Method.IDENTITY
    filters = get_dictionary(encryption, "/CF") or pikepdf.Dictionary()
    named = get_name(get_dictionary(filters, name) or pikepdf.Dictionary(), "/CFM")
    method = _FILTER_METHODS[version].get(named or "")
    if method is None:
        raise _unknown_method(source, named or name)
    return method


def _unknown_method(source: str, method: str | None) -> TemplateError:
    return TemplateError(
        Message(
            "{source}: the PDF is encrypted in a way that cannot be written ({method}).",
            source=source,
            method=(method or "/Encrypt").removeprefix("/"),
        ),
        Message("Ask the publisher for a copy without protection."),
    )


def _check_permission(pdf: pikepdf.Pdf, source: str) -> None:
    """Make sure that a file may be filled in: bit 6 or bit 9 of its permissions (table 22).

    Bit 9 lets fields be filled in where bit 6 forbids other notes. Revision 2 has bit 6 alone, and pikepdf
    gives it under both names.
    """
    if pdf.owner_password_matched or pdf.allow.modify_form or pdf.allow.modify_annotation:
        return
    raise TemplateError(
        Message("{source}: the publisher does not allow this PDF to be filled in.", source=source),
        Message("Give its owner password with --password, or ask the publisher for another copy."),
    )


def _check_aes(source: str) -> None:
    """Make sure that AES is at hand, now rather than in the middle of filling."""
    try:
        import_module("cryptography.hazmat.primitives.ciphers")
    except ImportError as exc:
        raise TemplateError(
            Message(
                "{source}: filling a PDF that is encrypted with AES needs the package cryptography.",
                source=source,
            ),
            Message("Install it with: {command}.", command=_INSTALL),
        ) from exc


def _aes(key: bytes, vector: bytes, plain: bytes) -> bytes:
    """Return bytes encrypted with AES in CBC mode, padded as PKCS #7 has it: always, by 1 to 16 bytes."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes  # noqa: PLC0415 - an extra

    missing = _BLOCK - len(plain) % _BLOCK
    encryptor = Cipher(algorithms.AES(key), modes.CBC(vector)).encryptor()
    return encryptor.update(plain + bytes([missing]) * missing) + encryptor.finalize()


def rc4(key: bytes, data: bytes) -> bytes:
    """Return bytes encrypted with RC4, or decrypted: the two are the same.

    Libraries drop this cipher, or take only some of the key lengths that files have.
    """
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 0xFF
        state[i], state[j] = state[j], state[i]
    stream = bytearray(len(data))
    i = j = 0
    for position in range(len(data)):
        i = (i + 1) & 0xFF
        held = state[i]
        j = (j + held) & 0xFF
        state[i] = other = state[j]
        state[j] = held
        stream[position] = state[(held + other) & 0xFF]
    mixed = int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(data), "big")


@dataclass(frozen=True, slots=True)
class _String:
    """A string in an object: where it stands, delimiters and all, and what it says."""

    span: _Span
    value: bytes


@dataclass(frozen=True, slots=True)
class _Parts:
    """What encryption changes in an object.

    Attributes:
        strings: Its strings, in order.
        length: The digits of the stream's ``/Length``.
        content: The stream itself; None where it is none.
    """

    strings: Sequence[_String]
    length: _Span | None = None
    content: _Span | None = None


def _dissect(body: bytes) -> _Parts:
    """Find the strings and the stream of an object.

    The bytes are searched rather than parsed and written anew: names, numbers and references stay to the letter.
    """
    strings: list[_String] = []
    length: _Span | None = None
    position = depth = 0
    while found := _LANDMARK.search(body, position):
        position = found.end()
        match found.lastgroup:
            case "opens":
                depth += 1
            case "closes":
                depth -= 1
            case "literal":
                position = _end_of_literal(body, position)
                value = _from_literal(body[found.end() : position - 1])
                strings.append(_String((found.start(), position), value))
            case "hex":
                strings.append(_String(found.span(), _from_hex(found["hex"])))
            case "length" if depth == 1:
                length = found.span("length")
            case "stream":
                assert length is not None, "a stream tells its length"
                end = position + int(body[slice(*length)])
                assert body[end:].strip() == b"endstream", "the length is that of the content"
                return _Parts(strings, length, (position, end))
    return _Parts(strings)


def _end_of_literal(body: bytes, start: int) -> int:
    end = end_of_literal(body, start)
    if end is None:
        raise ValueError("a string without an end")
    return end


def _from_literal(written: bytes) -> bytes:
    """Return what a literal string says (7.3.4.2)."""
    return _ESCAPE.sub(_unescaped, written)


def _unescaped(found: re.Match[bytes]) -> bytes:
    escaped = found[1]
    if escaped is None:
        return b"\n"  # whichever way a line ends, the string holds a line feed
    if escaped[0] in b"01234567":
        return bytes([int(escaped, 8) & 0xFF])  # overflow is ignored
    return _ESCAPED.get(escaped, escaped)


def _from_hex(written: bytes) -> bytes:
    """Return what a hexadecimal string says (7.3.4.3): a last digit that is missing is 0."""
    digits = written.translate(None, b"\0\t\n\f\r ")
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))


def _changed(body: bytes, changes: Sequence[tuple[_Span, bytes]]) -> bytes:
    """Return an object with some of its pieces replaced."""
    pieces = []
    position = 0
    for (start, end), piece in sorted(changes):
        pieces += [body[position:start], piece]
        position = end
    return b"".join([*pieces, body[position:]])
