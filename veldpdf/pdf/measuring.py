"""What the pages of a file unpack to, found out without keeping any of it.

A file of a megabyte may hold gigabytes: it would take the memory of whoever makes the report, and then of everybody
who opens it.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator

import pikepdf

from veldpdf.messages import Message
from veldpdf.pdf.objects import (
    DIRECT,
    ObjectId,
    as_name,
    dictionaries_of,
    get,
    get_dictionary,
    get_name,
    get_number,
    identity,
    items_of,
    owner_of_inherited,
    pages_of,
)

# What no page shows, and what nothing in a published report may hold: it is taken out, so it is not followed.
ACTING = frozenset({"/Filespec", "/F", "/EmbeddedFile", "/Action", "/Annot", "/Sig", "/JavaScript"})
# What the pages of one file may unpack to: contents and forms, in bytes and in operands and operators; fonts, colour
# profiles and all else but pictures, in bytes. A full worksheet has a thousandth of it.
_MOST_DRAWN = 64 * 1024 * 1024
_MOST_TOKENS = 5_000_000
_MOST_BESIDE = 256 * 1024 * 1024
# An A0 poster at 300 dots per inch has 140 million.
_MOST_PIXELS = 200_000_000
# Of a picture with four colours of 16 bits; and what a small one may have more, as padding or predictors (7.4.4.4).
_BYTES_PER_PIXEL = 8
_PADDING = 1024 * 1024
# Dictionaries, arrays and streams that pages lead to.
_MOST_OBJECTS = 250_000
# As many numbers in an array count for an object.
_ITEMS = 10
# Packed bytes of pictures in compressions that cannot be stopped half-way.
_MOST_OLD = 2 * 1024 * 1024
# How much unpacking makes of a byte at most. Deflated data is unpacked in steps.
_FLATE = {"/FlateDecode": 1032, "/Fl": 1032}
_GROWTH = {**_FLATE, "/LZWDecode": 1400, "/LZW": 1400, "/RunLengthDecode": 64, "/RL": 64}
_ASCII = frozenset({"/ASCIIHexDecode", "/AHx", "/ASCII85Decode", "/A85", "/Crypt"})
_STEP = 16 * 1024
# Runs of what is no white space or delimiter (7.2.3) are operands and operators; a delimiter may begin another.
_DELIMITERS = b"()<>[]{}/%"
_WHITE = b"\0\t\n\f\r "
_KINDS = bytes(32 if byte in _WHITE else 47 if byte in _DELIMITERS else 120 for byte in range(256))


class UnshowableError(Exception):
    """The pages of a file cannot be shown.

    Attributes:
        reason: Why, as the end of a sentence.
    """

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


class Measuring:
    """What the pages of one file unpack to, without keeping it."""

    def __init__(self) -> None:
        self._seen: set[ObjectId] = set()
        self._drawn = self._tokens = self._beside = self._old = self._objects = 0

    def check(self, pdf: pikepdf.Pdf) -> None:
        """Make sure that it is no more than pages hold.

        Contents count for each page that has them, for each gets them as a picture of its own; everything else
        counts once.

        Raises:
            UnshowableError: It is more, or cannot be told.
        """
        acroform = get_dictionary(pdf.Root, "/AcroForm")
        if acroform is not None:
            self._follow(get(acroform, "/DR"))
        for page in pages_of(pdf):
            for stream in contents_of(page):
                self._draw(stream)
            self._follow(get(owner_of_inherited(page, "/Resources"), "/Resources"))
            self._follow(get(page, "/Group"))
            for annotation in dictionaries_of(page, "/Annots"):
                self._follow(get(annotation, "/AP"))
                self._follow(get(annotation, "/OC"))

    def _follow(self, top: object) -> None:
        waiting = [top]
        while waiting:
            obj = waiting.pop()
            if not isinstance(obj, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array) or self._is_known(obj):
                continue
            self._objects += 1 + (len(obj) // _ITEMS if isinstance(obj, pikepdf.Array) else 0)
            if self._objects > _MOST_OBJECTS:
                raise _too_much()
            if isinstance(obj, pikepdf.Stream):
                if get_name(obj, "/Type") in ACTING:
                    continue  # it goes unopened
                self._weigh(obj)
            elif isinstance(obj, pikepdf.Dictionary):
                # A glyph of a Type 3 font is a content stream (9.6.4), and does not say so.
                glyphs = get_dictionary(obj, "/CharProcs")
                for glyph in [] if glyphs is None else held(glyphs):
                    if isinstance(glyph, pikepdf.Stream) and not self._is_known(glyph):
                        self._draw(glyph)
            waiting += held(obj)

    def _is_known(self, obj: pikepdf.Object) -> bool:
        key = identity(obj)
        if key in self._seen:
            return True
        if key != DIRECT:
            self._seen.add(key)
        return False

    def _weigh(self, stream: pikepdf.Stream) -> None:
        subtype = get_name(stream, "/Subtype")
        if subtype == "/Image":
            self._check_image(stream)
        elif subtype == "/Form" or get(stream, "/PatternType") == 1 or "/BBox" in stream:
            self._draw(stream)
        else:
            self._beside += sum(map(len, _unpacked(stream, _MOST_BESIDE - self._beside)))

    def _draw(self, stream: pikepdf.Stream) -> None:
        pieces = _unpacked(stream, _MOST_DRAWN - self._drawn)
        if get(stream, "/DecodeParms") is not None:
            # Behind a predictor stands other text than was packed (7.4.4.4), of the same size.
            for _ in pieces:
                pass
            pieces = iter([stream.read_bytes()])
        for piece in pieces:
            kinds = piece.translate(_KINDS)
            self._drawn += len(piece)
            self._tokens += kinds.count(b" x") + kinds.count(b"/") + 1
            if self._tokens > _MOST_TOKENS:
                raise _too_much()

    def _check_image(self, image: pikepdf.Stream) -> None:
        """Make sure that a picture is no larger than scans are, and holds no more than it shows (8.9.5)."""
        pixels = max(get_number(image, "/Width") or 0, 0) * max(get_number(image, "/Height") or 0, 0)
        if pixels > _MOST_PIXELS:
            raise UnshowableError(Message("a picture in it has more than 200 million pixels"))
        if all(name in _FLATE or name not in _GROWTH for name in _filters(image)):
            for _ in _unpacked(image, int(pixels) * _BYTES_PER_PIXEL + _PADDING):
                pass
            return
        # Old compressions: too rare to be unpacked here, and what they are packed in, qpdf unpacks in passing.
        self._old += len(image.read_raw_bytes())
        if self._old > _MOST_OLD:
            raise _too_much()


def _unpacked(stream: pikepdf.Stream, most: int) -> Iterator[bytes]:
    """Yield what a stream unpacks to, in pieces of some megabytes; pictures in formats of their own as they are.

    Args:
        stream: Which one.
        most: Bytes that it may be.

    Raises:
        UnshowableError: It is more.
    """
    data, filters = stream.read_raw_bytes(), _filters(stream)
    armour = next((at for at, name in enumerate(filters) if name not in _ASCII), len(filters))
    if armour:
        with pikepdf.new() as scratch:
            held = scratch.make_stream(data)
            held["/Filter"] = pikepdf.Array([pikepdf.Name(name) for name in filters[:armour]])
            data = held.read_bytes()
    packed = [name for name in filters if name in _GROWTH]
    if packed and len(packed) == 1 and packed[0] in _FLATE:
        pieces = _inflated(data)
    elif packed:
        if len(data) * math.prod(_GROWTH[name] for name in packed) > most:
            raise _too_much()
        pieces = iter([stream.read_bytes()])
    else:
        pieces = iter([data])
    for piece in pieces:
        most -= len(piece)
        if most < 0:
            raise _too_much()
        yield piece


def read_measured(stream: pikepdf.Stream) -> bytes:
    """Return what a stream holds that was measured; of a damaged one what viewers show, up to the damage."""
    try:
        return stream.read_bytes()
    except (pikepdf.PdfError, RuntimeError):
        return b"".join(_unpacked(stream, _MOST_DRAWN))


def _inflated(data: bytes) -> Iterator[bytes]:
    """Yield what deflated data unpacks to, as far as it is sound: so far, viewers show it."""
    unpacking = zlib.decompressobj()
    for at in range(0, len(data), _STEP):
        step = data[at : at + _STEP]
        before = unpacking.copy()
        try:
            yield unpacking.decompress(step)
        except zlib.error:
            # What comes out of a step is lost with it: once more, byte for byte.
            yield from _up_to_damage(before, step)
            return
        if unpacking.eof:
            return


def _up_to_damage(unpacking: zlib._Decompress, data: bytes) -> Iterator[bytes]:
    for byte in data:
        try:
            yield unpacking.decompress(bytes([byte]))
        except zlib.error:
            return


def _filters(stream: pikepdf.Stream) -> list[str]:
    single = get_name(stream, "/Filter")
    return [single] if single is not None else [as_name(item) or "" for item in items_of(stream, "/Filter")]


def contents_of(page: pikepdf.Dictionary) -> list[pikepdf.Stream]:
    """Return the content streams of a page (7.8.2)."""
    value = get(page, "/Contents")
    found = [value] if isinstance(value, pikepdf.Stream) else items_of(page, "/Contents")
    return [stream for stream in found if isinstance(stream, pikepdf.Stream)]


def _too_much() -> UnshowableError:
    return UnshowableError(Message("it unpacks to far more than a worksheet holds"))


def held(obj: pikepdf.Object) -> list[pikepdf.Object]:
    """Return what a container holds."""
    return list(obj) if isinstance(obj, pikepdf.Array) else [value for _, value in obj.items()]
