"""The files about authorities: which there are, and their known staff numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from questionnaires.definition import Questionnaire, Role
from reports import frames
from reports.files import tables
from reports.files.tables import FileFaults, quoted

MOST_ROWS = 50_000  # four hundred authorities with ten areas and four tiers each have a third of it
_Row = Mapping[str, str]
_NUMBERS = [name for name, kind in frames.AUTHORITIES.columns.items() if kind == "Float64"]
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")


def read_authorities(path: Path) -> pd.DataFrame:
    """`A.csv`: code, name and optional attributes of AUTHORITIES; further ones are passed over."""
    rows = _rows(path, ("code", "name"))
    faults = [*_blank(path, rows, "code"), *_repeated(path, rows, ("code",))]
    for column in (name for name in _NUMBERS if name in rows[0][1]):
        faults += _each(path, rows, column, _is_number, "a number of 0 or more, or nothing")
    if faults:
        raise FileFaults(faults)
    columns = {name: [row.get(name) or None for _, row in rows] for name in frames.AUTHORITIES.columns}
    return frames.AUTHORITIES.check(pd.DataFrame(columns, dtype="string"))


def read_successions(path: Path) -> pd.DataFrame | None:
    """Who replaced whom, from the columns `successor` (codes joined by a space) and `end` of `A.csv`. SUCCESSIONS.

    None where nobody was replaced, or the file does not say it.
    """
    rows = _rows(path, ("code",))
    found = [
        (row["code"], successor, row.get("end", ""))
        for _, row in rows
        for successor in row.get("successor", "").split()
        if successor != row["code"]
    ]
    return frames.SUCCESSIONS.check(pd.DataFrame(found, columns=list(frames.SUCCESSIONS.columns))) if found else None


def read_headcounts(path: Path, questionnaire: Questionnaire, authorities: Collection[str] | None) -> pd.DataFrame:
    """`H.csv`: authority, service_area, tier, headcount; an empty area and tier is the total. HEADCOUNTS.

    `authorities` are the codes that exist. Codes of areas and tiers are checked where the questionnaire has items with
    these roles.
    """
    rows = [(at, {"service_area": "", "tier": ""} | dict(row)) for at, row in _rows(path, ("authority", "headcount"))]
    faults = [*_blank(path, rows, "authority"), *_repeated(path, rows, ("authority", "service_area", "tier"))]
    if authorities is not None:
        faults += _unknown(path, rows, "authority", authorities)
    for column, role in (("service_area", Role.SERVICE_AREA), ("tier", Role.TIER)):
        if item := questionnaire.role_item(role):
            faults += _unknown(path, rows, column, {option.code for option in item.options})
    faults += _each(
        path,
        rows,
        "headcount",
        lambda cell: cell.isascii() and cell.isdigit() and len(cell) <= 7,
        "a whole number from 0 to 9999999",
    )
    if faults:
        raise FileFaults(faults)
    columns = {name: [row[name] for _, row in rows] for name in frames.HEADCOUNTS.columns}
    return frames.HEADCOUNTS.check(pd.DataFrame({**columns, "headcount": [int(one) for one in columns["headcount"]]}))


def _rows(path: Path, needed: Sequence[str]) -> list[tuple[int, _Row]]:
    table = tables.open_table(path)
    absent = [name for name in needed if name not in table.columns]
    if absent:
        raise FileFaults([f"{table.name}: row 1: no column {quoted(name)}. Add it." for name in absent])
    found: list[tuple[int, _Row]] = []
    for rows in table.chunks:
        if len(found) + len(rows.numbers) > MOST_ROWS:
            raise FileFaults([f"{table.name}: more than {MOST_ROWS} rows. Is it the right file?"])
        found += [
            (at, dict(zip(table.columns, (cell.strip() for cell in cells), strict=True)))
            for at, cells in zip(rows.numbers, rows.cells, strict=True)
        ]
    if not found:
        raise FileFaults(
            [f"{table.name}: row 2: there is nothing below the names of the columns. Is it the right file?"]
        )
    return found


def _is_number(cell: str) -> bool:
    return not cell or _NUMBER.fullmatch(cell) is not None


def _blank(path: Path, rows: Sequence[tuple[int, _Row]], column: str) -> list[str]:
    return [
        f"{path.name}: row {at}, column {quoted(column)}: empty. Give the code." for at, row in rows if not row[column]
    ]


def _unknown(path: Path, rows: Sequence[tuple[int, _Row]], column: str, known: Collection[str]) -> list[str]:
    def is_known(cell: str) -> bool:
        return not cell or cell in known

    return _each(path, rows, column, is_known, "a known code")


def _each(
    path: Path, rows: Sequence[tuple[int, _Row]], column: str, is_fine: Callable[[str], bool], what: str
) -> list[str]:
    return [
        f"{path.name}: row {at}, column {quoted(column)}: {quoted(row[column])} is not {what}. Correct the cell."
        for at, row in rows
        if not is_fine(row[column])
    ]


def _repeated(path: Path, rows: Sequence[tuple[int, _Row]], key: Sequence[str]) -> Iterator[str]:
    first: dict[tuple[str, ...], int] = {}
    for at, row in rows:
        value = tuple(row[name] for name in key)
        if value in first:
            yield f"{path.name}: row {at}: {quoted(' / '.join(filter(None, value)))} stands in row {first[value]} already. Keep one."
        else:
            first[value] = at
