"""What a running service does by itself."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from survey import housekeeping, people
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
