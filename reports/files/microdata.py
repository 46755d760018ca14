"""Microdata as files, written row by row: memory does not grow with the rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from reports import codebook
from reports.documents.sheets import MOST_ROWS, Book
from reports.files import writing
from reports.microdata import RowReader

_WIDTH, _WIDE = 22.0, 60.0
_HEADER_ROWS = 1


def fits_a_workbook(rows: int) -> bool:
    """Whether a sheet has room for so many rows and their header."""
    return rows + _HEADER_ROWS <= MOST_ROWS


def write_csv(target: BinaryIO, reader: RowReader, rows: Iterable[Sequence[str]], versions: Mapping[str, str]) -> None:
    """The rows as UTF-8 CSV below one row of column names; at the end of each the versions, the same in all."""
    target.write(writing.csv_line((*reader.heads, *versions)))
    for row in rows:
        target.write(writing.csv_line((*row, *versions.values())))


def write_codebook(target: BinaryIO, reader: RowReader, versions: Mapping[str, str]) -> None:
    """The codebook as UTF-8 CSV."""
    target.write(writing.csv_line(codebook.HEADS))
    for row in codebook.rows(reader.questionnaire, versions):
        target.write(writing.csv_line(row))


def write_xlsx(
    target: BinaryIO,
    reader: RowReader,
    rows: Iterable[Sequence[str]],
    versions: Mapping[str, str],
    about: Mapping[str, str],
) -> None:
    """A workbook with a cover, the rows and the codebook."""
    with Book(target, title="Microdata", streamed=True) as book:
        cover = book.sheet("Cover", [100])
        cover.row(["Microdata"], "title")
        for label, value in about.items():
            cover.row([f"{label}: {value}"], "wrapped")
        data = book.sheet("Data", [_WIDTH] * (len(reader.heads) + len(versions)))
        data.row((*reader.heads, *versions), "head")
        data.freeze()
        for row in rows:
            data.row([cell or None for cell in (*row, *versions.values())])
        sheet = book.sheet("Codebook", [_WIDTH, _WIDE, *[_WIDTH] * (len(codebook.HEADS) - 2)])
        sheet.row(codebook.HEADS, "head")
        sheet.freeze()
        for row in codebook.rows(reader.questionnaire, versions):
            sheet.row([cell or None for cell in row])
