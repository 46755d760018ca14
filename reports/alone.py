"""Reasons against figures of one authority for the sake of single people, who would stand alone in them or between them."""

from __future__ import annotations

import numpy as np

from reports import nested
from reports.case import Case
from reports.disclosure import dominance
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.statistics.sums import Floats, Groups


def reasons(case: Case, groups: Groups, weights: Floats | None, told: nested.Told) -> Reasons:
    """Where one person carries more than a tenth of a figure, or would be known from it and the others together.

    The first is DOMINANCE (`dominance.dominated`), the second COMPLEMENT against the overall or the theme that `told`
    names, and an overall goes with any of its dimensions. `groups` are the kinds of officers of each authority
    and `weights` (kinds,) those of the scores; shape (authorities, measures). Methodology 10, rules 2 and 7.

    >>> from reports import example
    >>> case = example.case()
    >>> heavy = np.where(np.arange(case.crowd.officers) == 0, 40.0, 1.0)  # eight people of the first
    >>> found = reasons(case, case.kinds.groups, heavy, nested.told(case, case.kinds.groups, heavy))
    >>> [str(one) for one in found[0, :3]], [one for one in found[2, :3]]
    (['dominance', 'dominance', 'dominance'], [None, None, None])
    """
    found = np.full((groups.count, len(case.measures)), None, dtype=object)
    found[dominance.dominated(case.kind_moments.n, groups, weights)] = Reason.DOMINANCE
    found[told.theme] = Reason.COMPLEMENT
    found[told.overall, 0] = Reason.COMPLEMENT
    lost = withheld(found[:, case.dimensions]).any(axis=1) & ~withheld(found[:, 0])
    found[lost, 0] = Reason.DIMENSION_WITHHELD
    return found
