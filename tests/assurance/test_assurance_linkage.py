"""Who said what? After the rewrite an attacker with everything that there is does no better than by guessing (T15)."""

from __future__ import annotations

import itertools
import os
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import attack_linkage
import pytest
from attack_linkage import Found, Truth
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from questionnaires.definition import Questionnaire
from survey import anonymity, answers, audit, editions, invitations, keys, links, mailing, receipts, submissions, waves
from survey.db import Database
from survey.models import Draft, Invitation, Wave
from survey.vocabulary import InvitationKind
from survey.web import notice_text

pytestmark = pytest.mark.assurance
QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "every-kind.toml"
OFFICERS = 120 if os.environ.get("ASSURANCE") == "long" else 24
LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"
NewId = Callable[[], str]
After = Callable[[Database, int, tuple[str, ...]], None]


@pytest.fixture
def wave(database: Database, in_the_field) -> tuple[Database, Wave, Questionnaire]:
    with database.session() as session, database.write(session):
        edition, wave, participation = in_the_field(session, QUESTIONNAIRE)
        for number in range(OFFICERS):
            session.add(Invitation(
                participation_id=participation.id, kind=InvitationKind.PERSONAL, address=f"o{number}@x.example",
                token_hash=keys.hashed(f"{number}"),
            ))  # fmt: skip
            session.flush()
        session.commit()
        return database, wave, editions.questionnaire_of(session, edition, "en", ["equality"])


def drawn(seed: int) -> NewId:
    """Ids as the service draws them, the same in each run."""
    dice = random.Random(seed)  # noqa: S311 - a trial that can be repeated
    return lambda: f"{dice.getrandbits(128):032x}"


def answered(wave, new_id: NewId, *, after: After = lambda *_: None) -> Truth:
    """All officers answer in the order in which they were invited, which is the worst case, and use up their links."""
    database, _, questionnaire = wave
    officers = []
    for number in range(OFFICERS):
        ids: list[str] = []
        invitation_id = _one_answers(database, questionnaire, number, lambda ids=ids: ids.append(new_id()) or ids[-1])
        officers.append((str(invitation_id), *ids))
        after(database, invitation_id, tuple(ids))
    return Truth(tuple(officers))


def _one_answers(database: Database, questionnaire: Questionnaire, number: int, new_id: NewId) -> int:
    browser, dice = keys.new_key(), random.Random(number)  # noqa: S311 - what they say has nothing to do with who they are
    with database.session() as session, database.write(session):
        found = links.find(session, f"{number}")
        submissions.start(session, found, browser_key=browser, draft_id=keys.new_id(), link_key=LINK_KEY)
        session.commit()
    pages = {
        "mindset-1": {"mindset_1": dice.choice("12345")},
        "mindset-2": {"years": dice.randrange(40), "one_change": f"wish {dice.getrandbits(64):x}"},
        "equality-1": {"condition": "no"},
    }
    for code, values in pages.items():
        page = questionnaire.page(code)
        with database.session() as session, database.write(session):
            draft = submissions.current(session, browser)
            shown = answers.shown_digest(page.items, {})
            submissions.save_page(session, draft, questionnaire, page, values, shown=shown)
            session.commit()
    with database.session() as session, database.write(session):
        draft = submissions.current(session, browser)
        submissions.submit(
            session, draft, questionnaire, revision=draft.revision, browser_key=browser, link_key=LINK_KEY,
            new_id=new_id,
        )  # fmt: skip
        session.commit()
    return found.invitation_id


def half_answered(wave) -> tuple[set[str], set[str]]:
    """Every second of the invited answers; of the others some begin and some lose their link; all are reminded; the wave closes.

    Who answered, and who was invited.
    """
    database, open_wave, questionnaire = wave
    new_id = drawn(7)
    answered_by = {str(_one_answers(database, questionnaire, number, new_id)) for number in range(0, OFFICERS, 2)}
    begun = [str(number) for number in range(1, OFFICERS, 6)]
    with database.session() as session, database.write(session):
        found = session.get_one(Wave, open_wave.id)
        for number in begun:
            link, browser = links.find(session, number), keys.new_key()
            submissions.start(session, link, browser_key=browser, draft_id=keys.new_id(), link_key=LINK_KEY)
        for round_ in (1, 2):
            invitations.queue_mails(session, found, template="invitation", round_=round_, now=found.opens_at)
        for number in range(3, OFFICERS, 6):
            link = session.scalars(select(Invitation).where(Invitation.address == f"o{number}@x.example")).one()
            invitations.revoke(session, link, actor="lead", now=found.opens_at)
        waves.close(session, found, actor="system", now=found.closes_at)
        session.commit()
        invited = {str(one) for one in session.scalars(select(Invitation.id))}
    anonymity.rewrite(database)
    return answered_by, invited


def test_after_the_close_nothing_tells_who_has_answered(wave):
    """Guessing that everybody did, or nobody, is right for half of them; nothing that is kept is better."""
    answered_by, invited = half_answered(wave)
    best, by = attack_linkage.told_apart(wave[0], answered_by, invited)
    sys.stdout.write(f"who answered, after the close: {best} of {len(invited)} right ({by})\n")
    assert len(invited) == 2 * len(answered_by) == OFFICERS
    assert best <= OFFICERS // 2 + 1  # a value of one link alone moves it by one
    with wave[0].session() as session:
        assert session.scalar(select(func.count()).select_from(Draft)) == 0


def test_receipts_and_reminders_that_stay_are_noticed(wave, monkeypatch):
    monkeypatch.setattr(receipts, "drop", lambda *_: None)
    answered_by, invited = half_answered(wave)
    assert attack_linkage.told_apart(wave[0], answered_by, invited)[0] == OFFICERS


def test_a_receipt_that_only_leaves_its_reminder_is_noticed(wave, monkeypatch):
    """The planted defect: links say nothing any more, but whoever was queued for a mail had not answered by then."""
    monkeypatch.setattr(receipts, "drop", _drop_the_flag_alone)
    monkeypatch.setattr(mailing, "awaited", lambda wave, real=mailing.awaited: (*real(wave), ~Invitation.used))
    answered_by, invited = half_answered(wave)
    best, by = attack_linkage.told_apart(wave[0], answered_by, invited)
    assert (best, "outbox_message" in by) == (OFFICERS, True)


def test_drafts_that_stay_after_the_close_are_noticed(wave, monkeypatch):
    """The planted defect: whoever began and did not send has not answered."""
    monkeypatch.setattr(receipts, "drop", _drop_all_but_drafts)
    answered_by, invited = half_answered(wave)
    best, by = attack_linkage.told_apart(wave[0], answered_by, invited)
    assert (best, by) == (OFFICERS // 2 + OFFICERS // 6, "a row of draft")


def _drop_all_but_drafts(session: Session, wave: Wave, drop=receipts.drop) -> None:
    kept = [dict(row._mapping) for row in session.execute(select(Draft.__table__))]
    drop(session, wave)
    session.execute(insert(Draft), kept)


def test_a_trail_that_names_withdrawn_links_is_noticed(wave, monkeypatch):
    """The planted defect: the trail says which links were withdrawn, and so who left before answering."""
    monkeypatch.setattr(invitations, "revoke", _revoke_and_name)
    answered_by, invited = half_answered(wave)
    best, by = attack_linkage.told_apart(wave[0], answered_by, invited)
    assert (best, by) == (OFFICERS // 2 + OFFICERS // 6, "the trail: invitation.revoked")


def _revoke_and_name(session: Session, link: Invitation, *, actor: str, now: datetime) -> None:
    link.revoked = True
    audit.record(
        session, now=now, actor=actor, action="invitation.revoked", object_type="participation", object_code="1",
        details={"invitation": link.id},
    )  # fmt: skip


def _drop_the_flag_alone(session: Session, _: Wave) -> None:
    session.execute(update(Invitation).values(used=False))


def told(found: Found, what: str) -> None:
    line = f"{what}: best guess {found.best} of {found.people} ({found.by}; by chance up to {found.most_by_chance} in "
    sys.stdout.write(f"{line}{found.guesses} guesses), {found.certain} pairs beyond doubt\n")


@pytest.fixture
def log_is_emptied(request: pytest.FixtureRequest, database: Database) -> Iterator[None]:
    """PostgreSQL is told to remove old files of its log, as docs/operations.md asks for."""
    if database.is_sqlite:
        yield
        return
    connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    for statement in ("ALTER SYSTEM SET wal_recycle = off", "SELECT pg_reload_conf()"):
        connection.exec_driver_sql(statement)
    yield
    for statement in ("ALTER SYSTEM RESET wal_recycle", "SELECT pg_reload_conf()"):
        connection.exec_driver_sql(statement)
    connection.close()


@pytest.mark.usefixtures("log_is_emptied")
def test_after_the_rewrite_nobody_is_found(wave):
    truth = answered(wave, drawn(1))
    anonymity.rewrite(wave[0])
    found = attack_linkage.attack(wave[0], truth)
    told(found, "after the rewrite")
    assert found.people == OFFICERS
    assert found.guesses > 300
    assert found.certain == 0
    assert found.best <= found.most_by_chance, found.by


@pytest.mark.usefixtures("log_is_emptied")
def test_a_draft_that_was_sent_is_in_no_file_and_no_log_after_the_rewrite(wave, monkeypatch):
    drafts: list[str] = []
    monkeypatch.setattr(keys, "new_id", lambda real=keys.new_id: drafts.append(real()) or drafts[-1])
    answered(wave, drawn(8))
    assert len(drafts) == OFFICERS
    assert held(wave[0], drafts)  # the search can find them
    anonymity.rewrite(wave[0])
    assert held(wave[0], drafts) == []


def held(database: Database, ids: list[str]) -> list[str]:
    content = b"".join(attack_linkage.raw_files(database).values())
    return [one for one in ids if one.encode() in content]


def test_before_the_rewrite_all_can_be_found_and_the_notice_says_so(wave, request):
    """The measured limit, and the planted defect "no rewrite"."""
    truth = answered(wave, drawn(2))
    found = attack_linkage.attack(wave[0], truth)
    told(found, "before the rewrite")
    assert found.links
    assert found.best == OFFICERS  # the notice: "when we tried it, all of them"
    sealed, files = [one[1] for one in truth.officers], attack_linkage.raw_files(wave[0])
    in_log = attack_linkage.orders(wave[0], "submission", sealed, files)
    name = "first byte in the log" if wave[0].is_sqlite else "first byte in the server's log"
    if OFFICERS <= 24:  # SQLite begins its log anew after some thousand pages
        assert list(in_log[name]) == sealed  # the log alone tells the order as well
    assert "when we tried it, all of them" in Path(notice_text.__file__).read_text()


def test_a_server_that_keeps_its_log_is_noticed(wave, monkeypatch):
    """The planted defect on PostgreSQL: tables are rewritten, but the server's own log still tells the order."""
    database = wave[0]
    monkeypatch.setattr(anonymity, "EMPTY_LOG", ())
    truth = answered(wave, drawn(6))
    anonymity.rewrite(database)
    found = attack_linkage.attack(database, truth)
    told(found, "with a server that keeps its log")
    assert found.links is not database.is_sqlite


def test_ids_that_are_counted_are_noticed(wave):
    numbers = itertools.count(1)
    truth = answered(wave, lambda: f"{next(numbers):032x}")
    anonymity.rewrite(wave[0])
    assert attack_linkage.attack(wave[0], truth).best == OFFICERS


def test_a_time_at_the_sealed_row_is_noticed(wave):
    database = wave[0]
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE submission ADD COLUMN sent_at VARCHAR(40)")
    try:
        truth = answered(wave, drawn(3), after=_note_the_time)
        anonymity.rewrite(database)
        assert attack_linkage.attack(database, truth).best == OFFICERS
    finally:
        with database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE submission DROP COLUMN sent_at")


def _note_the_time(database: Database, invitation_id: int, ids: tuple[str, ...]) -> None:
    del invitation_id
    with database.session() as session, database.write(session):
        values = {"now": datetime.now(UTC).isoformat(), "id": ids[0]}
        session.execute(text("UPDATE submission SET sent_at = :now WHERE id = :id"), values)
        session.commit()


def test_a_trail_with_both_sides_is_noticed(wave):
    truth = answered(wave, drawn(4), after=_record_both_sides)
    anonymity.rewrite(wave[0])
    assert attack_linkage.attack(wave[0], truth).certain >= OFFICERS


def _record_both_sides(database: Database, invitation_id: int, ids: tuple[str, ...]) -> None:
    with database.session() as session, database.write(session):
        audit.record(
            session, now=datetime.now(UTC), actor="system", action="submission.sealed", object_type="submission",
            object_code=ids[0], details={"invitation": invitation_id},
        )  # fmt: skip
        session.commit()


def test_a_log_with_both_sides_is_noticed(wave, tmp_path):
    truth = answered(wave, drawn(5))
    anonymity.rewrite(wave[0])
    log = tmp_path / "service.log"
    log.write_text("\n".join(f"sealed {one[1]} of invitation {one[0]}" for one in truth.officers))
    assert attack_linkage.attack(wave[0], truth, logs=[log]).certain == OFFICERS
