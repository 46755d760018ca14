"""T32, short: whatever is done to the audit trail from outside is found, and the first bad entry is named."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from survey import audit
from survey.audit import Anchor
from survey.db import Database
from survey.errors import BadInput
from survey.models import AuditEntry

LENGTH = 12


@pytest.fixture
def trail(database: Database, session: Session, now: datetime) -> Anchor:
    """Twelve entries, and the anchor that was taken after them."""
    with database.write(session):
        for number in range(1, LENGTH + 1):
            append(session, number, now)
        session.commit()
    anchor = audit.head(session)
    session.commit()  # ends the read, so that what happens next is seen
    return anchor


def append(session: Session, number: int, now: datetime) -> AuditEntry:
    return audit.record(
        session,
        now=now + timedelta(seconds=number),
        actor="person:1",
        action="wave.opened",
        object_type="wave",
        object_code=f"20{number:02}",
        details={"reason": f"the {number}th, “été”"},
    )


def tamper(database: Database, change: Callable[[Session], None]) -> None:
    """What somebody with the database in hand can do: the triggers are taken away first."""
    with database.session() as session:
        if database.is_sqlite:
            session.execute(text("DROP TRIGGER audit_entry_no_update"))
            session.execute(text("DROP TRIGGER audit_entry_no_delete"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        change(session)
        session.commit()


def edit(session: Session) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.sequence == 5).values(actor="person:2"))


def edit_details(session: Session) -> None:
    session.execute(update(AuditEntry).where(AuditEntry.sequence == 5).values(details={"reason": "another"}))


def edit_time(session: Session) -> None:
    moment = session.scalars(select(AuditEntry.at).where(AuditEntry.sequence == 5)).one()
    session.execute(update(AuditEntry).where(AuditEntry.sequence == 5).values(at=moment + timedelta(microseconds=1)))


def remove(session: Session) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.sequence == 5))


def insert(session: Session) -> None:
    for sequence in range(LENGTH, 4, -1):
        session.execute(update(AuditEntry).where(AuditEntry.sequence == sequence).values(sequence=sequence + 1))
    model = session.scalars(select(AuditEntry).where(AuditEntry.sequence == 6)).one()
    session.add(copy_of(model, sequence=5))


def swap(session: Session) -> None:
    for source, target in ((5, 99), (6, 5), (99, 6)):
        session.execute(update(AuditEntry).where(AuditEntry.sequence == source).values(sequence=target))


def edit_and_rehash_one(session: Session) -> None:
    entry = session.scalars(select(AuditEntry).where(AuditEntry.sequence == 4)).one()
    entry.actor = "person:2"
    entry.hash = audit.entry_hash(entry)


def copy_of(entry: AuditEntry, *, sequence: int) -> AuditEntry:
    names = ("chain", "at", "actor", "action", "object_type", "object_code", "outcome", "details")
    copied = AuditEntry(sequence=sequence, previous_hash=entry.previous_hash, **{n: getattr(entry, n) for n in names})
    copied.hash = audit.entry_hash(copied)
    return copied


def truncate(session: Session) -> None:
    session.execute(delete(AuditEntry).where(AuditEntry.sequence > LENGTH - 2))


def rewrite(session: Session) -> None:
    previous = audit.FIRST_HASH
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.sequence)):
        entry.actor, entry.previous_hash = "person:2", previous
        entry.hash = previous = audit.entry_hash(entry)


def test_a_whole_trail_has_no_fault(session: Session, trail: Anchor):
    assert trail.sequence == LENGTH
    assert audit.verify(session, [trail]) == ()


@pytest.mark.parametrize("change", [edit, edit_details, edit_time, remove, insert, swap, edit_and_rehash_one])
def test_a_change_in_the_middle_is_found_and_the_entry_named(
    database: Database, session: Session, trail: Anchor, change: Callable[[Session], None]
):
    tamper(database, change)
    faults = audit.verify(session)
    assert len(faults) == 1
    assert faults[0].startswith("Entry 5 ") or (change is insert and faults[0].startswith("Entry 6 "))


@pytest.mark.parametrize("change", [truncate, rewrite])
def test_a_cut_tail_and_a_whole_rewrite_need_the_anchor(
    database: Database, session: Session, trail: Anchor, change: Callable[[Session], None]
):
    tamper(database, change)
    assert audit.verify(session) == ()  # the planted defect: without an anchor this check is blind
    assert len(audit.verify(session, [trail])) == 1


def test_an_emptied_trail_is_found_by_the_anchor(database: Database, session: Session, trail: Anchor):
    tamper(database, lambda inside: inside.execute(delete(AuditEntry)) and None)
    assert "cut off" in audit.verify(session, [trail])[0]


def test_a_copy_under_another_name_is_no_chain_of_ours(database: Database, session: Session, trail: Anchor):
    tamper(database, lambda inside: inside.execute(update(AuditEntry).values(chain="copy")) and None)
    assert audit.verify(session) == (f"{LENGTH} entries belong to no known chain.",)


def test_the_database_itself_refuses_to_change_or_delete_an_entry(session: Session, trail: Anchor):
    for statement in (update(AuditEntry).values(actor="person:2"), delete(AuditEntry)):
        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(statement)
        session.rollback()


def test_writers_at_once_make_one_chain(database: Database, now: datetime):
    def write() -> None:
        for number in range(5):
            with database.session() as session, database.write(session):
                append(session, number, now)
                session.commit()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session() as session:
        assert audit.head(session).sequence == 20
        assert audit.verify(session) == ()


def test_an_anchor_survives_being_written_down(trail: Anchor):
    assert Anchor.read(f"{trail}\n") == trail


def test_a_line_that_is_no_anchor_is_refused():
    with pytest.raises(BadInput, match="not an anchor"):
        Anchor.read("soundings twelve abc")
