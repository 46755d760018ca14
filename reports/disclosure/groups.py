"""Which figures about service areas and tiers may be shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reports.disclosure import complement, threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.rules import Rules
from reports.statistics.sums import Ints


def reasons(n: Ints, whole: Ints, owner: NDArray[np.int64], dimensions: Sequence[int], rules: Rules) -> Reasons:
    """The reason against each figure of a one-way table, or None; shape (groups, measures).

    `n` has shape (groups, measures), `whole` (authorities, measures): people scored, `owner` (groups,) the authority
    of each group; groups of an authority stand together, in the order of their codes. Measure 0 is the overall: it is
    hidden with any of the `dimensions` (else the hidden one could be computed).
    """
    result = threshold.people(n, rules)
    for authority in np.unique(owner):
        rows = np.flatnonzero(owner == authority)
        for j in range(1, n.shape[1]):
            _apply(result, (rows, j), n, int(whole[authority, j]), rules)
        if n.shape[1]:
            hidden = withheld(result[np.ix_(rows, np.array(dimensions, dtype=np.int64))]).any(axis=1)
            for row in rows[hidden]:
                result[row, 0] = result[row, 0] or Reason.DIMENSION_WITHHELD
            _apply(result, (rows, 0), n, int(whole[authority, 0]), rules)
    return result


def _apply(result: Reasons, at: tuple[NDArray[np.int64], int], n: Ints, whole: int, rules: Rules) -> None:
    """Add the complement rule to one measure of one authority."""
    rows, measure = at
    already = withheld(result[rows, measure]).tolist()
    hidden = complement.hidden(n[rows, measure].tolist(), whole, rules.minimum_respondents, already)
    for row, is_hidden in zip(rows, hidden, strict=True):
        if is_hidden and result[row, measure] is None:
            result[row, measure] = Reason.COMPLEMENT
