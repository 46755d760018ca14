"""T17, short form: around each date of a wave, start, save and send are taken or refused as the dates say.

The database's clock decides. The control asks a web server's clock that runs five minutes late.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import literal, select

from survey import answers, editions, invitations, keys, links, submissions
from survey.errors import NotNow
from survey.models import Authority, Participation, Wave
from survey.models.base import UtcDateTime
from survey.vocabulary import EditionState

pytestmark = pytest.mark.assurance
QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "four-dimensions.toml"
LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"
LONG = timedelta(days=2)
GAPS = {"opens": -LONG, "deadline": timedelta(0), "last_start": timedelta(minutes=20), "closes": timedelta(minutes=40)}
AROUND = [timedelta(seconds=seconds) for seconds in (-3600, -400, -60, -20, 20, 60, 400, 3600)]


class World:
    """One wave whose dates are moved, so that now lies at any distance from any of them."""

    def __init__(self, database):
        self.database = database
        now = datetime.now(UTC)
        with database.session() as session, database.write(session):
            edition = editions.store_file(session, QUESTIONNAIRE, now=now, actor="system")
            edition.state = EditionState.FIELDED
            authority = Authority(code="X1", name="Exeborough")
            session.add(authority)
            session.flush()
            dates = {f"{name}_at": now + gap for name, gap in GAPS.items()}
            wave = Wave(code="2026", title="A wave", edition_id=edition.id, state="open", **dates)
            session.add(wave)
            session.flush()
            part = Participation(wave_id=wave.id, authority_id=authority.id)
            session.add(part)
            session.flush()
            shared = invitations.share(session, part, expected=500, link_key=LINK_KEY, actor="system", now=now)
            self.token = keys.token(LINK_KEY, shared.id, shared.epoch)
            self.questionnaire = editions.questionnaire_of(session, edition)
            session.commit()
        self.page = self.questionnaire.page("mindset-1")

    def stand(self, name, after):
        """Move the dates so that the one named was `after` ago; the others keep their distance from it."""
        moment = datetime.now(UTC) - after
        with self.database.session() as session, self.database.write(session):
            wave = session.scalars(select(Wave)).one()
            for other, gap in GAPS.items():
                setattr(wave, f"{other}_at", moment + gap - GAPS[name])
            session.commit()

    def start(self):
        browser = keys.new_key()
        with self.database.session() as session:
            found = links.find(session, self.token)
            with self.database.write(session):
                submissions.start(session, found, browser_key=browser, draft_id=keys.new_id(), link_key=LINK_KEY)
                session.commit()
        return browser

    def save(self, browser):
        with self.database.session() as session:
            draft = submissions.current(session, browser)
            shown = answers.shown_digest(self.page.items, draft.answers)
            value = "1" if draft.answers.get("mindset_1") == "2" else "2"
            values = {item.code: value for item in self.page.items}
            with self.database.write(session):
                submissions.save_page(session, draft, self.questionnaire, self.page, values, shown=shown)
                session.commit()

    def send(self, browser):
        with self.database.session() as session:
            draft = submissions.current(session, browser)
            with self.database.write(session):
                submissions.submit(
                    session, draft, self.questionnaire, revision=draft.revision, browser_key=browser, link_key=LINK_KEY
                )
                session.commit()


def deviations(world):
    """Each action at each instant against the specification; those that differ, and how many were tried."""
    wrong, tried = [], 0
    for name, gap in GAPS.items():
        for after in AROUND:
            world.stand("deadline", timedelta(hours=-1))  # safely inside the wave
            begun = world.start()
            world.save(begun)
            world.stand(name, after)
            at = after + gap  # since the deadline
            may = {
                "start": GAPS["opens"] <= at < GAPS["last_start"],
                "save": GAPS["opens"] <= at < GAPS["closes"],
                "send": GAPS["opens"] <= at < GAPS["closes"],
            }
            actions = {
                "start": world.start,
                "save": lambda b=begun: world.save(b),
                "send": lambda b=begun: world.send(b),
            }
            for action, act in actions.items():
                tried += 1
                try:
                    act()
                    taken = True
                except NotNow:
                    taken = False
                if taken is not may[action]:
                    wrong.append((name, after.total_seconds(), action, taken))
    return wrong, tried


def test_start_save_and_send_follow_the_dates_by_the_clock_of_the_database(database):
    assert deviations(World(database)) == ([], 4 * 8 * 3)


def test_a_web_server_whose_clock_is_late_would_decide_wrongly_and_is_caught(sqlite_database, monkeypatch):
    def late():
        return literal(datetime.now(UTC) - timedelta(minutes=5), UtcDateTime())

    world = World(sqlite_database)
    monkeypatch.setattr(links, "database_now", late)
    monkeypatch.setattr(submissions, "database_now", late)
    monkeypatch.setattr(links, "FOUND_COLUMNS", (*links.FOUND_COLUMNS[:-1], late().label("now")))
    monkeypatch.setattr(submissions, "_TAKE", submissions._taking())  # put together with the late clock
    wrong, _ = deviations(world)
    assert ("closes", 60.0, "send", True) in wrong
