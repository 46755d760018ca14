"""The attacker's programme of directions answers as the plain linear programme over all worlds does, question by question."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest
from scipy.optimize import linprog

from reports.disclosure import interval_programme, order_statistics
from reports.disclosure.interval_programme import TOLD, Told
from reports.disclosure.order_statistics import Quantile

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


def plain(told: list[Told], truth: np.ndarray, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One programme with z[v, t] for every authority and threshold, asked about each of those near the truth.

    "Less than" a threshold and "at most" it are one variable, unless somebody of the group stands on it.
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
        if abs(found.x[at] - (truth[v] <= edge)) < 1e-7:
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


def test_the_small_sectors_hold_both_pinned_and_free_authorities() -> None:
    """Else the comparison would compare nothing."""
    found = []
    for seed in range(8):
        told, truth, known = small_sector(seed)
        found.append(len(interval_programme.pinned(*interval_programme.intervals(told, truth, known), known)))
    assert sum(found) >= 10
    assert sum(found) <= 8 * COUNT - 20
