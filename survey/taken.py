"""Who has taken rows of answers away: nobody holds a bundle and the microdata of one wave, which undo each other."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.errors import NotAllowed
from survey.models import AuditEntry
from survey.people import Principal

BUNDLE, MICRODATA = "bundle.exported", "microdata.exported"
_WORDS = {BUNDLE: "a bundle", MICRODATA: "microdata"}


def refuse_both(session: Session, by: Principal, wanted: str, waves: Iterable[str]) -> None:
    """Refuse a bundle to whoever took microdata of one of these waves, and microdata to whoever took its bundle.

    Both have the answers of each person. The bundle has authority, service area and tier beside them, which microdata
    withhold where fewer than 11 people are alike: joined by the answers, little would be withheld. The audit trail
    knows who took what.
    """
    other = MICRODATA if wanted == BUNDLE else BUNDLE
    both = sorted(set(waves) & _waves_taken(session, by, other))
    if both:
        raise NotAllowed(
            f"You have taken {_WORDS[other]} of {', '.join(both)}. With {_WORDS[wanted]} of it you could tell who is "
            "who where microdata withhold it, so nobody gets both. Ask a colleague on the research team."
        )


def _waves_taken(session: Session, by: Principal, action: str) -> set[str]:
    """The codes of the waves of which somebody took such files; the entry of a bundle lists them."""
    query = select(AuditEntry.object_code, AuditEntry.details).where(
        AuditEntry.actor == by.actor, AuditEntry.action == action
    )
    found = set()
    for code, details in session.execute(query):
        found |= {code} if action == MICRODATA else set(details.get("waves", [code.rpartition(".")[0]]))
    return found
