"""The database: engine, sessions, and the one way to write.

SQLite runs in WAL mode with full synchronisation, and every write transaction waits for one file lock before it
begins, because writers that collide on SQLite's own busy sleep wait ten times longer than a queue needs.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import FunctionElement

from survey.errors import Unavailable
from survey.models.base import UtcDateTime

SAFE_SQLITE = (3, 51, 3)  # before it, WAL mode with several processes can lose a commit
LOCK_WAIT_SECONDS = 10.0
_WRITING = "soundings_writing"
_LIMITS = ("statement_timeout", "idle_in_transaction_session_timeout")
ALONE = "soundings_alone"  # a session keeps under this name where statements go that need no transaction


class database_now(FunctionElement[datetime]):  # noqa: N801 - reads as a SQL function
    """The database's clock. It decides whether a wave is open, so that a skewed web server cannot."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(database_now, "sqlite")
def _sqlite_now(element: database_now, compiler: SQLCompiler, **kw: Any) -> str:  # Any: the dialect's own options
    del element, compiler, kw
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@compiles(database_now, "postgresql")
def _postgresql_now(element: database_now, compiler: SQLCompiler, **kw: Any) -> str:
    del element, compiler, kw
    return "timezone('utc', clock_timestamp())"


def take_time(connection: Connection) -> None:
    """The transaction of this connection may last: the program reads, works for long on what it read, and goes on.

    Otherwise PostgreSQL ends the connection of whoever works for ten seconds between two statements.
    """
    if connection.dialect.name == "postgresql":
        for setting in _LIMITS:
            connection.exec_driver_sql(f"SET LOCAL {setting} = 0")


class Database:
    """One database for one application. Made by `create_app` and by each command."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgresql_engine(url)
        self._alone = self.engine.execution_options(**{ALONE: True})
        self._lock = FileLock(Path(f"{self.url.database}.lock")) if self.is_sqlite else None

    @property
    def name(self) -> str:
        """Its address as it may be shown."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    def session(self) -> Session:
        """A session whose objects stay readable after commit: a view commits, then renders."""
        return Session(self.engine, expire_on_commit=False, info={ALONE: self._alone})

    @contextmanager
    def write(self, session: Session) -> Iterator[None]:
        """Everything inside is one write transaction. The caller commits, in sight, as its last line.

        What is not committed when the block ends is rolled back.
        """
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("Changes were made outside of `with db.write(session):`.")
        if session.in_transaction():
            session.commit()  # ends the read transaction, so that the write begins on the newest state
        with self._lock or _no_lock():
            session.connection(execution_options={_WRITING: True})
            try:
                yield
            finally:
                session.rollback()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the writers' queue without a transaction: for upkeep that the database does not do inside one."""
        with self._lock or _no_lock():
            yield

    @contextmanager
    def writing_connection(self) -> Iterator[Connection]:
        """One write transaction outside of any session, for migrations. The caller commits."""
        with self._lock or _no_lock(), self.engine.connect() as connection:
            yield connection.execution_options(**{_WRITING: True})

    def dispose(self) -> None:
        self.engine.dispose()


class FileLock:
    """One writer at a time, over all threads and processes of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._thread_lock = threading.Lock()
        self._descriptor: int | None = None

    def __enter__(self) -> None:
        until = time.monotonic() + LOCK_WAIT_SECONDS
        if not self._thread_lock.acquire(timeout=LOCK_WAIT_SECONDS):
            raise Unavailable("The service is very busy. Nothing was saved. Please try again in a moment.")
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while not _try_lock(descriptor):
                if time.monotonic() > until:
                    raise Unavailable("The service is very busy. Nothing was saved. Please try again in a moment.")
                time.sleep(0.002)
        except BaseException:
            os.close(descriptor)
            self._thread_lock.release()
            raise
        self._descriptor = descriptor

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)  # closing releases the lock, also when the process dies
            self._descriptor = None
        self._thread_lock.release()


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _no_lock() -> Iterator[None]:
    yield


def _sqlite_engine(url: str) -> Engine:
    if sqlite.sqlite_version_info < SAFE_SQLITE:
        raise RuntimeError(
            f"SQLite {sqlite.sqlite_version} can lose commits in WAL mode. Install pysqlite3 0.6 or newer, "
            f"which brings {'.'.join(map(str, SAFE_SQLITE))} or newer."
        )
    engine = create_engine(url, module=sqlite, connect_args={"timeout": 5, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, record: object) -> None:  # Any: pysqlite3 has no types
    del record
    connection.isolation_level = None  # this module says BEGIN itself
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout = 5000",  # before journal_mode, which may have to wait
        "page_size = 8192",  # of a new file: a sealed row of about 1.3 kB then needs no page of its own
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(ALONE):
        return
    begin = "BEGIN IMMEDIATE" if options.get(_WRITING) else "BEGIN"
    try:
        connection.connection.cursor().execute(begin)
    except sqlite.Error:
        connection.exec_driver_sql(begin)  # meets the same fault, and gives it the name that the pages know


def _postgresql_engine(url: str) -> Engine:
    options = "-c statement_timeout=15000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=10000"
    return create_engine(url, pool_size=5, max_overflow=10, connect_args={"options": options})
