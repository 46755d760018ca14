"""Fieldwork: progress in steps for all authorities at once, and what a mailing would send; on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from survey import fieldwork, invitations, mailing, messages
from survey.models import Authority, Headcount, Invitation, OutboxMessage
from survey.vocabulary import InvitationKind, WaveState


@pytest.fixture
def headcount(field):
    """Adds known staff numbers to the participation."""

    def add(number: int, service_area: str = "", tier: str = "") -> None:
        with field.database.session() as session, field.database.write(session):
            session.add(
                Headcount(
                    participation_id=field.participation.id, service_area=service_area, tier=tier, headcount=number
                )
            )
            session.commit()

    return add


def answered(field, count: int) -> None:
    """The shared link has taken this many answers."""
    field.shared(cap=500)
    with field.database.session() as session, field.database.write(session):
        link = session.scalars(select(Invitation).where(Invitation.kind == InvitationKind.SHARED)).one()
        link.received = count
        session.commit()


def progress(field):
    with field.database.session() as session:
        return fieldwork.totals(session, field.wave)[field.participation.id]


def test_totals_are_rounded_down_to_fives_with_a_rate_of_known_staff(field, headcount) -> None:
    answered(field, 63)
    headcount(90)
    assert (progress(field).total, progress(field).rate) == (60, 66)  # 60 of 90


def test_personal_and_shared_receipts_count_together(field) -> None:
    answered(field, 8)
    for number in range(4):
        field.personal(f"officer-{number}@council.example")
    with field.database.session() as session, field.database.write(session):
        for link in session.scalars(select(Invitation).where(Invitation.kind == InvitationKind.PERSONAL)).all()[:2]:
            link.used = True
        session.commit()
    assert progress(field).total == 10  # 8 and 2


@pytest.mark.parametrize("known", [[], [(49, "", "")]])
def test_there_is_no_rate_without_staff_numbers_or_below_fifty(field, headcount, known) -> None:
    for number, area, tier in known:
        headcount(number, area, tier)
    answered(field, 40)
    assert (progress(field).total, progress(field).rate) == (40, None)


def test_cells_stand_in_for_a_missing_total(field, headcount) -> None:
    headcount(60, "housing", "officer")
    headcount(40, "finance", "officer")
    answered(field, 50)
    assert progress(field).rate == 50  # of 60 + 40


def test_an_authority_that_nobody_answered_has_nought(field) -> None:
    assert (progress(field).total, progress(field).rate) == (0, None)


def test_waves_that_are_over_need_nobody(field) -> None:
    with field.database.session() as session:
        code = session.get_one(Authority, field.participation.authority_id).code
        assert [wave.code for _, wave in fieldwork.current(session, (code,))] == [field.wave.code]
        assert fieldwork.current(session, ("nobody",)) == []
    with field.database.session() as session, field.database.write(session):
        session.merge(field.wave).state = WaveState.CLOSED
        session.commit()
    with field.database.session() as session:
        assert fieldwork.current(session, (code,)) == []


def test_a_dry_run_names_domains_and_leaves_out_who_was_written_to(field, now) -> None:
    for address in ("a@one.example", "b@one.example", "c@two.example", "d@two.example"):
        field.personal(address)
    field.shared(cap=10)
    with field.database.session() as session, field.database.write(session):
        by_address = {one.address: one for one in session.scalars(select(Invitation)).all()}
        by_address["a@one.example"].used = True
        by_address["b@one.example"].revoked = True
        messages.queue_invitations(session, [by_address["c@two.example"].id], round_=mailing.ROUND, now=now)
        session.commit()
    with field.database.session() as session:
        run = mailing.dry_run(session, field.wave)
    assert (run.count, run.queued, run.domains) == (2, 1, (("one.example", 1), ("two.example", 1)))
    assert [address for _, address in run.samples] == ["a@one.example", "d@two.example"]


def test_a_dry_run_is_the_same_whoever_has_answered_and_those_get_no_mail(field, now) -> None:
    """Its counts and names would otherwise show each answer coming in, and whose it is."""
    for address in ("a@one.example", "b@one.example", "c@two.example"):
        field.personal(address)
    with field.database.session() as session:
        before = mailing.dry_run(session, field.wave)
    with field.database.session() as session, field.database.write(session):
        link = session.scalars(select(Invitation).where(Invitation.address == "a@one.example")).one()
        link.used, used = True, link.id
        session.commit()
        assert mailing.dry_run(session, field.wave) == before
    with field.database.session() as session, field.database.write(session):
        assert invitations.queue_mails(session, field.wave, template=mailing.TEMPLATE, round_=2, now=now) == 3
        session.commit()
        rows = session.execute(select(OutboxMessage.id, OutboxMessage.invitation_id).order_by(OutboxMessage.id)).all()
        assert [messages.facts(session, one.id) is None for one in rows] == [one.invitation_id == used for one in rows]
