"""The threshold: nothing about fewer people, or fewer authorities, than the rules say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reports.disclosure.reasons import Reason, Reasons
from reports.rules import Rules
from reports.statistics.sums import Ints

LARGE_SECTOR, QUARTILES_IN_LARGE = 25, 17
"""Authorities: in a sector of more than so many, peer groups need so many for quartiles (decision 56)."""


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


def peer_groups(n: Ints, rules: Rules, *, sector: int) -> Reasons:
    """The same of peer groups in a sector of so many authorities with a score: stricter on quartiles where it is large.

    Everybody's nearest 15 and the authority itself overlap so much that their quartiles together would tell single
    scores; whether they do can be asked in small sectors only (`whole_crossings`). Methodology 5; decision 56.

    >>> few, many = (peer_groups(np.array([16, 17]), Rules(), sector=size).tolist() for size in (25, 26))
    >>> few, [one and str(one) for one in many]
    ([None, None], ['too_few_for_quartiles', None])
    """
    if sector > LARGE_SECTOR:
        needed = max(rules.minimum_authorities_quartiles, QUARTILES_IN_LARGE)
        rules = replace(rules, minimum_authorities_quartiles=needed)
    return authorities(n, rules)
