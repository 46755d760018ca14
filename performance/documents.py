"""Documents: the reports of 120 authorities as PDF, in time and memory, beside the pictures that they hold."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from questionnaires import files, loader
from questionnaires.definition import Questionnaire, Role
from reports import narrative, publication
from reports.charts.dots import dots
from reports.charts.radar import radar
from reports.documents import authority_report, sector_report
from reports.documents.imprint import Imprint
from reports.frames import AUTHORITIES, Responses
from reports.peers import ALL
from reports.profile import profile
from reports.publication import Results
from reports.rules import Rules

AUTHORITIES_SET = 120
OFFICERS = 60  # of each authority
SECONDS_A_REPORT = 5  # a report is to be had within this time of asking for it
MOST_PICTURES_WORTH = 20  # a report of nine pages may cost as much as drawing a radar and dots so many times
MOST_GROWTH = 64  # MiB that 100 further reports may add to the memory of the process
IMPRINT = Imprint("2026.1")


def main() -> int:
    asked = loader.read(files.path(*files.STAFF))
    results, register = _sector(asked)
    names = dict(zip(register["code"], register["name"], strict=True))
    frames = dict(results.frames)
    first, *others = names

    def report(code: str) -> bytes:
        own = {name: frame[frame["authority"] == code] for name, frame in frames.items() if "authority" in frame}
        return authority_report.authority(
            {**own, "benchmarks": frames["benchmarks"]}, asked, code=code, name=names[code], imprint=IMPRINT
        )

    report(first)  # fonts are read, templates compiled
    picture = min(_seconds(lambda: _pictures(frames, asked, first)) for _ in range(20))
    times: list[float] = []
    memory = 0.0
    for place, code in enumerate(others):
        times.append(_seconds(partial(report, code)))
        if place == 18:
            memory = _mebibytes()
    growth = _mebibytes() - memory
    given = sector_report.Given(register, results.quality, results.rules)
    sector = _seconds(lambda: sector_report.sector(frames, asked, given, imprint=IMPRINT))
    middle = sorted(times)[len(times) // 2]
    print(f"  a report: as long as drawing a radar and dots {middle / picture:.0f} times (bound: {MOST_PICTURES_WORTH}); the slowest of "
          f"{len(times)} took {max(times) / middle:.1f} times the middle one (bound: {SECONDS_A_REPORT} s)")  # fmt: skip
    print(f"  the sector's report: as long as {sector / middle:.1f} reports of authorities")
    print(f"  memory after 20 reports and after 120: {growth:.0f} MiB more (bound: {MOST_GROWTH})")
    return int(middle / picture > MOST_PICTURES_WORTH or max(*times, sector) > SECONDS_A_REPORT or growth > MOST_GROWTH)


def _pictures(frames: dict[str, pd.DataFrame], asked: Questionnaire, code: str) -> bytes:
    own = profile(frames["scores"], frames["benchmarks"], frames["standings"], asked, authority=code, peer_group=ALL)
    caption = narrative.caption(own, name=code, peer_group=ALL)
    return radar(own, caption) + dots(own, caption)


def _sector(asked: Questionnaire) -> tuple[Results, pd.DataFrame]:
    """Answers of 120 authorities from a seed, computed and guarded."""
    dice = np.random.default_rng(11)
    codes = [f"A{number:03}" for number in range(AUTHORITIES_SET)]
    kinds = np.array(["county", "district", "unitary", "metropolitan"])[np.arange(AUTHORITIES_SET) % 4]
    register = AUTHORITIES.filled(
        pd.DataFrame({"code": codes, "name": [f"Town {code}" for code in codes], "type": kinds, "nation": "England",
                      "region": pd.NA})
    )  # fmt: skip
    authority = np.repeat(np.arange(AUTHORITIES_SET, dtype=np.int32), OFFICERS)
    items = tuple(item.code for item in asked.scored_items)
    leaning = dice.normal(0, 0.3, AUTHORITIES_SET)[authority][:, None]
    answers = np.clip(np.round(leaning + dice.normal(2, 1, (len(authority), len(items)))), 0, 4).astype(np.int8)
    area = asked.role_item(Role.SERVICE_AREA)
    areas = tuple(option.code for option in area.options) if area else ()
    responses = Responses(
        tuple(codes), authority, items, answers,
        areas[:3], (np.arange(len(authority)) % 3).astype(np.int32),
        ("senior", "frontline"), (np.arange(len(authority)) % 4 > 0).astype(np.int32),
    )  # fmt: skip
    return publication.published(publication.compute(responses, asked, Rules(), authorities=register)), register


def _seconds(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return time.process_time() - begin


def _mebibytes() -> float:
    """The most memory that this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
