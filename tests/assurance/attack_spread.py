"""What the widths of intervals tell: how far answers lie apart, so that people who are nearly alike are known one by one.

An interval of a mean tells the standard deviation. Squares of scores are sums over people like scores themselves, and
linear in the programme, which therefore knows both of every group that was told, and of what is left between groups.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import linprog

Floats = NDArray[np.float64]

PINNED = 10.0
HOPELESS = 400.0  # squared points: a sum of squares that is told no closer leaves nothing to find between groups


@dataclass(frozen=True)
class Printed:
    """A mean over people without weights, with its interval, as they are printed, and within how much each is."""

    people: frozenset[int]
    score: float
    lower: float
    upper: float
    within: float
    staff: float | None = None

    def squares(self) -> tuple[float, float] | None:
        """The least and the most that the squared distances from the printed score can add up to."""
        n = len(self.people)
        left = 1.0 if self.staff is None or self.staff < n else 1.0 - n / self.staff
        if left <= 1e-9 or n < 2:
            return None  # everybody answered: the interval has no width and tells nothing
        sides = [
            side
            for side in (
                self._side(self.score - self.lower, self.lower),
                self._side(self.upper - self.score, self.upper),
            )
            if side
        ]
        if not sides:
            return None
        low, high = max(side[0] for side in sides), min(side[1] for side in sides)
        per = (n - 1) * n / (left * float(stats.t.ppf(0.975, n - 1)) ** 2)
        return per * low**2, per * high**2 + n * self.within**2

    def _side(self, half: float, end: float) -> tuple[float, float] | None:
        """Half of the width, unless it is cut off at the end of the scale."""
        if end <= self.within or end >= 100.0 - self.within:
            return None
        return max(0.0, half - 2 * self.within), half + 2 * self.within


Known = tuple[Printed, tuple[float, float] | None]


def alone(one: Printed) -> float:
    """What a single mean with its interval leaves of each person in it, points."""
    n, found = len(one.people), one.squares()
    reach = math.sqrt(found[1] * (n - 1) / n) if found else 100.0
    low, high = one.score - one.within, one.score + one.within
    least = max(0.0, low - reach, 100.0 - n * (100.0 - low))
    return min(100.0, high + reach, n * high) - least


def pinned(printed: Sequence[Printed]) -> list[int]:
    """The people whom all means and intervals of one measure together leave at most a tenth of the scale."""
    found = {person for one in printed if alone(one) <= PINNED for person in one.people}
    known = [(one, one.squares()) for one in printed]
    told = [(one, squares) for one, squares in known if squares]
    if all(high - low > HOPELESS for _, (low, high) in told):
        return sorted(found)
    classes: dict[Hashable, list[int]] = defaultdict(list)
    for person in sorted(set().union(*(one.people for one in printed))):
        classes[tuple(person in one.people for one in printed)].append(person)
    sizes = np.array([len(members) for members in classes.values()], dtype=np.float64)
    inside = np.array(list(classes), dtype=np.float64).T
    for place, (key, members) in enumerate(classes.items()):
        about = {one.score for one, is_in in zip(printed, key, strict=True) if is_in}  # type: ignore[call-overload]
        ends = [_reach(printed, known, inside, sizes, (place, middle)) for middle in about]
        if min((high for _, high in ends), default=100.0) - max((low for low, _ in ends), default=0.0) <= PINNED:
            found |= set(members)
    return sorted(found)


def _reach(
    printed: Sequence[Printed], known: Sequence[Known], inside: Floats, sizes: Floats, aim: tuple[int, float]
) -> tuple[float, float]:
    """Where a person of a class lies: the class's squared distances from a middle are at most this, by a programme.

    For each class the sum of its scores and that of their squares; squared distances from any middle are not negative.
    """
    place, middle = aim
    count = len(sizes)
    rows, limits = [], []
    for (one, squares), members in zip(known, inside, strict=True):
        n = members @ sizes
        for sign, end in ((1.0, one.score + one.within), (-1.0, -(one.score - one.within))):
            rows.append(np.concatenate([sign * members, np.zeros(count)]))
            limits.append(end * n)
        if squares:
            about = np.concatenate([-2.0 * one.score * members, members])
            rows += [about, -about]
            limits += [squares[1] - n * one.score**2, n * one.score**2 - squares[0]]
    each = np.eye(count)
    for cut in {middle, *(one.score for one in printed)}:
        rows += list(np.hstack([2.0 * cut * each, -each]))
        limits += list(sizes * cut**2)
    rows += list(np.hstack([-100.0 * each, each]))  # a square is at most a hundred times its root
    limits += [0.0] * count
    goal = np.zeros(2 * count)
    goal[place], goal[count + place] = 2.0 * middle, -1.0
    bounds = [(0.0, 100.0 * size) for size in sizes] + [(0.0, 10_000.0 * size) for size in sizes]
    result = linprog(goal, A_ub=np.array(rows), b_ub=np.array(limits), bounds=bounds)
    if not result.success:
        return 0.0, 100.0
    most = math.sqrt(max(0.0, -float(result.fun or 0.0) + sizes[place] * middle**2))
    return max(0.0, middle - most), min(100.0, middle + most)
