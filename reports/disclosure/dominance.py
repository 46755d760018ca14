"""Dominance: nobody carries more than a tenth of the weight of a figure."""

from __future__ import annotations

import numpy as np

from reports.disclosure.attacker import Flags
from reports.statistics.sums import Floats, Groups

LARGEST_SHARE = 0.10


def dominated(values: Floats, groups: Groups, weights: Floats | None) -> Flags:
    """Which figures rest for more than a tenth on one person: max(w) / sum(w) > 0.1; shape (groups, measures).

    Over the people of each group that have a score: `values` has shape (respondents, measures), NaN where there is
    none, `weights` (respondents,). Without weights nobody does: of 11 people each carries 9.1 %. Design
    weights are not bounded by the method; raking keeps to this by itself. Methodology 10, rule 7.

    >>> people = Groups(np.arange(12), np.array([0, 12]))
    >>> weights = np.array([2.0] + [1.0] * 11)
    >>> dominated(np.full((12, 1), 50.0), people, weights).tolist()  # 2 of 13
    [[True]]
    """
    result = np.zeros((groups.count, values.shape[1]), dtype=np.bool_)
    if weights is None or not len(groups.filled):
        return result
    start = groups.bounds[groups.filled]
    for j in range(values.shape[1]):
        w = np.where(np.isnan(values[groups.order, j]), 0.0, weights[groups.order])
        total = np.add.reduceat(w, start)
        result[groups.filled, j] = np.maximum.reduceat(w, start) > LARGEST_SHARE * total * (1.0 + 1e-12)
    return result
