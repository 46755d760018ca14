"""Taking away the traces of who came when: sealed rows and invitations are rewritten in the order of their ids.

One transaction writes a receipt and a sealed row together. PostgreSQL keeps its number with both, SQLite keeps both side
by side in its log. The rewrite gives every row of a table the same number and removes the log. What backups from before
the rewrite still hold, and the server's own log of PostgreSQL until its files are used again, is said in the privacy
notice. `anonymity_checks` looks whether all this is so.
"""

from __future__ import annotations

import contextlib
import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, Table, delete, func, insert, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey.db import Database
from survey.models import Rewriting, SpentKey, Submission

if TYPE_CHECKING:
    import psycopg

# Each with a column that can be set to itself. Drafts too: their dead rows hold the number of the submission.
REWRITTEN = {
    "submission": "wave_id",
    "sealed_equality": "wave_id",
    "sealed_text": "wave_id",
    "invitation": "epoch",
    "draft": "revision",
    "spent_key": "key_hash",
}

STEP = 5
"""Counts of submissions are told in steps of so many, as everywhere while a wave is open."""

EMPTY_LOG = ("SELECT pg_switch_wal()", "CHECKPOINT")
"""PostgreSQL: ends the file of the server's log and lets it remove what is old; refused to whom it does not trust."""

PAUSES = (0.2, 1, 3, 10)
"""Seconds before the rows of a table are copied once more."""

NUMBER = re.compile(r"\d+")


def rewrite(database: Database) -> None:
    """Rewrite; at the close of a wave and every night, never inside a transaction."""
    _forget_spent_keys(database)
    with database.alone():
        if database.is_sqlite:
            _rewrite_sqlite(database)
        else:
            _rewrite_postgresql(database)


def _forget_spent_keys(database: Database) -> None:
    with database.session() as session, database.write(session):
        session.execute(delete(SpentKey))
        session.commit()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was sealed since the last rewrite, in steps of five: an exact count, read often, would show people come in."""

    at: datetime | None
    any: bool
    at_least: int


def waiting(session: Session) -> Waiting:
    """What whoever controls the machine could still tie to links: submissions of all waves since the last rewrite."""
    mark = last(session)
    sealed = session.scalar(select(func.count()).select_from(Submission)) or 0
    since = max(0, sealed - (mark.sealed if mark else 0))
    return Waiting(mark.at if mark else None, since > 0, since - since % STEP)


def in_steps(count: int) -> str:
    """A count as it may be told.

    >>> in_steps(3), in_steps(23)
    ('Fewer than 5', 'At least 20')
    """
    return f"Fewer than {STEP}" if count < STEP else f"At least {count - count % STEP:,}"


def last(session: Session) -> Rewriting | None:
    """When rows were last rewritten, and how many submissions there were then."""
    return session.get(Rewriting, 1)


def _rewrite_sqlite(database: Database) -> None:
    """A fresh copy of every page, then an empty log. Sealed tables lie in the order of their random ids already."""
    _outside_transactions(database, "VACUUM")
    with database.engine.begin() as connection:
        _note(connection)
    _outside_transactions(database, "PRAGMA wal_checkpoint(TRUNCATE)")


def _outside_transactions(database: Database, statement: str) -> None:
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(statement)
        cursor.close()
    finally:
        connection.close()


def _rewrite_postgresql(database: Database) -> None:
    """One transaction gives all rows its own number, then one for each table copies its rows in order, without dead ones.

    While somebody still reads what was there before, dead rows stay in the copy, which is then made again. At last the
    server is asked to begin its log anew, which it does for those whom it lets ask.
    """
    with database.engine.begin() as connection:
        _take_time(connection)
        _note(connection)
        for table, column in REWRITTEN.items():
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = {column}")  # noqa: S608 - names from above
    for table in REWRITTEN:
        for pause in (*PAUSES, None):
            if not _put_in_order(database, table) or pause is None:
                break
            time.sleep(pause)
    for statement in EMPTY_LOG:
        with contextlib.suppress(DBAPIError), database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)


def _put_in_order(database: Database, table: str) -> int:
    """How many dead rows had to stay, because a reader who began earlier could still ask for them."""
    told: list[str] = []
    with database.engine.begin() as connection:
        _take_time(connection)
        driver = cast("psycopg.Connection", connection.connection.driver_connection)
        driver.add_notice_handler(note := lambda notice: told.append(notice.message_detail or ""))
        try:
            connection.exec_driver_sql(f"CLUSTER (VERBOSE) {table} USING pk_{table}")
        finally:
            driver.remove_notice_handler(note)
    return sum(int(count) for detail in told for count in NUMBER.findall(detail)[:1])


def _note(connection: Connection) -> None:
    """The mark of this rewrite. It counts what is there before it begins, so that it never claims too much."""
    table = cast("Table", Rewriting.__table__)
    sealed = connection.execute(select(func.count()).select_from(Submission)).scalar_one()
    connection.execute(delete(table))
    connection.execute(insert(table).values(id=1, at=datetime.now(UTC), sealed=sealed))


def _take_time(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL statement_timeout = '10min'")
