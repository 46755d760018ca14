"""Confidence intervals: Student t for scores, Wilson for shares, Newcombe for the difference of two shares."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.statistics import sums
from reports.statistics.sums import Floats


def student_interval(
    score: Floats, se: Floats, n: NDArray[np.int64], *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """`score` +- t(1 - (1 - confidence) / 2, n - 1) `se`, clipped to 0..100.

    All of one shape; scores and standard errors in points, n respondents. A standard error of 0 (everybody
    answered) gives the score itself; without a standard error (n below 2) both bounds are NaN. Methodology, section
    3.3. Methodology 3.3.

    >>> lower, upper = student_interval(np.array([50.0]), np.array([2.0]), np.array([11]))
    >>> round(float(lower[0]), 3), round(float(upper[0]), 3)
    (45.544, 54.456)
    """
    quantile = student_quantile(0.5 + confidence / 2.0, np.maximum(n - 1, 1))
    half = np.where(se == 0.0, 0.0, quantile * se)
    return np.clip(score - half, 0.0, 100.0), np.clip(score + half, 0.0, 100.0)


def student_quantile(share: float, freedom: NDArray[np.int64]) -> Floats:
    """The quantile of Student's t for whole degrees of freedom from 1, of any shape: looked up once for each number.

    Methodology 3.3.

    >>> student_quantile(0.975, np.array([10, 10])).round(6).tolist()
    [2.228139, 2.228139]
    """
    used, which = sums.cells([freedom.ravel()])
    return np.asarray(
        special.stdtrit(used[0].astype(np.float64), share)[which].reshape(freedom.shape), dtype=np.float64
    )


def effective_n(n_eff: Floats, n: NDArray[np.int64], invited: Floats) -> Floats:
    """n* = n_eff (N - 1) / (N - n): the sample size with which Wilson's interval knows the finite population.

    n_eff if N is unknown (NaN) or smaller than n; infinite if everybody answered (n = N). Franco et al. 2019.

    >>> effective_n(np.array([40.0, 40.0, 40.0]), np.array([40, 40, 40]), np.array([60.0, np.nan, 40.0])).tolist()
    [118.0, 40.0, inf]
    """
    known = ~np.isnan(invited) & (n <= invited) & (n > 0)
    left = np.where(known, invited - n, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        corrected = np.where(left == 0.0, np.inf, n_eff * (invited - 1.0) / left)
    return np.where(known, corrected, n_eff)


def wilson_interval(share: Floats, n_star: Floats, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's interval of a share p of n*: (p + z^2/2n* -+ z sqrt(p(1-p)/n* + z^2/4n*^2)) / (1 + z^2/n*).

    Shares 0 to 1 and n* of one shape. n* infinite gives the share itself, n* of 0 or NaN gives NaN.
    Brown, Cai & DasGupta 2001.

    >>> lower, upper = wilson_interval(np.array([0.3]), np.array([40.0]))
    >>> round(float(lower[0]), 4), round(float(upper[0]), 4)
    (0.1807, 0.4543)
    """
    z = float(special.ndtri(0.5 + confidence / 2.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1.0 / np.where(n_star > 0.0, n_star, np.nan)
        centre = share + z * z * inverse / 2.0
        half = z * np.sqrt(share * (1.0 - share) * inverse + (z * inverse / 2.0) ** 2)
        lower, upper = (centre - half) / (1.0 + z * z * inverse), (centre + half) / (1.0 + z * z * inverse)
        lower = np.where(share == 0.0, 0.0 * inverse, lower)  # and not the rounding of centre - half
    return np.clip(lower, 0.0, 1.0), np.clip(upper, 0.0, 1.0)


def newcombe_interval(
    shares: tuple[Floats, Floats], n_star: tuple[Floats, Floats], *, confidence: float = 0.95
) -> tuple[Floats, Floats]:
    """Newcombe's interval of p - q, from Wilson's of both: with bounds l, u of p and l', u' of q

        p - q - sqrt((p - l)^2 + (u' - q)^2)   to   p - q + sqrt((u - p)^2 + (q - l')^2)

    Shares 0 to 1 of two groups that have no person in common, and the n* of each, all of one shape; bounds -1 to 1, NaN
    where an n* is 0 or NaN. Newcombe 1998, Statistics in Medicine 17, 873-890, method 10; the example is his (a).

    >>> lower, upper = newcombe_interval((np.array([56 / 70]), np.array([48 / 80])), (np.array([70.0]), np.array([80.0])))
    >>> round(float(lower[0]), 4), round(float(upper[0]), 4)
    (0.0524, 0.3339)
    """
    (p_low, p_high), (q_low, q_high) = (
        wilson_interval(share, n, confidence=confidence) for share, n in zip(shares, n_star, strict=True)
    )
    p, q = shares
    return p - q - np.hypot(p - p_low, q_high - q), p - q + np.hypot(p_high - p, q - q_low)
