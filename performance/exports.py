"""Exports: time and peak memory of microdata with labels, 20,000 submissions x 60 items, and a quarter of them.

Each run is a child process on a database of its own, so that its peak memory is its own. Rows are streamed: four times
as many may not need more memory than a fixed margin.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from questionnaires import files, loader
from questionnaires.definition import Kind, Questionnaire
from reports.microdata import RowReader
from survey import editions, keys, microdata, people
from survey.db import Database
from survey.models import Authority, Base, Participation, Submission, Wave
from survey.vocabulary import ParticipationState, RoleName, WaveState

SUBMISSIONS, AUTHORITIES = 20_000, 100
FORMS = ("labels", "workbook")
MOST_GROWTH = 8e6  # bytes, from a quarter of the rows to all of them
MOST_SECONDS = {"labels": 10.0, "workbook": 60.0}
RESEARCHER = "researcher@example.org"


def prepared(path: Path, count: int) -> None:
    """A database with one closed wave of this many sealed submissions."""
    database, now = Database(f"sqlite:///{path}"), datetime(2026, 6, 1, tzinfo=UTC)
    Base.metadata.create_all(database.engine)
    questionnaire, dice = loader.read(files.path(*files.STAFF)), random.Random(20)  # noqa: S311 - the same answers each time
    with database.session() as session, database.write(session):
        person = people.add(session, RESEARCHER, "Researcher", now=now, actor="system")
        people.grant(session, person.id, RoleName.RESEARCHER, now=now, actor="system")
        edition = editions.store_shipped(session, *files.STAFF, now=now, actor="system")
        authorities = [Authority(code=f"A{n:03}", name=f"Authority {n}") for n in range(AUTHORITIES)]
        wave = Wave(
            code="2026", title="Survey 2026", edition_id=edition.id, state=WaveState.CLOSED, optional_sections="",
            **{f"{at}_at": now - timedelta(days=20 - day) for day, at in enumerate(("opens", "deadline", "last_start", "closes"))},
        )  # fmt: skip
        session.add_all([wave, *authorities])
        session.flush()
        for one in authorities:
            session.add(
                Participation(wave_id=wave.id, authority_id=one.id, state=ParticipationState.COLLECTING, attributes={})
            )
        for start in range(0, count, 2_000):
            rows = [
                _row(questionnaire, dice, authorities[(start + n) % AUTHORITIES].id)
                for n in range(min(2_000, count - start))
            ]
            session.execute(insert(Submission), [{"wave_id": wave.id, "edition_id": edition.id, **row} for row in rows])
        session.commit()
    database.dispose()


def _row(questionnaire: Questionnaire, dice: random.Random, authority_id: int) -> dict[str, object]:
    chosen = {
        item.code: dice.choice(item.options).code for item in questionnaire.items.values() if item.kind is Kind.CHOICE
    }
    return {"id": keys.new_id(), "authority_id": authority_id, "answers": json.dumps(chosen), "too_fast": False}


def _child(form: str, place: str) -> None:
    """One measured run; prints seconds of CPU, peak bytes, the size of the file and its columns."""
    database = Database(f"sqlite:///{place}")
    with database.session() as session, tempfile.TemporaryFile() as target:
        begun = time.process_time()
        found = microdata.of_wave(session, "2026", by=people.principal_of(session, RESEARCHER))
        microdata.write(session, found, microdata.Form(form), target)
        seconds, size = time.process_time() - begun, target.tell()
        columns = len(RowReader(found.questionnaire).heads)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps([seconds, peak, size, columns]))


def main() -> bool:
    """Prints the table; true if a bound is broken."""
    print(f"{'':10}{'rows':>9}{'columns':>9}{'CPU s':>8}{'peak MB':>9}{'growth MB':>11}{'file MB':>9}")
    broken = False
    with tempfile.TemporaryDirectory() as folder:
        counts = (SUBMISSIONS // 4, SUBMISSIONS)
        for count in counts:
            prepared(Path(folder) / f"{count}.sqlite", count)
        for form in FORMS:
            first = 0.0
            for count in counts:
                command = [sys.executable, "-m", "performance.exports", form, str(Path(folder) / f"{count}.sqlite")]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                seconds, peak, size, columns = json.loads(done.stdout)
                first = first or peak
                print(
                    f"{form:10}{count:>9,}{columns:>9}{seconds:>8.1f}{peak / 1e6:>9.0f}{(peak - first) / 1e6:>11.1f}{size / 1e6:>9.1f}"
                )
                broken = broken or seconds > MOST_SECONDS[form] or peak - first > MOST_GROWTH
    print(f"Bounds: {MOST_GROWTH / 1e6:.0f} MB more for four times the rows; {MOST_SECONDS} seconds.")
    return broken


if __name__ == "__main__":
    _child(*sys.argv[1:3])
