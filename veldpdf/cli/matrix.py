"""Who answered what, as a matrix of one symbol for each partner and question, and the totals under it.

A row for each partner and a column for each question, numbered as the report numbers them: partners are many and have
long names, questions are some twenty and have numbers. What does not fit the width goes on in a block below. Symbols
are the report's, so that both are read alike, and say by themselves what their colour says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from veldpdf.cli.tables import Screen, answered_in, columns, fitted, status_in_words
from veldpdf.language import Catalogue
from veldpdf.messages import counted
from veldpdf.model import Completeness, FormDefinition, State
from veldpdf.report.wording import STATES, SYMBOLS

_ASCII_SYMBOLS: Mapping[State | None, str] = {
    State.ANSWERED: "#",
    State.PARTLY_EXAMPLE: "/",
    State.EXAMPLE: "o",
    State.EMPTY: "-",
    None: "x",
}
_COLOURS: Mapping[State | None, str | None] = {
    State.ANSWERED: "green",
    State.PARTLY_EXAMPLE: "yellow",
    State.EXAMPLE: "magenta",
    State.EMPTY: "red",
    None: "red",
}
_SAYS_SOMETHING = (State.ANSWERED, State.PARTLY_EXAMPLE)
# Numbers are found by counting: by fives where no space is left between them.
_GROUP = 5
_GAP = "  "
_SHORTEST_NAME = 8
_SHORTEST_LABEL = 4
_LONGEST_LABEL = 36
_SHORTEST_NAMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One partner: a state for each question, or why there are none."""

    name: str
    states: tuple[State | None, ...]
    total: str
    instead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the columns of a matrix stand.

    Attributes:
        name: Width of the partners' names.
        total: Width of what stands behind the last block.
        is_wide: Whether there is a space between any two questions, and not behind each fifth only.
        per_block: Questions side by side.
    """

    name: int
    total: int
    is_wide: bool
    per_block: int

    def spread(self, cells: Sequence[str]) -> str:
        """Return cells of one column side by side."""
        if self.is_wide:
            return " ".join(cells)
        groups = [cells[start : start + _GROUP] for start in range(0, len(cells), _GROUP)]
        return " ".join("".join(group) for group in groups)


def counting(results: Iterable[Completeness]) -> list[Completeness]:
    """Return the submissions that count: those that no newer one of the same partner replaces."""
    return [result for result in results if not result.submission.superseded_by]


def matrix(
    form: FormDefinition, results: Iterable[Completeness], say: Catalogue, screen: Screen
) -> Iterator[str]:
    """Yield the matrix and its legend; nothing where there are not two partners to compare."""
    shown = counting(results)
    if len(shown) < 2 or not any(result.submission.status.has_answers for result in shown):  # noqa: PLR2004 - two
        return
    rows = [_row(form, result, name, say) for result, name in zip(shown, _names(shown, screen), strict=True)]
    layout = _layout(rows, len(form.fields), screen.width, least=columns(say("Answered")))
    for start in range(0, len(form.fields), layout.per_block):
        block = range(start, min(start + layout.per_block, len(form.fields)))
        yield from _block(rows, block, layout, say, screen)
        yield ""
    yield from _legend(rows, say, screen)


def _row(form: FormDefinition, result: Completeness, name: str, say: Catalogue) -> _Row:
    status = result.submission.status
    if not status.has_answers:
        return _Row(name=name, states=(), total="-", instead=say(status_in_words(status)))
    states = tuple(result.states.get(field) for field in form.names)
    return _Row(name=name, states=states, total=f"{answered_in(result)}/{len(states)}")


def _names(results: Sequence[Completeness], screen: Screen) -> list[str]:
    """Return what to call each partner: those whose names are the same are told apart by their files."""
    often = Counter(result.submission.partner for result in results)
    return [
        screen.text(
            " ".join((sent.partner if often[sent.partner] == 1 else f"{sent.partner} ({sent.source})").split())
        )
        for sent in (result.submission for result in results)
    ]


def _layout(rows: Sequence[_Row], fields: int, width: int, *, least: int) -> _Layout:
    """Return the roomiest layout in one block, else blocks of whole groups.

    Args:
        rows: The partners.
        fields: How many questions there are.
        width: Of the screen, in columns.
        least: Width of the words that stand below the names.
    """
    longest = max(least, *(columns(row.name) for row in rows))
    name = min(longest, max(width * 3 // 10, _SHORTEST_NAME))
    total = max(columns(row.total) for row in rows)
    room = width - name - total - 2 * len(_GAP)
    if 2 * fields - 1 <= room:
        return _Layout(name=name, total=total, is_wide=True, per_block=fields)
    if fields + (fields - 1) // _GROUP <= room:
        return _Layout(name=name, total=total, is_wide=False, per_block=fields)
    fit = max((room + 1) // 2, 1)
    return _Layout(name=name, total=total, is_wide=True, per_block=fit - fit % _GROUP or fit)


def _block(
    rows: Sequence[_Row], block: range, layout: _Layout, say: Catalogue, screen: Screen
) -> Iterator[str]:
    """Yield some of the questions: their numbers, what each partner has, and how many answered."""

    def line(name: str, cells: str, total: str = "") -> str:
        return f"{fitted(name, layout.name, screen, in_the_middle=True)}{_GAP}{cells}{total}".rstrip()

    is_last = block.stop == max(len(row.states) for row in rows)
    numbers = _upright([index + 1 for index in block])
    for depth, digits in enumerate(numbers):
        yield line(say("Partner") if depth == len(numbers) - 1 else "", layout.spread(digits))
    width = len(layout.spread([" "] * len(block)))
    yield f"{'-' * layout.name}{_GAP}{'-' * width}" + (f"{_GAP}{'-' * layout.total}" if is_last else "")
    for row in rows:
        total = f"{_GAP}{row.total:>{layout.total}}" if is_last else ""
        cells = layout.spread([_symbol(row.states[index], screen) for index in block]) if row.states else ""
        yield line(row.name, cells or fitted(screen.text(row.instead), width, screen), total)
    counts = [
        sum(index < len(row.states) and row.states[index] in _SAYS_SOMETHING for row in rows) for index in block
    ]
    for depth, digits in enumerate(_upright(counts)):
        yield line(say("Answered") if not depth else "", layout.spread(digits))


def _upright(numbers: Sequence[int]) -> list[list[str]]:
    """Return numbers written downwards: a line for each digit, the last the ones."""
    height = len(str(max(numbers)))
    return [[f"{number:>{height}}"[depth] for number in numbers] for depth in range(height)]


def _symbols(screen: Screen) -> Mapping[State | None, str]:
    """Return the report's symbols, or letters and marks where the encoding lacks one of them."""
    return SYMBOLS if screen.shows("".join(SYMBOLS.values())) else _ASCII_SYMBOLS


def _symbol(state: State | None, screen: Screen) -> str:
    return screen.styled(_symbols(screen)[state], _COLOURS[state])


def _legend(rows: Sequence[_Row], say: Catalogue, screen: Screen) -> Iterator[str]:
    """Yield what the symbols mean, those that occur; as many on a line as fit."""
    there = {state for row in rows for state in row.states}
    line, width = "", 0
    for state in (state for state in SYMBOLS if state in there):
        words = screen.text(say(STATES[state]))
        if line and width + 2 + 2 + columns(words) > screen.width:
            yield line
            line, width = "", 0
        line += f"{_GAP if line else ''}{_symbol(state, screen)} {words}"
        width += (2 if width else 0) + 2 + columns(words)
    yield line


# Totals: how far all are together, and which questions are still open with whom.


def totals(
    form: FormDefinition, results: Iterable[Completeness], say: Catalogue, screen: Screen
) -> Iterator[str]:
    """Yield each question with how many answered it and who did not, then how many partners are complete.

    Only where there are several partners. Names that do not fit are counted: "GGD, Politie +3".
    """
    shown = counting(results)
    if len(shown) < 2:  # noqa: PLR2004 - several
        return
    if any(result.submission.status.has_answers for result in shown):
        yield from _questions(form, shown, say, screen)
        yield ""
    yield _complete(shown, say)


def plain_totals(form: FormDefinition, results: Iterable[Completeness], say: Catalogue) -> Iterator[str]:
    """Yield the same for screen readers: a sentence for each question, with all names."""
    shown = counting(results)
    if len(shown) < 2:  # noqa: PLR2004 - several
        return
    for number, (label, lacking, of) in enumerate(_open_questions(form, shown), start=1):
        said = {"number": number, "label": label, "n": of - len(lacking), "total": of}
        if lacking:
            yield say(
                "Question {number}, {label}: answered by {n} of {total}, not by {names}.",
                **said,
                names=", ".join(lacking),
            )
        else:
            yield say("Question {number}, {label}: answered by {n} of {total}.", **said)
    yield _complete(shown, say)


def _complete(shown: Sequence[Completeness], say: Catalogue) -> str:
    complete = sum(result.complete for result in shown)
    return say(
        counted("{n} of {total} is complete.", "{n} of {total} are complete.", complete, total=len(shown))
    )


def _open_questions(
    form: FormDefinition, shown: Sequence[Completeness]
) -> Iterator[tuple[str, list[str], int]]:
    """Yield each question's label, who did not answer it, and how many could have: those that were read."""
    read = [result for result in shown if result.submission.status.has_answers]
    for spec in form.fields:
        lacking = [result for result in read if result.states.get(spec.name) not in _SAYS_SOMETHING]
        yield spec.label, [result.submission.partner for result in lacking], len(read)


def _questions(
    form: FormDefinition, shown: Sequence[Completeness], say: Catalogue, screen: Screen
) -> Iterator[str]:
    rows = [
        (screen.text(label), say("{n} of {total}", n=of - len(lacking), total=of), [*map(screen.text, lacking)])
        for label, lacking, of in _open_questions(form, shown)
    ]
    heads = (say("Question"), say("Answered"), say("Not answered by"))
    number = len(str(len(rows)))
    count = max(columns(text) for text in (heads[1], *(row[1] for row in rows)))
    room = screen.width - number - count - 2 * len(_GAP)
    label = min(max(columns(text) for text in (heads[0], *(row[0] for row in rows))), _LONGEST_LABEL)
    longest = max(columns(text) for text in (heads[2], *(", ".join(row[2]) for row in rows)))
    names = min(room - label - len(_GAP), longest)
    if names < _SHORTEST_NAMES:  # then questions are told by name, and partners by the matrix
        label, names = min(label, max(room, _SHORTEST_LABEL)), 0

    def line(first: str, question: str, answered: str, last: str) -> str:
        cells = (f"{first:>{number}}", fitted(question, label, screen), fitted(answered, count, screen))
        return _GAP.join((*cells, last)[: 4 if names else 3]).rstrip()

    yield line("", heads[0], heads[1], fitted(heads[2], max(names, 1), screen))
    yield _GAP.join("-" * width for width in (number, label, count, names) if width)
    for index, (text, answered, lacking) in enumerate(rows, start=1):
        yield line(str(index), text, answered, _as_many(lacking, names, screen))


def _as_many(names: Sequence[str], width: int, screen: Screen) -> str:
    """Return as many names as fit, and how many more there are."""
    for kept in range(len(names), 0, -1):
        more = f" +{len(names) - kept}" if kept < len(names) else ""
        text = ", ".join(names[:kept]) + more
        if columns(text) <= width:
            return text
    if len(names) == 1:
        return fitted(names[0], width, screen, in_the_middle=True) if width else ""
    more = f" +{len(names) - 1}" if names else ""
    return (
        fitted(names[0], max(width - len(more), 1), screen, in_the_middle=True).rstrip() + more if names else ""
    )
