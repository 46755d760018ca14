"""A wave in the field: two authorities, an approved questionnaire, links. What the tests of collection begin with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from questionnaires.definition import Questionnaire
from survey import editions, keys, links, submissions
from survey.db import Database
from survey.links import Found
from survey.models import Authority, Edition, Invitation, Participation, Wave
from survey.submissions import Current
from survey.vocabulary import EditionState, InvitationKind, ParticipationState, WaveState

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
def field(database: Database, session: Session, now: datetime) -> Field:
    return in_the_field(database, session, now, QUESTIONNAIRES / "every-kind.toml")


@pytest.fixture
def conditional_field(database: Database, session: Session, now: datetime) -> Field:
    """The same with a questionnaire whose pages depend on the tier."""
    return in_the_field(database, session, now, QUESTIONNAIRES / "conditional-pages.toml")


@pytest.fixture
def sqlite_field(sqlite_database: Database, now: datetime) -> Iterator[Field]:
    with sqlite_database.session() as session:
        yield in_the_field(sqlite_database, session, now, QUESTIONNAIRES / "every-kind.toml")


@pytest.fixture
def postgresql_field(postgresql_database: Database, now: datetime) -> Iterator[Field]:
    with postgresql_database.session() as session:
        yield in_the_field(postgresql_database, session, now, QUESTIONNAIRES / "every-kind.toml")


def in_the_field(database: Database, session: Session, now: datetime, path: Path) -> Field:
    clock = datetime.now(UTC)  # the database's own clock decides, so the wave lies around it
    with database.write(session):
        edition = editions.store_file(session, path, now=now, actor="system")
        edition.state = EditionState.FIELDED
        authority = Authority(code="X1", name="Exeborough")
        session.add(authority)
        session.flush()
        wave = Wave(
            code="2026",
            title="Digital maturity 2026",
            edition_id=edition.id,
            state=WaveState.OPEN,
            opens_at=clock - timedelta(days=1),
            deadline_at=clock + timedelta(days=1),
            last_start_at=clock + timedelta(days=1),
            closes_at=clock + timedelta(days=1, minutes=15),
            optional_sections="equality" if "kind" in path.stem else "",
        )
        session.add(wave)
        session.flush()
        participation = Participation(
            wave_id=wave.id, authority_id=authority.id, state=ParticipationState.COLLECTING, attributes={}
        )
        session.add(participation)
        session.flush()
        session.commit()
    questionnaire = editions.questionnaire_of(session, edition, "en", wave.optional_sections)
    session.commit()
    return Field(database, session, wave, participation, questionnaire, edition)
