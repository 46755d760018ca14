"""Drafts and addresses go when their time is over; what counts people stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from survey import anonymity, housekeeping, retention, waves
from survey.models import Draft, Invitation, Wave
from survey.vocabulary import WaveState


@pytest.fixture
def over(field):
    """A wave that nobody closes, with a draft that was not sent; its last date."""
    field.start(field.personal("canary@x.example"))
    return field.wave.closes_at


def kept(field):
    with field.database.session() as session:
        drafts = session.scalar(select(func.count()).select_from(Draft))
        return drafts, session.scalars(select(Invitation.address)).all()


def test_drafts_go_after_30_days_and_addresses_after_90(field, over):
    for days, expected in ((29, (1, ["canary@x.example"])), (31, (0, ["canary@x.example"])), (91, (0, [None]))):
        housekeeping.tidy(field.database, now=over + timedelta(days=days))
        assert kept(field) == expected, days
        housekeeping.tidy(field.database, now=over + timedelta(days=days))  # again changes nothing
        assert kept(field) == expected, days


def test_a_wave_that_takes_answers_loses_nothing(field):
    field.start(field.personal("canary@x.example"))
    housekeeping.tidy(field.database, now=field.wave.closes_at - timedelta(minutes=1))
    assert kept(field) == (1, ["canary@x.example"])


def test_a_draft_goes_with_the_close_because_it_says_who_has_not_answered(field):
    field.start(field.personal("canary@x.example"))
    field.start(field.shared(cap=10))
    assert kept(field)[0] == 2
    with field.database.session() as session, field.database.write(session):
        wave = session.get_one(Wave, field.wave.id)
        waves.close(session, wave, actor="system", now=wave.opens_at, reason="All have answered.")
        session.commit()
    assert kept(field)[0] == 0


def test_what_went_is_in_no_page_of_the_file_and_not_in_the_log(sqlite_field):
    field = sqlite_field
    field.start(field.personal("canary@x.example"))
    path = Path(str(field.database.url.database))
    files = (path, path.with_name(f"{path.name}-wal"))

    def found():
        return any(b"canary@x.example" in file.read_bytes() for file in files if file.exists())

    with field.database.session() as session, field.database.write(session):
        session.get_one(Wave, field.wave.id).state = WaveState.CLOSED
        retention.forget(session, now=field.wave.closes_at + timedelta(days=91))
        assert found()  # the search can find it
        session.commit()
    anonymity.rewrite(field.database)
    assert not found()
