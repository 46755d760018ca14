"""On whose behalf a command acts, and whether that person may."""

from __future__ import annotations

from survey import people
from survey.cli.opening import Opened
from survey.errors import NotAllowed
from survey.people import Principal
from survey.vocabulary import RoleName


def researcher(service: Opened, email: str) -> Principal:
    """The account of the address, if it belongs to the research team."""
    person = people.principal_of(service.session, email)
    if not person.has(RoleName.RESEARCHER):
        raise NotAllowed(f"{person.email} is not in the research team, so they may not do this.")
    return person
