"""An attacker of authorities: takes every median and quartile ever told, and reasons about single scores.

Written apart from the guard and in another way: one small integer programme for each authority asks whether its score
may be high, and another whether it may be low. Thresholds are those of the rounded figures themselves.
"""

from __future__ import annotations

import bisect
import itertools
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import lil_array

SHARES = (0.25, 0.5, 0.75)


@dataclass(frozen=True)
class Figure:
    """A figure about a group: the quantile of a share (0 and 1: least and most), and within how much it was told."""

    members: tuple[str, ...]
    share: float
    value: float
    within: float = 0.5


@dataclass
class Attack:
    """What is known, and the counts that follow: at least or at most so many of these are at most so much."""

    authorities: Sequence[str]
    known: dict[str, float] = field(default_factory=dict)
    counts: list[tuple[tuple[str, ...], float, int, bool]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    solved: int = 0  # programmes

    def learn(self, figures: Iterable[Figure]) -> None:
        figures = list(figures)
        self.figures += figures
        for one in figures:
            place = round((len(one.members) - 1) * one.share, 9)
            first, last = math.floor(place), math.ceil(place)
            self.counts.append((one.members, one.value + one.within, first + 1, True))
            self.counts.append((one.members, one.value - one.within, last, False))
            self._ends(one, figures)

    def _ends(self, one: Figure, figures: Sequence[Figure]) -> None:
        """In a group of three, the median is the second value, so both ends follow from the quartiles."""
        if len(one.members) != 3 or one.share == 0.5:
            return
        for middle in figures:
            if middle.members == one.members and middle.share == 0.5:
                end = 2 * one.value - middle.value
                slack = 2 * one.within + middle.within
                if one.share < 0.5:
                    self.counts.append((one.members, end - slack, 0, False))
                else:
                    self.counts.append((one.members, end + slack, 3, True))

    def interval(self, who: str, *, whole: bool = False) -> tuple[float, float]:
        """The least and the most that the score of an authority can be; `whole` reasons with integers as well."""
        if who in self.known:
            return self.known[who], self.known[who]
        edges = sorted({edge for _, edge, _, _ in self.counts if 0 < edge < 100})
        low = self._surely_above(who, edges, whole=whole)
        beyond = [edge for edge in edges if edge > low]
        first = bisect.bisect_left(beyond, True, key=lambda edge: not self._may(who, edge, above=True, whole=whole))
        return low, beyond[first] if first < len(beyond) else 100.0

    def is_pinned(self, who: str, *, whole: bool = False, width: float = 10.0) -> bool:
        """Whether two thresholds no farther apart than `width` enclose the score: fewer questions than `interval`."""
        if who in self.known:
            return False
        edges = sorted({edge for _, edge, _, _ in self.counts if 0 < edge < 100})
        low = self._surely_above(who, edges, whole=whole)
        beyond = [edge for edge in edges if low < edge <= low + width]
        return bool(beyond) and not self._may(who, beyond[-1], above=True, whole=whole)

    def _surely_above(self, who: str, edges: Sequence[float], *, whole: bool) -> float:
        """The highest threshold that the score is surely above; who is above one is above all that are lower."""
        first = bisect.bisect_left(edges, True, key=lambda edge: self._may(who, edge, above=False, whole=whole))
        return edges[first - 1] if first else 0.0

    def is_wide(self, who: str, low: float, high: float, *, width: float = 10.0) -> bool:
        """Whether a programme lets the score leave an interval that it is known to reach, by more than `width` in all."""
        edges = sorted({edge for _, edge, _, _ in self.counts if 0 < edge < 100})
        below = [edge for edge in edges if edge < high - width]
        above = [edge for edge in edges if edge > low + width]
        return bool(below and self._may(who, below[-1], above=False, whole=False)) or bool(
            above and self._may(who, above[0], above=True, whole=False)
        )

    def _may(self, who: str, edge: float, *, above: bool, whole: bool) -> bool:
        """Whether some world has the score above (or not above) a threshold."""
        self._prepare()
        bounds = self._bounds.copy()
        column = self._column.get((who, edge))
        if column is None:
            return True
        bounds[column] = (0.0, 0.0) if above else (1.0, 1.0)
        nothing = np.zeros(len(bounds))
        self.solved += 1
        if whole:
            limits = Bounds(bounds[:, 0], bounds[:, 1])
            rule = LinearConstraint(self._matrix, -np.inf, self._most)
            found = milp(
                nothing, constraints=rule, bounds=limits, integrality=np.ones(len(bounds)), options={"time_limit": 20}
            )
            return found.status != 2
        return linprog(nothing, A_ub=self._matrix, b_ub=self._most, bounds=bounds, method="highs").status != 2

    def _prepare(self) -> None:
        if getattr(self, "_size", None) == len(self.counts):
            return
        free = [who for who in self.authorities if who not in self.known]
        edges = sorted({edge for _, edge, _, _ in self.counts if 0 < edge < 100})
        self._column = {(who, edge): at for at, (who, edge) in enumerate((w, e) for w in free for e in edges)}
        rows = len(self.counts) + len(free) * max(len(edges) - 1, 0)
        matrix, most = lil_array((rows, len(self._column))), np.zeros(rows)
        at = 0
        for members, edge, count, at_least in self.counts:
            inside = sum(self.known[who] <= edge for who in members if who in self.known)
            sign = -1.0 if at_least else 1.0
            if 0 < edge < 100:
                for who in members:
                    if who not in self.known:
                        matrix[at, self._column[who, edge]] = sign
                most[at] = sign * (count - inside)
            at += 1
        for who in free:
            for lower, higher in itertools.pairwise(edges):
                matrix[at, self._column[who, lower]], matrix[at, self._column[who, higher]] = 1.0, -1.0
                at += 1
        self._matrix, self._most = matrix.tocsr(), most
        self._bounds = np.tile([0.0, 1.0], (len(self._column), 1))
        self._size = len(self.counts)


def told(groups: Iterable[Sequence[str]], scores: dict[str, float], shares: Sequence[float] = SHARES) -> list[Figure]:
    """The figures that a release tells of groups: quantiles as any spreadsheet has them, rounded to whole numbers."""
    found = []
    for group in groups:
        values = [scores[who] for who in group]
        found += [Figure(tuple(group), share, float(round(np.quantile(values, share)))) for share in shares]
    return found


def pinned(attack: Attack, *, whole: bool = False) -> list[str]:
    return [who for who in attack.authorities if attack.is_pinned(who, whole=whole)]


def recovered_from_means(groups: Sequence[Sequence[str]], authorities: Sequence[str]) -> list[str]:
    """Whose value is a combination of the groups' means: by least squares, where the guard reckons without rounding."""
    rows = np.array([[float(who in group) for who in authorities] for group in groups])
    found = []
    for place, who in enumerate(authorities):
        unit = np.zeros(len(authorities))
        unit[place] = 1.0
        weights = np.linalg.lstsq(rows.T, unit, rcond=None)[0]
        if np.abs(rows.T @ weights - unit).max() < 1e-8:
            found.append(who)
    return found


def sector(seed: int, count: int) -> tuple[list[str], dict[str, float], dict[str, list[str]]]:
    """Made-up authorities with scores, and for each the order of all others by likeness."""
    draw = random.Random(seed)  # noqa: S311 - a world that anybody can draw again
    codes = [f"A{number:03d}" for number in range(count)]
    scores = {code: min(100.0, max(0.0, draw.gauss(55, 5))) for code in codes}
    place = {code: (draw.random(), draw.random()) for code in codes}
    near = {code: sorted(codes, key=lambda other: math.dist(place[code], place[other])) for code in codes}
    return codes, scores, near
