"""A small made-up sector with every kind of visitor in it, for the harness of who may reach what."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey import child, config, document_making, documents, jobs, kept_files, keys, people, produced_files, results
from survey.config import Settings
from survey.db import Database
from survey.demonstration import entrances, loading, sector
from survey.models import (
    RESULT_TABLES,
    Authority,
    Base,
    Draft,
    Invitation,
    Job,
    Participation,
    Person,
    Release,
    ReleaseNamed,
    ReleasePeerGroup,
    SealedText,
    Wave,
    WebSession,
)
from survey.vocabulary import InvitationKind, JobState, ParticipationState, ReleaseState, RoleName, WaveState
from survey.web.application import create_app

HOST = "http://127.0.0.1"
DISTRICTS = 14  # enough for a median of one type
HOME = sector.HOME
JOB = "00000000000000000000000000000001"  # a job that was given up
FILE = "00000000000000000000000000000002"  # a file that the researcher asked for
SEALED_WORDS, DRAFT_WORDS = "canary-of-a-sealed-text", "canary-of-a-draft"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


def marked(code: str) -> str:
    """The name that an authority gets here: found again wherever it is written, and nowhere by chance."""
    return f"Canary {hashlib.sha256(code.encode()).hexdigest()[:12]}"


@dataclass
class World:
    """A database that is made once and put back after whatever changes it, and browsers by the letter of their visitor."""

    folder: Path
    settings: Settings
    database: Database
    app: Flask
    away: str
    names: dict[str, str]  # of all authorities, by code
    tokens: dict[str, str]
    entrance: str
    named: dict[str, frozenset[str]] = field(default_factory=dict)  # by release: who chose it; home and away among them
    browsers: dict[str, FlaskClient] = field(default_factory=dict)
    digests: dict[frozenset[str], str] = field(default_factory=dict)

    def visit(self, visitor: str, method: str, url: str, **more: object) -> TestResponse:
        """One request of a visitor whose cookies stay as they are, whatever the answer sets."""
        browser = self.browsers[visitor]
        kept = dict(browser._cookies)
        response = browser.open(self.filled(visitor, url), method=method, base_url=HOST, **more)  # type: ignore[arg-type]
        response.get_data()
        response.close()
        browser._cookies = kept
        return response

    def press(self, visitor: str, url: str, data: dict[str, str], *, with_token: bool = True) -> TestResponse:
        browser = self.browsers[visitor]
        kept = dict(browser._cookies)
        found = _TOKEN.search(browser.get("/cookies", base_url=HOST).text)
        assert found
        form = ({"csrf_token": found[1]} if with_token else {}) | {
            name: self.filled(visitor, text) for name, text in data.items()
        }
        response = browser.post(self.filled(visitor, url), data=form, base_url=HOST)
        response.get_data()
        response.close()
        browser._cookies = kept
        return response

    def filled(self, visitor: str, text: str, code: str = HOME) -> str:
        token = self.tokens.get(visitor, self.tokens["A"])
        values = {"token": token, "key": self.entrance, "code": code, "job": JOB, "file": FILE}
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def restore(self) -> None:
        """The database as it was made."""
        self.database.dispose()
        path = Path(str(self.database.url.database))
        for leftover in ("-wal", "-shm"):
            path.with_name(path.name + leftover).unlink(missing_ok=True)
        shutil.copyfile(self.folder / "as-made.sqlite", path)

    def copied(self, folder: Path) -> World:
        """The same sector in a folder of its own, as it was made, with browsers of the same visitors."""
        shutil.copytree(self.folder / "data", folder / "data")
        for name in ("world.sqlite", "as-made.sqlite"):
            shutil.copyfile(self.folder / "as-made.sqlite", folder / name)
        database = Database(f"sqlite:///{folder / 'world.sqlite'}")
        settings = _settings(database, folder)
        world = replace(
            self, folder=folder, settings=settings, database=database, browsers={}, digests={},
            app=create_app(settings, database=database),
        )  # fmt: skip
        for visitor, browser in self.browsers.items():
            world.browsers[visitor] = world.app.test_client()
            world.browsers[visitor]._cookies = dict(browser._cookies)
        return world

    def as_made(self, *, without: frozenset[str] = frozenset()) -> str:
        """What `content` says of the sector as it was made, read once."""
        if without not in self.digests:
            kept = Database(f"sqlite:///{self.folder / 'as-made.sqlite'}")
            self.digests[without] = replace(self, database=kept).content(without=without)
            kept.dispose()
        return self.digests[without]

    def content(self, *, without: frozenset[str] = frozenset()) -> str:
        """A digest of every row of every table but these."""
        digest = hashlib.sha256()
        with self.database.engine.connect() as connection:
            for table in Base.metadata.sorted_tables:
                if table.name not in without:
                    columns = ", ".join(f'"{column.name}"' for column in table.columns)
                    for row in connection.exec_driver_sql(f'SELECT {columns} FROM "{table.name}" ORDER BY {columns}'):  # noqa: S608 - names of our tables
                        digest.update(repr(tuple(row)).encode())
        return digest.hexdigest()

    @contextmanager
    def watched(self) -> Iterator[Watch]:
        """Notices every commit that anybody else makes."""
        with self.database.engine.connect() as connection:
            yield Watch(connection)


class Watch:
    """Asks the database whether another connection has changed it since the last time."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._last = self._version()

    def changed(self) -> bool:
        before, self._last = self._last, self._version()
        return self._last != before

    def _version(self) -> int:
        found = self._connection.exec_driver_sql("PRAGMA data_version").scalar_one()
        self._connection.rollback()
        return int(found)


def made(folder: Path, *, districts: int = DISTRICTS) -> World:
    """The sector with three waves, a planned one, unpublished releases, and every kind of visitor."""
    database = Database(f"sqlite:///{folder / 'world.sqlite'}")
    Base.metadata.create_all(database.engine)
    settings = _settings(database, folder)
    places = [place for place in sector.places() if place.type == "district"][:districts]
    loading.load(database, settings, now=datetime.now(UTC), places=places)
    away = next(place.code for place in places if place.code != HOME)
    world = World(
        folder, settings, database, create_app(settings, database=database), away, {}, {}, "",
    )  # fmt: skip
    with database.session() as session, database.write(session):
        _furnish(session, world)
        session.commit()
    _let_in(world)
    _make_documents(world)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    shutil.copyfile(folder / "world.sqlite", folder / "as-made.sqlite")
    return world


def _settings(database: Database, folder: Path) -> Settings:
    return config.read(
        {
            "SOUNDINGS_DATA": str(folder / "data"),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "SOUNDINGS_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
            "SOUNDINGS_LINK_KEY": "zyxwvutsrqponmlkjihgfedcba9876543210",
            "SOUNDINGS_DEMONSTRATION": "1",
        }
    )


def _furnish(session: Session, world: World) -> None:
    for authority in session.scalars(select(Authority)):
        authority.name = world.names[authority.code] = marked(authority.code)
    waves = {wave.code: wave for wave in session.scalars(select(Wave).order_by(Wave.code))}
    opens = datetime.now(UTC) + timedelta(days=400)
    planned = Wave(
        code="2027",
        title="Digital maturity survey 2027",
        edition_id=waves["2026"].edition_id,
        state=WaveState.PLANNED,
        opens_at=opens,
        deadline_at=opens + timedelta(days=30),
        last_start_at=opens + timedelta(days=30),
        closes_at=opens + timedelta(days=31),
        demonstration=True,
    )
    session.add(planned)
    session.flush()
    home = session.scalars(select(Authority.id).where(Authority.code == HOME)).one()
    for label, released in _first_releases(session).items():
        chosen = select(ReleaseNamed.authority).where(ReleaseNamed.release_id == released)
        if world.away not in set(session.scalars(chosen)):
            session.add(ReleaseNamed(release_id=released, authority=world.away))
            session.flush()
        world.named[label] = frozenset(session.scalars(chosen))
    session.add(Participation(wave_id=planned.id, authority_id=home, state=ParticipationState.ACCEPTED))
    now = datetime.now(UTC)
    job = {"kind": "release.compute", "key": "release.compute 2025", "payload": {"wave": "2025"}, "result": {}}
    ended = {"queued_at": now, "due_at": now, "ended_at": now, "sentence": "It stopped with a fault."}
    session.add(Job(code=JOB, state=JobState.DEAD, **job, **ended))
    session.execute(update(SealedText).values(text=SEALED_WORDS))
    session.execute(update(Draft).values(answers='{"best_thing": "' + DRAFT_WORDS + '"}'))
    _next_release(session, waves["2025"], ReleaseState.CHECKED)
    _next_release(session, waves["2024"], ReleaseState.APPROVED)


def _first_releases(session: Session) -> dict[str, int]:
    """The releases that the demonstration published, by label."""
    rows = session.execute(select(Wave.code, Release.id).join(Release, Release.wave_id == Wave.id))
    return {f"{code}.1": release_id for code, release_id in rows}


def _make_documents(world: World) -> None:
    """The documents of 2025 that anybody here may read, and a file that the researcher asked for."""
    with world.database.session() as session, world.database.write(session):
        release = results.get(session, "2025.1", now=datetime.now(UTC))
        session.execute(delete(Job).where(Job.kind == documents.MAKE))
        for code in (HOME, world.away):
            documents.make_all(session, release, authority=code, now=datetime.now(UTC))
        session.commit()
    for taken in iter(lambda: _claimed(world.database), None):
        child.perform(world.database, world.settings, taken, document_making.make, lambda _: None)
    now, about = datetime.now(UTC), produced_files.About(documents.BUNDLE, "2025.1", "reports.zip", "application/zip")
    kept_files.write(world.settings.data / "files" / FILE, b"PK")
    with world.database.session() as session, world.database.write(session):
        owner = session.scalars(select(Person.id).where(Person.email.startswith("researcher@"))).one()
        made = produced_files.Produced(FILE, 2, "0" * 64)
        produced_files.give(session, made, about, job_id=None, person_id=owner, now=now)
        session.commit()


def _claimed(database: Database) -> jobs.Taken | None:
    with database.session() as session, database.write(session):
        taken = jobs.claim(session, worker="visitors", wanted=jobs.Wanted({documents.MAKE}))
        session.commit()
    return taken


def _next_release(session: Session, wave: Wave, state: ReleaseState) -> None:
    """A second release of a wave with the numbers of the first, on its way to be published."""
    first = session.scalars(select(Release).where(Release.wave_id == wave.id)).one()
    table = Release.__table__
    row = dict(session.execute(select(table).where(table.c.id == first.id)).one()._mapping)
    told = session.scalar(select(func.max(Release.published_at)))  # it was held against all that was told before
    row |= {"number": 2, "state": state, "published_at": None, "computed_at": told}
    if state == ReleaseState.CHECKED:
        row |= {"approved_at": None, "approved_by_id": None}
    del row["id"]
    new_id = session.scalars(insert(Release).returning(Release.id), [row]).one()
    for stored in (*RESULT_TABLES.values(), ReleasePeerGroup.__table__):
        copied = [column for column in stored.c if column.name != "release_id"]
        of_first = session.execute(select(*copied).where(stored.c.release_id == first.id)).all()
        if of_first:
            session.execute(insert(stored), [{"release_id": new_id, **one._mapping} for one in of_first])


def _let_in(world: World) -> None:
    """Browsers of all visitors, each as far as it got."""
    database, settings = world.database, world.settings
    for visitor in "AUDSVLMOTRPX":
        world.browsers[visitor] = world.app.test_client()
        with database.session() as session, database.write(session):
            world.tokens[visitor] = _link(session, settings, f"{visitor.lower()}@officers.example")
            session.commit()
    _officers(world)
    now = datetime.now(UTC)
    with database.session() as session, database.write(session):
        ids = {row.email.partition("@")[0]: row.id for row in session.scalars(select(Person))}
        home, away = (
            session.scalars(select(Authority.id).where(Authority.code == code)).one() for code in (HOME, world.away)
        )
        for name, authority in (("other", away), ("moved", home), ("former", home)):
            ids[name] = people.add(session, f"{name}@council.example", name, now=now, actor="system").id
            people.grant(session, ids[name], RoleName.MEMBER, authority_id=authority, now=now, actor="system")
        world.entrance = entrances.sign_in_key(settings.secret_key, ids["publisher-2"])
        names = ("lead", "member", "other", "moved", "researcher", "publisher-1", "former")
        for visitor, name in zip("LMOTRPX", names, strict=True):
            sign_in(session, world.browsers[visitor], ids[name])
        people.grant(session, ids["moved"], RoleName.MEMBER, authority_id=away, now=now, actor="system")
        for name in ("moved", "former"):  # while they are signed in
            people.revoke(session, ids[name], RoleName.MEMBER, authority_id=home, now=now, actor="system")
        session.commit()


def _link(session: Session, settings: Settings, address: str) -> str:
    """A personal link of the home authority in the open wave."""
    home = (
        select(Participation.id)
        .join(Authority, Authority.id == Participation.authority_id)
        .join(Wave, Wave.id == Participation.wave_id)
        .where(Authority.code == HOME, Wave.code == "2026")
    )
    link = Invitation(
        participation_id=session.scalars(home).one(), kind=InvitationKind.PERSONAL, address=address,
        token_hash=keys.new_key(),
    )  # fmt: skip
    session.add(link)
    session.flush()
    token = keys.token(settings.link_key, link.id, 1)
    link.token_hash = keys.hashed(token)
    return token


def _officers(world: World) -> None:
    """D has answered a question, S has sent the answers, the link of V was withdrawn."""
    for visitor in "DS":
        browser = world.browsers[visitor]
        for url, data in (("/r/{token}", {}), ("/respond/page/mindset-1", {"mindset_ambiguity": "4"})):
            shown = browser.get("/respond/page/mindset-1", base_url=HOST).text
            hidden = dict(re.findall(r'<input type="hidden" name="(shown)" value="([^"]*)">', shown))
            token = _TOKEN.search(browser.get("/cookies", base_url=HOST).text)
            assert token
            form = {"csrf_token": token[1], **hidden, **data}
            assert browser.post(world.filled(visitor, url), data=form, base_url=HOST).status_code == 303
    sent = world.browsers["S"]
    token = _TOKEN.search(sent.get("/respond/check", base_url=HOST).text)
    assert token
    form = {"csrf_token": token[1], "revision": "1"}
    assert sent.post("/respond/check", data=form, base_url=HOST).status_code == 200
    with world.database.session() as session, world.database.write(session):
        withdrawn = keys.hashed(world.tokens["V"])
        session.execute(update(Invitation).where(Invitation.token_hash == withdrawn).values(revoked=True))
        session.commit()


def sign_in(session: Session, browser: FlaskClient, person_id: int) -> None:
    """Seen some minutes ahead, so that no page has to note the visit while the harness runs."""
    key = keys.new_key()
    people.start_session(session, person_id, session_key=key, now=datetime.now(UTC))
    session.execute(update(WebSession).values(seen_at=datetime.now(UTC) + timedelta(minutes=20)))
    with browser.session_transaction(base_url=HOST) as cookie:
        cookie["account"] = key
