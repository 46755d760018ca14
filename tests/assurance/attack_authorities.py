"""An attacker of authorities: takes every median and quartile ever told, and reasons about single scores.

Written apart from the guard and in another way: one small integer programme for each authority asks whether its score
may be high, and another whether it may be low. Thresholds are those of the rounded figures themselves.
"""

from __future__ import annotations

import bisect
import itertools
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

Floats = NDArray[np.float64]
SHARES = (0.25, 0.5, 0.75)
LITTLE = 1e-6
WIDTH = 10.0 + 4 * LITTLE
LONGEST = 300.0  # seconds of a programme, should its steps be slow


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
    known_within: float = 0.0  # of what is known; nothing is taken from a threshold that is nearer
    beyond: float = 0.0  # the ends of a rounded figure its thresholds lie so far: a score may stand on an end itself
    counts: list[tuple[tuple[str, ...], float, int, bool]] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    solved: int = 0  # programmes
    nodes: int = 200  # of a programme in whole numbers, at most: a busy machine goes as far as any other
    given_up: int = 0  # programmes that had no answer by then

    def learn(self, figures: Iterable[Figure]) -> None:
        figures = list(figures)
        self.figures += figures
        for one in figures:
            place = round((len(one.members) - 1) * one.share, 9)
            first, last = math.floor(place), math.ceil(place)
            self.counts.append((one.members, one.value + one.within + self.beyond, first + 1, True))
            self.counts.append((one.members, one.value - one.within - self.beyond, last, False))
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
                    self.counts.append((one.members, end - slack - self.beyond, 0, False))
                else:
                    self.counts.append((one.members, end + slack + self.beyond, 3, True))

    def interval(self, who: str, *, whole: bool = False) -> tuple[float, float]:
        """The least and the most that the score of an authority can be; `whole` reasons with integers as well."""
        if who in self.known:
            return self.known[who], self.known[who]
        low = self._surely_above(who, whole=whole)
        beyond = [edge for edge in self._edges(who) if edge > low]
        first = bisect.bisect_left(
            beyond, True, key=lambda edge: self._may(who, edge, above=True, whole=whole) is False
        )
        return low, beyond[first] if first < len(beyond) else 100.0

    def is_pinned(self, who: str, *, whole: bool = False, width: float = WIDTH) -> bool:
        """Whether two thresholds no farther apart than `width` enclose the score: fewer questions than `interval`."""
        if who in self.known:
            return False
        low = self._surely_above(who, whole=whole)
        beyond = [edge for edge in self._edges(who) if low < edge <= low + width]
        return bool(beyond) and self._may(who, beyond[-1], above=True, whole=whole) is False

    def is_wide(self, who: str, low: float, high: float, *, whole: bool = False, width: float = WIDTH) -> bool | None:
        """Whether the score can leave an interval that it is known to reach, by more than `width` in all.

        None where no programme says yes and one had no time to say no.
        """
        ways = self._ways(who, low, high, width)
        answers = [] if len(ways) == 2 else [True]
        for column, end in ways:
            if True not in answers:
                answers.append(self._solved({column: end}, whole=whole)[0])
        return True if True in answers else None if None in answers else False

    def held(self, between: Mapping[str, tuple[float, float]], *, width: float = WIDTH) -> list[str]:
        """Who cannot leave an interval in the linear programme; a solution that lets one leave often lets many."""
        self._prepare()
        ways = {who: self._ways(who, *ends, width) for who, ends in between.items()}
        left = [who for who, found in ways.items() if len(found) == 2]
        asked = [{}, {}, *({column: end} for who in left for column, end in ways[who])]
        owners = ["", "", *(who for who in left for _ in ways[who])]
        for place, (owner, fixed) in enumerate(zip(owners, asked, strict=True)):
            if not left or (owner and owner not in left):
                continue
            aim = np.zeros(self._width)
            for at, who in enumerate(left):
                column, end = ways[who][(at + place) % 2]
                aim[column] += 1.0 - 2.0 * end
            answer, values = self._solved(fixed, aim=aim)
            gone = {owner} if answer else set()
            if values is not None:
                gone |= {who for who in left if any(abs(values[column] - end) < LITTLE for column, end in ways[who])}
            left = [who for who in left if who not in gone]
        return left

    def _ways(self, who: str, low: float, high: float, width: float) -> list[tuple[int, float]]:
        """Two variables and their values, one of which lets the score out; fewer where nothing that was told stops it."""
        edges = self._edges(who)
        below = bisect.bisect_left(edges, high - width - LITTLE)
        above = bisect.bisect_right(edges, low + width + LITTLE) - 1
        if below == len(edges) or above < 0:
            return []
        return [(self._column[who, edges[below]], 1.0), (self._column[who, edges[above]], 0.0)]

    def _surely_above(self, who: str, *, whole: bool) -> float:
        """The highest threshold that the score is surely above; who is above one is above all that are lower."""
        edges = self._edges(who)
        first = bisect.bisect_left(
            edges, True, key=lambda edge: self._may(who, edge, above=False, whole=whole) is not False
        )
        return edges[first - 1] if first else 0.0

    def _may(self, who: str, edge: float, *, above: bool, whole: bool) -> bool | None:
        """Whether some world has the score above (or not above) a threshold; None where there was no time to tell."""
        self._prepare()
        return self._solved({self._column[who, edge]: float(not above)}, whole=whole)[0]

    def _solved(
        self, fixed: Mapping[int, float], *, whole: bool = False, aim: Floats | None = None
    ) -> tuple[bool | None, Floats | None]:
        """Whether there is a solution with some variables fixed, and the one that makes the aim smallest."""
        least, most = np.zeros(self._width), np.ones(self._width)
        for column, value in fixed.items():
            least[column] = most[column] = value
        self.solved += 1
        found = milp(
            np.zeros(self._width) if aim is None else aim,
            constraints=LinearConstraint(self._matrix, -np.inf, self._most),
            bounds=Bounds(least, most),
            integrality=np.full(self._width, float(whole)),
            options={"node_limit": self.nodes, "time_limit": LONGEST},
        )
        answer = {0: True, 2: False}.get(found.status)
        self.given_up += answer is None
        return answer, found.x

    def _edges(self, who: str) -> list[float]:
        """The thresholds that anything was told about with this authority among those who are counted."""
        self._prepare()
        return self._own[who]

    def _prepare(self) -> None:
        if getattr(self, "_size", None) == len(self.counts):
            return
        self._size = len(self.counts)
        rules = self._strongest()
        own: dict[str, set[float]] = {who: set() for who in self.authorities}
        for members, edge, _ in rules:
            for who in members:
                if not self._is_sure(who, edge):
                    own[who].add(edge)
        self._own = {who: sorted(edges) for who, edges in own.items()}
        pairs = [(who, edge) for who, edges in self._own.items() for edge in edges]
        self._column = {pair: at for at, pair in enumerate(pairs)}
        self._width = len(pairs)
        cells: list[tuple[int, int, float]] = []
        most: list[float] = []
        for (members, edge, at_least), count in rules.items():
            sure = [who for who in members if self._is_sure(who, edge)]
            inside = sum(self.known[who] <= edge for who in sure)
            sign = -1.0 if at_least else 1.0
            cells += [(len(most), self._column[who, edge], sign) for who in members if (who, edge) in self._column]
            most.append(sign * (count - inside))
        for at, ((who, _), (other, _)) in enumerate(itertools.pairwise(pairs)):
            if who == other:
                cells += [(len(most), at, 1.0), (len(most), at + 1, -1.0)]
                most.append(0.0)
        rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
        self._matrix = coo_array((values, (rows, columns)), shape=(len(most), self._width)).tocsr()
        self._most = np.array(most)

    def _is_sure(self, who: str, edge: float) -> bool:
        return who in self.known and (not self.known_within or abs(self.known[who] - edge) > self.known_within)

    def _strongest(self) -> dict[tuple[tuple[str, ...], float, bool], int]:
        """Each count once: of those that say the same of the same threshold, the one that says most."""
        found: dict[tuple[tuple[str, ...], float, bool], int] = {}
        for members, edge, count, at_least in self.counts:
            if 0 < edge < 100:
                key = (members, round(edge, 9), at_least)
                best = max if at_least else min
                found[key] = best(found.get(key, count), count)
        return found


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
