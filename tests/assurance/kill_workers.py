"""T28: workers and their children are killed or put to sleep while jobs run. Prints one JSON line. Run as a script.

Each job makes a file and leaves one entry in the audit trail. However often it was interrupted, it must end once: one
entry, a whole file, and no file that was ever seen under its final name before it was whole.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from job_functions import content_of
from sqlalchemy import func, select

from survey import jobs
from survey.db import Database
from survey.models import AuditEntry, Base, Job
from survey.vocabulary import JobState

LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"
SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
WORK = 0.08  # seconds for each tenth of a file: most interruptions shall fall into the work itself
SLEEP = 5.0  # seconds: longer than the lease, and than another worker needs for the whole job
PATIENCE = 120.0  # seconds for all jobs to end after the last kill


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--interruptions", type=int, default=10)
    parser.add_argument("--kinds", default="worker,child,sleep")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--defect", default="")
    given = parser.parse_args()
    database = Database(given.database)
    Base.metadata.create_all(database.engine)
    ask(database, given.jobs)
    dice = random.Random(given.seed)  # noqa: S311 - the same run each time
    keeper, eye = Keeper(given.database, given.data, given.defect), Eye(given.data / "made")
    try:
        done = under_fire(keeper, database, given.interruptions, given.kinds.split(","), dice)
    finally:
        keeper.stop()
        eye.close()
    report = {
        "harness": "T28",
        "database": database.url.get_backend_name(),
        "seed": given.seed,
        "defect": given.defect,
        "jobs": given.jobs,
        "interruptions": dict(sorted(done.items())),
        **count(database, given.data / "made"),
        "seen_truncated": len(eye.seen),
    }
    database.dispose()
    print(json.dumps(report))  # noqa: T201 - its report


def ask(database: Database, number: int) -> None:
    now = datetime.now(UTC)
    with database.session() as session, database.write(session):
        for one in range(number):
            jobs.enqueue(session, "test.file", {"pause": WORK}, key=f"job-{one}", by=None, now=now)
        session.commit()


class Keeper:
    """Two workers, each replaced at once when it is killed."""

    def __init__(self, database: str, data: Path, defect: str) -> None:
        here = Path(__file__).parent
        environment = {
            **os.environ, "DATABASE_URL": database, "SOUNDINGS_DATA": str(data), "PYTHONPATH": str(here),
            "SOUNDINGS_LINK_KEY": LINK_KEY, "SOUNDINGS_SECRET_KEY": SECRET_KEY,
        }  # fmt: skip
        command = [sys.executable, str(here / "working.py"), *(["--defect", defect] if defect else [])]
        self.process = subprocess.Popen(
            command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        self.workers = [int(self._tell("start")) for _ in range(2)]

    def replace(self, worker: int) -> None:
        self._tell(f"kill {worker}")
        self.workers[self.workers.index(worker)] = int(self._tell("start"))

    def stop(self) -> None:
        for worker in self.workers:
            self._tell(f"kill {worker}")
        self.process.kill()
        self.process.communicate()

    def _tell(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()


class Eye:
    """Looks all the time at what stands under a final name: a reader could be there at any moment."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.seen, self._stop = folder, set[str](), threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stop.wait(0.01):
            for path in self.folder.glob("*.txt"):
                if path.read_bytes() != content_of(path.stem):
                    self.seen.add(path.stem)


def under_fire(
    keeper: Keeper, database: Database, interruptions: int, kinds: list[str], dice: random.Random
) -> Counter[str]:
    """Interrupt one worker or its child after another at random moments, then let all jobs end."""
    done: Counter[str] = Counter()
    asleep: threading.Thread | None = None
    until = time.monotonic() + PATIENCE
    while unfinished(database) and time.monotonic() < until:
        time.sleep(dice.uniform(0.2, 0.8))
        if done.total() >= interruptions:
            continue
        kind, worker = dice.choice(kinds), dice.choice(keeper.workers)
        children = children_of(worker)
        if not children or (kind == "sleep" and asleep is not None and asleep.is_alive()):
            continue
        if kind == "worker":
            keeper.replace(worker)
        elif kind == "child":
            _signal(children[0], signal.SIGKILL)
        else:
            asleep = threading.Thread(target=sleep, args=(worker, children[0]))
            asleep.start()
        done[kind] += 1
    if asleep is not None:
        asleep.join()
    return done


def sleep(worker: int, child: int) -> None:
    """As on a machine that stands still for a while. The child wakes first, and nobody tells it that it is late."""
    for process, number, pause in (
        (worker, signal.SIGSTOP, 0.0),
        (child, signal.SIGSTOP, SLEEP),
        (child, signal.SIGCONT, 4.0),
        (worker, signal.SIGCONT, 0.5),
    ):
        _signal(process, number)
        time.sleep(pause)


def _signal(process: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)


def unfinished(database: Database) -> int:
    with database.session() as session:
        query = select(func.count()).select_from(Job).where(Job.state.in_(jobs.UNFINISHED))
        return session.scalars(query).one()


def children_of(worker: int) -> list[int]:
    found = []
    for path in Path(f"/proc/{worker}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in path.read_text().split()]
    return found


def count(database: Database, folder: Path) -> dict[str, object]:
    """What the rows say against what is there."""
    with database.session() as session:
        states = Counter(session.scalars(select(Job.state)))
        done = set(session.scalars(select(Job.key).where(Job.state == JobState.DONE)))
        repeated = session.scalar(select(func.count()).select_from(Job).where(Job.attempt > 1))
        entries = Counter(session.scalars(select(AuditEntry.object_code).where(AuditEntry.action == "test.done")))
    files = {path.stem: path.read_bytes() for path in folder.glob("*.txt")}
    return {
        "done": states[JobState.DONE],
        "dead": states[JobState.DEAD],
        "unfinished": states.total() - states[JobState.DONE] - states[JobState.DEAD],
        "more_than_one_attempt": repeated,
        "lost": sum(entries[key] == 0 or files.get(key) != content_of(key) for key in done),
        "doubled": sum(times - 1 for times in entries.values()),
        "effect_of_unfinished": sum(key not in done for key in entries),
    }


if __name__ == "__main__":
    main()
