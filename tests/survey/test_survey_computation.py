"""Computing a release as a job: who may ask, what is stored, and that it is stored once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from survey import child, computation, jobs, people, releases, results
from survey.errors import NotAllowed, NotNow
from survey.jobs import LeaseLost, Taken, Wanted
from survey.models import Job
from survey.vocabulary import JobState, RoleName, WaveState
from survey.worker import Worker, embedded

COMPUTE = Wanted([computation.KIND])


def ask(closed) -> str:
    with closed.database.session() as session, closed.database.write(session):
        wave = releases.waves.by_code(session, "2026")
        code = computation.ask(session, wave, by=closed.people["researcher"], now=closed.now).code
        session.commit()
    return code


def taken(database, worker: str = "W") -> Taken:
    with database.session() as session, database.write(session):
        found = jobs.claim(session, worker=worker, wanted=COMPUTE)
        session.commit()
    assert found is not None
    return found


def labels(database) -> list[str]:
    with database.session() as session:
        return [one.label for one in results.everything(session)]


def test_the_release_of_the_job_is_the_one_of_the_direct_way(closed, settings, work):
    """Both ways read the same answers, so the digests agree, and the second is the wave's next number."""
    direct = closed.compute()
    code = ask(closed)
    assert work(closed.database, settings) == [code]
    with closed.database.session() as session:
        job, release = jobs.get(session, code), results.get_any(session, "2026.2")
    assert (job.state, job.result) == (JobState.DONE, {"release": "2026.2", "pinned": []})
    assert release.input_digest == direct.input_digest
    assert release.computed_by_id == closed.people["researcher"].person_id


def test_a_worker_that_comes_late_stores_no_second_release(closed, settings):
    """Its lease ran out, another computed the release; the late one finds out in the statement before it writes."""
    ask(closed)
    late = taken(closed.database, "late")
    with closed.database.session() as session, closed.database.write(session):
        session.execute(update(Job).values(heartbeat_at=datetime.now(UTC) - timedelta(minutes=5)))
        assert jobs.sweep(session) == 1
        session.commit()
    child.perform(closed.database, settings, taken(closed.database, "next"), computation.compute, lambda _: None)
    with pytest.raises(LeaseLost):
        child.perform(closed.database, settings, late, computation.compute, lambda _: None)
    assert labels(closed.database) == ["2026.1"]


def test_a_real_child_computes_it_and_says_its_steps(closed, settings):
    code, heard = ask(closed), []
    assert Worker(closed.database, settings).perform_one(code=code, watch=heard.append)
    assert labels(closed.database) == ["2026.1"]
    assert {one.total for one in heard if one.step} <= {len(computation.STEPS)}


def test_only_the_research_team_may_ask(closed):
    nobody = replace(closed.people["researcher"], grants=())
    with pytest.raises(NotAllowed):
        computation.ask(closed.session, closed.wave, by=nobody, now=closed.now)


def test_only_a_closed_wave_may_be_asked_for(closed):
    closed.wave.state = WaveState.OPEN
    with pytest.raises(NotNow, match="Close it first"):
        computation.ask(closed.session, closed.wave, by=closed.people["researcher"], now=closed.now)
    closed.session.rollback()


def test_a_role_taken_away_between_asking_and_computing_counts(closed, settings):
    """The rights are those of the moment in which the release is stored, not of the moment in which it was asked for."""
    code = ask(closed)
    with closed.database.session() as session, closed.database.write(session):
        person = closed.people["researcher"].person_id
        people.revoke(session, person, RoleName.RESEARCHER, now=closed.now, actor="system")
        session.commit()
    Worker(closed.database, settings).perform_one(code=code)
    with closed.database.session() as session:
        job = jobs.get(session, code)
    assert (job.state, job.sentence) == (JobState.DEAD, "Your role does not allow this step.")
    assert labels(closed.database) == []


def test_a_server_has_workers_of_its_own_unless_they_are_kept_apart(database, settings):
    assert [one.wanted.persons_only for one in embedded(database, settings)] == [False, True]
    assert embedded(database, replace(settings, worker="separate")) == ()
