"""The report as JSON, for whoever wants to go on computing with it.

Two keys are lists of objects that hold lists of objects, and everything stands in the order in which people
read it::

    {
      "form": "bouwsteen-3a", "title": …, "municipality": …, "date": "2026-03-14" or null,
      "language": "nl",                  language of title and warnings
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
          "answers": [{"names": […], "text": …, "partly_example": false}],
          "example": …,                  null unless somebody left it standing and it is not hidden
          "example_left_by": […], "empty_from": […], "absent_from": […]
        }]
      }],
      "plan": [{"indicator": …, "frequency": …, "responsible": …, "name": …,
                "partly_example": ["responsible"]}],    of the three, where an example still stands in
      "actions": [{"field": "Veld22", "names": […], "text": …, "partly_example": false}]
    }

``plan`` and ``actions`` are null where the worksheet does not ask for them. Texts are exact, but for halves of
surrogate pairs, which UTF-8 cannot hold: those are U+FFFD. Characters that turn the reading order are written
as escapes, so that the file can be looked at without harm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from veldpdf.language import Catalogue
from veldpdf.merging import Action, Chapter, Entry, Participant, PlanRow, Question, Report, Tally
from veldpdf.report.text import REPLACEMENT
from veldpdf.report.wording import title_of

_PLAN_KEYS = ("indicator", "frequency", "responsible")

_SURROGATE = re.compile("[\ud800-\udfff]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


def render(report: Report, catalogue: Catalogue) -> bytes:
    """Return the report as UTF-8 JSON."""
    table = {
        "form": report.form.id,
        "title": title_of(report, catalogue),
        "municipality": report.options.municipality,
        "date": report.options.date.isoformat() if report.options.date else None,
        "language": catalogue.language,
        "totals": {"partners": len(report.participants), "read": report.read, "complete": report.complete},
        "partners": [_partner(participant, report.questions, catalogue) for participant in report.participants],
        "superseded": [_partner(participant, report.questions, catalogue) for participant in report.superseded],
        "sections": [_section(chapter) for chapter in report.chapters],
        "plan": None if report.plan is None else [_plan_row(row) for row in report.plan],
        "actions": None if report.actions is None else [_action(action) for action in report.actions],
    }
    text = _SURROGATE.sub(REPLACEMENT, json.dumps(table, ensure_ascii=False, indent=2))
    return _BIDI.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode() + b"\n"


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
        "answers": [_entry(entry) for entry in question.entries],
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


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "names": entry.names,
        "text": entry.text,
        "partly_example": entry.partly_example,
        "is_note": entry.is_note,
    }


def _plan_row(row: PlanRow) -> dict[str, Any]:
    return {
        "indicator": row.indicator.text,
        "frequency": row.frequency.text,
        "responsible": row.responsible.text,
        "name": row.name,
        "partly_example": [key for key in _PLAN_KEYS if getattr(row, key).partly_example],
    }


def _action(action: Action) -> dict[str, Any]:
    return {"field": action.question.name, **_entry(action.entry)}
