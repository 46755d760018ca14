"""What an attacker finds out about hidden cells of a table whose totals are known: the linear programme, solved by cuts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.statistics.sums import Ints

Flags = NDArray[np.bool_]
Counts = NDArray[np.float32]
"""Whole numbers below 2^24: in floating point because whole numbers have no fast matrix product."""
MOST_COLUMNS = 12
"""The shorter side of a table that is looked through: 2^12 sets of columns."""


@dataclass(frozen=True)
class Cuts:
    """Sets of columns of a batch of tables, and how many people of the hidden cells lie in them.

    `sets` has shape (sets, columns); `inside` and `beyond` (tables, rows, sets) are people of each row's hidden
    cells in the set and outside of it, `touches` and `outside` how many hidden cells of the row are there.
    """

    sets: Flags
    inside: Counts
    beyond: Counts
    touches: Counts
    outside: Counts


def cuts(people: Ints, hidden: Flags) -> Cuts:
    """All sets of columns; `people` and `hidden` have shape (tables, rows, columns), the columns at most 12.

    Methodology 10, rule 3; Ford & Fulkerson 1956.

    >>> table = np.array([[[5, 20], [20, 20]]])
    >>> found = cuts(table, np.array([[[True, False], [False, False]]]))
    >>> found.inside[0, 0].tolist(), found.outside[0, 0].tolist()  # nothing, the first, the second, both columns
    ([0.0, 5.0, 0.0, 5.0], [1.0, 0.0, 1.0, 0.0])
    """
    sets = column_sets(people.shape[2])
    n = np.where(hidden, people, 0).astype(np.float32)
    cells = hidden.astype(np.float32)
    inside, touches = n @ sets.T.astype(np.float32), cells @ sets.T.astype(np.float32)
    return Cuts(
        sets, inside, n.sum(axis=2, keepdims=True) - inside, touches, cells.sum(axis=2, keepdims=True) - touches
    )


def column_sets(columns: int) -> Flags:
    """Every set of columns, shape (2^columns, columns). Methodology 10, rule 3.

    >>> column_sets(2).astype(int).tolist()
    [[0, 0], [1, 0], [0, 1], [1, 1]]
    """
    if columns > MOST_COLUMNS:
        raise ValueError(f"A table with {columns} columns has too many sets of columns; at most {MOST_COLUMNS}.")
    bits = (np.arange(2**columns)[:, np.newaxis] >> np.arange(columns)) % 2
    return np.asarray(bits == 1, dtype=np.bool_)


def widths(people: Ints, hidden: Flags) -> Ints:
    """How wide the interval is in which the attacker's linear programme leaves each hidden cell; 0 for shown cells.

    The attacker knows the shown cells and the total of every row and column, and that no cell is below 0:

        width = max x_rc - min x_rc  subject to  sum_c x_rc = R_r, sum_r x_rc = K_c, x >= 0

    `people` and `hidden` have shape (tables, rows, columns), people; the shorter side is best the columns, at most 12.
    The constraints are those of a network, so the programme's value is a smallest cut (Ford & Fulkerson 1956), found
    here over all sets of columns and for many tables at once; tests hold it against the solver HiGHS. Methodology 10,
    rule 3; Hundepool et al. 2012, section 4.

    >>> table = np.array([[[5, 20], [20, 20]]])
    >>> widths(table, np.array([[[True, False], [False, False]]])).tolist()  # its row gives it away
    [[[0, 0], [0, 0]]]
    >>> widths(table, np.ones((1, 2, 2), dtype=bool)).tolist()  # from 0 to 25
    [[[25, 25], [25, 25]]]
    """
    return widths_of(people, hidden, cuts(people, hidden))


def widths_of(people: Ints, hidden: Flags, found: Cuts) -> Ints:
    """`widths`, from the cuts of the same tables. Methodology 10, rule 3.

    >>> table, hidden = np.full((1, 2, 2), 20), np.ones((1, 2, 2), dtype=np.bool_)
    >>> widths_of(table, hidden, cuts(table, hidden)).tolist()
    [[[40, 40], [40, 40]]]
    """
    n = np.where(hidden, people, 0).astype(np.float32)
    touched = found.touches > 0
    base = np.where(touched, found.beyond, 0).sum(axis=1, keepdims=True)
    rise = base + np.where(touched, 0, found.beyond)
    blocked = np.where(found.outside > 0, found.inside, 0).sum(axis=1, keepdims=True)
    fall = np.where(found.outside == 1, blocked - found.inside, np.float32(np.inf))
    result = np.zeros(people.shape, dtype=np.int64)
    for column in range(people.shape[2]):
        without = ~found.sets[:, column]
        own = n[:, :, column]
        up = rise[:, :, without].min(axis=2) - own
        down = np.minimum(own, fall[:, :, without].min(axis=2))
        result[:, :, column] = np.where(hidden[:, :, column], up + down, 0)
    return result


def crossings(people: Ints, hidden: Flags) -> Ints:
    """Of how few people the hidden cells tell a sum, for each set of columns; shape (tables, sets), 0 where of none.

    From totals of rows and columns follow sums over hidden cells with the signs of a cut: some rows and columns on
    one side, the rest on the other, and the cells that cross it are added and subtracted. Whoever knows the scores
    as well as the counts has the sum of the scores of these people. For a set of columns on one side, each row
    stands where fewer people cross; the first set is empty and stands for the rows alone, of which the smallest
    counts. Methodology 10, rule 3.

    >>> table = np.array([[[12, 0], [1, 15]]])  # 1 of 28 is in the second row and the first column
    >>> crossings(table, np.ones((1, 2, 2), dtype=bool)).tolist()
    [[12, 1, 1, 12]]
    """
    return crossings_of(cuts(people, hidden))


def crossings_of(found: Cuts) -> Ints:
    """`crossings`, from the cuts of the same tables. Methodology 10, rule 3.

    >>> table, hidden = np.array([[[12, 0], [1, 15]]]), np.ones((1, 2, 2), dtype=np.bool_)
    >>> crossings_of(cuts(table, hidden)).tolist()
    [[12, 1, 1, 12]]
    """
    result: Ints = np.minimum(found.inside, found.beyond).sum(axis=1).astype(np.int64)
    rows = found.inside[:, :, -1]
    smallest = np.where(rows > 0, rows, np.float32(np.inf)).min(axis=1)
    alone = np.where(rows.any(axis=1), smallest, 0).astype(np.int64)
    result[:, 0] = result[:, -1] = alone
    return result
