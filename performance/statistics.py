"""Statistics: the whole computation of 400 authorities x 500 officers x 60 items, against the scoring pass and against a loop.

Everything that `analyse` computes, with raking, REML and rank draws. The scoring pass is `scoring.person_scores` on the
same answers, the least that any computation must do. The loop (`_loop`) does the same steps authority by authority with
pandas and scipy; it is measured on a part of the authorities and of the draws, and multiplied, because it does for each
what it does for every other. All runs are on one thread of the linear algebra, each in a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable

import pandas as pd

from performance import _loop, _national
from reports import publication, scoring
from reports.rules import Rules

AUTHORITIES, OFFICERS = 400, 500
LOOPED_AUTHORITIES, LOOPED_DRAWS, DRAWS = 10, 100, 10_000
ROUNDS = 6
MOST_PASSES, LEAST_LOOP, MOST_BYTES = 10.0, 50.0, 2e9
_ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def _seconds(work: Callable[[], object], rounds: int) -> float:
    """Seconds of CPU of the fastest of some rounds: other work on the machine only ever adds."""
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


def _whole() -> dict[str, float]:
    given = _national.inputs(AUTHORITIES, OFFICERS)
    rules = Rules()
    bare = _seconds(lambda: scoring.person_scores(given.responses, given.questionnaire, rules), 2 * ROUNDS)

    def everything() -> None:
        publication.compute(
            given.responses, given.questionnaire, rules, authorities=given.authorities, headcounts=given.headcounts
        )

    whole = _seconds(everything, ROUNDS)
    peak = float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
    return {"bare": bare, "whole": whole, "peak": peak}


def _looped() -> dict[str, float]:
    """Seconds of the loop for all authorities and all draws, from a part of both."""
    given = _national.inputs(AUTHORITIES, OFFICERS)
    begun = time.process_time()
    people = _loop.respondents(given)
    table = time.process_time() - begun
    codes = list(given.responses.authorities[:LOOPED_AUTHORITIES])
    begun = time.process_time()
    made = _loop.authorities(people, given, codes)
    each = (time.process_time() - begun) / LOOPED_AUTHORITIES
    repeated = made * (AUTHORITIES // LOOPED_AUTHORITIES)
    without = _seconds(lambda: _loop.sector(people, repeated, given, draws=0), 1)
    drawn = _seconds(lambda: _loop.sector(people, repeated, given, draws=LOOPED_DRAWS), 1)
    draws = max(drawn - without, 0.0) * DRAWS / LOOPED_DRAWS
    scores = pd.concat([one["scores"] for one in repeated])
    medians = _seconds(lambda: _loop.medians(scores, Rules().bootstrap_replicates), 1)
    return {"loop": table + each * AUTHORITIES + without + draws + medians}


def main() -> bool:
    """Prints the ratios; true if a bound is broken."""
    found = _measured("whole") | _measured("loop")
    passes, loop = found["whole"] / found["bare"], found["loop"] / found["whole"]
    print(f"  {found['whole']:.1f} s of CPU, {passes:.0f} times the scoring pass of {found['bare']:.2f} s")
    print(f"  {loop:.0f} times as fast as the loop; {found['peak'] / 1e6:.0f} MB at most")
    print(
        f"Bounds: {MOST_PASSES:.0f} scoring passes, {LEAST_LOOP:.0f} times as fast as the loop, {MOST_BYTES / 1e9} GB."
    )
    return passes > MOST_PASSES or loop < LEAST_LOOP or found["peak"] > MOST_BYTES


def _measured(kind: str) -> dict[str, float]:
    command = [sys.executable, "-m", "performance.statistics", kind]
    environment = {**os.environ, **_ONE_THREAD}
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    print(json.dumps({"whole": _whole, "loop": _looped}[sys.argv[1]]()))
