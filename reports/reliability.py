"""Do the items of a measure belong together? Alpha, omega and the item-total correlations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from reports.statistics.sums import Floats, Ints

_LEAST_UNIQUE = 0.005  # of an item's variance; the bound that R's factanal uses
_BOUNDS = (math.log(_LEAST_UNIQUE), 0.0)
_MOST_STEPS, _MOST_HALVINGS = 200, 40
_FLAT, _GAIN = 1e-11, 1e-4  # a slope that is none; the part of what a slope promises that a step must gain
_DUST = 1e-13  # a gain that is lost in the rounding of the loss


@dataclass(frozen=True)
class Covariances:
    """Covariances of the J items of a measure, from `n` people with `df` degrees of freedom."""

    matrix: Floats
    n: int
    df: int


@dataclass(frozen=True)
class Scale:
    """What a covariance matrix says of a scale; NaN where it cannot say it."""

    items: int
    n: int
    alpha: float
    alpha_standardised: float
    alpha_lower: float
    alpha_upper: float
    omega: float


def covariances(scores: Floats, group: Ints | None = None) -> Covariances:
    """Covariances of item scores among people who answered every item.

    Centred within authorities (`group` (respondents,), codes from 0): S = sum (y_i - m_a)(y_i - m_a)' / (n - k), so
    that differences between authorities do not make a scale look better; without `group` the divisor is n - 1 and m
    the mean of all. `scores` has shape (respondents, items), NaN where not answered; points. Methodology 2.6;
    Geldhof, Preacher & Zyphur 2014.

    >>> covariances(np.array([[0.0, 25.0], [50.0, 25.0], [100.0, np.nan]])).matrix.tolist()
    [[1250.0, 0.0], [0.0, 0.0]]
    """
    complete = answered_all(scores)
    y = np.ascontiguousarray(scores.T if complete.all() else scores[complete].T)
    own = np.zeros(y.shape[1], dtype=np.int64) if group is None else group[complete]
    n = np.bincount(own)
    totals = np.stack([np.bincount(own, weights=column, minlength=len(n)) for column in y]).astype(np.float64)
    # products of whole points are exact, so that neither the order of rows nor the number of threads shows
    return of_sums(y @ y.T, totals, n)


def of_sums(cross: Floats, totals: Floats, n: Ints) -> Covariances:
    """The same from sums of products (items, items), and of scores (items, groups) of the `n` (groups,) people of
    each. Methodology 2.6.

    >>> of_sums(np.array([[10.0, 8.0], [8.0, 10.0]]), np.array([[4.0], [4.0]]), np.array([2])).matrix.tolist()
    [[2.0, 0.0], [0.0, 2.0]]
    """
    filled = n > 0
    totals, people = totals[:, filled], int(n.sum())
    df = people - int(filled.sum())
    within = cross - totals @ (totals / n[filled]).T
    return Covariances(within / df if df > 0 else np.full_like(within, np.nan), people, max(df, 0))


def answered_all(scores: Floats) -> NDArray[np.bool_]:
    """Who has a score on every item; `scores` has shape (respondents, items), the result (respondents,).

    Methodology 2.6: alpha and omega are of complete answers.

    >>> answered_all(np.array([[50.0, 75.0], [np.nan, 25.0]])).tolist()
    [True, False]
    """
    complete = np.ones(len(scores), dtype=np.bool_)
    for column in scores.T:
        complete &= ~np.isnan(column)
    return complete


def scale(found: Covariances, *, confidence: float = 0.95) -> Scale:
    """Alpha raw and standardised, Feldt's interval, and omega total.

    alpha = J / (J - 1) (1 - trace S / sum S); standardised from the mean correlation r as J r / (1 + (J - 1) r);
    interval 1 - (1 - alpha) F(q; df, df (J - 1)); omega = (sum l)^2 / ((sum l)^2 + sum psi) with loadings l and
    uniquenesses psi of one factor by maximum likelihood (`one_factor`). Methodology 2.6; Cronbach 1951; Feldt 1965;
    McDonald 1999.

    >>> alike = Covariances(np.array([[2.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]), 101, 100)
    >>> result = scale(alike)
    >>> result.alpha, round(result.alpha_standardised, 6), round(result.omega, 6)
    (0.75, 0.75, 0.75)
    """
    s, j = found.matrix, len(found.matrix)
    alpha = _alpha(s, found.df)
    if np.isnan(alpha):
        return Scale(j, found.n, *([float("nan")] * 5))
    tail = (1.0 - confidence) / 2.0
    upper, lower = (special.fdtri(found.df, found.df * (j - 1), q) for q in (tail, 1.0 - tail))
    standardised, omega = float("nan"), float("nan")
    if (np.diag(s) > 0).all():
        spread = np.sqrt(np.diag(s))
        r = s / np.outer(spread, spread)
        mean = float((r.sum() - j) / (j * (j - 1)))
        below = 1.0 + (j - 1) * mean
        standardised = j * mean / below if below > 1e-12 else float("nan")  # two items that are exact opposites
        loadings, unique = one_factor(r)
        common = float((loadings * spread).sum()) ** 2
        omega = common / (common + float((unique * spread**2).sum()))
    bounds = (1.0 - (1.0 - alpha) * float(lower), 1.0 - (1.0 - alpha) * float(upper))
    return Scale(j, found.n, alpha, standardised, *bounds, omega)


def _alpha(s: Floats, df: int) -> float:
    j, total = len(s), float(s.sum())
    if j < 2 or df < 1 or not total > 0 or np.isnan(s).any():
        return float("nan")
    return j / (j - 1) * (1.0 - float(np.trace(s)) / total)


def one_factor(correlations: Floats) -> tuple[Floats, Floats]:
    """Loadings and uniquenesses of one factor by maximum likelihood, on standardised items.

    Minimises sum over the smaller eigenvalues e of Psi^-1/2 R Psi^-1/2 of (e - log e) over psi in [0.005, 1]
    (Joreskog 1967; Lawley & Maxwell 1971) by Newton's steps in log psi with its first and second derivatives (`_Fit`);
    the same problem as R's factanal. Fewer than three items do not identify a factor (NaN). Loadings are signed so that
    their sum is positive. Shape (items, items).

    >>> loadings, unique = one_factor(np.array([[1.0, 0.5, 0.4], [0.5, 1.0, 0.3], [0.4, 0.3, 1.0]]))
    >>> np.abs(np.outer(loadings, loadings) + np.diag(unique) - [[1, .5, .4], [.5, 1, .3], [.4, .3, 1]]).max().round(9)
    np.float64(0.0)
    """
    j = len(correlations)
    if j < 3:
        return np.full(j, np.nan), np.full(j, np.nan)
    start = np.clip((1.0 - 0.5 / j) / np.diag(np.linalg.pinv(correlations)), _LEAST_UNIQUE, 1.0)
    found = _Fit.of(correlations, np.log(start))
    for _ in range(_MOST_STEPS):
        better = found.improved(correlations)
        if better is None:
            break
        found = better
    psi = np.exp(found.x)
    own = found.vectors[:, -1] * np.sqrt(max(float(found.values[-1]) - 1.0, 0.0) * psi)
    return own * (1.0 if own.sum() >= 0 else -1.0), psi


@dataclass(frozen=True)
class _Fit:
    """The eigenvalues (rising) and vectors of Psi^-1/2 R Psi^-1/2 at x = log psi, and the loss there."""

    x: Floats
    values: Floats
    vectors: Floats
    loss: float

    @classmethod
    def of(cls, correlations: Floats, x: Floats) -> _Fit:
        root = np.exp(-0.5 * x)
        values, vectors = np.linalg.eigh(correlations * np.outer(root, root))
        values = np.maximum(values, 1e-12)
        rest = values[:-1]
        return cls(x, values, vectors, float((rest - np.log(rest) - 1.0).sum()))

    @property
    def slope(self) -> Floats:
        """By x_i: sum over the smaller of (1 - e_m) w_mi^2."""
        return np.asarray(self.vectors[:, :-1] ** 2 @ (1.0 - self.values[:-1]), dtype=np.float64)

    @property
    def bends(self) -> tuple[Floats, Floats]:
        """The second derivatives by x_i and x_j, and in their place what is always positive definite.

        With S, T and B the sums over the smaller of w_m w_m', e_m w_m w_m' and (1 - e_m) (e + e_m) / (e - e_m) w_m
        w_m', e and w the largest: S T + B w w', element by element (Lawley & Maxwell 1971, appendix II); S S near
        the minimum.
        """
        small, rest, own, most = self.vectors[:, :-1], self.values[:-1], self.vectors[:, -1], self.values[-1]
        alike = small @ small.T
        turned = (small * ((1.0 - rest) * (most + rest) / np.maximum(most - rest, 1e-12))) @ small.T
        return alike * ((small * rest) @ small.T) + turned * np.outer(own, own), alike * alike

    def improved(self, correlations: Floats) -> _Fit | None:
        """One step, of Newton's length or shorter; None where there is nothing left to gain."""
        slope = self.slope
        low, high = self.x <= _BOUNDS[0], self.x >= _BOUNDS[1]
        free = np.flatnonzero(~((low & (slope > 0.0)) | (high & (slope < 0.0))))
        if not len(free) or np.abs(slope[free]).max() < _FLAT:
            return None
        step = np.zeros(len(slope))
        step[free] = -_solved([one[np.ix_(free, free)] for one in self.bends], slope[free])
        for _ in range(_MOST_HALVINGS):
            found = _Fit.of(correlations, np.clip(self.x + step, *_BOUNDS))
            promised = float(slope @ (found.x - self.x))
            if promised > -_DUST or found.loss <= self.loss + _GAIN * promised:
                return found
            step = step / 2.0
        return None


def _solved(bends: Sequence[Floats], slope: Floats) -> Floats:
    """By the first of these matrices that is positive definite; else the slope itself."""
    for one in bends:
        try:
            np.linalg.cholesky(one)
            return np.asarray(np.linalg.solve(one, slope), dtype=np.float64)
        except np.linalg.LinAlgError:  # also one that is so only by its rounding
            continue
    return slope


def item_totals(found: Covariances) -> tuple[Floats, Floats]:
    """Corrected item-total correlation of each item, and alpha of the scale without it; shape (items,) each.

    r = cov(item, sum of the others) / (sd of the item x sd of that sum). NaN where an item has no spread; alpha
    without an item needs two others. Methodology 2.3 and 2.6.

    >>> item_totals(Covariances(np.array([[2.0, 1.0, 1.0], [1.0, 2.0, 1.0], [1.0, 1.0, 2.0]]), 101, 100))[1].round(6)
    array([0.666667, 0.666667, 0.666667])
    """
    s = found.matrix
    own, rows = np.diag(s), s.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = (rows - own) / np.sqrt(own * (s.sum() - 2.0 * rows + own))
    left, total, j = np.trace(s) - own, s.sum() - 2.0 * rows + own, len(s) - 1
    without = np.full(len(s), np.nan)
    if j > 1 and found.df > 0 and not np.isnan(s).any():
        some = total > 0
        without[some] = j / (j - 1) * (1.0 - left[some] / total[some])
    return np.where(own > 0, r, np.nan), without
