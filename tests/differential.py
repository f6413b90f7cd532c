"""Programs that read, save and fill in forms, each started once and asked many times.

A property that compares what we do with what others do asks every one of them for each of its examples. Starting
Java or Node takes longer than a hundred answers, so these programs stay: one line of orders comes in, one line of
answer goes out. Parts of a line are separated by tabs and in Base64; texts are in UTF-16, as they may hold anything
that a Java or JavaScript string holds, half a character included.

A form is told as values by fully qualified name (ISO 32000-2, 12.7.4.2): each a tuple, of the one text, of the
options that are chosen, or of the state that is on; empty where there is nothing.
"""

from __future__ import annotations

import base64
import importlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pikepdf
import pypdf

from tests.engines import mupdf, pdfbox, pdfium, pdfjs, pdftk, poppler
from tests.readers import with_pdfium

# Its face is generated, without types.
pymupdf: Any = importlib.import_module("pymupdf")

Values = Mapping[str, tuple[str, ...]]

PATIENCE = 60.0
"""Seconds that an answer may take; a hung program is ended then."""

OWNER = "eigenaar"
"""The password that encrypted forms are changed with; everybody may open them."""


# The programs in other languages

_JAVA = r"""
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.interactive.form.PDAcroForm;
import org.apache.pdfbox.pdmodel.interactive.form.PDButton;
import org.apache.pdfbox.pdmodel.interactive.form.PDChoice;
import org.apache.pdfbox.pdmodel.interactive.form.PDField;
import org.apache.pdfbox.pdmodel.interactive.form.PDNonTerminalField;

public final class Server {
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        System.setOut(System.err);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            StringBuilder answer = new StringBuilder("+");
            try {
                String[] parts = line.split("\t", -1);
                List<byte[]> orders = new ArrayList<>();
                for (int i = 1; i < parts.length; i++) orders.add(Base64.getDecoder().decode(parts[i]));
                for (byte[] part : obey(parts[0], orders)) {
                    answer.append('\t').append(Base64.getEncoder().encodeToString(part));
                }
            } catch (Throwable e) {
                answer = new StringBuilder("!" + e.getClass().getSimpleName());
            }
            out.println(answer);
            out.flush();
        }
    }

    static List<byte[]> obey(String order, List<byte[]> parts) throws Exception {
        if (order.equals("pdftk")) return List.of(withPdftk(parts));
        try (PDDocument document = PDDocument.load(parts.get(0))) {
            PDAcroForm form = document.getDocumentCatalog().getAcroForm(null);
            if (order.equals("read")) return read(form);
            for (Map.Entry<String, List<String>> each : pairs(parts).entrySet()) {
                type(form, form.getField(each.getKey()), each.getValue());
            }
            if (document.isEncrypted()) document.setAllSecurityToBeRemoved(true);
            ByteArrayOutputStream saved = new ByteArrayOutputStream();
            document.save(saved);
            return List.of(saved.toByteArray());
        }
    }

    static Map<String, List<String>> pairs(List<byte[]> parts) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        for (int i = 1; i < parts.size(); i += 2) {
            List<String> values = found.computeIfAbsent(text(parts.get(i)), key -> new ArrayList<>());
            values.add(text(parts.get(i + 1)));
        }
        return found;
    }

    static List<byte[]> read(PDAcroForm form) {
        List<byte[]> told = new ArrayList<>();
        for (PDField field : form.getFieldTree()) {
            if (field instanceof PDNonTerminalField) continue;
            List<String> values = field instanceof PDChoice
                ? ((PDChoice) field).getValue() : List.of(field.getValueAsString());
            for (String value : values.isEmpty() ? List.of("") : values) {
                told.add(bytes(field.getFullyQualifiedName()));
                told.add(bytes(value));
            }
        }
        return told;
    }

    static void type(PDAcroForm form, PDField field, List<String> values) throws Exception {
        try {
            if (field instanceof PDChoice && values.size() > 1) ((PDChoice) field).setValue(values);
            else if (field instanceof PDButton && values.get(0).isEmpty()) field.setValue("Off");
            else field.setValue(values.get(0));
        } catch (IllegalArgumentException e) {
            // The value is stored by then; the font lacks a character, and a viewer is to draw it.
        }
    }

    static byte[] withPdftk(List<byte[]> parts) throws Exception {
        Path folder = Files.createTempDirectory("veldpdf-pdftk-");
        List<String> arguments = new ArrayList<>();
        File out = folder.resolve("out").toFile();
        File in = folder.resolve("in.pdf").toFile();
        File data = folder.resolve("data.fdf").toFile();
        Files.write(in.toPath(), parts.get(0));
        Files.write(data.toPath(), parts.get(1));
        arguments.add(in.getPath());
        for (byte[] part : parts.subList(2, parts.size())) {
            String word = text(part);
            arguments.add(word.equals("DATA") ? data.getPath() : word);
        }
        arguments.add("output");
        arguments.add(out.getPath());
        try {
            com.gitlab.pdftk_java.pdftk.main_noexit(arguments.toArray(new String[0]));
            return Files.readAllBytes(out.toPath());
        } finally {
            in.delete();
            data.delete();
            out.delete();
            folder.toFile().delete();
        }
    }

    // Java's own encoder would replace half a character.
    static String text(byte[] raw) {
        return ByteBuffer.wrap(raw).asCharBuffer().toString();
    }

    static byte[] bytes(String text) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * text.length());
        buffer.asCharBuffer().put(text);
        return buffer.array();
    }
}
"""

_NODE = r"""
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");
const { createInterface } = require("node:readline");
const [folder, engine] = process.argv.slice(2);

require(`${folder}/globals.cjs`);
const warnings = [];
console.warn = console.log = (message) => warnings.push(String(message));

const text = (raw) => Buffer.from(raw).swap16().toString("utf16le");
const bytes = (text) => Buffer.from(text, "utf16le").swap16();
const listed = (value) => (Array.isArray(value) && value.length ? value : [value ?? ""].flat()).concat([""]);

async function widgets(pdf) {
  const found = [];
  for (let number = 1; number <= pdf.numPages; number++) {
    const page = await pdf.getPage(number);
    found.push(...(await page.getAnnotations()).filter((each) => each.subtype === "Widget"));
  }
  return found;
}

async function read(pdf) {
  const told = [];
  for (const { fieldName, fieldValue } of await widgets(pdf)) {
    for (const item of listed(fieldValue)) told.push(bytes(fieldName), bytes(item));
  }
  return told;
}

function typed(widget, items) {
  if (widget.fieldType === "Tx") return items[0];
  if (widget.fieldType === "Ch") return widget.multiSelect ? items.filter((each) => each) : items[0];
  return items.includes(widget.radioButton ? widget.buttonValue : widget.exportValue);
}

async function save(pdf, orders) {
  const values = new Map();
  for (let i = 0; i + 1 < orders.length; i += 2) {
    const name = text(orders[i]);
    values.set(name, [...(values.get(name) ?? []), text(orders[i + 1])]);
  }
  for (const widget of await widgets(pdf)) {
    if (values.has(widget.fieldName)) {
      pdf.annotationStorage.setValue(widget.id, { value: typed(widget, values.get(widget.fieldName)) });
    }
  }
  const saved = Buffer.from(await pdf.saveDocument());
  if (warnings.some((each) => each.includes("ignoring annotation data"))) throw new Error("left out");
  return [saved];
}

async function main() {
  const base = pathToFileURL(folder + "/").href;
  const pdfjs = engine === "pdfjs-3"
    ? createRequire(base)("pdfjs-3/legacy/build/pdf.js")
    : await import(base + `node_modules/${engine}/legacy/build/pdf.mjs`);
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, ...parts] = line.split("\t");
    const [data, ...orders] = parts.map((part) => Buffer.from(part, "base64"));
    let answer;
    warnings.length = 0;
    try {
      const pdf = await pdfjs.getDocument({
        data: new Uint8Array(data),
        standardFontDataUrl: `${folder}/node_modules/${engine}/standard_fonts/`,
      }).promise;
      const told = order === "read" ? await read(pdf) : await save(pdf, orders);
      answer = ["+", ...told.map((part) => part.toString("base64"))].join("\t");
      await pdf.loadingTask.destroy();
    } catch (error) {
      answer = "!" + error.name;
    }
    process.stdout.write(answer + "\n");
  }
}
main();
"""

_POPPLER = r"""
import base64, os, sys, tempfile
import gi
gi.require_version("Poppler", "0.18")
from gi.repository import GLib, Poppler

def fields(document):
    for number in range(document.get_n_pages()):
        for mapping in document.get_page(number).get_form_field_mapping():
            yield mapping.field

def read(document):
    told = []
    for field in fields(document):
        kind, name = field.get_field_type(), field.get_name()
        if kind == Poppler.FormFieldType.TEXT:
            told += [name, field.text_get_text() or ""]
        elif kind == Poppler.FormFieldType.CHOICE:
            chosen = [i for i in range(field.choice_get_n_items()) if field.choice_is_item_selected(i)]
            typed = field.choice_get_text() if field.choice_is_editable() else ""
            for item in [field.choice_get_item(index) for index in chosen] or [typed or ""]:
                told += [name, item]
    return [part.encode("utf-16-be", "surrogatepass") for part in told]

def save(document, orders, folder):
    texts = [part.decode("utf-16-be", "surrogatepass") for part in orders]
    values = {}
    for name, value in zip(texts[::2], texts[1::2]):
        values.setdefault(name, []).append(value)
    for field in fields(document):
        kind, items = field.get_field_type(), values.get(field.get_name())
        if items is not None and kind == Poppler.FormFieldType.TEXT:
            field.text_set_text(items[0])
        elif items is not None and kind == Poppler.FormFieldType.CHOICE:
            shown = [field.choice_get_item(index) for index in range(field.choice_get_n_items())]
            field.choice_unselect_all()
            for index in [index for index, item in enumerate(shown) if item in items]:
                field.choice_select_item(index)
            if items[0] and items[0] not in shown:
                field.choice_set_text(items[0])
    document.save("file://" + folder + "/out.pdf")
    with open(folder + "/out.pdf", "rb") as saved:
        return [saved.read()]

with tempfile.TemporaryDirectory() as folder:
    for line in sys.stdin:
        order, data, *orders = line.rstrip("\n").split("\t")
        with open(folder + "/in.pdf", "wb") as file:
            file.write(base64.b64decode(data))
        try:
            document = Poppler.Document.new_from_file("file://" + folder + "/in.pdf", None)
            parts = [base64.b64decode(part) for part in orders]
            told = read(document) if order == "read" else save(document, parts, folder)
            print("\t".join(["+", *(base64.b64encode(part).decode() for part in told)]), flush=True)
        except Exception as exc:
            print("!" + type(exc).__name__, flush=True)
"""


# Keeping them running


class Refused(Exception):  # noqa: N818 - the program's answer, and no error of ours
    """A program would not take a file, or ended over it; says what kind of error it told."""


@dataclass
class Server:
    """A program that obeys orders, line by line.

    Attributes:
        command: What starts it.
        environment: What it is to know beside this process's own.
    """

    command: Callable[[], Sequence[str | Path]]
    environment: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None

    def ask(self, order: str, *parts: bytes) -> list[bytes]:
        """Return what the program answers.

        Raises:
            Refused: It could not do what it was told, ended over it, or hung; it is started again then.
        """
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        line = "\t".join([order, *(base64.b64encode(part).decode("ascii") for part in parts)]) + "\n"
        watch = threading.Timer(PATIENCE, process.kill)
        watch.start()
        try:
            process.stdin.write(line.encode("ascii"))
            process.stdin.flush()
            answer = process.stdout.readline().decode("ascii").rstrip("\n")
        except BrokenPipeError:
            answer = ""
        finally:
            watch.cancel()
        if not answer:
            self.close()
            raise Refused("ended")
        mark, *told = answer.split("\t")
        if mark != "+":
            raise Refused(answer.removeprefix("!"))
        return [base64.b64decode(part) for part in told]

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            self._process = subprocess.Popen(
                [str(part) for part in self.command()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **self.environment},
            )
        return self._process

    def close(self) -> None:
        """End the program."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


_PDFTK_JARS = ("/usr/share/pdftk/pdftk.jar", "/usr/share/java/bcprov.jar", "/usr/share/java/commons-lang3.jar")


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return the folder with the programs; it goes when Python ends."""
    folder = tempfile.TemporaryDirectory(prefix="veldpdf-programs-")
    for name, program in {"Server.java": _JAVA, "server.cjs": _NODE, "server.py": _POPPLER}.items():
        Path(folder.name, name).write_text(program, encoding="utf-8")
    return folder


def _in_java() -> list[str | Path]:
    classpath = ":".join([*map(str, pdfbox.JARS), *_PDFTK_JARS])
    return ["java", "-Djava.awt.headless=true", "-cp", classpath, Path(_folder().name, "Server.java")]


def _in_node(engine: str) -> list[str | Path]:
    return ["node", Path(_folder().name, "server.cjs"), pdfjs.FOLDER, engine]


def _in_poppler() -> list[str | Path]:
    return [poppler.PYTHON, Path(_folder().name, "server.py")]


JAVA = Server(_in_java)
NODE = Server(lambda: _in_node("pdfjs-newest"))
OLD_NODE = Server(lambda: _in_node("pdfjs-3"))
# Without fonts, Poppler embeds none of the system's, and files stay small.
POPPLER = Server(_in_poppler, {"FONTCONFIG_FILE": str(poppler.NO_FONTS)})
SERVERS = (JAVA, NODE, OLD_NODE, POPPLER)


def _as_bytes(text: str) -> bytes:
    return text.encode("utf-16-be", "surrogatepass")


def _in_pairs(values: Values) -> list[bytes]:
    """Return names and values in turn, a name before each of its values; an empty text where there is none."""
    return [
        _as_bytes(part) for name, items in values.items() for item in items or ("",) for part in (name, item)
    ]


def _from_pairs(told: Sequence[bytes]) -> Values:
    texts = [part.decode("utf-16-be", "surrogatepass") for part in told]
    return gathered(zip(texts[::2], texts[1::2], strict=True))


def gathered(pairs: Iterable[tuple[str, str]]) -> Values:
    """Return values by name; "Off" and an empty text are none."""
    values: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        before = values.get(name, ())
        values[name] = before if value in ("", "Off", *before) else (*before, value)
    return values


# Readers


def with_pikepdf(pdf: bytes) -> Values:
    """Walk the field tree, and let pikepdf decode each ``/V``."""

    def text(value: object) -> str:
        return str(value).removeprefix("/") if isinstance(value, pikepdf.Name) else str(value)

    with pikepdf.open(BytesIO(pdf)) as document:
        return gathered(_walked(document.Root.AcroForm.Fields, text, lambda obj: obj))


def with_pypdf(pdf: bytes) -> Values:
    """Walk the field tree, and let pypdf decode each ``/V``; its own list lacks fields that inherit their kind."""

    def text(value: object) -> str:
        return str(value).removeprefix("/") if isinstance(value, pypdf.generic.NameObject) else str(value)

    root = pypdf.PdfReader(BytesIO(pdf)).root_object
    form: Any = root["/AcroForm"].get_object()
    return gathered(_walked(form["/Fields"], text, lambda obj: obj.get_object()))


def _walked(
    fields: Iterable[Any], text: Callable[[object], str], resolved: Callable[[Any], Any]
) -> Iterator[tuple[str, str]]:
    """Yield names and values, inherited ones too (12.7.4.1); a kid without a name is a widget."""
    left = [(obj, "", None) for obj in reversed(list(fields))]
    while left:
        found, prefix, inherited = left.pop()
        obj = resolved(found)
        name = f"{prefix}.{text(obj['/T'])}".removeprefix(".")
        value = resolved(obj["/V"]) if "/V" in obj else inherited
        kids = [kid for kid in resolved(obj["/Kids"]) if "/T" in resolved(kid)] if "/Kids" in obj else []
        left += [(kid, name, value) for kid in reversed(kids)]
        if not kids:
            items = value if isinstance(value, pikepdf.Array | list) else [value]
            yield from ((name, "" if item is None else text(resolved(item))) for item in items)
            if not len(items):
                yield name, ""


def with_pdfium_forms(pdf: bytes) -> Values:
    """Take what PDFium's form filler tells of each widget: one value."""
    return gathered(with_pdfium(pdf).items())


def with_mupdf(pdf: bytes) -> Values:
    """Take what MuPDF tells of each widget."""
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        told = [(widget.field_name, widget.field_value) for page in document for widget in page.widgets()]
    pairs = [(name, item) for name, value in told for item in (value if isinstance(value, list) else [value])]
    return gathered((name, "Off" if item in (None, False) else str(item)) for name, item in pairs)


def with_pdftk(pdf: bytes) -> Values:
    """Take pdftk's dump: a line for each key, and a value goes on on further lines."""
    dump = _ask_pdftk(pdf, b"", "dump_data_fields_utf8").decode("utf-8", "surrogatepass")
    pairs: list[tuple[str, str]] = []
    for block in dump.removeprefix("---\n").split("\n---\n"):
        name, values = "", []
        for line in block.removesuffix("\n").split("\n"):
            key, _, rest = line.partition(":")
            if key in _DUMPED:
                is_value = key == "FieldValue"
                name = rest.removeprefix(" ") if key == "FieldName" else name
                values += [rest.removeprefix(" ")] if is_value else []
            elif is_value:
                values[-1] += "\n" + line
        pairs += [(name, value) for value in values or [""]]
    return gathered(pairs)


_DUMPED = {
    *("FieldType", "FieldName", "FieldNameAlt", "FieldFlags", "FieldValue", "FieldValueDefault"),
    *("FieldJustification", "FieldStateOption", "FieldStateOptionDisplay", "FieldMaxLength"),
}


def _ask_pdftk(pdf: bytes, data: bytes, *words: str) -> bytes:
    with_password = ["input_pw", OWNER] if b"/Encrypt" in pdf else []
    (told,) = JAVA.ask("pdftk", pdf, data, *map(_as_bytes, [*with_password, *words]))
    return told


READERS: Mapping[str, Callable[[bytes], Values]] = MappingProxyType(
    {
        "pikepdf": with_pikepdf,
        "pypdf": with_pypdf,
        "pdfium": with_pdfium_forms,
        "mupdf": with_mupdf,
        "pdftk": with_pdftk,
        "pdfbox": lambda pdf: _from_pairs(JAVA.ask("read", pdf)),
        "pdfjs": lambda pdf: _from_pairs(NODE.ask("read", pdf)),
        "poppler": lambda pdf: _from_pairs(POPPLER.ask("read", pdf)),
    }
)


# Programs that save: they open the form, and type into some of its fields, or into none


def _typed_with_pdftk(pdf: bytes, values: Values) -> bytes:
    if not values:
        return _ask_pdftk(pdf, b"", "cat")
    return _ask_pdftk(pdf, fdf(values), "fill_form", "DATA")


def fdf(values: Values) -> bytes:
    """Return form data with texts in UTF-16, which is the one way to give pdftk any text."""

    def string(text: str) -> bytes:
        return b"<FEFF%b>" % _as_bytes(text).hex().encode("ascii")

    fields = b""
    for name, items in values.items():
        texts = [string(item) for item in items or ("",)]
        value = texts[0] if len(texts) == 1 else b"[%b]" % b" ".join(texts)
        fields += b"<</T%b/V%b>>\n" % (string(name), value)
    return b"%%FDF-1.2\n1 0 obj\n<</FDF<</Fields[%b]>>>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%%%EOF\n" % fields


def _typed_with_mupdf(pdf: bytes, values: Values) -> bytes:
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        for page in document:
            for widget in page.widgets():
                if widget.field_name in values:
                    _set_in_mupdf(widget, values[widget.field_name])
        return bytes(document.tobytes(no_new_id=True, encryption=pymupdf.PDF_ENCRYPT_KEEP))


def _set_in_mupdf(widget: Any, items: tuple[str, ...]) -> None:
    if widget.field_type == pymupdf.PDF_WIDGET_TYPE_TEXT:
        mupdf._type(widget, "".join(items))
    elif widget.field_type in (pymupdf.PDF_WIDGET_TYPE_CHECKBOX, pymupdf.PDF_WIDGET_TYPE_RADIOBUTTON):
        if widget.on_state() in items:
            widget.field_value = widget.on_state()
            widget.update()
    elif items:
        widget.field_value = items[0]
        widget.update()


def _typed_with_qpdf(pdf: bytes, values: Values) -> bytes:
    assert not values, "qpdf types nothing"
    saved = BytesIO()
    with pikepdf.open(BytesIO(pdf)) as document:
        document.save(
            saved, linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.generate, static_id=True
        )
    return saved.getvalue()


def _one(told: list[bytes]) -> bytes:
    (saved,) = told
    return saved


SAVERS: Mapping[str, Callable[[bytes, Values], bytes]] = MappingProxyType(
    {
        "pdfium": lambda pdf, values: pdfium.fill(
            pdf, {name: "".join(items) for name, items in values.items()}
        ),
        "pdfjs": lambda pdf, values: _one(NODE.ask("save", pdf, *_in_pairs(values))),
        "pdfjs-3": lambda pdf, values: _one(OLD_NODE.ask("save", pdf, *_in_pairs(values))),
        "pdfbox": lambda pdf, values: _one(JAVA.ask("save", pdf, *_in_pairs(values))),
        "poppler": lambda pdf, values: _one(POPPLER.ask("save", pdf, *_in_pairs(values))),
        "mupdf": _typed_with_mupdf,
        "pdftk": _typed_with_pdftk,
        "qpdf": _typed_with_qpdf,
    }
)


def missing(program: str) -> str | None:
    """Say what to install for a program, or None."""
    reasons: Mapping[str, Callable[[], str | None]] = {
        "pdftk": lambda: pdftk.missing() or pdfbox.missing(),
        "pdfbox": pdfbox.missing,
        "pdfjs": pdfjs.missing,
        "pdfjs-3": pdfjs.missing_3,
        "poppler": poppler.missing,
    }
    return reasons[program]() if program in reasons else None
