"""Authorities that replaced others: which of an earlier wave stand behind each of this one, and their score together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports.statistics.sums import Floats, Ints


@dataclass(frozen=True)
class Wave:
    """Scores of authorities in one wave, each of shape (authorities, measures), NaN or 0 where there are none.

    `se` is without finite population correction; `fewest` are the people of the smallest authority that a score is
    made of; `freedom` are the degrees of freedom of `se`, plus 1.
    """

    score: Floats
    se: Floats
    n: Ints
    fewest: Ints
    freedom: Floats


@dataclass(frozen=True)
class _Register:
    """Who came before whom, by the day on which it happened; of split authorities nobody can say what went where."""

    parents: Mapping[str, Mapping[str, tuple[str, ...]]]
    split: frozenset[str]
    there: frozenset[str] = field(default=frozenset())


def lineage(
    codes: Sequence[str], there: Collection[str], successions: pd.DataFrame | None = None
) -> tuple[tuple[str, ...], ...]:
    """For each of `codes` the authorities of the earlier wave that stand behind it, by code; nobody: an empty tuple.

    `there` are the authorities with answers in the earlier wave. Without a merger that is the authority itself. With
    one (SUCCESSIONS, further rows for those that were replaced in turn) it is everybody that went into it, and only if
    all of them have answers: a part does not stand for the whole. What was divided among several successors stands
    behind none of them. A merger of which nobody has answers lies before the earlier wave, and is passed over.

    >>> merged = pd.DataFrame({"predecessor": ["a", "b"], "successor": ["x", "x"], "on": ["2025-04-01"] * 2})
    >>> lineage(["c", "x"], {"a", "b", "c"}, merged)
    (('c',), ('a', 'b'))
    >>> lineage(["c", "x"], {"a", "c"}, merged)
    (('c',), ())
    """
    register = _register(successions, there)
    return tuple(tuple(sorted(_behind(code, register, frozenset()) or ())) for code in codes)


def together(wave: Wave, codes: Sequence[str], behind: Sequence[Sequence[str]], staff: NDArray[np.float64]) -> Wave:
    """The scores of an earlier wave with a row for each tuple of `behind`: one authority, or several together.

    With n_p people, staff N_p, and score y_p with variance V_p of each predecessor p:

        W_p = N_p / sum N where the staff of all of them is known and none has n_p > N_p, else n_p / sum n
        score = sum W_p y_p, V = sum W_p^2 V_p, df = V^2 / sum((W_p^2 V_p)^2 / (n_p - 1))

    that is the mean of all their officers, each predecessor with its share of the staff; predecessors are strata
    (methodology 3.3 and 8; Satterthwaite 1946 for df). `codes` are the rows of `wave`, `staff` (codes,) N or NaN.

    >>> one = np.array([[40.0], [60.0]])
    >>> n = np.array([[30], [10]])
    >>> before = Wave(one, one / 20, n, n, n.astype(float))
    >>> both = together(before, ["a", "b"], [("a", "b")], np.array([100.0, 300.0]))
    >>> both.score.tolist(), both.n.tolist(), both.fewest.tolist()
    ([[55.0]], [[40]], [[10]])
    """
    place = {code: at for at, code in enumerate(codes)}
    rows = [[place[code] for code in some] for some in behind]
    first = np.array([some[0] if some else -1 for some in rows], dtype=np.int64)
    found = _taken(wave, first)
    for at, some in enumerate(rows):
        if len(some) > 1:
            _composite(found, wave, (at, some), staff[some])
    return found


def _taken(wave: Wave, rows: NDArray[np.int64]) -> Wave:
    """Rows of a wave, by their places; -1 is nobody."""
    nobody = (rows < 0)[:, np.newaxis]
    at = np.where(rows < 0, 0, rows) if len(wave.n) else rows[:0]
    if not len(wave.n):
        shape = (len(rows), wave.n.shape[1])
        none = np.zeros(shape, dtype=np.int64)
        return Wave(np.full(shape, np.nan), np.full(shape, np.nan), none, none.copy(), np.zeros(shape))
    return Wave(
        np.where(nobody, np.nan, wave.score[at]),
        np.where(nobody, np.nan, wave.se[at]),
        np.where(nobody, 0, wave.n[at]),
        np.where(nobody, 0, wave.fewest[at]),
        np.where(nobody, 0.0, wave.freedom[at]),
    )


def _composite(found: Wave, wave: Wave, row: tuple[int, Sequence[int]], staff: NDArray[np.float64]) -> None:
    """Fill one row with several authorities together."""
    at, some = row[0], list(row[1])
    n, variance = wave.n[some], wave.se[some] ** 2
    known = np.all((staff[:, np.newaxis] >= n) & (staff[:, np.newaxis] > 0), axis=0)
    parts = np.where(known, staff[:, np.newaxis], n.astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = parts / parts.sum(axis=0)
        weighed = share**2 * variance
        total = weighed.sum(axis=0)
        freedom = total**2 / (weighed**2 / np.maximum(n - 1, 1)).sum(axis=0) + 1.0
    found.score[at] = (share * wave.score[some]).sum(axis=0)
    found.se[at] = np.sqrt(total)
    found.n[at] = n.sum(axis=0)
    found.fewest[at] = n.min(axis=0)
    found.freedom[at] = np.where(np.isnan(freedom), found.n[at], freedom)


def _register(successions: pd.DataFrame | None, there: Collection[str]) -> _Register:
    parents: dict[str, dict[str, tuple[str, ...]]] = {}
    after: dict[str, set[str]] = {}
    if successions is not None:
        days = successions["on"].fillna("").tolist()
        for before, next_one, on in zip(successions["predecessor"], successions["successor"], days, strict=True):
            events = parents.setdefault(str(next_one), {})
            events[str(on)] = (*events.get(str(on), ()), str(before))
            after.setdefault(str(before), set()).add(str(next_one))
    return _Register(parents, frozenset(code for code, some in after.items() if len(some) > 1), frozenset(there))


def _behind(code: str, register: _Register, seen: frozenset[str]) -> frozenset[str] | None:
    """The authorities with answers that stand behind one; nobody: an empty set; None: it cannot be followed."""
    if code in seen:
        return None
    found = frozenset({code}) & register.there
    for some in register.parents.get(code, {}).values():
        lines = [_behind(one, register, seen | {code}) for one in some]
        if all(line is not None and not line for line in lines):
            continue  # it happened before the earlier wave
        if any(not line for line in lines) or not register.split.isdisjoint(some):
            return None
        found = found.union(*(line for line in lines if line is not None))
    return found
