"""Service areas and tiers are shown of the same people: what the two together tell about a few of them."""

from __future__ import annotations

import numpy as np

from reports.disclosure import attacker
from reports.disclosure.attacker import Flags
from reports.statistics.sums import Ints

_MOST_GROUPS = attacker.MOST_COLUMNS - 1
"""Shown groups of the kind with fewer of them in an authority; with more, not all cuts could be tried."""


def hide(people: Ints, rows: Flags, columns: Flags, minimum: int) -> tuple[Flags, Flags]:
    """The groups of either kind that may still be shown, where each kind alone already keeps the complement.

    `people` has shape (authorities, service areas + 1, tiers + 1): people scored, in the last place of either side
    those who did not say; `rows` (authorities, service areas + 1) and `columns` (authorities, tiers + 1) are the
    groups that are shown so far, false in the last place. The sum over the shown service areas minus that over the
    shown tiers is about those who are in the one and not in the other: with 12 people who named no tier and 11 who
    named neither, it is the score of one person. The sums that can be had in this way are the cuts of the graph
    whose nodes are the groups and the two rests and whose edges are the people (`attacker.crossings`); each must be
    about nobody or at least `minimum` people. Where one is not, the smallest group that mends it is hidden, ties by
    place, service areas first; where none does, the smallest, and again. Methodology 10, rules 2 and 3; Chin &
    Ozsoyoglu 1982.

    >>> table = np.array([[[20, 1], [20, 0], [0, 11]]])  # two service areas, one tier; 12 named no tier, 11 no area
    >>> area, tier = hide(table, np.array([[True, True, False]]), np.array([[True, False]]), 11)
    >>> area.tolist(), tier.tolist()  # without the second area the rests differ by 21 people
    ([[True, False, False]], [[True, False]])
    """
    rows, columns = rows.copy(), columns.copy()
    for authority in np.flatnonzero(np.minimum(rows.sum(axis=1), columns.sum(axis=1)) > _MOST_GROUPS).tolist():
        _limit(people[authority], rows[authority], columns[authority])
    for authority in np.flatnonzero(few(people, rows, columns, minimum)).tolist():
        _mend(people[authority], rows[authority], columns[authority], minimum)
    return rows, columns


def few(people: Ints, rows: Flags, columns: Flags, minimum: int) -> Flags:
    """Whether the totals of the shown groups tell a sum about fewer than `minimum` people; shape (authorities,).

    The arguments are those of `hide`. Methodology 10, rule 2.

    >>> people = np.array([[[12, 0, 0], [0, 20, 11], [0, 1, 0]]])  # one named a tier and no service area
    >>> few(people, np.array([[True, True, False]]), np.array([[True, True, False]]), 11).tolist()
    [True]
    """
    merged = _merged(people, rows, columns)
    merged = _narrowed(merged, merged.sum(axis=0) > 0)
    if not merged.size:
        return np.zeros(len(people), dtype=np.bool_)
    crossing = attacker.crossings(merged, np.ones(merged.shape, dtype=np.bool_))
    return np.asarray(((crossing > 0) & (crossing < minimum)).any(axis=1), dtype=np.bool_)


def safe(people: Ints, rows: Flags, columns: Flags, minimum: int) -> Flags:
    """Authorities whose shown groups tell no sum about a few people on any measure, by one look; shape (authorities,).

    `people` has shape (measures, authorities, service areas + 1, tiers + 1); the same groups are shown on every
    measure. Whoever is in a cut on one measure is in it where each cell has its most people, and on each measure it
    has those that are in it where each cell has its fewest. So no cut is of a few where it is of nobody at the
    most, or of `minimum` at the least. False where that cannot be said, or where there are more groups than can be
    looked through. Methodology 10, rules 2 and 3.

    >>> one, shown = np.array([[[20, 20], [11, 0]]]), np.array([[True, False]])
    >>> safe(np.stack([one, one]), shown, shown, 11).tolist(), safe(np.stack([one, one - 1]), shown, shown, 11).tolist()
    ([True], [False])
    """
    can = np.flatnonzero(np.minimum(rows.sum(axis=1), columns.sum(axis=1)) <= _MOST_GROUPS)
    low, high = (_merged(one[can], rows[can], columns[can]) for one in (people.min(axis=0), people.max(axis=0)))
    used = high.sum(axis=0) > 0
    least, most = (
        attacker.cuts(one, np.ones(one.shape, dtype=np.bool_)) for one in (_narrowed(low, used), _narrowed(high, used))
    )
    result = np.zeros(people.shape[1], dtype=np.bool_)
    result[can] = ((most.crossing == 0) | (least.crossing >= minimum)).all(axis=1)
    result[can] &= ((most.people == 0) | (least.people >= minimum)).all(axis=1)
    return result


def _merged(people: Ints, rows: Flags, columns: Flags) -> Ints:
    """The tables with everybody who is in no shown group in the last row and column."""
    table = people * rows[:, :, np.newaxis]
    table[:, -1] += (people * ~rows[:, :, np.newaxis]).sum(axis=1)
    merged: Ints = table * columns[:, np.newaxis, :]
    merged[:, :, -1] += (table * ~columns[:, np.newaxis, :]).sum(axis=2)
    return merged


def _narrowed(tables: Ints, used: Flags) -> Ints:
    """Without the rows and columns that are in no use, the longer side as rows."""
    kept = tables[:, used.any(axis=1)][:, :, used.any(axis=0)]
    return kept.transpose(0, 2, 1) if kept.shape[1] < kept.shape[2] else kept


def _limit(people: Ints, rows: Flags, columns: Flags) -> None:
    """Hide the smallest groups of the kind that has fewer, until all cuts can be tried."""
    shorter = columns if columns.sum() <= rows.sum() else rows
    sizes = people.sum(axis=0 if shorter is columns else 1)
    places = sorted(np.flatnonzero(shorter).tolist(), key=lambda place: (sizes[place], place))
    shorter[places[: len(places) - _MOST_GROUPS]] = False


def _mend(people: Ints, rows: Flags, columns: Flags, minimum: int) -> None:
    """Hide groups of one authority until no cut is of a few people."""
    sizes = people.sum(axis=1), people.sum(axis=0)
    while _is_told(people, rows, columns, minimum):
        shown = [
            (int(sizes[side][place]), side, place)
            for side, kind in enumerate((rows, columns))
            for place in np.flatnonzero(kind).tolist()
        ]
        if not shown:
            return
        best = min(shown)
        for one in sorted(shown):
            tried = rows.copy(), columns.copy()
            tried[one[1]][one[2]] = False
            if not _is_told(people, *tried, minimum):
                best = one
                break
        (rows, columns)[best[1]][best[2]] = False


def _is_told(people: Ints, rows: Flags, columns: Flags, minimum: int) -> bool:
    return bool(few(people[np.newaxis], rows[np.newaxis], columns[np.newaxis], minimum)[0])
