"""Least squares on categories: what a person's margins say about the score."""

from __future__ import annotations

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
    if not values.shape[1]:
        return values[groups.order]
    columns = [groups.of_row, *categories[groups.order].T]
    cells, of_row = sums.cells(columns)
    y = values[groups.order]
    n, total = _by_cell(y, sums.grouped(of_row, cells.shape[1]))
    fit = np.empty_like(n)
    bounds = np.searchsorted(cells[0], np.arange(groups.count + 1))
    for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        if last > first:
            fit[first:last] = _fit(n[first:last], total[first:last], cells[1:, first:last].T)
    result = np.empty(y.shape, order="F")
    for j in range(y.shape[1]):
        result[:, j] = np.where(np.isnan(y[:, j]), np.nan, fit[:, j][of_row])
    return result


def _by_cell(y: Floats, cell: Groups) -> tuple[Floats, Floats]:
    """People with a score and the sum of their scores, of each cell and measure."""
    n, total = np.empty((cell.count, y.shape[1])), np.empty((cell.count, y.shape[1]))
    for j in range(y.shape[1]):
        column = y[cell.order, j]
        scored = ~np.isnan(column)
        n[:, j] = sums.whole_sums(scored, cell)
        total[:, j] = sums.exact_sums(np.where(scored, column, 0.0), cell)
    return n, total


def _fit(n: Floats, total: Floats, categories: Ints) -> Floats:
    """The fit of each cell of one group on each measure, by the normal equations of its dummy columns."""
    scored = n.any(axis=1)  # who is scored on nothing has no weight and no category
    dummies = [_dummies(column) for column in categories.T if (column[scored] >= 0).all()]
    x = np.column_stack(dummies) if dummies else np.ones((len(n), 1))
    kinds, kind = _alike(n)  # most measures score the same people, and then have the same equations
    inverse = np.linalg.pinv(np.einsum("cp,cm,cq->mpq", x, n[:, kinds], x), hermitian=True)
    right = np.einsum("cp,cm->mp", x, total)
    b = np.einsum("mpq,mq->mp", inverse[kind], right)
    fit: Floats = np.matmul(x, b.T)
    return fit


def _alike(n: Floats) -> tuple[list[int], list[int]]:
    """One measure of each kind that counts the same people, and the kind of each measure."""
    found: dict[bytes, int] = {}
    kind = [found.setdefault(column.tobytes(), len(found)) for column in n.T]
    return [kind.index(one) for one in range(len(found))], kind


def _dummies(column: Ints) -> Floats:
    return np.equal(column[:, np.newaxis], np.unique(column)).astype(np.float64)
