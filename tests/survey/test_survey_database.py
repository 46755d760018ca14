"""The one way to write: what is not committed is gone, and writing outside is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.db import Database, database_now
from survey.models import Authority


def test_a_committed_write_is_seen_by_the_next_session(database: Database, session: Session):
    with database.write(session):
        session.add(Authority(code="E06000001", name="Avonmere"))
        session.commit()
    with database.session() as other:
        assert other.scalars(select(Authority.name)).all() == ["Avonmere"]


def test_a_write_without_commit_leaves_nothing(database: Database, session: Session):
    with database.write(session):
        session.add(Authority(code="E06000001", name="Avonmere"))
        session.flush()
    assert session.scalars(select(Authority)).all() == []


def test_a_change_made_before_the_write_began_is_refused(database: Database, session: Session):
    session.add(Authority(code="E06000001", name="Avonmere"))
    with pytest.raises(RuntimeError, match="outside"), database.write(session):
        pass


def test_every_test_begins_with_an_empty_database(session: Session):
    assert session.scalars(select(Authority)).all() == []


def test_the_clock_of_the_database_is_near_ours_and_in_utc(session: Session):
    moment = session.scalars(select(database_now())).one()
    assert abs((moment - datetime.now(moment.tzinfo)).total_seconds()) < 5


def test_the_recorder_counts_statements_and_not_the_frame_of_transactions(
    database: Database, session: Session, statements: Callable[[Database], AbstractContextManager[list[str]]]
):
    with statements(database) as seen, database.write(session):
        session.add(Authority(code="E06000001", name="Avonmere"))
        session.commit()
    assert len(seen) == 1
    assert seen[0].startswith("INSERT INTO authority")
