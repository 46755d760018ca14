"""The items of each measure as a scale: reliability and item analysis over all officers who count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from reports import frames, reliability
from reports.case import Case
from reports.disclosure import threshold
from reports.frames import Shape
from reports.measures import Measure
from reports.reliability import Covariances
from reports.scoring import of_answers, option_scores
from reports.statistics.sums import Floats, Ints

_FIGURES = ("alpha", "alpha_standardised", "alpha_lower", "alpha_upper", "omega")


def scale_quality(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    """RELIABILITY and ITEM_ANALYSIS: each dimension and theme, on data centred within authority and uncentred beside.

    Officers who count and answered every item of the measure. Item-total correlations and alpha without an item are
    those of the centred data; mean and standard deviation (n - 1) are of everybody who answered the item. Points, 0 to
    100, after keying. Methodology 2.6.
    """
    scales, items = [], []
    for measure in case.measures:
        asked = [code for code in measure.items if code in case.responses.items]
        if not asked:
            continue
        scores, authority = _complete(_item_scores(case, asked), case.officers.of_row)
        centred = reliability.covariances(scores, authority)
        uncentred = reliability.covariances(scores)
        scales.append(_scale_row(measure, centred, uncentred))
        items += _item_rows(case, measure, asked, centred)
    return _checked(frames.RELIABILITY, scales, case), _checked(frames.ITEM_ANALYSIS, items, case)


def _checked(shape: Shape, rows: Sequence[Mapping[str, object]], case: Case) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(shape.columns))
    return shape.check(frame.assign(reason=threshold.people(frame["n"].to_numpy(dtype=np.int64), case.rules)))


def _item_scores(case: Case, codes: Sequence[str]) -> Floats:
    """Scores of the officers who count, by authority, 0 to 100, NaN where not answered; shape (officers, items)."""
    result = np.empty((len(case.officers.order), len(codes)), order="F")
    for at, code in enumerate(codes):
        chosen = case.responses.answers[:, case.responses.items.index(code)][case.officers.order]
        result[:, at] = of_answers(option_scores(case.questionnaire.items[code]), chosen)
    return result


def _complete(scores: Floats, authority: Ints) -> tuple[Floats, Ints]:
    """The people who answered every item, item by item in memory."""
    rows = np.flatnonzero(reliability.answered_all(scores))
    kept = np.empty((scores.shape[1], len(rows)))
    for at, column in enumerate(scores.T):
        kept[at] = column[rows]
    return kept.T, authority[rows]


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
