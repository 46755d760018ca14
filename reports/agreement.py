"""May answers be averaged to an authority? Variance between authorities, and agreement inside each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reports.statistics import anova, reml, sums
from reports.statistics.anova import OneWay
from reports.statistics.reml import RandomIntercept
from reports.statistics.sums import Floats, Groups, Ints

SKEWED_NULL = {5: 1.34}
"""Variance of the slightly skewed null on a scale of so many options (LeBreton & Senter 2008, table 2)."""

LEAST_RWG = 0.70
"""Below it officers are said to disagree (methodology 4)."""


@dataclass(frozen=True)
class Between:
    """One measure over all authorities: analysis of variance, and the random-intercept model."""

    variance: OneWay
    model: RandomIntercept
    authorities: int
    n: int

    @property
    def lower(self) -> float:
        """Lower bound of ICC(1); at or below 0 authorities do not differ detectably."""
        return float(self.variance.lower[0])


def between(values: Floats, groups: Groups, *, confidence: float = 0.95) -> Between:
    """How much of the spread of one measure is between authorities.

    ICC(1) by analysis of variance with its F interval (`statistics.anova`) and by REML (`statistics.reml`). `values`
    has shape (respondents,), points, NaN where there is no score. Authorities without a score do not count.
    Methodology 4; Bliese 2000.

    >>> two = sums.grouped(np.array([0, 0, 0, 1, 1, 1]), 2)
    >>> found = between(np.array([0.0, 1.0, 2.0, 4.0, 5.0, 6.0]), two)
    >>> round(float(found.variance.icc1[0]), 6), found.authorities, found.n
    (0.884615, 2, 6)
    """
    return between_moments(*moments(values, groups), confidence=confidence)


def between_moments(n: Ints, mean: Floats, squares: Floats, *, confidence: float = 0.95) -> Between:
    """The same from the `moments` of each authority, all of shape (authorities,). Methodology 4.

    >>> found = between_moments(np.array([3, 3]), np.array([1.0, 5.0]), np.array([2.0, 2.0]))
    >>> round(found.model.tau2, 6), round(found.model.sigma2, 6)  # MSW = 1, (MSB - MSW) / 3 = (24 - 1) / 3
    (7.666667, 1.0)
    """
    owner = np.zeros(len(n), dtype=np.int64)
    made = anova.one_way(n, mean, squares, owner, 1, confidence=confidence)
    return Between(made, reml.random_intercept(n, mean, squares), int((n > 0).sum()), int(n.sum()))


def moments(values: Floats, groups: Groups) -> tuple[Ints, Floats, Floats]:
    """People, mean and sum of squared deviations of each group; the same bits in any order of rows.

    `values` (respondents,), points, NaN where there is no score; the results have shape (groups,). Methodology 4.

    >>> n, mean, squares = moments(np.array([1.0, 3.0, np.nan, 8.0]), sums.grouped(np.array([0, 0, 0, 1]), 2))
    >>> n.tolist(), mean.tolist(), squares.tolist()
    ([2, 1], [2.0, 8.0], [2.0, 0.0])
    """
    ordered, of_row = values[groups.order], groups.of_row
    scored = ~np.isnan(ordered)
    y = np.where(scored, ordered, 0.0)
    n = sums.whole_sums(scored, groups)
    with np.errstate(invalid="ignore"):
        mean = sums.exact_sums(y, groups) / n
        deviation = np.where(scored, y - mean[of_row], 0.0)
    return n, mean, sums.exact_sums(deviation * deviation, groups)


def reliability(model: RandomIntercept, n: Ints, deff: Floats) -> Floats:
    """ICC(2): how far the mean of each authority can be relied on to tell it from others, 0 to 1.

    lambda_a = tau^2 / (tau^2 + V_a) with V_a = sigma^2 deff_a / n_a, without finite population correction. `n` and
    `deff` (Kish) have shape (authorities,); NaN without an answer or a model. Methodology 4 and 6.

    >>> reliability(RandomIntercept(10.0, 400.0, 50.0, 1.0), np.array([40, 0]), np.array([1.0, 1.0])).tolist()
    [0.5, nan]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(n > 0, model.sigma2 * deff / n, np.nan)
        return np.asarray(model.tau2 / (model.tau2 + error), dtype=np.float64)


def within_agreement(variances: Floats, null_variances: Floats) -> Floats:
    """rwg(j): agreement inside each authority over the J items of a measure, 0 to 1.

    J (1 - q) / (J (1 - q) + q), q the mean over items of the variance of the answers divided by the variance of a
    null response, capped at 1. `variances` has shape (authorities, items), in squared scale positions (divisor n - 1),
    NaN where fewer than two answered; `null_variances` has shape (items,): `uniform_null` or `SKEWED_NULL`. NaN where
    no item can be used. Methodology 4; James, Demaree & Wolf 1984.

    >>> within_agreement(np.array([[0.5, 0.5], [2.5, 3.0]]), np.array([2.0, 2.0])).round(6).tolist()
    [0.857143, 0.0]
    """
    usable = ~np.isnan(variances) & ~np.isnan(null_variances)
    j = usable.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(usable, variances / null_variances, 0.0).sum(axis=1) / j
    q = np.minimum(ratio, 1.0)
    return np.where(j > 0, j * (1.0 - q) / np.where(j > 0, j * (1.0 - q) + q, 1.0), np.nan)


def uniform_null(options: int) -> float:
    """Variance of answers spread evenly over A options: (A^2 - 1) / 12. Methodology 4.

    >>> uniform_null(5)
    2.0
    """
    return (options**2 - 1) / 12.0
