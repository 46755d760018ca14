"""Statements that every page of an officer sends: put together once, and on SQLite sent without a detour.

Putting a statement together, looking up its compiled form and wrapping its result cost SQLAlchemy ten times what SQLite
needs to answer. So a statement of this kind keeps its SQL text and the converters of its columns, and hands both to the
driver. Where that fails, and on PostgreSQL, where the way to the server costs more than all of this, it goes the
ordinary way, which knows every fault by its name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Dialect, Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert, ReturningUpdate
from sqlalchemy.sql.selectable import Select

from survey.db import ALONE

Columns = Mapping[str, Any]  # Any: the values of a row have the types of its columns


@dataclass(frozen=True, slots=True)
class _Text:
    """The SQL of a statement, the order of its parameters, and name and converter of each column."""

    sql: str
    order: tuple[str, ...]
    fixed: Mapping[str, Any]
    names: tuple[str, ...]
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]

    def row(self, values: tuple[Any, ...]) -> Columns:
        converted = list(values)
        for place, convert in self.converters:
            converted[place] = convert(converted[place])
        return dict(zip(self.names, converted, strict=True))


Prepared = (
    Select[*tuple[Any, ...]]
    | ReturningInsert[*tuple[Any, ...]]
    | ReturningUpdate[*tuple[Any, ...]]
    | ReturningDelete[*tuple[Any, ...]]
)


class Statement:
    """One statement that gives rows: a SELECT, or a change that returns what it wrote or took away.

    It holds no `IN` with a list, whose text SQLAlchemy writes anew each time.
    """

    def __init__(self, statement: Prepared) -> None:
        self._statement = statement
        self._text: _Text | None = None
        self._lock = threading.Lock()

    def one(self, session: Session, parameters: Mapping[str, object]) -> Columns | None:
        """The row by its column names, or None, where there can be one only."""
        rows = self.all(session, parameters)
        return rows[0] if rows else None

    def all(self, session: Session, parameters: Mapping[str, object]) -> Sequence[Columns]:
        """Every row by its column names. In the session's transaction if it has one, else by itself.

        By itself, no transaction is begun: one statement sees one state of the database. A change needs one.
        """
        engine: Engine = session.info[ALONE]
        if engine.dialect.name != "sqlite" or engine.dispatch.before_cursor_execute:  # who listens shall hear it
            return self._ordinarily(session, parameters)
        raw = session.connection().connection if session.in_transaction() else engine.raw_connection()
        try:
            return self._asked(raw, engine.dialect, parameters)
        except sqlite.Error:  # the ordinary way meets the same fault, and gives it the name that the pages know
            return self._ordinarily(session, parameters)
        finally:
            if not session.in_transaction():
                raw.close()

    def _ordinarily(self, session: Session, parameters: Mapping[str, object]) -> Sequence[Columns]:
        if session.in_transaction():
            rows = session.execute(self._statement, parameters).all()
        else:
            with session.info[ALONE].connect() as connection:
                rows = connection.execute(self._statement, parameters).all()
        return [dict(row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name

    def _asked(self, raw: PoolProxiedConnection, dialect: Dialect, parameters: Mapping[str, object]) -> list[Columns]:
        text = self._text or self._put_together(dialect)
        given = {**text.fixed, **parameters}
        cursor = raw.cursor()
        try:
            cursor.execute(text.sql, [given[name] for name in text.order])
            rows = cursor.fetchall()
        finally:
            cursor.close()
        return [text.row(values) for values in rows]

    def _put_together(self, dialect: Dialect) -> _Text:
        with self._lock:
            compiled = self._statement.compile(dialect=dialect)
            columns = list(self._statement.exported_columns)
            converters = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
            self._text = _Text(
                str(compiled),
                tuple(compiled.positiontup or ()),
                dict(compiled.params),
                tuple(str(column.key) for column in columns),
                tuple((place, convert) for place, convert in enumerate(converters) if convert is not None),
            )
            return self._text
