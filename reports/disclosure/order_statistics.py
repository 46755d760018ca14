"""What a rounded median or quartile says: where in a group some of its ordered values lie."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

LEAST, MOST = 0.0, 100.0
_HALF = 0.5  # what only follows from several figures is taken outward to the next half point, where figures round
_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Quantile:
    """A released quantile of a group: its share (0.5 is the median), and between which values it lies."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Between:
    """A figure between `low` and `high` that lies between the values at two places of a group (0 is the smallest)."""

    first: int
    last: int
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rank:
    """The value at `place` (0 is the smallest) of a group lies between `low` and `high`."""

    place: int
    low: float
    high: float


def ranks(size: int, quantiles: Sequence[Quantile]) -> list[Rank]:
    """Between which values the ordered values of a group lie, from its released quantiles of type 7.

    The quantile of share q of `size` values x(0) <= x(1) <= ... lies at h = (size - 1) q: it is (1 - f) x(i) + f
    x(i + 1) with i = floor(h), f = h - i. So x(i) is at most, and x(i + 1) at least, what the quantile is; how far
    they reach the other way follows from each other and from the neighbouring quantiles. In groups of three or four
    the quartiles share their values and say nearly everything; in groups of twelve they leave the ends open.
    Points, 0 to 100. Methodology 10, rule 8.

    >>> ranks(3, [Quantile(0.25, 44.5, 45.5), Quantile(0.5, 49.5, 50.5)])[0]      # x(0) = 2 * 45 - 50, nearly
    Rank(place=0, low=38.5, high=41.5)
    >>> [(one.place, one.low, one.high) for one in ranks(11, [Quantile(0.5, 49.5, 50.5)])]
    [(5, 49.5, 50.5)]
    """
    low: dict[int, float] = {}
    high: dict[int, float] = {}
    told = [(*_position(size, one.share), one) for one in quantiles]
    for first, last, _, _ in told:
        for place in (first, last):
            low[place], high[place] = LEAST, MOST
    for _ in range(_ROUNDS):
        before = (dict(low), dict(high))
        for first, last, part, one in told:
            _narrow(low, high, (first, last), part, one)
        _ordered(low, high)
        if before == (low, high):
            break
    sharp = {edge for one in quantiles for edge in (one.low, one.high)}
    return [Rank(place, _down(low[place], sharp), _up(high[place], sharp)) for place in sorted(low)]


@lru_cache(maxsize=2**14)  # an audit asks again and again about the same groups
def thresholds(size: int, quantiles: tuple[Quantile, ...]) -> tuple[tuple[float, int, bool], ...]:
    """The same as counts: (value, count, True) - at least so many values are at most this; (value, count, False) - at
    most so many are less than this. Methodology 10, rule 8.

    >>> thresholds(3, (Quantile(0.5, 49.5, 50.5),))  # of three values the second is about 50
    ((50.5, 2, True), (49.5, 1, False))
    """
    found: list[tuple[float, int, bool]] = []
    for one in ranks(size, quantiles):
        if one.high < MOST:
            found.append((one.high, one.place + 1, True))
        if one.low > LEAST:
            found.append((one.low, one.place, False))
    return tuple(found)


def counts(told: Sequence[Between]) -> Iterator[tuple[float, int, bool]]:
    """What such figures say as counts, in the form of `thresholds`: the first value is at most, the last at least, the
    figure. Methodology 10, rule 8.

    >>> list(counts([Between(3, 4, 49.5, 50.5)]))
    [(50.5, 4, True), (49.5, 4, False)]
    """
    for one in told:
        if one.high < MOST:
            yield one.high, one.first + 1, True
        if one.low > LEAST:
            yield one.low, one.last, False


def _position(size: int, share: float) -> tuple[int, int, float]:
    at = (size - 1) * share
    first = math.floor(at)
    part = at - first
    return first, first if part == 0.0 else first + 1, part


def _narrow(
    low: dict[int, float], high: dict[int, float], places: tuple[int, int], part: float, told: Quantile
) -> None:
    first, last = places
    high[first] = min(high[first], told.high)
    low[last] = max(low[last], told.low)
    if part:
        low[first] = max(low[first], (told.low - part * high[last]) / (1.0 - part))
        high[first] = min(high[first], (told.high - part * low[last]) / (1.0 - part))
        low[last] = max(low[last], (told.low - (1.0 - part) * high[first]) / part)
        high[last] = min(high[last], (told.high - (1.0 - part) * low[first]) / part)


def _ordered(low: dict[int, float], high: dict[int, float]) -> None:
    places = sorted(low)
    for earlier, later in itertools.pairwise(places):
        low[later] = max(low[later], low[earlier])
    for later, earlier in itertools.pairwise(reversed(places)):
        high[earlier] = min(high[earlier], high[later])


def _down(value: float, sharp: set[float]) -> float:
    return value if value in sharp else max(math.floor(value - _HALF) + _HALF, LEAST)


def _up(value: float, sharp: set[float]) -> float:
    return value if value in sharp else min(math.ceil(value + _HALF) - _HALF, MOST)
