"""What a database keeps besides its rows: their place, the transactions that wrote them, its log, its triggers."""

from __future__ import annotations

import mmap
import re
from collections.abc import Collection, Iterator
from pathlib import Path

from sqlalchemy import Connection, inspect

from survey.db import Database

SEALED = ("submission", "sealed_equality", "sealed_text")
_IDS = re.compile(r"(?=([0-9a-f]{32}))")
_IDS_IN_BYTES = re.compile(rb"(?=([0-9a-f]{32}))")
_TIED = """
WITH mark AS (SELECT xmin::text AS number FROM rewriting),
     taken AS (SELECT DISTINCT xmin::text AS number FROM invitation
               WHERE xmin::text NOT IN (SELECT number FROM mark))
SELECT wave.state, count(*) FROM submission JOIN wave ON wave.id = submission.wave_id
WHERE submission.xmin::text IN (SELECT number FROM taken) GROUP BY wave.state
"""
_UNORDERED = """
WITH mark AS (SELECT xmin::text AS number FROM rewriting),
     placed AS (SELECT id, lag(id) OVER (ORDER BY ctid) AS before FROM {table}
                WHERE xmin::text IN (SELECT number FROM mark))
SELECT count(*) FROM placed WHERE id < before
"""
_TRIGGERS = {
    True: "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    False: """SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
              WHERE NOT tgisinternal ORDER BY tgname""",
}


def ids_in(text: str) -> Iterator[str]:
    """Whatever in a text could be the id of a sealed row, wherever it begins."""
    return (found[1] for found in _IDS.finditer(text))


def in_log(database: Database, ids: Collection[str]) -> int:
    """How many of these ids stand in SQLite's log. A page that was written for one row brings its neighbours along."""
    log = Path(f"{database.url.database}-wal")
    if not log.exists() or log.stat().st_size == 0:
        return 0
    with log.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return len({found[1].decode() for found in _IDS_IN_BYTES.finditer(content)} & set(ids))


def with_row_numbers(connection: Connection) -> list[str]:
    """SQLite: sealed tables that number their rows in the order of arrival."""
    numbered = {name for _, name, _, _, without, _ in connection.exec_driver_sql("PRAGMA table_list") if not without}
    return [table for table in SEALED if table in numbered]


def not_in_order(connection: Connection) -> list[str]:
    """PostgreSQL: sealed tables whose rewritten rows do not lie in the order of their ids."""
    return [table for table in SEALED if connection.exec_driver_sql(_UNORDERED.format(table=table)).scalar_one()]


def tied_by_transaction(connection: Connection) -> dict[str, int]:
    """PostgreSQL: how many submissions carry the number of a transaction that a receipt carries too, by state of wave."""
    return {state: count for state, count in connection.exec_driver_sql(_TIED)}  # noqa: C416 - a row is no pair to mypy


def triggers(connection: Connection, *, is_sqlite: bool) -> list[tuple[str, str]]:
    """Table and name of each trigger."""
    return [(table, name) for table, name in connection.exec_driver_sql(_TRIGGERS[is_sqlite])]


def setting(connection: Connection, name: str) -> str:
    """PostgreSQL: what the server does, by the name of its setting; empty where it has none of this name."""
    return connection.exec_driver_sql(f"SELECT current_setting('{name}', true)").scalar_one() or ""


def log_is_emptied(connection: Connection) -> bool:
    """PostgreSQL: whether the rewrite may end a file of the server's log, and the server then removes what is old."""
    may = connection.exec_driver_sql(
        "SELECT has_function_privilege('pg_switch_wal()', 'execute') AND pg_has_role('pg_checkpoint', 'member')"
    ).scalar_one()
    kept = setting(connection, "archive_mode") != "off" or setting(connection, "wal_keep_size") not in {"", "0"}
    return bool(may) and not kept and setting(connection, "wal_recycle") == "off"


def live_columns(connection: Connection) -> dict[str, dict[str, str]]:
    """Every table of the live database with its columns and their types, as the database itself tells them."""
    seen = inspect(connection)
    return {
        table: {str(column["name"]): str(column["type"]).upper() for column in seen.get_columns(table)}
        for table in seen.get_table_names()
    }


def foreign_keys(connection: Connection, table: str) -> set[str]:
    """The tables that a table points to."""
    return {str(key["referred_table"]) for key in inspect(connection).get_foreign_keys(table)}
