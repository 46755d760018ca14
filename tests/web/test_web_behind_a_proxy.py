"""Behind a proxy: whose address counts, what machines that watch are told, and how little of either can be spoofed."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from survey import health, schema
from survey.config import Settings
from survey.db import Database
from survey.web.application import create_app
from survey.web.misses import MISSES_ALLOWED
from survey.web.readiness import KEPT_SECONDS, Readiness

PROXY = "10.0.0.1"


@pytest.fixture
def migrated(tmp_path: Path) -> Database:
    database = Database(f"sqlite:///{tmp_path / 'migrated.sqlite'}")
    schema.upgrade(database)
    return database


def client(settings: Settings, database: Database, *, hops: int) -> FlaskClient:
    return create_app(replace(settings, proxy_hops=hops), database=database).test_client()


def guess(browser: FlaskClient, forwarded: str | None, number: int) -> int:
    """Try a link that does not exist, as the proxy would hand it on."""
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    environ = {"REMOTE_ADDR": PROXY}
    return browser.get(f"/r/guess-{number:08}-aaaaaaaaaaaaa", headers=headers, environ_overrides=environ).status_code


def stopped_after(browser: FlaskClient, spelled: str) -> int:
    """How many guesses a client makes until it is stopped; `{n}` in what it says changes with each."""
    for number in range(3 * MISSES_ALLOWED):
        if guess(browser, spelled.format(n=number % 250 + 1), number) == 429:
            return number
    return 3 * MISSES_ALLOWED


@pytest.mark.parametrize(
    ("hops", "spelled"),
    [
        (0, "203.0.113.{n}"),  # no proxy is ours: the header is not believed
        (1, "203.0.113.{n}, 198.51.100.7"),  # ours added the last address; what stands before it was sent in
        (1, "10.9.9.{n}, 203.0.113.{n}, 198.51.100.7"),
        (2, "203.0.113.{n}, 198.51.100.7, 10.0.0.2"),
        (2, "203.0.113.{n}"),  # came past one of the two proxies: nobody is believed
    ],
)
def test_a_guesser_gets_no_new_tries_by_naming_other_addresses(web_settings, sqlite_database, hops: int, spelled: str):
    assert stopped_after(client(web_settings, sqlite_database, hops=hops), spelled) == MISSES_ALLOWED


def test_with_our_proxy_named_one_guesser_does_not_stop_the_others(web_settings, sqlite_database):
    browser = client(web_settings, sqlite_database, hops=1)
    assert stopped_after(browser, "198.51.100.7") == MISSES_ALLOWED
    assert guess(browser, "198.51.100.7", 999) == 429
    assert guess(browser, "198.51.100.8", 999) == 404


def test_without_it_all_share_one_budget_and_the_log_says_once_what_to_set(
    web_settings, sqlite_database, caplog: pytest.LogCaptureFixture
):
    browser = client(web_settings, sqlite_database, hops=0)
    with caplog.at_level(logging.WARNING, logger="soundings.proxies"):
        assert stopped_after(browser, "198.51.100.{n}") == MISSES_ALLOWED
    assert [record.message for record in caplog.records].count(caplog.records[0].message) == 1
    assert "SOUNDINGS_PROXY_HOPS" in caplog.text
    assert "198.51.100" not in caplog.text


def test_a_proxy_decides_neither_host_nor_scheme(web_settings, sqlite_database):
    browser = client(web_settings, sqlite_database, hops=1)
    headers = {"X-Forwarded-For": "198.51.100.7", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https",
               "X-Forwarded-Prefix": "/evil", "Forwarded": "host=evil.example"}  # fmt: skip
    answer = browser.get("/results", headers=headers)
    assert answer.location.endswith("/results/")
    assert "evil" not in answer.location + answer.text


# Health


def test_a_service_that_can_take_answers_says_ready_and_nothing_else(web_settings, migrated: Database):
    browser = client(web_settings, migrated, hops=0)
    for path, word in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        answer = browser.get(path)
        assert (answer.status_code, answer.text, answer.mimetype) == (200, word, "text/plain")
        assert "Set-Cookie" not in answer.headers


def test_without_its_tables_it_is_alive_and_not_ready_and_says_no_more(
    web_settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    browser = client(web_settings, Database(f"sqlite:///{tmp_path / 'nothing.sqlite'}"), hops=0)
    with caplog.at_level(logging.ERROR, logger="soundings.health"):
        answer = browser.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert [record.kind for record in caplog.records] == ["database"]
    assert browser.get("/healthz").status_code == 200


def test_each_fault_has_its_word(migrated: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    now = datetime.now(UTC)
    assert health.faults(migrated, tmp_path, now=now) == ()
    assert health.faults(migrated, tmp_path, now=now + timedelta(minutes=2)) == ("clock",)
    with monkeypatch.context() as full:
        full.setattr(health, "ENOUGH_ROOM", 2**62)
        full.setattr(health, "LEAST_ROOM", 1.1)
        assert health.faults(migrated, tmp_path, now=now) == ("disk",)
    schema.downgrade(migrated, "-1")
    assert health.faults(migrated, tmp_path, now=now) == ("schema",)


def test_looking_writes_nothing(migrated: Database, tmp_path: Path):
    file = Path(str(migrated.url.database))
    before = file.read_bytes(), Path(f"{file}-wal").stat().st_size
    assert health.faults(migrated, tmp_path, now=datetime.now(UTC)) == ()
    assert (file.read_bytes(), Path(f"{file}-wal").stat().st_size) == before


def test_asking_often_looks_seldom():
    looks = []

    def look() -> tuple[str, ...]:
        looks.append(len(looks))
        return ()

    readiness = Readiness()
    for tenth in range(100):
        readiness.faults(look, at=100 + tenth / 10)  # ten seconds
    assert len(looks) == 10 / KEPT_SECONDS
