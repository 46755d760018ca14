"""The declared machines are whole, and nothing moves a state without a permitted step and its audit entry."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from survey import audit, transitions
from survey.db import Database
from survey.errors import BadInput, NotAllowed, NotNow
from survey.models import Authority, Edition
from survey.transitions import MACHINES, Machine
from survey.vocabulary import EditionState, RoleName

DOCS = Path(__file__).parents[2] / "docs"
RESEARCHER = frozenset({RoleName.RESEARCHER})

all_machines = pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.noun)


@all_machines
def test_a_machine_uses_only_its_own_states_and_begins_in_one(machine: Machine):
    used = {one.source for one in machine.transitions} | {one.target for one in machine.transitions}
    assert used <= set(machine.states)
    assert machine.initial in machine.states


@all_machines
def test_every_state_can_be_reached(machine: Machine):
    reached, waiting = {str(machine.initial)}, [str(machine.initial)]
    while waiting:
        for one in machine.steps_from(waiting.pop()):
            if str(one.target) not in reached:
                reached.add(str(one.target))
                waiting.append(str(one.target))
    assert reached == {str(state) for state in machine.states}


@all_machines
def test_no_step_is_declared_twice_and_each_has_somebody_and_a_sentence(machine: Machine):
    pairs = [(one.source, one.target) for one in machine.transitions]
    assert len(pairs) == len(set(pairs))
    for one in machine.transitions:
        assert one.roles
        assert one.done.endswith(".")
        assert one.action.startswith(f"{machine.noun}.")


def test_every_step_stands_in_the_documents():
    text = (DOCS / "states.md").read_text()
    missing = [
        f"{machine.noun}: {one.source} to {one.target}"
        for machine in MACHINES
        for one in machine.transitions
        if f"| `{one.source}` | `{one.target}` | `{one.action}` |" not in text
    ]
    assert not missing


@pytest.fixture
def edition(database: Database, session: Session, now: datetime) -> Edition:
    made = Edition(code="staff", version="1", audience="officers", body="", digest="", measurement_digest="")
    with database.write(session):
        session.add(made)
        transitions.begin(session, transitions.EDITION, made, now=now, actor="person:1")
        session.commit()
    return made


def step(session: Session, edition: Edition, target: str, now: datetime, **options: object) -> transitions.Transition:
    return transitions.follow(session, transitions.EDITION, edition, target, now=now, actor="person:1", **options)  # type: ignore[arg-type]


def test_a_permitted_step_writes_the_state_and_one_audit_entry(
    database: Database, session: Session, edition: Edition, now: datetime
):
    with database.write(session):
        step(session, edition, EditionState.IN_REVIEW, now, roles=RESEARCHER)
        session.commit()
    assert edition.state == "in_review"
    last, first = audit.recent(session)
    assert (first.action, first.details) == ("edition.stored", {"to": "draft"})
    assert (last.action, last.object_code) == ("edition.sent_for_review", "staff 1")
    assert last.details == {"from": "draft", "to": "in_review"}


def test_a_step_that_is_not_declared_is_refused_in_a_sentence_that_says_what_is_possible(
    session: Session, edition: Edition, now: datetime
):
    with pytest.raises(NotNow, match="is draft and cannot become fielded"):
        step(session, edition, EditionState.FIELDED, now)
    assert edition.state == "draft"


def test_a_step_to_where_it_stands_says_so(session: Session, edition: Edition, now: datetime):
    with pytest.raises(NotNow, match="already draft"):
        step(session, edition, EditionState.DRAFT, now)


def test_a_role_that_is_not_named_may_not(session: Session, edition: Edition, now: datetime):
    with pytest.raises(NotAllowed):
        step(session, edition, EditionState.IN_REVIEW, now, roles={RoleName.MEMBER})
    with pytest.raises(NotAllowed):
        step(session, edition, EditionState.IN_REVIEW, now, roles=set())


def test_a_step_that_needs_a_reason_is_refused_without_and_keeps_it(
    database: Database, session: Session, edition: Edition, now: datetime
):
    with database.write(session):
        step(session, edition, EditionState.IN_REVIEW, now)
        with pytest.raises(BadInput, match="reason"):
            step(session, edition, EditionState.DRAFT, now, reason=" \n ")
        step(session, edition, EditionState.DRAFT, now, reason="Two items ask\ntwo things.")
        session.commit()
    assert audit.recent(session)[0].details["reason"] == "Two items ask two things."


def test_a_step_that_is_rolled_back_leaves_no_entry(
    database: Database, session: Session, edition: Edition, now: datetime
):
    with database.write(session):
        session.add(Authority(code="E06000001", name="Avonmere"))
        step(session, edition, EditionState.IN_REVIEW, now)
    session.refresh(edition)
    assert edition.state == "draft"
    assert len(audit.recent(session)) == 1


def test_what_can_be_done_next_depends_on_the_role():
    assert [one.target for one in transitions.targets(transitions.RELEASE, "approved")] == [
        "checked", "published", "superseded",
    ]  # fmt: skip
    assert [one.target for one in transitions.targets(transitions.RELEASE, "approved", RESEARCHER)] == ["superseded"]
    assert transitions.targets(transitions.RELEASE, "superseded") == ()
