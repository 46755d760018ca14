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


def _sums(case: Case, lists: Sequence[Sequence[str]]) -> list[_Sums]:
    """The sums of each list of items over the officers who count, some authorities at a time.

    Whole points are exact in any order; who did not answer every item of a list counts as 0 in it. Answers are counted
    in steps of the response scale where all have the same, so that short numbers are exact as well.
    """
    codes = list(dict.fromkeys(code for asked in lists for code in asked))
    places = [[codes.index(code) for code in asked] for asked in lists]
    scores = {code: option_scores(case.questionnaire.items[code]) for code in codes}
    unit = _unit(list(scores.values()))
    authorities, bounds = len(case.codes), case.officers.bounds
    found = [
        _Sums(np.zeros((len(at), len(at))), np.zeros((len(at), authorities)), np.zeros(authorities, dtype=np.int64))
        for at in places
    ]
    blocks = _blocks(bounds)
    most = max((int(bounds[last] - bounds[first]) for first, last in blocks), default=0)
    kind = np.float32 if unit and most <= _MOST_PEOPLE else np.float64
    worth_of = {code: _Worth.of(one / (unit or 1.0), kind) for code, one in scores.items()}
    room = np.empty((len(codes), most), kind), np.empty((len(codes), most), np.bool_)  # the same for every block
    for first, last in blocks:
        people = slice(int(bounds[first]), int(bounds[last]))
        worth, has = (one[:, : people.stop - people.start] for one in room)
        for code, *out in zip(codes, worth, has, strict=True):
            worth_of[code].fill(case.given[code][people], *out)
        filled = first + np.flatnonzero(np.diff(bounds[first : last + 1]))
        starts = bounds[filled] - bounds[first]
        for at, one in zip(places, found, strict=True):
            complete = np.logical_and.reduce(has[at])
            y = worth[at]
            y *= complete
            one.cross[:] += y @ y.T.copy()  # of two matrices, not of one and itself: faster where they are small
            one.totals[:, filled] = np.add.reduceat(y, starts, axis=1)
            one.n[filled] = np.add.reduceat(complete, starts, dtype=np.int64)
    for one in found:
        one.cross[:] *= (unit or 1.0) ** 2
        one.totals[:] *= unit or 1.0
    return found


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
            np.multiply(chosen, self.points[1] - self.points[0], out=worth)
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
