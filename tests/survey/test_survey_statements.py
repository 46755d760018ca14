"""Statements that are put together once: the short way and the ordinary way give the same, and faults keep their names."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, event, select
from sqlalchemy.exc import OperationalError

from survey.models import Base, Wave
from survey.statements import Statement

WAVE = Statement(select(Wave.code, Wave.opens_at, Wave.rehearsal, Wave.state).where(Wave.code == bindparam("wanted")))


def test_both_ways_give_the_same_row_with_the_same_types(field):
    with field.database.session() as session:
        short = WAVE.one(session, {"wanted": "2026"})
        event.listen(field.database.engine, "before_cursor_execute", lambda *_: None)  # who listens hears it
        ordinary = WAVE.one(session, {"wanted": "2026"})
    assert short == ordinary
    assert short["opens_at"].tzinfo is not None
    assert short["rehearsal"] is False


def test_no_row_is_none_and_begins_no_transaction(field):
    with field.database.session() as session:
        assert WAVE.one(session, {"wanted": "none"}) is None
        assert not session.in_transaction()


def test_inside_a_transaction_it_sees_what_the_transaction_wrote(field):
    with field.database.session() as session, field.database.write(session):
        session.get_one(Wave, field.wave.id).rehearsal = True
        session.flush()
        assert WAVE.one(session, {"wanted": "2026"})["rehearsal"] is True
        session.rollback()


def test_a_fault_of_the_database_keeps_the_name_that_the_pages_know(sqlite_field):
    database = sqlite_field.database
    sqlite_field.session.close()
    Base.metadata.drop_all(database.engine)
    with database.session() as session, pytest.raises(OperationalError, match="no such table"):
        WAVE.one(session, {"wanted": "2026"})
