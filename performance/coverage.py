"""Coverage: how often the 95 % interval of a score holds the score that everybody invited would have given.

Each draw has a staff of its own, N people with answers to nine items, of whom n answer. The interval is that of the service, with its
finite population correction; beside it stand what the same draws give without the correction and with 1.96 in place of t.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from performance import _sector
from reports import estimation
from reports.statistics import sums
from reports.statistics.sums import Floats

DESIGNS = ((40, 11), (40, 30), (60, 40), (100, 20), (120, 60), (200, 40), (500, 11), (500, 120))
DRAWS, SEED = 20_000, 20261123
LEAST, MOST = 0.94, 0.96
_AT_ONCE = 4_000


@dataclass(frozen=True)
class Covered:
    """Shares of draws whose interval holds the truth."""

    service: float
    uncorrected: float
    normal: float


def covered(staff: int, n: int, *, draws: int = DRAWS, seed: int = SEED) -> Covered:
    """Coverage with n of N answers, the N of each draw made anew; the first n of them answer, in no order."""
    rng = np.random.default_rng([seed, staff, n])
    held = np.zeros(3)
    for begin in range(0, draws, _AT_ONCE):
        held += _held(_draw(min(_AT_ONCE, draws - begin), staff, rng), n)
    return Covered(*(held / draws).tolist())


def _draw(draws: int, staff: int, rng: np.random.Generator) -> Floats:
    """Scores of people, shape (draws, staff): one dimension of nine items, each in steps of 25."""
    level = 55.0 + rng.normal(0.0, 18.0, (draws, staff))
    total = np.zeros((draws, staff))
    for _ in range(_sector.THEMES * _sector.ITEMS):
        total += np.clip(np.rint((level + rng.normal(0.0, 25.0, level.shape)) / 25.0), 0.0, 4.0) * 25.0
    return total / (_sector.THEMES * _sector.ITEMS)


def _held(people: Floats, n: int) -> Floats:
    draws, staff = people.shape
    groups = sums.grouped(np.repeat(np.arange(draws), n), draws)
    answered = people[:, :n].reshape(-1, 1)
    found = estimation.estimate(answered, groups, invited=np.full(draws, float(staff)))
    plain = estimation.estimate(answered, groups)
    truth = people.mean(axis=1)
    apart = np.abs(found.score[:, 0] - truth)
    inside = (found.lower[:, 0] <= truth) & (truth <= found.upper[:, 0])
    without = (plain.lower[:, 0] <= truth) & (truth <= plain.upper[:, 0])
    return np.array([inside.sum(), without.sum(), (apart <= 1.96 * found.se[:, 0]).sum()], dtype=np.float64)


def main() -> bool:
    """Prints the table; true if a bound is broken."""
    print(f"| N | n | coverage | without correction | with 1.96 |\n|{'---|' * 5}")
    broken = False
    for staff, n in DESIGNS:
        found = covered(staff, n)
        print(f"| {staff} | {n} | {found.service:.3f} | {found.uncorrected:.3f} | {found.normal:.3f} |")
        broken = broken or not LEAST <= found.service <= MOST
    print(f"\nBounds: coverage {LEAST} to {MOST}, from {DRAWS:,} draws each.")
    return broken


if __name__ == "__main__":
    raise SystemExit(main())
