"""What every command needs: settings and a database that are opened and closed, and refusals told in plain lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from questionnaires.faults import QuestionnaireFaults
from survey import config, outages, schema
from survey.config import SettingFault, Settings
from survey.db import Database
from survey.errors import BadInput, Refusal, Unavailable

REFUSED = 1

Decorated = TypeVar("Decorated", bound=Callable[..., Any])  # Any: a command's options are its own affair


@dataclass(frozen=True, slots=True)
class Opened:
    """An open service: its settings, its database, and a session that ends with the command."""

    settings: Settings
    database: Database
    session: Session
    now: datetime


@contextmanager
def opened() -> Iterator[Opened]:
    """Settings read, schema checked, session open. What a command changes it commits itself, in sight."""
    settings = config.read()
    with connected(settings) as database:
        schema.require_current(database)
        with database.session() as session:
            yield Opened(settings, database, session, datetime.now(UTC))


@contextmanager
def connected(settings: Settings) -> Iterator[Database]:
    """The database of these settings, whatever its schema. When it fails us, one line says what happened."""
    database = Database(settings.database_url)
    try:
        yield database
    except DBAPIError as fault:
        raise Unavailable(outages.sentence(fault, database.name)) from fault
    finally:
        database.dispose()


class RefusingGroup(click.Group):
    """The outermost group: a refusal is one line a fault on standard error and the exit code 1."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (Refusal, SettingFault, QuestionnaireFaults, OSError) as refusal:
            if isinstance(refusal, OSError) and refusal.filename is None:
                raise  # about no file of anybody's: a pipe that nobody reads, or a fault of the program
            for line in lines(refusal):
                click.echo(line, err=True)
            ctx.exit(REFUSED)


def lines(refusal: Exception) -> tuple[str, ...]:
    """What is told on standard error."""
    match refusal:
        case BadInput(faults=faults) if faults:
            return (refusal.sentence, *faults)
        case Refusal():
            return (refusal.sentence,)
        case QuestionnaireFaults():
            return tuple(str(fault) for fault in refusal.faults)
        case OSError():
            why = refusal.strerror or type(refusal).__name__
            return (f"{refusal.filename}: {why}. Check the name, the folder and who may read and write there.",)
        case _:
            return (str(refusal),)


def as_person(command: Decorated) -> Decorated:
    """The option `--as EMAIL`: on whose behalf the command acts; the audit trail names that person."""
    return click.option(
        "--as", "email", required=True, metavar="EMAIL", help="Who does this; kept in the audit trail."
    )(command)
