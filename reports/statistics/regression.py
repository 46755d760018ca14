"""Least squares on categories: what a person's margins say about the score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reports.statistics import kinds as alike
from reports.statistics import sums
from reports.statistics.kinds import Kinds, Moments
from reports.statistics.sums import Floats, Groups, Ints

_NOTHING_LEFT = 1e-9  # of the people of a category: below it, the categories before it say all


def fitted(values: Floats, groups: Groups, categories: Ints) -> Floats:
    """Unweighted least-squares fit of each measure on dummy columns of two margins, in each group by itself.

    y_hat = X b with b = argmin |y - X b|^2 over the people of the group who have a score, X one dummy column a category
    of every margin in use. Without a margin in use that is the group's plain mean. `values` has shape (respondents,
    measures), points, NaN where there is no score; `categories` (respondents, 1 or 2 margins), -1 where a margin is not
    in use. The result has the rows of `groups.order`, NaN where `values` are. Used by the linearised standard error of
    raked means (Sarndal, Swensson & Wretman 1992, section 6.5; methodology 3.3). People of the same categories
    share one fit, computed from sums that do not depend on the order of the rows.

    >>> from reports.statistics import sums
    >>> y = np.array([[1.0], [3.0], [10.0], [14.0]])
    >>> four = sums.grouped(np.zeros(4, dtype=np.int64), 1)
    >>> fitted(y, four, np.array([[0], [0], [1], [1]])).ravel().round(9).tolist()
    [2.0, 2.0, 12.0, 12.0]
    """
    found = alike.of_rows(groups, categories=categories)
    fit = np.full((len(values), values.shape[1]), np.nan)
    fit[found.rows.order] = of_kinds(found, alike.moments(values, found.rows))[found.rows.of_row]
    return np.where(np.isnan(values[groups.order]), np.nan, fit[groups.order])


def of_kinds(people: Kinds, found: Moments) -> Floats:
    """The same fit for every kind of people, from their moments; shape (kinds, measures).

    The categories of one margin are taken out of the normal equations of the other (Frisch & Waugh 1933): what is left
    has a row for each category of the smaller margin and is solved for all groups and measures at once.
    """
    group = people.group
    wide, narrow = _places(people, found, group)
    shape = (people.groups.count, int(wide.max(initial=0)) + 1, int(narrow.max(initial=0)) + 1, found.n.shape[1])
    cells = sums.grouped((group * shape[1] + wide) * shape[2] + narrow, shape[0] * shape[1] * shape[2])
    n, total = (sums.plain_sums(one[cells.order], cells).reshape(shape) for one in (found.n, found.total))
    by_wide = np.maximum(n.sum(axis=2, keepdims=True), 1.0)
    mean, share = total.sum(axis=2, keepdims=True) / by_wide, n / by_wide
    columns = shape[2]
    normal = np.empty((columns, columns, shape[0], shape[3]))
    for a in range(columns):
        for b in range(a, columns):
            normal[a, b] = normal[b, a] = -(n[:, :, a] * share[:, :, b]).sum(axis=1)
        normal[a, a] += n[:, :, a].sum(axis=1)
    right = (total - n * mean).sum(axis=1).transpose(1, 0, 2)
    beyond = _solved(normal, right, n.sum(axis=1).transpose(1, 0, 2)).transpose(1, 0, 2)
    own = mean[:, :, 0] - (share * beyond[:, np.newaxis]).sum(axis=2)
    return np.asarray(own[group, wide] + beyond[group, narrow], dtype=np.float64)


def _places(people: Kinds, found: Moments, group: Ints) -> tuple[Ints, Ints]:
    """The category of each kind within its group, of the margin with more categories and of the other; 0 if not used."""
    there: NDArray[np.bool_] = np.any(found.n > 0, axis=1)  # who is scored on nothing has no weight and no category
    margins = [] if people.categories is None else list(people.categories.T)
    places = [_place(column, group, there, people.groups.count) for column in margins]
    while len(places) < 2:
        places.append(np.zeros(len(group), dtype=np.int64))
    narrow, wide = sorted(places, key=lambda one: int(one.max(initial=0)))
    return wide, narrow


def _place(column: Ints, group: Ints, there: NDArray[np.bool_], groups: int) -> Ints:
    unused = np.bincount(group, weights=there & (column < 0), minlength=groups) > 0
    size = int(column.max(initial=0)) + 1
    used, which = np.unique(group * size + np.maximum(column, 0), return_inverse=True)
    first = np.searchsorted(used, np.arange(groups) * size)
    return np.where(unused[group], 0, which - first[group])


def _solved(normal: Floats, right: Floats, people: Floats) -> Floats:
    """Solutions of symmetric equations (columns, columns, ...) by elimination; a column that adds nothing gets 0.

    Which of many solutions it is makes no difference to the fit (Goodnight 1979).
    """
    solved = np.zeros_like(right)
    counts = []
    for p in range(len(right)):
        pivot = normal[p, p]
        counts.append(pivot > _NOTHING_LEFT * people[p])
        inverse = np.where(counts[p], 1.0 / np.where(counts[p], pivot, 1.0), 0.0)
        for r in range(len(right)):
            if r != p:
                factor = normal[r, p] * inverse
                normal[r] -= factor * normal[p]
                right[r] -= factor * right[p]
    for p, used in enumerate(counts):
        solved[p] = np.where(used, right[p] / np.where(used, normal[p, p], 1.0), 0.0)
    return solved
