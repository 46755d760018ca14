"""Quantiles of authority scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def quartiles(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile by type 7 of Hyndman & Fan (1996).

    The q-quantile of k ordered values lies at position 1 + (k - 1) q, linear between neighbours. It equals NumPy,
    pandas and QUARTILE.INC of spreadsheets, so that an authority's analyst can reproduce it. `values` has shape (k,),
    without missing ones; without any value all three are NaN.

    >>> quartiles(np.array([40.0, 50.0, 60.0, 80.0]))
    (47.5, 55.0, 65.0)
    """
    if len(values) == 0:
        return (float("nan"),) * 3
    lower, median, upper = np.quantile(values, [0.25, 0.5, 0.75], method="linear").tolist()
    return lower, median, upper


def percentile_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mid-rank percentile of each value among all: 100 (below + 0.5 equal) / k, own value included (0 to 100).
    Methodology 5.

    >>> percentile_ranks(np.array([3.0, 1.0, 4.0, 5.0])).tolist()
    [37.5, 12.5, 62.5, 87.5]
    """
    ordered = np.sort(values)
    below = np.searchsorted(ordered, values, side="left")
    equal = np.searchsorted(ordered, values, side="right") - below
    return 100.0 * (below + 0.5 * equal) / max(len(values), 1)
