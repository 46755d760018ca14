"""Mail scanners open every link and press every button: no link is used up, nobody's answers are shown or changed."""

from __future__ import annotations

import os
import re
import signal
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import waitress
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey import config, editions, keys, submissions
from survey.db import Database
from survey.links import Found
from survey.models import Authority, Draft, Invitation, Participation, Submission, Wave
from survey.vocabulary import EditionState, InvitationKind, ParticipationState, WaveState
from survey.web import context
from survey.web.application import create_app

QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "every-kind.toml"
LINKS = 200 if os.environ.get("ASSURANCE") == "long" else 24
IN_A_BROWSER = LINKS if os.environ.get("ASSURANCE") == "long" else 2
STANDS_STILL = 120.0  # seconds for one link, of which it takes about two
HOST = "http://127.0.0.1"
CANARY = "only-the-officer-knows"
SAVED = "/respond/page/mindset-2"  # the page with the text
BUTTONS = "main form button, main [role=button]"
SENDS = """button => button.type === "submit" && button.form !== null
  && (button.form.noValidate || button.formNoValidate || button.form.checkValidity())"""
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


def by_head(trial: Trial, token: str) -> Iterator[str]:
    answer = trial.app.test_client().head(f"/r/{token}", base_url=HOST)
    yield str(answer.headers)


def by_get(trial: Trial, token: str) -> Iterator[str]:
    client = trial.app.test_client()
    yield client.get(f"/r/{token}", base_url=HOST).text
    yield client.get(f"/r/{token}", base_url=HOST, headers={"Accept": "*/*"}).text


def by_starting(trial: Trial, token: str) -> Iterator[str]:
    client = trial.app.test_client()
    first = client.get(f"/r/{token}", base_url=HOST).text
    yield first
    yield client.post(f"/r/{token}", data=dict(FIELD.findall(first)), base_url=HOST).text
    for url in (SAVED, "/respond/check"):
        yield client.get(url, base_url=HOST).text


def by_pressing(trial: Trial, token: str) -> Iterator[str]:
    client = trial.app.test_client()
    for url in (*press_everything(client, f"/r/{token}"), "/respond/page/mindset-2", "/respond/check"):
        yield client.get(url, base_url=HOST).text


WAYS = {"HEAD": by_head, "GET": by_get, "GET and Start": by_starting, "GET and every button": by_pressing}


def scan(trial: Trial) -> None:
    """Each kind of robot over a quarter of the links."""
    for place, token in enumerate(trial.tokens):
        for _ in tuple(WAYS.values())[place % len(WAYS)](trial, token):
            pass


def consumed(database: Database) -> int:
    with database.session() as session:
        used = session.scalars(select(func.count()).select_from(Invitation).where(Invitation.used)).one()
        return used + session.scalars(select(func.count()).select_from(Submission)).one()


def answer(client: FlaskClient, token: str) -> str:
    """The human: starts, writes one text, and sees it again. Returns the page with it."""
    page = client.get(f"/r/{token}", base_url=HOST).text
    csrf = FIELD.search(page)
    client.post(f"/r/{token}", data={"csrf_token": csrf[2]}, base_url=HOST)
    shown = client.get(SAVED, base_url=HOST).text
    fields = dict(FIELD.findall(shown))
    client.post(SAVED, data={**fields, "one_change": CANARY}, base_url=HOST)
    return client.get(SAVED, base_url=HOST).text


def officers_of(trial: Trial) -> list[FlaskClient]:
    """The officers of every fifth link have saved a text before any robot comes."""
    officers = [trial.app.test_client() for _ in trial.tokens[::5]]
    for officer, token in zip(officers, trial.tokens[::5], strict=True):
        assert CANARY in answer(officer, token)
    return officers


def judge(trial: Trial, officers: list[FlaskClient], way: str, seen: Iterable[str], links: int) -> None:
    """Nothing was used up, no robot read a draft, all drafts are as they were, and everybody still gets in."""
    pages = read = 0
    for text in seen:
        pages, read = pages + 1, read + (CANARY in text)
    used = consumed(trial.database)
    kept = sum(CANARY in officer.get(SAVED, base_url=HOST).text for officer in officers)
    with trial.database.session() as session:
        drafts = sum(CANARY in answers for answers in session.scalars(select(Draft.answers)))
    let_in = sum(CANARY in answer(trial.app.test_client(), token) for token in trial.tokens[:links])
    sys.stdout.write(
        f"{way}: {links} links, {pages} answers, {used} used up, {read} with a draft of somebody else, {kept} of "
        f"{len(officers)} drafts as they were, {let_in} of {links} officers got in afterwards\n"
    )
    assert pages >= links
    assert (used, read, kept, drafts, let_in) == (0, 0, len(officers), len(officers), links)


@pytest.mark.parametrize("way", WAYS)
def test_a_robot_uses_up_no_link_reads_no_draft_and_the_officer_still_gets_in(trial, way):
    officers = officers_of(trial)
    judge(trial, officers, way, (text for token in trial.tokens for text in WAYS[way](trial, token)), LINKS)


def test_a_robot_that_comes_back_neither_sees_nor_changes_what_the_officer_saved(trial):
    token = trial.tokens[3]
    robot, officer = trial.app.test_client(), trial.app.test_client()
    press_everything(robot, f"/r/{token}")
    assert CANARY in answer(officer, token)
    for url in press_everything(robot, f"/r/{token}"):
        assert CANARY not in robot.get(url, base_url=HOST).text, url
    assert CANARY in officer.get(SAVED, base_url=HOST).text
    assert consumed(trial.database) == 0


def test_the_harness_notices_a_draft_that_is_shown_to_whoever_has_the_link(trial, monkeypatch):
    """The planted defect: a second browser with the link is given the draft of the first one."""
    begin = submissions.start

    def taking(session: Session, found: Found, *, browser_key: str, draft_id: str, link_key: str) -> None:
        moved = update(Draft).where(Draft.invitation_id == found.invitation_id)
        if not session.execute(moved.values(browser_key_hash=keys.hashed(browser_key)).returning(Draft.id)).all():
            begin(session, found, browser_key=browser_key, draft_id=draft_id, link_key=link_key)

    assert CANARY in answer(trial.app.test_client(), trial.tokens[0])
    monkeypatch.setattr(submissions, "start", taking)
    assert any(CANARY in text for text in by_starting(trial, trial.tokens[0]))


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


@contextmanager
def served(trial: Trial) -> Iterator[str]:
    """The application on a port of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = waitress.create_server(trial.app, host="127.0.0.1", port=port, threads=4)
    closing = threading.Event()

    def run() -> None:
        try:
            server.run()
        except OSError:  # closed from outside, it may still be looking at a socket that is gone
            if not closing.is_set():
                raise

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        closing.set()
        server.close()
        thread.join(timeout=5)


@contextmanager
def within(browser: Browser, seconds: float = STANDS_STILL) -> Iterator[None]:
    """Ends a browser that stands still, so that whatever waits for it fails: some of its calls take no timeout."""
    session = browser.new_browser_cdp_session()
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    (process,) = (one["id"] for one in processes if one["type"] == "browser")
    timer = threading.Timer(seconds, os.kill, (process, signal.SIGKILL))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def press_in_browser(page: Page, url: str, depth: int = 2) -> Iterator[str]:
    """Open a page and press each of its buttons, each time from the page as it was opened; what each page says."""
    page.goto(url)
    yield page.content()
    for place in range(page.locator(BUTTONS).count()):
        page.goto(url)
        _press(page, place)
        yield page.content()
        if depth > 1 and page.url != url:
            yield from press_in_browser(page, page.url, depth - 1)


def _press(page: Page, place: int) -> None:
    """A robot finds folded buttons, too. One that sends its form leads to another page; others do what they do."""
    button = page.locator(BUTTONS).nth(place)
    if button.evaluate(SENDS):
        with page.expect_navigation(timeout=20_000):
            button.evaluate("button => button.click()")
    else:
        button.evaluate("button => button.click()")
        page.wait_for_timeout(50)


def in_browser(trial: Trial, browser: Browser, way: str) -> Iterator[str]:
    """What a browser sees that opens links, each as a stranger; pressing buttons, or only opening the page."""
    with served(trial) as address:
        for link in trial.tokens[:IN_A_BROWSER]:
            with within(browser), browser.new_context(java_script_enabled="without" not in way) as stranger:
                page = stranger.new_page()
                page.set_default_timeout(20_000)
                seen = list(press_in_browser(page, f"{address}/r/{link}")) if "button" in way else []
                assert "button" not in way or len(seen) > 2  # it did press something
                for url in (f"{address}/r/{link}", f"{address}{SAVED}", f"{address}/respond/check"):
                    page.goto(url, wait_until="load")
                    seen.append(page.content())
            yield from seen


@pytest.mark.parametrize(
    "way",
    ["a browser with scripts", "a browser with scripts, every button", "a browser without scripts, every button"],
)
def test_a_robot_in_a_browser_uses_up_no_link_and_reads_nothing(trial, browser, way):
    officers = officers_of(trial)
    judge(trial, officers, way, in_browser(trial, browser, way), IN_A_BROWSER)


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
    with served(trial) as address, within(browser), browser.new_context() as stranger:
        page = stranger.new_page()
        with page.expect_response(lambda reply: reply.request.method == "POST", timeout=20_000):
            page.goto(f"{address}/r/{trial.tokens[0]}")
    assert consumed(trial.database) == 1


def _use_up(session: Session, invitation_id: int) -> None:
    with context.database().write(session):
        session.execute(update(Invitation).where(Invitation.id == invitation_id).values(used=True))
        session.commit()
