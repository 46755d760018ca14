"""Secondary suppression: which further cells of two-way tables are hidden, so that no hidden cell can be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import TypeAlias

import numpy as np

from reports.disclosure import attacker, trials
from reports.disclosure.attacker import Counts, Cuts, Flags
from reports.disclosure.trials import Trials
from reports.statistics.sums import Groups, Ints

_Cell: TypeAlias = tuple[int, int]
_ROUNDS = 200  # far above the cells of any table; every round hides one more
_SMALL = 20  # cells of a table that is searched for three cells at once
_CHUNK = 2048  # patterns that are tried at once
_AT_ONCE = 2**19  # numbers that are worked on at once, so that they stay near the processor


@dataclass(frozen=True)
class Tables:
    """Two-way tables with published totals, all of one size; arrays of shape (tables, rows, columns).

    `low` and `high` are the fewest and the most people of each cell over the measures that are shown of it. `never` are
    cells that are never shown: "not said", and groups whose own total is hidden.
    """

    low: Ints
    high: Ints
    never: Flags

    @cached_property
    def absent(self) -> Ints:
        """The people of cells that have nobody on one measure and somebody on another."""
        found: Ints = np.where(self.low > 0, 0, self.high)
        return found

    @cached_property
    def uneven(self) -> Flags:
        """The tables that have such cells."""
        return np.asarray(self.absent.any(axis=(1, 2)), dtype=np.bool_)

    def of(self, rows: Ints) -> Tables:
        return Tables(self.low[rows], self.high[rows], self.never[rows])


@dataclass(frozen=True)
class _Needs:
    """What must be reached: interval widths (tables, rows, columns) and people of cuts (tables, sets of columns)."""

    width: Ints
    cut: Counts

    def of(self, rows: Ints) -> _Needs:
        return _Needs(self.width[rows], self.cut[rows])


def pattern(tables: Tables, minimum: int) -> Flags:
    """Which cells are hidden: those of fewer than `minimum` people, and as few others as protect them.

    Of every hidden cell the attacker's interval (`attacker.widths`) is at least `minimum` wide, and every sum that
    the totals tell about hidden cells (`attacker.crossings`) is about nobody or at least `minimum` people. Where even
    hiding every cell leaves less, because the totals themselves say more, that much is enough. Cells are added one by
    one: the one that leaves the least missing, then the fewest people, then the first; a cell that turns out not to be
    needed is shown again, the largest first. The same tables give the same pattern. Methodology 10, rules 3 and 4.

    >>> table = np.array([[[5, 30, 30], [30, 30, 30], [30, 30, 30]]])
    >>> found = pattern(Tables(table, table, np.zeros(table.shape, dtype=bool)), 11)
    >>> found[0].astype(int).tolist()
    [[1, 1, 0], [1, 1, 0], [0, 0, 0]]
    """
    if tables.low.size == 0:
        return tables.never.copy()
    if tables.low.shape[1] < tables.low.shape[2]:
        low, high, never = tables.low, tables.high, tables.never
        turned = Tables(low.transpose(0, 2, 1), high.transpose(0, 2, 1), never.transpose(0, 2, 1))
        return pattern(turned, minimum).transpose(0, 2, 1)
    if tables.low.shape[2] > attacker.MOST_COLUMNS:
        return np.ones(tables.low.shape, dtype=np.bool_)
    needs = _needs(tables, minimum)
    primary = tables.never | (tables.low < minimum)
    return _shown_again(tables, needs, primary, _hidden(tables, needs, primary.copy()))


def missing(tables: Tables, hidden: Flags, minimum: int) -> Ints:
    """How far each table is from being safe; 0 where it is. Shape (tables,). Methodology 10, rule 3.

    >>> table, hidden = np.array([[[5, 30], [30, 30]]]), np.zeros((1, 2, 2), dtype=np.bool_)
    >>> hidden[0, 0, 0] = True  # its row alone gives it away
    >>> missing(Tables(table, table, np.zeros(table.shape, dtype=np.bool_)), hidden, 11).tolist()
    [23]
    """
    return _missing(tables, _needs(tables, minimum), hidden)


def _needs(tables: Tables, minimum: int) -> _Needs:
    everything = np.ones(tables.low.shape, dtype=np.bool_)
    cuts = attacker.cuts(tables.low, everything)
    width = np.minimum(minimum, attacker.widths_of(tables.low, everything, cuts))
    width[tables.never & (tables.high == 0)] = 0
    return _Needs(width, np.minimum(minimum, attacker.crossings_of(cuts)).astype(np.float32))


@dataclass(frozen=True)
class _Stand:
    """Tables as they stand: the cuts of their hidden cells, which intervals are too narrow, and what is missing.

    `absent` are the cuts of `Tables.absent` in the tables that are `uneven`, None where none is; `short` (cells, 3) are
    table, row and column of the cells whose interval is too narrow, table by table, `lack` (cells,) by how much;
    `left` (tables,) is how far each is from being safe.
    """

    cuts: Cuts
    absent: Cuts | None
    short: Ints
    lack: Ints
    left: Ints

    @cached_property
    def bounds(self) -> tuple[Ints, Ints]:
        """The sets of columns that those intervals hang on."""
        return attacker.bounds(self.cuts, self.short)


def _stand(tables: Tables, needs: _Needs, hidden: Flags) -> _Stand:
    cuts, absent = attacker.cuts(tables.low, hidden), None
    crossing, told = attacker.crossings_of(cuts), None
    if tables.uneven.any():
        absent = attacker.cuts(tables.absent[tables.uneven], hidden[tables.uneven])
        told = np.zeros_like(crossing)
        told[tables.uneven] = attacker.crossings_of(absent)
    short = np.where(hidden, np.maximum(needs.width - attacker.widths_of(tables.low, hidden, cuts), 0), 0)
    left = short.sum(axis=(1, 2)) + _few(crossing, told, needs.cut)
    return _Stand(cuts, absent, np.argwhere(short), short[short > 0], left)


def _few(crossing: Counts | Ints, told: Counts | Ints | None, need: Counts) -> Ints:
    """How many people the cuts that are about somebody lack in all; arguments of shape (tables, sets), result
    (tables,).
    """
    lacking = (crossing > 0) * np.maximum(need - crossing, 0)
    if told is not None:
        lacking += (told > 0) * (crossing == 0) * need
    found: Ints = lacking.sum(axis=1).astype(np.int64)
    return found


def _missing(tables: Tables, needs: _Needs, hidden: Flags) -> Ints:
    return _stand(tables, needs, hidden).left


def _hidden(tables: Tables, needs: _Needs, hidden: Flags) -> Flags:
    """Hide more, cell by cell, until nothing is missing."""
    small = hidden[0].size <= _SMALL
    unsafe = np.arange(len(hidden))
    for _ in range(_ROUNDS):
        part, need = tables.of(unsafe), needs.of(unsafe)
        stand = _stand(part, need, hidden[unsafe])
        still = np.flatnonzero(stand.left)
        if not len(still):
            break
        cells, after = _best_cells(part, need, stand, np.argwhere(_beside(stand, hidden[unsafe])))
        enough = (after == 0) | ((after < stand.left[still]) & (not small))
        hidden[(unsafe[still[enough]], cells[enough, 1], cells[enough, 2])] = True
        for row in unsafe[still[~enough]].tolist():
            hidden[row][tuple(np.array(_together(tables, needs, hidden, row)).T)] = True
        unsafe = unsafe[still]
    return hidden


def _beside(stand: _Stand, hidden: Flags) -> Flags:
    """What may be hidden next in tables that are not safe: beside cells that are short, or else anywhere."""
    table, row, column = stand.short.T
    beside = np.zeros(hidden.shape, dtype=np.bool_)
    beside[table, row] = True
    beside[table, :, column] = True
    beside &= ~hidden
    nowhere = ~beside.any(axis=(1, 2))
    beside[nowhere] = ~hidden[nowhere]
    beside[stand.left == 0] = False
    return beside


def _best_cells(tables: Tables, needs: _Needs, stand: _Stand, cells: Ints) -> tuple[Ints, Ints]:
    """Of each table's cells, rows of table, row and column, that which is best to hide, and what would be left then."""
    most = int(np.bincount(stand.short[:, 0]).max(initial=0)) + 1
    step = max(1, _AT_ONCE // (len(stand.cuts.sets) * most))
    parts = [_left_with(tables, needs, stand, cells[start : start + step]) for start in range(0, len(cells), step)]
    left = np.concatenate(parts)
    first = _first(cells[:, 0], left, tables.low[tuple(cells.T)])
    return cells[first], left[first]


def _first(owner: Ints, left: Ints, people: Ints) -> Ints:
    """The place of each owner's choice that leaves the least missing, then the fewest people, then the first."""
    order = np.lexsort((people, left, owner))
    found: Ints = order[np.flatnonzero(np.diff(owner[order], prepend=-1))]
    return found


def _left_with(tables: Tables, needs: _Needs, stand: _Stand, cells: Ints) -> Ints:
    """What is left with one more cell hidden, for each of `cells`; shape (cells,).

    No interval becomes narrower, because who knows less can be no surer: only cells that are short are looked at, those
    of them whose interval can be another one, and the new one.
    """
    table = cells[:, 0]
    tried = trials.of(stand.cuts, cells, tables.low[tuple(cells.T)])
    crossing, told = tried.crossings(), None
    if stand.absent is not None:
        some = np.flatnonzero(tables.uneven[table])
        own = cells[some]
        people = tables.absent[tuple(own.T)]
        own[:, 0] = np.cumsum(tables.uneven)[own[:, 0]] - 1  # its place among the uneven ones
        told = np.zeros_like(crossing)
        told[some] = trials.of(stand.absent, own, people).crossings()
    first = np.searchsorted(stand.short[:, 0], np.arange(len(tables.low) + 1))
    others = Groups(np.arange(len(stand.short)), first).taken(table)
    left, known = stand.lack[others.order], stand.short[others.order]
    rise, fall = (sets[others.order] for sets in stand.bounds)
    anew = np.flatnonzero(tried.other(others.of_row, known[:, 1], rise, fall))
    trial = np.concatenate([others.of_row[anew], np.arange(len(cells))])
    narrow = _narrow(tables, needs, tried, trial, np.concatenate([known[anew], cells])).astype(np.int64)
    left[anew] = narrow[: len(anew)]
    lacking = np.bincount(others.of_row, weights=left, minlength=len(cells)).astype(np.int64)
    return _few(crossing, told, needs.cut[table]) + lacking + narrow[len(anew) :]


def _narrow(tables: Tables, needs: _Needs, tried: Trials, trial: Ints, cells: Ints) -> Counts:
    """By how much the interval of each cell is too narrow in its trial; shape (cells,)."""
    place = tuple(cells.T)
    width = tried.widths(trial, cells[:, 1], cells[:, 2], tables.low[place])
    return np.asarray(np.maximum(needs.width[place] - width, 0))


def _together(tables: Tables, needs: _Needs, hidden: Flags, row: int) -> tuple[_Cell, ...]:
    """Two cells at once, in a small table three, where no single one is enough; else the single one that is best."""
    cells = [(int(one), int(other)) for one, other in np.argwhere(~hidden[row])]
    found: list[tuple[tuple[_Cell, ...], int]] = []
    for size in (1, 2, 3) if hidden[row].size <= _SMALL else (1, 2):
        choices = list(combinations(cells, size))
        if choices:
            found.append(_best(tables.of(np.array([row])), needs.of(np.array([row])), hidden[row], choices))
        if found[-1][1] == 0:
            return found[-1][0]
    return min(found, key=lambda one: (one[1], len(one[0])))[0]


def _best(
    table: Tables, needs: _Needs, hidden: Flags, choices: Sequence[tuple[_Cell, ...]]
) -> tuple[tuple[_Cell, ...], int]:
    """Of some choices of cells of one table that which is best to hide, and what would be left."""
    left, people = [], []
    for start in range(0, len(choices), _CHUNK):
        cells = np.array(choices[start : start + _CHUNK], dtype=np.int64)
        at = np.zeros(len(cells), dtype=np.int64)
        tried = np.repeat(hidden[np.newaxis], len(cells), axis=0)
        tried[np.arange(len(cells))[:, np.newaxis], cells[:, :, 0], cells[:, :, 1]] = True
        people.append(table.low[0][cells[:, :, 0], cells[:, :, 1]].sum(axis=1))
        left.append(_missing(table.of(at), needs.of(at), tried))
    missing_now = np.concatenate(left)
    (best,) = _first(np.zeros(len(choices), dtype=np.int64), missing_now, np.concatenate(people)).tolist()
    return choices[best], int(missing_now[best])


def _shown_again(tables: Tables, needs: _Needs, primary: Flags, hidden: Flags) -> Flags:
    """Cells that protect nothing are shown again, those of the most people first."""
    added = hidden & ~primary & ~_protecting(tables, needs, primary, hidden)
    for _ in range(int(added.sum(axis=(1, 2)).max(initial=0))):
        rows = np.flatnonzero(added.any(axis=(1, 2)))
        flat = np.where(added[rows], tables.low[rows], -1).reshape(len(rows), -1)
        cell = np.unravel_index(flat.argmax(axis=1), added.shape[1:])
        added[rows, cell[0], cell[1]] = False
        tried = hidden[rows].copy()
        tried[np.arange(len(rows)), cell[0], cell[1]] = False
        safe = _missing(tables.of(rows), needs.of(rows), tried) == 0
        hidden[rows[safe]] = tried[safe]
    return hidden


def _protecting(tables: Tables, needs: _Needs, primary: Flags, hidden: Flags) -> Flags:
    """Cells that were added and without which an interval in their row is too narrow: also where fewer are hidden."""
    cells = np.argwhere(hidden & ~primary)
    tried = trials.of(attacker.cuts(tables.low, hidden), cells, tables.low[tuple(cells.T)], more=-1)
    trial, column = np.nonzero(hidden[cells[:, 0], cells[:, 1]])
    other = column != cells[trial, 2]
    trial, column = trial[other], column[other]
    beside = np.column_stack([cells[trial, 0], cells[trial, 1], column])
    narrow = _narrow(tables, needs, tried, trial, beside) > 0
    result = np.zeros(hidden.shape, dtype=np.bool_)
    result[tuple(cells[trial[narrow]].T)] = True
    return result
