"""T32, short: every auditable act leaves exactly one entry with its own name, and none when it is not committed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires import files
from survey import audit, editions, people, register
from survey.db import Database
from survey.models import Authority, Person
from survey.vocabulary import RoleName

Act = Callable[[Session, int, datetime], object]

CODE, VERSION = files.STAFF
KEY = "a session key, thirty-two characters or more"


def succeed(session: Session, person: int, now: datetime) -> None:
    old, new = Authority(code="A", name="A"), Authority(code="B", name="B")
    session.add_all([old, new])
    session.flush()
    register.succeed(session, old, new, on=date(2026, 4, 1), now=now, actor="system")


ACTS: dict[str, Act] = {
    "person.added": lambda s, _, now: people.add(s, "x@example.org", "X", now=now, actor="system"),
    "person.granted": lambda s, one, now: people.grant(s, one, RoleName.PUBLISHER, now=now, actor="system"),
    "person.revoked": lambda s, one, now: people.revoke(s, one, RoleName.RESEARCHER, now=now, actor="system"),
    "person.deactivated": lambda s, one, now: people.deactivate(s, one, now=now, actor="system"),
    "person.signed_in": lambda s, one, now: people.start_session(s, one, session_key=KEY, now=now),
    "person.signed_out_everywhere": lambda s, one, now: people.sign_out_everywhere(s, one, now=now, actor="system"),
    "authorities.imported": lambda s, _, now: register.import_authorities(
        s, b"code,name\nA,A\n", on=date(2026, 4, 1), now=now, actor="system"
    ),
    "authority.succeeded": succeed,
    "edition.stored": lambda s, _, now: editions.store_shipped(s, CODE, VERSION, now=now, actor="system"),
}


@pytest.fixture
def person(database: Database, session: Session, now: datetime) -> int:
    with database.write(session):
        made = people.add(session, "rhian@example.org", "Rhian Price", now=now, actor="system")
        people.grant(session, made.id, RoleName.RESEARCHER, now=now, actor="system")
        session.commit()
    return made.id


@pytest.mark.parametrize("action", sorted(ACTS))
def test_an_act_leaves_one_entry_when_it_is_committed_and_none_otherwise(
    database: Database, session: Session, now: datetime, person: int, action: str
):
    before = audit.head(session).sequence
    with database.write(session):
        ACTS[action](session, person, now)
    assert audit.head(session).sequence == before
    with database.write(session):
        ACTS[action](session, person, now)
        session.commit()
    assert audit.head(session).sequence == before + 1
    assert audit.recent(session, limit=1)[0].action == action
    assert audit.verify(session) == ()


def test_an_act_whose_entry_is_dropped_would_be_noticed(
    database: Database, session: Session, now: datetime, person: int, monkeypatch: pytest.MonkeyPatch
):
    """The planted defect: one kind of entry is not written."""
    monkeypatch.setattr(audit, "record", lambda *_, **__: None)
    before = audit.head(session).sequence
    with database.write(session):
        ACTS["person.added"](session, person, now)
        session.commit()
    assert audit.head(session).sequence == before
    assert session.scalars(select(func.count()).select_from(Person)).one() == 2
