"""People who answer nearly alike: where the mean of a group and its interval tell the score of each of them."""

from __future__ import annotations

import numpy as np

from reports.disclosure.attacker import Flags
from reports.disclosure.pinning import TOLD
from reports.statistics.sums import Floats, Ints


def told(n: Ints, score: Floats, se: Floats, deff: Floats) -> Flags:
    """Which figures leave somebody behind them an interval of at most a tenth of the scale; arguments of one shape.

    An interval tells the standard error, which tells the spread. By Samuelson's inequality nobody of n people lies
    farther from their mean than (n - 1) / sqrt(n) standard deviations; and the others have at least 0 and at most 100
    points each:

        k = n / (1 + sqrt((deff - 1) (n - 1))),  r = se k (n - 1) / n
        from max(0, score - r, 100 - (100 - score) k) to min(100, score + r, score k)

    1 / k is the most that one person can carry of a weight with the design effect `deff`; k = n without weights. `se`
    is the one without finite population correction, in points like `score`; with raking it is that of the residuals,
    and what the margins say of a person counts as known. Figures are taken as exact, so that rounding only adds to what
    is left. False where a figure is NaN. Samuelson 1968; methodology 10.

    >>> eleven = np.array([11, 11, 11]), np.array([50.0, 50.0, 99.5]), np.array([0.4, 4.5, 0.4]), np.ones(3)
    >>> told(*eleven).tolist()  # 8 points, 90 points, and 4.5 at the end of the scale
    [True, False, True]
    """
    people = n.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = people / (1.0 + np.sqrt(np.maximum(deff - 1.0, 0.0) * (people - 1.0)))
        reach = se * share * (people - 1.0) / people
        low = np.maximum(np.maximum(score - reach, 100.0 - (100.0 - score) * share), 0.0)
        high = np.minimum(np.minimum(score + reach, score * share), 100.0)
        result: Flags = high - low <= TOLD + 1e-9
    return result


def of_squares(n: Floats, total: Floats, squares: Floats) -> Flags:
    """The same of people without weights: how many, the sum of their scores, their squared deviations from the mean.

    >>> of_squares(np.array([11.0, 11.0, 0.0]), np.array([550.0, 550.0, 0.0]), np.array([0.0, 2000.0, 0.0])).tolist()
    [True, False, False]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(np.maximum(squares, 0.0) / (n - 1.0) / n)
        return told(n.astype(np.int64), total / n, se, np.ones(n.shape))
