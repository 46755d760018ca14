"""The bootstrap, for the one statistic without a formula: the median of authorities."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Places: TypeAlias = NDArray[np.int32]


def median_interval(
    values: NDArray[np.float64], *, replicates: int, seed: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Percentile interval of the median of k values, from samples of k drawn with replacement.

    The values are sorted and the seed is fixed and published, so that the same values give the same interval in any
    order. Shape of `values` (k,); fewer than two values have no interval (NaN). Efron & Tibshirani 1993, chapter 13.

    >>> median_interval(np.array([50.0, 50.0, 50.0]), replicates=100, seed=1)
    (50.0, 50.0)
    """
    if len(values) < 2:
        return float("nan"), float("nan")
    ordered, (below, above) = np.sort(values), _middles(len(values), replicates, seed)
    medians = (ordered[below] + ordered[above]) / 2.0
    tail = (1.0 - confidence) / 2.0
    lower, upper = np.quantile(medians, [tail, 1.0 - tail], method="linear").tolist()
    return lower, upper


def bound_places(
    count: int, *, replicates: int, seed: int, confidence: float = 0.95
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Between which of the `count` sorted values (0 is the smallest) each bound of `median_interval` lies.

    A bound is a quantile of the medians of all samples, and each median lies between two places that depend on the
    seed alone. So the bound is at least the value at the first and at most the value at the second place that is
    given: who knows the seed knows where in the group the bound stands. Used to reckon with what bounds tell.

    >>> bound_places(101, replicates=2000, seed=1)
    ((40, 40), (60, 60))
    """
    below, above = (np.sort(places) for places in _middles(count, replicates, seed))
    tail = (1.0 - confidence) / 2.0
    lower, upper = (
        (int(below[math.floor(at)]), int(above[math.ceil(at)]))
        for at in ((replicates - 1) * tail, (replicates - 1) * (1.0 - tail))
    )
    return lower, upper


@lru_cache(maxsize=4)
def _middles(count: int, replicates: int, seed: int) -> tuple[Places, Places]:
    """Where the two middle values of each sample stand among the sorted values; one and the same if `count` is odd.

    They depend on how many values there are and on nothing else, so that all measures of a sector share them.
    """
    draws = np.random.default_rng(seed).integers(0, count, size=(replicates, count))
    middle = ((count - 1) // 2, count // 2)
    sorted_there = np.partition(draws.astype(np.int32), sorted(set(middle)), axis=1)
    return sorted_there[:, middle[0]].copy(), sorted_there[:, middle[1]].copy()
