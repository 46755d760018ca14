"""Comparison intervals: many authorities side by side, so that two whose bars do not overlap can be told apart."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from reports import frames
from reports.statistics import quantiles
from reports.statistics.sums import Floats

HALF_WIDTH = 1.39
"""Errors on each side of a score: 84 %, which for two equal errors is the 95 % interval of their difference."""


def intervals(scores: pd.DataFrame) -> pd.DataFrame:
    """The comparison interval of every shown score, from the lowest score to the highest (COMPARISON_INTERVALS).

    `score -+ 1.39 se_comparison` (no finite population correction: this is about authorities and not about lists of
    people), within 0 to 100. Two independent scores of equal error differ at 5 % where |y_a - y_b| > 1.96 sqrt(2)
    se, and two bars of half a width c se are apart where it is > 2 c se: c = 1.96 / sqrt(2) = 1.39. Where errors
    are unequal, a pair is told apart a little too often; `pairs` says how often. SCORES with a reason, or without
    an error, have no row. Equal scores stand in the order of codes. Goldstein & Healy 1995; methodology 6.

    >>> two = pd.DataFrame({"authority": ["B", "A"], "measure": "m", "score": [60.0, 40.0], "se_comparison": [2.0, 4.0],
    ...                     "reason": None})
    >>> intervals(two)[["authority", "lower", "upper"]].to_numpy().tolist()
    [['A', 34.44, 45.56], ['B', 57.22, 62.78]]
    """
    shown = scores[scores["reason"].isna() & scores["score"].notna() & scores["se_comparison"].notna()]
    order = {code: place for place, code in enumerate(pd.unique(scores["measure"]))}
    shown = shown.assign(_measure=shown["measure"].map(order).astype("int64"))
    shown = shown.sort_values(["_measure", "score", "authority"], kind="stable", ignore_index=True)
    half = HALF_WIDTH * shown["se_comparison"]
    made = pd.DataFrame({
        "measure": shown["measure"], "authority": shown["authority"], "score": shown["score"],
        "se": shown["se_comparison"], "lower": (shown["score"] - half).clip(lower=0.0),
        "upper": (shown["score"] + half).clip(upper=100.0),
    })  # fmt: skip
    return frames.COMPARISON_INTERVALS.check(made)


def pairs(found: pd.DataFrame) -> pd.DataFrame:
    """What the bars of each measure say together (COMPARISON_PAIRS).

    `pairs` = k (k - 1) / 2; `apart` is the share of them whose bars do not overlap; `mistaken` the mean over pairs
    of the chance that the bars of two authorities alike are apart, 2 (1 - Phi(1.39 (s_a + s_b) / sqrt(s_a^2 +
    s_b^2))): 0.05 where errors are equal. Both are empty below two authorities. `lowest`, `middle` (type 7) and
    `highest` score. A pair without any error is apart where its scores differ. Methodology 6.

    >>> bars = intervals(pd.DataFrame({"authority": ["A", "B", "C"], "measure": "m", "score": [40.0, 42.0, 60.0],
    ...                                "se_comparison": 2.0, "reason": None}))
    >>> pairs(bars).iloc[0][["pairs", "apart", "mistaken"]].astype(float).round(3).tolist()
    [3.0, 0.667, 0.049]
    """
    records = [_of_measure(str(code), rows) for code, rows in found.groupby("measure", sort=False)]
    return frames.COMPARISON_PAIRS.check(pd.DataFrame(records, columns=list(frames.COMPARISON_PAIRS.columns)))


def _of_measure(code: str, rows: pd.DataFrame) -> dict[str, object]:
    score, error = (rows[name].to_numpy(dtype=np.float64) for name in ("score", "se"))
    k = len(score)
    first, second = np.triu_indices(k, 1)
    distance = np.abs(score[first] - score[second])
    reach = HALF_WIDTH * (error[first] + error[second])
    _, middle, _ = quantiles.quartiles(score)
    return {
        "measure": code,
        "authorities": k,
        "lowest": score.min(),
        "middle": middle,
        "highest": score.max(),
        "pairs": len(first),
        "apart": float((distance > reach).mean()) if len(first) else None,
        "mistaken": float(_mistaken(error[first], error[second]).mean()) if len(first) else None,
    }


def _mistaken(one: Floats, other: Floats) -> Floats:
    together = np.sqrt(one**2 + other**2)
    reach = np.divide(HALF_WIDTH * (one + other), together, out=np.full(len(one), np.inf), where=together > 0.0)
    return np.asarray(2.0 * special.ndtr(-reach), dtype=np.float64)
