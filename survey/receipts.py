"""Receipts of personal links: who has answered is needed while a wave is open, to remind the others, and no longer."""

from __future__ import annotations

from itertools import groupby

from sqlalchemy import ColumnElement, Select, delete, select, update
from sqlalchemy.orm import Session

from survey.models import Invitation, OutboxMessage, Participation, Wave
from survey.vocabulary import InvitationKind, WaveState


def drop(session: Session, wave: Wave) -> None:
    """When a wave closes: nothing says any more which personal link was used; how many there were stays.

    Mails to these links go too: who got a reminder had not answered by then. A link that was withdrawn after it was
    used counts among those who could answer. As many withdrawn links count on, chosen by their random tokens, so which
    of them were used is not told.
    """
    of_wave = _links(Participation.wave_id == wave.id)
    _count_on(session, of_wave)
    session.execute(delete(OutboxMessage).where(OutboxMessage.invitation_id.in_(of_wave)))
    session.execute(update(Invitation).where(Invitation.id.in_(of_wave), Invitation.used).values(used=False))


def drop_old(session: Session) -> None:
    """The same for waves that closed before receipts were dropped; changes nothing in any other."""
    used = select(Participation.wave_id).join(Invitation, Invitation.participation_id == Participation.id)
    old = select(Wave).where(Wave.state == WaveState.CLOSED, Wave.id.in_(used.where(Invitation.used)))
    for wave in session.scalars(old.order_by(Wave.id)).all():
        drop(session, wave)


def _links(*conditions: ColumnElement[bool]) -> Select[int]:
    return (
        select(Invitation.id)
        .join(Participation, Participation.id == Invitation.participation_id)
        .where(Invitation.kind == InvitationKind.PERSONAL, *conditions)
    )


def _count_on(session: Session, of_wave: Select[int]) -> None:
    rows = session.execute(
        select(Invitation.participation_id, Invitation.id, Invitation.used)
        .where(Invitation.id.in_(of_wave), Invitation.revoked)
        .order_by(Invitation.participation_id, Invitation.token_hash)
    ).all()
    counting: list[int] = []
    for _, group in groupby(rows, key=lambda row: row.participation_id):
        withdrawn = list(group)
        counting += [row.id for row in withdrawn[: sum(row.used for row in withdrawn)]]
    if counting:
        session.execute(update(Invitation).where(Invitation.id.in_(counting)).values(revoked=False))
