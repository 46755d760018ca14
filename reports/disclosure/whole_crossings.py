"""Who can cross a threshold wholly, not only by a part: the attacker's programme asked about single authorities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from reports.disclosure import interval_programme
from reports.disclosure.interval_programme import TOLD, Flags, Programme, Told
from reports.disclosure.order_statistics import LEAST, MOST
from reports.statistics.sums import Floats, Ints

SMALL_SECTOR = 50
"""In sectors of at most so many values everybody is asked about. In larger ones that takes minutes a measure, and quartiles of
overlapping groups, by which it would find somebody, are not told (`threshold.peer_groups`; decisions 56 and 60)."""
_ROUNDS, _PART, _FEW = 12, 3, 4
_WHOLE = 1.0 - 1e-6
_SEED = 7


@dataclass(frozen=True)
class _Far:
    """For each value the threshold whose crossing makes its interval wider than TOLD: upwards and downwards; -1:
    none is needed.
    """

    up: Ints
    down: Ints


def to_ask(known: Flags, asked: Ints) -> Ints:
    """Those of the values asked about for which crossing by a part is not enough of a question.

    Methodology 10, rule 8.

    >>> to_ask(np.zeros(3, dtype=np.bool_), np.array([1])).tolist()
    [1]
    """
    return asked if len(known) <= SMALL_SECTOR else asked[:0]


def pinned(told: Sequence[Told], truth: Floats, known: Flags, asked: Ints) -> Ints:
    """Which of the values that are asked about lie in an interval of at most TOLD points, thresholds being crossed
    wholly or not.

    `interval_programme.intervals` lets a value leave its place by any part. Here y[v, t] = 1 is asked for, with
    every count of what was told and with y[v, t] + y[v, t'] <= 1 for thresholds on both sides of a value: a score
    is on one side of each. Crossing the farthest threshold within TOLD of the nearest one on the other side is
    enough. Most are shown to be free by a few solutions in which as many as possible of them cross, upwards or
    downwards by seeded lots; each of the others is asked alone, threshold by threshold. Methodology 10, rule 8.

    >>> from reports.disclosure.order_statistics import Quantile
    >>> pairs = [Told(np.array(two), (Quantile(0.5, 49.5, 50.5),)) for two in ([0, 1], [1, 2], [0, 2])]
    >>> pinned(pairs, np.array([50.0, 50.0, 50.0]), np.zeros(3, dtype=bool), np.arange(3)).tolist()
    []
    """
    found = interval_programme.programme(told, truth, known, tight=False) if len(asked) else None
    if found is None:
        return asked[:0]
    found = _one_side(found)
    far = _farthest(found, len(truth))
    left = {v for v in asked.tolist() if not known[v] and far.up[v] >= 0 and far.down[v] >= 0}
    lots = np.random.default_rng(_SEED)
    for _ in range(_ROUNDS):
        mine = np.array(sorted(left), dtype=np.int64)
        if len(mine) <= _FEW:
            break
        drawn = lots.permutation(mine)[: max(len(mine) // _PART, _FEW)]
        crossed = _crossed(found, np.where(lots.random(len(drawn)) < 0.5, far.up[drawn], far.down[drawn]))
        left -= {v for v in mine.tolist() if crossed[far.up[v]] >= _WHOLE or crossed[far.down[v]] >= _WHOLE}
    return np.array(sorted(v for v in left if _is_pinned(found, far, v)), dtype=np.int64)


def _one_side(found: Programme) -> Programme:
    """The programme with a row for each value: it crosses the nearest threshold above it or the nearest below, not
    both.
    """
    owner, below = found.owner, found.below
    first = np.flatnonzero((owner[1:] == owner[:-1]) & ~below[:-1] & below[1:])
    row = np.arange(len(first))
    columns = np.concatenate([first, first + 1])
    ones = sparse.csr_array(
        (np.ones(len(columns)), (np.concatenate([row, row]), columns)), shape=(len(first), len(owner))
    )
    matrix = sparse.vstack([found.matrix, ones], format="csr")
    return Programme(owner, found.edge, below, matrix, np.concatenate([found.spare, np.ones(len(first))]))


def _farthest(found: Programme, size: int) -> _Far:
    up, down = np.full(size, -1), np.full(size, -1)
    for v in np.unique(found.owner).tolist():
        mine = np.flatnonzero(found.owner == v)
        over, under = mine[found.below[mine]], mine[~found.below[mine]]
        nearest = (found.edge[under].max(initial=LEAST), found.edge[over].min(initial=MOST))
        within = over[found.edge[over] <= nearest[0] + TOLD], under[found.edge[under] >= nearest[1] - TOLD]
        up[v] = within[0][-1] if len(within[0]) else -1
        down[v] = within[1][0] if len(within[1]) else -1
    return _Far(up, down)


def _crossed(found: Programme, columns: Ints) -> Floats:
    """A solution in which as much as possible of these thresholds is crossed; nothing where the solver gave up."""
    aim = np.zeros(len(found.owner))
    aim[columns] = -1.0
    solution = linprog(  # type: ignore[call-overload]  # its types know no sparse matrix
        aim, A_ub=found.matrix, b_ub=found.spare, bounds=(0.0, 1.0), method="highs-ds"
    )
    return np.zeros(len(aim)) if solution.x is None else np.asarray(solution.x, dtype=np.float64)


def _is_pinned(found: Programme, far: _Far, v: int) -> bool:
    """The two far thresholds first, then threshold by threshold, the nearest first."""
    for column in (far.up[v], far.down[v]):
        if _crosses(found, column):
            return False
    mine = np.flatnonzero(found.owner == v)
    low, high = LEAST, MOST
    for column in mine[found.below[mine]]:
        if not _crosses(found, column):
            high = float(found.edge[column])
            break
    for column in mine[~found.below[mine]][::-1]:
        if not _crosses(found, column):
            low = float(found.edge[column])
            break
    return high - low <= TOLD


def _crosses(found: Programme, column: int) -> bool:
    return bool(_crossed(found, np.array([column]))[column] >= _WHOLE)
