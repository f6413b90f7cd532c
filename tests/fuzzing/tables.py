"""Targets over tables and JSON: what spreadsheets and officers hand in, and what earlier runs wrote."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from tests.fuzzing.feed import Feed, fed
from tests.fuzzing.mutations import knowing
from tests.fuzzing.target import Target
from veldpdf import prefill_values, spreadsheets
from veldpdf.cell_texts import CellError, text_of_cell
from veldpdf.changes_since import compare, parse_earlier
from veldpdf.completeness import find_gaps
from veldpdf.definition import load_form
from veldpdf.errors import VeldpdfError
from veldpdf.export import completeness_json
from veldpdf.files import encodable
from veldpdf.language import catalogue
from veldpdf.messages import Message
from veldpdf.model import Answer, State, Status, Submission
from veldpdf.partners import read_addresses, read_partners
from veldpdf.prefill_values import parse_assignments, read_values
from veldpdf.recipients import file_names, try_recipients
from veldpdf.spreadsheets import Row, read_table, write_csv
from veldpdf.submission_json import MalformedError, from_json, to_json
from veldpdf.typesetting.boxes import TextBox
from veldpdf.workbook_writing import Column, Properties, Sheet, workbook

_SAMPLES = Path(__file__).parents[2] / "samples"
_CSV = (
    ";",
    ",",
    "\t",
    '"',
    '""',
    "\r\n",
    "\n",
    "sep=;\n",
    "=1",
    "'=",
    "partner",
    "file",
    "email",
    "field",
    "text",
    "a@b.nl",
)
_JSON = (
    '"',
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "null",
    "true",
    "1e999",
    "-0",
    "\\ud800",
    "\\u0000",
    '"text"',
    '"answers"',
)
_XML = (
    "<",
    ">",
    "/>",
    "</c>",
    '<c r="A1"',
    ' t="s"',
    ' t="d"',
    ' s="1"',
    "<v>",
    "</v>",
    "<f>",
    "_x000D_",
    "_x005F_",
    "&#10;",
)


@contextmanager
def lying_as(name: str, data: bytes) -> Iterator[Path]:
    """Let a file of this name hold these bytes, for what reads tables and values; no disk is as fast."""

    def read_bytes(_path: Path) -> bytes:
        return data

    with (
        mock.patch.object(spreadsheets, "read_bytes", read_bytes),
        mock.patch.object(prefill_values, "read_bytes", read_bytes),
    ):
        yield Path(name)


def rows_of(name: str, data: bytes) -> list[Row]:
    """Return the rows of a table that lies in a file of this name."""
    with lying_as(name, data) as path:
        return read_table(path)


def check_error(error: VeldpdfError) -> None:
    """Make sure that an error tells what is wrong and what to do, in both languages."""
    for sentence in (error.what, error.remedy):
        assert isinstance(sentence, Message)
        assert sentence.strip()
        assert catalogue("nl")(sentence)


def _told(read: Callable[[], object]) -> None:
    """Read something, or be told why not."""
    try:
        read()
    except VeldpdfError as error:
        check_error(error)


# Tables.


def _csv(data: bytes) -> None:
    try:
        rows = rows_of("a.csv", data)
    except VeldpdfError as error:
        check_error(error)
        return
    assert rows
    assert all(any(row.cells) for row in rows)
    assert all(one.line < other.line for one, other in pairwise(rows))
    # Our own headings come first: what stands there tells what separates the cells.
    cells = [("a", "b"), *(tuple(map(encodable, row.cells)) for row in rows)]
    again = rows_of("b.csv", write_csv([("a", "b"), *(row.cells for row in rows)], with_mark=True))
    assert [row.cells for row in again] == cells


def _csv_written(data: bytes) -> None:
    """Write texts as a table that no spreadsheet calculates with, and read them back."""
    texts = [*Feed(data).texts(), "x"]
    written = write_csv([["a", "b"], *([text, "="] for text in texts)], with_mark=False)
    rows = rows_of("a.csv", written)
    assert [row.cells for row in rows] == [("a", "b"), *((encodable(text), "=") for text in texts)]


def _lists(data: bytes) -> None:
    """Read a table as all of the lists that officers give."""
    with lying_as("a.csv", data) as path:
        _told(lambda: read_partners(path))
        _told(lambda: read_addresses(path).of("ggd.pdf", "GGD"))
        _told(lambda: read_values(path))
        _told(lambda: _check_recipients(path))


def _check_recipients(path: Path) -> None:
    table = try_recipients(path, fields=load_form().names)
    for row in table.rows:
        if isinstance(row, VeldpdfError):
            check_error(row)
    file_names(row.partner for row in table.rows if not isinstance(row, VeldpdfError))


def _list_seeds() -> Iterator[bytes]:
    for name in ("antwoorden.csv", "partners.csv", "verzendlijst.csv"):
        yield (_SAMPLES / "prefill" / name).read_bytes()[:2000]
    yield "sep=;\r\nfile;partner;email\r\nggd.pdf;GGD;a@b.nl, c@d.nl\r\n;Reünie;\r\n".encode("cp1252")
    yield 'partner,Veld01,"Veld\n02"\r\n"GGD ""Noord""",\'=1+1,-2\r\n'.encode("utf-16")
    yield b"field\ttext\nVeld01\tx\nVeld02\t'=y\n"


# Workbooks: the parts of one, which are put into a package that is whole.

_PACKAGE = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    "<Default Extension="
    '"rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="'
    'xml" ContentType='
    '"application/xml"/><Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/'
    'xl/styles.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/><Override PartName='
    '"/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sh'
    'aredStrings+xml"/>'
    "</Types>",
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="'
    'xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
    'relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>',
}
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_SHEET = (
    f'<worksheet {_MAIN}><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><'
    "t>text</t></is></c>"
    '</row><row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" s="1"><v>45992.5</v></c><c r="C3" t="b"><v>1'
    '</v></c><c r="D3">'
    '<f>1+1</f><v>2</v></c><c r="E3" t="e"><v>#N/A</v></c></row></sheetData></worksheet>'
)
_STRINGS = f"<sst {_MAIN}><si><t>field</t></si><si><r><t>Veld</t></r><r><t>01_x000D_</t></r></si></sst>"
_STYLES = (
    f'<styleSheet {_MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy hh:mm"/></num'
    'Fmts><fonts count="1">'
    '<font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs '
    'count="1"><xf/>'
    '</cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164" applyNumberFormat="1"/></cel'
    "lXfs></styleSheet>"
)
_BOOK = (
    f'<workbook {_MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w'
    "orkbookPr/><sheets>"
    '<sheet name="Blad1" sheetId="1" r:id="r1"/></sheets><calcPr calcId="1"/></workbook>'
)


def _workbook(data: bytes) -> None:
    feed = Feed(data)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as package:
        for name, part in _PACKAGE.items():
            package.writestr(name, part)
        for name in ("worksheets/sheet1.xml", "sharedStrings.xml", "styles.xml"):
            package.writestr(f"xl/{name}", feed.part())
        package.writestr("xl/workbook.xml", feed.rest())
    _package(packed.getvalue())


def _check_rows(data: bytes) -> None:
    rows = rows_of("a.xlsx", data)
    assert len({len(row.cells) for row in rows}) == 1
    assert all(isinstance(cell, str) for row in rows for cell in row.cells)


def _package(data: bytes) -> None:
    """Read bytes as a workbook, whatever they are."""
    _told(lambda: _check_rows(data))


def _workbook_written(data: bytes) -> None:
    texts = [*Feed(data).texts()[:50], "x"]
    sheet = Sheet(name="Blad", columns=[Column("a"), Column("b")], rows=[["y", text[:1000]] for text in texts])
    made = workbook([sheet], Properties(title=texts[0][:100], language="nl"))
    rows = rows_of("a.xlsx", made)
    assert [row.cells[0] for row in rows] == ["a", *("y" for _ in texts)]
    for text, row in zip(texts, rows[1:], strict=True):
        if text[:1000].isprintable():
            assert row.cells[1] == text[:1000]


@cache
def _made_workbook() -> bytes:
    sheet = Sheet(
        name="Blad", columns=[Column("field"), Column("text")], rows=[["Veld01", "=x"], ["Veld02", ""]]
    )
    return workbook([sheet], Properties(title="a", language="nl"))


_FORMATS = (
    "General",
    "0",
    "0.00",
    "#,##0",
    "0%",
    "dd-mm-yyyy",
    "hh:mm:ss",
    "[h]:mm",
    "mmm",
    "@",
    "",
    ";;;",
    "# ?/?",
    '"a"0\\b_c*d',
)
_MOMENTS = (
    dt.datetime(2026, 11, 19, 23, 59, 59),  # noqa: DTZ001 - a workbook knows no time zones
    dt.datetime(1900, 1, 1),  # noqa: DTZ001 - the same
    dt.date(2026, 2, 28),
    dt.time(12, 30, 1),
    dt.timedelta(days=-400, seconds=3),
    dt.timedelta(days=99999),
)


def _number_formats(data: bytes) -> None:
    feed = Feed(data)
    kind, sign, digits, exponent = feed.number(3), feed.flag(), feed.number(65_535), feed.number(660) - 330
    number = float(f"{'-' if sign else ''}{digits}e{exponent}")
    value: object = (number, -digits if sign else digits, sign, feed.one_of(_MOMENTS))[kind]
    cell: Any = SimpleNamespace(value=value, data_type="n", number_format=feed.text()[:255], coordinate="A1")
    with suppress(CellError):
        text_of_cell(cell).encode("utf-8", "surrogatepass")


def _format_seeds() -> Iterator[bytes]:
    for place, number_format in enumerate(_FORMATS):
        yield fed(0, place % 2, 12345, 325 + place, 0, number_format)
        yield fed(1 + place % 3, 1, 1900, 330, place % len(_MOMENTS), number_format)


# JSON.


def _values(data: bytes) -> None:
    try:
        with lying_as("a.json", data) as path:
            values = read_values(path)
    except VeldpdfError as error:
        check_error(error)
        return
    assert all(isinstance(text, str) for pair in values.items() for text in pair)


def _assignments(data: bytes) -> None:
    texts = Feed(data).texts()
    with suppress(VeldpdfError):
        values = parse_assignments(texts)
        assert [f"{name}={text}" for name, text in values.items()] == texts


def _submission() -> Submission:
    form = load_form()
    answers = {
        name: Answer(
            text="Wij doen mee." * place,
            state=State.ANSWERED if place else State.EMPTY,
            box=TextBox(width=200, height=100.5, glyph_widths={"a": 1.5} if place == 1 else None),
            warnings=(Message("{a} is {b}", a=name, b=Message("not so")),),
            notes=("x",) * place,
        )
        for place, name in enumerate(form.names[:3])
    }
    return Submission(
        source="ggd.pdf",
        partner="GGD",
        status=Status.READ,
        form=form.id,
        answers=answers,
        modified=dt.datetime(2026, 11, 19, 12, tzinfo=dt.UTC),
    )


def _since(data: bytes) -> None:
    form = load_form()
    try:
        earlier = parse_earlier(data, form, "then.json")
    except VeldpdfError as error:
        check_error(error)
        return
    results = [find_gaps(form, _submission())]
    changes = compare(form, earlier, results)
    assert len(changes.new) <= 1
    assert len(changes.gone) <= len(earlier)
    completeness_json(form, results, catalogue("nl"), changes).encode("utf-8")


def _since_seeds() -> Iterator[bytes]:
    form = load_form()
    yield completeness_json(form, [find_gaps(form, _submission())], catalogue("nl")).encode()[:4000]
    entry = '{"names":["GGD"],"text":"x","is_note":false}'
    yield (
        f'{{"form":"{form.id}","partners":[{{"partner":"GGD","name":"GGD","source":"ggd.pdf","status":"read","complete":true}}],'
        f'"sections":[{{"questions":[{{"field":"{form.names[0]}","answers":[{entry}]}}]}}]}}'
    ).encode()
    yield (
        f'{{"form":"{form.id}","submissions":[{{"partner":"GGD","source":"ggd.pdf","status":"read","superseded_by":"",'
        f'"answers":{{"{form.names[0]}":{{"text":"x","state":"answered"}}}}}}]}}'
    ).encode("utf-16")


def _kept(data: bytes) -> None:
    """Read submissions that anybody may have written, and write them again."""
    try:
        submissions = from_json(data)
    except MalformedError:
        return
    written = to_json(submissions)
    assert from_json(written) == submissions
    assert to_json(from_json(written)) == written


TARGETS = (
    Target(name="csv", run=_csv, seeds=_list_seeds, mutate=knowing(*_CSV)),
    Target(
        name="csv-written",
        run=_csv_written,
        seeds=lambda: [
            fed("=1+1", "'=x", 'een "twee"\r\ndrie', "-", "@a", "\tx", "a;b,c"),
            fed("'", "''+1", "\ufeff="),
        ],
        mutate=knowing("'", "=", "+", "\t", "\r", '"', b"\xff"),
    ),
    Target(name="lists", run=_lists, seeds=_list_seeds, mutate=knowing(*_CSV)),
    Target(
        name="workbook-parts",
        changes=150,
        run=_workbook,
        seeds=lambda: [b"\xff".join(part.encode() for part in (_SHEET, _STRINGS, _STYLES, _BOOK))],
        mutate=knowing(*_XML),
    ),
    Target(
        name="workbook-packages",
        run=_package,
        seeds=lambda: [_made_workbook()],
        mutate=knowing("PK\x01\x02", "PK\x03\x04", "PK\x05\x06"),
    ),
    Target(
        name="workbook-written",
        changes=20,
        run=_workbook_written,
        seeds=lambda: [fed("=1+1", "_x000D_", "een\r\ntwee", "1,5", "waar", "\x00\ud800", " x ")],
        mutate=knowing("_x005F_", "_x000D_", "=", "&", "<", b"\xff"),
    ),
    Target(
        name="number-formats",
        run=_number_formats,
        seeds=_format_seeds,
        mutate=knowing(
            "0",
            "#",
            "?",
            ".",
            ",",
            "%",
            ";",
            "[h]",
            "[$€-413]",
            '"',
            "\\",
            "_",
            "*",
            "E+",
            "General",
            "d",
            "m",
            "s",
        ),
    ),
    Target(
        name="values-json",
        run=_values,
        seeds=lambda: [
            (_SAMPLES / "prefill" / "antwoorden.json").read_bytes()[:3000],
            b'{"submissions":[{"answers":{"Veld01":{"text":"x","state":"answered"}}}]}',
            b'\xef\xbb\xbf{"Veld01":["a","b"],"Veld02":""}',
        ],
        mutate=knowing(*_JSON, '"submissions"'),
    ),
    Target(
        name="assignments",
        run=_assignments,
        seeds=lambda: [fed("Veld01=x", "Veld02=a=b")],
        mutate=knowing("=", b"\xff"),
    ),
    Target(
        name="since-json",
        run=_since,
        seeds=_since_seeds,
        mutate=knowing(*_JSON, '"partners"', '"status"', '"complete"'),
    ),
    Target(
        name="submissions-json",
        run=_kept,
        seeds=lambda: [to_json([_submission()])],
        mutate=knowing(*_JSON, "{a}", "{n}", "{", "2026"),
    ),
)
