"""Worlds in which every figure reads the same: where two of them lie far enough apart, nobody can know an authority's score.

The attack of `attack_authorities` asks with a programme what follows. This looks from the other side, and with the figures
as they are reckoned, not as counts: it moves one score after the other as far as every figure lets it.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from attack_authorities import Figure

WIDTH = 10.0
INSIDE = 1e-9


@dataclass(frozen=True)
class _Told:
    """A figure of a group: its value lies between the values at two places, so much of the way, and in an interval."""

    place: int
    part: float
    low: float
    high: float


@dataclass
class Worlds:
    """A world that agrees with every figure, to begin with the true one, and how far each score has moved in others."""

    scores: dict[str, float]
    fixed: Collection[str] = ()
    least: dict[str, float] = field(default_factory=dict)
    most: dict[str, float] = field(default_factory=dict)
    impossible: list[Figure] = field(default_factory=list)  # figures that the true world does not have: misread

    def __post_init__(self) -> None:
        self._groups: list[tuple[tuple[str, ...], list[_Told]]] = []
        self._of: dict[str, list[int]] = {code: [] for code in self.scores}
        self._sorted: list[list[float]] = []

    def learn(self, figures: Iterable[Figure]) -> None:
        """Takes figures in; those about the same members stand together."""
        by_members: dict[tuple[str, ...], list[_Told]] = {}
        for one in figures:
            found = told(one)
            value = of_sorted(found, sorted(self.scores[code] for code in one.members))
            if not found.low - INSIDE <= value <= found.high + INSIDE:
                self.impossible.append(one)
            by_members.setdefault(one.members, []).append(found)
        for members, all_told in by_members.items():
            for code in members:
                self._of[code].append(len(self._groups))
            self._groups.append((members, all_told))
            self._sorted.append(sorted(self.scores[code] for code in members))

    def wander(self, asked: Sequence[str], *, sweeps: int, seed: int = 1) -> list[str]:
        """Who of those asked about stays within an interval of at most a tenth of the scale in all worlds that were found."""
        dice = random.Random(seed)  # noqa: S311 - a search that anybody can repeat
        free = [code for code in self.scores if code not in self.fixed]
        left = [code for code in asked if code not in self.fixed]
        for _ in range(sweeps):
            dice.shuffle(free)
            for code in free:
                self._move(code, dice)
            for code in left:
                self._exchange(code, dice.choice(free))
            left = [code for code in left if self.most[code] - self.least[code] <= WIDTH]
            if not left:
                break
        return left

    def _move(self, code: str, dice: random.Random) -> None:
        mine, low, high = self.scores[code], 0.0, 100.0
        for at in self._of[code]:
            others = self._sorted[at]
            others.pop(bisect_left(others, mine))
            for one in self._groups[at][1]:
                low, high = max(low, least(one, others)), min(high, most(one, others))
        low, high = min(low, mine), max(high, mine)
        self.least[code] = min(self.least.get(code, mine), low)
        self.most[code] = max(self.most.get(code, mine), high)
        chosen = dice.choice((low, high, dice.uniform(low, high), dice.uniform(low, high)))
        self.scores[code] = chosen
        for at in self._of[code]:
            others = self._sorted[at]
            others.insert(bisect_left(others, chosen), chosen)

    def _exchange(self, one: str, other: str) -> None:
        """Two authorities have each other's score, if every figure of a group with one of them alone lets them."""
        mine, theirs = self.scores[one], self.scores[other]
        apart = set(self._of[one]) ^ set(self._of[other])
        swapped = []
        for at in apart:
            out, into = (mine, theirs) if one in self._groups[at][0] else (theirs, mine)
            values = self._sorted[at].copy()
            values.pop(bisect_left(values, out))
            values.insert(bisect_left(values, into), into)
            if any(not told.low <= of_sorted(told, values) <= told.high for told in self._groups[at][1]):
                return
            swapped.append((at, values))
        for at, values in swapped:
            self._sorted[at] = values
        self.scores[one], self.scores[other] = theirs, mine


def told(one: Figure) -> _Told:
    at = (len(one.members) - 1) * one.share
    place = math.floor(at + 1e-9)
    return _Told(place, max(0.0, at - place), one.value - one.within, one.value + one.within)


def of_sorted(one: _Told, values: Sequence[float]) -> float:
    after = values[min(one.place + 1, len(values) - 1)]
    return (1.0 - one.part) * values[one.place] + one.part * after


def least(one: _Told, others: Sequence[float]) -> float:
    """The smallest score with which the figure is not below its interval, beside the sorted scores of the others.

    With a score between two of the others, the value at a place is the score itself; below and above it is the others'.
    """
    before, here, after = _around(one, others)
    part, aim = one.part, one.low
    if (1.0 - part) * before + part * here >= aim:
        return 0.0
    found = (aim - part * here) / (1.0 - part)
    if found <= here or part == 0.0:
        return found
    return min((aim - (1.0 - part) * here) / part, after)


def most(one: _Told, others: Sequence[float]) -> float:
    """The largest score with which the figure is not above its interval."""
    before, here, after = _around(one, others)
    part, aim = one.part, one.high
    if (1.0 - part) * here + part * after <= aim:
        return 100.0
    if part:
        found = (aim - (1.0 - part) * here) / part
        if found >= here:
            return found
    return max((aim - part * here) / (1.0 - part), before)


def _around(one: _Told, others: Sequence[float]) -> tuple[float, float, float]:
    """The others' values that stand right before the place, at it, and after it."""
    before = others[one.place - 1] if one.place else 0.0
    here = others[one.place] if one.place < len(others) else 100.0
    after = others[one.place + 1] if one.place + 1 < len(others) else 100.0
    return before, here, after


def searched(truth: Mapping[str, float], figures: Sequence[Figure], known: Collection[str]) -> Worlds:
    """The true world with all figures; it must have them, or they were misread."""
    worlds = Worlds(dict(truth), known)
    worlds.learn(figures)
    assert worlds.impossible == [], f"misread: {worlds.impossible[:2]}"
    return worlds
