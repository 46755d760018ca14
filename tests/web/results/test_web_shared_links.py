"""Answers by shared links wait to be looked at; until then the staff numbers of the authority do not count."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from survey import participation, waves
from survey.demonstration.sector import HOME
from survey.models import AuditEntry, Invitation, Participation, Wave
from survey.vocabulary import InvitationKind

PAGE = "/research/waves/2025/shared-links"


@pytest.fixture
def researcher(browser, person):
    browser.sign_in(person("researcher"))
    return browser


@pytest.fixture
def waiting(sqlite_database) -> str:
    """The home authority, whose shared link brought answers that nobody has looked at."""
    with sqlite_database.session() as session, sqlite_database.write(session):
        wave = session.scalars(select(Wave).where(Wave.code == "2025")).one()
        session.execute(update(Participation).where(Participation.wave_id == wave.id).values(link_reviewed=True))
        home = participation.one(session, wave, HOME)
        home.link_reviewed = False
        own = (Invitation.participation_id == home.id, Invitation.kind == InvitationKind.SHARED)
        session.execute(update(Invitation).where(*own).values(received=3))
        name = home.authority.name
        session.commit()
    return str(name)


def words(answer) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def staff(database) -> list[int]:
    with database.session() as session:
        rows = participation.headcounts(session, waves.by_code(session, "2025"))
    return [row[3] for row in rows if row[0] == HOME]


def test_who_waits_is_listed_and_counts_once_it_was_looked_at(researcher, sqlite_database, waiting) -> None:
    assert staff(sqlite_database) == []
    assert waiting in words(researcher.get(PAGE))
    assert researcher.post(PAGE, {"authority": HOME}).status == 303
    assert "Nothing waits here." in words(researcher.get(PAGE))
    assert sum(staff(sqlite_database)) > 0
    with sqlite_database.session() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert entry.action == "participation.link_reviewed"
        assert entry.at.replace(tzinfo=UTC) <= datetime.now(UTC)


def test_all_who_wait_are_noted_at_once(researcher, sqlite_database) -> None:
    with sqlite_database.session() as session, sqlite_database.write(session):
        session.execute(update(Participation).values(link_reviewed=False))
        session.execute(update(Invitation).where(Invitation.kind == InvitationKind.SHARED).values(received=3))
        session.commit()
        wave = waves.by_code(session, "2025")
        count = len(participation.waiting_links(session, wave))
    assert count > 1
    assert f"All {count} of them" in words(researcher.get(PAGE))
    assert researcher.post(PAGE, {"authority": "*"}).status == 303
    assert "Nothing waits here." in words(researcher.get(PAGE))


def test_without_a_choice_nothing_is_noted_and_the_page_says_so(researcher, sqlite_database, waiting) -> None:
    answer = researcher.post(PAGE, {})
    assert answer.status == 422
    assert "Choose the authorities whose answers were looked at" in words(answer)
    assert waiting in words(answer)
    assert staff(sqlite_database) == []


def test_somebody_who_does_not_wait_is_refused_and_nobody_is_noted(researcher, sqlite_database, waiting) -> None:
    answer = researcher.post(PAGE, {"authority": [HOME, "E99999999"]})
    assert answer.status == 422
    assert "E99999999: no answers by a shared link of it wait" in words(answer)
    assert waiting in words(researcher.get(PAGE))
