"""A backup: one compressed file with every lasting row, from either kind of database, that proves itself whole.

The first line says what the file is, then come the tables with one line a row, the last line holds the digests. Rows lie
in the order of their keys, sealed ones therefore in random order: unlike a copy of the database's own files, a backup
holds no log, no free pages and no transaction numbers that could tell who came when.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError, OperationalError

from survey import content, keys, schema
from survey.content import Digest, Digester, RowOfValues, TableDigest
from survey.db import Database, take_time
from survey.errors import BadInput, Refusal

FORMAT = 1
SUFFIX = ".backup"
LONGEST_LINE = 64 * 1024 * 1024
DAMAGED = "The database is damaged, so no backup was made. Move its file away and restore the newest good backup."


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup says of itself before its rows."""

    schema: str
    made_at: datetime
    link_key: str  # the mark of the link key that its links were derived with

    def written(self) -> dict[str, object]:
        made_at = self.made_at.astimezone(UTC).isoformat(timespec="seconds")
        return {
            "backup": "soundings", "format": FORMAT, "schema": self.schema, "made_at": made_at, "link_key": self.link_key,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written, synced and read again."""

    path: Path
    header: Header
    digest: Digest


def make(database: Database, path: Path, *, link_key: str, now: datetime) -> Made:
    """Write what the database holds at one moment, while others go on writing; the file appears whole or not at all."""
    if path.exists():
        raise Refusal(f"{path} is there already. A backup never replaces a file: choose another name.")
    if not path.parent.is_dir():
        raise Refusal(f"The folder {path.parent} is not there. Make it first, readable by this user only.")
    _require_room(database, path.parent)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-", suffix=SUFFIX)  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            header, digest = _write(database, file, link_key=link_key, now=now)
            os.fsync(file.fileno())
        with opened(Path(unfinished)) as again:
            for _, _, rows in again.tables():
                for _ in rows:
                    pass
            if again.digest.total != digest.total:
                raise Refusal(
                    "The backup reads differently from what was written: is the disk sound? Nothing was kept."
                )
        Path(unfinished).rename(path)
        _sync_folder(path.parent)
    except OperationalError:
        raise  # the database is away or busy
    except DatabaseError:
        raise Refusal(DAMAGED) from None
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return Made(path, header, digest)


@contextmanager
def frozen(database: Database) -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile."""
    with database.engine.connect() as plain:
        if database.is_sqlite:
            yield plain  # a deferred transaction reads one state of the log
            return
        connection = plain.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        take_time(connection)
        yield connection


def _write(database: Database, file: IO[bytes], *, link_key: str, now: datetime) -> tuple[Header, Digest]:
    digester = Digester()
    with frozen(database) as connection, gzip.GzipFile("", "wb", 6, file, mtime=0) as out:
        _require_sound(connection)
        revision = schema.revision_of(connection)
        if revision is None:
            raise Refusal("The database has no tables yet, so there is nothing to back up.")
        header = Header(revision, now, keys.mark_of(link_key))
        out.write(content.line(header.written()))
        for table in content.tables(connection):
            columns = content.column_names(table)
            out.write(content.line({"table": table.name, "columns": columns}))
            counted = digester.begin(table.name, columns)
            for row in content.rows(connection, table):
                digester.take(table.name, row, counted)
                out.write(content.line(row))
        digest = digester.digest()
        tables = {name: [one.rows, one.digest] for name, one in digest.tables.items()}
        out.write(content.line({"digest": digest.total, "tables": tables}))
    return header, digest


def _require_sound(connection: Connection) -> None:
    """A damaged database is refused: its backups would push the good ones out."""
    if connection.dialect.name != "sqlite":
        return
    found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
    if found != ["ok"]:
        raise Refusal(DAMAGED)


def _require_room(database: Database, folder: Path) -> None:
    if database.is_sqlite and database.url.database:
        file = Path(database.url.database)
        size = file.stat().st_size if file.exists() else 0
        if shutil.disk_usage(folder).free < 2 * size:
            raise Refusal(f"There is too little room in {folder}: a backup wants twice the size of the database free.")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# Reading


class Opened:
    """A backup that is being read: its header, then its tables once, then its digest."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._lines = lines
        self._digester = Digester()
        self._ending: Mapping[str, object] | None = None
        self.header = _header(_control(next(lines, b"")))

    @property
    def digest(self) -> Digest:
        """What was read, once all of it was, and found equal to what was written."""
        if self._ending is None:
            raise BadInput("The backup ends too early: it was cut off.")
        return self._digester.digest()

    def tables(self) -> Iterator[tuple[str, list[str], Iterator[RowOfValues]]]:
        """Each table's name, columns and rows; the rows of one are read before the next is asked for."""
        line = next(self._lines, b"")
        while True:
            said = _control(line)
            if "digest" in said:
                self._end(said)
                return
            name, columns = str(said.get("table")), [str(one) for one in cast("list[object]", said.get("columns", []))]
            following: list[bytes] = []
            yield name, columns, self._rows(name, columns, following)
            if not following:
                raise BadInput("The backup ends too early: it was cut off.")
            line = following[0]

    def _rows(self, table: str, columns: list[str], following: list[bytes]) -> Iterator[RowOfValues]:
        counted = self._digester.begin(table, columns)
        for line in self._lines:
            if line.startswith(b"{"):
                following.append(line)
                return
            row = _json(line)
            if not isinstance(row, list) or len(row) != len(columns):
                raise BadInput(f"The backup is damaged in its table {table}.")
            self._digester.take(table, row, counted)
            yield row

    def _end(self, said: Mapping[str, object]) -> None:
        read = self._digester.digest()
        written = cast("Mapping[str, tuple[int, str]]", said.get("tables", {}))
        for name in {*written, *read.tables}:
            if name not in written or read.tables.get(name) != TableDigest(*written[name]):
                raise BadInput(f"The backup is damaged in its table {name}: its digest is another one.")
        if said["digest"] != read.total or next(self._lines, b""):
            raise BadInput("The backup is damaged: its digest is another one.")
        self._ending = said


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """A backup to read from. What is wrong with it is refused in a sentence, where it is met."""
    try:
        file = gzip.open(path, "rb")  # noqa: SIM115 - closed below, where reading it may fail in its own way
    except OSError as fault:
        raise BadInput(f"{path.name} cannot be read: {fault.strerror or 'is it a file?'}.") from None
    try:
        with file:
            yield Opened(_lines(file))
    except (gzip.BadGzipFile, zlib.error, EOFError):
        raise BadInput(f"{path.name} is not a whole backup: it is damaged, cut off, or something else.") from None


def _lines(file: gzip.GzipFile) -> Iterator[bytes]:
    while line := file.readline(LONGEST_LINE):
        if not line.endswith(b"\n"):
            raise BadInput("The backup ends too early: it was cut off.")
        yield line


def _header(said: Mapping[str, object]) -> Header:
    if said.get("backup") != "soundings":
        raise BadInput("This file is not a backup of Soundings.")
    if said.get("format") != FORMAT:
        raise BadInput("This backup was made by a newer version. Install that version first.")
    try:
        made_at = datetime.fromisoformat(str(said.get("made_at")))
    except ValueError:
        raise BadInput("The backup is damaged in its first line.") from None
    return Header(str(said.get("schema")), made_at, str(said.get("link_key")))


def _control(line: bytes) -> Mapping[str, object]:
    said = _json(line)
    if not isinstance(said, dict):
        raise BadInput("This file is not a backup of Soundings, or it is damaged.")
    return said


def _json(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise BadInput("This file is not a backup of Soundings, or it is damaged.") from None
