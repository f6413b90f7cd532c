"""Changes to whole PDFs that know what a PDF is made of, and PDFs written in any of the structures that the format has.

A byte changed at random mostly hits a cross-reference offset, and every such file goes the same way: repaired. So a
file is taken apart into its objects, these are changed, and it is written anew with offsets that are right; what was
changed is then all that is wrong with it. Some are harmed afterwards all the same. The same file and seed give the same
bytes.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from itertools import pairwise
from random import Random

_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,7})\s+([0-9]{1,5})\s+obj\b(.*?)\bendobj", re.DOTALL)
_TRAILER = re.compile(rb"trailer\s*<<(.*?)>>\s*startxref", re.DOTALL)
_LASTING = re.compile(rb"/(?:Root|Info|Encrypt)\s+[0-9]+\s+[0-9]+\s+R|/ID\s*\[[^\]]*\]")
_START = re.compile(rb"startxref\s+([0-9]+)")
_STREAM = re.compile(rb"\bstream\r?\n(.*)\r?\nendstream", re.DOTALL)
_FIRST = re.compile(rb"/First\s+([0-9]+)")
_LENGTH = re.compile(rb"/Length\s+[0-9]+(?!\s+[0-9]+\s+R)")
_TOKEN = re.compile(
    rb"(?P<open><<)|(?P<close>>>)|(?P<bracket>[\[\]])|(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*)"
    rb"|(?P<string>\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>)|(?P<reference>[0-9]+\s+[0-9]+\s+R\b)"
    rb"|(?P<number>[+-]?[0-9]*\.?[0-9]+)|(?P<word>true|false|null)",
    re.DOTALL,
)
_MOST_UNPACKED = 100_000
_XREF_ROW = "{:02x}{:08x}{:04x}"
_CATALOGUE = b"/Catalog"

_KEYS = tuple(
    b"/" + key
    for key in (
        b"A AA AP AS AcroForm Annot Annots BBox BS Btn C CA CF CFM CO Catalog Ch Colors Columns Contents Count Crypt"
        b" D DA DR DS DV DW DecodeParms Differences EF Encoding Encrypt ExtGState F FT Fields Ff Filter First FirstChar"
        b" FlateDecode Font FontDescriptor Form FreeText H Helv I ID IRT ImageMask Index Info JS Kids Kidz LastChar"
        b" Lang Length Length1 Limits Linearized MK MaxLen Metadata MissingWidth Matrix N Names NM NeedAppearances Next"
        b" ObjStm Off Opt O P Page Pages Parent Perms Popup Predictor Prev Q R RC RV Rect Resources Root Rotate"
        b" Size Sig SigFlags StmF StrF StructParent StructTreeRoot Subtype T TI TM TU ToUnicode Tx Type U UE UF"
        b" UserUnit V W Widget Widths XFA XObject XRef XRefStm Yes"
    ).split()
)
_NUMBERS = (
    *b"0 1 -1 2 3 4 8 15 16 24 32 64 100 255 256 65535 65536 99999 4096 32768 49152 131072 262144 33554432".split(),
    *b"67108864 2147483647 2147483648 -2147483648 4294967295 4294967296 9223372036854775807".split(),
    *b"-9223372036854775808 99999999999999999999 0.0001 -0.5 .5 1. -.0 1e5 1E999 --5 +-3 0x10 1.2.3".split(),
    *(b"00000000001", b"NaN", b"9" * 400, b"0." + b"0" * 350 + b"1"),
)
_STRINGS = (
    b"()", b"( )", b"(\\)", b"(\\(\\))", b"((()))", b"(\\0\\12\\777\\8)", b"(a\\\rb\\\r\nc\rd)", b"<>", b"<4>",
    b"<414>", b"< 41\n42 >", b"<FEFF>", b"<FEFF00410042>", b"<FEFFD83DDE00>", b"<FEFFDE00D83D>", b"<FEFF0041D83D>",
    b"<FFFE41004200>", b"<FFFE00D8>", b"<EFBBBFC3A9>", b"<EFBBBFFF>", b"<FEFF001B656E001B0041>", b"<FEFF000D000A000D>",
    b"(/Helv 10 Tf 0 g)", b"(/Helv 0 Tf)", b"(/ZaDb 0 Tf 0 g)", b"(0 0 1 rg /Weg 12 Tf)", b"(/Helv -9 Tf)",
    b"(/Helv 1e9 Tf 1 0 0 rg)", b"(Tf Tf /Helv Tf)", b"(D:20250102030405+01'00')", b"(D:99999999999999Z)",
    b"(<p>een<b>twee</b></p>)", b"(<?xml version=\"1.0\"?><body><p>&#0;&amp;&x;</p></body>)", b"(voorbeeld)",
    b"(Veld01)", b"(Veld01.Veld02)", b"(Veld01+1)", b"(Veld01 [170])", b"(veldpdf_partner)", b"(.)", b"(Soort)",
    b"(Off)", b"(Yes)", b"(a\\nb)", b"(\\357\\273\\277)", b"(\\376\\377\\000)", b"<00>", b"(\x18\x19\x7f\x9f\xad)",
)  # fmt: skip
_OTHERS = (
    b"null", b"true", b"false", b"[]", b"<<>>", b"[null]", b"[0 0 0 0]", b"[[]]", b"<</V 1>>", b"[1 2", b"<<",
    b">>", b"]",
)  # fmt: skip
_LOST = (b"0 0 R", b"999 0 R", b"1 1 R", b"-1 0 R", b"4294967296 0 R", b"8388608 0 R", b"1 65536 R")
_CONTENTS = (
    b"", b"BT /Helv 10 Tf 10 700 Td (Waarde) Tj ET", b"/Tx BMC q BT /Helv 9 Tf (a) Tj ET Q EMC", b"q q q", b"Q Q",
    b"BT ET BT", b"/X0 Do", b"(" * 50, b"BI /W 1 /H 1 ID x EI", b"/MC0 BDC", b"\xfe\xff\0a\0b", b"\xff" * 64,
    b"beginbfrange\n<00> <ff> <0041>\nendbfrange", b"1 beginbfchar <41> <00410042> endbfchar",
    b"<?xml version=\"1.0\"?><xdp:xdp xmlns:xdp=\"x\"><datasets><data><Veld01>x</Veld01></data></datasets></xdp:xdp>",
    b"%PDF-1.4\n%%EOF", b"1 0 2 5 << /T (x) >>",
)  # fmt: skip
_FILTERS = (
    b"/FlateDecode", b"/ASCIIHexDecode", b"/ASCII85Decode", b"/LZWDecode", b"/RunLengthDecode", b"/DCTDecode",
    b"/Crypt", b"/Fl", b"/Nonsense", b"[]", b"[/FlateDecode /FlateDecode]", b"null", b"7",
    b"/FlateDecode/DecodeParms<</Predictor 12/Columns 0>>",
    b"/FlateDecode/DecodeParms<</Predictor 2/Columns 99999999>>",
)  # fmt: skip


class Style(Enum):
    """How a file says where its objects are."""

    TABLE = "a cross-reference table (7.5.4)"
    STREAM = "a cross-reference stream (7.5.8)"
    PACKED = "object streams (7.5.7)"
    HYBRID = "a table, and a stream that tells of what it hides (7.5.8.4)"


@dataclass(frozen=True, slots=True)
class Object:
    """One indirect object.

    Attributes:
        number: Its number.
        generation: And its generation.
        body: What stands between ``obj`` and ``endobj``.
    """

    number: int
    generation: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """A file taken apart.

    Attributes:
        objects: In the order of the file; of one number there may be several.
        trailer: Those of its entries that stay the same wherever the objects come to lie.
    """

    objects: tuple[Object, ...]
    trailer: bytes


# Taking apart


@lru_cache(maxsize=1024)
def taken_apart(data: bytes) -> Parts:
    """Return the objects of a file, those in object streams among them, as a search finds them."""
    objects: list[Object] = []
    trailers = [found[1] for found in _TRAILER.finditer(data)]
    for found in _OBJECT.finditer(data):
        body = found[3].strip()
        head = body.partition(b"stream")[0]
        if b"/XRef" in head:
            trailers.append(head)
        elif b"/ObjStm" in head:
            objects += _packed_in(body)
        else:
            objects.append(Object(int(found[1]), int(found[2]), body))
    entries: dict[bytes, bytes] = {}
    for trailer in trailers:
        entries.update({entry[:3]: entry for entry in _LASTING.findall(trailer)})
    if b"/Ro" not in entries:
        root = next((each.number for each in objects if _CATALOGUE in each.body), 1)
        entries[b"/Ro"] = b"/Root %d 0 R" % root
    return Parts(tuple(objects), b"".join(entries.values()))


def _packed_in(body: bytes) -> list[Object]:
    """Return the objects in an object stream; none where it is encrypted or damaged."""
    found, first = _STREAM.search(body), _FIRST.search(body)
    if found is None or first is None:
        return []
    content = found[1]
    if b"/FlateDecode" in body[: found.start()]:
        try:
            content = zlib.decompressobj().decompress(content, _MOST_UNPACKED)
        except zlib.error:
            return []
    numbers = re.findall(rb"[0-9]{1,9}", content[: int(first[1])])
    starts = [int(first[1]) + int(offset) for offset in numbers[1::2]]
    return [
        Object(int(number), 0, content[start:end].strip())
        for number, start, end in zip(numbers[::2], starts, [*starts[1:], len(content)], strict=False)
    ]


# Writing


def written(parts: Parts, style: Style = Style.TABLE) -> bytes:
    """Return a sound file of these objects, as far as they are sound themselves."""
    hidden = set(_hideable(parts, style))
    data = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    rows: dict[int, tuple[int, int, int]] = {0: (0, 0, 65535)}
    for each in parts.objects:
        if each.number not in hidden:
            rows[each.number] = (1, len(data), each.generation)
            data += b"%d %d obj\n%b\nendobj\n" % (each.number, each.generation, each.body)
    size = max((each.number for each in parts.objects), default=0) + 1
    if style is Style.TABLE:
        return bytes(data) + _table(rows, b"/Size %d%b" % (size, parts.trailer), len(data))
    inside = [each for each in parts.objects if each.number in hidden]
    in_stream = {each.number: (2, size, place) for place, each in enumerate(inside)}
    if inside:
        in_stream[size] = (1, len(data), 0)
        data += b"%d 0 obj\n%b\nendobj\n" % (size, _object_stream(inside))
    if style is Style.HYBRID:
        stream = len(data)
        data += _xref_stream(in_stream, size + 1, b"/Size %d" % (size + 2), stream)
        free = dict.fromkeys(hidden, (0, 0, 65535))
        trailer = b"/Size %d/XRefStm %d%b" % (size + 2, stream, parts.trailer)
        return bytes(data) + _table({**rows, **free}, trailer, len(data))
    trailer = b"/Size %d%b" % (size + 2, parts.trailer)
    stream = len(data)
    data += _xref_stream({**rows, **in_stream}, size + 1, trailer, stream)
    return bytes(data) + b"startxref\n%d\n%%%%EOF\n" % stream


def _hideable(parts: Parts, style: Style) -> Sequence[int]:
    """Return the numbers of the objects that a style puts in an object stream: no streams, and nothing encrypted."""
    if style not in (Style.PACKED, Style.HYBRID) or b"/Encrypt" in parts.trailer:
        return ()
    return [
        each.number
        for each in parts.objects
        if not each.generation and b"stream" not in each.body
        if style is Style.PACKED or (b"/T" in each.body and _CATALOGUE not in each.body)
    ]


def _object_stream(objects: Sequence[Object]) -> bytes:
    offset, head = 0, b""
    for each in objects:
        head += b"%d %d " % (each.number, offset)
        offset += len(each.body) + 1
    content = zlib.compress(head + b"\n".join(each.body for each in objects), 1)
    return b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream" % (
        len(objects),
        len(head),
        len(content),
        content,
    )


def _table(rows: Mapping[int, tuple[int, int, int]], trailer: bytes, position: int) -> bytes:
    lines = [b"xref\n"]
    for number, (kind, first, second) in sorted(rows.items()):
        lines.append(b"%d 1\n%010d %05d %b \n" % (number, first, second, b"n" if kind else b"f"))
    return b"%btrailer\n<<%b>>\nstartxref\n%d\n%%%%EOF\n" % (b"".join(lines), trailer, position)


def _xref_stream(rows: Mapping[int, tuple[int, int, int]], number: int, trailer: bytes, position: int) -> bytes:
    rows = {**rows, number: (1, position, 0)}
    index = b" ".join(b"%d 1" % each for each in sorted(rows))
    content = bytes.fromhex("".join(_XREF_ROW.format(*row) for _, row in sorted(rows.items())))
    return b"%d 0 obj\n<</Type/XRef/W[1 4 2]/Index[%b]%b/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        number,
        index,
        trailer,
        len(content),
        content,
    )


def with_update(data: bytes, objects: Sequence[Object], trailer: bytes) -> bytes:
    """Return a file with a later version of some objects behind it (7.5.6)."""
    starts = _START.findall(data)
    previous = b"/Prev " + starts[-1] if starts else b""
    added = bytearray(data if data.endswith(b"\n") else data + b"\n")
    rows = {}
    for each in objects:
        rows[each.number] = (1, len(added), each.generation)
        added += b"%d %d obj\n%b\nendobj\n" % (each.number, each.generation, each.body)
    size = 1 + max(each.number for each in (*taken_apart(data).objects, *objects, Object(0, 0, b"")))
    if b"trailer" in data:
        return bytes(added) + _table(rows, b"/Size %d%b%b" % (size, previous, trailer), len(added))
    stream = len(added)
    entries = b"/Size %d%b%b" % (size + 2, previous, trailer)
    return bytes(added) + _xref_stream(rows, size + 1, entries, stream) + b"startxref\n%d\n%%%%EOF\n" % stream


# Changing


def mutation(others: Callable[[], Sequence[bytes]]) -> Callable[[bytes, int, int], bytes]:
    """Return a function that changes a file: the file, the most bytes that may come out, and a seed.

    Args:
        others: Returns files of which pieces come into others.
    """

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        chance = Random(seed)  # noqa: S311 - nothing is kept secret by it
        parts = taken_apart(data)
        if parts.objects and chance.random() < 0.9:
            data = _changed(data, parts, others(), chance)
        if not parts.objects or chance.random() < 0.2:
            data = _harmed(data, others(), chance)
        return data[:most]

    return mutate


def _changed(data: bytes, parts: Parts, others: Sequence[bytes], chance: Random) -> bytes:
    """Return a file with some of its objects changed, written anew or appended."""
    objects = list(parts.objects)
    touched: set[int] = set()
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 8))):
        at = _place(objects, chance)
        change = chance.choice(_CHANGES)
        made = change(objects[at], objects, chance)
        touched.add(at)
        objects[at] = made
    more = chance.random()
    if more < 0.06:
        objects.append(replace(chance.choice(objects), body=chance.choice(objects).body))
    elif more < 0.12:
        donor = taken_apart(chance.choice(others)).objects
        if donor:
            objects[_place(objects, chance)] = replace(
                objects[_place(objects, chance)], body=chance.choice(donor).body
            )
    elif more < 0.16:
        del objects[_place(objects, chance)]
    trailer = parts.trailer
    if chance.random() < 0.05:
        trailer = _with_another_token(trailer, objects, chance)
    if chance.random() < 0.2:
        late = [objects[at] for at in sorted(touched) if at < len(objects)]
        return with_update(data, late, trailer)
    return written(Parts(tuple(objects), trailer), chance.choice((Style.TABLE, Style.TABLE, *Style)))


def _place(objects: Sequence[Object], chance: Random) -> int:
    """Return which object to change: rather one of the form than a page or a font."""
    places = [chance.randrange(len(objects)) for _ in range(2)]
    return next(
        (at for at in places if b"/T" in objects[at].body or b"/AcroForm" in objects[at].body), places[0]
    )


def _with_another_token(body: bytes, objects: Sequence[Object], chance: Random) -> bytes:
    tokens = list(_TOKEN.finditer(body))
    if not tokens:
        return _value(objects, chance)
    found = chance.choice(tokens)
    return body[: found.start()] + _instead(found, objects, chance) + body[found.end() :]


def _instead(found: re.Match[bytes], objects: Sequence[Object], chance: Random) -> bytes:
    """Return what comes in the place of a token: mostly another of its kind."""
    if chance.random() < 0.25:
        return _value(objects, chance)
    of_its_kind = {"name": _KEYS, "number": _NUMBERS, "string": _STRINGS, "word": _OTHERS}.get(
        found.lastgroup or ""
    )
    if of_its_kind is not None:
        return chance.choice(of_its_kind)
    if found.lastgroup == "reference":
        return _reference(objects, chance)
    return b"" if chance.random() < 0.5 else found[0] * 2


def _value(objects: Sequence[Object], chance: Random, depth: int = 0) -> bytes:
    """Return any value, between spaces."""
    match chance.randrange(9):
        case 0:
            made = chance.choice(_KEYS)
        case 1 | 2:
            made = chance.choice(_NUMBERS)
        case 3 | 4:
            made = chance.choice(_STRINGS)
        case 5 | 6:
            made = _reference(objects, chance)
        case 7 if depth < 3:
            made = (
                b"[" + b"".join(_value(objects, chance, depth + 1) for _ in range(chance.randrange(5))) + b"]"
            )
        case 8 if depth < 3:
            pairs = (
                chance.choice(_KEYS) + _value(objects, chance, depth + 1) for _ in range(chance.randrange(4))
            )
            made = b"<<" + b"".join(pairs) + b">>"
        case _:
            made = chance.choice(_OTHERS)
    return b" " + made + b" "


def _reference(objects: Sequence[Object], chance: Random) -> bytes:
    if chance.random() < 0.15:
        return chance.choice(_LOST)
    each = chance.choice(objects)
    return b"%d %d R" % (each.number, each.generation)


def _split(body: bytes) -> tuple[bytes, bytes]:
    """Return what stands before a stream, and the stream."""
    found = _STREAM.search(body)
    return (body, b"") if found is None else (body[: found.start()], body[found.start() :])


def _other_token(each: Object, objects: Sequence[Object], chance: Random) -> Object:
    head, stream = _split(each.body)
    return replace(each, body=_with_another_token(head, objects, chance) + stream)


def _one_more_entry(each: Object, objects: Sequence[Object], chance: Random) -> Object:
    head, stream = _split(each.body)
    opens = [found.end() for found in _TOKEN.finditer(head) if found.lastgroup == "open"]
    if not opens:
        return _other_token(each, objects, chance)
    at = chance.choice(opens)
    entry = chance.choice(_KEYS) + _value(objects, chance)
    return replace(each, body=head[:at] + entry + head[at:] + stream)


def _entries_of(head: bytes) -> list[tuple[re.Match[bytes], re.Match[bytes]]]:
    """Return each name in an object with what stands behind it: mostly a key and its value."""
    return [(name, value) for name, value in pairwise(_TOKEN.finditer(head)) if name.lastgroup == "name"]


def _one_entry_less(each: Object, objects: Sequence[Object], chance: Random) -> Object:
    head, stream = _split(each.body)
    entries = _entries_of(head)
    if not entries:
        return _other_token(each, objects, chance)
    key, value = chance.choice(entries)
    return replace(each, body=head[: key.start()] + head[value.end() :] + stream)


def _another_value(each: Object, objects: Sequence[Object], chance: Random) -> Object:
    """Return an object of which a key that is there has any other value."""
    head, stream = _split(each.body)
    entries = _entries_of(head)
    if not entries:
        return _other_token(each, objects, chance)
    _, value = chance.choice(entries)
    return replace(each, body=head[: value.start()] + _value(objects, chance) + head[value.end() :] + stream)


def _other_stream(each: Object, objects: Sequence[Object], chance: Random) -> Object:
    """Return a stream with other contents or another filter; of another object, one that has become a stream."""
    head, stream = _split(each.body)
    if not stream:
        if not head.endswith(b">>") or chance.random() < 0.8:
            return _other_token(each, objects, chance)
        stream = b"stream\n\nendstream"
    content = stream[7:-10]
    match chance.randrange(6):
        case 0:
            content = chance.choice(_CONTENTS)
        case 1:
            content = zlib.compress(chance.choice(_CONTENTS) * chance.choice((1, 1, 500)), 1)
            head = _entry(head, b"Filter", b"/FlateDecode")
        case 2:
            head = _entry(head, b"Filter", chance.choice(_FILTERS))
        case 3 if content:
            at = chance.randrange(len(content))
            content = content[:at] + chance.choice(_CONTENTS) + content[at + chance.randrange(20) :]
        case 4:
            content = content[: chance.randint(0, len(content))]
        case _:
            return replace(each, body=_entry(head, b"Length", _value(objects, chance)) + stream)
    body = b"%b\nstream\n%b\nendstream" % (_entry(head, b"Length", b"%d" % len(content)).strip(), content)
    return replace(each, body=body)


def _entry(head: bytes, key: bytes, value: bytes) -> bytes:
    """Return a dictionary with an entry that had another value, or none."""
    head = re.sub(rb"/%b\b\s*(?:/\w+|[0-9]+(?:\s+[0-9]+\s+R)?)?" % key, b"", head)
    begin, opens, rest = head.partition(b"<<")
    return begin + opens + b"/" + key + b" " + value + rest


def _nested(each: Object, objects: Sequence[Object], chance: Random) -> Object:
    """Return an object with a value that lies deep, or is long."""
    depth = chance.choice((3, 30, 120, 520))
    values = (
        b"[" * depth + b"]" * depth,
        b"<</V" * depth + b" 1" + b">>" * depth,
        b"[" + b" 1" * depth + b"]",
    )
    head, stream = _split(each.body)
    begin, opens, rest = head.partition(b"<<")
    return replace(
        each, body=begin + opens + chance.choice(_KEYS) + b" " + chance.choice(values) + rest + stream
    )


def _kids_and_parents(each: Object, objects: Sequence[Object], chance: Random) -> Object:
    """Return an object with another place in the field tree, or in a circle of it."""
    head, stream = _split(each.body)
    references = b" ".join(_reference(objects, chance) for _ in range(chance.randint(1, 3)))
    own = b"%d %d R" % (each.number, each.generation)
    entry = chance.choice(
        (
            b"/Kids[%b]" % references,
            b"/Kids[%b]" % own,
            b"/Parent " + own,
            b"/Parent " + _reference(objects, chance),
        )
    )
    begin, opens, rest = head.partition(b"<<")
    return replace(each, body=begin + opens + entry + rest + stream)


def _other_body(each: Object, objects: Sequence[Object], chance: Random) -> Object:
    return replace(each, body=chance.choice((chance.choice(objects).body, _value(objects, chance))))


_Change = Callable[[Object, Sequence[Object], Random], Object]
_CHANGES: tuple[_Change, ...] = (
    *(_other_token,) * 5,
    *(_another_value,) * 4,
    *(_one_more_entry,) * 4,
    *(_one_entry_less,) * 2,
    *(_other_stream,) * 2,
    _nested,
    _kids_and_parents,
    _other_body,
)


def _harmed(data: bytes, others: Sequence[bytes], chance: Random) -> bytes:
    """Return a file with some of its bytes changed, lost or doubled."""
    at = chance.randint(0, len(data))
    before, behind = data[:at], data[at:]
    match chance.randrange(10):
        case 0 if behind:
            made = before + bytes([behind[0] ^ 1 << chance.randrange(8)]) + behind[1:]
        case 1:
            made = before
        case 2:
            made = before + behind[chance.choice((1, 2, 10, 100, 1000)) :]
        case 3:
            made = before + before[-chance.choice((1, 10, 300)) :] + behind
        case 4:
            other = chance.choice(others)
            made = before + other[chance.randint(0, len(other)) :]
        case 5:
            made = data.replace(b"\n", b"\r\n") if chance.random() < 0.5 else data.replace(b"\r", b"\n")
        case 6:
            made = _START.sub(lambda _: b"startxref\n" + chance.choice(_NUMBERS), data)
        case 7:
            start = _START.search(data)
            where = b"0" if start is None else start[1]
            entry = b"/Prev %b/Size" % chance.choice((where, b"0", b"15", b"99999"))
            made = data.replace(b"/Size", entry, 1)
        case 8:
            made = chance.choice((b"\0" * 20, b"rommel\n" * 200, b"\xef\xbb\xbf", b"%!PS\n")) + data
        case _:
            made = before + chance.randbytes(chance.randint(1, 8)) + behind
    return made
