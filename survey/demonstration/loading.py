"""Load the demonstration once into an empty service: register, people, three waves, two published releases.

Everything goes through the same use-cases as live data, with the clock of its day, so that the audit trail, the
states and the numbers are what they would be. It is one transaction: a load that is broken off leaves nothing.
"""

from __future__ import annotations

import csv
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from questionnaires import files, loader
from reports.frames import AUTHORITIES
from survey import (
    anonymity,
    documents,
    editions,
    invitations,
    naming,
    participation,
    register,
    releases,
    sealing,
    waves,
)
from survey.config import Settings
from survey.db import Database, take_time
from survey.demonstration import answers, people, sector, self_assessments
from survey.demonstration.forms import forms
from survey.demonstration.sector import HOME, SEED, Place, Staff
from survey.errors import NotNow
from survey.models import Authority, Edition, Invitation, Participation, Wave
from survey.people import Principal
from survey.vocabulary import InvitationKind

ACTOR = "system"
WORDING = "Senior leaders here make change happen."
EARLIER_WORDING = "Our senior leaders are the ones who bring about change."
INSTRUMENTS = (files.STAFF, files.SELF_ASSESSMENT)
OPENED_BEFORE, OPEN_FOR = timedelta(days=16), timedelta(weeks=8)
ANSWERED_SO_FAR = 0.42
NAMED = 1  # of codes by sevens
ASKS_EQUALITY, EQUALITY = 1, ("equality",)  # the second wave, whose release is the newest
PERSONAL_IN_OPEN_WAVE = (HOME, *sector.PERSONAL_LINKS)


@dataclass(frozen=True, slots=True)
class Season:
    """One wave: its place in the series, when it opens and is published (None: still open)."""

    number: int
    code: str
    opens: datetime
    deadline: datetime
    published: datetime | None

    @property
    def share(self) -> float:
        return 1.0 if self.published else ANSWERED_SO_FAR


@dataclass(frozen=True)
class Scene:
    """What every step of the load needs."""

    session: Session
    settings: Settings
    people: dict[str, Principal]
    editions: tuple[Edition, Edition]  # of the first wave, and of those after it
    self_assessment: Edition
    places: Sequence[Place]
    authority_ids: dict[str, int]
    seed: int
    tell: Callable[[str], None]

    def edition_of(self, wave: int) -> Edition:
        """What a wave asks: since the first one, one question has other words."""
        return self.editions[min(wave, 1)]


def seasons(now: datetime) -> tuple[Season, ...]:
    """Two waves in the springs of 2024 and 2025, and one that is open at this moment."""
    past = tuple(
        Season(
            number,
            str(year),
            datetime(year, 4, 22, 8, tzinfo=UTC),
            datetime(year, 5, 31, 16, tzinfo=UTC),
            datetime(year, 9, 9, 8, tzinfo=UTC),
        )
        for number, year in enumerate((2024, 2025))
    )
    opens, deadline = f"{now - OPENED_BEFORE:%Y-%m-%d} 09:00", f"{now + OPEN_FOR:%Y-%m-%d} 17:00"
    return (*past, Season(2, "2026", waves.moment(opens), waves.moment(deadline), None))


def load(
    database: Database,
    settings: Settings,
    *,
    now: datetime,
    places: Sequence[Place] | None = None,
    seed: int = SEED,
    tell: Callable[[str], None] = lambda _: None,
) -> bool:
    """Load the demonstration; False where it is there already. Refuses a service that holds anything else."""
    with database.session() as session, database.write(session):
        if _is_loaded(session):
            return False
        take_time(session.connection())
        scene = _scene(session, settings, places or sector.places(), now=now, seed=seed, tell=tell)
        for season in seasons(now):
            _play(scene, season)
        session.commit()
    tell("Sealed answers are written anew in the order of their random numbers")
    anonymity.rewrite(database)
    return True


def _is_loaded(session: Session) -> bool:
    if session.scalars(select(Wave.id).where(Wave.demonstration).limit(1)).first() is not None:
        return True
    if session.scalar(select(func.count()).select_from(Wave)) or session.scalar(
        select(func.count()).select_from(Authority)
    ):
        raise NotNow(
            "This service holds waves or authorities of its own, so the demonstration stays out. "
            "Set SOUNDINGS_DATA or DATABASE_URL to an empty place for it."
        )
    return False


def _scene(
    session: Session,
    settings: Settings,
    places: Sequence[Place],
    *,
    now: datetime,
    seed: int,
    tell: Callable[[str], None],
) -> Scene:
    first = seasons(now)[0].opens - timedelta(days=60)
    tell("Authorities and people")
    register.import_authorities(session, _register_csv(places), on=first.date(), now=first, actor=ACTOR)
    ids = {authority.code: authority.id for authority in register.all_authorities(session)}
    accounts = people.add(session, home_id=ids[HOME], now=first)
    stored = [editions.store_shipped(session, *shipped, now=first, actor=ACTOR) for shipped in INSTRUMENTS]
    older = editions.store(session, _reworded(), {}, file="the first wave's questionnaire", now=first, actor=ACTOR)
    edition, self_assessment, older = (_approved(session, one, accounts, now=first) for one in (*stored, older))
    return Scene(session, settings, accounts, (older, edition), self_assessment, places, ids, seed, tell)


def _reworded() -> str:
    """The questionnaire as the first wave asked it: one question had other words, so it is another question."""
    text = loader.contents(files.path(*files.STAFF))
    return text.replace('version = "1"', 'version = "0"', 1).replace(WORDING, EARLIER_WORDING, 1)


def _approved(session: Session, edition: Edition, accounts: dict[str, Principal], *, now: datetime) -> Edition:
    editions.submit_for_review(session, edition, by=accounts["researcher"], now=now)
    editions.approve(session, edition, by=accounts[people.COLLEAGUE.entrance], now=now)
    return edition


def _play(scene: Scene, season: Season) -> None:
    """One wave from its plan to its published numbers, or as far as it has come."""
    session, researcher = scene.session, scene.people["researcher"]
    scene.tell(f"Wave {season.code}: officers answer")
    wave = waves.plan(
        session,
        waves.Plan(
            season.code,
            f"Digital maturity survey {season.code}",
            waves.Dates.of(season.opens, season.deadline),
            optional_sections=EQUALITY if season.number == ASKS_EQUALITY else (),
            demonstration=True,
        ),
        scene.edition_of(season.number),
        actor=researcher.actor,
        now=season.opens - timedelta(days=30),
        self_assessment=scene.self_assessment,
    )
    staffs = [sector.staff(place, seed=scene.seed) for place in scene.places if sector.takes_part(place, season.number)]
    codes = [staff.place.code for staff in staffs]
    participation.add(session, wave, codes, actor=researcher.actor, now=season.opens - timedelta(days=21))
    _return_headcounts(scene, wave, staffs, now=season.opens - timedelta(days=7))
    waves.open_wave(session, wave, actor=researcher.actor, now=season.opens)
    _choose_names(scene, wave, now=season.opens)
    _collect(scene, wave, staffs, season)
    self_assessments.enter(
        session,
        wave,
        [staff.place for staff in staffs],
        by=researcher,
        now=season.opens + timedelta(days=14) if season.published is None else season.deadline,
        seed=scene.seed,
    )
    if season.published is not None:
        _publish(scene, wave, season.published)


def _choose_names(scene: Scene, wave: Wave, *, now: datetime) -> None:
    """The home authority and every seventh other choose to be named to each other."""
    for one in participation.of_wave(scene.session, wave):
        code = one.authority.code
        if code == HOME or (code[-1:].isdecimal() and int(code[1:]) % 7 == NAMED):
            naming.choose(scene.session, wave, one, is_named=True, actor=ACTOR, now=now)


def _collect(scene: Scene, wave: Wave, staffs: Sequence[Staff], season: Season) -> None:
    """Links are handed out, officers answer: through personal links in a few authorities, shared ones elsewhere."""
    session, actor = scene.session, scene.people["researcher"].actor
    sections = wave.optional_sections.split()
    questionnaire = editions.questionnaire_of(session, scene.edition_of(season.number), optional_sections=sections)
    by_code = {one.authority.code: one for one in participation.of_wave(session, wave)}
    by_name = PERSONAL_IN_OPEN_WAVE if season.published is None else sector.PERSONAL_LINKS
    for staff in staffs:
        one = by_code[staff.place.code]
        if staff.place.code in by_name:
            addresses = [f"officer-{n + 1}@{staff.place.code.lower()}.{people.DOMAIN}" for n in range(len(staff))]
            invitations.invite(session, one, addresses, link_key=scene.settings.link_key, actor=actor, now=season.opens)
        else:
            invitations.share(
                session, one, expected=len(staff), link_key=scene.settings.link_key, actor=actor, now=season.opens
            )
    dice = random.Random(f"{scene.seed} {season.code}")  # noqa: S311 - the demonstration is the same each time

    def new_id() -> str:
        return f"{dice.getrandbits(128):032x}"

    sheet = answers.of_wave(questionnaire, staffs, season.number, share=season.share, seed=scene.seed)
    filled_in = list(forms(questionnaire, sheet, staffs, scene.authority_ids, seed=scene.seed, wave=season.number))
    named = {scene.authority_ids[code] for code in by_name if code in by_code}
    shared = [row for row in filled_in if row.authority_id not in named]
    sealing.seal_many(session, wave, questionnaire, shared, link_key=scene.settings.link_key, new_id=new_id)
    place = sealing.Place(wave.id, wave.edition_id, questionnaire)
    received = sealing.write(session, place, [r for r in filled_in if r.authority_id in named], new_id=new_id)
    for authority_id, count in sorted(received.items()):
        _mark_used(session, wave, authority_id, count, dice)


def _mark_used(session: Session, wave: Wave, authority_id: int, count: int, dice: random.Random) -> None:
    """As many personal links are used as there are answers; which ones, says nothing about whose they are."""
    links = session.scalars(
        select(Invitation.id)
        .join(Participation, Participation.id == Invitation.participation_id)
        .where(
            Participation.wave_id == wave.id,
            Participation.authority_id == authority_id,
            Invitation.kind == InvitationKind.PERSONAL,
        )
        .order_by(Invitation.id)
    ).all()
    used = dice.sample(links, min(count, len(links)))
    session.execute(update(Invitation).where(Invitation.id.in_(used)).values(used=True))


def _return_headcounts(scene: Scene, wave: Wave, staffs: Sequence[Staff], *, now: datetime) -> None:
    questionnaire = editions.questionnaire_of(scene.session, scene.editions[-1], optional_sections=())
    with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["authority", "service_area", "tier", "headcount"])
        for staff in staffs:
            if staff.frame == "headcount":
                rows.writerows([staff.place.code, *row] for row in staff.headcounts())
        file.flush()
        participation.import_headcounts(
            scene.session, wave, questionnaire, Path(file.name), actor=scene.people["researcher"].actor, now=now
        )


def _publish(scene: Scene, wave: Wave, at: datetime) -> None:
    """Close, review the shared links, compute, have a second person approve, publish."""
    session, researcher = scene.session, scene.people["researcher"]
    waves.close(session, wave, actor=researcher.actor, now=wave.closes_at)
    for one in participation.of_wave(session, wave):
        participation.review_link(session, one, actor=researcher.actor, now=wave.closes_at + timedelta(days=3))
    scene.tell(f"Wave {wave.code}: numbers")
    found = releases.calculation(session, wave.code)
    release = releases.store(session, found, by=researcher, now=at - timedelta(days=30))
    releases.approve(session, release, by=scene.people["publisher-1"], now=at - timedelta(days=7))
    releases.publish(session, release, by=scene.people["publisher-2"], now=at)
    documents.make_all(session, release, now=at, authority=HOME)  # of the pages that visitors see first


def _register_csv(places: Sequence[Place]) -> bytes:
    """With the days between which an authority stands, and who came after it where that one is among the places."""
    codes = {place.code for place in places}
    after = {old: new for new, some in sector.MERGED.items() if new in codes for old in some}
    day = sector.MERGED_ON.isoformat()
    columns = list(AUTHORITIES.columns)
    lines = [",".join((*columns, "start", "end", "successor"))]
    for one in places:
        days = (day if one.code in sector.MERGED else "", day if one.code in after else "", after.get(one.code, ""))
        lines.append(",".join((*(getattr(one, name) for name in columns), *days)))
    return "\n".join([*lines, ""]).encode()
