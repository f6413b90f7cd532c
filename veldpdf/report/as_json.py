"""The report as JSON, for whoever wants to go on computing with it.

Two keys are lists of objects that hold lists of objects, and everything stands in the order in which people
read it. Texts are what was typed; what the other formats show of an answer that is partly the example stands beside
them::

    {
      "form": "bouwsteen-3a", "title": …, "municipality": …, "date": "2026-03-14" or null,
      "language": "nl",                  language of title and warnings
      "awaited": [],                     partners who were asked and sent nothing yet
      "totals": {"partners": 6, "read": 5, "complete": 2},
      "partners": [{
        "name": …,                       what the report calls the partner; no two alike
        "partner": …, "source": …, "status": "read", "complete": false,
        "missing": ["Veld04"],           required questions without an answer
        "warnings": […], "answer_warnings": [{"field": "Veld05", "message": …}],
        "tally": {"answered": 20, "partly-example": 1, "example": 1, "empty": 1, "absent": 0, "unread": 0},
        "states": {"Veld01": "answered", "Veld02": null}    null: not in the file
      }],
      "sections": [{
        "id": …, "title": …,
        "questions": [{
          "number": 1, "field": "Veld01", "label": …, "question": …, "required": true, "role": null,
          "tally": {…},
          "answers": [{
            "names": […],                who typed this, word for word
            "text": …, "partly_example": true, "is_note": false,
            "own_words": …               without the example; "" where the partner merely kept or mended
          }],                            sentences of it, null where nothing of it stands in the text
          "example": …,                  null unless somebody left it or kept a part of it, and where it is hidden
          "example_left_by": […], "empty_from": […], "absent_from": […]
        }]
      }],
      "plan": [{"indicator": …, "frequency": …, "responsible": …, "name": …,
                "partly_example": ["responsible"],      of the three, where an example still stands in
                "own_words": {"responsible": …}}],      of those, as in answers
      "actions": [{"field": "Veld22", …}]               as in answers
    }

``plan`` and ``actions`` are null where the worksheet does not ask for them. Texts are exact, but for halves of
surrogate pairs, which UTF-8 cannot hold: those are U+FFFD. Characters that turn the reading order are written
as escapes, so that the file can be looked at without harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from veldpdf.json_text import indented
from veldpdf.language import Catalogue
from veldpdf.merging import Action, Chapter, Entry, Participant, PlanRow, Question, Report, Said, Tally
from veldpdf.report.presentation import Presentation, Rendered
from veldpdf.report.wording import title_of
from veldpdf.typed_text import REPLACEMENT

_PLAN_KEYS = ("indicator", "frequency", "responsible")

_SURROGATE = re.compile("[\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def render(report: Report, presentation: Presentation) -> Rendered:
    """Return the report as UTF-8 JSON."""
    table = table_of(report, presentation.catalogue)
    text = _SURROGATE.sub(REPLACEMENT, indented(table))
    escaped = _BIDI.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return Rendered(data=escaped.encode() + b"\n")


def table_of(report: Report, catalogue: Catalogue) -> dict[str, Any]:
    """Return the report as plain data, with the keys that the module's docstring tells of."""
    return {
        "form": report.form.id,
        "title": title_of(report, catalogue),
        "municipality": report.options.municipality,
        "date": report.options.date.isoformat() if report.options.date else None,
        "language": catalogue.language,
        "awaited": report.options.awaited,
        "totals": {"partners": len(report.participants), "read": report.read, "complete": report.complete},
        "partners": [_partner(participant, report.questions, catalogue) for participant in report.participants],
        "superseded": [_partner(participant, report.questions, catalogue) for participant in report.superseded],
        "sections": [_section(chapter) for chapter in report.chapters],
        "plan": None if report.plan is None else [_plan_row(row) for row in report.plan],
        "actions": None
        if report.actions is None
        else [each for action in report.actions for each in _actions(action)],
    }


def _partner(participant: Participant, questions: Sequence[Question], catalogue: Catalogue) -> dict[str, Any]:
    return {
        "name": participant.name,
        "partner": participant.partner,
        "source": participant.source,
        "status": participant.status,
        "complete": participant.complete,
        "missing": [spec.name for spec in participant.missing],
        "warnings": [catalogue(message) for message in participant.warnings],
        "answer_warnings": [
            {"field": warning.question.name, "message": catalogue(warning.message)}
            for warning in participant.answer_warnings
        ],
        "notes": participant.notes,
        "tally": _tally(participant.tally),
        "states": {
            question.spec.name: state for question, state in zip(questions, participant.states, strict=True)
        },
    }


def _section(chapter: Chapter) -> dict[str, Any]:
    return {
        "id": chapter.section.id,
        "title": chapter.section.title,
        "questions": [_question(question) for question in chapter.questions],
    }


def _question(question: Question) -> dict[str, Any]:
    spec = question.spec
    return {
        "number": question.number,
        "field": spec.name,
        "label": spec.label,
        "question": spec.question,
        "required": spec.required,
        "role": spec.role,
        "tally": _tally(question.tally),
        "answers": [answer for entry in question.entries for answer in _answers(entry)],
        "example": question.example or None,
        "example_left_by": question.example_left_by,
        "empty_from": question.empty_from,
        "absent_from": question.absent_from,
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {
        "answered": tally.answered,
        "partly-example": tally.partly_example,
        "example": tally.example,
        "empty": tally.empty,
        "absent": tally.absent,
        "unread": tally.unread,
    }


def _answers(entry: Entry) -> Iterator[dict[str, Any]]:
    for said, names in entry.as_typed:
        yield {
            "names": names,
            "text": said.typed,
            "partly_example": said.partly_example,
            "own_words": said.own_words,
            "is_note": entry.is_note,
        }


def _plan_row(row: PlanRow) -> dict[str, Any]:
    cells: dict[str, Said] = {key: getattr(row, key) for key in _PLAN_KEYS}
    return {
        **{key: said.typed for key, said in cells.items()},
        "name": row.name,
        "partly_example": [key for key, said in cells.items() if said.partly_example],
        "own_words": {key: said.own_words for key, said in cells.items() if said.partly_example},
    }


def _actions(action: Action) -> Iterator[dict[str, Any]]:
    for answer in _answers(action.entry):
        yield {"field": action.question.name, **answer}
