"""The lasting content of the database, row by row, written the same whichever kind of database holds it.

A backup is these rows, and a content digest is taken of them. Tables and columns are read from the database itself, so
that a new table is in a backup from its first day.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import JSON, Connection, LargeBinary, MetaData, Table
from sqlalchemy import types as sql

REVISION_TABLE = "alembic_version"
# Who is signed in, or about to be, and which browser has just sent answers: a restored copy must know none of them.
# When this copy was rewritten is true of this copy only.
LEFT_OUT = frozenset({REVISION_TABLE, "web_session", "sign_in_code", "spent_key", "pending_import", "rewriting"})
_ONLY = {"outbox_message": "sign_in_code_id IS NULL"}
# How far a mail has come is no content: a restored copy holds back what was waiting.
_NOT_DIGESTED = {"outbox_message": frozenset({"state", "tries"})}
_PAGE = 1_000

Value: TypeAlias = str | int | float | bool | None
RowOfValues: TypeAlias = list[Value]


@dataclass(frozen=True, slots=True)
class TableDigest:
    """How many rows a table has, and the digest of them all."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Digest:
    """What a content is known by: equal digests mean equal rows in every table."""

    tables: Mapping[str, TableDigest]

    @property
    def total(self) -> str:
        """SHA-256 over the tables in order of their names; empty ones do not count, so a new table changes nothing."""
        lines = [f"{name} {one.rows} {one.digest}" for name, one in sorted(self.tables.items()) if one.rows]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables.values())


class Digester:
    """Takes the digest of rows as they pass."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._hashes: dict[str, hashlib._Hash] = {}

    def begin(self, table: str, columns: Sequence[str]) -> list[int]:
        """A new table; the places of the columns that count."""
        self._rows[table] = 0
        self._hashes[table] = hashlib.sha256(line(columns))
        skipped = _NOT_DIGESTED.get(table, frozenset())
        return [place for place, column in enumerate(columns) if column not in skipped]

    def take(self, table: str, row: RowOfValues, counted: list[int]) -> None:
        self._rows[table] += 1
        self._hashes[table].update(line(row if len(counted) == len(row) else [row[place] for place in counted]))

    def digest(self) -> Digest:
        return Digest({name: TableDigest(rows, self._hashes[name].hexdigest()) for name, rows in self._rows.items()})


def line(values: object) -> bytes:
    """One line of JSON: what is hashed, and what a backup holds."""
    return json.dumps(values, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def digest(connection: Connection) -> Digest:
    """The digest of what the database holds, in this connection's transaction."""
    digester = Digester()
    for table in tables(connection):
        columns = column_names(table)
        counted = digester.begin(table.name, columns)
        for row in rows(connection, table):
            digester.take(table.name, row, counted)
    return digester.digest()


def tables(connection: Connection) -> list[Table]:
    """The tables with lasting content, each after those that it refers to."""
    return [table for table in all_tables(connection) if table.name not in LEFT_OUT]


def all_tables(connection: Connection) -> list[Table]:
    found = MetaData()
    found.reflect(connection)
    return found.sorted_tables


def column_names(table: Table) -> list[str]:
    return sorted(column.name for column in table.columns)


def rows(connection: Connection, table: Table) -> Iterator[RowOfValues]:
    """Every lasting row in the order of its key, its values in the order of the columns' names."""
    names = column_names(table)
    kinds = [table.columns[name].type for name in names]
    result = connection.exec_driver_sql(
        _query(connection, table, names), execution_options={"stream_results": True, "max_row_buffer": _PAGE}
    )
    for row in result:
        yield [_written(value, kind) for value, kind in zip(row, kinds, strict=True)]


def insert(connection: Connection, table: Table, names: Sequence[str], given: Iterable[RowOfValues]) -> None:
    """Put rows back as `rows` gave them."""
    quoted = connection.dialect.identifier_preparer.quote
    sign = "?" if connection.dialect.name == "sqlite" else "%s"
    columns, signs = ", ".join(map(quoted, names)), ", ".join([sign] * len(names))
    statement = f"INSERT INTO {quoted(table.name)} ({columns}) VALUES ({signs})"  # noqa: S608 - names of the schema
    binary = [place for place, name in enumerate(names) if isinstance(table.columns[name].type, LargeBinary)]
    for page in _pages(given):
        connection.exec_driver_sql(statement, [_parameters(row, binary) for row in page])


def _query(connection: Connection, table: Table, names: Sequence[str]) -> str:
    """Text is ordered by its bytes, whatever language the database sorts in; JSON is read as the text that it is."""
    quoted = connection.dialect.identifier_preparer.quote
    postgresql = connection.dialect.name == "postgresql"
    chosen = [
        f"{quoted(name)}::text" if postgresql and isinstance(table.columns[name].type, JSON) else quoted(name)
        for name in names
    ]
    key = [
        f'{quoted(column.name)} COLLATE "C"'
        if postgresql and isinstance(column.type, sql.String)
        else quoted(column.name)
        for column in table.primary_key.columns
    ]
    where = f" WHERE {_ONLY[table.name]}" if table.name in _ONLY else ""
    return f"SELECT {', '.join(chosen)} FROM {quoted(table.name)}{where} ORDER BY {', '.join(key)}"  # noqa: S608


def _written(value: object, kind: sql.TypeEngine[object]) -> Value:
    """A value as JSON can hold it: a moment as its text, a flag as a flag, bytes in base 64."""
    match value:
        case datetime():
            return value.isoformat(sep=" ", timespec="microseconds")
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case int() if isinstance(kind, sql.Boolean | sql.Float):
            return bool(value) if isinstance(kind, sql.Boolean) else float(value)
        case None | str() | int() | float():
            return value
    raise TypeError(f"A backup does not know how to write a {type(value).__name__}.")


def _parameters(row: RowOfValues, binary: Sequence[int]) -> tuple[Value | bytes, ...]:
    if not binary:
        return tuple(row)
    return tuple(
        base64.b64decode(value) if place in binary and isinstance(value, str) else value
        for place, value in enumerate(row)
    )


def _pages(given: Iterable[RowOfValues]) -> Iterator[list[RowOfValues]]:
    page: list[RowOfValues] = []
    for row in given:
        page.append(row)
        if len(page) == _PAGE:
            yield page
            page = []
    if page:
        yield page
