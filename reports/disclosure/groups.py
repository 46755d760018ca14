"""Which figures about service areas and tiers may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reports.disclosure import complement, threshold
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.rules import Rules
from reports.statistics.sums import Ints


@dataclass(frozen=True)
class _People:
    n: Ints  # (groups, measures)
    whole: Ints  # (authorities, measures)
    owner: Ints  # (groups,)


def reasons(
    n: Ints,
    whole: Ints,
    owner: NDArray[np.int64],
    dimensions: Sequence[int],
    rules: Rules,
    *,
    before: Reasons | None = None,
) -> Reasons:
    """The reason against each figure of a one-way table, or None; shape (groups, measures).

    `n` has shape (groups, measures), `whole` (authorities, measures): people scored, `owner` (groups,) the
    authority of each group; groups of an authority stand together, in the order of their codes. Measure 0 is the
    overall: it is hidden with any of the `dimensions` (else the hidden one could be computed). `before` are reasons
    that are known already, of the shape of the result; those about the threshold come first. Methodology 10, rules
    1 and 2.

    >>> n, whole = np.array([[20, 20], [20, 20], [5, 5]]), np.array([[45, 45]])
    >>> found = reasons(n, whole, np.zeros(3, dtype=np.int64), [1], Rules())
    >>> [str(one) for one in found[:, 1]]  # beside the first group, the second would tell of five people
    ['complement', 'None', 'too_few_people']
    """
    result = threshold.people(n, rules)
    if before is not None:
        result = np.where(withheld(result), result, before)
    measures = n.shape[1]
    people = _People(n, whole, owner)
    _apply(result, range(1, measures), people, rules)
    if measures:
        hidden = withheld(result[:, list(dimensions)]).any(axis=1) & ~withheld(result[:, 0])
        result[hidden, 0] = Reason.DIMENSION_WITHHELD
        _apply(result, range(1), people, rules)
    return result


def _apply(result: Reasons, measures: range, people: _People, rules: Rules) -> None:
    """Add the complement rule to some measures: one by one only where too few people are left of an authority."""
    n, whole, owner = people.n, people.whole, people.owner
    for j in measures:
        shown = np.where(withheld(result[:, j]), 0, n[:, j])
        left = whole[:, j] - np.bincount(owner, weights=shown, minlength=len(whole)).astype(np.int64)
        few = (left > 0) & (left < rules.minimum_respondents)
        for authority in np.unique(owner[few[owner]]).tolist():
            _hide(result[:, j], np.flatnonzero(owner == authority), n[:, j], int(whole[authority, j]), rules)


def _hide(result: Reasons, rows: Ints, n: Ints, whole: int, rules: Rules) -> None:
    already = withheld(result[rows]).tolist()
    hidden = complement.hidden(n[rows].tolist(), whole, rules.minimum_respondents, already)
    for row, is_hidden in zip(rows, hidden, strict=True):
        if is_hidden and result[row] is None:
            result[row] = Reason.COMPLEMENT
