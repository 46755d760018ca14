"""Releases: computed once from what was sealed, approved by a second person, published, superseded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from reports import publication
from reports.frames import SCORES
from survey import audit, keys, releases, results, stored_results
from survey.errors import NotAllowed, NotFound, NotNow
from survey.models import RESULT_TABLES, AuditEntry, Authority, Participation, Release, Submission, Wave
from survey.people import Principal
from survey.vocabulary import WaveState

Closed = Any  # the fixture's own class stands in conftest.py, which cannot be imported


def test_a_release_holds_the_numbers_of_the_publication(closed: Closed) -> None:
    release = closed.compute()
    stored = stored_results.rows(closed.session, SCORES, release)
    expected = releases.calculation(closed.session, "2026").results.frames["scores"]
    merged = stored.merge(expected, on=["authority", "measure"], suffixes=("", "_expected"))
    assert len(merged) == len(expected) == 14 * 5  # overall and four dimensions
    assert (merged["score"] == merged["score_expected"])[merged["score"].notna()].all()
    assert merged["score"].notna().sum() == 13 * 5  # A14 has five answers


def test_what_is_withheld_is_empty_with_a_reason_and_never_zero(closed: Closed) -> None:
    release = closed.compute()
    rows = stored_results.rows(closed.session, SCORES, release, authority="A14")
    assert rows["score"].isna().all()
    assert rows["n"].isna().all()
    assert set(rows["reason"]) == {"too_few_people"}


def test_the_database_refuses_a_number_beside_a_reason(closed: Closed) -> None:
    release = closed.compute()
    table = RESULT_TABLES["scores"]
    with pytest.raises(IntegrityError), closed.database.write(closed.session):
        closed.session.execute(
            update(table).where(table.c.release_id == release.id, table.c.authority == "A14").values(score=50.0)
        )


def test_computing_again_gives_the_same_numbers_and_digests_whatever_the_order_of_rows(closed: Closed) -> None:
    first = releases.calculation(closed.session, "2026")
    rows = closed.session.execute(select(Submission.__table__)).mappings().all()
    with closed.database.write(closed.session):  # new random ids: another order
        closed.session.execute(delete(Submission))
        closed.session.execute(insert(Submission), [{**row, "id": keys.new_id()} for row in rows])
        closed.session.commit()
    second = releases.calculation(closed.session, "2026")
    assert second.input_digest == first.input_digest
    for name, frame in publication.for_file(first.results, "published").frames.items():
        assert publication.for_file(second.results, "published").frames[name].equals(frame)


def test_another_answer_gives_another_digest(closed: Closed) -> None:
    first = releases.calculation(closed.session, "2026")
    one = closed.session.scalars(select(Submission.id).order_by(Submission.id)).first()
    with closed.database.write(closed.session):
        closed.session.execute(update(Submission).where(Submission.id == one).values(answers='{"mindset_1": "1"}'))
        closed.session.commit()
    assert releases.calculation(closed.session, "2026").input_digest != first.input_digest


def test_a_wave_that_is_open_has_no_numbers(closed: Closed) -> None:
    with closed.database.write(closed.session):
        closed.session.execute(update(Wave).values(state=WaveState.OPEN))
        closed.session.commit()
    closed.session.expire_all()
    with pytest.raises(NotNow, match="Close it first"):
        releases.calculation(closed.session, "2026")


def test_the_person_who_computed_cannot_approve(closed: Closed) -> None:
    release = closed.compute(by="publisher")
    with pytest.raises(NotAllowed, match="second person"):
        closed.approve(release, by="publisher")
    closed.approve(release, by="publisher-2")
    assert release.state == "approved"


def test_the_database_itself_refuses_that_one_person_does_both(closed: Closed) -> None:
    release = closed.compute()
    with pytest.raises(IntegrityError), closed.database.write(closed.session):
        closed.session.execute(
            update(Release).where(Release.id == release.id).values(approved_by_id=release.computed_by_id)
        )


def test_a_researcher_cannot_approve_or_publish(closed: Closed) -> None:
    release = closed.compute(by="publisher")
    with pytest.raises(NotAllowed):
        closed.approve(release, by="researcher")


def test_a_lead_cannot_compute(closed: Closed) -> None:
    nobody = Principal(closed.people["researcher"].person_id, "Lead", "lead@example.org", ())
    found = releases.calculation(closed.session, "2026")
    with pytest.raises(NotAllowed), closed.database.write(closed.session):
        releases.store(closed.session, found, by=nobody, now=closed.now)


def test_nothing_is_published_that_was_not_approved(closed: Closed) -> None:
    release = closed.compute()
    with pytest.raises(NotNow, match="approved"):
        closed.publish(release)


def test_each_step_leaves_its_audit_entry(closed: Closed) -> None:
    closed.published()
    actions = closed.session.scalars(
        select(AuditEntry.action).where(AuditEntry.object_type == "release").order_by(AuditEntry.id)
    ).all()
    assert actions == [
        "release.computed",
        "release.audited",
        "release.checked",
        "release.approved",
        "release.published",
    ]
    assert audit.verify(closed.session) == ()


def test_an_unpublished_release_does_not_exist_for_the_public(closed: Closed) -> None:
    release = closed.compute()
    with pytest.raises(NotFound, match="no published results"):
        results.get(closed.session, "2026.1", now=closed.now)
    assert results.released(closed.session, now=closed.now) == []
    assert results.get_any(closed.session, "2026.1").id == release.id


def test_before_its_embargo_ends_a_release_does_not_exist(closed: Closed) -> None:
    release = closed.compute()
    closed.approve(release)
    until = closed.now + timedelta(days=2)
    closed.publish(release, embargo_until=until)
    with pytest.raises(NotFound):
        results.get(closed.session, "2026.1", now=until - timedelta(seconds=1))
    assert results.latest(closed.session, now=until - timedelta(seconds=1)) is None
    assert results.get(closed.session, "2026.1", now=until).id == release.id


def test_the_next_number_supersedes_the_one_before(closed: Closed) -> None:
    first, second = closed.published(), closed.published()
    assert (first.label, first.state) == ("2026.1", "superseded")
    assert (second.label, second.state) == ("2026.2", "published")
    with pytest.raises(results.Superseded) as refusal:
        results.get(closed.session, "2026.1", now=closed.now)
    assert refusal.value.successor == "2026.2"
    assert [one.label for one in results.released(closed.session, now=closed.now)] == ["2026.2"]


def test_under_an_embargo_the_earlier_number_stays_until_the_new_one_can_be_read(closed: Closed) -> None:
    closed.published()
    correction = closed.compute()
    closed.approve(correction)
    until = closed.now + timedelta(days=2)
    closed.publish(correction, embargo_until=until)
    assert results.get(closed.session, "2026.1", now=closed.now).label == "2026.1"
    with pytest.raises(results.Superseded):
        results.get(closed.session, "2026.1", now=until)


def test_an_authority_that_withdrew_is_in_no_number(make_closed: Callable[..., Closed]) -> None:
    closed = make_closed()
    with closed.database.write(closed.session):
        closed.session.execute(
            update(Participation)
            .where(Participation.authority_id == select(Authority.id).where(Authority.code == "A01").scalar_subquery())
            .values(state="withdrawn")
        )
        closed.session.commit()
    closed.session.expire_all()
    found = releases.calculation(closed.session, "2026")
    assert "A01" not in set(found.results.frames["scores"]["authority"])
    assert "A01" not in set(found.members["authority"])


def test_a_wave_without_answers_shows_nothing_and_breaks_nothing(closed: Closed) -> None:
    with closed.database.write(closed.session):
        closed.session.execute(delete(Submission))
        closed.session.commit()
    release = closed.compute()
    rows = stored_results.rows(closed.session, SCORES, release)
    assert len(rows) == 14 * 5
    assert rows["score"].isna().all()
    assert rows["reason"].notna().all()


def test_a_second_click_finds_the_release_approved_already(closed: Closed) -> None:
    release = closed.compute()
    with closed.database.session() as elsewhere:  # another browser has read the release before the first click
        seen = results.get_any(elsewhere, "2026.1")
        elsewhere.commit()
        closed.approve(release)
        with pytest.raises(NotNow, match="already approved"), closed.database.write(elsewhere):
            releases.approve(elsewhere, seen, by=closed.people["publisher-2"], now=closed.now)
    closed.session.refresh(release, ["approved_by_id"])
    assert release.approved_by_id == closed.people["publisher"].person_id
