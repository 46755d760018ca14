"""Jobs that tests send to real children: well-behaved ones, and one for each way to go wrong."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from survey import audit
from survey.errors import Refusal
from survey.jobs import Ending, JobContext

LINES = 2_000


def content_of(key: str) -> bytes:
    """What the file of a job holds: long enough to be cut in the middle, and its own proof that it was not."""
    body = "".join(f"{key} {number}\n" for number in range(LINES)).encode()
    return body + hashlib.sha256(body).hexdigest().encode()


def make_file(context: JobContext) -> Ending:
    """A file under its final name only when it is whole, and one entry in the audit trail when the job ends."""
    folder = context.settings.data / "made"
    folder.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=".unfinished-")
    with os.fdopen(descriptor, "wb") as file:
        whole = content_of(context.job.key)
        for part in range(10):
            context.progress("Writing", part, 10)
            file.write(whole[part * len(whole) // 10 : (part + 1) * len(whole) // 10])
            time.sleep(context.payload.get("pause", 0.0))
        file.flush()
        os.fsync(file.fileno())
    Path(unfinished).replace(folder / f"{context.job.key}.txt")
    return lambda session: note(session, context.job.key)


def make_file_carelessly(context: JobContext) -> Ending:
    """The planted defect: written under its final name from the first byte on."""
    folder = context.settings.data / "made"
    folder.mkdir(parents=True, exist_ok=True)
    whole = content_of(context.job.key)
    with (folder / f"{context.job.key}.txt").open("wb") as file:
        for part in range(10):
            file.write(whole[part * len(whole) // 10 : (part + 1) * len(whole) // 10])
            file.flush()
            time.sleep(context.payload["pause"])
    return lambda session: note(session, context.job.key)


def note(session: Session, key: str) -> dict[str, Any]:
    audit.record(session, now=datetime.now(UTC), actor="system", action="test.done", object_type="job", object_code=key)
    return {"key": key}


def take_memory(context: JobContext) -> Ending:
    """Writes to more memory than any limit here allows."""
    kept = bytearray(context.payload["mib"] * 1024 * 1024)
    return lambda _session: {"bytes": len(kept)}


def take_time(context: JobContext) -> Ending:
    """Computes for ever."""
    while context:
        pass
    raise AssertionError


def hang(context: JobContext) -> Ending:
    """Waits for ever, computing nothing."""
    context.progress("Hanging", 1, 2)
    time.sleep(600)
    raise AssertionError


def refuse(context: JobContext) -> Ending:
    raise Refusal(f"The wave {context.payload['wave']} is not there any more.")


def fail(context: JobContext) -> Ending:
    raise ValueError("a secret that must not be kept")


def fail_in_the_ending(context: JobContext) -> Ending:
    def ending(session: Session) -> dict[str, Any]:
        note(session, context.job.key)
        raise ValueError

    return ending


def print_a_lot(context: JobContext) -> Ending:
    """Libraries print where they like; nothing of it may be taken for an answer."""
    os.write(1, b'{"end": "refused", "sentence": "Printed, not said."}\n' * 2_000)
    return lambda _session: {}


def die(context: JobContext) -> Ending:
    os.kill(os.getpid(), 9)
    raise AssertionError
