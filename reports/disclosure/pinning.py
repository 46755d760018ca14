"""Who stands alone in a difference between published sums: the attacker's interval for each of these people."""

from __future__ import annotations

import numpy as np

from reports.disclosure.attacker import Flags
from reports.statistics.sums import Floats, Ints

TOLD = 10.0
"""Points: a score that is known to lie in an interval as narrow as this, a tenth of the scale, is given away."""
HALF_STEP = 0.05
"""Points: what rounding to one decimal, the finest that is published, leaves open on either side."""
LARGEST_GROUP = 80
"""People: in a larger group rounding leaves nobody an interval of a tenth of the scale (docs/disclosure.md)."""


def pinned(coefficient: Floats, score: Floats, group: Ints, slack: Floats, *, told: Floats | None = None) -> Flags:
    """In which groups the sum of some people's scores, known but for rounding, tells the score of one of them.

        | sum_i c_i y_i - R_g | <= slack_g,  0 <= y_i <= 100

    One entry an unknown in `coefficient`, `score` (points) and `group`; `slack` (groups,) is what rounding leaves
    open of R_g, which is the sum with the true scores. The attacker's interval for y_k is what the ends of the
    others leave: from (R - slack - sum of the others' most) / c_k to (R + slack - sum of their least) / c_k, within
    0 and 100, which is the value of the linear programme of one equation. Told is who has an interval of at most
    `told` points, a tenth of the scale. Shape (groups,). Methodology 10.

    >>> one = np.array([0.75]), np.array([40.0]), np.array([0])
    >>> pinned(*one, np.array([3.0])).tolist(), pinned(*one, np.array([6.0])).tolist()  # 8 and 16 points wide
    ([True], [False])
    >>> two = np.array([0.75, 0.75]), np.array([40.0, 60.0]), np.array([0, 0])
    >>> pinned(*two, np.array([3.0])).tolist()
    [False]
    """
    count = len(slack)
    limit = np.full(len(score), TOLD) if told is None else told
    known = np.bincount(group, weights=coefficient * score, minlength=count)
    most = np.bincount(group, weights=np.maximum(coefficient, 0.0) * 100.0, minlength=count)
    least = np.bincount(group, weights=np.minimum(coefficient, 0.0) * 100.0, minlength=count)
    # The true score lies in the interval with the slack on either side of it: for most that alone is too wide.
    some = np.flatnonzero((coefficient != 0.0) & (np.abs(coefficient) * (limit + 1e-9) >= slack[group]))
    c, of = coefficient[some], group[some]
    one = known[of] - slack[of] - (most[of] - np.maximum(c, 0.0) * 100.0)
    other = known[of] + slack[of] - (least[of] - np.minimum(c, 0.0) * 100.0)
    ends = one / c, other / c
    width = np.minimum(np.maximum(*ends), 100.0) - np.maximum(np.minimum(*ends), 0.0)
    hit = width <= limit[some] + 1e-9
    result: Flags = np.bincount(of[hit], minlength=count) > 0
    return result
