"""T16, short form: two tabs and many clicks at once lose nothing and double nothing, in every order of their steps.

A tab does three steps: it is shown the page, it posts (the draft is read), its values are written. All orders of the
steps of two tabs are played, with every mixture of pages. The control drops the revision from the update.
"""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from sqlalchemy import func, select

from survey import answers, editions, invitations, keys, links, submissions
from survey.errors import Refusal
from survey.models import Authority, Draft, Invitation, Participation, Submission, Wave
from survey.submissions import Conflict
from survey.vocabulary import EditionState

pytestmark = pytest.mark.assurance
QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "four-dimensions.toml"
LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"
SCHEDULES = [tuple(0 if step in first else 1 for step in range(6)) for first in combinations(range(6), 3)]  # 20


class World:
    """A wave in the field on one database."""

    def __init__(self, database):
        self.database = database
        clock = datetime.now(UTC)
        with database.session() as session, database.write(session):
            edition = editions.store_file(session, QUESTIONNAIRE, now=clock, actor="system")
            edition.state = EditionState.FIELDED
            authority = Authority(code="X1", name="Exeborough")
            session.add(authority)
            session.flush()
            day = timedelta(days=1)
            wave = Wave(
                code="2026", title="A wave", edition_id=edition.id, state="open",
                opens_at=clock - day, deadline_at=clock + day, last_start_at=clock + day, closes_at=clock + day,
            )  # fmt: skip
            session.add(wave)
            session.flush()
            self.participation = Participation(wave_id=wave.id, authority_id=authority.id)
            session.add(self.participation)
            session.flush()
            self.questionnaire = editions.questionnaire_of(session, edition)
            session.commit()

    def link(self, *, address=None, cap=None):
        now = datetime.now(UTC)
        with self.database.session() as session, self.database.write(session):
            if address:
                invitations.invite(session, self.participation, [address], link_key=LINK_KEY, actor="system", now=now)
                made = invitations.personal_link(session, self.participation.id, address)
            else:
                made = invitations.share(
                    session, self.participation, expected=10, link_key=LINK_KEY, actor="system", now=now
                )
                made.cap = cap
            session.commit()
            return keys.token(LINK_KEY, made.id, made.epoch)

    def start(self, token):
        browser = keys.new_key()
        with self.database.session() as session:
            found = links.find(session, token)
            with self.database.write(session):
                submissions.start(session, found, browser_key=browser, draft_id=keys.new_id(), link_key=LINK_KEY)
                session.commit()
        return browser

    def read(self, browser):
        with self.database.session() as session:
            return submissions.current(session, browser)

    def count(self, table):
        with self.database.session() as session:
            return session.scalar(select(func.count()).select_from(table))


class Tab:
    """One tab on one page: shown, posted, written."""

    def __init__(self, world, browser, page, values):
        self.world, self.browser, self.page, self.values = world, browser, page, values
        self.outcome = None
        self.steps = iter((self.be_shown, self.post, self.write))

    def step(self):
        next(self.steps)()

    def be_shown(self):
        self.shown = answers.shown_digest(self.page.items, self.world.read(self.browser).answers)

    def post(self):
        self.draft = self.world.read(self.browser)

    def write(self):
        with self.world.database.session() as session, self.world.database.write(session):
            self.outcome = submissions.save_page(
                session, self.draft, self.world.questionnaire, self.page, self.values, shown=self.shown
            )
            session.commit()


def play(world, browser, schedule, dice):
    """Play one schedule; what was acknowledged must be there unless a later acknowledged save replaced it."""
    pages = [dice.choice(world.questionnaire.pages), dice.choice(world.questionnaire.pages)]
    tabs = [
        Tab(world, browser, page, {item.code: dice.choice(item.options).code for item in page.items}) for page in pages
    ]
    expected = dict(world.read(browser).answers)
    for who in schedule:
        tab = tabs[who]
        done_before = tab.outcome
        tab.step()
        if tab.outcome is not None and done_before is None and not isinstance(tab.outcome, Conflict):
            expected |= tab.values
    if pages[0].code != pages[1].code:
        assert not any(isinstance(tab.outcome, Conflict) for tab in tabs)
    return expected


@pytest.fixture
def world(database):
    return World(database)


def test_no_order_of_two_tabs_loses_an_acknowledged_answer(world):
    dice = random.Random(16)  # noqa: S311 - the same schedules each time
    browser = world.start(world.link(address="a@x.example"))
    expected = {}
    for round_ in range(10):
        for schedule in SCHEDULES:
            expected = play(world, browser, schedule, dice)
            assert dict(world.read(browser).answers) == expected, f"round {round_}, schedule {schedule}"


def test_without_the_revision_an_answer_is_lost_and_the_harness_sees_it(sqlite_database, monkeypatch):
    world = World(sqlite_database)

    def save_without_revision(session, draft, differences):
        merged = {**draft.answers, **{one.item.code: one.posted for one in differences}}
        stored = session.scalars(select(Draft).where(Draft.id == draft.draft_id)).one()
        stored.answers = answers.stored(merged)
        session.flush()
        return draft

    monkeypatch.setattr(submissions, "_save", save_without_revision)
    dice = random.Random(16)  # noqa: S311 - the same schedules each time
    browser = world.start(world.link(address="a@x.example"))
    lost = 0
    for schedule in SCHEDULES:
        expected = play(world, browser, schedule, dice)
        lost += dict(world.read(browser).answers) != expected
    assert lost > 0


def submit_at_once(world, browsers):
    """Everybody has read their draft; then all press Send at the same moment."""
    drafts = [world.read(browser) for browser in browsers]
    gate = threading.Barrier(len(browsers))
    outcomes = []

    def press(browser, draft):
        gate.wait()
        try:
            with world.database.session() as session, world.database.write(session):
                sent = submissions.submit(
                    session, draft, world.questionnaire, revision=draft.revision, browser_key=browser, link_key=LINK_KEY
                )
                session.commit()
                outcomes.append("again" if sent.again else "sent")
        except Refusal as refusal:
            outcomes.append(refusal.sentence)

    threads = [threading.Thread(target=press, args=pair) for pair in zip(browsers, drafts, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def answered(world, token):
    browser = world.start(token)
    page = world.questionnaire.page("mindset-1")
    tab = Tab(world, browser, page, {item.code: item.options[0].code for item in page.items})
    for _ in range(3):
        tab.step()
    return browser


def receipts(world):
    with world.database.session() as session:
        return session.execute(select(Invitation.used, Invitation.received)).one()


def test_one_personal_link_sent_from_fifty_devices_at_once_counts_once(world):
    token = world.link(address="a@x.example")
    outcomes = submit_at_once(world, [answered(world, token) for _ in range(50)])
    assert outcomes.count("sent") == 1
    assert set(outcomes) - {"sent"} == {links.SENTENCES[links.LinkState.USED]}
    assert (world.count(Submission), world.count(Draft), tuple(receipts(world))) == (1, 0, (True, 0))


def test_one_draft_sent_twelve_times_at_once_counts_once_and_thanks_each_time(world):
    token = world.link(cap=20)
    outcomes = submit_at_once(world, [answered(world, token)] * 12)
    assert sorted(outcomes) == ["again"] * 11 + ["sent"]
    assert (world.count(Submission), tuple(receipts(world))) == (1, (False, 1))


def test_the_cap_holds_exactly_when_more_are_sent_at_once(world):
    token = world.link(cap=5)
    outcomes = submit_at_once(world, [answered(world, token) for _ in range(12)])
    assert outcomes.count("sent") == 5
    assert set(outcomes) - {"sent"} == {links.SENTENCES[links.LinkState.FULL]}
    assert (world.count(Submission), world.count(Draft), tuple(receipts(world))) == (5, 7, (False, 5))
