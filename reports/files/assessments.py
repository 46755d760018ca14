"""Self-assessments from a file, one row an authority, become the levels that the computation reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from questionnaires.definition import Kind, Questionnaire
from reports import say_do
from reports.files import tables
from reports.files.tables import Collected, Table, quoted

AUTHORITY = "authority"


@dataclass(frozen=True)
class AssessmentsFile:
    """Levels of themes (ASSESSMENTS), and notes on what was passed over."""

    levels: pd.DataFrame
    notes: tuple[str, ...]


def read(path: Path, questionnaire: Questionnaire, authorities: Collection[str] | None) -> AssessmentsFile:
    """`S.csv`: a column "authority", then item codes of the self-assessment holding option codes; empty is not answered.

    `authorities` are the codes that exist. Raises FileFaults with every fault, or changes nothing. Unknown columns are
    noted and ignored; unknown options and authorities, and a second row of an authority, refuse.
    """
    table = tables.open_table(path)
    faults = Collected()
    for fault in _missing_columns(table, questionnaire):
        faults.add(fault)
    if faults.kept:
        raise faults.refusal()
    chosen: list[tuple[str, str, str | None]] = []
    seen: set[str] = set()
    for at, row in _rows(table):
        authority = row[AUTHORITY]
        where = f"{table.name}: row {at}"
        if not authority:
            faults.add(f"{where}, column “{AUTHORITY}”: no authority. Give the authority's code.")
        elif authorities is not None and authority not in authorities:
            faults.add(f"{where}, column “{AUTHORITY}”: {quoted(authority)} has no answers and is in no register here.")
        elif authority in seen:
            faults.add(f"{where}: {quoted(authority)} has a row already. Keep one row an authority.")
        seen.add(authority)
        chosen.extend(_chosen(questionnaire, authority, row, where, faults))
    if not seen:
        faults.add(f"{table.name}: no authorities. Below the header the file needs one row an authority.")
    if faults.kept:
        raise faults.refusal()
    return AssessmentsFile(say_do.theme_levels(questionnaire, chosen), _notes(table, questionnaire))


def _missing_columns(table: Table, questionnaire: Questionnaire) -> Iterator[str]:
    if AUTHORITY not in table.columns:
        yield f"{table.name}: row 1: no column “{AUTHORITY}”. Add it."
    if not any(item.code in table.columns for item in questionnaire.scored_items):
        yield (
            f"{table.name}: row 1: no column is a scored item of questionnaire {questionnaire.code}. "
            "Name columns by item codes."
        )


def _rows(table: Table) -> Iterator[tuple[int, dict[str, str]]]:
    for chunk in table.chunks:
        for at, cells in zip(chunk.numbers, chunk.cells, strict=True):
            yield at, dict(zip(table.columns, (cell.strip() for cell in cells), strict=True))


def _chosen(
    questionnaire: Questionnaire, authority: str, row: dict[str, str], where: str, faults: Collected
) -> Iterator[tuple[str, str, str | None]]:
    """What a row says of each indicator; an authority with empty cells only is still one that was asked."""
    for item in questionnaire.items.values():
        code = row.get(item.code, "")
        if item.kind is Kind.CHOICE and code and item.option_set and code not in item.option_set.by_code:
            offered = ", ".join(option.code for option in item.options[:12])
            faults.add(f"{where}, column “{item.code}”: {quoted(code)} is not an option. Use one of {offered}.")
        yield authority, item.code, code or None


def _notes(table: Table, questionnaire: Questionnaire) -> tuple[str, ...]:
    unknown = [name for name in table.columns if name != AUTHORITY and name not in questionnaire.items]
    if not unknown:
        return ()
    return (f"{table.name}: ignored columns that are no item: {', '.join(quoted(name) for name in unknown)}.",)
