"""Reasons against figures of one authority for the sake of single people, who would stand alone in them or between them."""

from __future__ import annotations

import numpy as np

from reports import nested
from reports.case import Case
from reports.disclosure import dominance, likeness
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.estimation import Estimates


def reasons(case: Case, found: Estimates, told: nested.Told) -> Reasons:
    """Where one person could be known from a figure, or from it and the others together; shape (authorities, measures).

    TOO_ALIKE where the officers behind it are nearly alike (`likeness.told`), DOMINANCE where one carries more than a
    tenth of its weight (`dominance.dominated`), COMPLEMENT against the overall or the theme that `told` names; an
    overall goes with any of its dimensions. `found` are the scores of the authorities. Methodology 10, rules 2 and 7.

    >>> from reports import example
    >>> case, found, _ = example.worked()
    >>> told = nested.told(case, case.kinds.groups, case.kinds.weight)
    >>> [one for one in reasons(case, found, told)[0, :3]]
    [None, None, None]
    >>> told.overall[0] = True  # if it gave somebody of the first authority away
    >>> str(reasons(case, found, told)[0, 0])
    'complement'
    """
    against = np.full(found.n.shape, None, dtype=object)
    against[likeness.told(found.n, found.score, found.se_comparison, found.deff)] = Reason.TOO_ALIKE
    against[dominance.dominated(case.kind_moments.n, case.kinds.groups, case.kinds.weight)] = Reason.DOMINANCE
    against[told.theme] = Reason.COMPLEMENT
    against[told.overall, 0] = Reason.COMPLEMENT
    lost = withheld(against[:, case.dimensions]).any(axis=1) & ~withheld(against[:, 0])
    against[lost, 0] = Reason.DIMENSION_WITHHELD
    return against
