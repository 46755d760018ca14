"""The items of each measure as a scale: reliability and item analysis over all officers who count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from reports import frames, reliability
from reports.case import Case
from reports.disclosure import threshold
from reports.frames import Shape
from reports.measures import Measure
from reports.reliability import Covariances
from reports.scoring import option_scores
from reports.statistics.sums import Floats, Ints

_AT_ONCE = 4_000  # people
_MOST_STEPS, _MOST_PEOPLE = 16, 2**16  # products of so many steps over so many people are exact in 24 bits
_Worths: TypeAlias = NDArray[np.float32 | np.float64]
_FIGURES = ("alpha", "alpha_standardised", "alpha_lower", "alpha_upper", "omega")


def scale_quality(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    """RELIABILITY and ITEM_ANALYSIS: each dimension and theme, on data centred within authority and uncentred beside.

    Officers who count and answered every item of the measure. Item-total correlations and alpha without an item are
    those of the centred data; mean and standard deviation (n - 1) are of everybody who answered the item. Points, 0
    to 100, after keying. Methodology 2.6.

    >>> from reports import example
    >>> scales, items = scale_quality(example.case())
    >>> row = scales.iloc[0]
    >>> row["measure"], int(row["n"]), [round(float(row[name]), 3) for name in ("alpha", "omega", "alpha_uncentred")]
    ('mindset', 906, [0.8, 0.8, 0.849])
    >>> items["item"].iloc[0], round(float(items["item_total"].iloc[0]), 3)
    ('mindset_1', 0.603)
    """
    lists = {measure: [code for code in measure.items if code in case.given] for measure in case.measures}
    lists = {measure: asked for measure, asked in lists.items() if asked}
    scales, items = [], []
    for (measure, asked), found in zip(lists.items(), _sums(case, list(lists.values())), strict=True):
        centred = reliability.of_sums(found.cross, found.totals, found.n)
        uncentred = reliability.of_sums(
            found.cross, found.totals.sum(axis=1, keepdims=True), found.n.sum(keepdims=True)
        )
        scales.append(_scale_row(measure, centred, uncentred))
        items += _item_rows(case, measure, asked, centred)
    return _checked(frames.RELIABILITY, scales, case), _checked(frames.ITEM_ANALYSIS, items, case)


def _checked(shape: Shape, rows: Sequence[Mapping[str, object]], case: Case) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(shape.columns))
    return shape.check(frame.assign(reason=threshold.people(frame["n"].to_numpy(dtype=np.int64), case.rules)))


@dataclass(frozen=True)
class _Sums:
    """Over people who answered every item of a list: products (items, items), scores (items, authorities), people."""

    cross: Floats
    totals: Floats
    n: Ints

    def add(self, worth: _Worths, has: NDArray[np.bool_], filled: Ints, starts: Ints) -> None:
        """More people of some authorities, who begin at `starts`; what those are worth who left an item out becomes 0."""
        complete = np.logical_and.reduce(has).astype(worth.dtype)
        worth *= complete
        self.cross[:] += worth @ worth.copy().T  # of two matrices, not of one and itself: faster where they are small
        self.totals[:, filled] = np.add.reduceat(worth, starts, axis=1)
        self.n[filled] = np.add.reduceat(complete, starts)

    def of(self, items: list[int], unit: float) -> _Sums:
        """The same with the items in another order, in units of `unit` points."""
        return _Sums(self.cross[np.ix_(items, items)] * unit**2, self.totals[items] * unit, self.n)


def _sums(case: Case, lists: Sequence[Sequence[str]]) -> list[_Sums]:
    """The sums of each list of items over the officers who count, some authorities at a time.

    Whole points are exact in any order; who did not answer every item of a list counts as 0 in it. Answers are counted
    in steps of the response scale where all have the same, so that short numbers are exact as well.
    """
    codes, spans = _lined_up(lists)
    scores = {code: option_scores(case.questionnaire.items[code]) for code in codes}
    unit = _unit(list(scores.values()))
    authorities, bounds = len(case.codes), case.officers.bounds
    found = [
        _Sums(np.zeros((len(one), len(one))), np.zeros((len(one), authorities)), np.zeros(authorities, dtype=np.int64))
        for one in lists
    ]
    blocks = _blocks(bounds)
    most = max((int(bounds[last] - bounds[first]) for first, last in blocks), default=0)
    kind = np.float32 if unit and most <= _MOST_PEOPLE else np.float64
    worth_of = {code: _Worth.of(one / (unit or 1.0), kind) for code, one in scores.items()}
    every_worth, every_has = np.empty((len(codes), most), kind), np.empty((len(codes), most), np.bool_)
    shortest_first = sorted(zip(lists, spans, found, strict=True), key=lambda one: len(one[0]))
    for first, last in blocks:
        people = slice(int(bounds[first]), int(bounds[last]))
        worth, has = every_worth[:, : people.stop - people.start], every_has[:, : people.stop - people.start]
        for code, *out in zip(codes, worth, has, strict=True):
            worth_of[code].fill(case.given[code][people], *out)
        filled = first + np.flatnonzero(np.diff(bounds[first : last + 1]))
        for _, span, one in shortest_first:
            one.add(worth[span], has[span], filled, bounds[filled] - bounds[first])
    return [
        one.of([codes[span].index(code) for code in asked], unit or 1.0)
        for asked, span, one in zip(lists, spans, found, strict=True)
    ]


def _lined_up(lists: Sequence[Sequence[str]]) -> tuple[list[str], list[slice]]:
    """All items, those of each list in one piece: where a list holds another one, its others stand beside that.

    Two lists have no item in common or one of them has all items of the other, as themes and dimensions have.
    """
    members = [set(asked) for asked in sorted(lists, key=len, reverse=True)]
    every = dict.fromkeys(code for asked in lists for code in asked)
    codes = sorted(every, key=lambda code: [code not in one for one in members])
    first = [min(codes.index(code) for code in asked) for asked in lists]
    return codes, [slice(start, start + len(asked)) for start, asked in zip(first, lists, strict=True)]


def _unit(scores: Sequence[Floats]) -> float | None:
    """The step of which all of these scores are few whole ones, if there is one."""
    known = np.unique(np.concatenate([np.zeros(1), *(one[~np.isnan(one)] for one in scores)]))
    if len(known) < 2:
        return None
    unit = float(np.diff(known).min())
    return unit if np.array_equal(np.rint(known / unit) * unit, known) and known[-1] / unit <= _MOST_STEPS else None


def _blocks(bounds: Ints) -> list[tuple[int, int]]:
    """Authorities, from the first to before the last, of so many people together as stay near the processor."""
    blocks, first = [], 0
    for last in range(1, len(bounds)):
        if bounds[last] - bounds[first] >= _AT_ONCE or last == len(bounds) - 1:
            if bounds[last] > bounds[first]:
                blocks.append((first, last))
            first = last
    return blocks


@dataclass(frozen=True)
class _Worth:
    """What each answer to an item, read as an unsigned byte, is worth, 0 where it is not scored; and whether it is.

    Where the first `steps` options are scored and no other, each as far above the one before it, nothing is looked up.
    """

    points: _Worths
    known: NDArray[np.bool_]
    steps: int

    @classmethod
    def of(cls, scores: Floats, kind: type[np.float32] | type[np.float64]) -> _Worth:
        points, known = np.zeros(256, kind), np.zeros(256, dtype=np.bool_)
        known[: len(scores)] = ~np.isnan(scores)
        points[: len(scores)] = np.nan_to_num(scores)
        steps = int(known.sum())
        step = points[1] - points[0]
        even = known[:steps].all() and np.array_equal(points[:steps], points[0] + step * np.arange(steps))
        return cls(points, known, steps if even else 0)

    def fill(self, chosen: NDArray[np.uint8], worth: _Worths, has: NDArray[np.bool_]) -> None:
        """Writes what some answers are worth, any number where they are not scored, and whether they are."""
        if self.steps:
            np.less(chosen, self.steps, out=has)
            worth[:] = chosen
            if self.points[0] or self.points[1] != 1.0:
                worth *= self.points[1] - self.points[0]
                worth += self.points[0]
            return
        self.points.take(chosen, out=worth, mode="clip")
        self.known.take(chosen, out=has, mode="clip")


def _scale_row(measure: Measure, centred: Covariances, uncentred: Covariances) -> dict[str, object]:
    row: dict[str, object] = {"measure": measure.code, "n_items": len(centred.matrix), "n": centred.n}
    for suffix, covariances in (("", centred), ("_uncentred", uncentred)):
        found = reliability.scale(covariances)
        row |= {f"{name}{suffix}": getattr(found, name) for name in _FIGURES}
    return row


def _item_rows(case: Case, measure: Measure, codes: Sequence[str], centred: Covariances) -> list[dict[str, object]]:
    totals, without = reliability.item_totals(centred)
    rows: list[dict[str, object]] = []
    for at, code in enumerate(codes):
        n, mean, sd = _spread(option_scores(case.questionnaire.items[code]), case.tally[code].sum(axis=0))
        rows.append(
            {
                "item": code,
                "measure": measure.code,
                "n": n,
                "mean": mean,
                "sd": sd,
                "item_total": totals[at],
                "alpha_if_deleted": without[at],
            }
        )
    return rows


def _spread(scores: Floats, tally: Ints) -> tuple[int, float, float]:
    """People, mean and standard deviation (n - 1) from how often each option was chosen."""
    known = ~np.isnan(scores)
    often, points = tally[len(tally) - len(scores) :][known], scores[known]
    n = int(often.sum())
    mean = float((often * points).sum()) / n if n else float("nan")
    squares = float((often * (points - mean) ** 2).sum())
    return n, mean, (squares / (n - 1)) ** 0.5 if n > 1 else float("nan")
