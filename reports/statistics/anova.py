"""One-way analysis of variance, for many sets of groups at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from reports.statistics import sums
from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class OneWay:
    """The analysis of each set, all of shape (sets,); NaN where it cannot be made.

    `sets` have `groups` groups of `n` people together; `mean_between` and `mean_within` are the mean squares, `n0` the
    group size that unequal groups amount to, `icc1` with `lower` and `upper` the share of variance between groups,
    `sd_between` the standard deviation between groups in the units of the values, `omega2` omega squared.
    """

    groups: Ints
    n: Ints
    n0: Floats
    mean_between: Floats
    mean_within: Floats
    f: Floats
    icc1: Floats
    lower: Floats
    upper: Floats
    sd_between: Floats
    omega2: Floats


def one_way(n: Ints, mean: Floats, squares: Floats, owner: Ints, sets: int, *, confidence: float = 0.95) -> OneWay:
    """Analysis of variance of each set of groups from what is known of each group.

    With k groups of n_g people (N together) and grand mean m = sum n_g m_g / N:

        MSB = sum n_g (m_g - m)^2 / (k - 1)       MSW = sum of squares within / (N - k)
        n0 = (N - sum n_g^2 / N) / (k - 1)        ICC(1) = (MSB - MSW) / (MSB + (n0 - 1) MSW)
        interval: (F / q - 1) / (F / q + n0 - 1), q the upper and lower quantile of F(k - 1, N - k)
        SD between = sqrt(max(0, (MSB - MSW) / n0))
        omega^2 = (SSB - (k - 1) MSW) / (SSB + SSW + MSW)

    `n`, `mean`, `squares` (sum of squared deviations from the group's own mean) and `owner` (the set) have shape
    (groups,). A set needs two groups and more people than groups; without any spread within, the ratio has no
    interval. Methodology 4 and 7; Shrout & Fleiss 1979; Searle, Casella & McCulloch 1992, chapter 3.

    >>> made = one_way(np.array([3, 3]), np.array([1.0, 5.0]), np.array([2.0, 2.0]), np.array([0, 0]), 1)
    >>> float(made.mean_between[0]), float(made.mean_within[0]), round(float(made.icc1[0]), 6)
    (24.0, 1.0, 0.884615)
    """
    kept = n > 0
    n, mean, squares, owner = n[kept], mean[kept], squares[kept], owner[kept]

    def total(values: Floats | Ints) -> Floats:
        return np.bincount(owner, weights=values, minlength=sets).astype(np.float64)

    k, people = total(np.ones(len(n))), total(n)
    with np.errstate(divide="ignore", invalid="ignore"):
        grand = total(n * mean) / people
        between = total(n * (mean - grand[owner]) ** 2)
        within = total(squares)
        possible = (k >= 2) & (people > k)
        msb = np.where(possible, between / (k - 1), np.nan)
        msw = np.where(possible, within / (people - k), np.nan)
        n0 = np.where(possible, (people - total(n.astype(np.float64) ** 2) / people) / (k - 1), np.nan)
        f = msb / np.where(msw > 0, msw, np.nan)
        tail = (1.0 - confidence) / 2.0
        bounds = [f / quantile for quantile in _f_quantiles(k, people, (1.0 - tail, tail))]
        lower, upper = ((one - 1.0) / (one + n0 - 1.0) for one in bounds)
        icc1 = (msb - msw) / (msb + (n0 - 1.0) * msw)
        omega2 = (between - (k - 1) * msw) / (between + within + msw)
    spread = np.sqrt(np.maximum(0.0, (msb - msw) / n0))
    return OneWay(k.astype(np.int64), people.astype(np.int64), n0, msb, msw, f, icc1, lower, upper, spread, omega2)


def _f_quantiles(k: Floats, people: Floats, shares: tuple[float, float]) -> list[Floats]:
    """Quantiles of F(k - 1, N - k), looked up once for each k and N that occurs."""
    (groups, n), which = sums.cells([k.astype(np.int64), people.astype(np.int64)])
    between, within = np.maximum(groups - 1, 1).astype(np.float64), np.maximum(n - groups, 1).astype(np.float64)
    return [np.asarray(special.fdtri(between, within, share))[which] for share in shares]
