"""Submissions as data for other programs: JSON and CSV, in the shapes that the documentation promises."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from veldpdf.completeness import missing_fields
from veldpdf.files import encodable
from veldpdf.language import Catalogue
from veldpdf.messages import Message
from veldpdf.model import Answer, Breach, Completeness, FormDefinition, State, Submission
from veldpdf.pdf.inspecting import Inspection
from veldpdf.spreadsheets import write_csv


def submissions_json(form: FormDefinition, submissions: Iterable[Submission], say: Catalogue) -> str:
    """Return what ``extract`` prints."""
    return _dump({"form": form.id, "submissions": [_submission(item, say) for item in submissions]})


def completeness_json(form: FormDefinition, results: Iterable[Completeness], say: Catalogue) -> str:
    """Return what ``check --format json`` prints: as `submissions_json`, and what is missing."""
    return _dump(
        {
            "form": form.id,
            "submissions": [
                _submission(
                    result.submission,
                    say,
                    complete=result.complete,
                    missing=list(result.missing),
                    overflow=list(result.overflow),
                    too_long={name: asdict(by) for name, by in result.too_long.items()},
                    thin=list(result.thin),
                    own_words=dict(result.own_words),
                    rules=[_breach(breach, say) for breach in result.breaches],
                )
                for result in results
            ],
        }
    )


def _breach(breach: Breach, say: Catalogue) -> dict[str, Any]:
    return {"rule": breach.rule.value, "fields": list(breach.fields), "message": say(breach.message)}


def inspections_json(inspections: Iterable[Inspection], say: Catalogue) -> str:
    """Return what ``inspect --format json`` prints."""
    return _dump({"files": [_inspection(item, say) for item in inspections]})


def submissions_csv(
    form: FormDefinition, submissions: Sequence[Submission], say: Catalogue, *, with_mark: bool
) -> bytes:
    """Return one row for each submission, with a column for each field of the definition."""
    header = ["source", "partner", "status", "warnings", "missing", "partly_example", *form.names]
    rows = (
        [
            item.source,
            item.partner,
            item.status.value,
            "\n".join(_texts(item.warnings, say)),
            " ".join(missing_fields(form, item.answers) if item.status.has_answers else ()),
            " ".join(name for name, answer in item.answers.items() if answer.state is State.PARTLY_EXAMPLE),
            *(item.answers[name].text if name in item.answers else "" for name in form.names),
        ]
        for item in submissions
    )
    return write_csv([header, *rows], with_mark=with_mark)


def _submission(item: Submission, say: Catalogue, **judgement: object) -> dict[str, Any]:
    return {
        "source": item.source,
        "partner": item.partner,
        "status": item.status.value,
        "warnings": _texts(item.warnings, say),
        **judgement,
        "answers": {name: _answer(answer, say) for name, answer in item.answers.items()},
        **({"notes": list(item.notes)} if item.notes else {}),
        **({"superseded_by": item.superseded_by} if item.superseded_by else {}),
    }


def _answer(answer: Answer, say: Catalogue) -> dict[str, Any]:
    return {
        "text": answer.text,
        "state": answer.state.value,
        "origin": answer.origin.value,
        "warnings": _texts(answer.warnings, say),
        **({"notes": list(answer.notes)} if answer.notes else {}),
    }


def _inspection(item: Inspection, say: Catalogue) -> dict[str, Any]:
    return {
        "source": item.source,
        "status": item.status.value,
        "form": item.form,
        "warnings": _texts(item.warnings, say),
        "fields": [
            {
                "name": field.name,
                "type": field.type.value,
                "value": field.value,
                "pages": list(field.pages),
            }
            for field in item.fields
        ],
    }


def _texts(messages: Iterable[Message], say: Catalogue) -> list[str]:
    return [say(message) for message in messages]


def _dump(content: Mapping[str, Any]) -> str:
    return encodable(json.dumps(content, ensure_ascii=False, indent=2)) + "\n"
