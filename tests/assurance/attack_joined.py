"""An attacker of authorities who puts measures together: one linear programme over scores and thresholds of all of them.

Written apart from the audit and in another way: scores are variables themselves, tied to their thresholds by stairs and
to each other by the equations of the method. The audit looks at each measure by itself and carries bounds over.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array


@dataclass(frozen=True)
class Figure:
    """The quantile of a share of a measure over a group, told to within half a point."""

    measure: str
    members: tuple[str, ...]
    share: float
    value: float


@dataclass(frozen=True)
class Mean:
    """A measure is the weighted mean of others, and what people who skipped questions move of it for each authority."""

    whole: str
    weights: Mapping[str, float]
    apart: Mapping[str, float]


@dataclass
class JoinedAttack:
    """Asks between which values a score can lie; `together` reasons with the equations between measures as well."""

    authorities: Sequence[str]
    measures: Sequence[str]
    means: Sequence[Mean]
    known: Mapping[tuple[str, str], float] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)

    def interval(self, who: str, measure: str, *, together: bool) -> tuple[float, float]:
        """The least and the most that a score can be in the relaxed programme."""
        if not hasattr(self, "_rows"):
            self._build()
        aim = np.zeros(self._size)
        aim[self._score[who, measure]] = 1.0
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(
                sign * aim, A_ub=self._rows, b_ub=self._most, A_eq=self._equations if together else None,
                b_eq=self._apart if together else None, bounds=self._bounds, method="highs",
            )  # fmt: skip
            ends.append(sign * float(found.fun))
        return ends[0], ends[1]

    def pinned(self, *, together: bool, width: float = 10.0) -> list[tuple[str, str]]:
        """Authority and measure of every unknown score that is left at most so many points."""
        found = []
        for who in self.authorities:
            for measure in self.measures:
                if (who, measure) not in self.known:
                    low, high = self.interval(who, measure, together=together)
                    if high - low <= width:
                        found.append((who, measure))
        return found

    def _build(self) -> None:
        edges = {
            measure: sorted({f.value + side for f in self.figures if f.measure == measure for side in (-0.5, 0.5)})
            for measure in self.measures
        }
        everybody = [(who, measure) for who in self.authorities for measure in self.measures]
        self._score = {key: at for at, key in enumerate(everybody)}
        below: dict[tuple[str, str, float], int] = {}  # 1 where the score is at most the edge
        for who, measure in everybody:
            for edge in edges[measure]:
                below[who, measure, edge] = len(everybody) + len(below)
        self._size = len(everybody) + len(below)
        rows: list[dict[int, float]] = []
        most: list[float] = []
        for one in self.figures:
            place = (len(one.members) - 1) * one.share
            rows.append({below[who, one.measure, one.value + 0.5]: -1.0 for who in one.members})
            most.append(-(math.floor(place) + 1.0))
            rows.append({below[who, one.measure, one.value - 0.5]: 1.0 for who in one.members})
            most.append(float(math.ceil(place)))
        for who, measure in everybody:
            self._stairs(rows, most, [(edge, below[who, measure, edge]) for edge in edges[measure]], who, measure)
        self._rows, self._most = _matrix(rows, self._size), np.array(most)
        equations = [
            {self._score[who, mean.whole]: 1.0} | {self._score[who, part]: -w for part, w in mean.weights.items()}
            for mean in self.means
            for who in self.authorities
        ]
        self._equations = _matrix(equations, self._size)
        self._apart = np.array([mean.apart[who] for mean in self.means for who in self.authorities])
        self._bounds = np.tile([0.0, 1.0], (self._size, 1))
        self._bounds[: len(everybody)] = (0.0, 100.0)
        for key, value in self.known.items():
            self._bounds[self._score[key]] = (value, value)
            for edge in edges[key[1]]:
                self._bounds[below[*key, edge]] = (float(value <= edge),) * 2

    def _stairs(
        self, rows: list[dict[int, float]], most: list[float], steps: list[tuple[float, int]], who: str, measure: str
    ) -> None:
        """Between two edges the score may be anywhere: its thresholds bound it from both sides."""
        for (_, lower), (_, higher) in itertools.pairwise(steps):
            rows.append({lower: 1.0, higher: -1.0})
            most.append(0.0)
        ends = [0.0, *(edge for edge, _ in steps), 100.0]
        at = self._score[who, measure]
        least = {at: -1.0}  # score >= sum of (edge - edge before) (1 - below)
        highest = {at: 1.0}  # score <= first edge + sum of (next edge - edge) (1 - below)
        total_least, total_highest = 0.0, ends[1]
        for number, (_, column) in enumerate(steps):
            least[column] = -(ends[number + 1] - ends[number])
            total_least -= ends[number + 1] - ends[number]
            highest[column] = ends[number + 2] - ends[number + 1]
            total_highest += ends[number + 2] - ends[number + 1]
        rows += [least, highest]
        most += [total_least, total_highest]


def _matrix(rows: Sequence[Mapping[int, float]], width: int) -> coo_array:
    at = [(row, column, value) for row, part in enumerate(rows) for column, value in part.items()]
    place = np.array([(row, column) for row, column, _ in at], dtype=np.int64).reshape(-1, 2)
    values = np.array([value for *_, value in at], dtype=np.float64)
    return coo_array((values, (place[:, 0], place[:, 1])), shape=(len(rows), width)).tocsr()
