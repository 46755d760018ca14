"""Where an authority stands in a peer group: the gap from the middle authority and the verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from reports.rules import Rules
from reports.statistics import holm, quantiles
from reports.statistics.sums import Floats, Ints


class Verdict(StrEnum):
    """The four verdicts."""

    ABOVE = "ABOVE"
    SIMILAR = "SIMILAR"
    BELOW = "BELOW"
    CANNOT_TELL = "CANNOT_TELL"


@dataclass(frozen=True)
class GroupStandings:
    """The standings of one peer group, each of shape (authorities of the group, measures)."""

    gap: Floats
    p_value: Floats
    p_adjusted: Floats
    verdict: NDArray[np.object_]
    indicative: NDArray[np.bool_]
    percentile_rank: Floats


def standings(
    *,
    score: Floats,
    se_comparison: Floats,
    n: Ints,
    median: Floats,
    shown: NDArray[np.bool_],
    counted: NDArray[np.bool_],
    tested: NDArray[np.bool_],
    rules: Rules,
) -> GroupStandings:
    """Gap, test and verdict of every authority of a peer group on every measure.

    gap = score - median of the group, which is treated as fixed; t = gap / se without finite population correction,
    with n - 1 degrees of freedom, two-sided. Holm runs over the `tested` measures (the dimensions) that have a
    p-value, within one authority. Figures that are withheld (`shown` false) get the family of all of them, so that
    they never move a shown one. The percentile rank is among the scores that are `counted` in the benchmark. Arrays
    have shape (authorities, measures); `median` and `tested` (measures,). Methodology 6.

    >>> one, yes = np.array([[62.0]]), np.array([[True]])
    >>> found = standings(score=one, se_comparison=np.array([[2.5]]), n=np.array([[40]]), median=np.array([52.0]),
    ...                   shown=yes, counted=yes, tested=yes[0], rules=Rules())
    >>> float(found.gap[0, 0]), round(float(found.p_value[0, 0]), 6), str(found.verdict[0, 0])  # t = 4 on 39
    (10.0, 0.000274, 'ABOVE')
    """
    gap = score - median
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(se_comparison > 0.0, gap / se_comparison, np.nan)
    p_value = np.full(gap.shape, np.nan)
    p_value[:, tested] = 2.0 * special.stdtr(np.maximum(n[:, tested] - 1.0, 1.0), -np.abs(t[:, tested]))
    among_shown = holm.adjusted(np.where(shown, p_value, np.nan))
    p_adjusted = np.where(shown, among_shown, holm.adjusted(p_value))
    verdicts = verdict(gap, p_adjusted, rules)
    verdicts[~np.broadcast_to(tested, gap.shape) | np.isnan(gap)] = None
    indicative = np.zeros(gap.shape, dtype=np.bool_)
    return GroupStandings(gap, p_value, p_adjusted, verdicts, indicative, _percentile_ranks(score, counted))


def of_rows(found: GroupStandings, rows: NDArray[np.bool_]) -> GroupStandings:
    """The standings of some of the authorities of a group. Methodology 6.

    >>> one = np.array([[9.0], [7.0]])
    >>> of_rows(GroupStandings(one, one, one, one, one, one), np.array([False, True])).gap.tolist()
    [[7.0]]
    """
    return GroupStandings(
        found.gap[rows],
        found.p_value[rows],
        found.p_adjusted[rows],
        found.verdict[rows],
        found.indicative[rows],
        found.percentile_rank[rows],
    )


def gated(found: GroupStandings, reliability: Floats, rules: Rules) -> GroupStandings:
    """The same standings, told only as far as the scores can be relied on.

    CANNOT_TELL comes first of all where ICC(2) is below `rules.reliability_least`; below `rules.reliability_normal` a
    verdict is indicative. `reliability` has shape (authorities, measures), 0 where authorities do not differ
    detectably on a measure, NaN where nothing is known of it. Methodology 4 and 6; Adams 2009; Bliese 2000.

    >>> one = np.array([[9.0]])
    >>> above = np.array([["ABOVE"]], dtype=object)
    >>> made = GroupStandings(one, one, one, above, one > 99, one)
    >>> [str(gated(made, np.array([[r]]), Rules()).verdict[0, 0]) for r in (0.49, 0.5)]
    ['CANNOT_TELL', 'ABOVE']
    """
    told = pd.notna(found.verdict)
    verdicts = found.verdict.copy()
    verdicts[told & ~(reliability >= rules.reliability_least)] = Verdict.CANNOT_TELL
    return replace(found, verdict=verdicts, indicative=told & ~(reliability >= rules.reliability_normal))


def verdict(gap: Floats, p_adjusted: Floats, rules: Rules) -> NDArray[np.object_]:
    """The verdict from gap (points) and adjusted p-value.

    Without a p-value (the standard error is 0 or cannot be computed) CANNOT_TELL comes first; then SIMILAR below
    `rules.smallest_difference`; then ABOVE or BELOW where the adjusted p-value is below `rules.significance`;
    everything else is CANNOT_TELL. Methodology 6.

    >>> gaps, p = np.array([6.0, 4.0, -6.0, 6.0, 9.0]), np.array([0.01, 0.001, 0.04, 0.06, np.nan])
    >>> [str(one) for one in verdict(gaps, p, Rules())]
    ['ABOVE', 'SIMILAR', 'BELOW', 'CANNOT_TELL', 'CANNOT_TELL']
    """
    large = np.round(np.abs(gap), 9) >= rules.smallest_difference  # a gap of exactly 5 stays 5 after rounding errors
    clear = large & (p_adjusted < rules.significance)
    result = np.full(gap.shape, Verdict.CANNOT_TELL, dtype=object)
    result[~np.isnan(p_adjusted) & ~large] = Verdict.SIMILAR
    result[clear & (gap > 0)] = Verdict.ABOVE
    result[clear & (gap < 0)] = Verdict.BELOW
    return result


def _percentile_ranks(score: Floats, counted: NDArray[np.bool_]) -> Floats:
    ranks = np.full(score.shape, np.nan)
    for j in range(score.shape[1]):
        among = np.round(score[counted[:, j], j], 9)  # equal scores stay equal after rounding errors
        ranks[counted[:, j], j] = quantiles.percentile_ranks(among)
    return ranks
