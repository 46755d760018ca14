"""Mail scanners open every link and press every button: no link is used up, nobody's answers are shown or changed."""

from __future__ import annotations

import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import waitress
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import TimeoutError as StayedOnThePage
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey import config, editions, keys
from survey.db import Database
from survey.models import Authority, Draft, Invitation, Participation, Submission, Wave
from survey.vocabulary import EditionState, InvitationKind, ParticipationState, WaveState
from survey.web import context
from survey.web.application import create_app

QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "every-kind.toml"
LINKS = 200 if os.environ.get("ASSURANCE") == "long" else 24
IN_A_BROWSER = LINKS if os.environ.get("ASSURANCE") == "long" else 2
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
HOST = "http://127.0.0.1"
CANARY = "only-the-officer-knows"
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
BUTTON = re.compile(r"<button\b([^>]*)>")
LINK = re.compile(r'<a\b[^>]*href="(/[^"]*)"')

pytestmark = pytest.mark.assurance


@dataclass(frozen=True)
class Trial:
    """An application with links that nobody has opened."""

    app: Flask
    database: Database
    tokens: tuple[str, ...]


@pytest.fixture
def trial(sqlite_database: Database, tmp_path: Path) -> Trial:
    settings = config.read(
        {
            "SOUNDINGS_DATA": str(tmp_path / "data"),
            "DATABASE_URL": sqlite_database.url.render_as_string(hide_password=False),
        }
    )
    return Trial(
        create_app(settings, database=sqlite_database),
        sqlite_database,
        tuple(_links(sqlite_database, settings.link_key)),
    )


def _links(database: Database, link_key: str) -> list[str]:
    clock, tokens = datetime.now(UTC), []
    with database.session() as session, database.write(session):
        edition = editions.store_file(session, QUESTIONNAIRE, now=clock, actor="system")
        edition.state = EditionState.FIELDED
        authority = Authority(code="X1", name="Exeborough")
        session.add(authority)
        session.flush()
        later = clock + timedelta(days=1)
        wave = Wave(
            code="2026", title="2026", edition_id=edition.id, state=WaveState.OPEN, opens_at=clock - timedelta(days=1),
            deadline_at=later, last_start_at=later, closes_at=later,
        )  # fmt: skip
        session.add(wave)
        session.flush()
        place = Participation(
            wave_id=wave.id, authority_id=authority.id, state=ParticipationState.COLLECTING, attributes={}
        )
        session.add(place)
        session.flush()
        for number in range(LINKS):
            link = Invitation(
                participation_id=place.id, kind=InvitationKind.PERSONAL, address=f"o{number}@c.example",
                token_hash=keys.new_key(),
            )  # fmt: skip
            session.add(link)
            session.flush()
            tokens.append(keys.token(link_key, link.id, 1))
            link.token_hash = keys.hashed(tokens[-1])
        session.commit()
    return tokens


def press_everything(client: FlaskClient, url: str, depth: int = 3) -> set[str]:
    """A robot: opens the page, presses each button of each form with what the page holds, goes on from there."""
    seen: set[str] = set()
    waiting = [(url, depth)]
    while waiting:
        place, left = waiting.pop(0)
        if place in seen or left < 0:
            continue
        seen.add(place)
        page = client.get(place, base_url=HOST)
        if page.mimetype != "text/html":
            continue
        answers = _presses(client, place, page.text)
        waiting += [(reply.headers["Location"], left - 1) for reply in answers if reply.status_code == 303]
        waiting += [
            (unescape(link), left - 1) for link in LINK.findall(page.text) if link.startswith(("/r/", "/respond"))
        ]
    return seen


def _presses(client: FlaskClient, place: str, html: str):
    for attributes, inside in FORM.findall(html):
        action = re.search(r'action="([^"]*)"', attributes)
        for button in BUTTON.findall(inside) or [""]:
            fields = {name: unescape(value) for name, value in FIELD.findall(inside)}
            name, value = re.search(r'name="([^"]*)"', button), re.search(r'value="([^"]*)"', button)
            if name and value:
                fields[name[1]] = value[1]
            yield client.post(unescape(action[1]) if action else place, data=fields, base_url=HOST)


def scan(trial: Trial) -> None:
    """Four kinds of robot over all links."""
    for place, token in enumerate(trial.tokens):
        client, url = trial.app.test_client(), f"/r/{token}"
        if place % 4 == 0:
            client.head(url, base_url=HOST)
        elif place % 4 == 1:
            client.get(url, base_url=HOST)
        elif place % 4 == 2:
            client.get(url, base_url=HOST)
            client.get(url, base_url=HOST, headers={"Accept": "*/*"})
        else:
            press_everything(client, url)


def consumed(database: Database) -> int:
    with database.session() as session:
        used = session.scalars(select(func.count()).select_from(Invitation).where(Invitation.used)).one()
        return used + session.scalars(select(func.count()).select_from(Submission)).one()


def answer(client: FlaskClient, token: str) -> str:
    """The human: starts, writes one text, and sees it again. Returns the page with it."""
    page = client.get(f"/r/{token}", base_url=HOST).text
    csrf = FIELD.search(page)
    client.post(f"/r/{token}", data={"csrf_token": csrf[2]}, base_url=HOST)
    shown = client.get("/respond/page/mindset-2", base_url=HOST).text
    fields = dict(FIELD.findall(shown))
    client.post("/respond/page/mindset-2", data={**fields, "one_change": CANARY}, base_url=HOST)
    return client.get("/respond/page/mindset-2", base_url=HOST).text


def test_robots_use_up_no_link_and_the_officer_still_gets_in(trial):
    scan(trial)
    assert consumed(trial.database) == 0
    for token in trial.tokens[:: max(1, LINKS // 12)]:
        assert CANARY in answer(trial.app.test_client(), token)


def test_a_robot_neither_sees_nor_changes_what_the_officer_saved(trial):
    token = trial.tokens[3]
    robot, officer = trial.app.test_client(), trial.app.test_client()
    press_everything(robot, f"/r/{token}")
    assert CANARY in answer(officer, token)
    for url in press_everything(robot, f"/r/{token}"):
        assert CANARY not in robot.get(url, base_url=HOST).text, url
    assert CANARY in officer.get("/respond/page/mindset-2", base_url=HOST).text
    with trial.database.session() as session:
        assert sum(CANARY in answers for answers in session.scalars(select(Draft.answers))) == 1
    assert consumed(trial.database) == 0


def test_the_harness_notices_a_link_that_is_used_up_by_looking(trial, monkeypatch):
    """The planted defect: opening a link marks it as used."""
    view = trial.app.view_functions["link.landing"]

    def consuming(landing):
        _use_up(context.session(), landing.found.invitation_id)
        return view(landing)

    monkeypatch.setitem(trial.app.view_functions, "link.landing", consuming)
    scan(trial)
    assert consumed(trial.database) > 0


def test_the_harness_notices_a_link_that_is_used_up_by_pressing_start(trial, monkeypatch):
    """The planted defect: the first button uses the link."""
    view = trial.app.view_functions["link.start"]

    def consuming(landing):
        _use_up(context.session(), landing.found.invitation_id)
        return view(landing)

    monkeypatch.setitem(trial.app.view_functions, "link.start", consuming)
    scan(trial)
    assert consumed(trial.database) > 0


# The same with a real browser, its scripts running or not


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        assert not os.environ.get("REQUIRE_BROWSER"), "No Chromium, and REQUIRE_BROWSER says that there must be one."
        pytest.skip("LEFT OUT: no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@contextmanager
def served(trial: Trial) -> Iterator[str]:
    """The application on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = waitress.create_server(trial.app, host="127.0.0.1", port=port, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        thread.join(timeout=5)


def press_in_browser(page: Page, url: str, depth: int = 2) -> list[str]:
    """Open a page and press each of its buttons, each time from the page as it was opened; the addresses reached."""
    page.goto(url)
    reached = [page.url]
    buttons = page.locator("main form button, main [role=button]").count()
    for place in range(buttons):
        page.goto(url)
        with suppress(StayedOnThePage), page.expect_navigation(timeout=3_000):  # a robot finds folded buttons too
            page.locator("main form button, main [role=button]").nth(place).evaluate("button => button.click()")
        reached.append(page.url)
        if depth > 1 and page.url != url:
            reached += press_in_browser(page, page.url, depth - 1)
    return reached


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_robot_in_a_browser_uses_up_no_link_and_reads_nothing(trial, browser, scripts):
    token = trial.tokens[-1]
    officer = trial.app.test_client()
    assert CANARY in answer(officer, token)
    with served(trial) as address:
        for link in (*trial.tokens[: IN_A_BROWSER - 1], token):
            context_ = browser.new_context(java_script_enabled=scripts)
            page = context_.new_page()
            page.set_default_timeout(10_000)
            reached = press_in_browser(page, f"{address}/r/{link}")
            assert len(reached) > 2  # it did press something
            for url in {*reached, f"{address}/respond/page/mindset-2", f"{address}/respond/check"}:
                page.goto(url)
                assert CANARY not in page.content(), url
            context_.close()
    assert consumed(trial.database) == 0
    assert CANARY in officer.get("/respond/page/mindset-2", base_url=HOST).text
    assert CANARY in answer(trial.app.test_client(), trial.tokens[0])


def test_a_link_that_a_script_uses_up_by_itself_is_noticed(trial, browser, monkeypatch):
    """The planted defect: the page presses its own button as soon as it is shown, and that uses the link."""
    show, start = trial.app.view_functions["link.landing"], trial.app.view_functions["link.start"]

    def hasty(landing):
        nonce = re.search(r'nonce="([^"]+)"', page := show(landing))
        script = f'<script nonce="{nonce[1]}">document.querySelector("main form").submit()</script>'
        return page.replace("</body>", f"{script}</body>")

    def consuming(landing):
        _use_up(context.session(), landing.found.invitation_id)
        return start(landing)

    monkeypatch.setitem(trial.app.view_functions, "link.landing", hasty)
    monkeypatch.setitem(trial.app.view_functions, "link.start", consuming)
    with served(trial) as address:
        page = browser.new_context().new_page()
        with page.expect_response(lambda reply: reply.request.method == "POST", timeout=20_000):
            page.goto(f"{address}/r/{trial.tokens[0]}")
    assert consumed(trial.database) == 1


def _use_up(session: Session, invitation_id: int) -> None:
    with context.database().write(session):
        session.execute(update(Invitation).where(Invitation.id == invitation_id).values(used=True))
        session.commit()
