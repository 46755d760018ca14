"""A mailing of a wave before it goes out: how many people, at which domains, and what the first mails would say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from survey.models import Authority, Invitation, OutboxMessage, Participation, Wave
from survey.vocabulary import InvitationKind

TEMPLATE = "invitation"
ROUND = 1
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class DryRun:
    """What sending would do. `count` people are written to, without those who answer before their mail is sent; `queued` people have been written to already."""

    count: int
    queued: int
    authorities: int
    domains: tuple[tuple[str, int], ...]
    samples: tuple[tuple[str, str], ...]


def awaited(wave: Wave) -> tuple[ColumnElement[bool], ...]:
    """Whom a mailing of a wave is for: personal links that open. Needs the participation joined.

    Those that were used are among them. They get nothing, as is seen when their mail would be written: a list without
    them, or its length, would show who has answered and single answers coming in.
    """
    return (
        Participation.wave_id == wave.id,
        Invitation.kind == InvitationKind.PERSONAL,
        ~Invitation.revoked,
    )


def dry_run(session: Session, wave: Wave, *, template: str = TEMPLATE, round_: int = ROUND) -> DryRun:
    """The people who have a personal link of this wave and no such mail; whether they answered is not told."""
    written = exists().where(
        OutboxMessage.invitation_id == Invitation.id,
        OutboxMessage.template == template,
        OutboxMessage.round == round_,
    )
    rows = session.execute(
        select(Authority.name, Invitation.address, written)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(*awaited(wave))
        .order_by(Authority.name, Invitation.address)
    ).all()
    due = [(name, address) for name, address, done in rows if not done and address]
    domains = Counter(address.rpartition("@")[2] for _, address in due)
    return DryRun(
        count=len(due),
        queued=sum(done for *_, done in rows),
        authorities=len({name for name, _ in due}),
        domains=tuple(sorted(domains.items(), key=lambda one: (-one[1], one[0]))),
        samples=tuple(due[:SAMPLES]),
    )
