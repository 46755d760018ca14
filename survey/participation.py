"""An authority in a wave: taking part, known staff numbers, own names of service areas, progress in steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import case, delete, func, insert, select
from sqlalchemy.orm import Session, joinedload

from questionnaires.definition import Questionnaire, Role
from reports.files.register import read_headcounts
from reports.files.tables import FileFaults
from survey import answers as answer
from survey import audit, invitations, links, receipts, register, transitions
from survey.errors import BadInput, NotFound, NotNow
from survey.models import Authority, Headcount, Invitation, Participation, ParticipationServiceArea, Submission, Wave
from survey.vocabulary import Frame, ParticipationState, WaveState

FEWEST = 11  # below it, a service area's progress is no number
STAFF_FOR_A_RATE = 50  # below it, no rate is shown
AREA_STEP = 10
READY = frozenset({ParticipationState.ACCEPTED, ParticipationState.HEADCOUNTS_RETURNED})
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
            tuple(
                f"{code}: not in the register. Import it with `soundings authorities import` first." for code in unknown
            ),
        )
    taking_part = set(session.scalars(select(Participation.authority_id).where(Participation.wave_id == wave.id)))
    new = [known[code] for code in codes if known[code].id not in taking_part]
    _refuse_ended(session, wave, new, now=now)
    added = [Participation(wave_id=wave.id, authority_id=authority.id) for authority in new]
    session.add_all(added)
    for one in added:
        transitions.begin(session, transitions.PARTICIPATION, one, now=now, actor=actor)
        transitions.follow(session, transitions.PARTICIPATION, one, ParticipationState.ACCEPTED, now=now, actor=actor)
    if wave.state in links.COLLECTING:
        begin_collecting(session, added, actor=actor, now=now)
    return added


def _refuse_ended(session: Session, wave: Wave, authorities: Collection[Authority], *, now: datetime) -> None:
    """An authority that is no more when the wave opens has no officers who could answer."""
    day = max(now, wave.opens_at).date()
    gone = register.ended(session, authorities, day)
    if gone:
        raise BadInput(
            f"Some authorities are no more on {day.isoformat()}. None was added.",
            tuple(
                f"{one.code}: {one.name} has ended. "
                + (f"Name {' or '.join(gone[one.code])} instead." if gone[one.code] else "Leave it out.")
                for one in authorities
                if one.code in gone
            ),
        )


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
            select(Participation).where(Participation.wave_id == wave.id, Participation.authority_id.in_(authority_ids))
        )
    }
    if len(found) < len(set(authority_ids)):
        raise BadInput(f"There are answers of authorities that do not take part in wave {wave.code}.")
    return found


def begin_collecting(session: Session, participations: Iterable[Participation], *, actor: str, now: datetime) -> None:
    """Those who accepted can answer, with a copy of what the register says today.

    Later changes of the register leave the wave alone.
    """
    rows = list(participations)
    attributes = register.attributes_on(session, [row.authority_id for row in rows], now.date())
    for row in rows:
        row.attributes = dict(attributes.get(row.authority_id, {}))
        if row.state in READY:
            transitions.follow(
                session, transitions.PARTICIPATION, row, ParticipationState.COLLECTING, now=now, actor=actor
            )


# Known staff numbers


def import_headcounts(
    session: Session, wave: Wave, questionnaire: Questionnaire, path: Path, *, actor: str, now: datetime
) -> int:
    """Replace the staff numbers of the authorities in a CSV (authority, service_area, tier, headcount); rows read.

    An empty service area and tier is the total. All faults are named at once, and then nothing is changed.
    """
    if wave.state == WaveState.CLOSED:
        raise NotNow(f"Wave {wave.code} has closed, so its staff numbers stay as they are.")
    taking_part = {row.authority.code: row for row in of_wave(session, wave)}
    rows = _read_headcounts(path, questionnaire, taking_part)
    given = {row["participation_id"] for row in rows}
    session.execute(delete(Headcount).where(Headcount.participation_id.in_(given)))
    if rows:
        session.execute(insert(Headcount), rows)
    for row in taking_part.values():
        if row.id in given:
            _headcount_is_in(session, row, actor=actor, now=now)
    audit.record(
        session,
        now=now,
        actor=actor,
        action="headcounts.imported",
        object_type="wave",
        object_code=wave.code,
        details={"rows": len(rows), "authorities": len(given)},
    )
    return len(rows)


def _read_headcounts(
    path: Path, questionnaire: Questionnaire, taking_part: Mapping[str, Participation]
) -> list[dict[str, object]]:
    try:
        frame = read_headcounts(path, questionnaire, taking_part)
    except FileFaults as faults:
        raise BadInput(
            f"{path.name}: the staff numbers cannot be read. Nothing was changed.", faults.faults
        ) from faults
    return [
        {
            "participation_id": taking_part[authority].id,
            "service_area": "" if pd.isna(area) else area,
            "tier": "" if pd.isna(tier) else tier,
            "headcount": int(headcount),
        }
        for authority, area, tier, headcount in frame.itertuples(index=False)
    ]


def _headcount_is_in(session: Session, participation: Participation, *, actor: str, now: datetime) -> None:
    participation.frame = Frame.HEADCOUNT
    if participation.state == ParticipationState.ACCEPTED:
        transitions.follow(
            session,
            transitions.PARTICIPATION,
            participation,
            ParticipationState.HEADCOUNTS_RETURNED,
            now=now,
            actor=actor,
        )
    invitations.limit_shared_link(session, participation.id, expected(session, participation))


def expected(session: Session, participation: Participation) -> int:
    """How many staff could answer: the total row, or without one the sum of the cells; 0 where nothing is known."""
    rows = session.execute(
        select(Headcount.service_area, Headcount.tier, Headcount.headcount).where(
            Headcount.participation_id == participation.id
        )
    ).all()
    return _total([(area, tier, headcount) for area, tier, headcount in rows])


def _total(rows: Collection[tuple[str, str, int]]) -> int:
    total = [headcount for area, tier, headcount in rows if not area and not tier]
    return total[0] if total else sum(headcount for area, tier, headcount in rows if area and tier)


def headcounts(session: Session, wave: Wave) -> list[tuple[str, str, str, int]]:
    """The staff numbers that a computation may use: (authority, service area, tier, headcount), empty = total.

    The returned headcount; without one, the personal invitations where no shared link received an answer; otherwise
    none. Where a shared link received answers, there is a number only after its answers were reviewed
    (methodology 3.1).
    """
    returned: dict[str, list[tuple[str, str, str, int]]] = {}
    for row in session.execute(
        select(Authority.code, Headcount.service_area, Headcount.tier, Headcount.headcount)
        .join(Participation, Participation.id == Headcount.participation_id)
        .join(Authority, Authority.id == Participation.authority_id)
        .where(Participation.wave_id == wave.id)
        .order_by(Authority.code, Headcount.service_area, Headcount.tier)
    ):
        returned.setdefault(row.code, []).append((row.code, row.service_area, row.tier, row.headcount))
    sent = _links_of(session, wave)
    usable: list[tuple[str, str, str, int]] = []
    for participation in of_wave(session, wave):
        code = participation.authority.code
        personal, received = sent.get(participation.id, (0, 0))
        if received and not participation.link_reviewed:
            continue
        if code in returned:
            usable.extend(returned[code])
        elif personal and not received:
            usable.append((code, "", "", personal))
    return usable


def settle_frames(session: Session, wave: Wave) -> None:
    """Write down where each authority's number of eligible officers comes from; done when the wave closes."""
    with_headcount = set(
        session.scalars(
            select(Headcount.participation_id)
            .join(Participation, Participation.id == Headcount.participation_id)
            .where(Participation.wave_id == wave.id)
        )
    )
    sent = _links_of(session, wave)
    for row in of_wave(session, wave):
        personal, received = sent.get(row.id, (0, 0))
        if row.id in with_headcount:
            row.frame = Frame.HEADCOUNT
        else:
            row.frame = Frame.INVITED if personal and not received else Frame.UNKNOWN


def waiting_links(session: Session, wave: Wave) -> list[Participation]:
    """Authorities whose shared link brought answers that nobody has looked at: their staff numbers do not count yet."""
    sent = _links_of(session, wave)
    return [one for one in of_wave(session, wave) if sent.get(one.id, (0, 0))[1] and not one.link_reviewed]


def review_links(session: Session, wave: Wave, codes: Collection[str], *, actor: str, now: datetime) -> None:
    """Note that the answers of these authorities' shared links were looked at; all or none, once the wave is closed."""
    if wave.state != WaveState.CLOSED:
        raise NotNow(f"Wave {wave.code} is not closed yet: more answers may come by its shared links.")
    waiting = {one.authority.code: one for one in waiting_links(session, wave)}
    faults = tuple(
        f"{code}: no answers by a shared link of it wait to be looked at." for code in codes if code not in waiting
    )
    if faults:
        raise BadInput("Nothing was noted.", faults)
    for code in sorted(set(codes)):
        review_link(session, waiting[code], actor=actor, now=now)


def review_link(session: Session, participation: Participation, *, actor: str, now: datetime) -> None:
    """A researcher has looked at the answers of the shared link: its cap held and duplicates were judged."""
    participation.link_reviewed = True
    transitions.note(
        session, transitions.PARTICIPATION, participation, "participation.link_reviewed", now=now, actor=actor
    )


def _links_of(session: Session, wave: Wave) -> dict[int, tuple[int, int]]:
    """Of each participation: personal links that could be answered with, and answers received by the shared link."""
    rows = session.execute(
        select(
            Invitation.participation_id,
            func.coalesce(Participation.invited, func.sum(case((receipts.counting(), 1), else_=0))),
            func.sum(Invitation.received),
        )
        .join(Participation, Participation.id == Invitation.participation_id)
        .where(Participation.wave_id == wave.id)
        .group_by(Invitation.participation_id, Participation.invited)
    )
    return {participation_id: (int(personal), int(received)) for participation_id, personal, received in rows}


# Service areas by the authority's own names


def labels(session: Session, participation_id: int) -> dict[str, str]:
    """Standard code of a service area to the authority's own name for it."""
    rows = session.execute(
        select(ParticipationServiceArea.standard_code, ParticipationServiceArea.label)
        .where(ParticipationServiceArea.participation_id == participation_id)
        .order_by(ParticipationServiceArea.standard_code)
    )
    return {row.standard_code: row.label for row in rows}


def set_labels(
    session: Session, participation: Participation, questionnaire: Questionnaire, given: Mapping[str, str]
) -> None:
    """Replace the authority's own names; a service area that is not named keeps the standard one."""
    areas = _area_codes(questionnaire)
    faults = [
        f"{code}: not a service area of the questionnaire. It has: {', '.join(areas)}."
        for code in given
        if code not in areas
    ]
    faults += [
        f"{code}: give one line of 1 to 300 characters."
        for code, label in given.items()
        if not label.strip() or len(label) > 300 or not label.isprintable()
    ]
    if faults:
        raise BadInput("The names were not changed.", tuple(faults))
    session.execute(
        delete(ParticipationServiceArea).where(ParticipationServiceArea.participation_id == participation.id)
    )
    session.add_all(
        ParticipationServiceArea(participation_id=participation.id, standard_code=code, label=label.strip())
        for code, label in given.items()
    )
    session.flush()


def _area_codes(questionnaire: Questionnaire) -> tuple[str, ...]:
    item = questionnaire.role_item(Role.SERVICE_AREA)
    return tuple(option.code for option in item.options) if item else ()


# Progress, for the lead and the research team only


@dataclass(frozen=True, slots=True)
class AreaProgress:
    """A service area's answers so far: at least this many, in tens; None for fewer than eleven."""

    code: str
    at_least: int | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Answers so far, in steps too coarse to see one person come in. `rate` is a whole percentage, or None."""

    total: int
    rate: int | None
    areas: tuple[AreaProgress, ...]


def progress(session: Session, participation: Participation, questionnaire: Questionnaire) -> Progress:
    """How many have answered, rounded down: the total to fives, service areas to tens, no rate below 50 staff."""
    item = questionnaire.role_item(Role.SERVICE_AREA)
    counts: Counter[object] = Counter()
    total = 0
    for stored in session.scalars(
        select(Submission.answers).where(
            Submission.wave_id == participation.wave_id, Submission.authority_id == participation.authority_id
        )
    ):
        total += 1
        if item is not None:
            counts[answer.loaded(stored).get(item.code)] += 1
    return in_steps(
        total, {code: counts[code] for code in _area_codes(questionnaire)}, expected(session, participation)
    )


def in_steps(total: int, areas: Mapping[str, int], staff: int) -> Progress:
    """Counts as they may be shown.

    >>> in_steps(63, {"housing": 29, "legal": 10}, staff=90)
    Progress(total=60, rate=66, areas=(AreaProgress(code='housing', at_least=20), AreaProgress(code='legal', at_least=None)))
    """
    rounded = total - total % TOTAL_STEP
    return Progress(
        total=rounded,
        rate=rounded * 100 // staff if staff >= STAFF_FOR_A_RATE else None,
        areas=tuple(
            AreaProgress(code, count - count % AREA_STEP if count >= FEWEST else None) for code, count in areas.items()
        ),
    )
