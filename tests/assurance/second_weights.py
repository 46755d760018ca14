"""Weights and reliability a second time, person by person and from matrices, from the written method alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from scipy import optimize, stats

LEAST, BOUNDS, ROUNDS, CLOSE, STILL = 5, (1 / 3, 3.0), 50, 1e-9, 1e-12


def weights(
    areas: list[str], tiers: list[str], staff: tuple[dict[str, float], dict[str, float]], start: list[float]
) -> tuple[list[float], list[list[int] | None], str]:
    """The weight of each person of one authority, everybody's category of each margin, and what they were raked to."""
    w0 = np.array(start) / np.mean(start) if start else np.zeros(0)
    margins = [_categories(groups, known) for groups, known in zip((areas, tiers), staff, strict=True)]
    tried = any(margins)
    for use in ((0, 1), (0,)):
        chosen = [place for place in use if margins[place] is not None]
        if not chosen:
            continue
        found = _fit([margins[place] for place in chosen], w0)
        if found is None:
            continue
        deff = len(found) * math.fsum(found**2) / math.fsum(found) ** 2
        if deff > 2:
            return w0.tolist(), [None, None], "too_uneven"
        if found.max() > 0.10 * found.sum():
            return w0.tolist(), [None, None], "one_too_heavy"
        word = {(0, 1): "service_area_and_tier", (0,): "service_area", (1,): "tier"}[tuple(chosen)]
        used = [margins[place][0] if place in chosen else None for place in (0, 1)]
        return found.tolist(), used, word
    return w0.tolist(), [None, None], "not_converged" if tried else _why_not(areas, tiers, staff)


def _why_not(areas: list[str], tiers: list[str], staff: tuple[dict[str, float], dict[str, float]]) -> str:
    """Why there is no margin to rake to: no staff numbers, too many silent, or everything joined to one category."""
    with_staff = [groups for groups, known in zip((areas, tiers), staff, strict=True) if sum(known.values()) > 0]
    if not with_staff:
        return "no_headcounts"
    silent = [len([one for one in groups if one]) < 0.8 * len(groups) for groups in with_staff]
    return "too_many_not_said" if all(silent) else "too_few_in_groups"


def _categories(groups: list[str], known: dict[str, float]) -> tuple[list[int], dict[int, float]] | None:
    """Each person's category and the staff of each; the last one, without staff, holds those who did not say."""
    said = [one for one in groups if one]
    if not groups or len(said) < 0.8 * len(groups) or sum(known.values()) <= 0:
        return None
    count = {one: said.count(one) for one in {*said, *(g for g, staff in known.items() if staff > 0)}}
    thin = {g for g, n in count.items() if n < LEAST or known.get(g, 0) <= 0}
    while (
        thin
        and len(thin) < len(count)
        and (sum(count[g] for g in thin) < LEAST or sum(known.get(g, 0) for g in thin) <= 0)
    ):
        thin.add(min((g for g in count if g not in thin), key=lambda g: (count[g], g)))
    lists = [[g] for g in sorted(count) if g not in thin] + ([sorted(thin)] if thin else [])
    if len(lists) < 2:
        return None
    place = {g: at for at, members in enumerate(lists) for g in members}
    staff = {at: sum(known.get(g, 0) for g in members) for at, members in enumerate(lists)}
    return [place.get(one, len(lists)) if one else len(lists) for one in groups], staff


def _fit(margins: list[tuple[list[int], dict[int, float]]], w0: np.ndarray) -> np.ndarray | None:
    targets = []
    for own, staff in margins:
        place = np.array(own)
        said = w0[place < len(staff)].sum()
        target = {at: count * said / sum(staff.values()) for at, count in staff.items()}
        targets.append((place, {**target, len(staff): w0[place == len(staff)].sum()}))
    factor, met = _rounds(targets, w0, np.ones(len(w0)), lambda f: f)
    if met and (factor.min() < BOUNDS[0] - CLOSE or factor.max() > BOUNDS[1] + CLOSE):
        factor, met = _rounds(targets, w0, factor, lambda f: np.clip(f, *BOUNDS))
    return w0 * factor if met else None


def _rounds(
    targets: list, w0: np.ndarray, factor: np.ndarray, bound: Callable[[np.ndarray], np.ndarray]
) -> tuple[np.ndarray, bool]:
    worst = math.inf
    for _ in range(ROUNDS):
        for place, target in targets:
            now = np.bincount(place, weights=w0 * factor, minlength=len(target))
            factor = factor * np.array([target[p] / now[p] for p in place])
        factor = bound(factor)
        worst = 0.0
        for place, target in targets:
            now = np.bincount(place, weights=w0 * factor, minlength=len(target))
            worst = max([worst, *(abs(now[p] / target[p] - 1) for p in set(place.tolist()) if target[p] > 0)])
        if worst < STILL:
            break
    return factor, worst < CLOSE


def residuals(y: np.ndarray, mean: float, categories: list[list[int] | None]) -> np.ndarray:
    """From the unweighted least squares on the margins in use, or from the score where there are none."""
    used = [np.array(one) for one in categories if one is not None]
    if not used:
        return y - mean
    x = np.column_stack([np.eye(one.max() + 1)[one] for one in used])
    return y - x @ np.linalg.lstsq(x, y, rcond=None)[0]


def variances(groups: list[list[float]]) -> tuple[float, float] | None:
    """tau^2 and sigma^2 by REML over all authorities, by minimising the likelihood itself; None where there is none."""
    return _variances(tuple(tuple(one) for one in groups if one))


@lru_cache(maxsize=64)  # every table of a wave asks for those of the same measures
def _variances(groups: tuple[tuple[float, ...], ...]) -> tuple[float, float] | None:
    kept = [np.array(one) for one in groups]
    n = np.array([len(one) for one in kept])
    within = math.fsum(math.fsum((one - one.mean()) ** 2) for one in kept)
    if len(kept) < 2 or n.sum() <= len(kept) or within <= 1e-18:
        return None
    mean = np.array([one.mean() for one in kept])

    def deviance(shares: np.ndarray) -> np.ndarray:  # of each share, a row
        v = 1 / n + (shares / (1 - shares))[:, None]
        centre = (mean / v).sum(axis=1) / (1 / v).sum(axis=1)
        q = within + ((mean - centre[:, None]) ** 2 / v).sum(axis=1)
        return (n.sum() - 1) * np.log(q) + np.log(n * v).sum(axis=1) + np.log((1 / v).sum(axis=1))

    def slope(share: float) -> float:  # of the deviance in theta, term by term
        v = 1 / n + share / (1 - share)
        centre = (mean / v).sum() / (1 / v).sum()
        q = within + ((mean - centre) ** 2 / v).sum()
        return (
            (1 / v).sum() - (1 / v**2).sum() / (1 / v).sum() - (n.sum() - 1) * ((mean - centre) ** 2 / v**2).sum() / q
        )

    grid = np.append(np.linspace(0, 0.99, 400), 1 - np.logspace(-2.1, -8, 60))
    best = int(np.argmin(deviance(grid)))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    rising = slope(low) < 0 < slope(high)
    share = float(optimize.brentq(slope, low, high, xtol=1e-16, rtol=1e-15)) if rising else 0.0
    found, none = deviance(np.array([share, 0.0]))
    if share < 1e-9 or found >= none:
        share = 0.0
    v = 1 / n + share / (1 - share)
    centre = (mean / v).sum() / (1 / v).sum()
    sigma2 = (within + ((mean - centre) ** 2 / v).sum()) / (n.sum() - 1)
    return share / (1 - share) * sigma2, sigma2


def lower_icc(groups: list[list[float]]) -> float:
    """Lower bound of ICC(1) from the analysis of variance; NaN where there is none."""
    kept = [np.array(one) for one in groups if one]
    n = np.array([len(one) for one in kept])
    k, people = len(kept), int(n.sum())
    if k < 2 or people <= k:
        return math.nan
    grand = np.concatenate(kept).mean()
    between = sum(len(one) * (one.mean() - grand) ** 2 for one in kept) / (k - 1)
    within = sum(((one - one.mean()) ** 2).sum() for one in kept) / (people - k)
    if within <= 0:
        return math.nan
    n0 = (people - (n**2).sum() / people) / (k - 1)
    f = between / within / stats.f.ppf(0.975, k - 1, people - k)
    return (f - 1) / (f + n0 - 1)
