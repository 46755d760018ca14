"""What an attacker finds out about hidden cells of a table whose totals are known: the linear programme, solved by cuts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
from numpy.typing import NDArray

from reports.statistics.sums import Ints

Flags = NDArray[np.bool_]
Counts = NDArray[np.float32]
"""Whole numbers below 2^24: in floating point because whole numbers have no fast matrix product."""
MOST_COLUMNS = 12
"""The shorter side of a table that is looked through: 2^12 sets of columns."""
_FEW = 64


@dataclass(frozen=True)
class Cuts:
    """Sets of columns of a batch of tables, and how many people of the hidden cells lie in them.

    `sets` has shape (sets, columns); `inside` and `beyond` (tables, rows, sets) are people of each row's hidden
    cells in the set and outside of it, `touches` and `outside` how many hidden cells of the row are there. What
    follows from them row by row can be had of single rows as well, of shape (rows, sets).
    """

    sets: Flags
    inside: Counts
    beyond: Counts
    touches: Counts
    outside: Counts

    @cached_property
    def reached(self) -> Counts:
        """What a row adds to `base`: its people beyond the set, where it has a hidden cell in it."""
        found: Counts = self.beyond * (self.touches > 0)
        return found

    @cached_property
    def barred(self) -> Counts:
        """What a row adds to `blocked`: its people inside the set, where it has a hidden cell outside."""
        found: Counts = self.inside * (self.outside > 0)
        return found

    @cached_property
    def crossed(self) -> Counts:
        """What a row adds to `crossing`: its people on the side of the set where fewer are."""
        return np.minimum(self.inside, self.beyond)

    @cached_property
    def rise(self) -> Counts:
        """What a cell of this row takes beyond `base`."""
        return self.beyond - self.reached

    @cached_property
    def fall(self) -> Counts:
        """What a cell of this row takes off `blocked` where it is the only hidden one outside, else infinite."""
        return np.where(self.outside == 1, -self.inside, np.float32(np.inf))

    @cached_property
    def base(self) -> Counts:
        """Shape (tables, sets)."""
        found: Counts = self.reached.sum(axis=1)
        return found

    @cached_property
    def blocked(self) -> Counts:
        """Shape (tables, sets)."""
        found: Counts = self.barred.sum(axis=1)
        return found

    @cached_property
    def crossing(self) -> Counts:
        """People who cross each cut, shape (tables, sets)."""
        found: Counts = self.crossed.sum(axis=1)
        return found

    @property
    def people(self) -> Counts:
        """Everybody in hidden cells of a row, shape (tables, rows)."""
        return self.inside[:, :, -1]

    def rows(self, places: Ints) -> Cuts:
        """Single rows, by their places among those of all tables."""
        parts = (self.inside, self.beyond, self.touches, self.outside)
        return Cuts(self.sets, *(one.reshape(-1, one.shape[-1]).take(places, axis=0) for one in parts))

    def with_cell(self, column: Ints, people: Ints, *, cells: int = 1) -> Cuts:
        """The same of single rows, each with one more hidden cell of so many people; with one fewer for -1 `cells`."""
        holds = self.sets.T.astype(np.float32).take(column, axis=0) * np.float32(cells)
        lacks = np.float32(cells) - holds
        n = people.astype(np.float32)[:, np.newaxis]
        return Cuts(
            self.sets, self.inside + n * holds, self.beyond + n * lacks, self.touches + holds, self.outside + lacks
        )


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
    rise = found.base[:, np.newaxis] + found.rise
    fall = found.blocked[:, np.newaxis] + found.fall
    result = np.zeros(people.shape, dtype=np.int64)
    for column, holds in enumerate(found.sets.T):
        width = between(rise, fall, people[:, :, column], ~holds)
        result[:, :, column] = np.where(hidden[:, :, column], width, 0)
    return result


def bounds(found: Cuts, cells: Ints) -> tuple[Ints, Ints]:
    """The sets of columns that the intervals of hidden cells hang on, upwards and downwards; each of shape (cells,).

    `cells` are rows of table, row and column. Methodology 10, rule 3.

    >>> table = np.array([[[5, 20], [20, 20]]])
    >>> [one.tolist() for one in bounds(cuts(table, np.ones((1, 2, 2), dtype=np.bool_)), np.array([[0, 0, 0]]))]
    [[0], [2]]
    """
    table, row, column = cells.T
    barred = np.where(found.sets.T, np.float32(np.inf), np.float32(0)).take(column, axis=0)
    place = table * found.inside.shape[1] + row
    rise, fall = (
        whole.take(table, axis=0) + own.reshape(-1, own.shape[-1]).take(place, axis=0) + barred
        for whole, own in ((found.base, found.rise), (found.blocked, found.fall))
    )
    return rise.argmin(axis=1), fall.argmin(axis=1)


def between(rise: Counts, fall: Counts, own: Ints, without: Flags) -> Counts:
    """How wide the intervals of cells of one column are, of `own` people each, from the sets `without` the column.

    `rise` and `fall` (..., sets) are sums over the table, with what the cell's row takes; the result has the shape
    of `own`. Methodology 10, rule 3.

    >>> rise, fall = np.array([[30.0, 25.0]], np.float32), np.array([[4.0, 9.0]], np.float32)
    >>> between(rise, fall, np.array([20]), np.array([True, True])).tolist()  # up by 5, down by 4
    [9.0]
    """
    sets, n = np.flatnonzero(without), own.astype(np.float32)
    width: Counts = _smallest(rise, sets) - n + np.minimum(n, _smallest(fall, sets))
    return width


def _smallest(values: Counts, places: Ints) -> Counts:
    """The smallest of some places of the last axis; few are compared one after the other, which is many times as fast."""
    if len(places) > _FEW:
        found: Counts = values[..., places].min(axis=-1)
        return found
    return reduce(np.minimum, [values[..., place] for place in places.tolist()])


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
    return with_rows_alone(found.crossing, found.people).astype(np.int64)


def with_rows_alone(crossing: Counts, rows: Counts) -> Counts:
    """The crossings of tables with so many hidden people in each row: the empty set stands for the smallest row.

    Methodology 10, rule 3.

    >>> with_rows_alone(np.array([[0.0, 3.0, 0.0]], np.float32), np.array([[12.0, 7.0]], np.float32)).tolist()
    [[7.0, 3.0, 7.0]]
    """
    result = crossing.copy()
    smallest = _smallest(np.where(rows > 0, rows, np.float32(np.inf)), np.arange(rows.shape[1]))
    result[:, 0] = result[:, -1] = np.where(np.isinf(smallest), 0, smallest)
    return result
