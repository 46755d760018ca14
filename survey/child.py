"""The child process of a worker: performs one job within limits of memory and time, and dies with its parent.

It is started as `python -m survey.child`, gets its errand on standard input, and says on standard output how far it is
and how it ended, one JSON object a line. Only here are the functions of jobs imported, with the libraries they need.
"""

from __future__ import annotations

import importlib
import json
import logging
import os
import pickle
import resource
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.exc import DBAPIError

from survey import jobs, outages
from survey.config import Settings
from survey.db import Database
from survey.errors import Refusal, Unavailable
from survey.jobs import JobContext, JobFunction, Progress, Taken

LOG = logging.getLogger(__name__)
MIB = 1024 * 1024
NICENESS = 10  # pages come first
OUT_OF_MEMORY_SCORE = "500"  # where the machine runs out of memory, this process goes, not the one with the pages


@dataclass(frozen=True, slots=True)
class Errand:
    """What the child is sent to do, and within which limits."""

    settings: Settings
    job: Taken
    function: str  # as `module:name`
    memory_mib: int
    cpu_seconds: int


@dataclass(frozen=True, slots=True)
class LastWord:
    """How a child says that it ended: `done`, `refused` (asking again is no use), `failed`, or `lost`."""

    end: str
    sentence: str = ""


def perform(
    database: Database, settings: Settings, job: Taken, function: JobFunction, report: Callable[[Progress], None]
) -> None:
    """Do the work, then write its effect and the end of the job in one transaction: both, or neither."""
    ending = function(JobContext(database, settings, job, report))
    with database.session() as session, database.write(session):
        jobs.end(session, job)
        jobs.keep_result(session, job, ending(session))
        session.commit()


def function_of(text: str) -> JobFunction:
    """The function that `module:name` names."""
    module, _, name = text.partition(":")
    function: JobFunction = getattr(importlib.import_module(module), name)
    return function


def main() -> None:
    """One errand, then the end of the process."""
    errand: Errand = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the parent, into a pipe of its own
    mouth = _own_output()
    _limit(errand)
    threading.Thread(target=_die_with_parent, daemon=True).start()
    say = _Say(mouth)
    word = _performed(errand, say)
    say({"end": word.end, "sentence": word.sentence})
    mouth.close()
    os._exit(0)  # without waiting for the thread that reads


def _performed(errand: Errand, say: _Say) -> LastWord:
    database = Database(errand.settings.database_url)
    try:
        perform(database, errand.settings, errand.job, function_of(errand.function), say.progress)
    except jobs.LeaseLost:
        return LastWord("lost")
    except MemoryError:
        return LastWord("refused", f"It needed more memory than the {errand.memory_mib} MiB that it may use.")
    except Unavailable as refusal:
        return LastWord("failed", refusal.sentence)
    except Refusal as refusal:
        return LastWord("refused", refusal.sentence)
    except Exception as fault:
        LOG.exception("A job of the kind %s stopped with a fault.", errand.job.kind)
        return LastWord("failed", _why(fault))
    finally:
        database.dispose()
    return LastWord("done")


def _why(fault: Exception) -> str:
    outage = outages.of(fault) if isinstance(fault, DBAPIError) else None
    if outage is not None:
        return f"The database {outage.happened}."
    return f"It stopped with a fault ({type(fault).__name__}). The log says more."


class _Say:
    """Lines to the parent. One that no longer listens is no reason to stop: the thread below decides that."""

    def __init__(self, mouth: BinaryIO) -> None:
        self.mouth = mouth

    def __call__(self, what: dict[str, object]) -> None:
        with suppress(OSError):
            self.mouth.write(json.dumps(what).encode() + b"\n")
            self.mouth.flush()

    def progress(self, progress: Progress) -> None:
        self({"progress": asdict(progress)})


def _own_output() -> BinaryIO:
    """Standard output for our lines alone; what libraries print goes to the log."""
    mouth = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return mouth


def _limit(errand: Errand) -> None:
    """Memory that is written to and computing time are limited; whoever stops the parent does not stop the child."""
    memory = errand.memory_mib * MIB
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (errand.cpu_seconds, errand.cpu_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    with suppress(OSError):  # only Linux has it
        Path("/proc/self/oom_score_adj").write_text(OUT_OF_MEMORY_SCORE)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)


def _die_with_parent() -> None:
    """The pipe from the parent ends with it, however it ended; what this process was doing is then nobody's."""
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
