"""The score of a group of people and how far it could be from the score of everybody invited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from reports.statistics import intervals, regression, sums
from reports.statistics import kinds as alike
from reports.statistics.kinds import Kinds, Moments
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

    def of_measures(self, places: Sequence[int]) -> Estimates:
        """The same of some of the measures."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return Estimates(**{name: values[:, places] for name, values in found.items()})


def estimate(
    values: Floats,
    groups: Groups,
    *,
    weights: Floats | None = None,
    categories: Ints | None = None,
    invited: Floats | None = None,
    confidence: float = 0.95,
) -> Estimates:
    """Score, standard errors and interval of every group on every measure.

    With weights w (mean 1 where there are none) and f = n / N where N is known and n <= N, else 0:

        ybar = sum(w y) / sum(w)
        V = (1 - f) n / (n - 1) sum((w e - m)^2) / sum(w)^2
        interval = ybar +- t(0.975, n - 1) sqrt(V), clipped to 0..100

    e_i = y_i - x_i b with b the unweighted least squares of y on the margins that the weights were raked to
    (`categories` (respondents, margins)); a group without a margin has
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
    people = alike.of_rows(groups, weights, categories)
    found = alike.moments(values, people.rows)
    return of_kinds(people, found, fit=margins_fit(people, found), invited=invited, confidence=confidence)


def of_kinds(
    people: Kinds,
    found: Moments,
    *,
    fit: Floats | None = None,
    invited: Floats | None = None,
    confidence: float = 0.95,
) -> Estimates:
    """The same from the moments of each kind of people; `fit` (kinds, measures) is what `margins_fit` makes of them."""
    known = np.full(people.groups.count, np.nan) if invited is None else invited
    here, own = people.taken(people.groups.order), found.taken(people.groups.order)
    means = _means(here, own)
    apart = _apart(here, own, means, None if fit is None else fit[people.groups.order])
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(
            means.n > 1, means.n / (means.n - 1.0) * apart.squares / (means.weight * means.weight), np.nan
        )
        se: Floats = np.sqrt(variance)
    se = np.where(se < ROUNDING_DUST, 0.0, se)
    n = means.n.astype(np.int64)
    blank = means.score
    return corrected(Estimates(n, blank, blank, se, blank, blank, se, means.deff), known, confidence=confidence)


def corrected(found: Estimates, invited: Floats, *, confidence: float = 0.95) -> Estimates:
    """The same estimates with the finite population correction for N `invited` of each group, NaN where unknown.

    se = sqrt(1 - n / N) se_comparison where n <= N; `invited` has shape (groups,). Methodology 3.3 and 3.4.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> census = corrected(found, found.n[:, 0].astype(np.float64))  # everybody who was invited answered
    >>> round(float(found.se[0, 0]), 2), float(census.se[0, 0])
    (1.64, 0.0)
    """
    frame = np.where(found.n <= invited[:, np.newaxis], invited[:, np.newaxis], np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        correction = np.where(np.isnan(frame), 1.0, np.sqrt(1.0 - found.n / frame))
    census = (found.n == frame) & (found.n > 0)
    se = np.where(census, 0.0, found.se_comparison * correction)
    lower, upper = intervals.student_interval(found.score, se, found.n, confidence=confidence)
    return replace(found, invited=frame, se=se, lower=lower, upper=upper)


def influences(
    values: Floats, groups: Groups, *, weights: Floats | None = None, categories: Ints | None = None
) -> Floats:
    """How much each person moves the score of the own group: z = w e / sum(w), 0 without a score on the measure.

    Arguments as in `estimate`; about their mean, as there. Shape (rows of `groups.order`, measures), points. n / (n
    - 1) sum(z^2) is the variance of a score without finite population correction; a difference of scores of the
    same people has the influence z_1 - z_2, so that its variance knows how the two go together (Sarndal, Swensson &
    Wretman 1992, section 5.5).

    >>> people = np.array([[40.0, 10.0], [60.0, np.nan]])
    >>> influences(people, sums.grouped(np.array([0, 0]), 1)).tolist()
    [[-5.0, 0.0], [5.0, 0.0]]
    """
    people = alike.of_rows(groups, weights, categories)
    found = alike.moments(values, people.rows)
    result = np.zeros(values.shape)
    result[people.rows.order] = influences_of_kinds(people, found, list(values.T), fit=margins_fit(people, found))
    return result[groups.order]


def influences_of_kinds(
    people: Kinds, found: Moments, columns: Sequence[Floats], *, fit: Floats | None = None
) -> Floats:
    """The same in the order of the people's kinds, `people.rows.order`; every kind is in a group, in their order."""
    means = _means(people, found)
    centre = _apart(people, found, means, fit)
    total = np.where(means.weight > 0.0, means.weight, 1.0)[people.group]
    weight = (1.0 if people.weight is None else people.weight[:, np.newaxis]) / total
    middle = weight * centre.expected + centre.mean / total
    kind = people.rows.of_row
    result = np.empty((len(kind), len(columns)), order="F")
    for j, column in enumerate(columns):
        moved = column.take(people.rows.order, out=result[:, j], mode="clip")
        moved *= weight[:, j].take(kind)
        moved -= middle[:, j].take(kind)
        moved[np.isnan(moved)] = 0.0
    return result


def margins_fit(people: Kinds, found: Moments) -> Floats | None:
    """What the margins of each kind say about the score (`regression.of_kinds`), shape (kinds, measures).

    NaN for people whose group has no margin in use; None where no group has one. Methodology 3.3.

    >>> from reports import example
    >>> case = example.case()
    >>> found = margins_fit(case.kinds, case.kind_moments)
    >>> found.shape, round(float(found[0, 0]), 1)
    ((216, 10), 42.0)
    """
    if people.categories is None or not (people.categories >= 0).any():
        return None
    raked: NDArray[np.bool_] = np.any(people.categories >= 0, axis=1)
    inside = np.bincount(people.group, weights=raked, minlength=people.groups.count) > 0
    return np.where(inside[people.group, np.newaxis], regression.of_kinds(people, found), np.nan)


@dataclass(frozen=True)
class _Means:
    """Of each group and measure: people, sum of weights, weighted mean and Kish's design effect."""

    n: Floats
    weight: Floats
    score: Floats
    deff: Floats


def _means(people: Kinds, found: Moments) -> _Means:
    n = sums.plain_sums(found.n, people.groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        if people.weight is None:
            deff = np.where(n > 0, 1.0, np.nan)
            return _Means(n, n, sums.plain_sums(found.total, people.groups) / n, deff)
        w = people.weight[:, np.newaxis]
        weight = sums.plain_sums(w * found.n, people.groups)
        score = sums.plain_sums(w * found.total, people.groups) / weight
        deff = n * sums.plain_sums(w * w * found.n, people.groups) / (weight * weight)
    return _Means(n, weight, score, deff)


@dataclass(frozen=True)
class _Apart:
    """Weighted residuals: what is `expected` of each kind, their `mean` in its group, and `squares` about it by group."""

    expected: Floats
    mean: Floats | float
    squares: Floats


def _apart(people: Kinds, found: Moments, means: _Means, fit: Floats | None) -> _Apart:
    """Residuals are taken about their mean in groups that are raked: two margins leave a little that one would not."""
    w = 1.0 if people.weight is None else people.weight[:, np.newaxis]
    own = np.maximum(found.n, 1.0)
    expected = means.score[people.group]
    mean: Floats | float = 0.0
    if fit is not None:
        raked = ~np.isnan(fit)
        expected = np.where(raked, fit, expected)
        residual = np.where(raked, w * (found.total - found.n * expected), 0.0)
        there = sums.plain_sums(np.where(raked, found.n, 0.0), people.groups)
        mean = np.where(raked, (sums.plain_sums(residual, people.groups) / np.maximum(there, 1.0))[people.group], 0.0)
    squares = w * (found.total / own - expected) - mean
    squares *= squares  # in place: these tables are large
    squares *= found.n
    squares += found.squares if people.weight is None else w * w * found.squares
    squares[found.n == 0.0] = 0.0
    return _Apart(expected, mean, sums.plain_sums(squares, people.groups))
