"""Authorities that nobody can tell apart by what was told: their values may have changed places."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from reports.disclosure.interval_programme import Flags
from reports.statistics.sums import Floats, Ints


def patterns(members: Sequence[Ints], size: int) -> Ints:
    """A number for each value: the same for two values that are in the same groups. `members` are places among `size`
    values. Methodology 10, rule 8.

    >>> patterns([np.array([0, 1, 2]), np.array([2, 3])], 4).tolist()
    [0, 0, 1, 2]
    """
    inside = np.zeros((size, len(members)), dtype=np.bool_)
    for at, places in enumerate(members):
        inside[places, at] = True
    rows = [row.tobytes() for row in np.packbits(inside, axis=1)]
    number: dict[bytes, int] = {}
    return np.array([number.setdefault(row, len(number)) for row in rows], dtype=np.int64)


def spread(pattern: Ints, truth: Floats, known: Flags) -> Floats:
    """How far apart the unknown values of a pattern lie; 0 for a known value, or one that is alone.

    Every figure about a group is the same when two of its members change places, and two values with the same
    pattern are in the same groups. So both worlds look alike, whatever somebody reasons with: nobody can know an
    interval for a value that does not hold all unknown values of its pattern. Points. Methodology 10, rule 8.

    >>> spread(np.array([0, 0, 0, 1]), np.array([40.0, 52.0, 90.0, 10.0]), np.array([False, False, True, False])).tolist()
    [12.0, 12.0, 0.0, 0.0]
    """
    size = int(pattern.max(initial=-1)) + 1
    least, most = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(least, pattern[~known], truth[~known])
    np.maximum.at(most, pattern[~known], truth[~known])
    return np.where(known, 0.0, (most - least)[pattern]) if size else np.zeros(0)
