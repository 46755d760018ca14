"""Restoring: a backup becomes the content of a database, in one transaction, or nothing changes.

Nobody is signed in afterwards, and no mail that was waiting is sent: it may have left before. Officers' links go on
working, with their drafts, unless new ones are asked for.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Integer, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey import anonymity, backups, content, invitations, keys, messages, schema
from survey.backups import Header, Opened
from survey.content import Digest
from survey.db import Database, take_time
from survey.errors import BadInput, NotNow, Refusal

OTHER_KEY = (
    "The backup belongs to another link key, so mails and resume codes made here would not fit its links. Put the old"
    " link key in its place (SOUNDINGS_LINK_KEY, or the file link-key in the data folder), or use --new-links: then no"
    " link that was sent opens anything any more."
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: of which moment, with which digest, how many mails are held back, how many links are new."""

    header: Header
    digest: Digest
    held: int
    new_links: int
    schema: str


def restore(database: Database, path: Path, *, link_key: str, replace: bool, new_links: bool) -> Restored:
    """Put a backup into an empty database, or in the place of everything that is there."""
    with backups.opened(path) as backup:
        _require_fit(backup.header, link_key=link_key, new_links=new_links)
        with database.writing_connection() as connection:
            take_time(connection)
            _require_target(connection, replace=replace)
            digest = _put_back(connection, backup)
            held, made = _make_safe(connection, link_key if new_links else None)
            connection.commit()
    anonymity.rewrite(database)  # what was replaced goes from free pages and from the log as well
    return Restored(backup.header, digest, held, made, schema.head())


def check(path: Path, folder: Path, *, link_key: str) -> Restored:
    """Restore into a database of its own, thrown away afterwards: a backup that was never restored is a hope."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".restore-check-") as scratch:
        database = Database(f"sqlite:///{Path(scratch) / 'restored.sqlite'}")
        try:
            return restore(database, path, link_key=link_key, replace=False, new_links=False)
        finally:
            database.dispose()


def require_fit(path: Path, *, link_key: str, new_links: bool) -> None:
    """Refuse a file that cannot be restored here, before anything is done for its sake."""
    with backups.opened(path) as backup:
        _require_fit(backup.header, link_key=link_key, new_links=new_links)


def _require_fit(header: Header, *, link_key: str, new_links: bool) -> None:
    if header.schema not in schema.known_revisions():
        raise NotNow(f"The backup has the schema {header.schema}, newer than this version. Install the newer version.")
    if header.link_key != keys.mark_of(link_key) and not new_links:
        raise NotNow(OTHER_KEY)


def _require_target(connection: Connection, *, replace: bool) -> None:
    """An empty database, one of ours whose content may go, and never a database of something else."""
    tables = content.all_tables(connection)
    if tables and schema.revision_of(connection) is None:
        raise Refusal("The database holds tables of something else. Name an empty one in DATABASE_URL.")
    if not replace and any(_has_rows(connection, table) for table in tables if table.name != content.REVISION_TABLE):
        raise NotNow("The database is not empty. With --replace, everything in it gives way to the backup.")


def _has_rows(connection: Connection, table: Table) -> bool:
    return connection.execute(table.select().limit(1)).first() is not None


def _put_back(connection: Connection, backup: Opened) -> Digest:
    """The tables as they were at the backup's schema, its rows in them, read again; then today's schema."""
    for table in reversed(content.all_tables(connection)):
        table.drop(connection)
    schema.wait_for_turn(connection)
    take_time(connection)
    schema.upgrade_within(connection, backup.header.schema)
    tables = {table.name: table for table in content.tables(connection)}
    for name, columns, rows in backup.tables():
        if name not in tables or columns != content.column_names(tables[name]):
            raise BadInput(f"The backup is damaged: its table {name} does not fit its schema.")
        try:
            content.insert(connection, tables[name], columns, rows)
        except (DBAPIError, OverflowError, ValueError, TypeError):  # not every driver calls its own faults by that name
            raise BadInput(f"The backup is damaged: its table {name} holds rows that cannot be.") from None
        _count_on(connection, tables[name])
    digest = content.digest(connection)
    if digest.total != backup.digest.total:
        raise Refusal("What was restored differs from the backup, so nothing was changed. Please report this.")
    schema.upgrade_within(connection)
    return digest


def _make_safe(connection: Connection, link_key: str | None) -> tuple[int, int]:
    """Waiting mails are held; with a link key given, every link and every resume code is derived anew from it."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        held = messages.hold(session)
        made = 0
        if link_key is not None:
            made = invitations.renew_all(session, link_key=link_key)
        session.commit()
    return held, made


def _count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL counts numbers of rows beside the rows: it goes on after the highest."""
    key = list(table.primary_key.columns)
    if connection.dialect.name != "postgresql" or len(key) != 1 or not isinstance(key[0].type, Integer):
        return
    quoted = connection.dialect.identifier_preparer.quote
    column, name = quoted(key[0].name), quoted(table.name)
    connection.exec_driver_sql(
        f"SELECT setval(pg_get_serial_sequence('{name}', '{key[0].name}'), max({column})) FROM {name} HAVING max({column}) IS NOT NULL"  # noqa: S608
    )
