"""Self-assessments: saved page by page, seen by one colleague after the other, sent, taken back, counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier

import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires import files
from survey import assessments, audit, editions, participation, people, register, waves
from survey.assessments import Assessing, Changed, Filled
from survey.db import Database
from survey.errors import BadInput, NotFound, NotNow
from survey.models import AssessmentAnswer, AuditEntry, Edition, Wave
from survey.people import Principal
from survey.vocabulary import EditionState, RoleName


@dataclass(frozen=True)
class Asked:
    """A wave with two authorities, X1 and X2, that asks the self-assessment; `lead` leads X1."""

    database: Database
    session: Session
    wave: Wave
    edition: Edition
    lead: Principal
    now: datetime

    def of(self, code: str = "X1") -> Assessing:
        return assessments.of(self.session, self.wave, participation.one(self.session, self.wave, code))

    def save(
        self, page: str, *, code: str = "X1", seen: Assessing | None = None, **filled: Filled
    ) -> Assessing | Changed:
        """What a browser that saw `seen` sends for a page."""
        assessing = seen or self.of(code)
        shown = next(one for one in assessing.questionnaire.pages if one.code == page)
        with self.database.write(self.session):
            saved = assessments.save_page(
                self.session,
                assessing,
                shown,
                filled,
                shown=assessments.shown_digest(assessing, shown),
                by=self.lead,
                now=self.now,
            )
            self.session.commit()
        return saved

    def submit(self, code: str = "X1", revision: int | None = None) -> None:
        assessing = self.of(code)
        with self.database.write(self.session):
            wanted = assessing.revision if revision is None else revision
            assessments.submit(self.session, assessing, revision=wanted, by=self.lead, now=self.now)
            self.session.commit()

    def actions(self) -> list[str]:
        query = select(AuditEntry.action).where(AuditEntry.object_type == "assessment").order_by(AuditEntry.sequence)
        return list(self.session.scalars(query))


@pytest.fixture
def asked(database: Database, session: Session, now: datetime) -> Asked:
    return made(database, session, now, EditionState.APPROVED)


def made(database: Database, session: Session, now: datetime, state: EditionState) -> Asked:
    with database.write(session):
        file = b"code,name,type\nX1,Exeborough,district\nX2,Wyeshire,county\n"
        register.import_authorities(session, file, on=now.date(), now=now, actor="system")
        person = people.add(session, "lead@x.example", "Lee", now=now, actor="system")
        home = register.by_codes(session, ["X1"])["X1"].id
        people.grant(session, person.id, RoleName.LEAD, authority_id=home, now=now, actor="system")
        staff, own = (
            editions.store_shipped(session, *one, now=now, actor="system")
            for one in (files.STAFF, files.SELF_ASSESSMENT)
        )
        staff.state, own.state = EditionState.APPROVED, state
        plan = waves.Plan("2026", "Survey 2026", waves.Dates.of(now, now + timedelta(days=20)))
        wave = waves.plan(session, plan, staff, actor="system", now=now, self_assessment=own)
        participation.add(session, wave, ["X1", "X2"], actor="system", now=now)
        session.commit()
        if state == EditionState.APPROVED:
            waves.open_wave(session, wave, actor="system", now=now)
        session.commit()
    lead = people.principal_of(session, "lead@x.example")
    return Asked(database, session, wave, own, lead, now + timedelta(days=1))


def test_the_first_save_begins_it_and_later_ones_add_to_it(asked: Asked) -> None:
    assert asked.of().assessment is None
    asked.save("ready", level_ready=Filled("3", "4", "  A plan of March.  "))
    saved = asked.save("outcomes", level_outcomes=Filled("2"))
    assert isinstance(saved, Assessing)
    found = asked.of()
    assert found.answers == {
        "level_ready": Filled("3", "4", "A plan of March."),
        "level_outcomes": Filled("2"),
    }
    assert found.revision == 2
    assert asked.actions() == ["assessment.begun"]  # what is said in it is nobody's business in the audit trail


def test_a_page_that_is_emptied_leaves_no_row(asked: Asked) -> None:
    asked.save("ready", level_ready=Filled("3"))
    asked.save("ready", level_ready=Filled())
    assert asked.session.scalars(select(AssessmentAnswer)).all() == []


def test_a_page_that_a_colleague_changed_is_not_overwritten(asked: Asked) -> None:
    seen = asked.of()
    asked.save("ready", seen=seen, level_ready=Filled("3"))
    later = asked.save("ready", seen=seen, level_ready=Filled("5"))
    assert isinstance(later, Changed)
    assert later.current.answers["level_ready"] == Filled("3")
    assert asked.of().answers["level_ready"] == Filled("3")
    # having seen what is stored now, the same person may replace it
    again = asked.save("ready", seen=later.current, level_ready=Filled("5"))
    assert isinstance(again, Assessing)
    assert asked.of().answers["level_ready"] == Filled("5")


def test_colleagues_on_different_pages_do_not_disturb_each_other(asked: Asked) -> None:
    seen = asked.of()
    asked.save("ready", seen=seen, level_ready=Filled("3"))
    asked.save("steps", seen=seen, level_steps=Filled("1"))
    assert set(asked.of().answers) == {"level_ready", "level_steps"}


def test_two_who_begin_at_once_fill_in_one_self_assessment(asked: Asked) -> None:
    themes = [theme.code for theme in asked.of().questionnaire.themes[:6]]
    asked.session.rollback()
    all_have_seen = Barrier(len(themes))

    def save(code: str) -> None:
        with asked.database.session() as session:
            wave = waves.by_code(session, "2026")
            seen = assessments.of(session, wave, participation.one(session, wave, "X1"))
            session.commit()
            all_have_seen.wait(timeout=20)
            write(session, seen, code)

    def write(session: Session, seen: Assessing, code: str) -> None:
        page = seen.questionnaire.page(code)
        assert page is not None
        with asked.database.write(session):
            filled = {f"level_{code}": Filled("3")}
            shown = assessments.shown_digest(seen, page)
            assessments.save_page(session, seen, page, filled, shown=shown, by=asked.lead, now=asked.now)
            session.commit()

    with ThreadPoolExecutor(len(themes)) as pool:
        list(pool.map(save, themes))
    assert set(asked.of().answers) == {f"level_{code}" for code in themes}
    assert asked.of().revision == 6
    assert asked.actions() == ["assessment.begun"]


def test_the_same_page_sent_twice_changes_nothing(asked: Asked) -> None:
    seen = asked.of()
    asked.save("ready", seen=seen, level_ready=Filled("3"))
    again = asked.save("ready", seen=seen, level_ready=Filled("3"))
    assert isinstance(again, Assessing)
    assert asked.of().revision == 1


@pytest.mark.parametrize("filled", [Filled("9"), Filled("3", target="dk"), Filled("3", evidence="x" * 2001)])
def test_what_the_page_did_not_offer_is_refused_and_changes_nothing(asked: Asked, filled: Filled) -> None:
    with pytest.raises(BadInput):
        asked.save("ready", level_ready=filled)
    asked.session.rollback()
    assert asked.of().assessment is None


def test_what_was_sent_is_fixed_until_it_is_taken_back(asked: Asked) -> None:
    asked.save("ready", level_ready=Filled("3"))
    asked.submit()
    with pytest.raises(NotNow, match="Take it back first"):
        asked.save("ready", level_ready=Filled("4"))
    asked.session.rollback()
    with asked.database.write(asked.session):
        assessments.take_back(asked.session, asked.of(), by=asked.lead, now=asked.now)
        asked.session.commit()
    asked.save("ready", level_ready=Filled("4"))
    assert asked.of().answers["level_ready"] == Filled("4")
    assert asked.actions() == ["assessment.begun", "assessment.submitted", "assessment.reopened"]


def test_a_double_click_sends_once(asked: Asked) -> None:
    asked.save("ready", level_ready=Filled("3"))
    asked.submit()
    asked.submit()
    assert asked.actions().count("assessment.submitted") == 1


def test_a_change_after_checking_stops_the_sending(asked: Asked) -> None:
    asked.save("ready", level_ready=Filled("3"))
    asked.save("steps", level_steps=Filled("3"))
    with pytest.raises(NotNow, match="changed the self-assessment since you looked"):
        asked.submit(revision=1)


def test_nothing_but_cannot_say_is_nothing_to_send(asked: Asked) -> None:
    with pytest.raises(BadInput, match="at least one theme"):
        asked.submit()
    asked.save("ready", level_ready=Filled("dk", evidence="We do not know."))
    asked.save("place-data", place_data=Filled("4"))  # reported, not scored
    with pytest.raises(BadInput, match="at least one theme"):
        asked.submit()


def test_it_can_be_changed_while_the_wave_is_open_only(asked: Asked) -> None:
    asked.save("ready", level_ready=Filled("3"))
    late = asked.wave.closes_at
    page = asked.of().questionnaire.pages[0]
    with pytest.raises(NotNow, match="while the survey is open"), asked.database.write(asked.session):
        assessments.save_page(
            asked.session, asked.of(), page, {"level_ready": Filled("4")}, shown="", by=asked.lead, now=late
        )
    asked.session.rollback()
    asked.submit()
    with asked.database.write(asked.session):
        waves.close(asked.session, asked.wave, actor="system", now=late)
        asked.session.commit()
    with pytest.raises(NotNow, match="while the survey is open"), asked.database.write(asked.session):
        assessments.take_back(asked.session, asked.of(), by=asked.lead, now=late)


def test_only_what_was_sent_by_authorities_that_stayed_is_counted(asked: Asked) -> None:
    asked.save("ready", level_ready=Filled("3"))
    asked.save("ready", code="X2", level_ready=Filled("5"))
    asked.submit()
    found = assessments.levels(asked.session, asked.wave)
    assert found is not None
    levels, digest = found
    assert digest == asked.edition.measurement_digest
    assert set(levels["authority"]) == {"X1"}
    scores = levels.set_index("theme")["score"]
    assert scores["ready"] == 50.0
    assert pd.isna(scores["steps"])


def test_a_wave_without_self_assessment_has_none(asked: Asked) -> None:
    with asked.database.write(asked.session):
        plan = waves.Plan("2027", "Survey 2027", waves.Dates.of(asked.now, asked.now + timedelta(days=9)))
        staff = editions.newest(asked.session, files.STAFF[0])
        wave = waves.plan(asked.session, plan, staff, actor="system", now=asked.now)
        participation.add(asked.session, wave, ["X1"], actor="system", now=asked.now)
        asked.session.commit()
    assert assessments.levels(asked.session, wave) is None
    with pytest.raises(NotFound):
        assessments.of(asked.session, wave, participation.one(asked.session, wave, "X1"))


def test_opening_the_wave_fixes_what_the_self_assessment_measures(asked: Asked) -> None:
    asked.session.refresh(asked.edition)
    assert asked.edition.state == EditionState.FIELDED


def test_a_wave_does_not_open_with_a_self_assessment_that_nobody_approved(
    database: Database, session: Session, now: datetime
) -> None:
    unapproved = made(database, session, now, EditionState.DRAFT)
    with pytest.raises(NotNow, match="not approved yet"):
        waves.open_wave(session, unapproved.wave, actor="system", now=now)


def test_the_staff_questionnaire_is_no_self_assessment(asked: Asked) -> None:
    staff = editions.newest(asked.session, files.STAFF[0])
    with pytest.raises(BadInput, match="not a questionnaire for an authority"):
        assessments.ask(asked.session, asked.wave, staff)


def test_what_a_wave_asks_is_decided_before_it_opens(asked: Asked) -> None:
    with pytest.raises(NotNow, match="before it opens"):
        assessments.ask(asked.session, asked.wave, asked.edition)


def test_the_chain_of_the_audit_trail_holds(asked: Asked) -> None:
    asked.save("ready", level_ready=Filled("3"))
    asked.submit()
    assert audit.verify(asked.session) == ()
