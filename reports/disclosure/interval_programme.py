"""What everybody's medians and quartiles together say of each authority: the attacker's linear programme."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from reports.disclosure import order_statistics
from reports.disclosure.order_statistics import LEAST, MOST, Between, Quantile
from reports.statistics.sums import Floats, Ints

Flags = NDArray[np.bool_]

TOLD = 10.0
"""Points: who is known to lie in an interval as narrow as this, a tenth of the scale, is pinned (assurance, T14)."""
_LITTLE = 0.002
_LOOSE, _EXACT = 1e-5, 1e-7  # what counts as crossed, and how far a solver may be out
_ROUNDS = 40
_FINE = 1e6  # thresholds are told apart to a millionth of a point
_APART = 2**30  # more than any threshold is in such steps, so that a value and its threshold make one number


@dataclass(frozen=True)
class Told:
    """The quantiles of one group that were released; `members` are places among the values.

    `others` are members of whom no value is given here: they may lie anywhere.
    """

    members: Ints
    quantiles: tuple[Quantile, ...]
    others: int = 0
    between: tuple[Between, ...] = ()


@dataclass(frozen=True)
class Programme:
    """y[v, t], how much of value v crosses threshold t: `owner`, `edge` and `below` (v is at most t).

    A y <= spare: so many may cross before a count of what was told no longer holds.
    """

    owner: Ints
    edge: Floats
    below: Flags
    matrix: sparse.csr_array
    spare: Floats


def intervals(
    told: Sequence[Told],
    truth: Floats,
    known: Flags,
    *,
    only: Ints | None = None,
    until: float = TOLD,
    within: tuple[Floats, Floats] | None = None,
) -> tuple[Floats, Floats]:
    """Between which values each value must lie, for somebody who knows all that was told and the `known` values.

    With z[v, t] in {0, 1}, z[v, t] = 1 where value v is at most t, for all thresholds t of `order_statistics`:

        sum over a group of z[., t] >= count, or <= count;   z[v, t] <= z[v, t'] for t < t'

    relaxed to 0 <= z <= 1. A threshold binds v from above where z[v, t] = 1 in every solution, from below where it
    is 0 in every one. The solutions are a convex set that holds the truth, so that what can move at all can move a
    little, and only rows that hold with equality in the truth stop it. So the programme is that of the directions
    away from the truth, y[v, t] = the part of v that crosses t: for each such row, as much crosses one way as the
    other at most, and what crosses the farther threshold crosses the nearer one. All are asked at once: the
    programme is solved for the largest sum of y up to a small bound each, then again for those thresholds that have
    not moved, until none moves. Its answers are the same as those of the programme in z (a test compares them),
    from a fourth of its rows. `truth` (values,) in points makes the first solution, and is the only use made of it.
    A value that is known has itself as both bounds; `only` asks about some values, and nothing follows for the
    others. Returns two arrays of shape (values,); an interval wider than `until` points is at least so wide.
    `within` are bounds that are known from elsewhere. Who can move a little need not be able to cross a threshold
    wholly: `whole_crossings` asks about that. Methodology 10, rule 8.

    >>> group = Told(np.arange(3), (Quantile(0.25, 47.5, 48.5), Quantile(0.5, 49.5, 50.5), Quantile(0.75, 51.5, 52.5)))
    >>> low, high = intervals([group], np.array([46.0, 50.0, 54.0]), np.zeros(3, dtype=bool))
    >>> low.tolist(), high.tolist()                # three authorities: x(0) = 2 * 48 - 50 and x(2) = 2 * 52 - 50, nearly
    ([44.5, 44.5, 44.5], [55.5, 55.5, 55.5])
    """
    low, high = np.full(len(truth), LEAST), np.full(len(truth), MOST)
    if within is not None:
        low, high = within[0].copy(), within[1].copy()
    low[known], high[known] = truth[known], truth[known]
    around = low.copy(), high.copy()
    found = programme(told, truth, known, within=around)
    if found is None:
        return low, high
    wanted = np.ones(len(truth), dtype=np.bool_) if only is None else np.isin(np.arange(len(truth)), only)
    stuck = np.ones(len(found.owner), dtype=np.bool_)
    for _ in range(_ROUNDS):
        low, high = _bounds(found, stuck, around)
        asked = stuck & (wanted & ((high - low) <= until))[found.owner]
        if not asked.any():
            break
        moved = _moved(found, asked)
        if not (moved & asked).any():
            break
        stuck &= ~moved
    return low, high


def pinned(low: Floats, high: Floats, known: Flags) -> Ints:
    """The places of the values that are pinned and not known anyway. Methodology 10, rule 8.

    >>> pinned(np.array([40.0, 0.0]), np.array([50.0, 100.0]), np.zeros(2, dtype=np.bool_)).tolist()
    [0]
    """
    return np.flatnonzero(~known & (high - low <= TOLD))


def programme(
    told: Sequence[Told],
    truth: Floats,
    known: Flags,
    *,
    within: tuple[Floats, Floats] | None = None,
    tight: bool = True,
) -> Programme | None:
    """The programme of what was told; `tight` has only rows that hold with equality in the truth. None where no row
    binds.

    Values that are known, and thresholds that a value cannot cross because of the bounds `within`, have no
    variable. Methodology 10, rule 8.

    >>> nobody = np.zeros(3, dtype=np.bool_)
    >>> programme([], np.array([40.0, 50.0, 60.0]), nobody) is None
    True
    """
    owners, edges, signs, spares = [], [], [], []
    least, most = within if within is not None else (np.full(len(truth), LEAST), np.full(len(truth), MOST))
    for group in told:
        free = group.members[~known[group.members]]
        values = truth[group.members]
        told_of = order_statistics.thresholds(len(group.members) + group.others, group.quantiles)
        for bound, number, is_least in itertools.chain(told_of, order_statistics.counts(group.between)):
            # "less than" is "at most" a little less, where somebody stands on the threshold itself
            edge = bound if is_least or not (values == bound).any() else bound - 1.0 / _FINE
            below = int((values <= edge + 0.5 / _FINE).sum())
            spare = below + group.others - number if is_least else number - below
            moving = free[(edge > least[free]) & (edge < most[free])]
            if len(moving) and (spare <= 0 if tight else spare < len(moving)):
                owners.append(moving)
                edges.append(edge)
                signs.append(1.0 if is_least else -1.0)
                spares.append(float(max(spare, 0)))
    if not signs:
        return None
    row = np.repeat(np.arange(len(signs)), [len(part) for part in owners])
    key = np.round(np.array(edges) * _FINE).astype(np.int64)[row]
    pairs, column = np.unique(np.concatenate(owners) * _APART + key, return_inverse=True)
    owner, edge_of = pairs // _APART, pairs % _APART / _FINE
    is_below = truth[owner] <= edge_of + 0.5 / _FINE
    crossing = np.array(signs)[row] * np.where(is_below[column], 1.0, -1.0)
    counts = sparse.csr_array((crossing, (row, column)), shape=(len(signs), len(owner)))
    nearer = _nearer_first(owner, is_below)
    matrix = sparse.vstack([counts, nearer], format="csr")
    return Programme(owner, edge_of, is_below, matrix, np.concatenate([spares, np.zeros(nearer.shape[0])]))


def _nearer_first(owner: Ints, below: Flags) -> sparse.csr_array:
    """y[v, farther] - y[v, nearer] <= 0 for neighbouring thresholds on one side of a value."""
    first = np.flatnonzero((owner[1:] == owner[:-1]) & (below[1:] == below[:-1]))
    row = np.arange(len(first))
    upward = below[first]
    ends = np.concatenate([np.ones(len(first)), -np.ones(len(first))])
    columns = np.concatenate([np.where(upward, first + 1, first), np.where(upward, first, first + 1)])
    return sparse.csr_array((ends, (np.concatenate([row, row]), columns)), shape=(len(first), len(owner)))


def _moved(found: Programme, asked: Flags) -> Flags:
    """Which thresholds are crossed in the solution in which as many as possible of those that are asked are.

    Each is a sum of two parts: the first, at most _LITTLE, is what counts, the second lets others cross far more where
    that is what it takes. So nearly all that can be crossed is crossed at once.
    """
    size = len(asked)
    solution = linprog(  # type: ignore[call-overload]  # its types know no sparse matrix
        np.concatenate([np.where(asked, -1.0, 0.0), np.zeros(size)]),
        A_ub=sparse.hstack([found.matrix, found.matrix], format="csr"),
        b_ub=np.zeros(found.matrix.shape[0]),
        bounds=np.repeat([[0.0, _LITTLE], [0.0, 1.0]], size, axis=0),
        method="highs-ds",
    )
    if solution.x is None:  # y = 0, the truth, is a solution: the solver gave up, and nothing is shown to move
        return np.zeros_like(asked)
    crossed = np.asarray(solution.x)[:size] + np.asarray(solution.x)[size:]
    if (found.matrix @ crossed).max(initial=0.0) > _EXACT:
        return np.zeros_like(asked)
    moved: Flags = crossed > _LOOSE
    return moved


def _bounds(found: Programme, stuck: Flags, around: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    low, high = around[0].copy(), around[1].copy()
    over, under = stuck & found.below, stuck & ~found.below
    np.minimum.at(high, found.owner[over], found.edge[over])
    np.maximum.at(low, found.owner[under], found.edge[under])
    return low, high
