"""Does the overall's quarter hang on how the dimensions are put together? Other ways to do it, and what changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import frames, ranks
from reports.case import Case
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.quality import Json
from reports.rules import Rules
from reports.statistics import sums
from reports.statistics.sums import Floats, Ints

WEIGHT_SETS = 1000
WEIGHT_SPAN = 0.25
MOST_CHANGED = 0.20
"""Share of variants in another quarter above which the band of the overall is not shown."""
_GEOMETRIC_FLOOR = 1.0  # points: a score of 0 on one dimension would make every geometric mean 0


@dataclass(frozen=True)
class Robustness:
    """Quarters of the overall, 1 the upper to 4 the lower, each of shape (authorities,); 0 where there is none.

    `best` and `worst` are the ends of the range over all variants; `changed` is the share of variants in another
    quarter than `quarter`, NaN where there is none; `geometric` is the quarter under the geometric mean.
    """

    quarter: Ints
    best: Ints
    worst: Ints
    changed: Floats
    geometric: Ints

    @property
    def stable(self) -> NDArray[np.bool_]:
        """Whose band may be shown."""
        return np.asarray(self.changed <= MOST_CHANGED, dtype=np.bool_)


def robustness(parts: Floats, counted: NDArray[np.bool_], *, seed: int) -> Robustness:
    """The quarter of every authority's overall under other ways to put the dimensions together.

    Variants: the geometric mean (a high score makes up less for a low one; scores below 1 point count as 1), each
    dimension left out in turn, and 1,000 sets of weights, each drawn evenly from 0.75 to 1.25 by NumPy's default
    generator from `seed`. `parts` has shape (authorities, dimensions), points: the dimension scores of the people in
    the overall, so that equal weights give the overall itself. Only authorities that are `counted` (authorities,) are
    ranked. Quarters are those of `ranks.quarters`. Methodology 9; OECD & JRC 2008, steps 6 and 7; Saisana, Saltelli &
    Tarantola 2005.

    >>> even = np.array([[80.0, 80.0, 80.0], [60.0, 60.0, 60.0], [40.0, 40.0, 40.0], [20.0, 20.0, 20.0]])
    >>> found = robustness(even, np.array([True, True, True, True]), seed=1)
    >>> found.quarter.tolist(), found.changed.tolist()
    ([1, 2, 3, 4], [0.0, 0.0, 0.0, 0.0])
    """
    count, dimensions = parts.shape
    none, nowhere = np.zeros(count, dtype=np.int64), np.full(count, np.nan)
    places = np.flatnonzero(counted & ~np.isnan(parts).any(axis=1))
    if not len(places) or dimensions < 2:
        return Robustness(none, none, none, nowhere, none)
    own = parts[places]
    kept = 1.0 - np.eye(dimensions)
    drawn = np.random.default_rng(seed).uniform(1.0 - WEIGHT_SPAN, 1.0 + WEIGHT_SPAN, (WEIGHT_SETS, dimensions))
    geometric = np.log(np.maximum(own, _GEOMETRIC_FLOOR)).mean(axis=1)
    variants = np.vstack([geometric, _weighted(own, np.vstack([kept, drawn]))])
    base = ranks.quarters(np.round(_weighted(own, np.ones((1, dimensions)))[0], 9))
    found = ranks.quarters(np.round(variants, 9))  # equal scores stay equal after rounding errors
    changed = nowhere.copy()
    changed[places] = (found != base).mean(axis=0)
    best, worst = np.minimum(base, found.min(axis=0)), np.maximum(base, found.max(axis=0))
    quarter, best, worst, geometric = (_placed(one, places, count) for one in (base, best, worst, found[0]))
    return Robustness(quarter, best, worst, changed, geometric)


def of_case(case: Case, reasons: Reasons) -> Robustness:
    """The robustness of the overalls of a wave. Methodology 9.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> made = of_case(case, reasons)
    >>> made.quarter.tolist()[:6], float(made.changed.max())
    ([4, 2, 3, 1, 3, 4], 0.00199203187250996)
    """
    shown = ~withheld(reasons[:, 0])
    return robustness(_parts(case), shown, seed=case.rules.seed)


def frame(case: Case, found: Robustness, reasons: Reasons) -> pd.DataFrame:
    """ROBUSTNESS: one row an authority. Methodology 9.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> frame(case, of_case(case, reasons), reasons).iloc[0, :3].tolist()
    ['a01', np.int64(4), np.int64(4)]
    """
    own = reasons[:, 0].copy()
    own[~withheld(own) & np.isnan(found.changed)] = Reason.NO_ANSWERS
    whole = {
        name: pd.array(np.where(column > 0, column.astype(np.float64), np.nan), dtype="Float64").astype("Int64")
        for name, column in (
            ("quarter", found.quarter),
            ("quarter_best", found.best),
            ("quarter_worst", found.worst),
            ("quarter_geometric", found.geometric),
        )
    }
    return frames.ROBUSTNESS.check(
        pd.DataFrame({"authority": list(case.codes), **whole, "changed": found.changed, "reason": own})
    )


def summary(found: pd.DataFrame, rules: Rules) -> Json:
    """How many authorities keep their quarter, for quality.json, from ROBUSTNESS; None with too few authorities.

    Methodology 9.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> summary(frame(case, of_case(case, reasons), reasons), case.rules)
    {'authorities': 24, 'stable': 24, 'same_under_geometric_mean': 24}
    """
    there = found[found["changed"].notna()]
    if len(there) < rules.minimum_authorities_median:
        return None
    return {
        "authorities": len(there),
        "stable": int((there["changed"] <= MOST_CHANGED).sum()),
        "same_under_geometric_mean": int((there["quarter_geometric"] == there["quarter"]).sum()),
    }


def _parts(case: Case) -> Floats:
    """Dimension scores of each authority over the people who have an overall; shape (authorities, dimensions)."""
    rows, groups, weight = case.kinds.rows, case.kinds.groups, case.kinds.weight
    inside = case.people.values[:, 0].take(rows.order)
    inside = inside == inside  # noqa: PLR0124 - NaN is not itself
    each = case.kind_moments.n[:, 0] * (1.0 if weight is None else weight)
    total = sums.plain_sums(each, groups)
    made = []
    for place in case.dimensions:
        points = sums.sums_of_alike(np.where(inside, case.people.values[:, place].take(rows.order), 0.0), rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            made.append(sums.plain_sums(points if weight is None else points * weight, groups) / total)
    return np.column_stack(made) if made else np.empty((groups.count, 0))


def _weighted(parts: Floats, weights: Floats) -> Floats:
    """The weighted means of the dimensions, shape (sets of weights, authorities); summed one dimension after the other."""
    total = np.zeros((len(weights), len(parts)))
    for place in range(parts.shape[1]):
        total += weights[:, place, np.newaxis] * parts[:, place]
    return np.asarray(total / weights.sum(axis=1, keepdims=True), dtype=np.float64)


def _placed(values: Ints, places: Ints, count: int) -> Ints:
    result = np.zeros(count, dtype=np.int64)
    result[places] = values
    return result
