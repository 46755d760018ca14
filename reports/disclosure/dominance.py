"""Dominance: nobody carries more than a tenth of the weight of a figure."""

from __future__ import annotations

import numpy as np

from reports.disclosure.attacker import Flags
from reports.statistics import sums
from reports.statistics.sums import Floats, Groups

LARGEST_SHARE = 0.10


def dominated(people: Floats, groups: Groups, weights: Floats | None) -> Flags:
    """Which figures rest for more than a tenth on one person: max(w) / sum(w) > 0.1; shape (groups, measures).

    Over the people of each group that have a score. `groups` are of kinds of people, `people` (kinds, measures) how
    many of each are scored, `weights` (kinds,) what each of them weighs. Without weights nobody does: of 11 people
    each carries 9.1 %. Design weights are not bounded by the method; raking keeps to this by itself. Methodology
    10, rule 7.

    >>> two_kinds = Groups(np.arange(2), np.array([0, 2]))
    >>> dominated(np.array([[1.0], [11.0]]), two_kinds, np.array([2.0, 1.0])).tolist()  # 2 of 13
    [[True]]
    """
    if weights is None:
        return np.zeros((groups.count, people.shape[1]), dtype=np.bool_)
    scored, weight = people[groups.order], weights[groups.order, np.newaxis]
    most = np.zeros((groups.count, people.shape[1]))
    if len(groups.filled):
        each = np.where(scored > 0, weight, 0.0)
        most[groups.filled] = np.maximum.reduceat(each, groups.bounds[groups.filled], axis=0)
    return most > LARGEST_SHARE * sums.plain_sums(weight * scored, groups) * (1.0 + 1e-12)
