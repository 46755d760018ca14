"""Is this service able to take answers just now? What is wrong is a word for the log, never for a stranger."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from survey import schema
from survey.db import Database, database_now
from survey.errors import Unavailable

MOST_SKEW = timedelta(seconds=60)
LEAST_ROOM = 0.1  # of the disk,
ENOUGH_ROOM = 2 * 1024**3  # or this many bytes, where a tenth would be more


def faults(database: Database, data: Path, *, now: datetime) -> tuple[str, ...]:
    """What keeps the service from taking answers: `database`, `schema`, `clock`, `disk`. Nothing when it is ready."""
    try:
        found = _of_database(database, now=now)
    except (SQLAlchemyError, Unavailable):
        found = ("database",)
    usage = shutil.disk_usage(data)
    if usage.free < min(LEAST_ROOM * usage.total, ENOUGH_ROOM):
        found = (*found, "disk")
    return found


def _of_database(database: Database, *, now: datetime) -> tuple[str, ...]:
    """A write that is taken back, the revision, the clock."""
    found = []
    with database.session() as session:
        clock = session.scalars(select(database_now())).one()
        if schema.revision_of(session.connection()) != schema.head():
            found.append("schema")
        elif abs(clock - now) > MOST_SKEW:
            found.append("clock")
        with database.write(session):
            session.execute(text("UPDATE alembic_version SET version_num = version_num"))
            session.rollback()
    return tuple(found)
