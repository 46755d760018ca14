"""The items of each measure as a scale: reliability and item analysis over all officers who count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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

_AT_ONCE = 8_000  # people
_FIGURES = ("alpha", "alpha_standardised", "alpha_lower", "alpha_upper", "omega")


def scale_quality(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    """RELIABILITY and ITEM_ANALYSIS: each dimension and theme, on data centred within authority and uncentred beside.

    Officers who count and answered every item of the measure. Item-total correlations and alpha without an item are
    those of the centred data; mean and standard deviation (n - 1) are of everybody who answered the item. Points, 0 to
    100, after keying. Methodology 2.6.
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

    Whole points are exact in any order; who did not answer every item of a list counts as 0 in it.
    """
    codes = list(dict.fromkeys(code for asked in lists for code in asked))
    places = [[codes.index(code) for code in asked] for asked in lists]
    authorities, bounds = len(case.codes), case.officers.bounds
    found = [
        _Sums(np.zeros((len(at), len(at))), np.zeros((len(at), authorities)), np.zeros(authorities, dtype=np.int64))
        for at in places
    ]
    for first, last in _blocks(bounds):
        worth, has = _answers(case, codes, slice(int(bounds[first]), int(bounds[last])))
        sizes = np.diff(bounds[first : last + 1])
        of = np.repeat(np.eye(last - first), sizes, axis=1)  # which authority each officer is of
        for at, one in zip(places, found, strict=True):
            complete = np.logical_and.reduce(has[at])
            y = np.concatenate([worth[at], of])
            y *= complete
            products = y @ y[: len(at)].T
            one.cross[:] += products[: len(at)]
            one.totals[:, first:last] = products[len(at) :].T
            one.n[first:last] = of @ complete
    return found


def _blocks(bounds: Ints) -> list[tuple[int, int]]:
    """Authorities, from the first to before the last, of so many people together as stay near the processor."""
    blocks, first = [], 0
    for last in range(1, len(bounds)):
        if bounds[last] - bounds[first] >= _AT_ONCE or last == len(bounds) - 1:
            if bounds[last] > bounds[first]:
                blocks.append((first, last))
            first = last
    return blocks


def _answers(case: Case, codes: Sequence[str], rows: slice) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores of some officers, 0 where there is none, and whether there is one; each of shape (items, officers)."""
    worth = np.empty((len(codes), rows.stop - rows.start))
    has = np.empty(worth.shape, dtype=np.bool_)
    for at, code in enumerate(codes):
        scores = option_scores(case.questionnaire.items[code])
        points, known = np.zeros(256), np.zeros(256, dtype=np.bool_)
        known[: len(scores)] = ~np.isnan(scores)
        points[: len(scores)] = np.nan_to_num(scores)
        chosen = case.given[code][rows]
        points.take(chosen, out=worth[at], mode="clip")
        known.take(chosen, out=has[at], mode="clip")
    return worth, has


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
