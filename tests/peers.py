"""Our reading of other people's forms beside that of four programs that share no code with it.

``python -m tests.peers FOLDER`` takes every PDF below a folder, also those in tar, zip and wheel archives, and lists
each field of which a reader says something else: another value, another type, or that there is no such field. It
fetches nothing. What came of it on the forms that packages ship, and why, stands in docs/peers.md.

The readers are a plain walk along the standard's field tree (pikepdf), PDFium's and MuPDF's own form code, and pdftk.
Two of them start from the tree (12.7.3), two from the widgets on the pages, and so each misses what the other sees.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import groupby
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, TypeAlias

import pikepdf
import pymupdf
import pypdfium2 as pdfium
from pypdfium2 import raw

from tests.engines import pdftk
from veldpdf.errors import VeldpdfError
from veldpdf.isolation import IsolatedWorkers
from veldpdf.limits import Failure, Limits
from veldpdf.pdf.acroform import Field, FieldFlag, FieldType, read_fields
from veldpdf.pdf.chosen import choices_of, on_states, options_of, read_value
from veldpdf.pdf.document import LockedError, UnreadableError, open_pdf
from veldpdf.pdf.evidence import Evidence

# A form of more bytes is an archive of scans.
_LARGEST = 64 * 1024 * 1024
# Archives in archives: a wheel in a source distribution.
_DEEPEST = 2
_ARCHIVES = frozenset((".gz", ".xz", ".bz2", ".tgz", ".tar", ".zip", ".whl"))
_HEADER_WITHIN = 1024
_WIDEST = 80
_UNKNOWN = "unknown"
_MOST_NODES = 200_000
# Seconds per file and reader. Memory is counted in addresses, of which Java takes far more than it uses.
_LIMITS = Limits(seconds=60, megabytes=8_000)
_BUTTONS = (FieldType.CHECKBOX, FieldType.RADIO)
_VALUED = (FieldType.TEXT, FieldType.CHOICE, *_BUTTONS)

# What is chosen or typed: nothing, one text, or several.
Said = tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What one reader says of one field.

    Attributes:
        kind: Type of the field, as `inspect` names it, or ``unknown``.
        said: What it says at each place where it looks: a widget, or an entry of that name. Each once.
        options: What there is to choose from: states that are on, or the options of a list.
    """

    kind: str
    said: list[Said] = field(default_factory=list)
    options: set[str] = field(default_factory=set)

    def add(self, said: Said) -> None:
        """Take in what it says at one more place; no text at all is the same as an empty one."""
        plain = tuple(text.replace("\r\n", "\n").replace("\r", "\n") for text in said)
        if plain == ("",):
            plain = ()
        if plain not in self.said:
            self.said.append(plain)


@dataclass(frozen=True, slots=True)
class OurField:
    """What we say of a field.

    Attributes:
        kind: Its type.
        said: Its value, each of whose texts may be spelt in several ways: a state by its name or by what it stands
            for, an option by its export value or by the text that shows.
        options: What there is to choose from, each with its spellings.
        on_page: Whether any page shows it.
    """

    kind: str
    said: tuple[tuple[str, ...], ...]
    options: tuple[tuple[str, ...], ...]
    on_page: bool

    @property
    def first_spellings(self) -> Said:
        """Its value as `inspect` shows it."""
        return tuple(spellings[0] for spellings in self.said)

    def agrees_with(self, said: Said) -> bool:
        """Whether a reader says the same, in whatever order."""
        left = list(self.said)
        for text in said:
            meant = next((spellings for spellings in left if text in spellings), None)
            if meant is None:
                return False
            left.remove(meant)
        return not left

    def offers(self, options: set[str]) -> bool:
        """Whether a reader sees the same to choose from: each of ours, and none beside them."""
        is_whole = all(options.intersection(spellings) for spellings in self.options)
        return is_whole and options <= {text for spellings in self.options for text in spellings}


Readings = dict[str, Reading]


class LockedForReaderError(Exception):
    """The file needs a password."""


def ours(data: bytes) -> dict[str, OurField]:
    """Return what the layer below `inspect` says of every field of a file."""
    try:
        opened = open_pdf(data)
    except LockedError as exc:
        raise LockedForReaderError from exc
    evidence = Evidence(data)
    with opened.pdf:
        return {each.name: _our_field(each, evidence) for each in read_fields(opened.pdf)}


def _our_field(each: Field, evidence: Evidence) -> OurField:
    value = read_value(each, evidence) if each.type in _VALUED else None
    texts = [value] if isinstance(value, str) else value or []
    if texts == [""]:
        texts = []
    said, options = (
        tuple((text, *_other_spellings(each, text)) for text in among) for among in (texts, choices_of(each))
    )
    return OurField(each.type, said, options, bool(each.pages))


def _other_spellings(each: Field, text: str) -> Iterator[str]:
    if each.type in _BUTTONS:
        for state in on_states(each):
            if state.export == text:
                yield state.name.decode("utf-8", "replace")
                yield state.name.decode("latin-1")
    if each.type is FieldType.CHOICE:
        yield from (option.display for option in options_of(each) if option.export == text)


# --- the standard's field tree, by pikepdf -------------------------------------------------------------------------


def with_pikepdf(data: bytes) -> Readings:
    """Return the fields of the tree below ``/Fields``, as the standard has it and no further (12.7.4)."""
    try:
        document = pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as exc:
        raise LockedForReaderError from exc
    with document:
        form = document.Root.get("/AcroForm")
        found: Readings = {}
        if isinstance(form, pikepdf.Dictionary):
            seen: set[tuple[int, int]] = set()
            for root in _dictionaries(form.get("/Fields")):
                _walk(root, {}, "", found, seen)
        return found


def _dictionaries(value: object) -> list[pikepdf.Dictionary]:
    if not isinstance(value, pikepdf.Array):
        return []
    return [item for item in value if isinstance(item, pikepdf.Dictionary)]


def _walk(
    node: pikepdf.Dictionary,
    inherited: Mapping[str, object],
    above: str,
    found: Readings,
    seen: set[tuple[int, int]],
) -> None:
    if node.objgen in seen or len(seen) > _MOST_NODES:
        return
    if node.objgen != (0, 0):
        seen.add(node.objgen)
    known = {**inherited, **{key: node[key] for key in ("/FT", "/Ff", "/V", "/Opt") if key in node}}
    partial = node.get("/T")
    name = ".".join(part for part in (above, "" if partial is None else str(partial)) if part)
    fields = [kid for kid in _dictionaries(node.get("/Kids")) if "/T" in kid]
    for kid in fields:
        _walk(kid, known, name, found, seen)
    if not fields:
        flags = known.get("/Ff", 0)
        kind = _kind(str(known.get("/FT", "")).removeprefix("/"), flags if isinstance(flags, int) else 0)
        reading = found.setdefault(name, Reading(kind))
        if kind in _VALUED:
            reading.add(_said_by_object(known.get("/V"), is_button=kind in _BUTTONS))
        if kind == FieldType.CHOICE:
            reading.options |= _options_of(known.get("/Opt"))
        if kind in _BUTTONS:
            reading.options |= {
                state for widget in (node, *_dictionaries(node.get("/Kids"))) for state in _on_states_of(widget)
            }


def _options_of(value: object) -> set[str]:
    if not isinstance(value, pikepdf.Array):
        return set()
    return {_text(item[0] if isinstance(item, pikepdf.Array) else item) for item in value}


def _on_states_of(widget: pikepdf.Dictionary) -> Iterator[str]:
    pictures = widget.get("/AP")
    states = pictures.get("/N") if isinstance(pictures, pikepdf.Dictionary) else None
    if isinstance(states, pikepdf.Dictionary):
        yield from (state[1:] for state in states.keys() if state != "/Off")  # noqa: SIM118 - its names, not values


def _kind(type_name: str, flags: int) -> str:
    """Return the type of a field by ``/FT`` and ``/Ff`` (12.7.5)."""
    if type_name == "Btn":
        if flags & FieldFlag.PUSHBUTTON:
            return FieldType.BUTTON
        return FieldType.RADIO if flags & FieldFlag.RADIO else FieldType.CHECKBOX
    kinds = {"Tx": FieldType.TEXT, "Ch": FieldType.CHOICE, "Sig": FieldType.SIGNATURE}
    return kinds.get(type_name, _UNKNOWN)


def _said_by_object(value: object, *, is_button: bool) -> Said:
    if isinstance(value, pikepdf.Array):
        return tuple(_text(item) for item in value)
    if value is None or (is_button and value == pikepdf.Name.Off):
        return ()
    return (_text(value),)


def _text(value: object) -> str:
    match value:
        case pikepdf.Stream():
            return str(pikepdf.String(value.read_bytes()))
        case pikepdf.Name():
            return str(value).removeprefix("/")
        case pikepdf.Object() if not isinstance(value, pikepdf.String):
            return ""
        case _:
            return str(value)


# --- PDFium: what its form filler shows in the widgets --------------------------------------------------------------

_PDFIUM_KINDS = MappingProxyType(
    {
        raw.FPDF_FORMFIELD_TEXTFIELD: FieldType.TEXT,
        raw.FPDF_FORMFIELD_CHECKBOX: FieldType.CHECKBOX,
        raw.FPDF_FORMFIELD_RADIOBUTTON: FieldType.RADIO,
        raw.FPDF_FORMFIELD_COMBOBOX: FieldType.CHOICE,
        raw.FPDF_FORMFIELD_LISTBOX: FieldType.CHOICE,
        raw.FPDF_FORMFIELD_PUSHBUTTON: FieldType.BUTTON,
        raw.FPDF_FORMFIELD_SIGNATURE: FieldType.SIGNATURE,
    }
)


def with_pdfium(data: bytes) -> Readings:
    """Return the fields that PDFium's form filler shows on the pages."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as exc:
        if getattr(exc, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise LockedForReaderError from exc
        raise
    found: Readings = {}
    try:
        document.init_forms()
        for index in range(len(document) if document.formenv else 0):
            _add_pdfium_page(document, index, found)
    finally:
        document.close()
    return found


def _add_pdfium_page(document: pdfium.PdfDocument, index: int, found: Readings) -> None:
    page = document[index]
    form = document.formenv
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, number)
        kind = raw.FPDFAnnot_GetFormFieldType(form, annotation)
        if raw.FPDFAnnot_GetSubtype(annotation) == raw.FPDF_ANNOT_WIDGET and kind >= 0:
            name = _wide(raw.FPDFAnnot_GetFormFieldName, form, annotation)
            reading = found.setdefault(name, Reading(_PDFIUM_KINDS.get(kind, _UNKNOWN)))
            if reading.kind in _VALUED:
                reading.add(_said_by_pdfium(form, annotation, reading.kind))
                reading.options.update(_offered_by_pdfium(form, annotation, reading.kind))
        raw.FPDFPage_CloseAnnot(annotation)
    page.close()


def _said_by_pdfium(form: object, annotation: object, kind: str) -> Said:
    if kind == FieldType.CHOICE:
        chosen = tuple(
            _wide(raw.FPDFAnnot_GetOptionLabel, form, annotation, option)
            for option in range(max(raw.FPDFAnnot_GetOptionCount(form, annotation), 0))
            if raw.FPDFAnnot_IsOptionSelected(form, annotation, option)
        )
        if chosen:
            return chosen
    value = _wide(raw.FPDFAnnot_GetFormFieldValue, form, annotation)
    return () if not value or (kind in _BUTTONS and value == "Off") else (value,)


def _offered_by_pdfium(form: object, annotation: object, kind: str) -> Iterator[str]:
    if kind == FieldType.CHOICE:
        for option in range(max(raw.FPDFAnnot_GetOptionCount(form, annotation), 0)):
            yield _wide(raw.FPDFAnnot_GetOptionLabel, form, annotation, option)
    elif kind in _BUTTONS:
        yield _wide(raw.FPDFAnnot_GetFormFieldExportValue, form, annotation)


def _wide(function: Callable[..., int], *arguments: object) -> str:
    size = function(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(size)
    function(*arguments, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw[: max(size - 2, 0)].decode("utf-16-le", "replace")


# --- MuPDF: its own form code, widget by widget ---------------------------------------------------------------------

_MUPDF_KINDS = MappingProxyType(
    {
        pymupdf.mupdf.PDF_WIDGET_TYPE_TEXT: FieldType.TEXT,
        pymupdf.mupdf.PDF_WIDGET_TYPE_CHECKBOX: FieldType.CHECKBOX,
        pymupdf.mupdf.PDF_WIDGET_TYPE_RADIOBUTTON: FieldType.RADIO,
        pymupdf.mupdf.PDF_WIDGET_TYPE_COMBOBOX: FieldType.CHOICE,
        pymupdf.mupdf.PDF_WIDGET_TYPE_LISTBOX: FieldType.CHOICE,
        pymupdf.mupdf.PDF_WIDGET_TYPE_BUTTON: FieldType.BUTTON,
        pymupdf.mupdf.PDF_WIDGET_TYPE_SIGNATURE: FieldType.SIGNATURE,
    }
)


def with_mupdf(data: bytes) -> Readings:
    """Return the fields of the widgets that MuPDF finds on the pages."""
    found: Readings = {}
    with pymupdf.open(stream=data, filetype="pdf") as document:
        if document.needs_pass:
            raise LockedForReaderError
        for page in document:
            for widget in page.widgets():
                name = widget.field_name or ""
                reading = found.setdefault(name, Reading(_MUPDF_KINDS.get(widget.field_type, _UNKNOWN)))
                if reading.kind in _BUTTONS:
                    _add_state(reading, widget)
                elif reading.kind in _VALUED:
                    reading.add(_said_by_mupdf(widget))
                reading.options.update(_offered_by_mupdf(widget, reading.kind))
    return found


def _offered_by_mupdf(widget: Any, kind: str) -> Iterator[str]:
    if kind == FieldType.CHOICE:
        yield from (each if isinstance(each, str) else each[0] for each in widget.choice_values or ())
    elif kind in _BUTTONS:
        states = widget.button_states() or {}
        yield from (state for state in states.get("normal") or () if state != "Off")


def _add_state(reading: Reading, widget: Any) -> None:
    """Take in the state of one widget: off everywhere is off, and on anywhere is on."""
    state = widget.field_value
    if state not in ("", "Off", None, False):
        if reading.said == [()]:
            reading.said.clear()
        reading.add((str(state),))
    elif not reading.said:
        reading.add(())


def _said_by_mupdf(widget: Any) -> Said:
    mupdf = pymupdf.mupdf
    value = mupdf.pdf_dict_get_inheritable(
        mupdf.pdf_annot_obj(widget._annot.this), mupdf.PDF_ENUM_NAME_V
    )  # pymupdf gives nothing for a list
    if mupdf.pdf_is_array(value):
        items = (mupdf.pdf_array_get(value, index) for index in range(mupdf.pdf_array_len(value)))
        return tuple(mupdf.pdf_to_text_string(item) for item in items)
    return (widget.field_value or "",)


# --- pdftk: its dump of all fields ----------------------------------------------------------------------------------


def with_pdftk(data: bytes) -> Readings:
    """Return the fields that pdftk lists."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.pdf"), Path(folder, "out.txt")
        source.write_bytes(data)
        done = subprocess.run(
            ["pdftk", source, "dump_data_fields_utf8", "output", target],
            capture_output=True,
            timeout=_LIMITS.seconds - 5,
            check=False,
        )
        if done.returncode or not target.exists():
            if b"PASSWORD" in done.stderr.upper():
                raise LockedForReaderError
            message = "pdftk gives no list"
            raise ValueError(message)
        return _in_dump(target.read_bytes().decode("utf-8", "replace"))


def _in_dump(dump: str) -> Readings:
    """Return the fields in a dump; a value may hold line breaks, and ends where the next key begins."""
    found: Readings = {}
    for block in ("\n" + dump).split("\n---\n")[1:]:
        entries: list[tuple[str, list[str]]] = []
        for line in block.removesuffix("\n").split("\n"):
            key, colon, rest = line.partition(":")
            if colon and key in _PDFTK_KEYS:
                entries.append((key, [rest.removeprefix(" ")]))
            elif entries:
                entries[-1][1].append(line)
        _add_entry(found, [(key, "\n".join(lines)) for key, lines in entries])
    return found


_PDFTK_KEYS = frozenset(
    "Field" + key
    for key in (
        *("Type", "Name", "NameAlt", "Flags", "Value", "ValueDefault", "Justification", "MaxLength"),
        *("StateOption", "StateOptionDisplay"),
    )
)
_PDFTK_TYPES = MappingProxyType({"Text": "Tx", "Button": "Btn", "Choice": "Ch", "Signature": "Sig"})


def _add_entry(found: Readings, entries: Sequence[tuple[str, str]]) -> None:
    single = dict(entries)
    flags = int(single.get("FieldFlags", "0"))
    kind = _kind(_PDFTK_TYPES.get(single.get("FieldType", ""), ""), flags)
    reading = found.setdefault(single.get("FieldName", ""), Reading(kind))
    if kind in _VALUED:
        said = tuple(text for key, text in entries if key == "FieldValue")
        reading.add(() if kind in _BUTTONS and said == ("Off",) else said)
        options = {text for key, text in entries if key == "FieldStateOption"}
        reading.options |= options - {"Off"} if kind in _BUTTONS else options


# --- who says what --------------------------------------------------------------------------------------------------

READERS: Mapping[str, Callable[[bytes], Readings]] = MappingProxyType(
    {"pikepdf": with_pikepdf, "pdfium": with_pdfium, "mupdf": with_mupdf, "pdftk": with_pdftk}
)
# These list what the pages show, and cannot know of a field that shows nowhere.
_BY_PAGE = ("pdfium", "mupdf")
_US = "veldpdf"


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a reader says nothing of a file.

    Attributes:
        why: ``locked``, ``cannot open``, ``crashed`` or ``takes too long``.
    """

    why: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A field, or a file, of which one reader at least says something else than we do.

    Attributes:
        file: Which file.
        name: Fully qualified name of the field; None where it is about the file.
        kind: ``value``, ``options``, ``type``, ``not there`` (we list it), ``only there`` (we do not), or ``opening``.
        readers: Who disagrees.
        said: What each says, ourselves first.
    """

    file: str
    name: str | None
    kind: str
    readers: tuple[str, ...]
    said: Mapping[str, str]


@dataclass(slots=True)
class Tally:
    """What came of one reader.

    Attributes:
        files: Forms that it read.
        fields: Fields compared.
        agreed: Those of which it says the same in all respects.
        out_of_reach: Fields that no page shows, where the reader lists what pages show.
        kinds: How often it disagreed, by kind.
    """

    files: int = 0
    fields: int = 0
    agreed: int = 0
    out_of_reach: int = 0
    kinds: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Comparison:
    """What came of a folder.

    Attributes:
        files: PDFs that were looked at, each once.
        forms: Those in which anybody found a field.
        fields: Fields that we found.
        readers: By name.
        disagreements: In the order of the files.
    """

    files: int = 0
    forms: int = 0
    fields: int = 0
    readers: dict[str, Tally] = field(default_factory=dict)
    disagreements: list[Disagreement] = field(default_factory=list)


def read_with(task: tuple[str, bytes]) -> dict[str, OurField] | Readings | Failed:
    """Return what one reader says of the bytes of a file: the task of a worker process."""
    reader, data = task
    try:
        return ours(data) if reader == _US else READERS[reader](data)
    except LockedForReaderError:
        return Failed("locked")
    except UnreadableError:
        return Failed("cannot open")
    except Exception as exc:
        return Failed(f"cannot open ({type(exc).__name__})")


def compare(files: Iterable[tuple[str, bytes]], readers: Sequence[str], workers: int = 2) -> Comparison:
    """Return who says what of some files.

    Args:
        files: Names and bytes.
        readers: Names of `READERS`.
        workers: Processes at a time, each of which a file may bring down; none for files that are known to be harmless.
    """
    if not workers:
        return _compared(files, readers, lambda tasks: map(read_with, tasks))
    with IsolatedWorkers(read_with, count=workers, limits=_LIMITS) as pool:
        return _compared(files, readers, pool.results)


def _compared(files: Iterable[tuple[str, bytes]], readers: Sequence[str], ask: _Ask) -> Comparison:
    result = Comparison(readers={reader: Tally() for reader in readers})
    # pdftk takes a second to start: it is asked where somebody found a form.
    first, last = ([name for name in readers if (name == "pdftk") is late] for late in (False, True))
    for file, data in files:
        result.files += 1
        said = _asked(ask, (_US, *first), data)
        if any(said.values()):
            said.update(_asked(ask, last, data))
            _judge(result, file, said)
    return result


# What gives the outcome of each task, in their order.
_Ask: TypeAlias = Callable[[Iterable[tuple[str, bytes]]], Iterable[Any]]


def _asked(ask: _Ask, readers: Sequence[str], data: bytes) -> dict[str, Any]:
    said = ask((name, data) for name in readers)
    return {name: _or_failed(outcome) for name, outcome in zip(readers, said, strict=True)}


def _or_failed(outcome: Any) -> Any:
    if isinstance(outcome, Failure):
        return Failed("takes too long" if outcome is Failure.TIME else "crashed")
    return Failed("cannot open") if isinstance(outcome, VeldpdfError) else outcome


def _judge(result: Comparison, file: str, said: Mapping[str, Any]) -> None:
    """Take in what was said of one file."""
    failed = {name: outcome.why for name, outcome in said.items() if isinstance(outcome, Failed)}
    read = {name: outcome for name, outcome in said.items() if name not in failed}
    if any(read.values()):
        result.forms += 1
        if failed:
            telling = {name: failed.get(name, f"{len(read.get(name, ()))} fields") for name in said}
            differing = tuple(name for name in said if name != _US and (name in failed) != (_US in failed))
            _add(result, Disagreement(file, None, "opening", differing, telling))
    if _US in failed:
        return
    mine: dict[str, OurField] = read.pop(_US)
    result.fields += len(mine)
    for reader in read if mine or any(read.values()) else ():
        result.readers[reader].files += 1
    for name in dict.fromkeys([*mine, *(name for readings in read.values() for name in readings)]):
        _judge_field(result, file, name, mine.get(name), {reader: read[reader].get(name) for reader in read})


def _judge_field(
    result: Comparison, file: str, name: str, mine: OurField | None, theirs: Mapping[str, Reading | None]
) -> None:
    differing: dict[str, str] = {}
    for reader, reading in theirs.items():
        tally = result.readers[reader]
        if mine is None and reading is None:
            continue
        if reading is None and mine is not None and not mine.on_page and reader in _BY_PAGE:
            tally.out_of_reach += 1
            continue
        tally.fields += 1
        kind = _difference(mine, reading)
        if kind is None:
            tally.agreed += 1
        else:
            differing[reader] = kind
    for kind in dict.fromkeys(differing.values()):
        who = tuple(reader for reader in differing if differing[reader] == kind)
        show = _offered if kind == "options" else _shown
        told = {_US: show(mine), **{reader: show(reading) for reader, reading in theirs.items()}}
        _add(result, Disagreement(file, name, kind, who, told))


def _difference(mine: OurField | None, reading: Reading | None) -> str | None:
    if mine is None:
        return "only there"
    if reading is None:
        return "not there"
    if mine.kind != reading.kind:
        return "type"
    if not all(mine.agrees_with(said) for said in reading.said):
        return "value"
    return None if mine.offers(reading.options) else "options"


def _add(result: Comparison, disagreement: Disagreement) -> None:
    for reader in disagreement.readers:
        result.readers[reader].kinds[disagreement.kind] += 1
    if disagreement.readers:
        result.disagreements.append(disagreement)


def _shown(said: OurField | Reading | None) -> str:
    """Return what was said of a field on one line of ASCII, cut."""
    if said is None:
        return "-"
    values = [said.first_spellings] if isinstance(said, OurField) else said.said
    return " | ".join([said.kind, *(_cut(", ".join(map(ascii, each)) or "nothing") for each in values)])


def _offered(said: OurField | Reading | None) -> str:
    """Return what there is to choose from, in the same way."""
    if said is None:
        return "-"
    options = (
        (spellings[0] for spellings in said.options) if isinstance(said, OurField) else sorted(said.options)
    )
    return f"{said.kind} of " + (_cut(", ".join(map(ascii, options))) or "nothing")


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 3] + "..."


# --- which files ----------------------------------------------------------------------------------------------------


def pdfs_below(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the PDFs below a folder and in archives there, each once, by name; told by their first bytes."""
    seen: set[bytes] = set()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        for name, data in _pdfs_in(path.relative_to(folder).as_posix(), path.read_bytes(), _DEEPEST):
            digest = sha256(data).digest()
            if digest not in seen:
                seen.add(digest)
                yield name, data


def _pdfs_in(name: str, data: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    # A zip file that packs nothing may begin with a PDF: the archives first.
    is_archive = PurePosixPath(name).suffix in _ARCHIVES
    inside = sorted(_members(data)) if depth and is_archive else []
    for inner, content in inside:
        yield from _pdfs_in(f"{name}/{inner}", content, depth - 1)
    if not inside and len(data) <= _LARGEST and b"%PDF-" in data[:_HEADER_WITHIN]:
        yield name, data


def _members(data: bytes) -> list[tuple[str, bytes]]:
    """Return the files in an archive; none where it is none after all."""
    stream = io.BytesIO(data)
    if zipfile.is_zipfile(stream):
        with zipfile.ZipFile(stream) as packed:
            infos = [
                info for info in packed.infolist() if info.file_size <= _LARGEST and not info.flag_bits & 1
            ]
            return [(info.filename, packed.read(info)) for info in infos]
    stream.seek(0)
    try:
        with tarfile.open(fileobj=stream) as tar:
            inside = [(member.name, tar.extractfile(member)) for member in tar if member.isfile()]
            return [(name, file.read(_LARGEST + 1)) for name, file in inside if file is not None]
    except tarfile.TarError:
        return []


# --- telling --------------------------------------------------------------------------------------------------------


def as_text(result: Comparison) -> str:
    """Return every disagreement, and a table of them."""
    lines = []
    for file, disagreements in groupby(result.disagreements, lambda each: each.file):
        lines.append(file)
        for each in disagreements:
            of = "" if each.name is None else f" {_cut(ascii(each.name))}"
            lines.append(f"  {each.kind}{of}: {', '.join(each.readers)}")
            lines += [f"    {reader + ':':9} {said}" for reader, said in each.said.items()]
    return "\n".join([*lines, *_table(result)]) + "\n"


_KINDS = ("value", "options", "type", "not there", "only there", "opening")


def _table(result: Comparison) -> list[str]:
    heads = ("reader", "forms", "fields", "agree", "no page", *_KINDS)
    rows = [
        (name, tally.files, tally.fields, tally.agreed, tally.out_of_reach, *(tally.kinds[k] for k in _KINDS))
        for name, tally in result.readers.items()
    ]
    return [
        f"{result.files} PDFs, {result.forms} of them forms; {result.fields} fields",
        *("  ".join(f"{cell!s:>10}" for cell in row) for row in (heads, *rows)),
    ]


def as_json(result: Comparison) -> str:
    """Return the same for a program."""
    whole = {
        "files": result.files,
        "forms": result.forms,
        "fields": result.fields,
        "readers": {
            name: {
                "forms": tally.files,
                "fields": tally.fields,
                "agree": tally.agreed,
                "on no page": tally.out_of_reach,
                "disagree": {kind: tally.kinds[kind] for kind in _KINDS},
            }
            for name, tally in result.readers.items()
        },
        "disagreements": [
            {
                "file": each.file,
                "field": each.name,
                "kind": each.kind,
                "readers": list(each.readers),
                "said": dict(each.said),
            }
            for each in result.disagreements
        ],
    }
    return json.dumps(whole, indent=2, ensure_ascii=True) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare the PDFs below a folder; return 1 where anybody disagrees."""
    parser = argparse.ArgumentParser(prog="python -m tests.peers", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    readers = [name for name in READERS if name != "pdftk" or shutil.which("pdftk")]
    if "pdftk" not in readers:
        sys.stderr.write(f"{pdftk.missing()}\n")
    result = compare(pdfs_below(options.folder), readers)
    sys.stdout.write(as_json(result) if options.json else as_text(result))
    return 1 if result.disagreements else 0


if __name__ == "__main__":
    # Workers import what they do by its name, and here this module goes by another.
    sys.exit(importlib.import_module("tests.peers").main())
