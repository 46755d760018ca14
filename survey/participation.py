"""An authority in a wave: taking part, known staff numbers, own names of service areas, progress in steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.definition import Questionnaire, Role
from survey import answers as answer
from survey import audit, invitations, register
from survey.errors import BadInput, NotFound, NotNow
from survey.models import Authority, Headcount, Invitation, Participation, ParticipationServiceArea, Submission, Wave
from survey.vocabulary import Frame, InvitationKind, WaveState

FEWEST = 11  # below it, a service area's progress is no number
STAFF_FOR_A_RATE = 50  # below it, no rate is shown
AREA_STEP = 10
TOTAL_STEP = 5


def add(
    session: Session, wave: Wave, authority_codes: Iterable[str], *, actor: str, now: datetime
) -> list[Participation]:
    """Authorities take part in a wave; those that do already stay as they are. Returns the new participations."""
    if wave.state == WaveState.CLOSED:
        raise NotNow(f"Wave {wave.code} has closed, so nobody can join it any more.")
    codes = list(dict.fromkeys(code.strip() for code in authority_codes))
    known = register.by_codes(session, codes)
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise BadInput(
            "Some authorities are not in the register. None was added.",
            tuple(f"{code}: not in the register. Import it with `soundings authorities import` first." for code in unknown),
        )
    taking_part = set(
        session.scalars(select(Participation.authority_id).where(Participation.wave_id == wave.id))
    )
    added = [
        Participation(wave_id=wave.id, authority_id=known[code].id)
        for code in codes
        if known[code].id not in taking_part
    ]
    session.add_all(added)
    session.flush()
    audit.record(
        session,
        now=now,
        actor=actor,
        action="participation.added",
        object_type="wave",
        object_code=wave.code,
        details={"count": len(added)},
    )
    return added


def of_wave(session: Session, wave: Wave) -> list[Participation]:
    """The participations of a wave with their authorities, in the order of authority codes."""
    return list(
        session.scalars(
            select(Participation)
            .join(Authority, Authority.id == Participation.authority_id)
            .where(Participation.wave_id == wave.id)
            .order_by(Authority.code)
            .options(joinedload(Participation.authority))
        )
    )


def one(session: Session, wave: Wave, authority_code: str) -> Participation:
    """The participation of an authority in a wave, with its authority."""
    found = session.scalars(
        select(Participation)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(Participation.wave_id == wave.id, Authority.code == authority_code)
        .options(joinedload(Participation.authority))
    ).one_or_none()
    if found is None:
        raise NotFound(f"Authority {authority_code} does not take part in wave {wave.code}.")
    return found


def by_authority(session: Session, wave: Wave, authority_ids: Collection[int]) -> dict[int, Participation]:
    """The participations of these authorities; refuses where one of them does not take part."""
    found = {
        participation.authority_id: participation
        for participation in session.scalars(
            select(Participation).where(
                Participation.wave_id == wave.id, Participation.authority_id.in_(authority_ids)
            )
        )
    }
    if len(found) < len(set(authority_ids)):
        raise BadInput(f"There are answers of authorities that do not take part in wave {wave.code}.")
    return found


def freeze_attributes(session: Session, participations: Iterable[Participation], *, now: datetime) -> None:
    """Copy what the register says today to the participations: later changes of the register leave the wave alone."""
    rows = list(participations)
    attributes = register.attributes_on(session, [row.authority_id for row in rows], now.date())
    for row in rows:
        row.attributes = dict(attributes.get(row.authority_id, {}))
