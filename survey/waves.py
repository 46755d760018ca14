"""Waves: planned, opened, closed. The only writer of a wave's state."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from survey import assessments, editions, participation, receipts, transitions
from survey.errors import BadInput, NotFound, NotNow
from survey.models import Edition, Participation, Wave
from survey.vocabulary import EditionState, RoleName, WaveState

GRACE = timedelta(minutes=15)  # for drafts opened before the shown deadline
YEARS = range(2000, 2200)
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class TooEarly(NotNow):
    """A wave cannot close before its last date without a reason."""


@dataclass(frozen=True, slots=True)
class Dates:
    """When a wave opens, its shown deadline, the end of new starts and the end of changes; moments in UTC."""

    opens_at: datetime
    deadline_at: datetime
    last_start_at: datetime
    closes_at: datetime

    @classmethod
    def of(
        cls,
        opens_at: datetime,
        deadline_at: datetime,
        *,
        last_start_at: datetime | None = None,
        closes_at: datetime | None = None,
    ) -> Dates:
        """Dates with what is usual: starting ends at the shown deadline, changing a quarter of an hour later."""
        last = last_start_at or deadline_at
        return cls(opens_at, deadline_at, last, closes_at or last + GRACE)


def moment(text: str, time_zone: str = "Europe/London") -> datetime:
    """A moment in UTC from the wall clock of a place, such as `2026-05-31 17:00`.

    An hour that the change of the clocks leaves out, or makes twice, is refused: nobody could say which was meant.

    >>> moment("2026-05-31 17:00").isoformat()
    '2026-05-31T16:00:00+00:00'
    """
    zone = _zone(time_zone)
    try:
        given = datetime.strptime(text.strip().replace("T", " "), "%Y-%m-%d %H:%M")  # noqa: DTZ007 - its zone follows
    except ValueError:
        raise BadInput(f"“{text[:60]}” is not a date and time. Write it as 2026-05-31 17:00.") from None
    if given.year not in YEARS:  # at the ends of the calendar, adding an hour is a fault
        raise BadInput(f"“{text[:60]}” lies too far away. Give a year from {YEARS[0]} to {YEARS[-1]}.")
    wall = given.replace(tzinfo=zone)
    if wall.utcoffset() != wall.replace(fold=1).utcoffset():
        back = wall.astimezone(UTC).astimezone(zone).replace(tzinfo=None)
        if back != given:
            raise BadInput(f"{text} does not exist in {time_zone}: the clocks go forward over it. Choose another hour.")
        raise BadInput(f"{text} happens twice in {time_zone}: the clocks go back. Choose another hour.")
    return wall.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is decided about a wave before it opens. `optional_sections` are the codes of those that it asks."""

    code: str
    title: str
    dates: Dates
    time_zone: str = "Europe/London"
    optional_sections: tuple[str, ...] = ()
    rehearsal: bool = False
    demonstration: bool = False


def plan(
    session: Session,
    wanted: Plan,
    edition: Edition,
    *,
    actor: str,
    now: datetime,
    self_assessment: Edition | None = None,
) -> Wave:
    """A new wave of an edition. The edition may still be a draft; the wave opens only when it is approved.

    With `self_assessment` the wave asks that one of its authorities besides.
    """
    _zone(wanted.time_zone)
    faults = _faults(session, wanted, edition)
    if faults:
        raise BadInput("The wave was not planned.", faults)
    dates = wanted.dates
    wave = Wave(
        code=wanted.code,
        title=wanted.title.strip(),
        edition_id=edition.id,
        opens_at=dates.opens_at,
        deadline_at=dates.deadline_at,
        last_start_at=dates.last_start_at,
        closes_at=dates.closes_at,
        time_zone=wanted.time_zone,
        rehearsal=wanted.rehearsal,
        demonstration=wanted.demonstration,
        optional_sections=" ".join(wanted.optional_sections),
    )
    session.add(wave)
    transitions.begin(session, transitions.WAVE, wave, now=now, actor=actor)
    if self_assessment is not None:
        assessments.ask(session, wave, self_assessment)
    return wave


def open_wave(
    session: Session, wave: Wave, *, actor: str, now: datetime, roles: Collection[RoleName] | None = None
) -> None:
    """Open a planned wave: the edition is fielded, each authority's attributes are copied, links begin to work.

    Links work from `opens_at`, or from now where that has passed.
    """
    edition = session.get_one(Edition, wave.edition_id)
    if edition.state not in {EditionState.APPROVED, EditionState.FIELDED}:
        raise NotNow(f"Questionnaire {edition.code} {edition.version} is not approved yet, so the wave cannot open.")
    taking_part = participation.of_wave(session, wave)
    if not taking_part:
        raise NotNow(f"No authority takes part in wave {wave.code} yet. Add some first.")
    if now >= wave.closes_at:
        raise NotNow(f"The last date of wave {wave.code} has passed, so it cannot open.")
    assessments.open_with(session, wave, actor=actor, now=now)
    transitions.follow(session, transitions.WAVE, wave, WaveState.OPEN, now=now, actor=actor, roles=roles)
    participation.begin_collecting(session, taking_part, actor=actor, now=now)
    if edition.state == EditionState.APPROVED:
        editions.field(session, edition, now=now, actor=actor)


def into_grace(session: Session, *, now: datetime) -> list[Wave]:
    """Open waves whose starting time is over go into grace: begun drafts may still be sent. Called now and then."""
    late = list(
        session.scalars(select(Wave).where(Wave.state == WaveState.OPEN, Wave.last_start_at <= now).order_by(Wave.id))
    )
    for wave in late:
        transitions.follow(session, transitions.WAVE, wave, WaveState.GRACE, now=now, actor="system")
    return late


def close(
    session: Session,
    wave: Wave,
    *,
    actor: str,
    now: datetime,
    reason: str = "",
    roles: Collection[RoleName] | None = None,
) -> None:
    """Close a wave whose last date has passed, or earlier with a reason. What was not submitted is never counted.

    Receipts go: nobody needs to know any more who has answered. Afterwards, outside the transaction,
    `anonymity.rewrite` takes the last traces of them and of the order of submission away.
    """
    if now < wave.closes_at and not reason.strip():
        raise TooEarly(
            f"Wave {wave.code} takes answers until {_wall(wave.closes_at, wave)}. To close it earlier, give a reason."
        )
    transitions.follow(
        session, transitions.WAVE, wave, WaveState.CLOSED, now=now, actor=actor, roles=roles, reason=reason
    )
    participation.settle_frames(session, wave)
    receipts.drop(session, wave)


def by_code(session: Session, code: str) -> Wave:
    """The wave of a code, with its edition."""
    wave = session.scalars(select(Wave).where(Wave.code == code).options(joinedload(Wave.edition))).one_or_none()
    if wave is None:
        raise NotFound(f"There is no wave {code}.")
    return wave


@dataclass(frozen=True, slots=True)
class Listed:
    """A wave in a list, with how many authorities take part."""

    wave: Wave
    authorities: int


def listed(session: Session) -> list[Listed]:
    """All waves with their editions, newest first."""
    counted = (
        select(Participation.wave_id, func.count().label("authorities")).group_by(Participation.wave_id).subquery()
    )
    rows = session.execute(
        select(Wave, func.coalesce(counted.c.authorities, 0))
        .outerjoin(counted, counted.c.wave_id == Wave.id)
        .options(joinedload(Wave.edition))
        .order_by(Wave.opens_at.desc(), Wave.id.desc())
    )
    return [Listed(wave, authorities) for wave, authorities in rows]


def _faults(session: Session, wanted: Plan, edition: Edition) -> tuple[str, ...]:
    """All that is wrong with a plan, each with its remedy."""
    dates = wanted.dates
    faults = []
    if not _CODE.fullmatch(wanted.code):
        faults.append(f"code: “{wanted.code[:60]}” is no code. Use small letters, figures and hyphens, such as 2026.")
    elif session.scalars(select(Wave.id).where(Wave.code == wanted.code)).one_or_none() is not None:
        faults.append(f"code: there is a wave {wanted.code} already. Choose another code.")
    if not wanted.title.strip() or len(wanted.title) > 300 or not wanted.title.isprintable():
        faults.append("title: give one line of 1 to 300 characters.")
    if not dates.opens_at < dates.deadline_at <= dates.last_start_at <= dates.closes_at:
        faults.append("dates: opening, deadline, last start and closing must follow each other in this order.")
    if edition.audience != "officers":
        faults.append(f"questionnaire: {edition.code} is not one for officers. Choose the staff questionnaire.")
    sections = {s.code for s in editions.questionnaire_of(session, edition).sections if s.optional}
    faults.extend(
        f"optional sections: the questionnaire has no optional section “{code}”. It has: {', '.join(sorted(sections)) or 'none'}."
        for code in wanted.optional_sections
        if code not in sections
    )
    return tuple(faults)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones, such as Europe
        raise BadInput(f"“{name[:60]}” is not a time zone. Use one such as Europe/London.") from None


def _wall(at: datetime, wave: Wave) -> str:
    return f"{at.astimezone(ZoneInfo(wave.time_zone)):%H:%M on %-d %B %Y}"
