"""Facts as tables of plain text, no wider than a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from veldpdf.cli.settings import printable
from veldpdf.language import Catalogue
from veldpdf.messages import Message, counted
from veldpdf.model import Completeness, FormDefinition, State, Status, TooLong
from veldpdf.pdf.acroform import FieldType
from veldpdf.pdf.inspecting import Inspection

_WIDTH = 100
_LONGEST_CELL = 40
_SHORTEST_CELL = 8

_STATUSES = {
    Status.READ: Message("read"),
    Status.RECOVERED: Message("recovered"),
    Status.SCAN: Message("scan"),
    Status.LOCKED: Message("locked"),
    Status.OTHER: Message("another form"),
    Status.UNREADABLE: Message("unreadable"),
}
_SUPERSEDED = Message("superseded")
_TYPES = {
    FieldType.TEXT: Message("text"),
    FieldType.CHECKBOX: Message("checkbox"),
    FieldType.RADIO: Message("radio buttons"),
    FieldType.CHOICE: Message("choice"),
    FieldType.BUTTON: Message("button"),
    FieldType.SIGNATURE: Message("signature"),
}
_WHY_MISSING = {
    State.EMPTY: Message("empty"),
    State.EXAMPLE: Message("still the example"),
}


def completeness_table(form: FormDefinition, results: Sequence[Completeness], say: Catalogue) -> str:
    """Return an overview with a line for each submission, then what to ask of each partner."""
    header = [say("Partner"), say("File"), say("Status"), say("Answered"), say("Missing")]
    rows = [_overview(form, result, say) for result in results]
    parts = [*_table([header, *rows])]
    for result in results:
        parts += _details(form, result, say)
    return "\n".join(parts)


def _overview(form: FormDefinition, result: Completeness, say: Catalogue) -> list[str]:
    submission = result.submission
    answered = sum(state in (State.ANSWERED, State.PARTLY_EXAMPLE) for state in result.states.values())
    counts = ["-", "-"]
    if submission.status.has_answers:
        total = len(form.fields)
        counts = [say("{n} of {total}", n=answered, total=total), str(len(result.missing) or "-")]
    status = _SUPERSEDED if submission.superseded_by else _STATUSES[submission.status]
    return [submission.partner, submission.source, say(status), *counts]


def _details(form: FormDefinition, result: Completeness, say: Catalogue) -> Iterator[str]:
    """Yield what is to be asked of one partner; nothing where that is nothing."""
    submission = result.submission
    lines = [say(warning) for warning in submission.warnings]
    if not submission.superseded_by:
        lines += _open_questions(form, result, say)
    doubts = sorted(_doubts(form, result, say), key=lambda doubt: form.names.index(doubt[0]))
    if doubts and lines:
        lines.append(say("Worth a look:"))
    lines += [f"{name}  {words}" for name, words in doubts]
    if lines:
        yield ""
        yield printable(f"{submission.partner} ({submission.source})")
        yield from (printable(f"  {line}") for line in lines)


def _open_questions(form: FormDefinition, result: Completeness, say: Catalogue) -> Iterator[str]:
    """Yield each field that says nothing yet, with its label and why."""
    for name in result.missing:
        state = result.states.get(name)
        why = say(_WHY_MISSING[state]) if state in _WHY_MISSING else say("not in the file")
        yield f"{name}  {form.field(name).label} ({why})"


def _doubts(form: FormDefinition, result: Completeness, say: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield each answer that the officer should look at, and why."""

    def about(name: str, why: str) -> tuple[str, str]:
        return name, f"{form.field(name).label} ({why})"

    for name, state in result.states.items():
        if state is State.PARTLY_EXAMPLE:
            yield about(name, say("the example still stands in it"))
    for name in result.overflow:
        yield about(name, _how_much_too_long(result.too_long.get(name), say))
    for name, answer in result.submission.answers.items():
        for warning in answer.warnings:
            yield name, say(warning)


def _how_much_too_long(by: TooLong | None, say: Catalogue) -> str:
    if by is None:
        return say("longer than the field shows")
    return say(
        counted(
            "longer than the field shows: {n} character too many, {lines} lines where {fit} fit",
            "longer than the field shows: {n} characters too many, {lines} lines where {fit} fit",
            by.characters_over,
            lines=by.lines,
            fit=by.lines_that_fit,
        )
    )


def inspection_table(inspections: Iterable[Inspection], say: Catalogue) -> str:
    """Return the fields of each file, file by file."""
    parts: list[str] = []
    for item in inspections:
        title = f"{item.source}: {say(_STATUSES[item.status])}"
        if item.form is not None:
            title += f", {item.form}"
        parts += [printable(title), *(printable(f"  {say(warning)}") for warning in item.warnings)]
        if item.fields:
            header = [say("Field"), say("Type"), say("Page"), say("Value")]
            rows = [
                [
                    field.name,
                    say(_TYPES[field.type]),
                    ", ".join(map(str, field.pages)) or "-",
                    _shown(field.value),
                ]
                for field in item.fields
            ]
            parts += _table([header, *rows])
        parts.append("")
    return "\n".join(parts).rstrip("\n")


def _shown(value: str | list[str] | None) -> str:
    if value is None:
        return "-"
    return ", ".join(value) if isinstance(value, list) else value


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield rows in columns, the first row underlined; the last column takes the width that is left."""
    cells = [[printable(" ".join(cell.split())) for cell in row] for row in rows]
    widths = [min(max(map(_columns, column)), _LONGEST_CELL) for column in zip(*cells, strict=True)]
    widths[-1] = max(
        min(max(_columns(row[-1]) for row in cells), _WIDTH - sum(widths[:-1]) - 2 * len(widths)),
        _SHORTEST_CELL,
    )
    for index, row in enumerate(cells):
        yield "  ".join(_fitted(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if index == 0:
            yield "  ".join("-" * width for width in widths)


def _fitted(cell: str, width: int) -> str:
    """Return a cell cut or filled up to a width."""
    if _columns(cell) > width:
        kept = cell[:width]
        while _columns(kept) > width - 1:
            kept = kept[:-1]
        cell = kept + "…"
    return cell + " " * (width - _columns(cell))


def _columns(text: str) -> int:
    """Return the columns that a text takes on a terminal: East Asian letters take two, accents none."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )
