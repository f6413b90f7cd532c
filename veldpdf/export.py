"""Submissions as data for other programs: JSON, CSV and Excel, in the shapes that the documentation promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from veldpdf.completeness import missing_fields
from veldpdf.files import encodable
from veldpdf.json_text import indented
from veldpdf.language import Catalogue
from veldpdf.messages import Message
from veldpdf.model import Answer, Breach, Completeness, FormDefinition, State, Submission

if TYPE_CHECKING:
    from veldpdf.changes_since import Changes, PartnerChange
    from veldpdf.pdf.inspecting import Inspection


def submissions_json(form: FormDefinition, submissions: Iterable[Submission], say: Catalogue) -> str:
    """Return what ``extract`` prints."""
    return _dump({"form": form.id, "submissions": [_submission(item, say) for item in submissions]})


def completeness_json(
    form: FormDefinition, results: Sequence[Completeness], say: Catalogue, changes: Changes | None = None
) -> str:
    """Return what ``check --format json`` prints: as `submissions_json`, and what is missing.

    Args:
        form: The definition that was read with.
        results: What was found, in order.
        say: The language of messages.
        changes: What changed since an earlier check; None where nobody asked, and then there is no such key.
    """
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
            "totals": _totals(form, results),
            **({} if changes is None else {"since": _since(changes)}),
        }
    )


def _totals(form: FormDefinition, results: Iterable[Completeness]) -> dict[str, Any]:
    """Return how far the submissions that count are together.

    Of each field: how many answers are in which state, how many files that could be read do not have it
    (``absent``), and how many submissions it is missing from (``missing``): required, and nothing said.
    """
    counting = [result for result in results if not result.submission.superseded_by]
    read = [result for result in counting if result.submission.status.has_answers]
    return {
        "complete": sum(result.complete for result in counting),
        "read": len(read),
        "submissions": len(counting),
        "fields": {
            name: {
                **{state.value: sum(result.states.get(name) is state for result in read) for state in State},
                "absent": sum(name not in result.states for result in read),
                "missing": sum(name in result.missing for result in read),
            }
            for name in form.names
        },
    }


def _since(changes: Changes) -> dict[str, Any]:
    return {
        "new": [
            {
                "partner": result.submission.partner,
                "source": result.submission.source,
                "complete": result.complete,
            }
            for result in changes.new
        ],
        "gone": [{"partner": then.partner, "source": then.source} for then in changes.gone],
        "partners": [_change(change) for change in changes.partners],
        "newly_complete": list(changes.newly_complete),
        "unchanged": changes.unchanged,
    }


def _change(change: PartnerChange) -> dict[str, Any]:
    return {
        "partner": change.partner,
        "source": change.source,
        **({"formerly": change.formerly} if change.formerly else {}),
        "answered": list(change.answered),
        "changed": list(change.changed),
        "emptied": list(change.emptied),
        "read": {"then": change.was_read, "now": change.is_read},
        "complete": {"then": change.was_complete, "now": change.is_complete},
    }


def _breach(breach: Breach, say: Catalogue) -> dict[str, Any]:
    return {"rule": breach.rule.value, "fields": list(breach.fields), "message": say(breach.message)}


def inspections_json(inspections: Iterable[Inspection], say: Catalogue) -> str:
    """Return what ``inspect --format json`` prints."""
    return _dump({"files": [_inspection(item, say) for item in inspections]})


def submissions_csv(
    form: FormDefinition, submissions: Sequence[Submission], say: Catalogue, *, with_mark: bool
) -> bytes:
    """Return one row for each submission, with a column for each field of the definition."""
    from veldpdf.spreadsheets import write_csv  # noqa: PLC0415 - start-up time

    rows = (_row(form, item, say) for item in submissions)
    return write_csv([_header(form), *rows], with_mark=with_mark)


def submissions_xlsx(
    form: FormDefinition, submissions: Iterable[Submission], say: Catalogue
) -> tuple[bytes, tuple[Message, ...]]:
    """Return a workbook with the columns of `submissions_csv`, all of them texts, and what is to be told about it.

    A text that is longer than a cell holds goes on in the next row, in its own column.

    Raises:
        MissingExtraError: openpyxl is not installed.
    """
    rows: list[list[str]] = []
    warnings = []
    # Whoever wants no workbook does not wait for what writes one.
    from veldpdf.workbook_writing import (  # noqa: PLC0415 - start-up time
        Column,
        Properties,
        Sheet,
        pieces,
        workbook,
    )

    columns = [Column(name, _WIDTHS.get(name, _WIDEST)) for name in _header(form)]
    for item in submissions:
        cells = [pieces(cell) for cell in _row(form, item, say)]
        length = max(map(len, cells))
        if length > 1:
            warnings.append(
                Message(
                    "{source}: an answer is longer than a cell of Excel holds; it goes on in the next row.",
                    source=item.source,
                )
            )
        rows += ([cell[at] if at < len(cell) else "" for cell in cells] for at in range(length))
    sheet = Sheet(name=say("Answers"), columns=columns, rows=rows, fixed_columns=2)
    properties = Properties(title=form.title, language=say.language)
    return workbook([sheet], properties), tuple(warnings)


# Of columns that are not an answer's, in digits.
_WIDTHS = {"source": 24, "partner": 24, "status": 11, "warnings": 36, "missing": 18, "partly_example": 18}
_WIDEST = 48


def _header(form: FormDefinition) -> list[str]:
    return ["source", "partner", "status", "warnings", "missing", "partly_example", *form.names]


def _row(form: FormDefinition, item: Submission, say: Catalogue) -> list[str]:
    return [
        item.source,
        item.partner,
        item.status.value,
        "\n".join(_texts(item.warnings, say)),
        " ".join(missing_fields(form, item.answers) if item.status.has_answers else ()),
        " ".join(name for name, answer in item.answers.items() if answer.state is State.PARTLY_EXAMPLE),
        *(item.answers[name].text if name in item.answers else "" for name in form.names),
    ]


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
                # Only where there is anything to choose.
                **({"choices": list(field.choices)} if field.choices else {}),
            }
            for field in item.fields
        ],
    }


def _texts(messages: Iterable[Message], say: Catalogue) -> list[str]:
    return [say(message) for message in messages]


def _dump(content: Mapping[str, Any]) -> str:
    return encodable(indented(content)) + "\n"
