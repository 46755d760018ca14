"""Least squares on categories: what a person's margins say about the score."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from reports.statistics import sums
from reports.statistics.sums import Floats, Groups, Ints


def fitted(values: Floats, groups: Groups, categories: Ints) -> Floats:
    """Unweighted least-squares fit of each measure on dummy columns of the categories, in each group by itself.

    y_hat = X b with b = argmin |y - X b|^2 over the people of the group who have a score, X one dummy column a category
    of every margin in use. Without a margin in use that is the group's plain mean. `values` has shape (respondents,
    measures), points, NaN where there is no score; `categories` (respondents, margins), -1 where a margin is not in
    use. The result has the rows of `groups.order`, NaN where `values` are. Used by the linearised standard error of
    raked means (Sarndal, Swensson & Wretman 1992, section 6.5; methodology 3.3). People of the same categories
    share one fit, computed from sums that do not depend on the order of the rows.

    >>> y = np.array([[1.0], [3.0], [10.0], [14.0]])
    >>> four = sums.grouped(np.zeros(4, dtype=np.int64), 1)
    >>> fitted(y, four, np.array([[0], [0], [1], [1]])).ravel().round(9).tolist()
    [2.0, 2.0, 12.0, 12.0]
    """
    cells, of_row = sums.cells([groups.of_row, *categories[groups.order].T])
    n, total = _by_cell(values, groups.order, sums.grouped(of_row, cells.shape[1]))
    fit = np.empty_like(n)
    bounds = np.searchsorted(cells[0], np.arange(groups.count + 1)).tolist()
    parts = [slice(first, last) for first, last in pairwise(bounds) if last > first]
    designs = [_design(n[part], cells[1:, part].T) for part in parts]
    for part, x, inverse in zip(parts, designs, _inverses([n[part] for part in parts], designs), strict=True):
        right = np.einsum("cp,cm->mp", x, total[part])
        fit[part] = np.matmul(x, np.einsum("mpq,mq->mp", inverse, right).T)
    result = np.empty((len(of_row), values.shape[1]), order="F")
    for j in range(values.shape[1]):
        scored = ~np.isnan(values[groups.order, j])
        result[:, j] = np.where(scored, np.ascontiguousarray(fit[:, j])[of_row], np.nan)
    return result


def _by_cell(values: Floats, order: Ints, cell: Groups) -> tuple[Floats, Floats]:
    """People with a score and the sum of their scores, of each cell and measure; `cell` has places in `order`."""
    rows, measures = order[cell.order], values.shape[1]
    n, total = np.empty((cell.count, measures)), np.empty((cell.count, measures))
    for j in range(measures):
        column = values[rows, j]
        scored = ~np.isnan(column)
        n[:, j] = sums.whole_sums(scored, cell)
        total[:, j] = sums.exact_sums(np.where(scored, column, 0.0), cell)
    return n, total


def _design(n: Floats, categories: Ints) -> Floats:
    """Dummy columns of the cells of one group; a plain 1 where no margin is in use."""
    scored = n.any(axis=1)  # who is scored on nothing has no weight and no category
    dummies = [_dummies(column) for column in categories.T if (column[scored] >= 0).all()]
    return np.column_stack(dummies) if dummies else np.ones((len(n), 1))


def _inverses(counts: Sequence[Floats], designs: Sequence[Floats]) -> list[Floats]:
    """Inverses of the normal equations of every group, each of shape (measures, columns, columns); same sizes at once."""
    kinds = [_alike(n) for n in counts]
    normal = [(x.T * n.T[one, np.newaxis]) @ x for n, x, (one, _) in zip(counts, designs, kinds, strict=True)]
    found: list[Floats] = [np.empty(0)] * len(designs)
    for size in {x.shape[1] for x in designs}:
        places = [at for at, x in enumerate(designs) if x.shape[1] == size]
        together = np.linalg.pinv(np.concatenate([normal[at] for at in places]), hermitian=True)
        ends = np.cumsum([len(normal[at]) for at in places])
        for at, inverse in zip(places, np.split(together, ends[:-1]), strict=True):
            found[at] = inverse[kinds[at][1]]
    return found


def _alike(n: Floats) -> tuple[list[int], list[int]]:
    """One measure of each kind that counts the same people, and the kind of each measure."""
    found: dict[bytes, int] = {}
    kind = [found.setdefault(column.tobytes(), len(found)) for column in n.T]
    return [kind.index(one) for one in range(len(found))], kind


def _dummies(column: Ints) -> Floats:
    return np.equal(column[:, np.newaxis], np.unique(column)).astype(np.float64)
