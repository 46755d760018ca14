"""Peer benchmarks: the middle authority of a group and its quartiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.rules import Rules
from reports.statistics import bootstrap, quantiles
from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class GroupBenchmarks:
    """The benchmarks of one peer group, each of shape (measures,); NaN where no authority has a score."""

    n: Ints
    lower_quartile: Floats
    median: Floats
    upper_quartile: Floats
    median_lower: Floats
    median_upper: Floats


def benchmark(
    scores: Floats, shown: NDArray[np.bool_], rules: Rules, *, with_interval: bool = False
) -> GroupBenchmarks:
    """Median and quartiles (type 7) over authority scores: one authority, one vote, own authority included.

    `scores` and `shown` have shape (authorities of the group, measures); only shown scores (enough respondents, not
    withheld) count. `with_interval=True` adds the seeded bootstrap interval of the median. Methodology 5.

    >>> five = np.array([[40.0], [50.0], [60.0], [80.0], [10.0]])
    >>> result = benchmark(five, np.array([[True], [True], [True], [True], [False]]), Rules())
    >>> result.n.tolist(), result.lower_quartile.tolist(), result.median.tolist()
    ([4], [47.5], [55.0])
    """
    if shown.all() and len(scores) and not with_interval:  # all measures in one pass; the same numbers
        lower, median, upper = np.quantile(scores, [0.25, 0.5, 0.75], axis=0, method="linear")
        unknown = np.full(scores.shape[1], np.nan)
        n = np.full(scores.shape[1], len(scores), dtype=np.int64)
        return GroupBenchmarks(n, lower, median, upper, unknown, unknown)
    rows = [_of_measure(scores[shown[:, j], j], rules, with_interval=with_interval) for j in range(scores.shape[1])]
    columns = np.array(rows, dtype=np.float64).reshape(-1, 5).T
    return GroupBenchmarks(shown.sum(axis=0).astype(np.int64), *columns)


def _of_measure(values: Floats, rules: Rules, *, with_interval: bool) -> tuple[float, float, float, float, float]:
    interval = (float("nan"), float("nan"))
    if with_interval:
        interval = bootstrap.median_interval(
            values, replicates=rules.bootstrap_replicates, seed=rules.seed, confidence=rules.confidence
        )
    return (*quantiles.quartiles(values), *interval)
