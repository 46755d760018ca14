"""After the rewrite nothing in the database tells which receipt came with which sealed row."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import select

from survey import anonymity, answers, keys, submissions
from survey.models import Draft, SpentKey


def answer_as_three_officers(field):
    browsers = [field.start(field.personal(f"{name}@x.example")) for name in "abc"]
    page = field.questionnaire.page("mindset-1")
    for browser in browsers:
        with field.database.session() as session, field.database.write(session):
            draft = submissions.current(session, browser)
            shown = answers.shown_digest(page.items, {})
            draft = submissions.save_page(session, draft, field.questionnaire, page, {"mindset_1": "4"}, shown=shown)
            submissions.submit(
                session, draft, field.questionnaire, revision=1, browser_key=browser, link_key=field.link_key
            )
            session.commit()
    return browsers


def test_all_rows_of_a_table_carry_one_number_and_lie_in_the_order_of_their_ids(postgresql_field):
    field = postgresql_field
    answer_as_three_officers(field)
    anonymity.rewrite(field.database)
    with field.database.engine.connect() as connection:
        for table in ("submission", "invitation"):
            rows = connection.exec_driver_sql(f"SELECT xmin::text, id FROM {table} ORDER BY ctid").all()  # noqa: S608
            assert len(rows) == 3
            assert len({number for number, _ in rows}) == 1
            assert [one for _, one in rows] == sorted(one for _, one in rows)
        pages = connection.exec_driver_sql("SELECT pg_relation_size('draft')").scalar()
    assert pages == 0  # dead drafts are gone with their numbers


def test_dead_rows_that_a_reader_still_holds_are_removed_when_the_reading_ends(postgresql_field):
    field = postgresql_field
    reading = field.database.engine.connect().execution_options(isolation_level="REPEATABLE READ")
    try:
        assert reading.exec_driver_sql("SELECT count(*) FROM authority").scalar()
        answer_as_three_officers(field)
        ending = threading.Timer(0.5, reading.close)
        ending.start()
        anonymity.rewrite(field.database)
        ending.join()
    finally:
        reading.close()
    with field.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT pg_relation_size('draft')").scalar() == 0


def test_before_the_rewrite_the_numbers_do_tell(postgresql_field):
    field = postgresql_field
    answer_as_three_officers(field)
    with field.database.engine.connect() as connection:
        sealed = set(connection.exec_driver_sql("SELECT xmin::text FROM submission").scalars())
        receipts = set(connection.exec_driver_sql("SELECT xmin::text FROM invitation").scalars())
    assert sealed == receipts  # the honest limit: one transaction writes both, and its number can be read
    assert len(sealed) == 3


def test_a_deleted_draft_is_overwritten_and_the_log_is_empty(sqlite_field):
    field = sqlite_field
    browser = field.start(field.personal("a@x.example"))
    with field.database.session() as session:
        draft = session.scalars(select(Draft)).one()
        traces = [draft.id.encode(), draft.browser_key_hash.encode(), draft.resume_hash.encode()]
    path = Path(str(field.database.url.database))
    log = path.with_name(f"{path.name}-wal")
    assert any(trace in path.read_bytes() + log.read_bytes() for trace in traces)  # the search can find them
    page = field.questionnaire.page("mindset-1")
    with field.database.session() as session, field.database.write(session):
        draft = submissions.current(session, browser)
        shown = answers.shown_digest(page.items, {})
        draft = submissions.save_page(session, draft, field.questionnaire, page, {"mindset_1": "4"}, shown=shown)
        submissions.submit(
            session, draft, field.questionnaire, revision=1, browser_key=browser, link_key=field.link_key
        )
        session.commit()
    anonymity.rewrite(field.database)
    assert log.stat().st_size == 0
    assert not [trace for trace in traces if trace in path.read_bytes()]


def test_marks_of_spent_browsers_live_until_the_rewrite(field):
    browsers = answer_as_three_officers(field)
    anonymity.rewrite(field.database)
    with field.database.session() as session:
        assert session.scalars(select(SpentKey)).all() == []
        assert not submissions.was_submitted(session, browsers[0], link_key=field.link_key)
    assert keys.spent_hash("one link key", "x") != keys.spent_hash("another", "x")
