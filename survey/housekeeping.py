"""What a running service does by itself: waves go into grace on time; every night sealed rows are rewritten."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, date, datetime, timedelta

from survey import anonymity, jobs, people, waves
from survey.db import Database

LOG = logging.getLogger(__name__)
NIGHT = range(2, 5)  # hours UTC


def keep_house(database: Database, stop: threading.Event, *, pause: timedelta = timedelta(minutes=1)) -> None:
    """Until told to stop; what a thread beside the web server runs. A failure is logged and tried again."""
    rewritten: date | None = None
    while not stop.wait(pause.total_seconds()):
        now = datetime.now(UTC)
        try:
            end_starts(database, now=now)
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


def tidy(database: Database, *, now: datetime) -> None:
    """The night's work: what has ended is forgotten, and nothing keeps the order in which answers came."""
    with database.session() as session, database.write(session):
        people.forget_ended(session, now=now)
        jobs.forget_ended(session, now=now)
        session.commit()
    anonymity.rewrite(database)
