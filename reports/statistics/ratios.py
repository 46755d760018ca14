"""Shares of answers that come in bundles: an interval that knows that answers of one person go together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from reports.statistics import intervals
from reports.statistics.sums import Floats

_DUST = 1e-12  # of the sum of squares: below it residuals are the rounding of none


@dataclass(frozen=True)
class Totals:
    """Sums over clusters c (people, or authorities) of h_c hits among m_c answers; all of one shape.

    `hits` = sum h, `answers` = sum m, `hits_squared` = sum h^2, `products` = sum h m, `answers_squared` = sum m^2,
    `clusters` is how many have any answer. With weights h and m are multiplied by them.
    """

    hits: Floats
    answers: Floats
    hits_squared: Floats
    products: Floats
    answers_squared: Floats
    clusters: Floats

    @property
    def share(self) -> Floats:
        """p = sum h / sum m, 0 to 1; NaN without answers."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found: Floats = self.hits / self.answers
        return found


def effective_answers(totals: Totals, most: Floats, *, confidence: float = 0.95) -> Floats:
    """How many independent answers tell as much about the share, for Wilson's interval.

        V = C / (C - 1) sum((h_c - p m_c)^2) / (sum m)^2
        n* = p (1 - p) / V (z / t(C - 1))^2, at most `most`, which is the number of answers

    C clusters, z and t the quantiles of the normal and of Student's distribution. Where no cluster differs from
    another (a share of 0 or 1 among them) V says nothing, and n* is C. NaN below two clusters. Taylor linearisation
    of a ratio; Korn & Graubard 1998, confidence intervals for proportions with small expected number of positive
    counts.

    >>> one = np.array([1.0])  # four people, two answers each: 2, 1, 0 and 1 hits
    >>> four = Totals(4 * one, 8 * one, 6 * one, 8 * one, 16 * one, 4 * one)
    >>> float(four.share[0]), round(float(effective_answers(four, 8 * one)[0]), 3)  # V = 4/3 2/64; 6 (1.960/3.182)^2
    (0.5, 2.276)
    """
    p, count = totals.share, totals.clusters
    squares = totals.hits_squared - 2.0 * p * totals.products + p * p * totals.answers_squared
    spread = squares > _DUST * totals.answers_squared
    z = float(special.ndtri(0.5 + confidence / 2.0))
    quantile = intervals.student_quantile(0.5 + confidence / 2.0, np.maximum(count - 1.0, 1.0).astype(np.int64))
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = count / (count - 1.0) * np.where(spread, squares, np.nan) / totals.answers**2
        found = p * (1.0 - p) / variance * (z / quantile) ** 2
    found = np.where(spread, np.minimum(found, most), count)
    return np.where(count > 1.0, found, np.nan)


def interval(totals: Totals, most: Floats, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Wilson's interval of the share at `effective_answers`; both bounds 0 to 1. Korn & Graubard 1998.

    >>> one = np.array([1.0])  # four people, two answers each: 2, 1, 0 and 1 hits
    >>> lower, upper = interval(Totals(4 * one, 8 * one, 6 * one, 8 * one, 16 * one, 4 * one), 8 * one)
    >>> round(float(lower[0]), 3), round(float(upper[0]), 3)
    (0.104, 0.896)
    """
    n_star = effective_answers(totals, most, confidence=confidence)
    return intervals.wilson_interval(totals.share, n_star, confidence=confidence)
