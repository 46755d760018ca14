"""False differences: how often tiers, waves, or word and deed are said to lie apart where they do not.

Shares of authorities of which anything false is said on any of four dimensions, by the service's own tests: Welch's
for tiers and waves, the standing of a gap for say and do, each with Holm's correction and the 5 points.
"""

from __future__ import annotations

import numpy as np

from performance import _sector
from reports import estimation, standings
from reports.statistics import holm, quantiles, sums, welch

SEED, AUTHORITIES, WAVES = 20261125, 120, 250
MOST_FALSE = 0.0525  # 0.05, and two standard errors of a share among 30,000 authorities
PAIRS = ((11, 11), (11, 60), (20, 40), (40, 40), (60, 20))
"""People on either side: senior leaders and frontline, or the earlier wave and the later one."""
SECTORS = ((10, 20), (10, 60), (20, 40), (120, 20), (120, 40), (120, 60))
"""Authorities with a self-assessment, and answers of staff in each."""
_LEVEL = 4.6  # between authorities, points
_WORD = 65.0  # what every authority says of itself; any constant, because the usual gap takes it off


def of_two_groups(first: int, second: int, *, waves: int = WAVES) -> float:
    """Two groups of people of each authority that think alike: tiers in one wave, or an authority in two waves."""
    rng = np.random.default_rng([SEED, first, second])
    total = 0.0
    for _ in range(waves):
        true = _sector.effects(AUTHORITIES, rng, level=_LEVEL)
        one, two = (_estimates(true, n, rng) for n in (first, second))
        found = welch.difference((one.score, two.score), (one.se_comparison, two.se_comparison), (one.n, two.n))
        adjusted = holm.adjusted(found.p_value)
        total += _sector.claims(standings.verdict(found.gap, adjusted, _sector.RULES)).any(axis=1).mean()
    return total / waves


def of_say_and_do(authorities: int, n: int, *, waves: int = WAVES) -> float:
    """Every authority says about ten points more of itself than its officers do: none differs from what is usual."""
    rng = np.random.default_rng([SEED, 1, authorities, n])
    total, rounds = 0.0, waves * max(AUTHORITIES // authorities, 1)
    for _ in range(rounds):
        staff = _estimates(_sector.effects(authorities, rng), n, rng)
        apart = _WORD - staff.score
        everywhere = np.ones(apart.shape, dtype=np.bool_)
        made = standings.standings(
            score=apart,
            se_comparison=staff.se_comparison,
            n=staff.n,
            median=np.array([quantiles.quartiles(column)[1] for column in apart.T]),
            shown=everywhere,
            counted=everywhere,
            tested=np.ones(apart.shape[1], dtype=np.bool_),
            rules=_sector.RULES,
        )
        total += _sector.claims(made.verdict).any(axis=1).mean()
    return total / rounds


def _estimates(true: _sector.Effects, n: int, rng: np.random.Generator) -> estimation.Estimates:
    groups = sums.grouped(np.repeat(np.arange(true.authorities), n), true.authorities)
    return estimation.estimate(_sector.dimension_scores(_sector.people(true, n, rng)), groups)


def main() -> bool:
    """Prints the tables; true if a bound is broken."""
    print(f"| people on either side | said to differ |\n|{'---|' * 2}")
    broken = False
    for first, second in PAIRS:
        share = of_two_groups(first, second)
        print(f"| {first} and {second} | {share:.3f} |")
        broken = broken or share > MOST_FALSE
    print(f"\n| authorities | n | say and do |\n|{'---|' * 3}")
    for authorities, n in SECTORS:
        share = of_say_and_do(authorities, n)
        print(f"| {authorities} | {n} | {share:.3f} |")
        broken = broken or share > MOST_FALSE
    print(f"\nBound: something false is said of at most {MOST_FALSE} of {AUTHORITIES * WAVES:,} authorities.")
    return broken


if __name__ == "__main__":
    raise SystemExit(main())
