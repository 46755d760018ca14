"""How long drafts and addresses are kept after a wave, and their deletion when that time is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from survey import receipts
from survey.models import Draft, Invitation, Participation, Wave

DRAFT_DAYS: Final = 30
ADDRESS_DAYS: Final = 90


def forget(session: Session, *, now: datetime) -> None:
    """Delete drafts 30 days, addresses of officers 90 days after the last date of a wave, closed or not.

    When a wave is closed, its drafts go at once; these days are for one that nobody closes. Counts stay: a link without
    its address still says that somebody was invited. Whether it was used went when the wave closed; a wave that closed
    under an earlier version loses that here.
    """
    receipts.drop_old(session)
    session.execute(delete(Draft).where(Draft.invitation_id.in_(_links(now - timedelta(days=DRAFT_DAYS)))))
    old = Invitation.id.in_(_links(now - timedelta(days=ADDRESS_DAYS))), Invitation.address.is_not(None)
    session.execute(update(Invitation).where(*old).values(address=None))


def _links(before: datetime) -> ColumnElement[int]:
    """The links of waves whose last date lies before this moment: nothing can be sent with them any more."""
    over = (
        select(Invitation.id)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Wave, Wave.id == Participation.wave_id)
        .where(Wave.closes_at < before)
    )
    return over.scalar_subquery()
