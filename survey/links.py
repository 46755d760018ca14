"""A link as its holder finds it: whose it is, what it may be used for just now, and the sentence that says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import Session

from survey import keys
from survey.db import database_now
from survey.models import Authority, Edition, Invitation, Participation, Wave
from survey.statements import Statement
from survey.vocabulary import WaveState

COLLECTING = (WaveState.OPEN, WaveState.GRACE)
BUSY = "The survey is very busy. Nothing was changed. Please try again in a moment."


class LinkState(StrEnum):
    """What a link may be used for just now; the first that applies, in this order."""

    USED = "used"
    REVOKED = "revoked"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    FULL = "full"
    NO_NEW_STARTS = "no_new_starts"
    USABLE = "usable"


SENTENCES = {
    LinkState.USED: "Thank you. Answers have already been sent with this link.",
    LinkState.REVOKED: "This link has been withdrawn. Ask the person who leads the survey at your council for a new one.",
    LinkState.NOT_OPEN_YET: "The survey has not opened yet. Please come back later: your link stays the same.",
    LinkState.CLOSED: "The survey has closed, so no more answers can be taken.",
    LinkState.FULL: "As many answers as we expected have come in with this link. Ask the person who leads the survey at your council.",
    LinkState.NO_NEW_STARTS: "The survey is closing, so it is too late to start. Answers already begun can still be sent.",
}


@dataclass(frozen=True, kw_only=True)
class Found:
    """A link with all that its pages need, read in one statement; `now` is the database's clock at that moment."""

    invitation_id: int
    invitation_kind: str
    language: str
    used: bool
    revoked: bool
    full: bool
    participation_id: int
    authority_id: int
    authority_code: str
    authority_name: str
    wave_id: int
    wave_code: str
    wave_title: str
    wave_state: str
    opens_at: datetime
    deadline_at: datetime
    last_start_at: datetime
    closes_at: datetime
    time_zone: str
    optional_sections: str
    rehearsal: bool
    demonstration: bool
    edition_id: int
    edition_digest: str
    now: datetime

    @property
    def state(self) -> LinkState:
        if self.used:
            return LinkState.USED
        if self.revoked:
            return LinkState.REVOKED
        if self.wave_state == WaveState.PLANNED or (self.wave_state in COLLECTING and self.now < self.opens_at):
            return LinkState.NOT_OPEN_YET
        if self.wave_state not in COLLECTING or self.now >= self.closes_at:
            return LinkState.CLOSED
        if self.full:
            return LinkState.FULL
        return LinkState.NO_NEW_STARTS if self.now >= self.last_start_at else LinkState.USABLE

    @property
    def accepting(self) -> bool:
        """Whether answers already begun may still be changed; the statement that writes them decides once more."""
        return self.state in {LinkState.USABLE, LinkState.NO_NEW_STARTS, LinkState.FULL}

    @property
    def refusal(self) -> str | None:
        """Why nothing can be started with this link, as a sentence; None where it can."""
        return SENTENCES.get(self.state)


FOUND_COLUMNS = (
    Invitation.id.label("invitation_id"),
    Invitation.kind.label("invitation_kind"),
    Invitation.language.label("language"),
    Invitation.used.label("used"),
    Invitation.revoked.label("revoked"),
    func.coalesce(Invitation.received >= Invitation.cap, false()).label("full"),
    Participation.id.label("participation_id"),
    Authority.id.label("authority_id"),
    Authority.code.label("authority_code"),
    Authority.name.label("authority_name"),
    Wave.id.label("wave_id"),
    Wave.code.label("wave_code"),
    Wave.title.label("wave_title"),
    Wave.state.label("wave_state"),
    Wave.opens_at.label("opens_at"),
    Wave.deadline_at.label("deadline_at"),
    Wave.last_start_at.label("last_start_at"),
    Wave.closes_at.label("closes_at"),
    Wave.time_zone.label("time_zone"),
    Wave.optional_sections.label("optional_sections"),
    Wave.rehearsal.label("rehearsal"),
    Wave.demonstration.label("demonstration"),
    Edition.id.label("edition_id"),
    Edition.digest.label("edition_digest"),
    database_now().label("now"),
)


def accepts_changes() -> ColumnElement[bool]:
    """True in a statement that also reads `Wave`: the wave takes changes at the moment of the database's clock."""
    collecting = or_(*(Wave.state == state for state in COLLECTING))
    return and_(collecting, Wave.opens_at <= database_now(), database_now() < Wave.closes_at)


def found_by(
    condition: ColumnElement[bool],
) -> Select[*tuple[Any, ...]]:  # Any: the columns of Found, which checks them
    """The one statement that reads a link with its wave, edition and authority."""
    return (
        select(*FOUND_COLUMNS)
        .select_from(Invitation)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Authority, Authority.id == Participation.authority_id)
        .join(Wave, Wave.id == Participation.wave_id)
        .join(Edition, Edition.id == Wave.edition_id)
        .where(condition)
    )


# Built once: putting a statement together costs more than sending it.
_BY_TOKEN = Statement(found_by(Invitation.token_hash == bindparam("token")))
_BY_ID = found_by(Invitation.id == bindparam("invitation"))


def find(session: Session, token: str) -> Found | None:
    """The link of a token, or None: a token that was never given out and a renewed one read the same."""
    row = _BY_TOKEN.one(session, {"token": keys.hashed(token)})
    return None if row is None else Found(**row)


def find_by_id(session: Session, invitation_id: int) -> Found:
    """The same link read again, to say why a statement took nothing."""
    row = session.execute(_BY_ID, {"invitation": invitation_id}).one()
    return Found(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
