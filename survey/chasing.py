"""Whom to remind next: where a few more answers make most of a result, from rounded counts and staff numbers alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from survey.participation import AREA_STEP, FEWEST, AreaProgress

MOST = 3
GOAL = 60
"""Answers that an authority is asked for, so that it can be compared well (methodology 6)."""
_SPREAD = 22.0
"""Points between people, about what staff surveys find: it decides no order, only how much a narrower interval is."""
_LEAST_GAIN = 0.5  # points of half an interval, below which more answers change nothing that can be seen


class Why(StrEnum):
    """What more answers would bring."""

    SHOWN = "shown"
    SHOWN_WITH_ANOTHER = "shown_with_another"
    SHARPER = "sharper"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A service area, or an authority, that is worth a reminder."""

    code: str
    why: Why


def next_best(counts: Sequence[AreaProgress], staff: Mapping[str, int]) -> tuple[Suggestion, ...]:
    """The parts to remind first, at most three, from what everybody on the page can read.

    `counts` are rounded as they are shown and `staff` are returned staff numbers; exact counts are not among the
    arguments, so the order cannot tell them. First come parts with fewer than 11 answers, which could be shown: those
    with more staff before those with fewer, and none with fewer than 11 staff. Where it is the only one, another part is
    hidden with it, so two can be shown. Then the parts whose interval ten more answers would narrow most, from

        half width = 1.96 s sqrt((1 - n / N) / n), at n the rounded count and at n + 10

    with N from 50 staff on; below, there is no rate and no suggestion.

    >>> counts = [AreaProgress("housing", 20), AreaProgress("legal", None), AreaProgress("waste", 60)]
    >>> [(one.code, str(one.why)) for one in next_best(counts, {"housing": 200, "legal": 30, "waste": 90})]
    [('legal', 'shown_with_another'), ('housing', 'sharper'), ('waste', 'sharper')]
    >>> next_best([AreaProgress("legal", None)], {"legal": 9})
    ()
    """
    few = [one for one in counts if one.at_least is None]
    reachable = [one for one in few if staff.get(one.code, FEWEST) >= FEWEST]
    reachable.sort(key=lambda one: -staff.get(one.code, 0))
    alone = len(few) == 1 and len(counts) > 1
    first = [Suggestion(one.code, Why.SHOWN_WITH_ANOTHER if alone else Why.SHOWN) for one in reachable]
    gains = [(_gain(one.at_least, staff.get(one.code)), one.code) for one in counts if one.at_least is not None]
    sharper = sorted((-gain, place) for place, (gain, _) in enumerate(gains) if gain >= _LEAST_GAIN)
    return tuple([*first, *(Suggestion(gains[place][1], Why.SHARPER) for _, place in sharper)][:MOST])


def authorities(totals: Mapping[str, int], staff: Mapping[str, int]) -> tuple[Suggestion, ...]:
    """The authorities to remind first, from totals rounded down to fives: those below 11, then those below 60.

    >>> [one.code for one in authorities({"A": 10, "B": 80, "C": 30}, {"A": 200})]
    ['A', 'C']
    """
    counts = [AreaProgress(code, total if total >= FEWEST else None) for code, total in totals.items() if total < GOAL]
    return tuple(
        Suggestion(one.code, Why.SHOWN if one.why is Why.SHOWN_WITH_ANOTHER else one.why)
        for one in next_best(counts, staff)
    )


def _gain(at_least: int, staff: int | None) -> float:
    """By how many points ten more answers narrow half the interval."""
    if staff is not None and staff < 50:
        return 0.0
    n = max(at_least, FEWEST)
    more = n + AREA_STEP if staff is None else min(n + AREA_STEP, staff)
    return _half(n, staff) - _half(more, staff)


def _half(n: int, staff: int | None) -> float:
    left = 1.0 if staff is None else max(1.0 - n / staff, 0.0)
    return 1.96 * _SPREAD * math.sqrt(left / n)
