"""Scores drawn towards the middle of all authorities, as far as each can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reports.statistics.reml import RandomIntercept
from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class Shrunken:
    """Empirical-Bayes scores of authorities, points; NaN where there are none.

    `score` and `se` have shape (authorities, measures), so have `reliability` (lambda, 0 to 1) and `spread`, the error
    that is an authority's own: sqrt(lambda V). `mean` and `se_mean` (measures,) are the centre and its error, which
    all authorities share.
    """

    score: Floats
    se: Floats
    reliability: Floats
    spread: Floats
    mean: Floats
    se_mean: Floats


def shrunken(
    score: Floats, n: Ints, deff: Floats, models: Sequence[RandomIntercept], *, counted: Ints, least: int
) -> Shrunken:
    """Empirical-Bayes score of every authority on every measure, with its error.

    With V_a = sigma^2 deff_a / n_a (no finite population correction: a comparison is about authorities, not about one
    list of people), lambda_a = tau^2 / (tau^2 + V_a) and mu = sum(y_a / (tau^2 + V_a)) / sum(1 / (tau^2 + V_a)):

        EB_a = mu + lambda_a (y_a - mu)
        se_a^2 = lambda_a V_a + (1 - lambda_a)^2 Var(mu),  Var(mu) = 1 / sum(1 / (tau^2 + V_a))

    `score`, `n` and `deff` (Kish) have shape (authorities, measures); `models` holds tau^2 and sigma^2 by REML, one a
    measure; a measure on which fewer than `least` authorities are `counted` (measures,) has no shrunken scores, because
    tau^2 of few authorities is little known. The middle is always that of all authorities, so that an authority has
    one shrunken score and not one in each peer group. Without weights mu is the mean of the random-intercept model.
    Methodology 6; Fay & Herriot 1979; Efron & Morris 1975; Rao & Molina 2015.

    >>> made = shrunken(np.array([[40.0], [60.0]]), np.array([[40], [40]]), np.ones((2, 1)),
    ...                 [RandomIntercept(10.0, 400.0, 50.0, 1.0)], counted=np.array([2]), least=2)
    >>> made.score.ravel().tolist(), made.se.round(6).ravel().tolist()  # lambda 1/2, V 10, Var(mu) 20 / 2
    ([45.0, 55.0], [2.738613, 2.738613])
    """
    tau2 = np.array([one.tau2 for one in models], dtype=np.float64)
    sigma2 = np.array([one.sigma2 for one in models], dtype=np.float64)
    tau2[counted < least] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(n > 0, sigma2 * deff / n, np.nan)
        precision = 1.0 / (tau2 + error)
        total = np.nansum(precision, axis=0)
        mean = np.nansum(precision * score, axis=0) / total
        variance = 1.0 / total
        known = tau2 * precision
    drawn = mean + known * (score - mean)
    own = known * error
    se = np.sqrt(own + (1.0 - known) ** 2 * variance)
    there = np.isfinite(drawn)
    return Shrunken(
        np.where(there, drawn, np.nan),
        np.where(there, se, np.nan),
        np.where(there, known, np.nan),
        np.where(there, np.sqrt(own), np.nan),
        np.where(there.any(axis=0), mean, np.nan),
        np.where(there.any(axis=0), np.sqrt(variance), np.nan),
    )
