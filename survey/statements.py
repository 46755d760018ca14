"""Statements that every page of an officer sends: put together once, and on SQLite sent without a detour.

Putting a statement together, looking up its compiled form and wrapping its result cost SQLAlchemy ten times what SQLite
needs to answer. So a statement of this kind keeps its SQL text and the converters of its columns, and hands both to the
driver. Where that fails, and on PostgreSQL, where the way to the server costs more than all of this, it goes the
ordinary way, which knows every fault by its name.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Dialect, Engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.dml import ReturningUpdate
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


class Statement:
    """One statement that gives one row or none: a SELECT, or an UPDATE that returns what it wrote.

    It holds no `IN` with a list, whose text SQLAlchemy writes anew each time.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]] | ReturningUpdate[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._text: _Text | None = None
        self._lock = threading.Lock()

    def one(self, session: Session, parameters: Mapping[str, object]) -> Columns | None:
        """The row by its column names, or None. In the session's transaction if it has one, else by itself.

        By itself, no transaction is begun: one statement sees one state of the database. An UPDATE needs one.
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

    def _ordinarily(self, session: Session, parameters: Mapping[str, object]) -> Columns | None:
        if session.in_transaction():
            row = session.execute(self._statement, parameters).one_or_none()
        else:
            with session.info[ALONE].connect() as connection:
                row = connection.execute(self._statement, parameters).one_or_none()
        return None if row is None else dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name

    def _asked(self, raw: PoolProxiedConnection, dialect: Dialect, parameters: Mapping[str, object]) -> Columns | None:
        text = self._text or self._put_together(dialect)
        given = {**text.fixed, **parameters}
        cursor = raw.cursor()
        try:
            cursor.execute(text.sql, [given[name] for name in text.order])
            values = cursor.fetchone()
        finally:
            cursor.close()
        return None if values is None else text.row(values)

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
