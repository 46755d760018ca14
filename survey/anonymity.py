"""Taking away the traces of who came when: sealed rows and invitations are rewritten in the order of their ids.

One transaction writes a receipt and a sealed row together. PostgreSQL keeps its number with both, SQLite keeps both side
by side in its log. The rewrite gives every row of a table the same number and removes the log. What backups from before
the rewrite still hold is said in the privacy notice.
"""

from __future__ import annotations

from sqlalchemy import Connection, delete

from survey.db import Database
from survey.models import SpentKey

# Each with a column that can be set to itself. Drafts too: their dead rows hold the number of the submission.
_REWRITTEN = {
    "submission": "wave_id",
    "sealed_equality": "wave_id",
    "sealed_text": "wave_id",
    "invitation": "epoch",
    "draft": "revision",
    "spent_key": "key_hash",
}


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


def _rewrite_sqlite(database: Database) -> None:
    """A fresh copy of every page, then an empty log. Sealed tables lie in the order of their random ids already."""
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        connection.close()


def _rewrite_postgresql(database: Database) -> None:
    """Two transactions: the first gives all rows its own number, the second copies them in order, without dead ones."""
    with database.engine.begin() as connection:
        _take_time(connection)
        for table, column in _REWRITTEN.items():
            connection.exec_driver_sql(f"UPDATE {table} SET {column} = {column}")  # noqa: S608 - names from above
    with database.engine.begin() as connection:
        _take_time(connection)
        for table in _REWRITTEN:
            connection.exec_driver_sql(f"CLUSTER {table} USING pk_{table}")


def _take_time(connection: Connection) -> None:
    connection.exec_driver_sql("SET LOCAL statement_timeout = '10min'")
