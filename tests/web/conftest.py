"""A browser for tests: it reads every page strictly, counts statements, and notices what was left unsaved."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import html5lib
import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from werkzeug.test import TestResponse

from survey import config, keys, people
from survey.config import Settings
from survey.db import Database
from survey.models import Edition, Invitation, Participation, Person, RoleGrant, Wave
from survey.vocabulary import InvitationKind, RoleName
from survey.web import context, languages
from survey.web.application import create_app
from survey.web.misses import Misses
from survey.web.prepared import PreparedPages

Fielding = Callable[[Session, Path], tuple[Edition, Wave, Participation]]
QUESTIONNAIRES = Path(__file__).parents[1] / "questionnaires"
UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
FIELD = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
TOGETHER: dict[Settings, Flask] = {}


class LeftUnsaved(AssertionError):  # noqa: N818 - a finding of a test
    """A request changed something and ended well without committing it."""


@pytest.fixture(scope="session", autouse=True)
def compiled_translations() -> None:
    """Catalogues are compiled where they are older than their texts, as setting up does."""
    for source in languages.TRANSLATIONS.glob("*/LC_MESSAGES/messages.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as texts, target.open("wb") as compiled:
                write_mo(compiled, read_po(texts, locale=source.parent.parent.name))


@pytest.fixture
def web_database(sqlite_database: Database) -> Database:
    """The database behind the pages. A file of tests that should run on both kinds asks for `database` here."""
    return sqlite_database


@pytest.fixture
def web_settings(web_database: Database, tmp_path: Path) -> Settings:
    return settings_for(web_database, tmp_path)


def settings_for(database: Database, tmp_path: Path, **more: str) -> Settings:
    return config.read(
        {
            "SOUNDINGS_DATA": str(tmp_path / "data"),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "SOUNDINGS_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
            "SOUNDINGS_LINK_KEY": "zyxwvutsrqponmlkjihgfedcba9876543210",
            "SOUNDINGS_DEMONSTRATION": "1",
            **more,
        }
    )


@pytest.fixture
def application(web_settings: Settings, web_database: Database) -> Flask:
    """The application as it runs, except that an unforeseen fault reaches the test instead of the error page.

    Putting it together takes longer than many a test: settings that differ only in the place of their data share one,
    and each test gives it its own database, settings and memory.
    """
    alike = replace(web_settings, data=Path(), database_url="")
    if alike not in TOGETHER:
        TOGETHER[alike] = create_app(web_settings, database=web_database)
    app = TOGETHER[alike]
    app.extensions[context.EXTENSION] = context.Service(web_settings, web_database, Misses(), PreparedPages())
    app.jinja_env.globals["settings"] = web_settings
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


@pytest.fixture
def web_session(web_database: Database) -> Iterator[Session]:
    with web_database.session() as session:
        yield session


@dataclass
class Answer:
    """What came back, with what it cost."""

    response: TestResponse
    statements: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def text(self) -> str:
        return self.response.text

    @property
    def location(self) -> str:
        return self.response.headers["Location"]

    @property
    def headers(self) -> Mapping[str, str]:
        return self.response.headers

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page, as a browser would send them."""
        return dict(FIELD.findall(self.text))


@dataclass
class Browser:
    """One browser with its cookies."""

    app: Flask
    database: Database
    client: FlaskClient
    host: str = "http://127.0.0.1"

    def get(self, url: str, **more: object) -> Answer:
        return self._send("GET", url, **more)

    def post(self, url: str, data: Mapping[str, object] | None = None, **more: object) -> Answer:
        """Sends a form with the token of this browser's own pages."""
        return self._send("POST", url, data={"csrf_token": self.token(), **(data or {})}, **more)

    def post_without_token(self, url: str, data: Mapping[str, object] | None = None, **more: object) -> Answer:
        return self._send("POST", url, data=dict(data or {}), **more)

    def send(self, method: str, url: str, **more: object) -> Answer:
        return self._send(method, url, **more)

    def follow(self, answer: Answer) -> Answer:
        assert answer.status == 303, answer.text
        return self.get(answer.location)

    def token(self) -> str:
        found = TOKEN.search(self.client.get("/cookies", base_url=self.host).text)
        assert found
        return found[1]

    def sign_in(self, person_id: int) -> None:
        """Signed in without the walk through the code."""
        key = keys.new_key()
        with self.database.session() as session, self.database.write(session):
            people.start_session(session, person_id, session_key=key, now=datetime.now(UTC))
            session.commit()
        with self.client.session_transaction(base_url=self.host) as cookie:
            cookie["account"] = key

    def cookie(self) -> dict[str, object]:
        with self.client.session_transaction(base_url=self.host) as cookie:
            return dict(cookie)

    def change_cookie(self, **values: object) -> None:
        with self.client.session_transaction(base_url=self.host) as cookie:
            cookie.update(values)

    def _send(self, method: str, url: str, **more: object) -> Answer:
        with recorded(self.database) as seen, unsaved_changes() as unsaved:
            response = self.client.open(url, method=method, base_url=self.host, **more)  # type: ignore[arg-type]
            response.get_data()
            response.close()
        if response.status_code < 400 and unsaved:
            raise LeftUnsaved(f"{method} {url} ended with {response.status_code} and left {unsaved} unsaved")
        if response.mimetype == "text/html" and method != "HEAD":
            read_strictly(response.text, f"{method} {url}")
        return Answer(response, list(seen))


def read_strictly(html: str, where: str) -> None:
    parser = html5lib.HTMLParser(strict=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parser.parse(html)
    faults = [(position, code) for position, code, _ in parser.errors]
    assert not faults, f"{where}: {faults} {html.splitlines()[max(0, faults[0][0][0] - 1)][:200]}"


@contextmanager
def recorded(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.lstrip().upper().startswith(UNCOUNTED):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@contextmanager
def unsaved_changes() -> Iterator[list[str]]:
    """What sessions changed and did not commit, while this block runs."""
    unsaved: list[str] = []

    def flushed(session: Session, context: object) -> None:
        unsaved.append("flushed objects")

    def executed(state: ORMExecuteState) -> None:
        if state.is_insert or state.is_update or state.is_delete:
            unsaved.append("a statement")

    def committed(session: Session) -> None:
        unsaved.clear()

    listeners = [("after_flush", flushed), ("do_orm_execute", executed), ("after_commit", committed)]
    for name, listener in listeners:
        event.listen(Session, name, listener)
    try:
        yield unsaved
    finally:
        for name, listener in listeners:
            event.remove(Session, name, listener)


@pytest.fixture
def browser(application: Flask, web_database: Database) -> Browser:
    return Browser(application, web_database, application.test_client())


@pytest.fixture
def other_browser(application: Flask, web_database: Database) -> Browser:
    return Browser(application, web_database, application.test_client())


@dataclass(frozen=True)
class OpenWave:
    """A wave that is open now, an authority in it, and links as they are wanted."""

    database: Database
    wave_id: int
    participation_id: int
    authority_id: int
    edition_id: int
    link_key: str

    def personal(self, address: str = "officer@council.example", language: str = "en") -> str:
        return self._link(kind=InvitationKind.PERSONAL, address=address, language=language)

    def shared(self, cap: int = 50) -> str:
        return self._link(kind=InvitationKind.SHARED, cap=cap)

    def move(self, **shift: timedelta) -> None:
        with self.database.session() as session, self.database.write(session):
            wave = session.get_one(Wave, self.wave_id)
            for name, by in shift.items():
                setattr(wave, name, getattr(wave, name) + by)
            session.commit()

    def _link(self, **columns: object) -> str:
        with self.database.session() as session, self.database.write(session):
            link = Invitation(participation_id=self.participation_id, token_hash=keys.new_key(), **columns)
            session.add(link)
            session.flush()
            token = keys.token(self.link_key, link.id, 1)
            link.token_hash = keys.hashed(token)
            session.commit()
        return token


@pytest.fixture
def open_wave(web_database: Database, web_settings: Settings, in_the_field: Fielding) -> OpenWave:
    """With one item of every kind, and the optional section asked."""
    return opened(web_database, web_settings, in_the_field, QUESTIONNAIRES / "every-kind.toml")


@pytest.fixture
def conditional_wave(web_database: Database, web_settings: Settings, in_the_field: Fielding) -> OpenWave:
    """With pages that depend on the tier."""
    return opened(web_database, web_settings, in_the_field, QUESTIONNAIRES / "conditional-pages.toml")


def opened(database: Database, settings: Settings, fielded: Fielding, path: Path) -> OpenWave:
    with database.session() as session, database.write(session):
        edition, wave, place = fielded(session, path)
        made = OpenWave(database, wave.id, place.id, place.authority_id, edition.id, settings.link_key)
        session.commit()
    return made


@pytest.fixture
def researcher(web_database: Database) -> int:
    """The id of a person of the research team."""
    now = datetime.now(UTC)
    with web_database.session() as session, web_database.write(session):
        person = Person(email="rhian@research.example", name="Rhian Rees", created_at=now)
        session.add(person)
        session.flush()
        session.add(RoleGrant(person_id=person.id, role=RoleName.RESEARCHER, granted_at=now))
        session.commit()
        return person.id
