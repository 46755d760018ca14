"""An attacker who holds the whole database, its log, its system columns and the trail, and wants to know who said what."""

from __future__ import annotations

import re
import shutil
import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import pysqlite3.dbapi2 as sqlite
from scipy import stats
from sqlalchemy import Connection, inspect, select

from survey.db import Database
from survey.models import AuditEntry

Pair: TypeAlias = tuple[str, str]
Orders: TypeAlias = Mapping[str, Sequence[str]]

TABLES = ("submission", "sealed_equality", "sealed_text")
_ID = re.compile(r"(?=([0-9a-f]{32}))")
_NUMBER = re.compile(r"invitation[^0-9]{1,6}(\d+)")
_SYSTEM = ("ctid", "xmin::text::bigint", "xmax::text::bigint", "cmin::text::bigint")


@dataclass(frozen=True)
class Truth:
    """Which rows one officer left: the invitation, and the ids of the three sealed rows, in the order of answering."""

    officers: tuple[tuple[str, str, str, str], ...]  # invitation, submission, equality, text

    def pairs(self, left: int, right: int) -> frozenset[Pair]:
        return frozenset((one[left], one[right]) for one in self.officers)


@dataclass(frozen=True)
class Found:
    """What came out: the best of all guesses by order, and the pairs that are beyond doubt."""

    people: int
    guesses: int
    best: int
    by: str
    certain: int

    @property
    def most_by_chance(self) -> int:
        """What the best of so many guesses reaches by chance with 99 %: binomial, one in n right, Bonferroni."""
        return int(stats.binom.isf(0.01 / self.guesses, self.people, 1 / self.people))

    @property
    def links(self) -> bool:
        return self.certain > 0 or self.best > self.most_by_chance


def attack(database: Database, truth: Truth, *, logs: Iterable[Path] = ()) -> Found:
    """Every order of every table against every other, forwards and backwards, and every trace that says more."""
    kinds = ("invitation", *TABLES)
    keys = [tuple(one[place] for one in truth.officers) for place in range(len(kinds))]
    files = raw_files(database)
    ordered = [orders(database, kind, key, files) for kind, key in zip(kinds, keys, strict=True)]
    guesses, best, by = 0, 0, ""
    for left in range(len(kinds)):
        for right in range(left + 1, len(kinds)):
            right_pairs = truth.pairs(left, right)
            for (one, first), (other, second) in _both(ordered[left], ordered[right]):
                guesses += 1
                hits = len(right_pairs & set(zip(first, second, strict=False)))
                if hits > best:
                    best, by = hits, f"{kinds[left]} by {one} with {kinds[right]} by {other}"
    claimed = set(_together(database, keys, logs)) | set(_same_transaction(database)) | set(_log_replayed(database))
    right = {pair for left in range(4) for place in range(left + 1, 4) for pair in truth.pairs(left, place)}
    return Found(len(truth.officers), guesses, best, by, len(claimed & right))


def _both(left: Orders, right: Orders) -> Iterator[tuple[tuple[str, Sequence[str]], tuple[str, Sequence[str]]]]:
    for one, first in left.items():
        for other, second in right.items():
            yield (one, first), (other, second)
            yield (one, first), (f"{other}, backwards", second[::-1])


# Who answered


def told_apart(database: Database, answered: Collection[str], invited: Collection[str]) -> tuple[int, str]:
    """Who has answered? The best guess by any value that stands with a link: how many of the invited it gets right.

    Every column of the link itself, and of whatever points to it, and what the trail says of links: the set of links
    with that value is guessed to be those that answered, or all the others.
    """
    guesses: dict[str, set[str]] = defaultdict(set)
    with database.engine.connect() as connection:
        for table, key in _pointing(connection):
            columns = [one["name"] for one in inspect(connection).get_columns(table) if one["name"] not in ("id", key)]
            chosen = ", ".join(f'"{one}"' for one in columns)
            for row in connection.exec_driver_sql(f'SELECT "{key}", {chosen} FROM "{table}"'):  # noqa: S608
                guesses[f"a row of {table}"].add(str(row[0]))
                for column, value in zip(columns, row[1:], strict=True):
                    guesses[f"{table}.{column} = {value}"].add(str(row[0]))
        for action, details in connection.execute(select(AuditEntry.action, AuditEntry.details)):
            for number in _NUMBER.findall(str(details)):
                guesses[f"the trail: {action}"].add(number)
    everybody, right = set(invited), set(answered)
    best, by = 0, "nothing"
    for name, links in guesses.items():
        wrong = len((links & everybody) ^ right)
        hits = max(wrong, len(everybody) - wrong)
        if hits > best:
            best, by = hits, name
    return best, by


def _pointing(connection: Connection) -> Iterator[tuple[str, str]]:
    """The table of links, and every table with a column that points to it."""
    yield "invitation", "id"
    for table in inspect(connection).get_table_names():
        for pointer in inspect(connection).get_foreign_keys(table):
            if pointer["referred_table"] == "invitation":
                yield table, pointer["constrained_columns"][0]


# Orders


def orders(database: Database, table: str, keys: Sequence[str], files: Mapping[str, bytes]) -> Orders:
    """The rows of a table in every order that anything about them gives."""
    found: dict[str, Sequence[str]] = {}
    with database.engine.connect() as connection:
        columns = [column["name"] for column in inspect(connection).get_columns(table)]
        system = () if database.is_sqlite else _SYSTEM
        for order in (*columns, *system):
            rows = connection.exec_driver_sql(f"SELECT id FROM {table} ORDER BY {_sortable(order, database)}, id").all()  # noqa: S608
            found[order] = [str(row[0]) for row in rows if str(row[0]) in keys]
        mark = "token_hash" if table == "invitation" else "id"
        rows = connection.exec_driver_sql(f"SELECT id, {mark} FROM {table}").all()  # noqa: S608 - in the order of lying
    marks = {str(key): str(word) for key, word in rows if str(key) in keys}
    found["place"] = list(marks)
    for name, content in files.items():
        for which, at in (("first", content.find), ("last", content.rfind)):
            places = {key: at(marks[key].encode()) for key in keys}
            known = [key for key in keys if places[key] >= 0]
            found[f"{which} byte in {name}"] = sorted(known, key=lambda key, places=places: places[key])
    return found


def _sortable(order: str, database: Database) -> str:
    return f'"{order}"' if database.is_sqlite or ("::" not in order and order != "ctid") else order


def raw_files(database: Database) -> dict[str, bytes]:
    """The files as they lie on the disk: SQLite's file and log; PostgreSQL's tables together, and its own log."""
    if database.is_sqlite:
        path = Path(str(database.url.database))
        files = {"the file": path, "the log": path.with_name(f"{path.name}-wal")}
        return {name: file.read_bytes() for name, file in files.items() if file.exists()}
    with database.engine.connect() as connection:
        folder = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
        names = connection.exec_driver_sql(
            "SELECT pg_relation_filepath(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
            "WHERE nspname = 'public' AND relkind IN ('r', 'i') ORDER BY 1"
        ).scalars()
        tables = b"".join((folder / name).read_bytes() for name in names)
    return {"the tables": tables, "the server's log": server_log(folder)}


def server_log(folder: Path) -> bytes:
    """What the server keeps of its own log, in the order in which it was written."""
    files = (path for path in sorted((folder / "pg_wal").iterdir()) if len(path.name) == 24)
    return b"".join(path.read_bytes() for path in files)


# Beyond doubt


def _together(database: Database, keys: Sequence[Sequence[str]], logs: Iterable[Path]) -> Iterator[Pair]:
    """Both sides in one row of any table, or in one line of a log."""
    sealed, people = set().union(*keys[1:]), _people(database)
    for text in (*_texts(database), *(line for path in logs for line in path.read_text().splitlines())):
        ids = {found[1] for found in _ID.finditer(text)} & sealed
        links = {key for mark, key in people.items() if mark in text} | set(_NUMBER.findall(text))
        yield from ((link, one) for link in links for one in ids)
        yield from ((one, other) for one in ids for other in ids if one != other)


def _people(database: Database) -> dict[str, str]:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, address, token_hash FROM invitation").all()
    return {mark: str(row[0]) for row in rows for mark in row[1:] if mark}


def _texts(database: Database) -> Iterator[str]:
    with database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):  # noqa: S608
                yield " ".join(str(value) for value in row)


def _same_transaction(database: Database) -> Iterator[Pair]:
    """PostgreSQL: rows that one transaction wrote, where it wrote one of each kind."""
    if database.is_sqlite:
        return
    written: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    with database.engine.connect() as connection:
        for table in ("invitation", *TABLES):
            for number, key in connection.exec_driver_sql(f"SELECT xmin::text, id::text FROM {table}"):  # noqa: S608
                written[number][table].append(key)
    for rows in written.values():
        alone = [one[0] for one in rows.values() if len(one) == 1]
        yield from ((one, other) for one in alone for other in alone if one != other)


def _log_replayed(database: Database) -> Iterator[Pair]:
    """SQLite: the state after each commit that the log still holds; what appears with a receipt belongs to it."""
    if not database.is_sqlite:
        return
    path = Path(str(database.url.database))
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size < 32:
        return
    content, folder = log.read_bytes(), path.parent / "replay"
    folder.mkdir(exist_ok=True)
    before: dict[str, set[str]] | None = None
    for end in _commits(content):
        shutil.copyfile(path, folder / "copy.sqlite")
        (folder / "copy.sqlite-wal").write_bytes(content[:end])
        now = _state(folder / "copy.sqlite")
        if before is not None:
            new = [now[table] - before[table] for table in now]
            alone = [next(iter(rows)) for rows in new if len(rows) == 1]
            yield from ((one, other) for one in alone for other in alone if one != other)
        before = now
    shutil.rmtree(folder)


def _commits(content: bytes) -> Iterator[int]:
    """Where each commit of a log ends: frames of the newest run whose header tells the size of the database."""
    size, salt = struct.unpack(">I", content[8:12])[0], content[16:24]
    for start in range(32, len(content) - size - 23, size + 24):
        if content[start + 8 : start + 16] != salt:
            return
        if struct.unpack(">I", content[start + 4 : start + 8])[0]:
            yield start + 24 + size


def _state(path: Path) -> dict[str, set[str]]:
    connection = sqlite.connect(path)
    try:
        used = "SELECT id FROM invitation WHERE used"
        queries = {"invitation": used} | {table: f"SELECT id FROM {table}" for table in TABLES}  # noqa: S608
        return {table: {str(row[0]) for row in connection.execute(query)} for table, query in queries.items()}
    finally:
        connection.close()
        for leftover in ("-wal", "-shm"):
            path.with_name(path.name + leftover).unlink(missing_ok=True)
