"""Recruitment: how many officers must answer before their authority's score can be relied on, and what 40 answers tell.

For each share of variance between authorities, ICC(1), the numbers that the recruitment pack prints are tried on
made-up sectors: the reliability that the service computes, and how well scores really follow the truth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from performance import _sector
from reports import agreement, estimation, standings
from reports.statistics import quantiles, sums
from reports.statistics.sums import Floats

SEED = 20261123
WANTED, ANSWERS = (0.50, 0.70, 0.80), 40
PACK = {0.03: (33, 76, 130), 0.04: (24, 56, 97), 0.05: (19, 45, 77), 0.10: (9, 21, 37)}
"""Answers for each reliability, as the recruitment pack prints them: lambda / (1 - lambda) (1 - ICC) / ICC or just above."""
AUTHORITIES, WAVES = 200, 100
MOST_APART = 0.03  # between what is wanted and what is found
TOLD_APART = (0.15, 0.25)
"""Of authorities with 40 answers where ICC(1) is 0.03 or 0.04, "about one in five": what the method begins with."""
_SPREAD = 20.0  # standard deviation of people inside an authority, points


@dataclass(frozen=True)
class Relied:
    """Means over waves: the reliability computed, the squared correlation of scores with the truth, and told apart.

    `apart` is the share of authorities that a single test with the 5 points tells from the middle authority, without the gate.
    """

    computed: float
    true: float
    apart: float


def relied(share: float, n: int, *, waves: int = WAVES) -> Relied:
    """`n` answers from each authority of a sector with this ICC(1), judged by the service's own functions."""
    rng = np.random.default_rng([SEED, round(1000 * share), n])
    between = _SPREAD * math.sqrt(share / (1.0 - share))
    groups = sums.grouped(np.repeat(np.arange(AUTHORITIES), n), AUTHORITIES)
    found = np.zeros(3)
    for _ in range(waves):
        truth = rng.normal(55.0, between, AUTHORITIES)
        people = truth[groups.of_row] + rng.normal(0.0, _SPREAD, len(groups.order))
        made = estimation.estimate(people[:, np.newaxis], groups)
        model = agreement.between(people, groups).model
        reliability = agreement.reliability(model, made.n[:, 0], made.deff[:, 0])
        found += [reliability.mean(), np.corrcoef(truth, made.score[:, 0])[0, 1] ** 2, _apart(made)]
    return Relied(*(found / waves).tolist())


def _apart(made: estimation.Estimates) -> float:
    everywhere = np.ones(made.score.shape, dtype=np.bool_)
    middle: Floats = np.array([quantiles.quartiles(made.score[:, 0])[1]])
    result = standings.standings(
        score=made.score,
        se_comparison=made.se_comparison,
        n=made.n,
        median=middle,
        shown=everywhere,
        counted=everywhere,
        tested=np.ones(1, dtype=np.bool_),
        rules=_sector.RULES,
    )
    return float(_sector.claims(result.verdict).mean())


def main() -> bool:
    """Prints the tables; true if a bound is broken."""
    heads = " | ".join(f"for {wanted:.2f} | computed | true" for wanted in WANTED)
    print(f"| ICC(1) | {heads} |\n|{'---|' * (1 + 3 * len(WANTED))}")
    broken = False
    for share, numbers in PACK.items():
        cells = []
        for wanted, n in zip(WANTED, numbers, strict=True):
            found = relied(share, n)
            cells.append(f"{n} | {found.computed:.2f} | {found.true:.2f}")
            broken = broken or max(abs(found.computed - wanted), abs(found.true - wanted)) > MOST_APART
        print(f"| {share:.2f} | {' | '.join(cells)} |")
    print(f"\n| ICC(1) | reliability at {ANSWERS} | told apart from the middle authority |\n|{'---|' * 3}")
    for share in PACK:
        found = relied(share, ANSWERS)
        print(f"| {share:.2f} | {found.true:.2f} | {found.apart:.2f} |")
        broken = broken or (share < 0.05 and not TOLD_APART[0] <= found.apart <= TOLD_APART[1])
    print(
        f"\nBound: computed and true reliability within {MOST_APART} of the one wanted; told apart, up to 0.04, {TOLD_APART}."
    )
    return broken


if __name__ == "__main__":
    raise SystemExit(main())
