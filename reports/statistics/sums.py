"""Sums by group that do not depend on the order of the rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Groups:
    """Rows sorted into groups: `order` lists the rows, `bounds[g]:bounds[g + 1]` are those of group g.

    Rows with a negative group belong nowhere and are left out.
    """

    order: Ints
    bounds: Ints

    @property
    def count(self) -> int:
        return len(self.bounds) - 1

    @property
    def of_row(self) -> Ints:
        """The group of each row, in the order of `order`."""
        return np.repeat(np.arange(self.count, dtype=np.int64), np.diff(self.bounds))


def grouped(group: NDArray[np.integer], count: int) -> Groups:
    """The rows of each of `count` groups.

    >>> grouped(np.array([1, 0, -1, 1]), 3).bounds.tolist()
    [0, 1, 3, 3]
    """
    order = np.argsort(group, kind="stable").astype(np.int64)
    bounds = np.searchsorted(group[order], np.arange(count + 1), side="left").astype(np.int64)
    first = int(bounds[0])
    return Groups(order[first : int(bounds[-1])], bounds - first)


def exact_sums(values: Floats, groups: Groups) -> Floats:
    """The sum of each group, rounded once: sum over i in g of v_i.

    `values` stand in the order of `groups.order`. Each sum is the true sum of the floats rounded to the nearest
    float (Shewchuk 1997), so that shuffled rows give the same bits. Empty groups sum to 0.

    >>> exact_sums(np.array([0.1, 1e16, 0.2, -1e16]), Groups(np.arange(4), np.array([0, 1, 4]))).tolist()
    [0.1, 0.2]
    """
    flat = values.tolist()
    edges = groups.bounds.tolist()
    return np.array([math.fsum(flat[a:b]) for a, b in pairwise(edges)], dtype=np.float64)
