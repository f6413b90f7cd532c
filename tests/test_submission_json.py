"""Submissions as JSON come back the same in every part, and no text that anybody makes up does harm."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

import veldpdf
from veldpdf.messages import Message, counted
from veldpdf.model import Answer, NameFrom, Origin, State, Status, Submission
from veldpdf.submission_json import FORMAT, MalformedError, from_json, to_json
from veldpdf.typesetting.boxes import Alignment, TextBox

# Half characters too, alone and in pairs that are none.
ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=30) | st.sampled_from(
    ["", "\ud83d\ude00", "\udcff", "\0\x1f\x7f\u2028", '"\\\b', "😀", "[1,2]", "{x}"]
)
NUMBERS = st.floats(-(2**40), 2**40) | st.integers(-(2**40), 2**40)
NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True).filter(lambda name: name != "n")


@st.composite
def messages(draw: st.DrawFn, depth: int = 3) -> Message:
    inner = [] if depth == 0 else [messages(depth=depth - 1)]
    values = draw(st.dictionaries(NAMES, st.one_of(ANY_TEXT, st.integers(-(2**40), 2**40), *inner), max_size=3))
    words = draw(st.text(st.characters(exclude_characters="{}"), max_size=20))
    msgid = words + " ".join(f"{{{name}}}" for name in values)
    if draw(st.booleans()):
        return counted(msgid, msgid + " {n}", draw(st.integers(0, 2**40)), **values)
    return Message(msgid, **values)


TABLES = st.none() | st.dictionaries(ANY_TEXT, NUMBERS, max_size=5)
BOXES = st.builds(
    TextBox,
    width=NUMBERS,
    height=NUMBERS,
    font=ANY_TEXT,
    font_size=NUMBERS,
    border=NUMBERS,
    multiline=st.booleans(),
    comb_cells=st.integers(0, 2**40),
    alignment=st.sampled_from(Alignment),
    glyph_widths=TABLES,
)
WARNINGS = st.lists(messages(), max_size=3).map(tuple)
NOTES = st.lists(ANY_TEXT, max_size=3).map(tuple)
ANSWERS = st.builds(
    Answer,
    text=ANY_TEXT,
    state=st.sampled_from(State),
    origin=st.sampled_from(Origin),
    warnings=WARNINGS,
    notes=NOTES,
    box=st.none() | BOXES,
    is_cut_off=st.booleans(),
)
ZONES = st.none() | st.integers(-86399, 86399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
MOMENTS = st.none() | st.datetimes(timezones=ZONES).map(lambda moment: moment.replace(fold=0))
SUBMISSIONS = st.builds(
    Submission,
    source=ANY_TEXT,
    partner=ANY_TEXT,
    status=st.sampled_from(Status),
    form=ANY_TEXT,
    answers=st.dictionaries(ANY_TEXT, ANSWERS, max_size=3),
    warnings=WARNINGS,
    notes=NOTES,
    modified=MOMENTS,
    received=MOMENTS,
    name_from=st.sampled_from(NameFrom),
    digest=ANY_TEXT,
    superseded_by=ANY_TEXT,
    is_chosen=st.booleans(),
)


def parts(value: object) -> object:
    """Return a value taken apart, types and all: messages equal each other by their English text alone."""
    if isinstance(value, Message):
        return ("Message", str(value), value.msgid, value.plural, parts(value.values))
    if is_dataclass(value):
        return (type(value).__name__, [parts(getattr(value, part.name)) for part in fields(value)])
    if isinstance(value, Mapping):
        return ("Mapping", [(name, parts(inner)) for name, inner in value.items()])
    if isinstance(value, tuple):
        return ("tuple", [parts(inner) for inner in value])
    if isinstance(value, datetime):
        return (value.isoformat(), value.utcoffset())
    return (type(value), repr(value))


@given(st.lists(SUBMISSIONS, max_size=3))
def test_any_submissions_come_back_the_same(submissions: list[Submission]) -> None:
    text = to_json(submissions)
    assert parts(from_json(text)) == parts(tuple(submissions))
    assert to_json(from_json(text)) == text


def test_the_samples_come_back_the_same(returned: Path) -> None:
    submissions = tuple(veldpdf.read_many(sorted(returned.glob("*.pdf"))))
    assert len(submissions) == 6
    assert parts(from_json(to_json(submissions))) == parts(submissions)


def test_a_message_can_still_be_told_in_another_language() -> None:
    class Dutch:
        def gettext(self, message: str, /) -> str:
            return {"The {thing} is gone.": "Het {thing} is weg.", "field": "veld"}.get(message, message)

        def ngettext(self, _singular: str, _plural: str, n: int, /) -> str:
            return "{n} veld" if n == 1 else "{n} velden"

    warnings = (Message("The {thing} is gone.", thing=Message("field")), counted("{n} field", "{n} fields", 2))
    (back,) = from_json(to_json([submission(warnings=warnings)]))
    assert [warning.render(Dutch()) for warning in back.warnings] == ["Het veld is weg.", "2 velden"]


def submission(**parts: object) -> Submission:
    settled: dict[str, object] = {"source": "a.pdf", "partner": "GGD", "status": Status.READ, "form": "x"}
    return Submission(**{**settled, **parts})  # type: ignore[arg-type]  # what a test gives


def test_boxes_that_share_their_widths_do_so_again_and_these_stand_there_once() -> None:
    widths = {chr(character): 500.0 for character in range(0x4E00, 0x5200)}
    answers = {
        str(number): Answer(
            text="x",
            state=State.ANSWERED,
            # Two readings of one font make two tables that are the same.
            box=TextBox(width=9.0, height=9.0, glyph_widths=widths if number % 2 else dict(widths)),
        )
        for number in range(20)
    }
    text = to_json([submission(answers=answers)])
    assert text.decode().count("一") == 1
    (back,) = from_json(text)
    tables = [answer.box.glyph_widths for answer in back.answers.values() if answer.box]
    assert tables == [widths] * 20
    assert len({id(table) for table in tables}) == 1


class Widening(dict[str, float]):
    """A table that knows more than it holds."""


@pytest.mark.parametrize(
    "parts",
    [
        {"received": datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/Amsterdam"))},
        {"modified": datetime(2026, 10, 25, 2, 30, fold=1)},  # noqa: DTZ001 - as some files say it
        pytest.param(
            {"modified": datetime(2026, 3, 1, tzinfo=timezone(timedelta(microseconds=1)))},
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 14), reason="since Python 3.14 it comes back the same"
            ),
        ),
        {"warnings": (Message("{path}", path=Path("x")),)},
        {"warnings": (Message("{share}", share=0.5),)},
        {"warnings": (Message("{n:.3}", n="abcd"),)},
        {"warnings": ("a plain text",)},
        {"notes": (Message("a sentence"),)},
        {"partner": None},
        {"answers": {"x": Answer(text="", state=State.EMPTY, box=TextBox(width=float("nan"), height=1.0))}},
        {"answers": {"x": Answer(text="", state=State.EMPTY, box=TextBox(width=1e300, height=1.0))}},
        {
            "answers": {
                "x": Answer(
                    text="", state=State.EMPTY, box=TextBox(width=1.0, height=1.0, glyph_widths=Widening(a=1.0))
                )
            }
        },
    ],
    ids=repr,
)
def test_what_would_not_come_back_the_same_is_refused(parts: dict[str, object]) -> None:
    with pytest.raises(MalformedError):
        to_json([submission(**parts)])


def test_a_message_in_itself_is_refused() -> None:
    message = Message("x")
    for _ in range(1000):
        message = Message("{inner}", inner=message)
    with pytest.raises(MalformedError):
        to_json([submission(warnings=(message,))])


ROW: list[object] = ["a.pdf", "GGD", "read", "x", [], [], [], None, None, "file", "", "", False]
ANSWER_ROW: list[object] = ["Veld01", "tekst", "answered", "field", [], [], None, False]
BOX_ROW: list[object] = [9.0, 9.0, "Helvetica", 0.0, 1.0, True, 0, 0, None]


def written(row: object = ROW, tables: object = (), version: object = FORMAT) -> bytes:
    return json.dumps([version, tables, [row]]).encode()


def with_message(*message: object) -> bytes:
    return written([*ROW[:5], [list(message)], *ROW[6:]])


def with_answers(*rows: object) -> bytes:
    return written([*ROW[:4], list(rows), *ROW[5:]])


def with_box(*row: object, tables: object = ()) -> bytes:
    return written([*ROW[:4], [[*ANSWER_ROW[:6], list(row), False]], *ROW[5:]], tables)


def test_the_rows_of_these_tests_are_sound() -> None:
    assert from_json(written()) == (submission(),)
    assert from_json(with_message("{a} x", None, {"a": "b"}))[0].warnings == ("b x",)
    box = from_json(with_box(*BOX_ROW[:8], 0, tables=[[["a"], [5]]]))[0].answers["Veld01"].box
    assert box == TextBox(width=9.0, height=9.0, glyph_widths={"a": 5})


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"null", id="null"),
        pytest.param(b"{}", id="an object"),
        pytest.param(b"[1,[],[" + b"[" * 1_000_000, id="a million brackets"),
        pytest.param(b"[1,[],[" + b'{"a":' * 1_000_000, id="a million objects"),
        pytest.param(b"[1,[],[" + b"9" * 1_000_000 + b"]]", id="a number of a million digits"),
        pytest.param(written(version=FORMAT - 1), id="another format"),
        pytest.param(written(version=True), id="a format that is true"),
        pytest.param(written(None), id="no row"),
        pytest.param(written(ROW[:-1]), id="a part missing"),
        pytest.param(written([*ROW, False]), id="a part too many"),
        pytest.param(written([1, *ROW[1:]]), id="a source that is no text"),
        pytest.param(written([*ROW[:2], "gelezen", *ROW[3:]]), id="no such status"),
        pytest.param(written([*ROW[:2], [], *ROW[3:]]), id="a status that is a list"),
        pytest.param(written([*ROW[:6], "abc", *ROW[7:]]), id="notes that are a text"),
        pytest.param(written([*ROW[:7], "gisteren", *ROW[8:]]), id="no moment"),
        pytest.param(written([*ROW[:7], 5, *ROW[8:]]), id="a moment that is a number"),
        pytest.param(with_answers(ANSWER_ROW, ANSWER_ROW), id="an answer twice"),
        pytest.param(with_answers(ANSWER_ROW[:-1]), id="an answer that lacks a part"),
        pytest.param(with_answers([*ANSWER_ROW[:-1], 1]), id="a number for true"),
        pytest.param(with_answers([*ANSWER_ROW[:4], {}, *ANSWER_ROW[5:]]), id="warnings that are an object"),
        pytest.param(with_box(*BOX_ROW[:-1]), id="a box that lacks a part"),
        pytest.param(with_box(*BOX_ROW[:-1], 0), id="a table that is not there"),
        pytest.param(with_box(*BOX_ROW[:-1], -1, tables=[[[], []]]), id="a table from behind"),
        pytest.param(with_box(*[True], *BOX_ROW[1:]), id="a width that is true"),
        pytest.param(with_box("9", *BOX_ROW[1:]), id="a width that is a text"),
        pytest.param(with_box(10**30, *BOX_ROW[1:]), id="a width beyond all pages"),
        pytest.param(with_box(float("inf"), *BOX_ROW[1:]), id="a width without end"),
        pytest.param(with_box(float("nan"), *BOX_ROW[1:]), id="a width that is no number"),
        pytest.param(with_box(*BOX_ROW[:7], 3, None), id="no such alignment"),
        pytest.param(written(tables=[[["a"], []]]), id="a character without a width"),
        pytest.param(written(tables=[[["a", "a"], [1, 2]]]), id="a character twice"),
        pytest.param(written(tables=[[[1], [1]]]), id="a number for a character"),
        pytest.param(with_message("x", None), id="a message without values"),
        pytest.param(with_message("{a}", None, {}), id="a value that is missing"),
        pytest.param(with_message("{a.__class__}", None, {"a": "b"}), id="a look into an object"),
        pytest.param(with_message("{a[0]}", None, {"a": "b"}), id="an item of a value"),
        pytest.param(with_message("{a:>999999999}", None, {"a": "b"}), id="a billion spaces"),
        pytest.param(with_message("{a!r}", None, {"a": "b"}), id="a conversion"),
        pytest.param(with_message("{a}" * 1000, None, {"a": "b" * 1000}), id="a value a thousand times"),
        pytest.param(with_message("{", None, {}), id="an open brace"),
        pytest.param(with_message("{{}}", None, {}), id="escaped braces"),
        pytest.param(with_message("x", "{n.real}", {"n": 1}), id="a look into an object, of several"),
        pytest.param(with_message("x", "y", {}), id="several without a count"),
        pytest.param(with_message("x", "y", {"n": "2"}), id="a count that is a text"),
        pytest.param(with_message("x", None, {"a": None}), id="a value that is nothing"),
    ],
)
def test_what_somebody_made_up_is_malformed(text: bytes) -> None:
    with pytest.raises(MalformedError):
        from_json(text)


def test_messages_in_messages_without_end_are_malformed() -> None:
    row: list[object] = ["x", None, {}]
    for _ in range(200):
        row = ["{a}", None, {"a": row}]
    with pytest.raises(MalformedError):
        from_json(with_message(*row))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.data(), JSON)
def test_a_part_that_was_exchanged_is_malformed_or_a_submission(data: st.DataObject, other: object) -> None:
    whole: list[object] = json.loads(with_box(*BOX_ROW[:8], 0, tables=[[["a"], [5]]]))
    holder = whole
    while True:
        place = data.draw(st.integers(0, len(holder) - 1))
        inner = holder[place]
        if not isinstance(inner, list) or not inner or data.draw(st.booleans()):
            break
        holder = inner
    holder[place] = other
    try:
        back = from_json(json.dumps(whole).encode())
    except MalformedError:
        return
    assert parts(from_json(to_json(back))) == parts(back)
