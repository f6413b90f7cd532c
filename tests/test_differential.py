"""Whatever is filled in is what every reader sees, and whatever other programs leave behind is what we read.

Random forms of every structure, with random answers. What a program itself loses is in one table, `LOSSES`, with the
reason; nothing else may differ. Each loss has a witness, which shows that the program still has it, and a line in
docs/viewers.md.

The suite takes a few examples, the same ones each time. `VELDPDF_EXAMPLES=20000` has it take that many of each
property, and others each time.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name, String

import veldpdf
from tests import differential
from tests.differential import READERS, SAVERS, Refused, Values
from tests.forms import FormBuilder
from tests.needs import need
from veldpdf.pdf.defining import define_form
from veldpdf.pdf.inspecting import inspect_pdf

ROOT = Path(__file__).parents[1]
EXAMPLES = int(os.environ.get("VELDPDF_EXAMPLES", "0"))

# Flags of fields (tables 227, 229, 231 and 233).
MULTILINE, PASSWORD, COMB, RICH_TEXT = 1 << 12, 1 << 13, 1 << 24, 1 << 25
RADIO = 1 << 15
COMBO, EDIT, MULTI_SELECT = 1 << 17, 1 << 18, 1 << 21
EXAMPLE = "voorbeeld"


# Forms


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form.

    Attributes:
        path: The parts of its qualified name, which are the dictionaries above it.
        kind: The entry ``/FT``.
        flags: The entry ``/Ff``.
        options: Pairs of export value and text; for a button, the names of its states.
        max_length: The entry ``/MaxLen``, or none.
        widgets: How many show it; a button has one for each state.
        value: What it says before it is filled.
    """

    path: tuple[str, ...]
    kind: str = "Tx"
    flags: int = 0
    options: tuple[tuple[str, str], ...] = ()
    max_length: int | None = None
    widgets: int = 1
    value: str = ""

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def exports(self) -> tuple[str, ...]:
        return tuple(export for export, _ in self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form to fill.

    Attributes:
        fields: In the order of its pages.
        packing: How its objects are stored, one of `PACKINGS`.
        need_appearances: Whether viewers are asked to draw the fields (12.7.3).
        has_xfa: Whether it has an XFA form beside, which goes when it is filled.
    """

    fields: tuple[Field, ...]
    packing: str = "table"
    need_appearances: bool = False
    has_xfa: bool = False

    def field(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)


def built(form: Form, *, values: bool = True) -> FormBuilder:
    """Return the form before it is filled."""
    made = FormBuilder()
    parents: dict[tuple[str, ...], pikepdf.Object] = {}
    for each in form.fields:
        _add(made, each, parents, each.value if values else "ouder")
    if form.need_appearances:
        made.pdf.Root.AcroForm.NeedAppearances = True
    if form.has_xfa:
        made.pdf.Root.AcroForm.XFA = Array([String("datasets"), made.pdf.make_stream(b"<xfa:datasets/>")])
    return made


def _add(made: FormBuilder, each: Field, parents: dict[tuple[str, ...], pikepdf.Object], value: str) -> None:
    siblings = made.fields
    parent = None
    for depth in range(1, len(each.path)):
        above = each.path[:depth]
        if above not in parents:
            parents[above] = made.dictionary(T=String(above[-1]), Kids=Array())
            if parent is not None:
                parents[above].Parent = parent
            siblings.append(parents[above])
        parent = parents[above]
        siblings = parent.Kids
    entries: dict[str, Any] = {"FT": Name("/" + each.kind), "Ff": each.flags, "T": String(each.path[-1])}
    if parent is not None:
        entries["Parent"] = parent
    if each.kind == "Btn":
        siblings.append(_button(made, each, entries, value))
        return
    if each.max_length is not None:
        entries["MaxLen"] = each.max_length
    if each.kind == "Ch":
        pairs = [[String(part) for part in dict.fromkeys(option)] for option in each.options]
        entries["Opt"] = Array([Array(pair) if pair[1:] else pair[0] for pair in pairs])
    elif value:
        entries |= {"V": String(value), "DV": String(EXAMPLE)}
        if each.flags & RICH_TEXT:
            entries["RV"] = String(f"<body><p>{value}</p></body>")
    siblings.append(_shown(made, entries, [{}] * each.widgets))


def _button(made: FormBuilder, each: Field, entries: dict[str, Any], value: str) -> pikepdf.Object:
    state = Name("/" + (value if value in each.exports else "Off"))
    widgets = []
    for export in each.exports:
        pictures = {f"/{name}": made.pdf.make_stream(b"") for name in (export, "Off")}
        shown = state if state == Name("/" + export) else Name.Off
        widgets.append({"AP": Dictionary(N=Dictionary(pictures)), "AS": shown})
    return _shown(made, entries | {"V": state}, widgets)


def _shown(made: FormBuilder, entries: dict[str, Any], widgets: list[dict[str, Any]]) -> pikepdf.Object:
    """Return a field: one dictionary with its widget, or one above several."""
    if len(widgets) == 1:
        return made.widget(**entries, **widgets[0])
    field = made.dictionary(**entries)
    field.Kids = Array([made.widget(Parent=field, **widget) for widget in widgets])
    return field


# How a file may be packed


def packed(form: Form) -> bytes:
    """Return the form as a file."""
    return PACKINGS[form.packing](form)


def _in_table(form: Form) -> bytes:
    return built(form).bytes(object_stream_mode=pikepdf.ObjectStreamMode.disable)


def _updated(form: Form) -> bytes:
    """Return a file whose first revision had other values (7.5.6)."""
    old = built(form, values=False).bytes(object_stream_mode=pikepdf.ObjectStreamMode.disable)
    before, after = _objects(old), _objects(_in_table(form))
    data, rows = old, b""
    for number, body in after.items():
        if before[number] != body:
            rows += b"%d 1\n%010d 00000 n \n" % (number, len(data))
            data += body
    trailer = re.search(rb"trailer <<(.*?)>>\nstartxref\n(\d+)", old, re.DOTALL)
    assert trailer is not None
    return data + b"xref\n0 0\n%btrailer <<%b/Prev %b>>\nstartxref\n%d\n%%%%EOF\n" % (
        rows,
        trailer[1],
        trailer[2],
        len(data),
    )


def _objects(plain: bytes) -> dict[int, bytes]:
    """Return the objects of a file with one cross-reference table, by number, as they stand in it."""
    begin = plain.rindex(b"\nxref\n") + 1
    rows = plain[begin:].split(b"\n")[2:]
    offsets = {number: int(row[:10]) for number, row in enumerate(_rows(rows)) if row.endswith(b"n ")}
    ends = sorted([*offsets.values(), begin])
    return {number: plain[start : ends[ends.index(start) + 1]] for number, start in offsets.items()}


def _rows(lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        if not re.fullmatch(rb"\d{10} \d{5} [nf] ", line):
            return
        yield line


def _xref_stream(number: int, places: Mapping[int, tuple[int, int, int]], root: bytes, offset: int) -> bytes:
    """Return a cross-reference stream (7.5.8) that tells of itself as well."""
    told = {**places, number: (1, offset, 0)}
    rows = b"".join(
        bytes([kind]) + first.to_bytes(4, "big") + second.to_bytes(2, "big")
        for _, (kind, first, second) in sorted(told.items())
    )
    index = b" ".join(b"%d 1" % each for each in sorted(told))
    entries = b"/Type/XRef/W[1 4 2]/Index[%b]/Size %d/Root %b/Length %d" % (index, number + 1, root, len(rows))
    return b"%d 0 obj\n<<%b>>\nstream\n%b\nendstream\nendobj\n" % (number, entries, rows)


def _root(plain: bytes) -> bytes:
    found = re.search(rb"/Root (\d+ 0 R)", plain)
    assert found is not None
    return found[1]


def _in_stream_without_packed_objects(form: Form) -> bytes:
    plain = _in_table(form)
    objects = _objects(plain)
    data = b"%PDF-1.5\n%\xbf\xf7\xa2\xfe\n"
    places = {0: (0, 0, 65535)}
    for number, body in objects.items():
        places[number] = (1, len(data), 0)
        data += body
    begin = len(data)
    return (
        data + _xref_stream(max(objects) + 1, places, _root(plain), begin) + b"startxref\n%d\n%%%%EOF\n" % begin
    )


def _hybrid(form: Form) -> bytes:
    """Return a file whose last widget lies in an object stream; the table calls it free (7.5.8.4)."""
    plain = _in_table(form)
    objects = _objects(plain)
    hidden = max(number for number, body in objects.items() if b"/Subtype /Widget" in body)
    content = b"%d 0 " % hidden
    first = len(content)
    content += objects.pop(hidden).split(b" obj\n", 1)[1].rsplit(b"endobj", 1)[0]
    size = max([*objects, hidden]) + 1
    data, offsets = b"%PDF-1.5\n%\xbf\xf7\xa2\xfe\n", {}
    for number, body in objects.items():
        offsets[number] = len(data)
        data += body
    begin_packed = len(data)
    data += b"%d 0 obj\n<</Type/ObjStm/N 1/First %d/Length %d>>\nstream\n%b\nendstream\nendobj\n" % (
        size,
        first,
        len(content),
        content,
    )
    begin_stream = len(data)
    places = {hidden: (2, size, 0), size: (1, begin_packed, 0)}
    data += _xref_stream(size + 1, places, _root(plain), begin_stream)
    rows = b"".join(
        b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
        for number in range(size)
    )
    return data + b"xref\n0 %d\n%btrailer\n<</Size %d/Root %b/XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        rows,
        size + 2,
        _root(plain),
        begin_stream,
        len(data),
    )


def _encrypted(revision: int, *, aes: bool, stream: bool = False) -> Callable[[Form], bytes]:
    mode = pikepdf.ObjectStreamMode.generate if stream else pikepdf.ObjectStreamMode.disable
    encryption: Any = {"user": "", "owner": differential.OWNER, "R": revision, "aes": aes, "metadata": aes}
    return lambda form: built(form).bytes(object_stream_mode=mode, encryption=pikepdf.Encryption(**encryption))


PACKINGS: Mapping[str, Callable[[Form], bytes]] = {
    "table": _in_table,
    "updated": _updated,
    "stream": _in_stream_without_packed_objects,
    "object streams": lambda form: built(form).bytes(object_stream_mode=pikepdf.ObjectStreamMode.generate),
    "linearized": lambda form: built(form).bytes(linearize=True),
    "hybrid": _hybrid,
    "RC4-128": _encrypted(3, aes=False),
    "AES-128": _encrypted(4, aes=True),
    "AES-256": _encrypted(6, aes=True),
    "AES-256, object streams": _encrypted(6, aes=True, stream=True),
}
ENCRYPTED = frozenset(name for name in PACKINGS if name.startswith(("RC4", "AES")))


# What may be in them

# What programs trip over: byte order marks in any encoding, line ends, delimiters, escapes, what lies beyond U+FFFF,
# marks that turn the direction, white space that some trim, private use and noncharacters.
PIECES = st.sampled_from(
    [
        *["þÿ", "ÿþ", "ï»¿", "\ufeff", "\ufffe", "\uffff", "\ufffd", "Off", "&amp;", "\\n", "\\"],
        *["\r", "\n", "\r\n", "\t", " ", "(", ")", "<", "%", "\x85", "\u2028", "\xa0", "\xad", "\u200b"],
        *["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x18", "\x1b", "\x1f", "\x7f", "\x80", "\x9f"],
        *["•", "€", "“", "˘", "ﬁ", "é", "e\u0301", "Łódź", "שלום", "مرحبا", "\u200f", "\u202e", "\u2066"],
        *[
            "🙂",
            "👩\u200d👧",
            "\U00010330",
            "\ue000",
            "\uf642",
            "\U000f0000",
            "\U0010ffff",
            "\ufdd0",
            "漢字",
            "กำ",
        ],
    ]
)
LETTERS = st.characters(exclude_categories=["Cs"])
TEXTS = st.lists(PIECES | LETTERS | st.text("ab é", min_size=1, max_size=8), max_size=8).map("".join)
# The controls that a keyboard has.
TYPED_TEXTS = TEXTS.map(lambda text: re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text))
UTF_8 = rb"(?:[\x00-\x7f]|[\xc0-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf7][\x80-\xbf]{3})*"
HALVES = st.characters(categories=["Cs"])

NAMES = st.text(st.characters(categories=["Lu", "Ll", "Lo"]) | st.sampled_from(" -_()'\\/"), max_size=5).filter(
    # MuPDF takes such names for others, as it does with texts (see below), and nothing could be compared.
    lambda name: not looks_like_utf8(name)
)
STATES = st.text("Janee123 _-()#/\\", max_size=5) | NAMES
TEXT_FLAGS = [0, MULTILINE, MULTILINE, PASSWORD, COMB, MULTILINE | RICH_TEXT]
CHOICE_FLAGS = [0, COMBO, COMBO | EDIT, MULTI_SELECT]


@st.composite
def fields(draw: st.DrawFn, number: int) -> Field:
    """Draw a field; its number makes the name differ from those of others."""
    above = draw(st.sampled_from([(), (), ("Deel",), ("Deel", "Blok"), ("Één (a)",)]))
    field = Field(
        path=(*above, f"{draw(NAMES)}{number}"), kind=draw(st.sampled_from(["Tx", "Tx", "Tx", "Ch", "Btn"]))
    )
    if field.kind == "Tx":
        flags = draw(st.sampled_from(TEXT_FLAGS))
        most = draw(st.integers(1, 30)) if flags == COMB else draw(st.none() | st.integers(1, 30))
        value, widgets = draw(st.sampled_from(["", EXAMPLE])), draw(st.sampled_from([1, 1, 2, 3]))
        return replace(field, flags=flags, max_length=most, widgets=widgets, value=value)
    names = (NAMES if field.kind == "Ch" else STATES).map(lambda name: f"{name}x")
    exports = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    if field.kind == "Btn":
        flags = draw(st.sampled_from([0, RADIO])) if exports[1:] else 0
        return replace(field, flags=flags, options=tuple((export, export) for export in exports))
    shown = draw(st.sampled_from(["", " (keuze)"]))
    options = tuple((export, export + shown) for export in exports)
    return replace(field, flags=draw(st.sampled_from(CHOICE_FLAGS)), options=options)


@st.composite
def forms(draw: st.DrawFn) -> Form:
    packing = draw(st.sampled_from(sorted(PACKINGS)))
    return Form(
        fields=tuple(draw(fields(number)) for number in range(draw(st.integers(1, 5)))),
        packing=packing,
        need_appearances=draw(st.booleans()),
        # An encrypted form cannot be written anew.
        has_xfa=packing not in ENCRYPTED and draw(st.booleans()),
    )


def values_of(field: Field, texts: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """Return what may be filled in."""
    if field.kind == "Tx" or field.flags & EDIT:
        cut = texts.map(lambda text: with_our_line_ends(text)[: field.max_length])
        return cut.map(lambda text: (text,) if text else ())
    most = len(field.options) if field.flags & MULTI_SELECT else 1
    chosen = st.lists(st.sampled_from(field.exports), max_size=most, unique=True)
    return chosen.map(lambda found: tuple(export for export in field.exports if export in found))


def drawn_values(data: st.DataObject, form: Form, texts: st.SearchStrategy[str]) -> Values:
    """Draw values for most fields."""
    chosen = [each for each in form.fields if data.draw(st.integers(0, 4), label=f"fill {each.name}")]
    return {each.name: data.draw(values_of(each, texts), label=each.name) for each in chosen}


def with_our_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


# What programs lose


class _Anything:
    """What may be seen where a program makes something unpredictable of a value."""

    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "anything"


ANYTHING = _Anything()
Seen = tuple[str, ...] | _Anything
EVERYTHING = ("reads", "saves", "types")


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What a program itself makes of a value, or of a file.

    Attributes:
        program: Which one.
        does: When it does so: it ``reads``, ``saves`` (types into no field) or ``types``.
        when: What the value or the file is like.
        why: What becomes of it, and how that is known.
        field: A field that shows it.
        value: A value that shows it.
        change: What comes of a value.
        refuses: How the files are packed that the program does not open at all.
    """

    program: str
    does: str
    when: str
    why: str
    field: Field = Field(path=("Veld",), flags=MULTILINE)
    value: tuple[str, ...] = ()
    change: Callable[[Field, tuple[str, ...]], Seen] = lambda _, value: value
    refuses: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.program} {self.does}: {self.when}"

    @property
    def row(self) -> str:
        """Its line in docs/viewers.md."""
        return f"| {self.program} | {self.does} | {self.when} | {self.why} |"


def on_texts(change: Callable[[str], str]) -> Callable[[Field, tuple[str, ...]], Seen]:
    """Return a change of what is typed: texts, and what is no option of a combo box."""

    def changed(field: Field, value: tuple[str, ...]) -> Seen:
        if field.kind != "Tx" and not field.flags & EDIT:
            return value
        return tuple(text for text in map(change, value) if text)

    return changed


def unpredictable(is_so: Callable[[Field, str], bool]) -> Callable[[Field, tuple[str, ...]], Seen]:
    """Return a change of which is known when it happens, and not what comes of it."""
    return lambda field, value: ANYTHING if any(is_so(field, text) for text in value or ("",)) else value


def _without_pdfdoc_accents(text: str) -> str:
    """Return what pdftk takes a text for that we store in PDFDocEncoding (annex D.2)."""
    try:
        text.encode("pdfdoc")
    except UnicodeEncodeError:
        return text
    return text.translate({ord(accent): code for code, accent in enumerate("˘ˇˆ˙˝˛˚˜", 0x18)})


def _is_taken_for_utf8(field: Field, text: str) -> bool:
    return field.kind != "Btn" and looks_like_utf8(text)


def looks_like_utf8(text: str) -> bool:
    """Whether MuPDF would take a text in PDFDocEncoding for another one in UTF-8; it takes overlong forms as well."""
    try:
        raw = text.encode("pdfdoc")
    except UnicodeError:
        return False
    return not raw.isascii() and re.fullmatch(UTF_8, raw) is not None


def _first_of_list(field: Field, value: tuple[str, ...]) -> Seen:
    return value[:1] if field.kind == "Ch" and field.flags & MULTI_SELECT else value


def _lower_halves(text: str) -> str:
    """Return what PDFium keeps; what is left may be a surrogate, which is no character without the other one."""
    kept = "".join(chr(ord(character) & 0xFFFF) for character in text).encode("utf-16-be", "surrogatepass")
    return re.sub("[\ud800-\udfff]", "\ufffd", kept.decode("utf-16-be", "surrogatepass"))


def _starts_with_mark(_: Field, text: str) -> bool:
    return text.startswith(("þÿ", "ÿþ", "ï»¿"))


def _has_foreign_states(field: Field, _: str) -> bool:
    return field.kind == "Btn" and not all(map(str.isascii, field.exports))


def _has_distant_states(field: Field, _: str) -> bool:
    return field.kind == "Btn" and any(ord(max(export)) > 0xFF for export in field.exports)


def _has_escaped_states(field: Field, _: str) -> bool:
    return field.kind == "Btn" and any(re.search(r"[ #%()/<>[\]{}]", export) for export in field.exports)


def _is_longer_in_utf16(field: Field, text: str) -> bool:
    return field.max_length is not None and len(text.encode("utf-16-be")) > 2 * field.max_length


SINGLE_LINE = Field(path=("Veld",))
DISTANT_STATE = Field(path=("Veld",), kind="Btn", options=(("ćma", "ćma"),))
FOREIGN_STATE = Field(path=("Veld",), kind="Btn", options=(("één", "één"),))
ESCAPED_STATE = Field(path=("Veld",), kind="Btn", options=(("a b", "a b"),))
SHORT = Field(path=("Veld",), max_length=2)
SECRET = Field(path=("Veld",), flags=PASSWORD)
LIST = Field(path=("Veld",), kind="Ch", options=(("nl", "Nederlands"), ("fy", "Fries")))
COMBINED = replace(LIST, flags=COMBO | EDIT)
SEVERAL = replace(LIST, flags=MULTI_SELECT)
AES_256 = frozenset({"AES-256", "AES-256, object streams"})

LOSSES: tuple[Loss, ...] = (
    *(
        Loss(
            program=program,
            does="reads",
            when="a text with U+001B in it",
            why=f"what follows is left out, as if it named a language (7.9.2.2); {where}",
            value=("a\x1bb",),
            change=unpredictable(lambda _, text: "\x1b" in text),
        )
        for program, where in {
            "pdfium": "`StripLanguageCodes` in fpdf_parser_decode.cpp",
            "pdfjs": "`stringToPDFString` in src/shared/util.js",
        }.items()
    ),
    *(
        Loss(
            program=program,
            does=does,
            when="a state of a button whose name is not ASCII",
            why="names are taken for Latin-1 or PDFDocEncoding, where 7.3.5 recommends UTF-8",
            field=FOREIGN_STATE,
            value=("één",),
            change=unpredictable(_has_foreign_states),
        )
        for program, does in [
            *[("pdfium", "reads"), ("pdfjs", "reads"), ("pdftk", "reads")],
            *[("pdfjs", "types"), ("pdfjs-3", "types"), ("mupdf", "types")],
        ]
    ),
    *(
        Loss(
            program="pdftk",
            does=does,
            when="a file encrypted with AES-256",
            why="it is not opened: the iText in it is of 2009, and that encryption of 2017 (7.6.4)",
            refuses=AES_256,
        )
        for does in EVERYTHING
    ),
    Loss(
        program="pdftk",
        does="types",
        when="a state of a button whose name is not in Latin-1",
        why="it is stored as other characters: names are written a byte for each",
        field=DISTANT_STATE,
        value=("ćma",),
        change=unpredictable(_has_distant_states),
    ),
    Loss(
        program="pdftk",
        does="reads",
        when="˘ ˇ ˆ ˙ ˝ ˛ ˚ ˜ in PDFDocEncoding",
        why="they are read as U+0018 to U+001F; the table in its iText begins at 80 hexadecimal",
        value=("a˘",),
        change=on_texts(_without_pdfdoc_accents),
    ),
    Loss(
        program="mupdf",
        does="reads",
        when="a text with U+001B in it twice",
        why="what stands between is left out, as if it named a language (7.9.2.2); `skip_language_code_utf16be`",
        value=("a\x1b-\x1bb",),
        change=unpredictable(lambda _, text: text.count("\x1b") > 1),
    ),
    Loss(
        program="pypdf",
        does="reads",
        when="a text in PDFDocEncoding that has U+0000 at its first or second place",
        why="it is taken for UTF-16 without a mark: `create_string_object` in generic/_utils.py",
        value=("Ê\0",),
        change=unpredictable(lambda _, text: "\0" in text[:2]),
    ),
    Loss(
        program="mupdf",
        does="reads",
        when="several options of one list",
        why="none is told: PyMuPDF gives a single text, and finds none in an array",
        field=SEVERAL,
        value=("nl", "fy"),
        change=lambda field, value: value if field.kind != "Ch" or len(value) < 2 else (),
    ),
    Loss(
        program="mupdf",
        does="reads",
        when="a text in PDFDocEncoding whose bytes happen to be UTF-8",
        why="it is taken for UTF-8, which needs a mark (7.9.2.2); `pdf_new_utf8_from_pdf_string` in pdf-parse.c",
        value=("Ã©",),
        change=unpredictable(_is_taken_for_utf8),
    ),
    Loss(
        program="pdfium",
        does="reads",
        when="several options of one list",
        why="the first is told: `FPDFAnnot_GetFormFieldValue` gives a single text",
        field=SEVERAL,
        value=("nl", "fy"),
        change=_first_of_list,
    ),
    Loss(
        program="mupdf",
        does="reads",
        when="a text with U+0000 in it",
        why="it may end there: texts are strings in C that end with NUL, which is escaped in some encodings only",
        value=("a\0b",),
        change=unpredictable(lambda _, text: "\0" in text),
    ),
    Loss(
        program="poppler",
        does="reads",
        when="a text with U+0000 in it",
        why="it ends there: its C interface gives a string that ends with NUL",
        value=("a\0b",),
        change=on_texts(lambda text: text.partition("\0")[0]),
    ),
    Loss(
        program="poppler",
        does="reads",
        when="a choice whose options show other texts than their export values",
        why="the texts are told; its C interface does not tell export values",
        field=LIST,
        value=("fy",),
        change=lambda field, value: tuple(dict(field.options).get(item, item) for item in value),
    ),
    Loss(
        program="poppler",
        does="reads",
        when="a checkbox or radio button",
        why="its C interface tells that one is on, and not which state that is",
        field=Field(path=("Veld",), kind="Btn", options=(("Ja", "Ja"),)),
        value=("Ja",),
        change=lambda field, value: ANYTHING if field.kind == "Btn" else value,
    ),
    Loss(
        program="pdfium",
        does="types",
        when="a character beyond U+FFFF",
        why="the upper bits are lost: its field editor keeps 16 bits of each",
        value=("🙂",),
        change=on_texts(_lower_halves),
    ),
    Loss(
        program="pdfium",
        does="types",
        when="a tab",
        why="it becomes a space: its field editor knows no tabs",
        value=("a\tb",),
        change=on_texts(lambda text: text.replace("\t", " ")),
    ),
    Loss(
        program="pdfium",
        does="types",
        when="a line end in a field of one line",
        why="it is left out: its field editor takes none there",
        field=SINGLE_LINE,
        value=("a\nb",),
        change=lambda field, value: (
            value
            if field.flags & MULTILINE
            else tuple(text for text in (item.replace("\n", "") for item in value) if text)
        ),
    ),
    *(
        Loss(
            program=program,
            does="types",
            when="a text that begins with þÿ",
            why="it is stored in PDFDocEncoding, where these two are the mark of UTF-16 (7.9.2.2)",
            value=("þÿ",),
            change=unpredictable(_starts_with_mark),
        )
        for program in ("pdfium", "pdfbox")
    ),
    Loss(
        program="pdfbox",
        does="types",
        when="U+FFFD",
        why="it is stored as the byte 9F, which PDFDocEncoding leaves undefined (annex D.2)",
        value=("\ufffd",),
        change=unpredictable(lambda _, text: "\ufffd" in text),
    ),
    Loss(
        program="pdftk",
        does="types",
        when="a text of one's own that begins with þÿ in a combo box",
        why="it is stored in PDFDocEncoding, too; in text fields pdftk uses UTF-16",
        field=COMBINED,
        value=("þÿ",),
        change=unpredictable(lambda field, text: field.kind == "Ch" and _starts_with_mark(field, text)),
    ),
    *(
        Loss(
            program=program,
            does="types",
            when="a password",
            why="it is not saved: `_getAppearance` in src/core/annotation.js gives no picture, and nothing is written",
            field=SECRET,
            value=("geheim",),
            change=lambda field, value: ANYTHING if field.flags & PASSWORD and field.kind == "Tx" else value,
        )
        for program in ("pdfjs", "pdfjs-3")
    ),
    Loss(
        program="pdftk",
        does="types",
        when="a text with characters beyond U+FFFF in a field with `/MaxLen`",
        why="it is cut off too soon, if need be in the middle of one: each counts as two, as in Java",
        field=SHORT,
        value=("🙂a",),
        change=unpredictable(_is_longer_in_utf16),
    ),
    Loss(
        program="poppler",
        does="types",
        when="a text that begins with U+FEFF",
        why="that is left out, as a byte order mark",
        value=("\ufeffa",),
        change=on_texts(lambda text: text.removeprefix("\ufeff")),
    ),
    Loss(
        program="mupdf",
        does="types",
        when="several options of one list",
        why="PyMuPDF sets one: `Widget.field_value` is a single text",
        field=SEVERAL,
        value=("nl", "fy"),
        change=_first_of_list,
    ),
    Loss(
        program="mupdf",
        does="types",
        when="a state of a button whose name is written with escapes",
        why="it cannot be set: PyMuPDF takes it from the source of the object, `#20` and all (7.3.5)",
        field=ESCAPED_STATE,
        value=("a b",),
        change=unpredictable(_has_escaped_states),
    ),
)


def expected(program: str, does: str, field: Field, value: tuple[str, ...]) -> Seen:
    """Return what is seen of a value when a program has read or typed it."""
    seen: Seen = value
    for loss in LOSSES:
        if (loss.program, loss.does) == (program, does) and not isinstance(seen, _Anything):
            seen = loss.change(field, seen)
    return seen


def is_refused(program: str, does: str, form: Form) -> bool:
    return any(form.packing in loss.refuses for loss in LOSSES if (loss.program, loss.does) == (program, does))


# What typing can be asked for: PDFium's and Poppler's helpers choose in no buttons, and qpdf types nothing.
TYPES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(SAVERS, frozenset({"Tx", "Ch", "Btn"})),
    "pdfium": frozenset({"Tx"}),
    "poppler": frozenset({"Tx", "Ch"}),
    "qpdf": frozenset(),
}


def is_asked(program: str, field: Field, value: tuple[str, ...]) -> bool:
    """Whether a program is asked to type a value.

    PyMuPDF has no way to take a choice back, and pdf.js, as any viewer, none to take back that of a radio button.
    """
    if not value and program == "mupdf" and field.kind != "Tx":
        return False
    if not value and program in ("pdfjs", "pdfjs-3") and field.kind == "Btn" and field.flags & RADIO:
        return False
    return field.kind in TYPES[program]


# Filling, typing, reading


def filled(form: Form, values: Values) -> bytes:
    template = veldpdf.Template.open(packed(form), drop_xfa=form.has_xfa)
    return template.fill({name: _given(form.field(name), value) for name, value in values.items()})


def _given(field: Field, value: tuple[str, ...]) -> str | tuple[str, ...]:
    return value if field.kind == "Ch" and field.flags & MULTI_SELECT else "".join(value)


def typed(program: str, pdf: bytes, form: Form, values: Values) -> bytes:
    """Have a program type values into a file; Poppler is told options by the texts that they show."""
    if program == "poppler":
        values = {
            name: tuple(dict(form.field(name).options).get(item, item) for item in value)
            for name, value in values.items()
        }
    return SAVERS[program](pdf, values)


def put_in(form: Form, values: Values) -> Values:
    """Return what a form says that was filled."""
    return {each.name: values.get(each.name, (each.value,) if each.value else ()) for each in form.fields}


def with_veldpdf(pdf: bytes, form: Form) -> Values:
    """Return what we read, whether we are asked for the answers of a worksheet or for all fields."""
    inspected = inspect_pdf(pdf, source="PDF", forms=[])
    found = {
        each.name: tuple(
            item for item in (each.value if isinstance(each.value, list) else [each.value]) if item
        )
        for each in inspected.fields
    }
    # A definition leaves out the part of the names that all of them have.
    definition = define_form(packed(form), source="PDF")
    answers = veldpdf.read(pdf, form=definition).answers.values()
    assert sorted(answer.text for answer in answers) == sorted("\n".join(value) for value in found.values())
    return found


def at_hand(programs: Iterable[str]) -> list[str]:
    """Return the programs that are there; in CI all must be."""
    found = [program for program in programs if differential.missing(program) is None]
    if os.environ.get("CI"):
        for program in programs:
            need(differential.missing(program))
    return found


@pytest.fixture(scope="module", autouse=True)
def programs_end() -> Iterator[None]:
    yield
    for server in differential.SERVERS:
        server.close()


def many(count: int) -> settings:
    """Return how many examples a property takes, and whether they are the same ones each time."""
    return settings(
        max_examples=EXAMPLES or count,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


def differences(seen: Values, wanted: Mapping[str, Seen]) -> dict[str, tuple[Seen, object]]:
    return {name: (value, seen.get(name)) for name, value in wanted.items() if value != seen.get(name)}


@many(60)
@given(form=forms(), data=st.data())
def test_every_reader_sees_what_was_filled_in(form: Form, data: st.DataObject) -> None:
    values = drawn_values(data, form, TEXTS)
    pdf, wanted = filled(form, values), put_in(form, values)
    assert with_veldpdf(pdf, form) == wanted
    for reader in at_hand(READERS):
        if is_refused(reader, "reads", form):
            continue
        told = {each.name: expected(reader, "reads", each, wanted[each.name]) for each in form.fields}
        assert (reader, differences(READERS[reader](pdf), told)) == (reader, {})


@many(40)
@given(form=forms(), data=st.data())
def test_what_was_filled_in_is_read_after_any_program_has_saved_it(form: Form, data: st.DataObject) -> None:
    values = drawn_values(data, form, TEXTS)
    pdf, wanted = filled(form, values), put_in(form, values)
    for program in at_hand(SAVERS):
        if not is_refused(program, "saves", form):
            assert (program, differences(with_veldpdf(SAVERS[program](pdf, {}), form), wanted)) == (program, {})


@many(50)
@given(form=forms(), data=st.data())
def test_what_is_typed_over_what_was_filled_in_is_read(form: Form, data: st.DataObject) -> None:
    before, after = drawn_values(data, form, TEXTS), drawn_values(data, form, TYPED_TEXTS)
    pdf = filled(form, before)
    for program in at_hand(SAVERS):
        if is_refused(program, "types", form):
            continue
        values = {name: value for name, value in after.items() if is_asked(program, form.field(name), value)}
        told = {name: expected(program, "types", form.field(name), value) for name, value in values.items()}
        wanted: Mapping[str, Seen] = {**put_in(form, before), **told}
        seen = with_veldpdf(typed(program, pdf, form, values), form)
        assert (program, differences(seen, wanted)) == (program, {})


@pytest.mark.parametrize("loss", LOSSES, ids=str)
def test_each_loss_is_one_indeed(loss: Loss) -> None:
    """A program that has been mended leaves the table."""
    need(differential.missing(loss.program))
    form = Form(fields=(loss.field,), packing=min(loss.refuses, default="table"))
    values = {loss.field.name: loss.value}
    if loss.refuses:
        with pytest.raises(Refused):
            _done(loss, form, {})
        return
    seen = _done(loss, form, values).get(loss.field.name)
    assert seen != loss.value
    assert expected(loss.program, loss.does, loss.field, loss.value) == seen


def _done(loss: Loss, form: Form, values: Values) -> Values:
    if loss.does == "reads":
        return READERS[loss.program](filled(form, values))
    return with_veldpdf(typed(loss.program, packed(form), form, values), form)


def test_each_loss_has_its_line_in_the_manual() -> None:
    manual = (ROOT / "docs" / "viewers.md").read_text(encoding="utf-8")
    rows = [line for line in manual.splitlines() if line.startswith("| ")]
    assert rows[1:] == [loss.row for loss in LOSSES]


@many(30)
@given(st.lists(TEXTS | HALVES, min_size=1, max_size=4).map("".join))
def test_half_a_character_is_refused_and_not_told(text: str) -> None:
    assume(re.search("[\ud800-\udfff]", text))
    template = veldpdf.Template.open(packed(Form(fields=(Field(path=("Veld",)),))))
    with pytest.raises(veldpdf.ValuesError) as caught:
        template.fill({"Veld": text})
    assert text not in f"{caught.value.what}{caught.value.remedy}"


@pytest.mark.parametrize("program", ["pdfjs", "pdfbox", "pdftk"])
def test_half_a_character_that_a_viewer_stored_is_read_as_damaged(program: str) -> None:
    """Programs in Java and JavaScript have texts with half a character in them, and store them as they are."""
    need(differential.missing(program))
    form = Form(fields=(Field(path=("Veld",), flags=MULTILINE),))
    saved = typed(program, packed(form), form, {"Veld": ("Ł\ud83d.",)})
    assert inspect_pdf(saved, source="PDF", forms=[]).fields[0].value == "Ł\ufffd."


def test_a_hybrid_file_that_repeats_its_trailer_in_the_stream_is_read_and_filled() -> None:
    """As Word writes them: what the stream's dictionary refers to does not matter for the objects that it tells of."""
    form = Form(fields=(Field(path=("Een",)), Field(path=("Twee",), value="oud")), packing="hybrid")
    assert re.search(rb"/Type/XRef.*/Root 1 0 R", packed(form))
    assert with_veldpdf(packed(form), form) == {"Een": (), "Twee": ("oud",)}
    assert with_veldpdf(filled(form, {"Twee": ("nieuw",)}), form) == {"Een": (), "Twee": ("nieuw",)}


@pytest.mark.parametrize("program", ["poppler", "pdfjs-3"])
def test_inspecting_believes_the_latest_revision_as_reading_does(program: str) -> None:
    """The old text stays on the field, the new one stands on its widgets, and no picture shows it."""
    need(differential.missing(program))
    form = Form(fields=(Field(path=("Veld",), flags=MULTILINE, widgets=2),))
    saved = typed(program, filled(form, {"Veld": ("oud",)}), form, {"Veld": ("\ue000",)})
    assert with_veldpdf(saved, form) == {"Veld": ("\ue000",)}


def test_a_box_that_was_cleared_on_its_widgets_only_is_off() -> None:
    """As the pdf.js of Firefox before 2024 leaves it: the field still has the state of before."""
    need(differential.missing("pdfjs-3"))
    form = Form(fields=(Field(path=("Veld",), kind="Btn", options=(("Ja", "Ja"), ("Nee", "Nee"))),))
    ticked = filled(form, {"Veld": ("Ja",)})
    assert with_veldpdf(typed("pdfjs-3", ticked, form, {"Veld": ()}), form) == {"Veld": ()}
    assert with_veldpdf(typed("pdfjs-3", ticked, form, {"Veld": ("Nee",)}), form) == {"Veld": ("Nee",)}


def test_a_box_that_was_cleared_with_an_empty_name_is_off() -> None:
    """As pdftk clears one when it is given an empty value."""
    need(differential.missing("pdftk"))
    form = Form(fields=(Field(path=("Veld",), kind="Btn", options=(("Ja", "Ja"),)),))
    saved = typed("pdftk", filled(form, {"Veld": ("Ja",)}), form, {"Veld": ()})
    with pikepdf.open(BytesIO(saved)) as document:
        assert document.Root.AcroForm.Fields[0].V.unparse() == b"/"
    assert with_veldpdf(saved, form) == {"Veld": ()}
