"""The monitoring plan: what each partner wants to measure, how often, and who does it, as rows of one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain, groupby

from veldpdf.merging.returned import Returned
from veldpdf.merging.values import PlanRow, Said
from veldpdf.model import FieldSpec, Role

_PLAN_ROLES = (Role.INDICATOR, Role.FREQUENCY, Role.RESPONSIBLE)


def plan_of(specs: Sequence[FieldSpec], counting: Iterable[Returned]) -> tuple[PlanRow, ...] | None:
    """Return the monitoring plan; None where the worksheet has no fields for one.

    Args:
        specs: The questions of the report.
        counting: The submissions that count, in the order of the report.
    """
    columns = tuple([spec.name for spec in specs if spec.role is role] for role in _PLAN_ROLES)
    if not any(columns):
        return None
    return tuple(row for returned in counting for row in _plan_rows(returned, columns))


def _plan_rows(returned: Returned, columns: Sequence[Sequence[str]]) -> list[PlanRow]:
    """Return the lines of one partner: one for each indicator that says something.

    Where the worksheet asks how often and who for each indicator apart, they stand in its line. Where it asks
    so once, the answer holds for all lines. Who named no indicator but said how often or who gets a line too.
    """
    height = max(len(columns[0]), 1)
    cells = [_plan_cells(column, returned, height) for column in columns]
    has_own = [len(column) == height for column in columns]
    lines = list(zip(*cells, strict=True))
    kept = [line for line in lines if any(cell and own for cell, own in zip(line, has_own, strict=True))]
    if not kept:
        # Only answers that hold for all lines are left, so any line has them all.
        kept = [line for line in lines[:1] if any(line)]
    rows = [_plan_row(returned.name, line) for line in kept]
    spans = [len(list(same)) for _, same in groupby(rows, lambda row: (row.frequency, row.responsible))]
    covered = [height for span in spans for height in (span, *[0] * (span - 1))]
    return [replace(row, span=span) for row, span in zip(rows, covered, strict=True)]


def _plan_cells(column: Sequence[str], returned: Returned, height: int) -> list[tuple[Said, ...]]:
    """Return what goes into one column of the plan, for each line: any number of answers."""
    each = [() if said is None else (said,) for said in map(returned.said, column)]
    return [*each] if len(column) == height else [tuple(chain(*each))] * height


def _plan_row(name: str, line: Sequence[tuple[Said, ...]]) -> PlanRow:
    indicator, frequency, responsible = map(_plan_cell, line)
    return PlanRow(indicator=indicator, frequency=frequency, responsible=responsible, name=name, span=1)


def _plan_cell(cell: Sequence[Said]) -> Said:
    """Return any number of answers as one; where the example stands in some, what is shown of each counts as own."""
    if len(cell) == 1:
        return cell[0]
    return Said(
        typed="\n".join(said.typed for said in cell),
        own_words="\n".join(said.text for said in cell) if any(said.partly_example for said in cell) else None,
    )
