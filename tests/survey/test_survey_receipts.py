"""Receipts go when a wave closes: who answered is told no more, how many could have stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from survey import anonymity_checks, audit, fieldwork, invitations, keys, participation, receipts, retention, waves
from survey.anonymity_checks import Verdict
from survey.models import AuditEntry, Draft, Invitation, OutboxMessage, Participation, Wave

LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"


@pytest.fixture
def asked(field):
    """Twenty are invited; seven answer; all are queued for a second mail; two who answered and one who did not are withdrawn."""
    with field.database.session() as session, field.database.write(session):
        place, wave = session.get_one(Participation, field.participation.id), session.get_one(Wave, field.wave.id)
        addresses = [f"o{number}@x.example" for number in range(20)]
        invitations.invite(session, place, addresses, link_key=LINK_KEY, actor="system", now=wave.opens_at)
        ids = list(
            session.scalars(select(Invitation.id).where(Invitation.address.in_(addresses)).order_by(Invitation.id))
        )
        for round_, due in ((1, ids), (2, ids[7:])):
            session.execute(update(Invitation).where(Invitation.id.not_in(due)).values(used=True))
            invitations.queue_mails(session, wave, template="invitation", round_=round_, now=wave.opens_at)
        for one in (ids[0], ids[1], ids[19]):
            invitations.revoke(session, session.get_one(Invitation, one), actor="system", now=wave.opens_at)
        session.commit()
    return field


def close(field, *, with_receipts=False, monkeypatch=None):
    if with_receipts:
        monkeypatch.setattr(receipts, "drop", lambda *_: None)
    with field.database.session() as session, field.database.write(session):
        wave = session.get_one(Wave, field.wave.id)
        waves.close(session, wave, actor="system", now=wave.closes_at)
        session.commit()
    if with_receipts:
        monkeypatch.undo()


def links(session):
    return session.execute(select(Invitation.used, Invitation.revoked).order_by(Invitation.id)).all()


def test_when_a_wave_closes_no_link_and_no_mail_says_who_answered(asked):
    with asked.database.session() as session:
        assert sum(used for used, _ in links(session)) == 7
        assert (
            session.scalar(select(func.count()).select_from(OutboxMessage)) == 40
        )  # whoever answered is queued too, and is sent nothing
    close(asked)
    with asked.database.session() as session:
        assert not any(used for used, _ in links(session))
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_how_many_could_answer_stays_and_which_withdrawn_links_were_used_is_not_told(asked):
    with asked.database.session() as session:
        wave = session.get_one(Wave, asked.wave.id)
        before = participation.headcounts(session, wave)
    close(asked)
    with asked.database.session() as session:
        assert participation.headcounts(session, wave) == before
        assert before[0][3] == 19  # twenty, without the one that was withdrawn unused
        assert not any(revoked for _, revoked in links(session))  # one of them would be known not to have answered
        assert fieldwork.personal_links(session, session.get_one(Participation, asked.participation.id)) == 19


def test_the_trail_says_that_links_were_withdrawn_and_not_which(asked):
    with asked.database.session() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "invitation.revoked")).all()
        assert [entry.object_code for entry in entries] == [asked.participation.audit_code] * 3
        assert [entry.details for entry in entries] == [{}] * 3


def test_a_trail_that_names_a_link_is_found(asked):
    now = asked.wave.opens_at
    with asked.database.session() as session, asked.database.write(session):
        assert checked(asked, now, "audit") is Verdict.FINE
        audit.record(
            session, now=now, actor="system", action="invitation.revoked", object_type="participation",
            object_code=asked.participation.audit_code, details={"invitation": 1},
        )  # fmt: skip
        session.commit()
    assert checked(asked, now, "audit") is Verdict.FINDING


def test_progress_of_a_closed_wave_is_counted_from_sealed_answers(asked):
    with asked.database.session() as session:
        assert fieldwork.totals(session, session.get_one(Wave, asked.wave.id))[asked.participation.id].total == 5
    close(asked)
    with asked.database.session() as session:  # nobody sent anything in this test: receipts were made up
        assert fieldwork.totals(session, session.get_one(Wave, asked.wave.id))[asked.participation.id].total == 0


def test_receipts_of_waves_that_closed_earlier_go_at_night_and_are_found_until_then(asked, monkeypatch):
    close(asked, with_receipts=True, monkeypatch=monkeypatch)
    with asked.database.session() as session, asked.database.write(session):
        now = session.get_one(Wave, asked.wave.id).closes_at + timedelta(days=1)
        assert checked(asked, now) is Verdict.FINDING
        retention.forget(session, now=now)
        session.commit()
        assert not any(used for used, _ in links(session))
    assert checked(asked, now) is Verdict.FINE


def test_a_mark_of_withdrawal_or_a_draft_that_is_left_is_found(asked):
    close(asked)
    now = asked.wave.closes_at
    assert checked(asked, now) is Verdict.FINE
    with asked.database.session() as session, asked.database.write(session):
        link = session.scalars(select(Invitation).where(Invitation.address == "o3@x.example")).one()
        link.revoked = True
        session.commit()
        assert checked(asked, now) is Verdict.FINDING
        link.revoked = False
        session.commit()
        assert checked(asked, now) is Verdict.FINE
        left = {"id": keys.new_id(), "browser_key_hash": keys.hashed("b"), "resume_hash": keys.hashed("r")}
        session.add(Draft(invitation_id=link.id, started_at=now, **left))
        session.commit()
    assert checked(asked, now) is Verdict.FINDING


def checked(field, now, name="receipts"):
    found = anonymity_checks.examine(field.database, link_key=field.link_key, now=now)
    return next(one.verdict for one in found if one.name == name)


def test_receipts_of_an_open_wave_stay(asked):
    with asked.database.session() as session, asked.database.write(session):
        retention.forget(session, now=session.get_one(Wave, asked.wave.id).closes_at)
        session.commit()
        assert sum(used for used, _ in links(session)) == 7
