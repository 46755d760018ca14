"""Invitations: who is sent a personal link, an authority's shared link, and the links as they are handed out."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from sqlalchemy import ColumnElement, case, insert, select, update
from sqlalchemy.orm import Session

from survey import keys, mailing, messages, transitions
from survey.errors import BadInput, NotFound, NotNow
from survey.models import Authority, Draft, Invitation, Participation, Wave
from survey.vocabulary import InvitationKind, WaveState

MAX_ADDRESS_LENGTH = 254
STEP = 5  # an authority's total is shown in fives
_ADDRESS = re.compile(r"[a-z0-9][a-z0-9._%+'-]*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


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
        if not is_address(address):
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


def is_address(text: str) -> bool:
    """Whether a text is an e-mail address that a list of links may hold: nothing that a spreadsheet would calculate.

    >>> is_address("Pat.O'Neill@council.example"), is_address("=a@council.example"), is_address("pat")
    (True, False, False)
    """
    return len(text) <= MAX_ADDRESS_LENGTH and _ADDRESS.fullmatch(text.lower()) is not None


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
        link = _make_shared(session, participation.id, max(cap_for(expected), STEP), link_key)
    else:
        link.cap = _cap_of(link, expected)
    _note(session, "invitations.shared", participation, actor=actor, now=now, details={"cap": link.cap})
    return link


def limit_shared_link(session: Session, participation_id: int, expected: int) -> None:
    """The shared link, where there is one, follows a headcount that came in later; never below what it received."""
    link = shared_link(session, participation_id)
    if link is not None and expected > 0:
        link.cap = _cap_of(link, expected)


def _cap_of(link: Invitation, expected: int) -> int:
    """Never so near to what the link received that its being full would tell the number: a lead sees steps only."""
    return max(cap_for(expected), link.received - link.received % STEP + STEP)


def cap_for(expected: int) -> int:
    """The expected headcount and a tenth more, rounded up to a step: a full link then tells no more than the steps do.

    >>> cap_for(90), cap_for(10), cap_for(100)
    (100, 15, 110)
    """
    return -(-expected * 11 // (10 * STEP)) * STEP


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
    """The link opens nothing any more. Answers already sent with it stay. The trail does not say whose link it was."""
    link.revoked = True
    participation = session.get_one(Participation, link.participation_id)
    _note(session, "invitation.revoked", participation, actor=actor, now=now, details={})


def renew(session: Session, link: Invitation, *, link_key: str, actor: str, now: datetime) -> None:
    """A new token for the same invitation: the old link opens nothing, drafts and receipts stay."""
    _give_token(link, link_key)
    link.revoked = False
    participation = session.get_one(Participation, link.participation_id)
    _note(session, "invitation.renewed", participation, actor=actor, now=now, details={})


def renew_all(session: Session, *, link_key: str) -> int:
    """New tokens for all invitations and new resume codes for all drafts, for a link key that is new or was seen.

    No link that was sent opens anything any more. Browsers that hold a draft go on.
    """
    ids = session.scalars(select(Invitation.id).order_by(Invitation.id)).all()
    _give_tokens(session, ids, link_key)
    codes = {one: keys.resume_code(link_key, one) for one in session.scalars(select(Draft.id).order_by(Draft.id))}
    if codes:
        hashes = [{"id": one, "resume_hash": keys.resume_hash(link_key, code)} for one, code in codes.items()]
        session.execute(update(Draft), hashes)
    return len(ids)


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
    """Queue a mail to every personal link that opens, once per link, template and round; used ones are never sent it."""
    ids = session.scalars(
        select(Invitation.id)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(*mailing.awaited(wave), *_of_authority(authority))
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
    epochs = {one: keys.new_epoch() for one in invitation_ids}
    rows = [
        {"id": one, "epoch": epoch, "token_hash": keys.hashed(keys.token(link_key, one, epoch))}
        for one, epoch in epochs.items()
    ]
    if rows:
        session.execute(update(Invitation), rows)


def _give_token(link: Invitation, link_key: str) -> None:
    link.epoch = keys.new_epoch()
    link.token_hash = keys.hashed(keys.token(link_key, link.id, link.epoch))


def _make_shared(session: Session, participation_id: int, cap: int, link_key: str) -> Invitation:
    link = Invitation(**_unlinked(participation_id, InvitationKind.SHARED, cap=cap))
    session.add(link)
    session.flush()
    _give_token(link, link_key)
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
    """Counts only: whose link it was has no place in the audit trail."""
    transitions.note(session, transitions.PARTICIPATION, participation, action, now=now, actor=actor, details=details)
