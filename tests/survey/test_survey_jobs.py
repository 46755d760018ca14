"""The job of record: asked for once, claimed by one, ended once, given up with a sentence; on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from survey import audit, jobs, people
from survey.errors import NotFound, NotNow, TooMany
from survey.jobs import LeaseLost, Progress, Taken, Wanted
from survey.models import Job
from survey.vocabulary import JobState, RoleName

WANTED = Wanted(("test.note",))
HOUR = timedelta(hours=1)


@pytest.fixture
def ask(database, now):
    """Asks for a job in a transaction of its own; its code."""

    def asked(key: str = "one", *, kind: str = "test.note", by: int | None = None) -> str:
        with database.session() as session, database.write(session):
            code = jobs.enqueue(session, kind, {"n": 1}, key=key, by=by, now=now).code
            session.commit()
        return code

    return asked


@pytest.fixture
def change(database):
    """Does something in a transaction of its own."""

    def changed(act, *args, **more):
        with database.session() as session, database.write(session):
            result = act(session, *args, **more)
            session.commit()
        return result

    return changed


@pytest.fixture
def take(change):
    def taken(worker: str = "W", **more) -> Taken | None:
        return change(jobs.claim, worker=worker, wanted=WANTED, **more)

    return taken


def state_of(database, code: str) -> Job:
    with database.session() as session:
        return jobs.get(session, code)


def due_now(database) -> None:
    """The pause before the next attempt is over."""
    with database.session() as session, database.write(session):
        session.execute(update(Job).values(due_at=datetime.now(UTC) - HOUR))
        session.commit()


def silent_for(database, pause: timedelta) -> None:
    with database.session() as session, database.write(session):
        session.execute(update(Job).values(heartbeat_at=datetime.now(UTC) - pause))
        session.commit()


def a_person(database, now, email: str = "rhian@example.org") -> int:
    with database.session() as session, database.write(session):
        person = people.add(session, email, "Rhian Price", now=now, actor="system")
        people.grant(session, person.id, RoleName.RESEARCHER, now=now, actor="system")
        session.commit()
        return person.id


# Asking


def test_a_job_is_written_with_its_cause_or_not_at_all(database, now):
    with database.session() as session, database.write(session):
        jobs.enqueue(session, "test.note", {}, key="one", by=None, now=now)
    with database.session() as session:
        assert jobs.recent(session) == []


def test_asking_twice_for_the_same_is_asking_once_until_it_is_done(database, ask, take, change):
    first = ask("the same")
    assert ask("the same") == first
    taken = take()
    assert ask("the same") == first
    change(jobs.end, taken)
    assert ask("the same") != first


def test_two_who_ask_for_the_same_at_the_same_moment_get_one_job(database, now):
    """The barrier lets both look before either writes; on SQLite the queue of writers makes one wait for the other."""
    together, codes = threading.Barrier(2), []

    def one() -> None:
        together.wait()
        with database.session() as session, database.write(session):
            codes.append(jobs.enqueue(session, "test.note", {}, key="the same", by=None, now=now).code)
            session.commit()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(codes) == 2
    assert len(set(codes)) == 1


def test_the_database_itself_refuses_a_second_unfinished_job_with_one_key(database, session, now):
    def job(code: str) -> Job:
        return Job(code=code, kind="k", key="one", payload={}, result={}, queued_at=now, due_at=now)

    with database.write(session):
        session.add_all([job("first"), job("second")])
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_payload_names_what_to_work_on_and_does_not_carry_it(database, session, now):
    with database.write(session), pytest.raises(ValueError, match="does not carry it"):
        jobs.enqueue(session, "test.note", {"file": "x" * 5_000}, key="one", by=None, now=now)


def test_a_person_has_few_unfinished_jobs_and_the_service_as_many_as_it_needs(database, ask, now):
    person = a_person(database, now)
    for number in range(jobs.MOST_UNFINISHED):
        ask(f"mine {number}", by=person)
    with pytest.raises(TooMany, match="You already have 5 jobs"):
        ask("one more", by=person)
    for number in range(jobs.MOST_UNFINISHED + 1):
        ask(f"the service's {number}")


def test_a_job_that_nobody_asked_for_is_not_there(database):
    with database.session() as session, pytest.raises(NotFound):
        jobs.get(session, "none")


# Claiming


def test_the_oldest_job_is_claimed_first_and_only_once(ask, take):
    first, second = ask("first"), ask("second")
    assert [take().code, take().code] == [first, second]
    assert take() is None


def test_what_a_person_waits_for_comes_before_what_the_service_asked_for_itself(database, ask, take, now):
    ask("the service's")
    mine = ask("a person's", by=a_person(database, now))
    assert take().code == mine


def test_a_worker_can_be_kept_for_what_persons_wait_for(database, ask, change, now):
    persons = Wanted(("test.note",), persons_only=True)
    ask("the service's")
    with database.session() as session:
        assert not jobs.is_anything_due(session, wanted=persons)
    assert change(jobs.claim, worker="W", wanted=persons) is None
    mine = ask("a person's", by=a_person(database, now))
    assert change(jobs.claim, worker="W", wanted=persons).code == mine


def test_a_worker_leaves_kinds_that_it_does_not_know(ask, take):
    ask("of a newer version", kind="test.newer")
    assert take() is None


def test_of_one_person_one_job_runs_at_a_time(database, ask, take, change, now):
    mine, other = a_person(database, now), a_person(database, now, "idris@example.org")
    first, second, theirs = ask("first", by=mine), ask("second", by=mine), ask("theirs", by=other)
    taken = take()
    assert taken.code == first
    assert take().code == theirs
    assert take() is None
    change(jobs.end, taken)
    assert take().code == second


def test_the_database_itself_refuses_a_second_running_job_of_a_person(database, session, ask, take, now):
    person = a_person(database, now)
    ask("first", by=person)
    second = ask("second", by=person)
    take()
    running = {"state": JobState.RUNNING, "worker": "other", "heartbeat_at": now}
    with database.write(session), pytest.raises(IntegrityError):
        session.execute(update(Job).where(Job.code == second).values(**running))


def test_many_workers_claim_each_job_exactly_once(database, ask):
    codes = {ask(f"job {number}") for number in range(20)}
    claimed: list[str] = []

    def work(name: str) -> None:
        while True:
            with database.session() as session, database.write(session):
                taken = jobs.claim(session, worker=name, wanted=WANTED)
                session.commit()
            if taken is None:
                return
            claimed.append(taken.code)

    threads = [threading.Thread(target=work, args=(f"W{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == 20
    assert set(claimed) == codes


# Holding and ending


def test_a_heartbeat_keeps_the_job_and_says_how_far_it_is(database, ask, take, change):
    code, taken = ask(), take()
    silent_for(database, HOUR)
    change(jobs.beat, taken, Progress("Benchmarks", 3, 7))
    assert change(jobs.sweep) == 0
    job = state_of(database, code)
    assert (job.step, job.done, job.total) == ("Benchmarks", 3, 7)


def test_a_job_whose_heart_has_stopped_goes_back_and_its_worker_can_no_longer_end_it(database, ask, take, change):
    code, first = ask(), take("killed")
    silent_for(database, HOUR)
    assert change(jobs.sweep) == 1
    second = take("another")
    assert (second.code, second.attempt) == (code, 2)
    for act in (jobs.end, lambda session, taken: jobs.beat(session, taken, Progress())):
        with pytest.raises(LeaseLost):
            change(act, first)
    change(jobs.end, second)
    assert state_of(database, code).state == JobState.DONE


def test_the_effect_of_a_worker_that_lost_its_job_is_rolled_back_with_it(database, ask, take, change, now):
    ask()
    first = take("slow")
    silent_for(database, HOUR)
    change(jobs.sweep)

    def effect_then_end(session) -> None:
        people.add(session, "effect@example.org", "Effect", now=now, actor="system")
        jobs.end(session, first)

    with pytest.raises(LeaseLost):
        change(effect_then_end)
    with database.session() as session:
        assert people.everybody(session) == []


def test_failures_pause_longer_each_time_and_the_fifth_gives_up_with_its_sentence(database, ask, take, change):
    code, pauses = ask(), []
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        taken = take()
        assert taken.attempt == attempt
        change(jobs.fail, taken, "The printer is on fire.")
        job = state_of(database, code)
        pauses.append((job.due_at - datetime.now(UTC)).total_seconds())
        assert take() is None  # not before its time
        due_now(database)
    assert job.state == JobState.DEAD
    assert job.sentence == "The printer is on fire."
    for pause, planned in zip(pauses[:4], (4, 16, 64, 256), strict=True):
        assert planned - 3 < pause <= planned


def test_a_job_that_takes_its_worker_with_it_is_given_up_after_five(database, ask, take, change):
    code = ask()
    for _ in range(jobs.MOST_ATTEMPTS):
        assert take() is not None
        silent_for(database, HOUR)
        change(jobs.sweep)
    job = state_of(database, code)
    assert (job.state, job.sentence) == (JobState.DEAD, "The worker stopped before it was done.")


def test_a_job_given_back_counts_as_never_begun(database, ask, take, change):
    code = ask()
    change(jobs.give_back, take())
    assert (state_of(database, code).state, state_of(database, code).attempt) == (JobState.QUEUED, 0)


# After the end


def test_only_a_dead_job_can_be_tried_again_and_the_audit_trail_says_who(database, ask, take, change, now):
    person = a_person(database, now)
    code, taken = ask(), take()
    with database.session() as session:
        principal = people.principal_by_id(session, person)

    def again(session) -> None:
        jobs.try_again(session, jobs.get(session, code), by=principal, now=now)

    with pytest.raises(NotNow, match="Only a job that was given up"):
        change(again)
    change(jobs.fail, taken, "No.", finally_=True)
    change(again)
    assert take().attempt == 1
    with database.session() as session:
        last = audit.recent(session, limit=1)[0]
    assert (last.action, last.object_code, last.actor) == ("job.tried_again", code, f"person:{person}")


def test_a_dead_job_is_not_tried_again_beside_a_newer_one_for_the_same(database, ask, take, change, now):
    person, code = a_person(database, now), ask("the same")
    change(jobs.fail, take(), "No.", finally_=True)
    ask("the same")
    with database.session() as session:
        principal = people.principal_by_id(session, person)
    with pytest.raises(NotNow, match="asked for again since"):
        change(lambda session: jobs.try_again(session, jobs.get(session, code), by=principal, now=now))


def test_done_jobs_are_forgotten_after_a_month_and_dead_ones_stay(database, ask, take, change):
    ask("done")
    change(jobs.end, take())
    ask("dead")
    change(jobs.fail, take(), "No.", finally_=True)
    change(jobs.forget_ended, now=datetime.now(UTC) + timedelta(days=29))
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 2
    change(jobs.forget_ended, now=datetime.now(UTC) + timedelta(days=31))
    with database.session() as session:
        assert [job.key for job in jobs.recent(session)] == ["dead"]


def test_how_long_the_queue_waits_is_counted_from_when_a_job_was_due(database, ask, take):
    with database.session() as session:
        assert jobs.longest_wait(session) == timedelta(0)
    ask()
    due_now(database)
    with database.session() as session:
        assert HOUR <= jobs.longest_wait(session) < HOUR + timedelta(minutes=1)
    take()
    with database.session() as session:
        assert jobs.longest_wait(session) == timedelta(0)
