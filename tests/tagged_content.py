"""What the content streams of a PDF show, and under which marks: the lower half of `tests.tagged_pdf`.

Content is followed operator by operator through pages and form XObjects (ISO 32000-2, 8.10 and 14.6). Every string
that is shown is decoded by its font, as an assistive technology does (9.10.2). It shares no code with veldpdf.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import Any, TypeAlias

import pikepdf

Key: TypeAlias = tuple[int, int]
"""Number and generation of an object; (0, 0) for one that stands inside another."""
ItemKey: TypeAlias = tuple[Key, int]
"""The page or form XObject whose content it is, and the marked-content identifier."""

_PATHS = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s"})
_STRINGS = frozenset({"Tj", "TJ", "'", '"'})
# A form within a form within a form: files of a hostile kind go on for ever.
_DEEPEST = 12
_ENCODINGS = {"WinAnsiEncoding": "cp1252", "MacRomanEncoding": "mac_roman"}


class Unreadable(Exception):  # noqa: N818 - says what is wrong with the file, not with this code
    """The file is built in a way that this reader does not know; it does not guess."""

    def __init__(self, *what: str) -> None:
        super().__init__(": ".join(what))


class Program:
    """An embedded TrueType program (ISO/IEC 14496-22), as far as advance widths and character codes go."""

    def __init__(self, data: bytes) -> None:
        if data[:4] not in (b"\0\1\0\0", b"true"):
            raise Unreadable("the font program is not TrueType")
        count = struct.unpack_from(">H", data, 4)[0]
        records = (struct.unpack_from(">4s3I", data, 12 + 16 * index) for index in range(count))
        self._tables = {tag: data[offset : offset + size] for tag, _, offset, size in records}
        self.glyphs: int = struct.unpack_from(">H", self._tables[b"maxp"], 4)[0]
        self._units: int = struct.unpack_from(">H", self._tables[b"head"], 18)[0]
        self._metrics: int = struct.unpack_from(">H", self._tables[b"hhea"], 34)[0]

    def width(self, glyph: int) -> float:
        """Return how far a glyph advances, in thousandths of the font size."""
        place = min(glyph, self._metrics - 1) * 4
        advance: int = struct.unpack_from(">H", self._tables[b"hmtx"], place)[0]
        return advance * 1000 / self._units

    def glyph_of(self, code: int, character: str) -> int:
        """Return the glyph of a code of a simple font (9.6.5.4); 0 where it has none.

        Args:
            code: As the content stream has it.
            character: What the font's encoding makes of it; empty for a symbolic font.
        """
        if character:
            return self._cmaps.get((3, 1), {}).get(ord(character), 0)
        by_code = self._cmaps.get((1, 0), {}) | self._cmaps.get((3, 0), {})
        return by_code.get(code) or by_code.get(0xF000 + code, 0)

    @cached_property
    def _cmaps(self) -> Mapping[tuple[int, int], dict[int, int]]:
        table = self._tables.get(b"cmap", b"\0\0\0\0")
        found: dict[tuple[int, int], dict[int, int]] = {}
        for index in range(struct.unpack_from(">H", table, 2)[0]):
            platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * index)
            if (platform, encoding) in ((1, 0), (3, 0), (3, 1)):
                found[platform, encoding] = _subtable(table[offset:])
        return found


def _subtable(table: bytes) -> dict[int, int]:
    """Return codes and glyphs of a subtable of a cmap; of the formats that simple fonts use."""
    (kind,) = struct.unpack_from(">H", table)
    if kind == 0:
        return dict(enumerate(table[6:262]))
    if kind == 6:
        first, count = struct.unpack_from(">HH", table, 6)
        return dict(enumerate(struct.unpack_from(f">{count}H", table, 10), first))
    if kind == 4:
        return dict(_segments(table))
    raise Unreadable("cmap of another format than 0, 4 and 6", str(kind))


def _segments(table: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", table, 6)[0] // 2
    ends, starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", table, 14 + 2 * (count * index + (index > 0))) for index in range(4)
    )
    places = 14 + 2 * (3 * count + 1)
    for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for code in range(first, min(last, 0xFFFE) + 1):
            if not offsets[index]:
                yield code, (code + deltas[index]) & 0xFFFF
                continue
            place = places + 2 * index + offsets[index] + 2 * (code - first)
            (glyph,) = struct.unpack_from(">H", table, place)
            yield code, (glyph + deltas[index]) & 0xFFFF if glyph else 0


class Face:
    """A font of the file.

    Attributes:
        name: As the file calls it.
        used: The codes of it that were shown.
    """

    def __init__(self, font: pikepdf.Object) -> None:
        self._font = font
        self.used: set[int] = set()
        self.name = str(font.get("/BaseFont", font.get("/Name", "/Type3")))[1:]
        self.kind = str(font.Subtype)[1:]
        self.is_composite = self.kind == "Type0"
        if self.is_composite and str(font.Encoding) not in ("/Identity-H", "/Identity-V"):
            raise Unreadable(self.name, "a composite font whose encoding is not Identity")

    @property
    def descendant(self) -> pikepdf.Object:
        """The font that holds glyphs: the CIDFont of a composite one, else the font."""
        return self._font.DescendantFonts[0] if self.is_composite else self._font

    @property
    def entries(self) -> pikepdf.Object:
        """The font dictionary."""
        return self._font

    def codes(self, data: bytes) -> Iterable[int]:
        """Return the character codes in a string."""
        if not self.is_composite:
            return data
        if len(data) % 2:
            raise Unreadable(self.name, "half a character code")
        return struct.unpack(f">{len(data) // 2}H", data)

    def text(self, data: bytes) -> str:
        """Return what a string says, and remember its codes; U+0000 stands for what maps to nothing."""
        codes = self.codes(data)
        self.used.update(codes)
        return "".join(self.unicode.get(code, "\0") for code in codes)

    @cached_property
    def unicode(self) -> Mapping[int, str]:
        """The text of each code (9.10.2)."""
        if "/ToUnicode" in self._font:
            return to_unicode(self._font.ToUnicode)
        return {} if self.is_composite else self._by_encoding()

    def _by_encoding(self) -> dict[int, str]:
        encoding = self._font.get("/Encoding")
        if isinstance(encoding, pikepdf.Name) and str(encoding)[1:] in _ENCODINGS:
            codec = _ENCODINGS[str(encoding)[1:]]
            return {code: bytes([code]).decode(codec, "ignore") or "\0" for code in range(32, 256)}
        return {}

    @cached_property
    def program(self) -> Program | None:
        """The embedded TrueType program; None where there is none of that kind."""
        descriptor = self.descendant.get("/FontDescriptor")
        if descriptor is None or "/FontFile2" not in descriptor:
            return None
        return Program(descriptor.FontFile2.read_bytes())

    def glyph_of(self, code: int) -> int:
        """Return the glyph in the embedded TrueType program that a code shows."""
        if not self.is_composite:
            is_symbolic = int(self.descendant.FontDescriptor.get("/Flags", 4)) & 4
            character = "" if is_symbolic else self._by_encoding().get(code, "\0")
            return self.program.glyph_of(code, character) if self.program else 0
        table = self.descendant.get("/CIDToGIDMap")
        if not isinstance(table, pikepdf.Stream):
            return code
        glyphs = table.read_bytes()
        return int.from_bytes(glyphs[2 * code : 2 * code + 2], "big")

    @cached_property
    def widths(self) -> Mapping[int, float]:
        """The widths that the file tells, by code."""
        if self.is_composite:
            return dict(_composite_widths(self.descendant.get("/W", ())))
        first = int(self._font.get("/FirstChar", 0))
        return {code: float(width) for code, width in enumerate(self._font.get("/Widths", ()), first)}

    def width_of(self, code: int) -> float:
        """Return the width that the file tells for a code, in thousandths of the font size."""
        default = float(self.descendant.get("/DW", 1000)) if self.is_composite else 0.0
        return self.widths.get(code, default)


def _composite_widths(array: Iterable[Any]) -> Iterator[tuple[int, float]]:
    """Yield the widths in a /W array (9.7.4.3): either ``c [w …]`` or ``first last w``."""
    values = iter(array)
    for first in values:
        second = next(values)
        if isinstance(second, pikepdf.Array):
            yield from enumerate((float(width) for width in second), int(first))
        else:
            width = float(next(values))
            yield from ((code, width) for code in range(int(first), int(second) + 1))


def to_unicode(stream: pikepdf.Object) -> dict[int, str]:
    """Return the texts in a ToUnicode CMap (9.10.3)."""
    table: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(stream):
        operator, operands = str(instruction.operator), [*instruction.operands]
        if operator == "endbfchar":
            for code, text in zip(operands[::2], operands[1::2], strict=True):
                table[_number(code)] = _utf16(bytes(text))
        elif operator == "endbfrange":
            for first, last, start in zip(*(operands[place::3] for place in range(3)), strict=True):
                table.update(_bfrange(_number(first), _number(last), start))
        elif operator == "usecmap":
            raise Unreadable("a ToUnicode CMap that builds on another")
    return table


def _bfrange(first: int, last: int, start: Any) -> Iterator[tuple[int, str]]:
    if isinstance(start, pikepdf.Array):
        yield from ((first + index, _utf16(bytes(text))) for index, text in enumerate(start))
        return
    begin = bytes(start)
    for code in range(first, last + 1):
        unit = int.from_bytes(begin[-2:], "big") + code - first
        yield code, _utf16(begin[:-2] + unit.to_bytes(2, "big"))


def _number(code: Any) -> int:
    return int.from_bytes(bytes(code), "big")


def _utf16(data: bytes) -> str:
    return data.decode("utf-16-be", "surrogatepass")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A marked-content sequence that is not closed yet.

    Attributes:
        item: Which content item it is; None for none.
        is_artifact: Whether it is an artifact (14.8.2.2).
        is_replaced: Whether its content is said in other words (14.9.4).
        in_text: Whether it began inside a text object.
    """

    item: ItemKey | None
    is_artifact: bool
    is_replaced: bool
    in_text: bool


@dataclass(slots=True, kw_only=True)
class _State:
    """Where the reader stands in one content stream."""

    owner: Key
    where: str
    resources: pikepdf.Object
    outer: tuple[_Open, ...]
    depth: int
    open: list[_Open] = field(default_factory=list)
    faces: list[Face | None] = field(default_factory=lambda: [None])
    in_text: bool = False

    @property
    def marks(self) -> tuple[_Open, ...]:
        """All sequences that are open, those around a form XObject first."""
        return (*self.outer, *self.open)


class Contents:
    """The content of all pages.

    Attributes:
        items: The text of each content item, in the order in which they were met.
        faces: The fonts with which something is shown, by object or, for one inside another, by its own id.
        findings: What is wrong with the marks.
        langs: Languages that marks name.
    """

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.items: dict[ItemKey, str] = {}
        self.faces: dict[Any, Face] = {}
        self.findings: list[str] = []
        self.langs: list[tuple[str, str]] = []
        self.owners: dict[Key, pikepdf.Object] = {}
        self._painted: Counter[Key] = Counter()
        self._tagged_forms: set[Key] = set()
        for number, page in enumerate(pdf.pages, start=1):
            self._page(page, number)
        self.findings += [
            f"30-002: form XObject #{key[0]} holds marked-content identifiers and is painted more than once"
            for key in sorted(self._tagged_forms)
            if self._painted[key] > 1
        ]

    def _page(self, page: pikepdf.Page, number: int) -> None:
        self.owners[page.obj.objgen] = page.obj
        state = _State(
            owner=page.obj.objgen, where=f"page {number}", resources=page.resources, outer=(), depth=0
        )
        self._run(pikepdf.parse_content_stream(page), state)

    def _run(self, instructions: Iterable[Any], state: _State) -> None:
        for instruction in instructions:
            if isinstance(instruction, pikepdf.ContentStreamInlineImage):
                self._paint("an inline image", state)
                continue
            self._step(str(instruction.operator), instruction.operands, state)
        if state.open:
            self.findings.append(f"14.6.1: {state.where}: {len(state.open)} marked-content sequences stay open")
        if state.in_text:
            self.findings.append(f"9.4.1: {state.where}: a text object stays open")

    def _step(self, operator: str, operands: Any, state: _State) -> None:
        if operator in _STRINGS:
            self._show(operator, operands, state)
        elif operator in _PATHS:
            self._paint("a path", state)
        elif operator == "sh":
            self._paint("a shading", state)
        elif operator == "Do":
            self._do(str(operands[0]), state)
        elif operator in ("BMC", "BDC"):
            self._begin(operands, state)
        elif operator == "EMC":
            self._end(state)
        else:
            self._state(operator, operands, state)

    def _state(self, operator: str, operands: Any, state: _State) -> None:
        """Follow what the graphics state says about the font, and where text objects are."""
        if operator == "q":
            state.faces.append(state.faces[-1])
        elif operator == "Q":
            if len(state.faces) == 1:
                self.findings.append(f"8.4.2: {state.where}: a graphics state is restored that was not saved")
                return
            state.faces.pop()
        elif operator == "Tf":
            state.faces[-1] = self._face(state.resources.Font[str(operands[0])])
        elif operator in ("BT", "ET"):
            begins = operator == "BT"
            if state.in_text is begins:
                self.findings.append(f"9.4.1: {state.where}: text objects are not one after another")
            if not begins and any(mark.in_text for mark in state.open):
                self.findings.append(
                    f"14.6.1: {state.where}: a mark begins in a text object and ends behind it"
                )
            state.in_text = begins

    def _face(self, font: pikepdf.Object) -> Face:
        key: Any = font.objgen if font.is_indirect else bytes(font.unparse())
        if key not in self.faces:
            self.faces[key] = Face(font)
        return self.faces[key]

    def _show(self, operator: str, operands: Any, state: _State) -> None:
        parts = operands[0] if operator == "TJ" else [operands[-1]]
        strings = [bytes(part) for part in parts if isinstance(part, pikepdf.String)]
        if not any(strings):
            return
        face = state.faces[-1]
        if face is None:
            self.findings.append(f"9.3.1: {state.where}: text is shown without a font")
            return
        self._paint("text", state)
        self._say("".join(map(face.text, strings)), state)

    def _say(self, text: str, state: _State) -> None:
        """Add a text to the content item that is open, unless it is said in other words."""
        marks = state.marks
        item = next((mark.item for mark in reversed(marks) if mark.item), None)
        if item is not None and not any(mark.is_replaced for mark in marks):
            self.items[item] += text

    def _paint(self, what: str, state: _State) -> None:
        if not any(mark.item or mark.is_artifact for mark in state.marks):
            self.findings.append(f"01-005: {state.where}: {what} is neither tagged nor an artifact")

    def _begin(self, operands: Any, state: _State) -> None:
        entries = self._properties(operands, state)
        is_artifact = str(operands[0]) == "/Artifact"
        mcid = entries.get("/MCID")
        item = None if mcid is None else (state.owner, int(mcid))
        tagged = any(mark.item for mark in state.marks)
        if is_artifact and tagged:
            self.findings.append(f"01-003: {state.where}: an artifact stands inside tagged content")
        if item is not None:
            self._open_item(item, state, is_inside=tagged)
        if "/Lang" in entries:
            self.langs.append((f"{state.where}: marked content", str(entries["/Lang"])))
        mark = _Open(item=item, is_artifact=is_artifact, is_replaced=False, in_text=state.in_text)
        state.open.append(mark)
        if "/ActualText" in entries:
            self._say(str(entries["/ActualText"]), state)
            state.open[-1] = _Open(item=item, is_artifact=is_artifact, is_replaced=True, in_text=state.in_text)

    def _open_item(self, item: ItemKey, state: _State, *, is_inside: bool) -> None:
        if any(mark.is_artifact for mark in state.marks):
            self.findings.append(f"01-004: {state.where}: tagged content stands inside an artifact")
        if is_inside:
            self.findings.append(f"14.7.5.1: {state.where}: content item {item[1]} stands inside another")
        # A form that is painted again brings the same items again, which is told of once.
        if item in self.items and self._painted[state.owner] <= 1:
            self.findings.append(f"14.7.5.2: {state.where}: marked-content identifier {item[1]} is used twice")
        if state.depth:
            self._tagged_forms.add(state.owner)
        self.items.setdefault(item, "")

    @staticmethod
    def _properties(operands: Any, state: _State) -> Any:
        if len(operands) == 1:
            return {}
        if isinstance(operands[1], pikepdf.Name):
            return state.resources.Properties[str(operands[1])]
        return operands[1]

    def _end(self, state: _State) -> None:
        if not state.open:
            self.findings.append(f"14.6.1: {state.where}: a mark is closed that was not opened")
            return
        if state.open.pop().in_text is not state.in_text:
            self.findings.append(f"14.6.1: {state.where}: a mark and a text object cross each other")

    def _do(self, name: str, state: _State) -> None:
        external = state.resources.XObject[name]
        key = external.objgen
        if str(external.Subtype) != "/Form":
            self._paint("an image", state)
            return
        if "/Ref" in external:
            self.findings.append(f"30-001: {state.where}: a reference XObject")
        self._painted[key] += 1
        self.owners[key] = external
        if state.depth == _DEEPEST:
            raise Unreadable("form XObjects inside each other without end")
        inner = _State(
            owner=key,
            where=f"{state.where}, form XObject #{key[0]}",
            resources=external.get("/Resources", state.resources),
            outer=state.marks,
            depth=state.depth + 1,
            faces=[state.faces[-1]],
        )
        self._run(pikepdf.parse_content_stream(external), inner)


def mapped_to_nothing(faces: Iterable[Face]) -> Iterator[str]:
    """Yield the characters shown whose text is no text (Matterhorn 10-001, 31-028, 31-029)."""
    for face in faces:
        for code in sorted(face.used):
            text = face.unicode.get(code)
            if text is None:
                yield f"10-001: font {face.name}: code #{code} maps to no text"
            elif "\0" in text:
                yield f"31-028: font {face.name}: code #{code} maps to U+0000"
            elif {"\ufeff", "\ufffe"} & set(text):
                yield f"31-029: font {face.name}: code #{code} maps to U+FEFF or U+FFFE"


def wrong_in_fonts(faces: Iterable[Face]) -> Iterator[str]:
    """Yield what is wrong with the fonts that are used (ISO 14289-1, 7.21)."""
    for face in faces:
        if face.kind == "Type3":
            if "/ToUnicode" not in face.entries:
                yield f"31-027: font {face.name}: no ToUnicode"
            continue
        yield from chain(_composite(face), _embedded(face))
        if "/ToUnicode" not in face.entries and not face.unicode:
            yield f"31-027: font {face.name}: no ToUnicode, and no encoding that tells"


def _composite(face: Face) -> Iterator[str]:
    if not face.is_composite or str(face.descendant.Subtype) != "/CIDFontType2":
        return
    table = face.descendant.get("/CIDToGIDMap")
    if table is None:
        yield f"31-005: font {face.name}: no CIDToGIDMap"
    elif not isinstance(table, pikepdf.Stream) and table != "/Identity":
        yield f"31-004: font {face.name}: CIDToGIDMap is neither a stream nor Identity"
    if "/CIDSystemInfo" not in face.descendant:
        yield f"31-001: font {face.name}: no CIDSystemInfo"


def _embedded(face: Face) -> Iterator[str]:
    descriptor = face.descendant.get("/FontDescriptor")
    if descriptor is None or not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor.keys()):
        yield f"31-009: font {face.name} is not embedded"
        return
    program = face.program
    if program is None:
        # Of programs with PostScript outlines nothing is compared but that code 0 of a CIDFont is .notdef.
        if face.is_composite and 0 in face.used:
            yield f"31-030: font {face.name}: .notdef is shown"
        return
    for code in sorted(face.used):
        glyph = face.glyph_of(code)
        if glyph == 0:
            yield f"31-030: font {face.name}: code #{code} shows .notdef"
        elif glyph >= program.glyphs:
            yield f"31-011: font {face.name}: code #{code} asks for a glyph that the program lacks"
        elif abs(face.width_of(code) - program.width(glyph)) > 1:
            told, real = face.width_of(code), program.width(glyph)
            yield f"31-016: font {face.name}: code #{code} is told to be {told:g} wide, and is {real:g}"
