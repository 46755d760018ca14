"""The check of anonymity: every named check passes on a service that is as it should be, and finds what was planted."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from survey import anonymity, anonymity_checks, answers, audit, keys, receipts, submissions, waves
from survey.anonymity_checks import Verdict
from survey.models import Wave

PAGES = {"mindset-1": {"mindset_1": "4"}, "mindset-2": {"one_change": "More tea"}, "equality-1": {"condition": "no"}}


def answer(field, name="a", new_id=keys.new_id):
    """One officer answers every kind of question and sends."""
    browser = field.start(field.personal(f"{name}@x.example"))
    for code, values in PAGES.items():
        page = field.questionnaire.page(code)
        with field.database.session() as session, field.database.write(session):
            draft = submissions.current(session, browser)
            shown = answers.shown_digest(page.items, {})
            draft = submissions.save_page(session, draft, field.questionnaire, page, values, shown=shown)
            session.commit()
    with field.database.session() as session, field.database.write(session):
        draft = submissions.current(session, browser)
        submissions.submit(
            session, draft, field.questionnaire, revision=3, browser_key=browser, link_key=field.link_key, new_id=new_id
        )
        session.commit()


def look(field, *, hours=0.0, logs=()):
    now = datetime.now(UTC) + timedelta(hours=hours)
    found = anonymity_checks.examine(field.database, link_key=field.link_key, now=now, logs=logs)
    return {check.name: check for check in found}


def findings(field, **more):
    return {name for name, check in look(field, **more).items() if check.verdict is Verdict.FINDING}


def run(field, *statements):
    with field.database.session() as session, field.database.write(session):
        for statement in statements:
            session.execute(text(statement))
        session.commit()


@pytest.fixture
def answered(field):
    for name in "abc":
        answer(field, name)
    return field


@pytest.fixture
def rewritten(answered):
    anonymity.rewrite(answered.database)
    return answered


def test_a_service_without_answers_has_nothing_to_find(field):
    assert findings(field) == set()
    assert look(field)["rewrite"].line == "Nothing was sealed since the beginning, there was no rewrite yet."


def test_after_the_rewrite_every_check_passes(rewritten):
    found = look(rewritten)
    assert {check.verdict for name, check in found.items() if name not in {"server", "alone"}} == {Verdict.FINE}
    assert found["server" if "server" in found else "log"].verdict is not Verdict.FINDING
    assert found["rewrite"].line.startswith("Nothing was sealed since the last rewrite at ")
    assert found["identifiers"].line == "The ids of sealed rows are random and each is used once."


def test_before_the_rewrite_the_honest_limit_is_counted(answered):
    found = look(answered)
    assert findings(answered) == set()
    assert found["rewrite"].verdict is Verdict.LIMIT
    assert found["rewrite"].line.startswith("Fewer than 5 sealed since the beginning")
    told = found["log" if answered.database.is_sqlite else "transactions"]
    assert told.verdict is Verdict.LIMIT
    # PostgreSQL: three submissions; SQLite: nine sealed rows
    assert told.line.startswith("At least 5" if answered.database.is_sqlite else "Fewer than 5")


def test_what_came_after_the_rewrite_is_counted_alone(rewritten):
    with rewritten.database.session() as session:
        assert anonymity.waiting(session).any is False
    answer(rewritten, "d")
    with rewritten.database.session() as session:
        waiting = anonymity.waiting(session)
    assert (waiting.any, waiting.at_least, waiting.at is None) == (True, 0, False)
    assert look(rewritten)["rewrite"].line.startswith("Fewer than 5 sealed since the last rewrite at ")
    assert findings(rewritten) == set()


def test_a_night_without_a_rewrite_is_found(rewritten):
    answer(rewritten, "d")
    assert findings(rewritten, hours=37) == {"rewrite"}


@pytest.mark.parametrize("receipts_stay", [False, True])
def test_a_wave_that_closed_without_a_rewrite_is_found(answered, monkeypatch, receipts_stay):
    """The close touches every used receipt, so it carries the close's own transaction; where it stays, that of the answers."""
    if receipts_stay:
        monkeypatch.setattr(receipts, "drop", lambda *_: None)
    with answered.database.session() as session, answered.database.write(session):
        wave = session.get_one(Wave, answered.wave.id)
        waves.close(session, wave, actor="system", now=datetime.now(UTC), reason="All have answered.")
        session.commit()
    found = findings(answered)
    assert "rewrite" in found
    assert ("transactions" in found) is (receipts_stay and not answered.database.is_sqlite)
    anonymity.rewrite(answered.database)
    assert findings(answered) == ({"receipts"} if receipts_stay else set())


@pytest.mark.parametrize("table", ["submission", "sealed_equality", "sealed_text", "invitation"])
def test_a_column_of_time_is_found(rewritten, table):
    run(rewritten, f"ALTER TABLE {table} ADD COLUMN sent_at TIMESTAMP")
    try:
        line = look(rewritten)["columns"].line
        assert line == f"{table} has a column sent_at that the service does not know. {table}.sent_at holds a time."
    finally:
        run(rewritten, f"ALTER TABLE {table} DROP COLUMN sent_at")


def test_a_table_and_a_trigger_that_keep_both_sides_are_found(rewritten):
    run(rewritten, "CREATE TABLE seen (invitation_id INTEGER, sealed_id VARCHAR(32))")
    try:
        run(rewritten, "INSERT INTO seen SELECT 1, min(id) FROM submission")
        found = look(rewritten)
        assert found["ties"].line == "There is a table seen that the service does not know."
        assert found["elsewhere"].line == "The table seen holds the id of a sealed row."
    finally:
        run(rewritten, "DROP TABLE seen")


def test_a_trigger_on_a_sealed_table_is_found(sqlite_field):
    run(sqlite_field, "CREATE TRIGGER watching AFTER INSERT ON submission BEGIN SELECT 1; END")
    assert look(sqlite_field)["ties"].line == "The trigger watching watches submission."


@pytest.mark.parametrize("make", [
    lambda number: f"{number:032x}",  # counted
    lambda number: f"{1_800_000_000 + number:016x}{keys.new_id()[:16]}",  # a clock in front
    lambda number: f"{keys.new_id()[:16]}{number:016x}",  # a count behind
    lambda _: f"{keys.new_id()[:12]}4{keys.new_id()[:19]}",  # a place that never changes
    lambda number: f"0{keys.new_id()[:31]}" if number % 2 else f"1{keys.new_id()[:31]}",  # not spread
])  # fmt: skip
def test_ids_that_were_not_drawn_are_found(make):
    ids = frozenset(make(number) for number in range(60))
    assert list(anonymity_checks._not_random(ids))


def test_drawn_ids_are_never_found():
    assert not [
        fault for _ in range(300) for fault in anonymity_checks._not_random(frozenset(keys.new_id() for _ in range(40)))
    ]


def test_ids_that_were_counted_are_found_in_the_database(field):
    numbers = itertools.count(1)
    for name in "ab":
        answer(field, name, new_id=lambda: f"{next(numbers):032x}")
    assert "identifiers" in findings(field)


def test_an_id_that_ties_a_person_s_rows_is_found(field):
    for name in "ab":
        one = keys.new_id()
        answer(field, name, new_id=lambda one=one: one)
    assert "One id stands in two sealed tables" in look(field)["identifiers"].line


@pytest.mark.parametrize(("statement", "table"), [
    ("""UPDATE submission SET answers = '{"mindset_1":"4","link":"7"}'""", "submission"),
    ("""UPDATE submission SET answers = '{"mindset_1":"a@x.example"}'""", "submission"),
    ("""UPDATE submission SET answers = '{"condition":"no"}'""", "submission"),
    ("""UPDATE sealed_equality SET answers = '{"mindset_1":"4"}'""", "sealed_equality"),
    ("""UPDATE sealed_text SET item = 'address'""", "sealed_text"),
])  # fmt: skip
def test_something_that_came_along_with_the_answers_is_found(rewritten, statement, table):
    run(rewritten, statement.replace(":", r"\:"))
    assert look(rewritten)["content"].line == f"{table}: 3 rows hold something that no question asks."


def test_an_entry_for_a_single_submission_is_found(rewritten):
    with rewritten.database.session() as session, rewritten.database.write(session):
        sealed = session.execute(text("SELECT min(id) FROM submission")).scalar_one()
        audit.record(
            session, now=datetime.now(UTC), actor="system", action="submission.sealed", object_type="submission",
            object_code=sealed, details={"invitation": 1},
        )  # fmt: skip
        session.commit()
    assert findings(rewritten) >= {"audit", "elsewhere"}


def test_rows_in_the_order_of_coming_are_found(postgresql_field):
    for name in "abcdefgh":
        answer(postgresql_field, name)
    with postgresql_field.database.engine.begin() as connection:  # a rewrite that forgets to sort
        connection.exec_driver_sql("INSERT INTO rewriting VALUES (1, now(), 8)")
        rows = connection.exec_driver_sql("DELETE FROM submission RETURNING *").all()
        for row in sorted(rows, reverse=True):
            connection.exec_driver_sql("INSERT INTO submission VALUES (%s, %s, %s, %s, %s, %s)", tuple(row))
    assert look(postgresql_field)["place"].line == "submission does not lie in the order of its ids."


def test_a_table_that_numbers_its_rows_is_found(sqlite_field):
    with sqlite_field.database.session() as session, sqlite_field.database.write(session):
        made = session.execute(text("SELECT sql FROM sqlite_master WHERE name = 'sealed_text'")).scalar_one()
        session.execute(text("DROP TABLE sealed_text"))
        session.execute(text(made.replace("WITHOUT ROWID", "")))
        session.commit()
    assert look(sqlite_field)["place"].line == "sealed_text numbers its rows in the order in which they came."


def test_a_log_that_could_not_be_emptied_is_found(sqlite_field):
    """Somebody was reading while the log should have been emptied, and the copy of the pages stayed in it."""
    answer(sqlite_field)
    with sqlite_field.database.engine.connect() as reader:
        reader.exec_driver_sql("SELECT count(*) FROM submission").scalar_one()
        anonymity.rewrite(sqlite_field.database)
        assert findings(sqlite_field) == {"log"}
    anonymity.rewrite(sqlite_field.database)
    assert findings(sqlite_field) == set()


def test_a_server_that_writes_answers_or_times_down_is_found(postgresql_field, monkeypatch):
    assert look(postgresql_field)["server"].verdict is Verdict.LIMIT
    monkeypatch.setattr(anonymity_checks.traces, "log_is_emptied", lambda _: True)
    assert look(postgresql_field)["server"].verdict is Verdict.FINE
    bad = {"track_commit_timestamp": "on", "log_statement": "all", "log_min_duration_statement": "0"}
    monkeypatch.setattr(anonymity_checks.traces, "setting", lambda _, name: bad[name])
    found = look(postgresql_field)["server"]
    assert found.verdict is Verdict.FINDING
    assert all(name in found.line for name in bad)


def test_one_officer_alone_is_told_as_a_limit(field):
    answer(field)
    anonymity.rewrite(field.database)
    assert look(field)["alone"].verdict is Verdict.LIMIT
    answer(field, "b")
    assert look(field)["alone"].verdict is Verdict.FINE


def test_a_log_file_with_a_link_an_address_or_an_id_is_found(rewritten, tmp_path):
    token = rewritten.personal("late@x.example")
    with rewritten.database.session() as session:
        sealed = session.execute(text("SELECT min(id) FROM submission")).scalar_one()
        token_hash = session.execute(text("SELECT min(token_hash) FROM invitation")).scalar_one()
    clean, full = tmp_path / "clean.log", tmp_path / "full.log"
    clean.write_text('{"at": "2026-05-04", "route": "/r/<token>", "status": 200}\n')
    full.write_text(f"GET /r/{token} 200\nmail to Late@X.example failed\nsealed {sealed}\n")
    assert look(rewritten, logs=[clean])["files"].verdict is Verdict.FINE
    assert look(rewritten, logs=[clean, full])["files"].line == (
        "full.log holds the id of a sealed row. full.log holds a link. full.log holds the address of an officer."
    )
    full.write_text(token_hash)
    assert look(rewritten, logs=[full])["files"].line == "full.log holds a link."
