"""Ready links into the demonstration, one for each role. A service without the demonstration has none."""

from __future__ import annotations

import hashlib
import hmac

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from survey import keys
from survey.config import Settings
from survey.demonstration.people import DOMAIN, VISITORS
from survey.errors import NotFound, NotNow
from survey.models import Draft, Invitation, Participation, Person, Wave
from survey.vocabulary import InvitationKind, WaveState

OFFICER = "officer"


def sign_in_key(secret_key: str, person_id: int) -> str:
    """The last part of a person's sign-in link: it cannot be made without the secret."""
    return hmac.new(secret_key.encode(), f"demonstration:{person_id}".encode(), hashlib.sha256).hexdigest()


def person_of(session: Session, secret_key: str, key: str) -> Person | None:
    """Whose link this is: somebody of the demonstration, or nobody."""
    query = select(Person).where(Person.email.in_([visitor.email for visitor in VISITORS]), Person.active)
    found = None
    for person in session.scalars(query.order_by(Person.id)):
        if hmac.compare_digest(sign_in_key(secret_key, person.id).encode(), key.encode()):
            found = person
    return found


def links(session: Session, settings: Settings) -> list[tuple[str, str]]:
    """Role and address of each entrance: an officer's link that nobody has used, then the people with accounts."""
    if not settings.demonstration:
        raise NotNow("There are links only into a demonstration service. Set SOUNDINGS_DEMONSTRATION=1 for one.")
    query = select(Person.email, Person.id).where(Person.email.endswith(f"@{DOMAIN}")).order_by(Person.id)
    people = {row.email: row.id for row in session.execute(query)}
    if not people:
        raise NotFound("There is no demonstration here. Run: soundings demonstration load")
    officer = _unused_invitation(session)
    found = []
    if officer is not None:
        token = keys.token(settings.link_key, officer.id, officer.epoch)
        found.append((OFFICER, f"{settings.base_url}/r/{token}"))
    for visitor in VISITORS:
        key = sign_in_key(settings.secret_key, people[visitor.email])
        found.append((visitor.entrance, f"{settings.base_url}/account/demonstration/{key}"))
    return found


def _unused_invitation(session: Session) -> Invitation | None:
    """A personal invitation of the open demonstration wave that has no answers and no draft."""
    query = (
        select(Invitation)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Wave, Wave.id == Participation.wave_id)
        .where(
            Wave.demonstration,
            Wave.state == WaveState.OPEN,
            Invitation.kind == InvitationKind.PERSONAL,
            ~Invitation.used,
            ~Invitation.revoked,
            ~exists().where(Draft.invitation_id == Invitation.id),
        )
        .order_by(Invitation.id)
        .limit(1)
    )
    return session.scalars(query).first()
