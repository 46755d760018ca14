"""Accounts, roles and sign-in: what a person may do is read anew each time, and a code opens one browser once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import audit, people
from survey.db import Database
from survey.errors import BadInput, NotFound, Refusal, TooMany
from survey.models import Authority, OutboxMessage, RoleGrant, SignInCode, WebSession
from survey.people import Principal
from survey.vocabulary import RoleName

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
BROWSER = "a browser key, thirty-two characters or more"
KEY = "a session key, thirty-two characters or more"

Recorder = Callable[[Database], AbstractContextManager[list[str]]]


@pytest.fixture
def rhian(database: Database, session: Session, now: datetime) -> int:
    """A researcher who is also a member at Avonmere."""
    with database.write(session):
        authority = Authority(code="E06000001", name="Avonmere")
        session.add(authority)
        session.flush()
        person = people.add(session, " Rhian@Example.org ", "Rhian  Price", now=now, actor="system")
        people.grant(session, person.id, RoleName.RESEARCHER, now=now, actor="system")
        people.grant(session, person.id, RoleName.MEMBER, authority_id=authority.id, now=now, actor="system")
        session.commit()
    return person.id


def ask(database: Database, now: datetime, email: str = "rhian@example.org", browser: str = BROWSER) -> None:
    with database.session() as session, database.write(session):
        people.request_code(session, email, browser_key=browser, secret_key=SECRET, now=now)
        session.commit()


def enter(database: Database, typed: str, now: datetime, browser: str = BROWSER) -> int | None:
    with database.session() as session, database.write(session):
        person_id = people.enter_code(session, typed, browser_key=browser, session_key=KEY, secret_key=SECRET, now=now)
        session.commit()
        return person_id


def code(session: Session) -> str:
    return people.code_for(SECRET, session.scalars(select(SignInCode.browser_key_hash)).one())


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 10**8:08}"


def whoever(database: Database, now: datetime) -> Principal | None:
    with database.session() as session:
        return people.principal(session, KEY, now=now)


def test_an_account_is_stored_in_lower_case_with_its_spaces_mended(session: Session, rhian: int):
    principal = people.principal_of(session, "RHIAN@example.org")
    assert (principal.person_id, principal.name, principal.email) == (rhian, "Rhian Price", "rhian@example.org")
    assert principal.actor == f"person:{rhian}"


def test_roles_say_for_which_authority_they_hold(session: Session, rhian: int):
    principal = people.principal_of(session, "rhian@example.org")
    avonmere = session.scalars(select(Authority.id)).one()
    assert principal.roles == {RoleName.RESEARCHER, RoleName.MEMBER}
    assert principal.has(RoleName.MEMBER, avonmere)
    assert not principal.has(RoleName.MEMBER, avonmere + 1)
    assert principal.authority_ids(RoleName.MEMBER) == {avonmere}
    assert principal.authority_ids(RoleName.LEAD) == frozenset()


@pytest.mark.parametrize(
    "email", ["rhian", "a@b", "a b@example.org", "a@example.org\nBcc: x@example.org", "a@@b.org", ""]
)
def test_what_is_no_address_is_refused(session: Session, now: datetime, email: str):
    with pytest.raises(BadInput, match="name@example"):
        people.add(session, email, "Somebody", now=now, actor="system")


def test_a_second_account_with_the_same_address_is_refused(session: Session, rhian: int, now: datetime):
    with pytest.raises(Refusal, match="already"):
        people.add(session, "rhian@example.org", "Another", now=now, actor="system")


def test_a_role_of_an_authority_needs_one_and_the_others_refuse_one(session: Session, rhian: int, now: datetime):
    with pytest.raises(BadInput, match="belongs to one authority"):
        people.grant(session, rhian, RoleName.LEAD, now=now, actor="system")
    with pytest.raises(BadInput, match="belongs to no authority"):
        people.grant(session, rhian, RoleName.PUBLISHER, authority_id=1, now=now, actor="system")


def test_a_revoked_role_stays_as_history_and_in_the_audit_trail(
    database: Database, session: Session, rhian: int, now: datetime
):
    with database.write(session):
        people.revoke(session, rhian, RoleName.RESEARCHER, now=now, actor="person:9")
        session.commit()
    assert people.principal_of(session, "rhian@example.org").roles == {RoleName.MEMBER}
    assert session.scalars(select(func.count()).select_from(RoleGrant)).one() == 2
    last = audit.recent(session, limit=1)[0]
    assert (last.action, last.actor, last.details["role"]) == ("person.revoked", "person:9", "RESEARCHER")
    with pytest.raises(NotFound):
        people.revoke(session, rhian, RoleName.RESEARCHER, now=now, actor="person:9")


def test_the_right_code_in_the_browser_that_asked_signs_in(
    database: Database, session: Session, rhian: int, now: datetime
):
    ask(database, now)
    typed = code(session)
    assert len(typed) == 8
    assert enter(database, f"{typed[:4]} {typed[4:]}", now) == rhian
    signed_in = whoever(database, now)
    assert signed_in is not None
    assert signed_in.roles == {RoleName.RESEARCHER, RoleName.MEMBER}


def test_a_code_opens_nothing_in_another_browser(database: Database, session: Session, rhian: int, now: datetime):
    ask(database, now)
    assert enter(database, code(session), now, browser="another browser key of thirty-two characters") is None


def test_a_code_is_spent_by_signing_in(database: Database, session: Session, rhian: int, now: datetime):
    ask(database, now)
    typed = code(session)
    enter(database, typed, now)
    assert enter(database, typed, now) is None


def test_the_fifth_try_counts_and_a_sixth_does_not(database: Database, session: Session, rhian: int, now: datetime):
    ask(database, now)
    right = code(session)
    for _ in range(5):
        assert enter(database, wrong(right), now) is None
    assert enter(database, right, now) is None


def test_four_wrong_tries_leave_one(database: Database, session: Session, rhian: int, now: datetime):
    ask(database, now)
    right = code(session)
    for _ in range(4):
        enter(database, wrong(right), now)
    assert enter(database, right, now) == rhian


def test_a_code_ends_after_ten_minutes(database: Database, session: Session, rhian: int, now: datetime):
    ask(database, now)
    assert enter(database, code(session), now + timedelta(minutes=10)) is None


def test_an_unknown_address_leaves_the_same_rows_as_a_known_one_and_opens_nothing(
    database: Database, session: Session, rhian: int, now: datetime, statements: Recorder
):
    with statements(database) as known:
        ask(database, now)
    with statements(database) as unknown:
        ask(database, now, "nobody@example.org", browser="another browser key of thirty-two characters")
    assert known == unknown
    assert session.scalars(select(func.count()).select_from(OutboxMessage)).one() == 2
    nobody = session.scalars(select(SignInCode.browser_key_hash).where(SignInCode.person_id.is_(None))).one()
    typed = people.code_for(SECRET, nobody)
    assert enter(database, typed, now, browser="another browser key of thirty-two characters") is None


@pytest.mark.parametrize("email", ["rhian@example.org", "nobody@example.org"])
def test_a_seventh_code_in_an_hour_is_refused_for_known_and_unknown_alike(
    database: Database, rhian: int, now: datetime, email: str
):
    for number in range(6):
        ask(database, now, email, browser=f"browser key {number}, thirty-two characters or more")
    with pytest.raises(TooMany, match="in an hour"):
        ask(database, now, email, browser="one browser key more, thirty-two characters")
    ask(database, now + timedelta(hours=1, seconds=1), email)


def test_no_table_holds_the_code(database: Database, session: Session, rhian: int, now: datetime):
    ask(database, now)
    typed = code(session)
    for table in (SignInCode.__table__, OutboxMessage.__table__):
        assert not any(typed in str(value) for row in session.execute(select(table)) for value in row)


def test_a_session_ends_after_thirty_idle_minutes(database: Database, session: Session, rhian: int, now: datetime):
    ask(database, now)
    enter(database, code(session), now)
    assert whoever(database, now + timedelta(minutes=29)) is not None
    assert whoever(database, now + timedelta(minutes=30)) is None


def test_a_session_ends_after_twelve_hours_however_busy(
    database: Database, session: Session, rhian: int, now: datetime
):
    ask(database, now)
    enter(database, code(session), now)
    with database.write(session):
        people.touch(session, KEY, now=now + timedelta(hours=11, minutes=59))
        session.commit()
    assert whoever(database, now + timedelta(hours=11, minutes=59)) is not None
    assert whoever(database, now + timedelta(hours=12)) is None


def test_a_session_is_stale_a_minute_after_it_was_last_seen(
    database: Database, session: Session, rhian: int, now: datetime
):
    ask(database, now)
    enter(database, code(session), now)
    fresh, stale = whoever(database, now + timedelta(seconds=60)), whoever(database, now + timedelta(seconds=61))
    assert fresh is not None
    assert stale is not None
    assert (fresh.stale, stale.stale) == (False, True)


def test_signing_out_everywhere_ends_every_session(database: Database, session: Session, rhian: int, now: datetime):
    with database.write(session):
        people.start_session(session, rhian, session_key=KEY, now=now)
        people.start_session(session, rhian, session_key=KEY.upper(), now=now)
        people.sign_out_everywhere(session, rhian, now=now, actor=f"person:{rhian}")
        session.commit()
    assert session.scalars(select(WebSession)).all() == []


def test_signing_out_ends_this_session_only(database: Database, session: Session, rhian: int, now: datetime):
    with database.write(session):
        people.start_session(session, rhian, session_key=KEY, now=now)
        people.start_session(session, rhian, session_key=KEY.upper(), now=now)
        people.sign_out(session, KEY.upper())
        session.commit()
    assert whoever(database, now) is not None


def test_the_session_dies_with_the_last_role(database: Database, session: Session, rhian: int, now: datetime):
    avonmere = session.scalars(select(Authority.id)).one()
    with database.write(session):
        people.start_session(session, rhian, session_key=KEY, now=now)
        people.revoke(session, rhian, RoleName.RESEARCHER, now=now, actor="system")
        session.commit()
    kept = whoever(database, now)
    assert kept is not None
    assert kept.roles == {RoleName.MEMBER}
    with database.write(session):
        people.revoke(session, rhian, RoleName.MEMBER, authority_id=avonmere, now=now, actor="system")
        session.commit()
    assert whoever(database, now) is None


def test_a_closed_account_is_nobody_at_once(database: Database, session: Session, rhian: int, now: datetime):
    with database.write(session):
        people.start_session(session, rhian, session_key=KEY, now=now)
        people.deactivate(session, rhian, now=now, actor="system")
        session.commit()
    assert whoever(database, now) is None
    with pytest.raises(NotFound):
        people.principal_of(session, "rhian@example.org")


def test_who_is_signed_in_is_one_statement(
    database: Database, session: Session, rhian: int, now: datetime, statements: Recorder
):
    with database.write(session):
        people.start_session(session, rhian, session_key=KEY, now=now)
        session.commit()
    with statements(database) as seen:
        whoever(database, now)
    assert len(seen) == 1


def test_everybody_is_listed_with_roles_and_without(database: Database, session: Session, rhian: int, now: datetime):
    with database.write(session):
        people.add(session, "alys@example.org", "Alys Bowen", now=now, actor="system")
        session.commit()
    assert [(p.name, len(p.grants)) for p in people.everybody(session)] == [("Alys Bowen", 0), ("Rhian Price", 2)]


def test_signing_in_again_ends_the_session_that_this_browser_had(
    database: Database, session: Session, rhian: int, now: datetime
):
    with database.write(session):
        people.start_session(session, rhian, session_key=KEY, now=now)
        people.start_session(session, rhian, session_key=KEY.upper(), now=now, old_key=KEY)
        session.commit()
    assert whoever(database, now) is None
    assert people.principal(session, KEY.upper(), now=now) is not None
