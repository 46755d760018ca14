"""The threshold: nothing about fewer people, or fewer authorities, than the rules say."""

from __future__ import annotations

import numpy as np

from reports.disclosure.reasons import Reason, Reasons
from reports.rules import Rules
from reports.statistics.sums import Ints


def people(n: Ints, rules: Rules) -> Reasons:
    """The reason against a figure about n people, or None, of the same shape. Methodology 10, rule 1.

    >>> people(np.array([0, 10, 11]), Rules()).tolist()
    [<Reason.NO_ANSWERS: 'no_answers'>, <Reason.TOO_FEW_PEOPLE: 'too_few_people'>, None]
    """
    reasons = np.full(n.shape, None, dtype=object)
    reasons[n < rules.minimum_respondents] = Reason.TOO_FEW_PEOPLE
    reasons[n == 0] = Reason.NO_ANSWERS
    return reasons


def authorities(n: Ints, rules: Rules) -> Reasons:
    """The reason against a benchmark of n authorities, or None, of the same shape. Methodology 5.

    >>> [None if one is None else str(one) for one in authorities(np.array([9, 11, 12]), Rules())]
    ['too_few_authorities', 'too_few_for_quartiles', None]
    """
    reasons = np.full(n.shape, None, dtype=object)
    reasons[n < rules.minimum_authorities_quartiles] = Reason.TOO_FEW_FOR_QUARTILES
    reasons[n < rules.minimum_authorities_median] = Reason.TOO_FEW_AUTHORITIES
    reasons[n == 0] = Reason.NO_AUTHORITIES
    return reasons
