"""Fieldwork: which waves an authority is in just now, and how far each authority is, in rounded steps only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from questionnaires.definition import Questionnaire, Role
from survey import answers
from survey.models import Authority, Headcount, Invitation, Participation, Submission, Wave
from survey.participation import AreaProgress, Progress, in_steps
from survey.vocabulary import InvitationKind, WaveState

CURRENT = (WaveState.PLANNED, WaveState.OPEN, WaveState.GRACE)


def current(session: Session, authority_codes: Collection[str]) -> list[tuple[str, Wave]]:
    """The waves that are not over, by the codes of these authorities that take part; the soonest deadline first."""
    rows = session.execute(
        select(Authority.code, Wave)
        .join(Participation, Participation.authority_id == Authority.id)
        .join(Wave, Wave.id == Participation.wave_id)
        .where(Authority.code.in_(authority_codes), Wave.state.in_(CURRENT))
        .order_by(Wave.deadline_at, Wave.id, Authority.code)
    )
    return [(code, wave) for code, wave in rows]


def totals(session: Session, wave: Wave) -> dict[int, Progress]:
    """Progress of every participation of a wave, without its service areas: two statements, however many there are.

    Counted from receipts while the wave is open and from sealed answers when it has closed, as receipts are gone then;
    rounded down to fives; the rate only where at least 50 staff are known of.
    """
    known = staff(session, wave)
    counted = _sealed(wave) if wave.state == WaveState.CLOSED else _received(wave)
    return {one: in_steps(int(count), {}, known.get(one, 0)) for one, count in session.execute(counted)}


def staff(session: Session, wave: Wave) -> dict[int, int]:
    """Returned staff numbers of every participation of a wave that has any: the total, or the sum of its cells."""
    is_total = (Headcount.service_area == "") & (Headcount.tier == "")
    is_cell = (Headcount.service_area != "") & (Headcount.tier != "")
    known = func.coalesce(
        func.sum(case((is_total, Headcount.headcount))), func.sum(case((is_cell, Headcount.headcount))), 0
    )
    rows = session.execute(
        select(Headcount.participation_id, known)
        .join(Participation, Participation.id == Headcount.participation_id)
        .where(Participation.wave_id == wave.id)
        .group_by(Headcount.participation_id)
    )
    return {one: int(count) for one, count in rows if count}


def _received(wave: Wave) -> Select[int, int]:
    received = func.sum(case((Invitation.used, 1), else_=0) + Invitation.received)
    return (
        select(Participation.id, func.coalesce(received, 0))
        .outerjoin(Invitation, Invitation.participation_id == Participation.id)
        .where(Participation.wave_id == wave.id)
        .group_by(Participation.id)
    )


def _sealed(wave: Wave) -> Select[int, int]:
    same = (Submission.wave_id == Participation.wave_id) & (Submission.authority_id == Participation.authority_id)
    return (
        select(Participation.id, func.count(Submission.id))
        .outerjoin(Submission, same)
        .where(Participation.wave_id == wave.id)
        .group_by(Participation.id)
    )


def areas(
    session: Session, wave: Wave, parts: Collection[Participation], questionnaire: Questionnaire
) -> dict[int, tuple[AreaProgress, ...]]:
    """Service areas of some authorities, by participation, each counted as its lead reads it; one statement."""
    item = questionnaire.role_item(Role.SERVICE_AREA)
    if item is None:
        return {one.id: () for one in parts}
    counts: Counter[tuple[int, object]] = Counter()
    rows = select(Submission.authority_id, Submission.answers).where(
        Submission.wave_id == wave.id, Submission.authority_id.in_([one.authority_id for one in parts])
    )
    for authority, stored in session.execute(rows):
        counts[authority, answers.loaded(stored).get(item.code)] += 1
    return {
        one.id: in_steps(0, {option.code: counts[one.authority_id, option.code] for option in item.options}, 0).areas
        for one in parts
    }


def staff_by_area(session: Session, parts: Collection[Participation]) -> dict[int, dict[str, int]]:
    """Returned staff numbers of service areas, by participation: an area's own row, or the sum of its cells."""
    rows = session.execute(
        select(Headcount.participation_id, Headcount.service_area, Headcount.tier, Headcount.headcount).where(
            Headcount.participation_id.in_([one.id for one in parts]), Headcount.service_area != ""
        )
    ).all()
    own: dict[int, dict[str, int]] = {one.id: {} for one in parts}
    for part, area, tier, headcount in rows:
        if tier:
            own[part][area] = own[part].get(area, 0) + headcount
    for part, area, tier, headcount in rows:
        if not tier:
            own[part][area] = headcount
    return own


def personal_links(session: Session, participation: Participation) -> int:
    """How many colleagues have a personal link that still counts; after the close, how many that was."""
    if participation.invited is not None:
        return participation.invited
    counted = select(func.count()).where(
        Invitation.participation_id == participation.id,
        Invitation.kind == InvitationKind.PERSONAL,
        ~Invitation.revoked,
    )
    return session.scalar(counted) or 0
