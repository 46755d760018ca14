"""The attacker's programme of directions answers as the plain linear programme over all worlds does, question by question."""

from __future__ import annotations

import dataclasses
import itertools
import os

import numpy as np
import pytest
from scipy.optimize import linprog

from reports.disclosure import interval_programme, order_statistics, whole_crossings
from reports.disclosure.interval_programme import TOLD, Told
from reports.disclosure.order_statistics import Between, Quantile
from reports.statistics import bootstrap

COUNT = 9
SEEDS = 60 if os.environ.get("ASSURANCE") == "long" else 8


def small_sector(seed: int) -> tuple[list[Told], np.ndarray, np.ndarray]:
    """Nine authorities, seven groups of three to seven with figures in whole numbers; now and then a known or a hidden member."""
    draw = np.random.default_rng(seed)
    truth = np.clip(draw.normal(55, 12, COUNT), 0, 100).round(1)
    told = []
    for _ in range(7):
        members = np.sort(draw.choice(COUNT, draw.integers(3, 8), replace=False))
        hidden = int(draw.random() < 0.2)
        values = np.append(truth[members], draw.normal(55, 12, hidden))
        shares = (0.25, 0.5, 0.75) if draw.random() < 0.7 else (0.5,)
        figures = [round(float(np.quantile(values, share))) for share in shares]
        quantiles = tuple(Quantile(s, f - 0.5, f + 0.5) for s, f in zip(shares, figures, strict=True))
        told.append(Told(members, quantiles, hidden))
    return told, truth, draw.random(COUNT) < 0.1


def plain(
    told: list[Told], truth: np.ndarray, known: np.ndarray, *, wholly: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """One programme with z[v, t] for every authority and threshold, asked about each of those near the truth.

    "Less than" a threshold and "at most" it are one variable, unless somebody of the group stands on it. A threshold
    binds where z cannot leave the truth at all; `wholly`: where it cannot become the opposite.
    """
    counts = [
        (group, bound - 1e-6 * (not least and bound in truth[group.members]), number, least)
        for group in told
        for bound, number, least in order_statistics.thresholds(len(group.members) + group.others, group.quantiles)
    ]
    edges = sorted({edge for _, edge, _, _ in counts})
    column = {key: at for at, key in enumerate(itertools.product(range(COUNT), edges))}
    rows, most = [], []
    for group, edge, number, least in counts:
        row = np.zeros(len(column))
        sign = -1.0 if least else 1.0
        row[[column[v, edge] for v in group.members]] = sign
        rows.append(row)
        most.append(sign * (number - (group.others if least else 0)))
    for v, (lower, higher) in itertools.product(range(COUNT), itertools.pairwise(edges)):
        row = np.zeros(len(column))
        row[column[v, lower]], row[column[v, higher]] = 1.0, -1.0
        rows.append(row)
        most.append(0.0)
    bounds = [(float(truth[v] <= t),) * 2 if known[v] else (0.0, 1.0) for v, t in column]
    low, high = np.where(known, truth, 0.0), np.where(known, truth, 100.0)
    for (v, edge), at in column.items():
        if known[v] or abs(edge - truth[v]) > TOLD:
            continue
        aim = np.zeros(len(column))
        aim[at] = -1.0 if truth[v] > edge else 1.0  # away from the truth
        found = linprog(aim, A_ub=np.array(rows), b_ub=most, bounds=bounds, method="highs")
        moved = abs(np.asarray(found.x)[at] - (truth[v] <= edge))
        if moved < (1 - 1e-6 if wholly else 1e-7):
            low[v] = max(low[v], edge) if truth[v] > edge else low[v]
            high[v] = min(high[v], edge) if truth[v] <= edge else high[v]
    return low, high


@pytest.mark.parametrize("seed", range(SEEDS))
def test_who_is_pinned_is_who_the_plain_programme_pins(seed: int) -> None:
    told, truth, known = small_sector(seed)
    low, high = interval_programme.intervals(told, truth, known)
    least, most = plain(told, truth, known)
    narrow = ~known & (most - least <= TOLD)
    assert interval_programme.pinned(low, high, known).tolist() == np.flatnonzero(narrow).tolist()
    assert (low <= truth).all()
    assert (truth <= high).all()
    assert np.allclose(low[narrow], least[narrow], atol=1e-5)
    assert np.allclose(high[narrow], most[narrow], atol=1e-5)


@pytest.mark.parametrize("seed", range(SEEDS) if SEEDS > 8 else (1, 10))
def test_who_cannot_cross_a_threshold_wholly_is_who_the_plain_programme_says(seed: int) -> None:
    """Of these two sectors each has one authority that can leave its place by a part only."""
    told, truth, known = small_sector(seed)
    least, most = plain(told, truth, known, wholly=True)
    narrow = np.flatnonzero(~known & (most - least <= TOLD))
    asked = np.flatnonzero(~known)
    assert whole_crossings.pinned(told, truth, known, asked).tolist() == narrow.tolist()
    if seed in (1, 10):
        low, high = interval_programme.intervals(told, truth, known)
        assert len(narrow) == len(interval_programme.pinned(low, high, known)) + 1


def test_the_small_sectors_hold_both_pinned_and_free_authorities() -> None:
    """Else the comparison would compare nothing."""
    found = []
    for seed in range(8):
        told, truth, known = small_sector(seed)
        found.append(len(interval_programme.pinned(*interval_programme.intervals(told, truth, known), known)))
    assert sum(found) >= 10
    assert sum(found) <= 8 * COUNT - 20


@pytest.mark.parametrize("count", [10, 11, 36])
def test_a_bound_of_a_median_stands_between_the_places_that_its_seed_gives(count: int) -> None:
    for seed in range(20):
        values = np.sort(np.random.default_rng(seed).normal(55, 8, count))
        bounds = bootstrap.median_interval(values, replicates=500, seed=7)
        places = bootstrap.bound_places(count, replicates=500, seed=7)
        for bound, (first, last) in zip(bounds, places, strict=True):
            assert values[first] <= bound <= values[last]


def test_bounds_of_a_median_add_to_what_is_known() -> None:
    """Eleven values, two of them known to be low: the third lowest is told to be near 40, so that nobody else is below."""
    truth = np.array([20.0, 30.0, 40.0, 41.0, 42.0, 43.0, 44.0, 45.0, 46.0, 47.0, 48.0])
    known = np.arange(11) < 2
    group = Told(np.arange(11), (Quantile(0.5, 42.5, 43.5),))
    assert interval_programme.intervals([group], truth, known)[0][2] == 0.0
    bounds = (Between(2, 2, 39.5, 40.5), Between(8, 8, 45.5, 46.5))
    low, _ = interval_programme.intervals([dataclasses.replace(group, between=bounds)], truth, known)
    assert low[2] == 39.5
    assert (low[2:] >= 39.5).all()
