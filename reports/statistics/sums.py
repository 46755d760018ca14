"""Sums by group that do not depend on the order of the rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Counts: TypeAlias = NDArray[np.integer]
"""Whole numbers that may be shorter than 64 bits: sums of them are not."""

_WORD = 62  # bits of a whole number that a sum may fill
_NARROW = 9  # bits of the rows of a group whose values are summed in one word
_SMALL = 2**15
_SHORT = 64  # rows of a group; for fewer it costs more to begin a sum than to add them up
_FEW = 16  # the same where many rows of numbers are summed at once
_MOST_COUNTED = 4_000_000  # combinations; above it sorting is cheaper than a table of them


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

    @cached_property
    def sizes(self) -> Ints:
        """How many rows each group has."""
        return np.diff(self.bounds)

    @cached_property
    def of_row(self) -> Ints:
        """The group of each row, in the order of `order`."""
        return np.repeat(np.arange(self.count, dtype=np.int64), self.sizes)

    @cached_property
    def adding(self) -> sparse.csr_array:
        """The matrix of ones, (groups, rows), that adds up the rows of each group one after the other.

        The product with a table is the same as `np.add.reduceat` along its first axis, in a fifth of the time where
        groups are small.
        """
        rows = int(self.bounds[-1])
        places = np.arange(rows, dtype=np.int32), self.bounds.astype(np.int32)
        return sparse.csr_array((np.ones(rows), *places), shape=(self.count, rows))

    @cached_property
    def filled(self) -> Ints:
        """The groups that have rows."""
        return np.flatnonzero(np.diff(self.bounds))

    def taken(self, groups: Ints) -> Groups:
        """Some of the groups with their rows, in the order of `groups`.

        >>> two = Groups(np.array([7, 5, 6]), np.array([0, 1, 1, 3])).taken(np.array([2, 0]))
        >>> two.order.tolist(), two.bounds.tolist()
        ([5, 6, 7], [0, 2, 3])
        """
        bounds = np.concatenate([[0], np.cumsum(np.diff(self.bounds)[groups])])
        moved = np.repeat(self.bounds[groups] - bounds[:-1], np.diff(bounds))
        return Groups(self.order[moved + np.arange(len(moved))], bounds)


def grouped(group: NDArray[np.integer], count: int) -> Groups:
    """The rows of each of `count` groups. Methodology 15.

    >>> grouped(np.array([1, 0, -1, 1]), 3).bounds.tolist()
    [0, 1, 3, 3]
    """
    small = group.astype(np.int16) if count <= _SMALL else group  # NumPy sorts small whole numbers by their digits
    order = np.argsort(small, kind="stable").astype(np.int64)
    bounds = np.searchsorted(group[order], np.arange(count + 1), side="left").astype(np.int64)
    first = int(bounds[0])
    return Groups(order[first : int(bounds[-1])], bounds - first)


def exact_sums(values: Floats, groups: Groups) -> Floats:
    """The sum of each group: sum over i in g of v_i, the same bits in any order of the rows.

    `values` stand in the order of `groups.order` and are finite. Each is cut into two whole numbers of 64 bits, a
    coarse and a fine one, whose sums are exact and therefore know no order; what is lost lies below 2^-100 of the
    largest value, so that a sum is the true one but for its last rounding. Empty groups sum to 0. The idea of
    cutting at a common place is that of Demmel & Nguyen 2013, reproducible summation.

    >>> exact_sums(np.array([0.1, 1e16, 0.2, -1e16]), Groups(np.arange(4), np.array([0, 1, 4]))).tolist()
    [0.1, 0.2]
    """
    most = float(max(values.max(), -values.min())) if len(values) else 0.0
    if most == 0.0:
        return np.zeros(groups.count)
    if not math.isfinite(most):
        raise ValueError("Only finite numbers can be summed exactly.")
    size = int(np.diff(groups.bounds).max()).bit_length()
    coarse = _WORD - size - max(math.frexp(most)[1], -_WORD)  # so that a sum of the largest values still fits
    fine = coarse + 1 + _WORD - size  # a remainder is at most half of a coarse unit
    whole = values * 2.0**coarse
    np.rint(whole, out=whole)
    units = whole_sums(whole.astype(np.int64), groups).astype(np.float64)
    whole *= -(2.0**-coarse)  # in place from here on: a row is touched often
    whole += values
    whole *= 2.0**fine
    np.rint(whole, out=whole)
    remainders = whole_sums(whole.astype(np.int64), groups).astype(np.float64)
    return units * 2.0**-coarse + remainders * 2.0**-fine


def sums_of_alike(values: Floats, groups: Groups) -> Floats:
    """The same of values among which none is lost beside a much larger one, such as scores: coarse numbers are enough.

    In groups of up to 512 rows they are as fine as the largest value is known; larger ones are summed by
    `exact_sums`. Methodology 15.

    >>> sums_of_alike(np.array([0.1, 0.2, 100.0]), Groups(np.arange(3), np.array([0, 2, 3]))).round(12).tolist()
    [0.3, 100.0]
    """
    size = int(np.diff(groups.bounds).max(initial=0)).bit_length()
    most = float(max(values.max(), -values.min())) if len(values) else 0.0
    if size > _NARROW or most == 0.0 or not math.isfinite(most):
        return exact_sums(values, groups)
    coarse = _WORD - size - max(math.frexp(most)[1], -_WORD)
    whole = values * 2.0**coarse
    np.rint(whole, out=whole)
    return whole_sums(whole.astype(np.int64), groups).astype(np.float64) * 2.0**-coarse


def plain_sums(values: Floats, groups: Groups) -> Floats:
    """Plain sums of each group along the first axis; `values` stand in the order of `groups.order`.

    The same bits only where that order is the same: for what is sorted by what it is, such as kinds of people.
    Methodology 15.

    >>> plain_sums(np.array([[1.0], [2.0], [4.0]]), Groups(np.arange(3), np.array([0, 1, 1, 3]))).tolist()
    [[1.0], [0.0], [6.0]]
    """
    if values.ndim == 2:
        return np.asarray(groups.adding @ values, dtype=np.float64)
    result = np.zeros((groups.count, *values.shape[1:]))
    if len(groups.filled):
        result[groups.filled] = np.add.reduceat(values, groups.bounds[groups.filled], axis=0)
    return result


def plain_sums_of_rows(values: Floats, groups: Groups) -> Floats:
    """`plain_sums` of each row of `values`, which stand in the order of `groups.order` along the last axis.
    Methodology 15.

    >>> plain_sums_of_rows(np.array([[1.0, 2.0, 4.0]]), Groups(np.arange(3), np.array([0, 2, 2, 3]))).tolist()
    [[3.0, 0.0, 4.0]]
    """
    result = np.zeros((len(values), groups.count))
    if len(groups.filled):
        result[:, groups.filled] = np.add.reduceat(values, groups.bounds[groups.filled], axis=1)
    return result


def whole_sums(values: Counts | NDArray[np.bool_], groups: Groups) -> Ints:
    """The sum of whole numbers in each group, or how many are true; `values` stand in the order of `groups.order`.
    Methodology 15.

    >>> whole_sums(np.array([True, False, True]), Groups(np.arange(3), np.array([0, 0, 2, 3]))).tolist()
    [0, 1, 1]
    """
    if len(values) < _SHORT * groups.count:  # differences of running sums, which are right even where these overflow
        running = np.empty(len(values) + 1, dtype=np.int64)
        running[0] = 0
        np.cumsum(values.astype(np.int64, copy=False), out=running[1:])
        ends: Ints = running.take(groups.bounds)
        return np.diff(ends)
    result = np.zeros(groups.count, dtype=np.int64)
    if len(groups.filled):
        result[groups.filled] = np.add.reduceat(values, groups.bounds[groups.filled], dtype=np.int64)
    return result


def whole_sums_of_rows(values: Counts, groups: Groups) -> Ints:
    """`whole_sums` of each row of `values`, which stand in the order of `groups.order` along the last axis.
    Methodology 15.

    >>> whole_sums_of_rows(np.array([[1, 2, 4]]), Groups(np.arange(3), np.array([0, 2, 2, 3]))).tolist()
    [[3, 0, 4]]
    """
    if values.shape[1] < _FEW * groups.count:
        return np.asarray(groups.adding.astype(np.int64) @ values.T, dtype=np.int64).T
    result = np.zeros((len(values), groups.count), dtype=np.int64)
    if len(groups.filled):
        result[:, groups.filled] = np.add.reduceat(values, groups.bounds[groups.filled], axis=1, dtype=np.int64)
    return result


def code_counts(codes: NDArray[np.uint8], values: Sequence[int], groups: Groups) -> Counts:
    """How often each of some `values` stands in each group, shape (values, groups), in numbers as short as will do.

    `codes` stand in the order of `groups.order`. As many counters as have room share a word of 64 bits: the words
    of all rows are added up once, and what a group has is the difference of two running sums, right even where
    these overflow. Methodology 15.

    >>> code_counts(np.array([7, 0, 7], np.uint8), [0, 7], Groups(np.arange(3), np.array([0, 2, 3]))).tolist()
    [[1, 0], [1, 1]]
    """
    most = int(groups.sizes.max(initial=0))
    bits = max(most.bit_length(), 1)
    found = np.empty((len(values), groups.count), dtype=np.min_scalar_type(most))
    together = max(_WORD // bits, 1)
    words, running = np.empty(len(codes), dtype=np.uint64), np.zeros(len(codes) + 1, dtype=np.uint64)
    for first in range(0, len(values), together):
        word = np.zeros(256, dtype=np.uint64)
        some = list(enumerate(values))[first : first + together]
        word[[value for _, value in some]] = [1 << (bits * (place - first)) for place, _ in some]
        word.take(codes, out=words, mode="clip")  # a byte is always a place: not to ask is faster
        np.cumsum(words, out=running[1:])
        counted = np.diff(running.take(groups.bounds))
        for place, _ in some:
            found[place] = counted & np.uint64((1 << bits) - 1)
            counted >>= np.uint64(bits)
    return found


def cells(columns: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Which combinations of whole numbers occur, shape (columns, combinations), in rising order, and which each row
    has.

    Every number is at least -1, and each column has few different ones: they are counted, not sorted. Methodology
    15.

    >>> found, of_row = cells([np.array([1, 0, 1]), np.array([-1, 2, -1])])
    >>> found.tolist(), of_row.tolist()
    ([[0, 1], [2, -1]], [1, 0, 1])
    """
    sizes = tuple(int(column.max(initial=-1)) + 2 for column in columns)
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column, size in zip(columns, sizes, strict=True):
        key *= size
        key += column + 1
    if math.prod(sizes) > _MOST_COUNTED:
        used, of_row = np.unique(key, return_inverse=True)
    else:
        there = np.zeros(math.prod(sizes), dtype=np.bool_)
        there[key] = True
        used = np.flatnonzero(there)
        place = np.zeros(len(there), dtype=np.int64)
        place[used] = np.arange(len(used))
        of_row = place[key]
    return np.stack(np.unravel_index(used, sizes)) - 1, of_row.astype(np.int64)
