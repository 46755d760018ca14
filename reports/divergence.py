"""Do the service areas of an authority live in the same authority? How far their scores lie apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import assembly, frames
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates
from reports.splits import Split
from reports.statistics import anova
from reports.statistics.anova import OneWay
from reports.statistics.sums import Floats, Ints

FEWEST_AREAS = 3
_Moments: TypeAlias = "tuple[Ints, Floats, Floats]"
_DUST = 1e-18  # squared points a person: below it a spread is the rounding of equal answers


@dataclass(frozen=True)
class Divergence:
    """The frame as computed, and as publication tells it: there from the service areas that are shown, and no other."""

    computed: pd.DataFrame
    told: pd.DataFrame


@dataclass(frozen=True)
class Apart:
    """One entry an authority and measure, each of shape (authorities, measures); NaN where there is none."""

    service_areas: Ints
    n: Ints
    sd_between: Floats
    icc1: Floats
    lower: Floats
    upper: Floats
    omega2: Floats


def divergence(case: Case, areas: Split, whole: Estimates) -> Divergence:
    """How far the service areas of each authority lie apart on each measure (DIVERGENCE).

    One-way analysis of variance over the officers of each authority, by service area, unweighted
    (`statistics.anova`):

        SD between = sqrt(max(0, (MSB - MSW) / n0)), points;  ICC(1) = (MSB - MSW) / (MSB + (n0 - 1) MSW)

    with the F interval of ICC(1). Service areas of fewer than `rules.minimum_respondents` people scored on the
    measure are left out; three must be left, else there is a reason. What is told rests on those areas only that
    are shown themselves: with another one, its score could be computed. An interval that includes 0 is "no
    detectable divergence". Not eta squared, whose expectation is (k - 1) / (N - 1) where areas are alike.
    Methodology 7 and 10; Shrout & Fleiss 1979; Searle, Casella & McCulloch 1992.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import splits
    >>> row = divergence(case, splits.split(case, "service_area", found), found).computed.iloc[1]
    >>> [round(float(row[name]), 3) for name in ("sd_between", "icc1", "icc1_lower", "icc1_upper")]
    [3.301, 0.043, -0.042, 0.815]
    """
    enough = areas.found.n >= case.rules.minimum_respondents
    found = areas.moments
    moments = list(zip(found.n.astype(np.int64).T, found.mean.T, found.squares.T, strict=True))
    parts = [_frame(case, areas, whole, used, moments) for used in (enough, enough & ~withheld(areas.reasons))]
    return Divergence(*parts)


def apart(case: Case, areas: Split, used: NDArray[np.bool_], moments: Sequence[_Moments]) -> Apart:
    """The analysis of every authority and measure over the parts in use; `used` has shape (parts, measures).

    `moments` are people, mean and squared deviations of every part, for each measure. Methodology 7.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import splits
    >>> areas = splits.split(case, "service_area", found)
    >>> parts = areas.moments
    >>> moments = list(zip(parts.n.astype(np.int64).T, parts.mean.T, parts.squares.T))
    >>> apart(case, areas, areas.found.n >= 11, moments).service_areas[0].tolist()
    [3, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    """
    found = [_analysis(case, areas, used[:, j], one) for j, one in enumerate(moments)]
    spread = [np.where(one.mean_between + one.mean_within > _DUST, one.icc1, np.nan) for one in found]

    def stacked(columns: list[Floats] | list[Ints]) -> Floats:
        return np.column_stack(columns).astype(np.float64) if columns else np.empty((len(case.codes), 0))

    return Apart(
        service_areas=stacked([one.groups for one in found]).astype(np.int64),
        n=stacked([one.n for one in found]).astype(np.int64),
        sd_between=stacked([one.sd_between for one in found]),
        icc1=stacked(spread),
        lower=stacked([one.lower for one in found]),
        upper=stacked([one.upper for one in found]),
        omega2=stacked([np.where(np.isnan(icc1), np.nan, one.omega2) for one, icc1 in zip(found, spread, strict=True)]),
    )


def _analysis(case: Case, areas: Split, used: NDArray[np.bool_], moments: _Moments) -> OneWay:
    n, mean, squares = moments
    squares = np.where(squares <= _DUST * n, 0.0, squares)
    rows = np.flatnonzero(used)
    return anova.one_way(
        n[rows], mean[rows], squares[rows], areas.owner[rows], len(case.codes), confidence=case.rules.confidence
    )


def _frame(
    case: Case, areas: Split, whole: Estimates, used: NDArray[np.bool_], moments: Sequence[_Moments]
) -> pd.DataFrame:
    found = apart(case, areas, used, moments)
    return assembly.table(
        frames.DIVERGENCE,
        case.codes,
        case.measure_codes,
        {
            "service_areas": found.service_areas,
            "n": found.n,
            "sd_between": found.sd_between,
            "icc1": found.icc1,
            "icc1_lower": found.lower,
            "icc1_upper": found.upper,
            "omega2": found.omega2,
            "reason": _reasons(case, whole, found),
        },
    )


def _reasons(case: Case, whole: Estimates, found: Apart) -> Reasons:
    reasons = threshold.people(whole.n, case.rules)
    reasons[~withheld(reasons) & (found.service_areas < FEWEST_AREAS)] = Reason.TOO_FEW_SERVICE_AREAS
    if len(case.dimensions) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
    return reasons
