"""What a link tells of its officer: who has answered is needed while a wave is open, to remind the others, and no longer."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from survey.models import Draft, Invitation, OutboxMessage, Participation, Wave
from survey.vocabulary import InvitationKind, WaveState


def drop(session: Session, wave: Wave) -> None:
    """When a wave closes: nothing says any more who answered; how many could is written down with each authority.

    A receipt says it. So does a mail, since who got a reminder had not answered by then; and a draft, since what was
    not sent was begun by somebody who did not answer. A link that was withdrawn counts where it was used before, so a
    mark of withdrawal beside the count would say which were used.
    """
    _write_down(session, wave)
    links = _links(wave)
    session.execute(delete(OutboxMessage).where(OutboxMessage.invitation_id.in_(_personal(links))))
    session.execute(delete(Draft).where(Draft.invitation_id.in_(links)))
    told = or_(Invitation.used, Invitation.revoked)
    session.execute(
        update(Invitation).where(Invitation.id.in_(_personal(links)), told).values(used=False, revoked=False)
    )


def drop_old(session: Session) -> None:
    """The same for waves that closed under an earlier version; changes nothing in any other."""
    kept = select(Participation.wave_id).where(Participation.invited.is_(None))
    old = select(Wave).where(Wave.state == WaveState.CLOSED, Wave.id.in_(kept))
    for wave in session.scalars(old.order_by(Wave.id)).all():
        drop(session, wave)


def left(session: Session) -> list[str]:
    """What of closed waves still says who answered: a sentence for each kind of it; none after `drop`."""
    closed = select(Participation.id).join(Wave).where(Wave.state == WaveState.CLOSED)
    links = select(Invitation.id).where(Invitation.participation_id.in_(closed))
    personal = Invitation.id.in_(_personal(links))
    counts = (
        ("{} links of closed waves still say that they were used.", (Invitation.used, personal)),
        ("{} links of closed waves still say that they were withdrawn.", (Invitation.revoked, personal)),
        ("{} mails to links of closed waves are still kept.", (OutboxMessage.invitation_id.in_(_personal(links)),)),
        ("{} drafts of closed waves are still kept.", (Draft.invitation_id.in_(links),)),
    )
    found = ((words, session.scalar(select(func.count()).where(*which))) for words, which in counts)
    return [words.format(count) for words, count in found if count]


def counting() -> ColumnElement[bool]:
    """A personal link counts among those who could answer: it was not withdrawn, or was used before."""
    return and_(Invitation.kind == InvitationKind.PERSONAL, or_(~Invitation.revoked, Invitation.used))


def _write_down(session: Session, wave: Wave) -> None:
    could = select(func.count(Invitation.id)).where(Invitation.participation_id == Participation.id, counting())
    session.execute(
        update(Participation)
        .where(Participation.wave_id == wave.id, Participation.invited.is_(None))
        .values(invited=could.scalar_subquery())
        .execution_options(synchronize_session="fetch")
    )


def _links(wave: Wave) -> Select[int]:
    return (
        select(Invitation.id)
        .join(Participation, Participation.id == Invitation.participation_id)
        .where(Participation.wave_id == wave.id)
    )


def _personal(links: Select[int]) -> Select[int]:
    return links.where(Invitation.kind == InvitationKind.PERSONAL)
