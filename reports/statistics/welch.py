"""Two means of different people, whose spreads need not be alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class Difference:
    """Differences with their tests, all of one shape; NaN where there is none."""

    gap: Floats
    lower: Floats
    upper: Floats
    p_value: Floats


def difference(
    means: tuple[Floats, Floats],
    errors: tuple[Floats, Floats],
    n: tuple[Ints | Floats, Ints | Floats],
    *,
    confidence: float = 0.95,
) -> Difference:
    """How far the first mean is above the second, with Welch's interval and two-sided p-value.

        gap = m1 - m2, SE = sqrt(V1 + V2), V = standard error squared
        df = (V1 + V2)^2 / (V1^2 / (n1 - 1) + V2^2 / (n2 - 1))
        interval = gap -+ t(0.975, df) SE, p = P(|t(df)| > |gap| / SE)

    `means`, `errors` (points) and `n` (people, or degrees of freedom of the error plus 1) have one shape. Where a
    group has fewer than two people, or nobody differs from anybody (SE is 0), there is a gap without interval and
    p-value. The interval is not clipped: it may pass 100 points. Welch 1947; Satterthwaite 1946; methodology 7.

    >>> found = difference((np.array([60.0]), np.array([50.0])), (np.array([3.0]), np.array([4.0])), (np.array([16]),) * 2)
    >>> [round(float(one[0]), 4) for one in (found.gap, found.lower, found.upper, found.p_value)]
    [10.0, -0.245, 20.245, 0.0553]
    """
    gap = means[0] - means[1]
    variances = [one * one for one in errors]
    se = np.sqrt(variances[0] + variances[1])
    possible = (se > 0.0) & (n[0] > 1) & (n[1] > 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [v * v / np.maximum(count - 1, 1) for v, count in zip(variances, n, strict=True)]
        df = np.where(possible, se**4 / (parts[0] + parts[1]), np.nan)
        half = special.stdtrit(df, 0.5 + confidence / 2.0) * se
        p_value = 2.0 * special.stdtr(df, -np.abs(gap) / se)
    return Difference(gap, gap - half, gap + half, np.where(possible, p_value, np.nan))
