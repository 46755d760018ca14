"""Work that lasts longer than PostgreSQL lets a transaction idle: nothing is read, or waited for, across it."""

from __future__ import annotations

import io
import time
from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from reports import publication
from reports.files import bundle
from survey import bundles, computation, microdata, releases, results
from survey.db import Database
from survey.microdata import Form

LIMIT, WORK = 1.0, 2.0  # seconds; the service's own limit is ten

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def shorten(database: Database) -> None:
    """The same server with a shorter limit, on every connection from now on."""

    def limit(connection, _record) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = {int(1000 * LIMIT)}")
        connection.commit()

    database.dispose()
    event.listen(database.engine, "connect", limit)


def slowed(monkeypatch: pytest.MonkeyPatch, module: object, name: str) -> None:
    plain: Callable[..., object] = getattr(module, name)

    def slow(*given, **more):
        time.sleep(WORK)
        return plain(*given, **more)

    monkeypatch.setattr(module, name, slow)


def test_a_release_is_computed_however_long_it_takes(closed, database, settings, work, monkeypatch):
    closed.session.close()
    shorten(database)
    slowed(monkeypatch, publication, "compute")
    with database.session() as session, database.write(session):
        code = computation.ask(session, closed.wave, by=closed.people["researcher"], now=closed.now).code
        session.commit()
    assert work(database, settings) == [code]
    with database.session() as session:
        assert [one.label for one in results.everything(session)] == ["2026.1"]


def test_the_limit_is_real(closed, database, monkeypatch):
    """The same between two statements of one transaction, as nobody must do it."""
    closed.session.close()
    shorten(database)
    slowed(monkeypatch, publication, "compute")
    with database.session() as session:
        releases.computed(releases.gather_with_earlier(session, "2026"))
        with pytest.raises(DBAPIError, match="idle-in-transaction"):
            session.commit()
        session.invalidate()


def test_a_transaction_that_takes_its_time_may_last(closed, database, monkeypatch):
    closed.session.close()
    shorten(database)
    slowed(monkeypatch, publication, "compute")
    assert closed.compute().label == "2026.1"


def test_a_bundle_is_written_however_long_it_takes(closed, database, monkeypatch):
    release = closed.published()
    closed.session.close()
    shorten(database)
    slowed(monkeypatch, bundle, "write")
    with database.session() as session:
        release = results.get_any(session, release.label)
        made = bundles.make(session, release, closed.agreement())
        with database.write(session):
            bundles.record(session, release, made, closed.agreement(), now=closed.now)
            session.commit()
    assert made.rows > 100


def test_microdata_are_written_however_long_it_takes(closed, database, monkeypatch):
    closed.session.close()
    shorten(database)
    slowed(monkeypatch, microdata.files, "write_csv")
    with database.session() as session:
        found = microdata.of_wave(session, "2026", by=closed.people["researcher"])
        target = io.BytesIO()
        microdata.write(session, found, Form.LABELS, target)
        with database.write(session):
            microdata.record(session, found, Form.LABELS, by=closed.people["researcher"], now=closed.now)
            session.commit()
    assert target.getvalue()
