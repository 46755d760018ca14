"""T19, short: backups are taken while officers answer; each one is a state that the service was really in.

One writer begins, saves and submits answers without a pause, and takes the content digest after each commit: its
history. A backup that is taken meanwhile, and restored, must have one of these digests, no older than the newest when
it began. The planted defect, a copy of SQLite's main file without its log, must be caught.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from questionnaires.definition import Questionnaire
from survey import answers, backups, content, editions, invitations, keys, links, restoring, schema, submissions
from survey.db import Database
from survey.models import Invitation, Submission

pytestmark = pytest.mark.assurance
LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"
QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "four-items.toml"
COPIES = 40 if os.environ.get("ASSURANCE") == "long" else 3

Copy = Callable[[Database, Path], str]


@dataclass
class Officers:
    """One officer after another answers through the shared link."""

    database: Database
    token: str
    questionnaire: Questionnaire
    history: list[str] = field(default_factory=list)

    def run(self, stop: threading.Event) -> None:
        steps: Iterator[object] = iter(())
        while not stop.is_set():
            if next(steps, None) is None:
                steps = self._one()
                next(steps)
            self.history.append(digest_of(self.database))

    def _one(self) -> Iterator[bool]:
        """Start, save, submit; each is a commit, and is acknowledged by coming back here."""
        browser, page = keys.new_key(), self.questionnaire.pages[0]
        with self.database.session() as session, self.database.write(session):
            found = links.find(session, self.token)
            assert found is not None
            submissions.start(session, found, browser_key=browser, draft_id=keys.new_id(), link_key=LINK_KEY)
            session.commit()
        yield True
        with self.database.session() as session, self.database.write(session):
            draft = submissions.current(session, browser)
            assert draft is not None
            shown = answers.shown_digest(self.questionnaire.asked_items(page, draft.answers), draft.answers)
            values = {item.code: item.options[0].code for item in page.items}
            submissions.save_page(session, draft, self.questionnaire, page, values, shown=shown)
            session.commit()
        yield True
        with self.database.session() as session, self.database.write(session):
            draft = submissions.current(session, browser)
            assert draft is not None
            submissions.submit(
                session, draft, self.questionnaire, revision=draft.revision, browser_key=browser, link_key=LINK_KEY
            )
            session.commit()
        yield True


@pytest.fixture(params=["sqlite", "postgresql"])
def live(request: pytest.FixtureRequest, tmp_path: Path, in_the_field) -> Iterator[Officers]:
    url = f"sqlite:///{tmp_path / 'live.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("new_postgresql_database")()
    database = Database(url)
    schema.upgrade(database)
    with database.session() as session, database.write(session):
        edition, _, part = in_the_field(session, QUESTIONNAIRE)
        link = invitations.share(
            session, part, expected=100_000, link_key=LINK_KEY, actor="system", now=datetime.now(UTC)
        )
        session.commit()
        token = keys.token(LINK_KEY, link.id, link.epoch)
        questionnaire = editions.questionnaire_of(session, edition)
    yield Officers(database, token, questionnaire, [digest_of(database)])
    database.dispose()


def digest_of(database: Database) -> str:
    with backups.frozen(database) as connection:
        return content.digest(connection).total


@contextmanager
def answering(officers: Officers) -> Iterator[None]:
    stop = threading.Event()
    crowd = threading.Thread(target=officers.run, args=(stop,))
    crowd.start()
    try:
        yield
    finally:
        stop.set()
        crowd.join()


def drill(officers: Officers, copy: Copy, folder: Path) -> int:
    """Copy again and again while officers answer; how many copies are no state of the history, or too old a one."""
    taken: list[tuple[int, str]] = []
    with answering(officers):
        for number in range(COPIES):
            begun = len(officers.history)
            while len(officers.history) < begun + 4:  # at least one more officer has sent answers
                time.sleep(0.01)
            newest = len(officers.history) - 1
            taken.append((newest, copy(officers.database, folder / str(number))))
    wrong = sum(found not in officers.history[newest:] for newest, found in taken)
    print(json.dumps({"harness": "T19", "copies": COPIES, "commits": len(officers.history), "wrong": wrong}))  # noqa: T201
    return wrong


def backed_up_and_restored(database: Database, folder: Path) -> str:
    folder.mkdir()
    backups.make(database, folder / "a.backup", link_key=LINK_KEY, now=datetime.now(UTC))
    copy = Database(f"sqlite:///{folder / 'restored.sqlite'}")
    try:
        restoring.restore(copy, folder / "a.backup", link_key=LINK_KEY, replace=False, new_links=False)
        with copy.session() as session:
            received = session.scalar(select(func.sum(Invitation.received)))
            assert received == session.scalar(select(func.count()).select_from(Submission))
        return digest_of(copy)
    finally:
        copy.dispose()


def copied_without_the_log(database: Database, folder: Path) -> str:
    """The planted defect."""
    folder.mkdir()
    shutil.copyfile(str(database.url.database), folder / "copy.sqlite")
    copy = Database(f"sqlite:///{folder / 'copy.sqlite'}")
    try:
        return digest_of(copy)
    except DatabaseError:
        return "not even a database"
    finally:
        copy.dispose()


def test_a_backup_of_a_service_that_is_written_to_is_a_state_it_was_in(live: Officers, tmp_path: Path):
    assert drill(live, backed_up_and_restored, tmp_path) == 0
    assert len(set(live.history)) > COPIES


@pytest.mark.parametrize("live", ["sqlite"], indirect=True)
def test_a_copy_without_the_log_is_caught(live: Officers, tmp_path: Path):
    assert drill(live, copied_without_the_log, tmp_path) > 0
