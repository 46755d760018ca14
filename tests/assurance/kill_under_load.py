"""T1: kill -9 of the served application while officers answer. Prints one JSON line. Run as a script.

Officers remember what was acknowledged: each page by its redirect, the submission by its reply. Afterwards every
acknowledged submission must be sealed once with exactly the answers acknowledged, and receipts must equal sealed rows.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from officers import Browser, Officer, Surprise, choose
from sqlalchemy import func, select

from survey import editions, invitations
from survey.db import Database
from survey.models import Authority, Base, Draft, Invitation, Participation, Submission, Wave
from survey.vocabulary import EditionState, ParticipationState, WaveState

LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"
SECRET_KEY = "0123456789abcdefghijklmnopqrstuvwxyz"
ITEMS, PAGES = 40, 4


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--officers", type=int, default=200)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--defect", default="")
    given = parser.parse_args()
    database = Database(given.database)
    links, pages = arrange(database, given.officers)
    port = free_port()
    dice = random.Random(given.seed)  # noqa: S311 - the same run each time
    officers = [Officer(Browser(port), link, choose(dice, pages)) for link in links]
    server = Server(given.database, given.data, port, given.defect)
    try:
        kills, surprises = under_fire(server, database, officers, Fire(given.clients, given.kills, dice))
    finally:
        server.stop()
    report = {
        "harness": "T1",
        "database": database.url.get_backend_name(),
        "seed": given.seed,
        "defect": given.defect,
        "officers": len(officers),
        "kills": kills,
        "retries": sum(one.browser.retries for one in officers),
        **count(database, officers),
        "surprises": surprises[:5],
    }
    database.dispose()
    print(json.dumps(report))  # noqa: T201 - its report


def questionnaire_text() -> str:
    """Forty items on four pages: what a long survey writes, without the length of the real one."""
    scale = ", ".join(f'{{ code = "{n}", label = "{n}", score = {25 * (n - 1)} }}' for n in range(1, 6))
    head = [
        'code = "forty"', 'version = "1"', 'language = "en"', 'audience = "officers"', 'title = "Forty items"',
        "[[option_sets]]", 'code = "five"', f"options = [{scale}]",
        "[[dimensions]]", 'code = "mindset"', 'title = "Mindset"',
        "[[sections]]", 'code = "all"', 'title = "All"',
    ]  # fmt: skip
    for page in range(PAGES):
        head += ["[[sections.pages]]", f'code = "page-{page}"']
        for item in range(page * ITEMS // PAGES, (page + 1) * ITEMS // PAGES):
            head += ["[[sections.pages.items]]", f'code = "item_{item}"', f'text = "Statement number {item}."']
            head += ['kind = "choice"', 'option_set = "five"', 'dimension = "mindset"']
    return "\n".join(head)


def arrange(database: Database, officers: int) -> tuple[list[str], dict[str, dict[str, list[str]]]]:
    """A wave in the field, and a link for each officer: half of them personal, half one shared link."""
    Base.metadata.create_all(database.engine)
    now = datetime.now(UTC)
    with database.session() as session, database.write(session):
        edition = editions.store(session, questionnaire_text(), {}, file="forty.toml", now=now, actor="system")
        edition.state = EditionState.FIELDED
        authority = Authority(code="X1", name="Exeborough")
        session.add(authority)
        session.flush()
        hour = timedelta(hours=1)
        wave = Wave(
            code="2026", title="A wave", edition_id=edition.id, state=WaveState.OPEN,
            opens_at=now - hour, deadline_at=now + hour, last_start_at=now + hour, closes_at=now + hour,
        )  # fmt: skip
        session.add(wave)
        session.flush()
        part = Participation(wave_id=wave.id, authority_id=authority.id, state=ParticipationState.COLLECTING)
        session.add(part)
        session.flush()
        addresses = [f"officer-{n}@x.example" for n in range(officers // 2)]
        invitations.invite(session, part, addresses, link_key=LINK_KEY, actor="system", now=now)
        invitations.share(session, part, expected=officers, link_key=LINK_KEY, actor="system", now=now)
        session.commit()
    with database.session() as session:
        made = list(invitations.links(session, wave, link_key=LINK_KEY, base_url="http://127.0.0.1"))
        asked = editions.questionnaire_of(session, edition)
    personal = [link.url for link in made if link.address]
    shared = next(link.url for link in made if not link.address)
    pages = {
        page.code: {item.code: [option.code for option in item.options] for item in page.items} for page in asked.pages
    }
    return [*personal, *[shared] * (officers - len(personal))], pages


class Server:
    """The served application: killed and started again."""

    def __init__(self, database: str, data: Path, port: int, defect: str) -> None:
        self.port = port
        environment = {
            **os.environ, "DATABASE_URL": database, "SOUNDINGS_DATA": str(data), "PORT": str(port),
            "SOUNDINGS_LINK_KEY": LINK_KEY, "SOUNDINGS_SECRET_KEY": SECRET_KEY,
        }  # fmt: skip
        command = [sys.executable, str(Path(__file__).with_name("served.py"))]
        command += ["--defect", defect] if defect else []
        self.keeper = subprocess.Popen(
            command,
            env=environment,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.is_up = False

    def start(self) -> None:
        self._tell("start")
        self.is_up = True
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.01)
        raise Surprise("The server did not start.")

    def kill(self) -> None:
        if self.is_up:
            self._tell("kill")
            self.is_up = False

    def stop(self) -> None:
        self.kill()
        self.keeper.kill()
        self.keeper.wait()

    def _tell(self, word: str) -> None:
        assert self.keeper.stdin is not None
        assert self.keeper.stdout is not None
        self.keeper.stdin.write(f"{word}\n")
        self.keeper.stdin.flush()
        self.keeper.stdout.readline()


@dataclass(frozen=True)
class Fire:
    """How many officers answer at a time, how often the server is killed meanwhile, and the dice for the moments."""

    clients: int
    kills: int
    dice: random.Random


def under_fire(server: Server, database: Database, officers: list[Officer], fire: Fire) -> tuple[int, list[str]]:
    """All officers answer while the server is killed 150 to 600 ms after each start, until something is broken."""
    surprises: list[str] = []
    pool = ThreadPoolExecutor(fire.clients)

    def answer(officer: Officer) -> None:
        try:
            officer.answer()
        except Surprise as surprise:
            surprises.append(str(surprise))

    server.start()
    crowd = [pool.submit(answer, officer) for officer in officers]
    killed = 0
    while not any(one.submitted for one in officers) and not all(one.done() for one in crowd):
        time.sleep(0.05)  # kills begin when some officers are at every stage
    while killed < fire.kills and wait(crowd, timeout=fire.dice.uniform(0.15, 0.6)).not_done:
        server.kill()
        killed += 1
        broken = bool(surprises) or is_broken(database, officers)
        server.start()
        if broken:  # one is enough for the verdict: those who have not begun need not
            pool.shutdown(wait=False, cancel_futures=True)
            break
    pool.shutdown()
    return killed, surprises


def is_broken(database: Database, officers: list[Officer]) -> bool:
    """While no server runs: is something acknowledged missing, or a receipt without its answers? Looked at twice,
    because a database server may end what it had begun a moment after its client was killed."""
    for pause in (0.0, 0.2):
        time.sleep(pause)
        found = count(database, officers)
        if found["lost"] == found["doubled"] == 0 and found["receipts"] == found["sealed"]:
            return False
    return True


def count(database: Database, officers: list[Officer]) -> dict[str, object]:
    """What is on disk against what was acknowledged."""
    acknowledged = Counter(_key(one.answers) for one in officers if one.submitted)
    with database.session() as session:
        stored = [json.loads(answers) for answers in session.scalars(select(Submission.answers))]
        used = session.scalar(select(func.count()).where(Invitation.used)) or 0
        received = session.scalar(select(func.coalesce(func.sum(Invitation.received), 0))) or 0
        drafts = session.scalar(select(func.count()).select_from(Draft)) or 0
        sound = "ok"
        if database.is_sqlite:
            sound = str(session.connection().exec_driver_sql("PRAGMA integrity_check").scalar())
    sealed = Counter(_key(one) for one in stored)
    return {
        "acknowledged": acknowledged.total(),
        "sealed": sealed.total(),
        "receipts": used + received,
        "lost": (acknowledged - sealed).total(),
        "doubled": sum(times - 1 for times in sealed.values()),
        "drafts_left": drafts,
        "integrity": sound,
    }


def _key(answers: dict[str, str]) -> str:
    return json.dumps(answers, sort_keys=True)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    main()
