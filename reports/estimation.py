"""The score of a group of people and how far it could be from the score of everybody invited."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from reports.statistics import intervals, regression, sums
from reports.statistics.sums import Floats, Groups, Ints

ROUNDING_DUST = 1e-9  # points: below it a standard error is the rounding of equal answers, not a spread


@dataclass(frozen=True)
class Estimates:
    """One entry a group and measure, each of shape (groups, measures); NaN where there is none.

    `invited` is N where it is known and not below n. `se`, `lower` and `upper` have the finite population correction,
    `se_comparison` has not. `deff` is Kish's design effect of the weights, 1 without weights.
    """

    n: Ints
    invited: Floats
    score: Floats
    se: Floats
    lower: Floats
    upper: Floats
    se_comparison: Floats
    deff: Floats


@dataclass(frozen=True)
class _Moments:
    n: Ints
    score: Floats
    squares: Floats
    weight: Floats
    deff: Floats


def estimate(
    values: Floats,
    groups: Groups,
    *,
    weights: Floats | None = None,
    categories: Ints | None = None,
    fit: Floats | None = None,
    invited: Floats | None = None,
    confidence: float = 0.95,
) -> Estimates:
    """Score, standard errors and interval of every group on every measure.

    With weights w (mean 1 where there are none) and f = n / N where N is known and n <= N, else 0:

        ybar = sum(w y) / sum(w)
        V = (1 - f) n / (n - 1) sum((w e - m)^2) / sum(w)^2
        interval = ybar +- t(0.975, n - 1) sqrt(V), clipped to 0..100

    e_i = y_i - x_i b with b the unweighted least squares of y on the margins that the weights were raked to
    (`categories` (respondents, margins), or what `margins_fit` makes of them); a group without a margin has
    e_i = y_i - ybar. m is the mean of w e: 0 but for raking to two margins, where R's survey takes it off as well.

    `values` has shape (respondents, measures), points, NaN where a person has no score; `invited` has shape (groups,),
    NaN where unknown. n counts people scored on the measure. One person has no standard error; n = N has one of 0.
    Methodology 3.3; Sarndal, Swensson & Wretman 1992; Lumley 2010.

    >>> people = np.array([[40.0], [60.0], [50.0], [70.0]])
    >>> four = sums.grouped(np.zeros(4, dtype=np.int64), 1)
    >>> result = estimate(people, four, invited=np.array([5.0]))
    >>> float(result.score[0, 0]), round(float(result.se[0, 0]), 6), round(float(result.se_comparison[0, 0]), 6)
    (55.0, 2.886751, 6.454972)
    """
    known = np.full(groups.count, np.nan) if invited is None else invited
    if fit is None:
        fit = margins_fit(values, groups, categories)
    moments = [
        _moments(values[groups.order, j], groups, weights, None if fit is None else fit[:, j])[0]
        for j in range(values.shape[1])
    ]
    n = _stack([m.n for m in moments], groups).astype(np.int64)
    score = _stack([m.score for m in moments], groups)
    se = _standard_error(n, moments, groups)
    deff = _stack([m.deff for m in moments], groups)
    return corrected(Estimates(n, score, score, se, score, score, se, deff), known, confidence=confidence)


def corrected(found: Estimates, invited: Floats, *, confidence: float = 0.95) -> Estimates:
    """The same estimates with the finite population correction for N `invited` of each group, NaN where unknown.

    se = sqrt(1 - n / N) se_comparison where n <= N; `invited` has shape (groups,).
    """
    frame = np.where(found.n <= invited[:, np.newaxis], invited[:, np.newaxis], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        correction = np.where(np.isnan(frame), 1.0, np.sqrt(1.0 - found.n / frame))
    census = (found.n == frame) & (found.n > 0)
    se = np.where(census, 0.0, found.se_comparison * correction)
    lower, upper = intervals.student_interval(found.score, se, found.n, confidence=confidence)
    return replace(found, invited=frame, se=se, lower=lower, upper=upper)


def influences(
    values: Floats,
    groups: Groups,
    *,
    weights: Floats | None = None,
    categories: Ints | None = None,
    fit: Floats | None = None,
) -> Floats:
    """How much each person moves the score of the own group: z = w e / sum(w), 0 without a score on the measure.

    Arguments as in `estimate`; about their mean, as there. Shape (rows of `groups.order`, measures), points. n / (n - 1) sum(z^2) is the variance of a
    score without finite population correction; a difference of scores of the same people has the influence
    z_1 - z_2, so that its variance knows how the two go together (Sarndal, Swensson & Wretman 1992, section 5.5).

    >>> people = np.array([[40.0, 10.0], [60.0, np.nan]])
    >>> influences(people, sums.grouped(np.array([0, 0]), 1)).tolist()
    [[-5.0, 0.0], [5.0, 0.0]]
    """
    if fit is None:
        fit = margins_fit(values, groups, categories)
    result = np.zeros((len(groups.order), values.shape[1]), order="F")
    for j in range(values.shape[1]):
        found, residual = _moments(values[groups.order, j], groups, weights, None if fit is None else fit[:, j])
        total = np.where(found.weight > 0.0, found.weight, 1.0)
        result[:, j] = residual / total[groups.of_row]
    return result


def margins_fit(values: Floats, groups: Groups, categories: Ints | None) -> Floats | None:
    """What a person's margins say about the score (`regression.fitted`), in the order of the groups' rows.

    NaN for people whose group has no margin in use; None where no group has one. It takes the longest of all steps, so
    that who needs it twice makes it once.
    """
    if categories is None or not (categories >= 0).any():
        return None
    raked: NDArray[np.bool_] = np.any(categories >= 0, axis=1)
    inside = sums.whole_sums(raked[groups.order], groups) > 0
    rows = inside[groups.of_row]
    sizes = np.where(inside, np.diff(groups.bounds), 0)
    part = Groups(groups.order[rows], np.concatenate([[0], np.cumsum(sizes)]))
    fit = np.full((len(groups.order), values.shape[1]), np.nan, order="F")
    fit[rows] = regression.fitted(values, part, categories)
    return fit


def _moments(values: Floats, groups: Groups, weights: Floats | None, fit: Floats | None) -> tuple[_Moments, Floats]:
    """Weighted mean, sum of squared weighted residuals and sum of weights of one measure, by group; the residuals."""
    scored = ~np.isnan(values)
    y = np.where(scored, values, 0.0)
    group = groups.of_row
    n = sums.whole_sums(scored, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        if weights is None:
            w = scored.astype(np.float64)
            total = n.astype(np.float64)
            deff = np.where(n > 0, 1.0, np.nan)
        else:
            w = np.where(scored, weights[groups.order], 0.0)
            total = sums.exact_sums(w, groups)
            deff = n * sums.exact_sums(w * w, groups) / (total * total)
        score = sums.exact_sums(w * y, groups) / total
    expected = score[group] if fit is None else np.where(np.isnan(fit), score[group], fit)
    residual = w * np.where(scored, y - expected, 0.0)
    if fit is not None:
        residual = _centred(residual, scored & ~np.isnan(fit), groups)
    return _Moments(n, score, sums.exact_sums(residual * residual, groups), total, deff), residual


def _centred(residual: Floats, raked: NDArray[np.bool_], groups: Groups) -> Floats:
    """Weighted residuals about their mean in each group: two margins leave a little that one margin would not."""
    people = sums.whole_sums(raked, groups)
    mean = sums.exact_sums(np.where(raked, residual, 0.0), groups) / np.maximum(people, 1)
    return np.where(raked, residual - mean[groups.of_row], residual)


def _standard_error(n: Ints, moments: list[_Moments], groups: Groups) -> Floats:
    squares = _stack([m.squares for m in moments], groups)
    weight = _stack([m.weight for m in moments], groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(n > 1, n / (n - 1.0) * squares / (weight * weight), np.nan)
    se: Floats = np.sqrt(variance)
    return np.where(se < ROUNDING_DUST, 0.0, se)


def _stack(columns: list[NDArray[np.float64]] | list[Ints], groups: Groups) -> Floats:
    if not columns:
        return np.empty((groups.count, 0))
    return np.column_stack(columns).astype(np.float64)
