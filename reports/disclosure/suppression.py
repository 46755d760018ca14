"""Secondary suppression: which further cells of two-way tables are hidden, so that no hidden cell can be worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from reports.disclosure import attacker
from reports.disclosure.attacker import Flags
from reports.statistics.sums import Ints

_Cell: TypeAlias = tuple[int, int]
_ROUNDS = 200  # far above the cells of any table; every round hides one more
_SMALL = 20  # cells of a table that is searched for three cells at once
_CHUNK = 2048  # patterns that are tried at once


@dataclass(frozen=True)
class Tables:
    """Two-way tables with published totals, all of one size; arrays of shape (tables, rows, columns).

    `low` and `high` are the fewest and the most people of each cell over the measures that are shown of it. `never` are
    cells that are never shown: "not said", and groups whose own total is hidden.
    """

    low: Ints
    high: Ints
    never: Flags

    @property
    def is_uneven(self) -> bool:
        """Whether some cell has nobody on one measure and somebody on another."""
        return bool(np.any((self.low == 0) & (self.high > 0)))

    def of(self, rows: Ints) -> Tables:
        return Tables(self.low[rows], self.high[rows], self.never[rows])


@dataclass(frozen=True)
class _Needs:
    """What must be reached: interval widths (tables, rows, columns) and people of cuts (tables, sets of columns)."""

    width: Ints
    cut: Ints

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


def missing(tables: Tables, hidden: Flags, minimum: int) -> NDArray[np.int64]:
    """How far each table is from being safe; 0 where it is. Shape (tables,). Methodology 10, rule 3.

    >>> table, hidden = np.array([[[5, 30], [30, 30]]]), np.zeros((1, 2, 2), dtype=np.bool_)
    >>> hidden[0, 0, 0] = True  # its row alone gives it away
    >>> missing(Tables(table, table, np.zeros(table.shape, dtype=np.bool_)), hidden, 11).tolist()
    [23]
    """
    return _missing(tables, _needs(tables, minimum), hidden)


def _needs(tables: Tables, minimum: int) -> _Needs:
    everything = np.ones(tables.low.shape, dtype=np.bool_)
    width = np.minimum(minimum, attacker.widths(tables.low, everything))
    width[tables.never & (tables.high == 0)] = 0
    return _Needs(width, np.minimum(minimum, attacker.crossings(tables.low, everything)))


def _missing(tables: Tables, needs: _Needs, hidden: Flags) -> NDArray[np.int64]:
    return _short(tables, needs, hidden)[1]


def _short(tables: Tables, needs: _Needs, hidden: Flags) -> tuple[Flags, NDArray[np.int64]]:
    """Which hidden cells have too narrow an interval, and how far each table is from being safe."""
    cuts = attacker.cuts(tables.low, hidden)
    width = attacker.widths_of(tables.low, hidden, cuts)
    short = np.where(hidden, np.maximum(needs.width - width, 0), 0)
    told = attacker.crossings(np.where(tables.low > 0, 0, tables.high), hidden) if tables.is_uneven else 0
    crossing = attacker.crossings_of(cuts)
    few = np.where((crossing > 0) | (told > 0), np.maximum(needs.cut - crossing, 0), 0)
    return short > 0, short.sum(axis=(1, 2)) + few.sum(axis=1)


def _hidden(tables: Tables, needs: _Needs, hidden: Flags) -> Flags:
    """Hide more, cell by cell, until nothing is missing."""
    small = hidden[0].size <= _SMALL
    for _ in range(_ROUNDS):
        short, left = _short(tables, needs, hidden)
        rows = np.flatnonzero(left > 0)
        if not len(rows):
            break
        beside: Flags = np.logical_or(short.any(axis=1, keepdims=True), short.any(axis=2, keepdims=True))
        beside[~short.any(axis=(1, 2))] = True
        choices = [[(cell,) for cell in _cells(beside[row] & ~hidden[row]) or _cells(~hidden[row])] for row in rows]
        found = _best(tables, needs, hidden, rows, choices)
        for row, (cells, after) in zip(rows.tolist(), found, strict=True):
            chosen = cells if after == 0 or (after < left[row] and not small) else _together(tables, needs, hidden, row)
            hidden[row][tuple(np.array(chosen).T)] = True
    return hidden


def _cells(flags: Flags) -> list[_Cell]:
    return [(int(row), int(column)) for row, column in np.argwhere(flags)]


def _together(tables: Tables, needs: _Needs, hidden: Flags, row: int) -> tuple[_Cell, ...]:
    """Two cells at once, in a small table three, where no single one is enough; else the single one that is best."""
    cells = _cells(~hidden[row])
    found: list[tuple[tuple[_Cell, ...], int]] = []
    for size in (1, 2, 3) if hidden[row].size <= _SMALL else (1, 2):
        choices = list(combinations(cells, size))
        if choices:
            found += _best(tables, needs, hidden, np.array([row]), [choices])
        if found[-1][1] == 0:
            return found[-1][0]
    return min(found, key=lambda one: (one[1], len(one[0])))[0]


def _best(
    tables: Tables, needs: _Needs, hidden: Flags, rows: Ints, choices: Sequence[Sequence[tuple[_Cell, ...]]]
) -> list[tuple[tuple[_Cell, ...], int]]:
    """Of each table's choices that which leaves the least missing, then the fewest people, then the first; and how
    much.
    """
    owner = np.repeat(np.arange(len(rows)), [len(one) for one in choices])
    flat = [cells for one in choices for cells in one]
    left = np.empty(len(flat), dtype=np.int64)
    people = np.empty(len(flat), dtype=np.int64)
    for start in range(0, len(flat), _CHUNK):
        part = slice(start, start + _CHUNK)
        at = rows[owner[part]]
        tried = hidden[at].copy()
        cells = np.array(flat[part], dtype=np.int64)
        places = np.arange(len(at))[:, np.newaxis], cells[:, :, 0], cells[:, :, 1]
        tried[places] = True
        people[part] = tables.low[at][places].sum(axis=1)
        left[part] = _missing(tables.of(at), needs.of(at), tried)
    order = np.lexsort((np.arange(len(flat)), people, left, owner))
    first = order[np.searchsorted(owner[order], np.arange(len(rows)))]
    return [(flat[place], int(left[place])) for place in first.tolist()]


def _shown_again(tables: Tables, needs: _Needs, primary: Flags, hidden: Flags) -> Flags:
    """Cells that protect nothing are shown again, those of the most people first."""
    added = hidden & ~primary
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
