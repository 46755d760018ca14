"""What an attacker would find out about hidden cells with one more or one fewer: only its row is computed anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reports.disclosure import attacker
from reports.disclosure.attacker import Counts, Cuts, Flags
from reports.statistics.sums import Ints


@dataclass(frozen=True)
class Trials:
    """Tables each with one other cell hidden, or shown: by trial the `table`, the `place` of its row among those
    of all.

    `own` is that row afterwards; `base`, `blocked` and `crossing` (trials, sets) are those of the whole table
    (`attacker.Cuts`), `reached` and `barred` by how much the row's part of the first two has changed.
    """

    now: Cuts
    table: Ints
    place: Ints
    own: Cuts
    reached: Counts
    barred: Counts
    base: Counts
    blocked: Counts
    crossing: Counts

    def crossings(self) -> Counts:
        """`attacker.crossings` of each trial, shape (trials, sets)."""
        rows = self.now.people.take(self.table, axis=0)
        rows[np.arange(len(rows)), self.place % rows.shape[1]] = self.own.inside[:, -1]
        return attacker.with_rows_alone(self.crossing, rows)

    def other(self, trial: Ints, row: Ints, rise: Ints, fall: Ints) -> Flags:
        """Which hidden cells have another interval in their trial than now; shape (cells,).

        `row` is that of each, `rise` and `fall` the sets that its interval hangs on now (`attacker.bounds`). A cell
        more makes no sum of a cut smaller: where these two stay as they are and the row is another one, so does the
        interval.
        """
        moved = (self.reached[trial, rise] > 0) | (self.barred[trial, fall] > 0)
        same: Flags = moved | (row == self.place.take(trial) % self.now.inside.shape[1])
        return same

    def widths(self, trial: Ints, row: Ints, column: Ints, people: Ints) -> Counts:
        """`attacker.widths` of hidden cells in trials: which trial, row and column each is in, and its people;
        (cells,).
        """
        place = self.table.take(trial) * self.now.inside.shape[1] + row
        anew = np.flatnonzero(place == self.place.take(trial))
        rise, fall = self.base.take(trial, axis=0), self.blocked.take(trial, axis=0)
        for whole, rows, own in ((rise, self.now.rise, self.own.rise), (fall, self.now.fall, self.own.fall)):
            taken = rows.reshape(-1, rows.shape[-1]).take(place, axis=0)
            taken[anew] = own.take(trial[anew], axis=0)
            np.add(whole, taken, out=whole)
        result = np.zeros(len(trial), dtype=np.float32)
        for one, holds in enumerate(self.now.sets.T):
            at = np.flatnonzero(column == one)
            result[at] = attacker.between(rise.take(at, axis=0), fall.take(at, axis=0), people[at], ~holds)
        return result


def of(now: Cuts, cells: Ints, people: Ints, *, more: int = 1) -> Trials:
    """One trial for each of `cells` (trials, 3), a table with a row and a column; `people` (trials,) are in the cell.

    It is hidden in the trial, or shown where `more` is -1. Methodology 10, rule 3.

    >>> table, hidden = np.array([[[5, 20], [20, 20]]]), np.array([[[True, True], [False, False]]])
    >>> found = of(attacker.cuts(table, hidden), np.array([[0, 1, 0]]), np.array([20]))
    >>> hidden[0, 1, 0] = True
    >>> bool((found.crossings() == attacker.crossings(table, hidden)).all())
    True
    """
    table, row, column = cells.T
    place = table * now.inside.shape[1] + row
    before = now.rows(place)
    own = before.with_cell(column, people, cells=more)
    reached, barred = own.reached - before.reached, own.barred - before.barred
    return Trials(
        now,
        table,
        place,
        own,
        reached,
        barred,
        base=now.base.take(table, axis=0) + reached,
        blocked=now.blocked.take(table, axis=0) + barred,
        crossing=now.crossing.take(table, axis=0) - before.crossed + own.crossed,
    )
