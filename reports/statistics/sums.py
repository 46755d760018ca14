"""Sums by group that do not depend on the order of the rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

_WORD = 62  # bits of a whole number that a sum may fill


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
    """The sum of each group: sum over i in g of v_i, the same bits in any order of the rows.

    `values` stand in the order of `groups.order` and are finite. Each is cut into two whole numbers of 64 bits, a
    coarse and a fine one, whose sums are exact and therefore know no order; what is lost lies below 2^-100 of the
    largest value, so that a sum is the true one but for its last rounding. Empty groups sum to 0. The idea of cutting at a
    common place is that of Demmel & Nguyen 2013, reproducible summation.

    >>> exact_sums(np.array([0.1, 1e16, 0.2, -1e16]), Groups(np.arange(4), np.array([0, 1, 4]))).tolist()
    [0.1, 0.2]
    """
    most = float(np.abs(values).max()) if len(values) else 0.0
    if most == 0.0:
        return np.zeros(groups.count)
    if not math.isfinite(most):
        raise ValueError("Only finite numbers can be summed exactly.")
    size = int(np.diff(groups.bounds).max()).bit_length()
    coarse = _WORD - size - max(math.frexp(most)[1], -_WORD)  # so that a sum of the largest values still fits
    fine = coarse + 1 + _WORD - size  # a remainder is at most half of a coarse unit
    whole = np.rint(values * 2.0**coarse)
    rest = (values - whole * 2.0**-coarse) * 2.0**fine
    units, remainders = (_whole_sums(part, groups).astype(np.float64) for part in (whole, np.rint(rest)))
    return units * 2.0**-coarse + remainders * 2.0**-fine


def _whole_sums(values: Floats, groups: Groups) -> Ints:
    running = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values.astype(np.int64), out=running[1:])
    return np.diff(running[groups.bounds])  # a running sum that wraps around still has the right differences
