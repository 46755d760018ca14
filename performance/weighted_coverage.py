"""Coverage where answers are weighted, where a service area stands alone, and of shares of answers.

Each draw has a staff of its own, N people in three service areas and two tiers that think differently and answer with
different eagerness: what weights are for. Raked, post-stratified and left as they are, the same answers are held
against the score that all N would have given. Weights, errors and intervals are those of the service.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from performance import _sector
from reports import estimation, weighting
from reports.statistics import intervals, sums
from reports.statistics.sums import Floats, Ints
from reports.weighting import Margin, Weights

DESIGNS = ((40, 11), (40, 30), (60, 20), (60, 40), (100, 20), (120, 60), (200, 40), (500, 30), (500, 120))
SHARES = ((40, 11), (40, 30), (60, 40), (100, 20), (200, 40), (500, 11), (500, 120))
DRAWS, SEED = 10_000, 20261124
LEAST, MOST = 0.94, 0.96
LEAST_WEIGHTED = 0.91  # weights are fitted closely where few answer in a category, see docs/simulations.md
_AT_ONCE = 2_000
_AREAS, _TIERS = (0.5, 0.3, 0.2), (0.25, 0.75)
_OF_AREA, _OF_TIER = np.array([0.0, 6.0, -8.0]), np.array([8.0, -2.0])  # points beside the level of all
_EAGER_AREA, _EAGER_TIER = np.array([1.0, 0.8, 0.6]), np.array([1.3, 1.0])
_FAVOURABLE = (75.0, 100.0)


@dataclass(frozen=True)
class Weighted:
    """Shares of draws whose interval holds the truth, by what was done with the same answers.

    `apart` is post-stratified with a spread of its own, divisor n_c - 1, in each category c, which the method has not;
    `kept` are the weights that stood.
    """

    raked: float
    post_stratified: float
    apart: float
    unweighted: float
    kept: float


@dataclass(frozen=True)
class _Staff:
    area: Ints
    tier: Ints
    scores: Floats  # (draws, staff)
    answers: Floats  # (draws, staff), one item
    answered: Ints  # (draws, n), places among the staff


def weighted(staff: int, n: int, *, draws: int = DRAWS) -> Weighted:
    """Coverage with `n` of `staff` answers, raked to both margins, to service areas alone, and not at all."""
    rng = np.random.default_rng([SEED, staff, n])
    held = np.zeros(5)
    for begin in range(0, draws, _AT_ONCE):
        made = _draw(min(_AT_ONCE, draws - begin), staff, n, rng)
        raked, areas, plain = (_held(made, use) for use in ((True, True), (True, False), (False, False)))
        held += [raked.inside, areas.inside, areas.apart, plain.inside, raked.kept]
    return Weighted(*(held / draws).tolist())


def of_service_area(staff: int, n: int, *, draws: int = DRAWS) -> float:
    """Coverage of the score of the largest service area, a stratum of its own, where at least 11 of it answered."""
    rng = np.random.default_rng([SEED, 1, staff, n])
    made = _draw(draws, staff, n, rng)
    inside = made.area[made.answered] == 0
    members = made.area == 0
    groups = sums.grouped(np.where(inside, np.arange(draws)[:, np.newaxis], -1).ravel(), draws)
    values = np.take_along_axis(made.scores, made.answered, axis=1).reshape(-1, 1)
    found = estimation.estimate(values, groups, invited=np.full(draws, float(members.sum())))
    truth = made.scores[:, members].mean(axis=1)
    shown = found.n[:, 0] >= _sector.RULES.minimum_respondents
    inside_bounds = (found.lower[:, 0] <= truth) & (truth <= found.upper[:, 0])
    return float(inside_bounds[shown].mean())


def of_share(staff: int, n: int, *, draws: int = DRAWS) -> float:
    """Coverage of the share of favourable answers to one item by Wilson's interval, n of N answers in no order."""
    rng = np.random.default_rng([SEED, 2, staff, n])
    made = _draw(draws, staff, n, rng)
    favourable = np.isin(made.answers, _FAVOURABLE)
    share = favourable[:, :n].mean(axis=1)
    count = np.full(draws, n)
    n_star = intervals.effective_n(count.astype(np.float64), count, np.full(draws, float(staff)))
    lower, upper = intervals.wilson_interval(share, n_star)
    truth = favourable.mean(axis=1)
    return float(((lower <= truth + 1e-12) & (truth <= upper + 1e-12)).mean())


def _draw(draws: int, staff: int, n: int, rng: np.random.Generator) -> _Staff:
    area = np.repeat(np.arange(3), _sizes(staff, _AREAS))
    tier = np.concatenate([np.repeat(np.arange(2), _sizes(int((area == one).sum()), _TIERS)) for one in range(3)])
    level = 55.0 + _OF_AREA[area] + _OF_TIER[tier] + rng.normal(0.0, 17.0, (draws, staff))
    total = np.zeros((draws, staff))
    for _ in range(_sector.THEMES * _sector.ITEMS):
        one = np.clip(np.rint((level + rng.normal(0.0, 25.0, level.shape)) / 25.0), 0.0, 4.0) * 25.0
        total += one
    order = rng.permutation(staff)  # nobody stands by area in what follows
    eager = np.log(_EAGER_AREA[area] * _EAGER_TIER[tier]) + rng.gumbel(size=(draws, staff))
    answered = np.argsort(-eager, axis=1)[:, :n]
    return _Staff(area, tier, total / (_sector.THEMES * _sector.ITEMS), one[:, order], answered)


def _sizes(staff: int, shares: tuple[float, ...]) -> list[int]:
    """Whole people by share; the last takes the rest."""
    first = [round(staff * share) for share in shares[:-1]]
    return [*first, staff - sum(first)]


@dataclass(frozen=True)
class _Held:
    """Draws whose interval holds the truth, the same with a spread of each category, and draws whose weights stood."""

    inside: int
    apart: int
    kept: int


def _held(made: _Staff, use: tuple[bool, bool]) -> _Held:
    draws, n = made.answered.shape
    owner = np.repeat(np.arange(draws), n)
    margins = tuple(
        _margin(member, made.answered, draws, used=used)
        for member, used in zip((made.area, made.tier), use, strict=True)
    )
    weights = weighting.rake(
        owner, (margins[0], margins[1]), authorities=draws, counted=np.ones(len(owner), dtype=np.bool_)
    )
    values = np.take_along_axis(made.scores, made.answered, axis=1).reshape(-1, 1)
    found = estimation.estimate(
        values,
        sums.grouped(owner, draws),
        weights=weights.values,
        categories=weights.categories,
        invited=np.full(draws, float(made.scores.shape[1])),
    )
    truth = made.scores.mean(axis=1)
    wider = replace(
        found, se_comparison=found.se_comparison * _own_divisors(values[:, 0], owner, weights)[:, np.newaxis]
    )
    apart = estimation.corrected(wider, np.full(draws, float(made.scores.shape[1])))
    return _Held(
        int(((found.lower[:, 0] <= truth) & (truth <= found.upper[:, 0])).sum()),
        int(((apart.lower[:, 0] <= truth) & (truth <= apart.upper[:, 0])).sum()),
        sum(word.is_weighted for word in weights.weighting),
    )


def _own_divisors(values: Floats, owner: Ints, weights: Weights) -> Floats:
    """How much wider errors are where each service area's spread has its own divisor; 1 where none is weighted by."""
    category = weights.categories[:, 0]
    used = category >= 0
    place = np.where(used, category, category.max() + 1)
    n = np.bincount(place)
    residual = weights.values * (values - (np.bincount(place, weights=values) / np.maximum(n, 1))[place])
    own = residual**2 * np.where(used, n[place] / np.maximum(n[place] - 1, 1), 1.0)
    ratio = np.bincount(owner[used], weights=own[used], minlength=owner[-1] + 1)
    plain = np.bincount(owner[used], weights=residual[used] ** 2, minlength=owner[-1] + 1).astype(np.float64)
    return np.asarray(np.sqrt(np.divide(ratio, plain, out=np.ones_like(plain), where=plain > 0)))


def _margin(member: Ints, answered: Ints, draws: int, *, used: bool) -> Margin:
    known = np.bincount(member).astype(np.float64)
    return Margin(member[answered].ravel(), np.tile(known if used else np.full(len(known), np.nan), (draws, 1)))


def main() -> bool:
    """Prints the tables; true if a bound is broken."""
    print(f"| N | n | raked | post-stratified | with own divisors | not weighted | weights stood |\n|{'---|' * 7}")
    broken = False
    for staff, n in DESIGNS:
        found = weighted(staff, n)
        print(
            f"| {staff} | {n} | {found.raked:.3f} | {found.post_stratified:.3f} | {found.apart:.3f} "
            f"| {found.unweighted:.3f} | {found.kept:.2f} |"
        )
        broken = broken or not all(LEAST_WEIGHTED <= one <= MOST for one in (found.raked, found.post_stratified))
    print(f"\n| N | n | service area | share of favourable answers |\n|{'---|' * 4}")
    for staff, n in SHARES:
        area = of_service_area(staff, n) if n >= 30 else None
        share = of_share(staff, n)
        print(f"| {staff} | {n} | {'' if area is None else f'{area:.3f}'} | {share:.3f} |")
        broken = broken or (area is not None and not LEAST <= area <= MOST) or not LEAST <= share <= MOST
    print(f"\nBounds: {LEAST} to {MOST}, weighted from {LEAST_WEIGHTED}; {DRAWS:,} draws each.")
    return broken


if __name__ == "__main__":
    raise SystemExit(main())
