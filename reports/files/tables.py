"""Opening a table that somebody sends: CSV, compressed CSV or XLSX, checked before it is parsed."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast
from xml.etree import ElementTree as ET

import openpyxl

LARGEST_FILE = 100_000_000  # bytes as stored; a file of this size or more is refused before it is opened
LARGEST_CONTENT = 500_000_000  # bytes after unpacking
LARGEST_RATIO = 100
MOST_COLUMNS = 2_000
MOST_STRETCHED = 100  # rows of a spreadsheet that reach further, if nothing stands there
LONGEST_LINE = 5_000_000  # characters of a line of CSV: each could be a cell
FAR = f"at most {MOST_COLUMNS} are read. Delete the columns beyond the table."
COUNTED_BEYOND = 20  # cells beyond the columns that are still counted, so that wide rows fill no memory
MOST_EMPTY = 1_048_576  # as many rows as a spreadsheet has
MOST_FAULTS = 50
CHUNK = 10_000
# What the libraries raise at a file that is no spreadsheet, or one made to do harm (entities, broken archives).
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, ET.ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError,
    OSError, EOFError, NotImplementedError, RuntimeError, OverflowError,
)  # fmt: skip


class FileFaults(Exception):  # noqa: N818 - faults are many, each with place and remedy
    """A file that is refused as a whole: one line a fault, each naming file, place and remedy."""

    def __init__(self, faults: Sequence[str], *, most: int = MOST_FAULTS) -> None:
        self.faults = capped(faults, most)
        super().__init__("\n".join(self.faults))


@dataclass
class Collected:
    """Faults as they are found: the first are kept, the others counted, so that a wrong column fills no memory."""

    kept: list[str] = field(default_factory=list)
    others: int = 0

    def add(self, fault: str) -> None:
        """Note one more fault."""
        if len(self.kept) < MOST_FAULTS:
            self.kept.append(fault)
        else:
            self.others += 1

    def refusal(self) -> FileFaults:
        """The refusal that names them."""
        more = [f"And {self.others} more faults like these."] if self.others else []
        return FileFaults([*self.kept, *more])


def capped(faults: Sequence[str], most: int = MOST_FAULTS) -> tuple[str, ...]:
    """The first faults, and how many more there are.

    >>> len(capped(["wrong"] * 60)), capped(["wrong"] * 60)[-1]
    (51, 'And 10 more faults like these.')
    """
    if len(faults) <= most + 1:
        return tuple(faults)
    return (*faults[:most], f"And {len(faults) - most} more faults like these.")


def quoted(value: str) -> str:
    """A value as a message may show it: short, on one line, control characters spelt out.

    >>> quoted("a" * 60 + chr(10))
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…'"
    """
    return repr(value if len(value) <= 40 else value[:40] + "…")


@dataclass(frozen=True)
class Rows:
    """Some rows of a table: their numbers as a spreadsheet counts them (the header is row 1), and their cells."""

    numbers: Sequence[int]
    cells: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Table:
    """A table's columns, without spaces around their names, and its rows in chunks, read as they are needed."""

    name: str
    columns: tuple[str, ...]
    chunks: Iterator[Rows]


def open_table(path: Path, *, as_it_is: bool = False, largest: int | None = None) -> Table:
    """The table in a file. Raises FileFaults if it cannot be read as one.

    Rows without any cell filled are passed over. Every cell is text; whole numbers of a spreadsheet lose their ".0",
    a formula stays the text of the formula (and is then no option of any item). As it is: columns without a name and
    names that stand several times, as tools write them, are told apart by a number. `largest` is the most bytes that
    the file may have after unpacking.
    """
    faults = _before_opening(path)
    if faults:
        raise FileFaults(faults)
    records = _records(path, LARGEST_CONTENT if largest is None else largest)
    header = next(records, None)
    if header is None or not any(header):
        raise FileFaults([f"{path.name}: the file is empty. Its first row must name the columns."])
    columns = _named(path.name, told_apart(header) if as_it_is else header)
    return Table(path.name, columns, _chunks(path.name, columns, records))


def told_apart(header: Sequence[str]) -> list[str]:
    """Every column with a name of its own, on one line.

    >>> told_apart(["ID", "Agree?", "Agree? ", "", "Why?", ""])
    ['ID', 'Agree?', 'Agree? (2)', '(column 4)', 'Why?', '']
    """
    last = max((place for place, name in enumerate(header) if name.strip()), default=-1)
    found: list[str] = []
    for place, name in enumerate(header):
        plain = " ".join(name.split()) or (f"(column {place + 1})" if place < last else "")
        count, unique = 1, plain
        while unique and unique in found:
            count += 1
            unique = f"{plain} ({count})"
        found.append(unique)
    return found


def _before_opening(path: Path) -> list[str]:
    if not path.is_file():
        return [f"{path.name}: there is no such file."]
    size = path.stat().st_size
    if size >= LARGEST_FILE:
        return [
            f"{path.name}: the file has {size / 1e6:.0f} MB; files below {LARGEST_FILE / 1e6:.0f} MB are read. Send it in parts."
        ]
    if size == 0:
        return [f"{path.name}: the file is empty. Its first row must name the columns."]
    return []


def _records(path: Path, largest: int) -> Iterator[list[str]]:
    name = path.name.lower()
    if name.endswith(".xlsx"):
        return _spreadsheet(path, largest)
    if name.endswith(".gz"):
        _check_compressed(path, largest)
        return _text(path)
    if name.endswith(".csv"):
        return _text(path)
    raise FileFaults([f"{path.name}: only .csv, .csv.gz and .xlsx files are read. Save the table as one of these."])


def _check_compressed(path: Path, largest: int) -> None:
    """Unpack once and count, so that a small file cannot fill the memory."""
    total = 0
    try:
        with gzip.open(path) as handle:
            while block := handle.read(1 << 20):
                total += len(block)
                if total > largest:
                    raise FileFaults(
                        [f"{path.name}: more than {largest / 1e6:.0f} MB after unpacking. Send it in parts."]
                    )
    except (OSError, EOFError, zlib.error) as error:
        raise FileFaults([f"{path.name}: not a readable .gz file. Compress the CSV file again."]) from error


def _text(path: Path) -> Iterator[list[str]]:
    with _binary(path) as handle:
        _refuse_other_encodings(path, handle)
        text = io.TextIOWrapper(handle, encoding="utf-8-sig", newline="")
        reader = csv.reader(_lines(path.name, text))
        try:
            yield from reader
        except UnicodeDecodeError as error:
            raise FileFaults([_encoding_fault(path)]) from error
        except csv.Error as error:
            where = f"{path.name}: row {reader.line_num}"
            raise FileFaults([f"{where}: not readable as CSV ({error}). Save the file as CSV again."]) from error


def _lines(name: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if len(line) > LONGEST_LINE:
            raise FileFaults([f"{name}: line {number} has {len(line)} characters. Is it the right file?"])
        yield line


def _binary(path: Path) -> BinaryIO:
    """The file's bytes, unpacked."""
    packed = path.name.lower().endswith(".gz")
    return cast("BinaryIO", gzip.open(path)) if packed else path.open("rb")


def _refuse_other_encodings(path: Path, handle: BinaryIO) -> None:
    start = handle.read(4096)
    handle.seek(0)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in start:
        raise FileFaults([f"{path.name}: row 1 is not UTF-8 text. Save the file as “CSV UTF-8”."])


def _encoding_fault(path: Path) -> str:
    with _binary(path) as handle:
        for number, line in enumerate(handle, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                column = line[: error.start].count(b",") + 1
                return f"{path.name}: row {number}, column {column}: not UTF-8 text. Save the file as “CSV UTF-8”."
    return f"{path.name}: not UTF-8 text. Save the file as “CSV UTF-8”."


def _spreadsheet(path: Path, largest: int) -> Iterator[list[str]]:
    fault = FileFaults(
        [f"{path.name}: not a readable .xlsx file. Save it as an Excel workbook (.xlsx) or as CSV UTF-8."]
    )
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > min(largest, LARGEST_RATIO * max(path.stat().st_size, 1)):
            raise FileFaults(
                [f"{path.name}: the workbook unpacks to {unpacked / 1e6:.0f} MB. Save the table as CSV UTF-8."]
            )
    except UNREADABLE as error:
        raise fault from error
    with path.open("rb") as file:  # ours to close, also when the workbook cannot be opened
        try:
            with closing(openpyxl.load_workbook(file, read_only=True)) as workbook:
                if not workbook.worksheets:
                    raise fault
                sheet = workbook.worksheets[0]
                sheet.reset_dimensions()
                yield from _filled(path.name, sheet.iter_rows(values_only=True))
        except UNREADABLE as error:
            raise fault from error


def _filled(name: str, rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    """The rows of a sheet as text; rows that are not there come as rows without cells.

    A single far cell makes its whole row wide: a small file with many of them would take hours and all memory.
    """
    width = stretched = 0
    nothing: list[str] = []
    for number, row in enumerate(rows, start=1):
        if not row:
            yield nothing
            continue
        if len(row) > MOST_COLUMNS:
            stretched += 1
            if stretched > MOST_STRETCHED or any(value is not None for value in row[MOST_COLUMNS:]):
                raise FileFaults([f"{name}: row {number}: {len(row)} columns; {FAR}"])
        cells = [_cell(value) for value in row[:MOST_COLUMNS]]
        width = width or len(cells)
        yield cells + [""] * (width - len(cells)) if any(cells) else []  # empty cells at a row's end are not stored


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _named(name: str, header: Sequence[str]) -> tuple[str, ...]:
    columns = [column.strip() for column in header]
    while columns and not columns[-1]:
        columns.pop()
    if len(columns) > MOST_COLUMNS:
        raise FileFaults(
            [f"{name}: row 1: {len(columns)} columns; at most {MOST_COLUMNS} are read. Is it the right file?"]
        )
    faults = [
        f"{name}: row 1, column {place}: the column has no name. Name it or delete it."
        for place, column in enumerate(columns, start=1)
        if not column
    ]
    for column in dict.fromkeys(c for c in columns if c and columns.count(c) > 1):
        places = ", ".join(str(place) for place, one in enumerate(columns, start=1) if one == column)
        faults.append(
            f"{name}: row 1, column {quoted(column)}: the name stands {columns.count(column)} times (columns {places}). Keep one."
        )
    if len(columns) == 1 and any(sign in columns[0] for sign in ";\t"):
        faults.append(
            f"{name}: row 1: the columns are not separated by commas. Save the file as “CSV UTF-8 (comma delimited)”."
        )
    if faults:
        raise FileFaults(faults)
    return tuple(columns)


def _chunks(name: str, columns: Sequence[str], records: Iterator[list[str]]) -> Iterator[Rows]:
    width = len(columns)
    number, empty = 1, 0
    ragged = Collected()
    fitted = (row if len(row) <= width else _fitted(row, width) for row in records)
    while block := list(islice(fitted, CHUNK)):
        numbers = range(number + 1, number + 1 + len(block))
        number += len(block)
        filled = sum(map(any, block))
        empty += len(block) - filled
        if empty > MOST_EMPTY:
            raise FileFaults([f"{name}: row {number}: more than {MOST_EMPTY} empty rows. Delete them."])
        if filled == len(block) and all(len(row) == width for row in block):
            yield Rows(numbers, block)
            continue
        kept = [(at, row) for at, row in zip(numbers, block, strict=True) if any(row)]
        for at, row in kept:
            if len(row) != width:
                ragged.add(_ragged(name, at, width, row))
        fine = [(at, row) for at, row in kept if len(row) == width]
        if fine:
            yield Rows([at for at, _ in fine], [row for _, row in fine])
    if ragged.kept:
        raise ragged.refusal()


def _fitted(row: list[str], width: int) -> list[str]:
    """A row without the empty cells that spreadsheets leave at its end; of one that is too wide, the first and the last."""
    while len(row) > width and not row[-1]:
        row.pop()
    if len(row) > width + COUNTED_BEYOND:
        row[width + COUNTED_BEYOND - 1 :] = row[-1:]
    return row


def _ragged(name: str, number: int, width: int, row: Sequence[str]) -> str:
    more = " or more" if len(row) == width + COUNTED_BEYOND else ""
    return f"{name}: row {number}: {len(row)} cells{more}, but row 1 names {width} columns. Look for a missing or an extra comma."
