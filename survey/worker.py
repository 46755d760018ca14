"""The worker: maps the names of jobs to functions, and performs what is due, each job in a child process.

It runs as a thread of `soundings serve` or as `soundings worker`; any number of them share one database. It keeps no
list of its own: the rows are the queue, and a worker that is killed loses nothing.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import IO

from sqlalchemy.exc import DBAPIError, IntegrityError

from survey import jobs
from survey.child import Errand, LastWord
from survey.config import Settings
from survey.db import Database
from survey.errors import Unavailable
from survey.jobs import LeaseLost, Progress, Taken, Wanted

LOG = logging.getLogger(__name__)
CHILD = (sys.executable, "-m", "survey.child")
PAUSE = 1.0  # seconds between two looks at the queue
TICK = 0.1  # seconds between two looks at the child
TELLING = 0.5  # seconds at least between two notes of progress
GRACE = 10.0  # seconds that a child has to finish when the worker is told to stop
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}

Watch = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job: its function as `module:name`, so that only the child imports it, and its limits."""

    function: str
    memory_mib: int = 512
    cpu_seconds: int = 300
    seconds: int = 900  # by the clock on the wall, for work that hangs


KINDS: Mapping[str, Kind] = {
    "documents.bundle": Kind("survey.document_making:bundle", memory_mib=768, cpu_seconds=900, seconds=1800),
    "documents.make": Kind("survey.document_making:make", memory_mib=768, cpu_seconds=900, seconds=1800),
    "release.compute": Kind("survey.computation:compute", memory_mib=1024, cpu_seconds=900, seconds=1800),
}


class Worker:
    """Whoever performs jobs, under a name that no other worker has."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        kinds: Mapping[str, Kind] = KINDS,
        persons_only: bool = False,
        lease: timedelta = jobs.LEASE,
        child: tuple[str, ...] = CHILD,
    ) -> None:
        self.database, self.settings = database, settings
        self.kinds, self.lease, self.child = kinds, lease, child
        self.wanted = Wanted(kinds.keys(), persons_only=persons_only)
        self.name = f"{socket.gethostname()[:40]} {os.getpid()} {secrets.token_hex(4)}"

    def work(self, stop: threading.Event, *, pause: float = PAUSE) -> None:
        """Perform what is due until told to stop. A failure of the database is logged and tried again."""
        while not stop.wait(pause):
            try:
                while self.perform_one(stop):
                    pass
            except Exception:
                LOG.exception("The queue of jobs could not be worked on; trying again.")

    def perform_one(
        self, stop: threading.Event | None = None, *, code: str | None = None, watch: Watch | None = None
    ) -> bool:
        """Claim a due job, or the one with this code, and attend to it until it ends; whether there was one."""
        stop = stop or threading.Event()
        taken = None if stop.is_set() else self._claimed(code)
        if taken is None:
            return False
        _Attendance(self, taken, stop, watch or (lambda _: None)).through()
        return True

    def _claimed(self, code: str | None) -> Taken | None:
        with self.database.session() as session:
            if not jobs.is_anything_due(session, wanted=self.wanted, lease=self.lease):
                return None
            try:
                with self.database.write(session):
                    jobs.sweep(session, lease=self.lease)
                    taken = jobs.claim(session, worker=self.name, wanted=self.wanted, code=code)
                    session.commit()
            except IntegrityError:  # another worker took another job of the same person at the same moment
                return None
        return taken


def embedded(database: Database, settings: Settings) -> tuple[Worker, ...]:
    """The workers of a server that has none beside it.

    One takes everything, one only what persons wait for: with reports under way for the service itself, somebody who
    asks for something does not wait until all of them are made.
    """
    if settings.worker != "embedded":
        return ()
    return Worker(database, settings), Worker(database, settings, persons_only=True)


class _Attendance:
    """A worker beside one child: hears how far it is, beats the job's heart, kills it when it is over a limit."""

    def __init__(self, worker: Worker, taken: Taken, stop: threading.Event, watch: Watch) -> None:
        self.worker, self.taken, self.stop, self.watch = worker, taken, stop, watch
        self.kind = worker.kinds[taken.kind]
        self.heard, self.told = Progress(), Progress()
        self.word: LastWord | None = None
        self.process = self._sent()
        self.began = self.beaten = time.monotonic()

    def through(self) -> None:
        """Until the child has ended, and the row says how."""
        listener = threading.Thread(target=self._listen, daemon=True)
        listener.start()
        try:
            sentence = self._ended()
        finally:
            self.process.kill()  # does nothing to a child that has ended
            self.process.wait()
            listener.join(timeout=5)
            for pipe in (self.process.stdin, self.process.stdout):
                with suppress(OSError):
                    _opened(pipe).close()
        if self.heard != self.told:  # the last word of a child that was quicker than the heart
            self.watch(self.heard)
        self._settle(sentence)

    def _sent(self) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(  # noqa: S603 - our own program; what it works on goes through the pipe
            self.worker.child,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **ONE_THREAD},
            start_new_session=True,  # Ctrl+C is for the worker
        )
        errand = Errand(
            self.worker.settings, self.taken, self.kind.function, self.kind.memory_mib, self.kind.cpu_seconds
        )
        with suppress(BrokenPipeError):  # it died at once: its exit code says so
            pickle.dump(errand, _opened(process.stdin))
            _opened(process.stdin).flush()
        return process

    def _listen(self) -> None:
        for line in _opened(self.process.stdout):
            with suppress(ValueError, TypeError):  # half a line of a child that was killed
                said = json.loads(line)
                if "end" in said:
                    self.word = LastWord(**said)
                else:
                    self.heard = Progress(**said["progress"])

    def _ended(self) -> str | None:
        """Wait for the child: nothing when it ended by itself, else the sentence that says why it was killed."""
        stopping: float | None = None
        while True:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=TICK)
                return None
            at = time.monotonic()
            if at - self.began > self.kind.seconds:
                return f"It took longer than the {self.kind.seconds} seconds that it may take."
            if self.stop.is_set():
                stopping = stopping or at
                if at - stopping > GRACE:
                    return ""
            if not self._beat(at):
                return ""

    def _beat(self, at: float) -> bool:
        """Say that the child lives and how far it is; whether the job is still ours."""
        lease = self.worker.lease.total_seconds()
        news, since = self.heard, at - self.beaten
        if since > lease:
            return False
        if since < (TELLING if news != self.told else lease / 6):
            return True
        self.watch(news)
        try:
            with self.worker.database.session() as session, self.worker.database.write(session):
                jobs.beat(session, self.taken, news)
                session.commit()
        except LeaseLost:
            return False
        except (DBAPIError, Unavailable):
            LOG.warning("The heart of a job could not be beaten; trying again.")
            return True
        self.told, self.beaten = news, time.monotonic()
        return True

    def _settle(self, killed_for: str | None) -> None:
        """Write how the job ended where the child could not; where it could, the job is no longer held."""
        if self.word is not None and self.word.end in {"done", "lost"}:
            return
        with suppress(LeaseLost), self.worker.database.session() as session, self.worker.database.write(session):
            if killed_for == "":
                jobs.give_back(session, self.taken)
            elif killed_for is not None:
                jobs.fail(session, self.taken, killed_for, finally_=True)
            elif self.word is not None:
                jobs.fail(session, self.taken, self.word.sentence, finally_=self.word.end == "refused")
            else:
                sentence, finally_ = self._death()
                jobs.fail(session, self.taken, sentence, finally_=finally_)
            session.commit()

    def _death(self) -> tuple[str, bool]:
        """A child that ended without a word; whether trying again is no use."""
        if self.process.returncode == -signal.SIGXCPU:
            return f"It needed more than the {self.kind.cpu_seconds} seconds of computing time that it may use.", True
        return "Its process was stopped before it was done.", False


def _opened(pipe: IO[bytes] | None) -> IO[bytes]:
    """A pipe that was asked for is there."""
    if pipe is None:
        raise RuntimeError("The child has no pipe.")
    return pipe
