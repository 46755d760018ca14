"""Invitations: personal and shared links, what a link may be used for just now, and who is sent one."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TextIO

from sqlalchemy import ColumnElement, Select, and_, case, false, func, insert, select, update
from sqlalchemy.orm import Session

from survey import keys, messages, transitions
from survey.db import database_now
from survey.errors import BadInput, NotFound, NotNow
from survey.models import Authority, Edition, Invitation, Participation, Wave
from survey.vocabulary import InvitationKind, WaveState

COLLECTING = (WaveState.OPEN, WaveState.GRACE)
BUSY = "The survey is very busy. Nothing was changed. Please try again in a moment."
MAX_ADDRESS_LENGTH = 254
_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._%+'-]*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


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
    return and_(Wave.state.in_(COLLECTING), Wave.opens_at <= database_now(), database_now() < Wave.closes_at)


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


def find(session: Session, token: str) -> Found | None:
    """The link of a token, or None: a token that was never given out and a renewed one read the same."""
    row = session.execute(found_by(Invitation.token_hash == keys.hashed(token))).one_or_none()
    return None if row is None else Found(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name


def find_by_id(session: Session, invitation_id: int) -> Found:
    """The same link read again, to say why a statement took nothing."""
    row = session.execute(found_by(Invitation.id == invitation_id)).one()
    return Found(**row._mapping)  # noqa: SLF001


# Who is sent a link


@dataclass(frozen=True, slots=True)
class Preview:
    """A dry run: what inviting these addresses would do. `faults` name the lines that are no address."""

    new: tuple[str, ...]
    already: tuple[str, ...]
    domains: dict[str, int]
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is handed out. `address` is empty for an authority's shared link."""

    authority: str
    address: str
    url: str


def preview(session: Session, participation: Participation, addresses: Iterable[str]) -> Preview:
    """Sort a list of addresses into new ones, ones that have a link already, and faults. Changes nothing."""
    wanted: dict[str, None] = {}
    faults: list[str] = []
    for line, given in enumerate(addresses, start=1):
        address = given.strip().lower()
        if not address:
            continue
        if len(address) > MAX_ADDRESS_LENGTH or not _ADDRESS.fullmatch(address):
            faults.append(
                f"Line {line}: “{given.strip()[:60]}” is not an e-mail address. Put one address on each line."
            )
        wanted[address] = None
    known = set(session.scalars(select(Invitation.address).where(Invitation.participation_id == participation.id)))
    new = tuple(address for address in wanted if address not in known)
    domains = Counter(address.rpartition("@")[2] for address in new)
    return Preview(
        new, tuple(address for address in wanted if address in known), dict(sorted(domains.items())), tuple(faults)
    )


def invite(
    session: Session,
    participation: Participation,
    addresses: Iterable[str],
    *,
    link_key: str,
    actor: str,
    now: datetime,
    language: str = "en",
) -> int:
    """A personal link for each address that has none yet; how many were made. All addresses must be good."""
    _wave_invites(session, participation)
    plan = preview(session, participation, addresses)
    if plan.faults:
        raise BadInput("Some lines are not e-mail addresses. Nobody was invited.", plan.faults)
    if not plan.new:
        return 0
    rows = [_unlinked(participation.id, InvitationKind.PERSONAL, address=one, language=language) for one in plan.new]
    ids = list(session.scalars(insert(Invitation).returning(Invitation.id), rows))
    _give_tokens(session, ids, link_key)
    _note(session, "invitations.made", participation, actor=actor, now=now, details={"count": len(ids)})
    return len(ids)


def share(
    session: Session, participation: Participation, *, expected: int, link_key: str, actor: str, now: datetime
) -> Invitation:
    """The authority's one shared link, capped at the expected headcount and a tenth more."""
    if expected < 1:
        raise BadInput("Say how many staff could answer: the shared link is limited to that number and a tenth more.")
    _wave_invites(session, participation)
    link = shared_link(session, participation.id)
    if link is None:
        link = _make_shared(session, participation.id, cap_for(expected), link_key)
    else:
        link.cap = max(cap_for(expected), link.received)
    _note(session, "invitations.shared", participation, actor=actor, now=now, details={"cap": link.cap})
    return link


def limit_shared_link(session: Session, participation_id: int, expected: int) -> None:
    """The shared link, where there is one, follows a headcount that came in later; never below what it received."""
    link = shared_link(session, participation_id)
    if link is not None and expected > 0:
        link.cap = max(cap_for(expected), link.received)


def cap_for(expected: int) -> int:
    """The expected headcount and a tenth more, rounded up.

    >>> cap_for(90), cap_for(10), cap_for(95)
    (99, 11, 105)
    """
    return -(-expected * 11 // 10)


def shared_link(session: Session, participation_id: int) -> Invitation | None:
    """The shared link of a participation, if it has one."""
    return session.scalars(
        select(Invitation).where(
            Invitation.participation_id == participation_id, Invitation.kind == InvitationKind.SHARED
        )
    ).one_or_none()


def personal_link(session: Session, participation_id: int, address: str) -> Invitation:
    """The personal link of an address in a participation."""
    link = session.scalars(
        select(Invitation).where(
            Invitation.participation_id == participation_id, Invitation.address == address.strip().lower()
        )
    ).one_or_none()
    if link is None:
        raise NotFound("This address has no link in this wave.")
    return link


def count_on_shared_link(session: Session, participation: Participation, count: int, *, link_key: str) -> None:
    """Receipts for answers that came another way, such as an import: they raise the cap where they have to."""
    received = Invitation.received + count
    counted = session.execute(
        update(Invitation)
        .where(Invitation.participation_id == participation.id, Invitation.kind == InvitationKind.SHARED)
        .values(received=received, cap=case((Invitation.cap < received, received), else_=Invitation.cap))
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if counted is None:
        _make_shared(session, participation.id, count, link_key).received = count


def revoke(session: Session, link: Invitation, *, actor: str, now: datetime) -> None:
    """The link opens nothing any more. Answers already sent with it stay."""
    link.revoked = True
    participation = session.get_one(Participation, link.participation_id)
    _note(session, "invitation.revoked", participation, actor=actor, now=now, details={"invitation": link.id})


def renew(session: Session, link: Invitation, *, link_key: str, actor: str, now: datetime) -> None:
    """A new token for the same invitation: the old link opens nothing, drafts and receipts stay."""
    link.epoch += 1
    link.token_hash = keys.hashed(keys.token(link_key, link.id, link.epoch))
    link.revoked = False
    participation = session.get_one(Participation, link.participation_id)
    _note(session, "invitation.renewed", participation, actor=actor, now=now, details={"invitation": link.id})


def links(
    session: Session, wave: Wave, *, link_key: str, base_url: str, authority: str | None = None
) -> Iterator[Link]:
    """All usable links of a wave, by authority and address; each token is derived as it is written."""
    rows = session.execute(
        select(Authority.code, Invitation.address, Invitation.id, Invitation.epoch)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(Participation.wave_id == wave.id, ~Invitation.revoked, *_of_authority(authority))
        .order_by(Authority.code, Invitation.address, Invitation.id)
    )
    for code, address, invitation_id, epoch in rows:
        yield Link(code, address or "", f"{base_url}/r/{keys.token(link_key, invitation_id, epoch)}")


def write_csv(rows: Iterable[Link], file: TextIO) -> int:
    """The links as a CSV (authority, address, url) for a mail merge; how many."""
    writer = csv.writer(file)
    writer.writerow(("authority", "address", "url"))
    count = 0
    for count, row in enumerate(rows, start=1):  # noqa: B007 - the last value is the answer
        writer.writerow((row.authority, row.address, row.url))  # none of them can begin like a formula
    return count


def queue_mails(
    session: Session, wave: Wave, *, template: str, round_: int, now: datetime, authority: str | None = None
) -> int:
    """Queue a mail to every personal link that is not used or revoked; once per link, template and round."""
    ids = session.scalars(
        select(Invitation.id)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(
            Participation.wave_id == wave.id,
            Invitation.kind == InvitationKind.PERSONAL,
            ~Invitation.revoked,
            ~Invitation.used,
            *_of_authority(authority),
        )
        .order_by(Invitation.id)
    ).all()
    return messages.queue_invitations(session, ids, template=template, round_=round_, now=now)


def _of_authority(code: str | None) -> tuple[ColumnElement[bool], ...]:
    return () if code is None else (Authority.code == code,)


def _wave_invites(session: Session, participation: Participation) -> None:
    wave = session.get_one(Wave, participation.wave_id)
    if wave.state == WaveState.CLOSED:
        raise NotNow(f"Wave {wave.code} has closed, so nobody can be invited any more.")


def _unlinked(
    participation_id: int,
    kind: InvitationKind,
    *,
    address: str | None = None,
    cap: int | None = None,
    language: str = "en",
) -> dict[str, object]:
    """The row of a link whose token waits for its id: the hash in its place is of nothing that is a token."""
    waiting = keys.hashed(f"waiting:{participation_id}:{address or ''}")
    return {
        "participation_id": participation_id,
        "kind": kind,
        "address": address,
        "cap": cap,
        "language": language,
        "token_hash": waiting,
    }


def _give_tokens(session: Session, invitation_ids: Iterable[int], link_key: str) -> None:
    session.execute(
        update(Invitation),
        [{"id": one, "token_hash": keys.hashed(keys.token(link_key, one, 1))} for one in invitation_ids],
    )


def _make_shared(session: Session, participation_id: int, cap: int, link_key: str) -> Invitation:
    link = Invitation(**_unlinked(participation_id, InvitationKind.SHARED, cap=cap))
    session.add(link)
    session.flush()
    link.token_hash = keys.hashed(keys.token(link_key, link.id, 1))
    session.flush()
    return link


def _note(
    session: Session,
    action: str,
    participation: Participation,
    *,
    actor: str,
    now: datetime,
    details: dict[str, object],
) -> None:
    """Counts and numbers of invitations only: an address has no place in the audit trail."""
    transitions.note(session, transitions.PARTICIPATION, participation, action, now=now, actor=actor, details=details)
