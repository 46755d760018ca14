"""The schema of the database: bring it to a revision, and refuse to start on one that is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from survey.config import SettingFault
from survey.db import Database
from survey.errors import Unavailable

SCRIPTS = Path(__file__).parents[1] / "migrations"  # beside this package, in a checkout and where it is installed
LOCK_TIMEOUT = "3s"
STATEMENT_TIMEOUT = "5s"
POSTGRESQL_LOCK = 0x50D1166  # one number for "migration" among this database's advisory locks


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to a revision, all of it in one transaction, or leave it as it was."""
    with _changing(database) as config:
        command.upgrade(config, revision)


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Bring the schema up to a revision inside a transaction that is open already, its lock taken."""
    config = configuration()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def downgrade(database: Database, revision: str) -> None:
    """Take the schema back to a revision; `base` takes every table away."""
    with _changing(database) as config:
        command.downgrade(config, revision)


def current(database: Database) -> str | None:
    """The revision of the database; nothing for an empty one."""
    with database.engine.connect() as connection:
        return revision_of(connection)


def revision_of(connection: Connection) -> str | None:
    """The revision as this connection's transaction sees it."""
    return MigrationContext.configure(connection).get_current_revision()


def known_revisions() -> frozenset[str]:
    """Every revision that this version of the service knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions())


def head() -> str:
    """The revision that this version of the service needs."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    if newest is None:
        raise RuntimeError("The migrations are not where they were installed.")
    return newest


def require_current(database: Database) -> None:
    """Stop the start on any other schema than the one that this version was written for."""
    found, needed = current(database), head()
    if found == needed:
        return
    if found is None:
        raise SettingFault("DATABASE_URL: the database has no tables yet. Run: soundings migrate")
    if found in known_revisions():
        raise SettingFault(f"DATABASE_URL: the schema is {found}, this version needs {needed}. Run: soundings migrate")
    raise SettingFault(f"DATABASE_URL: the schema {found} is newer than this version. Install the newer version.")


def configuration() -> Config:
    """Where the numbered migrations are; there is no file of settings for them."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _changing(database: Database) -> Iterator[Config]:
    """One migration at a time: the file lock on SQLite, an advisory lock on PostgreSQL."""
    config = configuration()
    try:
        with database.writing_connection() as connection:
            wait_for_turn(connection)
            config.attributes["connection"] = connection
            yield config
            connection.commit()
    except OperationalError as error:
        if "timeout" in str(error.orig):
            raise Unavailable("The database is busy, or another migration is running. Nothing was changed.") from error
        raise


def wait_for_turn(connection: Connection) -> None:
    """Nobody else changes the schema until this transaction ends."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(text("SELECT set_config('lock_timeout', :wait, true)"), {"wait": LOCK_TIMEOUT})
    connection.execute(text("SELECT set_config('statement_timeout', :wait, true)"), {"wait": STATEMENT_TIMEOUT})
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": POSTGRESQL_LOCK})
