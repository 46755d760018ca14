"""Members who read everything in two waves and a correction work out nobody and no authority; planted defects are caught (T14)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import attack_scraped
import attacked_sector
import pytest
import scraper
from attacked_sector import Attacked
from flask import Flask
from scraper import Scraped

from reports.charts import dots, radar
from reports.disclosure import complement, overlap, peer_audit
from reports.documents import authority_report, html_report
from reports.rules import Rules
from survey import config, keys, people
from survey.config import Settings
from survey.db import Database
from survey.models import Base
from survey.web.application import create_app

LONG = os.environ.get("ASSURANCE") == "long"
COUNT = 120 if LONG else 30
WAVES = ("2024", "2025")
MEASURES = attacked_sector.DIMENSIONS if LONG else attacked_sector.DIMENSIONS[1:2]
WATCHED = 120 if LONG else 5
SIZES = (1, 5, 20) if LONG else (1, 5)  # of 30 authorities, five are a sixth
HOST = "http://127.0.0.1"

pytestmark = pytest.mark.assurance


@dataclass
class Member:
    """A browser of somebody who is signed in."""

    app: Flask
    database: Database
    person: int

    def __post_init__(self) -> None:
        self.client, key = self.app.test_client(), keys.new_key()
        with self.database.session() as session, self.database.write(session):
            people.start_session(session, self.person, session_key=key, now=datetime.now(UTC))
            session.commit()
        with self.client.session_transaction(base_url=HOST) as cookie:
            cookie["account"] = key

    def get(self, url: str) -> tuple[int, str, bytes]:
        answer = self.client.get(url, base_url=HOST)
        content = answer.get_data()
        answer.close()
        return answer.status_code, answer.mimetype, content


@dataclass
class Seen:
    """The sector, and everything that its members read after each release."""

    made: Attacked
    scraped: Scraped = field(default_factory=Scraped)
    watched: list[str] = field(default_factory=list)


def sector(folder: Path, *, watched: int, batch: int = attacked_sector.BATCH, count: int = COUNT) -> Iterator[Seen]:
    """Plays the waves; after each release members of `watched` authorities read all that they can reach."""
    database = Database(f"sqlite:///{folder / 'soundings.sqlite'}")
    Base.metadata.create_all(database.engine)
    app = create_app(settings_of(database, folder), database=database)
    seen = None
    for made in attacked_sector.play(database, folder, count=count, nearest=LONG, batch=batch):
        seen = seen or Seen(made)
        here = made.taking_part[list(made.known)[-1]]
        first = [code for code in (attacked_sector.LATE, attacked_sector.JOINED, *here) if code in here]
        seen.watched = list(dict.fromkeys(first))[:watched]
        for place, code in enumerate(seen.watched):
            skip = None if LONG or place < 1 else scraper.ROUND_ABOUT
            member = Member(app, database, made.members[code])
            seen.scraped.take(scraper.walk(member, authority=code, skip=skip))
        yield seen
    database.dispose()


def settings_of(database: Database, folder: Path) -> Settings:
    return config.read(
        {
            "SOUNDINGS_DATA": str(folder / "data"),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "SOUNDINGS_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
            "SOUNDINGS_LINK_KEY": attacked_sector.LINK_KEY,
            "SOUNDINGS_DEMONSTRATION": "1",
        }
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    *_, last = sector(tmp_path_factory.mktemp("attacked"), watched=WATCHED)
    return last


def test_pages_pictures_and_files_were_read(seen: Seen) -> None:
    print(json.dumps({"harness": "T14", "authorities": COUNT, **seen.scraped.read, "facts": len(seen.scraped.facts)}))  # noqa: T201
    assert {one.release for one in seen.scraped.facts} == {"2024.1", "2024.2", "2025.1"}
    assert len(seen.scraped.facts) > 2000


def test_no_page_picture_or_sentence_is_more_exact_than_whole_numbers(seen: Seen) -> None:
    assert seen.scraped.decimals[:5] == []
    assert attack_scraped.conflicts(seen.scraped.facts)[:5] == []
    assert attack_scraped.unshown(seen.scraped.facts)[:5] == []


def test_nobody_follows_from_everything_that_was_read(seen: Seen) -> None:
    for code in seen.watched:
        assert attack_scraped.people(seen.scraped.facts, seen.made.known, code)[:3] == []


@pytest.mark.parametrize("size", SIZES)
def test_no_coalition_pins_another_authority(seen: Seen, size: int) -> None:
    coalition = seen.watched[: min(size, COUNT // 6)]
    for wave in WAVES:
        for measure in MEASURES:
            attack = attack_scraped.attack(seen.scraped.facts, seen.made, wave, measure, coalition)
            asked = attack.authorities[:: 3 if LONG else 5]
            assert [one for one in asked if attack.is_pinned(one)] == []
