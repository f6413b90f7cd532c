"""A user's own layouts of the report: finding them, and what they are given.

A layout is a text file of the user's in which the report's texts are put, as HTML or as Markdown. It is written in
the little that `veldpdf.templating` allows and sees plain data only: what the JSON of the report holds, under
the same names, and the words for it that take a catalogue. docs/layouts.md tells all of them. Escaping is each
format's own affair and cannot be switched off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from veldpdf.errors import InputError
from veldpdf.files import read_bytes
from veldpdf.language import Catalogue
from veldpdf.merging import Participant, Report
from veldpdf.messages import Message
from veldpdf.model import State
from veldpdf.report.as_json import table_of
from veldpdf.report.presentation import LayoutFile
from veldpdf.report.wording import (
    STATES,
    STATUSES,
    SYMBOLS,
    completeness_of,
    date_in_words,
    example_caption,
    summary_of,
)
from veldpdf.templating import Bounds, Layout, text_of_layout

_SUFFIXES = (".html", ".md")
# Escaping makes a character six at most, and a page may show a text a few times. Beside that there is what the layout
# itself says, for each partner and each question.
_TIMES_TYPED, _OWN_CHARACTERS, _CHARACTERS_OF_CELL = 20, 2_000_000, 2_000
_OWN_ROUNDS, _ROUNDS_OF_CELL = 100_000, 50


def load_layouts(folder: Path, suffixes: Iterable[str], language: str) -> tuple[tuple[str, LayoutFile], ...]:
    """Return a user's layouts for the formats that are asked for.

    ``report.nl.html`` is taken before ``report.html``, which serves all languages that have none of their own. A format
    without a layout is made as always.

    Args:
        folder: Where they lie.
        suffixes: The endings of the files that will be made; only ``.html`` and ``.md`` can have a layout.
        language: The report's, e.g. ``"nl"``.

    Raises:
        InputError: The folder has none of what is asked for, or a file cannot be read.
    """
    given = {suffix.lower() for suffix in suffixes}
    asked = [suffix for suffix in _SUFFIXES if suffix in given]
    found = {suffix: path for suffix in asked if (path := _find(folder, suffix, language)) is not None}
    if asked and not found:
        raise InputError(
            Message(
                "{path}: there is no {name} in this folder.",
                path=folder,
                name=", ".join(f"report.{language}{suffix}" for suffix in asked),
            ),
            Message(
                "Put the layout there under this name, or as {name}.",
                name=", ".join(f"report{suffix}" for suffix in asked),
            ),
        )
    return tuple(
        (suffix, LayoutFile(source=str(path), text=text_of_layout(read_bytes(path))))
        for suffix, path in found.items()
    )


def filled(
    layout: LayoutFile,
    report: Report,
    catalogue: Catalogue,
    *,
    finalize: Callable[[object], object],
    autoescape: bool = False,
    filters: Mapping[str, Callable[[Any], str]] = MappingProxyType({}),
) -> str:
    """Return what a layout makes of a report.

    Args:
        layout: The user's.
        report: What to put in it.
        catalogue: The language of everything that is neither the worksheet's text nor a partner's.
        finalize: Makes a printed value fit to be looked at, and raises `NotATextError` where it is none.
        autoescape: Whether what is printed is escaped for HTML.
        filters: What the format adds to write a text.

    Raises:
        LayoutError: The layout has a mistake.
    """
    compiled = Layout(
        layout.text,
        source=layout.source,
        finalize=finalize,
        autoescape=autoescape,
        filters=filters,
        bounds=_bounds(report),
        remedy=Message("Mend that line; docs/layouts.md tells what a layout may hold."),
    )
    return compiled.render(values_of(report, catalogue))


def values_of(report: Report, catalogue: Catalogue) -> dict[str, Any]:
    """Return all that a layout is given: the table of the report's JSON, with words beside the codes."""
    day = report.options.date
    cells = {
        state: {"state": state or "absent", "symbol": SYMBOLS[state], "words": catalogue(words)}
        for state, words in STATES.items()
    }
    table = table_of(report, catalogue)
    labels = {question.spec.name: question.spec.label for question in report.questions}
    for given, participants in (("partners", report.participants), ("superseded", report.superseded)):
        for partner, participant in zip(table[given], participants, strict=True):
            _add_words(partner, participant, catalogue, cells, labels)
    questions = [each for section in table["sections"] for each in section["questions"]]
    for asked, question in zip(questions, report.questions, strict=True):
        asked["example_caption"] = catalogue(example_caption(question))
        _add_shown(asked["answers"])
    _add_shown(table["actions"] or ())
    for action in table["actions"] or ():
        action["label"] = labels[action["field"]]
    for row in table["plan"] or ():
        row["shown"] = {
            key: row["own_words"].get(key) or row[key] for key in ("indicator", "frequency", "responsible")
        }
    return {
        **table,
        "date_in_words": date_in_words(day, catalogue) if day else "",
        "worksheet": {
            "title": report.form.title,
            "subtitle": report.form.subtitle,
            "publisher": report.form.publisher,
            "language": report.form.language,
        },
        "summary": [catalogue(sentence) for sentence in summary_of(report)],
        "states": list(cells.values()),
    }


def line_of(layout: LayoutFile, text: str) -> int | None:
    """Return the line of a layout on which a text of it first stands, from 1; None where it is nowhere as a whole."""
    place = layout.text.find(text)
    return None if place < 0 else layout.text.count("\n", 0, place) + 1


def _find(folder: Path, suffix: str, language: str) -> Path | None:
    paths = (folder / f"report.{language}{suffix}", folder / f"report{suffix}")
    return next((path for path in paths if path.is_file()), None)


def _bounds(report: Report) -> Bounds:
    """Return how much a layout may do, by how much there is to show."""
    everybody = report.returned
    cells = (len(everybody) + 1) * (len(report.questions) + 1)
    typed = sum(
        len(said.typed) for question in report.questions for entry in question.entries for said in entry.said
    )
    typed += sum(len(note) for participant in everybody for note in participant.notes)
    return Bounds(
        rounds=_OWN_ROUNDS + _ROUNDS_OF_CELL * cells,
        characters=_OWN_CHARACTERS + _CHARACTERS_OF_CELL * cells + _TIMES_TYPED * typed,
    )


def _add_words(
    partner: dict[str, Any],
    participant: Participant,
    catalogue: Catalogue,
    cells: Mapping[State | None, dict[str, str]],
    labels: Mapping[str, str],
) -> None:
    partner["status_in_words"] = catalogue(STATUSES[participant.status])
    partner["completeness_in_words"] = catalogue(completeness_of(participant))
    has_answers = participant.status.has_answers
    partner["cells"] = [cells[state] for state in participant.states] if has_answers else []
    partner["missing_labels"] = [labels[name] for name in partner["missing"]]


def _add_shown(answers: Iterable[dict[str, Any]]) -> None:
    """Put what the other formats show of an answer beside what was typed."""
    for answer in answers:
        answer["shown"] = answer["own_words"] or answer["text"]
