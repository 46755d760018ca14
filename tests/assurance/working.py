"""Keep workers that fork: a killed worker is back in a moment. Run as a script.

A line `start` on standard input forks a worker and prints its process id; a line `kill PID` kills it with signal 9.
`--defect` plants a fault that the harness must catch.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path

from survey import config, jobs
from survey.db import Database
from survey.worker import Kind, Worker

CHILDREN = Path(__file__).with_name("faulty_child.py")
DEFECTS = ("acknowledge-first", "unguarded-end", "careless-file")
LEASE = timedelta(seconds=1.5)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--defect", choices=DEFECTS)
    defect = parser.parse_args().defect
    jobs.FIRST_PAUSE = timedelta(seconds=0.1)
    for line in sys.stdin:
        word, _, number = line.strip().partition(" ")
        if word == "kill":
            os.kill(int(number), signal.SIGKILL)
            os.waitpid(int(number), 0)
            print("killed", flush=True)  # noqa: T201 - tells the harness that it is done
            continue
        pid = os.fork()
        if pid == 0:
            os.close(sys.stdin.fileno())
            _work(defect)
            os._exit(0)
        print(pid, flush=True)  # noqa: T201


def _work(defect: str | None) -> None:
    settings = config.read()
    function = "make_file_carelessly" if defect == "careless-file" else "make_file"
    kinds = {"test.file": Kind(f"job_functions:{function}", seconds=60)}
    child = (sys.executable, "-m", "survey.child")
    if defect == "acknowledge-first":
        jobs.beat = lambda *_: None  # a row that says done has no heart
    if defect in {"acknowledge-first", "unguarded-end"}:
        child = (sys.executable, str(CHILDREN), defect)
    worker = Worker(Database(settings.database_url), settings, kinds=kinds, lease=LEASE, child=child)
    worker.work(threading.Event(), pause=0.05)


if __name__ == "__main__":
    main()
