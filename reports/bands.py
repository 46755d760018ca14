"""What stands beside a verdict: the shrunken score, the interval of ranks and, where it is sure enough, the band."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports import ranks, shrinkage
from reports.case import Case
from reports.estimation import Estimates
from reports.ranks import Ranks
from reports.shrinkage import Shrunken
from reports.statistics.reml import RandomIntercept
from reports.statistics.sums import Floats, Ints

OVERALL = 0  # the place of the overall among the measures


@dataclass(frozen=True)
class Beside:
    """Columns of one peer group, each of shape (authorities of the group, measures)."""

    shrunken_score: Floats
    shrunken_se: Floats
    rank_lower: Floats
    rank_upper: Floats
    band: NDArray[np.object_]
    band_probability: Floats


@dataclass(frozen=True)
class Bands:
    """Shrunken scores of all authorities, and the ranks of every peer group.

    `groups` are places among all authorities, `counted` of the shape (authorities of the group, measures) says who
    has a rank; `placed` are the measures that have ranks, each with those of every group: the overall and the
    dimensions. Themes make no claim of reliability (methodology 2.7) and have none.
    """

    case: Case
    made: Shrunken
    groups: Sequence[tuple[Ints, NDArray[np.bool_]]]
    placed: Mapping[int, list[Ranks]]
    stable: NDArray[np.bool_]

    def of_group(self, group: int, *, relied: Floats, enough: NDArray[np.bool_]) -> Beside:
        """The columns of one peer group, by its place in `groups`.

        `relied` (reliability, 0 where authorities do not differ detectably) has shape (authorities of the group,
        measures); `enough` (measures,) says where the group has authorities enough for quartiles. A band needs the
        reliability of a verdict that is not indicative; the band of the overall also needs a quarter that does not
        hang on how it is put together.
        """
        (rows, counted), rules = self.groups[group], self.case.rules
        shape = counted.shape
        low, high, chance = (np.full(shape, np.nan) for _ in range(3))
        word = np.full(shape, None, dtype=object)
        for place, of_groups in self.placed.items():
            found = of_groups[group]
            told = counted[:, place] & (relied[:, place] >= rules.reliability_normal) & enough[place]
            if place == OVERALL:
                told &= self.stable[rows]
            low[:, place], high[:, place] = found.lower, found.upper
            chance[:, place] = found.bands.max(axis=1, initial=-np.inf)
            word[:, place] = ranks.band(found.bands, told, rules.band_probability)
        chance[np.isinf(chance)] = np.nan
        return Beside(self.made.score[rows], self.made.se[rows], low, high, word, chance)

    def without_places(self, rows: Ints) -> Beside:
        """The columns of authorities in a group too small for ranks and bands: their shrunken scores."""
        score, se = self.made.score[rows], self.made.se[rows]
        low, high, chance = (np.full(score.shape, np.nan) for _ in range(3))
        return Beside(score, se, low, high, np.full(score.shape, None, dtype=object), chance)


def bands(
    case: Case,
    found: Estimates,
    shown: NDArray[np.bool_],
    models: Sequence[RandomIntercept],
    stable: NDArray[np.bool_],
    *,
    groups: Sequence[Ints],
) -> Bands:
    """What stands beside every peer group of `groups`, places among all authorities.

    `shown` (authorities, measures) says which scores may be shown; `stable` (authorities,) whose overall keeps its
    quarter (`robustness`). Ranks come from seeded draws (`ranks`), scores in points are drawn together
    (`shrinkage`). Methodology 6.

    >>> from reports import example
    >>> case, found, reasons = example.worked()
    >>> from reports import aggregation
    >>> models = [one.model for one in aggregation.aggregate(case, found, case.officers).between]
    >>> everybody = np.arange(len(case.codes))
    >>> made = bands(case, found, found.n >= 11, models, np.ones(24, dtype=np.bool_), groups=[everybody])
    >>> beside = made.of_group(0, relied=np.full(found.n.shape, 0.9), enough=np.ones(10, dtype=np.bool_))
    >>> [str(beside.band[at, 1]) for at in (0, 1, 5)]
    ['very_probably_lower_quarter', 'very_probably_middle_half', 'probably_lower_quarter']
    """
    made = shrinkage.shrunken(
        found.score,
        found.n,
        found.deff,
        models,
        counted=shown.sum(axis=0).astype(np.int64),
        least=case.rules.minimum_authorities_shrinkage,
    )
    placed = tuple(place for place in (OVERALL, *case.dimensions) if np.isfinite(made.mean[place]))
    numbers = ranks.normals(case.rules.rank_draws if placed else 0, len(case.codes), case.rules.seed)
    of_groups = {
        place: ranks.in_groups(made, place, [(rows, shown[rows, place]) for rows in groups], numbers)
        for place in placed
    }
    return Bands(case, made, [(rows, shown[rows]) for rows in groups], of_groups, stable)
