"""Ordinal check: would authorities stand in another order if answers were not read as equally spaced?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import stats

from reports import scoring
from reports.case import Case
from reports.quality import Json
from reports.statistics.sums import Floats, Ints

LEAST = 0.90
"""A rank correlation below it is disclosed (methodology 2.5)."""
_MISSING = 4  # columns of a tally before those of the options
_AGREES_FROM = 50.0
_ROUNDS, _STEPS = 100, 30
_CLOSE = 1e-8
_START, _LEAST_TAU2 = 0.25, 1e-6


@dataclass(frozen=True)
class Orders:
    """Spearman's correlations of the order by the mean with two others, over so many authorities; NaN where there
    is none.
    """

    authorities: int
    favourable: float
    cumulative_logit: float

    @property
    def lowest(self) -> float:
        return min(self.favourable, self.cumulative_logit)


def ordinal(case: Case) -> dict[str, Json]:
    """The check for quality.json: for each dimension the two correlations and whether they are disclosed.

    The mean, the share of favourable answers (keyed score above 50) and the authority's place in a cumulative logit
    model are all taken from the same answers: those of officers who count to the items of the dimension,
    unweighted. From as many authorities with enough people as a median needs; otherwise not tested. Methodology
    2.5.

    >>> from reports import example
    >>> found = ordinal(example.case())["mindset"]
    >>> found["authorities"], round(found["favourable"], 2), round(found["cumulative_logit"], 2), found["state"]
    (24, 1.0, 1.0, 'passed')
    """
    found: dict[str, Json] = {}
    for dimension in case.questionnaire.dimensions:
        levels, counts = _levels(case, dimension.code)
        orders = compare(levels, counts)
        tested = orders.authorities >= case.rules.minimum_authorities_median and not np.isnan(orders.lowest)
        found[dimension.code] = {
            "authorities": orders.authorities,
            "favourable": orders.favourable if tested else None,
            "cumulative_logit": orders.cumulative_logit if tested else None,
            "state": ("passed" if orders.lowest >= LEAST else "failed") if tested else "not tested",
        }
    return found


def compare(levels: Floats, counts: Ints) -> Orders:
    """The order of authorities by mean, by share of favourable answers and by random intercept.

    `levels` (K,) are keyed scores in rising order, `counts` (authorities, K) how many answers have each. Spearman's
    correlation, ties at their middle. Methodology 2.5.

    >>> counts = np.array([[9, 5, 1], [5, 5, 5], [1, 5, 9]])
    >>> found = compare(np.array([0.0, 50.0, 100.0]), counts)
    >>> found.authorities, round(found.favourable, 6), round(found.cumulative_logit, 6)
    (3, 1.0, 1.0)
    """
    used = counts[:, counts.any(axis=0)] if counts.size else counts
    scale = levels[counts.any(axis=0)] if counts.size else levels
    if len(used) < 3 or len(scale) < 2:
        return Orders(len(used), float("nan"), float("nan"))
    total = used.sum(axis=1)
    mean, favourable = used @ scale / total, used[:, scale > _AGREES_FROM].sum(axis=1) / total
    return Orders(len(used), _spearman(mean, favourable), _spearman(mean, intercepts(used)))


def intercepts(counts: Ints) -> Floats:
    """The place of each authority on the scale of a cumulative logit model with a random intercept; (authorities,).

        P(answer above level c) = 1 / (1 + exp(theta_c - u_a)), u_a normal with variance tau^2

    Thresholds by maximum likelihood and intercepts at the mode of their penalised likelihood, in turn; tau^2 =
    mean(u_a^2 + 1 / h_a), h_a the curvature there (Laplace), until nothing moves by more than 1e-8, or 100 rounds.
    Answers of one person count as independent: it shrinks intercepts too little and moves their order hardly.
    `counts` has shape (authorities, levels), every level used, levels rising. McCullagh 1980; Agresti 2010, chapter
    10; Breslow & Clayton 1993.

    >>> [round(float(one), 2) for one in intercepts(np.array([[30, 10], [10, 30]]))]
    [-0.98, 0.98]
    """
    n = counts.astype(np.float64)
    above = n[:, ::-1].cumsum(axis=1)[:, ::-1].sum(axis=0)[1:] / n.sum()
    theta, u, tau2 = -np.log(above / (1.0 - above)), np.zeros(len(n)), _START
    for _ in range(_ROUNDS):
        before, spread = u, tau2
        u, curvature = _modes(n, theta, u, tau2)
        theta, u = (
            _thresholds(n, theta - u.mean(), u - u.mean()),
            u - u.mean(),
        )  # a common shift belongs to the thresholds
        tau2 = max(float(np.mean(u**2 + 1.0 / curvature)), _LEAST_TAU2)
        if max(float(np.abs(u - before).max()), abs(tau2 - spread)) < _CLOSE:
            break
    return u


def _modes(n: Floats, theta: Floats, u: Floats, tau2: float) -> tuple[Floats, Floats]:
    """Newton's steps for all intercepts at once; the penalised likelihood is concave in each."""
    curvature = np.full(len(u), 1.0 / tau2)
    for _ in range(_STEPS):
        slope, bend = _derivatives(n, theta, u)
        curvature = bend.sum(axis=1) + 1.0 / tau2
        step = np.clip((slope.sum(axis=1) - u / tau2) / curvature, -1.0, 1.0)
        u = u + step
        if np.abs(step).max() < _CLOSE:
            break
    return u, curvature


def _thresholds(n: Floats, theta: Floats, u: Floats) -> Floats:
    """One step of Newton for the thresholds, held in rising order."""
    p = _above(theta, u)
    cell = np.maximum(p[:, :-1] - p[:, 1:], 1e-300)
    density = p[:, 1:-1] * (1.0 - p[:, 1:-1])
    ratio = n / cell
    gradient = (density * (ratio[:, :-1] - ratio[:, 1:])).sum(axis=0)
    expected = n.sum(axis=1, keepdims=True) / cell
    diagonal = (density**2 * (expected[:, :-1] + expected[:, 1:])).sum(axis=0)
    beside = -(density[:, :-1] * density[:, 1:] * expected[:, 1:-1]).sum(axis=0)
    information = np.diag(diagonal) + np.diag(beside, 1) + np.diag(beside, -1)
    step: Floats = np.clip(np.linalg.solve(information, gradient), -1.0, 1.0)
    for _ in range(_STEPS):
        if (np.diff(theta + step) > 0.0).all():
            break
        step = step / 2.0
    return theta + step


def _above(theta: Floats, u: Floats) -> Floats:
    """P(answer above each threshold), with 1 before the first and 0 after the last; (authorities, levels + 1)."""
    inner: Floats = 1.0 / (1.0 + np.exp(theta - u[:, np.newaxis]))
    edge = np.ones((len(u), 1))
    whole: Floats = np.hstack([edge, inner, 0.0 * edge])
    return whole


def _derivatives(n: Floats, theta: Floats, u: Floats) -> tuple[Floats, Floats]:
    """First derivative of the log likelihood by u, and minus the second, cell by cell.

    Of log(F(a) - F(b)) with F logistic these are 1 - F(a) - F(b), and F(a) (1 - F(a)) + F(b) (1 - F(b)).
    """
    p = _above(theta, u)
    density = p * (1.0 - p)
    return n * (1.0 - p[:, :-1] - p[:, 1:]), n * (density[:, :-1] + density[:, 1:])


def _spearman(first: Floats, second: Floats) -> float:
    ranks = [stats.rankdata(np.round(one, 9)) for one in (first, second)]  # equal ones stay equal after rounding errors
    away = [one - one.mean() for one in ranks]
    size = float(np.sqrt((away[0] ** 2).sum() * (away[1] ** 2).sum()))
    return float((away[0] * away[1]).sum()) / size if size else float("nan")


def _levels(case: Case, dimension: str) -> tuple[Floats, Ints]:
    """Keyed scores of the dimension's answers, and how often each authority with enough people gave them."""
    tally: Mapping[str, Ints] = case.tally
    place = case.measure_codes.index(dimension)
    enough = case.moments[0][:, place] >= case.rules.minimum_respondents
    by_score: dict[float, Ints] = {}
    for item in case.questionnaire.items_of(dimension):
        if item.code not in tally:
            continue
        for at, score in enumerate(scoring.option_scores(item).tolist()):
            if score == score:  # noqa: PLR0124 - NaN is not itself
                by_score[score] = by_score.get(score, 0) + tally[item.code][enough, _MISSING + at]
    levels = sorted(by_score)
    if not levels:
        return np.empty(0), np.zeros((int(enough.sum()), 0), dtype=np.int64)
    return np.array(levels), np.column_stack([by_score[one] for one in levels])
