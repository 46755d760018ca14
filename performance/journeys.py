"""Journeys: what an officer's answers cost the service, beside the least that Flask, WTForms and SQLite can do."""

from __future__ import annotations

import statistics
import tempfile
from contextlib import ExitStack
from pathlib import Path

from performance import _crowd
from performance._direct import DirectDoor
from performance._officer import Walk, walk
from performance._subjects import NAMES, SERVICE, Subject, shipped, subject, ten_items_a_page

ROUNDS, WARM = 40, 5
USERS = (1, 8, 32)
CROWD_ROUNDS, CROWD_SECONDS = 3, 1.5
MOST_LINKS = 4_000
BASE, CEILING = "prepared", "widgets"
MOST_JOURNEY = 1.0  # of the floor whose radios WTForms draws
MOST_SAVE = 1.5  # times the floor with prepared pages: the aim
UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "--")

Figures = dict[str, dict[str, float]]  # application -> what -> how much


def main() -> int:
    """Prints ratios to the floor with prepared pages; true if the service is above its bar."""
    broken = 0
    for title, text in (("Ten items a page", ten_items_a_page()), ("The staff survey", shipped())):
        figures = costs(text)
        print(f"\n  {title}: the floor with prepared pages is 1\n{table(figures)}")
        saves = figures[SERVICE]["save, CPU"] / figures[BASE]["save, CPU"]
        journeys = figures[SERVICE]["journey, CPU"] / figures[CEILING]["journey, CPU"]
        print(f"  A save: {saves:.2f} of the prepared floor (aim: {MOST_SAVE}).")
        print(f"  A journey: {journeys:.2f} of the floor with widgets (bound: {MOST_JOURNEY}).")
        broken += journeys > MOST_JOURNEY and text == ten_items_a_page()
    print(f"\n  Waiting for a save, ten items a page, {_crowd.THREADS} threads: the floor with prepared pages is 1")
    print(table(crowds()))
    return broken


def costs(text: str, rounds: int = ROUNDS) -> Figures:
    """Medians over rounds in which each application is walked through once, in turn."""
    with tempfile.TemporaryDirectory() as place:
        subjects = [subject(name, text, Path(place) / name, officers=rounds + WARM) for name in NAMES]
        walked: dict[str, list[Walk]] = {name: [] for name in NAMES}
        for turn in range(rounds + WARM):
            first = turn % len(subjects)
            for one in (*subjects[first:], *subjects[:first]):
                done = walk(DirectDoor(one.app), next(one.links), one.pages, one.check)
                if turn >= WARM:
                    walked[one.name].append(done)
        found = {name: _medians(walks) for name, walks in walked.items()}
        for name in NAMES:
            found[name] |= _counted(name, text, Path(place) / f"{name}-counted")
    return found


def _medians(walks: list[Walk]) -> dict[str, float]:
    return {
        "GET of a page, CPU": statistics.median(statistics.median(one.gets) for one in walks),
        "save, CPU": statistics.median(statistics.median(one.saves) for one in walks),
        "journey, CPU": statistics.median(one.journey for one in walks),
        "bytes of a page": statistics.median(one.page_bytes / max(1, len(one.gets)) for one in walks),
    }


def _counted(name: str, text: str, folder: Path) -> dict[str, float]:
    """Statements and bytes written in one journey, after one that warmed up."""
    seen: list[str] = []
    one = subject(name, text, folder, officers=2, trace=seen.append)
    _walk(one)
    seen.clear()
    before = _written()
    _walk(one)
    statements = [statement for statement in seen if not statement.lstrip().upper().startswith(UNCOUNTED)]
    return {"statements of a journey": len(statements), "bytes written by a journey": _written() - before}


def _walk(one: Subject) -> None:
    walk(DirectDoor(one.app), next(one.links), one.pages, one.check)


def _written() -> int:
    """What this process has handed to the system to be written."""
    lines = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(lines["wchar"])


def crowds() -> Figures:
    """Percentiles of waiting, in short turns; the middle turn counts. Memory of each server at the end."""
    taken: dict[tuple[str, int], list[list[float]]] = {}
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        served = {name: stack.enter_context(_crowd.serving(name, Path(place) / name, MOST_LINKS)) for name in NAMES}
        for users in USERS:
            for _ in range(CROWD_ROUNDS):
                for name in NAMES:
                    taken.setdefault((name, users), []).append(_crowd.waits(served[name], users, CROWD_SECONDS))
        memory = {name: served[name].resident_bytes() for name in NAMES}
    found: Figures = {name: {} for name in NAMES}
    for (name, users), turns in taken.items():
        for share in (50, 95, 99):
            middle = statistics.median(statistics.quantiles(turn, n=100)[share - 1] for turn in turns)
            found[name][f"p{share} of {users} at once"] = middle
    for name in NAMES:
        found[name]["memory after it"] = memory[name]
    return found


def table(figures: Figures) -> str:
    """Ratios to the floor with prepared pages, a row for each measure."""
    lines = ["  " + f"{'':28}" + "".join(f"{name:>10}" for name in NAMES)]
    for what, base in figures[BASE].items():
        cells = "".join(f"{figures[name][what] / base:>10.2f}" for name in NAMES)
        lines.append(f"  {what:28}{cells}")
    return "\n".join(lines)
