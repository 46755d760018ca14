"""People who are alike in all that a sum over them asks for: looked at once, then added up kind by kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reports.statistics import sums
from reports.statistics.sums import Floats, Groups, Ints


@dataclass(frozen=True)
class Kinds:
    """People sorted into kinds, and kinds into groups.

    `rows` lists the people of each kind, `groups` the kinds of each group; people of a kind have one `weight` (kinds,),
    1 where it is None, and one category of each margin that weights were raked to, `categories` (kinds, margins), -1
    where it is not in use. Kinds stand in an order that does not depend on that of the people, so that plain sums over
    them are the same bits however the people come.
    """

    rows: Groups
    groups: Groups
    weight: Floats | None = None
    categories: Ints | None = None

    @property
    def group(self) -> Ints:
        """The group of each kind, where the kinds stand group by group."""
        return self.groups.of_row

    def taken(self, places: Ints) -> Kinds:
        """Kinds of the same groups, standing group by group; who is of each kind is left out."""
        return Kinds(
            self.rows,
            Groups(np.arange(len(places)), self.groups.bounds),
            None if self.weight is None else self.weight[places],
            None if self.categories is None else self.categories[places],
        )


def of_rows(groups: Groups, weights: Floats | None = None, categories: Ints | None = None) -> Kinds:
    """The kinds of the people of `groups`, from a weight and categories of everybody; shapes (people,), (people,
    margins). Methodology 15.

    >>> found = of_rows(sums.grouped(np.array([0, 1, 1, 1]), 2), np.array([1.0, 2.0, 1.0, 2.0]))
    >>> found.weight.tolist(), found.groups.bounds.tolist(), np.diff(found.rows.bounds).tolist()
    ([1.0, 1.0, 2.0], [0, 1, 3], [1, 1, 2])
    """
    columns = [groups.of_row]
    if categories is not None:
        columns += list(categories[groups.order].T)
    heavy: Floats | None = None
    if weights is not None:
        heavy, which = np.unique(weights[groups.order], return_inverse=True)
        columns.append(which)
    found, of_row = sums.cells(columns)
    people = sums.grouped(of_row, found.shape[1])
    return Kinds(
        Groups(groups.order[people.order], people.bounds),
        Groups(np.arange(found.shape[1]), np.searchsorted(found[0], np.arange(groups.count + 1))),
        None if heavy is None else heavy[found[-1]],
        None if categories is None else found[1 : 1 + categories.shape[1]].T,
    )


@dataclass(frozen=True)
class Moments:
    """How many people are scored, the sum of their scores and their squared deviations from the own mean.

    Of each kind or group and each measure, of shape (kinds, measures); whole numbers `n` are kept as floats.
    """

    n: Floats
    total: Floats
    squares: Floats

    @property
    def mean(self) -> Floats:
        """The mean score, NaN where nobody is scored."""
        with np.errstate(invalid="ignore"):
            return self.total / self.n

    def taken(self, places: Ints) -> Moments:
        """Those of some kinds."""
        return Moments(*(one.take(places, axis=0) for one in (self.n, self.total, self.squares)))

    def first(self, count: int) -> Moments:
        """Those of the first kinds; nothing is copied."""
        return Moments(self.n[:count], self.total[:count], self.squares[:count])

    def of(self, measures: Ints) -> Moments:
        """Those of some measures."""
        return Moments(*(one.take(measures, axis=1) for one in (self.n, self.total, self.squares)))


def moments(values: Floats, rows: Groups) -> Moments:
    """The moments of each kind, from `values` of shape (people, measures), NaN where a person has no score.
    Methodology 15.

    >>> found = moments(np.array([[1.0], [3.0], [np.nan], [8.0]]), sums.grouped(np.array([0, 0, 0, 1]), 2))
    >>> found.n.ravel().tolist(), found.mean.ravel().tolist(), found.squares.ravel().tolist()
    ([2.0, 1.0], [2.0, 8.0], [2.0, 0.0])
    """
    made, y = np.empty((3, values.shape[1], rows.count)), np.empty(len(rows.order))
    for j, column in enumerate(values.T):
        column.take(rows.order, out=y, mode="clip")
        unscored = np.flatnonzero(np.isnan(y))
        y[unscored] = 0.0
        n = rows.sizes - np.bincount(rows.of_row.take(unscored), minlength=rows.count)
        total = sums.sums_of_alike(y, rows)
        y -= (total / np.maximum(n, 1)).take(rows.of_row)
        y[unscored] = 0.0
        y *= y
        made[:, j] = n, total, sums.sums_of_alike(y, rows)
    return Moments(*np.ascontiguousarray(made.transpose(0, 2, 1)))


def merged(found: Moments, groups: Groups) -> Moments:
    """The moments of groups of kinds: squares are those inside the kinds and those of the kinds' means about the
    group's. Methodology 3.3 and 15.

    >>> two = moments(np.array([[1.0], [3.0], [8.0]]), sums.grouped(np.array([0, 0, 1]), 2))
    >>> one = merged(two, Groups(np.array([0, 1]), np.array([0, 2])))
    >>> one.n.item(), one.mean.item(), one.squares.item()  # 9 + 1 + 16
    (3.0, 4.0, 26.0)
    """
    own = found.taken(groups.order)
    n, total, squares = (sums.plain_sums(one, groups) for one in (own.n, own.total, own.squares))
    centre = (total / np.maximum(n, 1.0))[groups.of_row]
    apart = np.where(own.n > 0, own.total / np.maximum(own.n, 1.0) - centre, 0.0)
    return Moments(n, total, squares + sums.plain_sums(own.n * apart * apart, groups))
