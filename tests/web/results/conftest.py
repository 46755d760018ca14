"""A small made-up sector with two published waves and an open one, ready for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from survey import config
from survey.config import Settings
from survey.db import Database
from survey.demonstration import loading, sector
from survey.models import Base, Person

DISTRICTS = 14  # enough for a median (10) and quartiles (12) of one type


def made(folder: Path, districts: int) -> Path:
    """The path of a database with this many districts in it."""
    database = Database(f"sqlite:///{folder / f'{districts}.sqlite'}")
    Base.metadata.create_all(database.engine)
    settings = settings_of(database, folder)
    places = [place for place in sector.places() if place.type == "district"][:districts]
    if districts > len(places):
        places += [place for place in sector.places() if place.type != "district"][: districts - len(places)]
    loading.load(database, settings, now=datetime.now(UTC), places=places)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return folder / f"{districts}.sqlite"


def settings_of(database: Database, folder: Path) -> Settings:
    return config.read(
        {
            "SOUNDINGS_DATA": str(folder / "data"),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "SOUNDINGS_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
            "SOUNDINGS_LINK_KEY": "zyxwvutsrqponmlkjihgfedcba9876543210",
            "SOUNDINGS_DEMONSTRATION": "1",
        }
    )


@pytest.fixture(scope="session")
def small_sector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("sector"), DISTRICTS)


@pytest.fixture(scope="session")
def double_sector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("sector"), 2 * DISTRICTS)


@pytest.fixture
def sqlite_database(small_sector: Path, tmp_path: Path) -> Iterator[Database]:
    """The sector's own copy of this test: the browser of these tests reads and changes it."""
    shutil.copyfile(small_sector, tmp_path / "soundings.sqlite")
    database = Database(f"sqlite:///{tmp_path / 'soundings.sqlite'}")
    yield database
    database.dispose()


@pytest.fixture
def person(sqlite_database: Database) -> Callable[[str], int]:
    """The id of somebody of the demonstration, by the name of the entrance: member, lead, researcher …"""

    def find(entrance: str) -> int:
        with sqlite_database.session() as session:
            return session.scalars(select(Person.id).where(Person.email.startswith(f"{entrance}@"))).one()

    return find
