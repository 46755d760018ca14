"""The people of the demonstration: one account for each role that a visitor can try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey import people
from survey.people import Principal
from survey.vocabulary import RoleName

DOMAIN = "demonstration.example"


@dataclass(frozen=True, slots=True)
class Visitor:
    """A made-up person. `entrance` is the role's word on the command line."""

    entrance: str
    name: str
    role: RoleName

    @property
    def email(self) -> str:
        return f"{self.entrance}@{DOMAIN}"


VISITORS = (
    Visitor("lead", "Morwen Ashdale", RoleName.LEAD),
    Visitor("member", "Idris Fenwright", RoleName.MEMBER),
    Visitor("researcher", "Catrin Holloway-Vance", RoleName.RESEARCHER),
    Visitor("publisher-1", "Tobias Marchbanks", RoleName.PUBLISHER),
    Visitor("publisher-2", "Elspeth Quillan", RoleName.PUBLISHER),
)
COLLEAGUE = Visitor("researcher-2", "Anwen Strickland", RoleName.RESEARCHER)
"""Approves the questionnaire, which its author may not do. Has no entrance of her own."""


def add(session: Session, *, home_id: int, now: datetime) -> dict[str, Principal]:
    """Everybody's account, by entrance. Lead and member belong to the home authority."""
    everybody = (*VISITORS, COLLEAGUE)
    for visitor in everybody:
        person = people.add(session, visitor.email, visitor.name, now=now, actor="system")
        home = home_id if visitor.role in (RoleName.LEAD, RoleName.MEMBER) else None
        people.grant(session, person.id, visitor.role, authority_id=home, now=now, actor="system")
    session.flush()
    return {visitor.entrance: people.principal_of(session, visitor.email) for visitor in everybody}
