"""What everybody's medians and quartiles together say of each authority: the attacker's linear programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from reports.disclosure import order_statistics
from reports.disclosure.order_statistics import LEAST, MOST, Quantile
from reports.statistics.sums import Floats, Ints

Flags = NDArray[np.bool_]

TOLD = 10.0
"""Points: who is known to lie in an interval as narrow as this, a tenth of the scale, is pinned (assurance, T14)."""
_LOOSE = 1e-6
_ROUNDS = 40
_FINE = 1e6  # thresholds are told apart to a millionth of a point


@dataclass(frozen=True)
class Told:
    """The quantiles of one group that were released; `members` are places among the values.

    `others` are members of whom no value is given here: they may lie anywhere.
    """

    members: Ints
    quantiles: tuple[Quantile, ...]
    others: int = 0


@dataclass(frozen=True)
class _Programme:
    """z[v, t] = 1 where value v is at most t: `owner`, `edge` and `below` (what is true) of each; rows of the matrix."""

    owner: Ints
    edge: Floats
    below: Flags
    matrix: sparse.csr_array
    most: Floats


def intervals(told: Sequence[Told], truth: Floats, known: Flags, *, only: Ints | None = None) -> tuple[Floats, Floats]:
    """Between which values each value must lie, for somebody who knows all that was told and the `known` values.

    With z[v, t] in {0, 1}, z[v, t] = 1 where value v is at most t, for all thresholds t of `order_statistics`:

        sum over a group of z[., t] >= count, or <= count;   z[v, t] <= z[v, t'] for t < t'

    relaxed to 0 <= z <= 1. A threshold binds v from above where z[v, t] = 1 in every solution, from below where it is 0
    in every one. All are asked at once: the programme is solved for the solution farthest from what is true, then again
    for those thresholds that have not moved, until none moves; an average of these solutions moves all that can move.
    `truth` (values,) in points makes the first solution, and is the only use made of it. A value that is known has
    itself as both bounds; `only` asks about some values, and nothing follows for the others. Returns two arrays of shape (values,); an interval wider than TOLD is at least so wide. What integers would say besides is asked by the
    assurance harness, which is written apart from this.

    >>> group = Told(np.arange(3), (Quantile(0.25, 47.5, 48.5), Quantile(0.5, 49.5, 50.5), Quantile(0.75, 51.5, 52.5)))
    >>> low, high = intervals([group], np.array([46.0, 50.0, 54.0]), np.zeros(3, dtype=bool))
    >>> low.tolist(), high.tolist()                # three authorities: x(0) = 2 * 48 - 50 and x(2) = 2 * 52 - 50, nearly
    ([44.5, 44.5, 44.5], [55.5, 55.5, 55.5])
    """
    low, high = np.full(len(truth), LEAST), np.full(len(truth), MOST)
    low[known], high[known] = truth[known], truth[known]
    programme = _programme(told, truth, known)
    if programme is None:
        return low, high
    wanted = np.ones(len(truth), dtype=np.bool_) if only is None else np.isin(np.arange(len(truth)), only)
    stuck = np.ones(len(programme.owner), dtype=np.bool_)
    for _ in range(_ROUNDS):
        low, high = _bounds(programme, stuck, truth, known)
        asked = stuck & (wanted & ((high - low) <= TOLD))[programme.owner]
        if not asked.any():
            break
        moved = _moved(programme, asked)
        if not (moved & asked).any():
            break
        stuck &= ~moved
    return low, high


def pinned(low: Floats, high: Floats, known: Flags) -> Ints:
    """The places of the values that are pinned and not known anyway."""
    return np.flatnonzero(~known & (high - low <= TOLD))


def _programme(told: Sequence[Told], truth: Floats, known: Flags) -> _Programme | None:
    rows, owners, edges = [], [], []
    signs: list[float] = []
    least: list[float] = []
    for group in told:
        free = group.members[~known[group.members]]
        values = truth[group.members]
        mine = values[known[group.members]]
        if not len(free):
            continue
        for bound, number, is_least in order_statistics.thresholds(len(group.members) + group.others, group.quantiles):
            # "less than" is "at most" a little less, where somebody stands on the threshold itself
            edge = bound if is_least or not (values == bound).any() else bound - 1.0 / _FINE
            sign = -1.0 if is_least else 1.0  # everything as "at most"
            rows.append(np.full(len(free), len(signs)))
            owners.append(free)
            edges.append(np.full(len(free), edge))
            least.append(sign * (number - int((mine <= edge).sum()) - (group.others if is_least else 0)))
            signs.append(sign)
    if not signs:
        return None
    key = np.round(np.concatenate(edges) * _FINE).astype(np.int64)
    pairs, column = np.unique(np.stack([np.concatenate(owners), key]), axis=1, return_inverse=True)
    row = np.concatenate(rows)
    counts = sparse.csr_array((np.array(signs)[row], (row, column.ravel())), shape=(len(signs), pairs.shape[1]))
    owner, edge_of = pairs[0], pairs[1] / _FINE
    matrix = sparse.vstack([counts, _rising(owner)], format="csr")
    most = np.concatenate([np.array(least, dtype=np.float64), np.zeros(matrix.shape[0] - len(signs))])
    return _Programme(owner, edge_of, truth[owner] <= edge_of + 0.5 / _FINE, matrix, most)


def _rising(owner: Ints) -> sparse.csr_array:
    """z[v, t] - z[v, t'] <= 0 for the next threshold t' of the same value."""
    first = np.flatnonzero(owner[1:] == owner[:-1])
    row = np.arange(len(first))
    ends = np.concatenate([np.ones(len(first)), -np.ones(len(first))])
    places = (np.concatenate([row, row]), np.concatenate([first, first + 1]))
    return sparse.csr_array((ends, places), shape=(len(first), len(owner)))


def _moved(programme: _Programme, asked: Flags) -> Flags:
    """Which z differ from what is true in the solution that is farthest from it in those that are asked."""
    away = np.where(programme.below, 1.0, -1.0)
    found = linprog(  # type: ignore[call-overload]  # its types know no sparse matrix
        np.where(asked, away, 0.0),
        A_ub=programme.matrix,
        b_ub=programme.most,
        bounds=np.array([[0.0, 1.0]]),
        method="highs-ipm",
    )
    if found.x is None:  # the truth is a solution: only a solver that gave up comes here, and nothing is shown to move
        return np.zeros_like(asked)
    moved: Flags = np.abs(np.asarray(found.x) - programme.below) > _LOOSE
    return moved


def _bounds(programme: _Programme, stuck: Flags, truth: Floats, known: Flags) -> tuple[Floats, Floats]:
    low, high = np.full(len(truth), LEAST), np.full(len(truth), MOST)
    over, under = stuck & programme.below, stuck & ~programme.below
    np.minimum.at(high, programme.owner[over], programme.edge[over])
    np.maximum.at(low, programme.owner[under], programme.edge[under])
    low[known], high[known] = truth[known], truth[known]
    return low, high
