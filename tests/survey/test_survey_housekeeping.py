"""What a running service does by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from survey import housekeeping, jobs, people
from survey.models import OutboxMessage, SignInCode, WebSession


def test_the_night_forgets_codes_and_sessions_that_have_ended(database, now) -> None:
    with database.session() as session, database.write(session):
        person = people.add(session, "rae@x.example", "Rae", now=now, actor="system")
        people.request_code(session, person.email, browser_key="b" * 43, secret_key="s" * 40, now=now)
        people.start_session(session, person.id, session_key="o" * 43, now=now)
        people.start_session(session, person.id, session_key="n" * 43, now=now + timedelta(hours=20))
        session.commit()

    housekeeping.tidy(database, now=now + timedelta(hours=20, minutes=5))

    with database.session() as session:
        left = [
            session.scalar(select(func.count()).select_from(table)) for table in (SignInCode, OutboxMessage, WebSession)
        ]
    assert left == [0, 0, 1]  # the code and its mail are gone; of two sessions the one of five minutes ago stays


def test_a_job_that_nobody_takes_is_said_in_the_log(database, now, caplog) -> None:
    with database.session() as session, database.write(session):
        job = jobs.enqueue(session, "release.compute", {}, key="one", by=None, now=now)
        job.due_at = datetime.now(UTC) - timedelta(minutes=29)
        session.commit()
        housekeeping.look_over_queue(database)
        assert not caplog.text
    with database.session() as session, database.write(session):
        jobs.get(session, job.code).due_at = datetime.now(UTC) - timedelta(minutes=31)
        session.commit()
    housekeeping.look_over_queue(database)
    assert "A job has waited for 31 minutes" in caplog.text
