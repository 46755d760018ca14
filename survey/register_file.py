"""A file of authorities as rows: every fault named with row, column and remedy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

from survey.errors import BadInput

SHIPPED = Path(__file__).parent / "data" / "authorities.csv"
"""The register of UK authorities that comes with the product."""

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CODE = 80
LONGEST_NAME = 300
MOST_FAULTS = 50
NOTHING_CHANGED = "The file of authorities has faults. Nothing was changed."
DAYS = ("start", "end")
SUCCESSOR = "successor"


@dataclass(slots=True)
class Row:
    """One line of the file, with its number as a spreadsheet shows it.

    `start` is the first day of the authority, `end` the first day without it, `successors` who stands in its place
    from then on; all other columns are attributes.
    """

    number: int
    code: str
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None
    successors: tuple[str, ...] = ()


def read(content: bytes) -> list[Row]:
    """The rows of a CSV file, or a refusal with every fault."""
    if len(content) > LARGEST_FILE:
        raise BadInput(f"The file is larger than {LARGEST_FILE // 2**20} MiB. Is it the right file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"Row {line} is not written in UTF-8. Save the file as “CSV UTF-8”.") from None
    if "\0" in text:
        raise BadInput("This is not a text file. Save the spreadsheet as CSV.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        filled = ((reader.line_num, [cell.strip() for cell in line]) for line in reader if any(map(str.strip, line)))
        lines = list(islice(filled, MOST_ROWS + 1))  # one too many tells that there are too many
    except csv.Error as error:
        raise BadInput(f"Row {reader.line_num} is not CSV: {error}. Check its quotation marks.") from None
    faults = list(_header_faults(header))
    if not faults:
        rows, more = _rows(header, lines)
        faults = more
    if faults:
        raise refusal(faults)
    return rows


def refusal(faults: list[str]) -> BadInput:
    """The refusal of a file: its first faults, and how many more there are."""
    left = f"… and {len(faults) - MOST_FAULTS} more."
    shown = faults if len(faults) <= MOST_FAULTS else [*faults[:MOST_FAULTS], left]
    return BadInput(NOTHING_CHANGED, tuple(shown))


def shown(text: str) -> str:
    """A cell as it may be shown in a sentence: short and printable.

    >>> shown("E1" + chr(10) + "x" * 60)
    '“E1�xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…”'
    """
    plain = "".join(sign if sign.isprintable() else "�" for sign in text)
    return f"“{plain if len(plain) <= 40 else plain[:39] + '…'}”"


def _header_faults(header: list[str]) -> Iterator[str]:
    if not any(header):
        yield "row 1: the file is empty. Its first row names the columns: code,name,type,nation,region."
        return
    if len(header) > MOST_COLUMNS:
        yield f"row 1: there are {len(header)} columns; at most {MOST_COLUMNS} are read."
        return
    for needed in ("code", "name"):
        if needed not in header:
            yield f"row 1: the column {needed} is missing. The first row names the columns: code,name,…"
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield f"row 1, column {shown(name)}: this column is there {header.count(name)} times. Keep one."
    if "" in header and header.count("") == 1:
        yield "row 1: a column has no name. Name it or remove it."
    for name in header:
        if len(name) > LONGEST_CODE or not name.isprintable():
            yield f"row 1, column {shown(name)}: give a name of 1 to {LONGEST_CODE} printable characters."


def _rows(header: list[str], lines: list[tuple[int, list[str]]]) -> tuple[list[Row], list[str]]:
    rows: list[Row] = []
    faults: list[str] = []
    if not lines:
        faults.append("row 2: there is no authority in the file.")
    if len(lines) > MOST_ROWS:
        return [], [f"row {lines[MOST_ROWS][0]}: there are more than {MOST_ROWS} authorities. Is it the right file?"]
    first_row_of: dict[str, int] = {}
    for number, line in lines:
        if len(line) != len(header):
            faults.append(
                f"row {number}: {len(line)} cells under {len(header)} columns. Check commas and quotation marks."
            )
            continue
        cells = dict(zip(header, line, strict=True))
        found = [*_cell_faults(cells)] or [*_life_faults(cells)]
        faults.extend(f"row {number}, column {name}: {fault}" for name, fault in found)
        code = cells["code"]
        if code and code in first_row_of:
            faults.append(f"row {number}, column code: {shown(code)} is already in row {first_row_of[code]}. Keep one.")
        first_row_of.setdefault(code, number)
        if not found:
            rows.append(_row(number, cells))
    return rows, faults


def _row(number: int, cells: dict[str, str]) -> Row:
    code, name = cells.pop("code"), cells.pop("name")
    start, end = (_day(cells.pop(column, "")) for column in DAYS)
    successors = tuple(cells.pop(SUCCESSOR, "").split())
    return Row(number, code, name, cells, start, end, successors)


def _cell_faults(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in cells.items():
        longest = LONGEST_CODE if name == "code" else LONGEST_NAME
        if name in {"code", "name"} and not value:
            yield name, "the cell is empty. Every authority has a code and a name."
        elif len(value) > longest:
            yield name, f"{len(value)} characters; at most {longest} fit."
        elif not value.isprintable():
            yield name, "there is a line break or a control character. Take it out."
        elif name == "code" and not _is_code(value):
            yield name, f"{shown(value)} is no code. Use letters and digits, after the first also . _ and -."
        elif name in DAYS and value and _day(value) is None:
            yield name, f"{shown(value)} is no day. Write it as 2023-04-01."


def _life_faults(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Faults between the columns that say from when to when an authority is there."""
    start, end = (_day(cells.get(name, "")) for name in DAYS)
    if start and end and end <= start:
        yield "end", "it lies before the start. Correct one of the two."
    successors = cells.get(SUCCESSOR, "").split()
    if successors and not end:
        yield SUCCESSOR, "an authority with a successor needs the day of its end."
    if cells["code"] in successors:
        yield SUCCESSOR, "an authority cannot come after itself."


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if len(text) == len("2023-04-01") else None
    except ValueError:
        return None


def _is_code(value: str) -> bool:
    """A code stands in addresses of pages and in names of files."""
    return value[0].isalnum() and all(sign.isalnum() or sign in "._-" for sign in value)
