"""The worker and its children: limits, deaths and stops, each of which leaves the row saying what happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from survey import audit, jobs, worker
from survey.child import function_of
from survey.db import Database
from survey.jobs import Progress
from survey.models import Job
from survey.vocabulary import JobState
from survey.web import job_words
from survey.worker import KINDS, Kind, Worker

FUNCTIONS = Path(__file__).parents[1] / "assurance"


def kind(name: str, **limits: int) -> Kind:
    return Kind(f"job_functions:{name}", **limits)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """Children and their limits are the same on both kinds of database; what they write is tested on both elsewhere."""
    return sqlite_database


@pytest.fixture
def hire(database, settings, monkeypatch) -> Callable[..., Worker]:
    """A worker that knows one kind of job, whose function the child finds among those of the tests."""
    monkeypatch.setenv("PYTHONPATH", str(FUNCTIONS))

    def hired(one: Kind) -> Worker:
        return Worker(database, settings, kinds={"test": one})

    return hired


@pytest.fixture
def ask(database):
    def asked(key: str = "one", **payload: object) -> str:
        with database.session() as session, database.write(session):
            code = jobs.enqueue(session, "test", payload, key=key, by=None, now=datetime.now(UTC)).code
            session.commit()
        return code

    return asked


def job_of(database, code: str) -> Job:
    with database.session() as session:
        return jobs.get(session, code)


def ended_as(database, code: str) -> tuple[str, str]:
    job = job_of(database, code)
    return job.state, job.sentence


def test_a_job_is_done_in_a_child_and_its_effect_and_its_end_are_one(database, settings, hire, ask):
    code = ask("a file")
    assert hire(kind("make_file")).perform_one()
    job = job_of(database, code)
    assert (job.state, job.result, job.worker) == (JobState.DONE, {"key": "a file"}, None)
    assert (settings.data / "made" / "a file.txt").exists()
    with database.session() as session:
        entries = [entry.object_code for entry in audit.recent(session) if entry.action == "test.done"]
    assert entries == ["a file"]


def test_nothing_to_do_is_said_at_once(hire):
    assert not hire(kind("make_file")).perform_one()


def test_whoever_waits_hears_how_far_the_child_is(database, hire, ask, monkeypatch):
    monkeypatch.setattr(worker, "TELLING", 0.0)
    heard: list[Progress] = []
    ask()
    assert hire(kind("make_file")).perform_one(watch=heard.append)
    assert heard
    assert all((one.step, one.total) == ("Writing", 10) for one in heard if one.step)


def test_a_child_that_needs_too_much_memory_ends_without_a_second_try(database, hire, ask):
    code = ask(mib=400)
    hire(kind("take_memory", memory_mib=256)).perform_one()
    expected = "It needed more memory than the 256 MiB that it may use."
    assert ended_as(database, code) == (JobState.DEAD, expected)


def test_the_same_work_within_its_limit_is_done(database, hire, ask):
    """The control of the test above: it is the limit that stops it."""
    code = ask(mib=400)
    hire(kind("take_memory", memory_mib=600)).perform_one()
    assert job_of(database, code).state == JobState.DONE


def test_a_child_that_computes_too_long_is_killed(database, hire, ask):
    code = ask()
    hire(kind("take_time", cpu_seconds=2)).perform_one()
    expected = "It needed more than the 2 seconds of computing time that it may use."
    assert ended_as(database, code) == (JobState.DEAD, expected)


def test_a_child_that_hangs_is_killed(database, hire, ask):
    code = ask()
    hire(kind("hang", seconds=2)).perform_one()
    assert ended_as(database, code) == (JobState.DEAD, "It took longer than the 2 seconds that it may take.")


def test_a_refusal_ends_the_job_with_its_sentence(database, hire, ask):
    code = ask(wave="2026")
    hire(kind("refuse")).perform_one()
    assert ended_as(database, code) == (JobState.DEAD, "The wave 2026 is not there any more.")


def test_a_fault_is_tried_again_and_keeps_only_its_name(database, hire, ask, capfd):
    code = ask()
    hire(kind("fail")).perform_one()
    assert ended_as(database, code) == (JobState.QUEUED, "It stopped with a fault (ValueError). The log says more.")
    assert "job_functions.py" in capfd.readouterr().err


def test_a_fault_in_the_ending_takes_its_effect_back(database, hire, ask):
    code = ask()
    hire(kind("fail_in_the_ending")).perform_one()
    assert job_of(database, code).state == JobState.QUEUED
    with database.session() as session:
        assert audit.recent(session) == []


def test_a_child_that_dies_is_tried_again(database, hire, ask):
    code = ask()
    hire(kind("die")).perform_one()
    assert ended_as(database, code) == (JobState.QUEUED, "Its process was stopped before it was done.")


def test_what_a_library_prints_is_not_taken_for_an_answer(database, hire, ask):
    code = ask()
    hire(kind("print_a_lot")).perform_one()
    assert job_of(database, code).state == JobState.DONE


def test_a_worker_that_is_told_to_stop_gives_the_job_back(database, hire, ask, monkeypatch):
    monkeypatch.setattr(worker, "GRACE", 0.2)
    code, stop = ask(), threading.Event()
    threading.Timer(1.0, stop.set).start()
    began = time.monotonic()
    hire(kind("hang")).perform_one(stop)
    assert time.monotonic() - began < 20
    job = job_of(database, code)
    assert (job.state, job.attempt) == (JobState.QUEUED, 0)


def test_a_child_that_is_nearly_done_may_finish_when_the_worker_stops(database, hire, ask):
    code, stop = ask(), threading.Event()
    threading.Timer(0.3, stop.set).start()
    hire(kind("make_file")).perform_one(stop)
    assert job_of(database, code).state == JobState.DONE


def test_a_worker_that_lost_its_job_kills_its_child(database, settings, hire, ask, monkeypatch):
    monkeypatch.setattr(worker, "TELLING", 0.0)
    code, stop = ask(), threading.Event()

    def taken_away(progress: Progress) -> None:
        if progress.step:
            with database.session() as session, database.write(session):
                session.execute(update(Job).values(attempt=Job.attempt + 1))
                session.commit()

    began = time.monotonic()
    hire(kind("hang")).perform_one(stop, watch=taken_away)
    assert time.monotonic() - began < 20
    assert job_of(database, code).state == JobState.RUNNING  # whoever has it now


def test_a_child_dies_with_its_worker(settings, tmp_path):
    """The worker is killed with signal 9; the child notices that its pipe has ended."""
    script = (
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import os, threading; from survey import child; "
        "threading.Thread(target=child._die_with_parent).start()'], stdin=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\n"
        "child.wait()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate(timeout=10)
    until = time.monotonic() + 10
    while _is_alive(pid) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _is_alive(pid)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_worker_goes_on_after_the_database_was_away(database, hire, ask, monkeypatch, caplog):
    one, stop = hire(kind("make_file")), threading.Event()
    asked_for = iter([RuntimeError("away"), RuntimeError("away")])

    def claimed(code: str | None) -> None:
        error = next(asked_for, None)
        if error is None:
            stop.set()
            return
        raise error

    monkeypatch.setattr(one, "_claimed", claimed)
    one.work(stop, pause=0.01)
    assert caplog.text.count("trying again") == 2


def test_a_sweep_is_part_of_every_look_at_the_queue(database, hire, ask):
    code = ask()
    with database.session() as session, database.write(session):
        jobs.claim(session, worker="killed", wanted=jobs.Wanted(["test"]))
        session.execute(update(Job).values(heartbeat_at=datetime.now(UTC) - timedelta(minutes=2)))
        session.commit()
    assert hire(kind("make_file")).perform_one()
    assert (job_of(database, code).state, job_of(database, code).attempt) == (JobState.DONE, 2)


def test_the_soundings_worker_stops_when_it_is_told_to(settings, sqlite_database):
    environment = {
        **os.environ, "DATABASE_URL": settings.database_url, "SOUNDINGS_DATA": str(settings.data),
        "SOUNDINGS_SECRET_KEY": settings.secret_key, "SOUNDINGS_LINK_KEY": settings.link_key,
    }  # fmt: skip
    command = [str(Path(sys.executable).with_name("soundings")), "worker"]
    migrate = [command[0], "migrate"]
    environment["DATABASE_URL"] = f"sqlite:///{settings.data / 'own.sqlite'}"
    subprocess.run(migrate, env=environment, check=True, capture_output=True)
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert process.stderr.readline() == "Working on jobs - stop with Ctrl+C.\n"
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    process.stderr.close()


# The table of kinds


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_of_job_has_its_function_and_its_words(name):
    assert callable(function_of(KINDS[name].function))
    assert name in job_words.WORDS
    assert KINDS[name].seconds >= KINDS[name].cpu_seconds
