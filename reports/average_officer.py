"""The average officer beside the middle authority: every officer one vote, with an error that knows who works together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import frames
from reports.aggregation import Aggregation
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.statistics import intervals
from reports.statistics.sums import Floats, Ints

LARGEST_SHARE = 0.5
"""Of the officers behind the average that one authority may have (methodology 10, rule 7)."""


@dataclass(frozen=True)
class Average:
    """One entry a measure, each of shape (measures,); NaN where there is none."""

    authorities: Ints
    n: Ints
    score: Floats
    se: Floats
    lower: Floats
    upper: Floats
    largest_share: Floats


def average(score: Floats, n: Ints, shown: NDArray[np.bool_], *, confidence: float = 0.95) -> Average:
    """The mean over officers of all authorities, with its cluster-robust error.

        ybar = sum(n_a y_a) / sum(n_a)
        V = G / (G - 1) sum((n_a (y_a - ybar))^2) / sum(n_a)^2
        interval = ybar +- t(0.975, G - 1) sqrt(V), clipped to 0..100

    over the G authorities whose score is `shown`: an average that held others would give them away as a difference.
    An authority stands with its (weighted) score y_a for the n_a officers who are scored. Officers of one authority are
    alike, so what varies is the authority. `score`, `n` and `shown` have shape (authorities, measures), points. One
    authority has no error. Equal to an intercept by least squares with a cluster-robust variance (Liang & Zeger 1986;
    statsmodels OLS with cov_type "cluster", Stata regress, vce(cluster)). Methodology 5.

    >>> found = average(np.array([[40.0], [60.0]]), np.array([[30], [10]]), np.array([[True], [True]]))
    >>> found.score.tolist(), found.se.tolist()  # 2 / 1 ((30 x 5)^2 + (10 x 15)^2) / 40^2 = 56.25
    ([45.0], [7.5])
    """
    size = np.where(shown, n, 0).astype(np.float64)
    value = np.where(shown, score, 0.0)
    count = shown.sum(axis=0).astype(np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = size.sum(axis=0)
        mean = (size * value).sum(axis=0) / total
        squares = ((size * np.where(shown, value - mean, 0.0)) ** 2).sum(axis=0)
        variance = np.where(count > 1, count / (count - 1.0) * squares / (total * total), np.nan)
        largest = size.max(axis=0, initial=0.0) / total
    se = np.sqrt(variance)
    lower, upper = intervals.student_interval(mean, se, count, confidence=confidence)
    return Average(count, total.astype(np.int64), mean, se, lower, upper, largest)


def average_officer(case: Case, found: Estimates, reasons: Reasons, aggregated: Aggregation) -> pd.DataFrame:
    """AVERAGE_OFFICER: one row a measure, with tau, the spread between authorities without the chance in their scores.

    `found` are the authorities' scores and `reasons` those against them. Methodology 5 and 6, and 10, rule 7.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import aggregation
    >>> row = average_officer(case, found, reasons, aggregation.aggregate(case, found, case.officers)).iloc[0]
    >>> [round(float(row[name]), 1) for name in ("score", "se", "lower", "upper", "tau")], int(row["authorities"])
    ([56.4, 1.9, 52.5, 60.2, 8.9], 24)
    """
    made = average(found.score, found.n, ~withheld(reasons), confidence=case.rules.confidence)
    why = threshold.authorities(made.authorities, case.rules)
    why[np.equal(why, Reason.TOO_FEW_FOR_QUARTILES)] = None
    why[~withheld(why) & (made.largest_share > LARGEST_SHARE)] = Reason.DOMINANCE
    tau = np.sqrt(np.array([one.model.tau2 for one in aggregated.between], dtype=np.float64))
    columns = {name: getattr(made, name) for name in ("authorities", "n", "score", "se", "lower", "upper")}
    return frames.AVERAGE_OFFICER.check(
        pd.DataFrame({"measure": case.measure_codes, **columns, "tau": tau, "reason": why})
    )
