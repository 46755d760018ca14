"""Variance between and within groups by restricted maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from reports.statistics.sums import Floats, Ints

_MOST = 1.0 - 1e-9  # of the share between: above it, nothing is left within
_NONE = 1e-9  # a share between below this is none


@dataclass(frozen=True)
class RandomIntercept:
    """`tau2` between groups, `sigma2` within, both in squared points; `mean` and its variance by generalised least
    squares.
    """

    tau2: float
    sigma2: float
    mean: float
    variance_of_mean: float

    @property
    def icc1(self) -> float:
        """The share of variance that is between groups, tau^2 / (tau^2 + sigma^2)."""
        total = self.tau2 + self.sigma2
        return self.tau2 / total if total > 0 else float("nan")


NOTHING = RandomIntercept(float("nan"), float("nan"), float("nan"), float("nan"))


def random_intercept(n: Ints, mean: Floats, squares: Floats) -> RandomIntercept:
    """The random-intercept model y_ai = mu + u_a + e_ai fitted by REML, from what is known of each group.

    With theta = tau^2 / sigma^2 and w_a = n_a / (1 + n_a theta), minus twice the restricted log-likelihood is

        (N - 1) log sigma^2 + sum log(1 + n_a theta) + log sum w_a + (SSW + sum w_a (m_a - mu)^2) / sigma^2,

    mu = sum w_a m_a / sum w_a; sigma^2 is profiled out and theta found on the scale of theta / (1 + theta), where it
    is bounded. `n`, `mean` and `squares` (squared deviations from the group's own mean) have shape (groups,). Without
    two groups, a spread within and more people than groups everything is NaN. Patterson & Thompson 1971; equal to
    R lme4 and statsmodels MixedLM to 1e-4 (methodology 4 and 15).

    >>> balanced = random_intercept(np.array([3, 3, 3]), np.array([1.0, 5.0, 6.0]), np.array([2.0, 2.0, 2.0]))
    >>> round(balanced.sigma2, 6), round(balanced.tau2, 6)  # MSW = 1, (MSB - MSW) / 3 = (21 - 1) / 3
    (1.0, 6.666667)
    """
    kept = n > 0
    size, mean, within = n[kept].astype(np.float64), mean[kept], float(squares[kept].sum())
    people = float(size.sum())
    if len(size) < 2 or people <= len(size) or not within > 0:
        return NOTHING

    model = _Profile(size, mean, within)
    found = optimize.minimize_scalar(model.deviance, bounds=(0.0, _MOST), method="bounded", options={"xatol": 1e-12})
    share = model.sharpened(float(found.x))
    if share < _NONE or model.deviance(0.0) <= model.deviance(share):
        share = 0.0
    w, centre, q = model.at(share)
    sigma2 = q / (people - 1.0)
    return RandomIntercept(share / (1.0 - share) * sigma2, sigma2, centre, sigma2 / float(w.sum()))


@dataclass(frozen=True)
class _Profile:
    """The restricted likelihood with sigma^2 and mu profiled out, as a function of the share between groups."""

    n: Floats
    mean: Floats
    within: float

    def at(self, share: float) -> tuple[Floats, float, float]:
        """Weights of the groups, the mean and the sum of squares that go with a share."""
        w = self.n / (1.0 + self.n * share / (1.0 - share))
        centre = float(w @ self.mean / w.sum())
        return w, centre, self.within + float(w @ (self.mean - centre) ** 2)

    def deviance(self, share: float) -> float:
        w, _, q = self.at(share)
        logs = np.log1p(self.n * share / (1.0 - share)).sum() + np.log(w.sum())
        return float((self.n.sum() - 1.0) * np.log(q) + logs)

    def slope(self, share: float) -> float:
        """d deviance / d theta = -(N - 1) sum w^2 (m - mu)^2 / Q + sum w - sum w^2 / sum w."""
        w, centre, q = self.at(share)
        return float(-(self.n.sum() - 1.0) * (w**2 @ (self.mean - centre) ** 2) / q + w.sum() - w @ w / w.sum())

    def sharpened(self, share: float) -> float:
        """The root of the slope beside a minimum: a minimum alone is flat, and found to half of the digits only."""
        low, high = share * (1.0 - 1e-3), min(share * (1.0 + 1e-3), _MOST)
        if share <= 0.0 or self.slope(low) * self.slope(high) >= 0.0:
            return share
        return float(optimize.brentq(self.slope, low, high, xtol=1e-16, rtol=1e-15))
