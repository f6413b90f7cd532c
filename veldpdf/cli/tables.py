"""Facts as tables and lines of plain text, no wider than the screen that they are for.

What is to be asked of a partner is collected once, as facts, and shown in two ways: under headings for those who look,
and one to a line, each saying by itself what it is, for those who listen to a screen reader. The text of an answer is
never among them.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import click

from veldpdf.cli.settings import printable
from veldpdf.language import Catalogue
from veldpdf.messages import Message, counted
from veldpdf.model import Completeness, FormDefinition, State, Status

if TYPE_CHECKING:
    from veldpdf.changes_since import Changes, PartnerChange
    from veldpdf.pdf.inspecting import Inspection

_WIDTH = 100
_UNKNOWN_SIZE = (80, 24)
_NARROWEST = 24
_LONGEST_CELL = 40
_SHORTEST_CELL = 8
# What stands in for characters that an encoding may lack; a letter that it lacks is a question mark.
_STAND_INS = {"…": "...", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " "}
_EMOJI_STYLE = "\ufe0f"

_STATUSES = {
    Status.READ: Message("read"),
    Status.RECOVERED: Message("recovered"),
    Status.SCAN: Message("scan"),
    Status.LOCKED: Message("locked"),
    Status.OTHER: Message("another form"),
    Status.UNREADABLE: Message("unreadable"),
}
_SUPERSEDED = Message("superseded")
# By the values of `FieldType`, whose module takes long to load and which `check` does not need.
_TYPES = {
    "text": Message("text"),
    "checkbox": Message("checkbox"),
    "radio": Message("radio buttons"),
    "choice": Message("choice"),
    "button": Message("button"),
    "signature": Message("signature"),
}
_WHY_MISSING = {
    State.EMPTY: Message("empty"),
    State.EXAMPLE: Message("still the example"),
}
_SAYS_SOMETHING = (State.ANSWERED, State.PARTLY_EXAMPLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a text is shown on.

    Attributes:
        width: In columns; no table is wider.
        is_terminal: Whether lines of prose are broken at that width. In a file they stay lines, to be searched.
        has_colour: Whether it shows colours, and whoever looks wants them.
        encoding: What it can show.
    """

    width: int = _UNKNOWN_SIZE[0]
    is_terminal: bool = False
    has_colour: bool = False
    encoding: str = "utf-8"

    def shows(self, text: str) -> bool:
        """Whether the encoding has all characters of a text."""
        try:
            text.encode(self.encoding)
        except UnicodeEncodeError:
            return False
        return True

    def text(self, text: str) -> str:
        """Return a text as it can be shown: nothing that moves the cursor, nothing that the encoding lacks."""
        clean = printable(text)
        if self.shows(clean):
            return clean
        return "".join(
            each if self.shows(each) else _STAND_INS.get(each, "?") for each in clean if each != _EMOJI_STYLE
        )

    @property
    def ellipsis(self) -> str:
        """What marks that a text was shortened: one column wide."""
        return "…" if self.shows("…") else "~"

    def styled(self, text: str, colour: str | None) -> str:
        """Return a text in a colour, where there are any."""
        return click.style(text, fg=colour) if self.has_colour and colour else text

    def wrapped(self, line: str, *, indent: int) -> Iterator[str]:
        """Yield a line, on a terminal broken between words; what follows is indented."""
        line = self.text(line)
        while self.is_terminal and columns(line) > self.width:
            cut = len(_beginning(line, self.width + 1))
            space = line.rfind(" ", indent + 1, cut)
            if space < 0:
                break
            yield line[:space].rstrip()
            line = " " * indent + line[space:].lstrip()
        yield line


def screen_of_user() -> Screen:
    """Return what standard output is, by the environment variables that terminals and their users set.

    ``NO_COLOR`` and ``FORCE_COLOR`` count with any value but an empty one; where both are set there is no colour.
    """
    is_terminal = bool(sys.stdout and sys.stdout.isatty())
    wants = is_terminal and os.environ.get("TERM") != "dumb"
    return Screen(
        width=max(shutil.get_terminal_size(_UNKNOWN_SIZE).columns, _NARROWEST),
        is_terminal=is_terminal,
        has_colour=(wants or bool(os.environ.get("FORCE_COLOR"))) and not os.environ.get("NO_COLOR"),
        encoding=getattr(sys.stdout, "encoding", None) or "utf-8",
    )


# What is to be asked of a partner.


class _Fact(NamedTuple):
    """Something to tell of a partner: under which heading, of which field if of one, and what."""

    heading: Message | None
    field: str
    words: str


_MISSING = Message("Missing")
_ASKED = Message("Also asked")
_DOUBT = Message("Worth a look")
_WARNING = Message("Warning")


def completeness_table(
    form: FormDefinition, results: Sequence[Completeness], say: Catalogue, screen: Screen
) -> str:
    """Return an overview with a line for each submission, then what to ask of each partner."""
    header = [say("Partner"), say("File"), say("Status"), say("Answered"), say("Missing")]
    rows = [_overview(form, result, say) for result in results]
    without_file = [[row[0], *row[2:]] for row in (header, *rows)]
    fits = _least_width([header, *rows]) <= screen.width
    parts = [*table([header, *rows] if fits else without_file, screen)]
    for result in results:
        parts += _details(form, result, say, screen)
    return "\n".join(parts)


def plain_completeness(form: FormDefinition, results: Iterable[Completeness], say: Catalogue) -> Iterator[str]:
    """Yield the same for screen readers: one fact to a line, without columns, symbols and headings."""
    for result in results:
        submission = result.submission
        who = {"partner": submission.partner, "source": submission.source}
        if submission.superseded_by:
            yield say("{partner} ({source}): superseded.", **who)
        elif not submission.status.has_answers:
            yield say("{partner} ({source}): {status}.", **who, status=_STATUSES[submission.status])
        else:
            counts = {"n": answered_in(result), "total": len(form.fields)}
            yield say("{partner} ({source}): {n} of {total} answered.", **who, **counts)
        for heading, field, words in _facts(form, result, say):
            about = f"{field} {words}" if field else words
            yield f"{say(heading or _WARNING)}: {about}"
        yield ""


def answered_in(result: Completeness) -> int:
    """Return how many fields say something of the partner's own."""
    return sum(state in _SAYS_SOMETHING for state in result.states.values())


def status_in_words(status: Status) -> Message:
    """Return in a word or two what could be done with a file."""
    return _STATUSES[status]


def _overview(form: FormDefinition, result: Completeness, say: Catalogue) -> list[str]:
    submission = result.submission
    counts = ["-", "-"]
    if submission.status.has_answers:
        total = len(form.fields)
        counts = [say("{n} of {total}", n=answered_in(result), total=total), str(len(result.missing) or "-")]
    status = _SUPERSEDED if submission.superseded_by else _STATUSES[submission.status]
    return [submission.partner, submission.source, say(status), *counts]


def _details(form: FormDefinition, result: Completeness, say: Catalogue, screen: Screen) -> Iterator[str]:
    """Yield what is to be asked of one partner; nothing where that is nothing."""
    facts = list(_facts(form, result, say))
    if not facts:
        return
    submission = result.submission
    yield ""
    yield from screen.wrapped(f"{submission.partner} ({submission.source})", indent=2)
    previous: Message | None = _MISSING  # which stands first of all and needs no heading
    for heading, field, words in facts:
        if heading not in (None, _MISSING, previous):
            yield screen.text(f"  {say(heading)}:")
        yield from screen.wrapped(f"  {field}  {words}" if field else f"  {words}", indent=4)
        previous = heading


def _facts(form: FormDefinition, result: Completeness, say: Catalogue) -> Iterator[_Fact]:
    """Yield warnings, then what is missing, what the rules ask, and what to look at.

    Of a submission that another replaces only the warnings: nothing in it is to be asked of anybody.
    """
    for warning in result.submission.warnings:
        yield _Fact(None, "", say(warning))
    if result.submission.superseded_by:
        return
    for name in result.missing:
        state = result.states.get(name)
        why = say(_WHY_MISSING[state]) if state in _WHY_MISSING else say("not in the file")
        yield _Fact(_MISSING, name, f"{form.field(name).label} ({why})")
    for breach in result.further_breaches:
        yield _Fact(_ASKED, "", say(breach.message))
    doubts = sorted(_doubts(form, result, say), key=lambda doubt: form.names.index(doubt[0]))
    for name, words in doubts:
        yield _Fact(_DOUBT, name, words)


def _doubts(form: FormDefinition, result: Completeness, say: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield each answer that the officer should look at, and why."""
    from veldpdf.completeness import about_length  # noqa: PLC0415 - start-up time

    def about(name: str, why: str) -> tuple[str, str]:
        return name, f"{form.field(name).label} ({why})"

    for name, state in result.states.items():
        if state is State.PARTLY_EXAMPLE:
            yield about(name, say("the example still stands in it"))
    for name in result.thin:
        yield about(name, say("says little"))
    for name in result.overflow:
        yield about(name, say(about_length(result.too_long.get(name))))
    for name, answer in result.submission.answers.items():
        for warning in answer.warnings:
            yield name, say(warning)


# What changed since an earlier check.


def changes_table(
    changes: Changes, since: str, form: FormDefinition, say: Catalogue, screen: Screen
) -> Iterator[str]:
    """Yield what changed since an earlier check, partner by partner."""
    yield from screen.wrapped(say("Since {file}:", file=since), indent=2)
    for who, facts in _changed(changes, form, say):
        if len(facts) == 1:
            yield from screen.wrapped(f"  {who}: {facts[0]}", indent=4)
            continue
        yield from screen.wrapped(f"  {who}", indent=4)
        for fact in facts:
            yield from screen.wrapped(f"    {fact}", indent=6)
    yield from screen.wrapped(f"  {_unchanged(changes, say)}", indent=4)


def plain_changes(changes: Changes, since: str, form: FormDefinition, say: Catalogue) -> Iterator[str]:
    """Yield the same for screen readers: each line says by itself of whom it is."""
    yield say("Since {file}:", file=since)
    for who, facts in _changed(changes, form, say):
        yield from (f"{who}: {fact}" for fact in facts)
    yield _unchanged(changes, say)


def _changed(changes: Changes, form: FormDefinition, say: Catalogue) -> Iterator[tuple[str, list[str]]]:
    """Yield each partner of whom something changed, with what did."""
    for result in changes.new:
        submission = result.submission
        facts = [say("new")]
        if submission.status.has_answers:
            facts = [say("new, {n} of {total} answered", n=answered_in(result), total=len(form.fields))]
        yield (f"{submission.partner} ({submission.source})", facts)
    for change in changes.partners:
        who = change.partner
        if change.formerly:
            who = say("{partner} (before: {name})", partner=who, name=change.formerly)
        yield who, list(_changed_of(change, say))
    for then in changes.gone:
        yield (f"{then.partner} ({then.source})", [say("not among the files any more")])


def _changed_of(change: PartnerChange, say: Catalogue) -> Iterator[str]:
    if change.is_read != change.was_read:
        yield say("can be read now") if change.is_read else say("cannot be read any more")
    if change.is_complete != change.was_complete:
        yield say("complete now") if change.is_complete else say("not complete any more")
    if change.answered:
        yield say("answered since: {names}", names=", ".join(change.answered))
    if change.changed:
        yield say("changed: {names}", names=", ".join(change.changed))
    if change.emptied:
        yield say("not answered any more: {names}", names=", ".join(change.emptied))


def _unchanged(changes: Changes, say: Catalogue) -> str:
    return say(
        counted("Nothing changed for {n} partner.", "Nothing changed for {n} partners.", changes.unchanged)
    )


# The fields of a file.


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
                    say(_TYPES[field.type.value]),
                    ", ".join(map(str, field.pages)) or "-",
                    _shown(field.value) + (f" [{' | '.join(field.choices)}]" if field.choices else ""),
                ]
                for field in item.fields
            ]
            parts += table([header, *rows], Screen(width=_WIDTH))
        parts.append("")
    return "\n".join(parts).rstrip("\n")


def _shown(value: str | list[str] | None) -> str:
    if value is None:
        return "-"
    return ", ".join(value) if isinstance(value, list) else value


# Tables, and the columns that texts take in them.


def table(rows: Sequence[Sequence[str]], screen: Screen) -> Iterator[str]:
    """Yield rows in columns, the first row underlined: the widest columns give way until all fit the screen."""
    cells = [[screen.text(" ".join(cell.split())) for cell in row] for row in rows]
    widths = [min(max(map(columns, column)), _LONGEST_CELL) for column in zip(*cells, strict=True)]
    if screen.width >= _WIDTH:  # there is room to show the last column in full
        widths[-1] = min(max(columns(row[-1]) for row in cells), screen.width)
    while sum(widths) + 2 * (len(widths) - 1) > screen.width and max(widths) > _SHORTEST_CELL:
        widths[max(range(len(widths)), key=widths.__getitem__)] -= 1
    for index, row in enumerate(cells):
        yield "  ".join(fitted(cell, width, screen) for cell, width in zip(row, widths, strict=True)).rstrip()
        if index == 0:
            yield "  ".join("-" * width for width in widths)


def _least_width(rows: Sequence[Sequence[str]]) -> int:
    """Return the width that a table cannot go below."""
    widths = [min(max(map(columns, column)), _SHORTEST_CELL) for column in zip(*rows, strict=True)]
    return sum(widths) + 2 * (len(widths) - 1)


def fitted(cell: str, width: int, screen: Screen, *, in_the_middle: bool = False) -> str:
    """Return a cell cut or filled up to a width.

    Args:
        cell: A text that the screen shows.
        width: In columns.
        screen: What it is for.
        in_the_middle: Whether to keep the end: names often differ there ("GGD Regio Noord", "GGD Regio Zuid").
    """
    if columns(cell) > width:
        end = _ending(cell, (width - 1) // 3) if in_the_middle else ""
        cell = _beginning(cell, width - 1 - columns(end)).rstrip() + screen.ellipsis + end
    return cell + " " * (width - columns(cell))


def _beginning(text: str, width: int) -> str:
    """Return as much of the beginning as a width holds."""
    kept = text[: width + sum(not columns(character) for character in text)]
    while columns(kept) > width:
        kept = kept[:-1]
    return kept


def _ending(text: str, width: int) -> str:
    """Return as much of the end as a width holds; an accent does not come without its letter."""
    kept = text[max(len(text) - width, 0) :]
    while kept and (columns(kept) > width or not columns(kept[0]) or kept[0] == _EMOJI_STYLE):
        kept = kept[1:]
    return kept


def columns(text: str) -> int:
    """Return the columns that a text takes on a terminal: East Asian letters and emoji take two, accents none."""
    return sum(map(_columns_of, text))


def _columns_of(character: str) -> int:
    if character == _EMOJI_STYLE:  # it makes the narrow symbol before it an emoji
        return 1
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
