"""Editions: what is asked is what is stored, fixed once approved, and read once per digest."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires import files
from questionnaires.definition import Role
from survey import audit, editions, people
from survey.db import Database
from survey.errors import BadInput, NotAllowed, NotFound, NotNow
from survey.models import Edition, EditionTranslation
from survey.people import Principal
from survey.vocabulary import RoleName

CODE, VERSION = files.STAFF
TEXT = files.path(CODE, VERSION).read_text()
WELSH = files.path(CODE, VERSION, "cy").read_text()

Recorder = Callable[[Database], AbstractContextManager[list[str]]]


def put(database: Database, session: Session, now: datetime, text: str = TEXT, welsh: str = WELSH) -> Edition:
    with database.write(session):
        edition = editions.store(session, text, {"cy": welsh}, file="staff.toml", now=now, actor="person:1")
        session.commit()
    return edition


def researcher(database: Database, session: Session, now: datetime, email: str) -> Principal:
    with database.write(session):
        person = people.add(session, email, email.partition("@")[0], now=now, actor="system")
        people.grant(session, person.id, RoleName.RESEARCHER, now=now, actor="system")
        session.commit()
    return people.principal_of(session, email)


def approved(database: Database, session: Session, now: datetime) -> Edition:
    author = researcher(database, session, now, "author@example.org")
    second = researcher(database, session, now, "second@example.org")
    edition = put(database, session, now)
    with database.write(session):
        editions.submit_for_review(session, edition, by=author, now=now)
        editions.approve(session, edition, by=second, now=now)
        session.commit()
    return edition


def test_the_shipped_questionnaire_is_stored_with_its_translations(database: Database, session: Session, now: datetime):
    with database.write(session):
        edition = editions.store_shipped(session, CODE, VERSION, now=now, actor="system")
        session.commit()
    assert (edition.code, edition.version, edition.state, edition.audience) == (CODE, "1", "draft", "officers")
    assert editions.languages(session, edition.id) == ("en", "cy")
    assert editions.find(session, CODE, VERSION) is edition
    assert editions.newest(session, CODE) is edition


def test_the_same_content_again_is_the_same_edition(database: Database, session: Session, now: datetime):
    first, second = put(database, session, now), put(database, session, now)
    assert first.id == second.id
    assert [entry.action for entry in audit.recent(session)] == ["edition.stored"]


def test_a_file_with_faults_stores_nothing_and_names_them(session: Session, now: datetime):
    with pytest.raises(BadInput) as refusal:
        editions.store(session, 'code = "staff"\n', {}, file="staff.toml", now=now, actor="person:1")
    assert all(fault.startswith("staff.toml: ") for fault in refusal.value.faults)
    assert len(refusal.value.faults) > 1
    assert session.scalars(select(func.count()).select_from(Edition)).one() == 0


def test_a_translation_with_faults_stores_nothing(session: Session, now: datetime):
    with pytest.raises(BadInput):
        editions.store(session, TEXT, {"cy": "texts = 5"}, file="staff.toml", now=now, actor="person:1")
    assert session.scalars(select(func.count()).select_from(EditionTranslation)).one() == 0


def test_a_file_that_is_not_there_is_refused(session: Session, now: datetime, tmp_path: Path):
    with pytest.raises(BadInput, match="cannot be read"):
        editions.store_file(session, tmp_path / "nothing.toml", now=now, actor="person:1")
    with pytest.raises(NotFound):
        editions.store_shipped(session, "nothing", "1", now=now, actor="person:1")


def test_a_draft_takes_new_wording_and_says_so_in_the_trail(database: Database, session: Session, now: datetime):
    edition = put(database, session, now)
    before = edition.measurement_digest
    put(database, session, now, TEXT.replace("In this authority", "At this authority"))
    assert edition.measurement_digest != before
    assert [entry.action for entry in audit.recent(session)] == ["edition.changed", "edition.stored"]


def test_what_an_approved_edition_measures_is_fixed(database: Database, session: Session, now: datetime):
    edition = approved(database, session, now)
    with pytest.raises(NotNow, match="new version"):
        put(database, session, now, TEXT.replace("In this authority", "At this authority"))
    session.refresh(edition)
    assert edition.body == TEXT


def test_a_translation_can_be_mended_in_the_field(database: Database, session: Session, now: datetime):
    edition = approved(database, session, now)
    before = (edition.digest, edition.measurement_digest)
    with database.write(session):
        editions.field(session, edition, now=now, actor="system")
        editions.field(session, edition, now=now, actor="system")
        session.commit()
    put(database, session, now, welsh=f"{WELSH}\n# reviewed by a second reader\n")
    assert edition.state == "fielded"
    assert edition.digest != before[0]
    assert edition.measurement_digest == before[1]


def test_only_an_edition_that_was_in_the_field_is_retired(database: Database, session: Session, now: datetime):
    edition = approved(database, session, now)
    someone = researcher(database, session, now, "later@example.org")
    with pytest.raises(NotNow), database.write(session):
        editions.retire(session, edition, by=someone, now=now)
    with database.write(session):
        editions.field(session, edition, now=now, actor="system")
        editions.retire(session, edition, by=someone, now=now)
        session.commit()
    assert edition.state == "retired"


def test_the_author_does_not_approve(database: Database, session: Session, now: datetime):
    author = researcher(database, session, now, "author@example.org")
    edition = put(database, session, now)
    with database.write(session):
        editions.submit_for_review(session, edition, by=author, now=now)
        with pytest.raises(NotAllowed, match="other than the author"):
            editions.approve(session, edition, by=author, now=now)


def test_a_questionnaire_is_read_once_and_then_costs_no_statement(
    database: Database, session: Session, now: datetime, statements: Recorder
):
    edition = put(database, session, now, f"{TEXT}\n# read once on {database.url.get_backend_name()}\n")
    first = editions.questionnaire(session, edition.id, edition.digest, "cy", [])
    session.commit()
    with statements(database) as seen:
        again = editions.questionnaire(session, edition.id, edition.digest, "cy", [])
    assert again is first
    assert seen == []


def test_a_mended_translation_is_shown_at_once(database: Database, session: Session, now: datetime):
    edition = put(database, session, now)
    before = editions.questionnaire_of(session, edition, "cy").title
    put(database, session, now, welsh=WELSH.replace(str(before), "Teitl newydd"))
    assert editions.questionnaire_of(session, edition, "cy").title == "Teitl newydd"


def test_a_language_that_is_missing_gives_the_base_language(database: Database, session: Session, now: datetime):
    edition = put(database, session, now)
    assert editions.questionnaire_of(session, edition, "gd").title == editions.questionnaire_of(session, edition).title


def test_optional_sections_are_left_out_unless_the_wave_asks_them(database: Database, session: Session, now: datetime):
    edition = put(database, session, now)
    everything = editions.questionnaire_of(session, edition)
    fielded = editions.questionnaire_of(session, edition, optional_sections="")
    asked = editions.questionnaire_of(session, edition, optional_sections="equality")
    assert everything.role_item(Role.EQUALITY) is not None
    assert fielded.role_item(Role.EQUALITY) is None
    assert asked.sections == everything.sections
