"""A database that fails a command: one plain sentence, exit code 1, nothing half done, and no traceback with values."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError, ProgrammingError

from survey import outages, people, schema
from survey.cli import main
from survey.db import Database

SECRET = "canary@council.example"
Soundings = Callable[..., Result]


class DriverError(Exception):
    """What a driver raises: its code under the name that the driver uses."""

    def __init__(self, code: str = "", name: str = "") -> None:
        super().__init__(f"for row ({SECRET})")
        self.sqlstate, self.sqlite_errorname = code or None, name or None


def wrapped(kind: type[DBAPIError], code: str = "", name: str = "") -> DBAPIError:
    return kind("INSERT INTO person VALUES (?)", (SECRET,), DriverError(code, name))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (wrapped(InternalError, "25P03"), "idle_in_transaction_session_timeout"),
        (wrapped(OperationalError, "57014"), "statement_timeout"),
        (wrapped(OperationalError, "55P03"), "somebody else is changing the same thing"),
        (wrapped(OperationalError, "40P01"), "somebody else is changing the same thing"),
        (wrapped(OperationalError, "57P01"), "ended the connection"),
        (wrapped(OperationalError, "53100"), "no room left"),
        (wrapped(InternalError, "25006"), "may only be read"),
        (wrapped(ProgrammingError, "42501"), "does not let us"),
        (wrapped(OperationalError), "is the server running"),
        (wrapped(OperationalError, name="SQLITE_BUSY"), "somebody else is changing the same thing"),
        (wrapped(OperationalError, name="SQLITE_FULL"), "no room left"),
        (wrapped(OperationalError, name="SQLITE_READONLY"), "may only be read"),
        (wrapped(DBAPIError, name="SQLITE_NOTADB"), "restore the newest backup"),
    ],
)
def test_what_happened_what_was_kept_and_what_to_do_stand_on_one_line(fault, words):
    told = outages.sentence(fault, "postgresql://host/db")
    assert told.startswith("The database postgresql://host/db ")
    assert words in told
    assert outages.KEPT in told
    assert SECRET not in told
    assert "\n" not in told


def test_a_statement_that_is_wrong_is_a_fault_of_the_program_and_no_outage():
    fault = wrapped(IntegrityError, "23505")
    assert outages.of(fault) is None
    told = outages.sentence(fault, "x")
    assert "DriverError 23505" in told
    assert "please report" in told
    assert SECRET not in told


def test_the_first_fault_says_why_and_not_the_one_that_cleaning_up_met():
    try:
        try:
            raise wrapped(InternalError, "25P03")
        finally:
            raise wrapped(OperationalError, "08003")
    except DBAPIError as last:
        found = outages.of(last)
    assert found is not None
    assert "idle_in_transaction" in found.happened


@pytest.fixture
def soundings(request: pytest.FixtureRequest, tmp_path: Path) -> Soundings:
    """Runs a command on a database of its own, SQLite where no other is asked for."""
    kind = getattr(request, "param", "sqlite")
    url = (
        request.getfixturevalue("new_postgresql_database")()
        if kind == "postgresql"
        else f"sqlite:///{tmp_path}/s.sqlite"
    )
    database = Database(url)
    schema.upgrade(database)
    database.dispose()

    def run(*words: str) -> Result:
        return CliRunner(env={"SOUNDINGS_DATA": str(tmp_path), "DATABASE_URL": url}).invoke(main, words)

    return run


def refused(result: Result) -> str:
    assert isinstance(result.exception, SystemExit), result.exception
    lines = result.stderr.splitlines()
    assert (result.exit_code, result.stdout, len(lines)) == (1, "", 1)
    return lines[0]


def slowed(monkeypatch: pytest.MonkeyPatch, how: Callable[..., None]) -> None:
    """Adding a person meets a limit after the person was written."""
    plain = people.add

    def add(session, *given, **more):
        found = plain(session, *given, **more)
        session.flush()
        how(session)
        return found

    monkeypatch.setattr(people, "add", add)


def over_a_statement(session) -> None:
    session.execute(text("SET LOCAL statement_timeout = 100"))
    session.execute(text("SELECT pg_sleep(2)"))


def between_two_statements(session) -> None:
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 100"))
    time.sleep(0.5)
    session.execute(text("SELECT 1"))


def until_the_commit(session) -> None:
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 100"))
    time.sleep(0.5)


@pytest.mark.parametrize("soundings", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("how", "words"),
    [
        (over_a_statement, "(statement_timeout)"),
        (between_two_statements, "(idle_in_transaction_session_timeout)"),
        (until_the_commit, "(idle_in_transaction_session_timeout)"),
    ],
)
def test_a_limit_of_postgresql_ends_a_command_in_a_sentence_and_keeps_nothing(soundings, monkeypatch, how, words):
    with monkeypatch.context() as patched:
        slowed(patched, how)
        told = refused(soundings("people", "add", SECRET, "Rhian Price"))
    assert words in told
    assert outages.KEPT in told
    assert SECRET not in told
    assert soundings("people", "list").stdout == ""
    assert soundings("people", "add", SECRET, "Rhian Price").exit_code == 0


def test_a_file_that_is_no_database_is_named(tmp_path):
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"This was a database once. " * 500)
    result = CliRunner(env={"SOUNDINGS_DATA": str(tmp_path), "DATABASE_URL": f"sqlite:///{broken}"}).invoke(
        main, ["people", "list"]
    )
    told = refused(result)
    assert "broken.sqlite is damaged, or no database" in told
    assert "soundings restore" in told


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path):
    url = "postgresql://survey:pass-w0rd@127.0.0.1:1/survey"
    result = CliRunner(env={"SOUNDINGS_DATA": str(tmp_path), "DATABASE_URL": url}).invoke(main, ["people", "list"])
    told = refused(result)
    assert "127.0.0.1:1/survey cannot be used just now" in told
    assert "is the server running" in told
    assert "pass-w0rd" not in told


def test_a_file_that_cannot_be_written_is_named(soundings, monkeypatch):
    def full(*given, **more):
        raise OSError(28, "No space left on device", "/kept/links.csv")

    monkeypatch.setattr(people, "add", full)
    told = refused(soundings("people", "add", SECRET, "Rhian Price"))
    assert told.startswith("/kept/links.csv: No space left on device.")
