"""A child of a worker with a planted defect: it ends the job before the work, or without asking whether it still may."""

from __future__ import annotations

import sys
from collections.abc import Callable

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey import child, jobs
from survey.config import Settings
from survey.db import Database, database_now
from survey.jobs import JobContext, JobFunction, Progress, Taken
from survey.models import Job
from survey.vocabulary import JobState


def acknowledge_first(
    database: Database, settings: Settings, job: Taken, function: JobFunction, report: Callable[[Progress], None]
) -> None:
    """The row says done before anything is."""
    with database.session() as session, database.write(session):
        jobs.end(session, job)
        session.commit()
    ending = function(JobContext(database, settings, job, report))
    with database.session() as session, database.write(session):
        jobs.keep_result(session, job, ending(session))
        session.commit()


def end_unguarded(session: Session, taken: Taken) -> None:
    """Ends the job whoever has it now."""
    ended = {"state": JobState.DONE, "ended_at": database_now(), "worker": None, "heartbeat_at": None}
    session.execute(update(Job).where(Job.id == taken.id).values(**ended))


if __name__ == "__main__":
    if sys.argv[1] == "acknowledge-first":
        child.perform = acknowledge_first
    else:
        jobs.end = end_unguarded
    sys.modules["__main__"].__dict__["Errand"] = child.Errand
    child.main()
