"""What a running service does by itself: waves go into grace on time; every night sealed rows are rewritten."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, date, datetime, timedelta

from survey import anonymity, documents, jobs, pending_imports, people, produced_files, retention, waves
from survey.config import Settings
from survey.db import Database

LOG = logging.getLogger(__name__)
HOUR = timedelta(hours=1)
LONG_WAIT = timedelta(minutes=30)
NIGHT = range(2, 5)  # hours UTC


def keep_house(
    database: Database, settings: Settings, stop: threading.Event, *, pause: timedelta = timedelta(minutes=1)
) -> None:
    """Until told to stop; what a thread beside the web server runs. A failure is logged and tried again."""
    rewritten: date | None = None
    looked_over: datetime | None = None
    while not stop.wait(pause.total_seconds()):
        now = datetime.now(UTC)
        try:
            end_starts(database, now=now)
            if looked_over is None or now - looked_over >= HOUR:
                look_over_files(database, settings, now=now)
                look_over_queue(database)
                looked_over = now
            if now.hour in NIGHT and rewritten != now.date():
                tidy(database, now=now)
                rewritten = now.date()
        except Exception:
            LOG.exception("Housekeeping failed; trying again.")


def end_starts(database: Database, *, now: datetime) -> None:
    """Waves whose last start has passed take no new drafts."""
    with database.session() as session, database.write(session):
        waves.into_grace(session, now=now)
        session.commit()


def look_over_files(database: Database, settings: Settings, *, now: datetime) -> None:
    """Files that people asked for go after a day, uploads after hours, everything of a release with its replacement.

    Reports are made anew where a new version or a new brand needs it.
    """
    with database.session() as session, database.write(session):
        documents.forget_replaced(session, settings, now=now)
        produced_files.forget_expired(session, settings, now=now)
        pending_imports.forget_ended(session, now=now)
        session.commit()
    with database.session() as session:
        missing = documents.missing(session, settings, now=now)
        if missing:
            with database.write(session):
                for release in missing:
                    documents.make_all(session, release, now=now)
                session.commit()


def look_over_queue(database: Database) -> None:
    """A worker that is not there makes no noise of its own: what waits for it long is said in the log."""
    with database.session() as session:
        waited = jobs.longest_wait(session)
    if waited >= LONG_WAIT:
        LOG.error("A job has waited for %d minutes: is a worker running?", waited // timedelta(minutes=1))


def tidy(database: Database, *, now: datetime) -> None:
    """The night's work: what has ended is forgotten, and nothing keeps the order in which answers came."""
    with database.session() as session, database.write(session):
        people.forget_ended(session, now=now)
        jobs.forget_ended(session, now=now)
        retention.forget(session, now=now)
        session.commit()
    anonymity.rewrite(database)
