"""One table of drafts in SQLite: one connection a thread, each write flushed to disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pysqlite3.dbapi2 as sqlite


class Storage:
    """Drafts by their key, as JSON text."""

    def __init__(self, file: Path, trace: Callable[[str], None] | None = None) -> None:
        self._file, self._trace, self._of_thread = file, trace, threading.local()
        self._connection().execute(
            "CREATE TABLE IF NOT EXISTS draft (id TEXT PRIMARY KEY, answers TEXT NOT NULL, submitted INTEGER NOT NULL)"
        )

    def begin(self, draft: str) -> None:
        self._connection().execute("INSERT INTO draft VALUES (?, '{}', 0)", (draft,))

    def answers(self, draft: str) -> str | None:
        row = self._connection().execute("SELECT answers FROM draft WHERE id = ?", (draft,)).fetchone()
        return None if row is None else str(row[0])

    def save(self, draft: str, answers: str) -> None:
        self._connection().execute("UPDATE draft SET answers = ? WHERE id = ?", (answers, draft))

    def submit(self, draft: str) -> None:
        self._connection().execute("UPDATE draft SET submitted = 1 WHERE id = ?", (draft,))

    def _connection(self) -> sqlite.Connection:
        connection: sqlite.Connection | None = getattr(self._of_thread, "connection", None)
        if connection is None:
            connection = sqlite.connect(str(self._file), timeout=10, isolation_level=None)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.set_trace_callback(self._trace)
            self._of_thread.connection = connection
        return connection
