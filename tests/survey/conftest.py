"""A wave in the field, and one that has closed: what the tests of collection and of results begin with."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from questionnaires import loader
from questionnaires.definition import AnswerValue, Questionnaire
from survey import (
    bundles,
    editions,
    keys,
    links,
    participation,
    people,
    register,
    releases,
    sealing,
    submissions,
    waves,
)
from survey.db import Database
from survey.links import Found
from survey.models import Edition, Invitation, Participation, Release, Wave
from survey.people import Principal
from survey.sealing import Answered
from survey.submissions import Current
from survey.vocabulary import EditionState, InvitationKind, RoleName

Fielding = Callable[[Session, Path], tuple[Edition, Wave, Participation]]
QUESTIONNAIRES = Path(__file__).parents[1] / "questionnaires"
LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"


@dataclass(frozen=True)
class Field:
    """A wave that is open now by the database's clock, and short ways to do what a browser does."""

    database: Database
    session: Session
    wave: Wave
    participation: Participation
    questionnaire: Questionnaire
    edition: Edition
    link_key: str = LINK_KEY

    def personal(self, address: str) -> str:
        """A new personal link; its token."""
        return self._link(kind=InvitationKind.PERSONAL, address=address)

    def shared(self, cap: int) -> str:
        return self._link(kind=InvitationKind.SHARED, cap=cap)

    def found(self, token: str) -> Found:
        with self.database.session() as session:
            found = links.find(session, token)
        assert found is not None
        return found

    def start(self, token: str) -> str:
        """Press Start in a new browser; its key."""
        browser_key = keys.new_key()
        found = self.found(token)
        with self.database.session() as session, self.database.write(session):
            submissions.start(session, found, browser_key=browser_key, draft_id=keys.new_id(), link_key=LINK_KEY)
            session.commit()
        return browser_key

    def draft(self, browser_key: str) -> Current:
        with self.database.session() as session:
            draft = submissions.current(session, browser_key)
        assert draft is not None
        return draft

    def dates(self, *, opens: float, deadline: float, last_start: float, closes: float) -> None:
        """Set the dates of the wave, in hours from now: they are compared with the database's clock."""
        clock = datetime.now(UTC)
        with self.database.session() as session, self.database.write(session):
            wave = session.get_one(Wave, self.wave.id)
            wave.opens_at = clock + timedelta(hours=opens)
            wave.deadline_at = clock + timedelta(hours=deadline)
            wave.last_start_at = clock + timedelta(hours=last_start)
            wave.closes_at = clock + timedelta(hours=closes)
            session.commit()

    def _link(self, *, kind: InvitationKind, address: str | None = None, cap: int | None = None) -> str:
        with self.database.session() as session, self.database.write(session):
            link = Invitation(
                participation_id=self.participation.id, kind=kind, address=address, cap=cap, token_hash=keys.new_key()
            )
            session.add(link)
            session.flush()
            token = keys.token(LINK_KEY, link.id, 1)
            link.token_hash = keys.hashed(token)
            session.commit()
        return token


@pytest.fixture
def questionnaires() -> Path:
    return QUESTIONNAIRES


@pytest.fixture
def field(database: Database, session: Session, in_the_field: Fielding) -> Field:
    return made(database, session, in_the_field, QUESTIONNAIRES / "every-kind.toml")


@pytest.fixture
def conditional_field(database: Database, session: Session, in_the_field: Fielding) -> Field:
    """The same with a questionnaire whose pages depend on the tier."""
    return made(database, session, in_the_field, QUESTIONNAIRES / "conditional-pages.toml")


@pytest.fixture
def sqlite_field(sqlite_database: Database, in_the_field: Fielding) -> Iterator[Field]:
    with sqlite_database.session() as session:
        yield made(sqlite_database, session, in_the_field, QUESTIONNAIRES / "every-kind.toml")


@pytest.fixture
def postgresql_field(postgresql_database: Database, in_the_field: Fielding) -> Iterator[Field]:
    with postgresql_database.session() as session:
        yield made(postgresql_database, session, in_the_field, QUESTIONNAIRES / "every-kind.toml")


def made(database: Database, session: Session, fielded: Fielding, path: Path) -> Field:
    with database.write(session):
        edition, wave, participation = fielded(session, path)
        session.commit()
    questionnaire = editions.questionnaire_of(session, edition, "en", wave.optional_sections)
    session.commit()
    return Field(database, session, wave, participation, questionnaire, edition)


# A closed wave: enough authorities for a benchmark, one with too few answers


@dataclass(frozen=True)
class Closed:
    """A wave that has closed: authorities A01, A02, …; the last one has five answers, all others the same number."""

    database: Database
    session: Session
    wave: Wave
    questionnaire: Questionnaire
    people: Mapping[str, Principal]
    now: datetime

    def compute(self, by: str = "researcher") -> Release:
        found = releases.calculation(self.session, self.wave.code)
        with self.database.write(self.session):
            release = releases.store(self.session, found, by=self.people[by], now=self.now)
            self.session.commit()
        return release

    def approve(self, release: Release, by: str = "publisher") -> None:
        with self.database.write(self.session):
            releases.approve(self.session, release, by=self.people[by], now=self.now)
            self.session.commit()

    def publish(self, release: Release, *, embargo_until: datetime | None = None) -> None:
        with self.database.write(self.session):
            releases.publish(
                self.session, release, by=self.people["publisher"], now=self.now, embargo_until=embargo_until
            )
            self.session.commit()

    def agreement(self, by: str = "researcher", agreed_by: str = "publisher") -> bundles.Agreement:
        return bundles.Agreement(self.people[by], self.people[agreed_by], "The numbers are checked by the university.")

    def published(self) -> Release:
        release = self.compute()
        self.approve(release)
        self.publish(release)
        return release


@pytest.fixture
def closed(database: Database, session: Session, now: datetime) -> Closed:
    return closed_wave(database, session, now)


@pytest.fixture
def make_closed(database: Database, session: Session, now: datetime) -> Callable[..., Closed]:
    return partial(closed_wave, database, session, now)


def closed_wave(database: Database, session: Session, now: datetime, *, authorities: int = 14) -> Closed:
    """All but the last two authorities are unitary; the last two are counties, too few for a benchmark."""
    codes = [f"A{number:02}" for number in range(1, authorities + 1)]
    kinds = dict.fromkeys(codes, "unitary") | dict.fromkeys(codes[-2:], "county")
    register_file = "code,name,type,nation\n" + "".join(f"{c},Town {c},{kinds[c]},Wales\n" for c in codes)
    questionnaire = loader.read(QUESTIONNAIRES / "four-dimensions.toml")
    with database.write(session):
        register.import_authorities(session, register_file.encode(), on=now.date(), now=now, actor="system")
        ids = {one.code: one.id for one in register.all_authorities(session)}
        persons = {name: people.add(session, f"{name}@example.org", name, now=now, actor="system") for name in ROLES}
        for name, role in ROLES.items():
            people.grant(session, persons[name].id, role, now=now, actor="system")
        edition = editions.store_file(session, QUESTIONNAIRES / "four-dimensions.toml", now=now, actor="system")
        edition.state = EditionState.APPROVED
        dates = waves.Dates.of(now, now + timedelta(days=20))
        wave = waves.plan(session, waves.Plan("2026", "Survey 2026", dates), edition, actor="system", now=now)
        participation.add(session, wave, codes, actor="system", now=now)
        waves.open_wave(session, wave, actor="system", now=now)
        rows = _answered(questionnaire, {ids[code]: 5 if code == codes[-1] else 14 for code in codes})
        sealing.seal_many(session, wave, questionnaire, rows, link_key=LINK_KEY, new_id=keys.new_id)
        waves.close(session, wave, actor="system", now=wave.closes_at)
        principals = {name: people.principal_of(session, f"{name}@example.org") for name in ROLES}
        session.commit()
    return Closed(database, session, wave, questionnaire, principals, wave.closes_at + timedelta(days=1))


ROLES = {
    "researcher": RoleName.RESEARCHER,
    "publisher": RoleName.PUBLISHER,
    "publisher-2": RoleName.PUBLISHER,
}


def _answered(questionnaire: Questionnaire, counts: Mapping[int, int]) -> list[Answered]:
    """As many officers of each authority, with answers from a seed; the first eleven of them are frontline."""
    dice = random.Random(7)  # noqa: S311 - the same answers each time
    rows = []
    for authority_id, count in counts.items():
        for number in range(count):
            given: dict[str, AnswerValue] = {
                item.code: dice.choice(["1", "2", "3", "4", "5"]) for item in questionnaire.scored_items
            }
            given |= {"tier": "frontline" if number < 11 else "senior", "service_area": "housing"}
            rows.append(Answered(authority_id, given))
    return rows
