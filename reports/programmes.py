"""People who took part in a development programme beside those who did not: inside authorities and tiers, over all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from questionnaires.definition import Item
from reports import estimation, frames, standings
from reports.case import Case
from reports.disclosure import threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.frames import NOT_SAID
from reports.measures import MeasureKind
from reports.rules import Rules
from reports.statistics import holm, sums
from reports.statistics.sums import Floats, Ints

_MOST_OF_ALL = 0.5  # of the weight, more than which no authority may have


@dataclass(frozen=True)
class Pooled:
    """One entry a measure, each of shape (measures,); NaN where there is none. Points of the 0 to 100 scale."""

    authorities: Ints
    took_part: Ints
    others: Ints
    gap: Floats
    se: Floats
    largest_share: Floats


class Reader:
    """Reads from the options that a person chose whether the person took part in any programme.

    >>> from questionnaires.definition import Item, Kind, Option, OptionSet, Text
    >>> words = Text("?", "en")
    >>> options = OptionSet("p", (Option("mentoring", words), Option("none", words, exclusive=True)))
    >>> reader = Reader(Item("programmes", words, Kind.CHOICES, options))
    >>> reader.read(["mentoring"]), reader.read("none"), reader.read([])
    (1, 0, -1)
    """

    def __init__(self, item: Item) -> None:
        real = [option for option in item.options if option.missing is None]
        self._some = frozenset(option.code for option in real if not option.exclusive)
        self._none = frozenset(option.code for option in real if option.exclusive)

    def read(self, chosen: object) -> int:
        """1 where a programme is named, 0 where an option stands alone such as "none of these", else not said."""
        found = {chosen} if isinstance(chosen, str) else set(chosen) if isinstance(chosen, (list, tuple)) else set()
        return 1 if found & self._some else 0 if found & self._none else NOT_SAID


def sector_programmes(case: Case) -> pd.DataFrame:
    """SECTOR_PROGRAMMES: the score of officers who took part in a programme minus that of the others (`pooled`).

    Only officers who count, said whether they took part and said their tier. Figures from
    `rules.minimum_respondents` people on either side and `rules.minimum_authorities_median` authorities, none of
    them with more than half of the weight; t with authorities - 1 degrees of freedom, Holm over the dimensions, the
    verdict of a standing. Over all authorities only: a group of one authority is never compared. A difference says
    nothing of its cause: who takes part may have been different before. Methodology 7 and 10.

    >>> from reports import example
    >>> row = sector_programmes(example.case()).iloc[1]
    >>> row["measure"], [round(float(row[name]), 2) for name in ("gap", "lower", "upper")], str(row["verdict"])
    ('mindset', [-0.17, -2.25, 1.92], 'SIMILAR')
    """
    found = _found(case)
    count, rules = np.maximum(found.authorities - 1, 1), case.rules
    half = stats.t.ppf(0.5 + rules.confidence / 2.0, count) * found.se
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(found.se > 0.0, found.gap / found.se, np.nan)
    reasons = _reasons(case, found)
    tested = np.array([measure.kind is MeasureKind.DIMENSION for measure in case.measures], dtype=np.bool_)
    p_value = np.where(tested, 2.0 * stats.t.sf(np.abs(t), count), np.nan)
    p_adjusted = holm.among_shown(p_value[np.newaxis], ~withheld(reasons)[np.newaxis])[0]
    verdicts = standings.verdict(found.gap, p_adjusted, rules)
    verdicts[~tested | np.isnan(found.gap)] = None
    columns = {
        "authorities": found.authorities,
        "n_took_part": found.took_part,
        "n_others": found.others,
        "gap": found.gap,
        "lower": found.gap - half,
        "upper": found.gap + half,
        "p_value": p_value,
        "p_adjusted": p_adjusted,
        "verdict": verdicts,
        "reason": reasons,
    }
    return frames.SECTOR_PROGRAMMES.check(pd.DataFrame({"measure": case.measure_codes, **columns}))


def pooled(n: Ints, mean: Floats) -> Pooled:
    """The difference inside strata (authority a and tier t), put together.

    n_1 people of a stratum took part and n_0 did not, both at least one, with mean scores apart by d_at:

        w_at = n_1 n_0 / (n_1 + n_0);  gap = sum(w_at d_at) / sum(w_at)
        V = G / (G - 1) sum over a of (sum over t of w_at (d_at - gap))^2 / sum(w_at)^2

    over the G authorities that have any such stratum. It is least squares of the score on taking part with a
    constant for each authority and tier, its error robust to clusters of one authority (Liang & Zeger 1986). What
    is common to an authority or to a tier falls out. `n` and `mean` have shape (2, authorities, tiers, measures),
    those who took part first.

    >>> n = np.array([[[[2]], [[2]]], [[[2]], [[2]]]])  # two authorities with one tier, two and two people in each
    >>> found = pooled(n, np.array([[[[60.0]], [[70.0]]], [[[50.0]], [[50.0]]]]))  # 10 and 20 points apart, weights 1
    >>> float(found.gap[0]), round(float(found.se[0]), 3)  # sqrt(2 / 1 (25 + 25) / 4)
    (15.0, 5.0)
    """
    both: NDArray[np.bool_] = np.all(n > 0, axis=0)
    used = np.where(both, n, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(both, used[0] * used[1] / used.sum(axis=0), 0.0)
        distance = np.where(both, mean[0] - mean[1], 0.0)
        of_authority, total = weight.sum(axis=1), weight.sum(axis=(0, 1))
        gap = (weight * distance).sum(axis=(0, 1)) / total
        away = np.where(both, weight * (distance - gap), 0.0).sum(axis=1)
        count = np.any(both, axis=1).sum(axis=0)
        se = np.where(count > 1, np.sqrt(count / (count - 1.0) * (away**2).sum(axis=0)) / total, np.nan)
        largest = of_authority.max(axis=0, initial=0.0) / total
    se = np.where(se < estimation.ROUNDING_DUST, 0.0, se)
    people = used.sum(axis=(1, 2))
    return Pooled(count.astype(np.int64), people[0], people[1], gap, se, largest)


def _found(case: Case) -> Pooled:
    """The officers of each stratum: how many are scored on each measure, and their mean score."""
    took_part, tier = case.responses.took_part, case.responses.tier
    if took_part is None or tier is None:
        return _unasked(case)
    tiers, measures = max(len(case.responses.tiers), 1), len(case.measures)
    said = case.counted & (took_part != NOT_SAID) & (tier != NOT_SAID)
    cells = 2 * len(case.codes) * tiers
    side: NDArray[np.int64] = np.where(took_part == 1, 0, 1)
    cell = np.where(said, (side * len(case.codes) + case.authority) * tiers + tier, -1)
    groups = sums.grouped(cell, cells)
    design = case.responses.weight
    w = None if design is None else design[groups.order]
    n, mean = np.zeros((cells, measures), dtype=np.int64), np.full((cells, measures), np.nan)
    for j in range(measures):
        values = case.people.values[groups.order, j]
        scored = ~np.isnan(values)
        n[:, j] = sums.whole_sums(scored, groups)
        weights = scored.astype(np.float64) if w is None else np.where(scored, w, 0.0)
        total = n[:, j].astype(np.float64) if w is None else sums.exact_sums(weights, groups)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean[:, j] = sums.exact_sums(weights * np.where(scored, values, 0.0), groups) / total
    shape = (2, len(case.codes), tiers, measures)
    return pooled(n.reshape(shape), mean.reshape(shape))


def _unasked(case: Case) -> Pooled:
    """Nobody was asked about programmes or tiers."""
    shape = (2, len(case.codes), 1, len(case.measures))
    return pooled(np.zeros(shape, dtype=np.int64), np.full(shape, np.nan))


def _reasons(case: Case, found: Pooled) -> Reasons:
    rules: Rules = case.rules
    reasons = threshold.people(np.minimum(found.took_part, found.others), rules)
    against = threshold.authorities(found.authorities, rules)
    against[np.equal(against, Reason.TOO_FEW_FOR_QUARTILES)] = None
    reasons = np.where(withheld(reasons), reasons, against)
    reasons[~withheld(reasons) & (found.largest_share > _MOST_OF_ALL)] = Reason.DOMINANCE
    reasons[~withheld(reasons) & case.refused] = Reason.UNRELIABLE_SCALE
    dimensions = case.dimensions
    if len(dimensions) < rules.overall_dimensions:
        reasons[0] = Reason.TOO_FEW_DIMENSIONS
    elif withheld(reasons[dimensions]).any() and not withheld(reasons[:1])[0]:
        reasons[0] = Reason.DIMENSION_WITHHELD
    return reasons
