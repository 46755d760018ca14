"""The bootstrap, for the one statistic without a formula: the median of authorities."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
    draws = np.random.default_rng(seed).integers(0, len(values), size=(replicates, len(values)))
    medians = np.median(np.sort(values)[draws], axis=1)
    tail = (1.0 - confidence) / 2.0
    lower, upper = np.quantile(medians, [tail, 1.0 - tail], method="linear").tolist()
    return lower, upper
