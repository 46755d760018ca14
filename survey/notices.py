"""What officers are told about privacy: the facts behind it, frozen before the first answer, and what changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from reports.equality import FEWEST as FEWEST_OF_A_BACKGROUND
from reports.rules import Rules
from survey import mail_server, retention, wave_rules
from survey.config import Settings
from survey.db import Database
from survey.models import Invitation, Participation, PrivacyNotice, Wave
from survey.vocabulary import InvitationKind, WaveState

Fact: TypeAlias = str | int | bool
Facts: TypeAlias = dict[str, Fact]
Section: TypeAlias = dict[str, str | list[str]]
"""A heading and its lines, as plain text."""
Texts: TypeAlias = dict[str, list[Section]]
"""The sections of the notice by language."""

_COLLECTING = (WaveState.OPEN, WaveState.GRACE)


@dataclass(frozen=True, slots=True)
class Told:
    """What the officers of a wave are told: the frozen text, or nothing yet and the facts as they are now."""

    wave: Wave
    facts: Facts
    notice: PrivacyNotice | None


def facts(settings: Settings) -> Facts:
    """The settings that the notice tells, for no wave in particular. No secret is among them."""
    rules, server = Rules(), mail_server.parse(settings.mail)
    return {
        "organisation": settings.organisation,
        "contact": settings.contact,
        "people": rules.minimum_respondents,
        "authorities": rules.minimum_authorities_median,
        "background": FEWEST_OF_A_BACKGROUND,
        "draft_days": retention.DRAFT_DAYS,
        "address_days": retention.ADDRESS_DAYS,
        "backups": settings.backups_kept,
        "mail": server.host if server else "",
        "server_log": settings.database_url.startswith("postgresql"),
        "demonstration": settings.demonstration,
    }


def facts_of(session: Session, wave_id: int, settings: Settings) -> Facts:
    """The same for a wave: how few authorities are enough in it, what it asks, and by which links."""
    wave = session.get_one(Wave, wave_id)
    shared = select(Invitation.id).join(Participation, Participation.id == Invitation.participation_id)
    shared = shared.where(Participation.wave_id == wave_id, Invitation.kind == InvitationKind.SHARED).limit(1)
    return facts(settings) | {
        "authorities": wave_rules.of(wave).minimum_authorities_median,
        "equality": bool(wave.optional_sections),
        "shared_link": session.scalar(shared) is not None,
    }


def in_the_field(session: Session, settings: Settings) -> tuple[Told, ...]:
    """What is told in each wave that takes answers now, rehearsals left out."""
    rows = session.execute(
        select(Wave, PrivacyNotice)
        .outerjoin(PrivacyNotice, PrivacyNotice.wave_id == Wave.id)
        .where(Wave.state.in_(_COLLECTING), ~Wave.rehearsal)
        .order_by(Wave.opens_at.desc(), Wave.id.desc())
    )
    return tuple(Told(wave, facts_of(session, wave.id, settings), notice) for wave, notice in rows)


def is_frozen(session: Session, wave_id: int) -> bool:
    return session.scalar(select(PrivacyNotice.wave_id).where(PrivacyNotice.wave_id == wave_id)) is not None


def freeze(session: Session, wave_id: int, told: Facts, texts: Texts, *, database: Database, now: datetime) -> None:
    """Keep what the officers of a wave were told. Whoever comes second keeps what the first one froze."""
    kind = sqlite if database.is_sqlite else postgresql
    row = {"wave_id": wave_id, "facts": told, "texts": texts, "digest": digest(texts), "frozen_on": now.date()}
    session.execute(kind.insert(PrivacyNotice).values(row).on_conflict_do_nothing())


def digest(texts: Mapping[str, list[Section]]) -> str:
    """SHA-256 of the texts in canonical JSON."""
    return hashlib.sha256(json.dumps(texts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def changed(session: Session, settings: Settings) -> list[str]:
    """What is not as officers were told: one sentence for each fact of a wave in the field.

    Of a wave that is over, whether its results are still held to as many authorities as its officers were told.
    """
    in_field = [line for told in in_the_field(session, settings) for line in _differences(told)]
    return in_field + _smaller_groups(session)


def changed_of(session: Session, wave: Wave, settings: Settings) -> list[str]:
    """The same for one wave in the field."""
    return _differences(Told(wave, facts_of(session, wave.id, settings), session.get(PrivacyNotice, wave.id)))


def _smaller_groups(session: Session) -> list[str]:
    """Waves that have closed whose groups may be smaller now than was told; larger ones break no promise."""
    rows = session.execute(
        select(Wave, PrivacyNotice)
        .join(PrivacyNotice, PrivacyNotice.wave_id == Wave.id)
        .where(Wave.state == WaveState.CLOSED, ~Wave.rehearsal)
        .order_by(Wave.code)
    )
    return [
        _line(wave, "authorities", notice.facts["authorities"], enough)
        for wave, notice in rows
        if (enough := wave_rules.of(wave).minimum_authorities_median) < notice.facts["authorities"]
    ]


def _differences(told: Told) -> list[str]:
    found = []
    if told.notice is not None:
        if digest(told.notice.texts) != told.notice.digest:
            found.append(f"Wave {told.wave.code}: the frozen text is not the one that was frozen.")
        for name in sorted(told.facts):
            before = told.notice.facts.get(name)
            if before != told.facts[name]:
                found.append(_line(told.wave, name, before, told.facts[name]))
    return found


def _line(wave: Wave, name: str, before: Fact | None, now: Fact) -> str:
    was, is_now = (json.dumps(one, ensure_ascii=False) for one in (before, now))
    return f"Wave {wave.code}: officers were told that {name} is {was}; it is {is_now} now."
