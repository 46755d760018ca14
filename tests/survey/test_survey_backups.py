"""Backup and restore: the same content comes back on either database, whole or not at all, and nobody is signed in."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from survey import backup_folder, backups, content, invitations, keys, links, messages, people, restoring, schema
from survey.db import Database
from survey.errors import BadInput, NotNow, Refusal
from survey.models import Draft, Invitation, Participation, Person, Submission, WebSession

LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"
OTHER_KEY = "0123456789zyxwvutsrqponmlkjihgfedcba"
SIGNED_IN = "a signed-in browser's key, thirty-two characters"
BROWSER = "a browser's key of thirty-two characters"
PAGE = 8192
MakeDatabase = Callable[[str], Database]


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> MakeDatabase:
    """Makes databases without tables, of either kind."""
    number = itertools.count()

    def make(kind: str) -> Database:
        if kind == "postgresql":
            database = Database(request.getfixturevalue("new_postgresql_database")())
        else:
            database = Database(f"sqlite:///{tmp_path / f'database-{next(number)}.sqlite'}")
        request.addfinalizer(database.dispose)
        return database

    return make


@pytest.fixture
def filled(empty: MakeDatabase, in_the_field, questionnaires: Path) -> Callable[[str], Database]:
    """A migrated service in the field: a wave, links, a draft, a sealed answer, a person signed in, a mail waiting."""

    def make(kind: str) -> Database:
        database = empty(kind)
        schema.upgrade(database)
        now = datetime.now(UTC)
        with database.session() as session, database.write(session):
            edition, wave, part = in_the_field(session, questionnaires / "every-kind.toml")
            invitations.invite(
                session, part, ["ann@x.example", "bo@x.example"], link_key=LINK_KEY, actor="system", now=now
            )
            invitations.queue_mails(session, wave, template="invitation", round_=1, now=now)
            person = people.add(session, "rhian@example.org", "Rhian “Ŵ” Price", now=now, actor="system")
            people.start_session(session, person.id, session_key=SIGNED_IN, now=now)
            people.request_code(session, "rhian@example.org", browser_key=BROWSER, secret_key=OTHER_KEY, now=now)
            first = session.scalars(select(Invitation.id).order_by(Invitation.id)).first()
            assert first is not None
            add_draft(session, first, now)
            session.add(
                Submission(
                    id=keys.new_id(),
                    wave_id=wave.id,
                    authority_id=part.authority_id,
                    edition_id=edition.id,
                    answers='{"b":"é","a":"1"}',
                    too_fast=True,
                )
            )
            session.commit()
        return database

    return make


def add_draft(session: Session, invitation_id: int, now: datetime) -> None:
    draft_id = keys.new_id()
    code = keys.resume_code(LINK_KEY, draft_id)
    session.add(
        Draft(
            id=draft_id,
            invitation_id=invitation_id,
            browser_key_hash=keys.hashed(BROWSER),
            resume_hash=keys.resume_hash(LINK_KEY, code),
            answers='{"a":"2"}',
            started_at=now,
        )
    )


def digest_of(database: Database) -> str:
    with backups.frozen(database) as connection:
        return content.digest(connection).total


def count(database: Database, table: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - our tables


def backed_up(database: Database, path: Path) -> Path:
    backups.make(database, path, link_key=LINK_KEY, now=datetime.now(UTC))
    return path


def restored(database: Database, path: Path, *, replace: bool = False, new_links: bool = False) -> restoring.Restored:
    return restoring.restore(database, path, link_key=LINK_KEY, replace=replace, new_links=new_links)


@pytest.mark.parametrize(("source", "target"), list(itertools.product(["sqlite", "postgresql"], repeat=2)))
def test_a_restored_copy_has_the_same_content_on_either_database(filled, empty, tmp_path: Path, source, target):
    live, copy = filled(source), empty(target)
    done = restored(copy, backed_up(live, tmp_path / "a.backup"))
    assert digest_of(live) == digest_of(copy) == done.digest.total
    schema.require_current(copy)
    with live.session() as one, copy.session() as other:
        assert one.scalars(select(Person.name)).all() == other.scalars(select(Person.name)).all()
        assert one.scalars(select(Submission.answers)).all() == other.scalars(select(Submission.answers)).all()
        assert one.scalars(select(Draft.started_at)).all() == other.scalars(select(Draft.started_at)).all()


def test_one_changed_letter_changes_the_digest(filled):
    database = filled("sqlite")
    before = digest_of(database)
    with database.session() as session, database.write(session):
        session.execute(update(Submission).values(answers='{"b":"e","a":"1"}'))
        session.commit()
    assert digest_of(database) != before


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_restored_copy_knows_no_session_and_no_code_and_sends_no_mail(filled, empty, tmp_path: Path, kind):
    live, copy = filled(kind), empty(kind)
    assert [count(live, table) for table in ("web_session", "sign_in_code")] == [1, 1]
    done = restored(copy, backed_up(live, tmp_path / "a.backup"))
    assert [count(copy, table) for table in ("web_session", "sign_in_code")] == [0, 0]
    with copy.session() as session:
        assert people.principal(session, SIGNED_IN, now=datetime.now(UTC)) is None
        assert messages.take_due(session) == []
        assert messages.counts(session)["failed"] == done.held == 2  # Ann's and Bo's; the code's mail is left out
        assert messages.try_again(session) == 2
        assert len(messages.take_due(session)) == 2


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_officers_go_on_with_their_links_and_drafts_and_numbers_go_on(filled, empty, tmp_path: Path, kind):
    live, copy = filled(kind), empty(kind)
    with live.session() as session:
        ann = session.scalars(select(Invitation).where(Invitation.address == "ann@x.example")).one()
    restored(copy, backed_up(live, tmp_path / "a.backup"))
    with copy.session() as session, copy.write(session):
        assert links.find(session, keys.token(LINK_KEY, ann.id, ann.epoch)) is not None
        assert session.scalars(select(Draft.browser_key_hash)).one() == keys.hashed(BROWSER)
        person = people.add(session, "new@example.org", "New", now=datetime.now(UTC), actor="system")
        assert person.id == 2


def test_with_new_links_the_old_ones_open_nothing_and_resume_codes_follow_the_new_key(filled, empty, tmp_path: Path):
    live, copy = filled("sqlite"), empty("sqlite")
    path = backed_up(live, tmp_path / "a.backup")
    with live.session() as session:
        ann = session.scalars(select(Invitation).where(Invitation.address == "ann@x.example")).one()
    with pytest.raises(NotNow, match="another link key"):
        restoring.restore(copy, path, link_key=OTHER_KEY, replace=False, new_links=False)
    done = restoring.restore(copy, path, link_key=OTHER_KEY, replace=False, new_links=True)
    assert done.new_links == 2
    with copy.session() as session:
        assert links.find(session, keys.token(LINK_KEY, ann.id, ann.epoch)) is None
        again = session.get_one(Invitation, ann.id)
        assert links.find(session, keys.token(OTHER_KEY, again.id, again.epoch)) is not None
        draft = session.scalars(select(Draft)).one()
        assert draft.resume_hash == keys.resume_hash(OTHER_KEY, keys.resume_code(OTHER_KEY, draft.id))


def test_a_link_made_after_a_restore_is_no_link_that_was_sent_before_it(filled, empty, tmp_path: Path):
    """Carol's invitation is younger than the backup; after the restore its number is given to Dave."""
    live, copy = filled("sqlite"), empty("sqlite")
    path = backed_up(live, tmp_path / "a.backup")
    restored(copy, path)
    tokens = {}
    for database, address in ((live, "carol@x.example"), (copy, "dave@x.example")):
        with database.session() as session, database.write(session):
            part = session.scalars(select(Participation)).one()
            invitations.invite(session, part, [address], link_key=LINK_KEY, actor="system", now=datetime.now(UTC))
            made = session.scalars(select(Invitation).where(Invitation.address == address)).one()
            tokens[address] = (made.id, keys.token(LINK_KEY, made.id, made.epoch))
            session.commit()
    assert tokens["carol@x.example"][0] == tokens["dave@x.example"][0]
    assert tokens["carol@x.example"][1] != tokens["dave@x.example"][1]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_is_there_gives_way_only_when_told_so(filled, tmp_path: Path, kind):
    database = filled(kind)
    path = backed_up(database, tmp_path / "a.backup")
    before = digest_of(database)
    with database.session() as session, database.write(session):
        people.add(session, "later@example.org", "Later", now=datetime.now(UTC), actor="system")
        session.commit()
    with pytest.raises(NotNow, match="not empty"):
        restored(database, path)
    assert digest_of(database) != before
    restored(database, path, replace=True)
    assert digest_of(database) == before


def test_a_database_of_something_else_is_left_alone(filled, empty, tmp_path: Path):
    path, other = backed_up(filled("sqlite"), tmp_path / "a.backup"), empty("sqlite")
    with other.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE recipe (id INTEGER)")
    with pytest.raises(Refusal, match="something else"):
        restored(other, path, replace=True)
    assert count(other, "recipe") == 0


def rewritten(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> Path:
    damaged = path.with_name("damaged.backup")
    damaged.write_bytes(gzip.compress(b"".join(change(gzip.decompress(path.read_bytes()).splitlines(keepends=True)))))
    return damaged


DAMAGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "cut off after a row": lambda lines: lines[:-1],
    "cut off within a row": lambda lines: [*lines[:-2], lines[-2][:-3]],
    "a row too few": lambda lines: [one for one in lines if b"bo@x.example" not in one],
    "a row twice": lambda lines: [*lines[:-1], lines[-2], lines[-1]],
    "a letter changed": lambda lines: [one.replace(b"rhian@", b"khian@") for one in lines],
    "something behind the end": lambda lines: [*lines, b"[]\n"],
    "a row of another length": lambda lines: [one.replace(b'"ann@x.example",', b"") for one in lines],
    "an unknown table": lambda lines: [one.replace(b'{"table":"person"', b'{"table":"parson"') for one in lines],
    "a newer schema": lambda lines: [lines[0].replace(b'"schema":"0', b'"schema":"9'), *lines[1:]],
    "a newer format": lambda lines: [lines[0].replace(b'"format":1', b'"format":2'), *lines[1:]],
    "no moment": lambda lines: [lines[0].replace(b'"made_at":"2', b'"made_at":"x'), *lines[1:]],
    "not ours": lambda lines: [b"{}\n", *lines[1:]],
    "no JSON": lambda lines: [b"hello\n", *lines[1:]],
    "nothing": lambda lines: lines[:0],
    "a list in a cell": lambda lines: [one.replace(b'"ann@x.example"', b'["ann@x.example"]') for one in lines],
    "a number beyond all bounds": lambda lines: [one.replace(b'"ann@x.example"', b"9" * 30) for one in lines],
    "a line without bottom": lambda lines: [*lines[:-1], b"[" * 100_000 + b"\n", lines[-1]],
    "digests that are none": lambda lines: [*lines[:-1], b'{"digest":"x","tables":{"person":5}}\n'],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_backup_changes_nothing(filled, tmp_path: Path, damage):
    database = filled("sqlite")
    path = rewritten(backed_up(database, tmp_path / "a.backup"), damage)
    before = digest_of(database)
    with pytest.raises(Refusal):
        restored(database, path, replace=True)
    assert digest_of(database) == before
    assert count(database, "web_session") == 1


@pytest.mark.parametrize(
    "bytes_", [b"", b"no gzip at all", gzip.compress(b"x" * 5000, mtime=0)[:30]], ids=["empty", "no gzip", "cut short"]
)
def test_what_is_no_backup_is_refused_in_a_sentence(empty, tmp_path: Path, bytes_):
    (tmp_path / "a.backup").write_bytes(bytes_)
    with pytest.raises(BadInput):
        restored(empty("sqlite"), tmp_path / "a.backup")
    with pytest.raises(BadInput, match="cannot be read"):
        restored(empty("sqlite"), tmp_path / "nothing-here.backup")


def test_a_backup_is_readable_by_its_owner_only_and_replaces_no_file(filled, tmp_path: Path):
    database = filled("sqlite")
    path = backed_up(database, tmp_path / "a.backup")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refusal, match="there already"):
        backed_up(database, path)
    with pytest.raises(Refusal, match="Make it first"):
        backed_up(database, tmp_path / "no-folder" / "a.backup")
    assert sorted(one.name for one in tmp_path.glob("*backup*")) == ["a.backup"]


def test_a_backup_holds_neither_key_nor_link_nor_code_nor_session(filled, tmp_path: Path):
    database = filled("sqlite")
    text_ = gzip.decompress(backed_up(database, tmp_path / "a.backup").read_bytes()).decode()
    with database.session() as session:
        tokens = [keys.token(LINK_KEY, one.id, one.epoch) for one in session.scalars(select(Invitation))]
        sessions = session.scalars(select(WebSession.key_hash)).all()
    assert len(tokens) == 2
    assert not [secret for secret in (LINK_KEY, *tokens, *sessions) if secret in text_]


def test_a_damaged_database_gives_no_backup(filled, tmp_path: Path):
    database = filled("sqlite")
    database.dispose()
    file = Path(str(database.url.database))
    pages = bytearray(file.read_bytes())
    for start in range(2 * PAGE, len(pages), PAGE):
        pages[start : start + 50] = b"\xff" * 50
    file.write_bytes(pages)
    with pytest.raises(Refusal, match="The database is damaged"):
        backed_up(Database(f"sqlite:///{file}"), tmp_path / "a.backup")
    assert not list(tmp_path.glob("*.backup"))


def test_a_backup_of_an_older_schema_comes_back_at_todays(empty, tmp_path: Path):
    old, copy = empty("sqlite"), empty("postgresql")
    schema.upgrade(old, "0001")
    with old.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO authority (id, code, name) VALUES (7, 'X1', 'Exeborough')")
    done = restored(copy, backed_up(old, tmp_path / "a.backup"))
    assert (done.header.schema, done.schema) == ("0001", schema.head())
    schema.require_current(copy)
    assert count(copy, "authority") == 1


def test_trying_a_backup_leaves_no_trace(filled, tmp_path: Path):
    path = backed_up(filled("sqlite"), tmp_path / "a.backup")
    folder = tmp_path / "data"
    folder.mkdir()
    assert restoring.check(path, folder, link_key=LINK_KEY).digest.rows > 0
    assert list(folder.iterdir()) == []


def test_what_was_replaced_lies_in_no_free_page(filled, tmp_path: Path):
    database = filled("sqlite")
    path = backed_up(database, tmp_path / "a.backup")
    with database.session() as session, database.write(session):
        session.execute(update(Person).values(name="Canary Featherstonehaugh"))
        session.commit()
    restored(database, path, replace=True)
    file = str(database.url.database)
    left = [Path(name).read_bytes() for name in (file, f"{file}-wal") if Path(name).exists()]
    assert not [one for one in left if b"Featherstonehaugh" in one]


def test_every_table_is_in_a_backup_but_for_what_is_left_out_with_a_reason(filled, tmp_path: Path):
    database = filled("postgresql")
    lines = gzip.decompress(backed_up(database, tmp_path / "a.backup").read_bytes()).splitlines()
    named = {said["table"] for line in lines if line.startswith(b"{") and "table" in (said := json.loads(line))}
    with database.engine.connect() as connection:
        every = {table.name for table in content.all_tables(connection)}
    assert every - named == {
        "alembic_version",
        "web_session",
        "sign_in_code",
        "spent_key",
        "pending_import",
        "rewriting",
    }


# The folder


def test_the_newest_of_each_day_week_and_month_is_kept(tmp_path: Path):
    first = datetime(2026, 1, 1, 1, 30, tzinfo=UTC)
    for day in range(120):  # 1 January to 30 April, twice a day
        for hours in (0, 12):
            (tmp_path / backup_folder.name_for(first + timedelta(days=day, hours=hours))).write_bytes(b"")
    (tmp_path / "notes.txt").write_text("kept")
    for old in backup_folder.outdated(tmp_path, (7, 4, 12)):
        old.unlink()
    left = sorted(path.name[10:18] for path in tmp_path.glob("*.backup"))
    # seven days to 30 April; the Sundays 12, 19 and 26 April beside this week; the ends of January, February and March
    days = ["20260424", "20260425", "20260426", "20260427", "20260428", "20260429", "20260430"]
    assert left == ["20260131", "20260228", "20260331", "20260412", "20260419", *days]
    assert all("T133000Z" in path.name for path in tmp_path.glob("*.backup"))
    assert (tmp_path / "notes.txt").exists()


@pytest.mark.parametrize("plan", ["7", "7/4", "0/4/12", "a/b/c", "7/4/12/1", "-7/4/12", ""])
def test_a_plan_is_three_numbers_and_at_least_one_day(plan: str):
    with pytest.raises(BadInput):
        backup_folder.read_plan(plan)
