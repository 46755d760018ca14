"""How much of an item's distribution may be shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reports.disclosure import threshold
from reports.disclosure.attacker import Flags
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.distributions import Distribution
from reports.rules import Rules

_NEARLY = 0.9


def reasons(found: Distribution, rules: Rules, *, alone: Flags | None = None) -> Reasons:
    """The reason against each row of a distribution, or None; shape (authorities, rows).

    No row about fewer people than the threshold; where the options can be drawn together, each option on its own
    only from `rules.distribution_full` answers; no row at all where one of them holds over 90 % of the answers, or
    all but two of them (everybody said it). The rows of don't know and blank need the threshold among those asked
    and among those who answered: together they tell how many answered. Methodology 10, rule 5.

    >>> from reports import example
    >>> from reports.distributions import Answerers, distribution
    >>> case = example.case()
    >>> people = Answerers(case.officers.order, case.kinds.rows.of_row, case.kinds.weight, case.kinds.groups)
    >>> item, invited = case.questionnaire.items["mindset_1"], np.full(24, 72.0)
    >>> found = distribution(case.counts["mindset_1"], item, people, invited=invited, rules=case.rules)
    >>> reasons(found, case.rules)[0].tolist()
    [None, None, None, None, None, None, None]
    """
    result = np.full(found.share.shape, None, dtype=object)
    options = len(found.rows) - (2 if found.rows[-1:] == ("blank",) else 0)
    few = found.n < rules.distribution_full
    if found.collapsed is not None:
        result[few, :options] = Reason.COLLAPSED
    result[_nearly_everyone(found, options), :options] = Reason.NEARLY_EVERYONE
    if alone is not None:
        result[alone, :options] = Reason.COMPLEMENT
    people = threshold.people(found.n, rules)  # those asked are at least as many
    hidden = withheld(people)
    result[hidden] = people[hidden, np.newaxis]
    return result


def _nearly_everyone(found: Distribution, options: int) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        most: NDArray[np.bool_] = found.share[:, :options].max(axis=1, initial=0.0) > _NEARLY
        most |= (found.largest > _NEARLY * found.n) | (found.largest >= found.n - 2)
    return most
