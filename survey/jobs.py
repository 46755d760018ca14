"""Jobs: work apart from any request, written in the transaction of its cause, ended in the transaction of its effect.

The row is the queue. Whoever holds a running job beats its heart; a job whose heart has stopped goes back to the queue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from survey import audit, keys
from survey.config import Settings
from survey.db import Database, database_now
from survey.errors import NotFound, NotNow, TooMany
from survey.models import Job
from survey.people import Principal
from survey.vocabulary import JobState

MOST_ATTEMPTS = 5
MOST_UNFINISHED = 5  # of one person
LARGEST_PAYLOAD = 4_000
LEASE = timedelta(seconds=60)
FIRST_PAUSE = timedelta(seconds=4)  # then four times as long each time: 16 s, 1 min, 4 min
KEPT = timedelta(days=30)
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)

Json: TypeAlias = dict[str, Any]  # Any: each kind of job says what its payload and its result hold
Ending: TypeAlias = Callable[[Session], Json]


class LeaseLost(Exception):  # noqa: N818 - what happened to a worker, not a fault of the program
    """The job is no longer this worker's: another has it, or it has ended."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A job as the worker that claimed it knows it: name and attempt are what it holds the job by."""

    id: int
    code: str
    kind: str
    key: str
    payload: Mapping[str, Any]  # Any: see Json
    person_id: int | None
    attempt: int
    worker: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which jobs a worker takes: of the kinds that it knows; all, or only those that a person waits for."""

    kinds: Collection[str]
    persons_only: bool = False

    @property
    def condition(self) -> ColumnElement[bool]:
        of_these = Job.kind.in_(self.kinds)
        return of_these & Job.by_id.is_not(None) if self.persons_only else of_these


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is: a step in words, and how many of how many where that can be said."""

    step: str = ""
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job function may reach. It only reads; what is to be written it hands back as its ending."""

    database: Database
    settings: Settings
    job: Taken
    report: Callable[[Progress], None]

    @property
    def payload(self) -> Mapping[str, Any]:  # Any: see Json
        return self.job.payload

    @property
    def person_id(self) -> int | None:
        return self.job.person_id

    def progress(self, step: str, done: int = 0, total: int = 0) -> None:
        """Say how far the work is; cheap enough for every item of a list."""
        self.report(Progress(step, done, total))


JobFunction: TypeAlias = Callable[[JobContext], Ending]


# Asking


def enqueue(
    session: Session, kind: str, payload: Mapping[str, object], *, key: str, by: int | None, now: datetime
) -> Job:
    """Ask for work, in the transaction of its cause. While a job with this key is unfinished, it is that job.

    `by` is the person who asked; nobody where the service asks by itself.
    """
    same = waiting(session, key)
    if same is not None:
        return same
    if len(json.dumps(payload)) > LARGEST_PAYLOAD:
        raise ValueError("A job's payload names what to work on; it does not carry it.")
    if by is not None and _unfinished_of(session, by) >= MOST_UNFINISHED:
        raise TooMany(f"You already have {MOST_UNFINISHED} jobs that are not done. Wait until one of them is.")
    job = Job(
        code=keys.new_id(),
        kind=kind,
        key=key,
        payload=dict(payload),
        by_id=by,
        state=JobState.QUEUED,
        result={},
        queued_at=now,
        due_at=_clock(session),  # the clock that also decides when it is due, whatever the asker's clock says
    )
    try:
        with session.begin_nested():
            session.add(job)
    except IntegrityError:  # somebody asked for the same at the same moment
        same = waiting(session, key)
        if same is None:
            raise
        return same
    return job


def waiting(session: Session, key: str) -> Job | None:
    """The unfinished job of a key."""
    return session.scalars(select(Job).where(Job.key == key, Job.state.in_(UNFINISHED))).first()


def newest(session: Session, key: str) -> Job | None:
    """The last job of a key, however it ended."""
    return session.scalars(select(Job).where(Job.key == key).order_by(Job.id.desc()).limit(1)).first()


def try_again(session: Session, job: Job, *, by: Principal, now: datetime) -> None:
    """A dead job begins anew, with all its attempts."""
    session.refresh(job, with_for_update=True)
    if job.state != JobState.DEAD:
        raise NotNow("Only a job that was given up can be tried again.")
    if waiting(session, job.key) is not None:
        raise NotNow("The same work has been asked for again since, and is not done yet.")
    job.state, job.attempt, job.ended_at = JobState.QUEUED, 0, None
    job.sentence, job.step, job.done, job.total = "", "", 0, 0
    job.due_at = _clock(session)
    session.flush()
    audit.record(session, now=now, actor=by.actor, action="job.tried_again", object_type="job", object_code=job.code)


# Reading


def get(session: Session, code: str) -> Job:
    job = session.scalars(select(Job).where(Job.code == code)).first()
    if job is None:
        raise NotFound("There is no such job.")
    return job


def recent(session: Session, *, limit: int = 100) -> list[Job]:
    """The newest jobs, newest first."""
    return list(session.scalars(select(Job).order_by(Job.id.desc()).limit(limit)))


def longest_wait(session: Session) -> timedelta:
    """For how long the job that is due longest has waited to be begun; nothing where none waits."""
    query = select(func.min(Job.due_at), database_now()).where(Job.state == JobState.QUEUED)
    row: tuple[datetime | None, datetime] = session.execute(query).one()
    due, clock = row
    return max(clock - due, timedelta(0)) if due is not None else timedelta(0)


def _unfinished_of(session: Session, person_id: int) -> int:
    counted = select(func.count()).select_from(Job).where(Job.by_id == person_id, Job.state.in_(UNFINISHED))
    return session.scalars(counted).one()


# Holding: what workers do, each a change that asks whether the job is still theirs


def is_anything_due(session: Session, *, wanted: Wanted, lease: timedelta = LEASE) -> bool:
    """Whether there is a job to claim, or one whose heart has stopped: what an idle worker asks every second."""
    clock = _clock(session)
    due = (Job.state == JobState.QUEUED) & (Job.due_at <= clock) & wanted.condition
    stopped = (Job.state == JobState.RUNNING) & (Job.heartbeat_at < clock - lease)
    return session.scalars(select(Job.id).where(or_(due, stopped)).limit(1)).first() is not None


def claim(session: Session, *, worker: str, wanted: Wanted, code: str | None = None) -> Taken | None:
    """Take a due job, or the one with this code: those that a person waits for first, then the oldest.

    One person has one running job at a time.
    """
    clock, other = _clock(session), aliased(Job)
    theirs = select(other.id).where(other.state == JobState.RUNNING, other.by_id == Job.by_id).exists()
    due = select(Job).where(Job.state == JobState.QUEUED, Job.due_at <= clock, wanted.condition, ~theirs)
    if code is not None:
        due = due.where(Job.code == code)
    first = due.order_by(Job.by_id.is_(None), Job.id)
    job = session.scalars(first.limit(1).with_for_update(skip_locked=True)).first()
    if job is None:
        return None
    job.state, job.worker, job.attempt = JobState.RUNNING, worker, job.attempt + 1
    job.started_at, job.heartbeat_at = clock, clock
    session.flush()
    return Taken(job.id, job.code, job.kind, job.key, job.payload, job.by_id, job.attempt, worker)


def beat(session: Session, taken: Taken, progress: Progress) -> None:
    """The worker is alive, and this far."""
    _change(
        session,
        taken,
        heartbeat_at=database_now(),
        step=progress.step[:200],
        done=progress.done,
        total=progress.total,
    )


def end(session: Session, taken: Taken) -> None:
    """The work is done: the first statement of the transaction that writes its effect.

    From here on nobody else can take the job; if somebody has, `LeaseLost` rolls the whole transaction back.
    """
    _change(session, taken, state=JobState.DONE, ended_at=database_now(), worker=None, heartbeat_at=None, sentence="")


def keep_result(session: Session, taken: Taken, result: Json) -> None:
    """What the ending handed back, such as the label of the release: the last statement of that transaction."""
    session.execute(update(Job).where(Job.id == taken.id).values(result=result))


def fail(session: Session, taken: Taken, sentence: str, *, finally_: bool = False) -> None:
    """This attempt came to nothing. Queue it once more after a pause, or give up: at once, or after the last attempt."""
    _let_go(session, taken, sentence, give_up=finally_ or taken.attempt >= MOST_ATTEMPTS)


def give_back(session: Session, taken: Taken) -> None:
    """The worker stops before the job is done: it counts as never begun."""
    _change(
        session,
        taken,
        state=JobState.QUEUED,
        attempt=taken.attempt - 1,
        worker=None,
        heartbeat_at=None,
        step="",
        done=0,
    )


def sweep(session: Session, *, lease: timedelta = LEASE) -> int:
    """Jobs whose worker is gone go back to the queue; how many. One that took five workers with it is given up."""
    stopped = select(Job).where(Job.state == JobState.RUNNING, Job.heartbeat_at < _clock(session) - lease)
    found = session.scalars(stopped.order_by(Job.id).with_for_update(skip_locked=True)).all()
    for job in found:
        taken = Taken(job.id, job.code, job.kind, job.key, job.payload, job.by_id, job.attempt, job.worker or "")
        sentence = "The worker stopped before it was done."
        _let_go(session, taken, sentence, give_up=job.attempt >= MOST_ATTEMPTS, pause=timedelta(0))
    return len(found)


def forget_ended(session: Session, *, now: datetime) -> None:
    """Done jobs are forgotten after a month; those that were given up stay until somebody has tried them again."""
    session.execute(delete(Job).where(Job.state == JobState.DONE, Job.ended_at < now - KEPT))


def _let_go(session: Session, taken: Taken, sentence: str, *, give_up: bool, pause: timedelta | None = None) -> None:
    clock = _clock(session)
    free: Json = {"worker": None, "heartbeat_at": None, "sentence": sentence[:500]}
    if give_up:
        _change(session, taken, state=JobState.DEAD, ended_at=clock, **free)
        return
    wait = FIRST_PAUSE * 4 ** (taken.attempt - 1) if pause is None else pause
    _change(session, taken, state=JobState.QUEUED, due_at=clock + wait, step="", done=0, total=0, **free)


def _change(session: Session, taken: Taken, **values: object) -> None:
    """Change a job that this worker holds, in this attempt; nothing else may touch a running job."""
    held = (Job.id == taken.id, Job.state == JobState.RUNNING, Job.attempt == taken.attempt, Job.worker == taken.worker)
    changed = session.execute(update(Job).where(*held).values(**values).execution_options(synchronize_session=False))
    if changed.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result counts its rows
        raise LeaseLost


def _clock(session: Session) -> datetime:
    """The database's clock: workers on several machines agree on it."""
    return session.scalars(select(database_now())).one()
