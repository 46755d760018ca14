"""Lists of officers' addresses as authorities send them: a table with a column `address`, checked as a whole."""

from __future__ import annotations

from pathlib import Path

from reports.files import tables
from reports.files.tables import FileFaults
from survey import invitations
from survey.errors import BadInput


def read(path: Path, *, authority: str | None = None) -> dict[str, list[str]]:
    """Addresses by authority code. `authority` serves a file of one authority, which then needs no such column."""
    try:
        table = tables.open_table(path)
        needed = ("address",) if authority else ("authority", "address")
        absent = [name for name in needed if name not in table.columns]
        if absent:
            raise FileFaults([f"{table.name}: row 1: no column '{name}'. Add it." for name in absent])
        return _rows(table, authority)
    except FileFaults as faults:
        raise BadInput(f"{path.name}: the addresses cannot be read. Nobody was invited.", faults.faults) from faults


def _rows(table: tables.Table, authority: str | None) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    faults: list[str] = []
    for rows in table.chunks:
        for at, cells in zip(rows.numbers, rows.cells, strict=True):
            row = dict(zip(table.columns, (cell.strip() for cell in cells), strict=True))
            code = row.get("authority") or authority
            if not code:
                faults.append(f"{table.name}: row {at}, column 'authority': empty. Give the code.")
            elif authority and code != authority:
                faults.append(f"{table.name}: row {at}, column 'authority': not {authority}. Leave the row out.")
            elif not invitations.is_address(row["address"]):
                shown = tables.quoted(row["address"])
                faults.append(
                    f"{table.name}: row {at}, column 'address': {shown} is no e-mail address. Correct the cell."
                )
            else:
                wanted.setdefault(code, []).append(row["address"])
    if faults:
        raise FileFaults(faults)
    return wanted
